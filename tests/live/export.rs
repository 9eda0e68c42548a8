//! The history out of one server and into another, by chatctl.
//!
//! Knows the lines of an export and the exit codes. Why two daemons: what comes back from the second
//! must be what the first one gave.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{CHATCTL, ended, said};

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A server where something was said, changed and deleted, in rooms of several kinds.
fn talked(home: &Home) -> Daemon {
    let daemon = home.start();
    daemon.rule(&["room", "create", "design/ui", "--topic", "Colours", "--capacity", "9", "--keep"]);
    daemon.rule(&["room", "create", "vault", "--password", "honey", "--keep"]);
    daemon.rule(&["say", "--room", "vault", "gold"]);
    let mut alice = Client::json(daemon.port, "앨리스");
    alice.ok(json!({"cmd": "join", "room": "design/ui"}));
    for (room, text) in
        [("lobby", "안녕하세요"), ("design/ui", "helo"), ("lobby", "secret"), ("design/ui", "끝")]
    {
        alice.ok(json!({"cmd": "say", "room": room, "text": text}));
    }
    alice.ok(json!({"cmd": "edit", "room": "design/ui", "seq": 1, "text": "hello"}));
    alice.ok(json!({"cmd": "delete", "room": "lobby", "seq": 2}));
    alice.ok(json!({"cmd": "action", "room": "lobby", "text": "waves"}));
    daemon
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The messages, and the rooms as far as they come back as they were.
fn settled(text: &str) -> (Vec<Value>, Vec<Value>) {
    let (rooms, others): (Vec<Value>, Vec<Value>) =
        lines(text).into_iter().partition(|line| line["event"] == "room");
    let messages = others.into_iter().filter(|line| line["event"] == "message").collect();
    let settle = |mut room: Value| {
        // The lobby is open also where nobody has said so; a password is not taken along.
        for field in ["open", "locked", "invite_only"] {
            room.as_object_mut().unwrap().remove(field);
        }
        room
    };
    (rooms.into_iter().map(settle).collect(), messages)
}

#[test]
fn what_was_exported_comes_back_the_same() {
    let home = Home::new("");
    let first = talked(&home);
    let printed = first.rule(&["export"]);
    let given = lines(&printed);
    assert_eq!((&given[0]["v"], &given[0]["chatd_export"]), (&json!(1), &json!(1)));
    assert_eq!(given.last().unwrap()["lines"], json!(given.len() - 2));
    let file = home.path("talk.jsonl");
    let receipt = first.rule(&["export", "-o", shown(&file)]);
    assert_eq!(receipt, format!("{} lines exported to {}.\n", given.len() - 2, shown(&file)));
    assert_eq!(settled(&std::fs::read_to_string(&file).unwrap()), settled(&printed));
    assert!(!home.path("talk.jsonl.part").exists());
    first.stop();

    let elsewhere = Home::new("");
    let second = elsewhere.start();
    let mut bob = Client::text(second.port, "Bob");
    let told = second.rule(&["import", shown(&file), "--dry-run"]);
    assert_eq!(told, "The file is whole. Messages: 6. Rooms: 3.\n");
    let told = second.rule(&["import", shown(&file)]);
    assert!(told.starts_with("Taken in: 6. There already: 0. Rooms: 3. "), "{told}");
    assert!(told.contains("only the invited come into vault until"), "{told}");
    let told = second.rule(&["--json", "import", shown(&file)]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["added"], &told["there"], &told["locked"]), (&json!(0), &json!(6), &json!(["vault"])));
    assert_eq!(settled(&second.rule(&["export"])), settled(&printed));
    assert!(second.rule(&["verify"]).contains("records are sound"));

    // Nobody was told, and everybody goes on where it ended.
    bob.says("/history");
    for line in ["앨리스 >> 안녕하세요", "* 앨리스 waves"] {
        let heard = bob.next();
        assert!(heard.ends_with(line), "{heard}");
    }
    let said: Value = serde_json::from_str(&second.rule(&["--json", "say", "and now"])).unwrap();
    assert_eq!(said["seq"], json!(4));
    bob.reads("admin >> and now");
    bob.says("/search 안녕하세");
    let found = bob.next();
    assert!(found.ends_with("앨리스 >> *안녕하세*요"), "{found}");
    bob.says("/join vault honey");
    bob.reads("[Server]: Error: the room vault is by invitation only.");
    bob.says("/join design/ui");
    bob.reads("[Server]: You are alone in design/ui.");
    bob.reads("[Server]: Topic of design/ui: Colours");
    second.stop();
    let third = elsewhere.start();
    let (_, messages) = settled(&third.rule(&["export"]));
    assert_eq!(messages.len(), 7);
    third.stop();
}

