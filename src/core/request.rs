//! What a person, a program or the admin can ask: one typed enum for every door.
//!
//! A request knows neither the bytes it came in nor who may make it. Why one
//! enum: a slash command, a JSON object and `chatctl` must not drift apart.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::lang::Lang;
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

/// One request. Fields are as typed; the hub checks them.
#[derive(Clone, PartialEq, Debug)]
pub enum Request<'a> {
    Hello { nick: Text<'a>, lang: Option<Lang> },
    Say { room: Option<Text<'a>>, text: Text<'a>, mid: Option<Text<'a>> },
    Whisper { to: Vec<Text<'a>>, text: Text<'a>, mid: Option<Text<'a>> },
    Rename { nick: Text<'a> },
    Users { room: Option<Text<'a>> },
    Kick { nick: Text<'a>, reason: Option<Text<'a>> },
    Quit { text: Option<Text<'a>>, quiet: bool },
    Schedule { at: Text<'a>, text: Text<'a>, room: Option<Text<'a>> },
    Schedules,
    Unschedule { schedule: u64 },
    History(HistoryAsked<'a>),
    Subscribe { room: Text<'a> },
    Unsubscribe { room: Text<'a> },
    Timestamps { on: bool },
    Lang { lang: Lang },
    Help { command: Option<Text<'a>> },
    Ping,
    Broadcast { text: Text<'a> },
    Shutdown { delay: Option<Text<'a>>, reason: Option<Text<'a>> },
    Status,
    Reload,
    Commands { since: Option<Text<'a>>, before: Option<u64>, after: Option<u64>, limit: Option<u64> },
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
}

impl Request<'_> {
    /// The row of the command table that says who may ask this and at what cost.
    pub fn command(&self) -> &'static Command {
        match self {
            Request::Hello { .. } => &table::HELLO,
            Request::Say { .. } => &table::SAY,
            Request::Whisper { .. } => &table::WHISPER,
            Request::Rename { .. } => &table::RENAME,
            Request::Users { .. } => &table::USERS,
            Request::Kick { .. } => &table::KICK,
            Request::Quit { .. } => &table::QUIT,
            Request::Schedule { .. } => &table::SCHEDULE,
            Request::Schedules => &table::SCHEDULES,
            Request::Unschedule { .. } => &table::UNSCHEDULE,
            Request::History(_) => &table::HISTORY,
            Request::Subscribe { .. } => &table::SUBSCRIBE,
            Request::Unsubscribe { .. } => &table::UNSUBSCRIBE,
            Request::Timestamps { .. } => &table::TIMESTAMPS,
            Request::Lang { .. } => &table::LANG,
            Request::Help { .. } => &table::HELP,
            Request::Ping => &table::PING,
            Request::Broadcast { .. } => &table::BROADCAST,
            Request::Shutdown { .. } => &table::SHUTDOWN,
            Request::Status => &table::STATUS,
            Request::Reload => &table::RELOAD,
            Request::Commands { .. } => &table::COMMANDS,
        }
    }

    /// The arguments as the record of commands keeps them: without whispered text.
    pub fn summary(&self) -> String {
        let words: Vec<&str> = match self {
            Request::Hello { nick, .. } | Request::Rename { nick } => vec![nick],
            Request::Whisper { to, .. } => to.iter().map(|nick| &**nick).collect(),
            Request::Users { room } => vec![room.as_deref().unwrap_or("")],
            Request::Kick { nick, reason } => vec![nick, reason.as_deref().unwrap_or("")],
            Request::Quit { text, quiet } => {
                vec![if *quiet { "quietly" } else { "" }, text.as_deref().unwrap_or("")]
            }
            Request::Schedule { at, text, room } => vec![at, room.as_deref().unwrap_or(""), text],
            Request::Unschedule { schedule } => return schedule.to_string(),
            Request::History(asked) => vec![asked.room.as_deref().unwrap_or("")],
            Request::Subscribe { room } | Request::Unsubscribe { room } => vec![room],
            Request::Timestamps { on } => vec![if *on { "on" } else { "off" }],
            Request::Lang { lang } => vec![lang.tag()],
            Request::Help { command } => vec![command.as_deref().unwrap_or("")],
            Request::Broadcast { text } => vec![text],
            Request::Shutdown { delay, reason } => {
                vec![delay.as_deref().unwrap_or(""), reason.as_deref().unwrap_or("")]
            }
            Request::Say { .. }
            | Request::Schedules
            | Request::Ping
            | Request::Status
            | Request::Reload
            | Request::Commands { .. } => vec![],
        };
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }
}
