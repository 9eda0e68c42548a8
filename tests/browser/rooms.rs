//! More rooms than one: what is unread, what mentions somebody, and what was said long ago.
//!
//! Knows the marks in the list of rooms. Why other people are plain connections here:
//! they need no browser to be read.

use serde_json::json;

use crate::browser_support::World;
use crate::live_support::client::Client;
use crate::live_support::{PATIENCE, eventually};

#[test]
fn another_room_counts_what_is_unread_and_marks_who_is_mentioned() {
    let world = World::new();
    let alice = world.enters("Alice");
    alice.says("/join ops");
    alice.is_at("ops");
    alice.switches_to("lobby");
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.ok(json!({"cmd": "join", "room": "ops"}));
    for text in ["one", "two"] {
        bob.ok(json!({"cmd": "say", "room": "ops", "text": text}));
    }
    alice.marks("ops", "unread", "2");
    bob.ok(json!({"cmd": "say", "room": "ops", "text": "Alice, look"}));
    alice.marks("ops", "unread", "3");
    alice.marks("ops", "mentions", "1");
    alice.tab.until("the count in the title", "/3/.test(document.title)");

    alice.switches_to("ops");
    alice.sees("Alice, look");
    let gone =
        "!(+document.querySelector('#rooms [data-room=ops]').dataset.unread) && !/\\d/.test(document.title)";
    alice.tab.until("the marks to go", gone);
    // Where one had read up to, a line is drawn.
    alice.shows("New");
    // It is read for the server too, and so after a reload.
    let (room, nick) = ("ops", "Alice");
    eventually("the read mark", PATIENCE, || {
        let database = world.home.open_database();
        let read = "SELECT max(seq) FROM reads WHERE room = ? AND nick = ?";
        database
            .query_row(read, [room, nick], |row| row.get::<_, Option<i64>>(0))
            .unwrap()
            .filter(|seq| *seq == 3)
    });
    alice.tab.reloads();
    alice.is_in();
    alice.tab.until("both rooms", "!!document.querySelector('#rooms [data-room=ops]')");
    alice.tab.until("no marks", gone);
    alice.is_quiet();
}

#[test]
fn scrolling_up_brings_what_was_said_before_and_stays_where_one_reads() {
    let world = World::with("limits.rate = 0");
    let mut bob = Client::json(world.daemon.port, "Bob");
    for number in 1..=300 {
        bob.say(&format!("line {number}")).unwrap();
    }
    let alice = world.enters("Alice");
    alice.sees("line 300");
    assert_eq!(alice.count("line 1"), 0, "not all of it is fetched at once");
    // Up, until the first line is there; what one looks at must not jump away meanwhile.
    let up = "const log = document.querySelector('#log'); log.scrollTop = 0; \
              const edge = log.getBoundingClientRect().top; \
              const row = [...log.querySelectorAll('.row[data-seq]')].find(row => row.getBoundingClientRect().bottom > edge + 1); \
              return [+row.dataset.seq, row.getBoundingClientRect().top];";
    let mut last = f64::MAX;
    while alice.count("line 1") == 0 {
        let looked = alice.tab.run(up, json!([]));
        let (line, top) = (looked[0].as_f64().unwrap(), looked[1].as_f64().unwrap());
        assert!(line < last, "nothing older came than line {line}");
        last = line;
        alice.tab.until(
            "what was said before",
            &format!("!!document.querySelector('#log .row[data-seq=\"{}\"]')", line - 1.0),
        );
        let now =
            format!("document.querySelector('#log .row[data-seq=\"{line}\"]').getBoundingClientRect().top");
        let now = alice.value(&now).as_f64().unwrap();
        assert!((now - top).abs() < 40.0, "line {line} was at {top}, and is now at {now}");
    }
    let seqs = "[...document.querySelectorAll('#log .row[data-seq]')].map(e => +e.dataset.seq)";
    let seqs: Vec<u64> = serde_json::from_value(alice.value(seqs)).unwrap();
    assert!(seqs.windows(2).all(|two| two[0] + 1 == two[1]), "in order and without holes: {seqs:?}");
    // What is said now does not pull one down, but says that it is there.
    bob.say("news").unwrap();
    alice.opens("#to-end");
    let now = alice.value("document.querySelector('#log').scrollTop").as_f64().unwrap();
    let height = alice.value("document.querySelector('#log').scrollHeight").as_f64().unwrap();
    assert!(now < height / 2.0, "still up at {now} of {height}");
    alice.tab.clicks("#to-end");
    alice.sees("news");
    alice.closes("#to-end");
}

#[test]
fn what_is_searched_for_is_found_marked_and_led_to() {
    let world = World::with("limits.rate = 0");
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.say("the password of the printer is taped under it").unwrap();
    for number in 1..=200 {
        bob.say(&format!("line {number}")).unwrap();
    }
    let alice = world.enters("Alice");
    alice.tab.clicks("#open-search");
    alice.opens("#search");
    alice.says("printer");
    alice.tab.until("what was found", "/taped under/.test(document.querySelector('#results').textContent)");
    let marked = "[...document.querySelectorAll('#results mark')].map(e => e.textContent)";
    assert_eq!(alice.value(marked), json!(["printer"]));
    alice.tab.clicks("#results [data-result=\"1\"]");
    alice.sees("the password of the printer is taped under it");
    let there = "(() => { const row = document.querySelector('#log .row[data-seq=\"1\"]').getBoundingClientRect(); \
                 const log = document.querySelector('#log').getBoundingClientRect(); \
                 return row.top >= log.top - 1 && row.bottom <= log.bottom + 1; })()";
    alice.tab.until("the place", there);
    alice.is_quiet();
}
