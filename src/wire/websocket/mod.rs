//! The WebSocket (RFC 6455): the opening, frames into messages, lines into frames.
//!
//! Knows nothing of what is in a message. Why no compression is agreed to: a small message can unfold
//! into a large one, and lines of chat are too short to gain by it.

mod opening;
mod read;
#[cfg(test)]
mod tests;

pub use opening::{Refusal, opening};
pub use read::{Goodbye, Read, Reader};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::core::event::Farewell;

/// Why a connection ends, as its close frame says it (RFC 6455 §7.4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Close {
    Normal,
    /// A frame that RFC 6455 does not allow.
    Protocol,
    /// Another kind of message than text.
    Unsupported,
    /// A text that is not UTF-8.
    NotUtf8,
    /// More than is borne here.
    Policy,
    TooBig,
    /// The server ends, and may come back.
    Restart,
    /// There is no place just now.
    TryAgain,
    /// The code with which the other side said goodbye, returned to it.
    Theirs(u16),
}

impl Close {
    pub fn code(self) -> u16 {
        match self {
            Close::Normal => 1000,
            Close::Protocol => 1002,
            Close::Unsupported => 1003,
            Close::NotUtf8 => 1007,
            Close::Policy => 1008,
            Close::TooBig => 1009,
            Close::Restart => 1012,
            Close::TryAgain => 1013,
            Close::Theirs(code) => code,
        }
    }

    /// What the frame behind the last words says.
    pub fn after(farewell: &Farewell) -> Close {
        match farewell {
            Farewell::Quit => Close::Normal,
            Farewell::Shutdown { .. } => Close::Restart,
            Farewell::Full | Farewell::TooManyFromAddress => Close::TryAgain,
            Farewell::Kicked { .. }
            | Farewell::Banned { .. }
            | Farewell::Flood
            | Farewell::OverlongLines
            | Farewell::LoginTimeout
            | Farewell::Idle
            | Farewell::SlowConsumer
            | Farewell::NotAllowed
            | Farewell::Replaced
            | Farewell::WrongProtocol => Close::Policy,
        }
    }
}

/// Appends a text frame for each line that `write` appends, without its end.
pub fn texts(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    write(out);
    let lines = out.split_off(start);
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        frame(OpCode::Data(Data::Text), line, out);
    }
}

/// The other side is there: it must answer (RFC 6455 §5.5.2).
pub fn ping(out: &mut Vec<u8>) {
    frame(OpCode::Control(Control::Ping), &[], out);
}

/// The answer to a ping, with what was in it (RFC 6455 §5.5.3).
pub fn pong(payload: &[u8], out: &mut Vec<u8>) {
    frame(OpCode::Control(Control::Pong), payload, out);
}

/// The last frame (RFC 6455 §5.5.1).
pub fn close(why: Close, out: &mut Vec<u8>) {
    frame(OpCode::Control(Control::Close), &why.code().to_be_bytes(), out);
}

/// A whole frame as a server sends it: without a mask (RFC 6455 §5.1).
fn frame(opcode: OpCode, payload: &[u8], out: &mut Vec<u8>) {
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    header.format(payload.len() as u64, out).expect("a vector takes everything");
    out.extend_from_slice(payload);
}
