//! `chatctl doctor` against mistakes that were really made.
//!
//! Knows its findings by their words for scripts and by what mends them. Why none of
//! them names the machine's own unit or clock: a test must not depend on how the
//! machine it runs on is kept.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::is_root;
use crate::live_support::program::{CHATCTL, output, said};

/// The findings about this home, and the exit code.
fn doctor(home: &Home) -> (Vec<Value>, Option<i32>) {
    let mut command = Command::new(CHATCTL);
    command.arg("--json").arg("--socket").arg(home.control()).arg("doctor");
    let told = output(command.arg("--config").arg(home.path("chatd.toml")));
    let lines = String::from_utf8(told.stdout.clone()).unwrap();
    let read =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {}", said(&told)));
    (lines.lines().map(read).collect(), told.status.code())
}

/// The one fault there is of this check, which must fail the whole.
fn fault(home: &Home, check: &str) -> Value {
    let (found, code) = doctor(home);
    let of = |one: &&Value| one["check"] == check && one["state"] == "fault";
    let faults: Vec<&Value> = found.iter().filter(of).collect();
    assert!(faults.len() == 1 && code == Some(1), "{check}, {code:?}: {found:#?}");
    faults[0].clone()
}

fn texts(finding: &Value) -> (&str, &str) {
    (finding["text"].as_str().unwrap(), finding["mend"].as_str().unwrap_or(""))
}

fn chmod(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn talked(home: &Home) -> Daemon {
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    alice.says("hello");
    daemon
}

#[test]
fn a_healthy_daemon_has_no_fault() {
    let home = Home::new("");
    let daemon = talked(&home);
    let (found, code) = doctor(&home);
    let faults: Vec<&Value> = found.iter().filter(|one| one["state"] == "fault").collect();
    assert!(faults.is_empty() && code == Some(0), "{code:?}: {faults:#?}");
    for check in ["daemon", "config", "address", "files", "disk", "limits", "database"] {
        let of = found.iter().find(|one| one["check"] == check);
        let of = of.unwrap_or_else(|| panic!("{check} was not looked at: {found:#?}"));
        assert!(of["v"] == 1 && !of["text"].as_str().unwrap().is_empty());
    }
    assert!(daemon.rule(&["doctor"]).ends_with("No fault was found.\n"));
    // Without a terminal it speaks English, and says what it says to people to a person.
    let quiet = daemon.rule(&["--quiet", "doctor"]);
    assert!(!quiet.contains("\nok "), "{quiet}");
    daemon.stop();
}

#[test]
fn nobody_answers_and_somebody_else_has_the_port() {
    let mut home = Home::new("");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    home.configure("");
    fs::write(home.path("chatd.toml"), home.configuration(&address.to_string())).unwrap();
    let taken = fault(&home, "address");
    let (text, mend) = texts(&taken);
    assert!(text.contains(&format!("(pid {})", std::process::id())), "{text}");
    assert_eq!(mend, format!("ss -ltnp 'sport = :{}'", address.port()));
    fault(&home, "daemon");
}

#[test]
fn every_problem_of_the_configuration_is_told() {
    let mut home = Home::new("");
    home.configure("limits.rate = \"often\"\nlimits.brust = 3");
    let (found, code) = doctor(&home);
    let problems: Vec<(&str, &str)> =
        found.iter().filter(|one| one["check"] == "config" && one["state"] == "fault").map(texts).collect();
    assert_eq!((problems.len(), code), (2, Some(1)), "{found:#?}");
    assert!(problems[0].0.contains("chatd.toml:1: limits.rate: "), "{problems:?}");
    assert!(problems[1].1.starts_with("chatd --check-config "), "{problems:?}");
}

#[test]
fn a_certificate_that_is_not_there() {
    let home = Home::new("tls.certificate = \"/nowhere/c.pem\"\ntls.key = \"/nowhere/k.pem\"");
    let daemon = home.start();
    let (found, code) = doctor(&home);
    let named = found.iter().filter(|one| one["check"] == "certificate" && one["state"] == "fault").count();
    assert_eq!((named, code), (2, Some(1)), "{found:#?}");
    daemon.stop();
}

#[test]
fn a_daemon_that_stands_still() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.signal(Signal::STOP);
    let (found, code) = doctor(&home);
    daemon.signal(Signal::CONT);
    let silent = found.iter().any(|one| one["check"] == "daemon" && one["state"] == "fault");
    assert!(silent && code == Some(1), "{found:#?}");
    daemon.stop();
}

#[test]
fn a_program_that_was_replaced() {
    let home = Home::new("");
    let copy = home.path("chatd");
    fs::copy(crate::live_support::program::CHATD, &copy).unwrap();
    let shell = format!("shift; exec '{}' \"$@\"", copy.display());
    let home = home.wrapped(&["sh", "-c", &shell, "sh"]);
    let daemon = home.start();
    fs::remove_file(&copy).unwrap();
    let (text, mend) = (fault(&home, "daemon"), "chatctl shutdown");
    assert_eq!(texts(&text).1, mend, "{text}");
    daemon.stop();
}

#[test]
fn doors_that_stand_open() {
    let home = Home::new("");
    let daemon = talked(&home);
    chmod(&home.control(), 0o666);
    assert_eq!(texts(&fault(&home, "files")).1, format!("chmod o-w {}", home.control().display()));
    chmod(&home.control(), 0o660);
    chmod(home.database(), 0o622);
    assert_eq!(texts(&fault(&home, "files")).1, format!("chmod go-w {}", home.database().display()));
    daemon.stop();
}

#[test]
fn a_database_that_belongs_to_somebody_else() {
    if !is_root() {
        // Nobody else can give a file away.
        return;
    }
    let home = Home::new("");
    talked(&home).stop();
    std::os::unix::fs::chown(home.database().parent().unwrap(), Some(12345), None).unwrap();
    let (found, code) = doctor(&home);
    let mends: Vec<&str> =
        found.iter().filter(|one| one["check"] == "files").map(|one| texts(one).1).collect();
    assert!(mends.contains(&&*format!("chown 12345 {}", home.database().display())), "{found:#?}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_damaged_database_of_a_daemon_that_does_not_run() {
    let home = Home::new("");
    talked(&home).stop();
    let before = listed(&home);
    let (found, _) = doctor(&home);
    let sound = found.iter().any(|one| one["check"] == "database" && one["state"] == "ok");
    assert!(sound, "{found:#?}");
    let mut bytes = fs::read(home.database()).unwrap();
    for page in bytes.chunks_mut(4096).skip(3) {
        page[..64].fill(0xff);
    }
    fs::write(home.database(), &bytes).unwrap();
    let damaged = fault(&home, "database");
    assert!(texts(&damaged).1.contains(".recover | sqlite3 rescued.db"), "{damaged}");
    assert_eq!(listed(&home), before, "it leaves nothing behind");
}

fn listed(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.database().parent().unwrap()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
