//! What was said in the room and who has seen it: finds any line lost, doubled, changed, out of
//! order, or sent back to its speaker, and knows how far the slowest member is.
//!
//! It must not know about sockets or time. Why one list is enough: members that only listen must
//! all get the same lines in the same order, so the first one to see a message writes it down
//! and every other delivery is one comparison of bytes.

use std::collections::VecDeque;

use serde::Deserialize;

use crate::Result;
use crate::clients::{Dialect, said};

/// The bytes of a sent line, its end included.
pub const LINE_BYTES: usize = 80;
const TEXT_BYTES: usize = LINE_BYTES - 1;

pub fn nick(member: usize) -> String {
    format!("m{member:05}")
}

/// The `number`th line of a member, its end included.
pub fn line(member: usize, number: usize) -> Vec<u8> {
    let mut line = format!("{member:05} {number:09} ").into_bytes();
    let words = b"the build is green again, so who takes the release notes for today?";
    line.extend(words.iter().cycle().take(TEXT_BYTES - line.len()));
    line.push(b'\n');
    line
}

/// A message: who said it, and which of theirs it is, from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Id {
    sender: usize,
    number: usize,
}

struct Message {
    id: Id,
    stamp: u64,
    /// Where it ends in the bytes of all.
    end: usize,
}

/// A message as it comes in an object.
#[derive(Deserialize)]
struct Delivered<'a> {
    event: Option<&'a str>,
    from: Option<&'a str>,
    text: Option<&'a str>,
}

#[derive(Default)]
struct Member {
    received: usize,
    /// Where in the order the next line has to be found.
    place: usize,
    /// A sender's lines that no listener has seen yet: its own lines, which it does not get,
    /// may come between them.
    ahead: VecDeque<Id>,
}

pub struct Order {
    messages: Vec<Message>,
    /// All of `messages` as they are delivered to listeners, one after the other.
    bytes: Vec<u8>,
    /// How they hear it.
    dialect: Dialect,
    members: Vec<Member>,
    /// By sender: the stamp of each line sent.
    stamps: Vec<Vec<u64>>,
    /// By sender: how many lines are in `messages`.
    ordered: Vec<usize>,
    sent: usize,
    received: usize,
    received_bytes: usize,
    slowest: Slowest,
}

impl Order {
    /// The first `senders` of `members` speak, over lines; there has to be one who only listens.
    pub fn new(members: usize, senders: usize, dialect: Dialect) -> Self {
        assert!(senders < members, "the order is taken from those who only listen");
        Self {
            messages: Vec::new(),
            bytes: Vec::new(),
            dialect,
            members: (0..members).map(|_| Member::default()).collect(),
            stamps: vec![Vec::new(); senders],
            ordered: vec![0; senders],
            sent: 0,
            received: 0,
            received_bytes: 0,
            slowest: Slowest::new(members),
        }
    }

    /// The sender's next line, which it now sends.
    pub fn say(&mut self, sender: usize, stamp: u64) -> Vec<u8> {
        let number = self.stamps[sender].len();
        self.stamps[sender].push(stamp);
        self.sent += 1;
        let seen = self.members[sender].received + number;
        self.slowest.advance(seen, 1);
        line(sender, number)
    }

    /// Whole lines or frames a member got. `seen` gets the stamp of each that a member said.
    pub fn take(&mut self, member: usize, block: &[u8], mut seen: impl FnMut(u64)) -> Result<()> {
        let own = self.stamps.get(member).map_or(0, Vec::len);
        let before = self.members[member].received;
        let known = self.take_known(member, block, &mut seen);
        for (whole, said) in self.dialect_of(member).split(&block[known..]) {
            if let Some((id, stamp)) = self.identify(member, said)? {
                self.take_message(member, id, stamp, whole)?;
                seen(stamp);
            }
        }
        let received = self.members[member].received - before;
        self.received += received;
        self.received_bytes += block.len();
        self.slowest.advance(before + own, received);
        Ok(())
    }

    fn dialect_of(&self, member: usize) -> Dialect {
        if member < self.stamps.len() { Dialect::Text } else { self.dialect }
    }

    /// How many bytes at the start of the block are what a listener has to get next and what
    /// others have already got.
    fn take_known(&mut self, member: usize, block: &[u8], seen: &mut impl FnMut(u64)) -> usize {
        if member < self.stamps.len() {
            return 0;
        }
        let state = &mut self.members[member];
        let start = state.place.checked_sub(1).map_or(0, |last| self.messages[last].end);
        let due = &self.messages[state.place..];
        let count = due.partition_point(|message| message.end - start <= block.len());
        let due = &due[..count];
        let bytes = due.last().map_or(0, |last| last.end - start);
        if block[..bytes] != self.bytes[start..start + bytes] {
            return 0;
        }
        for message in due {
            seen(message.stamp);
        }
        state.place += count;
        state.received += count;
        bytes
    }

    fn take_message(&mut self, member: usize, id: Id, stamp: u64, whole: &[u8]) -> Result<()> {
        if member < self.stamps.len() {
            self.take_as_sender(member, id)?;
        } else {
            self.take_as_listener(member, id, stamp, whole)?;
        }
        self.members[member].received += 1;
        Ok(())
    }

    /// Messages so far.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// Deliveries so far.
    pub fn received(&self) -> usize {
        self.received
    }

    /// The bytes of the deliveries, with what stands around them.
    pub fn received_bytes(&self) -> usize {
        self.received_bytes
    }

