//! The words of `words.rs`, held to the lines that the text protocol promises.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use serde_json::{Value, json};

use super::ask::{Ask, Receivers};
use super::heard::{Heard, read};
use super::words;

fn now() -> Timestamp {
    "2026-11-21T06:30:05Z".parse().unwrap()
}

fn event(event: Value) -> Option<String> {
    let Ok(Heard::Event(event)) = read(event.to_string().as_bytes()) else { panic!("{event}") };
    words::event(&event, "Charlie", now()).map(|line| line.plain())
}

fn reply(ask: Ask, ok: Value) -> Vec<String> {
    let zone = TimeZone::fixed(offset(9));
    let lines = words::reply(&ask, &ok, "Charlie", now(), &zone).unwrap();
    lines.iter().map(|line| line.plain()).collect()
}

#[test]
fn events_read_as_with_nc() {
    let cases = [
        (
            json!({"event":"message","from":"Alice","text":"Hello everyone!","kind":"say"}),
            "Alice >> Hello everyone!",
        ),
        (
            json!({"event":"message","from":"Charlie","text":"Meeting starts soon","kind":"scheduled"}),
            "[Scheduled by Charlie] Meeting starts soon",
        ),
        (json!({"event":"message","from":"Alice","text":"waves","kind":"action"}), "* Alice waves"),
        (
            json!({"event":"whisper","from":"Bob","to":["Charlie"],"text":"Hi, Charlie!"}),
            "[Whisper from Bob] Hi, Charlie!",
        ),
        (json!({"event":"joined","room":"lobby","nick":"Charlie"}), "[Server]: Charlie has joined lobby."),
        (
            json!({"event":"left","room":"lobby","nick":"Dave","reason":"quit"}),
            "[Server]: Dave has left lobby.",
        ),
        (
            json!({"event":"left","room":"lobby","nick":"Dave","reason":"quit","text":"bye"}),
            "[Server]: Dave has left lobby: bye",
        ),
        (
            json!({"event":"left","room":"lobby","nick":"Dave","reason":"lost"}),
            "[Server]: Dave's connection was lost.",
        ),
        (
            json!({"event":"renamed","from":"Alice","to":"Alice123"}),
            "[Server]: User \"Alice\" has changed their nickname to \"Alice123\".",
        ),
        (
            json!({"event":"renamed","from":"Charlie","to":"Chuck"}),
            "[Server]: You are now known as \"Chuck\".",
        ),
        (json!({"event":"kicked","nick":"Bob","by":"admin"}), "[Server]: Bob has been kicked from the chat."),
        (
            json!({"event":"kicked","nick":"Charlie","by":"admin","reason":"spamming"}),
            "[Server]: You have been kicked by admin: spamming.",
        ),
        (json!({"event":"announcement","text":"Back at 5","from":"admin"}), "[Announcement] Back at 5"),
        (json!({"event":"notice","text":"Careful."}), "[Server]: Careful."),
        (
            json!({"event":"closing","text":"The server is shutting down.","reason":"shutdown"}),
            "[Server]: The server is shutting down.",
        ),
    ];
    for (sent, line) in cases {
        assert_eq!(event(sent).as_deref(), Some(line));
    }
    assert_eq!(event(json!({"event":"left","room":"lobby","nick":"Bob","reason":"kicked"})), None);
    assert_eq!(event(json!({"event":"later"})), None);
}

#[test]
fn the_welcome_names_the_others() {
    let names: Vec<String> = ["Alice", "Bob"].map(str::to_owned).to_vec();
    assert_eq!(words::inside("lobby", "Charlie", &names, 2), "You are in lobby with Alice, Bob.");
    assert_eq!(words::inside("lobby", "Charlie", &[], 0), "You are alone in lobby.");
    assert_eq!(words::inside("lobby", "Bob", &names, 1), "You are in lobby with Alice.");
    assert_eq!(words::inside("lobby", "C", &names, 480), "You are in lobby with Alice, Bob and 478 more.");
}

