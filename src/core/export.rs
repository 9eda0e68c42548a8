//! History on its way out of a server and into another: what an export holds, and what an import must be.
//!
//! Knows no file and no SQL. Why an import is judged as strictly as talk: what it brings is read
//! by the same people, on the same terminals.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::effect::Effects;
use super::entry::{Entry, Outcome, PastRoom, Query};
use super::event::Message;
use super::hub::Hub;
use super::name::{self, Name, NameFault};
use super::pending::{Asker, Done, Pending};
use super::reject::{Reject, echo};
use super::reply::Reply;
use super::room::{RoomId, RoomRow};
use super::settings::Storage;
use super::talk::check_text;
use super::time::Wall;
use crate::limits::{IMPORT_AHEAD_MS_MAX, MENTIONS_MAX, ROOMS_MAX, SLOW_MS_MAX, TOPIC_CHARS_MAX};

/// One line of an export: a room comes before what was said in it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Line {
    Room(Box<RoomLine>),
    Message(Box<Message>),
}

/// A room with its settings; not its password.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoomLine {
    pub locked: bool,
    /// It was there, and not only its history.
    pub open: bool,
    /// Its lock is none.
    pub row: RoomRow,
}

impl RoomLine {
    pub fn is_private(&self) -> bool {
        self.locked || self.row.is_private()
    }

    /// As it comes back. Nobody knows the password of one that was locked, so only the invited come in.
    pub fn restored(&self) -> RoomRow {
        RoomRow { lock: None, invite_only: self.row.invite_only || self.locked, ..self.row.clone() }
    }
}

/// How far an export has come: the last room that it has met, by its number in the database, and the last
/// message; of one room that is its seq.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ExportMark {
    pub rooms: u64,
    pub after: u64,
}

/// A page of an export.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Exported {
    pub server: String,
    pub at: Wall,
    pub lines: Vec<Line>,
    /// Where to go on; none at the end.
    pub next: Option<ExportMark>,
    /// The last message that there is at this moment, counted as [`ExportMark::after`].
    pub last: u64,
}

/// What an import came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    pub added: u64,
    /// Messages that were there already.
    pub there: u64,
    /// The rooms that are in it, as the database has them now.
    pub rooms: Vec<PastRoom>,
}

/// The first line of an import that cannot be kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Misfit {
    /// Its place, from 1 on.
    pub line: usize,
    pub room: String,
    pub seq: Option<u64>,
    pub why: ImportFault,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ImportFault {
    /// Not an object of that form; what the parser says of it.
    Form(String),
    Room(NameFault),
    Nick(NameFault),
    /// A text that nobody could have said, or a setting that no room can have.
    Text,
    /// What it says of having been changed does not fit together.
    Versions,
    /// It was said later than now.
    Future,
    /// Nothing is known of its room.
    NoRoom,
    /// The room is for everybody here, and was not there.
    Public,
    /// Another message is there.
    Differs,
    /// The room goes on with this seq here.
    Hole {
        next: u64,
    },
    /// It was said before the one before it.
    Earlier,
}

impl Line {
    fn misfit(&self, line: usize, why: ImportFault) -> Misfit {
        let (room, seq) = match self {
            Line::Room(room) => (&room.row.name, None),
            Line::Message(message) => (&message.room, message.seq),
        };
        Misfit { line, room: echo(room), seq, why }
    }
}

/// The first line that no server could have written, if there is one.
pub fn check(lines: &[Line], now: Wall) -> Result<(), Misfit> {
    // The same few names come again and again.
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for (place, line) in lines.iter().enumerate() {
        let checked = match line {
            Line::Room(room) => check_room(room),
            Line::Message(message) => check_message(message, now, &mut known),
        };
        checked.map_err(|why| line.misfit(place + 1, why))?;
    }
    Ok(())
}

