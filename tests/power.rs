//! Durability, proved: power cuts, failing calls and failing syncs under the real store with its threads.
//!
//! Knows the store by what it answers and by what is found afterwards. Why both: a reply is a promise, and only the
//! next start shows whether it was kept.
//!
//! `POWER_CUTS` says how many power cuts there are (1,000), `POWER_SEED` runs the lives of a single seed.
//!
//! Not simulated: a sync that fails, the process's end before another commit succeeds, and a power cut within the
//! very first checkpoint of the next process. Nothing above the file system can tell such a log from a sound one.

#[path = "power/calls.rs"]
mod calls;
#[path = "power/lives.rs"]
mod lives;
mod power_support;
#[path = "simulation/random.rs"]
#[allow(dead_code)]
mod random;
