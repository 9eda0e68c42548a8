//! Why a command was not done, as a sentence and as an exit code.
//!
//! Knows nothing of sockets and tables. Why an enum and not numbers at each
//! place: the exit codes are a promise to scripts, so they stand here once.

use std::io;
use std::path::{Path, PathBuf};

use crate::locale::Words;

/// A command that was not done.
#[derive(Debug)]
pub enum Failure {
    /// The daemon said no.
    /// `at` is the place of what it was about.
    Refused { message: String, at: Option<u64> },
    /// It said no to a line of a file.
    RefusedLine { line: u64, message: String },
    /// A line of a file is not what it should be; the id of the sentence that says so.
    BadFile { line: u64, id: &'static str },
    /// A file cannot be read or written.
    File { path: String, why: String },
    /// A file is there that nobody said may be replaced.
    FileThere { path: PathBuf },
    /// Somebody else writes this file, or it was left behind.
    PartThere { path: PathBuf },
    /// The history is not as it was kept.
    Unsound { sentence: String },
    /// No daemon answers; each place that was tried, with what was found there.
    NoDaemon { tried: Vec<(PathBuf, String)> },
    /// The socket is there but not for this user.
    NotPermitted { path: PathBuf, group: String },
    /// The daemon went away before it answered, perhaps with a word or an empty one.
    Lost { told: Option<String> },
    /// The daemon did not answer within so many seconds.
    Silent { seconds: u64 },
    /// What it sent is not the protocol; the id of the sentence that says so.
    Nonsense(&'static str),
    /// What was to come on standard input did not; the id of the sentence that says so.
    Usage(&'static str),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// chatctl's exit code for it.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Refused { .. }
            | Failure::RefusedLine { .. }
            | Failure::BadFile { .. }
            | Failure::File { .. }
            | Failure::FileThere { .. }
            | Failure::PartThere { .. }
            | Failure::Unsound { .. }
            | Failure::Nonsense(_)
            | Failure::Output(_) => 1,
            Failure::Usage(_) => 2,
            Failure::NoDaemon { .. } | Failure::Lost { .. } | Failure::Silent { .. } => 3,
            Failure::NotPermitted { .. } => 4,
        }
    }
}

impl Failure {
    /// What the admin is told: one line or several.
    pub fn sentence(&self, words: &Words) -> String {
        match self {
            Failure::Refused { message, .. } => message.clone(),
            Failure::RefusedLine { line, message } => {
                let args = [("line", line.to_string().into()), ("why", message.as_str().into())];
                words.say("chatctl-import-line", &args)
            }
            Failure::BadFile { line, id } => {
                let args = [("line", line.to_string().into()), ("why", words.say(id, &[]).into())];
                words.say("chatctl-import-line", &args)
            }
            Failure::File { path, why } => {
                words.say("chatctl-file", &[("path", path.as_str().into()), ("why", why.as_str().into())])
            }
            Failure::FileThere { path } => words.say("chatctl-file-there", &[("path", shown(path).into())]),
            Failure::PartThere { path } => words.say("chatctl-part-there", &[("path", shown(path).into())]),
            Failure::Unsound { sentence } => sentence.clone(),
            Failure::NoDaemon { tried } => {
                let mut lines = vec![words.say("chatctl-no-daemon", &[])];
                for (path, found) in tried {
                    let args = [("path", shown(path).into()), ("found", found.as_str().into())];
                    lines.push(words.say("chatctl-tried", &args));
                }
                lines.push(words.say("chatctl-start-one", &[]));
                lines.join("\n")
            }
            // Nobody should be told to join that group.
            Failure::NotPermitted { path, group } if group == "root" => {
                words.say("chatctl-not-permitted-root", &[("path", shown(path).into())])
            }
            Failure::NotPermitted { path, group } => {
                let args = [("path", shown(path).into()), ("group", group.as_str().into())];
                words.say("chatctl-not-permitted", &args)
            }
            Failure::Lost { told: Some(told) } => {
                let ending = || words.say("chatctl-ending", &[]);
                let told = if told.is_empty() { ending() } else { told.clone() };
                words.say("chatctl-lost-told", &[("told", told.into())])
            }
            Failure::Lost { told: None } => words.say("chatctl-lost", &[]),
            Failure::Silent { seconds } => words.say("chatctl-silent", &[("seconds", (*seconds).into())]),
            Failure::Nonsense(id) | Failure::Usage(id) => words.say(id, &[]),
            Failure::Output(error) => words.say("chatctl-output", &[("why", error.to_string().into())]),
        }
    }
}

/// A path as it stands in a sentence.
pub fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl From<io::Error> for Failure {
    /// Only writing to standard output fails with a bare error.
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}
