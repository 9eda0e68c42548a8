//! HTTP connections: requests come in, and each is answered in its turn.
//!
//! Knows the addresses there are, and no session yet. Why an answer is written before the next request
//! is read: a client that sends several at once gets them in its order (RFC 9112 §9.3.2).

use serde_json::json;

use super::connection::{ConnectionId, Stage};
use super::exchange::{Exchange, Stream};
use crate::core::settings::Storage;
use crate::core::time::Now;
use crate::wire::http::{Answer, CONTINUE, Method, Read, Request, write};

impl<S: Stream> Exchange<S> {
    /// The first bytes were those of a request.
    pub(super) fn begin_http(&mut self, now: Now, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Http;
            connection.http = Some(Box::default());
            connection.asked = now.mono;
        }
    }

    /// Answers every request that is whole with these bytes.
    pub(super) fn requests(&mut self, now: Now, id: ConnectionId, bytes: &[u8]) {
        let Some(connection) = self.get_mut(id) else { return };
        let Some(mut reader) = connection.http.take() else { return };
        let joined = connection.inbox.join(bytes);
        let mut left = joined.as_slice();
        loop {
            match reader.next(&mut left) {
                Read::More => break,
                Read::Continue => self.hand_bytes(id, CONTINUE),
                Read::Request(request) => {
                    let head = &request.head;
                    let (answer, stays) = (self.answer(&request), head.keeps_alive && !self.closed_to_people);
                    self.respond(id, &answer, head.method == Method::Head, stays);
                    if !stays {
                        return self.let_go(now, id);
                    }
                    if let Some(connection) = self.get_mut(id) {
                        connection.asked = now.mono;
                    }
                }
                Read::Fault(fault) => {
                    let answer = Answer::fault(fault, &self.voices.unchosen().words);
                    self.respond(id, &answer, false, false);
                    return self.let_go(now, id);
                }
            }
        }
        if let Some(connection) = self.get_mut(id) {
            connection.inbox.keep(left);
            connection.http = Some(reader);
        }
    }

    /// It has heard all that it will; what it still sends is dropped.
    pub(super) fn let_go(&mut self, now: Now, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.stage = Stage::Draining;
        }
        self.drain(now, id);
    }

    fn respond(&mut self, id: ConnectionId, answer: &Answer, head_only: bool, stays: bool) {
        let mut bytes = Vec::new();
        write(answer, head_only, stays, &mut bytes);
        self.hand_bytes(id, &bytes);
    }

    fn hand_bytes(&mut self, id: ConnectionId, bytes: &[u8]) {
        let written = self.turn.reply(|out| out.extend_from_slice(bytes));
        self.hand(id.slot, written);
    }

    fn answer(&self, request: &Request) -> Answer {
        let words = &self.voices.unchosen().words;
        let answer = match request.head.path.as_str() {
            "/healthz" => self.health(),
            "/" => Answer::error(501, "not_implemented", &words.say("not-yet-http", &[])),
            _other => return Answer::error(404, "not_found", &words.say("http-nothing-here", &[])),
        };
        match request.head.method {
            Method::Get | Method::Head => answer,
            Method::Post | Method::Put | Method::Delete | Method::Options | Method::Other => {
                let refused = Answer::error(405, "not_allowed", &words.say("http-method", &[]));
                refused.with("Allow", "GET, HEAD")
            }
        }
    }

    /// Whether people can talk here, for whoever watches over the server.
    fn health(&self) -> Answer {
        let words = &self.voices.unchosen().words;
        let (status, reason) = match self.hub.storage() {
            _ if self.closed_to_people => ("stopping", None),
            Storage::Well => ("ok", None),
            Storage::Degraded { reason } => ("degraded", Some(reason.clone())),
            Storage::Stalled => ("stalled", Some(words.say("storage-stalled", &[]))),
        };
        let mut object = json!({"status": status});
        if let Some(reason) = reason {
            object["reason"] = reason.into();
        }
        Answer::json(if status == "ok" { 200 } else { 503 }, &object)
    }
}
