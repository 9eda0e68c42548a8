//! Tests of a lost connection and the way back.

use std::time::Duration;

use serde_json::{Value, json};

use super::stay::{Stay, hello_ok, refused};
use crate::limits::{AWAY_FIRST_MS, AWAY_SCRIPT_MS};

/// Greeted by a server that gives tokens.
fn greeted(interactive: bool) -> Stay {
    let mut stay = Stay::begin(interactive, None);
    stay.sent();
    let mut hello = hello_ok();
    hello["ok"]["resume"] = json!("t1");
    stay.hear(hello);
    stay.shown();
    stay
}

fn lost(stay: &mut Stay) {
    stay.session.lost(stay.now);
}

/// Lets the time of the next try come, at which there is a server.
fn connects(stay: &mut Stay) {
    stay.pass(Duration::from_millis(AWAY_FIRST_MS));
    assert!(stay.session.wants_connection(stay.now));
    stay.session.connected(stay.now);
}

fn back(re: u64, rooms: &[&str]) -> Value {
    json!({"re":re,"ok":{"session":"s","nick":"Charlie","server":"chatd 0.1.0","resume":"t2","rooms":rooms,
        "members":[],"people":0,"directory":[],"read":{}}})
}

#[test]
fn what_was_not_answered_is_said_again_and_kept_once() {
    let mut stay = greeted(true);
    stay.kind("one");
    stay.kind("two");
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":7}}));
    stay.hear(json!({"event":"whisper","id":5,"from":"Bob","to":["Charlie"],"text":"psst"}));
    stay.sent();
    stay.shown();
    lost(&mut stay);
    assert_eq!(stay.shown(), ["[Server]: The connection was lost; chatc tries to reconnect."]);
    connects(&mut stay);
    let seen = json!({"lobby":7});
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"resume","token":"t1","seen":seen,"whisper":5})]);
    // What was on its way comes as the server has it; the answer tells of it, too.
    stay.hear(back(4, &["lobby"]));
    let again = json!({"id":5,"cmd":"say","room":"lobby","text":"two","mid":"3"});
    assert_eq!(stay.sent(), [again]);
    stay.hear(json!({"event":"message","room":"lobby","seq":8,"from":"Bob","text":"hi","kind":"say"}));
    let own = json!({"event":"message","room":"lobby","seq":9,"from":"Charlie","text":"two","kind":"say","mid":"3"});
    stay.hear(own);
    stay.hear(json!({"re":5,"ok":{"room":"lobby","seq":9}}));
    assert_eq!(stay.shown(), ["[Server]: You are back as Charlie.", "Bob >> hi"]);
    lost(&mut stay);
    connects(&mut stay);
    let seen = json!({"lobby":9});
    assert_eq!(stay.sent(), [json!({"id":6,"cmd":"resume","token":"t2","seen":seen,"whisper":5})]);
}

#[test]
fn a_line_typed_while_away_is_refused_and_seen_to_be() {
    let mut stay = greeted(true);
    stay.kind("/kick Bob");
    lost(&mut stay);
    let unsent = |line: &str| {
        format!(
            "[Server]: The connection was lost. \"{line}\" was not sent; send it again when chatc has reconnected."
        )
    };
    let away = "[Server]: The connection was lost; chatc tries to reconnect.".to_owned();
    // Whether it was done is not known, so it is not asked for twice.
    assert_eq!(stay.shown(), [unsent("/kick Bob"), away]);
    stay.kind("hello?");
    assert_eq!(stay.shown(), [unsent("hello?")]);
    stay.kind("/quit");
    assert_eq!(stay.code(), Some(1));
}

#[test]
fn each_try_waits_longer_and_a_script_gives_up() {
    let mut stay = greeted(false);
    stay.kind("x");
    lost(&mut stay);
    assert!(!stay.session.wants_lines());
    let mut tries = 0;
    while stay.code().is_none() {
        let wait = stay.session.wake_at().unwrap().saturating_duration_since(stay.now.mono);
        assert!(wait >= Duration::from_millis(AWAY_FIRST_MS));
        stay.pass(wait);
        assert!(stay.session.wants_connection(stay.now));
        stay.session.not_connected(10, stay.now);
        tries += 1;
        assert!(tries < 20, "it never ends");
    }
    assert!(tries >= 5, "{tries} tries in {AWAY_SCRIPT_MS} ms");
    assert_eq!(
        (stay.code(), stay.reason().as_str()),
        (Some(1), "\"x\" was not sent: the connection was lost")
    );
}

