//! A file that is there whole or not at all.
//!
//! Knows nothing of what is in it. Why it is written beside its place: a name that people trust must
//! never stand on half a file.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::failure::{Failure, shown};

/// A file on its way.
pub struct NewFile {
    path: PathBuf,
    part: PathBuf,
    /// None when it has been put into its place.
    file: Option<BufWriter<File>>,
    replaces: bool,
}

impl NewFile {
    /// Begins `path`, for its owner's eyes only. What stands there stays until the end; without
    /// `replaces` nothing may.
    pub fn begin(path: &Path, replaces: bool) -> Result<NewFile, Failure> {
        if !replaces && path.symlink_metadata().is_ok() {
            return Err(Failure::FileThere { path: path.to_owned() });
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
        let file = match opened {
            Ok(file) => BufWriter::new(file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Failure::PartThere { path: part });
            }
            Err(error) => return Err(failed(&part, &error)),
        };
        Ok(NewFile { path: path.to_owned(), part, file: Some(file), replaces })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes));
        written.map_err(|error| failed(&self.part, &error))
    }

    /// Puts it into its place, once all of it is on disk.
    pub fn finish(mut self) -> Result<(), Failure> {
        let Some(file) = self.file.as_mut() else { return Ok(()) };
        let synced = file.flush().and_then(|()| file.get_ref().sync_all());
        synced.map_err(|error| failed(&self.part, &error))?;
        match self.rename() {
            Ok(()) => self.file = None,
            Err(Errno::EXIST) => return Err(Failure::FileThere { path: self.path.clone() }),
            Err(error) => return Err(failed(&self.path, &error.into())),
        }
        let directory = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        synced.map_err(|error| failed(directory, &error))
    }

    fn rename(&self) -> Result<(), Errno> {
        if self.replaces {
            return rustix::fs::rename(&self.part, &self.path);
        }
        match renameat_with(CWD, &self.part, CWD, &self.path, RenameFlags::NOREPLACE) {
            // A file system that cannot do both in one step.
            Err(Errno::INVAL | Errno::NOSYS) if self.path.symlink_metadata().is_err() => {
                rustix::fs::rename(&self.part, &self.path)
            }
            Err(Errno::INVAL | Errno::NOSYS) => Err(Errno::EXIST),
            renamed => renamed,
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // What led here is told; half a file is of no use to anybody.
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

/// The failure of a file.
pub fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::File { path: shown(path), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn it_is_there_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("talk");
        let names = || {
            let entries = std::fs::read_dir(directory.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let mut half = NewFile::begin(&path, false).unwrap();
        half.write(b"half").unwrap();
        assert_eq!(names(), ["talk.part"]);
        assert!(matches!(NewFile::begin(&path, true), Err(Failure::PartThere { .. })), "two at once");
        drop(half);
        assert!(names().is_empty());

        let mut whole = NewFile::begin(&path, false).unwrap();
        whole.write(b"whole").unwrap();
        whole.finish().unwrap();
        assert_eq!(names(), ["talk"]);
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(matches!(NewFile::begin(&path, false), Err(Failure::FileThere { .. })));
        let mut other = NewFile::begin(&path, true).unwrap();
        other.write(b"other").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole", "it stays until the end");
        other.finish().unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), names().len()), (b"other".to_vec(), 1));
    }

    #[test]
    fn what_comes_there_meanwhile_is_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("talk");
        let mut new = NewFile::begin(&path, false).unwrap();
        new.write(b"new").unwrap();
        std::fs::write(&path, "old").unwrap();
        assert!(matches!(new.finish(), Err(Failure::FileThere { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert!(!directory.path().join("talk.part").exists());
    }
}
