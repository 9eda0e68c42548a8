//! The two sides of the hub: what it is told, and what it wants done.
//!
//! Knows nothing of how either happens. Why effects are a list and not calls:
//! the same inputs then always give the same output, which tests and the
//! simulation live from.

use std::net::SocketAddr;
use std::ops::Range;

use super::entry::{Entry, Outcome, Page, Query, Ticket};
use super::event::{Event, Farewell};
use super::files::Relayed;
use super::lang::Lang;
use super::reject::Reject;
use super::reply::{DaemonStatus, Reply};
use super::request::{Request, RequestId};
use super::session::{Door, SessionId};
use super::settings::{Settings, Storage};

/// What the hub is told.
#[derive(Debug)]
pub enum Input<'a> {
    /// Somebody is there; the id of the new session comes back in [`Effects::opened`].
    /// A `sponsor` is somebody whose rooms this one may hear, too.
    Opened {
        door: Door,
        from: Origin,
        sponsor: Option<SessionId>,
    },
    Request {
        session: SessionId,
        re: RequestId,
        request: Request<'a>,
    },
    /// Bytes that were no request: answered, counted and charged like one.
    Malformed {
        session: SessionId,
        re: RequestId,
        reject: Reject,
    },
    /// The connection is gone without a goodbye.
    Closed {
        session: SessionId,
    },
    Stored {
        ticket: Ticket,
        entry: Entry,
        outcome: Outcome,
    },
    Fetched {
        ticket: Ticket,
        page: Page,
    },
    /// What a relay knows of a transfer.
    Relayed {
        offer: u64,
        relayed: Relayed,
    },
    Told(Told),
    /// A deadline may have come.
    Timeout,
}

/// Where a session comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Origin {
    Network(SocketAddr),
    /// This machine's user, by the kernel's word.
    User {
        uid: u32,
    },
}

/// News from the world around the hub.
#[derive(Debug)]
pub enum Told {
    Storage(Storage),
    Settings(Box<Settings>),
    Status {
        ticket: Ticket,
        daemon: Box<DaemonStatus>,
    },
    /// What became of something about the configuration.
    Config {
        ticket: Ticket,
        outcome: Result<Reply, Reject>,
    },
    /// The daemon ends: everybody is to be told.
    Stopping {
        reason: Option<String>,
    },
}

/// What the hub wants done.
#[derive(PartialEq, Debug)]
pub enum Effect {
    Deliver {
        to: Audience,
        event: Event,
    },
    Reply {
        to: SessionId,
        re: RequestId,
        reply: Result<Reply, Reject>,
    },
    /// To be committed; with a ticket, [`Input::Stored`] answers.
    Record {
        ticket: Option<Ticket>,
        entry: Entry,
    },
    /// To be read; [`Input::Fetched`] answers.
    Fetch {
        ticket: Ticket,
        query: Query,
    },
    Ask {
        ticket: Ticket,
        ask: Ask,
    },
    /// The connection of one session is another's from now on, which has none.
    Rebind {
        from: SessionId,
        to: SessionId,
    },
    /// What is told to this session from now on is in that language.
    Speak {
        to: SessionId,
        lang: Lang,
    },
    Close {
        session: SessionId,
        farewell: Farewell,
    },
    /// The transfer is over: whoever still sends or fetches is cut off.
    EndTransfer {
        offer: u64,
    },
}

/// What only the daemon can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ask {
    Status,
    Config(ConfigAsk),
    Shutdown { reason: Option<String> },
}

/// What is to become of the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfigAsk {
    /// Tell in what the file differs from what runs.
    Diff,
    /// Take the file over; for so many milliseconds only, unless it is confirmed meanwhile.
    Apply {
        confirm_ms: Option<u64>,
    },
    Confirm,
    Revert,
}

/// Who hears an event: sessions in ascending order, none twice, all alive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audience(Range<usize>);

/// What one `apply` gave; reused from call to call.
#[derive(Default, Debug)]
pub struct Effects {
    pub opened: Option<SessionId>,
    pub list: Vec<Effect>,
    people: Vec<SessionId>,
}

impl Effects {
    pub fn clear(&mut self) {
        self.opened = None;
        self.list.clear();
        self.people.clear();
    }

    /// The sessions of an audience of this very `apply`.
    pub fn people(&self, to: &Audience) -> &[SessionId] {
        &self.people[to.0.clone()]
    }

    /// Delivers to those of `people` who are not `except`. Nobody there: nothing is done.
    pub(super) fn deliver(
        &mut self,
        people: impl IntoIterator<Item = SessionId>,
        except: Option<SessionId>,
        event: Event,
    ) {
        let start = self.people.len();
        self.people.extend(people.into_iter().filter(|one| Some(*one) != except));
        debug_assert!(self.people[start..].is_sorted());
        if self.people.len() > start {
            self.list.push(Effect::Deliver { to: Audience(start..self.people.len()), event });
        }
    }

    pub(super) fn reply(&mut self, to: SessionId, re: RequestId, reply: Result<Reply, Reject>) {
        self.list.push(Effect::Reply { to, re, reply });
    }

    pub(super) fn speak(&mut self, to: SessionId, lang: Lang) {
        self.list.push(Effect::Speak { to, lang });
    }

    pub(super) fn rebind(&mut self, from: SessionId, to: SessionId) {
        self.list.push(Effect::Rebind { from, to });
    }

    pub(super) fn record(&mut self, ticket: Option<Ticket>, entry: Entry) {
        self.list.push(Effect::Record { ticket, entry });
    }

    pub(super) fn end_transfer(&mut self, offer: u64) {
        self.list.push(Effect::EndTransfer { offer });
    }

    pub(super) fn close(&mut self, session: SessionId, farewell: Farewell) {
        self.list.push(Effect::Close { session, farewell });
    }
}
