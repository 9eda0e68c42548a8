//! The index of words over what was said, and what it finds.
//!
//! Knows no rights: the room and the floor come with the question. Why each found text
//! is looked at again: the index knows words and pairs of syllables, and only the text
//! says where they stand.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::{read, rooms};
use crate::core::entry::{Page, SearchQuery};
use crate::core::fold::fold;
use crate::core::name::{self, Name};
use crate::core::reply::{Found, Search};
use crate::core::time::Wall;
use crate::limits::{
    PAGE_TEXT_BYTES_MAX, SEARCH_INDEX_STEP, SEARCH_MS_MAX, SEARCH_SCAN_ROWS_MAX, SEARCH_SPAN_FIRST,
    SEARCH_SPAN_GROWTH, SEARCH_STEPS_PER_LOOK,
};

/// A message as the index keeps it.
pub struct Entry<'a> {
    pub id: i64,
    pub room: i64,
    pub from: &'a str,
    pub text: &'a str,
}

impl Entry<'_> {
    /// Its words with blanks between. No text has the signs before the first two, so nobody can say them.
    fn words(&self) -> String {
        let mut words = format!("{} {}", room_word(self.room), from_word(self.from));
        for word in fold(self.text).tokens() {
            words.push(' ');
            words.push_str(&word);
        }
        words
    }
}

fn room_word(room: i64) -> String {
    format!("¤{room}")
}

/// The tokenizer takes letters and digits of ASCII and everything beyond it.
fn from_word(nick: &str) -> String {
    let letters = fold(nick);
    let plain = |c: &char| if c.is_ascii() && !c.is_ascii_alphanumeric() { '¬' } else { *c };
    std::iter::once('¶').chain(letters.letters().iter().map(plain)).collect()
}

/// Puts a new message, or the new text of an old one, into the index.
pub fn add(connection: &Connection, entry: &Entry<'_>) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![entry.id, entry.words()])?;
    Ok(())
}

/// An indexed text becomes another one, or none. What is not indexed yet will be as it reads then.
pub fn change(connection: &Connection, old: &Entry<'_>, new: Option<&str>) -> rusqlite::Result<()> {
    if old.id < indexed_from(connection)? {
        return Ok(());
    }
    // An index without texts must be told what it forgets (SQLite FTS5 §6.4).
    connection
        .prepare_cached("INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)")?
        .execute(params![old.id, old.words()])?;
    new.map_or(Ok(()), |text| add(connection, &Entry { text, ..*old }))
}

fn indexed_from(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = 'search_from'")?
        .query_row([], |row| row.get(0))
}

/// Indexes some of what was said before there was an index, the newest first. False: all of it is.
pub fn catch_up(connection: &Connection) -> rusqlite::Result<bool> {
    let end = indexed_from(connection)?;
    if end <= 1 {
        return Ok(false);
    }
    let start = (end - SEARCH_INDEX_STEP).max(1);
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let done = index(connection, start, end);
    let finish = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let finished = connection.execute_batch(finish);
    done.and(finished).map(|()| true)
}

/// In ascending order: FTS5 begins a new segment at each id that is lower than the one before.
fn index(connection: &Connection, start: i64, end: i64) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT id, room, sender, text FROM messages WHERE id >= ?1 AND id < ?2 AND NOT deleted ORDER BY id",
    )?;
    let mut rows = statement.query([start, end])?;
    while let Some(row) = rows.next()? {
        let (from, text): (String, String) = (row.get(2)?, row.get(3)?);
        add(connection, &Entry { id: row.get(0)?, room: row.get(1)?, from: &from, text: &text })?;
    }
    connection.prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'search_from'")?.execute([start])?;
    Ok(())
}

/// Ends a query of this connection when its time is up.
struct Deadline<'a>(&'a Connection);

impl Deadline<'_> {
    fn set(connection: &Connection) -> rusqlite::Result<Deadline<'_>> {
        let end = Instant::now() + Duration::from_millis(SEARCH_MS_MAX);
        connection.progress_handler(SEARCH_STEPS_PER_LOOK, Some(move || Instant::now() > end))?;
        Ok(Deadline(connection))
    }
}

impl Drop for Deadline<'_> {
    fn drop(&mut self) {
        // It fails only for connections that somebody else owns.
        let _ = self.0.progress_handler(0, None::<fn() -> bool>);
    }
}

/// The columns that `read::message` takes, and the room's name.
const COLUMNS: &str =
    "m.id, m.seq, m.at, m.sender, m.kind, m.text, m.mentions, m.edited, m.deleted, rooms.name";

