//! People come, are named, are seen, and go.
//!
//! Knows no connection: a session that ends is closed by whoever holds its
//! socket. Why comings and goings take effect before they are recorded: they
//! are facts already.

use smallvec::smallvec;

use super::command::Command;
use super::effect::{Effects, Origin};
use super::entry::{Entry, ScheduleEnd};
use super::event::{Event, Farewell, LeftReason, Notice};
use super::hub::Hub;
use super::lang::Lang;
use super::name::{self, Name};
use super::pending::{Asker, Done};
use super::reject::{Reject, echo};
use super::reply::{Reply, Role, User, Welcome};
use super::room::{RoomId, insert_sorted, remove_sorted};
use super::session::{Parting, SessionId};
use crate::limits::{ANNOUNCED_MEMBERS_MAX, WELCOME_NAMES_MAX};

impl Hub {
    /// The language is that of the answer, too, whether the door opens or not.
    pub(super) fn hello(
        &mut self,
        asker: &Asker,
        nick: &str,
        lang: Option<Lang>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        if let Some(lang) = lang {
            out.speak(asker.session, lang);
        }
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        if session.is_admin() {
            return Err(Reject::AlreadyIn { nick: session.actor() });
        }
        if let Some(nick) = &session.nick {
            return Err(Reject::AlreadyIn { nick: nick.clone() });
        }
        let nick = self.free_nick(None, nick)?;
        let room = self.rooms.ensure(&self.settings.default_room.clone());
        let members = self.rooms.get(room).members.len();
        if self.settings.capacity > 0 && members >= self.settings.capacity as usize {
            return Err(Reject::RoomFull { room: self.rooms.get(room).name.clone() });
        }
        self.sessions.set_nick(asker.session, nick.clone());
        let welcome = self.welcome(asker.session, &nick, room);
        self.enter(asker.session, room, out);
        out.reply(asker.session, asker.re.clone(), Ok(Reply::Welcome(Box::new(welcome))));
        self.tell_missed(asker.session, &nick, out);
        Ok(Done::Replied)
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

    fn welcome(&self, session: SessionId, nick: &Name, room: RoomId) -> Welcome {
        let room = self.rooms.get(room);
        let mut members: Vec<Name> =
            room.members.iter().take(WELCOME_NAMES_MAX).filter_map(|id| self.nick_of(*id)).collect();
        members.sort_by_cached_key(|nick| nick.to_lowercase());
        let directory = self.rooms.iter().map(|(_, listed)| {
            let newcomer = usize::from(listed.name == room.name);
            (listed.name.clone(), listed.members.len() + newcomer)
        });
        Welcome {
            session: self.session_name(session),
            nick: nick.clone(),
            server: self.settings.server.clone(),
            motd: self.settings.motd.clone(),
            room: room.name.clone(),
            members,
            people: room.members.len(),
            directory: directory.collect(),
        }
    }

    /// A name for a session that no other one ever has, on this database.
    pub(super) fn session_name(&self, session: SessionId) -> String {
        format!("{}-{}", self.run, session.serial)
    }

    pub(super) fn nick_of(&self, session: SessionId) -> Option<Name> {
        self.sessions.get(session).and_then(|session| session.nick.clone())
    }

    fn enter(&mut self, session: SessionId, room: RoomId, out: &mut Effects) {
        let Some(entering) = self.sessions.get_mut(session) else { return };
        entering.rooms = smallvec![room];
        let Some(nick) = entering.nick.clone() else { return };
        let (owner_first, at) = (self.settings.lobby_owner_first, self.now().wall);
        let room = self.rooms.get_mut(room);
        if owner_first && room.members.is_empty() {
            room.owner = Some(session);
        }
        insert_sorted(&mut room.members, session);
        if room.members.len() <= ANNOUNCED_MEMBERS_MAX {
            let event = Event::Joined { room: room.name.clone(), nick, at };
            out.deliver(room.members.iter().copied(), Some(session), event);
        }
    }

    /// Takes somebody out of every room and says so to those who stay, unless it is to be quiet.
    fn leave(&mut self, session: SessionId, parting: Option<(LeftReason, Option<&str>)>, out: &mut Effects) {
        let at = self.now().wall;
        let owner_first = self.settings.lobby_owner_first;
        let Some(leaving) = self.sessions.get_mut(session) else { return };
        let rooms = std::mem::take(&mut leaving.rooms);
        let subscriptions = std::mem::take(&mut leaving.subscriptions);
        let nick = leaving.nick.clone();
        for room in subscriptions {
            remove_sorted(&mut self.rooms.get_mut(room).subscribers, &session);
        }
        for room in rooms {
            let room = self.rooms.get_mut(room);
            let announced = room.members.len() <= ANNOUNCED_MEMBERS_MAX;
            remove_sorted(&mut room.members, &session);
            if room.owner == Some(session) {
                // Who came first of those who are left: serials count arrivals.
                let senior = room.members.iter().copied().min_by_key(|one| one.serial);
                room.owner = senior.filter(|_| owner_first);
            }
            if let (Some((reason, text)), Some(nick), true) = (parting, &nick, announced) {
                let text = text.map(str::to_owned);
                let event = Event::Left { room: room.name.clone(), nick: nick.clone(), at, reason, text };
                out.deliver(room.members.iter().copied(), None, event);
            }
        }
    }

    /// The connection is gone; who had said goodbye before has left as they wished.
    pub(super) fn lost(&mut self, session: SessionId, out: &mut Effects) {
        match self.sessions.get_mut(session).and_then(|session| session.parting.take()) {
            Some(parting) => self.leave(session, parting.reason(), out),
            None => self.leave(session, Some((LeftReason::Lost, None)), out),
        }
        self.sessions.remove(session);
    }

    /// Ends a session from this side. Those who stay are told it was lost: that is what they see of it.
    pub(super) fn end(&mut self, session: SessionId, farewell: Farewell, out: &mut Effects) {
        self.lost(session, out);
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
        self.leave(id, parting.reason(), out);
        out.reply(id, parting.re, Ok(Reply::Bye));
        out.close(id, Farewell::Quit);
        self.sessions.remove(id);
    }

    pub(super) fn rename(&mut self, asker: &Asker, nick: &str, out: &mut Effects) -> Result<Done, Reject> {
        let to = self.free_nick(Some(asker.session), nick)?;
        let from = self.nick_of(asker.session).ok_or(Reject::NotLoggedIn)?;
        self.sessions.set_nick(asker.session, to.clone());
        let rooms = self.sessions.get(asker.session).map(|s| s.rooms.clone()).unwrap_or_default();
        let mut people: Vec<SessionId> =
            rooms.iter().flat_map(|room| self.rooms.get(*room).members.iter().copied()).collect();
        people.sort_unstable();
        people.dedup();
        let event = Event::Renamed { from, to: to.clone(), at: self.now().wall };
        out.deliver(people, Some(asker.session), event);
        Ok(asker.acted(Reply::Renamed { nick: to }))
    }

    /// Whether this one may moderate the room it is in.
    pub(super) fn moderates(&self, session: SessionId) -> bool {
        let rooms = self.sessions.get(session).map_or(&[][..], |session| &session.rooms);
        rooms.iter().any(|room| self.rooms.get(*room).owner == Some(session))
    }

    /// Out of the lobby is out of the server: there is nowhere else to go.
    pub(super) fn kick(
        &mut self,
        asker: &Asker,
        nick: &str,
        reason: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let reason = self.optional_text(reason)?;
        let no_such_user = || Reject::NoSuchUser { nick: echo(nick) };
        let target = self.sessions.named(&name::key(nick)).ok_or_else(no_such_user)?;
        let nick = self.nick_of(target).ok_or_else(no_such_user)?;
        if target == asker.session {
            return Err(Reject::NotAllowed);
        }
        let by = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?.actor();
        let at = self.now().wall;
        let rooms = self.sessions.get(target).map(|s| s.rooms.clone()).unwrap_or_default();
        let mut people: Vec<SessionId> =
            rooms.iter().flat_map(|room| self.rooms.get(*room).members.iter().copied()).collect();
        people.retain(|one| *one != target && *one != asker.session);
        people.sort_unstable();
        people.dedup();
        let (event_by, event_reason) = (by.clone(), reason.clone());
        let event = Event::Kicked { nick: nick.clone(), by: event_by, reason: event_reason, at };
        out.deliver(people, None, event);
        self.leave(target, Some((LeftReason::Kicked, None)), out);
        self.sessions.remove(target);
        out.close(target, Farewell::Kicked { nick: nick.clone(), by, reason, at });
        Ok(asker.acted(Reply::Kicked { nick }))
    }

    pub(super) fn users(&self, asker: &Asker, room: Option<&str>) -> Result<Done, Reject> {
        let admin = self.sessions.get(asker.session).is_some_and(|session| session.is_admin());
        let everywhere = admin && room.is_none();
        let room = if everywhere { None } else { Some(self.room_asked(asker.session, room)?) };
        let mut users: Vec<User> = match room {
            Some(room) => {
                self.rooms.get(room).members.iter().filter_map(|id| self.user(*id, admin)).collect()
            }
            None => self.sessions.iter().filter_map(|(id, _)| self.user(id, admin)).collect(),
        };
        users.sort_by_cached_key(|user| user.nick.to_lowercase());
        let room = room.map(|room| self.rooms.get(room).name.clone());
        Ok(Done::Reply(Reply::Users { room, users }))
    }

    fn user(&self, id: SessionId, for_admin: bool) -> Option<User> {
        let session = self.sessions.get(id)?;
        let owns = session.rooms.iter().any(|room| self.rooms.get(*room).owner == Some(id));
        let address = match session.from {
            Origin::Network(address) => Some(address.to_string()),
            Origin::User { .. } => None,
        };
        Some(User {
            nick: session.nick.clone()?,
            role: if owns { Role::Owner } else { Role::Member },
            rooms: session.rooms.iter().map(|room| self.rooms.get(*room).name.clone()).collect(),
            since: session.since,
            door: session.door.word().to_owned(),
            address: address.filter(|_| for_admin),
        })
    }

    pub(super) fn subscribe(&mut self, asker: &Asker, room: &str) -> Result<Done, Reject> {
        let room = self.room_asked(asker.session, Some(room))?;
        let Some(session) = self.sessions.get_mut(asker.session) else { return Err(Reject::NotLoggedIn) };
        if !session.subscriptions.contains(&room) {
            session.subscriptions.push(room);
        }
        let room = self.rooms.get_mut(room);
        insert_sorted(&mut room.subscribers, asker.session);
        Ok(Done::Reply(Reply::Subscribed { room: room.name.clone() }))
    }

    pub(super) fn unsubscribe(&mut self, asker: &Asker, room: &str) -> Result<Done, Reject> {
        let room = self.room_asked(asker.session, Some(room))?;
        if let Some(session) = self.sessions.get_mut(asker.session) {
            session.subscriptions.retain(|one| *one != room);
        }
        let room = self.rooms.get_mut(room);
        remove_sorted(&mut room.subscribers, &asker.session);
        Ok(Done::Reply(Reply::Subscribed { room: room.name.clone() }))
    }

    /// What fell due while nobody could send it, told to its sender once.
    fn tell_missed(&mut self, session: SessionId, nick: &Name, out: &mut Effects) {
        let at = self.now().wall;
        for schedule in self.schedules.take_missed(&name::key(nick)) {
            let end = ScheduleEnd::Told;
            out.record(None, Entry::ScheduleEnd { schedule: schedule.schedule, end });
            let notice = Notice::ScheduleMissed {
                schedule: schedule.schedule,
                due: schedule.due,
                text: schedule.text,
            };
            out.deliver([session], None, Event::Notice { notice, at });
        }
    }

    pub(super) fn lang(&self, asker: &Asker, lang: Lang, out: &mut Effects) -> Done {
        out.speak(asker.session, lang);
        Done::Reply(Reply::Lang { lang })
    }

    pub(super) fn help(&self, asker: &Asker, command: Option<&str>) -> Result<Done, Reject> {
        let admin = self.sessions.get(asker.session).is_some_and(|session| session.is_admin());
        let command = command.map(Command::helped).transpose()?;
        Ok(Done::Reply(Reply::Help { command: command.map(|row| row.name.to_owned()), admin }))
    }
}

impl Parting {
    /// What those who stay are told: nothing, if it was to be quiet.
    fn reason(&self) -> Option<(LeftReason, Option<&str>)> {
        (!self.quiet).then_some((LeftReason::Quit, self.text.as_deref()))
    }
}
