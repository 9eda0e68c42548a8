//! The loop of chatc: typed lines and the server's lines in, bytes and shown lines out.
//!
//! Knows neither commands nor events; `Session` does. Why `poll` and not mio's
//! epoll: standard input may be a plain file, which epoll refuses, and it must
//! not be made non-blocking, since the shell shares it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::ask::Ask;
use super::chatlog::ChatLog;
use super::lines::{Lines, Overlong};
use super::session::{Ending, Now, Session, Setup};
use super::shown::Style;

/// Longest line of the server; its own bounds allow no reply near this.
const HEARD_BYTES_MAX: usize = 1024 * 1024;
/// Longest typed line: far above what the server takes, so that its own bound is the one met.
pub const TYPED_BYTES_MAX: usize = 64 * 1024;
/// Bytes read from the server before typed lines and signals get their turn.
const READ_BYTES: usize = 64 * 1024;

/// Where the chat comes from and goes to.
pub struct Ends<'a> {
    /// Must be non-blocking.
    pub socket: TcpStream,
    pub input: BorrowedFd<'a>,
    /// What was read from `input` before the chat began.
    pub typed: Lines,
    pub output: &'a mut dyn Write,
    /// Notes about chatc itself.
    pub notes: &'a mut dyn Write,
    /// Becomes readable when the person interrupts; must be non-blocking.
    pub interrupts: UnixStream,
    pub log_directory: PathBuf,
    pub style: Style,
}

/// Chats until the session is over.
pub fn run(setup: Setup, ends: Ends<'_>) -> io::Result<Ending> {
    let session = Session::begin(setup, now());
    let heard = Lines::new(HEARD_BYTES_MAX);
    let mut pump = Pump { ends, session, heard, log: None, log_tried: false, input: Input::Open };
    loop {
        pump.take_typed();
        pump.deliver()?;
        if let Some(ending) = pump.session.ending() {
            // The farewell's last bytes may still be in our hands.
            let _ = pump.flush();
            return Ok(ending);
        }
        pump.wait()?;
    }
}

fn now() -> Now {
    Now { mono: Instant::now(), wall: Timestamp::now() }
}

/// What is left of standard input.
#[derive(PartialEq, Eq)]
enum Input {
    Open,
    /// All is read, but the last line may not have been taken.
    Ended,
    Done,
}

struct Pump<'a> {
    ends: Ends<'a>,
    session: Session,
    heard: Lines,
    log: Option<ChatLog>,
    log_tried: bool,
    input: Input,
}

