//! The whole of chatctl against a scripted daemon on a real Unix socket.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::tz::{TimeZone, offset};
use serde_json::{Value, json};

use super::{Environment, World, run};

/// The far end of one connection, line by line.
pub struct Far {
    lines: BufReader<UnixStream>,
}

impl Far {
    /// The next request without its id, which is given apart.
    pub fn asked(&mut self) -> (Value, Value) {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let mut request: Value = serde_json::from_str(&line).unwrap();
        let id = request.as_object_mut().unwrap().remove("id").unwrap();
        (id, request)
    }

    fn expect(&mut self, wanted: Value) -> Value {
        let (id, request) = self.asked();
        assert_eq!(request, wanted);
        id
    }

    pub fn answer(&mut self, wanted: Value, ok: Value) {
        let id = self.expect(wanted);
        self.send(json!({"re":id,"ok":ok}));
    }

    pub fn send(&mut self, line: Value) {
        self.lines.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

/// A daemon that plays `script` for one connection.
pub struct Daemon {
    directory: tempfile::TempDir,
    played: JoinHandle<()>,
}

pub fn daemon(script: impl FnOnce(&mut Far) + Send + 'static) -> Daemon {
    let directory = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(directory.path().join("control.sock")).unwrap();
    let played = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        script(&mut Far { lines: BufReader::new(stream) });
    });
    Daemon { directory, played }
}

pub struct Outcome {
    pub code: u8,
    pub out: String,
    pub notes: String,
}

impl Daemon {
    pub fn path(&self) -> std::path::PathBuf {
        self.directory.path().join("control.sock")
    }

    pub fn chatctl(self, words: &[&str]) -> Outcome {
        self.chatctl_in("C", words, None)
    }

    /// With `input` on standard input.
    pub fn chatctl_reading(self, input: &[u8], words: &[&str]) -> Outcome {
        let outcome = chatctl_reading(input, "C", &self.path(), words, None);
        self.played.join().unwrap();
        outcome
    }

    pub fn chatctl_in(self, locale: &str, words: &[&str], width: Option<usize>) -> Outcome {
        let outcome = chatctl_in(locale, &self.path(), words, width);
        self.played.join().unwrap();
        outcome
    }
}

pub fn chatctl(socket: &Path, words: &[&str], width: Option<usize>) -> Outcome {
    chatctl_in("C", socket, words, width)
}

/// Runs chatctl in a locale.
fn chatctl_in(locale: &str, socket: &Path, words: &[&str], width: Option<usize>) -> Outcome {
    chatctl_reading(b"", locale, socket, words, width)
}

fn chatctl_reading(
    mut input: &[u8],
    locale: &str,
    socket: &Path,
    words: &[&str],
    width: Option<usize>,
) -> Outcome {
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    let world = World {
        input: &mut input,
        out: &mut out,
        notes: &mut notes,
        environment: Environment {
            uid: 1_234_567,
            var: &|name| match name {
                "XDG_RUNTIME_DIR" => Some("/nowhere".into()),
                "LANG" => Some(locale.into()),
                _unset => None,
            },
        },
        width,
        notes_width: None,
        colour: false,
        zone: TimeZone::fixed(offset(9)),
    };
    let socket = socket.to_str().unwrap();
    let code = run(["chatctl", "--socket", socket].iter().chain(words).map(Into::into), world);
    Outcome { code, out: String::from_utf8(out).unwrap(), notes: String::from_utf8(notes).unwrap() }
}

/// Runs one command against one answer; gives what was printed.
pub fn done(words: &[&str], request: Value, ok: Value) -> String {
    let outcome = daemon(move |far| far.answer(request, ok)).chatctl(words);
    assert_eq!((outcome.code, outcome.notes.as_str()), (0, ""), "{words:?}");
    outcome.out
}

fn message(seq: u64) -> Value {
    json!({"event":"message","room":"lobby","seq":seq,"at":"2026-11-21T06:30:05.000Z",
        "from":"Alice","text":format!("line {seq}"),"kind":"say"})
}

fn messages(seqs: std::ops::RangeInclusive<u64>, more: bool) -> Value {
    json!({"messages":seqs.map(message).collect::<Vec<_>>(),"more":more})
}

fn nothing() -> Value {
    json!({"messages":[],"more":false})
}

