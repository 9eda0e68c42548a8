//! What the chat is told of its surroundings: its settings, and how the disk is.
//!
//! Knows no configuration file. Why the settings are handed in whole: a change
//! applies between two inputs, never in the middle of one.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::name::Name;

/// What an admin may configure of the chat itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name and version, as `hello` tells them: `chatd 0.1.0`.
    pub server: String,
    pub motd: String,
    pub zone: TimeZone,
    /// The zones of the machine, by their IANA names: to look one up is to read a file.
    pub zones: fn(&str) -> Option<TimeZone>,
    pub default_room: Name,
    /// People in a room; 0: no limit.
    pub capacity: u32,
    /// Whether the first to arrive in an empty lobby owns it.
    pub lobby_owner_first: bool,
    /// Whether only admins make rooms.
    pub create_admins_only: bool,
    /// How long a room stays that nobody is in; 0: for ever.
    pub linger_ms: u64,
    /// Earlier messages that are shown to a person who comes in.
    pub replay: u32,
    /// How long who has lost the connection may come back; 0: not at all.
    pub resume_ms: u64,
    /// How long people may change what they said; 0: for ever.
    pub edit_window_ms: i64,
    /// How late a scheduled message is still sent; 0: however late.
    pub schedule_grace_ms: i64,
    /// How long whispers are kept; 0: for ever.
    pub whispers_kept_ms: i64,
    /// How long messages are kept, and how many bytes of them; 0: for ever, and any number.
    pub kept_ms: i64,
    pub kept_bytes: u64,
    /// Characters of one message; 0: no limit but the line's.
    pub text_chars: usize,
    /// Requests a second and at once; rate 0: no limit.
    pub rate: u32,
    pub burst: u32,
    /// Bytes of one file; 0: any number.
    pub file_bytes_max: u64,
    /// Whether talk goes on, unrecorded, while the database cannot be written.
    pub allow_unrecorded: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            server: "chatd".into(),
            motd: String::new(),
            zone: TimeZone::UTC,
            zones: |_| None,
            default_room: "lobby".into(),
            capacity: 0,
            lobby_owner_first: false,
            create_admins_only: false,
            linger_ms: 600_000,
            replay: 0,
            resume_ms: 120_000,
            edit_window_ms: 900_000,
            schedule_grace_ms: 600_000,
            whispers_kept_ms: 7 * 86_400_000,
            kept_ms: 0,
            kept_bytes: 0,
            text_chars: 2000,
            rate: 10,
            burst: 30,
            file_bytes_max: 0,
            allow_unrecorded: false,
        }
    }
}

/// Whether the database takes what it is given.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Storage {
    #[default]
    Well,
    /// It refused the last batch.
    Degraded { reason: String },
    /// It has not answered for a while; what it was given is still on its way.
    Stalled,
}

impl Storage {
    pub const WORDS: [&str; 3] = ["ok", "degraded", "stalled"];

    /// The stable word for it.
    pub fn word(&self) -> &'static str {
        let place = match self {
            Storage::Well => 0,
            Storage::Degraded { .. } => 1,
            Storage::Stalled => 2,
        };
        Storage::WORDS[place]
    }
}
