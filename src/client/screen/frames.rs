//! For tests: a screen with lines in it, keys pressed on it, and its frames as plain text.
//!
//! Knows nothing that a person does not see. Why the cells behind a wide character are left out: then a
//! frame in a test looks as it does on a terminal.

use std::collections::BTreeMap;
use std::time::Instant;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::{TimeZone, offset};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, CellWidth};

use super::{Chat, Screen, Wish};
use crate::client::session::Now;
use crate::client::shown::{About, Kind, Shown};
use crate::client::window::{Page, Part, Room, State, Window};
use crate::core::lang::Lang;
use crate::core::name::Name;
use crate::core::reply::Role;
use crate::core::time::Wall;

/// 2026-11-21T06:30:05.000Z, half past three in Seoul.
pub const AT: Wall = Wall(1_795_242_605_000);

pub fn seoul() -> TimeZone {
    TimeZone::fixed(offset(9))
}

/// A screen with what is around it.
pub struct Desk {
    pub screen: Screen,
    terminal: Terminal<TestBackend>,
    pub rooms: BTreeMap<Name, Room>,
    pub state: State,
    pub partner: Option<String>,
    pub faced: Option<Window>,
    pub pending: Vec<(Window, String)>,
    pub transfers: Vec<String>,
    pub now: Now,
}

impl Desk {
    /// In no room yet.
    pub fn empty(lang: Lang, width: u16, height: u16) -> Desk {
        Desk {
            screen: Screen::new(lang, seoul(), true),
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
            rooms: BTreeMap::new(),
            state: State::Here,
            partner: None,
            faced: None,
            pending: Vec::new(),
            transfers: Vec::new(),
            now: Now { mono: Instant::now(), wall: AT },
        }
    }

    /// Alice, in the lobby with Bob and 민수; nothing older is there.
    pub fn new(width: u16, height: u16) -> Desk {
        let mut desk = Desk::empty(Lang::En, width, height);
        desk.enters("lobby", &["Alice", "Bob", "민수"]);
        desk.page(Part::Before(i64::MAX.unsigned_abs()), 1..1, false);
        desk.wishes();
        desk.frame();
        desk
    }

    pub fn enters(&mut self, room: &str, people: &[&str]) {
        let members = people.iter().map(|nick| (Name::from(*nick), Role::Member)).collect();
        let topic = format!("All about {room}");
        self.rooms.insert(Name::from(room), Room { topic, members, read: None, last: 0 });
        self.turn(|screen, chat| screen.follow(chat));
    }

    pub fn turn(&mut self, act: impl FnOnce(&mut Screen, &Chat<'_>)) {
        let chat = Chat {
            rooms: &self.rooms,
            state: self.state,
            nick: Some("Alice"),
            partner: self.partner.as_deref(),
            faced: self.faced.clone(),
            pending: self.pending.clone(),
            transfers: self.transfers.clone(),
            now: self.now,
        };
        act(&mut self.screen, &chat);
    }

    pub fn show(&mut self, shown: &Shown) {
        self.turn(|screen, chat| screen.show(shown, chat));
        self.turn(|screen, chat| screen.follow(chat));
    }

    /// Somebody says something in a room.
    pub fn talk(&mut self, room: &str, seq: u64, from: &str, text: &str) {
        self.show(&said(room, seq, from, text));
    }

    /// A page of the lobby with lines of these seqs.
    pub fn page(&mut self, part: Part, seqs: std::ops::Range<u64>, more: bool) {
        let lines: Vec<Shown> =
            seqs.clone().map(|seq| said("lobby", seq, "Bob", &format!("line {seq}"))).collect();
        let span = (!seqs.is_empty()).then(|| (seqs.start, seqs.end - 1));
        self.screen.page(&Page { room: Name::from("lobby"), part, lines, span, more, refused: None });
        self.turn(|screen, chat| screen.follow(chat));
    }

    pub fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.screen.wishes)
    }

    pub fn event(&mut self, event: &Event) {
        self.turn(|screen, chat| screen.event(event, chat));
        self.turn(|screen, chat| screen.follow(chat));
    }

    /// Types text, with keys between: `Hello<Left><Ctrl-A>`.
    pub fn keys(&mut self, typed: &str) {
        for event in events(typed) {
            self.event(&event);
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.event(&Event::Paste(text.to_owned()));
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().resize(width, height);
    }

    /// The rows of the next frame, blanks at their ends left out; the cell of the cursor is told apart.
    pub fn frame(&mut self) -> String {
        let (screen, terminal) = (&mut self.screen, &mut self.terminal);
        let chat = Chat {
            rooms: &self.rooms,
            state: self.state,
            nick: Some("Alice"),
            partner: self.partner.as_deref(),
            faced: self.faced.clone(),
            pending: self.pending.clone(),
            transfers: self.transfers.clone(),
            now: self.now,
        };
        terminal.draw(|frame| screen.draw(frame, &chat)).unwrap();
        screen.follow(&chat);
        plain(terminal.backend().buffer())
    }

    /// Column and row.
    pub fn cursor(&self) -> (u16, u16) {
        let position = self.terminal.backend().cursor_position();
        (position.x, position.y)
    }

    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }
}

/// A line of talk in a room.
pub fn said(room: &str, seq: u64, from: &str, text: &str) -> Shown {
    let kind = if from == "Alice" { Kind::Own } else { Kind::Talk };
    let about = About {
        window: Some(Window::Room(Name::from(room))),
        seq: Some(seq),
        from: Some(Name::from(from)),
        calls: text.contains("@Alice"),
        change: None,
    };
    Shown::new(kind, Wall(AT.0 + i64::try_from(seq).unwrap() * 1000), &format!("{from} >> {text}"))
        .about(about)
}

/// The rows of a buffer as they look.
pub fn plain(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let row = |cells: &[ratatui::buffer::Cell]| {
        let (mut row, mut hidden) = (String::new(), 0);
        for cell in cells {
            if hidden == 0 {
                row.push_str(cell.symbol());
                hidden = usize::from(cell.cell_width());
            }
            hidden = hidden.saturating_sub(1);
        }
        row.trim_end().to_owned()
    };
    buffer.content.chunks(width.max(1)).map(row).collect::<Vec<_>>().join("\n")
}

/// The events of what is typed.
pub fn events(typed: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut rest = typed;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let key = match named.and_then(|(name, after)| Some((named_key(name)?, after))) {
            Some((key, after)) => {
                rest = after;
                key
            }
            None => {
                rest = &rest[c.len_utf8()..];
                KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
            }
        };
        events.push(Event::Key(key));
    }
    events
}

fn named_key(name: &str) -> Option<KeyEvent> {
    let (mut held, mut name) = (KeyModifiers::NONE, name);
    for (word, modifier) in
        [("Ctrl-", KeyModifiers::CONTROL), ("Alt-", KeyModifiers::ALT), ("Shift-", KeyModifiers::SHIFT)]
    {
        if let Some(rest) = name.strip_prefix(word) {
            (held, name) = (held | modifier, rest);
        }
    }
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Tab" if held == KeyModifiers::SHIFT => KeyCode::BackTab,
        "Tab" => KeyCode::Tab,
        "Backspace" => KeyCode::Backspace,
        "Delete" => KeyCode::Delete,
        "Esc" => KeyCode::Esc,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "F1" => KeyCode::F(1),
        "F2" => KeyCode::F(2),
        "F3" => KeyCode::F(3),
        letter if letter.chars().count() == 1 => KeyCode::Char(letter.chars().next()?.to_ascii_lowercase()),
        _text => return None,
    };
    Some(KeyEvent::new(code, held))
}
