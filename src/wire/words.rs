//! Refusals, receipts, farewells and notices as sentences, for every dialect.
//!
//! Knows no framing. Why the dialects share them: a person at `nc` and one at
//! the page must be told the same.

use fluent_bundle::FluentValue;
use jiff::tz::TimeZone;

use crate::core::command::Command;
use crate::core::event::{Farewell, Notice};
use crate::core::name::{Name, NameFault};
use crate::core::recurrence::{Every, Rule};
use crate::core::reject::{Expected, Held, Malformed, Reject};
use crate::core::reply::{Kept, Reply, Role, RoomInfo};
use crate::core::sanctions::{Sanction, SanctionKind};
use crate::core::time::{TimeOfDay, Wall};
use crate::limits::{JSON_DEPTH_MAX, WELCOME_NAMES_MAX};
use crate::locale::{Arg, Words};
use crate::wire::{files, search};

/// Why it was refused; begins small, as after "Error:".
pub fn reject(words: &Words, reject: &Reject) -> String {
    let of_room = |id: &str, room: &Name| words.say(id, &[("room", (&**room).into())]);
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
        Reject::NoSession => words.say("no-session", &[]),
        Reject::AlreadyIn { nick } => words.say("already-in", &[("nick", (&**nick).into())]),
        Reject::NickInUse { nick } => words.say("nick-in-use", &[("nick", nick.as_str().into())]),
        Reject::BadNick { nick, fault } => words
            .say("bad-nick", &[("nick", nick.as_str().into()), ("fault", name_fault(words, *fault).into())]),
        Reject::NoSuchUser { nick } => words.say("no-such-user", &[("nick", nick.as_str().into())]),
        Reject::NoSuchRoom { room } => words.say("no-such-room", &[("room", room.as_str().into())]),
        Reject::NotInRoom { room } => words.say("not-in-room", &[("room", (&**room).into())]),
        Reject::RoomFull { room } => words.say("room-full", &[("room", (&**room).into())]),
        Reject::NotAllowed => words.say("not-allowed", &[]),
        Reject::BadRoom { room, fault } => words
            .say("bad-room", &[("room", room.as_str().into()), ("fault", name_fault(words, *fault).into())]),
        Reject::RoomExists { room } => of_room("room-exists", room),
        Reject::Locked { room, wrong: false } => of_room("room-locked", room),
        Reject::Locked { room, wrong: true } => of_room("room-locked-wrong", room),
        Reject::InviteOnly { room } => of_room("room-invite-only", room),
        Reject::NowhereElse { room } => of_room("nowhere-else", room),
        Reject::NotHere { nick, room } => {
            words.say("not-here", &[("nick", (&**nick).into()), ("room", (&**room).into())])
        }
        Reject::Banned(held) => words.say("banned", &sentence_of_held(words, held)),
        Reject::Muted(held) => words.say("muted", &sentence_of_held(words, held)),
        Reject::TooSoon { room, wait_ms } => {
            words.say("too-soon", &[("room", (&**room).into()), ("wait", span(words, *wait_ms).into())])
        }
        Reject::Busy { nick, own: false } => words.say("busy", &[("nick", (&**nick).into())]),
        Reject::Busy { nick, own: true } => words.say("busy-yourself", &[("nick", (&**nick).into())]),
        Reject::NoPartner => words.say("no-partner", &[]),
        Reject::NoFilePartner => words.say("no-file-partner", &[]),
        Reject::FilesByProgram => words.say("files-by-program", &[]),
        Reject::BadFile { fault } => words.say("bad-file", &[("fault", files::fault(words, *fault).into())]),
        Reject::FileTooLarge { max } => words.say("file-too-large", &[("max", files::size(*max).into())]),
        Reject::NoOffer { .. } => words.say("no-offer", &[]),
        Reject::WhichOffer => words.say("which-offer", &[]),
        Reject::NoMessage { room, seq: Some(seq) } => {
            words.say("no-message", &[("room", (&**room).into()), ("seq", (*seq).into())])
        }
        Reject::NoMessage { room, seq: None } => of_room("no-message-own", room),
        Reject::NotYours => words.say("not-yours", &[]),
        Reject::TooLate => words.say("too-late", &[]),
        Reject::BadWho { who } => words.say("bad-who", &[("who", who.as_str().into())]),
        Reject::NotBanned { who } => words.say("not-banned", &[("who", who.as_str().into())]),
        Reject::NotMuted { who } => words.say("not-muted", &[("who", who.as_str().into())]),
        Reject::BadTime { text } => words.say("bad-time", &[("text", text.as_str().into())]),
        Reject::BadDuration { text } => words.say("bad-duration", &[("text", text.as_str().into())]),
        Reject::BadRule { text } => words.say("bad-rule", &[("text", text.as_str().into())]),
        Reject::BadZone { text } => words.say("bad-zone", &[("text", text.as_str().into())]),
        Reject::BadQuery { at, why } => search::fault(words, *at, *why),
        Reject::BackupRuns => words.say("backup-runs", &[]),
        Reject::NoBackup => words.say("no-backup", &[]),
        Reject::BackupFailed { why } => words.say("backup-failed", &[("why", why.as_str().into())]),
        Reject::BadImport(misfit) => super::import::misfit(words, misfit),
        Reject::NotFound { schedule } => words.say("not-found", &[("schedule", (*schedule).into())]),
        Reject::TooMany { max } => words.say("too-many", &[("max", (*max).into())]),
        Reject::RateLimited { wait_ms } => {
            words.say("rate-limited", &[("seconds", wait_ms.div_ceil(1000).into())])
        }
        Reject::StorageUnavailable => words.say("storage-unavailable", &[]),
        Reject::ShuttingDown => words.say("shutting-down", &[]),
        Reject::NothingToConfirm => words.say("config-nothing-waits", &[]),
        Reject::BadConfig { problems } => words.say("bad-config", &[("problems", problems.as_str().into())]),
    }
}

