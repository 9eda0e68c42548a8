//! `floor`: a bare fan-out server over epoll, the lower bound that `chatd` is compared with.
//!
//! It must not know anything that a chat server knows beyond "who said it": no limits, no log, no
//! database, no commands. Why so bare: a ratio to the least work that still delivers every line
//! says what all the rest of `chatd` costs, on whatever machine it is measured.
//!
//! It does that least work well: one thread, every descriptor registered once and edge-triggered,
//! buffers that are reused, and one write for each connection that has something to get, after all
//! readable sockets of the turn were read. Each line is copied into each receiver's own buffer,
//! as simple servers do.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::{self, Errno};
use rustix::net::{self, AddressFamily, SocketFlags, SocketType, sockopt};

const BACKLOG: i32 = 4096;
const EVENTS_PER_TURN: usize = 1024;
const INBOX_BYTES: usize = 256 * 1024;
const LISTENER: u64 = u64::MAX;

/// A connection. Until its first line it has no nick and gets nothing.
struct Member {
    socket: OwnedFd,
    nick: Option<Vec<u8>>,
    /// The start of a line whose end has not come yet.
    partial: Vec<u8>,
    outbox: Vec<u8>,
    /// How much of `outbox` the socket has taken.
    written: usize,
    /// The socket is full; the next edge says when to go on.
    blocked: bool,
    dirty: bool,
}

/// Who is connected. Apart from the inbox, so that a line there can be copied to members.
#[derive(Default)]
struct Members {
    slots: Vec<Option<Member>>,
    free: Vec<usize>,
    dirty: Vec<usize>,
    /// Slots are freed when the turn ends: a later event of the same turn may still name them.
    gone: Vec<usize>,
    /// A line with its prefix, as the receivers get it.
    line: Vec<u8>,
}

/// Serves on `127.0.0.1:port` until the process is killed or epoll itself fails.
pub fn serve(port: u16) -> io::Result<Infallible> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let listener = listen(port)?;
    epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), EventFlags::IN | EventFlags::ET)?;
    let mut members = Members::default();
    let mut inbox = vec![0; INBOX_BYTES];
    let mut events = Vec::with_capacity(EVENTS_PER_TURN);
    loop {
        events.clear();
        match epoll::wait(&epoll, spare_capacity(&mut events), None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
        for event in &events {
            let (flags, data) = (event.flags, event.data.u64());
            if data == LISTENER {
                accept_all(&epoll, &listener, &mut members)?;
                continue;
            }
            let index = data as usize;
            if flags.contains(EventFlags::OUT) {
                members.unblock(index);
            }
            if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
                members.read(index, &mut inbox);
            }
        }
        members.flush();
        members.reap();
    }
}

fn listen(port: u16) -> io::Result<OwnedFd> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let listener = net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&listener, true)?;
    net::bind(&listener, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    net::listen(&listener, BACKLOG)?;
    Ok(listener)
}

fn accept_all(epoll: &OwnedFd, listener: &OwnedFd, members: &mut Members) -> io::Result<()> {
    loop {
        match net::accept_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC) {
            Ok(socket) => {
                sockopt::set_tcp_nodelay(&socket, true)?;
                let index = members.free_slot();
                epoll::add(
                    epoll,
                    &socket,
                    EventData::new_u64(index as u64),
                    EventFlags::IN | EventFlags::OUT | EventFlags::ET,
                )?;
                members.slots[index] = Some(Member::new(socket));
            }
            Err(Errno::AGAIN) => return Ok(()),
            Err(Errno::INTR | Errno::CONNABORTED) => {}
            Err(error) => return Err(error),
        }
    }
}

impl Members {
    fn free_slot(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        })
    }

    /// Reads what there is and passes every whole line on; keeps the start of an unfinished one.
    fn read(&mut self, index: usize, inbox: &mut [u8]) {
        loop {
            let Some(member) = &mut self.slots[index] else {
                return;
            };
            let kept = member.partial.len();
            if kept == inbox.len() {
                return self.gone.push(index);
            }
            inbox[..kept].copy_from_slice(&member.partial);
            member.partial.clear();
            let got = match io::read(&member.socket, &mut inbox[kept..]) {
                Ok(0) => return self.gone.push(index),
                Ok(got) => got,
                Err(Errno::AGAIN) => {
                    return member.partial.extend_from_slice(&inbox[..kept]);
                }
                Err(Errno::INTR) => 0,
                Err(_) => return self.gone.push(index),
            };
            let filled = kept + got;
            let mut start = 0;
            for end in memchr::memchr_iter(b'\n', &inbox[..filled]) {
                self.line(index, &inbox[start..end]);
                start = end + 1;
            }
            if let Some(member) = &mut self.slots[index] {
                member.partial.extend_from_slice(&inbox[start..filled]);
            }
            // A short read has emptied the socket; what comes later brings a new edge.
            if got > 0 && filled < inbox.len() {
                return;
            }
        }
    }

    /// One line without its end: the nick if it is the first, else something said to all others.
    fn line(&mut self, from: usize, text: &[u8]) {
        let Some(speaker) = &mut self.slots[from] else {
            return;
        };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let Some(nick) = &speaker.nick else {
            speaker.nick = Some(text.to_vec());
            let welcome = [b"[Server]: Welcome, ", text, b".\n"].concat();
            return speaker.append(&welcome, from, &mut self.dirty);
        };
        self.line.clear();
        for part in [nick.as_slice(), b" >> ", text, b"\n"] {
            self.line.extend_from_slice(part);
        }
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Some(member) = slot
                && member.nick.is_some()
                && index != from
            {
                member.append(&self.line, index, &mut self.dirty);
            }
        }
    }

    fn unblock(&mut self, index: usize) {
        if let Some(member) = &mut self.slots[index]
            && member.blocked
        {
            member.blocked = false;
            member.mark(index, &mut self.dirty);
        }
    }

    fn flush(&mut self) {
        for index in self.dirty.drain(..) {
            if let Some(member) = &mut self.slots[index] {
                member.dirty = false;
                if !member.blocked && member.write().is_err() {
                    self.gone.push(index);
                }
            }
        }
    }

    fn reap(&mut self) {
        for index in self.gone.drain(..) {
            // A connection can fail twice in a turn, in its read and in its write.
            if self.slots[index].take().is_some() {
                self.free.push(index);
            }
        }
    }
}

impl Member {
    fn new(socket: OwnedFd) -> Self {
        Self {
            socket,
            nick: None,
            partial: Vec::new(),
            outbox: Vec::new(),
            written: 0,
            blocked: false,
            dirty: false,
        }
    }

    fn append(&mut self, bytes: &[u8], index: usize, dirty: &mut Vec<usize>) {
        self.outbox.extend_from_slice(bytes);
        self.mark(index, dirty);
    }

    fn mark(&mut self, index: usize, dirty: &mut Vec<usize>) {
        if !self.dirty {
            self.dirty = true;
            dirty.push(index);
        }
    }

    fn write(&mut self) -> io::Result<()> {
        while self.written < self.outbox.len() {
            match io::write(&self.socket, &self.outbox[self.written..]) {
                Ok(taken) => self.written += taken,
                Err(Errno::AGAIN) => {
                    self.blocked = true;
                    return Ok(());
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
        self.outbox.clear();
        self.written = 0;
        Ok(())
    }
}
