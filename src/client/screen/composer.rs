//! Where one writes: the text of one window that is not said yet, its caret, and the way back.
//!
//! Knows no keys and no colours. Why the text is composed (NFC) after each change: some keyboards
//! give a syllable letter by letter, and the caret must go over it in one step.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::wrap::{laid, width, wrap};
use crate::limits::{TYPED_BYTES_MAX, TYPED_KILLS_MAX, TYPED_UNDO_MAX};
use crate::terminal::clean;

/// A text that is being written.
#[derive(Clone, Default, Debug)]
pub struct Composer {
    text: String,
    /// A byte between two graphemes.
    caret: usize,
    undo: Vec<Former>,
    redo: Vec<Former>,
    last: Option<Change>,
    /// The column to which moving up and down goes back.
    goal: Option<usize>,
}

#[derive(Clone, Debug)]
struct Former {
    text: String,
    caret: usize,
}

/// Changes of one sort that follow each other are undone together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change {
    Typed {
        blank: bool,
    },
    Erased,
    Killed {
        forward: bool,
    },
    /// What was put in place of another: a completion, what was killed before.
    Put {
        from: usize,
    },
}

/// What was killed, the last one at the end.
#[derive(Default, Debug)]
pub struct Kills {
    texts: Vec<String>,
    /// Which of them was yanked, counted from the last.
    back: usize,
}

/// A place that the caret can be moved to, or that a change reaches to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    Left,
    Right,
    WordLeft,
    WordRight,
    /// The blank before the word, whatever it consists of.
    BlankLeft,
    LineBegin,
    LineEnd,
    Begin,
    End,
}

/// The text in rows, and the cell of the caret.
#[derive(PartialEq, Eq, Debug)]
pub struct Laying {
    pub rows: Vec<Range<usize>>,
    /// Row and column.
    pub caret: (usize, usize),
}

