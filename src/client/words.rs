//! The lines a person reads: events and replies in the words of the text protocol.
//!
//! Knows neither the connection nor colours. Why the words are the same as
//! with `nc`: two people in one room should be able to talk about what they see.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::ask::Ask;
use super::heard::{At, Event, Message, Welcome};
use super::shown::{Kind, Shown, local};

/// The line for an event, if it has one; `me` is the person's own nickname.
pub fn event(event: &Event, me: &str, now: Timestamp) -> Option<Shown> {
    let server = |at: &At, text: String| Some(Shown::server(at.0.unwrap_or(now), &text));
    match event {
        Event::Message(said) => Some(message(said, now)),
        Event::Whisper { at, from, text } => {
            let head = format!("[Whisper from {from}]");
            Some(Shown::new(Kind::Whisper, at.0.unwrap_or(now), &head, text))
        }
        Event::Announcement { text, at } => {
            let at = at.0.unwrap_or(now);
            Some(Shown::new(Kind::Announcement, at, "[Announcement]", text))
        }
        Event::Joined { room, nick, at } => server(at, format!("{nick} has joined {room}.")),
        Event::Left { room, nick, at, reason, text } => match (reason.as_str(), text) {
            // The kick itself was told already.
            ("kicked", _) => None,
            ("lost", _) => server(at, format!("{nick}'s connection was lost.")),
            (_, Some(text)) => server(at, format!("{nick} has left {room}: {text}")),
            (_, None) => server(at, format!("{nick} has left {room}.")),
        },
        Event::Renamed { from, to, at } if from == me => server(at, renamed(to)),
        Event::Renamed { from, to, at } => {
            server(at, format!("User \"{from}\" has changed their nickname to \"{to}\"."))
        }
        Event::Kicked { nick, by, reason, at } if nick == me => match reason {
            Some(reason) => server(at, format!("You have been kicked by {by}: {reason}.")),
            None => server(at, format!("You have been kicked by {by}.")),
        },
        Event::Kicked { nick, at, .. } => server(at, kicked(nick)),
        Event::Notice { text, at } | Event::Closing { text, at, .. } => server(at, text.clone()),
        Event::Unknown => None,
    }
}

/// A line of a room.
fn message(said: &Message, now: Timestamp) -> Shown {
    let at = said.at.0.unwrap_or(now);
    let (kind, head) = match said.kind.as_str() {
        "scheduled" => (Kind::Scheduled, format!("[Scheduled by {}]", said.from)),
        "announcement" => (Kind::Announcement, "[Announcement]".to_owned()),
        "action" => (Kind::Talk, format!("* {}", said.from)),
        _ => (Kind::Talk, format!("{} >>", said.from)),
    };
    Shown::new(kind, at, &head, &said.text)
}

/// `Welcome, Charlie. You are in lobby with Alice, Bob.`, and the rooms when there are several.
pub fn welcome(welcome: &Welcome, nick: &str, room: &str, now: Timestamp) -> Vec<Shown> {
    let inside = inside(room, nick, &welcome.members, welcome.people);
    let mut lines = vec![Shown::server(now, &format!("Welcome, {nick}. {inside}"))];
    if welcome.directory.len() > 1 {
        let rooms: Vec<String> =
            welcome.directory.iter().map(|place| format!("{} ({})", place.room, place.members)).collect();
        lines.push(Shown::server(now, &format!("Rooms: {}.", rooms.join(", "))));
    }
    lines
}

/// `You are in lobby with Alice, Bob.`; `people` counts the others, named or not.
pub fn inside(room: &str, me: &str, members: &[String], people: usize) -> String {
    let others: Vec<&str> = members.iter().map(String::as_str).filter(|&nick| nick != me).collect();
    let unnamed = people.saturating_sub(others.len());
    match (others.is_empty(), unnamed) {
        (true, 0) => format!("You are alone in {room}."),
        (true, more) => format!("You are in {room} with {more} others."),
        (false, 0) => format!("You are in {room} with {}.", others.join(", ")),
        (false, more) => format!("You are in {room} with {} and {more} more.", others.join(", ")),
    }
}

fn renamed(nick: &str) -> String {
    format!("You are now known as \"{nick}\".")
}

fn kicked(nick: &str) -> String {
    format!("{nick} has been kicked from the chat.")
}

/// The fields of the replies that are shown; each reply has some of them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    at: At,
    nick: String,
    users: Vec<User>,
    schedule: u64,
    due: At,
    schedules: Vec<Schedule>,
    people: u64,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct User {
    nick: String,
}

#[derive(Deserialize)]
struct Schedule {
    schedule: u64,
    #[serde(default)]
    room: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    due: At,
    #[serde(default)]
    text: String,
}

/// What the person is told when `ask` was done, own words for the chat log included.
/// `None` when `ok` is not what such a reply looks like.
pub fn reply(ask: &Ask, ok: &Value, me: &str, now: Timestamp, zone: &TimeZone) -> Option<Vec<Shown>> {
    let told = match ok {
        Value::Null => Told::default(),
        ok => Told::deserialize(ok).ok()?,
    };
    let own = |head: String, text: &str| vec![Shown::new(Kind::Own, told.at.0.unwrap_or(now), &head, text)];
    let server = |text: String| vec![Shown::server(now, &text)];
    let when = |at: At| at.0.map_or_else(|| "an unknown time".to_owned(), |at| local(at, zone));
    Some(match ask {
        Ask::Say { text, .. } => own(format!("{me} >>"), text),
        Ask::Whisper { to, text } => own(format!("[Whisper to {to}]"), text),
        Ask::Users { room } => server(users(room, &told.users)),
        Ask::Rename { .. } => server(renamed(&told.nick)),
        Ask::Kick { nick, .. } => server(kicked(if told.nick.is_empty() { nick } else { &told.nick })),
        Ask::Schedule { .. } => server(format!("Schedule {} is due at {}.", told.schedule, when(told.due))),
        Ask::Schedules if told.schedules.is_empty() => server("Nothing is scheduled.".to_owned()),
        Ask::Schedules => told
            .schedules
            .iter()
            .map(|row| {
                let Schedule { schedule, room, from, text, .. } = row;
                let due = when(row.due);
                Shown::server(now, &format!("{schedule}: {due} in {room}, by {from}: {text}"))
            })
            .collect(),
        Ask::Unschedule { schedule } => server(format!("Schedule {schedule} was taken back.")),
        Ask::Broadcast { .. } => match told.people {
            1 => server("1 person was told.".to_owned()),
            people => server(format!("{people} people were told.")),
        },
        Ask::History { room, .. } if told.messages.is_empty() => {
            server(format!("Nothing has been said in {room}."))
        }
        Ask::History { .. } => told.messages.iter().map(|said| message(said, now)).collect(),
        Ask::Shutdown { delay: Some(delay), .. } => server(format!("The server will shut down in {delay}.")),
        Ask::Hello { .. } | Ask::Join { .. } | Ask::Shutdown { .. } | Ask::Quit { .. } => vec![],
    })
}

fn users(room: &str, users: &[User]) -> String {
    let nicks: Vec<&str> = users.iter().map(|user| user.nick.as_str()).collect();
    match nicks.len() {
        0 => format!("0 users in {room}."),
        1 => format!("1 user in {room}: {}", nicks[0]),
        count => format!("{count} users in {room}: {}", nicks.join(", ")),
    }
}

/// A refusal's sentence as it stands after `Error: `, where it goes on in lower case.
pub fn after_error(message: &str) -> String {
    let mut chars = message.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => message.to_owned(),
    }
}
