//! Time as the core sees it: plain numbers that somebody hands in.
//!
//! Nothing here reads a clock. Why two of them: deadlines must not move when an
//! admin sets the clock, and stamps must be what the wall shows.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::limits::SCHEDULE_AHEAD_MS_MAX;

/// Milliseconds on a clock that only moves forward; its zero means nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Mono(pub u64);

/// Milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Wall(pub i64);

/// Both clocks, read once a turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Now {
    pub mono: Mono,
    pub wall: Wall,
}

impl Mono {
    /// The instant `ms` milliseconds later.
    pub fn after_ms(self, ms: u64) -> Mono {
        Mono(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to here; 0 when `earlier` is not earlier.
    pub fn since_ms(self, earlier: Mono) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Wall {
    /// As jiff's instant; years beyond 9999 are cut to its range.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// Local date and time to the second, `2026-11-21 15:30:05`.
    pub fn local(self, zone: &TimeZone) -> String {
        zone.to_datetime(self.timestamp()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Local time of day `15:30`, with the date in front when it is not today's.
    pub fn local_short(self, today: Wall, zone: &TimeZone) -> String {
        let here = zone.to_datetime(self.timestamp());
        let format = if here.date() == zone.to_datetime(today.timestamp()).date() {
            "%H:%M"
        } else {
            "%Y-%m-%d %H:%M"
        };
        here.strftime(format).to_string()
    }
}

/// RFC 3339 in UTC with milliseconds: `2026-11-21T06:30:05.123Z`.
impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

/// Reads a duration as people write it: `500ms`, `30s`, `10m`, `2h`, `7d`, `1h30m`. In milliseconds.
pub fn parse_duration_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit_ms = match &rest[..letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        rest = &rest[letters..];
        total = total.checked_add(number.checked_mul(unit_ms)?)?;
    }
    (!text.is_empty()).then_some(total)
}

/// When something asked for as `15:30`, `+10m`, `2026-11-21T15:30` or RFC 3339 is due.
/// `None`: not a time, or not one from now to a year ahead.
///
/// A time that the spring night skips is the first minute after the gap, one
/// that the autumn night repeats is its first pass.
pub fn parse_due(text: &str, now: Wall, zone: &TimeZone) -> Option<Wall> {
    let due = if let Some(delay) = text.strip_prefix('+') {
        now.0.checked_add(i64::try_from(parse_delay_ms(delay)?).ok()?)?
    } else if let Ok(instant) = text.parse::<Timestamp>() {
        instant.as_millisecond()
    } else if text.len() > 5 {
        let civil: DateTime = text.replacen(' ', "T", 1).parse().ok()?;
        first_instant(zone, civil).as_millisecond()
    } else {
        next_time_of_day(text, now, zone)?.as_millisecond()
    };
    (due >= now.0 && due - now.0 <= SCHEDULE_AHEAD_MS_MAX).then_some(Wall(due))
}

/// A delay after `+`: a bare number counts minutes.
pub fn parse_delay_ms(text: &str) -> Option<u64> {
    match text.parse::<u64>() {
        Ok(minutes) => minutes.checked_mul(60_000),
        Err(_) => parse_duration_ms(text),
    }
}

/// What a clock on the wall shows, to the minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TimeOfDay {
    hour: i8,
    minute: i8,
}

impl TimeOfDay {
    /// Reads `15:30` or `9:05`.
    pub fn read(text: &str) -> Option<TimeOfDay> {
        let (hour, minute) = text.split_once(':')?;
        if hour.is_empty() || minute.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit() || b == b':') {
            return None;
        }
        let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(TimeOfDay { hour, minute })
    }

    pub fn on(self, date: Date) -> DateTime {
        date.at(self.hour, self.minute, 0, 0)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

fn next_time_of_day(text: &str, now: Wall, zone: &TimeZone) -> Option<Timestamp> {
    let time = TimeOfDay::read(text)?;
    let today = zone.to_datetime(now.timestamp()).date();
    let due = first_instant(zone, time.on(today));
    if due > now.timestamp() {
        return Some(due);
    }
    // One calendar day on, not 24 hours: the days of a clock change are longer or shorter.
    let tomorrow = today.checked_add(1.day()).ok()?;
    Some(first_instant(zone, time.on(tomorrow)))
}

/// The first instant at which the wall shows `civil`, or jumps over it.
pub fn first_instant(zone: &TimeZone, civil: DateTime) -> Timestamp {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(civil).unwrap_or(Timestamp::MAX);
    match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        // Read with the later offset the skipped time lies before the jump, so the next change is the jump.
        AmbiguousOffset::Gap { after, .. } => {
            let before_jump = at(after);
            zone.following(before_jump).next().map_or(before_jump, |jump| jump.timestamp())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> Wall {
        Wall(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    fn due(text: &str, now: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        parse_due(text, wall(now), &zone).map_or("none".into(), |due| due.to_string())
    }

    #[test]
    fn a_time_of_day_is_the_next_one() {
        assert_eq!(due("15:30", "2026-11-21T06:00:00Z", "Asia/Seoul"), "2026-11-21T06:30:00.000Z");
        assert_eq!(due("15:30", "2026-11-21T06:30:00Z", "Asia/Seoul"), "2026-11-22T06:30:00.000Z");
        assert_eq!(due("9:05", "2026-11-21T06:30:00Z", "UTC"), "2026-11-21T09:05:00.000Z");
        for wrong in ["24:00", "12:60", "12:5", ":30", "1530", "-1:30", "", "noon"] {
            assert_eq!(due(wrong, "2026-11-21T06:00:00Z", "UTC"), "none", "{wrong}");
        }
    }

    #[test]
    fn a_skipped_time_is_the_first_minute_after_the_gap() {
        assert_eq!(due("02:30", "2026-03-28T22:00:00Z", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
        assert_eq!(
            due("2026-03-29T02:30", "2026-03-01T00:00:00Z", "Europe/Berlin"),
            "2026-03-29T01:00:00.000Z"
        );
    }

    #[test]
    fn a_repeated_time_is_its_first_pass() {
        assert_eq!(due("02:30", "2026-10-24T22:00:00Z", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
        // Between the passes the next 02:30 is tomorrow's: a repeated hour runs once.
        assert_eq!(due("02:30", "2026-10-25T00:45:00Z", "Europe/Berlin"), "2026-10-26T01:30:00.000Z");
    }

    #[test]
    fn the_day_after_a_clock_change_is_a_calendar_day_away() {
        assert_eq!(due("12:00", "2026-03-28T11:30:00Z", "Europe/Berlin"), "2026-03-29T10:00:00.000Z");
    }

    #[test]
    fn delays_and_dates() {
        assert_eq!(due("+10m", "2026-11-21T06:00:00Z", "UTC"), "2026-11-21T06:10:00.000Z");
        assert_eq!(due("+10", "2026-11-21T06:00:00Z", "UTC"), "2026-11-21T06:10:00.000Z");
        assert_eq!(due("2026-11-22T08:00", "2026-11-21T06:00:00Z", "Asia/Seoul"), "2026-11-21T23:00:00.000Z");
        assert_eq!(due("2026-11-21T07:00:00Z", "2026-11-21T06:00:00Z", "UTC"), "2026-11-21T07:00:00.000Z");
        assert_eq!(due("2026-11-20T08:00", "2026-11-21T06:00:00Z", "UTC"), "none", "in the past");
        assert_eq!(due("+9000h", "2026-11-21T06:00:00Z", "UTC"), "none", "more than a year ahead");
    }

    #[test]
    fn durations_as_people_write_them() {
        assert_eq!(parse_duration_ms("1h30m"), Some(5_400_000));
        assert_eq!(parse_duration_ms("500ms"), Some(500));
        for wrong in ["", "h", "10", "10x", "1 h", "-1s", "99999999999999999999s"] {
            assert_eq!(parse_duration_ms(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn stamps_are_rfc_3339_with_milliseconds() {
        assert_eq!(wall("2026-11-21T06:30:05.12Z").to_string(), "2026-11-21T06:30:05.120Z");
        assert_eq!(Wall(i64::MAX).to_string(), "9999-12-30T22:00:00.999Z");
    }
}
