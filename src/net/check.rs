//! What must hold between two turns; tests and the simulation ask after each.
//!
//! Changes nothing. Why beside the hub's own check: these are the sums and lists
//! that the lines are kept by, and a slip in them shows only much later.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use super::connection::{ConnectionId, Stage};
use super::exchange::{Exchange, NOWHERE, Stream};
use crate::core::session::SessionId;

impl<S: Stream> Exchange<S> {
    /// Panics where the exchange or its hub contradicts itself. Asked after `reap`.
    pub fn check(&self) {
        self.hub.check();
        let (mut backlog_bytes, mut control) = (0, 0);
        let mut by_address: HashMap<IpAddr, u32> = HashMap::new();
        for (slot, connection) in &self.connections {
            let id = ConnectionId { slot: slot as u32, serial: connection.serial };
            backlog_bytes += connection.outbox.backlog_bytes();
            control += usize::from(connection.control);
            if let Some(address) = self.counted(connection.from) {
                *by_address.entry(address).or_default() += 1;
            }
            if let Stage::Open { session, .. } = connection.stage {
                assert_eq!(self.of_session[session.slot as usize], id.slot, "{session:?} leads elsewhere");
            }
            assert_eq!(connection.readable, self.readable.contains(&id), "{id:?} is to be read or is not");
            assert_eq!(connection.dirty, self.dirty.contains(&id.slot), "{id:?} is to be flushed or is not");
            // The admin's line ends with the process.
            let kept = connection.gone || (connection.control && self.closed_to_people);
            let waits = kept || self.deadlines.iter().any(|(_, one, _)| *one == id);
            assert!(connection.stage != Stage::Draining || waits, "{id:?} drains for ever");
        }
        self.check_rest();
        assert_eq!(self.backlog_bytes, backlog_bytes, "bytes that wait to be written");
        assert_eq!(self.control, control, "control connections");
        assert_eq!(self.by_address, by_address, "connections by address");
        assert!(self.turn.is_empty(), "a turn has not ended");
    }

    /// Nobody is here by no way, and no request waits for what never comes.
    fn check_rest(&self) {
        let mut here: HashSet<SessionId> = HashSet::new();
        let mut awaited = 0;
        for (slot, connection) in &self.connections {
            let id = ConnectionId { slot: slot as u32, serial: connection.serial };
            here.extend(connection.session());
            if let Some(asked) = connection.http.as_ref().and_then(|visit| visit.awaits.as_ref()) {
                here.insert(asked.session);
                awaited += 1;
                assert_eq!(self.rest.awaiting.get(&asked.number), Some(&id), "{id:?} is never answered");
            }
        }
        let at = |(offer, id): (u64, ConnectionId)| {
            let visit = self.get(id).and_then(|connection| connection.http.as_ref());
            assert_eq!(visit.and_then(|visit| visit.relay), Some(offer), "{id:?} has left transfer {offer}");
        };
        let ends = self.relays.ends().map(at).count();
        let visits = self.connections.iter().filter_map(|(_, connection)| connection.http.as_ref());
        assert_eq!(visits.filter(|visit| visit.relay.is_some()).count(), ends, "transfers that are none");
        assert_eq!(self.rest.awaiting.len(), awaited, "answers that nobody waits for");
        for (session, heard) in &self.rest.sessions {
            let ends = self.rest.idle.iter().any(|(_, one)| one == session);
            assert!(
                ends || self.bounds.session_idle_ms == 0,
                "{session:?}, heard of at {heard:?}, stays for ever"
            );
        }
        let mut with_token = 0;
        for (session, waits) in self.hub.all_sessions() {
            let token = self.rest.sessions.contains_key(&session);
            with_token += usize::from(token);
            // At the end all are parted, and those who come back after it stay as they are.
            let kept = waits || token || self.closed_to_people;
            assert!(kept || here.contains(&session), "nobody knows of {session:?}");
        }
        assert_eq!(self.rest.sessions.len(), with_token, "tokens of those who are gone");
        for (slot, connection) in self.of_session.iter().enumerate().filter(|(_, one)| **one != NOWHERE) {
            let session = self.connections.get(*connection as usize).and_then(|one| one.session());
            assert_eq!(session.map(|one| one.slot as usize), Some(slot), "a session leads nowhere");
        }
    }
}
