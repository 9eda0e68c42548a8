//! The one place that reads the clocks.
//!
//! Why a pause is taken out of the monotonic time: after a suspended machine
//! wakes, nobody's deadline may have run out while nobody could act.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::core::time::{Mono, Now, Wall};
use crate::limits::PAUSE_MS;

#[derive(Debug)]
pub struct Clock {
    start: Instant,
    /// Milliseconds in which this process did not run.
    paused_ms: u64,
    last: Now,
}

impl Clock {
    pub fn start() -> Clock {
        let mut clock = Clock { start: Instant::now(), paused_ms: 0, last: Now::default() };
        clock.last.wall = wall();
        clock
    }

    /// What was read last.
    pub fn now(&self) -> Now {
        self.last
    }

    /// Reads both clocks. `expected_ms` is how long the wait was meant to last at most, and
    /// `None` if it had no end; a turn that took far longer was a pause.
    pub fn read(&mut self, expected_ms: Option<u64>) -> Now {
        let raw = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut mono = raw - self.paused_ms;
        let elapsed = mono - self.last.mono.0;
        let expected = expected_ms.unwrap_or(elapsed);
        if elapsed > expected.saturating_add(PAUSE_MS) {
            let seconds = elapsed / 1000;
            log::warn!(fact = "paused"; "this process did not run for {seconds} s; deadlines are moved by as much");
            // The wait itself too: with it the next deadline would have come, before anybody was read.
            self.paused_ms += elapsed;
            mono = self.last.mono.0;
        }
        self.last = Now { mono: Mono(mono), wall: wall() };
        self.last
    }
}

fn wall() -> Wall {
    let since = |before: std::time::SystemTimeError| -(before.duration().as_millis() as i64);
    Wall(SystemTime::now().duration_since(UNIX_EPOCH).map_or_else(since, |after| after.as_millis() as i64))
}
