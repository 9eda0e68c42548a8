//! What the hub has decided, learned from what it has recorded, in that order.
//!
//! Knows no bytes and no table of the hub. Why from the record: it is the one
//! place where who had which name, and who was silenced, stands in the order in
//! which it happened; what people are told of it comes later.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;

use chatd::core::entry::{CommandRecord, Entry, Job, Outcome, Rows, Ticket};
use chatd::core::event::Edit;
use chatd::core::name::{self, NameKey};
use chatd::core::room::RoomRow;
use chatd::core::sanctions::{Sanction, SanctionKind, Who};
use chatd::core::time::Wall;

use super::ledger::{Token, token};
use super::world::PORT_FIRST;

/// A ban or a mute, and the session that it hit when it was made.
struct Held {
    sanction: Sanction,
    person: Option<usize>,
}

#[derive(Default)]
pub struct Journal {
    /// Who bears which name.
    holder: BTreeMap<NameKey, usize>,
    addresses: BTreeMap<usize, IpAddr>,
    wall: Wall,
    pub edit_window_ms: i64,
    /// Of rooms that do not say their own.
    pub capacity: u32,
    held: Vec<Held>,
    rooms: BTreeMap<NameKey, RoomRow>,
    /// How often a room of this name has been closed.
    closed: BTreeMap<NameKey, u64>,
    said_in: BTreeMap<Token, u64>,
    set_in: BTreeMap<Ticket, u64>,
    /// Whom a whisper was for.
    pub meant: BTreeMap<Token, BTreeSet<usize>>,
    /// What somebody who is banned must not hear.
    pub forbidden: BTreeSet<(usize, NameKey, u64)>,
    /// The capacities of the rooms that somebody went into, in that order.
    pub entered: BTreeMap<usize, VecDeque<u32>>,
    marks: BTreeMap<NameKey, BTreeMap<NameKey, u64>>,
    /// The marks that each newcomer is to be told.
    pub read: BTreeMap<usize, BTreeMap<NameKey, u64>>,
    editors: BTreeMap<Ticket, (Option<usize>, Wall)>,
    /// Who has changed a message as only those can who rule the room.
    pub ruled: BTreeSet<(usize, NameKey)>,
}

impl Journal {
    pub fn restart(&mut self, rows: &Rows) {
        self.holder.clear();
        self.held.clear();
        self.rooms = rows.rooms.iter().map(|(row, _)| (name::key(&row.name), row.clone())).collect();
        self.marks.clear();
        for mark in &rows.reads {
            let own = self.marks.entry(name::key(&mark.nick)).or_default();
            own.insert(name::key(&mark.room), mark.seq);
        }
    }

    pub fn arrives(&mut self, person: usize, address: IpAddr) {
        self.addresses.insert(person, address);
    }

    /// The time of this turn. What has ended once is not in force again when the clock is set back.
    pub fn set_wall(&mut self, wall: Wall) {
        self.wall = wall;
        self.held.retain(|held| !held.sanction.is_over(wall));
    }

    pub fn is_open(&self, room: &NameKey) -> bool {
        self.rooms.contains_key(room)
    }

    fn generation(&self, room: &NameKey) -> u64 {
        self.closed.get(room).copied().unwrap_or(0)
    }

    /// The hub wants this kept: it has just happened, or will when it is kept.
    pub fn note(&mut self, job: &Job) {
        match &job.entry {
            Entry::Command(record) if record.outcome == "ok" => self.command(record),
            Entry::Room(row) => {
                let key = name::key(&row.name);
                match job.ticket {
                    Some(ticket) => {
                        self.set_in.insert(ticket, self.generation(&key));
                    }
                    None => {
                        self.rooms.insert(key, row.clone());
                    }
                }
            }
            Entry::RoomClosed { room } => {
                let key = name::key(room);
                self.rooms.remove(&key);
                self.held.retain(|held| held.place() != Some(key.clone()));
                *self.closed.entry(key).or_default() += 1;
            }
            Entry::Sanction(sanction) => self.sanction(sanction.clone()),
            Entry::SanctionLifted { kind, who, room } => {
                let place = room.as_deref().map(name::key);
                self.held.retain(|held| !held.is(*kind, who, &place));
            }
            Entry::Message { message, fires: None, .. } => {
                let (room, text) = (name::key(&message.room), token(&message.text));
                self.said_in.extend(text.map(|token| (token, self.generation(&room))));
                self.may_speak(&message.from, Some(&room), &message.text);
            }
            // Whoever fell silent since they scheduled it.
            Entry::Message { message, fires: Some(_), .. } => {
                let (room, who) = (Some(name::key(&message.room)), Who::Nick(message.from.clone()));
                let silent =
                    |held: &Held| held.is(held.kind(), &who, &None) || held.is(held.kind(), &who, &room);
                assert!(!self.held.iter().any(silent), "{} is silenced: {:?}", message.from, message.text);
            }
            Entry::Whisper { whisper, .. } => {
                let token = token(&whisper.text).expect("every text begins with its number");
                // Who has lost the connection may be whispered to, and does not come back here.
                let holder = |nick| self.holder.get(&name::key(nick)).copied();
                let people = whisper.to.iter().filter_map(|nick| holder(nick)).collect();
                self.meant.insert(token, people);
                self.may_speak(&whisper.from, None, &whisper.text);
            }
            Entry::Edit { edit, .. } => {
                let editor = self.holder.get(&name::key(&edit.by)).copied();
                self.editors.extend(job.ticket.map(|ticket| (ticket, (editor, self.wall))));
            }
            _other => {}
        }
    }

