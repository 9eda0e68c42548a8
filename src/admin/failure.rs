//! Why a command was not done, as a sentence and as an exit code.
//!
//! Knows nothing of sockets and tables. Why an enum and not numbers at each
//! place: the exit codes are a promise to scripts, so they stand here once.

use std::io;
use std::path::PathBuf;

/// A command that was not done.
#[derive(Debug)]
pub enum Failure {
    /// The daemon said no.
    Refused { message: String },
    /// No daemon answers; each place that was tried, with what was found there.
    NoDaemon { tried: Vec<(PathBuf, String)> },
    /// The socket is there but not for this user.
    NotPermitted { path: PathBuf, group: String },
    /// The daemon went away before it answered.
    Lost { told: Option<String> },
    /// The daemon did not answer within so many seconds.
    Silent { seconds: u64 },
    /// What it sent is not the protocol.
    Nonsense(String),
    /// Standard output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// chatctl's exit code for it.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Refused { .. } | Failure::Nonsense(_) | Failure::Output(_) => 1,
            Failure::NoDaemon { .. } | Failure::Lost { .. } | Failure::Silent { .. } => 3,
            Failure::NotPermitted { .. } => 4,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Refused { message } => f.write_str(message),
            Failure::NoDaemon { tried } => {
                writeln!(f, "no daemon answers. Tried:")?;
                for (path, found) in tried {
                    writeln!(f, "  {}: {found}", path.display())?;
                }
                f.write_str(
                    "Start one with \"chatd\" or \"systemctl start chatd\", or name its control \
                     socket with --socket PATH or in CHATD_SOCKET.",
                )
            }
            Failure::NotPermitted { path, group } => {
                let path = path.display();
                write!(
                    f,
                    "not permitted to use {path}: it is for the group \"{group}\". Run chatctl as root"
                )?;
                match group.as_str() {
                    // Nobody should be told to join it.
                    "root" => f.write_str(", or set control.group in the configuration."),
                    group => {
                        write!(f, ", or join the group with \"usermod -aG {group} NAME\" and log in again.")
                    }
                }
            }
            Failure::Lost { told: Some(told) } => write!(f, "the daemon closed the connection: {told}"),
            Failure::Lost { told: None } => f.write_str(
                "the daemon closed the connection before it answered; whether it did what was \
                 asked is not known. See its log.",
            ),
            Failure::Silent { seconds } => write!(
                f,
                "the daemon did not answer within {seconds} s; it may be stopped or stuck. See its log."
            ),
            Failure::Nonsense(what) => {
                write!(f, "the daemon sent {what}. Are chatctl and chatd of the same version?")
            }
            Failure::Output(error) => write!(f, "cannot write the output: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    /// Only writing to standard output fails with a bare error.
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}
