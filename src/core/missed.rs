//! What somebody has missed, and gets in its place before what is said now.
//!
//! Knows no SQL; the store has the pages. Why talk is withheld from one who is still being given
//! what was said before: everything is in the history, and comes from there in its order and once.

use serde::{Deserialize, Serialize};

use super::effect::{Effect, Effects};
use super::entry::{MissedQuery, Page, Query, WhispersQuery};
use super::event::{Edit, Event, Message, Whisper};
use super::hub::Hub;
use super::pending::{Asker, Pending};
use super::reply::Reply;
use super::request::Text;
use super::room::RoomId;
use super::session::{Door, SessionId};
use super::time::{Mono, Wall};
use crate::limits::{MISSED_RETRY_MS, PAGE_ROWS_MAX};

/// All that one session is still to be given.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Gaps {
    rooms: Vec<Gap>,
    whispers: Option<WhisperGap>,
    /// A page is being fetched.
    under_way: bool,
    /// Nothing is fetched until this one has been told that it is in the room.
    waits: bool,
}

/// One room, up to what is said there now.
#[derive(Debug, Serialize, Deserialize)]
struct Gap {
    room: RoomId,
    /// The last seq that this one has.
    after: u64,
    /// What the client had: of what changed up to there meanwhile it is told, too.
    had: Option<u64>,
    /// The room's last seq when the page was asked for.
    asked_at: u64,
    /// Changes of the time away, and those that happened while it was being filled.
    edits: Vec<Edit>,
    /// Answers to what it said meanwhile: each comes at the place of the message.
    answers: Vec<(u64, Asker, Reply)>,
    /// Changes that it made meanwhile, and was told of by an answer.
    changed: Vec<(u64, Wall)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WhisperGap {
    after: u64,
    /// The greatest id that was withheld.
    withheld: u64,
}

/// How far somebody had come who comes back.
pub(super) struct Seen<'a> {
    /// As the client says it.
    pub rooms: &'a [(Text<'a>, u64)],
    /// The last seq of each room when the connection was lost, for what the client does not say.
    pub left: Vec<(RoomId, u64)>,
    pub whisper: u64,
}

impl Gap {
    fn new(room: RoomId, after: u64, had: Option<u64>) -> Gap {
        let (edits, answers, changed) = Default::default();
        Gap { room, after, had, asked_at: 0, edits, answers, changed }
    }

    /// The next message, or the answer to it.
    fn give(&mut self, to: SessionId, message: Message, out: &mut Effects) {
        let seq = message.seq.unwrap_or(0);
        self.after = self.after.max(seq);
        // What it reads like already needs not be told again.
        let known = |edit: &Edit| edit.seq == seq && (message.deleted || message.edited >= Some(edit.at));
        self.edits.retain(|edit| !known(edit));
        match self.answers.iter().position(|(answered, ..)| *answered == seq) {
            Some(place) => {
                let (_, asker, reply) = self.answers.remove(place);
                out.reply(asker.session, asker.re, Ok(reply));
            }
            None => out.deliver([to], None, Event::Missed(Box::new(message))),
        }
    }

    /// The changes of messages that this one has.
    fn give_edits(&mut self, to: SessionId, out: &mut Effects) {
        let edits = std::mem::take(&mut self.edits);
        let (mut now, later): (Vec<Edit>, Vec<Edit>) =
            edits.into_iter().partition(|one| one.seq <= self.after);
        self.edits = later;
        now.sort_by_key(|edit| (edit.at, edit.seq));
        now.dedup_by_key(|edit| (edit.at, edit.seq));
        // What this one has changed since, it knows by the answer.
        let overtaken = |edit: &Edit| self.changed.iter().any(|(seq, at)| *seq == edit.seq && *at >= edit.at);
        for edit in now.into_iter().filter(|edit| !overtaken(edit)) {
            out.deliver([to], None, Event::Edited(edit));
        }
    }

    /// Nothing more comes of it: who still waits is answered.
    fn give_answers(self, out: &mut Effects) {
        for (_, asker, reply) in self.answers {
            out.reply(asker.session, asker.re, Ok(reply));
        }
    }
}

impl Gaps {
    fn is_filled(&self) -> bool {
        self.rooms.is_empty() && self.whispers.is_none()
    }
}

impl Hub {
    /// What this one has missed in each room that it is in.
    pub(super) fn open_gaps(&mut self, id: SessionId, seen: &Seen<'_>) {
        let Some(session) = self.sessions.get(id) else { return };
        let mut gaps = Gaps::default();
        for seat in &session.seats {
            let room = self.rooms.get(seat.room);
            let said = seen.rooms.iter().find(|(name, _)| self.rooms.named(name) == Some(seat.room));
            let left = seen.left.iter().find(|(room, _)| *room == seat.room);
            let had = said.map(|(_, seq)| *seq).or(left.map(|(_, seq)| *seq)).unwrap_or(room.last);
            let had = had.clamp(seat.from.min(room.last), room.last);
            gaps.rooms.push(Gap::new(seat.room, had, Some(had)));
        }
        // After a restart it is not known which whispers were handed over, and the client may not say.
        let known = seen.whisper < u64::MAX;
        gaps.waits = true;
        gaps.whispers = known.then_some(WhisperGap { after: seen.whisper, withheld: 0 });
        let Some(session) = self.sessions.get_mut(id) else { return };
        if let Some(lifeline) = &mut session.lifeline {
            lifeline.whisper = if known { seen.whisper } else { 0 };
        }
        session.gaps = Some(Box::new(gaps));
        self.gapped.insert(id);
    }

