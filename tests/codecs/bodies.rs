//! What may be done with any bytes: the bodies of the property tests and of the fuzz targets.
//!
//! Knows no test framework. Why one body for both: what a fuzzer finds must fail
//! where everybody runs the tests.

use chatd::core::request::RequestId;
use chatd::core::whispers::Listens;
use chatd::limits::{FRAME_CONTROL_BYTES_MAX, HTTP_BODY_BYTES_MAX, HTTP_HEAD_BYTES_MAX};
use chatd::wire::line::{Inbox, Line, Lines};
use chatd::wire::sniff::{Sniff, sniff, without_mark};
use chatd::wire::{Decoded, Protocol, decode, http, websocket};

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

/// Frames in one piece and one by one are the same messages.
pub fn frames(bytes: &[u8]) {
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(messages(&single, MESSAGE_BYTES_MAX), messages(&[bytes], MESSAGE_BYTES_MAX));
}

/// Larger than any control frame, and smaller than what a fuzzer likes to send.
pub const MESSAGE_BYTES_MAX: usize = 130;

/// What frames in pieces come to; what waits for its end is never more than a frame may have.
pub fn messages(pieces: &[&[u8]], message_bytes_max: usize) -> Vec<websocket::Read> {
    let (mut reader, mut kept, mut found) = (websocket::Reader::default(), Vec::new(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        let mut left = kept.as_slice();
        loop {
            match reader.next(&mut left, message_bytes_max) {
                websocket::Read::More => break,
                last @ (websocket::Read::Close(_) | websocket::Read::Fault(_)) => {
                    found.push(last);
                    return found;
                }
                websocket::Read::Text(text) => {
                    assert!(text.len() <= message_bytes_max, "{} bytes are a message", text.len());
                    found.push(websocket::Read::Text(text));
                }
                other => found.push(other),
            }
        }
        kept = left.to_vec();
        // The longest header has 14 bytes (RFC 6455 §5.2).
        let payload_bytes_max = message_bytes_max.max(FRAME_CONTROL_BYTES_MAX);
        assert!(kept.len() < payload_bytes_max + 14, "{} bytes wait", kept.len());
    }
    found
}

/// Requests of HTTP in one piece and one by one are the same: nothing can be read in two ways.
pub fn requests(bytes: &[u8]) {
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(asked(&single), asked(&[bytes]));
}

/// The requests that pieces come to, up to a fault; what waits for its end is never more than a head.
pub fn asked(pieces: &[&[u8]]) -> Vec<http::Read> {
    let (mut reader, mut kept, mut found) = (http::Reader::default(), Vec::new(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        let mut left = kept.as_slice();
        loop {
            match reader.next(&mut left) {
                http::Read::More => break,
                // Whose body has come already waits for nothing.
                http::Read::Continue => {}
                http::Read::Fault(fault) => {
                    found.push(http::Read::Fault(fault));
                    return found;
                }
                http::Read::Request(request) => {
                    assert!(request.body.len() <= HTTP_BODY_BYTES_MAX, "a large body has come");
                    found.push(http::Read::Request(request));
                }
            }
        }
        kept = left.to_vec();
        assert!(kept.len() < HTTP_HEAD_BYTES_MAX, "{} bytes wait", kept.len());
    }
    found
}
