//! Times as people type them, in every zone with odd nights.
//!
//! Knows no schedule. Why random zones: each has its own idea of when an hour is
//! there twice, or not at all.

use chatd::core::time::{Wall, parse_delay_ms, parse_due, parse_duration_ms};
use chatd::limits::SCHEDULE_AHEAD_MS_MAX;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Seoul",
    "Africa/Casablanca",
    "Pacific/Chatham",
];
const HOUR_MS: i64 = 3_600_000;

/// From 2000 to 2040, the years in which zones changed and will as now.
fn instant() -> impl Strategy<Value = Wall> {
    (946_684_800_000i64..2_208_988_800_000).prop_map(Wall)
}

fn zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(&ZONES[..]).prop_map(|name| TimeZone::get(name).expect("these zones are there"))
}

/// A night in which the clocks change, give or take a day.
fn odd_instant(zone: &TimeZone, near: Wall, minutes: i64) -> Wall {
    let change =
        zone.following(near.timestamp()).next().map_or(near.timestamp(), |change| change.timestamp());
    Wall(change.as_millisecond() + minutes * 60_000)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn no_time_panics(text in ".{0,30}", now in any::<i64>(), zone in zone()) {
        let now = Wall(now);
        let _ = (parse_delay_ms(&text), parse_duration_ms(&text), now.to_string(), now.local(&zone));
        if let Some(due) = parse_due(&text, now, &zone) {
            prop_assert!(due >= now && due.0 - now.0 <= SCHEDULE_AHEAD_MS_MAX);
        }
    }

    #[test]
    fn no_likely_time_panics(text in "[+]?[0-9TZ:. -]{1,20}[mhd]?", now in prop_oneof![any::<i64>().prop_map(Wall), instant()], zone in zone()) {
        if let Some(due) = parse_due(&text, now, &zone) {
            prop_assert!(due >= now && due.0 - now.0 <= SCHEDULE_AHEAD_MS_MAX);
        }
    }

    /// A day with a change is up to an hour longer.
    #[test]
    fn a_time_of_day_is_the_next_one(near in instant(), minutes in -1500i64..1500, odd in any::<bool>(), zone in zone(), hour in 0..24i8, minute in 0..60i8) {
        let now = if odd { odd_instant(&zone, near, minutes) } else { near };
        let due = parse_due(&format!("{hour}:{minute:02}"), now, &zone).expect("a time of day comes every day");
        prop_assert!(due > now, "{due} is not after {now}");
        prop_assert!(due.0 - now.0 <= 25 * HOUR_MS, "{due} is long after {now}");
        prop_assert_eq!(parse_due(&format!("{hour}:{minute:02}"), Wall(due.0 - 1), &zone), Some(due));
        let there = zone.to_datetime(due.timestamp()).time();
        let wanted = jiff::civil::time(hour, minute, 0, 0);
        let skipped = zone.to_ambiguous_timestamp(zone.to_datetime(due.timestamp()).date().to_datetime(wanted));
        prop_assert!(there == wanted || skipped.is_ambiguous() || due.0 - now.0 > 23 * HOUR_MS, "{there} is not {wanted}");
    }

    /// Whoever asks again as soon as it has been sent waits for another day.
    #[test]
    fn a_repeated_hour_runs_once(near in instant(), minutes in -180i64..180, zone in zone(), hour in 0..24i8, minute in 0..60i8) {
        let now = odd_instant(&zone, near, minutes);
        let text = format!("{hour}:{minute:02}");
        let due = parse_due(&text, now, &zone).expect("a time of day comes every day");
        let again = parse_due(&text, due, &zone).expect("a time of day comes every day");
        let (day, next) = (zone.to_datetime(due.timestamp()).date(), zone.to_datetime(again.timestamp()).date());
        prop_assert!(next > day, "{text} runs at {due} and at {again}, both on {day}");
    }
}
