//! Refusals, receipts, farewells and notices as sentences, for every dialect.
//!
//! Knows no framing. Why the dialects share them: a person at `nc` and one at
//! the page must be told the same.

use jiff::tz::TimeZone;

use crate::core::command::Command;
use crate::core::event::{Farewell, Notice};
use crate::core::name::NameFault;
use crate::core::reject::{Expected, Malformed, Reject};
use crate::core::reply::Reply;
use crate::limits::JSON_DEPTH_MAX;
use crate::locale::Words;

/// Why it was refused; begins small, as after "Error:".
pub fn reject(words: &Words, reject: &Reject) -> String {
    match reject {
        Reject::Malformed(fault) => malformed(words, fault),
        Reject::UnknownCommand { name, nearest: None } => {
            words.say("unknown-command", &[("name", name.as_str().into())])
        }
        Reject::UnknownCommand { name, nearest: Some(nearest) } => words
            .say("unknown-command-near", &[("name", name.as_str().into()), ("nearest", (&**nearest).into())]),
        Reject::Usage(command) => words.say("usage", &[("usage", usage(words, command).into())]),
        Reject::BadChar => words.say("bad-char", &[]),
        Reject::TooLong { max } => words.say("too-long", &[("max", (*max).into())]),
        Reject::NotLoggedIn => words.say("not-logged-in", &[]),
        Reject::AlreadyIn { nick } => words.say("already-in", &[("nick", (&**nick).into())]),
        Reject::NickInUse { nick } => words.say("nick-in-use", &[("nick", nick.as_str().into())]),
        Reject::BadNick { nick, fault } => words
            .say("bad-nick", &[("nick", nick.as_str().into()), ("fault", name_fault(words, *fault).into())]),
        Reject::NoSuchUser { nick } => words.say("no-such-user", &[("nick", nick.as_str().into())]),
        Reject::NoSuchRoom { room } => words.say("no-such-room", &[("room", room.as_str().into())]),
        Reject::NotInRoom { room } => words.say("not-in-room", &[("room", (&**room).into())]),
        Reject::RoomFull { room } => words.say("room-full", &[("room", (&**room).into())]),
        Reject::NotAllowed => words.say("not-allowed", &[]),
        Reject::BadTime { text } => words.say("bad-time", &[("text", text.as_str().into())]),
        Reject::NotFound { schedule } => words.say("not-found", &[("schedule", (*schedule).into())]),
        Reject::TooMany { max } => words.say("too-many", &[("max", (*max).into())]),
        Reject::RateLimited { wait_ms } => {
            words.say("rate-limited", &[("seconds", wait_ms.div_ceil(1000).into())])
        }
        Reject::StorageUnavailable => words.say("storage-unavailable", &[]),
        Reject::ShuttingDown => words.say("shutting-down", &[]),
        Reject::BadConfig { problems } => words.say("bad-config", &[("problems", problems.as_str().into())]),
    }
}

/// How a command is typed, under its name and with its arguments' names in that language.
pub fn usage(words: &Words, command: &Command) -> String {
    command.usage(words.lang(), |arg| words.say(&format!("arg-{arg}"), &[]))
}

fn malformed(words: &Words, fault: &Malformed) -> String {
    let field = |id: &str, field: &str| words.say(id, &[("field", field.to_owned().into())]);
    match fault {
        Malformed::NotUtf8 => words.say("bad-utf8", &[]),
        Malformed::NotJson(why) => words.say("bad-json", &[("why", why.as_str().into())]),
        Malformed::TooDeep => words.say("bad-depth", &[("max", JSON_DEPTH_MAX.into())]),
        Malformed::UnknownField(name) => field("bad-field", name),
        Malformed::DuplicateField(name) => field("bad-double", name),
        Malformed::MissingField(name) => field("bad-missing", name),
        Malformed::WrongType { field: name, expected } => match expected {
            Expected::Number => field("bad-type-number", name),
            Expected::Flag => field("bad-type-flag", name),
            Expected::List => field("bad-type-list", name),
            Expected::Text => field("bad-type-text", name),
        },
        Malformed::EmptyText => words.say("bad-empty", &[]),
        Malformed::UnknownLang(lang) => words.say("bad-lang", &[("lang", lang.as_str().into())]),
        Malformed::BadId => words.say("bad-id", &[]),
    }
}

fn name_fault(words: &Words, fault: NameFault) -> String {
    match fault {
        NameFault::Empty => words.say("fault-empty", &[]),
        NameFault::Space => words.say("fault-space", &[]),
        NameFault::TooLong => words.say("fault-long", &[]),
        NameFault::Forbidden(char) => words.say("fault-forbidden", &[("char", char.to_string().into())]),
        NameFault::Invisible => words.say("fault-invisible", &[]),
        NameFault::Marks => words.say("fault-marks", &[]),
        NameFault::MixedScripts => words.say("fault-scripts", &[]),
        NameFault::Reserved => words.say("fault-reserved", &[]),
        NameFault::NotAllowed => words.say("fault-symbol", &[]),
    }
}

