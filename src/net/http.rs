//! HTTP connections: requests come in, and each is answered in its turn.
//!
//! Knows no address but asks `routes` what stands there. Why an answer is written before the next
//! request is read: a client that sends several at once gets them in its order (RFC 9112 §9.3.2).

use super::connection::{ConnectionId, Stage};
use super::exchange::{Exchange, Stream};
use super::rest::{Awaited, Next};
use crate::core::effect::Input;
use crate::core::session::SessionId;
use crate::core::time::{Mono, Now};
use crate::wire::Protocol;
use crate::wire::http::{Answer, CONTINUE, Method, Read, Reader, Request, write};

/// What a connection has while it is at HTTP.
#[derive(Debug)]
pub struct Visit {
    reader: Reader,
    /// Since when its next request is awaited.
    pub asked: Mono,
    /// Who asks without a token, once something was asked of the chat.
    pub(super) guest: Option<SessionId>,
    /// What the hub was asked: nothing else is read before its answer.
    pub(super) awaits: Option<Awaited>,
    /// The transfer of a file that it is at, by the number of its offer: nothing else is read before its end.
    pub(super) relay: Option<u64>,
    /// The last answer is on its way.
    pub(super) over: bool,
}

impl Visit {
    /// Whether its last request is not answered yet.
    pub fn awaits(&self) -> bool {
        self.awaits.is_some() || self.relay.is_some()
    }
}

/// What comes of a request.
pub(super) enum Outcome {
    Answer(Answer),
    /// The hub was asked; what it says is the answer.
    Asked,
    /// The connection is a WebSocket from here on; these bytes say so.
    Frames(Protocol, Vec<u8>),
}

/// How the answer is to be written; by itself as the last one, with its body.
#[derive(Clone, Default, Debug)]
pub(super) struct Manner {
    pub(super) head_only: bool,
    pub(super) stays: bool,
    /// The page that may read it, where it is another server's.
    pub(super) origin: Option<String>,
}

impl Manner {
    /// What a browser is told of the page that may read the answer (Fetch §3.2.3).
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let Some(origin) = &self.origin else { return Vec::new() };
        vec![("Access-Control-Allow-Origin", origin.clone()), ("Vary", "Origin".to_owned())]
    }
}

