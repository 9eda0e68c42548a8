//! A connection of a transfer: every wait has an end, and ends at once when the transfer does.
//!
//! Knows no protocol. Why non-blocking sockets in a thread of their own: a blocking call cannot be
//! told that its person has given up.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};

use super::task::Stop;
use crate::limits::FILE_LOOK_MS;

pub struct Link<'a> {
    socket: TcpStream,
    stop: &'a Stop,
    /// When the present wait is over, at the latest.
    deadline: Instant,
    /// How long each later one may last; none where the deadline is for all of them together.
    each: Option<Duration>,
}

impl<'a> Link<'a> {
    /// Connects by the deadline.
    pub fn connect(to: SocketAddr, stop: &'a Stop, deadline: Instant) -> io::Result<Link<'a>> {
        let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
        match rustix::net::connect(&socket, &to) {
            Ok(()) => {}
            Err(Errno::INPROGRESS) => {
                ready(&socket, PollFlags::OUT, stop, deadline)?;
                sockopt::socket_error(&socket)??;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(Link { socket: socket.into(), stop, deadline, each: None })
    }

    /// The next who connects, whenever that is; who does must say all of its head within this time.
    pub fn accept(listener: &TcpListener, stop: &'a Stop, head: Duration) -> io::Result<Link<'a>> {
        loop {
            match listener.accept() {
                Ok((socket, _)) => {
                    socket.set_nonblocking(true)?;
                    return Ok(Link { socket, stop, deadline: Instant::now() + head, each: None });
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock && !stop.is_said() => {
                    // Nobody has come yet, or one has: the next look tells.
                    let _ = ready(listener, PollFlags::IN, stop, Instant::now() + head);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// From now on each byte may take so long.
    pub fn each_within(&mut self, patience: Duration) {
        self.each = Some(patience);
    }

    /// All that follows must be done by then.
    pub fn all_within(&mut self, patience: Duration) {
        (self.deadline, self.each) = (Instant::now() + patience, None);
    }

    /// Sends at most `count` bytes of the file from `at` on, and moves `at`. 0: the file has no more.
    pub fn send_file(&mut self, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
        self.patiently(PollFlags::OUT, |socket| Ok(rustix::fs::sendfile(socket, file, Some(at), count)?))
    }

    fn patiently<T>(
        &mut self,
        wish: PollFlags,
        mut act: impl FnMut(&TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        if let Some(each) = self.each {
            self.deadline = Instant::now() + each;
        }
        loop {
            match act(&self.socket) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ready(&self.socket, wish, self.stop, self.deadline)?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                done if self.stop.is_said() => return done.and_then(|_| Err(ErrorKind::TimedOut.into())),
                done => return done,
            }
        }
    }
}

impl Read for Link<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.patiently(PollFlags::IN, |mut socket| socket.read(bytes))
    }
}

impl Write for Link<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.patiently(PollFlags::OUT, |mut socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waits until it can be read or written. An error: it is to stop, or the time is over.
fn ready(it: impl AsFd, wish: PollFlags, stop: &Stop, deadline: Instant) -> io::Result<()> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if stop.is_said() || left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        let look = left.min(Duration::from_millis(FILE_LOOK_MS));
        let look = Timespec { tv_sec: 0, tv_nsec: look.subsec_nanos().into() };
        match poll(&mut [PollFd::new(&it, wish)], Some(&look)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