impl Composer {
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn caret(&self) -> usize {
        self.caret
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn lines(&self) -> usize {
        self.text.split('\n').count()
    }

    /// Gives the text away and begins anew.
    pub fn take(&mut self) -> String {
        std::mem::take(self).text
    }

    /// Puts another text in place of all; it can be undone.
    pub fn set(&mut self, text: &str) {
        self.last = None;
        self.change(0..self.text.len(), text, Change::Put { from: 0 });
        self.last = None;
    }

    /// What a key has typed. False when there is no room for it.
    pub fn typed(&mut self, c: char) -> bool {
        let typed = c.to_string();
        let typed = if c == '\n' { &*typed } else { &*clean(&typed) };
        let blank = c.is_whitespace();
        self.change(self.caret..self.caret, typed, Change::Typed { blank })
    }

    /// What was pasted: many lines, whose ends may be those of any system. False when there is no room for it.
    pub fn pasted(&mut self, text: &str) -> bool {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<_> = text.split('\n').map(clean).collect();
        self.last = None;
        let fits = self.change(self.caret..self.caret, &lines.join("\n"), Change::Put { from: self.caret });
        self.last = None;
        fits
    }

    /// Puts a completion in place of what was begun.
    pub fn complete(&mut self, range: Range<usize>, with: &str) -> bool {
        let from = range.start;
        self.change(range, with, Change::Put { from })
    }

    pub fn go(&mut self, to: To) {
        self.caret = self.place(to);
        self.last = None;
        self.goal = None;
    }

    pub fn erase(&mut self, to: To) {
        let range = self.reach(to);
        self.change(range, "", Change::Erased);
    }

    /// Takes out what lies between here and there, to be yanked elsewhere.
    pub fn kill(&mut self, to: To, kills: &mut Kills) {
        // At the end of a line it is the end itself that goes.
        let to = if to == To::LineEnd && self.place(to) == self.caret { To::Right } else { to };
        let range = self.reach(to);
        if range.is_empty() {
            return;
        }
        let forward = range.start == self.caret;
        let goes_on = self.last == Some(Change::Killed { forward });
        kills.add(&self.text[range.clone()], goes_on, forward);
        self.change(range, "", Change::Killed { forward });
    }

    pub fn yank(&mut self, kills: &mut Kills) -> bool {
        kills.back = 0;
        let from = self.caret;
        self.last = None;
        kills.current().is_none_or(|text| self.change(from..from, text, Change::Put { from }))
    }

    /// After a yank: what was killed before that in its place.
    pub fn yank_before(&mut self, kills: &mut Kills) -> bool {
        let Some(Change::Put { from }) = self.last else { return true };
        if kills.texts.is_empty() {
            return true;
        }
        kills.back = (kills.back + 1) % kills.texts.len();
        kills.current().is_none_or(|text| self.change(from..self.caret, text, Change::Put { from }))
    }

    /// Changes the places of the two graphemes around the caret; at the end of a line, of the two before it.
    pub fn transpose(&mut self) {
        let middle = if self.caret == self.place(To::LineEnd) { self.before(self.caret) } else { self.caret };
        let (begin, end) = (self.before(middle), self.after(middle));
        if begin == middle || middle == end || self.text[begin..end].contains('\n') {
            return;
        }
        let turned = format!("{}{}", &self.text[middle..end], &self.text[begin..middle]);
        self.last = None;
        self.change(begin..end, &turned, Change::Erased);
        self.last = None;
    }

    pub fn undo(&mut self) {
        if let Some(former) = self.undo.pop() {
            let now = self.exchange(former);
            self.redo.push(now);
        }
    }

    pub fn redo(&mut self) {
        if let Some(later) = self.redo.pop() {
            let now = self.exchange(later);
            self.undo.push(now);
        }
    }

    fn exchange(&mut self, with: Former) -> Former {
        self.last = None;
        self.goal = None;
        let text = std::mem::replace(&mut self.text, with.text);
        Former { text, caret: std::mem::replace(&mut self.caret, with.caret) }
    }

    /// A row up or down; false when there is none.
    pub fn row(&mut self, down: bool, columns: usize) -> bool {
        let laying = self.laying(columns);
        let (row, column) = laying.caret;
        let wanted = if down { Some(row + 1) } else { row.checked_sub(1) };
        let Some(range) = wanted.and_then(|row| laying.rows.get(row)) else { return false };
        let goal = *self.goal.get_or_insert(column);
        let line = &self.text[range.clone()];
        // The end of a row is the beginning of the next one, but for the last of a line.
        let ends_line = self.text[range.end..].starts_with('\n') || range.end == self.text.len();
        let within = laid(line).take_while(|one| one.column <= goal).last();
        let end = laid(line).last().is_none_or(|last| ends_line && goal >= last.column + last.cells);
        self.caret = range.start + if end { line.len() } else { within.map_or(0, |one| one.at) };
        self.last = None;
        true
    }

    /// The rows of a window of so many columns. The caret may stand on one more, when the last is full.
    pub fn laying(&self, columns: usize) -> Laying {
        let columns = columns.max(1);
        let (mut rows, mut caret, mut begin) = (Vec::new(), (0, 0), 0);
        for line in self.text.split('\n') {
            for row in wrap(line, columns) {
                rows.push(begin + row.start..begin + row.end);
                let row = rows.last().expect("one was just added");
                if row.start <= self.caret && self.caret <= row.end {
                    caret = (rows.len() - 1, width(&self.text[row.start..self.caret]));
                }
            }
            let end = begin + line.len();
            if caret.0 + 1 == rows.len() && caret.1 >= columns && self.caret <= end {
                caret = (rows.len(), 0);
                rows.push(end..end);
            }
            begin = end + 1;
        }
        // Past the edge stand only blanks that hang over it.
        if caret.1 >= columns {
            caret = (caret.0 + 1, 0);
        }
        Laying { rows, caret }
    }

    /// The one way to change the text. False when it would be too long.
    fn change(&mut self, range: Range<usize>, with: &str, change: Change) -> bool {
        if range.is_empty() && with.is_empty() {
            return true;
        }
        if self.text.len() - range.len() + with.len() > TYPED_BYTES_MAX {
            return false;
        }
        if !self.goes_on(change) {
            self.undo.push(Former { text: self.text.clone(), caret: self.caret });
            if self.undo.len() > TYPED_UNDO_MAX {
                self.undo.remove(0);
            }
        }
        self.redo.clear();
        self.last = Some(change);
        self.goal = None;
        self.text.replace_range(range.clone(), with);
        self.caret = range.start + with.len();
        if !is_nfc(&self.text) {
            let (before, after) = self.text.split_at(self.caret);
            let before: String = before.nfc().collect();
            self.caret = before.len();
            self.text = (before + after).nfc().collect();
        }
        // What follows may have joined what stands before.
        self.caret = self.caret.min(self.text.len());
        while !self.is_between(self.caret) {
            self.caret += 1;
        }
        true
    }

    /// Whether a change is undone together with the last one.
    fn goes_on(&self, change: Change) -> bool {
        match (self.last, change) {
            (Some(Change::Typed { blank: before }), Change::Typed { blank }) => blank || !before,
            (Some(Change::Erased), Change::Erased) => true,
            (Some(Change::Killed { forward: before }), Change::Killed { forward }) => before == forward,
            (Some(Change::Put { from: before }), Change::Put { from }) => before == from,
            (None | Some(_), _) => false,
        }
    }

    fn is_between(&self, at: usize) -> bool {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        self.text.is_char_boundary(at) && cursor.is_boundary(&self.text, 0).unwrap_or(true)
    }

    fn before(&self, at: usize) -> usize {
        self.text[..at].grapheme_indices(true).next_back().map_or(0, |(begin, _)| begin)
    }

    fn after(&self, at: usize) -> usize {
        at + self.text[at..].graphemes(true).next().map_or(0, str::len)
    }

    fn reach(&self, to: To) -> Range<usize> {
        let there = self.place(to);
        self.caret.min(there)..self.caret.max(there)
    }

    fn place(&self, to: To) -> usize {
        let (before, after) = self.text.split_at(self.caret);
        let back = |kept: &str| kept.len();
        let forward = |rest: &str| self.text.len() - rest.len();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        match to {
            To::Left => self.before(self.caret),
            To::Right => self.after(self.caret),
            To::WordLeft => {
                self.whole(back(before.trim_end_matches(|c| !is_word(c)).trim_end_matches(is_word)))
            }
            To::WordRight => {
                self.whole(forward(after.trim_start_matches(|c| !is_word(c)).trim_start_matches(is_word)))
            }
            To::BlankLeft => back(before.trim_end().trim_end_matches(|c: char| !c.is_whitespace())),
            To::LineBegin => before.rfind('\n').map_or(0, |at| at + 1),
            To::LineEnd => after.find('\n').map_or(self.text.len(), |at| self.caret + at),
            To::Begin => 0,
            To::End => self.text.len(),
        }
    }

    /// The next place between two graphemes: a word may end in the middle of one.
    fn whole(&self, at: usize) -> usize {
        (at..=self.text.len()).find(|at| self.is_between(*at)).unwrap_or(self.text.len())
    }
}

impl Kills {
    fn add(&mut self, text: &str, goes_on: bool, forward: bool) {
        match self.texts.last_mut().filter(|_| goes_on) {
            Some(last) if forward => last.push_str(text),
            Some(last) => last.insert_str(0, text),
            None => self.texts.push(text.to_owned()),
        }
        if self.texts.len() > TYPED_KILLS_MAX {
            self.texts.remove(0);
        }
    }

    fn current(&self) -> Option<&str> {
        self.texts.get(self.texts.len().checked_sub(self.back + 1)?).map(String::as_str)
    }
}