/// How a command is typed, under its name and with its arguments' names in that language.
pub fn usage(words: &Words, command: &Command) -> String {
    command.usage(words.lang(), |arg| words.say(&format!("arg-{arg}"), &[]))
}

/// When something comes again: `every day at 15:30`.
pub fn every(words: &Words, rule: &Rule) -> String {
    let at = |id: &str, time: &TimeOfDay| words.say(id, &[("time", time.to_string().into())]);
    let every = match &rule.every {
        Every::Daily(time) => at("every-daily", time),
        Every::Weekdays(time) => at("every-weekdays", time),
        Every::Cron(fields) => words.say("every-cron", &[("rule", fields.as_str().into())]),
    };
    match &rule.zone {
        None => every,
        Some(zone) => words.say("every-zone", &[("every", every.into()), ("zone", zone.as_str().into())]),
    }
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
            Expected::Seqs => field("bad-type-seqs", name),
            Expected::Lines => field("bad-type-lines", name),
            Expected::Text => field("bad-type-text", name),
        },
        Malformed::EmptyText => words.say("bad-empty", &[]),
        Malformed::UnknownRole(role) => words.say("bad-role", &[("role", role.as_str().into())]),
        Malformed::UnknownLang(lang) => words.say("bad-lang", &[("lang", lang.as_str().into())]),
        Malformed::BadId => words.say("bad-id", &[]),
    }
}

/// A length of time in its two greatest units: `1 h 59 min`. Milliseconds are rounded up, so that nobody is told to
/// wait too little.
pub fn span(words: &Words, ms: u64) -> String {
    let seconds = ms.div_ceil(1000);
    // Above a minute seconds do not matter, above a day minutes do not.
    let (grain, units): (u64, [(&str, u64); 2]) = match seconds {
        0..60 => (1, [("span-seconds", 1), ("span-seconds", 1)]),
        60..3_600 => (60, [("span-minutes", 60), ("span-minutes", 60)]),
        3_600..86_400 => (60, [("span-hours", 3_600), ("span-minutes", 60)]),
        _days => (3_600, [("span-days", 86_400), ("span-hours", 3_600)]),
    };
    let mut left = seconds.div_ceil(grain) * grain;
    let mut parts = Vec::new();
    for (id, unit) in units {
        if left >= unit || (parts.is_empty() && unit == 1) {
            parts.push(words.say(id, &[("count", (left / unit).into())]));
            left %= unit;
        }
    }
    parts.join(" ")
}

