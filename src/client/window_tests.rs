//! A stay with windows: rooms side by side, pages for each, and lines that wait.

use serde_json::{Value, json};

use super::shown::{Change, Kind};
use super::stay::{Stay, refused};
use super::window::{Part, State, Window};
use crate::core::name::Name;

/// In the lobby with Alice and Bob, and in `den`, which is looked at.
fn in_two_rooms() -> Stay {
    let mut stay = Stay::with_windows();
    stay.kind("/join den");
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"join","room":"den"})]);
    stay.hear(json!({"re":3,"ok":{"room":"den","id":"u","topic":"Bears","members":["Eve"],"seq":7}}));
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"users","room":"den"})], "nothing is left");
    stay.shown();
    stay
}

fn room(name: &str) -> Window {
    Window::Room(Name::from(name))
}

fn members(stay: &Stay, room: &str) -> Vec<String> {
    stay.session.rooms()[room].members.keys().map(ToString::to_string).collect()
}

fn said(room: &str, seq: u64, from: &str, text: &str) -> Value {
    json!({"event":"message","room":room,"seq":seq,"from":from,"text":text,"kind":"say"})
}

#[test]
fn rooms_stand_side_by_side() {
    let mut stay = in_two_rooms();
    assert_eq!(stay.session.rooms().keys().map(|name| &**name).collect::<Vec<_>>(), ["den", "lobby"]);
    assert_eq!((stay.session.rooms()["den"].topic.as_str(), stay.session.rooms()["den"].last), ("Bears", 7));
    stay.kind("in the den");
    assert_eq!(stay.sent(), [json!({"id":5,"cmd":"say","text":"in the den","room":"den","mid":"5"})]);
    stay.session.face(&room("lobby"));
    stay.kind("in the lobby");
    assert_eq!(stay.sent()[0]["room"], "lobby");
    stay.hear(said("den", 8, "Eve", "hi"));
    let line = stay.session.show.pop().unwrap();
    assert_eq!((line.concerns().window.clone(), line.concerns().seq), (Some(room("den")), Some(8)));
    assert_eq!(line.parts(), ("Eve >>", " hi"));
    assert_eq!(stay.session.rooms()["den"].last, 8);
    stay.session.face(&room("den"));
    stay.kind("/leave");
    assert_eq!(stay.sent(), [json!({"id":7,"cmd":"leave","room":"den"})]);
    stay.hear(json!({"re":7,"ok":{"room":"den","id":"u","topic":"","members":[],"seq":8}}));
    assert_eq!(stay.session.rooms().len(), 1);
    stay.kind("back home");
    assert_eq!(stay.sent()[0]["room"], "lobby");
}

#[test]
fn who_is_there_follows_what_happens() {
    let mut stay = in_two_rooms();
    stay.hear(json!({"re":4,"ok":{"users":[
        {"nick":"Eve","role":"owner","rooms":["den"],"since":"2026-11-21T06:30:05.000Z","door":"text"},
        {"nick":"Charlie","role":"member","rooms":["den"],"since":"2026-11-21T06:30:05.000Z","door":"json"}]}}));
    assert_eq!(members(&stay, "den"), ["Charlie", "Eve"]);
    stay.hear(json!({"event":"joined","room":"den","nick":"Dave"}));
    stay.hear(json!({"event":"renamed","from":"Dave","to":"Zoe"}));
    stay.hear(json!({"event":"left","room":"den","nick":"Eve","reason":"part"}));
    assert_eq!(members(&stay, "den"), ["Charlie", "Zoe"]);
    stay.hear(json!({"event":"kicked","nick":"Zoe","by":"admin","room":"den"}));
    stay.hear(json!({"event":"topic","room":"den","topic":"Wolves","by":"Eve"}));
    assert_eq!(members(&stay, "den"), ["Charlie"]);
    assert_eq!(stay.session.rooms()["den"].topic, "Wolves");
    stay.hear(json!({"event":"kicked","nick":"Charlie","by":"admin","room":"den"}));
    assert!(!stay.session.rooms().contains_key("den"));
}

#[test]
fn a_person_has_a_window_of_their_own() {
    let mut stay = in_two_rooms();
    stay.session.face(&Window::Person(Name::from("Eve")));
    stay.kind("psst");
    assert_eq!(stay.sent(), [json!({"id":5,"cmd":"whisper","text":"psst","to":"Eve","mid":"5"})]);
    let pending: Vec<_> = stay.session.pending().collect();
    assert_eq!(pending, [(Window::Person(Name::from("Eve")), "psst".to_owned())]);
    stay.hear(json!({"re":5,"ok":{"id":1}}));
    let own = stay.session.show.pop().unwrap();
    assert_eq!(
        (own.kind(), own.concerns().window.clone()),
        (Kind::Own, Some(Window::Person(Name::from("Eve"))))
    );
    assert_eq!(stay.session.pending().count(), 0);
    stay.hear(json!({"event":"whisper","id":2,"from":"Eve","to":["Charlie"],"text":"yes?"}));
    let line = stay.session.show.pop().unwrap();
    assert!(line.concerns().calls && line.concerns().window == Some(Window::Person(Name::from("Eve"))));
    stay.session.face(&room("lobby"));
    stay.kind("aloud");
    assert_eq!(stay.sent()[0]["room"], "lobby");
}

