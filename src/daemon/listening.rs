//! Which sockets the daemon listens on: those that it finds open, and those that it has to open.
//!
//! Knows no connection and no poll. Why sockets may outlive the daemon: while one run ends and the
//! next begins, whoever connects waits in their queue and is refused by nobody.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::net::sockopt;

use super::config::{Config, Listen};
use super::inherited::Inherited;
use super::manager::Manager;
use super::place::Places;
use super::settings;
use crate::net::listener::Listener;

/// What the names of sockets begin with that the service manager keeps for the next run.
const KEPT: &str = "listen-";

/// Where a listener comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The configuration names this address; its port may be 0.
    Configured(SocketAddr),
    /// A socket unit opened it, and will close it.
    Unit,
    Control,
}

/// A listener and where it comes from.
#[derive(Debug)]
pub struct Opened {
    pub listener: Listener,
    pub source: Source,
}

/// What stands open at the start.
#[derive(Default)]
struct Found {
    /// Kept from the last run.
    kept: Vec<Listener>,
    /// Of a socket unit.
    units: Vec<Listener>,
}

/// Opens everything that the configuration names. What was inherited is used where it fits, and closed where nothing
/// wants it; what a socket unit opened is served in any case.
///
/// # Errors
///
/// The listener's place in the configuration, if it was one of those, and a sentence.
pub fn open(
    config: &Config,
    places: &Places,
    group: Option<u32>,
    inherited: Vec<Inherited>,
    manager: &Manager,
) -> Result<Vec<Opened>, (Option<usize>, String)> {
    let mut found = sort(inherited);
    let control = open_control(config, &places.control.path, group, &mut found, manager)
        .map_err(|sentence| (None, sentence))?;
    let mut opened = Vec::new();
    let mut wanted = Vec::new();
    for (place, listen) in config.listen.iter().enumerate() {
        let fits = |one: &Listener| one.address().is_some_and(|address| is_for(address, listen.address));
        match found.kept.iter().position(fits) {
            Some(index) => opened.push(configured(found.kept.swap_remove(index), listen)),
            None => wanted.push((place, listen)),
        }
    }
    for (place, listen) in wanted {
        if let Some(unit) = found.units.iter_mut().find(|unit| covers(unit, listen.address)) {
            if unit.address() == Some(listen.address) {
                unit.speaks = settings::speaks(listen.protocol);
            } else {
                let address = listen.address;
                log::info!(
                    fact = "socket_unit";
                    "{address} is served by a socket unit"
                );
            }
            continue;
        }
        let others: Vec<&Listener> = found.kept.iter().collect();
        let listener = tcp(listen, &others).map_err(|sentence| (Some(place), sentence))?;
        opened.push(configured(listener, listen));
    }
    for left in &mut found.kept {
        manager.forget(&name(left));
        left.stop();
        if left.path() != Some(&places.control.path) {
            // Nobody else can have taken the path of a control socket that still listened.
            left.give_up_file();
        }
    }
    opened.extend(found.units.into_iter().map(|listener| Opened { listener, source: Source::Unit }));
    opened.push(Opened { listener: control, source: Source::Control });
    Ok(opened)
}

/// Opens an address of the configuration, beside `others` on the same port.
///
/// # Errors
///
/// A sentence that names the address.
pub fn tcp(listen: &Listen, others: &[&Listener]) -> Result<Listener, String> {
    let Listen { address, protocol, .. } = *listen;
    Listener::tcp(address, settings::speaks(protocol), others).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => "; another program listens there: see who with `ss -ltnp`",
            std::io::ErrorKind::AddrNotAvailable => {
                "; this machine does not have that address: see `ip address`"
            }
            std::io::ErrorKind::PermissionDenied => {
                "; ports below 1024 need the right to them: choose another, or let a socket unit open it"
            }
            _other => "",
        };
        format!("cannot listen on {address}: {error}{hint}")
    })
}

pub fn configured(mut listener: Listener, listen: &Listen) -> Opened {
    listener.speaks = settings::speaks(listen.protocol);
    Opened { listener, source: Source::Configured(listen.address) }
}

