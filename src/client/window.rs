//! A stay with a window for each room and for each person that one whispers with.
//!
//! Knows no screen and no keys. Why what a screen asks by itself is apart from what a person
//! types: its answers fill windows, and are never lines of talk or of the chat log.

use std::collections::BTreeMap;
use std::time::Instant;

use super::ask::Ask;
use super::session::{Now, Phase, Session};
use super::shown::Shown;
use crate::core::args::{Args, Value};
use crate::core::event::Event;
use crate::core::lang::Lang;
use crate::core::name::Name;
use crate::core::reply::{Role, RoomInfo, User, Welcome};
use crate::core::table;
use crate::limits::{PAGE_LINES, UNANSWERED_MAX};

/// What one looks at, and where a plain line goes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Window {
    Room(Name),
    /// What is whispered with somebody.
    Person(Name),
}

/// A room that this person is in.
#[derive(Default, Debug)]
pub struct Room {
    pub topic: String,
    /// Everybody in it, oneself included; empty until the server has told.
    pub members: BTreeMap<Name, Role>,
    /// Up to where this person has read it, as the server knows.
    pub read: Option<u64>,
    /// The last seq that is known of.
    pub last: u64,
}

/// A stretch of a room's history that was asked for.
#[derive(PartialEq, Debug)]
pub struct Page {
    pub room: Name,
    pub part: Part,
    /// In the order of the room.
    pub lines: Vec<Shown>,
    /// The first and the last seq that the page covers, also where a message is deleted.
    pub span: Option<(u64, u64)>,
    /// Whether there are more beyond the page, in the direction that was asked for.
    pub more: bool,
    /// Why there is none, for the person.
    pub refused: Option<String>,
}

/// Which stretch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    Before(u64),
    After(u64),
    Around(u64),
    /// What a search has found: the newest first.
    Found(String),
    /// Nothing but how far it goes: this person had it up to that one.
    Missed(u64),
}

/// What came while there was no connection, until all rooms have been looked at.
#[derive(Default, Debug)]
pub struct Missed {
    awaited: usize,
    rooms: Vec<String>,
}

/// How the stay stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// The nickname was refused: the next line is another.
    Naming,
    Entering,
    Here,
    /// The connection is lost; another one is tried for at that time.
    Away {
        next: Option<Instant>,
    },
    /// For good.
    Gone,
}

impl Room {
    fn of(info: &RoomInfo) -> Room {
        let members = info.members.iter().map(|nick| (nick.clone(), Role::Member));
        Room { topic: info.topic.clone(), members: members.collect(), read: None, last: info.seq }
    }
}

