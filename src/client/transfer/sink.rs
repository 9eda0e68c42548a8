//! The file that is received: a partial one under a name of its own, which takes the chosen name
//! when all of it is there and right.
//!
//! Knows no socket. Why by descriptors of the directory: nothing that is renamed meanwhile can make
//! it write elsewhere, and an existing file is never touched.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;

use blake3::{Hash, Hasher};
use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

use super::Why;

/// What is read, written and searched by the owner alone until it is whole.
const OWNER: Mode = Mode::RUSR.union(Mode::WUSR);

pub struct Sink {
    directory: OwnedFd,
    /// The name it is to have.
    name: String,
    /// The name it has; none once it has the other.
    part: Option<String>,
    file: File,
    size: u64,
    hasher: Hasher,
}

impl Sink {
    /// Begins a file in this directory; what cannot end well is refused before anything is sent.
    pub fn begin(directory: &Path, name: &str, size: u64) -> Result<Sink, Why> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(directory, flags, Mode::empty()).map_err(unwritable)?;
        match rustix::fs::statat(&directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => {}
            Ok(_) => return Err(Why::Exists(name.to_owned())),
            Err(error) => return Err(unwritable(error)),
        }
        let room = rustix::fs::fstatvfs(&directory).map_err(unwritable)?;
        // Some network drives do not say.
        if room.f_blocks > 0 && room.f_bavail.saturating_mul(room.f_frsize) < size {
            return Err(Why::Full);
        }
        let part = part()?;
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&directory, &part, flags, OWNER).map_err(unwritable)?;
        let (name, part, file) = (name.to_owned(), Some(part), File::from(file));
        Ok(Sink { directory, name, part, file, size, hasher: Hasher::new() })
    }

    /// Bytes that are there.
    pub fn has(&self) -> u64 {
        self.hasher.count()
    }

    /// Bytes that are still missing.
    pub fn lacks(&self) -> u64 {
        self.size - self.has()
    }

    /// Takes what came. Never more than is missing may come.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Why> {
        self.file.write_all(bytes).map_err(written)?;
        self.hasher.update(bytes);
        Ok(())
    }

    /// All is there: if it is what was offered, it gets its name.
    pub fn finish(mut self, hash: &Hash) -> Result<(), Why> {
        if self.lacks() != 0 || self.hasher.finalize() != *hash {
            return Err(Why::Checksum);
        }
        rustix::fs::fchmod(&self.file, mode()).map_err(unwritable)?;
        self.file.sync_all().map_err(written)?;
        let part = self.part.as_deref().unwrap_or_default();
        match named(&self.directory, part, &self.name) {
            Ok(()) => self.part = None,
            Err(Errno::EXIST) => return Err(Why::Exists(self.name.clone())),
            Err(error) => return Err(unwritable(error)),
        }
        // The name must outlive the plug being pulled, too; a file system that cannot do it will not be asked twice.
        let _ = rustix::fs::fsync(&self.directory);
        Ok(())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // What cannot be removed any more is gone, or was made so on purpose.
            let _ = rustix::fs::unlinkat(&self.directory, part, AtFlags::empty());
        }
    }
}

/// Gives the file its name, unless another has it.
fn named(directory: &OwnedFd, part: &str, name: &str) -> Result<(), Errno> {
    match rustix::fs::renameat_with(directory, part, directory, name, RenameFlags::NOREPLACE) {
        // Not every file system can: a second name is never given over an existing one either.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            rustix::fs::linkat(directory, part, directory, name, AtFlags::empty())?;
            rustix::fs::unlinkat(directory, part, AtFlags::empty())
        }
        done => done,
    }
}

/// A name that nobody else chooses.
fn part() -> Result<String, Why> {
    let mut drawn = [0; 8];
    getrandom(&mut drawn, GetRandomFlags::empty()).map_err(unwritable)?;
    Ok(format!(".chatc-{:016x}.part", u64::from_ne_bytes(drawn)))
}

/// As any program of this person makes files. The mask can only be read here: to ask the system for
/// it is to change it, which other threads would notice.
fn mode() -> Mode {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    let mask = mask.and_then(|mask| u32::from_str_radix(mask.trim(), 8).ok()).unwrap_or(0o077);
    Mode::from_raw_mode(0o666 & !mask)
}

