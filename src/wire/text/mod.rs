//! The text protocol: a person with `nc`.
//!
//! Knows no socket. Why it is the first protocol: it needs nothing on the other
//! side but a terminal.

mod read;
mod write;

pub use read::{Typed, asked, read};
pub use write::{event, farewell, found, greeting, reply, says};