fn shown(seqs: std::ops::RangeInclusive<u64>) -> String {
    seqs.map(|seq| format!("[2026-11-21 15:30:05] Alice >> line {seq}\n")).collect()
}

#[test]
fn receipts() {
    let kicked = json!({"nick":"Bob"});
    let request = json!({"cmd":"kick","nick":"bob","reason":"spam"});
    assert_eq!(
        done(&["kick", "bob", "--reason", "spam"], request, kicked.clone()),
        "You have kicked Bob from the chat.\n"
    );
    let request = json!({"cmd":"kick","nick":"Bob"});
    assert_eq!(
        done(&["kick", "Bob", "--json"], request.clone(), kicked.clone()),
        "{\"v\":1,\"nick\":\"Bob\"}\n"
    );
    assert_eq!(done(&["kick", "Bob", "--quiet"], request, kicked), "");
    let request = json!({"cmd":"broadcast","text":"Back at 5"});
    assert_eq!(
        done(&["broadcast", "Back", "at", "5"], request, json!({"people":3})),
        "Announced to 3 people.\n"
    );
    let request = json!({"cmd":"schedule","at":"15:30","text":"Meeting","room":"den"});
    let ok = json!({"schedule":4,"due":"2001-11-21T06:30:00Z"});
    assert_eq!(
        done(&["schedule", "15:30", "Meeting", "--room", "den"], request, ok),
        "Message 4 is scheduled for 2001-11-21 15:30.\n"
    );
    let request =
        json!({"cmd":"schedule","at":"9:00","text":"Standup","every":"weekdays","zone":"Asia/Seoul"});
    let ok = json!({"schedule":5,"due":"2001-11-21T06:30:00Z","every":"weekdays","time":"09:00","zone":"Asia/Seoul"});
    assert_eq!(
        done(&["schedule", "9:00", "Standup", "--every", "weekdays", "--zone", "Asia/Seoul"], request, ok),
        "Message 5 is scheduled on weekdays at 09:00 (Asia/Seoul); the first comes at 2001-11-21 15:30.\n"
    );
    let request = json!({"cmd":"unschedule","schedule":4});
    assert_eq!(
        done(&["unschedule", "4"], request, json!({"schedule":4})),
        "Scheduled message 4 is cancelled.\n"
    );
    assert_eq!(done(&["ping"], json!({"cmd":"ping"}), json!({})), "The daemon answers.\n");
    let needed = json!({"restart_needed":["store.path","listen"]});
    assert_eq!(
        done(&["reload"], json!({"cmd":"reload"}), needed),
        "The configuration has been reloaded; these keys apply after a restart: store.path, listen.\n"
    );
    let request = json!({"cmd":"shutdown","in":"5m","reason":"new disk"});
    assert_eq!(
        done(
            &["shutdown", "--in", "5m", "--reason", "new disk"],
            request,
            json!({"at":"2026-11-21T06:30:00Z"})
        ),
        "The server shuts down at 2026-11-21 15:30:00.\n"
    );
}

