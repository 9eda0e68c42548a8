//! Text from the server made safe for a terminal and for the chat log.
//!
//! Knows nothing of lines, colours or protocols. Why everything passes here:
//! a nickname or a message may hold escape sequences that recolour, retitle or
//! reprogram a terminal, and a newline in it would forge a line of the server.

use std::borrow::Cow;

/// `text` without control characters (C0, DEL, C1) and direction marks; what
/// would break the line (LF, CR, U+2028, U+2029) becomes a space. Tabs stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
            safe.push(' ');
        } else if !is_unsafe(c) {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Control characters, line separators, the direction marks of Unicode UAX #9 and the byte order mark.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(
            c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn ordinary_text_is_left_alone() {
        for text in ["", "Hello", "안녕하세요", "a\tb", "👩\u{200d}👩\u{200d}👧", "שלום"] {
            assert!(matches!(clean(text), std::borrow::Cow::Borrowed(same) if same == text));
        }
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
}
