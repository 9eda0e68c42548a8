//! The head of a request: its first line and its fields.
//!
//! Knows nothing of what follows it but its framing. Why the bytes are looked at before the parser
//! sees them: it forgives line ends and targets that others in front of us may read differently.

use super::Fault;
use super::body::Framing;
use crate::limits::{HTTP_BODY_BYTES_MAX, HTTP_FIELDS_MAX, HTTP_LINE_BYTES_MAX};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Delete,
    Options,
    /// Any other: it is allowed nowhere here.
    Other,
}

impl Method {
    fn named(name: &str) -> Method {
        match name {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            "OPTIONS" => Method::Options,
            _other => Method::Other,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Other => "",
        }
    }

    /// Whether a request of this method may have a body that means something (RFC 9110 §9.3).
    fn takes_body(self) -> bool {
        match self {
            Method::Post | Method::Put | Method::Other => true,
            Method::Get | Method::Head | Method::Delete | Method::Options => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub method: Method,
    /// As it came, beginning with a slash; without the query.
    pub path: String,
    /// What stands behind the first `?`, as it came.
    pub query: Option<String>,
    /// Names in lower case, in the order in which they came.
    fields: Vec<(String, String)>,
    /// The client wants to ask more over this connection (RFC 9112 §9.3).
    pub keeps_alive: bool,
    /// It can be answered in chunks (RFC 9112 §7.1).
    pub takes_chunks: bool,
    /// It waits for `100 Continue` before it sends the body.
    pub expects_continue: bool,
    pub(super) framing: Framing,
}

impl Head {
    /// The value of the first field of this name, which is given in lower case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The values of all fields of this name, in their order.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        all(&self.fields, name)
    }

    /// Whether a field that is a list has this word in it, in any case (RFC 9110 §5.6.1).
    pub fn lists(&self, name: &str, word: &str) -> bool {
        lists(&self.fields, name, word)
    }

    /// Whether its body is not read with it but left to whoever takes it as it comes: that of PUT may be a file.
    pub fn leaves_body(&self) -> bool {
        self.method == Method::Put && self.framing != Framing::None
    }

    /// The bytes of its body; None: it comes in chunks, and nobody knows.
    pub fn body_bytes(&self) -> Option<u64> {
        match self.framing {
            Framing::None => Some(0),
            Framing::Length(bytes) => Some(bytes as u64),
            Framing::Chunked => None,
        }
    }

    /// Whether the client takes the coding `gzip` (RFC 9110 §12.5.3).
    pub fn accepts_gzip(&self) -> bool {
        let codings = all(&self.fields, "accept-encoding").flat_map(|value| value.split(','));
        codings.map(|coding| coding.split(';').map(str::trim)).any(|mut coding| {
            let name = coding.next().unwrap_or("");
            let weight = coding.find_map(|one| one.strip_prefix("q=")).and_then(|q| q.parse().ok());
            (name.eq_ignore_ascii_case("gzip") || name == "*") && weight.unwrap_or(1.0) > 0.0
        })
    }

    /// Reads a whole head, the empty line at its end included.
    pub(super) fn read(bytes: &[u8]) -> Result<Head, Fault> {
        check_bytes(bytes)?;
        let mut space = [httparse::EMPTY_HEADER; HTTP_FIELDS_MAX];
        let mut parsed = httparse::Request::new(&mut space);
        match parsed.parse(bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            Ok(httparse::Status::Partial) => return Err(Fault::Malformed("http-early-end")),
            Err(httparse::Error::TooManyHeaders) => return Err(Fault::LargeHead),
            Err(error) => return Err(unread(bytes, error)),
        }
        let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version) else {
            return Err(Fault::Malformed("http-no-http"));
        };
        let fields = parsed.headers.iter().map(field).collect::<Result<Vec<_>, Fault>>()?;
        let method = Method::named(method);
        let (path, query) = target_of(method, target)?;
        let framing = framing(&fields, minor, method)?;
        if framing != Framing::None && !method.takes_body() {
            return Err(Fault::Malformed("http-no-body"));
        }
        host(&fields, minor)?;
        let expects_continue = expectation(&fields, minor)?;
        let (keeps_alive, takes_chunks) = (keeps_alive(&fields, minor), minor > 0);
        Ok(Head { method, path, query, fields, keeps_alive, takes_chunks, expects_continue, framing })
    }
}

