//! A stay turn by turn: what the server says, what the person types, what each brings.

use std::time::Duration;

use serde_json::json;

use super::stay::{Stay, hello_ok, refused};

#[test]
fn talk_and_commands() {
    let mut stay = Stay::greeted(true);
    stay.kind("Hello");
    stay.kind("/whisper Bob psst");
    assert_eq!(
        stay.sent(),
        [
            json!({"id":2,"cmd":"say","room":"lobby","text":"Hello"}),
            json!({"id":3,"cmd":"whisper","to":["Bob"],"text":"psst"}),
        ]
    );
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":1,"at":"2026-11-21T06:30:05.000Z"}}));
    let own = std::mem::take(&mut stay.session.show);
    assert!(own.len() == 1 && !own[0].for_screen() && own[0].plain() == "Charlie >> Hello");
    stay.hear(refused(3, "no_such_user", "There is no user named \"Bob\"."));
    assert_eq!(stay.shown(), ["[Server]: Error: there is no user named \"Bob\"."]);
    stay.kind("/hepl");
    assert_eq!(stay.shown(), ["[Server]: Error: there is no command \"/hepl\"; did you mean /help?"]);
    assert!(stay.sent().is_empty());
    stay.kind("/rename Chuck");
    stay.hear(json!({"re":4,"ok":{"nick":"Chuck"}}));
    assert_eq!(stay.shown(), ["[Server]: You are now known as \"Chuck\"."]);
    assert_eq!(stay.session.nick(), Some("Chuck"));
}

#[test]
fn a_refused_nickname_is_asked_again_at_a_terminal() {
    let mut stay = Stay::begin(true, None);
    stay.sent();
    stay.hear(refused(1, "nick_in_use", "Nickname \"Charlie\" is already in use."));
    assert_eq!(stay.shown(), ["[Server]: Nickname \"Charlie\" is already in use. Choose another:"]);
    stay.kind("  ");
    assert_eq!(stay.shown(), ["[Server]: Choose a nickname:"]);
    stay.kind("Chuck");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"hello","nick":"Chuck"})]);
    stay.hear(json!({"re":2,"ok":{"nick":"Chuck","rooms":["lobby"]}}));
    assert_eq!(stay.shown(), ["[Server]: Welcome, Chuck. You are alone in lobby."]);
}

#[test]
fn the_language_changes_with_the_receipt() {
    let mut stay = Stay::greeted(true);
    stay.kind("/lang ko");
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"lang","lang":"ko"})]);
    stay.hear(json!({"re":2,"ok":{"lang":"ko"}}));
    assert_eq!(stay.shown(), ["[Server]: 이제 한국어로 안내합니다."]);
}

#[test]
fn the_room_of_the_greeting_counts() {
    let mut stay = Stay::begin(true, None);
    stay.hear(json!({"re":1,"ok":{"nick":"Charlie","rooms":["den"],"members":["Alice"]}}));
    assert_eq!(stay.shown(), ["[Server]: Welcome, Charlie. You are in den with Alice."]);
}

#[test]
fn a_refused_nickname_ends_it_off_a_terminal() {
    let mut stay = Stay::begin(false, None);
    stay.hear(refused(1, "nick_in_use", "Nickname \"Charlie\" is already in use."));
    assert_eq!(stay.code(), Some(1));
    assert_eq!(stay.reason(), "Nickname \"Charlie\" is already in use.");
}

#[test]
fn piped_lines_go_one_by_one_and_end_with_a_farewell() {
    let mut stay = Stay::greeted(false);
    stay.kind("one");
    assert!(!stay.session.wants_lines());
    stay.sent();
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":1}}));
    stay.kind("two");
    assert_eq!(stay.sent()[0]["text"], "two");
    stay.hear(json!({"re":3,"ok":{"room":"lobby","seq":2}}));
    stay.leave();
    assert_eq!(stay.sent(), [json!({"id":4,"cmd":"quit"})]);
    assert_eq!(stay.code(), None);
    stay.hear(json!({"re":4,"ok":{}}));
    assert_eq!((stay.code(), stay.reason().as_str()), (Some(0), ""));
}

#[test]
fn a_close_answers_the_farewell_too() {
    let mut stay = Stay::greeted(false);
    stay.leave();
    stay.session.lost(stay.now);
    assert_eq!(stay.code(), Some(0));
    assert!(stay.shown().is_empty());
}

#[test]
fn a_piped_line_that_is_refused_decides_the_exit_code() {
    let mut stay = Stay::greeted(false);
    stay.kind("x");
    stay.hear(refused(2, "storage_unavailable", "The database cannot be written."));
    assert_eq!(stay.shown(), ["[Server]: Error: the database cannot be written."]);
    stay.leave();
    stay.hear(json!({"re":3,"ok":{}}));
    assert_eq!(stay.code(), Some(1));
    assert_eq!(stay.reason(), "\"x\" was not sent: the database cannot be written.");
}

