//! What every thread of a transfer has: whose it is, whether it is to stop, and whom it tells.
//!
//! Knows no file and no protocol. Why tidings wake by a byte in a socket: the loop of chatc waits
//! for descriptors, and for nothing else.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::source::Source;
use super::{Id, Tiding, Way};
use crate::limits::{
    FILE_AGAIN_FIRST_MS, FILE_AGAIN_MAX_MS, FILE_DIRECT_MS, FILE_LOOK_MS, FILE_PROGRESS_MS, FILE_RELAY_MS,
    FILE_SILENT_MS,
};

/// How long is waited for what; tests have less of it.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the sender itself to answer.
    pub direct: Duration,
    /// For the relay to answer, which waits for the other end.
    pub relay: Duration,
    /// For the next byte.
    pub silent: Duration,
    /// Before a broken connection is tried for again, the first time and at the most.
    pub first: Duration,
    pub max: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            direct: Duration::from_millis(FILE_DIRECT_MS),
            relay: Duration::from_millis(FILE_RELAY_MS),
            silent: Duration::from_millis(FILE_SILENT_MS),
            first: Duration::from_millis(FILE_AGAIN_FIRST_MS),
            max: Duration::from_millis(FILE_AGAIN_MAX_MS),
        }
    }
}

/// Where this machine and the server are, as far as the chat knows.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The address by which the server is spoken to.
    pub own: IpAddr,
    pub server: SocketAddr,
}

/// Shared, since a chat that was lost may come back from elsewhere.
pub type Places = Arc<Mutex<Option<Place>>>;

/// Said once, and for good.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn say(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_said(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits; false when it is said meanwhile.
    pub fn sleep(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        while !self.is_said() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(Duration::from_millis(FILE_LOOK_MS)));
        }
        false
    }
}

/// What a thread says: a tiding, or the file that it has opened.
pub enum Word {
    Tiding(Tiding),
    Opened(Id, Source),
}

/// To the loop of chatc.
#[derive(Clone)]
pub struct Tell {
    pub words: Sender<Word>,
    /// Must be non-blocking.
    pub wake: Arc<UnixStream>,
}

impl Tell {
    pub fn say(&self, word: Word) {
        // Who does not listen any more does not want to know; a full socket wakes anyhow.
        let _ = self.words.send(word);
        let _ = (&*self.wake).write(&[1]);
    }
}

/// One thread's part of a transfer.
pub struct Task {
    pub id: Id,
    pub stop: Stop,
    pub tell: Tell,
    pub places: Places,
    pub patience: Patience,
    /// When progress is next worth a tiding.
    pub next: Instant,
}

impl Task {
    pub fn place(&self) -> Option<Place> {
        *self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the relay is.
    pub fn server(&self) -> io::Result<SocketAddr> {
        self.place().map(|place| place.server).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    pub fn tells(&self, tiding: Tiding) {
        self.tell.say(Word::Tiding(tiding));
    }

    /// So many bytes have gone; `last` is told in any case.
    pub fn progress(&mut self, bytes: u64, way: Way, last: bool) {
        let now = Instant::now();
        if last || now >= self.next {
            self.next = now + Duration::from_millis(FILE_PROGRESS_MS);
            self.tells(Tiding::Progress { id: self.id, bytes, way });
        }
    }
}
