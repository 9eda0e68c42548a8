//! chatc in a shell: `send` and `tail`, for scripts and for programs run at each message.
//!
//! Knows their options, output and exit codes. Why beside a real daemon: what `tail` takes up
//! again after a restart stands in its database.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use serde_json::Value;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{CHATC, Program, output, said};
use crate::live_support::{PATIENCE, eventually};

fn chatc(arguments: &[&str]) -> Command {
    let mut command = Command::new(CHATC);
    command.args(arguments).env("USER", "kim");
    command
}

fn server(daemon: &Daemon) -> String {
    format!("127.0.0.1:{}", daemon.port)
}

#[test]
fn send_knows_by_the_exit_code_that_it_is_kept() {
    let home = Home::new("");
    let daemon = home.start();
    let server = server(&daemon);
    let send = |arguments: &[&str]| output(chatc(&["send", "-s", &server]).args(arguments));
    let sent = send(&["-r", "lobby", "build", "done"]);
    assert!(sent.status.success() && said(&sent).lines().count() == 1, "silent: {}", said(&sent));
    // Text is text, also where it looks like a command, or like two lines.
    assert!(send(&["-r", "lobby", "/quit\nline two"]).status.success());
    assert_eq!(home.texts(), ["build done", "/quit", "line two"]);

    let refused = send(&["-r", "lobby", &"x".repeat(2001)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("too long"), "{}", said(&refused));
    let mut piped = Program::start("send", &mut chatc(&["send", "-s", &server, "-r", "lobby"]));
    piped.types("piped");
    piped.end_input();
    assert_eq!(piped.ends(), (Some(0), Vec::new()));
    assert_eq!(home.texts().iter().filter(|text| *text == "piped").count(), 1);
    assert_eq!(
        std::fs::read_dir(home.path(""))
            .unwrap()
            .filter(|entry| {
                entry.as_ref().unwrap().file_name().to_string_lossy().ends_with("chat_log.txt")
            })
            .count(),
        0
    );
    daemon.stop();
    assert_eq!(send(&["-r", "lobby", "x"]).status.code(), Some(3));
}

#[test]
fn send_by_the_users_name_although_they_are_in_the_chat() {
    let home = Home::new("");
    let daemon = home.start();
    let mut kim = Client::text(daemon.port, "kim");
    let server = server(&daemon);
    let sent = output(&mut chatc(&["send", "-s", &server, "-r", "lobby", "from a script"]));
    assert!(sent.status.success(), "{}", said(&sent));
    let line = std::iter::repeat_with(|| kim.next()).find(|line| line.contains("from a script")).unwrap();
    assert!(line.starts_with("kim-"), "{line}");
    // A name that was asked for is that name, or none.
    let named = format!("kim@{server}");
    let refused = output(&mut chatc(&["send", "-s", &named, "-r", "lobby", "x"]));
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("already in use"), "{}", said(&refused));
    daemon.stop();
}

#[test]
fn tail_shows_the_past_goes_on_and_outlives_a_restart() {
    let home = Home::new("");
    let daemon = home.start();
    let port = daemon.port;
    let mut alice = Client::text(port, "Alice");
    for text in ["one", "two \u{1b}[31m"].map(|text| text.replace('\u{1b}', "")) {
        alice.says(&text);
    }
    let server = server(&daemon);
    eventually("both lines in the database", PATIENCE, || (home.texts().len() == 2).then_some(()));
    let mut tail = Program::start("tail", &mut chatc(&["tail", "-s", &server, "-r", "lobby", "-n", "1"]));
    tail.reads("Alice >> two [31m");
    alice.says("three");
    tail.reads("Alice >> three");
    std::fs::write(home.path("chatd.toml"), home.configuration(&format!("127.0.0.1:{port}"))).unwrap();
    daemon.kill();
    let daemon = home.start();
    let mut bob = Client::text(port, "Bob");
    bob.says("four");
    tail.reads("Bob >> four");
    let mut json = Program::start("tail", &mut chatc(&["tail", "-s", &server, "-r", "lobby", "--json"]));
    for text in ["one", "two [31m", "three", "four"] {
        let object: Value = serde_json::from_str(&json.next()).unwrap();
        assert_eq!((&object["event"], object["text"].as_str()), (&"message".into(), Some(text)));
    }
    let nowhere = output(&mut chatc(&["tail", "-s", &server, "-r", "nowhere"]));
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(said(&nowhere).contains("There is no room named \"nowhere\"."), "{}", said(&nowhere));
    assert_eq!(output(&mut chatc(&["tail"])).status.code(), Some(2));
    daemon.stop();
    assert_eq!(output(&mut chatc(&["tail", "-s", &server, "-r", "lobby"])).status.code(), Some(3));
}

#[test]
fn a_program_is_run_for_each_message_and_no_shell() {
    let home = Home::new("");
    let daemon = home.start();
    let program = home.path("each");
    let heard = home.path("heard");
    let script = format!(
        "#!/bin/sh\necho \"$1|$CHATC_ROOM|$CHATC_FROM|$CHATC_SEQ|$CHATC_KIND|$CHATC_MENTIONS|$CHATC_TEXT\" >> {}\n",
        heard.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut alice = Client::text(daemon.port, "Alice");
    let _bob = Client::text(daemon.port, "Bob");
    alice.says("before it began");
    eventually("the line in the database", PATIENCE, || (home.texts().len() == 1).then_some(()));
    let (server, program) = (server(&daemon), program.display().to_string());
    let arguments = ["tail", "-s", &server, "-r", "lobby", "--exec", &program, "--", "$(id) one"];
    let mut tail = Program::start("tail", &mut chatc(&arguments));
    tail.reads("Alice >> before it began");
    alice.says("`reboot`; hello @Bob");
    tail.reads("Alice >> `reboot`; hello @Bob");
    let line = eventually("what the program was told", PATIENCE, || {
        std::fs::read_to_string(&heard).ok().filter(|text| text.ends_with('\n'))
    });
    assert_eq!(line, "$(id) one|lobby|Alice|2|say|Bob|`reboot`; hello @Bob\n");
    daemon.stop();
}
