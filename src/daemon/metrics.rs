//! The numbers of the daemon as OpenMetrics text, for whoever draws them over time.
//!
//! Counts nothing itself. Why everything is registered anew for each scrape: what is counted are plain
//! integers on the main path, and a scrape comes a few times a minute.

use std::collections::BTreeMap;
use std::fmt;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry, Unit};

use super::turn::Facts;
use crate::core::counts::{self, STEPS_US};
use crate::core::settings::Storage;
use crate::net::exchange::{Exchange, Stream};
use crate::net::metrics::Metrics;
use crate::store;

/// What makes the text, for the exchange to call.
pub fn of<S: Stream + 'static>(facts: &Facts) -> Metrics<S> {
    let (since, database) = (facts.since, facts.database.clone());
    Box::new(move |exchange| {
        let mut list = List(Registry::default());
        list.whole(since.0);
        list.people(exchange);
        list.talk(&exchange.counts);
        list.times(&exchange.counts);
        list.disk(exchange, store::sizes(&database));
        list.refused(exchange);
        let mut text = String::new();
        encode(&mut text, &list.0).expect("writing to a String cannot fail");
        text
    })
}

struct List(Registry);

impl List {
    /// The library ends each sentence with a full stop, and the name of a counter with `_total`.
    fn put(&mut self, name: &str, unit: Option<Unit>, help: &str, metric: impl Metric) {
        match unit {
            Some(unit) => self.0.register_with_unit(name, help, unit, metric),
            None => self.0.register(name, help, metric),
        }
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.put(name, None, help, ConstCounter::new(value));
    }

    fn bytes(&mut self, name: &str, help: &str, value: u64) {
        self.put(name, Some(Unit::Bytes), help, ConstGauge::new(value));
    }

    fn gauge(&mut self, name: &str, help: &str, value: usize) {
        self.put(name, None, help, ConstGauge::new(value as u64));
    }

    fn whole(&mut self, since_ms: i64) {
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        self.put("chatd_build", None, "What runs here", version);
        let since = ConstGauge::new(since_ms as f64 / 1000.0);
        let help = "When the daemon started, in seconds since 1970";
        self.put("chatd_start_time", Some(Unit::Seconds), help, since);
        let dropped = super::log::dropped();
        self.counter("chatd_log_lines_dropped", "Log lines that nobody took in time", dropped);
    }

    fn people<S: Stream>(&mut self, exchange: &Exchange<S>) {
        let hub = exchange.hub();
        self.gauge("chatd_people", "People with a nickname who are connected", hub.people());
        self.gauge("chatd_rooms", "Open rooms", hub.rooms());
        let connections =
            exchange.count_by_kind().into_iter().map(|(kind, count)| (kind, count as u64)).collect();
        let connections = ByLabel { label: "dialect", kind: MetricType::Gauge, values: connections };
        self.put("chatd_connections", None, "Open connections by what they speak", connections);
        let counts = &exchange.counts;
        self.counter("chatd_connections_opened", "Connections that were let in", counts.opened);
        let turned = [("full", counts.full), ("too_many", counts.too_many)];
        let turned = turned.map(|(reason, count)| (reason.to_owned(), count)).into();
        let turned = ByLabel { label: "reason", kind: MetricType::Counter, values: turned };
        let help = "Connections that were turned away: too many in all, or from one address";
        self.put("chatd_connections_refused", None, help, turned);
    }

    fn talk(&mut self, counts: &counts::Counts) {
        self.counter("chatd_messages", "Messages that were committed", counts.messages);
        self.counter("chatd_whispers", "Whispers that were committed", counts.whispers);
        let help = "Events that were handed to connections, each as often as it has hearers";
        self.counter("chatd_deliveries", help, counts.deliveries);
        for (name, help, value) in [
            ("chatd_received", "Bytes that came from connections", counts.received_bytes),
            ("chatd_sent", "Bytes that connections have taken", counts.sent_bytes),
            ("chatd_relayed", "Bytes of files from one person to another", counts.relayed_bytes),
        ] {
            self.put(name, Some(Unit::Bytes), help, ConstCounter::new(value));
        }
    }

    fn times(&mut self, counts: &counts::Counts) {
        for (name, help, histogram) in [
            ("chatd_turn", "Length of the loop's turns, without the wait", counts.turn),
            ("chatd_commit", "From records being handed to the store to its answer", counts.commit),
            ("chatd_transaction", "Length of the store's transactions", counts.transaction),
        ] {
            self.put(name, Some(Unit::Seconds), help, Steps(histogram));
        }
    }

    fn disk<S: Stream>(&mut self, exchange: &Exchange<S>, (database_bytes, wal_bytes): (u64, u64)) {
        self.gauge("chatd_store_queue", "Records that wait for the disk", exchange.store_queue());
        let backlog = exchange.backlog_bytes() as u64;
        self.bytes("chatd_outbox_backlog", "Bytes that sockets have not taken yet", backlog);
        self.bytes("chatd_database", "Size of the database's file", database_bytes);
        self.bytes("chatd_wal", "Size of the database's write-ahead log", wal_bytes);
        let state = exchange.hub().storage().word();
        let values = Storage::WORDS.map(|word| (word.to_owned(), u64::from(word == state))).into();
        let states = ByLabel { label: "state", kind: MetricType::Gauge, values };
        let help = "How the disk is: 1 for the state that it is in, 0 for the others";
        self.put("chatd_storage_state", None, help, states);
    }

    fn refused<S: Stream>(&mut self, exchange: &Exchange<S>) {
        let values = exchange.hub().refused().clone();
        let refusals = ByLabel { label: "code", kind: MetricType::Counter, values };
        self.put("chatd_refusals", None, "Requests that were refused, by code", refusals);
    }
}

/// One number for each value of a label, in their order.
#[derive(Debug)]
struct ByLabel {
    label: &'static str,
    kind: MetricType,
    values: BTreeMap<String, u64>,
}

impl EncodeMetric for ByLabel {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (value, number) in &self.values {
            let labels = [(self.label, value.as_str())];
            let mut encoder = encoder.encode_family(&labels)?;
            match self.kind {
                MetricType::Counter => encoder.encode_counter::<NoLabelSet, _, u64>(number, None)?,
                _ => encoder.encode_gauge(number)?,
            }
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        self.kind
    }
}

/// A histogram in seconds.
#[derive(Debug)]
struct Steps(counts::Histogram);

impl EncodeMetric for Steps {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let bounds = STEPS_US.map(seconds).into_iter().chain([f64::INFINITY]);
        let steps: Vec<(f64, u64)> = bounds.zip(self.0.counts().iter().copied()).collect();
        encoder.encode_histogram::<NoLabelSet>(seconds(self.0.sum_us()), self.0.count(), &steps, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

fn seconds(us: u64) -> f64 {
    us as f64 / 1_000_000.0
}
