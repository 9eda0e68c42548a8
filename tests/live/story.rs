//! The scenario of the first product sketch: Alice with `nc`, Bob with `chatc`, Charlie over JSON.
//!
//! Knows only what each of the three sees. Why every line of each is asserted in
//! its place: a line too many is as wrong as one too few, and so is a line that
//! somebody else should have had.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::live_support::client::{Client, KEPT};
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::Program;

const KEYS: &str = "rooms.lobby_owner = \"first\"\nserver.timezone = \"UTC\"";

struct Three {
    alice: Program,
    bob: Program,
    charlie: Client,
}

#[test]
fn the_story_with_a_schedule_in_a_second() {
    story("+1s", Duration::from_secs(10));
}

#[test]
fn the_story_with_a_schedule_at_the_next_minute() {
    // A minute that has begun already would mean tomorrow's.
    let soon = Timestamp::now() + Duration::from_secs(62);
    let at = soon.strftime("%H:%M").to_string();
    story(&at, Duration::from_secs(75));
}

fn story(schedule_at: &str, due_within: Duration) {
    let home = Home::new(KEYS);
    let daemon = home.start();
    let mut three = they_come(&home, &daemon);
    they_talk(&mut three);
    a_new_name(&mut three);
    they_whisper(&mut three);
    a_schedule(&mut three, schedule_at, due_within);
    who_is_there(&mut three);
    the_end(three, daemon);
    read_back(&home, schedule_at);
}

fn they_come(home: &Home, daemon: &Daemon) -> Three {
    let mut alice = Program::nc("Alice", daemon.port);
    alice.types("");
    alice.reads("[Server]: Welcome to chatd. Choose a nickname:");
    alice.types("a b");
    alice.reads("[Server]: Nickname \"a b\" is not allowed: it contains a space. Choose another:");
    alice.types("Alice");
    alice.reads("[Server]: Welcome, Alice. You are alone in lobby.");
    alice.reads(KEPT);

    let mut bob = Program::chatc("Bob", daemon.port, &home.path(""));
    bob.reads("[Server]: Welcome, Bob. You are in lobby with Alice.");
    bob.reads(KEPT);
    alice.reads("[Server]: Bob has joined lobby.");

    let mut charlie = Client::silent(daemon.port);
    assert_eq!(charlie.ask(json!({"cmd": "hello", "nick": "bob"})), Err("nick_in_use".to_owned()));
    let welcome = charlie.ok(json!({"cmd": "hello", "nick": "Charlie"}));
    assert_eq!(welcome["members"], json!(["Alice", "Bob"]));
    assert_eq!(welcome["server"], json!("chatd 0.1.0"));
    alice.reads("[Server]: Charlie has joined lobby.");
    bob.reads("[Server]: Charlie has joined lobby.");
    Three { alice, bob, charlie }
}

fn message(seq: u64, from: &str, text: &str) -> Value {
    json!({"event": "message", "room": "lobby", "seq": seq, "from": from, "text": text, "kind": "say"})
}

fn they_talk(Three { alice, bob, charlie }: &mut Three) {
    alice.types("Hello everyone!");
    bob.reads("Alice >> Hello everyone!");
    assert_eq!(charlie.event(), message(1, "Alice", "Hello everyone!"));

    bob.types("Good morning");
    alice.reads("Bob >> Good morning");
    assert_eq!(charlie.event(), message(2, "Bob", "Good morning"));

    let said = charlie.say("안녕하세요").unwrap();
    assert_eq!((&said["room"], &said["seq"]), (&json!("lobby"), &json!(3)));
    alice.reads("Charlie >> 안녕하세요");
    bob.reads("Charlie >> 안녕하세요");
}

fn a_new_name(Three { alice, bob, charlie }: &mut Three) {
    alice.types("/rename Bob");
    alice.reads("[Server]: Error: nickname \"Bob\" is already in use.");
    alice.types("/rename Alice123");
    alice.reads("[Server]: You are now known as \"Alice123\".");
    bob.reads("[Server]: User \"Alice\" has changed their nickname to \"Alice123\".");
    assert_eq!(charlie.event(), json!({"event": "renamed", "from": "Alice", "to": "Alice123"}));
}

fn they_whisper(Three { alice, bob, charlie }: &mut Three) {
    bob.types("/whisper Charlie Hi, Charlie!");
    let whisper =
        json!({"event": "whisper", "id": 1, "from": "Bob", "to": ["Charlie"], "text": "Hi, Charlie!"});
    assert_eq!(charlie.event(), whisper);

    let whispered = charlie.ok(json!({"cmd": "whisper", "to": "Alice123", "text": "psst"}));
    assert_eq!(whispered["id"], json!(2));
    alice.reads("[Whisper from Charlie] psst");
}

