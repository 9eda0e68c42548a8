//! Which files are on their way, between which connections, and how fast.
//!
//! Knows no socket. Why apart from `relay`: what is true of a transfer at any moment is seen here at once.

use std::collections::{BTreeMap, BTreeSet};

use super::connection::ConnectionId;
use super::http::Manner;
use crate::core::time::{Mono, Now};
use crate::limits::{RELAY_SHARES, RELAY_STALL_MS};

/// All transfers with at least one end here, by the number of their offer.
#[derive(Default, Debug)]
pub(super) struct Relays {
    pub(super) running: BTreeMap<u64, Relay>,
    /// Those that are to be looked at.
    awake: BTreeSet<u64>,
}

#[derive(Debug)]
pub(super) struct Relay {
    /// Of the file.
    pub(super) size: u64,
    pub(super) sender: Option<End>,
    pub(super) receiver: Option<End>,
    /// Both have been there.
    pub(super) begun: bool,
    /// The offer is over.
    pub(super) over: bool,
    /// When the first end came, or something last went through.
    pub(super) moved: Mono,
    pub(super) pace: Pace,
}

/// One of the two.
#[derive(Debug)]
pub(super) struct End {
    pub(super) id: ConnectionId,
    pub(super) manner: Manner,
    /// The byte of the file that comes next: to be read from the sender, or to be handed to the receiver.
    pub(super) next: u64,
    /// What it is told when the other one is there.
    pub(super) greeting: Vec<u8>,
}

/// Which of the two somebody is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Sender,
    Receiver,
}

/// How much may go through just now, where the rate is limited.
#[derive(Default, Debug)]
pub(super) struct Pace {
    share: u64,
    since: Mono,
    /// When there is a share again.
    again: Option<Mono>,
}

impl Relays {
    /// Has a transfer be looked at before the turn ends.
    pub(super) fn wake(&mut self, offer: u64) {
        self.awake.insert(offer);
    }

    pub(super) fn take_awake(&mut self) -> BTreeSet<u64> {
        std::mem::take(&mut self.awake)
    }

    pub(super) fn has_work(&self) -> bool {
        !self.awake.is_empty()
    }

    /// When one has waited for too long, or has a share again.
    pub(super) fn next_deadline(&self) -> Option<Mono> {
        self.running.values().map(Relay::due).min()
    }

    pub(super) fn wake_due(&mut self, now: Now) {
        for (offer, relay) in self.running.iter_mut().filter(|(_, relay)| relay.due() <= now.mono) {
            relay.pace.again = None;
            self.awake.insert(*offer);
        }
    }

    pub(super) fn end(&mut self, offer: u64) {
        if let Some(relay) = self.running.get_mut(&offer) {
            relay.over = true;
            self.wake(offer);
        }
    }

    /// This connection is at no transfer any more.
    pub(super) fn leave(&mut self, offer: u64, id: ConnectionId) {
        let Some(relay) = self.running.get_mut(&offer) else { return };
        for side in [Side::Sender, Side::Receiver] {
            relay.end(side).take_if(|end| end.id == id);
        }
        self.wake(offer);
    }

    /// Who is at which transfer.
    pub(super) fn ends(&self) -> impl Iterator<Item = (u64, ConnectionId)> {
        let both = |(offer, relay): (&u64, &Relay)| {
            let offer = *offer;
            [&relay.sender, &relay.receiver].map(|end| end.as_ref().map(|end| (offer, end.id)))
        };
        self.running.iter().flat_map(both).flatten()
    }
}

impl Relay {
    pub(super) fn new(size: u64, now: Now) -> Relay {
        let (sender, receiver, pace) = (None, None, Pace::default());
        Relay { size, sender, receiver, begun: false, over: false, moved: now.mono, pace }
    }

    pub(super) fn end(&mut self, side: Side) -> &mut Option<End> {
        match side {
            Side::Sender => &mut self.sender,
            Side::Receiver => &mut self.receiver,
        }
    }

    pub(super) fn begin(&mut self, now: Now) {
        (self.begun, self.moved, self.pace.since) = (true, now.mono, now.mono);
    }

    /// Takes bytes of the sender. Gives those that the receiver does not have.
    pub(super) fn take<'b>(&mut self, now: Now, bytes: &'b [u8]) -> &'b [u8] {
        let (Some(sender), Some(receiver)) = (&mut self.sender, &mut self.receiver) else { return &[] };
        let known = usize::try_from(receiver.next - sender.next).unwrap_or(usize::MAX).min(bytes.len());
        let fresh = &bytes[known..];
        sender.next += bytes.len() as u64;
        receiver.next += fresh.len() as u64;
        self.moved = now.mono;
        self.pace.share = self.pace.share.saturating_sub(bytes.len() as u64);
        fresh
    }

    /// Whether the sender has sent everything.
    pub(super) fn is_read(&self) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.next == self.size)
    }

    fn due(&self) -> Mono {
        let stalled = self.moved.after_ms(RELAY_STALL_MS);
        self.pace.again.map_or(stalled, |again| again.min(stalled))
    }
}

impl Pace {
    /// How many of `left` bytes may go now, at `rate` bytes a second (0: any); none: later.
    pub(super) fn take(&mut self, now: Now, rate: u64, left: u64) -> Option<u64> {
        self.again = None;
        if rate == 0 {
            return Some(left);
        }
        let whole = (rate / RELAY_SHARES).max(1);
        let earned = now.mono.since_ms(self.since).saturating_mul(rate) / 1000;
        if earned > 0 {
            // One more, so that a turn that comes late costs nothing.
            self.share = self.share.saturating_add(earned).min(2 * whole);
            self.since = now.mono;
        }
        if self.share < whole.min(left) {
            self.again = Some(now.mono.after_ms(1000 / RELAY_SHARES));
            return None;
        }
        Some(self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::Wall;

    #[test]
    fn a_limited_rate_is_kept() {
        let mut pace = Pace::default();
        let (mut ms, mut went) = (0, 0);
        let at = |ms| Now { mono: Mono(ms), wall: Wall(0) };
        while ms <= 10_000 {
            if let Some(bytes) = pace.take(at(ms), 100_000, u64::MAX) {
                pace.share -= bytes;
                went += bytes;
            }
            ms += 7;
        }
        assert!((990_000..=1_000_000).contains(&went), "{went} in ten seconds");
        // What is left out is not caught up with.
        assert_eq!(pace.take(at(60_000), 100_000, u64::MAX), Some(10_000));
        assert_eq!(pace.take(at(60_000), 0, 7), Some(7));
        pace.share = 0;
        assert_eq!(pace.take(at(60_000), 100_000, 1), None);
        assert_eq!(pace.again, Some(Mono(60_050)));
        assert_eq!(pace.take(at(60_001), 100_000, 1), Some(100));
    }

    #[test]
    fn what_the_receiver_has_is_left_out() {
        let now = Now { mono: Mono(0), wall: Wall(0) };
        let id = ConnectionId { slot: 0, serial: 0 };
        let end = |next| Some(End { id, manner: Manner::default(), next, greeting: Vec::new() });
        let mut relay = Relay { sender: end(0), receiver: end(5), ..Relay::new(9, now) };
        assert_eq!(relay.take(now, b"abc"), b"");
        assert_eq!(relay.take(now, b"defg"), b"fg");
        assert_eq!(relay.take(now, b"hi"), b"hi");
        assert_eq!((relay.sender.unwrap().next, relay.receiver.unwrap().next), (9, 9));
    }
}
