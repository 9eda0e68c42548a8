//! The rows of files between two people.
//!
//! Knows no door and does nothing. Why `/file` and `/accept` are rows of their own: what a person types
//! names a file of theirs, which only their own program can read.

use super::{field, may, must};
use crate::core::args::missing;
use crate::core::command::{Command, Kind, Right};
use crate::core::request::{OfferAsked, Request};

pub static OFFER: Command = Command {
    name: "offer",
    cmd: "offer",
    slash: &[],
    args: &[
        must("name", Kind::Text),
        must("size", Kind::Number),
        must("hash", Kind::Word),
        field("direct", Kind::Word),
    ],
    right: Right::Voice,
    cost: 2,
    recorded: true,
    build: |a| {
        Ok(Request::Offer(Box::new(OfferAsked {
            name: a.text("name")?,
            size: a.number("size")?.ok_or(missing("size"))?,
            hash: a.text("hash")?,
            direct: a.opt_text("direct")?,
        })))
    },
};

pub static FILE: Command = Command {
    name: "file",
    cmd: "",
    slash: &["/file", "/파일전송", "/파일 전송"],
    args: &[may("path", Kind::Text)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| a.opt_text("path").map(|_| Request::FileTyped),
};

pub static ACCEPT: Command = Command {
    name: "accept",
    cmd: "accept",
    slash: &[],
    args: &[field("offer", Kind::Number)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Accept { offer: a.number("offer")? }),
};

pub static ACCEPT_AS: Command = Command {
    name: "accept_as",
    cmd: "",
    slash: &["/accept", "/수락"],
    args: &[may("name", Kind::Text)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| a.opt_text("name").map(|_| Request::AcceptTyped),
};

pub static DECLINE: Command = Command {
    name: "decline",
    cmd: "decline",
    slash: &["/decline", "/거절"],
    args: &[may("offer", Kind::Number)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Decline { offer: a.number("offer")? }),
};

pub static CANCEL: Command = Command {
    name: "cancel",
    cmd: "cancel",
    slash: &["/cancel", "/취소"],
    args: &[may("offer", Kind::Number), field("reason", Kind::Text)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Cancel { offer: a.number("offer")?, reason: a.opt_text("reason")? }),
};

pub static RECEIVED: Command = Command {
    name: "received",
    cmd: "received",
    slash: &[],
    args: &[field("offer", Kind::Number)],
    right: Right::Known,
    cost: 1,
    recorded: true,
    build: |a| Ok(Request::Received { offer: a.number("offer")? }),
};
