//! What a person, a program or the admin can ask: one typed enum for every door.
//!
//! A request knows neither the bytes it came in nor who may make it. Why one
//! enum: a slash command, a JSON object and `chatctl` must not drift apart.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::command::{self, Command};

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
    Hello { nick: Text<'a> },
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
            Request::Hello { .. } => &command::HELLO,
            Request::Say { .. } => &command::SAY,
            Request::Whisper { .. } => &command::WHISPER,
            Request::Rename { .. } => &command::RENAME,
            Request::Users { .. } => &command::USERS,
            Request::Kick { .. } => &command::KICK,
            Request::Quit { .. } => &command::QUIT,
            Request::Schedule { .. } => &command::SCHEDULE,
            Request::Schedules => &command::SCHEDULES,
            Request::Unschedule { .. } => &command::UNSCHEDULE,
            Request::History(_) => &command::HISTORY,
            Request::Subscribe { .. } => &command::SUBSCRIBE,
            Request::Unsubscribe { .. } => &command::UNSUBSCRIBE,
            Request::Timestamps { .. } => &command::TIMESTAMPS,
            Request::Help { .. } => &command::HELP,
            Request::Ping => &command::PING,
            Request::Broadcast { .. } => &command::BROADCAST,
            Request::Shutdown { .. } => &command::SHUTDOWN,
            Request::Status => &command::STATUS,
            Request::Reload => &command::RELOAD,
            Request::Commands { .. } => &command::COMMANDS,
        }
    }

    /// The arguments as the record of commands keeps them: without whispered text.
    pub fn summary(&self) -> String {
        let words: Vec<&str> = match self {
            Request::Hello { nick } | Request::Rename { nick } => vec![nick],
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
