//! An older database on its way to this version: copied first, changed after.
//!
//! Knows no table. Why the copy gets its name last of all: what bears it is whole, whatever ended
//! the one who made it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;
use rusqlite_migration::{M, Migrations};

use super::backup::{has_room, remove};
use super::chain;
use super::schema::OpenError;
use super::versions::{CHAIN, VERSIONS};
use crate::limits::BACKUP_WAIT_MS;

/// Every step from an empty file to this version.
pub fn migrations() -> Migrations<'static> {
    let version = |sql: &'static str| match sql {
        CHAIN => M::up_with_hook(sql, |transaction| Ok(chain::begin(transaction)?)),
        plain => M::up(plain),
    };
    Migrations::new(VERSIONS.into_iter().map(version).collect())
}

/// Brings the database to this version, in one transaction; one of an older version is copied before.
pub fn to_newest(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let shown = path.display();
    let failed = |why: &dyn std::fmt::Display| {
        OpenError(format!("the database {shown} cannot be brought to this version: {why}"))
    };
    let version: i64 =
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(|error| failed(&error))?;
    let newest = i64::try_from(VERSIONS.len()).expect("there are a few");
    if version > newest {
        return Err(OpenError(format!(
            "the database {shown} was made by a newer chatd; start that version, or name another file in \
             store.path{}",
            copies(path)
        )));
    }
    if version > 0 && version < newest {
        let copy = name(path, version);
        keep_copy(connection, &copy).map_err(|why| {
            OpenError(format!(
                "the database {shown} is of an older version, and could not be copied to {} before it is brought to \
                 this one: {why}; nothing was changed",
                copy.display()
            ))
        })?;
        log::info!(
            fact = "upgraded";
            "the database {shown} is brought from version {version} to {newest}; as it was it is in {}, which may be \
             removed when all is well",
            copy.display()
        );
    }
    migrations().to_latest(connection).map_err(|error| failed(&error))
}

fn name(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-v{version}"));
    name.into()
}

/// The copies that this version's forerunners have left, for who must go back to one.
fn copies(path: &Path) -> String {
    let versions = 1..=i64::try_from(VERSIONS.len()).expect("there are a few");
    match versions.rev().map(|version| name(path, version)).find(|copy| copy.exists()) {
        Some(copy) => format!("; as it was before an upgrade it is in {}", copy.display()),
        None => String::new(),
    }
}

/// Copies the database as it is now, in place of an older copy of that version: this one is what is to be changed.
fn keep_copy(connection: &Connection, copy: &Path) -> Result<(), String> {
    let mut part = copy.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let made = make(connection, &part).and_then(|()| place(&part, copy).map_err(|error| error.to_string()));
    if made.is_err() {
        remove(&part);
    }
    made
}

fn make(connection: &Connection, part: &Path) -> Result<(), String> {
    let sentence = |error: &dyn std::fmt::Display| error.to_string();
    let pragma = |name: &str| -> Result<u64, String> {
        let sql = format!("PRAGMA {name}");
        let value: i64 =
            connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| sentence(&error))?;
        Ok(value.cast_unsigned())
    };
    has_room(part, pragma("page_count")? * pragma("page_size")?)?;
    // What is left of an attempt that was killed.
    remove(part);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(part)
        .map_err(|error| sentence(&error))?;
    let mut copied = Connection::open(part).map_err(|error| sentence(&error))?;
    // Half a copy is removed, never repaired.
    copied
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")
        .map_err(|error| sentence(&error))?;
    Backup::new(connection, &mut copied)
        .and_then(|backup| {
            // Nobody is there yet whom it could keep waiting.
            backup.run_to_completion(i32::MAX, Duration::from_millis(BACKUP_WAIT_MS), None)
        })
        .map_err(|error| sentence(&error))?;
    // One file, that needs no log beside it.
    copied
        .pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
        .map_err(|error| sentence(&error))?;
    copied.close().map_err(|(_, error)| sentence(&error))
}

/// Puts it under its name when it is on the disk, and not before.
fn place(part: &Path, copy: &Path) -> std::io::Result<()> {
    File::open(part)?.sync_all()?;
    std::fs::rename(part, copy)?;
    let directory = copy.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
#[path = "upgrade_tests.rs"]
mod tests;
