//! What a client hears: the server's objects back into events and replies, the way back of `write`.
//!
//! Knows no wording and no screen. Why nearly every field may be missing: later
//! daemons add to what there is, and a client shows what it can.

mod files;

use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::core::command::Command;
use crate::core::event::{Edit, Event, LeftReason, Message, MessageKind, Version, Whisper, WhisperEnd};
use crate::core::lang::Lang;
use crate::core::name::Name;
use crate::core::recurrence::{Every, Rule};
use crate::core::reply::{Found, Kept, Listing, Reply, Role, RoomInfo, ScheduleRow, Search, User, Welcome};
use crate::core::sanctions::{Sanction, SanctionKind, Who};
use crate::core::time::Wall;

/// One line of the daemon.
#[derive(PartialEq, Debug)]
pub enum Heard {
    Event(Event),
    /// A `notice`, which comes in the server's words.
    Notice {
        text: String,
        at: Wall,
    },
    /// The last words to this connection, and the stable word for why.
    Closing {
        text: String,
        reason: String,
        at: Wall,
    },
    /// An event of a later daemon.
    Unknown,
    /// The reply to request `re`; [`reply`] reads it.
    Done {
        re: u64,
        ok: Value,
    },
    /// A refusal; without `re` the daemon could not tell what it was about.
    Refused {
        re: Option<u64>,
        refusal: Refusal,
    },
}

/// Why a request was refused, in the server's words.
#[derive(PartialEq, Debug)]
pub struct Refusal {
    pub code: String,
    pub message: String,
    /// How long to wait before asking again.
    pub retry_ms: Option<u64>,
}

/// Reads one line; None for what is not of the protocol. A time that is missing is taken to be `now`.
pub fn hear(line: &[u8], now: Wall) -> Option<Heard> {
    let line: Map<String, Value> = serde_json::from_slice(line).ok()?;
    let fields = Fields { of: &line, now };
    if line.contains_key("event") {
        return event(&fields);
    }
    let re = fields.number("re");
    if let Some(error) = line.get("error") {
        let error = Fields { of: error.as_object()?, now };
        let refusal = Refusal {
            code: error.opt_text("code").unwrap_or_default(),
            message: error.opt_text("message").unwrap_or_default(),
            retry_ms: error.number("retry_ms"),
        };
        return Some(Heard::Refused { re, refusal });
    }
    Some(Heard::Done { re: re?, ok: line.get("ok").cloned().unwrap_or_default() })
}

