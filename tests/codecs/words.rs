//! What is said, as each dialect has it: one line a message, and nothing that moves a cursor.
//!
//! Knows no reader but JSON's. Why the texts are any that the hub lets through:
//! what it refuses never gets here.

use chatd::core::event::{Edit, Event, LeftReason, Message, MessageKind, Whisper};
use chatd::core::reject::{Reject, echo};
use chatd::core::request::RequestId;
use chatd::core::time::Wall;
use chatd::locale::Lang;
use chatd::wire::{Dialect, Protocol, Speech, encode_event, encode_reply};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use uuid::Uuid;

fn speech(lang: Lang) -> Speech {
    Speech::new(lang, TimeZone::UTC, "chatd".to_owned())
}

/// Every dialect without timestamps.
fn dialects() -> impl Iterator<Item = Dialect> {
    let protocols = [Protocol::Text, Protocol::Json].into_iter();
    protocols.flat_map(|protocol| Lang::ALL.map(|lang| Dialect { protocol, timestamps: false, lang }))
}

fn encoded(dialect: Dialect, event: &Event) -> String {
    let mut out = Vec::new();
    encode_event(&speech(dialect.lang), dialect, event, |_| Uuid::nil(), &mut out);
    String::from_utf8(out).expect("all that is sent is UTF-8")
}

/// Exactly one line, with nothing in it that a terminal obeys.
fn is_one_line(line: &str) -> bool {
    let body = line.strip_suffix('\n').unwrap_or("\n");
    !body.chars().any(|c| c.is_control() && c != '\t')
}

fn event() -> impl Strategy<Value = Event> {
    // As `check_text` lets it through.
    let text = "[^\\p{Cc}\u{2028}\u{2029}\u{feff}]{1,60}".prop_map(|text| text + "\t.");
    let nick = || prop::sample::select(&["Ann", "민수", "О́льга"][..]);
    let numbers = (any::<Option<u32>>(), 0i64..4_000_000_000_000);
    (text, nick(), nick(), numbers, 0..9u8).prop_map(|(text, from, to, (seq, at), kind)| {
        let (at, seq) = (Wall(at), seq.map(u64::from));
        let message = |kind| {
            let (room, from, text) = ("lobby".into(), from.into(), text.clone());
            Message { room, seq, at, from, text, kind, ..Message::default() }
        };
        match kind {
            0 => Event::Message(message(MessageKind::Say)),
            1 => Event::Message(message(MessageKind::Scheduled)),
            2 => Event::Whisper(Whisper { id: seq, at, from: from.into(), to: vec![to.into()], text }),
            3 => Event::Announcement { text, at, from: from.into() },
            4 => Event::Message(message(MessageKind::Action)),
            5 => Event::Topic { room: "lobby".into(), topic: text, by: from.into(), at },
            6 => Event::Edited(Edit {
                room: "lobby".into(),
                seq: seq.unwrap_or(1),
                at,
                by: from.into(),
                from: to.into(),
                text: Some(text),
            }),
            7 => Event::Kicked { nick: to.into(), by: from.into(), room: None, reason: Some(text), at },
            _other => Event::Left {
                room: "lobby".into(),
                nick: from.into(),
                at,
                reason: LeftReason::Quit,
                text: Some(text),
            },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn an_event_is_one_line_in_every_dialect(event in event(), timestamps in any::<bool>()) {
        for dialect in dialects() {
            let line = encoded(Dialect { timestamps, ..dialect }, &event);
            prop_assert!(is_one_line(&line), "{line:?}");
        }
    }

    #[test]
    fn json_reads_back_to_what_was_said(event in event()) {
        let line = encoded(Dialect { protocol: Protocol::Json, timestamps: false, lang: Lang::Ko }, &event);
        let object: serde_json::Value = serde_json::from_str(&line).expect("it is an object");
        let said = |text: &str, at: &Wall| object["text"] == text && object["at"] == at.to_string();
        let same = match &event {
            Event::Message(m) => said(&m.text, &m.at) && object["seq"].as_u64() == m.seq && object["from"] == *m.from,
            Event::Whisper(w) => said(&w.text, &w.at) && object["id"].as_u64() == w.id && object["to"][0] == *w.to[0],
            Event::Announcement { text, at, .. } => said(text, at),
            Event::Left { text, at, .. } => said(text.as_deref().unwrap_or_default(), at),
            Event::Edited(edit) => said(edit.text.as_deref().unwrap_or_default(), &edit.at),
            Event::Topic { topic, .. } => object["topic"] == *topic,
            Event::Kicked { reason, .. } => object["reason"] == reason.as_deref().unwrap_or_default(),
            other => panic!("{other:?} is not made here"),
        };
        prop_assert!(same, "{line} is not {event:?}");
    }

    /// Whatever somebody typed comes back in a refusal only as far as it is harmless.
    #[test]
    fn a_refusal_is_one_line(typed in any::<String>(), id in any::<Option<String>>()) {
        let id = id.map_or(RequestId::None, |word| RequestId::Word(word.into()));
        for reject in [Reject::NoSuchUser { nick: echo(&typed) }, Reject::BadTime { text: echo(&typed) }] {
            for dialect in dialects() {
                let mut out = Vec::new();
                encode_reply(&speech(dialect.lang), dialect, true, &id, &Err(reject.clone()), &mut out);
                let line = String::from_utf8(out).expect("all that is sent is UTF-8");
                prop_assert!(is_one_line(&line), "{line:?}");
            }
        }
    }
}
