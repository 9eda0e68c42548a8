//! One person's end of a line: what was sent, and what every byte heard means.
//!
//! Knows nothing of the server's inside. Why it judges line by line: what is
//! wrong is found where it was heard, not at the end of the world.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use chatd::core::name::NameKey;
use chatd::net::connection::ConnectionId;
use serde_json::Value;

use super::ledger::{Ledger, Token, token};
use super::pipe::Wire;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    Text,
    Json,
    Control,
}

/// What a request with an id was about.
#[derive(Debug)]
pub enum Asked {
    Say { token: Token, mid: bool },
    Whisper { token: Token },
    Other,
}

/// How a line ended, seen from here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parting {
    /// It has not.
    Here,
    Quit,
    HalfClosed,
    /// In the middle of a line.
    Endless,
    Vanished,
    /// The daemon died.
    Cut,
}

pub struct Person {
    pub number: usize,
    pub kind: Kind,
    pub id: Option<ConnectionId>,
    pub wire: Rc<RefCell<Wire>>,
    /// Typed, and not on its way yet.
    pub typed: VecDeque<u8>,
    /// Bytes that go on their way in one step; 0: all.
    pub pace: usize,
    /// Bytes that fit before the server's writing blocks.
    pub window: usize,
    pub reading: bool,
    pub was_slow: bool,
    pub sent_overlong: bool,
    pub parting: Parting,
    /// Every name this one ever asked for.
    pub names: Vec<NameKey>,
    pub asked: BTreeMap<u64, Asked>,
    pub next_id: u64,
    /// Messages sent with an id of their own, to be sent again.
    pub mids: Vec<Token>,
    /// Wants stamps before what is said; such a one never asks for history.
    pub stamps: bool,
    pub named: bool,
    /// In the room after this seq, up to that one.
    pub entered_at: Option<u64>,
    pub left_at: Option<u64>,
    pub messages: Vec<Token>,
    pub closing: Option<String>,
    replied_to: u64,
    last_seq: u64,
    bye: bool,
    unread: Vec<u8>,
    pub heard_anything: bool,
    pub done: bool,
}

impl Person {
    pub fn new(number: usize, kind: Kind, wire: Rc<RefCell<Wire>>, window: usize) -> Person {
        Person {
            number,
            kind,
            id: None,
            wire,
            typed: VecDeque::new(),
            pace: 0,
            window,
            reading: true,
            was_slow: window < usize::MAX / 2,
            sent_overlong: false,
            parting: Parting::Here,
            names: Vec::new(),
            asked: BTreeMap::new(),
            next_id: 0,
            mids: Vec::new(),
            stamps: false,
            named: false,
            entered_at: None,
            left_at: None,
            messages: Vec::new(),
            closing: None,
            replied_to: 0,
            last_seq: 0,
            bye: false,
            unread: Vec::new(),
            heard_anything: false,
            done: false,
        }
    }

