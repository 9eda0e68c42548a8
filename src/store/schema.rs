//! The shape of the database, and how it is opened.
//!
//! Knows nothing of the chat's rules. Why plain tables and built-in functions
//! only: any `sqlite3` must be able to open and repair the file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::upgrade::{self, migrations};
use super::{reads, rooms, sanctions, schedules, sessions};
use crate::core::entry::Rows;
use crate::core::time::Wall;
use crate::limits::{STORE_BUSY_MS, STORE_LOG_BYTES_KEPT, STORE_STATEMENTS_MAX};

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
    upgrade::to_newest(&mut connection, &place.path)?;
    // When the log could not be begun SQLite goes on without one and tells only who asks, once it has read something.
    let mode: String =
        connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        return Err(OpenError(format!(
            "the database {shown} could not be given a write-ahead log, without which a power cut may take what was \
             acknowledged; see that it is on a local file system, and start chatd again"
        )));
    }
    Ok(connection)
}

/// The write-ahead log of a database's file (https://www.sqlite.org/wal.html §2.1).
pub fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Refuses a database beside which lies the log of another one: SQLite would take it for its own. A copy is
/// known by its header, which does not say that there is a log (SQLite file format §1.3.3).
pub fn refuse_foreign_log(place: &Place) -> Result<(), OpenError> {
    use std::io::Read;
    let mut header = [0; 20];
    let read = std::fs::File::open(&place.path).and_then(|mut file| file.read_exact(&mut header));
    let log = log_of(&place.path);
    let logged = std::fs::metadata(&log).is_ok_and(|log| log.len() > 0);
    if read.is_err() || header[18..20] != [1, 1] || !logged {
        return Ok(());
    }
    let (path, log) = (place.path.display(), log.display());
    Err(OpenError(format!(
        "the database {path} was put into the place of another one, whose last changes are still in {log}; to start \
         without them, move {log} away, and {path}-shm if it is there"
    )))
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

/// A database that lives in memory, for tests; with a number of its own it is drawn by nobody, so that room ids,
/// which are made of it, are the same in every run.
pub fn open_in_memory(number: Option<u64>) -> Result<Connection, OpenError> {
    let failed = |error: &dyn std::fmt::Display| OpenError(error.to_string());
    let mut connection = Connection::open_in_memory().map_err(|error| failed(&error))?;
    connection.set_prepared_statement_cache_capacity(STORE_STATEMENTS_MAX);
    give_back(&connection).map_err(|error| failed(&error))?;
    if let Some(number) = number {
        // Before the chain begins, which is bound to it.
        migrations().to_version(&mut connection, 2).map_err(|error| failed(&error))?;
        let number = i64::from_ne_bytes(number.to_ne_bytes());
        let set = "UPDATE meta SET value = ?1 WHERE key IN ('id_high', 'id_low')";
        connection.execute(set, [number]).map_err(|error| failed(&error))?;
    }
    migrations().to_latest(&mut connection).map_err(|error| failed(&error))?;
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
    give_back(connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match durability {
        Durability::Power => "FULL",
        Durability::Process => "NORMAL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // The log grows as long as somebody reads an old state of it, and would stay as large as it ever was.
    connection.pragma_update(None, "journal_size_limit", STORE_LOG_BYTES_KEPT)?;
    connection.set_prepared_statement_cache_capacity(STORE_STATEMENTS_MAX);
    Ok(())
}

/// Moves what an earlier daemon left in the log to the database. The log may end with a commit whose sync failed:
/// it can be read, yet the disk does not have it, and what is written behind it would go with it when the power does.
pub fn settle(connection: &Connection) -> rusqlite::Result<()> {
    // No start waits for somebody else's shell; while one reads, the log was not read anew, and no such commit is seen.
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.busy_timeout(std::time::Duration::from_millis(STORE_BUSY_MS))
}

/// A new database can give back pages that it does not need; an older one uses them again.
fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    if pages > 0 {
        // It would be in vain, and wait for the lock of whoever writes.
        return Ok(());
    }
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")
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
    let meta = |key: &str| -> rusqlite::Result<u64> {
        let value: i64 =
            connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))?;
        Ok(value as u64)
    };
    // Stamps do not decrease inside a room, so each room's last is its greatest.
    let last_at: i64 = connection.query_row(
        "SELECT COALESCE(MAX((SELECT at FROM messages WHERE room = rooms.id ORDER BY seq DESC LIMIT 1)), 0)
         FROM rooms",
        [],
        |row| row.get(0),
    )?;
    Ok(Rows {
        run: meta("run")?,
        database: u128::from(meta("id_high")?) << 64 | u128::from(meta("id_low")?),
        rooms: rooms::open(connection)?,
        past: rooms::past(connection)?,
        sanctions: sanctions::all(connection)?,
        reads: reads::all(connection)?,
        sessions: sessions::all(connection)?,
        schedules: schedules::open(connection)?,
        last_schedule: schedules::last(connection)?,
        last_at: Wall(last_at),
    })
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

    #[test]
    fn a_database_has_its_own_number() {
        let (one, other) = (open_in_memory(None).unwrap(), open_in_memory(None).unwrap());
        let number = load(&one).unwrap().database;
        assert_eq!(load(&one).unwrap().database, number);
        assert_ne!(load(&other).unwrap().database, number);
        assert!(number >> 64 != 0 && number << 64 != 0);
    }
}
