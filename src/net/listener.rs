//! Doors: sockets that others come in by.
//!
//! Knows no connection once it is handed on. Why a reserve descriptor: when none
//! is free, one can still be accepted and sent away instead of the queue standing.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use mio::event::Source;
use mio::net::{TcpListener, UnixListener};
use mio::{Interest, Registry, Token};
use rustix::fs::{Gid, Mode, Uid, chown};
use rustix::net::sockopt;
use rustix::process::umask;

use super::connection::Speaks;
use super::socket::Socket;
use crate::core::effect::Origin;
use crate::limits::LISTEN_BACKLOG;

#[derive(Debug)]
enum Door {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

/// One listening socket.
#[derive(Debug)]
pub struct Listener {
    door: Door,
    pub speaks: Speaks,
}

impl Listener {
    /// Listens on a TCP address.
    pub fn tcp(address: SocketAddr, speaks: Speaks) -> io::Result<Listener> {
        let listener = TcpListener::bind(address)?;
        // Calling it again only sets the length of the queue (listen(2)).
        rustix::net::listen(&listener, LISTEN_BACKLOG)?;
        Ok(Listener { door: Door::Tcp(listener), speaks })
    }

    /// Listens on the control socket with these permission bits and, if given, this group.
    /// The caller holds the lock of the database: a file that nobody answers on is left over.
    pub fn control(path: &Path, mode: u32, group: Option<u32>) -> io::Result<Listener> {
        remove_stale(path)?;
        // The mode must hold from the first moment, not from a later chmod on.
        let before = umask(Mode::from_raw_mode(0o777 & !mode));
        let bound = UnixListener::bind(path);
        umask(before);
        let listener = bound?;
        if let Some(group) = group {
            chown(path, None::<Uid>, Some(Gid::from_raw(group)))?;
        }
        Ok(Listener { door: Door::Unix(listener, path.to_owned()), speaks: Speaks::Control })
    }

    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match &mut self.door {
            Door::Tcp(listener) => listener.register(registry, token, Interest::READABLE),
            Door::Unix(listener, _) => listener.register(registry, token, Interest::READABLE),
        }
    }

    pub fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match &mut self.door {
            Door::Tcp(listener) => listener.deregister(registry),
            Door::Unix(listener, _) => listener.deregister(registry),
        }
    }

    /// The next one at the door.
    pub fn accept(&self) -> io::Result<(Socket, Origin)> {
        match &self.door {
            Door::Tcp(listener) => {
                let (stream, address) = listener.accept()?;
                Ok((Socket::Tcp(stream), Origin::Network(address)))
            }
            Door::Unix(listener, _) => {
                let (stream, _) = listener.accept()?;
                let peer = sockopt::socket_peercred(&stream)?;
                Ok((Socket::Unix(stream), Origin::User { uid: peer.uid.as_raw() }))
            }
        }
    }

    /// The TCP address it listens on, with the port that the system chose.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.door {
            Door::Tcp(listener) => listener.local_addr().ok(),
            Door::Unix(..) => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Door::Unix(_, path) = &self.door {
            // Somebody may have removed it; then it is as it should be.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Removes a socket file that nobody listens on any more; anything else in its place is an error.
fn remove_stale(path: &Path) -> io::Result<()> {
    let kind = match std::fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !kind.is_socket() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "something that is not a socket stands there; move it away",
        ));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "another program already answers there")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path),
        Err(error) => Err(error),
    }
}

/// A descriptor kept free for the moment when there is no other.
#[derive(Debug)]
pub struct Reserve(Option<File>);

impl Reserve {
    pub fn new() -> Reserve {
        Reserve(File::open("/dev/null").ok())
    }

    /// With no descriptor free: accepts one by the reserve, and closes it at once. False: nobody
    /// was there, which accept(2) does not tell without a descriptor.
    pub fn turn_away(&mut self, listener: &Listener, last_words: &[u8]) -> bool {
        self.0 = None;
        let mut accepted = listener.accept();
        if let Ok((socket, _)) = &mut accepted {
            // Best effort: without a descriptor there is no place to wait for its reading.
            let _ = io::Write::write(socket, last_words);
        }
        let empty = matches!(&accepted, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        // The reserve takes the descriptor that this one gives back.
        drop(accepted);
        self.0 = File::open("/dev/null").ok();
        !empty
    }
}

impl Default for Reserve {
    fn default() -> Reserve {
        Reserve::new()
    }
}
