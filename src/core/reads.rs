//! Up to where people have read.
//!
//! Knows no message. Why in memory and not asked of the database: a welcome
//! bears the marks, and must not wait for a disk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::name::{self, Name, NameKey};
use super::reject::Reject;
use super::time::Wall;
use crate::limits::{READ_MARKS_MAX, READ_MARKS_PER_NICK_MAX};

/// The last message of a room that somebody has read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReadMark {
    pub nick: Name,
    pub room: Name,
    pub seq: u64,
    pub at: Wall,
}

/// All marks, by nick and room.
#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Reads {
    of: BTreeMap<NameKey, BTreeMap<NameKey, ReadMark>>,
    count: usize,
}

impl Reads {
    pub fn restore(rows: Vec<ReadMark>) -> Reads {
        let mut reads = Reads::default();
        for row in rows {
            reads.set(row);
        }
        reads
    }

    /// Whether one more of this person has room.
    pub fn has_room(&self, nick: &str, room: &str) -> Result<(), Reject> {
        let own = self.of.get(&name::key(nick));
        if own.is_some_and(|own| own.contains_key(&name::key(room))) {
            return Ok(());
        }
        if own.map_or(0, BTreeMap::len) >= READ_MARKS_PER_NICK_MAX || self.count >= READ_MARKS_MAX {
            return Err(Reject::TooMany { max: READ_MARKS_PER_NICK_MAX });
        }
        Ok(())
    }

    /// Marks are only ever moved forward; the one that holds now comes back.
    pub fn set(&mut self, mark: ReadMark) -> u64 {
        let own = self.of.entry(name::key(&mark.nick)).or_default();
        let key = name::key(&mark.room);
        match own.get_mut(&key) {
            Some(before) if before.seq > mark.seq => before.seq,
            Some(before) => {
                *before = mark;
                before.seq
            }
            None => {
                self.count += 1;
                let seq = mark.seq;
                own.insert(key, mark);
                seq
            }
        }
    }

    /// The marks of one person, by room.
    pub fn of(&self, nick: &str) -> impl Iterator<Item = &ReadMark> {
        self.of.get(&name::key(nick)).into_iter().flat_map(BTreeMap::values)
    }

    pub fn iter(&self) -> impl Iterator<Item = &ReadMark> {
        self.of.values().flat_map(BTreeMap::values)
    }

    /// Forgets those of people who have not been seen since `before`.
    pub fn sweep(&mut self, before: Wall) {
        for own in self.of.values_mut() {
            own.retain(|_, mark| mark.at >= before);
        }
        self.of.retain(|_, own| !own.is_empty());
        self.count = self.of.values().map(BTreeMap::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(nick: &str, room: &str, seq: u64) -> ReadMark {
        ReadMark { nick: nick.into(), room: room.into(), seq, at: Wall(seq as i64) }
    }

    #[test]
    fn forward_only_and_by_any_spelling() {
        let mut reads = Reads::default();
        assert_eq!(reads.set(mark("Alice", "lobby", 5)), 5);
        assert_eq!(reads.set(mark("alice", "Lobby", 3)), 5);
        assert_eq!(reads.set(mark("ALICE", "lobby", 8)), 8);
        assert_eq!(reads.of("Alice").map(|mark| mark.seq).collect::<Vec<_>>(), [8]);
        assert_eq!(reads.of("Bob").count(), 0);
        reads.sweep(Wall(9));
        assert_eq!(reads.iter().count(), 0);
    }

    #[test]
    fn one_person_has_so_many() {
        let mut reads = Reads::default();
        for room in 0..READ_MARKS_PER_NICK_MAX {
            reads.has_room("Alice", &format!("r{room}")).unwrap();
            reads.set(mark("Alice", &format!("r{room}"), 1));
        }
        reads.has_room("Alice", "one-more").unwrap_err();
        reads.has_room("Alice", "r0").unwrap();
        reads.has_room("Bob", "one-more").unwrap();
    }
}
