//! The shape of the database, and how it is opened.
//!
//! Knows nothing of the chat's rules. Why plain tables and built-in functions
//! only: any `sqlite3` must be able to open and repair the file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use rusqlite_migration::{M, Migrations};

use crate::core::entry::{Rows, Schedule};
use crate::core::name::Name;
use crate::core::time::Wall;
use crate::limits::STORE_BUSY_MS;

/// How much a commit survives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// The plug being pulled: every commit waits for the disk.
    Power,
    /// The end of the process, `kill -9` included.
    Process,
}

impl Durability {
    pub fn word(self) -> &'static str {
        match self {
            Durability::Power => "power",
            Durability::Process => "process",
        }
    }
}

/// Where the database is and how it is written.
#[derive(Clone, Debug)]
pub struct Place {
    pub path: PathBuf,
    pub durability: Durability,
}

/// Why the database cannot be used; a sentence with what to do.
#[derive(Debug)]
pub struct OpenError(pub String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

/// Forward only: what has been released is never changed, only followed by another.
const VERSIONS: [&str; 1] = ["
    CREATE TABLE meta (
        key   TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE rooms (
        id   INTEGER PRIMARY KEY,
        key  TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL
    );

    -- Instants are milliseconds since 1970 UTC, everywhere.
    CREATE TABLE messages (
        id       INTEGER PRIMARY KEY,
        room     INTEGER NOT NULL REFERENCES rooms (id),
        seq      INTEGER NOT NULL,
        at       INTEGER NOT NULL,
        sender   TEXT NOT NULL,
        kind     TEXT NOT NULL,
        text     TEXT NOT NULL,
        schedule INTEGER,
        UNIQUE (room, seq)
    );

    -- Whispers expire, and their ids must not come again.
    CREATE TABLE whispers (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        at        INTEGER NOT NULL,
        sender    TEXT NOT NULL,
        receivers TEXT NOT NULL,
        text      TEXT NOT NULL
    );
    CREATE INDEX whispers_at ON whispers (at);

    CREATE TABLE commands (
        id      INTEGER PRIMARY KEY,
        at      INTEGER NOT NULL,
        actor   TEXT NOT NULL,
        door    TEXT NOT NULL,
        command TEXT NOT NULL,
        args    TEXT NOT NULL,
        outcome TEXT NOT NULL
    );
    CREATE INDEX commands_at ON commands (at);

    CREATE TABLE schedules (
        id     INTEGER PRIMARY KEY,
        room   TEXT NOT NULL,
        sender TEXT NOT NULL,
        text   TEXT NOT NULL,
        due    INTEGER NOT NULL,
        made   INTEGER NOT NULL,
        state  TEXT NOT NULL
    );
    CREATE INDEX schedules_open ON schedules (due) WHERE state IN ('waiting', 'missed');

    -- What a client called its message, and what that message got.
    CREATE TABLE client_ids (
        session TEXT NOT NULL,
        mid     TEXT NOT NULL,
        number  INTEGER NOT NULL,
        at      INTEGER NOT NULL,
        PRIMARY KEY (session, mid)
    ) WITHOUT ROWID;
    CREATE INDEX client_ids_at ON client_ids (at);
"];

fn migrations() -> Migrations<'static> {
    Migrations::new(VERSIONS.iter().map(|version| M::up(version)).collect())
}

/// Opens the database for writing and brings it to the newest version.
pub fn open_for_writing(place: &Place) -> Result<Connection, OpenError> {
    let shown = place.path.display();
    let failed = |error: rusqlite::Error| OpenError(explain(&place.path, &error));
    create_private(&place.path).map_err(|error| {
        OpenError(format!(
            "the database {shown} cannot be made: {error}; see that its directory may be written"
        ))
    })?;
    // A link in the file's place could lead to somebody else's file; its directory may be one,
    // as systemd makes it for a dynamic user, and was judged before.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut connection = Connection::open_with_flags(real(&place.path), flags).map_err(failed)?;
    prepare(&connection, place.durability).map_err(failed)?;
    migrations().to_latest(&mut connection).map_err(|error| match error {
        rusqlite_migration::Error::MigrationDefinition(_) => OpenError(format!(
            "the database {shown} was made by a newer chatd; start that version, or name another file in store.path"
        )),
        other => OpenError(format!("the database {shown} cannot be brought to this version: {other}")),
    })?;
    Ok(connection)
}

/// What people said is nobody else's to read; SQLite gives its other files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let created = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match created {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The path with links in its directory resolved.
fn real(path: &Path) -> PathBuf {
    let resolved = path.parent().and_then(|directory| directory.canonicalize().ok());
    match (resolved, path.file_name()) {
        (Some(directory), Some(name)) => directory.join(name),
        _unresolved => path.to_owned(),
    }
}

/// A database that lives in memory, for tests.
pub fn open_in_memory() -> Result<Connection, OpenError> {
    let mut connection = Connection::open_in_memory().map_err(|error| OpenError(error.to_string()))?;
    migrations().to_latest(&mut connection).map_err(|error| OpenError(error.to_string()))?;
    Ok(connection)
}

/// Opens the database for the queries that change nothing.
pub fn open_for_reading(place: &Place) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error: rusqlite::Error| OpenError(explain(&place.path, &error));
    let connection = Connection::open_with_flags(&place.path, flags).map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_millis(STORE_BUSY_MS)).map_err(failed)?;
    Ok(connection)
}

