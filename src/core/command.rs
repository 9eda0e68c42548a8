//! The command table: a row for everything that can be asked, and how its arguments are read.
//!
//! Slash lines, JSON objects, `/help`, the usage sentences and the rights check
//! all come from these rows. Why a table: a command exists in every door at
//! once, or not at all.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::nearest::nearest;
use super::reject::{Malformed, Reject, echo};
use super::request::{HistoryAsked, Request, Text};
use crate::limits::CLIENT_ID_BYTES_MAX;

/// Who may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Right {
    /// Also those who have not chosen a nickname yet.
    Anyone,
    /// Those with a nickname, and the admin's shell.
    Known,
    /// Those with a nickname, who are in rooms.
    Person,
    /// The room's owner or moderators, and admins.
    Moderator,
    Admin,
}

/// How an argument is typed and which JSON type carries it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One word.
    Word,
    /// Nicknames with commas between them; in JSON a text or a list.
    Nicks,
    /// A time of day, a date and time, or `+10m`.
    When,
    /// `+5`, taken only when the word begins with a plus.
    Delay,
    /// The rest of the line.
    Text,
    Number,
    /// `on` or `off`.
    Flag,
}

/// Whether an argument must be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    Must,
    May,
    /// Only as a JSON field: nobody types it.
    Field,
}

/// One argument of a command.
#[derive(Debug)]
pub struct Arg {
    pub name: &'static str,
    pub kind: Kind,
    pub need: Need,
}

/// One row.
pub struct Command {
    /// The `cmd` of the JSON form, the name in the record and the key of its help text.
    pub name: &'static str,
    /// What is typed, the English name first; empty where only programs ask.
    pub slash: &'static [&'static str],
    pub args: &'static [Arg],
    pub right: Right,
    /// What it takes from the session's allowance of `limits.rate`.
    pub cost: u32,
    /// Whether the record of commands keeps it; talk is kept as messages.
    pub recorded: bool,
    build: for<'a> fn(&mut Args<'a>) -> Result<Request<'a>, Reject>,
}

impl PartialEq for Command {
    fn eq(&self, other: &Command) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn must(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, need: Need::Must }
}

const fn may(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, need: Need::May }
}

const fn field(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, need: Need::Field }
}

pub static HELLO: Command = Command {
    name: "hello",
    slash: &[],
    args: &[must("nick", Kind::Text)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Hello { nick: a.text("nick")? }),
};

