//! What was said long ago goes: by age and by size, a little at a time.
//!
//! Knows no clock and no queue. Why in steps, each a transaction of its own: between two of them what
//! people say is committed, however much there is to delete.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::chain::{self, Key, Kind};
use super::index;
use super::write::Writer;
use crate::core::time::Wall;
use crate::limits::{
    CHAIN_ROW_BYTES, RETENTION_FREE_PAGES_KEPT, RETENTION_INDEX_SHARE, RETENTION_MERGE_PAGES,
    RETENTION_PAGES_PER_STEP, RETENTION_ROOMS_PER_STEP, RETENTION_ROUND_SHARE, RETENTION_ROWS_PER_STEP,
};

/// What shall be kept, and how far the deleting of the rest has come.
#[derive(Default)]
pub struct Retention {
    before: Option<Wall>,
    bytes_max: Option<u64>,
    stage: Stage,
    /// Messages that the index of words has been told to forget since it was last merged.
    forgotten: u64,
    messages: u64,
    commands: u64,
}

#[derive(Clone, Copy, Default)]
enum Stage {
    #[default]
    Rest,
    /// What is too old goes, of the rooms behind this one.
    Age { room: i64 },
    /// Is what remains too large?
    Measure,
    /// The messages before this one go, then the commands up to the last one's instant.
    Oldest { until: i64, at: Wall },
    /// An index of words forgets by noting what it forgot: the notes go when its parts are merged (SQLite FTS5 §6.8).
    Merge { begun: bool },
    /// The file gives its free pages back.
    Shrink,
}

/// A message that goes.
struct Gone {
    id: i64,
    room: i64,
    seq: i64,
    at: Wall,
    from: String,
    text: String,
    deleted: bool,
}

impl Writer {
    /// From now on messages before this instant go, and the oldest while all together take more bytes than this.
    pub(super) fn retain(&mut self, before: Option<Wall>, bytes_max: Option<u64>) {
        let retention = &mut self.retention;
        (retention.before, retention.bytes_max) = (before, bytes_max);
        if !matches!(retention.stage, Stage::Merge { .. }) {
            retention.stage = Stage::Age { room: 0 };
        }
    }

    /// Looks whether what is kept has grown too large.
    pub fn watch_size(&mut self) -> rusqlite::Result<()> {
        if matches!(self.retention.stage, Stage::Rest) && self.excess()?.is_some() {
            self.retention.stage = Stage::Measure;
        }
        Ok(())
    }

    /// Whether there is, or may be, something to delete.
    pub fn is_expiring(&self) -> bool {
        !matches!(self.retention.stage, Stage::Rest)
    }

    /// Deletes a little in a transaction of its own. False: nothing is left to be done.
    pub fn expire_step(&mut self) -> rusqlite::Result<bool> {
        let stage = self.whole(|writer| match writer.retention.stage {
            Stage::Rest => Ok(Stage::Rest),
            Stage::Age { room } => writer.too_old(room),
            Stage::Measure => writer.measure(),
            Stage::Oldest { until, at } => writer.oldest(until, at),
            Stage::Merge { begun } => writer.merge(begun),
            Stage::Shrink => writer.shrink(),
        })?;
        self.retention.stage = stage;
        let retention = &mut self.retention;
        if matches!(stage, Stage::Rest) && (retention.messages, retention.commands) != (0, 0) {
            let (messages, commands) = (retention.messages, retention.commands);
            (retention.messages, retention.commands) = (0, 0);
            log::info!(
                fact = "expired", count = messages;
                "expired: {messages} messages and {commands} entries of the record of commands"
            );
        }
        Ok(self.is_expiring())
    }

    fn too_old(&mut self, mut after: i64) -> rusqlite::Result<Stage> {
        let Some(before) = self.retention.before else { return Ok(Stage::Measure) };
        let rooms = {
            let sql = "SELECT id FROM rooms WHERE id > ?1 ORDER BY id LIMIT ?2";
            let mut rooms = self.connection.prepare_cached(sql)?;
            let rooms = rooms.query_map([after, RETENTION_ROOMS_PER_STEP], |row| row.get::<_, i64>(0))?;
            rooms.collect::<rusqlite::Result<Vec<_>>>()?
        };
        if rooms.is_empty() {
            return Ok(Stage::Measure);
        }
        let (mut gone, mut left) = (Vec::new(), RETENTION_ROWS_PER_STEP);
        for room in rooms {
            // Stamps do not decrease inside a room: behind the first that stays there is nothing to delete.
            let first = "WHERE room = ?1 ORDER BY seq LIMIT ?2";
            left -= take(&self.connection, first, [room, left], &mut gone, |gone| gone.at < before)?;
            if left <= 0 {
                break;
            }
            after = room;
        }
        self.delete(&gone)?;
        Ok(Stage::Age { room: after })
    }

