//! The memory of the chat: SQLite behind two threads.
//!
//! Knows entries, not people. Why a thread of its own: a disk may take seconds,
//! and nobody's talk may wait for somebody else's disk.

mod backup;
pub mod chain;
mod chained;
mod edits;
mod export;
mod import;
mod index;
pub mod lock;
mod missed;
mod read;
mod reads;
mod retention;
mod rooms;
mod sanctions;
mod schedules;
pub mod schema;
mod search;
mod sessions;
mod terms;
mod upgrade;
mod verify;
mod versions;
mod worker;
pub mod write;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::core::counts::Histogram;
use crate::core::entry::{Entry, Job, Outcome, Page, Query, Rows, Ticket};
use crate::core::settings::Storage;
use crate::core::time::Mono;
pub use lock::{Lock, LockError};
pub use read::page;
pub use schema::{Durability, OpenError, Place};
use worker::{Outlet, WriterThread};
pub use write::Writer;

/// Called from the threads when there is an answer.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What one job came to.
#[derive(Debug)]
pub struct Stored {
    pub ticket: Ticket,
    pub entry: Entry,
    pub outcome: Outcome,
}

/// What the threads tell the loop.
#[derive(Debug)]
pub enum Answer {
    /// `count` jobs are through; those that somebody waits for are `stored`.
    Batch {
        count: usize,
        stored: Vec<Stored>,
        /// How long their transaction took, in microseconds.
        took_us: u64,
    },
    Page {
        ticket: Ticket,
        page: Page,
    },
    State(Storage),
    /// The writer has come by, as it was asked to.
    Alive,
    /// The writer has closed the database.
    Ended,
}

/// Jobs that were handed over together.
struct Handed {
    jobs: usize,
    since: Mono,
    /// The same, finer than a turn.
    at: Instant,
}

/// The loop's end of the store.
pub struct Store {
    jobs: Sender<Vec<Job>>,
    queries: Sender<(Ticket, Query)>,
    answers: Receiver<Answer>,
    under_way: VecDeque<Handed>,
    queued: usize,
    /// How long answers took, since somebody last asked.
    waits: Histogram,
    _lock: Lock,
}

impl Store {
    /// Opens the database, starts its threads and reads what a hub starts from.
    /// `wake` is called from another thread when there are answers.
    pub fn open(place: Place, lock: Lock, wake: Wake) -> Result<(Store, Rows), OpenError> {
        backup::remove_leftovers(&place.path);
        schema::refuse_foreign_log(&place)?;
        let connection = schema::open_for_writing(&place)?;
        let unreadable = |error: rusqlite::Error| {
            OpenError(format!("the database {} cannot be read: {error}", place.path.display()))
        };
        schema::settle(&connection).map_err(unreadable)?;
        let rows = schema::load(&connection).map_err(unreadable)?;
        let (jobs, jobs_in) = channel();
        let (queries, queries_in) = channel();
        let (answers_out, answers) = channel();
        let outlet = Outlet { answers: answers_out, wake };
        let writer = WriterThread::new(place.clone(), Writer::new(connection), outlet.clone());
        spawn("store", move || writer.run(jobs_in))?;
        spawn("history", move || worker::read_until_closed(&place, &queries_in, &outlet))?;
        let (under_way, waits) = (VecDeque::new(), Histogram::default());
        let store = Store { jobs, queries, answers, under_way, queued: 0, waits, _lock: lock };
        Ok((store, rows))
    }

    /// Hands over what is to be kept; all of one call is committed together.
    pub fn record(&mut self, now: Mono, jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        self.queued += jobs.len();
        self.under_way.push_back(Handed { jobs: jobs.len(), since: now, at: Instant::now() });
        self.send(jobs);
    }

    /// Asks the writer for a sign of life; it comes once all is done that was handed over before.
    pub fn ask_for_sign(&self) {
        self.send(Vec::new());
    }

    fn send(&self, jobs: Vec<Job>) {
        self.jobs.send(jobs).expect("the writer ends only when this queue is closed");
    }

    pub fn fetch(&mut self, ticket: Ticket, query: Query) {
        self.queries.send((ticket, query)).expect("the reader ends only when this queue is closed");
    }

    /// The next answer, if there is one.
    pub fn poll(&mut self) -> Option<Answer> {
        let answer = self.answers.try_recv().ok()?;
        if let Answer::Batch { count, .. } = &answer {
            self.settle(*count);
        }
        Some(answer)
    }

    fn settle(&mut self, mut count: usize) {
        self.queued -= count;
        while count > 0 {
            let handed = self.under_way.pop_front().expect("no more is answered than was asked");
            count -= handed.jobs;
            self.waits.record(micros(handed.at.elapsed()));
        }
    }

    /// How long it took to answer what was handed over, since this was last asked.
    pub fn take_waits(&mut self) -> Histogram {
        std::mem::take(&mut self.waits)
    }

    /// Jobs that have not been answered.
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// For how many milliseconds the disk has owed its oldest answer; 0 when it owes none.
    pub fn owing_ms(&self, now: Mono) -> u64 {
        self.under_way.front().map_or(0, |handed| now.since_ms(handed.since))
    }

    /// Lets the writer finish and close the database. False: it did not within `patience`.
    pub fn close(self, patience: Duration) -> bool {
        let Store { jobs, queries, answers, .. } = self;
        drop(jobs);
        drop(queries);
        let began = Instant::now();
        let deadline = began + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match answers.recv_timeout(left) {
                Ok(Answer::Ended) => {
                    log::info!(fact = "closed"; "the database was closed in {} ms", began.elapsed().as_millis());
                    return true;
                }
                Ok(Answer::Batch { .. } | Answer::Page { .. } | Answer::State(_) | Answer::Alive) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    log::error!(fact = "not_closed"; "the disk did not take everything in time");
                    return false;
                }
            }
        }
    }
}

/// The bytes of the database's file, and of its log beside it; 0 where there is none. Both are open as long as the
/// daemon runs, so that the kernel has their sizes at hand: a disk that does not answer is not asked.
pub fn sizes(path: &Path) -> (u64, u64) {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    (size(path), size(&schema::log_of(path)))
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map(|_| ()).map_err(|error| OpenError(format!("the {name} thread cannot be started: {error}")))
}
