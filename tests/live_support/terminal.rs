//! A terminal of a person, with a screen that can be looked at.
//!
//! Knows no program. Why tmux: it is a real terminal, and says what stands on it.

use std::path::PathBuf;

use super::program::{must, need, run};
use super::{PATIENCE, eventually};

/// A terminal of a person.
pub struct Terminal {
    socket: PathBuf,
}

impl Terminal {
    pub fn start(socket: PathBuf, command: &str) -> Terminal {
        need("tmux", "tmux");
        let terminal = Terminal { socket };
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", command]);
        terminal
    }

    pub fn tmux(&self, arguments: &[&str]) -> String {
        let socket = self.socket.display().to_string();
        let arguments: Vec<&str> = ["-S", &socket].into_iter().chain(arguments.iter().copied()).collect();
        must("tmux", "tmux", &arguments)
    }

    /// One line and Enter.
    pub fn types(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.tmux(&["send-keys", "Enter"]);
    }

    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen has this, and gives all of it.
    pub fn shows(&self, text: &str) -> String {
        eventually(&format!("{text:?} on the screen"), PATIENCE, || {
            Some(self.screen()).filter(|screen| screen.contains(text))
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended with its program.
        let socket = self.socket.display().to_string();
        let _ = run(need("tmux", "tmux"), &["-S", &socket, "kill-server"]);
    }
}
