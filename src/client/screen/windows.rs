//! The windows: one for each room and each person, what waits in them, and which is looked at.
//!
//! Knows no keys and no colours. Why the first window has no name: something must show what is said
//! before the server has let one in anywhere; the first room then takes it over.

use unicode_normalization::UnicodeNormalization;

use super::composer::Composer;
use super::history::History;
use super::scrollback::Scrollback;
use crate::client::window::Window;
use crate::core::name::{Name, key};
use crate::limits::SPEAKERS_MAX;

/// A window with all that is in it.
#[derive(Debug)]
pub struct Pane {
    /// None before one is in a room.
    pub window: Option<Window>,
    pub log: Scrollback,
    /// Another part of the room's past, which a search has led to.
    pub visit: Option<Scrollback>,
    pub composer: Composer,
    pub history: History,
    /// Lines of talk that were not seen, and those that call this person.
    pub unread: usize,
    pub calls: usize,
    /// Who has spoken, the last one at the end.
    pub speakers: Vec<Name>,
    /// The newest seq that the server was told is read.
    pub told: Option<u64>,
}

impl Pane {
    fn new(window: Option<Window>) -> Pane {
        Pane {
            window,
            log: Scrollback::new(),
            visit: None,
            composer: Composer::default(),
            history: History::default(),
            unread: 0,
            calls: 0,
            speakers: Vec::new(),
            told: None,
        }
    }

    pub fn name(&self) -> &str {
        self.window.as_ref().map_or("", name)
    }

    /// What is shown of it.
    pub fn shown(&mut self) -> &mut Scrollback {
        self.visit.as_mut().unwrap_or(&mut self.log)
    }

    pub fn has_spoken(&mut self, nick: &Name) {
        self.speakers.retain(|speaker| speaker != nick);
        self.speakers.push(nick.clone());
        if self.speakers.len() > SPEAKERS_MAX {
            self.speakers.remove(0);
        }
    }
}

/// What a window is called.
pub fn name(window: &Window) -> &str {
    match window {
        Window::Room(name) | Window::Person(name) => name,
    }
}

/// All of them, rooms before people, each in the order in which they came. There is always one.
#[derive(Debug)]
pub struct Windows {
    panes: Vec<Pane>,
    at: usize,
}

impl Windows {
    pub fn new() -> Windows {
        Windows { panes: vec![Pane::new(None)], at: 0 }
    }

    pub fn all(&self) -> &[Pane] {
        &self.panes
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// The one that is looked at.
    pub fn here(&mut self) -> &mut Pane {
        &mut self.panes[self.at]
    }

    pub fn current(&self) -> &Pane {
        &self.panes[self.at]
    }

    pub fn find(&self, window: &Window) -> Option<usize> {
        self.panes.iter().position(|pane| pane.window.as_ref() == Some(window))
    }

    /// The room that is meant by this name, which may be typed in other letters.
    pub fn room_called(&self, typed: &str) -> Option<usize> {
        let meant = key(typed);
        let is_meant = |pane: &Pane| matches!(&pane.window, Some(Window::Room(room)) if key(room) == meant);
        self.panes.iter().position(is_meant)
    }

    /// Somebody has another nickname now.
    pub fn rename(&mut self, from: &Name, to: &Name) {
        let to = Window::Person(to.clone());
        if self.find(&to).is_none()
            && let Some(at) = self.find(&Window::Person(from.clone()))
        {
            self.panes[at].window = Some(to);
        }
    }

    pub fn pane(&mut self, at: usize) -> Option<&mut Pane> {
        self.panes.get_mut(at)
    }

    /// The window, which is made if there is none yet. Gives its place.
    pub fn open(&mut self, window: &Window) -> usize {
        if let Some(at) = self.find(window) {
            return at;
        }
        if let [only] = &mut self.panes[..]
            && only.window.is_none()
        {
            only.window = Some(window.clone());
            return 0;
        }
        let is_room = |pane: &Pane| matches!(pane.window, Some(Window::Room(_)));
        let at = match window {
            Window::Room(_) => self.panes.iter().take_while(|pane| is_room(pane)).count(),
            Window::Person(_) => self.panes.len(),
        };
        self.panes.insert(at, Pane::new(Some(window.clone())));
        self.at += usize::from(at <= self.at);
        at
    }

    /// Closes a window. The last one stays, for whatever opens next.
    pub fn close(&mut self, at: usize) {
        if let [only] = &mut self.panes[..] {
            only.window = None;
        } else if at < self.panes.len() {
            self.panes.remove(at);
            if at < self.at || self.at == self.panes.len() {
                self.at -= 1;
            }
        }
    }

    /// Looks at another one. False when it is looked at already, or there is none.
    pub fn go(&mut self, at: usize) -> bool {
        if at == self.at || at >= self.panes.len() {
            return false;
        }
        self.at = at;
        true
    }

    /// The one before or after this, round the ends.
    pub fn next(&self, forth: bool) -> usize {
        let count = self.panes.len();
        (self.at + if forth { 1 } else { count - 1 }) % count
    }

    /// The next one where somebody has called, else where somebody has spoken.
    pub fn active(&self) -> Option<usize> {
        let count = self.panes.len();
        let mut after = (1..count).map(|step| (self.at + step) % count);
        let called = after.clone().find(|at| self.panes[*at].calls > 0);
        called.or_else(|| after.find(|at| self.panes[*at].unread > 0))
    }

    /// Those whose names have these letters in this order, the best first: their places.
    pub fn filtered(&self, letters: &str) -> Vec<usize> {
        let fits = |at: usize| rank(self.panes[at].name(), letters).map(|rank| (rank, at));
        let mut found: Vec<_> = (0..self.panes.len()).filter_map(fits).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, at)| at).collect()
    }
}

