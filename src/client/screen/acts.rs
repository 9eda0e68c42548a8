//! What each action does to the screen.
//!
//! Knows no keys and no looks. Why a line of several is sent as several: that is what each of them
//! is to everybody else; and a slash at the beginning of a later one is no command, but was pasted.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::completion::{FILE, Found, Known, look, paths};
use super::composer::{Composer, Kills, To};
use super::keys::Action;
use super::over::Over;
use super::scrollback::Scrollback;
use super::windows::name;
use super::{Chat, Screen, Wish};
use crate::client::window::Window;
use crate::core::command::Command;
use crate::core::table;
use crate::limits::{ASK_LINES, WHEEL_ROWS};

impl Screen {
    pub(super) fn act(&mut self, action: Action, chat: &Chat<'_>) {
        if !matches!(action, Action::Complete { .. }) {
            self.completion = None;
        }
        if self.over_takes(action) {
            return;
        }
        let (columns, empty) =
            (self.layout.composer.width.into(), self.windows.current().composer.is_empty());
        if edit(&mut self.windows.here().composer, action, &mut self.kills, empty) {
            return;
        }
        match action {
            Action::Typed(_)
            | Action::NewLine
            | Action::Go(_)
            | Action::Erase(_)
            | Action::Kill(_)
            | Action::Yank
            | Action::YankBefore
            | Action::Transpose
            | Action::Undo
            | Action::Redo => self.note = Some(self.say("screen-full", &[])),
            Action::Send => self.send(false),
            Action::Up | Action::Down => {
                let down = action == Action::Down;
                let pane = self.windows.here();
                if !pane.composer.row(down, columns) {
                    let (history, composer) = (&mut pane.history, &mut pane.composer);
                    if down {
                        history.forth(composer)
                    } else {
                        history.back(composer)
                    };
                }
            }
            Action::Complete { forth } => self.complete(forth, chat),
            Action::Scroll { pages, down } => {
                let page = i16::try_from(self.layout.log.height).unwrap_or(i16::MAX);
                let rows = isize::from(if pages { (page - 1).max(1) } else { 1 });
                self.scroll(if down { rows } else { -rows });
            }
            Action::ToBegin => {
                let glass = self.layout.glass(&self.zone);
                self.windows.here().shown().go_to_begin(glass);
            }
            Action::ToEnd => self.go_to_end(),
            Action::ToMark => {
                let glass = self.layout.glass(&self.zone);
                if !self.windows.here().shown().go_to_mark(glass) {
                    self.note = Some(self.say("screen-no-mark", &[]));
                }
            }
            Action::Window(at) => self.go(at),
            Action::Next { forth } => self.go(self.windows.next(forth)),
            Action::Active => match self.windows.active() {
                Some(at) => self.go(at),
                None => self.note = Some(self.say("screen-nothing-new", &[])),
            },
            Action::Switch | Action::KillOrSwitch => {
                self.over = Over::Switch { input: Composer::default(), at: 0 };
            }
            Action::Find | Action::RightOrFind => self.find(""),
            Action::Close => self.close_person(),
            Action::Help => self.over = Over::Help { top: 0 },
            Action::Members => self.members = !self.members,
            Action::Redraw => self.wishes.push(Wish::Redraw),
            Action::Suspend => self.wishes.push(Wish::Suspend),
            // What is written is put away first, so that nobody leaves by mistake.
            Action::Leave if !empty => {
                let composer = &mut self.windows.here().composer;
                composer.go(To::End);
                composer.kill(To::Begin, &mut self.kills);
            }
            Action::Leave | Action::EraseOrLeave => self.wishes.push(Wish::Leave),
            Action::Escape => {
                if self.windows.here().visit.take().is_none() {
                    self.go_to_end();
                }
            }
        }
    }

    /// What was pasted: text, or the path of a file that was dropped on the terminal.
    pub(super) fn paste(&mut self, text: &str) {
        self.completion = None;
        self.note = None;
        if self.over_is_given(text) {
            return;
        }
        let pane = self.windows.here();
        let dropped = matches!(pane.window, Some(Window::Person(_))) && pane.composer.is_empty();
        let path = dropped.then(|| dropped_path(text)).flatten();
        let file = table::JOIN.slash_in(self.words.lang()).is_ascii();
        let line = path.map(|path| format!("{} {path}", if file { FILE[0] } else { FILE[1] }));
        if !pane.composer.pasted(line.as_deref().unwrap_or(text)) {
            self.note = Some(self.say("screen-full", &[]));
        } else if pane.composer.lines() > ASK_LINES {
            self.over = Over::Sure { lines: pane.composer.lines() };
        }
    }

