//! Those who have lost the connection, and what waits for them; over a restart as well.
//!
//! Knows no token, only its digest. Why they stay in the table without a connection: whoever
//! comes back is the same one, to the rooms, to the partner of a whisper session and to the history.

use serde::{Deserialize, Serialize};

use super::effect::Effects;
use super::entry::{Author, Entry};
use super::event::LeftReason;
use super::hub::Hub;
use super::lang::Lang;
use super::name::{self, Name};
use super::reply::Role;
use super::room::RoomId;
use super::session::{Seat, SessionId};
use super::time::{Mono, Wall};
use crate::limits::HELD_MAX;

/// By which a session outlives its connection.
#[derive(Debug, Serialize, Deserialize)]
pub struct Lifeline {
    /// The digest of its token.
    pub(super) token: String,
    /// The one before, until the client must have the new one: the answer may have been lost.
    pub(super) former: Option<String>,
    /// How many tokens it has had, and when the last one was given.
    pub(super) tokens: u32,
    pub(super) given: Mono,
    /// The last whisper that was handed to it.
    pub whisper: u64,
    /// It has lost the connection.
    pub held: Option<Held>,
}

/// What waits for one who has lost the connection.
#[derive(Debug, Serialize, Deserialize)]
pub struct Held {
    pub until: Mono,
    pub seats: Vec<HeldSeat>,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct HeldSeat {
    pub seat: Seat,
    pub moderator: bool,
    /// The room's last seq when the connection was lost.
    pub last: u64,
}

/// What of a session outlives the daemon.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SessionRow {
    pub author: Author,
    /// The SHA-256 of its token, in hexadecimal.
    pub token: String,
    /// The one before, while it may still be used.
    pub former: Option<String>,
    pub nick: Name,
    pub named: Wall,
    pub since: Wall,
    pub lang: Option<Lang>,
    /// The other one of its whisper session, who may come back as well.
    pub partner: Option<Author>,
    pub seats: Vec<SeatRow>,
}

/// A room that it was in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SeatRow {
    pub room: Name,
    pub order: u64,
    pub from: u64,
    /// Owner or moderator.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub role: Option<Role>,
}

impl Hub {
    /// Whether this one may come back when its connection is lost.
    pub(super) fn may_come_back(&self, id: SessionId) -> bool {
        let session = self.sessions.get(id);
        self.settings.resume_ms > 0 && session.is_some_and(|one| one.nick.is_some() && one.lifeline.is_some())
    }

    /// The connection is lost: the others see it at once, but nickname, rooms and whisper session wait.
    pub(super) fn hold(&mut self, id: SessionId, out: &mut Effects) {
        let until = self.now().mono.after_ms(self.settings.resume_ms);
        self.sever(id);
        let Some(session) = self.sessions.get(id) else { return };
        let held = |seat: &Seat| {
            let room = self.rooms.get(seat.room);
            let moderator = room.moderators.binary_search(&id).is_ok();
            HeldSeat { seat: *seat, moderator, last: room.last }
        };
        let seats: Vec<HeldSeat> = session.seats.iter().map(held).collect();
        let rooms: Vec<_> = seats.iter().map(|held| held.seat.room).collect();
        if let Some(lifeline) = self.sessions.get_mut(id).and_then(|session| session.lifeline.as_mut()) {
            lifeline.held = Some(Held { until, seats });
        }
        self.held.insert((until, id));
        for room in rooms {
            self.exit(id, room, Some((LeftReason::Lost, None)), out);
        }
        self.unhear_all(id);
        if self.held.len() > HELD_MAX
            && let Some((_, first)) = self.held.first().copied()
        {
            self.let_go(first, out);
        }
    }

    /// When the next one is waited for no longer.
    pub(super) fn next_to_let_go(&self) -> Option<Mono> {
        self.held.first().map(|(until, _)| *until)
    }

    pub(super) fn let_go_of_late(&mut self, out: &mut Effects) {
        while let Some((until, id)) = self.held.first().copied()
            && until <= self.now().mono
        {
            self.let_go(id, out);
        }
    }

    /// Somebody who has lost the connection does not come back.
    pub(super) fn let_go(&mut self, id: SessionId, out: &mut Effects) {
        self.go(id, Some((LeftReason::Lost, None)), out);
        self.remove(id);
    }

    /// The rooms that waited for this one as their owner go on to others.
    pub(super) fn give_up_held_seats(&mut self, id: SessionId, out: &mut Effects) {
        let lifeline = self.sessions.get_mut(id).and_then(|session| session.lifeline.as_mut());
        let Some(held) = lifeline.and_then(|lifeline| lifeline.held.take()) else { return };
        self.held.remove(&(held.until, id));
        for one in held.seats {
            let room = one.seat.room;
            if self.rooms.find(room).is_some_and(|room| room.owner == Some(id)) {
                self.pass_on(room, out);
            }
        }
    }

    /// A room is gone: nobody comes back into it.
    pub(super) fn forget_held_seats(&mut self, room: RoomId) {
        let held: Vec<SessionId> = self.held.iter().map(|(_, id)| *id).collect();
        for id in held {
            let lifeline = self.sessions.get_mut(id).and_then(|session| session.lifeline.as_mut());
            let Some(held) = lifeline.and_then(|lifeline| lifeline.held.as_mut()) else { continue };
            let before = held.seats.len();
            held.seats.retain(|one| one.seat.room != room);
            if held.seats.len() != before {
                self.touch(id);
            }
        }
    }

