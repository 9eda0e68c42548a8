//! What a person types to search: words, phrases, beginnings, exclusions and filters.
//!
//! Knows no database: it says what a text must hold, and which words of an index narrow
//! it down. Why a language of our own: what people type then never is anybody's syntax.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::fold::{Folded, Mark, Run, RunKind, fold, tokens};
use super::reject::Reject;
use super::time::{self, Wall};
use crate::limits::{SEARCH_PREFIX_CHARS_MIN, SEARCH_TERMS_MAX};

/// Why a query is not understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum QueryFault {
    /// A quotation mark that is alone, or in the middle of a word.
    Quote,
    /// A star anywhere but at the end of a word.
    Star,
    /// Nothing after a minus or a colon, or between quotation marks.
    Empty,
    /// `color:red`.
    UnknownFilter,
    /// A filter that is there twice.
    Twice,
    /// A minus before a filter.
    NotExcluded,
    BadTime,
    TooMany,
    /// Nothing that must be there.
    Nothing,
}

/// From when on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Since {
    Ago(u64),
    At(Wall),
    /// In the server's zone.
    Local(DateTime),
}

/// One word or phrase.
#[derive(Clone, PartialEq, Debug)]
pub struct Term {
    text: Folded,
    /// It may go on.
    prefix: bool,
}

/// What a message must hold, and what it must not.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Wanted {
    pub terms: Vec<Term>,
    pub without: Vec<Term>,
}

/// A query that has been read.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Asked {
    pub wanted: Wanted,
    pub room: Option<String>,
    pub from: Option<String>,
    pub since: Option<Since>,
}

/// Reads a query; the refusal names the character at fault, from 1 on.
pub fn parse(text: &str) -> Result<Asked, Reject> {
    let letters: Vec<char> = text.chars().collect();
    let mut asked = Asked::default();
    let mut at = 0;
    while at < letters.len() {
        if letters[at].is_whitespace() {
            at += 1;
            continue;
        }
        at = asked.term(&letters, at).map_err(|(place, why)| Reject::BadQuery { at: place + 1, why })?;
    }
    if asked.wanted.terms.is_empty() && asked.from.is_none() {
        return Err(Reject::BadQuery { at: 1, why: QueryFault::Nothing });
    }
    Ok(asked)
}

type Fault = (usize, QueryFault);

impl Asked {
    /// Reads the term that begins at `start`, and says where it ends.
    fn term(&mut self, letters: &[char], start: usize) -> Result<usize, Fault> {
        let excluded = letters[start] == '-';
        let first = start + usize::from(excluded);
        if self.wanted.terms.len() + self.wanted.without.len() >= SEARCH_TERMS_MAX {
            return Err((start, QueryFault::TooMany));
        }
        if letters.get(first) == Some(&'"') {
            let close = letters[first + 1..].iter().position(|c| *c == '"');
            let close = first + 1 + close.ok_or((first, QueryFault::Quote))?;
            if letters.get(close + 1).is_some_and(|c| !c.is_whitespace()) {
                return Err((close, QueryFault::Quote));
            }
            self.add(&letters[first + 1..close], false, excluded, start)?;
            return Ok(close + 1);
        }
        let length = letters[first..].iter().position(|c| c.is_whitespace());
        let end = length.map_or(letters.len(), |length| first + length);
        let word = &letters[first..end];
        if let Some(colon) = filter(word) {
            if excluded {
                return Err((start, QueryFault::NotExcluded));
            }
            self.filter(word, colon, first)?;
            return Ok(end);
        }
        if let Some(quote) = word.iter().position(|c| *c == '"') {
            return Err((first + quote, QueryFault::Quote));
        }
        let star = word.iter().position(|c| *c == '*');
        match star {
            Some(place) if place + 1 < word.len() || place == 0 => {
                return Err((first + place, QueryFault::Star));
            }
            Some(_) | None => {}
        }
        self.add(&word[..star.unwrap_or(word.len())], star.is_some(), excluded, start)?;
        Ok(end)
    }

    fn add(&mut self, text: &[char], prefix: bool, excluded: bool, at: usize) -> Result<(), Fault> {
        let text: String = text.iter().collect();
        let text = fold(text.trim());
        if text.letters().is_empty() {
            return Err((at, QueryFault::Empty));
        }
        let list = if excluded { &mut self.wanted.without } else { &mut self.wanted.terms };
        list.push(Term { text, prefix });
        Ok(())
    }

    fn filter(&mut self, word: &[char], colon: usize, at: usize) -> Result<(), Fault> {
        let name: String = word[..colon].iter().collect::<String>().to_ascii_lowercase();
        let value: String = word[colon + 1..].iter().collect();
        if !matches!(name.as_str(), "from" | "in" | "since") {
            return Err((at, QueryFault::UnknownFilter));
        }
        if value.is_empty() {
            return Err((at + colon, QueryFault::Empty));
        }
        let there = match name.as_str() {
            "from" => self.from.replace(value).is_some(),
            "in" => self.room.replace(value).is_some(),
            _since => {
                let since = Since::parse(&value).ok_or((at + colon + 1, QueryFault::BadTime))?;
                self.since.replace(since).is_some()
            }
        };
        if there { Err((at, QueryFault::Twice)) } else { Ok(()) }
    }
}

/// Where the colon of `name:value` stands; an address such as `http://…` is a word.
fn filter(word: &[char]) -> Option<usize> {
    let colon = word.iter().position(|c| *c == ':').filter(|colon| *colon > 0)?;
    let named = word[..colon].iter().all(|c| c.is_ascii_alphabetic());
    (named && !word[colon + 1..].starts_with(&['/', '/'])).then_some(colon)
}

