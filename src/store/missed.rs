//! What somebody has missed: messages after a seq, changes of earlier ones, whispers.
//!
//! Changes nothing, and knows nobody who is here. Why what a message became is read from its old
//! versions backwards: the newest of them are the ones of the time away.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::{read, rooms};
use crate::core::entry::{MissedQuery, Page, WhispersQuery};
use crate::core::event::{Edit, Message, Whisper};
use crate::core::name::{self, Name};
use crate::core::time::Wall;
use crate::limits::{
    MISSED_EDITS_LOOKED_MAX, MISSED_EDITS_MAX, MISSED_WHISPERS_LOOKED_MAX, PAGE_TEXT_BYTES_MAX,
};

pub fn page(connection: &Connection, asked: &MissedQuery) -> rusqlite::Result<Page> {
    let key = name::key(&asked.room);
    let Some((room, _)) = rooms::find(connection, key.as_str())? else {
        return Ok(Page::Missed { messages: Vec::new(), edits: Vec::new(), more: false });
    };
    let mut statement = connection.prepare_cached(
        "SELECT id, seq, at, sender, kind, text, mentions, edited, deleted, run = ?3 AND serial = ?4
         FROM messages WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?5",
    )?;
    let author = asked.author;
    let bounds =
        params![room, read::clamp(asked.after), author.run, author.serial, i64::from(asked.limit) + 1];
    let rows = statement.query_map(bounds, |row| {
        let own: Option<bool> = row.get(9)?;
        Ok((read::message(&asked.room, row)?, own == Some(true)))
    })?;
    let (mut found, more) = read::fill(rows, asked.limit, |(message, _)| read::text_bytes(message))?;
    own_ids(connection, &asked.session, &mut found)?;
    let messages = found.into_iter().map(|(message, _)| message).collect();
    let edits = match asked.edits_of {
        Some(had) => edits(connection, &asked.room, room, had)?,
        None => Vec::new(),
    };
    Ok(Page::Missed { messages, edits, more })
}

/// Gives one's own messages the ids that their author knows them by.
fn own_ids(connection: &Connection, session: &str, found: &mut [(Message, bool)]) -> rusqlite::Result<()> {
    let Some((first, _)) = found.iter().find(|(_, own)| *own) else { return Ok(()) };
    let mut statement = connection
        .prepare_cached("SELECT number, at, mid FROM client_ids WHERE session = ?1 AND at >= ?2")?;
    let rows = statement.query_map(params![session, first.at.0], |row| {
        let number: i64 = row.get(0)?;
        Ok(((Some(number.cast_unsigned()), row.get::<_, i64>(1)?), row.get::<_, String>(2)?))
    })?;
    let mids: HashMap<_, _> = rows.collect::<rusqlite::Result<_>>()?;
    for (message, own) in found {
        let mid = mids.get(&(message.seq, message.at.0)).filter(|_| *own);
        message.mid = mid.map(|mid| mid.as_str().into());
    }
    Ok(())
}

/// How the messages up to `had` read that were changed after that one was said.
fn edits(connection: &Connection, name: &Name, room: i64, had: u64) -> rusqlite::Result<Vec<Edit>> {
    let since: Option<i64> = connection
        .prepare_cached("SELECT at FROM messages WHERE room = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1")?
        .query_row(params![room, read::clamp(had)], |row| row.get(0))
        .optional()?;
    let Some(since) = since else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(
        "SELECT v.at, v.actor, m.room, m.seq, m.sender, m.text, m.deleted
         FROM versions v CROSS JOIN messages m ON m.id = v.message ORDER BY v.id DESC LIMIT ?1",
    )?;
    let mut rows = statement.query([MISSED_EDITS_LOOKED_MAX as i64])?;
    let (mut edits, mut met) = (Vec::new(), HashSet::new());
    while let Some(row) = rows.next()? {
        let (at, seq): (i64, i64) = (row.get(0)?, row.get(3)?);
        if at < since || edits.len() == MISSED_EDITS_MAX {
            break;
        }
        let seq = seq.cast_unsigned();
        if row.get::<_, i64>(2)? != room || seq > had || !met.insert(seq) {
            continue;
        }
        let deleted: bool = row.get(6)?;
        edits.push(Edit {
            room: name.clone(),
            seq,
            at: Wall(at),
            by: Name::from(row.get::<_, String>(1)?),
            from: Name::from(row.get::<_, String>(4)?),
            text: if deleted { None } else { Some(row.get(5)?) },
        });
    }
    Ok(edits)
}

pub fn whispers(connection: &Connection, asked: &WhispersQuery) -> rusqlite::Result<Page> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, sender, receivers, text FROM whispers WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let looked_max = MISSED_WHISPERS_LOOKED_MAX;
    let mut rows = statement.query(params![read::clamp(asked.after), looked_max as i64])?;
    let to = name::key(&asked.to);
    let (mut whispers, mut until, mut looked, mut bytes) = (Vec::new(), asked.after, 0, 0);
    while let Some(row) = rows.next()? {
        let text: String = row.get(4)?;
        let receivers: String = row.get(3)?;
        let theirs = receivers.split(',').any(|nick| name::key(nick) == to);
        let at = Wall(row.get(1)?);
        if theirs && at >= asked.since {
            bytes += text.len();
            if whispers.len() == asked.limit as usize || bytes > PAGE_TEXT_BYTES_MAX {
                return Ok(Page::MissedWhispers { whispers, until, more: true });
            }
            let id = row.get::<_, i64>(0)?.cast_unsigned();
            let to = receivers.split(',').map(Name::from).collect();
            let from = Name::from(row.get::<_, String>(2)?);
            whispers.push(Whisper { id: Some(id), at, from, to, text });
        }
        until = row.get::<_, i64>(0)?.cast_unsigned();
        looked += 1;
    }
    Ok(Page::MissedWhispers { whispers, until, more: looked == looked_max })
}
