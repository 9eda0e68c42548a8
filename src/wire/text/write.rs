//! Events and replies as lines for a person.
//!
//! Knows no receiver: what names one is a reply. Why `[Server]` stands before
//! the server's words: nobody can have that name, so nobody can fake them.

use std::io::Write;

use crate::core::command::{Command, Right};
use crate::core::event::{Edit, Event, Farewell, LeftReason, Message, MessageKind, WhisperEnd};
use crate::core::name::Name;
use crate::core::reject::Reject;
use crate::core::reply::{Found, Listing, Reply, RoomInfo, ScheduleRow, User, Welcome};
use crate::core::table::{HELP, TABLE};
use crate::core::time::Wall;
use crate::wire::{Speech, files, search, words};

/// One line of the server itself.
pub fn says(out: &mut Vec<u8>, sentence: &str) {
    out.extend_from_slice(b"[Server]: ");
    out.extend_from_slice(sentence.as_bytes());
    out.push(b'\n');
}

/// The invitation to choose a nickname.
pub fn greeting(speech: &Speech, out: &mut Vec<u8>) {
    let name = speech.server_name.as_str();
    says(out, &speech.words.say("greeting", &[("server", name.into())]));
}

/// The lines of one event; nothing where plain text has no words for it.
pub fn event(speech: &Speech, timestamps: bool, event: &Event, out: &mut Vec<u8>) {
    let words = &speech.words;
    match event {
        Event::Message(message) => {
            stamp(speech, timestamps, message.at, out);
            talk(speech, message, out);
        }
        Event::Missed(message) if message.deleted => {}
        Event::Missed(message) => {
            stamp(speech, true, message.at, out);
            talk(speech, message, out);
        }
        Event::Whisper(whisper) => {
            stamp(speech, timestamps, whisper.at, out);
            let mark = words.say("whisper-from", &[("from", (&*whisper.from).into())]);
            line(out, &[&mark, " ", &whisper.text]);
        }
        Event::Announcement { text, at, .. } => {
            stamp(speech, timestamps, *at, out);
            line(out, &[&words.say("announcement-mark", &[]), " ", text]);
        }
        Event::Edited(edit) => edited(speech, edit, out),
        Event::WhisperOpened { nick, .. } => {
            says(out, &words.say("whisper-opened", &[("nick", (&**nick).into())]));
        }
        Event::WhisperClosed { nick, end, .. } => {
            let id = match end {
                WhisperEnd::Ended => "whisper-closed",
                WhisperEnd::Left(LeftReason::Lost) => "whisper-closed-lost",
                WhisperEnd::Left(LeftReason::Quit | LeftReason::Part | LeftReason::Kicked) => {
                    "whisper-closed-left"
                }
            };
            says(out, &words.say(id, &[("nick", (&**nick).into())]));
        }
        Event::Offer(offer) => says(out, &files::offered(words, offer)),
        Event::Transfer(told) => {
            if let Some(sentence) = files::transfer(words, told) {
                says(out, &sentence);
            }
        }
        Event::Sanctioned { nick, sanction } => {
            says(out, &words::sanction(words, words::Told::Others, nick, sanction));
        }
        Event::RoleChanged { room, nick, role, .. } => {
            says(out, &words::role(words, false, room, nick, *role));
        }
        Event::Topic { room, topic, by, .. } => says(out, &words::topic(words, room, topic, Some(by))),
        Event::RoomChanged { room, by, .. } => {
            says(out, &words.say("room-changed", &[("room", (&**room).into()), ("by", (&**by).into())]));
        }
        // Which rooms there are is asked for by those who want to know.
        Event::RoomCreated { .. } | Event::RoomClosed { .. } => {}
        Event::Moved { room, .. } => entered(speech, room, out),
        Event::Yours(own) => yours(speech, timestamps, own, out),
        Event::Joined { room, nick, .. } => {
            says(out, &words.say("joined", &[("nick", (&**nick).into()), ("room", (&**room).into())]));
        }
        Event::Left { room, nick, reason, text, .. } => {
            let nick = ("nick", (&**nick).into());
            let room = ("room", (&**room).into());
            match (reason, text) {
                (LeftReason::Quit | LeftReason::Part, None) => says(out, &words.say("left", &[nick, room])),
                (LeftReason::Quit | LeftReason::Part, Some(text)) => {
                    says(out, &words.say("left-saying", &[nick, room, ("text", text.as_str().into())]));
                }
                (LeftReason::Lost, _) => says(out, &words.say("lost", &[nick])),
                // The kick itself was told.
                (LeftReason::Kicked, _) => {}
            }
        }
        Event::Renamed { from, to, .. } => {
            says(out, &words.say("renamed", &[("from", (&**from).into()), ("to", (&**to).into())]));
        }
        Event::Kicked { nick, room: None, .. } => {
            says(out, &words.say("kicked", &[("nick", (&**nick).into())]));
        }
        Event::Kicked { nick, room: Some(room), .. } => {
            says(out, &words.say("kicked-room", &[("nick", (&**nick).into()), ("room", (&**room).into())]));
        }
        Event::Notice { notice, .. } => says(out, &words::notice(words, notice, &speech.zone)),
    }
}

