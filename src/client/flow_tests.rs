//! The whole of chatc against a scripted server on a real socket.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use clap::CommandFactory;
use jiff::tz::TimeZone;

use super::command::Arguments;
use super::{Style, World, asked_lang, run};
use crate::locale::{Lang, Words, shell};

const HELLO_OK: &str = r#"{"re":1,"ok":{"nick":"bot","rooms":["lobby"],"members":["Alice"],"people":1}}"#;

/// The far end of one connection, line by line.
struct Far {
    lines: BufReader<TcpStream>,
}

impl Far {
    fn expect(&mut self, line: &str) {
        assert_eq!(self.next(), line);
    }

    fn next(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn send(&mut self, line: &str) {
        self.lines.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn greet(&mut self) {
        self.expect(r#"{"id":1,"cmd":"hello","nick":"bot","lang":"en"}"#);
        self.send(HELLO_OK);
    }
}

/// A server that plays `script` for one connection; gives its address.
fn server(script: impl FnOnce(&mut Far) + Send + 'static) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let played = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        script(&mut Far { lines: BufReader::new(stream) });
    });
    (address, played)
}

struct Outcome {
    code: u8,
    output: String,
    notes: String,
}

/// Runs chatc with `input` as all that is ever typed.
fn chatc(target: &str, input: &[u8], interactive: bool, directory: &Path) -> Outcome {
    let (mut typing, typed) = UnixStream::pair().unwrap();
    typing.write_all(input).unwrap();
    drop(typing);
    chatc_with(target, &typed, interactive, directory)
}

fn chatc_with(target: &str, input: impl AsFd, interactive: bool, directory: &Path) -> Outcome {
    let (interrupts, _kept) = UnixStream::pair().unwrap();
    chatc_interrupted(target, input, interactive, directory, interrupts)
}

fn chatc_interrupted(
    target: &str,
    input: impl AsFd,
    interactive: bool,
    directory: &Path,
    interrupts: UnixStream,
) -> Outcome {
    let (mut output, mut notes) = (Vec::new(), Vec::new());
    let world = World {
        input: input.as_fd(),
        output: &mut output,
        notes: &mut notes,
        interrupts,
        interactive,
        screen: false,
        style: Style { colour: false, timestamps: false, zone: TimeZone::UTC },
        lang: Lang::En,
        var: &|_| None,
    };
    let directory = directory.to_str().unwrap();
    let lang = target.starts_with("민수").then_some("--lang=ko");
    let line = ["chatc", target, "--log-dir", directory].into_iter().chain(lang);
    let code = run(line.map(Into::into), world);
    Outcome { code, output: String::from_utf8(output).unwrap(), notes: String::from_utf8(notes).unwrap() }
}

#[test]
fn a_piped_line_is_committed_before_success() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.greet();
        far.expect(r#"{"id":2,"cmd":"say","text":"build done","room":"lobby"}"#);
        far.send(r#"{"event":"message","room":"lobby","seq":1,"at":"2026-11-21T06:30:04Z","from":"Alice","text":"hi\u001b[2J","kind":"say"}"#);
        far.send(r#"{"re":2,"ok":{"room":"lobby","seq":2,"at":"2026-11-21T06:30:05.123Z"}}"#);
        far.expect(r#"{"id":3,"cmd":"quit"}"#);
        far.send(r#"{"re":3,"ok":{}}"#);
    });
    let outcome = chatc(&format!("bot@{address}"), b"build done\n", false, directory.path());
    played.join().unwrap();
    assert_eq!(outcome.output, "[Server]: Welcome, bot. You are in lobby with Alice.\nAlice >> hi[2J\n");
    assert_eq!((outcome.code, outcome.notes.as_str()), (0, ""));
    let log = std::fs::read_to_string(directory.path().join("bot_chat_log.txt")).unwrap();
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].ends_with("] [Server]: Welcome, bot. You are in lobby with Alice."));
    assert_eq!(lines[1], "[2026-11-21 06:30:04] Alice >> hi[2J");
    assert_eq!(lines[2], "[2026-11-21 06:30:05] bot >> build done");
}

#[test]
fn a_file_as_input_and_a_last_line_without_an_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lines");
    std::fs::write(&path, "one\r\n\ntwo").unwrap();
    let (address, played) = server(|far| {
        far.greet();
        far.expect(r#"{"id":2,"cmd":"say","text":"one","room":"lobby"}"#);
        far.send(r#"{"re":2,"ok":{"seq":1}}"#);
        far.expect(r#"{"id":3,"cmd":"say","text":"two","room":"lobby"}"#);
        far.send(r#"{"re":3,"ok":{"seq":2}}"#);
        far.expect(r#"{"id":4,"cmd":"quit"}"#);
    });
    let file = std::fs::File::open(&path).unwrap();
    let outcome = chatc_with(&format!("bot@{address}"), file, false, directory.path());
    played.join().unwrap();
    assert_eq!(outcome.code, 0);
}

#[test]
fn a_refused_line_fails_with_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.greet();
        far.next();
        far.send(r#"{"re":2,"error":{"code":"muted","message":"You are muted in lobby."}}"#);
        far.expect(r#"{"id":3,"cmd":"quit"}"#);
        far.send(r#"{"re":3,"ok":{}}"#);
    });
    let outcome = chatc(&format!("bot@{address}"), b"x\n", false, directory.path());
    played.join().unwrap();
    assert_eq!(outcome.code, 1);
    assert!(outcome.output.ends_with("[Server]: Error: you are muted in lobby.\n"));
    assert_eq!(outcome.notes, "chatc: \"x\" was not sent: you are muted in lobby.\n");
}

#[test]
fn a_dead_server_is_told_for_each_line() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.greet();
        far.next();
    });
    let outcome = chatc(&format!("bot@{address}"), b"x\ny\n", false, directory.path());
    played.join().unwrap();
    assert_eq!(outcome.code, 1);
    let told = "[Server]: The connection was lost. \"x\" was not sent; start chatc again to reconnect.\n";
    assert!(outcome.output.ends_with(told), "{}", outcome.output);
}

#[test]
fn a_person_may_type_on_after_the_connection_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let (mut typing, typed) = UnixStream::pair().unwrap();
    let (address, played) = server(move |far| {
        far.greet();
        far.send(r#"{"event":"closing","text":"The server is shutting down.","reason":"shutdown"}"#);
    });
    let later = thread::spawn(move || {
        played.join().unwrap();
        typing.write_all(b"x\n").unwrap();
    });
    let outcome = chatc_with(&format!("bot@{address}"), typed, true, directory.path());
    later.join().unwrap();
    assert_eq!(outcome.code, 1);
    assert!(outcome.output.contains("[Server]: The server is shutting down.\n"));
    assert!(outcome.output.contains("\"x\" was not sent; start chatc again to reconnect.\n"));
}

#[test]
fn a_nickname_is_asked_at_a_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.greet();
        far.expect(r#"{"id":2,"cmd":"users","room":"lobby"}"#);
        far.send(r#"{"re":2,"ok":{"users":[{"nick":"Alice"},{"nick":"bot"}]}}"#);
        far.expect(r#"{"id":3,"cmd":"quit","quiet":true}"#);
        far.send(r#"{"re":3,"ok":{}}"#);
    });
    let outcome = chatc(&address, b"\nbot\n/user\n/quietquit\n", true, directory.path());
    played.join().unwrap();
    assert_eq!(
        outcome.output,
        "[Server]: Choose a nickname:\n[Server]: Choose a nickname:\n\
         [Server]: Welcome, bot. You are in lobby with Alice.\n\
         [Server]: 2 users in lobby: Alice, bot\n"
    );
    assert_eq!(outcome.code, 0);
}

#[test]
fn no_nickname_off_a_terminal_is_a_usage_error() {
    let outcome = chatc("127.0.0.1:1", b"x\n", false, Path::new("."));
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.notes, "chatc: a nickname is needed: chatc NICK@127.0.0.1:1\n");
}

#[test]
fn nobody_there_is_exit_code_3() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outcome = chatc(&format!("bot@{free}"), b"x\n", false, Path::new("."));
    assert_eq!(outcome.code, 3);
    assert!(outcome.notes.starts_with(&format!("chatc: cannot connect to {free}: ")));
}

#[test]
fn an_endless_line_ends_it() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.greet();
        let piece = vec![b'x'; 64 * 1024];
        // The client goes away in the middle, so writing fails at some point.
        while far.lines.get_mut().write_all(&piece).is_ok() {}
    });
    let (_typing, typed) = UnixStream::pair().unwrap();
    let outcome = chatc_with(&format!("bot@{address}"), typed, false, directory.path());
    played.join().unwrap();
    assert_eq!(outcome.code, 1);
    assert_eq!(outcome.notes, "chatc: the server sent a line that is too long\n");
}

