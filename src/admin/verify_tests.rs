//! The chain: what chatctl asks page by page, and what it makes of the answers.

use serde_json::{Value, json};

use super::flow_tests::{Outcome, daemon, done};

fn anchor(record: u64) -> String {
    format!("{record}:{}", "ab".repeat(32))
}

fn page(checked: u64, last: u64, next: bool) -> Value {
    let mut page = json!({"checked": checked, "anchor": anchor(last)});
    if next {
        page["next"] = json!({"after": last, "message": 7, "version": 0, "command": 3});
    }
    page
}

/// The request of the page behind `last`.
fn behind(last: u64) -> Value {
    json!({"cmd": "verify", "after": last, "message": 7, "version": 0, "command": 3})
}

/// chatctl's outcome when all that is asked is one page.
fn told(locale: &str, words: &'static [&'static str], asked: Value, answer: Value) -> Outcome {
    let far = daemon(move |far| far.answer(asked, answer));
    far.chatctl_in(locale, words, Some(200))
}

#[test]
fn all_pages_are_asked_for() {
    let far = daemon(|far| {
        let mut first = page(1000, 1000, true);
        first["older"] = json!(12);
        first["expired"] = json!(3);
        far.answer(json!({"cmd": "verify"}), first);
        let mut second = page(1000, 2000, true);
        second["expired"] = json!(1);
        far.answer(behind(1000), second);
        far.answer(behind(2000), page(5, 2005, false));
    });
    let outcome = far.chatctl(&["verify"]);
    let last = anchor(2005);
    let sound = format!(
        "2005 records are sound.\n\
         12 records were there before the chain began; it shows what was done to them since then.\n\
         4 records have expired; their digests are still in the chain.\n\
         Anchor: {last}\n\
         Whether records were cut off at the end cannot be seen by the chain alone: compare with an anchor from \
         the log, with --anchor.\n"
    );
    assert_eq!((outcome.code, outcome.out, outcome.notes), (0, sound, String::new()));
    let line = done(&["verify", "--json"], json!({"cmd": "verify"}), page(1, 1, false));
    assert_eq!(line, format!("{{\"v\":1,\"checked\":1,\"anchor\":\"{}\"}}\n", anchor(1)));
}

#[test]
fn an_anchor_is_looked_for_in_its_place() {
    let noted: &'static str = anchor(1500).leak();
    let until = |mut request: Value| {
        request["until"] = json!(1500);
        request
    };
    let far = daemon(move |far| {
        far.answer(until(json!({"cmd": "verify"})), page(1000, 1000, true));
        far.answer(until(behind(1000)), page(500, 1500, true));
        far.answer(behind(1500), page(3, 1503, false));
    });
    let outcome = far.chatctl(&["verify", "--anchor", noted]);
    assert_eq!(outcome.code, 0, "{}", outcome.notes);
    assert!(outcome.out.contains("The anchor is in the chain"), "{}", outcome.out);
    // The chain ends before it, or has another link there.
    let mut other = page(1500, 1500, true);
    other["anchor"] = json!(anchor(1500).replace('a', "c"));
    for (answer, record) in [(page(1499, 1499, false), 1499), (other, 1500)] {
        let far = daemon(move |far| far.answer(until(json!({"cmd": "verify"})), answer));
        let outcome = far.chatctl(&["verify", "--anchor", noted, "--json"]);
        assert_eq!(outcome.code, 1);
        let said: Value = serde_json::from_str(&outcome.out).unwrap();
        assert_eq!((&said["anchor_holds"], &said["v"]), (&json!(false), &json!(1)));
        assert!(outcome.notes.contains(&record.to_string()), "{}", outcome.notes);
        assert!(outcome.notes.starts_with("chatctl: the anchor is not in the chain"), "{}", outcome.notes);
    }
}

#[test]
fn a_fault_is_named() {
    for (fault, sentence) in [
        (
            json!({"wrong":"altered","what":"message","room":"lobby","seq":17,"record":123}),
            "message 17 of lobby was altered (record 123 of the chain)",
        ),
        (
            json!({"wrong":"missing","what":"version","room":"lobby","seq":17,"record":5}),
            "a change of message 17 of lobby is missing (record 5 of the chain)",
        ),
        (
            json!({"wrong":"added","what":"command","command":4,"record":5}),
            "entry 4 of the record of commands was added or moved: the chain does not have it there (record 5)",
        ),
        (
            json!({"wrong":"missing","what":"message","seq":1,"record":2}),
            "message 1 of ? is missing (record 2 of the chain)",
        ),
        (
            json!({"wrong":"broken","what":"chain","record":9}),
            "the chain is broken at record 9: it was changed or removed",
        ),
    ] {
        let mut answer = page(4, 4, false);
        answer["fault"] = fault;
        let outcome = told("C", &["verify"], json!({"cmd": "verify"}), answer);
        assert_eq!((outcome.code, outcome.out), (1, String::new()));
        assert_eq!(outcome.notes, format!("chatctl: {sentence}\n"));
    }
}

#[test]
fn a_daemon_that_repeats_itself_is_not_asked_for_ever() {
    let far = daemon(|far| {
        far.answer(json!({"cmd": "verify"}), page(1000, 1000, true));
        far.answer(behind(1000), page(1000, 1000, true));
    });
    let outcome = far.chatctl(&["verify"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.notes.contains("the same page twice"), "{}", outcome.notes);
}
