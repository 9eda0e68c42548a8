//! Who may do what: the one place where it is decided.
//!
//! Knows no command but by its row. Why before the command runs: what it does
//! then needs no thought of who asks, and one walk over the table tests it all.

use super::command::Right;
use super::hub::Hub;
use super::name;
use super::reject::{Reject, echo};
use super::reply::Role;
use super::request::Request;
use super::room::{Room, RoomId};
use super::sanctions::{Sanction, SanctionKind, Suspect};
use super::session::{Session, SessionId};

impl Hub {
    /// Rate, state and right. The room that the request is about comes back, where its right is one in a room;
    /// none then is an admin's who speaks of the whole server.
    pub(super) fn admit(&mut self, id: SessionId, request: &Request<'_>) -> Result<Option<RoomId>, Reject> {
        self.charge(id, request.command().cost)?;
        let Some(session) = self.sessions.get(id) else { return Err(Reject::NotLoggedIn) };
        if self.stopping && !session.is_admin() {
            return Err(Reject::ShuttingDown);
        }
        let right = request.command().right;
        let stranger = session.nick.is_none() && !session.is_admin();
        if stranger && right != Right::Anyone {
            if !(session.door.needs_no_nick() && request.is_for_strangers()) {
                return Err(Reject::NotLoggedIn);
            }
            // Whoever has a nickname was looked at when they came in.
            self.check_ban(id, session, None)?;
        }
        if request.is_admins() && !session.is_admin() {
            return Err(Reject::NotAllowed);
        }
        match right {
            Right::Anyone | Right::Known => Ok(None),
            Right::Person if session.is_admin() => Err(Reject::NotAllowed),
            Right::Person => Ok(None),
            Right::Voice => self.check_mute(id, session, None).map(|()| None),
            Right::Creator if self.settings.create_admins_only && !session.is_admin() => {
                Err(Reject::NotAllowed)
            }
            Right::Creator => Ok(None),
            Right::Admin if session.is_admin() => Ok(None),
            Right::Admin => Err(Reject::NotAllowed),
            Right::Visitor
            | Right::Member
            | Right::Speaker
            | Right::Inviter
            | Right::Moderator
            | Right::Owner => self.admit_to_room(id, session, right, request),
        }
    }

    fn admit_to_room(
        &self,
        id: SessionId,
        session: &Session,
        right: Right,
        request: &Request<'_>,
    ) -> Result<Option<RoomId>, Reject> {
        let named = request.room();
        if session.is_admin() {
            // Without a room an admin means the whole server, where a command has a meaning there.
            let everywhere = matches!(
                request,
                Request::Kick { .. }
                    | Request::Sanction(_)
                    | Request::Lift { .. }
                    | Request::Bans { .. }
                    | Request::Users { .. }
                    | Request::Search(_)
            );
            let whole =
                named.is_none() && everywhere || named.is_some_and(|named| self.is_elsewhere(request, named));
            return if whole { Ok(None) } else { self.room_asked(id, named).map(Some) };
        }
        if let (Request::Subscribe { .. }, Some(_)) = (request, named.and_then(channel_pattern)) {
            return Ok(None);
        }
        let room_id = self.room_asked(id, named)?;
        let room = self.rooms.get(room_id);
        let role = room.role(id);
        let is_in = || Err(Reject::NotInRoom { room: room.name().clone() });
        match (right, role) {
            (Right::Visitor, _) => self.check_visit(id, session, room)?,
            (Right::Member | Right::Speaker | Right::Inviter, _) if !room.has(id) => return is_in(),
            (Right::Speaker, _) => self.check_mute(id, session, Some(room.name()))?,
            (Right::Inviter, Some(Role::Member)) if room.row.lock.is_some() || room.row.invite_only => {
                return Err(Reject::NotAllowed);
            }
            (Right::Owner, Some(Role::Owner)) | (Right::Moderator, Some(Role::Owner | Role::Moderator)) => {}
            (Right::Owner | Right::Moderator, Some(_)) => return Err(Reject::NotAllowed),
            (Right::Owner | Right::Moderator, None) => return is_in(),
            (Right::Member | Right::Inviter, _) => {}
            (
                Right::Anyone | Right::Known | Right::Person | Right::Voice | Right::Creator | Right::Admin,
                _,
            ) => unreachable!("the caller deals with what is about no room"),
        }
        Ok(Some(room_id))
    }

    /// What the admin may ask of what is no open room: the history of one that is gone, a whole channel.
    fn is_elsewhere(&self, request: &Request<'_>, named: &str) -> bool {
        match request {
            Request::Subscribe { .. } => channel_pattern(named).is_some(),
            Request::History(_) | Request::Search(_) => {
                self.rooms.named(named).is_none() && self.rooms.past(named).is_some()
            }
            _other => false,
        }
    }

    /// The room a request names, or the one that the session is in.
    pub(super) fn room_asked(&self, session: SessionId, named: Option<&str>) -> Result<RoomId, Reject> {
        let seats = self.sessions.get(session).map_or(&[][..], |session| &session.seats);
        let Some(wanted) = named else {
            return match seats.last() {
                Some(seat) => Ok(seat.room),
                None => self
                    .rooms
                    .named(&self.settings.default_room)
                    .ok_or(Reject::NoSuchRoom { room: self.settings.default_room.to_string() }),
            };
        };
        // The exact name of a room one is in needs no folding; it is what programs send with each line.
        if let Some(seat) = seats.iter().find(|seat| **self.rooms.get(seat.room).name() == *wanted) {
            return Ok(seat.room);
        }
        self.rooms.named(wanted).ok_or_else(|| Reject::NoSuchRoom { room: echo(wanted) })
    }

