//! The lines of one window, and which of them are looked at.
//!
//! Knows no colours and no server. Why the place of a reader is a byte of a line and not a row: rows
//! change with the width, and lines come and go at both ends, but what one reads must stay where it is.

use std::collections::VecDeque;
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::wrap::wrap;
use crate::client::shown::{Kind, Shown};
use crate::core::name::Name;
use crate::core::time::Wall;
use crate::limits::{SCROLLBACK_BYTES_MAX, SCROLLBACK_LINES_MAX, SHOWN_BYTES_MAX};

/// One line. There may be a hundred thousand of them, so nothing is kept that can be made again.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub at: Wall,
    /// None for what the room has not kept.
    pub seq: Option<u64>,
    text: Box<str>,
    /// How much of the text says who speaks.
    head: u16,
    pub kind: Kind,
    pub calls: bool,
    pub from: Option<Name>,
}

impl Entry {
    pub fn new(shown: &Shown) -> Entry {
        let about = shown.concerns();
        let (text, head) = bounded(shown);
        Entry {
            at: shown.at(),
            seq: about.seq,
            text,
            head,
            kind: shown.kind(),
            calls: about.calls,
            from: about.from.clone(),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many bytes of the text are in the colour of who speaks.
    pub fn head(&self) -> usize {
        self.head.into()
    }

    fn date(&self, zone: &TimeZone) -> Date {
        zone.to_datetime(self.at.timestamp()).date()
    }
}

/// The text of a line, no longer than any line of ours, and how much of it says who speaks.
fn bounded(shown: &Shown) -> (Box<str>, u16) {
    let (head, text) = (shown.parts().0.len(), shown.plain());
    let end = text.floor_char_boundary(SHOWN_BYTES_MAX);
    (text[..end].into(), u16::try_from(head.min(end)).unwrap_or(0))
}

/// One row of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// Here begins the day of this entry.
    Day(usize),
    /// What is above has been read.
    Read,
    Text {
        entry: usize,
        range: Range<usize>,
        first: bool,
    },
}

/// Through what the lines are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Glass<'a> {
    pub columns: usize,
    pub rows: usize,
    pub zone: &'a TimeZone,
}

/// What the server should be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Lines before this one.
    Older(u64),
    /// Lines after this one.
    Newer(u64),
}

/// What is looked at while it is not the newest: the first row with a text on the screen, by an
/// entry's number and a byte in it, and how many other rows stand above that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Anchor {
    entry: i64,
    byte: usize,
    above: usize,
}

/// Whether the server was asked for a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    No,
    UnderWay(Wanted),
    /// In vain; only a reader who goes on asks again.
    Refused,
}

/// A row by the entry's index and its place among that entry's rows.
type Place = (usize, usize);

#[derive(Debug)]
pub struct Scrollback {
    entries: VecDeque<Entry>,
    /// The number of the first entry. Numbers stay when entries come in before it.
    first: i64,
    bytes: usize,
    anchor: Option<Anchor>,
    /// To be shown in the middle as soon as it is known how much is shown.
    middle: Option<i64>,
    /// The number of the first entry that was not read when the reader went away.
    mark: Option<i64>,
    /// Up to where it was read, as long as the mark is not found.
    read: Option<u64>,
    /// The seqs that are covered, also those of deleted messages.
    covered: Option<(u64, u64)>,
    /// There is nothing older.
    begins: bool,
    /// The newest entry is the present: new lines follow it.
    pub attached: bool,
    asked: Asked,
    /// Lines that came while something else was looked at.
    below: usize,
    /// The line that one has jumped to.
    pub lit: Option<u64>,
}

impl Scrollback {
    /// Empty, at the present.
    pub fn new() -> Scrollback {
        Scrollback {
            entries: VecDeque::new(),
            first: 0,
            bytes: 0,
            anchor: None,
            middle: None,
            mark: None,
            read: None,
            covered: None,
            begins: false,
            attached: true,
            asked: Asked::No,
            below: 0,
            lit: None,
        }
    }

