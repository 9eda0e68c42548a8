//! A database of the first version with a new daemon: it is brought up to date, and what is too old goes.
//!
//! Knows chatctl and the files beside the database. Why both in one story: what expires first is what
//! an older version has kept.

use std::os::unix::fs::PermissionsExt;

use crate::live_support::client::Client;
use crate::live_support::daemon::Home;
use crate::live_support::program::said;
use crate::live_support::{PATIENCE, eventually};

#[test]
fn an_old_database_goes_on_and_what_is_too_old_goes() {
    let mut home = Home::new("rooms.replay = 0");
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/store/v1.db");
    std::fs::copy(old, home.database()).unwrap();
    std::fs::set_permissions(home.database(), PermissionsExt::from_mode(0o600)).unwrap();
    let daemon = home.start();
    let copy = home.path("chatd.db.before-v1");
    let log = daemon.log();
    assert!(log.contains(&format!("as it was it is in {}", copy.display())), "{log}");
    assert_eq!(std::fs::read(&copy).unwrap().len(), std::fs::read(old).unwrap().len());
    let history = || said(&daemon.chatctl(&["history"]));
    assert!(history().contains("회의는 세 시입니다"), "{}", history());
    assert!(daemon.rule(&["verify"]).contains("4 records were there before the chain began"));
    let mut alice = Client::text(daemon.port, "Alice");
    alice.says("new");
    eventually("the new message", PATIENCE, || history().contains("new").then_some(()));

    home.configure("store.retention = \"90d\"");
    daemon.rule(&["reload"]);
    eventually("the old messages' end", PATIENCE, || (!history().contains("회의")).then_some(()));
    assert!(history().contains("new"), "{}", history());
    daemon.logs("expired: 3 messages", PATIENCE);
    assert!(daemon.rule(&["verify"]).contains("3 records have expired"));
    alice.says("/edit newer");
    alice.reads("[Server]: The message is changed.");
    daemon.stop();

    // Nothing is copied where nothing changes.
    std::fs::remove_file(&copy).unwrap();
    let daemon = home.start();
    assert!(!copy.exists());
    let kept = said(&daemon.chatctl(&["history"]));
    assert!(kept.contains("newer") && !kept.contains("회의"), "{kept}");
    daemon.stop();
}
