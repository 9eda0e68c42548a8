//! The commit load: senders over JSON lines, each of which says the next thing when the last is
//! committed. All in one room, where each commit also goes to everyone, or each in a room of its
//! own, where nobody else hears it and the database is the limit. After it the same rows are
//! written by the bare loop, in the same batches.
//!
//! It must not know how the store batches, only count it. Why senders wait for their reply: a reply
//! is the promise that the line is kept, so the rate of replies is the rate of promises.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use tempfile::TempDir;

use crate::Result;
use crate::bare::{self, Counter};
use crate::clients::{Answer, Clients, Dialect, lines, said};
use crate::latency::Histogram;
use crate::machine::CpuReading;
use crate::server::{Bench, Durability, Server};
use crate::table::{Column, told};

pub const COLUMNS: &[Column] = &[
    told("commits/s", 0),
    told("p50 us", 1),
    told("p99 us", 1),
    told("per commit", 0),
    told("bare/s", 0),
    told("of bare", 2),
    told("p99 in commits", 2),
    told("store cpu us", 1),
    told("bare cpu us", 1),
    told("loop cpu us", 1),
    told("tool busy %", 1),
];

const TEXT: &str = "the build is green again, so who takes the release notes for today?";
const STALLED_AFTER: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// All senders are in the lobby.
    Lobby,
    /// Each sender is in a room of its own.
    Nobody,
}

impl Audience {
    pub fn name(self) -> &'static str {
        match self {
            Self::Lobby => "to all",
            Self::Nobody => "to nobody",
        }
    }
}

#[derive(Clone, Copy)]
pub struct Load {
    pub senders: usize,
    pub audience: Audience,
    pub warm_up: Duration,
    pub measured: Duration,
}

/// The one reply to a request (`re`), as far as it is looked at.
#[derive(Deserialize)]
struct Reply {
    re: u64,
    error: Option<IgnoredAny>,
    ok: Option<Accepted>,
}

#[derive(Deserialize)]
struct Accepted {
    /// A line of a room has a number there.
    seq: Option<u64>,
}

#[derive(Clone, Default)]
struct Sender {
    last_id: u64,
    asked_at: u64,
    seqs: Vec<u64>,
}

struct Talk {
    clients: Clients,
    load: Load,
    senders: Vec<Sender>,
    /// Who has been answered and may say the next thing.
    ready: Vec<usize>,
    commits: usize,
    events: usize,
    measured_from: u64,
    latencies: Histogram,
}

/// One round: figures in the order of [`COLUMNS`].
pub fn run(bench: &Bench, server: &Server, durability: Durability, load: Load) -> Result<Vec<f64>> {
    let counter = Counter::new(server.database())?;
    let mut talk = Talk::begin(server, load)?;
    talk.talk_until(talk.measured_from)?;
    let before = (talk.clients.now(), talk.commits);
    let count_before = counter.count()?;
    let server_before = CpuReading::take(server.pid())?;
    let tool_before = CpuReading::take(std::process::id())?;
    talk.talk_until(talk.measured_from + load.measured.as_nanos() as u64)?;
    let seconds = (talk.clients.now() - before.0) as f64 / 1e9;
    let messages = talk.commits - before.1;
    let batches = counter.count()?.batches_since(&count_before, messages);
    let server_cpu = CpuReading::take(server.pid())?;
    let all = server_cpu.since(&server_before).as_secs_f64();
    let store = server_cpu.thread_since(&server_before, "store").as_secs_f64();
    let tool_cpu = CpuReading::take(std::process::id())?.since(&tool_before).as_secs_f64();
    talk.drain()?;
    talk.check()?;
    let directory = TempDir::with_prefix_in("chatd-bench-", &bench.database_dir)?;
    let rooms = match load.audience {
        Audience::Lobby => 1,
        Audience::Nobody => load.senders,
    };
    let (durability, time) = (durability.of_store(), load.measured);
    let bare = bare::run(directory.path(), bare::Talk { durability, batches, rooms, text: TEXT, time })?;
    let (rate, p99) = (messages as f64 / seconds, talk.latencies.micros(0.99));
    Ok(vec![
        rate,
        talk.latencies.micros(0.5),
        p99,
        batches.commit as f64,
        bare.commits_per_second,
        rate / bare.commits_per_second,
        p99 / bare.commit_micros,
        store / messages as f64 * 1e6,
        bare.cpu_micros,
        (all - store) / messages as f64 * 1e6,
        tool_cpu / seconds * 100.0,
    ])
}

impl Talk {
    fn begin(server: &Server, load: Load) -> Result<Self> {
        let mut clients = Clients::new()?;
        let hello = |sender| match load.audience {
            Audience::Lobby => format!("{{\"id\":0,\"cmd\":\"hello\",\"nick\":\"s{sender:05}\"}}"),
            Audience::Nobody => format!(
                "{{\"id\":1,\"cmd\":\"hello\",\"nick\":\"s{sender:05}\"}}\n\
                 {{\"id\":0,\"cmd\":\"join\",\"room\":\"r{sender:05}\"}}"
            ),
        };
        clients.enter(server.address, load.senders, Dialect::Json, hello, answer)?;
        clients.settle()?;
        let measured_from = clients.now() + load.warm_up.as_nanos() as u64;
        let mut talk = Self {
            clients,
            load,
            senders: vec![Sender::default(); load.senders],
            ready: Vec::new(),
            commits: 0,
            events: 0,
            measured_from,
            latencies: Histogram::new(),
        };
        talk.ready = (0..load.senders).collect();
        talk.measured_from = talk.clients.now() + load.warm_up.as_nanos() as u64;
        Ok(talk)
    }

