//! One person's end of a line: what was sent, and what every byte heard means.
//!
//! Knows nothing of the server's inside. Why it judges line by line: what is
//! wrong is found where it was heard, not at the end of the world.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use chatd::core::name::{self, NameKey};
use chatd::core::time::Mono;
use chatd::net::connection::ConnectionId;

use super::ear::Ear;
use super::frames::{Frames, Heard};
use super::ledger::{Ledger, Token, token};
use super::listening::Listening;
use super::pipe::Wire;
use super::random::Random;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    Text,
    Json,
    WebSocket,
    Control,
}

/// What a request with an id was about.
#[derive(Clone, Debug)]
pub enum Asked {
    Hello,
    Say {
        token: Token,
        mid: bool,
    },
    Whisper {
        token: Token,
    },
    Rename {
        nick: NameKey,
    },
    Join {
        room: NameKey,
    },
    /// None: the room where one is.
    Leave {
        room: Option<NameKey>,
    },
    Close {
        room: Option<NameKey>,
    },
    Create,
    Edit {
        token: Option<Token>,
    },
    Users {
        of_room: bool,
    },
    MarkRead,
    Subscribe,
    Unsubscribe,
    History,
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
    /// On a WebSocket: with a last frame of one's own.
    Goodbye,
    /// On a WebSocket: with what no client may send.
    Broken,
    /// The daemon died.
    Cut,
}

pub struct Person {
    pub number: usize,
    pub kind: Kind,
    pub id: Option<ConnectionId>,
    pub wire: Rc<RefCell<Wire>>,
    /// On a WebSocket.
    pub frames: Option<Frames>,
    /// When something of theirs last went on its way, and the longest time between two such.
    pub sent_at: Mono,
    pub silent_ms: u64,
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
    /// The name that the server said they have.
    pub nick: Option<NameKey>,
    pub asked: BTreeMap<u64, Asked>,
    pub next_id: u64,
    /// Messages sent with an id of their own, to be sent again, and where.
    pub mids: Vec<(Token, &'static str)>,
    /// Wants stamps before what is said; such a one never asks for history.
    pub stamps: bool,
    pub named: bool,
    /// The lobby's last seq when they came in, and each room's when they had gone.
    pub entered_at: Option<u64>,
    pub left_at: Option<BTreeMap<NameKey, u64>>,
    pub ears: BTreeMap<NameKey, Ear>,
    /// The last answered request to listen to a room, or to stop that.
    pub subscribed: BTreeMap<NameKey, u64>,
    /// Channels subscribed to whole.
    pub watched: BTreeSet<NameKey>,
    pub listening: Listening,
    /// Up to where they have read each room under this name, as they were told.
    pub read: BTreeMap<NameKey, u64>,
    /// Was told so; tries to speak nevertheless, perhaps under another name.
    pub muted: bool,
    /// Rooms that they may have ruled.
    pub rules: BTreeSet<NameKey>,
    /// What messages say now, as they were told.
    pub known: BTreeMap<(NameKey, u64), Option<Token>>,
    pub whispers: BTreeSet<Token>,
    pub closing: Option<String>,
    pub(super) replied_to: u64,
    pub(super) bye: bool,
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
            frames: (kind == Kind::WebSocket).then(Frames::new),
            sent_at: Mono(0),
            silent_ms: 0,
            typed: VecDeque::new(),
            pace: 0,
            window,
            reading: true,
            was_slow: window < usize::MAX / 2,
            sent_overlong: false,
            parting: Parting::Here,
            names: Vec::new(),
            nick: None,
            asked: BTreeMap::new(),
            next_id: 0,
            mids: Vec::new(),
            stamps: false,
            named: false,
            entered_at: None,
            left_at: None,
            ears: BTreeMap::new(),
            subscribed: BTreeMap::new(),
            watched: BTreeSet::new(),
            listening: Listening::default(),
            read: BTreeMap::new(),
            muted: false,
            rules: BTreeSet::new(),
            known: BTreeMap::new(),
            whispers: BTreeSet::new(),
            closing: None,
            replied_to: 0,
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
        while let Some(line) = self.next_line() {
            let line = line.as_str();
            assert!(!line.contains('\r') && !line.contains('\u{1b}'), "a control character in {line:?}");
            assert!(
                self.closing.is_none() && !self.bye,
                "{line:?} came to {} after the last words",
                self.number
            );
            match self.kind {
                Kind::Text => self.text(line, ledger, unrecorded),
                Kind::Json | Kind::WebSocket | Kind::Control => self.json(line, ledger, unrecorded),
            }
        }
        heard
    }

