//! What a search finds: by the index of words, and row by row where that does not reach.
//!
//! Knows no rights: the room and the floor come with the question. Why each found text
//! is looked at again: the index knows words and pairs of syllables, and only the text
//! says where they stand.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::index::{self, last_id};
use super::{read, rooms, terms};
use crate::core::entry::{Page, SearchQuery};
use crate::core::fold::fold;
use crate::core::name::{self, Name};
use crate::core::reply::{Found, Search};
use crate::core::time::Wall;
use crate::limits::{
    PAGE_TEXT_BYTES_MAX, SEARCH_MS_MAX, SEARCH_SCAN_ROWS_MAX, SEARCH_SPAN_FIRST, SEARCH_SPAN_GROWTH,
    SEARCH_STEPS_PER_LOOK,
};

/// Ends a query of this connection when its time is up.
struct Deadline<'a>(&'a Connection);

impl Deadline<'_> {
    fn set(
        connection: &Connection,
        is_over: impl FnMut() -> bool + Send + 'static,
    ) -> rusqlite::Result<Deadline<'_>> {
        connection.progress_handler(SEARCH_STEPS_PER_LOOK, Some(is_over))?;
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
    let end = Instant::now() + Duration::from_millis(SEARCH_MS_MAX);
    find_until(connection, asked, move || Instant::now() > end)
}

fn find_until(
    connection: &Connection,
    asked: &SearchQuery,
    is_over: impl FnMut() -> bool + Send + 'static,
) -> rusqlite::Result<Page> {
    let room = match &asked.room {
        None => None,
        Some(room) => match rooms::find(connection, name::key(room).as_str())? {
            Some((room, _)) => Some(room),
            None => return Ok(Page::Search(Search::default())),
        },
    };
    let mut bounds = bounds(connection, asked, room)?;
    let mut search = Search::default();
    let deadline = Deadline::set(connection, is_over)?;
    let walked = if asked.wanted.is_indexed() || asked.from.is_some() {
        look_up(connection, asked, room, &mut bounds, &mut search)
    } else {
        search.scanned = Some(0);
        scan(connection, asked, room, &bounds, &mut search)
    };
    drop(deadline);
    match walked {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            search.partial = true;
        }
        walked => walked?,
    }
    if search.partial {
        if bounds.narrowed {
            let reached = match room {
                Some(room) => seq_from(connection, room, bounds.end)?,
                None => u64::try_from(bounds.end).ok(),
            };
            search.next = search.next.into_iter().chain(reached).min();
        }
        search.more = search.next.is_some();
    }
    if !search.more {
        search.next = None;
    }
    Ok(Page::Search(search))
}

/// Reads what is not indexed yet, then asks the index, for the newest ids first and then for ever more: when the
/// time is up, it is known how far it came.
fn look_up(
    connection: &Connection,
    asked: &SearchQuery,
    room: Option<i64>,
    bounds: &mut Bounds,
    search: &mut Search,
) -> rusqlite::Result<()> {
    let indexed_end = index::end(connection)?.max(bounds.first);
    if bounds.end > indexed_end {
        let first = indexed_end.max(bounds.end.saturating_sub(SEARCH_SCAN_ROWS_MAX.cast_signed()));
        let sql = format!(
            "SELECT {COLUMNS} FROM messages m CROSS JOIN rooms ON rooms.id = m.room
             WHERE m.id >= ?2 AND m.id < ?3 AND (?1 IS NULL OR +m.room = ?1) ORDER BY m.id DESC"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        walk(statement.query(params![room, first, bounds.end])?, asked, bounds.first, u64::MAX, search)?;
        bounds.narrow(first);
        // Old messages of a database that has just got its index.
        search.partial = first > indexed_end && !search.more;
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM search CROSS JOIN messages m ON m.id = search.rowid
         CROSS JOIN rooms ON rooms.id = m.room
         WHERE search MATCH ?1 AND search.rowid >= ?2 AND search.rowid < ?3 AND (?4 IS NULL OR m.room = ?4)
         ORDER BY search.rowid DESC"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let expression = terms::expression(connection, asked, room, bounds.end)?;
    let mut span = SEARCH_SPAN_FIRST;
    while bounds.end > bounds.first && !search.more && !search.partial {
        let first = bounds.first.max(bounds.end.saturating_sub(span));
        let rows = statement.query(params![expression, first, bounds.end, room])?;
        walk(rows, asked, bounds.first, u64::MAX, search)?;
        bounds.narrow(first);
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

impl Bounds {
    fn narrow(&mut self, end: i64) {
        self.end = end;
        self.narrowed = true;
    }
}

/// Ids grow with time, and inside a room with its seqs.
fn bounds(connection: &Connection, asked: &SearchQuery, room: Option<i64>) -> rusqlite::Result<Bounds> {
    let id_of = |sql: &str, seq: u64| -> rusqlite::Result<Option<i64>> {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        connection.prepare_cached(sql)?.query_row(params![room, seq], |row| row.get(0)).optional()
    };
    let to_seq = "SELECT id FROM messages WHERE room = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";
    let floor = if asked.floor > 0 { id_of(to_seq, asked.floor)? } else { None };
    let mut first = floor.map_or(1, |id| id + 1);
    if let Some(since) = asked.since {
        first = first.max(id_at(connection, since)?);
    }
    let end = if room.is_some() {
        // A room's own newest: however little of it is looked at, one seq at least is passed.
        let newest = asked.before.map_or(u64::MAX, |before| before.saturating_sub(1));
        id_of(to_seq, newest)?.map_or(first, |id| id + 1)
    } else {
        let before = asked.before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
        before.min(last_id(connection)? + 1)
    };
    Ok(Bounds { first, end, narrowed: false })
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
