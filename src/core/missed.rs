//! What somebody has missed, and gets in its place before what is said now.
//!
//! Knows no SQL; the store has the pages. Why talk is withheld from one who is still being given
//! what was said before: everything is in the history, and comes from there in its order and once.

use serde::{Deserialize, Serialize};

use super::effect::{Effect, Effects};
use super::entry::{MissedQuery, Page, Query, WhispersQuery};
use super::event::{Edit, Event, Message, Whisper};
use super::hub::Hub;
use super::pending::Pending;
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
    /// Its own messages and changes that it was told of by an answer meanwhile.
    answered: Vec<u64>,
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
            gaps.rooms.push(Gap {
                room: seat.room,
                after: had,
                had: Some(had),
                asked_at: 0,
                edits: Vec::new(),
                answered: Vec::new(),
                changed: Vec::new(),
            });
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
        gaps.rooms.push(Gap {
            room: room_id,
            after,
            had: None,
            asked_at: 0,
            edits: Vec::new(),
            answered: Vec::new(),
            changed: Vec::new(),
        });
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
        for message in messages {
            let seq = message.seq.unwrap_or(0);
            // What is committed but has not been heard by anybody comes to this one with the others.
            if seq > last {
                break;
            }
            gap.after = gap.after.max(seq);
            if gap.answered.contains(&seq) {
                continue;
            }
            // What it reads like already needs not be told again.
            let known = |edit: &Edit| edit.seq == seq && (message.deleted || message.edited >= Some(edit.at));
            gap.edits.retain(|edit| !known(edit));
            out.deliver([id], None, Event::Missed(Box::new(message)));
        }
        // A seq that is missing from a page read to its end has expired.
        let complete = !more && (gap.after >= last || gap.asked_at >= last);
        if complete {
            let mut gap = gaps.rooms.remove(place);
            gap.edits.sort_by_key(|edit| (edit.at, edit.seq));
            gap.edits.dedup_by_key(|edit| (edit.at, edit.seq));
            for edit in gap.edits {
                if gap.changed.contains(&(edit.seq, edit.at)) {
                    continue;
                }
                out.deliver([id], None, Event::Edited(edit));
            }
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

    /// Somebody who still misses something has said this, and is told by the answer.
    pub(super) fn was_answered(&mut self, id: SessionId, room: RoomId, seq: u64) {
        if self.gapped.is_empty() {
            return;
        }
        let gaps = self.sessions.get_mut(id).and_then(|session| session.gaps.as_mut());
        if let Some(gap) = gaps.and_then(|gaps| gaps.rooms.iter_mut().find(|gap| gap.room == room)) {
            gap.answered.push(seq);
        }
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

    /// Who is out of a room misses nothing of it any more.
    pub(super) fn close_gap(&mut self, id: SessionId, room: RoomId) {
        if self.gapped.is_empty() {
            return;
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        let Some(gaps) = &mut session.gaps else { return };
        gaps.rooms.retain(|gap| gap.room != room);
        if gaps.is_filled() {
            session.gaps = None;
            self.gapped.remove(&id);
        }
    }
}
