//! Taking over a changed configuration while everybody stays.
//!
//! Knows the file and what runs. Why all is checked, and every new door opened, before any of it
//! applies: a half-taken configuration is one that nobody wrote.

use std::path::{Path, PathBuf};

use super::config::{self, Config, Loaded, Problem};
use super::turn::Loop;
use super::{log as logging, place, settings};
use crate::core::effect::{Input, Told};

pub struct Reload {
    /// The file that was named when the daemon was started. None: the system's, when there is one.
    pub named: Option<PathBuf>,
    pub running: Config,
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
    /// Reads the configuration again and takes it over. Gives the keys that apply only after a restart.
    ///
    /// # Errors
    ///
    /// All that is wrong, one problem a line; nothing has changed then.
    pub(super) fn reload(&mut self) -> Result<Vec<&'static str>, String> {
        let read = Reload::read(self.reload.named.as_deref());
        let taken = read.and_then(|fresh| self.take_over(fresh).map_err(|problem| vec![problem]));
        match &taken {
            Ok(restart) if restart.is_empty() => log::info!("the configuration has been reloaded"),
            Ok(restart) => {
                log::warn!("reloaded; these keys apply after a restart: {}", restart.join(", "));
            }
            Err(problems) => {
                for problem in problems {
                    log::error!("the configuration was not reloaded: {problem}");
                }
            }
        }
        taken.map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })
    }

    /// Has everything run with this configuration.
    fn take_over(&mut self, fresh: Loaded) -> Result<Vec<&'static str>, Problem> {
        let opened = self.doors.open_more(&fresh.config.listen);
        let opened = opened.map_err(|(place, why)| fresh.bad_listener(place, why))?;
        // Nothing is refused from here on.
        let mut config = fresh.config;
        let restart = config::keep_until_restart(&self.reload.running, &mut config);
        let now = self.clock.now();
        logging::set_level(config.log.level);
        self.exchange.apply(now, Input::Told(Told::Settings(Box::new(settings::settings(&config)))));
        self.exchange.configure(settings::bounds(&config), settings::voices(&config));
        self.doors.set_ping(config.limits.ping_ms);
        settings::raise_descriptors(config.limits.connections);
        let doors = (config.listen.as_slice(), opened);
        let changed = self.doors.change(now, doors, self.poll.registry(), &mut self.exchange, &self.manager);
        if let Err(error) = changed {
            log::error!("a listener cannot be watched: {error}; restart chatd");
        }
        self.reload.running = config;
        Ok(restart)
    }
}
