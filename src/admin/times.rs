//! Times as people write them, and as they like to read them.
//!
//! Knows nothing of requests and reads no clock itself but where the command
//! line is parsed. Why not left to the daemon: "yesterday" means the admin's
//! own, whose time zone need not be the server's.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use crate::core::time::parse_duration_ms;
use crate::limits::{SANCTION_MS_MAX, SLOW_MS_MAX};
use crate::locale::Words;
use crate::locale::shell::Fault;

/// For clap: a time that has passed, as RFC 3339 in UTC.
pub fn argument(typed: &str) -> Result<String, Fault> {
    instant(typed, &Zoned::now()).map(rfc3339)
}

/// For clap: a duration such as `5m`, as it was typed.
pub fn duration(typed: &str) -> Result<String, Fault> {
    let digits = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let known = matches!(&typed[digits.len()..], "s" | "m" | "h" | "d");
    let number = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u32>().is_ok();
    let fault = Fault { id: "chatctl-duration-forms", args: Vec::new() };
    if known && number { Ok(typed.to_owned()) } else { Err(fault) }
}

/// For clap: how long a ban or a mute holds, as it was typed.
pub fn term(typed: &str) -> Result<String, Fault> {
    let known = parse_duration_ms(typed).is_some_and(|ms| (1..=SANCTION_MS_MAX).contains(&ms));
    let fault = Fault { id: "chatctl-term-forms", args: Vec::new() };
    if known { Ok(typed.to_owned()) } else { Err(fault) }
}

/// For clap: how long one waits between two messages, or `off`.
pub fn pace(typed: &str) -> Result<String, Fault> {
    let off = matches!(typed, "off" | "0");
    let known = off || parse_duration_ms(typed).is_some_and(|ms| ms <= SLOW_MS_MAX);
    let fault = Fault { id: "chatctl-pace-forms", args: Vec::new() };
    if known { Ok(typed.to_owned()) } else { Err(fault) }
}

/// The moment that `typed` means at `now`, in the time zone of `now`:
/// a duration is that long ago, a time of day is its latest occurrence.
fn instant(typed: &str, now: &Zoned) -> Result<Timestamp, Fault> {
    let no_form = Fault { id: "chatctl-time-forms", args: Vec::new() };
    let beyond = |why: jiff::Error| Fault { id: "chatctl-time-beyond", args: vec![("why", why.to_string())] };
    read_instant(typed.trim(), now).ok_or(no_form)?.map_err(beyond)
}

