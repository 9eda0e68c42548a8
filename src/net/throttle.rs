//! At most one log line a second for each kind of refusal.
//!
//! It must not know a clock, or which kinds there are.
//!
//! Why the suppressed are counted: a flood is then one line a second that tells its size, and one
//! odd client cannot fill the disk.

use std::collections::BTreeMap;

use crate::limits::LOG_INTERVAL_MS;

/// Decides which lines of a kind are logged. Kinds are fixed words, so there are few.
#[derive(Debug, Default)]
pub struct Throttle {
    kinds: BTreeMap<&'static str, Kind>,
}

#[derive(Debug)]
struct Kind {
    allowed_ms: u64,
    suppressed: u64,
}

impl Throttle {
    /// Whether to log a line of this kind now: `Some` with how many of its kind were suppressed
    /// since the last one, or `None`. `now_ms` is monotonic time in milliseconds.
    pub fn allow(&mut self, kind: &'static str, now_ms: u64) -> Option<u64> {
        let fresh = Kind { allowed_ms: now_ms, suppressed: 0 };
        let entry = self.kinds.entry(kind).or_insert(fresh);
        if now_ms < entry.allowed_ms {
            entry.suppressed += 1;
            return None;
        }
        entry.allowed_ms = now_ms.saturating_add(LOG_INTERVAL_MS);
        Some(std::mem::take(&mut entry.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_second_and_kind() {
        let mut throttle = Throttle::default();
        for (kind, now_ms, expected) in [
            ("flood", 5000, Some(0)),
            ("flood", 5000, None),
            ("flood", 5999, None),
            ("full", 5999, Some(0)),
            ("flood", 6000, Some(2)),
            ("flood", 6001, None),
            ("full", 6998, None),
            ("full", 6999, Some(1)),
            ("flood", 900_000, Some(1)),
            ("flood", 901_000, Some(0)),
            ("flood", u64::MAX, Some(0)),
        ] {
            assert_eq!(throttle.allow(kind, now_ms), expected, "{kind} {now_ms}");
        }
    }
}
