//! chatc in rooms and whisper sessions, beside somebody with `nc`.
//!
//! Knows what is on the screen. Why beside `nc`: a person must see the same with
//! either, whatever the two send.

use std::process::Command;

use serde_json::Value;

use crate::live_support::client::{Client, KEPT};
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{CHATC, Program};

/// chatc in a room that its target names, with its input a pipe.
fn chatc_in(daemon: &Daemon, home: &Home, nick: &str, room: &str) -> Program {
    let target = format!("{nick}@127.0.0.1:{}/{room}", daemon.port);
    Program::start(nick, Command::new(CHATC).arg(target).arg("--log-dir").arg(home.path("")))
}

/// What was said in a room.
fn texts(daemon: &Daemon, room: &str) -> Vec<String> {
    let history = daemon.rule(&["history", "--room", room, "--json"]);
    let said = history.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    said.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_line_is_said_in_the_room_of_the_target() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    alice.says("/join ci");
    alice.reads("[Server]: You are alone in ci.");
    alice.says("/room topic Builds");
    alice.reads("[Server]: Topic of ci: Builds");
    let mut bot = chatc_in(&daemon, &home, "bot", "ci");
    bot.types("build done");
    bot.end_input();
    bot.reads("[Server]: Welcome, bot. You are alone in lobby.");
    bot.reads(KEPT);
    bot.reads("[Server]: Rooms: ci (1), lobby (1).");
    bot.reads("[Server]: You are in ci with Alice.");
    bot.reads("[Server]: Topic of ci: Builds");
    assert_eq!(bot.ends(), (Some(0), Vec::new()));
    alice.reads("[Server]: bot has joined ci.");
    alice.reads("bot >> build done");
    alice.reads("[Server]: bot has left ci.");
    assert!(texts(&daemon, "lobby").is_empty());

    alice.says("/room lock sesame");
    alice.reads("[Server]: The settings of ci are changed.");
    let mut bot = chatc_in(&daemon, &home, "bot", "ci");
    bot.types("not for the lobby");
    bot.end_input();
    bot.reads("[Server]: Welcome, bot. You are alone in lobby.");
    bot.reads(KEPT);
    bot.reads("[Server]: Rooms: ci (1) [locked], lobby (1).");
    bot.reads("[Server]: Error: the room ci is locked; join it with its password.");
    assert_eq!(bot.ends().0, Some(1));
    assert!(texts(&daemon, "lobby").is_empty());
    daemon.stop();
}

#[test]
fn one_room_at_a_time_and_back_to_the_lobby() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut carol = Program::chatc("Carol", daemon.port, &home.path(""));
    carol.reads("[Server]: Welcome, Carol. You are in lobby with Alice.");
    carol.reads(KEPT);
    alice.reads("[Server]: Carol has joined lobby.");
    carol.types("/leave");
    carol.reads("[Server]: Error: from lobby there is nowhere to go; type /quit to leave the chat.");
    carol.types("/room create den");
    carol.reads("[Server]: You are alone in den.");
    alice.reads("[Server]: Carol has left lobby.");
    alice.says("nobody hears");
    alice.says("/join den");
    alice.reads("[Server]: You are in den with Carol.");
    carol.reads("[Server]: Alice has joined den.");
    carol.types("/me waves");
    alice.reads("* Carol waves");
    carol.types("/edit jumps");
    carol.reads("[Server]: The message is changed.");
    alice.reads("Carol >> jumps (edited)");
    carol.types("/room op Alice");
    carol.reads("[Server]: Alice is a moderator of den now.");
    alice.reads("[Server]: You are a moderator of den now.");
    carol.types("/room transfer Alice");
    carol.reads("[Server]: Alice owns den now.");
    alice.reads("[Server]: You own den now.");
    alice.says("/room deop Carol");
    alice.reads("[Server]: Carol is no longer a moderator of den.");
    carol.reads("[Server]: You are no longer a moderator of den.");
    alice.says("/mute Carol 2h");
    alice.reads("[Server]: You have muted Carol in den for 2 h.");
    carol.reads("[Server]: You have been muted in den by Alice for 2 h.");
    alice.says("/unmute Carol");
    alice.reads("[Server]: Carol is no longer muted in den.");
    carol.reads("[Server]: You are no longer muted in den, by Alice.");

    alice.says("/kick Carol spam");
    alice.reads("[Server]: You have kicked Carol from den.");
    carol.reads("[Server]: You have been kicked from den by Alice: spam.");
    carol.reads("[Server]: You are alone in lobby.");
    carol.types("back here");
    carol.types("/join den");
    carol.reads("[Server]: You are in den with Alice.");
    alice.reads("[Server]: Carol has joined den.");
    carol.types("/leave");
    carol.reads("[Server]: You are alone in lobby.");
    alice.reads("[Server]: Carol has left den.");
    assert_eq!(texts(&daemon, "lobby"), ["nobody hears", "back here"]);
    assert_eq!(texts(&daemon, "den"), ["jumps"]);

    carol.types("/join den");
    carol.reads("[Server]: You are in den with Alice.");
    alice.reads("[Server]: Carol has joined den.");
    alice.says("/room close");
    carol.reads("[Server]: Alice has closed den.");
    carol.reads("[Server]: You are in lobby with Alice.");
    carol.end_input();
    let (code, notes) = carol.ends();
    assert_eq!(code, Some(1), "a room from lobby to lobby was refused: {notes:?}");
    let log = std::fs::read_to_string(home.path("Carol_chat_log.txt")).unwrap();
    for line in ["] * Carol waves\n", "] Carol >> jumps (edited)\n", "] Carol >> back here\n"] {
        assert_eq!(log.matches(line).count(), 1, "{line:?} in {log}");
    }
    daemon.stop();
}

