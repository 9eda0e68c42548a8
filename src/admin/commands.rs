//! What each command asks of the daemon, and how its answer is shown.
//!
//! Knows nothing of sockets and command lines' syntax. Why one function for
//! each: a command is read from top to bottom, request first, answer after.

use std::io::BufRead;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::arguments::{self, Command};
use super::backup::backup;
use super::config::config;
use super::export::export;
use super::failure::Failure;
use super::history::{Wanted, history};
use super::import::import;
use super::link::Link;
use super::pages::{self, request};
use super::paper::Paper;
use super::progress::Progress;
use super::rooms::{room, rooms};
use super::sanctions::{Ban, Mute, bans, lift, sanction};
use super::search::search;
use super::status::status;
use super::times;
use super::verify::verify;
use crate::core::recurrence::{Every, Rule};
use crate::core::{command, table};
use crate::limits::{END_MS, ROWS_DEFAULT};
use crate::locale::Words;
use crate::wire::words;

/// What a command has beside its answers.
pub struct Aside<'a> {
    pub input: &'a mut dyn BufRead,
    pub progress: Progress<'a>,
}

/// Does one command.
pub fn perform(
    command: Command,
    link: &mut Link,
    paper: &mut Paper<'_>,
    aside: &mut Aside<'_>,
) -> Result<(), Failure> {
    match command {
        Command::Status { watch } => status(link, paper, watch),
        Command::Users { room } => users(link, paper, room),
        Command::Rooms { channel } => rooms(link, paper, channel),
        Command::Room { command } => room(link, paper, command),
        Command::Say { room, text } => say(link, paper, room, &text.join(" ")),
        Command::Kick { nick, room, reason } => {
            let (room, reason) = (room.map(Value::from), reason.map(Value::from));
            act(link, paper, &table::KICK, [("nick", Some(nick.into())), ("room", room), ("reason", reason)])
        }
        Command::Ban(Ban { who, terms }) => sanction(link, paper, &table::BAN, ("who", who), terms),
        Command::Unban { who, room } => lift(link, paper, &table::UNBAN, ("who", who), room),
        Command::Bans { room } => bans(link, paper, room),
        Command::Mute(Mute { nick, terms }) => sanction(link, paper, &table::MUTE, ("nick", nick), terms),
        Command::Unmute { nick, room } => lift(link, paper, &table::UNMUTE, ("nick", nick), room),
        Command::Broadcast { text } => {
            act(link, paper, &table::BROADCAST, [("text", Some(text.join(" ").into()))])
        }
        Command::Schedule { at, text, room, every, zone } => {
            let text = Some(text.join(" ").into());
            let fields = [
                ("at", Some(at.into())),
                ("text", text),
                ("room", room.map(Value::from)),
                ("every", every.map(Value::from)),
                ("zone", zone.map(Value::from)),
            ];
            act(link, paper, &table::SCHEDULE, fields)
        }
        Command::Schedules => schedules(link, paper),
        Command::Unschedule { id } => act(link, paper, &table::UNSCHEDULE, [("schedule", Some(id.into()))]),
        Command::History(asked) => {
            let arguments::History { room, user, since, until, lines, follow, versions } = asked;
            history(link, paper, &Wanted { room, user, since, until, lines, follow, versions })
        }
        Command::Search(asked) => search(link, paper, &asked),
        Command::Commands { since, rows } => commands(link, paper, since, rows),
        Command::Verify { anchor } => verify(link, paper, anchor),
        Command::Backup(asked) => backup(link, paper, &mut aside.progress, &asked),
        Command::Export(asked) => export(link, paper, &mut aside.progress, &asked),
        Command::Import(asked) => import(link, paper, aside.input, &mut aside.progress, &asked.file),
        Command::Shutdown { delay, reason } => shutdown(link, paper, delay, reason),
        Command::Reload => act(link, paper, &table::RELOAD, []),
        Command::Config { command } => config(link, paper, command),
        Command::Completions { .. } | Command::Man { .. } | Command::Doctor(_) => {
            unreachable!("what needs no daemon is done before one is looked for")
        }
        Command::Ping => {
            let answer = link.ask(&request(&table::PING, []))?;
            paper.receipt(&answer, &paper.speech.words.say("chatctl-pong", &[]))
        }
    }
}

/// Does what one sentence is the receipt for.
pub fn act<const N: usize>(
    link: &mut Link,
    paper: &mut Paper<'_>,
    row: &'static command::Command,
    fields: [(&str, Option<Value>); N],
) -> Result<(), Failure> {
    let answer = link.ask(&request(row, fields))?;
    paper.done(row, &answer)
}

pub fn read<T: DeserializeOwned>(answer: &str) -> Result<T, Failure> {
    serde_json::from_str(answer).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))
}

/// The elements of a list, each as the daemon wrote it.
pub fn elements(answer: &str, name: &str) -> Result<Vec<String>, Failure> {
    let mut fields: std::collections::BTreeMap<String, Box<RawValue>> = read(answer)?;
    let list = fields.remove(name).ok_or(Failure::Nonsense("chatctl-odd-answer"))?;
    let elements: Vec<Box<RawValue>> = read(list.get())?;
    Ok(elements.iter().map(|element| element.get().to_owned()).collect())
}

