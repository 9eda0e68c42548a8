//! What was said from one window before, to be recalled into its composer.
//!
//! Knows no keys. Why the draft is kept: who looks up a former line comes back to the one just begun.

use super::composer::Composer;
use crate::limits::TYPED_HISTORY_MAX;

/// The former lines of a window.
#[derive(Default, Debug)]
pub struct History {
    lines: Vec<String>,
    /// Which one is in the composer, and what was there before.
    recalled: Option<(usize, String)>,
}

impl History {
    /// A line was sent.
    pub fn add(&mut self, line: &str) {
        self.recalled = None;
        if self.lines.last().is_some_and(|last| last == line) {
            return;
        }
        self.lines.push(line.to_owned());
        if self.lines.len() > TYPED_HISTORY_MAX {
            self.lines.remove(0);
        }
    }

    /// The line before; false when there is none.
    pub fn back(&mut self, composer: &mut Composer) -> bool {
        let at = self.recalled.as_ref().map_or(self.lines.len(), |(at, _)| *at);
        let Some(at) = at.checked_sub(1) else { return false };
        let draft = self.recalled.take().map_or_else(|| composer.text().to_owned(), |(_, draft)| draft);
        composer.set(&self.lines[at]);
        self.recalled = Some((at, draft));
        true
    }

    /// The line after, at last the draft; false when that is there already.
    pub fn forth(&mut self, composer: &mut Composer) -> bool {
        let Some((at, draft)) = self.recalled.take() else { return false };
        match self.lines.get(at + 1) {
            Some(line) => {
                composer.set(line);
                self.recalled = Some((at + 1, draft));
            }
            None => composer.set(&draft),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn former_lines_come_back_and_the_draft_after_them() {
        let (mut history, mut composer) = (History::default(), Composer::default());
        for line in ["one", "two", "two"] {
            history.add(line);
        }
        composer.pasted("begun");
        let mut step = |back: bool| {
            let moved = if back { history.back(&mut composer) } else { history.forth(&mut composer) };
            (moved, composer.text().to_owned())
        };
        assert_eq!(step(false), (false, "begun".to_owned()));
        assert_eq!(step(true), (true, "two".to_owned()));
        assert_eq!(step(true), (true, "one".to_owned()));
        assert_eq!(step(true), (false, "one".to_owned()));
        assert_eq!(step(false), (true, "two".to_owned()));
        assert_eq!(step(false), (true, "begun".to_owned()));
        assert_eq!(step(false), (false, "begun".to_owned()));
    }

    #[test]
    fn no_more_than_the_newest_are_kept() {
        let (mut history, mut composer) = (History::default(), Composer::default());
        (0..TYPED_HISTORY_MAX + 10).for_each(|number| history.add(&number.to_string()));
        while history.back(&mut composer) {}
        assert_eq!(composer.text(), "10");
    }
}
