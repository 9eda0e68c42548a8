//! The loop of chatc: typed lines and the server's lines in, bytes and shown lines out.
//!
//! Knows neither commands nor events, which `Session` does, nor what a person sees them on. Why
//! `poll` and not mio's epoll: standard input may be a plain file, which epoll refuses.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::ask::Ask;
use super::chatlog::{ChatLog, file_name};
use super::lines::drain;
use super::session::{Ending, Now, Session, Setup};
use super::shown::Shown;
use super::transfer::{Patience, Runner};
use crate::core::time::Wall;
use crate::limits::{AWAY_JITTER_MS, HEARD_BYTES_MAX, READ_BYTES_PER_TURN};
use crate::locale::shell::Fault;
use crate::wire::line::{Inbox, Line, Lines};

/// Where the chat comes from and goes to.
pub struct Ends<'a> {
    /// Must be non-blocking.
    pub socket: TcpStream,
    /// Another one, also non-blocking, when this one is lost; none when nobody is there.
    pub reconnect: &'a mut dyn FnMut() -> Option<TcpStream>,
    pub front: &'a mut dyn Front,
    /// Becomes readable when the person interrupts; must be non-blocking.
    pub interrupts: UnixStream,
    /// Where the chat log is; none where none is wanted.
    pub log_directory: Option<PathBuf>,
    pub zone: TimeZone,
}

/// The person's side of a chat: lines, or a full screen.
pub trait Front {
    /// Hands what was typed to the session, as much as it wants now.
    fn take(&mut self, session: &mut Session, now: &dyn Fn() -> Now) -> io::Result<()>;
    /// Shows new lines, and whatever else of the session is seen.
    fn show(&mut self, session: &mut Session, lines: Vec<Shown>, now: Now) -> io::Result<()>;
    /// A note about chatc itself.
    fn note(&mut self, sentence: &str) -> io::Result<()>;
    /// Where typing comes from; nothing while none is wanted.
    fn watches(&self, session: &Session) -> Vec<BorrowedFd<'_>>;
    /// There is something to read there.
    fn is_ready(&mut self) -> io::Result<()>;
    /// When it wants to be called even though nothing has happened.
    fn wake_at(&self) -> Option<Instant>;
}

/// Chats until the session is over.
pub fn run(setup: Setup, ends: Ends<'_>) -> io::Result<Ending> {
    let session = Session::begin(setup, now());
    let heard = Inbox::default();
    let runner = Runner::new(PathBuf::from("."), Patience::default())?;
    runner.chats_over(&ends.socket);
    let mut pump = Pump { ends, session, runner, heard, log: None, log_tried: false };
    loop {
        match pump.turn() {
            Ok(None) => {}
            Ok(Some(ending)) => {
                // The farewell's last bytes may still be in our hands.
                let _ = pump.flush();
                return Ok(ending);
            }
            Err(error) => {
                // The terminal is gone, and so is the person: the others should know.
                pump.session.leave(Ask::quit(), now());
                let _ = pump.flush();
                return Err(error);
            }
        }
    }
}

fn now() -> Now {
    Now { mono: Instant::now(), wall: Wall(Timestamp::now().as_millisecond()) }
}

struct Pump<'a> {
    ends: Ends<'a>,
    session: Session,
    runner: Runner,
    heard: Inbox,
    log: Option<ChatLog>,
    log_tried: bool,
}

impl Pump<'_> {
    /// One turn; gives how it ended once it has.
    fn turn(&mut self) -> io::Result<Option<Ending>> {
        self.ends.front.take(&mut self.session, &now)?;
        self.deliver()?;
        if let Some(ending) = self.session.ending() {
            return Ok(Some(ending));
        }
        self.wait()?;
        self.come_back();
        Ok(None)
    }

    /// Brings everything to the screen, the chat log and the socket.
    fn deliver(&mut self) -> io::Result<()> {
        self.open_log()?;
        let lines = std::mem::take(&mut self.session.show);
        for line in &lines {
            if let Some(Err(error)) = self.log.as_mut().map(|log| log.add(line)) {
                self.log = None;
                self.no_log(&error)?;
            }
        }
        self.ends.front.show(&mut self.session, lines, now())?;
        self.session.files.errands.drain(..).for_each(|errand| self.runner.run(errand));
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
        let Some(path) = self.log_path() else { return Ok(()) };
        match ChatLog::open(&path, self.ends.zone.clone()) {
            Ok(log) => self.log = Some(log),
            Err(error) => self.no_log(&error)?,
        }
        Ok(())
    }

    fn log_path(&self) -> Option<PathBuf> {
        let name = file_name(self.session.nick().unwrap_or_default());
        self.ends.log_directory.as_ref().map(|directory| directory.join(name))
    }

    fn no_log(&mut self, error: &io::Error) -> io::Result<()> {
        let path = self.log_path().unwrap_or_default().display().to_string();
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>());
        let why = match own {
            Some(fault) => fault.sentence(&self.session.setup.speech.words),
            None => error.to_string(),
        };
        let args = [("path", path.into()), ("why", why.into())];
        let note = self.session.sentence("chatc-no-log", &args);
        self.ends.front.note(&note)
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
                self.runner.chats_over(&self.ends.socket);
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
        let mut watched = vec![
            PollFd::new(&self.ends.interrupts, PollFlags::IN),
            PollFd::from_borrowed_fd(self.runner.wake(), PollFlags::IN),
        ];
        let socket = (!self.session.is_cut()).then(|| {
            watched.push(PollFd::new(&self.ends.socket, socket_wish));
            watched.len() - 1
        });
        let begin = watched.len();
        let input = self.ends.front.watches(&self.session);
        watched.extend(input.into_iter().map(|input| PollFd::from_borrowed_fd(input, PollFlags::IN)));
        let wake_at = self.session.wake_at().into_iter().chain(self.ends.front.wake_at()).min();
        let timeout = wake_at.map(until);
        match poll(&mut watched, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let ready = |place: usize| !watched[place].revents().is_empty();
        let (interrupted, told) = (ready(0), ready(1));
        let heard = socket.is_some_and(ready);
        let typed = (begin..watched.len()).any(ready);
        if interrupted {
            drain(&self.ends.interrupts);
            self.session.interrupted(now());
        }
        if heard {
            self.hear();
        }
        if told {
            self.runner.tidings().into_iter().for_each(|tiding| self.session.tiding(tiding, now()));
        }
        if typed {
            self.ends.front.is_ready()?;
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
}

fn until(at: Instant) -> Timespec {
    // Rounded up: waking a moment too early would turn the wait into a busy loop.
    let wait = at.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
    Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    }
}
