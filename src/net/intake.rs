//! What comes in: from a readable socket to the hub, line by line.
//!
//! Knows no poll. Why a budget: one that sends without end must not keep the
//! others waiting.

use std::borrow::Cow;
use std::io;

use super::connection::{Connection, ConnectionId, Speaks, Stage, Why};
use super::exchange::{Exchange, Stream};
use super::story;
use crate::core::effect::Input;
use crate::core::event::Farewell;
use crate::core::reject::Reject;
use crate::core::request::RequestId;
use crate::core::session::{Door, SessionId};
use crate::core::time::Now;
use crate::limits::{
    BACKLOG_SOFT_BYTES, CONTROL_LINE_BYTES_MAX, OVERLONG_END_MS, OVERLONG_LINES_MAX, OVERLONG_WINDOW_MS,
    STORE_QUEUE_MAX,
};
use crate::wire::line::{Inbox, Line, Lines};
use crate::wire::sniff::{Sniff, sniff, without_mark};
use crate::wire::{self, Decoded, Protocol, stranger};

/// How a connection's reading ended for this turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Read {
    /// Nothing more is there.
    Drained,
    /// The budget is used up, more may be there.
    More,
    /// It is not read from until something else moves.
    Held,
}

/// The admin never waits for the store, and who was told goodbye only has to be seen going.
fn passes_pressed<S>(connection: &Connection<S>) -> bool {
    connection.control || connection.stage == Stage::Draining
}

impl<S: Stream> Exchange<S> {
    /// The poll says that something can be read here, or that the other side has ended.
    pub fn mark_readable(&mut self, id: ConnectionId) {
        let Some(connection) = self.get_mut(id) else { return };
        if !std::mem::replace(&mut connection.readable, true) {
            self.readable.push(id);
        }
    }

    /// Whether something can be taken in without waiting for the poll.
    pub fn has_readable(&self) -> bool {
        let pressed = self.is_pressed();
        self.readable.iter().filter_map(|id| self.get(*id)).any(|one| !pressed || passes_pressed(one))
    }

    /// The daemon ends, and takes nothing more in but what the admin says.
    pub fn stop_reading_people(&mut self) {
        self.closed_to_people = true;
    }

    /// The store has as much to do as it may: people wait, the admin does not.
    fn is_pressed(&self) -> bool {
        self.closed_to_people || self.jobs_waiting() >= STORE_QUEUE_MAX
    }

    /// Reads from everybody who has something to say, each up to the budget.
    pub fn take_in(&mut self, now: Now) {
        self.go_on(now);
        for id in std::mem::take(&mut self.readable) {
            let read = self.receive(now, id);
            let Some(connection) = self.get_mut(id) else { continue };
            match read {
                Read::Drained => connection.readable = false,
                Read::More => self.readable.push(id),
                // Flushing brings it back.
                Read::Held if connection.held => connection.readable = false,
                Read::Held => self.readable.push(id),
            }
        }
        self.relay(now);
    }