/// What has happened to the receiver, in the second person where there is one.
fn yours(speech: &Speech, timestamps: bool, own: &Event, out: &mut Vec<u8>) {
    let words = &speech.words;
    match own {
        Event::Kicked { by, room: Some(room), reason, .. } => {
            let mut args = vec![("by", (&**by).into()), ("room", (&**room).into())];
            let id = match reason {
                None => "kicked-you-room",
                Some(reason) => {
                    args.push(("reason", reason.trim_end_matches('.').into()));
                    "kicked-you-room-because"
                }
            };
            says(out, &words.say(id, &args));
        }
        Event::Sanctioned { nick, sanction } => {
            says(out, &words::sanction(words, words::Told::Concerned, nick, sanction));
        }
        Event::RoleChanged { room, nick, role, .. } => {
            says(out, &words::role(words, true, room, nick, *role));
        }
        Event::RoomClosed { room, by, .. } => {
            let by = by.as_deref().unwrap_or("");
            says(out, &words.say("room-closed", &[("room", (&**room).into()), ("by", by.into())]));
        }
        other => event(speech, timestamps, other, out),
    }
}

/// A message that was changed, as it reads now.
fn edited(speech: &Speech, edit: &Edit, out: &mut Vec<u8>) {
    let words = &speech.words;
    match &edit.text {
        Some(text) => {
            let own = edit.by == edit.from;
            let by = [("by", (&*edit.by).into())];
            let mark = if own { words.say("edited-talk", &[]) } else { words.say("edited-by", &by) };
            line(out, &[&edit.from, " >> ", text, " ", &mark]);
        }
        None if edit.by == edit.from => {
            says(out, &words.say("deleted", &[("by", (&*edit.by).into())]));
        }
        None => {
            let args = [("by", (&*edit.by).into()), ("from", (&*edit.from).into())];
            says(out, &words.say("deleted-by", &args));
        }
    }
}

/// Where somebody is now, and what it is about.
fn entered(speech: &Speech, room: &RoomInfo, out: &mut Vec<u8>) {
    says(out, &words::entered(&speech.words, room));
    if !room.topic.is_empty() {
        says(out, &words::topic(&speech.words, &room.room, &room.topic, None));
    }
}

fn stamp(speech: &Speech, timestamps: bool, at: Wall, out: &mut Vec<u8>) {
    if timestamps {
        let at = at.local(&speech.zone);
        write!(out, "[{at}] ").expect("a vector takes everything");
    }
}

fn line(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'\n');
}

fn talk(speech: &Speech, message: &Message, out: &mut Vec<u8>) {
    match message.kind {
        MessageKind::Action => line(out, &["* ", &message.from, " ", &message.text]),
        MessageKind::Say => {
            line(out, &[&message.from, " >> ", &message.text]);
        }
        MessageKind::Scheduled => {
            let mark = speech.words.say("scheduled-by", &[("from", (&*message.from).into())]);
            line(out, &[&mark, " ", &message.text]);
        }
    }
    let mark = match (message.seq, message.edited) {
        (None, _) => "unrecorded-talk",
        (Some(_), Some(_)) => "edited-talk",
        (Some(_), None) => return,
    };
    out.pop();
    line(out, &[" ", &speech.words.say(mark, &[])]);
}

/// A message that was found, with stars around the words, and its room where that is to be seen.
pub fn found(speech: &Speech, found: &Found, rooms: bool, out: &mut Vec<u8>) {
    if rooms {
        out.extend_from_slice(format!("{}: ", found.message.room).as_bytes());
    }
    talk(speech, &search::starred(found), out);
}

/// The lines that answer a request; `named`: whether the one who asked has a nickname.
pub fn reply(speech: &Speech, named: bool, reply: &Result<Reply, Reject>, out: &mut Vec<u8>) {
    match reply {
        Ok(reply) => {
            done(speech, reply, out);
            // Who was asked for a nickname is asked again, in a language they read.
            if matches!(reply, Reply::Lang { .. }) && !named {
                greeting(speech, out);
            }
        }
        Err(reject @ (Reject::NickInUse { .. } | Reject::BadNick { .. })) if !named => {
            let why = speech.words.capitalised(&words::reject(&speech.words, reject));
            says(out, &format!("{why} {}", speech.words.say("choose-another", &[])));
        }
        Err(reject) => {
            let sentence = words::reject(&speech.words, reject);
            says(out, &speech.words.say("error", &[("sentence", sentence.into())]));
        }
    }
}

