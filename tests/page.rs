//! The rules of the page for browsers, read out of its files.
//!
//! Knows no browser: what people see is tested in one. Why here as well: a sentence without its
//! translation, or a text made markup, would be seen by the one person whom it hits.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The files of the page by name.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind != "rs"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn modules() -> Vec<(String, String)> {
    files().into_iter().filter(|(name, _)| name.ends_with(".js")).collect()
}

fn file(name: &str) -> String {
    files().into_iter().find(|(have, _)| have == name).unwrap().1
}

/// A row of the sentences: its key, and it in English and in Korean.
fn sentences() -> Vec<(String, Vec<String>)> {
    let table = file("sentences.js") + &file("sentences-files.js");
    let rows = table.lines().filter(|line| line.starts_with("  \""));
    rows.map(|line| {
        let (key, both) = line.trim().trim_end_matches(',').split_once(": ").unwrap();
        let key = serde_json::from_str(key).unwrap_or_else(|_| panic!("{line}"));
        (key, serde_json::from_str(both).unwrap_or_else(|_| panic!("{line}")))
    })
    .collect()
}

/// The names in braces: `{nick}`, `{nick:이}`, `{n#person|people}`.
fn holes(sentence: &str) -> BTreeSet<&str> {
    let begun = sentence.split('{').skip(1);
    begun.map(|hole| hole.split(['}', ':', '#']).next().unwrap()).collect()
}

/// The texts in quotes right after each `before`.
fn quoted_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_sentence_is_there_in_both_languages() {
    let rows = sentences();
    let keys: BTreeSet<&String> = rows.iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), rows.len(), "a key stands twice");
    assert!(rows.len() > 100, "the table was read");
    for (key, both) in &rows {
        let [english, korean] = &both[..] else { panic!("{key} has {} sentences", both.len()) };
        assert_eq!(holes(english), holes(korean), "{key}");
        assert!(!english.is_empty() && !korean.is_empty(), "{key}");
    }
}

#[test]
fn every_sentence_is_said_and_none_is_missing() {
    let rows = sentences();
    let keys: BTreeSet<&str> = rows.iter().map(|(key, _)| key.as_str()).collect();
    let modules: Vec<(String, String)> =
        modules().into_iter().filter(|(name, _)| !name.starts_with("sentences")).collect();
    let mut all: String = modules.iter().map(|(_, text)| text.as_str()).collect();
    let page = file("index.html");
    all.push_str(&page);
    let states = all.clone() + include_str!("../src/core/files.rs");
    for key in &keys {
        // Those of the states of a file are put together of both.
        let state = key.strip_prefix("file-").map(|rest| rest.trim_end_matches("-of"));
        let state = state.is_some_and(|state| states.contains(&format!("\"{state}\"")));
        let said = state || all.contains(&format!("\"{key}\""));
        assert!(said, "nobody says {key}");
    }
    let mut said: BTreeSet<&str> = BTreeSet::new();
    for (_, text) in &modules {
        said.extend(quoted_after(text, "say(\""));
        said.extend(quoted_after(text, "told(\""));
    }
    for attribute in ["data-say=\"", "data-say-label=\"", "data-say-placeholder=\""] {
        said.extend(quoted_after(&page, attribute));
    }
    let unknown: Vec<_> = said.difference(&keys).collect();
    assert!(unknown.is_empty(), "no sentences for {unknown:?}");
}

#[test]
fn a_text_never_becomes_markup_or_code() {
    let ways = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "setHTML",
        "document.write",
        "DOMParser",
        "createContextualFragment",
        "eval(",
        "new Function",
        "javascript:",
        "srcdoc",
    ];
    for (name, text) in files() {
        for way in ways {
            assert!(!text.contains(way), "{name} has {way}");
        }
    }
    let page = file("index.html");
    for inline in ["<style", " style=", " onclick=", " onload=", "<script>"] {
        assert!(!page.contains(inline), "index.html has {inline}");
    }
}

/// The name space of SVG is the one address that may stand there, because it is none.
#[test]
fn no_other_host_is_named() {
    for (name, text) in files() {
        let text = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("http://") && !text.contains("https://"), "{name}");
    }
}

#[test]
fn each_file_says_what_it_is_and_is_not_too_long() {
    for (name, text) in modules() {
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with("// ")).collect();
        assert!(head.len() >= 3, "{name} opens without saying what it is");
        assert!(head.join(" ").contains("ust not") && head.join(" ").contains("Why "), "{name}");
        assert!(text.lines().count() <= 400, "{name} is too long");
    }
}

#[test]
fn all_modules_are_fetched_at_once() {
    let page = file("index.html");
    let ahead: BTreeSet<&str> =
        quoted_after(&page, "<link rel=\"modulepreload\" href=\"").into_iter().collect();
    let modules = modules();
    let there: BTreeSet<&str> = modules.iter().map(|(name, _)| name.as_str()).collect();
    // What is wanted only by those who send a file.
    let late = BTreeSet::from(["blake3.js", "files.js", "sentences-files.js"]);
    assert_eq!(ahead.union(&late).copied().collect::<BTreeSet<_>>(), there);
    assert!(ahead.is_disjoint(&late), "{ahead:?}");
}
