//! People and programs that are here: one session each.
//!
//! A session knows no socket; it may outlive one. Why ids carry a serial beside
//! the slot: a slot is given out again, and an answer that comes late must not
//! reach its new owner.

use std::collections::HashMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use slab::Slab;
use smallvec::SmallVec;

use super::called::Called;
use super::effect::Origin;
use super::entry::{Author, Ticket};
use super::held::Lifeline;
use super::lang::Lang;
use super::missed::Gaps;
use super::name::{self, Name, NameKey};
use super::request::RequestId;
use super::room::RoomId;
use super::time::{Mono, Wall};

/// A session's place in the table and its number since the start; ordered by place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SessionId {
    pub slot: u32,
    pub serial: u32,
}

/// The way somebody came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Door {
    Text,
    Json,
    WebSocket,
    /// A WebSocket for simple clients.
    Simple,
    /// Requests of HTTP, each by itself: nobody, or the bearer of a token.
    Http,
    /// Server-sent events: it only listens.
    Events,
    /// The admin's socket.
    Control,
}

impl Door {
    /// Whether a program stands behind it that may lose the connection and come back by a token.
    pub fn is_resumed(self) -> bool {
        match self {
            Door::Json | Door::WebSocket | Door::Http => true,
            Door::Text | Door::Simple | Door::Events | Door::Control => false,
        }
    }

    /// Whether what this one does is told to them as to everybody: there is no other answer.
    pub fn hears_itself(self) -> bool {
        self == Door::Simple
    }

    /// Whether what is open to everybody can be read without a nickname.
    pub fn needs_no_nick(self) -> bool {
        matches!(self, Door::Http | Door::Events)
    }

    pub fn word(self) -> &'static str {
        match self {
            Door::Text => "text",
            Door::Json => "json",
            Door::WebSocket => "websocket",
            Door::Simple => "simple",
            Door::Http => "http",
            Door::Events => "events",
            Door::Control => "control",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Session {
    serial: u32,
    /// Who it is to the history, over all its connections.
    pub author: Author,
    pub door: Door,
    pub from: Origin,
    /// Somebody whose rooms this one may hear, too.
    pub sponsor: Option<SessionId>,
    /// None until hello, and always for the control socket.
    pub nick: Option<Name>,
    /// When it took that nickname.
    pub named: Wall,
    /// Which language it asked for.
    pub lang: Option<Lang>,
    /// By which it outlives a lost connection; only programs have one.
    pub lifeline: Option<Box<Lifeline>>,
    /// What it has missed and is being given.
    pub gaps: Option<Box<Gaps>>,
    /// In the order in which they were entered: the last one is where a line without a room goes.
    pub seats: SmallVec<[Seat; 1]>,
    /// Rooms that know of it although it is not in them.
    pub ties: Option<Box<Ties>>,
    /// Whom it is in a whisper session with.
    pub partner: Option<SessionId>,
    /// When the partner ended the last one.
    pub partner_left: Option<Mono>,
    /// It was asked whom to whisper to.
    pub asked_receiver: bool,
    /// Its newest message that the history has: what `/edit` is about.
    pub last_said: Option<(RoomId, u64)>,
    pub since: Wall,
    pub allowance: Allowance,
    /// Requests whose reply waits for the store, and pages that are being fetched.
    pub unanswered: u32,
    pub fetches: u32,
    /// The newest line of talk that went to the store.
    pub last_say: Option<Ticket>,
    /// It has said goodbye and goes when everything before that is answered.
    pub parting: Option<Box<Parting>>,
}

/// A room one is in.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Seat {
    pub room: RoomId,
    /// Counts who entered any room before: the lower, the more senior.
    pub order: u64,
    /// When something was last said there, for slow mode.
    pub spoke: Option<Mono>,
    /// The room's last seq when it was entered: what was said up to there was never meant for this one.
    pub from: u64,
}

/// What must be untied when a session ends; most have none of it.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub struct Ties {
    /// Rooms that it subscribed to, ascending.
    pub subscribed: Vec<RoomId>,
    /// Channels that it subscribed to whole, ascending.
    pub channels: Vec<NameKey>,
    /// Rooms that have invited it, and those it has made.
    pub invited: Vec<RoomId>,
    pub made: Vec<RoomId>,
}

/// A goodbye that waits for what was said before it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Parting {
    pub re: RequestId,
    pub text: Option<String>,
    pub quiet: bool,
}

impl SessionId {
    /// No session ever has this one.
    pub const NOBODY: SessionId = SessionId { slot: u32::MAX, serial: 0 };
}

impl Session {
    /// The seat in `room`; none for who is not there.
    pub fn seat(&self, room: RoomId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.room == room)
    }

    pub fn seat_mut(&mut self, room: RoomId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.room == room)
    }

    /// The address it comes from; none for this machine's users.
    pub fn address(&self) -> Option<IpAddr> {
        match self.from {
            Origin::Network(address) => Some(address.ip()),
            Origin::User { .. } => None,
        }
    }

    /// Whether its connection is lost, and it may come back.
    pub fn is_held(&self) -> bool {
        self.lifeline.as_ref().is_some_and(|lifeline| lifeline.held.is_some())
    }

    /// Whom messages and records name as the one who acted.
    pub fn actor(&self) -> Name {
        match (&self.nick, self.door) {
            (Some(nick), _) => nick.clone(),
            (None, Door::Control) => Name::from("admin"),
            (None, _nobody_yet) => Name::from("-"),
        }
    }

    /// Who comes in by the control socket is an admin.
    pub fn is_admin(&self) -> bool {
        self.door == Door::Control
    }

    /// The door and where it leads, as the record of commands keeps it.
    pub fn door_and_origin(&self) -> String {
        match self.from {
            Origin::Network(address) => format!("{} {address}", self.door.word()),
            Origin::User { uid } => format!("{} uid {uid}", self.door.word()),
        }
    }
}

