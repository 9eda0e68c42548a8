//! For everybody: axe-core finds nothing wrong in any state of the page.
//!
//! Knows the states, not the rules. Why each state by itself: a rule can only be
//! broken by what is shown.

use serde_json::json;

use super::layout::PHONE;
use crate::browser_support::page::Page;
use crate::browser_support::tab::{CONTROL, ESCAPE, Options};
use crate::browser_support::{World, axe};
use crate::live_support::client::Client;

/// A conversation with all that can be in one.
fn furnished(world: &World) -> Client {
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.ok(json!({"cmd": "join", "room": "design/ui"}));
    bob.ok(json!({"cmd": "room_set", "room": "design/ui", "topic": "What people see"}));
    bob.say("Hello").unwrap();
    bob.say("A link: https://example.org/").unwrap();
    bob.ok(json!({"cmd": "action", "room": "lobby", "text": "waves"}));
    let seq = bob.say("wrong").unwrap()["seq"].clone();
    bob.ok(json!({"cmd": "edit", "room": "lobby", "seq": seq, "text": "right"}));
    let seq = bob.say("away").unwrap()["seq"].clone();
    bob.ok(json!({"cmd": "delete", "room": "lobby", "seq": seq}));
    bob
}

fn dark(page: &Page, dark: bool) {
    let value = if dark { "dark" } else { "light" };
    let feature = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
    page.tab.devtools("Emulation.setEmulatedMedia", feature);
}

#[test]
fn the_chat_breaks_no_rule_of_accessibility_by_day_and_by_night() {
    let world = World::new();
    let mut bob = furnished(&world);
    let page = world.opens("Alice", &Options::default());
    axe::finds_nothing(&page.tab, "the nick form");
    dark(&page, true);
    axe::finds_nothing(&page.tab, "the nick form in the dark");
    page.says("Bob");
    page.tab.until("the refusal", "document.querySelector('#enter-error').textContent !== ''");
    axe::finds_nothing(&page.tab, "a refused nickname in the dark");
    dark(&page, false);
    page.tab.chord(&[CONTROL], "a");
    page.says("Alice");
    page.is_in();
    page.says("/join design/ui");
    page.is_at("design/ui");
    page.switches_to("lobby");
    bob.ok(json!({"cmd": "whisper", "to": "Alice", "text": "between us"}));
    bob.ok(json!({"cmd": "say", "room": "design/ui", "text": "Alice, look"}));
    page.marks("design/ui", "mentions", "1");
    page.said("mine, and Bob's");
    page.says("/unheard-of");
    page.tab.until("the refusal", "document.querySelector('#error').textContent !== ''");
    for (name, by_night) in [("the chat", false), ("the chat in the dark", true)] {
        dark(&page, by_night);
        axe::finds_nothing(&page.tab, name);
    }
    page.tab.chord(&[CONTROL], "a");
    page.tab.types("/wh");
    page.opens("#completions");
    axe::finds_nothing(&page.tab, "completion in the dark");
    dark(&page, false);
    axe::finds_nothing(&page.tab, "completion");
    page.is_quiet();
}

#[test]
fn what_opens_over_the_chat_breaks_no_rule_of_accessibility() {
    let world = World::new();
    let _bob = furnished(&world);
    let page = world.enters("Alice");
    page.says("/schedule +2h stand up");
    page.tab.until("an empty composer", "document.querySelector('#composer').value === ''");
    page.tab.clicks("#open-search");
    page.says("hello");
    page.tab.until("what was found", "!!document.querySelector('#results mark')");
    for by_night in [false, true] {
        dark(&page, by_night);
        axe::finds_nothing(&page.tab, "the search");
    }
    page.tab.types(ESCAPE);
    page.closes("#search-panel");
    page.tab.chord(&[CONTROL], "k");
    page.opens("#switcher");
    axe::finds_nothing(&page.tab, "the switcher");
    page.tab.types(ESCAPE);
    for (button, dialog) in [
        ("#open-help", "#help"),
        ("#open-browse", "#browse"),
        ("#open-schedules", "#schedules"),
        ("#open-settings", "#settings"),
    ] {
        page.tab.clicks(button);
        page.opens(dialog);
        for by_night in [true, false] {
            dark(&page, by_night);
            axe::finds_nothing(&page.tab, dialog);
        }
        page.tab.types(ESCAPE);
        page.closes(dialog);
    }
    page.is_quiet();
}

#[test]
fn a_phone_and_a_korean_page_break_no_rule_of_accessibility() {
    let world = World::new();
    let _bob = furnished(&world);
    let page = world.enters_with("Alice", &Options { language: "ko-KR", ..PHONE });
    axe::finds_nothing(&page.tab, "the talk");
    dark(&page, true);
    page.tab.clicks("#open-side");
    page.opens("#rooms [data-room=lobby]");
    axe::finds_nothing(&page.tab, "the rooms in the dark");
    page.tab.clicks("#rooms [data-room=lobby]");
    page.opens("#open-members");
    page.tab.clicks("#open-members");
    page.opens("#members [data-nick=Bob]");
    dark(&page, false);
    axe::finds_nothing(&page.tab, "the people");
    page.is_quiet();
}
