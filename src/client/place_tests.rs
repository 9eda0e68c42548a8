//! A stay that moves: rooms, whisper sessions, and what happens to oneself.

use std::time::Duration;

use serde_json::{Value, json};

use super::stay::{Stay, refused};

fn room(re: u64, name: &str, members: &[&str], topic: &str) -> Value {
    json!({"re":re,"ok":{"room":name,"id":"u","topic":topic,"members":members,"seq":0}})
}

/// Greeted into the lobby, and then in `den` with Eve.
fn in_den() -> Stay {
    let mut stay = Stay::greeted(true);
    stay.kind("/join den");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"join","room":"den"})]);
    stay.hear(room(2, "den", &["Eve"], "Bears"));
    assert_eq!(stay.shown(), ["[Server]: You are in den with Eve.", "[Server]: Topic of den: Bears"]);
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"leave","room":"lobby"})]);
    stay
}

#[test]
fn one_room_as_with_nc() {
    let mut stay = in_den();
    stay.kind("in the den");
    assert_eq!(stay.sent()[0]["room"], "den");
    // What is still said in the room that one is leaving is not for those who are elsewhere.
    let said = |room| json!({"event":"message","room":room,"from":"Bob","text":"hi","kind":"say","seq":9});
    stay.hear(said("lobby"));
    stay.hear(json!({"event":"left","room":"lobby","nick":"Bob","reason":"part"}));
    assert!(stay.shown().is_empty());
    stay.hear(said("den"));
    assert_eq!(stay.shown(), ["Bob >> hi"]);
    stay.hear(room(3, "lobby", &["Bob"], ""));
    assert!(stay.shown().is_empty());
    stay.kind("/leave");
    assert_eq!(stay.sent(), [json!({"id":5,"cmd":"join","room":"lobby"})]);
    assert!(!stay.session.wants_lines(), "whose room a line is for is not known yet");
    stay.hear(room(5, "lobby", &["Alice", "Bob"], ""));
    assert_eq!(stay.shown(), ["[Server]: You are in lobby with Alice, Bob."]);
    assert_eq!(stay.sent(), [json!({"id":6,"cmd":"leave","room":"den"})]);
    stay.kind("/나가기");
    assert_eq!(
        stay.shown(),
        ["[Server]: Error: from lobby there is nowhere to go; type /quit to leave the chat."]
    );
    stay.kind("/join lobby");
    stay.sent();
    stay.hear(room(7, "lobby", &[], ""));
    assert_eq!(stay.shown(), ["[Server]: You are alone in lobby."]);
    assert!(stay.sent().is_empty());
}

#[test]
fn a_room_that_lets_nobody_in_costs_nothing() {
    let mut stay = Stay::greeted(true);
    stay.kind("/join vault open sesame");
    assert_eq!(stay.sent()[0]["password"], "open sesame");
    stay.hear(refused(2, "locked", "That is not the password of vault."));
    assert_eq!(stay.shown(), ["[Server]: Error: that is not the password of vault."]);
    stay.kind("x");
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"say","text":"x","room":"lobby"})]);
    stay.hear(json!({"re":3,"ok":{"room":"lobby","seq":1}}));
    stay.kind("/join vault open sesame");
    stay.session.lost(stay.now);
    let told = stay.shown().pop().unwrap_or_default();
    assert!(told.contains("\"/join vault …\" was not sent"), "{told}");
}

#[test]
fn leaving_is_tried_again_when_it_was_too_fast() {
    let mut stay = in_den();
    stay.hear(refused(3, "rate_limited", "That was too fast."));
    assert!(stay.shown().is_empty());
    stay.pass(Duration::from_secs(60));
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"leave","room":"lobby"})]);
    stay.hear(refused(4, "not_in_room", "You are not in lobby."));
    assert!(stay.shown().is_empty());
}

#[test]
fn who_makes_a_room_goes_there() {
    let mut stay = Stay::greeted(true);
    stay.kind("/room create den");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"room_create","room":"den"})]);
    stay.hear(json!({"re":2,"ok":{"room":"den","id":"u"}}));
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"join","room":"den"})]);
    stay.hear(room(3, "den", &[], ""));
    assert_eq!(stay.shown(), ["[Server]: You are alone in den."]);
    assert_eq!(stay.sent()[0]["cmd"], "leave");
}