#[test]
fn too_fast_means_wait_off_a_terminal() {
    let mut stay = Stay::greeted(false);
    stay.kind("x");
    stay.sent();
    let mut slower = refused(2, "rate_limited", "Not so fast.");
    slower["error"]["retry_ms"] = json!(700);
    stay.hear(slower);
    assert!(stay.shown().is_empty() && !stay.session.wants_lines());
    assert_eq!(stay.session.wake_at(), Some(stay.now.mono + Duration::from_millis(700)));
    stay.pass(Duration::from_millis(699));
    assert!(stay.sent().is_empty());
    stay.pass(Duration::from_millis(1));
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"say","room":"lobby","text":"x"})]);
    stay.hear(json!({"re":3,"ok":{"room":"lobby","seq":1}}));
    assert!(stay.session.wants_lines());
}

#[test]
fn too_fast_is_an_error_at_a_terminal() {
    let mut stay = Stay::greeted(true);
    stay.kind("x");
    stay.hear(refused(2, "rate_limited", "You are too fast."));
    assert_eq!(stay.shown(), ["[Server]: Error: you are too fast."]);
    assert_eq!(stay.session.wake_at(), None);
}

#[test]
fn a_lost_connection_names_what_was_not_sent() {
    let mut stay = Stay::greeted(true);
    stay.kind("one");
    stay.kind("two");
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":1}}));
    stay.shown();
    stay.session.lost(stay.now);
    let told = "[Server]: The connection was lost. \"two\" was not sent; start chatc again to reconnect.";
    assert_eq!(stay.shown(), [told]);
    assert_eq!(stay.code(), None);
    stay.kind("three");
    assert_eq!(stay.shown(), [told.replace("two", "three")]);
    stay.kind("/quit");
    assert_eq!((stay.code(), stay.reason().as_str()), (Some(1), ""));
}

#[test]
fn a_lost_connection_ends_it_off_a_terminal() {
    let mut stay = Stay::greeted(false);
    stay.kind("x");
    stay.session.lost(stay.now);
    assert_eq!(stay.code(), Some(1));
    assert_eq!(stay.reason(), "\"x\" was not sent: the connection was lost");
    let mut idle = Stay::greeted(false);
    idle.session.lost(idle.now);
    assert_eq!(idle.shown(), ["[Server]: The connection was lost. Start chatc again to reconnect."]);
    assert_eq!(idle.code(), Some(1));
}

#[test]
fn closing_is_told_once() {
    let mut stay = Stay::greeted(true);
    stay.hear(json!({"event":"closing","text":"The server is shutting down.","reason":"shutdown"}));
    stay.session.lost(stay.now);
    let shown = stay.shown();
    assert_eq!(shown[0], "[Server]: The server is shutting down.");
    assert_eq!(shown[1], "[Server]: The connection is closed. Start chatc again to reconnect.");
    stay.leave();
    assert_eq!(stay.code(), Some(1));

    let mut kicked = Stay::greeted(false);
    kicked.hear(json!({"event":"kicked","nick":"Charlie","by":"admin","reason":"spamming"}));
    kicked
        .hear(json!({"event":"closing","text":"You have been kicked by admin: spamming.","reason":"kicked"}));
    kicked.session.lost(kicked.now);
    assert_eq!(kicked.shown(), ["[Server]: You have been kicked by admin: spamming."]);
    assert_eq!(kicked.reason(), "You have been kicked by admin: spamming.");
}

#[test]
fn leaving_waits_for_what_is_under_way() {
    let mut stay = Stay::greeted(true);
    stay.kind("last words");
    stay.kind("/quit bye");
    assert_eq!(stay.sent().len(), 1);
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":1}}));
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"quit","text":"bye"})]);
    stay.pass(Duration::from_secs(5));
    assert_eq!(stay.code(), Some(0));
}

#[test]
fn leaving_does_not_wait_for_ever() {
    let mut stay = Stay::greeted(true);
    stay.kind("last words");
    stay.leave();
    stay.pass(Duration::from_secs(5));
    let shown = stay.shown();
    assert_eq!(shown[0], "[Server]: Error: the server did not answer in time. The connection was ended.");
    assert!(shown[1].contains("\"last words\" was not sent"));
    assert_eq!(stay.code(), Some(1));
}

