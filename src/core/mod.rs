//! What a chat is: a state machine that returns effects.
//!
//! `hub` is the door; the rest are its words. Nothing here names a clock, a
//! socket, a thread, a file or a random source, so that the same inputs always
//! give the same effects.

pub mod args;
pub mod backup;
mod called;
pub mod chain;
mod check;
pub mod command;
mod completion;
pub mod counts;
mod durable;
mod edits;
pub mod effect;
pub mod entry;
pub mod event;
pub mod export;
pub mod files;
pub mod fold;
mod govern;
pub mod held;
pub mod hub;
pub mod lang;
mod look;
mod memory;
mod mentions;
mod missed;
mod moderation;
pub mod name;
pub mod nearest;
mod ownership;
mod pending;
mod people;
pub mod prefix;
pub mod query;
pub mod reads;
pub mod recurrence;
pub mod reject;
pub mod reply;
pub mod request;
pub mod resume;
mod rights;
pub mod room;
mod rooms;
pub mod sanctions;
mod schedules;
pub mod session;
pub mod settings;
mod subscriptions;
mod summary;
pub mod table;
mod talk;
pub mod time;
pub mod whispers;
