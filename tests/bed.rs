//! The package in a booted system: units, sandbox, reload, restarts and removal, as systemd and dpkg do them.
//!
//! It knows chatd by its package and by what an admin sees. Why each test has a system of its own:
//! one boots in two seconds, starts pristine, and may be broken without regard for the next.
//!
//! `CHATD_DEB=FILE` tests that package in place of one built from this tree. Needs root.

#[path = "bed/booted.rs"]
mod booted;
#[allow(dead_code, reason = "the live tests use all of it")]
#[path = "live_support/client.rs"]
mod client;
#[path = "bed/install.rs"]
mod install;
#[path = "bed/life.rs"]
mod life;
#[path = "bed/package.rs"]
mod package;
#[path = "bed/sandbox.rs"]
mod sandbox;
#[path = "bed/units.rs"]
mod units;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use booted::Bed;
use client::Client;

/// How long anything may take that a booted system does by itself.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `look` finds what it looks for; `what` names it when it never comes.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come within {PATIENCE:?}");
        // Between two looks, not in place of one.
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Somebody at a port of the bed, who speaks JSON and has been welcomed.
pub fn person(bed: &Bed, port: u16, nick: &str) -> Client {
    let mut client = Client::over(bed.connect(port).expect("chatd listens"));
    client.ok(json!({"cmd": "hello", "nick": nick}));
    client
}

/// Does something while somebody connects again and again: none of them may be refused.
pub fn while_people_knock<T>(bed: &Bed, port: u16, act: impl FnOnce() -> T) -> T {
    const FEW: u32 = 10;
    let (done, came) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let knocking = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // Who was accepted may be sent away again by a daemon that ends; who connects is never refused.
                bed.connect(port).unwrap_or_else(|error| panic!("after {came:?} connections: {error}"));
                came.fetch_add(1, Ordering::Relaxed);
            }
        });
        let come = || (came.load(Ordering::Relaxed) >= FEW || knocking.is_finished()).then_some(());
        eventually("the first who knock", come);
        let got = act();
        came.store(0, Ordering::Relaxed);
        eventually("the last who knock", come);
        done.store(true, Ordering::Relaxed);
        knocking.join().unwrap();
        got
    })
}
