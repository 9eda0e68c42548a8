//! `chatctl history`: what was said, and with `--follow` what is being said.
//!
//! Knows nothing of sockets. Why it subscribes before it reads the history:
//! what is said in between then comes twice, which can be seen by its number,
//! and not never.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::link::Link;
use super::pages::{self, request};
use super::paper::Paper;
use super::times;
use crate::core::table;
use crate::limits::ROWS_DEFAULT;

/// The default room of a daemon that has not been told another.
const ROOM_DEFAULT: &str = "lobby";

/// Which part of the history is wanted; times in RFC 3339.
#[derive(Default)]
pub struct Wanted {
    pub room: Option<String>,
    pub user: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    pub lines: Option<u64>,
    pub follow: bool,
    /// Also what changed messages said before.
    pub versions: bool,
}

#[derive(Deserialize)]
pub struct Said {
    /// None for talk that could not be recorded.
    seq: Option<u64>,
    #[serde(default)]
    pub room: String,
    #[serde(default)]
    pub at: String,
    from: String,
    pub text: String,
    #[serde(default)]
    kind: String,
    edited: Option<String>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    versions: Vec<Version>,
}

/// What a message said until somebody changed it.
#[derive(Deserialize)]
struct Version {
    at: String,
    by: String,
    text: String,
}

/// A message that was changed while somebody follows.
#[derive(Deserialize)]
struct Edit {
    #[serde(default)]
    at: String,
    from: String,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    event: String,
    #[serde(default)]
    room: Option<String>,
}

pub fn history(link: &mut Link, paper: &mut Paper<'_>, wanted: &Wanted) -> Result<(), Failure> {
    let mut wanted_room = wanted.room.clone();
    if wanted.follow {
        let room = match &wanted.room {
            Some(room) => room.clone(),
            None => default_room(link)?,
        };
        wanted_room = Some(subscribe(link, &room)?);
    }
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let list = request(
        &table::HISTORY,
        [
            ("room", text(&wanted_room)),
            ("from", text(&wanted.user)),
            ("since", text(&wanted.since)),
            ("until", text(&wanted.until)),
            ("versions", wanted.versions.then_some(Value::Bool(true))),
        ],
    );
    let mut last = 0;
    page(link, paper, wanted, &list, &mut last)?;
    paper.out.flush()?;
    match wanted_room {
        Some(room) if wanted.follow => follow(link, paper, wanted, &room, last),
        _ => Ok(()),
    }
}

/// Prints the stored part; `last` becomes the number of its last line.
fn page(
    link: &mut Link,
    paper: &mut Paper<'_>,
    wanted: &Wanted,
    list: &Map<String, Value>,
    last: &mut u64,
) -> Result<(), Failure> {
    let mut each = |row: &str| {
        let said = read(row)?;
        *last = said.seq.unwrap_or(0).max(*last);
        print(paper, row, &said)
    };
    match (wanted.lines, &wanted.since) {
        (None, Some(_)) => pages::from_the_oldest(link, list, &mut each),
        (lines, _) => {
            pages::newest(link, list, lines.unwrap_or(ROWS_DEFAULT))?.iter().try_for_each(|row| each(row))
        }
    }
}

fn follow(
    link: &mut Link,
    paper: &mut Paper<'_>,
    wanted: &Wanted,
    room: &str,
    last: u64,
) -> Result<(), Failure> {
    let by_wanted = |from: &str| match &wanted.user {
        Some(user) => user.to_lowercase() == from.to_lowercase(),
        None => true,
    };
    while let Some(line) = link.next_event()? {
        let event: Event = serde_json::from_str(&line).map_err(|_| not_a_message())?;
        if event.room.as_deref() != Some(room) {
            continue;
        }
        match event.event.as_str() {
            "message" => {
                let said = read(&line)?;
                if by_wanted(&said.from) && said.seq.is_none_or(|seq| seq > last) {
                    print(paper, &line, &said)?;
                }
            }
            "edited" | "deleted" => {
                let edit: Edit = serde_json::from_str(&line).map_err(|_| not_a_message())?;
                if by_wanted(&edit.from) {
                    print(paper, &line, &edit.into())?;
                }
            }
            _no_talk => continue,
        }
        paper.out.flush()?;
    }
    Ok(())
}

/// The room that the daemon means when none is named, as its newest message tells.
fn default_room(link: &mut Link) -> Result<String, Failure> {
    let newest = pages::newest(link, &request(&table::HISTORY, []), 1)?;
    match newest.first() {
        Some(row) => Ok(read(row)?.room),
        None => Ok(ROOM_DEFAULT.to_owned()),
    }
}

/// Gives the room's name as the daemon writes it.
fn subscribe(link: &mut Link, room: &str) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Subscribed {
        room: Option<String>,
    }
    let answer = link.ask(&request(&table::SUBSCRIBE, [("room", Some(room.into()))]))?;
    let subscribed: Subscribed = serde_json::from_str(&answer).map_err(|_| not_a_message())?;
    Ok(subscribed.room.unwrap_or_else(|| room.to_owned()))
}

fn read(row: &str) -> Result<Said, Failure> {
    serde_json::from_str(row).map_err(|_| not_a_message())
}

fn not_a_message() -> Failure {
    Failure::Nonsense("chatctl-odd-answer")
}

impl From<Edit> for Said {
    /// As it reads now.
    fn from(edit: Edit) -> Said {
        let Edit { at, from, text } = edit;
        let (deleted, edited) = (text.is_none(), text.is_some().then(|| at.clone()));
        let (room, kind, text) = (String::new(), String::new(), text.unwrap_or_default());
        Said { seq: None, room, at, from, text, kind, edited, deleted, versions: Vec::new() }
    }
}

fn print(paper: &mut Paper<'_>, row: &str, said: &Said) -> Result<(), Failure> {
    if paper.json {
        return paper.object(row);
    }
    let at = times::local(&said.at, &paper.speech.zone);
    paper.line(&format!("[{at}] {}", sentence(paper, said)))?;
    for version in &said.versions {
        let until = times::local(&version.at, &paper.speech.zone);
        let (by, text) = (version.by.as_str().into(), version.text.as_str().into());
        let args = [("until", until.into()), ("by", by), ("text", text)];
        paper.line(&paper.listing.say("chatctl-version", &args))?;
    }
    Ok(())
}

/// Who said what, in which way.
pub fn sentence(paper: &Paper<'_>, said: &Said) -> String {
    let words = &paper.listing;
    let from = &said.from;
    let text = match (said.deleted, &said.edited) {
        (true, _) => words.say("chatctl-deleted", &[]),
        (false, Some(_)) => format!("{} {}", said.text, words.say("edited-talk", &[])),
        (false, None) => said.text.clone(),
    };
    match said.kind.as_str() {
        "scheduled" => {
            let mark = words.say("scheduled-by", &[("from", from.as_str().into())]);
            format!("{mark} {text}")
        }
        "announcement" => format!("{} {text}", words.say("announcement-mark", &[])),
        "action" => format!("* {from} {text}"),
        _ => format!("{from} >> {text}"),
    }
}
