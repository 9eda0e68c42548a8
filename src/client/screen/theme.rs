//! How things look: the sixteen colours of the terminal, and its attributes.
//!
//! Knows no text. Why no colour of its own: whoever has chosen a theme for the terminal has chosen
//! it for this program, too.

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::style::{Color, Modifier, Style};

use crate::client::shown::Kind;

/// The looks of everything on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    colour: bool,
}

/// Those that stand out on dark and on light grounds alike.
const NICKS: [Color; 10] = [
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::LightRed,
    Color::LightGreen,
    Color::LightBlue,
    Color::LightMagenta,
];

impl Theme {
    /// Without `colour` only attributes are left (the convention of no-color.org).
    pub fn new(colour: bool) -> Theme {
        Theme { colour }
    }

    fn in_colour(self, colour: Color, style: Style) -> Style {
        if self.colour { style.fg(colour) } else { style }
    }

    /// What one may overlook: times, hints, lines that have not arrived.
    pub fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The bars above and below the log.
    pub fn bar(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What is chosen in a list.
    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A window in which somebody has spoken.
    pub fn unread(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// One in which somebody has called this person.
    pub fn called(self) -> Style {
        self.in_colour(Color::Yellow, self.strong())
    }

    /// The line up to which one has read.
    pub fn read(self) -> Style {
        self.in_colour(Color::Red, Style::new())
    }

    pub fn error(self) -> Style {
        self.in_colour(Color::Red, self.strong())
    }

    pub fn link(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// A person's name; the same one each time.
    pub fn nick(self, nick: &str) -> Style {
        let mut hasher = DefaultHasher::new();
        nick.hash(&mut hasher);
        let count = u64::try_from(NICKS.len()).expect("ten is a number of 64 bits");
        let place = usize::try_from(hasher.finish() % count).expect("less than ten");
        self.in_colour(NICKS[place], self.strong())
    }

    /// Who speaks, and what is said.
    pub fn line(self, kind: Kind, from: Option<&str>) -> (Style, Style) {
        let plain = Style::new();
        match kind {
            Kind::Talk | Kind::History | Kind::Own => {
                (from.map_or(self.strong(), |nick| self.nick(nick)), plain)
            }
            Kind::Whisper => (self.in_colour(Color::Magenta, self.strong()), plain),
            Kind::Scheduled => (self.in_colour(Color::Green, self.strong()), plain),
            Kind::Announcement => (self.strong(), self.in_colour(Color::Yellow, self.strong())),
            Kind::Server => (self.in_colour(Color::Blue, self.quiet()), plain),
            Kind::Error => (self.error(), self.error()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_only_attributes_are_left() {
        let theme = Theme::new(false);
        let looks = [theme.nick("Alice"), theme.called(), theme.read(), theme.error(), theme.quiet()];
        let kinds = [Kind::Talk, Kind::Whisper, Kind::Server, Kind::Error, Kind::Announcement];
        let lines = kinds.map(|kind| theme.line(kind, Some("Alice")));
        for style in looks.into_iter().chain(lines.into_iter().flat_map(|(head, text)| [head, text])) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn a_nick_keeps_its_colour_and_not_all_have_the_same() {
        let theme = Theme::new(true);
        assert_eq!(theme.nick("Alice"), theme.nick("Alice"));
        let first = theme.nick("0");
        assert!((1..50).any(|number| theme.nick(&number.to_string()) != first));
    }
}
