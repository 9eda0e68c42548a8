//! Proxies in front: a request comes from whoever the proxy says it comes from.
//!
//! Knows no configuration file. Why only the last address that is not one of ours counts: whatever
//! stands before it was written by the client itself.

use std::net::{IpAddr, SocketAddr};

use super::connection::ConnectionId;
use super::exchange::{Exchange, Stream, Turned};
use crate::core::effect::{Input, Origin};
use crate::core::time::Now;
use crate::wire::http::Head;

impl<S: Stream> Exchange<S> {
    /// Counts a request as from the address that a trusted proxy forwards for (`X-Forwarded-For`).
    ///
    /// # Errors
    ///
    /// That address has as many connections as it may.
    pub(super) fn come_through(&mut self, now: Now, id: ConnectionId, head: &Head) -> Result<(), Turned> {
        let Some(connection) = self.get(id) else { return Ok(()) };
        let (Origin::Network(peer), before) = (connection.peer, connection.from) else { return Ok(()) };
        if !self.is_proxy(peer.ip()) {
            return Ok(());
        }
        let hops = head.all("x-forwarded-for").flat_map(|value| value.split(',')).map(str::trim);
        let hops: Vec<Option<IpAddr>> = hops.map(address).collect();
        let client = hops.iter().rev().find(|hop| hop.is_none_or(|hop| !self.is_proxy(hop)));
        let from = match client {
            Some(Some(client)) => Origin::Network(SocketAddr::new(*client, 0)),
            // Nobody is named, or in no way that can be read.
            Some(None) | None => Origin::Network(peer),
        };
        if from == before {
            return Ok(());
        }
        self.count_as(id, from)?;
        // Who asked before was somebody else.
        if let Some(guest) = self.visit(id).and_then(|visit| visit.guest.take()) {
            self.unbind(guest);
            self.apply(now, Input::Closed { session: guest });
        }
        Ok(())
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.bounds.trusted_proxies.iter().any(|prefix| prefix.contains(address))
    }
}

/// An address as proxies write it: alone, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_proxies_write_them() {
        for (text, wanted) in [
            ("192.0.2.7", Some("192.0.2.7")),
            ("192.0.2.7:4711", Some("192.0.2.7")),
            ("[2001:db8::1]:80", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("::ffff:192.0.2.7", Some("192.0.2.7")),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(address(text), wanted.map(|wanted| wanted.parse().unwrap()), "{text}");
        }
    }
}
