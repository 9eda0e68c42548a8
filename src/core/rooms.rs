//! Going into rooms and out of them, and lists of rooms.
//!
//! Knows no connection and no file. Why coming and going take effect before they
//! are recorded: they are facts already.

use super::effect::Effects;
use super::entry::Entry;
use super::event::{Event, Farewell, LeftReason};
use super::hub::Hub;
use super::name::{self, Name};
use super::pending::{Asker, Done};
use super::reject::{Reject, echo};
use super::reply::{Listing, Reply, Role, RoomInfo};
use super::room::{Room, RoomId, RoomRow, insert_sorted, remove_sorted};
use super::session::{Door, Seat, SessionId};
use crate::limits::{
    ANNOUNCED_MEMBERS_MAX, DIRECTORY_ROOMS_MAX, MEMBERS_NAMED_MAX, ROOMS_LISTED_MAX, ROOMS_MADE_MAX,
    ROOMS_MAX, ROOMS_PER_SESSION_MAX, WRONG_PASSWORD_COST,
};

impl Hub {
    pub(super) fn join(
        &mut self,
        asker: &Asker,
        wanted: &str,
        password: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let id = asker.session;
        let session = self.sessions.get(id).ok_or(Reject::NotLoggedIn)?;
        let moves = session.door == Door::Text;
        if !moves && session.seats.len() >= ROOMS_PER_SESSION_MAX {
            return Err(Reject::TooMany { max: ROOMS_PER_SESSION_MAX });
        }
        let room = match self.rooms.named(wanted) {
            Some(room) => room,
            None if self.settings.create_admins_only => {
                return Err(Reject::NoSuchRoom { room: echo(wanted) });
            }
            None => self.create(asker, self.new_room(wanted)?, out)?,
        };
        if self.rooms.get(room).has(id) {
            return Ok(asker.acted(Reply::Joined(Box::new(self.room_info(room, Some(id))))));
        }
        if let Err(reject) = self.check_entry(id, room, password) {
            if matches!(reject, Reject::Locked { wrong: true, .. }) {
                self.charge(id, WRONG_PASSWORD_COST)?;
            }
            return Err(reject);
        }
        if moves {
            self.exit_all(id, Some((LeftReason::Part, None)), out);
        }
        self.enter(id, room, out);
        Ok(asker.acted(Reply::Joined(Box::new(self.room_info(room, Some(id))))))
    }

    /// Ban, lock, invitation and capacity.
    pub(super) fn check_entry(
        &self,
        id: SessionId,
        room: RoomId,
        password: Option<&str>,
    ) -> Result<(), Reject> {
        let session = self.sessions.get(id).ok_or(Reject::NotLoggedIn)?;
        let room = self.rooms.get(room);
        self.check_ban(id, session, Some(room.name()))?;
        self.check_door(id, room, password)?;
        self.check_capacity(room)
    }

    pub(super) fn check_capacity(&self, room: &Room) -> Result<(), Reject> {
        let capacity = room.row.capacity.unwrap_or(self.settings.capacity);
        if capacity > 0 && room.members.len() >= capacity as usize {
            return Err(Reject::RoomFull { room: room.name().clone() });
        }
        Ok(())
    }

    /// A row for a room that is not open; its name is checked here.
    pub(super) fn new_room(&self, wanted: &str) -> Result<RoomRow, Reject> {
        let name = name::parse_room(wanted).map_err(|fault| Reject::BadRoom { room: echo(wanted), fault })?;
        if self.rooms.len() >= ROOMS_MAX {
            return Err(Reject::TooMany { max: ROOMS_MAX });
        }
        let floor = self.rooms.floor(&name);
        Ok(RoomRow { floor, ..RoomRow::new(name) })
    }

    /// Opens a room that belongs to whoever asked, and waits for them.
    pub(super) fn create(
        &mut self,
        asker: &Asker,
        row: RoomRow,
        out: &mut Effects,
    ) -> Result<RoomId, Reject> {
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let person = !session.is_admin();
        let by = (session.nick.is_some() || !person).then(|| session.actor());
        // Each connection brings somebody new without a nickname: all of an address count as one.
        let nobody_at = session.address().filter(|_| by.is_none());
        let made = match (nobody_at, session.ties.as_deref()) {
            (Some(_), _) => self.rooms.iter().filter(|(_, room)| room.nobody_at == nobody_at).count(),
            (None, Some(ties)) => ties.made.iter().filter(|room| self.rooms.find(**room).is_some()).count(),
            (None, None) => 0,
        };
        if person && made >= ROOMS_MADE_MAX {
            return Err(Reject::TooMany { max: ROOMS_MADE_MAX });
        }
        let room = self.rooms.open(row);
        let at = self.now().wall;
        let opened = self.rooms.get_mut(room);
        (opened.owner, opened.nobody_at) = (person.then_some(asker.session), nobody_at);
        if let Some(maker) = self.sessions.get_mut(asker.session) {
            let made = &mut maker.ties.get_or_insert_default().made;
            made.retain(|made| self.rooms.find(*made).is_some());
            made.push(room);
        }
        self.let_linger(room);
        let opened = self.rooms.get(room);
        out.record(None, Entry::Room(opened.row.clone()));
        if opened.row.listed {
            let event = Event::RoomCreated { room: opened.name().clone(), id: opened.id, by, at };
            out.deliver(self.everybody(), Some(asker.session), event);
        }
        Ok(room)
    }

