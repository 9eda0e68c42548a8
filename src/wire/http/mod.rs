//! HTTP/1.1: bytes into requests, answers into bytes (RFC 9110, RFC 9112).
//!
//! Knows no route and no session. Why it is stricter than it would have to be: where two programs in
//! a row read one message differently, a request can be smuggled past the first; whatever can be read
//! in two ways is refused, and the connection is not used again.

mod body;
mod head;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use head::{Head, Method};
pub use read::{Read, Reader};
pub use write::{Answer, CONTINUE, begin, date, write};

/// A whole request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub head: Head,
    /// Empty where none came, or where it is left to come: [`Head::leaves_body`].
    pub body: Vec<u8>,
}

/// Why a request is refused before anybody looks at what it asks. The connection ends with the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// What can be read in two ways, or is no HTTP: the id of the sentence that says what.
    Malformed(&'static str),
    /// The first line is longer than `HTTP_LINE_BYTES_MAX`.
    LongLine,
    /// The head is longer than `HTTP_HEAD_BYTES_MAX`, or has more than `HTTP_FIELDS_MAX` fields.
    LargeHead,
    /// The body is larger than `HTTP_BODY_BYTES_MAX`.
    LargeBody,
    /// Something else than `100-continue` is expected (RFC 9110 §10.1.1).
    Expectation,
    /// A transfer coding other than `chunked` (RFC 9112 §6.1).
    Coding,
    /// Neither HTTP/1.0 nor HTTP/1.1.
    Version,
}

impl Fault {
    /// The status code (RFC 9110 §15).
    pub fn status(self) -> u16 {
        match self {
            Fault::Malformed(_) => 400,
            Fault::LargeBody => 413,
            Fault::LongLine => 414,
            Fault::Expectation => 417,
            Fault::LargeHead => 431,
            Fault::Coding => 501,
            Fault::Version => 505,
        }
    }

    /// The stable word of docs/protocol.md.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Malformed(_) => "bad_request",
            Fault::LargeBody | Fault::LongLine | Fault::LargeHead => "too_long",
            Fault::Expectation | Fault::Coding | Fault::Version => "not_implemented",
        }
    }
}
