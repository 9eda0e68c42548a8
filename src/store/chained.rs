//! The rows that the chain covers, each with the digest that it should have there.
//!
//! Changes nothing and judges nothing. Why a message and its changes are read together: what it said
//! first stands in its first version, what a change made of it in the next one.

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::{self, Key, Kind, MessageBody, VersionBody};
use super::read::command_record;
use super::retention;
use crate::core::chain::{Digest, Subject};
use crate::core::name::Name;

/// A row as it is now.
pub struct Found {
    /// Its number in its table.
    pub id: i64,
    pub key: Key,
    /// None: what is known of it does not fit together.
    pub digest: Option<Digest>,
}

/// The first row of a table behind this one; the beginning and what says of expiry stand in the chain alone.
pub fn next(connection: &Connection, kind: Kind, after: i64) -> rusqlite::Result<Option<Found>> {
    match kind {
        Kind::Start | Kind::Expired => Ok(None),
        Kind::Message => message(connection, after),
        Kind::Version => version(connection, after),
        Kind::Command => command(connection, after),
    }
}

/// The database's own number, in two halves.
pub fn database(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let mut half = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    let mut half = |key: &str| half.query_row([key], |row| row.get(0)).optional();
    Ok((half("id_high")?.unwrap_or(0), half("id_low")?.unwrap_or(0)))
}

fn message(connection: &Connection, after: i64) -> rusqlite::Result<Option<Found>> {
    // What was never changed says what it said; of a change there is a version.
    let sql = "SELECT m.id, m.room, r.key, m.seq, m.at, m.sender, m.kind, m.schedule, m.run, m.serial,
                   CASE WHEN m.edited IS NULL THEN m.text
                        ELSE (SELECT v.text FROM versions v WHERE v.message = m.id ORDER BY v.id LIMIT 1) END,
                   m.edited IS NULL AND m.deleted
               FROM messages m LEFT JOIN rooms r ON r.id = m.room WHERE m.id > ?1 ORDER BY m.id LIMIT 1";
    let row = connection.prepare_cached(sql)?.query_row([after], |row| {
        let (room_key, text): (Option<String>, Option<String>) = (row.get(2)?, row.get(10)?);
        let (seq, at, sender, kind) =
            (row.get(3)?, row.get(4)?, row.get::<_, String>(5)?, row.get::<_, String>(6)?);
        let (schedule, run, serial) = (row.get(7)?, row.get(8)?, row.get(9)?);
        let odd: bool = row.get(11)?;
        let whole = room_key.zip(text).filter(|_| !odd);
        let digest = whole.map(|(room_key, text)| {
            let (room_key, sender, kind, text) = (&*room_key, &*sender, &*kind, &*text);
            MessageBody { room_key, seq, at, sender, kind, text, schedule, run, serial }.digest()
        });
        Ok(Found {
            id: row.get(0)?,
            key: Key { kind: Kind::Message, place: row.get(1)?, number: seq },
            digest,
        })
    });
    row.optional()
}

fn version(connection: &Connection, after: i64) -> rusqlite::Result<Option<Found>> {
    let sql = "SELECT v.id, v.message, r.key, m.seq, v.at, v.actor, v.text,
                   (SELECT n.text FROM versions n WHERE n.message = v.message AND n.id > v.id ORDER BY n.id LIMIT 1),
                   m.text, m.edited, m.deleted
               FROM versions v LEFT JOIN messages m ON m.id = v.message LEFT JOIN rooms r ON r.id = m.room
               WHERE v.id > ?1 ORDER BY v.id LIMIT 1";
    let row = connection.prepare_cached(sql)?.query_row([after], |row| {
        let (room_key, seq): (Option<String>, Option<i64>) = (row.get(2)?, row.get(3)?);
        let (at, actor, before) = (row.get(4)?, row.get::<_, String>(5)?, row.get::<_, String>(6)?);
        let then: Option<String> = row.get(7)?;
        let (now, edited, deleted): (Option<String>, Option<i64>, Option<bool>) =
            (row.get(8)?, row.get(9)?, row.get(10)?);
        // The last change made it what it is now.
        let fits = then.is_some() || edited == Some(at);
        let after = then.or(now.filter(|_| deleted != Some(true)));
        let digest = room_key.zip(seq).filter(|_| fits).map(|(room_key, seq)| {
            let (room_key, actor, before, after) = (&*room_key, &*actor, &*before, after.as_deref());
            VersionBody { room_key, seq, at, actor, before, after }.digest()
        });
        let id = row.get(0)?;
        Ok(Found { id, key: Key { kind: Kind::Version, place: row.get(1)?, number: id }, digest })
    });
    row.optional()
}

fn command(connection: &Connection, after: i64) -> rusqlite::Result<Option<Found>> {
    let sql =
        "SELECT id, at, actor, door, command, args, outcome FROM commands WHERE id > ?1 ORDER BY id LIMIT 1";
    let row = connection.prepare_cached(sql)?.query_row([after], |row| {
        let id = row.get(0)?;
        let key = Key { kind: Kind::Command, place: 0, number: id };
        Ok(Found { id, key, digest: Some(chain::command_digest(&command_record(row)?)) })
    });
    row.optional()
}

/// Whether there is a row of this key anywhere.
pub fn is_there(connection: &Connection, key: Key) -> rusqlite::Result<bool> {
    let sql = match key.kind {
        Kind::Start | Kind::Expired => return Ok(true),
        Kind::Message => "SELECT 1 FROM messages WHERE room = ?1 AND seq = ?2",
        Kind::Version => "SELECT 1 FROM versions WHERE message = ?1 AND id = ?2",
        Kind::Command => "SELECT 1 FROM commands WHERE ?1 = 0 AND id = ?2",
    };
    connection.prepare_cached(sql)?.exists(params![key.place, key.number])
}

/// Whether the row of this key has expired: the chain says so further on.
pub fn has_expired(connection: &Connection, key: Key) -> rusqlite::Result<bool> {
    Ok(match key.kind {
        Kind::Start | Kind::Expired => false,
        Kind::Message => key.number <= retention::expired(connection, key.place)?,
        // With its message, which came before it and has been judged.
        Kind::Version => {
            let message = "SELECT 1 FROM messages WHERE id = ?1";
            !connection.prepare_cached(message)?.exists([key.place])?
        }
        Kind::Command => key.number <= retention::expired(connection, 0)?,
    })
}

/// What people call the record of this key, as far as its room or message is still there.
pub fn subject(connection: &Connection, key: Key) -> rusqlite::Result<Subject> {
    Ok(match key.kind {
        Kind::Start | Kind::Expired => Subject::Chain,
        Kind::Command => Subject::Command { record: key.number as u64 },
        Kind::Message => {
            let mut named = connection.prepare_cached("SELECT name FROM rooms WHERE id = ?1")?;
            let room: Option<String> = named.query_row([key.place], |row| row.get(0)).optional()?;
            Subject::Message { room: room.map(Name::from), seq: key.number as u64 }
        }
        Kind::Version => {
            let sql = "SELECT name, seq FROM messages JOIN rooms ON rooms.id = room WHERE messages.id = ?1";
            let message: Option<(String, i64)> = connection
                .prepare_cached(sql)?
                .query_row([key.place], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let (room, seq) = message.unzip();
            Subject::Version { room: room.map(Name::from), seq: seq.map(|seq| seq as u64) }
        }
    })
}
