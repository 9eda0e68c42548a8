//! The exchange: the hub, and a line to everybody.
//!
//! Knows no poll, no clock and no thread, so the tests run it as it is. Why one
//! struct holds both sides: what the hub wants done is done before it is asked
//! again, and nothing stands between.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::IpAddr;

use slab::Slab;

use super::bounds::Bounds;
use super::connection::{Connection, ConnectionId, Speaks, Stage, Why};
use super::metrics::Metrics;
use super::outbox::{TurnBuffers, Written};
use super::relays::Relays;
use super::rest::Rest;
use super::story;
use crate::core::counts::Counts;
use crate::core::effect::{Ask, Effect, Effects, Input, Origin};
use crate::core::entry::{Job, Query, Ticket};
use crate::core::event::{Event, Farewell};
use crate::core::hub::Hub;
use crate::core::lang::Lang;
use crate::core::reject::Reject;
use crate::core::reply::Reply;
use crate::core::request::RequestId;
use crate::core::session::SessionId;
use crate::core::time::{Mono, Now};
use crate::limits::{CONTROL_CONNECTIONS_MAX, READ_BYTES_PER_TURN};
use crate::wire::{self, Dialect, Protocol, Voices, text};

/// A socket, or a test's pipe.
pub trait Stream: Read + Write {
    /// Says that nothing more will be written, so that the other side can read to the end.
    fn end_writing(&mut self);
}

/// Marks a session that has no connection.
pub(super) const NOWHERE: u32 = u32::MAX;

pub struct Exchange<S> {
    pub(super) hub: Hub,
    pub(super) voices: Voices,
    pub(super) bounds: Bounds,
    pub(super) connections: Slab<Connection<S>>,
    opened: u32,
    pub(super) control: usize,
    pub(super) by_address: HashMap<IpAddr, u32>,
    /// The connection of each session, by the session's slot.
    pub(super) of_session: Vec<u32>,
    pub(super) turn: TurnBuffers,
    pub(super) dirty: Vec<u32>,
    pub(super) readable: Vec<ConnectionId>,
    pub(super) failed: Vec<ConnectionId>,
    pub(super) overflowed: Vec<ConnectionId>,
    pub(super) half_closed: Vec<ConnectionId>,
    pub(super) gone: Vec<ConnectionId>,
    pub(super) deadlines: BTreeSet<(Mono, ConnectionId, Why)>,
    pub(super) backlog_bytes: usize,
    /// The daemon ends: only the admin is still read from.
    pub(super) closed_to_people: bool,
    /// Jobs that the store has not answered, as the daemon last said.
    pub(super) store_queue: usize,
    pub counts: Counts,
    pub(super) metrics: Option<Metrics<S>>,
    effects: Effects,
    pub(super) scratch: Vec<u8>,
    pub(super) rest: Rest,
    pub(super) relays: Relays,
    jobs: Vec<Job>,
    fetches: Vec<(Ticket, Query)>,
    asks: Vec<(Ticket, Ask)>,
}

/// Why a connection was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turned {
    Full,
    TooManyFromAddress,
}

