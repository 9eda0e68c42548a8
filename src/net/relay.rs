//! Files on their way through the server: one request sends, another fetches, and nothing is kept between.
//!
//! Knows neither who they are nor what the file is called. Why no buffer of its own: what the receiver's
//! socket does not take waits in that connection's outbox, and the sender is not read from meanwhile.

use std::io::{self, Read};

use super::connection::ConnectionId;
use super::exchange::{Exchange, Stream};
use super::http::{Manner, Outcome};
use super::relays::{End, Relay, Side};
use super::rest::{Call, Next};
use crate::core::effect::Input;
use crate::core::files::{FileInfo, Relayed, Standing};
use crate::core::time::Now;
use crate::limits::{RELAY_STALL_MS, RELAY_TAKEN_MS, RELAYS_MAX};
use crate::wire::http::{Answer, CONTINUE, Head, begin};
use crate::wire::rest::{self, Action, Part};

/// Why both ends are let go: status, code and sentence.
type Why = (u16, &'static str, &'static str);

impl<S: Stream> Exchange<S> {
    /// Somebody has come to send or fetch a file.
    pub(super) fn transfer(&mut self, now: Now, id: ConnectionId, call: Call) -> Outcome {
        match self.arrive(now, id, call) {
            Ok(()) => Outcome::Asked,
            Err(answer) => Outcome::Answer(answer),
        }
    }

    fn arrive(&mut self, now: Now, id: ConnectionId, call: Call) -> Result<(), Answer> {
        let Call { action, room, request, mut manner } = call;
        // A body that is taken here does not end the connection.
        manner.stays = request.head.keeps_alive && !self.closed_to_people;
        let (offer, file) = self.accepted(room.as_deref().unwrap_or(""))?;
        let side = if action == Action::Send { Side::Sender } else { Side::Receiver };
        let end = match side {
            Side::Sender => self.sending(id, &request.head, &file, manner)?,
            Side::Receiver => self.fetching(now, id, &request.head, &file, manner)?,
        };
        if end.manner.head_only {
            self.hand_bytes(id, &end.greeting);
            self.answered(now, id, &end.manner);
            return Ok(());
        }
        self.make_room(now, offer, side)?;
        let from = end.next;
        let relay = self.relays.running.entry(offer).or_insert_with(|| Relay::new(file.size, now));
        *relay.end(side) = Some(end);
        let alone = relay.sender.is_none();
        if let Some(visit) = self.visit(id) {
            visit.relay = Some(offer);
        }
        if alone {
            self.apply(now, Input::Relayed { offer, relayed: Relayed::Asked { from } });
        }
        self.meet(now, offer);
        Ok(())
    }

    fn accepted(&self, token: &str) -> Result<(u64, FileInfo), Answer> {
        match self.hub.transfer(token) {
            Some(Standing::Accepted { offer, file }) => Ok((offer, file.clone())),
            Some(Standing::Offered) => Err(self.refusal(409, "busy", "transfer-not-accepted")),
            Some(Standing::Over) => Err(self.refusal(410, "not_found", "transfer-over")),
            None => Err(self.refusal(404, "not_found", "transfer-unknown")),
        }
    }

    fn sending(&self, id: ConnectionId, head: &Head, file: &FileInfo, manner: Manner) -> Result<End, Answer> {
        let next = rest::sent(head, file.size).map_err(|part| match part {
            Part::Unknown => self.refusal(411, "bad_request", "transfer-chunked"),
            Part::Length => self.refusal(400, "bad_request", "transfer-length"),
            Part::Range => self.out_of_range(file.size),
        })?;
        let greeting = if head.expects_continue { CONTINUE.to_vec() } else { Vec::new() };
        Ok(End { id, manner, next, greeting })
    }

    fn fetching(
        &self,
        now: Now,
        id: ConnectionId,
        head: &Head,
        file: &FileInfo,
        manner: Manner,
    ) -> Result<End, Answer> {
        let from = rest::wanted(head, file.size).map_err(|_| self.out_of_range(file.size))?;
        let (mut answer, next) = (rest::begun(file, from), from.unwrap_or(0));
        answer.fields.extend(manner.fields());
        let mut greeting = Vec::new();
        begin(&answer, file.size - next, now.wall, manner.stays, &mut greeting);
        Ok(End { id, manner, next, greeting })
    }

    fn out_of_range(&self, size: u64) -> Answer {
        self.refusal(416, "bad_request", "transfer-range").with("Content-Range", format!("bytes */{size}"))
    }