#[test]
fn a_whisper_session_with_somebody_at_nc() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    let mut alice = Program::chatc("Alice", daemon.port, &home.path(""));
    alice.reads("[Server]: Welcome, Alice. You are in lobby with Bob.");
    alice.reads(KEPT);
    bob.reads("[Server]: Alice has joined lobby.");
    let opened = |nick: &str, verb: &str| {
        format!("[Server]: {verb} now: your lines go to {nick} alone until /end. /say speaks to the room.")
    };
    alice.types("/whisper");
    alice.reads(
        "[Server]: Whisper to whom? Type a nickname to open a session, or a nickname and the message:",
    );
    alice.types("Bob");
    alice.reads(&opened("Bob", "You whisper with Bob"));
    bob.reads(&opened("Alice", "Alice whispers with you"));
    alice.types("only for you");
    bob.reads("[Whisper from Alice] only for you");
    bob.says("/rename Rob");
    bob.reads("[Server]: You are now known as \"Rob\".");
    alice.reads("[Server]: User \"Bob\" has changed their nickname to \"Rob\".");
    bob.says("and back");
    alice.reads("[Whisper from Rob] and back");
    alice.types("/say to all");
    bob.reads("Alice >> to all");
    alice.types("still you");
    bob.reads("[Whisper from Alice] still you");
    bob.says("/end");
    bob.reads("[Server]: You have ended the whisper session with Alice.");
    alice.reads("[Server]: Rob has ended the whisper session.");
    alice.types("/종료");
    alice.reads("[Server]: The whisper session has ended already.");
    alice.types("to the room");
    bob.reads("Alice >> to the room");
    bob.says("/whisper Alice");
    bob.reads(&opened("Alice", "You whisper with Alice"));
    alice.reads(&opened("Rob", "Rob whispers with you"));
    alice.types("/종료");
    alice.reads("[Server]: You have ended the whisper session with Rob.");
    bob.reads("[Server]: Alice has ended the whisper session.");
    assert_eq!(texts(&daemon, "lobby"), ["to all", "to the room"]);
    alice.types("/종료");
    assert_eq!(alice.ends(), (Some(0), Vec::new()));
    bob.reads("[Server]: Alice has left lobby.");
    let log = std::fs::read_to_string(home.path("Alice_chat_log.txt")).unwrap();
    for line in ["] [Whisper to Bob] only for you\n", "] [Whisper to Rob] still you\n", "] Alice >> to all\n"]
    {
        assert_eq!(log.matches(line).count(), 1, "{line:?} in {log}");
    }
    daemon.stop();
}
