//! Rows: what stands on which.

use proptest::prelude::*;

use super::wrap::{cut, laid, width, wrap};

fn rows(line: &str, width: usize) -> Vec<&str> {
    wrap(line, width).into_iter().map(|row| &line[row]).collect()
}

#[test]
fn words_stay_whole() {
    assert_eq!(rows("one two three", 8), ["one two ", "three"]);
    assert_eq!(rows("one two three", 7), ["one two ", "three"]);
    assert_eq!(rows("안녕하세요 여러분 반갑습니다", 14), ["안녕하세요 ", "여러분 ", "반갑습니다"]);
    assert_eq!(rows("", 8), [""]);
    assert_eq!(rows("a     b", 3), ["a     ", "b"]);
}

#[test]
fn what_fits_no_row_is_cut_where_the_row_ends() {
    assert_eq!(rows("see https://a.example/b", 8), ["see http", "s://a.ex", "ample/b"]);
    assert_eq!(rows("가나다라", 5), ["가나", "다라"]);
    assert_eq!(rows("가나", 1), ["가", "나"]);
    assert_eq!(rows("ab", 0), ["a", "b"]);
}

#[test]
fn a_grapheme_is_never_cut() {
    let family = "👩\u{200d}👩\u{200d}👧";
    assert_eq!(width(family), 2);
    let three = family.repeat(3);
    assert_eq!(rows(&three, 5), [family.repeat(2), family.to_owned()]);
    assert_eq!(rows("e\u{301}e\u{301}", 1), ["e\u{301}", "e\u{301}"]);
}

#[test]
fn tabs_lead_to_the_next_stop() {
    assert_eq!((width("\t"), width("a\tb"), width("1234567\t8")), (8, 9, 9));
    assert_eq!(
        laid("a\tb").map(|one| (one.column, one.symbol)).collect::<Vec<_>>(),
        [(0, "a"), (1, " "), (8, "b")]
    );
}

#[test]
fn what_takes_no_cell_is_left_out() {
    let symbols = |text: &'static str| laid(text).map(|one| one.symbol).collect::<Vec<_>>();
    assert_eq!(symbols("a\u{200b}b\u{7}c"), ["a", "b", "c"]);
    assert_eq!(symbols("\u{301}a"), ["a"]);
    let tower = format!("a{}", "\u{301}".repeat(1000));
    assert_eq!(laid(&tower).map(|one| one.symbol.chars().count()).collect::<Vec<_>>(), [16]);
}

#[test]
fn a_text_is_cut_to_its_beginning() {
    assert_eq!((cut("가나다", 5), cut("가나다", 6), cut("abc", 0)), ("가나", "가나다", ""));
}

proptest! {
    #[test]
    fn rows_keep_all_of_the_text_and_their_width(line in "[ a-c가-힣\u{301}\u{200d}👩🇰🇷\t]{0,40}", columns in 2usize..20) {
        let rows = wrap(&line, columns);
        let mut end = 0;
        for (number, row) in rows.iter().enumerate() {
            prop_assert_eq!(row.start, end);
            prop_assert!(number == 0 || !row.is_empty(), "an empty row {:?}", rows);
            end = row.end;
            let text = line[row.clone()].trim_end_matches([' ', '\t']);
            let one = laid(text).count() == 1;
            prop_assert!(one || width(text) <= columns, "{:?} in {}", text, columns);
        }
        prop_assert_eq!(end, line.len());
    }

    #[test]
    fn any_text_is_laid_without_a_panic(line in "\\PC*", columns in 0usize..9) {
        for row in wrap(&line, columns) {
            let ends = laid(&line[row]).map(|one| one.column + one.cells).collect::<Vec<_>>();
            prop_assert!(ends.is_sorted());
        }
    }
}
