//! People come, are named, are seen, and go.
//!
//! Knows no connection: a session that ends is closed by whoever holds its
//! socket. Why comings and goings take effect before they are recorded: they
//! are facts already.

use super::command::Command;
use super::effect::{Effects, Origin};
use super::event::{Event, Farewell, LeftReason, WhisperEnd};
use super::hub::Hub;
use super::lang::Lang;
use super::name::{self, Name};
use super::pending::{Asker, Done};
use super::reject::{Reject, echo};
use super::reply::{Kept, Reply, Role, User, Welcome};
use super::room::RoomId;
use super::session::{Parting, SessionId};
use crate::limits::WELCOME_NAMES_MAX;

impl Hub {
    /// The language is that of the answer, too, whether the door opens or not.
    pub(super) fn hello(
        &mut self,
        asker: &Asker,
        nick: &str,
        lang: Option<Lang>,
        token: Option<&str>,
        wanted: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        if let Some(lang) = lang {
            self.speak(asker.session, lang, out);
        }
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        if session.is_admin() {
            return Err(Reject::AlreadyIn { nick: session.actor() });
        }
        if let Some(nick) = &session.nick {
            return Err(Reject::AlreadyIn { nick: nick.clone() });
        }
        self.give_up_former(nick, token, out);
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let nick = self.free_nick(None, nick)?;
        let room = match wanted {
            Some(_) => self.room_asked(asker.session, wanted)?,
            None => self.lobby().expect("the lobby is opened at the start and never closed"),
        };
        let entered = self.rooms.get(room);
        self.check_nick_ban(asker.session, session, Some(&nick), Some(entered.name()))?;
        if wanted.is_some() {
            self.check_door(asker.session, entered, None)?;
        }
        self.check_capacity(entered)?;
        self.name(asker.session, nick.clone());
        self.enter(asker.session, room, out);
        let token = self.new_token(asker.session, None);
        let welcome = self.welcome(asker.session, &nick, token).ok_or(Reject::NotLoggedIn)?;
        out.reply(asker.session, asker.re.clone(), Ok(Reply::Welcome(Box::new(welcome))));
        self.tell_missed(asker.session, &nick, out);
        self.begin_replay(asker.session, out);
        Ok(Done::Replied)
    }

    fn name(&mut self, id: SessionId, nick: Name) {
        self.sessions.set_nick(id, nick);
        let now = self.now().wall;
        if let Some(session) = self.sessions.get_mut(id) {
            session.named = now;
        }
        self.touch(id);
    }

    /// A nickname that this session may have now: `held_by` may hold it already.
    fn free_nick(&self, held_by: Option<SessionId>, wanted: &str) -> Result<Name, Reject> {
        let bad = |fault| Reject::BadNick { nick: echo(wanted), fault };
        let nick = name::parse_nick(wanted).map_err(bad)?;
        match self.sessions.named(&name::key(&nick)) {
            Some(holder) if Some(holder) != held_by => Err(Reject::NickInUse { nick: echo(wanted) }),
            Some(_) | None => name::check_scripts(&nick).map_err(bad).map(|()| nick),
        }
    }

    /// None for who is in no room.
    pub(super) fn welcome(&self, session: SessionId, nick: &Name, token: Option<String>) -> Option<Welcome> {
        let (seats, partner) = self.sessions.get(session).map(|one| (&one.seats, one.partner))?;
        let info = self.room_info(seats.last()?.room, Some(session));
        let (directory, more_rooms) = self.directory(session);
        Some(Welcome {
            token,
            partner: partner.and_then(|partner| self.nick_of(partner)),
            rooms: seats.iter().map(|seat| self.rooms.get(seat.room).name().clone()).collect(),
            session: self.session_name(session),
            nick: nick.clone(),
            server: self.settings.server.clone(),
            motd: self.settings.motd.clone(),
            kept: Some(Kept {
                messages_ms: self.settings.kept_ms.unsigned_abs(),
                whispers_ms: self.settings.whispers_kept_ms.unsigned_abs(),
            }),
            room: info.room,
            members: info.members.into_iter().take(WELCOME_NAMES_MAX).collect(),
            people: info.people,
            directory,
            more_rooms,
            read: self.reads.of(nick).map(|mark| (mark.room.clone(), mark.seq)).collect(),
        })
    }

