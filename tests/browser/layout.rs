//! How the page lies on a phone and on a desk, by day and by night, and without a pointer.
//!
//! Knows sizes and colours, not the taste of them. Why a phone is measured: what lies
//! outside its screen is not there.

use serde_json::json;

use crate::browser_support::World;
use crate::browser_support::tab::{CONTROL, ENTER, ESCAPE, Options, SHIFT, TAB};
use crate::live_support::client::Client;

pub const PHONE: Options =
    Options { language: "en-US", width: 390, height: 844, phone: true, watched: false };

/// Everything that can be pressed and is smaller than a finger. Within a message, where a line is no higher than its
/// text, the least that WCAG 2.2 asks for is enough.
const SMALL: &str = "
    [...document.querySelectorAll('button, input, textarea, select, [role=option], [role=menuitem]')]
    .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .map(e => [e.id || e.outerHTML.slice(0, 80), e.getBoundingClientRect(), e.closest('#log') ? 24 : 44])
    .filter(([, box, least]) => box.width > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
    .map(([name, box]) => `${name}: ${box.width}x${box.height}`)";

/// What is wider than the screen.
const WIDE: &str = "
    document.documentElement.scrollWidth > innerWidth
        ? [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))
        : []";

#[test]
fn a_phone_shows_the_talk_and_reaches_rooms_people_and_the_composer_with_a_finger() {
    let world = World::with("limits.rate = 0");
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.ok(json!({"cmd": "join", "room": "ops"}));
    bob.ok(json!({"cmd": "join", "room": "lobby"}));
    bob.say(&format!("a long word: {}", "w".repeat(300))).unwrap();
    for number in 0..60 {
        bob.say(&format!("line {number}")).unwrap();
    }
    let alice = world.enters_with("Alice", &PHONE);
    assert_eq!(alice.value("[innerWidth, innerHeight]"), json!([390, 844]));
    alice.sees("line 59");
    assert_eq!(alice.value(WIDE), json!([]));
    assert_eq!(alice.value(SMALL), json!([]), "the talk");
    // The composer lies at the lower edge, and what was said last right above it.
    let low = "(() => { const box = document.querySelector('#composer').getBoundingClientRect(); \
               return box.bottom <= innerHeight && box.bottom > innerHeight - 100; })()";
    assert_eq!(alice.value(low), json!(true));
    let last = "(() => { const rows = document.querySelectorAll('#log .row[data-seq]'); \
                const box = rows[rows.length - 1].getBoundingClientRect(); \
                return box.bottom <= document.querySelector('#composer').getBoundingClientRect().top + 1 && box.top > 0; })()";
    alice.tab.until("the last line above the composer", last);
    alice.said("from a phone");

    alice.tab.clicks("#open-side");
    alice.opens("#rooms [data-room=lobby]");
    alice.opens("#open-browse");
    alice
        .tab
        .until("the list to lie still", "document.getAnimations().every(a => a.playState !== 'running')");
    assert_eq!(alice.value(WIDE), json!([]));
    assert_eq!(alice.value(SMALL), json!([]), "the rooms");
    alice.tab.clicks("#rooms [data-room=lobby]");
    alice.opens("#composer");
    alice.closes("#open-browse");
    alice.tab.clicks("#open-members");
    alice.opens("#members [data-nick=Bob]");
    assert_eq!(alice.value(SMALL), json!([]), "the people");
    alice.tab.clicks("#close-members");
    alice.closes("#members [data-nick=Bob]");
    alice.tab.clicks("#composer");
    alice.said("and back");
    alice.is_quiet();
}

#[test]
fn a_page_in_the_dark_is_dark_and_follows_the_system_when_it_changes() {
    let world = World::new();
    let alice = world.enters("Alice");
    alice.said("hello");
    let light = "(() => { \
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true}); \
        const lightness = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); \
            const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data; return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; }; \
        let element = document.querySelector('#log'); \
        while (element && getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') element = element.parentElement; \
        return [lightness(getComputedStyle(element ?? document.body).backgroundColor), \
                lightness(getComputedStyle(document.querySelector('#log .text')).color)]; })()";
    for (scheme, found) in [("dark", "back < 0.2 && front > 0.6"), ("light", "back > 0.85 && front < 0.3")] {
        let feature = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        alice.tab.devtools("Emulation.setEmulatedMedia", feature);
        alice.tab.until(scheme, &format!("(([back, front]) => {found})({light})"));
    }
}

#[test]
fn everything_from_the_first_key_to_another_room_goes_without_a_pointer() {
    let world = World::new();
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.ok(json!({"cmd": "join", "room": "ops"}));
    let alice = world.enters("Alice");
    alice.said("typed at once");
    alice.says("/join ops");
    alice.is_at("ops");
    alice.said("in ops");
    alice.switches_to("lobby");
    alice.said("back in the lobby");
    assert_eq!(alice.count("in ops"), 0);

    // Escape closes what is open, and gives the focus back.
    alice.tab.chord(&[CONTROL], "k");
    alice.opens("#switcher");
    alice.tab.types(ESCAPE);
    alice.closes("#switcher");
    alice.is_at("lobby");

    // Help, from where nothing is typed.
    alice.tab.run("document.querySelector('#log').focus()", json!([]));
    alice.tab.types("?");
    alice.opens("#help");
    alice.tab.types(ESCAPE);
    alice.closes("#help");
    alice.tab.chord(&[SHIFT], TAB);
    alice.tab.run("document.querySelector('#composer').focus()", json!([]));
    alice.tab.types("? is a question");
    alice.tab.types(ENTER);
    alice.sees("? is a question");
    alice.is_quiet();
}

#[test]
fn tab_comes_to_everything_in_turn_and_one_sees_where() {
    let world = World::new();
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.ok(json!({"cmd": "join", "room": "ops"}));
    let alice = world.enters("Alice");
    alice.says("/join ops");
    alice.is_at("ops");
    alice.opens("#members [data-nick=Bob]");
    // Every stop of Tab is something that can be seen, has a name and shows that it has the focus.
    alice.tab.run("document.activeElement.blur()", json!([]));
    let stop = "(() => { const e = document.activeElement; const box = e.getBoundingClientRect(); \
                const style = getComputedStyle(e); \
                const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || !!e.closest(':focus-within:not(body, html, #chat, #talk, #side)'); \
                return [e.id || e.dataset.room || e.dataset.nick || e.tagName, box.width > 0 && box.height > 0, \
                        !!(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title), shown]; })()";
    let mut stops = Vec::new();
    for _ in 0..60 {
        alice.tab.types(TAB);
        let found = alice.value(stop);
        // Between the end of the page and its beginning.
        if found[0] == "BODY" {
            continue;
        }
        assert_eq!(
            found.as_array().unwrap()[1..],
            [json!(true), json!(true), json!(true)],
            "{found}, after {stops:?}"
        );
        let name = found[0].as_str().unwrap().to_owned();
        if stops.contains(&name) {
            break;
        }
        stops.push(name);
    }
    for name in ["lobby", "ops", "open-search", "open-help", "log", "composer", "send", "Bob"] {
        assert!(stops.iter().any(|stop| stop == name), "Tab does not come to {name}: {stops:?}");
    }
}
