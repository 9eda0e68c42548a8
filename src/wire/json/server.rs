//! The server itself as JSON: its state, its commands, its record of commands, and what a verification found.
//!
//! Knows no person and no room. Why apart from the rest: only admins and programs ask for most of it.

use serde_json::{Value, json};

use super::write::without_nulls;
use crate::core::chain::{Fault, Subject, Verified};
use crate::core::command::{Arg, Command, Kind, Need, Right};
use crate::core::counts::{Histogram, STEPS_US};
use crate::core::reply::{CommandRow, Completions, Status};
use crate::core::settings::Storage;
use crate::core::table::TABLE;
use crate::wire::{Speech, words};

pub fn command_row(row: &CommandRow) -> Value {
    let kept = &row.command;
    json!({
        "record": row.record, "at": kept.at.to_string(), "actor": kept.actor, "door": kept.door,
        "command": kept.command, "args": kept.args, "outcome": kept.outcome,
    })
}

pub fn completions(found: &Completions) -> Value {
    let schedule = |(schedule, text): &(u64, String)| json!({"schedule": schedule, "text": text});
    json!({
        "nicks": found.nicks, "rooms": found.rooms, "banned": found.banned, "muted": found.muted,
        "schedules": found.schedules.iter().map(schedule).collect::<Vec<_>>(),
    })
}

pub fn verified(verified: &Verified) -> Value {
    let next = verified.next.map(|mark| {
        let (message, version, command) = (mark.message, mark.version, mark.command);
        json!({"after": mark.after, "message": message, "version": version, "command": command})
    });
    json!({
        "checked": verified.checked, "anchor": verified.anchor.to_string(),
        "older": (verified.older > 0).then_some(verified.older),
        "expired": (verified.expired > 0).then_some(verified.expired),
        "fault": verified.fault.as_ref().map(fault), "next": next,
    })
}

fn fault(fault: &Fault) -> Value {
    let (room, seq, command) = match &fault.subject {
        Subject::Message { room, seq } => (room.as_ref(), Some(*seq), None),
        Subject::Version { room, seq } => (room.as_ref(), *seq, None),
        Subject::Command { record } => (None, None, Some(*record)),
        Subject::Chain => (None, None, None),
    };
    without_nulls(json!({
        "wrong": fault.wrong.word(), "what": fault.subject.word(), "room": room, "seq": seq,
        "command": command, "record": fault.record,
    }))
}

/// All that a program needs to read typed lines and to say what there is, so that none copies the table.
pub fn help(speech: &Speech, command: Option<&str>, admin: bool) -> Value {
    let rows =
        TABLE.iter().filter(|row| command.is_none_or(|name| name == row.name || row.group() == Some(name)));
    let rows = rows.filter(|row| admin || row.right != Right::Admin);
    let fields = |row: &Command| -> Vec<&'static str> { row.args.iter().map(|arg| arg.name).collect() };
    let shown = |row: &Command| {
        let what = speech.words.say(&format!("help-{}", row.name), &[]);
        let usage = row.slash.first().map(|_| words::usage(&speech.words, row));
        without_nulls(json!({
            "cmd": Some(row.cmd).filter(|cmd| !cmd.is_empty()), "fields": fields(row), "typed": row.slash, "name": row.name,
            "args": row.args.iter().map(argument).collect::<Vec<_>>(), "usage": usage, "what": what,
        }))
    };
    json!({"commands": rows.map(|row| shown(row)).collect::<Vec<_>>()})
}

fn argument(arg: &Arg) -> Value {
    let (need, value) = match arg.need {
        Need::Must => ("must", None),
        Need::May => ("may", None),
        Need::Field => ("field", None),
        Need::Implied(value) if arg.kind == Kind::Flag => ("implied", Some(json!(value == "on"))),
        Need::Implied(value) => ("implied", Some(json!(value))),
    };
    let kind = match arg.kind {
        Kind::Word => "word",
        Kind::Nicks => "nicks",
        Kind::When => "when",
        Kind::Delay => "delay",
        Kind::Span => "span",
        Kind::Duration => "duration",
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Flag => "flag",
        Kind::Seqs => "seqs",
        Kind::Lines => "lines",
    };
    without_nulls(json!({"name": arg.name, "kind": kind, "need": need, "value": value}))
}

pub fn status(speech: &Speech, status: &Status) -> Value {
    let daemon = &status.daemon;
    let counts = &daemon.counts;
    let reason = match &status.storage {
        Storage::Well => None,
        Storage::Degraded { reason } => Some(reason.clone()),
        Storage::Stalled => Some(speech.words.say("storage-stalled", &[])),
    };
    json!({
        "server": daemon.server, "pid": daemon.pid, "since": daemon.since.to_string(),
        "uptime_ms": daemon.uptime_ms, "people": status.people, "rooms": status.rooms,
        "connections": daemon.connections, "listen": daemon.listen,
        "store": {
            "state": status.storage.word(), "reason": reason, "queue": daemon.queue, "path": daemon.database,
            "durability": daemon.durability, "bytes": daemon.database_bytes, "wal_bytes": daemon.wal_bytes,
        },
        "refused": status.refused, "log_dropped": daemon.log_dropped,
        "opened": counts.opened, "turned_away": {"full": counts.full, "too_many": counts.too_many},
        "messages": counts.messages, "whispers": counts.whispers, "deliveries": counts.deliveries,
        "received_bytes": counts.received_bytes, "sent_bytes": counts.sent_bytes,
        "relayed_bytes": counts.relayed_bytes,
        "backlog_bytes": daemon.backlog_bytes, "turn": times(&counts.turn), "commit": times(&counts.commit),
        "transaction": times(&counts.transaction), "bounds_us": STEPS_US,
    })
}

/// With the counts of `bounds_us` and of what took longer, so that whoever looks twice knows what happened between.
fn times(histogram: &Histogram) -> Value {
    json!({
        "count": histogram.count(), "sum_us": histogram.sum_us(),
        "p50_us": histogram.quantile_us(50), "p99_us": histogram.quantile_us(99),
        "counts": histogram.counts(),
    })
}
