//! Events and replies as JSON objects, one a line.
//!
//! Knows no receiver. Why the shapes stand here by hand and not as derives on
//! the core's types: the wire is a contract, the core is not.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{export, server};
use crate::core::event::{Event, Farewell, LeftReason, Message, Notice, Version, WhisperEnd};
use crate::core::files::FileInfo;
use crate::core::fold::Mark;
use crate::core::name::Name;
use crate::core::recurrence::Rule;
use crate::core::reject::Reject;
use crate::core::reply::{Found, Listing, Reply, RoomInfo, ScheduleRow, User, Welcome};
use crate::core::request::RequestId;
use crate::core::sanctions::{Sanction, SanctionKind, Who};
use crate::core::time::Wall;
use crate::wire::{Speech, words};

/// Talk is most of what is sent, so it has a shape of its own and needs no tree of values.
#[derive(Serialize)]
pub(super) struct MessageObject<'a> {
    event: &'static str,
    room: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    at: Stamp,
    from: &'a str,
    text: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "<[Name]>::is_empty")]
    mentions: &'a [Name],
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<Stamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<VersionObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<&'a [Mark]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mid: Option<&'a str>,
}

#[derive(Serialize)]
struct VersionObject<'a> {
    at: Stamp,
    by: &'a str,
    text: &'a str,
}

/// RFC 3339, written without a text between.
struct Stamp(Wall);

impl Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

pub(super) fn message_object(message: &Message) -> MessageObject<'_> {
    MessageObject {
        event: "message",
        room: &message.room,
        seq: message.seq,
        at: Stamp(message.at),
        from: &message.from,
        text: &message.text,
        kind: message.kind.word(),
        mentions: &message.mentions,
        edited: message.edited.map(Stamp),
        deleted: message.deleted,
        versions: message.versions.iter().map(version).collect(),
        marks: None,
        mid: message.mid.as_deref(),
    }
}

fn found_object(found: &Found) -> MessageObject<'_> {
    MessageObject { marks: Some(&found.marks), ..message_object(&found.message) }
}

fn version(version: &Version) -> VersionObject<'_> {
    VersionObject { at: Stamp(version.at), by: &version.by, text: &version.text }
}

fn line(out: &mut Vec<u8>, object: &impl Serialize) {
    serde_json::to_writer(&mut *out, object)
        .expect("a vector takes everything, and no key is anything but text");
    out.push(b'\n');
}

/// The object of one event.
pub fn event(speech: &Speech, event: &Event, out: &mut Vec<u8>) {
    match event {
        Event::Message(message) => line(out, &message_object(message)),
        Event::Missed(message) => line(out, &message_object(message)),
        other => line(out, &without_nulls(event_object(speech, other))),
    }
}

fn event_object(speech: &Speech, event: &Event) -> Value {
    match event {
        Event::Message(message) => json!(message_object(message)),
        Event::Missed(message) => json!(message_object(message)),
        Event::Edited(edit) => json!({
            "event": if edit.text.is_some() { "edited" } else { "deleted" }, "room": edit.room,
            "seq": edit.seq, "at": edit.at.to_string(), "by": edit.by, "from": edit.from, "text": edit.text,
        }),
        Event::Whisper(whisper) => json!({
            "event": "whisper", "id": whisper.id, "at": whisper.at.to_string(), "from": whisper.from,
            "to": whisper.to, "text": whisper.text,
        }),
        Event::WhisperOpened { nick, at } => {
            json!({"event": "whisper_opened", "nick": nick, "at": at.to_string()})
        }
        Event::WhisperClosed { nick, end, at } => json!({
            "event": "whisper_closed", "nick": nick, "at": at.to_string(), "reason": whisper_end(*end),
        }),
        Event::Offer(said) => {
            let (offer, from, at) = (said.offer, &said.from, said.at.to_string());
            file(json!({"event": "offer", "offer": offer, "from": from, "at": at}), &said.file)
        }
        Event::Transfer(told) => json!({
            "event": "transfer", "offer": told.offer, "at": told.at.to_string(), "name": told.name,
            "state": told.state.word(), "bytes": told.bytes, "reason": told.reason,
        }),
        Event::Joined { room, nick, at } => {
            json!({"event": "joined", "room": room, "nick": nick, "at": at.to_string()})
        }
        Event::Moved { nick, room, at } => {
            let mut object = json!({"event": "joined", "nick": nick, "at": at.to_string()});
            if let (Value::Object(object), Value::Object(info)) = (&mut object, room_info(room)) {
                object.extend(info);
            }
            object
        }
        Event::Left { room, nick, at, reason, text } => json!({
            "event": "left", "room": room, "nick": nick, "at": at.to_string(),
            "reason": left_reason(*reason), "text": text,
        }),
        Event::Renamed { from, to, at } => {
            json!({"event": "renamed", "from": from, "to": to, "at": at.to_string()})
        }
        Event::Kicked { nick, by, room, reason, at } => json!({
            "event": "kicked", "nick": nick, "by": by, "room": room, "reason": reason,
            "at": at.to_string(),
        }),
        Event::Sanctioned { nick, sanction } => sanctioned(nick, sanction),
        Event::RoleChanged { room, nick, role, by, at } => json!({
            "event": "room_changed", "room": room, "nick": nick, "role": role, "by": by,
            "at": at.to_string(),
        }),
        Event::Topic { room, topic, by, at } => {
            json!({"event": "topic", "room": room, "topic": topic, "by": by, "at": at.to_string()})
        }
        Event::RoomCreated { room, id, by, at } => {
            json!({"event": "room_created", "room": room, "id": id, "by": by, "at": at.to_string()})
        }
        Event::RoomChanged { room, id, by, at } => {
            json!({"event": "room_changed", "room": room, "id": id, "by": by, "at": at.to_string()})
        }
        Event::RoomClosed { room, id, by, at } => {
            json!({"event": "room_closed", "room": room, "id": id, "by": by, "at": at.to_string()})
        }
        Event::Announcement { text, at, from } => {
            json!({"event": "announcement", "text": text, "at": at.to_string(), "from": from})
        }
        Event::Notice { notice, at } => json!({
            "event": "notice", "text": words::notice(&speech.words, notice, &speech.zone),
            "at": at.to_string(), "code": words::notice_word(notice), "room": notice_room(notice),
        }),
        // A program knows its own name.
        Event::Yours(own) => event_object(speech, own),
    }
}

