//! Talk: browsers and a terminal in one room, and how one comes in.
//!
//! Knows nothing of connections that are lost. Why the log is compared whole: a line
//! that comes twice is as wrong as one that does not come.

use serde_json::json;

use crate::browser_support::World;
use crate::browser_support::page::Line;
use crate::browser_support::tab::{CONTROL, ENTER, Options, SHIFT};
use crate::live_support::client::Client;
use crate::live_support::program::Program;

fn line(from: &str, text: &str) -> Line {
    Line { from: from.to_owned(), text: text.to_owned() }
}

#[test]
fn two_browsers_and_nc_hear_each_other_and_nobody_hears_themselves_twice() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut carol = Program::nc("nc", world.daemon.port);
    carol.types("Carol");
    assert!(carol.next().starts_with("[Server]: Welcome, Carol."));
    assert!(carol.next().starts_with("[Server]: What is said here is kept"));
    let bob = world.enters("민수");
    carol.reads("[Server]: 민수 has joined lobby.");

    alice.said("Hello from a browser");
    carol.reads("Alice >> Hello from a browser");
    bob.sees("Hello from a browser");
    bob.said("안녕하세요 👋");
    carol.reads("민수 >> 안녕하세요 👋");
    alice.sees("안녕하세요 👋");
    carol.types("Hello from nc");
    let all = [
        line("Alice", "Hello from a browser"),
        line("민수", "안녕하세요 👋"),
        line("Carol", "Hello from nc"),
    ];
    for page in [&alice, &bob] {
        page.sees("Hello from nc");
        assert_eq!(page.lines(), all);
        page.is_quiet();
    }
    let members = "[...document.querySelectorAll('#members [data-nick]')].map(e => e.dataset.nick).sort()";
    assert_eq!(alice.value(members), json!(["Alice", "Carol", "민수"]));
    carol.types("/quit");
    alice.tab.until("Carol to be gone", "!document.querySelector('#members [data-nick=Carol]')");
}

#[test]
fn a_nickname_in_use_is_told_and_another_one_goes_in() {
    let world = World::new();
    let _alice = Client::text(world.daemon.port, "Alice");
    let page = world.opens("Bob", &Options::default());
    page.says("alice");
    page.tab.until("the refusal", "/in use/.test(document.querySelector('#enter-error').textContent)");
    // What was typed is still there to be changed.
    page.tab.chord(&[CONTROL], "a");
    page.says("no spaces");
    page.tab.until("the next refusal", "/space/.test(document.querySelector('#enter-error').textContent)");
    page.tab.chord(&[CONTROL], "a");
    page.says("Bob");
    page.is_in();
    page.said("here I am");
    page.is_quiet();
}

#[test]
fn what_is_typed_on_several_lines_comes_as_several_messages_in_order() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::text(world.daemon.port, "Bob");
    alice.tab.types("one");
    alice.tab.chord(&[SHIFT], ENTER);
    alice.tab.types("two");
    assert_eq!(alice.composes(), "one\ntwo");
    alice.tab.types(ENTER);
    bob.reads("Alice >> one");
    bob.reads("Alice >> two");
    alice.sees("two");
    assert_eq!(alice.lines(), [line("Alice", "one"), line("Alice", "two")]);
    assert_eq!(alice.composes(), "");
}

#[test]
fn a_whisper_is_heard_by_one_person_alone_and_answered_beside_the_rooms() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::text(world.daemon.port, "Bob");
    let mut carol = Client::text(world.daemon.port, "Carol");
    bob.reads("[Server]: Carol has joined lobby.");
    alice.says("/whisper Bob between us");
    bob.reads("[Whisper from Alice] between us");
    bob.says("/whisper Alice indeed");
    alice.is_at("Bob");
    alice.shows("indeed");
    alice.says("still between us");
    bob.reads("[Whisper from Alice] still between us");
    alice.switches_to("lobby");
    alice.said("to all");
    carol.reads("Alice >> to all");
    assert_eq!(alice.count("indeed"), 0, "a whisper is not in the room");
    alice.is_quiet();
}

#[test]
fn two_tabs_of_one_browser_are_two_people_even_when_one_is_a_copy() {
    let world = World::new();
    let alice = world.enters("Alice");
    alice.said("I am Alice");
    // As "duplicate tab" does, this copies the session's store into the new tab.
    alice.tab.run("window.open(location.href)", json!([]));
    alice.tab.turns_to(1);
    alice.asks_nick();
    alice.tab.until("the focus on the nickname", "document.activeElement.id === 'nick'");
    alice.tab.chord(&[CONTROL], "a");
    alice.says("Alice2");
    alice.is_in();
    alice.said("and I am another");
    alice.tab.turns_to(0);
    alice.becomes("ready");
    alice.sees("and I am another");
    alice.tab.turns_to(1);
    alice.tab.reloads();
    alice.is_in();
    alice.said("still another");
    let from = alice.lines().into_iter().map(|line| line.from);
    assert_eq!(from.collect::<Vec<_>>(), ["Alice", "Alice2", "Alice2"]);
}
