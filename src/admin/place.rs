//! Where the daemon's control socket may be, and the first place that answers.
//!
//! Knows nothing of requests. Why several places: the system's daemon, a
//! user's own and one started by hand in a container each have their own, and
//! an admin should not have to know which it is.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};

use super::failure::Failure;

/// How long connecting may take: a daemon whose queue of connections is full is stuck.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// One place to try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub path: PathBuf,
    /// Whether somebody named it, rather than habit.
    pub named: bool,
}

/// What of the environment decides the places.
pub struct Surroundings {
    /// `CHATD_SOCKET`.
    pub named: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime: Option<PathBuf>,
    pub uid: u32,
}

impl Surroundings {
    /// Those of this process.
    pub fn here() -> Surroundings {
        let path = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Surroundings {
            named: path("CHATD_SOCKET"),
            runtime: path("XDG_RUNTIME_DIR"),
            uid: rustix::process::getuid().as_raw(),
        }
    }
}

/// The places in the order in which they are tried.
pub fn candidates(argument: Option<&Path>, around: &Surroundings) -> Vec<Place> {
    let named = argument.map(Path::to_owned).into_iter().chain(around.named.clone());
    let named = named.map(|path| Place { path, named: true });
    let runtime = around.runtime.as_ref().map(|directory| directory.join("chatd/control.sock"));
    let own = PathBuf::from(format!("/tmp/chatd-{}/control.sock", around.uid));
    let system = PathBuf::from("/run/chatd/control.sock");
    let usual = runtime.into_iter().chain([own, system]).map(|path| Place { path, named: false });
    named.chain(usual).collect()
}

/// Connects to the first place that answers; gives its path too. A named place
/// that is passed over is told to `note`, since another daemon answers instead.
pub fn find(
    places: &[Place],
    uid: u32,
    note: &mut dyn FnMut(&str),
) -> Result<(PathBuf, UnixStream), Failure> {
    let mut tried = Vec::new();
    let mut forbidden = None;
    for Place { path, named } in places {
        if !named && !is_trusted(path, uid) {
            tried.push((path.clone(), "its directory belongs to another user".to_owned()));
            continue;
        }
        match connect_to(path) {
            Ok(stream) => {
                for (passed, why) in &tried {
                    if places.iter().any(|place| place.named && place.path == *passed) {
                        note(&format!("{}: {why}; using {}", passed.display(), path.display()));
                    }
                }
                return Ok((path.clone(), stream));
            }
            Err(Errno::ACCESS | Errno::PERM) => {
                forbidden.get_or_insert_with(|| path.clone());
                tried.push((path.clone(), "not permitted".to_owned()));
            }
            Err(error) => tried.push((path.clone(), found(error))),
        }
    }
    match forbidden {
        Some(path) => {
            let group = group_of(&path);
            Err(Failure::NotPermitted { path, group })
        }
        None => Err(Failure::NoDaemon { tried }),
    }
}

/// Anybody can make a directory in `/tmp`: what answers in another user's would
/// be told the admin's wishes.
fn is_trusted(path: &Path, uid: u32) -> bool {
    match path.parent().filter(|directory| directory.starts_with("/tmp")) {
        Some(directory) => std::fs::symlink_metadata(directory)
            .map_or_else(|error| error.kind() == io::ErrorKind::NotFound, |status| status.uid() == uid),
        None => true,
    }
}

fn connect_to(path: &Path) -> Result<UnixStream, Errno> {
    let address = SocketAddrUnix::new(path)?;
    let socket = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    // The bound of sending is also that of connecting (unix(7), socket(7)).
    set_socket_timeout(&socket, Timeout::Send, Some(CONNECT_MAX))?;
    connect(&socket, &address)?;
    Ok(UnixStream::from(socket))
}

/// What an error says about the place, in a few words.
fn found(error: Errno) -> String {
    match error {
        Errno::NOENT | Errno::NOTDIR => "nothing is there".to_owned(),
        Errno::CONNREFUSED => "nobody listens there; a daemon that ended may have left it".to_owned(),
        Errno::PROTOTYPE | Errno::NOTSOCK => "it is not a chatd control socket".to_owned(),
        Errno::AGAIN => "it is there but takes no connections; the daemon may be stuck".to_owned(),
        Errno::NAMETOOLONG => "the path is too long for a socket".to_owned(),
        error => io::Error::from(error).to_string(),
    }
}