impl<S: Stream> Exchange<S> {
    pub fn new(hub: Hub, voices: Voices, bounds: Bounds) -> Exchange<S> {
        Exchange {
            hub,
            voices,
            bounds,
            connections: Slab::new(),
            opened: 0,
            control: 0,
            by_address: HashMap::new(),
            of_session: Vec::new(),
            turn: TurnBuffers::default(),
            dirty: Vec::new(),
            readable: Vec::new(),
            failed: Vec::new(),
            overflowed: Vec::new(),
            half_closed: Vec::new(),
            gone: Vec::new(),
            deadlines: BTreeSet::new(),
            backlog_bytes: 0,
            closed_to_people: false,
            store_queue: 0,
            counts: Counts::default(),
            metrics: None,
            effects: Effects::default(),
            scratch: vec![0; READ_BYTES_PER_TURN],
            rest: Rest::default(),
            relays: Relays::default(),
            jobs: Vec::new(),
            fetches: Vec::new(),
            asks: Vec::new(),
        }
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// A new configuration for what is here and what comes.
    pub fn configure(&mut self, bounds: Bounds, voices: Voices) {
        self.bounds = bounds;
        self.voices = voices;
    }

    /// Takes a new connection, or says goodbye to it at once.
    pub fn open(
        &mut self,
        now: Now,
        mut socket: S,
        speaks: Speaks,
        from: Origin,
    ) -> Result<ConnectionId, Turned> {
        if let Err(turned) = self.has_room_for(speaks, from) {
            let farewell = match turned {
                Turned::Full => Farewell::Full,
                Turned::TooManyFromAddress => Farewell::TooManyFromAddress,
            };
            self.count_turned(turned);
            // Best effort: nothing is owed to somebody who was never in.
            let _ = socket.write_all(&self.words_at_the_door(&farewell));
            socket.end_writing();
            return Err(turned);
        }
        self.opened += 1;
        self.counts.opened += 1;
        let connection = Connection::new(self.opened, socket, speaks, from, now.mono);
        self.control += usize::from(connection.control);
        if let Some(address) = self.counted(from) {
            *self.by_address.entry(address).or_default() += 1;
        }
        let slot = self.connections.insert(connection) as u32;
        let id = ConnectionId { slot, serial: self.opened };
        self.start_deadlines(now, id);
        if speaks == Speaks::Text {
            self.greet(id);
        }
        Ok(id)
    }

    /// What somebody is told who cannot even be let in.
    fn words_at_the_door(&self, farewell: &Farewell) -> Vec<u8> {
        let mut words = Vec::new();
        text::farewell(self.voices.unchosen(), farewell, &mut words);
        words
    }

    /// The last words where there is not even a descriptor left.
    pub fn words_when_full(&self) -> Vec<u8> {
        self.words_at_the_door(&Farewell::Full)
    }

    fn has_room_for(&self, speaks: Speaks, from: Origin) -> Result<(), Turned> {
        if speaks == Speaks::Control {
            return if self.control < CONTROL_CONNECTIONS_MAX { Ok(()) } else { Err(Turned::Full) };
        }
        let Bounds { connections, per_address, .. } = self.bounds;
        if connections > 0 && self.connections.len() - self.control >= connections {
            return Err(Turned::Full);
        }
        let here = self.counted(from).and_then(|address| self.by_address.get(&address)).copied();
        if per_address > 0 && here.unwrap_or(0) >= per_address {
            return Err(Turned::TooManyFromAddress);
        }
        Ok(())
    }

    /// The address whose connections are counted, if they are.
    pub(super) fn counted(&self, from: Origin) -> Option<IpAddr> {
        match from {
            Origin::Network(address) => {
                let exempt = self.bounds.exempt.iter().any(|prefix| prefix.contains(address.ip()));
                (!exempt).then(|| address.ip())
            }
            Origin::User { .. } => None,
        }
    }

    /// Forgets a connection's place in the counts; its socket closes by being dropped.
    pub(super) fn uncount(&mut self, connection: &Connection<S>) {
        self.control -= usize::from(connection.control);
        self.backlog_bytes -= connection.outbox.backlog_bytes();
        if let Origin::Network(address) = connection.from {
            self.discount(address.ip());
        }
    }

    /// This connection is somebody else's from here on.
    pub(super) fn count_as(&mut self, id: ConnectionId, from: Origin) -> Result<(), Turned> {
        let (old, new) = (self.get(id).and_then(|one| self.counted(one.from)), self.counted(from));
        let here = new.and_then(|address| self.by_address.get(&address)).copied().unwrap_or(0);
        if self.bounds.per_address > 0 && here >= self.bounds.per_address {
            return Err(Turned::TooManyFromAddress);
        }
        if let Some(address) = old {
            self.discount(address);
        }
        if let Some(address) = new {
            *self.by_address.entry(address).or_default() += 1;
        }
        if let Some(connection) = self.get_mut(id) {
            connection.from = from;
        }
        Ok(())
    }

    fn discount(&mut self, address: IpAddr) {
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }

    pub fn get(&self, id: ConnectionId) -> Option<&Connection<S>> {
        self.connections.get(id.slot as usize).filter(|connection| connection.serial == id.serial)
    }

    pub(super) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection<S>> {
        self.connections.get_mut(id.slot as usize).filter(|connection| connection.serial == id.serial)
    }

    /// The live connection in a slot.
    pub fn in_slot(&self, slot: usize) -> Option<ConnectionId> {
        let connection = self.connections.get(slot)?;
        Some(ConnectionId { slot: slot as u32, serial: connection.serial })
    }

    /// Every socket, for a test that looks at what arrived.
    pub fn socket_mut(&mut self, id: ConnectionId) -> Option<&mut S> {
        self.get_mut(id).map(|connection| &mut connection.socket)
    }

    pub fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether nothing waits to be written to people. Walks all connections: for the end only.
    pub fn has_said_everything(&self) -> bool {
        self.connections.iter().all(|(_, connection)| connection.control || connection.outbox.is_empty())
    }

    /// Connections that are not the admin's.
    pub fn people_connections(&self) -> usize {
        self.connections.len() - self.control
    }

    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// What this turn wants kept; all of it goes to the store at once.
    pub fn take_jobs(&mut self) -> Vec<Job> {
        std::mem::take(&mut self.jobs)
    }

    pub(super) fn jobs_waiting(&self) -> usize {
        self.jobs.len() + self.store_queue
    }

    pub fn take_fetches(&mut self) -> Vec<(Ticket, Query)> {
        std::mem::take(&mut self.fetches)
    }

    pub fn take_asks(&mut self) -> Vec<(Ticket, Ask)> {
        std::mem::take(&mut self.asks)
    }

    /// Tells the hub something and does all that it wants done.
    pub fn apply(&mut self, now: Now, input: Input<'_>) {
        if let Input::Stored { entry, outcome, .. } = &input {
            self.counts.stored(entry, outcome);
        }
        self.hub.apply(now, input, &mut self.effects);
        let effects = std::mem::take(&mut self.effects);
        self.effects = self.perform(now, effects);
    }

    /// Performing never asks the hub for more: it only queues.
    fn perform(&mut self, now: Now, mut effects: Effects) -> Effects {
        let mut list = std::mem::take(&mut effects.list);
        for effect in list.drain(..) {
            match effect {
                Effect::Deliver { to, event } => {
                    story::told(&event);
                    self.deliver(effects.people(&to), &event);
                }
                Effect::Reply { to, re, reply } => self.reply(now, to, &re, &reply),
                Effect::Record { ticket, entry } => self.jobs.push(Job { ticket, entry }),
                Effect::Fetch { ticket, query } => self.fetches.push((ticket, query)),
                Effect::Ask { ticket, ask } => self.asks.push((ticket, ask)),
                Effect::Rebind { from, to } => self.rebind(now, from, to),
                Effect::Speak { to, lang } => self.speak(to, lang),
                Effect::Close { session, farewell } => self.close(now, session, &farewell),
                Effect::EndTransfer { offer } => self.relays.end(offer),
            }
        }
        effects.list = list;
        effects
    }

    /// Encodes an event once for each dialect that hears it, and hands everybody the stretch.
    fn deliver(&mut self, people: &[SessionId], event: &Event) {
        let hub = &self.hub;
        let id_of = |room: &str| hub.room_id(room);
        let mut written: [Option<Written>; Dialect::COUNT] = [None; Dialect::COUNT];
        let mut heard = 0;
        for session in people {
            let slot = self.connection_of(*session);
            let Some(connection) = self.connections.get_mut(slot as usize) else { continue };
            let Stage::Open { dialect, .. } = connection.stage else { continue };
            let said = match written[dialect.index()] {
                Some(said) => said,
                None => {
                    let speech = self.voices.of(dialect.lang);
                    let said = self
                        .turn
                        .event(dialect, |out| wire::encode_event(speech, dialect, event, id_of, out));
                    *written[dialect.index()].insert(said)
                }
            };
            if said.is_empty() {
                continue;
            }
            heard += 1;
            if connection.outbox.push(said) && !std::mem::replace(&mut connection.dirty, true) {
                self.dirty.push(slot);
            }
        }
        self.counts.deliveries += heard;
    }

    fn reply(&mut self, now: Now, to: SessionId, re: &RequestId, reply: &Result<Reply, Reject>) {
        let slot = self.connection_of(to);
        let stage = self.connections.get(slot as usize).map(|connection| connection.stage);
        if !matches!(stage, Some(Stage::Open { .. })) {
            return self.replied(now, re, reply);
        }
        if let Some(connection) = self.connections.get_mut(slot as usize) {
            story::answered(connection, reply);
        }
        let named = self.hub.has_nick(to);
        let Some(connection) = self.connections.get_mut(slot as usize) else { return };
        let Stage::Open { dialect, .. } = &mut connection.stage else { return };
        if let Ok(Reply::Timestamps { on }) = reply {
            dialect.timestamps = *on;
        }
        let dialect = *dialect;
        let speech = self.voices.of(dialect.lang);
        let answer = self.turn.reply(|out| wire::encode_reply(speech, dialect, named, re, reply, out));
        self.hand(slot, answer);
    }

    /// The slot of a session's connection; one who has lost it has none.
    fn connection_of(&self, session: SessionId) -> u32 {
        self.of_session.get(session.slot as usize).copied().unwrap_or(NOWHERE)
    }

    /// Somebody has come back: what this connection says is said by who they were.
    fn rebind(&mut self, now: Now, from: SessionId, to: SessionId) {
        let slot = self.connection_of(from);
        self.unbind(from);
        self.place(to, slot);
        if slot == NOWHERE {
            // Who comes back by a request goes when no other follows, whether this one is answered or not.
            self.heard_of(now, to);
        }
        if let Some(connection) = self.connections.get_mut(slot as usize)
            && let Stage::Open { session, .. } = &mut connection.stage
        {
            *session = to;
            connection.returned = true;
        }
    }

    pub(super) fn place(&mut self, session: SessionId, connection: u32) {
        let slot = session.slot as usize;
        if self.of_session.len() <= slot {
            self.of_session.resize(slot + 1, NOWHERE);
        }
        self.of_session[slot] = connection;
    }

    fn speak(&mut self, to: SessionId, lang: Lang) {
        let slot = self.connection_of(to);
        if let Some(connection) = self.connections.get_mut(slot as usize)
            && let Stage::Open { dialect, .. } = &mut connection.stage
        {
            dialect.lang = lang;
        }
    }

    /// Gives one connection what only it is told.
    pub(super) fn hand(&mut self, slot: u32, written: Written) {
        let Some(connection) = self.connections.get_mut(slot as usize) else { return };
        connection.outbox.push(written);
        if !std::mem::replace(&mut connection.dirty, true) {
            self.dirty.push(slot);
        }
    }

    /// Invites to choose a nickname.
    pub(super) fn greet(&mut self, id: ConnectionId) {
        let lang = match self.get(id).map(|connection| connection.stage) {
            Some(Stage::Open { dialect, .. }) => dialect.lang,
            Some(Stage::Undecided(_) | Stage::Http | Stage::Draining) | None => self.voices.lang,
        };
        let speech = self.voices.of(lang);
        let greeting = self.turn.reply(|out| text::greeting(speech, out));
        self.hand(id.slot, greeting);
    }

    /// The connection has become somebody.
    pub(super) fn bind(&mut self, id: ConnectionId, session: SessionId, protocol: Protocol) {
        self.place(session, id.slot);
        let unchosen = self.voices.lang;
        if let Some(connection) = self.get_mut(id) {
            // A program says what its reader reads, and may count on English until then.
            let lang = if connection.control { Lang::default() } else { unchosen };
            let dialect = Dialect { protocol, timestamps: false, lang };
            connection.stage = Stage::Open { session, dialect };
        }
    }

    /// The session that the last `apply` opened.
    pub(super) fn opened_session(&self) -> Option<SessionId> {
        self.effects.opened
    }

    /// The hub lets somebody go.
    fn close(&mut self, now: Now, session: SessionId, farewell: &Farewell) {
        let slot = self.connection_of(session);
        self.unbind(session);
        match self.in_slot(slot as usize) {
            Some(id) => self.part(now, id, farewell),
            None => self.close_session(now, session, farewell),
        }
    }

    /// The last words of this connection, whatever it speaks; then it only drains.
    pub(super) fn part(&mut self, now: Now, id: ConnectionId, farewell: &Farewell) {
        self.refuse_awaited(now, id, None, farewell);
        self.leave_relay(id);
        let unchosen = self.voices.lang;
        let Some(connection) = self.get_mut(id) else { return };
        let spoken = match connection.stage {
            Stage::Open { dialect, .. } => Some((dialect.protocol, dialect.lang)),
            Stage::Undecided(Speaks::Text) => Some((Protocol::Text, unchosen)),
            // Nothing was sent and nothing is: it may be a browser's spare socket.
            // One that asks for something else than the chat is not told of the chat's end either.
            Stage::Undecided(_) | Stage::Http => None,
            Stage::Draining => return,
        };
        connection.stage = Stage::Draining;
        story::parted(connection, farewell);
        if let Some((protocol, lang)) = spoken {
            let speech = self.voices.of(lang);
            let last =
                self.turn.reply(|out| wire::encode_farewell(speech, protocol, now.wall, farewell, out));
            self.hand(id.slot, last);
        }
        self.drain(now, id);
    }

    /// The session ended otherwise: nothing leads to this connection any more.
    pub(super) fn unbind(&mut self, session: SessionId) {
        if let Some(slot) = self.of_session.get_mut(session.slot as usize) {
            *slot = NOWHERE;
        }
    }
}
