//! The hub: the whole state of a chat, changed by `apply` alone.
//!
//! It names no clock, socket, thread or file. What a request does stands in the
//! file of its kind (`talk`, `people`, `schedules`, `govern`); here is what they
//! all go through: the rights check, the reply and the record.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::chain::Digest;
use super::command::Command;
use super::effect::{Ask, Effect, Effects, Input, Told};
use super::entry::{Author, CommandRecord, Entry, Outcome, Ticket};
use super::event::{Farewell, MessageKind};
use super::files::Files;
use super::govern;
use super::name::Name;
use super::pending::{Asker, Done, Pending};
use super::reads::Reads;
use super::reject::Reject;
use super::reply::Reply;
use super::request::Request;
use super::room::{RoomId, Rooms};
use super::sanctions::Sanctions;
use super::schedules::Schedules;
use super::session::{Door, SessionId, Sessions};
use super::settings::{Settings, Storage};
use super::table;
use super::time::{Mono, Now, Wall};
use crate::limits::{CLIENT_ID_KEPT_MS, EXPIRY_EVERY_MS, RATE_REFUSALS_MAX, READ_MARKS_KEPT_MS};

#[derive(Debug, Serialize, Deserialize)]
pub struct Hub {
    #[serde(skip)]
    pub(super) settings: Settings,
    pub(super) run: u64,
    pub(super) sessions: Sessions,
    pub(super) rooms: Rooms,
    /// How often anybody has entered a room: seniority.
    pub(super) arrivals: u64,
    pub(super) sanctions: Sanctions,
    pub(super) reads: Reads,
    pub(super) schedules: Schedules,
    pub(super) pending: BTreeMap<Ticket, Pending>,
    /// What resume tokens are made of; nobody else knows it.
    pub(super) secret: Digest,
    /// By the digests of their tokens, those who may come back.
    pub(super) tokens: BTreeMap<String, SessionId>,
    /// Those who have lost the connection, and until when they are waited for.
    pub(super) held: BTreeSet<(Mono, SessionId)>,
    /// Those who are still being given what they missed.
    pub(super) gapped: BTreeSet<SessionId>,
    /// When a page of what was missed is asked for again that could not be read.
    pub(super) gaps_retry: Option<Mono>,
    /// Whose row this `apply` has changed, and whose is over.
    #[serde(skip)]
    pub(super) touched: BTreeSet<SessionId>,
    pub(super) ended: Vec<Author>,
    /// Refusals of what was said after something that is still being kept: they wait, so that the
    /// answers come in the order of the questions.
    pub(super) behind: BTreeMap<Ticket, Vec<(Asker, Reject)>>,
    pub(super) next_ticket: u64,
    pub(super) storage: Storage,
    pub(super) refused: BTreeMap<String, u64>,
    pub(super) shutdown: Option<(Mono, Option<String>)>,
    pub(super) stopping: bool,
    pub(super) files: Files,
    /// Who has a backup made.
    pub(super) backup: Option<SessionId>,
    pub(super) last_at: Wall,
    pub(super) next_expiry: Mono,
    #[serde(skip)]
    pub(super) now: Now,
}

impl Hub {
    /// The one way to change the chat. Fills `out`; the caller performs all of it before the next call.
    pub fn apply(&mut self, now: Now, input: Input<'_>, out: &mut Effects) {
        out.clear();
        self.now = now;
        match input {
            Input::Opened { door, from, sponsor } => {
                out.opened = Some(self.sessions.open(door, from, sponsor, now.wall, self.run));
            }
            Input::Request { session, re, request } => self.request(Asker { session, re }, request, out),
            Input::Malformed { session, re, reject } => self.malformed(Asker { session, re }, reject, out),
            Input::Closed { session } => self.lost(session, out),
            Input::Stored { ticket, entry, outcome } => self.stored(ticket, entry, outcome, out),
            Input::Fetched { ticket, page } => self.fetched(ticket, page, out),
            Input::Relayed { offer, relayed } => self.relayed(offer, relayed, out),
            Input::Told(told) => self.told(told, out),
            Input::Timeout => self.timeout(out),
        }
        self.record_sessions(out);
    }

