//! `chatc tail`: a room as it goes on, for a pipe or a program of one's own.
//!
//! Knows no session and says nothing. Why by server-sent events: whoever only listens needs no
//! nickname, is nobody's guest in the room, and takes up where it was by the last id.

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::Value;

use super::shown::{Kind, Shown, Style};
use super::stream::{Answer, Halt};
use crate::core::event::{Event, Message};
use crate::core::time::Wall;
use crate::limits::{AWAY_FIRST_MS, AWAY_MAX_MS};
use crate::terminal::safe_json;
use crate::wire::json::hear::{self, Heard};
use crate::wire::{Speech, text};

/// What is followed, and what becomes of it.
pub struct Tail<'a> {
    pub room: String,
    /// How many lines of the past come first.
    pub lines: u16,
    pub json: bool,
    /// Run for each new message, with these arguments.
    pub program: Option<(PathBuf, Vec<String>)>,
    pub connect: &'a mut dyn FnMut() -> Result<TcpStream, String>,
    pub interrupts: &'a UnixStream,
    pub output: &'a mut dyn Write,
    pub notes: &'a mut dyn Write,
    pub speech: Speech,
    pub style: Style,
}

/// Why following is over.
pub enum End {
    /// Nobody is there, which is said at the first try only.
    Nobody(String),
    Refused(String),
    Failed(io::Error),
}

impl Tail<'_> {
    /// Follows until it is interrupted.
    pub fn run(&mut self) -> Result<(), End> {
        let mut seen = self.past()?;
        let mut tries = 0;
        loop {
            match self.follow(&mut seen, &mut tries) {
                Err(Halt::Interrupted) => return Ok(()),
                Err(Halt::Refused(why)) => return Err(End::Refused(why)),
                Err(Halt::Own(error)) => return Err(End::Failed(error)),
                Ok(()) | Err(Halt::Lost) => {}
            }
            if tries == 0 {
                self.note(&self.speech.words.say("chatc-away", &[])).map_err(End::Failed)?;
            }
            let wait = Duration::from_millis((AWAY_FIRST_MS << tries.min(10)).min(AWAY_MAX_MS));
            tries += 1;
            if self.is_interrupted_within(wait).map_err(End::Failed)? {
                return Ok(());
            }
        }
    }

    /// The last lines of the room; gives the id of the last.
    fn past(&mut self) -> Result<String, End> {
        let socket = (self.connect)().map_err(End::Nobody)?;
        let path = format!("{}/messages?limit={}", self.path(), self.lines.max(1));
        let ended = |halt| match halt {
            Halt::Interrupted | Halt::Lost => End::Refused(self.speech.words.say("chatc-why-lost", &[])),
            Halt::Refused(why) => End::Refused(why),
            Halt::Own(error) => End::Failed(error),
        };
        let mut answer = Answer::get(socket, &path, "", self.interrupts).map_err(ended)?;
        let body = answer.whole().map_err(ended)?;
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let messages = body["messages"].as_array().cloned().unwrap_or_default();
        let past = if self.lines > 0 { &messages[..] } else { &[] };
        for message in past {
            self.show(&message.to_string()).map_err(End::Failed)?;
        }
        let seq = messages.last().and_then(|message| message["seq"].as_u64()).unwrap_or(0);
        Ok(seq.to_string())
    }

    /// One connection, as long as it lasts.
    fn follow(&mut self, seen: &mut String, tries: &mut u32) -> Result<(), Halt> {
        let socket = (self.connect)().map_err(|_nobody| Halt::Lost)?;
        let path = format!("{}/events", self.path());
        let mut answer = Answer::get(socket, &path, seen, self.interrupts)?;
        *tries = 0;
        let mut data = String::new();
        // The framing of HTML's server-sent events, §9.2.6: a blank line ends an event.
        while let Some(line) = answer.line()? {
            if let Some(id) = line.strip_prefix("id: ") {
                id.clone_into(seen);
            } else if let Some(part) = line.strip_prefix("data: ") {
                data.push_str(part);
            } else if line.is_empty() && !data.is_empty() {
                self.happened(&std::mem::take(&mut data)).map_err(Halt::Own)?;
            }
        }
        Ok(())
    }

    fn happened(&mut self, object: &str) -> io::Result<()> {
        self.show(object)?;
        let Some(Heard::Event(Event::Message(message))) = hear::hear(object.as_bytes(), Wall(0)) else {
            return Ok(());
        };
        let Some((program, arguments)) = &self.program else { return Ok(()) };
        let ran = command(program, arguments, &message).status();
        let why = match ran {
            Ok(status) if status.success() => return Ok(()),
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let args = [("program", program.display().to_string().into()), ("why", why.into())];
        self.note(&self.speech.words.say("chatc-exec-failed", &args))
    }

    fn show(&mut self, object: &str) -> io::Result<()> {
        if self.json {
            writeln!(self.output, "{}", safe_json(object))?;
            return self.output.flush();
        }
        let now = Wall(jiff::Timestamp::now().as_millisecond());
        let Some(Heard::Event(event)) = hear::hear(object.as_bytes(), now) else { return Ok(()) };
        let at = match &event {
            Event::Message(message) => message.at,
            _untimed => now,
        };
        let mut bytes = Vec::new();
        text::event(&self.speech, false, &event, &mut bytes);
        for line in String::from_utf8_lossy(&bytes).lines() {
            writeln!(self.output, "{}", Shown::new(Kind::Talk, at, line).painted(&self.style))?;
        }
        self.output.flush()
    }

    fn note(&mut self, sentence: &str) -> io::Result<()> {
        writeln!(self.notes, "chatc: {}", crate::terminal::clean(sentence))
    }

    fn path(&self) -> String {
        format!("/api/rooms/{}", utf8_percent_encode(&self.room, NON_ALPHANUMERIC))
    }

    fn is_interrupted_within(&self, wait: Duration) -> io::Result<bool> {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(io::Error::other)?;
            match poll(&mut [PollFd::new(self.interrupts, PollFlags::IN)], Some(&left)) {
                Ok(ready) => return Ok(ready > 0),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What a program is told of a message. No shell reads any of it.
fn command(program: &PathBuf, arguments: &[String], message: &Message) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.env("CHATC_ROOM", &*message.room).env("CHATC_FROM", &*message.from);
    command.env("CHATC_TEXT", &message.text).env("CHATC_KIND", message.kind.word());
    command.env("CHATC_SEQ", message.seq.map(|seq| seq.to_string()).unwrap_or_default());
    command.env("CHATC_AT", message.at.timestamp().to_string());
    let mentions: Vec<&str> = message.mentions.iter().map(|nick| &**nick).collect();
    command.env("CHATC_MENTIONS", mentions.join(","));
    command
}
