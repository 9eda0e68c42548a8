//! Coming back after a lost connection: as whom, and into which rooms.
//!
//! Knows no socket. Why the answer waits for its record: a token that a restart would not know is
//! worth nothing.

use sha2::{Digest as _, Sha256};

use super::effect::Effects;
use super::event::Farewell;
use super::held::{HeldSeat, Lifeline};
use super::hub::Hub;
use super::missed::Seen;
use super::name;
use super::pending::{Asker, Done, Pending};
use super::reject::Reject;
use super::reply::Reply;
use super::request::{Request, Text};
use super::room::insert_sorted;
use super::session::{Door, SessionId};
use super::settings::Storage;
use super::table;
use crate::limits::{RESUME_FORMER_MS, RESUME_TOKEN_BYTES};

/// The SHA-256 (FIPS 180-4) of a token, in hexadecimal: what is kept of it.
pub(super) fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whose a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holder {
    /// Somebody's who shows it with each request.
    Here(SessionId),
    /// Somebody's who has lost the connection, or was here before the server began anew.
    Away,
    /// Somebody's who is at a connection.
    Connected,
}

impl Hub {
    /// A new token for this session; the one that was `used` is worth something until the client must have the
    /// new one. None for those who could not come back.
    pub(super) fn new_token(&mut self, id: SessionId, used: Option<&str>) -> Option<String> {
        let (possible, given) = (self.settings.resume_ms > 0, self.now().mono);
        let session = self.sessions.get_mut(id).filter(|session| session.door.is_resumed())?;
        if let (Door::Http, Some(used)) = (session.door, used) {
            // Whoever shows it with each request cannot be given another one; a newer one has not come to them.
            let shown = digest(used);
            let lifeline =
                session.lifeline.as_mut().filter(|lifeline| lifeline.former.as_ref() == Some(&shown));
            if let Some(lifeline) = lifeline {
                lifeline.former = None;
                let newer = std::mem::replace(&mut lifeline.token, shown);
                self.tokens.remove(&newer);
                self.touch(id);
            }
            return Some(used.to_owned());
        }
        if !possible && session.door != Door::Http {
            return None;
        }
        let tokens = session.lifeline.as_ref().map_or(0, |lifeline| lifeline.tokens + 1);
        let former = used.map(digest);
        let mut source = Sha256::new();
        source.update(self.secret);
        for number in [session.author.run, session.author.serial, tokens] {
            source.update(number.to_be_bytes());
        }
        let token = hex(&source.finalize()[..RESUME_TOKEN_BYTES]);
        let new = digest(&token);
        match &mut session.lifeline {
            Some(lifeline) => {
                let token = std::mem::replace(&mut lifeline.token, new.clone());
                let older = std::mem::replace(&mut lifeline.former, former.clone());
                for worthless in
                    std::iter::once(token).chain(older).filter(|one| Some(one) != former.as_ref())
                {
                    self.tokens.remove(&worthless);
                }
                (lifeline.tokens, lifeline.given) = (tokens, given);
            }
            None => {
                let lifeline = Lifeline { token: new.clone(), former, tokens, given, whisper: 0, held: None };
                session.lifeline = Some(Box::new(lifeline));
            }
        }
        self.tokens.insert(new, id);
        self.touch(id);
        Some(token)
    }

    /// A request has come by the newest connection. What comes early may have been sent before the answer came.
    pub(super) fn forget_former_token(&mut self, id: SessionId) {
        let now = self.now().mono;
        let lifeline = self.sessions.get_mut(id).and_then(|session| session.lifeline.as_mut());
        let lifeline = lifeline.filter(|lifeline| now.since_ms(lifeline.given) >= RESUME_FORMER_MS);
        if let Some(former) = lifeline.and_then(|lifeline| lifeline.former.take()) {
            self.tokens.remove(&former);
            self.touch(id);
        }
    }

    /// Whose token this is.
    fn bearer(&self, token: &str) -> Result<SessionId, Reject> {
        let id = self.tokens.get(&digest(token)).copied().ok_or(Reject::NoSession)?;
        let parting = self.sessions.get(id).is_none_or(|session| session.parting.is_some());
        if parting { Err(Reject::NoSession) } else { Ok(id) }
    }

    /// What a token is good for without a connection of its own.
    pub fn holder(&self, token: &str) -> Option<Holder> {
        let id = self.bearer(token).ok()?;
        let session = self.sessions.get(id)?;
        Some(match session.door {
            _ if session.is_held() => Holder::Away,
            Door::Http => Holder::Here(id),
            _connected => Holder::Connected,
        })
    }

    /// Whoever resumes asks as the one they were: their connection becomes that one's.
    pub(super) fn as_before(
        &mut self,
        asker: Asker,
        request: &Request<'_>,
        out: &mut Effects,
    ) -> (Asker, Result<(), Reject>) {
        let Request::Resume { token, .. } = request else { return (asker, Ok(())) };
        match self.take_over(asker.session, token, out) {
            Ok(session) => (Asker { session, ..asker }, Ok(())),
            Err(reject) => (asker, Err(reject)),
        }
    }

