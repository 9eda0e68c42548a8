//! JSON lines: one object a line, for chatc, bots and the control socket.
//!
//! Knows no socket. Why JSON and not a binary form: a person with `nc` can type
//! it, and every language reads it.

mod ask;
mod export;
pub mod hear;
mod read;
mod server;
mod write;

pub use ask::{request_line, request_object};
pub use read::{Fields, fields, read, request};
pub(super) use write::without_nulls;
pub use write::{done, event, farewell, refused, reply};