pub static SAY: Command = Command {
    name: "say",
    slash: &["/say"],
    args: &[field("room", Kind::Word), must("text", Kind::Text), field("mid", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: false,
    build: |a| {
        Ok(Request::Say { room: a.opt_text("room")?, text: a.text("text")?, mid: a.client_id("mid")? })
    },
};

pub static WHISPER: Command = Command {
    name: "whisper",
    slash: &["/whisper", "/귓속말"],
    args: &[must("to", Kind::Nicks), must("text", Kind::Text), field("mid", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Whisper { to: a.list("to")?, text: a.text("text")?, mid: a.client_id("mid")? }),
};

pub static RENAME: Command = Command {
    name: "rename",
    slash: &["/rename", "/닉네임"],
    args: &[must("nick", Kind::Text)],
    right: Right::Person,
    cost: 2,
    recorded: true,
    build: |a| Ok(Request::Rename { nick: a.text("nick")? }),
};

pub static USERS: Command = Command {
    name: "users",
    slash: &["/user", "/users", "/사용자"],
    args: &[may("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Users { room: a.opt_text("room")? }),
};

pub static KICK: Command = Command {
    name: "kick",
    slash: &["/kick", "/강퇴"],
    args: &[must("nick", Kind::Word), may("reason", Kind::Text)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Kick { nick: a.text("nick")?, reason: a.opt_text("reason")? }),
};

pub static QUIT: Command = Command {
    name: "quit",
    slash: &["/quit", "/종료"],
    args: &[may("text", Kind::Text), field("quiet", Kind::Flag)],
    right: Right::Anyone,
    cost: 0,
    recorded: true,
    build: |a| Ok(Request::Quit { text: a.opt_text("text")?, quiet: a.flag("quiet")?.unwrap_or(false) }),
};

pub static QUIETQUIT: Command = Command {
    name: "quietquit",
    slash: &["/quietquit", "/조용히나가기"],
    args: &[],
    right: Right::Anyone,
    cost: 0,
    recorded: true,
    build: |_| Ok(Request::Quit { text: None, quiet: true }),
};

pub static SCHEDULE: Command = Command {
    name: "schedule",
    slash: &["/schedule", "/예약"],
    args: &[must("at", Kind::When), must("text", Kind::Text), field("room", Kind::Word)],
    right: Right::Known,
    cost: 2,
    recorded: true,
    build: |a| Ok(Request::Schedule { at: a.text("at")?, text: a.text("text")?, room: a.opt_text("room")? }),
};

pub static SCHEDULES: Command = Command {
    name: "schedules",
    slash: &["/schedules", "/예약목록"],
    args: &[],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Schedules),
};

pub static UNSCHEDULE: Command = Command {
    name: "unschedule",
    slash: &["/unschedule", "/예약취소"],
    args: &[must("schedule", Kind::Number)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Unschedule { schedule: a.number("schedule")?.ok_or(missing("schedule"))? }),
};

pub static HISTORY: Command = Command {
    name: "history",
    slash: &["/history", "/기록"],
    args: &[
        may("limit", Kind::Number),
        field("room", Kind::Word),
        field("before", Kind::Number),
        field("after", Kind::Number),
        field("from", Kind::Word),
        field("since", Kind::When),
        field("until", Kind::When),
    ],
    right: Right::Known,
    cost: 3,
    recorded: true,
    build: |a| {
        Ok(Request::History(HistoryAsked {
            room: a.opt_text("room")?,
            before: a.number("before")?,
            after: a.number("after")?,
            from: a.opt_text("from")?,
            since: a.opt_text("since")?,
            until: a.opt_text("until")?,
            limit: a.number("limit")?,
        }))
    },
};

pub static SUBSCRIBE: Command = Command {
    name: "subscribe",
    slash: &[],
    args: &[must("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Subscribe { room: a.text("room")? }),
};

pub static UNSUBSCRIBE: Command = Command {
    name: "unsubscribe",
    slash: &[],
    args: &[must("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Unsubscribe { room: a.text("room")? }),
};

pub static TIMESTAMPS: Command = Command {
    name: "timestamps",
    slash: &["/timestamps", "/시간"],
    args: &[must("on", Kind::Flag)],
    right: Right::Person,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Timestamps { on: a.flag("on")?.ok_or(missing("on"))? }),
};

pub static HELP: Command = Command {
    name: "help",
    slash: &["/help", "/도움말"],
    args: &[may("command", Kind::Word)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Help { command: a.opt_text("command")? }),
};

pub static PING: Command = Command {
    name: "ping",
    slash: &[],
    args: &[],
    right: Right::Anyone,
    cost: 1,
    recorded: false,
    build: |_| Ok(Request::Ping),
};

pub static BROADCAST: Command = Command {
    name: "broadcast",
    slash: &["/broadcast", "/공지"],
    args: &[must("text", Kind::Text)],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Broadcast { text: a.text("text")? }),
};

pub static SHUTDOWN: Command = Command {
    name: "shutdown",
    slash: &["/shutdown", "/서버종료"],
    args: &[may("in", Kind::Delay), may("reason", Kind::Text)],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Shutdown { delay: a.opt_text("in")?, reason: a.opt_text("reason")? }),
};

pub static STATUS: Command = Command {
    name: "status",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: false,
    build: |_| Ok(Request::Status),
};

pub static RELOAD: Command = Command {
    name: "reload",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Reload),
};

pub static COMMANDS: Command = Command {
    name: "commands",
    slash: &[],
    args: &[
        field("since", Kind::When),
        field("before", Kind::Number),
        field("after", Kind::Number),
        field("limit", Kind::Number),
    ],
    right: Right::Admin,
    cost: 3,
    recorded: true,
    build: |a| {
        Ok(Request::Commands {
            since: a.opt_text("since")?,
            before: a.number("before")?,
            after: a.number("after")?,
            limit: a.number("limit")?,
        })
    },
};

/// Every row, in the order in which `/help` lists them.
pub static TABLE: [&Command; 22] = [
    &HELP,
    &USERS,
    &RENAME,
    &SAY,
    &WHISPER,
    &SCHEDULE,
    &SCHEDULES,
    &UNSCHEDULE,
    &HISTORY,
    &TIMESTAMPS,
    &KICK,
    &BROADCAST,
    &SHUTDOWN,
    &QUIT,
    &QUIETQUIT,
    &HELLO,
    &SUBSCRIBE,
    &UNSUBSCRIBE,
    &PING,
    &STATUS,
    &RELOAD,
    &COMMANDS,
];

impl Command {
    /// The row whose `cmd` this is.
    pub fn named(name: &str) -> Option<&'static Command> {
        TABLE.into_iter().find(|command| command.name == name && command.name != QUIETQUIT.name)
    }

    /// The row that is typed as `slash` (with the slash, in any case).
    pub fn typed(slash: &str) -> Option<&'static Command> {
        let wanted = slash.to_lowercase();
        TABLE.into_iter().find(|command| command.slash.contains(&wanted.as_str()))
    }

    /// The typed name nearest to `slash`, where one is near enough to be meant.
    pub fn nearest_typed(slash: &str) -> Option<&'static str> {
        let typed = TABLE.into_iter().flat_map(|command| command.slash.iter().copied());
        nearest(slash, typed).filter(|near| near.likely).map(|near| near.word)
    }

    /// The `cmd` nearest to `name`, where one is near enough to be meant.
    pub fn nearest_named(name: &str) -> Option<&'static str> {
        let names = TABLE.into_iter().map(|row| row.name).filter(|row| Command::named(row).is_some());
        nearest(name, names).filter(|near| near.likely).map(|near| near.word)
    }

    /// How it is typed: `/kick NICK [REASON]`.
    pub fn usage(&self) -> String {
        let mut usage = self.slash.first().copied().unwrap_or(self.name).to_owned();
        for arg in self.args {
            let word = match (arg.kind, arg.name) {
                (Kind::Nicks, _) => "NICK[,NICK…]".to_owned(),
                (Kind::When, _) => "HH:MM".to_owned(),
                (Kind::Delay, _) => "+MIN".to_owned(),
                (Kind::Flag, _) => "on|off".to_owned(),
                (Kind::Number, "schedule") => "ID".to_owned(),
                (Kind::Number, _) => "N".to_owned(),
                (Kind::Word | Kind::Text, name) => name.to_uppercase(),
            };
            match arg.need {
                Need::Must => usage.push_str(&format!(" {word}")),
                Need::May => usage.push_str(&format!(" [{word}]")),
                Need::Field => {}
            }
        }
        usage
    }

    /// Makes the request out of its arguments.
    pub fn request<'a>(&'static self, mut args: Args<'a>) -> Result<Request<'a>, Reject> {
        (self.build)(&mut args)
    }
}

