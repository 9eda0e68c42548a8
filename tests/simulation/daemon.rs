//! A daemon's turn without its poll: the phases of `daemon::turn`, in that order.
//!
//! Knows no person. Why it may die between any two phases: a process does, and
//! what was not committed by then must not have been seen.

use chatd::core::effect::{Ask, Input, Told};
use chatd::core::entry::Job;
use chatd::core::hub::Hub;
use chatd::core::reply::{DaemonStatus, Reply};
use chatd::core::settings::Settings;
use chatd::core::time::{Mono, Now};
use chatd::daemon::course::Course;
use chatd::locale::Lang;
use chatd::net::bounds::Bounds;
use chatd::net::exchange::Exchange;
use chatd::store::{Answer, Stored};
use chatd::wire::Voices;

use super::pipe::Pipe;
use super::support::disk::Disk;

pub struct Daemon {
    pub exchange: Exchange<Pipe>,
    pub course: Course,
    settings: Settings,
    bounds: Bounds,
}

impl Daemon {
    pub fn start(now: Now, settings: &Settings, bounds: &Bounds, disk: &Disk) -> Daemon {
        let hub = Hub::restore(now, settings.clone(), disk.load(), [7; 32]);
        hub.check();
        Daemon {
            exchange: Exchange::new(hub, voices(settings), bounds.clone()),
            course: Course::default(),
            settings: settings.clone(),
            bounds: bounds.clone(),
        }
    }

    /// Takes the store's answers. `each` is called with every one of them, before and after the hub
    /// has been told: somebody may go between two.
    pub fn answers(
        &mut self,
        now: Now,
        disk: &mut Disk,
        mut each: impl FnMut(&Exchange<Pipe>, Option<&Stored>),
    ) {
        while let Some(answer) = disk.poll() {
            let Answer::Batch { count, stored, took_us } = answer else {
                self.course.take_answer(now, &mut self.exchange, answer);
                continue;
            };
            for one in stored {
                each(&self.exchange, Some(&one));
                let answer = Answer::Batch { count: 0, stored: vec![one], took_us };
                self.course.take_answer(now, &mut self.exchange, answer);
                each(&self.exchange, None);
            }
            // The rest of it: that it has come.
            let answer = Answer::Batch { count, stored: Vec::new(), took_us };
            self.course.take_answer(now, &mut self.exchange, answer);
        }
        self.course.watch_disk(now, &mut self.exchange, disk.owing_ms(now.mono));
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
                Ask::Config(_) => {
                    let settings = Box::new(self.settings.clone());
                    self.exchange.apply(now, Input::Told(Told::Settings(settings)));
                    self.exchange.configure(self.bounds.clone(), voices(&self.settings));
                    let outcome = Ok(Reply::Reloaded { restart_needed: Vec::new(), revert_at: None });
                    self.exchange.apply(now, Input::Told(Told::Config { ticket, outcome }));
                }
                Ask::Shutdown { reason } => self.stop(now, reason),
            }
        }
        self.course.go_on(now, &mut self.exchange, disk.queued());
    }

    pub fn stop(&mut self, now: Now, reason: Option<String>) {
        if self.course.is_running() {
            self.course.end(now, &mut self.exchange, reason, "a test");
        }
    }

    pub fn settle(&mut self, now: Now) {
        self.exchange.settle(now);
    }

    /// `note` is called with everything that is to be kept.
    pub fn store(&mut self, now: Now, disk: &mut Disk, note: impl FnMut(&Job)) {
        let jobs = self.exchange.take_jobs();
        jobs.iter().for_each(note);
        disk.record(now.mono, jobs);
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
        let (queued, owing_ms) = (disk.queued(), disk.owing_ms(now.mono));
        let course = self.course.next_deadline(now, &self.exchange, queued, owing_ms);
        let (hub, lines) = (self.exchange.hub().next_deadline(), self.exchange.next_deadline());
        [hub, lines, disk.next_deadline(), course].into_iter().flatten().min()
    }

    pub fn is_over(&self, now: Now) -> bool {
        self.course.is_over(now, &self.exchange)
    }
}

fn voices(settings: &Settings) -> Voices {
    Voices::new(Lang::En, &settings.zone, "chatd")
}