    /// Messages that at least one member has not seen.
    pub fn in_flight(&self) -> usize {
        self.sent - self.slowest.seen
    }

    /// To be called when nothing is in flight.
    pub fn check_complete(&mut self) -> Result<()> {
        if self.messages.len() != self.sent {
            return Err(format!("{} sent, {} seen", self.sent, self.messages.len()).into());
        }
        for sender in 0..self.stamps.len() {
            self.compare_ahead(sender)?;
            if !self.members[sender].ahead.is_empty() {
                return Err(format!("{} got lines that nobody else did", nick(sender)).into());
            }
        }
        for (member, state) in self.members.iter().enumerate() {
            let own = self.stamps.get(member).map_or(0, Vec::len);
            if state.received + own != self.sent {
                let (got, of) = (state.received, self.sent - own);
                return Err(format!("{} got {got} lines of {of}", nick(member)).into());
            }
        }
        Ok(())
    }

    fn take_as_listener(&mut self, member: usize, id: Id, stamp: u64, whole: &[u8]) -> Result<()> {
        let place = self.members[member].place;
        self.members[member].place += 1;
        if let Some(Message { id: due, .. }) = self.messages.get(place) {
            if *due == id {
                return Ok(());
            }
            return Err(format!("{} got {id:?} where {due:?} was due", nick(member)).into());
        }
        let due = self.ordered[id.sender];
        if id.number != due {
            return Err(format!("{} got {id:?} where number {due} was due", nick(member)).into());
        }
        self.ordered[id.sender] += 1;
        self.bytes.extend_from_slice(whole);
        self.messages.push(Message { id, stamp, end: self.bytes.len() });
        Ok(())
    }

    fn take_as_sender(&mut self, member: usize, id: Id) -> Result<()> {
        if id.sender == member {
            return Err(format!("{} got its own line back", nick(member)).into());
        }
        self.members[member].ahead.push_back(id);
        self.compare_ahead(member)
    }

    fn compare_ahead(&mut self, sender: usize) -> Result<()> {
        let member = &mut self.members[sender];
        while let (Some(message), Some(&got)) = (self.messages.get(member.place), member.ahead.front()) {
            member.place += 1;
            if message.id.sender == sender {
                continue;
            }
            if message.id != got {
                let due = message.id;
                return Err(format!("{} got {got:?} where {due:?} was due", nick(sender)).into());
            }
            member.ahead.pop_front();
        }
        Ok(())
    }

    /// Which message this is, and its stamp; all of its text must be as sent. None: the server itself
    /// says something.
    fn identify(&self, member: usize, delivered: &[u8]) -> Result<Option<(Id, u64)>> {
        let unknown = || said(delivered);
        let spoken = match self.dialect_of(member) {
            Dialect::Text => spoken_line(delivered),
            Dialect::Json | Dialect::WebSocket => spoken_object(delivered),
        };
        let (from, text) = match spoken.ok_or_else(unknown)? {
            Spoken::Server => return Ok(None),
            Spoken::Member(from, text) if text.len() == TEXT_BYTES => (from, text),
            Spoken::Member(..) => return Err(unknown().into()),
        };
        let id = Id {
            sender: digits(&text[..5]).ok_or_else(unknown)?,
            number: digits(&text[6..15]).ok_or_else(unknown)?,
        };
        let stamp = self.stamps.get(id.sender).and_then(|sent| sent.get(id.number));
        let stamp = *stamp.ok_or_else(unknown)?;
        if from != nick(id.sender).as_bytes() || *text != line(id.sender, id.number)[..TEXT_BYTES] {
            return Err(unknown().into());
        }
        Ok(Some((id, stamp)))
    }
}

/// Who speaks in what came.
enum Spoken<'a> {
    Server,
    Member(&'a [u8], &'a [u8]),
}

/// None: an error.
fn spoken_line(line: &[u8]) -> Option<Spoken<'_>> {
    if let Some(sentence) = line.strip_prefix(b"[Server]: ") {
        return (!sentence.starts_with(b"Error")).then_some(Spoken::Server);
    }
    let between = memchr::memmem::find(line, b" >> ")?;
    Some(Spoken::Member(&line[..between], &line[between + 4..]))
}

fn spoken_object(object: &[u8]) -> Option<Spoken<'_>> {
    let delivered: Delivered = serde_json::from_slice(object).ok()?;
    match delivered.event? {
        "message" => Some(Spoken::Member(delivered.from?.as_bytes(), delivered.text?.as_bytes())),
        _other => Some(Spoken::Server),
    }
}

fn digits(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + usize::from(byte - b'0')))
}

/// The least of many counters that only grow, without looking at all of them.
struct Slowest {
    /// How many messages the slowest member has seen.
    seen: usize,
    /// How many members have seen `seen`, `seen + 1`, … messages.
    members: VecDeque<usize>,
}

impl Slowest {
    fn new(members: usize) -> Self {
        Self { seen: 0, members: VecDeque::from([members]) }
    }

    /// A member that had seen `from` messages has seen `by` more.
    fn advance(&mut self, from: usize, by: usize) {
        let place = from - self.seen;
        if self.members.len() <= place + by {
            self.members.resize(place + by + 1, 0);
        }
        self.members[place] -= 1;
        self.members[place + by] += 1;
        while self.members[0] == 0 {
            self.members.pop_front();
            self.seen += 1;
        }
    }
}
