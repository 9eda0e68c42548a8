//! The names that are there now, asked of the daemon while somebody types.
//!
//! Knows no shell. Why it gives up so soon and says nothing: a completion that
//! is late or explains itself is worse than none.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::pages::request;
use super::place::{self, Place};
use crate::core::table;
use crate::limits::{ANSWER_BYTES_MAX, COMPLETION_MS};
use crate::wire::json::request_line;
use crate::wire::place::Environment;

/// What there is; the fields are those of the answer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Names {
    pub nicks: Vec<String>,
    pub rooms: Vec<String>,
    pub banned: Vec<String>,
    pub muted: Vec<String>,
    pub schedules: Vec<Scheduled>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Scheduled {
    pub schedule: u64,
    pub text: String,
}

/// Whom to ask.
pub struct Daemon {
    pub places: Vec<Place>,
    pub uid: u32,
}

impl Daemon {
    /// The one of a command line; `socket` is what it names.
    pub fn of(socket: Option<PathBuf>, environment: &Environment<'_>) -> Daemon {
        Daemon { places: place::candidates(socket.as_deref(), environment), uid: environment.uid }
    }

    /// All that begins with `begin`; nothing where nobody answers in time.
    pub fn names(&self, begin: &str) -> Names {
        self.ask(begin).unwrap_or_default()
    }

    fn ask(&self, begin: &str) -> Option<Names> {
        let until = Instant::now() + Duration::from_millis(COMPLETION_MS);
        let mut stream = place::find_quietly(&self.places, self.uid, until)?;
        let asked = request(&table::COMPLETE, [("begin", Some(begin.into()))]);
        stream.set_write_timeout(Some(left(until)?)).ok()?;
        stream.write_all(&request_line(1, &asked)).ok()?;
        #[derive(Deserialize)]
        struct Answer {
            ok: Option<Names>,
        }
        let answer: Answer = serde_json::from_slice(&line(&mut stream, until)?).ok()?;
        answer.ok
    }
}

/// The first line that comes, within the time: a slow sender does not prolong it.
fn line(stream: &mut UnixStream, until: Instant) -> Option<Vec<u8>> {
    let (mut line, mut piece) = (Vec::new(), [0; 16 * 1024]);
    while line.len() as u64 <= ANSWER_BYTES_MAX {
        stream.set_read_timeout(Some(left(until)?)).ok()?;
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        let end = piece[..read].iter().position(|byte| *byte == b'\n');
        line.extend_from_slice(&piece[..end.unwrap_or(read)]);
        if end.is_some() {
            return Some(line);
        }
    }
    None
}

/// What is left of the time; none if nothing is.
pub fn left(until: Instant) -> Option<Duration> {
    Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// What is made of a daemon that does `answer` when it is asked.
    fn asked(answer: impl FnOnce(UnixStream) + Send + 'static) -> Names {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("control.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let played = thread::spawn(move || answer(listener.accept().unwrap().0));
        let names = Daemon { places: vec![Place { path, named: true }], uid: 0 }.names("Al");
        played.join().unwrap();
        names
    }

    #[test]
    fn one_question_and_its_answer() {
        let names = asked(|mut stream| {
            let mut request = [0; 256];
            let read = stream.read(&mut request).unwrap();
            assert_eq!(&request[..read], b"{\"id\":1,\"cmd\":\"complete\",\"begin\":\"Al\"}\n");
            stream.write_all(b"{\"re\":1,\"ok\":{\"nicks\":[\"Ali").unwrap();
            stream.write_all(b"ce\"],\"later\":1}}\nrest").unwrap();
        });
        assert_eq!(names.nicks, ["Alice"]);
    }

    #[test]
    fn who_refuses_goes_away_or_talks_nonsense_gives_no_names() {
        for answer in
            ["", "{\"re\":1,\"error\":{\"code\":\"unknown_command\",\"message\":\"\"}}\n", "hello\n", "\n"]
        {
            let names = asked(move |mut stream| stream.write_all(answer.as_bytes()).unwrap());
            assert!(names.nicks.is_empty(), "{answer}");
        }
    }

    /// It comes back although the other never ends.
    #[test]
    fn who_never_comes_to_an_end_is_left() {
        let names = asked(|mut stream| {
            while stream.write_all(b"{").is_ok() {
                thread::yield_now();
            }
        });
        assert!(names.nicks.is_empty());
        let names = asked(|mut stream| {
            let mut request = Vec::new();
            // Ends when the other has hung up.
            stream.read_to_end(&mut request).unwrap();
        });
        assert!(names.nicks.is_empty());
    }
}
