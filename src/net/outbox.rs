//! What waits to be written, without a copy for each receiver.
//!
//! Knows bytes, not events. Why turn buffers: what many are told is encoded once
//! and written from where it stands; only what a socket does not take is copied.

use std::io::{self, IoSlice, Write};

use smallvec::SmallVec;

use crate::limits::{TURN_BYTES_KEPT, WRITE_SEGMENTS_MAX};
use crate::wire::Dialect;

/// A stretch of one turn buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Segment {
    buffer: u32,
    start: u32,
    end: u32,
}

/// All that is said in one turn: a buffer of events for each dialect, and one of replies.
/// Replies stand apart, so that the events of a busy room stay one stretch for its members.
#[derive(Debug)]
pub struct TurnBuffers([Vec<u8>; Dialect::COUNT + 1]);

/// Bytes just put into a turn buffer.
#[derive(Clone, Copy, Debug)]
pub struct Written(Segment);

impl Written {
    /// This dialect had no words for it.
    pub fn is_empty(self) -> bool {
        self.0.start == self.0.end
    }
}

impl Default for TurnBuffers {
    fn default() -> TurnBuffers {
        TurnBuffers(std::array::from_fn(|_| Vec::new()))
    }
}

impl TurnBuffers {
    const REPLIES: usize = Dialect::COUNT;

    /// Has `write` append what everybody of this dialect is told.
    pub fn event(&mut self, dialect: Dialect, write: impl FnOnce(&mut Vec<u8>)) -> Written {
        self.append(dialect.index(), write)
    }

    /// Has `write` append what one connection is told.
    pub fn reply(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Written {
        self.append(TurnBuffers::REPLIES, write)
    }

    fn append(&mut self, index: usize, write: impl FnOnce(&mut Vec<u8>)) -> Written {
        let buffer = &mut self.0[index];
        let start = buffer.len() as u32;
        write(buffer);
        let end = u32::try_from(buffer.len()).expect("a turn is flushed long before 4 GiB");
        Written(Segment { buffer: index as u32, start, end })
    }

    /// How much this turn has put in so far; the loop ends a turn that grows too long.
    pub fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the turn. Every outbox has been flushed or has copied what was left.
    pub fn clear(&mut self) {
        for buffer in &mut self.0 {
            buffer.clear();
            buffer.shrink_to(TURN_BYTES_KEPT);
        }
    }

    fn bytes(&self, segment: Segment) -> &[u8] {
        &self.0[segment.buffer as usize][segment.start as usize..segment.end as usize]
    }
}

/// One connection's share: stretches of this turn, and what earlier turns could not write.
#[derive(Default, Debug)]
pub struct Outbox {
    segments: SmallVec<[Segment; 2]>,
    backlog: Vec<u8>,
    /// Bytes of `backlog` that are written already.
    written: usize,
}

impl Outbox {
    /// Adds a stretch; one that continues the last just makes it longer. True for the first of a turn.
    #[inline]
    pub fn push(&mut self, written: Written) -> bool {
        if written.is_empty() {
            return false;
        }
        let Written(segment) = written;
        if let Some(last) = self.segments.last_mut() {
            if last.buffer == segment.buffer && last.end == segment.start {
                last.end = segment.end;
            } else {
                self.segments.push(segment);
            }
            return false;
        }
        self.segments.push(segment);
        true
    }

    /// Bytes that earlier turns have left over.
    pub fn backlog_bytes(&self) -> usize {
        self.backlog.len() - self.written
    }

    /// All that is to be written, what this turn has added included.
    pub fn waiting_bytes(&self) -> usize {
        let added: u32 = self.segments.iter().map(|segment| segment.end - segment.start).sum();
        self.backlog_bytes() + added as usize
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.backlog_bytes() == 0
    }

    /// Writes what the socket takes and keeps the rest. Gives the bytes that were written.
    pub fn flush(&mut self, turn: &TurnBuffers, socket: &mut impl Write) -> io::Result<usize> {
        let outcome = if self.backlog.is_empty() {
            self.write_segments(turn, socket)
        } else {
            self.keep_segments(turn, 0);
            self.write_backlog(socket)
        };
        // An error ends the connection: nothing of it may be left pointing into the turn.
        if outcome.is_err() {
            self.segments = SmallVec::new();
        }
        outcome
    }

