//! The manual pages: chatd.toml(5)'s keys are made, chatd(8)'s options are counted, in both languages.
//!
//! Knows roff's macros. Why the pages are compared with each other: one that is changed in one
//! language alone is wrong in the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command as Program;

use chatd::daemon::config::{Applies, Row, rows};
use chatd::locale::Lang;
use roff::{Roff, bold, roman};

use crate::{hold, read};

/// A file below packaging/man.
fn manual(path: &str) -> String {
    read(&format!("packaging/man/{path}"))
}

/// What packaging/man/ko/keys says of a key.
struct Korean {
    english: String,
    korean: String,
}

fn korean_keys() -> BTreeMap<String, Korean> {
    let text = manual("ko/keys");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let keys = lines.chunks(3).map(|three| match three {
        [name, english, korean] => {
            (name.clone(), Korean { english: english.clone(), korean: korean.clone() })
        }
        fewer => panic!("a key has three lines: {fewer:?}"),
    });
    keys.collect()
}

#[test]
fn every_key_is_said_in_korean_as_it_is_in_english() {
    let korean = korean_keys();
    let known: BTreeMap<&str, &str> = rows().map(|row| (row.name, row.about)).collect();
    let there: BTreeMap<&str, &str> =
        korean.iter().map(|(name, key)| (name.as_str(), key.english.as_str())).collect();
    assert_eq!(there, known, "packaging/man/ko/keys does not follow src/daemon/config/keys.rs");
    for (name, key) in &korean {
        let hangul = key.korean.chars().any(|c| ('가'..='힣').contains(&c));
        assert!(hangul && key.korean.ends_with("니다."), "{name}: {}", key.korean);
    }
}

/// What a key takes, and when a change of it applies.
fn takes(row: &Row, lang: Lang) -> String {
    let restart = row.applies == Applies::Restart;
    match lang {
        Lang::En => {
            let applies = if restart { " Applies at a restart." } else { "" };
            format!("Takes {}.{applies}", row.takes)
        }
        Lang::Ko => {
            let applies = if restart { " 다시 시작해야 적용됩니다." } else { "" };
            format!("값: {}.{applies}", takes_korean(&row.takes))
        }
    }
}

fn takes_korean(takes: &str) -> String {
    let (kind, example) = match takes.split_once(" such as ") {
        Some((kind, example)) => (kind, format!(", 예: {example}")),
        None => (takes, String::new()),
    };
    let kind = match kind {
        "a text in quotes" => "따옴표 안의 글",
        "a path in quotes" => "따옴표 안의 경로",
        "a whole number" => "정수",
        "a size" => return "크기. \"8KiB\"처럼 쓰거나 바이트 수만 씁니다".to_owned(),
        "a duration" => "시간",
        "true or false" => "true 또는 false",
        "permission bits in quotes" => "따옴표 안의 권한 비트",
        "an address with a port" => "주소와 포트",
        "a list of addresses or networks" => "주소나 네트워크의 목록",
        "a list of origins" => "출처의 목록",
        choice if choice.contains('"') => {
            return choice.trim_start_matches("one of ").replace(" or ", " 또는 ");
        }
        other => panic!("ko has no words for {other:?}"),
    };
    format!("{kind}{}", example.replace(" or ", " 또는 "))
}

/// The keys in roff, section by section.
fn keys(lang: Lang) -> String {
    let korean = korean_keys();
    let mut page = Roff::new();
    let mut section = "";
    for row in rows() {
        let (of, own) = row.name.split_once('.').unwrap();
        if of != section {
            section = of;
            let shown = if of == "listen" { "[[listen]]".to_owned() } else { format!("[{of}]") };
            page.control("SS", [&*shown]);
        }
        page.control("TP", []).text([bold(own), roman(format!(" = {}", row.default))]);
        let about = match lang {
            Lang::En => row.about,
            Lang::Ko => &korean[row.name].korean,
        };
        page.text([roman(filled(about))]).control("br", []).text([roman(filled(&takes(&row, lang)))]);
    }
    page.to_roff()
}

