//! Rules by which a scheduled message comes again, and when it does.
//!
//! Knows no schedule and no clock: an instant and a zone come in, the next instant goes out. Why
//! days are counted on the calendar and never in hours: people mean the time that the wall shows.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::time::{self, TimeOfDay, Wall};
use crate::limits::{CRON_BYTES_MAX, RECURRENCE_DAYS_MAX};

/// When a message comes again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rule {
    pub every: Every,
    /// An IANA name; none: the server's zone, whichever it is then.
    pub zone: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Every {
    Daily(TimeOfDay),
    /// Monday to Friday.
    Weekdays(TimeOfDay),
    /// The five fields of cron, so never more often than once a minute.
    Cron(String),
}

impl Every {
    /// Reads a rule out of its word and the time of day that a rule of days needs.
    pub fn read(word: &str, time: Option<&str>) -> Option<Every> {
        match Word::named(word) {
            Some(Word::Daily) => TimeOfDay::read(time?).map(Every::Daily),
            Some(Word::Weekdays) => TimeOfDay::read(time?).map(Every::Weekdays),
            // One blank between fields, and nothing that moves a cursor: the rule is shown as it is kept.
            None => Some(Every::Cron(word.split_whitespace().collect::<Vec<_>>().join(" "))),
        }
    }

    /// `daily`, `weekdays` or the fields of cron, as on the wire and in the database.
    pub fn word(&self) -> &str {
        match self {
            Every::Daily(_) => "daily",
            Every::Weekdays(_) => "weekdays",
            Every::Cron(fields) => fields,
        }
    }

    /// The time of day of a rule of days.
    pub fn time(&self) -> Option<TimeOfDay> {
        match self {
            Every::Daily(time) | Every::Weekdays(time) => Some(*time),
            Every::Cron(_) => None,
        }
    }
}

/// The rules that have a name and need a time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Daily,
    Weekdays,
}

impl Word {
    pub fn named(word: &str) -> Option<Word> {
        match word.to_lowercase().as_str() {
            "daily" | "매일" => Some(Word::Daily),
            "weekdays" | "평일" => Some(Word::Weekdays),
            _ => None,
        }
    }
}

/// Splits what is typed as one time, `daily 15:30`, into the rule's word and the time.
pub fn split_word(at: &str) -> (Option<&str>, &str) {
    match at.split_once(char::is_whitespace) {
        Some((word, time)) if Word::named(word).is_some() => (Some(word), time.trim_start()),
        Some(_) | None => (None, at),
    }
}

impl Rule {
    /// The first run after an instant, in the zone that it goes by; none where the rule never comes, or is none.
    ///
    /// Days follow [`time::first_instant`]: what the spring night skips comes at the jump, what the autumn night
    /// repeats comes once. Cron that names its hours does the same; cron of every hour goes by what the clock shows
    /// and runs in both passes.
    pub fn next(&self, after: Wall, zone: &TimeZone) -> Option<Wall> {
        match &self.every {
            Every::Daily(time) => next_day(*time, after, zone, |_| true),
            Every::Weekdays(time) => next_day(*time, after, zone, is_weekday),
            Every::Cron(fields) => {
                let from = after.timestamp().to_zoned(zone.clone());
                let next = cron(fields)?.find_next_occurrence(&from, false).ok()?;
                Some(Wall(next.timestamp().as_millisecond())).filter(|next| *next > after)
            }
        }
    }
}

