//! Messages that wait for their time.
//!
//! Knows no clock and no time zone but those handed in. Why the wall clock
//! decides: people mean the time they see, also after somebody has set it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::effect::Effects;
use super::entry::{Entry, Outcome, Schedule, ScheduleEnd};
use super::event::{Event, Message, MessageKind, Notice};
use super::hub::Hub;
use super::name::{self, NameKey};
use super::pending::{Asker, Done, Pending};
use super::reject::{Reject, echo};
use super::reply::{Reply, ScheduleRow};
use super::room::RoomId;
use super::sanctions::{SanctionKind, Suspect};
use super::settings::Storage;
use super::time::{self, Mono, Now, Wall};
use crate::limits::{SCHEDULE_RETRY_MS, SCHEDULES_MAX, SCHEDULES_PER_NICK_MAX, WALL_CLOCK_SLICE_MS};

/// Everything that waits, and what was missed and not yet told.
#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Schedules {
    waiting: BTreeMap<u64, Schedule>,
    missed: BTreeMap<u64, Schedule>,
    /// When each is next tried: its due time, or later after a failed commit.
    tries: BTreeSet<(Wall, u64)>,
    /// Being committed as messages now.
    firing: BTreeSet<u64>,
    last: u64,
}

impl Schedules {
    pub fn restore(rows: Vec<Schedule>, last: u64) -> Schedules {
        let mut schedules = Schedules { last, ..Schedules::default() };
        for row in rows {
            if row.missed {
                schedules.missed.insert(row.schedule, row);
            } else {
                schedules.insert(row);
            }
        }
        schedules
    }

    /// The greatest number given so far.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// By their numbers, those that were missed included.
    pub fn all(&self) -> impl Iterator<Item = &Schedule> {
        let mut rows: Vec<&Schedule> = self.waiting.values().chain(self.missed.values()).collect();
        rows.sort_unstable_by_key(|row| row.schedule);
        rows.into_iter()
    }

    fn insert(&mut self, row: Schedule) {
        self.tries.insert((row.due, row.schedule));
        self.waiting.insert(row.schedule, row);
    }

    fn remove(&mut self, schedule: u64) -> Option<Schedule> {
        self.tries.retain(|(_, one)| *one != schedule);
        self.firing.remove(&schedule);
        // It may have been cancelled in the moment in which it was missed.
        self.missed.remove(&schedule);
        self.waiting.remove(&schedule)
    }

    /// When the next one is worth a look. The wait is cut to slices, so that a clock that was set is noticed.
    /// What is due is worth it now: a moment later would be put off again by every request.
    pub fn next_try(&self, now: Now) -> Option<Mono> {
        let (at, _) = self.tries.first()?;
        let ms = u64::try_from(at.0 - now.wall.0).unwrap_or(0).min(WALL_CLOCK_SLICE_MS);
        Some(now.mono.after_ms(ms))
    }

    /// The disk is well again: what failed need not wait any longer.
    pub fn retry_now(&mut self, now: Wall) {
        self.tries = self
            .tries
            .iter()
            .map(|(at, schedule)| ((*at).min(self.due(*schedule, now)), *schedule))
            .collect();
    }

    fn due(&self, schedule: u64, otherwise: Wall) -> Wall {
        self.waiting.get(&schedule).map_or(otherwise, |row| row.due)
    }

    /// What this person has not been told of yet.
    pub fn take_missed(&mut self, nick: &NameKey) -> Vec<Schedule> {
        let theirs: Vec<u64> = self
            .missed
            .values()
            .filter(|row| name::key(&row.from) == *nick)
            .map(|row| row.schedule)
            .collect();
        theirs.iter().filter_map(|schedule| self.missed.remove(schedule)).collect()
    }
}