#[test]
fn tables_and_json_lists() {
    let users = json!({"users":[
        {"nick":"Alice","role":"member","rooms":["lobby","den"],"since":"2026-11-21T06:30:00Z","door":"text","address":"127.0.0.1:5555"},
        {"nick":"Bob\u{1b}[2J","role":"member","rooms":["lobby"],"since":"2026-11-21T06:31:00Z","door":"json"},
    ]});
    let table = "NICK          ROLE    ROOMS       DOOR  ADDRESS         SINCE\n\
                 Alice         member  lobby, den  text  127.0.0.1:5555  2026-11-21 15:30:00\n\
                 Bob\\u{1b}[2J  member  lobby       json                  2026-11-21 15:31:00\n";
    assert_eq!(done(&["users"], json!({"cmd":"users"}), users.clone()), table);
    let lines = done(&["users", "--json", "--room", "lobby"], json!({"cmd":"users","room":"lobby"}), users);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() == 2 && lines[1]["v"] == 1 && lines[1]["nick"] == "Bob\u{1b}[2J");
    let schedules = json!({"schedules":[{"schedule":1,"room":"lobby","from":"admin","due":"2026-11-21T06:30:00Z","every":null,"text":"x"},
        {"schedule":2,"room":"lobby","from":"admin","due":"2026-11-21T06:30:00Z","every":"daily","text":"y","time":"15:30"},
        {"schedule":3,"room":"lobby","from":"admin","due":"2026-11-21T06:30:00Z","every":"0 9 * * 1","text":"z"}]});
    assert_eq!(
        done(&["schedules"], json!({"cmd":"schedules"}), schedules),
        "ID  DUE                  EVERY               ROOM   FROM   TEXT\n\
         1   2026-11-21 15:30:00  once                lobby  admin  x\n\
         2   2026-11-21 15:30:00  every day at 15:30  lobby  admin  y\n\
         3   2026-11-21 15:30:00  by cron 0 9 * * 1   lobby  admin  z\n"
    );
    let commands = json!({"commands":[{"record":12,"at":"2026-11-21T06:30:00Z","actor":"Alice","door":"text","command":"kick","args":"Bob","outcome":"done"}],"more":false});
    assert_eq!(
        done(&["commands", "-n", "5"], json!({"cmd":"commands","limit":5}), commands),
        "TIME                 ACTOR  DOOR  COMMAND  OUTCOME  ARGUMENTS\n\
         2026-11-21 15:30:00  Alice  text  kick     done     Bob\n"
    );
}

#[test]
fn status_as_text_and_as_json() {
    let status = json!({"server":"chatd 0.1.0","pid":123,"since":"2026-11-21T06:30:00Z","uptime_ms":3_700_000,
        "people":3,"rooms":1,"connections":{"text":1,"json":2},"listen":["127.0.0.1:9999"],
        "store":{"state":"degraded","reason":"disk full","queue":1,"path":"/db","durability":"power"},
        "refused":{},"log_dropped":0});
    let request = json!({"cmd":"status"});
    assert_eq!(
        done(&["status"], request.clone(), status.clone()),
        "chatd 0.1.0, process 123, up 1 h 1 min since 2026-11-21 15:30:00\n\
         people       3 in 1 room\n\
         connections  json 2, text 1\n\
         listening    127.0.0.1:9999\n\
         database     degraded, 1 record waiting: disk full\n\
         \x20            /db (durability power)\n\
         refused      none\n"
    );
    let json = done(&["--json", "status"], request, status);
    assert!(json.starts_with("{\"v\":1,") && json.lines().count() == 1);
}

#[test]
fn watching_goes_on_until_the_daemon_ends() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"status"}), json!({"people":1}));
        far.answer(json!({"cmd":"status"}), json!({"people":2}));
    });
    let outcome = daemon.chatctl(&["status", "--watch", "--json"]);
    assert_eq!(outcome.out, "{\"v\":1,\"people\":1}\n{\"v\":1,\"people\":2}\n");
    assert_eq!(outcome.code, 3);
}

#[test]
fn history_backwards_in_pages() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"history","room":"lobby","limit":500}), messages(301..=800, true));
        far.answer(
            json!({"cmd":"history","room":"lobby","limit":200,"before":301}),
            messages(101..=300, true),
        );
    });
    let outcome = daemon.chatctl(&["history", "--room", "lobby", "-n", "700"]);
    assert_eq!((outcome.code, outcome.out), (0, shown(101..=800)));
}

#[test]
fn history_ends_where_it_began() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"history","from":"Alice","limit":50}), messages(1..=3, false));
    });
    let outcome = daemon.chatctl(&["history", "--user", "Alice"]);
    assert_eq!((outcome.code, outcome.out), (0, shown(1..=3)));
    assert_eq!(done(&["history", "--json"], json!({"cmd":"history","limit":50}), nothing()), "");
}

#[test]
fn history_forwards_from_a_time() {
    let since = "2026-11-21T06:00:00.000Z";
    let daemon = daemon(move |far| {
        let page = |after| json!({"cmd":"history","since":since,"limit":500,"after":after});
        far.answer(page(0), messages(7..=506, true));
        far.answer(page(506), messages(507..=510, false));
    });
    let outcome = daemon.chatctl(&["history", "--since", "2026-11-21T06:00:00Z"]);
    assert_eq!((outcome.code, outcome.out), (0, shown(7..=510)));
}

