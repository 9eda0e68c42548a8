//! What was said in the room and who has seen it: finds any line lost, doubled, changed, out of
//! order, or sent back to its speaker, and knows how far the slowest member is.
//!
//! It must not know about sockets or time. Why one list is enough: members that only listen must
//! all get the same lines in the same order, so the first one to see a message writes it down
//! and every other delivery is one comparison of bytes.

use std::collections::VecDeque;

use crate::Result;
use crate::clients::{lines, said};

/// The bytes of a sent line, its end included.
pub const LINE_BYTES: usize = 80;
const TEXT_BYTES: usize = LINE_BYTES - 1;
/// `m00042 >> `
const PREFIX_BYTES: usize = 10;
/// The bytes of a line as it is delivered, its end included.
const DELIVERED_BYTES: usize = PREFIX_BYTES + LINE_BYTES;

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
    /// All of `messages` as they are delivered, one after the other.
    bytes: Vec<u8>,
    members: Vec<Member>,
    /// By sender: the stamp of each line sent.
    stamps: Vec<Vec<u64>>,
    /// By sender: how many lines are in `messages`.
    ordered: Vec<usize>,
    sent: usize,
    received: usize,
    slowest: Slowest,
}

impl Order {
    /// The first `senders` of `members` speak; there has to be one who only listens.
    pub fn new(members: usize, senders: usize) -> Self {
        assert!(senders < members, "the order is taken from those who only listen");
        Self {
            messages: Vec::new(),
            bytes: Vec::new(),
            members: (0..members).map(|_| Member::default()).collect(),
            stamps: vec![Vec::new(); senders],
            ordered: vec![0; senders],
            sent: 0,
            received: 0,
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

    /// Whole lines a member got. `seen` gets the stamp of each that a member said.
    pub fn take(&mut self, member: usize, block: &[u8], mut seen: impl FnMut(u64)) -> Result<()> {
        let own = self.stamps.get(member).map_or(0, Vec::len);
        let before = self.members[member].received;
        let known = self.take_known(member, block, &mut seen);
        for line in lines(&block[known * DELIVERED_BYTES..]) {
            if line.starts_with(b"[Server]: Error") {
                return Err(said(line).into());
            }
            if !line.starts_with(b"[Server]: ") {
                seen(self.take_line(member, line)?);
            }
        }
        let received = self.members[member].received - before;
        self.received += received;
        self.slowest.advance(before + own, received);
        Ok(())
    }

    /// How many lines at the start of the block are what a listener has to get next and what
    /// others have already got.
    fn take_known(&mut self, member: usize, block: &[u8], seen: &mut impl FnMut(u64)) -> usize {
        if member < self.stamps.len() {
            return 0;
        }
        let state = &mut self.members[member];
        let due = &self.bytes[state.place * DELIVERED_BYTES..];
        let count = due.len().min(block.len()) / DELIVERED_BYTES;
        let bytes = count * DELIVERED_BYTES;
        if block[..bytes] != due[..bytes] {
            return 0;
        }
        for message in &self.messages[state.place..state.place + count] {
            seen(message.stamp);
        }
        state.place += count;
        state.received += count;
        count
    }

    fn take_line(&mut self, member: usize, line: &[u8]) -> Result<u64> {
        let stamp = if member < self.stamps.len() {
            self.take_as_sender(member, line)?
        } else {
            self.take_as_listener(member, line)?
        };
        self.members[member].received += 1;
        Ok(stamp)
    }

    /// Messages so far.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// Deliveries so far.
    pub fn received(&self) -> usize {
        self.received
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

    fn take_as_listener(&mut self, member: usize, line: &[u8]) -> Result<u64> {
        let (id, stamp) = self.identify(line)?;
        let place = self.members[member].place;
        self.members[member].place += 1;
        if let Some(Message { id: due, .. }) = self.messages.get(place) {
            if *due == id {
                return Ok(stamp);
            }
            return Err(format!("{} got {id:?} where {due:?} was due", nick(member)).into());
        }
        let due = self.ordered[id.sender];
        if id.number != due {
            return Err(format!("{} got {id:?} where number {due} was due", nick(member)).into());
        }
        self.ordered[id.sender] += 1;
        self.messages.push(Message { id, stamp });
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        Ok(stamp)
    }

    fn take_as_sender(&mut self, member: usize, line: &[u8]) -> Result<u64> {
        let (id, stamp) = self.identify(line)?;
        if id.sender == member {
            return Err(format!("{} got its own line back", nick(member)).into());
        }
        self.members[member].ahead.push_back(id);
        self.compare_ahead(member)?;
        Ok(stamp)
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

    /// Which message a delivered line is, and its stamp; all of its bytes must be as sent.
    fn identify(&self, delivered: &[u8]) -> Result<(Id, u64)> {
        let unknown = || said(delivered);
        if delivered.len() + 1 != DELIVERED_BYTES {
            return Err(unknown().into());
        }
        let text = &delivered[PREFIX_BYTES..];
        let id = Id {
            sender: digits(&text[..5]).ok_or_else(unknown)?,
            number: digits(&text[6..15]).ok_or_else(unknown)?,
        };
        let stamp = self.stamps.get(id.sender).and_then(|sent| sent.get(id.number));
        let stamp = *stamp.ok_or_else(unknown)?;
        let sent = line(id.sender, id.number);
        let prefix = format!("{} >> ", nick(id.sender));
        if delivered[..PREFIX_BYTES] != *prefix.as_bytes() || *text != sent[..TEXT_BYTES] {
            return Err(unknown().into());
        }
        Ok((id, stamp))
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