/// Where, how long still and why somebody is held, for the sentences that choose by it.
fn sentence_of_held<'a>(words: &Words, held: &'a Held) -> [Arg<'a>; 6] {
    let chosen = |there: bool, word: &'static str| if there { word } else { "none" }.into();
    let room: FluentValue<'a> = held.room.as_deref().unwrap_or("").into();
    let reason: FluentValue<'a> = held.reason.as_deref().unwrap_or("").trim_end_matches('.').into();
    let left = held.left_ms.map(|ms| span(words, ms)).unwrap_or_default();
    [
        ("where", chosen(held.room.is_some(), "room")),
        ("room", room),
        ("until", chosen(held.left_ms.is_some(), "left")),
        ("left", left.into()),
        ("why", chosen(held.reason.is_some(), "because")),
        ("reason", reason),
    ]
}

/// The same of a ban or a mute that begins: by whom, and for how long from then on.
fn sentence_of_sanction(words: &Words, id: &str, nick: &str, sanction: &Sanction) -> String {
    let held = sanction.held(sanction.at);
    let mut args = sentence_of_held(words, &held).to_vec();
    args.push(("nick", nick.into()));
    args.push(("by", (&*sanction.by).into()));
    words.say(id, &args)
}

/// That somebody was banned or muted, as the others, the one concerned or the one who did it are told.
pub fn sanction(words: &Words, told: Told, nick: &str, sanction: &Sanction) -> String {
    let id = match (sanction.kind, told) {
        (SanctionKind::Ban, Told::Others) => "banned-somebody",
        (SanctionKind::Ban, Told::Concerned) => "banned-you",
        (SanctionKind::Ban, Told::Actor) => "banned-receipt",
        (SanctionKind::Mute, Told::Others) => "muted-somebody",
        (SanctionKind::Mute, Told::Concerned) => "muted-you",
        (SanctionKind::Mute, Told::Actor) => "muted-receipt",
    };
    sentence_of_sanction(words, id, nick, sanction)
}

/// Who is told of a ban or a mute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    Others,
    Concerned,
    Actor,
}

/// A line of the list of bans and mutes; `now` is when it was made.
pub fn sanction_row(words: &Words, sanction: &Sanction, now: Wall) -> String {
    let held = sanction.held(now);
    let mut args = sentence_of_held(words, &held).to_vec();
    args.push(("who", sanction.who.to_string().into()));
    args.push(("by", (&*sanction.by).into()));
    let id = match sanction.kind {
        SanctionKind::Ban => "bans-row-ban",
        SanctionKind::Mute => "bans-row-mute",
    };
    words.say(id, &args)
}

/// What somebody is in a room from now on, `own`: told to them.
pub fn role(words: &Words, own: bool, room: &str, nick: &str, role: Role) -> String {
    let id = match (role, own) {
        (Role::Owner | Role::Admin, false) => "role-owner",
        (Role::Owner | Role::Admin, true) => "role-owner-you",
        (Role::Moderator, false) => "role-moderator",
        (Role::Moderator, true) => "role-moderator-you",
        (Role::Member | Role::Muted, false) => "role-member",
        (Role::Member | Role::Muted, true) => "role-member-you",
    };
    words.say(id, &[("room", room.into()), ("nick", nick.into())])
}

/// What a room is about, in one sentence; `by` is whoever has just said so.
pub fn topic(words: &Words, room: &str, topic: &str, by: Option<&str>) -> String {
    let room = ("room", room.into());
    let text = ("topic", topic.into());
    match (by, topic.is_empty()) {
        (None, false) => words.say("topic", &[room, text]),
        (None, true) => words.say("topic-none", &[room]),
        (Some(by), false) => words.say("topic-set", &[room, text, ("by", by.into())]),
        (Some(by), true) => words.say("topic-removed", &[room, ("by", by.into())]),
    }
}

/// Where somebody is now and with whom.
pub fn entered(words: &Words, info: &RoomInfo) -> String {
    let named = &info.members[..info.members.len().min(WELCOME_NAMES_MAX)];
    let mut args = vec![("room", (&*info.room).into())];
    let more = info.people - named.len();
    if info.people == 0 {
        return words.say("entered-alone", &args);
    }
    args.push(("names", named.join(", ").into()));
    if more == 0 {
        return words.say("entered-with", &args);
    }
    args.push(("more", more.into()));
    words.say("entered-with-more", &args)
}

