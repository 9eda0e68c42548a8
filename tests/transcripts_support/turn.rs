//! A daemon's turn without its poll: the phases of `daemon::turn`, in that order.
//!
//! Knows no pipe from inside and no script. Why only their order is written
//! again: the real loop owns signals, descriptors and threads, which have no
//! place here; what the phases do is the exchange's and the course's, as there.

use chatd::core::effect::{Ask, Input, Told};
use chatd::core::entry::Ticket;
use chatd::core::reply::DaemonStatus;
use chatd::core::time::{Now, Wall};
use chatd::daemon::config::{self, Config};
use chatd::daemon::course::Course;
use chatd::daemon::settings as daemon_settings;
use chatd::net::exchange::Exchange;

use super::pipe::Pipe;
use super::settings::Settings;
use crate::support::disk::Disk;

pub struct Running {
    pub exchange: Exchange<Pipe>,
    pub config: Config,
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
                Ask::Reload => {
                    let outcome = self.reload(now, settings);
                    self.exchange.apply(now, Input::Told(Told::Reloaded { ticket, outcome }));
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
            durability: daemon_settings::durability(&self.config).word().to_owned(),
            queue: disk.queued(),
            log_dropped: 0,
        };
        let daemon = Box::new(daemon);
        self.exchange.apply(now, Input::Told(Told::Status { ticket, daemon }));
    }

    fn reload(&mut self, now: Now, settings: &Settings) -> Result<Vec<String>, String> {
        let mut fresh = settings.config()?;
        let changed = config::keep_until_restart(&self.config, &mut fresh);
        let restart_needed = changed.into_iter().map(str::to_owned).collect();
        let taken = Box::new(daemon_settings::settings(&fresh));
        self.exchange.apply(now, Input::Told(Told::Settings(taken)));
        self.exchange.configure(daemon_settings::bounds(&fresh), daemon_settings::voices(&fresh));
        self.config = fresh;
        Ok(restart_needed)
    }

    pub fn begin_stop(&mut self, now: Now, reason: Option<String>) {
        if self.course.is_running() {
            self.course.end(now, &mut self.exchange, reason);
        }
    }

    pub fn is_over(&self, now: Now) -> bool {
        self.course.is_over(now, &self.exchange)
    }
}