fn prepare(connection: &Connection, durability: Durability) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_millis(STORE_BUSY_MS))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Power => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)
}

/// What SQLite's refusal means to the admin.
fn explain(path: &Path, error: &rusqlite::Error) -> String {
    let shown = path.display();
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => {
            format!("{shown} is not a database; move it away, or name another file in store.path")
        }
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => format!(
            "the database {shown} is damaged; rescue it with: sqlite3 {shown} .recover | sqlite3 rescued.db"
        ),
        Some(rusqlite::ErrorCode::CannotOpen) => format!(
            "the database {shown} cannot be opened; see that its directory exists and may be written: {error}"
        ),
        _other => format!("the database {shown} cannot be used: {error}"),
    }
}

/// Counts one more start and reads what a hub starts from.
pub fn load(connection: &Connection) -> rusqlite::Result<Rows> {
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('run', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
        [],
    )?;
    let run: i64 = connection.query_row("SELECT value FROM meta WHERE key = 'run'", [], |row| row.get(0))?;
    let last_schedule: i64 =
        connection.query_row("SELECT COALESCE(MAX(id), 0) FROM schedules", [], |row| row.get(0))?;
    // Stamps do not decrease inside a room, so each room's last is its greatest.
    let last_at: i64 = connection.query_row(
        "SELECT COALESCE(MAX((SELECT at FROM messages WHERE room = rooms.id ORDER BY seq DESC LIMIT 1)), 0)
         FROM rooms",
        [],
        |row| row.get(0),
    )?;
    let mut open = connection.prepare(
        "SELECT id, room, sender, text, due, made, state FROM schedules
         WHERE state IN ('waiting', 'missed') ORDER BY id",
    )?;
    let schedules = open.query_map([], schedule)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Rows { run: run as u64, schedules, last_schedule: last_schedule as u64, last_at: Wall(last_at) })
}

fn schedule(row: &rusqlite::Row<'_>) -> rusqlite::Result<Schedule> {
    Ok(Schedule {
        schedule: row.get::<_, i64>(0)? as u64,
        room: Name::from(row.get::<_, String>(1)?),
        from: Name::from(row.get::<_, String>(2)?),
        text: row.get(3)?,
        due: Wall(row.get(4)?),
        made: Wall(row.get(5)?),
        missed: row.get::<_, String>(6)? == "missed",
    })
}

/// The room's number in the database and its last seq; none when nothing was said there yet.
pub fn find_room(connection: &Connection, key: &str) -> rusqlite::Result<Option<(i64, u64)>> {
    let id: Option<i64> = connection
        .prepare_cached("SELECT id FROM rooms WHERE key = ?1")?
        .query_row(params![key], |row| row.get(0))
        .optional()?;
    let Some(id) = id else { return Ok(None) };
    let last: i64 = connection
        .prepare_cached("SELECT COALESCE(MAX(seq), 0) FROM messages WHERE room = ?1")?
        .query_row(params![id], |row| row.get(0))?;
    Ok(Some((id, last as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_may_lead_to_the_directory_but_not_to_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("private");
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join("state")).unwrap();
        let place = |path: PathBuf| Place { path, durability: Durability::Process };
        open_for_writing(&place(dir.path().join("state/chatd.db"))).unwrap();
        assert!(real.join("chatd.db").exists());
        std::os::unix::fs::symlink(real.join("chatd.db"), dir.path().join("link.db")).unwrap();
        open_for_writing(&place(dir.path().join("link.db"))).unwrap_err();
    }

    #[test]
    fn the_versions_are_sound() {
        migrations().validate().unwrap();
    }
}
