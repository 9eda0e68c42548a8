//! What must hold of the codecs for any input: pieces, garbage, any text, any time.
//!
//! Knows no person and no room. Why properties beside the transcripts: nobody
//! writes down the inputs that nobody thought of.

use std::io::{self, Write};

use chatd::core::event::{Event, Message, MessageKind};
use chatd::core::name;
use chatd::core::time::{Wall, parse_delay_ms, parse_due, parse_duration_ms};
use chatd::limits::{NAME_CHARS_MAX, SCHEDULE_AHEAD_MS_MAX};
use chatd::locale::Lang;
use chatd::net::outbox::{Outbox, TurnBuffers};
use chatd::wire::line::{Inbox, Line, Lines};
use chatd::wire::sniff::{Sniff, sniff, without_mark};
use chatd::wire::{Dialect, Protocol, Speech, decode, encode_event};
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;

const LINE_BYTES_MAX: usize = 64;

/// Everything a connection's bytes come to, whatever pieces they arrive in.
fn understood(pieces: &[&[u8]]) -> Vec<String> {
    let mut inbox = Inbox::default();
    let mut protocol = None;
    let mut found = Vec::new();
    for piece in pieces {
        let mut joined = inbox.join(piece);
        if protocol.is_none() {
            protocol = match sniff(&joined) {
                Sniff::NeedMore => None,
                Sniff::Text => Some(Protocol::Text),
                Sniff::Json => Some(Protocol::Json),
                other @ (Sniff::Http | Sniff::Irc | Sniff::Tls | Sniff::Binary) => {
                    return vec![format!("{other:?}")];
                }
            };
            joined = without_mark(&joined).to_vec();
        }
        let Some(protocol) = protocol else {
            inbox.keep(&joined);
            continue;
        };
        let mut lines = Lines::new(&joined, LINE_BYTES_MAX);
        while let Some(line) = lines.next(&mut inbox) {
            found.push(match line {
                Line::Whole(line) => format!("{:?}", decode(protocol, line, !found.is_empty())),
                Line::TooLong => "too long".to_owned(),
            });
        }
        inbox.keep(lines.rest());
    }
    found
}