    fn receive(&mut self, now: Now, id: ConnectionId) -> Read {
        let pressed = self.is_pressed();
        let Some(connection) = self.get_mut(id) else { return Read::Drained };
        if let Some(offer) = connection.http.as_ref().and_then(|visit| visit.relay) {
            // Its bytes go another way.
            self.relays.wake(offer);
            return Read::Drained;
        }
        if pressed && !passes_pressed(connection) {
            return Read::Held;
        }
        // Who does not read what was asked for may not ask for more.
        if connection.outbox.backlog_bytes() > BACKLOG_SOFT_BYTES && connection.stage != Stage::Draining {
            connection.held = true;
            return Read::Held;
        }
        if connection.is_busy() {
            // One request at a time; what comes behind it waits in the socket.
            connection.held = true;
            return Read::Held;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let read = self.read_once(now, id, &mut scratch);
        self.scratch = scratch;
        read
    }

    fn read_once(&mut self, now: Now, id: ConnectionId, scratch: &mut [u8]) -> Read {
        loop {
            let Some(connection) = self.get_mut(id) else { return Read::Drained };
            match connection.socket.read(scratch) {
                Ok(0) => {
                    self.ended(now, id);
                    return Read::Drained;
                }
                Ok(count) => {
                    connection.last_heard = now.mono;
                    let hung_up = connection.hung_up;
                    self.counts.received_bytes += count as u64;
                    self.take(now, id, &scratch[..count]);
                    // A short read has emptied the socket; only an end could stand behind it (epoll(7)).
                    let emptied = count < scratch.len() && !hung_up;
                    return if emptied { Read::Drained } else { Read::More };
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Read::Drained,
                Err(_) => {
                    self.failed.push(id);
                    return Read::Drained;
                }
            }
        }
    }

    /// The other side will say no more. What it asked for is still answered.
    fn ended(&mut self, now: Now, id: ConnectionId) {
        let Some(connection) = self.get_mut(id) else { return };
        match connection.stage {
            Stage::Open { .. } => {
                connection.half_closed = true;
                self.half_closed.push(id);
            }
            // What it asked for is still answered.
            Stage::Http if connection.http.as_ref().is_some_and(|visit| visit.awaits()) => {
                connection.half_closed = true;
            }
            Stage::Http => self.let_go(now, id),
            Stage::Undecided(_) => self.failed.push(id),
            // It has read our end and closed: this is what draining waited for.
            Stage::Draining => self.failed.push(id),
        }
    }

    fn take(&mut self, now: Now, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.get_mut(id) else { return };
        match connection.stage {
            Stage::Draining => {}
            Stage::Open { .. } if connection.frames.is_some() => self.frames(now, id, bytes),
            Stage::Open { .. } => self.lines(now, id, bytes),
            Stage::Http => self.requests(now, id, bytes),
            Stage::Undecided(speaks) => {
                let joined = connection.inbox.join(bytes);
                self.decide(now, id, speaks, &joined);
            }
        }
    }

    /// The first bytes of a connection.
    fn decide(&mut self, now: Now, id: ConnectionId, speaks: Speaks, bytes: &[u8]) {
        let sniffed = sniff(bytes);
        let protocol = match (speaks, sniffed) {
            (Speaks::Control | Speaks::Json, Sniff::NeedMore | Sniff::Text | Sniff::Json) => Protocol::Json,
            (Speaks::Control, _) => Protocol::Json,
            (Speaks::Auto, Sniff::Json) => Protocol::Json,
            (Speaks::Auto | Speaks::Text, Sniff::Text) => Protocol::Text,
            (Speaks::Text, Sniff::Json | Sniff::Irc) => Protocol::Text,
            (Speaks::Auto | Speaks::Text, Sniff::NeedMore) => {
                if let Some(connection) = self.get_mut(id) {
                    connection.inbox.keep(bytes);
                }
                return;
            }
            (Speaks::Http, _) | (Speaks::Auto, Sniff::Http) => {
                self.begin_http(now, id);
                return self.requests(now, id, bytes);
            }
            (Speaks::Irc, _) | (Speaks::Auto, Sniff::Irc) => {
                let answer = stranger::irc(&self.voices.unchosen().words);
                return self.send_away(now, id, answer);
            }
            (Speaks::Auto | Speaks::Text | Speaks::Json, Sniff::Tls) => {
                if let Some(connection) = self.get(id) {
                    story::refused_tls(connection);
                }
                return self.send_away(now, id, Vec::new());
            }
            (Speaks::Auto | Speaks::Text | Speaks::Json, Sniff::Binary | Sniff::Http | Sniff::Irc) => {
                let mut answer = Vec::new();
                let protocol = if speaks == Speaks::Json { Protocol::Json } else { Protocol::Text };
                wire::encode_farewell(
                    self.voices.unchosen(),
                    protocol,
                    now.wall,
                    &Farewell::WrongProtocol,
                    &mut answer,
                );
                return self.send_away(now, id, answer);
            }
        };
        self.begin(now, id, protocol);
        self.lines(now, id, without_mark(bytes));
    }

    /// From now on somebody is here.
    pub(super) fn begin(&mut self, now: Now, id: ConnectionId, protocol: Protocol) {
        let Some(connection) = self.get_mut(id) else { return };
        let from = connection.from;
        let door = match (connection.control, protocol) {
            (true, _) => Door::Control,
            (false, Protocol::Text) => Door::Text,
            (false, Protocol::Json) => Door::Json,
            (false, Protocol::WebSocket) => Door::WebSocket,
            (false, Protocol::Simple) => Door::Simple,
            (false, Protocol::Events) => Door::Events,
        };
        self.apply(now, Input::Opened { door, from, sponsor: None });
        let session = self.opened_session().expect("opening always gives a session");
        self.bind(id, session, protocol);
    }

    /// Answers somebody who never became a session, and lets them go.
    fn send_away(&mut self, now: Now, id: ConnectionId, answer: Vec<u8>) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Draining;
        }
        let answer = self.turn.reply(|out| out.extend_from_slice(&answer));
        self.hand(id.slot, answer);
        self.drain(now, id);
    }

