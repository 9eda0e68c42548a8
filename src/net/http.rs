//! HTTP connections: requests come in, and each is answered in its turn.
//!
//! Knows no address but asks `routes` what stands there. Why an answer is written before the next
//! request is read: a client that sends several at once gets them in its order (RFC 9112 §9.3.2).

use super::connection::{ConnectionId, Stage};
use super::exchange::{Exchange, Stream};
use crate::core::time::{Mono, Now};
use crate::wire::Protocol;
use crate::wire::http::{Answer, CONTINUE, Method, Read, Reader, write};

/// What a connection has while it is at HTTP.
#[derive(Debug)]
pub struct Visit {
    reader: Reader,
    /// Since when its next request is awaited.
    pub asked: Mono,
}

/// What comes of a request.
pub(super) enum Outcome {
    Answer(Answer),
    /// The connection is a WebSocket from here on; these bytes say so.
    Frames(Protocol, Vec<u8>),
}

/// How the answer is to be written.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    head_only: bool,
    stays: bool,
}

impl<S: Stream> Exchange<S> {
    /// The first bytes were those of a request.
    pub(super) fn begin_http(&mut self, now: Now, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Http;
            connection.http = Some(Box::new(Visit { reader: Reader::default(), asked: now.mono }));
        }
    }

    /// Answers every request that is whole with these bytes.
    pub(super) fn requests(&mut self, now: Now, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.get_mut(id) else { return };
        let Some(mut visit) = connection.http.take() else { return };
        let joined = connection.inbox.join(bytes);
        let mut left = joined.as_slice();
        loop {
            match visit.reader.next(&mut left) {
                Read::More => break,
                Read::Continue => self.hand_bytes(id, CONTINUE),
                Read::Request(request) => {
                    let stays = request.head.keeps_alive && !self.closed_to_people;
                    let manner = Manner { head_only: request.head.method == Method::Head, stays };
                    match self.request(now, id, &request) {
                        Outcome::Answer(answer) => self.respond(now, id, &answer, &manner),
                        Outcome::Frames(protocol, opening) => {
                            self.begin_frames(now, id, protocol, &opening);
                            return self.frames(now, id, left);
                        }
                    }
                    if !stays {
                        return self.let_go(now, id);
                    }
                    visit.asked = now.mono;
                }
                Read::Fault(fault) => {
                    let answer = Answer::fault(fault, &self.voices.unchosen().words);
                    self.respond(now, id, &answer, &Manner { head_only: false, stays: false });
                    return self.let_go(now, id);
                }
            }
        }
        if let Some(connection) = self.get_mut(id) {
            connection.inbox.keep(left);
            connection.http = Some(visit);
        }
    }

    /// It has heard all that it will; what it still sends is dropped.
    pub(super) fn let_go(&mut self, now: Now, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Draining;
        }
        self.drain(now, id);
    }

    fn respond(&mut self, now: Now, id: ConnectionId, answer: &Answer, manner: &Manner) {
        let mut bytes = Vec::new();
        write(answer, now.wall, manner.head_only, manner.stays, &mut bytes);
        self.hand_bytes(id, &bytes);
    }

    pub(super) fn hand_bytes(&mut self, id: ConnectionId, bytes: &[u8]) {
        let written = self.turn.reply(|out| out.extend_from_slice(bytes));
        self.hand(id.slot, written);
    }
}
