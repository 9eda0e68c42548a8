//! Every behaviour as a transcript: what people type, and all that everybody gets to see.
//!
//! Knows no behaviour itself. Why silence is part of it: after each step all
//! output of all people must stand there, so a line too many fails as well.
//!
//! `tests/transcripts/*.txt`, one file each, begin with what they show. A step is
//! followed by all that came of it:
//!
//! ```text
//! # Somebody comes in and speaks.                 a comment; the first says what the file shows
//! config: rooms.capacity = 2                      a key of the configuration; later on: for a reload
//! alice: connect text                             or json, auto, pinned-text, pinned-json, pinned-http,
//!                                                 pinned-irc, control; `… from 192.0.2.7` (*)
//! alice> Alice                                    a line; {*80 x*} is x 80 times
//! alice>> "\xff\n"                                bytes
//! alice< [Server]: Welcome, Alice. …              a line that came
//! alice<< "HTTP/1.1 501 Not Implemented\r\n"      one that is no plain line
//! alice: closed                                   the server closed the connection
//! alice: sends in pieces of 1                     or: vanishes | half-closes | stops reading (*) | reads again (*)
//! +5m                                             time passes (*)
//! at 2026-11-21T15:29:50                          the wall clock is set, in the server's zone, or with Z in UTC (*)
//! store: stalls                                   or: answers | fails | recovers (*)
//! daemon: restarts                                or: stops | starts | is killed
//! daemon: ended                                   expected when somebody shut it down
//! crowd: 25                                       c001 to c025 come in; what they get is not looked at
//! in memory only: why                             (*)
//! ```
//!
//! Holes in expected lines: `{at} {time} {hh:mm} {id} {n} {session} {version} {path} {…}`; ` {×5}` at the end of
//! one that came five times. Each person's lines are compared in their order.
//!
//! All files run in memory, and those without a (*) also against the real daemon. `TRANSCRIPTS=rewrite` writes
//! what came in memory into the files, for review as a diff; `TRANSCRIPT=kick` takes only files with that in
//! their name.

mod support;
mod transcripts_support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use transcripts_support::live::Live;
use transcripts_support::memory::Memory;
use transcripts_support::play::{World, differences, play, rewrite};
use transcripts_support::script::Script;

fn scripts() -> Vec<Script> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let wanted = std::env::var("TRANSCRIPT").unwrap_or_default();
    let entries = std::fs::read_dir(&directory).expect("the transcripts stand beside this file");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    let shown = |path: &PathBuf| path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).to_owned();
    let scripts = paths.iter().map(shown).filter(|path| path.display().to_string().contains(&wanted));
    let load = |path: PathBuf| Script::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let scripts: Vec<Script> = scripts.map(load).collect();
    assert!(!scripts.is_empty(), "no transcript is named like {wanted}");
    scripts
}

/// Plays one script and compares it, or writes what came into it. A panic on the way is a difference too.
fn run(script: &Script, mut world: impl World, rewriting: bool) -> Vec<String> {
    let played = catch_unwind(AssertUnwindSafe(|| play(script, &mut world)));
    let Ok(came) = played else {
        return vec![format!("{}: the run ended with the panic above", script.path.display())];
    };
    if rewriting {
        std::fs::write(&script.path, rewrite(script, &came)).expect("the transcripts can be written");
        return Vec::new();
    }
    differences(script, &came)
}

fn fail_on(found: &[String], of: usize) {
    assert!(found.is_empty(), "{} differences in {of} transcripts\n\n{}\n", found.len(), found.join("\n\n"));
}

#[test]
fn in_memory() {
    let rewriting = std::env::var("TRANSCRIPTS").is_ok_and(|wish| wish == "rewrite");
    let scripts = scripts();
    let found: Vec<String> =
        scripts.iter().flat_map(|script| run(script, Memory::new(), rewriting)).collect();
    fail_on(&found, scripts.len());
}

#[test]
fn live() {
    let scripts: Vec<Script> = scripts().into_iter().filter(Script::runs_live).collect();
    let found: Vec<String> = scripts.iter().flat_map(|script| run(script, Live::new(), false)).collect();
    fail_on(&found, scripts.len());
}
