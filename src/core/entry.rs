//! What the store is asked to keep, and what it gives back.
//!
//! Knows no SQL. Why an entry travels to the store and back by value: the text
//! of a message is then copied by nobody.

use serde::{Deserialize, Serialize};

use super::event::{Message, Whisper};
use super::name::Name;
use super::time::Wall;

/// Ties a slow effect to the input that answers it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Ticket(pub u64);

/// What the store is asked: one thing to keep, and the ticket of whoever waits for it.
#[derive(Debug)]
pub struct Job {
    pub ticket: Option<Ticket>,
    pub entry: Entry,
}

/// One thing to keep. All entries of one `apply` are committed together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Entry {
    /// A line of a room. `fires` is the schedule that it fulfils, marked as sent with it.
    Message {
        message: Message,
        mid: Option<ClientId>,
        fires: Option<u64>,
    },
    Whisper {
        whisper: Whisper,
        mid: Option<ClientId>,
    },
    Command(CommandRecord),
    Schedule(Schedule),
    ScheduleEnd {
        schedule: u64,
        end: ScheduleEnd,
    },
    /// Deletes whispers and client ids older than these instants.
    Expire {
        whispers_before: Option<Wall>,
        client_ids_before: Wall,
    },
}

/// A client's own id for a message, unique in its session for 24 h.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClientId {
    pub session: String,
    pub mid: String,
}

/// Who did what, through which door, and what came of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CommandRecord {
    pub at: Wall,
    pub actor: Name,
    pub door: String,
    pub command: String,
    pub args: String,
    /// `ok`, or the code of the refusal.
    pub outcome: String,
}

/// A message that waits for its time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Schedule {
    pub schedule: u64,
    pub room: Name,
    pub from: Name,
    pub text: String,
    pub due: Wall,
    pub made: Wall,
    /// It was missed, and its sender does not know yet.
    pub missed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ScheduleEnd {
    Cancelled,
    Missed,
    /// Missed, and the sender has been told.
    Told,
}

/// What became of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Committed; a message's seq in its room, a whisper's id, or 0.
    Kept(u64),
    /// The client's id was there already: what the first one got.
    Repeated { number: u64, at: Wall },
    /// There was nothing to change.
    Missing,
    /// Nothing was kept.
    Failed,
}

/// A question to the database that changes nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Query {
    History(HistoryQuery),
    Commands { since: Option<Wall>, before: Option<u64>, after: Option<u64>, limit: u32 },
}

/// A page of one room: exclusive bounds, ascending; without `after` the newest that fit.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryQuery {
    pub room: Name,
    pub before: Option<u64>,
    pub after: Option<u64>,
    pub from: Option<Name>,
    pub since: Option<Wall>,
    pub until: Option<Wall>,
    pub limit: u32,
}

/// The answer to a [`Query`].
#[derive(Clone, PartialEq, Debug)]
pub enum Page {
    History { messages: Vec<Message>, more: bool },
    Commands { commands: Vec<super::reply::CommandRow>, more: bool },
    Failed,
}

/// What a hub starts from: all that outlives the daemon and is kept in memory.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    /// How many times the database has been opened by a daemon: makes session ids unique for ever.
    pub run: u64,
    pub schedules: Vec<Schedule>,
    /// The greatest schedule number ever given.
    pub last_schedule: u64,
    /// The newest stamp in the history, which later ones must not precede.
    pub last_at: Wall,
}
