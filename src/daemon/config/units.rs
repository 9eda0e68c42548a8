//! Durations, sizes and permission bits as people write them.
//!
//! It must not know configuration keys or TOML.
//!
//! Why only whole numbers with exact units: `1.5h`, `8KB` or a bare `10` mean different things to
//! different people, and a limit that is silently another one is worse than an error.

const SECOND_MS: u64 = 1000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// A hundred years: what is longer is a slip, and sums of deadlines stay far from overflow.
const DURATION_MS_MAX: u64 = 36_500 * DAY_MS;

/// Largest first: the order in which a combined duration must be written.
const DURATION_UNITS: [(&str, u64); 5] =
    [("d", DAY_MS), ("h", HOUR_MS), ("m", MINUTE_MS), ("s", SECOND_MS), ("ms", 1)];

const SIZE_UNITS: [(&str, u64); 5] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Longest piece of an admin's own text in an error message, in characters.
const SHOWN_CHARS_MAX: usize = 60;

/// Reads `500ms`, `30s`, `10m`, `2h`, `7d`, `1h30m` or `0`; gives milliseconds.
///
/// # Errors
///
/// A sentence, for anything else and for more than 36500 days.
pub fn millis(text: &str) -> Result<u64, String> {
    let wrong = || {
        let text = shown(text);
        format!("{text} is not a duration; write it like 500ms, 30s, 10m, 2h, 7d or 1h30m")
    };
    if text == "0" {
        return Ok(0);
    }
    if text.is_empty() {
        return Err(wrong());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = cut(text);
        return Err(format!("\"{text}\" has no unit; write it like \"{text}s\" or \"{text}m\""));
    }
    let (mut rest, mut total, mut units) = (text, 0_u64, DURATION_UNITS.as_slice());
    while !rest.is_empty() {
        let (number, unit, after) = number_and_unit(rest).ok_or_else(wrong)?;
        let place = units.iter().position(|(name, _)| *name == unit);
        let place = place.ok_or_else(wrong)?;
        // Saturation is beyond the longest duration by far, so it is refused below.
        total = total.saturating_add(number.saturating_mul(units[place].1));
        units = &units[place + 1..];
        rest = after;
    }
    if total > DURATION_MS_MAX {
        let text = shown(text);
        return Err(format!("{text} is too long; the longest duration is 36500d"));
    }
    Ok(total)
}

/// Splits `30m15s` into 30, `m` and `15s`. A number too large for 64 bits becomes the largest.
fn number_and_unit(text: &str) -> Option<(u64, &str, &str)> {
    let (digits, rest) = split_digits(text)?;
    let end = rest.find(|letter: char| letter.is_ascii_digit());
    let (unit, after) = rest.split_at(end.unwrap_or(rest.len()));
    Some((digits.parse().unwrap_or(u64::MAX), unit, after))
}

/// Splits after the digits that `text` must begin with.
fn split_digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    (!digits.is_empty()).then_some((digits, rest))
}

/// The shortest spelling that [`millis`] reads back: one number with the largest unit that fits.
pub fn millis_text(millis: u64) -> String {
    with_unit(millis, &DURATION_UNITS)
}

/// Reads `8KiB`, `1MiB`, `512B` or plain bytes; gives bytes.
///
/// # Errors
///
/// A sentence, for anything else and for what 64 bits do not hold.
pub fn bytes(text: &str) -> Result<u64, String> {
    let (digits, unit) = split_digits(text).unwrap_or(("", text));
    let unit = if unit.is_empty() { "B" } else { unit };
    let factor = SIZE_UNITS.iter().find(|(name, _)| *name == unit);
    match (digits.is_empty(), factor) {
        (false, Some((_, factor))) => digits
            .parse()
            .ok()
            .and_then(|number: u64| number.checked_mul(*factor))
            .ok_or_else(|| format!("{} is too large a size", shown(text))),
        (true, _) | (_, None) => Err(format!(
            "{} is not a size; write it like 8KiB, 1MiB, 2GiB (1KiB is 1024 bytes) or in bytes",
            shown(text)
        )),
    }
}

/// The shortest spelling that [`bytes`] reads back.
pub fn bytes_text(bytes: u64) -> String {
    with_unit(bytes, &SIZE_UNITS)
}

fn with_unit(number: u64, units: &[(&str, u64)]) -> String {
    if number == 0 {
        return "0".to_string();
    }
    units
        .iter()
        .find(|(_, factor)| number.is_multiple_of(*factor))
        .map(|(name, factor)| format!("{}{name}", number / factor))
        .unwrap_or_else(|| number.to_string())
}

/// Reads permission bits as chmod takes them, `660` or `0660`.
///
/// # Errors
///
/// A sentence, for anything but octal digits and for bits beyond 0777.
pub fn mode(text: &str) -> Result<u32, String> {
    let octal = !text.is_empty() && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    match u32::from_str_radix(text, 8) {
        Ok(bits) if octal && bits <= 0o777 => Ok(bits),
        Ok(_) | Err(_) => Err(format!(
            "{} is not a mode; write octal permission bits up to \"0777\", such as \"0660\"",
            shown(text)
        )),
    }
}

/// Quotes an admin's own text for a message: one line, no control characters, not too long.
pub fn shown(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// At most 60 characters, with `…` for the rest.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read() {
        for (text, expected) in [
            ("0", 0),
            ("0s", 0),
            ("1ms", 1),
            ("500ms", 500),
            ("30s", 30_000),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("2d4h", 187_200_000),
            ("1h1ms", 3_600_001),
            ("36500d", DURATION_MS_MAX),
        ] {
            assert_eq!(millis(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "m",
            "10",
            "-1s",
            "1.5h",
            "10 m",
            " 10m",
            "10m ",
            "10M",
            "30m1h",
            "1m1m",
            "1h30",
            "36501d",
            "99999999999999999999d",
            "1m\n",
            "١m",
            "10min",
        ] {
            assert!(millis(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn sizes_are_read() {
        for (text, expected) in [
            ("0", 0),
            ("1", 1),
            ("512B", 512),
            ("8KiB", 8192),
            ("1MiB", 1 << 20),
            ("2GiB", 2 << 30),
            ("3TiB", 3 << 40),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "KiB", "8KB", "8kib", "8 KiB", "-1", "1.5MiB", "99999999999TiB"] {
            assert!(bytes(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn modes_are_octal() {
        assert_eq!(mode("0660"), Ok(0o660));
        assert_eq!(mode("600"), Ok(0o600));
        for text in ["", "0888", "+660", "rw", "01777", "7777777777777"] {
            assert!(mode(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shown("a\nb"), "\"a\\nb\"");
        assert_eq!(cut(&"한".repeat(61)), format!("{}…", "한".repeat(60)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in 0..=DURATION_MS_MAX) {
            prop_assert_eq!(millis(&millis_text(number)), Ok(number));
            prop_assert_eq!(bytes(&bytes_text(number)), Ok(number));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (millis(&text), bytes(&text), mode(&text), shown(&text));
        }
    }
}