#[test]
fn a_script_goes_on_where_it_was() {
    let mut stay = greeted(false);
    stay.kind("x");
    stay.leave();
    stay.hear(json!({"event":"closing","text":"The server is shutting down.","reason":"shutdown"}));
    lost(&mut stay);
    stay.sent();
    connects(&mut stay);
    stay.sent();
    stay.hear(back(3, &["lobby"]));
    stay.sent();
    stay.hear(json!({"re":4,"ok":{"room":"lobby","seq":1}}));
    assert_eq!(stay.sent()[0]["cmd"], "quit");
    stay.hear(json!({"re":5,"ok":{}}));
    assert_eq!(stay.code(), Some(0));
}

#[test]
fn who_is_no_longer_known_begins_anew_in_the_same_room() {
    let mut stay = greeted(true);
    stay.kind("/join den");
    stay.hear(json!({"re":2,"ok":{"room":"den","id":"u","topic":"","members":[],"people":0,"seq":0}}));
    stay.hear(json!({"re":3,"ok":{"room":"lobby","id":"u","topic":"","members":[],"people":0,"seq":0}}));
    stay.kind("x");
    lost(&mut stay);
    connects(&mut stay);
    stay.sent();
    stay.shown();
    stay.hear(refused(5, "not_found", "This session is over."));
    let shown = stay.shown();
    assert!(shown[0].contains("\"x\" was not sent"), "{shown:?}");
    assert_eq!(shown[1], "[Server]: The server no longer waits for you; you come in anew.");
    assert_eq!(stay.sent(), [json!({"id":6,"cmd":"hello","nick":"Charlie","lang":"en"})]);
    let mut hello = hello_ok();
    hello["re"] = json!(6);
    stay.hear(hello);
    assert_eq!(stay.sent(), [json!({"id":7,"cmd":"join","room":"den"})]);
}

#[test]
fn a_room_that_is_gone_is_left_for_the_one_that_is_there() {
    let mut stay = greeted(true);
    stay.kind("/join den");
    stay.hear(json!({"re":2,"ok":{"room":"den","id":"u","topic":"","members":[],"people":0,"seq":0}}));
    lost(&mut stay);
    connects(&mut stay);
    stay.sent();
    stay.shown();
    stay.hear(back(4, &["lobby"]));
    assert_eq!(stay.shown(), ["[Server]: You are back as Charlie.", "[Server]: You are in lobby now."]);
    assert_eq!(stay.sent(), [] as [Value; 0]);
}

#[test]
fn a_partner_who_did_not_come_back_ends_the_whisper_session() {
    let mut stay = greeted(true);
    stay.hear(json!({"event":"whisper_opened","nick":"Bob"}));
    lost(&mut stay);
    connects(&mut stay);
    stay.sent();
    let mut with_bob = back(2, &["lobby"]);
    with_bob["ok"]["partner"] = json!("Bob");
    stay.hear(with_bob);
    stay.kind("psst");
    assert_eq!(stay.sent()[0]["cmd"], "whisper");
    lost(&mut stay);
    connects(&mut stay);
    stay.sent();
    stay.shown();
    stay.hear(back(4, &["lobby"]));
    let told = "[Server]: Bob's connection was lost; the whisper session has ended.";
    assert_eq!(stay.shown(), ["[Server]: You are back as Charlie.", told]);
    stay.sent();
    stay.kind("to the room");
    assert_eq!(stay.sent()[0]["cmd"], "say");
}

#[test]
fn who_was_put_out_or_replaced_does_not_come_back() {
    for reason in ["kicked", "banned", "replaced", "flood"] {
        let mut stay = greeted(true);
        stay.hear(json!({"event":"closing","text":"Go.","reason":reason}));
        lost(&mut stay);
        assert!(!stay.session.wants_connection(stay.now), "{reason}");
        assert_eq!(stay.session.wake_at(), None, "{reason}");
    }
}