    fn measure(&mut self) -> rusqlite::Result<Stage> {
        let span = |connection: &Connection| {
            let sql = "SELECT (SELECT MIN(id) FROM messages), (SELECT MAX(id) FROM messages)";
            connection.query_row(sql, [], |row| {
                Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?))
            })
        };
        let span = span(&self.connection)?;
        let count = span.map_or(0, |(first, last)| (last - first + 1).cast_unsigned());
        if let (Some((first, _)), Some((used, excess))) = (span, self.excess()?) {
            // Half of what seems too much: the next look knows better, and the newest go last of all.
            let share = u128::from(count) * u128::from(excess) / (2 * u128::from(used));
            let round = u64::try_from(share).unwrap_or(u64::MAX).max(count / RETENTION_ROUND_SHARE).max(1);
            return Ok(Stage::Oldest { until: first.saturating_add_unsigned(round), at: Wall(i64::MIN) });
        }
        let due = self.retention.forgotten > 0 && self.retention.forgotten >= count / RETENTION_INDEX_SHARE;
        Ok(if due { Stage::Merge { begun: false } } else { Stage::Shrink })
    }

    fn oldest(&mut self, until: i64, mut at: Wall) -> rusqlite::Result<Stage> {
        if self.retention.bytes_max.is_none() {
            return Ok(Stage::Measure);
        }
        let mut gone = Vec::new();
        let first = "ORDER BY id LIMIT ?1";
        take(&self.connection, first, [RETENTION_ROWS_PER_STEP], &mut gone, |gone| gone.id < until)?;
        if gone.is_empty() && self.delete_commands(at)? == 0 {
            return Ok(Stage::Merge { begun: false });
        }
        at = gone.iter().map(|gone| gone.at).max().map_or(at, |newest| newest.max(at));
        self.delete(&gone)?;
        Ok(Stage::Oldest { until, at })
    }

    fn merge(&mut self, begun: bool) -> rusqlite::Result<Stage> {
        let changes = || -> rusqlite::Result<i64> {
            self.connection.query_row("SELECT total_changes()", [], |row| row.get(0))
        };
        let before = changes()?;
        // All parts into one; once that has begun, it only goes on.
        let pages = if begun { RETENTION_MERGE_PAGES } else { -RETENTION_MERGE_PAGES };
        self.connection
            .prepare_cached("INSERT INTO search (search, rank) VALUES ('merge', ?1)")?
            .execute([pages])?;
        // The command itself counts as one (SQLite FTS5 §6.8).
        if changes()? - before >= 2 {
            return Ok(Stage::Merge { begun: true });
        }
        self.retention.forgotten = 0;
        Ok(Stage::Measure)
    }

    fn shrink(&mut self) -> rusqlite::Result<Stage> {
        const INCREMENTAL: i64 = 2;
        let free = pragma(&self.connection, "freelist_count")?;
        if free <= RETENTION_FREE_PAGES_KEPT || pragma(&self.connection, "auto_vacuum")? != INCREMENTAL {
            return Ok(Stage::Rest);
        }
        let pages = RETENTION_PAGES_PER_STEP.min(free - RETENTION_FREE_PAGES_KEPT);
        let sql = format!("PRAGMA incremental_vacuum({pages})");
        let mut vacuum = self.connection.prepare(&sql)?;
        let mut rows = vacuum.query([])?;
        // Each row asked for frees a page.
        while rows.next()?.is_some() {}
        Ok(Stage::Shrink)
    }

    /// How many bytes are used of those that can be given back, and how many of these are too many.
    fn excess(&self) -> rusqlite::Result<Option<(u64, u64)>> {
        let Some(most) = self.retention.bytes_max else { return Ok(None) };
        let used = used_bytes(&self.connection)?;
        Ok(used.checked_sub(most).filter(|excess| *excess > 0).map(|excess| (used, excess)))
    }

    fn delete(&mut self, gone: &[Gone]) -> rusqlite::Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        note_last(&self.connection)?;
        let mut bounds = BTreeMap::new();
        for message in gone {
            if !message.deleted {
                let (from, text) = (&*message.from, &*message.text);
                let old = index::Entry { id: message.id, room: message.room, from, text };
                index::change(&self.connection, &old, None)?;
            }
            self.connection
                .prepare_cached("DELETE FROM versions WHERE message = ?1")?
                .execute([message.id])?;
            self.connection.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([message.id])?;
            bounds.insert(message.room, message.seq);
        }
        for (room, seq) in bounds {
            self.note_expired(room, seq)?;
        }
        let count = gone.len() as u64;
        self.retention.forgotten += count;
        self.retention.messages += count;
        Ok(())
    }

    /// Deletes some of the record of commands up to this instant, and says how many. The newest stays: its number
    /// must not come again.
    fn delete_commands(&mut self, at: Wall) -> rusqlite::Result<u64> {
        let last = {
            let sql =
                "SELECT id, at FROM commands WHERE id < (SELECT MAX(id) FROM commands) ORDER BY id LIMIT ?1";
            let mut oldest = self.connection.prepare_cached(sql)?;
            let mut rows = oldest.query([RETENTION_ROWS_PER_STEP])?;
            let mut last = None;
            while let Some(row) = rows.next()? {
                if row.get::<_, i64>(1)? > at.0 {
                    break;
                }
                last = Some(row.get::<_, i64>(0)?);
            }
            last
        };
        let Some(last) = last else { return Ok(0) };
        let count = self.connection.prepare_cached("DELETE FROM commands WHERE id <= ?1")?.execute([last])?;
        self.note_expired(0, last)?;
        self.retention.commands += count as u64;
        Ok(count as u64)
    }

    /// The chain bears up to where a room, or the record of commands, has expired.
    fn note_expired(&mut self, place: i64, number: i64) -> rusqlite::Result<()> {
        let key = Key { kind: Kind::Expired, place, number };
        self.chain.add(&self.connection, key, chain::expired_digest(place, number))
    }
}