fn cron(fields: &str) -> Option<Cron> {
    if fields.len() > CRON_BYTES_MAX {
        return None;
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(fields).ok()
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn next_day(time: TimeOfDay, after: Wall, zone: &TimeZone, runs: fn(Date) -> bool) -> Option<Wall> {
    let mut date = zone.to_datetime(after.timestamp()).date();
    for _day in 0..RECURRENCE_DAYS_MAX {
        let at = time::first_instant(zone, time.on(date));
        // A jump over midnight moves the run to a day that has its own, or to none of its kind.
        let keeps_day = zone.to_datetime(at).date() == date;
        if runs(date) && keeps_day && at > after.timestamp() {
            return Some(Wall(at.as_millisecond()));
        }
        date = date.checked_add(1.day()).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONES: [&str; 5] =
        ["Europe/Berlin", "America/New_York", "Asia/Seoul", "Pacific/Apia", "America/Asuncion"];

    fn wall(text: &str) -> Wall {
        Wall(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn rule(word: &str, time: &str, zone: &str) -> Rule {
        Rule { every: Every::read(word, Some(time)).unwrap(), zone: Some(zone.to_owned()) }
    }

    fn next(rule: &Rule, after: Wall) -> Option<Wall> {
        rule.next(after, &zone(rule))
    }

    fn zone(rule: &Rule) -> TimeZone {
        TimeZone::get(rule.zone.as_deref().unwrap()).unwrap()
    }

    /// The first runs after an instant, on the wall of the rule's zone.
    fn runs(rule: &Rule, after: &str, count: usize) -> Vec<String> {
        let zone = zone(rule);
        let mut at = wall(after);
        let mut following = || {
            at = next(rule, at)?;
            Some(zone.to_datetime(at.timestamp()).strftime("%m-%d %H:%M").to_string())
        };
        (0..count).map_while(|_| following()).collect()
    }

    #[test]
    fn a_night_that_skips_the_time_runs_at_the_jump() {
        let three = ["03-28 02:30", "03-29 03:00", "03-30 02:30"];
        assert_eq!(runs(&rule("daily", "02:30", "Europe/Berlin"), "2026-03-27T12:00:00Z", 3), three);
        assert_eq!(runs(&rule("30 2 * * *", "", "Europe/Berlin"), "2026-03-27T12:00:00Z", 3), three);
        let three = ["03-07 02:30", "03-08 03:00", "03-09 02:30"];
        assert_eq!(runs(&rule("daily", "02:30", "America/New_York"), "2026-03-06T12:00:00Z", 3), three);
        assert_eq!(runs(&rule("30 2 * * *", "", "America/New_York"), "2026-03-06T12:00:00Z", 3), three);
    }

    #[test]
    fn a_night_that_repeats_the_time_runs_once() {
        for (zone, after, first) in [
            ("Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00.000Z"),
            ("America/New_York", "2026-10-31T16:00:00Z", "2026-11-01T05:30:00.000Z"),
        ] {
            let time = if zone == "Europe/Berlin" { "02:30" } else { "01:30" };
            let fields = if zone == "Europe/Berlin" { "30 2 * * *" } else { "30 1 * * *" };
            for rule in [rule("daily", time, zone), rule(fields, "", zone)] {
                let once = next(&rule, wall(after)).unwrap();
                assert_eq!(once.to_string(), first, "{rule:?}");
                let second = next(&rule, once).unwrap();
                assert_eq!(second.0 - once.0, 25 * 3_600_000, "{rule:?}");
            }
        }
    }

    #[test]
    fn cron_of_every_hour_runs_in_both_passes() {
        let quarter = rule("*/30 * * * *", "", "Europe/Berlin");
        let night = ["10-25 02:00", "10-25 02:30", "10-25 02:00", "10-25 02:30", "10-25 03:00"];
        assert_eq!(runs(&quarter, "2026-10-24T23:59:00Z", 5), night);
    }

    #[test]
    fn where_no_clock_changes_all_days_are_alike() {
        let seoul = ["11-21 15:30", "11-22 15:30", "11-23 15:30"];
        assert_eq!(runs(&rule("매일", "15:30", "Asia/Seoul"), "2026-11-21T06:29:59Z", 3), seoul);
        let monday = ["11-23 15:30", "11-24 15:30"];
        assert_eq!(runs(&rule("평일", "15:30", "Asia/Seoul"), "2026-11-20T06:30:00Z", 2), monday);
    }

    #[test]
    fn leap_days_are_days() {
        let next = |rule: &Rule, after| next(rule, wall(after)).unwrap().to_string();
        let leap = rule("0 9 29 2 *", "", "UTC");
        assert_eq!(next(&leap, "2026-01-01T00:00:00Z"), "2028-02-29T09:00:00.000Z");
        assert_eq!(next(&leap, "2096-03-01T00:00:00Z"), "2104-02-29T09:00:00.000Z");
        let days = ["02-28 09:00", "02-29 09:00", "03-01 09:00"];
        assert_eq!(runs(&rule("daily", "9:00", "UTC"), "2028-02-28T00:00:00Z", 3), days);
    }

    #[test]
    fn a_day_that_a_zone_leaves_out_has_no_run() {
        let apia = ["12-29 15:30", "12-31 15:30"];
        assert_eq!(runs(&rule("daily", "15:30", "Pacific/Apia"), "2011-12-29T12:00:00Z", 2), apia);
    }

    #[test]
    fn what_is_no_rule_has_no_run() {
        let never =
            ["", "x", "* * *", "0 0 30 2 *", "* * * * * *", "0 0 12 * * * 2030", "@reboot", "61 * * * *"];
        for fields in never {
            assert_eq!(runs(&rule(fields, "", "UTC"), "2026-01-01T00:00:00Z", 1), [""; 0], "{fields}");
        }
        assert_eq!(runs(&rule("@daily", "", "UTC"), "2026-01-01T00:00:00Z", 1), ["01-02 00:00"]);
        let long = format!("0 9 * * 1{}", ",1".repeat(CRON_BYTES_MAX));
        assert_eq!(next(&rule(&long, "", "UTC"), wall("2026-01-01T00:00:00Z")), None);
        assert_eq!((Every::read("daily", Some("24:00")), Every::read("weekdays", None)), (None, None));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn runs_go_forward_and_no_day_has_two(
            near in 946_684_800_000i64..2_208_988_800_000,
            zone in 0..ZONES.len(), hour in 0..24i8, minute in 0..60i8, weekdays in proptest::bool::ANY,
        ) {
            let word = if weekdays { "weekdays" } else { "daily" };
            let rule = rule(word, &format!("{hour}:{minute:02}"), ZONES[zone]);
            let zone = TimeZone::get(ZONES[zone]).unwrap();
            // A night in which the clocks change, where the zone has one.
            let odd = zone.following(Wall(near).timestamp()).next().map_or(near, |one| one.timestamp().as_millisecond());
            let mut at = Wall(odd - 3 * 86_400_000);
            let mut day = None;
            for _ in 0..6 {
                let next = rule.next(at, &zone).unwrap();
                let here = Some(zone.to_datetime(next.timestamp()).date());
                proptest::prop_assert!(next > at && here > day, "{at} {next}");
                (at, day) = (next, here);
            }
        }

        #[test]
        fn no_cron_panics(fields in "[0-9*/,LW#?@A-Z -]{0,30}", near in 0..2_208_988_800_000i64, zone in 0..ZONES.len()) {
            let rule = rule(&format!("{fields} "), "", ZONES[zone]);
            let zone = super::tests::zone(&rule);
            if let Some(next) = rule.next(Wall(near), &zone) {
                proptest::prop_assert!(next.0 > near);
                let second = rule.next(next, &zone);
                proptest::prop_assert!(second.is_none_or(|second| second.0 - next.0 >= 60_000));
            }
        }
    }
}