    /// When [`Input::Timeout`] is next wanted.
    pub fn next_deadline(&self) -> Option<Mono> {
        let shutdown = self.shutdown.as_ref().map(|(at, _)| *at);
        // Nothing is sent any more when the end has begun.
        let schedule = self.schedules.next_try(self.now).filter(|_| !self.stopping);
        let expiry = Some(self.next_expiry);
        let room = self.rooms.next_to_go().map(|(at, _)| at);
        let held = self.next_to_let_go().filter(|_| !self.stopping);
        let offer = self.files.next_deadline();
        [shutdown, schedule, expiry, room, held, self.gaps_retry, offer].into_iter().flatten().min()
    }

    pub(super) fn now(&self) -> Now {
        self.now
    }

    /// The stamp of what is said now: never before the last one, whatever the clock does.
    pub(super) fn stamp(&mut self) -> Wall {
        self.last_at = self.last_at.max(self.now.wall);
        self.last_at
    }

    pub(super) fn ticket(&mut self, pending: Pending) -> Ticket {
        if let Some(session) = pending.session().and_then(|id| self.sessions.get_mut(id)) {
            session.unanswered += 1;
        }
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.pending.insert(ticket, pending);
        ticket
    }

    pub(super) fn redeem(&mut self, ticket: Ticket) -> Option<Pending> {
        let pending = self.pending.remove(&ticket)?;
        if let Some(session) = pending.session().and_then(|id| self.sessions.get_mut(id)) {
            session.unanswered -= 1;
        }
        Some(pending)
    }

    /// Replies to somebody who may have left meanwhile.
    pub(super) fn answer(&self, asker: Asker, reply: Result<Reply, Reject>, out: &mut Effects) {
        if self.sessions.get(asker.session).is_some() {
            out.reply(asker.session, asker.re, reply);
        }
    }

    fn request(&mut self, asker: Asker, request: Request<'_>, out: &mut Effects) {
        let command = request.command();
        self.forget_former_token(asker.session);
        let (asker, taken) = self.as_before(asker, &request, out);
        let Some(before) = self.sessions.get(asker.session) else { return };
        if before.parting.is_some() {
            // It has said goodbye; what follows was not meant for us.
            return;
        }
        let mut actor = before.actor();
        if before.asked_receiver && !matches!(request, Request::WhisperAsk) {
            self.answered_receiver(asker.session);
        }
        let Some(before) = self.sessions.get(asker.session) else { return };
        // The admin's shell says by itself what its user reads: nobody has done anything.
        let silent = before.is_admin() && (*command == table::LANG || request.goes_on());
        let recorded = command.recorded && !silent;
        let door = if recorded { before.door_and_origin() } else { String::new() };
        let mut args = if recorded { request.summary() } else { String::new() };
        if matches!(request, Request::Offer(_)) {
            args = self.receiver_named(asker.session, args);
        }

        let done = match taken.and_then(|()| self.admit(asker.session, &request)) {
            Ok(room) => self.perform(&asker, room, request, out),
            Err(reject) => Err(reject),
        };
        if let (Some(now_named), true) = (self.sessions.get(asker.session), *actor == *"-") {
            actor = now_named.actor();
        }
        let limited = matches!(done, Err(Reject::RateLimited { .. }));
        let record = (recorded && !limited).then(|| {
            let outcome = done.as_ref().map_or_else(Reject::code, |_| "ok").to_owned();
            let (at, command) = (self.now.wall, command.name.to_owned());
            CommandRecord { at, actor, door, command, args, outcome }
        });
        self.conclude(asker, command, done, record, out);
    }

    /// Replies now or with the record's ticket, and has the record kept.
    fn conclude(
        &mut self,
        asker: Asker,
        command: &Command,
        done: Result<Done, Reject>,
        mut record: Option<CommandRecord>,
        out: &mut Effects,
    ) {
        let mut ticket = None;
        match done {
            Ok(Done::Reply(reply)) => out.reply(asker.session, asker.re, Ok(reply)),
            Ok(Done::Replied | Done::Later) => {}
            Ok(Done::Asked(ask)) => self.ask_config(asker, ask, record.take(), out),
            Ok(Done::AfterRecord(pending)) => {
                assert!(record.is_some(), "a command that waits for its record must be a recorded one");
                ticket = Some(self.ticket(pending));
            }
            Err(reject) => {
                let talk = *command == table::SAY;
                let after = if talk { self.unanswered_say(asker.session) } else { None };
                self.refuse(asker, after, reject, out);
            }
        }
        if let Some(record) = record {
            out.record(ticket, Entry::Command(record));
        }
    }

