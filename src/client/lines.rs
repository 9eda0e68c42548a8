//! Lines in, lines out: chatc off a terminal, and on one with `--plain`.
//!
//! Knows neither commands nor events; `Session` does. Why standard input is read by hand: it may be
//! a plain file, and it must not be made non-blocking, since the shell shares it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};

use super::ask::Ask;
use super::pump::Front;
use super::session::{Now, Session};
use super::shown::{Shown, Style};
use crate::core::reject::Reject;
use crate::limits::{TYPED_BYTES_MAX, TYPED_READ_BYTES};
use crate::terminal::clean;
use crate::wire::line::{Inbox, Line, Lines as Split};

/// What is left of standard input.
#[derive(PartialEq, Eq)]
enum Input {
    Open,
    /// All is read, but perhaps not all lines are taken.
    Ended,
    Done,
}

/// The person's side of a chat in lines.
pub struct Lines<'a> {
    from: BorrowedFd<'a>,
    /// What was read and not taken yet.
    typed: Inbox,
    input: Input,
    output: &'a mut dyn Write,
    /// Notes about chatc itself.
    notes: &'a mut dyn Write,
    style: Style,
}

impl<'a> Lines<'a> {
    /// `typed` is what was read from `from` before the chat began.
    pub fn new(
        from: BorrowedFd<'a>,
        typed: Inbox,
        output: &'a mut dyn Write,
        notes: &'a mut dyn Write,
        style: Style,
    ) -> Lines<'a> {
        Lines { from, typed, input: Input::Open, output, notes, style }
    }
}

impl Front for Lines<'_> {
    /// Hands typed lines to the session, as many as it wants now.
    fn take(&mut self, session: &mut Session, now: &dyn Fn() -> Now) -> io::Result<()> {
        let typed = self.typed.join(b"");
        let mut lines = Split::new(&typed, TYPED_BYTES_MAX);
        while session.wants_lines() && self.input != Input::Done {
            match lines.next(&mut self.typed) {
                Some(Line::Whole(line)) => session.typed(line, now()),
                Some(Line::TooLong) => {
                    session.mistyped(&Reject::TooLong { max: TYPED_BYTES_MAX }, b"", now());
                }
                None if self.input == Input::Ended => {
                    self.input = Input::Done;
                    session.leave(Ask::quit(), now());
                }
                None => break,
            }
        }
        self.typed.keep(lines.rest());
        Ok(())
    }

    fn show(&mut self, session: &mut Session, lines: Vec<Shown>, _now: Now) -> io::Result<()> {
        if let Some(on) = session.timestamps {
            self.style.timestamps = on;
        }
        for line in lines.iter().filter(|line| line.for_screen()) {
            writeln!(self.output, "{}", line.painted(&self.style))?;
        }
        self.output.flush()
    }

    fn note(&mut self, sentence: &str) -> io::Result<()> {
        writeln!(self.notes, "chatc: {}", clean(sentence))
    }

    fn watches(&self, session: &Session) -> Vec<BorrowedFd<'_>> {
        let wanted = session.wants_lines() && self.input == Input::Open;
        wanted.then_some(self.from).into_iter().collect()
    }

    fn is_ready(&mut self) -> io::Result<()> {
        // Also an error is an end: the terminal is gone, so nobody is there any more.
        if !read_some(self.from, &mut self.typed).unwrap_or(false) {
            self.input = Input::Ended;
        }
        Ok(())
    }

    fn wake_at(&self) -> Option<Instant> {
        None
    }
}

/// Waits until something was typed; false when the person interrupts instead.
pub fn wait_for_input(input: BorrowedFd<'_>, interrupts: &UnixStream) -> io::Result<bool> {
    let mut watched =
        [PollFd::new(interrupts, PollFlags::IN), PollFd::from_borrowed_fd(input, PollFlags::IN)];
    loop {
        match poll(&mut watched, None) {
            Ok(_) => return Ok(watched[0].revents().is_empty()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reads once from `input`; false at its end, where the last line need not have an end of its own.
pub fn read_some(input: impl AsFd, typed: &mut Inbox) -> io::Result<bool> {
    let mut bytes = vec![0; TYPED_READ_BYTES];
    let read = match rustix::io::read(input, &mut bytes) {
        Err(rustix::io::Errno::INTR) => return Ok(true),
        read => read?,
    };
    let joined = typed.join(if read == 0 { b"\n" } else { &bytes[..read] });
    typed.keep(&joined);
    Ok(read > 0)
}

/// Takes out what is there to read, and forgets it.
pub fn drain(mut from: &UnixStream) {
    // Whether it was one byte or many says nothing more.
    let _ = from.read(&mut [0; 64]);
}
