//! `chatctl status`: how the daemon is, once or each second.
//!
//! Knows nothing of sockets. Why every field may be missing: an older or newer
//! daemon's status is better shown in part than not at all.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::failure::Failure;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::times;
use crate::core::table;
use crate::limits::WATCH_EVERY_MS;
use crate::locale::Words;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    server: String,
    pid: u64,
    since: String,
    uptime_ms: u64,
    people: u64,
    rooms: u64,
    connections: BTreeMap<String, u64>,
    listen: Vec<String>,
    store: Store,
    refused: BTreeMap<String, u64>,
    log_dropped: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Store {
    state: String,
    reason: Option<String>,
    queue: u64,
    path: String,
    durability: String,
}

pub fn status(link: &mut Link, paper: &mut Paper<'_>, watch: bool) -> Result<(), Failure> {
    loop {
        let answer = link.ask(&request(&table::STATUS, []))?;
        if watch && paper.width.is_some() && !paper.json {
            paper.clear()?;
        }
        show(paper, &answer)?;
        if !watch {
            return Ok(());
        }
        if paper.width.is_none() && !paper.json {
            paper.line("")?;
        }
        paper.out.flush()?;
        std::thread::sleep(Duration::from_millis(WATCH_EVERY_MS));
    }
}

fn show(paper: &mut Paper<'_>, answer: &str) -> Result<(), Failure> {
    if paper.json {
        return paper.object(answer);
    }
    let status: Status = serde_json::from_str(answer).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))?;
    let lines = lines(&status, paper);
    lines.iter().try_for_each(|(line, alarming)| if *alarming { paper.alarm(line) } else { paper.line(line) })
}

/// What there is to say, and of each whether it is alarming.
fn lines(status: &Status, paper: &Paper<'_>) -> Vec<(String, bool)> {
    let words = &paper.listing;
    let store = &status.store;
    let named = |id: &str, text: String| (paper.named(Some(id), &text), false);
    let daemon = [
        ("server", status.server.as_str().into()),
        ("pid", status.pid.to_string().into()),
        ("up", times::rough(status.uptime_ms, words).into()),
        ("since", times::local(&status.since, &paper.speech.zone).into()),
    ];
    let people = [("people", status.people.into()), ("rooms", status.rooms.into())];
    let path = [("path", store.path.as_str().into()), ("durability", store.durability.as_str().into())];
    let mut lines = vec![
        (words.say("chatctl-status-daemon", &daemon), false),
        named("chatctl-status-people", words.say("chatctl-status-people-rooms", &people)),
        named("chatctl-status-connections", counts(&status.connections, words)),
        named("chatctl-status-listening", listed(&status.listen, words)),
        database(store, paper),
        (paper.named(None, &words.say("chatctl-status-path", &path)), false),
        named("chatctl-status-refused", counts(&status.refused, words)),
    ];
    if status.log_dropped > 0 {
        let dropped = words.say("chatctl-status-dropped", &[("lines", status.log_dropped.into())]);
        lines.push((paper.named(Some("chatctl-status-log"), &dropped), true));
    }
    lines
}

fn database(store: &Store, paper: &Paper<'_>) -> (String, bool) {
    let words = &paper.listing;
    let waiting = [("state", store.state.as_str().into()), ("waiting", store.queue.into())];
    let line = paper.named(Some("chatctl-status-database"), &words.say("chatctl-status-store", &waiting));
    if store.state == "ok" {
        return (line, false);
    }
    let why = store.reason.clone().unwrap_or_else(|| words.say("chatctl-status-no-reason", &[]));
    (words.say("chatctl-status-why", &[("line", line.into()), ("why", why.into())]), true)
}

fn counts(of: &BTreeMap<String, u64>, words: &Words) -> String {
    let counts: Vec<String> = of.iter().map(|(name, number)| format!("{name} {number}")).collect();
    listed(&counts, words)
}

fn listed(texts: &[String], words: &Words) -> String {
    if texts.is_empty() { words.say("chatctl-none", &[]) } else { texts.join(", ") }
}
