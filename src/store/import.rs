//! Lines of an export into rows: all of a request, or nothing.
//!
//! Knows no file. Why it is judged before anything is written: other entries of the batch stand
//! beside it, and must not be undone with it.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::chain::{Chain, Key, Kind, MessageBody, VersionBody};
use super::export::{receive, stamp};
use super::write::Writer;
use super::{read, retention, rooms, search};
use crate::core::entry::{Outcome, PastRoom};
use crate::core::event::Message;
use crate::core::export::{ImportFault, Kept, Line, Misfit};
use crate::core::name::{self, Name, NameKey};

/// A room as it is before an import, and as it will be behind the lines that were judged.
struct Place {
    number: Option<i64>,
    last: u64,
    last_at: i64,
    /// The last that is in the database, and the last that has expired there.
    kept: u64,
    expired: u64,
}

impl Place {
    fn find(connection: &Connection, room: &NameKey) -> rusqlite::Result<Place> {
        let found = rooms::find(connection, room.as_str())?;
        let (number, last) = found.unzip();
        let last = last.unwrap_or(0);
        let (last_at, expired) = match number {
            Some(number) => {
                (stamp(connection, number, last)?.unwrap_or(0), retention::expired(connection, number)?)
            }
            None => (0, 0),
        };
        Ok(Place { number, last, last_at, kept: last, expired: expired.cast_unsigned() })
    }

    /// Whether a message is new here; else it is there already.
    fn judge(
        &mut self,
        connection: &Connection,
        message: &Message,
    ) -> rusqlite::Result<Result<bool, ImportFault>> {
        let seq = message.seq.unwrap_or(0);
        let next = self.last + 1;
        if let Some(number) = self.number
            && seq <= self.kept
        {
            return Ok(match there(connection, number, message)? {
                Some(true) => Ok(false),
                Some(false) => Err(ImportFault::Differs),
                // It was there, for as long as such are kept.
                None if seq > 0 && seq <= self.expired => Ok(false),
                None => Err(ImportFault::Hole { next }),
            });
        }
        // What is before the first one has expired where it comes from.
        if seq != next && self.last > 0 {
            return Ok(Err(ImportFault::Hole { next }));
        }
        if message.at.0 < self.last_at {
            return Ok(Err(ImportFault::Earlier));
        }
        (self.last, self.last_at) = (seq, message.at.0);
        Ok(Ok(true))
    }
}

/// The places that were looked up, by their names as written: spellings of one room lead to one place.
#[derive(Default)]
struct Places<'a> {
    by_name: BTreeMap<&'a Name, usize>,
    by_key: BTreeMap<NameKey, usize>,
    list: Vec<Place>,
}

impl<'a> Places<'a> {
    fn of(&mut self, connection: &Connection, room: &'a Name) -> rusqlite::Result<&mut Place> {
        let index = match self.by_name.get(room) {
            Some(index) => *index,
            None => {
                let key = name::key(room);
                let index = match self.by_key.get(&key) {
                    Some(index) => *index,
                    None => {
                        self.list.push(Place::find(connection, &key)?);
                        self.list.len() - 1
                    }
                };
                self.by_key.insert(key, index);
                self.by_name.insert(room, index);
                index
            }
        };
        Ok(&mut self.list[index])
    }
}

