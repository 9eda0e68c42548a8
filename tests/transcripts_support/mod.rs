//! The transcript runner: what a script is, and the two worlds it is played in.
//!
//! Knows no single behaviour of the chat; those stand in `tests/transcripts/`.
//! Why two worlds behind one trait: a file that passes in both shows that the
//! fast one tells the truth.

mod escape;
mod heard;
pub mod live;
pub mod memory;
mod pattern;
mod pipe;
pub mod play;
pub mod script;
mod settings;
mod tongue;
mod turn;
