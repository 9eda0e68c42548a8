//! Taking over a changed configuration while everybody stays.
//!
//! Knows the file and the old values. Why all is checked before any applies: a
//! half-taken configuration is one that nobody wrote.

use std::path::PathBuf;

use super::config::{self, Config};
use super::{log as logging, settings};
use crate::core::settings::Settings;
use crate::net::exchange::Bounds;
use crate::wire::Voices;

pub struct Reload {
    /// None: the daemon runs on defaults, and there is nothing to read again.
    pub file: Option<PathBuf>,
    pub running: Config,
}

/// What a reload changes.
pub struct Taken {
    pub settings: Settings,
    pub bounds: Bounds,
    pub voices: Voices,
    pub ping_ms: u64,
    /// Keys that differ and apply only after a restart.
    pub restart_needed: Vec<String>,
}

impl Reload {
    /// Reads the file again. On any problem nothing changes; the problems come back, one a line.
    pub fn read(&mut self) -> Result<Taken, String> {
        let fresh = match &self.file {
            Some(file) => config::load(file).map_err(|problems| {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                for line in &lines {
                    log::error!("the configuration was not reloaded: {line}");
                }
                lines.join("\n")
            })?,
            None => Config::default(),
        };
        let restart_needed: Vec<String> =
            config::differs_at_restart(&self.running, &fresh).into_iter().map(str::to_owned).collect();
        logging::set_level(fresh.log.level);
        if restart_needed.is_empty() {
            log::info!("the configuration has been reloaded");
        } else {
            log::warn!("reloaded; these keys apply after a restart: {}", restart_needed.join(", "));
        }
        let taken = Taken {
            settings: settings::settings(&fresh),
            bounds: settings::bounds(&fresh),
            voices: settings::voices(&fresh),
            ping_ms: fresh.limits.ping_ms,
            restart_needed,
        };
        // What needs a restart still runs as it was, so the next reload must name it again.
        let Config { listen, control, store, log, .. } = std::mem::replace(&mut self.running, fresh);
        self.running.listen = listen;
        self.running.control = control;
        self.running.store.path = store.path;
        self.running.store.durability = store.durability;
        self.running.log.target = log.target;
        Ok(taken)
    }
}
