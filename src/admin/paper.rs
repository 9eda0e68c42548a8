//! Where answers are written: for eyes on a terminal, plain in a pipe, or as JSON lines.
//!
//! Knows no command. Why every text goes through it: here it is made safe, and
//! a column cannot be forgotten when the terminal is narrow.

use std::io::{self, Write};

use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::failure::Failure;
use crate::core::command::Command;
use crate::core::name::Name;
use crate::core::reply::Reply;
use crate::core::time::Wall;
use crate::limits::TABLE_COLUMN_MIN;
use crate::locale::Words;
use crate::terminal::{safe_json, visible};
use crate::wire::json::hear;
use crate::wire::{Speech, words};

/// The columns of the names before what they name.
const NAMES_WIDTH: usize = 13;
/// Between two columns.
const GAP: &str = "  ";

/// How answers are wanted.
pub struct Paper<'a> {
    pub out: &'a mut dyn Write,
    pub json: bool,
    /// No receipts.
    pub quiet: bool,
    /// Columns of the terminal; none when piped, where nothing is cut.
    pub width: Option<usize>,
    pub colour: bool,
    pub speech: Speech,
    /// The words of tables and other answers: English where a program may read them.
    pub listing: Words,
}

impl Paper<'_> {
    /// One JSON object of the daemon as a line, `"v":1` put first.
    pub fn object(&mut self, json: &str) -> Result<(), Failure> {
        let fields = json.trim().strip_prefix('{').map(str::trim_start);
        let Some(fields) = fields else {
            return Err(Failure::Nonsense("chatctl-odd-answer"));
        };
        let comma = if fields.starts_with('}') { "" } else { "," };
        Ok(writeln!(self.out, "{{\"v\":1{comma}{}", safe_json(fields))?)
    }

    /// That something was done; `json` is the daemon's own answer.
    pub fn receipt(&mut self, json: &str, sentence: &str) -> Result<(), Failure> {
        match (self.json, self.quiet) {
            (true, _) => self.object(json),
            (false, true) => Ok(()),
            (false, false) => self.line(sentence),
        }
    }

    /// The receipt for `row` in the server's own words; `answer` is what the daemon gave for it.
    pub fn done(&mut self, row: &Command, answer: &str) -> Result<(), Failure> {
        let odd = || Failure::Nonsense("chatctl-odd-answer");
        let ok = serde_json::from_str(answer).map_err(|_| odd())?;
        let now = Wall(Timestamp::now().as_millisecond());
        let reply = hear::reply(row, &ok, &Name::from(""), now).ok_or_else(odd)?;
        let (reply, recorded) = match reply {
            Reply::Unrecorded(inner) => (*inner, false),
            reply => (reply, true),
        };
        let mut receipt = words::receipt(&self.speech.words, &reply, &self.speech.zone).ok_or_else(odd)?;
        if !recorded {
            receipt.push(' ');
            receipt.push_str(&self.speech.words.say("unrecorded", &[]));
        }
        self.receipt(answer, &receipt)
    }

    /// One line of an answer.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "{}", visible(text))?)
    }

    /// One line of an answer, bold between the two signs.
    pub fn bold_between(&mut self, text: &str, on: &str, off: &str) -> Result<(), Failure> {
        let safe = visible(text).replace(on, "\u{1b}[1m").replace(off, "\u{1b}[0m");
        Ok(writeln!(self.out, "{safe}")?)
    }

    /// A line that should be noticed.
    pub fn alarm(&mut self, text: &str) -> Result<(), Failure> {
        match self.colour {
            true => Ok(writeln!(self.out, "\u{1b}[1;31m{}\u{1b}[0m", visible(text))?),
            false => self.line(text),
        }
    }

    /// A name and what it is, the names padded to one width; a line that goes on has no name.
    pub fn named(&self, name: Option<&str>, text: &str) -> String {
        let name = name.map(|id| self.listing.say(id, &[])).unwrap_or_default();
        let gap = NAMES_WIDTH.saturating_sub(name.width());
        format!("{name}{:gap$}{text}", "")
    }

    /// A table; in its place `nothing` when it is empty and somebody looks at it.
    pub fn table(&mut self, head: &[String], rows: &[Vec<String>], nothing: &str) -> Result<(), Failure> {
        if rows.is_empty() && self.width.is_some() {
            return self.line(nothing);
        }
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()).collect();
        let widths = widths(head, &rows, self.width);
        let titles = fitted(head, &widths);
        match self.colour {
            true => writeln!(self.out, "\u{1b}[1m{titles}\u{1b}[0m")?,
            false => writeln!(self.out, "{titles}")?,
        }
        for row in &rows {
            writeln!(self.out, "{}", fitted(row, &widths))?;
        }
        Ok(())
    }

    /// Clears the screen for the next picture of `--watch`.
    pub fn clear(&mut self) -> io::Result<()> {
        write!(self.out, "\u{1b}[H\u{1b}[2J")
    }
}

