//! What an admin bounds of the connections.
//!
//! Knows no file and no key. Why a struct of plain numbers: a reload replaces it whole.

use crate::core::prefix::Prefix;

/// What an admin may configure of the connections; 0 is no limit.
#[derive(Clone, Debug)]
pub struct Bounds {
    pub line_bytes: usize,
    pub outbox_bytes: usize,
    pub outbox_total_bytes: usize,
    pub login_ms: u64,
    /// How long the other side of a WebSocket may be silent before it is asked for a sign of life.
    pub ping_ms: u64,
    pub idle_ms: u64,
    pub connections: usize,
    pub per_address: u32,
    /// Addresses that `per_address` does not count.
    pub exempt: Vec<Prefix>,
    /// Who asks for others, whose addresses they name.
    pub trusted_proxies: Vec<Prefix>,
    /// How long somebody with a token may ask for nothing.
    pub session_idle_ms: u64,
    /// Pages of which origins may use this server beside its own, or `*`.
    pub origins: Vec<String>,
    /// What is read of one relayed file in a second.
    pub file_rate_bytes: u64,
    /// `/metrics` is for everybody, not for this machine alone.
    pub metrics_for_anyone: bool,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            line_bytes: 8 * 1024,
            outbox_bytes: 1024 * 1024,
            outbox_total_bytes: 256 * 1024 * 1024,
            login_ms: 30_000,
            ping_ms: 60_000,
            idle_ms: 0,
            connections: 20_000,
            per_address: 64,
            exempt: Vec::new(),
            trusted_proxies: Vec::new(),
            session_idle_ms: 300_000,
            origins: Vec::new(),
            file_rate_bytes: 0,
            metrics_for_anyone: false,
        }
    }
}
