//! Many clients on one epoll thread: connects them, reads whole lines or frames, writes what is queued.
//!
//! It must not know what they say. Why they are handed over in blocks, as they were read:
//! the tool sees every delivery, hundreds for each message sent, and must stay cheaper than the
//! server that writes them.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};

use crate::Result;
use crate::frames;

const EVENTS_PER_TURN: usize = 1024;
const INBOX_BYTES: usize = 512 * 1024;
/// Clients that have connected and not been welcomed yet: fewer than any backlog.
const ENTERING_AT_ONCE: usize = 100;
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long nothing may come before that is an error, or, when settling, the end.
const STALLED_AFTER: Duration = Duration::from_secs(10);
const QUIET_AFTER: Duration = Duration::from_millis(250);
const TICK: Duration = Duration::from_millis(50);

/// What a line from the server means to a client that has just named itself.
pub enum Answer {
    Welcome,
    Refused,
    Other,
}

/// How a client is told something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Text,
    /// An object in each line.
    Json,
    /// The same object in a frame.
    WebSocket,
}

impl Dialect {
    /// How many bytes at the start can be handed over.
    fn whole(self, bytes: &[u8]) -> usize {
        match self {
            Dialect::Text | Dialect::Json => memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1),
            Dialect::WebSocket => frames::whole(bytes),
        }
    }

    /// The lines or frames of a block, each with what it says.
    pub fn split(self, block: &[u8]) -> Box<dyn Iterator<Item = (&[u8], &[u8])> + '_> {
        match self {
            Dialect::Text | Dialect::Json => {
                Box::new(block.split_inclusive(|byte| *byte == b'\n').zip(lines(block)))
            }
            Dialect::WebSocket => Box::new(frames::frames(block)),
        }
    }
}

struct Client {
    socket: TcpStream,
    dialect: Dialect,
    /// The answer to the opening of a WebSocket has not come yet.
    opening: bool,
    /// The start of a line or a frame whose end has not come yet.
    partial: Vec<u8>,
    outbox: Vec<u8>,
}

pub struct Clients {
    epoll: OwnedFd,
    events: Vec<epoll::Event>,
    clients: Vec<Client>,
    inbox: Vec<u8>,
    dirty: Vec<usize>,
    started: Instant,
}