#[test]
fn a_log_that_cannot_be_written_does_not_stop_the_chat() {
    let (address, played) = server(|far| {
        far.greet();
        far.expect(r#"{"id":2,"cmd":"quit"}"#);
        far.send(r#"{"re":2,"ok":{}}"#);
    });
    let outcome = chatc(&format!("bot@{address}"), b"", false, Path::new("/nowhere/at/all"));
    played.join().unwrap();
    assert_eq!(outcome.code, 0);
    assert!(outcome.notes.contains("cannot write the chat log /nowhere/at/all/bot_chat_log.txt"));
}

#[test]
fn broken_lines_are_refused_and_the_rest_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.greet();
        far.expect(r#"{"id":2,"cmd":"say","text":"good","room":"lobby"}"#);
        far.send(r#"{"re":2,"ok":{"seq":1}}"#);
        far.expect(r#"{"id":3,"cmd":"quit"}"#);
        far.send(r#"{"re":3,"ok":{}}"#);
    });
    let outcome = chatc(&format!("bot@{address}"), b"b\xffd\n/nonsense\ngood\n", false, directory.path());
    played.join().unwrap();
    assert_eq!(outcome.code, 1);
    assert!(outcome.output.contains("not valid UTF-8"));
    assert!(outcome.output.contains("there is no command \"/nonsense\""));
}

#[test]
fn an_interrupt_says_goodbye() {
    for (interactive, code) in [(true, 0), (false, 1)] {
        let directory = tempfile::tempdir().unwrap();
        let (interrupts, mut interrupt) = UnixStream::pair().unwrap();
        let (address, played) = server(move |far| {
            far.greet();
            // By the time of its answer, the greeting has been taken in.
            far.expect(r#"{"id":2,"cmd":"users","room":"lobby"}"#);
            far.send(r#"{"re":2,"ok":{"users":[]}}"#);
            interrupt.write_all(b"X").unwrap();
            far.expect(r#"{"id":3,"cmd":"quit"}"#);
            far.send(r#"{"re":3,"ok":{}}"#);
        });
        let (mut typing, typed) = UnixStream::pair().unwrap();
        typing.write_all(b"/user\n").unwrap();
        let target = format!("bot@{address}");
        let outcome = chatc_interrupted(&target, typed, interactive, directory.path(), interrupts);
        played.join().unwrap();
        assert_eq!(outcome.code, code);
    }
}

/// The person's language is that of chatc's own words, and asked for as they come in.
#[test]
fn a_stay_in_korean() {
    let directory = tempfile::tempdir().unwrap();
    let (address, played) = server(|far| {
        far.expect(r#"{"id":1,"cmd":"hello","nick":"민수","lang":"ko"}"#);
        far.send(&HELLO_OK.replace("bot", "민수"));
        far.expect(r#"{"id":2,"cmd":"say","text":"x","room":"lobby"}"#);
        far.send(r#"{"event":"joined","room":"lobby","nick":"Bob","at":"2026-11-21T06:30:04Z"}"#);
        far.send(r#"{"re":2,"error":{"code":"muted","message":"lobby에서 말할 수 없습니다."}}"#);
        far.expect(r#"{"id":3,"cmd":"quit"}"#);
        far.send(r#"{"re":3,"ok":{}}"#);
    });
    let outcome = chatc(&format!("민수@{address}"), b"x\n", false, directory.path());
    played.join().unwrap();
    assert_eq!(
        outcome.output,
        "[Server]: 민수 님, 환영합니다. lobby에 Alice 님이 있습니다.\n\
         [Server]: Bob 님이 lobby에 들어왔습니다.\n\
         [Server]: 오류: lobby에서 말할 수 없습니다.\n"
    );
    assert_eq!(outcome.notes, "chatc: \"x\"를 보내지 못했습니다: lobby에서 말할 수 없습니다.\n");
    assert_eq!(outcome.code, 1);
}

#[test]
fn the_command_line_is_in_every_language() {
    for lang in Lang::ALL {
        let mut command = shell::translated(Arguments::command(), &Words::new(lang));
        let help = command.render_help().to_string();
        assert!(!help.contains("-help-") && !help.contains("shell-"), "{help}");
        assert_eq!(help.contains("Usage:") || help.contains("Print"), lang == Lang::En, "{help}");
    }
    let told = |line: &[&str]| {
        let line: Vec<OsString> = line.iter().map(Into::into).collect();
        let words = Words::new(asked_lang(&line).unwrap_or_default());
        let mut notes = Vec::new();
        let error = shell::read::<Arguments>(line, &words).unwrap_err();
        assert_eq!(shell::tell(&error, &words, &mut notes), 2);
        String::from_utf8(notes).unwrap()
    };
    assert!(told(&["chatc", "host:x"]).contains("\"x\" is not a port; it is a number from 1 to 65535"));
    assert!(told(&["chatc", "host:x", "--lang", "ko"]).contains("\"x\"는 포트가 아닙니다."));
    assert!(told(&["chatc", "--lang=ko", "host/"]).contains("\"/\" 뒤에 대화방 이름이 없습니다"));
    assert!(told(&["chatc", "--lang", "fr"]).contains("choose en or ko"));
}
