//! Frames and requests as browsers, programs and attackers send them.
//!
//! Knows no answer to them. Why likely ones beside any bytes: chance alone never writes a mask, or a
//! length that is right.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{bodies, pieces};

/// A frame, sound or not: opcode and bits, whether it wears a mask, what it says, and how much it says of its length.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        4 => Just(0x81u8),
        2 => prop::sample::select(&[0x01u8, 0x00, 0x80][..]),
        2 => prop::sample::select(&[0x88u8, 0x89, 0x8a][..]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        Just(br#"{"id":1,"cmd":"say","text":"hi"}"#.to_vec()),
        Just(b"\x03\xe8".to_vec()),
        "[가-힣a-z]{0,60}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..140),
    ];
    let mask = prop_oneof![9 => any::<[u8; 4]>().prop_map(Some), 1 => Just(None)];
    let form = prop_oneof![6 => Just(0u8), 1 => Just(126), 1 => Just(127)];
    let more = prop_oneof![9 => Just(0u64), 1 => any::<u64>()];
    (first, payload, mask, form, more).prop_map(|(first, payload, mask, form, more)| {
        let length = (payload.len() as u64).wrapping_add(more);
        let masked = if mask.is_some() { 0x80 } else { 0 };
        let mut bytes = vec![first];
        match length {
            0..126 if form == 0 => bytes.push(masked | length as u8),
            0..0x1_0000 if form < 127 => {
                bytes.push(masked | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
            _ => {
                bytes.push(masked | 127);
                bytes.extend_from_slice(&length.to_be_bytes());
            }
        }
        let key = mask.unwrap_or_default();
        bytes.extend_from_slice(if mask.is_some() { &key } else { &[] });
        bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    })
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => prop::sample::select(&["GET /ws HTTP/1.1", "POST /api/rooms HTTP/1.1", "GET / HTTP/1.0"][..])
            .prop_map(str::to_owned),
        1 => "(GET|POST|HEAD|BREW) [/a-z%?&=. ]{0,20} HTTP/[0-2].[0-1]",
    ];
    let field = prop_oneof![
        4 => prop::sample::select(&[
            "Host: localhost",
            "Content-Length: 5",
            "Content-Length: 0",
            "Content-Length: +5",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Expect: 100-continue",
            "Connection: close",
            "Connection: Upgrade",
            " folded",
            "Name : value",
        ][..])
        .prop_map(str::to_owned),
        1 => "[A-Za-z-]{1,8}: ?[ -~]{0,20}",
    ];
    let end = || prop_oneof![20 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\r")];
    let body = prop::sample::select(
        &["", "hello", "5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n", "5;x\r\nhello", "fffffffff\r\n"][..],
    );
    (line, end(), vec((field, end()), 0..4), body).prop_map(|(line, end, fields, body)| {
        let host = "Host: localhost\r\n";
        let fields: String = fields.into_iter().map(|(field, end)| field + end).collect();
        format!("{line}{end}{host}{fields}\r\n{body}").into_bytes()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..300)) {
        bodies::frames(&bytes);
        bodies::requests(&bytes);
    }

    #[test]
    fn any_split_gives_the_same_messages(sent in vec(frame(), 0..8), cuts in vec(any::<usize>(), 0..8)) {
        let sent = sent.concat();
        bodies::frames(&sent);
        let whole = bodies::messages(&[&sent], bodies::MESSAGE_BYTES_MAX);
        prop_assert_eq!(bodies::messages(&pieces(&sent, &cuts), bodies::MESSAGE_BYTES_MAX), whole);
    }

    #[test]
    fn any_split_gives_the_same_requests_of_http(sent in vec(request(), 0..4), cuts in vec(any::<usize>(), 0..8)) {
        let sent = sent.concat();
        bodies::requests(&sent);
        prop_assert_eq!(bodies::asked(&pieces(&sent, &cuts)), bodies::asked(&[&sent]));
    }
}
