//! Answers to those who speak what is not spoken here.
//!
//! Knows only their first word. Why an answer at all: whoever points a client of
//! another chat at the port must learn what to do instead of seeing it close.

use crate::locale::Words;

/// An IRC ERROR message (RFC 2812 §3.7.4).
pub fn irc(words: &Words) -> Vec<u8> {
    format!("ERROR :{}\r\n", words.say("not-yet-irc", &[])).into_bytes()
}
