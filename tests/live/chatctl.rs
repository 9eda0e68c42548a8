//! chatctl and its daemon: what scripts rely on.
//!
//! Knows the exit codes of the contract. Why the other side is looked at as well:
//! a receipt is only right when the thing was done.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::live_support::client::Client;
use crate::live_support::daemon::Home;
use crate::live_support::is_root;
use crate::live_support::program::{CHATCTL, Program, need, output, run, said};

#[test]
fn the_exit_codes() {
    let home = Home::new("");
    let daemon = home.start();
    for (arguments, code) in [
        (&["ping"][..], 0),
        (&["kick", "Nobody"], 1),
        (&["unschedule", "77"], 1),
        (&["schedule", "25:99", "x"], 1),
        (&["frobnicate"], 2),
        (&["kick"], 2),
    ] {
        let done = daemon.chatctl(arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", said(&done));
        assert_eq!(done.stderr.is_empty(), code == 0, "{arguments:?}: {}", said(&done));
    }
    let refused = daemon.chatctl(&["kick", "Nobody"]);
    assert!(said(&refused).contains("There is no user named \"Nobody\"."), "{}", said(&refused));
    daemon.stop();

    let place = home.control().display().to_string();
    let nobody = output(
        Command::new(CHATCTL).args(["--socket", &place, "ping"]).env("XDG_RUNTIME_DIR", home.path("")),
    );
    assert_eq!(nobody.status.code(), Some(3), "{}", said(&nobody));
    assert!(said(&nobody).contains(&place) && said(&nobody).contains("--socket"), "{}", said(&nobody));
}

#[test]
fn it_speaks_the_language_of_the_locale() {
    let home = Home::new("");
    let daemon = home.start();
    let korean = |arguments: &[&str]| {
        let socket = home.control();
        let mut command = Command::new(CHATCTL);
        output(command.arg("--socket").arg(socket).args(arguments).env("LC_ALL", "ko_KR.UTF-8"))
    };
    assert!(said(&korean(&["ping"])).contains("데몬이 응답합니다."));
    let refused = korean(&["kick", "Nobody"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("chatctl: \"Nobody\" 님을 찾을 수 없습니다."), "{}", said(&refused));
    let help = korean(&["--help"]);
    assert!(help.status.success() && said(&help).contains("사용법: chatctl"), "{}", said(&help));
    let wrong = korean(&["kick"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("오류: 빠진 인자가 있습니다: <NICK>"), "{}", said(&wrong));
    daemon.stop();
}

#[test]
fn who_may_not_is_told_the_group() {
    let home = Home::new("");
    let daemon = home.start();
    let open = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    };
    open(&home.path(""), 0o755);
    let chatctl = home.path("chatctl");
    std::fs::copy(CHATCTL, &chatctl).unwrap();
    let mut command = if is_root() {
        let mut command = Command::new(need("setpriv", "util-linux"));
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(chatctl);
        command
    } else {
        // An ordinary user cannot become another one, but can lock themselves out.
        open(&home.control(), 0o000);
        Command::new(chatctl)
    };
    let refused = output(command.arg("--socket").arg(home.control()).arg("ping"));
    assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
    assert!(said(&refused).contains("group"), "{}", said(&refused));
    daemon.stop();
}

#[test]
fn it_does_what_it_says() {
    let home = Home::new("server.timezone = \"UTC\"");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");

    let users = daemon.rule(&["users"]);
    assert!(users.contains("Alice") && users.contains("Bob") && users.contains("lobby"), "{users}");
    assert_eq!(daemon.rule(&["broadcast", "Back", "at", "5"]), "Announced to 2 people.\n");
    let announced = alice.next();
    assert!(announced.ends_with("Back at 5"), "{announced}");
    assert_eq!(bob.next(), announced);

    assert_eq!(daemon.rule(&["kick", "Bob", "--reason", "spamming"]), "You have kicked Bob from the chat.\n");
    bob.reads("[Server]: You have been kicked by admin: spamming.");
    bob.ends();
    alice.reads("[Server]: Bob has been kicked from the chat.");

    // An hour away from now, so that it stays scheduled.
    let at = (Timestamp::now() + std::time::Duration::from_secs(3600)).strftime("%H:%M").to_string();
    let receipt = daemon.rule(&["schedule", &at, "Meeting"]);
    assert!(receipt.starts_with("Message 1 is scheduled for ") && receipt.contains(&at), "{receipt}");
    let scheduled = daemon.rule(&["schedules"]);
    assert!(scheduled.contains("Meeting") && scheduled.contains("admin"), "{scheduled}");
    daemon.rule(&["schedule", "+1s", "Now"]);
    alice.reads("[Scheduled by admin] Now");
    assert_eq!(daemon.rule(&["unschedule", "1"]), "Scheduled message 1 is cancelled.\n");
    assert_eq!(daemon.rule(&["schedules", "--json"]), "");
    assert_eq!(daemon.rule(&["--quiet", "ping"]), "");
    daemon.stop();
}

#[test]
fn a_schedule_outlives_its_daemon() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.rule(&["schedule", "+2s", "Still here"]);
    daemon.rule(&["schedule", "+1h", "Later"]);
    daemon.kill();
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    alice.reads("[Scheduled by admin] Still here");
    let waiting = daemon.rule(&["schedules"]);
    assert!(waiting.contains("Later") && !waiting.contains("Still here"), "{waiting}");
    daemon.stop();
}

#[test]
fn json_has_its_version_and_follow_goes_on() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.says("before");
    bob.reads("Alice >> before");
    for arguments in [
        &["status", "--json"][..],
        &["users", "--json"],
        &["history", "--json"],
        &["commands", "--json"],
        &["ping", "--json"],
        &["schedule", "--json", "+1h", "x"],
        &["schedules", "--json"],
        &["reload", "--json"],
    ] {
        let answer = daemon.rule(arguments);
        assert!(!answer.is_empty(), "{arguments:?}");
        for line in answer.lines() {
            let object: Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["v"], json!(1), "{arguments:?}: {line}");
        }
    }
    let socket = home.control();
    let mut follow = Program::start(
        "chatctl",
        Command::new(CHATCTL).arg("--socket").arg(socket).args(["history", "--follow", "--json"]),
    );
    let mut followed = || serde_json::from_str::<Value>(&follow.next()).unwrap()["text"].clone();
    assert_eq!(followed(), json!("before"));
    alice.says("after");
    bob.reads("Alice >> after");
    assert_eq!(followed(), json!("after"));
    daemon.stop();
    let version = run(CHATCTL, &["--version"]);
    assert_eq!(version.stdout, b"chatctl 0.1.0\n");
}