    /// One who hears a room from outside is given what was said there after this seq, too.
    pub(super) fn open_gap(&mut self, id: SessionId, room_id: RoomId, after: u64) {
        let room = self.rooms.get(room_id);
        let after = after.clamp(room.row.floor.min(room.last), room.last);
        let Some(session) = self.sessions.get_mut(id) else { return };
        let gaps = session.gaps.get_or_insert_default();
        gaps.rooms.retain(|gap| gap.room != room_id);
        gaps.rooms.push(Gap::new(room_id, after, Some(after)));
        gaps.waits = true;
        self.gapped.insert(id);
    }

    /// A person at a terminal has come into a room, and is shown its last lines.
    pub(super) fn open_replay(&mut self, id: SessionId, room_id: RoomId) {
        let lines = u64::from(self.settings.replay);
        let room = self.rooms.get(room_id);
        let after = room.last.saturating_sub(lines).max(room.row.floor);
        let Some(session) = self.sessions.get_mut(id).filter(|session| session.door == Door::Text) else {
            return;
        };
        if lines == 0 || after >= room.last {
            return;
        }
        let gaps = session.gaps.get_or_insert_default();
        gaps.rooms.retain(|gap| gap.room != room_id);
        gaps.rooms.push(Gap::new(room_id, after, None));
        gaps.waits = true;
        self.gapped.insert(id);
    }

    /// Who was told that they are in a room is shown what was said there.
    pub(super) fn begin_replay(&mut self, id: SessionId, out: &mut Effects) {
        if let Some(gaps) = self.sessions.get_mut(id).and_then(|session| session.gaps.as_mut()) {
            gaps.waits = false;
            self.fill_gaps(id, out);
        }
    }

