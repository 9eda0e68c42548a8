//! Bytes into requests, events into bytes.
//!
//! Knows the core's words and no socket. Why an event's bytes depend on the
//! dialect alone: they are made once, however many receive them.

pub mod files;
pub mod http;
pub mod import;
pub mod json;
pub mod line;
pub mod place;
pub mod rest;
pub mod search;
pub mod simple;
pub mod sniff;
pub mod sse;
pub mod stranger;
pub mod text;
pub mod websocket;
pub mod words;

use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::core::event::{Event, Farewell};
use crate::core::reject::Reject;
use crate::core::reply::Reply;
use crate::core::request::{Request, RequestId};
use crate::core::time::Wall;
use crate::core::whispers::Listens;
use crate::locale::{Lang, Words};

/// What a connection speaks once it is decided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Protocol {
    Text,
    Json,
    /// The objects of JSON lines, each in a frame of its own.
    WebSocket,
    /// A WebSocket for clients that know rooms, a sender and a message, and no more.
    Simple,
    /// Server-sent events: what is said in a room, over HTTP.
    Events,
}

impl Protocol {
    /// How many there are.
    const COUNT: usize = 5;

    pub fn word(self) -> &'static str {
        match self {
            Protocol::Text => "text",
            Protocol::Json => "json",
            Protocol::WebSocket => "websocket",
            Protocol::Simple => "simple",
            Protocol::Events => "events",
        }
    }
}

/// A protocol with all that changes the bytes of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    pub protocol: Protocol,
    pub timestamps: bool,
    pub lang: Lang,
}

impl Dialect {
    /// How many there are.
    pub const COUNT: usize = Protocol::COUNT * 2 * Lang::COUNT;

    /// Its number below [`Dialect::COUNT`].
    pub fn index(self) -> usize {
        let protocol = match self.protocol {
            Protocol::Text => 0,
            Protocol::Json => 1,
            Protocol::WebSocket => 2,
            Protocol::Simple => 3,
            Protocol::Events => 4,
        };
        (protocol * 2 + usize::from(self.timestamps)) * Lang::COUNT + self.lang.index()
    }
}

/// What the server needs to put something into words.
pub struct Speech {
    pub words: Words,
    pub zone: TimeZone,
    /// The name in the greeting.
    pub server_name: String,
}

impl Speech {
    pub fn new(lang: Lang, zone: TimeZone, server_name: String) -> Speech {
        Speech { words: Words::new(lang), zone, server_name }
    }
}

/// The server's speech in every language.
pub struct Voices {
    speeches: [Speech; Lang::COUNT],
    /// What is spoken to those who have not chosen.
    pub lang: Lang,
}

impl Voices {
    pub fn new(lang: Lang, zone: &TimeZone, server_name: &str) -> Voices {
        let speech = |lang| Speech::new(lang, zone.clone(), server_name.to_owned());
        Voices { speeches: Lang::ALL.map(speech), lang }
    }

    pub fn of(&self, lang: Lang) -> &Speech {
        &self.speeches[lang.index()]
    }

    /// For those who have not chosen.
    pub fn unchosen(&self) -> &Speech {
        self.of(self.lang)
    }
}

/// What a line came to.
#[derive(PartialEq, Debug)]
pub enum Decoded<'a> {
    Request(RequestId, Request<'a>),
    Refused(RequestId, Reject),
    /// The greeting is asked for.
    Greeting,
    Nothing,
}

/// Reads one line in a protocol; what a plain line of text means is `listens`.
pub fn decode(protocol: Protocol, line: &[u8], listens: Listens) -> Decoded<'_> {
    match protocol {
        Protocol::Text => match text::read(line, listens) {
            Ok(text::Typed::Request(request)) => Decoded::Request(RequestId::None, request),
            Ok(text::Typed::Greeting) => Decoded::Greeting,
            Ok(text::Typed::Nothing) => Decoded::Nothing,
            Err(reject) => Decoded::Refused(RequestId::None, reject),
        },
        Protocol::Json | Protocol::WebSocket if line.trim_ascii().is_empty() => Decoded::Nothing,
        Protocol::Json | Protocol::WebSocket => match json::read(line) {
            (re, Ok(request)) => Decoded::Request(re, request),
            (re, Err(reject)) => Decoded::Refused(re, reject),
        },
        // Nobody speaks by the one, and the other is more than one request: see `net/simple.rs`.
        Protocol::Events | Protocol::Simple => Decoded::Nothing,
    }
}

/// Appends an event as this dialect has it. `id_of` knows the id of a room.
pub fn encode_event(
    speech: &Speech,
    dialect: Dialect,
    event: &Event,
    id_of: impl Fn(&str) -> Uuid,
    out: &mut Vec<u8>,
) {
    match dialect.protocol {
        Protocol::Text => text::event(speech, dialect.timestamps, event, out),
        Protocol::Json => json::event(speech, event, out),
        Protocol::WebSocket => websocket::texts(out, |out| json::event(speech, event, out)),
        Protocol::Simple => websocket::texts(out, |out| simple::event(speech, event, id_of, out)),
        Protocol::Events => sse::event(speech, event, out),
    }
}

/// Appends a reply. `named`: whether its receiver has a nickname.
pub fn encode_reply(
    speech: &Speech,
    dialect: Dialect,
    named: bool,
    re: &RequestId,
    reply: &Result<Reply, Reject>,
    out: &mut Vec<u8>,
) {
    match dialect.protocol {
        Protocol::Text => text::reply(speech, named, reply, out),
        Protocol::Json => json::reply(speech, re, reply, out),
        Protocol::WebSocket => websocket::texts(out, |out| json::reply(speech, re, reply, out)),
        Protocol::Simple => websocket::texts(out, |out| simple::reply(speech, reply, out)),
        Protocol::Events => {}
    }
}

/// Appends the last words to a connection.
pub fn encode_farewell(
    speech: &Speech,
    protocol: Protocol,
    now: Wall,
    farewell: &Farewell,
    out: &mut Vec<u8>,
) {
    match protocol {
        Protocol::Text => text::farewell(speech, farewell, out),
        Protocol::Json => json::farewell(speech, now, farewell, out),
        Protocol::WebSocket => {
            websocket::texts(out, |out| json::farewell(speech, now, farewell, out));
            websocket::close(websocket::Close::after(farewell), out);
        }
        Protocol::Simple => {
            websocket::texts(out, |out| simple::farewell(speech, farewell, out));
            websocket::close(websocket::Close::after(farewell), out);
        }
        Protocol::Events => sse::farewell(speech, now, farewell, out),
    }
}
