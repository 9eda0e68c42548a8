//! What stands at each address: the page, the WebSocket, how the server is.
//!
//! Knows no bytes of a connection. Why pages of other places are looked at first: a browser lends its
//! user's hands to every page that they open (RFC 6454, RFC 6455 §10.2).

use serde_json::json;

use super::connection::ConnectionId;
use super::exchange::{Exchange, Stream};
use super::http::{Manner, Outcome};
use super::rest::Call;
use crate::core::settings::Storage;
use crate::core::time::Now;
use crate::web::{self, File};
use crate::wire::Protocol;
use crate::wire::http::{Answer, Head, Method, Request};
use crate::wire::rest::{self, Action, Found};
use crate::wire::websocket::{self, Refusal};

/// The page that a request comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum From {
    /// No page, or the server's own.
    Here,
    /// One that the configuration allows: what its browser is to be told.
    Allowed(String),
    Foreign,
}

impl<S: Stream> Exchange<S> {
    pub(super) fn request(
        &mut self,
        now: Now,
        id: ConnectionId,
        request: Request,
        manner: &mut Manner,
    ) -> Outcome {
        let head = &request.head;
        let from = self.page_of(head);
        if let From::Allowed(origin) = &from {
            manner.origin = Some(origin.clone());
        }
        if head.path == "*" {
            let all = [Method::Get, Method::Head, Method::Post, Method::Put, Method::Delete];
            return Outcome::Answer(self.other_method(head.method, &all, &from));
        }
        if let Some(file) = web::find(&head.path) {
            return Outcome::Answer(self.page(file, head));
        }
        match rest::find(head.method, &head.path) {
            // A form on any page could be sent here: what it does needs no answer that the page may read.
            Found::Action(..)
                if from == From::Foreign && !matches!(head.method, Method::Get | Method::Head) =>
            {
                Outcome::Answer(self.refusal(403, "not_allowed", "http-origin"))
            }
            Found::Action(action, room) => {
                let call = Call { action, room, request, manner: manner.clone() };
                self.act(now, id, call, &from)
            }
            Found::OtherMethods(others) => Outcome::Answer(self.other_method(head.method, &others, &from)),
            Found::Nothing => Outcome::Answer(self.refusal(404, "not_found", "http-nothing-here")),
        }
    }

    fn act(&mut self, now: Now, id: ConnectionId, call: Call, from: &From) -> Outcome {
        match call.action {
            Action::WebSocket => self.websocket(Protocol::WebSocket, from, &call.request.head),
            Action::Simple => self.websocket(Protocol::Simple, from, &call.request.head),
            Action::Health => Outcome::Answer(self.health()),
            Action::Metrics => Outcome::Answer(self.metrics(id, &call.request.head)),
            Action::OpenApi => Outcome::Answer(Answer {
                status: 200,
                kind: "application/json",
                body: rest::OPENAPI.as_bytes().into(),
                fields: vec![("Cache-Control", "no-cache".to_owned())],
            }),
            Action::Events if !call.request.head.takes_chunks => {
                Outcome::Answer(self.refusal(505, "not_implemented", "http-events-version"))
            }
            Action::Fetch | Action::Send => self.transfer(now, id, call),
            Action::NewSession
            | Action::EndSession
            | Action::Rooms
            | Action::NewRoom
            | Action::Room
            | Action::History
            | Action::Say
            | Action::Events
            | Action::Search
            | Action::SimpleRooms
            | Action::NewSimpleRoom => self.rest(now, id, call),
        }
    }

    pub(super) fn refusal(&self, status: u16, code: &str, sentence: &str) -> Answer {
        Answer::error(status, code, &self.voices.unchosen().words.say(sentence, &[]))
    }