    /// A stretch of the past, with the line `seq` in the middle of the screen.
    pub fn around(lines: &[Shown], span: Option<(u64, u64)>, more: bool, seq: u64) -> Scrollback {
        let mut past = Scrollback { attached: false, begins: !more, covered: span, ..Scrollback::new() };
        lines.iter().for_each(|line| past.append(Entry::new(line)));
        past.lit = Some(seq);
        let found = past.entries.iter().position(|entry| entry.seq >= Some(seq));
        past.middle = Some(past.number(found.unwrap_or_default()));
        past
    }

    pub fn entry(&self, at: usize) -> &Entry {
        &self.entries[at]
    }

    /// What tells an entry from all others, as long as it is here.
    pub fn id(&self, at: usize) -> u64 {
        self.number(at).cast_unsigned()
    }

    /// How many lines came while something else was looked at.
    pub fn below(&self) -> usize {
        self.below
    }

    /// Whether the newest lines are looked at.
    pub fn follows(&self) -> bool {
        self.anchor.is_none() && self.middle.is_none() && self.attached
    }

    /// The newest seq that is here.
    pub fn last_seq(&self) -> Option<u64> {
        self.covered.map(|(_, last)| last)
    }

    /// Something new.
    pub fn push(&mut self, entry: Entry) {
        if !self.follows() {
            self.below += 1;
        }
        let known = entry.seq.is_some() && entry.seq <= self.last_seq();
        if self.attached && !known {
            if let Some(seq) = entry.seq {
                self.cover(seq, seq);
            }
            self.append(entry);
            self.trim();
        }
    }

    /// Whether this is what was asked for.
    pub fn awaits(&self, wanted: Wanted) -> bool {
        self.asked == Asked::UnderWay(wanted)
    }

    /// A page of what was before.
    pub fn older(&mut self, lines: &[Shown], span: Option<(u64, u64)>, more: bool) {
        self.asked = Asked::No;
        self.begins |= !more;
        let first = self.covered.map(|(first, _)| first);
        let before = |entry: &Entry| first.is_none_or(|first| entry.seq.is_some_and(|seq| seq < first));
        for entry in lines.iter().map(Entry::new).filter(before).rev() {
            self.bytes += entry.text.len();
            self.first -= 1;
            self.entries.push_front(entry);
        }
        if let Some((from, to)) = span {
            self.cover(from, to);
        }
        self.look_for_mark();
        self.trim();
    }

    /// A page of what came after.
    pub fn newer(&mut self, lines: &[Shown], span: Option<(u64, u64)>, more: bool) {
        self.asked = Asked::No;
        self.attached |= !more;
        let last = self.last_seq();
        for entry in lines.iter().map(Entry::new).filter(|entry| entry.seq > last) {
            self.append(entry);
        }
        if let Some((from, to)) = span {
            self.cover(from, to);
        }
        self.look_for_mark();
        self.trim();
    }

    /// A page that was asked for does not come; when the reader moves it is asked for again.
    pub fn refused(&mut self) {
        self.asked = Asked::Refused;
    }

    /// What to ask for, now that so many rows are shown. Asked once until a page is there.
    pub fn wants(&mut self, glass: Glass<'_>) -> Option<Wanted> {
        if self.asked != Asked::No {
            return None;
        }
        let (top, bottom) = self.shown(glass);
        let wanted = if !self.begins && top <= glass.rows {
            // SQLite's integers end here, and so do the seqs.
            Wanted::Older(self.covered.map_or(i64::MAX.unsigned_abs(), |(first, _)| first))
        } else if !self.attached && bottom + glass.rows >= self.entries.len() {
            Wanted::Newer(self.last_seq().unwrap_or_default())
        } else {
            return None;
        };
        self.asked = Asked::UnderWay(wanted);
        Some(wanted)
    }

    /// Where the server knows that it was read up to, before anything was marked here.
    pub fn was_read(&mut self, seq: u64) {
        self.read = Some(seq);
        self.look_for_mark();
    }

    pub fn is_marked(&self) -> bool {
        self.mark.is_some()
    }

    /// All that is here has been read.
    pub fn unmark(&mut self) {
        self.read = None;
        self.mark = None;
    }