/// Reads the `ok` of a reply to `command`. `room` and `now` fill in what the wire leaves out: where
/// it was asked for, and when. None for what is not such a reply, and for those that are no sentence.
pub fn reply(command: &Command, ok: &Value, room: &Name, now: Wall) -> Option<Reply> {
    let nothing = Map::new();
    let fields = Fields { of: ok.as_object().unwrap_or(&nothing), now };
    let there = fields.name("room").unwrap_or_else(|| room.clone());
    let reply = match command.cmd {
        "hello" | "resume" => Reply::Welcome(Box::new(welcome(&fields)?)),
        "say" | "action" => Reply::Said { room: there, seq: fields.number("seq"), at: fields.at("at") },
        "whisper" => Reply::Whispered {
            id: fields.number("id"),
            at: fields.at("at"),
            waiting: fields.names("waiting"),
        },
        "rename" => Reply::Renamed { nick: fields.name("nick")? },
        "users" => Reply::Users { room: Some(there), users: fields.list("users", user)? },
        "kick" => Reply::Kicked { nick: fields.name("nick")?, room: fields.name("room") },
        "join" => Reply::Joined(Box::new(room_info(&fields)?)),
        "leave" => Reply::Left(Box::new(room_info(&fields)?)),
        "rooms" => {
            Reply::Rooms { rooms: fields.list("rooms", listing)?, more: fields.flag("more").unwrap_or(false) }
        }
        "room_create" => Reply::RoomCreated { room: there, id: fields.uuid("id") },
        "room_set" => Reply::RoomSet { room: there, id: fields.uuid("id"), topic: fields.opt_text("topic") },
        "room_close" => Reply::RoomClosed { room: there },
        "room_role" | "room_transfer" => {
            Reply::RoleSet { room: there, nick: fields.name("nick")?, role: role(&fields)? }
        }
        "invite" => Reply::Invited { room: there, nick: fields.name("nick")? },
        "whisper_open" => Reply::WhisperOpened { nick: fields.name("nick")? },
        "whisper_close" => Reply::WhisperClosed {
            nick: fields.name("nick").unwrap_or_default(),
            already: fields.flag("already").unwrap_or(false),
        },
        "offer" => Reply::Offered { offer: fields.number("offer")?, token: fields.opt_text("token")? },
        "accept" => Reply::Accepted(Box::new(files::accepted(&fields)?)),
        "decline" => Reply::Declined { offer: fields.number("offer")? },
        "cancel" => Reply::Cancelled { offer: fields.number("offer")? },
        "received" => Reply::Received { offer: fields.number("offer")? },
        "edit" => Reply::Edited { room: there, seq: fields.number("seq")?, at: fields.at("at") },
        "delete" => Reply::Deleted { room: there, seq: fields.number("seq")?, at: fields.at("at") },
        "ban" | "mute" => Reply::Sanctioned(Box::new(sanction(&fields)?)),
        "unban" | "unmute" => {
            Reply::Lifted { kind: sanction_kind(&fields)?, who: who(&fields)?, room: fields.name("room") }
        }
        "bans" => Reply::Bans { bans: fields.list("bans", sanction)?, at: now },
        "mark_read" => Reply::MarkedRead { room: there, seq: fields.number("seq")? },
        "quit" => Reply::Bye,
        "schedule" => Reply::Scheduled {
            schedule: fields.number("schedule")?,
            due: fields.at("due"),
            at: now,
            rule: rule(&fields),
        },
        "schedules" => Reply::Schedules { schedules: fields.list("schedules", schedule_row)?, at: now },
        "unschedule" => Reply::Unscheduled { schedule: fields.number("schedule")? },
        "history" => Reply::History {
            room: there,
            messages: fields.list("messages", message)?,
            more: fields.flag("more").unwrap_or(false),
        },
        "search" => {
            let found = fields.list("messages", found)?;
            let more = fields.flag("more").unwrap_or(false);
            let (next, scanned) = (fields.number("next"), fields.number("scanned"));
            let partial = fields.flag("partial").unwrap_or(false);
            let rooms = found.iter().any(|found| found.message.room != *room);
            Reply::Search { search: Search { found, more, next, scanned, partial }, rooms }
        }
        "subscribe" => Reply::Subscribed { room: there, on: true },
        "unsubscribe" => Reply::Subscribed { room: there, on: false },
        "lang" => Reply::Lang { lang: Lang::named(&fields.opt_text("lang")?)? },
        "ping" => Reply::Pong,
        "broadcast" => Reply::Announced { at: fields.at("at"), people: fields.count("people")? },
        "shutdown" => Reply::ShutdownAt { at: fields.at("at") },
        "reload" | "config_apply" => Reply::Reloaded {
            restart_needed: fields.texts("restart_needed"),
            revert_at: fields.opt_at("revert_at"),
        },
        "config_confirm" => Reply::ConfigConfirmed,
        "config_revert" => Reply::ConfigReverted { restart_needed: fields.texts("restart_needed") },
        _shown_otherwise => return None,
    };
    Some(match fields.flag("recorded") {
        Some(false) => Reply::Unrecorded(Box::new(reply)),
        Some(true) | None => reply,
    })
}

/// An object's fields; one of another type counts as missing.
struct Fields<'a> {
    of: &'a Map<String, Value>,
    now: Wall,
}

