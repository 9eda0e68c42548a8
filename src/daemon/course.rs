//! The course of a daemon's life: how its disk is, and how far its end has come.
//!
//! Knows no poll, no thread and no signal, so that the tests' daemons live by the
//! same rules. Why both stand together: the end waits for the disk, but not for ever.

use super::journal;
use crate::core::effect::{Input, Told};
use crate::core::settings::Storage;
use crate::core::time::{Mono, Now};
use crate::limits::{STOP_LINGER_MS, STOP_MS, STORE_CLOSE_MS, STORE_STALLED_MS};
use crate::net::exchange::{Exchange, Stream};
use crate::store::{Answer, Stored};

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

/// What changes from turn to turn and is nobody else's.
#[derive(Debug, Default)]
pub struct Course {
    phase: Phase,
    /// What the store last said of itself.
    disk: Storage,
    /// It owes an answer for too long.
    stalled: bool,
}

impl Course {
    /// What the store has committed, read, or failed to.
    pub fn take_answer<S: Stream>(&mut self, now: Now, exchange: &mut Exchange<S>, answer: Answer) {
        match answer {
            Answer::Batch { stored, .. } => {
                for Stored { ticket, entry, outcome } in stored {
                    exchange.apply(now, Input::Stored { ticket, entry, outcome });
                }
                if std::mem::take(&mut self.stalled) {
                    log::info!(fact = "recovered"; "the disk answers again");
                    // Its answer may have been that it failed.
                    exchange.apply(now, Input::Told(Told::Storage(self.disk.clone())));
                }
            }
            Answer::Page { ticket, page } => exchange.apply(now, Input::Fetched { ticket, page }),
            Answer::State(storage) => {
                journal::storage(&storage);
                self.disk = storage.clone();
                exchange.apply(now, Input::Told(Told::Storage(storage)));
            }
            Answer::Alive | Answer::Ended => {}
        }
    }

    /// Notices when the disk has owed its oldest answer for too long.
    pub fn watch_disk<S: Stream>(&mut self, now: Now, exchange: &mut Exchange<S>, owing_ms: u64) {
        if !self.stalled && owing_ms >= STORE_STALLED_MS {
            self.stalled = true;
            journal::storage(&Storage::Stalled);
            exchange.apply(now, Input::Told(Told::Storage(Storage::Stalled)));
        }
    }

    /// Begins the end, and says so; asked a second time, it comes at once.
    /// `by` names who asked, for the log.
    pub fn end<S: Stream>(
        &mut self,
        now: Now,
        exchange: &mut Exchange<S>,
        reason: Option<String>,
        by: &str,
    ) -> bool {
        let begins = self.phase == Phase::Running;
        self.phase = if begins {
            let why = reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
            log::info!(fact = "stopping"; "stopping, as {by} asks{why}");
            exchange.stop_reading_people();
            Phase::Finishing { reason, until: now.mono.after_ms(STOP_MS) }
        } else {
            log::warn!(fact = "stopping_now"; "asked again by {by} to stop: not waiting for clients any longer");
            Phase::Leaving { since: now.mono, until: now.mono }
        };
        begins
    }

    /// Tells everybody once all that was said is on disk. True in the turn in which it does.
    pub fn go_on<S: Stream>(&mut self, now: Now, exchange: &mut Exchange<S>, queued: usize) -> bool {
        let Phase::Finishing { reason, until } = &mut self.phase else { return false };
        // Half of the time is for the disk; then people are told, whatever became of it.
        let waited = now.mono.after_ms(STOP_MS / 2) >= *until;
        if queued > 0 && !waited {
            return false;
        }
        let (reason, until) = (reason.take(), *until);
        self.phase = Phase::Leaving { since: now.mono, until };
        let people = exchange.hub().people();
        log::info!(fact = "people_told", count = people; "told everybody that chatd stops; people: {people}");
        exchange.apply(now, Input::Told(Told::Stopping { reason }));
        exchange.drop_undecided(now);
        true
    }

    pub fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    pub fn is_over<S: Stream>(&self, now: Now, exchange: &Exchange<S>) -> bool {
        match self.phase {
            Phase::Running | Phase::Finishing { .. } => false,
            Phase::Leaving { since, until } => {
                let lingered = now.mono >= since.after_ms(STOP_LINGER_MS) && exchange.has_said_everything();
                exchange.people_connections() == 0 || lingered || now.mono >= until
            }
        }
    }

    /// How things are, in one line.
    pub fn line(&self, people: usize, rooms: usize) -> String {
        if !self.is_running() {
            return "stopping: what was said is being written".to_owned();
        }
        let counted = |number: usize, one: &str, many: &str| match number {
            1 => format!("1 {one}"),
            number => format!("{number} {many}"),
        };
        let mut line =
            format!("{} in {}", counted(people, "person", "people"), counted(rooms, "room", "rooms"));
        match &self.disk {
            _ if self.stalled => line.push_str("; degraded: the disk does not answer, and talk is refused"),
            Storage::Degraded { reason } => {
                line.push_str(&format!("; degraded: the database cannot be written ({reason})"));
            }
            Storage::Well | Storage::Stalled => {}
        }
        line
    }

    /// When the disk counts as stalled, or the end goes on by itself.
    pub fn next_deadline<S: Stream>(
        &self,
        now: Now,
        exchange: &Exchange<S>,
        queued: usize,
        owing_ms: u64,
    ) -> Option<Mono> {
        let stall = Mono(now.mono.0 + STORE_STALLED_MS - owing_ms.min(STORE_STALLED_MS));
        let end = match self.phase {
            Phase::Running => None,
            Phase::Finishing { until, .. } => Some(Mono(until.0 - STOP_MS / 2).max(now.mono)),
            Phase::Leaving { since, until } if exchange.has_said_everything() => {
                Some(until.min(since.after_ms(STOP_LINGER_MS)))
            }
            Phase::Leaving { until, .. } => Some(until),
        };
        [(queued > 0 && !self.stalled).then_some(stall), end].into_iter().flatten().min()
    }

    /// How long the disk may still take to close, in milliseconds.
    pub fn left_ms(&self, now: Now) -> u64 {
        match self.phase {
            Phase::Leaving { until, .. } => until.since_ms(now.mono).max(STORE_CLOSE_MS),
            Phase::Running | Phase::Finishing { .. } => STORE_CLOSE_MS,
        }
    }
}