/// Has the service manager keep a listener for the next run. What a socket unit opened it has already.
pub fn keep(opened: &mut Opened, manager: &Manager) {
    if opened.source != Source::Unit && manager.keep(&name(&opened.listener), opened.listener.as_fd()) {
        opened.listener.keep_file();
    }
}

/// Under which name the service manager keeps it: a colon would end a name (sd_notify(3)).
pub fn name(listener: &Listener) -> String {
    match listener.address() {
        Some(address) => format!("{KEPT}{}", address.to_string().replace(':', "_")),
        None => format!("{KEPT}control"),
    }
}

fn sort(inherited: Vec<Inherited>) -> Found {
    let mut found = Found::default();
    for Inherited { name, socket } in inherited {
        let Some(socket) = socket else {
            log::warn!(
                fact = "socket_unused";
                "the service manager speaks of a socket {name:?}, which is not there"
            );
            continue;
        };
        match Listener::inherited(socket) {
            Ok(listener) if name.starts_with(KEPT) => found.kept.push(listener),
            Ok(listener) => found.units.push(listener),
            Err(error) => log::warn!(
                fact = "socket_unused";
                "the socket {name:?} of the service manager is of no use: {error}"
            ),
        }
    }
    found
}

/// Whether a socket that listens on `found` is the one that the configuration wants.
pub fn is_for(found: SocketAddr, wanted: SocketAddr) -> bool {
    found == wanted || (wanted.port() == 0 && found.ip() == wanted.ip())
}

/// Whether a listener serves this address already, itself or on all addresses at once.
pub fn covers(listener: &Listener, wanted: SocketAddr) -> bool {
    let Some(address) = listener.address() else { return false };
    let everywhere = address.ip().is_unspecified() && address.port() == wanted.port();
    let both = address.is_ipv6() && !sockopt::ipv6_v6only(listener).unwrap_or(true);
    is_for(address, wanted) || (everywhere && (both || address.is_ipv4() == wanted.is_ipv4()))
}

fn open_control(
    config: &Config,
    path: &Path,
    group: Option<u32>,
    found: &mut Found,
    manager: &Manager,
) -> Result<Listener, String> {
    let is_control = |one: &Listener| one.path() == Some(path);
    if let Some(index) = found.units.iter().position(is_control) {
        return Ok(found.units.swap_remove(index));
    }
    let mode = config.control.mode;
    let wrong = |error: std::io::Error| format!("cannot make the control socket {}: {error}", path.display());
    if let Some(index) = found.kept.iter().position(is_control) {
        let listener = found.kept.swap_remove(index);
        if is_as_wanted(path, mode, group) {
            return Ok(listener);
        }
        manager.forget(&name(&listener));
        // It is this daemon's own, though the service manager still listens on it for a moment.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(wrong(error)),
            Ok(()) | Err(_) => {}
        }
    }
    Listener::control(path, mode, group).map_err(wrong)
}

