//! A socket made of memory, with the habits of real ones.
//!
//! Knows no protocol. Why it takes a few bytes at a time: what is written whole
//! by luck on loopback must also be right in pieces.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;

use chatd::net::exchange::Stream;

/// Bytes that one write takes at most.
const BYTES_PER_WRITE: usize = 7;

/// Both ends' shared state, seen from the client.
#[derive(Default, Debug)]
pub struct Wire {
    pub sent: VecDeque<u8>,
    /// The client will send no more.
    pub ended: bool,
    /// The client is gone: everything fails.
    pub reset: bool,
    pub heard: Vec<u8>,
    /// The client takes nothing for now.
    pub blocked: bool,
    /// The server has said all, or has dropped the socket.
    pub closed: bool,
}

/// The server's end.
#[derive(Debug)]
pub struct Pipe(Rc<RefCell<Wire>>);

impl Pipe {
    /// The server's end of a new wire, and the wire.
    pub fn new() -> (Pipe, Rc<RefCell<Wire>>) {
        let wire = Rc::new(RefCell::new(Wire::default()));
        (Pipe(wire.clone()), wire)
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        if wire.reset {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        if wire.sent.is_empty() {
            return if wire.ended { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        wire.sent.read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.0.borrow_mut();
        if wire.reset {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if wire.blocked {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = bytes.len().min(BYTES_PER_WRITE);
        wire.heard.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Pipe {
    fn end_writing(&mut self) {
        self.0.borrow_mut().closed = true;
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.0.borrow_mut().closed = true;
    }
}
