//! Test: what is read, what is refused, and that pieces make no difference.
//!
//! Knows the codec from outside. Why the shapes of request smuggling stand here one by one: each was
//! once a hole in a server that was believed to be strict.

use proptest::prelude::*;

use super::*;
use crate::core::time::Wall;
use crate::limits::{HTTP_BODY_BYTES_MAX, HTTP_FIELDS_MAX, HTTP_HEAD_BYTES_MAX, HTTP_LINE_BYTES_MAX};

/// Everything that is read from `bytes` when they come in these pieces; ends with what is amiss, if something is.
fn read(pieces: &[&[u8]]) -> Vec<Read> {
    let (mut reader, mut kept, mut found) = (Reader::default(), Vec::new(), Vec::new());
    for piece in pieces {
        kept.extend_from_slice(piece);
        let mut left = kept.as_slice();
        loop {
            match reader.next(&mut left) {
                Read::More => break,
                Read::Fault(fault) => {
                    found.push(Read::Fault(fault));
                    return found;
                }
                other => found.push(other),
            }
        }
        kept = left.to_vec();
    }
    found
}

fn one(text: &str) -> Result<Request, Fault> {
    let mut all = read(&[text.as_bytes()]);
    assert_eq!(all.len(), 1, "{text:?}: {all:?}");
    match all.remove(0) {
        Read::Request(request) => Ok(request),
        Read::Fault(fault) => Err(fault),
        other => panic!("{text:?}: {other:?}"),
    }
}

#[test]
fn a_request_is_read() {
    let request = one("\r\nGET /api/rooms?q=%EB&x HTTP/1.1\r\nHost: chat\r\nX-Two:\t a b \r\n\r\n").unwrap();
    let Head { method, path, query, .. } = &request.head;
    assert_eq!((*method, path.as_str(), query.as_deref()), (Method::Get, "/api/rooms", Some("q=%EB&x")));
    assert_eq!((request.head.field("host"), request.head.field("x-two")), (Some("chat"), Some("a b")));
    assert!(request.head.keeps_alive && request.body.is_empty());
    let posted = one("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").unwrap();
    assert_eq!(posted.body, b"hello");
    let chunked =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n003\r\nllo\r\n0\r\n\r\n";
    assert_eq!(one(chunked).unwrap().body, b"hello");
}