    /// One at a time on each side; but whose connection was lost without a sign gives way to their next one.
    fn make_room(&mut self, now: Now, offer: u64, side: Side) -> Result<(), Answer> {
        let Some(relay) = self.relays.running.get_mut(&offer) else {
            if self.relays.running.len() < RELAYS_MAX {
                return Ok(());
            }
            return Err(self.refusal(429, "too_many", "transfer-full").with("Retry-After", "5"));
        };
        let Some(end) = relay.end(side) else { return Ok(()) };
        let (there, moved) = (end.id, relay.moved);
        let lost = self.get(there).is_none_or(|connection| connection.hung_up);
        if !lost && now.mono.since_ms(moved) < RELAY_TAKEN_MS {
            return Err(self.refusal(409, "busy", "transfer-busy"));
        }
        let Some(relay) = self.relays.running.get_mut(&offer) else { return Ok(()) };
        if relay.begun {
            self.part_ends(now, offer, (409, "busy", "transfer-broken"));
        } else if let Some(end) = relay.end(side).take() {
            self.dismiss_end(now, end, (409, "busy", "transfer-busy"));
        }
        Ok(())
    }

    /// Once both are there, each is told to go on.
    fn meet(&mut self, now: Now, offer: u64) {
        let Some(relay) = self.relays.running.get_mut(&offer) else { return };
        let Relay { sender: Some(sender), receiver: Some(receiver), .. } = relay else { return };
        if sender.next > receiver.next {
            let size = relay.size;
            let Some(sender) = relay.sender.take() else { return };
            let answer = self.out_of_range(size);
            return self.answer_end(now, sender, answer);
        }
        let greetings = [&mut sender.greeting, &mut receiver.greeting].map(std::mem::take);
        let ids = [sender.id, receiver.id];
        relay.begin(now);
        for (id, greeting) in ids.into_iter().zip(greetings) {
            self.hand_bytes(id, &greeting);
        }
        self.relays.wake(offer);
    }

    /// Moves what can be moved, of each transfer a piece.
    pub(super) fn relay(&mut self, now: Now) {
        for offer in self.relays.take_awake() {
            self.look_at(now, offer);
        }
    }

    fn look_at(&mut self, now: Now, offer: u64) {
        let Some(relay) = self.relays.running.get(&offer) else { return };
        let hung_up = |end: &Option<End>| {
            let connection = end.as_ref().and_then(|end| self.get(end.id));
            connection.is_none_or(|connection| connection.hung_up)
        };
        let lost = [hung_up(&relay.sender), hung_up(&relay.receiver)];
        let receiver = relay.receiver.as_ref().and_then(|end| self.get(end.id));
        let written = receiver.is_some_and(|connection| connection.outbox.is_empty());
        let taken = receiver.map(|connection| connection.last_taken).unwrap_or_default();
        let (begun, over) = (relay.begun, relay.over);
        // The receiver may go, or say that it is sound, as soon as it has everything.
        if begun && written && relay.is_read() {
            return self.delivered(now, offer);
        }
        let Some(relay) = self.relays.running.get_mut(&offer) else { return };
        if begun {
            relay.moved = relay.moved.max(taken);
        }
        let late = now.mono.since_ms(relay.moved) >= RELAY_STALL_MS;
        match (over, begun, late) {
            (true, ..) => self.part_ends(now, offer, (410, "not_found", "transfer-over")),
            (false, true, true) => self.part_ends(now, offer, (408, "timeout", "transfer-stalled")),
            (false, false, true) => self.part_ends(now, offer, (504, "timeout", "transfer-waited")),
            // What a sender has sent before its end is still to be read.
            (false, true, false) if relay.sender.is_none() || lost[1] => {
                self.part_ends(now, offer, (409, "busy", "transfer-broken"));
            }
            (false, true, false) => self.move_bytes(now, offer),
            (false, false, false) => self.forget_lost(now, offer, lost),
        }
    }

    /// Who waits alone and is gone waits for nobody.
    fn forget_lost(&mut self, now: Now, offer: u64, lost: [bool; 2]) {
        let Some(relay) = self.relays.running.get_mut(&offer) else { return };
        let ends = [Side::Sender, Side::Receiver].into_iter().zip(lost);
        let gone: Vec<End> = ends.filter_map(|(side, lost)| relay.end(side).take_if(|_| lost)).collect();
        if relay.sender.is_none() && relay.receiver.is_none() {
            self.relays.running.remove(&offer);
        }
        for end in gone {
            if let Some(visit) = self.visit(end.id) {
                visit.relay = None;
            }
            self.let_go(now, end.id);
        }
    }