    fn request(&self, sender: usize) -> String {
        match self.load.audience {
            Audience::Lobby => format!("\"cmd\":\"say\",\"room\":\"lobby\",\"text\":\"{TEXT}\""),
            Audience::Nobody => {
                format!("\"cmd\":\"say\",\"room\":\"r{sender:05}\",\"text\":\"{TEXT}\"")
            }
        }
    }

    fn ask(&mut self, sender: usize, request: &str) {
        let state = &mut self.senders[sender];
        state.last_id += 1;
        state.asked_at = self.clients.now();
        let line = format!("{{\"id\":{},{request}}}\n", state.last_id);
        self.clients.queue(sender, line.as_bytes());
    }

    fn talk_until(&mut self, end: u64) -> Result<()> {
        let mut last_reply = self.clients.now();
        loop {
            let now = self.clients.now();
            if now >= end {
                return Ok(());
            }
            for sender in std::mem::take(&mut self.ready) {
                let request = self.request(sender);
                self.ask(sender, &request);
            }
            self.clients.flush()?;
            self.turn(Duration::from_nanos(end - now).min(TICK))?;
            if !self.ready.is_empty() {
                last_reply = now;
            }
            self.check_progress(last_reply, now)?;
        }
    }

    /// Waits until everyone has been answered.
    fn await_replies(&mut self) -> Result<()> {
        let mut last_reply = self.clients.now();
        while self.ready.len() < self.load.senders {
            let (now, before) = (self.clients.now(), self.ready.len());
            self.turn(TICK)?;
            if self.ready.len() > before {
                last_reply = now;
            }
            self.check_progress(last_reply, now)?;
        }
        Ok(())
    }

    /// Waits for the last replies and for everything that was delivered with them.
    fn drain(&mut self) -> Result<()> {
        self.await_replies()?;
        let mut last_event = self.clients.now();
        loop {
            let (now, before) = (self.clients.now(), self.events);
            self.turn(TICK)?;
            if self.events > before {
                last_event = now;
            } else if now - last_event > 3 * TICK.as_nanos() as u64 {
                return Ok(());
            }
        }
    }

    fn check_progress(&self, last_reply: u64, now: u64) -> Result<()> {
        if now - last_reply > STALLED_AFTER.as_nanos() as u64 {
            return Err(format!("no reply for {STALLED_AFTER:?}").into());
        }
        Ok(())
    }

    fn turn(&mut self, wait: Duration) -> Result<()> {
        let Self { clients, senders, ready, commits, events, latencies, measured_from, .. } = self;
        clients.turn(wait, |index, block, now| {
            for line in lines(block) {
                if line.starts_with(b"{\"event\":") {
                    *events += usize::from(line.starts_with(b"{\"event\":\"message\""));
                    continue;
                }
                let sender = &mut senders[index];
                if let Some(seq) = accepted(line, sender.last_id)? {
                    sender.seqs.push(seq);
                    *commits += 1;
                    if sender.asked_at >= *measured_from {
                        latencies.record(now - sender.asked_at);
                    }
                }
                ready.push(index);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Every commit has the next number of its room, and was delivered to all who hear it once.
    fn check(&mut self) -> Result<()> {
        let others = match self.load.audience {
            Audience::Lobby => {
                let mut numbers: Vec<u64> = self.senders.iter().flat_map(|s| s.seqs.clone()).collect();
                numbers.sort_unstable();
                check_numbers(&numbers)?;
                self.load.senders - 1
            }
            Audience::Nobody => {
                self.senders.iter().try_for_each(|sender| check_numbers(&sender.seqs))?;
                0
            }
        };
        if self.events != self.commits * others {
            let (events, commits) = (self.events, self.commits);
            return Err(format!("{commits} commits, heard by {others}: {events} events").into());
        }
        Ok(())
    }
}

fn check_numbers(seqs: &[u64]) -> Result<()> {
    match seqs.windows(2).find(|pair| pair[1] != pair[0] + 1) {
        Some(pair) => Err(format!("{} is followed by {}", pair[0], pair[1]).into()),
        None => Ok(()),
    }
}

/// The reply to request `id` must be that it was done; the number it was given, if it was a say.
fn accepted(line: &[u8], id: u64) -> Result<Option<u64>> {
    match serde_json::from_slice(line) {
        Ok(Reply { re, error: None, ok: Some(ok) }) if re == id => Ok(ok.seq),
        _ => Err(said(line).into()),
    }
}

/// The last request of everyone who comes in has the id 0.
pub fn answer(line: &[u8]) -> Answer {
    match serde_json::from_slice(line) {
        Ok(Reply { re: 0, error: None, ok: Some(_) }) => Answer::Welcome,
        Ok(Reply { error: None, ok: Some(_), .. }) => Answer::Other,
        _ if line.starts_with(b"{\"event\":") => Answer::Other,
        _ => Answer::Refused,
    }
}