/// An object with what a file is.
fn file(mut object: Value, file: &FileInfo) -> Value {
    object["name"] = json!(file.name);
    object["size"] = json!(file.size);
    object["hash"] = json!(file.hash);
    object["direct"] = json!(file.direct);
    object
}

fn left_reason(reason: LeftReason) -> &'static str {
    match reason {
        LeftReason::Quit => "quit",
        LeftReason::Part => "part",
        LeftReason::Lost => "lost",
        LeftReason::Kicked => "kicked",
    }
}

fn whisper_end(end: WhisperEnd) -> &'static str {
    match end {
        WhisperEnd::Ended => "ended",
        WhisperEnd::Left(reason) => left_reason(reason),
    }
}

/// What everybody may know of a ban or a mute: not the address.
fn sanctioned(nick: &str, sanction: &Sanction) -> Value {
    let event = match sanction.kind {
        SanctionKind::Ban => "banned",
        SanctionKind::Mute => "muted",
    };
    json!({
        "event": event, "nick": nick, "by": sanction.by, "room": sanction.room, "reason": sanction.reason,
        "until": sanction.until.map(|until| until.to_string()), "at": sanction.at.to_string(),
    })
}

fn notice_room(notice: &Notice) -> Option<&Name> {
    match notice {
        Notice::Invited { room, .. } => Some(room),
        Notice::Unmuted { room, .. } => room.as_ref(),
        Notice::ScheduleSent { .. } | Notice::ScheduleMissed { .. } | Notice::ShutdownIn { .. } => None,
    }
}

/// A field that has no value is left out.
pub(in crate::wire) fn without_nulls(mut object: Value) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// The object that answers a request, with its id as `re`.
pub fn reply(speech: &Speech, re: &RequestId, reply: &Result<Reply, Reject>, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct Answer<'a> {
        #[serde(skip_serializing_if = "is_none")]
        re: &'a RequestId,
        #[serde(skip_serializing_if = "Option::is_none")]
        ok: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Value>,
    }
    fn is_none(re: &&RequestId) -> bool {
        **re == RequestId::None
    }
    let (ok, error) = match reply {
        Ok(reply) => (Some(without_nulls(done(speech, reply))), None),
        Err(reject) => (None, Some(refused(speech, reject))),
    };
    line(out, &Answer { re, ok, error });
}

/// A refusal: its code, its sentence, and what a program may act on.
pub fn refused(speech: &Speech, reject: &Reject) -> Value {
    let message = match reject {
        // The slash form would mean nothing to a program.
        Reject::Usage(command) => speech.words.say("usage-json", &[("name", command.name.into())]),
        other => words::reject(&speech.words, other),
    };
    let mut error = json!({"code": reject.code(), "message": speech.words.capitalised(&message)});
    if let Reject::RateLimited { wait_ms } | Reject::TooSoon { wait_ms, .. } = reject {
        error["retry_ms"] = json!(wait_ms);
    }
    if let Reject::Banned(held) | Reject::Muted(held) = reject
        && let Some(left_ms) = held.left_ms
    {
        error["left_ms"] = json!(left_ms);
    }
    if let Reject::BadQuery { at, .. } = reject {
        error["at"] = json!(at);
    }
    if let Reject::BadImport(misfit) = reject {
        error["at"] = json!(misfit.line);
    }
    error
}

