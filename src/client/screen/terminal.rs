//! The terminal itself: taken for a full screen, given back as it was, and what happens on it.
//!
//! The one file here that touches anything; knows no windows. Why a whole frame is one write: a
//! terminal that draws while half of it is there flickers.

use std::cell::RefCell;
use std::io::{self, Write};
use std::panic;
use std::rc::Rc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{
    self, DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, Event,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;

use super::links::{Linked, Spots};

/// Whether the terminal is taken: to give it back twice would move the cursor over what was said between.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What is about to be written to the terminal.
#[derive(Clone, Default)]
pub struct Paper(Rc<RefCell<Vec<u8>>>);

impl Paper {
    pub fn take(&self) -> Vec<u8> {
        self.0.take()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    /// A frame is written when all of it is there.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal while the screen has it.
pub struct Terminal {
    frames: ratatui::Terminal<Linked<CrosstermBackend<Paper>>>,
    paper: Paper,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal. `spots` says where the links of the frame are that is drawn next.
    pub fn open(mouse: bool, spots: Spots) -> io::Result<Terminal> {
        give_back_on_panic();
        let paper = Paper::default();
        let backend = Linked::new(CrosstermBackend::new(paper.clone()), spots);
        take(mouse)?;
        match ratatui::Terminal::new(backend) {
            Ok(frames) => Ok(Terminal { frames, paper, mouse }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Writes what has changed since the last frame.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.paper, BeginSynchronizedUpdate)?;
        self.frames.draw(draw)?;
        queue!(self.paper, EndSynchronizedUpdate)?;
        let mut output = io::stdout().lock();
        output.write_all(&self.paper.take())?;
        output.flush()
    }

    /// What has happened next, if anything has; never waits.
    pub fn event(&mut self) -> io::Result<Option<Event>> {
        event::poll(Duration::ZERO)?.then(event::read).transpose()
    }

    /// Gives the terminal back for a while.
    pub fn pause(&mut self) {
        give_back();
    }

    /// Takes it again; everything is drawn anew.
    pub fn resume(&mut self) -> io::Result<()> {
        take(self.mouse)?;
        self.frames.clear()
    }

    /// How wide it is just now.
    pub fn columns(&self) -> io::Result<usize> {
        Ok(self.frames.size()?.width.into())
    }

    /// Draws everything anew: something else has written to the terminal.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.frames.clear()
    }

    /// Writes past the frame what leaves no mark on it: a bell, a notification, a title.
    pub fn signal(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut output = io::stdout().lock();
        output.write_all(bytes)?;
        output.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut output = io::stdout().lock();
    let taken = execute!(output, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange);
    let taken = if mouse { taken.and_then(|()| execute!(output, EnableMouseCapture)) } else { taken };
    drop(output);
    taken.inspect_err(|_| give_back())
}

fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut output = io::stdout().lock();
    // Where the terminal is gone there is nothing to give back.
    let _ = execute!(
        output,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        crossterm::cursor::Show
    );
    let _ = disable_raw_mode();
}

/// What a panic says must be seen, and the shell must be usable.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
    });
}
