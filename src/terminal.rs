//! What a program on somebody's terminal may print: text made safe, and whether in colours.
//!
//! Knows no protocol, no wording and no command. Why a room of its own: both
//! clients need it and may not enter each other's, and it is neither bytes of
//! the wire nor words of a language.

use std::borrow::Cow;
use std::fmt::Write;

/// The convention of no-color.org, and terminals that say they have none.
pub fn colours_wanted() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// One line of `text` without what steers a terminal; what would break the line
/// (LF, CR, U+2028, U+2029) becomes a space, so that nobody's text can forge a
/// line of the server. Tabs stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    rewritten(
        text,
        |c| c != '\t',
        |safe, c| match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => safe.push(' '),
            _unsafe => {}
        },
    )
}

/// `text` with what steers a terminal shown as `\u{1b}` and the like: an admin should see that it is there.
pub fn visible(text: &str) -> Cow<'_, str> {
    rewritten(text, |_| true, |shown, c| shown.extend(c.escape_unicode()))
}

/// A JSON text whose unsafe characters are escaped as JSON does it (RFC 8259
/// §7): the same value for a program, and harmless on a terminal.
pub fn safe_json(json: &str) -> Cow<'_, str> {
    rewritten(
        json,
        |_| true,
        |safe, c| {
            // All of them lie in the basic plane, where one escape is one character.
            write!(safe, "\\u{:04x}", u32::from(c)).expect("writing to a String cannot fail");
        },
    )
}

/// `text` with each unsafe character that is `meant` replaced by what `put` writes.
fn rewritten(text: &str, meant: impl Fn(char) -> bool, put: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let bad = |c: char| is_unsafe(c) && meant(c);
    if !text.chars().any(bad) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if bad(c) { put(&mut safe, c) } else { safe.push(c) }
    }
    Cow::Owned(safe)
}

/// Control characters (C0, DEL, C1), line separators, the direction marks of Unicode UAX #9 and the byte order mark.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_left_alone() {
        for text in ["", "Hello", "안녕하세요", "a\tb", "👩\u{200d}👩\u{200d}👧", "שלום"] {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(visible("plain 한국"), "plain 한국");
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(clean("\u{1b}[31mred\u{1b}]0;title\u{7}"), "[31mred]0;title");
        assert_eq!(clean("\u{9b}2J\u{90}x\u{7f}\0"), "2Jx");
        assert_eq!(clean("gpj\u{202e}exe\u{2066}\u{2069}\u{200f}\u{feff}"), "gpjexe");
    }

    #[test]
    fn a_line_cannot_become_two() {
        assert_eq!(clean("hi\n[Server]: lie\r\u{2028}\u{2029}."), "hi [Server]: lie   .");
    }

    #[test]
    fn what_steers_a_terminal_is_shown_instead() {
        assert_eq!(visible("a\u{1b}[2J\n\u{9b}\u{202e}b"), "a\\u{1b}[2J\\u{a}\\u{9b}\\u{202e}b");
    }

    #[test]
    fn json_keeps_its_value() {
        let json = "{\"text\":\"a\u{9b}2J\u{202e}\u{7f}한\"}";
        let safe = safe_json(json);
        assert_eq!(safe, "{\"text\":\"a\\u009b2J\\u202e\\u007f한\"}");
        let value = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
        assert_eq!(value(&safe), value(json));
    }
}
