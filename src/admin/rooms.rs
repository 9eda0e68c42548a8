//! `chatctl rooms` and `chatctl room …`: which rooms there are, and how they are to be.
//!
//! Knows nothing of sockets. Why `create` has switches and `set` values: a room
//! begins open, and only what is named of it changes afterwards.

use std::io::BufRead;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::Value;

use super::commands::{act, elements, list, read};
use super::failure::Failure;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::times;
use crate::core::table;
use crate::locale::Words;
use crate::wire::words;

/// What stands for a password that comes on standard input.
const FROM_INPUT: &str = "-";

#[derive(Subcommand, Debug)]
pub enum RoomCommand {
    #[command(about = "chatctl-help-room-create")]
    Create {
        name: String,
        #[command(flatten)]
        room: NewRoom,
    },
    #[command(about = "chatctl-help-room-set")]
    Set {
        name: String,
        #[command(flatten)]
        changes: Changes,
    },
    #[command(about = "chatctl-help-room-keep")]
    Keep {
        name: String,
        #[arg(long, help = "chatctl-help-room-keep-off")]
        off: bool,
    },
    #[command(about = "chatctl-help-room-close")]
    Close { name: String },
    #[command(about = "chatctl-help-room-op")]
    Op { name: String, nick: String },
    #[command(about = "chatctl-help-room-deop")]
    Deop { name: String, nick: String },
    #[command(about = "chatctl-help-room-transfer")]
    Transfer { name: String, nick: String },
}

/// How a room begins.
#[derive(Args, Debug)]
pub struct NewRoom {
    #[arg(long, help = "chatctl-help-room-topic")]
    topic: Option<String>,
    #[arg(long, value_name = "N", help = "chatctl-help-room-capacity")]
    capacity: Option<u32>,
    #[arg(long, value_parser = NonEmptyStringValueParser::new(), help = "chatctl-help-room-password")]
    password: Option<String>,
    #[arg(long, help = "chatctl-help-room-unlisted")]
    unlisted: bool,
    #[arg(long, help = "chatctl-help-room-invite-only")]
    invite_only: bool,
    #[arg(long, value_name = "DURATION", value_parser = times::pace, help = "chatctl-help-room-slow")]
    slow: Option<String>,
    #[arg(long, help = "chatctl-help-room-keep")]
    keep: bool,
}

/// What changes of a room.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub struct Changes {
    #[arg(long, help = "chatctl-help-room-topic")]
    topic: Option<String>,
    #[arg(long, value_name = "N", help = "chatctl-help-room-capacity")]
    capacity: Option<u32>,
    #[arg(long, value_parser = NonEmptyStringValueParser::new(), help = "chatctl-help-room-password")]
    password: Option<String>,
    #[arg(long, conflicts_with = "password", help = "chatctl-help-room-no-password")]
    no_password: bool,
    #[arg(long, value_name = "true|false", hide_possible_values = true, help = "chatctl-help-room-listed")]
    listed: Option<bool>,
    #[arg(
        long,
        value_name = "true|false",
        hide_possible_values = true,
        help = "chatctl-help-room-invite-only"
    )]
    invite_only: Option<bool>,
    #[arg(long, value_name = "DURATION|off", value_parser = times::pace, help = "chatctl-help-room-slow")]
    slow: Option<String>,
    #[arg(long, value_name = "true|false", hide_possible_values = true, help = "chatctl-help-room-keep")]
    keep: Option<bool>,
}

impl RoomCommand {
    /// Takes the password from `input` where it is to come from there: what stands on a command
    /// line, everybody on the machine can read.
    pub fn read_password(&mut self, input: &mut dyn BufRead) -> Result<(), Failure> {
        let (RoomCommand::Create { room: NewRoom { password, .. }, .. }
        | RoomCommand::Set { changes: Changes { password, .. }, .. }) = self
        else {
            return Ok(());
        };
        if password.as_deref() != Some(FROM_INPUT) {
            return Ok(());
        }
        let mut line = String::new();
        let read = input.read_line(&mut line);
        let word = line.trim_end_matches(['\n', '\r']);
        if read.is_err() || word.is_empty() {
            return Err(Failure::Usage("chatctl-no-password"));
        }
        *password = Some(word.to_owned());
        Ok(())
    }
}

