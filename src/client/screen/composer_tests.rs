//! What keys make of a text, and that no order of them breaks it.

use proptest::prelude::*;
use unicode_normalization::is_nfc;
use unicode_segmentation::UnicodeSegmentation;

use super::composer::{Composer, Kills, To};
use crate::limits::{TYPED_BYTES_MAX, TYPED_UNDO_MAX};

fn typed(text: &str) -> Composer {
    let mut composer = Composer::default();
    text.chars().for_each(|c| assert!(composer.typed(c)));
    composer
}

/// The text with a bar where the caret is.
fn seen(composer: &Composer) -> String {
    let (before, after) = composer.text().split_at(composer.caret());
    format!("{before}|{after}")
}

#[test]
fn letters_of_a_syllable_become_one() {
    let composer = typed("\u{1112}\u{1161}\u{11ab}글");
    assert_eq!((composer.text(), composer.caret()), ("한글", 6));
    assert_eq!(typed("ㅎ").text(), "ㅎ");
    assert_eq!(typed("e\u{301}").text(), "é");
}

#[test]
fn a_letter_may_join_what_follows() {
    let mut composer = typed("\u{1161}");
    composer.go(To::Begin);
    composer.typed('\u{1112}');
    assert_eq!(seen(&composer), "하|");
}

#[test]
fn the_caret_goes_by_graphemes_words_and_lines() {
    let family = "👩\u{200d}👩\u{200d}👧";
    let mut composer = typed(&format!("안녕 {family} bob_2\nnext"));
    for (to, then) in [
        (To::LineBegin, format!("안녕 {family} bob_2\n|next")),
        (To::Left, format!("안녕 {family} bob_2|\nnext")),
        (To::WordLeft, format!("안녕 {family} |bob_2\nnext")),
        (To::Left, format!("안녕 {family}| bob_2\nnext")),
        (To::Left, format!("안녕 |{family} bob_2\nnext")),
        (To::LineBegin, format!("|안녕 {family} bob_2\nnext")),
        (To::Left, format!("|안녕 {family} bob_2\nnext")),
        (To::WordRight, format!("안녕| {family} bob_2\nnext")),
        (To::LineEnd, format!("안녕 {family} bob_2|\nnext")),
        (To::End, format!("안녕 {family} bob_2\nnext|")),
        (To::Right, format!("안녕 {family} bob_2\nnext|")),
        (To::Begin, format!("|안녕 {family} bob_2\nnext")),
    ] {
        composer.go(to);
        assert_eq!(seen(&composer), then, "{to:?}");
    }
}

#[test]
fn what_is_killed_comes_back() {
    let (mut composer, mut kills) = (typed("one two three"), Kills::default());
    composer.kill(To::BlankLeft, &mut kills);
    composer.kill(To::BlankLeft, &mut kills);
    assert_eq!(seen(&composer), "one |");
    composer.go(To::Begin);
    composer.kill(To::LineEnd, &mut kills);
    composer.yank(&mut kills);
    assert_eq!(seen(&composer), "one |");
    composer.yank_before(&mut kills);
    assert_eq!(seen(&composer), "two three|");
    composer.yank_before(&mut kills);
    assert_eq!(seen(&composer), "one |");
    composer.undo();
    assert_eq!(seen(&composer), "|", "a yank is one step, whatever came in its place");
}

#[test]
fn at_its_end_the_line_end_itself_is_killed() {
    let (mut composer, mut kills) = (typed("a\nb"), Kills::default());
    composer.go(To::Begin);
    composer.kill(To::LineEnd, &mut kills);
    composer.kill(To::LineEnd, &mut kills);
    assert_eq!(seen(&composer), "|b");
    composer.yank(&mut kills);
    assert_eq!(seen(&composer), "a\n|b", "what is killed in a row is one");
}

#[test]
fn two_graphemes_change_places() {
    for (text, left, then) in [
        ("ab", 0, "ba|"),
        ("가나다", 1, "가다나|"),
        ("가나다", 2, "나가|다"),
        ("a", 0, "a|"),
        ("ab\n", 0, "ab\n|"),
    ] {
        let mut composer = typed(text);
        (0..left).for_each(|_| composer.go(To::Left));
        composer.transpose();
        assert_eq!(seen(&composer), then, "{text} {left}");
    }
}

