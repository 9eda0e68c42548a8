//! Rooms, bans and changed messages: what chatctl asks, and how it shows the answers.

use serde_json::{Value, json};

use super::flow_tests::{daemon, done};

#[test]
fn rooms_as_a_table_and_as_json() {
    let answer = json!({"more":false,"rooms":[
        {"room":"design/ui","id":"u","topic":"Colours","members":2,"capacity":8,"owner":"Bob","listed":false,
            "locked":true,"invite_only":true,"slow_ms":10_000,"kept":true},
        {"room":"lobby","id":"v","topic":"","members":3,"capacity":0,"listed":true,"locked":false,
            "invite_only":false,"slow_ms":0,"kept":false},
    ]});
    let table = "ROOM       MEMBERS  CAPACITY  OWNER  MARKS                                           TOPIC\n\
                 design/ui  2        8         Bob    locked, invite-only, unlisted, kept, slow 10 s  Colours\n\
                 lobby      3        -         -      -\n";
    assert_eq!(done(&["rooms"], json!({"cmd":"rooms"}), answer.clone()), table);
    let lines = done(&["rooms", "design", "--json"], json!({"cmd":"rooms","channel":"design"}), answer);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() == 2 && lines[0]["v"] == 1 && lines[0]["slow_ms"] == 10_000);
}

#[test]
fn what_is_asked_of_a_room() {
    let made = json!({"room":"den","id":"u"});
    let request = json!({"cmd":"room_create","room":"den","topic":"Bears","capacity":5,"password":"honey",
        "listed":false,"invite_only":true,"slow":"10s","kept":true});
    let words = ["room", "create", "den", "--topic", "Bears", "--capacity", "5", "--password", "honey"];
    let switches = ["--unlisted", "--invite-only", "--slow", "10s", "--keep"];
    let words: Vec<&str> = words.into_iter().chain(switches).collect();
    assert_eq!(done(&words, request, made.clone()), "The room den is made. Go there with /join den.\n");
    for (words, request) in [
        (
            &["--capacity", "0", "--no-password", "--listed", "true"][..],
            json!({"cmd":"room_set","room":"den","capacity":0,"password":"","listed":true}),
        ),
        (
            &["--invite-only", "false", "--slow", "off", "--keep", "false", "--topic", ""],
            json!({"cmd":"room_set","room":"den","invite_only":false,"slow":"off","kept":false,"topic":""}),
        ),
    ] {
        let words: Vec<&str> = ["room", "set", "den"].iter().chain(words).copied().collect();
        assert_eq!(done(&words, request, made.clone()), "The settings of den are changed.\n");
    }
    let kept = |on: bool| json!({"cmd":"room_set","room":"den","kept":on});
    done(&["room", "keep", "den"], kept(true), made.clone());
    done(&["room", "keep", "den", "--off"], kept(false), made);
    let request = json!({"cmd":"room_close","room":"den"});
    assert_eq!(done(&["room", "close", "den"], request, json!({"room":"den"})), "You have closed den.\n");
    let role = |role: &str| json!({"room":"den","nick":"Bob","role":role});
    for (word, given, receipt) in [
        ("op", "moderator", "Bob is a moderator of den now.\n"),
        ("deop", "member", "Bob is no longer a moderator of den.\n"),
    ] {
        let request = json!({"cmd":"room_role","room":"den","nick":"Bob","role":given});
        assert_eq!(done(&["room", word, "den", "Bob"], request, role(given)), receipt);
    }
    let request = json!({"cmd":"room_transfer","room":"den","nick":"Bob"});
    assert_eq!(done(&["room", "transfer", "den", "Bob"], request, role("owner")), "Bob owns den now.\n");
}

#[test]
fn a_password_need_not_stand_on_the_command_line() {
    let words = ["room", "set", "den", "--password", "-"];
    let locked = daemon(|far| {
        far.answer(json!({"cmd":"room_set","room":"den","password":"open sesame"}), json!({"room":"den"}));
    });
    assert_eq!(locked.chatctl_reading(b"open sesame\r\nnext\n", &words).code, 0);
    for nothing in [&b""[..], b"\n", b"\xff\n"] {
        let unasked = daemon(|_| {});
        // It is accepted at once, so that the far end is not waited for.
        std::os::unix::net::UnixStream::connect(unasked.path()).unwrap();
        let outcome = unasked.chatctl_reading(nothing, &words);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""));
        assert_eq!(outcome.notes, "chatctl: no password came on standard input\n");
    }
}

