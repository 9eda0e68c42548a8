//! Lives of a database that end in a power cut, one after another.
//!
//! Knows the model and the disk. Why a cut is counted in changes of the disk: so it falls into commits, checkpoints,
//! starts and ends alike. The store's two threads are real: a seed that is run again tells almost the same story.

use std::panic::catch_unwind;

use chatd::core::entry::{HistoryQuery, Outcome, Page, Query};
use chatd::store::Durability;

use crate::power_support::disk::{Disk, Plan};
use crate::power_support::keeper::{Home, Keeper};
use crate::power_support::model::{Loss, Model};
use crate::power_support::snapshot::Snapshot;
use crate::random::Random;

/// Lives of one seed.
const LIVES: u64 = 12;
/// Failing seeds after which the rest would only bury them.
const FAILURES_MAX: usize = 3;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}

/// What has been seen, for the figures.
#[derive(Default, PartialEq, Debug)]
struct Seen {
    cuts: u64,
    acknowledged: u64,
    repeated: u64,
    refused: u64,
}

/// What people see is what is kept. False: there was no page.
pub fn check_page(keeper: &mut Keeper, model: &Model) -> bool {
    let room = "lobby";
    let asked = HistoryQuery {
        room: room.into(),
        floor: 0,
        versions: false,
        before: None,
        after: None,
        from: None,
        since: None,
        until: None,
        limit: 20,
    };
    match keeper.page(Query::History(asked)) {
        Page::History { messages, .. } => {
            let shown = model.shown(room);
            let seen = messages.into_iter().map(|message| (message.seq.unwrap_or(0), message.text));
            let seen: Vec<(u64, String)> = seen.collect();
            assert!(shown.ends_with(&seen) && seen.is_empty() == shown.is_empty(), "the page is wrong");
            true
        }
        Page::Failed => false,
        other => panic!("{other:?} was not asked for"),
    }
}

/// One database through its lives.
struct World {
    home: Home,
    model: Model,
    random: Random,
    seen: Seen,
    /// A sync has failed, and what it was to write may still be in the kernel's memory only.
    unsure: bool,
}

impl World {
    fn new(seed: u64, durability: Durability) -> World {
        let home = Home::new(Disk::new(seed), durability);
        let (model, random) = (Model::new(seed, true), Random::new(!seed));
        World { home, model, random, seen: Seen::default(), unsure: false }
    }

    fn run(mut self) -> Seen {
        let mut loss = Loss::None;
        for _ in 0..LIVES {
            loss = self.live(loss);
        }
        self.home.disk.plan(Plan::default());
        let (keeper, _) = self.home.open().expect("it opens on a disk that is well");
        self.compare(loss);
        keeper.end();
        Seen { acknowledged: self.model.acknowledged, repeated: self.model.repeated, ..self.seen }
    }

    fn plan(&mut self) -> Plan {
        // As often soon as late.
        let reach = self.random.below(10);
        let cut = Some(1 + self.random.below(2 << reach) as u64);
        let syncs = self.home.place.durability == Durability::Power && self.random.one_in(3);
        let failing_syncs = syncs.then(|| {
            let first = 1 + self.random.below(16) as u64;
            (first, first + self.random.below(4) as u64)
        });
        Plan { cut, failing_syncs, failing: None }
    }

    fn compare(&mut self, loss: Loss) {
        let found = self.home.disk.spare(|| Snapshot::read(&self.home.reader()));
        self.model.compare(&found, loss);
    }

    /// From a start to an end. Gives what may be missing at the next start.
    fn live(&mut self, loss: Loss) -> Loss {
        let mut loss = loss;
        let plan = self.plan();
        let spared = std::mem::take(&mut self.unsure);
        self.home.disk.plan(if spared { Plan::default() } else { plan });
        let mut keeper = match self.home.open() {
            Ok((keeper, _)) => keeper,
            Err(error) => {
                let cut = !self.home.disk.is_on();
                assert!(cut || plan.failing_syncs.is_some(), "{error}");
                if cut {
                    loss = self.after_cut();
                }
                self.home.disk.plan(Plan::default());
                self.home.open().unwrap_or_else(|error| panic!("it does not open again: {error}")).0
            }
        };
        // It may have been cut after the start was through, or with a commit that the start does not wait for.
        if self.home.disk.is_on() {
            self.compare(loss);
            if spared {
                self.home.disk.plan(plan);
            }
            self.talk(&mut keeper);
        }
        self.end(keeper, plan)
    }

