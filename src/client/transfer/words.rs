//! Why a file was not sent, not taken or not saved, in words.
//!
//! Knows no transfer. Why what the system says stands in its own words: people search for them.

use super::Why;
use super::name::NameFault;
use crate::locale::Words;

impl Why {
    pub fn sentence(&self, words: &Words) -> String {
        match self {
            Why::NotFound => words.say("file-why-not-found", &[]),
            Why::Directory => words.say("file-why-directory", &[]),
            Why::NotFile => words.say("file-why-not-file", &[]),
            Why::Unreadable(why) => words.say("file-why-unreadable", &[("why", why.as_str().into())]),
            Why::Changed => words.say("file-why-changed", &[]),
            Why::Exists(name) => words.say("file-why-exists", &[("name", name.as_str().into())]),
            Why::Full => words.say("file-why-full", &[]),
            Why::Unwritable(why) => words.say("file-why-unwritable", &[("why", why.as_str().into())]),
            Why::Checksum => words.say("file-why-checksum", &[]),
            Why::Silent => words.say("file-why-silent", &[]),
            Why::Unknown => words.say("file-why-unknown", &[]),
        }
    }
}

impl NameFault {
    /// The sentence for whoever has typed the name.
    pub fn sentence(self, words: &Words) -> String {
        let id = match self {
            NameFault::Slash => "file-name-slash",
            NameFault::Dots => "file-name-dots",
            NameFault::Dash => "file-name-dash",
            NameFault::Invisible => "file-name-invisible",
            NameFault::TooLong => "file-name-long",
        };
        words.say(id, &[])
    }
}
