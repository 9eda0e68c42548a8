//! Connections that are lost, and tabs that are reloaded.
//!
//! Knows the daemon's death as a person sees it. Why it is killed and not stopped:
//! who can come back from that can come back from everything milder.

use serde_json::json;

use crate::browser_support::World;
use crate::browser_support::tab::ENTER;
use crate::live_support::client::Client;

#[test]
fn after_a_restart_the_page_is_back_with_what_was_missed_and_what_was_typed() {
    let world = World::new();
    let alice = world.enters("Alice");
    alice.said("before");
    alice.says("/join ops");
    alice.is_at("ops");
    alice.said("in another room");
    alice.switches_to("lobby");

    let gap = world.dies();
    alice.tab.until("the loss", "document.documentElement.dataset.state !== 'ready'");
    alice.says("typed while it was away");
    alice.tab.until("a line that waits", "!!document.querySelector('#log .row[data-state=pending]')");
    alice.tab.types("a draft");

    let world = gap.ends();
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.say("said before she was back").unwrap();
    alice.becomes("ready");
    alice.sees("said before she was back");
    alice.sees("typed while it was away");
    bob.say("said when she was back").unwrap();
    alice.sees("said when she was back");
    for text in ["before", "said before she was back", "typed while it was away", "said when she was back"] {
        assert_eq!(alice.count(text), 1, "{text:?} in {:?}", alice.lines());
    }
    assert_eq!(alice.value("document.querySelectorAll('#log [data-state=pending]').length"), json!(0));
    assert_eq!(alice.composes(), "a draft");

    // The same for everybody else: one Alice, one line of hers.
    let history = bob.ok(json!({"cmd": "history", "room": "lobby"}));
    let messages = history["messages"].as_array().unwrap();
    let hers: Vec<&str> = messages
        .iter()
        .filter(|message| message["from"] == "Alice")
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(hers, ["before", "typed while it was away"]);
    let users = bob.ok(json!({"cmd": "users", "room": "ops"}));
    assert_eq!(users["users"][0]["nick"], "Alice", "she is in the other room again");
    alice.tab.types(ENTER);
    alice.sees("a draft");
}

#[test]
fn a_reloaded_tab_is_the_same_person_with_the_conversation_and_the_draft() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.say("one").unwrap();
    alice.said("two");
    alice.tab.types("half a line");
    alice.tab.reloads();
    alice.is_in();
    alice.sees("two");
    assert_eq!(alice.lines().len(), 2, "{:?}", alice.lines());
    assert_eq!(alice.composes(), "half a line");
    alice.says(" and the other half");
    alice.sees("half a line and the other half");
    bob.say("three").unwrap();
    alice.sees("three");
    let from: Vec<String> = alice.lines().into_iter().map(|line| line.from).collect();
    assert_eq!(from, ["Bob", "Alice", "Alice", "Bob"]);
    alice.is_quiet();
}

#[test]
fn who_is_kicked_is_told_why_and_does_not_come_back_by_themselves() {
    let world = World::new();
    let alice = world.enters("Alice");
    world.daemon.rule(&["kick", "Alice", "--reason", "lunch time"]);
    alice.shows("lunch time");
    alice.tab.until("the end", "document.documentElement.dataset.state !== 'ready'");
    let mut bob = Client::json(world.daemon.port, "Bob");
    let users = bob.ok(json!({"cmd": "users", "room": "lobby"}));
    assert_eq!(users["users"].as_array().unwrap().len(), 1);
}