#[test]
fn as_text_of_one_room_and_into_a_pipe_that_closes() {
    let home = Home::new("limits.rate = 0");
    let daemon = talked(&home);
    let all = daemon.rule(&["export", "--format", "text"]);
    let ends: Vec<&str> = all.lines().map(|line| line.split_once("] ").unwrap().1).collect();
    assert_eq!(
        ends,
        [
            "vault: admin >> gold",
            "lobby: 앨리스 >> 안녕하세요",
            "design/ui: 앨리스 >> hello (edited)",
            "lobby: 앨리스 >> (deleted)",
            "design/ui: 앨리스 >> 끝",
            "lobby: * 앨리스 waves",
        ]
    );
    let one = daemon.rule(&["export", "--format", "text", "--room", "Lobby"]);
    assert!(one.lines().count() == 3 && one.contains("] 앨리스 >> 안녕하세요"), "{one}");
    let one = lines(&daemon.rule(&["--json", "export", "--room", "vault"]));
    assert!(one.len() == 4 && one.iter().all(|line| line["v"] == 1), "{one:?}");
    let refused = daemon.chatctl(&["export", "--room", "nowhere"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(1), 0), "{}", said(&refused));
    let kept = home.path("kept");
    std::fs::write(&kept, "what was there before").unwrap();
    let refused = daemon.chatctl(&["export", "--room", "nowhere", "-o", shown(&kept)]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "what was there before");
    let nowhere = daemon.chatctl(&["export", "-o", "/nowhere/file"]);
    assert!(
        nowhere.status.code() == Some(1) && said(&nowhere).contains("/nowhere/file"),
        "{}",
        said(&nowhere)
    );

    // More than a pipe holds, of which somebody reads the first line.
    let mut alice = Client::json(daemon.port, "Alice");
    for _ in 0..80 {
        alice.ok(json!({"cmd": "say", "room": "lobby", "text": "x".repeat(1_900)}));
    }
    let mut chatctl = Command::new(CHATCTL);
    chatctl.arg("--socket").arg(home.control()).arg("export").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut chatctl = chatctl.spawn().unwrap();
    let mut first = String::new();
    BufReader::new(chatctl.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("chatd_export"), "{first}");
    assert_eq!(ended(&mut chatctl, "chatctl", PATIENCE).code(), Some(0));
    daemon.stop();
}

/// `chatctl import -` with `text` in the pipe.
fn import(home: &Home, text: &str) -> Output {
    let mut command = Command::new(CHATCTL);
    command.arg("--socket").arg(home.control()).args(["import", "-"]).env("LC_ALL", "C");
    let mut chatctl =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    chatctl.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    chatctl.wait_with_output().unwrap()
}

#[test]
fn a_broken_off_file_is_noticed_and_the_whole_one_goes_on() {
    let home = Home::new("limits.rate = 0");
    let first = home.start();
    let mut alice = Client::json(first.port, "Alice");
    // More than one request of an import holds.
    for number in 0..600 {
        alice.ok(json!({"cmd": "say", "room": "lobby", "text": format!("number {number}")}));
    }
    let whole = first.rule(&["export"]);
    first.stop();

    let elsewhere = Home::new("");
    let second = elsewhere.start();
    let mut pieces: Vec<&str> = whole.split_inclusive('\n').collect();
    pieces.pop();
    let cut = import(&elsewhere, &pieces.concat());
    assert_eq!(cut.status.code(), Some(1));
    assert!(said(&cut).contains("line 602: the file ends here without its last line"), "{}", said(&cut));
    let kept = settled(&second.rule(&["export"])).1.len();
    assert!(kept > 0 && kept < 600, "{kept} came before the end");
    let done = import(&elsewhere, &whole);
    let told = format!("Taken in: {}. There already: {kept}. Rooms: 1.\n", 600 - kept);
    assert_eq!((done.status.code(), String::from_utf8(done.stdout).unwrap()), (Some(0), told));
    assert_eq!(settled(&second.rule(&["export"])), settled(&whole));

    // Another message in the place of one: the line of the file is named, and nothing is changed.
    let forged = whole.replace("number 299", "number 300");
    let refused = import(&elsewhere, &forged);
    assert_eq!(refused.status.code(), Some(1));
    let why = "chatctl: line 302: Message 300 of lobby: another message is there already.\n";
    assert_eq!(String::from_utf8(refused.stderr).unwrap(), why);
    assert_eq!(settled(&second.rule(&["export"])), settled(&whole));
    second.stop();
}
