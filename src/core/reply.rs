//! What the one who asked is told when it was done.
//!
//! Knows no wording. Why replies are apart from events: a reply names its
//! receiver's own doing and bears the id of the request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::backup::BackupReport;
use super::chain::Verified;
use super::counts::Counts;
use super::entry::CommandRecord;
use super::event::Message;
use super::export::Exported;
use super::files::Accepted;
use super::fold::Mark;
use super::lang::Lang;
use super::name::Name;
use super::recurrence::Rule;
use super::sanctions::{Sanction, SanctionKind, Who};
use super::time::Wall;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Reply {
    Welcome(Box<Welcome>),
    Said {
        room: Name,
        seq: Option<u64>,
        at: Wall,
    },
    Whispered {
        id: Option<u64>,
        at: Wall,
        /// Those who have lost the connection, and read it when they are back.
        waiting: Vec<Name>,
    },
    Renamed {
        nick: Name,
    },
    Users {
        room: Option<Name>,
        users: Vec<User>,
    },
    /// Out of `room`, or out of the server.
    Kicked {
        nick: Name,
        room: Option<Name>,
    },
    Joined(Box<RoomInfo>),
    Left(Box<RoomInfo>),
    Rooms {
        rooms: Vec<Listing>,
        more: bool,
    },
    RoomCreated {
        room: Name,
        id: Uuid,
    },
    RoomSet {
        room: Name,
        id: Uuid,
        /// Where it is the topic alone that was set.
        topic: Option<String>,
    },
    RoomClosed {
        room: Name,
    },
    RoleSet {
        room: Name,
        nick: Name,
        role: Role,
    },
    Invited {
        room: Name,
        nick: Name,
    },
    WhisperOpened {
        nick: Name,
    },
    /// `already`: the other one had ended it a moment before.
    WhisperClosed {
        nick: Name,
        already: bool,
    },
    /// The next line says to whom.
    WhisperAsked,
    Offered {
        offer: u64,
        token: String,
    },
    Accepted(Box<Accepted>),
    Declined {
        offer: u64,
    },
    Cancelled {
        offer: u64,
    },
    Received {
        offer: u64,
    },
    Edited {
        room: Name,
        seq: u64,
        at: Wall,
    },
    Deleted {
        room: Name,
        seq: u64,
        at: Wall,
    },
    Sanctioned(Box<Sanction>),
    Lifted {
        kind: SanctionKind,
        who: Who,
        room: Option<Name>,
    },
    Bans {
        bans: Vec<Sanction>,
        at: Wall,
    },
    MarkedRead {
        room: Name,
        seq: u64,
    },
    Bye,
    Scheduled {
        schedule: u64,
        due: Wall,
        at: Wall,
        rule: Option<Rule>,
    },
    Schedules {
        schedules: Vec<ScheduleRow>,
        at: Wall,
    },
    Unscheduled {
        schedule: u64,
    },
    History {
        room: Name,
        messages: Vec<Message>,
        more: bool,
    },
    /// `rooms`: what was found may be elsewhere than where one is.
    Search {
        search: Search,
        rooms: bool,
    },
    /// `room` may be `channel/*`.
    Subscribed {
        room: Name,
        on: bool,
    },
    Timestamps {
        on: bool,
    },
    Lang {
        lang: Lang,
    },
    /// `command` is a row's name, or a group like `/room`; `admin` tells whose commands are listed.
    Help {
        command: Option<String>,
        admin: bool,
    },
    Pong,
    Announced {
        at: Wall,
        people: usize,
    },
    ShutdownAt {
        at: Wall,
    },
    Status(Box<Status>),
    Completions(Box<Completions>),
    Reloaded {
        restart_needed: Vec<String>,
        /// When it goes back by itself, unless it is confirmed.
        revert_at: Option<Wall>,
    },
    ConfigDiff {
        differences: Vec<ConfigDifference>,
        revert_at: Option<Wall>,
    },
    ConfigConfirmed,
    ConfigReverted {
        restart_needed: Vec<String>,
    },
    Commands {
        commands: Vec<CommandRow>,
        more: bool,
    },
    Verified(Box<Verified>),
    Exported(Box<Exported>),
    Backup(Box<BackupReport>),
    Imported {
        added: u64,
        there: u64,
    },
    /// It was done, but the database could not keep a record of it.
    Unrecorded(Box<Reply>),
}

/// The names that a shell may complete a word with, each list in its order.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct Completions {
    pub nicks: Vec<Name>,
    pub rooms: Vec<Name>,
    pub banned: Vec<String>,
    pub muted: Vec<String>,
    /// With the beginnings of their texts: a number alone says nothing.
    pub schedules: Vec<(u64, String)>,
}

