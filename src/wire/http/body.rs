//! The body of a request: so many bytes, or chunks (RFC 9112 §6 and §7.1).
//!
//! Knows nothing of what is in it. Why chunk extensions and trailers are refused: nobody who chats
//! needs them, and programs differ in how they skip them.

use super::Fault;
use crate::limits::{HTTP_BODY_BYTES_MAX, HTTP_CHUNK_LINE_BYTES_MAX};

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    None,
    /// At least 1, at most `HTTP_BODY_BYTES_MAX` where it is read with its head.
    Length(usize),
    Chunked,
}

/// A body on its way.
#[derive(Debug)]
pub struct Body {
    pub bytes: Vec<u8>,
    awaits: Awaits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaits {
    /// So many bytes more, and then nothing.
    Rest(usize),
    /// The line with a chunk's size.
    Size,
    /// So many bytes more of a chunk.
    Chunk(usize),
    /// The end of the line behind a chunk.
    ChunkEnd,
    /// The empty line after the last chunk.
    End,
    Nothing,
}

impl Body {
    pub fn new(framing: Framing) -> Body {
        let awaits = match framing {
            Framing::None => Awaits::Nothing,
            Framing::Length(length) => Awaits::Rest(length),
            Framing::Chunked => Awaits::Size,
        };
        Body { bytes: Vec::new(), awaits }
    }

    /// Takes what it can of `bytes` and leaves the rest. True: it is whole.
    pub fn take(&mut self, bytes: &mut &[u8]) -> Result<bool, Fault> {
        loop {
            self.awaits = match self.awaits {
                Awaits::Nothing => return Ok(true),
                Awaits::Rest(left) => match self.copy(bytes, left) {
                    0 => Awaits::Nothing,
                    left => Awaits::Rest(left),
                },
                Awaits::Chunk(left) => match self.copy(bytes, left) {
                    0 => Awaits::ChunkEnd,
                    left => Awaits::Chunk(left),
                },
                Awaits::Size => match line(bytes)? {
                    None => return Ok(false),
                    Some(line) => self.sized(line)?,
                },
                Awaits::ChunkEnd => match line(bytes)? {
                    None => return Ok(false),
                    Some([]) => Awaits::Size,
                    Some(_) => return Err(Fault::Malformed("http-chunk")),
                },
                Awaits::End => match line(bytes)? {
                    None => return Ok(false),
                    Some([]) => Awaits::Nothing,
                    Some(_) => return Err(Fault::Malformed("http-trailers")),
                },
            };
            if bytes.is_empty() && self.awaits != Awaits::Nothing {
                return Ok(false);
            }
        }
    }

    /// Gives how much is still missing.
    fn copy(&mut self, bytes: &mut &[u8], wanted: usize) -> usize {
        let (taken, rest) = bytes.split_at(wanted.min(bytes.len()));
        self.bytes.extend_from_slice(taken);
        *bytes = rest;
        wanted - taken.len()
    }

    fn sized(&self, line: &[u8]) -> Result<Awaits, Fault> {
        let size = std::str::from_utf8(line)
            .ok()
            .filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let size = size.and_then(|digits| usize::from_str_radix(digits, 16).ok());
        match size.ok_or(Fault::Malformed("http-chunk-size"))? {
            0 => Ok(Awaits::End),
            size if size <= HTTP_BODY_BYTES_MAX - self.bytes.len() => Ok(Awaits::Chunk(size)),
            _more => Err(Fault::LargeBody),
        }
    }
}

/// The next line without its CRLF, once it is whole.
fn line<'b>(bytes: &mut &'b [u8]) -> Result<Option<&'b [u8]>, Fault> {
    match memchr::memchr(b'\n', bytes) {
        Some(end) if end > HTTP_CHUNK_LINE_BYTES_MAX => Err(Fault::Malformed("http-chunk-line")),
        Some(end) => {
            let line = bytes[..end].strip_suffix(b"\r");
            *bytes = &bytes[end + 1..];
            line.map(Some).ok_or(Fault::Malformed("http-line-end"))
        }
        None if bytes.len() > HTTP_CHUNK_LINE_BYTES_MAX => Err(Fault::Malformed("http-chunk-line")),
        None => Ok(None),
    }
}