    /// What comes now is new.
    pub fn mark(&mut self) {
        self.read = None;
        self.mark = Some(self.number(self.entries.len()));
    }

    /// A line reads otherwise now: as `shown`, or, when it is deleted, by these words behind its head.
    pub fn change(&mut self, seq: u64, shown: &Shown, deleted: Option<&str>) {
        // The newest are changed most.
        let found = self.entries.iter().rposition(|entry| entry.seq == Some(seq));
        let Some(entry) = found.and_then(|at| self.entries.get_mut(at)) else { return };
        self.bytes -= entry.text.len();
        (entry.text, entry.head) = match deleted {
            Some(words) => (format!("{} {words}", &entry.text[..entry.head()]).into(), entry.head),
            None => bounded(shown),
        };
        self.bytes += entry.text.len();
    }

    /// Goes up (less than 0) or down by rows.
    pub fn scroll(&mut self, by: isize, glass: Glass<'_>) {
        if self.asked == Asked::Refused {
            self.asked = Asked::No;
        }
        let Some(top) = self.top(glass) else { return };
        let moved = self.step(top, by, glass);
        self.stand(moved, glass);
    }

    /// To the oldest line that is here.
    pub fn go_to_begin(&mut self, glass: Glass<'_>) {
        self.stand((0, 0), glass);
    }

    /// To the newest that is here.
    pub fn go_to_end(&mut self) {
        self.anchor = None;
        self.middle = None;
    }

    /// To the line of what was not read; false when there is none above.
    pub fn go_to_mark(&mut self, glass: Glass<'_>) -> bool {
        let Some(at) = self.mark.and_then(|mark| self.index(mark)) else { return false };
        self.stand((at, 0), glass);
        true
    }

    /// The rows to be shown, at most as many as there is room for.
    pub fn view(&mut self, glass: Glass<'_>) -> Vec<Row> {
        if let Some(at) = self.middle.take().and_then(|middle| self.index(middle)) {
            let half = isize::try_from(glass.rows / 2).unwrap_or(isize::MAX);
            let top = self.step((at, 0), -half, glass);
            self.anchor = Some(self.anchored(top, glass));
        }
        if self.follows() {
            self.below = 0;
        }
        let mut rows = Vec::new();
        let Some((entry, row)) = self.top(glass) else { return rows };
        let mut skipped = row;
        for at in entry..self.entries.len() {
            rows.extend(self.rows(at, glass).into_iter().skip(std::mem::take(&mut skipped)));
            if rows.len() >= glass.rows {
                break;
            }
        }
        rows.truncate(glass.rows);
        rows
    }

    fn append(&mut self, entry: Entry) {
        self.bytes += entry.text.len();
        self.entries.push_back(entry);
    }

    fn cover(&mut self, from: u64, to: u64) {
        let covered = self.covered.get_or_insert((from, to));
        *covered = (covered.0.min(from), covered.1.max(to));
    }

    /// Drops what is farthest from the reader, when there is too much.
    fn trim(&mut self) {
        while self.entries.len() > SCROLLBACK_LINES_MAX || self.bytes > SCROLLBACK_BYTES_MAX {
            let reader = self.anchor.and_then(|anchor| self.index(anchor.entry));
            let from_end = reader.is_some_and(|reader| reader < self.entries.len() / 2);
            let gone = if from_end { self.entries.pop_back() } else { self.entries.pop_front() };
            let Some(gone) = gone else { return };
            self.bytes -= gone.text.len();
            if from_end {
                self.attached = false;
                let last = self.entries.iter().rev().find_map(|entry| entry.seq);
                self.covered = self.covered.and_then(|(first, _)| Some((first, last?)));
            } else {
                self.first += 1;
                self.begins = false;
                let first = self.entries.iter().find_map(|entry| entry.seq);
                self.covered = self.covered.and_then(|(_, last)| Some((first?, last)));
            }
        }
    }