/// Each column as wide as its widest cell; the widest ones give way until the row fits.
fn widths(head: &[String], rows: &[Vec<String>], room: Option<usize>) -> Vec<usize> {
    let cell = |row: &[String], column: usize| row.get(column).map_or(0, |cell| cell.width());
    let widest = |column| rows.iter().map(|row| cell(row, column)).max().unwrap_or(0).max(cell(head, column));
    let mut widths: Vec<usize> = (0..head.len()).map(widest).collect();
    let gaps = GAP.len() * head.len().saturating_sub(1);
    while let Some(room) = room
        && widths.iter().sum::<usize>() + gaps > room
        && let Some(most) = widths.iter_mut().max()
        && *most > TABLE_COLUMN_MIN
    {
        *most -= 1;
    }
    widths
}

fn fitted(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (place, (cell, &width)) in row.iter().zip(widths).enumerate() {
        if place > 0 {
            line.push_str(GAP);
        }
        let cell = cut(cell, width);
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
    }
    line.truncate(line.trim_end().len());
    line
}

/// The beginning of `text` that fits `width` columns, with an ellipsis when that is not all.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut shown = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(c.width().unwrap_or(0)) else { break };
        left = rest;
        shown.push(c);
    }
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

#[cfg(test)]
mod tests {
    use super::{Paper, cut};
    use crate::locale::{Lang, Words};
    use crate::wire::Speech;
    use jiff::tz::TimeZone;
    use unicode_width::UnicodeWidthStr;

    fn paper(out: &mut Vec<u8>, width: Option<usize>) -> Paper<'_> {
        let speech = Speech::new(Lang::En, TimeZone::UTC, String::new());
        let listing = Words::new(Lang::En);
        Paper { out, json: false, quiet: false, width, colour: false, speech, listing }
    }

    fn written(width: Option<usize>, colour: bool, write: impl FnOnce(&mut Paper<'_>)) -> String {
        let mut out = Vec::new();
        write(&mut Paper { colour, ..paper(&mut out, width) });
        String::from_utf8(out).unwrap()
    }

    fn head(titles: &[&str]) -> Vec<String> {
        titles.iter().map(|title| (*title).to_owned()).collect()
    }

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        vec![
            row(["1", "Alice", "Meeting starts soon, bring the plans"]),
            row(["12", "한국사람", "회의\u{1b}[2J"]),
        ]
    }

    #[test]
    fn plain_and_whole_when_piped() {
        let text =
            written(None, false, |paper| paper.table(&head(&["ID", "FROM", "TEXT"]), &rows(), "-").unwrap());
        assert_eq!(
            text,
            "ID  FROM      TEXT\n\
             1   Alice     Meeting starts soon, bring the plans\n\
             12  한국사람  회의\\u{1b}[2J\n"
        );
    }

    #[test]
    fn cut_to_the_terminal() {
        let text = written(Some(30), true, |paper| {
            paper.table(&head(&["ID", "FROM", "TEXT"]), &rows(), "-").unwrap()
        });
        assert!(text.starts_with("\u{1b}[1mID  FROM"));
        assert!(text.lines().skip(1).all(|line| line.width() <= 30), "{text}");
        assert!(text.contains("Meeting starts…"));
        let tiny =
            written(Some(1), false, |paper| paper.table(&head(&["ID", "FROM"]), &rows(), "-").unwrap());
        assert!(tiny.contains("한국사람"));
    }

    #[test]
    fn wide_characters_are_not_split() {
        assert_eq!(cut("한국사람", 5), "한국…");
        assert_eq!(cut("한국사람", 4), "한…");
        assert_eq!(cut("한국사람", 8), "한국사람");
        assert_eq!(cut("abc", 0), "…");
    }

    #[test]
    fn an_empty_table() {
        let table =
            |width| written(width, false, |paper| paper.table(&head(&["ID"]), &[], "Nothing.").unwrap());
        assert_eq!(table(None), "ID\n");
        assert_eq!(table(Some(80)), "Nothing.\n");
    }

    #[test]
    fn json_lines_have_their_version_first() {
        let object = |json: &str| written(None, false, |paper| paper.object(json).unwrap());
        assert_eq!(object("{\"nick\":\"Bob\"}"), "{\"v\":1,\"nick\":\"Bob\"}\n");
        assert_eq!(object("{ }"), "{\"v\":1}\n");
        assert_eq!(object("{\"a\":\"\u{9b}\"}"), "{\"v\":1,\"a\":\"\\u009b\"}\n");
        let mut out = Vec::new();
        let mut paper = Paper { json: true, ..paper(&mut out, None) };
        assert!(paper.object("[]").is_err());
    }

    #[test]
    fn quiet_leaves_receipts_out() {
        let mut out = Vec::new();
        let mut paper = Paper { quiet: true, ..paper(&mut out, None) };
        paper.receipt("{}", "Done.").unwrap();
        paper.line("An answer.").unwrap();
        assert_eq!(out, b"An answer.\n");
    }
}
