//! How many lines of each kind go out in a second; the rest is counted.
//!
//! It must not know a clock, nor what the kinds mean.
//!
//! Why the first that is left out is kept, and the others are counted: when the second is over, two
//! people who came at once are two lines, and a flood is two lines a second that tell its size.

use log::Level;

use super::facts::{Fact, Pace};
use super::told::Told;
use crate::limits::{LOG_INTERVAL_MS, LOG_LINES_OF_CROWD, LOG_LINES_OF_DEED};

/// Decides which lines go out.
#[derive(Debug, Default)]
pub struct Throttle {
    seconds: Vec<Second>,
}

/// The current second of one kind, which begins with its first line. Refusals are told apart by their
/// code, of which there are few.
#[derive(Debug)]
struct Second {
    fact: &'static Fact,
    code: Option<Box<str>>,
    ends_ms: u64,
    told: u32,
    left_out: u64,
    first: Option<Line>,
}

/// A line as it goes out.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub level: Level,
    pub text: String,
    pub told: Told,
}

/// What was left out of a second: its first line, and how many came behind.
#[derive(Debug, PartialEq, Eq)]
pub struct Rest {
    pub first: Line,
    pub more: u64,
}

impl Throttle {
    /// Takes a line of this kind; gives it back when it goes out now. `now_ms` is monotonic time in
    /// milliseconds. The text is only made when it will be read.
    pub fn take(
        &mut self,
        fact: &'static Fact,
        code: Option<&str>,
        now_ms: u64,
        line: impl FnOnce() -> Line,
    ) -> Option<Line> {
        let most = match fact.pace {
            Pace::Crowd => LOG_LINES_OF_CROWD,
            Pace::Deed => LOG_LINES_OF_DEED,
        };
        let ends_ms = now_ms.saturating_add(LOG_INTERVAL_MS);
        let known = self.seconds.iter_mut().find(|one| one.fact == fact && one.code.as_deref() == code);
        let Some(second) = known else {
            let code = code.map(Box::from);
            self.seconds.push(Second { fact, code, ends_ms, told: 1, left_out: 0, first: None });
            return Some(line());
        };
        if now_ms >= second.ends_ms && second.left_out == 0 {
            second.ends_ms = ends_ms;
            second.told = 0;
        }
        if second.told < most {
            second.told += 1;
            return Some(line());
        }
        second.left_out += 1;
        second.first.get_or_insert_with(line);
        None
    }

    /// Something was left out that is still to be told.
    pub fn owes(&self) -> bool {
        self.seconds.iter().any(|second| second.left_out > 0)
    }

    /// What was left out of a second that is over by now.
    pub fn rest(&mut self, now_ms: u64) -> Option<Rest> {
        let over = |second: &&mut Second| second.left_out > 0 && now_ms >= second.ends_ms;
        let second = self.seconds.iter_mut().find(over)?;
        let more = std::mem::take(&mut second.left_out) - 1;
        second.first.take().map(|first| Rest { first, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::log::facts::fact;

    fn line(number: u64) -> Line {
        Line { level: Level::Info, text: number.to_string(), told: Told::default() }
    }

    #[test]
    fn one_line_a_second_and_kind_and_then_the_rest() {
        let mut throttle = Throttle::default();
        let refused = fact("refused").unwrap();
        let mut take = |code, now_ms| {
            let rest = throttle.rest(now_ms).map(|rest| (rest.first.text, rest.more));
            (rest, throttle.take(refused, Some(code), now_ms, || line(now_ms)).is_some())
        };
        let told = |first: u64, more| Some((first.to_string(), more));
        for (code, now_ms, expected) in [
            ("flood", 5000, (None, true)),
            ("flood", 5001, (None, false)),
            ("flood", 5999, (None, false)),
            ("full", 5999, (None, true)),
            ("flood", 6000, (told(5001, 1), true)),
            ("flood", 6002, (None, false)),
            ("full", 6998, (None, false)),
            ("full", 6999, (told(6998, 0), true)),
            ("flood", 900_000, (told(6002, 0), true)),
            ("flood", 901_000, (None, true)),
            ("flood", u64::MAX, (None, true)),
        ] {
            assert_eq!(take(code, now_ms), expected, "{code} {now_ms}");
        }
    }

    #[test]
    fn what_admins_do_is_told_line_by_line() {
        let mut throttle = Throttle::default();
        let kicked = fact("kicked").unwrap();
        let told =
            (0..1000).filter(|number| throttle.take(kicked, None, 0, || line(*number)).is_some()).count();
        assert_eq!(told, LOG_LINES_OF_DEED as usize);
        assert!(throttle.owes());
        assert_eq!(throttle.rest(999), None);
        let first = line(u64::from(LOG_LINES_OF_DEED));
        assert_eq!(throttle.rest(1000), Some(Rest { first, more: 999 - u64::from(LOG_LINES_OF_DEED) }));
        assert!(!throttle.owes());
    }
}
