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
    let since = times::local(&status.since, &paper.speech.zone);
    let up = times::rough(status.uptime_ms);
    paper.line(&format!("{}, process {}, up {up} since {since}", status.server, status.pid))?;
    paper.line(&format!("people       {} in {}", status.people, count(status.rooms, "room")))?;
    paper.line(&format!("connections  {}", counts(&status.connections)))?;
    paper.line(&format!("listening    {}", listed(&status.listen)))?;
    let store = &status.store;
    let waiting = count(store.queue, "record");
    let line = format!("database     {}, {waiting} waiting", store.state);
    match store.state.as_str() {
        "ok" => paper.line(&line)?,
        _ => paper.alarm(&format!("{line}: {}", store.reason.as_deref().unwrap_or("no reason given")))?,
    }
    paper.line(&format!("             {} (durability {})", store.path, store.durability))?;
    paper.line(&format!("refused      {}", counts(&status.refused)))?;
    if status.log_dropped > 0 {
        paper.alarm(&format!("log          {} dropped", count(status.log_dropped, "line")))?;
    }
    Ok(())
}

fn count(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

fn counts(of: &BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = of.iter().map(|(name, number)| format!("{name} {number}")).collect();
    listed(&counts)
}

fn listed(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}
