//! How somebody who looks elsewhere learns that they are meant: a bell, or a notification by the
//! terminal.
//!
//! Decides nothing about when. Why by the terminal and not by the desktop: it works over SSH, and
//! needs no library.

use std::ffi::OsString;

use super::config::Notify;
use crate::terminal::clean;

/// What is written to the terminal.
pub struct Notifier {
    by: Notify,
}

impl Notifier {
    /// `Notify::Auto` becomes what the terminal is known to understand.
    pub fn new(wished: Notify, var: &dyn Fn(&str) -> Option<OsString>) -> Notifier {
        let is = |name, values: &[&str]| {
            let value = var(name).unwrap_or_default();
            values.iter().any(|known| value.to_string_lossy().starts_with(known))
        };
        let by = match wished {
            // A terminal in a terminal passes none of them on.
            Notify::Auto if is("TERM", &["tmux", "screen"]) => Notify::Bell,
            Notify::Auto if is("TERM_PROGRAM", &["iTerm", "WezTerm", "ghostty"]) => Notify::Osc9,
            Notify::Auto if is("TERM", &["xterm-kitty", "xterm-ghostty"]) => Notify::Osc9,
            Notify::Auto if is("TERM", &["foot", "rxvt"]) => Notify::Osc777,
            Notify::Auto => Notify::Bell,
            chosen => chosen,
        };
        Notifier { by }
    }

    /// Tells `line`. OSC 9 is iTerm2's, OSC 777 rxvt-unicode's; both take one text without controls.
    pub fn notice(&self, line: &str) -> Vec<u8> {
        let line = clean(line).replace('\t', " ");
        match self.by {
            Notify::Off => Vec::new(),
            Notify::Bell | Notify::Auto => b"\x07".to_vec(),
            Notify::Osc9 => format!("\u{1b}]9;{line}\u{1b}\\").into_bytes(),
            // A semicolon would end the field.
            Notify::Osc777 => {
                format!("\u{1b}]777;notify;chatc;{}\u{1b}\\", line.replace(';', ",")).into_bytes()
            }
        }
    }

    /// Names the window of the terminal (OSC 2 of xterm).
    pub fn title(&self, title: &str) -> Vec<u8> {
        format!("\u{1b}]2;{}\u{1b}\\", clean(title).replace('\t', " ")).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_terminal_is_told_in_its_own_way() {
        let by = |term: &str, program: &str| {
            let var = |name: &str| Some(if name == "TERM" { term } else { program }.into());
            Notifier::new(Notify::Auto, &var).by
        };
        assert_eq!(by("xterm-256color", ""), Notify::Bell);
        assert_eq!(by("foot", ""), Notify::Osc777);
        assert_eq!(by("xterm-256color", "WezTerm"), Notify::Osc9);
        assert_eq!(by("xterm-kitty", ""), Notify::Osc9);
        assert_eq!(by("tmux-256color", "iTerm.app"), Notify::Bell);
        assert_eq!(Notifier::new(Notify::Off, &|_| Some("foot".into())).by, Notify::Off);
    }

    #[test]
    fn nobody_elses_text_gets_out_of_it() {
        let evil = "x\t\u{1b}\\\u{1b}[2J\u{7}\u{9c};y";
        let told = |by| String::from_utf8(Notifier { by }.notice(evil)).unwrap();
        assert_eq!(told(Notify::Osc777), "\u{1b}]777;notify;chatc;x \\[2J,y\u{1b}\\");
        assert_eq!(told(Notify::Osc9), "\u{1b}]9;x \\[2J;y\u{1b}\\");
        assert_eq!(told(Notify::Bell), "\u{7}");
        assert_eq!(told(Notify::Off), "");
        assert_eq!(Notifier { by: Notify::Off }.title("a\u{7}b"), b"\x1b]2;ab\x1b\\");
    }
}
