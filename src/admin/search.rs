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