/// Prints a list: as JSON lines, or as a table of what `cells` makes of each element; `head` has
/// the ids of its titles, `nothing` is that of what is said of an empty one.
pub fn list<T: DeserializeOwned>(
    paper: &mut Paper<'_>,
    elements: &[String],
    head: &[&str],
    nothing: &'static str,
    cells: impl Fn(T) -> Vec<String>,
) -> Result<(), Failure> {
    if paper.json {
        return elements.iter().try_for_each(|element| paper.object(element));
    }
    let rows: Result<Vec<Vec<String>>, Failure> =
        elements.iter().map(|element| read(element).map(&cells)).collect();
    let head: Vec<String> = head.iter().map(|id| paper.listing.say(id, &[])).collect();
    let nothing = paper.speech.words.say(nothing, &[]);
    paper.table(&head, &rows?, &nothing)
}

/// Said by the admin to one room. The text protocol has no receipt for it: there one sees one's line.
fn say(link: &mut Link, paper: &mut Paper<'_>, room: Option<String>, text: &str) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Said {
        #[serde(default)]
        room: String,
        seq: Option<u64>,
    }
    let fields = [("room", room.map(Value::from)), ("text", Some(text.into()))];
    let answer = link.ask(&request(&table::SAY, fields))?;
    let said: Said = read(&answer)?;
    let words = &paper.speech.words;
    let mut receipt = words.say("chatctl-said", &[("room", said.room.into())]);
    if said.seq.is_none() {
        receipt.push(' ');
        receipt.push_str(&words.say("unrecorded", &[]));
    }
    paper.receipt(&answer, &receipt)
}

fn users(link: &mut Link, paper: &mut Paper<'_>, room: Option<String>) -> Result<(), Failure> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct User {
        nick: String,
        role: String,
        rooms: Vec<String>,
        since: String,
        door: String,
        address: Option<String>,
    }
    let answer = link.ask(&request(&table::USERS, [("room", room.map(Value::from))]))?;
    let zone = paper.speech.zone.clone();
    let head = [
        "chatctl-head-nick",
        "chatctl-head-role",
        "chatctl-head-rooms",
        "chatctl-head-door",
        "chatctl-head-address",
        "chatctl-head-since",
    ];
    list(paper, &elements(&answer, "users")?, &head, "chatctl-no-users", |user: User| {
        let since = times::local(&user.since, &zone);
        let address = user.address.unwrap_or_default();
        vec![user.nick, user.role, user.rooms.join(", "), user.door, address, since]
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scheduled {
    schedule: u64,
    room: String,
    from: String,
    due: String,
    every: Option<String>,
    time: Option<String>,
    zone: Option<String>,
    text: String,
}

fn schedules(link: &mut Link, paper: &mut Paper<'_>) -> Result<(), Failure> {
    let answer = link.ask(&request(&table::SCHEDULES, []))?;
    let zone = paper.speech.zone.clone();
    let listing = Words::new(paper.listing.lang());
    let once = listing.say("chatctl-once", &[]);
    let head = [
        "chatctl-head-id",
        "chatctl-head-due",
        "chatctl-head-every",
        "chatctl-head-room",
        "chatctl-head-from",
        "chatctl-head-text",
    ];
    list(paper, &elements(&answer, "schedules")?, &head, "schedules-none", |row: Scheduled| {
        let due = times::local(&row.due, &zone);
        let every = row.every.and_then(|word| Every::read(&word, row.time.as_deref()));
        let rule = every.map(|every| Rule { every, zone: row.zone });
        let every = rule.map_or_else(|| once.clone(), |rule| words::every(&listing, &rule));
        vec![row.schedule.to_string(), due, every, row.room, row.from, row.text]
    })
}

fn commands(
    link: &mut Link,
    paper: &mut Paper<'_>,
    since: Option<String>,
    rows: Option<u64>,
) -> Result<(), Failure> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Recorded {
        at: String,
        actor: String,
        door: String,
        command: String,
        args: Value,
        outcome: Value,
    }
    let word = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let wanted = rows.unwrap_or(if since.is_some() { u64::MAX } else { ROWS_DEFAULT });
    let asked = request(&table::COMMANDS, [("since", since.map(Value::from))]);
    let found = pages::newest(link, &asked, wanted)?;
    let zone = paper.speech.zone.clone();
    let head = [
        "chatctl-head-time",
        "chatctl-head-actor",
        "chatctl-head-door",
        "chatctl-head-command",
        "chatctl-head-outcome",
        "chatctl-head-arguments",
    ];
    list(paper, &found, &head, "chatctl-no-commands", |row: Recorded| {
        let at = times::local(&row.at, &zone);
        vec![at, row.actor, row.door, row.command, word(row.outcome), word(row.args)]
    })
}

fn shutdown(
    link: &mut Link,
    paper: &mut Paper<'_>,
    delay: Option<String>,
    reason: Option<String>,
) -> Result<(), Failure> {
    let fields = [("in", delay.clone().map(Value::from)), ("reason", reason.map(Value::from))];
    let answer = match link.ask(&request(&table::SHUTDOWN, fields)) {
        // It may be gone before its answer was.
        Err(Failure::Lost { told: Some(_) }) if delay.is_none() => "{}".to_owned(),
        answer => answer?,
    };
    if delay.is_some() {
        return paper.done(&table::SHUTDOWN, &answer);
    }
    match link.await_end(Duration::from_millis(END_MS)) {
        Ok(_) | Err(Failure::Lost { .. }) => {
            paper.receipt(&answer, &paper.speech.words.say("chatctl-ended", &[]))
        }
        Err(Failure::Silent { .. }) => {
            let seconds = ("seconds", (END_MS / 1000).into());
            let message = paper.speech.words.say("chatctl-not-ended", &[seconds]);
            Err(Failure::Refused { message, at: None })
        }
        Err(failure) => Err(failure),
    }
}
