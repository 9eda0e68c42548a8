//! What an examination has found: a state, a sentence, and the command that mends it.
//!
//! It must not know how anything was looked at.
//!
//! Why a sentence is kept as its id until it is printed: judging then needs no language, and a test
//! names what it expects.

use std::path::Path;

use serde_json::json;

use super::super::failure::Failure;
use super::super::paper::Paper;
use crate::locale::Words;

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    /// Worth knowing, or what could not be looked at.
    Note,
    Fault,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Note => "note",
            State::Fault => "fault",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The word for what was looked at: `disk`.
    pub check: &'static str,
    pub state: State,
    /// The id of the sentence.
    pub id: &'static str,
    pub args: Vec<(&'static str, String)>,
    /// A command to type; none where nothing is to be mended.
    pub mend: Option<String>,
}

impl Finding {
    fn new(check: &'static str, state: State, id: &'static str) -> Finding {
        Finding { check, state, id, args: Vec::new(), mend: None }
    }

    pub fn ok(check: &'static str, id: &'static str) -> Finding {
        Finding::new(check, State::Ok, id)
    }

    pub fn note(check: &'static str, id: &'static str) -> Finding {
        Finding::new(check, State::Note, id)
    }

    pub fn fault(check: &'static str, id: &'static str) -> Finding {
        Finding::new(check, State::Fault, id)
    }

    /// Fills in a variable of the sentence.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Finding {
        self.args.push((name, value.to_string()));
        self
    }

    pub fn mend(mut self, command: impl Into<String>) -> Finding {
        self.mend = Some(command.into());
        self
    }

    fn sentence(&self, words: &Words) -> String {
        let args: Vec<_> = self.args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        words.say(self.id, &args)
    }

    /// A line for the finding, and one for what mends it. What is well is left out when it is to be quiet.
    pub fn show(&self, paper: &mut Paper<'_>) -> Result<(), Failure> {
        if paper.quiet && self.state == State::Ok {
            return Ok(());
        }
        if paper.json {
            let mut object = json!({
                "check": self.check,
                "state": self.state.word(),
                "text": self.sentence(&paper.listing),
            });
            if let Some(mend) = &self.mend {
                object["mend"] = mend.as_str().into();
            }
            return paper.object(&object.to_string());
        }
        let id = match self.state {
            State::Ok => "chatctl-doctor-ok",
            State::Note => "chatctl-doctor-note",
            State::Fault => "chatctl-doctor-fault",
        };
        let line = paper.named(Some(id), &self.sentence(&paper.listing));
        match self.state {
            State::Fault => paper.alarm(&line)?,
            State::Ok | State::Note => paper.line(&line)?,
        }
        match &self.mend {
            Some(mend) => paper.line(&paper.named(None, &format!("→ {mend}"))),
            None => Ok(()),
        }
    }
}

/// A path as a shell takes it, and a person reads it.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+@:,%=".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The one finding of `found` with this id, for tests.
#[cfg(test)]
pub fn only<'a>(found: &'a [Finding], id: &str) -> &'a Finding {
    let mut named = found.iter().filter(|one| one.id == id);
    let first = named.next().unwrap_or_else(|| panic!("{id} is not in {found:?}"));
    assert!(named.next().is_none(), "{id} is there twice: {found:?}");
    first
}
