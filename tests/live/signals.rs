//! Signals: the ends of the daemon, the reload, and the status line.
//!
//! Knows nothing of how the daemon hears of them. Why exit codes and the disk are
//! looked at together: an end is only good when what was said is still there.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use crate::live_support::PATIENCE;
use crate::live_support::client::Client;
use crate::live_support::daemon::Home;

/// What the daemon gives itself, and a moment for the machine.
const ENDED: Duration = Duration::from_millis(5_500);

#[test]
fn sigterm_and_sigint_end_it_with_everything_told_and_kept() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new("limits.rate = 0");
        let mut daemon = home.start();
        let mut alice = Client::text(daemon.port, "Alice");
        let mut bot = Client::json(daemon.port, "bot");
        alice.reads("[Server]: bot has joined lobby.");
        let undecided = Client::silent(daemon.port);
        for number in 0..500 {
            bot.asks(json!({"cmd": "say", "room": "lobby", "text": format!("line {number}")}));
        }
        alice.reads("bot >> line 0");
        let begin = Instant::now();
        daemon.signal(signal);
        assert_eq!(daemon.ends_within(PATIENCE).code(), Some(0), "{}", daemon.log());
        assert!(begin.elapsed() < ENDED, "{:?}", begin.elapsed());
        let mut undecided = undecided;
        undecided.ends();

        let mut acked = 0;
        for id in 1..=500 {
            // Those that were still on their way are refused, or not answered at all.
            match bot.reply(id + 1, PATIENCE) {
                Ok(reply) if reply.get("ok").is_some() => acked += 1,
                Ok(_) | Err(_) => break,
            }
        }
        let kept = home.texts();
        assert!(acked > 0 && kept.len() >= acked, "{acked} acknowledged, {} kept", kept.len());
        for (number, text) in kept.iter().enumerate().skip(1) {
            assert_eq!(text, &format!("line {number}"));
            alice.reads(&format!("bot >> {text}"));
        }
        alice.reads("[Server]: The server is shutting down.");
        alice.ends();
        assert!(!home.control().exists(), "the control socket goes with its daemon");
    }
}

/// Says so much that the daemon must keep some of it for one who never reads: more than the
/// kernel takes (net.ipv4.tcp_rmem).
fn flood(bot: &mut Client) {
    let long = "x".repeat(8000);
    let asked: Vec<u64> = (0..2000).map(|_| bot.asks(json!({"cmd": "say", "text": long}))).collect();
    for id in asked {
        assert!(bot.reply(id, PATIENCE).unwrap().get("ok").is_some());
    }
}

const ROOMY: &str = "limits.rate = 0\nlimits.text = 0\nlimits.outbox = \"64MiB\"";

#[test]
fn sigterm_while_somebody_never_reads() {
    let home = Home::new(ROOMY);
    let mut daemon = home.start();
    let _deaf = Client::text(daemon.port, "Deaf");
    flood(&mut Client::json(daemon.port, "bot"));
    let begin = Instant::now();
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends_within(PATIENCE).code(), Some(0), "{}", daemon.log());
    assert!(begin.elapsed() < ENDED, "{:?}", begin.elapsed());
    assert!(begin.elapsed() > Duration::from_secs(1), "nobody was given time: {:?}", begin.elapsed());
    assert_eq!(home.texts().len(), 2000);
}

#[test]
fn a_second_sigterm_waits_for_nobody() {
    let home = Home::new(ROOMY);
    let mut daemon = home.start();
    let _deaf = Client::text(daemon.port, "Deaf");
    flood(&mut Client::json(daemon.port, "bot"));
    daemon.signal(Signal::TERM);
    daemon.logs("stopping", PATIENCE);
    let begin = Instant::now();
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.ends_within(PATIENCE).code(), Some(0), "{}", daemon.log());
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(home.texts().len(), 2000);
}

#[test]
fn sighup_takes_a_good_configuration_and_refuses_a_bad_one() {
    let mut home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");

    home.configure("server.motd = \"Tea at four\"\nlimits.text = 5");
    daemon.signal(Signal::HUP);
    let motd = "has been reloaded: server.motd = \"Tea at four\" (was \"\"), limits.text = 5 (was 2000)";
    daemon.logs(motd, PATIENCE);
    let mut bob = Client::text(daemon.port, "Bob");
    bob.reads("[Server]: Tea at four");
    alice.reads("[Server]: Bob has joined lobby.");
    alice.says("too long");
    alice.reads("[Server]: Error: that is too long: the limit is 5.");

    home.configure("server.motd = \"Coffee\"\nlimits.txt = 5\nlimits.rate = \"fast\"");
    daemon.signal(Signal::HUP);
    daemon.logs("limits.rate", PATIENCE);
    let refused = daemon.chatctl(&["reload"]);
    assert_eq!(refused.status.code(), Some(1));
    let problems = String::from_utf8(refused.stderr).unwrap();
    for part in ["chatd.toml:2:", "limits.txt", "limits.text", "chatd.toml:3:", "limits.rate"] {
        assert!(problems.contains(part), "{part:?} in {problems}");
    }
    let mut carol = Client::text(daemon.port, "Carol");
    carol.reads("[Server]: Tea at four");
    alice.reads("[Server]: Carol has joined lobby.");

    home.configure("server.motd = \"Coffee\"\nstore.durability = \"process\"");
    let receipt = daemon.rule(&["reload"]);
    assert_eq!(
        receipt,
        "The configuration has been reloaded; these keys apply after a restart: store.durability.\n"
    );
    assert_eq!(daemon.status()["store"]["durability"], json!("power"));
    daemon
        .logs("WARN this applies after a restart: store.durability = \"process\" (was \"power\")", PATIENCE);
    alice.says("no longer too long");
    bob.reads("[Server]: Carol has joined lobby.");
    bob.reads("Alice >> no longer too long");
    daemon.stop();
}

#[test]
fn a_storm_of_sighups_and_a_status_by_sigusr1() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    for number in 0..20 {
        for _ in 0..200 {
            daemon.signal(Signal::HUP);
        }
        alice.says(&format!("line {number}"));
        bob.reads(&format!("Alice >> line {number}"));
    }
    daemon.signal(Signal::USR1);
    let log = daemon.logs("INFO status: 2 people, 2 connections, 0 records waiting", PATIENCE);
    // Those that come while one is pending are one with it.
    let reloads = log.matches("has been reloaded").count();
    assert!((20..4000).contains(&reloads), "{reloads}");
    daemon.stop();
}