    /// The page that a browser says the request comes from (RFC 6454 §7).
    fn page_of(&self, head: &Head) -> From {
        let Some(origin) = head.field("origin") else {
            // A browser may leave out which page, and say only that it is another's (Fetch Metadata §2.4).
            let elsewhere = head.field("sec-fetch-site") == Some("cross-site");
            let any = self.bounds.origins.iter().any(|one| one == "*");
            return if elsewhere && !any { From::Foreign } else { From::Here };
        };
        let listed = |one: &String| one == "*" || one.eq_ignore_ascii_case(origin);
        let own = origin.split_once("://").map(|(_, host)| host).zip(head.field("host"));
        // An extension of the browser is no page that its user came by, but a tool that they have put in.
        let extension = origin.split_once("://").is_some_and(|(scheme, _)| scheme.ends_with("-extension"));
        if own.is_some_and(|(from, host)| from.eq_ignore_ascii_case(host)) {
            From::Here
        } else if extension || self.bounds.origins.iter().any(listed) {
            From::Allowed(origin.to_owned())
        } else {
            From::Foreign
        }
    }

    fn websocket(&self, protocol: Protocol, from: &From, head: &Head) -> Outcome {
        if *from == From::Foreign {
            return Outcome::Answer(self.refusal(403, "not_allowed", "http-origin"));
        }
        match websocket::opening(head) {
            Ok(opening) => Outcome::Frames(protocol, opening),
            Err(Refusal::Upgrade) => {
                let answer = self.refusal(426, "bad_request", "websocket-upgrade");
                let answer = answer.with("Upgrade", "websocket").with("Connection", "Upgrade");
                Outcome::Answer(answer.with("Sec-WebSocket-Version", "13"))
            }
            Err(Refusal::Unsound(sentence)) => Outcome::Answer(self.refusal(400, "bad_request", sentence)),
        }
    }

    /// A method that this address does not take; OPTIONS asks which it does (RFC 9110 §9.3.7).
    fn other_method(&self, method: Method, others: &[Method], from: &From) -> Answer {
        let words: Vec<&str> = others.iter().map(|method| method.word()).collect();
        let allowed = format!("{}, OPTIONS", words.join(", "));
        if method != Method::Options {
            return self.refusal(405, "not_allowed", "http-method").with("Allow", allowed);
        }
        let answer = Answer::empty(204).with("Allow", allowed.clone());
        match from {
            // What a browser asks before it lets a page do it (Fetch, §3.2.3).
            From::Allowed(_) => answer
                .with("Access-Control-Allow-Methods", allowed)
                .with(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Range, Content-Type, Last-Event-ID, Range",
                )
                .with("Access-Control-Max-Age", "600"),
            From::Here | From::Foreign => answer,
        }
    }

    /// A file of the page, as the browser can take it, or the word that it has it already.
    fn page(&self, file: &'static File, head: &Head) -> Answer {
        if !matches!(head.method, Method::Get | Method::Head) {
            return self.other_method(head.method, &[Method::Get, Method::Head], &From::Here);
        }
        let has = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == &file.tag()[2..];
        let known = head.field("if-none-match").is_some_and(|tags| tags.split(',').map(str::trim).any(has));
        let answer = match (known, head.accepts_gzip()) {
            (true, _) => Answer::empty(304),
            (false, true) => {
                let (kind, body, fields) = (file.kind(), file.gzip().into(), Vec::new());
                Answer { status: 200, kind, body, fields }.with("Content-Encoding", "gzip")
            }
            (false, false) => {
                Answer { status: 200, kind: file.kind(), body: file.bytes.into(), fields: Vec::new() }
            }
        };
        let answer =
            answer.with("ETag", file.tag()).with("Cache-Control", "no-cache").with("Vary", "Accept-Encoding");
        if !file.is_document() {
            // What the page may do is said with the page; its files would only repeat it.
            return answer;
        }
        answer
            .with("Content-Security-Policy", web::POLICY)
            .with("Referrer-Policy", "no-referrer")
            .with("Cross-Origin-Opener-Policy", "same-origin")
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
