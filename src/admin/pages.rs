//! Long lists, fetched page by page.
//!
//! Knows nothing of what the rows mean but their numbers. Why each page must
//! bring new numbers: a daemon that repeated itself would be asked for ever.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::link::Link;
use crate::core::command::Command;
use crate::limits::PAGE_ROWS_MAX;

/// A request with its fields; those that are `None` are left out.
pub fn request<const N: usize>(row: &Command, fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    std::iter::once(("cmd".to_owned(), row.cmd.into())).chain(fields).collect()
}

/// A page of messages or of commands.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow, alias = "messages", alias = "commands")]
    rows: Vec<&'a RawValue>,
    #[serde(default)]
    more: bool,
}

/// The number by which rows are ordered.
#[derive(Deserialize)]
struct Numbered {
    #[serde(alias = "seq", alias = "record")]
    number: u64,
}

/// The newest `wanted` rows as JSON texts, oldest first.
pub fn newest(link: &mut Link, list: &Map<String, Value>, wanted: u64) -> Result<Vec<String>, Failure> {
    let mut newest_first: Vec<String> = Vec::new();
    let mut before = None;
    while (newest_first.len() as u64) < wanted {
        let left = wanted - newest_first.len() as u64;
        let limit = left.min(PAGE_ROWS_MAX.into());
        let (rows, more) = page(link, list, "before", before, limit)?;
        let Some(first) = rows.first() else { break };
        let first = number(first)?;
        if before.is_some_and(|before| first >= before) {
            return Err(repeated());
        }
        before = Some(first);
        newest_first.extend(rows.into_iter().rev());
        if !more {
            break;
        }
    }
    newest_first.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
    newest_first.reverse();
    Ok(newest_first)
}

/// All rows from the oldest on, each handed to `each` as it comes.
pub fn from_the_oldest(
    link: &mut Link,
    list: &Map<String, Value>,
    each: &mut dyn FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let (rows, more) = page(link, list, "after", Some(after), PAGE_ROWS_MAX.into())?;
        let Some(last) = rows.last() else { return Ok(()) };
        let last = number(last)?;
        if last <= after {
            return Err(repeated());
        }
        after = last;
        for row in &rows {
            each(row)?;
        }
        if !more {
            return Ok(());
        }
    }
}

fn page(
    link: &mut Link,
    list: &Map<String, Value>,
    bound: &str,
    at: Option<u64>,
    limit: u64,
) -> Result<(Vec<String>, bool), Failure> {
    let mut request = list.clone();
    request.insert("limit".to_owned(), limit.into());
    if let Some(at) = at {
        request.insert(bound.to_owned(), at.into());
    }
    let answer = link.ask(&request)?;
    let page: Page<'_> = serde_json::from_str(&answer).map_err(|_| not_a_page())?;
    Ok((page.rows.iter().map(|row| row.get().to_owned()).collect(), page.more))
}

fn number(row: &str) -> Result<u64, Failure> {
    serde_json::from_str(row).map(|row: Numbered| row.number).map_err(|_| not_a_page())
}

fn not_a_page() -> Failure {
    Failure::Nonsense("chatctl-odd-answer")
}

fn repeated() -> Failure {
    Failure::Nonsense("chatctl-odd-page")
}
