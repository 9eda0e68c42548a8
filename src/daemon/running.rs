//! The configuration that runs, and the one that it goes back to.
//!
//! Knows no file, no socket and no clock. Why a configuration can be on trial: who changes the
//! address that they came in by may be locked out, and then only the daemon itself can go back.

use super::config::{self, Applies, Config};
use crate::core::reject::Reject;
use crate::core::reply::{ConfigDifference, Reply};
use crate::core::time::{Mono, Now, Wall};

pub struct Running {
    pub config: Config,
    trial: Option<Trial>,
}

/// A time in which the configuration has to be confirmed.
struct Trial {
    /// The last one that was confirmed.
    before: Config,
    until: Mono,
    /// The same for people.
    at: Wall,
}

impl Running {
    pub fn new(config: Config) -> Running {
        Running { config, trial: None }
    }

    /// Goes over to `fresh`, but for what needs a restart; with `confirm_ms` on trial. One that is taken over while
    /// another is on trial has the same one to go back to, or confirms it.
    pub fn take(&mut self, now: Now, mut fresh: Config, confirm_ms: Option<u64>) -> Reply {
        let late = config::keep_until_restart(&self.config, &mut fresh);
        let last = std::mem::replace(&mut self.config, fresh);
        let before = self.trial.take().map_or(last, |trial| trial.before);
        self.trial = confirm_ms.map(|ms| Trial {
            before,
            until: now.mono.after_ms(ms),
            at: Wall(now.wall.0.saturating_add_unsigned(ms)),
        });
        Reply::Reloaded { restart_needed: owned(late), revert_at: self.revert_at() }
    }

    /// In what `fresh` differs from what runs.
    pub fn differences(&self, fresh: &Config) -> Reply {
        let told = |one: config::Difference| ConfigDifference {
            key: one.key.to_owned(),
            running: one.old,
            file: one.new,
            restart: one.applies == Applies::Restart,
        };
        let differences = config::differences(&self.config, fresh).into_iter().map(told).collect();
        Reply::ConfigDiff { differences, revert_at: self.revert_at() }
    }

    /// Ends the trial with what is on trial.
    pub fn confirm(&mut self) -> Result<Reply, Reject> {
        self.trial.take().map(|_| Reply::ConfigConfirmed).ok_or(Reject::NothingToConfirm)
    }

    /// What to go back to.
    pub fn before(&self) -> Result<Config, Reject> {
        self.trial.as_ref().map(|trial| trial.before.clone()).ok_or(Reject::NothingToConfirm)
    }

    /// Ends the trial with what was there before it.
    pub fn go_back(&mut self, mut before: Config) -> Reply {
        let late = config::keep_until_restart(&self.config, &mut before);
        self.config = before;
        self.trial = None;
        Reply::ConfigReverted { restart_needed: owned(late) }
    }

    /// Ends the trial although it was not confirmed, since there is no way back.
    pub fn stay(&mut self) {
        self.trial = None;
    }

    /// When the trial ends by itself.
    pub fn deadline(&self) -> Option<Mono> {
        self.trial.as_ref().map(|trial| trial.until)
    }

    fn revert_at(&self) -> Option<Wall> {
        self.trial.as_ref().map(|trial| trial.at)
    }
}

fn owned(keys: Vec<&'static str>) -> Vec<String> {
    keys.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(rate: u64) -> Config {
        let mut config = Config::default();
        config.limits.rate = rate;
        config
    }

    #[test]
    fn what_is_gone_back_to_is_what_was_confirmed() {
        let now = Now { mono: Mono(1_000), wall: Wall(5_000) };
        let mut running = Running::new(with(1));
        assert_eq!(running.confirm(), Err(Reject::NothingToConfirm));
        running.take(now, with(2), Some(60));
        running.take(now, with(3), Some(90));
        assert_eq!((running.deadline(), running.revert_at()), (Some(Mono(1_090)), Some(Wall(5_090))));
        let before = running.before().unwrap();
        assert_eq!(before, with(1), "neither was confirmed");
        running.go_back(before);
        assert_eq!((running.config.limits.rate, running.deadline()), (1, None));

        running.take(now, with(2), Some(60));
        running.take(now, with(3), None);
        assert!(running.before().is_err(), "what is taken over for good confirms");
    }
}
