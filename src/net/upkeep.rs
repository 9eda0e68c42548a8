//! Keeping the lines in order: deadlines, flushing, and letting go.
//!
//! Knows nothing of what is said. Why failures are only noted where they are
//! found: the hub is told between the phases, never in the middle of one.

use std::io;

use super::connection::{Connection, ConnectionId, Stage, Why};
use super::exchange::{Exchange, Stream};
use super::rest::Next;
use super::story;
use crate::core::effect::Input;
use crate::core::event::Farewell;
use crate::core::time::{Mono, Now};
use crate::limits::{BACKLOG_SOFT_BYTES, DRAIN_MS, STOP_MS, WRITE_STALL_MS};
use crate::wire::Protocol;

impl<S: Stream> Exchange<S> {
    /// When [`Exchange::settle`] has something to do by itself.
    pub fn next_deadline(&self) -> Option<Mono> {
        let connections = self.deadlines.first().map(|(at, _, _)| *at);
        let others = [self.rest.next_deadline(), self.relays.next_deadline()];
        connections.into_iter().chain(others.into_iter().flatten()).min()
    }

    /// Whether something waits to be settled or flushed, whatever the poll says.
    pub fn has_work(&self) -> bool {
        self.has_readable()
            || self.rest.has_next()
            || self.relays.has_work()
            || !(self.failed.is_empty() && self.overflowed.is_empty() && self.dirty.is_empty())
    }

    pub(super) fn start_deadlines(&mut self, now: Now, id: ConnectionId) {
        let (login_ms, idle_ms) = (self.bounds.login_ms, self.bounds.idle_ms);
        if self.get(id).is_some_and(|connection| connection.control) {
            return;
        }
        for (ms, why) in [(login_ms, Why::Login), (idle_ms, Why::Idle)] {
            if ms > 0 {
                self.deadlines.insert((now.mono.after_ms(ms), id, why));
            }
        }
    }

    /// How many jobs the store has not answered; decides whether people are read from.
    pub fn set_store_queue(&mut self, jobs: usize) {
        self.store_queue = jobs;
    }

    /// A socket that was full can take something again.
    pub fn mark_writable(&mut self, id: ConnectionId) {
        let Some(connection) = self.get_mut(id) else { return };
        if connection.outbox.backlog_bytes() > 0 && !std::mem::replace(&mut connection.dirty, true) {
            self.dirty.push(id.slot);
        }
    }

    /// The other side has ended, perhaps behind bytes that are still to be read.
    pub fn mark_hung_up(&mut self, id: ConnectionId) {
        if let Some(connection) = self.get_mut(id) {
            connection.hung_up = true;
        }
        self.mark_readable(id);
    }

    /// The socket cannot be used; the hub is told when this turn settles.
    pub fn fail(&mut self, id: ConnectionId) {
        self.failed.push(id);
    }

    /// The daemon ends: who never said anything needs no goodbye.
    pub fn drop_undecided(&mut self, now: Now) {
        let undecided = |(slot, connection): (usize, &Connection<S>)| {
            let id = ConnectionId { slot: slot as u32, serial: connection.serial };
            matches!(connection.stage, Stage::Undecided(_) | Stage::Http).then_some(id)
        };
        let silent: Vec<ConnectionId> = self.connections.iter().filter_map(undecided).collect();
        for id in silent {
            self.dismiss(now, id, &Farewell::Shutdown { reason: None });
        }
    }

    /// What failed, overflowed or ran out of time becomes known to the hub.
    pub fn settle(&mut self, now: Now) {
        for id in std::mem::take(&mut self.failed) {
            self.vanish(now, id);
        }
        for id in std::mem::take(&mut self.overflowed) {
            self.dismiss(now, id, &Farewell::SlowConsumer);
        }
        self.settle_half_closed(now);
        self.end_idle_sessions(now);
        self.relays.wake_due(now);
        while let Some((at, id, why)) = self.deadlines.first().copied() {
            if at > now.mono {
                break;
            }
            self.deadlines.remove(&(at, id, why));
            self.overdue(now, id, why);
        }
    }

