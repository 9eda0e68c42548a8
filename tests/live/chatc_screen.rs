//! chatc's full screen in a real terminal: a person's first ten minutes, in both languages.
//!
//! Knows keys and what stands on the screen. Why beside the frames of the unit tests: what a
//! terminal makes of them, the cursor, keys and pastes, shows only here.

use std::fmt::Write;

use serde_json::json;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::terminal::Terminal;
use crate::live_support::{PATIENCE, eventually};

fn place(daemon: &Daemon, nick: &str) -> String {
    format!("{nick}@127.0.0.1:{}", daemon.port)
}

fn alice(home: &Home, daemon: &Daemon) -> Terminal {
    let terminal = Terminal::chatc(home.path("tmux"), "C.UTF-8", &place(daemon, "Alice"), &home.path(""));
    terminal.shows("Welcome, Alice.");
    terminal
}

/// The row that holds `text`, from 0 on.
fn row(screen: &str, text: &str) -> usize {
    screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text:?} in {screen}"))
}

#[test]
fn the_first_ten_minutes() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    // Whoever names no nickname is asked before anything else.
    let place = format!("127.0.0.1:{}", daemon.port);
    let terminal = Terminal::chatc(home.path("tmux"), "C.UTF-8", &place, &home.path(""));
    terminal.shows("Choose a nickname:");
    terminal.types("Alice");
    terminal.shows("Welcome, Alice. You are in lobby with Bob.");
    bob.reads("[Server]: Alice has joined lobby.");

    terminal.types("good morning");
    bob.reads("Alice >> good morning");
    bob.says("morning, @Alice!");
    let screen = terminal.shows("Bob >> morning, @Alice!");
    assert_eq!(screen.matches("good morning").count(), 1, "{screen}");

    // Completion: the nickname of whoever spoke last, and commands.
    terminal.writes("@B");
    terminal.presses(&["Tab"]);
    terminal.types(" tea?");
    bob.reads("Alice >> @Bob tea?");
    terminal.writes("/topi");
    terminal.presses(&["Tab"]);
    terminal.presses(&["C-u"]);

    // A second room beside the first; what is said elsewhere is marked.
    terminal.types("/join design/ui");
    terminal.shows("You are alone in design/ui.");
    bob.says("who is where?");
    bob.says("@Alice, come back");
    let screen = terminal.shows("!1");
    assert!(!screen.contains("who is where?"), "{screen}");
    terminal.presses(&["M-a"]);
    terminal.shows("Bob >> who is where?");
    terminal.types("here I am");
    bob.reads("Alice >> here I am");

    // Whispers have a window of their own.
    bob.says("/whisper Alice a secret");
    terminal.shows("@Bob");
    terminal.presses(&["M-a"]);
    terminal.shows("[Whisper from Bob] a secret");
    terminal.types("kept");
    bob.reads("[Whisper from Alice] kept");
    terminal.presses(&["M-1"]);
    terminal.shows_no_more("a secret");

    // A mistyped command is said to be one, and goes nowhere.
    terminal.types("/jion x");
    terminal.shows("did you mean /join?");
    terminal.presses(&["F1"]);
    terminal.shows("Alt-A");
    terminal.presses(&["Escape"]);

    terminal.types("/quit");
    bob.reads("[Server]: Alice has left lobby.");
    let screen = terminal.shows("chatc has ended with 0");
    assert!(!screen.contains("who is where?"), "the terminal is as it was: {screen}");
    let log = std::fs::read_to_string(home.path("Alice_chat_log.txt")).unwrap();
    for line in ["Alice >> good morning", "Bob >> morning, @Alice!", "[Whisper from Bob] a secret"] {
        assert_eq!(log.matches(line).count(), 1, "{line:?} in {log}");
    }
    daemon.stop();
}

#[test]
fn the_first_ten_minutes_in_korean() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    let terminal = Terminal::chatc(home.path("tmux"), "ko_KR.UTF-8", &place(&daemon, "민수"), &home.path(""));
    terminal.shows("민수 님, 환영합니다.");
    bob.reads("[Server]: 민수 has joined lobby.");

    // The cursor stands behind what is written, two cells for each syllable: there an input method composes.
    terminal.writes("안녕하세요");
    let screen = terminal.shows("안녕하세요");
    let line = u16::try_from(row(&screen, "안녕하세요")).unwrap();
    assert_eq!(terminal.cursor(), (10, line));
    terminal.presses(&["Left", "Left"]);
    eventually("the cursor before 세요", PATIENCE, || (terminal.cursor() == (6, line)).then_some(()));
    terminal.presses(&["BSpace", "End"]);
    terminal.shows_no_more("안녕하");
    // Conjoining jamo, as some systems bring them, are one syllable on the wire.
    terminal.types(" \u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}!");
    bob.reads("민수 >> 안녕세요 한국!");
    bob.says("@민수 👨‍👩‍👧 가족");
    terminal.shows("가족");

    terminal.types("/입장 디자인/화면");
    terminal.shows("디자인/화면");
    terminal.types("/방 주제 색과 글꼴");
    terminal.shows("색과 글꼴");
    terminal.presses(&["M-1"]);
    terminal.types("/귓속말 Bob");
    assert!(bob.next().contains("민수 whispers with you now"));
    terminal.types("비밀");
    bob.reads("[Whisper from 민수] 비밀");
    terminal.types("/종료");
    bob.next();
    terminal.types("/도움말");
    terminal.shows("/귓속말");
    terminal.types("/quit");
    terminal.shows("chatc has ended with 0");
    daemon.stop();
}

