//! The file that is sent: opened once, measured, and read again wherever a receiver needs it.
//!
//! Knows no socket but the one it is written to. Why it stays open: what is sent later must be what
//! was offered, whatever happens to its name meanwhile.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use blake3::{Hash, Hasher};
use rustix::fs::OFlags;

use super::link::Link;
use super::task::Task;
use super::{Way, Why, path};
use crate::limits::{FILE_BYTES_MAX, FILE_PIECE_BYTES};

/// A file with its size and checksum, and where the receiver may come for it.
pub struct Source {
    pub name: String,
    pub file: File,
    pub size: u64,
    pub hash: Hash,
    pub listener: Option<TcpListener>,
}

impl Source {
    /// Opens and reads all of it. None: it is to stop.
    pub fn open(typed: &str, task: &Task) -> Result<Option<Source>, Why> {
        let (file, path) = found(typed)?;
        let status = file.metadata().map_err(unreadable)?;
        if status.is_dir() {
            return Err(Why::Directory);
        }
        if !status.is_file() || status.len() > FILE_BYTES_MAX {
            return Err(Why::NotFile);
        }
        let size = status.len();
        let Some(hash) = hash(&file, size, task)? else { return Ok(None) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let listener = task.place().and_then(|place| listen(place.own).ok());
        Ok(Some(Source { name: super::name::offered(&name), file, size, hash, listener }))
    }
}

/// The first file that the typed path can mean.
fn found(typed: &str) -> Result<(File, PathBuf), Why> {
    let mut missing = Why::NotFound;
    for path in path::readings(typed, std::env::home_dir().as_deref()) {
        match open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(Why::NotFound) => {}
            Err(why) => missing = why,
        }
    }
    Err(missing)
}

fn open(path: &Path) -> Result<File, Why> {
    // Of a pipe nobody waits for the writer.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(|error| Why::Unreadable(error.to_string()))?;
    OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(unreadable)
}

fn unreadable(error: io::Error) -> Why {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Why::NotFound,
        // A socket cannot be opened at all.
        _ if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => Why::NotFile,
        _other => Why::Unreadable(error.to_string()),
    }
}

/// The checksum of exactly `size` bytes.
fn hash(mut file: &File, size: u64, task: &Task) -> Result<Option<Hash>, Why> {
    let mut hasher = Hasher::new();
    let mut bytes = vec![0; FILE_PIECE_BYTES];
    loop {
        let count = match file.read(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.map_err(unreadable)?,
        };
        hasher.update(&bytes[..count]);
        if task.stop.is_said() {
            return Ok(None);
        }
        if hasher.count() > size {
            return Err(Why::Changed);
        }
        if count == 0 {
            return if hasher.count() == size { Ok(Some(hasher.finalize())) } else { Err(Why::Changed) };
        }
    }
}

/// A port of the system's choice, at the address by which the server knows this machine.
fn listen(own: IpAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((own, 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// What has come of sending.
#[derive(Debug, PartialEq)]
pub enum Sent {
    All,
    /// The other end is gone, or this one is to stop.
    Broken,
    /// The file has become shorter.
    Changed,
}

/// Writes a head, and then the file from `from` on.
pub fn send(
    link: &mut Link<'_>,
    head: &str,
    file: &File,
    from: u64,
    size: u64,
    way: Way,
    task: &mut Task,
) -> Sent {
    let mut at = from;
    if link.write_all(head.as_bytes()).is_err() {
        return Sent::Broken;
    }
    link.each_within(task.patience.silent);
    while at < size {
        let count = usize::try_from(size - at).map_or(FILE_PIECE_BYTES, |left| left.min(FILE_PIECE_BYTES));
        match link.send_file(file, &mut at, count) {
            Ok(0) => return Sent::Changed,
            Ok(_) => task.progress(at, way, at == size),
            Err(_) => return Sent::Broken,
        }
    }
    Sent::All
}