/// A text as it is compared while somebody types: in small letters, and syllables by their letters, so
/// that one half typed fits the whole.
pub fn letters(text: &str) -> String {
    text.nfkd().collect::<String>().to_lowercase()
}

/// How well a name fits: less is better; none when it does not.
fn rank(name: &str, wanted: &str) -> Option<usize> {
    let (name, wanted) = (letters(name), letters(wanted));
    if name.starts_with(&wanted) {
        return Some(0);
    }
    if let Some(at) = name.find(&wanted) {
        return Some(at);
    }
    let mut rest = name.chars();
    wanted.chars().all(|wanted| rest.any(|c| c == wanted)).then_some(name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str) -> Window {
        Window::Room(Name::from(name))
    }

    fn person(name: &str) -> Window {
        Window::Person(Name::from(name))
    }

    fn names(windows: &Windows) -> Vec<&str> {
        windows.all().iter().map(Pane::name).collect()
    }

    fn some() -> Windows {
        let mut windows = Windows::new();
        for window in [room("lobby"), person("Bob"), room("den"), person("민수"), room("개발/웹")] {
            windows.open(&window);
        }
        windows
    }

    #[test]
    fn rooms_stand_before_people_and_one_stays_where_one_is() {
        let mut windows = some();
        assert_eq!(names(&windows), ["lobby", "den", "개발/웹", "Bob", "민수"]);
        assert!(windows.go(3) && !windows.go(3) && !windows.go(9));
        windows.open(&room("z"));
        assert_eq!(windows.current().name(), "Bob");
        windows.close(0);
        assert_eq!(windows.current().name(), "Bob");
        windows.close(windows.at());
        assert_eq!(windows.current().name(), "민수");
        windows.close(windows.at());
        assert_eq!(windows.current().name(), "z");
        assert_eq!(
            (windows.room_called("DEN"), windows.room_called("x")),
            (windows.find(&room("den")), None)
        );
        for _ in 0..5 {
            windows.close(0);
        }
        assert_eq!(names(&windows), [""], "the last one stays");
        assert_eq!((windows.open(&room("lobby")), windows.all().len()), (0, 1));
    }

    #[test]
    fn who_is_renamed_keeps_the_window() {
        let mut windows = some();
        windows.rename(&Name::from("Bob"), &Name::from("Bobby"));
        windows.rename(&Name::from("nobody"), &Name::from("x"));
        windows.rename(&Name::from("Bobby"), &Name::from("민수"));
        assert_eq!(names(&windows), ["lobby", "den", "개발/웹", "Bobby", "민수"]);
    }

    #[test]
    fn the_next_active_is_where_one_is_called() {
        let mut windows = some();
        assert_eq!(windows.active(), None);
        windows.pane(1).unwrap().unread = 3;
        windows.pane(4).unwrap().unread = 1;
        assert_eq!(windows.active(), Some(1));
        windows.pane(4).unwrap().calls = 1;
        assert_eq!(windows.active(), Some(4));
        assert_eq!((windows.next(true), windows.next(false)), (1, 4));
    }

    #[test]
    fn names_are_found_by_some_of_their_letters() {
        let windows = some();
        let found = |letters: &str| {
            windows.filtered(letters).iter().map(|at| windows.panes[*at].name()).collect::<Vec<_>>()
        };
        assert_eq!(found("b"), ["Bob", "lobby"]);
        assert_eq!(found("ly"), ["lobby"]);
        assert_eq!(found("ㅁ"), ["민수"]);
        assert_eq!(found("미"), ["민수"], "a syllable that is half typed");
        assert_eq!(found("").len(), 5);
        assert_eq!(found("xyz"), [""; 0]);
    }
}
