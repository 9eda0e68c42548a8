//! What is worth a line in the log: the daemon's own life, and what was done to rooms and people.
//!
//! Decides nothing. Why from the records on their way to the disk: what an admin must notice is
//! recorded anyway, with who did it right behind. Talk, whispers and passwords have no line here.

use std::path::Path;

use super::config::{Applies, Difference};
use super::settings;
use crate::core::entry::{CommandRecord, Entry, Job, Rows, ScheduleEnd};
use crate::core::name;
use crate::core::room::RoomRow;
use crate::core::sanctions::{Sanction, SanctionKind};
use crate::core::settings::Storage;

/// The first line of a daemon's life.
pub fn starting(uid: u32, file: Option<&Path>) {
    let program = settings::server_and_version();
    let pid = std::process::id();
    match file {
        Some(file) => {
            let file = file.display();
            log::info!(fact = "starting"; "{program} starts as uid {uid}, pid {pid}, with {file}");
        }
        None => log::info!(
            fact = "starting";
            "{program} starts as uid {uid}, pid {pid}, without a configuration file: the defaults apply"
        ),
    }
}

/// What the database has brought.
pub fn opened(path: &Path, rows: &Rows) {
    let said: u64 =
        rows.rooms.iter().map(|(_, last)| last).chain(rows.past.iter().map(|past| &past.last)).sum();
    let (path, rooms, past) = (path.display(), rows.rooms.len(), rows.past.len());
    let (sanctions, schedules) = (rows.sanctions.len(), rows.schedules.len());
    log::info!(
        fact = "opened", count = said;
        "the database {path} is open: {said} messages so far, {rooms} open rooms and {past} past ones, \
         {sanctions} bans and mutes, {schedules} scheduled messages; run {}",
        rows.run
    );
}

/// Everything is there, and people may come.
pub fn ready(addresses: &[String], control: &Path) {
    let (addresses, control) = (addresses.join(", "), control.display());
    log::info!(fact = "ready"; "listening on {addresses}; the control socket is {control}");
}

/// A configuration was taken over, for good or on trial.
pub fn reloaded(changes: &[Difference], confirm_ms: Option<u64>) {
    let (now, late): (Vec<&Difference>, Vec<&Difference>) =
        changes.iter().partition(|change| change.applies == Applies::Reload);
    let listed = |changes: &[&Difference]| {
        let each =
            changes.iter().map(|change| format!("{} = {} (was {})", change.key, change.new, change.old));
        each.collect::<Vec<_>>().join(", ")
    };
    let what = if now.is_empty() { "nothing has changed".to_owned() } else { listed(&now) };
    let trial = confirm_ms.map_or_else(String::new, |ms| format!(", on trial for {} s", ms / 1000));
    log::info!(fact = "reloaded"; "the configuration has been reloaded{trial}: {what}");
    if !late.is_empty() {
        log::warn!(fact = "restart_needed"; "this applies after a restart: {}", listed(&late));
    }
}

/// The disk's state has changed.
pub fn storage(storage: &Storage) {
    match storage {
        Storage::Well => log::info!(fact = "recovered"; "the database can be written again"),
        Storage::Degraded { reason } => log::error!(
            fact = "degraded";
            "the database cannot be written: {reason}; talk is refused until it can"
        ),
        Storage::Stalled => log::error!(
            fact = "stalled";
            "the disk has not answered for 5 s; talk is refused until it does"
        ),
    }
}

/// What was done, and what the server gave up.
pub fn jobs(jobs: &[Job]) {
    for (place, job) in jobs.iter().enumerate() {
        let later = &jobs[place + 1..];
        match &job.entry {
            Entry::Command(done) => commanded(done),
            Entry::Room(row) => room_created(row, later),
            Entry::RoomClosed { room } => room_closed(room, later),
            Entry::Sanction(sanction) => sanctioned(sanction),
            Entry::SanctionLifted { kind, who, room } => {
                lifted(*kind, &who.to_string(), room.as_deref(), later);
            }
            Entry::ScheduleEnd { schedule, end: ScheduleEnd::Missed } => log::warn!(
                fact = "schedule_missed";
                "scheduled message {schedule} was missed: it was due too long ago"
            ),
            Entry::ScheduleSkip { schedule, skipped, .. } if !skipped.told => log::warn!(
                fact = "schedule_missed";
                "scheduled message {schedule} has missed its run of {}", skipped.due
            ),
            Entry::ScheduleSkip { .. }
            | Entry::ScheduleEnd { .. }
            | Entry::Message { .. }
            | Entry::Edit { .. }
            | Entry::Whisper { .. }
            | Entry::Schedule(_)
            | Entry::Read(_)
            | Entry::Session(_)
            | Entry::SessionEnd(_)
            | Entry::Standing { .. }
            | Entry::Import(_)
            | Entry::Expire { .. }
            | Entry::Retain { .. } => {}
        }
    }
}

/// What an admin did by the control socket, unless it has a line of its own.
fn commanded(done: &CommandRecord) {
    let CommandRecord { actor, door, command, outcome, .. } = done;
    let told = matches!(
        command.as_str(),
        "kick" | "ban" | "unban" | "mute" | "unmute" | "room_create" | "room_close"
    ) && outcome == "ok";
    if !door.starts_with("control") || !changes(command) || told {
        return;
    }
    let args = if says(command) { "…" } else { &done.args };
    let space = if args.is_empty() { "" } else { " " };
    log::info!(
        fact = "commanded", by = &**actor, code = outcome.as_str(), peer = door.as_str();
        "{actor} ({door}): {command}{space}{args}: {outcome}"
    );
}

