//! What the live tests share: a daemon of one's own, people at sockets and in processes.
//!
//! Knows no behaviour of the chat. Why every wait has a deadline and none is a
//! sleep: a slow machine then only takes longer, and a broken one says for what.

pub mod client;
pub mod daemon;
pub mod program;
pub mod terminal;
pub mod wire;

use std::time::{Duration, Instant};

/// How long anything that should happen at once may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until `look` finds what it looks for; `what` names it when it never comes.
pub fn eventually<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + within;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come within {within:?}");
        // Between two looks, not in place of one.
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether this process may mount, and may become somebody else.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
