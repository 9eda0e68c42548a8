//! What RFC 6455 allows and what it does not, frame by frame.
//!
//! Knows no connection. Why a client of another make writes the frames: two ends of one mind would
//! agree on a mistake.

use tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};

use super::{Close, Goodbye, Read, Reader, texts};
use crate::limits::FRAGMENTS_MAX;

const BYTES_MAX: usize = 100;

/// A frame as a client sends it.
fn frame(opcode: OpCode, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let mask = Some([0x12, 0x34, 0x56, 0x78]);
    let header = FrameHeader { is_final, opcode, mask, ..FrameHeader::default() };
    let frame = Frame::from_payload(header, payload.to_vec().into());
    let mut bytes = Vec::new();
    frame.format(&mut bytes).unwrap();
    bytes
}

fn text(is_final: bool, payload: &[u8]) -> Vec<u8> {
    frame(OpCode::Data(Data::Text), is_final, payload)
}

fn more(is_final: bool, payload: &[u8]) -> Vec<u8> {
    frame(OpCode::Data(Data::Continue), is_final, payload)
}

fn control(control: Control, payload: &[u8]) -> Vec<u8> {
    frame(OpCode::Control(control), true, payload)
}

/// Everything that comes of `sent`, handed over so many bytes at a time.
fn read(sent: &[u8], piece: usize) -> Vec<Read> {
    let (mut reader, mut kept, mut found) = (Reader::default(), Vec::new(), Vec::new());
    for piece in sent.chunks(piece) {
        kept.extend_from_slice(piece);
        let mut left = kept.as_slice();
        loop {
            match reader.next(&mut left, BYTES_MAX) {
                Read::More => break,
                Read::Fault(close) => {
                    found.push(Read::Fault(close));
                    return found;
                }
                other => found.push(other),
            }
        }
        kept = left.to_vec();
    }
    found
}

#[test]
fn messages_in_any_pieces_with_controls_between_them() {
    let sent = [
        text(true, "안녕".as_bytes()),
        text(false, &"가나".as_bytes()[..4]),
        control(Control::Ping, b"still there?"),
        more(false, b""),
        control(Control::Pong, b""),
        more(true, &"가나".as_bytes()[4..]),
        text(true, b""),
        control(Control::Close, &1001u16.to_be_bytes()),
    ];
    let expected = [
        Read::Text("안녕".into()),
        Read::Ping(b"still there?".into()),
        Read::Pong,
        Read::Text("가나".into()),
        Read::Text(String::new()),
        Read::Close(Goodbye { answer: Close::Theirs(1001), meant: false }),
    ];
    let sent = sent.concat();
    for piece in 1..=sent.len() {
        assert_eq!(read(&sent, piece), expected, "in pieces of {piece}");
    }
}

#[test]
fn what_the_standard_does_not_allow() {
    let unmasked = {
        let mut bytes = Vec::new();
        Frame::message(b"hi".to_vec(), OpCode::Data(Data::Text), true).format(&mut bytes).unwrap();
        bytes
    };
    let with_first = |first: u8| [&[first], &text(true, b"hi")[1..]].concat();
    for (what, sent, close) in [
        ("no mask", unmasked, Close::Protocol),
        ("the bit of compression", with_first(0xc1), Close::Protocol),
        ("another reserved bit", with_first(0x91), Close::Protocol),
        ("an unknown opcode", with_first(0x83), Close::Protocol),
        ("an unknown control", with_first(0x8b), Close::Protocol),
        ("a ping in fragments", with_first(0x09), Close::Protocol),
        ("a long ping", control(Control::Ping, &[b'x'; 126]), Close::Protocol),
        ("a continuation of nothing", more(true, b"hi"), Close::Protocol),
        ("a text in a text", [text(false, b"a"), text(true, b"b")].concat(), Close::Protocol),
        ("a binary message", frame(OpCode::Data(Data::Binary), true, b"hi"), Close::Unsupported),
        ("half a code", control(Control::Close, b"\x03"), Close::Protocol),
        ("a code that nobody sends", control(Control::Close, &1005u16.to_be_bytes()), Close::Protocol),
        ("a reason that is not UTF-8", control(Control::Close, b"\x03\xe8\xff"), Close::NotUtf8),
        ("a text that is not UTF-8", text(true, b"\xff"), Close::NotUtf8),
        (
            "a letter that never ends",
            [text(false, &"가".as_bytes()[..2]), more(true, b"!")].concat(),
            Close::NotUtf8,
        ),
        ("a large message", text(true, &[b'x'; BYTES_MAX + 1]), Close::TooBig),
        (
            "a large one in fragments",
            [text(false, &[b'x'; 60]), more(true, &[b'x'; 41])].concat(),
            Close::TooBig,
        ),
    ] {
        assert_eq!(read(&sent, 1000), [Read::Fault(close)], "{what}");
    }
}

#[test]
fn a_promise_is_refused_before_it_is_kept() {
    // A text of 2^63 - 1 bytes, of which none has come.
    let promise = [&[0x81, 0xff][..], &(u64::MAX / 2).to_be_bytes(), &[0; 4]].concat();
    assert_eq!(read(&promise, 1000), [Read::Fault(Close::TooBig)]);
    let empty = [text(false, b""), more(false, b"").repeat(FRAGMENTS_MAX)].concat();
    assert_eq!(read(&empty, 1000), [Read::Fault(Close::Policy)]);
}

#[test]
fn each_line_becomes_a_frame() {
    let mut out = b"before".to_vec();
    texts(&mut out, |out| out.extend_from_slice(b"{\"a\":1}\n{}\n"));
    assert_eq!(out, b"before\x81\x07{\"a\":1}\x81\x02{}");
    let mut long = Vec::new();
    texts(&mut long, |out| out.extend_from_slice(&[b'x'; 300]));
    assert_eq!(long[..4], [0x81, 126, 1, 44]);
}
