//! What each key does, in one table, which is also the page that F1 shows.
//!
//! Knows no windows. Why some keys do two things: Ctrl-K and Ctrl-F are what Emacs made of them, and
//! in an empty line, where those do nothing, what browsers did.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::composer::To;

/// What a key asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Typed(char),
    Send,
    NewLine,
    Go(To),
    Erase(To),
    Kill(To),
    /// Kills to the end of the line, or opens the list of windows where nothing is written.
    KillOrSwitch,
    /// Goes right, or searches where nothing is written.
    RightOrFind,
    /// Erases, or leaves where nothing is written.
    EraseOrLeave,
    Yank,
    YankBefore,
    Transpose,
    Undo,
    Redo,
    Up,
    Down,
    Complete {
        forth: bool,
    },
    Scroll {
        pages: bool,
        down: bool,
    },
    ToBegin,
    ToEnd,
    ToMark,
    Window(usize),
    Next {
        forth: bool,
    },
    Active,
    Switch,
    Find,
    Close,
    Help,
    Members,
    Redraw,
    Suspend,
    Leave,
    Escape,
}

/// A row of the table: the keys, what they do, and its sentence on the help page. The first row of
/// a group names it.
pub struct Binding {
    pub keys: &'static [Chord],
    pub action: Action,
    /// The id of its sentence; rows without are shown together with the one above.
    pub help: Option<&'static str>,
}

/// A key with what is held down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chord(KeyModifiers, KeyCode);

const fn key(code: KeyCode) -> Chord {
    Chord(KeyModifiers::NONE, code)
}

const fn ctrl(c: char) -> Chord {
    Chord(KeyModifiers::CONTROL, KeyCode::Char(c))
}

const fn alt(c: char) -> Chord {
    Chord(KeyModifiers::ALT, KeyCode::Char(c))
}

const fn with(modifiers: KeyModifiers, code: KeyCode) -> Chord {
    Chord(modifiers, code)
}

const ALT: KeyModifiers = KeyModifiers::ALT;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

const fn row(keys: &'static [Chord], action: Action, help: &'static str) -> Binding {
    Binding { keys, action, help: Some(help) }
}

const fn also(keys: &'static [Chord], action: Action) -> Binding {
    Binding { keys, action, help: None }
}

/// Every key, as the help page lists them.
pub static KEYS: [Binding; 45] = [
    row(&[key(KeyCode::Enter)], Action::Send, "screen-key-send"),
    row(&[with(ALT, KeyCode::Enter), ctrl('j')], Action::NewLine, "screen-key-line"),
    row(&[key(KeyCode::Tab)], Action::Complete { forth: true }, "screen-key-complete"),
    also(&[key(KeyCode::BackTab)], Action::Complete { forth: false }),
    row(&[key(KeyCode::Up)], Action::Up, "screen-key-history"),
    also(&[key(KeyCode::Down)], Action::Down),
    row(&[key(KeyCode::PageUp)], Action::Scroll { pages: true, down: false }, "screen-key-page"),
    also(&[key(KeyCode::PageDown)], Action::Scroll { pages: true, down: true }),
    row(&[with(SHIFT, KeyCode::Up)], Action::Scroll { pages: false, down: false }, "screen-key-row"),
    also(&[with(SHIFT, KeyCode::Down)], Action::Scroll { pages: false, down: true }),
    row(&[with(CTRL, KeyCode::Home)], Action::ToBegin, "screen-key-begin"),
    row(&[with(CTRL, KeyCode::End)], Action::ToEnd, "screen-key-end"),
    row(&[alt('u')], Action::ToMark, "screen-key-mark"),
    row(&[alt('a')], Action::Active, "screen-key-active"),
    row(&[ctrl('n'), with(ALT, KeyCode::Down)], Action::Next { forth: true }, "screen-key-next"),
    also(&[ctrl('p'), with(ALT, KeyCode::Up)], Action::Next { forth: false }),
    row(&[alt('k')], Action::Switch, "screen-key-switch"),
    row(&[key(KeyCode::F(3))], Action::Find, "screen-key-find"),
    row(&[alt('w')], Action::Close, "screen-key-close"),
    row(&[key(KeyCode::F(2))], Action::Members, "screen-key-members"),
    row(&[ctrl('a'), key(KeyCode::Home)], Action::Go(To::LineBegin), "screen-key-line-begin"),
    row(&[ctrl('e'), key(KeyCode::End)], Action::Go(To::LineEnd), "screen-key-line-end"),
    row(&[key(KeyCode::Left), ctrl('b')], Action::Go(To::Left), "screen-key-left"),
    also(&[key(KeyCode::Right)], Action::Go(To::Right)),
    also(&[ctrl('f')], Action::RightOrFind),
    row(&[alt('b'), with(CTRL, KeyCode::Left)], Action::Go(To::WordLeft), "screen-key-word"),
    also(&[alt('f'), with(CTRL, KeyCode::Right)], Action::Go(To::WordRight)),
    row(&[key(KeyCode::Backspace), ctrl('h')], Action::Erase(To::Left), "screen-key-erase"),
    also(&[key(KeyCode::Delete)], Action::Erase(To::Right)),
    row(&[ctrl('w')], Action::Kill(To::BlankLeft), "screen-key-kill-word"),
    also(&[with(ALT, KeyCode::Backspace)], Action::Kill(To::WordLeft)),
    also(&[alt('d'), with(CTRL, KeyCode::Delete)], Action::Kill(To::WordRight)),
    row(&[ctrl('k')], Action::KillOrSwitch, "screen-key-cut"),
    row(&[ctrl('u')], Action::Kill(To::LineBegin), "screen-key-kill-line"),
    row(&[ctrl('y')], Action::Yank, "screen-key-yank"),
    also(&[alt('y')], Action::YankBefore),
    row(&[ctrl('t')], Action::Transpose, "screen-key-transpose"),
    // A terminal sends one byte for Ctrl-_ and Ctrl-/, which is told as Ctrl-7.
    row(&[ctrl('_'), ctrl('/'), ctrl('7')], Action::Undo, "screen-key-undo"),
    row(&[alt('/'), alt('_')], Action::Redo, "screen-key-redo"),
    row(&[key(KeyCode::Esc)], Action::Escape, "screen-key-escape"),
    row(&[ctrl('l')], Action::Redraw, "screen-key-redraw"),
    row(&[ctrl('z')], Action::Suspend, "screen-key-suspend"),
    row(&[ctrl('c')], Action::Leave, "screen-key-leave"),
    also(&[ctrl('d')], Action::EraseOrLeave),
    row(&[key(KeyCode::F(1))], Action::Help, "screen-key-help"),
];

