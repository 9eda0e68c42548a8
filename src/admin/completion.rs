//! Completion of a command line that is being typed, for bash, zsh and fish.
//!
//! Knows how a shell hands over what was typed and takes what fits. Why scripts
//! of our own around clap's engine: in bash what is completed is typed and not
//! quoted, and nobody's name shall become more than a word.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Arg, Command, CommandFactory, ValueEnum, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete as engine};

use super::arguments::Arguments;
use super::live::Daemon;
use super::typed::{self, Typed};
use crate::core::name::channel;
use crate::locale::{Words, shell};
use crate::terminal::{clean, visible};
use crate::wire::place::Environment;

/// The word after `chatctl` by which the scripts call it. It is in no help: nobody types it.
pub const COMPLETE: &str = "complete";

/// Files belong there, and the shell knows how to complete those.
const FILES: u8 = 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    /// What the shell has to read that `chatctl` be completed.
    pub fn script(self) -> &'static str {
        match self {
            Shell::Bash => include_str!("completion/chatctl.bash"),
            Shell::Zsh => include_str!("completion/chatctl.zsh"),
            Shell::Fish => include_str!("completion/chatctl.fish"),
        }
    }

    /// What was typed, from what its script hands over.
    fn typed(self, handed: &[OsString]) -> Option<Typed> {
        let text = |word: &OsString| word.to_string_lossy().into_owned();
        let plain = |words: Vec<String>| Typed { words, stands: String::new(), quote: None };
        let (last, before) = handed.split_last()?;
        match self {
            Shell::Bash => Some(typed::read(&text(last), &before.first().map(text)?)),
            Shell::Zsh => Some(plain(handed.iter().map(text).collect())),
            // The last word comes as it was typed.
            Shell::Fish => {
                let last = typed::read(&text(last), "").words.pop().unwrap_or_default();
                Some(plain(before.iter().map(text).chain([last]).collect()))
            }
        }
    }

    /// One line for one candidate; none for what cannot be typed there.
    fn line(self, typed: &Typed, value: &str, about: &str) -> Option<String> {
        match self {
            Shell::Bash => typed.put(value),
            Shell::Zsh => Some(format!("{}:{about}", value.replace('\\', "\\\\").replace(':', "\\:"))),
            Shell::Fish => Some(format!("{value}\t{about}")),
        }
    }
}

/// Completes what a script hands over after [`COMPLETE`]; gives the exit code. It never says what is wrong:
/// the screen belongs to who is typing.
pub fn complete(
    handed: &[OsString],
    environment: &Environment<'_>,
    words: &Words,
    out: &mut dyn Write,
) -> u8 {
    let shell = handed.first().and_then(|name| Shell::from_str(&name.to_string_lossy(), false).ok());
    let typed = shell.and_then(|shell| Some((shell, shell.typed(handed.get(1..)?)?)));
    let Some((shell, typed)) = typed else { return 0 };
    let files = Arc::new(AtomicBool::new(false));
    let daemon = Arc::new(Daemon::of(socket(&typed.words), environment));
    let command = shell::translated(Arguments::command(), words);
    let mut command = completing(command, &daemon, &files);
    let line = typed.words.iter().map(OsString::from).collect();
    let found = engine(&mut command, line, typed.words.len() - 1, None).unwrap_or_default();
    if files.load(Ordering::Relaxed) {
        return FILES;
    }
    // Options are not what somebody looks for who has typed nothing yet, unless there is nothing else.
    let begun = typed.words.last().is_some_and(|word| !word.is_empty());
    let is_option = |one: &CompletionCandidate| one.get_value().to_string_lossy().starts_with('-');
    let all = begun || found.iter().all(is_option);
    for candidate in found.iter().filter(|one| all || !is_option(one)) {
        let about = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        let value = candidate.get_value().to_string_lossy();
        // What would steer the terminal or the shell cannot be a name, whatever the daemon says.
        let safe = visible(&value) == value;
        let line = shell.line(&typed, &value, &clean(&about)).filter(|_| safe);
        // Where nobody reads, there is nobody to complete for.
        let _ = line.map(|line| writeln!(out, "{line}"));
    }
    0
}

