//! Many at once, long lines, and one who does not read.
//!
//! Knows the limits of the configuration. Why a bystander is in each test: what
//! one person does may cost the others nothing.

use std::net::{Ipv4Addr, TcpStream};
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketAddrV4, SocketType, connect, socket, sockopt};
use serde_json::json;

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::Home;

const CROWD: usize = 500;

#[test]
fn five_hundred_at_once_are_all_served() {
    let home = Home::new("limits.connections_per_address = 5\nlimits.rate = 0");
    let daemon = home.start();
    let mut crowd: Vec<Client> = (0..CROWD).map(|_| Client::silent(daemon.port)).collect();
    for (number, client) in crowd.iter_mut().enumerate() {
        client.says(&format!("p{number}"));
    }
    for (number, client) in crowd.iter_mut().enumerate() {
        let welcome = client.next();
        assert!(welcome.starts_with(&format!("[Server]: Welcome, p{number}. ")), "{welcome}");
    }
    assert_eq!(daemon.status()["people"], json!(CROWD));
    crowd[0].says("can you hear me?");
    for client in &mut crowd[1..] {
        while client.next() != "p0 >> can you hear me?" {}
    }
    daemon.stop();
}

#[test]
fn lines_up_to_the_limit_and_beyond() {
    let home = Home::new("limits.line = \"65KiB\"\nlimits.text = 0\nlimits.inbox = \"130KiB\"");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    let mut bot = Client::json(daemon.port, "bot");
    alice.reads("[Server]: Bob has joined lobby.");
    alice.reads("[Server]: bot has joined lobby.");
    bob.reads("[Server]: bot has joined lobby.");
    let long = "x".repeat(64 * 1024);
    alice.says(&long);
    bob.reads(&format!("Alice >> {long}"));
    assert_eq!(bot.event()["text"], json!(long));
    bot.say(&long).unwrap();
    alice.reads(&format!("bot >> {long}"));

    let longer = "x".repeat(65 * 1024 + 1);
    alice.says(&longer);
    alice.reads(&format!("[Server]: Error: that is too long: the limit is {}.", 65 * 1024));
    alice.says("shorter");
    bob.reads(&format!("bot >> {long}"));
    bob.reads("Alice >> shorter");
    daemon.stop();
}

/// Somebody whose side takes little: the kernel doubles this (socket(7)).
fn narrow(port: u16) -> Client {
    let narrow: OwnedFd = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    sockopt::set_socket_recv_buffer_size(&narrow, 4096).unwrap();
    connect(&narrow, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).unwrap();
    Client::over(TcpStream::from(narrow))
}

#[test]
fn who_does_not_read_is_let_go_and_nobody_else_notices() {
    let home = Home::new("limits.outbox = \"64KiB\"\nlimits.rate = 0");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    let mut deaf = narrow(daemon.port);
    deaf.says("Deaf");
    bob.reads("[Server]: Deaf has joined lobby.");
    let mut bot = Client::json(daemon.port, "bot");
    bob.reads("[Server]: bot has joined lobby.");

    let text = "x".repeat(2000);
    let mut said = 0;
    let mut lost = None;
    while lost.is_none() {
        said += 1;
        assert!(said < 10_000, "20 MB and still nobody was let go");
        bot.say(&text).unwrap();
        // In front of each line of talk the leaving may be told.
        let mut line = bob.next();
        if line.starts_with("[Server]: ") {
            lost = Some(line);
            line = bob.next();
        }
        assert_eq!(line, format!("bot >> {text}"));
    }
    assert_eq!(lost.unwrap(), "[Server]: Deaf's connection was lost.");
    bot.say("on we go").unwrap();
    bob.reads("bot >> on we go");

    // What it has not read stands before the reason, whole lines all of it.
    let mut last = String::new();
    while let Some(line) = deaf.line_within(PATIENCE).unwrap() {
        last = line;
    }
    let reason = "[Server]: You were disconnected because your side took too long to read what was sent.";
    assert_eq!(last, reason);
    daemon.stop();
}
