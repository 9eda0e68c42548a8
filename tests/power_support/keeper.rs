//! A store in the hands of a test: one batch at a time, each waited for.
//!
//! Knows no model of what must be kept. Why one at a time: the order of calls to the disk is then the same in every
//! run of a seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use chatd::core::entry::{Entry, Job, Outcome, Page, Query, Rows, Ticket};
use chatd::core::settings::Storage;
use chatd::core::time::Mono;
use chatd::store::{Answer, Durability, OpenError, Place, Store, lock, schema};
use rusqlite::Connection;

use super::disk::Disk;
use super::vfs;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A database on a disk of its own.
pub struct Home {
    pub disk: Arc<Disk>,
    pub place: Place,
    _directory: tempfile::TempDir,
}

impl Home {
    pub fn new(disk: Arc<Disk>, durability: Durability) -> Home {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let path: PathBuf = directory.path().canonicalize().expect("it is there").join("chatd.db");
        vfs::mount(&path, &disk);
        Home { disk, place: Place { path, durability }, _directory: directory }
    }

    pub fn path(&self) -> &Path {
        &self.place.path
    }

    /// As somebody else's shell opens it.
    pub fn shell(&self) -> rusqlite::Result<Connection> {
        Connection::open(self.path())
    }

    /// For a look that changes nothing.
    pub fn reader(&self) -> Connection {
        schema::open_for_reading(&self.place).expect("what a store has open can be read")
    }

    pub fn open(&self) -> Result<(Keeper, Rows), OpenError> {
        let lock = lock::take(self.path()).expect("there is no other daemon");
        let (wake, woken) = channel();
        // Nobody waits any more: the test has what it wants.
        let wake = Arc::new(move || _ = wake.send(()));
        let (store, rows) = Store::open(self.place.clone(), lock, wake)?;
        Ok((Keeper { store, woken, disk: self.disk.clone(), tickets: 0, degraded: false }, rows))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        vfs::unmount(self.path());
    }
}

pub struct Keeper {
    store: Store,
    woken: Receiver<()>,
    disk: Arc<Disk>,
    tickets: u64,
    pub degraded: bool,
}

impl Keeper {
    fn answer(&mut self) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.store.poll() {
                if let Answer::State(state) = &answer {
                    self.degraded = match state {
                        Storage::Well => false,
                        Storage::Degraded { .. } => true,
                        Storage::Stalled => panic!("only the loop says so"),
                    };
                }
                return answer;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            self.woken.recv_timeout(left).expect("the store answers within its patience");
        }
    }

    /// Gives what became of each, in order.
    pub fn keep(&mut self, entries: &[Entry]) -> Vec<Outcome> {
        let first = self.tickets;
        self.tickets += entries.len() as u64;
        let tickets = (first..).map(|ticket| Some(Ticket(ticket)));
        let jobs = entries.iter().cloned().zip(tickets).map(|(entry, ticket)| Job { ticket, entry });
        self.store.record(Mono(0), jobs.collect());
        loop {
            match self.answer() {
                Answer::Batch { count, stored, took_us: _ } => {
                    assert_eq!((count, self.store.queued()), (entries.len(), 0));
                    let tickets = stored.iter().map(|stored| stored.ticket.0);
                    assert!(tickets.eq(first..self.tickets), "each ticket is answered once, in order");
                    let outcomes: Vec<Outcome> = stored.into_iter().map(|stored| stored.outcome).collect();
                    let failed = outcomes.contains(&Outcome::Failed);
                    assert!(!self.disk.is_misused(), "a handle was used again after its sync had failed");
                    assert_eq!(failed, self.degraded, "who is refused is told why, and only then");
                    return outcomes;
                }
                Answer::State(_) => {}
                other => panic!("{other:?} was not asked for"),
            }
        }
    }

    pub fn page(&mut self, query: Query) -> Page {
        self.store.fetch(Ticket(0), query);
        loop {
            match self.answer() {
                Answer::Page { page, .. } => return page,
                Answer::State(_) => {}
                other => panic!("{other:?} was not asked for"),
            }
        }
    }

    /// Waits until the store finds by itself that the disk is well.
    pub fn recover(&mut self) {
        while self.degraded {
            self.answer();
        }
    }

    /// Ends the threads, and waits until they have let go of their files.
    pub fn end(self) {
        let Keeper { store, disk, .. } = self;
        assert!(store.close(PATIENCE), "the store ends");
        let deadline = Instant::now() + PATIENCE;
        while disk.open_handles() > 0 {
            assert!(Instant::now() < deadline, "a file was left open");
            std::thread::yield_now();
        }
    }
}
