//! Rooms: who is in them, who listens, and how they are kept.
//!
//! A room holds no messages: the history does, and outlives it. Why members are
//! a sorted list: it is the audience of most events, ready to be handed on.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use slab::Slab;
use uuid::{Builder, Uuid};

use super::entry::PastRoom;
use super::name::{self, Name, NameKey};
use super::reply::{Listing, Role};
use super::session::SessionId;
use super::time::Mono;

/// A room's place in the table and its number since the start: a place is given out again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RoomId {
    slot: u32,
    serial: u32,
}

/// What of an open room outlives the daemon.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoomRow {
    pub name: Name,
    pub topic: String,
    /// Members; 0: no limit, none: what the configuration says.
    pub capacity: Option<u32>,
    /// A digest of the password, see [`lock`].
    pub lock: Option<String>,
    pub listed: bool,
    pub invite_only: bool,
    /// The least time between two messages of one member, in milliseconds; 0: none.
    pub slow_ms: u64,
    /// It stays when everybody has left.
    pub kept: bool,
    /// What was said up to this seq belongs to an earlier room of the name, and was not for everybody.
    pub floor: u64,
}

impl RoomRow {
    pub fn new(name: Name) -> RoomRow {
        RoomRow {
            name,
            topic: String::new(),
            capacity: None,
            lock: None,
            listed: true,
            invite_only: false,
            slow_ms: 0,
            kept: false,
            floor: 0,
        }
    }

    /// Not everybody may know what is said here.
    pub fn is_private(&self) -> bool {
        self.lock.is_some() || self.invite_only || !self.listed
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Room {
    pub id: Uuid,
    pub row: RoomRow,
    /// The row as it will be when what is on its way to the disk has come there.
    pub planned: Option<RoomRow>,
    /// Ascending.
    pub members: Vec<SessionId>,
    /// Those who hear it without being in it; ascending.
    pub subscribers: Vec<SessionId>,
    pub owner: Option<SessionId>,
    /// Ascending, and members all of them.
    pub moderators: Vec<SessionId>,
    /// Who may come in although it is locked or by invitation; ascending.
    pub invited: Vec<SessionId>,
    /// The last seq of its history.
    pub last: u64,
    /// The address of whoever made it without a nickname.
    pub nobody_at: Option<IpAddr>,
    /// When it goes, unless somebody comes.
    empty_until: Option<Mono>,
}

impl Room {
    pub fn name(&self) -> &Name {
        &self.row.name
    }

    pub fn has(&self, session: SessionId) -> bool {
        self.members.binary_search(&session).is_ok()
    }

    /// The row as it is, or as it will be when what is on its way to the disk has come there.
    pub fn coming(&self) -> &RoomRow {
        self.planned.as_ref().unwrap_or(&self.row)
    }

    /// Changes the row, and what is on its way to the disk; false when that made no difference.
    pub fn amend(&mut self, change: impl Fn(&mut RoomRow)) -> bool {
        let before = self.coming().clone();
        std::iter::once(&mut self.row).chain(&mut self.planned).for_each(change);
        *self.coming() != before
    }

    /// Whether it goes when nobody comes.
    pub fn lingers(&self) -> bool {
        self.empty_until.is_some()
    }

    /// What this one is here; none for those who are not in it and do not own it.
    pub fn role(&self, session: SessionId) -> Option<Role> {
        if self.owner == Some(session) {
            Some(Role::Owner)
        } else if self.moderators.binary_search(&session).is_ok() {
            Some(Role::Moderator)
        } else {
            self.has(session).then_some(Role::Member)
        }
    }

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

    /// As a list of rooms shows it; `capacity` is the configuration's, `owner` the owner's nick.
    pub fn listing(&self, capacity: u32, owner: Option<Name>) -> Listing {
        let row = &self.row;
        Listing {
            room: row.name.clone(),
            id: self.id,
            topic: row.topic.clone(),
            members: self.members.len(),
            capacity: row.capacity.unwrap_or(capacity),
            owner,
            listed: row.listed,
            locked: row.lock.is_some(),
            invite_only: row.invite_only,
            slow_ms: row.slow_ms,
            kept: row.kept,
        }
    }
}

/// All rooms, open and gone.
#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Rooms {
    slots: Slab<(u32, Room)>,
    by_name: BTreeMap<NameKey, RoomId>,
    by_id: BTreeMap<Uuid, RoomId>,
    past: BTreeMap<NameKey, PastRoom>,
    /// Who hears every room of a channel that they may; ascending.
    watchers: BTreeMap<NameKey, Vec<SessionId>>,
    lingering: BTreeSet<(Mono, RoomId)>,
    opened: u32,
    /// As an id, which JSON can hold: its numbers end at 64 bits.
    database: Uuid,
}

impl Rooms {
    pub fn restore(database: u128, open: Vec<(RoomRow, u64)>, past: Vec<PastRoom>) -> Rooms {
        let past = past.into_iter().map(|room| (name::key(&room.room), room)).collect();
        let mut rooms = Rooms { past, database: Uuid::from_u128(database), ..Rooms::default() };
        for (row, last) in open {
            let id = rooms.open(row);
            rooms.get_mut(id).last = last;
        }
        rooms
    }