#[test]
fn the_history_is_proven_and_a_forged_one_named() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    for text in ["first", "second", "third"] {
        alice.says(text);
        bob.reads(&format!("Alice >> {text}"));
    }
    let proven = daemon.rule(&["verify"]);
    assert!(proven.contains("records are sound") && proven.contains("cannot be seen"), "{proven}");
    daemon.stop();
    let log = home.log();
    let noted: Vec<&str> = log.lines().filter_map(|line| Some(line.split_once("anchor ")?.1)).collect();
    assert!(noted.len() == 2 && noted[0] != noted[1], "one at the start, one at the end: {log}");

    let daemon = home.start();
    let held = daemon.rule(&["verify", "--anchor", noted[1]]);
    assert!(held.contains("The anchor is in the chain"), "{held}");
    let database = home.open_database();
    database.execute("UPDATE messages SET text = 'forged' WHERE seq = 2", []).unwrap();
    let refused = daemon.chatctl(&["verify"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("message 2 of lobby was altered"), "{}", said(&refused));
    database.execute("UPDATE messages SET text = 'second' WHERE seq = 2", []).unwrap();

    // Without its end the chain is sound again, and only the anchor tells.
    let end: i64 = noted[1].split_once(':').unwrap().0.parse().unwrap();
    let cut = "DELETE FROM messages WHERE seq = 3; DELETE FROM commands WHERE id > 2; DELETE FROM versions;";
    database.execute_batch(cut).unwrap();
    let from = "SELECT id FROM chain WHERE kind = 'message' AND number = 3";
    let from: i64 = database.query_row(from, [], |row| row.get(0)).unwrap();
    assert!(from < end);
    database.execute("DELETE FROM chain WHERE id >= ?1", [from]).unwrap();
    drop(database);
    daemon.kill();
    let daemon = home.start();
    daemon.rule(&["verify"]);
    let refused = daemon.chatctl(&["verify", "--anchor", noted[1]]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("the anchor is not in the chain"), "{}", said(&refused));
    daemon.stop();
}
