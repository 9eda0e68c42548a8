//! chatctl, the admin's shell command: from its command line to its exit code.
//!
//! Knows nothing of how the daemon works inside: over the control socket it is
//! one more JSON client, whose role is admin. Why it blocks: one question, one
//! answer, and then it ends.

mod arguments;
mod backup;
mod commands;
mod completion;
mod config;
mod doctor;
mod export;
mod failure;
mod file;
mod history;
mod import;
mod link;
mod live;
mod manual;
mod pages;
mod paper;
mod place;
mod progress;
mod rooms;
mod sanctions;
mod screen;
mod search;
mod status;
mod times;
mod typed;
mod verify;

#[cfg(test)]
mod flow_tests;
#[cfg(test)]
mod room_tests;
#[cfg(test)]
mod verify_tests;

use std::ffi::OsString;
use std::io::{self, BufRead, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use clap::CommandFactory;
use jiff::tz::TimeZone;

use crate::limits::TERMINAL_COLUMNS_DEFAULT;
use crate::locale::manual::page;
use crate::locale::{Lang, Words, shell};
use crate::terminal::{colours_wanted, visible};
use crate::wire::Speech;
use crate::wire::place::Environment;
use arguments::{Arguments, Command};
use commands::Aside;
use failure::Failure;
use link::Link;
use paper::Paper;
use progress::Progress;

/// The world around: what tests replace.
struct World<'a> {
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    environment: Environment<'a>,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
    /// The same of standard error.
    notes_width: Option<usize>,
    colour: bool,
    zone: TimeZone,
}

/// The whole program.
pub fn main() -> ExitCode {
    let screen = io::stdout().is_terminal();
    let world = World {
        input: &mut io::stdin().lock(),
        out: &mut BufWriter::new(io::stdout().lock()),
        notes: &mut io::stderr(),
        environment: Environment {
            uid: rustix::process::geteuid().as_raw(),
            var: &|name| std::env::var_os(name),
        },
        width: screen.then(|| terminal_width(io::stdout())),
        notes_width: io::stderr().is_terminal().then(|| terminal_width(io::stderr())),
        colour: screen && colours_wanted(),
        zone: TimeZone::system(),
    };
    ExitCode::from(run(std::env::args_os(), world))
}

fn terminal_width(screen: impl AsFd) -> usize {
    match rustix::termios::tcgetwinsize(screen) {
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => TERMINAL_COLUMNS_DEFAULT,
    }
}

/// Everything between the command line and the exit code.
fn run(arguments: impl IntoIterator<Item = OsString>, world: World<'_>) -> u8 {
    let World { input, out, notes, environment, width, notes_width, colour, zone } = world;
    let lang = shell::lang(environment.var);
    let speech = Speech::new(lang, zone, String::new());
    let line: Vec<OsString> = arguments.into_iter().collect();
    if line.get(1).is_some_and(|word| word == completion::COMPLETE) {
        return completion::complete(&line[2..], &environment, &speech.words, out);
    }
    let mut arguments: Arguments = match shell::read(line, &speech.words) {
        Ok(arguments) => arguments,
        Err(error) => return shell::tell(&error, &speech.words, notes),
    };
    let listing = Words::new(if width.is_some() { lang } else { Lang::En });
    let (json, quiet) = (arguments.json, arguments.quiet);
    let mut paper = Paper { out, json, quiet, width, colour, speech, listing };
    let ready = match &mut arguments.command {
        Command::Room { command } => command.read_password(input),
        _all_on_the_command_line => Ok(()),
    };
    let looked_at = notes_width.filter(|_| !quiet);
    let done = ready.and_then(|()| {
        let mut aside = Aside { input, progress: Progress::new(notes, looked_at) };
        perform(arguments, &environment, &mut paper, &mut aside)
    });
    match done.and_then(|()| Ok(paper.out.flush()?)) {
        Ok(()) => 0,
        // Whoever read has read enough, as `head` does.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(failure) => {
            // What was answered before it failed is still an answer.
            let _ = paper.out.flush();
            for (place, line) in failure.sentence(&paper.speech.words).lines().enumerate() {
                let name = if place == 0 { "chatctl: " } else { "" };
                // A closed standard error leaves nobody to tell; the exit code remains.
                let _ = writeln!(notes, "{name}{}", visible(line));
            }
            failure.code()
        }
    }
}

fn perform(
    arguments: Arguments,
    environment: &Environment<'_>,
    paper: &mut Paper<'_>,
    aside: &mut Aside<'_>,
) -> Result<(), Failure> {
    if let Command::Import(asked) = &arguments.command
        && asked.dry_run
    {
        return import::check(paper, aside.input, &asked.file);
    }
    match &arguments.command {
        Command::Completions { shell } => return Ok(paper.out.write_all(shell.script().as_bytes())?),
        Command::Man { lang } => {
            let words = Words::new(lang.unwrap_or(paper.speech.words.lang()));
            let command = shell::translated(Arguments::command(), &words);
            return Ok(paper.out.write_all(page(&command, &words, &manual::PAGE).as_bytes())?);
        }
        Command::Doctor(asked) => {
            return doctor::doctor(paper, environment, arguments.socket.as_deref(), asked);
        }
        _for_the_daemon => {}
    }
    let places = place::candidates(arguments.socket.as_deref(), environment);
    let mut note = |text: &str| {
        aside.progress.note(&format!("chatctl: {}", visible(text)));
    };
    let (_, stream) = place::find(&places, environment.uid, &paper.speech.words, &mut note)?;
    commands::perform(arguments.command, &mut Link::new(stream, paper.speech.words.lang()), paper, aside)
}
