//! The memory load: how much a connection costs that has a name and says nothing.
//!
//! It must not know which server it talks to. Why a slope between two counts and not a
//! quotient: what the program needs anyway, and what its allocator took in advance, is in both
//! and falls out.

use crate::Result;
use crate::clients::{Clients, Dialect};
use crate::machine::resident_bytes;
use crate::room;
use crate::server::Server;
use crate::table::{Column, compared, told};

pub const COLUMNS: &[Column] = &[compared("bytes/conn", 0), told("MiB at half", 2), told("MiB at full", 2)];

const MIB: f64 = 1024.0 * 1024.0;

/// One round against one server: figures in the order of [`COLUMNS`].
pub fn run(server: &Server, connections: usize) -> Result<Vec<f64>> {
    let half = connections / 2;
    let mut clients = Clients::new()?;
    let mut resident_with = |count| -> Result<f64> {
        room::enter(&mut clients, server, count, Dialect::Text)?;
        clients.settle()?;
        Ok(resident_bytes(server.pid())? as f64)
    };
    let at_half = resident_with(half)?;
    let at_full = resident_with(connections)?;
    let slope = (at_full - at_half) / (connections - half) as f64;
    Ok(vec![slope, at_half / MIB, at_full / MIB])
}