    /// The database's own number.
    pub fn database(&self) -> u128 {
        self.database.as_u128()
    }

    /// Opens a room under a name that no open one has. Its history goes on where an earlier room of
    /// the name left it.
    pub fn open(&mut self, row: RoomRow) -> RoomId {
        let key = name::key(&row.name);
        assert!(!self.by_name.contains_key(&key), "the room {} was opened twice", row.name);
        let last = self.past.remove(&key).map_or(0, |past| past.last);
        let channel = name::channel(&row.name).map(name::key);
        let watchers = channel.and_then(|channel| self.watchers.get(&channel));
        let room = Room {
            id: derived_id(self.database(), &key),
            subscribers: watchers.filter(|_| !row.is_private()).cloned().unwrap_or_default(),
            row,
            planned: None,
            members: Vec::new(),
            owner: None,
            moderators: Vec::new(),
            invited: Vec::new(),
            last,
            nobody_at: None,
            empty_until: None,
        };
        self.opened += 1;
        let serial = self.opened;
        let slot = self.slots.insert((serial, room));
        let id = RoomId { slot: u32::try_from(slot).expect("rooms are limited far below 2^32"), serial };
        self.by_id.insert(self.get(id).id, id);
        self.by_name.insert(key, id);
        id
    }

    /// The id that a room of this name has or would have.
    pub fn id_of(&self, name: &str) -> Uuid {
        derived_id(self.database(), &name::key(name))
    }

    /// Takes an open room away; what was said in it stays known.
    pub fn close(&mut self, id: RoomId) -> Room {
        self.occupied(id);
        let (_, room) = self.slots.remove(id.slot as usize);
        let key = name::key(&room.row.name);
        self.by_name.remove(&key);
        self.by_id.remove(&room.id);
        // What is on its way to the disk comes there before the end does.
        let row = room.coming();
        let (private, floor) = (row.is_private(), row.floor);
        let past = PastRoom { room: row.name.clone(), last: room.last, private, floor };
        self.past.insert(key, past);
        room
    }

    /// The seq of an earlier room of this name up to which what was said stays its members'.
    pub fn floor(&self, name: &str) -> u64 {
        let past = self.past.get(&name::key(name));
        past.map_or(0, |past| if past.private { past.last } else { past.floor })
    }

    pub fn past(&self, name: &str) -> Option<&PastRoom> {
        self.past.get(&name::key(name))
    }

    /// Those that left something, by name.
    pub fn all_past(&self) -> impl Iterator<Item = &PastRoom> {
        self.past.values().filter(|past| past.last > 0)
    }

    /// Forgets names under which nothing was ever said.
    pub fn forget_silent(&mut self) {
        self.past.retain(|_, past| past.last > 0);
    }

