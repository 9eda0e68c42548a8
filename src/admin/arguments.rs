//! The command line of chatctl.
//!
//! Knows nothing of how a command is done. Why times are read here: what is not
//! a time is then a usage error, before any daemon is looked for.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::backup::Backup;
use super::completion::Shell;
use super::config::ConfigCommand;
use super::doctor::Doctor;
use super::export::Export;
use super::import::Import;
use super::rooms::RoomCommand;
use super::sanctions::{Ban, Mute};
use super::search::Search;
use super::times;
use super::verify;
use crate::core::chain::Anchor;
use crate::locale::{Lang, shell};

/// The texts in it are ids of sentences: `locale::shell` puts those of a language in their places.
#[derive(Parser, Debug)]
#[command(name = "chatctl", version, about = "chatctl-help", after_help = "chatctl-help-exit")]
pub struct Arguments {
    #[arg(long, global = true, value_name = "PATH", help = "chatctl-help-socket")]
    pub socket: Option<PathBuf>,
    #[arg(long, global = true, help = "chatctl-help-json")]
    pub json: bool,
    #[arg(long, global = true, help = "chatctl-help-quiet")]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    #[command(about = "chatctl-help-status")]
    Status {
        #[arg(long, help = "chatctl-help-status-watch")]
        watch: bool,
    },
    #[command(about = "chatctl-help-users")]
    Users {
        #[arg(long, help = "chatctl-help-users-room")]
        room: Option<String>,
    },
    #[command(about = "chatctl-help-rooms")]
    Rooms {
        #[arg(help = "chatctl-help-rooms-channel")]
        channel: Option<String>,
    },
    #[command(about = "chatctl-help-room-command")]
    Room {
        #[command(subcommand)]
        command: RoomCommand,
    },
    #[command(about = "chatctl-help-say")]
    Say {
        #[arg(long, help = "chatctl-help-room")]
        room: Option<String>,
        #[arg(required = true)]
        text: Vec<String>,
    },
    #[command(about = "chatctl-help-kick")]
    Kick {
        nick: String,
        #[arg(long, help = "chatctl-help-sanction-room")]
        room: Option<String>,
        #[arg(long, help = "chatctl-help-kick-reason")]
        reason: Option<String>,
    },
    #[command(about = "chatctl-help-ban")]
    Ban(Ban),
    #[command(about = "chatctl-help-unban")]
    Unban {
        #[arg(value_name = "NICK|ADDRESS", help = "chatctl-help-ban-who")]
        who: String,
        #[arg(long, help = "chatctl-help-sanction-room")]
        room: Option<String>,
    },
    #[command(about = "chatctl-help-bans")]
    Bans {
        #[arg(long, help = "chatctl-help-bans-room")]
        room: Option<String>,
    },
    #[command(about = "chatctl-help-mute")]
    Mute(Mute),
    #[command(about = "chatctl-help-unmute")]
    Unmute {
        nick: String,
        #[arg(long, help = "chatctl-help-sanction-room")]
        room: Option<String>,
    },
    #[command(about = "chatctl-help-broadcast")]
    Broadcast {
        #[arg(required = true)]
        text: Vec<String>,
    },
    #[command(about = "chatctl-help-schedule")]
    Schedule {
        #[arg(help = "chatctl-help-schedule-at")]
        at: String,
        #[arg(required = true)]
        text: Vec<String>,
        #[arg(long, help = "chatctl-help-room")]
        room: Option<String>,
        #[arg(long, value_name = "RULE", help = "chatctl-help-schedule-every")]
        every: Option<String>,
        #[arg(long, help = "chatctl-help-schedule-zone")]
        zone: Option<String>,
    },
    #[command(about = "chatctl-help-schedules")]
    Schedules,
    #[command(about = "chatctl-help-unschedule")]
    Unschedule {
        #[arg(help = "chatctl-help-unschedule-id")]
        id: u64,
    },
    #[command(about = "chatctl-help-history")]
    History(History),
    #[command(about = "chatctl-help-search")]
    Search(Search),
    #[command(about = "chatctl-help-commands")]
    Commands {
        #[arg(long, value_name = "TIME", value_parser = times::argument, help = "chatctl-help-since")]
        since: Option<String>,
        #[arg(short = 'n', value_name = "N", help = "chatctl-help-commands-rows")]
        rows: Option<u64>,
    },
    #[command(about = "chatctl-help-verify")]
    Verify {
        #[arg(long, value_name = "RECORD:LINK", value_parser = verify::anchor, help = "chatctl-help-verify-anchor")]
        anchor: Option<Anchor>,
    },
    #[command(about = "chatctl-help-backup")]
    Backup(Backup),
    #[command(about = "chatctl-help-export")]
    Export(Export),
    #[command(about = "chatctl-help-import")]
    Import(Import),
    #[command(about = "chatctl-help-shutdown")]
    Shutdown {
        #[arg(long = "in", value_name = "DURATION", value_parser = times::duration, help = "chatctl-help-shutdown-in")]
        delay: Option<String>,
        #[arg(long, help = "chatctl-help-shutdown-reason")]
        reason: Option<String>,
    },
    #[command(about = "chatctl-help-reload")]
    Reload,
    #[command(about = "chatctl-help-config")]
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    #[command(about = "chatctl-help-doctor")]
    Doctor(Doctor),
    #[command(about = "chatctl-help-ping")]
    Ping,
    #[command(about = "chatctl-help-completions")]
    Completions {
        #[arg(
            value_name = "bash|zsh|fish",
            hide_possible_values = true,
            help = "chatctl-help-completions-shell"
        )]
        shell: Shell,
    },
    #[command(about = "chatctl-help-man")]
    Man {
        #[arg(long, value_name = "en|ko", value_parser = shell::lang_argument, help = "chatctl-help-man-lang")]
        lang: Option<Lang>,
    },
}