fn unwritable(error: Errno) -> Why {
    written(error.into())
}

fn written(error: io::Error) -> Why {
    let full = [Errno::NOSPC, Errno::DQUOT, Errno::FBIG].map(Errno::raw_os_error);
    match error.raw_os_error() {
        Some(code) if full.contains(&code) => Why::Full,
        Some(_) | None => Why::Unwritable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_gets_its_name_when_it_is_whole() {
        let directory = tempfile::tempdir().unwrap();
        let mut sink = Sink::begin(directory.path(), "안녕.txt", 5).unwrap();
        sink.take(b"hel").unwrap();
        let part = names(directory.path()).pop().unwrap();
        assert!(part.starts_with(".chatc-") && part.ends_with(".part"), "{part}");
        let mode = |name: &str| directory.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&part), 0o600);
        sink.take(b"lo").unwrap();
        assert_eq!((sink.has(), sink.lacks()), (5, 0));
        sink.finish(&blake3::hash(b"hello")).unwrap();
        assert_eq!(names(directory.path()), ["안녕.txt"]);
        assert_eq!(std::fs::read(directory.path().join("안녕.txt")).unwrap(), b"hello");
        File::create(directory.path().join("beside")).unwrap();
        assert_eq!(mode("안녕.txt"), mode("beside"));
    }

    #[test]
    fn what_is_wrong_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        for came in [&b"hell0"[..], b"hell", b""] {
            let mut sink = Sink::begin(directory.path(), "x", 5).unwrap();
            sink.take(came).unwrap();
            assert_eq!(sink.finish(&blake3::hash(b"hello")), Err(Why::Checksum));
        }
        drop(Sink::begin(directory.path(), "x", 5).unwrap());
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn nothing_is_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        let taken = || Err(Why::Exists("x".into()));
        let make: [&dyn Fn(); 3] = [
            &|| std::fs::write(&path, "mine").unwrap(),
            &|| std::os::unix::fs::symlink("nowhere", &path).unwrap(),
            &|| std::os::unix::fs::symlink("/dev/null", &path).unwrap(),
        ];
        for make in make {
            // It appears after the beginning, and is there before it.
            let mut sink = Sink::begin(directory.path(), "x", 1).unwrap();
            sink.take(b"y").unwrap();
            make();
            assert_eq!(sink.finish(&blake3::hash(b"y")), taken());
            assert_eq!(Sink::begin(directory.path(), "x", 1).map(|_| ()), taken());
            assert_eq!(names(directory.path()), ["x"]);
            assert!(
                path.symlink_metadata().unwrap().is_symlink() || std::fs::read(&path).unwrap() == b"mine"
            );
            std::fs::remove_file(&path).unwrap();
        }
        std::fs::create_dir(&path).unwrap();
        assert_eq!(Sink::begin(directory.path(), "x", 1).map(|_| ()), taken());
    }

    #[test]
    fn a_second_name_is_never_given_over_an_existing_one() {
        let directory = tempfile::tempdir().unwrap();
        let open = rustix::fs::open(directory.path(), OFlags::DIRECTORY, Mode::empty()).unwrap();
        std::fs::write(directory.path().join("part"), "new").unwrap();
        std::fs::write(directory.path().join("x"), "old").unwrap();
        assert_eq!(named(&open, "part", "x"), Err(Errno::EXIST));
        assert_eq!(named(&open, "part", "y"), Ok(()));
        assert_eq!(names(directory.path()), ["x", "y"]);
    }

    #[test]
    fn what_cannot_be_is_refused_at_the_beginning() {
        let directory = tempfile::tempdir().unwrap();
        let begun = |path: &Path, size| Sink::begin(path, "x", size).map(|_| ());
        assert_eq!(begun(directory.path(), 1 << 53), Err(Why::Full));
        assert!(matches!(begun(&directory.path().join("gone"), 1), Err(Why::Unwritable(_))));
        assert!(matches!(begun(Path::new("/proc"), 0), Err(Why::Unwritable(_))));
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        for code in [Errno::NOSPC, Errno::DQUOT, Errno::FBIG] {
            assert_eq!(written(code.into()), Why::Full);
        }
        assert!(matches!(written(Errno::IO.into()), Why::Unwritable(_)));
        // This one is always full.
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        assert_eq!(full.write_all(b"x").map_err(written), Err(Why::Full));
    }
}
