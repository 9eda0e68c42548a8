//! What each command asks of the daemon, and how its answer is shown.
//!
//! Knows nothing of sockets and command lines' syntax. Why one function for
//! each: a command is read from top to bottom, request first, answer after.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::arguments::Command;
use super::failure::Failure;
use super::history::{Wanted, history};
use super::link::Link;
use super::pages::{self, request};
use super::paper::Paper;
use super::status::status;
use super::times;

/// Rows of the record of commands when neither a number nor a beginning is asked for.
const ROWS_DEFAULT: u64 = 50;
/// How long the daemon may take to end; it gives itself a sixth of that.
const END_MAX: Duration = Duration::from_secs(30);

/// Does one command.
pub fn perform(command: Command, link: &mut Link, paper: &mut Paper<'_>) -> Result<(), Failure> {
    match command {
        Command::Status { watch } => status(link, paper, watch),
        Command::Users { room } => users(link, paper, room),
        Command::Kick { nick, reason } => kick(link, paper, nick, reason),
        Command::Broadcast { text } => broadcast(link, paper, text.join(" ")),
        Command::Schedule { at, text, room } => schedule(link, paper, at, text.join(" "), room),
        Command::Schedules => schedules(link, paper),
        Command::Unschedule { id } => unschedule(link, paper, id),
        Command::History(asked) => {
            let (room, user, follow) = (asked.room, asked.user, asked.follow);
            let (since, until, lines) = (asked.since, asked.until, asked.lines);
            history(link, paper, &Wanted { room, user, since, until, lines, follow })
        }
        Command::Commands { since, rows } => commands(link, paper, since, rows),
        Command::Shutdown { delay, reason } => shutdown(link, paper, delay, reason),
        Command::Reload => reload(link, paper),
        Command::Ping => {
            let answer = link.ask(&request("ping", []))?;
            paper.receipt(&answer, "The daemon answers.")
        }
    }
}

fn read<T: DeserializeOwned>(answer: &str) -> Result<T, Failure> {
    serde_json::from_str(answer)
        .map_err(|_| Failure::Nonsense("an answer that cannot be understood".to_owned()))
}

/// The elements of a list, each as the daemon wrote it.
fn elements(answer: &str, name: &str) -> Result<Vec<String>, Failure> {
    let mut fields: std::collections::BTreeMap<String, Box<RawValue>> = read(answer)?;
    let list =
        fields.remove(name).ok_or_else(|| Failure::Nonsense(format!("an answer without \"{name}\"")))?;
    let elements: Vec<Box<RawValue>> = read(list.get())?;
    Ok(elements.iter().map(|element| element.get().to_owned()).collect())
}

/// Prints a list: as JSON lines, or as a table of what `cells` makes of each element.
fn list<T: DeserializeOwned>(
    paper: &mut Paper<'_>,
    elements: &[String],
    head: &[&str],
    nothing: &str,
    cells: impl Fn(T) -> Vec<String>,
) -> Result<(), Failure> {
    if paper.json {
        return elements.iter().try_for_each(|element| paper.object(element));
    }
    let rows: Result<Vec<Vec<String>>, Failure> =
        elements.iter().map(|element| read(element).map(&cells)).collect();
    paper.table(head, &rows?, nothing)
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
    let answer = link.ask(&request("users", [("room", room.map(Value::from))]))?;
    let zone = paper.zone.clone();
    let head = ["NICK", "ROLE", "ROOMS", "DOOR", "ADDRESS", "SINCE"];
    list(paper, &elements(&answer, "users")?, &head, "Nobody is there.", |user: User| {
        let since = times::local(&user.since, &zone);
        let address = user.address.unwrap_or_default();
        vec![user.nick, user.role, user.rooms.join(", "), user.door, address, since]
    })
}

