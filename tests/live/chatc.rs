//! chatc against a real daemon: as a script's pipe, and as a person's terminal.
//!
//! Knows its exit codes and its screen. Why a real terminal (tmux's): what is
//! echoed, coloured and stamped shows nowhere else.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::live_support::client::{Client, KEPT};
use crate::live_support::daemon::Home;
use crate::live_support::program::{CHATC, Program, must, run, said};
use crate::live_support::terminal::Terminal;
use crate::live_support::{PATIENCE, eventually};

#[test]
fn a_script_knows_by_the_exit_code_that_it_was_committed() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bot = Program::chatc("bot", daemon.port, &home.path(""));
    bot.types("build done");
    bot.types("all tests pass");
    bot.end_input();
    bot.reads("[Server]: Welcome, bot. You are alone in lobby.");
    bot.reads(KEPT);
    let (code, notes) = bot.ends();
    assert_eq!((code, notes), (Some(0), Vec::new()));
    assert_eq!(home.texts(), ["build done", "all tests pass"]);

    let mut bot = Program::chatc("bot", daemon.port, &home.path(""));
    bot.types(&"x".repeat(2001));
    bot.end_input();
    bot.reads("[Server]: Welcome, bot. You are alone in lobby.");
    bot.reads(KEPT);
    let refused = bot.next();
    assert!(refused.contains("too long") && refused.contains("2000"), "{refused}");
    let (code, notes) = bot.ends();
    assert_eq!(code, Some(1));
    assert!(notes.iter().any(|note| note.contains("was not sent") && note.contains("too long")), "{notes:?}");
    daemon.stop();
}

#[test]
fn nobody_there_is_its_own_exit_code() {
    let home = Home::new("");
    let daemon = home.start();
    let target = format!("bot@127.0.0.1:{}", daemon.port);
    daemon.stop();
    let refused = run(CHATC, &[&target]);
    assert_eq!(refused.status.code(), Some(3), "{}", said(&refused));
    assert!(said(&refused).contains(&target[4..]), "{}", said(&refused));
}

#[test]
fn a_line_that_came_too_late_was_not_sent() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bot = Program::chatc("bot", daemon.port, &home.path(""));
    bot.reads("[Server]: Welcome, bot. You are alone in lobby.");
    bot.reads(KEPT);
    // The daemon does not run, so the line is on its way when the daemon ends.
    daemon.signal(rustix::process::Signal::STOP);
    bot.types("too late");
    eventually("the line in the daemon's socket", PATIENCE, || {
        let state = must("ss", "iproute2", &["-tnH", "sport", "=", &format!(":{}", daemon.port)]);
        state
            .lines()
            .any(|line| line.split_whitespace().nth(1).is_some_and(|queue| queue != "0"))
            .then_some(())
    });
    daemon.kill();
    bot.reads("[Server]: The connection was lost; chatc tries to reconnect.");
    // It waits for a restart for a while.
    let told = bot.next_within(PATIENCE * 4);
    assert!(told.contains("\"too late\" was not sent"), "{told}");
    let (code, notes) = bot.ends();
    assert_eq!(code, Some(1));
    assert!(notes.iter().any(|note| note.contains("\"too late\" was not sent")), "{notes:?}");
}

/// Whether the line begins with `[2026-11-21 15:30:05] `.
fn is_stamped(line: &str) -> bool {
    let stamp: String = line.chars().take(22).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    stamp == "[0000-00-00 00:00:00] "
}

#[test]
fn a_person_at_a_terminal() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    let directory = home.path("");
    let place = format!("Alice@127.0.0.1:{} --plain", daemon.port);
    let command = format!("{CHATC} {place} --log-dir {}", directory.display());
    let terminal = Terminal::start(home.path("tmux"), &command);
    terminal.shows("Welcome, Alice. You are in lobby with Bob.");
    bob.reads("[Server]: Alice has joined lobby.");

    bob.says("good morning");
    let screen = terminal.shows("Bob >> good morning");
    let line = screen.lines().find(|line| line.contains("Bob >>")).unwrap();
    assert!(is_stamped(line), "{line:?}");

    terminal.types("hello from here");
    bob.reads("Alice >> hello from here");
    bob.says("and back");
    let screen = terminal.shows("Bob >> and back");
    assert_eq!(screen.matches("hello from here").count(), 1, "one's own line stands once: {screen}");

    check_log(&directory.join("Alice_chat_log.txt"));
    terminal.types("/quit");
    bob.reads("[Server]: Alice has left lobby.");
    daemon.stop();
}

fn check_log(path: &Path) {
    let log = eventually("the chat log", PATIENCE, || {
        std::fs::read_to_string(path).ok().filter(|log| log.contains("and back"))
    });
    assert!(log.lines().all(is_stamped), "{log}");
    for line in ["Bob >> good morning", "Alice >> hello from here", "Bob >> and back"] {
        assert_eq!(log.matches(line).count(), 1, "{line:?} in {log}");
    }
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_restart_costs_nobody_a_line() {
    let home = Home::new("");
    let daemon = home.start();
    let port = daemon.port;
    let mut bot = Program::chatc("bot", port, &home.path(""));
    bot.reads("[Server]: Welcome, bot. You are alone in lobby.");
    bot.reads(KEPT);
    let mut carol = Client::text(port, "Carol");
    bot.reads("[Server]: Carol has joined lobby.");
    bot.types("before");
    carol.reads("bot >> before");
    // Killed, and back on the same port; what is typed meanwhile waits in the pipe.
    std::fs::write(home.path("chatd.toml"), home.configuration(&format!("127.0.0.1:{port}"))).unwrap();
    daemon.kill();
    bot.reads("[Server]: The connection was lost; chatc tries to reconnect.");
    bot.types("while it was down");
    let daemon = home.start();
    bot.reads("[Server]: You are back as bot.");
    bot.end_input();
    let (code, notes) = bot.ends();
    assert_eq!((code, notes), (Some(0), Vec::new()));
    drop(daemon);
    assert_eq!(home.texts(), ["before", "while it was down"]);
}
