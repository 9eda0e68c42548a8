//! Walking the chain: the first record that is not as it was kept.
//!
//! Changes nothing. Why the tables are walked along with the chain, each in its own order: then a row
//! that the chain does not have is met as surely as one that is gone, and nothing needs an index.

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::{self, Key, Kind};
use super::chained;
use crate::core::chain::{Anchor, Digest, Fault, Mark, Subject, Verified, Wrong};
use crate::limits::VERIFY_RECORDS_MAX;

/// A row of the chain; what cannot be read of it is none.
struct Row {
    record: i64,
    key: Option<Key>,
    digest: Vec<u8>,
    link: Vec<u8>,
}

/// Verifies one page from `from` on; at `until` it ends early.
pub fn page(connection: &Connection, from: Mark, until: Option<u64>) -> rusqlite::Result<Verified> {
    // One picture of all tables: what is kept meanwhile must not look as if it had been added.
    let picture = connection.unchecked_transaction()?;
    let (mut mark, anchor) = (from, Anchor { record: from.after, link: Digest::default() });
    let mut page = Verified { checked: 0, anchor, older: 0, expired: 0, fault: None, next: None };
    let Some(link) = link_at(&picture, from.after)? else {
        return Ok(faulty(page, Wrong::Broken, Subject::Chain, from.after));
    };
    page.anchor.link = link;
    let rows = rows(&picture, from.after, until)?;
    let full = rows.len() == VERIFY_RECORDS_MAX as usize;
    for row in rows {
        let record = page.anchor.record + 1;
        let link = row.key.map(|key| chain::link(&page.anchor.link, row.record, key, &row.digest));
        let (Some(key), Some(link)) = (row.key, link.filter(|link| *link == *row.link)) else {
            return Ok(faulty(page, Wrong::Broken, Subject::Chain, record));
        };
        // Also where the first of the chain is not its beginning, or another one is.
        if row.record as u64 != record || (key.kind == Kind::Start) != (record == 1) {
            return Ok(faulty(page, Wrong::Broken, Subject::Chain, record));
        }
        match compare(&picture, key, &row.digest, &mut mark)? {
            Compared::Sound => {}
            Compared::Expired => page.expired += 1,
            Compared::Faulty(wrong, key) => {
                return Ok(faulty(page, wrong, chained::subject(&picture, key)?, record));
            }
        }
        if key.kind == Kind::Start {
            page.older = key.number as u64;
        }
        page.anchor = Anchor { record, link };
        page.checked += 1;
    }
    mark.after = page.anchor.record;
    if full || until == Some(page.anchor.record) {
        return Ok(Verified { next: Some(mark), ..page });
    }
    end(&picture, page, &mut mark)
}

/// Behind the end of the chain there must be nothing.
fn end(connection: &Connection, page: Verified, mark: &mut Mark) -> rusqlite::Result<Verified> {
    let record = page.anchor.record + 1;
    if record == 1 {
        return Ok(faulty(page, Wrong::Broken, Subject::Chain, 1));
    }
    for kind in [Kind::Message, Kind::Version, Kind::Command] {
        let subject = match chained::next(connection, kind, *met(mark, kind) as i64) {
            Ok(None) => continue,
            Ok(Some(found)) => chained::subject(connection, found.key)?,
            Err(error) if is_odd(&error) => Subject::Chain,
            Err(error) => return Err(error),
        };
        return Ok(faulty(page, Wrong::Added, subject, record));
    }
    Ok(page)
}

fn faulty(page: Verified, wrong: Wrong, subject: Subject, record: u64) -> Verified {
    Verified { fault: Some(Fault { wrong, subject, record }), next: None, ..page }
}

/// What a record shows beside the row that it is of.
enum Compared {
    Sound,
    /// The row has expired; of what it said nothing can be shown any more.
    Expired,
    Faulty(Wrong, Key),
}

/// Compares the next row of the record's table with the record, and says what is wrong with which.
fn compare(connection: &Connection, key: Key, digest: &[u8], mark: &mut Mark) -> rusqlite::Result<Compared> {
    let judge = |there: Option<&[u8]>| match there {
        Some(there) if there == digest => Compared::Sound,
        Some(_) | None => Compared::Faulty(Wrong::Altered, key),
    };
    match key.kind {
        Kind::Start => {
            return Ok(judge(Some(&chain::start_digest(chained::database(connection)?, key.number))));
        }
        Kind::Expired => return Ok(judge(Some(&chain::expired_digest(key.place, key.number)))),
        Kind::Message | Kind::Version | Kind::Command => {}
    }
    let met = met(mark, key.kind);
    let found = match chained::next(connection, key.kind, *met as i64) {
        Ok(found) => found,
        Err(error) if is_odd(&error) => return Ok(Compared::Faulty(Wrong::Altered, key)),
        Err(error) => return Err(error),
    };
    Ok(match found {
        Some(found) if found.key == key => {
            *met = found.id as u64;
            judge(found.digest.as_ref().map(|there| &there[..]))
        }
        Some(found) if chained::is_there(connection, key)? => Compared::Faulty(Wrong::Added, found.key),
        Some(_) | None if chained::has_expired(connection, key)? => Compared::Expired,
        Some(_) | None => Compared::Faulty(Wrong::Missing, key),
    })
}

/// The last row of a table that was met.
fn met(mark: &mut Mark, kind: Kind) -> &mut u64 {
    match kind {
        Kind::Start | Kind::Expired => &mut mark.after,
        Kind::Message => &mut mark.message,
        Kind::Version => &mut mark.version,
        Kind::Command => &mut mark.command,
    }
}

/// Whether the disk could be read, but what stands there is of another type than it was written.
fn is_odd(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    matches!(
        error,
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) | Utf8Error(..)
    )
}

/// The link of a record that was verified before.
fn link_at(connection: &Connection, record: u64) -> rusqlite::Result<Option<Digest>> {
    if record == 0 {
        return Ok(Some(Digest::default()));
    }
    let mut link = connection.prepare_cached("SELECT link FROM chain WHERE id = ?1")?;
    let link: Option<Vec<u8>> = link.query_row([clamp(record)], |row| bytes(row, 0)).optional()?;
    Ok(link.and_then(|link| link.try_into().ok()))
}

fn rows(connection: &Connection, after: u64, until: Option<u64>) -> rusqlite::Result<Vec<Row>> {
    let sql = "SELECT id, kind, place, number, digest, link FROM chain
               WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3";
    let mut rows = connection.prepare_cached(sql)?;
    let bounds = params![clamp(after), clamp(until.unwrap_or(u64::MAX)), VERIFY_RECORDS_MAX];
    let rows = rows.query_map(bounds, |row| {
        let word = bytes(row, 1)?;
        let kind = str::from_utf8(&word).ok().and_then(Kind::from_word);
        let numbers = row.get_ref(2)?.as_i64().ok().zip(row.get_ref(3)?.as_i64().ok());
        let key = kind.zip(numbers).map(|(kind, (place, number))| Key { kind, place, number });
        Ok(Row { record: row.get(0)?, key, digest: bytes(row, 4)?, link: bytes(row, 5)? })
    })?;
    rows.collect()
}

/// A text or blob as it stands there; nothing of anything else.
fn bytes(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(row.get_ref(column)?.as_bytes().unwrap_or_default().to_owned())
}

fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