/// In lines that roff's own tools do not find too long.
fn filled(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().unwrap();
        if last.is_empty() {
            last.push_str(word);
        } else if last.len() + word.len() < 72 {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

#[test]
fn the_pages_of_the_configuration_have_every_key() {
    for (path, lang) in [("chatd.toml.5", Lang::En), ("ko/chatd.toml.5", Lang::Ko)] {
        hold(&format!("packaging/man/{path}"), |page| {
            let begin = page.find(".\\\" The keys: made").expect("the page has its first mark");
            let begin = begin + page[begin..].find('\n').unwrap() + 1;
            let end = page.find(".\\\" The end of the keys").expect("the page has its second mark");
            format!("{}{}{}", &page[..begin], keys(lang), &page[end..])
        });
    }
}

/// The lines of a page that are the same in every language: what is typed, and how it is set.
fn marked(page: &str) -> Vec<&str> {
    let own = |line: &&str| {
        [".B ", ".BR ", ".BI ", ".I ", ".IR ", ".RB ", ".RI "]
            .iter()
            .any(|macro_name| line.starts_with(macro_name))
    };
    let mut lines: Vec<&str> =
        page.lines().filter(own).map(|line| line.trim_end_matches([' ', '.', ','])).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

#[test]
fn the_page_of_the_daemon_has_every_option_and_its_name_in_both_languages() {
    let help = Program::new(env!("CARGO_BIN_EXE_chatd")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let options = help.split_whitespace().map(|word| word.trim_matches(['[', ']', '<', '>', ',', '.']));
    let options: BTreeSet<&str> = options.filter(|word| word.starts_with("--")).collect();
    assert!(options.len() >= 5, "{help}");
    for path in ["chatd.8", "ko/chatd.8"] {
        let page = manual(path);
        for option in &options {
            assert!(page.contains(&option.replace('-', "\\-")), "{path} does not have {option}");
        }
        for name in ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "WatchdogSec=", "FileDescriptorStoreMax="] {
            assert!(page.contains(name), "{path} does not have {name}");
        }
    }
}

/// A page that is changed in one language alone no longer names the same things.
#[test]
fn both_languages_name_the_same_things() {
    for name in ["chatd.8", "chatd.toml.5"] {
        let (english, korean) = (manual(name), manual(&format!("ko/{name}")));
        let headings =
            |page: &str| page.lines().filter(|line| line.starts_with(".SH ") || *line == ".TP").count();
        assert_eq!(headings(&english), headings(&korean), "{name}");
        let words = |page: &str| -> BTreeSet<String> {
            let lines = marked(page).into_iter().flat_map(|line| line.split_whitespace().skip(1));
            lines
                .map(|word| word.trim_matches(['.', ',', '"']).to_owned())
                .filter(|word| word.is_ascii() && word.len() > 2)
                .collect()
        };
        assert_eq!(words(&english), words(&korean), "{name}");
    }
}

/// What packaging/build calls, with the programs of this build.
#[test]
fn packages_get_every_page_and_every_script() {
    let bin = Path::new(env!("CARGO_BIN_EXE_chatd")).parent().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
    let made = tempfile::tempdir().unwrap();
    for script in ["man/build", "completions"] {
        let done = Program::new(root.join(script)).arg(made.path()).arg(bin).output().unwrap();
        assert!(done.status.success() && done.stderr.is_empty(), "{script}: {done:?}");
    }
    for lang in ["", "ko/"] {
        for page in ["man1/chatctl.1", "man1/chatc.1", "man5/chatd.toml.5", "man8/chatd.8"] {
            let text = std::fs::read_to_string(made.path().join(lang).join(page)).unwrap();
            let name = Path::new(page).file_stem().unwrap().to_str().unwrap();
            assert!(text.contains(&format!("\n.TH {} ", name.to_uppercase())), "{page}");
            assert_eq!(text.contains(".SH 이름"), lang == "ko/", "{lang}{page}");
        }
    }
    for program in ["chatctl", "chatc", "chatd"] {
        for place in [format!("bash/{program}"), format!("zsh/_{program}"), format!("fish/{program}.fish")] {
            let script = std::fs::read_to_string(made.path().join(&place)).unwrap();
            assert!(script.contains(program), "{place}");
        }
        let read =
            Program::new("bash").arg("-n").arg(made.path().join("bash").join(program)).output().unwrap();
        assert!(read.status.success(), "{read:?}");
    }
}