impl Session {
    /// The rooms that this person is in.
    pub fn rooms(&self) -> &BTreeMap<Name, Room> {
        &self.rooms
    }

    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Naming => State::Naming,
            Phase::Entering => State::Entering,
            Phase::Talking | Phase::Finishing(_) | Phase::Quitting => State::Here,
            Phase::Away(_) => State::Away { next: self.next_try() },
            Phase::Returning(_) => State::Away { next: None },
            Phase::Cut | Phase::Over => State::Gone,
        }
    }

    /// Whom this person is in a whisper session with.
    pub fn partner(&self) -> Option<&str> {
        self.whispers.partner.as_deref()
    }

    /// Where plain lines go; none before this person is in a room.
    pub fn faced(&self) -> Option<Window> {
        let room = Some(&self.place.room).filter(|room| self.rooms.contains_key(*room));
        let person = self.place.facing.clone().map(Window::Person);
        person.or_else(|| room.cloned().map(Window::Room))
    }

    /// From now on plain lines go there. False where this person is not, or no longer, in that room.
    pub fn face(&mut self, window: &Window) -> bool {
        match window {
            Window::Room(room) => {
                let is_in = self.rooms.contains_key(room);
                self.place.facing = None;
                if is_in {
                    self.place.room = room.clone();
                }
                is_in
            }
            Window::Person(nick) => {
                self.place.facing = Some(nick.clone());
                true
            }
        }
    }

    pub fn lang(&self) -> Lang {
        self.setup.speech.words.lang()
    }

    /// What was said and is not answered yet, also what waits for the connection.
    pub fn pending(&self) -> impl Iterator<Item = (Window, String)> {
        let again = self.again.iter().map(|(_, asked)| asked);
        let asked = self.waiting.iter().chain(&self.unanswered).chain(again);
        asked.filter_map(|asked| {
            let ask = &asked.ask;
            let window = if *ask.row == table::SAY || *ask.row == table::ACTION {
                Window::Room(Name::from(ask.text("room")))
            } else if *ask.row == table::WHISPER {
                Window::Person(Name::from(ask.text("to")))
            } else {
                return None;
            };
            Some((window, ask.text("text")))
        })
    }

    /// Asks for the page before a line of a room; it comes into `pages`.
    pub fn older(&mut self, room: &Name, before: u64, now: Now) {
        self.page(room, Part::Before(before), now);
    }

    pub fn newer(&mut self, room: &Name, after: u64, now: Now) {
        self.page(room, Part::After(after), now);
    }

    pub fn around(&mut self, room: &Name, seq: u64, now: Now) {
        self.page(room, Part::Around(seq), now);
    }

    /// Searches one room.
    pub fn find(&mut self, room: &Name, query: &str, now: Now) {
        self.page(room, Part::Found(query.to_owned()), now);
    }

    fn page(&mut self, room: &Name, part: Part, now: Now) {
        let mut args = Args::default();
        args.set("room", Value::Text(room.to_string().into()));
        let row = match &part {
            Part::Before(seq) => {
                args.set("before", Value::Number(*seq));
                &table::HISTORY
            }
            Part::After(seq) => {
                args.set("after", Value::Number(*seq));
                &table::HISTORY
            }
            // The half of a page behind it, so that it stands in the middle.
            Part::Around(seq) => {
                args.set("before", Value::Number(seq + PAGE_LINES / 2));
                &table::HISTORY
            }
            Part::Found(query) => {
                args.set("query", Value::Text(query.clone().into()));
                &table::SEARCH
            }
            Part::Missed(_) => &table::HISTORY,
        };
        let limit = if matches!(part, Part::Missed(_)) { 1 } else { PAGE_LINES };
        args.set("limit", Value::Number(limit));
        let mut ask = Ask::new(row, &args);
        ask.part = Some(part);
        self.ask_quietly(ask, now);
    }

    /// Everything up to `seq` has been read.
    pub fn read(&mut self, room: &Name, seq: u64, now: Now) {
        let Some(known) = self.rooms.get_mut(room) else { return };
        if known.read.is_some_and(|read| read >= seq) {
            return;
        }
        known.read = Some(seq);
        let mut args = Args::default();
        args.set("room", Value::Text(room.to_string().into()));
        args.set("seq", Value::Number(seq));
        self.ask_quietly(Ask::new(&table::MARK_READ, &args), now);
    }

    /// What nobody has typed, and nobody is told of when it fails. Without a connection it can wait
    /// for the next time that it is wanted.
    fn ask_quietly(&mut self, ask: Ask, now: Now) {
        let here = matches!(self.phase, Phase::Entering | Phase::Talking);
        if here && self.unanswered.len() < UNANSWERED_MAX {
            self.ask(Ask { quiet: true, ..ask }, None, now);
        } else {
            self.no_page(&ask, None);
        }
    }

    /// A page that was asked for does not come.
    pub(super) fn no_page(&mut self, ask: &Ask, refused: Option<String>) {
        if let Some(Part::Missed(_)) = ask.part {
            self.missed.awaited = self.missed.awaited.saturating_sub(1);
        } else if let Some(part) = ask.part.clone() {
            let room = Name::from(ask.text("room"));
            self.pages.push(Page { room, part, lines: Vec::new(), span: None, more: true, refused });
        }
    }

    /// Looks how much was said while there was no connection.
    pub(super) fn counts_missed(&mut self, now: Now) {
        let rooms: Vec<Name> = self.rooms.keys().cloned().collect();
        let seen: Vec<(Name, u64)> =
            rooms.into_iter().filter_map(|room| self.trail.seen(&room).map(|seq| (room, seq))).collect();
        self.missed = Missed { awaited: seen.len(), rooms: Vec::new() };
        for (room, seq) in seen {
            self.page(&room, Part::Missed(seq), now);
        }
    }

    /// One room has been looked at; the last one tells of all.
    pub(super) fn missed_in(&mut self, room: &Name, count: u64, now: Now) {
        if count > 0 {
            self.missed.rooms.push(format!("{room} ({count})"));
        }
        self.missed.awaited = self.missed.awaited.saturating_sub(1);
        if self.missed.awaited == 0 && !self.missed.rooms.is_empty() {
            let rooms = std::mem::take(&mut self.missed.rooms).join(", ");
            self.say("chatc-missed", &[("rooms", rooms.into())], now);
        }
    }

    /// This person is in these rooms, and in no others.
    pub(super) fn is_in(&mut self, welcome: &Welcome, now: Now) {
        self.rooms.retain(|room, _| welcome.rooms.contains(room));
        for room in &welcome.rooms {
            let known = self.rooms.entry(room.clone()).or_default();
            let read = welcome.read.iter().find(|(read, _)| read == room);
            known.read = read.map(|(_, seq)| *seq).or(known.read);
            let listed = welcome.directory.iter().find(|listing| listing.room == *room);
            if let Some(listing) = listed {
                known.topic.clone_from(&listing.topic);
            }
            self.ask_users(room, now);
        }
    }

    /// A room was entered.
    pub(super) fn goes_into(&mut self, info: &RoomInfo, now: Now) {
        if self.setup.windows {
            let read = self.rooms.get(&info.room).and_then(|room| room.read);
            self.rooms.insert(info.room.clone(), Room { read, ..Room::of(info) });
            self.ask_users(&info.room, now);
        }
    }

    /// A room was left, in whatever way. Plain lines go to another then.
    pub(super) fn goes_out_of(&mut self, room: &str) {
        self.rooms.remove(room);
        if self.setup.windows && *self.place.room == *room {
            let next = self.rooms.keys().next().unwrap_or(&self.place.home);
            self.place.room = next.clone();
        }
    }

    fn ask_users(&mut self, room: &Name, now: Now) {
        if self.setup.windows {
            let mut args = Args::default();
            args.set("room", Value::Text(room.to_string().into()));
            self.ask_quietly(Ask::new(&table::USERS, &args), now);
        }
    }

    /// What an event changes about the rooms that one is in.
    pub(super) fn keeps_up(&mut self, event: &Event) {
        match event {
            Event::Message(message) => self.goes_on(&message.room, message.seq),
            Event::Missed(message) => self.goes_on(&message.room, message.seq),
            Event::Joined { room, nick, .. } => {
                self.has_role(room, nick, Role::Member);
            }
            Event::Left { room, nick, .. } | Event::Kicked { room: Some(room), nick, .. } => {
                if let Some(room) = self.rooms.get_mut(room) {
                    room.members.remove(nick);
                }
            }
            Event::RoleChanged { room, nick, role, .. } => {
                self.has_role(room, nick, *role);
            }
            Event::Kicked { room: None, nick, .. } => {
                for room in self.rooms.values_mut() {
                    room.members.remove(nick);
                }
            }
            Event::Renamed { from, to, .. } => self.is_called(from, to),
            Event::Topic { room, topic, .. } => self.has_topic(room, topic),
            Event::Yours(own) => self.keeps_up(own),
            Event::Edited(_)
            | Event::Offer(_)
            | Event::Transfer(_)
            | Event::Whisper(_)
            | Event::WhisperOpened { .. }
            | Event::WhisperClosed { .. }
            | Event::Sanctioned { .. }
            | Event::RoomCreated { .. }
            | Event::RoomChanged { .. }
            | Event::RoomClosed { .. }
            | Event::Moved { .. }
            | Event::Announcement { .. }
            | Event::Notice { .. } => {}
        }
    }

    pub(super) fn goes_on(&mut self, room: &Name, seq: Option<u64>) {
        if let (Some(room), Some(seq)) = (self.rooms.get_mut(room), seq) {
            room.last = room.last.max(seq);
        }
    }

    pub(super) fn has_topic(&mut self, room: &Name, topic: &str) {
        if let Some(room) = self.rooms.get_mut(room) {
            topic.clone_into(&mut room.topic);
        }
    }

    /// A nickname has changed; also the person who is faced may have it.
    pub(super) fn is_called(&mut self, from: &Name, to: &Name) {
        for room in self.rooms.values_mut() {
            if let Some(role) = room.members.remove(from) {
                room.members.insert(to.clone(), role);
            }
        }
        if self.place.facing.as_ref() == Some(from) {
            self.place.facing = Some(to.clone());
        }
    }

    pub(super) fn has_role(&mut self, room: &Name, nick: &Name, role: Role) {
        if let Some(room) = self.rooms.get_mut(room) {
            room.members.insert(nick.clone(), role);
        }
    }

    /// Who is in a room, as the server has listed them.
    pub(super) fn has_members(&mut self, room: &Name, users: &[User]) {
        if let Some(room) = self.rooms.get_mut(room) {
            room.members = users.iter().map(|user| (user.nick.clone(), user.role)).collect();
        }
    }
}
