//! REST: requests of HTTP that the hub answers, and sessions that have a token and no connection.
//!
//! Knows no bytes. Why each request has a number: its answer may come long after, and several wait at
//! once for one session.

use std::collections::{BTreeMap, BTreeSet};

use super::connection::{ConnectionId, Why};
use super::exchange::{Exchange, Stream};
use super::http::{Manner, Outcome};
use super::story;
use crate::core::effect::{Input, Origin};
use crate::core::event::Farewell;
use crate::core::reject::Reject;
use crate::core::reply::Reply;
use crate::core::request::{Request, RequestId};
use crate::core::resume::Holder;
use crate::core::session::{Door, SessionId};
use crate::core::time::{Mono, Now};
use crate::limits::HTTP_SESSIONS_MAX;
use crate::wire::http::{self, Answer};
use crate::wire::rest::{self, Action};
use crate::wire::{Protocol, sse};

/// A request on its way through the hub.
#[derive(Debug)]
pub struct Awaited {
    pub(super) number: u64,
    pub(super) session: SessionId,
    /// The session is for this request alone, and goes if it is refused.
    own: bool,
    action: Action,
    manner: Manner,
    /// The hub was asked for something that must be done first: then this is looked at again.
    again: Option<Box<http::Request>>,
}

/// A request of the interface, as it was found to be one.
pub(super) struct Call {
    pub action: Action,
    pub room: Option<String>,
    pub request: http::Request,
    pub manner: Manner,
}

/// What is done when the hub has finished.
#[derive(Debug)]
pub(super) enum Next {
    Read(ConnectionId),
    Again(ConnectionId, Box<http::Request>, Manner),
    Drop(SessionId),
}

/// All that waits, and who has a token.
#[derive(Default, Debug)]
pub(super) struct Rest {
    numbers: u64,
    pub(super) awaiting: BTreeMap<u64, ConnectionId>,
    next: Vec<Next>,
    /// When each was last heard of.
    pub(super) sessions: BTreeMap<SessionId, Mono>,
    pub(super) idle: BTreeSet<(Mono, SessionId)>,
}

impl Rest {
    pub(super) fn forget(&mut self, number: u64) {
        self.awaiting.remove(&number);
    }

    pub(super) fn take_next(&mut self) -> Vec<Next> {
        std::mem::take(&mut self.next)
    }

    pub(super) fn has_next(&self) -> bool {
        !self.next.is_empty()
    }

    pub(super) fn later(&mut self, next: Next) {
        self.next.push(next);
    }

    /// When somebody with a token may have been silent for too long.
    pub(super) fn next_deadline(&self) -> Option<Mono> {
        self.idle.first().map(|(at, _)| *at)
    }
}

impl<S: Stream> Exchange<S> {
    /// Asks the hub for what an address of the interface stands for.
    pub(super) fn rest(&mut self, now: Now, id: ConnectionId, call: Call) -> Outcome {
        match self.ask(now, id, call) {
            Ok(()) => Outcome::Asked,
            Err(reject) => Outcome::Answer(rest::refuse(self.voices.unchosen(), &reject)),
        }
    }

    fn ask(&mut self, now: Now, id: ConnectionId, call: Call) -> Result<(), Reject> {
        let Call { action, room, request, manner } = call;
        let asked = rest::asked(action, room.as_deref(), &request)?;
        let holder = rest::token(&request.head).map(|token| (token, self.hub.holder(token)));
        let bearer = match holder {
            None => None,
            Some((_, Some(Holder::Here(session)))) => Some(session),
            Some((token, Some(Holder::Away))) => {
                let token = token.to_owned().into();
                let session = self.open_session(now, id, Door::Http, None).ok_or(Reject::NoSession)?;
                let resume = Request::Resume { token, seen: Vec::new(), whisper: None };
                let again = Some(Box::new(request));
                self.put(now, id, Awaited { number: 0, session, own: true, action, manner, again }, resume);
                return Ok(());
            }
            Some((_, Some(Holder::Connected) | None)) => return Err(Reject::NoSession),
        };
        if let Some(session) = bearer {
            self.heard_of(now, session);
        }
        let (session, own) = match action {
            Action::NewSession => {
                self.check_sessions(id)?;
                (self.open_session(now, id, Door::Http, None), true)
            }
            Action::Events => (self.open_session(now, id, Door::Events, bearer), true),
            // Who has no session has none to end.
            Action::EndSession => (bearer, false),
            _other => (bearer.or_else(|| self.guest(now, id)), false),
        };
        let session = session.ok_or(Reject::NotLoggedIn)?;
        let (again, asked) = match asked {
            Request::Say { room: Some(room), .. } if self.must_join(session, &room)? => {
                (Some(Box::new(request)), Request::Join { room, password: None })
            }
            asked => (None, asked),
        };
        self.put(now, id, Awaited { number: 0, session, own, action, manner, again }, asked);
        Ok(())
    }

