//! The rows of rooms: going there, making them, ruling them.
//!
//! Knows no door and does nothing. Why `/room …` is many rows and `room_set` one: a person
//! changes one thing, a program sends a form.

use super::{field, implied, may, must};
use crate::core::args::Args;
use crate::core::command::{Arg, Command, Kind, Right};
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
    args: &[may("channel", Kind::Word), field("room", Kind::Word)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Rooms { channel: a.opt_text("channel")?, room: a.opt_text("room")? }),
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

pub static ROOM_TOPIC: Command =
    setting("room_topic", &["/room topic", "/방 주제"], &[must("topic", Kind::Text)]);

pub static ROOM_CAPACITY: Command =
    setting("room_capacity", &["/room capacity", "/방 정원"], &[must("capacity", Kind::Number)]);

pub static ROOM_LOCK: Command =
    setting("room_lock", &["/room lock", "/방 잠금"], &[must("password", Kind::Text)]);

pub static ROOM_UNLOCK: Command =
    setting("room_unlock", &["/room unlock", "/방 잠금해제"], &[implied("password", Kind::Text, "")]);

pub static ROOM_LISTED: Command =
    setting("room_listed", &["/room listed", "/방 공개"], &[implied("listed", Kind::Flag, "on")]);

pub static ROOM_UNLISTED: Command =
    setting("room_unlisted", &["/room unlisted", "/방 비공개"], &[implied("listed", Kind::Flag, "off")]);

pub static ROOM_INVITE_ONLY: Command =
    setting("room_invite_only", &["/room invite-only", "/방 초대전용"], &[must("invite_only", Kind::Flag)]);

pub static ROOM_SLOW: Command =
    setting("room_slow", &["/room slow", "/방 느리게"], &[must("slow", Kind::Duration)]);

pub static ROOM_KEEP: Command =
    setting("room_keep", &["/room keep", "/방 유지"], &[implied("kept", Kind::Flag, "on")]);

pub static ROOM_UNKEEP: Command =
    setting("room_unkeep", &["/room unkeep", "/방 유지해제"], &[implied("kept", Kind::Flag, "off")]);

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

/// What a person types to change one thing of the room they are in.
const fn setting(name: &'static str, slash: &'static [&'static str], args: &'static [Arg]) -> Command {
    Command {
        name,
        cmd: "room_set",
        slash,
        args,
        right: Right::Moderator,
        cost: 1,
        recorded: true,
        build: |a| Ok(Request::RoomSet(Box::new(room_asked(a)?))),
    }
}

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
