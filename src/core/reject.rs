//! Why a request is refused. Never text: each dialect words it.
//!
//! Why the codes stand here and not with the words: they are stable identity,
//! counted in `status` and kept in the record of commands.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::command::{self, Command};
use super::export::Misfit;
use super::name::{Name, NameFault};
use super::query::QueryFault;

/// A refusal. It goes to the one who asked and changes nothing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Reject {
    /// The line or object cannot be read as a request.
    Malformed(Malformed),
    UnknownCommand {
        name: String,
        nearest: Option<Cow<'static, str>>,
    },
    Usage(#[serde(with = "command::by_name")] &'static Command),
    /// A control character, line separator or the like in a text.
    BadChar,
    /// More than `max` characters of text, or bytes of a line.
    TooLong {
        max: usize,
    },
    NotLoggedIn,
    /// The token is nobody's, or is not any more.
    NoSession,
    AlreadyIn {
        nick: Name,
    },
    NickInUse {
        nick: String,
    },
    BadNick {
        nick: String,
        fault: NameFault,
    },
    NoSuchUser {
        nick: String,
    },
    NoSuchRoom {
        room: String,
    },
    NotInRoom {
        room: Name,
    },
    RoomFull {
        room: Name,
    },
    NotAllowed,
    /// Not the name of a room.
    BadRoom {
        room: String,
        fault: NameFault,
    },
    RoomExists {
        room: Name,
    },
    /// `wrong`: a password came, and is not the room's.
    Locked {
        room: Name,
        wrong: bool,
    },
    InviteOnly {
        room: Name,
    },
    /// Where one lands cannot be left but by leaving the chat.
    NowhereElse {
        room: Name,
    },
    /// That person is not in this room.
    NotHere {
        nick: Name,
        room: Name,
    },
    Banned(Box<Held>),
    Muted(Box<Held>),
    /// The room's slow mode.
    TooSoon {
        room: Name,
        wait_ms: u64,
    },
    /// In a whisper session with somebody else: `nick` is the one asked for, or oneself.
    Busy {
        nick: Name,
        own: bool,
    },
    NoPartner,
    /// A file without a whisper session.
    NoFilePartner,
    /// A file at a plain terminal.
    FilesByProgram,
    BadFile {
        fault: FileFault,
    },
    FileTooLarge {
        max: u64,
    },
    /// None of that number; or none at all.
    NoOffer {
        offer: Option<u64>,
    },
    /// There are several.
    WhichOffer,
    /// No such message, or one that is deleted already.
    NoMessage {
        room: Name,
        seq: Option<u64>,
    },
    NotYours,
    /// The time in which a message may be changed is over.
    TooLate,
    /// Neither a nickname nor an address.
    BadWho {
        who: String,
    },
    NotBanned {
        who: String,
    },
    NotMuted {
        who: String,
    },
    BadTime {
        text: String,
    },
    BadDuration {
        text: String,
    },
    /// Not a rule by which something comes again, or one that never comes.
    BadRule {
        text: String,
    },
    BadZone {
        text: String,
    },
    /// A search that is not understood, from this character on; the first is 1.
    BadQuery {
        at: usize,
        why: QueryFault,
    },
    NotFound {
        schedule: u64,
    },
    TooMany {
        max: usize,
    },
    /// A line of an import that is not sound, or does not fit what is here.
    BadImport(Box<Misfit>),
    /// Somebody else's backup is being made.
    BackupRuns,
    /// No backup of that number, or somebody else's.
    NoBackup,
    BackupFailed {
        why: String,
    },
    RateLimited {
        wait_ms: u64,
    },
    StorageUnavailable,
    ShuttingDown,
    /// A configuration that was not taken over: its problems, one a line.
    BadConfig {
        problems: String,
    },
    /// No configuration waits for being confirmed.
    NothingToConfirm,
}

/// What is wrong with a file that was to be offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FileFault {
    Name,
    Size,
    Hash,
    Direct,
}