#[test]
fn a_daemon_that_repeats_itself_is_left() {
    let daemon = daemon(|far| {
        let first = json!({"cmd":"history","limit":500});
        far.answer(first, messages(1..=2, true));
        far.answer(json!({"cmd":"history","limit":500,"before":1}), messages(1..=2, true));
    });
    let outcome = daemon.chatctl(&["history", "-n", "600"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.notes.contains("the same page twice"));
}

#[test]
fn following_neither_misses_nor_repeats() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"subscribe","room":"Lobby"}), json!({"room":"lobby"}));
        let id = far.expect(json!({"cmd":"history","room":"lobby","limit":2}));
        far.send(message(3));
        far.send(message(4));
        far.send(json!({"re":id,"ok":messages(2..=3, true)}));
        far.send(json!({"event":"joined","room":"lobby","nick":"Eve"}));
        far.send(json!({"event":"message","room":"den","seq":9,"from":"Eve","text":"elsewhere"}));
        far.send(message(5));
        far.send(json!({"event":"closing","text":"The server is shutting down.","reason":"shutdown"}));
    });
    let outcome = daemon.chatctl(&["history", "--room", "Lobby", "-n", "2", "--follow"]);
    assert_eq!((outcome.code, outcome.out), (0, shown(2..=5)));
}

#[test]
fn following_the_default_room_finds_its_name() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"history","limit":1}), messages(8..=8, true));
        far.answer(json!({"cmd":"subscribe","room":"lobby"}), json!({"room":"lobby"}));
        far.answer(json!({"cmd":"history","room":"lobby","from":"Bob","limit":50}), nothing());
        far.send(message(9));
        let mut bob = message(10);
        bob["from"] = "bob".into();
        far.send(bob);
    });
    let outcome = daemon.chatctl(&["history", "--user", "Bob", "--follow", "--json"]);
    assert_eq!(outcome.out.lines().count(), 1);
    assert!(outcome.out.starts_with("{\"v\":1,") && outcome.out.contains("\"from\":\"bob\""));
    // It went away without a word.
    assert_eq!(outcome.code, 3);
}

