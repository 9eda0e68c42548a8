//! A lost connection, and the way back: what is waited for, what is said again, and what was missed.
//!
//! Touches no socket and no clock, as `session` itself. Why only what bears an id of its own is
//! said again: the server keeps that once, however often it comes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::ask::Ask;
use super::session::{Now, Phase, Session, Unanswered};
use crate::core::args::{self, Args};
use crate::core::event::Event;
use crate::core::name::Name;
use crate::core::reply::Welcome;
use crate::core::table;
use crate::limits::{AWAY_FIRST_MS, AWAY_MAX_MS, AWAY_SCRIPT_MS, UNANSWERED_MAX};
use crate::wire::json::hear::Refusal;

/// By which a stay is found again.
#[derive(Default)]
pub(super) struct Trail {
    /// The newest resume token; none where the server gives none.
    token: Option<String>,
    /// The last seq of each room, and the last whisper.
    seen: BTreeMap<Name, u64>,
    whisper: u64,
    /// The server has said that it does not want this one back.
    ended: bool,
}

/// A time without a connection.
#[derive(Debug, PartialEq)]
pub(super) struct Away {
    since: Instant,
    next: Instant,
    tries: u32,
    /// The farewell that was to follow.
    finishing: Option<Ask>,
}

impl Trail {
    pub(super) fn begins(&mut self, welcome: &Welcome) {
        self.token = welcome.token.clone();
    }

    /// The room's history as far as this one has it.
    pub(super) fn has(&mut self, room: &Name, seq: Option<u64>) {
        if let Some(seq) = seq {
            let last = self.seen.entry(room.clone()).or_default();
            *last = seq.max(*last);
        }
    }

    pub(super) fn seen(&self, room: &Name) -> Option<u64> {
        self.seen.get(room).copied()
    }

    pub(super) fn leaves(&mut self, room: &str) {
        self.seen.remove(room);
    }

    pub(super) fn heard(&mut self, event: &Event) {
        match event {
            Event::Message(message) => self.has(&message.room, message.seq),
            Event::Whisper(whisper) => self.whisper = self.whisper.max(whisper.id.unwrap_or(0)),
            _without_a_number => {}
        }
    }

    /// Whether an id of its own makes sense for what is said.
    pub(super) fn is_there(&self) -> bool {
        self.token.is_some()
    }

    /// Nobody is let in again by this token, or should be.
    pub(super) fn ends(&mut self) {
        self.ended = true;
    }
}

impl Session {
    /// Whether a lost connection is not the end of it.
    pub(super) fn may_return(&self) -> bool {
        use Phase::{Away, Finishing, Returning, Talking};
        let stays = matches!(self.phase, Talking | Finishing(_) | Returning(_) | Away(_));
        stays && self.trail.token.is_some() && !self.trail.ended
    }

    /// The connection is gone. False: for good.
    pub(super) fn goes_away(&mut self, now: Now) -> bool {
        if !self.may_return() {
            return false;
        }
        let again = std::mem::take(&mut self.again).into_iter().map(|(_, refused)| refused);
        let asked: Vec<Unanswered> = self.unanswered.drain(..).chain(again).collect();
        let (kept, gone): (Vec<Unanswered>, Vec<Unanswered>) =
            asked.into_iter().partition(|one| one.ask.object.contains_key("mid"));
        self.unanswered = kept;
        for asked in gone {
            self.file_refused(&asked.ask);
            if let Some(line) = asked.typed {
                self.not_sent(&line, now);
            }
        }
        let next = now.mono + Duration::from_millis(AWAY_FIRST_MS);
        let begins = Away { since: now.mono, next, tries: 0, finishing: None };
        let away = match std::mem::replace(&mut self.phase, Phase::Talking) {
            // The way back was cut off, too.
            Phase::Returning(away) => Away { next, ..away },
            Phase::Finishing(quit) => Away { finishing: Some(quit), ..begins },
            _talking => begins,
        };
        if away.tries == 0 {
            self.say("chatc-away", &[], now);
        }
        (self.phase, self.deadline) = (Phase::Away(away), None);
        true
    }

    /// Whether something that cannot be sent now is sent later: where it is seen to wait, and only
    /// what the server keeps once.
    pub(super) fn can_wait(&self, ask: &Ask) -> bool {
        let away = matches!(self.phase, Phase::Away(_) | Phase::Returning(_));
        let room = self.waiting.len() + self.unanswered.len() < UNANSWERED_MAX;
        self.setup.windows && away && room && ask.object.contains_key("mid")
    }

