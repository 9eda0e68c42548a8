//! What may be done with any bytes: the bodies of the property tests and of the fuzz targets.
//!
//! Knows no test framework. Why one body for both: what a fuzzer finds must fail
//! where everybody runs the tests.

use chatd::core::request::RequestId;
use chatd::core::whispers::Listens;
use chatd::wire::line::{Inbox, Line, Lines};
use chatd::wire::sniff::{Sniff, sniff, without_mark};
use chatd::wire::{Decoded, Protocol, decode};

/// A line of text is a request, a refusal or nothing, whatever plain lines mean.
pub fn text_line(bytes: &[u8]) {
    for listens in [Listens::Nick, Listens::Room, Listens::Partner, Listens::Parted, Listens::Receiver] {
        let _ = decode(Protocol::Text, bytes, listens);
    }
}

/// A line of JSON likewise; an id comes back with the refusal.
pub fn json_line(bytes: &[u8]) {
    match decode(Protocol::Json, bytes, Listens::Room) {
        Decoded::Request(..) | Decoded::Refused(..) => {}
        Decoded::Nothing => assert!(bytes.trim_ascii().is_empty()),
        Decoded::Greeting => panic!("programs are not greeted"),
    }
    let object = serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let id = object.as_ref().and_then(|object| object["id"].as_u64());
    if let (Some(id), Decoded::Refused(re, _)) = (id, decode(Protocol::Json, bytes, Listens::Room)) {
        assert!(re == RequestId::Number(id) || re == RequestId::None);
    }
}

/// Bytes in one piece and one by one are the same lines.
pub fn splitter(bytes: &[u8]) {
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(decoded(&single, 20), decoded(&[bytes], 20));
}

/// What a stream in pieces comes to: its protocol and each of its lines.
pub fn decoded(pieces: &[&[u8]], line_bytes_max: usize) -> Vec<String> {
    let (mut inbox, mut protocol, mut found) = (Inbox::default(), None, Vec::new());
    for piece in pieces {
        let joined = inbox.join(piece);
        let mut bytes = &joined[..];
        if protocol.is_none() {
            protocol = match sniff(bytes) {
                Sniff::NeedMore => None,
                Sniff::Text => Some(Protocol::Text),
                Sniff::Json => Some(Protocol::Json),
                other => return vec![format!("{other:?}")],
            };
            bytes = without_mark(bytes);
        }
        let Some(protocol) = protocol else {
            inbox.keep(&joined);
            continue;
        };
        let mut lines = Lines::new(bytes, line_bytes_max);
        while let Some(line) = lines.next(&mut inbox) {
            found.push(match line {
                Line::Whole(line) => {
                    let listens = if found.len() > 1 { Listens::Room } else { Listens::Nick };
                    format!("{:?}", decode(protocol, line, listens))
                }
                Line::TooLong => "too long".to_owned(),
            });
        }
        inbox.keep(lines.rest());
    }
    found
}
