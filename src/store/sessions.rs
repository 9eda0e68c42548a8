//! Those who may come back after a lost connection, in the database.
//!
//! Knows no connection and no token, only its digest. Why the rooms are one column: they are always
//! written and read together, and JSON is what any `sqlite3` can look into.

use rusqlite::types::Type;
use rusqlite::{Connection, Error, params};

use crate::core::entry::{Author, Outcome};
use crate::core::held::{SeatRow, SessionRow};
use crate::core::lang::Lang;
use crate::core::name::Name;
use crate::core::time::Wall;

/// In place of what was known of that session.
pub fn keep(connection: &Connection, row: &SessionRow) -> rusqlite::Result<Outcome> {
    let seats =
        serde_json::to_string(&row.seats).map_err(|error| Error::ToSqlConversionFailure(error.into()))?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sessions
                 (run, serial, token, former, nick, named, since, lang, partner_run, partner_serial, seats)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            row.author.run,
            row.author.serial,
            row.token,
            row.former,
            &*row.nick,
            row.named.0,
            row.since.0,
            row.lang.map(Lang::tag),
            row.partner.map(|partner| partner.run),
            row.partner.map(|partner| partner.serial),
            seats,
        ])?;
    Ok(Outcome::Kept(0))
}

pub fn end(connection: &Connection, author: Author) -> rusqlite::Result<Outcome> {
    connection
        .prepare_cached("DELETE FROM sessions WHERE run = ?1 AND serial = ?2")?
        .execute([author.run, author.serial])?;
    Ok(Outcome::Kept(0))
}

/// These may come back, and no others.
pub fn stand(connection: &Connection, all: &[SessionRow]) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM sessions")?.execute([])?;
    all.iter().try_for_each(|row| keep(connection, row).map(|_| ()))
}

/// All of them, by author.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<SessionRow>> {
    let mut all = connection.prepare(
        "SELECT run, serial, token, former, nick, named, since, lang, partner_run, partner_serial, seats
         FROM sessions ORDER BY run, serial",
    )?;
    all.query_map([], session)?.collect()
}

fn session(row: &rusqlite::Row<'_>) -> rusqlite::Result<SessionRow> {
    let seats: String = row.get(10)?;
    let seats: Vec<SeatRow> = serde_json::from_str(&seats)
        .map_err(|error| Error::FromSqlConversionFailure(10, Type::Text, error.into()))?;
    let partner = match (row.get(8)?, row.get(9)?) {
        (Some(run), Some(serial)) => Some(Author { run, serial }),
        _alone => None,
    };
    Ok(SessionRow {
        author: Author { run: row.get(0)?, serial: row.get(1)? },
        token: row.get(2)?,
        former: row.get(3)?,
        nick: Name::from(row.get::<_, String>(4)?),
        named: Wall(row.get(5)?),
        since: Wall(row.get(6)?),
        lang: row.get::<_, Option<String>>(7)?.as_deref().and_then(Lang::named),
        partner,
        seats,
    })
}