    /// Who says something in a room that they are not in comes in first; but no room is made by a slip.
    fn must_join(&self, session: SessionId, room: &str) -> Result<bool, Reject> {
        if !self.hub.has_nick(session) {
            return Ok(false);
        }
        self.hub.is_in(session, room).map(|is_in| !is_in)
    }

    /// Asks the hub, whose reply answers the connection.
    fn put(&mut self, now: Now, id: ConnectionId, mut awaited: Awaited, request: Request<'_>) {
        self.rest.numbers += 1;
        awaited.number = self.rest.numbers;
        let (session, re) = (awaited.session, RequestId::Number(awaited.number));
        self.rest.awaiting.insert(awaited.number, id);
        if let Some(visit) = self.visit(id) {
            visit.awaits = Some(awaited);
        }
        self.apply(now, Input::Request { session, re, request });
    }

    fn open_session(
        &mut self,
        now: Now,
        id: ConnectionId,
        door: Door,
        sponsor: Option<SessionId>,
    ) -> Option<SessionId> {
        let from = self.get(id)?.from;
        self.apply(now, Input::Opened { door, from, sponsor });
        self.opened_session()
    }

    /// Who asks over this connection without a token.
    fn guest(&mut self, now: Now, id: ConnectionId) -> Option<SessionId> {
        if let Some(guest) = self.visit(id)?.guest {
            return Some(guest);
        }
        let guest = self.open_session(now, id, Door::Http, None)?;
        self.place(guest, id.slot);
        self.visit(id)?.guest = Some(guest);
        Some(guest)
    }

    /// Whether one more session without a connection can be had, in all and from this address.
    fn check_sessions(&self, id: ConnectionId) -> Result<(), Reject> {
        let all = self.rest.sessions.len();
        if all >= HTTP_SESSIONS_MAX {
            return Err(Reject::TooMany { max: HTTP_SESSIONS_MAX });
        }
        let most = self.bounds.per_address as usize;
        let Some(address) = self.get(id).and_then(|connection| self.counted(connection.from)) else {
            return Ok(());
        };
        let same = |session: &&SessionId| matches!(self.hub.origin(**session), Some(Origin::Network(from)) if from.ip() == address);
        if most > 0 && self.rest.sessions.keys().filter(same).count() >= most {
            return Err(Reject::TooMany { max: most });
        }
        Ok(())
    }

    /// A reply to somebody who is at no connection of their own: it answers the request of that number.
    pub(super) fn replied(&mut self, now: Now, re: &RequestId, reply: &Result<Reply, Reject>) {
        let RequestId::Number(number) = re else { return };
        let Some(id) = self.rest.awaiting.remove(number) else { return };
        let Some(awaited) = self.visit(id).and_then(|visit| visit.awaits.take()) else { return };
        let Awaited { session, own, action, manner, again, .. } = awaited;
        if let Some(connection) = self.get(id) {
            story::answered_by_token(connection, reply);
        }
        if own && reply.is_err() {
            self.rest.later(Next::Drop(session));
        }
        match (again, action, reply) {
            (Some(request), _, Ok(_)) => return self.rest.later(Next::Again(id, request, manner)),
            (None, Action::Events, Ok(_)) => return self.begin_events(now, id, session, &manner),
            (None, Action::NewSession, Ok(_)) => self.heard_of(now, session),
            _plain => {}
        }
        let answer = rest::answer(self.voices.unchosen(), action, reply);
        self.respond(now, id, answer, &manner);
        self.rest.later(Next::Read(id));
    }

