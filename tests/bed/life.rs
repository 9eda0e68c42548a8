//! Reload, and what systemd does when the daemon dies or hangs.
//!
//! Knows the states that systemd shows. Why the states are waited for: a restart is done when the
//! unit says so, however long the machine takes.

use serde_json::json;

use crate::booted::{Bed, text};
use crate::{eventually, person};

/// A property of the unit, as `systemctl show` prints it.
fn property(bed: &Bed, name: &str) -> String {
    bed.ok(&["systemctl", "show", "--value", "--property", name, "chatd"]).trim().to_owned()
}

/// Waits for another main process than `old`, and for its READY.
fn started_anew(bed: &Bed, old: &str) {
    eventually("another chatd", || {
        let anew = property(bed, "MainPID") != old && property(bed, "ActiveState") == "active";
        anew.then_some(())
    });
}

#[test]
fn a_reload_is_taken_or_refused_with_its_reason_and_nobody_has_to_go() {
    let bed = Bed::with_chatd("reload");
    let pid = property(&bed, "MainPID");
    let mut bob = person(&bed, 9999, "Bob");
    bed.shell("sed -i 's/^capacity = 0/capacity = -1/' /etc/chatd/chatd.toml");
    let refused = bed.run(&["systemctl", "reload", "chatd"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    let status = text(&bed.run(&["systemctl", "status", "--no-pager", "--lines=20", "chatd"]).stdout);
    let reason = status.lines().find(|line| line.contains("/etc/chatd/chatd.toml:"));
    assert!(reason.is_some_and(|reason| reason.contains("rooms.capacity")), "{status}");
    assert_eq!(property(&bed, "ActiveState"), "active");

    bed.shell("sed -i 's/^capacity = -1/capacity = 1/' /etc/chatd/chatd.toml");
    bed.ok(&["systemctl", "reload", "chatd"]);
    let journal = bed.ok(&["journalctl", "--no-pager", "-u", "chatd", "-n", "20"]);
    assert!(journal.contains("the configuration has been reloaded"), "{journal}");
    bob.say("still here").unwrap();
    let mut carol = crate::client::Client::over(bed.connect(9999).unwrap());
    let full = carol.ask(json!({"cmd": "hello", "nick": "Carol"}));
    assert_eq!(full, Err("room_full".to_owned()), "the new capacity holds");
    assert_eq!(property(&bed, "MainPID"), pid);
}

#[test]
fn a_killed_chatd_is_back_with_all_that_was_said() {
    let bed = Bed::with_chatd("killed");
    let pid = property(&bed, "MainPID");
    let mut bob = person(&bed, 9999, "Bob");
    bob.say("before the end").unwrap();
    bed.ok(&["kill", "-KILL", &pid]);
    started_anew(&bed, &pid);
    assert!(bed.ok(&["chatctl", "history"]).contains("Bob >> before the end"));

    // What trying again cannot mend is not tried again.
    bed.shell("echo nonsense >>/etc/chatd/chatd.toml");
    assert!(!bed.run(&["systemctl", "restart", "chatd"]).status.success());
    assert_eq!(property(&bed, "ActiveState"), "failed");
    bed.shell("sed -i /^nonsense/d /etc/chatd/chatd.toml; systemctl start chatd");
    bed.ok(&["chatctl", "ping"]);
}

#[test]
fn a_chatd_that_hangs_is_started_anew() {
    let bed = Bed::with_chatd("watchdog");
    bed.write("/etc/systemd/system/chatd.service.d/quick.conf", "[Service]\nWatchdogSec=2\n");
    bed.shell("systemctl daemon-reload; systemctl restart chatd");
    let pid = property(&bed, "MainPID");
    // Left alone, it gives signs of life.
    for _ in 0..2 {
        let last = property(&bed, "WatchdogTimestampMonotonic");
        eventually("a sign of life", || (property(&bed, "WatchdogTimestampMonotonic") != last).then_some(()));
    }
    assert_eq!(property(&bed, "MainPID"), pid);
    bed.ok(&["kill", "-STOP", &pid]);
    started_anew(&bed, &pid);
    let journal = bed.ok(&["journalctl", "-u", "chatd", "--no-pager"]);
    assert!(journal.contains("Watchdog timeout"), "{journal}");
}
