//! From any text to one log line of bounded length without control characters.
//!
//! It must not know where the line goes.
//!
//! Why it escapes while the text is being formatted, and stops there: a nickname or a header of a
//! megabyte must neither forge a line nor be copied in full to find that it is too long.

use std::fmt::{self, Write};

/// Longest line in bytes. With what syslog or stderr put before it, it stays below 1 KiB, the
/// longest packet that every syslog takes (RFC 3164 §4.1).
pub const LINE_BYTES_MAX: usize = 960;

const CUT: &str = " [cut]";

/// Formats `arguments` as one line, without its newline.
pub fn line_of(arguments: &fmt::Arguments<'_>) -> String {
    let mut line = Line::default();
    // The one error is that the line is full, and then it ends with its mark.
    let _ = line.write_fmt(*arguments);
    line.text
}

#[derive(Default)]
struct Line {
    text: String,
    /// How much of the text leaves room for the mark, in whole characters.
    kept: usize,
}

impl Write for Line {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        for letter in piece.chars() {
            let before = self.text.len();
            if forges(letter) {
                self.text.extend(letter.escape_default());
            } else {
                self.text.push(letter);
            }
            if self.text.len() > LINE_BYTES_MAX {
                self.text.truncate(self.kept);
                self.text.push_str(CUT);
                return Err(fmt::Error);
            }
            if before + CUT.len() <= LINE_BYTES_MAX {
                self.kept = before;
            }
        }
        Ok(())
    }
}

/// Whether a character can end a line, move the cursor, or make text appear where it is not.
fn forges(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            // Zero-width characters and direction marks; line and paragraph separators, direction
            // overrides; isolates and other invisible ones; the byte order mark.
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> String {
        line_of(&format_args!("{text}"))
    }

    #[test]
    fn what_could_forge_a_line_is_escaped() {
        for (text, expected) in [
            ("plain 한글 “quoted” 🎉 %n", "plain 한글 “quoted” 🎉 %n"),
            ("a\nERROR b", "a\\nERROR b"),
            ("a\r\n\tb", "a\\r\\n\\tb"),
            ("\x1b[2J", "\\u{1b}[2J"),
            ("\0\x7f\u{85}", "\\u{0}\\u{7f}\\u{85}"),
            ("a\u{2028}b\u{202e}c", "a\\u{2028}b\\u{202e}c"),
            ("a\u{200b}\u{feff}", "a\\u{200b}\\u{feff}"),
        ] {
            assert_eq!(line(text), expected);
        }
    }

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let fits = "x".repeat(LINE_BYTES_MAX);
        assert_eq!(line(&fits), fits);
        let cut = line(&"x".repeat(1 << 20));
        assert!(cut.len() <= LINE_BYTES_MAX && cut.ends_with("x [cut]"), "{cut}");
        let korean = line(&"한".repeat(1000));
        assert!(korean.len() <= LINE_BYTES_MAX && korean.ends_with("한 [cut]"), "{korean}");
        let escapes = line(&"\x1b".repeat(1000));
        assert!(escapes.ends_with("\\u{1b} [cut]"), "{escapes}");
    }

    proptest! {
        #[test]
        fn every_text_becomes_one_bounded_line(text in any::<Vec<char>>()) {
            let text: String = text.into_iter().cycle().take(2000).collect();
            let line = line(&text);
            prop_assert!(line.len() <= LINE_BYTES_MAX);
            prop_assert!(!line.contains(forges));
        }
    }
}
