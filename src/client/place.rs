//! Where a person is: in one room, as with `nc`, and perhaps in a whisper session.
//!
//! Knows no words. Why the former room is left only when the next one is entered:
//! a room that is locked or full must not cost the one that somebody is in.

use std::time::{Duration, Instant};

use super::ask::Ask;
use super::session::{Now, Phase, Session};
use crate::core::event::Event;
use crate::core::name::Name;
use crate::core::sanctions::SanctionKind;
use crate::core::table;
use crate::core::whispers::Listens;
use crate::limits::WHISPER_END_CROSSED_MS;

/// The rooms of a person. The server keeps a program in as many as it joins; a person at a line
/// of text has one.
pub(super) struct Place {
    /// The room that plain lines are said in.
    pub(super) room: Name,
    /// Where everybody lands.
    pub(super) home: Name,
    /// Rooms that are being left; what is said there is no longer for this person.
    leaving: Vec<Name>,
    /// It was put out of its room while it was leaving another.
    nowhere: bool,
    /// The person whose window is looked at.
    pub(super) facing: Option<Name>,
}

/// Whom plain lines go to in place of the room.
#[derive(Default)]
pub(super) struct Whispers {
    pub(super) partner: Option<Name>,
    /// When the partner ended the last session.
    parted: Option<Instant>,
    /// The person was asked whom to whisper to.
    pub(super) asked: bool,
}

impl Place {
    pub(super) fn nowhere() -> Place {
        let (room, home) = (Name::from(""), Name::from(""));
        Place { room, home, leaving: Vec::new(), nowhere: false, facing: None }
    }

    /// Back after a lost connection: gives the rooms that the server has kept it in besides.
    pub(super) fn is_only_in(&mut self, rooms: &[Name]) -> Vec<Name> {
        self.nowhere = false;
        self.leaving = rooms.iter().filter(|room| **room != self.room).cloned().collect();
        self.leaving.clone()
    }

    fn is_leaving(&self, room: &Name) -> bool {
        *room != self.room && self.leaving.contains(room)
    }
}

impl Whispers {
    pub(super) fn opened(&mut self, partner: &Name) {
        self.partner = Some(partner.clone());
        self.parted = None;
    }

    /// Ended by this side.
    pub(super) fn closed(&mut self) {
        self.partner = None;
        self.parted = None;
    }
}

impl Session {
    /// What a plain line means just now.
    pub(super) fn listens(&self, now: Now) -> Listens {
        let crossed = Duration::from_millis(WHISPER_END_CROSSED_MS);
        let whispers = &self.whispers;
        if self.phase == Phase::Naming {
            Listens::Nick
        } else if whispers.asked {
            Listens::Receiver
        } else if self.spoken_to().is_some() {
            Listens::Partner
        } else if whispers.parted.is_some_and(|at| now.mono.saturating_duration_since(at) <= crossed) {
            Listens::Parted
        } else {
            Listens::Room
        }
    }

    /// Whom a plain line goes to in place of a room.
    pub(super) fn spoken_to(&self) -> Option<&Name> {
        let person = if self.setup.windows { &self.place.facing } else { &self.whispers.partner };
        person.as_ref()
    }

    /// Whether the next line may mean something else once what was asked is answered.
    pub(super) fn is_moving(&self) -> bool {
        let moves = [&table::JOIN, &table::ROOM_CREATE, &table::WHISPER_OPEN, &table::WHISPER_CLOSE];
        self.place.nowhere || self.unanswered().any(|ask| moves.contains(&ask.row))
    }

    /// A room was entered: the former one is left.
    pub(super) fn moved(&mut self, room: &Name, now: Now) {
        self.place.nowhere = false;
        let former = std::mem::replace(&mut self.place.room, room.clone());
        if self.setup.windows {
            self.place.facing = None;
        } else if former != *room {
            self.ask(Ask::leave(&former), None, now);
            self.place.leaving.push(former);
        }
    }

