//! Connections: everything between bytes and the hub.
//!
//! Knows sockets and dialects, not the poll they are waited for with. `exchange`
//! is the middle; `intake` is what comes, `outbox` and `upkeep` what goes.

pub mod bounds;
mod check;
pub mod connection;
pub mod exchange;
mod http;
mod intake;
pub mod listener;
pub mod metrics;
pub mod outbox;
mod peer;
mod proxy;
mod relay;
mod relays;
mod rest;
mod routes;
mod simple;
pub mod socket;
mod story;
mod upkeep;
mod websocket;
