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
    /// When that was.
    read_at: Instant,
}

impl Clock {
    pub fn start() -> Clock {
        let start = Instant::now();
        let mut clock = Clock { start, paused_ms: 0, last: Now::default(), read_at: start };
        clock.last.wall = wall();
        clock
    }

    /// What was read last.
    pub fn now(&self) -> Now {
        self.last
    }

    /// For how many microseconds the turn has gone on that began when the clocks were read.
    pub fn turn_us(&self) -> u64 {
        u64::try_from(self.read_at.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Reads both clocks. `expected_ms` is how long the wait was meant to last at most, and
    /// `None` if it had no end; a turn that took far longer was a pause.
    pub fn read(&mut self, expected_ms: Option<u64>) -> Now {
        self.read_at = Instant::now();
        let elapsed = self.read_at.duration_since(self.start);
        let raw = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
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