    fn take_over(&mut self, new: SessionId, token: &str, out: &mut Effects) -> Result<SessionId, Reject> {
        self.charge(new, table::RESUME.cost)?;
        let session = self.sessions.get(new).ok_or(Reject::NotLoggedIn)?;
        if self.stopping && !session.is_admin() {
            return Err(Reject::ShuttingDown);
        }
        if session.nick.is_some() || session.is_admin() {
            return Err(Reject::AlreadyIn { nick: session.actor() });
        }
        let before = self.bearer(token)?;
        let nick = self.nick_of(before);
        self.check_nick_ban(new, session, nick.as_deref(), None)?;
        if !self.has_a_room_to_return_to(before) {
            let lobby = self.lobby().map(|lobby| self.rooms.get(lobby).name().clone());
            self.check_nick_ban(new, session, nick.as_deref(), lobby.as_deref())?;
        }
        let (door, from, allowance) = (session.door, session.from, session.allowance);
        self.sever(before);
        if self.sessions.get(before).is_some_and(|session| !session.is_held()) {
            out.close(before, Farewell::Replaced);
        }
        self.remove(new);
        out.rebind(new, before);
        if let Some(session) = self.sessions.get_mut(before) {
            (session.door, session.from, session.allowance) = (door, from, allowance);
            if let Some(lang) = session.lang {
                out.speak(before, lang);
            }
        }
        Ok(before)
    }

    /// Whether one of its rooms is still open to it; else it lands where everybody does.
    fn has_a_room_to_return_to(&self, id: SessionId) -> bool {
        let Some(session) = self.sessions.get(id) else { return false };
        let held = session.lifeline.as_ref().and_then(|lifeline| lifeline.held.as_ref());
        let Some(held) = held else { return !session.seats.is_empty() };
        let mut rooms = held.seats.iter().map(|one| one.seat.room);
        rooms.any(|room| self.rooms.find(room).is_some() && self.ban_of(id, room).is_none())
    }

    /// Nothing that was asked over the former connection is answered any more. What it said and what
    /// is not committed yet it hears as what it has missed.
    pub(super) fn sever(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.asked_receiver = false;
        session.last_say = None;
        session.gaps = None;
        self.gapped.remove(&id);
        let waits = std::mem::take(&mut session.unanswered) > 0;
        session.fetches = 0;
        if waits {
            self.pending.values_mut().for_each(|pending: &mut Pending| pending.sever(id));
            for (asker, _) in self.behind.values_mut().flatten() {
                if asker.session == id {
                    asker.session = SessionId::NOBODY;
                }
            }
        }
    }

    /// `hello` with the token of a lost connection: its nickname is free again.
    pub(super) fn give_up_former(&mut self, nick: &str, token: Option<&str>, out: &mut Effects) {
        let Some(former) = token.and_then(|token| self.bearer(token).ok()) else { return };
        if self.sessions.named(&name::key(nick)) != Some(former) {
            return;
        }
        if self.sessions.get(former).is_some_and(|session| session.is_held()) {
            self.let_go(former, out);
        } else {
            self.end(former, Farewell::Replaced, out);
        }
    }

    /// The connection is this session's already; its rooms, and all that it has missed, are now.
    pub(super) fn resume(
        &mut self,
        asker: &Asker,
        token: &str,
        seen: &[(Text<'_>, u64)],
        whisper: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let id = asker.session;
        let lifeline = self.sessions.get_mut(id).and_then(|session| session.lifeline.as_mut());
        let lifeline = lifeline.ok_or(Reject::NoSession)?;
        let handed = lifeline.whisper;
        let mut seen = Seen { rooms: seen, left: Vec::new(), whisper: whisper.unwrap_or(handed) };
        if let Some(held) = lifeline.held.take() {
            self.held.remove(&(held.until, id));
            for one in held.seats {
                seen.left.push((one.seat.room, one.last));
                self.reenter(id, one, out);
            }
        }
        if self.sessions.get(id).is_some_and(|session| session.seats.is_empty())
            && let Some(lobby) = self.lobby()
        {
            self.enter(id, lobby, out);
        }
        self.touch(id);
        let nick = self.nick_of(id).ok_or(Reject::NoSession)?;
        let token = self.new_token(id, Some(token));
        let welcome = self.welcome(id, &nick, token).ok_or(Reject::NoSession)?;
        let reply = Reply::Welcome(Box::new(welcome));
        self.open_gaps(id, &seen);
        if self.storage == Storage::Well {
            // A token that a restart would not know is worth nothing.
            return Ok(asker.acted(reply));
        }
        out.reply(id, asker.re.clone(), Ok(reply));
        self.is_back(id, out);
        Ok(Done::Replied)
    }

    /// Who comes back was told so, and is given what they missed.
    pub(super) fn is_back(&mut self, id: SessionId, out: &mut Effects) {
        if let Some(nick) = self.nick_of(id) {
            self.tell_missed(id, &nick, out);
        }
        self.tell_offers_again(id, out);
        self.begin_replay(id, out);
    }

    /// Back into a room that it was in, unless it is gone or it is banned there meanwhile.
    fn reenter(&mut self, id: SessionId, held: HeldSeat, out: &mut Effects) {
        let room_id = held.seat.room;
        let Some(room) = self.rooms.find(room_id) else { return };
        let name = room.name().clone();
        let Some(session) = self.sessions.get(id) else { return };
        if self.check_ban(id, session, Some(&name)).is_err() {
            if self.rooms.get(room_id).owner == Some(id) {
                self.pass_on(room_id, out);
            }
            return;
        }
        self.take_seat(id, held.seat, out);
        let room = self.rooms.get_mut(room_id);
        if held.moderator && room.owner != Some(id) {
            insert_sorted(&mut room.moderators, id);
        }
    }
}
