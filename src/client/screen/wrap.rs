//! Text into rows of cells.
//!
//! Knows no colours and no windows. Why breaks at blanks first and at graphemes only for what fits
//! no row: Korean is read by its words, as CSS has it with `word-break: keep-all`.

use std::ops::Range;

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

use crate::limits::{GRAPHEME_CHARS_MAX, TAB_CELLS};

/// One grapheme on its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Laid<'a> {
    /// Its first byte in the text.
    pub at: usize,
    /// Its first cell.
    pub column: usize,
    /// What is put into the cell; a blank for a tab.
    pub symbol: &'a str,
    pub cells: usize,
}

/// The graphemes of one row, from its first cell on. What would take no cell is left out: it could
/// only join what stands before it.
pub fn laid(row: &str) -> impl Iterator<Item = Laid<'_>> {
    let mut column = 0;
    row.grapheme_indices(true).filter_map(move |(at, grapheme)| {
        let cells = cells(grapheme, column);
        let symbol = if grapheme == "\t" { " " } else { symbol(grapheme) };
        let one = Laid { at, column, symbol, cells };
        column += cells;
        (cells > 0).then_some(one)
    })
}

/// How many cells a text takes on one row.
pub fn width(text: &str) -> usize {
    text.graphemes(true).fold(0, |column, grapheme| column + cells(grapheme, column))
}

/// The beginning of `text` that fits into `width` cells.
pub fn cut(text: &str, width: usize) -> &str {
    let over = laid(text).find(|one| one.column + one.cells > width);
    over.map_or(text, |one| &text[..one.at])
}

/// The rows of a line that has no line ends, as ranges that follow each other. Blanks at the end of
/// a row may stand past its edge, where nobody misses them.
pub fn wrap(line: &str, width: usize) -> Vec<Range<usize>> {
    let (mut rows, mut begin) = (Vec::new(), 0);
    while let Some(bytes) = row_bytes(&line[begin..], width.max(1)) {
        rows.push(begin..begin + bytes);
        begin += bytes;
    }
    rows.push(begin..line.len());
    rows
}

/// How much of `rest` stands on the next row; none when all of it does.
fn row_bytes(rest: &str, width: usize) -> Option<usize> {
    let (mut column, mut word) = (0, 0);
    for (at, grapheme) in rest.grapheme_indices(true) {
        let cells = cells(grapheme, column);
        if is_blank(grapheme) {
            word = at + grapheme.len();
        } else if column + cells > width && at > 0 {
            // A word that fits no row is better begun here than after a gap.
            let moves = word > 0 && word_fits(&rest[word..], width);
            return Some(if moves { word } else { at });
        }
        column += cells;
    }
    None
}

fn word_fits(text: &str, width: usize) -> bool {
    let mut column = 0;
    for grapheme in text.graphemes(true).take_while(|grapheme| !is_blank(grapheme)) {
        column += cells(grapheme, column);
        if column > width {
            return false;
        }
    }
    true
}

fn is_blank(grapheme: &str) -> bool {
    matches!(grapheme, " " | "\t" | "\u{3000}")
}

/// The cells that a grapheme takes when it begins in `column`.
fn cells(grapheme: &str, column: usize) -> usize {
    match grapheme {
        "\t" => TAB_CELLS - column % TAB_CELLS,
        _ if grapheme.starts_with(|c: char| c.is_control()) => 0,
        _ => symbol(grapheme).cell_width().into(),
    }
}

/// A grapheme without the marks that somebody has piled onto it beyond what any script does.
fn symbol(grapheme: &str) -> &str {
    match grapheme.char_indices().nth(GRAPHEME_CHARS_MAX) {
        Some((end, _)) => &grapheme[..end],
        None => grapheme,
    }
}
