//! The full screen of chatc: windows with what is said in them, and a place to write.
//!
//! `Screen` touches no socket, file, clock or terminal: what happens comes in by calls, and what it wants
//! of others stands in `wishes`. Why: every frame and every key is then one line of a test.

mod acts;
mod completion;
mod composer;
mod draw;
mod history;
mod keys;
mod layout;
mod links;
mod lists;
mod log;
mod over;
mod scrollback;
mod terminal;
mod theme;
mod windows;
mod wrap;

#[cfg(test)]
mod composer_tests;
#[cfg(test)]
mod frame_tests;
#[cfg(test)]
mod frames;
#[cfg(any(test, fuzzing))]
pub mod hostile;
#[cfg(test)]
mod screen_tests;
#[cfg(test)]
mod scrollback_tests;
#[cfg(test)]
mod torture_tests;
#[cfg(test)]
mod wrap_tests;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyEventKind};
use jiff::tz::TimeZone;

pub use terminal::Terminal;

use super::session::{Now, Session};
use super::shown::{Kind, Shown};
use super::window::{Page, Part, Room, State, Window};
use crate::core::name::Name;
use crate::limits::READ_TOLD_MS;
use crate::locale::{Arg, Lang, Words};
use completion::Completion;
use composer::Kills;
use layout::Layout;
use links::Spots;
use over::Over;
use scrollback::{Entry, Scrollback, Wanted};
use theme::Theme;
use windows::{Pane, Windows};

/// What the screen wants to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// A line was typed in that window; none before one is in a room.
    Type {
        window: Option<Window>,
        line: String,
    },
    /// That window is looked at now.
    Face(Window),
    Older {
        room: Name,
        before: u64,
    },
    Newer {
        room: Name,
        after: u64,
    },
    Around {
        room: Name,
        seq: u64,
    },
    Find {
        room: Name,
        query: String,
    },
    /// All up to that one has been seen.
    Read {
        room: Name,
        seq: u64,
    },
    /// What is in that directory (empty: the current one); the answer is `listing`.
    List(String),
    /// The terminal is wanted back for a while (Ctrl-Z).
    Suspend,
    /// All is to be drawn anew.
    Redraw,
    Leave,
}

/// How the stay stands, as the screen shows it.
pub struct Chat<'a> {
    pub rooms: &'a BTreeMap<Name, Room>,
    pub state: State,
    pub nick: Option<&'a str>,
    /// Whom one is in a whisper session with.
    pub partner: Option<&'a str>,
    /// Where plain lines go.
    pub faced: Option<Window>,
    /// What was said and is not answered yet.
    pub pending: Vec<(Window, String)>,
    /// The files that are on their way, each in one line that fits.
    pub transfers: Vec<String>,
    pub now: Now,
}

impl<'a> Chat<'a> {
    /// On a screen of so many columns.
    pub fn of(session: &'a Session, columns: usize, now: Now) -> Chat<'a> {
        Chat {
            rooms: session.rooms(),
            state: session.state(),
            nick: session.nick(),
            partner: session.partner(),
            faced: session.faced(),
            pending: session.pending().collect(),
            transfers: session.file_rows(columns.saturating_sub(1)),
            now,
        }
    }
}

/// All that is on the screen.
pub struct Screen {
    words: Words,
    zone: TimeZone,
    theme: Theme,
    windows: Windows,
    kills: Kills,
    over: Over,
    completion: Option<Completion>,
    /// A sentence in place of the hints, until the next key.
    note: Option<String>,
    layout: Layout,
    /// Whether the terminal has the focus; those that do not tell are taken to have it.
    focused: bool,
    members: bool,
    /// Where plain lines went at the last turn.
    faced: Option<Window>,
    /// A command was typed: the window that it opens is gone to.
    expects: bool,
    /// When the server was told last how far one has read.
    told: Option<Instant>,
    wake_at: Option<Instant>,
    /// Where the links are on the frame that was drawn last.
    pub spots: Spots,
    pub wishes: Vec<Wish>,
}

impl Screen {
    pub fn new(lang: Lang, zone: TimeZone, colour: bool) -> Screen {
        Screen {
            words: Words::new(lang),
            zone,
            theme: Theme::new(colour),
            windows: Windows::new(),
            kills: Kills::default(),
            over: Over::Nothing,
            completion: None,
            note: None,
            layout: Layout::default(),
            focused: true,
            members: true,
            faced: None,
            expects: false,
            told: None,
            wake_at: None,
            spots: Spots::default(),
            wishes: Vec::new(),
        }
    }

