//! Rooms: who is in them and who listens.
//!
//! A room holds no messages: the history does. Why members are a sorted list:
//! it is the audience of most events, ready to be handed on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use slab::Slab;

use super::name::{self, Name, NameKey};
use super::session::SessionId;

/// A room's place in the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RoomId(u32);

#[derive(Debug, Serialize, Deserialize)]
pub struct Room {
    pub name: Name,
    /// Ascending.
    pub members: Vec<SessionId>,
    /// Those who hear it without being in it; ascending.
    pub subscribers: Vec<SessionId>,
    pub owner: Option<SessionId>,
}

impl Room {
    /// Everybody who hears what is said here, ascending and none twice. Comings and goings are
    /// the members' alone.
    pub fn listeners(&self) -> impl Iterator<Item = SessionId> {
        let mut members = self.members.iter().copied().peekable();
        let mut subscribers = self.subscribers.iter().copied().peekable();
        std::iter::from_fn(move || match (members.peek(), subscribers.peek()) {
            (Some(member), Some(subscriber)) if subscriber < member => subscribers.next(),
            (Some(member), Some(subscriber)) if subscriber == member => {
                subscribers.next();
                members.next()
            }
            (Some(_), _) => members.next(),
            (None, _) => subscribers.next(),
        })
    }
}

#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Rooms {
    slots: Slab<Room>,
    by_name: BTreeMap<NameKey, RoomId>,
}

impl Rooms {
    /// The room of that name, made if there is none.
    pub fn ensure(&mut self, name: &Name) -> RoomId {
        let key = name::key(name);
        if let Some(id) = self.by_name.get(&key) {
            return *id;
        }
        let slot = self.slots.insert(Room {
            name: name.clone(),
            members: Vec::new(),
            subscribers: Vec::new(),
            owner: None,
        });
        let id = RoomId(u32::try_from(slot).expect("rooms are limited far below 2^32"));
        self.by_name.insert(key, id);
        id
    }

    pub fn named(&self, name: &str) -> Option<RoomId> {
        self.by_name.get(&name::key(name)).copied()
    }

    pub fn get(&self, id: RoomId) -> &Room {
        &self.slots[id.0 as usize]
    }

    pub fn get_mut(&mut self, id: RoomId) -> &mut Room {
        &mut self.slots[id.0 as usize]
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All rooms by the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (RoomId, &Room)> {
        self.by_name.values().map(|id| (*id, self.get(*id)))
    }
}

/// Puts `one` into an ascending list; false when it was there.
pub fn insert_sorted<T: Ord>(list: &mut Vec<T>, one: T) -> bool {
    match list.binary_search(&one) {
        Ok(_) => false,
        Err(at) => {
            list.insert(at, one);
            true
        }
    }
}

/// Takes `one` out of an ascending list; false when it was not there.
pub fn remove_sorted<T: Ord>(list: &mut Vec<T>, one: &T) -> bool {
    match list.binary_search(one) {
        Ok(at) => {
            list.remove(at);
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_a_room_and_subscribed_hears_it_once() {
        let id = |slot| SessionId { slot, serial: slot };
        let room = Room {
            name: "lobby".into(),
            members: vec![id(1), id(3), id(5)],
            subscribers: vec![id(0), id(3), id(9)],
            owner: None,
        };
        assert_eq!(room.listeners().map(|s| s.slot).collect::<Vec<_>>(), [0, 1, 3, 5, 9]);
    }
}
