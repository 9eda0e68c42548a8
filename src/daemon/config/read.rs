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
use super::keys::{self, Key, LISTEN_SECTION, Row, SECTIONS, rows};
use super::kind::found;
use super::nearest::nearest;
use super::{Config, Listen, Problem, agree};

/// Reads and checks a configuration. An empty text gives the defaults; `[[listen]]` replaces the
/// default listener. `file_name` only stands in the problems.
///
/// # Errors
///
/// Every problem, in the order of the text.
pub fn parse(file_name: &str, text: &str) -> Result<Config, Vec<Problem>> {
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
    findings.finish().map(|()| config)
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
        (None, DeValue::Table(_)) => unknown_section(name.as_ref()),
        (None, DeValue::Array(items)) if items.iter().any(|item| item.get_ref().is_table()) => {
            unknown_section(name.as_ref())
        }
        (None, _) => unknown_key(name.as_ref()),
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
            findings.at(name.span().start, &full, unknown_key(&full));
            continue;
        };
        findings.saw(place, key.name, name.span().start);
        for fault in key.kind.read(owner, value).err().unwrap_or_default() {
            findings.at(fault.offset, key.name, fault.message);
        }
    }
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
    let own_part = |row: &Row| row.name.split_once('.').map_or(row.name, |(_, own)| own);
    let (section, own) = name.split_once('.').unwrap_or(("", name));
    if let Some(row) = rows().find(|row| own_part(row) == own) {
        return no_such("key", row.name, true);
    }
    let beside = rows().filter(|row| row.name.split_once('.').map(|(of, _)| of) == Some(section));
    if let Some(near) = nearest(own, beside.map(|row| own_part(&row)))
        && near.likely
    {
        return no_such("key", &format!("{section}.{}", near.word), true);
    }
    let near = match section {
        "" => nearest(own, rows().map(|row| own_part(&row)))
            .and_then(|near| Some((rows().find(|row| own_part(row) == near.word)?.name, near))),
        _ => nearest(name, rows().map(|row| row.name)).map(|near| (near.word, near)),
    };
    match near {
        Some((word, near)) => no_such("key", word, near.likely),
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
