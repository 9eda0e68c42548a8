//! kill -9 under load, again and again: every acknowledged message is there once.
//!
//! Knows the replies and the database. Why the moment of each kill is counted in
//! acknowledgements: a kill then always hits a daemon that has work in its hands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{JoinHandle, spawn};

use serde_json::json;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::{PATIENCE, eventually};

const SENDERS: u64 = 4;
/// Requests that a sender has under way.
const WINDOW: u64 = 8;

/// What one connection knows when it was cut.
#[derive(Default)]
struct Known {
    sent: BTreeSet<String>,
    /// Text and seq.
    acked: BTreeMap<String, u64>,
    /// What a bystander saw.
    seen: Vec<String>,
}

fn kills() -> u64 {
    match std::env::var("KILLS") {
        Ok(count) => count.parse().expect("KILLS is a number"),
        Err(_) => 100,
    }
}

#[test]
fn every_acknowledged_message_survives_every_kill_once() {
    let home = Home::new("limits.rate = 0\nrooms.replay = 0");
    let mut all = Known::default();
    for round in 0..kills() {
        let daemon = home.start();
        for known in one_life(daemon, round) {
            all.sent.extend(known.sent);
            all.acked.extend(known.acked);
            all.seen.extend(known.seen);
        }
        if round % 10 == 9 {
            check(&home, &all);
        }
    }
    let daemon = home.start();
    check(&home, &all);
    let last = daemon.rule(&["history", "--json", "-n", "1"]);
    let last: serde_json::Value = serde_json::from_str(&last).unwrap();
    assert_eq!(last["seq"], json!(home.texts().len()), "what chatctl shows is what is there");
    let proven = daemon.rule(&["verify"]);
    assert!(proven.contains("records are sound"), "{proven}");
    daemon.stop();
    println!("{} sent, {} acknowledged, {} kept", all.sent.len(), all.acked.len(), home.texts().len());
    assert!(all.acked.len() as u64 >= kills(), "the kills came before any work");
}

/// Starts people, kills the daemon in their midst, and gives what each of them knows.
fn one_life(daemon: Daemon, round: u64) -> Vec<Known> {
    let acks = Arc::new(AtomicU64::new(0));
    let ready = Arc::new(Barrier::new(SENDERS as usize + 2));
    let port = daemon.port;
    let mut people: Vec<JoinHandle<Known>> = (0..SENDERS)
        .map(|number| {
            let (acks, ready) = (acks.clone(), ready.clone());
            spawn(move || program_talks(port, round, number, &acks, &ready))
        })
        .collect();
    let at_the_door = ready.clone();
    people.push(spawn(move || person_talks(port, round, &at_the_door)));
    ready.wait();
    // From the very first acknowledgement to well into the flood.
    let enough = 1 + round * 37 % 200;
    eventually("work for the kill to interrupt", PATIENCE, || {
        (acks.load(Ordering::Relaxed) >= enough).then_some(())
    });
    daemon.kill();
    people.into_iter().map(|person| person.join().unwrap()).collect()
}

/// A program: every message has an id of its own, some are said twice.
fn program_talks(port: u16, round: u64, number: u64, acks: &AtomicU64, ready: &Barrier) -> Known {
    // The names of those who were cut off wait for them.
    let mut client = Client::json(port, &format!("bot{number}r{round}"));
    ready.wait();
    let mut known = Known::default();
    let mut asked: Vec<(u64, String)> = Vec::new();
    for message in 0.. {
        let text = format!("{round}-{number}-{message}");
        for _ in 0..1 + u64::from(message % 5 == 0) {
            known.sent.insert(text.clone());
            let say = json!({"cmd": "say", "room": "lobby", "text": text, "mid": format!("m{message}")});
            // An error: the connection has gone with its daemon.
            let Ok(id) = client.try_asks(say) else { return known };
            asked.push((id, text.clone()));
        }
        while asked.len() as u64 >= WINDOW {
            let (id, text) = asked.remove(0);
            let Ok(reply) = client.reply(id, PATIENCE) else { return known };
            let seq = reply["ok"]["seq"].as_u64().unwrap_or_else(|| panic!("{reply}"));
            acks.fetch_add(1, Ordering::Relaxed);
            let before = known.acked.insert(text, seq);
            assert!(before.is_none_or(|before| before == seq), "the same message got two seqs");
        }
    }
    known
}

/// A person: what they see was said by somebody, and must be in the history.
fn person_talks(port: u16, round: u64, ready: &Barrier) -> Known {
    let mut client = Client::text(port, "Alice");
    ready.wait();
    let mut known = Known::default();
    for number in 0.. {
        let text = format!("{round}-Alice-{number}");
        known.sent.insert(text.clone());
        if client.try_says(&text).is_err() {
            break;
        }
        for _ in 0..10 {
            let Ok(Some(line)) = client.line_within(PATIENCE) else { return known };
            if let Some((_, text)) = line.split_once(" >> ") {
                known.seen.push(text.to_owned());
            }
        }
    }
    known
}

fn check(home: &Home, all: &Known) {
    let database = home.open_database();
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let texts = home.texts();
    let kept: BTreeMap<&str, u64> = texts.iter().map(String::as_str).zip(1..).collect();
    assert_eq!(kept.len(), texts.len(), "something was kept twice");
    for text in &texts {
        assert!(all.sent.contains(text), "{text:?} was never said");
    }
    for (text, seq) in &all.acked {
        assert_eq!(kept.get(text.as_str()), Some(seq), "{text:?} was acknowledged");
    }
    for text in &all.seen {
        assert!(kept.contains_key(text.as_str()), "{text:?} was seen and is not in the history");
    }
}
