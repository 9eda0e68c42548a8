//! The command line of chatctl.
//!
//! Knows nothing of how a command is done. Why times are read here: what is not
//! a time is then a usage error, before any daemon is looked for.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::times;

/// Administer a chatd from the shell.
#[derive(Parser, Debug)]
#[command(
    name = "chatctl",
    version,
    after_help = "Exit code: 0 done; 1 the daemon refused; 2 usage; 3 no daemon there; 4 not permitted."
)]
pub struct Arguments {
    /// The daemon's control socket [else: CHATD_SOCKET, then the usual places]
    #[arg(long, global = true, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// Print what the daemon answered: one JSON object a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Print answers, but no receipts
    #[arg(long, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// How the daemon is
    Status {
        /// Look again each second
        #[arg(long)]
        watch: bool,
    },
    /// Who is there
    Users {
        /// Only those in this room
        #[arg(long)]
        room: Option<String>,
    },
    /// Put somebody out of the server
    Kick {
        nick: String,
        /// What they and the record of commands are told
        #[arg(long)]
        reason: Option<String>,
    },
    /// Tell everybody in every room
    Broadcast {
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Have a message said at a time of the server's zone
    Schedule {
        /// HH:MM, YYYY-MM-DDTHH:MM or +10m
        at: String,
        #[arg(required = true)]
        text: Vec<String>,
        /// Where [else: the default room]
        #[arg(long)]
        room: Option<String>,
    },
    /// What is scheduled
    Schedules,
    /// Take back what was scheduled
    Unschedule {
        /// The number that "schedules" shows
        id: u64,
    },
    /// What was said
    History(History),
    /// Who did what: the record of commands
    Commands {
        /// From this time on: 2h, 15:30, yesterday, 2026-11-21, RFC 3339
        #[arg(long, value_name = "TIME", value_parser = times::argument)]
        since: Option<String>,
        /// How many, the newest [default: 50, or all with --since]
        #[arg(short = 'n', value_name = "N")]
        rows: Option<u64>,
    },
    /// Tell everybody and end the daemon
    Shutdown {
        /// After this time: 30s, 5m, 2h
        #[arg(long = "in", value_name = "DURATION", value_parser = times::duration)]
        delay: Option<String>,
        /// What everybody is told
        #[arg(long)]
        reason: Option<String>,
    },
    /// Read the configuration anew
    Reload,
    /// Whether the daemon answers
    Ping,
}

#[derive(clap::Args, Debug)]
pub struct History {
    /// Where [else: the default room]
    #[arg(long)]
    pub room: Option<String>,
    /// Only what this person said
    #[arg(long, value_name = "NICK")]
    pub user: Option<String>,
    /// From this time on: 2h, 15:30, yesterday, 2026-11-21, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = times::argument)]
    pub since: Option<String>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = times::argument, conflicts_with = "follow")]
    pub until: Option<String>,
    /// How many lines, the newest [default: 50, or all with --since]
    #[arg(short = 'n', value_name = "N")]
    pub lines: Option<u64>,
    /// Go on with what is said from now on
    #[arg(long)]
    pub follow: bool,
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Command};
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_may_stand_anywhere() {
        let line = ["chatctl", "users", "--json", "--room", "lobby", "--socket", "/s"];
        let read = Arguments::try_parse_from(line).unwrap();
        assert!(read.json && read.socket.is_some());
        assert!(matches!(read.command, Command::Users { room: Some(room) } if room == "lobby"));
    }

    #[test]
    fn usage_errors_have_exit_code_2() {
        for line in [
            &["chatctl"][..],
            &["chatctl", "frobnicate"],
            &["chatctl", "kick"],
            &["chatctl", "broadcast"],
            &["chatctl", "schedule", "15:30"],
            &["chatctl", "unschedule", "x"],
            &["chatctl", "history", "--since", "soon"],
            &["chatctl", "history", "--until", "2h", "--follow"],
            &["chatctl", "shutdown", "--in", "later"],
        ] {
            assert_eq!(Arguments::try_parse_from(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
    }
}