    /// Speaks another language from now on.
    pub fn speak(&mut self, lang: Lang) {
        if lang != self.words.lang() {
            self.words = Words::new(lang);
        }
    }

    /// Whether the person looks at the terminal.
    pub fn focused(&self) -> bool {
        self.focused
    }

    /// What the terminal is called by: where one is, and what waits elsewhere.
    pub fn title(&self) -> String {
        let here = self.windows.current().name();
        let calls: usize = self.windows.all().iter().map(|pane| pane.calls).sum();
        let name = if here.is_empty() { "chatc".to_owned() } else { format!("{here} – chatc") };
        if calls > 0 { format!("({calls}) {name}") } else { name }
    }

    /// Something has happened on the terminal.
    pub fn event(&mut self, event: &Event, chat: &Chat<'_>) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                if let Some(action) = keys::action(key) {
                    self.note = None;
                    self.act(action, chat);
                }
            }
            Event::Key(_released) => {}
            Event::Mouse(mouse) => self.mouse(mouse, chat),
            Event::Paste(text) => self.paste(text),
            Event::FocusGained => self.focused = true,
            Event::FocusLost => {
                self.looks_away();
                self.focused = false;
            }
            // The next frame finds out by itself.
            Event::Resize(..) => {}
        }
    }

    /// Takes in a line.
    pub fn show(&mut self, shown: &Shown, chat: &Chat<'_>) {
        self.keep_up(chat);
        let about = shown.concerns();
        let own = shown.kind() == Kind::Own;
        let known = self.windows.all().len();
        let at = match &about.window {
            Some(window @ Window::Room(room)) if !chat.rooms.contains_key(room) => self.windows.find(window),
            Some(window) => Some(self.windows.open(window)),
            None => None,
        };
        if own && at.is_some() && self.windows.all().len() > known {
            // One looks where one has just begun to whisper.
            self.go(at.unwrap_or_default());
        }
        let at = at.unwrap_or(self.windows.at());
        let seen = self.sees(at);
        let deleted = self.words.say("screen-deleted", &[]);
        let Some(pane) = self.windows.pane(at) else { return };
        if let Some(change) = &about.change {
            let deleted = change.text.is_none().then_some(&*deleted);
            let logs = [Some(&mut pane.log), pane.visit.as_mut()];
            return logs.into_iter().flatten().for_each(|log| log.change(change.seq, shown, deleted));
        }
        let talk = matches!(shown.kind(), Kind::Talk | Kind::Whisper | Kind::Scheduled | Kind::Announcement);
        if talk && !seen && !own {
            if !pane.log.is_marked() {
                pane.log.mark();
            }
            pane.unread += 1;
            pane.calls += usize::from(about.calls);
        }
        if let Some(from) = about.from.as_ref().filter(|_| talk) {
            pane.has_spoken(from);
        }
        if let Some(visit) = pane.visit.as_mut().filter(|visit| visit.attached) {
            visit.push(Entry::new(shown));
        }
        pane.log.push(Entry::new(shown));
    }

    /// Takes in a page that was wished for.
    pub fn page(&mut self, page: &Page) {
        if let Part::Found(query) = &page.part {
            return self.found(query, page);
        }
        let Some(at) = self.windows.find(&Window::Room(page.room.clone())) else { return };
        let Some(pane) = self.windows.pane(at) else { return };
        let wanted = match page.part {
            Part::Before(seq) => Wanted::Older(seq),
            Part::After(seq) => Wanted::Newer(seq),
            Part::Around(seq) => {
                if page.refused.is_some() || page.span.is_none() {
                    self.note = page.refused.clone();
                    return;
                }
                pane.visit = Some(Scrollback::around(&page.lines, page.span, page.more, seq));
                self.go(at);
                return;
            }
            Part::Found(_) | Part::Missed(_) => return,
        };
        let logs = [pane.visit.as_mut(), Some(&mut pane.log)];
        let Some(log) = logs.into_iter().flatten().find(|log| log.awaits(wanted)) else { return };
        if page.span.is_none() && page.more {
            log.refused();
        } else if matches!(wanted, Wanted::Older(_)) {
            log.older(&page.lines, page.span, page.more);
        } else {
            log.newer(&page.lines, page.span, page.more);
        }
    }

    /// Takes in how the stay stands; once a turn, after the lines and pages and before the frame.
    pub fn follow(&mut self, chat: &Chat<'_>) {
        self.keep_up(chat);
        self.wake_at = match chat.state {
            // The seconds are counted down.
            State::Away { next: Some(_) } => Some(chat.now.mono + Duration::from_secs(1)),
            State::Naming | State::Entering | State::Here | State::Away { next: None } | State::Gone => None,
        };
        if self.sees(self.windows.at()) {
            let pane = self.windows.here();
            (pane.unread, pane.calls) = (0, 0);
            self.tell_read(chat.now.mono);
        }
        self.ask_pages(chat);
    }

    /// When `follow` and a frame are next wanted, if nothing happens.
    pub fn wake_at(&self) -> Option<Instant> {
        self.wake_at
    }

    /// Has the windows that the stay has, and looks where it goes.
    fn keep_up(&mut self, chat: &Chat<'_>) {
        // Who is faced and has no window yet has got another name.
        if let (Some(Window::Person(from)), Some(Window::Person(to))) = (&self.faced, &chat.faced) {
            self.windows.rename(from, to);
        }
        for (name, room) in chat.rooms {
            self.opens(&Window::Room(name.clone()), room.read);
        }
        if let Some(partner) = chat.partner {
            self.opens(&Window::Person(Name::from(partner)), None);
        }
        if chat.faced != self.faced {
            self.faced = chat.faced.clone();
            let there = self.faced.as_ref().and_then(|window| self.windows.find(window));
            self.go(there.unwrap_or(self.windows.at()));
        }
        if chat.state == State::Here {
            self.close_left(chat);
        }
    }

    /// A window that is there now; that of a person is gone to when a command has asked for it.
    fn opens(&mut self, window: &Window, read: Option<u64>) {
        if self.windows.find(window).is_some() {
            return;
        }
        let at = self.windows.open(window);
        if let (Some(pane), Some(read)) = (self.windows.pane(at), read) {
            pane.log.was_read(read);
            pane.told = Some(read);
        }
        if at == self.windows.at() {
            self.wishes.push(Wish::Face(window.clone()));
        } else if matches!(window, Window::Person(_)) && std::mem::take(&mut self.expects) {
            self.go(at);
        }
    }

    /// Rooms that one is no longer in.
    fn close_left(&mut self, chat: &Chat<'_>) {
        let gone = |pane: &Pane| match &pane.window {
            Some(Window::Room(room)) => !chat.rooms.contains_key(room),
            Some(Window::Person(_)) | None => false,
        };
        while let Some(at) = self.windows.all().iter().position(gone) {
            self.close(at);
        }
    }

    /// Closes a window; the one that is looked at then is faced.
    fn close(&mut self, at: usize) {
        let here = at == self.windows.at();
        self.windows.close(at);
        if here && let Some(window) = self.windows.current().window.clone() {
            self.wishes.push(Wish::Face(window));
        }
    }

    /// Tells the server how far one has read, but not at every line.
    fn tell_read(&mut self, now: Instant) {
        let pane = self.windows.here();
        let (Some(Window::Room(room)), Some(seq)) = (&pane.window, pane.log.last_seq()) else { return };
        if pane.told >= Some(seq) {
            return;
        }
        match self.told.map(|told| told + Duration::from_millis(READ_TOLD_MS)).filter(|next| now < *next) {
            Some(next) => self.wake_at = Some(self.wake_at.map_or(next, |at| at.min(next))),
            None => {
                pane.told = Some(seq);
                self.wishes.push(Wish::Read { room: room.clone(), seq });
                self.told = Some(now);
            }
        }
    }

    /// Asks for older and newer lines before the reader comes to the end of those that are here.
    fn ask_pages(&mut self, chat: &Chat<'_>) {
        if chat.state != State::Here {
            return;
        }
        let glass = self.layout.glass(&self.zone);
        let pane = self.windows.here();
        let Some(Window::Room(room)) = pane.window.clone() else { return };
        self.wishes.extend(pane.shown().wants(glass).map(|wanted| match wanted {
            Wanted::Older(before) => Wish::Older { room, before },
            Wanted::Newer(after) => Wish::Newer { room, after },
        }));
    }

    /// Whether what comes into this window is seen at once.
    fn sees(&self, at: usize) -> bool {
        let pane = &self.windows.all()[at];
        self.focused && at == self.windows.at() && pane.visit.is_none() && pane.log.follows()
    }

    /// What is said from now on in the window that was looked at is new.
    fn looks_away(&mut self) {
        if self.sees(self.windows.at()) {
            self.windows.here().log.unmark();
        }
    }

    /// Looks at another window.
    fn go(&mut self, at: usize) {
        if at == self.windows.at() || at >= self.windows.all().len() {
            return;
        }
        self.looks_away();
        self.completion = None;
        self.windows.go(at);
        self.wishes.extend(self.windows.current().window.clone().map(Wish::Face));
    }

    fn say(&self, id: &str, args: &[Arg<'_>]) -> String {
        self.words.say(id, args)
    }
}