/// That it was done, where one sentence says it; none for replies that are more, or say nothing.
pub fn receipt(words: &Words, reply: &Reply, zone: &TimeZone) -> Option<String> {
    Some(match reply {
        Reply::Renamed { nick } => words.say("renamed-you", &[("nick", (&**nick).into())]),
        Reply::Kicked { nick } => words.say("kicked-receipt", &[("nick", (&**nick).into())]),
        Reply::Scheduled { schedule, due, at } => {
            let due = due.local_short(*at, zone);
            words.say("scheduled", &[("schedule", (*schedule).into()), ("due", due.into())])
        }
        Reply::Unscheduled { schedule } => words.say("unscheduled", &[("schedule", (*schedule).into())]),
        Reply::Subscribed { room } => words.say("subscribed", &[("room", (&**room).into())]),
        Reply::Timestamps { on: true } => words.say("timestamps-on", &[]),
        Reply::Timestamps { on: false } => words.say("timestamps-off", &[]),
        Reply::Lang { .. } => words.say("lang-now", &[]),
        Reply::Pong => words.say("pong", &[]),
        Reply::Announced { people, .. } => words.say("announced", &[("people", (*people).into())]),
        Reply::ShutdownAt { at } => words.say("shutdown-at", &[("at", at.local(zone).into())]),
        Reply::Reloaded { restart_needed } if restart_needed.is_empty() => words.say("reloaded", &[]),
        Reply::Reloaded { restart_needed } => {
            words.say("reloaded-partly", &[("keys", restart_needed.join(", ").into())])
        }
        Reply::Welcome(_)
        | Reply::Said { .. }
        | Reply::Whispered { .. }
        | Reply::Users { .. }
        | Reply::Bye
        | Reply::Schedules { .. }
        | Reply::History { .. }
        | Reply::Help { .. }
        | Reply::Status(_)
        | Reply::Commands { .. }
        | Reply::Unrecorded(_) => return None,
    })
}

/// The last words to somebody; none where there is nothing to say.
pub fn farewell(words: &Words, farewell: &Farewell) -> Option<String> {
    Some(match farewell {
        Farewell::Quit => return None,
        Farewell::Kicked { by, reason: None, .. } => words.say("kicked-you", &[("by", (&**by).into())]),
        Farewell::Kicked { by, reason: Some(reason), .. } => words.say(
            "kicked-you-because",
            &[("by", (&**by).into()), ("reason", reason.trim_end_matches('.').into())],
        ),
        Farewell::Shutdown { reason: None } => words.say("closing-shutdown", &[]),
        Farewell::Shutdown { reason: Some(reason) } => {
            words.say("closing-shutdown-because", &[("reason", reason.trim_end_matches('.').into())])
        }
        Farewell::Flood => words.say("closing-flood", &[]),
        Farewell::OverlongLines => words.say("closing-overlong", &[]),
        Farewell::LoginTimeout => words.say("closing-login", &[]),
        Farewell::Idle => words.say("closing-idle", &[]),
        Farewell::SlowConsumer => words.say("closing-slow", &[]),
        Farewell::Full => words.say("closing-full", &[]),
        Farewell::TooManyFromAddress => words.say("closing-address", &[]),
        Farewell::WrongProtocol => words.say("closing-protocol", &[]),
    })
}

/// The stable word for why a connection is closed, as `closing` bears it.
pub fn farewell_word(farewell: &Farewell) -> &'static str {
    match farewell {
        Farewell::Quit => "quit",
        Farewell::Kicked { .. } => "kicked",
        Farewell::Shutdown { .. } => "shutdown",
        Farewell::Flood => "flood",
        Farewell::OverlongLines => "too_long",
        Farewell::LoginTimeout => "timeout",
        Farewell::Idle => "idle",
        Farewell::SlowConsumer => "slow_consumer",
        Farewell::Full => "full",
        Farewell::TooManyFromAddress => "too_many",
        Farewell::WrongProtocol => "wrong_protocol",
    }
}

/// What the server says of itself. `zone` is the server's.
pub fn notice(words: &Words, notice: &Notice, zone: &TimeZone) -> String {
    match notice {
        Notice::ScheduleSent { schedule } => words.say("scheduled-sent", &[("schedule", (*schedule).into())]),
        Notice::ScheduleMissed { schedule, due, text } => words.say(
            "scheduled-missed",
            &[
                ("schedule", (*schedule).into()),
                ("due", due.local(zone).into()),
                ("text", text.as_str().into()),
            ],
        ),
        Notice::ShutdownIn { minutes, reason: None } => {
            words.say("shutdown-in", &[("minutes", (*minutes).into())])
        }
        Notice::ShutdownIn { minutes, reason: Some(reason) } => words.say(
            "shutdown-in-because",
            &[("minutes", (*minutes).into()), ("reason", reason.trim_end_matches('.').into())],
        ),
    }
}

/// The stable word for a notice.
pub fn notice_word(notice: &Notice) -> &'static str {
    match notice {
        Notice::ScheduleSent { .. } => "schedule_sent",
        Notice::ScheduleMissed { .. } => "schedule_missed",
        Notice::ShutdownIn { .. } => "shutdown_in",
    }
}