#[test]
fn the_room_on_the_screen_is_the_one_that_is_meant() {
    let mut stay = in_den();
    stay.hear(room(3, "lobby", &[], ""));
    for (line, sent) in [
        ("/me waves", json!({"id":4,"cmd":"action","text":"waves","room":"den"})),
        ("/방 주제 곰", json!({"id":5,"cmd":"room_set","topic":"곰","room":"den"})),
        ("/room op Eve", json!({"id":6,"cmd":"room_role","nick":"Eve","role":"moderator","room":"den"})),
        ("/kick Eve too loud", json!({"id":7,"cmd":"kick","nick":"Eve","reason":"too loud","room":"den"})),
        ("/ban Eve 2h", json!({"id":8,"cmd":"ban","who":"Eve","for":"2h","room":"den"})),
        ("/edit hello", json!({"id":9,"cmd":"edit","text":"hello","room":"den"})),
        ("/delete 7", json!({"id":10,"cmd":"delete","seq":7,"room":"den"})),
        ("/rooms", json!({"id":11,"cmd":"rooms"})),
        ("/bans lobby", json!({"id":12,"cmd":"bans","room":"lobby"})),
        ("/room close", json!({"id":13,"cmd":"room_close","room":"den"})),
    ] {
        stay.kind(line);
        assert_eq!(stay.sent(), [sent]);
    }
}

#[test]
fn own_actions_and_changes_are_logged_as_others_see_them() {
    let mut stay = Stay::greeted(true);
    stay.kind("/me waves");
    stay.kind("/edit hello");
    stay.kind("/delete");
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":1}}));
    stay.hear(json!({"re":3,"ok":{"room":"lobby","seq":1,"at":"2026-11-21T06:30:05Z"}}));
    stay.hear(json!({"re":4,"ok":{"room":"lobby","seq":1,"at":"2026-11-21T06:30:05Z"}}));
    let logged: Vec<&str> = stay.session.show.iter().map(|line| line.plain()).collect();
    let receipts = ["[Server]: The message is changed.", "[Server]: The message is deleted."];
    assert_eq!(logged, ["* Charlie waves", "Charlie >> hello (edited)", receipts[0], receipts[1]]);
    assert_eq!(stay.shown(), receipts);
}

#[test]
fn what_happens_to_oneself_is_told_to_oneself() {
    let mut stay = in_den();
    stay.hear(room(3, "lobby", &[], ""));
    for (event, line) in [
        (
            json!({"event":"muted","nick":"Charlie","by":"Eve","room":"den","reason":"loud"}),
            "You have been muted in den by Eve: loud.",
        ),
        (json!({"event":"muted","nick":"Bob","by":"Eve","room":"den"}), "Bob has been muted in den."),
        (
            json!({"event":"room_changed","room":"den","nick":"Charlie","role":"moderator","by":"Eve"}),
            "You are a moderator of den now.",
        ),
        (
            json!({"event":"room_changed","room":"den","nick":"Bob","role":"moderator","by":"Eve"}),
            "Bob is a moderator of den now.",
        ),
        (
            json!({"event":"topic","room":"den","topic":"Bears","by":"Eve"}),
            "Eve has set the topic of den: Bears",
        ),
        (
            json!({"event":"kicked","nick":"Charlie","by":"Eve","room":"den","reason":"spam"}),
            "You have been kicked from den by Eve: spam.",
        ),
    ] {
        stay.hear(event);
        assert_eq!(stay.shown(), [format!("[Server]: {line}")]);
    }
    stay.hear(json!({"event":"joined","nick":"Charlie","room":"lobby","id":"u","topic":"All","members":["Bob"],"seq":4}));
    assert_eq!(stay.shown(), ["[Server]: You are in lobby with Bob.", "[Server]: Topic of lobby: All"]);
    stay.kind("x");
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"say","text":"x","room":"lobby"})]);
    stay.hear(json!({"event":"banned","nick":"Charlie","by":"admin","reason":"spam"}));
    stay.hear(json!({"event":"closing","text":"You have been banned by admin: spam.","reason":"banned"}));
    assert_eq!(stay.shown(), ["[Server]: You have been banned by admin: spam."]);
}

