//! A copy of the running database: made by a thread of its own, looked through, and given out in pieces.
//!
//! Knows nothing of who asks. Why a thread that holds one picture of the database: a copy that went on
//! after each commit would begin again with each, and nobody's talk may wait for a copy.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};

use super::schema::{self, Place};
use super::verify;
use crate::core::backup::{BackupAsked, BackupReport, Stage};
use crate::core::chain::{Anchor, Mark};
use crate::limits::{
    BACKUP_CHECK_BYTES, BACKUP_PAGES_PER_STEP, BACKUP_PIECE_BYTES, BACKUP_SPARE_BYTES, BACKUP_SYNC_BYTES,
    BACKUP_WAIT_MS,
};

/// Backups of one database, of which there is never more than one.
pub struct Backups {
    place: Place,
    last: u64,
    running: Option<Running>,
}

struct Running {
    number: u64,
    path: PathBuf,
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
    /// Opened when the first piece is fetched.
    file: Option<File>,
}

/// What the thread tells, and is told.
struct Shared {
    stage: Mutex<Stage>,
    given_up: AtomicBool,
}

impl Shared {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        // A stage is put there whole, whatever became of the thread.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, stage: Stage) {
        *self.stage() = stage;
    }

    fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }
}

impl Backups {
    pub fn new(place: Place) -> Backups {
        Backups { place, last: 0, running: None }
    }

    pub fn answer(&mut self, asked: BackupAsked) -> BackupReport {
        match asked {
            BackupAsked::Begin => self.begin(),
            BackupAsked::Forget => {
                self.running = None;
                BackupReport { backup: self.last, stage: Stage::Unknown }
            }
            BackupAsked::State { backup } => {
                let running = self.running.as_ref().filter(|running| running.number == backup);
                let stage = running.map_or(Stage::Unknown, Running::stage);
                self.report(backup, stage)
            }
            BackupAsked::Piece { backup, after } => {
                let running = self.running.as_mut().filter(|running| running.number == backup);
                let stage = running.map_or(Stage::Unknown, |running| running.piece(after));
                self.report(backup, stage)
            }
        }
    }

    /// After the last piece, and after a failure, nothing is left of it.
    fn report(&mut self, backup: u64, stage: Stage) -> BackupReport {
        if matches!(stage, Stage::Failed { .. } | Stage::Piece { next: None, .. }) {
            self.running = None;
        }
        BackupReport { backup, stage }
    }

    fn begin(&mut self) -> BackupReport {
        self.running = None;
        self.last += 1;
        let (number, path) = (self.last, temporary(&self.place.path, self.last));
        let stage = Mutex::new(Stage::Copying { done: 0, of: 0 });
        let shared = Arc::new(Shared { stage, given_up: AtomicBool::new(false) });
        let thread = std::thread::Builder::new().name("backup".to_owned());
        let spawned = thread.spawn({
            let (place, path, shared) = (self.place.clone(), path.clone(), shared.clone());
            move || run(&place, &path, &shared)
        });
        let thread = match spawned {
            Ok(thread) => thread,
            Err(error) => {
                let why = format!("the backup thread cannot be started: {error}");
                return BackupReport { backup: number, stage: Stage::Failed { why } };
            }
        };
        self.running = Some(Running { number, path, shared, thread, file: None });
        BackupReport { backup: number, stage: Stage::Copying { done: 0, of: 0 } }
    }
}

impl Running {
    fn stage(&self) -> Stage {
        let ended = self.thread.is_finished();
        let stage = self.shared.stage().clone();
        match stage {
            // Else it would be waited for without end.
            Stage::Copying { .. } | Stage::Checking { .. } if ended => {
                Stage::Failed { why: "its thread has ended before its time".to_owned() }
            }
            stage => stage,
        }
    }

