//! Links: where they stand in a text, and how a terminal is told (OSC 8), so that one that is
//! wrapped stays one.
//!
//! Knows no windows. Why a backend around another: ratatui's cells have no links, and what is
//! written between them must not count as cells.

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::Range;
use std::rc::Rc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use crate::limits::LINK_BYTES_MAX;

/// RFC 3986 leaves these out of a URI, and they could end the sequence early.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The links of a text, in their order.
pub fn links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut begin = 0;
    while let Some(at) = text[begin..].find("http").map(|at| begin + at) {
        begin = at + "http".len();
        let within = text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        let scheme = ["http://", "https://"].into_iter().find(|scheme| text[at..].starts_with(scheme));
        if let Some(scheme) = scheme.filter(|_| !within) {
            let rest = &text[at + scheme.len()..];
            let bytes = link_bytes(rest);
            if bytes > 0 {
                begin = at + scheme.len() + bytes;
                found.push(at..begin);
            }
        }
    }
    found
}

/// How much of what follows the scheme belongs to the link.
fn link_bytes(rest: &str) -> usize {
    let end = rest.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`|\\^{}".contains(c));
    let link = &rest[..end.unwrap_or(rest.len())];
    let host = link.find(['/', '?', '#', ':']).unwrap_or(link.len());
    let last = link[..host].rfind('.').map_or(0, |dot| dot + 1);
    // 에서 after example.com is a particle, and 한국 alone is a name.
    let ascii = link[last..host].find(|c: char| !c.is_ascii()).filter(|bytes| *bytes > 0);
    let mut link = ascii.map_or(link, |bytes| &link[..last + bytes]);
    // A sentence may end behind the link, or a bracket that was opened before it.
    while let Some(c) = link.chars().next_back() {
        let opens = |open| link.matches(open).count() >= link.matches(c).count();
        let belongs = match c {
            ')' => opens('('),
            ']' => opens('['),
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '…' | '。' => false,
            _letter => true,
        };
        if belongs {
            break;
        }
        link = &link[..link.len() - c.len_utf8()];
    }
    link.len()
}

/// A stretch of cells that leads somewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spot {
    pub row: u16,
    pub columns: Range<u16>,
    /// The same for all stretches of one link.
    pub id: u64,
    pub url: String,
}

/// Where the links are on the frame that is drawn next.
pub type Spots = Rc<RefCell<Vec<Spot>>>;

/// A backend that marks the links.
pub struct Linked<B> {
    inner: B,
    spots: Spots,
}

impl<B: Backend<Error = io::Error> + Write> Linked<B> {
    pub fn new(inner: B, spots: Spots) -> Linked<B> {
        Linked { inner, spots }
    }

    fn open(&mut self, spot: &Spot) -> io::Result<()> {
        let url = utf8_percent_encode(&spot.url, UNSAFE).to_string();
        // Too long for terminals, whose bound it is; the text is there all the same.
        if url.len() > LINK_BYTES_MAX {
            return Ok(());
        }
        write!(self.inner, "\u{1b}]8;id={};{url}\u{1b}\\", spot.id)
    }
}

impl<B: Backend<Error = io::Error> + Write> Backend for Linked<B> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let spots = self.spots.take();
        let spot = |x: u16, y: u16| spots.iter().position(|spot| spot.row == y && spot.columns.contains(&x));
        let cells: Vec<_> = content.map(|(x, y, cell)| (spot(x, y), (x, y, cell))).collect();
        for run in cells.chunk_by(|one, next| one.0 == next.0) {
            let spot = run[0].0.map(|place| &spots[place]);
            if let Some(spot) = spot {
                self.open(spot)?;
            }
            self.inner.draw(run.iter().map(|(_, cell)| *cell))?;
            if spot.is_some() {
                write!(self.inner, "\u{1b}]8;;\u{1b}\\")?;
            }
        }
        Ok(())
    }

    fn append_lines(&mut self, n: u16) -> io::Result<()> {
        self.inner.append_lines(n)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::backend::CrosstermBackend;

    use super::super::terminal::Paper;
    use super::*;

    #[test]
    fn links_in_a_text() {
        for (text, found) in [
            ("see https://a.example/b?c=d#e.", &["https://a.example/b?c=d#e"][..]),
            ("(http://a.example/(b)) x", &["http://a.example/(b)"]),
            ("https://example.com에서 봐요", &["https://example.com"]),
            ("https://ko.example.org/wiki/대한민국", &["https://ko.example.org/wiki/대한민국"]),
            ("https://한국.kr/길, http://b.example", &["https://한국.kr/길", "http://b.example"]),
            ("xhttp://a.example javascript:alert(1) ftp://b", &[]),
            ("http:// https://. http", &[]),
        ] {
            let links: Vec<&str> = links(text).into_iter().map(|link| &text[link]).collect();
            assert_eq!(links, found, "{text}");
        }
    }

    fn drawn(spots: Vec<Spot>) -> String {
        let cells: Vec<Cell> = "see url".chars().map(|c| Cell::new("").set_char(c).clone()).collect();
        let paper = Paper::default();
        let mut linked = Linked::new(CrosstermBackend::new(paper.clone()), Rc::new(RefCell::new(spots)));
        linked.draw((0u16..).zip(&cells).map(|(x, cell)| (x, 0, cell))).unwrap();
        String::from_utf8(paper.take()).unwrap()
    }

    #[test]
    fn a_terminal_is_told_of_a_link_and_of_its_end() {
        let spot = |url: &str| Spot { row: 0, columns: 4..7, id: 7, url: url.to_owned() };
        let said = drawn(vec![spot("https://a.example/길 \u{1b}\\")]);
        let (before, after) = said.split_once("\u{1b}]8;id=7;").unwrap();
        assert!(before.contains("see "), "{said:?}");
        let (url, after) = after.split_once("\u{1b}\\").unwrap();
        assert_eq!(url, "https://a.example/%EA%B8%B8%20%1B%5C");
        assert!(after.contains("url") && after.ends_with("\u{1b}]8;;\u{1b}\\"), "{said:?}");
        assert!(!drawn(Vec::new()).contains("]8;"));
        assert!(!drawn(vec![spot(&"x".repeat(LINK_BYTES_MAX + 1))]).contains(";id="));
    }
}
