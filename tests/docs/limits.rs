//! docs/limits.md, made of `src/limits.rs`: each bound with its reason, for people. The keys that bound
//! something stand in docs/admin.md, and are compared.
//!
//! Knows the form of that file: a sentence, then the constants that it is about. Why not a list of its
//! own: the reason stands where the number is, and a page beside it would be wrong soon.

use std::collections::BTreeMap;

use chatd::daemon::config::{Row, rows};

use crate::{hold, read};

/// What stands before the table.
const HEAD: &str = "\
# Limits that are built in

What an admin may want to change is a key of the configuration: [admin.md](admin.md#limits). These stand in
`src/limits.rs`, and this page is made of it by `DOCS=rewrite cargo test --test docs`.

| what, and why as much | bound | constant |
|---|---|---|
";

#[test]
fn the_page_of_limits_is_made_from_their_file() {
    hold("docs/limits.md", |_| page());
}

/// Keys that bound something: a number, a size or a time, and who is exempt.
fn is_limit(row: &Row) -> bool {
    let kinds = ["a whole number", "a size", "a duration"];
    row.name.starts_with("limits.") || kinds.iter().any(|kind| row.takes.starts_with(kind))
}

#[test]
fn the_admins_page_has_every_limit_with_its_default_and_a_reason() {
    let page = read("docs/admin.md");
    let (_, section) = page.split_once("\n## Limits\n").expect("the page has its section");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let lines = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let listed: Vec<Vec<&str>> = lines.map(|line| line.split(" | ").collect()).collect();
    let keys: Vec<[String; 2]> =
        rows().filter(is_limit).map(|row| [format!("{}`", row.name), format!("`{}`", row.default)]).collect();
    let told: Vec<[String; 2]> = listed.iter().map(|cells| [cells[0], cells[1]].map(str::to_owned)).collect();
    assert_eq!(told, keys, "the table of limits does not follow src/daemon/config/keys.rs");
    for cells in &listed {
        assert!(cells.len() == 3 && cells[2].ends_with('.'), "a reason is a sentence: {cells:?}");
    }
}

fn page() -> String {
    let source = read("src/limits.rs");
    let (mut page, mut known) = (HEAD.to_owned(), BTreeMap::new());
    let (mut sentence, mut constants) = (String::new(), Vec::new());
    for line in source.lines().chain(["///"]) {
        if let Some(text) = line.strip_prefix("///") {
            if !constants.is_empty() {
                page.push_str(&row(&sentence, &constants));
                (sentence, constants) = (String::new(), Vec::new());
            }
            sentence.push_str(text);
        } else if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(": ").unwrap();
            let expression = rest.split_once(" = ").unwrap().1.trim_end_matches(';');
            let value = worth(expression, &known);
            known.insert(name.to_owned(), value);
            constants.push((name.to_owned(), shown(name, value)));
        }
    }
    page
}

fn row(sentence: &str, constants: &[(String, String)]) -> String {
    let each =
        |part: fn(&(String, String)) -> String| constants.iter().map(part).collect::<Vec<_>>().join(", ");
    let (bounds, names) = (each(|one| one.1.clone()), each(|one| format!("`{}`", one.0)));
    // The unit is said with the bound.
    let sentence = sentence.replace(", in milliseconds (", " (").replace(", in milliseconds", "");
    format!("| {} | {bounds} | {names} |\n", sentence.trim().replace('|', "\\|"))
}

/// The value of products, shifts and sums of whole numbers and of constants above.
fn worth(expression: &str, known: &BTreeMap<String, u64>) -> u64 {
    let number = |word: &str| match word.replace('_', "").parse() {
        Ok(number) => number,
        Err(_) => *known.get(word).unwrap_or_else(|| panic!("{word} of {expression} is not known")),
    };
    if let Some((base, shift)) = expression.split_once(" << ") {
        return number(base) << number(shift);
    }
    expression.split(" * ").map(number).product()
}

/// With a unit that people read, which the constant's name tells.
fn shown(name: &str, value: u64) -> String {
    let parts = |units: &[(u64, &str)]| {
        let whole = units.iter().find(|(size, _)| value >= *size && value.is_multiple_of(*size));
        whole.map(|(size, unit)| format!("{} {unit}", value / size))
    };
    let unit = if name.contains("_MS") {
        parts(&[(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"), (1, "ms")])
    } else if name.contains("BYTES") {
        parts(&[(1 << 20, "MiB"), (1 << 10, "KiB"), (1, "bytes")])
    } else if name.ends_with("_S") {
        parts(&[(1, "s")])
    } else {
        None
    };
    unit.unwrap_or_else(|| grouped(value))
}

/// With a comma before each three digits.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let first = digits.len() % 3;
    let mut groups: Vec<&str> =
        digits.as_bytes()[first..].chunks(3).map(|three| std::str::from_utf8(three).unwrap()).collect();
    if first > 0 {
        groups.insert(0, &digits[..first]);
    }
    groups.join(",")
}
