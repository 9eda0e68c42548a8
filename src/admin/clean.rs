//! Text from the daemon made safe for a terminal.
//!
//! Knows nothing of tables or commands. Why also for an admin's own daemon:
//! nicknames and messages come from anybody, and an escape sequence in one
//! must not repaint the admin's screen.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with control characters, line separators and direction marks shown
/// as `\u{1b}` and the like: an admin should see that they are there.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if is_unsafe(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// A JSON text whose unsafe characters are escaped as JSON does it (RFC 8259
/// §7): the same value for a program, and harmless on a terminal.
pub fn safe_json(json: &str) -> Cow<'_, str> {
    if !json.chars().any(is_unsafe) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        if is_unsafe(c) {
            // All of them lie in the basic plane, where one escape is one character.
            write!(safe, "\\u{:04x}", u32::from(c)).expect("writing to a String cannot fail");
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Control characters, line separators, the direction marks of Unicode UAX #9 and the byte order mark.
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
    use super::{safe_json, visible};

    #[test]
    fn what_steers_a_terminal_is_shown_instead() {
        assert_eq!(visible("plain 한국"), "plain 한국");
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