fn check_room(room: &RoomLine) -> Result<(), ImportFault> {
    let row = &room.row;
    room_is_sound(&row.name)?;
    let topic = row.topic.is_empty() || check_text(&row.topic, TOPIC_CHARS_MAX).is_ok();
    let numbers = row.slow_ms <= SLOW_MS_MAX && row.floor <= i64::MAX as u64;
    if topic && numbers { Ok(()) } else { Err(ImportFault::Text) }
}

fn room_is_sound(room: &str) -> Result<(), ImportFault> {
    let same = |name: Name| if *name == *room { Ok(()) } else { Err(NameFault::NotAllowed) };
    name::parse_room(room).and_then(same).map_err(ImportFault::Room)
}

fn nick_is_sound(nick: &str) -> Result<(), ImportFault> {
    match name::parse_nick(nick) {
        Ok(name) if *name == *nick => Ok(()),
        // The admin's own words.
        Err(NameFault::Reserved) => Ok(()),
        Ok(_) => Err(ImportFault::Nick(NameFault::NotAllowed)),
        Err(fault) => Err(ImportFault::Nick(fault)),
    }
}

fn check_message<'a>(
    message: &'a Message,
    now: Wall,
    known: &mut BTreeSet<&'a str>,
) -> Result<(), ImportFault> {
    let versions = &message.versions;
    if message.seq.is_none_or(|seq| seq == 0 || seq > i64::MAX as u64 / 2) {
        return Err(ImportFault::Form("seq".to_owned()));
    }
    if message.mentions.len() > MENTIONS_MAX {
        return Err(ImportFault::Form("mentions".to_owned()));
    }
    let nicks = std::iter::once(&message.from).chain(&message.mentions);
    for nick in nicks.chain(versions.iter().map(|version| &version.by)) {
        if known.insert(nick) {
            nick_is_sound(nick)?;
        }
    }
    let said = |text: &str| check_text(text, 0).is_ok();
    let empty = message.deleted && message.text.is_empty() && message.mentions.is_empty();
    if !(empty || !message.deleted && said(&message.text)) || !versions.iter().all(|one| said(&one.text)) {
        return Err(ImportFault::Text);
    }
    let stamps: Vec<Wall> = std::iter::once(message.at).chain(versions.iter().map(|one| one.at)).collect();
    let changed = versions.last().map(|version| version.at);
    if changed != message.edited || message.deleted && changed.is_none() || !stamps.is_sorted() {
        return Err(ImportFault::Versions);
    }
    let newest = stamps.last().copied().unwrap_or_default();
    let ahead = newest.0 > now.0.saturating_add(IMPORT_AHEAD_MS_MAX);
    if message.at.0 < 0 || ahead { Err(ImportFault::Future) } else { Ok(()) }
}

impl Hub {
    pub(super) fn export(
        &mut self,
        asker: &Asker,
        room: Option<&str>,
        from: ExportMark,
        limit: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let room = match room {
            None => None,
            Some(named) => match (self.rooms.named(named), self.rooms.past(named)) {
                (Some(open), _) => Some(self.rooms.get(open).name().clone()),
                (None, Some(past)) => Some(past.room.clone()),
                (None, None) => return Err(Reject::NoSuchRoom { room: echo(named) }),
            },
        };
        self.take_fetch(asker.session)?;
        let limit = super::memory::page_rows(limit, crate::limits::PAGE_ROWS_MAX);
        Ok(self.fetch(asker, None, Query::Export { room, from, limit }, out))
    }

    /// What the store has found becomes a reply.
    pub(super) fn exported(&self, mut exported: Box<Exported>) -> Reply {
        exported.server = self.settings.server.clone();
        exported.at = self.now().wall;
        Reply::Exported(exported)
    }