    /// When a connection is next to be tried.
    pub(super) fn next_try(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Away(away) => Some(away.next),
            _here => None,
        }
    }

    /// Whether a new connection is wanted now.
    pub fn wants_connection(&self, now: Now) -> bool {
        self.next_try().is_some_and(|at| at <= now.mono)
    }

    /// There is none; `jitter_ms` keeps those who were cut off together from coming back together.
    pub fn not_connected(&mut self, jitter_ms: u64, now: Now) {
        let Phase::Away(away) = &mut self.phase else { return };
        away.tries += 1;
        let wait_ms = (AWAY_FIRST_MS << away.tries.min(10)).min(AWAY_MAX_MS);
        away.next = now.mono + Duration::from_millis(wait_ms + jitter_ms);
        let waited = now.mono.saturating_duration_since(away.since);
        if !self.setup.interactive && waited > Duration::from_millis(AWAY_SCRIPT_MS) {
            self.trail.ends();
            self.phase = Phase::Talking;
            self.lost(now);
        }
    }

    /// There is one: back into the stay.
    pub fn connected(&mut self, now: Now) {
        let Phase::Away(away) = std::mem::replace(&mut self.phase, Phase::Talking) else { return };
        self.phase = Phase::Returning(Away { tries: away.tries + 1, ..away });
        self.told_of_closing = false;
        let mut args = Args::default();
        let token = self.trail.token.clone().unwrap_or_default();
        args.set("token", args::Value::Text(token.into()));
        let seen = self.trail.seen.iter().map(|(room, seq)| (room.to_string().into(), *seq));
        args.set("seen", args::Value::Seqs(seen.collect()));
        args.set("whisper", args::Value::Number(self.trail.whisper));
        // What waits is said again once it is known as whom.
        let waiting = std::mem::take(&mut self.unanswered);
        self.ask(Ask::new(&table::RESUME, &args), None, now);
        self.waiting = waiting;
    }

    /// The server knows this one again.
    pub(super) fn is_back(&mut self, welcome: &Welcome, now: Now) {
        let Phase::Returning(away) = std::mem::replace(&mut self.phase, Phase::Talking) else { return };
        self.trail.begins(welcome);
        let nick = welcome.nick.to_string();
        self.say("chatc-back", &[("nick", nick.into())], now);
        if !welcome.rooms.contains(&self.place.room) {
            self.place.room = welcome.room.clone();
            self.say("chatc-now-in", &[("room", welcome.room.to_string().into())], now);
        }
        if let Some(former) = std::mem::replace(&mut self.whispers.partner, welcome.partner.clone())
            && welcome.partner.is_none()
        {
            self.say("whisper-closed-lost", &[("nick", former.to_string().into())], now);
        }
        if self.setup.windows {
            self.is_in(welcome, now);
            self.counts_missed(now);
        } else {
            let others = self.place.is_only_in(&welcome.rooms);
            others.iter().for_each(|room| self.ask(Ask::leave(room), None, now));
        }
        for Unanswered { ask, typed, .. } in std::mem::take(&mut self.waiting) {
            self.ask(ask, typed, now);
        }
        self.asks_for_files(now);
        if let Some(quit) = away.finishing {
            self.phase = Phase::Finishing(quit);
        }
    }

    /// The server does not: it begins anew, and what waited may have been said or not.
    pub(super) fn is_unknown(&mut self, refusal: &Refusal, now: Now) {
        let Phase::Returning(away) = std::mem::replace(&mut self.phase, Phase::Entering) else { return };
        if refusal.code != "not_found" {
            self.phase = Phase::Returning(away);
            // Perhaps later: the server ends, or the disk does not answer.
            self.lost(now);
            return;
        }
        for line in std::mem::take(&mut self.waiting).into_iter().filter_map(|asked| asked.typed) {
            self.not_sent(&line, now);
        }
        self.trail = Trail::default();
        self.whispers = Default::default();
        self.setup.room = Some(self.place.room.to_string());
        self.say("chatc-anew", &[], now);
        self.files_are_lost(now);
        let nick = self.nick.clone().unwrap_or_default();
        self.ask(Ask::hello(&nick, self.setup.speech.words.lang()), None, now);
        if let Some(quit) = away.finishing {
            self.phase = Phase::Finishing(quit);
        }
    }

    /// Its own line, of which the answer will tell, or has told.
    pub(super) fn is_awaited(&self, event: &Event) -> bool {
        let Event::Message(message) = event else { return false };
        let Some(mid) = &message.mid else { return false };
        let same = |one: &&Unanswered| one.ask.text("mid") == **mid;
        self.waiting.iter().chain(&self.unanswered).any(|one| same(&one))
    }
}