    /// The last say of this session, while its answer is on its way. A person at a terminal is told
    /// at once: order is for programs that count.
    fn unanswered_say(&self, session: SessionId) -> Option<Ticket> {
        let session = self.sessions.get(session).filter(|session| session.door != Door::Text)?;
        let last = session.last_say?;
        self.pending.contains_key(&last).then_some(last)
    }

    /// Says no, at once or behind the answer that `after` will bring.
    fn refuse(&mut self, asker: Asker, after: Option<Ticket>, reject: Reject, out: &mut Effects) {
        *self.refused.entry(reject.code().to_owned()).or_default() += 1;
        let session = asker.session;
        match after {
            Some(ticket) => self.behind.entry(ticket).or_default().push((asker, reject)),
            None => out.reply(session, asker.re, Err(reject)),
        }
        let refusals = self.sessions.get(session).map_or(0, |session| session.allowance.refusals);
        if refusals > RATE_REFUSALS_MAX {
            self.end(session, Farewell::Flood, out);
        }
    }

    fn malformed(&mut self, asker: Asker, reject: Reject, out: &mut Effects) {
        if self.sessions.get(asker.session).is_none_or(|session| session.parting.is_some()) {
            return;
        }
        let reject = match self.charge(asker.session, 1) {
            Ok(()) => reject,
            Err(limited) => limited,
        };
        self.answered_receiver(asker.session);
        self.refuse(asker, None, reject, out);
    }

    fn perform(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        request: Request<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let here = || room.expect("a right in a room is only admitted with the room");
        match request {
            Request::Hello { nick, lang, token, room } => {
                self.hello(asker, &nick, lang, token.as_deref(), room.as_deref(), out)
            }
            Request::Resume { token, seen, whisper } => self.resume(asker, &token, &seen, whisper, out),
            Request::Say { text, mid, .. } => {
                self.say(asker, here(), MessageKind::Say, text, mid.as_deref(), out)
            }
            Request::Action { text, mid, .. } => {
                self.say(asker, here(), MessageKind::Action, text, mid.as_deref(), out)
            }
            Request::Edit { seq, text, .. } => self.edit(asker, here(), seq, Some(&text), out),
            Request::Delete { seq, .. } => self.edit(asker, here(), seq, None, out),
            Request::Whisper { to, text, mid } => self.whisper(asker, &to, &text, mid.as_deref(), out),
            Request::WhisperAsk => self.whisper_ask(asker),
            Request::WhisperOpen { nick } => self.whisper_open(asker, &nick, out),
            Request::WhisperClose => self.whisper_close(asker, out),
            Request::Offer(asked) => self.offer(asker, *asked, out),
            Request::Accept { offer } => self.accept(asker, offer, out),
            Request::Decline { offer } => self.decline(asker, offer, out),
            Request::Cancel { offer, reason } => self.cancel(asker, offer, reason.as_deref(), out),
            Request::Received { offer } => self.received(asker, offer, out),
            Request::FileTyped | Request::AcceptTyped => self.file_typed(asker),
            Request::Rename { nick } => self.rename(asker, &nick, out),
            Request::Users { .. } => self.users(asker, room),
            Request::Join { room, password } => self.join(asker, &room, password.as_deref(), out),
            Request::Leave { room, quiet } => self.leave(asker, room.as_deref(), quiet, out),
            Request::Rooms { channel, room } => self.list_rooms(asker, channel.as_deref(), room.as_deref()),
            Request::RoomCreate(asked) => self.room_create(asker, &asked, out),
            Request::RoomSet(asked) => self.room_set(asker, here(), &asked, out),
            Request::RoomRole { nick, role, .. } => self.room_role(asker, here(), &nick, &role, out),
            Request::RoomTransfer { nick, .. } => self.room_transfer(asker, here(), &nick, out),
            Request::RoomClose { .. } => self.room_close(asker, here(), out),
            Request::Invite { nick, .. } => self.invite(asker, here(), &nick, out),
            Request::Kick { nick, duration, reason, .. } => {
                self.kick(asker, room, &nick, duration.as_deref(), reason.as_deref(), out)
            }
            Request::Sanction(asked) => self.sanction(asker, room, &asked, out),
            Request::Lift { kind, who, .. } => self.lift(asker, kind, room, &who, out),
            Request::Bans { .. } => self.bans(asker, room),
            Request::MarkRead { seq, .. } => self.mark_read(asker, here(), seq, out),
            Request::Quit { text, quiet } => self.quit(asker, text.as_deref(), quiet, out),
            Request::Schedule(asked) => self.schedule(asker, *asked, here(), out),
            Request::Schedules => self.list_schedules(asker, out),
            Request::Unschedule { schedule } => self.unschedule(asker, schedule, out),
            Request::History(asked) => self.history(asker, room, asked, out),
            Request::Search(asked) => self.search(asker, room, *asked, out),
            Request::Subscribe { room: named, after } => self.subscribe(asker, room, &named, after, out),
            Request::Unsubscribe { room } => self.unsubscribe(asker, &room),
            Request::Timestamps { on } => Ok(Done::Reply(Reply::Timestamps { on })),
            Request::Lang { lang } => Ok(self.lang(asker, lang, out)),
            Request::Help { command } => self.help(asker, command.as_deref()),
            Request::Ping => Ok(Done::Reply(Reply::Pong)),
            Request::Broadcast { text } => self.broadcast(asker, &text, out),
            Request::Shutdown { delay, reason } => {
                self.plan_shutdown(asker, delay.as_deref(), reason.as_deref(), out)
            }
            Request::Status => Ok(self.ask(asker, Ask::Status, out)),
            Request::Complete(begin) => Ok(self.complete(begin.as_deref().unwrap_or(""))),
            Request::Config(asked) => govern::asked(&asked).map(Done::Asked),
            Request::Commands { since, before, after, limit } => {
                self.commands(asker, since.as_deref(), before, after, limit, out)
            }
            Request::Verify { from, until } => self.verify(asker, from, until, out),
            Request::Export { room, from, limit } => self.export(asker, room.as_deref(), from, limit, out),
            Request::Import { lines } => self.import(asker, lines, out),
            Request::Backup { backup, after } => self.backup(asker, backup, after, out),
        }
    }

