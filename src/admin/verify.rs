//! `chatctl verify`: whether the history is as it was kept, page by page.
//!
//! Knows no digest: the daemon walks its own chain. Why an anchor is compared here: it is the admin's,
//! and the daemon is only asked what its chain has in that place.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::commands::read;
use super::failure::Failure;
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use crate::core::chain::Anchor;
use crate::core::table;
use crate::locale::Words;
use crate::locale::shell::Fault as Unreadable;

/// For clap: an anchor as the log has it.
pub fn anchor(typed: &str) -> Result<Anchor, Unreadable> {
    typed.trim().parse().map_err(|_| Unreadable { id: "chatctl-anchor-forms", args: Vec::new() })
}

#[derive(Deserialize)]
struct Page {
    checked: u64,
    anchor: String,
    #[serde(default)]
    older: u64,
    #[serde(default)]
    expired: u64,
    fault: Option<Value>,
    next: Option<Map<String, Value>>,
}

/// The first record that is not as it was kept.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    wrong: String,
    what: String,
    room: Option<String>,
    seq: Option<u64>,
    command: Option<u64>,
    record: u64,
}

/// What all pages together have shown.
#[derive(Default)]
struct Found {
    checked: u64,
    older: u64,
    expired: u64,
    anchor: Anchor,
    fault: Option<Value>,
    /// Whether the noted anchor is in the chain; none: it was not come to.
    holds: Option<bool>,
}

/// Verifies the whole chain, and that `noted` is in it.
pub fn verify(link: &mut Link, paper: &mut Paper<'_>, noted: Option<Anchor>) -> Result<(), Failure> {
    let found = walk(link, noted)?;
    if paper.json {
        paper.object(&object(&found))?;
    }
    if let Some(sentence) = complaint(&paper.speech.words, &found)? {
        return Err(Failure::Unsound { sentence });
    }
    if paper.json {
        return Ok(());
    }
    let anchor = || found.anchor.to_string().into();
    paper.line(&paper.listing.say("chatctl-verify-sound", &[("records", found.checked.into())]))?;
    if found.older > 0 {
        paper.line(&paper.listing.say("chatctl-verify-older", &[("records", found.older.into())]))?;
    }
    if found.expired > 0 {
        paper.line(&paper.listing.say("chatctl-verify-expired", &[("records", found.expired.into())]))?;
    }
    paper.line(&paper.listing.say("chatctl-verify-anchor", &[("anchor", anchor())]))?;
    let id = if noted.is_some() { "chatctl-verify-held" } else { "chatctl-verify-tail" };
    paper.line(&paper.listing.say(id, &[]))
}

fn walk(link: &mut Link, noted: Option<Anchor>) -> Result<Found, Failure> {
    let odd = Failure::Nonsense;
    let (mut found, mut from, mut last) = (Found::default(), Map::new(), 0);
    loop {
        // A page ends at the anchor, so that its link is seen.
        let ahead = noted.filter(|_| found.holds.is_none());
        let mut asked = request(&table::VERIFY, [("until", ahead.map(|noted| noted.record.into()))]);
        asked.append(&mut from);
        let page: Page = read(&link.ask(&asked)?)?;
        found.checked += page.checked;
        found.older += page.older;
        found.expired += page.expired;
        found.anchor = match (page.checked, page.anchor.parse()) {
            (_, Ok(anchor)) => anchor,
            // Before the first record there is no anchor.
            (0, Err(_)) => found.anchor,
            (_, Err(_)) => return Err(odd("chatctl-odd-answer")),
        };
        found.fault = page.fault;
        let ended = found.fault.is_some() || page.next.is_none();
        if let Some(noted) = ahead
            && found.fault.is_none()
            && (ended || found.anchor.record >= noted.record)
        {
            found.holds = Some(found.anchor == noted);
        }
        let Some(next) = page.next.filter(|_| !ended && found.holds != Some(false)) else { return Ok(found) };
        let after = next.get("after").and_then(Value::as_u64).ok_or(odd("chatctl-odd-answer"))?;
        if after <= last {
            return Err(odd("chatctl-odd-page"));
        }
        (from, last) = (next, after);
    }
}

fn object(found: &Found) -> String {
    let mut object = json!({"checked": found.checked, "anchor": found.anchor.to_string()});
    if found.older > 0 {
        object["older"] = found.older.into();
    }
    if found.expired > 0 {
        object["expired"] = found.expired.into();
    }
    if let Some(holds) = found.holds {
        object["anchor_holds"] = holds.into();
    }
    if let Some(fault) = &found.fault {
        object["fault"] = fault.clone();
    }
    object.to_string()
}

/// What is wrong, if anything is.
fn complaint(words: &Words, found: &Found) -> Result<Option<String>, Failure> {
    if let Some(fault) = &found.fault {
        let fault =
            serde_json::from_value(fault.clone()).map_err(|_| Failure::Nonsense("chatctl-odd-answer"))?;
        return Ok(Some(faulty(words, &fault)));
    }
    let record = ("record", found.anchor.record.to_string().into());
    Ok((found.holds == Some(false)).then(|| words.say("chatctl-verify-not-held", &[record])))
}

fn faulty(words: &Words, fault: &Fault) -> String {
    let number = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let record = ("record", fault.record.to_string().into());
    let room = ("room", fault.room.as_deref().unwrap_or("?").into());
    let seq = ("seq", number(fault.seq).into());
    let what = match &*fault.what {
        "message" => words.say("chatctl-verify-message", &[room, seq]),
        "version" => words.say("chatctl-verify-version", &[room, seq]),
        "command" => words.say("chatctl-verify-command", &[("command", number(fault.command).into())]),
        _the_chain => return words.say("chatctl-verify-broken", &[record]),
    };
    let id = match &*fault.wrong {
        "missing" => "chatctl-verify-missing",
        "added" => "chatctl-verify-added",
        _altered => "chatctl-verify-altered",
    };
    words.say(id, &[("what", what.into()), record])
}