fn kick(link: &mut Link, paper: &mut Paper<'_>, nick: String, reason: Option<String>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Kicked {
        nick: String,
    }
    let fields = [("nick", Some(nick.into())), ("reason", reason.map(Value::from))];
    let answer = link.ask(&request("kick", fields))?;
    let kicked: Kicked = read(&answer)?;
    paper.receipt(&answer, &format!("{} has been kicked from the chat.", kicked.nick))
}

fn broadcast(link: &mut Link, paper: &mut Paper<'_>, text: String) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Announced {
        people: u64,
    }
    let answer = link.ask(&request("broadcast", [("text", Some(text.into()))]))?;
    let announced: Announced = read(&answer)?;
    let sentence = match announced.people {
        1 => "1 person was told.".to_owned(),
        people => format!("{people} people were told."),
    };
    paper.receipt(&answer, &sentence)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scheduled {
    schedule: u64,
    room: String,
    from: String,
    due: String,
    every: Option<String>,
    text: String,
}

fn schedule(
    link: &mut Link,
    paper: &mut Paper<'_>,
    at: String,
    text: String,
    room: Option<String>,
) -> Result<(), Failure> {
    let fields = [("at", Some(at.into())), ("text", Some(text.into())), ("room", room.map(Value::from))];
    let answer = link.ask(&request("schedule", fields))?;
    let scheduled: Scheduled = read(&answer)?;
    let due = times::local(&scheduled.due, &paper.zone);
    paper.receipt(&answer, &format!("Schedule {} is due at {due}.", scheduled.schedule))
}

fn schedules(link: &mut Link, paper: &mut Paper<'_>) -> Result<(), Failure> {
    let answer = link.ask(&request("schedules", []))?;
    let zone = paper.zone.clone();
    let head = ["ID", "DUE", "EVERY", "ROOM", "FROM", "TEXT"];
    list(paper, &elements(&answer, "schedules")?, &head, "Nothing is scheduled.", |row: Scheduled| {
        let due = times::local(&row.due, &zone);
        let every = row.every.unwrap_or_else(|| "once".to_owned());
        vec![row.schedule.to_string(), due, every, row.room, row.from, row.text]
    })
}

fn unschedule(link: &mut Link, paper: &mut Paper<'_>, id: u64) -> Result<(), Failure> {
    let answer = link.ask(&request("unschedule", [("schedule", Some(id.into()))]))?;
    paper.receipt(&answer, &format!("Schedule {id} was taken back."))
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
    let asked = request("commands", [("since", since.map(Value::from))]);
    let found = pages::newest(link, &asked, wanted)?;
    let zone = paper.zone.clone();
    let head = ["TIME", "ACTOR", "DOOR", "COMMAND", "OUTCOME", "ARGUMENTS"];
    list(paper, &found, &head, "No command is recorded.", |row: Recorded| {
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
    let answer = match link.ask(&request("shutdown", fields)) {
        // It may be gone before its answer was.
        Err(Failure::Lost { told: Some(_) }) if delay.is_none() => {
            return paper.receipt("{}", "The daemon has ended.");
        }
        answer => answer?,
    };
    if let Some(delay) = delay {
        return paper.receipt(&answer, &format!("The daemon will end in {delay}."));
    }
    match link.await_end(END_MAX) {
        Ok(_) => paper.receipt(&answer, "The daemon has ended."),
        Err(Failure::Silent { .. }) => {
            let seconds = END_MAX.as_secs();
            let message = format!("the daemon agreed, but has not ended after {seconds} s; see its log");
            Err(Failure::Refused { message })
        }
        Err(failure) => Err(failure),
    }
}

fn reload(link: &mut Link, paper: &mut Paper<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Reloaded {
        #[serde(default)]
        restart_needed: Vec<String>,
    }
    let answer = link.ask(&request("reload", []))?;
    let reloaded: Reloaded = read(&answer)?;
    let keys = reloaded.restart_needed.join(", ");
    let sentence = match keys.is_empty() {
        true => "The configuration was read anew.".to_owned(),
        false => format!("The configuration was read anew. Only after a restart: {keys}."),
    };
    paper.receipt(&answer, &sentence)
}
