//! `chatctl ban`, `mute` and what takes them back; `chatctl bans` lists them.
//!
//! Knows nothing of sockets. Why who is banned is a word and who is muted a
//! nickname: an address can be kept out, but only a person speaks.

use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use super::commands::{act, elements, list};
use super::failure::Failure;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::rooms::absent;
use super::times;
use crate::core::command::Command;
use crate::core::table;

#[derive(Args, Debug)]
pub struct Ban {
    #[arg(value_name = "NICK|ADDRESS", help = "chatctl-help-ban-who")]
    pub who: String,
    #[command(flatten)]
    pub terms: Terms,
}

#[derive(Args, Debug)]
pub struct Mute {
    pub nick: String,
    #[command(flatten)]
    pub terms: Terms,
}

/// Where, for how long and why.
#[derive(Args, Debug)]
pub struct Terms {
    #[arg(long, help = "chatctl-help-sanction-room")]
    room: Option<String>,
    #[arg(long = "for", value_name = "DURATION", value_parser = times::term, help = "chatctl-help-sanction-for")]
    term: Option<String>,
    #[arg(long, help = "chatctl-help-kick-reason")]
    reason: Option<String>,
}

/// Makes a ban or a mute, as `row` says; `field` names whom it hits.
pub fn sanction(
    link: &mut Link,
    paper: &mut Paper<'_>,
    row: &'static Command,
    (field, whom): (&str, String),
    terms: Terms,
) -> Result<(), Failure> {
    let fields = [
        (field, Some(whom.into())),
        ("room", terms.room.map(Value::from)),
        ("for", terms.term.map(Value::from)),
        ("reason", terms.reason.map(Value::from)),
    ];
    act(link, paper, row, fields)
}

/// Takes one back.
pub fn lift(
    link: &mut Link,
    paper: &mut Paper<'_>,
    row: &'static Command,
    (field, whom): (&str, String),
    room: Option<String>,
) -> Result<(), Failure> {
    act(link, paper, row, [(field, Some(whom.into())), ("room", room.map(Value::from))])
}

pub fn bans(link: &mut Link, paper: &mut Paper<'_>, room: Option<String>) -> Result<(), Failure> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Held {
        kind: String,
        who: String,
        room: Option<String>,
        by: String,
        at: String,
        until: Option<String>,
        reason: Option<String>,
    }
    let answer = link.ask(&request(&table::BANS, [("room", room.map(Value::from))]))?;
    let zone = paper.speech.zone.clone();
    let head = [
        "chatctl-head-kind",
        "chatctl-head-who",
        "chatctl-head-room",
        "chatctl-head-by",
        "chatctl-head-from-then",
        "chatctl-head-until",
        "chatctl-head-reason",
    ];
    list(paper, &elements(&answer, "bans")?, &head, "bans-none", |row: Held| {
        let since = times::local(&row.at, &zone);
        let until = row.until.map_or_else(absent, |until| times::local(&until, &zone));
        let room = row.room.unwrap_or_else(absent);
        vec![row.kind, row.who, room, row.by, since, until, row.reason.unwrap_or_default()]
    })
}
