//! What has happened since the start, in numbers: how often, how much, and how long it took.
//!
//! Knows no clock and no wording. Why plain integers with fixed steps: to count is one addition, and
//! what happened between two looks is the difference of two.

use serde::{Deserialize, Serialize};

use super::entry::{Entry, Outcome};

/// Steps by which durations are counted, in microseconds: from what a quiet turn takes, each about twice the one before,
/// to what counts as a disk that does not answer. Changing one breaks the lines of whoever draws them over time.
pub const STEPS_US: [u64; 16] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000,
];

/// All that is counted. Nothing is ever taken away from a number here.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Counts {
    /// Connections that were let in.
    pub opened: u64,
    /// Connections that were turned away, since there were too many: in all, and from one address.
    pub full: u64,
    pub too_many: u64,
    /// What was committed.
    pub messages: u64,
    pub whispers: u64,
    /// Events that were handed to connections, each as often as it has hearers.
    pub deliveries: u64,
    pub received_bytes: u64,
    pub sent_bytes: u64,
    /// Of files from one person to another.
    pub relayed_bytes: u64,
    /// Turns of the loop, without the wait.
    pub turn: Histogram,
    /// From records being handed to the store to its answer.
    pub commit: Histogram,
    /// The transaction itself.
    pub transaction: Histogram,
}

impl Counts {
    /// The store has answered for one record.
    pub fn stored(&mut self, entry: &Entry, outcome: &Outcome) {
        let Outcome::Kept(_) = outcome else { return };
        match entry {
            Entry::Message { .. } => self.messages += 1,
            Entry::Whisper { .. } => self.whispers += 1,
            Entry::Edit { .. }
            | Entry::Command(_)
            | Entry::Schedule(_)
            | Entry::ScheduleEnd { .. }
            | Entry::ScheduleSkip { .. }
            | Entry::Room(_)
            | Entry::RoomClosed { .. }
            | Entry::Sanction(_)
            | Entry::SanctionLifted { .. }
            | Entry::Session(_)
            | Entry::SessionEnd(_)
            | Entry::Standing { .. }
            | Entry::Read(_)
            | Entry::Import(_)
            | Entry::Expire { .. }
            | Entry::Retain { .. } => {}
        }
    }
}

/// How often something took how long: a count for each step, and one for what took longer than the last.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Histogram {
    counts: [u64; STEPS_US.len() + 1],
    sum_us: u64,
}

impl Histogram {
    pub fn record(&mut self, us: u64) {
        let step = STEPS_US.partition_point(|bound| *bound < us);
        self.counts[step] += 1;
        self.sum_us = self.sum_us.saturating_add(us);
    }

    /// Adds all that was recorded elsewhere.
    pub fn add(&mut self, other: &Histogram) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
    }

    /// The counts of `STEPS_US`, each without those below, and last what took longer.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// What so many of a hundred did not take longer than; none if nothing was recorded.
    pub fn quantile_us(&self, percent: u64) -> Option<u64> {
        quantile(&STEPS_US, &self.counts, percent)
    }
}

/// What `percent` of a hundred stay within, evenly spread between two bounds, as Prometheus estimates it.
/// `counts` has one more than `bounds`: of what is above the last bound, that one is all that is known.
pub fn quantile(bounds: &[u64], counts: &[u64], percent: u64) -> Option<u64> {
    let count: u128 = counts.iter().map(|count| u128::from(*count)).sum();
    let rank = count * u128::from(percent);
    let mut before: u128 = 0;
    let mut lower = 0;
    for (bound, here) in bounds.iter().zip(counts) {
        let here = u128::from(*here) * 100;
        if here > 0 && before + here >= rank {
            let width = u128::from(bound.saturating_sub(lower));
            let part = u64::try_from(width * rank.saturating_sub(before) / here).unwrap_or(u64::MAX);
            return Some(lower.saturating_add(part));
        }
        before += here;
        lower = *bound;
    }
    (count > 0).then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        times.iter().for_each(|us| histogram.record(*us));
        histogram
    }

    #[test]
    fn each_falls_into_the_first_step_that_holds_it() {
        let histogram = of(&[0, STEPS_US[0], STEPS_US[0] + 1, u64::MAX]);
        assert_eq!(histogram.counts()[..3], [2, 1, 0]);
        assert_eq!((histogram.counts().last(), histogram.count()), (Some(&1), 4));
        assert_eq!(histogram.sum_us(), u64::MAX, "a sum that is too large stays at the largest");
        let mut both = of(&[1]);
        both.add(&of(&[2, 60]));
        assert_eq!((both.counts()[..2].to_vec(), both.sum_us()), (vec![2, 1], 63));
    }

    #[test]
    fn quantiles_lie_between_the_bounds_of_their_step() {
        assert_eq!(of(&[]).quantile_us(50), None);
        let bounds = [10, 20, 40];
        let estimated = |counts: &[u64], percent| quantile(&bounds, counts, percent);
        assert_eq!(estimated(&[0, 0, 0, 0], 99), None);
        // All in one step: spread evenly over it.
        assert_eq!(estimated(&[4, 0, 0, 0], 50), Some(5));
        assert_eq!(estimated(&[0, 4, 0, 0], 25), Some(12));
        assert_eq!(estimated(&[0, 0, 4, 0], 100), Some(40));
        // The rank falls on a bound, and behind it.
        assert_eq!(estimated(&[50, 0, 50, 0], 50), Some(10));
        assert_eq!(estimated(&[98, 0, 2, 0], 99), Some(30));
        // Nothing lies below the first that is there.
        assert_eq!(estimated(&[0, 0, 1, 0], 0), Some(20));
        // Above the last bound nothing more is known.
        assert_eq!(estimated(&[1, 0, 0, 99], 50), Some(40));
        assert_eq!(estimated(&[u64::MAX, u64::MAX, u64::MAX, 0], 99), Some(39));
        // What an odd daemon says is no reason to fail.
        assert_eq!(quantile(&[40, 10], &[0, 5, 0], 50), Some(40));
        assert_eq!(quantile(&[], &[3], 50), Some(0));
    }

    #[test]
    fn what_was_not_kept_or_is_no_talk_is_not_counted() {
        let mut counts = Counts::default();
        let message = Entry::Message { message: Default::default(), author: None, mid: None, fires: None };
        counts.stored(&message, &Outcome::Kept(1));
        counts.stored(&message, &Outcome::Failed);
        counts.stored(&message, &Outcome::Missing);
        counts.stored(&Entry::RoomClosed { room: "a".into() }, &Outcome::Kept(1));
        assert_eq!(counts, Counts { messages: 1, ..Counts::default() });
    }
}