pub fn room(link: &mut Link, paper: &mut Paper<'_>, command: RoomCommand) -> Result<(), Failure> {
    match command {
        RoomCommand::Create { name, room } => {
            let switch = |on: bool, value: bool| on.then(|| value.into());
            let fields = [
                ("room", Some(name.into())),
                ("topic", room.topic.map(Value::from)),
                ("capacity", room.capacity.map(Value::from)),
                ("password", room.password.map(Value::from)),
                ("listed", switch(room.unlisted, false)),
                ("invite_only", switch(room.invite_only, true)),
                ("slow", room.slow.map(Value::from)),
                ("kept", switch(room.keep, true)),
            ];
            act(link, paper, &table::ROOM_CREATE, fields)
        }
        RoomCommand::Set { name, changes } => {
            let unlocked = changes.no_password.then(String::new);
            let fields = [
                ("room", Some(name.into())),
                ("topic", changes.topic.map(Value::from)),
                ("capacity", changes.capacity.map(Value::from)),
                ("password", changes.password.or(unlocked).map(Value::from)),
                ("listed", changes.listed.map(Value::from)),
                ("invite_only", changes.invite_only.map(Value::from)),
                ("slow", changes.slow.map(Value::from)),
                ("kept", changes.keep.map(Value::from)),
            ];
            act(link, paper, &table::ROOM_SET, fields)
        }
        RoomCommand::Keep { name, off } => {
            let fields = [("room", Some(name.into())), ("kept", Some((!off).into()))];
            act(link, paper, &table::ROOM_SET, fields)
        }
        RoomCommand::Close { name } => act(link, paper, &table::ROOM_CLOSE, [("room", Some(name.into()))]),
        RoomCommand::Op { name, nick } => role(link, paper, name, nick, "moderator"),
        RoomCommand::Deop { name, nick } => role(link, paper, name, nick, "member"),
        RoomCommand::Transfer { name, nick } => {
            let fields = [("room", Some(name.into())), ("nick", Some(nick.into()))];
            act(link, paper, &table::ROOM_TRANSFER, fields)
        }
    }
}

fn role(
    link: &mut Link,
    paper: &mut Paper<'_>,
    room: String,
    nick: String,
    role: &str,
) -> Result<(), Failure> {
    let fields = [("room", Some(room.into())), ("nick", Some(nick.into())), ("role", Some(role.into()))];
    act(link, paper, &table::ROOM_ROLE, fields)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    room: String,
    topic: String,
    members: u64,
    capacity: u64,
    owner: Option<String>,
    listed: Option<bool>,
    locked: bool,
    invite_only: bool,
    slow_ms: u64,
    kept: bool,
}

pub fn rooms(link: &mut Link, paper: &mut Paper<'_>, channel: Option<String>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Page {
        #[serde(default)]
        more: bool,
    }
    let answer = link.ask(&request(&table::ROOMS, [("channel", channel.map(Value::from))]))?;
    let words = Words::new(paper.listing.lang());
    let head = [
        "chatctl-head-room",
        "chatctl-head-members",
        "chatctl-head-capacity",
        "chatctl-head-owner",
        "chatctl-head-marks",
        "chatctl-head-topic",
    ];
    list(paper, &elements(&answer, "rooms")?, &head, "rooms-none", |row: Listed| {
        let capacity = if row.capacity == 0 { absent() } else { row.capacity.to_string() };
        let marks = marks(&row, &words);
        vec![row.room, row.members.to_string(), capacity, row.owner.unwrap_or_else(absent), marks, row.topic]
    })?;
    let page: Page = read(&answer)?;
    if page.more && paper.width.is_some() && !paper.json {
        return paper.line(&paper.listing.say("chatctl-more-rooms", &[]));
    }
    Ok(())
}

/// A cell of nothing: a column after it can still be found by its number.
pub fn absent() -> String {
    "-".to_owned()
}

/// What is special about a room.
fn marks(row: &Listed, words: &Words) -> String {
    let plain = [
        (row.locked, "chatctl-mark-locked"),
        (row.invite_only, "chatctl-mark-invite-only"),
        (row.listed == Some(false), "chatctl-mark-unlisted"),
        (row.kept, "chatctl-mark-kept"),
    ];
    let mut marks: Vec<String> =
        plain.iter().filter(|(is, _)| *is).map(|(_, id)| words.say(id, &[])).collect();
    if row.slow_ms > 0 {
        let span = words::span(words, row.slow_ms);
        marks.push(words.say("chatctl-mark-slow", &[("span", span.into())]));
    }
    if marks.is_empty() { absent() } else { marks.join(", ") }
}
