//! `chatctl search`: what was said with these words, the newest first.
//!
//! Knows nothing of sockets. Why it pages by what the daemon gives as `next`: what is
//! found in many rooms has no number that counts through.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;
use super::history::{Said, sentence};
use super::link::Link;
use super::pages::request;
use super::paper::Paper;
use super::times;
use crate::core::fold::Mark;
use crate::core::reply;
use crate::core::table;
use crate::limits::{PAGE_ROWS_MAX, ROWS_DEFAULT};
use crate::wire::search::{marked, notes};

#[derive(clap::Args, Debug)]
pub struct Search {
    #[arg(required = true, value_name = "WORDS", help = "chatctl-help-search-words")]
    pub words: Vec<String>,
    #[arg(long, help = "chatctl-help-search-room")]
    pub room: Option<String>,
    #[arg(long, value_name = "NICK", help = "chatctl-help-history-user")]
    pub user: Option<String>,
    #[arg(long, value_name = "TIME", value_parser = times::argument, help = "chatctl-help-since")]
    pub since: Option<String>,
    #[arg(short = 'n', value_name = "N", help = "chatctl-help-search-lines")]
    pub lines: Option<u64>,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
    #[serde(default)]
    more: bool,
    next: Option<u64>,
    scanned: Option<u64>,
    #[serde(default)]
    partial: bool,
}

#[derive(Deserialize)]
struct Found {
    #[serde(flatten)]
    said: Said,
    #[serde(default)]
    marks: Vec<Mark>,
}

pub fn search(link: &mut Link, paper: &mut Paper<'_>, asked: &Search) -> Result<(), Failure> {
    let text = |value: &Option<String>| value.clone().map(serde_json::Value::from);
    let mut wanted = request(
        &table::SEARCH,
        [
            ("query", Some(asked.words.join(" ").into())),
            ("room", text(&asked.room)),
            ("from", text(&asked.user)),
            ("since", text(&asked.since)),
        ],
    );
    let mut left = asked.lines.unwrap_or(ROWS_DEFAULT);
    let mut told = reply::Search::default();
    let mut found_any = false;
    while left > 0 {
        wanted.insert("limit".to_owned(), left.min(PAGE_ROWS_MAX.into()).into());
        let answer = link.ask(&wanted)?;
        let page: Page<'_> = serde_json::from_str(&answer).map_err(|_| odd())?;
        for row in &page.messages {
            print(paper, row.get(), asked.room.is_none())?;
        }
        found_any |= !page.messages.is_empty();
        left = left.saturating_sub(page.messages.len() as u64);
        told.more = page.more;
        told.partial |= page.partial;
        told.scanned = page.scanned.map(|scanned| scanned + told.scanned.unwrap_or(0));
        let Some(next) = page.next.filter(|_| page.more) else { break };
        if wanted.get("before").and_then(serde_json::Value::as_u64).is_some_and(|before| next >= before) {
            return Err(Failure::Nonsense("chatctl-odd-page"));
        }
        // A scan goes on only when somebody asks for it with a number.
        if told.scanned.is_some() && asked.lines.is_none() {
            break;
        }
        wanted.insert("before".to_owned(), next.into());
    }
    if paper.json || paper.width.is_none() {
        return Ok(());
    }
    let mut sentences = notes(&paper.speech.words, &told);
    if found_any {
        sentences.remove(0);
    }
    sentences.iter().try_for_each(|sentence| paper.line(sentence))
}

fn odd() -> Failure {
    Failure::Nonsense("chatctl-odd-answer")
}

/// Two signs of the private use area that stand for bold on and off until the line is safe to print.
const ON: &str = "\u{f0001}";
const OFF: &str = "\u{f0002}";

fn print(paper: &mut Paper<'_>, row: &str, rooms: bool) -> Result<(), Failure> {
    if paper.json {
        return paper.object(row);
    }
    let mut found: Found = serde_json::from_str(row).map_err(|_| odd())?;
    if paper.colour {
        let plain: String =
            found.said.text.chars().filter(|c| !matches!(c, '\u{f0001}' | '\u{f0002}')).collect();
        let whole = plain.len() == found.said.text.len();
        if whole {
            found.said.text = marked(&plain, &found.marks, ON, OFF);
        }
    }
    let at = times::local(&found.said.at, &paper.speech.zone);
    let line = sentence(paper, &found.said);
    let room = if rooms { format!("{}: ", found.said.room) } else { String::new() };
    paper.bold_between(&format!("[{at}] {room}{line}"), ON, OFF)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::admin::flow_tests::{daemon, done};

    fn found(room: &str, seq: u64) -> Value {
        json!({"event":"message","room":room,"seq":seq,"at":"2026-11-21T06:30:00Z","from":"Alice",
            "text":"the deploy failed","kind":"say","marks":[[4,6]]})
    }

    #[test]
    fn what_is_found_with_its_room() {
        let request = json!({"cmd":"search","query":"deploy failed","limit":50});
        let page = json!({"messages":[found("den", 2), found("lobby", 9)],"more":false});
        let shown = "[2026-11-21 15:30:00] den: Alice >> the deploy failed\n\
                     [2026-11-21 15:30:00] lobby: Alice >> the deploy failed\n";
        assert_eq!(done(&["search", "deploy failed"], request.clone(), page.clone()), shown);
        let lines = done(&["search", "deploy", "failed", "--json"], request, page);
        assert!(lines.lines().count() == 2 && lines.starts_with("{\"v\":1,") && lines.contains("marks"));
        let request = json!({"cmd":"search","query":"x","room":"den","from":"Bob","limit":3});
        let words = ["search", "x", "--room", "den", "--user", "Bob", "-n", "3"];
        let page = json!({"messages":[found("den", 2)],"more":false});
        assert_eq!(done(&words, request, page), "[2026-11-21 15:30:00] Alice >> the deploy failed\n");
    }

    #[test]
    fn it_goes_on_where_the_daemon_says() {
        let daemon = daemon(|far| {
            let page = |seqs: [u64; 2], next: u64| json!({"messages":seqs.map(|seq| found("den", seq)),"more":true,"next":next});
            far.answer(json!({"cmd":"search","query":"x","limit":4}), page([9, 8], 80));
            far.answer(json!({"cmd":"search","query":"x","limit":2,"before":80}), page([7, 6], 60));
        });
        let outcome = daemon.chatctl(&["search", "x", "-n", "4"]);
        assert_eq!((outcome.code, outcome.out.lines().count()), (0, 4));
    }

    #[test]
    fn somebody_who_looks_is_told_what_is_left() {
        let daemon = daemon(|far| {
            let nothing = json!({"messages":[],"more":false,"scanned":3});
            far.answer(json!({"cmd":"search","query":"x","limit":50}), nothing);
        });
        let outcome = daemon.chatctl_in("C", &["search", "x"], Some(80));
        let told = "Nothing was found.\n\
                    The index does not know so short a word: 3 messages were read, the newest ones.\n";
        assert_eq!(outcome.out, told);
    }
}
