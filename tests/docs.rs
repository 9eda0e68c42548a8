//! The tables of docs/commands.md, held equal to the command table and the
//! sentences of both languages; that of docs/admin.md and the journal's catalogs,
//! held equal to the facts that are logged.
//!
//! `DOCS=rewrite cargo test --test docs` writes them. Why made and not written: a
//! page that people read must not promise a command under another name.

use std::collections::BTreeSet;
use std::path::Path;

use chatd::core::command::Command;
use chatd::core::table::TABLE;
use chatd::daemon::log::facts::FACTS;
use chatd::locale::{Lang, Words};
use chatd::wire::words::usage;

/// The headings with the rows below each, in the order of the page.
const GROUPS: [(&str, &[&str]); 7] = [
    ("Talk · 대화", &["say", "action", "edit", "delete", "history", "search", "users"]),
    ("Whispers · 귓속말", &["whisper", "whisper_open", "whisper_ask", "whisper_close"]),
    ("Rooms · 대화방", &["join", "leave", "rooms", "room_create", "invite"]),
    (
        "Ruling a room · 대화방 관리",
        &[
            "room_topic",
            "room_capacity",
            "room_lock",
            "room_unlock",
            "room_listed",
            "room_unlisted",
            "room_invite_only",
            "room_slow",
            "room_op",
            "room_deop",
            "room_transfer",
            "room_close",
            "room_keep",
            "room_unkeep",
        ],
    ),
    ("Moderation · 강퇴, 차단, 음소거", &["kick", "ban", "unban", "mute", "unmute", "bans"]),
    ("Schedules · 예약", &["schedule", "schedules", "unschedule"]),
    (
        "The rest · 그 밖에",
        &["help", "rename", "timestamps", "lang", "quit", "quietquit", "broadcast", "shutdown"],
    ),
];

const MADE_FROM_HERE: &str = "<!-- From here on made";

/// How a row is typed in one language, its other names behind it.
fn typed(row: &Command, words: &Words) -> String {
    let shown = row.slash_in(words.lang());
    let own = |name: &&&str| name.is_ascii() == shown.is_ascii() && **name != shown;
    let others = row.slash.iter().filter(own).map(|name| (*name).to_owned());
    let names = std::iter::once(usage(words, row)).chain(others);
    let cells = names.map(|name| format!("`{}`", name.replace('|', "\\|")));
    cells.collect::<Vec<_>>().join(", ")
}

fn tables() -> String {
    let languages = Lang::ALL.map(Words::new);
    let mut page = String::new();
    for (heading, names) in GROUPS {
        page.push_str(&format!("\n### {heading}\n\n| English | 한국어 | |\n|---|---|---|\n"));
        for name in names {
            let row = TABLE.iter().find(|row| row.name == *name);
            let row = row.unwrap_or_else(|| panic!("no row is called {name}"));
            let what = languages.each_ref().map(|words| words.say(&format!("help-{name}"), &[]));
            let [english, korean] = languages.each_ref().map(|words| typed(row, words));
            let what = what.map(|sentence| sentence.replace('|', "\\|"));
            page.push_str(&format!(
                "| {english} | {korean} | {}<br>{} |\n",
                languages[0].capitalised(&what[0]),
                what[1]
            ));
        }
    }
    page
}

#[test]
fn every_typed_command_is_in_one_group() {
    let listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let typed: BTreeSet<&str> =
        TABLE.iter().filter(|row| !row.slash.is_empty()).map(|row| row.name).collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), typed);
    assert_eq!(listed.len(), typed.len(), "one is there twice");
}

/// Compares a page with what it should be, or makes it so.
fn hold(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("DOCS").is_some_and(|value| value == "rewrite") {
        std::fs::write(&path, made).unwrap();
    } else {
        assert!(read(name) == made, "{name} is not as made: DOCS=rewrite cargo test --test docs");
    }
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_page_of_commands_is_made_from_the_table() {
    let page = read("docs/commands.md");
    let mark = page.find(MADE_FROM_HERE).expect("the page has its mark");
    let end = mark + page[mark..].find('\n').unwrap() + 1;
    hold("docs/commands.md", &format!("{}{}", &page[..end], tables()));
}

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
    let page = read("docs/admin.md");
    let (mark, end) =
        ("<!-- The facts, made from packaging/chatd.catalog -->\n", "<!-- The end of the facts -->\n");
    let (before, rest) = page.split_once(mark).expect("the page has its mark");
    let (_, after) = rest.split_once(end).expect("the page has its second mark");
    let mut table = String::from("| fact | | |\n|---|---|---|\n");
    for one in catalog("packaging/chatd.catalog") {
        table.push_str(&format!("| `{}` | {} | {} |\n", one.word, one.subject, one.text.replace('|', "\\|")));
    }
    hold("docs/admin.md", &format!("{before}{mark}{table}{end}{after}"));
}
