//! What a stay shows the person: in chatc's own words, or as the text protocol has it.
//!
//! Knows neither phases nor requests. Why through the text protocol: two people
//! in one room, one with `nc`, should be able to talk about what they see.

use super::session::{Now, Session};
use super::shown::{About, Kind, Shown};
use super::window::Window;
use crate::core::reply::Reply;
use crate::core::time::Wall;
use crate::locale::Arg;
use crate::wire::{Speech, text};

impl Session {
    /// A sentence of chatc's own.
    pub fn sentence(&self, id: &str, args: &[Arg<'_>]) -> String {
        self.setup.speech.words.say(id, args)
    }

    pub(super) fn say(&mut self, id: &str, args: &[Arg<'_>], now: Now) {
        self.server(Kind::Server, now.wall, &self.sentence(id, args));
    }

    pub(super) fn error(&mut self, sentence: &str, now: Now) {
        let error = self.sentence("error", &[("sentence", sentence.into())]);
        self.server(Kind::Error, now.wall, &error);
    }

    /// One line of the server's voice.
    pub(super) fn server(&mut self, kind: Kind, at: Wall, sentence: &str) {
        self.line(kind, at, |_, out| text::says(out, sentence));
    }

    /// One line as the text protocol has it; none where `write` has no words.
    pub(super) fn line(&mut self, kind: Kind, at: Wall, write: impl FnOnce(&Speech, &mut Vec<u8>)) {
        let mut bytes = Vec::new();
        write(&self.setup.speech, &mut bytes);
        if let Some(line) = String::from_utf8_lossy(&bytes).strip_suffix('\n') {
            self.show.push(Shown::new(kind, at, line));
        }
    }

    /// What was shown last, from the line of that number on, belongs into a window.
    pub(super) fn belongs(&mut self, from: usize, window: &Window) {
        for line in self.show.iter_mut().skip(from) {
            *line = line.clone().about(About { window: Some(window.clone()), ..About::default() });
        }
    }

    /// The lines of a reply, as the text protocol has them.
    pub(super) fn tell(&mut self, reply: &Reply, now: Now) {
        let mut bytes = Vec::new();
        text::reply(&self.setup.speech, true, &Ok(reply.clone()), &mut bytes);
        let lines = String::from_utf8_lossy(&bytes);
        self.show.extend(lines.lines().map(|line| Shown::new(Kind::Server, now.wall, line)));
    }
}
