//! Without a free descriptor: those who are in stay, those at the door wait.
//!
//! Knows `prlimit`. Why the limit is taken away from a running daemon: at its
//! start it takes as many as it may have.

use std::collections::BTreeSet;
use std::net::TcpStream;

use crate::live_support::PATIENCE;
use crate::live_support::client::{Client, KEPT};
use crate::live_support::daemon::Home;
use crate::live_support::program::must;

const WAITING: usize = 20;

fn limit(pid: u32, descriptors: &str) {
    let arguments = ["--pid", &pid.to_string(), &format!("--nofile={descriptors}")];
    must("prlimit", "util-linux", &arguments);
}

/// Below it all descriptors are taken.
fn lowest_free(pid: u32) -> u32 {
    let open: BTreeSet<String> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    (0..).find(|number: &u32| !open.contains(&number.to_string())).unwrap()
}

#[test]
fn with_no_descriptor_left() {
    let home = Home::new("rooms.replay = 0");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");

    let pid = daemon.pid().to_string();
    let asked = ["--pid", &pid, "--nofile", "--noheadings", "--raw", "--output", "HARD"];
    let hard = must("prlimit", "util-linux", &asked);
    let hard = hard.trim();
    limit(daemon.pid(), &format!("{}:{hard}", lowest_free(daemon.pid())));
    for _ in 0..2 {
        let mut turned_away = Client::silent(daemon.port);
        turned_away.reads("[Server]: The server is full. Try again later.");
        turned_away.ends();
    }
    let at_the_door: Vec<TcpStream> =
        (0..WAITING).map(|_| TcpStream::connect(("127.0.0.1", daemon.port)).unwrap()).collect();
    for number in 0..5 {
        alice.says(&format!("line {number}"));
        bob.reads(&format!("Alice >> line {number}"));
    }

    limit(daemon.pid(), &format!("{hard}:{hard}"));
    let log = daemon.logs("descriptors are free again", PATIENCE);
    assert_eq!(log.matches("no descriptor is free").count(), 1, "{log}");
    let mut served = 0;
    for (number, stream) in at_the_door.into_iter().enumerate() {
        let mut late = Client::over(stream);
        // Who was turned away may have gone already.
        let _ = late.try_says(&format!("late{number}"));
        match late.line_within(PATIENCE).unwrap() {
            Some(line) if line.starts_with(&format!("[Server]: Welcome, late{number}. ")) => {
                late.reads(KEPT);
                served += 1;
                alice.reads(&format!("[Server]: late{number} has joined lobby."));
                late.says("/quietquit");
                late.ends();
            }
            Some(line) => assert_eq!(line, "[Server]: The server is full. Try again later."),
            // The refusal is best effort.
            None => {}
        }
    }
    // Meanwhile the reserve turns away ten a second at most.
    assert!(served > 0, "{served} of {WAITING} were served without a new connect");
    daemon.stop();
}
