//! The store without its threads: the real writer on a database in memory.
//!
//! Knows no person. Why its faults are SQLite's own: a connection that may only
//! read refuses a commit where a broken disk would, and rolls back as there.

use std::collections::VecDeque;

use chatd::core::entry::Ticket;
use chatd::core::entry::{Job, Outcome, Page, Query, Rows};
use chatd::core::settings::Storage;
use chatd::core::time::Mono;
use chatd::limits::STORE_RETRY_MS;
use chatd::store::{Answer, Stored, Writer, page, schema};

pub struct Disk {
    writer: Writer,
    jobs: VecDeque<(Vec<Job>, Mono)>,
    queries: VecDeque<(Ticket, Query)>,
    answers: VecDeque<Answer>,
    stalled: bool,
    well: bool,
    next_probe: Mono,
}

impl Disk {
    pub fn new() -> Disk {
        let connection = schema::open_in_memory().expect("memory can always be opened");
        Disk {
            writer: Writer::new(connection),
            jobs: VecDeque::new(),
            queries: VecDeque::new(),
            answers: VecDeque::new(),
            stalled: false,
            well: true,
            next_probe: Mono(0),
        }
    }

    /// What a hub starts from; counts one more start.
    pub fn load(&self) -> Rows {
        schema::load(self.writer.connection()).expect("the database can always be read")
    }

    pub fn stall(&mut self, stalled: bool) {
        self.stalled = stalled;
    }

    /// From now on no commit succeeds, or they do again.
    pub fn fail(&mut self, failing: bool) {
        let set = self.writer.connection().pragma_update(None, "query_only", failing);
        set.expect("this pragma writes nothing");
    }

    pub fn record(&mut self, now: Mono, jobs: Vec<Job>) {
        if !jobs.is_empty() {
            self.jobs.push_back((jobs, now));
        }
    }

    pub fn fetch(&mut self, ticket: Ticket, query: Query) {
        self.queries.push_back((ticket, query));
    }

    pub fn poll(&mut self) -> Option<Answer> {
        self.answers.pop_front()
    }

    /// Jobs that have not been answered.
    pub fn queued(&self) -> usize {
        let answered = self.answers.iter().map(|answer| match answer {
            Answer::Batch { count, .. } => *count,
            Answer::Page { .. } | Answer::State(_) | Answer::Ended => 0,
        });
        self.jobs.iter().map(|(jobs, _)| jobs.len()).sum::<usize>() + answered.sum::<usize>()
    }

    /// For how long the oldest answer has been owed, in milliseconds.
    pub fn owing_ms(&self, now: Mono) -> u64 {
        self.jobs.front().map_or(0, |(_, since)| now.since_ms(*since))
    }

    pub fn is_well(&self) -> bool {
        self.well
    }

    /// Whether nothing will come of it unless something else happens.
    pub fn is_quiet(&self) -> bool {
        let waiting = !(self.jobs.is_empty() && self.queries.is_empty());
        self.answers.is_empty() && (self.stalled || !waiting)
    }

    /// When it next does something by itself.
    pub fn next_deadline(&self) -> Option<Mono> {
        (!self.well && !self.stalled).then_some(self.next_probe)
    }

    /// The process ends in the middle of it.
    pub fn forget(&mut self) {
        self.jobs.clear();
        self.queries.clear();
        self.answers.clear();
        self.well = true;
    }

    /// What the two threads do while the loop waits: one batch, all queries.
    pub fn work(&mut self, now: Mono) {
        if self.stalled {
            return;
        }
        if !self.jobs.is_empty() {
            let batch: Vec<Job> = self.jobs.drain(..).flat_map(|(jobs, _)| jobs).collect();
            self.commit(now, batch);
        } else if !self.well && self.next_probe <= now {
            self.probe(now);
        }
        for (ticket, query) in std::mem::take(&mut self.queries) {
            let page = page(self.writer.connection(), &query).unwrap_or(Page::Failed);
            self.answers.push_back(Answer::Page { ticket, page });
        }
    }

    fn commit(&mut self, now: Mono, batch: Vec<Job>) {
        let count = batch.len();
        let committed = self.writer.commit(&batch);
        let outcomes = match &committed {
            Ok(outcomes) => outcomes.clone(),
            Err(_) => vec![Outcome::Failed; count],
        };
        let waited = batch.into_iter().zip(outcomes);
        let stored = waited
            .filter_map(|(job, outcome)| Some(Stored { ticket: job.ticket?, entry: job.entry, outcome }))
            .collect();
        self.report(now, committed.map(|_| ()));
        self.answers.push_back(Answer::Batch { count, stored });
    }

    fn probe(&mut self, now: Mono) {
        let sql = "INSERT INTO meta (key, value) VALUES ('probe', 1)
                   ON CONFLICT (key) DO UPDATE SET value = value + 1";
        let probed = self.writer.connection().execute(sql, []);
        self.report(now, probed.map(|_| ()));
    }

    fn report(&mut self, now: Mono, outcome: rusqlite::Result<()>) {
        self.next_probe = now.after_ms(STORE_RETRY_MS);
        let state = match outcome {
            Ok(()) if self.well => return,
            Ok(()) => Storage::Well,
            Err(_) if !self.well => return,
            Err(error) => Storage::Degraded { reason: error.to_string() },
        };
        self.well = state == Storage::Well;
        self.answers.push_back(Answer::State(state));
    }
}
