//! Whose nickname a word is, but for capitals: how a text mentions somebody.
//!
//! Knows no session but by its id. Why a count of shapes beside the map: each
//! word of each line is asked about, and nearly all of them are nobody.

use std::collections::HashMap;

use serde::{Deserialize, Serialize, Serializer};

use super::session::SessionId;

/// Nicknames in small letters, and how many of them have each shape.
#[derive(Debug, Deserialize)]
#[serde(from = "HashMap<Box<str>, SessionId>")]
pub struct Called {
    by_word: HashMap<Box<str>, SessionId>,
    shapes: Vec<u16>,
}

const SHAPES: usize = 1024;

/// A few bits of a word that cost nothing to know.
fn shape(word: &str) -> usize {
    let bytes = word.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().map_or(0, usize::from);
    (byte(0) * 31 + byte(1) * 7 + bytes.len()) % SHAPES
}

impl Called {
    /// Gives a word, in small letters, to whoever bears it.
    pub fn insert(&mut self, word: &str, session: SessionId) {
        if self.by_word.insert(word.into(), session).is_none() {
            let count = &mut self.shapes[shape(word)];
            *count = count.saturating_add(1);
        }
    }

    pub fn remove(&mut self, word: &str) {
        // A count that has come to its end stays there: it then no longer spares the look into the map.
        if self.by_word.remove(word).is_some() && self.shapes[shape(word)] < u16::MAX {
            self.shapes[shape(word)] -= 1;
        }
    }

    pub fn get(&self, word: &str) -> Option<SessionId> {
        if self.shapes[shape(word)] == 0 {
            return None;
        }
        self.by_word.get(word).copied()
    }
}

impl Default for Called {
    fn default() -> Called {
        Called { by_word: HashMap::new(), shapes: vec![0; SHAPES] }
    }
}

impl From<HashMap<Box<str>, SessionId>> for Called {
    fn from(by_word: HashMap<Box<str>, SessionId>) -> Called {
        let mut called = Called::default();
        for (word, session) in by_word {
            called.insert(&word, session);
        }
        called
    }
}

impl Serialize for Called {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.by_word.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_is_found_and_who_goes_is_not() {
        let id = |slot| SessionId { slot, serial: slot };
        let mut called = Called::default();
        for (slot, word) in ["alice", "alicf", "민수", "a"].into_iter().enumerate() {
            called.insert(word, id(slot as u32));
        }
        assert_eq!(called.get("alice"), Some(id(0)));
        assert_eq!(called.get("민수"), Some(id(2)));
        assert_eq!(called.get("bob"), None);
        called.remove("alice");
        assert_eq!((called.get("alice"), called.get("alicf")), (None, Some(id(1))));
        called.remove("alice");
        let text = serde_json::to_string(&called).unwrap();
        let again: Called = serde_json::from_str(&text).unwrap();
        assert_eq!((again.get("a"), again.get("alice")), (Some(id(3)), None));
    }
}
