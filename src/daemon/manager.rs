//! What is said to the service manager, in the words of sd_notify(3).
//!
//! Knows nothing of the chat, and works as well when there is no manager. Why not a crate: those that there are wait
//! for a manager that does not read, and a chat must go on when process 1 hangs.

use std::ffi::OsString;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags,
    SocketType, sendmsg_addr, socket_with,
};

use crate::core::time::{Mono, Now};
use crate::limits::{MANAGER_PATIENCE_MS, MANAGER_STATUS_MS, WATCHDOG_PARTS};

/// The way to whoever started the daemon and watches it, if somebody does.
pub struct Manager {
    to: Option<(OwnedFd, SocketAddrUnix)>,
    /// Nobody talks yet, and what is said now must be heard: a start of which systemd does not hear has failed.
    starts: bool,
    /// How often a sign of life is due, in milliseconds.
    sign_ms: Option<u64>,
    next_sign: Mono,
    /// What was said of the state of things last, and from when on something else may be.
    status: String,
    next_status: Mono,
}

impl Manager {
    /// As the environment says: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    pub fn from_environment(var: &dyn Fn(&str) -> Option<OsString>) -> Manager {
        let to = var("NOTIFY_SOCKET").filter(|path| !path.is_empty()).and_then(|path| reach(&path));
        let sign_ms = if to.is_some() { sign_ms(var, std::process::id()) } else { None };
        Manager { to, starts: true, sign_ms, next_sign: Mono(0), status: String::new(), next_status: Mono(0) }
    }

    /// Everything is open.
    pub fn ready(&mut self) {
        self.send("READY=1", None);
        self.starts = false;
    }

    /// The end has begun.
    pub fn stopping(&self) {
        self.send("STOPPING=1", None);
    }

    /// Gives it a copy of a socket, to hand it to the next run (FDSTORE=1). False: it does not hear.
    pub fn keep(&self, name: &str, socket: BorrowedFd<'_>) -> bool {
        self.send(&format!("FDSTORE=1\nFDNAME={name}"), Some(socket))
    }

    /// Has it let go of what it keeps under this name.
    pub fn forget(&self, name: &str) {
        self.send(&format!("FDSTOREREMOVE=1\nFDNAME={name}"), None);
    }

    /// The loop turns and the disk's thread answers.
    pub fn alive(&self) {
        self.send("WATCHDOG=1", None);
    }

    /// True: the time has come to ask whether everything lives.
    pub fn wants_sign(&mut self, now: Now) -> bool {
        let Some(sign_ms) = self.sign_ms.filter(|_| self.next_sign <= now.mono) else { return false };
        self.next_sign = now.mono.after_ms(sign_ms);
        true
    }

    /// How things are, in one line, for `systemctl status`.
    pub fn tell(&mut self, now: Now, status: impl FnOnce() -> String) {
        if self.to.is_none() || now.mono < self.next_status {
            return;
        }
        let status = status();
        if status != self.status {
            self.send(&format!("STATUS={status}"), None);
            self.status = status;
            self.next_status = now.mono.after_ms(MANAGER_STATUS_MS);
        }
    }

    /// When it wants to hear something although nothing happens.
    pub fn next_deadline(&self, now: Now) -> Option<Mono> {
        let sign = self.sign_ms.map(|_| self.next_sign);
        // What changed since the last line is told as soon as it may be.
        let status = (now.mono < self.next_status).then_some(self.next_status);
        [sign, status].into_iter().flatten().min()
    }

    /// False: nobody hears it.
    fn send(&self, words: &str, with: Option<BorrowedFd<'_>>) -> bool {
        let Some((socket, to)) = &self.to else { return false };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut along = SendAncillaryBuffer::new(&mut space);
        let sockets = with.map(|socket| [socket]);
        if let Some(sockets) = &sockets {
            let fits = along.push(SendAncillaryMessage::ScmRights(sockets));
            assert!(fits, "there is space for one");
        }
        let wait = if self.starts { SendFlags::empty() } else { SendFlags::DONTWAIT };
        let flags = wait | SendFlags::NOSIGNAL;
        let sent = sendmsg_addr(socket, to, &[IoSlice::new(words.as_bytes())], &mut along, flags);
        if let Err(error) = sent {
            let level = if self.starts { log::Level::Warn } else { log::Level::Debug };
            log::log!(
                level, fact = "manager_unreached";
                "the service manager does not hear {words:?}: {error}"
            );
        }
        sent.is_ok()
    }
}