pub(super) fn name_fault(words: &Words, fault: NameFault) -> String {
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

/// A sentence, or another where some keys have to wait for a restart.
fn partly(words: &Words, ids: [&str; 2], keys: &[String], args: &[Arg<'_>]) -> String {
    if keys.is_empty() {
        return words.say(ids[0], args);
    }
    let mut args = args.to_vec();
    args.push(("keys", keys.join(", ").into()));
    words.say(ids[1], &args)
}

/// That it was done, where one sentence says it; none for replies that are more, or say nothing.
pub fn receipt(words: &Words, reply: &Reply, zone: &TimeZone) -> Option<String> {
    Some(match reply {
        Reply::Renamed { nick } => words.say("renamed-you", &[("nick", (&**nick).into())]),
        Reply::Kicked { nick, room: None } => words.say("kicked-receipt", &[("nick", (&**nick).into())]),
        Reply::Kicked { nick, room: Some(room) } => {
            words.say("kicked-receipt-room", &[("nick", (&**nick).into()), ("room", (&**room).into())])
        }
        Reply::Joined(info) => entered(words, info),
        Reply::Left(info) => words.say("left-you", &[("room", (&*info.room).into())]),
        Reply::RoomCreated { room, .. } => words.say("room-created", &[("room", (&**room).into())]),
        Reply::RoomSet { room, topic: Some(text), .. } => topic(words, room, text, None),
        Reply::RoomSet { room, topic: None, .. } => words.say("room-set", &[("room", (&**room).into())]),
        Reply::RoomClosed { room } => words.say("room-closed-receipt", &[("room", (&**room).into())]),
        Reply::RoleSet { room, nick, role: now } => role(words, false, room, nick, *now),
        Reply::Invited { room, nick } => {
            words.say("invited-receipt", &[("nick", (&**nick).into()), ("room", (&**room).into())])
        }
        Reply::WhisperOpened { nick } => words.say("whisper-opened-you", &[("nick", (&**nick).into())]),
        Reply::WhisperClosed { already: true, .. } => words.say("whisper-closed-already", &[]),
        Reply::WhisperClosed { nick, already: false } => {
            words.say("whisper-closed-you", &[("nick", (&**nick).into())])
        }
        Reply::WhisperAsked => words.say("whisper-asked", &[]),
        Reply::Declined { .. } => words.say("declined-receipt", &[]),
        Reply::Cancelled { .. } => words.say("cancelled-receipt", &[]),
        Reply::Edited { .. } => words.say("edited-receipt", &[]),
        Reply::Deleted { .. } => words.say("deleted-receipt", &[]),
        Reply::Sanctioned(made) => sanction(words, Told::Actor, &made.who.to_string(), made),
        Reply::Lifted { kind, who, room } => {
            let id = match kind {
                SanctionKind::Ban => "unbanned-receipt",
                SanctionKind::Mute => "unmuted-receipt",
            };
            let place = if room.is_some() { "room" } else { "none" };
            let room = room.as_deref().unwrap_or("").into();
            words.say(id, &[("who", who.to_string().into()), ("where", place.into()), ("room", room)])
        }
        Reply::Scheduled { schedule, due, at, rule } => {
            let due = due.local_short(*at, zone);
            let mut args = vec![("schedule", (*schedule).into()), ("due", due.into())];
            match rule {
                None => words.say("scheduled", &args),
                Some(rule) => {
                    args.push(("every", every(words, rule).into()));
                    words.say("scheduled-every", &args)
                }
            }
        }
        Reply::Unscheduled { schedule } => words.say("unscheduled", &[("schedule", (*schedule).into())]),
        Reply::Subscribed { room, on: true } => words.say("subscribed", &[("room", (&**room).into())]),
        Reply::Subscribed { room, on: false } => words.say("unsubscribed", &[("room", (&**room).into())]),
        Reply::Timestamps { on: true } => words.say("timestamps-on", &[]),
        Reply::Timestamps { on: false } => words.say("timestamps-off", &[]),
        Reply::Lang { .. } => words.say("lang-now", &[]),
        Reply::Pong => words.say("pong", &[]),
        Reply::Announced { people, .. } => words.say("announced", &[("people", (*people).into())]),
        Reply::ShutdownAt { at } => words.say("shutdown-at", &[("at", at.local(zone).into())]),
        Reply::Reloaded { restart_needed, revert_at: None } => {
            partly(words, ["reloaded", "reloaded-partly"], restart_needed, &[])
        }
        Reply::Reloaded { restart_needed, revert_at: Some(at) } => {
            let at = ("at", at.local(zone).into());
            partly(words, ["config-tried", "config-tried-partly"], restart_needed, &[at])
        }
        Reply::ConfigConfirmed => words.say("config-confirmed", &[]),
        Reply::ConfigReverted { restart_needed } => {
            partly(words, ["config-reverted", "config-reverted-partly"], restart_needed, &[])
        }
        Reply::Whispered { waiting, .. } if !waiting.is_empty() => {
            words.say("whisper-waits", &[("names", waiting.join(", ").into())])
        }
        Reply::Welcome(_)
        | Reply::Offered { .. }
        | Reply::Accepted(_)
        | Reply::Received { .. }
        | Reply::Rooms { .. }
        | Reply::Bans { .. }
        | Reply::MarkedRead { .. }
        | Reply::Said { .. }
        | Reply::Whispered { .. }
        | Reply::Users { .. }
        | Reply::Bye
        | Reply::Schedules { .. }
        | Reply::History { .. }
        | Reply::Search { .. }
        | Reply::ConfigDiff { .. }
        | Reply::Help { .. }
        | Reply::Status(_)
        | Reply::Completions(_)
        | Reply::Commands { .. }
        | Reply::Verified(_)
        | Reply::Exported(_)
        | Reply::Backup(_)
        | Reply::Imported { .. }
        | Reply::Unrecorded(_) => return None,
    })
}

/// What is kept of what is said, and how long.
pub fn kept(words: &Words, kept: Kept) -> String {
    let messages = ("messages", span(words, kept.messages_ms).into());
    let whispers = ("whispers", span(words, kept.whispers_ms).into());
    match (kept.messages_ms, kept.whispers_ms) {
        (0, 0) => words.say("kept", &[]),
        (0, _) => words.say("kept-whispers-for", &[whispers]),
        (_, 0) => words.say("kept-messages-for", &[messages]),
        (_, _) => words.say("kept-for", &[messages, whispers]),
    }
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
        Farewell::Banned { nick, sanction: ban } => sanction(words, Told::Concerned, nick, ban),
        Farewell::Shutdown { reason: None } => words.say("closing-shutdown", &[]),
        Farewell::Shutdown { reason: Some(reason) } => {
            words.say("closing-shutdown-because", &[("reason", reason.trim_end_matches('.').into())])
        }
        Farewell::Flood => words.say("closing-flood", &[]),
        Farewell::OverlongLines => words.say("closing-overlong", &[]),
        Farewell::LoginTimeout => words.say("closing-login", &[]),
        Farewell::Idle => words.say("closing-idle", &[]),
        Farewell::SlowConsumer => words.say("closing-slow", &[]),
        Farewell::NotAllowed => words.say("closing-not-allowed", &[]),
        Farewell::Replaced => words.say("closing-replaced", &[]),
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
        Farewell::Banned { .. } => "banned",
        Farewell::Shutdown { .. } => "shutdown",
        Farewell::Flood => "flood",
        Farewell::OverlongLines => "too_long",
        Farewell::LoginTimeout => "timeout",
        Farewell::Idle => "idle",
        Farewell::SlowConsumer => "slow_consumer",
        Farewell::NotAllowed => "not_allowed",
        Farewell::Replaced => "replaced",
        Farewell::Full => "full",
        Farewell::TooManyFromAddress => "too_many",
        Farewell::WrongProtocol => "wrong_protocol",
    }
}

/// What the server says of itself. `zone` is the server's.
pub fn notice(words: &Words, notice: &Notice, zone: &TimeZone) -> String {
    match notice {
        Notice::ScheduleSent { schedule } => words.say("scheduled-sent", &[("schedule", (*schedule).into())]),
        Notice::ScheduleMissed { schedule, due, text, next } => {
            let mut args = vec![
                ("schedule", (*schedule).into()),
                ("due", due.local(zone).into()),
                ("text", text.as_str().into()),
            ];
            args.extend(next.map(|next| ("next", next.local(zone).into())));
            words.say(if next.is_some() { "scheduled-missed-next" } else { "scheduled-missed" }, &args)
        }
        Notice::Invited { room, by } => {
            words.say("invited", &[("by", (&**by).into()), ("room", (&**room).into())])
        }
        Notice::Unmuted { room, by } => {
            let place = if room.is_some() { "room" } else { "none" };
            let room = room.as_deref().unwrap_or("").into();
            words.say("unmuted-you", &[("by", (&**by).into()), ("where", place.into()), ("room", room)])
        }
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
        Notice::Invited { .. } => "invited",
        Notice::Unmuted { .. } => "unmuted",
    }
}
