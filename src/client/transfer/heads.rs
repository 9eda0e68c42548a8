//! The heads of HTTP that a transfer needs: one request for a file, one answer with it.
//!
//! Knows no socket but what can be read. Why not the daemon's parser: that one reads requests of
//! all kinds for a loop that never waits; here a few lines are read by a thread that does.

use std::io::{self, ErrorKind, Read};
use std::net::SocketAddr;

use crate::limits::{HTTP_FIELDS_MAX, HTTP_HEAD_BYTES_MAX};

/// Where transfers are, on the daemon as on the sender's own port.
const PATH: &str = "/api/transfers/";

/// What a receiver asks for.
#[derive(Debug, PartialEq)]
pub struct Asked {
    pub token: String,
    pub from: u64,
}

/// What an answer to it says of the bytes that follow.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub from: u64,
    pub length: Option<u64>,
}

/// The bytes up to the empty line, and what has already come of those behind it.
pub fn read(from: &mut impl Read) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut head = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let count = from.read(&mut bytes)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        // The end may have begun in what came before.
        let seen = head.len().saturating_sub(3);
        head.extend_from_slice(&bytes[..count]);
        if let Some(end) = memchr::memmem::find(&head[seen..], b"\r\n\r\n") {
            let body = head.split_off(seen + end + 4);
            return Ok((head, body));
        }
        if head.len() > HTTP_HEAD_BYTES_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
    }
}

/// The request of a receiver who has `from` bytes already.
pub fn get(to: SocketAddr, token: &str, from: u64) -> String {
    let range = if from == 0 { String::new() } else { format!("Range: bytes={from}-\r\n") };
    format!("GET {PATH}{token} HTTP/1.1\r\nHost: {to}\r\n{range}Connection: close\r\n\r\n")
}

/// The request of a sender who brings what is from `from` on.
pub fn put(to: SocketAddr, token: &str, from: u64, size: u64) -> String {
    let range = match from {
        0 => String::new(),
        from => format!("Content-Range: bytes {from}-{}/{size}\r\n", size.saturating_sub(1)),
    };
    let length = size - from;
    format!(
        "PUT {PATH}{token} HTTP/1.1\r\nHost: {to}\r\nContent-Length: {length}\r\n{range}Connection: close\r\n\r\n"
    )
}

/// The answer before the bytes from `from` on.
pub fn sends(from: u64, size: u64) -> String {
    let (status, range) = match from {
        0 => ("200 OK", String::new()),
        from => (
            "206 Partial Content",
            format!("Content-Range: bytes {from}-{}/{size}\r\n", size.saturating_sub(1)),
        ),
    };
    let length = size - from;
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\nContent-Length: {length}\r\n{range}\
         Connection: close\r\n\r\n"
    )
}

/// The answer to whoever asks for anything else.
pub const NOTHING: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Reads a receiver's request; none when it is anything else.
pub fn asked(head: &[u8]) -> Option<Asked> {
    let mut space = [httparse::EMPTY_HEADER; HTTP_FIELDS_MAX];
    let mut request = httparse::Request::new(&mut space);
    let whole = request.parse(head).ok()?.is_complete();
    let token = request.path?.strip_prefix(PATH)?.to_owned();
    if !whole || request.method != Some("GET") {
        return None;
    }
    let from = match field(request.headers, "range") {
        Some(range) => range.strip_prefix("bytes=")?.strip_suffix('-').and_then(number)?,
        None => 0,
    };
    Some(Asked { token, from })
}

/// Reads an answer; none when it is not HTTP, or its body has no plain length.
pub fn answer(head: &[u8]) -> Option<Answer> {
    let mut space = [httparse::EMPTY_HEADER; HTTP_FIELDS_MAX];
    let mut response = httparse::Response::new(&mut space);
    let whole = response.parse(head).ok()?.is_complete();
    let status = response.code.filter(|_| whole)?;
    let from = match field(response.headers, "content-range") {
        Some(range) => range.strip_prefix("bytes ")?.split('-').next().and_then(number)?,
        None => 0,
    };
    let chunked = field(response.headers, "transfer-encoding").is_some();
    let length = field(response.headers, "content-length").filter(|_| !chunked).and_then(number);
    Some(Answer { status, from, length })
}

/// The only field of this name.
fn field<'h>(fields: &[httparse::Header<'h>], name: &str) -> Option<&'h str> {
    let mut named = fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
    let value = std::str::from_utf8(named.next()?.value).ok()?;
    named.next().is_none().then_some(value.trim())
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to() -> SocketAddr {
        "127.0.0.1:9999".parse().unwrap()
    }

    #[test]
    fn what_is_asked_is_understood() {
        for from in [0, 1, u64::MAX] {
            let asked = asked(get(to(), "abc", from).as_bytes());
            assert_eq!(asked, Some(Asked { token: "abc".into(), from }));
        }
        for other in [
            "POST /api/transfers/abc HTTP/1.1\r\n\r\n",
            "GET /api/transfer/abc HTTP/1.1\r\n\r\n",
            "GET /api/transfers/abc HTTP/1.1\r\nRange: bytes=1-2\r\n\r\n",
            "GET /api/transfers/abc HTTP/1.1\r\nRange: bytes=-2\r\n\r\n",
            "GET /api/transfers/abc HTTP/1.1\r\nRange: bytes=+1-\r\n\r\n",
            "GET /api/transfers/abc HTTP/1.1\r\nRange: bytes=99999999999999999999-\r\n\r\n",
            "GET /api/transfers/abc",
            "\u{1}\u{2}\r\n\r\n",
        ] {
            assert_eq!(super::asked(other.as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_answered_is_understood() {
        let read = |from, size| answer(sends(from, size).as_bytes()).unwrap();
        assert_eq!(read(0, 0), Answer { status: 200, from: 0, length: Some(0) });
        assert_eq!(read(0, 10), Answer { status: 200, from: 0, length: Some(10) });
        assert_eq!(read(3, 10), Answer { status: 206, from: 3, length: Some(7) });
        assert_eq!(answer(NOTHING.as_bytes()).unwrap().status, 404);
        for (head, length) in [
            ("HTTP/1.1 200 OK\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n", None),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Some(3)),
        ] {
            assert_eq!(answer(head.as_bytes()).unwrap().length, length, "{head:?}");
        }
        assert_eq!(answer(b"[Server]: Choose a nickname:\r\n\r\n"), None);
    }

    #[test]
    fn a_push_says_what_it_brings() {
        let put = put(to(), "abc", 4, 10);
        assert!(put.contains("Content-Length: 6\r\nContent-Range: bytes 4-9/10\r\n"), "{put}");
        assert!(!super::put(to(), "abc", 0, 10).contains("Range"));
    }

    #[test]
    fn a_head_ends_wherever_its_pieces_do() {
        let whole = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nbody";
        for cut in 1..whole.len() {
            let mut pieces = whole[..cut].chain(&whole[cut..]);
            let (head, body) = read(&mut pieces).unwrap();
            let mut rest = body;
            pieces.read_to_end(&mut rest).unwrap();
            assert_eq!((head.len(), rest.as_slice()), (whole.len() - 4, b"body".as_slice()));
        }
        assert!(read(&mut std::io::repeat(b'x')).is_err());
        assert!(read(&mut &b"GET / HTTP/1.1\r\n"[..]).is_err());
    }
}