    /// A name for a session that no other one ever has, on this database.
    pub(super) fn session_name(&self, session: SessionId) -> String {
        self.author(session).session_name()
    }

    /// Somebody who is here, by any spelling of their nickname, and the nickname as they bear it.
    pub(super) fn person(&self, nick: &str) -> Result<(SessionId, Name), Reject> {
        let found = self.sessions.named(&name::key(nick));
        let found = found.and_then(|id| Some((id, self.nick_of(id)?)));
        found.ok_or_else(|| Reject::NoSuchUser { nick: echo(nick) })
    }

    pub(super) fn nick_of(&self, session: SessionId) -> Option<Name> {
        self.sessions.get(session).and_then(|session| session.nick.clone())
    }

    /// Takes somebody out of everything and says so to those who stay, unless it is to be quiet.
    pub(super) fn go(&mut self, id: SessionId, why: Option<(LeftReason, Option<&str>)>, out: &mut Effects) {
        let reason = why.map_or(LeftReason::Quit, |(reason, _)| reason);
        self.give_up_held_seats(id, out);
        self.end_transfers(id, out);
        self.part_whisperers(id, WhisperEnd::Left(reason), out);
        self.exit_all(id, why, out);
        self.untie(id, out);
        self.forget_backup(id, out);
        self.sanctions.forget(id);
    }

    /// The connection is gone; who had said goodbye before has left as they wished.
    pub(super) fn lost(&mut self, session: SessionId, out: &mut Effects) {
        match self.sessions.get_mut(session).and_then(|session| session.parting.take()) {
            Some(parting) => self.go(session, parting.reason(), out),
            None if self.may_come_back(session) => return self.hold(session, out),
            None => self.go(session, Some((LeftReason::Lost, None)), out),
        }
        self.remove(session);
    }

    /// Ends a session from this side. Those who stay are told it was lost: that is what they see of it.
    pub(super) fn end(&mut self, session: SessionId, farewell: Farewell, out: &mut Effects) {
        self.go(session, Some((LeftReason::Lost, None)), out);
        self.remove(session);
        out.close(session, farewell);
    }

    /// Goes when what was said before is answered: nobody shall be heard after they have left.
    pub(super) fn quit(
        &mut self,
        asker: &Asker,
        text: Option<&str>,
        quiet: bool,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let text = self.optional_text(text)?;
        if let Some(session) = self.sessions.get_mut(asker.session) {
            let re = asker.re.clone();
            session.parting = Some(Box::new(Parting { re, text, quiet }));
        }
        self.part_when_answered(asker.session, out);
        Ok(Done::Replied)
    }

    /// Whether this one has said goodbye, and goes when everything before that is answered.
    pub fn is_parting(&self, id: SessionId) -> bool {
        self.sessions.get(id).is_some_and(|session| session.parting.is_some())
    }

    /// Lets somebody go who has said goodbye and waits for nothing more.
    pub(super) fn part_when_answered(&mut self, id: SessionId, out: &mut Effects) {
        if self.unanswered(id) == 0 {
            self.part(id, out);
        }
    }

    /// The disk does not answer: who wants to go is not kept any longer.
    pub(super) fn part_all(&mut self, out: &mut Effects) {
        let parting = self.sessions.iter().filter(|(_, session)| session.parting.is_some());
        let parting: Vec<SessionId> = parting.map(|(id, _)| id).collect();
        for id in parting {
            self.part(id, out);
        }
    }

    fn part(&mut self, id: SessionId, out: &mut Effects) {
        let parting = self.sessions.get_mut(id).and_then(|session| session.parting.take());
        let Some(parting) = parting else { return };
        self.go(id, parting.reason(), out);
        out.reply(id, parting.re, Ok(Reply::Bye));
        out.close(id, Farewell::Quit);
        self.remove(id);
    }

