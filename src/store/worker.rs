//! The two threads that touch the disk: one writes, one reads.
//!
//! They know jobs and queries, not the chat. Why the writer takes all that
//! waits: while it commits, the next batch gathers, so batches grow with the
//! load and talk stays prompt when there is none.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::backup::Backups;
use super::schema::{self, Place};
use super::write::Writer;
use super::{Answer, Stored, Wake, micros, read};
use crate::core::chain::Anchor;
use crate::core::entry::{Entry, Job, Outcome, Page, Query, Ticket};
use crate::core::settings::Storage;
use crate::limits::{
    RETENTION_RECORDS_PER_STEP, SEARCH_BEHIND_MAX, SEARCH_BEHIND_MS, SEARCH_INDEX_RETRY_MS,
    SEARCH_INDEX_STEP_ROWS, STORE_BATCH_MAX, STORE_BUSY_MS, STORE_IDENTITY_MS, STORE_PROBE_BYTES,
    STORE_RETRY_MS,
};

/// Sends an answer and wakes the loop.
#[derive(Clone)]
pub struct Outlet {
    pub answers: Sender<Answer>,
    pub wake: Wake,
}

impl Outlet {
    fn send(&self, answer: Answer) {
        // Nobody to hear it: the loop has given up waiting, and the thread ends by its closed queue.
        if self.answers.send(answer).is_ok() {
            (self.wake)();
        }
    }
}

pub struct WriterThread {
    place: Place,
    /// None after a failure: a handle whose sync failed is not to be trusted again.
    writer: Option<Writer>,
    /// What it was, until another one is open. While any is, SQLite's index of the log stands, which knows only of
    /// commits that succeeded. Without it the log would be read anew, and a batch found there whose sync failed.
    spent: Option<Writer>,
    /// The file that was opened first. Open as long as the thread runs: no other file can have its
    /// inode meanwhile, and closing it would let go of SQLite's locks on it (fcntl(2)).
    first: Option<File>,
    checked: Instant,
    outlet: Outlet,
    well: bool,
    /// The last one that is in the log.
    noted: Option<Anchor>,
    behind: Option<Behind>,
    /// Records that were kept since something was last deleted although others waited.
    unmatched: usize,
}

/// There may be messages that the index of words does not have.
struct Behind {
    /// As many, or fewer.
    messages: u64,
    /// From then on talk waits for the index.
    due: Instant,
}

impl Behind {
    fn is_due(&self) -> bool {
        self.messages >= SEARCH_BEHIND_MAX || self.due <= Instant::now()
    }
}

impl WriterThread {
    pub fn new(place: Place, writer: Writer, outlet: Outlet) -> WriterThread {
        let first = File::open(&place.path).ok();
        let (checked, writer) = (Instant::now(), Some(writer));
        // What the last run has left; those who wait for the start come first.
        let due = checked + Duration::from_millis(SEARCH_BEHIND_MS);
        let behind = Some(Behind { messages: 0, due });
        let (well, spent, noted) = (true, None, None);
        WriterThread { place, writer, spent, first, checked, outlet, well, noted, behind, unmatched: 0 }
    }