#[test]
fn undo_goes_by_words() {
    let mut composer = typed("one two  three");
    let mut steps = vec![];
    while !composer.is_empty() {
        composer.undo();
        steps.push(composer.text().to_owned());
    }
    assert_eq!(steps, ["one two  ", "one ", ""]);
    composer.redo();
    composer.redo();
    assert_eq!(seen(&composer), "one two  |");
    composer.typed('x');
    composer.redo();
    assert_eq!(seen(&composer), "one two  x|", "what is typed leaves nothing to do again");
    (0..5).for_each(|_| composer.erase(To::Left));
    composer.undo();
    assert_eq!(seen(&composer), "one two  x|", "what is erased in a row comes back at once");
}

#[test]
fn undo_has_an_end() {
    let mut composer = Composer::default();
    for number in 0..TYPED_UNDO_MAX + 50 {
        composer.set(&number.to_string());
    }
    (0..TYPED_UNDO_MAX + 50).for_each(|_| composer.undo());
    assert_eq!(composer.text(), "49");
}

#[test]
fn pasted_text_is_cleaned() {
    let mut composer = typed("<>");
    composer.go(To::Left);
    composer.pasted("a\r\nb\rc\u{1b}[31m\u{7}\td\u{202e}\n");
    assert_eq!(seen(&composer), "<a\nb\nc[31m\td\n|>");
    assert_eq!(composer.lines(), 4);
    composer.undo();
    assert_eq!(seen(&composer), "<|>");
    assert!(!composer.pasted(&"x".repeat(TYPED_BYTES_MAX)));
    assert_eq!(seen(&composer), "<|>", "all of it or nothing");
    assert_eq!(typed("\u{7}\u{1b}").text(), "");
}

fn caret(text: &str, left: usize, columns: usize) -> (usize, usize) {
    let mut composer = typed(text);
    (0..left).for_each(|_| composer.go(To::Left));
    composer.laying(columns).caret
}

#[test]
fn the_caret_has_its_cell() {
    assert_eq!(caret("", 0, 5), (0, 0));
    assert_eq!(caret("한글", 0, 5), (0, 4));
    assert_eq!(caret("한글", 1, 5), (0, 2));
    assert_eq!(caret("abcde", 0, 5), (1, 0), "a full row has no cell left");
    assert_eq!(caret("한글날", 0, 5), (1, 2));
    assert_eq!(caret("a\nb\n", 0, 5), (2, 0));
    assert_eq!(caret("abcde\nf", 2, 5), (1, 0));
    assert_eq!(caret("ab   cd", 3, 3), (1, 0), "a blank that hangs over the edge");
    assert_eq!(typed("abcde\nf").laying(5).rows, [0..5, 6..7]);
}

#[test]
fn rows_up_and_down_keep_the_column() {
    let mut composer = typed("abcdef\n한\nxyz");
    assert!(!composer.row(true, 10));
    assert!(composer.row(false, 10));
    assert_eq!(seen(&composer), "abcdef\n한|\nxyz");
    assert!(composer.row(false, 10));
    assert_eq!(seen(&composer), "abc|def\n한\nxyz");
    assert!(!composer.row(false, 10));
    composer.go(To::LineEnd);
    composer.row(true, 10);
    composer.row(true, 10);
    assert_eq!(seen(&composer), "abcdef\n한\nxyz|");
}

/// What a person would say a text and a caret are: a list of graphemes, and how many stand before.
#[derive(Clone, Default, Debug)]
struct Naive {
    graphemes: Vec<String>,
    caret: usize,
}

#[derive(Clone, Debug)]
enum Step {
    Type(char),
    Left,
    Right,
    EraseLeft,
    EraseRight,
    Begin,
    End,
    KillToEnd,
    KillToBegin,
    Yank,
}

