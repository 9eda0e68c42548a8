//! HTTP with a real daemon: many requests at once, the end of every kind of connection, and a listener over restarts.
//!
//! Knows answers by their first line and events by their ids. Why memory is measured: a few bytes ask for a whole
//! page, and who sends many of them must not have all of it held for them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use rustix::process::Signal;

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};

/// What the answers to all of them may make of the daemon, in KiB: far less than their sum.
const PEAK_KIB_MORE: u64 = 16 * 1024;
const PAGES: usize = 4000;
const RESTARTS: usize = 5;
const LINES: usize = 20;

fn connect(port: u16, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// All that comes until the end.
fn all(mut stream: TcpStream) -> String {
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    told
}

/// Reads until this has come.
fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut told, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&told);
        if text.contains(wanted) {
            return text.into_owned();
        }
        let count = stream.read(&mut piece).unwrap_or_else(|error| panic!("{wanted:?} ({error}): {text}"));
        assert!(count > 0, "the end came before {wanted:?}: {text}");
        told.extend_from_slice(&piece[..count]);
    }
}

fn post(port: u16, path: &str, token: &str, body: &str) -> String {
    let fields = format!("Authorization: Bearer {token}\r\nContent-Length: {}", body.len());
    all(connect(
        port,
        &format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n\r\n{body}"),
    ))
}

fn peak_kib(daemon: &Daemon) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux counts it");
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn many_requests_at_once_are_all_answered_and_not_held_in_memory() {
    let home = Home::new("");
    let daemon = home.start();
    let before = peak_kib(&daemon);
    let greedy = connect(daemon.port, "");
    let mut writer = greedy.try_clone().unwrap();
    let asking = thread::spawn(move || {
        let pages = "GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n".repeat(PAGES);
        writer.write_all(pages.as_bytes()).unwrap();
        // The answers come although nothing more will be asked.
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let other = all(connect(daemon.port, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    assert!(other.starts_with("HTTP/1.1 200 OK\r\n"), "{other}");
    let answers = all(greedy);
    asking.join().unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), PAGES);
    let more = peak_kib(&daemon) - before;
    assert!(more < PEAK_KIB_MORE && answers.len() as u64 / 1024 > 2 * PEAK_KIB_MORE, "{more} KiB more");
    daemon.stop();
}

#[test]
fn a_stop_ends_every_kind_of_connection() {
    let home = Home::new("");
    let mut daemon = home.start();
    let port = daemon.port;
    let mut events = connect(port, "GET /api/rooms/lobby/events HTTP/1.1\r\nHost: a\r\n\r\n");
    until(&mut events, "retry: ");
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut socket = connect(port, &format!("GET /ws HTTP/1.1\r\nHost: a\r\n{upgrade}"));
    until(&mut socket, "\r\n\r\n");
    let mut simple = connect(port, &format!("GET /ws/chat HTTP/1.1\r\nHost: a\r\n{upgrade}"));
    until(&mut simple, "\r\n\r\n");
    let mut kept = connect(port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    until(&mut kept, "\"ok\"}");
    let fields = "Host: a\r\nContent-Length: 50\r\nExpect: 100-continue\r\n\r\n";
    let mut half = connect(port, &format!("POST /api/rooms HTTP/1.1\r\n{fields}"));
    until(&mut half, "100 Continue\r\n\r\n");
    daemon.signal(Signal::TERM);
    assert!(all(events).ends_with("\"reason\":\"shutdown\"}\n\n\r\n0\r\n\r\n"));
    for mut socket in [socket, simple] {
        let mut told = Vec::new();
        socket.read_to_end(&mut told).unwrap();
        // A close frame with 1012: the server ends.
        let close = [0x88, 0x02, 0x03, 0xf4];
        assert!(told.ends_with(&close), "{}", String::from_utf8_lossy(&told));
    }
    assert_eq!(all(kept), "");
    assert_eq!(all(half), "");
    assert_eq!(daemon.ends_within(PATIENCE).code(), Some(0), "{}", daemon.log());
}

#[test]
fn a_listener_hears_everything_once_over_restarts() {
    let home = Home::new("limits.rate = 0");
    let (mut last, mut token, mut said) = (0, String::new(), 0);
    for _ in 0..RESTARTS {
        let daemon = home.start();
        if token.is_empty() {
            let came = post(daemon.port, "/api/sessions", "", r#"{"nick":"bot"}"#);
            let (_, rest) = came.split_once(r#""token":""#).unwrap_or_else(|| panic!("{came}"));
            rest.split_once('"').unwrap().0.clone_into(&mut token);
        }
        let mut say = |count: usize| {
            for _ in 0..count {
                let told = post(daemon.port, "/api/rooms/lobby/messages", &token, &format!("line {said}"));
                assert!(told.starts_with("HTTP/1.1 201 "), "{told}");
                said += 1;
            }
            said
        };
        // Some while nobody listens, some while somebody does, some that are not read before the restart.
        say(LINES);
        let request =
            format!("GET /api/rooms/lobby/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: {last}\r\n\r\n");
        let mut events = connect(daemon.port, &request);
        let before = until(&mut events, "retry: ");
        let now = say(LINES);
        let heard = before + &until(&mut events, &format!("id: {now}\n"));
        let ids =
            heard.lines().filter_map(|line| line.strip_prefix("id: ")).map(|id| id.parse::<usize>().unwrap());
        for id in ids {
            assert_eq!(id, last + 1, "{heard}");
            last = id;
        }
        assert_eq!(last, now);
        say(LINES);
        drop(events);
        daemon.stop();
    }
    let daemon = home.start();
    let mut people = Client::json(daemon.port, "Alice");
    let users = people.ok(serde_json::json!({"cmd": "users", "room": "lobby"}));
    assert_eq!(
        users["users"].as_array().map(Vec::len),
        Some(1),
        "who has lost the connection is not in the room"
    );
    assert_eq!(home.texts(), (0..said).map(|number| format!("line {number}")).collect::<Vec<_>>());
    daemon.stop();
}