/// What a search has found, the newest first.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct Search {
    pub found: Vec<Found>,
    pub more: bool,
    /// Where the next page begins: a seq of the room, or of a search everywhere a number of the database.
    pub next: Option<u64>,
    /// The index does not know what was sought: so many messages were read one by one.
    pub scanned: Option<u64>,
    /// Not everything was looked at: the time was up, or there is much that is not indexed yet.
    pub partial: bool,
}

/// A message and where the words stand in its text.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Found {
    pub message: Message,
    pub marks: Vec<Mark>,
}

/// What somebody who has just come in gets to know.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Welcome {
    pub session: String,
    /// By which it comes back after a lost connection; none for who cannot.
    pub token: Option<String>,
    pub nick: Name,
    pub server: String,
    pub motd: String,
    /// What is kept of what is said.
    pub kept: Option<Kept>,
    /// The one where a line without a room goes.
    pub room: Name,
    /// All that it is in.
    pub rooms: Vec<Name>,
    /// Whom it is in a whisper session with.
    pub partner: Option<Name>,
    /// The others in the room, at most `WELCOME_NAMES_MAX` of them.
    pub members: Vec<Name>,
    /// How many others there are.
    pub people: usize,
    /// The rooms that the newcomer may see, and how many are in them, the newcomer included.
    pub directory: Vec<Listing>,
    /// How many rooms more there are.
    pub more_rooms: usize,
    /// Up to where this nick has read each room.
    pub read: Vec<(Name, u64)>,
}

/// For how long things are kept, in milliseconds; 0: for ever.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub messages_ms: u64,
    pub whispers_ms: u64,
}

/// A room as somebody finds it who comes in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoomInfo {
    pub room: Name,
    pub id: Uuid,
    pub topic: String,
    /// The others in it, at most `MEMBERS_NAMED_MAX` of them.
    pub members: Vec<Name>,
    /// How many others there are.
    pub people: usize,
    /// The last seq of its history; 0: nothing was said yet.
    pub seq: u64,
}

/// A room in a list of rooms.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listing {
    pub room: Name,
    pub id: Uuid,
    pub topic: String,
    pub members: usize,
    /// 0: no limit.
    pub capacity: u32,
    pub owner: Option<Name>,
    pub listed: bool,
    pub locked: bool,
    pub invite_only: bool,
    pub slow_ms: u64,
    pub kept: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct User {
    pub nick: Name,
    pub role: Role,
    pub rooms: Vec<Name>,
    pub since: Wall,
    pub door: String,
    /// Only admins are told it.
    pub address: Option<String>,
}

/// From the mightiest down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Admin,
    Owner,
    Moderator,
    Member,
    Muted,
}

impl Role {
    /// The word for it on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Owner => "owner",
            Role::Moderator => "moderator",
            Role::Member => "member",
            Role::Muted => "muted",
        }
    }
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScheduleRow {
    pub schedule: u64,
    pub room: Name,
    pub from: Name,
    pub due: Wall,
    pub text: String,
    /// It fell due while the daemon was down, too long ago to be sent.
    pub missed: bool,
    pub rule: Option<Rule>,
}

/// One row of the record of commands.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CommandRow {
    pub record: u64,
    pub command: CommandRecord,
}

/// The hub's share of `status`; the daemon adds its own.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Status {
    pub people: usize,
    pub rooms: usize,
    /// Refusals by code since the start.
    pub refused: BTreeMap<String, u64>,
    pub storage: super::settings::Storage,
    pub daemon: DaemonStatus,
}

/// What only the daemon knows.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DaemonStatus {
    pub server: String,
    pub pid: u32,
    pub since: Wall,
    pub uptime_ms: u64,
    /// Connections by protocol.
    pub connections: BTreeMap<String, usize>,
    pub listen: Vec<String>,
    pub database: String,
    pub durability: String,
    /// Bytes of the database's file, and of its log beside it.
    pub database_bytes: u64,
    pub wal_bytes: u64,
    /// Records that wait for the disk.
    pub queue: usize,
    /// Bytes that sockets have not taken yet.
    pub backlog_bytes: usize,
    pub log_dropped: u64,
    pub counts: Counts,
}

/// A key whose value in the file is not the one that the daemon runs with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ConfigDifference {
    /// With its section; `listen` for all listeners.
    pub key: String,
    /// Both as TOML.
    pub running: String,
    pub file: String,
    /// It applies only after a restart.
    pub restart: bool,
}
