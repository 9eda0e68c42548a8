//! Where the daemon's control socket may be, and the first place that answers.
//!
//! Knows nothing of requests. Why several places: the system's daemon, a
//! user's own and one started by hand in a container each have their own, and
//! an admin should not have to know which it is.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};

use super::failure::{Failure, shown};
use super::live::left;
use crate::limits::CONNECT_MS;
use crate::locale::Words;
use crate::wire::place::Environment;

/// One place to try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub path: PathBuf,
    /// Whether somebody named it, rather than habit.
    pub named: bool,
}

/// The places in the order in which they are tried: what the command line says, then the usual ones.
pub fn candidates(argument: Option<&Path>, environment: &Environment<'_>) -> Vec<Place> {
    let given = (environment.var)("CHATD_SOCKET").map(PathBuf::from);
    let usual = environment.control_candidates().into_iter();
    let usual = usual.map(|path| Place { named: given.as_ref() == Some(&path), path });
    argument.map(|path| Place { path: path.to_owned(), named: true }).into_iter().chain(usual).collect()
}

/// Connects to the first place that answers; gives its path too. A named place
/// that is passed over is told to `note`, since another daemon answers instead.
pub fn find(
    places: &[Place],
    uid: u32,
    words: &Words,
    note: &mut dyn FnMut(&str),
) -> Result<(PathBuf, UnixStream), Failure> {
    let mut tried = Vec::new();
    let mut forbidden = None;
    for Place { path, named } in places {
        if !named && !is_trusted(path, uid) {
            tried.push((path.clone(), words.say("chatctl-found-foreign", &[])));
            continue;
        }
        match connect_to(path, Duration::from_millis(CONNECT_MS)) {
            Ok(stream) => {
                for (passed, found) in &tried {
                    if places.iter().any(|place| place.named && place.path == *passed) {
                        let used = ("used", shown(path).into());
                        let args = [("path", shown(passed).into()), ("found", found.into()), used];
                        note(&words.say("chatctl-passed", &args));
                    }
                }
                return Ok((path.clone(), stream));
            }
            Err(Errno::ACCESS | Errno::PERM) => {
                forbidden.get_or_insert_with(|| path.clone());
                tried.push((path.clone(), words.say("chatctl-found-forbidden", &[])));
            }
            Err(error) => tried.push((path.clone(), found(words, error))),
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

/// The first place that answers before `until`, for who asks in passing: nothing is said of the others.
pub fn find_quietly(places: &[Place], uid: u32, until: Instant) -> Option<UnixStream> {
    let trusted = places.iter().filter(|place| place.named || is_trusted(&place.path, uid));
    trusted.filter_map(|place| connect_to(&place.path, left(until)?).ok()).next()
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

fn connect_to(path: &Path, patience: Duration) -> Result<UnixStream, Errno> {
    let address = SocketAddrUnix::new(path)?;
    let socket = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    // The bound of sending is also that of connecting (unix(7), socket(7)).
    set_socket_timeout(&socket, Timeout::Send, Some(patience))?;
    connect(&socket, &address)?;
    Ok(UnixStream::from(socket))
}

/// What an error says about the place, in a few words.
fn found(words: &Words, error: Errno) -> String {
    let id = match error {
        Errno::NOENT | Errno::NOTDIR => "chatctl-found-nothing",
        Errno::CONNREFUSED => "chatctl-found-nobody",
        Errno::PROTOTYPE | Errno::NOTSOCK => "chatctl-found-other",
        Errno::AGAIN => "chatctl-found-stuck",
        Errno::NAMETOOLONG => "chatctl-found-long",
        error => return io::Error::from(error).to_string(),
    };
    words.say(id, &[])
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
    use super::*;
    use crate::locale::Lang;
    use std::ffi::OsString;
    use std::os::unix::net::UnixListener;

    fn named(path: PathBuf) -> Place {
        Place { path, named: true }
    }

    fn words() -> Words {
        Words::new(Lang::En)
    }

    #[test]
    fn what_the_command_line_says_comes_first() {
        let var = |name: &str| (name == "CHATD_SOCKET").then(|| OsString::from("/env.sock"));
        let environment = Environment { uid: 7, var: &var };
        let places = candidates(Some(Path::new("/arg.sock")), &environment);
        let shown: Vec<String> = places.iter().map(|place| shown(&place.path)).collect();
        assert_eq!(shown, ["/arg.sock", "/env.sock", "/tmp/chatd-7/control.sock", "/run/chatd/control.sock"]);
        assert_eq!(places.iter().map(|place| place.named).collect::<Vec<_>>(), [true, true, false, false]);
        assert_eq!(candidates(None, &environment).len(), 3);
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
        let (path, _) = find(&places, 0, &words(), &mut |text| notes.push(text.to_owned())).unwrap();
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
        let failure = find(&places, 0, &words(), &mut |_| panic!()).unwrap_err();
        assert_eq!(failure.code(), 3);
        let text = failure.sentence(&words());
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
        assert!(find(&places, own, &words(), &mut |_| {}).is_ok());
        let failure = find(&places, own + 1, &words(), &mut |_| {}).unwrap_err();
        assert!(failure.sentence(&words()).contains("another user"));
    }

    #[test]
    fn groups_have_names() {
        let groups = "root:x:0:\nbroken\nchatd:x:998:alice,bob\n";
        assert_eq!(group_name(groups, 998).as_deref(), Some("chatd"));
        assert_eq!(group_name(groups, 5), None);
        let failure = Failure::NotPermitted { path: "/s".into(), group: "chatd".into() };
        assert_eq!(failure.code(), 4);
        assert!(failure.sentence(&words()).contains("the group \"chatd\""));
    }
}