    fn talk(&mut self, keeper: &mut Keeper) {
        for _ in 0..self.random.below(25) {
            if !self.home.disk.is_on() {
                return;
            }
            match self.random.below(12) {
                0 => self.checkpoint(),
                1 | 2 => {
                    let answered = check_page(keeper, &self.model);
                    assert!(answered || !self.home.disk.is_on(), "the disk can be read");
                }
                3 => {
                    if let Some((entry, number)) = self.model.again() {
                        let outcome = keeper.keep(std::slice::from_ref(&entry)).remove(0);
                        self.model.answered_again(entry, number, &outcome);
                    }
                }
                4 | 5 if let Some(entries) = self.model.refused() => self.say(keeper, entries),
                _most => {
                    let entries = self.model.draw();
                    self.say(keeper, entries);
                }
            }
        }
    }

    fn say(&mut self, keeper: &mut Keeper, entries: Vec<chatd::core::entry::Entry>) {
        let outcomes = keeper.keep(&entries);
        self.seen.refused += u64::from(outcomes.contains(&Outcome::Failed));
        self.model.answered(entries, &outcomes);
    }

    /// Somebody else's shell empties the log; what becomes of that is the shell's business.
    fn checkpoint(&mut self) {
        let how = self.random.pick(&["PASSIVE", "FULL", "RESTART", "TRUNCATE"]);
        if let Ok(shell) = self.home.shell() {
            let _ = shell.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()));
        }
    }

    fn after_cut(&mut self) -> Loss {
        self.home.disk.cut();
        self.seen.cuts += 1;
        self.unsure = false;
        match self.home.place.durability {
            Durability::Power => Loss::None,
            Durability::Process => Loss::Newest,
        }
    }

    fn end(&mut self, keeper: Keeper, plan: Plan) -> Loss {
        match self.random.below(8) {
            // kill -9.
            0 if self.home.disk.is_on() => {
                self.home.disk.kill();
                keeper.end();
            }
            // Gracefully, as far as the power allows.
            1 | 2 => keeper.end(),
            _most => {
                if self.home.disk.is_on() {
                    self.home.disk.cut();
                    keeper.end();
                    return self.after_cut();
                }
                keeper.end();
            }
        }
        if !self.home.disk.is_on() {
            return self.after_cut();
        }
        self.unsure |= plan.failing_syncs.is_some();
        Loss::None
    }
}

fn run_all(durability: Durability, cuts: u64) {
    if let Some(seed) = number("POWER_SEED") {
        World::new(seed, durability).run();
        return;
    }
    let (mut all, mut failed) = (Seen::default(), Vec::new());
    for seed in 1.. {
        match catch_unwind(|| World::new(seed, durability).run()) {
            Ok(seen) => {
                all.cuts += seen.cuts;
                all.acknowledged += seen.acknowledged;
                all.repeated += seen.repeated;
                all.refused += seen.refused;
            }
            Err(_) => {
                eprintln!("replay it with: POWER_SEED={seed} cargo test --test power {}", durability.word());
                failed.push(seed);
            }
        }
        if failed.len() == FAILURES_MAX || all.cuts >= cuts {
            break;
        }
    }
    let Seen { cuts, acknowledged, repeated, refused } = all;
    println!(
        "{cuts} power cuts, {acknowledged} acknowledged, {repeated} repeated, {refused} batches refused"
    );
    assert!(failed.is_empty(), "these seeds failed: {failed:?}");
    assert!(acknowledged > cuts && repeated > cuts / 20, "the cuts came before any work");
}

#[test]
fn with_durability_power_no_cut_takes_what_was_acknowledged() {
    run_all(Durability::Power, number("POWER_CUTS").unwrap_or(1000));
}

#[test]
fn with_durability_process_a_cut_takes_the_newest_only() {
    run_all(Durability::Process, number("POWER_CUTS").unwrap_or(1000) / 4);
}
