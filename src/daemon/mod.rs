//! daemon: this branch's part.
pub mod config;
pub mod log;
pub mod place;
