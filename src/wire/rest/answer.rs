//! Replies of the core as answers of HTTP.
//!
//! Knows no request. Why the code of an error and not its kind chooses the status: the codes are what
//! programs are promised.

use serde_json::{Value, json};

use super::Action;
use crate::core::reject::Reject;
use crate::core::reply::{Listing, Reply, Welcome};
use crate::wire::http::Answer;
use crate::wire::{Speech, json};

/// What a reply is to whoever asked for `action`.
pub fn answer(speech: &Speech, action: Action, reply: &Result<Reply, Reject>) -> Answer {
    match reply {
        Ok(Reply::Unrecorded(inner)) => {
            let (status, mut object) = made(speech, action, inner);
            object["recorded"] = json!(false);
            Answer::json(status, &object)
        }
        Ok(Reply::Bye) => Answer::empty(204),
        Ok(reply) => {
            let (status, object) = made(speech, action, reply);
            let answer = Answer::json(status, &object);
            match reply {
                Reply::RoomCreated { id, .. } => answer.with("Location", format!("/api/rooms/{id}")),
                _other => answer,
            }
        }
        Err(reject) => refuse(speech, reject),
    }
}

/// A refusal, and what a program may do about it.
pub fn refuse(speech: &Speech, reject: &Reject) -> Answer {
    let status = match reject {
        // Here nobody asks for a token by its name; it only says who asks.
        Reject::NoSession => 401,
        other => status_of(other.code()),
    };
    let answer = Answer::json(status, &json!({"error": json::refused(speech, reject)}));
    match reject {
        // RFC 6750 §3.
        Reject::NotLoggedIn | Reject::NoSession => answer.with("WWW-Authenticate", "Bearer"),
        Reject::RateLimited { wait_ms } | Reject::TooSoon { wait_ms, .. } => {
            answer.with("Retry-After", wait_ms.div_ceil(1000).to_string())
        }
        _other => answer,
    }
}

/// The status and the object of what was done.
fn made(speech: &Speech, action: Action, reply: &Reply) -> (u16, Value) {
    match (action, reply) {
        (_, Reply::Welcome(welcome)) => (201, session(welcome)),
        (_, Reply::RoomCreated { room, id }) => (201, json!({"roomId": id, "name": room})),
        (Action::Room, Reply::Rooms { rooms, .. }) => (200, rooms.first().map_or(json!({}), listed)),
        (Action::SimpleRooms, Reply::Rooms { rooms, .. }) => {
            (200, rooms.iter().map(|room| json!({"roomId": room.id, "name": room.room})).collect())
        }
        (_, Reply::Rooms { rooms, more }) => {
            (200, json!({"rooms": rooms.iter().map(listed).collect::<Vec<_>>(), "more": more}))
        }
        (_, Reply::Said { .. }) => (201, json::without_nulls(json::done(speech, reply))),
        (_, reply) => (200, json::without_nulls(json::done(speech, reply))),
    }
}

fn session(welcome: &Welcome) -> Value {
    json!({"token": welcome.token, "nick": welcome.nick, "rooms": welcome.rooms, "server": welcome.server})
}

fn listed(room: &Listing) -> Value {
    let mut object = json!({
        "roomId": room.id, "name": room.room, "topic": room.topic, "members": room.members,
        "capacity": room.capacity, "listed": room.listed, "locked": room.locked,
        "invite_only": room.invite_only, "slow_ms": room.slow_ms, "kept": room.kept,
    });
    if let Some(owner) = &room.owner {
        object["owner"] = json!(owner);
    }
    object
}

/// The status code of an error's code (RFC 9110 §15).
pub(super) fn status_of(code: &str) -> u16 {
    match code {
        "not_logged_in" => 401,
        "not_allowed" | "banned" | "muted" | "not_in_room" => 403,
        "no_such_room" | "no_such_user" | "not_found" => 404,
        "nick_in_use" | "room_exists" | "room_full" | "busy" => 409,
        "too_long" => 413,
        "rate_limited" | "too_many" => 429,
        "storage_unavailable" | "shutting_down" | "backup_failed" => 503,
        _something_wrong_in_the_request => 400,
    }
}
