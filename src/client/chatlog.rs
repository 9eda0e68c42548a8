//! The chat log: what a person saw and said, with date and time, in `NICK_chat_log.txt`.
//!
//! Knows nothing of the connection. Why so careful about opening it: the name
//! comes from the server and the directory may be anybody's, so the file must
//! not be a link or somebody else's to read.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rustix::fs::OFlags;

use super::shown::Shown;
use crate::limits::{CHAT_LOG_BYTES_MAX, CHAT_LOGS_KEPT, LOG_NAME_BYTES_MAX};
use crate::locale::shell::Fault;

/// An open chat log.
pub struct ChatLog {
    path: PathBuf,
    file: File,
    /// How long the file is.
    bytes: u64,
    /// How long it may become before another one is begun.
    bytes_max: u64,
    zone: TimeZone,
}

impl ChatLog {
    /// Opens the log at `path` for appending; a new file is for its owner alone.
    pub fn open(path: &Path, zone: TimeZone) -> io::Result<ChatLog> {
        let file = open_own(path)?;
        let bytes = file.metadata()?.len();
        Ok(ChatLog { path: path.to_owned(), file, bytes, bytes_max: CHAT_LOG_BYTES_MAX, zone })
    }

    /// Adds one line.
    pub fn add(&mut self, line: &Shown) -> io::Result<()> {
        let line = format!("{}\n", line.logged(&self.zone));
        let bytes = line.len() as u64;
        if self.bytes > 0 && self.bytes + bytes > self.bytes_max {
            self.rotate()?;
        }
        self.bytes += bytes;
        // One write for each line, so that two programs with one log do not mix theirs.
        self.file.write_all(line.as_bytes())
    }

    /// Begins a new file; the full one becomes `….1`, and those before it move on by one.
    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..CHAT_LOGS_KEPT).rev() {
            rename_if_there(&self.numbered(number), &self.numbered(number + 1))?;
        }
        rename_if_there(&self.path, &self.numbered(1))?;
        self.file = open_own(&self.path)?;
        self.bytes = self.file.metadata()?.len();
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{number}"));
        path.into()
    }
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed,
    }
}

/// Opens a regular file of this user's own, without following a link and without
/// waiting for the reader of a pipe.
fn open_own(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path)?;
    let status = file.metadata()?;
    if !status.is_file() {
        return Err(no_log("chatc-log-not-file"));
    }
    if status.uid() != rustix::process::geteuid().as_raw() {
        return Err(no_log("chatc-log-foreign"));
    }
    Ok(file)
}

fn no_log(id: &'static str) -> io::Error {
    io::Error::other(Fault { id, args: Vec::new() })
}

/// `NICK_chat_log.txt` with nothing in it that a file name must not hold.
pub fn file_name(nick: &str) -> String {
    let mut name = String::new();
    for c in nick.chars() {
        let bad = c == '/' || c == '\\' || c.is_control() || (name.is_empty() && matches!(c, '.' | '-'));
        let c = if bad { '_' } else { c };
        if name.len() + c.len_utf8() > LOG_NAME_BYTES_MAX {
            break;
        }
        name.push(c);
    }
    if name.is_empty() {
        name.push('_');
    }
    name + "_chat_log.txt"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::shown::Kind;
    use crate::core::time::Wall;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn names_are_safe() {
        assert_eq!(file_name("Alice"), "Alice_chat_log.txt");
        assert_eq!(file_name("한국사람"), "한국사람_chat_log.txt");
        assert_eq!(file_name("../etc/x"), "_._etc_x_chat_log.txt");
        assert_eq!(file_name(".."), "_._chat_log.txt");
        assert_eq!(file_name("-rf"), "_rf_chat_log.txt");
        assert_eq!(file_name(""), "__chat_log.txt");
        assert_eq!(file_name("a\0b\n"), "a_b__chat_log.txt");
        assert!(file_name(&"🦀".repeat(5000)).len() < 255);
    }

    #[test]
    fn lines_are_appended_for_the_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Alice_chat_log.txt");
        for text in ["one", "two\u{1b}[2J"] {
            let mut log = ChatLog::open(&path, TimeZone::UTC).unwrap();
            log.add(&Shown::new(Kind::Server, Wall(1_795_242_605_000), text)).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "[2026-11-21 06:30:05] one\n[2026-11-21 06:30:05] two[2J\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_full_log_makes_room_and_the_oldest_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("Alice_chat_log.txt");
        let mut log = ChatLog::open(&path, TimeZone::UTC).unwrap();
        log.bytes_max = 60;
        for number in 0..2 * (CHAT_LOGS_KEPT + 3) {
            log.add(&Shown::new(Kind::Talk, Wall(1_795_242_605_000), &format!("A >> {number:02}"))).unwrap();
        }
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        assert!(text(&path).ends_with("A >> 15\n") && text(&path).len() <= 60);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), CHAT_LOGS_KEPT as usize + 1);
        let oldest = log.numbered(CHAT_LOGS_KEPT);
        assert!(text(&oldest).contains("A >> 04"), "{}", text(&oldest));
        assert_eq!(oldest.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let reopened = ChatLog::open(&path, TimeZone::UTC).unwrap();
        assert_eq!(reopened.bytes, text(&path).len() as u64);
    }

    #[test]
    fn links_pipes_and_missing_directories_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("A_chat_log.txt");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert!(ChatLog::open(&path, TimeZone::UTC).is_err());
        std::fs::remove_file(&path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
        assert!(ChatLog::open(&path, TimeZone::UTC).is_err());
        assert!(ChatLog::open(&directory.path().join("gone/A_chat_log.txt"), TimeZone::UTC).is_err());
    }
}
