//! A backup while people talk, and a server that goes on from it.
//!
//! Knows the files and the steps of docs/admin.md. Why the daemon is asked and not the file alone: a
//! backup is what a chat can go on from.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{JoinHandle, spawn};

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{must, said};
use crate::live_support::{PATIENCE, eventually};

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Somebody who talks until told to stop; gives how many lines were acknowledged.
fn talker(daemon: &Daemon, nick: &'static str, stop: &Arc<AtomicBool>) -> JoinHandle<u64> {
    let (mut client, stop) = (Client::json(daemon.port, nick), stop.clone());
    spawn(move || {
        let mut said = 0;
        while !stop.load(Ordering::Relaxed) {
            said += 1;
            client.ok(json!({"cmd": "say", "room": "lobby", "text": format!("{nick} {said}")}));
        }
        said
    })
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", shown(database)))
}

/// The steps of the page for admins.
fn restore(home: &Home, copy: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let old = beside(home.database(), ending);
        if old.exists() {
            std::fs::rename(&old, beside(&home.path("old.db"), ending)).unwrap();
        }
    }
    std::fs::copy(copy, home.database()).unwrap();
}

fn leftovers(home: &Home) -> usize {
    let entries = std::fs::read_dir(home.database().parent().unwrap()).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".backup-")).count()
}

#[test]
fn a_backup_under_load_is_restored_and_goes_on() {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let mut alice = Client::json(daemon.port, "앨리스");
    let before = 20;
    for number in 0..before {
        alice.ok(json!({"cmd": "say", "room": "lobby", "text": format!("전에 {number}")}));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let talkers = ["Bob", "Carol"].map(|nick| talker(&daemon, nick, &stop));
    let copy = home.path("copy.db");
    let printed = daemon.rule(&["backup", shown(&copy)]);
    stop.store(true, Ordering::Relaxed);
    let said: u64 = before + talkers.into_iter().map(|talker| talker.join().unwrap()).sum::<u64>();
    for _ in 0..5 {
        alice.ok(json!({"cmd": "say", "room": "lobby", "text": "later"}));
    }
    let (first, second) = printed.split_once('\n').unwrap();
    let size = std::fs::metadata(&copy).unwrap().len();
    assert_eq!(first, format!("The backup is in {} ({size} bytes).", shown(&copy)));
    let anchor = second.trim().strip_prefix("anchor ").unwrap().to_owned();
    daemon.logs(&format!("anchor {anchor}"), PATIENCE);
    assert_eq!(std::fs::metadata(&copy).unwrap().mode() & 0o777, 0o600);
    assert_eq!(leftovers(&home), 0);
    assert!(daemon.rule(&["commands"]).contains("backup"));
    daemon.stop();
    assert_eq!(home.texts().len() as u64, said + 5);

    // Any sqlite3 opens it, and needs nothing beside it.
    assert_eq!(must("sqlite3", "sqlite3", &["-readonly", shown(&copy), "PRAGMA integrity_check"]), "ok\n");
    assert!(!beside(&copy, "-wal").exists() && !beside(&copy, "-shm").exists());
    let kept = Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = "SELECT COUNT(*) FROM messages";
    let kept: i64 = kept.query_row(count, [], |row| row.get(0)).unwrap();
    assert!((before..=said).contains(&(kept as u64)), "{kept} of {said}");

    restore(&home, &copy);
    let daemon = home.start();
    assert_eq!(home.texts().len() as i64, kept);
    let proven = daemon.rule(&["verify", "--anchor", &anchor]);
    assert!(proven.contains("The anchor is in the chain"), "{proven}");
    let next: Value = serde_json::from_str(&daemon.rule(&["--json", "say", "after"])).unwrap();
    assert_eq!(next["seq"], json!(kept + 1));
    daemon.stop();
    // And the other way round: the anchor of what came later is not in what was restored.
    let daemon = home.start();
    let again = daemon.rule(&["--json", "backup", shown(&copy), "--force"]);
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!((&again["v"], &again["size"]), (&json!(1), &json!(std::fs::metadata(&copy).unwrap().len())));
    assert_ne!(again["anchor"], json!(anchor));
    daemon.stop();
}

#[test]
fn a_forgotten_log_of_the_old_database_is_noticed() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.rule(&["say", "before"]);
    let copy = home.path("copy.db");
    daemon.rule(&["backup", shown(&copy)]);
    daemon.rule(&["say", "after"]);
    daemon.kill();
    let log = beside(home.database(), "-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0, "what was killed leaves its log");
    std::fs::copy(&copy, home.database()).unwrap();
    let refused = crate::live_support::program::output(&mut home.command());
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    let told = said(&refused);
    assert!(told.contains("was put into the place of another one") && told.contains(shown(&log)), "{told}");
    assert_eq!(std::fs::read(home.database()).unwrap(), std::fs::read(&copy).unwrap(), "nothing was touched");
    restore(&home, &copy);
    let daemon = home.start();
    assert_eq!(home.texts(), ["before"]);
    assert!(daemon.rule(&["verify"]).contains("records are sound"));
    daemon.stop();
}

#[test]
fn only_one_at_a_time_and_none_for_who_has_gone() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.rule(&["say", "here"]);
    let stream = UnixStream::connect(home.control()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut lines = BufReader::new(stream);
    let mut ask = |request: Value| -> Value {
        lines.get_mut().write_all(format!("{request}\n").as_bytes()).unwrap();
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    };
    let begun = ask(json!({"id": 1, "cmd": "backup"}));
    assert_eq!(begun["ok"], json!({"backup": 1, "state": "copying", "done": 0, "of": 0}));
    let copy = home.path("copy.db");
    let refused = daemon.chatctl(&["backup", shown(&copy)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("Another backup is being made"), "{}", said(&refused));
    assert!(!copy.exists() && !beside(&copy, ".part").exists());
    let ready = eventually("the copy", PATIENCE, || {
        let looked = ask(json!({"id": 2, "cmd": "backup", "backup": 1}));
        (looked["ok"]["state"] == "ready").then_some(looked)
    });
    assert!(ready["ok"]["sha256"].as_str().unwrap().len() == 64, "{ready}");
    assert_eq!(leftovers(&home), 1);
    drop(lines);
    eventually("the end of the copy", PATIENCE, || (leftovers(&home) == 0).then_some(()));
    daemon.rule(&["backup", shown(&copy)]);
    // What a killed daemon leaves behind goes at the next start.
    let left = home.path(".chatd.db.backup-3.part");
    std::fs::write(&left, "half").unwrap();
    daemon.kill();
    let daemon = home.start();
    assert!(!left.exists());
    daemon.stop();
}
