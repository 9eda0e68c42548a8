//! The room loads: some of many members of one room talk, everyone gets it. *Window* sends
//! whenever the slowest member is near enough, *open* at fixed times, whatever the server does.
//!
//! It must not know which server it talks to. Why both: the window shows what a delivery costs
//! when there is always work, and the open load shows how long a person waits when there is
//! little; in a closed loop a slow server slows the clock it is measured with.

use std::time::Duration;

use crate::Result;
use crate::clients::{Answer, Clients, Dialect};
use crate::commits;
use crate::latency::Histogram;
use crate::machine::CpuReading;
use crate::order::{Order, nick};
use crate::server::Server;
use crate::table::{Column, compared, told};

pub const COLUMNS: &[Column] = &[
    compared("cpu s/million", 3),
    compared("deliveries/s", 0),
    compared("p50 us", 1),
    compared("p99 us", 1),
    told("bytes each", 1),
    told("server busy %", 1),
    told("tool busy %", 1),
];

const STALLED_AFTER: Duration = Duration::from_secs(10);
const LONGEST_WAIT: Duration = Duration::from_millis(100);

#[derive(Clone, Copy)]
pub enum Pace {
    /// At most so many messages that the slowest member has not seen.
    Window(usize),
    /// So many messages a second.
    Open(f64),
}

#[derive(Clone, Copy)]
pub struct Load {
    pub pace: Pace,
    pub members: usize,
    pub senders: usize,
    /// How the listeners get it; those who talk have lines.
    pub dialect: Dialect,
    pub warm_up: Duration,
    pub measured: Duration,
}

struct Room {
    clients: Clients,
    order: Order,
    load: Load,
    next_sender: usize,
    /// When the talk began, and since when deliveries count.
    began: u64,
    measured_from: u64,
    latencies: Histogram,
}

/// The processor times and deliveries at one end of the measured stretch.
struct Reading {
    at: u64,
    deliveries: usize,
    bytes: usize,
    server: CpuReading,
    tool: CpuReading,
}

/// One round against one server: figures in the order of [`COLUMNS`].
pub fn run(server: &Server, load: Load) -> Result<Vec<f64>> {
    let mut clients = Clients::new()?;
    enter(&mut clients, server, load.senders, Dialect::Text)?;
    enter(&mut clients, server, load.members, load.dialect)?;
    clients.settle()?;
    let began = clients.now();
    let mut room = Room {
        clients,
        order: Order::new(load.members, load.senders, load.dialect),
        load,
        next_sender: 0,
        began,
        measured_from: began + load.warm_up.as_nanos() as u64,
        latencies: Histogram::new(),
    };
    room.talk_until(room.measured_from)?;
    let first = room.reading(server)?;
    room.talk_until(room.measured_from + load.measured.as_nanos() as u64)?;
    let last = room.reading(server)?;
    room.drain()?;
    room.order.check_complete()?;
    Ok(room.figures(&first, &last))
}

/// Has members come in until there are `count`.
pub fn enter(clients: &mut Clients, server: &Server, count: usize, dialect: Dialect) -> Result<()> {
    match dialect {
        Dialect::Text => clients.enter(server.address, count, dialect, nick, answer),
        Dialect::Json | Dialect::WebSocket => {
            let hello = |member| format!("{{\"id\":0,\"cmd\":\"hello\",\"nick\":\"{}\"}}", nick(member));
            clients.enter(server.address, count, dialect, hello, commits::answer)
        }
    }
}

fn answer(line: &[u8]) -> Answer {
    if line.starts_with(b"[Server]: Welcome, ") {
        Answer::Welcome
    } else if line.starts_with(b"[Server]: Error") || line.starts_with(b"[Server]: Nickname") {
        Answer::Refused
    } else {
        Answer::Other
    }
}

impl Room {
    fn talk_until(&mut self, end: u64) -> Result<()> {
        let mut last_news = self.clients.now();
        loop {
            let now = self.clients.now();
            if now >= end {
                return Ok(());
            }
            let next = self.say_what_is_due(now, end)?;
            let wait = Duration::from_nanos(next.saturating_sub(now)).min(LONGEST_WAIT);
            if self.turn(wait)? {
                last_news = now;
            }
            self.check_progress(last_news, now)?;
        }
    }

    fn drain(&mut self) -> Result<()> {
        let mut last_news = self.clients.now();
        while self.order.in_flight() > 0 {
            let now = self.clients.now();
            if self.turn(LONGEST_WAIT)? {
                last_news = now;
            }
            self.check_progress(last_news, now)?;
        }
        // A doubled last line would still be on its way.
        while self.turn(LONGEST_WAIT)? {}
        Ok(())
    }

    /// Reads what has come; whether anything has.
    fn turn(&mut self, wait: Duration) -> Result<bool> {
        let Self { clients, order, latencies, measured_from, .. } = self;
        let before = order.received();
        clients.turn(wait, |member, block, now| {
            order.take(member, block, |stamp| {
                if stamp >= *measured_from {
                    latencies.record(now - stamp);
                }
            })
        })?;
        Ok(order.received() > before)
    }

    fn check_progress(&self, last_news: u64, now: u64) -> Result<()> {
        let in_flight = self.order.in_flight();
        if in_flight > 0 && now - last_news > STALLED_AFTER.as_nanos() as u64 {
            return Err(format!("nothing came for {STALLED_AFTER:?}, {in_flight} in flight").into());
        }
        Ok(())
    }

    /// Sends what the pace allows now; returns when to look again.
    fn say_what_is_due(&mut self, now: u64, end: u64) -> Result<u64> {
        let next = match self.load.pace {
            Pace::Window(size) => {
                for _ in self.order.in_flight()..size {
                    self.say(now);
                }
                end
            }
            Pace::Open(per_second) => loop {
                let due = (self.order.sent() as f64 * 1e9 / per_second) as u64 + self.began;
                if due > now {
                    break due;
                }
                // The time it should have been sent: a tool that is late must not hide a wait.
                self.say(due);
            },
        };
        self.clients.flush()?;
        Ok(next.min(end))
    }

    fn say(&mut self, stamp: u64) {
        let sender = self.next_sender;
        self.next_sender = (sender + 1) % self.load.senders;
        let line = self.order.say(sender, stamp);
        self.clients.queue(sender, &line);
    }

    fn reading(&self, server: &Server) -> Result<Reading> {
        Ok(Reading {
            at: self.clients.now(),
            deliveries: self.order.received(),
            bytes: self.order.received_bytes(),
            server: CpuReading::take(server.pid())?,
            tool: CpuReading::take(std::process::id())?,
        })
    }

    fn figures(&self, first: &Reading, last: &Reading) -> Vec<f64> {
        let seconds = (last.at - first.at) as f64 / 1e9;
        let deliveries = (last.deliveries - first.deliveries) as f64;
        let server = last.server.since(&first.server).as_secs_f64();
        let tool = last.tool.since(&first.tool).as_secs_f64();
        vec![
            server / deliveries * 1e6,
            deliveries / seconds,
            self.latencies.micros(0.5),
            self.latencies.micros(0.99),
            (last.bytes - first.bytes) as f64 / deliveries,
            server / seconds * 100.0,
            tool / seconds * 100.0,
        ]
    }
}