/// A socket to speak by, and the address: a path, or behind `@` a name that stands in no file system.
fn reach(path: &OsString) -> Option<(OwnedFd, SocketAddrUnix)> {
    let bytes = path.as_encoded_bytes();
    let address = match bytes.strip_prefix(b"@") {
        Some(name) => SocketAddrUnix::new_abstract_name(name),
        None => SocketAddrUnix::new(bytes),
    };
    let socket = socket_with(AddressFamily::UNIX, SocketType::DGRAM, SocketFlags::CLOEXEC, None);
    let patient = |socket: OwnedFd| {
        set_socket_timeout(&socket, Timeout::Send, Some(Duration::from_millis(MANAGER_PATIENCE_MS)))
            .map(|()| socket)
    };
    match (socket.and_then(patient), address) {
        (Ok(socket), Ok(address)) => Some((socket, address)),
        (Err(error), _) | (_, Err(error)) => {
            let path = path.display();
            log::warn!(fact = "manager_unreached"; "the service manager cannot be reached at {path}: {error}");
            None
        }
    }
}

/// How often process `pid` is to give a sign of life: a few times in what is allowed.
fn sign_ms(var: &dyn Fn(&str) -> Option<OsString>, pid: u32) -> Option<u64> {
    let number = |name| var(name)?.to_str()?.parse::<u64>().ok();
    let for_us = var("WATCHDOG_PID").is_none() || number("WATCHDOG_PID") == Some(pid.into());
    let allowed_ms = number("WATCHDOG_USEC").filter(|usec| for_us && *usec > 0)? / 1000;
    Some((allowed_ms / WATCHDOG_PARTS).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixDatagram;

    fn told(socket: &UnixDatagram) -> Vec<String> {
        let mut told = Vec::new();
        let mut buffer = [0; 1024];
        while let Ok(bytes) = socket.recv(&mut buffer) {
            told.push(String::from_utf8(buffer[..bytes].to_vec()).unwrap());
        }
        told
    }

    fn now(ms: u64) -> Now {
        Now { mono: Mono(ms), ..Now::default() }
    }

    #[test]
    fn what_it_hears() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let heard = UnixDatagram::bind(&path).unwrap();
        heard.set_nonblocking(true).unwrap();
        let var = |name: &str| match name {
            "NOTIFY_SOCKET" => Some(path.clone().into()),
            "WATCHDOG_USEC" => Some("30000000".into()),
            _ => None,
        };
        let mut manager = Manager::from_environment(&var);
        manager.ready();
        manager.keep("listen-x", heard.as_fd());
        manager.forget("listen-x");
        assert_eq!(
            told(&heard),
            ["READY=1", "FDSTORE=1\nFDNAME=listen-x", "FDSTOREREMOVE=1\nFDNAME=listen-x"]
        );

        manager.tell(now(5), || "one".into());
        manager.tell(now(6), || "two".into());
        assert_eq!(manager.next_deadline(now(6)), Some(Mono(0)), "a sign is due at once");
        assert!(
            manager.wants_sign(now(6)) && !manager.wants_sign(now(10_005)) && manager.wants_sign(now(10_006))
        );
        manager.tell(now(5 + MANAGER_STATUS_MS), || "two".into());
        manager.tell(now(9_999), || "two".into());
        assert_eq!(told(&heard), ["STATUS=one", "STATUS=two"]);

        // One that reads no more holds nobody up.
        for _ in 0..100_000 {
            manager.alive();
        }
        assert!(told(&heard).iter().all(|words| words == "WATCHDOG=1"));
    }

    #[test]
    fn a_busy_one_still_hears_of_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("notify");
        let busy = UnixDatagram::bind(&path).unwrap();
        let other = UnixDatagram::unbound().unwrap();
        other.set_nonblocking(true).unwrap();
        while other.send_to(b"others", &path).is_ok() {}
        busy.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut manager =
            Manager::from_environment(&|name| (name == "NOTIFY_SOCKET").then(|| path.clone().into()));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut buffer = [0; 64];
                while let Ok(bytes) = busy.recv(&mut buffer) {
                    if &buffer[..bytes] == b"READY=1" {
                        return;
                    }
                }
                panic!("it never heard of the start");
            });
            manager.ready();
        });
    }

    #[test]
    fn without_one_nothing_is_due() {
        let mut manager = Manager::from_environment(&|_| None);
        manager.tell(now(1), || panic!("nobody hears it"));
        assert!(
            manager.to.is_none() && !manager.wants_sign(now(1)) && manager.next_deadline(now(1)).is_none()
        );
    }

    #[test]
    fn the_watchdog_may_be_for_somebody_else() {
        let sign = |pid: &'static str| {
            sign_ms(&move |name| Some(if name == "WATCHDOG_PID" { pid } else { "3000000" }.into()), 7)
        };
        assert_eq!((sign("7"), sign("8")), (Some(1000), None));
        let off = sign_ms(&|name| (name == "WATCHDOG_USEC").then(|| "0".into()), 7);
        assert_eq!(off, None, "0 is off, not always");
    }
}