/// What a reply has under `ok`.
pub fn done(speech: &Speech, reply: &Reply) -> Value {
    match reply {
        Reply::Welcome(welcome) => welcomed(welcome),
        Reply::Said { room, seq, at } => json!({"room": room, "seq": seq, "at": at.to_string()}),
        Reply::Whispered { id, at, waiting } => {
            json!({"id": id, "at": at.to_string(), "waiting": (!waiting.is_empty()).then_some(waiting)})
        }
        Reply::Renamed { nick } | Reply::WhisperOpened { nick } => json!({"nick": nick}),
        Reply::WhisperClosed { nick, already: false } => json!({"nick": nick}),
        Reply::WhisperClosed { already: true, .. } => json!({"already": true}),
        Reply::WhisperAsked => json!({}),
        Reply::Offered { offer, token } => json!({"offer": offer, "token": token}),
        Reply::Accepted(taken) => file(json!({"offer": taken.offer, "token": taken.token}), &taken.file),
        Reply::Declined { offer } | Reply::Cancelled { offer } | Reply::Received { offer } => {
            json!({"offer": offer})
        }
        Reply::Kicked { nick, room } => json!({"nick": nick, "room": room}),
        Reply::Joined(info) | Reply::Left(info) => room_info(info),
        Reply::Rooms { rooms, more } => {
            json!({"rooms": rooms.iter().map(listing).collect::<Vec<_>>(), "more": more})
        }
        Reply::RoomCreated { room, id } => json!({"room": room, "id": id}),
        Reply::RoomSet { room, id, topic } => json!({"room": room, "id": id, "topic": topic}),
        Reply::RoomClosed { room } => json!({"room": room}),
        Reply::RoleSet { room, nick, role } => json!({"room": room, "nick": nick, "role": role}),
        Reply::Invited { room, nick } => json!({"room": room, "nick": nick}),
        Reply::Edited { room, seq, at } | Reply::Deleted { room, seq, at } => {
            json!({"room": room, "seq": seq, "at": at.to_string()})
        }
        Reply::Sanctioned(sanction) => sanction_row(sanction),
        Reply::Lifted { kind, who, room } => json!({
            "nick": matches!(who, Who::Nick(_)).then(|| who.to_string()), "who": who.to_string(), "kind": kind,
            "room": room,
        }),
        Reply::Bans { bans, .. } => json!({"bans": bans.iter().map(sanction_row).collect::<Vec<_>>()}),
        Reply::MarkedRead { room, seq } => json!({"room": room, "seq": seq}),
        Reply::Users { users, .. } => json!({"users": users.iter().map(user).collect::<Vec<_>>()}),
        Reply::Bye | Reply::Pong => json!({}),
        Reply::Scheduled { schedule, due, rule, .. } => {
            with_rule(json!({"schedule": schedule, "due": due.to_string()}), rule.as_ref())
        }
        Reply::Schedules { schedules, .. } => {
            json!({"schedules": schedules.iter().map(schedule_row).collect::<Vec<_>>()})
        }
        Reply::Unscheduled { schedule } => json!({"schedule": schedule}),
        Reply::History { messages, more, .. } => {
            json!({"messages": messages.iter().map(message_object).collect::<Vec<_>>(), "more": more})
        }
        Reply::Search { search, .. } => without_nulls(json!({
            "messages": search.found.iter().map(found_object).collect::<Vec<_>>(), "more": search.more,
            "next": search.next, "scanned": search.scanned, "partial": search.partial.then_some(true),
        })),
        Reply::Subscribed { room, .. } => json!({"room": room}),
        Reply::Timestamps { on } => json!({"on": on}),
        Reply::Lang { lang } => json!({"lang": lang}),
        Reply::Help { command, admin } => server::help(speech, command.as_deref(), *admin),
        Reply::Announced { at, people } => json!({"at": at.to_string(), "people": people}),
        Reply::ShutdownAt { at } => json!({"at": at.to_string()}),
        Reply::Completions(found) => server::completions(found),
        Reply::Status(status) => server::status(speech, status),
        Reply::Reloaded { restart_needed, revert_at } => without_nulls(json!({
            "restart_needed": restart_needed, "revert_at": revert_at.map(|at| at.to_string()),
        })),
        Reply::ConfigDiff { differences, revert_at } => without_nulls(json!({
            "differences": differences, "revert_at": revert_at.map(|at| at.to_string()),
        })),
        Reply::ConfigConfirmed => json!({}),
        Reply::ConfigReverted { restart_needed } => json!({"restart_needed": restart_needed}),
        Reply::Commands { commands, more } => {
            json!({"commands": commands.iter().map(server::command_row).collect::<Vec<_>>(), "more": more})
        }
        Reply::Verified(verified) => server::verified(verified),
        Reply::Exported(exported) => export::exported(exported),
        Reply::Backup(report) => export::backup(report),
        Reply::Imported { added, there } => json!({"added": added, "there": there}),
        Reply::Unrecorded(inner) => {
            let mut object = done(speech, inner);
            object["recorded"] = json!(false);
            object
        }
    }
}