    /// Whether this one might come in without a password.
    pub(super) fn check_visit(&self, id: SessionId, session: &Session, room: &Room) -> Result<(), Reject> {
        if self.is_of(id, room) {
            return Ok(());
        }
        let sponsor = session.sponsor.and_then(|sponsor| Some((sponsor, self.sessions.get(sponsor)?)));
        if let Some((sponsor, session)) = sponsor {
            self.check_ban(sponsor, session, Some(room.name()))?;
        }
        self.check_ban(id, session, Some(room.name()))?;
        self.check_door(id, room, None)
    }

    /// Whether this one, or who answers for them, is in the room.
    pub(super) fn is_of(&self, id: SessionId, room: &Room) -> bool {
        let sponsor = self.sessions.get(id).and_then(|session| session.sponsor);
        room.role(id).is_some() || sponsor.is_some_and(|sponsor| room.role(sponsor).is_some())
    }

    /// The lock and the invitation, which stop nobody who was invited.
    pub(super) fn check_door(
        &self,
        id: SessionId,
        room: &Room,
        password: Option<&str>,
    ) -> Result<(), Reject> {
        let welcome = room.owner == Some(id) || room.invited.binary_search(&id).is_ok();
        let name = room.name();
        if welcome {
            return Ok(());
        }
        if room.row.invite_only {
            return Err(Reject::InviteOnly { room: name.clone() });
        }
        match (&room.row.lock, password) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(Reject::Locked { room: name.clone(), wrong: false }),
            (Some(lock), Some(password)) if super::room::lock(room.id, password) == *lock => Ok(()),
            (Some(_), Some(_)) => Err(Reject::Locked { room: name.clone(), wrong: true }),
        }
    }

    pub(super) fn check_ban(
        &self,
        id: SessionId,
        session: &Session,
        room: Option<&str>,
    ) -> Result<(), Reject> {
        self.check_nick_ban(id, session, session.nick.as_deref(), room)
    }

    /// The same for a nickname that is only wanted.
    pub(super) fn check_nick_ban(
        &self,
        id: SessionId,
        session: &Session,
        nick: Option<&str>,
        room: Option<&str>,
    ) -> Result<(), Reject> {
        if self.sanctions.is_empty() {
            return Ok(());
        }
        let suspect = Suspect { session: Some(id), nick, address: session.address() };
        let now = self.now().wall;
        match self.sanctions.hits(SanctionKind::Ban, room, &suspect, now) {
            Some(ban) => Err(Reject::Banned(Box::new(ban.held(now)))),
            None => Ok(()),
        }
    }

    /// The ban that keeps this one out of a room.
    pub(super) fn ban_of(&self, id: SessionId, room: RoomId) -> Option<Sanction> {
        let session = self.sessions.get(id)?;
        let suspect =
            Suspect { session: Some(id), nick: session.nick.as_deref(), address: session.address() };
        let room = self.rooms.get(room).name();
        self.sanctions.hits(SanctionKind::Ban, Some(room), &suspect, self.now().wall).cloned()
    }

    fn check_mute(&self, id: SessionId, session: &Session, room: Option<&str>) -> Result<(), Reject> {
        // Asked with each line of talk: most of the time nobody is muted.
        if !self.sanctions.has_mutes() {
            return Ok(());
        }
        let suspect =
            Suspect { session: Some(id), nick: session.nick.as_deref(), address: session.address() };
        let now = self.now().wall;
        match self.sanctions.hits(SanctionKind::Mute, room, &suspect, now) {
            Some(mute) if !session.is_admin() => Err(Reject::Muted(Box::new(mute.held(now)))),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether this one is muted in a room, as lists of people show it.
    pub(super) fn is_muted(&self, id: SessionId, room: RoomId) -> bool {
        let session = self.sessions.get(id);
        let room = self.rooms.get(room).name();
        session.is_some_and(|session| self.check_mute(id, session, Some(room)).is_err())
    }

    /// Moderators have no power over each other, nor over the owner.
    pub(super) fn check_rank(&self, asker: SessionId, target: SessionId, room: RoomId) -> Result<(), Reject> {
        let room = self.rooms.get(room);
        let admin = self.sessions.get(asker).is_some_and(Session::is_admin);
        let allowed = match (room.role(asker), room.role(target)) {
            _ if admin => true,
            _ if asker == target => false,
            (Some(Role::Owner), _) => true,
            (Some(Role::Moderator), Some(Role::Member) | None) => true,
            (Some(_) | None, _) => false,
        };
        if allowed { Ok(()) } else { Err(Reject::NotAllowed) }
    }

    pub(super) fn charge(&mut self, session: SessionId, cost: u32) -> Result<(), Reject> {
        let (now, rate, burst) = (self.now().mono, self.settings.rate, self.settings.burst);
        let Some(session) = self.sessions.get_mut(session) else { return Ok(()) };
        if session.is_admin() {
            return Ok(());
        }
        session.allowance.take(now, cost, rate, burst).map_err(|wait_ms| Reject::RateLimited { wait_ms })
    }
}

/// The channel that `channel/*` means.
pub(super) fn channel_pattern(room: &str) -> Option<name::NameKey> {
    room.strip_suffix("/*").map(name::key)
}
