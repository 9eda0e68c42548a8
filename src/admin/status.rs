//! `chatctl status`: how the daemon is, once or each second.
//!
//! Knows nothing of sockets. Why every field may be missing: an older or newer
//! daemon's status is better shown in part than not at all.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::failure::Failure;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::screen::Screen;
use super::times;
use crate::core::counts::quantile;
use crate::core::table;
use crate::limits::WATCH_EVERY_MS;
use crate::locale::{Arg, Words};

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
    /// None: it does not count.
    messages: Option<u64>,
    deliveries: u64,
    received_bytes: u64,
    sent_bytes: u64,
    turn: Times,
    commit: Times,
    bounds_us: Vec<u64>,
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

/// How often something took how long, by the steps of `bounds_us`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Times {
    counts: Vec<u64>,
}

/// What was seen at the last look, and how long ago.
struct Before {
    status: Status,
    ms: u64,
}

pub fn status(link: &mut Link, paper: &mut Paper<'_>, watch: bool) -> Result<(), Failure> {
    if !watch {
        let answer = link.ask(&request(&table::STATUS, []))?;
        return show(paper, &answer, None).map(|_| ());
    }
    // Where there is no second screen the first one has to do.
    let screen = if paper.width.is_some() && !paper.json { Screen::enter().ok() } else { None };
    let Err(failure) = look_again_and_again(link, paper, screen.as_ref());
    if let Some(screen) = screen {
        screen.leave(paper.out)?;
    }
    Err(failure)
}

/// Ends only with the daemon, or when nobody reads any more.
fn look_again_and_again(
    link: &mut Link,
    paper: &mut Paper<'_>,
    screen: Option<&Screen>,
) -> Result<Infallible, Failure> {
    let mut last: Option<(Status, Instant)> = None;
    loop {
        let answer = link.ask(&request(&table::STATUS, []))?;
        let looked = Instant::now();
        let before = last.map(|(status, at)| {
            let ms = u64::try_from(looked.duration_since(at).as_millis()).unwrap_or(u64::MAX);
            Before { status, ms }
        });
        {
            let _held = screen.map(Screen::hold);
            if paper.width.is_some() && !paper.json {
                paper.clear()?;
            }
            last = Some((show(paper, &answer, before.as_ref())?, looked));
            if paper.width.is_none() && !paper.json {
                paper.line("")?;
            }
            paper.out.flush()?;
        }
        std::thread::sleep(Duration::from_millis(WATCH_EVERY_MS));
    }
}

/// Shows one answer, with what has happened since `before`.
fn show(paper: &mut Paper<'_>, answer: &str, before: Option<&Before>) -> Result<Status, Failure> {
    if paper.json {
        paper.object(answer)?;
        return Ok(Status::default());
    }
    let status: Status = serde_json::from_str(answer).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))?;
    for (line, alarming) in lines(&status, before, paper) {
        if alarming { paper.alarm(&line)? } else { paper.line(&line)? }
    }
    Ok(status)
}

/// What there is to say, and of each whether it is alarming.
fn lines(status: &Status, before: Option<&Before>, paper: &Paper<'_>) -> Vec<(String, bool)> {
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
    ];
    lines.extend(talk(status, before, paper).into_iter().map(|line| (line, false)));
    lines.extend([
        database(store, paper),
        (paper.named(None, &words.say("chatctl-status-path", &path)), false),
        named("chatctl-status-refused", counts(&status.refused, words)),
    ]);
    if status.log_dropped > 0 {
        let dropped = words.say("chatctl-status-dropped", &[("lines", status.log_dropped.into())]);
        lines.push((paper.named(Some("chatctl-status-log"), &dropped), true));
    }
    lines
}