    /// The history of a room has grown; it may be closed by now. When another room has its name meanwhile, what
    /// was said before is not for that one: the other one comes back, with its row to be recorded.
    pub fn note_seq(&mut self, id: RoomId, name: &Name, seq: u64) -> Option<RoomId> {
        if let Some(room) = self.find_mut(id) {
            room.last = room.last.max(seq);
        } else if let Some(open) = self.named(name) {
            let room = self.get_mut(open);
            room.last = room.last.max(seq);
            room.amend(|row| row.floor = row.floor.max(seq));
            return Some(open);
        } else {
            // Where nothing is known of it any more, it is not for everybody.
            let unknown = PastRoom { room: name.clone(), last: 0, private: true, floor: 0 };
            let past = self.past.entry(name::key(name)).or_insert(unknown);
            past.last = past.last.max(seq);
        }
        None
    }

    /// The history of a room was brought in from elsewhere, and is now as `found` says. Where a room of the name
    /// is open, it comes back if its row is to be recorded: what was not for everybody stays so.
    pub fn take_in(&mut self, found: PastRoom) -> Option<RoomId> {
        let Some(open) = self.named(&found.room) else {
            self.past.insert(name::key(&found.room), found);
            return None;
        };
        let room = self.get_mut(open);
        room.last = room.last.max(found.last);
        let hidden = found.private && !room.coming().is_private();
        let floor = if hidden { found.last } else { found.floor };
        room.amend(|row| row.floor = row.floor.max(floor)).then_some(open)
    }

    /// The open room of this name, or of this id, which is too long for a name.
    pub fn named(&self, name: &str) -> Option<RoomId> {
        if let Some(id) = Some(name).filter(|name| name.len() == ID_BYTES).and_then(|name| name.parse().ok())
        {
            return self.by_id.get(&id).copied();
        }
        self.by_name.get(&name::key(name)).copied()
    }

    /// None when it has been closed.
    pub fn find(&self, id: RoomId) -> Option<&Room> {
        self.slots.get(id.slot as usize).filter(|(serial, _)| *serial == id.serial).map(|(_, room)| room)
    }

    pub fn find_mut(&mut self, id: RoomId) -> Option<&mut Room> {
        let slot = self.slots.get_mut(id.slot as usize).filter(|(serial, _)| *serial == id.serial);
        slot.map(|(_, room)| room)
    }

    fn occupied(&self, id: RoomId) -> &Room {
        self.find(id).expect("whoever names a room by its id has just found it open")
    }

    pub fn get(&self, id: RoomId) -> &Room {
        self.occupied(id)
    }