    fn move_bytes(&mut self, now: Now, offer: u64) {
        let rate = self.bounds.file_rate_bytes;
        let Some(relay) = self.relays.running.get_mut(&offer) else { return };
        let (Some(sender), Some(receiver)) = (&relay.sender, &relay.receiver) else { return };
        let (from, to, left) = (sender.id, receiver.id, relay.size - sender.next);
        if self.get(to).is_none_or(|connection| !connection.outbox.is_empty()) {
            // Flushing brings it back.
            return;
        }
        let Some(relay) = self.relays.running.get_mut(&offer) else { return };
        let Some(most) = relay.pace.take(now, rate, left) else { return };
        let mut scratch = std::mem::take(&mut self.scratch);
        let most = usize::try_from(most.min(left)).unwrap_or(usize::MAX).min(scratch.len());
        match self.read_body(now, from, &mut scratch[..most]) {
            Ok(0) => self.part_ends(now, offer, (409, "busy", "transfer-broken")),
            Ok(count) => self.pass_on(now, offer, to, &scratch[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.part_ends(now, offer, (409, "busy", "transfer-broken")),
        }
        self.scratch = scratch;
    }

    /// What has come with the head, and then what is in the socket.
    fn read_body(&mut self, now: Now, id: ConnectionId, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(connection) = self.get_mut(id) else { return Ok(0) };
        connection.last_heard = now.mono;
        if !connection.inbox.is_empty() {
            let kept = connection.inbox.join(&[]);
            let count = kept.as_slice().read(buffer)?;
            connection.inbox.keep(&kept[count..]);
            return Ok(count);
        }
        loop {
            match connection.socket.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(count) => {
                    self.counts.received_bytes += count as u64;
                    return Ok(count);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Hands these bytes to the receiver, but for what it has already.
    fn pass_on(&mut self, now: Now, offer: u64, to: ConnectionId, bytes: &[u8]) {
        let Some(relay) = self.relays.running.get_mut(&offer) else { return };
        let fresh = relay.take(now, bytes);
        self.counts.relayed_bytes += fresh.len() as u64;
        self.hand_bytes(to, fresh);
        // Where nothing is to be written no flush brings it back.
        self.relays.wake(offer);
    }

    /// The receiver's socket has all of it.
    fn delivered(&mut self, now: Now, offer: u64) {
        let Some(relay) = self.relays.running.remove(&offer) else { return };
        if let Some(sender) = relay.sender {
            self.answer_end(now, sender, Answer::empty(204));
        }
        if let Some(receiver) = relay.receiver {
            if let Some(visit) = self.visit(receiver.id) {
                visit.relay = None;
            }
            self.answered(now, receiver.id, &receiver.manner);
            self.rest.later(Next::Read(receiver.id));
        }
        self.apply(now, Input::Relayed { offer, relayed: Relayed::Delivered });
    }

    /// Both are let go; a receiver that has got a part of the file already sees it end too early.
    fn part_ends(&mut self, now: Now, offer: u64, why: Why) {
        let Some(relay) = self.relays.running.remove(&offer) else { return };
        if let Some(sender) = relay.sender {
            self.dismiss_end(now, sender, why);
        }
        match relay.receiver {
            Some(receiver) if relay.begun => {
                if let Some(visit) = self.visit(receiver.id) {
                    visit.relay = None;
                }
                self.fail(receiver.id);
            }
            Some(receiver) => self.dismiss_end(now, receiver, why),
            None => {}
        }
    }

    fn dismiss_end(&mut self, now: Now, mut end: End, (status, code, sentence): Why) {
        // There may be a body that nobody reads.
        end.manner.stays = false;
        let answer = self.refusal(status, code, sentence);
        self.answer_end(now, end, answer);
    }

    fn answer_end(&mut self, now: Now, end: End, answer: Answer) {
        let mut manner = end.manner;
        manner.stays &= answer.status == 204;
        if let Some(visit) = self.visit(end.id) {
            visit.relay = None;
        }
        self.respond(now, end.id, answer, &manner);
        self.rest.later(Next::Read(end.id));
    }

    /// This connection has come to its end in another way.
    pub(super) fn leave_relay(&mut self, id: ConnectionId) {
        if let Some(offer) = self.visit(id).and_then(|visit| visit.relay.take()) {
            self.relays.leave(offer, id);
        }
    }
}