impl Fields<'_> {
    fn opt_text(&self, name: &str) -> Option<String> {
        self.of.get(name)?.as_str().map(str::to_owned)
    }

    fn name(&self, name: &str) -> Option<Name> {
        self.of.get(name)?.as_str().map(Name::from)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.of.get(name)?.as_u64()
    }

    fn count(&self, name: &str) -> Option<usize> {
        self.number(name).and_then(|number| usize::try_from(number).ok())
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.of.get(name)?.as_bool()
    }

    fn at(&self, name: &str) -> Wall {
        self.opt_at(name).unwrap_or(self.now)
    }

    fn opt_at(&self, name: &str) -> Option<Wall> {
        let read = |text: &str| text.parse::<jiff::Timestamp>().ok();
        let at = self.of.get(name).and_then(Value::as_str).and_then(read)?;
        Some(Wall(at.as_millisecond()))
    }

    fn uuid(&self, name: &str) -> Uuid {
        let text = self.of.get(name).and_then(Value::as_str);
        text.and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let list = self.of.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn names(&self, name: &str) -> Vec<Name> {
        self.texts(name).into_iter().map(Name::from).collect()
    }

    /// The objects of a list, each of which must be readable.
    fn list<T>(&self, name: &str, read: impl Fn(&Fields<'_>) -> Option<T>) -> Option<Vec<T>> {
        let list = self.of.get(name)?.as_array()?;
        list.iter().map(|item| read(&Fields { of: item.as_object()?, now: self.now })).collect()
    }
}

fn event(fields: &Fields<'_>) -> Option<Heard> {
    let at = fields.at("at");
    let nick = || fields.name("nick");
    let text = || fields.opt_text("text");
    Some(Heard::Event(match fields.of.get("event")?.as_str()? {
        "message" => Event::Message(message(fields)?),
        "whisper" => Event::Whisper(Whisper {
            id: fields.number("id"),
            at,
            from: fields.name("from")?,
            to: fields.names("to"),
            text: text()?,
        }),
        "edited" | "deleted" => Event::Edited(Edit {
            room: fields.name("room")?,
            seq: fields.number("seq")?,
            at,
            by: fields.name("by")?,
            from: fields.name("from").unwrap_or_default(),
            text: text(),
        }),
        "whisper_opened" => Event::WhisperOpened { nick: nick()?, at },
        "whisper_closed" => {
            Event::WhisperClosed { nick: nick()?, end: whisper_end(fields.opt_text("reason").as_deref()), at }
        }
        "offer" => Event::Offer(Box::new(files::offer(fields)?)),
        "transfer" => match files::transfer(fields) {
            Some(told) => Event::Transfer(Box::new(told)),
            None => return Some(Heard::Unknown),
        },
        // Only who is put there by the server is told who is there.
        "joined" if fields.of.contains_key("members") => {
            Event::Moved { nick: nick()?, room: Box::new(room_info(fields)?), at }
        }
        "banned" | "muted" => Event::Sanctioned { nick: nick()?, sanction: told_sanction(fields)? },
        "topic" => Event::Topic {
            room: fields.name("room")?,
            topic: fields.opt_text("topic")?,
            by: fields.name("by").unwrap_or_default(),
            at,
        },
        "room_created" => Event::RoomCreated {
            room: fields.name("room")?,
            id: fields.uuid("id"),
            by: fields.name("by"),
            at,
        },
        "room_changed" if fields.of.contains_key("role") => Event::RoleChanged {
            room: fields.name("room")?,
            nick: nick()?,
            role: role(fields)?,
            by: fields.name("by"),
            at,
        },
        "room_changed" => Event::RoomChanged {
            room: fields.name("room")?,
            id: fields.uuid("id"),
            by: fields.name("by").unwrap_or_default(),
            at,
        },
        "room_closed" => {
            Event::RoomClosed { room: fields.name("room")?, id: fields.uuid("id"), by: fields.name("by"), at }
        }
        "joined" => Event::Joined { room: fields.name("room")?, nick: nick()?, at },
        "left" => Event::Left {
            room: fields.name("room")?,
            nick: nick()?,
            at,
            reason: left_reason(fields.opt_text("reason").as_deref()),
            text: text(),
        },
        "renamed" => Event::Renamed { from: fields.name("from")?, to: fields.name("to")?, at },
        "kicked" => Event::Kicked {
            nick: nick()?,
            by: fields.name("by").unwrap_or_default(),
            room: fields.name("room"),
            reason: fields.opt_text("reason"),
            at,
        },
        "announcement" => {
            Event::Announcement { text: text()?, at, from: fields.name("from").unwrap_or_default() }
        }
        "notice" => return Some(Heard::Notice { text: text()?, at }),
        "closing" => {
            let reason = fields.opt_text("reason").unwrap_or_default();
            return Some(Heard::Closing { text: text().unwrap_or_default(), reason, at });
        }
        _later => return Some(Heard::Unknown),
    }))
}

fn left_reason(word: Option<&str>) -> LeftReason {
    match word {
        Some("lost") => LeftReason::Lost,
        Some("kicked") => LeftReason::Kicked,
        Some("part") => LeftReason::Part,
        Some(_) | None => LeftReason::Quit,
    }
}

fn whisper_end(word: Option<&str>) -> WhisperEnd {
    match word {
        Some("quit" | "part" | "lost" | "kicked") => WhisperEnd::Left(left_reason(word)),
        Some(_) | None => WhisperEnd::Ended,
    }
}

fn role(fields: &Fields<'_>) -> Option<Role> {
    fields.of.get("role").and_then(|role| Role::deserialize(role).ok())
}

fn sanction_kind(fields: &Fields<'_>) -> Option<SanctionKind> {
    fields.opt_text("kind").and_then(|word| SanctionKind::from_word(&word))
}

fn who(fields: &Fields<'_>) -> Option<Who> {
    Who::parse(&fields.opt_text("who")?)
}

fn sanction(fields: &Fields<'_>) -> Option<Sanction> {
    Some(sanction_of(sanction_kind(fields)?, who(fields)?, fields))
}

/// A ban or a mute as others hear of it: they know whom it hit.
fn told_sanction(fields: &Fields<'_>) -> Option<Sanction> {
    let kind = if fields.opt_text("event")? == "banned" { SanctionKind::Ban } else { SanctionKind::Mute };
    Some(sanction_of(kind, Who::Nick(fields.name("nick")?), fields))
}

fn sanction_of(kind: SanctionKind, who: Who, fields: &Fields<'_>) -> Sanction {
    Sanction {
        kind,
        who,
        room: fields.name("room"),
        by: fields.name("by").unwrap_or_default(),
        at: fields.at("at"),
        until: fields.opt_at("until"),
        reason: fields.opt_text("reason"),
    }
}

fn room_info(fields: &Fields<'_>) -> Option<RoomInfo> {
    let members = fields.names("members");
    Some(RoomInfo {
        room: fields.name("room")?,
        id: fields.uuid("id"),
        topic: fields.opt_text("topic").unwrap_or_default(),
        people: fields.count("people").unwrap_or(0).max(members.len()),
        members,
        seq: fields.number("seq").unwrap_or(0),
    })
}

fn listing(fields: &Fields<'_>) -> Option<Listing> {
    let flag = |name| fields.flag(name).unwrap_or(false);
    Some(Listing {
        room: fields.name("room")?,
        id: fields.uuid("id"),
        topic: fields.opt_text("topic").unwrap_or_default(),
        members: fields.count("members")?,
        capacity: fields.number("capacity").and_then(|number| u32::try_from(number).ok()).unwrap_or(0),
        owner: fields.name("owner"),
        listed: fields.flag("listed").unwrap_or(true),
        locked: flag("locked"),
        invite_only: flag("invite_only"),
        slow_ms: fields.number("slow_ms").unwrap_or(0),
        kept: flag("kept"),
    })
}

fn version(fields: &Fields<'_>) -> Option<Version> {
    Some(Version { at: fields.at("at"), by: fields.name("by")?, text: fields.opt_text("text")? })
}

fn found(fields: &Fields<'_>) -> Option<Found> {
    let marks = fields.of.get("marks").and_then(|marks| Vec::deserialize(marks).ok());
    Some(Found { message: message(fields)?, marks: marks.unwrap_or_default() })
}

fn message(fields: &Fields<'_>) -> Option<Message> {
    let kind = fields.opt_text("kind");
    Some(Message {
        room: fields.name("room").unwrap_or_default(),
        seq: fields.number("seq"),
        at: fields.at("at"),
        from: fields.name("from")?,
        text: fields.opt_text("text")?,
        kind: kind.and_then(|word| MessageKind::from_word(&word)).unwrap_or(MessageKind::Say),
        mentions: fields.names("mentions"),
        edited: fields.opt_at("edited"),
        deleted: fields.flag("deleted").unwrap_or(false),
        versions: fields.list("versions", version).unwrap_or_default(),
        mid: fields.opt_text("mid").map(String::into_boxed_str),
    })
}

fn welcome(fields: &Fields<'_>) -> Option<Welcome> {
    let members = fields.names("members");
    let read = fields.of.get("read").and_then(Value::as_object);
    let read =
        read.into_iter().flatten().filter_map(|(room, seq)| Some((room.as_str().into(), seq.as_u64()?)));
    Some(Welcome {
        session: fields.opt_text("session").unwrap_or_default(),
        nick: fields.name("nick")?,
        server: fields.opt_text("server").unwrap_or_default(),
        motd: fields.opt_text("motd").unwrap_or_default(),
        kept: fields.of.get("kept").and_then(kept),
        partner: fields.name("partner"),
        token: fields.opt_text("resume"),
        room: fields.names("rooms").last()?.clone(),
        rooms: fields.names("rooms"),
        people: fields.count("people").unwrap_or(0).max(members.len()),
        members,
        directory: fields.list("directory", listing).unwrap_or_default(),
        more_rooms: 0,
        read: read.collect(),
    })
}

fn kept(object: &Value) -> Option<Kept> {
    let ms = |field| object.get(field).and_then(Value::as_u64);
    Some(Kept { messages_ms: ms("messages_ms")?, whispers_ms: ms("whispers_ms")? })
}

fn user(fields: &Fields<'_>) -> Option<User> {
    Some(User {
        nick: fields.name("nick")?,
        role: role(fields).unwrap_or(Role::Member),
        rooms: fields.names("rooms"),
        since: fields.at("since"),
        door: fields.opt_text("door").unwrap_or_default(),
        address: fields.opt_text("address"),
    })
}

fn schedule_row(fields: &Fields<'_>) -> Option<ScheduleRow> {
    Some(ScheduleRow {
        schedule: fields.number("schedule")?,
        room: fields.name("room").unwrap_or_default(),
        from: fields.name("from").unwrap_or_default(),
        due: fields.at("due"),
        text: fields.opt_text("text").unwrap_or_default(),
        missed: fields.opt_text("state").as_deref() == Some("missed"),
        rule: rule(fields),
    })
}

fn rule(fields: &Fields<'_>) -> Option<Rule> {
    let every = Every::read(&fields.opt_text("every")?, fields.opt_text("time").as_deref())?;
    Some(Rule { every, zone: fields.opt_text("zone") })
}

#[cfg(test)]
#[path = "hear_tests.rs"]
mod tests;
