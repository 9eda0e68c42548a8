//! A daemon that did not run for a while: nobody pays for its absence.
//!
//! Knows SIGSTOP and the limits. Why the stop is a real sleep: time itself is
//! what is tested.

use std::time::Duration;

use rustix::process::Signal;

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::Home;

#[test]
fn after_a_pause_nobody_is_put_out() {
    let home = Home::new("limits.login = \"3s\"\nlimits.idle = \"4s\"");
    let daemon = home.start();
    let mut people: Vec<Client> =
        (0..20).map(|number| Client::text(daemon.port, &format!("p{number}"))).collect();
    let mut deciding = Client::silent(daemon.port);
    deciding.says("");
    deciding.reads("[Server]: Welcome to chatd. Choose a nickname:");

    daemon.signal(Signal::STOP);
    std::thread::sleep(Duration::from_secs(9));
    daemon.signal(Signal::CONT);
    daemon.logs("did not run for", PATIENCE);

    deciding.says("Late");
    let welcome = deciding.next();
    assert!(welcome.starts_with("[Server]: Welcome, Late. "), "{welcome}");
    for client in &mut people {
        client.says("/timestamps off");
        while client.next() != "[Server]: Timestamps are off." {}
    }
    assert_eq!(daemon.status()["people"], 21);

    // The limits themselves hold again afterwards.
    let mut undecided = Client::silent(daemon.port);
    undecided.says("");
    undecided.reads("[Server]: Welcome to chatd. Choose a nickname:");
    undecided.reads("[Server]: You were disconnected because no nickname came in time.");
    undecided.ends();
    daemon.stop();
}