/// The group that may use the socket; of its directory where the socket cannot be seen.
fn group_of(path: &Path) -> String {
    let status = std::fs::metadata(path).or_else(|_| match path.parent() {
        Some(directory) => std::fs::metadata(directory),
        None => std::fs::metadata(path),
    });
    match status {
        Ok(status) => {
            let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
            group_name(&groups, status.gid()).unwrap_or_else(|| status.gid().to_string())
        }
        Err(_) => "chatd".to_owned(),
    }
}

/// The name of group `gid` in the lines of group(5).
fn group_name(groups: &str, gid: u32) -> Option<String> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(gid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{Failure, Place, Surroundings, candidates, find, group_name};
    use std::os::unix::net::UnixListener;
    use std::path::{Path, PathBuf};

    fn named(path: PathBuf) -> Place {
        Place { path, named: true }
    }

    #[test]
    fn the_order_of_the_places() {
        let around =
            Surroundings { named: Some("/env.sock".into()), runtime: Some("/run/user/7".into()), uid: 7 };
        let paths = |argument| -> Vec<String> {
            let places = candidates(argument, &around);
            places.iter().map(|place| place.path.display().to_string()).collect()
        };
        let usual =
            ["/run/user/7/chatd/control.sock", "/tmp/chatd-7/control.sock", "/run/chatd/control.sock"];
        assert_eq!(paths(None)[0], "/env.sock");
        assert_eq!(paths(None)[1..], usual);
        assert_eq!(paths(Some(Path::new("/arg.sock")))[..2], ["/arg.sock", "/env.sock"]);
        let bare = Surroundings { named: None, runtime: None, uid: 7 };
        assert_eq!(candidates(None, &bare).len(), 2);
    }

    #[test]
    fn the_first_that_answers_and_a_note_of_the_named_one_that_did_not() {
        let directory = tempfile::tempdir().unwrap();
        let stale = directory.path().join("stale.sock");
        drop(UnixListener::bind(&stale).unwrap());
        let good = directory.path().join("good.sock");
        let _listener = UnixListener::bind(&good).unwrap();
        let mut notes = Vec::new();
        let places = [named(stale.clone()), named(good.clone())];
        let (path, _) = find(&places, 0, &mut |text| notes.push(text.to_owned())).unwrap();
        assert_eq!(path, good);
        assert!(notes.len() == 1 && notes[0].contains("stale.sock") && notes[0].contains("good.sock"));
    }

    #[test]
    fn nobody_there_names_every_place() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let long = PathBuf::from(format!("/{}", "x".repeat(200)));
        let places = [named(directory.path().join("none")), named(file), named(long)];
        let failure = find(&places, 0, &mut |_| panic!()).unwrap_err();
        assert_eq!(failure.code(), 3);
        let text = failure.to_string();
        for part in ["/none: nothing is there", "/file: ", "too long", "--socket PATH"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn a_place_in_tmp_must_be_ones_own() {
        let directory = tempfile::Builder::new().tempdir_in("/tmp").unwrap();
        let path = directory.path().join("control.sock");
        let _listener = UnixListener::bind(&path).unwrap();
        let own = rustix::process::getuid().as_raw();
        let places = [Place { path, named: false }];
        assert!(find(&places, own, &mut |_| {}).is_ok());
        let failure = find(&places, own + 1, &mut |_| {}).unwrap_err();
        assert!(failure.to_string().contains("another user"));
    }

    #[test]
    fn groups_have_names() {
        let groups = "root:x:0:\nbroken\nchatd:x:998:alice,bob\n";
        assert_eq!(group_name(groups, 998).as_deref(), Some("chatd"));
        assert_eq!(group_name(groups, 5), None);
        let failure = Failure::NotPermitted { path: "/s".into(), group: "chatd".into() };
        assert_eq!(failure.code(), 4);
        assert!(failure.to_string().contains("the group \"chatd\""));
    }
}