/// Adds messages that go to `gone` until one stays, and gives how many rows they are with their versions.
fn take(
    connection: &Connection,
    first: &str,
    bounds: impl Params,
    gone: &mut Vec<Gone>,
    goes: impl Fn(&Gone) -> bool,
) -> rusqlite::Result<i64> {
    let sql = format!(
        "SELECT id, room, seq, at, sender, text, deleted,
             (SELECT COUNT(*) FROM versions WHERE message = messages.id)
         FROM messages {first}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(bounds)?;
    let mut taken = 0;
    while taken < RETENTION_ROWS_PER_STEP
        && let Some(row) = rows.next()?
    {
        let message = read(row)?;
        if !goes(&message) {
            break;
        }
        taken += 1 + row.get::<_, i64>(7)?;
        gone.push(message);
    }
    Ok(taken)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Gone> {
    Ok(Gone {
        id: row.get(0)?,
        room: row.get(1)?,
        seq: row.get(2)?,
        at: Wall(row.get(3)?),
        from: row.get(4)?,
        text: row.get(5)?,
        deleted: row.get(6)?,
    })
}

/// Pages in use; the chain is not counted, whose digests stay.
fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = pragma(connection, "page_count")? - pragma(connection, "freelist_count")?;
    let bytes = pages * pragma(connection, "page_size")?;
    let records: i64 =
        connection.query_row("SELECT COALESCE(MAX(id), 0) FROM chain", [], |row| row.get(0))?;
    Ok(bytes.saturating_sub(records.saturating_mul(CHAIN_ROW_BYTES)).max(0).cast_unsigned())
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.prepare_cached(&format!("PRAGMA {name}"))?.query_row([], |row| row.get(0))
}

/// Numbers of messages and versions do not come again, even if the last ones go.
fn note_last(connection: &Connection) -> rusqlite::Result<()> {
    for sql in [
        "INSERT INTO meta (key, value) SELECT 'last_message', COALESCE(MAX(id), 0) FROM messages WHERE true
         ON CONFLICT (key) DO UPDATE SET value = MAX(value, excluded.value)",
        "INSERT INTO meta (key, value) SELECT 'last_version', COALESCE(MAX(id), 0) FROM versions WHERE true
         ON CONFLICT (key) DO UPDATE SET value = MAX(value, excluded.value)",
    ] {
        connection.prepare_cached(sql)?.execute([])?;
    }
    Ok(())
}

/// The number of the next message; `newest` is that of the last one, once it is known.
pub fn next_message(connection: &Connection, newest: &mut Option<i64>) -> rusqlite::Result<i64> {
    let next = match *newest {
        Some(newest) => newest + 1,
        None => next(
            connection,
            "SELECT MAX(COALESCE((SELECT MAX(id) FROM messages), 0),
                        COALESCE((SELECT value FROM meta WHERE key = 'last_message'), 0))",
        )?,
    };
    *newest = Some(next);
    Ok(next)
}

/// The number of the next version.
pub fn next_version(connection: &Connection) -> rusqlite::Result<i64> {
    next(
        connection,
        "SELECT MAX(COALESCE((SELECT MAX(id) FROM versions), 0),
                    COALESCE((SELECT value FROM meta WHERE key = 'last_version'), 0))",
    )
}

fn next(connection: &Connection, last: &str) -> rusqlite::Result<i64> {
    connection.prepare_cached(last)?.query_row([], |row| Ok(row.get::<_, i64>(0)? + 1))
}

/// Up to where a room, or with 0 the record of commands, has expired; 0: it has not.
pub fn expired(connection: &Connection, place: i64) -> rusqlite::Result<i64> {
    let sql = "SELECT MAX(number) FROM chain WHERE kind = 'expired' AND place = ?1";
    let bound: Option<i64> =
        connection.prepare_cached(sql)?.query_row(params![place], |row| row.get(0)).optional()?.flatten();
    Ok(bound.unwrap_or(0))
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
