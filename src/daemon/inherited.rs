//! The sockets that a service manager hands over when it starts the daemon (sd_listen_fds(3)).
//!
//! Knows numbers and names, not what the sockets are for. Why `unsafe` is allowed here: a
//! descriptor that was inherited is only a number in the environment until somebody says who owns it.

#![allow(unsafe_code)]

use std::ffi::OsString;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

use crate::limits::INHERITED_MAX;

/// The first one's number (SD_LISTEN_FDS_START).
const FIRST: RawFd = 3;

/// A descriptor and what it was called when it was handed over; empty when nobody said.
#[derive(Debug)]
pub struct Inherited {
    pub name: String,
    /// None: the service manager only says that there is one.
    pub socket: Option<OwnedFd>,
}

/// Takes what was handed over to this process. To be called once, before anything else opens a
/// descriptor: the numbers are then nobody else's.
pub fn take(var: &dyn Fn(&str) -> Option<OsString>) -> Vec<Inherited> {
    let Some(names) = handed_over(var, std::process::id()) else { return Vec::new() };
    let mut taken = Vec::new();
    for (number, name) in (FIRST..).zip(names) {
        // SAFETY: it is looked at only for as long as this call, and nothing closes descriptors meanwhile.
        let looked_at = unsafe { BorrowedFd::borrow_raw(number) };
        // A child shall not have it; who says that there is one, and there is none, is not believed.
        let is_open = rustix::io::fcntl_setfd(looked_at, rustix::io::FdFlags::CLOEXEC).is_ok();
        // SAFETY: it is open, LISTEN_PID says that it is this process's, and nothing else here has opened any yet.
        let socket = is_open.then(|| unsafe { OwnedFd::from_raw_fd(number) });
        taken.push(Inherited { name, socket });
    }
    taken
}

/// The names of the descriptors, if they are for process `pid`.
fn handed_over(var: &dyn Fn(&str) -> Option<OsString>, pid: u32) -> Option<Vec<String>> {
    let text = |name| var(name).and_then(|value| value.into_string().ok());
    if text("LISTEN_PID")?.parse() != Ok(pid) {
        return None;
    }
    let count: usize = text("LISTEN_FDS")?.parse().ok()?;
    let names = text("LISTEN_FDNAMES").unwrap_or_default();
    let names = names.split(':').map(str::to_owned).chain(std::iter::repeat(String::new()));
    Some(names.take(count.min(INHERITED_MAX)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_for_this_process_is_taken() {
        let names = |vars: &[(&str, &str)]| {
            let var = |name: &str| {
                let found = vars.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            handed_over(&var, 42)
        };
        let (pid, fds) = (("LISTEN_PID", "42"), ("LISTEN_FDS", "2"));
        assert_eq!(names(&[]), None);
        assert_eq!(names(&[fds]), None);
        assert_eq!(names(&[("LISTEN_PID", "41"), fds]), None);
        assert_eq!(names(&[pid, ("LISTEN_FDS", "x")]), None);
        assert_eq!(names(&[pid, fds]).unwrap(), ["", ""]);
        assert_eq!(names(&[pid, fds, ("LISTEN_FDNAMES", "a:b:c")]).unwrap(), ["a", "b"]);
        assert_eq!(names(&[pid, fds, ("LISTEN_FDNAMES", "a")]).unwrap(), ["a", ""]);
        assert_eq!(names(&[pid, ("LISTEN_FDS", "4294967295")]).unwrap().len(), INHERITED_MAX);
    }
}