    /// A room has let go, or was not one to be left.
    pub(super) fn left(&mut self, room: &str, now: Now) {
        self.goes_out_of(room);
        let place = &mut self.place;
        if let Some(found) = place.leaving.iter().position(|leaving| **leaving == *room) {
            place.leaving.swap_remove(found);
        }
        if place.leaving.is_empty() && std::mem::take(&mut place.nowhere) {
            let home = place.home.clone();
            self.ask(Ask::join(&home), None, now);
        }
    }

    /// Whether an event tells of a room that this person has just left.
    pub(super) fn is_behind(&self, event: &Event) -> bool {
        let room = match event {
            Event::Message(message) => Some(&message.room),
            Event::Missed(message) => Some(&message.room),
            Event::Edited(edit) => Some(&edit.room),
            Event::Joined { room, .. }
            | Event::Left { room, .. }
            | Event::RoleChanged { room, .. }
            | Event::Topic { room, .. }
            | Event::RoomChanged { room, .. } => Some(room),
            Event::Kicked { room, .. } => room.as_ref(),
            Event::Sanctioned { sanction, .. } => sanction.room.as_ref(),
            Event::Yours(_)
            | Event::Whisper(_)
            | Event::Offer(_)
            | Event::Transfer(_)
            | Event::WhisperOpened { .. }
            | Event::WhisperClosed { .. }
            | Event::RoomCreated { .. }
            | Event::RoomClosed { .. }
            | Event::Moved { .. }
            | Event::Renamed { .. }
            | Event::Announcement { .. }
            | Event::Notice { .. } => None,
        };
        room.is_some_and(|room| self.place.is_leaving(room))
    }

    /// Whether an event, which the server tells everybody alike, is about this person.
    pub(super) fn is_mine(&self, event: &Event) -> bool {
        match event {
            Event::Kicked { nick, .. }
            | Event::Sanctioned { nick, .. }
            | Event::RoleChanged { nick, .. }
            | Event::Moved { nick, .. } => Some(nick) == self.nick.as_ref(),
            Event::Renamed { from, .. } => Some(from) == self.nick.as_ref(),
            Event::RoomClosed { room, .. } => *room == self.place.room || self.rooms.contains_key(room),
            Event::Yours(_) => true,
            Event::Message(_)
            | Event::Missed(_)
            | Event::Edited(_)
            | Event::Whisper(_)
            | Event::Offer(_)
            | Event::Transfer(_)
            | Event::WhisperOpened { .. }
            | Event::WhisperClosed { .. }
            | Event::Joined { .. }
            | Event::Left { .. }
            | Event::Topic { .. }
            | Event::RoomCreated { .. }
            | Event::RoomChanged { .. }
            | Event::Announcement { .. }
            | Event::Notice { .. } => false,
        }
    }

    /// What an event changes about where this person is and whom they whisper with.
    pub(super) fn follow(&mut self, event: &Event, now: Now) {
        let mine = self.is_mine(event);
        self.keeps_up(event);
        match event {
            Event::Moved { room, .. } => {
                self.place.room = room.room.clone();
                self.place.nowhere = false;
                self.goes_into(room, now);
            }
            Event::Kicked { room: Some(room), .. } if mine => self.put_out(room),
            Event::Sanctioned { sanction, .. } if mine && sanction.kind == SanctionKind::Ban => {
                if let Some(room) = &sanction.room {
                    self.put_out(room);
                }
            }
            Event::RoomClosed { room, .. } if mine => self.put_out(room),
            Event::WhisperOpened { nick, .. } => self.whispers.opened(nick),
            Event::WhisperClosed { .. } => {
                self.whispers.partner = None;
                self.whispers.parted = Some(now.mono);
            }
            Event::Renamed { from, to, .. } if self.whispers.partner.as_ref() == Some(from) => {
                self.whispers.partner = Some(to.clone());
            }
            _no_move => {}
        }
    }

    /// The server puts whoever is nowhere into the default room, and says so. Who is still in the
    /// room before this one is somewhere: then it is for this side to see when that is over.
    fn put_out(&mut self, room: &Name) {
        self.goes_out_of(room);
        self.place.nowhere |= *room == self.place.room && !self.place.leaving.is_empty();
    }
}