    pub(super) fn mouse(&mut self, mouse: &MouseEvent, _chat: &Chat<'_>) {
        let place = Position { x: mouse.column, y: mouse.row };
        let rows = isize::from(WHEEL_ROWS);
        match mouse.kind {
            MouseEventKind::ScrollUp => self.scroll(-rows),
            MouseEventKind::ScrollDown => self.scroll(rows),
            MouseEventKind::Down(MouseButton::Left) if self.layout.rooms.contains(place) => {
                let row = usize::from(mouse.row - self.layout.rooms.y);
                self.go(self.first_listed() + row);
            }
            _elsewhere => {}
        }
    }

    fn scroll(&mut self, rows: isize) {
        let glass = self.layout.glass(&self.zone);
        self.windows.here().shown().scroll(rows, glass);
    }

    /// Back to what is said now.
    fn go_to_end(&mut self) {
        let pane = self.windows.here();
        pane.visit = None;
        pane.log.go_to_end();
        if !pane.log.attached {
            // What lies between is loaded again, should anybody look for it.
            pane.log = Scrollback::new();
        }
    }

    /// Sends what is written; many lines only when one is `sure`.
    pub(super) fn send(&mut self, sure: bool) {
        let pane = self.windows.here();
        let lines = pane.composer.lines();
        if pane.composer.text().trim().is_empty() {
            return;
        }
        if lines > ASK_LINES && !sure {
            self.over = Over::Sure { lines };
            return;
        }
        let text = pane.composer.take();
        pane.history.add(&text);
        let window = pane.window.clone();
        self.go_to_end();
        if lines == 1 && self.does_itself(&text) {
            return;
        }
        self.expects = text.starts_with('/');
        let spoken = |(at, line): (usize, &str)| {
            let slash = if at > 0 && line.starts_with('/') { "/" } else { "" };
            format!("{slash}{line}")
        };
        let lines = text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()).map(spoken);
        self.wishes.extend(lines.map(|line| Wish::Type { window: window.clone(), line }));
    }

    /// What a command line asks of the screen alone: a search with its results to jump to, and going to
    /// a room that one is in.
    fn does_itself(&mut self, line: &str) -> bool {
        let Some((slash, rest)) = line.trim().split_once(' ') else { return false };
        let typed = |row: &'static Command| row.slash.contains(&slash);
        if typed(&table::SEARCH) && matches!(self.windows.current().window, Some(Window::Room(_))) {
            self.find(rest.trim());
            return true;
        }
        let there = if typed(&table::JOIN) { self.windows.room_called(rest.trim()) } else { None };
        there.inspect(|at| self.go(*at)).is_some()
    }

    /// A window of a person is closed by its reader; a room is left.
    fn close_person(&mut self) {
        match &self.windows.current().window {
            Some(Window::Person(_)) => self.close(self.windows.at()),
            Some(Window::Room(_)) | None => self.note = Some(self.say("screen-no-close", &[])),
        }
    }

    fn complete(&mut self, forth: bool, chat: &Chat<'_>) {
        if self.completion.is_none() {
            let composer = &self.windows.current().composer;
            match look(composer.text(), composer.caret(), &self.known(chat)) {
                Found::Nothing => return,
                Found::Choices(completion) => self.completion = Some(completion),
                Found::Directory(directory) => return self.wishes.push(Wish::List(directory)),
            }
        }
        self.turn(forth);
    }

    /// What is in a directory that was wished for: directories end in a slash.
    pub fn listing(&mut self, directory: &str, names: &[String]) {
        let composer = &self.windows.current().composer;
        if let Found::Choices(completion) = paths(composer.text(), composer.caret(), directory, names) {
            self.completion = Some(completion);
            self.turn(true);
        }
    }

    fn turn(&mut self, forth: bool) {
        let Some(completion) = &mut self.completion else { return };
        let composer = &mut self.windows.here().composer;
        let range = completion.begin..composer.caret();
        let only = completion.choices.len() == 1;
        let fits = composer.complete(range, completion.turn(forth));
        if only {
            self.completion = None;
        }
        if !fits {
            self.note = Some(self.say("screen-full", &[]));
        }
    }

    fn known<'a>(&'a self, chat: &'a Chat<'_>) -> Known<'a> {
        let pane = self.windows.current();
        let mut nicks: Vec<&str> = pane.speakers.iter().rev().map(|nick| &**nick).collect();
        let members = match &pane.window {
            Some(Window::Room(room)) => chat.rooms.get(room).map(|room| &room.members),
            Some(Window::Person(nick)) => {
                nicks.push(nick);
                None
            }
            None => None,
        };
        nicks.extend(members.into_iter().flatten().map(|(nick, _)| &**nick));
        let mut known: Vec<&str> = Vec::new();
        for nick in nicks {
            if Some(nick) != chat.nick && !known.contains(&nick) {
                known.push(nick);
            }
        }
        let rooms = self.windows.all().iter().filter_map(|pane| pane.window.as_ref());
        let rooms = rooms.filter(|window| matches!(window, Window::Room(_))).map(name);
        Known { lang: self.words.lang(), nicks: known, rooms: rooms.collect() }
    }
}

