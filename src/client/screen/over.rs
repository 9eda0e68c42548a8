//! What lies over the log for a while: the help page, the list of windows, the search, a question.
//!
//! Knows no keys and no looks. Why the search waits for Enter: each one is work for the server.

use super::acts::edit;
use super::composer::Composer;
use super::keys::{self, Action};
use super::{Screen, Wish};
use crate::client::shown::Shown;
use crate::client::window::{Page, Window};

#[derive(Debug)]
pub enum Over {
    Nothing,
    /// The keys, from this row on.
    Help {
        top: usize,
    },
    /// The windows whose names have what is written.
    Switch {
        input: Composer,
        at: usize,
    },
    Find(Search),
    /// Whether so many lines are to be sent.
    Sure {
        lines: usize,
    },
}

/// A search in one room.
#[derive(Debug)]
pub struct Search {
    pub input: Composer,
    pub state: Searched,
    pub at: usize,
}

#[derive(PartialEq, Debug)]
pub enum Searched {
    Nothing,
    /// The query is under way.
    Waits(String),
    Found {
        query: String,
        lines: Vec<Shown>,
        more: bool,
    },
    Refused(String),
}

impl Screen {
    /// Opens the search, and asks when there is something to ask already.
    pub(super) fn find(&mut self, query: &str) {
        if !matches!(self.windows.current().window, Some(Window::Room(_))) {
            self.note = Some(self.say("screen-find-room", &[]));
            return;
        }
        let mut input = Composer::default();
        input.pasted(query);
        self.over = Over::Find(Search { input, state: Searched::Nothing, at: 0 });
        if !query.is_empty() {
            self.chosen();
        }
    }

    /// What a search has found.
    pub(super) fn found(&mut self, query: &str, page: &Page) {
        let Over::Find(search) = &mut self.over else { return };
        if search.state != Searched::Waits(query.to_owned()) {
            return;
        }
        search.at = 0;
        search.state = match &page.refused {
            Some(why) => Searched::Refused(why.clone()),
            None => {
                let (query, lines) = (query.to_owned(), page.lines.clone());
                Searched::Found { query, lines, more: page.more }
            }
        };
    }

    /// Does what a key means to what lies over the log. False when it means nothing to it.
    pub(super) fn over_takes(&mut self, action: Action) -> bool {
        match &mut self.over {
            Over::Nothing => return false,
            Over::Sure { .. } => {
                self.over = Over::Nothing;
                match action {
                    Action::Send => self.send(true),
                    Action::Escape => {}
                    // Who goes on writing has decided.
                    _another => return false,
                }
            }
            Over::Help { top } => match moved(action) {
                Some(by) => *top = top.saturating_add_signed(by).min(keys::help().len() - 1),
                None => self.over = Over::Nothing,
            },
            Over::Switch { .. } | Over::Find(_) => self.list_takes(action),
        }
        true
    }

    /// Those with a list and a line above it.
    fn list_takes(&mut self, action: Action) {
        if action == Action::Escape || action == Action::Leave {
            self.over = Over::Nothing;
        } else if action == Action::Send {
            self.chosen();
        } else {
            let choices = self.choices();
            let (input, at) = match &mut self.over {
                Over::Switch { input, at } => (input, at),
                Over::Find(search) => (&mut search.input, &mut search.at),
                Over::Nothing | Over::Help { .. } | Over::Sure { .. } => return,
            };
            match moved(action) {
                Some(by) => *at = at.saturating_add_signed(by).min(choices.saturating_sub(1)),
                None if action != Action::NewLine => {
                    let before = input.text().to_owned();
                    edit(input, action, &mut self.kills, false);
                    if input.text() != before {
                        *at = 0;
                    }
                }
                None => {}
            }
        }
    }

    /// How many there are to choose from.
    fn choices(&self) -> usize {
        match &self.over {
            Over::Switch { input, .. } => self.windows.filtered(input.text()).len(),
            Over::Find(Search { state: Searched::Found { lines, .. }, .. }) => lines.len(),
            Over::Find(_) | Over::Nothing | Over::Help { .. } | Over::Sure { .. } => 0,
        }
    }

    /// Enter: goes to what is chosen, or asks the server first.
    fn chosen(&mut self) {
        match &mut self.over {
            Over::Switch { input, at } => {
                let found = self.windows.filtered(input.text()).get(*at).copied();
                self.over = Over::Nothing;
                if let Some(at) = found {
                    self.go(at);
                }
            }
            Over::Find(search) => {
                let Some(Window::Room(room)) = self.windows.current().window.clone() else { return };
                let wanted = search.input.text().trim().to_owned();
                match &search.state {
                    Searched::Found { query, lines, .. } if *query == wanted => {
                        let seq = lines.get(search.at).and_then(|line| line.concerns().seq);
                        if let Some(seq) = seq {
                            self.over = Over::Nothing;
                            self.wishes.push(Wish::Around { room, seq });
                        }
                    }
                    Searched::Nothing
                    | Searched::Waits(_)
                    | Searched::Found { .. }
                    | Searched::Refused(_) => {
                        if !wanted.is_empty() {
                            search.state = Searched::Waits(wanted.clone());
                            self.wishes.push(Wish::Find { room, query: wanted });
                        }
                    }
                }
            }
            Over::Nothing | Over::Help { .. } | Over::Sure { .. } => {}
        }
    }

    /// What was pasted goes where one writes. False when that is the composer.
    pub(super) fn over_is_given(&mut self, text: &str) -> bool {
        let (input, at) = match &mut self.over {
            Over::Switch { input, at } => (input, at),
            Over::Find(search) => (&mut search.input, &mut search.at),
            Over::Nothing | Over::Help { .. } | Over::Sure { .. } => {
                self.over = Over::Nothing;
                return false;
            }
        };
        *at = 0;
        input.pasted(text.trim().lines().next().unwrap_or_default())
    }
}

/// By how many rows an action moves in a list.
fn moved(action: Action) -> Option<isize> {
    let page = 10;
    match action {
        Action::Up | Action::Next { forth: false } | Action::Complete { forth: false } => Some(-1),
        Action::Down | Action::Next { forth: true } | Action::Complete { forth: true } => Some(1),
        Action::Scroll { pages, down } => {
            let rows = if pages { page } else { 1 };
            Some(if down { rows } else { -rows })
        }
        _another => None,
    }
}