#[test]
fn the_rooms_are_told_when_there_are_several() {
    let ok =
        json!({"members":[],"directory":[{"room":"lobby","members":3},{"room":"design/ui","members":2}]});
    let welcome = serde_json::from_value(ok).unwrap();
    let lines = words::welcome(&welcome, "Charlie", "lobby", now());
    assert_eq!(lines[0].plain(), "[Server]: Welcome, Charlie. You are alone in lobby.");
    assert_eq!(lines[1].plain(), "[Server]: Rooms: lobby (3), design/ui (2).");
}

#[test]
fn receipts() {
    let users = json!({"users":[{"nick":"Alice"},{"nick":"Bob"},{"nick":"Charlie"}]});
    assert_eq!(
        reply(Ask::Users { room: "lobby".into() }, users),
        ["[Server]: 3 users in lobby: Alice, Bob, Charlie"]
    );
    let renamed = reply(Ask::Rename { nick: "x".into() }, json!({"nick":"Chuck"}));
    assert_eq!(renamed, ["[Server]: You are now known as \"Chuck\"."]);
    let kicked = reply(Ask::Kick { nick: "bob".into(), reason: None }, json!({"nick":"Bob"}));
    assert_eq!(kicked, ["[Server]: Bob has been kicked from the chat."]);
    let schedule = Ask::Schedule { at: "15:30".into(), room: "lobby".into(), text: "x".into() };
    let scheduled = reply(schedule, json!({"schedule":4,"due":"2026-11-21T06:30:00Z"}));
    assert_eq!(scheduled, ["[Server]: Schedule 4 is due at 2026-11-21 15:30:00."]);
    let rows = json!({"schedules":[{"schedule":4,"room":"lobby","from":"Charlie","due":"2026-11-21T06:30:00Z","every":null,"text":"x"}]});
    assert_eq!(reply(Ask::Schedules, rows), ["[Server]: 4: 2026-11-21 15:30:00 in lobby, by Charlie: x"]);
    assert_eq!(reply(Ask::Schedules, json!({"schedules":[]})), ["[Server]: Nothing is scheduled."]);
    assert_eq!(
        reply(Ask::Broadcast { text: "x".into() }, json!({"people":1})),
        ["[Server]: 1 person was told."]
    );
    let history = Ask::History { room: "lobby".into(), limit: None };
    let page = json!({"messages":[{"event":"message","from":"Alice","text":"a","kind":"say"},{"from":"Bob","text":"b","kind":"scheduled"}],"more":true});
    assert_eq!(reply(history, page), ["Alice >> a", "[Scheduled by Bob] b"]);
}

#[test]
fn own_words_are_for_the_log() {
    let say = Ask::Say { room: "lobby".into(), text: "Hi".into() };
    assert_eq!(reply(say, json!({"room":"lobby","seq":3,"at":"2026-11-21T06:30:05Z"})), ["Charlie >> Hi"]);
    let whisper = Ask::Whisper { to: Receivers::Several(vec!["A".into(), "B".into()]), text: "x".into() };
    assert_eq!(reply(whisper, json!({"id":1})), ["[Whisper to A, B] x"]);
}

#[test]
fn a_reply_of_the_wrong_shape_is_noticed() {
    let zone = TimeZone::UTC;
    let ask = Ask::Users { room: "lobby".into() };
    assert!(words::reply(&ask, &json!({"users":"all"}), "C", now(), &zone).is_none());
    assert!(words::reply(&ask, &json!("x"), "C", now(), &zone).is_none());
}

#[test]
fn an_error_goes_on_in_lower_case() {
    assert_eq!(words::after_error("There is no user named \"Bob\"."), "there is no user named \"Bob\".");
    assert_eq!(words::after_error("A name is needed."), "a name is needed.");
    assert_eq!(words::after_error("JSON is needed."), "JSON is needed.");
    assert_eq!(words::after_error("\"x\" is no time."), "\"x\" is no time.");
    assert_eq!(words::after_error(""), "");
}