    pub(super) fn rename(&mut self, asker: &Asker, nick: &str, out: &mut Effects) -> Result<Done, Reject> {
        let to = self.free_nick(Some(asker.session), nick)?;
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        self.check_nick_ban(asker.session, session, Some(&to), None)?;
        let from = self.nick_of(asker.session).ok_or(Reject::NotLoggedIn)?;
        self.name(asker.session, to.clone());
        let seats = self.sessions.get(asker.session).map(|one| one.seats.clone()).unwrap_or_default();
        let mut people: Vec<SessionId> =
            seats.iter().flat_map(|seat| self.rooms.get(seat.room).members.iter().copied()).collect();
        // Whoever whispers with them must know them by their new name too.
        people.extend(self.sessions.get(asker.session).and_then(|session| session.partner));
        people.sort_unstable();
        people.dedup();
        let event = Event::Renamed { from, to: to.clone(), at: self.now().wall };
        out.deliver(people, Some(asker.session), event);
        Ok(asker.acted(Reply::Renamed { nick: to }))
    }

    /// `room` is none for an admin who asks about the whole server.
    pub(super) fn users(&self, asker: &Asker, room: Option<RoomId>) -> Result<Done, Reject> {
        let admin = self.sessions.get(asker.session).is_some_and(|session| session.is_admin());
        let mut users: Vec<User> = match room {
            Some(room) => {
                let members = self.rooms.get(room).members.iter();
                members.filter_map(|id| self.user(*id, Some(room), admin)).collect()
            }
            None => self.everybody().into_iter().filter_map(|id| self.user(id, None, admin)).collect(),
        };
        users.sort_by_cached_key(|user| user.nick.to_lowercase());
        let room = room.map(|room| self.rooms.get(room).name().clone());
        Ok(Done::Reply(Reply::Users { room, users }))
    }

    fn user(&self, id: SessionId, room: Option<RoomId>, for_admin: bool) -> Option<User> {
        let session = self.sessions.get(id)?;
        let seats = || session.seats.iter().map(|seat| self.rooms.get(seat.room));
        // Which private rooms somebody is in is nobody else's business.
        let shown = seats().filter(|one| for_admin || !one.row.is_private());
        let role = match room {
            Some(room) if self.is_muted(id, room) => Some(Role::Muted),
            Some(room) => self.rooms.get(room).role(id),
            None => seats().filter_map(|room| room.role(id)).min(),
        };
        Some(User {
            nick: session.nick.clone()?,
            role: role.unwrap_or(Role::Member),
            rooms: shown.map(|room| room.name().clone()).collect(),
            since: session.since,
            door: session.door.word().to_owned(),
            address: match session.from {
                Origin::Network(address) if for_admin => Some(address.to_string()),
                Origin::Network(_) | Origin::User { .. } => None,
            },
        })
    }

    /// What fell due while nobody could send it, told to its sender once.
    pub(super) fn tell_missed(&mut self, session: SessionId, nick: &Name, out: &mut Effects) {
        let at = self.now().wall;
        for (told, notice) in self.schedules.take_missed(&name::key(nick)) {
            out.record(None, told);
            out.deliver([session], None, Event::Notice { notice, at });
        }
    }

    /// What this one is told from now on is in that language.
    fn speak(&mut self, id: SessionId, lang: Lang, out: &mut Effects) {
        out.speak(id, lang);
        if let Some(session) = self.sessions.get_mut(id) {
            session.lang = Some(lang);
        }
        self.touch(id);
    }

    pub(super) fn lang(&mut self, asker: &Asker, lang: Lang, out: &mut Effects) -> Done {
        self.speak(asker.session, lang, out);
        Done::Reply(Reply::Lang { lang })
    }

    pub(super) fn help(&self, asker: &Asker, command: Option<&str>) -> Result<Done, Reject> {
        let admin = self.sessions.get(asker.session).is_some_and(|session| session.is_admin());
        let command = command.map(Command::helped).transpose()?;
        Ok(Done::Reply(Reply::Help { command: command.map(str::to_owned), admin }))
    }
}

impl Parting {
    /// What those who stay are told: nothing, if it was to be quiet.
    fn reason(&self) -> Option<(LeftReason, Option<&str>)> {
        (!self.quiet).then_some((LeftReason::Quit, self.text.as_deref()))
    }
}
