//! What a person, a program or the admin can ask: one typed enum for every door.
//!
//! A request knows neither the bytes it came in nor who may make it. Why one
//! enum: a slash command, a JSON object and `chatctl` must not drift apart.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::chain::Mark;
use super::command::Command;
use super::export::{ExportMark, Line};
use super::lang::Lang;
use super::query::Asked;
use super::sanctions::SanctionKind;
use super::table;

/// The id by which a client ties a reply to its request; `None` for those who sent none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestId {
    #[default]
    None,
    Number(u64),
    Word(Box<str>),
}

/// A text field that borrows from the line where it can.
pub type Text<'a> = Cow<'a, str>;

/// What is asked about the configuration.
#[derive(Clone, PartialEq, Debug)]
pub enum ConfigAsked<'a> {
    /// Takes the file over.
    Reload,
    Diff,
    /// Takes the file over; with a duration, until then only, unless it is confirmed.
    Apply {
        confirm_within: Option<Text<'a>>,
    },
    Confirm,
    Revert,
}

/// One request. Fields are as typed; the hub checks them.
#[derive(Clone, PartialEq, Debug)]
pub enum Request<'a> {
    /// With the `token` of a lost connection its nickname is free for this one, which begins anew.
    Hello {
        nick: Text<'a>,
        lang: Option<Lang>,
        token: Option<Text<'a>>,
        /// Where to come in; none: where everybody lands.
        room: Option<Text<'a>>,
    },
    /// `seen` is the last seq of each room, `whisper` the id of the last whisper.
    Resume {
        token: Text<'a>,
        seen: Vec<(Text<'a>, u64)>,
        whisper: Option<u64>,
    },
    Say {
        room: Option<Text<'a>>,
        text: Text<'a>,
        mid: Option<Text<'a>>,
    },
    Action {
        room: Option<Text<'a>>,
        text: Text<'a>,
        mid: Option<Text<'a>>,
    },
    /// `seq` is one's own last message where it is left out.
    Edit {
        room: Option<Text<'a>>,
        seq: Option<u64>,
        text: Text<'a>,
    },
    Delete {
        room: Option<Text<'a>>,
        seq: Option<u64>,
    },
    /// Nobody in `to`: the partner of the whisper session.
    Whisper {
        to: Vec<Text<'a>>,
        text: Text<'a>,
        mid: Option<Text<'a>>,
    },
    WhisperAsk,
    WhisperOpen {
        nick: Text<'a>,
    },
    WhisperClose,
    Offer(Box<OfferAsked<'a>>),
    /// Of these four, none is the only offer there is.
    Accept {
        offer: Option<u64>,
    },
    Decline {
        offer: Option<u64>,
    },
    Cancel {
        offer: Option<u64>,
        reason: Option<Text<'a>>,
    },
    Received {
        offer: Option<u64>,
    },
    /// Typed where there is no program that could read a file, or write one.
    FileTyped,
    AcceptTyped,
    Rename {
        nick: Text<'a>,
    },
    Users {
        room: Option<Text<'a>>,
    },
    Join {
        room: Text<'a>,
        password: Option<Text<'a>>,
    },
    Leave {
        room: Option<Text<'a>>,
        quiet: bool,
    },
    /// All of them, those of a channel, or one.
    Rooms {
        channel: Option<Text<'a>>,
        room: Option<Text<'a>>,
    },
    RoomCreate(Box<RoomAsked<'a>>),
    RoomSet(Box<RoomAsked<'a>>),
    RoomRole {
        room: Option<Text<'a>>,
        nick: Text<'a>,
        role: Text<'a>,
    },
    RoomTransfer {
        room: Option<Text<'a>>,
        nick: Text<'a>,
    },
    RoomClose {
        room: Option<Text<'a>>,
    },
    Invite {
        room: Option<Text<'a>>,
        nick: Text<'a>,
    },
    /// With a `duration` they stay out for so long.
    Kick {
        nick: Text<'a>,
        room: Option<Text<'a>>,
        duration: Option<Text<'a>>,
        reason: Option<Text<'a>>,
    },
    Sanction(Box<SanctionAsked<'a>>),
    /// The reason is for the record.
    Lift {
        kind: SanctionKind,
        who: Text<'a>,
        room: Option<Text<'a>>,
        reason: Option<Text<'a>>,
    },
    Bans {
        room: Option<Text<'a>>,
    },
    MarkRead {
        room: Text<'a>,
        seq: u64,
    },
    Quit {
        text: Option<Text<'a>>,
        quiet: bool,
    },
    Schedule(Box<ScheduleAsked<'a>>),
    Schedules,
    Unschedule {
        schedule: u64,
    },
    History(HistoryAsked<'a>),
    Search(Box<SearchAsked<'a>>),
    /// With `after`, a seq, also what was said since.
    Subscribe {
        room: Text<'a>,
        after: Option<u64>,
    },
    Unsubscribe {
        room: Text<'a>,
    },
    Timestamps {
        on: bool,
    },
    Lang {
        lang: Lang,
    },
    Help {
        command: Option<Text<'a>>,
    },
    Ping,
    Broadcast {
        text: Text<'a>,
    },
    Shutdown {
        delay: Option<Text<'a>>,
        reason: Option<Text<'a>>,
    },
    Status,
    /// What a shell may complete a word with that begins so.
    Complete(Option<Text<'a>>),
    Config(ConfigAsked<'a>),
    Commands {
        since: Option<Text<'a>>,
        before: Option<u64>,
        after: Option<u64>,
        limit: Option<u64>,
    },
    /// A page of the chain from `from` on, to `until` at the most.
    Verify {
        from: Mark,
        until: Option<u64>,
    },
    /// A page of what is to be taken elsewhere.
    Export {
        room: Option<Text<'a>>,
        from: ExportMark,
        limit: Option<u64>,
    },
    /// Lines of an export.
    Import {
        lines: Vec<Line>,
    },
    /// None: a new one. `after` asks for its bytes from there on.
    Backup {
        backup: Option<u64>,
        after: Option<u64>,
    },
}

/// The bounds of a page of history; `before` and `after` are exclusive seqs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HistoryAsked<'a> {
    pub room: Option<Text<'a>>,
    pub before: Option<u64>,
    pub after: Option<u64>,
    pub from: Option<Text<'a>>,
    pub since: Option<Text<'a>>,
    pub until: Option<Text<'a>>,
    pub limit: Option<u64>,
    pub versions: bool,
}

/// A message for later. `at` may begin with the rule's word, as it is typed: `daily 15:30`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ScheduleAsked<'a> {
    pub at: Text<'a>,
    pub text: Text<'a>,
    pub room: Option<Text<'a>>,
    /// `daily`, `weekdays` or the fields of cron.
    pub every: Option<Text<'a>>,
    /// An IANA name; none: the server's.
    pub zone: Option<Text<'a>>,
}

/// A search; `before` is what the page before it gave as `next`.
#[derive(Clone, PartialEq, Debug)]
pub struct SearchAsked<'a> {
    pub query: Asked,
    pub room: Option<Text<'a>>,
    pub from: Option<Text<'a>>,
    pub since: Option<Text<'a>>,
    pub before: Option<u64>,
    pub limit: Option<u64>,
}

/// How a room is to be; what is left out stays as it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RoomAsked<'a> {
    pub room: Option<Text<'a>>,
    pub topic: Option<Text<'a>>,
    /// 0: no limit.
    pub capacity: Option<u64>,
    /// Empty: none any more.
    pub password: Option<Text<'a>>,
    pub listed: Option<bool>,
    pub invite_only: Option<bool>,
    /// A duration; `0` or `off`: no slow mode.
    pub slow: Option<Text<'a>>,
    pub kept: Option<bool>,
}

/// A file for the partner of a whisper session.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OfferAsked<'a> {
    pub name: Text<'a>,
    /// In bytes.
    pub size: u64,
    /// BLAKE3-256, in hexadecimal.
    pub hash: Text<'a>,
    /// An address and a port.
    pub direct: Option<Text<'a>>,
}

/// A ban or a mute.
#[derive(Clone, PartialEq, Debug)]
pub struct SanctionAsked<'a> {
    pub kind: SanctionKind,
    /// A nickname; for a ban also an address or a network.
    pub who: Text<'a>,
    pub room: Option<Text<'a>>,
    /// A duration; none: until it is lifted.
    pub duration: Option<Text<'a>>,
    pub reason: Option<Text<'a>>,
}

impl Request<'_> {
    /// The row of the command table that says who may ask this and at what cost.
    pub fn command(&self) -> &'static Command {
        match self {
            Request::Hello { .. } => &table::HELLO,
            Request::Resume { .. } => &table::RESUME,
            Request::Say { .. } => &table::SAY,
            Request::Action { .. } => &table::ACTION,
            Request::Edit { .. } => &table::EDIT,
            Request::Delete { .. } => &table::DELETE,
            Request::Whisper { .. } => &table::WHISPER,
            Request::WhisperAsk => &table::WHISPER_ASK,
            Request::WhisperOpen { .. } => &table::WHISPER_OPEN,
            Request::WhisperClose => &table::WHISPER_CLOSE,
            Request::Offer(_) => &table::OFFER,
            Request::Accept { .. } => &table::ACCEPT,
            Request::Decline { .. } => &table::DECLINE,
            Request::Cancel { .. } => &table::CANCEL,
            Request::Received { .. } => &table::RECEIVED,
            Request::FileTyped => &table::FILE,
            Request::AcceptTyped => &table::ACCEPT_AS,
            Request::Rename { .. } => &table::RENAME,
            Request::Users { .. } => &table::USERS,
            Request::Join { .. } => &table::JOIN,
            Request::Leave { .. } => &table::LEAVE,
            Request::Rooms { .. } => &table::ROOMS,
            Request::RoomCreate(_) => &table::ROOM_CREATE,
            Request::RoomSet(_) => &table::ROOM_SET,
            Request::RoomRole { .. } => &table::ROOM_ROLE,
            Request::RoomTransfer { .. } => &table::ROOM_TRANSFER,
            Request::RoomClose { .. } => &table::ROOM_CLOSE,
            Request::Invite { .. } => &table::INVITE,
            Request::Kick { .. } => &table::KICK,
            Request::Sanction(asked) => match asked.kind {
                SanctionKind::Ban => &table::BAN,
                SanctionKind::Mute => &table::MUTE,
            },
            Request::Lift { kind: SanctionKind::Ban, .. } => &table::UNBAN,
            Request::Lift { kind: SanctionKind::Mute, .. } => &table::UNMUTE,
            Request::Bans { .. } => &table::BANS,
            Request::MarkRead { .. } => &table::MARK_READ,
            Request::Quit { .. } => &table::QUIT,
            Request::Schedule(_) => &table::SCHEDULE,
            Request::Schedules => &table::SCHEDULES,
            Request::Unschedule { .. } => &table::UNSCHEDULE,
            Request::History(_) => &table::HISTORY,
            Request::Search(_) => &table::SEARCH,
            Request::Subscribe { .. } => &table::SUBSCRIBE,
            Request::Unsubscribe { .. } => &table::UNSUBSCRIBE,
            Request::Timestamps { .. } => &table::TIMESTAMPS,
            Request::Lang { .. } => &table::LANG,
            Request::Help { .. } => &table::HELP,
            Request::Ping => &table::PING,
            Request::Broadcast { .. } => &table::BROADCAST,
            Request::Shutdown { .. } => &table::SHUTDOWN,
            Request::Status => &table::STATUS,
            Request::Complete(_) => &table::COMPLETE,
            Request::Config(ConfigAsked::Reload) => &table::RELOAD,
            Request::Config(ConfigAsked::Diff) => &table::CONFIG_DIFF,
            Request::Config(ConfigAsked::Apply { .. }) => &table::CONFIG_APPLY,
            Request::Config(ConfigAsked::Confirm) => &table::CONFIG_CONFIRM,
            Request::Config(ConfigAsked::Revert) => &table::CONFIG_REVERT,
            Request::Commands { .. } => &table::COMMANDS,
            Request::Verify { .. } => &table::VERIFY,
            Request::Export { .. } => &table::EXPORT,
            Request::Import { .. } => &table::IMPORT,
            Request::Backup { .. } => &table::BACKUP,
        }
    }

    /// Whether it goes on with what was asked and recorded before.
    pub fn goes_on(&self) -> bool {
        match self {
            Request::Verify { from, .. } => from.after > 0,
            Request::Export { from, .. } => *from != ExportMark::default(),
            Request::Backup { backup, .. } => backup.is_some(),
            _plain => false,
        }
    }

    /// Whether it bears a field that only an admin may use, whatever its row says.
    pub fn is_admins(&self) -> bool {
        match self {
            Request::RoomCreate(asked) | Request::RoomSet(asked) => asked.kept.is_some(),
            Request::History(asked) => asked.versions,
            _plain => false,
        }
    }

    /// What is open to everybody needs no nickname where none can be typed.
    pub fn is_for_strangers(&self) -> bool {
        matches!(
            self,
            Request::Rooms { .. }
                | Request::RoomCreate(_)
                | Request::Users { .. }
                | Request::History(_)
                | Request::Search(_)
                | Request::Subscribe { .. }
        )
    }

    /// The room it is about, where it names one.
    pub fn room(&self) -> Option<&str> {
        match self {
            Request::Say { room, .. }
            | Request::Action { room, .. }
            | Request::Edit { room, .. }
            | Request::Delete { room, .. }
            | Request::Users { room }
            | Request::Leave { room, .. }
            | Request::RoomRole { room, .. }
            | Request::RoomTransfer { room, .. }
            | Request::RoomClose { room }
            | Request::Invite { room, .. }
            | Request::Kick { room, .. }
            | Request::Lift { room, .. }
            | Request::Bans { room }
            | Request::Export { room, .. } => room.as_deref(),
            Request::Schedule(asked) => asked.room.as_deref(),
            Request::RoomCreate(asked) | Request::RoomSet(asked) => asked.room.as_deref(),
            Request::Sanction(asked) => asked.room.as_deref(),
            Request::History(asked) => asked.room.as_deref(),
            Request::Search(asked) => asked.room.as_deref().or(asked.query.room.as_deref()),
            Request::Join { room, .. }
            | Request::MarkRead { room, .. }
            | Request::Subscribe { room, .. }
            | Request::Unsubscribe { room } => Some(room),
            Request::Hello { .. }
            | Request::Resume { .. }
            | Request::Whisper { .. }
            | Request::WhisperAsk
            | Request::WhisperOpen { .. }
            | Request::WhisperClose
            | Request::Offer(_)
            | Request::Accept { .. }
            | Request::Decline { .. }
            | Request::Cancel { .. }
            | Request::Received { .. }
            | Request::FileTyped
            | Request::AcceptTyped
            | Request::Rename { .. }
            | Request::Rooms { .. }
            | Request::Quit { .. }
            | Request::Schedules
            | Request::Unschedule { .. }
            | Request::Timestamps { .. }
            | Request::Lang { .. }
            | Request::Help { .. }
            | Request::Ping
            | Request::Broadcast { .. }
            | Request::Shutdown { .. }
            | Request::Status
            | Request::Complete(_)
            | Request::Config(_)
            | Request::Commands { .. }
            | Request::Verify { .. }
            | Request::Import { .. }
            | Request::Backup { .. } => None,
        }
    }
}
