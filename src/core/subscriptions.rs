//! Hearing rooms from outside: publish and subscribe.
//!
//! Knows nothing of members: who subscribes is not shown among them. Why a
//! channel can be heard whole: a bot that archives it must not miss a new room.

use super::effect::Effects;
use super::event::Farewell;
use super::hub::Hub;
use super::name::NameKey;
use super::pending::{Asker, Done};
use super::reject::Reject;
use super::reply::Reply;
use super::rights::channel_pattern;
use super::room::{RoomId, insert_sorted, remove_sorted};
use super::session::{Door, Session, SessionId};
use crate::limits::{CHANNELS_PER_SESSION_MAX, ROOMS_PER_SESSION_MAX};

impl Hub {
    /// `room` is none for `channel/*`.
    pub(super) fn subscribe(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        named: &str,
        after: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let id = asker.session;
        let ties = self.sessions.get(id).and_then(|session| session.ties.as_deref());
        let (rooms, channels) = ties.map_or((0, 0), |ties| (ties.subscribed.len(), ties.channels.len()));
        let Some(room) = room else {
            let Some(channel) = channel_pattern(named) else {
                return Err(Reject::NoSuchRoom { room: super::reject::echo(named) });
            };
            if channels >= CHANNELS_PER_SESSION_MAX {
                return Err(Reject::TooMany { max: CHANNELS_PER_SESSION_MAX });
            }
            self.watch(id, &channel);
            return Ok(Done::Reply(Reply::Subscribed { room: named.into(), on: true }));
        };
        if rooms >= ROOMS_PER_SESSION_MAX {
            return Err(Reject::TooMany { max: ROOMS_PER_SESSION_MAX });
        }
        self.hear(id, room);
        if let Some(after) = after {
            self.open_gap(id, room, after);
        }
        let room = self.rooms.get(room).name().clone();
        out.reply(id, asker.re.clone(), Ok(Reply::Subscribed { room, on: true }));
        self.begin_replay(id, out);
        Ok(Done::Replied)
    }

    fn hear(&mut self, id: SessionId, room: RoomId) {
        insert_sorted(&mut self.rooms.get_mut(room).subscribers, id);
        let Some(session) = self.sessions.get_mut(id) else { return };
        insert_sorted(&mut session.ties.get_or_insert_default().subscribed, room);
    }

    /// All rooms of a channel that are for everybody, those to come included.
    fn watch(&mut self, id: SessionId, channel: &NameKey) {
        self.rooms.watch(channel, id, true);
        if let Some(session) = self.sessions.get_mut(id) {
            insert_sorted(&mut session.ties.get_or_insert_default().channels, channel.clone());
        }
        let admin = self.sessions.get(id).is_some_and(|session| session.is_admin());
        for room in self.rooms.of_channel(channel) {
            let open = self.rooms.get(room);
            let session = self.sessions.get(id);
            let banned = session.is_some_and(|one| self.check_ban(id, one, Some(open.name())).is_err());
            if admin || open.role(id).is_some() || !(open.row.is_private() || banned) {
                insert_sorted(&mut self.rooms.get_mut(room).subscribers, id);
            }
        }
    }

    pub(super) fn unsubscribe(&mut self, asker: &Asker, named: &str) -> Result<Done, Reject> {
        let id = asker.session;
        let off = |room| Ok(Done::Reply(Reply::Subscribed { room, on: false }));
        if let Some(channel) = channel_pattern(named) {
            self.rooms.watch(&channel, id, false);
            if let Some(ties) = self.sessions.get_mut(id).and_then(|session| session.ties.as_mut()) {
                remove_sorted(&mut ties.channels, &channel);
            }
            for room in self.rooms.of_channel(&channel) {
                if !self.subscribed_itself(id, room) {
                    remove_sorted(&mut self.rooms.get_mut(room).subscribers, &id);
                }
            }
            return off(named.into());
        }
        let room = self.room_asked(id, Some(named))?;
        self.unhear(id, room);
        remove_sorted(&mut self.rooms.get_mut(room).subscribers, &id);
        off(self.rooms.get(room).name().clone())
    }

    fn subscribed_itself(&self, id: SessionId, room: RoomId) -> bool {
        let ties = self.sessions.get(id).and_then(|session| session.ties.as_deref());
        ties.is_some_and(|ties| ties.subscribed.contains(&room))
    }

    /// Takes somebody off the lists of rooms that they heard from outside.
    pub(super) fn unhear_all(&mut self, id: SessionId) {
        let Some(ties) = self.sessions.get_mut(id).and_then(|session| session.ties.as_mut()) else { return };
        let (rooms, channels) = (std::mem::take(&mut ties.subscribed), std::mem::take(&mut ties.channels));
        for channel in &channels {
            self.rooms.watch(channel, id, false);
        }
        let of_channels = channels.iter().flat_map(|channel| self.rooms.of_channel(channel));
        for room in rooms.into_iter().chain(of_channels.collect::<Vec<_>>()) {
            if let Some(room) = self.rooms.find_mut(room) {
                remove_sorted(&mut room.subscribers, &id);
            }
        }
    }

    /// Whoever came for one room's events alone, and hears it no longer, has nothing to wait for.
    pub(super) fn end_stream(&mut self, id: SessionId, farewell: Farewell, out: &mut Effects) {
        if self.sessions.get(id).is_some_and(|session| session.door == Door::Events) {
            self.end(id, farewell, out);
        }
    }

    /// A ban is new: the events of whoever it keeps out of their room end.
    pub(super) fn end_banned_streams(&mut self, out: &mut Effects) {
        let banned = |(id, session): (SessionId, &Session)| {
            let rooms = session.ties.as_ref().filter(|_| session.door == Door::Events)?;
            let room = self.rooms.find(*rooms.subscribed.first()?)?;
            let sponsor = session.sponsor.and_then(|sponsor| Some((sponsor, self.sessions.get(sponsor)?)));
            let mut people = std::iter::once((id, session)).chain(sponsor);
            people.any(|(id, one)| self.check_ban(id, one, Some(room.name())).is_err()).then_some(id)
        };
        let banned: Vec<SessionId> = self.sessions.iter().filter_map(banned).collect();
        for id in banned {
            self.end(id, Farewell::NotAllowed, out);
        }
    }

    /// Takes somebody who goes off the lists of rooms that they are not in.
    pub(super) fn untie(&mut self, id: SessionId, out: &mut Effects) {
        self.unhear_all(id);
        let Some(ties) = self.sessions.get_mut(id).and_then(|session| session.ties.take()) else { return };
        for room in ties.invited {
            if let Some(room) = self.rooms.find_mut(room) {
                remove_sorted(&mut room.invited, &id);
            }
        }
        for room in ties.made {
            if self.rooms.find(room).is_some_and(|room| room.owner == Some(id)) {
                self.pass_on(room, out);
            }
        }
    }
}
