//! How far a transfer is: a bar, and how long it still takes.
//!
//! Knows no terminal and no clock. Why the rate is smoothed: a time left that jumps about tells
//! nobody anything.

use std::time::{Duration, Instant};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::Way;
use crate::limits::{FILE_RATE_MS, FILE_RATE_SMOOTHED_MS};
use crate::locale::Words;
use crate::wire::files::size as in_units;

/// What is known of a transfer on its way.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Progress {
    size: u64,
    bytes: u64,
    way: Option<Way>,
    /// Bytes a second, once they can be told.
    rate: Option<f64>,
    /// Since when, and from where, the rate is measured.
    since: Option<(Instant, u64)>,
}

impl Progress {
    pub fn new(size: u64) -> Progress {
        Progress { size, ..Progress::default() }
    }

    /// So many bytes have gone.
    pub fn at(&mut self, bytes: u64, way: Way, now: Instant) {
        if self.way != Some(way) || bytes < self.bytes {
            (self.way, self.rate, self.since) = (Some(way), None, None);
        }
        self.bytes = bytes;
        let Some((since, from)) = self.since else {
            self.since = Some((now, bytes));
            return;
        };
        let passed = now.saturating_duration_since(since);
        if passed >= Duration::from_millis(FILE_RATE_MS) {
            let latest = (bytes - from) as f64 / passed.as_secs_f64();
            let weight = 1.0 - (-passed.as_secs_f64() * 1000.0 / FILE_RATE_SMOOTHED_MS as f64).exp();
            self.rate = Some(self.rate.map_or(latest, |rate| rate + (latest - rate) * weight));
            self.since = Some((now, bytes));
        }
    }

    /// Whether anything has gone yet.
    pub fn has_begun(&self) -> bool {
        self.way.is_some()
    }

    /// Thousandths, rounded down: 1000 only when all is there.
    fn permille(&self) -> u16 {
        match self.size {
            0 => 1000,
            size => u16::try_from(u128::from(self.bytes) * 1000 / u128::from(size)).unwrap_or(1000),
        }
    }

    /// Percents, the rate and the time left.
    fn note(&self, words: &Words) -> String {
        let percent = ("percent", (self.permille() / 10).into());
        match self.rate.zip(self.left_s()) {
            Some((rate, left)) => {
                // A rate is never that large.
                let rate = in_units(rate as u64);
                words.say("file-row", &[percent, ("rate", rate.into()), ("left", clock(left).into())])
            }
            None => words.say("file-row-begins", &[percent]),
        }
    }

    /// Seconds until all is there, as far as can be told.
    fn left_s(&self) -> Option<u64> {
        let rate = self.rate.filter(|rate| *rate >= 1.0)?;
        Some((self.size.saturating_sub(self.bytes) as f64 / rate).ceil() as u64)
    }

    /// All of it in one line of so many cells: the name, a bar, percents, the rate and the time left. Where there is
    /// little room, first the bar goes, then the end of the name.
    pub fn row(&self, name: &str, words: &Words, cells: usize) -> String {
        let figures = self.note(words);
        let room = cells.saturating_sub(figures.width() + 1);
        let bar_cells = room.saturating_sub(name.width() + 1).min(BAR_CELLS_MAX);
        if bar_cells < BAR_CELLS_MIN {
            return fitting(&format!("{} {figures}", fitting(name, room)), cells);
        }
        format!("{name} {} {figures}", self.bar(bar_cells))
    }

    /// Its brackets included. Of plain signs: they have one cell on every terminal.
    fn bar(&self, cells: usize) -> String {
        let inside = cells - 2;
        let full = inside * usize::from(self.permille()) / 1000;
        format!("[{}{}]", "#".repeat(full), ".".repeat(inside - full))
    }
}

const BAR_CELLS_MIN: usize = 8;
const BAR_CELLS_MAX: usize = 32;

/// `0:07`, `12:34`, `1:02:03`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// The beginning of a text that has room, with a sign that something was cut off.
fn fitting(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut cut = String::new();
    for grapheme in text.graphemes(true) {
        if cut.width() + grapheme.width() + 1 > cells {
            break;
        }
        cut.push_str(grapheme);
    }
    if cells > 0 {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;

    /// After so many seconds of a mebibyte each.
    fn after(seconds: u64, size: u64) -> Progress {
        let begun = Instant::now();
        let mut progress = Progress::new(size);
        for second in 0..=seconds {
            progress.at(second << 20, Way::Direct, begun + Duration::from_secs(second));
        }
        progress
    }

    #[test]
    fn a_row_has_all_of_it() {
        let words = Words::new(Lang::En);
        let row = after(30, 60 << 20).row("photo.png", &words, 80);
        assert_eq!(row, "photo.png [###############...............] 50 % 1.0 MiB/s 0:30 left");
        let row = after(30, 60 << 20).row("한글 문서.hwp", &Words::new(Lang::Ko), 80);
        assert_eq!(row, "한글 문서.hwp [###############...............] 50% 1.0 MiB/s 0:30 남음");
        assert_eq!(after(0, 60 << 20).row("a", &words, 80), format!("a [{}] 0 %", ".".repeat(30)));
        assert!(after(0, 0).row("a", &words, 80).ends_with("#] 100 %"));
    }

    #[test]
    fn every_width_is_kept() {
        for lang in Lang::ALL {
            let words = Words::new(lang);
            for name in ["a", "photo.png", "아주 긴 이름의 문서와 그림과 음악.hwp", "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧.png"]
            {
                for cells in 0..120 {
                    let row = after(3, 7 << 20).row(name, &words, cells);
                    assert!(row.width() <= cells, "{cells}: {row:?}");
                }
            }
        }
        let row = after(30, 60 << 20).row("아주 긴 이름의 문서.hwp", &Words::new(Lang::Ko), 40);
        assert_eq!(row, "아주 긴 이름의 … 50% 1.0 MiB/s 0:30 남음");
    }

    #[test]
    fn the_rate_follows_slowly() {
        let begun = Instant::now();
        let mut progress = after(60, 1 << 30);
        let steady = progress.rate.unwrap();
        assert!((steady / f64::from(1 << 20) - 1.0).abs() < 0.01, "{steady}");
        // One second without a byte is no standstill, a minute is.
        let mut at = |second: u64| {
            progress.at(60 << 20, Way::Direct, begun + Duration::from_secs(60 + second));
            progress.rate.unwrap()
        };
        assert!(at(1) > steady / 2.0);
        (2..60).for_each(|second| drop(at(second).to_string()));
        assert!(at(60) < 1.0);
        assert_eq!(progress.left_s(), None);
        // Another way begins anew.
        progress.at(61 << 20, Way::Relay, begun + Duration::from_secs(121));
        assert_eq!((progress.rate, progress.permille()), (None, 59));
    }

    #[test]
    fn times_and_percents_are_never_too_good() {
        assert_eq!([7, 754, 3723].map(clock), ["0:07", "12:34", "1:02:03"]);
        let mut progress = Progress::new(1000);
        progress.at(999, Way::Relay, Instant::now());
        assert_eq!(progress.permille(), 999);
        let mut progress = Progress::new(u64::MAX);
        progress.at(u64::MAX - 1, Way::Relay, Instant::now());
        assert_eq!(progress.permille(), 999);
    }
}
