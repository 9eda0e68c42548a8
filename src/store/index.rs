//! The index of words over what was said: it follows the talk, in transactions of its own.
//!
//! Knows no question. Why not in the transaction that keeps a message: what is not indexed yet is
//! found all the same, row by row, and many messages at once cost the index much less than each alone.

use rusqlite::{Connection, params};

use crate::core::fold::fold;
use crate::limits::{SEARCH_INDEX_STEP_BYTES, SEARCH_INDEX_STEP_ROWS};

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
            words.extend(word);
        }
        words
    }
}

pub fn room_word(room: i64) -> String {
    format!("¤{room}")
}

/// The tokenizer takes letters and digits of ASCII and everything beyond it.
pub fn from_word(nick: &str) -> String {
    let letters = fold(nick);
    let plain = |c: &char| if c.is_ascii() && !c.is_ascii_alphanumeric() { '¬' } else { *c };
    std::iter::once('¶').chain(letters.letters().iter().map(plain)).collect()
}

/// The first message that is not in the index; all after it are not, and all before it are.
pub fn end(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE key = 'search_end'")?
        .query_row([], |row| row.get(0))
}

fn add(connection: &Connection, entry: &Entry<'_>) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![entry.id, entry.words()])?;
    Ok(())
}

/// A text becomes another one, or none. What is not indexed yet will be as it reads then.
pub fn change(connection: &Connection, old: &Entry<'_>, new: Option<&str>) -> rusqlite::Result<()> {
    if old.id >= end(connection)? {
        return Ok(());
    }
    // An index without texts must be told what it forgets (SQLite FTS5 §6.4).
    connection
        .prepare_cached("INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)")?
        .execute(params![old.id, old.words()])?;
    new.map_or(Ok(()), |text| add(connection, &Entry { text, ..*old }))
}

/// Indexes some of what is not in it yet, the oldest first, and says how many may be left.
pub fn step(connection: &Connection) -> rusqlite::Result<u64> {
    // A lost index is made again, so it waits for no disk: the next commit of talk takes it along.
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let stepped = in_transaction(connection);
    let restored = connection.pragma_update(None, "synchronous", synchronous);
    let left = stepped?;
    restored.map(|()| left)
}

fn in_transaction(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let done =
        add_some(connection).and_then(|left| connection.prepare_cached("COMMIT")?.execute([]).map(|_| left));
    if done.is_err() && !connection.is_autocommit() {
        // The error to tell is the first one; a failed rollback ends with the connection.
        let _ = connection.execute_batch("ROLLBACK");
    }
    done
}

/// In ascending order: FTS5 begins a new segment at each id that is lower than the one before.
fn add_some(connection: &Connection) -> rusqlite::Result<u64> {
    let start = end(connection)?;
    let mut end = start;
    let mut statement = connection.prepare_cached(
        "SELECT id, room, sender, text, deleted FROM messages WHERE id >= ?1 ORDER BY id LIMIT ?2",
    )?;
    let mut rows = statement.query(params![start, SEARCH_INDEX_STEP_ROWS as i64])?;
    let mut bytes = 0;
    while bytes < SEARCH_INDEX_STEP_BYTES
        && let Some(row) = rows.next()?
    {
        let (id, from, text) = (row.get(0)?, row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?);
        if !row.get(4)? {
            add(connection, &Entry { id, room: row.get(1)?, from, text })?;
        }
        bytes += text.len();
        end = id + 1;
    }
    if end > start {
        connection.prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'search_end'")?.execute([end])?;
    }
    Ok((last_id(connection)? + 1).saturating_sub(end).max(0).cast_unsigned())
}

/// The newest message; 0: there is none.
pub fn last_id(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT COALESCE(MAX(id), 0) FROM messages")?.query_row([], |row| row.get(0))
}
