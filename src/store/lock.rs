//! One daemon on one database.
//!
//! Knows only the lock file beside it. Why a lock and not a pid file: the
//! kernel lets go of a lock whatever way its holder ends.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};

/// Held for the life of the daemon.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the lock could not be had.
#[derive(Debug)]
pub enum LockError {
    /// Another daemon has it; its pid, where it could be read.
    Held {
        pid: Option<u32>,
        database: PathBuf,
    },
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl std::fmt::Display for LockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LockError::Held { pid: Some(pid), database } => write!(
                f,
                "another chatd (pid {pid}) already uses the database {}; stop it, or name another file in store.path",
                database.display()
            ),
            LockError::Held { pid: None, database } => write!(
                f,
                "another chatd already uses the database {}; stop it, or name another file in store.path",
                database.display()
            ),
            LockError::Io { path, error } => {
                write!(f, "the lock file {} cannot be used: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for LockError {}

/// Takes the lock of this database.
pub fn take(database: &Path) -> Result<Lock, LockError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let io = |error: std::io::Error| LockError::Io { path: path.clone(), error };
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let opened = open(&path, flags, Mode::RUSR | Mode::WUSR).map_err(|errno| io(errno.into()))?;
    let mut file = File::from(opened);
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut text = String::new();
        let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
        return Err(LockError::Held { pid, database: database.to_owned() });
    }
    file.set_len(0).map_err(io)?;
    file.rewind().map_err(io)?;
    writeln!(file, "{}", std::process::id()).map_err(io)?;
    Ok(Lock { _file: file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_the_first_ones_pid() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("chatd.db");
        let first = take(&database).unwrap();
        match take(&database) {
            Err(LockError::Held { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        drop(first);
        take(&database).unwrap();
    }
}