fn done(speech: &Speech, reply: &Reply, out: &mut Vec<u8>) {
    let words = &speech.words;
    match reply {
        Reply::Welcome(welcome) => welcomed(speech, welcome, out),
        // Nobody is sent their own line back.
        Reply::Said { .. } | Reply::Bye => {}
        Reply::Users { room, users } => user_line(speech, room.as_ref(), users, out),
        Reply::Schedules { schedules, at } => schedule_lines(speech, schedules, *at, out),
        Reply::History { room, messages, .. } => {
            if messages.iter().all(|message| message.deleted) {
                says(out, &words.say("history-none", &[("room", (&**room).into())]));
            }
            for message in messages.iter().filter(|message| !message.deleted) {
                stamp(speech, true, message.at, out);
                talk(speech, message, out);
            }
        }
        Reply::Search { search, rooms } => {
            for one in &search.found {
                stamp(speech, true, one.message.at, out);
                found(speech, one, *rooms, out);
            }
            for note in search::notes(words, search) {
                says(out, &note);
            }
        }
        Reply::Joined(room) => entered(speech, room, out),
        Reply::Rooms { rooms, more } => says(out, &room_line(speech, rooms, usize::from(*more))),
        Reply::Bans { bans, at } => {
            if bans.is_empty() {
                says(out, &words.say("bans-none", &[]));
            }
            for ban in bans {
                says(out, &words::sanction_row(words, ban, *at));
            }
        }
        Reply::Help { command, admin } => help(speech, command.as_deref(), *admin, out),
        Reply::Status(status) => {
            let args = [
                ("server", status.daemon.server.as_str().into()),
                ("people", status.people.into()),
                ("rooms", status.rooms.into()),
            ];
            says(out, &words.say("status-line", &args));
        }
        Reply::Commands { commands, .. } => {
            for row in commands {
                let kept = &row.command;
                let at = kept.at.local(&speech.zone);
                line(
                    out,
                    &["[", &at, "] ", &kept.actor, " ", &kept.command, " ", &kept.args, ": ", &kept.outcome],
                );
            }
        }
        Reply::Left(_)
        | Reply::RoomCreated { .. }
        | Reply::RoomSet { .. }
        | Reply::RoomClosed { .. }
        | Reply::RoleSet { .. }
        | Reply::Invited { .. }
        | Reply::WhisperOpened { .. }
        | Reply::WhisperClosed { .. }
        | Reply::Whispered { .. }
        | Reply::WhisperAsked
        | Reply::Offered { .. }
        | Reply::Accepted(_)
        | Reply::Declined { .. }
        | Reply::Cancelled { .. }
        | Reply::Received { .. }
        | Reply::Edited { .. }
        | Reply::Deleted { .. }
        | Reply::Sanctioned(_)
        | Reply::Lifted { .. }
        | Reply::MarkedRead { .. }
        | Reply::Renamed { .. }
        | Reply::Kicked { .. }
        | Reply::Scheduled { .. }
        | Reply::Unscheduled { .. }
        | Reply::Subscribed { .. }
        | Reply::Timestamps { .. }
        | Reply::Lang { .. }
        | Reply::Pong
        | Reply::Announced { .. }
        | Reply::ShutdownAt { .. }
        | Reply::Reloaded { .. }
        | Reply::Completions(_)
        | Reply::ConfigDiff { .. }
        | Reply::ConfigConfirmed
        | Reply::ConfigReverted { .. }
        | Reply::Verified(_)
        | Reply::Exported(_)
        | Reply::Backup(_)
        | Reply::Imported { .. } => {
            if let Some(receipt) = words::receipt(words, reply, &speech.zone) {
                says(out, &receipt);
            }
        }
        Reply::Unrecorded(inner) => {
            done(speech, inner, out);
            says(out, &words.say("unrecorded", &[]));
        }
    }
}

fn welcomed(speech: &Speech, welcome: &Welcome, out: &mut Vec<u8>) {
    let names = join(&welcome.members);
    let more = welcome.people - welcome.members.len();
    let mut args = vec![("nick", (&*welcome.nick).into()), ("room", (&*welcome.room).into())];
    let id = match (welcome.people, more) {
        (0, _) => "welcome-alone",
        (_, 0) => "welcome-with",
        (_, more) => {
            args.push(("more", more.into()));
            "welcome-with-more"
        }
    };
    if welcome.people > 0 {
        args.push(("names", names.into()));
    }
    says(out, &speech.words.say(id, &args));
    if let Some(kept) = welcome.kept {
        says(out, &words::kept(&speech.words, kept));
    }
    // With one room there is nothing to choose from.
    if welcome.directory.len() > 1 {
        says(out, &room_line(speech, &welcome.directory, welcome.more_rooms));
    }
    for motd in welcome.motd.lines() {
        says(out, motd);
    }
}

