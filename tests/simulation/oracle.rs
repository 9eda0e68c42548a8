//! What each person must have seen by the end of their line.
//!
//! Knows the ledger and the person, nothing of the server. Why it is asked once
//! a line, at its end: until then any beginning of the story is right.

use chatd::core::time::Mono;
use rusqlite::Connection;

use super::ear::Truth;
use super::ledger::{Ledger, reads_now};
use super::options::Options;
use super::person::{Kind, Parting, Person};

/// The line has ended.
pub fn judge(person: &Person, ledger: &Ledger, options: &Options, stopping: bool, now: Mono) {
    let shut = person.wire.borrow().shut;
    // To those who are gone, nothing arrives.
    let gone = matches!(person.parting, Parting::Cut | Parting::Vanished);
    // When an admin's shell has gone is told by nobody.
    heard_the_rooms(person, ledger, shut && !gone && person.left_at.is_some());
    if let Some(sentence) = &person.closing {
        had_a_reason(person, sentence, options, stopping);
    }
    let by_itself = matches!(person.parting, Parting::Here) && !stopping;
    let silent = is_silent(person, options, now);
    if by_itself && shut && !silent && person.entered_at.is_some() {
        assert!(person.closing.is_some(), "person {} was closed without a word", person.number);
    }
    if by_itself && !shut {
        assert!(person.was_slow || silent, "person {} was cut off", person.number);
    }
    if let Some(frames) = person.frames.as_ref().filter(|frames| frames.opened && shut && !gone) {
        let half = person.parting == Parting::HalfClosed;
        assert!(half || silent || frames.closed.is_some(), "person {} has no last frame", person.number);
    }
    // Whose first bytes did not come in time is let go without a word: it may be a browser's spare socket.
    let waits = options.bounds.login_ms + options.bounds.idle_ms > 0;
    let undecided = person.kind != Kind::Control && waits && !person.heard_anything;
    let answered = shut && person.closing.is_none() && !stopping && !undecided;
    if person.parting == Parting::HalfClosed && answered {
        assert!(person.asked.is_empty(), "person {} waits for {:?}", person.number, person.asked);
    }
}

/// Whether a WebSocket was silent once for as long as it may, and after that did not answer: the server
/// may have given it up just before it sent something again.
fn is_silent(person: &Person, options: &Options, now: Mono) -> bool {
    let ping_ms = options.bounds.ping_ms;
    let silent_ms = person.silent_ms.max(now.since_ms(person.sent_at));
    person.frames.is_some() && ping_ms > 0 && silent_ms >= ping_ms + ping_ms / 2
}

/// The line is still there, and nothing is under way.
pub fn at_rest(person: &Person, ledger: &Ledger, connection: &Connection) {
    heard_the_rooms(person, ledger, true);
    if person.parting != Parting::Here || person.closing.is_some() {
        return;
    }
    let number = person.number;
    if let Some(frames) = &person.frames {
        assert!(frames.all_are_answered(), "person {number} asked whether somebody is there: {frames:?}");
    }
    assert!(person.asked.is_empty(), "person {number} waits for {:?}", person.asked);
    person
        .listening
        .at_rest(|room| ledger.delivered(room), |room, seq| person.had_to_hear(ledger, room, seq));
    for (token, people) in &ledger.journal.meant {
        let mine = people.contains(&number) && ledger.whispers.contains(token);
        assert!(!mine || person.whispers.contains(token), "t{token} was whispered to {number} and not heard");
    }
    for (_, room) in ledger.journal.ruled.iter().filter(|one| one.0 == number) {
        assert!(person.rules.contains(room), "person {number} changed what they may not in {room:?}");
    }
    for ((room, seq), known) in &person.known {
        let ear = &person.ears[room];
        if ear.is_in() && !ear.doubt {
            let now = reads_now(connection, room, *seq);
            assert_eq!(now, *known, "what {seq} of {room:?} says is not what person {number} knows");
        }
    }
}

/// Exactly the messages between coming and going, once, in order; `all`: to the last of them.
fn heard_the_rooms(person: &Person, ledger: &Ledger, all: bool) {
    for (room, ear) in &person.ears {
        let until = match &person.left_at {
            Some(left) => left.get(room).copied().unwrap_or(0),
            None => ledger.delivered(room),
        };
        let truth = Truth {
            until,
            all,
            moving: person.is_moving(room),
            own: &|seq| person.is_own(ledger, room, seq),
            optional: &|seq| person.is_optional(ledger, room, seq),
            private: &|seq| ledger.row(room, seq).private,
        };
        if let Err(what) = ear.judge(&truth) {
            panic!("person {} heard of {room:?} {what}", person.number);
        }
    }
}

/// Nobody is closed for what they did not do.
fn had_a_reason(person: &Person, sentence: &str, options: &Options, stopping: bool) {
    let is = |beginning: &str| sentence.starts_with(beginning);
    let code = sentence.strip_prefix("Close ").and_then(|code| code.parse::<u16>().ok());
    let frames = person.frames.as_ref();
    let right = (is("You were disconnected because your side took too long") && person.was_slow)
        || (is("You were disconnected for sending lines that are too long") && person.sent_overlong)
        || (is("You were disconnected because no nickname came") && person.entered_at.is_none())
        || (is("You were disconnected after a long time") && options.bounds.idle_ms > 0)
        || (is("You were disconnected for asking too much") && options.settings.rate > 0)
        || is("You have been kicked")
        || is("You have been banned")
        || (is("The server is shutting down") && stopping)
        || code.is_some_and(|code| code == 1009 && person.sent_overlong)
        || code.is_some() && frames.is_some_and(|frames| frames.broke == code || frames.goodbye == code)
        || (is("This is a chat server") && person.entered_at.is_none());
    assert!(right, "person {} was told {sentence:?}", person.number);
}