    fn look_for_mark(&mut self) {
        let Some(read) = self.read else { return };
        let seqs = self.entries.iter().enumerate().filter_map(|(at, entry)| Some((at, entry.seq?)));
        let Some((next, _)) = seqs.clone().find(|(_, seq)| *seq > read) else { return };
        if seqs.take_while(|(at, _)| *at < next).next().is_some() {
            self.mark = Some(self.number(next));
            self.read = None;
        }
    }

    fn number(&self, at: usize) -> i64 {
        self.first + i64::try_from(at).expect("there are fewer entries than numbers")
    }

    /// The entry of that number, if it is still here.
    fn index(&self, number: i64) -> Option<usize> {
        usize::try_from(number - self.first).ok().filter(|at| *at < self.entries.len())
    }

    /// All rows of an entry.
    fn rows(&self, at: usize, glass: Glass<'_>) -> Vec<Row> {
        let entry = &self.entries[at];
        let mut rows = Vec::new();
        let before = at.checked_sub(1).map(|before| self.entries[before].date(glass.zone));
        if before != Some(entry.date(glass.zone)) {
            rows.push(Row::Day(at));
        }
        if self.mark == Some(self.number(at)) {
            rows.push(Row::Read);
        }
        let text = wrap(&entry.text, glass.columns).into_iter();
        rows.extend(text.map(|range| Row::Text { entry: at, first: range.start == 0, range }));
        rows
    }

    /// The row at the top; none when there are no rows.
    fn top(&self, glass: Glass<'_>) -> Option<Place> {
        let last = self.entries.len().checked_sub(1)?;
        let end = (last, self.rows(last, glass).len());
        let bottom = self.step(end, -isize::try_from(glass.rows).unwrap_or(isize::MAX), glass);
        let anchored = self.anchor.map(|anchor| self.place(anchor, glass));
        Some(anchored.map_or(bottom, |top| top.min(bottom)))
    }

    /// The entries at the top and at the bottom of the screen.
    fn shown(&self, glass: Glass<'_>) -> (usize, usize) {
        let Some(top) = self.top(glass) else { return (0, 0) };
        let bottom = self.step(top, isize::try_from(glass.rows).unwrap_or(isize::MAX), glass);
        (top.0, bottom.0)
    }

    /// The row so many rows from here, or the outermost one.
    fn step(&self, (mut entry, row): Place, by: isize, glass: Glass<'_>) -> Place {
        let mut left = by.unsigned_abs();
        if by < 0 {
            let mut above = row;
            while above < left {
                let Some(before) = entry.checked_sub(1) else { return (0, 0) };
                left -= above;
                (entry, above) = (before, self.rows(before, glass).len());
            }
            return (entry, above - left);
        }
        left += row;
        loop {
            let rows = self.rows(entry, glass).len();
            if left < rows || entry + 1 == self.entries.len() {
                return (entry, left.min(rows - 1));
            }
            left -= rows;
            entry += 1;
        }
    }

    /// From now on this row is at the top; the newest ones are followed when they are on the screen.
    fn stand(&mut self, top: Place, glass: Glass<'_>) {
        self.go_to_end();
        let Some(bottom) = self.top(glass) else { return };
        if top < bottom || !self.attached {
            self.anchor = Some(self.anchored(top.min(bottom), glass));
        }
    }

    fn anchored(&self, (entry, row): Place, glass: Glass<'_>) -> Anchor {
        let rows = self.rows(entry, glass);
        let texts = rows.iter().enumerate().skip(row).find_map(|(at, row)| match row {
            Row::Text { range, .. } => Some((at, range.start)),
            Row::Day(_) | Row::Read => None,
        });
        let (at, byte) = texts.unwrap_or((row, 0));
        Anchor { entry: self.number(entry), byte, above: at - row }
    }

    fn place(&self, anchor: Anchor, glass: Glass<'_>) -> Place {
        let Some(entry) = self.index(anchor.entry) else { return (0, 0) };
        let holds = |row: &Row| matches!(row, Row::Text { range, .. } if range.start <= anchor.byte);
        let row = self.rows(entry, glass).iter().rposition(holds).unwrap_or_default();
        self.step((entry, row), -isize::try_from(anchor.above).unwrap_or(0), glass)
    }
}