#[test]
fn bans_and_mutes() {
    let made = |kind: &str, room: Value| {
        json!({"nick":"Bob","who":"Bob","kind":kind,"room":room,"by":"admin","at":"2026-11-21T06:30:00Z",
            "until":"2026-11-21T08:30:00Z","reason":"spam"})
    };
    let request = json!({"cmd":"ban","who":"Bob","room":"den","for":"2h","reason":"spam"});
    assert_eq!(
        done(
            &["ban", "Bob", "--room", "den", "--for", "2h", "--reason", "spam"],
            request,
            made("ban", json!("den"))
        ),
        "You have banned Bob from den for 2 h: spam.\n"
    );
    let request = json!({"cmd":"mute","nick":"Bob","for":"2h"});
    assert_eq!(
        done(&["mute", "Bob", "--for", "2h"], request, made("mute", json!(null))),
        "You have muted Bob for 2 h: spam.\n"
    );
    let request = json!({"cmd":"unban","who":"192.0.2.0/24"});
    assert_eq!(
        done(&["unban", "192.0.2.0/24"], request, json!({"who":"192.0.2.0/24","kind":"ban"})),
        "192.0.2.0/24 is no longer banned.\n"
    );
    let request = json!({"cmd":"unmute","nick":"Bob","room":"den"});
    let lifted = json!({"nick":"Bob","who":"Bob","kind":"mute","room":"den"});
    assert_eq!(
        done(&["unmute", "Bob", "--room", "den"], request, lifted),
        "Bob is no longer muted in den.\n"
    );
    let forever =
        json!({"who":"192.0.2.7","kind":"ban","by":"admin","at":"2026-11-21T06:30:00Z","room":null});
    assert_eq!(
        done(&["bans"], json!({"cmd":"bans"}), json!({"bans":[made("mute", json!("den")), forever]})),
        "KIND  WHO        ROOM  BY     SINCE                UNTIL                REASON\n\
         mute  Bob        den   admin  2026-11-21 15:30:00  2026-11-21 17:30:00  spam\n\
         ban   192.0.2.7  -     admin  2026-11-21 15:30:00  -\n"
    );
}

#[test]
fn said_by_the_admin() {
    let request = json!({"cmd":"say","room":"den","text":"Back at 5"});
    let said = json!({"room":"den","seq":7,"at":"2026-11-21T06:30:00Z"});
    let words = ["say", "--room", "den", "Back", "at", "5"];
    assert_eq!(done(&words, request, said), "Said in den.\n");
    let request = json!({"cmd":"say","text":"x"});
    let kept = done(&["say", "x"], request, json!({"room":"lobby"}));
    assert!(kept.starts_with("Said in lobby. Done, but "), "{kept}");
}

#[test]
fn changed_and_deleted_messages() {
    let at = |second: u32| format!("2026-11-21T06:30:{second:02}Z");
    let version = |second, by: &str, text: &str| json!({"at":at(second),"by":by,"text":text});
    let messages = json!({"messages":[
        {"event":"message","seq":1,"at":at(1),"from":"Bob","text":"hello","kind":"say","edited":at(5),
            "versions":[version(4, "Bob", "helo"), version(5, "Eve", "hallo")]},
        {"event":"message","seq":2,"at":at(2),"from":"Bob","text":"","kind":"action","deleted":true,
            "versions":[version(6, "admin", "waves")]},
    ],"more":false});
    let shown = "[2026-11-21 15:30:01] Bob >> hello (edited)\n\
                 \x20   until 2026-11-21 15:30:04, by Bob: helo\n\
                 \x20   until 2026-11-21 15:30:05, by Eve: hallo\n\
                 [2026-11-21 15:30:02] * Bob (deleted)\n\
                 \x20   until 2026-11-21 15:30:06, by admin: waves\n";
    let request = json!({"cmd":"history","limit":50,"versions":true});
    assert_eq!(done(&["history", "--versions"], request.clone(), messages.clone()), shown);
    let json = done(&["history", "--versions", "--json"], request, messages);
    assert!(json.contains("\"versions\":[{") && json.lines().count() == 2, "{json}");
}

#[test]
fn changes_are_followed_too() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"subscribe","room":"den"}), json!({"room":"den"}));
        let request = json!({"cmd":"history","room":"den","limit":50});
        far.answer(request, json!({"messages":[],"more":false}));
        let event = |event: &str| json!({"event":event,"room":"den","seq":1,"at":"2026-11-21T06:30:05Z","by":"Bob","from":"Bob"});
        let mut edited = event("edited");
        edited["text"] = "hello".into();
        far.send(edited);
        far.send(event("deleted"));
        far.send(json!({"event":"closing","text":"The server is shutting down.","reason":"shutdown"}));
    });
    let outcome = daemon.chatctl(&["history", "--room", "den", "--follow"]);
    let shown = "[2026-11-21 15:30:05] Bob >> hello (edited)\n[2026-11-21 15:30:05] Bob >> (deleted)\n";
    assert_eq!((outcome.code, outcome.out.as_str()), (0, shown));
}
