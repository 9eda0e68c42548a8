//! Files of exports, whole and broken, against a daemon that plays along.

use serde_json::{Value, json};

use crate::admin::flow_tests::{Far, Outcome, daemon};

fn message(room: &str, seq: u64) -> Value {
    json!({"event":"message","room":room,"seq":seq,"at":"2026-11-21T06:30:00.000Z","from":"Alice",
        "text":"hi","kind":"say"})
}

fn room(name: &str, listed: bool) -> Value {
    json!({"event":"room","room":name,"open":true,"kept":true,"topic":"","listed":listed,"locked":!listed,
        "invite_only":false,"slow_ms":0,"floor":0})
}

fn head() -> Value {
    json!({"v":1,"chatd_export":1,"server":"chatd 0.1.0","at":"2026-11-21T06:30:00.000Z"})
}

fn tail(lines: usize) -> Value {
    json!({"v":1,"chatd_export_end":1,"lines":lines})
}

fn file(lines: &[Value]) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

fn whole(lines: &[Value]) -> Vec<u8> {
    file(&[&[head()], lines, &[tail(lines.len())]].concat())
}

fn importing(text: &[u8], words: &[&str], script: impl FnOnce(&mut Far) + Send + 'static) -> Outcome {
    daemon(script).chatctl_reading(text, &[&["import", "-"], words].concat())
}

#[test]
fn a_file_goes_in_requests_and_private_rooms_are_told_again() {
    let mut lines = vec![room("den", false), room("lobby", true)];
    lines.extend((1..=700).map(|seq| message("den", seq)));
    let text = whole(&lines);
    let (first, mut second) = (lines[..500].to_vec(), vec![room("den", false)]);
    second.extend_from_slice(&lines[500..]);
    let outcome = importing(&text, &[], move |far| {
        far.answer(json!({"cmd":"import","lines":first}), json!({"added":400,"there":98}));
        far.answer(json!({"cmd":"import","lines":second}), json!({"added":202,"there":0}));
    });
    let said = "Taken in: 602. There already: 98. Rooms: 2. Passwords are not exported: only the invited come \
                into den until you set others with \"chatctl room set\".\n";
    assert_eq!((outcome.code, &*outcome.out, &*outcome.notes), (0, said, ""));
}

#[test]
fn a_refusal_names_the_line_of_the_file() {
    let lines = [room("den", false), message("den", 1), message("den", 3)];
    let sent = lines.clone();
    let outcome = importing(&whole(&lines), &[], move |far| {
        let asked = far.asked();
        assert_eq!(asked.1, json!({"cmd":"import","lines":sent}));
        let error = json!({"code":"bad_import","message":"Message 3 of den: no.","at":3});
        far.send(json!({"re":asked.0,"error":error}));
    });
    assert_eq!((outcome.code, &*outcome.notes), (1, "chatctl: line 4: Message 3 of den: no.\n"));
}

#[test]
fn the_file_alone_is_checked_without_a_daemon() {
    let check = |text: &[u8]| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("talk.jsonl");
        std::fs::write(&path, text).unwrap();
        crate::admin::flow_tests::chatctl(
            &directory.path().join("none"),
            &["import", path.to_str().unwrap(), "--dry-run"],
            None,
        )
    };
    let lines = [room("den", true), message("den", 1), message("den", 2)];
    let sound = check(&whole(&lines));
    assert_eq!((sound.code, &*sound.out), (0, "The file is whole. Messages: 2. Rooms: 1.\n"));
    let with = |last: &[Value]| file(&[&[head()], &lines[..], last].concat());
    let mut cut = whole(&lines);
    cut.truncate(cut.len() - 9);
    for (text, line, why) in [
        (Vec::new(), 0, "is no export of chatd"),
        (file(&[message("den", 1)]), 1, "is no export of chatd"),
        (b"PK\x03\x04".to_vec(), 1, "is no export of chatd"),
        (file(&[json!({"chatd_export":2})]), 1, "a newer chatd"),
        (with(&[]), 4, "was cut off"),
        (cut, 5, "is no JSON object"),
        (with(&[tail(2)]), 5, "another number of lines"),
        (with(&[tail(3), message("den", 3)]), 6, "behind the end"),
        (with(&[json!([1])]), 5, "is no JSON object"),
        (with(&[message(&"x".repeat(1 << 20), 1)]), 5, "too long"),
    ] {
        let outcome = check(&text);
        assert_eq!(outcome.code, 1, "{why}");
        assert!(
            outcome.notes.contains(&format!("line {line}: ")) && outcome.notes.contains(why),
            "{}",
            outcome.notes
        );
    }
    let missing = daemon(|_| {}).chatctl(&["import", "/nowhere/talk"]);
    assert_eq!((missing.code, missing.notes.starts_with("chatctl: /nowhere/talk: ")), (1, true));
}
