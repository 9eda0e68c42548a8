//! One line for a person's eyes, and its form on a terminal, in a pipe and in the chat log.
//!
//! Knows neither events nor commands. Why its text is private: what is in a
//! `Shown` has been through `clean`, so nothing else can reach the terminal.

use jiff::tz::TimeZone;

use super::window::Window;
use crate::core::name::Name;
use crate::core::time::Wall;
use crate::terminal::clean;

/// What sort of line it is; it decides the colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Talk,
    /// Talk of the past: its time is always shown, as with `nc`.
    History,
    Whisper,
    Scheduled,
    Announcement,
    Server,
    Error,
    /// One's own words: the terminal has echoed them, so in line mode they go to the chat log alone.
    Own,
}

/// What a line is about, for a screen with a window for each room.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct About {
    /// The window that it belongs in; none: the one that is looked at.
    pub window: Option<Window>,
    /// The room's number for it.
    pub seq: Option<u64>,
    /// Who says it.
    pub from: Option<Name>,
    /// It names this person.
    pub calls: bool,
    /// It tells that another line reads otherwise now.
    pub change: Option<Change>,
}

/// What becomes of a line that is already shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub seq: u64,
    /// What it says now; none when it is deleted.
    pub text: Option<String>,
}

/// A line with its time.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    kind: Kind,
    at: Wall,
    line: String,
    about: About,
}

impl Shown {
    pub fn new(kind: Kind, at: Wall, line: &str) -> Shown {
        Shown { kind, at, line: clean(line).into_owned(), about: About::default() }
    }

    pub fn about(self, about: About) -> Shown {
        let change = about
            .change
            .map(|change| Change { text: change.text.map(|text| clean(&text).into_owned()), ..change });
        Shown { about: About { change, ..about }, ..self }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn at(&self) -> Wall {
        self.at
    }

    /// What it is about; also its texts are clean.
    pub fn concerns(&self) -> &About {
        &self.about
    }

    /// Who speaks, as `Alice >>`, and what follows; the first is empty where nobody does.
    pub fn parts(&self) -> (&str, &str) {
        let head = match self.kind {
            Kind::Announcement | Kind::Error => 0,
            _spoken => self.painted_bytes(),
        };
        self.line.split_at(head)
    }

    /// Whether the line is for the screen; every line is for the chat log.
    pub fn for_screen(&self) -> bool {
        self.kind != Kind::Own
    }

    /// The bare line, as the text protocol has it.
    pub fn plain(&self) -> &str {
        &self.line
    }

    /// The line of the chat log: always with date and time, never coloured.
    pub fn logged(&self, zone: &TimeZone) -> String {
        format!("[{}] {}", self.at.local(zone), self.line)
    }

    /// The line for the screen.
    pub fn painted(&self, style: &Style) -> String {
        if !style.timestamps && self.kind != Kind::History {
            return self.coloured(style.colour);
        }
        let (on, off) = if style.colour { (DIM, PLAIN) } else { ("", "") };
        format!("{on}[{}]{off} {}", self.at.local(&style.zone), self.coloured(style.colour))
    }

    fn coloured(&self, colour: bool) -> String {
        if !colour {
            return self.line.clone();
        }
        let paint = match self.kind {
            Kind::Talk | Kind::History | Kind::Own => CYAN,
            Kind::Whisper => MAGENTA,
            Kind::Scheduled => GREEN,
            Kind::Announcement => YELLOW,
            Kind::Server => BLUE,
            Kind::Error => RED,
        };
        let (head, text) = self.line.split_at(self.painted_bytes());
        format!("{paint}{head}{PLAIN}{text}")
    }

    /// How much of the line is in colour: who speaks, or all of what must not be overlooked.
    fn painted_bytes(&self) -> usize {
        let mark = match self.kind {
            Kind::Talk | Kind::History | Kind::Own => " >>",
            Kind::Whisper | Kind::Scheduled => "]",
            Kind::Server => "]:",
            Kind::Announcement | Kind::Error => return self.line.len(),
        };
        self.line.find(mark).map_or(0, |place| place + mark.len())
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::offset;

    /// 2026-11-21T06:30:05.123Z
    const AT: Wall = Wall(1_795_242_605_123);

    fn style(colour: bool, timestamps: bool) -> Style {
        Style { colour, timestamps, zone: TimeZone::fixed(offset(9)) }
    }

    #[test]
    fn plain_coloured_and_stamped() {
        let line = Shown::new(Kind::Talk, AT, "Alice >> Hello");
        assert_eq!(line.painted(&style(false, false)), "Alice >> Hello");
        assert_eq!(line.painted(&style(false, true)), "[2026-11-21 15:30:05] Alice >> Hello");
        assert_eq!(line.painted(&style(true, false)), "\u{1b}[36mAlice >>\u{1b}[0m Hello");
        assert_eq!(line.logged(&style(true, true).zone), "[2026-11-21 15:30:05] Alice >> Hello");
        let server = Shown::new(Kind::Server, AT, "[Server]: Hi");
        assert_eq!(server.painted(&style(true, false)), "\u{1b}[34m[Server]:\u{1b}[0m Hi");
        let past = Shown::new(Kind::History, AT, "Alice >> Hello");
        assert_eq!(past.painted(&style(false, false)), "[2026-11-21 15:30:05] Alice >> Hello");
    }

    #[test]
    fn nothing_raw_gets_through() {
        let line = Shown::new(Kind::Talk, AT, "Ev\u{1b}[2Jil >> a\r\n[Server]: b\u{9b}31m");
        assert_eq!(line.plain(), "Ev[2Jil >> a  [Server]: b31m");
    }

    #[test]
    fn own_words_are_not_shown_again() {
        assert!(!Shown::new(Kind::Own, AT, "Alice >> x").for_screen());
    }
}
