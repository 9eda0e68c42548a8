//! Seeded worlds of people, faults and clocks, and what must hold in each of them.
//!
//! Knows the program only through what people and the database see. Why seeds:
//! whatever goes wrong once goes wrong again, by `SIM_SEED=N`.
//!
//! `SIM_SEEDS` says how many worlds are run (500), `SIM_FIRST` where they begin,
//! `SIM_SEED` runs a single one, and `SIM_TELL=1` shows all that is heard in it.

#[path = "simulation/acts.rs"]
mod acts;
#[path = "simulation/daemon.rs"]
mod daemon;
#[path = "simulation/ear.rs"]
mod ear;
#[path = "simulation/frames.rs"]
mod frames;
#[path = "simulation/hears.rs"]
mod hears;
#[path = "simulation/journal.rs"]
mod journal;
#[path = "simulation/ledger.rs"]
mod ledger;
#[path = "simulation/listening.rs"]
mod listening;
#[path = "simulation/options.rs"]
mod options;
#[path = "simulation/oracle.rs"]
mod oracle;
#[path = "simulation/person.rs"]
mod person;
#[path = "simulation/pipe.rs"]
mod pipe;
#[path = "simulation/random.rs"]
mod random;
#[path = "simulation/returns.rs"]
mod returns;
#[path = "simulation/rules.rs"]
mod rules;
#[path = "simulation/world.rs"]
mod world;

mod support;

use std::panic::catch_unwind;

use returns::Returns;
use world::World;

/// Of so many worlds one is run a second time, to see that it tells the same story.
const REPEATED: u64 = 16;
/// Failing seeds after which the rest would only bury them.
const FAILURES_MAX: usize = 3;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}

fn run(seed: u64) {
    let story = World::new(seed).run();
    if seed.is_multiple_of(REPEATED) {
        assert_eq!(World::new(seed).run(), story, "the same seed has told another story");
    }
}

#[test]
fn worlds() {
    each_seed("worlds", run);
}

#[test]
fn returns() {
    each_seed("returns", |seed| Returns::new(seed).run());
}

fn each_seed(test: &str, run: fn(u64)) {
    if let Some(seed) = number("SIM_SEED") {
        return run(seed);
    }
    let (first, count) = (number("SIM_FIRST").unwrap_or(1), number("SIM_SEEDS").unwrap_or(500));
    let mut failed = Vec::new();
    for seed in first..first + count {
        if catch_unwind(|| run(seed)).is_err() {
            eprintln!("replay it with: SIM_SEED={seed} cargo test --test simulation {test}");
            failed.push(seed);
        }
        if failed.len() == FAILURES_MAX {
            break;
        }
    }
    assert!(failed.is_empty(), "these seeds failed: {failed:?}");
}