#[derive(clap::Args, Debug)]
pub struct History {
    #[arg(long, help = "chatctl-help-room")]
    pub room: Option<String>,
    #[arg(long, value_name = "NICK", help = "chatctl-help-history-user")]
    pub user: Option<String>,
    #[arg(long, value_name = "TIME", value_parser = times::argument, help = "chatctl-help-since")]
    pub since: Option<String>,
    #[arg(
        long,
        value_name = "TIME",
        value_parser = times::argument,
        conflicts_with = "follow",
        help = "chatctl-help-history-until"
    )]
    pub until: Option<String>,
    #[arg(short = 'n', value_name = "N", help = "chatctl-help-history-lines")]
    pub lines: Option<u64>,
    #[arg(long, help = "chatctl-help-history-follow")]
    pub follow: bool,
    #[arg(long, help = "chatctl-help-history-versions")]
    pub versions: bool,
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Command};
    use crate::locale::{Lang, Words, shell};
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_is_in_every_language() {
        for lang in Lang::ALL {
            let mut command = shell::translated(Arguments::command(), &Words::new(lang));
            let names: Vec<String> = command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
            let mut helps = vec![command.render_help().to_string()];
            for name in names {
                let inner = command.find_subcommand_mut(&name).unwrap();
                helps.push(inner.render_help().to_string());
                let deeper = inner.get_subcommands_mut().map(|one| one.render_help().to_string());
                helps.extend(deeper.collect::<Vec<_>>());
            }
            for help in helps {
                assert!(!help.contains("-help-") && !help.contains("shell-"), "{help}");
                let english = help.contains("Print") || help.contains("Usage:") || help.contains("Options");
                assert_eq!(english, lang == Lang::En, "{help}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_every_language() {
        let told = |lang, line: &[&str]| {
            let (words, mut notes) = (Words::new(lang), Vec::new());
            let line = line.iter().map(Into::into);
            let error = shell::read::<Arguments>(line, &words).unwrap_err();
            assert_eq!(shell::tell(&error, &words, &mut notes), 2);
            String::from_utf8(notes).unwrap()
        };
        assert_eq!(
            told(Lang::Ko, &["chatctl", "usres"]),
            "오류: \"usres\" 명령은 없습니다. \"users\"를 찾으셨나요?\n\n\
             사용법: chatctl [OPTIONS] <COMMAND>\n\n자세한 내용은 \"--help\"로 볼 수 있습니다.\n"
        );
        assert_eq!(
            told(Lang::En, &["chatctl", "kick"]),
            "error: something is missing: <NICK>\n\nUsage: chatctl kick <NICK>\n\n\
             For more information, try \"--help\".\n"
        );
        for (line, why) in [
            (&["chatctl", "flibbertigibbet"][..], "\"flibbertigibbet\" 명령은 없습니다\n"),
            (&["chatctl", "ping", "--jsno"], "\"--json\"을 찾으셨나요?"),
            (&["chatctl", "ping", "x"], "여기서는 \"x\" 인자를 쓸 수 없습니다"),
            (&["chatctl", "kick"], "빠진 인자가 있습니다: <NICK>"),
            (&["chatctl", "users", "--room"], "\"--room <ROOM>\"에 값이 필요합니다"),
            (&["chatctl", "unschedule", "x"], "0 이상의 정수가 아닙니다"),
            (&["chatctl", "history", "--since", "soon"], "RFC 3339로 쓰세요"),
            (&["chatctl", "shutdown", "--in", "soon"], "30s, 5m, 2h처럼 쓰세요"),
            (&["chatctl", "history", "--until", "2h", "--follow"], "함께 쓸 수 없습니다"),
        ] {
            let told = told(Lang::Ko, line);
            assert!(told.starts_with("오류: ") && told.contains(why), "{told}");
        }
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
            &["chatctl", "ban", "Bob", "--for", "0s"],
            &["chatctl", "mute", "Bob", "--for", "soon"],
            &["chatctl", "say", "--room", "den"],
            &["chatctl", "verify", "--anchor", "12"],
            &["chatctl", "export", "--format", "xml"],
            &["chatctl", "import"],
            &["chatctl", "backup"],
            &["chatctl", "room"],
            &["chatctl", "room", "set", "den"],
            &["chatctl", "room", "set", "den", "--slow", "2d"],
            &["chatctl", "room", "set", "den", "--listed", "maybe"],
            &["chatctl", "room", "set", "den", "--capacity", "many"],
            &["chatctl", "room", "set", "den", "--password", ""],
            &["chatctl", "room", "set", "den", "--password", "x", "--no-password"],
            &["chatctl", "room", "create", "den", "--slow", "x"],
            &["chatctl", "room", "op", "den"],
        ] {
            assert_eq!(Arguments::try_parse_from(line).unwrap_err().exit_code(), 2, "{line:?}");
        }
    }
}
