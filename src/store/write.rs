//! Entries into rows: one transaction for a whole batch.
//!
//! Knows no thread. Why the seq is given here, inside the transaction: only
//! what is committed may use one up.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::{self, Chain, Key, Kind, MessageBody};
use super::retention::{self, Retention};
use super::{edits, index, reads, rooms, sanctions, schedules, sessions};
use crate::core::chain::Anchor;
use crate::core::entry::{Author, ClientId, CommandRecord, Entry, Fires, Job, Outcome};
use crate::core::event::{Message, Whisper};
use crate::core::name::{self, Name, NameKey};
use crate::core::time::Wall;

/// The one connection that writes, and each room's last seq. Only rooms where something was said are
/// in the maps, and those never leave the database: what is in the maps stays true.
pub struct Writer {
    pub(super) connection: Connection,
    /// By name as written: spellings of one room lead to one number and key.
    pub(super) rooms: HashMap<Name, (i64, NameKey)>,
    pub(super) last: HashMap<i64, u64>,
    /// The number of the last message; none: to be read from the database.
    pub(super) newest: Option<i64>,
    pub(super) chain: Chain,
    pub(super) retention: Retention,
}

impl Writer {
    pub fn new(connection: Connection) -> Writer {
        let (rooms, last) = (HashMap::new(), HashMap::new());
        let (chain, retention) = (Chain::default(), Retention::default());
        Writer { connection, rooms, last, newest: None, chain, retention }
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    #[cfg(test)]
    pub fn into_connection(self) -> Connection {
        self.connection
    }

    /// The newest record of the chain, to be noted where whoever can change the database cannot.
    pub fn anchor(&mut self) -> rusqlite::Result<Anchor> {
        self.chain.newest(&self.connection)
    }

    /// Indexes the words of some messages, and says how many more may not be indexed.
    pub fn index(&self) -> rusqlite::Result<u64> {
        index::step(&self.connection)
    }

    /// Commits all of `jobs` or none, and says what each came to.
    pub fn commit(&mut self, jobs: &[Job]) -> rusqlite::Result<Vec<Outcome>> {
        self.whole(|writer| jobs.iter().map(|job| writer.keep(&job.entry)).collect())
    }

    /// All of it in one transaction, or nothing.
    pub(super) fn whole<T>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let kept = self.try_whole(work);
        if kept.is_err() {
            // Seqs that were given to nothing are free again.
            self.rooms.clear();
            self.last.clear();
            self.newest = None;
            self.chain.forget();
            if !self.connection.is_autocommit() {
                // The error to tell is the first one; a failed rollback ends with the connection.
                let _ = self.connection.execute_batch("ROLLBACK");
            }
        }
        kept
    }

    fn try_whole<T>(&mut self, work: impl FnOnce(&mut Writer) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let done = work(self)?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(done)
    }

    fn keep(&mut self, entry: &Entry) -> rusqlite::Result<Outcome> {
        match entry {
            Entry::Message { message, author, mid, fires } => {
                self.message(message, *author, mid.as_ref(), *fires)
            }
            Entry::Edit { edit, terms } => edits::change(&self.connection, &mut self.chain, edit, *terms),
            Entry::Whisper { whisper, mid } => self.whisper(whisper, mid.as_ref()),
            Entry::Command(record) => self.command(record),
            Entry::Schedule(schedule) => schedules::keep(&self.connection, schedule),
            Entry::ScheduleEnd { schedule, end } => schedules::end(&self.connection, *schedule, *end),
            Entry::ScheduleSkip { schedule, next, skipped } => {
                schedules::skip(&self.connection, *schedule, *next, *skipped)
            }
            Entry::Room(row) => rooms::keep(&self.connection, row),
            Entry::RoomClosed { room } => rooms::close(&self.connection, room),
            Entry::Sanction(sanction) => sanctions::keep(&self.connection, sanction),
            Entry::SanctionLifted { kind, who, room } => {
                sanctions::lift(&self.connection, *kind, who, room.as_deref())
            }
            Entry::Session(row) => sessions::keep(&self.connection, row),
            Entry::SessionEnd(author) => sessions::end(&self.connection, *author),
            Entry::Standing { rooms, sanctions, sessions } => {
                rooms::stand(&self.connection, rooms)?;
                sanctions::stand(&self.connection, sanctions)?;
                sessions::stand(&self.connection, sessions)?;
                Ok(Outcome::Kept(0))
            }
            Entry::Read(mark) => reads::keep(&self.connection, mark),
            Entry::Import(lines) => self.import(lines),
            Entry::Expire { whispers_before, client_ids_before, sanctions_before, reads_before } => {
                self.expire(*whispers_before, *client_ids_before)?;
                sanctions::expire(&self.connection, *sanctions_before)?;
                reads::expire(&self.connection, *reads_before)?;
                Ok(Outcome::Kept(0))
            }
            Entry::Retain { before, bytes_max } => {
                self.retain(*before, *bytes_max);
                Ok(Outcome::Kept(0))
            }
        }
    }

