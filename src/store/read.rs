//! Pages of what the database remembers.
//!
//! Changes nothing. Why every page is found by seq: a room of ten million lines
//! answers as fast as one of ten.

use rusqlite::{Connection, OptionalExtension, params};

use super::{export, missed, rooms, search, verify};
use crate::core::backup::{BackupReport, Stage};
use crate::core::entry::{CommandRecord, HistoryQuery, Page, Query};
use crate::core::event::{Message, MessageKind, Version};
use crate::core::name::{self, Name};
use crate::core::reply::CommandRow;
use crate::core::time::Wall;
use crate::limits::{PAGE_ROWS_MAX, PAGE_TEXT_BYTES_MAX};

/// Answers one query.
pub fn page(connection: &Connection, query: &Query) -> rusqlite::Result<Page> {
    match query {
        Query::History(asked) => history(connection, asked),
        Query::Search(asked) => search::find(connection, asked),
        Query::Missed(asked) => missed::page(connection, asked),
        Query::MissedWhispers(asked) => missed::whispers(connection, asked),
        Query::Commands { since, before, after, limit } => {
            commands(connection, *since, *before, *after, *limit)
        }
        Query::Verify { from, until } => {
            verify::page(connection, *from, *until).map(|page| Page::Verified(Box::new(page)))
        }
        Query::Backup(_) => {
            let why = "there is no file to be copied".to_owned();
            Ok(Page::Backup(Box::new(BackupReport { backup: 0, stage: Stage::Failed { why } })))
        }
        Query::Export { room, from, limit } => export::page(connection, room.as_deref(), *from, *limit),
    }
}

