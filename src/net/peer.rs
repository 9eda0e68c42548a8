//! Who is at the other end of a Unix socket (SO_PEERCRED, unix(7)).
//!
//! Knows a socket, and not what its user may do. Why `unsafe`, and not rustix's call for it: there a
//! process id is never 0, which is what the kernel gives for a process of another namespace, and a
//! container with the control socket in it would end the daemon.

#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// The user that connected.
pub fn uid(socket: impl AsFd) -> io::Result<u32> {
    let mut peer = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut bytes = libc::socklen_t::try_from(size_of_val(&peer)).expect("three numbers are few bytes");
    // SAFETY: the descriptor is borrowed for the whole call, which writes at most `bytes` bytes to `peer`: its size,
    // and any bytes are three numbers.
    let outcome = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut bytes,
        )
    };
    if outcome == 0 { Ok(peer.uid) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn who_connects_is_this_user() {
        let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        assert_eq!(super::uid(&one).unwrap(), rustix::process::geteuid().as_raw());
        assert!(super::uid(std::fs::File::open("/dev/null").unwrap()).is_err());
    }
}
