//! Files through a real daemon, with `curl` at both ends: whole, broken off and gone on with, and held up.
//!
//! Knows a transfer by its token. Why curl and not a client of our own: what the reference promises to
//! people who write scripts is what curl does with it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};

const MIB: usize = 1024 * 1024;
/// What a file that is held up may make of the daemon, in KiB: far less than the file.
const PEAK_KIB_MORE: u64 = 8 * 1024;

/// Two people in a whisper session.
struct Pair {
    alice: Client,
    bob: Client,
}

impl Pair {
    fn new(daemon: &Daemon) -> Pair {
        let (mut alice, mut bob) = (Client::json(daemon.port, "Alice"), Client::json(daemon.port, "Bob"));
        alice.ok(json!({"cmd": "whisper_open", "nick": "Bob"}));
        assert_eq!(alice.event()["event"], "joined");
        assert_eq!(bob.event()["event"], "whisper_opened");
        Pair { alice, bob }
    }

    /// The token of an offer that is accepted.
    fn offer(&mut self, size: usize) -> String {
        let hash = "0".repeat(64);
        let offered = self.alice.ok(json!({"cmd": "offer", "name": "a b.bin", "size": size, "hash": hash}));
        assert_eq!(self.bob.event()["size"], size);
        let accepted = self.bob.ok(json!({"cmd": "accept"}));
        assert_eq!(accepted["token"], offered["token"]);
        assert_eq!(self.alice.event()["state"], "accepted");
        offered["token"].as_str().unwrap().to_owned()
    }

    /// From which byte on the sender is asked for it.
    fn asked_from(&mut self) -> usize {
        let told = self.alice.event();
        assert_eq!(told["state"], "relay", "{told}");
        told["bytes"].as_u64().unwrap() as usize
    }
}

/// Bytes that are nowhere the same.
fn content(size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(step).collect()
}

fn url(daemon: &Daemon, token: &str) -> String {
    format!("http://127.0.0.1:{}/api/transfers/{token}", daemon.port)
}

fn curl(arguments: &[&str]) -> Child {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "60"]).args(arguments);
    curl.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("curl is there: tests/run installs it")
}

