//! What is true: the rows of the database, and what was meant for whom.
//!
//! Knows no bytes. Why it reads the database after every batch: nobody may have
//! seen a message before it stood there, and none may stand there twice.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use chatd::core::name::{self, NameKey};

/// Each text that anybody sends begins with a number of its own.
pub type Token = u64;

pub struct Row {
    pub token: Token,
    pub sender: NameKey,
    pub scheduled: bool,
}

#[derive(Default)]
pub struct Ledger {
    /// The lobby's messages; the first has seq 1.
    pub rows: Vec<Row>,
    seq_of: BTreeMap<Token, u64>,
    /// Who said it, by the number of the person.
    pub said_by: BTreeMap<Token, usize>,
    /// Sent with an id of the client's own, perhaps more than once.
    pub with_mid: BTreeSet<Token>,
    /// Its sender was told that it was not kept.
    pub refused: BTreeSet<Token>,
    /// Whom a whisper was meant for.
    pub whispered_to: BTreeMap<Token, Vec<NameKey>>,
    pub whispers: BTreeSet<Token>,
    /// The last seq that the running hub has told people of.
    pub delivered: u64,
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

    pub fn seq_of(&self, token: Token) -> Option<u64> {
        self.seq_of.get(&token).copied()
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
            let room: String = row.get_unwrap(6);
            assert_eq!(room, "lobby");
            assert_eq!(seq, self.rows.len() as u64 + 1, "the seqs have a hole or a double");
            assert!(at >= self.last_at, "stamps decrease");
            self.last_at = at;
            let token = token(&text).unwrap_or_else(|| panic!("nobody said {text:?}"));
            assert!(!self.refused.contains(&token), "t{token} was refused, and is there");
            assert_eq!(self.seq_of.insert(token, seq), None, "t{token} is there twice");
            self.rows.push(Row { token, sender: name::key(&sender), scheduled: kind == "scheduled" });
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

/// The number that a text begins with.
pub fn token(text: &str) -> Option<Token> {
    text.strip_prefix('t')?.split(' ').next()?.parse().ok()
}
