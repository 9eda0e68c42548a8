//! What a person at a terminal hears: one room at a time, and no seqs.
//!
//! Knows the tokens' places from the ledger. Why it judges only between two
//! lines that say where one is: the answer to a `/join` comes after the first
//! messages.

use std::collections::BTreeSet;

use chatd::core::name::NameKey;

#[derive(Default, Debug)]
pub struct Listening {
    room: Option<NameKey>,
    /// The last that was heard there; before any, all after `after` is to be heard.
    heard: Option<u64>,
    after: u64,
    /// Rooms asked for, and not reached yet; some never are.
    moves: Vec<NameKey>,
    wanted: BTreeSet<NameKey>,
    doubt: bool,
}

impl Listening {
    pub fn is_in(&self, room: &NameKey) -> bool {
        self.room.as_ref() == Some(room)
    }

    pub fn asks_for(&mut self, room: NameKey) {
        self.wanted.insert(room.clone());
        self.moves.push(room);
    }

    /// The server says where this one is; so much of it has been delivered by now.
    pub fn enters(&mut self, room: NameKey, delivered: u64) {
        match self.moves.iter().position(|one| *one == room) {
            Some(at) => drop(self.moves.drain(..=at)),
            // The server has put them there, and what they asked before is answered after.
            None => self.doubt |= !self.moves.is_empty(),
        }
        (self.room, self.heard, self.after) = (Some(room), None, delivered);
    }

    /// Out of the room, against their will; where to is said next.
    pub fn is_put_out(&mut self) {
        self.doubt |= !self.moves.is_empty();
        self.room = None;
    }

    /// `other`: whether somebody else has said that, and had to be heard.
    pub fn hear(&mut self, room: &NameKey, seq: u64, lobby: &NameKey, other: impl Fn(u64) -> bool) {
        if !self.is_in(room) {
            // Answers that crossed each other may have named another room last.
            self.doubt |= !self.moves.contains(room) && self.room.is_some();
            let asked = self.wanted.contains(room) || room == lobby;
            assert!(asked, "{seq} of {room:?} is heard: {self:?}");
            self.room = Some(room.clone());
        } else {
            self.nothing_is_missing(seq - 1, other);
        }
        self.heard = Some(seq);
    }

    pub fn nothing_is_missing(&self, until: u64, other: impl Fn(u64) -> bool) {
        if self.doubt || !self.moves.is_empty() {
            return;
        }
        let missed = (self.heard.unwrap_or(self.after) + 1..=until).find(|seq| other(*seq));
        assert_eq!(missed, None, "something was not heard: {self:?}");
    }

    pub fn at_rest(&self, delivered: impl Fn(&NameKey) -> u64, other: impl Fn(&NameKey, u64) -> bool) {
        if let Some(room) = &self.room {
            self.nothing_is_missing(delivered(room), |seq| other(room, seq));
        }
    }
}
