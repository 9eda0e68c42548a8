//! The database itself, the clock beside it, and what the daemon says of both.
//!
//! It must not write, nor leave a file behind. Why a running daemon is asked and only the file of one
//! that does not run is read: its log and its locks are its own.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};

use super::super::link::Link;
use super::super::pages::request;
use super::super::place::{self, Place};
use super::files::{unseen, with_ending};
use super::finding::{Finding, quoted};
use super::look::{self, see};
use super::subject::{Answer, Subject};
use crate::core::table;
use crate::limits::{DOCTOR_CLOCK_MS, DOCTOR_DATABASE_BYTES_MAX, DOCTOR_VERIFY_MS};
use crate::locale::Words;

const CHECK: &str = "database";
const CLOCK: &str = "clock";

/// What looking through a file has shown.
#[derive(Debug, PartialEq, Eq)]
enum Looked {
    /// When the newest message was said, in milliseconds of Unix time.
    Sound {
        newest_ms: Option<i64>,
    },
    Damaged {
        why: String,
    },
}

pub fn examine(subject: &Subject, words: &Words, now_ms: i64) -> Vec<Finding> {
    let mut found = Vec::from_iter(synchronised());
    match &subject.answer {
        Answer::Up(status) => {
            found.extend(state(status));
            found.extend(asked(subject, words, now_ms));
        }
        // What it holds locked is not read behind its back.
        Answer::Forbidden { .. } | Answer::Silent => {}
        Answer::Down if subject.holder.is_some() => {}
        Answer::Down => {
            if let Some(path) = &subject.database {
                found.extend(unattended(path, now_ms));
            }
        }
    }
    found
}

/// What the daemon says of its database, its log, and its descriptors.
fn state(status: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    let store = &status["store"];
    let path = store["path"].as_str().unwrap_or("-");
    match store["state"].as_str() {
        Some("ok") | None => {}
        Some(state) => {
            let reason = store["reason"].as_str().unwrap_or("-");
            let fault =
                Finding::fault(CHECK, "chatctl-doctor-degraded").with("state", state).with("reason", reason);
            found.push(fault.mend(format!("df -h {}", quoted(Path::new(path)))));
        }
    }
    let lost = status["log_dropped"].as_u64().unwrap_or(0);
    if lost > 0 {
        let note = Finding::note("log", "chatctl-doctor-log-lost").with("lines", lost);
        found.push(note.mend("systemctl status systemd-journald"));
    }
    found
}

/// The chain of a running daemon, page by page, for some seconds.
fn asked(subject: &Subject, words: &Words, now_ms: i64) -> Vec<Finding> {
    let places = [Place { path: subject.socket.clone(), named: true }];
    let Ok((_, stream)) = place::find(&places, subject.uid, words, &mut |_| {}) else { return Vec::new() };
    let mut link = Link::new(stream, words.lang());
    let mut found = vec![chain(&mut link)];
    let newest = request(&table::COMMANDS, [("limit", Some(1.into()))]);
    let newest = link.ask(&newest).ok().and_then(|answer| serde_json::from_str::<Value>(&answer).ok());
    let at = newest.and_then(|page| {
        page["commands"].as_array()?.last()?["at"].as_str()?.parse::<jiff::Timestamp>().ok()
    });
    found.extend(behind(at.map(|at| at.as_millisecond()), now_ms));
    found
}

/// Walks the chain of records as `chatctl verify` does.
fn chain(link: &mut Link) -> Finding {
    let unknown = || Finding::note(CHECK, "chatctl-doctor-unasked").mend("chatctl verify");
    let (mut from, mut checked, mut last) = (Map::new(), 0, 0);
    let deadline = Instant::now() + Duration::from_millis(DOCTOR_VERIFY_MS);
    loop {
        if Instant::now() >= deadline {
            let begun = Finding::note(CHECK, "chatctl-doctor-begun").with("records", checked);
            return begun.mend("chatctl verify");
        }
        let mut ask = request(&table::VERIFY, []);
        ask.append(&mut from);
        let Some(page) = link.ask(&ask).ok().and_then(|answer| serde_json::from_str::<Value>(&answer).ok())
        else {
            return unknown();
        };
        checked += page["checked"].as_u64().unwrap_or(0);
        if !page["fault"].is_null() {
            return Finding::fault(CHECK, "chatctl-doctor-unsound").mend("chatctl verify");
        }
        let Some(next) = page["next"].as_object() else {
            return Finding::ok(CHECK, "chatctl-doctor-sound").with("records", checked);
        };
        let after = next.get("after").and_then(Value::as_u64).unwrap_or(0);
        if after <= last {
            return unknown();
        }
        (from, last) = (next.clone(), after);
    }
}