#[test]
fn shutdown_waits_for_the_end() {
    let daemon = daemon(|far| {
        far.answer(json!({"cmd":"shutdown"}), json!({}));
        far.send(json!({"event":"closing","text":"The server is shutting down.","reason":"shutdown"}));
    });
    let outcome = daemon.chatctl(&["shutdown"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (0, "The daemon has ended.\n"));
}

#[test]
fn a_refusal_is_exit_code_1() {
    let daemon = daemon(|far| {
        let id = far.expect(json!({"cmd":"kick","nick":"Bob"}));
        let message = "There is no user named \"Bob\".\u{1b}[2J";
        far.send(json!({"re":id,"error":{"code":"no_such_user","message":message}}));
    });
    let outcome = daemon.chatctl(&["kick", "Bob"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (1, ""));
    assert_eq!(outcome.notes, "chatctl: There is no user named \"Bob\".\\u{1b}[2J\n");
}

#[test]
fn nobody_there_is_exit_code_3() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("control.sock");
    let outcome = chatctl(&socket, &["status"], None);
    assert_eq!(outcome.code, 3);
    for part in
        [socket.to_str().unwrap(), "/nowhere/chatd/control.sock", "/run/chatd/control.sock", "--socket"]
    {
        assert!(outcome.notes.contains(part), "{part}: {}", outcome.notes);
    }
}

#[test]
fn a_daemon_that_goes_away_or_talks_nonsense() {
    let gone = daemon(|far| {
        far.asked();
    });
    let outcome = gone.chatctl(&["kick", "Bob"]);
    assert_eq!(outcome.code, 3);
    assert!(outcome.notes.contains("is not known"));
    for line in ["SSH-2.0-OpenSSH", "[]", "{\"re\":\"x\"}"] {
        let nonsense = daemon(move |far| {
            far.asked();
            far.lines.get_mut().write_all(format!("{line}\n").as_bytes()).unwrap();
        });
        assert_eq!(nonsense.chatctl(&["status"]).code, 1, "{line}");
    }
    let full = daemon(|far| {
        far.send(json!({"event":"closing","text":"Too many connections.","reason":"full"}));
    });
    let outcome = full.chatctl(&["status"]);
    assert!(outcome.notes.contains("closed the connection: Too many connections."), "{}", outcome.notes);
}

const KOREAN: &str = "ko_KR.UTF-8";

/// What chatctl says first where the person reads Korean, and what a daemon of today answers.
fn spoken_to_in_korean(far: &mut Far) {
    far.answer(json!({"cmd":"lang","lang":"ko"}), json!({"lang":"ko"}));
}

#[test]
fn receipts_and_refusals_go_by_the_locale() {
    let kicked = daemon(|far| {
        spoken_to_in_korean(far);
        far.answer(json!({"cmd":"kick","nick":"Bob"}), json!({"nick":"Bob"}));
    });
    let outcome = kicked.chatctl_in(KOREAN, &["kick", "Bob"], None);
    assert_eq!((outcome.code, outcome.out.as_str()), (0, "Bob 님을 강퇴했습니다.\n"));
    let refused = daemon(|far| {
        spoken_to_in_korean(far);
        let id = far.expect(json!({"cmd":"kick","nick":"Bob"}));
        far.send(json!({"re":id,"error":{"code":"no_such_user","message":"\"Bob\" 님을 찾을 수 없습니다."}}));
    });
    let outcome = refused.chatctl_in(KOREAN, &["kick", "Bob"], None);
    assert_eq!((outcome.code, outcome.notes.as_str()), (1, "chatctl: \"Bob\" 님을 찾을 수 없습니다.\n"));
    // An older daemon knows no languages; what it is asked it does all the same.
    let older = daemon(|far| {
        let (id, _) = far.asked();
        far.send(
            json!({"re":id,"error":{"code":"unknown_command","message":"There is no command \"lang\"."}}),
        );
        far.answer(json!({"cmd":"ping"}), json!({}));
    });
    let outcome = older.chatctl_in(KOREAN, &["ping"], None);
    assert_eq!((outcome.code, outcome.out.as_str()), (0, "데몬이 응답합니다.\n"));
    let outcome = chatctl_in(KOREAN, Path::new("/nowhere/at/all"), &["ping"], None);
    assert!(outcome.code == 3 && outcome.notes.starts_with("chatctl: 응답하는 데몬이 없습니다."));
}

#[test]
fn tables_are_in_korean_for_eyes_and_in_english_for_programs() {
    let users = json!({"users":[{"nick":"민수","role":"member","rooms":["lobby"],
        "since":"2026-11-21T06:30:00Z","door":"text","address":"127.0.0.1:5555"}]});
    let listed = |width| {
        let users = users.clone();
        let daemon = daemon(move |far| {
            spoken_to_in_korean(far);
            far.answer(json!({"cmd":"users"}), users);
        });
        daemon.chatctl_in(KOREAN, &["users"], width).out
    };
    assert_eq!(
        listed(None),
        "NICK  ROLE    ROOMS  DOOR  ADDRESS         SINCE\n\
         민수  member  lobby  text  127.0.0.1:5555  2026-11-21 15:30:00\n"
    );
    assert_eq!(
        listed(Some(80)),
        "닉네임  역할    대화방  접속  주소            접속 시각\n\
         민수    member  lobby   text  127.0.0.1:5555  2026-11-21 15:30:00\n"
    );
    let status = json!({"server":"chatd 0.1.0","pid":1234,"since":"2026-11-21T06:30:00Z","uptime_ms":3_700_000,
        "people":3,"rooms":1,"connections":{"text":1},"listen":[],"store":{"state":"ok","queue":0,
        "path":"/db","durability":"power"},"refused":{},"log_dropped":2});
    let daemon = daemon(move |far| {
        spoken_to_in_korean(far);
        far.answer(json!({"cmd":"status"}), status);
    });
    assert_eq!(
        daemon.chatctl_in(KOREAN, &["status"], Some(80)).out,
        "chatd 0.1.0, 프로세스 1234, 2026-11-21 15:30:00부터 1시간 1분 동안 실행 중\n\
         사람         대화방 1개에 3명\n\
         연결         text 1\n\
         수신 주소    없음\n\
         데이터베이스 ok, 기록 0건 대기 중\n\
         \x20            /db (durability power)\n\
         거절         없음\n\
         로그         2줄 버려짐\n"
    );
}
