//! Bytes into lines: LF or CRLF ends one, whatever pieces they come in.
//!
//! Knows no protocol. Why it keeps only the unfinished end: an idle connection
//! then holds no buffer at all.

use memchr::memchr;

/// What [`Lines::next`] found.
#[derive(PartialEq, Debug)]
pub enum Line<'a> {
    /// A whole line without its end.
    Whole(&'a [u8]),
    /// A line longer than the limit, told once; the rest of it is dropped as it comes.
    TooLong,
}

/// The unfinished end of what has come, and whether it is being dropped.
#[derive(Default, Debug)]
pub struct Inbox {
    kept: Vec<u8>,
    dropping: bool,
}

impl Inbox {
    /// Whether an overlong line's end is still awaited.
    pub fn is_dropping(&self) -> bool {
        self.dropping
    }

    /// Bytes that wait for the rest of their line.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Takes the unfinished end out, to look at it together with what has come after it.
    pub fn join(&mut self, fresh: &[u8]) -> Vec<u8> {
        let mut joined = std::mem::take(&mut self.kept);
        joined.extend_from_slice(fresh);
        joined
    }

    /// Keeps what no line end has followed yet.
    pub fn keep(&mut self, rest: &[u8]) {
        debug_assert!(self.kept.is_empty());
        if !rest.is_empty() {
            self.kept = rest.to_vec();
        }
    }
}

/// Walks over the lines of `bytes`; when none is left, `rest` is what to keep.
pub struct Lines<'a> {
    rest: &'a [u8],
    line_bytes_max: usize,
}

impl<'a> Lines<'a> {
    pub fn new(bytes: &'a [u8], line_bytes_max: usize) -> Lines<'a> {
        Lines { rest: bytes, line_bytes_max }
    }

    /// The next line, or None when more bytes must come.
    pub fn next(&mut self, inbox: &mut Inbox) -> Option<Line<'a>> {
        loop {
            let Some(end) = memchr(b'\n', self.rest) else {
                return self.unfinished(inbox);
            };
            let line = &self.rest[..end];
            self.rest = &self.rest[end + 1..];
            if std::mem::take(&mut inbox.dropping) {
                continue;
            }
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            return Some(if line.len() > self.line_bytes_max { Line::TooLong } else { Line::Whole(line) });
        }
    }

    /// What no line end has followed yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn unfinished(&mut self, inbox: &mut Inbox) -> Option<Line<'a>> {
        if inbox.dropping {
            self.rest = &[];
            return None;
        }
        // One more byte than the limit may still be the CR of a CRLF.
        if self.rest.len() <= self.line_bytes_max + 1 {
            return None;
        }
        self.rest = &[];
        inbox.dropping = true;
        Some(Line::TooLong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `pieces` one by one and gives every line as text.
    fn lines(pieces: &[&[u8]], max: usize) -> Vec<String> {
        let mut inbox = Inbox::default();
        let mut found = Vec::new();
        for piece in pieces {
            let joined = inbox.join(piece);
            let mut lines = Lines::new(&joined, max);
            while let Some(line) = lines.next(&mut inbox) {
                found.push(match line {
                    Line::Whole(line) => String::from_utf8_lossy(line).into_owned(),
                    Line::TooLong => "<too long>".to_owned(),
                });
            }
            inbox.keep(lines.rest());
        }
        found
    }

    #[test]
    fn lf_and_crlf_end_a_line() {
        assert_eq!(lines(&[b"a\nb\r\n\nc"], 10), ["a", "b", ""]);
        assert_eq!(lines(&[b"a\r\r\n"], 10), ["a\r"]);
    }

    #[test]
    fn the_limit_is_exact_and_the_rest_is_dropped() {
        assert_eq!(lines(&[b"12345\n"], 5), ["12345"]);
        assert_eq!(lines(&[b"12345\r\n"], 5), ["12345"]);
        assert_eq!(lines(&[b"123456\nok\n"], 5), ["<too long>", "ok"]);
        assert_eq!(lines(&[b"1234567", b"89", b"10\nok\n"], 5), ["<too long>", "ok"]);
    }

    #[test]
    fn any_split_gives_the_same_lines() {
        let all = b"one\r\ntwo\n\nfour is far too long\nfive\n";
        let whole = lines(&[all], 8);
        for at in 0..all.len() {
            assert_eq!(lines(&[&all[..at], &all[at..]], 8), whole, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = all.chunks(1).collect();
        assert_eq!(lines(&bytes, 8), whole);
    }
}