    /// The next line, or what a frame says, once it is whole.
    fn next_line(&mut self) -> Option<String> {
        let Some(frames) = &mut self.frames else {
            let end = self.unread.iter().position(|byte| *byte == b'\n')?;
            let mut line: Vec<u8> = self.unread.drain(..=end).collect();
            line.pop();
            return Some(String::from_utf8(line).expect("all that is sent is UTF-8"));
        };
        loop {
            match frames.hear(&mut self.unread)? {
                Heard::Text(text) => return Some(text),
                // Who has said goodbye, or ends in the middle of a frame, has nothing to add.
                Heard::Ping(_) if !matches!(self.parting, Parting::Here | Parting::Quit) => {}
                Heard::Ping(payload) => {
                    self.typed.extend(Frames::pong(&mut Random::new(payload.len() as u64), &payload));
                }
                Heard::Status(status) => self.closing = Some(format!("Status {status}")),
                Heard::Close(1000) if self.parting == Parting::HalfClosed => {}
                Heard::Close(_) if self.bye || self.closing.is_some() => {}
                Heard::Close(code) => self.closing = Some(format!("Close {code}")),
            }
        }
    }

    fn text(&mut self, line: &str, ledger: &mut Ledger, unrecorded: bool) {
        if let Some(sentence) = line.strip_prefix("[Server]: ") {
            return self.told(sentence, ledger);
        }
        let stamped = is_stamped(line);
        let said = if stamped { &line[22..] } else { line };
        // Without timestamps, only the history has them.
        let history = stamped && !self.stamps;
        let (said, kept) = match said.strip_suffix(" (not recorded)") {
            Some(said) => (said, false),
            None => (said, true),
        };
        let said = match said.strip_suffix(" (edited)") {
            Some(said) => {
                let changed = said.split_once(" >> ").map(|(_, text)| text);
                // In the history a scheduled message and an action look otherwise.
                assert!(history || changed.and_then(token).is_some_and(|one| ledger.edits.contains(&one)));
                return;
            }
            None => said,
        };
        let action = || said.strip_prefix("* ").and_then(|rest| rest.split_once(' '));
        if let Some((_, text)) = said.strip_prefix("[Whisper from ").and_then(|rest| rest.split_once("] ")) {
            self.whispered(token(text), ledger, unrecorded);
        } else if said.starts_with("[Announcement] ") {
        } else if let Some((_, text)) = said
            .strip_prefix("[Scheduled by ")
            .and_then(|rest| rest.split_once("] "))
            .or(said.split_once(" >> "))
            .or_else(action)
        {
            let Some((room, seq)) = self.recorded(token(text), kept, ledger, unrecorded) else { return };
            if !history {
                assert!(!self.is_own(ledger, &room, seq), "their own line {said:?} came to {}", self.number);
                let mut listening = std::mem::take(&mut self.listening);
                listening.hear(&room, seq, &name::key("lobby"), |seq| self.had_to_hear(ledger, &room, seq));
                self.listening = listening;
            }
        } else {
            panic!("{line:?} is nothing that anybody says");
        }
    }

