//! How rooms are made and ruled: settings, roles, invitations, the end.
//!
//! Knows no right: who may was decided before. Why settings wait for the disk
//! and roles do not: settings are kept, a role is about who is here now.

use super::effect::Effects;
use super::entry::{Entry, Outcome};
use super::event::{Event, Farewell, Notice};
use super::hub::Hub;
use super::name;
use super::pending::{Asker, Done, Pending};
use super::reject::{Malformed, Reject, echo};
use super::reply::{Reply, Role};
use super::request::RoomAsked;
use super::room::{self, RoomId, RoomRow, insert_sorted, remove_sorted};
use super::session::{Door, SessionId};
use super::settings::Storage;
use super::talk::check_text;
use super::time;
use crate::limits::{INVITED_MAX, PASSWORD_BYTES_MAX, SLOW_MS_MAX, TOPIC_CHARS_MAX};

impl Hub {
    pub(super) fn room_create(
        &mut self,
        asker: &Asker,
        asked: &RoomAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let wanted = asked.room.as_deref().ok_or(super::args::missing("room"))?;
        if let Some(room) = self.rooms.named(wanted) {
            return Err(Reject::RoomExists { room: self.rooms.get(room).name().clone() });
        }
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let door = session.door;
        let plain = self.new_room(wanted)?;
        let id = self.rooms.id_of(&plain.name);
        let row = changed(plain, id, asked)?;
        let room = self.create(asker, row, out)?;
        if door == Door::Text {
            // A person at a terminal has one room: who makes one wants to be there.
            self.exit_all(asker.session, Some((super::event::LeftReason::Part, None)), out);
            self.enter(asker.session, room, out);
            return Ok(asker.acted(Reply::Joined(Box::new(self.room_info(room, Some(asker.session))))));
        }
        let room = self.rooms.get(room);
        Ok(asker.acted(Reply::RoomCreated { room: room.name().clone(), id: room.id }))
    }

