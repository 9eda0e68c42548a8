//! chatd: the one loop, and the world around it.
//!
//! `turn` is the loop; the rest is what it is made of: clocks, doors, the log,
//! the configuration, and the way from nothing to a running chat.

mod clock;
pub mod config;
pub mod course;
mod doors;
mod group;
mod inherited;
mod journal;
mod listening;
pub mod log;
mod manager;
mod metrics;
pub mod place;
mod reload;
pub mod running;
pub mod settings;
mod start;
mod turn;

pub use start::main;
