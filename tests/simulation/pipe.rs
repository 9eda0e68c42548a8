//! A socket made of memory that takes and gives what chance allows.
//!
//! Knows no protocol. Why a short read empties it and a full buffer blocks: that
//! is what an edge-triggered socket promises, and all that the exchange may
//! rely on.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, IoSlice, Read, Write};
use std::rc::Rc;

use chatd::net::exchange::Stream;

use super::random::Random;

/// Both ends' shared state, seen from the client.
#[derive(Debug)]
pub struct Wire {
    /// On its way to the server.
    pub sent: VecDeque<u8>,
    /// The client will send no more.
    pub ended: bool,
    /// The client is gone: everything fails.
    pub reset: bool,
    /// What the client has not looked at yet.
    pub heard: Vec<u8>,
    /// Bytes that can be written before it blocks.
    pub room: usize,
    /// The server has said that it says no more.
    pub shut: bool,
    /// The server has let go of it.
    pub dropped: bool,
    random: Random,
}

/// The server's end.
#[derive(Debug)]
pub struct Pipe(Rc<RefCell<Wire>>);

impl Pipe {
    pub fn new(seed: u64, room: usize) -> (Pipe, Rc<RefCell<Wire>>) {
        let wire = Wire {
            sent: VecDeque::new(),
            ended: false,
            reset: false,
            heard: Vec::new(),
            room,
            shut: false,
            dropped: false,
            random: Random::new(seed),
        };
        let wire = Rc::new(RefCell::new(wire));
        (Pipe(wire.clone()), wire)
    }
}

impl Wire {
    fn interrupt(&mut self) -> io::Result<()> {
        if self.random.one_in(16) { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }

    /// Takes some of `bytes`: one write in three is a short one.
    fn take(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(!self.shut || bytes.is_empty(), "something was written after the end");
        if self.reset {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.interrupt()?;
        if self.room == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let mut taken = bytes.len().min(self.room);
        if self.random.one_in(3) {
            taken = taken.min(1 + self.random.below(20));
        }
        self.room -= taken;
        self.heard.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        if wire.reset {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        wire.interrupt()?;
        if wire.sent.is_empty() {
            return if wire.ended { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        wire.sent.make_contiguous();
        wire.sent.read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().take(bytes)
    }

    /// One write over all slices, as writev(2) is.
    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let joined: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        self.0.borrow_mut().take(&joined)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Pipe {
    fn end_writing(&mut self) {
        self.0.borrow_mut().shut = true;
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.0.borrow_mut().dropped = true;
    }
}
