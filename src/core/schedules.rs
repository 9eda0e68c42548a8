//! Messages that wait for their time.
//!
//! Knows no clock and no time zone but those handed in. Why the wall clock
//! decides: people mean the time they see, also after somebody has set it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::effect::Effects;
use super::entry::{Entry, Fires, Outcome, Schedule, ScheduleEnd, Skipped};
use super::event::{Event, Message, MessageKind, Notice};
use super::hub::Hub;
use super::name::{self, NameKey};
use super::pending::{Asker, Done, Pending};
use super::recurrence::{self, Every, Rule};
use super::reject::{Reject, echo};
use super::reply::{Reply, ScheduleRow};
use super::request::ScheduleAsked;
use super::room::RoomId;
use super::sanctions::{SanctionKind, Suspect};
use super::session::SessionId;
use super::settings::Storage;
use super::time::{self, Mono, Now, Wall};
use crate::limits::{SCHEDULE_RETRY_MS, SCHEDULES_MAX, SCHEDULES_PER_NICK_MAX, WALL_CLOCK_SLICE_MS};

/// Everything that waits, and what was missed and not yet told.
#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Schedules {
    waiting: BTreeMap<u64, Schedule>,
    missed: BTreeMap<u64, Schedule>,
    /// Those that wait for their next run, while their sender does not know of the one that was missed.
    untold: BTreeSet<u64>,
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
        if row.skipped.is_some_and(|skipped| !skipped.told) {
            self.untold.insert(row.schedule);
        }
        self.tries.insert((row.due, row.schedule));
        self.waiting.insert(row.schedule, row);
    }

    fn remove(&mut self, schedule: u64) -> Option<Schedule> {
        self.tries.retain(|(_, one)| *one != schedule);
        self.firing.remove(&schedule);
        self.untold.remove(&schedule);
        // It may have been cancelled in the moment in which it was missed.
        self.missed.remove(&schedule);
        self.waiting.remove(&schedule)
    }

    /// It waits for its next run; the try that led here is taken out already.
    fn go_on(&mut self, schedule: u64, next: Wall, skipped: Option<Skipped>) {
        // It may have been cancelled in the same moment.
        let Some(row) = self.waiting.remove(&schedule) else { return };
        self.untold.remove(&schedule);
        self.insert(Schedule { due: next, skipped, ..row });
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

    /// What this person has not been told of yet, and the record of its being told.
    pub fn take_missed(&mut self, nick: &NameKey) -> Vec<(Entry, Notice)> {
        let theirs = |row: &&Schedule| name::key(&row.from) == *nick;
        let over: Vec<u64> = self.missed.values().filter(theirs).map(|row| row.schedule).collect();
        let over = over.iter().filter_map(|schedule| self.missed.remove(schedule)).map(|row| {
            let told = Entry::ScheduleEnd { schedule: row.schedule, end: ScheduleEnd::Told };
            (told, missed(row.schedule, row.due, row.text, None))
        });
        let mut missed_ones: Vec<(Entry, Notice)> = over.collect();
        // While a run is being committed it is not settled which is the next; that one is told of another time.
        let settled = self.untold.difference(&self.firing);
        let untold = settled.filter_map(|schedule| self.waiting.get(schedule));
        let skipped: Vec<u64> = untold.filter(theirs).map(|row| row.schedule).collect();
        for schedule in skipped {
            self.untold.remove(&schedule);
            let Some(row) = self.waiting.get_mut(&schedule) else { continue };
            let Some(skipped) = &mut row.skipped else { continue };
            skipped.told = true;
            let told = Entry::ScheduleSkip { schedule, next: row.due, skipped: *skipped };
            missed_ones.push((told, missed(schedule, skipped.due, row.text.clone(), Some(row.due))));
        }
        missed_ones
    }
}

fn missed(schedule: u64, due: Wall, text: String, next: Option<Wall>) -> Notice {
    Notice::ScheduleMissed { schedule, due, text, next }
}

