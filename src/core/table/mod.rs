//! The command table: one row for everything that can be asked.
//!
//! Adding a command begins here and in `request.rs`; the compiler leads to the
//! rest. Why statics and not a builder: a row is read by people more often than
//! by the program.

mod files;
mod people;
mod rooms;
mod server;
mod talk;

pub use files::*;
pub use people::*;
pub use rooms::*;
pub use server::*;
pub use talk::*;

use super::command::{Arg, Command, Kind, Need};

const fn must(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, need: Need::Must }
}

const fn may(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, need: Need::May }
}

const fn field(name: &'static str, kind: Kind) -> Arg {
    Arg { name, kind, need: Need::Field }
}

/// What the row means by itself: a flag is `on` or `off`, a text is `value`.
const fn implied(name: &'static str, kind: Kind, value: &'static str) -> Arg {
    Arg { name, kind, need: Need::Implied(value) }
}

/// Every row, in the order in which `/help` lists them. Of rows that are typed alike, the first
/// whose arguments fit is meant.
pub static TABLE: [&Command; 74] = [
    &HELP,
    &USERS,
    &RENAME,
    &SAY,
    &ACTION,
    &EDIT,
    &DELETE,
    &WHISPER,
    &WHISPER_OPEN,
    &WHISPER_ASK,
    &WHISPER_CLOSE,
    &FILE,
    &ACCEPT_AS,
    &DECLINE,
    &CANCEL,
    &JOIN,
    &LEAVE,
    &ROOMS,
    &INVITE,
    &ROOM_CREATE,
    &ROOM_TOPIC,
    &ROOM_CAPACITY,
    &ROOM_LOCK,
    &ROOM_UNLOCK,
    &ROOM_LISTED,
    &ROOM_UNLISTED,
    &ROOM_INVITE_ONLY,
    &ROOM_SLOW,
    &ROOM_OP,
    &ROOM_DEOP,
    &ROOM_TRANSFER,
    &ROOM_CLOSE,
    &ROOM_KEEP,
    &ROOM_UNKEEP,
    &KICK,
    &BAN,
    &UNBAN,
    &MUTE,
    &UNMUTE,
    &BANS,
    &SCHEDULE,
    &SCHEDULES,
    &UNSCHEDULE,
    &HISTORY,
    &SEARCH,
    &TIMESTAMPS,
    &LANG,
    &BROADCAST,
    &SHUTDOWN,
    &QUIT,
    &QUIETQUIT,
    &HELLO,
    &RESUME,
    &SUBSCRIBE,
    &UNSUBSCRIBE,
    &MARK_READ,
    &OFFER,
    &ACCEPT,
    &RECEIVED,
    &ROOM_SET,
    &ROOM_ROLE,
    &PING,
    &STATUS,
    &COMPLETE,
    &RELOAD,
    &CONFIG_DIFF,
    &CONFIG_APPLY,
    &CONFIG_CONFIRM,
    &CONFIG_REVERT,
    &COMMANDS,
    &VERIFY,
    &EXPORT,
    &IMPORT,
    &BACKUP,
];