/// Edits a text. False when this is no edit, or there is no room for it. Some keys are one only where
/// something is written.
pub(super) fn edit(text: &mut Composer, action: Action, kills: &mut Kills, empty: bool) -> bool {
    match action {
        Action::Typed(c) => return text.typed(c),
        Action::NewLine => return text.typed('\n'),
        Action::Go(to) => text.go(to),
        Action::Erase(to) => text.erase(to),
        Action::Kill(to) => text.kill(to, kills),
        Action::KillOrSwitch if !empty => text.kill(To::LineEnd, kills),
        Action::RightOrFind if !empty => text.go(To::Right),
        Action::EraseOrLeave if !empty => text.erase(To::Right),
        Action::Yank => return text.yank(kills),
        Action::YankBefore => return text.yank_before(kills),
        Action::Transpose => text.transpose(),
        Action::Undo => text.undo(),
        Action::Redo => text.redo(),
        Action::Send
        | Action::KillOrSwitch
        | Action::RightOrFind
        | Action::EraseOrLeave
        | Action::Up
        | Action::Down
        | Action::Complete { .. }
        | Action::Scroll { .. }
        | Action::ToBegin
        | Action::ToEnd
        | Action::ToMark
        | Action::Window(_)
        | Action::Next { .. }
        | Action::Active
        | Action::Switch
        | Action::Find
        | Action::Close
        | Action::Help
        | Action::Members
        | Action::Redraw
        | Action::Suspend
        | Action::Leave
        | Action::Escape => return false,
    }
    true
}

/// The path that a terminal types when a file is dropped on it: in quotes, with backslashes, or as a URI.
fn dropped_path(text: &str) -> Option<String> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return None;
    }
    if let Some(uri) = text.strip_prefix("file://") {
        let path = percent_encoding::percent_decode_str(&uri[uri.find('/')?..]);
        return path.decode_utf8().ok().map(|path| path.into_owned());
    }
    let quoted = ['\'', '"'].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    if let Some(path) = quoted {
        return path.starts_with('/').then(|| path.to_owned());
    }
    if !text.starts_with('/') || text.starts_with("//") {
        return None;
    }
    let mut path = String::new();
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            // A command with what it is given, and no path.
            ' ' if !escaped => return None,
            c => {
                path.push(c);
                escaped = false;
            }
        }
    }
    path[1..].contains('/').then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_dropped() {
        for (text, path) in [
            ("/home/a/b.txt\n", Some("/home/a/b.txt")),
            ("'/home/a/my file.txt' ", Some("/home/a/my file.txt")),
            ("/home/a/my\\ file\\(1\\).txt", Some("/home/a/my file(1).txt")),
            ("file:///home/a/%ED%95%9C.txt", Some("/home/a/한.txt")),
            ("file://host/home/a", Some("/home/a")),
            ("/join den", None),
            ("/quit", None),
            ("/me waves at /etc", None),
            ("hello", None),
            ("/a/b\n/a/c", None),
            ("file://", None),
        ] {
            assert_eq!(dropped_path(text).as_deref(), path, "{text}");
        }
    }
}
