//! What the one who asked is told when it was done.
//!
//! Knows no wording. Why replies are apart from events: a reply names its
//! receiver's own doing and bears the id of the request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::CommandRecord;
use super::event::Message;
use super::lang::Lang;
use super::name::Name;
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
    },
    Renamed {
        nick: Name,
    },
    Users {
        room: Option<Name>,
        users: Vec<User>,
    },
    Kicked {
        nick: Name,
    },
    Bye,
    Scheduled {
        schedule: u64,
        due: Wall,
        at: Wall,
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
    Subscribed {
        room: Name,
    },
    Timestamps {
        on: bool,
    },
    Lang {
        lang: Lang,
    },
    /// `command` is a row's name; `admin` tells whose commands are listed.
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
    Reloaded {
        restart_needed: Vec<String>,
    },
    Commands {
        commands: Vec<CommandRow>,
        more: bool,
    },
    /// It was done, but the database could not keep a record of it.
    Unrecorded(Box<Reply>),
}

/// What somebody who has just come in gets to know.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Welcome {
    pub session: String,
    pub nick: Name,
    pub server: String,
    pub motd: String,
    pub room: Name,
    /// The others in the room, at most `WELCOME_NAMES_MAX` of them.
    pub members: Vec<Name>,
    /// How many others there are.
    pub people: usize,
    /// Every room and how many are in it, the newcomer included.
    pub directory: Vec<(Name, usize)>,
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Admin,
    Owner,
    Member,
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
    /// Records that wait for the disk.
    pub queue: usize,
    pub log_dropped: u64,
}