/// `None` when it has none of the forms, an error when it has but lies outside the calendar.
fn read_instant(typed: &str, now: &Zoned) -> Option<Result<Timestamp, jiff::Error>> {
    let zone = now.time_zone();
    let at = |moment: DateTime| moment.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    let on = |date: Result<Date, jiff::Error>, time: Time| date.and_then(|date| at(date.to_datetime(time)));
    let (day, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    let yesterday = now.date().yesterday();
    let date = match day {
        "now" if rest.is_empty() => return Some(Ok(now.timestamp())),
        "today" => Some(Ok(now.date())),
        "yesterday" => Some(yesterday.clone()),
        _ => None,
    };
    if let Some(date) = date {
        let time = if rest.is_empty() { Some(Time::midnight()) } else { time_of_day(rest) };
        return time.map(|time| on(date, time));
    }
    if let Some(time) = time_of_day(typed) {
        let today = on(Ok(now.date()), time);
        return match today {
            Ok(today) if today > now.timestamp() => Some(on(yesterday, time)),
            today => Some(today),
        };
    }
    if let Ok(exact) = typed.parse::<Timestamp>() {
        return Some(Ok(exact));
    }
    // "2026-11-21", and so on up to seconds; jiff would also read ISO's basic form without dashes.
    if typed.contains('-')
        && !typed.starts_with('-')
        && let Ok(moment) = typed.parse::<DateTime>()
    {
        return Some(at(moment));
    }
    let back = typed.parse::<Span>().ok().filter(|span| !span.is_negative())?;
    Some(now.checked_sub(back).map(|then| then.timestamp()))
}

/// `15:30` or `15:30:05`.
fn time_of_day(typed: &str) -> Option<Time> {
    // Without a colon, jiff would take "1530" and "15" for times.
    typed.contains(':').then(|| typed.parse().ok()).flatten().filter(|_| !typed.contains('-'))
}

fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// `2026-11-21 15:30:05` in `zone`, of a time in RFC 3339; what is none is left as it is.
pub fn local(wire: &str, zone: &TimeZone) -> String {
    match wire.parse::<Timestamp>() {
        Ok(at) => at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => wire.to_owned(),
    }
}

/// `3 d 4 h`, `5 min 6 s`: the two largest units of a number of milliseconds.
pub fn rough(milliseconds: u64, words: &Words) -> String {
    let seconds = milliseconds / 1000;
    let parts = [
        (seconds / 86_400, "chatctl-days"),
        (seconds / 3600 % 24, "chatctl-hours"),
        (seconds / 60 % 60, "chatctl-minutes"),
        (seconds % 60, "chatctl-seconds"),
    ];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let said = |(count, unit): &(u64, &str)| words.say(unit, &[("number", (*count).into())]);
    let shown: Vec<String> = parts[first..].iter().take(2).map(said).collect();
    shown.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{duration, instant, local, pace, rfc3339, rough, term};
    use crate::locale::{Lang, Words};
    use jiff::Zoned;
    use jiff::tz::{TimeZone, offset};

    /// 15:00 on 21 November 2026 in Seoul's offset: 06:00 UTC.
    fn now() -> Zoned {
        let at: jiff::Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        at.to_zoned(TimeZone::fixed(offset(9)))
    }

    #[test]
    fn what_people_write() {
        for (typed, means) in [
            ("now", "2026-11-21T06:00:00.000Z"),
            ("2h", "2026-11-21T04:00:00.000Z"),
            ("90s", "2026-11-21T05:58:30.000Z"),
            ("1h30m", "2026-11-21T04:30:00.000Z"),
            ("2d", "2026-11-19T06:00:00.000Z"),
            ("14:30", "2026-11-21T05:30:00.000Z"),
            ("15:30", "2026-11-20T06:30:00.000Z"),
            ("today", "2026-11-20T15:00:00.000Z"),
            ("yesterday", "2026-11-19T15:00:00.000Z"),
            ("yesterday 15:30", "2026-11-20T06:30:00.000Z"),
            ("today 09:00:30", "2026-11-21T00:00:30.000Z"),
            ("2026-11-01", "2026-10-31T15:00:00.000Z"),
            ("2026-11-01T12:00", "2026-11-01T03:00:00.000Z"),
            ("2026-11-01 12:00:01", "2026-11-01T03:00:01.000Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000Z"),
            ("2026-11-01T12:00:00.5+02:00", "2026-11-01T10:00:00.500Z"),
        ] {
            assert_eq!(instant(typed, &now()).map(rfc3339).unwrap(), means, "{typed}");
        }
    }

    #[test]
    fn what_is_no_time_is_said() {
        for typed in
            ["", "soon", "25:00", "15", "-2h", "2h ago", "20261121", "today x", "2026-13-01", "yesterday 9"]
        {
            let error = instant(typed, &now()).unwrap_err();
            assert_eq!(error.id, "chatctl-time-forms", "{typed}");
        }
        assert_eq!(instant("15000y", &now()).unwrap_err().id, "chatctl-time-beyond");
    }

    #[test]
    fn durations() {
        for good in ["30s", "5m", "2h", "1d", "0s"] {
            assert_eq!(duration(good).unwrap(), good);
        }
        for bad in ["", "5", "m", "5 m", "-5m", "5x", "5.5m", "99999999999m", "오m"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        for (typed, is_term, is_pace) in [
            ("10s", true, true),
            ("1h30m", true, true),
            ("7d", true, false),
            ("off", false, true),
            ("0", false, true),
            ("0s", false, true),
            ("99999d", false, false),
            ("soon", false, false),
            ("", false, false),
        ] {
            assert_eq!((term(typed).is_ok(), pace(typed).is_ok()), (is_term, is_pace), "{typed}");
        }
    }

    #[test]
    fn for_reading() {
        let zone = TimeZone::fixed(offset(9));
        assert_eq!(local("2026-11-21T06:30:05.123Z", &zone), "2026-11-21 15:30:05");
        assert_eq!(local("someday", &zone), "someday");
        for (lang, spans) in
            [(Lang::En, ["0 s", "1 min 1 s", "3 d 0 h"]), (Lang::Ko, ["0초", "1분 1초", "3일 0시간"])]
        {
            let words = Words::new(lang);
            assert_eq!([999, 61_000, 3 * 86_400_000 + 5000].map(|ms| rough(ms, &words)), spans);
        }
    }
}