#[test]
fn a_second_interrupt_leaves_at_once() {
    let mut stay = Stay::greeted(true);
    stay.kind("last words");
    stay.session.interrupted(stay.now);
    assert_eq!(stay.code(), None);
    stay.session.interrupted(stay.now);
    assert_eq!(stay.code(), Some(1));
    let mut idle = Stay::greeted(true);
    idle.session.interrupted(idle.now);
    assert_eq!(idle.sent(), [json!({"id":2,"cmd":"quit"})]);
    idle.session.interrupted(idle.now);
    assert_eq!(idle.code(), Some(0));
}

#[test]
fn silence_ends_a_script_and_not_a_person() {
    let mut script = Stay::greeted(false);
    script.pass(Duration::from_secs(3600));
    assert_eq!(script.code(), None);
    script.kind("x");
    script.pass(Duration::from_secs(30));
    assert_eq!(script.code(), Some(1));
    assert_eq!(script.reason(), "the server did not answer in time");
    let mut person = Stay::greeted(true);
    person.kind("x");
    person.pass(Duration::from_secs(3600));
    assert_eq!(person.code(), None);
}

#[test]
fn another_room_is_joined_before_anything_is_said() {
    let mut stay = Stay::begin(false, Some("design/ui"));
    stay.sent();
    stay.hear(hello_ok());
    assert_eq!(stay.sent(), [json!({"id":2,"cmd":"join","room":"design/ui"})]);
    assert!(!stay.session.wants_lines());
    stay.hear(json!({"re":2,"ok":{"room":"design/ui","id":"u","topic":"","members":["Eve"]}}));
    assert_eq!(stay.shown()[1], "[Server]: You are in design/ui with Eve.");
    assert_eq!(stay.sent(), [json!({"id":3,"cmd":"leave","room":"lobby"})]);
    assert!(!stay.session.wants_lines());
    stay.hear(json!({"re":3,"ok":{"room":"lobby"}}));
    assert!(stay.shown().is_empty());
    stay.kind("x");
    assert_eq!(stay.sent()[0]["room"], "design/ui");
}

#[test]
fn nothing_is_said_in_the_wrong_room() {
    let mut script = Stay::begin(false, Some("secret"));
    script.sent();
    script.hear(hello_ok());
    script.sent();
    script.hear(refused(2, "not_allowed", "The room \"secret\" is locked."));
    assert!(!script.session.wants_lines());
    assert_eq!(script.sent(), [json!({"id":3,"cmd":"quit"})]);
    script.hear(json!({"re":3,"ok":{}}));
    assert_eq!((script.code(), script.reason().as_str()), (Some(1), "The room \"secret\" is locked."));

    let mut person = Stay::begin(true, Some("secret"));
    person.hear(hello_ok());
    person.shown();
    person.hear(refused(2, "not_allowed", "The room \"secret\" is locked."));
    assert_eq!(
        person.shown(),
        ["[Server]: Error: the room \"secret\" is locked.", "[Server]: You are still in lobby."]
    );
    assert!(person.session.wants_lines());
}

#[test]
fn a_server_that_talks_nonsense_is_left() {
    for line in [&b"SSH-2.0-OpenSSH_9.2"[..], b"{}", b"{\"event\":\"message\"}", b"\xff\xfe"] {
        let mut stay = Stay::greeted(false);
        stay.session.heard(line, stay.now);
        assert!(stay.shown()[0].contains("is it one?"));
        assert_eq!(stay.code(), Some(1));
    }
    let mut stay = Stay::greeted(true);
    stay.kind("/user");
    stay.hear(json!({"re":2,"ok":{"users":7}}));
    assert!(stay.shown()[0].contains("cannot be understood"));
    assert!(stay.session.is_cut());
}

#[test]
fn a_reply_to_nothing_is_let_pass() {
    let mut stay = Stay::greeted(true);
    stay.hear(json!({"re":99,"ok":{}}));
    assert!(stay.shown().is_empty() && stay.code().is_none());
    stay.hear(json!({"error":{"code":"too_long","message":"The line is too long."}}));
    assert_eq!(stay.shown(), ["[Server]: Error: the line is too long."]);
}

#[test]
fn a_person_may_not_run_ahead_for_ever() {
    let mut stay = Stay::greeted(true);
    let mut typed = 0;
    while stay.session.wants_lines() {
        stay.kind("x");
        typed += 1;
    }
    assert_eq!(typed, 64);
}

#[test]
fn what_chatc_answers_by_itself() {
    let mut stay = Stay::greeted(true);
    stay.kind("/timestamps on");
    assert_eq!(
        (stay.session.timestamps, stay.shown()),
        (Some(true), vec!["[Server]: Timestamps are on.".into()])
    );
    stay.kind("/시간 maybe");
    assert_eq!(stay.shown(), ["[Server]: Error: type /timestamps on|off"]);
    stay.kind("/help");
    assert!(stay.shown().iter().any(|line| line.starts_with("[Server]: /whisper NICK[,NICK…] TEXT - ")));
    stay.kind("/도움말 /kick");
    assert!(stay.shown()[0].ends_with("Also: /강퇴"));
    stay.kind("/help hepl");
    assert!(stay.shown()[0].contains("did you mean /help?"));
    assert!(stay.sent().is_empty());
}