/// Answers a search.
pub fn find(connection: &Connection, asked: &SearchQuery) -> rusqlite::Result<Page> {
    let room = match &asked.room {
        None => None,
        Some(room) => match rooms::find(connection, name::key(room).as_str())? {
            Some((room, _)) => Some(room),
            None => return Ok(Page::Search(Search::default())),
        },
    };
    let mut bounds = bounds(connection, asked, room)?;
    let mut search = Search::default();
    let deadline = Deadline::set(connection)?;
    let walked = if asked.wanted.is_indexed() || asked.from.is_some() {
        search.partial = indexed_from(connection)? > bounds.first;
        look_up(connection, asked, room, &mut bounds, &mut search)
    } else {
        search.scanned = Some(0);
        scan(connection, asked, room, &bounds, &mut search)
    };
    drop(deadline);
    match walked {
        Ok(()) => {}
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            search.partial = true;
            if bounds.narrowed {
                let reached = match room {
                    Some(room) => seq_from(connection, room, bounds.end)?,
                    None => u64::try_from(bounds.end).ok(),
                };
                search.next = search.next.into_iter().chain(reached).min();
            }
            search.more = search.next.is_some();
        }
        Err(error) => return Err(error),
    }
    if !search.more {
        search.next = None;
    }
    Ok(Page::Search(search))
}

/// Asks the index, for the newest ids first and then for ever more: when the time is up, it is known how far it came.
fn look_up(
    connection: &Connection,
    asked: &SearchQuery,
    room: Option<i64>,
    bounds: &mut Bounds,
    search: &mut Search,
) -> rusqlite::Result<()> {
    let sql = format!(
        "SELECT {COLUMNS} FROM search CROSS JOIN messages m ON m.id = search.rowid
         CROSS JOIN rooms ON rooms.id = m.room
         WHERE search MATCH ?1 AND search.rowid >= ?2 AND search.rowid < ?3
         ORDER BY search.rowid DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let expression = expression(asked, room);
    let mut span = SEARCH_SPAN_FIRST;
    while bounds.end > bounds.first && !search.more {
        let first = bounds.first.max(bounds.end.saturating_sub(span));
        let rows = statement.query(params![expression, first, bounds.end])?;
        walk(rows, asked, bounds.first, u64::MAX, search)?;
        bounds.end = first;
        bounds.narrowed = true;
        span = span.saturating_mul(SEARCH_SPAN_GROWTH);
    }
    Ok(())
}

/// Reads the newest messages one by one.
fn scan(
    connection: &Connection,
    asked: &SearchQuery,
    room: Option<i64>,
    bounds: &Bounds,
    search: &mut Search,
) -> rusqlite::Result<()> {
    let sql = match room {
        Some(_) => format!(
            "SELECT {COLUMNS} FROM messages m CROSS JOIN rooms ON rooms.id = m.room
             WHERE m.room = ?1 AND m.seq < ?2 ORDER BY m.seq DESC"
        ),
        None => format!(
            "SELECT {COLUMNS} FROM messages m CROSS JOIN rooms ON rooms.id = m.room
             WHERE ?1 IS NULL AND m.id < ?2 ORDER BY m.id DESC"
        ),
    };
    let before = asked.before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(params![room, before])?;
    walk(rows, asked, bounds.first, SEARCH_SCAN_ROWS_MAX, search)
}

/// The ids between which it is searched.
struct Bounds {
    first: i64,
    /// Exclusive; it comes down as far as has been looked.
    end: i64,
    narrowed: bool,
}

/// Ids grow with time, and inside a room with its seqs.
fn bounds(connection: &Connection, asked: &SearchQuery, room: Option<i64>) -> rusqlite::Result<Bounds> {
    let id_of = |sql: &str, seq: u64| -> rusqlite::Result<Option<i64>> {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        connection.prepare_cached(sql)?.query_row(params![room, seq], |row| row.get(0)).optional()
    };
    let from_seq = "SELECT id FROM messages WHERE room = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1";
    let to_seq = "SELECT id FROM messages WHERE room = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";
    let floor = if asked.floor > 0 { id_of(to_seq, asked.floor)? } else { None };
    let mut first = floor.map_or(1, |id| id + 1);
    if let Some(since) = asked.since {
        first = first.max(id_at(connection, since)?);
    }
    let end = match asked.before {
        None => None,
        Some(before) if room.is_some() => id_of(from_seq, before)?,
        Some(before) => i64::try_from(before).ok(),
    };
    let end = end.unwrap_or(i64::MAX).min(last_id(connection)?.saturating_add(1));
    Ok(Bounds { first, end, narrowed: false })
}

fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT COALESCE(MAX(id), 0) FROM messages")?.query_row([], |row| row.get(0))
}

