//! A terminal's second screen, for what is drawn again and again.
//!
//! Knows no figure. Why not below what stands there: at the end the shell's own lines are there again, as
//! after `top`, however the end came.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::{flag, low_level};

/// Over to the second screen, and back with the cursor where it was (xterm's control sequences, DECSET 1049).
const ENTER: &[u8] = b"\x1b[?1049h";
const LEAVE: &[u8] = b"\x1b[?1049l";

pub struct Screen {
    /// Whoever has it may write: a picture that came behind the way back would stand among the shell's lines.
    drawing: Arc<Mutex<()>>,
}

impl Screen {
    /// Goes over to it. A signal that ends the program leaves it first.
    ///
    /// # Errors
    ///
    /// The signals cannot be watched, or standard output cannot be written.
    pub fn enter() -> io::Result<Screen> {
        let drawing = Arc::new(Mutex::new(()));
        let came = Arc::new(AtomicUsize::new(0));
        let mut terminal = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let (read, write) = UnixStream::pair()?;
        let way_back = (terminal.try_clone()?, drawing.clone(), came.clone());
        thread::Builder::new().name("signals".to_owned()).spawn(move || await_end(read, way_back))?;
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            // In this order: who is woken finds the number.
            flag::register_usize(signal, came.clone(), signal.unsigned_abs() as usize)?;
            low_level::pipe::register(signal, write.try_clone()?)?;
        }
        terminal.write_all(ENTER)?;
        Ok(Screen { drawing })
    }

    /// Until this is dropped a picture is drawn whole.
    pub fn hold(&self) -> MutexGuard<'_, ()> {
        self.drawing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Back to what was there before.
    pub fn leave(self, out: &mut dyn Write) -> io::Result<()> {
        let _held = self.hold();
        out.write_all(LEAVE)?;
        out.flush()
    }
}

/// Ends the program as the signal would have, but from the first screen.
fn await_end(
    mut signalled: UnixStream,
    (mut terminal, drawing, came): (File, Arc<Mutex<()>>, Arc<AtomicUsize>),
) {
    if signalled.read_exact(&mut [0]).is_err() {
        // Nobody watches for signals: they end the program by themselves.
        return;
    }
    let _held = drawing.lock().unwrap_or_else(PoisonError::into_inner);
    // A terminal that is gone needs no way back.
    let _ = terminal.write_all(LEAVE);
    // A shell wants to know by which signal a program ended.
    let signal = i32::try_from(came.load(Ordering::SeqCst)).unwrap_or(SIGTERM);
    let _ = low_level::emulate_default_handler(signal);
}
