//! Where the control socket is, for whoever offers it and whoever looks for it.
//!
//! It must not read the environment or touch the file system: both are handed in or left to the
//! caller.
//!
//! Why it stands here: daemon and chatctl must name the same places, and neither may import the
//! other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The socket of a daemon that runs as a system service.
pub const SYSTEM_SOCKET: &str = "/run/chatd/control.sock";

/// What the places depend on.
#[derive(Clone, Copy)]
pub struct Environment<'a> {
    /// The effective user.
    pub uid: u32,
    /// Looks up an environment variable.
    pub var: &'a dyn Fn(&str) -> Option<OsString>,
}

impl Environment<'_> {
    /// The path that a variable holds. Empty and relative ones count as not set, as the XDG Base
    /// Directory Specification asks.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let path = (self.var)(name).map(PathBuf::from)?;
        path.is_absolute().then_some(path)
    }

    /// The socket in the user's own runtime directory, if there is one.
    pub fn xdg_socket(&self) -> Option<PathBuf> {
        let directory = self.path("XDG_RUNTIME_DIR")?;
        Some(directory.join("chatd/control.sock"))
    }

    /// The socket of a user without a runtime directory. Its directory stands where anybody may
    /// create names, so it must be private before it is trusted.
    pub fn fallback_socket(&self) -> PathBuf {
        PathBuf::from(format!("/tmp/chatd-{}/control.sock", self.uid))
    }

    /// Where chatctl looks when it is not told: `CHATD_SOCKET`, which may be relative, the user's
    /// own places, and the system's. The first that answers is the one; each stands once.
    pub fn control_candidates(&self) -> Vec<PathBuf> {
        let given = (self.var)("CHATD_SOCKET").filter(|path| !path.is_empty());
        let others = [self.xdg_socket(), Some(self.fallback_socket())];
        let mut places: Vec<PathBuf> = given.map(PathBuf::from).into_iter().collect();
        places.extend(others.into_iter().flatten());
        places.push(Path::new(SYSTEM_SOCKET).to_path_buf());
        let mut once = Vec::new();
        for place in places {
            if !once.contains(&place) {
                once.push(place);
            }
        }
        once
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(vars: &[(&str, &str)]) -> Vec<String> {
        let var = |name: &str| {
            let found = vars.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let environment = Environment { uid: 1000, var: &var };
        let places = environment.control_candidates();
        places.iter().map(|place| place.display().to_string()).collect()
    }

    #[test]
    fn chatctl_looks_near_before_far() {
        assert_eq!(
            candidates(&[("XDG_RUNTIME_DIR", "/run/user/1000"), ("CHATD_SOCKET", "my.sock")]),
            [
                "my.sock",
                "/run/user/1000/chatd/control.sock",
                "/tmp/chatd-1000/control.sock",
                "/run/chatd/control.sock",
            ]
        );
    }

    #[test]
    fn empty_relative_and_repeated_places_are_left_out() {
        let few = ["/tmp/chatd-1000/control.sock", "/run/chatd/control.sock"];
        assert_eq!(candidates(&[]), few);
        assert_eq!(candidates(&[("XDG_RUNTIME_DIR", "run"), ("CHATD_SOCKET", "")]), few);
        assert_eq!(
            candidates(&[("CHATD_SOCKET", SYSTEM_SOCKET)]),
            ["/run/chatd/control.sock", "/tmp/chatd-1000/control.sock"]
        );
    }
}
