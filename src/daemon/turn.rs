//! The one loop: wait, take in, settle, store, flush, reap.
//!
//! It only moves things between the poll, the exchange and the store; what they
//! mean is the hub's. Why named phases: nothing is written before everything of
//! a turn has been taken in, so a busy turn coalesces by itself.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
use signal_hook_mio::v1_0::Signals;

use super::clock::Clock;
use super::doors::{CONNECTIONS, Doors};
use super::{journal, reload::Reload};
use crate::core::effect::{Ask, Input, Told};
use crate::core::entry::{Job, Ticket};
use crate::core::reply::DaemonStatus;
use crate::core::settings::Storage;
use crate::core::time::{Mono, Now, Wall};
use crate::limits::{STOP_LINGER_MS, STOP_MS, STORE_STALLED_MS};
use crate::net::exchange::Exchange;
use crate::net::socket::Socket;
use crate::store::{Answer, Store, Wake};

const SIGNALS: Token = Token(0);
const WAKER: Token = Token(1);
const EVENTS_PER_TURN: usize = 1024;

/// How far the end has come.
#[derive(Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Running,
    /// Nobody is read from any more; what was said is being committed.
    Finishing { reason: Option<String>, until: Mono },
    /// Everybody was told; their last words are on their way.
    Leaving { since: Mono, until: Mono },
}

/// What is known at the start and told in `status`.
pub struct Facts {
    pub since: Wall,
    pub database: String,
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
    pub state: State,
}

/// What changes from turn to turn.
#[derive(Default)]
pub struct State {
    phase: Phase,
    /// What the store last said of itself.
    disk: Storage,
    /// It owes an answer for too long.
    stalled: bool,
}

/// The poll, the signals it watches, and a way to wake it from another thread.
pub fn watch() -> io::Result<(Poll, Signals, Wake)> {
    let poll = Poll::new()?;
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGUSR1])?;
    poll.registry().register(&mut signals, SIGNALS, mio::Interest::READABLE)?;
    let waker = Waker::new(poll.registry(), WAKER)?;
    let wake = Arc::new(move || {
        if let Err(error) = waker.wake() {
            log::error!("the loop cannot be woken: {error}");
        }
    });
    Ok((poll, signals, wake))
}

impl Loop {
    /// Turns until the end. True: everything that was taken in is on disk.
    pub fn run(mut self) -> io::Result<bool> {
        let mut events = Events::with_capacity(EVENTS_PER_TURN);
        while !self.is_over() {
            self.wait(&mut events)?;
            self.take_in(&events);
            self.exchange.settle(self.clock.now());
            self.store();
            self.exchange.flush(self.clock.now());
            self.exchange.reap();
        }
        let left_ms = match self.state.phase {
            Phase::Leaving { until, .. } => until.0.saturating_sub(self.clock.now().mono.0).max(500),
            Phase::Running | Phase::Finishing { .. } => 500,
        };
        log::info!("closing the database");
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
        Ok(())
    }

