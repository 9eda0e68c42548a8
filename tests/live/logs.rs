//! A log that nobody takes never stops the chat.
//!
//! Knows where lines can get stuck, not what they say. Why the log is at `trace`:
//! the more there is to say, the sooner a daemon that waits for its log stands still.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};

/// Makes it log, and has people talk meanwhile.
fn talk_while_logging(daemon: &Daemon) {
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    for number in 0..20 {
        daemon.signal(Signal::USR1);
        // What an admin does is logged, even when it is refused.
        assert_eq!(daemon.chatctl(&["kick", "nobody"]).status.code(), Some(1));
        alice.says(&format!("line {number}"));
        bob.reads(&format!("Alice >> line {number}"));
    }
}

#[test]
fn with_stderr_closed() {
    let home = Home::new("log.level = \"trace\"").wrapped(&["sh", "-c", "exec \"$0\" \"$@\" 2>&-"]);
    let daemon = home.start();
    talk_while_logging(&daemon);
    daemon.stop();
}

#[test]
fn with_a_pipe_that_nobody_reads() {
    let home = Home::new("log.level = \"trace\"");
    let (reader, mut writer) = std::io::pipe().unwrap();
    // All that a pipe holds (pipe(7)).
    writer.write_all(&[b'x'; 64 * 1024]).unwrap();
    let daemon = home.start_logging_to(OwnedFd::from(writer).into());
    talk_while_logging(&daemon);
    assert!(daemon.status()["log_dropped"].as_u64().unwrap() > 0);
    daemon.stop();
    drop(reader);
}

#[test]
fn with_a_pipe_whose_reader_has_gone() {
    let home = Home::new("log.level = \"trace\"");
    let (reader, writer) = std::io::pipe().unwrap();
    let daemon = home.start_logging_to(OwnedFd::from(writer).into());
    drop(reader);
    talk_while_logging(&daemon);
    assert!(daemon.status()["log_dropped"].as_u64().unwrap() > 0);
    daemon.stop();
}

#[test]
fn with_a_syslog_that_is_not_there() {
    let home = Home::new("log.level = \"trace\"\nlog.target = \"syslog\"");
    let daemon = home.start();
    talk_while_logging(&daemon);
    if !std::path::Path::new("/dev/log").exists() {
        assert!(daemon.log().contains("nobody takes log lines at /dev/log"), "{}", daemon.log());
        assert_ne!(daemon.status()["log_dropped"], json!(0));
    }
    daemon.stop();
}

#[test]
fn it_reads_like_a_story_without_what_was_said() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    alice.says("a secret of the talk");
    bob.reads("Alice >> a secret of the talk");
    daemon.rule(&["room", "create", "den", "--password", "hush"]);
    daemon.rule(&["mute", "Bob", "--for", "10m", "--reason", "shouting"]);
    daemon.rule(&["unmute", "Bob"]);
    daemon.rule(&["broadcast", "a secret of the admin"]);
    daemon.rule(&["kick", "Bob", "--reason", "too loud"]);
    daemon.rule(&["room", "close", "den"]);
    daemon.rule(&["shutdown", "--reason", "update"]);
    let log = home.log();
    let mut rest = log.as_str();
    for line in [
        "INFO chatd 0.1.0 starts as uid ",
        "chatd.db is open: 0 messages so far, 0 open rooms and 0 past ones, 0 bans and mutes",
        "INFO listening on 127.0.0.1:",
        "INFO Alice has come from 127.0.0.1:",
        "INFO admin has opened the room den",
        "INFO admin has muted Bob for 10 min: shouting",
        "INFO admin has lifted the mute of Bob",
        "INFO admin (control uid ",
        ": broadcast …: ok",
        "INFO admin has put Bob out: too loud",
        "INFO admin has closed the room den",
        "INFO stopping, as an admin asks: update",
        "INFO told everybody that chatd stops; people: 1",
        "INFO the database was closed in ",
    ] {
        let found =
            rest.find(line).unwrap_or_else(|| panic!("{line:?} is not where it should be in:\n{log}"));
        rest = &rest[found + line.len()..];
    }
    assert!(log.contains("INFO Bob has come from 127.0.0.1:"), "{log}");
    for secret in ["secret", "hush"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn a_flood_of_refusals_is_two_lines_a_second() {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let began = Instant::now();
    for _ in 0..200 {
        let mut hello = TcpStream::connect(("127.0.0.1", daemon.port)).unwrap();
        hello.write_all(b"\x16\x03\x01").unwrap();
        // The daemon has let go of it, so it has had its chance to log it.
        assert_eq!(hello.read(&mut [0; 16]).unwrap_or(0), 0);
    }
    alice.says("/unknown");
    let log = daemon.logs("refused: unknown_command", Duration::from_secs(10));
    let told = log.lines().filter(|line| line.contains("refused: TLS on a listener")).count();
    // Each second has its first line and, when it is over, one for the others.
    let most = 2 * (1 + began.elapsed().as_secs() as usize);
    assert!((1..=most).contains(&told), "{told} lines where {most} are the most:\n{log}");
    daemon.stop();
}
