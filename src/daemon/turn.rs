//! The one loop: wait, take in, settle, store, flush, reap.
//!
//! It only moves things between the poll, the exchange and the store; what they
//! mean is the hub's. Why named phases: nothing is written before everything of
//! a turn has been taken in, so a busy turn coalesces by itself.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook_mio::v1_0::Signals;

use super::clock::Clock;
use super::course::Course;
use super::doors::{CONNECTIONS, Doors};
use super::manager::Manager;
use super::{journal, reload::Reload};
use crate::core::effect::{Ask, Input, Told};
use crate::core::entry::{Job, Ticket};
use crate::core::reply::DaemonStatus;
use crate::core::time::{Now, Wall};
use crate::limits::{EVENTS_PER_TURN, LOG_INTERVAL_MS};
use crate::net::exchange::Exchange;
use crate::net::socket::Socket;
use crate::store::{self, Answer, Store, Wake};

const SIGNALS: Token = Token(0);
const WAKER: Token = Token(1);

/// What is known at the start and told in `status`.
pub struct Facts {
    pub since: Wall,
    pub database: PathBuf,
    pub durability: &'static str,
}

/// Everything that turns, opened and ready.
pub struct Loop {
    pub poll: Poll,
    pub signals: Signals,
    pub clock: Clock,
    pub doors: Doors,
    pub exchange: Exchange<Socket>,
    pub store: Store,
    pub reload: Reload,
    pub facts: Facts,
    pub course: Course,
    pub manager: Manager,
}

/// The poll, the signals it watches, and a way to wake it from another thread.
pub fn watch() -> io::Result<(Poll, Signals, Wake)> {
    let poll = Poll::new()?;
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGUSR1])?;
    poll.registry().register(&mut signals, SIGNALS, mio::Interest::READABLE)?;
    let waker = Waker::new(poll.registry(), WAKER)?;
    let wake = Arc::new(move || {
        if let Err(error) = waker.wake() {
            log::error!(fact = "wake_failed"; "the loop cannot be woken: {error}");
        }
    });
    Ok((poll, signals, wake))
}

impl Loop {
    /// Turns until the end. True: everything that was taken in is on disk.
    pub fn run(mut self) -> io::Result<bool> {
        let mut events = Events::with_capacity(EVENTS_PER_TURN);
        while !self.course.is_over(self.clock.now(), &self.exchange) {
            self.wait(&mut events)?;
            self.take_in(&events);
            self.exchange.settle(self.clock.now());
            self.store();
            self.exchange.flush(self.clock.now());
            self.exchange.reap();
            self.tell_manager();
            self.exchange.counts.turn.record(self.clock.turn_us());
        }
        // What a crowd left out comes before the last words.
        log::logger().flush();
        let left_ms = self.course.left_ms(self.clock.now());
        Ok(self.store.close(Duration::from_millis(left_ms)))
    }

    fn wait(&mut self, events: &mut Events) -> io::Result<()> {
        let now = self.clock.now();
        let timeout_ms = self.timeout_ms(now);
        let timeout = timeout_ms.map(Duration::from_millis);
        match self.poll.poll(events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => events.clear(),
            other => other?,
        }
        self.clock.read(timeout_ms);
        super::log::tell_rest();
        Ok(())
    }

    /// How long nothing has to be done; None: until something happens.
    fn timeout_ms(&self, now: Now) -> Option<u64> {
        if self.exchange.has_work() {
            return Some(0);
        }
        let (queued, owing_ms) = (self.store.queued(), self.store.owing_ms(now.mono));
        let deadlines = [
            self.exchange.hub().next_deadline(),
            self.exchange.next_deadline(),
            self.doors.next_deadline(),
            super::log::owes().then(|| now.mono.after_ms(LOG_INTERVAL_MS)),
            self.course.next_deadline(now, &self.exchange, queued, owing_ms),
            self.manager.next_deadline(now),
            self.reload.running.deadline(),
        ];
        let next = deadlines.into_iter().flatten().min()?;
        Some(next.since_ms(now.mono))
    }