    fn stored(&mut self, ticket: Ticket, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Some(pending) = self.redeem(ticket) else { return };
        let session = pending.session();
        self.resume_pending(pending, entry, outcome, out);
        for (asker, reject) in self.behind.remove(&ticket).unwrap_or_default() {
            self.answer(asker, Err(reject), out);
        }
        if let Some(session) = session {
            self.part_when_answered(session, out);
        }
    }

    fn resume_pending(&mut self, pending: Pending, entry: Entry, outcome: Outcome, out: &mut Effects) {
        match pending {
            Pending::Said { session, re, room, cut } => {
                self.said(Asker { session, re }, cut, room, entry, outcome, out);
            }
            Pending::Edited { session, re, room } => {
                self.edited(Asker { session, re }, room, entry, outcome, out);
            }
            Pending::RoomSet { session, re, room, topic_only } => {
                self.room_was_set(Asker { session, re }, room, topic_only, entry, outcome, out);
            }
            Pending::MarkedRead { session, re } => {
                self.marked_read(Asker { session, re }, entry, outcome, out);
            }
            Pending::Whispered { session, re, people } => {
                self.whispered(Asker { session, re }, people, entry, outcome, out);
            }
            Pending::Scheduled { session, re } => {
                self.scheduled(Asker { session, re }, entry, outcome, out);
            }
            Pending::Unscheduled { session, re } => {
                self.unscheduled(Asker { session, re }, entry, outcome, out);
            }
            Pending::Announced { session, re } => {
                self.announced(Asker { session, re }, entry, outcome, out);
            }
            Pending::Acted { session, re, reply, overtaken } => {
                let failed = outcome == Outcome::Failed;
                let reply = match reply {
                    Reply::Joined(info) if overtaken => Err(Reject::NotInRoom { room: info.room }),
                    reply if failed => Ok(Reply::Unrecorded(Box::new(reply))),
                    reply => Ok(reply),
                };
                let back = matches!(&reply, Ok(Reply::Welcome(_)));
                self.answer(Asker { session, re }, reply, out);
                if back {
                    self.is_back(session, out);
                } else {
                    self.begin_replay(session, out);
                }
            }
            Pending::Imported { session, re } => {
                self.imported(Asker { session, re }, entry, outcome, out);
            }
            Pending::Fired { room } => self.fired(room, entry, outcome, out),
            Pending::Fetched { .. }
            | Pending::Asked { .. }
            | Pending::Configured { .. }
            | Pending::Missed { .. } => {
                unreachable!("the store answers only what was recorded")
            }
        }
    }

