//! `/metrics`: who may read the numbers, and what of them only the connections know.
//!
//! Knows no metric's name. Why the text is made elsewhere: most of what is told is the daemon's, and the
//! address is this room's.

use std::collections::BTreeMap;

use super::connection::ConnectionId;
use super::exchange::{Exchange, Stream, Turned};
use crate::core::effect::Origin;
use crate::wire::http::{Answer, Head};

/// Makes the text of all numbers as they stand.
pub type Metrics<S> = Box<dyn Fn(&Exchange<S>) -> String>;

/// What a scraper is told that it gets (OpenMetrics 1.0 §9).
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl<S: Stream> Exchange<S> {
    /// Has `/metrics` answered with what this makes.
    pub fn answer_metrics_with(&mut self, metrics: Metrics<S>) {
        self.metrics = Some(metrics);
    }

    pub(super) fn metrics(&self, id: ConnectionId, head: &Head) -> Answer {
        if !self.bounds.metrics_for_anyone && !self.is_of_this_machine(id, head) {
            return self.refusal(403, "not_allowed", "http-metrics-refused");
        }
        let Some(metrics) = &self.metrics else { return self.refusal(404, "not_found", "http-nothing-here") };
        let body = metrics(self).into_bytes().into();
        let fields = vec![("Cache-Control", "no-store".to_owned())];
        Answer { status: 200, kind: KIND, body, fields }
    }

    fn is_of_this_machine(&self, id: ConnectionId, head: &Head) -> bool {
        // A proxy here that is not trusted says that it asks for somebody else.
        let forwarded = ["x-forwarded-for", "forwarded"].iter().any(|name| head.field(name).is_some());
        self.get(id).is_some_and(|connection| match connection.from {
            _ if forwarded && connection.from == connection.peer => false,
            Origin::Network(address) => address.ip().to_canonical().is_loopback(),
            Origin::User { .. } => true,
        })
    }

    pub(super) fn count_turned(&mut self, turned: Turned) {
        match turned {
            Turned::Full => self.counts.full += 1,
            Turned::TooManyFromAddress => self.counts.too_many += 1,
        }
    }

    /// Connections by what they speak.
    pub fn count_by_kind(&self) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, connection) in &self.connections {
            *counts.entry(connection.kind()).or_default() += 1;
        }
        counts.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect()
    }

    /// Bytes that sockets have not taken yet.
    pub fn backlog_bytes(&self) -> usize {
        self.backlog_bytes
    }

    /// Jobs that the store has not answered, as it was last said.
    pub fn store_queue(&self) -> usize {
        self.store_queue
    }
}