impl<S: Stream> Exchange<S> {
    /// The first bytes were those of a request.
    pub(super) fn begin_http(&mut self, now: Now, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Http;
            let (reader, asked) = (Reader::default(), now.mono);
            let visit = Visit { reader, asked, guest: None, awaits: None, relay: None, over: false };
            connection.http = Some(Box::new(visit));
        }
    }

    /// Answers the requests that are whole with these bytes, up to one that the hub must answer first.
    pub(super) fn requests(&mut self, now: Now, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.get_mut(id).filter(|one| one.stage == Stage::Http) else { return };
        let joined = connection.inbox.join(bytes);
        let mut left = joined.as_slice();
        while let Some(connection) = self.get_mut(id) {
            let busy = connection.is_busy();
            let at_http = connection.stage == Stage::Http;
            let Some(visit) = connection.http.as_mut().filter(|_| at_http) else { break };
            if visit.over && !visit.awaits() {
                return self.let_go(now, id);
            }
            if busy {
                connection.held = true;
                break;
            }
            match visit.reader.next(&mut left) {
                Read::More => break,
                Read::Continue => self.hand_bytes(id, CONTINUE),
                Read::Request(request) => {
                    if self.come_through(now, id, &request.head).is_err() {
                        let answer = self.refusal(429, "too_many", "http-too-many");
                        self.respond(now, id, answer, &Manner::default());
                        continue;
                    }
                    let whole = !request.head.leaves_body();
                    let stays = request.head.keeps_alive && whole && !self.closed_to_people;
                    let head_only = request.head.method == Method::Head;
                    let manner = Manner { head_only, stays, origin: None };
                    if let Outcome::Frames(protocol, opening) = self.answer(now, id, request, manner) {
                        self.begin_frames(now, id, protocol, &opening);
                        return self.frames(now, id, left);
                    }
                }
                Read::Fault(fault) => {
                    let answer = Answer::fault(fault, &self.voices.unchosen().words);
                    self.respond(now, id, answer, &Manner::default());
                }
            }
        }
        if let Some(connection) = self.get_mut(id).filter(|connection| connection.stage == Stage::Http) {
            connection.inbox.keep(left);
        }
    }

    /// Answers one request, or asks the hub what to answer.
    pub(super) fn answer(
        &mut self,
        now: Now,
        id: ConnectionId,
        request: Request,
        mut manner: Manner,
    ) -> Outcome {
        let outcome = self.request(now, id, request, &mut manner);
        if let Outcome::Answer(answer) = outcome {
            self.respond(now, id, answer, &manner);
            return Outcome::Asked;
        }
        outcome
    }

    pub(super) fn visit(&mut self, id: ConnectionId) -> Option<&mut Visit> {
        self.get_mut(id)?.http.as_deref_mut()
    }

    /// It has heard all that it will; what it still sends is dropped.
    pub(super) fn let_go(&mut self, now: Now, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Draining;
        }
        if let Some(guest) = self.end_visit(id) {
            self.apply(now, Input::Closed { session: guest });
        }
        self.drain(now, id);
    }

    /// The connection is at HTTP no longer. Gives whoever asked by it without a token.
    pub(super) fn end_visit(&mut self, id: ConnectionId) -> Option<SessionId> {
        let visit = self.get_mut(id)?.http.take()?;
        if let Some(awaited) = visit.awaits {
            self.rest.forget(awaited.number);
        }
        if let Some(offer) = visit.relay {
            self.relays.leave(offer, id);
        }
        visit.guest.inspect(|guest| self.unbind(*guest))
    }

    /// Writes an answer, and has the next request be read.
    pub(super) fn respond(&mut self, now: Now, id: ConnectionId, mut answer: Answer, manner: &Manner) {
        answer.fields.extend(manner.fields());
        let mut bytes = Vec::new();
        write(&answer, now.wall, manner.head_only, manner.stays, &mut bytes);
        self.hand_bytes(id, &bytes);
        self.answered(now, id, manner);
    }

    /// The next request may come, unless this was the last.
    pub(super) fn answered(&mut self, now: Now, id: ConnectionId, manner: &Manner) {
        if let Some(visit) = self.visit(id) {
            visit.asked = now.mono;
            visit.over |= !manner.stays;
        }
    }

    pub(super) fn hand_bytes(&mut self, id: ConnectionId, bytes: &[u8]) {
        let written = self.turn.reply(|out| out.extend_from_slice(bytes));
        self.hand(id.slot, written);
    }

    /// Goes on where an answer of the hub has made it possible.
    pub(super) fn go_on(&mut self, now: Now) {
        for next in self.rest.take_next() {
            match next {
                Next::Read(id) => {
                    self.requests(now, id, &[]);
                    self.read_on(now, id);
                }
                // It was told goodbye meanwhile.
                Next::Again(id, ..) if self.get(id).is_none_or(|one| one.stage != Stage::Http) => {}
                Next::Again(id, request, manner) => {
                    self.answer(now, id, *request, manner);
                    self.requests(now, id, &[]);
                    self.read_on(now, id);
                }
                Next::Drop(session) => self.apply(now, Input::Closed { session }),
            }
        }
    }

    /// What has come to the socket meanwhile can be taken in.
    fn read_on(&mut self, now: Now, id: ConnectionId) {
        let Some(connection) = self.get_mut(id) else { return };
        if connection.stage != Stage::Http || connection.is_busy() {
            return;
        }
        if connection.half_closed {
            return self.let_go(now, id);
        }
        connection.held = false;
        self.mark_readable(id);
    }
}