    pub fn get_mut(&mut self, id: RoomId) -> &mut Room {
        self.find_mut(id).expect("whoever names a room by its id has just found it open")
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All open rooms by the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (RoomId, &Room)> {
        self.by_name.values().map(|id| (*id, self.occupied(*id)))
    }

    /// The open rooms of a channel.
    pub fn of_channel(&self, channel: &NameKey) -> Vec<RoomId> {
        let here = |room: &Room| name::channel(&room.row.name).is_some_and(|of| name::key(of) == *channel);
        self.iter().filter(|(_, room)| here(room)).map(|(id, _)| id).collect()
    }

    /// Somebody is to hear the rooms of a channel, also those to come; or no longer.
    pub fn watch(&mut self, channel: &NameKey, session: SessionId, on: bool) {
        if on {
            insert_sorted(self.watchers.entry(channel.clone()).or_default(), session);
        } else if let Some(watchers) = self.watchers.get_mut(channel) {
            remove_sorted(watchers, &session);
            if watchers.is_empty() {
                self.watchers.remove(channel);
            }
        }
    }

    pub fn watchers(&self, channel: &NameKey) -> &[SessionId] {
        self.watchers.get(channel).map_or(&[], Vec::as_slice)
    }

    /// Says when an empty room goes; none: it stays.
    pub fn linger(&mut self, id: RoomId, until: Option<Mono>) {
        let room = self.find_mut(id).expect("whoever names a room by its id has just found it open");
        let before = std::mem::replace(&mut room.empty_until, until);
        if let Some(before) = before {
            self.lingering.remove(&(before, id));
        }
        if let Some(until) = until {
            self.lingering.insert((until, id));
        }
    }

    /// The empty room whose time comes first.
    pub fn next_to_go(&self) -> Option<(Mono, RoomId)> {
        self.lingering.first().copied()
    }
}

/// An id as it is written, with its dashes (RFC 9562 §4).
const ID_BYTES: usize = 36;

/// A room's id: a UUID of version 8 (RFC 9562 §5.8) out of the database's number and the name, so that a room
/// has the same one whenever it is opened.
fn derived_id(database: u128, key: &NameKey) -> Uuid {
    let digest = Sha256::new().chain_update(database.to_be_bytes()).chain_update(key.as_str()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// What is kept of a room's password: who can read the database reads all that was said in the room, so this only
/// hides a password that is used elsewhere as well, and a quick digest with the room as its salt will do.
pub fn lock(room: Uuid, password: &str) -> String {
    let digest = Sha256::new().chain_update(room.as_bytes()).chain_update(password).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
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

    fn id(slot: u32) -> SessionId {
        SessionId { slot, serial: slot }
    }

    #[test]
    fn who_is_in_a_room_and_subscribed_hears_it_once() {
        let mut rooms = Rooms::default();
        let room = rooms.open(RoomRow::new("lobby".into()));
        let room = rooms.get_mut(room);
        room.members = vec![id(1), id(3), id(5)];
        room.subscribers = vec![id(0), id(3), id(9)];
        assert_eq!(room.listeners().map(|s| s.slot).collect::<Vec<_>>(), [0, 1, 3, 5, 9]);
    }

    #[test]
    fn a_name_opened_again_is_another_room_with_the_same_history() {
        let mut rooms = Rooms::default();
        let first = rooms.open(RoomRow { invite_only: true, ..RoomRow::new("den".into()) });
        let uuid = rooms.get(first).id;
        rooms.note_seq(first, &"den".into(), 7);
        rooms.close(first);
        assert!(rooms.find(first).is_none());
        // What was on its way to the disk when it closed.
        rooms.note_seq(first, &"den".into(), 8);
        assert_eq!(rooms.floor("Den"), 8);
        let second = rooms.open(RoomRow::new("Den".into()));
        // What was still on its way when it opened again belongs to the first one.
        assert_eq!(rooms.note_seq(first, &"den".into(), 8), Some(second));
        assert_eq!(rooms.get(second).row.floor, 8);
        assert_ne!(first, second);
        assert_eq!((rooms.get(second).last, rooms.get(second).id), (8, uuid));
        // A public room after it does not open what the private one closed.
        rooms.close(second);
        let third = rooms.open(RoomRow { floor: 8, ..RoomRow::new("den".into()) });
        rooms.note_seq(third, &"den".into(), 9);
        rooms.close(third);
        assert_eq!(rooms.floor("den"), 8);
    }

    #[test]
    fn ids_and_locks() {
        let uuid = derived_id(1, &name::key("lobby"));
        assert_eq!(uuid.get_version_num(), 8);
        assert_ne!(uuid, derived_id(2, &name::key("lobby")));
        assert_ne!(lock(uuid, "x"), lock(derived_id(2, &name::key("lobby")), "x"));
    }

    #[test]
    fn watchers_of_a_channel_hear_its_new_rooms_but_not_the_private_ones() {
        let mut rooms = Rooms::default();
        rooms.watch(&name::key("design"), id(4), true);
        let open = rooms.open(RoomRow::new("Design/ui".into()));
        assert_eq!(rooms.get(open).subscribers, [id(4)]);
        let private = RoomRow { listed: false, ..RoomRow::new("design/secret".into()) };
        let private = rooms.open(private);
        assert!(rooms.get(private).subscribers.is_empty());
        assert_eq!(rooms.of_channel(&name::key("DESIGN")).len(), 2);
        rooms.watch(&name::key("design"), id(4), false);
        assert!(rooms.watchers(&name::key("design")).is_empty());
    }
}
