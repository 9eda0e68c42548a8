//! A frame: every part of the screen put in its place, and the cursor at the caret.
//!
//! Changes nothing but what depends on the size. Why the real cursor always stands at the caret:
//! there an input method shows the syllable that is being composed.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::composer::Composer;
use super::keys;
use super::layout::{Layout, Needs};
use super::over::{Over, Search, Searched};
use super::windows::name;
use super::wrap::{cut, laid, width};
use super::{Chat, Screen};
use crate::client::window::{State, Window};
use crate::terminal::clean;

/// Puts text on a row, from `x` up to the edge of `area`. Gives where it ends. Everything that is shown
/// comes by here, so nothing of it can steer the terminal.
pub(super) fn put(buffer: &mut Buffer, area: Rect, x: u16, text: &str, style: Style) -> u16 {
    let room = usize::from(area.right().saturating_sub(x));
    if area.height == 0 {
        return x;
    }
    let mut end = x;
    for one in laid(&clean(text)) {
        if one.column + one.cells > room {
            // What is wider than all there is still shows that it is there.
            if one.column == 0 && room > 0 {
                buffer[(x, area.y)].set_symbol("?").set_style(style);
            }
            break;
        }
        let column = |cells: usize| x + u16::try_from(one.column + cells).expect("it was found to fit");
        for cell in 0..one.cells {
            buffer[(column(cell), area.y)].set_symbol(" ").set_style(style);
        }
        buffer[(column(0), area.y)].set_symbol(one.symbol);
        end = column(one.cells);
    }
    end
}

/// One row of an area; an empty one where there is none.
pub(super) fn row(area: Rect, number: usize) -> Rect {
    match u16::try_from(number) {
        Ok(number) if number < area.height => Rect { y: area.y + number, height: 1, ..area },
        Ok(_) | Err(_) => Rect { height: 0, ..area },
    }
}

impl Screen {
    /// Draws everything. The layout is that of the frame from now on.
    pub fn draw(&mut self, frame: &mut Frame<'_>, chat: &Chat<'_>) {
        let area = frame.area();
        if area.is_empty() {
            return;
        }
        self.layout = self.lay(area, chat);
        let layout = self.layout;
        let buffer = frame.buffer_mut();
        self.draw_topic(buffer, chat);
        self.draw_rooms(buffer);
        self.draw_log(buffer, chat);
        self.draw_members(buffer, chat);
        for (number, transfer) in chat.transfers.iter().enumerate() {
            let area = row(layout.transfers, number);
            put(buffer, area, area.x + 1, transfer, self.theme.strong());
        }
        self.draw_status(buffer, chat);
        self.draw_hints(buffer, chat);
        let caret = self.draw_composer(buffer, chat);
        let caret = self.draw_over(buffer, area).unwrap_or(caret);
        if !matches!(self.over, Over::Nothing | Over::Sure { .. }) {
            // What lies over the log lies over its links, too.
            self.spots.borrow_mut().clear();
        }
        frame.set_cursor_position(caret);
    }

    fn lay(&self, area: Rect, chat: &Chat<'_>) -> Layout {
        let pane = self.windows.current();
        let widest = |names: &mut dyn Iterator<Item = &str>| names.map(width).max().unwrap_or(0);
        let members = match &pane.window {
            Some(Window::Room(room)) => chat.rooms.get(room).filter(|_| self.members),
            Some(Window::Person(_)) | None => None,
        };
        let needs = Needs {
            composer_rows: pane.composer.laying(area.width.into()).rows.len(),
            transfers: chat.transfers.len(),
            // With the number before it and the count behind.
            rooms: widest(&mut self.windows.all().iter().map(super::Pane::name)) + 6,
            members: members.map(|room| widest(&mut room.members.keys().map(|nick| &**nick)) + 1),
        };
        Layout::of(area, &needs)
    }

    fn draw_topic(&self, buffer: &mut Buffer, chat: &Chat<'_>) {
        let area = self.layout.topic;
        let style = self.theme.bar();
        buffer.set_style(area, style);
        let Some(window) = &self.windows.current().window else {
            put(buffer, area, area.x + 1, "chatc", style);
            return;
        };
        let end = put(buffer, area, area.x + 1, name(window), style.patch(self.theme.strong()));
        if let Window::Room(room) = window
            && let Some(room) = chat.rooms.get(room)
        {
            put(buffer, area, end + 2, &room.topic, style);
        }
    }

