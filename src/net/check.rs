//! What must hold between two turns; tests and the simulation ask after each.
//!
//! Changes nothing. Why beside the hub's own check: these are the sums and lists
//! that the lines are kept by, and a slip in them shows only much later.

use std::collections::HashMap;
use std::net::IpAddr;

use super::connection::{ConnectionId, Stage};
use super::exchange::{Exchange, Stream};

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
        assert_eq!(self.backlog_bytes, backlog_bytes, "bytes that wait to be written");
        assert_eq!(self.control, control, "control connections");
        assert_eq!(self.by_address, by_address, "connections by address");
        assert!(self.turn.is_empty(), "a turn has not ended");
    }
}