    /// Whom what this one does is not told to: themselves, unless that is how they know that it was done.
    pub(super) fn but(&self, id: SessionId) -> Option<SessionId> {
        let hears = self.sessions.get(id).is_some_and(|session| session.door.hears_itself());
        (!hears).then_some(id)
    }

    /// All who have a nickname, ascending.
    pub(super) fn everybody(&self) -> Vec<SessionId> {
        self.sessions
            .iter()
            .filter(|(_, one)| one.nick.is_some() && !one.is_held())
            .map(|(id, _)| id)
            .collect()
    }

    /// Puts somebody into a room who may be there.
    pub(super) fn enter(&mut self, id: SessionId, room_id: RoomId, out: &mut Effects) {
        let lobby = self.lobby();
        self.arrivals += 1;
        let order = self.arrivals;
        let room = self.rooms.get_mut(room_id);
        let seat = Seat { room: room_id, order, spoke: None, from: room.last };
        let passes_on = if lobby == Some(room_id) { self.settings.lobby_owner_first } else { !room.row.kept };
        if passes_on && room.owner.is_none() && room.members.is_empty() {
            room.owner = Some(id);
        }
        self.open_replay(id, room_id);
        self.take_seat(id, seat, out);
    }

    /// Among the members, who are told.
    pub(super) fn take_seat(&mut self, id: SessionId, seat: Seat, out: &mut Effects) {
        let (at, room_id) = (self.now().wall, seat.room);
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(nick) = session.nick.clone() else { return };
        session.seats.push(seat);
        self.touch(id);
        self.rooms.linger(room_id, None);
        let but = self.but(id);
        let room = self.rooms.get_mut(room_id);
        remove_sorted(&mut room.invited, &id);
        insert_sorted(&mut room.members, id);
        if room.members.len() <= ANNOUNCED_MEMBERS_MAX {
            let event = Event::Joined { room: room.name().clone(), nick, at };
            out.deliver(room.members.iter().copied(), but, event);
        }
    }

    /// Takes somebody out of one room and says so to those who stay, unless it is to be quiet.
    pub(super) fn exit(
        &mut self,
        id: SessionId,
        room_id: RoomId,
        why: Option<(LeftReason, Option<&str>)>,
        out: &mut Effects,
    ) {
        let at = self.now().wall;
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.seats.retain(|seat| seat.room != room_id);
        let (nick, comes_back) = (session.nick.clone(), session.is_held());
        self.close_gap(id, room_id, out);
        self.touch(id);
        let room = self.rooms.get_mut(room_id);
        let announced = room.members.len() <= ANNOUNCED_MEMBERS_MAX;
        remove_sorted(&mut room.members, &id);
        remove_sorted(&mut room.moderators, &id);
        if let (Some((reason, text)), Some(nick), true) = (why, nick, announced) {
            let text = text.map(str::to_owned);
            let event = Event::Left { room: room.name().clone(), nick, at, reason, text };
            out.deliver(room.members.iter().copied(), None, event);
        }
        if room.owner == Some(id) && !comes_back {
            self.pass_on(room_id, out);
        }
        self.shut_out_listeners(room_id, out);
        self.let_linger(room_id);
    }

    pub(super) fn exit_all(
        &mut self,
        id: SessionId,
        why: Option<(LeftReason, Option<&str>)>,
        out: &mut Effects,
    ) {
        let seats = self.sessions.get(id).map(|session| session.seats.clone()).unwrap_or_default();
        for seat in seats {
            self.exit(id, seat.room, why, out);
        }
    }

    /// The owner is gone: the senior moderator takes over, else the senior member.
    pub(super) fn pass_on(&mut self, room_id: RoomId, out: &mut Effects) {
        let passes_on = self.lobby() != Some(room_id) || self.settings.lobby_owner_first;
        let at = self.now().wall;
        let room = self.rooms.get(room_id);
        let order = |id: &SessionId| {
            let seat = self.sessions.get(*id).and_then(|session| session.seat(room_id));
            seat.map_or(u64::MAX, |seat| seat.order)
        };
        let senior = |list: &[SessionId]| list.iter().copied().min_by_key(order);
        let heir = senior(&room.moderators).or_else(|| senior(&room.members)).filter(|_| passes_on);
        let name = room.name().clone();
        let room = self.rooms.get_mut(room_id);
        let before = std::mem::replace(&mut room.owner, heir);
        if let Some(heir) = heir {
            remove_sorted(&mut room.moderators, &heir);
        }
        before.into_iter().chain(heir).for_each(|one| self.touch(one));
        let Some(heir) = heir else { return };
        let nick = self.nick_of(heir).unwrap_or_default();
        let event = Event::RoleChanged { room: name, nick, role: Role::Owner, by: None, at };
        self.tell_role(room_id, heir, None, event, out);
    }