    /// How long nothing has to be done; None: until something happens.
    fn timeout_ms(&self, now: Now) -> Option<u64> {
        if self.exchange.has_work() {
            return Some(0);
        }
        let stalled =
            Mono(now.mono.0 + STORE_STALLED_MS - self.store.owing_ms(now.mono).min(STORE_STALLED_MS));
        let until = match self.state.phase {
            Phase::Running => None,
            Phase::Finishing { until, .. } => Some(until),
            Phase::Leaving { since, until } => {
                let said = self.exchange.has_said_everything();
                Some(if said { until.min(since.after_ms(STOP_LINGER_MS)) } else { until })
            }
        };
        let deadlines = [
            self.exchange.hub().next_deadline(),
            self.exchange.next_deadline(),
            self.doors.next_deadline(),
            (self.store.queued() > 0 && !self.state.stalled).then_some(stalled),
            until,
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
        self.progress(now);
    }

    fn signals(&mut self) {
        let pending: Vec<i32> = self.signals.pending().collect();
        for signal in pending {
            match signal {
                SIGTERM | SIGINT => self.stop(None),
                SIGHUP => {
                    // Why it was refused is in the log; there is nobody else to tell.
                    let _ = self.reload();
                }
                SIGUSR1 => self.log_status(),
                _other => {}
            }
        }
    }

    /// What the store has committed, read, or failed to.
    fn answers(&mut self, now: Now) {
        while let Some(answer) = self.store.poll() {
            match answer {
                Answer::Batch { stored, .. } => {
                    for one in stored {
                        let crate::store::Stored { ticket, entry, outcome } = one;
                        self.exchange.apply(now, Input::Stored { ticket, entry, outcome });
                    }
                    if std::mem::take(&mut self.state.stalled) {
                        log::info!("the disk answers again");
                        let disk = self.state.disk.clone();
                        self.exchange.apply(now, Input::Told(Told::Storage(disk)));
                    }
                }
                Answer::Page { ticket, page } => self.exchange.apply(now, Input::Fetched { ticket, page }),
                Answer::State(storage) => {
                    journal::storage(&storage);
                    self.state.disk = storage.clone();
                    self.exchange.apply(now, Input::Told(Told::Storage(storage)));
                }
                Answer::Ended => {}
            }
        }
        if !self.state.stalled && self.store.owing_ms(now.mono) >= STORE_STALLED_MS {
            self.state.stalled = true;
            journal::storage(&Storage::Stalled);
            self.exchange.apply(now, Input::Told(Told::Storage(Storage::Stalled)));
        }
    }

    /// What the hub wants to know or have done.
    fn asks(&mut self, now: Now) {
        for (ticket, ask) in self.exchange.take_asks() {
            match ask {
                Ask::Status => self.tell_status(now, ticket),
                Ask::Reload => {
                    let outcome = self.reload();
                    self.exchange.apply(now, Input::Told(Told::Reloaded { ticket, outcome }));
                }
                Ask::Shutdown { reason } => self.stop(reason),
            }
        }
    }

    fn tell_status(&mut self, now: Now, ticket: Ticket) {
        let daemon = Box::new(self.daemon_status(now));
        self.exchange.apply(now, Input::Told(Told::Status { ticket, daemon }));
    }

    fn daemon_status(&self, now: Now) -> DaemonStatus {
        DaemonStatus {
            server: super::settings::server_and_version(),
            pid: std::process::id(),
            since: self.facts.since,
            uptime_ms: u64::try_from(now.wall.0 - self.facts.since.0).unwrap_or(0),
            connections: self.exchange.count_by_kind(),
            listen: self.doors.addresses(),
            database: self.facts.database.clone(),
            durability: self.facts.durability.to_owned(),
            queue: self.store.queued(),
            log_dropped: super::log::dropped(),
        }
    }

    fn log_status(&self) {
        let status = self.daemon_status(self.clock.now());
        log::info!(
            "status: {} people, {} connections, {} records waiting for the disk, {} log lines lost",
            self.exchange.hub().people(),
            self.exchange.len(),
            status.queue,
            status.log_dropped,
        );
    }

    fn reload(&mut self) -> Result<Vec<String>, String> {
        let now = self.clock.now();
        let taken = self.reload.read()?;
        self.exchange.apply(now, Input::Told(Told::Settings(Box::new(taken.settings))));
        self.exchange.configure(taken.bounds, taken.speech);
        self.doors.set_ping(taken.ping_ms);
        Ok(taken.restart_needed)
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

    /// Begins the end; asked a second time, it comes at once.
    fn stop(&mut self, reason: Option<String>) {
        let until = self.clock.now().mono.after_ms(STOP_MS);
        match &self.state.phase {
            Phase::Running => {
                log::info!("stopping");
                self.doors.close(self.poll.registry());
                self.exchange.stop_reading_people();
                self.state.phase = Phase::Finishing { reason, until };
            }
            Phase::Finishing { .. } | Phase::Leaving { .. } => {
                log::warn!("asked to stop again: not waiting for clients any longer");
                let now = self.clock.now().mono;
                self.state.phase = Phase::Leaving { since: now, until: now };
            }
        }
    }

    fn progress(&mut self, now: Now) {
        let Phase::Finishing { reason, until } = &mut self.state.phase else { return };
        // Half of the time is for the disk; then people are told, whatever became of it.
        let waited = now.mono.after_ms(STOP_MS / 2) >= *until;
        if self.store.queued() == 0 || waited {
            let (reason, until) = (reason.take(), *until);
            self.state.phase = Phase::Leaving { since: now.mono, until };
            self.doors.close_all();
            self.exchange.apply(now, Input::Told(Told::Stopping { reason }));
            self.exchange.drop_undecided(now);
        }
    }

    fn is_over(&self) -> bool {
        match self.state.phase {
            Phase::Running | Phase::Finishing { .. } => false,
            Phase::Leaving { since, until } => {
                let now = self.clock.now().mono;
                let lingered = now >= since.after_ms(STOP_LINGER_MS) && self.exchange.has_said_everything();
                self.exchange.people_connections() == 0 || lingered || now >= until
            }
        }
    }
}
