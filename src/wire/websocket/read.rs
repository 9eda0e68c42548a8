//! Frames into messages, whatever pieces they come in.
//!
//! Knows no meaning of a text. Why a length is looked at before anything is kept: a frame may promise
//! 2^63 bytes, and whoever sends a million empty ones must not be waited for.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};

use super::Close;
use crate::limits::{FRAGMENTS_MAX, FRAME_CONTROL_BYTES_MAX};

/// What [`Reader::next`] found.
#[derive(PartialEq, Debug)]
pub enum Read {
    /// More bytes must come; what is left of these is to be kept.
    More,
    /// A whole message.
    Text(String),
    Ping(Vec<u8>),
    /// A sign of life.
    Pong,
    /// The other side says goodbye; nothing it sends after that counts.
    Close(Goodbye),
    /// It broke a rule: this is what it is told.
    Fault(Close),
}

/// How the other side says goodbye.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Goodbye {
    pub answer: Close,
    /// It meant to end; else it only goes away, as a page does that is loaded again.
    pub meant: bool,
}

/// What of a message has come so far.
#[derive(Default, Debug)]
struct Part {
    bytes: Vec<u8>,
    fragments: usize,
}

#[derive(Default, Debug)]
pub struct Reader {
    part: Option<Part>,
}

impl Reader {
    /// The next thing in `bytes`, of which it takes what it has read. A message has at most `bytes_max`.
    pub fn next(&mut self, bytes: &mut &[u8], bytes_max: usize) -> Read {
        self.step(bytes, bytes_max).unwrap_or_else(Read::Fault)
    }

    fn step(&mut self, bytes: &mut &[u8], bytes_max: usize) -> Result<Read, Close> {
        loop {
            let mut cursor = Cursor::new(*bytes);
            let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| Close::Protocol)? else {
                return Ok(Read::More);
            };
            let start = usize::try_from(cursor.position()).expect("a header is a few bytes");
            let length = self.check(&header, length, bytes_max)?;
            let Some(payload) = bytes.get(start..start + length) else { return Ok(Read::More) };
            let mask = header.mask.ok_or(Close::Protocol)?;
            let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
            *bytes = &bytes[start + length..];
            match header.opcode {
                OpCode::Data(_) => {
                    let part = self.part.get_or_insert_default();
                    part.bytes.extend(payload);
                    part.fragments += 1;
                    if header.is_final {
                        let bytes = self.part.take().unwrap_or_default().bytes;
                        return String::from_utf8(bytes).map(Read::Text).map_err(|_| Close::NotUtf8);
                    }
                }
                OpCode::Control(Control::Ping) => return Ok(Read::Ping(payload.collect())),
                OpCode::Control(Control::Pong) => return Ok(Read::Pong),
                OpCode::Control(Control::Close) => {
                    return goodbye(&payload.collect::<Vec<u8>>()).map(Read::Close);
                }
                OpCode::Control(Control::Reserved(_)) => return Err(Close::Protocol),
            }
        }
    }

    /// What must hold before anything of the frame is kept (RFC 6455 §5.2, §5.4, §5.5).
    fn check(&self, header: &FrameHeader, length: u64, bytes_max: usize) -> Result<usize, Close> {
        let reserved = header.rsv1 || header.rsv2 || header.rsv3;
        if reserved || header.mask.is_none() {
            return Err(Close::Protocol);
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (had, fragments) = self.part.as_ref().map_or((0, 0), |part| (part.bytes.len(), part.fragments));
        match (header.opcode, self.part.is_some()) {
            (OpCode::Control(_), _) if !header.is_final || length > FRAME_CONTROL_BYTES_MAX => {
                return Err(Close::Protocol);
            }
            (OpCode::Control(_), _) => return Ok(length),
            (OpCode::Data(Data::Text), false) | (OpCode::Data(Data::Continue), true) => {}
            (OpCode::Data(Data::Binary), false) => return Err(Close::Unsupported),
            (OpCode::Data(_), _) => return Err(Close::Protocol),
        }
        if length > bytes_max.saturating_sub(had) {
            return Err(Close::TooBig);
        }
        if fragments >= FRAGMENTS_MAX { Err(Close::Policy) } else { Ok(length) }
    }
}

/// The payload of a close frame: nothing, or a code and a reason in UTF-8 (RFC 6455 §5.5.1, §7.4).
fn goodbye(payload: &[u8]) -> Result<Goodbye, Close> {
    let Some((code, reason)) = payload.split_first_chunk() else {
        let nothing = Goodbye { answer: Close::Normal, meant: true };
        return if payload.is_empty() { Ok(nothing) } else { Err(Close::Protocol) };
    };
    let code = u16::from_be_bytes(*code);
    if !CloseCode::from(code).is_allowed() {
        return Err(Close::Protocol);
    }
    std::str::from_utf8(reason).map_err(|_| Close::NotUtf8)?;
    Ok(Goodbye { answer: Close::Theirs(code), meant: code == Close::Normal.code() })
}