/// Input that is nearly what people and programs send.
fn talk() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "[a-zA-Z/ ,:+0-9]{0,40}",
        "/(kick|whisper|귓속말|schedule|history|timestamps|shutdown) ?[a-z, +:0-9가-힣]{0,30}",
        r#"\{"(id|cmd|text|room|to|nick)":("[a-z]{0,8}"|[0-9]{1,4}|null|true|\[\]|\{)[,}]{1,2}"#,
        r#"\{"id":[0-9]{1,3},"cmd":"(say|hello|kick|users|history)","(text|nick|room|limit)":("[a-z가-힣\\n]{0,9}"|[0-9]{1,3})\}"#,
        ".{0,80}",
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n"), Just("\r")];
    let text = vec((line, end), 0..8);
    text.prop_map(|lines| lines.into_iter().flat_map(|(line, end)| (line + end).into_bytes()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_split_gives_the_same_requests(bytes in talk(), cuts in vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(understood(&pieces), understood(&[&bytes]));
    }

    #[test]
    fn garbage_is_refused_and_no_more(bytes in vec(any::<u8>(), 0..300), named in any::<bool>()) {
        understood(&[&bytes]);
        for protocol in [Protocol::Text, Protocol::Json] {
            decode(protocol, &bytes, named);
        }
    }

    #[test]
    fn a_message_is_one_line_in_every_dialect(text in "[^\\p{Cc}\u{2028}\u{2029}]{1,60}", from in "[a-z가-힣]{1,12}", seq in 1u64..) {
        let speech = Speech::new(Lang::En, TimeZone::UTC, "chatd".into());
        let at = Wall(1_795_242_605_123);
        let message = Message {
            room: "lobby".into(), seq: Some(seq), at, from: from.as_str().into(), text: text.clone(),
            kind: MessageKind::Say,
        };
        let event = Event::Message(message);
        for timestamps in [false, true] {
            let mut line = Vec::new();
            encode_event(&speech, Dialect { protocol: Protocol::Text, timestamps }, &event, &mut line);
            let line = String::from_utf8(line).unwrap();
            let stamp = if timestamps { "[2026-11-21 06:30:05] " } else { "" };
            prop_assert_eq!(line, format!("{stamp}{from} >> {text}\n"));
        }
        let mut line = Vec::new();
        encode_event(&speech, Dialect { protocol: Protocol::Json, timestamps: false }, &event, &mut line);
        prop_assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let object: serde_json::Value = serde_json::from_slice(&line).unwrap();
        prop_assert_eq!(&object["text"], &text);
        prop_assert_eq!(&object["from"], &from);
        prop_assert_eq!(&object["seq"], &seq);
    }

    #[test]
    fn what_is_handed_over_arrives_in_order(turns in vec((vec((any::<bool>(), 0usize..40), 0..8), 0usize..60), 1..12)) {
        let mut socket = Trickle::default();
        let mut outbox = Outbox::default();
        let mut buffers = TurnBuffers::default();
        let mut sent = Vec::new();
        let mut next = 0u8;
        let text = Dialect { protocol: Protocol::Text, timestamps: false };
        for (parts, room) in turns {
            for (to_all, length) in parts {
                next = next.wrapping_add(1);
                let part = vec![next; length];
                sent.extend_from_slice(&part);
                let put = |out: &mut Vec<u8>| out.extend_from_slice(&part);
                let written = if to_all { buffers.event(text, put) } else { buffers.reply(put) };
                outbox.push(written);
            }
            socket.room = room;
            outbox.flush(&buffers, &mut socket).unwrap();
            buffers.clear();
            prop_assert_eq!(socket.taken.len() + outbox.backlog_bytes(), sent.len());
        }
        socket.room = usize::MAX;
        outbox.flush(&buffers, &mut socket).unwrap();
        prop_assert_eq!(socket.taken, sent);
        prop_assert!(outbox.is_empty());
    }

    #[test]
    fn no_time_is_out_of_reach(text in "\\PC{0,20}", now in -10_000_000_000_000i64..10_000_000_000_000) {
        let now = Wall(now);
        parse_duration_ms(&text);
        parse_delay_ms(&text);
        for asked in [text.clone(), format!("+{text}")] {
            if let Some(due) = parse_due(&asked, now, &TimeZone::UTC) {
                prop_assert!(due >= now && due.0 - now.0 <= SCHEDULE_AHEAD_MS_MAX);
            }
        }
    }

    #[test]
    fn a_time_of_day_is_the_next_one_and_comes_once(
        minutes in 0i64..60 * 24 * 366, hour in 0u8..24, minute in 0u8..60,
        zone in prop::sample::select(vec!["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let now = Wall(1_767_225_600_000 + minutes * 60_000);
        let asked = format!("{hour:02}:{minute:02}");
        let due = parse_due(&asked, now, &zone).expect("every time of day has a next one");
        prop_assert!(due > now && due.0 - now.0 <= 25 * 3_600_000, "{asked} is due {due} from {now}");
        // Asked again a moment before, it is the same; at that moment, it is another day's.
        prop_assert_eq!(parse_due(&asked, Wall(due.0 - 1), &zone), Some(due));
        let next = parse_due(&asked, due, &zone).expect("every time of day has a next one");
        prop_assert!(next.0 - due.0 >= 22 * 3_600_000, "{asked} comes twice: {due} and {next}");
    }

    #[test]
    fn names(text in "\\PC{0,40}") {
        let Ok(nick) = name::parse_nick(&text) else { return Ok(()) };
        prop_assert!((1..=NAME_CHARS_MAX).contains(&nick.chars().count()));
        prop_assert!(!nick.chars().any(|c| c.is_whitespace() || c.is_control() || ",*?!@#:/".contains(c)));
        // Prepared once, it stays as it is, and has one key.
        let again = name::parse_nick(&nick);
        prop_assert_eq!(again.as_deref(), Ok(&*nick));
        prop_assert_eq!(name::key(&nick), name::key(&nick.to_uppercase().to_lowercase()));
    }
}

/// Takes `room` bytes, then blocks.
#[derive(Default)]
struct Trickle {
    taken: Vec<u8>,
    room: usize,
}

impl Write for Trickle {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        self.taken.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
