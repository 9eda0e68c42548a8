//! What a chat is: a state machine that returns effects.
//!
//! `hub` is the door; the rest are its words. Nothing here names a clock, a
//! socket, a thread, a file or a random source, so that the same inputs always
//! give the same effects.

pub mod args;
mod check;
pub mod command;
pub mod effect;
pub mod entry;
pub mod event;
mod govern;
pub mod hub;
pub mod lang;
pub mod name;
pub mod nearest;
mod pending;
mod people;
pub mod prefix;
pub mod reject;
pub mod reply;
pub mod request;
pub mod room;
mod schedules;
pub mod session;
pub mod settings;
pub mod table;
mod talk;
pub mod time;
