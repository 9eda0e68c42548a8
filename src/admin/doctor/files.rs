//! The files and directories: whose they are, and who else may write them.
//!
//! It must not change any. Why the owner of the database's directory is the measure of a daemon that
//! does not run: whoever once started chatd by hand as root has left files there that the service
//! cannot open.

use std::io;
use std::path::{Path, PathBuf};

use super::finding::{Finding, quoted};
use super::look::{Kind, Seen, see};
use super::subject::Subject;

const CHECK: &str = "files";

pub fn examine(subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(database) = &subject.database {
        let directory = directory_of(database);
        let beside = ["", "-wal", "-shm", ".lock"].map(|ending| with_ending(database, ending));
        let runs_as = subject.process().and_then(|process| process.uid);
        match looked_at(&directory, &beside) {
            Ok((Some(directory), files)) => found.extend(store(&directory, &files, runs_as)),
            Ok((None, _)) => found
                .push(Finding::note(CHECK, "chatctl-doctor-no-directory").with("path", directory.display())),
            Err((path, error)) => found.push(unseen(CHECK, &path, &error)),
        }
    }
    found.extend(control(&subject.socket, subject.status().is_some()));
    found
}

/// What cannot be looked at is no fault.
pub fn unseen(check: &'static str, path: &Path, error: &io::Error) -> Finding {
    let note = Finding::note(check, "chatctl-doctor-unseen").with("path", path.display()).with("why", error);
    note.mend("sudo chatctl doctor")
}

pub fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

type Unseen = (PathBuf, io::Error);

/// A directory with those of the files that are there.
fn looked_at(directory: &Path, files: &[PathBuf]) -> Result<(Option<Seen>, Vec<Seen>), Unseen> {
    let look = |path: &Path| see(path).map_err(|error| (path.to_owned(), error));
    let seen = look(directory)?;
    let files = files.iter().map(|path| look(path)).collect::<Result<Vec<_>, _>>()?;
    Ok((seen, files.into_iter().flatten().collect()))
}

/// The database's directory and what stands in it; `runs_as` is the daemon's user.
fn store(directory: &Seen, files: &[Seen], runs_as: Option<u32>) -> Vec<Finding> {
    let shown = quoted(&directory.path);
    if directory.kind != Kind::Directory {
        return vec![Finding::fault(CHECK, "chatctl-doctor-not-directory").with("path", &shown)];
    }
    let mut found = Vec::new();
    if directory.mode & 0o002 != 0 && directory.mode & 0o1000 == 0 {
        let open = Finding::fault(CHECK, "chatctl-doctor-writable").with("path", &shown);
        found.push(open.mend(format!("chmod o-w {shown}")));
    }
    let owner = runs_as.unwrap_or(directory.uid);
    if directory.uid != owner && owner != 0 {
        let foreign = Finding::fault(CHECK, "chatctl-doctor-owner");
        found.push(
            foreign
                .with("path", &shown)
                .with("uid", directory.uid)
                .with("wanted", owner)
                .mend(format!("chown {owner} {shown}")),
        );
    }
    for file in files {
        found.extend(stored(file, owner));
    }
    if found.is_empty() && !files.is_empty() {
        found.push(Finding::ok(CHECK, "chatctl-doctor-files").with("path", &shown));
    }
    found
}

fn stored(file: &Seen, owner: u32) -> Vec<Finding> {
    let shown = quoted(&file.path);
    let mut found = Vec::new();
    if file.kind != Kind::File {
        found.push(Finding::fault(CHECK, "chatctl-doctor-not-file").with("path", &shown));
        return found;
    }
    // Root opens what is anybody's.
    if file.uid != owner && owner != 0 {
        let foreign = Finding::fault(CHECK, "chatctl-doctor-owner");
        let foreign = foreign.with("path", &shown).with("uid", file.uid).with("wanted", owner);
        found.push(foreign.mend(format!("chown {owner} {shown}")));
    }
    if file.mode & 0o600 != 0o600 {
        let closed = Finding::fault(CHECK, "chatctl-doctor-closed").with("path", &shown);
        found.push(closed.mend(format!("chmod u+rw {shown}")));
    }
    if file.mode & 0o022 != 0 {
        found.push(
            Finding::fault(CHECK, "chatctl-doctor-writable")
                .with("path", &shown)
                .mend(format!("chmod go-w {shown}")),
        );
    } else if file.mode & 0o004 != 0 && !is_sheltered(&file.path) {
        found.push(
            Finding::note(CHECK, "chatctl-doctor-readable")
                .with("path", &shown)
                .mend(format!("chmod o-r {shown}")),
        );
    }
    found
}