/// What a key does; none where it does nothing.
pub fn action(event: &KeyEvent) -> Option<Action> {
    let mut held = event.modifiers & (CTRL | ALT | SHIFT);
    if let KeyCode::Char(c) = event.code {
        if let Some(number) = c.to_digit(10).filter(|number| held == ALT && *number > 0) {
            return usize::try_from(number - 1).ok().map(Action::Window);
        }
        // A capital says by itself that Shift is held.
        held -= SHIFT;
        if held.is_empty() {
            return Some(Action::Typed(c));
        }
    }
    let code = match event.code {
        KeyCode::Char(c) => KeyCode::Char(c.to_ascii_lowercase()),
        KeyCode::BackTab => {
            held -= SHIFT;
            KeyCode::BackTab
        }
        other => other,
    };
    KEYS.iter().find(|row| row.keys.contains(&Chord(held, code))).map(|row| row.action)
}

/// The rows of the help page: the keys as they are written, and the id of their sentence.
pub fn help() -> Vec<(String, &'static str)> {
    let mut rows: Vec<(String, &'static str)> = Vec::new();
    for binding in &KEYS {
        let first = binding.keys.first().map(Chord::name).unwrap_or_default();
        match (binding.help, rows.last_mut()) {
            (Some(help), _) => {
                // Where two keys do the same, both are worth knowing; of more the first two.
                let names: Vec<String> = binding.keys.iter().take(2).map(Chord::name).collect();
                rows.push((names.join(", "), help));
            }
            (None, Some((keys, _))) => *keys = format!("{keys} / {first}"),
            (None, None) => {}
        }
        if binding.action == Action::Active {
            rows.push(("Alt-1…9".to_owned(), "screen-key-window"));
        }
    }
    rows
}

impl Chord {
    fn name(&self) -> String {
        let Chord(held, code) = self;
        let mut name = String::new();
        for (modifier, word) in [(CTRL, "Ctrl-"), (ALT, "Alt-"), (SHIFT, "Shift-")] {
            if held.contains(modifier) {
                name.push_str(word);
            }
        }
        match code {
            KeyCode::Char(c) => name.push(c.to_ascii_uppercase()),
            KeyCode::BackTab => name.push_str("Shift-Tab"),
            KeyCode::PageUp => name.push_str("PgUp"),
            KeyCode::PageDown => name.push_str("PgDn"),
            other => name.push_str(&format!("{other}")),
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let all: Vec<&Chord> = KEYS.iter().flat_map(|row| row.keys).collect();
        for (at, chord) in all.iter().enumerate() {
            assert!(!all[..at].contains(chord), "{}", chord.name());
        }
    }

    #[test]
    fn what_a_terminal_sends_is_known() {
        let pressed = |modifiers, code| action(&KeyEvent::new(code, modifiers));
        assert_eq!(pressed(SHIFT, KeyCode::Char('A')), Some(Action::Typed('A')));
        assert_eq!(pressed(KeyModifiers::NONE, KeyCode::Char('ㅎ')), Some(Action::Typed('ㅎ')));
        assert_eq!(pressed(CTRL, KeyCode::Char('7')), Some(Action::Undo));
        assert_eq!(pressed(ALT, KeyCode::Char('3')), Some(Action::Window(2)));
        assert_eq!(pressed(ALT | SHIFT, KeyCode::Char('B')), Some(Action::Go(To::WordLeft)));
        assert_eq!(pressed(SHIFT, KeyCode::BackTab), Some(Action::Complete { forth: false }));
        assert_eq!(pressed(CTRL, KeyCode::Char('q')), None);
        assert_eq!(pressed(KeyModifiers::NONE, KeyCode::F(9)), None);
    }

    #[test]
    fn every_key_has_its_line_of_help() {
        let help = help();
        assert_eq!(help[0].0, "Enter");
        assert!(help.contains(&("Tab / Shift-Tab".to_owned(), "screen-key-complete")));
        assert!(help.contains(&("Alt-1…9".to_owned(), "screen-key-window")));
    }
}
