//! Bytes cut into lines, with a bound on the longest.
//!
//! Knows nothing of what the lines mean. Why it is not a `BufRead`: bytes come
//! in pieces of any size, and waiting for the rest of one line must not block.

use memchr::memchr;

/// Bytes that have come and have not been taken as lines yet.
pub struct Lines {
    bytes: Vec<u8>,
    /// How much of `bytes` has been taken.
    taken: usize,
    /// How much of `bytes` is known to hold no newline.
    searched: usize,
    /// The line that is coming in was refused already; its rest is not a line.
    skipping: bool,
    line_bytes_max: usize,
}

/// A line was longer than the bound.
#[derive(Debug, PartialEq, Eq)]
pub struct Overlong;

impl Lines {
    /// A line may have `line_bytes_max` bytes, its newline not counted.
    pub fn new(line_bytes_max: usize) -> Lines {
        Lines { bytes: Vec::new(), taken: 0, searched: 0, skipping: false, line_bytes_max }
    }

    /// Takes in what was read.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole line without its LF or CRLF; `None` when more bytes are needed.
    /// A line that is too long is an error once, as soon as that is certain.
    pub fn next_line(&mut self) -> Option<Result<&[u8], Overlong>> {
        loop {
            let Some(found) = memchr(b'\n', &self.bytes[self.searched..]) else {
                self.searched = self.bytes.len();
                break;
            };
            let line = self.taken..self.searched + found;
            self.taken = line.end + 1;
            self.searched = self.taken;
            if !std::mem::take(&mut self.skipping) {
                return Some(self.bounded(line));
            }
        }
        // One more byte than the bound may be the CR of a CRLF.
        let overlong = self.bytes.len() - self.taken > self.line_bytes_max + 1;
        if overlong || self.skipping {
            self.taken = self.bytes.len();
        }
        if overlong && !std::mem::replace(&mut self.skipping, true) {
            return Some(Err(Overlong));
        }
        None
    }

    /// What stands after the last newline, once no more bytes will come.
    pub fn last_line(&mut self) -> Option<Result<&[u8], Overlong>> {
        let line = self.taken..self.bytes.len();
        self.taken = self.bytes.len();
        self.searched = self.taken;
        (!line.is_empty() && !self.skipping).then(|| self.bounded(line))
    }

    fn bounded(&self, line: std::ops::Range<usize>) -> Result<&[u8], Overlong> {
        let line = &self.bytes[line];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > self.line_bytes_max { Err(Overlong) } else { Ok(line) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, Overlong};

    #[test]
    fn any_split_gives_the_same_lines() {
        let text = "one\ntwo\r\n\n셋\nlast".as_bytes();
        for size in 1..text.len() {
            let mut lines = Lines::new(100);
            let mut found: Vec<Vec<u8>> = Vec::new();
            for piece in text.chunks(size) {
                lines.push(piece);
                while let Some(line) = lines.next_line() {
                    found.push(line.unwrap().to_vec());
                }
            }
            found.push(lines.last_line().unwrap().unwrap().to_vec());
            assert!(lines.last_line().is_none());
            assert_eq!(found.join(&b'|'), "one|two||셋|last".as_bytes(), "pieces of {size}");
        }
    }

    #[test]
    fn the_bound_is_exact_and_needs_no_newline() {
        let mut lines = Lines::new(3);
        lines.push(b"abc\nabc\r\nabcd\n");
        assert_eq!(lines.next_line(), Some(Ok(&b"abc"[..])));
        assert_eq!(lines.next_line(), Some(Ok(&b"abc"[..])));
        assert_eq!(lines.next_line(), Some(Err(Overlong)));
        lines.push(b"abcd");
        assert_eq!(lines.next_line(), None);
        lines.push(b"e");
        assert_eq!(lines.next_line(), Some(Err(Overlong)));
    }

    #[test]
    fn the_rest_of_a_long_line_is_not_a_line() {
        let mut lines = Lines::new(3);
        for piece in [&b"abcdef"[..], b"ghijklmnop", b"q\nok\nlast"] {
            lines.push(piece);
        }
        assert_eq!(lines.next_line(), Some(Err(Overlong)));
        let mut lines = Lines::new(3);
        lines.push(b"abcdef");
        assert_eq!(lines.next_line(), Some(Err(Overlong)));
        lines.push(b"ghijklmnop");
        assert_eq!(lines.next_line(), None);
        assert_eq!(lines.last_line(), None);
        lines.push(b"q\nok\nlast");
        assert_eq!(lines.next_line(), Some(Ok(&b"ok"[..])));
        assert_eq!(lines.next_line(), None);
        assert_eq!(lines.last_line(), Some(Err(Overlong)));
    }
}
