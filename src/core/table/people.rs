//! The rows of people: who they are, and what is done about them.
//!
//! Knows no door and does nothing. Why bans and mutes are one request: they differ in what they stop, not in
//! how they are made.

use super::{field, implied, may, must};
use crate::core::args::Args;
use crate::core::command::{Command, Kind, Right};
use crate::core::reject::Reject;
use crate::core::request::{Request, SanctionAsked};
use crate::core::sanctions::SanctionKind;

pub static HELLO: Command = Command {
    name: "hello",
    cmd: "hello",
    slash: &[],
    args: &[
        must("nick", Kind::Text),
        field("lang", Kind::Word),
        field("token", Kind::Word),
        field("room", Kind::Word),
    ],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| {
        let (nick, lang) = (a.text("nick")?, a.lang("lang")?);
        Ok(Request::Hello { nick, lang, token: a.opt_text("token")?, room: a.opt_text("room")? })
    },
};

pub static RESUME: Command = Command {
    name: "resume",
    cmd: "resume",
    slash: &[],
    args: &[must("token", Kind::Word), field("seen", Kind::Seqs), field("whisper", Kind::Number)],
    right: Right::Anyone,
    cost: 1,
    recorded: true,
    build: |a| {
        Ok(Request::Resume { token: a.text("token")?, seen: a.seqs("seen")?, whisper: a.number("whisper")? })
    },
};

pub static USERS: Command = Command {
    name: "users",
    cmd: "users",
    slash: &["/user", "/users", "/사용자"],
    args: &[may("room", Kind::Word)],
    right: Right::Visitor,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Users { room: a.opt_text("room")? }),
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

pub static KICK: Command = Command {
    name: "kick",
    cmd: "kick",
    slash: &["/kick", "/강퇴"],
    args: &[
        must("nick", Kind::Word),
        field("room", Kind::Word),
        field("for", Kind::Span),
        may("reason", Kind::Text),
    ],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| {
        Ok(Request::Kick {
            nick: a.text("nick")?,
            room: a.opt_text("room")?,
            duration: a.opt_text("for")?,
            reason: a.opt_text("reason")?,
        })
    },
};

pub static BAN: Command = Command {
    name: "ban",
    cmd: "ban",
    slash: &["/ban", "/차단"],
    args: &[
        must("who", Kind::Word),
        field("room", Kind::Word),
        may("for", Kind::Span),
        may("reason", Kind::Text),
    ],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| sanction(a, SanctionKind::Ban, "who"),
};

pub static UNBAN: Command = Command {
    name: "unban",
    cmd: "unban",
    slash: &["/unban", "/차단해제"],
    args: &[must("who", Kind::Word), field("room", Kind::Word), field("reason", Kind::Text)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| lift(a, SanctionKind::Ban, "who"),
};

pub static MUTE: Command = Command {
    name: "mute",
    cmd: "mute",
    slash: &["/mute", "/음소거"],
    args: &[
        must("nick", Kind::Word),
        field("room", Kind::Word),
        may("for", Kind::Span),
        may("reason", Kind::Text),
    ],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| sanction(a, SanctionKind::Mute, "nick"),
};

pub static UNMUTE: Command = Command {
    name: "unmute",
    cmd: "unmute",
    slash: &["/unmute", "/음소거해제"],
    args: &[must("nick", Kind::Word), field("room", Kind::Word), field("reason", Kind::Text)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| lift(a, SanctionKind::Mute, "nick"),
};

pub static BANS: Command = Command {
    name: "bans",
    cmd: "bans",
    slash: &["/bans", "/차단목록"],
    args: &[may("room", Kind::Word)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Bans { room: a.opt_text("room")? }),
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
    args: &[implied("quiet", Kind::Flag, "on")],
    right: Right::Anyone,
    cost: 0,
    recorded: true,
    build: |a| Ok(Request::Quit { text: None, quiet: a.flag("quiet")?.unwrap_or(true) }),
};

fn sanction<'a>(args: &mut Args<'a>, kind: SanctionKind, who: &'static str) -> Result<Request<'a>, Reject> {
    Ok(Request::Sanction(Box::new(SanctionAsked {
        kind,
        who: args.text(who)?,
        room: args.opt_text("room")?,
        duration: args.opt_text("for")?,
        reason: args.opt_text("reason")?,
    })))
}

fn lift<'a>(args: &mut Args<'a>, kind: SanctionKind, who: &'static str) -> Result<Request<'a>, Reject> {
    let (who, room, reason) = (args.text(who)?, args.opt_text("room")?, args.opt_text("reason")?);
    Ok(Request::Lift { kind, who, room, reason })
}