/// The value of one argument, already of its kind's type.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    Text(Text<'a>),
    Number(u64),
    Flag(bool),
    List(Vec<Text<'a>>),
}

/// The arguments of one request by name, from whichever door.
#[derive(Default, Debug)]
pub struct Args<'a>(SmallVec<[(&'static str, Value<'a>); 4]>);

const fn missing(name: &'static str) -> Reject {
    Reject::Malformed(Malformed::MissingField(name))
}

fn wrong(field: &'static str, expected: &'static str) -> Reject {
    Reject::Malformed(Malformed::WrongType { field, expected })
}

impl<'a> Args<'a> {
    /// Adds an argument that has been read as its kind's type.
    pub fn set(&mut self, name: &'static str, value: Value<'a>) {
        self.0.push((name, value));
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(have, _)| *have == name)
    }

    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.0.iter().position(|(have, _)| *have == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn opt_text(&mut self, name: &'static str) -> Result<Option<Text<'a>>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Number(_) | Value::Flag(_) | Value::List(_)) => Err(wrong(name, "text")),
        }
    }

    fn text(&mut self, name: &'static str) -> Result<Text<'a>, Reject> {
        self.opt_text(name)?.ok_or(missing(name))
    }

    fn number(&mut self, name: &'static str) -> Result<Option<u64>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number)),
            Some(Value::Text(_) | Value::Flag(_) | Value::List(_)) => Err(wrong(name, "number")),
        }
    }

    fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(flag)),
            Some(Value::Text(_) | Value::Number(_) | Value::List(_)) => Err(wrong(name, "flag")),
        }
    }

    fn list(&mut self, name: &'static str) -> Result<Vec<Text<'a>>, Reject> {
        match self.take(name) {
            None => Err(missing(name)),
            Some(Value::List(list)) => Ok(list),
            Some(Value::Text(text)) => Ok(vec![text]),
            Some(Value::Number(_) | Value::Flag(_)) => Err(wrong(name, "list")),
        }
    }

    fn client_id(&mut self, name: &'static str) -> Result<Option<Text<'a>>, Reject> {
        match self.opt_text(name)? {
            Some(id) if id.is_empty() || id.len() > CLIENT_ID_BYTES_MAX => {
                Err(Reject::TooLong { max: CLIENT_ID_BYTES_MAX })
            }
            id => Ok(id),
        }
    }
}

/// Splits nicknames at commas; blanks around them do not count.
pub fn split_nicks(text: &str) -> Vec<Cow<'_, str>> {
    text.split(',').map(str::trim).filter(|nick| !nick.is_empty()).map(Cow::Borrowed).collect()
}

/// The refusal of a command that nobody knows, naming the nearest one.
pub fn unknown(name: &str, nearest: Option<&'static str>) -> Reject {
    Reject::UnknownCommand { name: echo(name), nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = TABLE.iter().map(|c| c.name).collect();
        let mut typed: Vec<&str> = TABLE.iter().flat_map(|c| c.slash.iter().copied()).collect();
        for list in [&mut names, &mut typed] {
            let all = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), all);
        }
    }

    #[test]
    fn the_nearest_command_is_named() {
        assert_eq!(Command::nearest_typed("/whsiper"), Some("/whisper"));
        assert_eq!(Command::nearest_typed("/귓속"), Some("/귓속말"));
        assert_eq!(Command::nearest_typed("/flibbertigibbet"), None);
    }

    #[test]
    fn usage_is_made_from_the_row() {
        assert_eq!(KICK.usage(), "/kick NICK [REASON]");
        assert_eq!(WHISPER.usage(), "/whisper NICK[,NICK…] TEXT");
        assert_eq!(SHUTDOWN.usage(), "/shutdown [+MIN] [REASON]");
    }
}
