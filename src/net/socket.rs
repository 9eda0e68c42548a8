//! Sockets of the three kinds of door: TCP, and the Unix control socket.
//!
//! Knows no protocol. Why the kernel keeps watch over silent peers: a timer for
//! each of ten thousand idle connections would be ours to serve.

use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use mio::event::Source;
use mio::net::{TcpStream, UnixStream};
use mio::{Interest, Registry, Token};
use rustix::net::sockopt;

use super::exchange::Stream;
use crate::limits::KEEPALIVE_PROBES;

#[derive(Debug)]
pub enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// Has the kernel look after a TCP peer that says nothing for `ping_ms` (0: never): three probes
    /// within half of it, and as long for bytes that nobody acknowledges.
    pub fn tune(&self, ping_ms: u64) -> io::Result<()> {
        let Socket::Tcp(stream) = self else { return Ok(()) };
        stream.set_nodelay(true)?;
        if ping_ms > 0 {
            let half = Duration::from_millis((ping_ms / 2).max(1000));
            sockopt::set_tcp_keepidle(stream, Duration::from_millis(ping_ms.max(1000)))?;
            sockopt::set_tcp_keepintvl(stream, (half / KEEPALIVE_PROBES).max(Duration::from_secs(1)))?;
            sockopt::set_tcp_keepcnt(stream, KEEPALIVE_PROBES)?;
            sockopt::set_tcp_user_timeout(stream, half.as_millis() as u32)?;
            sockopt::set_socket_keepalive(stream, true)?;
        }
        Ok(())
    }

    /// Watches it from now on, for reading and writing at once: edges cost nothing while nothing changes.
    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let interests = Interest::READABLE | Interest::WRITABLE;
        match self {
            Socket::Tcp(stream) => stream.register(registry, token, interests),
            Socket::Unix(stream) => stream.register(registry, token, interests),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.read(buffer),
            Socket::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.write(bytes),
            Socket::Unix(stream) => stream.write(bytes),
        }
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.write_vectored(slices),
            Socket::Unix(stream) => stream.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Socket {
    fn end_writing(&mut self) {
        // It may have gone already; then there is nobody to tell.
        let _ = match self {
            Socket::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Socket::Unix(stream) => stream.shutdown(Shutdown::Write),
        };
    }
}
