//! Whisper sessions: two people whose plain lines go to each other.
//!
//! What is whispered is `talk`'s matter. Why a session refers to its partner by
//! id: a new nickname must carry it along.

use super::effect::Effects;
use super::event::{Event, WhisperEnd};
use super::hub::Hub;
use super::pending::{Asker, Done};
use super::reject::Reject;
use super::reply::Reply;
use super::session::SessionId;
use super::time::Now;
use crate::limits::WHISPER_END_CROSSED_MS;

/// What a plain line of a person means just now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listens {
    /// The first thing a person types is their name.
    Nick,
    /// It is said to the room.
    Room,
    /// It is whispered to the partner.
    Partner,
    /// To the room, but the partner has left only just now.
    Parted,
    /// It answers to whom to whisper, and what.
    Receiver,
}

impl Hub {
    /// What the next plain line of this session means.
    pub fn listens(&self, session: SessionId, now: Now) -> Listens {
        let Some(session) = self.sessions.get(session).filter(|session| session.nick.is_some()) else {
            return Listens::Nick;
        };
        let crossed = |left| now.mono.since_ms(left) <= WHISPER_END_CROSSED_MS;
        if session.asked_receiver {
            Listens::Receiver
        } else if session.partner.is_some() {
            Listens::Partner
        } else if session.partner_left.is_some_and(crossed) {
            Listens::Parted
        } else {
            Listens::Room
        }
    }

    pub(super) fn whisper_ask(&mut self, asker: &Asker) -> Result<Done, Reject> {
        if let Some(session) = self.sessions.get_mut(asker.session) {
            session.asked_receiver = true;
        }
        Ok(Done::Reply(Reply::WhisperAsked))
    }

    /// Whatever comes next, the question is over.
    pub(super) fn answered_receiver(&mut self, session: SessionId) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.asked_receiver = false;
        }
    }

    pub(super) fn whisper_open(
        &mut self,
        asker: &Asker,
        nick: &str,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let (target, nick) = self.person(nick)?;
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        // The admin's shell is nobody to whisper with: it is gone after one command.
        let own = session.nick.clone().ok_or(Reject::NotAllowed)?;
        if target == asker.session {
            return Err(Reject::NotAllowed);
        }
        match session.partner {
            Some(partner) if partner == target => return Ok(asker.acted(Reply::WhisperOpened { nick })),
            Some(partner) => {
                let nick = self.nick_of(partner).unwrap_or_default();
                return Err(Reject::Busy { nick, own: true });
            }
            None => {}
        }
        let at = self.now().wall;
        let Some(other) = self.sessions.get_mut(target) else {
            return Err(Reject::NoSuchUser { nick: nick.to_string() });
        };
        if other.is_held() {
            return Err(Reject::NoSuchUser { nick: nick.to_string() });
        }
        if other.partner.is_some() {
            return Err(Reject::Busy { nick, own: false });
        }
        other.partner = Some(asker.session);
        other.partner_left = None;
        if let Some(session) = self.sessions.get_mut(asker.session) {
            session.partner = Some(target);
            session.partner_left = None;
        }
        self.touch(target);
        self.touch(asker.session);
        out.deliver([target], None, Event::WhisperOpened { nick: own, at });
        Ok(asker.acted(Reply::WhisperOpened { nick }))
    }

    pub(super) fn whisper_close(&mut self, asker: &Asker, out: &mut Effects) -> Result<Done, Reject> {
        let now = self.now();
        let session = self.sessions.get_mut(asker.session).ok_or(Reject::NotLoggedIn)?;
        if let Some(partner) = session.partner {
            let nick = self.nick_of(partner).unwrap_or_default();
            self.part_whisperers(asker.session, WhisperEnd::Ended, out);
            return Ok(asker.acted(Reply::WhisperClosed { nick, already: false }));
        }
        let crossed = |left| now.mono.since_ms(left) <= WHISPER_END_CROSSED_MS;
        if session.partner_left.take().is_some_and(crossed) {
            let nick = session.nick.clone().unwrap_or_default();
            return Ok(asker.acted(Reply::WhisperClosed { nick, already: true }));
        }
        Err(Reject::NoPartner)
    }

    /// Ends the whisper session that this one is in, if it is; the other one is told.
    pub(super) fn part_whisperers(&mut self, id: SessionId, end: WhisperEnd, out: &mut Effects) {
        let now = self.now();
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(partner) = session.partner.take() else { return };
        let nick = session.nick.clone().unwrap_or_default();
        self.touch(id);
        self.touch(partner);
        let Some(other) = self.sessions.get_mut(partner) else { return };
        other.partner = None;
        other.partner_left = Some(now.mono);
        out.deliver([partner], None, Event::WhisperClosed { nick, end, at: now.wall });
        self.withdraw_offers(id, partner, out);
    }
}
