//! chatctl, the admin's shell command: from its command line to its exit code.
//!
//! Knows nothing of how the daemon works inside: over the control socket it is
//! one more JSON client, whose role is admin. Why it blocks: one question, one
//! answer, and then it ends.

mod arguments;
mod clean;
mod commands;
mod failure;
mod history;
mod link;
mod pages;
mod paper;
mod place;
mod status;
mod times;

#[cfg(test)]
mod flow_tests;

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use jiff::tz::TimeZone;

use arguments::Arguments;
use clean::visible;
use failure::Failure;
use link::Link;
use paper::Paper;
use place::Surroundings;

/// Columns of a terminal that does not say how many it has.
const WIDTH_DEFAULT: usize = 80;

/// The world around: what tests replace.
struct World<'a> {
    out: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    around: Surroundings,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
    colour: bool,
    zone: TimeZone,
}

/// The whole program.
pub fn main() -> ExitCode {
    let screen = io::stdout().is_terminal();
    let world = World {
        out: &mut BufWriter::new(io::stdout().lock()),
        notes: &mut io::stderr(),
        around: Surroundings::here(),
        width: screen.then(terminal_width),
        colour: screen && colours_wanted(),
        zone: TimeZone::system(),
    };
    ExitCode::from(run(std::env::args_os(), world))
}

fn terminal_width() -> usize {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 => size.ws_col.into(),
        _ => WIDTH_DEFAULT,
    }
}

/// The convention of no-color.org, and terminals that say they have none.
fn colours_wanted() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Everything between the command line and the exit code.
fn run(arguments: impl IntoIterator<Item = OsString>, world: World<'_>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed standard output leaves nobody to tell.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let World { out, notes, around, width, colour, zone } = world;
    let (json, quiet) = (arguments.json, arguments.quiet);
    let mut paper = Paper { out, json, quiet, width, colour, zone };
    let done = perform(arguments, &around, &mut paper, notes);
    match done.and_then(|()| Ok(paper.out.flush()?)) {
        Ok(()) => 0,
        // Whoever read has read enough, as `head` does.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(failure) => {
            // What was answered before it failed is still an answer.
            let _ = paper.out.flush();
            for (place, line) in failure.to_string().lines().enumerate() {
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
    around: &Surroundings,
    paper: &mut Paper<'_>,
    notes: &mut dyn Write,
) -> Result<(), Failure> {
    let places = place::candidates(arguments.socket.as_deref(), around);
    let mut note = |text: &str| {
        // As in `run`.
        let _ = writeln!(notes, "chatctl: {}", visible(text));
    };
    let (_, stream) = place::find(&places, around.uid, &mut note)?;
    commands::perform(arguments.command, &mut Link::new(stream), paper)
}