/// Rooms and how many are in them, on one line; `more` is how many are left out.
fn room_line(speech: &Speech, rooms: &[Listing], more: usize) -> String {
    let words = &speech.words;
    if rooms.is_empty() {
        return words.say("rooms-none", &[]);
    }
    let one = |room: &Listing| {
        let marks = [
            (room.locked, "mark-locked"),
            (room.invite_only, "mark-invite"),
            (!room.listed, "mark-unlisted"),
        ];
        let marks = marks.iter().filter(|(is, _)| *is).map(|(_, id)| format!(" {}", words.say(id, &[])));
        format!("{} ({}){}", room.room, room.members, marks.collect::<String>())
    };
    let rooms: Vec<String> = rooms.iter().map(one).collect();
    let mut args = vec![("rooms", rooms.join(", ").into())];
    if more == 0 {
        return words.say("rooms", &args);
    }
    args.push(("more", more.into()));
    words.say("rooms-more", &args)
}

fn join(names: &[Name]) -> String {
    names.join(", ")
}

fn user_line(speech: &Speech, room: Option<&Name>, users: &[User], out: &mut Vec<u8>) {
    let names: Vec<Name> = users.iter().map(|user| user.nick.clone()).collect();
    let mut args = vec![("count", users.len().into()), ("names", join(&names).into())];
    let sentence = match room {
        Some(room) if users.is_empty() => speech.words.say("users-none", &[("room", (&**room).into())]),
        Some(room) => {
            args.push(("room", (&**room).into()));
            speech.words.say("users", &args)
        }
        None => speech.words.say("users-everywhere", &args),
    };
    says(out, &sentence);
}

fn schedule_lines(speech: &Speech, schedules: &[ScheduleRow], at: Wall, out: &mut Vec<u8>) {
    if schedules.is_empty() {
        says(out, &speech.words.say("schedules-none", &[]));
    }
    for row in schedules {
        let mut args = vec![
            ("schedule", row.schedule.into()),
            ("due", row.due.local_short(at, &speech.zone).into()),
            ("room", (&*row.room).into()),
            ("from", (&*row.from).into()),
            ("text", row.text.as_str().into()),
        ];
        let id = match &row.rule {
            _ if row.missed => "schedules-row-missed",
            None => "schedules-row",
            Some(rule) => {
                args.push(("every", words::every(&speech.words, rule).into()));
                "schedules-row-every"
            }
        };
        says(out, &speech.words.say(id, &args));
    }
}

fn help(speech: &Speech, command: Option<&str>, admin: bool, out: &mut Vec<u8>) {
    let what = |command: &Command| speech.words.say(&format!("help-{}", command.name), &[]);
    if let Some(command) = TABLE.iter().find(|row| Some(row.name) == command) {
        let mut args =
            vec![("usage", words::usage(&speech.words, command).into()), ("what", what(command).into())];
        let shown = command.slash_in(speech.words.lang());
        let others: Vec<&str> = command.slash.iter().copied().filter(|name| *name != shown).collect();
        let names = others.join(", ");
        let id = if names.is_empty() { "help-row" } else { "help-usage" };
        if !names.is_empty() {
            args.push(("names", names.into()));
        }
        return says(out, &speech.words.say(id, &args));
    }
    let lang = speech.words.lang();
    let group = command.filter(|name| name.starts_with('/'));
    if group.is_none() {
        says(out, &speech.words.say("help-head", &[]));
    }
    let mut groups: Vec<&str> = Vec::new();
    for command in TABLE.iter().filter(|row| !row.slash.is_empty()) {
        if command.right == Right::Admin && !admin {
            continue;
        }
        let of = command.group().map(|english| (english, command.slash_in(lang)));
        match (of, group) {
            (None, None) => help_row(speech, command, out),
            (Some((of, _)), Some(group)) if of == group => help_row(speech, command, out),
            (Some((_, slash)), None) => groups.extend(slash.split(' ').next()),
            (None | Some(_), Some(_)) => {}
        }
    }
    groups.dedup();
    for group in groups {
        let help = format!("{} {}", HELP.slash_in(lang), group.trim_start_matches('/'));
        says(out, &speech.words.say("help-group", &[("group", group.into()), ("help", help.into())]));
    }
}

fn help_row(speech: &Speech, command: &Command, out: &mut Vec<u8>) {
    let what = speech.words.say(&format!("help-{}", command.name), &[]);
    let args = [("usage", words::usage(&speech.words, command).into()), ("what", what.into())];
    says(out, &speech.words.say("help-row", &args));
}

/// The last line to a connection; none after its own goodbye.
pub fn farewell(speech: &Speech, farewell: &Farewell, out: &mut Vec<u8>) {
    if let Some(sentence) = words::farewell(&speech.words, farewell) {
        says(out, &sentence);
    }
}
