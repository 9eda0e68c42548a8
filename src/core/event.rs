//! What happened, as many are told it.
//!
//! An event's bytes depend on the dialect alone: what names its receiver is a
//! reply. Why that matters: it is encoded once, however many hear it.

use serde::{Deserialize, Serialize};

use super::name::Name;
use super::time::Wall;

/// One line of a room, as it is stored, delivered and given back as history.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Message {
    pub room: Name,
    /// The room's number for it; none for talk that could not be recorded.
    pub seq: Option<u64>,
    pub at: Wall,
    pub from: Name,
    pub text: String,
    pub kind: MessageKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    Say,
    Scheduled,
}

impl MessageKind {
    /// The word for it on the wire and in the database.
    pub fn word(self) -> &'static str {
        match self {
            MessageKind::Say => "say",
            MessageKind::Scheduled => "scheduled",
        }
    }

    /// Reads [`MessageKind::word`] back.
    pub fn from_word(word: &str) -> Option<MessageKind> {
        match word {
            "say" => Some(MessageKind::Say),
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
    Quit,
    Lost,
    Kicked,
}

/// Something the server itself says.
#[derive(Clone, PartialEq, Debug)]
pub enum Notice {
    ScheduleSent { schedule: u64 },
    ScheduleMissed { schedule: u64, due: Wall, text: String },
    ShutdownIn { minutes: u64, reason: Option<String> },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    Message(Message),
    Whisper(Whisper),
    Joined { room: Name, nick: Name, at: Wall },
    Left { room: Name, nick: Name, at: Wall, reason: LeftReason, text: Option<String> },
    Renamed { from: Name, to: Name, at: Wall },
    Kicked { nick: Name, by: Name, reason: Option<String>, at: Wall },
    Announcement { text: String, at: Wall, from: Name },
    Notice { notice: Notice, at: Wall },
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
    Shutdown {
        reason: Option<String>,
    },
    Flood,
    OverlongLines,
    LoginTimeout,
    Idle,
    SlowConsumer,
    Full,
    TooManyFromAddress,
    WrongProtocol,
}
