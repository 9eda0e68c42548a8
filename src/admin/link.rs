//! One connection to the daemon's control socket: a request a line, a reply a line.
//!
//! Knows nothing of commands and tables. Why replies are kept as raw JSON:
//! `--json` hands on what the daemon said, fields of later versions included.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::pages::request;
use crate::core::table;
use crate::limits::{ANSWER_BYTES_MAX, ANSWER_MS};
use crate::locale::Lang;
use crate::wire::json::request_line;

/// The connection.
pub struct Link {
    lines: BufReader<UnixStream>,
    last_id: u64,
    /// What goes out before the first request.
    first: Vec<u8>,
    /// Events that came while a reply was awaited.
    events: VecDeque<String>,
    /// What a `closing` event said.
    farewell: Option<String>,
    /// How long an answer may take.
    patience: Duration,
}

#[derive(Deserialize)]
struct Line<'a> {
    re: Option<u64>,
    #[serde(borrow)]
    ok: Option<&'a RawValue>,
    error: Option<Refusal>,
    event: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
    at: Option<u64>,
}

impl Link {
    /// `lang` is what the daemon shall speak. It is asked for along with the first request, in one
    /// write: nobody waits for it, and a daemon that does not know how to is still of use.
    pub fn new(stream: UnixStream, lang: Lang) -> Link {
        let (last_id, first) = match lang {
            Lang::En => (0, Vec::new()),
            Lang::Ko => (1, request_line(1, &request(&table::LANG, [("lang", Some(lang.tag().into()))]))),
        };
        let patience = Duration::from_millis(ANSWER_MS);
        Link {
            lines: BufReader::new(stream),
            last_id,
            first,
            events: VecDeque::new(),
            farewell: None,
            patience,
        }
    }

    /// Waits only so long for each answer.
    pub fn with_patience(self, patience: Duration) -> Link {
        Link { patience, ..self }
    }

    /// Asks and waits for the answer: the JSON text under `ok`.
    pub fn ask(&mut self, asked: &Map<String, Value>) -> Result<String, Failure> {
        self.last_id += 1;
        let mut line = std::mem::take(&mut self.first);
        line.extend_from_slice(&request_line(self.last_id, asked));
        let patience = self.patience;
        self.set_patience(Some(patience))?;
        if self.lines.get_mut().write_all(&line).is_err() {
            // Why it went away may still be there to read.
            let told = self.await_end(patience)?;
            return Err(Failure::Lost { told });
        }
        loop {
            let line = self.read_line()?;
            let read = parse(&line)?;
            if read.event.is_some() {
                self.take_event(line)?;
            } else if read.re.is_some_and(|re| re < self.last_id) {
                // The answer to what was only wished for.
            } else if let Some(refusal) = read.error {
                return Err(Failure::Refused { message: refusal.message, at: refusal.at });
            } else if read.re == Some(self.last_id) {
                return Ok(read.ok.map_or_else(|| "{}".to_owned(), |ok| ok.get().to_owned()));
            }
        }
    }

    /// The next event as its JSON text, for as long as it takes; `None` when the
    /// daemon has ended in good order.
    pub fn next_event(&mut self) -> Result<Option<String>, Failure> {
        self.set_patience(None)?;
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            let line = match self.read_line() {
                Err(Failure::Lost { told: Some(_) }) => return Ok(None),
                line => line?,
            };
            if parse(&line)?.event.is_some() {
                self.take_event(line)?;
            }
        }
    }

    /// Waits until the daemon closes the connection, at most `patience`; gives
    /// what it said of that.
    pub fn await_end(&mut self, patience: Duration) -> Result<Option<String>, Failure> {
        self.set_patience(Some(patience))?;
        loop {
            match self.read_line() {
                Err(Failure::Lost { told }) => return Ok(told),
                line => {
                    let line = line?;
                    if parse(&line)?.event.is_some() {
                        self.take_event(line)?;
                    }
                }
            }
        }
    }

    fn set_patience(&mut self, patience: Option<Duration>) -> Result<(), Failure> {
        let set = self.lines.get_mut().set_read_timeout(patience);
        set.map_err(|_| Failure::Lost { told: self.farewell.clone() })
    }

    fn take_event(&mut self, line: String) -> Result<(), Failure> {
        let read = parse(&line)?;
        if read.event.as_deref() == Some("closing") {
            self.farewell = Some(read.text.unwrap_or_default());
        } else {
            self.events.push_back(line);
        }
        Ok(())
    }

    fn read_line(&mut self) -> Result<String, Failure> {
        let mut line = Vec::new();
        let read = self.lines.by_ref().take(ANSWER_BYTES_MAX).read_until(b'\n', &mut line);
        match read {
            Ok(_) if line.last() == Some(&b'\n') => {
                String::from_utf8(line).map_err(|_| Failure::Nonsense("chatctl-odd-line"))
            }
            Ok(read) if read as u64 == ANSWER_BYTES_MAX => Err(Failure::Nonsense("chatctl-odd-line")),
            Ok(_) => Err(Failure::Lost { told: self.farewell.take() }),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Err(Failure::Silent { seconds: self.patience.as_secs() })
            }
            Err(_) => Err(Failure::Lost { told: self.farewell.take() }),
        }
    }
}

fn parse(line: &str) -> Result<Line<'_>, Failure> {
    serde_json::from_str(line).map_err(|_| Failure::Nonsense("chatctl-odd-line"))
}