fn done(child: Child) -> Output {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_file_of_any_size_arrives_as_it_was() {
    let home = Home::new("");
    let daemon = home.start();
    let mut pair = Pair::new(&daemon);
    for size in [0, 1, 64 * 1024, 5 * MIB + 7] {
        let token = pair.offer(size);
        let (from, to) = (home.path("from"), home.path("to"));
        std::fs::write(&from, content(size)).unwrap();
        let receiver = curl(&["--fail", "-o", text(&to), &url(&daemon, &token)]);
        assert_eq!(pair.asked_from(), 0);
        let answer = done(curl(&["--fail", "-w", "%{http_code}", "-T", text(&from), &url(&daemon, &token)]));
        assert_eq!(answer.stdout, b"204");
        done(receiver);
        // Of nothing curl makes no file.
        assert!(std::fs::read(&to).unwrap_or_default() == content(size), "{size} bytes are not as they were");
        pair.bob.ok(json!({"cmd": "received"}));
        assert_eq!(pair.alice.event()["state"], "done");
        let _ = std::fs::remove_file(&to);
        let late = done(curl(&["-w", "%{http_code}", "-o", "/dev/null", &url(&daemon, &token)]));
        assert_eq!(late.stdout, b"410");
    }
    daemon.stop();
}

#[test]
fn what_is_broken_off_goes_on_where_the_receiver_is() {
    let size = 24 * MIB;
    let home = Home::new("");
    let daemon = home.start();
    let mut pair = Pair::new(&daemon);
    let token = pair.offer(size);
    let (from, to) = (home.path("from"), home.path("to"));
    std::fs::write(&from, content(size)).unwrap();

    // The receiver breaks off.
    let mut receiver = TcpStream::connect(("127.0.0.1", daemon.port)).unwrap();
    receiver.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(receiver, "GET /api/transfers/{token} HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(pair.asked_from(), 0);
    let sender = curl(&["-w", "%{http_code}", "-o", "/dev/null", "-T", text(&from), &url(&daemon, &token)]);
    let mut got = vec![0; MIB];
    receiver.read_exact(&mut got).unwrap();
    drop(receiver);
    let refused = sender.wait_with_output().unwrap();
    // What it reads of the answer while it still sends is the system's affair; that it was not well is told.
    assert_ne!(refused.stdout, b"204", "{refused:?}");
    let head = got.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    std::fs::write(&to, &got[head..]).unwrap();
    let have = got.len() - head;

    // The sender breaks off: what has come until then is kept by curl.
    let receiver = curl(&["--fail", "-C", "-", "-o", text(&to), &url(&daemon, &token)]);
    assert_eq!(pair.asked_from(), have);
    let mut sender = TcpStream::connect(("127.0.0.1", daemon.port)).unwrap();
    let rest = &content(size)[have..];
    let fields = format!("Content-Length: {}\r\nContent-Range: bytes {have}-{}/{size}", rest.len(), size - 1);
    write!(sender, "PUT /api/transfers/{token} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n").unwrap();
    sender.write_all(&rest[..8 * MIB]).unwrap();
    drop(sender);
    let broken = receiver.wait_with_output().unwrap();
    assert_eq!(broken.status.code(), Some(18), "curl calls that a partial file: {broken:?}");
    let have = std::fs::metadata(&to).unwrap().len() as usize;
    assert!(std::fs::read(&to).unwrap() == content(size)[..have], "the first {have} bytes");

    // And now both to the end.
    let receiver = curl(&["--fail", "-C", "-", "-o", text(&to), &url(&daemon, &token)]);
    let from_byte = pair.asked_from();
    assert_eq!(from_byte, have);
    done(curl(&["--fail", "-C", &from_byte.to_string(), "-T", text(&from), &url(&daemon, &token)]));
    done(receiver);
    assert!(std::fs::read(&to).unwrap() == content(size), "the file is not as it was");
    daemon.stop();
}

#[test]
fn a_receiver_that_takes_nothing_costs_nobody_else_anything() {
    let size = 64 * MIB;
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let mut pair = Pair::new(&daemon);
    let token = pair.offer(size);
    let before = peak_kib(&daemon);
    let mut receiver = TcpStream::connect(("127.0.0.1", daemon.port)).unwrap();
    write!(receiver, "GET /api/transfers/{token} HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    pair.asked_from();
    let from = home.path("from");
    std::fs::write(&from, content(size)).unwrap();
    let sender = curl(&["--fail", "-T", text(&from), &url(&daemon, &token)]);
    let mut first = [0; 1];
    receiver.set_read_timeout(Some(PATIENCE)).unwrap();
    receiver.read_exact(&mut first).unwrap();
    // The line is full now or soon; the talk goes on in either case.
    for number in 0..200 {
        let text = format!("line {number}");
        pair.alice.ok(json!({"cmd": "say", "text": text}));
        assert_eq!(pair.bob.event()["text"], text);
    }
    let more = peak_kib(&daemon) - before;
    assert!(more < PEAK_KIB_MORE, "{more} KiB more for a file that is held up");
    let mut rest = Vec::new();
    // To the end of the answer: this connection is kept.
    let mut piece = vec![0; MIB];
    let length = loop {
        let count = receiver.read(&mut piece).unwrap();
        rest.extend_from_slice(&piece[..count]);
        let head = rest.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(head) = head {
            break head + 4 + size;
        }
    };
    while rest.len() < length {
        let count = receiver.read(&mut piece).unwrap();
        assert!(count > 0, "the end came after {} of {length} bytes", rest.len());
        rest.extend_from_slice(&piece[..count]);
    }
    assert!(rest[length - size..] == content(size), "the file is not as it was");
    done(sender);
    let more = peak_kib(&daemon) - before;
    assert!(more < PEAK_KIB_MORE, "{more} KiB more for a file that goes through");
    daemon.stop();
}

fn peak_kib(daemon: &Daemon) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux counts it");
    line.split_whitespace().next().unwrap().parse().unwrap()
}