    /// A room's members hear of a role; the one who got it in the second person.
    pub(super) fn tell_role(
        &self,
        room: RoomId,
        whose: SessionId,
        except: Option<SessionId>,
        event: Event,
        out: &mut Effects,
    ) {
        let room = self.rooms.get(room);
        if room.members.len() <= ANNOUNCED_MEMBERS_MAX {
            let others = room.members.iter().copied().filter(|one| *one != whose);
            out.deliver(others, except, event.clone());
        }
        out.deliver([whose], except, Event::Yours(Box::new(event)));
    }

    /// An empty room goes after a while, unless it is kept.
    pub(super) fn let_linger(&mut self, room_id: RoomId) {
        let linger_ms = self.settings.linger_ms;
        let stays = self.lobby() == Some(room_id) || linger_ms == 0;
        let room = self.rooms.get(room_id);
        let empty = room.members.is_empty() && !room.row.kept && !stays;
        let until = empty.then(|| self.now().mono.after_ms(linger_ms));
        self.rooms.linger(room_id, until);
    }

    /// The same for every room, when the daemon has started or the while is another.
    pub(super) fn let_all_linger(&mut self) {
        let open: Vec<RoomId> = self.rooms.iter().map(|(id, _)| id).collect();
        for room in open {
            self.let_linger(room);
        }
    }

    /// Where everybody lands.
    pub(super) fn lobby(&self) -> Option<RoomId> {
        self.rooms.named(&self.settings.default_room)
    }

    /// Closes the empty rooms whose time has come.
    pub(super) fn close_lingering(&mut self, out: &mut Effects) {
        while let Some((at, room)) = self.rooms.next_to_go()
            && at <= self.now().mono
        {
            self.close_room(room, None, None, out);
        }
    }

    /// Takes a room away; those who were in it and are nowhere now go to the lobby.
    pub(super) fn close_room(
        &mut self,
        room_id: RoomId,
        by: Option<Name>,
        except: Option<SessionId>,
        out: &mut Effects,
    ) {
        let at = self.now().wall;
        let room = self.rooms.get(room_id);
        let event = Event::RoomClosed { room: room.name().clone(), id: room.id, by, at };
        let mut others = if room.row.listed { self.everybody() } else { Vec::new() };
        others.extend(room.subscribers.iter().copied());
        others.sort_unstable();
        others.dedup();
        others.retain(|one| !room.has(*one));
        out.deliver(others, except, event.clone());
        let (name, members) = (room.name().clone(), room.members.clone());
        self.overtake_joins(&name, None);
        out.deliver(members.iter().copied(), except, Event::Yours(Box::new(event)));
        for member in &members {
            if let Some(session) = self.sessions.get_mut(*member) {
                session.seats.retain(|seat| seat.room != room_id);
            }
            self.close_gap(*member, room_id, out);
            self.touch(*member);
        }
        self.rooms.linger(room_id, None);
        self.forget_held_seats(room_id);
        let room = self.rooms.close(room_id);
        for subscriber in room.subscribers {
            self.unhear(subscriber, room_id);
            self.end_stream(subscriber, Farewell::Quit, out);
        }
        self.sanctions.forget_room(&room.row.name);
        out.record(None, Entry::RoomClosed { room: room.row.name });
        for member in members {
            self.send_to_lobby(member, out);
            // Who has closed it is shown the lobby's lines behind the answer.
            if Some(member) != except {
                self.begin_replay(member, out);
            }
        }
    }

    /// Forgets that this one hears a room.
    pub(super) fn unhear(&mut self, id: SessionId, room: RoomId) {
        if let Some(ties) = self.sessions.get_mut(id).and_then(|session| session.ties.as_mut()) {
            remove_sorted(&mut ties.subscribed, &room);
        }
        if self.rooms.find(room).is_none_or(|room| !room.has(id)) {
            self.drop_gap(id, room);
        }
    }

