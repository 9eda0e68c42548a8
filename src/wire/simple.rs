//! The simple WebSocket: an object with a type, a room, a sender and a message, and no more.
//!
//! Knows no session. Why beside the JSON of the other WebSocket: many first clients, written after a
//! well-known lesson, speak exactly this, and a frame typed by hand is still said.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Speech, json, text, words};
use crate::core::event::{Event, Farewell};
use crate::core::reject::{Expected, Malformed, Reject, echo};
use crate::core::reply::Reply;

/// What a frame asks for.
#[derive(PartialEq, Debug)]
pub enum Frame {
    /// `ENTER`: to be in this room, by its name or id, as this sender.
    Enter(Sent),
    /// `TALK`: to say this there.
    Talk(Sent),
    /// No JSON: to be said where everybody lands.
    Plain(String),
}

/// The fields of a frame.
#[derive(PartialEq, Debug)]
pub struct Sent {
    pub room: String,
    pub sender: String,
    /// With `ENTER` most leave it empty.
    pub message: String,
}

/// An object as it is sent: `ENTER`, `TALK`, `QUIT`, and what a simple client may show and need not understand.
#[derive(Serialize)]
struct Object<'a> {
    r#type: &'static str,
    #[serde(rename = "roomId")]
    room: Option<Uuid>,
    sender: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// Reads a frame.
///
/// # Errors
///
/// An object that lacks a field or has one of another type.
pub fn read(frame: &str) -> Result<Frame, Reject> {
    if !frame.trim_start().starts_with('{') {
        return Ok(Frame::Plain(frame.to_owned()));
    }
    let fields = json::fields(frame.as_bytes())?;
    let missing = |name: &'static str| Reject::Malformed(Malformed::MissingField(name.into()));
    let text = |name: &'static str| match fields.iter().find(|(known, _)| known == name) {
        Some((_, Value::String(text))) => Ok(Some(text.clone())),
        Some((_, Value::Null)) | None => Ok(None),
        Some(_) => {
            Err(Reject::Malformed(Malformed::WrongType { field: name.into(), expected: Expected::Text }))
        }
    };
    let kind = text("type")?.ok_or_else(|| missing("type"))?;
    let sent = Sent {
        room: text("roomId")?.ok_or_else(|| missing("roomId"))?,
        sender: text("sender")?.ok_or_else(|| missing("sender"))?,
        message: text("message")?.unwrap_or_default(),
    };
    match kind.as_str() {
        "ENTER" => Ok(Frame::Enter(sent)),
        "TALK" => Ok(Frame::Talk(sent)),
        other => Err(Reject::UnknownCommand { name: echo(other), nearest: None }),
    }
}

/// The object of one event; what has no type of its own comes as a notice, in the words of a terminal.
pub fn event(speech: &Speech, event: &Event, id_of: impl Fn(&str) -> Uuid, out: &mut Vec<u8>) {
    let (kind, room, sender, message) = match event {
        Event::Message(message) => ("TALK", &message.room, &message.from, message.text.as_str()),
        Event::Missed(message) => ("TALK", &message.room, &message.from, message.text.as_str()),
        Event::Joined { room, nick, .. } => ("ENTER", room, nick, ""),
        Event::Left { room, nick, text, .. } => ("QUIT", room, nick, text.as_deref().unwrap_or("")),
        other => {
            let mut lines = Vec::new();
            text::event(speech, false, other, &mut lines);
            return notices("NOTICE", None, &lines, out);
        }
    };
    line(&Object { r#type: kind, room: Some(id_of(room)), sender, message, code: None }, out);
}

/// Only a refusal is told: what was done is heard.
pub fn reply(speech: &Speech, reply: &Result<Reply, Reject>, out: &mut Vec<u8>) {
    if let Err(reject) = reply {
        let message = speech.words.capitalised(&words::reject(&speech.words, reject));
        notices("ERROR", Some(reject.code()), message.as_bytes(), out);
    }
}

pub fn farewell(speech: &Speech, farewell: &Farewell, out: &mut Vec<u8>) {
    let mut lines = Vec::new();
    text::farewell(speech, farewell, &mut lines);
    notices("NOTICE", Some(words::farewell_word(farewell)), &lines, out);
}

fn notices(kind: &'static str, code: Option<&'static str>, lines: &[u8], out: &mut Vec<u8>) {
    for message in String::from_utf8_lossy(lines).lines() {
        // Who says it stands beside it.
        let message = message.strip_prefix("[Server]: ").unwrap_or(message);
        line(&Object { r#type: kind, room: None, sender: "Server", message, code }, out);
    }
}

fn line(object: &Object<'_>, out: &mut Vec<u8>) {
    serde_json::to_writer(&mut *out, object).expect("a vector takes everything");
    out.push(b'\n');
}

/// The nickname of somebody who sends no object, by number.
pub fn nick(number: u64) -> String {
    format!("web{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        let sent = |message: &str| Sent { room: "r".into(), sender: "Alice".into(), message: message.into() };
        let enter = r#"{"type":"ENTER","roomId":"r","sender":"Alice","message":""}"#;
        assert_eq!(read(enter), Ok(Frame::Enter(sent(""))));
        assert_eq!(read(&enter.replace(r#","message":"""#, "")), Ok(Frame::Enter(sent(""))));
        assert_eq!(
            read(&enter.replace("ENTER", "TALK").replace(r#""""#, r#""hi""#)),
            Ok(Frame::Talk(sent("hi")))
        );
        assert_eq!(read("hello"), Ok(Frame::Plain("hello".into())));
        assert_eq!(read("42"), Ok(Frame::Plain("42".into())));
        for broken in
            [r#"{"type":"TALK"}"#, "{", &enter.replace(r#""r""#, "5"), &enter.replace("ENTER", "SHOUT")]
        {
            assert!(read(broken).is_err(), "{broken}");
        }
    }
}
