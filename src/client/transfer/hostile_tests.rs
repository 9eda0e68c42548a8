//! Senders and receivers that do not mean well, and strangers at the sender's port.
//!
//! Knows only what goes over the wire. Why whole answers as text: what such a one sends is what a
//! parser has not thought of.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::pair::{Cuts, Pair, TOKEN, patience};
use super::task::Patience;
use super::{Errand, Why};
use crate::limits::FILE_STRANGERS_MAX;

/// Who gives up soon.
fn hasty() -> Patience {
    let ms = Duration::from_millis;
    Patience { direct: ms(2_000), relay: ms(20), silent: ms(60), ..patience() }
}

/// A sender that answers everybody with these bytes, again and again where they are repeated.
fn answers(bytes: &'static [u8], repeated: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut one in listener.incoming().flatten() {
            let _ = one.read(&mut [0; 4096]);
            while one.write_all(bytes).is_ok() && repeated {}
        }
    });
    address
}

#[test]
fn what_is_not_what_was_offered_is_thrown_away() {
    let mut pair = Pair::with(hasty(), &Cuts::default());
    let hash = blake3::hash(b"hello");
    let wrong = answers(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell0", false);
    pair.fails(5, hash, Some(wrong), Why::Checksum);
    // What comes after the last byte is never looked at.
    let endless = answers(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell0 and so on and on", true);
    pair.fails(5, hash, Some(endless), Why::Checksum);
}

#[test]
fn who_answers_nonsense_is_not_asked_again() {
    for (bytes, repeated) in [
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhell"[..], false),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello!", false),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", false),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", false),
        (
            b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1-5/6\r\nContent-Length: 5\r\n\r\nhello",
            false,
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 5\r\n\r\nhello", false),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", false),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", false),
        (b"\0\0\0\0", true),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n", false),
        (b"X: y\r\n", true),
        (b"", false),
    ] {
        let mut pair = Pair::with(hasty(), &Cuts::default());
        pair.fails(5, blake3::hash(b"hello"), Some(answers(bytes, repeated)), Why::Silent);
    }
}

#[test]
fn a_sender_that_falls_silent_is_left_for_the_relay() {
    let mut pair = Pair::with(hasty(), &Cuts::default());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (ended, end) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let (mut one, _) = listener.accept().unwrap();
        one.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").unwrap();
        // Until the other end hangs up.
        let _ = one.read_to_end(&mut Vec::new());
        ended.send(()).unwrap();
    });
    pair.fails(5, blake3::hash(b"hello"), Some(address), Why::Silent);
    end.recv_timeout(Duration::from_secs(30)).unwrap();
}

/// A sender's port, with the file `hello`.
fn served(pair: &mut Pair) -> SocketAddr {
    let path = pair.home.path().join("sent.bin");
    std::fs::write(&path, "hello").unwrap();
    let (.., direct) = pair.opens(&path);
    pair.sender.run(Errand::Serve { id: 1, token: TOKEN.into() });
    direct.unwrap()
}

/// What is answered to a request.
fn asks(to: SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(to).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // One that is hung up on before it has said all loses the answer.
    let _ = socket.read_to_string(&mut answer);
    answer
}

#[test]
fn only_the_token_opens() {
    let mut pair = Pair::new(&Cuts::default());
    let to = served(&mut pair);
    let good = format!("GET /api/transfers/{TOKEN} HTTP/1.1\r\n\r\n");
    for request in [
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "GET /api/transfers/ HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET /api/transfers/{} HTTP/1.1\r\n\r\n", &TOKEN[1..]),
        format!("GET /api/transfers/{TOKEN}0 HTTP/1.1\r\n\r\n"),
        format!("GET /api/transfers/{TOKEN}?x HTTP/1.1\r\n\r\n"),
        format!("GET /api/transfers/../transfers/{TOKEN} HTTP/1.1\r\n\r\n"),
        format!("HEAD /api/transfers/{TOKEN} HTTP/1.1\r\n\r\n"),
        format!("PUT /api/transfers/{TOKEN} HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"),
        format!("GET /api/transfers/{TOKEN} HTTP/1.1\r\nRange: bytes=6-\r\n\r\n"),
        "hello\r\n\r\n".to_owned(),
    ] {
        let answer = asks(to, &request);
        assert!(answer.starts_with("HTTP/1.1 404 ") && !answer.contains("hello"), "{request:?}: {answer:?}");
    }
    assert!(!asks(to, &"x".repeat(20_000)).contains("hello"));
    assert!(asks(to, &good).ends_with("\r\n\r\nhello"));
    let rest = asks(to, &good.replace("\r\n\r\n", "\r\nRange: bytes=3-\r\n\r\n"));
    assert!(rest.starts_with("HTTP/1.1 206 ") && rest.ends_with("\r\n\r\nlo"), "{rest}");
    assert!(asks(to, &good.replace("\r\n\r\n", "\r\nRange: bytes=5-\r\n\r\n")).ends_with("\r\n\r\n"));
}

#[test]
fn who_says_half_a_request_is_not_waited_for() {
    let patience = Patience { direct: Duration::from_millis(20), ..patience() };
    let mut pair = Pair::with(patience, &Cuts::default());
    let to = served(&mut pair);
    let good = format!("GET /api/transfers/{TOKEN} HTTP/1.1\r\n\r\n");
    let mut slow = TcpStream::connect(to).unwrap();
    slow.write_all(&good.as_bytes()[..20]).unwrap();
    assert!(asks(to, &good).ends_with("hello"));
}

#[test]
fn after_many_strangers_nobody_is_listened_to() {
    let mut pair = Pair::new(&Cuts::default());
    let to = served(&mut pair);
    let good = format!("GET /api/transfers/{TOKEN} HTTP/1.1\r\n\r\n");
    let wrong = good.replace(TOKEN, &TOKEN.replace('0', "1"));
    for _ in 1..FILE_STRANGERS_MAX {
        assert!(asks(to, &wrong).starts_with("HTTP/1.1 404 "));
    }
    assert!(asks(to, &good).ends_with("hello"));
    asks(to, &wrong);
    // The port is closed, so this one is not even let in.
    let refused = TcpStream::connect(to).is_err() || asks(to, &good).is_empty();
    assert!(refused);
}