    /// Whoever the server has put out of a room and who is nowhere now. The lobby takes them also when it is full, but
    /// not who is banned from it.
    pub(super) fn send_to_lobby(&mut self, id: SessionId, out: &mut Effects) {
        let Some(lobby) = self.lobby() else { return };
        if self.sessions.get(id).is_none_or(|session| !session.seats.is_empty()) {
            return;
        }
        if let Some(ban) = self.ban_of(id, lobby) {
            // There is nowhere left to go.
            let nick = self.nick_of(id).unwrap_or_default();
            return self.shut_out(id, Farewell::Banned { nick, sanction: ban }, out);
        }
        self.enter(id, lobby, out);
        let (nick, room) = (self.nick_of(id).unwrap_or_default(), Box::new(self.room_info(lobby, Some(id))));
        out.deliver([id], None, Event::Moved { nick, room, at: self.now().wall });
    }

    /// A person at a terminal goes back to the lobby; a program only gives one room up.
    pub(super) fn leave(
        &mut self,
        asker: &Asker,
        room: Option<&str>,
        quiet: bool,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let id = asker.session;
        let room = self.room_asked(id, room)?;
        let session = self.sessions.get(id).ok_or(Reject::NotLoggedIn)?;
        let name = self.rooms.get(room).name().clone();
        if session.seat(room).is_none() {
            return Err(Reject::NotInRoom { room: name });
        }
        let why = (!quiet).then_some((LeftReason::Part, None));
        if session.door != Door::Text {
            let info = self.room_info(room, Some(id));
            self.exit(id, room, why, out);
            return Ok(asker.acted(Reply::Left(Box::new(info))));
        }
        let lobby = self.lobby().filter(|lobby| *lobby != room).ok_or(Reject::NowhereElse { room: name })?;
        self.check_entry(id, lobby, None)?;
        self.exit(id, room, why, out);
        self.enter(id, lobby, out);
        Ok(asker.acted(Reply::Joined(Box::new(self.room_info(lobby, Some(id))))))
    }

    /// A room as somebody finds it who comes in: `newcomer` is not named.
    pub(super) fn room_info(&self, room: RoomId, newcomer: Option<SessionId>) -> RoomInfo {
        let room = self.rooms.get(room);
        let others = || room.members.iter().filter(|one| Some(**one) != newcomer);
        let mut members: Vec<Name> =
            others().take(MEMBERS_NAMED_MAX).filter_map(|id| self.nick_of(*id)).collect();
        members.sort_by_cached_key(|nick| nick.to_lowercase());
        RoomInfo {
            room: room.name().clone(),
            id: room.id,
            topic: room.row.topic.clone(),
            members,
            people: others().count(),
            seq: room.last,
        }
    }

    /// All that this one may know of, or those of a channel; or the one that they name.
    pub(super) fn list_rooms(
        &self,
        asker: &Asker,
        channel: Option<&str>,
        room: Option<&str>,
    ) -> Result<Done, Reject> {
        if room.is_some() {
            let room = self.rooms.get(self.room_asked(asker.session, room)?);
            return Ok(Done::Reply(Reply::Rooms { rooms: vec![self.listing(room)], more: false }));
        }
        let channel = channel.map(|channel| name::key(channel.trim_end_matches("/*")));
        let here = |room: &&Room| {
            let Some(channel) = &channel else { return true };
            name::channel(room.name()).is_some_and(|of| name::key(of) == *channel)
        };
        let rooms: Vec<&Room> = self.visible_rooms(asker.session).filter(here).collect();
        let more = rooms.len() > ROOMS_LISTED_MAX;
        let rooms = rooms.into_iter().take(ROOMS_LISTED_MAX).map(|room| self.listing(room)).collect();
        Ok(Done::Reply(Reply::Rooms { rooms, more }))
    }

    /// The rooms that a newcomer is told of, and how many more there are: of many the fullest.
    pub(super) fn directory(&self, id: SessionId) -> (Vec<Listing>, usize) {
        let mut rooms: Vec<&Room> = self.visible_rooms(id).collect();
        let more = rooms.len().saturating_sub(DIRECTORY_ROOMS_MAX);
        if more > 0 {
            rooms.select_nth_unstable_by_key(DIRECTORY_ROOMS_MAX, |room| {
                std::cmp::Reverse(room.members.len())
            });
            rooms.truncate(DIRECTORY_ROOMS_MAX);
            rooms.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        }
        (rooms.into_iter().map(|room| self.listing(room)).collect(), more)
    }

    fn listing(&self, room: &Room) -> Listing {
        let owner = room.owner.and_then(|owner| self.nick_of(owner));
        room.listing(self.settings.capacity, owner)
    }

    /// The rooms this one may know of, by name: the listed ones, and those it is in or owns.
    fn visible_rooms(&self, id: SessionId) -> impl Iterator<Item = &Room> {
        let admin = self.sessions.get(id).is_some_and(|session| session.is_admin());
        let rooms = self.rooms.iter().map(|(_, room)| room);
        rooms.filter(move |room| {
            admin || room.row.listed || room.role(id).is_some() || room.invited.binary_search(&id).is_ok()
        })
    }
}
