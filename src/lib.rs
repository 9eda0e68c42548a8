//! chatd: this branch's part of the crate.
pub mod daemon;
pub mod wire;
