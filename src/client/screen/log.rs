//! The log: what is said, line by line, with its times, days and links.
//!
//! Changes nothing but what of the log is seen. Why links are told apart on each frame anew: another
//! one may begin with the same letters in the same cells, and those would still lead to the first.

use std::ops::Range;

use jiff::civil::{Date, Weekday};
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{put, row};
use super::links::{Spot, links};
use super::scrollback::{Entry, Glass, Row};
use super::theme::Theme;
use super::wrap::{cut, laid, width, wrap};
use super::{Chat, Screen};
use crate::locale::Lang;

impl Screen {
    pub(super) fn draw_log(&mut self, buffer: &mut Buffer, chat: &Chat<'_>) {
        let layout = self.layout;
        let read = self.say("screen-read", &[]);
        let (lang, theme) = (self.words.lang(), self.theme);
        let whole = Rect { x: layout.times.x, width: layout.times.width + layout.log.width, ..layout.log };
        let pending = self.pending(chat);
        let glass = self.layout.glass(&self.zone);
        let glass = Glass { rows: glass.rows - pending.len(), ..glass };
        let log = self.windows.here().shown();
        let rows = log.view(glass);
        let top = glass.rows - rows.len();
        let mut spots = Vec::new();
        for (number, shown) in (top..).zip(&rows) {
            match shown {
                Row::Day(at) => {
                    let date = glass.zone.to_datetime(log.entry(*at).at.timestamp()).date();
                    ruled(buffer, row(whole, number), &day(date, lang), theme.quiet());
                }
                Row::Read => ruled(buffer, row(whole, number), &read, theme.read()),
                Row::Text { entry: at, range, first } => {
                    let entry = log.entry(*at);
                    if *first {
                        let time = glass.zone.to_datetime(entry.at.timestamp()).strftime("%H:%M").to_string();
                        let lit = log.lit.is_some() && log.lit == entry.seq;
                        let style = if lit { theme.chosen() } else { theme.quiet() };
                        put(buffer, row(layout.times, number), layout.times.x, &time, style);
                    }
                    let line = Line { entry, id: log.id(*at), range };
                    line.draw(buffer, row(layout.log, number), theme, &mut spots);
                }
            }
        }
        for (number, text) in (glass.rows..).zip(&pending) {
            put(buffer, row(layout.log, number), layout.log.x, text, theme.quiet());
        }
        self.spots.replace(spots);
    }

    /// What was said here and is not answered yet, in rows: at most half of the log.
    fn pending(&mut self, chat: &Chat<'_>) -> Vec<String> {
        let (columns, half) = (self.layout.log.width.into(), usize::from(self.layout.log.height / 2));
        let pane = self.windows.here();
        if pane.visit.is_some() || !pane.log.follows() {
            return Vec::new();
        }
        let mut rows = Vec::new();
        let own = chat.nick.unwrap_or_default();
        let here = pane.window.as_ref();
        for (_, text) in chat.pending.iter().filter(|(window, _)| Some(window) == here) {
            let line = crate::terminal::clean(&format!("{own} >> {text}")).into_owned();
            rows.extend(wrap(&line, columns).into_iter().map(|range| line[range].to_owned()));
        }
        rows.split_off(rows.len().saturating_sub(half))
    }
}

/// A row of an entry.
struct Line<'a> {
    entry: &'a Entry,
    /// Of the entry, as long as it is here.
    id: u64,
    range: &'a Range<usize>,
}

impl Line<'_> {
    fn draw(&self, buffer: &mut Buffer, area: Rect, theme: Theme, spots: &mut Vec<Spot>) {
        let (entry, begin) = (self.entry, self.range.start);
        let (head, mut said) = theme.line(entry.kind, entry.from.as_deref());
        if entry.calls {
            said = said.patch(theme.called());
        }
        let links = links(entry.text());
        let text = &entry.text()[self.range.clone()];
        put(buffer, area, area.x, text, said);
        for one in laid(text).take_while(|one| one.column + one.cells <= usize::from(area.width)) {
            let link = links.iter().position(|link| link.contains(&(begin + one.at)));
            let (Ok(column), Ok(cells)) = (u16::try_from(one.column), u16::try_from(one.cells)) else {
                return;
            };
            let here = Rect { x: area.x + column, width: cells, ..area };
            if begin + one.at < entry.head() {
                buffer.set_style(here, head);
            } else if let Some(link) = link {
                buffer.set_style(here, theme.link());
                buffer[(here.x, here.y)].set_diff_option(CellDiffOption::AlwaysUpdate);
                let id = self.id.wrapping_mul(64) + u64::try_from(link).unwrap_or(0);
                match spots.last_mut().filter(|spot| spot.id == id && spot.row == here.y) {
                    Some(spot) => spot.columns.end = here.right(),
                    None => {
                        let url = entry.text()[links[link].clone()].to_owned();
                        spots.push(Spot { row: here.y, columns: here.x..here.right(), id, url });
                    }
                }
            }
        }
    }
}

/// A text in the middle of a rule.
fn ruled(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    let room = usize::from(area.width);
    let text = cut(text, room.saturating_sub(4));
    let rule = room.saturating_sub(width(text) + 2) / 2;
    let rule = "─".repeat(rule.min(4));
    let line = format!("{rule} {text} {rule}");
    let before = u16::try_from(room.saturating_sub(width(&line)) / 2).unwrap_or(0);
    put(buffer, area, area.x + before, &line, style);
}

/// A day as people write it.
fn day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::En => date.strftime("%A, %-d %B %Y").to_string(),
        Lang::Ko => {
            let weekday = match date.weekday() {
                Weekday::Monday => '월',
                Weekday::Tuesday => '화',
                Weekday::Wednesday => '수',
                Weekday::Thursday => '목',
                Weekday::Friday => '금',
                Weekday::Saturday => '토',
                Weekday::Sunday => '일',
            };
            format!("{}년 {}월 {}일 {weekday}요일", date.year(), date.month(), date.day())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_both_languages() {
        let date = Date::new(2026, 11, 21).unwrap();
        assert_eq!(day(date, Lang::En), "Saturday, 21 November 2026");
        assert_eq!(day(date, Lang::Ko), "2026년 11월 21일 토요일");
    }
}
