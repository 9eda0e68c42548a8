//! A person's end of a WebSocket: the opening, masked frames in any pieces, and what comes back.
//!
//! Knows no world. Why it is written here and not taken from the server: two ends of one mind would
//! agree on a mistake.

use super::random::Random;

const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
const FINAL: u8 = 0x80;
/// Questions and signs of life: as many as are borne whatever the clock says, and some left for answers.
const SIGNS_MAX: u8 = 15;

/// What becomes a WebSocket.
pub const OPENING: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

#[derive(Default, Debug)]
pub struct Frames {
    /// Bytes of the opening that are still to be sent, at no slow pace: most worlds are short.
    pub hurry: usize,
    pub opened: bool,
    signs: u8,
    pings: u8,
    answered: u8,
    /// The code that a broken rule is answered with.
    pub broke: Option<u16>,
    /// The code of the server's last frame.
    pub closed: Option<u16>,
    /// The code of one's own last frame: none, or one.
    pub goodbye: Option<u16>,
}

/// What has come.
pub enum Heard {
    Text(String),
    /// Another answer than that it is a WebSocket now.
    Status(u16),
    Ping(Vec<u8>),
    Close(u16),
}

impl Frames {
    pub fn new() -> Frames {
        Frames { hurry: OPENING.len(), ..Frames::default() }
    }

    /// A message: in one frame or several, with a question or a sign of life between them.
    pub fn say(&mut self, random: &mut Random, text: &[u8]) -> Vec<u8> {
        let fragments = if random.one_in(3) { random.within(2, 5) } else { 1 };
        let (mut bytes, mut rest) = (Vec::new(), text);
        for fragment in 1..=fragments {
            let last = fragment == fragments;
            let (piece, later) = rest.split_at(if last { rest.len() } else { random.below(rest.len() + 1) });
            let opcode = if fragment == 1 { TEXT } else { 0 };
            let first = if last { FINAL | opcode } else { opcode };
            bytes.extend(frame(random, first, piece));
            if self.signs < SIGNS_MAX && random.one_in(8) {
                self.signs += 1;
                self.pings += 1;
                bytes.extend(frame(random, FINAL | PING, &[self.pings]));
            } else if self.signs < SIGNS_MAX && random.one_in(16) {
                self.signs += 1;
                bytes.extend(frame(random, FINAL | PONG, b"here"));
            }
            rest = later;
        }
        bytes
    }

    /// The last frame: that one means to end, or only goes away.
    pub fn say_goodbye(&mut self, random: &mut Random) -> Vec<u8> {
        let (code, payload) = match random.below(3) {
            0 => (1000, &b""[..]),
            1 => (1000, &b"\x03\xe8that is all"[..]),
            _last => (1001, &b"\x03\xe9"[..]),
        };
        self.goodbye = Some(code);
        frame(random, FINAL | CLOSE, payload)
    }

    /// What no client may send.
    pub fn break_a_rule(&mut self, random: &mut Random) -> Vec<u8> {
        let (code, bytes) = match random.below(8) {
            0 => (1003, frame(random, FINAL | BINARY, b"\x00\x01")),
            1 => (1007, frame(random, FINAL | TEXT, b"\xed\xa0\x80")),
            2 => (1007, frame(random, FINAL | CLOSE, b"\x03\xe8\xff")),
            3 => (1002, frame(random, FINAL | 0x40 | TEXT, b"{}")),
            4 => (1002, frame(random, FINAL | 0x3, b"")),
            5 => (1002, frame(random, FINAL, b"a continuation of nothing")),
            6 => (1002, vec![FINAL | TEXT, 2, b'{', b'}']),
            _last => (1009, [&[FINAL | TEXT, 0x80 | 127][..], &(1u64 << 62).to_be_bytes(), &[0; 4]].concat()),
        };
        self.broke = Some(code);
        bytes
    }

    pub fn promise(random: &mut Random, length: usize) -> Vec<u8> {
        let mut bytes = frame(random, FINAL | TEXT, &vec![b'~'; length]);
        bytes.truncate(bytes.len() - 1);
        bytes
    }

    pub fn pong(random: &mut Random, payload: &[u8]) -> Vec<u8> {
        frame(random, FINAL | PONG, payload)
    }

    /// Takes the next thing out of `bytes`, once it is whole.
    pub fn hear(&mut self, bytes: &mut Vec<u8>) -> Option<Heard> {
        assert!(bytes.is_empty() || self.closed.is_none(), "{bytes:?} came behind the last frame");
        if !self.opened {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
            let head = String::from_utf8(bytes.drain(..end).collect()).expect("a head is ASCII");
            let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
            let status: u16 = status.unwrap_or_else(|| panic!("{head:?} is no answer"));
            self.opened = status == 101;
            if !self.opened {
                bytes.clear();
                return Some(Heard::Status(status));
            }
            assert!(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{head:?}");
        }
        loop {
            let (first, payload) = next_frame(bytes)?;
            match first {
                0x81 => return Some(Heard::Text(String::from_utf8(payload).expect("a text is UTF-8"))),
                0x89 => return Some(Heard::Ping(payload)),
                0x8a => self.is_answered(&payload),
                0x88 => {
                    let code = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
                    self.closed = code;
                    return Some(Heard::Close(code.expect("the server says why")));
                }
                other => panic!("a frame that begins with {other:#x} came"),
            }
        }
    }

    /// Of several questions that came at once only the last is answered.
    fn is_answered(&mut self, payload: &[u8]) {
        let [number] = *payload else { panic!("nobody asked {payload:?}") };
        assert!(self.answered < number && number <= self.pings, "{number} is answered: {self:?}");
        self.answered = number;
    }

    pub fn all_are_answered(&self) -> bool {
        self.answered == self.pings
    }
}

fn frame(random: &mut Random, first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = (random.next() as u32).to_be_bytes();
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | short as u8),
        long @ 126..0x1_0000 => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&(long as u16).to_be_bytes());
        }
        longer => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&(longer as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// A frame of the server: it wears no mask, and has no length that a shorter form could say (RFC 6455 §5.2).
fn next_frame(bytes: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (&[first, short], rest) = bytes.split_first_chunk()?;
    let (start, length) = match short {
        0..126 => (2, usize::from(short)),
        126 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
        127 => (10, u64::from_be_bytes(*rest.first_chunk()?) as usize),
        128.. => panic!("the server has masked a frame"),
    };
    assert!(short < 126 || length >= 126 && (short == 126 || length >= 0x1_0000), "{length} said at length");
    let payload = bytes.get(start..start + length)?.to_vec();
    bytes.drain(..start + length);
    Some((first, payload))
}