    fn message(
        &mut self,
        message: &Message,
        author: Option<Author>,
        mid: Option<&ClientId>,
        fires: Option<Fires>,
    ) -> rusqlite::Result<Outcome> {
        if let Some(repeated) = self.repeated(mid)? {
            return Ok(repeated);
        }
        if let Some(fires) = fires
            && !schedules::fire(&self.connection, fires)?
        {
            return Ok(Outcome::Missing);
        }
        if !self.rooms.contains_key(&message.room) {
            self.seat(&message.room)?;
        }
        let (room, key) = &self.rooms[&message.room];
        let last = self.last.get_mut(room).expect("a room is put into both maps");
        let seq = *last + 1;
        let body = MessageBody {
            room_key: key.as_str(),
            seq: seq as i64,
            at: message.at.0,
            sender: &message.from,
            kind: message.kind.word(),
            text: &message.text,
            schedule: fires.map(|fires| fires.schedule as i64),
            run: author.map(|author| author.run.into()),
            serial: author.map(|author| author.serial.into()),
        };
        let id = retention::next_message(&self.connection, &mut self.newest)?;
        self.connection
            .prepare_cached(
                "INSERT INTO messages (id, room, seq, at, sender, kind, text, schedule, run, serial, mentions)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                id,
                room,
                body.seq,
                body.at,
                body.sender,
                body.kind,
                body.text,
                body.schedule,
                body.run,
                body.serial,
                (!message.mentions.is_empty()).then(|| message.mentions.join(",")),
            ])?;
        *last = seq;
        let place = Key { kind: Kind::Message, place: *room, number: body.seq };
        self.chain.add(&self.connection, place, body.digest())?;
        self.remember(mid, seq, message.at)?;
        Ok(Outcome::Kept(seq))
    }

    pub(super) fn seat(&mut self, room: &Name) -> rusqlite::Result<()> {
        let (number, last) = rooms::seat(&self.connection, room)?;
        self.rooms.insert(room.clone(), (number, name::key(room)));
        self.last.insert(number, last);
        Ok(())
    }

    fn whisper(&mut self, whisper: &Whisper, mid: Option<&ClientId>) -> rusqlite::Result<Outcome> {
        if let Some(repeated) = self.repeated(mid)? {
            return Ok(repeated);
        }
        self.connection
            .prepare_cached("INSERT INTO whispers (at, sender, receivers, text) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![whisper.at.0, &*whisper.from, whisper.to.join(","), whisper.text])?;
        let id = self.connection.last_insert_rowid() as u64;
        self.remember(mid, id, whisper.at)?;
        Ok(Outcome::Kept(id))
    }

    fn repeated(&self, mid: Option<&ClientId>) -> rusqlite::Result<Option<Outcome>> {
        let Some(id) = mid else { return Ok(None) };
        self.connection
            .prepare_cached("SELECT number, at FROM client_ids WHERE session = ?1 AND mid = ?2")?
            .query_row(params![id.session, id.mid], |row| {
                Ok(Outcome::Repeated { number: row.get::<_, i64>(0)? as u64, at: Wall(row.get(1)?) })
            })
            .optional()
    }

    fn remember(&self, mid: Option<&ClientId>, number: u64, at: Wall) -> rusqlite::Result<()> {
        let Some(id) = mid else { return Ok(()) };
        self.connection
            .prepare_cached("INSERT INTO client_ids (session, mid, number, at) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id.session, id.mid, number as i64, at.0])?;
        Ok(())
    }

    fn command(&mut self, record: &CommandRecord) -> rusqlite::Result<Outcome> {
        self.connection
            .prepare_cached(
                "INSERT INTO commands (at, actor, door, command, args, outcome)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                record.at.0,
                &*record.actor,
                record.door,
                record.command,
                record.args,
                record.outcome
            ])?;
        let number = self.connection.last_insert_rowid();
        let key = Key { kind: Kind::Command, place: 0, number };
        self.chain.add(&self.connection, key, chain::command_digest(record))?;
        Ok(Outcome::Kept(number as u64))
    }

    fn expire(&self, whispers: Option<Wall>, client_ids: Wall) -> rusqlite::Result<()> {
        if let Some(before) = whispers {
            self.connection.prepare_cached("DELETE FROM whispers WHERE at < ?1")?.execute([before.0])?;
        }
        self.connection.prepare_cached("DELETE FROM client_ids WHERE at < ?1")?.execute([client_ids.0])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    fn writer() -> Writer {
        Writer::new(schema::open_in_memory(None).unwrap())
    }

    fn say(room: &str, text: &str, mid: Option<&str>) -> Job {
        let message = Message {
            room: room.into(),
            at: Wall(5),
            from: "Alice".into(),
            text: text.into(),
            ..Message::default()
        };
        let mid = mid.map(|mid| ClientId { session: "1-1".into(), mid: mid.into() });
        Job { ticket: None, entry: Entry::Message { message, author: None, mid, fires: None } }
    }

    fn expire(whispers_before: Option<Wall>) -> Job {
        let before = Wall(6);
        let entry = Entry::Expire {
            whispers_before,
            client_ids_before: before,
            sanctions_before: before,
            reads_before: before,
        };
        Job { ticket: None, entry }
    }

    #[test]
    fn each_room_counts_without_holes() {
        let mut writer = writer();
        let outcomes =
            writer.commit(&[say("a", "1", None), say("b", "1", None), say("a", "2", None)]).unwrap();
        assert_eq!(outcomes, [Outcome::Kept(1), Outcome::Kept(1), Outcome::Kept(2)]);
        // The same room in other letters goes on where it was, and back again.
        let outcomes =
            writer.commit(&[say("A", "3", None), say("a", "4", None), say("A", "5", None)]).unwrap();
        assert_eq!(outcomes, [Outcome::Kept(3), Outcome::Kept(4), Outcome::Kept(5)]);
    }

    #[test]
    fn a_failed_batch_leaves_nothing_and_uses_no_seq() {
        let mut writer = writer();
        writer.commit(&[say("a", "1", None)]).unwrap();
        writer.connection.execute_batch("CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.text = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END").unwrap();
        writer.commit(&[say("a", "2", None), say("a", "bad", None)]).unwrap_err();
        assert_eq!(writer.commit(&[say("a", "2", None)]).unwrap(), [Outcome::Kept(2)]);
    }

    #[test]
    fn the_id_of_an_expired_whisper_does_not_come_again() {
        let mut writer = writer();
        let whisper = |at| {
            let to = vec!["Bob".into()];
            let whisper = Whisper { id: None, at: Wall(at), from: "Alice".into(), to, text: "t".into() };
            Job { ticket: None, entry: Entry::Whisper { whisper, mid: None } }
        };
        let outcomes = writer.commit(&[whisper(5), expire(Some(Wall(6))), whisper(7)]).unwrap();
        assert_eq!(outcomes, [Outcome::Kept(1), Outcome::Kept(0), Outcome::Kept(2)]);
    }

    #[test]
    fn what_a_client_says_twice_is_kept_once() {
        let mut writer = writer();
        let outcomes = writer.commit(&[say("a", "1", Some("x")), say("a", "1", Some("x"))]).unwrap();
        assert_eq!(outcomes, [Outcome::Kept(1), Outcome::Repeated { number: 1, at: Wall(5) }]);
        writer.commit(&[expire(None)]).unwrap();
        assert_eq!(writer.commit(&[say("a", "1", Some("x"))]).unwrap(), [Outcome::Kept(2)]);
    }
}
