//! Server-sent events: a room over HTTP, one chunk an event (HTML Living Standard §9.2, RFC 9112 §7.1).
//!
//! Knows no room and no listener. Why chunks: a client then knows an end that was meant from a
//! connection that was lost.

use memchr::memchr;

use super::{Speech, json};
use crate::core::event::{Event, Farewell};
use crate::core::time::Wall;
use crate::limits::EVENTS_RETRY_MS;
use crate::wire::http::date;

/// The head of the answer; `fields` end with CRLF each.
pub fn head(now: Wall, fields: &str, out: &mut Vec<u8>) {
    let date = date(now);
    out.extend_from_slice(
        format!(
            "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\
             Cache-Control: no-store\r\n{fields}X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\n\r\n"
        )
        .as_bytes(),
    );
}

/// What comes first: how soon to ask again.
pub fn begin(out: &mut Vec<u8>) {
    chunk(format!("retry: {EVENTS_RETRY_MS}\n\n").as_bytes(), out);
}

/// An event; a message has its seq as its id, by which a client goes on where it was.
pub fn event(speech: &Speech, event: &Event, out: &mut Vec<u8>) {
    let seq = match event {
        Event::Message(message) => message.seq,
        Event::Missed(message) => message.seq,
        _no_message => None,
    };
    let mut lines = Vec::new();
    json::event(speech, event, &mut lines);
    blocks(&lines, seq, out);
}

/// The last event, and the end of the answer.
pub fn farewell(speech: &Speech, now: Wall, farewell: &Farewell, out: &mut Vec<u8>) {
    let mut lines = Vec::new();
    json::farewell(speech, now, farewell, &mut lines);
    blocks(&lines, None, out);
    out.extend_from_slice(b"0\r\n\r\n");
}

/// What keeps proxies from giving a silent room up.
pub fn comment(out: &mut Vec<u8>) {
    chunk(b":\n\n", out);
}

/// Objects, one a line, each as an event of its own name; those that bear messages need none.
fn blocks(lines: &[u8], seq: Option<u64>, out: &mut Vec<u8>) {
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut block = Vec::new();
        if let Some(seq) = seq {
            block.extend_from_slice(format!("id: {seq}\n").as_bytes());
        }
        match name(line) {
            b"message" => {}
            other => block.extend_from_slice(&[b"event: ", other, b"\n"].concat()),
        }
        block.extend_from_slice(&[b"data: ", line, b"\n\n"].concat());
        chunk(&block, out);
    }
}

/// The word of an event's object, which it begins with.
fn name(line: &[u8]) -> &[u8] {
    let name = line.strip_prefix(b"{\"event\":\"").unwrap_or_default();
    &name[..memchr(b'"', name).unwrap_or(name.len())]
}

fn chunk(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_an_id_and_needs_no_name() {
        let mut out = Vec::new();
        blocks(b"{\"event\":\"message\",\"seq\":7}\n", Some(7), &mut out);
        let block = "id: 7\ndata: {\"event\":\"message\",\"seq\":7}\n\n";
        assert_eq!(String::from_utf8(out).unwrap(), format!("{:x}\r\n{block}\r\n", block.len()));
    }

    #[test]
    fn others_are_named() {
        let mut out = Vec::new();
        blocks(b"{\"event\":\"edited\",\"seq\":7}\n", None, &mut out);
        assert!(out.windows(15).any(|part| part == b"\nevent: edited\n".as_slice()), "{out:?}");
    }
}
