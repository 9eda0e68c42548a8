//! Expected lines with holes for what differs from run to run.
//!
//! Knows no step. Why each hole has a shape: `{at}` must still be an instant, or
//! a broken stamp would pass.

/// Times that a line has come in a row: `TEXT {×5}`.
pub fn split_count(expected: &str) -> (&str, usize) {
    let counted = expected.strip_suffix('}').and_then(|rest| rest.rsplit_once(" {×"));
    match counted.and_then(|(text, count)| Some((text, count.parse().ok()?))) {
        Some(both) => both,
        None => (expected, 1),
    }
}

/// The holes, by what stands in a script.
const HOLES: [(&str, Hole); 11] = [
    ("{at}", Hole::Shape("0000-00-00T00:00:00.000Z")),
    ("{time}", Hole::Shape("0000-00-00 00:00:00")),
    ("{date}", Hole::Shape("AAA, 00 AAA 0000 00:00:00 GMT")),
    ("{hh:mm}", Hole::Shape("00:00")),
    ("{id}", Hole::Made("0123456789abcdef-")),
    ("{n}", Hole::Digits),
    ("{session}", Hole::Made("0123456789-")),
    ("{token}", Hole::Made("0123456789abcdef")),
    ("{version}", Hole::Made("0123456789.")),
    ("{path}", Hole::Made("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:")),
    ("{…}", Hole::Anything),
];

#[derive(Clone, Copy)]
enum Hole {
    /// As many characters, with a digit for each 0 and a letter for each A.
    Shape(&'static str),
    Digits,
    /// One and more of these characters.
    Made(&'static str),
    Anything,
}

/// Whether `text` is what `expected` describes.
pub fn matches(expected: &str, text: &str) -> bool {
    let first =
        HOLES.iter().filter_map(|(name, hole)| Some((expected.find(name)?, name, hole))).min_by_key(|f| f.0);
    let Some((at, name, hole)) = first else { return expected == text };
    let (before, after) = (&expected[..at], &expected[at + name.len()..]);
    let Some(rest) = text.strip_prefix(before) else { return false };
    match hole {
        Hole::Shape(shape) => shaped(shape, rest).is_some_and(|rest| matches(after, rest)),
        Hole::Digits => made("0123456789", rest).is_some_and(|rest| matches(after, rest)),
        Hole::Made(of) => made(of, rest).is_some_and(|rest| matches(after, rest)),
        Hole::Anything => {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| matches(after, &rest[at..]))
        }
    }
}

/// What follows a text of this shape.
fn shaped<'t>(shape: &str, text: &'t str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(shape.len())?;
    let fits = |(wanted, got): (u8, u8)| match wanted {
        b'0' => got.is_ascii_digit(),
        b'A' => got.is_ascii_alphabetic(),
        _itself => wanted == got,
    };
    shape.bytes().zip(head.bytes()).all(fits).then_some(rest)
}

/// What follows one and more of these characters.
fn made<'t>(of: &str, text: &'t str) -> Option<&'t str> {
    let rest = text.trim_start_matches(|c| of.contains(c));
    (rest.len() < text.len()).then_some(rest)
}

/// The line with a hole for everything that another run would have differently;
/// `stamps`: also for the times, which only a real clock makes differ.
pub fn generalise(line: &str, stamps: bool) -> String {
    let mut general = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let found = known(rest, stamps);
        let (written, after) = found.unwrap_or_else(|| (String::from(c), &rest[c.len_utf8()..]));
        general.push_str(&written);
        rest = after;
    }
    general
}

fn known(rest: &str, stamps: bool) -> Option<(String, &str)> {
    if stamps {
        for (name, hole) in HOLES.iter().take(3) {
            if let Hole::Shape(shape) = hole
                && let Some(after) = shaped(shape, rest)
            {
                return Some(((*name).to_owned(), after));
            }
        }
    }
    let prefixed = [
        ("\"id\":\"", "{id}", "0123456789abcdef-"),
        ("\"session\":\"", "{session}", "0123456789-"),
        ("\"resume\":\"", "{token}", "0123456789abcdef"),
        ("\"token\":\"", "{token}", "0123456789abcdef"),
        ("\"roomId\":\"", "{id}", "0123456789abcdef-"),
        ("/api/rooms/", "{id}", "0123456789abcdef-"),
        ("chatd ", "{version}", "0123456789."),
        ("127.0.0.1:", "{n}", "0123456789"),
        ("uid ", "{n}", "0123456789"),
        ("\"pid\":", "{n}", "0123456789"),
        ("\"uptime_ms\":", "{n}", "0123456789"),
    ];
    prefixed.into_iter().find_map(|(prefix, name, of)| {
        let after = made(of, rest.strip_prefix(prefix)?)?;
        Some((format!("{prefix}{name}"), after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_have_shapes() {
        assert!(matches("at {at}!", "at 2026-11-21T06:30:05.123Z!"));
        assert!(!matches("at {at}!", "at 2026-11-21 06:30:05!"));
        assert!(matches("{\"pid\":{n},\"x\":{…}}", "{\"pid\":42,\"x\":{\"y\":[]}}"));
        assert!(!matches("{n}", ""));
        assert!(matches("plain {brace}", "plain {brace}"));
        assert_eq!(split_count("no {×3}"), ("no", 3));
        assert_eq!(split_count("no {x}"), ("no {x}", 1));
    }

    #[test]
    fn what_differs_becomes_a_hole() {
        let line = r#"{"at":"2026-11-21T06:30:05.123Z","session":"1-2","resume":"c0ffee","address":"127.0.0.1:40001"}"#;
        let general = r#"{"at":"{at}","session":"{session}","resume":"{token}","address":"127.0.0.1:{n}"}"#;
        assert_eq!(generalise(line, true), general);
        assert!(matches(general, line));
    }
}