    pub(super) fn room_set(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        asked: &RoomAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        if self.storage != Storage::Well {
            return Err(Reject::StorageUnavailable);
        }
        let room = self.rooms.get_mut(room_id);
        // What is on its way to the disk counts, or the next change would take it back.
        let before = room.coming().clone();
        let row = changed(before, room.id, asked)?;
        room.planned = Some(row.clone());
        let topic =
            RoomAsked { topic: asked.topic.clone(), room: asked.room.clone(), ..RoomAsked::default() };
        let topic_only = asked.topic.is_some() && *asked == topic;
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::RoomSet { session, re, room: room_id, topic_only });
        out.record(Some(ticket), Entry::Room(row));
        Ok(Done::Later)
    }

    /// New settings are kept: now they hold.
    pub(super) fn room_was_set(
        &mut self,
        asker: Asker,
        room_id: RoomId,
        topic_only: bool,
        entry: Entry,
        outcome: Outcome,
        out: &mut Effects,
    ) {
        let Entry::Room(mut row) = entry else { unreachable!("a room is set by recording it") };
        let at = self.now().wall;
        let by = self.sessions.get(asker.session).map(|session| session.actor()).unwrap_or_default();
        let Some(room) = self.rooms.find_mut(room_id) else {
            return self.answer(asker, Err(Reject::NoSuchRoom { room: row.name.to_string() }), out);
        };
        // What was said in the room before this one may have come to the history meanwhile.
        row.floor = row.floor.max(room.row.floor);
        if room.planned.as_ref() == Some(&row) {
            room.planned = None;
        }
        if outcome == Outcome::Failed {
            room.planned = None;
            return self.answer(asker, Err(Reject::StorageUnavailable), out);
        }
        let before = std::mem::replace(&mut room.row, row);
        let (name, id, topic) = (room.name().clone(), room.id, room.row.topic.clone());
        let listeners: Vec<SessionId> = room.listeners().collect();
        if before.topic != topic {
            let event = Event::Topic { room: name.clone(), topic: topic.clone(), by: by.clone(), at };
            out.deliver(listeners.iter().copied(), Some(asker.session), event);
        }
        if (RoomRow { topic: topic.clone(), ..before }) != room.row {
            let event = Event::RoomChanged { room: name.clone(), id, by, at };
            out.deliver(listeners, Some(asker.session), event);
        }
        self.shut_out_listeners(room_id, out);
        self.let_linger(room_id);
        let topic = topic_only.then_some(topic);
        self.answer(asker, Ok(Reply::RoomSet { room: name, id, topic }), out);
    }

    /// Who listens from outside to a room that is no longer for everybody does so no longer.
    pub(super) fn shut_out_listeners(&mut self, room_id: RoomId, out: &mut Effects) {
        let room = self.rooms.get(room_id);
        if !room.row.is_private() {
            return;
        }
        let stays = |id: &SessionId| {
            let admin = self.sessions.get(*id).is_some_and(|session| session.is_admin());
            admin || self.is_of(*id, room) || self.check_door(*id, room, None).is_ok()
        };
        let (stay, go): (Vec<SessionId>, Vec<SessionId>) = room.subscribers.iter().partition(|id| stays(id));
        self.rooms.get_mut(room_id).subscribers = stay;
        for id in go {
            self.unhear(id, room_id);
            self.end_stream(id, Farewell::NotAllowed, out);
        }
    }

    pub(super) fn room_role(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        nick: &str,
        role: &str,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let role = match role {
            "owner" => return self.room_transfer(asker, room_id, nick, out),
            "moderator" => Role::Moderator,
            "member" => Role::Member,
            other => return Err(Reject::Malformed(Malformed::UnknownRole(echo(other)))),
        };
        let target = self.member(room_id, nick)?;
        let nick = self.nick_of(target).unwrap_or_default();
        let room = self.rooms.get_mut(room_id);
        if room.owner == Some(target) {
            // An owner gives the room away by transferring it.
            return Err(Reject::NotAllowed);
        }
        match role {
            Role::Moderator => insert_sorted(&mut room.moderators, target),
            Role::Admin | Role::Owner | Role::Member | Role::Muted => {
                remove_sorted(&mut room.moderators, &target)
            }
        };
        Ok(self.gave_role(asker, room_id, target, nick, role, out))
    }

    pub(super) fn room_transfer(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        nick: &str,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let target = self.member(room_id, nick)?;
        let nick = self.nick_of(target).unwrap_or_default();
        let room = self.rooms.get_mut(room_id);
        let before = room.owner.replace(target);
        remove_sorted(&mut room.moderators, &target);
        // Who gives a room away stays somebody in it.
        if let Some(before) = before.filter(|before| *before != target && room.has(*before)) {
            insert_sorted(&mut room.moderators, before);
        }
        before.into_iter().for_each(|before| self.touch(before));
        Ok(self.gave_role(asker, room_id, target, nick, Role::Owner, out))
    }

    fn gave_role(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        target: SessionId,
        nick: name::Name,
        role: Role,
        out: &mut Effects,
    ) -> Done {
        let (room, at) = (self.rooms.get(room_id).name().clone(), self.now().wall);
        self.touch(target);
        let by = self.sessions.get(asker.session).map(|session| session.actor());
        let event = Event::RoleChanged { room: room.clone(), nick: nick.clone(), role, by, at };
        self.tell_role(room_id, target, Some(asker.session), event, out);
        asker.acted(Reply::RoleSet { room, nick, role })
    }

    /// Somebody who is in this room.
    pub(super) fn member(&self, room_id: RoomId, nick: &str) -> Result<SessionId, Reject> {
        let (target, nick) = self.person(nick)?;
        let room = self.rooms.get(room_id);
        if !room.has(target) {
            return Err(Reject::NotHere { nick, room: room.name().clone() });
        }
        Ok(target)
    }

    pub(super) fn room_close(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        if self.lobby() == Some(room_id) {
            return Err(Reject::NotAllowed);
        }
        let room = self.rooms.get(room_id).name().clone();
        let by = self.sessions.get(asker.session).map(|session| session.actor());
        self.close_room(room_id, by, Some(asker.session), out);
        Ok(asker.acted(Reply::RoomClosed { room }))
    }

    pub(super) fn invite(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        nick: &str,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let (target, nick) = self.person(nick)?;
        let by = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?.actor();
        let at = self.now().wall;
        let room = self.rooms.get_mut(room_id);
        let name = room.name().clone();
        if !room.has(target) {
            if room.invited.len() >= INVITED_MAX {
                return Err(Reject::TooMany { max: INVITED_MAX });
            }
            insert_sorted(&mut room.invited, target);
            if let Some(session) = self.sessions.get_mut(target) {
                let invited = &mut session.ties.get_or_insert_default().invited;
                invited.retain(|room| self.rooms.find(*room).is_some());
                insert_sorted(invited, room_id);
            }
            let notice = Notice::Invited { room: name.clone(), by };
            out.deliver([target], None, Event::Notice { notice, at });
        }
        Ok(asker.acted(Reply::Invited { room: name, nick }))
    }
}

/// The room as it will be; `id` salts its password.
fn changed(mut row: RoomRow, id: uuid::Uuid, asked: &RoomAsked<'_>) -> Result<RoomRow, Reject> {
    if let Some(topic) = &asked.topic {
        match check_text(topic, TOPIC_CHARS_MAX) {
            Ok(()) | Err(Reject::Malformed(Malformed::EmptyText)) => row.topic = topic.trim().to_owned(),
            Err(reject) => return Err(reject),
        }
    }
    if let Some(capacity) = asked.capacity {
        let max = u32::MAX as usize;
        row.capacity = Some(u32::try_from(capacity).map_err(|_| Reject::TooLong { max })?);
    }
    match asked.password.as_deref() {
        None => {}
        Some("") => row.lock = None,
        Some(password) if password.len() > PASSWORD_BYTES_MAX => {
            return Err(Reject::TooLong { max: PASSWORD_BYTES_MAX });
        }
        Some(password) => row.lock = Some(room::lock(id, password)),
    }
    row.listed = asked.listed.unwrap_or(row.listed);
    row.invite_only = asked.invite_only.unwrap_or(row.invite_only);
    row.kept = asked.kept.unwrap_or(row.kept);
    if let Some(slow) = asked.slow.as_deref() {
        let bad_time = || Reject::BadDuration { text: echo(slow) };
        let ms = match slow {
            "off" | "0" => 0,
            slow => time::parse_duration_ms(slow).ok_or_else(bad_time)?,
        };
        row.slow_ms = Some(ms).filter(|ms| *ms <= SLOW_MS_MAX).ok_or_else(bad_time)?;
    }
    Ok(row)
}
