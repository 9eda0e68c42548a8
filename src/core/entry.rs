//! What the store is asked to keep, and what it gives back.
//!
//! Knows no SQL. Why an entry travels to the store and back by value: the text
//! of a message is then copied by nobody.

use serde::{Deserialize, Serialize};

use super::backup::{BackupAsked, BackupReport};
use super::chain::{Mark, Verified};
use super::event::{Edit, Message, Whisper};
use super::export::{ExportMark, Exported, Kept, Line, Misfit};
use super::held::SessionRow;
use super::name::Name;
use super::query::Wanted;
use super::reads::ReadMark;
use super::recurrence::Rule;
use super::reply::Search;
use super::room::RoomRow;
use super::sanctions::{Sanction, SanctionKind, Who};
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
    /// A line of a room. `author` may change it later; `fires` is the run that it is, marked as sent with it.
    Message {
        message: Message,
        author: Option<Author>,
        mid: Option<ClientId>,
        fires: Option<Fires>,
    },
    /// A message is changed, what it said before is kept; `from` is filled in by [`Outcome::Changed`].
    Edit {
        edit: Edit,
        terms: EditTerms,
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
    /// One that comes again goes on to its next run without this one, or its sender has been told of it.
    ScheduleSkip {
        schedule: u64,
        next: Wall,
        skipped: Skipped,
    },
    /// An open room as it is now; in place of what was known of that name.
    Room(RoomRow),
    /// It is gone; its history stays.
    RoomClosed {
        room: Name,
    },
    /// In place of one of the same kind, person and room.
    Sanction(Sanction),
    SanctionLifted {
        kind: SanctionKind,
        who: Who,
        room: Option<Name>,
    },
    Read(ReadMark),
    /// Somebody who may come back after a lost connection, as they are now.
    Session(SessionRow),
    SessionEnd(Author),
    /// All open rooms, sanctions and sessions, in place of what was recorded: after a time in which nothing could be.
    Standing {
        rooms: Vec<RoomRow>,
        sanctions: Vec<Sanction>,
        sessions: Vec<SessionRow>,
    },
    /// What another server has exported: all of it or nothing, what is there already left out.
    Import(Vec<Line>),
    /// Deletes whispers and client ids older than these instants.
    Expire {
        whispers_before: Option<Wall>,
        client_ids_before: Wall,
        /// Sanctions that have ended before this instant.
        sanctions_before: Wall,
        reads_before: Wall,
    },
    /// Messages said before this instant go, and the oldest while all take more bytes than this: little by little, in
    /// the time after the commit.
    Retain {
        before: Option<Wall>,
        bytes_max: Option<u64>,
    },
}

/// The session that said something: its daemon's run and its own serial, unique on one database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Author {
    pub run: u32,
    pub serial: u32,
}

impl Author {
    /// What the session is called, on the wire and where its clients' ids are kept.
    pub fn session_name(self) -> String {
        format!("{}-{}", self.run, self.serial)
    }
}

/// Under which terms a message may be changed: a moderator's know no bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EditTerms {
    Moderator,
    /// Only what this session said, and not before this instant.
    Own {
        author: Author,
        since: Wall,
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
    /// It was missed for good, and its sender does not know yet.
    pub missed: bool,
    /// When it comes again; `due` is then its next run.
    pub rule: Option<Rule>,
    /// The last run that was missed, until the sender has been told and another was sent.
    pub skipped: Option<Skipped>,
}

/// A run of a schedule that comes again, which was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Skipped {
    pub due: Wall,
    pub told: bool,
}

/// The run that a message is. It is kept only while that run waits: what was sent or cancelled does not come again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fires {
    pub schedule: u64,
    pub due: Wall,
    /// The run after it; none: it was the last.
    pub next: Option<Wall>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ScheduleEnd {
    Cancelled,
    Missed,
    /// Missed, and the sender has been told.
    Told,
}

/// What became of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Committed; a message's seq in its room, a whisper's id, or 0.
    Kept(u64),
    /// The client's id was there already: what the first one got.
    Repeated {
        number: u64,
        at: Wall,
    },
    Edit(EditOutcome),
    Import(Result<Kept, Misfit>),
    /// There was nothing to change.
    Missing,
    /// Nothing was kept. Only if the process ends before the disk takes anything again may it be found there after all.
    Failed,
}

