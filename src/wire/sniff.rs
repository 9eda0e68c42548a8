//! The first bytes of a connection decide what it speaks.
//!
//! Knows no protocol beyond its first word. Why nothing is sent before: browsers
//! open sockets ahead of time and would choke on a greeting.

/// What a connection turned out to speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sniff {
    /// Nothing that decides has come yet.
    NeedMore,
    Text,
    Json,
    Http,
    Irc,
    /// A TLS record (RFC 8446 §5.1).
    Tls,
    /// Bytes that no line begins with.
    Binary,
}

const HTTP: [&[u8]; 6] = [b"GET ", b"POST ", b"PUT ", b"DELETE ", b"HEAD ", b"OPTIONS "];
const IRC: [&[u8]; 4] = [b"CAP ", b"NICK ", b"USER ", b"PASS "];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The byte order mark at the start of a stream says nothing and is dropped.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// Decides by the bytes so far. A proper prefix of a keyword waits for more.
pub fn sniff(bytes: &[u8]) -> Sniff {
    let bytes = without_mark(bytes);
    let Some(first) = bytes.first() else { return Sniff::NeedMore };
    match first {
        0x16 => return Sniff::Tls,
        b'{' => return Sniff::Json,
        b'\t' | b'\r' | b'\n' => return Sniff::Text,
        0..0x20 | 0x7f => return Sniff::Binary,
        _printable => {}
    }
    if HTTP.iter().any(|keyword| bytes.starts_with(keyword)) {
        return Sniff::Http;
    }
    if IRC.iter().any(|keyword| bytes.starts_with(keyword)) {
        return Sniff::Irc;
    }
    let undecided = |keyword: &&[u8]| keyword.starts_with(bytes);
    if HTTP.iter().chain(&IRC).any(undecided) || BYTE_ORDER_MARK.starts_with(bytes) {
        return Sniff::NeedMore;
    }
    Sniff::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes() {
        for (bytes, sniffed) in [
            (&b""[..], Sniff::NeedMore),
            (b"G", Sniff::NeedMore),
            (b"GET", Sniff::NeedMore),
            (b"GET / HTTP/1.1", Sniff::Http),
            (b"GET\n", Sniff::Text),
            (b"Gabi\n", Sniff::Text),
            (b"NICK alice", Sniff::Irc),
            (b"NICKY\n", Sniff::Text),
            (b"P", Sniff::NeedMore),
            (b"Alice", Sniff::Text),
            (b"\n", Sniff::Text),
            (b"\r\n", Sniff::Text),
            (b"{", Sniff::Json),
            (b"\xef\xbb", Sniff::NeedMore),
            (b"\xef\xbb\xbf{", Sniff::Json),
            (b"\x16\x03\x01", Sniff::Tls),
            (b"\x00\x01", Sniff::Binary),
            ("안".as_bytes(), Sniff::Text),
        ] {
            assert_eq!(sniff(bytes), sniffed, "{bytes:?}");
        }
    }
}
