//! A file in the fields of HTTP: which part of it is asked for or sent, and under which name.
//!
//! Knows no connection. Why a name is written twice: programs that know RFC 8187 get it as it is, and the others
//! something that harms no header.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::core::files::FileInfo;
use crate::wire::http::{Answer, Head};

/// What is plain in an extended value (RFC 8187 §3.2.1).
const EXTENDED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A file has no such part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfRange;

/// The first byte that is wanted of a file: `Range: bytes=N-` (RFC 9110 §14.2). Another range than all the rest
/// is answered with everything, as the standard allows.
///
/// # Errors
///
/// The file ends before it.
pub fn wanted(head: &Head, size: u64) -> Result<Option<u64>, OutOfRange> {
    let from = head.field("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    match from.and_then(|digits| digits.parse().ok()) {
        // Of nothing there is all.
        Some(0) if size == 0 => Ok(None),
        None => Ok(None),
        Some(from) if from < size => Ok(Some(from)),
        Some(_) => Err(OutOfRange),
    }
}

/// Why a part of a file cannot be what was announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Its length is not told.
    Unknown,
    /// Not as long as the file.
    Length,
    /// Not the rest of the file from a byte on.
    Range,
}

/// The first byte that is sent: 0, or that of `Content-Range: bytes N-M/SIZE` (RFC 9110 §14.4).
///
/// # Errors
///
/// It is not the file, nor the rest of it.
pub fn sent(head: &Head, size: u64) -> Result<u64, Part> {
    let length = head.body_bytes().ok_or(Part::Unknown)?;
    let Some(range) = head.field("content-range") else {
        return if length == size { Ok(0) } else { Err(Part::Length) };
    };
    let rest = |range: &str| {
        let (bytes, whole) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (from, last) = bytes.split_once('-')?;
        let (from, last): (u64, u64) = (from.parse().ok()?, last.parse().ok()?);
        let is_rest = whole.parse() == Ok(size) && last.checked_add(1) == Some(size) && from <= last;
        (is_rest && length == size - from).then_some(from)
    };
    rest(range).ok_or(Part::Range)
}

/// What a file is answered with, but for its bytes; `from` is where they begin, if less than all was wanted.
pub fn begun(file: &FileInfo, from: Option<u64>) -> Answer {
    let size = file.size;
    let answer = Answer {
        status: if from.is_some() { 206 } else { 200 },
        kind: "application/octet-stream",
        body: Vec::new().into(),
        fields: vec![
            ("Content-Disposition", disposition(&file.name)),
            ("Accept-Ranges", "bytes".to_owned()),
            ("Cache-Control", "no-store".to_owned()),
        ],
    };
    match from {
        Some(from) => answer.with("Content-Range", format!("bytes {from}-{}/{size}", size - 1)),
        None => answer,
    }
}

/// To be saved, under this name if its reader wants to (RFC 6266 §4.3).
fn disposition(name: &str) -> String {
    let harmless =
        |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let plain: String = name.chars().map(harmless).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8\'\'{}", utf8_percent_encode(name, EXTENDED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::http::{Read, Reader};

    fn head(method: &str, fields: &str) -> Head {
        let bytes = format!("{method} / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        match Reader::default().next(&mut bytes.as_bytes()) {
            Read::Request(request) => request.head,
            other => panic!("{fields} is {other:?}"),
        }
    }

    #[test]
    fn a_receiver_wants_all_or_the_rest() {
        let wanted = |range: &str| wanted(&head("GET", &format!("Range: {range}\r\n")), 10);
        assert_eq!(super::wanted(&head("GET", ""), 10), Ok(None));
        assert_eq!((wanted("bytes=0-"), wanted("bytes=9-")), (Ok(Some(0)), Ok(Some(9))));
        assert_eq!((wanted("bytes=10-"), wanted("bytes=99999999999-")), (Err(OutOfRange), Err(OutOfRange)));
        assert_eq!(super::wanted(&head("GET", "Range: bytes=0-\r\n"), 0), Ok(None));
        for other in
            ["bytes=-5", "bytes=1-2", "bytes=1-2,4-", "lines=3-", "bytes=x-", "bytes=99999999999999999999-"]
        {
            assert_eq!(wanted(other), Ok(None), "{other}");
        }
    }

    #[test]
    fn a_sender_sends_all_or_the_rest() {
        let sent = |fields: &str| sent(&head("PUT", fields), 10);
        assert_eq!(sent("Content-Length: 10\r\n"), Ok(0));
        assert_eq!(sent("Content-Length: 9\r\n"), Err(Part::Length));
        assert_eq!(sent(""), Err(Part::Length));
        assert_eq!(sent("Transfer-Encoding: chunked\r\n"), Err(Part::Unknown));
        let ranged = |length: u64, range: &str| {
            sent(&format!("Content-Length: {length}\r\nContent-Range: {range}\r\n"))
        };
        assert_eq!((ranged(10, "bytes 0-9/10"), ranged(1, "bytes 9-9/10")), (Ok(0), Ok(9)));
        for (length, range) in [
            (4, "bytes 5-9/10"),
            (5, "bytes 5-9/11"),
            (5, "bytes 4-8/10"),
            (5, "bytes 5-9/*"),
            (5, "bytes */10"),
            (5, "bytes 5-18446744073709551615/10"),
            (0, "bytes 10-9/10"),
            (5, "5-9/10"),
        ] {
            assert_eq!(ranged(length, range), Err(Part::Range), "{range}");
        }
    }

    #[test]
    fn a_name_breaks_no_header() {
        for (name, written) in [
            ("a.txt", "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt"),
            ("한 \"1\".txt", "attachment; filename=\"_ _1_.txt\"; filename*=UTF-8''%ED%95%9C%20%221%22.txt"),
            ("a;b\\c%2f'", "attachment; filename=\"a;b_c_2f'\"; filename*=UTF-8''a%3Bb%5Cc%252f%27"),
        ] {
            assert_eq!(disposition(name), written);
        }
    }
}
