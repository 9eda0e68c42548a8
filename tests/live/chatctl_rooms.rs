//! What chatctl does to rooms and the people in them, and what becomes of changed messages.
//!
//! Knows the exit codes of the contract. Why the people are asked as well: an
//! admin's receipt is only right when they were told.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{CHATCTL, said};

/// What a list under `--json` holds.
fn objects(daemon: &Daemon, arguments: &[&str]) -> Vec<Value> {
    let listed = daemon.rule(arguments);
    let lines = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.inspect(|object| assert_eq!(object["v"], json!(1), "{arguments:?}: {object}")).collect()
}

fn codes(daemon: &Daemon, expected: &[(&[&str], i32)]) {
    for (arguments, code) in expected {
        let done = daemon.chatctl(arguments);
        assert_eq!(done.status.code(), Some(*code), "{arguments:?}: {}", said(&done));
        assert_eq!(done.stderr.is_empty(), *code == 0, "{arguments:?}: {}", said(&done));
    }
}

#[test]
fn rooms_are_made_changed_and_closed() {
    let home = Home::new("");
    let daemon = home.start();
    let made = daemon.rule(&["room", "create", "design/ui", "--topic", "Colours", "--capacity", "2"]);
    assert_eq!(made, "The room design/ui is made. Go there with /join design/ui.\n");
    let table = daemon.rule(&["rooms"]);
    let mut lines = table.lines();
    let words = |line: Option<&str>| {
        line.unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(words(lines.next()), ["ROOM", "MEMBERS", "CAPACITY", "OWNER", "MARKS", "TOPIC"]);
    assert_eq!(words(lines.next()), ["design/ui", "0", "2", "-", "-", "Colours"]);
    assert_eq!(words(lines.next()), ["lobby", "0", "-", "-", "-"]);
    let channel = objects(&daemon, &["rooms", "design", "--json"]);
    assert!(channel.len() == 1 && channel[0]["room"] == "design/ui", "{channel:?}");

    let mut alice = Client::text(daemon.port, "Alice");
    alice.reads("[Server]: Rooms: design/ui (0), lobby (1).");
    alice.says("/join design/ui");
    alice.reads("[Server]: You are alone in design/ui.");
    alice.reads("[Server]: Topic of design/ui: Colours");
    let set = ["room", "set", "design/ui", "--no-password", "--listed", "false", "--slow", "10s"];
    assert_eq!(daemon.rule(&set), "The settings of design/ui are changed.\n");
    alice.reads("[Server]: admin has changed the settings of design/ui.");
    assert_eq!(daemon.rule(&["room", "keep", "design/ui"]), "The settings of design/ui are changed.\n");
    alice.reads("[Server]: admin has changed the settings of design/ui.");
    let changed = &objects(&daemon, &["--json", "rooms", "design"])[0];
    assert_eq!(
        (&changed["listed"], &changed["slow_ms"], &changed["kept"], &changed["locked"]),
        (&json!(false), &json!(10_000), &json!(true), &json!(false))
    );
    daemon.rule(&["room", "keep", "design/ui", "--off"]);
    alice.reads("[Server]: admin has changed the settings of design/ui.");

    // Who comes first into a room that nobody owns does.
    let mut bob = Client::text(daemon.port, "Bob");
    bob.says("/join design/ui");
    bob.reads("[Server]: You are in design/ui with Alice.");
    bob.reads("[Server]: Topic of design/ui: Colours");
    alice.reads("[Server]: Bob has joined design/ui.");
    let op = ["room", "op", "design/ui", "Bob"];
    assert_eq!(daemon.rule(&op), "Bob is a moderator of design/ui now.\n");
    bob.reads("[Server]: You are a moderator of design/ui now.");
    alice.reads("[Server]: Bob is a moderator of design/ui now.");
    let users = objects(&daemon, &["users", "--room", "design/ui", "--json"]);
    assert_eq!((&users[0]["role"], &users[1]["role"]), (&json!("owner"), &json!("moderator")));
    daemon.rule(&["room", "deop", "design/ui", "Bob"]);
    bob.reads("[Server]: You are no longer a moderator of design/ui.");
    alice.reads("[Server]: Bob is no longer a moderator of design/ui.");
    assert_eq!(daemon.rule(&["room", "transfer", "design/ui", "Bob"]), "Bob owns design/ui now.\n");
    bob.reads("[Server]: You own design/ui now.");
    alice.reads("[Server]: Bob owns design/ui now.");

    assert_eq!(daemon.rule(&["room", "close", "design/ui"]), "You have closed design/ui.\n");
    alice.reads("[Server]: admin has closed design/ui.");
    bob.reads("[Server]: admin has closed design/ui.");
    for person in [&mut alice, &mut bob] {
        let moved = person.next();
        assert!(moved.contains(" in lobby"), "{moved}");
    }
    codes(
        &daemon,
        &[
            (&["rooms"], 0),
            (&["room", "create", "lobby"], 1),
            (&["room", "create", "a b"], 1),
            (&["room", "set", "nowhere", "--topic", "x"], 1),
            (&["room", "close", "lobby"], 1),
            (&["room", "op", "lobby", "Nobody"], 1),
            (&["room", "set", "lobby"], 2),
            (&["room", "set", "lobby", "--slow", "soon"], 2),
            (&["room", "frobnicate"], 2),
        ],
    );
    daemon.stop();
}

#[test]
fn a_password_by_the_pipe() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.rule(&["room", "create", "vault"]);
    let mut command = Command::new(CHATCTL);
    command.arg("--socket").arg(home.control()).args(["room", "set", "vault", "--password", "-"]);
    let mut chatctl =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    chatctl.stdin.take().unwrap().write_all(b"open sesame\n").unwrap();
    let done = chatctl.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", said(&done));
    let mut alice = Client::text(daemon.port, "Alice");
    alice.reads("[Server]: Rooms: lobby (1), vault (0) [locked].");
    alice.says("/join vault");
    alice.reads("[Server]: Error: the room vault is locked; join it with its password.");
    alice.says("/join vault open sesame");
    alice.reads("[Server]: You are alone in vault.");
    let record = daemon.rule(&["commands"]);
    assert!(record.contains("room_set") && !record.contains("sesame"), "{record}");
    daemon.stop();
}