    /// Something of this session that outlives the daemon has changed, or may have.
    pub(super) fn touch(&mut self, id: SessionId) {
        if self.sessions.get(id).is_some_and(|session| session.lifeline.is_some()) {
            self.touched.insert(id);
        }
    }

    /// Takes a session out of the table.
    pub(super) fn remove(&mut self, id: SessionId) {
        self.gapped.remove(&id);
        let Some(session) = self.sessions.remove(id) else { return };
        let Some(lifeline) = session.lifeline else { return };
        self.tokens.remove(&lifeline.token);
        if let Some(former) = lifeline.former {
            self.tokens.remove(&former);
        }
        if let Some(held) = lifeline.held {
            self.held.remove(&(held.until, id));
        }
        self.ended.push(session.author);
    }

    /// What this `apply` has changed of those who may come back is kept with all else that it records.
    pub(super) fn record_sessions(&mut self, out: &mut Effects) {
        for id in std::mem::take(&mut self.touched) {
            if let Some(row) = self.session_row(id) {
                out.record(None, Entry::Session(row));
            }
        }
        for author in std::mem::take(&mut self.ended) {
            out.record(None, Entry::SessionEnd(author));
        }
    }

    fn session_row(&self, id: SessionId) -> Option<SessionRow> {
        let session = self.sessions.get(id)?;
        let lifeline = session.lifeline.as_ref()?;
        let row = |seat: &Seat, moderator: bool| {
            let room = self.rooms.find(seat.room)?;
            let role =
                if room.owner == Some(id) { Some(Role::Owner) } else { moderator.then_some(Role::Moderator) };
            Some(SeatRow { room: room.name().clone(), order: seat.order, from: seat.from, role })
        };
        let seats = match &lifeline.held {
            Some(held) => held.seats.iter().filter_map(|one| row(&one.seat, one.moderator)).collect(),
            None => {
                let moderates = |seat: &Seat| self.rooms.get(seat.room).moderators.binary_search(&id).is_ok();
                session.seats.iter().filter_map(|seat| row(seat, moderates(seat))).collect()
            }
        };
        let partner = session.partner.and_then(|partner| self.sessions.get(partner));
        Some(SessionRow {
            author: session.author,
            token: lifeline.token.clone(),
            former: lifeline.former.clone(),
            nick: session.nick.clone()?,
            named: session.named,
            since: session.since,
            lang: session.lang,
            partner: partner.filter(|partner| partner.lifeline.is_some()).map(|partner| partner.author),
            seats,
        })
    }

    /// Those who may come back, by author.
    pub(super) fn session_rows(&self) -> Vec<SessionRow> {
        let mut rows: Vec<SessionRow> =
            self.sessions.iter().filter_map(|(id, _)| self.session_row(id)).collect();
        rows.sort_unstable_by_key(|row| row.author);
        rows
    }

    /// All who were here when the last daemon ended have lost their connections with it.
    pub(super) fn hold_all(&mut self, rows: Vec<SessionRow>) {
        let mut partners = Vec::new();
        for row in rows {
            if self.settings.resume_ms == 0 || self.sessions.named(&name::key(&row.nick)).is_some() {
                // Nobody can come back as this one; the row goes with the first record.
                self.ended.push(row.author);
                continue;
            }
            let (author, partner) = (row.author, row.partner);
            let id = self.hold_row(row);
            partners.push((id, author, partner));
        }
        for (id, author, partner) in &partners {
            let back = |(_, one, other): &&(SessionId, Author, Option<Author>)| {
                Some(*one) == *partner && *other == Some(*author)
            };
            let partner = partners.iter().find(back).map(|(partner, _, _)| *partner);
            if let Some(session) = self.sessions.get_mut(*id) {
                session.partner = partner;
            }
        }
    }

    fn hold_row(&mut self, row: SessionRow) -> SessionId {
        let until = self.now().mono.after_ms(self.settings.resume_ms);
        let id = self.sessions.open_again(row.author, row.since);
        let mut seats = Vec::new();
        for seat in row.seats {
            let Some(room_id) = self.rooms.named(&seat.room) else { continue };
            let room = self.rooms.get_mut(room_id);
            if seat.role == Some(Role::Owner) {
                room.owner = Some(id);
            }
            let last = room.last;
            let moderator = seat.role == Some(Role::Moderator);
            self.arrivals = self.arrivals.max(seat.order);
            let seat = Seat { room: room_id, order: seat.order, spoke: None, from: seat.from };
            seats.push(HeldSeat { seat, moderator, last });
        }
        let held = Some(Held { until, seats });
        let (token, former) = (row.token.clone(), row.former.clone());
        let lifeline = Lifeline { token, former, tokens: 0, given: Mono(0), whisper: u64::MAX, held };
        if let Some(session) = self.sessions.get_mut(id) {
            (session.named, session.lang) = (row.named, row.lang);
            session.lifeline = Some(Box::new(lifeline));
        }
        self.sessions.set_nick(id, row.nick);
        for token in std::iter::once(row.token).chain(row.former) {
            self.tokens.insert(token, id);
        }
        self.held.insert((until, id));
        id
    }
}
