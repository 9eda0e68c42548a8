//! The rows of rooms: going there, making them, ruling them.
//!
//! Knows no door and does nothing. Why `/room …` is many rows and `room_set` one: a person
//! changes one thing, a program sends a form.

use super::{field, implied, may, must};
use crate::core::args::Args;
use crate::core::command::{Command, Kind, Right};
use crate::core::reject::Reject;
use crate::core::request::{Request, RoomAsked};

pub static JOIN: Command = Command {
    name: "join",
    cmd: "join",
    slash: &["/join", "/입장"],
    args: &[must("room", Kind::Word), may("password", Kind::Text)],
    right: Right::Person,
    cost: 2,
    recorded: true,
    build: |a| Ok(Request::Join { room: a.text("room")?, password: a.opt_text("password")? }),
};

pub static LEAVE: Command = Command {
    name: "leave",
    cmd: "leave",
    slash: &["/leave", "/나가기"],
    args: &[field("room", Kind::Word), field("quiet", Kind::Flag)],
    right: Right::Person,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Leave { room: a.opt_text("room")?, quiet: a.flag("quiet")?.unwrap_or(false) }),
};

pub static ROOMS: Command = Command {
    name: "rooms",
    cmd: "rooms",
    slash: &["/rooms", "/방목록"],
    args: &[may("channel", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Rooms { channel: a.opt_text("channel")? }),
};

pub static ROOM_CREATE: Command = Command {
    name: "room_create",
    cmd: "room_create",
    slash: &["/room create", "/방 만들기"],
    args: &[
        must("room", Kind::Word),
        field("topic", Kind::Text),
        field("capacity", Kind::Number),
        field("password", Kind::Text),
        field("listed", Kind::Flag),
        field("invite_only", Kind::Flag),
        field("slow", Kind::Word),
        field("kept", Kind::Flag),
    ],
    right: Right::Creator,
    cost: 5,
    recorded: true,
    build: |a| Ok(Request::RoomCreate(Box::new(room_asked(a)?))),
};

pub static ROOM_SET: Command = Command {
    name: "room_set",
    cmd: "room_set",
    slash: &[],
    args: &[
        field("room", Kind::Word),
        field("topic", Kind::Text),
        field("capacity", Kind::Number),
        field("password", Kind::Text),
        field("listed", Kind::Flag),
        field("invite_only", Kind::Flag),
        field("slow", Kind::Word),
        field("kept", Kind::Flag),
    ],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_TOPIC: Command = Command {
    name: "room_topic",
    cmd: "room_set",
    slash: &["/room topic", "/방 주제"],
    args: &[must("topic", Kind::Text)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_CAPACITY: Command = Command {
    name: "room_capacity",
    cmd: "room_set",
    slash: &["/room capacity", "/방 정원"],
    args: &[must("capacity", Kind::Number)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_LOCK: Command = Command {
    name: "room_lock",
    cmd: "room_set",
    slash: &["/room lock", "/방 잠금"],
    args: &[must("password", Kind::Text)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_UNLOCK: Command = Command {
    name: "room_unlock",
    cmd: "room_set",
    slash: &["/room unlock", "/방 잠금해제"],
    args: &[implied("password", Kind::Text, "")],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_LISTED: Command = Command {
    name: "room_listed",
    cmd: "room_set",
    slash: &["/room listed", "/방 공개"],
    args: &[implied("listed", Kind::Flag, "on")],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_UNLISTED: Command = Command {
    name: "room_unlisted",
    cmd: "room_set",
    slash: &["/room unlisted", "/방 비공개"],
    args: &[implied("listed", Kind::Flag, "off")],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_INVITE_ONLY: Command = Command {
    name: "room_invite_only",
    cmd: "room_set",
    slash: &["/room invite-only", "/방 초대전용"],
    args: &[must("invite_only", Kind::Flag)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_SLOW: Command = Command {
    name: "room_slow",
    cmd: "room_set",
    slash: &["/room slow", "/방 느리게"],
    args: &[must("slow", Kind::Duration)],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_KEEP: Command = Command {
    name: "room_keep",
    cmd: "room_set",
    slash: &["/room keep", "/방 유지"],
    args: &[implied("kept", Kind::Flag, "on")],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_UNKEEP: Command = Command {
    name: "room_unkeep",
    cmd: "room_set",
    slash: &["/room unkeep", "/방 유지해제"],
    args: &[implied("kept", Kind::Flag, "off")],
    right: Right::Moderator,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
};

pub static ROOM_ROLE: Command = Command {
    name: "room_role",
    cmd: "room_role",
    slash: &[],
    args: &[field("room", Kind::Word), must("nick", Kind::Word), must("role", Kind::Word)],
    right: Right::Owner,
    cost: 1,
    recorded: true,
    build: |a| {
        Ok(Request::RoomRole { room: a.opt_text("room")?, nick: a.text("nick")?, role: a.text("role")? })
    },
};

pub static ROOM_OP: Command = Command {
    name: "room_op",
    cmd: "room_role",
    slash: &["/room op", "/방 운영자"],
    args: &[must("nick", Kind::Word), implied("role", Kind::Word, "moderator")],
    right: Right::Owner,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomRole { room: None, nick: a.text("nick")?, role: a.text("role")? }),
};

pub static ROOM_DEOP: Command = Command {
    name: "room_deop",
    cmd: "room_role",
    slash: &["/room deop", "/방 운영자해제"],
    args: &[must("nick", Kind::Word), implied("role", Kind::Word, "member")],
    right: Right::Owner,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomRole { room: None, nick: a.text("nick")?, role: a.text("role")? }),
};

pub static ROOM_TRANSFER: Command = Command {
    name: "room_transfer",
    cmd: "room_transfer",
    slash: &["/room transfer", "/방 양도"],
    args: &[field("room", Kind::Word), must("nick", Kind::Word)],
    right: Right::Owner,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomTransfer { room: a.opt_text("room")?, nick: a.text("nick")? }),
};

pub static ROOM_CLOSE: Command = Command {
    name: "room_close",
    cmd: "room_close",
    slash: &["/room close", "/방 닫기"],
    args: &[field("room", Kind::Word)],
    right: Right::Owner,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::RoomClose { room: a.opt_text("room")? }),
};

pub static INVITE: Command = Command {
    name: "invite",
    cmd: "invite",
    slash: &["/invite", "/초대"],
    args: &[field("room", Kind::Word), must("nick", Kind::Word)],
    right: Right::Inviter,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Invite { room: a.opt_text("room")?, nick: a.text("nick")? }),
};

fn room_asked<'a>(args: &mut Args<'a>) -> Result<RoomAsked<'a>, Reject> {
    Ok(RoomAsked {
        room: args.opt_text("room")?,
        topic: args.opt_text("topic")?,
        capacity: args.number("capacity")?,
        password: args.opt_text("password")?,
        listed: args.flag("listed")?,
        invite_only: args.flag("invite_only")?,
        slow: args.opt_text("slow")?,
        kept: args.flag("kept")?,
    })
}
