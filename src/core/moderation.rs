//! Putting people out and silencing them.
//!
//! Knows no right but rank: who may was decided before. Why it takes effect
//! before it is recorded: whoever disturbs must stop now, also when the disk is
//! slow.

use super::effect::Effects;
use super::entry::Entry;
use super::event::{Event, Farewell, LeftReason, Notice};
use super::hub::Hub;
use super::name::{self, Name};
use super::pending::{Asker, Done};
use super::reject::{Reject, echo};
use super::reply::Reply;
use super::request::SanctionAsked;
use super::room::{RoomId, remove_sorted};
use super::sanctions::{Sanction, SanctionKind, Who};
use super::session::SessionId;
use super::time::{self, Wall};
use crate::limits::{SANCTION_MS_MAX, SANCTIONS_MAX};

impl Hub {
    /// Out of a room means into the lobby; out of the lobby is out of the server: there is nowhere else to go.
    pub(super) fn kick(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        nick: &str,
        duration: Option<&str>,
        reason: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let reason = self.optional_text(reason)?;
        let (target, nick) = self.person(nick)?;
        let by = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?.actor();
        let at = self.now().wall;
        let until = ends(duration, at)?;
        if let Some(room) = room {
            self.member(room, &nick)?;
            self.check_rank(asker.session, target, room)?;
        }
        if until.is_some() {
            let (kind, who) = (SanctionKind::Ban, Who::Nick(nick.clone()));
            let name = room.map(|room| self.rooms.get(room).name().clone());
            let ban = Sanction { kind, who, room: name, by: by.clone(), at, until, reason: reason.clone() };
            self.impose(ban, Some(target), out)?;
        }
        let room = room.filter(|room| self.lobby() != Some(*room));
        let name = room.map(|room| self.rooms.get(room).name().clone());
        let people = self.witnesses(target, room, Some(asker.session));
        let (event_by, event_reason) = (by.clone(), reason.clone());
        let event =
            Event::Kicked { nick: nick.clone(), by: event_by, room: name.clone(), reason: event_reason, at };
        out.deliver(people, None, event.clone());
        match room {
            Some(room) => self.put_out(target, room, event, out),
            None => {
                let farewell = Farewell::Kicked { nick: nick.clone(), by, reason, at };
                self.shut_out(target, farewell, out);
            }
        }
        Ok(asker.acted(Reply::Kicked { nick, room: name }))
    }

