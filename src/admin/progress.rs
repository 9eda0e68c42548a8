//! One line that says how far something long has come, on a terminal only.
//!
//! Knows no command. Why a bar of our own: it is one line that is drawn over itself, and a crate for
//! it would bring a terminal library along.

use std::io::Write;

use unicode_width::UnicodeWidthStr;

/// Cells of the bar between its brackets.
const CELLS: u64 = 24;

pub struct Progress<'a> {
    notes: &'a mut dyn Write,
    /// Columns of the terminal; none: nobody looks.
    columns: Option<usize>,
    /// What stands there now.
    drawn: String,
}

impl<'a> Progress<'a> {
    pub fn new(notes: &'a mut dyn Write, columns: Option<usize>) -> Progress<'a> {
        Progress { notes, columns, drawn: String::new() }
    }

    /// `what` is under way, and `done` of `of`; `of` 0: of nobody knows how much.
    pub fn show(&mut self, what: &str, done: u64, of: u64) {
        let Some(columns) = self.columns else { return };
        let line = line(what, done, of);
        // A terminal breaks a line that fills its last column.
        if line == self.drawn || line.width() >= columns {
            return;
        }
        let gap = self.drawn.width().saturating_sub(line.width());
        // Who closed standard error does not want to see it.
        let _ = write!(self.notes, "\r{line}{:gap$}", "");
        let _ = self.notes.flush();
        self.drawn = line;
    }

    /// A line that stays.
    pub fn note(&mut self, text: &str) {
        self.clear();
        // As above.
        let _ = writeln!(self.notes, "{text}");
    }

    /// Takes the line away, for what is to stand in its place.
    pub fn clear(&mut self) {
        let width = self.drawn.width();
        if width > 0 {
            // As above.
            let _ = write!(self.notes, "\r{:width$}\r", "");
            self.drawn.clear();
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

fn line(what: &str, done: u64, of: u64) -> String {
    if of == 0 {
        return format!("{what} {done}");
    }
    let done = done.min(of);
    let share =
        |parts: u64| u64::try_from(u128::from(done) * u128::from(parts) / u128::from(of)).unwrap_or(parts);
    let full = share(CELLS);
    let bar: String = (0..CELLS).map(|cell| if cell < full { '#' } else { '.' }).collect();
    format!("{what} [{bar}] {:>3}%", share(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_drawn_over_itself_and_taken_away() {
        let mut notes = Vec::new();
        let mut progress = Progress::new(&mut notes, Some(60));
        progress.show("Copying", 1, 2);
        progress.show("Copying", 1, 2);
        progress.show("Done", 7, 0);
        drop(progress);
        let drawn = String::from_utf8(notes).unwrap();
        let steps: Vec<&str> = drawn.split('\r').collect();
        assert_eq!(steps[1], "Copying [############............]  50%");
        assert!(steps[2].starts_with("Done 7 ") && steps[2].len() == steps[1].len(), "{drawn:?}");
        assert!(steps[3].trim().is_empty() && steps.len() == 5, "{drawn:?}");
    }

    #[test]
    fn nothing_where_nobody_looks_or_it_does_not_fit() {
        for columns in [None, Some(20)] {
            let mut notes = Vec::new();
            Progress::new(&mut notes, columns).show("Copying", u64::MAX, u64::MAX);
            assert_eq!(notes, b"");
        }
    }
}