fn history(connection: &Connection, asked: &HistoryQuery) -> rusqlite::Result<Page> {
    let key = name::key(&asked.room);
    let Some((room, last)) = rooms::find(connection, key.as_str())? else {
        return Ok(Page::History { messages: Vec::new(), more: false });
    };
    let mut first = asked.after.unwrap_or(0).max(asked.floor).saturating_add(1);
    let mut end = asked.before.unwrap_or(u64::MAX).min(last + 1);
    if let Some(since) = asked.since {
        first = first.max(seq_at(connection, room, last, since)?);
    }
    if let Some(until) = asked.until {
        end = end.min(seq_at(connection, room, last, until)?);
    }
    // From `after` on it goes forward, else back from the newest; the answer ascends either way.
    let forward = asked.after.is_some();
    let order = if forward { "ASC" } else { "DESC" };
    let sql = format!(
        "SELECT id, seq, at, sender, kind, text, mentions, edited, deleted FROM messages
         WHERE room = ?1 AND seq >= ?2 AND seq < ?3 AND (?4 IS NULL OR sender = ?4 COLLATE NOCASE)
         ORDER BY seq {order} LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = params![room, clamp(first), clamp(end), asked.from.as_deref(), i64::from(asked.limit) + 1];
    let rows = statement.query_map(bounds, |row| {
        let mut message = message(&asked.room, row)?;
        if asked.versions && message.edited.is_some() {
            message.versions = versions(connection, row.get(0)?)?;
        }
        Ok(message)
    })?;
    let (mut messages, more) = fill(rows, asked.limit, text_bytes)?;
    if !forward {
        messages.reverse();
    }
    Ok(Page::History { messages, more })
}

/// Takes rows until the page is full, and says whether there are more.
pub(super) fn fill<T>(
    rows: impl Iterator<Item = rusqlite::Result<T>>,
    limit: u32,
    text_bytes: impl Fn(&T) -> usize,
) -> rusqlite::Result<(Vec<T>, bool)> {
    let (mut page, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let row = row?;
        bytes += text_bytes(&row);
        // One row is always there, however long: else nobody could get past it.
        if page.len() == limit as usize || (bytes > PAGE_TEXT_BYTES_MAX && !page.is_empty()) {
            return Ok((page, true));
        }
        page.push(row);
    }
    Ok((page, false))
}

pub(super) fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub fn message(room: &Name, row: &rusqlite::Row<'_>) -> rusqlite::Result<Message> {
    let kind: String = row.get(4)?;
    let mentions: Option<String> = row.get(6)?;
    Ok(Message {
        room: room.clone(),
        seq: Some(row.get::<_, i64>(1)? as u64),
        at: Wall(row.get(2)?),
        from: Name::from(row.get::<_, String>(3)?),
        kind: MessageKind::from_word(&kind).unwrap_or(MessageKind::Say),
        text: row.get(5)?,
        mentions: mentions.iter().flat_map(|nicks| nicks.split(',')).map(Name::from).collect(),
        edited: row.get::<_, Option<i64>>(7)?.map(Wall),
        deleted: row.get(8)?,
        versions: Vec::new(),
        mid: None,
    })
}

pub(super) fn text_bytes(message: &Message) -> usize {
    let mentions: usize = message.mentions.iter().map(|nick| nick.len()).sum();
    let versions: usize = message.versions.iter().map(|version| version.text.len()).sum();
    message.text.len() + mentions + versions
}

/// What a message said before, oldest first: of what was changed without end, the newest that fit a page.
pub(super) fn versions(connection: &Connection, message: i64) -> rusqlite::Result<Vec<Version>> {
    let mut statement = connection
        .prepare_cached("SELECT at, actor, text FROM versions WHERE message = ?1 ORDER BY id DESC")?;
    let rows = statement.query_map([message], |row| {
        let by = Name::from(row.get::<_, String>(1)?);
        Ok(Version { at: Wall(row.get(0)?), by, text: row.get(2)? })
    })?;
    let (mut versions, _) = fill(rows, PAGE_ROWS_MAX, |version| version.text.len())?;
    versions.reverse();
    Ok(versions)
}

/// The first seq that was said at `instant` or later. Stamps do not decrease inside a
/// room, so halving finds it without an index; its first messages may be gone.
fn seq_at(connection: &Connection, room: i64, last: u64, instant: Wall) -> rusqlite::Result<u64> {
    let at = "SELECT at FROM messages WHERE room = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
    let mut statement = connection.prepare_cached(at)?;
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let at: Option<i64> =
            statement.query_row(params![room, middle as i64], |row| row.get(0)).optional()?;
        if at.is_some_and(|at| at < instant.0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn commands(
    connection: &Connection,
    since: Option<Wall>,
    before: Option<u64>,
    after: Option<u64>,
    limit: u32,
) -> rusqlite::Result<Page> {
    let forward = after.is_some();
    let order = if forward { "ASC" } else { "DESC" };
    let sql = format!(
        "SELECT id, at, actor, door, command, args, outcome FROM commands
         WHERE id > ?1 AND id < ?2 AND at >= ?3 ORDER BY id {order} LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = params![
        clamp(after.unwrap_or(0)),
        clamp(before.unwrap_or(u64::MAX)),
        since.map_or(i64::MIN, |since| since.0),
        i64::from(limit) + 1
    ];
    let rows = statement.query_map(bounds, |row| {
        Ok(CommandRow { record: row.get::<_, i64>(0)? as u64, command: command_record(row)? })
    })?;
    let (mut commands, more) = fill(rows, limit, |row: &CommandRow| row.command.args.len())?;
    if !forward {
        commands.reverse();
    }
    Ok(Page::Commands { commands, more })
}

/// What a command was; its number stands in the first column, and the rest as the table has it.
pub(super) fn command_record(row: &rusqlite::Row<'_>) -> rusqlite::Result<CommandRecord> {
    Ok(CommandRecord {
        at: Wall(row.get(1)?),
        actor: Name::from(row.get::<_, String>(2)?),
        door: row.get(3)?,
        command: row.get(4)?,
        args: row.get(5)?,
        outcome: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    fn room_of(messages: i64) -> Connection {
        let connection = schema::open_in_memory(None).unwrap();
        connection
            .execute(
                "INSERT INTO rooms (id, key, name) VALUES (1, ?1, 'lobby')",
                [name::key("lobby").as_str()],
            )
            .unwrap();
        for seq in 1..=messages {
            connection
                .execute(
                    "INSERT INTO messages (room, seq, at, sender, kind, text) VALUES (1, ?1, ?2, ?3, 'say', 't')",
                    params![seq, seq / 2 * 10, if seq % 2 == 0 { "Bob" } else { "Alice" }],
                )
                .unwrap();
        }
        connection
    }

    fn asked() -> HistoryQuery {
        HistoryQuery {
            room: "lobby".into(),
            floor: 0,
            versions: false,
            before: None,
            after: None,
            from: None,
            since: None,
            until: None,
            limit: 3,
        }
    }

    fn seqs(connection: &Connection, asked: HistoryQuery) -> (Vec<u64>, bool) {
        match page(connection, &Query::History(asked)).unwrap() {
            Page::History { messages, more } => (messages.iter().filter_map(|m| m.seq).collect(), more),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn pages_in_both_directions() {
        let connection = room_of(10);
        assert_eq!(seqs(&connection, asked()), (vec![8, 9, 10], true));
        assert_eq!(seqs(&connection, HistoryQuery { before: Some(8), ..asked() }), (vec![5, 6, 7], true));
        assert_eq!(seqs(&connection, HistoryQuery { before: Some(3), ..asked() }), (vec![1, 2], false));
        assert_eq!(seqs(&connection, HistoryQuery { after: Some(0), ..asked() }), (vec![1, 2, 3], true));
        assert_eq!(seqs(&connection, HistoryQuery { after: Some(8), ..asked() }), (vec![9, 10], false));
        assert_eq!(seqs(&connection, HistoryQuery { room: "else".into(), ..asked() }), (vec![], false));
    }

    #[test]
    fn a_page_ends_early_where_texts_are_long() {
        let connection = room_of(5);
        let long = "x".repeat(PAGE_TEXT_BYTES_MAX / 2);
        connection.execute("UPDATE messages SET text = ?1", [&long]).unwrap();
        assert_eq!(seqs(&connection, asked()), (vec![4, 5], true));
        connection.execute("UPDATE messages SET text = ?1", [&long.repeat(3)]).unwrap();
        assert_eq!(seqs(&connection, asked()), (vec![5], true));
    }

    #[test]
    fn nothing_from_below_the_floor() {
        let connection = room_of(10);
        let above = |floor| HistoryQuery { floor, ..asked() };
        assert_eq!(seqs(&connection, above(8)), (vec![9, 10], false));
        assert_eq!(seqs(&connection, above(10)), (vec![], false));
        let forward = HistoryQuery { after: Some(2), ..above(5) };
        assert_eq!(seqs(&connection, forward), (vec![6, 7, 8], true));
        let forward = HistoryQuery { after: Some(7), ..above(5) };
        assert_eq!(seqs(&connection, forward), (vec![8, 9, 10], false));
        let back = HistoryQuery { before: Some(7), ..above(5) };
        assert_eq!(seqs(&connection, back), (vec![6], false));
        let bob = HistoryQuery { from: Some("bob".into()), since: Some(Wall(0)), ..above(7) };
        assert_eq!(seqs(&connection, bob), (vec![8, 10], false));
        assert_eq!(
            seqs(&connection, HistoryQuery { after: Some(u64::MAX), ..above(u64::MAX) }),
            (vec![], false)
        );
    }

    #[test]
    fn what_was_changed_without_end_still_fits_a_page() {
        let connection = room_of(2);
        connection.execute("UPDATE messages SET edited = 99 WHERE seq = 1", []).unwrap();
        let id = "SELECT id FROM messages WHERE seq = 1";
        let id: i64 = connection.query_row(id, [], |row| row.get(0)).unwrap();
        let long = "x".repeat(PAGE_TEXT_BYTES_MAX / 2);
        for at in 1..=3 {
            let sql = "INSERT INTO versions (message, at, actor, text) VALUES (?1, ?2, 'Bob', ?3)";
            connection.execute(sql, params![id, at, long]).unwrap();
        }
        let asked = HistoryQuery { after: Some(0), versions: true, ..asked() };
        let Page::History { messages, more } = page(&connection, &Query::History(asked)).unwrap() else {
            panic!("no history")
        };
        let kept: Vec<i64> = messages[0].versions.iter().map(|version| version.at.0).collect();
        assert_eq!((kept, messages.len(), more), (vec![2, 3], 1, true));
    }

    #[test]
    fn by_person_and_time() {
        let connection = room_of(10);
        assert_eq!(
            seqs(&connection, HistoryQuery { from: Some("bob".into()), ..asked() }),
            (vec![6, 8, 10], true)
        );
        // Stamps are 0 10 10 20 20 30 30 40 40 50.
        assert_eq!(seqs(&connection, HistoryQuery { since: Some(Wall(41)), ..asked() }), (vec![10], false));
        assert_eq!(
            seqs(&connection, HistoryQuery { until: Some(Wall(20)), ..asked() }),
            (vec![1, 2, 3], false)
        );
        let between = HistoryQuery { since: Some(Wall(10)), until: Some(Wall(20)), ..asked() };
        assert_eq!(seqs(&connection, between), (vec![2, 3], false));
    }
}
