//! The rows of the server itself, most of them for admins.
//!
//! Knows no door and does nothing. Why `status`, `ping` and `complete` are not recorded: programs ask
//! them each second, and a shell whenever somebody presses Tab.

use super::{field, may, must};
use crate::core::args::missing;
use crate::core::chain::Mark;
use crate::core::command::{Command, Kind, Right};
use crate::core::export::ExportMark;
use crate::core::request::{ConfigAsked, Request};

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
    args: &[may("command", Kind::Text)],
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

pub static COMPLETE: Command = Command {
    name: "complete",
    cmd: "complete",
    slash: &[],
    args: &[field("begin", Kind::Text)],
    right: Right::Admin,
    cost: 1,
    recorded: false,
    build: |a| Ok(Request::Complete(a.opt_text("begin")?)),
};

pub static RELOAD: Command = Command {
    name: "reload",
    cmd: "reload",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Config(ConfigAsked::Reload)),
};

pub static CONFIG_DIFF: Command = Command {
    name: "config_diff",
    cmd: "config_diff",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: false,
    build: |_| Ok(Request::Config(ConfigAsked::Diff)),
};

pub static CONFIG_APPLY: Command = Command {
    name: "config_apply",
    cmd: "config_apply",
    slash: &[],
    args: &[field("confirm_within", Kind::Duration)],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Config(ConfigAsked::Apply { confirm_within: a.opt_text("confirm_within")? })),
};

pub static CONFIG_CONFIRM: Command = Command {
    name: "config_confirm",
    cmd: "config_confirm",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Config(ConfigAsked::Confirm)),
};

pub static CONFIG_REVERT: Command = Command {
    name: "config_revert",
    cmd: "config_revert",
    slash: &[],
    args: &[],
    right: Right::Admin,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::Config(ConfigAsked::Revert)),
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

pub static VERIFY: Command = Command {
    name: "verify",
    cmd: "verify",
    slash: &[],
    args: &[
        field("after", Kind::Number),
        field("message", Kind::Number),
        field("version", Kind::Number),
        field("command", Kind::Number),
        field("until", Kind::Number),
    ],
    right: Right::Admin,
    cost: 3,
    recorded: true,
    build: |a| {
        let from = Mark {
            after: a.number("after")?.unwrap_or(0),
            message: a.number("message")?.unwrap_or(0),
            version: a.number("version")?.unwrap_or(0),
            command: a.number("command")?.unwrap_or(0),
        };
        Ok(Request::Verify { from, until: a.number("until")? })
    },
};

pub static EXPORT: Command = Command {
    name: "export",
    cmd: "export",
    slash: &[],
    args: &[
        field("room", Kind::Word),
        field("rooms", Kind::Number),
        field("after", Kind::Number),
        field("limit", Kind::Number),
    ],
    right: Right::Admin,
    cost: 3,
    recorded: true,
    build: |a| {
        let from =
            ExportMark { rooms: a.number("rooms")?.unwrap_or(0), after: a.number("after")?.unwrap_or(0) };
        Ok(Request::Export { room: a.opt_text("room")?, from, limit: a.number("limit")? })
    },
};

pub static IMPORT: Command = Command {
    name: "import",
    cmd: "import",
    slash: &[],
    args: &[must("lines", Kind::Lines)],
    right: Right::Admin,
    cost: 3,
    recorded: true,
    build: |a| Ok(Request::Import { lines: a.lines("lines")? }),
};

pub static BACKUP: Command = Command {
    name: "backup",
    cmd: "backup",
    slash: &[],
    args: &[field("backup", Kind::Number), field("after", Kind::Number)],
    right: Right::Admin,
    cost: 3,
    recorded: true,
    build: |a| Ok(Request::Backup { backup: a.number("backup")?, after: a.number("after")? }),
};