/// The file of a daemon that does not run.
fn unattended(path: &Path, now_ms: i64) -> Vec<Finding> {
    let shown = quoted(path);
    let seen = match see(path) {
        Ok(Some(seen)) => seen,
        Ok(None) => return vec![Finding::note(CHECK, "chatctl-doctor-no-database").with("path", &shown)],
        Err(error) => return vec![unseen(CHECK, path, &error)],
    };
    if let Err(error) = std::fs::File::open(path) {
        return vec![unseen(CHECK, path, &error)];
    }
    if seen.bytes > DOCTOR_DATABASE_BYTES_MAX {
        let large = Finding::note(CHECK, "chatctl-doctor-large").with("path", &shown);
        return vec![large.mend(format!("sqlite3 {shown} 'PRAGMA quick_check'"))];
    }
    let behind_log = see(&with_ending(path, "-wal")).ok().flatten().is_some_and(|log| log.bytes > 0);
    let looked = look_through(path).unwrap_or_else(|error| Looked::Damaged { why: error.to_string() });
    judge(path, looked, behind_log, now_ms)
}

/// Looks through the pages and reads the newest stamp. `immutable` makes SQLite leave the log and its
/// index alone: it neither reads nor makes them.
fn look_through(path: &Path) -> rusqlite::Result<Looked> {
    let name: String = path.to_string_lossy().chars().map(escaped).collect();
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?;
    let first: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if first != "ok" {
        return Ok(Looked::Damaged { why: first.replace('\n', " ") });
    }
    let newest_ms = connection.query_row("SELECT max(at) FROM messages", [], |row| row.get(0))?;
    Ok(Looked::Sound { newest_ms })
}

/// What has a meaning in a URI (SQLite's URI filenames).
fn escaped(letter: char) -> String {
    match letter {
        '%' | '?' | '#' => format!("%{:02X}", u32::from(letter)),
        plain => plain.to_string(),
    }
}

/// `behind_log`: the newest talk is not in the file yet but in its log, which may also mend what looks damaged.
fn judge(path: &Path, looked: Looked, behind_log: bool, now_ms: i64) -> Vec<Finding> {
    let shown = quoted(path);
    match looked {
        Looked::Sound { newest_ms } => {
            let id = if behind_log { "chatctl-doctor-file-behind" } else { "chatctl-doctor-file-sound" };
            let mut found = vec![Finding::ok(CHECK, id).with("path", &shown)];
            found.extend(behind(newest_ms, now_ms));
            found
        }
        Looked::Damaged { why } if behind_log => {
            let note =
                Finding::note(CHECK, "chatctl-doctor-file-unknown").with("path", &shown).with("why", why);
            vec![note.mend("systemctl start chatd")]
        }
        Looked::Damaged { why } => {
            let fault =
                Finding::fault(CHECK, "chatctl-doctor-file-damaged").with("path", &shown).with("why", why);
            vec![fault.mend(format!("sqlite3 {shown} .recover | sqlite3 rescued.db"))]
        }
    }
}

/// A clock behind the newest record was set back, or was ahead when it was made.
fn behind(newest_ms: Option<i64>, now_ms: i64) -> Option<Finding> {
    let newest = newest_ms.filter(|newest| *newest > now_ms.saturating_add(DOCTOR_CLOCK_MS))?;
    let minutes = (newest - now_ms) / 60_000;
    Some(Finding::fault(CLOCK, "chatctl-doctor-clock-behind").with("minutes", minutes).mend("timedatectl"))
}

/// Whether the clock follows others'. Where nobody knows, nothing is said.
fn synchronised() -> Option<Finding> {
    let said = look::run("timedatectl", &["show", "--property=NTPSynchronized", "--value"])?;
    match said.out.trim() {
        "yes" => Some(Finding::ok(CLOCK, "chatctl-doctor-clock")),
        "no" => Some(Finding::note(CLOCK, "chatctl-doctor-clock-alone").mend("timedatectl set-ntp true")),
        _unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_is_looked_through_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("odd?name.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("CREATE TABLE messages (at INTEGER); INSERT INTO messages VALUES (5000)")
            .unwrap();
        drop(connection);
        only(&unattended(&path, 5000), "chatctl-doctor-file-sound");
        let late = unattended(&path, 5000 - DOCTOR_CLOCK_MS - 60_000);
        assert_eq!(only(&late, "chatctl-doctor-clock-behind").args, [("minutes", "2".to_owned())]);
        let mut bytes = std::fs::read(&path).unwrap();
        let page = bytes.len() - 4096;
        bytes[page..page + 100].fill(0xff);
        std::fs::write(&path, &bytes).unwrap();
        only(&unattended(&path, 5000), "chatctl-doctor-file-damaged");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
        // A log beside it may hold the better pages.
        std::fs::write(with_ending(&path, "-wal"), "x").unwrap();
        only(&unattended(&path, 5000), "chatctl-doctor-file-unknown");
        only(&unattended(&directory.path().join("none"), 0), "chatctl-doctor-no-database");
    }

    #[test]
    fn what_the_daemon_complains_of_is_handed_on() {
        let status =
            json!({"store": {"state": "degraded", "reason": "disk full", "path": "/d"}, "log_dropped": 3});
        let found = state(&status);
        assert!(only(&found, "chatctl-doctor-degraded").args.contains(&("reason", "disk full".to_owned())));
        only(&found, "chatctl-doctor-log-lost");
        assert_eq!(state(&json!({"store": {"state": "ok"}, "log_dropped": 0})), []);
    }
}