    fn lines(&mut self, now: Now, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.get_mut(id) else { return };
        let Stage::Open { mut session, dialect } = connection.stage else { return };
        let control = connection.control;
        let mut inbox = std::mem::take(&mut connection.inbox);
        let bytes = if inbox.is_empty() { Cow::Borrowed(bytes) } else { Cow::Owned(inbox.join(bytes)) };
        let mut lines = Lines::new(&bytes, self.line_bytes_max(control));
        while let Some(line) = lines.next(&mut inbox) {
            match line {
                Line::Whole(line) => self.line(now, id, session, dialect.protocol, line),
                Line::TooLong => self.overlong(now, id, session, &inbox),
            }
            // A line may have been the last one: what follows it is dropped. Or it has made somebody else of it.
            match self.get(id).and_then(|connection| connection.session()) {
                Some(now) => session = now,
                None => return,
            }
        }
        inbox.keep(lines.rest());
        if let Some(connection) = self.get_mut(id) {
            connection.inbox = inbox;
        }
    }

    pub(super) fn line_bytes_max(&self, control: bool) -> usize {
        if control { CONTROL_LINE_BYTES_MAX } else { self.bounds.line_bytes }
    }

    pub(super) fn line(
        &mut self,
        now: Now,
        id: ConnectionId,
        session: SessionId,
        protocol: Protocol,
        line: &[u8],
    ) {
        match wire::decode(protocol, line, self.hub.listens(session, now)) {
            Decoded::Request(re, request) => self.apply(now, Input::Request { session, re, request }),
            Decoded::Refused(re, reject) => self.apply(now, Input::Malformed { session, re, reject }),
            Decoded::Greeting => self.greet(id),
            Decoded::Nothing => {}
        }
    }

    /// A line was longer than it may be, of which `inbox` still drops the rest.
    pub(super) fn overlong(&mut self, now: Now, id: ConnectionId, session: SessionId, inbox: &Inbox) {
        let control = self.get(id).is_some_and(|connection| connection.control);
        let reject = Reject::TooLong { max: self.line_bytes_max(control) };
        self.apply(now, Input::Malformed { session, re: RequestId::None, reject });
        let Some(connection) = self.get_mut(id) else { return };
        if now.mono.since_ms(connection.overlong_since) > OVERLONG_WINDOW_MS || connection.overlong == 0 {
            connection.overlong = 0;
            connection.overlong_since = now.mono;
        }
        connection.overlong += 1;
        let often = connection.overlong >= OVERLONG_LINES_MAX;
        if often {
            self.dismiss(now, id, &Farewell::OverlongLines);
        } else if inbox.is_dropping() {
            self.deadlines.insert((now.mono.after_ms(OVERLONG_END_MS), id, Why::Overlong));
        }
    }
}