/// Nobody else comes into the directory that it stands in.
fn is_sheltered(path: &Path) -> bool {
    matches!(see(&directory_of(path)), Ok(Some(directory)) if directory.mode & 0o001 == 0)
}

/// The control socket and its directory.
fn control(socket: &Path, answered: bool) -> Vec<Finding> {
    let directory = directory_of(socket);
    match (see(&directory), see(socket)) {
        (Ok(directory), Ok(socket)) => doors(directory.as_ref(), socket.as_ref()),
        // Whoever was answered needs to see nothing.
        (Err(_), _) | (_, Err(_)) if answered => Vec::new(),
        (Err(error), _) => vec![unseen(CHECK, &directory, &error)],
        (_, Err(error)) => vec![unseen(CHECK, socket, &error)],
    }
}

fn doors(directory: Option<&Seen>, socket: Option<&Seen>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(directory) = directory.filter(|seen| seen.mode & 0o002 != 0 && seen.mode & 0o1000 == 0) {
        let shown = quoted(&directory.path);
        let open = Finding::fault(CHECK, "chatctl-doctor-writable").with("path", &shown);
        found.push(open.mend(format!("chmod o-w {shown}")));
    }
    if let Some(socket) = socket {
        let shown = quoted(&socket.path);
        if socket.kind != Kind::Socket {
            let other = Finding::fault(CHECK, "chatctl-doctor-not-socket").with("path", &shown);
            found.push(other.mend(format!("mv {shown} {shown}.old")));
        } else if socket.mode & 0o002 != 0 {
            let open = Finding::fault(CHECK, "chatctl-doctor-open-socket").with("path", &shown);
            found.push(open.mend(format!("chmod o-w {shown}")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::*;

    fn seen(path: &str, kind: Kind, mode: u32, uid: u32) -> Seen {
        Seen { path: PathBuf::from(path), kind, mode, uid, gid: 0, bytes: 0 }
    }

    fn stores(directory_mode: u32, file: Seen) -> Vec<Finding> {
        store(&seen("/d", Kind::Directory, directory_mode, 7), &[file], None)
    }

    #[test]
    fn what_is_as_it_was_made_is_well() {
        only(&stores(0o700, seen("/d/chatd.db", Kind::File, 0o600, 7)), "chatctl-doctor-files");
        assert_eq!(
            doors(Some(&seen("/r", Kind::Directory, 0o755, 7)), Some(&seen("/r/s", Kind::Socket, 0o660, 7))),
            []
        );
    }

    #[test]
    fn wrong_owners_and_open_doors_are_faults() {
        let root = stores(0o700, seen("/d/chatd.db-wal", Kind::File, 0o600, 0));
        assert_eq!(only(&root, "chatctl-doctor-owner").mend.as_deref(), Some("chown 7 /d/chatd.db-wal"));
        only(&stores(0o777, seen("/d/chatd.db", Kind::File, 0o600, 7)), "chatctl-doctor-writable");
        only(&stores(0o700, seen("/d/chatd.db", Kind::File, 0o620, 7)), "chatctl-doctor-writable");
        only(&stores(0o700, seen("/d/chatd.db", Kind::File, 0o400, 7)), "chatctl-doctor-closed");
        only(&stores(0o700, seen("/d/chatd.db", Kind::Directory, 0o700, 7)), "chatctl-doctor-not-file");
        // The daemon's own user counts more than its directory's.
        let found =
            store(&seen("/d", Kind::Directory, 0o700, 7), &[seen("/d/x", Kind::File, 0o600, 9)], Some(9));
        assert_eq!(only(&found, "chatctl-doctor-owner").mend.as_deref(), Some("chown 9 /d"));
        let file = seen("/r/s", Kind::File, 0o600, 7);
        only(&doors(None, Some(&file)), "chatctl-doctor-not-socket");
        only(&doors(None, Some(&seen("/r/s", Kind::Socket, 0o666, 7))), "chatctl-doctor-open-socket");
        only(&doors(Some(&seen("/r", Kind::Directory, 0o777, 7)), None), "chatctl-doctor-writable");
    }

    #[test]
    fn a_directory_that_is_a_file_is_named() {
        let found = store(&seen("/d", Kind::File, 0o600, 7), &[], None);
        only(&found, "chatctl-doctor-not-directory");
    }
}
