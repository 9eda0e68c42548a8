//! Pages of an export: rooms with their settings, then what was said in them.
//!
//! Changes nothing. Why each page looks for rooms that the ones before it did not have: one that
//! is made meanwhile then comes before its messages, too.

use rusqlite::{Connection, OptionalExtension, params};

use super::read::{fill, message, text_bytes, versions};
use super::rooms;
use crate::core::entry::Page;
use crate::core::event::Message;
use crate::core::export::{ExportMark, Exported, Line, RoomLine};
use crate::core::name::{self, Name};
use crate::core::room::RoomRow;
use crate::core::time::Wall;
use crate::limits::EXPORT_ROOMS_MAX;

/// One page of all rooms, or of one.
pub fn page(
    connection: &Connection,
    room: Option<&str>,
    from: ExportMark,
    limit: u32,
) -> rusqlite::Result<Page> {
    let picture = connection.unchecked_transaction()?;
    let number = match room {
        None => None,
        Some(room) => rooms::find(&picture, name::key(room).as_str())?.map(|(number, _)| number),
    };
    let mut page = Exported { server: String::new(), at: Wall(0), lines: Vec::new(), next: None, last: 0 };
    if room.is_some() && number.is_none() {
        // Nothing was ever said there.
        return Ok(Page::Exported(Box::new(page)));
    }
    page.last = last(&picture, number)?;
    let (mut mark, found) = (from, rooms_behind(&picture, number, from.rooms)?);
    let full = found.len() == EXPORT_ROOMS_MAX as usize;
    for (number, room) in found {
        mark.rooms = number.cast_unsigned();
        page.lines.push(Line::Room(Box::new(room)));
    }
    let mut more = full;
    if !full {
        let (found, others) = messages(&picture, number, from.after, limit)?;
        more = others;
        for (place, message) in found {
            mark.after = place.cast_unsigned();
            page.lines.push(Line::Message(Box::new(message)));
        }
    }
    page.next = more.then_some(mark);
    Ok(Page::Exported(Box::new(page)))
}

/// The place of the last message: its seq in a room, else its number in the database.
fn last(connection: &Connection, room: Option<i64>) -> rusqlite::Result<u64> {
    let last: i64 = match room {
        None => connection.query_row("SELECT COALESCE(MAX(id), 0) FROM messages", [], |row| row.get(0))?,
        Some(room) => {
            let sql = "SELECT COALESCE(MAX(seq), 0) FROM messages WHERE room = ?1";
            connection.query_row(sql, [room], |row| row.get(0))?
        }
    };
    Ok(last.cast_unsigned())
}

/// Rooms that are kept or have a history; others have nothing to take along.
fn rooms_behind(
    connection: &Connection,
    room: Option<i64>,
    after: u64,
) -> rusqlite::Result<Vec<(i64, RoomLine)>> {
    let mut rooms = connection.prepare_cached(
        "SELECT id, name, topic, capacity, listed, invite_only, slow_ms, kept, floor, lock IS NOT NULL, open
         FROM rooms WHERE id > ?1 AND (?2 IS NULL OR id = ?2)
             AND (open AND kept OR EXISTS (SELECT 1 FROM messages WHERE messages.room = rooms.id))
         ORDER BY id LIMIT ?3",
    )?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = rooms.query_map(params![after, room, EXPORT_ROOMS_MAX], |row| {
        let settings = RoomRow {
            name: Name::from(row.get::<_, String>(1)?),
            topic: row.get(2)?,
            capacity: row.get(3)?,
            lock: None,
            listed: row.get(4)?,
            invite_only: row.get(5)?,
            slow_ms: row.get::<_, i64>(6)?.cast_unsigned(),
            kept: row.get(7)?,
            floor: row.get::<_, i64>(8)?.cast_unsigned(),
        };
        Ok((row.get(0)?, RoomLine { locked: row.get(9)?, open: row.get(10)?, row: settings }))
    })?;
    rows.collect()
}

type Placed = (i64, Message);

fn messages(
    connection: &Connection,
    room: Option<i64>,
    after: u64,
    limit: u32,
) -> rusqlite::Result<(Vec<Placed>, bool)> {
    let (place, within) = match room {
        None => ("m.id", "?1 IS NULL AND m.id > ?2"),
        Some(_) => ("m.seq", "m.room = ?1 AND m.seq > ?2"),
    };
    let sql = format!(
        "SELECT m.id, m.seq, m.at, m.sender, m.kind, m.text, m.mentions, m.edited, m.deleted, rooms.name, {place}
         FROM messages m CROSS JOIN rooms ON rooms.id = m.room WHERE {within} ORDER BY {place} LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![room, after, i64::from(limit) + 1], |row| {
        let mut found = message(&Name::from(row.get_ref(9)?.as_str()?), row)?;
        if found.edited.is_some() {
            found.versions = versions(connection, row.get(0)?)?;
        }
        Ok((row.get(10)?, found))
    })?;
    fill(rows, limit, |(_, message)| text_bytes(message))
}

/// The settings of a room of which an export tells, for a room that is not open: what was not for everybody
/// in either place stays so.
pub fn receive(connection: &Connection, line: &RoomLine) -> rusqlite::Result<()> {
    let row = line.restored();
    connection
        .prepare_cached(
            "INSERT INTO rooms (key, name, topic, capacity, listed, invite_only, slow_ms, kept, floor, open)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)
             ON CONFLICT (key) DO UPDATE SET
                 listed = listed AND excluded.listed, invite_only = invite_only OR excluded.invite_only,
                 floor = MAX(floor, excluded.floor)
             WHERE NOT open",
        )?
        .execute(params![
            name::key(&row.name).as_str(),
            &*row.name,
            row.topic,
            row.capacity,
            row.listed,
            row.invite_only,
            row.slow_ms.cast_signed(),
            row.kept,
            row.floor.cast_signed(),
        ])?;
    Ok(())
}

/// The stamp of a room's message.
pub fn stamp(connection: &Connection, room: i64, seq: u64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT at FROM messages WHERE room = ?1 AND seq = ?2")?
        .query_row(params![room, seq.cast_signed()], |row| row.get(0))
        .optional()
}
