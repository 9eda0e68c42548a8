//! A database with a long past: starting with it, and reading in it, costs what a short one costs.
//!
//! Knows what the system counts of a process. Why bytes read and memory, and no time: they are the
//! same on a busy machine.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::params;
use serde_json::{Value, json};

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::{PATIENCE, eventually};

const SHORT: i64 = 100;
/// Depth of the trees in the file, not its length: a few pages of 4 KiB.
const START_BYTES_MORE: u64 = 256 * 1024;
/// What SQLite keeps of the file for each connection, and what the allocator makes of it.
const RESIDENT_KIB_MORE: u64 = 6 * 1024;
/// A page of history has fifty rows, each found through an index.
const PAGE_BYTES: u64 = 1024 * 1024;

fn long() -> i64 {
    match std::env::var("MESSAGES") {
        Ok(count) => count.parse().expect("MESSAGES is a number"),
        Err(_) => 100_000,
    }
}

/// A home in which so much was said, one message a second, and indexed by a daemon that found it so.
fn lived_in(messages: i64) -> Home {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    Client::json(daemon.port, "Alice").say("word1 said").unwrap();
    daemon.stop();
    let database = home.open_database();
    let fill = "WITH RECURSIVE count (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM count WHERE n < ?1)
                INSERT INTO messages (room, seq, at, sender, kind, text)
                SELECT 1, n, n * 1000, 'Alice', 'say', 'word' || n || ' said' FROM count";
    database.execute("UPDATE messages SET at = 1000", []).unwrap();
    database.execute(fill, params![messages]).unwrap();
    let daemon = home.start();
    let indexed = "SELECT value > ?1 FROM meta WHERE key = 'search_end'";
    eventually("the index", PATIENCE + Duration::from_millis(messages.unsigned_abs()), || {
        database.query_row(indexed, [messages], |row| row.get(0)).unwrap_or(false).then_some(())
    });
    daemon.stop();
    home
}

/// A field of what the system knows of the process.
fn counted(daemon: &Daemon, file: &str, field: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/{file}", daemon.pid())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("the field is there");
    line.split_whitespace().next().expect("a number follows").parse().unwrap()
}

fn bytes_read(daemon: &Daemon) -> u64 {
    counted(daemon, "io", "rchar:")
}

/// A daemon that has answered, what it has read by then, and its memory in KiB.
fn started(home: &Home) -> (Daemon, u64, u64) {
    let daemon = home.start();
    assert_eq!(daemon.storage(), "ok");
    let (read, resident) = (bytes_read(&daemon), counted(&daemon, "status", "VmRSS:"));
    (daemon, read, resident)
}

#[test]
fn a_long_past_is_no_burden() {
    let (short, long, messages) = (lived_in(SHORT), lived_in(long()), long());
    let (daemon, short_read, short_resident) = started(&short);
    daemon.stop();
    let (daemon, long_read, long_resident) = started(&long);
    let file = std::fs::metadata(long.database()).unwrap().len();
    assert!(file > 20 * START_BYTES_MORE && file / 1024 > RESIDENT_KIB_MORE, "{file} bytes are no long past");
    assert!(long_read < short_read + START_BYTES_MORE, "the start read {long_read}, else {short_read}");
    assert!(
        long_resident < short_resident + RESIDENT_KIB_MORE,
        "{long_resident} KiB after the start, else {short_resident}"
    );

    let mut alice = Client::json(daemon.port, "Bob");
    let mut page = |request: Value, seqs: Option<(i64, i64)>| {
        let before = bytes_read(&daemon);
        let answer = alice.ok(request.clone());
        let read = bytes_read(&daemon) - before;
        assert!(read < PAGE_BYTES, "{read} bytes were read for {request}");
        let rows = answer["messages"].as_array().unwrap();
        let ends = rows.first().zip(rows.last()).map(|(first, last)| (&first["seq"], &last["seq"]));
        let ends = ends.map(|(first, last)| (first.as_i64().unwrap(), last.as_i64().unwrap()));
        assert_eq!(ends, seqs, "{request}");
    };
    let (middle, last) = (messages / 2, messages);
    let stamp = |seq: i64| Timestamp::from_second(seq).unwrap().to_string();
    page(json!({"cmd": "history", "room": "lobby"}), Some((last - 49, last)));
    page(json!({"cmd": "history", "room": "lobby", "before": middle}), Some((middle - 50, middle - 1)));
    page(json!({"cmd": "history", "room": "lobby", "after": middle}), Some((middle + 1, middle + 50)));
    page(json!({"cmd": "history", "room": "lobby", "until": stamp(middle)}), Some((middle - 50, middle - 1)));
    page(json!({"cmd": "history", "room": "lobby", "since": stamp(last - 9)}), Some((last - 9, last)));
    page(json!({"cmd": "search", "query": format!("word{middle} said")}), Some((middle, middle)));
    page(json!({"cmd": "search", "query": "wordless"}), None);
    daemon.stop();
}
