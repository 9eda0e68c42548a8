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
    Rooms {
        channel: Option<Text<'a>>,
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
    Subscribe {
        room: Text<'a>,
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
            | Request::Subscribe { room }
            | Request::Unsubscribe { room } => Some(room),
            Request::Hello { .. }
            | Request::Resume { .. }
            | Request::Whisper { .. }
            | Request::WhisperAsk
            | Request::WhisperOpen { .. }
            | Request::WhisperClose
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

    /// The arguments as the record of commands keeps them: without passwords and whispered text.
    pub fn summary(&self) -> String {
        fn opt<'t>(text: &'t Option<Text<'_>>) -> &'t str {
            text.as_deref().unwrap_or("")
        }
        let words: Vec<&str> = match self {
            Request::Hello { nick, .. } | Request::Rename { nick } | Request::WhisperOpen { nick } => {
                vec![nick]
            }
            Request::Lang { lang } => vec![lang.tag()],
            Request::Whisper { to, .. } => to.iter().map(|nick| &**nick).collect(),
            Request::Users { room }
            | Request::RoomClose { room }
            | Request::Bans { room }
            | Request::Export { room, .. } => vec![opt(room)],
            Request::Import { lines } => return format!("{} lines", lines.len()),
            Request::Edit { room, seq, .. } | Request::Delete { room, seq } => {
                let seq = seq.map(|seq| seq.to_string()).unwrap_or_default();
                return join(&[opt(room), &seq]);
            }
            Request::Join { room, .. } => vec![room],
            Request::Leave { room, quiet } => vec![opt(room), if *quiet { "quietly" } else { "" }],
            Request::Rooms { channel } => vec![opt(channel)],
            Request::RoomCreate(asked) | Request::RoomSet(asked) => return asked.summary(),
            Request::RoomRole { room, nick, role } => vec![opt(room), nick, role],
            Request::RoomTransfer { room, nick } | Request::Invite { room, nick } => vec![opt(room), nick],
            Request::Kick { nick, room, duration, reason } => {
                vec![nick, opt(room), opt(duration), opt(reason)]
            }
            Request::Sanction(asked) => {
                vec![&asked.who, opt(&asked.room), opt(&asked.duration), opt(&asked.reason)]
            }
            Request::Lift { who, room, reason, .. } => vec![who, opt(room), opt(reason)],
            Request::MarkRead { room, seq } => return format!("{room} {seq}"),
            Request::Quit { text, quiet } => vec![if *quiet { "quietly" } else { "" }, opt(text)],
            Request::Schedule(asked) => {
                vec![opt(&asked.every), &asked.at, opt(&asked.zone), opt(&asked.room), &asked.text]
            }
            Request::Unschedule { schedule } => return schedule.to_string(),
            Request::History(asked) => vec![opt(&asked.room)],
            Request::Search(_) => vec![self.room().unwrap_or("")],
            Request::Subscribe { room } | Request::Unsubscribe { room } => vec![room],
            Request::Timestamps { on } => vec![if *on { "on" } else { "off" }],
            Request::Help { command } => vec![opt(command)],
            Request::Broadcast { text } => vec![text],
            Request::Config(ConfigAsked::Apply { confirm_within }) => vec![opt(confirm_within)],
            Request::Shutdown { delay, reason } => vec![opt(delay), opt(reason)],
            Request::Resume { .. }
            | Request::Say { .. }
            | Request::Action { .. }
            | Request::WhisperAsk
            | Request::WhisperClose
            | Request::Schedules
            | Request::Ping
            | Request::Status
            | Request::Complete(_)
            | Request::Config(
                ConfigAsked::Reload | ConfigAsked::Diff | ConfigAsked::Confirm | ConfigAsked::Revert,
            )
            | Request::Commands { .. }
            | Request::Verify { .. }
            | Request::Backup { .. } => vec![],
        };
        join(&words)
    }
}

fn join(words: &[&str]) -> String {
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

impl RoomAsked<'_> {
    fn summary(&self) -> String {
        let mut words: Vec<String> = self.room.iter().map(|room| room.to_string()).collect();
        let mut set = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("{name}={value}")));
        };
        set("topic", self.topic.as_ref().map(|topic| format!("{topic:?}")));
        set("capacity", self.capacity.map(|number| number.to_string()));
        set("password", self.password.as_ref().map(|word| if word.is_empty() { "none" } else { "…" }.into()));
        set("listed", self.listed.map(|on| on.to_string()));
        set("invite_only", self.invite_only.map(|on| on.to_string()));
        set("slow", self.slow.as_ref().map(|slow| slow.to_string()));
        set("kept", self.kept.map(|on| on.to_string()));
        words.join(" ")
    }
}
