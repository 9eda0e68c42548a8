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

/// Characters of a nickname that its file name keeps: twice what the server allows.
const NAME_CHARS_MAX: usize = 64;

/// An open chat log.
pub struct ChatLog {
    file: File,
    path: PathBuf,
    zone: TimeZone,
}

impl ChatLog {
    /// Opens the log of `nick` in `directory` for appending; a new file is for its owner alone.
    /// The error names the file.
    pub fn open(directory: &Path, nick: &str, zone: TimeZone) -> Result<ChatLog, String> {
        let path = directory.join(file_name(nick));
        match open_own(&path) {
            Ok(file) => Ok(ChatLog { file, path, zone }),
            Err(error) => Err(format!("cannot write the chat log {}: {error}", path.display())),
        }
    }

    /// Adds one line. The error names the file.
    pub fn add(&mut self, line: &Shown) -> Result<(), String> {
        let mut text = line.logged(&self.zone);
        text.push('\n');
        // One write for each line, so that two programs with one log do not mix theirs.
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| format!("cannot write the chat log {}: {error}", self.path.display()))
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
        return Err(io::Error::other("it is not a regular file"));
    }
    if status.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other("it belongs to another user"));
    }
    Ok(file)
}

/// `NICK_chat_log.txt` with nothing in it that a file name must not hold.
fn file_name(nick: &str) -> String {
    let safe = |(place, c): (usize, char)| {
        let bad = c == '/' || c == '\\' || c.is_control() || (place == 0 && matches!(c, '.' | '-'));
        if bad { '_' } else { c }
    };
    let mut name: String = nick.chars().take(NAME_CHARS_MAX).enumerate().map(safe).collect();
    if name.is_empty() {
        name.push('_');
    }
    // File systems take 255 bytes; a character may have four.
    while name.len() > 200 {
        name.pop();
    }
    name + "_chat_log.txt"
}

#[cfg(test)]
mod tests {
    use super::{ChatLog, file_name};
    use crate::client::shown::Shown;
    use jiff::tz::TimeZone;
    use std::os::unix::fs::PermissionsExt;

    fn line(text: &str) -> Shown {
        Shown::server("2026-11-21T06:30:05Z".parse().unwrap(), text)
    }

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
        for text in ["one", "two\u{1b}[2J"] {
            let mut log = ChatLog::open(directory.path(), "Alice", TimeZone::UTC).unwrap();
            log.add(&line(text)).unwrap();
        }
        let path = directory.path().join("Alice_chat_log.txt");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "[2026-11-21 06:30:05] [Server]: one\n[2026-11-21 06:30:05] [Server]: two[2J\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn links_pipes_and_missing_directories_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("A_chat_log.txt");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert!(ChatLog::open(directory.path(), "A", TimeZone::UTC).is_err());
        std::fs::remove_file(&path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
        assert!(ChatLog::open(directory.path(), "A", TimeZone::UTC).is_err());
        let gone = directory.path().join("gone");
        let error = ChatLog::open(&gone, "A", TimeZone::UTC).err().unwrap();
        assert!(error.contains("gone/A_chat_log.txt"));
    }
}