#[test]
fn the_room_is_named_where_a_bot_would_name_it() {
    let mut stay = Stay::greeted(true);
    stay.sent();
    for (line, sent) in [
        ("/user", json!({"id":2,"cmd":"users","room":"lobby"})),
        ("/users den", json!({"id":3,"cmd":"users","room":"den"})),
        ("/기록 5", json!({"id":4,"cmd":"history","limit":5,"room":"lobby"})),
        ("/예약 15:30 a b", json!({"id":5,"cmd":"schedule","at":"15:30","text":"a b","room":"lobby"})),
        ("/schedules", json!({"id":6,"cmd":"schedules"})),
    ] {
        stay.kind(line);
        assert_eq!(stay.sent(), [sent]);
    }
    stay.hear(json!({"re":3,"ok":{"users":[{"nick":"Alice"},{"nick":"Bob"}]}}));
    assert_eq!(stay.shown(), ["[Server]: 2 users in den: Alice, Bob"]);
    stay.hear(
        json!({"re":4,"ok":{"messages":[{"seq":1,"from":"Alice","text":"a\n[Server]: b","kind":"say"}],"more":true}}),
    );
    assert_eq!(stay.shown(), ["Alice >> a [Server]: b"]);
    stay.hear(json!({"re":5,"ok":{"schedule":4,"due":"2026-11-21T15:30:00Z"}}));
    assert_eq!(stay.shown(), ["[Server]: Message 4 is scheduled for 15:30."]);
    stay.hear(json!({"re":6,"ok":{"schedules":[]}}));
    assert_eq!(stay.shown(), ["[Server]: There are no scheduled messages."]);
}

#[test]
fn events_read_as_with_nc() {
    let mut stay = Stay::greeted(true);
    for (event, line) in [
        (json!({"event":"message","from":"Alice","text":"Hello","kind":"say","seq":1}), "Alice >> Hello"),
        (
            json!({"event":"message","from":"Charlie","text":"Soon","kind":"scheduled","seq":2}),
            "[Scheduled by Charlie] Soon",
        ),
        (json!({"event":"whisper","from":"Bob","to":["Charlie"],"text":"Hi"}), "[Whisper from Bob] Hi"),
        (json!({"event":"joined","room":"lobby","nick":"Dave"}), "[Server]: Dave has joined lobby."),
        (json!({"event":"kicked","nick":"Bob","by":"admin"}), "[Server]: Bob has been kicked from the chat."),
        (json!({"event":"notice","text":"Careful."}), "[Server]: Careful."),
        (
            json!({"event":"renamed","from":"Charlie","to":"Chuck"}),
            "[Server]: You are now known as \"Chuck\".",
        ),
    ] {
        stay.hear(event);
        assert_eq!(stay.shown(), [line]);
    }
    stay.hear(json!({"event":"left","room":"lobby","nick":"Bob","reason":"kicked"}));
    stay.hear(json!({"event":"later"}));
    assert!(stay.shown().is_empty());
}

#[test]
fn own_words_are_for_the_log() {
    let mut stay = Stay::greeted(true);
    stay.kind("Hi");
    stay.kind("/whisper A,B x");
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":null}}));
    stay.hear(json!({"re":3,"ok":{"id":1}}));
    let lines: Vec<&str> = stay.session.show.iter().map(|line| line.plain()).collect();
    assert_eq!(lines, ["Charlie >> Hi (not recorded)", "[Whisper to A, B] x"]);
}

#[test]
fn before_the_nickname_some_commands_go() {
    let mut stay = Stay::begin(true, None);
    stay.sent();
    stay.hear(refused(1, "nick_in_use", "Nickname \"Charlie\" is already in use."));
    stay.shown();
    stay.kind("/whisper Bob x");
    assert_eq!(stay.shown(), ["[Server]: Error: choose a nickname first."]);
    stay.kind("/help help");
    assert!(stay.shown()[0].contains("/help [COMMAND] - "));
    assert!(stay.sent().is_empty());
    stay.kind("/quit");
    assert_eq!(stay.code(), Some(1));
}

#[test]
fn a_line_that_was_not_recorded_fails_a_script() {
    let mut stay = Stay::greeted(false);
    stay.kind("x");
    stay.hear(json!({"re":2,"ok":{"room":"lobby","seq":null}}));
    stay.leave();
    stay.hear(json!({"re":3,"ok":{}}));
    assert_eq!(stay.code(), Some(1));
}