/// Only CRLF ends a line, and nothing but text stands in one (RFC 9112 §2.2).
fn check_bytes(bytes: &[u8]) -> Result<(), Fault> {
    let mut before = 0;
    for &byte in bytes {
        match (before, byte) {
            (b'\r', b'\n') => {}
            (b'\r', _) | (_, b'\n') => return Err(Fault::Malformed("http-line-end")),
            _text => {}
        }
        before = byte;
    }
    // Behind the line ends, which are looked at also before the head is whole: pieces make no difference.
    if memchr::memchr(0, bytes).is_some() {
        return Err(Fault::Malformed("http-zero"));
    }
    if memchr::memchr(b'\r', bytes).unwrap_or(bytes.len()) > HTTP_LINE_BYTES_MAX {
        return Err(Fault::LongLine);
    }
    Ok(())
}

/// What is wrong with a head that the parser does not take. HTTP/0.9 has no version at all.
fn unread(bytes: &[u8], error: httparse::Error) -> Fault {
    let line = bytes.split(|&byte| byte == b'\r').next().unwrap_or(bytes);
    let last = line.rsplit(|&byte| byte == b' ').next().unwrap_or(line);
    match error {
        _ if !last.starts_with(b"HTTP/") => Fault::Malformed("http-no-version"),
        httparse::Error::Version => Fault::Version,
        _other => Fault::Malformed("http-no-http"),
    }
}

fn field(parsed: &httparse::Header<'_>) -> Result<(String, String), Fault> {
    let value = std::str::from_utf8(parsed.value).ok().filter(|value| value.is_ascii());
    let value = value.ok_or(Fault::Malformed("http-ascii"))?;
    Ok((parsed.name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
}

/// A path with its query, or the `*` of OPTIONS; a server behind no proxy is asked for nothing else
/// (RFC 9112 §3.2).
fn target_of(method: Method, target: &str) -> Result<(String, Option<String>), Fault> {
    if target == "*" && method == Method::Options {
        return Ok((target.to_owned(), None));
    }
    if !target.starts_with('/') || target.contains('#') || !target.is_ascii() {
        return Err(Fault::Malformed("http-target"));
    }
    Ok(match target.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (target.to_owned(), None),
    })
}

fn all<'f>(fields: &'f [(String, String)], name: &'f str) -> impl Iterator<Item = &'f str> {
    fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Where the body ends; two answers to that are none (RFC 9112 §6.3).
fn framing(fields: &[(String, String)], minor: u8, method: Method) -> Result<Framing, Fault> {
    let mut lengths = all(fields, "content-length");
    let mut codings = all(fields, "transfer-encoding");
    match (lengths.next(), codings.next()) {
        (None, None) => Ok(Framing::None),
        (Some(length), None) => {
            let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            if lengths.next().is_some() || !digits {
                return Err(Fault::Malformed("http-length"));
            }
            match length.parse() {
                Ok(0) => Ok(Framing::None),
                Ok(length) if length <= HTTP_BODY_BYTES_MAX || method == Method::Put => {
                    Ok(Framing::Length(length))
                }
                // More digits than a number can have is a large body too.
                Ok(_) | Err(_) => Err(Fault::LargeBody),
            }
        }
        (None, Some(coding)) => {
            if minor == 0 || codings.next().is_some() {
                return Err(Fault::Malformed("http-body-coding"));
            }
            if coding.eq_ignore_ascii_case("chunked") { Ok(Framing::Chunked) } else { Err(Fault::Coding) }
        }
        (Some(_), Some(_)) => Err(Fault::Malformed("http-two-lengths")),
    }
}

/// Exactly one, but for HTTP/1.0 (RFC 9112 §3.2).
fn host(fields: &[(String, String)], minor: u8) -> Result<(), Fault> {
    match (all(fields, "host").count(), minor) {
        (1, _) | (0, 0) => Ok(()),
        _other => Err(Fault::Malformed("http-host")),
    }
}

fn expectation(fields: &[(String, String)], minor: u8) -> Result<bool, Fault> {
    match all(fields, "expect").next() {
        None => Ok(false),
        // HTTP/1.0 knows no interim answer: what it expects is ignored (RFC 9110 §10.1.1).
        Some(_) if minor == 0 => Ok(false),
        Some(expected) if expected.eq_ignore_ascii_case("100-continue") => Ok(true),
        Some(_) => Err(Fault::Expectation),
    }
}

fn lists(fields: &[(String, String)], name: &str, word: &str) -> bool {
    let mut words = all(fields, name).flat_map(|value| value.split(',')).map(str::trim);
    words.any(|one| one.eq_ignore_ascii_case(word))
}

fn keeps_alive(fields: &[(String, String)], minor: u8) -> bool {
    !lists(fields, "connection", "close") && (minor > 0 || lists(fields, "connection", "keep-alive"))
}