    fn write_segments(&mut self, turn: &TurnBuffers, socket: &mut impl Write) -> io::Result<usize> {
        let all: usize = self.segments.iter().map(|segment| (segment.end - segment.start) as usize).sum();
        let mut total = 0;
        while total < all {
            let wrote = match self.write_once(turn, socket, total) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(wrote) => wrote,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.keep_segments(turn, total);
                    return Ok(total);
                }
                Err(error) => return Err(error),
            };
            total += wrote;
        }
        if self.segments.spilled() {
            self.segments = SmallVec::new();
        } else {
            self.segments.clear();
        }
        Ok(total)
    }

    fn write_once(&self, turn: &TurnBuffers, socket: &mut impl Write, skip: usize) -> io::Result<usize> {
        if let [only] = self.segments[..] {
            return socket.write(&turn.bytes(only)[skip..]);
        }
        let mut skip = skip;
        let mut slices: SmallVec<[IoSlice<'_>; 8]> = SmallVec::new();
        for segment in &self.segments {
            let bytes = turn.bytes(*segment);
            if skip >= bytes.len() {
                skip -= bytes.len();
                continue;
            }
            slices.push(IoSlice::new(&bytes[skip..]));
            skip = 0;
            if slices.len() == WRITE_SEGMENTS_MAX {
                break;
            }
        }
        socket.write_vectored(&slices)
    }

    /// Copies this turn's stretches, but for the first `skip` bytes, behind the backlog.
    fn keep_segments(&mut self, turn: &TurnBuffers, mut skip: usize) {
        for segment in std::mem::take(&mut self.segments) {
            let bytes = turn.bytes(segment);
            let skipped = skip.min(bytes.len());
            skip -= skipped;
            self.backlog.extend_from_slice(&bytes[skipped..]);
        }
    }

    fn write_backlog(&mut self, socket: &mut impl Write) -> io::Result<usize> {
        let mut total = 0;
        while self.written < self.backlog.len() {
            match socket.write(&self.backlog[self.written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(wrote) => {
                    self.written += wrote;
                    total += wrote;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.compact();
                    return Ok(total);
                }
                Err(error) => return Err(error),
            }
        }
        // An idle connection owns no buffer.
        self.backlog = Vec::new();
        self.written = 0;
        Ok(total)
    }

    /// Drops the written half once it is the larger one, so that copying stays rare.
    fn compact(&mut self) {
        if self.written > self.backlog.len() / 2 {
            self.backlog.drain(..self.written);
            self.written = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;
    use crate::wire::Protocol;

    const TEXT: Dialect = Dialect { protocol: Protocol::Text, timestamps: false, lang: Lang::En };

    /// Takes `room` bytes, then blocks.
    struct Pipe {
        taken: Vec<u8>,
        room: usize,
        writes: usize,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let taken = bytes.len().min(self.room);
            self.room -= taken;
            self.writes += 1;
            self.taken.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipe(room: usize) -> Pipe {
        Pipe { taken: Vec::new(), room, writes: 0 }
    }

    #[test]
    fn a_busy_room_is_one_stretch() {
        let mut turn = TurnBuffers::default();
        let mut outbox = Outbox::default();
        for _ in 0..100 {
            let said = turn.event(TEXT, |out| out.extend_from_slice(b"hello\n"));
            turn.reply(|out| out.extend_from_slice(b"somebody else's\n"));
            outbox.push(said);
        }
        let mut socket = pipe(usize::MAX);
        assert_eq!(outbox.flush(&turn, &mut socket).unwrap(), 600);
        assert_eq!(socket.writes, 1);
        assert!(outbox.is_empty());
    }

    #[test]
    fn whatever_the_socket_takes_the_bytes_arrive_in_order() {
        let words = ["one ", "two ", "three ", "four "];
        for room in 0..24 {
            let mut turn = TurnBuffers::default();
            let mut outbox = Outbox::default();
            for (index, word) in words.iter().enumerate() {
                let put = |out: &mut Vec<u8>| out.extend_from_slice(word.as_bytes());
                let written = if index % 2 == 0 { turn.event(TEXT, put) } else { turn.reply(put) };
                outbox.push(written);
            }
            let mut socket = pipe(room);
            outbox.flush(&turn, &mut socket).unwrap();
            turn.clear();
            outbox.push(turn.event(TEXT, |out| out.extend_from_slice(b"five")));
            socket.room = 3;
            outbox.flush(&turn, &mut socket).unwrap();
            turn.clear();
            socket.room = usize::MAX;
            outbox.flush(&turn, &mut socket).unwrap();
            assert_eq!(String::from_utf8(socket.taken).unwrap(), "one two three four five", "room {room}");
            assert!(outbox.is_empty());
        }
    }
}