impl Since {
    /// `2h`, `2026-11-21`, `2026-11-21T15:30` or RFC 3339.
    pub fn parse(text: &str) -> Option<Since> {
        if let Some(ago_ms) = time::parse_duration_ms(text) {
            return Some(Since::Ago(ago_ms));
        }
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(Since::At(Wall(instant.as_millisecond())));
        }
        if !text.starts_with(|c: char| c.is_ascii_digit()) || !text.contains('-') {
            return None;
        }
        let midnight = |date: Date| date.to_datetime(jiff::civil::Time::midnight());
        let local = if text.contains('T') { text.parse().ok() } else { text.parse().ok().map(midnight) };
        local.map(Since::Local)
    }

    /// The instant that it means.
    pub fn instant(self, now: Wall, zone: &TimeZone) -> Wall {
        match self {
            Since::Ago(ago_ms) => Wall(now.0.saturating_sub_unsigned(ago_ms)),
            Since::At(at) => at,
            Since::Local(local) => {
                let at = zone.to_ambiguous_timestamp(local).compatible();
                at.map_or(now, |at| Wall(at.as_millisecond()))
            }
        }
    }
}

/// Words of the index that follow each other in every text with a term.
#[derive(PartialEq, Debug)]
pub struct Key {
    pub words: Vec<String>,
    /// The last one may go on.
    pub prefix: bool,
}

impl Term {
    /// What of it the index knows; none for a single syllable, a short beginning, a symbol.
    pub fn key(&self) -> Option<Key> {
        let runs = self.text.runs();
        let mut words = Vec::new();
        for (place, run) in runs.iter().enumerate() {
            let edge = place == 0 || place + 1 == runs.len();
            let open = self.goes_on(place) && run.kind == RunKind::Word;
            // At an edge a single syllable is part of pairs that are not known.
            let unknown = match run.kind {
                RunKind::Packed => edge && run.end - run.start < 2,
                RunKind::Word => open && run.end - run.start < SEARCH_PREFIX_CHARS_MIN,
            };
            if !unknown {
                words
                    .extend(tokens(run.kind, self.text.of(*run)).map(|word| word.iter().collect::<String>()));
            } else if place + 1 == runs.len() {
                return (!words.is_empty()).then_some(Key { words, prefix: false });
            }
        }
        let prefix = runs.last().is_some_and(|run| run.kind == RunKind::Word) && self.prefix;
        (!words.is_empty()).then_some(Key { words, prefix })
    }

    fn goes_on(&self, place: usize) -> bool {
        self.prefix && place + 1 == self.text.runs().len()
    }

    /// Puts where it stands into `marks`, and says whether it does.
    fn find(&self, text: &Folded, marks: &mut Vec<Mark>) -> bool {
        let before = marks.len();
        let own = self.text.runs();
        if own.is_empty() {
            find_all(self.text.letters(), text.letters(), |start, end| marks.push(text.origin(start, end)));
        } else if let [only] = own
            && only.kind == RunKind::Packed
        {
            for run in text.runs().iter().filter(|run| run.kind == RunKind::Packed) {
                let put = |start, end| marks.push(text.origin(run.start + start, run.start + end));
                find_all(self.text.of(*only), text.of(*run), put);
            }
        } else {
            for window in text.runs().windows(own.len()) {
                if let Some((start, end)) = self.stands(text, window) {
                    marks.push(text.origin(start, end));
                }
            }
        }
        marks.len() > before
    }

    /// The place of the phrase in these runs: the first may begin and the last may end inside a packed one.
    fn stands(&self, text: &Folded, runs: &[Run]) -> Option<(usize, usize)> {
        let (mut start, mut end) = (runs.first()?.start, runs.last()?.end);
        for (place, (run, own)) in runs.iter().zip(self.text.runs()).enumerate() {
            let (there, wanted) = (text.of(*run), self.text.of(*own));
            let (first, last) = (place == 0, place + 1 == runs.len());
            let packed = own.kind == RunKind::Packed;
            let fits = run.kind == own.kind
                && if first && packed && !last {
                    start = run.end.saturating_sub(wanted.len());
                    there.ends_with(wanted)
                } else if last && (packed || self.prefix) {
                    end = if packed { run.start + wanted.len() } else { run.end };
                    there.starts_with(wanted)
                } else {
                    there == wanted
                };
            if !fits {
                return None;
            }
        }
        Some((start, end))
    }
}

/// Every place of `part` in `whole` that does not overlap an earlier one.
fn find_all(part: &[char], whole: &[char], mut put: impl FnMut(usize, usize)) {
    let mut at = 0;
    while at + part.len() <= whole.len() {
        if whole[at..].starts_with(part) {
            put(at, at + part.len());
            at += part.len();
        } else {
            at += 1;
        }
    }
}

impl Wanted {
    /// Where a text has what is wanted, in its order; none where it does not have it all.
    pub fn marks(&self, text: &str) -> Option<Vec<Mark>> {
        let text = fold(text);
        let mut marks = Vec::new();
        let has = self.terms.iter().all(|term| term.find(&text, &mut marks));
        if !has || self.without.iter().any(|term| term.find(&text, &mut Vec::new())) {
            return None;
        }
        marks.sort_unstable();
        let mut apart: Vec<Mark> = Vec::with_capacity(marks.len());
        for (start, length) in marks {
            match apart.last_mut() {
                Some((before, so_far)) if start <= *before + *so_far => {
                    *so_far = (*so_far).max(start + length - *before);
                }
                Some(_) | None => apart.push((start, length)),
            }
        }
        Some(apart)
    }

    /// Whether the index can narrow it down.
    pub fn is_indexed(&self) -> bool {
        self.terms.iter().any(|term| term.key().is_some())
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
