//! What a database holds, and whether it holds together.
//!
//! Knows no model. Why everything is found by a text or stamp that is there once: what was kept twice shows itself.

use std::collections::BTreeMap;

use chatd::core::chain::Mark;
use chatd::core::entry::{Entry, Page, Query};
use chatd::store::page;
use rusqlite::Connection;

/// A message: where it is, and what it says now.
pub struct Message {
    pub room: String,
    pub seq: u64,
    pub text: String,
}

#[derive(Default)]
pub struct Snapshot {
    /// By what they said first.
    pub messages: BTreeMap<String, Message>,
    /// Changes by their stamps: of which message.
    pub changes: BTreeMap<i64, (String, u64)>,
    pub whispers: BTreeMap<String, u64>,
    pub commands: BTreeMap<String, u64>,
    /// Whether it still waits.
    pub schedules: BTreeMap<u64, bool>,
}

/// Puts each row in its place, where no other may be.
fn collect<K: Ord + std::fmt::Debug, V>(
    connection: &Connection,
    sql: &str,
    row: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<(K, V)>,
) -> BTreeMap<K, V> {
    let mut all = BTreeMap::new();
    let mut rows = connection.prepare(sql).expect("the tables are there");
    for row in rows.query_map([], |found| row(found)).expect("they can be read") {
        let (key, value) = row.expect("they can be read");
        let shown = format!("{key:?}");
        assert!(all.insert(key, value).is_none(), "{shown:.40} was kept twice");
    }
    all
}

fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(|number| number as u64)
}

impl Snapshot {
    pub fn read(connection: &Connection) -> Snapshot {
        let sound: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("the database can be read");
        assert_eq!(sound, "ok");
        let mut next = Some(Mark::default());
        while let Some(from) = next {
            let verified = page(connection, &Query::Verify { from, until: None });
            let Page::Verified(found) = verified.expect("the chain can be read") else { panic!("no page") };
            assert_eq!(found.fault, None);
            next = found.next;
        }
        let snapshot = Snapshot {
            messages: collect(
                connection,
                "SELECT COALESCE((SELECT text FROM versions WHERE message = m.id ORDER BY id LIMIT 1), m.text),
                        name, seq, text FROM messages m JOIN rooms ON rooms.id = room",
                |row| Ok((row.get(0)?, Message { room: row.get(1)?, seq: number(row, 2)?, text: row.get(3)? })),
            ),
            changes: collect(
                connection,
                "SELECT v.at, name, seq FROM versions v JOIN messages m ON m.id = message
                 JOIN rooms ON rooms.id = room",
                |row| Ok((row.get(0)?, (row.get(1)?, number(row, 2)?))),
            ),
            whispers: collect(connection, "SELECT text, id FROM whispers", |row| {
                Ok((row.get(0)?, number(row, 1)?))
            }),
            commands: collect(connection, "SELECT args, id FROM commands", |row| {
                Ok((row.get(0)?, number(row, 1)?))
            }),
            schedules: collect(connection, "SELECT id, state = 'waiting' FROM schedules", |row| {
                Ok((number(row, 0)?, row.get(1)?))
            }),
        };
        snapshot.check_seqs();
        snapshot
    }

    /// Each room counts from 1, without holes.
    fn check_seqs(&self) {
        let mut rooms: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for message in self.messages.values() {
            rooms.entry(&message.room).or_default().push(message.seq);
        }
        for (room, mut seqs) in rooms {
            seqs.sort_unstable();
            assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{room} counts {seqs:?}");
        }
    }

    /// The number of an entry, when it is there: the seq of a message, the id of a whisper or command.
    pub fn find(&self, entry: &Entry) -> Option<u64> {
        match entry {
            Entry::Message { message, fires, .. } => {
                let found = self.messages.get(&message.text)?;
                assert_eq!(found.room, *message.room);
                if let Some(fires) = fires {
                    assert!(!self.schedules[&fires.schedule], "what was sent waits no longer");
                }
                Some(found.seq)
            }
            Entry::Edit { edit, .. } => {
                let (room, seq) = self.changes.get(&edit.at.0)?;
                assert_eq!((room.as_str(), *seq), (&*edit.room, edit.seq));
                Some(0)
            }
            Entry::Whisper { whisper, .. } => self.whispers.get(&whisper.text).copied(),
            Entry::Command(record) => self.commands.get(&record.args).copied(),
            Entry::Schedule(schedule) => self.schedules.get(&schedule.schedule).map(|_| schedule.schedule),
            other => panic!("{other:?} is none of this load"),
        }
    }

    /// How much there is in all.
    pub fn count(&self) -> usize {
        self.messages.len()
            + self.changes.len()
            + self.whispers.len()
            + self.commands.len()
            + self.schedules.len()
    }
}
