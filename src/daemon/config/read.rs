//! From TOML text to a configuration, or to all that is wrong with the text.
//!
//! It must not know any single key (`keys.rs`) or kind of value (`kind.rs`).
//!
//! Why reading goes on after the first problem, even after a syntax error: whoever mends a file
//! wants one list, not one message at each attempt. What could only be a consequence of a syntax
//! error is left out of it.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::findings::Findings;
use super::keys::{self, Key, LISTEN_SECTION, SECTIONS, names, split};
use super::kind::found;
use super::{Config, Listen, Problem, agree};
use crate::core::nearest::nearest;

/// Reads and checks a configuration. An empty text gives the defaults; `[[listen]]` replaces the
/// default listener. `file_name` only stands in the problems.
///
/// # Errors
///
/// Every problem, in the order of the text.
pub fn parse(file_name: &str, text: &str) -> Result<Config, Vec<Problem>> {
    parse_with_lines(file_name, text).map(|(config, _)| config)
}

/// The same, with the line of each listener.
pub(super) fn parse_with_lines(
    file_name: &str,
    text: &str,
) -> Result<(Config, Vec<Option<usize>>), Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut findings = Findings::new(file_name, text);
    for error in &errors {
        let offset = error.span().map_or(0, |span| span.start);
        findings.syntax(offset, error.message());
    }
    let mut config = Config::default();
    for (name, value) in table.get_ref() {
        section(name, value, &mut config, &mut findings);
    }
    if errors.is_empty() {
        agree::check(&config, &mut findings);
    }
    let places = 0..config.listen.len();
    let lines = places
        .map(|place| findings.line(place, "listen.address").or(findings.line(place, "listen")))
        .collect();
    findings.finish().map(|()| (config, lines))
}

type Name<'i> = Spanned<DeString<'i>>;
type Value<'i> = Spanned<DeValue<'i>>;

fn section(name: &Name<'_>, value: &Value<'_>, config: &mut Config, findings: &mut Findings<'_>) {
    let offset = name.span().start;
    let known = SECTIONS.iter().find(|(known, _)| *known == name.as_ref());
    let message = match (known, value.get_ref()) {
        (Some((LISTEN_SECTION, _)), _) => return listeners(value, config, findings),
        (Some((section, _)), DeValue::Table(table)) => {
            return fill(section, keys::KEYS, table, 0, config, findings);
        }
        (Some((section, _)), DeValue::Array(_)) => {
            format!("there is one such section only: write [{section}]")
        }
        (Some((section, _)), other) => {
            let found = found(other);
            format!("expected a section, found {found}; write [{section}] and its keys below it")
        }
        (None, DeValue::Table(_)) => suggest(unknown_section, name.as_ref(), findings),
        (None, DeValue::Array(items)) if items.iter().any(|item| item.get_ref().is_table()) => {
            suggest(unknown_section, name.as_ref(), findings)
        }
        (None, _) => suggest(unknown_key, name.as_ref(), findings),
    };
    findings.at(offset, name.as_ref(), message);
}

fn listeners(value: &Value<'_>, config: &mut Config, findings: &mut Findings<'_>) {
    let offset = value.span().start;
    let items = match value.get_ref() {
        DeValue::Array(items) => items,
        other => {
            let message = match other {
                DeValue::Table(_) => "there can be several: write [[listen]]".to_string(),
                _ => format!("expected sections [[listen]], found {}", found(other)),
            };
            return findings.at(offset, LISTEN_SECTION, message);
        }
    };
    if items.is_empty() {
        let message = "there must be a listener; leave this out to have the default one";
        return findings.at(offset, LISTEN_SECTION, message.to_string());
    }
    config.listen.clear();
    for (place, item) in items.iter().enumerate() {
        let mut listen = Listen::default();
        let offset = item.span().start;
        findings.saw(place, LISTEN_SECTION, offset);
        match item.get_ref() {
            DeValue::Table(table) => {
                let rows = keys::LISTEN;
                fill(LISTEN_SECTION, rows, table, place, &mut listen, findings);
            }
            other => {
                let message = format!("expected sections [[listen]], found {}", found(other));
                findings.at(offset, LISTEN_SECTION, message);
            }
        }
        config.listen.push(listen);
    }
}

/// Reads the keys of one section. `place` tells the listeners apart.
fn fill<T: Clone>(
    section: &str,
    keys: &'static [Key<T>],
    table: &DeTable<'_>,
    place: usize,
    owner: &mut T,
    findings: &mut Findings<'_>,
) {
    for (name, value) in table {
        let full = format!("{section}.{}", name.as_ref());
        let Some(key) = keys.iter().find(|key| key.name == full) else {
            let message = suggest(unknown_key, &full, findings);
            findings.at(name.span().start, &full, message);
            continue;
        };
        findings.saw(place, key.name, name.span().start);
        for fault in key.kind.read(owner, value).err().unwrap_or_default() {
            findings.at(fault.offset, key.name, fault.message);
        }
    }
}

/// The search for the nearest word costs most of all; a file of nothing but unknown words must not
/// hold a running daemon up when it is reloaded.
fn suggest(search: fn(&str) -> String, name: &str, findings: &Findings<'_>) -> String {
    if findings.many() { "there is no such key or section".to_string() } else { search(name) }
}

fn unknown_section(name: &str) -> String {
    match nearest(name, SECTIONS.iter().map(|(section, _)| *section)) {
        Some(near) => {
            let brackets = match near.word {
                LISTEN_SECTION => "[[listen]]".to_string(),
                other => format!("[{other}]"),
            };
            no_such("section", &brackets, near.likely)
        }
        None => "there is no such section".to_string(),
    }
}

/// `name` is a key with its section, or one that stands before all sections.
fn unknown_key(name: &str) -> String {
    let (section, own) = split(name);
    if let Some(elsewhere) = names().find(|known| split(known).1 == own) {
        return no_such("key", elsewhere, true);
    }
    let beside = names().filter(|known| split(known).0 == section);
    if let Some(near) = nearest(own, beside.map(|known| split(known).1))
        && near.likely
    {
        return no_such("key", &format!("{section}.{}", near.word), true);
    }
    let near = if section.is_empty() {
        // Only the own parts can be compared; the answer is to have its section all the same.
        nearest(own, names().map(|known| split(known).1)).and_then(|near| {
            let whole = names().find(|known| split(known).1 == near.word)?;
            Some((whole, near.likely))
        })
    } else {
        nearest(name, names()).map(|near| (near.word, near.likely))
    };
    match near {
        Some((word, likely)) => no_such("key", word, likely),
        None => "there is no such key".to_string(),
    }
}

fn no_such(what: &str, near: &str, likely: bool) -> String {
    if likely {
        format!("there is no such {what}; did you mean {near}?")
    } else {
        format!("there is no such {what}; the nearest is {near}")
    }
}
