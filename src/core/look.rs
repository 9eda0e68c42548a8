//! What can be seen of the hub without asking it: nothing changes by looking.
//!
//! Knows no request. Why apart from the hub: what changes the chat must be found in one place.

use super::effect::Origin;
use super::hub::Hub;
use super::name::{self, Name};
use super::reject::{Reject, echo};
use super::session::SessionId;
use super::settings::{Settings, Storage};

impl Hub {
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the session has a nickname; a line of text means something else before.
    pub fn has_nick(&self, session: SessionId) -> bool {
        self.sessions.get(session).is_some_and(|session| session.nick.is_some())
    }

    /// Who bears this nickname.
    pub fn session_named(&self, nick: &str) -> Option<SessionId> {
        self.sessions.named(&name::key(nick))
    }

    /// How many have a nickname.
    pub fn people(&self) -> usize {
        self.sessions.people() - self.held.len()
    }

    /// How the disk is, as far as it was told.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// The id of a room, open or not.
    pub fn room_id(&self, name: &str) -> uuid::Uuid {
        self.rooms.id_of(name)
    }

    /// How many rooms there are.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Requests of this session that are not answered yet.
    pub fn unanswered(&self, session: SessionId) -> u32 {
        self.sessions.get(session).map_or(0, |session| session.unanswered)
    }

    /// The nickname of a session.
    pub fn nick(&self, session: SessionId) -> Option<&Name> {
        self.sessions.get(session).and_then(|session| session.nick.as_ref())
    }

    /// Where a session comes from.
    pub fn origin(&self, session: SessionId) -> Option<Origin> {
        self.sessions.get(session).map(|session| session.from)
    }

    /// Whether a session is in the room of this name or id.
    ///
    /// # Errors
    ///
    /// There is no such room.
    pub fn is_in(&self, session: SessionId, room: &str) -> Result<bool, Reject> {
        let room = self.rooms.named(room).ok_or_else(|| Reject::NoSuchRoom { room: echo(room) })?;
        Ok(self.rooms.get(room).has(session))
    }
}
