//! What reading a configuration brings up: the problems, and the line of each key.
//!
//! It must not know what makes a value wrong, only where it stands.
//!
//! Why problems are filtered here: a line that is not TOML leaves something behind all the same,
//! and complaints about that would bury the one true message.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use super::keys::{LISTEN_SECTION, rows};
use super::units;
use crate::limits::PROBLEMS_MAX;

/// What was found in one text so far.
pub(super) struct Findings<'t> {
    file: &'t str,
    text: &'t str,
    /// Where each line begins, in bytes.
    line_starts: Vec<usize>,
    /// The line of each key, by the listener's place (0 for all other sections).
    seen: BTreeMap<(usize, &'static str), usize>,
    problems: Vec<Problem>,
    /// Lines that are not TOML: what was made of them is not judged.
    broken: BTreeSet<usize>,
    /// The first header that is not TOML: whose keys follow it is unknown, so they are not judged.
    lost_after: usize,
}

impl<'t> Findings<'t> {
    pub fn new(file: &'t str, text: &'t str) -> Findings<'t> {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Findings {
            file,
            text,
            line_starts: std::iter::once(0).chain(ends).collect(),
            seen: BTreeMap::new(),
            problems: Vec::new(),
            broken: BTreeSet::new(),
            lost_after: usize::MAX,
        }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn text_of(&self, line: usize) -> &'t str {
        self.text.lines().nth(line - 1).unwrap_or("").trim()
    }

    /// Remembers where a key, or a listener's header, stands.
    pub fn saw(&mut self, place: usize, key: &'static str, offset: usize) {
        let line = self.line_of(offset);
        self.seen.insert((place, key), line);
    }

    /// The line a key stands on, if the file has it.
    pub fn line(&self, place: usize, key: &'static str) -> Option<usize> {
        self.seen.get(&(place, key)).copied()
    }

    /// Whether none of `keys` has a problem yet.
    pub fn clean(&self, keys: &[&str]) -> bool {
        let reported = |problem: &Problem| keys.contains(&problem.key.as_str());
        !self.problems.iter().any(reported)
    }

    /// Whether there are more problems than will be listed.
    pub fn many(&self) -> bool {
        self.problems.len() > PROBLEMS_MAX
    }

    /// Adds a problem that belongs to `line`, or to the file as a whole.
    pub fn add(&mut self, line: Option<usize>, key: &str, message: String) {
        self.problems.push(Problem {
            file: self.file.to_string(),
            line,
            key: units::cut(key).escape_debug().to_string(),
            message,
        });
    }

    /// Adds a problem of a key outside `[[listen]]`.
    pub fn at_key(&mut self, key: &'static str, message: &str) {
        self.add(self.line(0, key), key, message.to_string());
    }

    /// Adds a problem of what stands at a byte of the text.
    pub fn at(&mut self, offset: usize, key: &str, message: String) {
        let line = self.line_of(offset);
        if !self.broken.contains(&line) && line < self.lost_after {
            self.add(Some(line), key, message);
        }
    }

    /// Adds what the TOML parser says, once for each line: its later errors there follow from the
    /// first.
    pub fn syntax(&mut self, offset: usize, message: &str) {
        let line = self.line_of(offset.min(self.text.trim_end().len()));
        if self.broken.len() >= PROBLEMS_MAX || !self.broken.insert(line) {
            return;
        }
        let twice = message == "duplicate key";
        let header = self.text_of(line).starts_with('[');
        if header && !twice {
            self.lost_after = self.lost_after.min(line);
        }
        let key = self.key_on(line);
        let row = rows().find(|row| row.name == key);
        let message = match (twice, header, row) {
            (true, true, _) if key == LISTEN_SECTION => {
                "there can be several: write each of them [[listen]]".to_string()
            }
            (true, true, _) => "this section is there twice; put its keys in one".to_string(),
            (true, false, _) => "this key is set twice; remove one of the two".to_string(),
            (false, _, row) => not_toml(message, row.map(|row| row.takes)),
        };
        self.add(Some(line), &key, message);
    }

    /// The key or section that a line seems to be about, read without a parser since the line may
    /// not be TOML; empty when it cannot be told.
    fn key_on(&self, line: usize) -> String {
        let text = self.text_of(line);
        let bare = |name: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
            !name.is_empty() && name.bytes().all(plain)
        };
        let header = |text: &'t str| {
            let inside = text.trim_start_matches('[');
            inside.split([']', '#']).next().unwrap_or("").trim()
        };
        if text.starts_with('[') {
            let section = header(text);
            return if bare(section) { section.into() } else { String::new() };
        }
        let own = text.split_once('=').map_or("", |(own, _)| own.trim());
        if !bare(own) {
            return String::new();
        }
        let above = self.text.lines().take(line - 1).map(str::trim);
        match above.filter(|text| text.starts_with('[')).last().map(header) {
            Some(section) if bare(section) => format!("{section}.{own}"),
            Some(_) => String::new(),
            None => own.to_string(),
        }
    }

    /// Everything in the order of the text, what has no line first.
    pub fn finish(mut self) -> Result<(), Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(());
        }
        self.problems.sort_by_key(|problem| problem.line);
        if self.many() {
            self.problems.truncate(PROBLEMS_MAX);
            let message = format!("there is more wrong than these {PROBLEMS_MAX} problems");
            self.add(None, "", message);
        }
        Err(self.problems)
    }
}

/// Words the parser's message. Where all it misses is a value of another shape, what the key
/// takes says more than its own "expected literal string".
fn not_toml(message: &str, takes: Option<String>) -> String {
    let shapes = [", expected literal string", ", expected nothing"];
    let reason = shapes.iter().find_map(|tail| message.strip_suffix(tail));
    match (reason, takes) {
        (Some(reason), Some(takes)) => format!("this is not TOML ({reason}); expected {takes}"),
        (Some(reason), None) => format!("this is not TOML: {reason}"),
        (None, _) => format!("this is not TOML: {message}"),
    }
}
