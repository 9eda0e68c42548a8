//! Answers as bytes.
//!
//! Knows status codes and fields, not who asked for what. Why every answer has a length: a client that
//! keeps the connection must know where the next one begins.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::json;

use super::Fault;
use crate::core::time::Wall;
use crate::locale::Words;

/// To a client that waits before it sends its body (RFC 9110 §15.2.1).
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A whole answer.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// One that `reason` knows.
    pub status: u16,
    /// The type of the body (RFC 9110 §8.3).
    pub kind: &'static str,
    pub body: Cow<'static, [u8]>,
    /// Other fields, whose values have no line ends.
    pub fields: Vec<(&'static str, String)>,
}

impl Answer {
    /// An object; no answer of this server is to be kept by anybody in between.
    pub fn json(status: u16, object: &serde_json::Value) -> Answer {
        let fields = vec![("Cache-Control", "no-store".to_owned())];
        // With a line end: it is also read at terminals.
        Answer { status, kind: "application/json", body: format!("{object}\n").into_bytes().into(), fields }
    }

    /// An answer that says all by its code (RFC 9110 §15.3.5 and §15.4.5).
    pub fn empty(status: u16) -> Answer {
        assert!(has_no_body(status), "an answer with the code {status} says more than that");
        Answer { status, kind: "", body: Cow::Borrowed(&[]), fields: Vec::new() }
    }

    /// A refusal, in the form of every other one of this server.
    pub fn error(status: u16, code: &str, message: &str) -> Answer {
        Answer::json(status, &json!({"error": {"code": code, "message": message}}))
    }

    /// What is said to a request that could not be read.
    pub fn fault(fault: Fault, words: &Words) -> Answer {
        let id = match fault {
            Fault::Malformed(id) => id,
            Fault::LongLine => "http-long-line",
            Fault::LargeHead => "http-large-head",
            Fault::LargeBody => "http-large-body",
            Fault::Expectation => "http-expectation",
            Fault::Coding => "http-coding",
            Fault::Version => "http-version",
        };
        let message = words.say("http-refused", &[("why", words.say(id, &[]).into())]);
        Answer::error(fault.status(), fault.code(), &message)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.fields.push((name, value.into()));
        self
    }
}

/// Appends an answer. With `head_only` the body is left out, its length is told all the same (RFC 9110 §9.3.2).
pub fn write(answer: &Answer, now: Wall, head_only: bool, keeps_alive: bool, out: &mut Vec<u8>) {
    begin(answer, answer.body.len() as u64, now, keeps_alive, out);
    if !head_only {
        out.extend_from_slice(&answer.body);
    }
}

/// Appends the head of an answer whose body of so many bytes comes later.
pub fn begin(answer: &Answer, length: u64, now: Wall, keeps_alive: bool, out: &mut Vec<u8>) {
    let Answer { status, kind, fields, .. } = answer;
    let mut head = format!("HTTP/1.1 {status} {}\r\nDate: {}\r\n", reason(*status), date(now));
    if !has_no_body(*status) {
        head.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n"));
    }
    for (name, value) in fields {
        debug_assert!(!value.contains(['\r', '\n']), "{name}: {value}");
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let connection = if keeps_alive { "" } else { "Connection: close\r\n" };
    head.push_str(&format!("X-Content-Type-Options: nosniff\r\n{connection}\r\n"));
    out.extend_from_slice(head.as_bytes());
}

/// The instant as HTTP has it (RFC 9110 §5.6.7).
pub fn date(now: Wall) -> String {
    let instant = Timestamp::from_millisecond(now.0).unwrap_or_default();
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Whether the code itself says that there is no body.
fn has_no_body(status: u16) -> bool {
    matches!(status, 204 | 304)
}

/// The words behind a code (RFC 9110 §15, RFC 6585 §4 and §5).
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        413 => "Content Too Large",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        other => unreachable!("no answer has the code {other}"),
    }
}
