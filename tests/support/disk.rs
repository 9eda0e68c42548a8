//! The store without its threads, and with every way in which a disk fails.
//!
//! Knows no person. Why its faults are SQLite's own: a full disk, a disk that may
//! only be read and an error in the middle of a batch each end a transaction in
//! another way, and after each of them nothing of it may be left.

use std::collections::VecDeque;

use rusqlite::Connection;

use chatd::core::chain::Mark;
use chatd::core::entry::{Job, Outcome, Page, Query, Rows, Ticket};
use chatd::core::settings::Storage;
use chatd::core::time::Mono;
use chatd::limits::STORE_RETRY_MS;
use chatd::store::{Answer, Stored, Writer, page, schema};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fault {
    None,
    /// Nothing is answered.
    Stalled,
    ReadOnly,
    /// SQLite gives up and rolls back by itself.
    Full,
    /// A row in the middle is refused.
    Middle,
}

pub struct Disk {
    writer: Writer,
    jobs: VecDeque<(Vec<Job>, Mono)>,
    queries: VecDeque<(Ticket, Query)>,
    answers: VecDeque<Answer>,
    fault: Fault,
    well: bool,
    next_probe: Mono,
}

impl Disk {
    /// With `number` the database has always this one: room ids are made of it.
    pub fn new(number: Option<u64>) -> Disk {
        let connection = schema::open_in_memory(number).expect("memory can always be opened");
        Disk {
            writer: Writer::new(connection),
            jobs: VecDeque::new(),
            queries: VecDeque::new(),
            answers: VecDeque::new(),
            fault: Fault::None,
            well: true,
            next_probe: Mono(0),
        }
    }

    pub fn connection(&self) -> &Connection {
        self.writer.connection()
    }

    /// What a hub starts from; counts one more start.
    pub fn load(&self) -> Rows {
        schema::load(self.connection()).expect("the database can always be read")
    }

    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// The chain must be sound, whatever has happened.
    pub fn verify(&self) {
        let mut next = Some(Mark::default());
        while let Some(from) = next {
            let Ok(Page::Verified(found)) = page(self.connection(), &Query::Verify { from, until: None })
            else {
                panic!("the chain can always be read")
            };
            assert_eq!(found.fault, None);
            next = found.next;
        }
    }

    /// Whether it last did what it was asked.
    pub fn is_well(&self) -> bool {
        self.well
    }

    /// Nothing is wrong, and little of what went wrong before is still to be done.
    pub fn is_healthy(&self) -> bool {
        self.well && self.fault == Fault::None && self.jobs.len() < 4
    }

    /// Whether nothing will come of it unless something else happens.
    pub fn is_quiet(&self) -> bool {
        let waiting = !(self.jobs.is_empty() && self.queries.is_empty());
        self.answers.is_empty() && (self.fault == Fault::Stalled || !waiting)
    }

    pub fn set_fault(&mut self, fault: Fault) {
        let sql = match fault {
            Fault::None | Fault::Stalled => "",
            Fault::ReadOnly => "PRAGMA query_only = 1",
            // A limit below the present size is taken as the present size.
            Fault::Full => "PRAGMA max_page_count = 1",
            Fault::Middle => {
                "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.commands
                 BEGIN SELECT RAISE(ABORT, 'the disk failed'); END;
                 CREATE TEMP TRIGGER refuse_probe BEFORE UPDATE ON main.meta
                 BEGIN SELECT RAISE(ABORT, 'the disk failed'); END;"
            }
        };
        let healed = "PRAGMA query_only = 0; PRAGMA max_page_count = 1073741823;
                      DROP TRIGGER IF EXISTS temp.refuse; DROP TRIGGER IF EXISTS temp.refuse_probe;";
        self.connection().execute_batch(healed).expect("healing always works");
        self.connection().execute_batch(sql).expect("failing always works");
        self.fault = fault;
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

    /// Jobs whose answer nobody has taken yet.
    pub fn queued(&self) -> usize {
        let answered = self.answers.iter().map(|answer| match answer {
            Answer::Batch { count, .. } => *count,
            Answer::Page { .. } | Answer::State(_) | Answer::Alive | Answer::Ended => 0,
        });
        self.jobs.iter().map(|(jobs, _)| jobs.len()).sum::<usize>() + answered.sum::<usize>()
    }

    pub fn owing_ms(&self, now: Mono) -> u64 {
        self.jobs.front().map_or(0, |(_, since)| now.since_ms(*since))
    }

    pub fn next_deadline(&self) -> Option<Mono> {
        (!self.well && self.fault != Fault::Stalled).then_some(self.next_probe)
    }

    /// The process ends in the middle of it: what was not committed is gone.
    pub fn forget(&mut self) {
        self.jobs.clear();
        self.queries.clear();
        self.answers.clear();
        self.well = true;
    }

    /// What the threads do meanwhile: one batch of the first `groups` that wait, and all queries.
    /// True when something was committed.
    pub fn work(&mut self, now: Mono, groups: usize) -> bool {
        if self.fault == Fault::Stalled {
            return false;
        }
        let mut committed = false;
        if !self.jobs.is_empty() {
            let groups = groups.clamp(1, self.jobs.len());
            let batch: Vec<Job> = self.jobs.drain(..groups).flat_map(|(jobs, _)| jobs).collect();
            committed = self.commit(now, batch);
        } else if !self.well && self.next_probe <= now {
            let probed = self.connection().execute(
                "INSERT INTO meta (key, value) VALUES ('probe', 1)
                 ON CONFLICT (key) DO UPDATE SET value = value + 1",
                [],
            );
            self.report(now, probed.map(|_| ()));
        }
        if self.jobs.is_empty() && self.well && self.fault == Fault::None {
            while self.writer.expire_step().expect("a disk that is well takes it") {}
        }
        for (ticket, query) in std::mem::take(&mut self.queries) {
            let page = page(self.connection(), &query).unwrap_or(Page::Failed);
            self.answers.push_back(Answer::Page { ticket, page });
        }
        committed
    }

    fn commit(&mut self, now: Mono, batch: Vec<Job>) -> bool {
        let count = batch.len();
        // The index follows one batch behind: searches then meet what is in it and what is not.
        if self.fault == Fault::None {
            self.writer.index().expect("a disk that is well takes the index");
        }
        let committed = self.writer.commit(&batch);
        let well = committed.is_ok();
        let outcomes = match &committed {
            Ok(outcomes) => outcomes.clone(),
            Err(_) => vec![Outcome::Failed; count],
        };
        assert!(self.connection().is_autocommit(), "a transaction was left open");
        let waited = batch.into_iter().zip(outcomes);
        let stored = waited
            .filter_map(|(job, outcome)| Some(Stored { ticket: job.ticket?, entry: job.entry, outcome }))
            .collect();
        self.report(now, committed.map(|_| ()));
        self.answers.push_back(Answer::Batch { count, stored, took_us: 0 });
        well
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
