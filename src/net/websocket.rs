//! WebSockets: from the request that opens one to its messages.
//!
//! Knows no page. Why a silent one is asked whether it is there: between it and us may stand a proxy,
//! which answers for a peer that is long gone.

use super::connection::{Connection, ConnectionId, Stage, Why};
use super::exchange::{Exchange, Stream};
use crate::core::effect::Input;
use crate::core::event::Farewell;
use crate::core::request::{Request, RequestId};
use crate::core::session::{Allowance, SessionId};
use crate::core::time::{Mono, Now};
use crate::limits::{OVERSIZE_FACTOR, PINGS_BURST, PINGS_PER_SECOND};
use crate::wire::Protocol;
use crate::wire::line::Inbox;
use crate::wire::websocket::{Close, Goodbye, Read, Reader, close, ping, pong};

/// What a connection has as a WebSocket.
#[derive(Default, Debug)]
pub struct Socket {
    /// When it became one.
    since: Mono,
    reader: Reader,
    /// How often the other side may ask whether we are there.
    pings: Allowance,
    /// It was asked whether it is there, and has not answered yet.
    asked: bool,
}

impl Socket {
    pub fn since(&self) -> Mono {
        self.since
    }
}

impl<S: Stream> Exchange<S> {
    /// The request was one for a WebSocket: `opening` answers it, and from then on frames come.
    pub(super) fn begin_frames(&mut self, now: Now, id: ConnectionId, protocol: Protocol, opening: &[u8]) {
        let opening = self.turn.reply(|out| out.extend_from_slice(opening));
        self.hand(id.slot, opening);
        if let Some(guest) = self.end_visit(id) {
            self.apply(now, Input::Closed { session: guest });
        }
        if let Some(connection) = self.get_mut(id) {
            connection.frames = Some(Box::new(Socket { since: now.mono, ..Socket::default() }));
        }
        self.begin(now, id, protocol);
        let (login_ms, ping_ms) = (self.bounds.login_ms, self.bounds.ping_ms);
        for (ms, why) in [(login_ms, Why::Login), (ping_ms, Why::Ping)] {
            if ms > 0 {
                self.deadlines.insert((now.mono.after_ms(ms), id, why));
            }
        }
    }

    /// Takes in what has come of messages.
    pub(super) fn frames(&mut self, now: Now, id: ConnectionId, bytes: &[u8]) {
        let bytes_max = self.line_bytes_max(false).saturating_mul(OVERSIZE_FACTOR);
        let Some(connection) = self.get_mut(id) else { return };
        let Some(mut frames) = connection.frames.take() else { return };
        frames.asked = false;
        let joined = connection.inbox.join(bytes);
        let mut left = joined.as_slice();
        // Who asks often in one go is answered once (RFC 6455 §5.5.3).
        let mut asked = None;
        loop {
            let Some((session, protocol)) = self.get(id).and_then(open) else { return };
            match frames.reader.next(&mut left, bytes_max) {
                Read::More => break,
                Read::Text(text) => self.message(now, id, session, protocol, &text),
                // Nobody needs to say often that they are there.
                Read::Pong if frames.pings.take(now.mono, 1, PINGS_PER_SECOND, PINGS_BURST).is_ok() => {}
                Read::Pong => return self.break_off(now, id, Close::Policy),
                Read::Ping(payload) => match frames.pings.take(now.mono, 1, PINGS_PER_SECOND, PINGS_BURST) {
                    Ok(()) => asked = Some(payload),
                    Err(_) => return self.break_off(now, id, Close::Policy),
                },
                Read::Close(goodbye) => return self.said_goodbye(now, id, session, goodbye),
                Read::Fault(why) => return self.break_off(now, id, why),
            }
        }
        if let Some(payload) = asked {
            let answer = self.turn.reply(|out| pong(&payload, out));
            self.hand(id.slot, answer);
        }
        if let Some(connection) = self.get_mut(id) {
            connection.inbox.keep(left);
            connection.frames = Some(frames);
        }
    }

    fn message(&mut self, now: Now, id: ConnectionId, session: SessionId, protocol: Protocol, text: &str) {
        if text.len() > self.line_bytes_max(false) {
            return self.overlong(now, id, session, &Inbox::default());
        }
        match protocol {
            Protocol::Simple => self.simple_frame(now, session, text),
            Protocol::Text | Protocol::Json | Protocol::WebSocket | Protocol::Events => {
                self.line(now, id, session, protocol, text.as_bytes());
            }
        }
    }

    /// Who meant to end has left; a page that is loaded again has only lost the connection.
    fn said_goodbye(&mut self, now: Now, id: ConnectionId, session: SessionId, goodbye: Goodbye) {
        if goodbye.meant {
            let request = Request::Quit { text: None, quiet: false };
            self.apply(now, Input::Request { session, re: RequestId::None, request });
        }
        // What was said before the goodbye may still be on its way to the disk: then it leaves after that.
        self.break_off(now, id, goodbye.answer);
    }

    /// Ends a WebSocket with this as the last frame.
    fn break_off(&mut self, now: Now, id: ConnectionId, why: Close) {
        let session = self.get(id).and_then(|connection| connection.session());
        let Some(session) = session else { return };
        let last = self.turn.reply(|out| close(why, out));
        self.hand(id.slot, last);
        let parting = self.hub.is_parting(session);
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Draining;
            if parting {
                super::story::parted(connection, &Farewell::Quit);
            } else {
                super::story::lost(connection);
            }
        }
        self.unbind(session);
        if !parting {
            self.apply(now, Input::Closed { session });
        }
        self.drain(now, id);
    }

    /// The other side has been silent for as long as it may, or has not answered.
    pub(super) fn overdue_ping(&mut self, now: Now, id: ConnectionId) {
        let ping_ms = self.bounds.ping_ms;
        // Behind the last frame nothing may be asked.
        let Some(connection) = self.get_mut(id).filter(|one| one.stage != Stage::Draining) else { return };
        let silent_ms = now.mono.since_ms(connection.last_heard);
        let Some(frames) = connection.frames.as_mut().filter(|_| ping_ms > 0) else {
            return self.overdue_comment(now, id);
        };
        if silent_ms < ping_ms {
            let due = connection.last_heard.after_ms(ping_ms);
            self.deadlines.insert((due, id, Why::Ping));
        } else if std::mem::replace(&mut frames.asked, true) {
            self.fail(id);
        } else {
            let question = self.turn.reply(ping);
            self.hand(id.slot, question);
            self.deadlines.insert((now.mono.after_ms(ping_ms / 2), id, Why::Ping));
        }
    }
}

/// Who is at a connection, and what it speaks.
fn open<S>(connection: &Connection<S>) -> Option<(SessionId, Protocol)> {
    match connection.stage {
        Stage::Open { session, dialect } => Some((session, dialect.protocol)),
        Stage::Undecided(_) | Stage::Http | Stage::Draining => None,
    }
}
