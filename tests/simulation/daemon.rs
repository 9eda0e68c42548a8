//! A daemon's turn without its poll: the phases of `daemon::turn`, in that order.
//!
//! Knows no person. Why it may die between any two phases: a process does, and
//! what was not committed by then must not have been seen.

use chatd::core::effect::{Ask, Input, Told};
use chatd::core::entry::{Entry, Outcome};
use chatd::core::hub::Hub;
use chatd::core::reply::DaemonStatus;
use chatd::core::settings::{Settings, Storage};
use chatd::core::time::{Mono, Now};
use chatd::limits::{STOP_LINGER_MS, STOP_MS, STORE_STALLED_MS};
use chatd::locale::Lang;
use chatd::net::exchange::{Bounds, Exchange};
use chatd::store::Answer;
use chatd::wire::Speech;

use super::disk::Disk;
use super::pipe::Pipe;

#[derive(PartialEq)]
pub enum Phase {
    Running,
    Finishing { reason: Option<String>, until: Mono },
    Leaving { since: Mono, until: Mono },
}

pub struct Daemon {
    pub exchange: Exchange<Pipe>,
    pub phase: Phase,
    settings: Settings,
    bounds: Bounds,
    disk_said: Storage,
    stalled: bool,
}

impl Daemon {
    pub fn start(now: Now, settings: &Settings, bounds: &Bounds, disk: &Disk) -> Daemon {
        let hub = Hub::restore(now, settings.clone(), disk.load());
        hub.check();
        Daemon {
            exchange: Exchange::new(hub, speech(settings), bounds.clone()),
            phase: Phase::Running,
            settings: settings.clone(),
            bounds: bounds.clone(),
            disk_said: Storage::Well,
            stalled: false,
        }
    }

    /// Takes the store's answers. `each` is called after every one of them, with the seq and text of
    /// the message that was delivered by it: somebody may go between two.
    pub fn answers(
        &mut self,
        now: Now,
        disk: &mut Disk,
        mut each: impl FnMut(&Exchange<Pipe>, Option<(u64, String)>),
    ) {
        while let Some(answer) = disk.poll() {
            match answer {
                Answer::Batch { stored, .. } => {
                    for one in stored {
                        let (ticket, entry, outcome) = (one.ticket, one.entry, one.outcome);
                        let delivered = match (&entry, outcome) {
                            (Entry::Message { message, .. }, Outcome::Kept(seq)) => {
                                Some((seq, message.text.clone()))
                            }
                            _other => None,
                        };
                        self.exchange.apply(now, Input::Stored { ticket, entry, outcome });
                        each(&self.exchange, delivered);
                    }
                    if std::mem::take(&mut self.stalled) {
                        let disk_said = self.disk_said.clone();
                        self.exchange.apply(now, Input::Told(Told::Storage(disk_said)));
                    }
                }
                Answer::Page { ticket, page } => self.exchange.apply(now, Input::Fetched { ticket, page }),
                Answer::State(storage) => {
                    self.disk_said = storage.clone();
                    self.exchange.apply(now, Input::Told(Told::Storage(storage)));
                }
                Answer::Ended => {}
            }
        }
        if !self.stalled && disk.owing_ms(now.mono) >= STORE_STALLED_MS {
            self.stalled = true;
            self.exchange.apply(now, Input::Told(Told::Storage(Storage::Stalled)));
        }
    }

    pub fn take_in(&mut self, now: Now) {
        self.exchange.take_in(now);
    }

    /// The timer, and what the hub wants to know or have done.
    pub fn deadlines(&mut self, now: Now, disk: &Disk) {
        if self.exchange.hub().next_deadline().is_some_and(|at| at <= now.mono) {
            self.exchange.apply(now, Input::Timeout);
            let next = self.exchange.hub().next_deadline();
            assert!(next.is_none_or(|at| at > now.mono), "after the timeout the next one is due already");
        }
        for (ticket, ask) in self.exchange.take_asks() {
            match ask {
                Ask::Status => {
                    let daemon = DaemonStatus { queue: disk.queued(), ..DaemonStatus::default() };
                    let daemon = Box::new(daemon);
                    self.exchange.apply(now, Input::Told(Told::Status { ticket, daemon }));
                }
                Ask::Reload => {
                    let settings = Box::new(self.settings.clone());
                    self.exchange.apply(now, Input::Told(Told::Settings(settings)));
                    self.exchange.configure(self.bounds.clone(), speech(&self.settings));
                    let outcome = Ok(Vec::new());
                    self.exchange.apply(now, Input::Told(Told::Reloaded { ticket, outcome }));
                }
                Ask::Shutdown { reason } => self.stop(now, reason),
            }
        }
        self.progress(now, disk);
    }

    pub fn stop(&mut self, now: Now, reason: Option<String>) {
        if self.phase == Phase::Running {
            self.exchange.stop_reading_people();
            self.phase = Phase::Finishing { reason, until: now.mono.after_ms(STOP_MS) };
        }
    }

    fn progress(&mut self, now: Now, disk: &Disk) {
        let Phase::Finishing { reason, until } = &mut self.phase else { return };
        let waited = now.mono.after_ms(STOP_MS / 2) >= *until;
        if disk.queued() == 0 || waited {
            let (reason, until) = (reason.take(), *until);
            self.phase = Phase::Leaving { since: now.mono, until };
            self.exchange.apply(now, Input::Told(Told::Stopping { reason }));
            self.exchange.drop_undecided(now);
        }
    }

    pub fn settle(&mut self, now: Now) {
        self.exchange.settle(now);
    }

    pub fn store(&mut self, now: Now, disk: &mut Disk) {
        disk.record(now.mono, self.exchange.take_jobs());
        for (ticket, query) in self.exchange.take_fetches() {
            disk.fetch(ticket, query);
        }
        self.exchange.set_store_queue(disk.queued());
    }

    pub fn flush(&mut self, now: Now) {
        self.exchange.flush(now);
        self.exchange.reap();
        self.exchange.check();
    }

    pub fn next_deadline(&self, now: Now, disk: &Disk) -> Option<Mono> {
        let owed = Mono(now.mono.0 - disk.owing_ms(now.mono) + STORE_STALLED_MS);
        let stall = (disk.queued() > 0 && !self.stalled).then_some(owed);
        let (hub, lines) = (self.exchange.hub().next_deadline(), self.exchange.next_deadline());
        [hub, lines, disk.next_deadline(), stall].into_iter().flatten().min()
    }

    pub fn is_over(&self, now: Now) -> bool {
        match self.phase {
            Phase::Running | Phase::Finishing { .. } => false,
            Phase::Leaving { since, until } => {
                let lingered =
                    now.mono >= since.after_ms(STOP_LINGER_MS) && self.exchange.has_said_everything();
                self.exchange.people_connections() == 0 || lingered || now.mono >= until
            }
        }
    }
}

fn speech(settings: &Settings) -> Speech {
    Speech::new(Lang::En, settings.zone.clone(), "chatd".to_owned())
}
