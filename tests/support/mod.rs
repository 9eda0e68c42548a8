//! What tests of the real programs share.
//!
//! Knows no behaviour of the chat. Why every test has a daemon of its own:
//! nothing that one leaves behind may help or harm another.

// Each test program takes from here what it needs.
#![allow(dead_code)]

pub mod daemon;
pub mod disk;
