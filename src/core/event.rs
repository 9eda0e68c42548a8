//! What happened, as many are told it.
//!
//! An event's bytes depend on the dialect alone: what names its receiver is a
//! reply. Why that matters: it is encoded once, however many hear it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::files::{Offer, Transfer};
use super::name::Name;
use super::reply::{Role, RoomInfo};
use super::sanctions::Sanction;
use super::time::Wall;

/// One line of a room, as it is stored, delivered and given back as history.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct Message {
    pub room: Name,
    /// The room's number for it; none for talk that could not be recorded.
    pub seq: Option<u64>,
    pub at: Wall,
    pub from: Name,
    /// As it reads now; empty when it was deleted.
    pub text: String,
    pub kind: MessageKind,
    /// Members of the room whom the text names.
    pub mentions: Vec<Name>,
    /// When it was last changed.
    pub edited: Option<Wall>,
    pub deleted: bool,
    /// What it said before, oldest first; only for admins who ask.
    pub versions: Vec<Version>,
    /// Its author's own id for it; only for the author, who was away.
    pub mid: Option<Box<str>>,
}

/// What a message said until somebody changed it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Version {
    /// When and by whom it was replaced.
    pub at: Wall,
    pub by: Name,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    #[default]
    Say,
    /// What somebody does, in the third person: `/me waves`.
    Action,
    Scheduled,
}

impl MessageKind {
    /// The word for it on the wire and in the database.
    pub fn word(self) -> &'static str {
        match self {
            MessageKind::Say => "say",
            MessageKind::Action => "action",
            MessageKind::Scheduled => "scheduled",
        }
    }

    /// Reads [`MessageKind::word`] back.
    pub fn from_word(word: &str) -> Option<MessageKind> {
        match word {
            "say" => Some(MessageKind::Say),
            "action" => Some(MessageKind::Action),
            "scheduled" => Some(MessageKind::Scheduled),
            _ => None,
        }
    }
}

/// A private message to one or several people.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Whisper {
    pub id: Option<u64>,
    pub at: Wall,
    pub from: Name,
    pub to: Vec<Name>,
    pub text: String,
}

/// Why somebody is no longer in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeftReason {
    /// Out of the server.
    Quit,
    /// Out of this room only.
    Part,
    Lost,
    Kicked,
}

/// Why a whisper session is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhisperEnd {
    /// One of the two wished it.
    Ended,
    Left(LeftReason),
}

/// A message that was changed or deleted after it was said.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Edit {
    pub room: Name,
    pub seq: u64,
    pub at: Wall,
    pub by: Name,
    /// Who had said it.
    pub from: Name,
    /// What it says now; none when it is deleted.
    pub text: Option<String>,
}

/// Something the server itself says.
#[derive(Clone, PartialEq, Debug)]
pub enum Notice {
    ScheduleSent {
        schedule: u64,
    },
    /// `next` is when it comes again.
    ScheduleMissed {
        schedule: u64,
        due: Wall,
        text: String,
        next: Option<Wall>,
    },
    ShutdownIn {
        minutes: u64,
        reason: Option<String>,
    },
    Invited {
        room: Name,
        by: Name,
    },
    Unmuted {
        room: Option<Name>,
        by: Name,
    },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    Message(Message),
    /// Said before, to the one who was not there or lost the connection.
    Missed(Box<Message>),
    Edited(Edit),
    Whisper(Whisper),
    /// To the one it was opened with.
    WhisperOpened {
        nick: Name,
        at: Wall,
    },
    /// To the one who did not end it.
    WhisperClosed {
        nick: Name,
        end: WhisperEnd,
        at: Wall,
    },
    /// To the one whom it is for.
    Offer(Box<Offer>),
    /// To the one who did not do it, or both.
    Transfer(Box<Transfer>),
    Joined {
        room: Name,
        nick: Name,
        at: Wall,
    },
    Left {
        room: Name,
        nick: Name,
        at: Wall,
        reason: LeftReason,
        text: Option<String>,
    },
    Renamed {
        from: Name,
        to: Name,
        at: Wall,
    },
    /// Out of `room`, or out of the server.
    Kicked {
        nick: Name,
        by: Name,
        room: Option<Name>,
        reason: Option<String>,
        at: Wall,
    },
    /// `nick` is the one it hits; who is banned and muted may be an address.
    Sanctioned {
        nick: Name,
        sanction: Sanction,
    },
    /// `by` is none where a room has passed on by itself.
    RoleChanged {
        room: Name,
        nick: Name,
        role: Role,
        by: Option<Name>,
        at: Wall,
    },
    Topic {
        room: Name,
        topic: String,
        by: Name,
        at: Wall,
    },
    /// `by` is none where somebody without a nickname has made it.
    RoomCreated {
        room: Name,
        id: Uuid,
        by: Option<Name>,
        at: Wall,
    },
    RoomChanged {
        room: Name,
        id: Uuid,
        by: Name,
        at: Wall,
    },
    /// `by` is none where nobody was left in it.
    RoomClosed {
        room: Name,
        id: Uuid,
        by: Option<Name>,
        at: Wall,
    },
    Announcement {
        text: String,
        at: Wall,
        from: Name,
    },
    Notice {
        notice: Notice,
        at: Wall,
    },
    /// To the one whom it is about, who is told in the second person.
    Yours(Box<Event>),
    /// To the one whom the server has put into a room.
    Moved {
        nick: Name,
        room: Box<RoomInfo>,
        at: Wall,
    },
}

/// The last words to one connection.
#[derive(Clone, PartialEq, Debug)]
pub enum Farewell {
    /// Its own wish: nothing needs to be said.
    Quit,
    Kicked {
        nick: Name,
        by: Name,
        reason: Option<String>,
        at: Wall,
    },
    Banned {
        nick: Name,
        sanction: Sanction,
    },
    Shutdown {
        reason: Option<String>,
    },
    Flood,
    OverlongLines,
    LoginTimeout,
    Idle,
    SlowConsumer,
    /// The room whose events it came for is not open to it any more.
    NotAllowed,
    /// Whoever has its resume token has come in by another connection.
    Replaced,
    Full,
    TooManyFromAddress,
    WrongProtocol,
}
