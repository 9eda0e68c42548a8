//! What an admin takes elsewhere as JSON objects: lines of an export, which come back, and pieces of a backup.
//!
//! Knows no file. Why unknown fields are refused: what an import does not
//! understand would be lost in silence.

use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::write::{message_object, without_nulls};
use crate::core::backup::{BackupReport, Stage};
use crate::core::event::{Message, MessageKind, Version};
use crate::core::export::{Exported, ImportFault, Line, Misfit, RoomLine};
use crate::core::name::Name;
use crate::core::reject::{Reject, echo};
use crate::core::room::RoomRow;
use crate::core::time::Wall;

/// A page of an export.
pub fn exported(exported: &Exported) -> Value {
    let next = exported.next.map(|next| json!({"rooms": next.rooms, "after": next.after}));
    let lines: Vec<Value> = exported.lines.iter().map(line).collect();
    let (server, at) = (&exported.server, exported.at.to_string());
    json!({"server": server, "at": at, "lines": lines, "last": exported.last, "next": next})
}

/// A message is as in a history; a room says what a list of rooms does not.
pub fn line(line: &Line) -> Value {
    let room = match line {
        Line::Message(message) => return json!(message_object(message)),
        Line::Room(room) => room,
    };
    let row = &room.row;
    without_nulls(json!({
        "event": "room", "room": row.name, "open": room.open, "kept": row.kept, "topic": row.topic,
        "capacity": row.capacity, "listed": row.listed, "locked": room.locked,
        "invite_only": row.invite_only, "slow_ms": row.slow_ms, "floor": row.floor,
    }))
}

/// How far a backup is, or a piece of it in base64 (RFC 4648 §4).
pub fn backup(report: &BackupReport) -> Value {
    let backup = report.backup;
    match &report.stage {
        Stage::Copying { done, of } => {
            json!({"backup": backup, "state": "copying", "done": done, "of": of})
        }
        Stage::Checking { done, of } => {
            json!({"backup": backup, "state": "checking", "done": done, "of": of})
        }
        Stage::Ready { size, sha256, anchor } => json!({
            "backup": backup, "state": "ready", "size": size, "sha256": sha256, "anchor": anchor.to_string(),
        }),
        Stage::Piece { data, next } => {
            json!({"backup": backup, "data": BASE64_STANDARD.encode(data), "next": next})
        }
        Stage::Unknown | Stage::Failed { .. } => json!({}),
    }
}