    /// The answer is a room's events, for as long as the connection stands.
    fn begin_events(&mut self, now: Now, id: ConnectionId, session: SessionId, manner: &Manner) {
        let fields = manner.fields().into_iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let mut fields: String = fields.collect();
        if manner.head_only && !manner.stays {
            fields.push_str("Connection: close\r\n");
        }
        let head = self.turn.reply(|out| sse::head(now.wall, &fields, out));
        self.hand(id.slot, head);
        if manner.head_only {
            // That there is something to hear is all that was asked.
            self.answered(now, id, manner);
            self.rest.later(Next::Drop(session));
            return self.rest.later(Next::Read(id));
        }
        let beginning = self.turn.reply(sse::begin);
        self.hand(id.slot, beginning);
        if let Some(guest) = self.end_visit(id) {
            self.rest.later(Next::Drop(guest));
        }
        self.bind(id, session, Protocol::Events);
        if self.get(id).is_some_and(|connection| connection.half_closed) {
            // Its end came while somebody had to come back first.
            self.half_closed.push(id);
        }
        let ping_ms = self.bounds.ping_ms;
        if ping_ms > 0 {
            self.deadlines.insert((now.mono.after_ms(ping_ms), id, Why::Ping));
        }
    }

    /// A silent room is not given up by what stands between.
    pub(super) fn overdue_comment(&mut self, now: Now, id: ConnectionId) {
        let ping_ms = self.bounds.ping_ms;
        let listens = self.get(id).is_some_and(|connection| connection.speaks(Protocol::Events));
        if listens && ping_ms > 0 {
            let comment = self.turn.reply(sse::comment);
            self.hand(id.slot, comment);
            self.deadlines.insert((now.mono.after_ms(ping_ms), id, Why::Ping));
        }
    }

    pub(super) fn heard_of(&mut self, now: Now, session: SessionId) {
        let idle_ms = self.bounds.session_idle_ms;
        if self.rest.sessions.insert(session, now.mono).is_none() && idle_ms > 0 {
            self.rest.idle.insert((now.mono.after_ms(idle_ms), session));
        }
    }

    /// Those with a token who have asked for nothing for too long leave.
    pub(super) fn end_idle_sessions(&mut self, now: Now) {
        while let Some((at, session)) = self.rest.idle.first().copied()
            && at <= now.mono
        {
            self.rest.idle.remove(&(at, session));
            let Some(heard) = self.rest.sessions.get(&session).copied() else { continue };
            let due = heard.after_ms(self.bounds.session_idle_ms);
            if due > now.mono {
                self.rest.idle.insert((due, session));
                continue;
            }
            let request = Request::Quit { text: None, quiet: false };
            self.apply(now, Input::Request { session, re: RequestId::None, request });
        }
    }

    /// The hub has let somebody go who is at no connection; what they asked is answered with the reason.
    pub(super) fn close_session(&mut self, now: Now, session: SessionId, farewell: &Farewell) {
        self.rest.sessions.remove(&session);
        let asked: Vec<ConnectionId> = self.rest.awaiting.values().copied().collect();
        for id in asked {
            if self.refuse_awaited(now, id, Some(session), farewell) {
                self.rest.later(Next::Read(id));
            }
        }
    }

    /// Says why what was asked over this connection, by this session, is not answered otherwise.
    pub(super) fn refuse_awaited(
        &mut self,
        now: Now,
        id: ConnectionId,
        by: Option<SessionId>,
        farewell: &Farewell,
    ) -> bool {
        let Some(visit) = self.visit(id) else { return false };
        let its = |awaited: &mut Awaited| by.is_none_or(|by| by == awaited.session);
        let Some(awaited) = visit.awaits.take_if(its) else { return false };
        self.rest.forget(awaited.number);
        let reject = match farewell {
            Farewell::Shutdown { .. } => Reject::ShuttingDown,
            Farewell::Kicked { .. } | Farewell::Banned { .. } => Reject::NotAllowed,
            _ended => Reject::NoSession,
        };
        let answer: Answer = rest::refuse(self.voices.unchosen(), &reject);
        self.respond(now, id, answer, &awaited.manner);
        true
    }
}