impl Clients {
    pub fn new() -> Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS_PER_TURN),
            clients: Vec::new(),
            inbox: vec![0; INBOX_BYTES],
            dirty: Vec::new(),
            started: Instant::now(),
        })
    }

    /// Nanoseconds since these clients began; the time of all their stamps.
    pub fn now(&self) -> u64 {
        self.started.elapsed().as_nanos() as u64
    }

    /// Connects clients until there are `count`; each says `hello(index)` and is welcomed.
    pub fn enter(
        &mut self,
        address: SocketAddr,
        count: usize,
        dialect: Dialect,
        hello: impl Fn(usize) -> String,
        answer: impl Fn(&[u8]) -> Answer,
    ) -> Result<()> {
        let first = self.clients.len();
        let mut welcomed = first;
        let mut last_welcome = Instant::now();
        while welcomed < count {
            while self.clients.len() < count && self.clients.len() - welcomed < ENTERING_AT_ONCE {
                let index = self.connect(address, dialect)?;
                match dialect {
                    Dialect::Text | Dialect::Json => self.queue(index, (hello(index) + "\n").as_bytes()),
                    Dialect::WebSocket => {
                        self.queue(index, frames::OPENING);
                        self.queue(index, &frames::masked(hello(index).as_bytes()));
                    }
                }
            }
            self.flush()?;
            let before = welcomed;
            self.turn(TICK, |index, block, _| {
                if index < first {
                    return Ok(());
                }
                for (_, line) in dialect.split(block) {
                    match answer(line) {
                        Answer::Welcome => welcomed += 1,
                        Answer::Refused => return Err(said(line).into()),
                        Answer::Other => {}
                    }
                }
                Ok(())
            })?;
            if welcomed > before {
                last_welcome = Instant::now();
            } else if last_welcome.elapsed() > STALLED_AFTER {
                return Err(format!("only {welcomed} of {count} clients were welcomed").into());
            }
        }
        Ok(())
    }

    /// Reads and drops what comes until nothing does: the talk about who came in.
    pub fn settle(&mut self) -> Result<()> {
        while self.turn(QUIET_AFTER, |_, _, _| Ok(()))? > 0 {}
        Ok(())
    }

    /// Waits at most `wait`, rounded down to milliseconds so that nobody who has to send at a
    /// certain time wakes too late, and reads what has come. `read` gets the client, whole lines
    /// with their ends or whole frames, and the time they were read. Returns how many clients had news.
    pub fn turn(
        &mut self,
        wait: Duration,
        mut read: impl FnMut(usize, &[u8], u64) -> Result<()>,
    ) -> Result<usize> {
        let wait = Duration::from_millis(wait.as_millis() as u64);
        let timeout = Timespec::try_from(wait)?;
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut events = std::mem::take(&mut self.events);
        for event in &events {
            let (flags, index) = (event.flags, event.data.u64() as usize);
            if flags.contains(EventFlags::OUT) && !self.clients[index].outbox.is_empty() {
                self.clients[index].write()?;
            }
            if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
                self.read(index, &mut read)?;
            }
        }
        let count = events.len();
        events.clear();
        self.events = events;
        Ok(count)
    }

    /// Adds to what a client says; `flush` sends it.
    pub fn queue(&mut self, index: usize, bytes: &[u8]) {
        let outbox = &mut self.clients[index].outbox;
        if outbox.is_empty() {
            self.dirty.push(index);
        }
        outbox.extend_from_slice(bytes);
    }

    /// One write for each client that has something to say.
    pub fn flush(&mut self) -> Result<()> {
        for index in self.dirty.drain(..) {
            self.clients[index].write()?;
        }
        Ok(())
    }

    fn connect(&mut self, address: SocketAddr, dialect: Dialect) -> Result<usize> {
        let socket = TcpStream::connect_timeout(&address, CONNECT_WITHIN)?;
        socket.set_nonblocking(true)?;
        socket.set_nodelay(true)?;
        let index = self.clients.len();
        epoll::add(
            &self.epoll,
            &socket,
            EventData::new_u64(index as u64),
            EventFlags::IN | EventFlags::OUT | EventFlags::ET,
        )?;
        let opening = dialect == Dialect::WebSocket;
        self.clients.push(Client { socket, dialect, opening, partial: Vec::new(), outbox: Vec::new() });
        Ok(index)
    }

    fn read(&mut self, index: usize, read: &mut impl FnMut(usize, &[u8], u64) -> Result<()>) -> Result<()> {
        let client = &mut self.clients[index];
        loop {
            let kept = client.partial.len();
            let got = match client.socket.read(&mut self.inbox[kept..]) {
                Ok(0) => return Err(format!("the server closed connection {index}").into()),
                Ok(got) => got,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(format!("connection {index}: {error}").into()),
            };
            let now = self.started.elapsed().as_nanos() as u64;
            self.inbox[..kept].copy_from_slice(&client.partial);
            client.partial.clear();
            let mut filled = &self.inbox[..kept + got];
            if client.opening
                && let Some(answered) = frames::opened(filled)?
            {
                client.opening = false;
                filled = &filled[answered..];
            }
            let whole = if client.opening { 0 } else { client.dialect.whole(filled) };
            client.partial.extend_from_slice(&filled[whole..]);
            if whole > 0 {
                read(index, &filled[..whole], now)?;
            }
            // A short read has emptied the socket; what comes later brings a new edge.
            if kept + got < self.inbox.len() {
                return Ok(());
            }
        }
    }
}

impl Client {
    fn write(&mut self) -> Result<()> {
        while !self.outbox.is_empty() {
            match self.socket.write(&self.outbox) {
                Ok(taken) => drop(self.outbox.drain(..taken)),
                // The next edge says when to go on.
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The lines of a block, without their ends.
pub fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', block).map(move |end| {
        let line = &block[start..end];
        start = end + 1;
        line
    })
}

/// A line of the server, as part of an error.
pub fn said(line: &[u8]) -> String {
    format!("the server said: {}", String::from_utf8_lossy(line))
}
