//! The facts of the log: the journal's catalogs explain each, and docs/admin.md lists them.
//!
//! Knows the form of systemd's catalogs. Why the table of the page is made of the catalog: what
//! `journalctl -x` says and what the page says is then the same.

use chatd::daemon::log::facts::FACTS;

use crate::{hold, read};

/// One entry of a journal catalog.
struct Explained {
    word: String,
    id: u128,
    subject: String,
    text: String,
}

/// The entries of a catalog in their order. Each has a comment with its fact's word, and the headers and
/// the text as systemd's catalogs have them.
fn catalog(name: &str) -> Vec<Explained> {
    let text = read(name);
    let entries = text.split("\n-- ").collect::<Vec<_>>();
    let words =
        entries.iter().map(|before| before.lines().last().unwrap().trim_start_matches("# ").to_owned());
    let explained = words.zip(entries.iter().skip(1)).map(|(word, entry)| {
        let (head, text) = entry.split_once("\n\n").unwrap_or_else(|| panic!("{name}: {word} has no text"));
        let id = head.lines().next().unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        assert_eq!(header("Defined-By: "), "chatd", "{name}: {word}");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Explained {
            word,
            id: u128::from_str_radix(id, 16).unwrap_or_else(|error| panic!("{name}: {id}: {error}")),
            subject: header("Subject: ").to_owned(),
            text: lines.collect::<Vec<_>>().join(" ").trim().to_owned(),
        }
    });
    explained.collect()
}

#[test]
fn the_journals_catalogs_explain_every_fact() {
    let facts: Vec<(&str, u128)> = FACTS.iter().map(|fact| (fact.word, fact.id)).collect();
    for name in ["packaging/chatd.catalog", "packaging/chatd.ko.catalog"] {
        let explained = catalog(name);
        let own: Vec<(&str, u128)> = explained.iter().map(|one| (one.word.as_str(), one.id)).collect();
        assert_eq!(own, facts, "{name}");
        for one in &explained {
            assert!(!one.subject.is_empty() && one.text.ends_with('.'), "{name}: {}", one.word);
        }
    }
}

#[test]
fn the_admins_page_lists_the_facts() {
    let (mark, end) =
        ("<!-- The facts, made from packaging/chatd.catalog -->\n", "<!-- The end of the facts -->\n");
    let mut table = String::from("| fact | | |\n|---|---|---|\n");
    for one in catalog("packaging/chatd.catalog") {
        table.push_str(&format!("| `{}` | {} | {} |\n", one.word, one.subject, one.text.replace('|', "\\|")));
    }
    hold("docs/admin.md", |page| {
        let (before, rest) = page.split_once(mark).expect("the page has its mark");
        let (_, after) = rest.split_once(end).expect("the page has its second mark");
        format!("{before}{mark}{table}{end}{after}")
    });
}