    /// Fetches what comes next; who has everything hears again what is said now.
    pub(super) fn fill_gaps(&mut self, id: SessionId, out: &mut Effects) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(gaps) = &mut session.gaps else { return };
        if gaps.is_filled() {
            session.gaps = None;
            self.gapped.remove(&id);
            return;
        }
        if gaps.under_way || gaps.waits {
            return;
        }
        gaps.under_way = true;
        let query = match (gaps.rooms.first_mut(), &gaps.whispers) {
            (Some(gap), _) => {
                let room = self.rooms.get(gap.room);
                gap.asked_at = room.last;
                Query::Missed(MissedQuery {
                    room: room.name().clone(),
                    after: gap.after,
                    edits_of: gap.had.take(),
                    author: session.author,
                    session: session.author.session_name(),
                    limit: PAGE_ROWS_MAX,
                })
            }
            (None, Some(whispers)) => Query::MissedWhispers(WhispersQuery {
                to: session.nick.clone().unwrap_or_default(),
                after: whispers.after,
                since: session.named,
                limit: PAGE_ROWS_MAX,
            }),
            (None, None) => unreachable!("there is something to be filled"),
        };
        let room = gaps.rooms.first().map(|gap| gap.room);
        let ticket = self.ticket(Pending::Missed { session: id, room });
        out.list.push(Effect::Fetch { ticket, query });
    }

    /// A page of what was missed is here.
    pub(super) fn fetched_missed(
        &mut self,
        id: SessionId,
        room: Option<RoomId>,
        page: Page,
        out: &mut Effects,
    ) {
        let gaps = self.sessions.get_mut(id).and_then(|session| session.gaps.as_mut());
        let Some(gaps) = gaps else { return };
        gaps.under_way = false;
        match (page, room) {
            (Page::Missed { messages, edits, more }, Some(room)) => {
                self.give_missed(id, room, messages, edits, more, out);
            }
            (Page::MissedWhispers { whispers, until, more }, _) => {
                self.give_whispers(id, whispers, until, more, out);
            }
            _unreadable => {
                let at = self.now().mono.after_ms(MISSED_RETRY_MS);
                self.gaps_retry = Some(self.gaps_retry.map_or(at, |before| before.min(at)));
                return;
            }
        }
        self.fill_gaps(id, out);
    }

    fn give_missed(
        &mut self,
        id: SessionId,
        room_id: RoomId,
        messages: Vec<Message>,
        edits: Vec<Edit>,
        more: bool,
        out: &mut Effects,
    ) {
        let last = self.rooms.find(room_id).map_or(0, |room| room.last);
        let Some(gaps) = self.sessions.get_mut(id).and_then(|session| session.gaps.as_mut()) else { return };
        // It may have left the room meanwhile.
        let Some(place) = gaps.rooms.iter().position(|gap| gap.room == room_id) else { return };
        let gap = &mut gaps.rooms[place];
        gap.edits.extend(edits);
        // Before what was said after them: who is cut off in the middle asks for what came after the last message.
        gap.give_edits(id, out);
        for message in messages {
            let seq = message.seq.unwrap_or(0);
            // What is committed but has not been heard by anybody comes to this one with the others.
            if seq > last {
                break;
            }
            gap.give(id, message, out);
        }
        gap.give_edits(id, out);
        // A seq that is missing from a page read to its end has expired.
        if !more && (gap.after >= last || gap.asked_at >= last) {
            gaps.rooms.remove(place).give_answers(out);
        }
    }

    fn give_whispers(
        &mut self,
        id: SessionId,
        whispers: Vec<Whisper>,
        until: u64,
        more: bool,
        out: &mut Effects,
    ) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(gaps) = &mut session.gaps else { return };
        let Some(gap) = &mut gaps.whispers else { return };
        gap.after = gap.after.max(until);
        if let Some(lifeline) = &mut session.lifeline {
            lifeline.whisper = lifeline.whisper.max(until);
        }
        if !more && gap.after >= gap.withheld {
            gaps.whispers = None;
        }
        for whisper in whispers {
            out.deliver([id], None, Event::Whisper(whisper));
        }
    }

    /// The pages that could not be read are asked for again.
    pub(super) fn retry_gaps(&mut self, out: &mut Effects) {
        if self.gaps_retry.is_some_and(|at: Mono| at <= self.now().mono) {
            self.gaps_retry = None;
            for id in self.gapped.clone() {
                self.fill_gaps(id, out);
            }
        }
    }

    /// Whether what is said in this room comes to this one from the history.
    pub(super) fn misses(&self, id: SessionId, room: RoomId) -> bool {
        let gaps = self.sessions.get(id).and_then(|session| session.gaps.as_ref());
        gaps.is_some_and(|gaps| gaps.rooms.iter().any(|gap| gap.room == room))
    }

    /// Answers a say; who still misses what was said before it is answered in its place.
    pub(super) fn answer_in_place(
        &mut self,
        asker: Asker,
        room: RoomId,
        seq: u64,
        reply: Reply,
        out: &mut Effects,
    ) {
        if !self.gapped.is_empty() {
            let gaps = self.sessions.get_mut(asker.session).and_then(|session| session.gaps.as_mut());
            let gap = gaps.and_then(|gaps| gaps.rooms.iter_mut().find(|gap| gap.room == room));
            if let Some(gap) = gap.filter(|gap| seq > gap.after) {
                return gap.answers.push((seq, asker, reply));
            }
        }
        self.answer(asker, Ok(reply), out);
    }

    /// Keeps a change back for those who do not have the message yet; who made it has the answer.
    pub(super) fn withhold_edit(&mut self, by: SessionId, room: RoomId, edit: &Edit) {
        for id in self.gapped.clone() {
            let gaps = self.sessions.get_mut(id).and_then(|session| session.gaps.as_mut());
            let gap = gaps.and_then(|gaps| gaps.rooms.iter_mut().find(|gap| gap.room == room));
            match gap {
                Some(gap) if id == by => gap.changed.push((edit.seq, edit.at)),
                Some(gap) => gap.edits.push(edit.clone()),
                None => {}
            }
        }
    }

    /// Whether this whisper is for now, or comes from the history, or has come from there.
    pub(super) fn takes_whisper(&mut self, id: SessionId, whisper: Option<u64>) -> bool {
        let Some(session) = self.sessions.get_mut(id).filter(|session| !session.is_held()) else {
            return false;
        };
        let (Some(number), Some(lifeline)) = (whisper, &mut session.lifeline) else { return true };
        if let Some(gap) = session.gaps.as_mut().and_then(|gaps| gaps.whispers.as_mut()) {
            gap.withheld = gap.withheld.max(number);
            return false;
        }
        let new = number > lifeline.whisper;
        lifeline.whisper = lifeline.whisper.max(number);
        new
    }

    /// Who hears a room no longer is given nothing more of it.
    pub(super) fn drop_gap(&mut self, id: SessionId, room: RoomId) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(gaps) = &mut session.gaps else { return };
        gaps.rooms.retain(|gap| gap.room != room);
        if gaps.is_filled() {
            session.gaps = None;
            self.gapped.remove(&id);
        }
    }

    /// Who is out of a room misses nothing of it any more.
    pub(super) fn close_gap(&mut self, id: SessionId, room: RoomId, out: &mut Effects) {
        if self.gapped.is_empty() {
            return;
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(gaps) = &mut session.gaps else { return };
        if let Some(place) = gaps.rooms.iter().position(|gap| gap.room == room) {
            gaps.rooms.remove(place).give_answers(out);
        }
        if gaps.is_filled() {
            session.gaps = None;
            self.gapped.remove(&id);
        }
    }
}
