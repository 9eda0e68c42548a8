//! The lists at the sides: windows at the left, who is here at the right.
//!
//! Changes nothing. Why the windows bear numbers: those are the keys by which one goes there.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{put, row};
use super::windows::Pane;
use super::wrap::{cut, width};
use super::{Chat, Screen};
use crate::client::window::Window;
use crate::core::reply::Role;

impl Screen {
    /// The place of the first window that is listed, so that the one that is looked at is.
    pub(super) fn first_listed(&self) -> usize {
        (self.windows.at() + 1).saturating_sub(self.layout.rooms.height.into())
    }

    pub(super) fn draw_rooms(&self, buffer: &mut Buffer) {
        let area = self.layout.rooms;
        if area.is_empty() {
            return;
        }
        let edge = edge(buffer, area, area.right() - 1, self.theme.quiet());
        let inside = Rect { width: edge - area.x, ..area };
        let from = self.first_listed();
        let listed = self.windows.all().iter().enumerate().skip(from).take(area.height.into());
        for (number, (at, pane)) in listed.enumerate() {
            let style = match pane {
                _ if at == self.windows.at() => self.theme.chosen(),
                pane if pane.calls > 0 => self.theme.called(),
                pane if pane.unread > 0 => self.theme.unread(),
                _read => Style::new(),
            };
            entry(buffer, row(inside, number), at, pane, style);
        }
    }

    pub(super) fn draw_members(&self, buffer: &mut Buffer, chat: &Chat<'_>) {
        let area = self.layout.members;
        let Some(Window::Room(room)) = &self.windows.current().window else { return };
        let Some(room) = chat.rooms.get(room).filter(|_| !area.is_empty()) else { return };
        let left = edge(buffer, area, area.x, self.theme.quiet()) + 1;
        let inside = Rect { x: left, width: area.right() - left, ..area };
        let height = usize::from(area.height);
        let shown = if room.members.len() > height { height - 1 } else { height };
        for (number, (nick, role)) in room.members.iter().take(shown).enumerate() {
            let (mark, style) = match role {
                Role::Admin => ("&", self.theme.nick(nick)),
                Role::Owner => ("~", self.theme.nick(nick)),
                Role::Moderator => ("@", self.theme.nick(nick)),
                Role::Member => (" ", self.theme.nick(nick)),
                Role::Muted => ("-", self.theme.quiet()),
            };
            let line = row(inside, number);
            let end = put(buffer, line, line.x, mark, self.theme.quiet());
            put(buffer, line, end, nick, style);
        }
        let rest = room.members.len() - shown.min(room.members.len());
        if rest > 0 {
            let line = row(inside, shown);
            put(buffer, line, line.x, &format!(" +{rest}"), self.theme.quiet());
        }
    }
}

/// A window of the list: `2 den      3`, with `!` where somebody calls.
fn entry(buffer: &mut Buffer, area: Rect, at: usize, pane: &Pane, style: Style) {
    buffer.set_style(area, style);
    let key = if at < 9 { (at + 1).to_string() } else { " ".to_owned() };
    let person = if matches!(pane.window, Some(Window::Person(_))) { "@" } else { "" };
    let count = match (pane.unread, pane.calls) {
        (0, _) => String::new(),
        (1000.., 0) => "999+ ".to_owned(),
        (unread, 0) => format!("{unread} "),
        (_, calls) => format!("!{calls} "),
    };
    let room = usize::from(area.width).saturating_sub(width(&count) + 1);
    let label = format!("{key} {person}{}", pane.name());
    put(buffer, area, area.x, cut(&label, room), style);
    let end = area.right().saturating_sub(u16::try_from(width(&count)).unwrap_or(0));
    put(buffer, area, end.max(area.x), &count, style);
}

/// A line down one side of an area. Gives its column.
fn edge(buffer: &mut Buffer, area: Rect, x: u16, style: Style) -> u16 {
    for y in area.rows() {
        put(buffer, y, x, "│", style);
    }
    x
}
