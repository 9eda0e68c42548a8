//! Durability, proved: power cuts, failing calls and failing syncs under the real store with its threads.
//!
//! Knows the store by what it answers and by what is found afterwards. Why both: a reply is a promise, and only the
//! next start shows whether it was kept.
//!
//! `POWER_CUTS` says how many power cuts there are (1,000), `POWER_SEED` runs the lives of a single seed.
//!
//! Not simulated: a sync that fails, the process's end before another commit succeeds, and a power cut within the
//! very first checkpoint of the next process; nor failing syncs with durability "process". SQLite cannot tell a log
//! whose sync failed from a sound one, and only writing it anew would mend it.

#[path = "power/calls.rs"]
mod calls;
#[path = "power/lives.rs"]
mod lives;
mod power_support;
#[path = "simulation/random.rs"]
#[allow(dead_code)]
mod random;