/// What all lines may bear.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Object {
    Room(RoomObject),
    Message(MessageObject),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomObject {
    #[serde(rename = "v")]
    _version: Option<u64>,
    room: String,
    open: bool,
    kept: bool,
    topic: String,
    capacity: Option<u32>,
    listed: bool,
    locked: bool,
    invite_only: bool,
    slow_ms: u64,
    floor: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageObject {
    #[serde(rename = "v")]
    _version: Option<u64>,
    room: String,
    seq: u64,
    at: String,
    from: String,
    text: String,
    kind: MessageKind,
    #[serde(default)]
    mentions: Vec<String>,
    edited: Option<String>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    versions: Vec<VersionObject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionObject {
    at: String,
    by: String,
    text: String,
}

/// The lines of a request.
pub fn lines(list: Vec<Value>) -> Result<Vec<Line>, Reject> {
    let read = |(place, value): (usize, Value)| {
        let room = value["room"].as_str().map(echo).unwrap_or_default();
        let seq = value["seq"].as_u64();
        let object = Some(value).filter(Value::is_object).ok_or("no object".to_owned());
        object.and_then(read).map_err(|why| {
            let why = ImportFault::Form(echo(&why));
            Reject::BadImport(Box::new(Misfit { line: place + 1, room, seq, why }))
        })
    };
    list.into_iter().enumerate().map(read).collect()
}

fn read(value: Value) -> Result<Line, String> {
    match serde_json::from_value(value).map_err(|error| error.to_string())? {
        Object::Room(room) => Ok(Line::Room(Box::new(RoomLine {
            locked: room.locked,
            open: room.open,
            row: RoomRow {
                name: room.room.into(),
                topic: room.topic,
                capacity: room.capacity,
                lock: None,
                listed: room.listed,
                invite_only: room.invite_only,
                slow_ms: room.slow_ms,
                kept: room.kept,
                floor: room.floor,
            },
        }))),
        Object::Message(message) => {
            let version = |version: VersionObject| {
                let (by, text) = (version.by.into(), version.text);
                instant(&version.at).map(|at| Version { at, by, text })
            };
            Ok(Line::Message(Box::new(Message {
                room: message.room.into(),
                seq: Some(message.seq),
                at: instant(&message.at)?,
                from: message.from.into(),
                text: message.text,
                kind: message.kind,
                mentions: message.mentions.into_iter().map(Name::from).collect(),
                edited: message.edited.as_deref().map(instant).transpose()?,
                deleted: message.deleted,
                versions: message.versions.into_iter().map(version).collect::<Result<_, _>>()?,
                mid: None,
            })))
        }
    }
}

fn instant(text: &str) -> Result<Wall, String> {
    let at: Timestamp = text.parse().map_err(|_| text.to_owned())?;
    Ok(Wall(at.as_millisecond()))
}

#[cfg(test)]
pub mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any line, sound or not.
    pub fn a_line() -> impl Strategy<Value = Line> {
        let stamp = || (0..4_000_000_000_000_i64).prop_map(Wall);
        let name = || "[^\u{0}]{1,9}".prop_map(Name::from);
        let version = (stamp(), name(), ".{0,9}").prop_map(|(at, by, text)| Version { at, by, text });
        let kind =
            prop_oneof![Just(MessageKind::Say), Just(MessageKind::Action), Just(MessageKind::Scheduled)];
        let changed = (any::<bool>(), prop::option::of(stamp()), prop::collection::vec(version, 0..3));
        let said = (name(), any::<u64>(), stamp(), name(), ".{0,20}", kind, changed);
        let message = said.prop_map(|(room, seq, at, from, text, kind, (deleted, edited, versions))| {
            let (seq, mentions) = (Some(seq), vec![from.clone()]);
            let message =
                Message { room, seq, at, from, text, kind, mentions, edited, deleted, versions, mid: None };
            Line::Message(Box::new(message))
        });
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        let room = (name(), ".{0,9}", prop::option::of(any::<u32>()), flags, any::<u64>(), any::<u64>());
        let room = room.prop_map(|(name, topic, capacity, flags, slow_ms, floor)| {
            let (locked, open, listed, invite_only, kept) = flags;
            let row =
                RoomRow { topic, capacity, listed, invite_only, slow_ms, kept, floor, ..RoomRow::new(name) };
            Line::Room(Box::new(RoomLine { locked, open, row }))
        });
        prop_oneof![message, room]
    }

    proptest! {
        #[test]
        fn every_line_comes_back(written in a_line()) {
            prop_assert_eq!(lines(vec![line(&written)]), Ok(vec![written]));
        }
    }

    #[test]
    fn what_is_no_line() {
        let refused = |text: &str| match lines(vec![serde_json::from_str(text).unwrap()]) {
            Err(Reject::BadImport(misfit)) => match misfit.why {
                ImportFault::Form(why) => why,
                other => panic!("{other:?}"),
            },
            other => panic!("{text} is {other:?}"),
        };
        let message =
            r#""event":"message","room":"den","seq":1,"at":"2026-11-21T06:30:00Z","from":"A","kind":"say""#;
        for (text, why) in [
            ("5".to_owned(), "no object"),
            ("{}".to_owned(), "event"),
            (r#"{"event":"whisper"}"#.to_owned(), "whisper"),
            (format!("{{{message}}}"), "text"),
            (format!(r#"{{{message},"text":"x","colour":1}}"#), "colour"),
            (format!(r#"{{{message},"text":5}}"#), "expected a string"),
            (format!(r#"{{{message},"text":"x","edited":"soon"}}"#), "soon"),
        ] {
            let said = refused(&text);
            assert!(said.contains(why), "{text}: {said}");
        }
        assert!(
            lines(vec![serde_json::from_str(&format!(r#"{{"v":1,{message},"text":"x"}}"#)).unwrap()]).is_ok()
        );
    }
}
