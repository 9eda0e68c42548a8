//! A server that sends whatever it likes, and all that then reaches the terminal.
//!
//! The body of a fuzz target and of a property test. Why it reads the bytes of the frames and not
//! their cells: what steers a terminal is bytes.

use std::time::Instant;

use jiff::tz::TimeZone;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use serde_json::{Value, json};

use super::links::Linked;
use super::terminal::Paper;
use super::{Chat, Screen, Wish};
use crate::client::config::Notify;
use crate::client::notify::Notifier;
use crate::client::session::{Now, Session, Setup};
use crate::core::lang::Lang;
use crate::core::time::Wall;
use crate::wire::Speech;

/// What is in a frame of the protocol besides a text that may be anything.
const EVENTS: u8 = 12;

/// Hears each line of `bytes` as the server's, whole or put into a field of an event, looks at every
/// window, and panics at a byte that is not the screen's own.
pub fn hears(bytes: &[u8]) {
    let now = Now { mono: Instant::now(), wall: Wall(1_795_242_605_000) };
    let speech = Speech::new(Lang::En, TimeZone::UTC, String::new());
    let (nick, interactive, windows) = ("Alice".to_owned(), true, true);
    let setup = Setup { nick, spare: None, room: None, rooms: Vec::new(), interactive, windows, speech };
    let mut session = Session::begin(setup, now);
    let mut screen = Screen::new(Lang::En, TimeZone::UTC, true);
    let paper = Paper::default();
    let backend = Linked::new(CrosstermBackend::new(paper.clone()), screen.spots.clone());
    let viewport = Viewport::Fixed(Rect::new(0, 0, 90, 20));
    let mut terminal =
        Terminal::with_options(backend, TerminalOptions { viewport }).expect("its size is fixed");
    session.heard(br#"{"re":1,"ok":{"nick":"Alice","rooms":["lobby"],"members":["Bob"]}}"#, now);
    for line in bytes.split(|byte| *byte == b'\n').take(64) {
        session.heard(&sent(line), now);
        let notifier = Notifier::new(Notify::Osc777, &|_| None);
        for shown in std::mem::take(&mut session.show) {
            assert_harmless(&notifier.notice(shown.plain()));
            screen.show(&shown, &Chat::of(&session, 80, now));
        }
        std::mem::take(&mut session.pages).iter().for_each(|page| screen.page(page));
        screen.follow(&Chat::of(&session, 80, now));
        for wish in std::mem::take(&mut screen.wishes) {
            match wish {
                Wish::Older { room, before } => session.older(&room, before, now),
                Wish::Face(window) => drop(session.face(&window)),
                _of_a_person => {}
            }
        }
        terminal.draw(|frame| screen.draw(frame, &Chat::of(&session, 80, now))).expect("paper takes all");
        assert_harmless(&paper.take());
        assert_harmless(&Notifier::new(Notify::Off, &|_| None).title(&screen.title()));
    }
}

/// A line as it is, or as a text in an event that is otherwise good.
fn sent(line: &[u8]) -> Vec<u8> {
    let Some((first, rest)) = line.split_first().filter(|(first, _)| **first < EVENTS) else {
        return line.to_vec();
    };
    let text = String::from_utf8_lossy(rest);
    let event = match first {
        0 => json!({"event":"message","room":"lobby","seq":rest.len(),"from":"Bob","text":text,"kind":"say"}),
        1 => {
            json!({"event":"message","room":"lobby","from":text,"text":"hi","kind":"action","mentions":["Alice"]})
        }
        2 => json!({"event":"message","room":text,"from":"Bob","text":"hi","kind":"say"}),
        3 => json!({"event":"topic","room":"lobby","topic":text,"by":"Bob"}),
        4 => json!({"event":"whisper","id":1,"from":text,"to":["Alice"],"text":text}),
        5 => json!({"event":"joined","room":"lobby","nick":text}),
        6 => json!({"event":"renamed","from":"Bob","to":text}),
        7 => json!({"event":"offer","offer":1,"from":"Bob","name":text,"size":rest.len(),"hash":"00"}),
        8 => json!({"event":"edited","room":"lobby","seq":1,"from":"Bob","by":text,"text":text}),
        9 => json!({"event":"notice","text":text}),
        10 => json!({"re":2,"ok":{"users":[{"nick":text,"role":"owner","rooms":["lobby"],"door":"text"}],
            "messages":[{"room":"lobby","seq":1,"from":"Bob","text":text,"kind":"say"}],"more":true}}),
        _ => json!({"event":"moved","nick":"Alice","room":text,"topic":text,"members":[text],"seq":1}),
    };
    Value::to_string(&event).into_bytes()
}

/// ECMA-48: no control but CSI sequences of what a frame is made of, links, titles and notifications.
fn assert_harmless(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("a frame is UTF-8");
    let mut rest = text;
    while let Some(at) = rest.find(char::is_control) {
        rest = &rest[at..];
        let own = csi(rest).or_else(|| osc(rest));
        let taken =
            own.unwrap_or_else(|| panic!("{:?} in {text:?}", rest.chars().take(30).collect::<String>()));
        rest = &rest[taken..];
    }
}

/// How long a sequence is that moves the cursor, clears or paints.
fn csi(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\u{1b}[")?;
    let end = body.find(|c: char| !(c.is_ascii_digit() || matches!(c, ';' | '?' | ':')))?;
    matches!(body.as_bytes()[end], b'H' | b'm' | b'h' | b'l' | b'J' | b'K').then_some(2 + end + 1)
}

/// How long a link, a title or a notification is. None of them can hold a control.
fn osc(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\u{1b}]")?;
    let end = body.find(char::is_control)?;
    let known = ["8;", "2;", "777;notify;"].iter().any(|known| body.starts_with(known));
    let link = !body.starts_with("8;") || body[..end].bytes().all(|byte| (0x21..0x7f).contains(&byte));
    (known && link && body[end..].starts_with("\u{1b}\\")).then_some(2 + end + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts made of what is hard to bear.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("\u{1b}]0;x\u{7}".to_owned()),
            Just("\u{9b}2J\u{90}q\u{9c}".to_owned()),
            Just("https://a.example/\u{1b}\\\u{202e}".to_owned()),
            Just("👩\u{200d}👧\u{fe0f}\u{301}".to_owned()),
            Just("\u{200b}\u{2028}\u{ad}\u{61c}\t\r".to_owned()),
            Just("가\u{1100}\u{1161}\u{11a8}".to_owned()),
            "\\PC{0,60}",
            proptest::collection::vec(any::<char>(), 0..40).prop_map(|chars| chars.into_iter().collect()),
        ];
        proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_of_a_servers_steers_the_terminal(
            lines in proptest::collection::vec((0..=EVENTS, texts()), 1..12),
        ) {
            let lines = lines.into_iter().map(|(event, text)| {
                [&[event][..], text.replace('\n', " ").as_bytes()].concat()
            });
            hears(&lines.collect::<Vec<_>>().join(&b'\n'));
        }

        #[test]
        fn nor_do_bytes_that_are_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            hears(&bytes);
        }
    }

    #[test]
    #[should_panic(expected = "in \"a")]
    fn what_would_steer_it_is_found() {
        assert_harmless(b"a\x1b[5n");
    }
}