#[test]
fn pages_fill_windows_and_are_no_talk() {
    let mut stay = in_two_rooms();
    stay.session.older(&Name::from("den"), 7, stay.now);
    assert_eq!(stay.sent(), [json!({"id":5,"cmd":"history","room":"den","before":7,"limit":100})]);
    let gone = json!({"room":"den","seq":4,"from":"Eve","text":"","kind":"say","deleted":true});
    let there =
        json!({"room":"den","seq":5,"from":"Eve","text":"hi @Charlie","kind":"say","mentions":["Charlie"]});
    stay.hear(json!({"re":5,"ok":{"messages":[gone, there],"more":true}}));
    assert!(stay.shown().is_empty());
    let page = stay.session.pages.pop().unwrap();
    assert_eq!((page.part, page.more, page.span), (Part::Before(7), true, Some((4, 5))));
    assert_eq!(page.lines.len(), 1);
    assert!(page.lines[0].concerns().calls);
    stay.session.find(&Name::from("den"), "hi", stay.now);
    stay.hear(refused(6, "bad_query", "There is no word in it."));
    assert!(stay.shown().is_empty());
    let page = stay.session.pages.pop().unwrap();
    assert_eq!(page.refused.as_deref(), Some("there is no word in it."));
    stay.sent();
    stay.session.read(&Name::from("den"), 7, stay.now);
    stay.session.read(&Name::from("den"), 6, stay.now);
    assert_eq!(stay.sent(), [json!({"id":7,"cmd":"mark_read","room":"den","seq":7})]);
}

#[test]
fn a_change_says_which_line_it_changes() {
    let mut stay = in_two_rooms();
    stay.hear(json!({"event":"edited","room":"den","seq":5,"from":"Eve","by":"Eve","text":"h\u{1b}i"}));
    let line = stay.session.show.pop().unwrap();
    assert_eq!(line.concerns().change, Some(Change { seq: 5, text: Some("hi".into()) }));
}

#[test]
fn what_is_typed_while_away_waits_and_is_said_once() {
    let mut stay = in_two_rooms();
    stay.session.lost(stay.now);
    assert!(matches!(stay.session.state(), State::Away { next: Some(_) }));
    stay.kind("are you there?");
    assert!(stay.sent().is_empty());
    assert_eq!(stay.session.pending().collect::<Vec<_>>(), [(room("den"), "are you there?".to_owned())]);
    stay.shown();
    stay.kind("/room topic Elsewhere");
    assert!(stay.shown()[0].contains("was not sent"), "what would not be kept once is refused");
    stay.session.connected(stay.now);
    stay.kind("hello?");
    assert_eq!(stay.sent().len(), 1, "first it must be known as whom");
    stay.hear(json!({"re":6,"ok":{"nick":"Charlie","rooms":["den","lobby"],"resume":"t2"}}));
    let sent = stay.sent();
    let said: Vec<&Value> = sent.iter().filter(|object| object["cmd"] == "say").collect();
    assert_eq!(said.len(), 2);
    assert_eq!((&said[0]["text"], &said[1]["text"]), (&json!("are you there?"), &json!("hello?")));
    assert_ne!(said[0]["mid"], said[1]["mid"]);
    assert_eq!(stay.session.rooms().len(), 2, "no room is left for that it was not looked at");
    let looks: Vec<&Value> = sent.iter().filter(|object| object["cmd"] == "history").collect();
    assert_eq!(looks.len(), 1, "nothing of the lobby was ever seen: {looks:?}");
    assert_eq!((&looks[0]["room"], &looks[0]["limit"]), (&json!("den"), &json!(1)));
    stay.shown();
    stay.hear(json!({"re":looks[0]["id"],"ok":{"messages":[
        {"room":"den","seq":12,"from":"Eve","text":"x","kind":"say"}],"more":true}}));
    assert_eq!(stay.shown(), ["[Server]: Said while the connection was lost: den (5)."]);
}

#[test]
fn why_it_has_ended_is_said_when_the_screen_is_gone() {
    let mut stay = Stay::begin(true, None);
    stay.session.setup.windows = true;
    stay.hear(refused(1, "banned", "You are banned from this server: spam."));
    assert_eq!((stay.code(), stay.reason().as_str()), (Some(1), "You are banned from this server: spam."));
}
