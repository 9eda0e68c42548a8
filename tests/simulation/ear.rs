//! What one person heard of one room, and when they were to hear it.
//!
//! Knows seqs and nothing of why. Why spans and not a flag: the answer to a
//! `join` comes later than the first messages, and says from where on they are
//! its asker's.

use std::collections::BTreeSet;

/// To the end of all messages.
const OPEN: u64 = u64::MAX;

/// A stretch of messages: after the first seq, up to the second.
type Stretch = (u64, u64);

#[derive(Debug)]
struct Span {
    member: bool,
    /// What may be heard in it, and what must be.
    may: Stretch,
    must: Stretch,
}

#[derive(Default, Debug)]
pub struct Ear {
    heard: Vec<u64>,
    spans: Vec<Span>,
    /// Heard because its whole channel was subscribed to.
    by_channel: BTreeSet<u64>,
    /// Changed or deleted, as far as this one was told.
    changed: BTreeSet<u64>,
    /// Was invited once, or has ruled here: may hear a private room from outside.
    pub welcome: bool,
    /// Two things crossed each other, and what came of it cannot be told from here.
    pub doubt: bool,
}

/// What an ear is judged by.
pub struct Truth<'a> {
    /// The last message that there was to hear.
    pub until: u64,
    /// All of it must have been heard; else any beginning will do.
    pub all: bool,
    /// A request to come or go was never answered: it may have done so.
    pub moving: bool,
    /// What is said to this seq is not meant for this ear, or need not be.
    pub own: &'a dyn Fn(u64) -> bool,
    pub optional: &'a dyn Fn(u64) -> bool,
    pub private: &'a dyn Fn(u64) -> bool,
}

impl Ear {
    fn last(&self) -> u64 {
        self.heard.last().copied().unwrap_or(0)
    }

    pub fn is_in(&self) -> bool {
        self.spans.iter().any(|span| span.member && span.may.1 == OPEN)
    }

    /// Whether anything of it may come.
    pub fn hears(&self) -> bool {
        self.spans.iter().any(|span| span.may.1 == OPEN)
    }

    pub fn hear(&mut self, seq: u64, by_channel: bool) {
        assert!(seq > self.last(), "{seq} is heard after {}", self.last());
        assert!(!self.changed.contains(&seq), "{seq} is heard after it was changed");
        self.heard.push(seq);
        if by_channel {
            self.by_channel.insert(seq);
        }
    }

    pub fn change(&mut self, seq: u64) {
        self.changed.insert(seq);
    }

    /// Is in the room from this seq on.
    pub fn enter(&mut self, after: u64) {
        if !self.is_in() {
            self.spans.push(Span { member: true, may: (after, OPEN), must: (after, OPEN) });
        }
    }

    /// Subscribed at some moment before `delivered` had been said.
    pub fn subscribe(&mut self, delivered: u64) {
        self.spans.push(Span { member: false, may: (self.last(), OPEN), must: (delivered, OPEN) });
    }

    /// Has left, and heard up to this seq.
    pub fn leave(&mut self, at: u64) {
        let span = self.spans.iter_mut().rfind(|span| span.member && span.may.1 == OPEN);
        match span {
            Some(span) => (span.may.1, span.must.1) = (at, at.min(span.must.1)),
            None => assert!(self.doubt, "has left where they never were"),
        }
    }

    /// From now on nothing of it is heard; `members`: by those who are in it as well.
    pub fn end(&mut self, members: bool) {
        let last = self.last();
        for span in self.spans.iter_mut().filter(|span| span.may.1 == OPEN && (members || !span.member)) {
            (span.may.1, span.must.1) = (last, last.min(span.must.1));
        }
    }

    /// Who listens from outside may have been shut out.
    pub fn soften(&mut self) {
        let last = self.last();
        for span in self.spans.iter_mut().filter(|span| span.must.1 == OPEN && !span.member) {
            span.must.1 = last;
        }
    }

    /// Exactly what was to be heard, once, in order.
    pub fn judge(&self, truth: &Truth<'_>) -> Result<(), String> {
        let within = |stretch: Stretch, seq: u64| stretch.0 < seq && seq <= stretch.1;
        let doubt = self.doubt || truth.moving;
        let mut heard = self.heard.iter().copied().peekable();
        for seq in 1..=truth.until.max(self.last()) {
            if heard.next_if_eq(&seq).is_some() {
                if (truth.own)(seq) {
                    return Err(format!("their own {seq}"));
                }
                let by_span = self.spans.iter().any(|span| within(span.may, seq));
                if !by_span && !self.by_channel.contains(&seq) && !doubt {
                    return Err(format!("{seq} from outside: {self:?}"));
                }
                let member = self.spans.iter().any(|span| span.member && within(span.may, seq));
                if (truth.private)(seq) && !(member || self.welcome || doubt) {
                    return Err(format!("{seq} of a private room: {self:?}"));
                }
                continue;
            }
            let must = self.spans.iter().any(|span| within(span.must, seq)) && seq <= truth.until;
            if !must || self.doubt || (truth.own)(seq) || (truth.optional)(seq) {
                continue;
            }
            if (truth.all && !truth.moving) || heard.peek().is_some() {
                return Err(format!("nothing where {seq} was said: {self:?}"));
            }
        }
        Ok(())
    }
}
