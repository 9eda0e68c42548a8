//! Each call to the disk fails, once or from then on, in a day of a database.
//!
//! Knows the model and the disk. Why every call by its number: the one that nobody thought of is among them.

use std::ops::RangeInclusive;

use chatd::core::entry::Outcome;
use chatd::store::Durability;

use super::lives::check_page;
use crate::power_support::disk::{Call, Disk, Flavour, Plan};
use crate::power_support::keeper::{Home, Keeper};
use crate::power_support::model::{Loss, Model};
use crate::power_support::snapshot::Snapshot;

/// Batches of a day.
const BATCHES: u64 = 5;

/// How long calls fail.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Until {
    Once,
    Mended,
    /// It is mended only after the end of the daemon.
    TheEnd,
    /// It is mended only after a power cut.
    TheCut,
}

/// A database as a killed daemon leaves it, with what is known of it.
fn begin() -> (Home, Model) {
    let home = Home::new(Disk::new(1), Durability::Power);
    let mut model = Model::new(1, false);
    let (mut keeper, _) = home.open().unwrap();
    for _ in 0..3 {
        say(&mut keeper, &mut model);
    }
    home.disk.kill();
    keeper.end();
    (home, model)
}

/// Whether something new was kept.
fn say(keeper: &mut Keeper, model: &mut Model) -> bool {
    let entries = model.draw();
    let outcomes = keeper.keep(&entries);
    let kept = !outcomes.contains(&Outcome::Failed);
    model.answered(entries, &outcomes);
    kept
}

/// Talk, pages and a checkpoint, whatever becomes of them. Gives how many batches were refused.
fn talk(home: &Home, keeper: &mut Keeper, model: &mut Model) -> u64 {
    let mut refused = 0;
    for number in 0..BATCHES {
        refused += u64::from(!say(keeper, model));
        match number {
            1 | 4 => _ = check_page(keeper, model),
            3 => {
                if let Ok(shell) = home.shell() {
                    let _ = shell.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                }
            }
            _others => {}
        }
    }
    refused
}

/// A day in which these calls fail. Gives the calls, and how many batches were refused.
fn day(
    home: Home,
    mut model: Model,
    failing: RangeInclusive<u64>,
    flavour: Flavour,
    until: Until,
) -> (Vec<Call>, u64) {
    let (first, last) = failing.into_inner();
    home.disk.plan(Plan { failing: Some((first, last, flavour)), ..Plan::default() });
    let mut keeper = match home.open() {
        Ok((keeper, _)) => keeper,
        Err(error) => {
            assert!(home.disk.calls().len() as u64 >= first, "{error}");
            // A daemon that cannot begin says so and ends; it is started again when the disk is mended.
            home.disk.plan(Plan::default());
            home.open().expect("it opens on a disk that is mended").0
        }
    };
    let refused = talk(&home, &mut keeper, &mut model);
    let calls = home.disk.calls();
    if matches!(until, Until::Once | Until::Mended) {
        home.disk.plan(Plan::default());
        assert!(say(&mut keeper, &mut model), "the disk is mended, and talk is refused");
        assert!(!keeper.degraded);
        assert!(check_page(&mut keeper, &model), "the disk is mended, and cannot be read");
    }
    if until == Until::TheCut {
        home.disk.cut();
    }
    keeper.end();
    home.disk.plan(Plan::default());
    let (mut keeper, _) = home.open().expect("it opens on a disk that is mended");
    model.compare(&Snapshot::read(&home.reader()), Loss::None);
    assert!(say(&mut keeper, &mut model));
    keeper.end();
    (calls, refused)
}

/// A day for each call, and for each flavour that its failure has.
fn every_call(until: Until) {
    let (first, model) = begin();
    let copy = || Home::new(first.disk.copy(), Durability::Power);
    let never = u64::MAX..=u64::MAX;
    let (calls, refused) = day(copy(), model.clone(), never, Flavour::Broken, until);
    assert_eq!(refused, 0);
    let mut all = 0;
    for (number, call) in (1..).zip(calls) {
        for flavour in [Flavour::Broken, Flavour::Full] {
            if flavour == Flavour::Full && !call.has_flavours() {
                continue;
            }
            // What is left at the end differs only by what has been changed before.
            if matches!(until, Until::TheEnd | Until::TheCut) && !call.is_change() {
                continue;
            }
            let last = if until == Until::Once { number } else { u64::MAX };
            eprintln!("call {number}, {call:?}, fails as {flavour:?}, until {until:?}");
            let (_, refused) = day(copy(), model.clone(), number..=last, flavour, until);
            if until == Until::Once && flavour == Flavour::Broken {
                assert_eq!(refused, 0, "a single failure is nobody's trouble");
            }
            all += 1;
        }
    }
    println!("{all} days");
}

#[test]
fn each_call_fails_once() {
    every_call(Until::Once);
}

#[test]
fn each_call_fails_until_the_disk_is_mended() {
    every_call(Until::Mended);
}

#[test]
fn each_call_fails_until_the_end_of_the_daemon() {
    every_call(Until::TheEnd);
}

#[test]
fn each_call_fails_until_the_power_is_cut() {
    every_call(Until::TheCut);
}

#[test]
fn each_call_of_the_first_start_fails() {
    let start = |first: u64| {
        let home = Home::new(Disk::new(1), Durability::Power);
        home.disk.plan(Plan { failing: Some((first, first, Flavour::Broken)), ..Plan::default() });
        let opened = home.open();
        let calls = home.disk.calls().len() as u64;
        home.disk.plan(Plan::default());
        if let Ok((keeper, _)) = opened {
            // Without its log a database would lose with the power what it has acknowledged.
            let mode = home.reader().pragma_query_value(None, "journal_mode", |row| row.get(0));
            assert_eq!(mode, Ok("wal".to_owned()), "after the failure of call {first}");
            keeper.end();
        }
        let (mut keeper, _) = home.open().expect("it opens on a disk that is mended");
        let mut model = Model::new(1, false);
        assert!(say(&mut keeper, &mut model));
        model.compare(&Snapshot::read(&home.reader()), Loss::None);
        keeper.end();
        calls
    };
    for number in 1..=start(u64::MAX) {
        start(number);
    }
}

#[test]
fn a_disk_is_found_well_when_nobody_says_anything() {
    let (home, mut model) = begin();
    let (mut keeper, _) = home.open().unwrap();
    home.disk.plan(Plan { failing: Some((1, u64::MAX, Flavour::Full)), ..Plan::default() });
    assert!(!say(&mut keeper, &mut model));
    home.disk.plan(Plan::default());
    keeper.recover();
    assert!(say(&mut keeper, &mut model));
    model.compare(&Snapshot::read(&home.reader()), Loss::None);
    keeper.end();
}