fn a_schedule(Three { alice, bob, charlie }: &mut Three, at: &str, within: Duration) {
    let scheduled = charlie.ok(json!({"cmd": "schedule", "at": at, "text": "Meeting starts soon"}));
    assert_eq!(scheduled["schedule"], json!(1));
    let due: Timestamp = scheduled["due"].as_str().unwrap().parse().unwrap();
    if at.contains(':') {
        assert_eq!(due.strftime("%H:%M:%S").to_string(), format!("{at}:00"));
    }
    assert_eq!(alice.next_within(within), "[Scheduled by Charlie] Meeting starts soon");
    assert!(Timestamp::now() >= due, "a schedule does not come early");
    bob.reads("[Scheduled by Charlie] Meeting starts soon");
    let receipt = json!({
        "event": "notice", "text": "Your scheduled message 1 has been sent.", "code": "schedule_sent",
    });
    assert_eq!(charlie.event(), receipt);
}

fn who_is_there(Three { alice, bob, charlie }: &mut Three) {
    let line = "[Server]: 3 users in lobby: Alice123, Bob, Charlie";
    alice.types("/user");
    alice.reads(line);
    bob.types("/user");
    bob.reads(line);
    let users = charlie.ok(json!({"cmd": "users", "room": "lobby"}));
    let roles: Vec<(&str, &str)> = users["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| (user["nick"].as_str().unwrap(), user["role"].as_str().unwrap()))
        .collect();
    assert_eq!(roles, [("Alice123", "owner"), ("Bob", "member"), ("Charlie", "member")]);
}

fn the_end(three: Three, mut daemon: Daemon) {
    let Three { mut alice, mut bob, mut charlie } = three;
    bob.types("/kick Charlie");
    bob.reads("[Server]: Error: you may not do that.");
    alice.types("/kick Bob spamming");
    alice.reads("[Server]: You have kicked Bob from the chat.");
    bob.reads("[Server]: You have been kicked by Alice123: spamming.");
    let (code, _notes) = bob.ends();
    assert_eq!(code, Some(1), "chatc was refused something and then put out");
    let kicked = json!({"event": "kicked", "nick": "Bob", "by": "Alice123", "reason": "spamming"});
    assert_eq!(charlie.event(), kicked);
    assert_eq!(charlie.event(), json!({"event": "left", "room": "lobby", "nick": "Bob", "reason": "kicked"}));

    assert_eq!(charlie.ok(json!({"cmd": "quit", "quiet": true})), json!({}));
    charlie.ends();
    // Nothing about it comes before this.
    alice.types("/user");
    alice.reads("[Server]: 1 user in lobby: Alice123");

    assert_eq!(daemon.rule(&["shutdown"]), "The daemon has ended.\n");
    alice.reads("[Server]: The server is shutting down.");
    // nc waits for what is still typed.
    alice.end_input();
    let (code, _notes) = alice.ends();
    assert_eq!(code, Some(0));
    assert_eq!(daemon.ends_within(Duration::from_secs(5)).code(), Some(0));
}

/// The same story from another daemon on the same database.
fn read_back(home: &Home, schedule_at: &str) {
    let daemon = home.start();
    let history = daemon.rule(&["history"]);
    // `[2026-11-21 15:30:05] ` stands before each line.
    let told: Vec<&str> = history.lines().map(|line| &line[22..]).collect();
    let expected = [
        "Alice >> Hello everyone!",
        "Bob >> Good morning",
        "Charlie >> 안녕하세요",
        "[Scheduled by Charlie] Meeting starts soon",
    ];
    assert_eq!(told, expected);

    let commands = daemon.rule(&["commands", "--json"]);
    let mut done: Vec<String> = commands
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| row[name].as_str().unwrap().to_owned();
            let door = word("door").split(' ').next().unwrap().to_owned();
            let [actor, command, args, outcome] = ["actor", "command", "args", "outcome"].map(word);
            format!("{actor} {door} {command} [{args}] {outcome}")
        })
        .collect();
    let schedule = format!("Charlie json schedule [{schedule_at} Meeting starts soon] ok");
    let expected = [
        "- text hello [a b] bad_nick",
        "Alice text hello [Alice] ok",
        "Bob json hello [Bob] ok",
        "- json hello [bob] nick_in_use",
        "Charlie json hello [Charlie] ok",
        "Alice text rename [Bob] nick_in_use",
        "Alice text rename [Alice123] ok",
        "Bob json whisper [Charlie] ok",
        "Charlie json whisper [Alice123] ok",
        &schedule,
        "Alice123 text users [] ok",
        "Bob json users [lobby] ok",
        "Charlie json users [lobby] ok",
        "Bob json kick [Charlie lobby] not_allowed",
        "Alice123 text kick [Bob spamming] ok",
        "Charlie json quit [quietly] ok",
        "Alice123 text users [] ok",
        "admin control shutdown [] ok",
    ];
    // Whether this telling is in the record already when it is read is not for the story to say.
    let telling = ["admin control history [] ok", "admin control commands [] ok"];
    done.retain(|row| !telling.contains(&row.as_str()));
    assert_eq!(done, expected);
    daemon.stop();
}
