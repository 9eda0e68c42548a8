//! Minimal map for the branch that holds the two client programs.
pub mod admin;
pub mod client;
