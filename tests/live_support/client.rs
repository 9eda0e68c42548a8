//! People at a socket of the test itself: lines of text, and JSON objects with their replies.
//!
//! Knows that a reply bears `re`, and nothing else of what is said. Why events
//! are put aside while a reply is awaited: which of the two comes first is not
//! for the asker to say.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::PATIENCE;

/// What everybody is told who comes in.
pub const KEPT: &str = "[Server]: What is said here is kept, whispers for 7 d.";

/// A connection that speaks lines.
pub struct Client {
    pub stream: TcpStream,
    heard: Vec<u8>,
    events: VecDeque<Value>,
    last_id: u64,
}

impl Client {
    /// Connects and says nothing.
    pub fn silent(port: u16) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the daemon listens");
        Client::over(stream)
    }

    pub fn over(stream: TcpStream) -> Client {
        stream.set_nodelay(true).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Client { stream, heard: Vec::new(), events: VecDeque::new(), last_id: 0 }
    }

    /// Somebody who speaks text, and has been welcomed.
    pub fn text(port: u16, nick: &str) -> Client {
        let mut client = Client::silent(port);
        client.says(nick);
        let welcome = client.next();
        assert!(welcome.starts_with(&format!("[Server]: Welcome, {nick}. ")), "{welcome}");
        client.reads(KEPT);
        client
    }

    /// Somebody who speaks JSON, and has been welcomed.
    pub fn json(port: u16, nick: &str) -> Client {
        let mut client = Client::silent(port);
        client.ok(json!({"cmd": "hello", "nick": nick}));
        client
    }

    pub fn says(&mut self, line: &str) {
        self.try_says(line).expect("the connection takes a line");
    }

    pub fn try_says(&mut self, line: &str) -> std::io::Result<()> {
        self.stream.write_all(format!("{line}\n").as_bytes())
    }

    /// The next line, or None at the connection's end. An error: it did not come in time.
    pub fn line_within(&mut self, within: Duration) -> Result<Option<String>, String> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.heard) {
                let rest = self.heard.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.heard, rest);
                line.pop();
                return Ok(Some(String::from_utf8(line).expect("the server speaks UTF-8")));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("no line within {within:?}"));
            }
            self.stream.set_read_timeout(Some(left)).unwrap();
            let mut buffer = [0; 16 * 1024];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(count) => self.heard.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("the connection: {error}"),
            }
        }
    }

    pub fn next(&mut self) -> String {
        match self.line_within(PATIENCE) {
            Ok(Some(line)) => line,
            Ok(None) => panic!("the connection has ended where a line should come"),
            Err(error) => panic!("{error}"),
        }
    }

    /// The next line must be this one: nothing else was said before it.
    pub fn reads(&mut self, line: &str) {
        assert_eq!(self.next(), line);
    }

    /// Nothing more may come but the end.
    pub fn ends(&mut self) {
        assert_eq!(self.line_within(PATIENCE), Ok(None));
    }

    fn object(&mut self, within: Duration) -> Result<Option<Value>, String> {
        let line = self.line_within(within)?;
        Ok(line.map(|line| serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))))
    }

    /// Sends a request; gives the id that its reply will bear.
    pub fn asks(&mut self, request: Value) -> u64 {
        self.try_asks(request).expect("the connection takes a request")
    }

    pub fn try_asks(&mut self, mut request: Value) -> std::io::Result<u64> {
        self.last_id += 1;
        request["id"] = json!(self.last_id);
        self.try_says(&request.to_string())?;
        Ok(self.last_id)
    }

    /// The reply to `id`; events that come before it wait for `event`.
    pub fn reply(&mut self, id: u64, within: Duration) -> Result<Value, String> {
        loop {
            let Some(object) = self.object(within)? else {
                return Err("the connection ended before the reply".to_owned());
            };
            if object.get("event").is_some() {
                self.events.push_back(object);
            } else {
                assert_eq!(object["re"], json!(id), "another reply came first: {object}");
                return Ok(object);
            }
        }
    }

    /// Asks; `Ok` is what was done, `Err` the code of the refusal.
    pub fn ask(&mut self, request: Value) -> Result<Value, String> {
        let shown = request.to_string();
        let id = self.asks(request);
        let mut reply = self.reply(id, PATIENCE).unwrap_or_else(|error| panic!("{shown}: {error}"));
        match reply.get_mut("ok") {
            Some(ok) => Ok(ok.take()),
            None => Err(reply["error"]["code"].as_str().expect("a reply is ok or an error").to_owned()),
        }
    }

    /// Asks for what must be done.
    pub fn ok(&mut self, request: Value) -> Value {
        let shown = request.to_string();
        self.ask(request).unwrap_or_else(|code| panic!("{shown} was refused: {code}"))
    }

    pub fn say(&mut self, text: &str) -> Result<Value, String> {
        self.ask(json!({"cmd": "say", "room": "lobby", "text": text}))
    }

    /// The next event, with its `at` taken out: when something happened differs each time.
    pub fn event(&mut self) -> Value {
        let next = self.events.pop_front();
        let mut event =
            next.unwrap_or_else(|| self.object(PATIENCE).unwrap().expect("an event, not the end"));
        assert!(event.get("event").is_some(), "a reply where an event should come: {event}");
        let at = event.as_object_mut().and_then(|fields| fields.shift_remove("at"));
        assert!(at.is_some(), "an event without a time: {event}");
        event
    }
}
