//! A text as a search sees it: composed, in small letters, and cut into runs of letters.
//!
//! Knows no query and no index. Why both sides of a search go through here: what the
//! index holds, what is asked for and what is marked then cannot differ.

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A stretch of the text as it was written: where it starts and how long it is, in code points.
pub type Mark = (u32, u32);

/// How the letters of a run make words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunKind {
    /// The run is one word.
    Word,
    /// Words stand in it without anything between: Korean with its particles, Chinese, Japanese.
    Packed,
}

/// Letters with nothing else between them; places count folded letters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    pub kind: RunKind,
    pub start: usize,
    pub end: usize,
}

/// The folded letters of a text, each with the stretch of the original that it comes from.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Folded {
    letters: Vec<char>,
    origins: Vec<Mark>,
    runs: Vec<Run>,
}

/// Folds a text.
pub fn fold(text: &str) -> Folded {
    let (letters, origins) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut folded = Folded { letters, origins, runs: Vec::new() };
    let mut piece = String::new();
    let mut start = 0;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        // Nearly every letter is composed as it is and stands alone.
        if is_whole(c) && letters.peek().is_none_or(|next| begins(*next)) {
            folded.letters.extend(c.to_lowercase());
            folded.origins.resize(folded.letters.len(), (start, 1));
            start += 1;
            continue;
        }
        piece.clear();
        piece.push(c);
        let mut count = 1;
        while let Some(next) = letters.next_if(|next| !begins(*next)) {
            piece.push(next);
            count += 1;
        }
        folded.letters.extend(piece.nfc().flat_map(char::to_lowercase));
        folded.origins.resize(folded.letters.len(), (start, count));
        start += count;
    }
    folded.cut();
    folded
}

/// ASCII, and syllables of Hangul: the letters of which nothing need be looked up.
fn is_plain(c: char) -> bool {
    c.is_ascii() || matches!(c, '가'..='힣')
}

/// Whether it is composed as it stands (UAX #15 §9).
fn is_whole(c: char) -> bool {
    is_plain(c) || is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
}

/// Whether nothing before it changes how it is composed.
fn begins(c: char) -> bool {
    is_plain(c)
        || canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) != IsNormalized::Maybe
}

/// Scripts that leave no blank between words, and Hangul, whose words carry their particles.
fn is_packed(c: char) -> bool {
    !c.is_ascii()
        && matches!(u32::from(c),
            0x1100..=0x11ff | 0x3130..=0x318f | 0xa960..=0xa97f | 0xac00..=0xd7ff // Hangul
            | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x31f0..=0x31ff // Kana
            | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff // Han
        )
        && c.is_alphanumeric()
}

impl Folded {
    fn cut(&mut self) {
        let mut open: Option<Run> = None;
        for (place, &c) in self.letters.iter().enumerate() {
            let kind = match open {
                Some(run) if !is_plain(c) && is_combining_mark(c) => Some(run.kind),
                Some(_) | None if is_packed(c) => Some(RunKind::Packed),
                Some(_) | None => c.is_alphanumeric().then_some(RunKind::Word),
            };
            match (&mut open, kind) {
                (Some(run), Some(kind)) if run.kind == kind => run.end = place + 1,
                (open, kind) => {
                    let begun = kind.map(|kind| Run { kind, start: place, end: place + 1 });
                    self.runs.extend(std::mem::replace(open, begun));
                }
            }
        }
        self.runs.extend(open);
    }

    pub fn letters(&self) -> &[char] {
        &self.letters
    }

    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    pub fn of(&self, run: Run) -> &[char] {
        &self.letters[run.start..run.end]
    }

    /// The stretch of the original between two places of the folded letters.
    pub fn origin(&self, start: usize, end: usize) -> Mark {
        let ((first, _), (last, length)) = (self.origins[start], self.origins[end - 1]);
        (first, last + length - first)
    }

    /// The words of the index: of a packed run all pairs of neighbours, so that each word of two
    /// syllables or more is found wherever it stands in it.
    pub fn tokens(&self) -> impl Iterator<Item = &[char]> {
        self.runs.iter().flat_map(|run| tokens(run.kind, self.of(*run)))
    }
}

/// The words of the index that one run gives.
pub fn tokens(kind: RunKind, letters: &[char]) -> impl Iterator<Item = &[char]> {
    let width = match kind {
        RunKind::Packed => letters.len().min(2),
        RunKind::Word => letters.len(),
    };
    letters.windows(width.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        fold(text).tokens().map(|word| word.iter().collect()).collect()
    }

    #[test]
    fn words_and_pairs() {
        assert_eq!(words("Deploy of v2.1 FAILED!"), ["deploy", "of", "v2", "1", "failed"]);
        assert_eq!(words("회의시작합니다"), ["회의", "의시", "시작", "작합", "합니", "니다"]);
        assert_eq!(words("또 봐요, Bob님"), ["또", "봐요", "bob", "님"]);
        assert_eq!(words("東京へ行く"), ["東京", "京へ", "へ行", "行く"]);
        assert_eq!(words(" ... 👍 \u{301}"), Vec::<String>::new());
    }

    #[test]
    fn composed_and_decomposed_are_one() {
        for text in ["회의시작", "Café Ωmega", "각 값", "ガギ"] {
            let apart: String = text.nfd().collect();
            assert_eq!(fold(text).letters(), fold(&apart).letters(), "{text}");
            assert_eq!(words(text), words(&apart), "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_original() {
        let apart: String = "a 회의 b".nfd().collect();
        let folded = fold(&apart);
        let run = folded.runs()[1];
        // 회 is two letters apart, 의 is two.
        assert_eq!(folded.origin(run.start, run.end), (2, 4));
        let folded = fold("İx");
        assert_eq!(folded.letters(), ['i', '\u{307}', 'x']);
        assert_eq!((folded.origin(0, 1), folded.origin(2, 3)), ((0, 1), (1, 1)));
    }

    #[test]
    fn folding_in_pieces_is_folding_the_whole() {
        for text in
            ["e\u{301}\u{323}x", "\u{1112}\u{1168}\u{11ab}", "\u{301}a", "\u{212b}\u{301}", "क\u{93c}"]
        {
            let whole: Vec<char> = text.nfc().flat_map(char::to_lowercase).collect();
            assert_eq!(fold(text).letters(), whole, "{text:?}");
        }
    }
}