/// The socket that the line names.
fn socket(words: &[String]) -> Option<PathBuf> {
    let after = words.windows(2).filter(|pair| pair[0] == "--socket").map(|pair| pair[1].as_str());
    let joined = words.iter().filter_map(|word| word.strip_prefix("--socket="));
    after.chain(joined).next().map(PathBuf::from)
}

/// Names that the daemon knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Live {
    Nicks,
    Rooms,
    Channels,
    Banned,
    Muted,
    Schedules,
}

/// What stands for an argument; none for what only its author knows.
fn live(command: &str, arg: &str) -> Option<Live> {
    match (command, arg) {
        // Rooms that are there cannot be made.
        ("create", _) => None,
        (_, "room") | ("set" | "keep" | "close" | "op" | "deop" | "transfer", "name") => Some(Live::Rooms),
        ("rooms", "channel") => Some(Live::Channels),
        ("unban", "who") => Some(Live::Banned),
        ("unmute", "nick") => Some(Live::Muted),
        ("unschedule", "id") => Some(Live::Schedules),
        (_, "nick" | "user") | ("ban", "who") => Some(Live::Nicks),
        _another => None,
    }
}

impl Live {
    fn candidates(self, daemon: &Daemon, current: &OsStr) -> Vec<CompletionCandidate> {
        let begin = current.to_string_lossy();
        let names = daemon.names(&begin);
        let plain = match self {
            Live::Nicks => names.nicks,
            Live::Rooms => names.rooms,
            Live::Banned => names.banned,
            Live::Muted => names.muted,
            Live::Channels => {
                let mut channels: Vec<String> =
                    names.rooms.iter().filter_map(|room| channel(room)).map(str::to_owned).collect();
                channels.dedup();
                channels
            }
            Live::Schedules => {
                let row = |row: &super::live::Scheduled| {
                    CompletionCandidate::new(row.schedule.to_string()).help(Some(row.text.clone().into()))
                };
                return names.schedules.iter().map(row).collect();
            }
        };
        // A name that looks like an option would be taken for one.
        let fit = plain.into_iter().filter(|name| name.starts_with(&*begin) && !name.starts_with('-'));
        fit.map(CompletionCandidate::new).collect()
    }
}

/// The command line with the sources of its arguments.
fn completing(command: Command, daemon: &Arc<Daemon>, files: &Arc<AtomicBool>) -> Command {
    let name = command.get_name().to_owned();
    command
        .mut_args(|arg| source(&name, arg, daemon, files))
        .mut_subcommands(|inner| completing(inner, daemon, files))
}

fn source(command: &str, arg: Arg, daemon: &Arc<Daemon>, files: &Arc<AtomicBool>) -> Arg {
    // A command's own options come before those that all have.
    let arg = if arg.is_global_set() { arg.display_order(COMMON_ORDER) } else { arg };
    if let Some(live) = live(command, arg.get_id().as_str()) {
        let daemon = Arc::clone(daemon);
        return arg.add(ArgValueCompleter::new(move |current: &OsStr| live.candidates(&daemon, current)));
    }
    if arg.get_value_hint() == ValueHint::AnyPath {
        let files = Arc::clone(files);
        return arg.add(ArgValueCompleter::new(move |current: &OsStr| {
            // What begins like an option is one.
            files.fetch_or(!current.to_string_lossy().starts_with('-'), Ordering::Relaxed);
            Vec::new()
        }));
    }
    let words = literal(command, &arg);
    if words.is_empty() {
        return arg;
    }
    arg.add(ArgValueCompleter::new(move |current: &OsStr| {
        let begin = current.to_string_lossy();
        let fit = words.iter().filter(|word| word.starts_with(&*begin));
        fit.map(CompletionCandidate::new).collect()
    }))
}

/// Behind any number of options that a command can have.
const COMMON_ORDER: usize = 500;