    /// Runs until the queue is closed and empty.
    pub fn run(mut self, jobs: Receiver<Vec<Job>>) {
        loop {
            match self.next(&jobs) {
                Ok(batch) if batch.is_empty() => self.show_life(),
                Ok(mut batch) => {
                    let mut asked = false;
                    while batch.len() < STORE_BATCH_MAX
                        && let Ok(more) = jobs.try_recv()
                    {
                        asked |= more.is_empty();
                        batch.extend(more);
                    }
                    let count = batch.len();
                    self.commit(batch);
                    self.index_as_due(count);
                    self.unmatched += count;
                    self.look_after();
                    if asked {
                        self.show_life();
                    }
                }
                Err(RecvTimeoutError::Timeout) if self.well => self.tidy(),
                // An empty commit writes nothing; the probe does.
                Err(RecvTimeoutError::Timeout) => self.probe(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.note_anchor();
        if let Some(writer) = &self.writer {
            // The log would be replayed at the next start as well; this only makes that start quick.
            let _ = writer.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        drop((self.writer, self.spent));
        self.outlet.send(Answer::Ended);
    }

    /// The loop wants to know whether this thread still does its work.
    fn show_life(&mut self) {
        if !self.well {
            // Being asked puts off the next attempt, and would do so for ever.
            self.probe();
        }
        self.outlet.send(Answer::Alive);
    }

    /// What comes next: jobs, or the time to do what is not urgent.
    fn next(&self, jobs: &Receiver<Vec<Job>>) -> Result<Vec<Job>, RecvTimeoutError> {
        match &self.behind {
            _ if !self.well => jobs.recv_timeout(Duration::from_millis(STORE_RETRY_MS)),
            _ if self.is_expiring() => jobs.recv_timeout(Duration::ZERO),
            Some(behind) if behind.is_due() => jobs.recv_timeout(Duration::ZERO),
            Some(behind) => jobs.recv_timeout(behind.due.saturating_duration_since(Instant::now())),
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Nobody says anything: words are indexed, and what has expired goes.
    fn tidy(&mut self) {
        if self.is_expiring() && !self.behind.as_ref().is_some_and(Behind::is_due) {
            self.expire();
        } else {
            self.index();
        }
    }

    /// The log is often kept elsewhere: there the anchor is out of reach of whoever changes the database.
    fn note_anchor(&mut self) {
        let Some(Ok(anchor)) = self.writer.as_mut().map(Writer::anchor) else { return };
        if self.noted.replace(anchor) != Some(anchor) {
            log::info!(fact = "anchor"; "anchor {anchor}");
        }
    }

    fn commit(&mut self, batch: Vec<Job>) {
        // It comes at the start and once an hour, whatever else happens.
        let hourly = batch.iter().any(|job| matches!(job.entry, Entry::Expire { .. }));
        let began = Instant::now();
        let committed = self.keep(&batch);
        let took_us = micros(began.elapsed());
        let count = batch.len();
        let outcomes = match &committed {
            Ok(outcomes) => outcomes.clone(),
            Err(_) => vec![Outcome::Failed; count],
        };
        let waited = batch.into_iter().zip(outcomes);
        let stored = waited
            .filter_map(|(job, outcome)| {
                job.ticket.map(|ticket| Stored { ticket, entry: job.entry, outcome })
            })
            .collect();
        self.report(committed.map(|_| ()));
        if hourly {
            self.note_anchor();
        }
        self.outlet.send(Answer::Batch { count, stored, took_us });
    }

    fn is_expiring(&self) -> bool {
        self.writer.as_ref().is_some_and(Writer::is_expiring)
    }

    /// Deletes a little of what has expired.
    fn expire(&mut self) {
        let expired = self.writer.as_mut().map_or(Ok(false), Writer::expire_step);
        self.forgive(expired.map(|_| ()));
    }

    /// Something goes also while others wait, who may never cease to.
    fn look_after(&mut self) {
        let steps = self.unmatched / RETENTION_RECORDS_PER_STEP;
        self.unmatched %= RETENTION_RECORDS_PER_STEP;
        if steps > 0 {
            let watched = self.writer.as_mut().map_or(Ok(()), Writer::watch_size);
            self.forgive(watched);
        }
        for _ in 0..steps {
            if !self.is_expiring() {
                return;
            }
            self.expire();
        }
    }

    /// What cannot be deleted keeps nobody from talking: a disk that is broken shows with the next commit.
    fn forgive(&mut self, outcome: rusqlite::Result<()>) {
        if let Err(error) = outcome {
            log::warn!(
                fact = "expiry_failed";
                "what has expired could not be deleted, and is tried again within the hour: {error}"
            );
            self.spend();
        }
    }

    /// Commits a batch, after a failure once more on a new handle. That one writes over what the first attempt left
    /// in the log: were it left there, a start after a crash could find what its sender was told is not kept.
    fn keep(&mut self, batch: &[Job]) -> Result<Vec<Outcome>, String> {
        if !self.well {
            // A batch may come to nothing that is written, and would neither show that the disk is well nor cover
            // what was refused before.
            self.prove()?;
        }
        let first = match self.writer()?.commit(batch) {
            Ok(outcomes) => return Ok(outcomes),
            Err(error) => error,
        };
        let busy = matches!(first.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
        if busy {
            // Nothing was written, and the wait for the lock is over.
            return Err(first.to_string());
        }
        self.spend();
        let outcomes = self.writer()?.commit(batch).map_err(|error| error.to_string())?;
        log::warn!(
            fact = "reopened";
            "the database was opened anew, since a commit failed: {first}; nothing is lost"
        );
        Ok(outcomes)
    }

    /// After a commit: a search must not have to read ever more row by row, however busy the talk is.
    fn index_as_due(&mut self, committed: usize) {
        let due = Instant::now() + Duration::from_millis(SEARCH_BEHIND_MS);
        let behind = self.behind.get_or_insert(Behind { messages: 0, due });
        behind.messages += committed as u64;
        // As much as has come and a little more, so that the rest grows less without stopping the talk.
        for _ in 0..=committed / SEARCH_INDEX_STEP_ROWS {
            if self.well && self.behind.as_ref().is_some_and(Behind::is_due) {
                self.index();
            }
        }
    }

    /// Indexes the words of a few messages. Where not the disk but the index has failed, talk goes on without it.
    fn index(&mut self) {
        let stepped = self.writer().map(|writer| writer.index());
        let retry = Instant::now() + Duration::from_millis(SEARCH_INDEX_RETRY_MS);
        match stepped {
            Ok(Ok(0)) => self.behind = None,
            Ok(Ok(left)) => {
                let due = self.behind.take().map_or(retry, |behind| behind.due);
                self.behind = Some(Behind { messages: left, due });
            }
            Ok(Err(error)) => {
                self.behind = Some(Behind { messages: 0, due: retry });
                if matches!(error.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure))
                {
                    self.report(Err(error.to_string()));
                } else {
                    log::warn!(
                        fact = "index_behind";
                        "the index of words cannot be written and is tried again later: {error}"
                    );
                }
            }
            Err(reason) => self.report(Err(reason)),
        }
    }

    fn probe(&mut self) {
        let proved = self.prove();
        self.report(proved);
    }

    /// Writes something.
    fn prove(&mut self) -> Result<(), String> {
        // As much as talk needs: a full disk has room for a few bytes again and again.
        let probe = "INSERT INTO meta (key, value) VALUES ('probe', zeroblob(?1))
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.writer().and_then(|writer| {
            let write =
                |bytes| writer.connection().execute(probe, [bytes]).map_err(|error| error.to_string());
            write(STORE_PROBE_BYTES).and_then(|_| write(0)).map(|_| ())
        })
    }

    /// Tells the loop when the disk's state has changed.
    fn report(&mut self, outcome: Result<(), String>) {
        match outcome {
            Ok(()) if !self.well => {
                self.well = true;
                if let Some(writer) = &self.writer {
                    set_patience(writer.connection(), STORE_BUSY_MS);
                }
                self.outlet.send(Answer::State(Storage::Well));
            }
            Ok(()) => {}
            Err(reason) => {
                self.spend();
                if std::mem::take(&mut self.well) {
                    self.outlet.send(Answer::State(Storage::Degraded { reason }));
                }
            }
        }
    }

    /// The handle is used for nothing any more.
    fn spend(&mut self) {
        if let Some(writer) = self.writer.take() {
            self.spent = Some(writer);
        }
    }

    /// The connection, opened again after a failure.
    fn writer(&mut self) -> Result<&mut Writer, String> {
        let due = self.writer.is_none() || self.checked.elapsed() > Duration::from_millis(STORE_IDENTITY_MS);
        if due {
            self.checked = Instant::now();
            if !self.is_in_place() {
                self.spend();
                let path = self.place.path.display();
                return Err(format!(
                    "the database file {path} was moved, removed or replaced; restart chatd"
                ));
            }
        }
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let connection = schema::open_for_writing(&self.place).map_err(|error| error.to_string())?;
                self.spent = None;
                if !self.well {
                    // A lock was waited for once; what gathered meanwhile shall not wait as long again.
                    set_patience(&connection, 0);
                }
                Writer::new(connection)
            }
        };
        Ok(self.writer.insert(writer))
    }

    /// Whether the file of this name is still the one that was opened first.
    fn is_in_place(&self) -> bool {
        let named = std::fs::metadata(&self.place.path);
        match (self.first.as_ref().map(File::metadata), named) {
            (Some(Ok(first)), Ok(named)) => (first.dev(), first.ino()) == (named.dev(), named.ino()),
            _ => false,
        }
    }
}

/// How long a lock of somebody else's shell is waited for.
fn set_patience(connection: &Connection, ms: u64) {
    if let Err(error) = connection.busy_timeout(Duration::from_millis(ms)) {
        log::warn!(
            fact = "lock_patience";
            "the patience with other users of the database cannot be set: {error}"
        );
    }
}

/// Answers queries until the queue is closed.
pub fn read_until_closed(place: &Place, queries: &Receiver<(Ticket, Query)>, outlet: &Outlet) {
    let mut connection = None;
    let mut backups = Backups::new(place.clone());
    while let Ok((ticket, query)) = queries.recv() {
        if let Query::Backup(asked) = query {
            let page = Page::Backup(Box::new(backups.answer(asked)));
            outlet.send(Answer::Page { ticket, page });
            continue;
        }
        if connection.is_none() {
            connection = schema::open_for_reading(place).ok();
        }
        let answered = connection.as_ref().map(|connection| read::page(connection, &query));
        let page = match answered {
            Some(Ok(page)) => page,
            Some(Err(error)) => {
                log::warn!(fact = "unread"; "the history could not be read: {error}");
                connection = None;
                Page::Failed
            }
            None => Page::Failed,
        };
        outlet.send(Answer::Page { ticket, page });
    }
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;
