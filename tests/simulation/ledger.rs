//! What is true: the rows of the database, and what was said where.
//!
//! Knows no bytes. Why it reads the database after every batch: nobody may have
//! seen a message before it stood there, and none may stand there twice.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use chatd::core::entry::{EditOutcome, Entry, Outcome, Ticket};
use chatd::core::name::{self, NameKey};

use super::journal::Journal;

/// Each text that anybody sends begins with a number of its own.
pub type Token = u64;

pub struct Row {
    pub token: Token,
    pub sender: NameKey,
    pub scheduled: bool,
    pub at: i64,
    /// The room was not for everybody when it was heard.
    pub private: bool,
    /// Its room was closed before it was kept: nobody hears it.
    pub orphan: bool,
}

#[derive(Default)]
pub struct Ledger {
    /// The messages of each room; the first has seq 1.
    pub rows: BTreeMap<NameKey, Vec<Row>>,
    place_of: BTreeMap<Token, (NameKey, u64)>,
    /// What messages were changed into.
    pub edits: BTreeSet<Token>,
    /// Who said it, by the number of the person.
    pub said_by: BTreeMap<Token, usize>,
    /// Sent with an id of the client's own, perhaps more than once.
    pub with_mid: BTreeSet<Token>,
    /// Its sender was told that it was not kept.
    pub refused: BTreeSet<Token>,
    pub whispers: BTreeSet<Token>,
    /// The last seq of each room that the running hub has told people of.
    pub delivered: BTreeMap<NameKey, u64>,
    pub journal: Journal,
    last_message: i64,
    last_whisper: i64,
    last_at: i64,
    next_token: Token,
}

impl Ledger {
    pub fn next_token(&mut self, by: usize) -> Token {
        self.next_token += 1;
        self.said_by.insert(self.next_token, by);
        self.next_token
    }

    pub fn place_of(&self, token: Token) -> Option<&(NameKey, u64)> {
        self.place_of.get(&token)
    }

    pub fn seq_of(&self, token: Token) -> Option<u64> {
        self.place_of(token).map(|(_, seq)| *seq)
    }

    pub fn rows_of(&self, room: &NameKey) -> &[Row] {
        self.rows.get(room).map_or(&[], Vec::as_slice)
    }

    pub fn row(&self, room: &NameKey, seq: u64) -> &Row {
        &self.rows_of(room)[seq as usize - 1]
    }

    pub fn delivered(&self, room: &NameKey) -> u64 {
        self.delivered.get(room).copied().unwrap_or(0)
    }

    /// A daemon has started: it tells nobody of what stood there before.
    pub fn restart(&mut self) {
        self.delivered = self.rows.iter().map(|(room, rows)| (room.clone(), rows.len() as u64)).collect();
    }

    /// The hub has been told that this message is kept.
    fn deliver(&mut self, room: &str, seq: u64, token: Token) {
        let key = name::key(room);
        let before = self.delivered.insert(key.clone(), seq).unwrap_or(0);
        assert_eq!(seq, before + 1, "t{token} is delivered out of order");
        let (private, orphan) = self.journal.delivered(&key, seq, token);
        let row = &mut self.rows.get_mut(&key).expect("it stands there")[seq as usize - 1];
        (row.private, row.orphan) = (private, orphan);
    }

    /// The disk has answered what somebody waits for.
    pub fn answered(&mut self, ticket: Ticket, entry: &Entry, outcome: &Outcome) {
        match (entry, outcome) {
            (Entry::Message { message, .. }, Outcome::Kept(seq)) => {
                let token = token(&message.text).expect("every text begins with its number");
                self.deliver(&message.room, *seq, token);
            }
            (Entry::Edit { edit, .. }, Outcome::Edit(EditOutcome::Changed { .. })) => {
                let row = self.row(&name::key(&edit.room), edit.seq);
                let (author, at) = (self.said_by.get(&row.token).filter(|_| !row.scheduled).copied(), row.at);
                self.journal.edited(ticket, edit, author, at);
            }
            _other => self.journal.answered(ticket, entry, outcome),
        }
    }

    /// Reads what a batch has added; nothing may be there after one that failed.
    pub fn absorb(&mut self, connection: &Connection, committed: bool) {
        let added = self.messages(connection) + self.whispers(connection);
        assert!(committed || added == 0, "a failed batch has left {added} rows");
    }

    fn messages(&mut self, connection: &Connection) -> usize {
        let sql = "SELECT messages.id, seq, at, sender, kind, text, rooms.name FROM messages
                   JOIN rooms ON rooms.id = room WHERE messages.id > ?1 ORDER BY messages.id";
        let mut statement = connection.prepare_cached(sql).expect("the table is there");
        let mut rows = statement.query([self.last_message]).expect("it can be read");
        let mut added = 0;
        while let Some(row) = rows.next().expect("it can be read") {
            self.last_message = row.get_unwrap(0);
            let (seq, at): (u64, i64) = (row.get_unwrap::<_, i64>(1) as u64, row.get_unwrap(2));
            let (sender, kind, text): (String, String, String) =
                (row.get_unwrap(3), row.get_unwrap(4), row.get_unwrap(5));
            let room = name::key(&row.get_unwrap::<_, String>(6));
            let rows = self.rows.entry(room.clone()).or_default();
            assert_eq!(seq, rows.len() as u64 + 1, "the seqs have a hole or a double");
            assert!(at >= self.last_at, "stamps decrease");
            self.last_at = at;
            let token = token(&text).unwrap_or_else(|| panic!("nobody said {text:?}"));
            assert!(!self.refused.contains(&token), "t{token} was refused, and is there");
            assert_eq!(self.place_of.insert(token, (room, seq)), None, "t{token} is there twice");
            let (sender, scheduled) = (name::key(&sender), kind == "scheduled");
            rows.push(Row { token, sender, scheduled, at, private: false, orphan: false });
            added += 1;
        }
        added
    }

    fn whispers(&mut self, connection: &Connection) -> usize {
        let sql = "SELECT id, text FROM whispers WHERE id > ?1 ORDER BY id";
        let mut statement = connection.prepare_cached(sql).expect("the table is there");
        let mut rows = statement.query([self.last_whisper]).expect("it can be read");
        let mut added = 0;
        while let Some(row) = rows.next().expect("it can be read") {
            self.last_whisper = row.get_unwrap(0);
            let text: String = row.get_unwrap(1);
            let token = token(&text).unwrap_or_else(|| panic!("nobody whispered {text:?}"));
            assert!(self.whispers.insert(token), "t{token} was whispered twice");
            added += 1;
        }
        added
    }
}

/// What a message says now: the number its text begins with, none where it is deleted.
pub fn reads_now(connection: &Connection, room: &NameKey, seq: u64) -> Option<Token> {
    let sql = "SELECT text FROM messages JOIN rooms ON rooms.id = room WHERE key = ?1 AND seq = ?2";
    let mut statement = connection.prepare_cached(sql).expect("the table is there");
    let text: String =
        statement.query_row((room.as_str(), seq as i64), |row| row.get(0)).expect("it is there");
    token(&text)
}

/// The number that a text begins with.
pub fn token(text: &str) -> Option<Token> {
    text.strip_prefix('t')?.split(' ').next()?.parse().ok()
}
