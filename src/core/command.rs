//! The command table: a row for everything that can be asked, and how its arguments are read.
//!
//! Slash lines, JSON objects, `/help`, the usage sentences and the rights check
//! all come from these rows. Why a table: a command exists in every door at
//! once, or not at all.

use super::args::{self, Args};
use super::nearest::nearest;
use super::reject::{Reject, echo};
use super::request::{HistoryAsked, Request};

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
    /// A flag that is on by what the row means: nobody types it.
    Implied,
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
    /// What it is called: in the record, and as the key of its help text.
    pub name: &'static str,
    /// The `cmd` of the JSON form: its name, or another row's that it only abbreviates.
    pub cmd: &'static str,
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

const fn implied(name: &'static str) -> Arg {
    Arg { name, kind: Kind::Flag, need: Need::Implied }
}

pub static HELLO: Command = Command {
    name: "hello",
    cmd: "hello",
    slash: &[],
    args: &[must("nick", Kind::Text)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Hello { nick: a.text("nick")? }),
};

pub static SAY: Command = Command {
    name: "say",
    cmd: "say",
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
    cmd: "whisper",
    slash: &["/whisper", "/귓속말"],
    args: &[must("to", Kind::Nicks), must("text", Kind::Text), field("mid", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Whisper { to: a.list("to")?, text: a.text("text")?, mid: a.client_id("mid")? }),
};

pub static RENAME: Command = Command {
    name: "rename",
    cmd: "rename",
    slash: &["/rename", "/닉네임"],
    args: &[must("nick", Kind::Text)],
    right: Right::Person,
    cost: 2,
    recorded: true,
    build: |a| Ok(Request::Rename { nick: a.text("nick")? }),
};

pub static USERS: Command = Command {
    name: "users",
    cmd: "users",
    slash: &["/user", "/users", "/사용자"],
    args: &[may("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Users { room: a.opt_text("room")? }),
};

pub static KICK: Command = Command {
    name: "kick",
    cmd: "kick",
    slash: &["/kick", "/강퇴"],
    args: &[must("nick", Kind::Word), may("reason", Kind::Text)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Kick { nick: a.text("nick")?, reason: a.opt_text("reason")? }),
};

pub static QUIT: Command = Command {
    name: "quit",
    cmd: "quit",
    slash: &["/quit", "/종료"],
    args: &[may("text", Kind::Text), field("quiet", Kind::Flag)],
    right: Right::Anyone,
    cost: 0,
    recorded: true,
    build: |a| Ok(Request::Quit { text: a.opt_text("text")?, quiet: a.flag("quiet")?.unwrap_or(false) }),
};

pub static QUIETQUIT: Command = Command {
    name: "quietquit",
    cmd: "quit",
    slash: &["/quietquit", "/조용히나가기"],
    args: &[implied("quiet")],
    right: Right::Anyone,
    cost: 0,
    recorded: true,
    build: |a| Ok(Request::Quit { text: None, quiet: a.flag("quiet")?.unwrap_or(true) }),
};

pub static SCHEDULE: Command = Command {
    name: "schedule",
    cmd: "schedule",
    slash: &["/schedule", "/예약"],
    args: &[must("at", Kind::When), must("text", Kind::Text), field("room", Kind::Word)],
    right: Right::Known,
    cost: 2,
    recorded: true,
    build: |a| Ok(Request::Schedule { at: a.text("at")?, text: a.text("text")?, room: a.opt_text("room")? }),
};

pub static SCHEDULES: Command = Command {
    name: "schedules",
    cmd: "schedules",
    slash: &["/schedules", "/예약목록"],
    args: &[],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Schedules),
};

pub static UNSCHEDULE: Command = Command {
    name: "unschedule",
    cmd: "unschedule",
    slash: &["/unschedule", "/예약취소"],
    args: &[must("schedule", Kind::Number)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Unschedule { schedule: a.number("schedule")?.ok_or(args::missing("schedule"))? }),
};

pub static HISTORY: Command = Command {
    name: "history",
    cmd: "history",
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
    cmd: "subscribe",
    slash: &[],
    args: &[must("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Subscribe { room: a.text("room")? }),
};

pub static UNSUBSCRIBE: Command = Command {
    name: "unsubscribe",
    cmd: "unsubscribe",
    slash: &[],
    args: &[must("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Unsubscribe { room: a.text("room")? }),
};

pub static TIMESTAMPS: Command = Command {
    name: "timestamps",
    cmd: "timestamps",
    slash: &["/timestamps", "/시간"],
    args: &[must("on", Kind::Flag)],
    right: Right::Person,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Timestamps { on: a.flag("on")?.ok_or(args::missing("on"))? }),
};

pub static HELP: Command = Command {
    name: "help",
    cmd: "help",
    slash: &["/help", "/도움말"],
    args: &[may("command", Kind::Word)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Help { command: a.opt_text("command")? }),
};

pub static PING: Command = Command {
    name: "ping",
    cmd: "ping",
    slash: &[],
    args: &[],
    right: Right::Anyone,
    cost: 1,
    recorded: false,
    build: |_| Ok(Request::Ping),
};

pub static BROADCAST: Command = Command {
    name: "broadcast",
    cmd: "broadcast",
    slash: &["/broadcast", "/공지"],
    args: &[must("text", Kind::Text)],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Broadcast { text: a.text("text")? }),
};

pub static SHUTDOWN: Command = Command {
    name: "shutdown",
    cmd: "shutdown",
    slash: &["/shutdown", "/서버종료"],
    args: &[may("in", Kind::Delay), may("reason", Kind::Text)],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Shutdown { delay: a.opt_text("in")?, reason: a.opt_text("reason")? }),
};

pub static STATUS: Command = Command {
    name: "status",
    cmd: "status",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: false,
    build: |_| Ok(Request::Status),
};

pub static RELOAD: Command = Command {
    name: "reload",
    cmd: "reload",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Reload),
};

pub static COMMANDS: Command = Command {
    name: "commands",
    cmd: "commands",
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
        TABLE.into_iter().find(|command| command.name == name && command.cmd == name)
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
        let names = TABLE.into_iter().map(|command| command.cmd);
        nearest(name, names).filter(|near| near.likely).map(|near| near.word)
    }

    /// The row that `/help kick` or `/help /kick` is about.
    pub fn helped(asked: &str) -> Result<&'static Command, Reject> {
        let slash = format!("/{}", asked.trim_start_matches('/'));
        Command::typed(&slash).ok_or_else(|| unknown(&slash, Command::nearest_typed(&slash)))
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
                Need::Field | Need::Implied => {}
            }
        }
        usage
    }

    /// Makes the request out of its arguments.
    pub fn request<'a>(&'static self, mut args: Args<'a>) -> Result<Request<'a>, Reject> {
        (self.build)(&mut args)
    }
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
