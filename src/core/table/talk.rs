//! The rows of what people say, and of reading it again.
//!
//! Knows no door and does nothing. Why talk is not recorded as a command: the history is its record.

use super::{field, may, must};
use crate::core::args::missing;
use crate::core::command::{Command, Kind, Right};
use crate::core::query;
use crate::core::request::{HistoryAsked, Request, ScheduleAsked, SearchAsked};

pub static SAY: Command = Command {
    name: "say",
    cmd: "say",
    slash: &["/say"],
    args: &[field("room", Kind::Word), must("text", Kind::Text), field("mid", Kind::Word)],
    right: Right::Speaker,
    cost: 1,
    recorded: false,
    build: |a| {
        Ok(Request::Say { room: a.opt_text("room")?, text: a.text("text")?, mid: a.client_id("mid")? })
    },
};

pub static ACTION: Command = Command {
    name: "action",
    cmd: "action",
    slash: &["/me"],
    args: &[field("room", Kind::Word), must("text", Kind::Text), field("mid", Kind::Word)],
    right: Right::Speaker,
    cost: 1,
    recorded: false,
    build: |a| {
        Ok(Request::Action { room: a.opt_text("room")?, text: a.text("text")?, mid: a.client_id("mid")? })
    },
};

pub static EDIT: Command = Command {
    name: "edit",
    cmd: "edit",
    slash: &["/edit", "/수정"],
    args: &[field("room", Kind::Word), field("seq", Kind::Number), must("text", Kind::Text)],
    right: Right::Speaker,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Edit { room: a.opt_text("room")?, seq: a.number("seq")?, text: a.text("text")? }),
};

pub static DELETE: Command = Command {
    name: "delete",
    cmd: "delete",
    slash: &["/delete", "/삭제"],
    args: &[field("room", Kind::Word), may("seq", Kind::Number)],
    right: Right::Member,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Delete { room: a.opt_text("room")?, seq: a.number("seq")? }),
};

pub static WHISPER: Command = Command {
    name: "whisper",
    cmd: "whisper",
    slash: &["/whisper", "/귓속말"],
    args: &[must("to", Kind::Nicks), must("text", Kind::Text), field("mid", Kind::Word)],
    right: Right::Voice,
    cost: 1,
    recorded: true,
    build: |a| {
        Ok(Request::Whisper { to: a.opt_list("to")?, text: a.text("text")?, mid: a.client_id("mid")? })
    },
};

pub static WHISPER_OPEN: Command = Command {
    name: "whisper_open",
    cmd: "whisper_open",
    slash: &["/whisper", "/귓속말"],
    args: &[must("nick", Kind::Word)],
    right: Right::Voice,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::WhisperOpen { nick: a.text("nick")? }),
};

pub static WHISPER_ASK: Command = Command {
    name: "whisper_ask",
    cmd: "",
    slash: &["/whisper", "/귓속말"],
    args: &[],
    right: Right::Voice,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::WhisperAsk),
};

pub static WHISPER_CLOSE: Command = Command {
    name: "whisper_close",
    cmd: "whisper_close",
    slash: &["/end", "/종료"],
    args: &[],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |_| Ok(Request::WhisperClose),
};

pub static SCHEDULE: Command = Command {
    name: "schedule",
    cmd: "schedule",
    slash: &["/schedule", "/예약"],
    args: &[
        must("at", Kind::When),
        must("text", Kind::Text),
        field("room", Kind::Word),
        field("every", Kind::Text),
        field("zone", Kind::Word),
    ],
    right: Right::Speaker,
    cost: 2,
    recorded: true,
    build: |a| {
        Ok(Request::Schedule(Box::new(ScheduleAsked {
            at: a.text("at")?,
            text: a.text("text")?,
            room: a.opt_text("room")?,
            every: a.opt_text("every")?,
            zone: a.opt_text("zone")?,
        })))
    },
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
        field("versions", Kind::Flag),
    ],
    right: Right::Visitor,
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
            versions: a.flag("versions")?.unwrap_or(false),
        }))
    },
};

pub static SEARCH: Command = Command {
    name: "search",
    cmd: "search",
    slash: &["/search", "/검색"],
    args: &[
        must("query", Kind::Text),
        field("room", Kind::Word),
        field("from", Kind::Word),
        field("since", Kind::When),
        field("before", Kind::Number),
        field("limit", Kind::Number),
    ],
    right: Right::Visitor,
    cost: 5,
    recorded: true,
    build: |a| {
        Ok(Request::Search(Box::new(SearchAsked {
            query: query::parse(&a.text("query")?)?,
            room: a.opt_text("room")?,
            from: a.opt_text("from")?,
            since: a.opt_text("since")?,
            before: a.number("before")?,
            limit: a.number("limit")?,
        })))
    },
};

pub static MARK_READ: Command = Command {
    name: "mark_read",
    cmd: "mark_read",
    slash: &[],
    args: &[must("room", Kind::Word), must("seq", Kind::Number)],
    right: Right::Visitor,
    cost: 1,
    recorded: false,
    build: |a| Ok(Request::MarkRead { room: a.text("room")?, seq: a.number("seq")?.ok_or(missing("seq"))? }),
};

pub static SUBSCRIBE: Command = Command {
    name: "subscribe",
    cmd: "subscribe",
    slash: &[],
    args: &[must("room", Kind::Word), field("after", Kind::Number)],
    right: Right::Visitor,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Subscribe { room: a.text("room")?, after: a.number("after")? }),
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
