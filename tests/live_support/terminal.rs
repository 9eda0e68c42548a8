//! A terminal of a person, with a screen that can be looked at.
//!
//! Knows no program. Why tmux: it is a real terminal, and says what stands on it.

use std::path::{Path, PathBuf};

use super::program::{CHATC, must, need, run};
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

    /// chatc on its full screen, as somebody whose locale is `locale`; a shell remains behind it.
    pub fn chatc(socket: PathBuf, locale: &str, place: &str, directory: &Path) -> Terminal {
        let own = format!("env LC_ALL={locale} XDG_CONFIG_HOME=/nonexistent {CHATC}");
        let chat = format!("{own} {place} --log-dir {}", directory.display());
        Terminal::start(socket, &format!("{chat}; echo chatc has ended with $?; exec cat"))
    }

    pub fn tmux(&self, arguments: &[&str]) -> String {
        let socket = self.socket.display().to_string();
        let arguments: Vec<&str> =
            ["-u", "-S", &socket].into_iter().chain(arguments.iter().copied()).collect();
        must("tmux", "tmux", &arguments)
    }

    /// Keys by tmux's names: `C-k`, `M-1`, `PPage`.
    pub fn presses(&self, keys: &[&str]) {
        let arguments: Vec<&str> = ["send-keys"].into_iter().chain(keys.iter().copied()).collect();
        self.tmux(&arguments);
    }

    /// Text, as an input method brings it.
    pub fn writes(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Text from the clipboard, as a terminal with bracketed paste gives it.
    pub fn pastes(&self, text: &str) {
        self.tmux(&["set-buffer", text]);
        self.tmux(&["paste-buffer", "-p"]);
    }

    /// The column and the row of the cursor, from 0 on.
    pub fn cursor(&self) -> (u16, u16) {
        let at = self.tmux(&["display-message", "-p", "#{cursor_x} #{cursor_y}"]);
        let (column, row) = at.trim().split_once(' ').unwrap();
        (column.parse().unwrap(), row.parse().unwrap())
    }

    /// Waits until the screen no longer has this.
    pub fn shows_no_more(&self, text: &str) -> String {
        eventually(&format!("{text:?} gone from the screen"), PATIENCE, || {
            Some(self.screen()).filter(|screen| !screen.contains(text))
        })
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