#[test]
fn people_are_silenced_and_put_out() {
    let home = Home::new("rooms.replay = 0");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    assert_eq!(daemon.rule(&["say", "Back", "at", "5"]), "Said in lobby.\n");
    alice.reads("admin >> Back at 5");
    bob.reads("admin >> Back at 5");

    let muted = daemon.rule(&["mute", "Bob", "--for", "1h30m", "--reason", "too loud"]);
    assert_eq!(muted, "You have muted Bob for 1 h 30 min: too loud.\n");
    bob.reads("[Server]: You have been muted by admin for 1 h 30 min: too loud.");
    alice.reads("[Server]: Bob has been muted for 1 h 30 min: too loud.");
    let held = &objects(&daemon, &["bans", "--json"])[0];
    assert_eq!((&held["kind"], &held["who"], &held["by"]), (&json!("mute"), &json!("Bob"), &json!("admin")));
    assert_eq!(daemon.rule(&["unmute", "Bob"]), "Bob is no longer muted.\n");
    bob.reads("[Server]: You are no longer muted, by admin.");

    bob.says("/join den");
    bob.reads("[Server]: You are alone in den.");
    alice.reads("[Server]: Bob has left lobby.");
    let kick = ["kick", "Bob", "--room", "den", "--reason", "spam"];
    assert_eq!(daemon.rule(&kick), "You have kicked Bob from den.\n");
    bob.reads("[Server]: You have been kicked from den by admin: spam.");
    bob.reads("[Server]: You are in lobby with Alice.");
    alice.reads("[Server]: Bob has joined lobby.");

    assert_eq!(daemon.rule(&["ban", "Bob", "--room", "den"]), "You have banned Bob from den.\n");
    bob.says("/join den");
    bob.reads("[Server]: Error: you are banned from den.");
    let table = daemon.rule(&["bans", "--room", "den"]);
    let (head, row) = table.split_once('\n').unwrap();
    assert_eq!(
        head.split_whitespace().collect::<Vec<_>>(),
        ["KIND", "WHO", "ROOM", "BY", "SINCE", "UNTIL", "REASON"]
    );
    assert!(row.starts_with("ban") && row.contains("Bob") && row.trim_end().ends_with('-'), "{table}");
    assert_eq!(daemon.rule(&["unban", "Bob", "--room", "den"]), "Bob is no longer banned from den.\n");
    assert_eq!(daemon.rule(&["bans", "--json"]), "");

    let banned = daemon.rule(&["ban", "Bob", "--for", "2h", "--json"]);
    assert!(banned.starts_with("{\"v\":1,") && banned.contains("\"until\""), "{banned}");
    bob.reads("[Server]: You have been banned by admin for 2 h.");
    bob.ends();
    codes(
        &daemon,
        &[
            (&["unban", "Bob"], 0),
            (&["unban", "Bob"], 1),
            (&["ban", "192.0.2.0/24"], 0),
            (&["unban", "192.0.2.0/24"], 0),
            (&["ban", "192.0.2.0/99"], 1),
            (&["unmute", "Bob"], 1),
            (&["kick", "Nobody", "--room", "lobby"], 1),
            (&["say", "--room", "nowhere", "x"], 1),
            (&["ban", "a b"], 1),
            (&["ban", "Bob", "--for", "soon"], 2),
            (&["mute", "Bob", "--for", "0s"], 2),
            (&["say", "--room", "lobby"], 2),
        ],
    );
    daemon.stop();
}

#[test]
fn history_has_what_was_changed_and_rooms_that_are_gone() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::json(daemon.port, "Alice");
    alice.ok(json!({"cmd": "join", "room": "den"}));
    for text in ["helo", "secret"] {
        alice.ok(json!({"cmd": "say", "room": "den", "text": text}));
    }
    alice.ok(json!({"cmd": "edit", "room": "den", "seq": 1, "text": "hello"}));
    alice.ok(json!({"cmd": "delete", "room": "den", "seq": 2}));
    daemon.rule(&["room", "close", "den"]);

    let plain = daemon.rule(&["history", "--room", "den"]);
    let lines: Vec<&str> = plain.lines().collect();
    assert!(lines[0].ends_with("] Alice >> hello (edited)"), "{plain}");
    assert!(lines[1].ends_with("] Alice >> (deleted)") && lines.len() == 2, "{plain}");
    let whole = daemon.rule(&["history", "--room", "den", "--versions"]);
    let lines: Vec<&str> = whole.lines().collect();
    assert!(lines[1].starts_with("    until ") && lines[1].ends_with(", by Alice: helo"), "{whole}");
    assert!(lines[3].ends_with(", by Alice: secret") && lines.len() == 4, "{whole}");
    let listed = objects(&daemon, &["history", "--room", "den", "--versions", "--json"]);
    assert_eq!(listed[1]["deleted"], json!(true));
    assert_eq!(listed[1]["versions"][0]["text"], json!("secret"));
    codes(&daemon, &[(&["history", "--room", "nowhere"], 1)]);
    daemon.stop();
}