    /// A sentence of the server itself.
    fn told(&mut self, sentence: &str, ledger: &Ledger) {
        let put_out = ["You have been kicked from ", "You have been banned from "];
        if is_closing(sentence) {
            self.closing = Some(sentence.to_owned());
        } else if put_out.iter().any(|beginning| sentence.starts_with(beginning))
            || sentence.split_once(" has closed ").is_some_and(|(by, _)| !by.contains(' '))
        {
            self.listening.is_put_out();
        }
        self.muted |= sentence.starts_with("You have been muted");
        let where_to = sentence.split_once("You are alone in ").or(sentence.split_once("You are in "));
        if let Some((_, room)) = where_to.filter(|(before, _)| before.is_empty() || is_welcome(before)) {
            let room =
                name::key(room.split_once(" with ").map_or(room.trim_end_matches('.'), |(room, _)| room));
            if sentence.contains("You are alone in ") {
                self.rules.insert(room.clone());
            }
            let delivered = ledger.delivered(&room);
            self.listening.enters(room, delivered);
        }
        let ruled = sentence.strip_prefix("You own ").or(sentence.strip_prefix("You are a moderator of "));
        self.rules.extend(ruled.and_then(|rest| rest.strip_suffix(" now.")).map(name::key));
    }

    /// Where a message stands; none where it was let through without a record.
    pub(super) fn recorded(
        &mut self,
        token: Option<Token>,
        kept: bool,
        ledger: &Ledger,
        unrecorded: bool,
    ) -> Option<(NameKey, u64)> {
        let token = token.expect("every text begins with its number");
        if !kept {
            // What was let through may be recorded when it is sent again.
            let right = ledger.seq_of(token).is_none() || ledger.with_mid.contains(&token);
            assert!(unrecorded && right, "t{token} was let through without a record");
            return None;
        }
        if ledger.edits.contains(&token) {
            return None;
        }
        let place = ledger.place_of(token).unwrap_or_else(|| panic!("t{token} was seen, and is not there"));
        Some(place.clone())
    }

    /// What they said themselves is not said to them.
    pub fn is_own(&self, ledger: &Ledger, room: &NameKey, seq: u64) -> bool {
        let row = ledger.row(room, seq);
        !row.scheduled && ledger.said_by.get(&row.token) == Some(&self.number)
    }

    /// What need not be heard: what fires is not sent to whoever has its sender's name by then.
    pub fn is_optional(&self, ledger: &Ledger, room: &NameKey, seq: u64) -> bool {
        let row = ledger.row(room, seq);
        row.orphan || row.scheduled && self.names.contains(&row.sender)
    }

    pub fn had_to_hear(&self, ledger: &Ledger, room: &NameKey, seq: u64) -> bool {
        !self.is_own(ledger, room, seq) && !self.is_optional(ledger, room, seq)
    }

    pub(super) fn whispered(&mut self, token: Option<Token>, ledger: &Ledger, unrecorded: bool) {
        let token = token.expect("every text begins with its number");
        assert!(unrecorded || ledger.whispers.contains(&token), "t{token} was whispered, and is not there");
        match ledger.journal.meant.get(&token) {
            Some(meant) => assert!(meant.contains(&self.number), "t{token} was whispered to somebody else"),
            None => assert!(unrecorded, "t{token} was whispered, and nobody kept it"),
        }
        assert!(self.whispers.insert(token), "t{token} was whispered to {} twice", self.number);
    }
}

fn is_welcome(before: &str) -> bool {
    before.starts_with("Welcome, ")
}

/// Whether a date and a time stand before the line.
fn is_stamped(line: &str) -> bool {
    let stamp = line.strip_prefix('[').and_then(|rest| rest.get(..21));
    stamp.is_some_and(|stamp| stamp.ends_with("] ") && stamp.as_bytes()[4] == b'-')
}

fn is_closing(sentence: &str) -> bool {
    let beginnings = [
        "You were disconnected",
        "You have been kicked by",
        "You have been banned by",
        "You have been banned from lobby",
        "The server is shutting down",
        "The server is full",
        "There are too many connections from",
        "This is a chat server",
    ];
    beginnings.iter().any(|beginning| sentence.starts_with(beginning))
}
