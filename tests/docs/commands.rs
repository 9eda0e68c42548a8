//! docs/commands.md, made of the command table and the sentences of both languages.
//!
//! Knows the groups that people look for. Why made and not written: a page that people read must not
//! promise a command under another name.

use std::collections::BTreeSet;

use chatd::core::command::Command;
use chatd::core::table::TABLE;
use chatd::locale::{Lang, Words};
use chatd::wire::words::usage;

use crate::hold;

/// The headings with the rows below each, in the order of the page.
const GROUPS: [(&str, &[&str]); 8] = [
    ("Talk · 대화", &["say", "action", "edit", "delete", "history", "search", "users"]),
    ("Whispers · 귓속말", &["whisper", "whisper_open", "whisper_ask", "whisper_close"]),
    ("Files · 파일", &["file", "accept_as", "decline", "cancel"]),
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

#[test]
fn the_page_of_commands_is_made_from_the_table() {
    hold("docs/commands.md", |page| {
        let mark = page.find(MADE_FROM_HERE).expect("the page has its mark");
        let end = mark + page[mark..].find('\n').unwrap() + 1;
        format!("{}{}", &page[..end], tables())
    });
}