impl Pump<'_> {
    /// Hands typed lines to the session, as many as it wants now.
    fn take_typed(&mut self) {
        while self.session.wants_lines() && self.input != Input::Done {
            let line = match self.ends.typed.next_line() {
                None if self.input == Input::Ended => self.ends.typed.last_line(),
                line => line,
            };
            match line {
                Some(Ok(line)) => match std::str::from_utf8(line) {
                    Ok(line) => self.session.typed(line, now()),
                    Err(_) => self.session.mistyped("the line is not UTF-8; it was not sent", now()),
                },
                Some(Err(Overlong)) => {
                    let why = format!("a line of more than {TYPED_BYTES_MAX} bytes was not sent");
                    self.session.mistyped(&why, now());
                }
                None if self.input == Input::Ended => {
                    self.input = Input::Done;
                    self.session.leave(Ask::Quit { text: None, quiet: false }, now());
                }
                None => return,
            }
        }
    }

    /// Brings everything to the screen, the chat log and the socket.
    fn deliver(&mut self) -> io::Result<()> {
        if let Some(on) = self.session.timestamps {
            self.ends.style.timestamps = on;
        }
        self.open_log()?;
        for line in std::mem::take(&mut self.session.show) {
            if line.for_screen() {
                writeln!(self.ends.output, "{}", line.painted(&self.ends.style))?;
            }
            let failed = self.log.as_mut().and_then(|log| log.add(&line).err());
            if let Some(error) = failed {
                writeln!(self.ends.notes, "chatc: {error}. It is given up.")?;
                self.log = None;
            }
        }
        self.ends.output.flush()?;
        if self.flush().is_err() {
            // What the server said before it closed is still to be read; reading finds the end.
            self.session.send.clear();
        }
        Ok(())
    }

    /// The file's name needs the nickname that the server has accepted.
    fn open_log(&mut self) -> io::Result<()> {
        let Some(nick) = self.session.nick().filter(|_| !self.log_tried) else {
            return Ok(());
        };
        self.log_tried = true;
        let zone = self.ends.style.zone.clone();
        match ChatLog::open(&self.ends.log_directory, nick, zone) {
            Ok(log) => self.log = Some(log),
            Err(error) => writeln!(self.ends.notes, "chatc: {error}. The chat is not logged.")?,
        }
        Ok(())
    }

    /// Writes as much as the socket takes.
    fn flush(&mut self) -> io::Result<()> {
        while !self.session.send.is_empty() {
            match self.ends.socket.write(&self.session.send) {
                Ok(written) => drop(self.session.send.drain(..written)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for something to happen, and takes it in.
    fn wait(&mut self) -> io::Result<()> {
        let mut socket_wish = PollFlags::IN;
        if !self.session.send.is_empty() {
            socket_wish |= PollFlags::OUT;
        }
        let mut watched = vec![PollFd::new(&self.ends.interrupts, PollFlags::IN)];
        let socket = (!self.session.is_cut()).then(|| {
            watched.push(PollFd::new(&self.ends.socket, socket_wish));
            watched.len() - 1
        });
        let input = (self.session.wants_lines() && self.input == Input::Open).then(|| {
            watched.push(PollFd::from_borrowed_fd(self.ends.input, PollFlags::IN));
            watched.len() - 1
        });
        let timeout = self.session.wake_at().map(until);
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = |place: usize| !watched[place].revents().is_empty();
        let (interrupted, heard) = (ready(0), socket.is_some_and(ready));
        let typed = input.is_some_and(ready);
        if interrupted {
            // The bytes themselves say nothing more.
            let _ = self.ends.interrupts.read(&mut [0; 64]);
            self.session.interrupted(now());
        }
        if heard {
            self.hear();
        }
        if typed {
            self.read_input()?;
        }
        self.session.tick(now());
        Ok(())
    }

    fn hear(&mut self) {
        let mut bytes = vec![0; READ_BYTES];
        let lost = match self.ends.socket.read(&mut bytes) {
            Ok(0) => true,
            Ok(read) => {
                self.heard.push(&bytes[..read]);
                false
            }
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        };
        while !self.session.is_cut() {
            match self.heard.next_line() {
                Some(Ok(line)) => self.session.heard(line, now()),
                Some(Err(Overlong)) => self.session.overheard(now()),
                None => break,
            }
        }
        if lost && !self.session.is_cut() {
            self.session.lost(now());
        }
        if self.session.is_cut() {
            // A server that we have given up on should know; one that is gone cannot mind.
            let _ = self.ends.socket.shutdown(std::net::Shutdown::Both);
        }
    }

    fn read_input(&mut self) -> io::Result<()> {
        match read_some(self.ends.input, &mut self.ends.typed) {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.input = Input::Ended;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
            // The terminal is gone: nobody is there any more.
            Err(_) => {
                self.input = Input::Ended;
                Ok(())
            }
        }
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

/// Reads once from `input`; false at its end.
pub fn read_some(input: impl AsFd, lines: &mut Lines) -> io::Result<bool> {
    let mut bytes = vec![0; 16 * 1024];
    let read = rustix::io::read(input, &mut bytes)?;
    lines.push(&bytes[..read]);
    Ok(read > 0)
}

fn until(at: Instant) -> Timespec {
    // Rounded up: waking a moment too early would turn the wait into a busy loop.
    let wait = at.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    }
}