#[test]
fn who_stays_and_who_goes() {
    for (line, field, stays) in [
        ("HTTP/1.1", "", true),
        ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: Upgrade, CLOSE\r\n", false),
        ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: keep-alive\r\n", true),
    ] {
        let request = one(&format!("GET / {line}\r\nHost: a\r\n{field}\r\n")).unwrap();
        assert_eq!(request.head.keeps_alive, stays, "{line} {field}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let get = |fields: &str| format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    let post = |fields: &str, body: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}");
    let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n", body);
    for (text, id) in [
        (post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "http-two-lengths"),
        (post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), "http-length"),
        (post("Content-Length: +5\r\n", "hello"), "http-length"),
        (post("Content-Length: 5, 5\r\n", "hello"), "http-length"),
        (post("Content-Length:\r\n", ""), "http-length"),
        (post("Content-Length : 5\r\n", "hello"), "http-no-http"),
        (get("X: a\r\n b\r\n"), "http-no-http"),
        (get(" X: a\r\n"), "http-no-http"),
        (get("X: a\0b\r\n"), "http-zero"),
        (get("X: é\r\n"), "http-ascii"),
        (get("Host: b\r\n"), "http-host"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "http-host"),
        ("GET / HTTP/1.1\nHost: a\n\n".to_owned(), "http-line-end"),
        ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n".to_owned(), "http-line-end"),
        ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n".to_owned(), "http-line-end"),
        ("GET /\r\n\r\n".to_owned(), "http-no-version"),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "http-target"),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "http-target"),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "http-target"),
        (get("Content-Length: 5\r\n") + "hello", "http-no-body"),
        (chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), "http-chunk-size"),
        (chunked("0x5\r\nhello\r\n0\r\n\r\n"), "http-chunk-size"),
        (chunked("\r\nhello\r\n0\r\n\r\n"), "http-chunk-size"),
        (chunked("5\nhello\r\n0\r\n\r\n"), "http-line-end"),
        (chunked("3\r\nhello\r\n0\r\n\r\n"), "http-chunk"),
        (chunked("00000000000000000000005\r\nhello"), "http-chunk-line"),
        (chunked("0\r\nX: a\r\n\r\n"), "http-trailers"),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(), "http-body-coding"),
        (post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""), "http-body-coding"),
    ] {
        assert_eq!(one(&text), Err(Fault::Malformed(id)), "{text:?}");
    }
    for (text, fault) in [
        (post("Transfer-Encoding: gzip, chunked\r\n", ""), Fault::Coding),
        (post("Expect: teapot\r\nContent-Length: 1\r\n", "x"), Fault::Expectation),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n".to_owned(), Fault::Version),
        (post(&format!("Content-Length: {}\r\n", HTTP_BODY_BYTES_MAX + 1), ""), Fault::LargeBody),
        (post("Content-Length: 99999999999999999999999\r\n", ""), Fault::LargeBody),
        (chunked(&format!("{:x}\r\n", HTTP_BODY_BYTES_MAX + 1)), Fault::LargeBody),
        (chunked("ffffffffffffffff\r\n"), Fault::LargeBody),
        (get(&"X: a\r\n".repeat(HTTP_FIELDS_MAX)), Fault::LargeHead),
        (get(&format!("X: {}\r\n", "a".repeat(HTTP_HEAD_BYTES_MAX))), Fault::LargeHead),
        (format!("GET /{} HTTP/1.1\r\n", "a".repeat(HTTP_LINE_BYTES_MAX)), Fault::LongLine),
        (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(HTTP_LINE_BYTES_MAX)), Fault::LongLine),
    ] {
        assert_eq!(one(&text), Err(fault), "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn as_much_as_is_allowed_is_taken() {
    let fields = "X: a\r\n".repeat(HTTP_FIELDS_MAX - 1);
    assert!(one(&format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")).is_ok());
    let line = "a".repeat(HTTP_LINE_BYTES_MAX - "GET / HTTP/1.1".len());
    assert!(one(&format!("GET /{line} HTTP/1.1\r\nHost: a\r\n\r\n")).is_ok());
    let body = "x".repeat(HTTP_BODY_BYTES_MAX);
    let length = body.len();
    assert!(one(&format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}")).is_ok());
}

#[test]
fn who_waits_for_a_word_gets_it_once() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    let found = read(&[head.as_bytes(), b"h", b"i"]);
    assert_eq!(found[0], Read::Continue);
    assert!(matches!(&found[1..], [Read::Request(request)] if request.body == b"hi"), "{found:?}");
    // Who sends the body at once does not wait.
    let found = read(&[format!("{head}hi").as_bytes()]);
    assert!(matches!(&found[..], [Read::Request(_)]), "{found:?}");
}

#[test]
fn an_answer_tells_its_length() {
    let answer = Answer::error(404, "not_found", "No.").with("Allow", "GET");
    let written = |head_only, keeps_alive| {
        let mut out = Vec::new();
        write(&answer, Wall(784_111_777_000), head_only, keeps_alive, &mut out);
        String::from_utf8(out).unwrap()
    };
    // The instant is that of RFC 9110 §5.6.7.
    let head = "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n\
                Content-Length: 47\r\nCache-Control: no-store\r\nAllow: GET\r\nX-Content-Type-Options: nosniff\r\n";
    let body = "{\"error\":{\"code\":\"not_found\",\"message\":\"No.\"}}\n";
    assert_eq!(body.len(), 47);
    assert_eq!(written(false, true), format!("{head}\r\n{body}"));
    assert_eq!(written(true, false), format!("{head}Connection: close\r\n\r\n"));
}

fn requests() -> impl Strategy<Value = String> {
    let plain = "[a-z]{0,9}".prop_map(|path| format!("GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let length = "[ -~]{0,40}".prop_map(|body| {
        format!("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    });
    let chunks = prop::collection::vec("[ -~]{1,20}", 0..4).prop_map(|chunks| {
        let each = chunks.iter().map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()));
        let body: String = each.collect();
        format!("PUT /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}0\r\n\r\n")
    });
    prop_oneof![plain, length, chunks, "[ -~\r\n]{0,60}"]
}

proptest! {
    #[test]
    fn pieces_make_no_difference(all in prop::collection::vec(requests(), 0..5), cuts in prop::collection::vec(0usize..400, 0..8)) {
        let bytes = all.concat().into_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        // The word to who waits depends on what has come already, as it should.
        let heard = |found: Vec<Read>| found.into_iter().filter(|one| *one != Read::Continue).collect::<Vec<_>>();
        prop_assert_eq!(heard(read(&pieces)), heard(read(&[&bytes])));
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&[&bytes]);
    }
}