/// Whether the message of that seq is this one, or what became of it since; none where there is no such message.
fn there(connection: &Connection, room: i64, message: &Message) -> rusqlite::Result<Option<bool>> {
    let sql = "SELECT id, seq, at, sender, kind, text, mentions, edited, deleted FROM messages
               WHERE room = ?1 AND seq = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![room, message.seq.unwrap_or(0).cast_signed()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut here = read::message(&message.room, row)?;
    if here.edited.is_some() {
        here.versions = read::versions(connection, row.get(0)?)?;
    }
    let said = (here.at, &here.from, here.kind) == (message.at, &message.from, message.kind);
    let changes = message.versions.len();
    let began = here.versions.get(..changes) == Some(&message.versions[..]);
    // It may have been changed here since it was brought in.
    let then = match here.versions.get(changes) {
        Some(version) => !message.deleted && version.text == message.text,
        None => (&here.text, here.deleted) == (&message.text, message.deleted),
    };
    Ok(Some(said && began && then))
}

impl Writer {
    /// Keeps what is not there yet.
    pub(super) fn import(&mut self, lines: &[Line]) -> rusqlite::Result<Outcome> {
        let mut places = Places::default();
        let mut new = Vec::new();
        let (mut there, mut line_of) = (0, 0);
        for line in lines {
            line_of += 1;
            let Line::Message(message) = line else { continue };
            match places.of(&self.connection, &message.room)?.judge(&self.connection, message)? {
                Ok(true) => new.push(&**message),
                Ok(false) => there += 1,
                Err(why) => {
                    let room = message.room.to_string();
                    let misfit = Misfit { line: line_of, room, seq: message.seq, why };
                    return Ok(Outcome::Import(Err(misfit)));
                }
            }
        }
        for line in lines {
            let Line::Room(room) = line else { continue };
            receive(&self.connection, room)?;
        }
        for message in &new {
            self.bring_in(message)?;
        }
        if !new.is_empty() {
            search::note_import(&self.connection)?;
        }
        let named = lines.iter().map(|line| match line {
            Line::Room(room) => &room.row.name,
            Line::Message(message) => &message.room,
        });
        let rooms = past(&self.connection, named)?;
        Ok(Outcome::Import(Ok(Kept { added: new.len() as u64, there, rooms })))
    }

    /// It belongs to nobody here: only moderators may change it.
    fn bring_in(&mut self, message: &Message) -> rusqlite::Result<()> {
        let seq = message.seq.unwrap_or(0);
        if !self.rooms.contains_key(&message.room) {
            self.seat(&message.room)?;
        }
        let (room, key) = &self.rooms[&message.room];
        let id = retention::next_message(&self.connection, &mut self.newest)?;
        self.connection
            .prepare_cached(
                "INSERT INTO messages (id, room, seq, at, sender, kind, text, mentions, edited, deleted)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                id,
                room,
                seq.cast_signed(),
                message.at.0,
                &*message.from,
                message.kind.word(),
                message.text,
                (!message.mentions.is_empty()).then(|| message.mentions.join(",")),
                message.edited.map(|at| at.0),
                message.deleted,
            ])?;
        let place = Key { kind: Kind::Message, place: *room, number: seq.cast_signed() };
        let body = MessageBody {
            room_key: key.as_str(),
            seq: seq.cast_signed(),
            at: message.at.0,
            sender: &message.from,
            kind: message.kind.word(),
            // As it was said.
            text: message.versions.first().map_or(&message.text, |version| &version.text),
            schedule: None,
            run: None,
            serial: None,
        };
        self.chain.add(&self.connection, place, body.digest())?;
        *self.last.get_mut(room).expect("a room is put into both maps") = seq;
        keep_versions(&self.connection, &mut self.chain, key.as_str(), id, message)
    }
}

/// What it said before; each change is a record of its own, as where it was made.
fn keep_versions(
    connection: &Connection,
    chain: &mut Chain,
    room_key: &str,
    id: i64,
    message: &Message,
) -> rusqlite::Result<()> {
    for (index, version) in message.versions.iter().enumerate() {
        let number = retention::next_version(connection)?;
        connection
            .prepare_cached(
                "INSERT INTO versions (id, message, at, actor, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![number, id, version.at.0, &*version.by, version.text])?;
        let key = Key { kind: Kind::Version, place: id, number };
        let now = (!message.deleted).then_some(message.text.as_str());
        let body = VersionBody {
            room_key,
            seq: message.seq.unwrap_or(0).cast_signed(),
            at: version.at.0,
            actor: &version.by,
            before: &version.text,
            after: message.versions.get(index + 1).map(|next| next.text.as_str()).or(now),
        };
        chain.add(connection, key, body.digest())?;
    }
    Ok(())
}

/// The rooms of these names, each once, as they are now.
fn past<'a>(
    connection: &Connection,
    named: impl Iterator<Item = &'a Name>,
) -> rusqlite::Result<Vec<PastRoom>> {
    let mut keys: Vec<NameKey> = Vec::new();
    let mut before = None;
    for name in named.filter(|name| before.replace(*name) != Some(*name)) {
        keys.push(name::key(name));
    }
    keys.sort_unstable();
    keys.dedup();
    let found = keys.iter().map(|key| rooms::past_named(connection, key.as_str()));
    found.filter_map(Result::transpose).collect()
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