fn welcomed(welcome: &Welcome) -> Value {
    let marked = |is: bool| is.then_some(true);
    let place = |room: &Listing| {
        without_nulls(json!({
            "room": room.room, "members": room.members, "locked": marked(room.locked),
            "invite_only": marked(room.invite_only), "listed": (!room.listed).then_some(false),
        }))
    };
    let read: Map<String, Value> =
        welcome.read.iter().map(|(room, seq)| (room.to_string(), json!(seq))).collect();
    json!({
        "session": welcome.session, "nick": welcome.nick, "server": welcome.server,
        "resume": welcome.token, "rooms": welcome.rooms, "partner": welcome.partner, "members": welcome.members, "people": welcome.people,
        "directory": welcome.directory.iter().map(place).collect::<Vec<_>>(), "read": read,
        "kept": welcome.kept.map(|kept| json!({"messages_ms": kept.messages_ms, "whispers_ms": kept.whispers_ms})),
        "motd": if welcome.motd.is_empty() { Value::Null } else { json!(welcome.motd) },
    })
}

fn room_info(info: &RoomInfo) -> Value {
    json!({
        "room": info.room, "id": info.id, "topic": info.topic, "members": info.members,
        "people": info.people, "seq": info.seq,
    })
}

fn listing(room: &Listing) -> Value {
    without_nulls(json!({
        "room": room.room, "id": room.id, "topic": room.topic, "members": room.members,
        "capacity": room.capacity, "owner": room.owner, "listed": room.listed, "locked": room.locked,
        "invite_only": room.invite_only, "slow_ms": room.slow_ms, "kept": room.kept,
    }))
}

/// A ban or a mute; `nick` as well as `who`, as their requests have them.
fn sanction_row(sanction: &Sanction) -> Value {
    let who = sanction.who.to_string();
    without_nulls(json!({
        "nick": matches!(sanction.who, Who::Nick(_)).then_some(&who), "who": who, "kind": sanction.kind,
        "room": sanction.room, "by": sanction.by, "at": sanction.at.to_string(),
        "until": sanction.until.map(|until| until.to_string()), "reason": sanction.reason,
    }))
}

fn user(user: &User) -> Value {
    without_nulls(json!({
        "nick": user.nick, "role": user.role, "rooms": user.rooms, "since": user.since.to_string(),
        "door": user.door, "address": user.address,
    }))
}

fn schedule_row(row: &ScheduleRow) -> Value {
    let object = json!({
        "schedule": row.schedule, "room": row.room, "from": row.from, "due": row.due.to_string(),
        "every": null, "text": row.text, "state": if row.missed { "missed" } else { "waiting" },
    });
    with_rule(object, row.rule.as_ref())
}

/// The rule by which it comes again, where it has one; its time of day and zone, where the rule has them.
fn with_rule(mut object: Value, rule: Option<&Rule>) -> Value {
    let Some(rule) = rule else { return object };
    object["every"] = json!(rule.every.word());
    if let Some(time) = rule.every.time() {
        object["time"] = json!(time.to_string());
    }
    if let Some(zone) = &rule.zone {
        object["zone"] = json!(zone);
    }
    object
}

/// The last object to a connection; the one who was kicked is told by whom first.
pub fn farewell(speech: &Speech, now: Wall, farewell: &Farewell, out: &mut Vec<u8>) {
    match farewell {
        Farewell::Kicked { nick, by, reason, at } => {
            let (nick, by, reason) = (nick.clone(), by.clone(), reason.clone());
            event(speech, &Event::Kicked { nick, by, room: None, reason, at: *at }, out);
        }
        Farewell::Banned { nick, sanction } => line(out, &without_nulls(sanctioned(nick, sanction))),
        Farewell::Quit
        | Farewell::Shutdown { .. }
        | Farewell::Flood
        | Farewell::OverlongLines
        | Farewell::LoginTimeout
        | Farewell::Idle
        | Farewell::SlowConsumer
        | Farewell::NotAllowed
        | Farewell::Replaced
        | Farewell::Full
        | Farewell::TooManyFromAddress
        | Farewell::WrongProtocol => {}
    }
    let Some(text) = words::farewell(&speech.words, farewell) else { return };
    let object = json!({
        "event": "closing", "text": text, "at": now.to_string(), "reason": words::farewell_word(farewell),
    });
    line(out, &object);
}
