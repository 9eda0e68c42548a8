//! Where the daemon's files live when nobody says so, and the directories they need.
//!
//! It must not know what is in the files, nor open them.
//!
//! Why a place carries the trust its directory needs: under /tmp another user may have made the
//! directory first, and a socket in it would hand the whole server to that user.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::daemon::config::Config;
use crate::wire::place::{Environment, SYSTEM_SOCKET};

/// The configuration of a system service, read when it exists and no other is named.
pub const SYSTEM_CONFIG: &str = "/etc/chatd/chatd.toml";

const SYSTEM_DATABASE: &str = "/var/lib/chatd/chatd.db";

const WRITABLE_BY_OTHERS: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Where one file belongs, and how its directory is made and judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    pub directory: Directory,
}

/// What the directory of a place must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directory {
    /// Where anybody may create names: 0700, the daemon's own, and no symbolic link.
    Private,
    /// Anywhere else: made with these permission bits when missing, refused when any user may
    /// write there.
    Usual { mode: u32 },
}

/// Where the control socket and the database go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    pub control: Place,
    pub database: Place,
}

/// The places of this configuration in this environment: what the configuration names, else what
/// systemd gives, else the system's own for root, else the user's.
pub fn places(config: &Config, environment: &Environment<'_>) -> Places {
    Places {
        control: match &config.control.socket {
            Some(path) => usual(path.clone(), 0o750),
            None => control(environment),
        },
        database: match &config.store.path {
            Some(path) => usual(path.clone(), 0o700),
            None => database(environment),
        },
    }
}

fn control(environment: &Environment<'_>) -> Place {
    if let Some(directory) = first_of(environment, "RUNTIME_DIRECTORY") {
        return usual(directory.join("control.sock"), 0o750);
    }
    if environment.uid == 0 {
        return usual(PathBuf::from(SYSTEM_SOCKET), 0o750);
    }
    match environment.xdg_socket() {
        Some(path) => usual(path, 0o700),
        None => private(environment.fallback_socket()),
    }
}

fn database(environment: &Environment<'_>) -> Place {
    if let Some(directory) = first_of(environment, "STATE_DIRECTORY") {
        return usual(directory.join("chatd.db"), 0o700);
    }
    if environment.uid == 0 {
        return usual(PathBuf::from(SYSTEM_DATABASE), 0o700);
    }
    let state = environment.path("XDG_STATE_HOME");
    let home = || Some(environment.path("HOME")?.join(".local/state"));
    match state.or_else(home) {
        Some(directory) => usual(directory.join("chatd/chatd.db"), 0o700),
        // Not /tmp: what was said should outlive a reboot even here.
        None => private(PathBuf::from(format!("/var/tmp/chatd-{}/chatd.db", environment.uid))),
    }
}

/// The first of the directories that systemd lists in a variable, separated by colons.
fn first_of(environment: &Environment<'_>, name: &str) -> Option<PathBuf> {
    let directories = (environment.var)(name)?;
    let first = std::env::split_paths(&directories).next()?;
    first.is_absolute().then_some(first)
}

fn usual(path: PathBuf, mode: u32) -> Place {
    let directory = Directory::Usual { mode };
    Place { path, directory }
}

fn private(path: PathBuf) -> Place {
    let directory = Directory::Private;
    Place { path, directory }
}

/// The configuration file to read when none is named: the system's, if it is there.
pub fn system_config(exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let path = PathBuf::from(SYSTEM_CONFIG);
    exists(&path).then_some(path)
}

/// The variable of this process's environment: what [`Environment::var`] is outside of tests.
pub fn process_variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