/// Whether the file of a kept socket is still there, with the rights that the configuration wants.
fn is_as_wanted(path: &Path, mode: u32, group: Option<u32>) -> bool {
    let right = |found: std::fs::Metadata| {
        let group = group.unwrap_or_else(|| rustix::process::getegid().as_raw());
        found.mode() & 0o777 == mode && found.gid() == group
    };
    std::fs::symlink_metadata(path).is_ok_and(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::place::{Directory, Place};
    use crate::net::connection::Speaks;

    fn inherited(name: &str, listener: impl Into<std::os::fd::OwnedFd>) -> Inherited {
        Inherited { name: name.to_owned(), socket: Some(listener.into()) }
    }

    fn nobody() -> Manager {
        Manager::from_environment(&|_| None)
    }

    fn listens(address: SocketAddr) -> Listen {
        Listen { address, ..Listen::default() }
    }

    struct Bench {
        directory: tempfile::TempDir,
        config: Config,
    }

    impl Bench {
        fn new(listen: Vec<Listen>) -> Bench {
            let config = Config { listen, ..Config::default() };
            Bench { directory: tempfile::tempdir().unwrap(), config }
        }

        fn open(&self, inherited: Vec<Inherited>) -> Result<Vec<Opened>, (Option<usize>, String)> {
            let place = |name| {
                let path = self.directory.path().join(name);
                Place { path, directory: Directory::Usual { mode: 0o700 } }
            };
            let places = Places { control: place("control.sock"), database: place("chatd.db") };
            open(&self.config, &places, None, inherited, &nobody())
        }
    }

    fn shown(opened: &[Opened]) -> Vec<(Source, Option<SocketAddr>, Speaks)> {
        opened.iter().map(|one| (one.source, one.listener.address(), one.listener.speaks)).collect()
    }

    #[test]
    fn what_the_last_run_left_is_used_again() {
        let made = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = made.local_addr().unwrap();
        let again = made.try_clone().unwrap();
        let bench = Bench::new(vec![listens(address)]);
        let opened = bench.open(vec![inherited("listen-x", made)]).unwrap();
        let control = (Source::Control, None, Speaks::Control);
        assert_eq!(shown(&opened), [(Source::Configured(address), Some(address), Speaks::Auto), control]);
        // With port 0 the next run keeps the port that the system chose for the first.
        let anywhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let bench = Bench::new(vec![listens(anywhere)]);
        let opened = bench.open(vec![inherited("listen-x", again)]).unwrap();
        assert_eq!(opened[0].listener.address(), Some(address));
        assert_eq!(name(&opened[0].listener), format!("listen-127.0.0.1_{}", address.port()));
    }

    #[test]
    fn what_the_configuration_names_no_more_is_closed() {
        let made = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
        let port = made.local_addr().unwrap().port();
        let narrow = SocketAddr::from(([127, 0, 0, 1], port));
        let bench = Bench::new(vec![listens(narrow)]);
        // As if the service manager had not yet let go of it.
        let _held = made.try_clone().unwrap();
        let opened = bench.open(vec![inherited("listen-x", made)]).unwrap();
        assert_eq!(opened[0].listener.address(), Some(narrow));
        assert_eq!(opened.len(), 2);
    }

    #[test]
    fn a_socket_unit_is_served_and_covers_addresses() {
        let made = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
        let address = made.local_addr().unwrap();
        let narrow = SocketAddr::from(([127, 0, 0, 1], address.port()));
        let bench = Bench::new(vec![listens(narrow)]);
        let opened = bench.open(vec![inherited("chatd.socket", made)]).unwrap();
        assert_eq!(shown(&opened)[0], (Source::Unit, Some(address), Speaks::Auto));
        assert_eq!(opened.len(), 2);
    }

    #[test]
    fn a_kept_control_socket_has_the_rights_of_the_configuration() {
        use std::os::unix::net::UnixListener;
        let mut bench = Bench::new(Vec::new());
        let path = bench.directory.path().join("control.sock");
        let first = bench.open(Vec::new()).unwrap();
        let Some(Opened { listener, .. }) = first.first() else { panic!("{first:?}") };
        let kept = UnixListener::from(listener.as_fd().try_clone_to_owned().unwrap());
        let inode = |path: &Path| std::fs::metadata(path).unwrap().ino();
        let before = inode(&path);
        let mut first = first;
        first[0].listener.keep_file();
        drop(first);
        let second = bench.open(vec![inherited("listen-control", kept.try_clone().unwrap())]).unwrap();
        assert_eq!(inode(&path), before);
        drop(second);
        bench.config.control.mode = 0o600;
        let third = bench.open(vec![inherited("listen-control", kept)]).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        drop(third);
        let elsewhere = bench.directory.path().join("elsewhere.sock");
        let moved = UnixListener::bind(&elsewhere).unwrap();
        let fourth = bench.open(vec![inherited("listen-control", moved)]).unwrap();
        assert!(!elsewhere.exists(), "chatctl would find a door that nobody opens");
        drop(fourth);
    }

    #[test]
    fn what_cannot_be_opened_is_named() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let bench = Bench::new(vec![listens("127.0.0.1:0".parse().unwrap()), listens(address)]);
        let (place, sentence) = bench.open(Vec::new()).unwrap_err();
        assert_eq!(place, Some(1));
        assert!(
            sentence.starts_with(&format!("cannot listen on {address}: ")) && sentence.contains("ss -ltnp")
        );
    }
}
