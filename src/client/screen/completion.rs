//! What Tab makes of a word that was begun: a nickname, a command, a room, a path.
//!
//! Knows no screen. Why a nickname is followed by nothing: in Korean a particle comes next, without a blank.

use std::ops::Range;

use super::windows::letters;
use crate::core::command::Need;
use crate::core::lang::Lang;
use crate::core::table::TABLE;

/// Chatc's own command, which takes a path.
pub const FILE: [&str; 2] = ["/file", "/파일전송"];

/// What there is to choose from.
pub struct Known<'a> {
    pub lang: Lang,
    /// Who is here, those first who are meant most likely.
    pub nicks: Vec<&'a str>,
    pub rooms: Vec<&'a str>,
}

/// What may be put in place of a word, and which of it is there now.
#[derive(PartialEq, Eq, Debug)]
pub struct Completion {
    pub begin: usize,
    /// What was typed, to be gone back to.
    typed: String,
    pub choices: Vec<String>,
    pub at: Option<usize>,
}

/// What Tab finds to do.
#[derive(PartialEq, Eq, Debug)]
pub enum Found {
    Nothing,
    Choices(Completion),
    /// First it must be known what is in this directory (empty: the current one).
    Directory(String),
}

impl Completion {
    /// The next choice, or the one before; round the ends what was typed comes again.
    pub fn turn(&mut self, forth: bool) -> &str {
        let last = self.choices.len() - 1;
        self.at = match (self.at, forth) {
            (None, true) => Some(0),
            (None, false) => Some(last),
            (Some(at), true) => (at < last).then_some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
        self.at.map_or(&self.typed, |at| &self.choices[at])
    }

    fn of(text: &str, range: Range<usize>, choices: Vec<String>) -> Found {
        if choices.is_empty() {
            return Found::Nothing;
        }
        Found::Choices(Completion { begin: range.start, typed: text[range].to_owned(), choices, at: None })
    }
}

/// Looks at what stands before the caret.
pub fn look(text: &str, caret: usize, known: &Known<'_>) -> Found {
    let before = &text[..caret];
    let word = before.rfind(char::is_whitespace).map_or(0, |at| at + blank(before, at));
    if before.starts_with('/') && !before.starts_with("//") && !before.contains('\n') {
        let commands = commands(before, known.lang);
        if !commands.is_empty() {
            return Completion::of(before, 0..caret, commands);
        }
        match argument(before) {
            Argument::Room => {
                return Completion::of(before, word..caret, beginning(&known.rooms, &before[word..]));
            }
            Argument::Path(begin) => {
                let path = &before[begin..];
                return Found::Directory(path.rfind('/').map_or("", |slash| &path[..=slash]).to_owned());
            }
            Argument::Other => {}
        }
    }
    // After the comma of several receivers, and after the sign of a mention, a name begins.
    let name = before[word..].rfind(['@', ',', '(']).map_or(word, |at| word + at + 1);
    if name == caret && (name == word || !before.ends_with('@')) {
        return Found::Nothing;
    }
    Completion::of(before, name..caret, beginning(&known.nicks, &before[name..]))
}

/// The paths that begin as the one before the caret does, now that it is known what is in its directory.
pub fn paths(text: &str, caret: usize, directory: &str, names: &[String]) -> Found {
    let before = &text[..caret];
    let Argument::Path(begin) = argument(before) else { return Found::Nothing };
    let name = before[begin..].rfind('/').map_or(begin, |slash| begin + slash + 1);
    if before[begin..name] != *directory {
        return Found::Nothing;
    }
    let hidden = before[name..].starts_with('.');
    let names = names.iter().map(String::as_str).filter(|name| hidden || !name.starts_with('.'));
    let mut choices = beginning(&names.collect::<Vec<_>>(), &before[name..]);
    choices.sort_unstable();
    Completion::of(before, name..caret, choices)
}

fn blank(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

fn beginning(all: &[&str], begun: &str) -> Vec<String> {
    let begun = letters(begun);
    let fits = all.iter().filter(|one| letters(one).starts_with(&begun));
    fits.map(|one| (*one).to_owned()).collect()
}

/// Commands that begin so, each with a blank after it: by their names in the person's language, and where
/// more than the slash is typed by all.
fn commands(begun: &str, lang: Lang) -> Vec<String> {
    let wanted = letters(begun);
    let typed = TABLE.into_iter().filter(|row| !row.slash.is_empty());
    let own = typed.clone().map(|row| row.slash_in(lang));
    let others = typed.flat_map(|row| row.slash.iter().copied()).filter(|_| begun != "/");
    let mut found: Vec<String> = Vec::new();
    for name in own.chain(others).chain(FILE) {
        let full = format!("{name} ");
        if letters(name).starts_with(&wanted) && !found.contains(&full) {
            found.push(full);
        }
    }
    found
}

enum Argument {
    Room,
    /// A path that begins at this byte.
    Path(usize),
    Other,
}

/// What the command before the caret is being given.
fn argument(before: &str) -> Argument {
    let file = FILE.into_iter().find_map(|name| Some(name.len() + before.strip_prefix(name)?.find(' ')? + 1));
    if let Some(begin) = file {
        return Argument::Path(begin);
    }
    let rows = TABLE.into_iter().flat_map(|row| row.slash.iter().map(move |slash| (row, *slash)));
    let given = rows.filter_map(|(row, name)| Some((row, before.strip_prefix(name)?.strip_prefix(' ')?)));
    // Of "/room" and "/room create" the longer one leaves less.
    let Some((row, rest)) = given.min_by_key(|(_, rest)| rest.len()) else { return Argument::Other };
    let mut typed = row.args.iter().filter(|arg| matches!(arg.need, Need::Must | Need::May));
    match typed.nth(rest.trim_start().matches(' ').count()) {
        Some(arg) if matches!(arg.name, "room" | "channel") => Argument::Room,
        Some(_) | None => Argument::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let known = Known {
            lang: Lang::En,
            nicks: vec!["Bob", "Alice", "민수", "alan"],
            rooms: vec!["lobby", "den", "개발/웹"],
        };
        match look(text, text.len(), &known) {
            Found::Choices(completion) => completion.choices,
            Found::Nothing => Vec::new(),
            Found::Directory(directory) => vec![format!("in {directory}")],
        }
    }

    #[test]
    fn nicknames_by_who_is_meant_most_likely() {
        assert_eq!(found("hi a"), ["Alice", "alan"]);
        assert_eq!(found("hi @AL"), ["Alice", "alan"]);
        assert_eq!(found("@").len(), 4);
        assert_eq!(found("미"), ["민수"]);
        assert_eq!(found("/whisper Bob,a"), ["Alice", "alan"]);
        assert_eq!(found("/kick B"), ["Bob"]);
        for nothing in ["", "hi ", "x", "//jo"] {
            assert_eq!(found(nothing), [""; 0], "{nothing}");
        }
    }

    #[test]
    fn commands_and_what_they_are_given() {
        assert_eq!(found("/joi"), ["/join "]);
        assert!(found("/room c").starts_with(&["/room create ".to_owned()]));
        assert!(found("/").contains(&"/help ".to_owned()) && !found("/").contains(&"/입장 ".to_owned()));
        assert_eq!(found("/입"), ["/입장 "]);
        assert_eq!(found("/join d"), ["den"]);
        assert_eq!(found("/입장 개"), ["개발/웹"]);
        assert_eq!(found("/file src/ma"), ["in src/"]);
        assert_eq!(found("/파일전송 "), ["in "]);
    }

    #[test]
    fn paths_of_a_directory() {
        let names = [".git", "src/", "스크린샷.png", "sound.ogg"].map(str::to_owned);
        let found = |text: &str, directory: &str| match paths(text, text.len(), directory, &names) {
            Found::Choices(completion) => completion.choices,
            Found::Nothing | Found::Directory(_) => Vec::new(),
        };
        assert_eq!(found("/file s", ""), ["sound.ogg", "src/"]);
        assert_eq!(found("/file a b/스", "a b/"), ["스크린샷.png"]);
        assert_eq!(found("/file .", ""), [".git"]);
        assert_eq!(found("/file s", "elsewhere/"), [""; 0]);
        assert_eq!(found("said meanwhile", ""), [""; 0]);
    }

    #[test]
    fn choices_turn_round() {
        let Found::Choices(mut completion) = Completion::of("a", 0..1, vec!["Alice".into(), "alan".into()])
        else {
            panic!("there are two")
        };
        let turns: Vec<String> =
            [true, true, true, false, false, false].map(|forth| completion.turn(forth).to_owned()).into();
        assert_eq!(turns, ["Alice", "alan", "a", "alan", "Alice", "a"]);
    }
}