    fn draw_status(&mut self, buffer: &mut Buffer, chat: &Chat<'_>) {
        let area = self.layout.status;
        let style = self.theme.bar();
        buffer.set_style(area, style);
        let mut end = area.x + 1;
        if let Some(nick) = chat.nick {
            end = put(buffer, area, end, nick, style.patch(self.theme.strong())) + 2;
        }
        let people = match &self.windows.current().window {
            Some(Window::Room(room)) => chat.rooms.get(room).map_or(0, |room| room.members.len()),
            Some(Window::Person(_)) | None => 0,
        };
        let below = self.windows.here().shown().below();
        let elsewhere: usize = self.windows.all().iter().map(|pane| pane.calls).sum();
        let counts = [("screen-people", people), ("screen-below", below), ("screen-calls", elsewhere)];
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let counts = counts.map(|(id, count)| self.say(id, &[("count", count.into())]));
        for text in self.state(chat).into_iter().chain(counts) {
            end = put(buffer, area, end, &text, style) + 2;
        }
    }

    /// How the connection stands, where that is worth a word.
    fn state(&self, chat: &Chat<'_>) -> Option<String> {
        match chat.state {
            State::Here => None,
            State::Naming => Some(self.say("screen-naming", &[])),
            State::Entering => Some(self.say("screen-entering", &[])),
            State::Away { next: None } => Some(self.say("screen-away", &[])),
            State::Away { next: Some(next) } => {
                let seconds = next.saturating_duration_since(chat.now.mono).as_secs() + 1;
                Some(self.say("screen-away-next", &[("seconds", seconds.into())]))
            }
            State::Gone => Some(self.say("screen-gone", &[])),
        }
    }

    /// One line of what can be done now.
    fn draw_hints(&mut self, buffer: &mut Buffer, _chat: &Chat<'_>) {
        let (area, urgent) = match self.layout.hints {
            // On a small screen only what must be known is said.
            hints if hints.is_empty() => (self.layout.status, true),
            hints => (hints, false),
        };
        let strong = self.theme.strong();
        if let Some(completion) = &self.completion {
            wipe(buffer, area);
            let mut end = area.x;
            let from = completion.at.map_or(0, |at| at.saturating_sub(2));
            for (at, choice) in completion.choices.iter().enumerate().skip(from) {
                let style = if completion.at == Some(at) { self.theme.chosen() } else { Style::new() };
                end = put(buffer, area, end + 1, &format!(" {} ", choice.trim_end()), style);
            }
            return;
        }
        let said = match (&self.note, &self.over) {
            (_, Over::Sure { lines }) => Some(self.say("screen-sure", &[("lines", (*lines).into())])),
            (Some(note), _) => Some(note.clone()),
            (None, _) => None,
        };
        match said {
            Some(said) => {
                wipe(buffer, area);
                put(buffer, area, area.x + 1, &said, strong);
            }
            None if urgent => {}
            None => {
                let mut end = area.x + 1;
                // Only those that fit whole.
                for hint in self.hint().split("   ") {
                    if usize::from(end) + width(hint) > usize::from(area.right()) {
                        break;
                    }
                    end = put(buffer, area, end, hint, self.theme.quiet()) + 3;
                }
            }
        }
    }

    fn hint(&mut self) -> String {
        let pane = self.windows.here();
        let id = match &self.over {
            Over::Help { .. } => "screen-hint-help",
            Over::Switch { .. } => "screen-hint-switch",
            Over::Find(_) => "screen-hint-find",
            Over::Sure { .. } | Over::Nothing if pane.visit.is_some() => "screen-hint-visit",
            Over::Sure { .. } | Over::Nothing if !pane.log.follows() => "screen-hint-above",
            Over::Sure { .. } | Over::Nothing if pane.composer.text().starts_with('/') => {
                "screen-hint-command"
            }
            Over::Sure { .. } | Over::Nothing if !pane.composer.is_empty() => "screen-hint-write",
            Over::Sure { .. } | Over::Nothing => "screen-hint",
        };
        self.say(id, &[])
    }

    /// Draws what is written, and gives the cell of the caret.
    fn draw_composer(&self, buffer: &mut Buffer, chat: &Chat<'_>) -> Position {
        let area = self.layout.composer;
        let pane = self.windows.current();
        if pane.composer.is_empty() {
            let said = match &pane.window {
                _ if chat.state == State::Naming => self.say("screen-write-nick", &[]),
                Some(Window::Room(room)) => self.say("screen-write-room", &[("room", (&**room).into())]),
                Some(Window::Person(nick)) => self.say("screen-write-person", &[("nick", (&**nick).into())]),
                None => String::new(),
            };
            put(buffer, area, area.x, &said, self.theme.quiet());
        }
        draw_text(buffer, area, &pane.composer)
    }