/// A token bucket in thousandths of a request: `burst` at once, `rate` a second (0: no limit).
#[derive(Clone, Copy, Default, Debug, Serialize, Deserialize)]
pub struct Allowance {
    used_milli: u32,
    at: Mono,
    /// Refusals since the last request that was let through.
    pub refusals: u32,
}

impl Allowance {
    /// Takes `cost` requests, or says after how many milliseconds they could be had.
    pub fn take(&mut self, now: Mono, cost: u32, rate: u32, burst: u32) -> Result<(), u64> {
        if rate == 0 {
            return Ok(());
        }
        let regained = now.since_ms(self.at).saturating_mul(u64::from(rate));
        self.used_milli = self.used_milli.saturating_sub(u32::try_from(regained).unwrap_or(u32::MAX));
        self.at = now;
        let wanted = self.used_milli.saturating_add(cost * 1000);
        // What costs more than the burst is still to be had once nothing is used.
        let full = burst.max(cost) * 1000;
        if wanted > full {
            self.refusals += 1;
            return Err(u64::from((wanted - full).div_ceil(rate)));
        }
        self.used_milli = wanted;
        self.refusals = 0;
        Ok(())
    }
}

/// All sessions, and who has which nick.
#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Sessions {
    slots: Slab<Session>,
    by_nick: HashMap<NameKey, SessionId>,
    by_word: Called,
    opened: u32,
}

impl Sessions {
    pub fn open(
        &mut self,
        door: Door,
        from: Origin,
        sponsor: Option<SessionId>,
        since: Wall,
        run: u64,
    ) -> SessionId {
        self.opened += 1;
        let serial = self.opened;
        let author = Author { run: u32::try_from(run).unwrap_or(u32::MAX), serial };
        let slot = self.slots.insert(Session {
            serial,
            author,
            door,
            from,
            sponsor,
            nick: None,
            named: since,
            lang: None,
            lifeline: None,
            gaps: None,
            seats: SmallVec::new(),
            ties: None,
            partner: None,
            partner_left: None,
            asked_receiver: false,
            last_said: None,
            since,
            allowance: Allowance::default(),
            unanswered: 0,
            fetches: 0,
            last_say: None,
            parting: None,
        });
        SessionId { slot: u32::try_from(slot).expect("connections are limited far below 2^32"), serial }
    }

    /// Somebody of an earlier run of the daemon, without a connection.
    pub fn open_again(&mut self, author: Author, since: Wall) -> SessionId {
        let id = self.open(Door::Json, Origin::User { uid: u32::MAX }, None, since, 0);
        self.slots[id.slot as usize].author = author;
        id
    }

    pub fn get(&self, id: SessionId) -> Option<&Session> {
        self.slots.get(id.slot as usize).filter(|session| session.serial == id.serial)
    }

    pub fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.slots.get_mut(id.slot as usize).filter(|session| session.serial == id.serial)
    }

    pub fn named(&self, key: &NameKey) -> Option<SessionId> {
        self.by_nick.get(key).copied()
    }

    /// Whose nickname this is but for capitals.
    pub fn called(&self, word: &str) -> Option<SessionId> {
        self.by_word.get(word)
    }

    /// How many have a nick.
    pub fn people(&self) -> usize {
        self.by_nick.len()
    }

    /// All sessions in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (SessionId, &Session)> {
        self.slots
            .iter()
            .map(|(slot, session)| (SessionId { slot: slot as u32, serial: session.serial }, session))
    }

    /// Gives a session a nick, or another one. The caller has checked that it is free.
    pub fn set_nick(&mut self, id: SessionId, nick: Name) {
        let Some(session) = self.slots.get_mut(id.slot as usize) else { return };
        if let Some(old) = session.nick.replace(nick.clone()) {
            self.by_nick.remove(&name::key(&old));
            self.by_word.remove(&old.to_lowercase());
        }
        self.by_word.insert(&nick.to_lowercase(), id);
        let before = self.by_nick.insert(name::key(&nick), id);
        assert!(before.is_none(), "the nick {nick} was given twice");
    }

    pub fn remove(&mut self, id: SessionId) -> Option<Session> {
        self.get(id)?;
        let session = self.slots.remove(id.slot as usize);
        if let Some(nick) = &session.nick {
            self.by_nick.remove(&name::key(nick));
            self.by_word.remove(&nick.to_lowercase());
        }
        Some(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_refills() {
        let mut allowance = Allowance::default();
        for _ in 0..30 {
            assert_eq!(allowance.take(Mono(0), 1, 10, 30), Ok(()));
        }
        assert_eq!(allowance.take(Mono(0), 1, 10, 30), Err(100));
        assert_eq!(allowance.refusals, 1);
        assert_eq!(allowance.take(Mono(100), 1, 10, 30), Ok(()));
        assert_eq!(allowance.take(Mono(100), 1, 10, 30), Err(100));
        assert_eq!(allowance.take(Mono(100), 1, 0, 0), Ok(()), "rate 0 is no limit");
    }

    #[test]
    fn a_late_answer_does_not_reach_the_new_owner_of_a_slot() {
        let mut sessions = Sessions::default();
        let from = Origin::User { uid: 0 };
        let first = sessions.open(Door::Text, from, None, Wall(0), 1);
        sessions.remove(first);
        let second = sessions.open(Door::Text, from, None, Wall(0), 1);
        assert_eq!(first.slot, second.slot);
        assert!(sessions.get(first).is_none());
        assert!(sessions.remove(first).is_none());
        assert!(sessions.get(second).is_some());
    }
}