impl Naive {
    fn step(&mut self, step: &Step, killed: &mut String) {
        let length = self.graphemes.len();
        match step {
            Step::Type(c) => {
                self.graphemes.insert(self.caret, c.to_string());
                self.caret += 1;
            }
            Step::Left => self.caret = self.caret.saturating_sub(1),
            Step::Right => self.caret = (self.caret + 1).min(length),
            Step::EraseLeft if self.caret > 0 => {
                self.caret -= 1;
                self.graphemes.remove(self.caret);
            }
            Step::EraseRight if self.caret < length => drop(self.graphemes.remove(self.caret)),
            Step::EraseLeft | Step::EraseRight => {}
            Step::Begin => self.caret = 0,
            Step::End => self.caret = length,
            Step::KillToEnd => {
                let gone = self.graphemes.split_off(self.caret);
                if !gone.is_empty() {
                    *killed = gone.concat();
                }
            }
            Step::KillToBegin => {
                let gone: String = self.graphemes.drain(..self.caret).collect();
                if !gone.is_empty() {
                    *killed = gone;
                }
                self.caret = 0;
            }
            Step::Yank => {
                for grapheme in killed.graphemes(true) {
                    self.graphemes.insert(self.caret, grapheme.to_owned());
                    self.caret += 1;
                }
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Such as neither join nor compose, which a list of graphemes knows nothing of.
    let letter = prop::sample::select("abz 한글날ㅎ漢🦀".chars().collect::<Vec<_>>());
    let step = prop_oneof![
        6 => letter.prop_map(Step::Type),
        1 => Just(Step::Left),
        1 => Just(Step::Right),
        1 => Just(Step::EraseLeft),
        1 => Just(Step::EraseRight),
        1 => Just(Step::Begin),
        1 => Just(Step::End),
        1 => Just(Step::KillToEnd),
        1 => Just(Step::KillToBegin),
        1 => Just(Step::Yank),
    ];
    prop::collection::vec(step, 0..40)
}

fn step(composer: &mut Composer, step: &Step, kills: &mut Kills) {
    match step {
        Step::Type(c) => drop(composer.typed(*c)),
        Step::Left => composer.go(To::Left),
        Step::Right => composer.go(To::Right),
        Step::EraseLeft => composer.erase(To::Left),
        Step::EraseRight => composer.erase(To::Right),
        Step::Begin => composer.go(To::Begin),
        Step::End => composer.go(To::End),
        Step::KillToEnd => composer.kill(To::End, kills),
        Step::KillToBegin => {
            composer.kill(To::Begin, kills);
            // Two kills in a row are one, which the naive one does not know.
            composer.go(To::Begin);
        }
        Step::Yank => drop(composer.yank(kills)),
    }
}

proptest! {
    #[test]
    fn it_does_what_a_list_of_graphemes_does(steps in steps()) {
        let (mut composer, mut kills) = (Composer::default(), Kills::default());
        let (mut naive, mut killed) = (Naive::default(), String::new());
        for one in &steps {
            step(&mut composer, one, &mut kills);
            naive.step(one, &mut killed);
            prop_assert_eq!(composer.text(), naive.graphemes.concat());
            prop_assert_eq!(composer.text()[..composer.caret()].graphemes(true).count(), naive.caret);
        }
        let (text, changes) = (composer.text().to_owned(), steps.len());
        (0..changes).for_each(|_| composer.undo());
        prop_assert_eq!(composer.text(), "");
        (0..changes).for_each(|_| composer.redo());
        prop_assert_eq!(composer.text(), text);
    }

    #[test]
    fn anything_typed_anywhere_leaves_a_caret_between_graphemes(
        typed in prop::collection::vec((any::<char>(), 0usize..4), 0..30),
        columns in 0usize..12,
    ) {
        let mut composer = Composer::default();
        for (c, left) in typed {
            composer.typed(c);
            (0..left).for_each(|_| composer.go(To::Left));
            prop_assert!(is_nfc(composer.text()));
            let (before, after) = composer.text().split_at(composer.caret());
            let apart = before.graphemes(true).count() + after.graphemes(true).count();
            prop_assert_eq!(composer.text().graphemes(true).count(), apart);
            let laying = composer.laying(columns);
            prop_assert!(laying.caret.0 <= laying.rows.len() && laying.caret.1 < columns.max(1));
        }
    }
}