    /// Those who see what happens to this one: the members of `room`, or of all rooms it is in.
    fn witnesses(
        &self,
        target: SessionId,
        room: Option<RoomId>,
        except: Option<SessionId>,
    ) -> Vec<SessionId> {
        let seats = self.sessions.get(target).map(|session| session.seats.clone()).unwrap_or_default();
        let rooms = seats.iter().map(|seat| seat.room).filter(|one| room.is_none_or(|room| room == *one));
        let mut people: Vec<SessionId> =
            rooms.flat_map(|room| self.rooms.get(room).members.iter().copied()).collect();
        people.retain(|one| *one != target && Some(*one) != except);
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Out of one room; whom it happens to is told by `event`.
    fn put_out(&mut self, target: SessionId, room: RoomId, event: Event, out: &mut Effects) {
        let name = self.rooms.get(room).name().clone();
        self.overtake_joins(&name, Some(target));
        self.exit(target, room, Some((LeftReason::Kicked, None)), out);
        remove_sorted(&mut self.rooms.get_mut(room).subscribers, &target);
        remove_sorted(&mut self.rooms.get_mut(room).invited, &target);
        self.unhear(target, room);
        out.deliver([target], None, Event::Yours(Box::new(event)));
        self.send_to_lobby(target, out);
        self.begin_replay(target, out);
    }

    /// Out of the server.
    pub(super) fn shut_out(&mut self, target: SessionId, farewell: Farewell, out: &mut Effects) {
        self.go(target, Some((LeftReason::Kicked, None)), out);
        self.remove(target);
        out.close(target, farewell);
    }

    pub(super) fn sanction(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        asked: &SanctionAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let (by, admin) = (session.actor(), session.is_admin());
        let who = self.who(asked.kind, &asked.who)?;
        if matches!(who, Who::Network(_)) && !admin {
            // Addresses are the admin's alone to see and to judge.
            return Err(Reject::NotAllowed);
        }
        let at = self.now().wall;
        let until = ends(asked.duration.as_deref(), at)?;
        let reason = self.optional_text(asked.reason.as_deref())?;
        let target = match &who {
            Who::Nick(nick) => self.sessions.named(&name::key(nick)),
            Who::Network(_) => None,
        };
        if target == Some(asker.session) {
            return Err(Reject::NotAllowed);
        }
        if let (Some(room), Some(target)) = (room, target) {
            self.check_rank(asker.session, target, room)?;
        }
        let name = room.map(|room| self.rooms.get(room).name().clone());
        let sanction = Sanction { kind: asked.kind, who, room: name, by, at, until, reason };
        self.impose(sanction.clone(), target, out)?;
        match asked.kind {
            SanctionKind::Ban => self.banned(asker.session, &sanction, room, target, out),
            SanctionKind::Mute => self.muted(asker.session, &sanction, room, target, out),
        }
        Ok(asker.acted(Reply::Sanctioned(Box::new(sanction))))
    }

    /// It is in force and recorded; `target` is whoever is here and hit by it.
    fn impose(
        &mut self,
        sanction: Sanction,
        target: Option<SessionId>,
        out: &mut Effects,
    ) -> Result<(), Reject> {
        if self.sanctions.len() >= SANCTIONS_MAX {
            return Err(Reject::TooMany { max: SANCTIONS_MAX });
        }
        self.sanctions.add(sanction.clone(), target);
        out.record(None, Entry::Sanction(sanction));
        Ok(())
    }

    /// Whom a word means: somebody who is here under the nickname they bear, or what can be one.
    fn who(&self, kind: SanctionKind, text: &str) -> Result<Who, Reject> {
        let bad_who = || Reject::BadWho { who: echo(text) };
        if let Some(nick) = self.sessions.named(&name::key(text)).and_then(|id| self.nick_of(id)) {
            return Ok(Who::Nick(nick));
        }
        match Who::parse(text).ok_or_else(bad_who)? {
            Who::Network(_) if kind == SanctionKind::Mute => Err(bad_who()),
            who => Ok(who),
        }
    }

    /// Those who are hit by a new ban go.
    fn banned(
        &mut self,
        asker: SessionId,
        ban: &Sanction,
        room: Option<RoomId>,
        target: Option<SessionId>,
        out: &mut Effects,
    ) {
        let hit: Vec<SessionId> = match &ban.who {
            Who::Nick(_) => target.into_iter().collect(),
            Who::Network(network) => {
                let inside = self.sessions.iter().filter(|(_, session)| session.nick.is_some());
                let inside =
                    inside.filter(|(_, one)| one.address().is_some_and(|from| network.contains(from)));
                inside.map(|(id, _)| id).collect()
            }
        };
        // Before those go whose tokens they came with.
        self.end_banned_streams(out);
        for target in hit {
            let Some(nick) = self.nick_of(target) else { continue };
            let seated = room.is_none_or(|room| self.rooms.get(room).has(target));
            let event = Event::Sanctioned { nick: nick.clone(), sanction: ban.clone() };
            if !seated {
                self.silence_for(target, room, event, out);
                continue;
            }
            let out_of = room.filter(|room| self.lobby() != Some(*room));
            out.deliver(self.witnesses(target, out_of, Some(asker)), None, event.clone());
            match out_of {
                Some(room) => self.put_out(target, room, event, out),
                None => self.shut_out(target, Farewell::Banned { nick, sanction: ban.clone() }, out),
            }
        }
    }

    /// Who listened from outside hears the room no longer, and is told.
    fn silence_for(&mut self, target: SessionId, room: Option<RoomId>, event: Event, out: &mut Effects) {
        let Some(room) = room else { return };
        if remove_sorted(&mut self.rooms.get_mut(room).subscribers, &target) {
            self.unhear(target, room);
            out.deliver([target], None, Event::Yours(Box::new(event)));
        }
    }

    fn muted(
        &mut self,
        asker: SessionId,
        mute: &Sanction,
        room: Option<RoomId>,
        target: Option<SessionId>,
        out: &mut Effects,
    ) {
        let Some(target) = target else { return };
        let Some(nick) = self.nick_of(target) else { return };
        let event = Event::Sanctioned { nick, sanction: mute.clone() };
        out.deliver(self.witnesses(target, room, Some(asker)), None, event.clone());
        out.deliver([target], None, Event::Yours(Box::new(event)));
    }

    pub(super) fn lift(
        &mut self,
        asker: &Asker,
        kind: SanctionKind,
        room: Option<RoomId>,
        who: &str,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let text = who;
        let who = Who::parse(text).ok_or_else(|| Reject::BadWho { who: echo(text) })?;
        let name: Option<Name> = room.map(|room| self.rooms.get(room).name().clone());
        let now = self.now().wall;
        let none = || match kind {
            SanctionKind::Ban => Reject::NotBanned { who: echo(text) },
            SanctionKind::Mute => Reject::NotMuted { who: echo(text) },
        };
        let lifted = self.sanctions.lift(kind, &who, name.as_deref(), now).ok_or_else(none)?;
        let (who, room) = (lifted.who, lifted.room);
        out.record(None, Entry::SanctionLifted { kind, who: who.clone(), room: room.clone() });
        let here = match &who {
            Who::Nick(nick) => self.sessions.named(&name::key(nick)),
            Who::Network(_) => None,
        };
        if let (Some(target), SanctionKind::Mute) = (here, kind) {
            let by = self.sessions.get(asker.session).map(|session| session.actor()).unwrap_or_default();
            let notice = Notice::Unmuted { room: room.clone(), by };
            out.deliver([target], Some(asker.session), Event::Notice { notice, at: now });
        }
        Ok(asker.acted(Reply::Lifted { kind, who, room }))
    }

    /// What is in force: in one room, or everywhere. Addresses are the admin's alone to see.
    pub(super) fn bans(&self, asker: &Asker, room: Option<RoomId>) -> Result<Done, Reject> {
        let admin = self.sessions.get(asker.session).is_some_and(|session| session.is_admin());
        let at = self.now().wall;
        let name = room.map(|room| self.rooms.get(room).name().clone());
        let here = |sanction: &&Sanction| name.is_none() || sanction.room == name;
        let shown = |sanction: &&Sanction| admin || matches!(sanction.who, Who::Nick(_));
        let bans = self.sanctions.iter().filter(here).filter(shown).filter(|sanction| !sanction.is_over(at));
        Ok(Done::Reply(Reply::Bans { bans: bans.cloned().collect(), at }))
    }
}

/// When it ends: `for` a duration, or when it is lifted.
fn ends(duration: Option<&str>, now: Wall) -> Result<Option<Wall>, Reject> {
    let Some(text) = duration else { return Ok(None) };
    let ms = time::parse_duration_ms(text).filter(|ms| (1..=SANCTION_MS_MAX).contains(ms));
    let ms = ms.ok_or_else(|| Reject::BadDuration { text: echo(text) })?;
    Ok(Some(Wall(now.0.saturating_add_unsigned(ms))))
}
