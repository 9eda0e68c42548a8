//! One connection: a socket, what it speaks, what has come and what must go.
//!
//! Knows no room and no person but its session's id. Why it is generic over
//! the socket: the tests' pipes go through the very same code.

use super::http::Visit;
use super::outbox::Outbox;
use super::websocket::Socket;
use crate::core::effect::Origin;
use crate::core::name::Name;
use crate::core::session::SessionId;
use crate::core::time::Mono;
use crate::limits::BACKLOG_SOFT_BYTES;
use crate::wire::line::Inbox;
use crate::wire::{Dialect, Protocol};

/// A connection's place in the table and its number since the start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionId {
    pub slot: u32,
    pub serial: u32,
}

/// What a listener's connections speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speaks {
    /// The first bytes decide.
    Auto,
    Text,
    Json,
    Http,
    /// Not built yet: such a listener answers in its own kind and closes.
    Irc,
    /// The admin's socket.
    Control,
}

/// How far a connection has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nothing is decided, and nothing has been sent.
    Undecided(Speaks),
    Open {
        session: SessionId,
        dialect: Dialect,
    },
    /// Requests come and are answered; who asks without a token is a guest.
    Http,
    /// Its last words are on their way; what still comes is dropped.
    Draining,
}

/// What a deadline is about. It is looked at when it comes, so nothing is taken out before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Why {
    /// A nickname should have come.
    Login,
    /// A word should have come.
    Idle,
    /// The end of an overlong line should have come.
    Overlong,
    /// The socket should have taken something.
    Stall,
    /// The other side of a WebSocket should have given a sign of life.
    Ping,
    /// The other side should have gone.
    Drain,
}

#[derive(Debug)]
pub struct Connection<S> {
    pub serial: u32,
    pub socket: S,
    pub stage: Stage,
    pub outbox: Outbox,
    pub inbox: Inbox,
    /// Where it is in its requests, while it is at HTTP.
    pub http: Option<Box<Visit>>,
    /// Where it is in its messages, once it is a WebSocket.
    pub frames: Option<Box<Socket>>,
    /// Who asks: through a trusted proxy, whoever it forwards for.
    pub from: Origin,
    /// The other end of the socket.
    pub peer: Origin,
    pub control: bool,
    /// Who comes by it, as the log names them.
    pub nick: Option<Name>,
    /// They had lost another connection before.
    pub returned: bool,
    /// On the list of those with something to write.
    pub dirty: bool,
    /// On the list of those with something to read.
    pub readable: bool,
    /// Not read from until what waits for it is taken.
    pub held: bool,
    /// The poll saw the other side's end; bytes may still stand before it.
    pub hung_up: bool,
    /// The other side's end has been read.
    pub half_closed: bool,
    /// Our side has said all: its end was sent.
    pub shut: bool,
    pub gone: bool,
    pub last_heard: Mono,
    /// When the socket last took something of a backlog.
    pub last_taken: Mono,
    pub overlong: u32,
    pub overlong_since: Mono,
}

impl<S> Connection<S> {
    pub fn new(serial: u32, socket: S, speaks: Speaks, from: Origin, now: Mono) -> Connection<S> {
        Connection {
            serial,
            socket,
            stage: Stage::Undecided(speaks),
            outbox: Outbox::default(),
            inbox: Inbox::default(),
            http: None,
            frames: None,
            from,
            peer: from,
            control: speaks == Speaks::Control,
            nick: None,
            returned: false,
            dirty: false,
            readable: false,
            held: false,
            hung_up: false,
            half_closed: false,
            shut: false,
            gone: false,
            last_heard: now,
            last_taken: now,
            overlong: 0,
            overlong_since: now,
        }
    }

    pub fn session(&self) -> Option<SessionId> {
        match self.stage {
            Stage::Open { session, .. } => Some(session),
            Stage::Http => self.http.as_ref().and_then(|visit| visit.guest),
            Stage::Undecided(_) | Stage::Draining => None,
        }
    }

    /// Whether its next request waits: until the last one is answered, or until its answers are taken. Some
    /// bytes ask for a whole page, so that many of them in one piece would else be held in memory at once.
    pub fn is_busy(&self) -> bool {
        self.http
            .as_ref()
            .is_some_and(|visit| visit.awaits() || self.outbox.waiting_bytes() > BACKLOG_SOFT_BYTES)
    }

    /// Whether somebody is here who speaks this.
    pub fn speaks(&self, protocol: Protocol) -> bool {
        matches!(self.stage, Stage::Open { dialect, .. } if dialect.protocol == protocol)
    }

    /// The word under which `status` counts it.
    pub fn kind(&self) -> &'static str {
        match self.stage {
            _ if self.control => "control",
            Stage::Open { dialect, .. } => dialect.protocol.word(),
            Stage::Http => "http",
            Stage::Undecided(_) => "undecided",
            Stage::Draining => "draining",
        }
    }
}