/// The words that are typed as they stand.
fn literal(command: &str, arg: &Arg) -> Vec<String> {
    if (command, arg.get_id().as_str()) == ("schedule", "every") {
        return vec!["daily".to_owned(), "weekdays".to_owned()];
    }
    shell::alternatives(arg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;

    fn nowhere(_: &str) -> Option<OsString> {
        None
    }

    /// What a shell is given where no daemon is.
    fn given(lang: Lang, handed: &[&str]) -> (u8, Vec<String>) {
        let environment = Environment { uid: u32::MAX, var: &nowhere };
        let handed: Vec<OsString> = handed.iter().map(OsString::from).collect();
        let mut out = Vec::new();
        let code = complete(&handed, &environment, &Words::new(lang), &mut out);
        (code, String::from_utf8(out).unwrap().lines().map(str::to_owned).collect())
    }

    #[test]
    fn commands_options_and_words_are_there_without_a_daemon() {
        let bash = |line| given(Lang::En, &["bash", " \t\n\"'><=;|&(:", line]);
        for (line, found) in [
            ("chatctl unsch", &["unschedule"][..]),
            ("chatctl room tra", &["transfer"]),
            ("chatctl history --fo", &["--follow"]),
            ("chatctl --json schedule --every ", &["daily", "weekdays"]),
            ("chatctl completions z", &["zsh"]),
            ("chatctl room set den --listed=f", &["false"]),
            ("chatctl room set den --slow o", &["off"]),
            ("chatctl kick ", &["--room", "--reason", "--socket", "--json", "--quiet", "--help"]),
            ("chatctl room ", &["create", "set", "keep", "close", "op", "deop", "transfer", "help"]),
            ("chatctl kick B", &[]),
            ("chatctl comple", &["completions"]),
            ("chatctl nonsense x", &[]),
        ] {
            let (code, given) = bash(line);
            assert_eq!((code, given), (0, found.iter().map(|&word| word.to_owned()).collect()), "{line}");
        }
    }

    #[test]
    fn where_files_belong_the_shell_is_told_so() {
        for line in ["chatctl --socket ", "chatctl backup /s", "chatctl import ", "chatctl export -o ./"] {
            assert_eq!(given(Lang::En, &["bash", "", line]), (FILES, Vec::new()), "{line}");
        }
        assert_eq!(given(Lang::En, &["bash", "", "chatctl backup --fo"]), (0, vec!["--force".to_owned()]));
    }

    #[test]
    fn each_shell_is_told_what_a_word_does_in_the_persons_language() {
        assert_eq!(
            given(Lang::En, &["fish", "chatctl", "unsc"]).1,
            ["unschedule\tTake back what was scheduled"]
        );
        assert_eq!(given(Lang::Ko, &["zsh", "chatctl", "unsc"]).1, ["unschedule:예약을 취소합니다"]);
        assert_eq!(given(Lang::Ko, &["fish", "chatctl", "\"unsc"]).1, ["unschedule\t예약을 취소합니다"]);
    }

    #[test]
    fn what_no_script_hands_over_is_met_with_silence() {
        for handed in
            [&[][..], &["tcsh", "x"], &["bash"], &["bash", "x"], &["zsh"], &["fish"], &["bash", "", ""]]
        {
            assert_eq!(given(Lang::En, handed), (0, Vec::new()), "{handed:?}");
        }
    }

    /// Whoever adds an argument for a room or a person is asked where its names come from.
    #[test]
    fn every_name_is_asked_of_the_daemon() {
        fn walk(command: &Command, faults: &mut Vec<String>) {
            for arg in command.get_arguments() {
                let called = arg.get_value_names().unwrap_or_default().join(" ");
                let named = called.split(['|', ' ']);
                let named = named
                    .filter(|name| matches!(*name, "ROOM" | "NICK" | "NAME" | "USER" | "ID" | "CHANNEL"));
                let known = live(command.get_name(), arg.get_id().as_str()).is_some();
                if named.count() > 0 && !known && command.get_name() != "create" {
                    faults.push(format!("{} {called}", command.get_name()));
                }
            }
            command.get_subcommands().for_each(|inner| walk(inner, faults));
        }
        let mut faults = Vec::new();
        walk(&Arguments::command(), &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
    }
}