/// An open room is recorded when it is made and when it is set: the command behind it tells which.
fn room_created(row: &RoomRow, later: &[Job]) {
    let Some(done) = command(later) else { return };
    let named = done.args.split(' ').next().is_some_and(|room| name::key(room) == name::key(&row.name));
    if named && matches!(done.command.as_str(), "room_create" | "join") {
        let (room, by) = (&*row.name, if *done.actor == *"-" { "somebody" } else { &*done.actor });
        log::info!(fact = "room_created", room = room, by = by; "{by} has opened the room {room}");
    }
}

fn room_closed(room: &str, later: &[Job]) {
    match command(later).filter(|done| done.command == "room_close") {
        Some(done) => {
            let by = &*done.actor;
            log::info!(fact = "room_closed", room = room, by = by; "{by} has closed the room {room}");
        }
        None => {
            log::info!(fact = "room_closed", room = room; "the room {room} is closed: nobody was left in it")
        }
    }
}

fn sanctioned(sanction: &Sanction) {
    let Sanction { kind, who, room, by, at, until, reason } = sanction;
    let (who, by, room) = (who.to_string(), &**by, room.as_deref().unwrap_or(""));
    let within = if room.is_empty() { String::new() } else { format!(" in {room}") };
    let long = until.map_or("until it is lifted".to_owned(), |until| {
        format!("for {}", span(until.0.saturating_sub(at.0) / 1000))
    });
    let why = reason.as_deref().map_or(String::new(), |reason| format!(": {reason}"));
    match kind {
        SanctionKind::Ban => log::info!(
            fact = "banned", nick = who.as_str(), by = by, room = room;
            "{by} has banned {who}{within} {long}{why}"
        ),
        SanctionKind::Mute => log::info!(
            fact = "muted", nick = who.as_str(), by = by, room = room;
            "{by} has muted {who}{within} {long}{why}"
        ),
    }
}

/// A number of seconds in the largest unit that has no rest.
fn span(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let unit = units.into_iter().find(|(length, _)| seconds % length == 0);
    let (length, name) = unit.unwrap_or((1, "s"));
    format!("{} {name}", seconds / length)
}

fn lifted(kind: SanctionKind, who: &str, room: Option<&str>, later: &[Job]) {
    let undone = |done: &&CommandRecord| matches!(done.command.as_str(), "unban" | "unmute");
    let by = command(later).filter(undone).map_or("chatd", |done| &*done.actor);
    let (kind, room) = (kind.word(), room.unwrap_or(""));
    let within = if room.is_empty() { String::new() } else { format!(" in {room}") };
    log::info!(
        fact = "lifted", nick = who, by = by, room = room;
        "{by} has lifted the {kind} of {who}{within}"
    );
}

/// The command that these records belong to: it is recorded behind what it did. Another room or
/// sanction in between has no command, or one of its own.
fn command(later: &[Job]) -> Option<&CommandRecord> {
    let ends = |entry: &Entry| {
        matches!(
            entry,
            Entry::Command(_) | Entry::Room(_) | Entry::RoomClosed { .. } | Entry::SanctionLifted { .. }
        )
    };
    match &later.iter().find(|job| ends(&job.entry))?.entry {
        Entry::Command(done) if done.outcome == "ok" => Some(done),
        _another => None,
    }
}

/// Whether what follows a command is something that people are told.
fn says(command: &str) -> bool {
    matches!(command, "broadcast" | "schedule" | "say" | "action" | "edit" | "whisper")
}

/// Whether a command does something, or only looks.
fn changes(command: &str) -> bool {
    let looks = matches!(
        command,
        "users"
            | "rooms"
            | "bans"
            | "history"
            | "commands"
            | "schedules"
            | "subscribe"
            | "unsubscribe"
            | "help"
            | "verify"
            | "export"
    );
    !looks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::name::Name;
    use crate::core::time::Wall;

    fn job(entry: Entry) -> Job {
        Job { ticket: None, entry }
    }

    fn done(command: &str, args: &str, outcome: &str) -> Job {
        job(Entry::Command(CommandRecord {
            at: Wall(0),
            actor: Name::from("Alice"),
            door: "text".to_owned(),
            command: command.to_owned(),
            args: args.to_owned(),
            outcome: outcome.to_owned(),
        }))
    }

    fn closed(room: &str) -> Job {
        job(Entry::RoomClosed { room: Name::from(room) })
    }

    #[test]
    fn what_was_done_belongs_to_the_command_behind_it() {
        let actor = |jobs: &[Job]| command(jobs).map(|done| done.actor.to_string());
        assert_eq!(actor(&[done("room_close", "den", "ok")]).as_deref(), Some("Alice"));
        for nobody in [
            vec![],
            vec![done("room_close", "den", "not_allowed")],
            // It closed by itself, and another one by hand in the same turn.
            vec![closed("other"), done("room_close", "other", "ok")],
        ] {
            assert_eq!(actor(&nobody), None);
        }
    }

    #[test]
    fn spans_are_in_the_largest_unit_that_fits() {
        let spans = [(90, "90 s"), (600, "10 min"), (7_200, "2 h"), (604_800, "7 d"), (90_000, "25 h")];
        spans.iter().for_each(|(seconds, text)| assert_eq!(span(*seconds), *text));
    }
}
