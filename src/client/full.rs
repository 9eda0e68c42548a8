//! The full screen as a front of the loop: keys to the screen, its wishes to the session, frames to
//! the terminal.
//!
//! Decides nothing that a person sees. Why apart from the screen: that one is pure, and this is
//! where it meets the terminal, the file system and the shell.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Instant;

use crossterm::event::Event;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, getpid, kill_process};
use signal_hook::consts::SIGWINCH;

use super::ask::Ask;
use super::config::Notify;
use super::lines::drain;
use super::notify::Notifier;
use super::pump::Front;
use super::screen::{Chat, Screen, Terminal, Wish};
use super::session::{Now, Session};
use super::shown::{Kind, Shown, Style};
use super::window::Window;
use crate::core::reject::Reject;
use crate::core::time::Wall;
use crate::limits::LISTED_NAMES_MAX;
use crate::locale::Lang;

/// The person's side of a chat on a full screen.
pub struct Full<'a> {
    input: BorrowedFd<'a>,
    resized: UnixStream,
    terminal: Terminal,
    screen: Screen,
    notifier: Notifier,
    /// What happened on the terminal and the screen has not seen.
    events: VecDeque<Event>,
    /// Lines that the session does not take yet.
    typed: VecDeque<(Option<Window>, String)>,
    /// Notes about chatc itself, to be shown with the next lines.
    notes: Vec<Shown>,
    /// Of the frame that was drawn last.
    columns: usize,
    title: String,
}

impl<'a> Full<'a> {
    /// Takes the terminal that `input` is of.
    pub fn open(
        input: BorrowedFd<'a>,
        style: &Style,
        lang: Lang,
        mouse: bool,
        notify: Notify,
    ) -> io::Result<Full<'a>> {
        let (resized, resizes) = UnixStream::pair()?;
        resized.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(SIGWINCH, resizes)?;
        let screen = Screen::new(lang, style.zone.clone(), style.colour);
        let terminal = Terminal::open(mouse, screen.spots.clone())?;
        Ok(Full {
            input,
            resized,
            terminal,
            screen,
            notifier: Notifier::new(notify, &|name| std::env::var_os(name)),
            events: VecDeque::new(),
            typed: VecDeque::new(),
            notes: Vec::new(),
            columns: 0,
            title: String::new(),
        })
    }

    /// Does what the screen wants to be done.
    fn grant(&mut self, session: &mut Session, now: Now) -> io::Result<()> {
        for wish in std::mem::take(&mut self.screen.wishes) {
            match wish {
                Wish::Type { window, line } => self.typed.push_back((window, line)),
                Wish::Face(window) => drop(session.face(&window)),
                Wish::Older { room, before } => session.older(&room, before, now),
                Wish::Newer { room, after } => session.newer(&room, after, now),
                Wish::Around { room, seq } => session.around(&room, seq, now),
                Wish::Find { room, query } => session.find(&room, &query, now),
                Wish::Read { room, seq } => session.read(&room, seq, now),
                Wish::List(directory) => self.screen.listing(&directory, &names(&directory)),
                Wish::Suspend => self.suspend()?,
                Wish::Redraw => self.terminal.redraw()?,
                Wish::Leave => session.leave(Ask::quit(), now),
            }
        }
        while session.wants_lines()
            && let Some((window, line)) = self.typed.pop_front()
        {
            match window {
                Some(Window::Room(room)) if !session.face(&Window::Room(room.clone())) => {
                    session.mistyped(&Reject::NotInRoom { room }, line.as_bytes(), now);
                }
                Some(window @ Window::Person(_)) => {
                    session.face(&window);
                    session.typed(line.as_bytes(), now);
                }
                Some(Window::Room(_)) | None => session.typed(line.as_bytes(), now),
            }
        }
        Ok(())
    }

    /// Gives the terminal to the shell until it lets this program go on.
    fn suspend(&mut self) -> io::Result<()> {
        self.terminal.pause();
        kill_process(getpid(), Signal::TSTP)?;
        self.terminal.resume()
    }

    fn draw(&mut self, session: &Session, now: Now) -> io::Result<()> {
        self.columns = self.terminal.columns()?;
        let chat = Chat::of(session, self.columns, now);
        let screen = &mut self.screen;
        self.terminal.draw(|frame| screen.draw(frame, &chat))?;
        let title = screen.title();
        if title != self.title {
            self.terminal.signal(&self.notifier.title(&title))?;
            self.title = title;
        }
        Ok(())
    }
}

/// What is in a directory, directories with a slash behind; nothing where it cannot be read.
fn names(directory: &str) -> Vec<String> {
    let home = std::env::var("HOME").unwrap_or_default();
    let path = match directory.strip_prefix("~/") {
        Some(rest) => Path::new(&home).join(rest),
        None if directory.is_empty() => ".".into(),
        None => directory.into(),
    };
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let is_directory = entry.path().is_dir();
        Some(if is_directory { name + "/" } else { name })
    };
    let mut names: Vec<String> = entries.flatten().filter_map(name).take(LISTED_NAMES_MAX).collect();
    names.sort();
    names
}

impl Front for Full<'_> {
    fn take(&mut self, session: &mut Session, now: &dyn Fn() -> Now) -> io::Result<()> {
        while let Some(event) = self.events.pop_front() {
            self.screen.event(&event, &Chat::of(session, self.columns, now()));
            self.grant(session, now())?;
        }
        self.grant(session, now())
    }

    fn show(&mut self, session: &mut Session, lines: Vec<Shown>, now: Now) -> io::Result<()> {
        self.screen.speak(session.lang());
        for line in std::mem::take(&mut self.notes).iter().chain(&lines) {
            self.screen.show(line, &Chat::of(session, self.columns, now));
            if !self.screen.focused() && line.concerns().calls {
                self.terminal.signal(&self.notifier.notice(line.plain()))?;
            }
        }
        for page in std::mem::take(&mut session.pages) {
            self.screen.page(&page);
        }
        self.screen.follow(&Chat::of(session, self.columns, now));
        self.grant(session, now)?;
        self.draw(session, now)
    }

    fn note(&mut self, sentence: &str) -> io::Result<()> {
        let now = Wall(jiff::Timestamp::now().as_millisecond());
        self.notes.push(Shown::new(Kind::Error, now, sentence));
        Ok(())
    }

    fn watches(&self, _session: &Session) -> Vec<BorrowedFd<'_>> {
        vec![self.input, self.resized.as_fd()]
    }

    fn is_ready(&mut self) -> io::Result<()> {
        drain(&self.resized);
        // Whoever reads a terminal that is gone reads nothing, for ever.
        let mut watched = [PollFd::from_borrowed_fd(self.input, PollFlags::IN)];
        poll(&mut watched, Some(&Timespec::default()))?;
        if watched[0].revents().intersects(PollFlags::HUP | PollFlags::ERR) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while let Some(event) = self.terminal.event()? {
            self.events.push_back(event);
        }
        Ok(())
    }

    fn wake_at(&self) -> Option<Instant> {
        self.screen.wake_at()
    }
}