    /// Who has said all they will say goes once everything asked for is answered.
    fn settle_half_closed(&mut self, now: Now) {
        for id in std::mem::take(&mut self.half_closed) {
            let Some(session) = self.get(id).and_then(|connection| connection.session()) else { continue };
            if self.hub.unanswered(session) > 0 {
                self.half_closed.push(id);
                continue;
            }
            self.dismiss(now, id, &Farewell::Quit);
        }
    }

    fn overdue(&mut self, now: Now, id: ConnectionId, why: Why) {
        let idle_ms = self.bounds.idle_ms;
        let Some(connection) = self.get(id) else { return };
        match why {
            Why::Login if connection.stage == Stage::Http => {
                // From one answer to the next request it may take as long as to a nickname.
                let visit = connection.http.as_ref();
                let asked = visit.map_or(connection.last_heard, |visit| visit.asked);
                let answered = visit.is_none_or(|visit| !visit.awaits());
                let login_ms = self.bounds.login_ms;
                let due = if answered { asked.after_ms(login_ms) } else { now.mono.after_ms(login_ms) };
                if login_ms == 0 {
                } else if due <= now.mono {
                    self.let_go(now, id);
                } else {
                    self.deadlines.insert((due, id, Why::Login));
                }
            }
            Why::Login => {
                let named = connection.session().is_some_and(|session| self.hub.has_nick(session));
                // Who only listens needs no name.
                let listens = connection.speaks(Protocol::Events);
                // What came by the connection before it was a WebSocket was somebody else's, perhaps.
                let since = connection.frames.as_ref().map(|frames| frames.since());
                let early = since.is_some_and(|since| since.after_ms(self.bounds.login_ms) > now.mono);
                if !named && !listens && !early && connection.stage != Stage::Draining {
                    self.dismiss(now, id, &Farewell::LoginTimeout);
                }
            }
            Why::Idle => {
                let relays = connection.http.as_ref().is_some_and(|visit| visit.relay.is_some());
                let heard = if relays { now.mono } else { connection.last_heard };
                let due = heard.after_ms(idle_ms);
                if connection.speaks(Protocol::Events) {
                    // Who only listens has no word to say.
                } else if idle_ms > 0 && due <= now.mono {
                    self.dismiss(now, id, &Farewell::Idle);
                } else if idle_ms > 0 {
                    self.deadlines.insert((due, id, Why::Idle));
                }
            }
            Why::Overlong => {
                if connection.inbox.is_dropping() {
                    self.dismiss(now, id, &Farewell::OverlongLines);
                }
            }
            Why::Stall => {
                let due = connection.last_taken.after_ms(WRITE_STALL_MS);
                if connection.outbox.backlog_bytes() == 0 {
                } else if due <= now.mono {
                    self.dismiss(now, id, &Farewell::SlowConsumer);
                } else {
                    self.deadlines.insert((due, id, Why::Stall));
                }
            }
            Why::Ping => self.overdue_ping(now, id),
            Why::Drain if connection.control && self.closed_to_people => {}
            Why::Drain => self.vanish(now, id),
        }
    }

    /// Ends a connection from this side, with a reason, and tells the hub that it is gone.
    pub(super) fn dismiss(&mut self, now: Now, id: ConnectionId, farewell: &Farewell) {
        let session = self.get(id).and_then(|connection| connection.session());
        self.part(now, id, farewell);
        if let Some(session) = session {
            self.unbind(session);
            self.apply(now, Input::Closed { session });
        }
    }

    /// Nothing more can be said to it.
    fn vanish(&mut self, now: Now, id: ConnectionId) {
        let Some(connection) = self.get_mut(id) else { return };
        if std::mem::replace(&mut connection.gone, true) {
            return;
        }
        let session = connection.session();
        connection.stage = Stage::Draining;
        story::lost(connection);
        self.gone.push(id);
        if let Some(session) = session {
            self.unbind(session);
            self.apply(now, Input::Closed { session });
        }
    }

