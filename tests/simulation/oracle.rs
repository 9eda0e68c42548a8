//! What each person must have seen by the end of their line.
//!
//! Knows the ledger and the person, nothing of the server. Why it is asked once
//! a line, at its end: until then any beginning of the story is right.

use super::ledger::Ledger;
use super::options::Options;
use super::person::{Kind, Parting, Person};

/// The line has ended.
pub fn judge(person: &Person, ledger: &Ledger, options: &Options, stopping: bool) {
    let shut = person.wire.borrow().shut;
    // To those who are gone, nothing arrives.
    let gone = matches!(person.parting, Parting::Cut | Parting::Vanished);
    heard_the_room(person, ledger, shut && !gone);
    if let Some(sentence) = &person.closing {
        had_a_reason(person, sentence, options, stopping);
    }
    let by_itself = matches!(person.parting, Parting::Here) && !stopping;
    if by_itself && shut && person.entered_at.is_some() {
        assert!(person.closing.is_some(), "person {} was closed without a word", person.number);
    }
    if by_itself && !shut {
        assert!(person.was_slow, "person {} was cut off", person.number);
    }
    // Whose first bytes did not come in time is let go without a word: it may be a browser's spare socket.
    let waits = options.bounds.login_ms + options.bounds.idle_ms > 0;
    let undecided = person.kind != Kind::Control && waits && !person.heard_anything;
    let answered = shut && person.closing.is_none() && !stopping && !undecided;
    if person.parting == Parting::HalfClosed && answered {
        assert!(person.asked.is_empty(), "person {} waits for {:?}", person.number, person.asked);
    }
}

/// The line is still there, and nothing is under way.
pub fn at_rest(person: &Person, ledger: &Ledger) {
    heard_the_room(person, ledger, true);
    if person.parting == Parting::Here {
        assert!(person.asked.is_empty(), "person {} waits for {:?}", person.number, person.asked);
    }
}

/// Exactly the messages between coming and going, once, in order; `all`: to the last of them.
fn heard_the_room(person: &Person, ledger: &Ledger, all: bool) {
    if person.kind == Kind::Control {
        return heard_a_stretch(person, ledger);
    }
    let from = person.entered_at.unwrap_or(ledger.delivered);
    let until = person.left_at.unwrap_or(ledger.delivered).max(from);
    let mut heard = person.messages.iter().peekable();
    for row in &ledger.rows[from as usize..until as usize] {
        if is_own(person, ledger, row) || heard.next_if(|token| **token == row.token).is_some() {
            continue;
        }
        // A message that fires is not sent to whoever has its sender's name by then.
        if row.scheduled && person.names.contains(&row.sender) {
            continue;
        }
        if !all && heard.peek().is_none() {
            return;
        }
        panic!("person {} heard {:?} where t{} was said", person.number, heard.peek(), row.token);
    }
    assert!(heard.peek().is_none(), "person {} heard {heard:?} after leaving", person.number);
}

fn is_own(person: &Person, ledger: &Ledger, row: &super::ledger::Row) -> bool {
    !row.scheduled && ledger.said_by.get(&row.token) == Some(&person.number)
}

/// Who only listens does so from some moment on, without a hole.
fn heard_a_stretch(person: &Person, ledger: &Ledger) {
    let Some(first) = person.messages.first().and_then(|token| ledger.seq_of(*token)) else { return };
    let rows = ledger.rows[first as usize - 1..].iter().filter(|row| !is_own(person, ledger, row));
    for (heard, row) in person.messages.iter().zip(rows) {
        assert_eq!(*heard, row.token, "listener {} has missed something", person.number);
    }
}

/// Nobody is closed for what they did not do.
fn had_a_reason(person: &Person, sentence: &str, options: &Options, stopping: bool) {
    let is = |beginning: &str| sentence.starts_with(beginning);
    let right = (is("You were disconnected because your side took too long") && person.was_slow)
        || (is("You were disconnected for sending lines that are too long") && person.sent_overlong)
        || (is("You were disconnected because no nickname came") && person.entered_at.is_none())
        || (is("You were disconnected after a long time") && options.bounds.idle_ms > 0)
        || (is("You were disconnected for asking too much") && options.settings.rate > 0)
        || is("You have been kicked")
        || (is("The server is shutting down") && stopping)
        || (is("This is a chat server") && person.entered_at.is_none());
    assert!(right, "person {} was told {sentence:?}", person.number);
}