/// What keeps somebody out or silent: where, how long still, and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// None: in the whole server.
    pub room: Option<Name>,
    /// None: until it is lifted.
    pub left_ms: Option<u64>,
    pub reason: Option<String>,
}

/// What is wrong with the form of a request.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Malformed {
    NotUtf8,
    /// Not one JSON object (RFC 8259); what the parser says of it.
    NotJson(String),
    TooDeep,
    UnknownField(String),
    DuplicateField(String),
    MissingField(Cow<'static, str>),
    WrongType {
        field: Cow<'static, str>,
        expected: Expected,
    },
    EmptyText,
    BadId,
    /// A language that is not spoken here.
    UnknownLang(String),
    /// A role that nobody can be given.
    UnknownRole(String),
}

/// What a field should have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Expected {
    Text,
    Number,
    Flag,
    List,
    /// An object of numbers.
    Seqs,
    /// Lines of an export.
    Lines,
}

impl Reject {
    /// The stable code of docs/protocol.md.
    pub fn code(&self) -> &'static str {
        match self {
            Reject::Malformed(_)
            | Reject::Usage(_)
            | Reject::AlreadyIn { .. }
            | Reject::BadRoom { .. }
            | Reject::NowhereElse { .. }
            | Reject::BadWho { .. }
            | Reject::BadFile { .. }
            | Reject::WhichOffer => "bad_request",
            Reject::UnknownCommand { .. } => "unknown_command",
            Reject::BadChar => "bad_char",
            Reject::TooLong { .. } | Reject::FileTooLarge { .. } => "too_long",
            Reject::NotLoggedIn => "not_logged_in",
            Reject::NickInUse { .. } => "nick_in_use",
            Reject::BadNick { .. } => "bad_nick",
            Reject::NoSuchUser { .. } => "no_such_user",
            Reject::NoSuchRoom { .. } => "no_such_room",
            Reject::NotInRoom { .. } | Reject::NotHere { .. } => "not_in_room",
            Reject::RoomFull { .. } => "room_full",
            Reject::NotAllowed
            | Reject::Locked { .. }
            | Reject::InviteOnly { .. }
            | Reject::NotYours
            | Reject::FilesByProgram
            | Reject::TooLate => "not_allowed",
            Reject::RoomExists { .. } => "room_exists",
            Reject::Banned(_) => "banned",
            Reject::Muted(_) => "muted",
            Reject::Busy { .. } | Reject::BackupRuns => "busy",
            Reject::NoPartner | Reject::NoFilePartner => "no_partner",
            Reject::BadTime { .. }
            | Reject::BadDuration { .. }
            | Reject::BadRule { .. }
            | Reject::BadZone { .. } => "bad_time",
            Reject::BadQuery { .. } => "bad_query",
            Reject::BadImport(_) => "bad_import",
            Reject::BackupFailed { .. } => "backup_failed",
            Reject::NotFound { .. }
            | Reject::NoMessage { .. }
            | Reject::NoSession
            | Reject::NoOffer { .. }
            | Reject::NotBanned { .. }
            | Reject::NotMuted { .. }
            | Reject::NothingToConfirm
            | Reject::NoBackup => "not_found",
            Reject::TooMany { .. } => "too_many",
            Reject::RateLimited { .. } | Reject::TooSoon { .. } => "rate_limited",
            Reject::StorageUnavailable => "storage_unavailable",
            Reject::ShuttingDown => "shutting_down",
            Reject::BadConfig { .. } => "bad_config",
        }
    }
}

/// A person's input as an error may repeat it: at most `ECHO_BYTES_MAX` bytes, nothing that moves a cursor.
pub fn echo(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        let c = if c.is_control() || super::name::is_invisible(c) { '\u{fffd}' } else { c };
        if shown.len() + c.len_utf8() > crate::limits::ECHO_BYTES_MAX {
            shown.push('…');
            break;
        }
        shown.push(c);
    }
    shown
}
