//! From bytes to requests, whatever pieces they come in, one behind the other.
//!
//! Knows one connection's place in its requests. Why it keeps only the unfinished request: between
//! two requests a connection holds no buffer at all.

use super::body::Body;
use super::{Fault, Head, Request};
use crate::limits::{HTTP_HEAD_BYTES_MAX, HTTP_LINE_BYTES_MAX};

/// What [`Reader::next`] found.
#[derive(Debug, PartialEq)]
pub enum Read {
    /// More bytes must come; what is left of these is to be kept.
    More,
    /// The client waits for `100 Continue` before it sends more.
    Continue,
    /// Whole, or with a body that is not read here: [`Head::leaves_body`].
    Request(Request),
    /// The last thing that is read here.
    Fault(Fault),
}

#[derive(Debug, Default)]
pub struct Reader {
    /// A request whose body is on its way.
    begun: Option<(Head, Body)>,
    /// The client has been told to go on.
    continued: bool,
}

impl Reader {
    /// The next thing in `bytes`, of which it takes what it has read.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Read {
        self.step(bytes).unwrap_or_else(Read::Fault)
    }

    fn step(&mut self, bytes: &mut &[u8]) -> Result<Read, Fault> {
        if self.begun.is_none() {
            // One empty line before a request is forgiven: old clients send it behind a body (RFC 9112 §2.2).
            let head = bytes.strip_prefix(b"\r\n").unwrap_or(bytes);
            let Some(end) = end_of_head(head)? else { return Ok(Read::More) };
            let (head, rest) = head.split_at(end);
            let head = Head::read(head)?;
            *bytes = rest;
            if head.leaves_body() {
                return Ok(Read::Request(Request { head, body: Vec::new() }));
            }
            let body = Body::new(head.framing);
            (self.begun, self.continued) = (Some((head, body)), false);
        }
        let Some((head, mut body)) = self.begun.take() else { return Ok(Read::More) };
        if body.take(bytes)? {
            return Ok(Read::Request(Request { head, body: body.bytes }));
        }
        let waits = head.expects_continue && !self.continued && body.bytes.is_empty();
        self.continued |= waits;
        self.begun = Some((head, body));
        Ok(if waits { Read::Continue } else { Read::More })
    }
}

/// Where the head ends, the empty line included; None: it is not all there.
fn end_of_head(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    let looked_at = &bytes[..bytes.len().min(HTTP_HEAD_BYTES_MAX)];
    if let Some(end) = memchr::memmem::find(looked_at, b"\r\n\r\n") {
        return Ok(Some(end + 4));
    }
    // A head with other line ends would never end here: its sender is told instead of waiting in vain.
    if memchr::memchr_iter(b'\n', looked_at).any(|at| !looked_at[..at].ends_with(b"\r")) {
        return Err(Fault::Malformed("http-line-end"));
    }
    if memchr::memchr(b'\r', looked_at).unwrap_or(looked_at.len()) > HTTP_LINE_BYTES_MAX {
        return Err(Fault::LongLine);
    }
    if bytes.len() >= HTTP_HEAD_BYTES_MAX { Err(Fault::LargeHead) } else { Ok(None) }
}
