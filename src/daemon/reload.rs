//! Taking over a changed configuration while everybody stays.
//!
//! Knows the file and what runs. Why all is checked, and every new door opened, before any of it
//! applies: a half-taken configuration is one that nobody wrote.

use std::path::{Path, PathBuf};

use super::config::{self, Loaded, Problem};
use super::running::Running;
use super::turn::Loop;
use super::{journal, log as logging, place, settings};
use crate::core::effect::{ConfigAsk, Input, Told};
use crate::core::reject::Reject;
use crate::core::reply::Reply;

pub struct Reload {
    /// The file that was named when the daemon was started. None: the system's, when there is one.
    pub named: Option<PathBuf>,
    pub running: Running,
}

impl Reload {
    /// The file to read, unless the defaults apply.
    pub fn file(named: Option<&Path>) -> Option<PathBuf> {
        named.map(Path::to_owned).or_else(|| place::system_config(Path::exists))
    }

    /// What a daemon started now would run with.
    ///
    /// # Errors
    ///
    /// Every problem of the file.
    pub fn read(named: Option<&Path>) -> Result<Loaded, Vec<Problem>> {
        match Reload::file(named) {
            Some(file) => config::load(&file),
            None => Ok(Loaded::default()),
        }
    }
}

impl Loop {
    /// Does what is asked about the configuration.
    pub(super) fn configure(&mut self, ask: ConfigAsk) -> Result<Reply, Reject> {
        match ask {
            ConfigAsk::Diff => {
                let fresh =
                    Reload::read(self.reload.named.as_deref()).map_err(|problems| refused(&problems))?;
                Ok(self.reload.running.differences(&fresh.config))
            }
            ConfigAsk::Apply { confirm_ms } => self.reload(confirm_ms),
            ConfigAsk::Confirm => self.reload.running.confirm(),
            ConfigAsk::Revert => self.go_back(),
        }
    }

    /// Reads the configuration again and takes it over; with `confirm_ms` on trial.
    ///
    /// # Errors
    ///
    /// All that is wrong; nothing has changed then.
    pub(super) fn reload(&mut self, confirm_ms: Option<u64>) -> Result<Reply, Reject> {
        let read = Reload::read(self.reload.named.as_deref());
        let taken = read.and_then(|fresh| self.take_over(&fresh).map(|()| fresh).map_err(|one| vec![one]));
        let fresh = taken.map_err(|problems| {
            for problem in &problems {
                log::error!(fact = "reload_refused"; "the configuration was not reloaded: {problem}");
            }
            refused(&problems)
        })?;
        journal::reloaded(&config::differences(&self.reload.running.config, &fresh.config), confirm_ms);
        Ok(self.reload.running.take(self.clock.now(), fresh.config, confirm_ms))
    }

    /// Goes back when nobody has confirmed in time.
    pub(super) fn end_trial(&mut self) {
        if self.reload.running.deadline().is_some_and(|until| until <= self.clock.now().mono) {
            log::warn!(fact = "trial_over"; "the configuration on trial was not confirmed");
            // That it could not go back is in the log; there is nobody else to tell.
            let _ = self.go_back();
        }
    }

    fn go_back(&mut self) -> Result<Reply, Reject> {
        let before = Loaded { config: self.reload.running.before()?, ..Loaded::default() };
        match self.take_over(&before) {
            Ok(()) => {
                log::warn!(
                    fact = "config_back";
                    "the last confirmed configuration is in force again; the file is as it was"
                );
                Ok(self.reload.running.go_back(before.config))
            }
            Err(problem) => {
                // It is of no file.
                let problem = Problem { file: "before the trial".to_owned(), ..problem };
                log::error!(
                    fact = "config_stays";
                    "the last configuration cannot be taken back, and the new one stays: {problem}"
                );
                self.reload.running.stay();
                Err(refused(&[problem]))
            }
        }
    }

    /// Has everything run with this configuration, but for what needs a restart.
    ///
    /// # Errors
    ///
    /// The listener that cannot be opened; nothing has changed then.
    fn take_over(&mut self, fresh: &Loaded) -> Result<(), Problem> {
        let config = &fresh.config;
        let opened = self.doors.open_more(&config.listen);
        let opened = opened.map_err(|(place, why)| fresh.bad_listener(place, why))?;
        // Nothing is refused from here on.
        let now = self.clock.now();
        logging::set_level(config.log.level);
        self.exchange.apply(now, Input::Told(Told::Settings(Box::new(settings::settings(config)))));
        self.exchange.configure(settings::bounds(config), settings::voices(config));
        self.doors.set_ping(config.limits.ping_ms);
        if config.limits.connections != self.reload.running.config.limits.connections {
            settings::raise_descriptors(config.limits.connections);
        }
        let doors = (config.listen.as_slice(), opened);
        let changed = self.doors.change(now, doors, self.poll.registry(), &mut self.exchange, &self.manager);
        if let Err(error) = changed {
            log::error!(fact = "listener_failed"; "a listener cannot be watched: {error}; restart chatd");
        }
        Ok(())
    }
}

fn refused(problems: &[Problem]) -> Reject {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Reject::BadConfig { problems: lines.join("\n") }
}