    /// Looks at what has come. Gives the bytes, for the digest.
    pub fn listen(&mut self, ledger: &mut Ledger, unrecorded: bool) -> Vec<u8> {
        let heard = std::mem::take(&mut self.wire.borrow_mut().heard);
        self.unread.extend_from_slice(&heard);
        self.heard_anything |= !heard.is_empty();
        while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let line = String::from_utf8(line).expect("all that is sent is UTF-8");
            let line = line.trim_end_matches('\n');
            assert!(!line.contains('\r') && !line.contains('\u{1b}'), "a control character in {line:?}");
            assert!(
                self.closing.is_none() && !self.bye,
                "{line:?} came to {} after the last words",
                self.number
            );
            match self.kind {
                Kind::Text => self.text(line, ledger, unrecorded),
                Kind::Json | Kind::Control => self.json(line, ledger, unrecorded),
            }
        }
        heard
    }

    fn text(&mut self, line: &str, ledger: &Ledger, unrecorded: bool) {
        if let Some(sentence) = line.strip_prefix("[Server]: ") {
            if is_closing(sentence) {
                self.closing = Some(sentence.to_owned());
            }
            return;
        }
        let stamped = is_stamped(line);
        let said = if stamped { &line[22..] } else { line };
        // Without timestamps, only the history has them.
        let history = stamped && !self.stamps;
        let (said, kept) = match said.strip_suffix(" (not recorded)") {
            Some(said) => (said, false),
            None => (said, true),
        };
        if let Some((_, text)) = said.strip_prefix("[Whisper from ").and_then(|rest| rest.split_once("] ")) {
            self.whispered(token(text), ledger, unrecorded);
        } else if said.starts_with("[Announcement] ") {
        } else if let Some((_, text)) = said
            .strip_prefix("[Scheduled by ")
            .and_then(|rest| rest.split_once("] "))
            .or(said.split_once(" >> "))
        {
            self.message(token(text), kept, history, ledger, unrecorded);
        } else {
            panic!("{line:?} is nothing that anybody says");
        }
    }

    fn json(&mut self, line: &str, ledger: &mut Ledger, unrecorded: bool) {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line:?} is no JSON: {e}"));
        if let Some(re) = object.get("re") {
            return self.replied(re.as_u64().expect("ids are numbers"), &object, ledger, unrecorded);
        }
        let text = object["text"].as_str();
        match object["event"].as_str() {
            Some("message") => {
                let token = text.and_then(token);
                let seq = object["seq"].as_u64();
                assert!(seq.is_none() || seq == token.and_then(|one| ledger.seq_of(one)), "{line}");
                self.message(token, seq.is_some(), false, ledger, unrecorded);
            }
            Some("whisper") => self.whispered(text.and_then(token), ledger, unrecorded),
            Some("closing") => self.closing = text.map(str::to_owned),
            Some(_other) => {}
            None => assert!(object["error"]["code"].is_string(), "{line}"),
        }
    }

    fn message(
        &mut self,
        token: Option<Token>,
        kept: bool,
        history: bool,
        ledger: &Ledger,
        unrecorded: bool,
    ) {
        let token = token.expect("every text begins with its number");
        if !kept {
            // What was let through may be recorded when it is sent again.
            let right = ledger.seq_of(token).is_none() || ledger.with_mid.contains(&token);
            assert!(unrecorded && right, "t{token} was let through without a record");
            return;
        }
        let seq = ledger.seq_of(token).unwrap_or_else(|| panic!("t{token} was seen, and is not there"));
        if !history {
            assert!(seq > self.last_seq, "t{token} with seq {seq} came after {}", self.last_seq);
            self.last_seq = seq;
            self.messages.push(token);
        }
    }

    fn whispered(&mut self, token: Option<Token>, ledger: &Ledger, unrecorded: bool) {
        let token = token.expect("every text begins with its number");
        let meant = ledger.whispered_to.get(&token).expect("somebody whispered it");
        assert!(
            meant.iter().any(|name| self.names.contains(name)),
            "t{token} was whispered to somebody else"
        );
        assert!(unrecorded || ledger.whispers.contains(&token), "t{token} was whispered, and is not there");
    }

    fn replied(&mut self, re: u64, object: &Value, ledger: &mut Ledger, unrecorded: bool) {
        let asked = self.asked.remove(&re).unwrap_or_else(|| panic!("nobody waits for {object}"));
        let refused = object["error"]["code"].as_str();
        let seq = object["ok"]["seq"].as_u64();
        match asked {
            Asked::Say { token, mid } => match seq {
                Some(seq) => {
                    assert_eq!(ledger.seq_of(token), Some(seq), "t{token} has another seq in the database");
                    assert!(mid || re > self.replied_to, "says are answered out of order");
                    self.replied_to = self.replied_to.max(if mid { 0 } else { re });
                }
                None => {
                    assert!(unrecorded || refused.is_some(), "a say was answered without a seq");
                    assert!(mid || ledger.seq_of(token).is_none(), "t{token} was refused, and is there");
                    ledger.refused.extend((!mid).then_some(token));
                }
            },
            Asked::Whisper { token } => {
                let there = ledger.whispers.contains(&token);
                assert_eq!(refused.is_none() && object["ok"]["id"].is_u64(), there, "t{token} {object}");
            }
            Asked::Other => {}
        }
        if self.parting == Parting::Quit && object["ok"].as_object().is_some_and(|ok| ok.is_empty()) {
            self.bye = re == self.next_id;
        }
    }
}

/// Whether a date and a time stand before the line.
fn is_stamped(line: &str) -> bool {
    let stamp = line.strip_prefix('[').and_then(|rest| rest.get(..21));
    stamp.is_some_and(|stamp| stamp.ends_with("] ") && stamp.as_bytes()[4] == b'-')
}

fn is_closing(sentence: &str) -> bool {
    let beginnings = [
        "You were disconnected",
        "You have been kicked",
        "The server is shutting down",
        "The server is full",
        "There are too many connections from",
        "This is a chat server",
    ];
    beginnings.iter().any(|beginning| sentence.starts_with(beginning))
}
