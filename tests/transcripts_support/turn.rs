//! A daemon's turn without its poll: the phases of `daemon::turn`, in that order.
//!
//! Knows no pipe from inside and no script. Why only their order is written
//! again: the real loop owns signals, descriptors and threads, which have no
//! place here; what the phases do is the exchange's and the course's, as there.

use chatd::core::effect::{Ask, ConfigAsk, Input, Told};
use chatd::core::entry::Ticket;
use chatd::core::reject::Reject;
use chatd::core::reply::{DaemonStatus, Reply};
use chatd::core::time::{Now, Wall};
use chatd::daemon::config::Config;
use chatd::daemon::course::Course;
use chatd::daemon::running as configuration;
use chatd::daemon::settings as daemon_settings;
use chatd::net::exchange::Exchange;

use super::pipe::Pipe;
use super::settings::Settings;
use crate::support::disk::Disk;

pub struct Running {
    pub exchange: Exchange<Pipe>,
    pub running: configuration::Running,
    pub course: Course,
    pub since: Wall,
}

impl Running {
    /// One turn, in the phases of `daemon::turn`.
    pub fn turn(&mut self, now: Now, disk: &mut Disk, settings: &Settings) {
        self.answers(now, disk);
        self.exchange.take_in(now);
        if self.exchange.hub().next_deadline().is_some_and(|at| at <= now.mono) {
            self.exchange.apply(now, Input::Timeout);
        }
        self.asks(now, disk, settings);
        self.end_trial(now);
        self.course.go_on(now, &mut self.exchange, disk.queued());
        self.exchange.settle(now);
        disk.record(now.mono, self.exchange.take_jobs());
        for (ticket, query) in self.exchange.take_fetches() {
            disk.fetch(ticket, query);
        }
        self.exchange.set_store_queue(disk.queued());
        self.exchange.flush(now);
        self.exchange.reap();
        disk.work(now.mono, usize::MAX);
    }

    fn answers(&mut self, now: Now, disk: &mut Disk) {
        while let Some(answer) = disk.poll() {
            self.course.take_answer(now, &mut self.exchange, answer);
        }
        self.course.watch_disk(now, &mut self.exchange, disk.owing_ms(now.mono));
    }

    fn asks(&mut self, now: Now, disk: &Disk, settings: &Settings) {
        for (ticket, ask) in self.exchange.take_asks() {
            match ask {
                Ask::Status => self.tell_status(now, ticket, disk),
                Ask::Config(ask) => {
                    let outcome = self.configure(now, ask, settings);
                    self.exchange.apply(now, Input::Told(Told::Config { ticket, outcome }));
                }
                Ask::Shutdown { reason } => self.begin_stop(now, reason),
            }
        }
    }

    fn tell_status(&mut self, now: Now, ticket: Ticket, disk: &Disk) {
        let daemon = DaemonStatus {
            server: daemon_settings::server_and_version(),
            pid: 1,
            since: self.since,
            uptime_ms: u64::try_from(now.wall.0 - self.since.0).unwrap_or(0),
            connections: self.exchange.count_by_kind(),
            listen: vec!["127.0.0.1:9999".to_owned()],
            database: "chatd.db".to_owned(),
            durability: daemon_settings::durability(&self.running.config).word().to_owned(),
            queue: disk.queued(),
            counts: self.exchange.counts,
            ..DaemonStatus::default()
        };
        let daemon = Box::new(daemon);
        self.exchange.apply(now, Input::Told(Told::Status { ticket, daemon }));
    }

    fn configure(&mut self, now: Now, ask: ConfigAsk, settings: &Settings) -> Result<Reply, Reject> {
        let fresh = || settings.config().map_err(|problems| Reject::BadConfig { problems });
        match ask {
            ConfigAsk::Diff => Ok(self.running.differences(&fresh()?)),
            ConfigAsk::Apply { confirm_ms } => {
                let fresh = fresh()?;
                self.take_over(now, &fresh);
                Ok(self.running.take(now, fresh, confirm_ms))
            }
            ConfigAsk::Confirm => self.running.confirm(),
            ConfigAsk::Revert => self.go_back(now),
        }
    }

    fn end_trial(&mut self, now: Now) {
        if self.running.deadline().is_some_and(|until| until <= now.mono) {
            self.go_back(now).expect("what is on trial has something before it");
        }
    }

    fn go_back(&mut self, now: Now) -> Result<Reply, Reject> {
        let before = self.running.before()?;
        self.take_over(now, &before);
        Ok(self.running.go_back(before))
    }

    fn take_over(&mut self, now: Now, fresh: &Config) {
        let taken = Box::new(daemon_settings::settings(fresh));
        self.exchange.apply(now, Input::Told(Told::Settings(taken)));
        self.exchange.configure(daemon_settings::bounds(fresh), daemon_settings::voices(fresh));
    }

    pub fn begin_stop(&mut self, now: Now, reason: Option<String>) {
        if self.course.is_running() {
            self.course.end(now, &mut self.exchange, reason, "a test");
        }
    }

    pub fn is_over(&self, now: Now) -> bool {
        self.course.is_over(now, &self.exchange)
    }
}
