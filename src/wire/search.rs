//! What a search has found as lines for a person, and why it was not understood.
//!
//! Knows no framing. Why apart from the other words: three programs show it, each in
//! its own place, and with the same marks.

use crate::core::fold::Mark;
use crate::core::query::QueryFault;
use crate::core::reply::{Found, Search};
use crate::locale::Words;

/// Where and why a query was not understood.
pub fn fault(words: &Words, at: usize, why: QueryFault) -> String {
    let why = match why {
        QueryFault::Quote => words.say("query-quote", &[]),
        QueryFault::Star => words.say("query-star", &[]),
        QueryFault::Empty => words.say("query-empty", &[]),
        QueryFault::UnknownFilter => words.say("query-filter", &[]),
        QueryFault::Twice => words.say("query-twice", &[]),
        QueryFault::NotExcluded => words.say("query-minus", &[]),
        QueryFault::BadTime => words.say("query-time", &[]),
        QueryFault::TooMany => words.say("query-many", &[]),
        QueryFault::Nothing => words.say("query-nothing", &[]),
    };
    words.say("bad-query", &[("at", at.into()), ("why", why.into())])
}

/// What is to be said beside the messages themselves: that there are none, or that there may be others.
pub fn notes(words: &Words, search: &Search) -> Vec<String> {
    let mut notes = Vec::new();
    if search.found.is_empty() {
        notes.push(words.say("search-none", &[]));
    }
    if let Some(scanned) = search.scanned {
        notes.push(words.say("search-scanned", &[("count", scanned.into())]));
    }
    if search.partial {
        notes.push(words.say("search-partial", &[]));
    } else if search.more {
        notes.push(words.say("search-more", &[]));
    }
    notes
}

/// The message with stars around what was sought.
pub fn starred(found: &Found) -> crate::core::event::Message {
    let mut message = found.message.clone();
    message.text = marked(&message.text, &found.marks, "*", "*");
    message
}

/// The text with a sign before and one after each mark.
pub fn marked(text: &str, marks: &[Mark], before: &str, after: &str) -> String {
    let mut shown = String::with_capacity(text.len() + marks.len() * (before.len() + after.len()));
    let mut marks = marks.iter().copied().peekable();
    let mut open_until = None;
    for (place, c) in text.chars().enumerate() {
        let place = place as u64;
        if open_until == Some(place) {
            shown.push_str(after);
            open_until = None;
        }
        if let Some((start, length)) = marks.next_if(|(start, _)| u64::from(*start) <= place) {
            shown.push_str(before);
            open_until = Some(u64::from(start) + u64::from(length));
        }
        shown.push(c);
    }
    if open_until.is_some() {
        shown.push_str(after);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn marks_count_code_points() {
        assert_eq!(marked("주간회의시작", &[(2, 2)], "*", "*"), "주간*회의*시작");
        assert_eq!(marked("a b", &[(0, 1), (2, 1)], "<", ">"), "<a> <b>");
        assert_eq!(marked("ab", &[(0, 1), (1, 9)], "<", ">"), "<a><b>");
        assert_eq!(marked("ab", &[(7, 1)], "<", ">"), "ab");
    }
}