/// What was said and how quickly: since the start, or since the last look.
fn talk(status: &Status, before: Option<&Before>, paper: &Paper<'_>) -> Vec<String> {
    let words = &paper.listing;
    let Some(messages) = status.messages else { return Vec::new() };
    let said = [("messages", messages.into()), ("deliveries", status.deliveries.into())];
    let mut lines = vec![paper.named(Some("chatctl-status-talk"), &words.say("chatctl-status-said", &said))];
    if let Some(Before { status: last, ms }) = before {
        let rate = |now: u64, then: u64| per_second(now.saturating_sub(then), *ms);
        let bytes = |now: u64, then: u64| bytes_per_second(now.saturating_sub(then), *ms);
        let rates = [
            ("messages", rate(messages, last.messages.unwrap_or(0)).into()),
            ("deliveries", rate(status.deliveries, last.deliveries).into()),
            ("received", bytes(status.received_bytes, last.received_bytes).into()),
            ("sent", bytes(status.sent_bytes, last.sent_bytes).into()),
        ];
        lines.push(paper.named(None, &words.say("chatctl-status-rates", &rates)));
    }
    let last = before.map(|before| &before.status);
    let turns = times(status, last, |status| &status.turn);
    let turns = turns.map(|[p50, p99]| words.say("chatctl-status-turns", &shown(p50, p99)));
    let commits = times(status, last, |status| &status.commit);
    let commits = commits.map(|[p50, p99]| words.say("chatctl-status-commits", &shown(p50, p99)));
    let speed: Vec<String> = [turns, commits].into_iter().flatten().collect();
    if !speed.is_empty() {
        lines.push(paper.named(Some("chatctl-status-speed"), &speed.join("; ")));
    }
    lines
}

/// The middle and the slow end of what has happened since the last look, in microseconds; none if nothing has.
fn times(status: &Status, last: Option<&Status>, of: impl Fn(&Status) -> &Times) -> Option<[u64; 2]> {
    let mut counts = of(status).counts.clone();
    if let Some(last) = last {
        let before = &of(last).counts;
        counts.iter_mut().zip(before).for_each(|(count, before)| *count = count.saturating_sub(*before));
    }
    let time = |percent| quantile(&status.bounds_us, &counts, percent);
    Some([time(50)?, time(99)?])
}

fn shown(p50: u64, p99: u64) -> [Arg<'static>; 2] {
    [("p50", milliseconds(p50).into()), ("p99", milliseconds(p99).into())]
}

/// Of microseconds: as many digits as mean something.
fn milliseconds(us: u64) -> String {
    match us {
        0..1_000 => format!("{:.2} ms", us as f64 / 1000.0),
        1_000..10_000 => format!("{:.1} ms", us as f64 / 1000.0),
        longer => format!("{} ms", longer / 1000),
    }
}

fn per_second(number: u64, ms: u64) -> String {
    let rate = number as f64 * 1000.0 / ms.max(1) as f64;
    if number > 0 && rate < 9.95 { format!("{rate:.1}/s") } else { format!("{rate:.0}/s") }
}

fn bytes_per_second(bytes: u64, ms: u64) -> String {
    let rate = bytes as f64 * 1000.0 / ms.max(1) as f64;
    let (rate, unit) = match rate {
        mib if mib >= 1024.0 * 1024.0 => (mib / (1024.0 * 1024.0), "MiB"),
        kib if kib >= 1024.0 => (kib / 1024.0, "KiB"),
        bytes => return format!("{bytes:.0} B/s"),
    };
    format!("{rate:.1} {unit}/s")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_mean_something() {
        for (us, shown) in [(0, "0.00 ms"), (36, "0.04 ms"), (1_250, "1.2 ms"), (5_000_000, "5000 ms")] {
            assert_eq!(milliseconds(us), shown);
        }
        for (number, ms, shown) in
            [(0, 1000, "0/s"), (1, 2000, "0.5/s"), (99, 1000, "99/s"), (5, 0, "5000/s")]
        {
            assert_eq!(per_second(number, ms), shown);
        }
        for (bytes, shown) in [(1023, "1023 B/s"), (1536, "1.5 KiB/s"), (3 << 20, "3.0 MiB/s")] {
            assert_eq!(bytes_per_second(bytes, 1000), shown);
        }
    }

    #[test]
    fn times_are_those_since_the_last_look() {
        let status = |counts: [u64; 3]| Status {
            turn: Times { counts: counts.into() },
            bounds_us: vec![1_000, 2_000],
            ..Status::default()
        };
        let turn = |now: [u64; 3], last: Option<[u64; 3]>| {
            let last = last.map(status);
            times(&status(now), last.as_ref(), |status| &status.turn)
        };
        assert_eq!(turn([4, 4, 0], Some([4, 0, 0])), Some([1_500, 1_990]));
        assert_eq!(turn([4, 4, 0], Some([4, 4, 0])), None);
        // It was started again meanwhile, or is one that does not count.
        assert_eq!(turn([1, 0, 0], Some([4, 4, 0])), None);
        assert_eq!(turn([2, 0, 0], None), Some([500, 990]));
    }
}
