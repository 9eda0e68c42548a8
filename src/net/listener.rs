//! Doors: sockets that others come in by.
//!
//! Knows no connection once it is handed on. Why a reserve descriptor: when none
//! is free, one can still be accepted and sent away instead of the queue standing.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use mio::event::Source;
use mio::net::{TcpListener, UnixListener};
use mio::{Interest, Registry, Token};
use rustix::fs::{Gid, Mode, Uid, chown};
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use rustix::process::umask;

use super::connection::Speaks;
use super::peer;
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
    /// The file of a Unix socket goes with it.
    removes_file: bool,
}

impl Listener {
    /// Listens on a TCP address. Those of `others` that are in its way, since they have the same port on another
    /// address of this machine, may go on listening: who changes the addresses opens the new before closing the old.
    pub fn tcp(address: SocketAddr, speaks: Speaks, others: &[&Listener]) -> io::Result<Listener> {
        let shared = Shared::with(address, others)?;
        let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
        sockopt::set_socket_reuseaddr(&socket, true)?;
        if address.is_ipv6() {
            // `[::]` is all addresses, whatever net.ipv6.bindv6only says.
            sockopt::set_ipv6_v6only(&socket, false)?;
        }
        sockopt::set_socket_reuseport(&socket, !shared.0.is_empty())?;
        rustix::net::bind(&socket, &address)?;
        rustix::net::listen(&socket, LISTEN_BACKLOG)?;
        drop(shared);
        sockopt::set_socket_reuseport(&socket, false)?;
        let door = Door::Tcp(TcpListener::from_std(socket.into()));
        Ok(Listener { door, speaks, removes_file: false })
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
        // Asked for only where it changes anything: a sandbox may forbid the call as such.
        if let Some(group) =
            group.filter(|group| rustix::fs::stat(path).is_ok_and(|made| made.st_gid != *group))
        {
            chown(path, None::<Uid>, Some(Gid::from_raw(group)))?;
        }
        let door = Door::Unix(listener, path.to_owned());
        Ok(Listener { door, speaks: Speaks::Control, removes_file: true })
    }

    /// A socket that somebody else has made, and that listens already. On TCP it speaks whatever comes, on a Unix
    /// socket it is the control socket; whoever made it keeps its file.
    pub fn inherited(socket: OwnedFd) -> io::Result<Listener> {
        let unfit = |why| io::Error::new(io::ErrorKind::InvalidInput, why);
        if sockopt::socket_type(&socket)? != SocketType::STREAM || !sockopt::socket_acceptconn(&socket)? {
            return Err(unfit("it is not a listening stream socket"));
        }
        rustix::io::ioctl_fionbio(&socket, true)?;
        let address = rustix::net::getsockname(&socket)?;
        let (door, speaks) = match address.address_family() {
            AddressFamily::INET | AddressFamily::INET6 => {
                (Door::Tcp(TcpListener::from_std(socket.into())), Speaks::Auto)
            }
            AddressFamily::UNIX => {
                let listener = UnixListener::from_std(socket.into());
                let path = listener.local_addr()?.as_pathname().map(Path::to_owned);
                (Door::Unix(listener, path.ok_or(unfit("it has no path"))?), Speaks::Control)
            }
            _other => return Err(unfit("it is neither a TCP nor a Unix socket")),
        };
        Ok(Listener { door, speaks, removes_file: false })
    }

    /// Leaves the file of a Unix socket where it is: the socket will outlive this process.
    pub fn keep_file(&mut self) {
        self.removes_file = false;
    }

    /// Takes the file away with the socket, which nobody wants any more.
    pub fn give_up_file(&mut self) {
        self.removes_file = true;
    }

    /// Lets nobody in any more, also where somebody else has a copy of it: who connects there would wait for ever, and
    /// the address stay taken for as long.
    pub fn stop(&self) {
        // It listens, so nothing else can be wrong than that it was stopped before.
        let _ = rustix::net::shutdown(self, rustix::net::Shutdown::Both);
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
                // Who comes by IPv4 to a socket of both has that address in bans, limits and the log (RFC 4291 §2.5.5.2).
                let address = SocketAddr::new(address.ip().to_canonical(), address.port());
                Ok((Socket::Tcp(stream), Origin::Network(address)))
            }
            Door::Unix(listener, _) => {
                let (stream, _) = listener.accept()?;
                let uid = peer::uid(&stream)?;
                Ok((Socket::Unix(stream), Origin::User { uid }))
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

    /// The path of a Unix socket.
    pub fn path(&self) -> Option<&Path> {
        match &self.door {
            Door::Tcp(_) => None,
            Door::Unix(_, path) => Some(path),
        }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.door {
            Door::Tcp(listener) => listener.as_fd(),
            Door::Unix(listener, _) => listener.as_fd(),
        }
    }
}

/// Listeners that for a moment let another of this program have their port: the kernel lets two sockets listen on
/// 127.0.0.1:9999 and 0.0.0.0:9999 only if both allow it (socket(7), SO_REUSEPORT). Left on, it would also let a
/// second daemon in and split the people between the two.
struct Shared<'a>(Vec<&'a Listener>);

