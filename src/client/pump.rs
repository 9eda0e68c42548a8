//! The loop of chatc: typed lines and the server's lines in, bytes and shown lines out.
//!
//! Knows neither commands nor events; `Session` does. Why `poll` and not mio's
//! epoll: standard input may be a plain file, which epoll refuses, and it must
//! not be made non-blocking, since the shell shares it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::ask::Ask;
use super::chatlog::{ChatLog, file_name};
use super::session::{Ending, Now, Session, Setup};
use super::shown::Style;
use crate::core::reject::Reject;
use crate::core::time::Wall;
use crate::limits::{
    AWAY_JITTER_MS, HEARD_BYTES_MAX, READ_BYTES_PER_TURN, TYPED_BYTES_MAX, TYPED_READ_BYTES,
};
use crate::locale::shell::Fault;
use crate::terminal::clean;
use crate::wire::line::{Inbox, Line, Lines};

/// Where the chat comes from and goes to.
pub struct Ends<'a> {
    /// Must be non-blocking.
    pub socket: TcpStream,
    /// Another one, also non-blocking, when this one is lost; none when nobody is there.
    pub reconnect: &'a mut dyn FnMut() -> Option<TcpStream>,
    pub input: BorrowedFd<'a>,
    /// What was read from `input` before the chat began.
    pub typed: Inbox,
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
    let heard = Inbox::default();
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
        pump.come_back();
    }
}

fn now() -> Now {
    Now { mono: Instant::now(), wall: Wall(Timestamp::now().as_millisecond()) }
}

/// What is left of standard input.
#[derive(PartialEq, Eq)]
enum Input {
    Open,
    /// All is read, but perhaps not all lines are taken.
    Ended,
    Done,
}

struct Pump<'a> {
    ends: Ends<'a>,
    session: Session,
    heard: Inbox,
    log: Option<ChatLog>,
    log_tried: bool,
    input: Input,
}

impl Pump<'_> {
    /// Hands typed lines to the session, as many as it wants now.
    fn take_typed(&mut self) {
        let typed = self.ends.typed.join(b"");
        let mut lines = Lines::new(&typed, TYPED_BYTES_MAX);
        while self.session.wants_lines() && self.input != Input::Done {
            match lines.next(&mut self.ends.typed) {
                Some(Line::Whole(line)) => self.session.typed(line, now()),
                Some(Line::TooLong) => {
                    self.session.mistyped(&Reject::TooLong { max: TYPED_BYTES_MAX }, b"", now());
                }
                None if self.input == Input::Ended => {
                    self.input = Input::Done;
                    self.session.leave(Ask::quit(), now());
                }
                None => break,
            }
        }
        self.ends.typed.keep(lines.rest());
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
            if let Some(Err(error)) = self.log.as_mut().map(|log| log.add(&line)) {
                self.log = None;
                self.no_log(&error)?;
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
        if self.log_tried || self.session.nick().is_none() {
            return Ok(());
        }
        self.log_tried = true;
        match ChatLog::open(&self.log_path(), self.ends.style.zone.clone()) {
            Ok(log) => self.log = Some(log),
            Err(error) => self.no_log(&error)?,
        }
        Ok(())
    }

    fn log_path(&self) -> PathBuf {
        self.ends.log_directory.join(file_name(self.session.nick().unwrap_or_default()))
    }

    fn no_log(&mut self, error: &io::Error) -> io::Result<()> {
        let path = self.log_path().display().to_string();
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>());
        let why = match own {
            Some(fault) => fault.sentence(&self.session.setup.speech.words),
            None => error.to_string(),
        };
        let args = [("path", path.into()), ("why", why.into())];
        let note = self.session.sentence("chatc-no-log", &args);
        writeln!(self.ends.notes, "chatc: {}", clean(&note))
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

    /// Tries for a new connection when it is time to.
    fn come_back(&mut self) {
        if !self.session.wants_connection(now()) {
            return;
        }
        match (self.ends.reconnect)() {
            Some(socket) => {
                self.ends.socket = socket;
                self.heard = Inbox::default();
                self.session.connected(now());
            }
            None => {
                // Its keys are drawn anew for each: as random as this needs to be.
                let drawn = RandomState::new().build_hasher().finish();
                self.session.not_connected(drawn % AWAY_JITTER_MS, now());
            }
        }
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
            self.read_input();
        }
        self.session.tick(now());
        Ok(())
    }

    fn hear(&mut self) {
        let mut bytes = vec![0; READ_BYTES_PER_TURN];
        let (read, lost) = match self.ends.socket.read(&mut bytes) {
            Ok(read) => (read, read == 0),
            Err(error) => (0, !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)),
        };
        let joined = self.heard.join(&bytes[..read]);
        let mut lines = Lines::new(&joined, HEARD_BYTES_MAX);
        while !self.session.is_cut()
            && let Some(line) = lines.next(&mut self.heard)
        {
            match line {
                Line::Whole(line) => self.session.heard(line, now()),
                Line::TooLong => self.session.give_up("chatc-why-endless", now()),
            }
        }
        self.heard.keep(lines.rest());
        if lost && !self.session.is_cut() {
            self.session.lost(now());
        }
        if self.session.is_cut() {
            // A server that we have given up on should know; one that is gone cannot mind.
            let _ = self.ends.socket.shutdown(std::net::Shutdown::Both);
        }
    }

    fn read_input(&mut self) {
        // Also an error is an end: the terminal is gone, so nobody is there any more.
        if !read_some(self.ends.input, &mut self.ends.typed).unwrap_or(false) {
            self.input = Input::Ended;
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

fn until(at: Instant) -> Timespec {
    // Rounded up: waking a moment too early would turn the wait into a busy loop.
    let wait = at.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    }
}