/// The seq of a room's first message from this id on; none where there is none.
fn seq_from(connection: &Connection, room: i64, id: i64) -> rusqlite::Result<Option<u64>> {
    let mut statement = connection
        .prepare_cached("SELECT id FROM messages WHERE room = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1")?;
    let last = "SELECT COALESCE(MAX(seq), 0) FROM messages WHERE room = ?1";
    let last: i64 = connection.prepare_cached(last)?.query_row([room], |row| row.get(0))?;
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let there: Option<i64> = statement.query_row([room, middle], |row| row.get(0)).optional()?;
        if there.is_some_and(|there| there < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok((low <= last).then_some(low.cast_unsigned()))
}

/// What was brought in up to now has stamps of its own time: up to here ids do not tell the order of time.
pub fn note_import(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value) SELECT 'imported', MAX(id) FROM messages")?
        .execute([])?;
    Ok(())
}

/// The first id from which on a message may have been said at `instant` or later. Stamps do not decrease behind
/// what was brought in, so halving finds it there.
fn id_at(connection: &Connection, instant: Wall) -> rusqlite::Result<i64> {
    let imported = connection
        .prepare_cached("SELECT value FROM meta WHERE key = 'imported'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let imported: i64 = imported.unwrap_or(0);
    let mut statement =
        connection.prepare_cached("SELECT at FROM messages WHERE id >= ?1 ORDER BY id LIMIT 1")?;
    let (mut low, mut high) = (imported + 1, last_id(connection)? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let at: Option<i64> = statement.query_row([middle], |row| row.get(0)).optional()?;
        if at.is_some_and(|at| at < instant.0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(if low == imported + 1 { 1 } else { low })
}

/// What FTS5 is asked: quoted words of ours alone, so nothing that was typed is its syntax.
fn expression(asked: &SearchQuery, room: Option<i64>) -> String {
    let room = room.map(|room| format!("\"{}\"", room_word(room)));
    let from = asked.from.as_ref().map(|nick| format!("\"{}\"", from_word(nick)));
    let terms = asked.wanted.terms.iter().filter_map(|term| term.key()).map(|key| {
        let star = if key.prefix { " *" } else { "" };
        format!("\"{}\"{star}", key.words.join(" "))
    });
    let all: Vec<String> = terms.chain(from).chain(room).collect();
    all.join(" AND ")
}

/// Takes rows, the newest first, until the page is full or `rows_max` have been looked at.
fn walk(
    mut rows: rusqlite::Rows<'_>,
    asked: &SearchQuery,
    first: i64,
    rows_max: u64,
    search: &mut Search,
) -> rusqlite::Result<()> {
    let (mut looked, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if id < first {
            break;
        }
        if looked == rows_max {
            search.more = true;
            break;
        }
        looked += 1;
        if let Some(found) = judge(row, asked)? {
            bytes += found.message.text.len();
            // One is always there, however long: else nobody could get past it.
            let full = bytes > PAGE_TEXT_BYTES_MAX && !search.found.is_empty();
            if search.found.len() == asked.limit as usize || full {
                search.more = true;
                break;
            }
            search.found.push(found);
        }
        let number: i64 = if asked.room.is_some() { row.get(1)? } else { id };
        search.next = Some(number.cast_unsigned());
        search.scanned = search.scanned.map(|_| looked);
    }
    Ok(())
}

/// The message of a row, if it is what was sought.
fn judge(row: &Row<'_>, asked: &SearchQuery) -> rusqlite::Result<Option<Found>> {
    if asked.since.is_some_and(|since| row.get(2).is_ok_and(|at: i64| at < since.0)) {
        return Ok(None);
    }
    let text = row.get_ref(5)?.as_str()?;
    let Some(marks) = asked.wanted.marks(text) else { return Ok(None) };
    if row.get(8)? {
        return Ok(None);
    }
    let room = Name::from(row.get_ref(9)?.as_str()?);
    let message = read::message(&room, row)?;
    let theirs = |nick: &Name| fold(nick).letters() == fold(&message.from).letters();
    Ok(asked.from.as_ref().is_none_or(theirs).then_some(Found { message, marks }))
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
