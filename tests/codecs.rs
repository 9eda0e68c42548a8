//! Properties of the codecs: of every input, and of every way to cut it into pieces.
//!
//! Knows no behaviour of the chat. Why properties: nobody thinks of the input
//! that breaks a reader. The bodies that take any bytes are the fuzz targets' too.

#[path = "codecs/bodies.rs"]
mod bodies;
#[path = "codecs/exchange.rs"]
mod exchange;
#[path = "codecs/times.rs"]
mod times;
#[path = "codecs/web.rs"]
mod web;
#[path = "codecs/words.rs"]
mod words;

use std::io::{self, Write};

use proptest::collection::vec;
use proptest::prelude::*;

use chatd::core::name;
use chatd::locale::Lang;
use chatd::net::outbox::{Outbox, TurnBuffers};
use chatd::wire::{Dialect, Protocol};

/// Cuts `bytes` at every place that `cuts` names.
pub fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

/// Lines as people and programs send them, good and bad, with some that are only bytes.
pub fn input() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(b"/whisper Bob,Ann hi".to_vec()),
        Just(b"/schedule 15:30 tea".to_vec()),
        Just("/귓속말 민수 안녕".as_bytes().to_vec()),
        Just(br#"{"id":1,"cmd":"say","text":"\ud55c"}"#.to_vec()),
        Just(br#"{"id":"x","cmd":"whisper","to":["a"],"text":"t"}"#.to_vec()),
        Just(br#"{"cmd":"hello","nick":"Ann"}"#.to_vec()),
        Just(b"NICK x".to_vec()),
        Just(b"GET / HTTP/1.1".to_vec()),
        Just(b"\xef\xbb\xbfAnn".to_vec()),
        r#"\{"(id|cmd|text|to)":("[a-z]{0,8}"|[0-9]{1,4}|null|\[\]|\{)[,}]{1,2}"#
            .prop_map(String::into_bytes),
        "/(kick|whisper|귓속말|schedule|history|shutdown) ?[a-z, +:0-9가-힣]{0,30}"
            .prop_map(String::into_bytes),
        ".{0,40}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
        (30..90usize).prop_map(|length| vec![b'x'; length]),
    ];
    let end = prop_oneof![Just(&b"\n"[..]), Just(&b"\r\n"[..]), Just(&b"\n\n"[..]), Just(&b""[..])];
    vec((line, end), 0..8).prop_map(|lines| {
        lines.into_iter().flat_map(|(line, end)| line.into_iter().chain(end.iter().copied())).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn no_line_panics(bytes in vec(any::<u8>(), 0..200)) {
        bodies::text_line(&bytes);
        bodies::json_line(&bytes);
        bodies::splitter(&bytes);
    }

    #[test]
    fn no_likely_line_panics(bytes in input()) {
        bodies::text_line(&bytes);
        bodies::json_line(&bytes);
        bodies::splitter(&bytes);
    }

    #[test]
    fn any_split_gives_the_same_requests(bytes in input(), cuts in vec(any::<usize>(), 0..8), max in 10..100usize) {
        prop_assert_eq!(bodies::decoded(&pieces(&bytes, &cuts), max), bodies::decoded(&[&bytes], max));
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(bodies::decoded(&single, max), bodies::decoded(&[&bytes], max));
    }

    #[test]
    fn any_split_gives_the_same_answers(bytes in input(), cuts in vec(any::<usize>(), 0..8)) {
        let whole = exchange::answers(&[&bytes]);
        prop_assert_eq!(exchange::answers(&pieces(&bytes, &cuts)), whole);
    }

    #[test]
    fn names_are_what_they_may_be(text in ".{0,40}") {
        let Ok(nick) = name::parse_nick(&text) else { return Ok(()) };
        prop_assert!((1..=32).contains(&nick.chars().count()), "{nick}");
        prop_assert!(!nick.chars().any(|c| c.is_whitespace() || c.is_control() || ",*?!@#:/".contains(c)), "{nick}");
        prop_assert!(!nick.chars().any(name::is_invisible), "{nick:?}");
        let again = name::parse_nick(&nick);
        prop_assert_eq!(again.as_deref(), Ok(&*nick), "prepared once, it does not stay as it is");
        prop_assert_eq!(name::key(&nick), name::key(&text), "what is typed is not the name that it gives");
    }

    #[test]
    fn keys_are_idempotent(text in prop_oneof!["[a-zA-Z0-9가-힣а-яА-Я]{1,32}", "[\\p{L}\\p{N}]{1,12}"]) {
        let Ok(nick) = name::parse_nick(&text) else { return Ok(()) };
        let key = name::key(&nick);
        prop_assert_eq!(name::key(key.as_str()), key.clone());
        prop_assert_eq!(name::key(&nick.to_lowercase()), key);
    }

    #[test]
    fn an_outbox_keeps_the_order(pushes in vec((any::<bool>(), ".{0,12}", 0..60usize), 0..40)) {
        outbox_keeps_the_order(&pushes);
    }
}

/// Takes `room` bytes, then blocks.
struct Narrow {
    taken: Vec<u8>,
    room: usize,
}

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        self.taken.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Each push is an event or a reply; where its number is small, the turn ends behind it with so much room.
fn outbox_keeps_the_order(pushes: &[(bool, String, usize)]) {
    let dialect = Dialect { protocol: Protocol::Text, timestamps: false, lang: Lang::En };
    let (mut turn, mut outbox) = (TurnBuffers::default(), Outbox::default());
    let (mut socket, mut meant) = (Narrow { taken: Vec::new(), room: 0 }, Vec::new());
    for (event, text, room) in pushes {
        let put = |out: &mut Vec<u8>| out.extend_from_slice(text.as_bytes());
        let written = if *event { turn.event(dialect, put) } else { turn.reply(put) };
        outbox.push(written);
        meant.extend_from_slice(text.as_bytes());
        if *room < 20 {
            socket.room = *room;
            outbox.flush(&turn, &mut socket).expect("a narrow socket does not fail");
            turn.clear();
            assert_eq!(socket.taken.len() + outbox.backlog_bytes(), meant.len());
        }
    }
    socket.room = usize::MAX;
    outbox.flush(&turn, &mut socket).expect("a wide socket does not fail");
    assert!(outbox.is_empty());
    assert_eq!(socket.taken, meant);
}