impl<'a> Shared<'a> {
    fn with(address: SocketAddr, others: &[&'a Listener]) -> io::Result<Shared<'a>> {
        let same_port = |other: &&Listener| other.address().is_some_and(|one| one.port() == address.port());
        let shared = Shared(others.iter().copied().filter(same_port).collect());
        for other in &shared.0 {
            sockopt::set_socket_reuseport(other, true)?;
        }
        Ok(shared)
    }
}

impl Drop for Shared<'_> {
    fn drop(&mut self) {
        for other in &self.0 {
            // What was set can be set back; the socket is there.
            let _ = sockopt::set_socket_reuseport(other, false);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let (Door::Unix(_, path), true) = (&self.door, self.removes_file) {
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

/// The umask is the whole process's: a test that changes it must not meet one that makes directories.
#[cfg(test)]
pub static UMASK: std::sync::Mutex<()> = std::sync::Mutex::new(());

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    fn loopback(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn the_new_address_is_opened_beside_the_old_one() {
        let old = Listener::tcp(loopback(0), Speaks::Auto, &[]).unwrap();
        let port = old.address().unwrap().port();
        let everywhere = SocketAddr::from(([0, 0, 0, 0], port));
        assert!(Listener::tcp(everywhere, Speaks::Auto, &[]).is_err(), "the old one is in the way");
        let new = Listener::tcp(everywhere, Speaks::Text, &[&old]).unwrap();
        let second_daemon = Listener::tcp(everywhere, Speaks::Auto, &[]);
        assert!(second_daemon.is_err(), "what one daemon shares with itself it shares with no other");
        drop(old);
        let _stream = TcpStream::connect(loopback(port)).unwrap();
        assert!(new.accept().is_ok());
    }

    #[test]
    fn what_was_stopped_is_out_of_the_way_though_others_hold_it() {
        let old = Listener::tcp(loopback(0), Speaks::Auto, &[]).unwrap();
        let address = old.address().unwrap();
        let _held = old.as_fd().try_clone_to_owned().unwrap();
        old.stop();
        drop(old);
        let refused = TcpStream::connect(address).map_err(|error| error.kind());
        assert_eq!(refused.err(), Some(io::ErrorKind::ConnectionRefused));
        let _again = Listener::tcp(address, Speaks::Auto, &[]).unwrap();
    }

    #[test]
    fn who_comes_by_ipv4_has_that_address() {
        let both = SocketAddr::from(([0; 8], 0));
        let listener = Listener::tcp(both, Speaks::Auto, &[]).unwrap();
        let stream = TcpStream::connect(loopback(listener.address().unwrap().port())).unwrap();
        let (_, from) = listener.accept().unwrap();
        assert_eq!(from, Origin::Network(stream.local_addr().unwrap()));
    }

    #[test]
    fn what_was_inherited_must_listen() {
        let unbound = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        assert!(Listener::inherited(unbound).is_err());
        let file = File::open("/dev/null").unwrap();
        assert!(Listener::inherited(file.into()).is_err());
        let made = std::net::TcpListener::bind(loopback(0)).unwrap();
        let address = made.local_addr().unwrap();
        let listener = Listener::inherited(made.into()).unwrap();
        assert_eq!(listener.address(), Some(address));
        let nobody = listener.accept().unwrap_err();
        assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn an_inherited_file_stays_and_an_own_one_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control.sock");
        let made = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let listener = Listener::inherited(made.into()).unwrap();
        assert_eq!((listener.path(), listener.speaks), (Some(path.as_path()), Speaks::Control));
        drop(listener);
        assert!(path.exists());
        let _alone = UMASK.lock().unwrap();
        drop(Listener::control(&path, 0o600, None).unwrap());
        assert!(!path.exists());
    }
}