/// What became of a change to a message that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EditOutcome {
    /// Done; this person had said it.
    Changed { from: Name },
    /// It is somebody else's.
    NotYours,
    /// It was said too long ago.
    TooLate,
}

/// A question to the database that changes nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Query {
    History(HistoryQuery),
    Search(SearchQuery),
    Missed(MissedQuery),
    MissedWhispers(WhispersQuery),
    Commands {
        since: Option<Wall>,
        before: Option<u64>,
        after: Option<u64>,
        limit: u32,
    },
    /// One page of the chain from `from` on, which ends at the record `until` at the latest.
    Verify {
        from: Mark,
        until: Option<u64>,
    },
    /// A page of all rooms, or of one, from the oldest on.
    Export {
        room: Option<Name>,
        from: ExportMark,
        limit: u32,
    },
    Backup(BackupAsked),
}

/// A page of one room: exclusive bounds, ascending; without `after` the newest that fit.
#[derive(Clone, PartialEq, Debug)]
pub struct HistoryQuery {
    pub room: Name,
    /// Nothing up to this seq: it was said in an earlier, closed room of the name. 0: everything.
    pub floor: u64,
    /// With what changed messages said before.
    pub versions: bool,
    pub before: Option<u64>,
    pub after: Option<u64>,
    pub from: Option<Name>,
    pub since: Option<Wall>,
    pub until: Option<Wall>,
    pub limit: u32,
}

/// A search of one room, or of all; the newest that fit first.
#[derive(Clone, PartialEq, Debug)]
pub struct SearchQuery {
    pub wanted: Wanted,
    pub room: Option<Name>,
    /// As in [`HistoryQuery`].
    pub floor: u64,
    pub from: Option<Name>,
    pub since: Option<Wall>,
    /// What the page before gave as `next`.
    pub before: Option<u64>,
    pub limit: u32,
}

/// What one session missed of one room: ascending from `after` on.
#[derive(Clone, PartialEq, Debug)]
pub struct MissedQuery {
    pub room: Name,
    pub after: u64,
    /// Also what has become of messages up to this seq since it was said.
    pub edits_of: Option<u64>,
    /// Who asks: its own messages come with its own ids, of the session of this name.
    pub author: Author,
    pub session: String,
    pub limit: u32,
}

/// Whispers to one nickname: ascending, after this id and not before this instant.
#[derive(Clone, PartialEq, Debug)]
pub struct WhispersQuery {
    pub to: Name,
    pub after: u64,
    pub since: Wall,
    pub limit: u32,
}

/// The answer to a [`Query`].
#[derive(Clone, PartialEq, Debug)]
pub enum Page {
    History {
        messages: Vec<Message>,
        more: bool,
    },
    Search(Search),
    /// `edits` say how the messages read now, one for each.
    Missed {
        messages: Vec<Message>,
        edits: Vec<Edit>,
        more: bool,
    },
    /// `until` is the greatest id that was looked at.
    MissedWhispers {
        whispers: Vec<Whisper>,
        until: u64,
        more: bool,
    },
    Commands {
        commands: Vec<super::reply::CommandRow>,
        more: bool,
    },
    Verified(Box<Verified>),
    Exported(Box<Exported>),
    Backup(Box<BackupReport>),
    Failed,
}

/// What a hub starts from: all that outlives the daemon and is kept in memory.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    /// How many times the database has been opened by a daemon: makes session ids unique for ever.
    pub run: u64,
    /// The database's own number, drawn when it was made: room ids are derived from it.
    pub database: u128,
    /// Open rooms, each with the last seq of its history.
    pub rooms: Vec<(RoomRow, u64)>,
    /// Rooms that are gone and left a history, by name, with the last seq of it.
    pub past: Vec<PastRoom>,
    pub sanctions: Vec<Sanction>,
    pub reads: Vec<ReadMark>,
    /// Those who may come back, by author.
    pub sessions: Vec<SessionRow>,
    pub schedules: Vec<Schedule>,
    /// The greatest schedule number ever given.
    pub last_schedule: u64,
    /// The newest stamp in the history, which later ones must not precede.
    pub last_at: Wall,
}

/// A room that is gone and has left a history.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PastRoom {
    pub room: Name,
    pub last: u64,
    /// What was said there was not for everybody: it was locked, unlisted or by invitation.
    pub private: bool,
    /// What was said up to this seq was not for everybody who was there either: [`RoomRow::floor`].
    pub floor: u64,
}