    /// Draws what lies over the log, and gives the cell of the caret if there is one in it.
    fn draw_over(&self, buffer: &mut Buffer, area: Rect) -> Option<Position> {
        let body = Rect {
            y: self.layout.topic.bottom(),
            height: self.layout.log.height + self.layout.transfers.height,
            ..area
        };
        // Where there is no log, one at least sees what one writes.
        let body = if body.height == 0 { self.layout.composer } else { body };
        match &self.over {
            Over::Nothing | Over::Sure { .. } => None,
            Over::Help { top } => {
                wipe(buffer, body);
                self.draw_help(buffer, body, *top);
                None
            }
            Over::Switch { input, at } => {
                wipe(buffer, body);
                let found = self.windows.filtered(input.text());
                let names: Vec<&str> = found.iter().map(|at| self.windows.all()[*at].name()).collect();
                self.draw_list(buffer, body, &names, *at);
                Some(self.draw_input(buffer, body, "screen-switch", input))
            }
            Over::Find(search) => {
                wipe(buffer, body);
                self.draw_found(buffer, body, search);
                Some(self.draw_input(buffer, body, "screen-find", &search.input))
            }
        }
    }

    fn draw_help(&self, buffer: &mut Buffer, area: Rect, top: usize) {
        let rows = keys::help();
        let keys_width = rows.iter().map(|(keys, _)| width(keys)).max().unwrap_or(0);
        let shown = rows.iter().skip(top.min(rows.len().saturating_sub(area.height.into())));
        for (number, (keys, id)) in shown.enumerate() {
            let line = row(area, number);
            put(buffer, line, line.x + 1, keys, self.theme.strong());
            let beside = u16::try_from(keys_width + 3).unwrap_or(0);
            put(buffer, line, line.x + beside, &self.say(id, &[]), Style::new());
        }
    }

    /// A line with what is asked for, and what is written there.
    fn draw_input(&self, buffer: &mut Buffer, area: Rect, id: &str, input: &Composer) -> Position {
        let line = row(area, 0);
        let label = self.say(id, &[]);
        let label = cut(&label, usize::from(area.width / 2));
        let end = put(buffer, line, line.x + 1, label, self.theme.strong());
        let x = (end + 1).min(line.right().saturating_sub(1));
        draw_text(buffer, Rect { x, width: line.right() - x, ..line }, input)
    }

    fn draw_list(&self, buffer: &mut Buffer, area: Rect, names: &[&str], at: usize) {
        let height = usize::from(area.height.saturating_sub(1)).max(1);
        let from = (at + 1).saturating_sub(height);
        for (number, name) in names.iter().enumerate().skip(from) {
            let line = row(area, number - from + 1);
            let style = if number == at { self.theme.chosen() } else { Style::new() };
            put(buffer, line, line.x + 1, &format!(" {name} "), style);
        }
    }

    fn draw_found(&self, buffer: &mut Buffer, area: Rect, search: &Search) {
        let said = match &search.state {
            Searched::Nothing => return,
            Searched::Waits(_) => self.say("screen-find-waits", &[]),
            Searched::Refused(why) => why.clone(),
            Searched::Found { lines, .. } if lines.is_empty() => self.say("screen-find-nothing", &[]),
            Searched::Found { lines, more, .. } => {
                let mut names: Vec<String> = lines
                    .iter()
                    .map(|line| format!("{} {}", line.at().local(&self.zone), line.plain()))
                    .collect();
                if *more {
                    names.push(self.say("screen-find-more", &[]));
                }
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                return self.draw_list(buffer, area, &names, search.at);
            }
        };
        let line = row(area, 1);
        put(buffer, line, line.x + 1, &said, self.theme.quiet());
    }
}

/// Draws a text, so that the caret is seen, and gives its cell.
fn draw_text(buffer: &mut Buffer, area: Rect, text: &Composer) -> Position {
    let laying = text.laying(area.width.into());
    let (caret_row, caret_column) = laying.caret;
    let from = (caret_row + 1).saturating_sub(area.height.into());
    for (number, range) in laying.rows.iter().enumerate().skip(from) {
        let line = row(area, number - from);
        put(buffer, line, line.x, &text.text()[range.clone()], Style::new());
    }
    let right = area.right().saturating_sub(1);
    let x = u16::try_from(caret_column).map_or(right, |column| (area.x + column).min(right));
    let below = u16::try_from(caret_row - from).unwrap_or(0);
    Position { x, y: (area.y + below).min(area.bottom().saturating_sub(1)) }
}

fn wipe(buffer: &mut Buffer, area: Rect) {
    for position in area.positions() {
        buffer[position].reset();
    }
}
