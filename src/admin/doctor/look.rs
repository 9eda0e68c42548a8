//! Looking at the machine: files, processes, and what other programs say of it.
//!
//! It must not judge. Why everything has a bound: whoever asks the doctor has something that hangs
//! already.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::limits::{DOCTOR_CHILD_MS, DOCTOR_FILE_BYTES_MAX, DOCTOR_PROCESSES_MAX, DOCTOR_WAIT_MS};

/// What a program said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// None: a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs a program to its end, for a few seconds at most. None: it is not there, cannot be run, or
/// took too long.
pub fn run(program: &str, arguments: &[&str]) -> Option<Said> {
    run_within(program, arguments, DOCTOR_CHILD_MS)
}

fn run_within(program: &str, arguments: &[&str], ms: u64) -> Option<Said> {
    let mut command = Command::new(program);
    // What is read here must not depend on who reads it.
    command.args(arguments).env("LC_ALL", "C").env("SYSTEMD_PAGER", "").env("SYSTEMD_COLORS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let (out, err) = (whole(child.stdout.take()), whole(child.stderr.take()));
    let deadline = Instant::now() + Duration::from_millis(ms);
    let code = ended(&mut child, deadline)?;
    // What it has left behind may hold the pipes open.
    let text = |from: Receiver<String>| {
        from.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_default()
    };
    Some(Said { code, out: text(out), err: text(err) })
}

fn ended(child: &mut Child, deadline: Instant) -> Option<Option<i32>> {
    loop {
        if let Some(status) = child.try_wait().ok()? {
            return Some(status.code());
        }
        if Instant::now() >= deadline {
            // It is ours, and nothing waits for it any more.
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(DOCTOR_WAIT_MS));
    }
}

/// The beginning of what comes out of a pipe, read beside the program so that it never waits for us.
fn whole(from: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (tell, told) = channel();
    if let Some(from) = from {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = from.take(DOCTOR_FILE_BYTES_MAX).read_to_end(&mut bytes);
            // Nobody waits for it any more when the program took too long.
            let _ = tell.send(String::from_utf8_lossy(&bytes).into_owned());
        });
    }
    told
}

/// The beginning of a file.
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(DOCTOR_FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub fn text(path: impl AsRef<Path>) -> Option<String> {
    Some(String::from_utf8_lossy(&read(path).ok()?).into_owned())
}

/// What a path leads to, as far as permissions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub path: PathBuf,
    pub kind: Kind,
    /// The permission bits.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
    Socket,
    Other,
}

/// None: nothing is there. An error: it cannot be seen.
pub fn see(path: &Path) -> io::Result<Option<Seen>> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let kind = match found.file_type() {
        file if file.is_file() => Kind::File,
        file if file.is_dir() => Kind::Directory,
        file if file.is_socket() => Kind::Socket,
        _other => Kind::Other,
    };
    let (mode, bytes) = (found.mode() & 0o7777, found.len());
    Ok(Some(Seen { path: path.to_owned(), kind, mode, uid: found.uid(), gid: found.gid(), bytes }))
}

/// Whether more is said of a path's permissions than its mode tells (acl(5)).
pub fn has_list(path: &Path) -> bool {
    rustix::fs::getxattr(path, "system.posix_acl_access", &mut [0u8; 0][..]).is_ok_and(|bytes| bytes > 0)
}

/// A running chatd.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Process {
    pub pid: u32,
    pub arguments: Vec<String>,
    /// Its program was replaced or removed since it was started; none: that may not be seen.
    pub replaced: Option<bool>,
    pub uid: Option<u32>,
    /// Its own group and the others that it is in.
    pub groups: Vec<u32>,
    /// How many descriptors it may have.
    pub descriptors: Option<u64>,
}

/// The chatd that run on this machine, by what the kernel lists.
pub fn daemons() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let named =
        pids.filter(|pid| text(format!("/proc/{pid}/comm")).is_some_and(|name| name.trim() == "chatd"));
    let mut found: Vec<Process> = named.take(DOCTOR_PROCESSES_MAX).map(process).collect();
    found.sort_by_key(|process| process.pid);
    found
}

fn process(pid: u32) -> Process {
    let arguments = text(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let program = fs::read_link(format!("/proc/{pid}/exe")).ok();
    let status = text(format!("/proc/{pid}/status")).unwrap_or_default();
    let ids = |name: &str| -> Vec<u32> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().filter_map(|id| id.parse().ok()).collect()
    };
    // Real, effective, saved, and that of file accesses (proc(5)).
    let uid = ids("Uid:").get(1).copied();
    Process {
        pid,
        arguments: arguments.split('\0').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        replaced: program.map(|path| path.to_string_lossy().ends_with(" (deleted)")),
        uid,
        groups: [ids("Gid:"), ids("Groups:")].concat(),
        descriptors: text(format!("/proc/{pid}/limits")).as_deref().and_then(descriptors),
    }
}

/// Who holds the lock of a file (proc_locks(5)): `1: FLOCK  ADVISORY  WRITE 123 08:01:4711 0 EOF`.
pub fn lock_holder(path: &Path) -> Option<u32> {
    let inode = fs::metadata(path).ok()?.ino();
    holder(&text("/proc/locks")?, inode)
}

fn holder(locks: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // The numbers of devices differ between a file system and its mounts; those of files are
        // enough for one name.
        let file = fields.get(5)?.rsplit(':').next()?.parse::<u64>().ok()?;
        (fields[1] == "FLOCK" && file == inode).then(|| fields[4].parse().ok()).flatten()
    })
}

/// The soft limit of `Max open files` in /proc/PID/limits (proc(5)).
fn descriptors(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_given_up() {
        assert_eq!(run("/nowhere/to/be/found", &[]), None);
        let said = run("sh", &["-c", "echo out; echo err >&2; exit 3"]).unwrap();
        assert_eq!(said, Said { code: Some(3), out: "out\n".to_owned(), err: "err\n".to_owned() });
        assert_eq!(run_within("sh", &["-c", "exec sleep 1000"], 50), None);
    }

    #[test]
    fn who_holds_a_lock_is_read() {
        let locks =
            "1: POSIX  ADVISORY  READ 7 08:01:4711 0 EOF\n2: FLOCK  ADVISORY  WRITE 123 08:01:4711 0 EOF\n";
        assert_eq!((holder(locks, 4711), holder(locks, 1)), (Some(123), None));
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(lock_holder(file.path()), None);
        file.as_file().lock().unwrap();
        assert_eq!(lock_holder(file.path()), Some(std::process::id()));
    }

    #[test]
    fn limits_are_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n";
        assert_eq!(descriptors(limits), Some(1024));
        assert_eq!(descriptors("Max open files  unlimited unlimited files"), Some(u64::MAX));
        assert_eq!(descriptors(""), None);
    }
}
