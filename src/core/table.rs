//! The command table: one row for everything that can be asked.
//!
//! Adding a command begins here and in `request.rs`; the compiler leads to the
//! rest. Why statics and not a builder: a row is read by people more often than
//! by the program.

use super::args::missing;
use super::command::{Arg, Command, Kind, Need, Right};
use super::request::{HistoryAsked, Request};

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
    args: &[must("nick", Kind::Text), field("lang", Kind::Word)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Hello { nick: a.text("nick")?, lang: a.lang("lang")? }),
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
    build: |a| Ok(Request::Unschedule { schedule: a.number("schedule")?.ok_or(missing("schedule"))? }),
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
    build: |a| Ok(Request::Timestamps { on: a.flag("on")?.ok_or(missing("on"))? }),
};

pub static LANG: Command = Command {
    name: "lang",
    cmd: "lang",
    slash: &["/lang", "/언어"],
    args: &[must("lang", Kind::Word)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Lang { lang: a.lang("lang")?.ok_or(missing("lang"))? }),
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
pub static TABLE: [&Command; 23] = [
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
    &LANG,
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