impl Hub {
    pub(super) fn schedule(
        &mut self,
        asker: &Asker,
        asked: ScheduleAsked<'_>,
        room: RoomId,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        self.check_text(&asked.text)?;
        let now = self.now().wall;
        let (due, rule) = self.first_run(&asked)?;
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
        let text = asked.text.into_owned();
        let (missed, skipped) = (false, None);
        let row = Schedule { schedule, room: name, from, text, due, made: now, missed, rule, skipped };
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Scheduled { session, re });
        out.record(Some(ticket), Entry::Schedule(row));
        Ok(Done::Later)
    }

    /// The first run, and the rule of those after it where there are any.
    fn first_run(&self, asked: &ScheduleAsked<'_>) -> Result<(Wall, Option<Rule>), Reject> {
        let now = self.now().wall;
        let zone = match asked.zone.as_deref() {
            Some(name) => (self.settings.zones)(name).ok_or_else(|| Reject::BadZone { text: echo(name) })?,
            None => self.settings.zone.clone(),
        };
        let (word, at) = match asked.every.as_deref() {
            Some(word) => (Some(word), &*asked.at),
            None => recurrence::split_word(&asked.at),
        };
        let bad_time = || Reject::BadTime { text: echo(&asked.at) };
        let Some(word) = word else {
            return Ok((time::parse_due(at, now, &zone).ok_or_else(bad_time)?, None));
        };
        let bad_rule = || Reject::BadRule { text: echo(word) };
        // Only a rule of days can be lacking its time.
        let every = Every::read(word, Some(at));
        let every = every.ok_or_else(|| Reject::BadRule { text: echo(&format!("{word} {at}")) })?;
        let after = match &every {
            Every::Cron(_) if at != "now" => {
                Wall(time::parse_due(at, now, &zone).ok_or_else(bad_time)?.0 - 1)
            }
            Every::Cron(_) | Every::Daily(_) | Every::Weekdays(_) => now,
        };
        let named = asked.zone.as_ref().map(|name| zone.iana_name().unwrap_or(name).to_owned());
        let rule = Rule { every, zone: named };
        let due = rule.next(after, &zone).ok_or_else(bad_rule)?;
        Ok((due, Some(rule)))
    }

    pub(super) fn scheduled(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Schedule(row) = entry else { unreachable!("a schedule records a schedule") };
        let reply = match outcome {
            Outcome::Kept(_)
            | Outcome::Repeated { .. }
            | Outcome::Missing
            | Outcome::Edit(_)
            | Outcome::Import(_) => {
                let (schedule, rule) = (row.schedule, row.rule.clone());
                let reply = Reply::Scheduled { schedule, due: row.due, at: row.made, rule };
                self.schedules.insert(row);
                Ok(reply)
            }
            Outcome::Failed => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    /// One's own and those of rooms that one owns, or for an admin all.
    pub(super) fn list_schedules(&mut self, asker: &Asker, out: &mut Effects) -> Result<Done, Reject> {
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let actor = name::key(&session.actor());
        let mut schedules: Vec<ScheduleRow> = self
            .schedules
            .all()
            .filter(|row| self.manages(asker.session, row))
            .map(|row| ScheduleRow {
                schedule: row.schedule,
                room: row.room.clone(),
                from: row.from.clone(),
                due: row.due,
                text: row.text.clone(),
                missed: row.missed,
                rule: row.rule.clone(),
            })
            .collect();
        schedules.sort_by_key(|row| (row.due, row.schedule));
        // The admin has no hello at which to be told: seeing it here is being told.
        for (told, _notice) in self.schedules.take_missed(&actor) {
            out.record(None, told);
        }
        Ok(Done::Reply(Reply::Schedules { schedules, at: self.now().wall }))
    }

    /// Its sender, the owner of its room and every admin.
    fn manages(&self, id: SessionId, row: &Schedule) -> bool {
        let Some(session) = self.sessions.get(id) else { return false };
        let owns = || self.rooms.named(&row.room).is_some_and(|room| self.rooms.get(room).owner == Some(id));
        session.is_admin() || name::key(&row.from) == name::key(&session.actor()) || owns()
    }

    pub(super) fn unschedule(
        &mut self,
        asker: &Asker,
        schedule: u64,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        // Somebody else's is not shown to exist.
        let theirs = self.schedules.waiting.get(&schedule).filter(|row| self.manages(asker.session, row));
        if theirs.is_none() {
            return Err(Reject::NotFound { schedule });
        }
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Unscheduled { session, re });
        out.record(Some(ticket), Entry::ScheduleEnd { schedule, end: ScheduleEnd::Cancelled });
        Ok(Done::Later)
    }

    pub(super) fn unscheduled(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::ScheduleEnd { schedule, .. } = entry else { unreachable!("an unschedule records an end") };
        let reply = match outcome {
            Outcome::Kept(_) | Outcome::Repeated { .. } | Outcome::Edit(_) | Outcome::Import(_) => {
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
                // A later run of it may be young enough still.
                self.miss(row, Wall(now.0 - grace_ms - 1), out);
            } else {
                self.fire(row, out);
            }
        }
    }

    fn fire(&mut self, row: Schedule, out: &mut Effects) {
        // Nothing is said in a room that is gone, nor by somebody who may not speak there now.
        let room = self.rooms.named(&row.room).filter(|_| !self.is_silenced(&row.from, &row.room));
        let Some(room) = room else { return self.miss(row, self.now().wall, out) };
        let at = self.stamp();
        let fires =
            Fires { schedule: row.schedule, due: row.due, next: self.run_after(&row, self.now().wall) };
        let (name, from, text) = (row.room, row.from, row.text);
        let kind = MessageKind::Scheduled;
        let message = Message { room: name, at, from, text, kind, ..Message::default() };
        let ticket = self.ticket(Pending::Fired { room });
        self.schedules.firing.insert(row.schedule);
        let entry = Entry::Message { message, author: None, mid: None, fires: Some(fires) };
        out.record(Some(ticket), entry);
    }

    /// When it comes again: not before `at`, as runs that have passed are not caught up with one by one.
    fn run_after(&self, row: &Schedule, at: Wall) -> Option<Wall> {
        let rule = row.rule.as_ref()?;
        // A zone that the machine has forgotten is the server's.
        let named = rule.zone.as_deref().and_then(self.settings.zones);
        rule.next(row.due.max(at), named.as_ref().unwrap_or(&self.settings.zone))
    }

    fn is_silenced(&self, nick: &str, room: &str) -> bool {
        let session = self.sessions.named(&name::key(nick));
        let suspect = Suspect { session, nick: Some(nick), address: None };
        let hits = |kind| self.sanctions.hits(kind, Some(room), &suspect, self.now().wall).is_some();
        hits(SanctionKind::Mute) || hits(SanctionKind::Ban)
    }

    /// It is not sent, nor any other run up to `until`, and its sender is told: now, or when they are here again.
    fn miss(&mut self, row: Schedule, until: Wall, out: &mut Effects) {
        let sender = self.sessions.named(&name::key(&row.from));
        let next = self.run_after(&row, until);
        let (schedule, due) = (row.schedule, row.due);
        match next {
            Some(next) => {
                let known = row.skipped.is_some_and(|skipped| skipped.told);
                let skipped = Skipped { due, told: known || sender.is_some() };
                out.record(None, Entry::ScheduleSkip { schedule, next, skipped });
                self.schedules.go_on(schedule, next, Some(skipped));
                if known {
                    // A room that is gone for a week must not tell them every day.
                    return;
                }
            }
            None => {
                self.schedules.remove(schedule);
                out.record(None, Entry::ScheduleEnd { schedule, end: ScheduleEnd::Missed });
                if sender.is_some() {
                    out.record(None, Entry::ScheduleEnd { schedule, end: ScheduleEnd::Told });
                } else {
                    self.schedules.missed.insert(schedule, Schedule { missed: true, ..row.clone() });
                }
            }
        }
        if let Some(sender) = sender {
            let notice = missed(schedule, due, row.text, next);
            out.deliver([sender], None, Event::Notice { notice, at: self.now().wall });
        }
    }

    pub(super) fn fired(&mut self, room: RoomId, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Message { mut message, fires: Some(fires), .. } = entry else {
            unreachable!("what fires is a message of a schedule")
        };
        let schedule = fires.schedule;
        self.schedules.firing.remove(&schedule);
        match outcome {
            Outcome::Kept(seq) => {
                self.sent(fires);
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
            Outcome::Missing | Outcome::Repeated { .. } | Outcome::Edit(_) | Outcome::Import(_) => {
                self.schedules.remove(schedule);
            }
            Outcome::Failed => {
                let later = Wall(self.now().wall.0 + SCHEDULE_RETRY_MS);
                self.schedules.tries.insert((later, schedule));
            }
        }
    }

    /// It goes on to its next run, or was the last.
    fn sent(&mut self, fires: Fires) {
        let Some(next) = fires.next else {
            self.schedules.remove(fires.schedule);
            return;
        };
        let row = self.schedules.waiting.get(&fires.schedule);
        let untold = row.and_then(|row| row.skipped).filter(|skipped| !skipped.told);
        self.schedules.go_on(fires.schedule, next, untold);
    }
}