    /// Gives a connection whose last words are on their way the time to read them.
    pub(super) fn drain(&mut self, now: Now, id: ConnectionId) {
        let Some(connection) = self.get_mut(id) else { return };
        // Much may be waiting for a slow reader; it has until the daemon itself would have to stop.
        let ms = if connection.outbox.is_empty() { DRAIN_MS } else { STOP_MS - DRAIN_MS };
        if !std::mem::replace(&mut connection.dirty, true) {
            self.dirty.push(id.slot);
        }
        self.deadlines.insert((now.mono.after_ms(ms), id, Why::Drain));
    }

    /// Writes to everybody who has something to be written, each once.
    pub fn flush(&mut self, now: Now) {
        for slot in std::mem::take(&mut self.dirty) {
            self.flush_one(now, slot);
        }
        self.turn.clear();
        if self.backlog_bytes > self.bounds.outbox_total_bytes && self.bounds.outbox_total_bytes > 0 {
            self.drop_largest();
        }
    }

    fn flush_one(&mut self, now: Now, slot: u32) {
        let Some(connection) = self.connections.get_mut(slot as usize) else { return };
        let id = ConnectionId { slot, serial: connection.serial };
        connection.dirty = false;
        let before = connection.outbox.backlog_bytes();
        let flushed = connection.outbox.flush(&self.turn, &mut connection.socket);
        let after = connection.outbox.backlog_bytes();
        self.backlog_bytes = self.backlog_bytes + after - before;
        let wrote = *flushed.as_ref().unwrap_or(&0);
        self.counts.sent_bytes += wrote as u64;
        if wrote > 0 || before == 0 {
            connection.last_taken = now.mono;
        }
        match flushed {
            Err(error) => {
                debug_assert!(error.kind() != io::ErrorKind::WouldBlock);
                self.failed.push(id);
            }
            Ok(_) if connection.stage == Stage::Draining => {
                // By its end the admin learns that the process has ended, so the process's end must be it.
                let kept = connection.control && self.closed_to_people;
                if after == 0 && !kept && !std::mem::replace(&mut connection.shut, true) {
                    connection.socket.end_writing();
                    self.deadlines.insert((now.mono.after_ms(DRAIN_MS), id, Why::Drain));
                    // Its end may have come before ours.
                    if connection.half_closed {
                        self.failed.push(id);
                    }
                }
            }
            Ok(_) => {
                let relay = connection.http.as_ref().and_then(|visit| visit.relay);
                if let (Some(offer), 0) = (relay, after) {
                    self.relays.wake(offer);
                }
                if after > self.bounds.outbox_bytes && self.bounds.outbox_bytes > 0 && relay.is_none() {
                    self.overflowed.push(id);
                } else if after > 0 && before == 0 {
                    self.deadlines.insert((now.mono.after_ms(WRITE_STALL_MS), id, Why::Stall));
                }
                if after <= BACKLOG_SOFT_BYTES && std::mem::take(&mut connection.held) {
                    let asks = connection.http.is_some();
                    self.mark_readable(id);
                    if asks {
                        // What it asked for in the same piece may be here already.
                        self.rest.later(Next::Read(id));
                    }
                }
            }
        }
    }

    /// The pool is full: whoever holds the most of it goes, and at once who was told so already:
    /// waiting for their reading would cost others their place.
    fn drop_largest(&mut self) {
        let backlog = |(_, connection): &(usize, &Connection<S>)| connection.outbox.backlog_bytes();
        let Some((slot, connection)) = self.connections.iter().max_by_key(backlog) else { return };
        let id = ConnectionId { slot: slot as u32, serial: connection.serial };
        match connection.stage {
            Stage::Draining => self.failed.push(id),
            Stage::Undecided(_) | Stage::Http | Stage::Open { .. } => self.overflowed.push(id),
        }
    }

    /// Frees what is gone. Last in a turn, so that no slot is given out again while events may still name it.
    pub fn reap(&mut self) {
        for id in std::mem::take(&mut self.gone) {
            if self.get(id).is_some() {
                self.end_visit(id);
                let connection = self.connections.remove(id.slot as usize);
                self.uncount(&connection);
            }
        }
    }
}
