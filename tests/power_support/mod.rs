//! What the tests of durability share.
//!
//! Knows the store and the files below it. Why the disk is one of our own: only there the power can be cut a
//! thousand times in a minute, between any two calls, and what survives can be drawn.

pub mod change;
pub mod disk;
pub mod index;
pub mod keeper;
pub mod locks;
pub mod model;
pub mod snapshot;
pub mod vfs;