impl Hub {
    pub(super) fn schedule(
        &mut self,
        asker: &Asker,
        at: &str,
        text: &str,
        room: RoomId,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        self.check_text(text)?;
        let now = self.now().wall;
        let due = time::parse_due(at, now, &self.settings.zone)
            .ok_or_else(|| Reject::BadTime { text: echo(at) })?;
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let name = self.rooms.get(room).name().clone();
        let from = session.actor();
        let own = self.schedules.waiting.values().filter(|row| row.from == from).count();
        if own >= SCHEDULES_PER_NICK_MAX || self.schedules.waiting.len() >= SCHEDULES_MAX {
            return Err(Reject::TooMany { max: SCHEDULES_PER_NICK_MAX });
        }
        if self.storage != Storage::Well {
            return Err(Reject::StorageUnavailable);
        }
        self.schedules.last += 1;
        let schedule = self.schedules.last;
        let text = text.to_owned();
        let row = Schedule { schedule, room: name, from, text, due, made: now, missed: false };
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Scheduled { session, re });
        out.record(Some(ticket), Entry::Schedule(row));
        Ok(Done::Later)
    }

    pub(super) fn scheduled(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Schedule(row) = entry else { unreachable!("a schedule records a schedule") };
        let reply = match outcome {
            Outcome::Kept(_) | Outcome::Repeated { .. } | Outcome::Missing | Outcome::Edit(_) => {
                let reply = Reply::Scheduled { schedule: row.schedule, due: row.due, at: row.made };
                self.schedules.insert(row);
                Ok(reply)
            }
            Outcome::Failed => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    /// One's own, or for an admin all.
    pub(super) fn list_schedules(&mut self, asker: &Asker, out: &mut Effects) -> Result<Done, Reject> {
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let (admin, actor) = (session.is_admin(), name::key(&session.actor()));
        let mine = |row: &&Schedule| admin || name::key(&row.from) == actor;
        let mut schedules: Vec<ScheduleRow> = self
            .schedules
            .all()
            .filter(mine)
            .map(|row| ScheduleRow {
                schedule: row.schedule,
                room: row.room.clone(),
                from: row.from.clone(),
                due: row.due,
                text: row.text.clone(),
                missed: row.missed,
            })
            .collect();
        schedules.sort_by_key(|row| (row.due, row.schedule));
        // The admin has no hello at which to be told: seeing it here is being told.
        for row in self.schedules.take_missed(&actor) {
            out.record(None, Entry::ScheduleEnd { schedule: row.schedule, end: ScheduleEnd::Told });
        }
        Ok(Done::Reply(Reply::Schedules { schedules, at: self.now().wall }))
    }

    pub(super) fn unschedule(
        &mut self,
        asker: &Asker,
        schedule: u64,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let not_found = Reject::NotFound { schedule };
        let row = self.schedules.waiting.get(&schedule).ok_or(not_found.clone())?;
        // Somebody else's is not shown to exist.
        if !session.is_admin() && name::key(&row.from) != name::key(&session.actor()) {
            return Err(not_found);
        }
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Unscheduled { session, re });
        out.record(Some(ticket), Entry::ScheduleEnd { schedule, end: ScheduleEnd::Cancelled });
        Ok(Done::Later)
    }

    pub(super) fn unscheduled(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::ScheduleEnd { schedule, .. } = entry else { unreachable!("an unschedule records an end") };
        let reply = match outcome {
            Outcome::Kept(_) | Outcome::Repeated { .. } | Outcome::Edit(_) => {
                self.schedules.remove(schedule);
                Ok(Reply::Unscheduled { schedule })
            }
            // It was sent in the same moment.
            Outcome::Missing => Err(Reject::NotFound { schedule }),
            Outcome::Failed => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    /// Sends what is due, and gives up what was due too long ago to make sense now.
    pub(super) fn fire_due(&mut self, out: &mut Effects) {
        let now = self.now().wall;
        while let Some((at, schedule)) = self.schedules.tries.first().copied() {
            if at > now || self.stopping {
                return;
            }
            self.schedules.tries.remove(&(at, schedule));
            if self.schedules.firing.contains(&schedule) {
                continue;
            }
            let Some(row) = self.schedules.waiting.get(&schedule).cloned() else { continue };
            let grace_ms = self.settings.schedule_grace_ms;
            if grace_ms > 0 && now.0 - row.due.0 > grace_ms {
                self.miss(row, out);
            } else {
                self.fire(row, out);
            }
        }
    }

    fn fire(&mut self, row: Schedule, out: &mut Effects) {
        // Nothing is said in a room that is gone, nor by somebody who may not speak there now.
        let room = self.rooms.named(&row.room).filter(|_| !self.is_silenced(&row.from, &row.room));
        let Some(room) = room else { return self.miss(row, out) };
        let at = self.stamp();
        let (name, from, text) = (row.room, row.from, row.text);
        let kind = MessageKind::Scheduled;
        let message = Message { room: name, at, from, text, kind, ..Message::default() };
        let ticket = self.ticket(Pending::Fired { room });
        self.schedules.firing.insert(row.schedule);
        let fires = Some(row.schedule);
        out.record(Some(ticket), Entry::Message { message, author: None, mid: None, fires });
    }

    fn is_silenced(&self, nick: &str, room: &str) -> bool {
        let session = self.sessions.named(&name::key(nick));
        let suspect = Suspect { session, nick: Some(nick), address: None };
        let hits = |kind| self.sanctions.hits(kind, Some(room), &suspect, self.now().wall).is_some();
        hits(SanctionKind::Mute) || hits(SanctionKind::Ban)
    }

    fn miss(&mut self, row: Schedule, out: &mut Effects) {
        self.schedules.remove(row.schedule);
        out.record(None, Entry::ScheduleEnd { schedule: row.schedule, end: ScheduleEnd::Missed });
        match self.sessions.named(&name::key(&row.from)) {
            Some(sender) => {
                let (schedule, due, text) = (row.schedule, row.due, row.text);
                let at = self.now().wall;
                let notice = Notice::ScheduleMissed { schedule, due, text };
                out.record(None, Entry::ScheduleEnd { schedule, end: ScheduleEnd::Told });
                out.deliver([sender], None, Event::Notice { notice, at });
            }
            None => {
                self.schedules.missed.insert(row.schedule, Schedule { missed: true, ..row });
            }
        }
    }

    pub(super) fn fired(&mut self, room: RoomId, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Message { mut message, fires: Some(schedule), .. } = entry else {
            unreachable!("what fires is a message of a schedule")
        };
        self.schedules.firing.remove(&schedule);
        match outcome {
            Outcome::Kept(seq) => {
                self.schedules.remove(schedule);
                message.seq = Some(seq);
                let at = message.at;
                let sender = self.sessions.named(&name::key(&message.from));
                self.heard(sender, room, message, out);
                if let Some(sender) = sender {
                    let notice = Notice::ScheduleSent { schedule };
                    out.deliver([sender], None, Event::Notice { notice, at });
                }
            }
            // It was cancelled in the same moment.
            Outcome::Missing | Outcome::Repeated { .. } | Outcome::Edit(_) => {
                self.schedules.remove(schedule);
            }
            Outcome::Failed => {
                let later = Wall(self.now().wall.0 + SCHEDULE_RETRY_MS);
                self.schedules.tries.insert((later, schedule));
            }
        }
    }
}