impl Place {
    /// Sees to it that the directory of this place exists and can be trusted. `uid` is the daemon's
    /// effective user; `group`, if any, becomes the group of a directory that is made now and open
    /// to its group, so that the members reach what is in it.
    ///
    /// # Errors
    ///
    /// A sentence that names the directory, what is wrong with it and what to do.
    pub fn make_directory(&self, uid: u32, group: Option<u32>) -> Result<(), String> {
        // A bare file name has the empty path as its parent: the working directory.
        let directory = match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            Some(_) | None => Path::new("."),
        };
        let shown = directory.display();
        match self.directory {
            Directory::Private => {
                make(directory, 0o700, None)?;
                let found = fs::symlink_metadata(directory)
                    .map_err(|error| format!("cannot look at {shown}: {error}"))?;
                judge_private(&found, uid)
            }
            Directory::Usual { mode } => {
                make(directory, mode, group)?;
                let found =
                    fs::metadata(directory).map_err(|error| format!("cannot look at {shown}: {error}"))?;
                judge_usual(&found, uid)
            }
        }
        .map_err(|reason| format!("{shown} {reason}"))
    }
}

/// Makes a directory and those above it, unless something is there already.
fn make(directory: &Path, mode: u32, group: Option<u32>) -> Result<(), String> {
    let shown = directory.display();
    if fs::symlink_metadata(directory).is_ok() {
        return Ok(());
    }
    let wrong = |error: io::Error| {
        format!(
            "cannot make the directory {shown}: {error}; make it for the user that chatd runs as, \
             or set control.socket and store.path in the configuration"
        )
    };
    DirBuilder::new().recursive(true).mode(mode).create(directory).map_err(wrong)?;
    if group.is_none() || mode & 0o070 == 0 {
        return Ok(());
    }
    match chown(directory, None, group) {
        // Who is not in the group cannot give it anything: then its own user alone gets in.
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => {
            Err(format!("cannot give {shown} to the group of control.group: {error}"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn judge_private(found: &Metadata, uid: u32) -> Result<(), String> {
    let mode = found.permissions().mode() & 0o777;
    if !found.is_dir() {
        Err("is not a directory; remove it".into())
    } else if found.uid() != uid {
        let owner = found.uid();
        Err(format!("belongs to another user ({owner}) and cannot be trusted; remove it"))
    } else if mode & 0o077 != 0 {
        Err(format!(
            "is open to other users (mode {mode:04o}) and cannot be trusted; \
             remove it, or close it with chmod 700 when all in it is yours"
        ))
    } else {
        Ok(())
    }
}

fn judge_usual(found: &Metadata, uid: u32) -> Result<(), String> {
    let mode = found.permissions().mode();
    if !found.is_dir() {
        return Err("is not a directory; move it away or choose another place".into());
    }
    // In a sticky directory nobody can replace the files of others.
    if mode & WRITABLE_BY_OTHERS != 0 && mode & STICKY == 0 {
        return Err("can be written by every user; take that right away with chmod o-w".into());
    }
    let owner = found.uid();
    if owner != uid && owner != 0 {
        return Err(format!(
            "belongs to another user ({owner}), who could replace what is in it; \
             give it to user {uid} or choose another place"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn at(uid: u32, vars: &[(&str, &str)]) -> (Place, Place) {
        let var = |name: &str| {
            let found = vars.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let places = places(&Config::default(), &Environment { uid, var: &var });
        (places.control, places.database)
    }

    fn usual_pair(control: (&str, u32), database: &str) -> (Place, Place) {
        (usual(control.0.into(), control.1), usual(database.into(), 0o700))
    }

    #[test]
    fn root_has_the_places_of_the_system() {
        let home = ("HOME", "/root");
        let expected = usual_pair(("/run/chatd/control.sock", 0o750), "/var/lib/chatd/chatd.db");
        assert_eq!(at(0, &[home, ("XDG_RUNTIME_DIR", "/run/user/0")]), expected);
    }

    #[test]
    fn systemd_comes_first_and_may_list_several() {
        let vars = [
            ("RUNTIME_DIRECTORY", "/run/chat-a:/run/chat-b"),
            ("STATE_DIRECTORY", "/var/lib/chat-a"),
            ("XDG_RUNTIME_DIR", "/run/user/7"),
        ];
        let expected = usual_pair(("/run/chat-a/control.sock", 0o750), "/var/lib/chat-a/chatd.db");
        assert_eq!(at(7, &vars), expected);
        assert_eq!(at(0, &vars), expected);
    }

    #[test]
    fn a_user_has_places_of_their_own() {
        let vars = [("XDG_RUNTIME_DIR", "/run/user/7"), ("XDG_STATE_HOME", "/s"), ("HOME", "/h")];
        let expected = usual_pair(("/run/user/7/chatd/control.sock", 0o700), "/s/chatd/chatd.db");
        assert_eq!(at(7, &vars), expected);
        let (control, database) = at(7, &[("HOME", "/h"), ("XDG_STATE_HOME", "relative")]);
        assert_eq!(control, private("/tmp/chatd-7/control.sock".into()));
        assert_eq!(database, usual("/h/.local/state/chatd/chatd.db".into(), 0o700));
        let (_, database) = at(7, &[]);
        assert_eq!(database, private("/var/tmp/chatd-7/chatd.db".into()));
    }

    #[test]
    fn the_configuration_decides_before_all() {
        let mut config = Config::default();
        config.control.socket = Some("/a/b.sock".into());
        config.store.path = Some("c.db".into());
        let found = places(&config, &Environment { uid: 0, var: &|_| None });
        assert_eq!(found.control, usual("/a/b.sock".into(), 0o750));
        assert_eq!(found.database, usual("c.db".into(), 0o700));
    }

    #[test]
    fn the_system_configuration_is_read_only_when_it_exists() {
        assert_eq!(system_config(|_| false), None);
        assert_eq!(system_config(|_| true), Some(PathBuf::from("/etc/chatd/chatd.toml")));
    }

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn missing_directories_are_made() {
        let _alone = crate::net::listener::UMASK.lock().unwrap();
        let base = tempfile::tempdir().unwrap();
        let uid = fs::metadata(base.path()).unwrap().uid();
        let deep = base.path().join("a/b");
        usual(deep.join("x.db"), 0o700).make_directory(uid, None).unwrap();
        assert_eq!(mode_of(&deep), 0o700);
        assert_eq!(mode_of(&base.path().join("a")), 0o700);
        let own = base.path().join("own");
        private(own.join("control.sock")).make_directory(uid, None).unwrap();
        private(own.join("control.sock")).make_directory(uid, None).unwrap();
        assert_eq!(mode_of(&own), 0o700);
    }

    #[test]
    fn what_cannot_be_trusted_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let uid = fs::metadata(base.path()).unwrap().uid();
        let refused = |place: &Place, uid| place.make_directory(uid, None).unwrap_err();

        let open = base.path().join("open");
        fs::create_dir(&open).unwrap();
        set_mode(&open, 0o777);
        assert!(refused(&usual(open.join("f"), 0o700), uid).contains("chmod o-w"));
        set_mode(&open, 0o1777);
        usual(open.join("f"), 0o700).make_directory(uid, None).unwrap();
        set_mode(&open, 0o755);
        usual(open.join("f"), 0o700).make_directory(uid, None).unwrap();
        assert!(refused(&private(open.join("f")), uid).contains("mode 0755"));
        set_mode(&open, 0o700);
        assert!(refused(&private(open.join("f")), uid + 1).contains("belongs to another user"));

        let link = base.path().join("link");
        symlink(&open, &link).unwrap();
        assert!(refused(&private(link.join("f")), uid).contains("is not a directory"));
        usual(link.join("f"), 0o700).make_directory(uid, None).unwrap();

        let file = base.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(refused(&usual(file.join("f"), 0o700), uid).contains("is not a directory"));
        let below = usual(file.join("g/f"), 0o700);
        assert!(refused(&below, uid).contains("cannot make the directory"));
    }
}