    fn piece(&mut self, after: u64) -> Stage {
        let Stage::Ready { size, .. } = *self.shared.stage() else { return Stage::Unknown };
        let failed =
            |error: std::io::Error| Stage::Failed { why: format!("the copy cannot be read: {error}") };
        let file = match self.file.take().map_or_else(|| File::open(&self.path), Ok) {
            Ok(file) => self.file.insert(file),
            Err(error) => return failed(error),
        };
        let left = size.saturating_sub(after).min(BACKUP_PIECE_BYTES);
        let mut data = vec![0; usize::try_from(left).unwrap_or(0)];
        if let Err(error) = file.read_exact_at(&mut data, after) {
            return failed(error);
        }
        let end = after.saturating_add(left);
        Stage::Piece { data, next: (end < size).then_some(end) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.given_up.store(true, Ordering::Relaxed);
        remove(&self.path);
    }
}

/// Beside the database: the same disk, and the same people may read it.
fn temporary(database: &Path, number: u64) -> PathBuf {
    database.with_file_name(format!("{}{number}.part", prefix(database)))
}

fn prefix(database: &Path) -> String {
    format!(".{}.backup-", database.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes what a daemon has left behind that was killed while it made a copy.
pub fn remove_leftovers(database: &Path) {
    let directory = database.parent().filter(|parent| !parent.as_os_str().is_empty());
    let Ok(entries) = std::fs::read_dir(directory.unwrap_or(Path::new("."))) else { return };
    let prefix = prefix(database);
    for entry in entries.flatten() {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.strip_suffix(".part"));
        if number.is_some_and(|number| number.parse::<u64>().is_ok()) {
            log::info!(fact = "leftover"; "removing what is left of a backup: {}", entry.path().display());
            remove(&entry.path());
        }
    }
}

/// The copy, and what SQLite may have put beside it.
pub(super) fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let path = Path::new(&name).display();
                log::warn!(fact = "file_left"; "{path} cannot be removed: {error}");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

fn run(place: &Place, path: &Path, shared: &Arc<Shared>) {
    let stage = match make(place, path, shared) {
        Ok(ready) => ready,
        Err(why) => {
            remove(path);
            if !shared.is_given_up() {
                log::warn!(fact = "backup_failed"; "the backup failed: {why}");
            }
            Stage::Failed { why }
        }
    };
    if let Stage::Ready { size, anchor, .. } = &stage {
        log::info!(fact = "backup_made"; "a backup of {size} bytes is ready");
        log::info!(fact = "anchor"; "anchor {anchor}");
    }
    shared.tell(stage);
    if shared.is_given_up() {
        remove(path);
    }
}

/// Why nothing came of it: a sentence.
type Attempt<T> = Result<T, String>;

fn sentence(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn make(place: &Place, path: &Path, shared: &Arc<Shared>) -> Attempt<Stage> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
    let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
    copy(place, path, &file, shared)?;
    let size = file.metadata().map_err(sentence)?.len();
    let anchor = check(path, size, shared)?;
    let sha256 = digest(&file, shared)?;
    Ok(Stage::Ready { size, sha256, anchor })
}

/// Copies the database as it is at this moment.
fn copy(place: &Place, path: &Path, file: &File, shared: &Shared) -> Attempt<()> {
    let source = schema::open_for_reading(place).map_err(sentence)?;
    // From here on it is one picture, and the writer goes on beside it.
    source.execute_batch("BEGIN").map_err(sentence)?;
    let pragma = |name: &str| -> rusqlite::Result<u64> {
        let value: i64 = source.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?;
        Ok(value.cast_unsigned())
    };
    let page_bytes = pragma("page_size").map_err(sentence)?;
    source.query_row("SELECT COUNT(*) FROM meta", [], |_| Ok(())).map_err(sentence)?;
    let of = page_bytes * pragma("page_count").map_err(sentence)?;
    has_room(path, of)?;
    let mut copy = open(path)?;
    // Nobody needs half a copy: what was not written whole is made anew.
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF").map_err(sentence)?;
    let backup = Backup::new(&source, &mut copy).map_err(sentence)?;
    let mut synced = 0;
    loop {
        shared_goes_on(shared)?;
        let step = backup.step(BACKUP_PAGES_PER_STEP).map_err(sentence)?;
        let left = page_bytes * u64::try_from(backup.progress().remaining).unwrap_or(0);
        let done = of.saturating_sub(left);
        shared.tell(Stage::Copying { done, of });
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _busy => std::thread::sleep(Duration::from_millis(BACKUP_WAIT_MS)),
        }
        if done.saturating_sub(synced) >= BACKUP_SYNC_BYTES {
            // What piles up in the page cache would be waited for by the next commit.
            file.sync_data().map_err(sentence)?;
            has_room(path, left)?;
            synced = done;
        }
    }
    drop(backup);
    copy.close().map_err(|(_, error)| sentence(error))
}

fn shared_goes_on(shared: &Shared) -> Attempt<()> {
    if shared.is_given_up() { Err("nobody waits for it any more".to_owned()) } else { Ok(()) }
}

/// The talk of the next minutes must find room as well.
pub(super) fn has_room(path: &Path, needed: u64) -> Attempt<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let disk = rustix::fs::statvfs(directory.unwrap_or(Path::new("."))).map_err(sentence)?;
    let (free, wanted) = (disk.f_bavail * disk.f_frsize, needed.saturating_add(BACKUP_SPARE_BYTES));
    if free >= wanted {
        return Ok(());
    }
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let (needed, spare, free) = (mib(needed), mib(BACKUP_SPARE_BYTES), mib(free));
    Err(format!(
        "the disk of the database has too little room: the copy takes {needed} MiB more, {spare} MiB must stay \
         free, and {free} MiB are"
    ))
}

fn open(path: &Path) -> Attempt<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(sentence)
}

/// Looks the copy through as if it were to be used, and gives its newest anchor.
fn check(path: &Path, size: u64, shared: &Arc<Shared>) -> Attempt<Anchor> {
    let copy = open(path)?;
    // It is one file then, which also can be read where nothing may be written.
    copy.execute_batch("PRAGMA locking_mode = EXCLUSIVE").map_err(sentence)?;
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(sentence)?;
    let newest = "SELECT COALESCE(MAX(id), 0) FROM chain";
    let of: i64 = copy.query_row(newest, [], |row| row.get(0)).map_err(sentence)?;
    let of = of.cast_unsigned();
    shared.tell(Stage::Checking { done: 0, of });
    let stop = shared.clone();
    copy.progress_handler(1_000, Some(move || stop.is_given_up())).map_err(sentence)?;
    let pragma =
        if size <= BACKUP_CHECK_BYTES { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
    let found: String = copy.query_row(pragma, [], |row| row.get(0)).map_err(sentence)?;
    if found != "ok" {
        return Err(format!("the database is damaged: {found}"));
    }
    let mut from = Mark::default();
    loop {
        let page = verify::page(&copy, from, None).map_err(sentence)?;
        if let Some(fault) = page.fault {
            let (record, wrong) = (fault.record, fault.wrong.word());
            return Err(format!(
                "the history is not as it was kept: record {record} of its chain is {wrong}; chatctl verify says more"
            ));
        }
        shared.tell(Stage::Checking { done: page.anchor.record, of });
        let Some(next) = page.next else { return Ok(page.anchor) };
        from = next;
    }
}

fn digest(mut file: &File, shared: &Shared) -> Attempt<String> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(0)).map_err(sentence)?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        shared_goes_on(shared)?;
        match file.read(&mut buffer).map_err(sentence)? {
            0 => break,
            count => digest.update(&buffer[..count]),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
#[path = "backup_tests.rs"]
mod tests;