    fn command(&mut self, record: &CommandRecord) {
        let port = record.door.rsplit(':').next().and_then(|port| port.parse::<usize>().ok());
        let Some(person) = port.map(|port| port - PORT_FIRST) else { return };
        match record.command.as_str() {
            "hello" => {
                self.holder.retain(|_, holder| *holder != person);
                self.holder.insert(name::key(&record.actor), person);
                let lobby = name::key("lobby");
                self.enters(person, &lobby);
                let marks = self.marks.get(&name::key(&record.actor)).cloned();
                self.read.insert(person, marks.unwrap_or_default());
                let place = |held: &Held| held.place().is_none() || held.place() == Some(lobby.clone());
                assert!(!self.held.iter().any(|held| self.bars(held, person, &record.actor) && place(held)));
            }
            "rename" => {
                self.holder.retain(|_, holder| *holder != person);
                self.holder.insert(name::key(&record.args), person);
            }
            "join" => {
                let room = name::key(&record.args);
                self.enters(person, &room);
                let there = |held: &Held| held.place() == Some(room.clone()) && held.person == Some(person);
                let banned = self.held.iter().any(|held| held.kind() == SanctionKind::Ban && there(held));
                assert!(!banned, "person {person} is banned from {room:?} and has come in");
            }
            _other => {}
        }
    }

    fn enters(&mut self, person: usize, room: &NameKey) {
        let own = self.rooms.get(room).and_then(|row| row.capacity);
        self.entered.entry(person).or_default().push_back(own.unwrap_or(self.capacity));
    }

    fn sanction(&mut self, sanction: Sanction) {
        let place = sanction.room.as_deref().map(name::key);
        self.held.retain(|held| !held.is(sanction.kind, &sanction.who, &place));
        let person = match &sanction.who {
            Who::Nick(nick) => self.holder.get(&name::key(nick)).copied(),
            Who::Network(_) => None,
        };
        self.held.push(Held { sanction, person });
    }

    /// Whether a ban hits this newcomer.
    fn bars(&self, held: &Held, person: usize, nick: &str) -> bool {
        let hits = match &held.sanction.who {
            Who::Nick(banned) => name::key(banned) == name::key(nick),
            Who::Network(network) => self.addresses.get(&person).is_some_and(|from| network.contains(*from)),
        };
        hits && held.kind() == SanctionKind::Ban
    }

    /// Nobody who is muted says anything that is kept.
    fn may_speak(&self, nick: &str, room: Option<&NameKey>, text: &str) {
        let Some(person) = self.holder.get(&name::key(nick)) else { return };
        let here = |held: &Held| held.place().is_none_or(|place| Some(&place) == room);
        let hit = |held: &Held| held.kind() == SanctionKind::Mute && held.person == Some(*person);
        assert!(!self.held.iter().any(|held| hit(held) && here(held)), "{nick} is muted and says {text:?}");
    }

    /// The disk has answered.
    pub fn answered(&mut self, ticket: Ticket, entry: &Entry, outcome: &Outcome) {
        if *outcome == Outcome::Failed {
            return;
        }
        match entry {
            Entry::Room(row) => {
                let key = name::key(&row.name);
                if self.set_in.remove(&ticket) == Some(self.generation(&key)) {
                    self.rooms.insert(key, row.clone());
                }
            }
            Entry::Read(mark) => {
                let own = self.marks.entry(name::key(&mark.nick)).or_default();
                let seq = own.entry(name::key(&mark.room)).or_default();
                *seq = mark.seq.max(*seq);
            }
            _other => {}
        }
    }

    /// Who changed what somebody else said, or too late, must rule there.
    pub fn edited(&mut self, ticket: Ticket, edit: &Edit, author: Option<usize>, said_at: i64) {
        let Some((Some(editor), asked_at)) = self.editors.remove(&ticket) else { return };
        let window_ms = self.edit_window_ms;
        if author != Some(editor) || window_ms > 0 && said_at < asked_at.0 - window_ms {
            self.ruled.insert((editor, name::key(&edit.room)));
        }
    }

    /// A message is heard now. Gives whether the room is private, and whether it is another room by now.
    pub fn delivered(&mut self, room: &NameKey, seq: u64, token: Token) -> (bool, bool) {
        for held in self.held.iter().filter(|held| held.kind() == SanctionKind::Ban) {
            if held.place().as_ref() == Some(room) {
                self.forbidden.extend(held.person.map(|person| (person, room.clone(), seq)));
            }
        }
        // Who knows the name of an unlisted room may come in.
        let private = self.rooms.get(room).is_some_and(|row| row.lock.is_some() || row.invite_only);
        let orphan = self.said_in.get(&token).is_some_and(|said| *said != self.generation(room));
        (private, orphan)
    }
}

impl Held {
    fn kind(&self) -> SanctionKind {
        self.sanction.kind
    }

    fn place(&self) -> Option<NameKey> {
        self.sanction.room.as_deref().map(name::key)
    }

    fn is(&self, kind: SanctionKind, who: &Who, place: &Option<NameKey>) -> bool {
        self.kind() == kind && self.sanction.who.key() == who.key() && self.place() == *place
    }
}
