//! One line for a person's eyes, and its form on a terminal, in a pipe and in the chat log.
//!
//! Knows neither events nor commands. Why its texts are private: what is in a
//! `Shown` has been through `clean`, so nothing else can reach the terminal.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::clean::clean;

/// What sort of line it is; it decides the colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Talk,
    Whisper,
    Scheduled,
    Announcement,
    Server,
    Error,
    /// One's own words: the terminal has echoed them, so they go to the chat log alone.
    Own,
}

/// A line with its time; `head` is what comes before the words: `Alice >>`, `[Server]:`.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    kind: Kind,
    at: Timestamp,
    head: String,
    body: String,
}

impl Shown {
    pub fn new(kind: Kind, at: Timestamp, head: &str, body: &str) -> Shown {
        let (head, body) = (clean(head).into_owned(), clean(body).into_owned());
        Shown { kind, at, head, body }
    }

    /// A line of the server: `[Server]: body`.
    pub fn server(at: Timestamp, body: &str) -> Shown {
        Shown::new(Kind::Server, at, "[Server]:", body)
    }

    /// A refusal: `[Server]: Error: body`.
    pub fn error(at: Timestamp, body: &str) -> Shown {
        Shown::new(Kind::Error, at, "[Server]:", &format!("Error: {body}"))
    }

    /// Whether the line is for the screen; every line is for the chat log.
    pub fn for_screen(&self) -> bool {
        self.kind != Kind::Own
    }

    /// The bare line, as section 4 of the protocol writes it.
    pub fn plain(&self) -> String {
        format!("{} {}", self.head, self.body)
    }

    /// The line of the chat log: always with date and time, never coloured.
    pub fn logged(&self, zone: &TimeZone) -> String {
        format!("{}{}", stamp(self.at, zone), self.plain())
    }

    /// The line for the screen.
    pub fn painted(&self, style: &Style) -> String {
        let stamp = if style.timestamps { stamp(self.at, &style.zone) } else { String::new() };
        if !style.colour {
            return format!("{stamp}{}", self.plain());
        }
        let stamp = if stamp.is_empty() { stamp } else { format!("{DIM}{stamp}{PLAIN}") };
        let (colour, body) = match self.kind {
            Kind::Talk | Kind::Own => (CYAN, self.body.clone()),
            Kind::Whisper => (MAGENTA, self.body.clone()),
            Kind::Scheduled => (GREEN, self.body.clone()),
            Kind::Announcement => (YELLOW, format!("{YELLOW}{}{PLAIN}", self.body)),
            Kind::Server => (BLUE, self.body.clone()),
            Kind::Error => (RED, format!("{RED}{}{PLAIN}", self.body)),
        };
        format!("{stamp}{colour}{}{PLAIN} {body}", self.head)
    }
}

/// How lines look on this screen.
#[derive(Clone, Debug)]
pub struct Style {
    pub colour: bool,
    pub timestamps: bool,
    pub zone: TimeZone,
}

// SGR sequences of ECMA-48: the sixteen basic colours, which every theme keeps legible.
const DIM: &str = "\u{1b}[2m";
const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const BLUE: &str = "\u{1b}[34m";
const MAGENTA: &str = "\u{1b}[35m";
const CYAN: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

/// `[2026-11-21 15:30:05] ` in `zone`.
fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    format!("[{}] ", local(at, zone))
}

/// `2026-11-21 15:30:05` in `zone`.
pub fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Shown, Style};
    use jiff::Timestamp;
    use jiff::tz::{TimeZone, offset};

    fn at() -> Timestamp {
        "2026-11-21T06:30:05.123Z".parse().unwrap()
    }

    fn style(colour: bool, timestamps: bool) -> Style {
        Style { colour, timestamps, zone: TimeZone::fixed(offset(9)) }
    }

    #[test]
    fn plain_coloured_and_stamped() {
        let line = Shown::new(Kind::Talk, at(), "Alice >>", "Hello");
        assert_eq!(line.painted(&style(false, false)), "Alice >> Hello");
        assert_eq!(line.painted(&style(false, true)), "[2026-11-21 15:30:05] Alice >> Hello");
        assert_eq!(line.painted(&style(true, false)), "\u{1b}[36mAlice >>\u{1b}[0m Hello");
        assert_eq!(line.logged(&style(true, true).zone), "[2026-11-21 15:30:05] Alice >> Hello");
        assert_eq!(Shown::error(at(), "no.").plain(), "[Server]: Error: no.");
    }

    #[test]
    fn nothing_raw_gets_through() {
        let line = Shown::new(Kind::Talk, at(), "Ev\u{1b}[2Jil >>", "a\r\n[Server]: b\u{9b}31m");
        assert_eq!(line.plain(), "Ev[2Jil >> a  [Server]: b31m");
    }

    #[test]
    fn own_words_are_not_shown_again() {
        assert!(!Shown::new(Kind::Own, at(), "Alice >>", "x").for_screen());
    }
}