    fn take_in(&mut self, events: &Events) {
        let now = self.clock.now();
        for event in events {
            match event.token() {
                SIGNALS => {}
                WAKER => {}
                door @ Token(number) if number < CONNECTIONS => self.doors.mark_waiting(door),
                Token(slot) => {
                    let Some(id) = self.exchange.in_slot(slot - CONNECTIONS) else { continue };
                    if event.is_read_closed() || event.is_error() {
                        self.exchange.mark_hung_up(id);
                    } else if event.is_readable() {
                        self.exchange.mark_readable(id);
                    }
                    if event.is_writable() {
                        self.exchange.mark_writable(id);
                    }
                }
            }
        }
        self.signals();
        self.answers(now);
        self.doors.accept(now, self.poll.registry(), &mut self.exchange);
        self.exchange.take_in(now);
        if self.exchange.hub().next_deadline().is_some_and(|at| at <= now.mono) {
            self.exchange.apply(now, Input::Timeout);
        }
        self.asks(now);
        self.end_trial();
        if self.course.go_on(now, &mut self.exchange, self.store.queued()) {
            self.doors.close_all();
        }
    }

    fn signals(&mut self) {
        let pending: Vec<i32> = self.signals.pending().collect();
        for signal in pending {
            match signal {
                SIGTERM => self.stop(None, "SIGTERM"),
                SIGINT => self.stop(None, "SIGINT"),
                SIGHUP => {
                    // Why it was refused is in the log; there is nobody else to tell.
                    let _ = self.reload(None);
                }
                SIGUSR1 => self.log_status(),
                _other => {}
            }
        }
    }

    fn answers(&mut self, now: Now) {
        while let Some(answer) = self.store.poll() {
            match &answer {
                // Both have done their work: the writer when it answered, and this loop now.
                Answer::Alive => self.manager.alive(),
                Answer::Batch { took_us, .. } => {
                    self.exchange.counts.transaction.record(*took_us);
                    self.exchange.counts.commit.add(&self.store.take_waits());
                }
                Answer::Page { .. } | Answer::State(_) | Answer::Ended => {}
            }
            self.course.take_answer(now, &mut self.exchange, answer);
        }
        self.course.watch_disk(now, &mut self.exchange, self.store.owing_ms(now.mono));
    }

    /// What the hub wants to know or have done.
    fn asks(&mut self, now: Now) {
        for (ticket, ask) in self.exchange.take_asks() {
            match ask {
                Ask::Status => self.tell_status(now, ticket),
                Ask::Config(ask) => {
                    let outcome = self.configure(ask);
                    self.exchange.apply(now, Input::Told(Told::Config { ticket, outcome }));
                }
                Ask::Shutdown { reason } => self.stop(reason, "an admin"),
            }
        }
    }

    fn tell_status(&mut self, now: Now, ticket: Ticket) {
        let daemon = Box::new(self.daemon_status(now));
        self.exchange.apply(now, Input::Told(Told::Status { ticket, daemon }));
    }

    fn daemon_status(&self, now: Now) -> DaemonStatus {
        let (database_bytes, wal_bytes) = store::sizes(&self.facts.database);
        DaemonStatus {
            server: super::settings::server_and_version(),
            pid: std::process::id(),
            since: self.facts.since,
            uptime_ms: u64::try_from(now.wall.0 - self.facts.since.0).unwrap_or(0),
            connections: self.exchange.count_by_kind(),
            listen: self.doors.addresses(),
            database: self.facts.database.display().to_string(),
            durability: self.facts.durability.to_owned(),
            database_bytes,
            wal_bytes,
            queue: self.store.queued(),
            backlog_bytes: self.exchange.backlog_bytes(),
            log_dropped: super::log::dropped(),
            counts: self.exchange.counts,
        }
    }

    fn log_status(&self) {
        let status = self.daemon_status(self.clock.now());
        log::info!(
            fact = "status";
            "status: {} people, {} connections, {} records waiting for the disk, {} log lines lost",
            self.exchange.hub().people(),
            self.exchange.len(),
            status.queue,
            status.log_dropped,
        );
    }

    /// Everything of this turn goes to the store at once.
    fn store(&mut self) {
        let now = self.clock.now();
        let jobs: Vec<Job> = self.exchange.take_jobs();
        journal::jobs(&jobs);
        self.store.record(now.mono, jobs);
        for (ticket, query) in self.exchange.take_fetches() {
            self.store.fetch(ticket, query);
        }
        self.exchange.set_store_queue(self.store.queued());
    }

    /// What whoever watches the daemon is told at the end of a turn.
    fn tell_manager(&mut self) {
        let now = self.clock.now();
        if self.manager.wants_sign(now) {
            self.store.ask_for_sign();
        }
        let (course, hub) = (&self.course, self.exchange.hub());
        self.manager.tell(now, || course.line(hub.people(), hub.rooms()));
    }

    fn stop(&mut self, reason: Option<String>, by: &str) {
        self.manager.stopping();
        if self.course.end(self.clock.now(), &mut self.exchange, reason, by) {
            self.doors.close(self.poll.registry());
        }
    }
}