#[test]
fn a_room_that_is_closed_is_left_for_the_lobby() {
    let mut stay = in_den();
    let mut moved = in_den();
    // Still in the lobby as the server sees it, so the server moves nobody.
    let closed = json!({"event":"room_closed","room":"den","id":"u","by":"admin"});
    stay.hear(closed.clone());
    assert_eq!(stay.shown(), ["[Server]: admin has closed den."]);
    assert!(stay.sent().is_empty() && !stay.session.wants_lines());
    stay.hear(room(3, "lobby", &[], ""));
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"join","room":"lobby"})]);
    stay.hear(room(4, "lobby", &[], ""));
    assert_eq!(stay.shown(), ["[Server]: You are alone in lobby."]);
    stay.sent();
    stay.hear(json!({"event":"room_closed","room":"elsewhere","id":"u","by":"admin"}));
    assert!(stay.shown().is_empty() && stay.sent().is_empty());
    // Out of the lobby already, but not told so yet: the server moves this one.
    moved.hear(closed);
    moved.hear(json!({"event":"joined","nick":"Charlie","room":"lobby","id":"u","members":["Bob"]}));
    moved.hear(room(3, "lobby", &[], ""));
    assert!(moved.sent().is_empty() && moved.session.wants_lines());
    assert_eq!(moved.shown(), ["[Server]: admin has closed den.", "[Server]: You are in lobby with Bob."]);
}

/// In a whisper session with Bob that he has opened.
fn whispering() -> Stay {
    let mut stay = Stay::greeted(true);
    stay.hear(json!({"event":"whisper_opened","nick":"Bob"}));
    assert_eq!(
        stay.shown(),
        [
            "[Server]: Bob whispers with you now: your lines go to Bob alone until /end. /say speaks to the room."
        ]
    );
    stay
}

#[test]
fn plain_lines_go_to_the_partner() {
    let mut stay = whispering();
    stay.kind("psst");
    stay.kind("/say hello all");
    assert_eq!(
        stay.sent(),
        [
            json!({"id":2,"cmd":"whisper","text":"psst","to":"Bob"}),
            json!({"id":3,"cmd":"say","text":"hello all","room":"lobby"}),
        ]
    );
    stay.hear(json!({"event":"renamed","from":"Bob","to":"Rob"}));
    stay.kind("still there?");
    stay.hear(json!({"re":2,"ok":{"id":1}}));
    stay.hear(json!({"re":4,"ok":{"id":2}}));
    let logged: Vec<&str> = stay.session.show.iter().map(|line| line.plain()).collect();
    assert_eq!(
        logged,
        [
            "[Server]: User \"Bob\" has changed their nickname to \"Rob\".",
            "[Whisper to Bob] psst",
            "[Whisper to Rob] still there?",
        ]
    );
    stay.sent();
    stay.kind("/종료");
    assert_eq!(stay.sent(), [json!({"id":5,"cmd":"whisper_close"})]);
    assert!(!stay.session.wants_lines());
    stay.shown();
    stay.hear(json!({"re":5,"ok":{"nick":"Rob"}}));
    assert_eq!(stay.shown(), ["[Server]: You have ended the whisper session with Rob."]);
    stay.kind("hello");
    assert_eq!(stay.sent()[0]["cmd"], "say");
}

#[test]
fn the_end_of_the_other_side_crosses_ones_own() {
    let closed = json!({"event":"whisper_closed","nick":"Bob","reason":"ended"});
    let mut stay = whispering();
    stay.hear(closed.clone());
    assert_eq!(stay.shown(), ["[Server]: Bob has ended the whisper session."]);
    stay.kind("/종료");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"whisper_close"})]);
    stay.hear(json!({"re":2,"ok":{"already":true}}));
    assert_eq!(stay.shown(), ["[Server]: The whisper session has ended already."]);
    stay.kind("/종료");
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"quit"})]);

    let mut late = whispering();
    late.hear(closed);
    late.pass(Duration::from_millis(2_001));
    late.kind("/종료");
    assert_eq!(late.sent(), [json!({"id":2,"cmd":"quit"})]);
}

#[test]
fn a_whisper_session_is_opened_by_name_or_by_question() {
    let mut stay = Stay::greeted(true);
    stay.kind("/whisper");
    assert!(stay.shown()[0].starts_with("[Server]: Whisper to whom?"));
    stay.kind("  ");
    stay.kind("Bob");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"whisper_open","nick":"Bob"})]);
    assert!(!stay.session.wants_lines());
    stay.hear(json!({"re":2,"ok":{"nick":"Bob"}}));
    assert!(stay.shown()[0].starts_with("[Server]: You whisper with Bob now:"));
    stay.kind("/귓속말");
    stay.kind("Alice only you");
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"whisper","to":["Alice"],"text":"only you"})]);
    stay.kind("/whisper");
    stay.kind("/users");
    stay.kind("to Bob again");
    assert_eq!(stay.sent()[1], json!({"id":5,"cmd":"whisper","text":"to Bob again","to":"Bob"}));
}
