//! The bare loop: the same rows as chatd writes, with nothing but SQLite around them.
//!
//! It must not know any of chatd's own work: no request, no digest, no words cut from a text.
//! Why in the batches that chatd had just before: a commit costs nearly the same for one row as
//! for a hundred, so a loop with batches of its own would be another limit.

use std::path::Path;
use std::time::{Duration, Instant};

use chatd::store::{Durability, Place, schema};
use rusqlite::{Connection, params};

use crate::Result;
use crate::latency::Histogram;
use crate::machine::CpuReading;

/// How many messages there were to one transaction.
#[derive(Clone, Copy, Debug)]
pub struct Batches {
    pub commit: usize,
    /// None: nothing was indexed meanwhile.
    pub index: Option<usize>,
}

pub struct Bare {
    pub commits_per_second: f64,
    /// What one commit of talk took, with its rows.
    pub commit_micros: f64,
    /// Processor time of one message.
    pub cpu_micros: f64,
}

/// What is written, and for how long.
#[derive(Clone, Copy)]
pub struct Talk {
    pub durability: Durability,
    pub batches: Batches,
    pub rooms: usize,
    pub text: &'static str,
    pub time: Duration,
}

/// Counts the transactions of a database while somebody else writes it.
pub struct Counter {
    database: Connection,
    index_of_log: std::path::PathBuf,
}

/// Transactions since the database was opened.
pub struct Count {
    all: u32,
    index: u32,
}

impl Counter {
    pub fn new(path: &Path) -> Result<Counter> {
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(5))?;
        // What indexes moves its mark: that is counted in the same transaction.
        database.execute_batch(
            "CREATE TABLE index_steps (steps INTEGER NOT NULL);
             INSERT INTO index_steps VALUES (0);
             CREATE TRIGGER index_step AFTER UPDATE ON meta WHEN NEW.key = 'search_end'
             BEGIN UPDATE index_steps SET steps = steps + 1; END;",
        )?;
        let mut index_of_log = path.as_os_str().to_owned();
        index_of_log.push("-shm");
        Ok(Counter { database, index_of_log: index_of_log.into() })
    }

    pub fn count(&self) -> Result<Count> {
        let index = self.database.query_row("SELECT steps FROM index_steps", [], |row| row.get(0))?;
        // The header of the WAL's index: its third number counts transactions (SQLite, WAL-mode File Format §2.2).
        let header = std::fs::read(&self.index_of_log)?;
        let all = header.get(8..12).ok_or("the WAL's index has no header")?;
        Ok(Count { all: u32::from_ne_bytes(all.try_into()?), index })
    }
}

impl Count {
    /// The batches of so many messages.
    pub fn batches_since(&self, earlier: &Count, messages: usize) -> Batches {
        let index = self.index - earlier.index;
        let commits = (self.all - earlier.all).saturating_sub(index).max(1);
        let per = |count: u32| (messages as f64 / f64::from(count)).round().max(1.0) as usize;
        Batches { commit: per(commits), index: (index > 0).then(|| per(index)) }
    }
}

struct Loop {
    database: Connection,
    talk: Talk,
    said: i64,
    indexed: i64,
}

/// Writes to a fresh database in `directory`.
pub fn run(directory: &Path, talk: Talk) -> Result<Bare> {
    let place = Place { path: directory.join("bare.db"), durability: talk.durability };
    let database = schema::open_for_writing(&place)?;
    for room in 1..=talk.rooms {
        database.execute("INSERT INTO rooms (id, key, name) VALUES (?1, ?1, ?1)", [room as i64])?;
    }
    let mut bare = Loop { database, talk, said: 0, indexed: 0 };
    let mut commits = Histogram::new();
    let (began, cpu) = (Instant::now(), CpuReading::take(std::process::id())?);
    while began.elapsed() < talk.time {
        commits.time(|| bare.commit())?;
        if let Some(step) = talk.batches.index {
            while bare.said - bare.indexed >= step as i64 {
                bare.index(step as i64)?;
            }
        }
    }
    let (seconds, said) = (began.elapsed().as_secs_f64(), bare.said as f64);
    let cpu = CpuReading::take(std::process::id())?.since(&cpu).as_secs_f64();
    Ok(Bare {
        commits_per_second: said / seconds,
        commit_micros: commits.micros(0.5),
        cpu_micros: cpu / said * 1e6,
    })
}

impl Loop {
    fn commit(&mut self) -> Result<()> {
        let database = &self.database;
        let rooms = self.talk.rooms as i64;
        database.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for _ in 0..self.talk.batches.commit {
            let (room, seq) = (self.said % rooms + 1, self.said / rooms + 1);
            self.said += 1;
            database
                .prepare_cached(
                    "INSERT INTO messages (room, seq, at, sender, kind, text, schedule, run, serial, mentions)
                     VALUES (?1, ?2, ?3, 's00001', 'say', ?4, NULL, 1, 1, NULL)",
                )?
                .execute(params![room, seq, 1_767_225_600_000 + self.said, self.talk.text])?;
            database
                .prepare_cached(
                    "INSERT INTO chain (id, kind, place, number, digest, link)
                     VALUES (?1, 'message', ?2, ?3, ?4, ?5)",
                )?
                .execute(params![self.said + 1, room, seq, [7_u8; 32], [9_u8; 32]])?;
        }
        database.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    fn index(&mut self, messages: i64) -> Result<()> {
        let database = &self.database;
        database.pragma_update(None, "synchronous", "NORMAL")?;
        database.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for id in self.indexed + 1..=self.indexed + messages {
            database
                .prepare_cached(
                    "INSERT INTO search (rowid, words) VALUES (?1, '¤' || ?2 || ' ¶s00001 ' || ?3)",
                )?
                .execute(params![id, (id - 1) % self.talk.rooms as i64 + 1, self.talk.text])?;
        }
        self.indexed += messages;
        database
            .prepare_cached("UPDATE meta SET value = ?1 WHERE key = 'search_end'")?
            .execute([self.indexed + 1])?;
        database.prepare_cached("COMMIT")?.execute([])?;
        if self.talk.durability == Durability::Power {
            database.pragma_update(None, "synchronous", "FULL")?;
        }
        Ok(())
    }
}