    /// Whoever came into this room and waits for the answer is out of it again: `session`, or everybody.
    pub(super) fn overtake_joins(&mut self, room: &Name, session: Option<SessionId>) {
        for pending in self.pending.values_mut() {
            let Pending::Acted { session: who, reply, overtaken, .. } = pending else { continue };
            let joined = matches!(reply, Reply::Joined(info) if info.room == *room);
            *overtaken |= joined && session.is_none_or(|session| session == *who);
        }
    }

    fn told(&mut self, told: Told, out: &mut Effects) {
        match told {
            Told::Storage(storage) => {
                let was = std::mem::replace(&mut self.storage, storage);
                if self.storage == Storage::Stalled {
                    self.part_all(out);
                }
                if self.storage == Storage::Well && was != Storage::Well {
                    self.schedules.retry_now(self.now.wall);
                    self.record_standing(out);
                    // A writer that was opened again knows nothing of it.
                    self.record_retention(out);
                }
            }
            Told::Settings(settings) => {
                let (lobby, linger_ms) = (self.lobby(), self.settings.linger_ms);
                let kept = (self.settings.kept_ms, self.settings.kept_bytes);
                self.settings = *settings;
                if (self.settings.kept_ms, self.settings.kept_bytes) != kept {
                    self.record_retention(out);
                }
                if self.lobby() != lobby {
                    self.moved_lobby(lobby, out);
                }
                if self.settings.linger_ms != linger_ms {
                    self.let_all_linger();
                }
            }
            Told::Status { ticket, daemon } => self.status(ticket, *daemon, out),
            Told::Config { ticket, outcome } => self.told_config(ticket, outcome, out),
            Told::Stopping { reason } => self.stop(reason.as_deref(), out),
        }
    }

    fn record_retention(&self, out: &mut Effects) {
        let Settings { kept_ms, kept_bytes, .. } = self.settings;
        let before = (kept_ms > 0).then_some(Wall(self.now.wall.0 - kept_ms));
        let bytes_max = (kept_bytes > 0).then_some(kept_bytes);
        out.record(None, Entry::Retain { before, bytes_max });
    }

    fn timeout(&mut self, out: &mut Effects) {
        self.fire_due(out);
        self.close_lingering(out);
        self.retry_gaps(out);
        self.expire_offers(out);
        if !self.stopping {
            self.let_go_of_late(out);
        }
        if self.now.mono >= self.next_expiry {
            self.next_expiry = self.now.mono.after_ms(EXPIRY_EVERY_MS);
            let kept_ms = self.settings.whispers_kept_ms;
            let whispers_before = (kept_ms > 0).then_some(Wall(self.now.wall.0 - kept_ms));
            let client_ids_before = Wall(self.now.wall.0 - CLIENT_ID_KEPT_MS);
            let reads_before = Wall(self.now.wall.0 - READ_MARKS_KEPT_MS);
            let sanctions_before = self.now.wall;
            self.sanctions.sweep(sanctions_before);
            self.reads.sweep(reads_before);
            // What is still on its way to a room that is gone makes it one that left something.
            let late = |pending: &Pending| {
                pending.room_of_talk().is_some_and(|room| self.rooms.find(room).is_none())
            };
            if !self.pending.values().any(late) {
                self.rooms.forget_silent();
            }
            let entry = Entry::Expire { whispers_before, client_ids_before, sanctions_before, reads_before };
            out.record(None, entry);
            self.record_retention(out);
        }
        if self.shutdown.as_ref().is_some_and(|(at, _)| self.now.mono >= *at) {
            let reason = self.shutdown.take().and_then(|(_, reason)| reason);
            let ticket = Ticket(self.next_ticket);
            self.next_ticket += 1;
            out.list.push(Effect::Ask { ticket, ask: Ask::Shutdown { reason } });
        }
    }
}
