//! What is worth a line in the log.
//!
//! Decides nothing. Why so little: talk is in the history and commands in their
//! record; the log is for what an admin must notice.

use crate::core::entry::{Entry, Job, ScheduleEnd};
use crate::core::settings::Storage;

/// The disk's state has changed.
pub fn storage(storage: &Storage) {
    match storage {
        Storage::Well => log::info!("the database can be written again"),
        Storage::Degraded { reason } => {
            log::error!("the database cannot be written: {reason}; talk is refused until it can");
        }
        Storage::Stalled => {
            log::error!("the disk has not answered for 5 s; talk is refused until it does");
        }
    }
}

/// What an admin did, and what the server gave up.
pub fn jobs(jobs: &[Job]) {
    for job in jobs {
        match &job.entry {
            Entry::Command(done) if done.door.starts_with("control") && changes(&done.command) => {
                let (actor, door, outcome) = (&done.actor, &done.door, &done.outcome);
                log::info!("{actor} ({door}): {} {}: {outcome}", done.command, done.args);
            }
            Entry::ScheduleEnd { schedule, end: ScheduleEnd::Missed } => {
                log::warn!("scheduled message {schedule} was missed: it was due too long ago");
            }
            Entry::ScheduleSkip { schedule, skipped, .. } if !skipped.told => {
                log::warn!("scheduled message {schedule} has missed its run of {}", skipped.due);
            }
            Entry::Command(_)
            | Entry::ScheduleSkip { .. }
            | Entry::ScheduleEnd { .. }
            | Entry::Message { .. }
            | Entry::Edit { .. }
            | Entry::Whisper { .. }
            | Entry::Schedule(_)
            | Entry::Room(_)
            | Entry::RoomClosed { .. }
            | Entry::Sanction(_)
            | Entry::SanctionLifted { .. }
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