    pub(super) fn import(
        &mut self,
        asker: &Asker,
        lines: Vec<Line>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let misfit = |misfit| Reject::BadImport(Box::new(misfit));
        check(&lines, self.now().wall).map_err(misfit)?;
        self.fits(&lines)?.map_err(misfit)?;
        if self.storage != Storage::Well {
            return Err(Reject::StorageUnavailable);
        }
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Imported { session, re });
        out.record(Some(ticket), Entry::Import(lines));
        Ok(Done::Later)
    }

    /// Whether the rooms of the lines may be taken in here.
    fn fits(&self, lines: &[Line]) -> Result<Result<(), Misfit>, Reject> {
        let (mut told, mut opened) = (BTreeSet::new(), 0);
        for (place, line) in lines.iter().enumerate() {
            let why = match line {
                Line::Room(room) => {
                    told.insert(name::key(&room.row.name));
                    let here = self.rooms.named(&room.row.name).map(|id| self.rooms.get(id));
                    opened += usize::from(here.is_none() && room.open && room.row.kept);
                    let public = here.is_some_and(|here| !here.coming().is_private());
                    (room.is_private() && public).then_some(ImportFault::Public)
                }
                Line::Message(message) => {
                    let room = &message.room;
                    let known = self.rooms.named(room).is_some()
                        || self.rooms.past(room).is_some()
                        || told.contains(&name::key(room));
                    (!known).then_some(ImportFault::NoRoom)
                }
            };
            if let Some(why) = why {
                return Ok(Err(line.misfit(place + 1, why)));
            }
        }
        if self.rooms.len() + opened > ROOMS_MAX {
            return Err(Reject::TooMany { max: ROOMS_MAX });
        }
        Ok(Ok(()))
    }

    /// The history has taken it in; nobody is told of what was said long ago.
    pub(super) fn imported(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Import(lines) = entry else { unreachable!("an import records its lines") };
        let reply = match outcome {
            Outcome::Import(Ok(kept)) => {
                let reply = Reply::Imported { added: kept.added, there: kept.there };
                self.take_in(lines, kept.rooms, out);
                Ok(reply)
            }
            Outcome::Import(Err(misfit)) => Err(Reject::BadImport(Box::new(misfit))),
            Outcome::Kept(_)
            | Outcome::Repeated { .. }
            | Outcome::Edit(_)
            | Outcome::Missing
            | Outcome::Failed => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    fn take_in(&mut self, lines: Vec<Line>, rooms: Vec<PastRoom>, out: &mut Effects) {
        let mut changed: BTreeSet<RoomId> = BTreeSet::new();
        changed.extend(rooms.into_iter().filter_map(|found| self.rooms.take_in(found)));
        for line in lines {
            match line {
                Line::Message(message) => {
                    // What is said from now on must not look older.
                    self.last_at = self.last_at.max(message.at).max(message.edited.unwrap_or_default());
                }
                Line::Room(room) => changed.extend(self.take_in_room(&room)),
            }
        }
        for room in changed {
            out.record(None, Entry::Room(self.rooms.get(room).coming().clone()));
        }
    }

    /// A kept room is opened; one that is open gets what it has no setting for. Gives the room that was changed.
    fn take_in_room(&mut self, line: &RoomLine) -> Option<RoomId> {
        let row = line.restored();
        let Some(id) = self.rooms.named(&row.name) else {
            if !(line.open && row.kept) || self.rooms.len() >= ROOMS_MAX {
                return None;
            }
            let floor = self.rooms.past(&row.name).map_or(0, |past| past.floor).max(row.floor);
            let id = self.rooms.open(RoomRow { floor, ..row });
            self.let_linger(id);
            return Some(id);
        };
        let changed = self.rooms.get_mut(id).amend(|here| {
            here.floor = here.floor.max(row.floor);
            if line.open {
                here.capacity = here.capacity.or(row.capacity);
                if here.topic.is_empty() {
                    here.topic.clone_from(&row.topic);
                }
                if here.slow_ms == 0 {
                    here.slow_ms = row.slow_ms;
                }
            }
        });
        changed.then_some(id)
    }
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