#[test]
fn the_past_without_end_and_nothing_jumps() {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let mut bob = Client::json(daemon.port, "Bob");
    for number in 1..=450 {
        let text = if number == 40 { "a needle".to_owned() } else { format!("line {number:03}") };
        bob.ok(json!({"cmd":"say","room":"lobby","text":text}));
    }
    let terminal = alice(&home, &daemon);
    terminal.shows("line 450");
    for _ in 0..3 {
        terminal.presses(&["PPage"]);
    }
    let before = terminal.shows_no_more("line 450");
    let mark = before.lines().find_map(|line| line.split_once("Bob >> line ")).unwrap().1[..3].to_owned();
    // Somebody speaks: what is read stays where it is, and it is said that there is more.
    bob.ok(json!({"cmd":"say","room":"lobby","text":"news"}));
    let after = terminal.shows("1 new");
    assert_eq!(row(&before, &format!("line {mark}")), row(&after, &format!("line {mark}")), "{after}");
    assert!(!after.contains("Bob >> news"));
    // To the very beginning, page by page from the server.
    eventually("the first line", PATIENCE, || {
        terminal.presses(&["PPage", "PPage", "PPage"]);
        terminal.screen().contains("line 001").then_some(())
    });
    terminal.presses(&["C-End"]);
    terminal.shows("Bob >> news");
    // Found, and gone to.
    terminal.presses(&["F3"]);
    terminal.types("needle");
    terminal.shows("a *needle*");
    terminal.presses(&["Enter"]);
    let screen = terminal.shows("line 041");
    assert!(screen.contains("a needle") && screen.contains("line 039"), "{screen}");
    terminal.presses(&["C-End"]);
    terminal.shows("Bob >> news");
    // Narrow, low, and back.
    for (columns, rows) in [("20", "5"), ("1", "1"), ("60", "15"), ("120", "40")] {
        terminal.tmux(&["resize-window", "-x", columns, "-y", rows]);
    }
    terminal.shows("Bob >> news");
    terminal.types("still here");
    eventually("the line of who was resized", PATIENCE, || {
        (bob.event()["text"] == "still here").then_some(())
    });
    daemon.stop();
}

#[test]
fn a_long_paste_asks_first() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    let terminal = alice(&home, &daemon);
    bob.reads("[Server]: Alice has joined lobby.");
    terminal.pastes("one\ntwo\x1b[2J\nthree");
    terminal.shows("three");
    terminal.presses(&["Enter"]);
    bob.reads("Alice >> one");
    bob.reads("Alice >> two[2J");
    bob.reads("Alice >> three");
    let mut long = String::new();
    (1..=7).for_each(|number| writeln!(long, "pasted {number}").unwrap());
    terminal.pastes(long.trim_end());
    terminal.shows("Send 7 lines?");
    terminal.presses(&["Escape"]);
    terminal.shows_no_more("Send 7 lines?");
    // The draft is thrown away, and nobody leaves.
    terminal.presses(&["C-c"]);
    terminal.shows_no_more("pasted 7");
    bob.says("quiet");
    terminal.shows("Bob >> quiet");
    assert!(home.texts().iter().all(|text| !text.contains("pasted")), "{:?}", home.texts());
    daemon.stop();
}

#[test]
fn a_restart_costs_no_line_and_shows_what_was_missed() {
    let home = Home::new("");
    let daemon = home.start();
    let port = daemon.port;
    let terminal = alice(&home, &daemon);
    terminal.types("before");
    terminal.shows("Alice >> before");
    std::fs::write(home.path("chatd.toml"), home.configuration(&format!("127.0.0.1:{port}"))).unwrap();
    daemon.kill();
    terminal.shows("The connection was lost");
    // It waits where it is seen.
    terminal.types("while it was down");
    terminal.shows("while it was down");
    let daemon = home.start();
    terminal.shows("You are back as Alice.");
    eventually("the line that waited", PATIENCE, || (home.texts().len() == 2).then_some(()));
    assert_eq!(home.texts(), ["before", "while it was down"]);
    let screen = terminal.shows("Alice >> while it was down");
    assert_eq!(screen.matches("while it was down").count(), 1, "{screen}");
    daemon.stop();
}

#[test]
fn who_closes_the_terminal_has_left() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::text(daemon.port, "Bob");
    let terminal = alice(&home, &daemon);
    bob.reads("[Server]: Alice has joined lobby.");
    terminal.tmux(&["kill-session"]);
    bob.reads("[Server]: Alice has left lobby.");
    daemon.stop();
}

#[test]
fn nothing_that_is_sent_steers_the_terminal() {
    let home = Home::new("");
    let daemon = home.start();
    let mut bob = Client::json(daemon.port, "Bob");
    let terminal = alice(&home, &daemon);
    // What the server refuses is refused; what it lets pass is harmless.
    for text in ["\u{1b}]2;owned\u{7}", "\u{202e}backwards", "a\u{301}\u{301}\u{301}", "\u{200b}\u{feff}zero"]
    {
        let _refused_or_not = bob.say(text);
    }
    bob.ok(json!({"cmd":"say","room":"lobby","text":"the end https://example.org/a?b=c"}));
    terminal.shows("the end");
    assert!(!terminal.tmux(&["display-message", "-p", "#{pane_title}"]).contains("owned"));
    daemon.stop();
}
