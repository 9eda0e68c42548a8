//! What people say: to a room, to each other, to everybody.
//!
//! Knows neither bytes nor the database. Why everything here has two halves:
//! nobody hears a message before the history has it.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::effect::Effects;
use super::entry::{ClientId, CommandRecord, Entry, Outcome};
use super::event::{Event, Message, MessageKind, Whisper};
use super::hub::Hub;
use super::mentions;
use super::name::Name;
use super::pending::{Asker, Done, Pending};
use super::reject::{Malformed, Reject};
use super::reply::{Reply, Role};
use super::room::RoomId;
use super::session::SessionId;
use super::settings::Storage;
use crate::limits::WHISPER_RECEIVERS_MAX;

/// Refuses what would break a line or move a cursor: control characters but the tab, and line separators.
pub fn check_text(text: &str, chars_max: usize) -> Result<(), Reject> {
    // Every character takes a byte, so most texts need no counting.
    if chars_max > 0 && text.len() > chars_max && text.chars().count() > chars_max {
        return Err(Reject::TooLong { max: chars_max });
    }
    let printable_ascii = |byte: u8| (0x20..0x7f).contains(&byte) || byte == b'\t';
    let harmless = |c: char| {
        c == '\t' || !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') || is_nonchar(c))
    };
    if !text.bytes().all(printable_ascii) && !text.chars().all(harmless) {
        return Err(Reject::BadChar);
    }
    if text.trim().is_empty() { Err(Reject::Malformed(Malformed::EmptyText)) } else { Ok(()) }
}

/// Unicode §23.7: code points that are never characters.
fn is_nonchar(c: char) -> bool {
    (c as u32) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}

impl Hub {
    pub(super) fn check_text(&self, text: &str) -> Result<(), Reject> {
        check_text(text, self.settings.text_chars)
    }

    /// A reason or parting word that may be left out; an empty one is.
    pub(super) fn optional_text(&self, text: Option<&str>) -> Result<Option<String>, Reject> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        self.check_text(text)?;
        Ok(Some(text.to_owned()))
    }

    /// The client's own id for a message, bound to its session.
    fn client_id(&self, session: SessionId, mid: Option<&str>) -> Option<ClientId> {
        mid.map(|mid| ClientId { session: self.session_name(session), mid: mid.to_owned() })
    }

    /// Refuses what cannot be kept; `Ok(false)` lets it pass without.
    fn recordable(&self) -> Result<bool, Reject> {
        match (&self.storage, self.settings.allow_unrecorded) {
            (Storage::Well, _) => Ok(true),
            (Storage::Degraded { .. } | Storage::Stalled, true) => Ok(false),
            (Storage::Degraded { .. } | Storage::Stalled, false) => Err(Reject::StorageUnavailable),
        }
    }

    pub(super) fn say(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        kind: MessageKind,
        text: Cow<'_, str>,
        mid: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        self.check_text(&text)?;
        self.check_pace(asker.session, room_id)?;
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let from = session.actor();
        let recordable = self.recordable()?;
        let name = self.rooms.get(room_id).name().clone();
        let at = self.stamp();
        let mentions = self.mentions(asker.session, room_id, &text);
        let text = text.into_owned();
        let message = Message { room: name.clone(), at, from, text, kind, mentions, ..Message::default() };
        if !recordable {
            let but = self.but(asker.session);
            out.deliver(self.rooms.get(room_id).listeners(), but, Event::Message(message));
            return Ok(Done::Reply(Reply::Said { room: name, seq: None, at }));
        }
        let Asker { session, re } = asker.clone();
        let mid = self.client_id(session, mid);
        let author = Some(self.author(session));
        let ticket = self.ticket(Pending::Said { session, re, room: room_id, cut: None });
        if let Some(speaker) = self.sessions.get_mut(session) {
            speaker.last_say = Some(ticket);
        }
        out.record(Some(ticket), Entry::Message { message, author, mid, fires: None });
        Ok(Done::Later)
    }

    /// The room's slow mode, which binds all but those who moderate it. What passes is counted.
    fn check_pace(&mut self, id: SessionId, room_id: RoomId) -> Result<(), Reject> {
        let now = self.now().mono;
        let room = self.rooms.get(room_id);
        let slow_ms = room.row.slow_ms;
        if slow_ms == 0 || matches!(room.role(id), Some(Role::Owner | Role::Moderator)) {
            return Ok(());
        }
        let Some(seat) = self.sessions.get_mut(id).and_then(|session| session.seat_mut(room_id)) else {
            return Ok(());
        };
        match seat.spoke.map(|spoke| now.since_ms(spoke)) {
            Some(passed_ms) if passed_ms < slow_ms => {
                let room = room.name().clone();
                Err(Reject::TooSoon { room, wait_ms: slow_ms - passed_ms })
            }
            Some(_) | None => {
                seat.spoke = Some(now);
                Ok(())
            }
        }
    }

    /// Those members of the room whom a text names, but for whoever says it.
    fn mentions(&self, speaker: SessionId, room: RoomId, text: &str) -> Vec<Name> {
        let room = self.rooms.get(room);
        let whose = |word: &str| {
            let called = self.sessions.called(word);
            called.filter(|called| *called != speaker && room.has(*called))
        };
        mentions::mentioned(text, whose).into_iter().filter_map(|id| self.nick_of(id)).collect()
    }

    /// A line of talk is in the history: now it is heard.
    pub(super) fn said(
        &mut self,
        asker: Asker,
        cut: Option<SessionId>,
        room_id: RoomId,
        entry: Entry,
        outcome: Outcome,
        out: &mut Effects,
    ) {
        let Entry::Message { mut message, mid, .. } = entry else { unreachable!("a say records a message") };
        let (room, at) = (message.room.clone(), message.at);
        let reply = match outcome {
            Outcome::Kept(seq) => {
                message.seq = Some(seq);
                if let Some(speaker) = self.sessions.get_mut(asker.session) {
                    speaker.last_said = Some((room_id, seq));
                }
                let own =
                    cut.map(|cut| (cut, Message { mid: mid.map(|id| id.mid.into()), ..message.clone() }));
                self.heard(cut.or(self.but(asker.session)), room_id, message, out);
                if let Some((cut, own)) = own {
                    self.heard_by_itself(cut, room_id, own, out);
                }
                return self.answer_in_place(
                    asker,
                    room_id,
                    seq,
                    Reply::Said { room, seq: Some(seq), at },
                    out,
                );
            }
            Outcome::Repeated { number, at } => {
                let reply = Reply::Said { room, seq: Some(number), at };
                return self.answer_in_place(asker, room_id, number, reply, out);
            }
            Outcome::Failed if self.settings.allow_unrecorded => {
                self.heard(self.but(asker.session), room_id, message, out);
                Ok(Reply::Said { room, seq: None, at })
            }
            Outcome::Failed | Outcome::Missing | Outcome::Edit(_) | Outcome::Import(_) => {
                Err(Reject::StorageUnavailable)
            }
        };
        self.answer(asker, reply, out);
    }

    /// Who said it over a connection that was lost hears it as others do, when they are back.
    fn heard_by_itself(&self, id: SessionId, room: RoomId, message: Message, out: &mut Effects) {
        if self.rooms.find(room).is_some_and(|room| room.has(id)) && !self.misses(id, room) {
            out.deliver([id], None, Event::Missed(Box::new(message)));
        }
    }

    /// To everybody who hears the room; it may have been closed meanwhile.
    pub(super) fn heard(
        &mut self,
        speaker: Option<SessionId>,
        room_id: RoomId,
        message: Message,
        out: &mut Effects,
    ) {
        if let Some(seq) = message.seq
            && let Some(later) = self.rooms.note_seq(room_id, &message.room, seq)
        {
            out.record(None, Entry::Room(self.rooms.get(later).coming().clone()));
        }
        if let Some(room) = self.rooms.find(room_id) {
            let listeners = room.listeners();
            if self.gapped.is_empty() || message.seq.is_none() {
                out.deliver(listeners, speaker, Event::Message(message));
            } else {
                let listeners = listeners.filter(|id| !self.misses(*id, room_id));
                out.deliver(listeners, speaker, Event::Message(message));
            }
        }
    }

    pub(super) fn whisper(
        &mut self,
        asker: &Asker,
        to: &[Cow<'_, str>],
        text: &str,
        mid: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        self.check_text(text)?;
        if to.len() > WHISPER_RECEIVERS_MAX {
            return Err(Reject::TooMany { max: WHISPER_RECEIVERS_MAX });
        }
        let (mut names, mut people): (Vec<Name>, SmallVec<[SessionId; 1]>) = Default::default();
        for nick in to {
            let (receiver, name) = self.person(nick)?;
            if !people.contains(&receiver) {
                names.push(name);
                people.push(receiver);
            }
        }
        if to.is_empty() {
            let partner = self.sessions.get(asker.session).and_then(|session| session.partner);
            let partner = partner.ok_or(Reject::NoPartner)?;
            names.push(self.nick_of(partner).ok_or(Reject::NoPartner)?);
            people.push(partner);
        }
        let recordable = self.recordable()?;
        let at = self.stamp();
        let from = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?.actor();
        let whisper = Whisper { id: None, at, from, to: names, text: text.to_owned() };
        if !recordable {
            self.deliver_whisper(people, whisper, out);
            return Ok(Done::Reply(Reply::Whispered { id: None, at, waiting: Vec::new() }));
        }
        let Asker { session, re } = asker.clone();
        let mid = self.client_id(session, mid);
        let ticket = self.ticket(Pending::Whispered { session, re, people });
        out.record(Some(ticket), Entry::Whisper { whisper, mid });
        Ok(Done::Later)
    }

    pub(super) fn whispered(
        &mut self,
        asker: Asker,
        people: SmallVec<[SessionId; 1]>,
        entry: Entry,
        outcome: Outcome,
        out: &mut Effects,
    ) {
        let Entry::Whisper { mut whisper, .. } = entry else { unreachable!("a whisper records a whisper") };
        let reply = match outcome {
            Outcome::Kept(id) => {
                whisper.id = Some(id);
                let (at, waiting) = (whisper.at, self.held_among(&people));
                self.deliver_whisper(people, whisper, out);
                Ok(Reply::Whispered { id: Some(id), at, waiting })
            }
            Outcome::Repeated { number, at } => {
                Ok(Reply::Whispered { id: Some(number), at, waiting: Vec::new() })
            }
            Outcome::Failed if self.settings.allow_unrecorded => {
                let at = whisper.at;
                self.deliver_whisper(people, whisper, out);
                Ok(Reply::Whispered { id: None, at, waiting: Vec::new() })
            }
            Outcome::Failed | Outcome::Missing | Outcome::Edit(_) | Outcome::Import(_) => {
                Err(Reject::StorageUnavailable)
            }
        };
        self.answer(asker, reply, out);
    }

    /// To those of the receivers who are still here. Not by their names: somebody else may have one by now.
    /// Those whose connection is lost just now.
    fn held_among(&self, people: &[SessionId]) -> Vec<Name> {
        let held = people.iter().filter_map(|id| self.sessions.get(*id)).filter(|one| one.is_held());
        held.filter_map(|one| one.nick.clone()).collect()
    }

    fn deliver_whisper(&mut self, mut people: SmallVec<[SessionId; 1]>, whisper: Whisper, out: &mut Effects) {
        people.retain(|id| self.takes_whisper(*id, whisper.id));
        people.sort_unstable();
        out.deliver(people, None, Event::Whisper(whisper));
    }

    /// To everybody in every room. The record of the command is what keeps it.
    pub(super) fn broadcast(&mut self, asker: &Asker, text: &str, out: &mut Effects) -> Result<Done, Reject> {
        self.check_text(text)?;
        if !self.recordable()? {
            let at = self.now().wall;
            let actor = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?.actor();
            let people = self.announce(asker.session, actor, text.to_owned(), out);
            return Ok(Done::Reply(Reply::Announced { at, people }));
        }
        let Asker { session, re } = asker.clone();
        Ok(Done::AfterRecord(Pending::Announced { session, re }))
    }

    pub(super) fn announced(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Command(CommandRecord { at, actor, args, .. }) = entry else {
            unreachable!("a broadcast is kept as a command")
        };
        let reply = match outcome {
            Outcome::Kept(_)
            | Outcome::Repeated { .. }
            | Outcome::Missing
            | Outcome::Edit(_)
            | Outcome::Import(_) => {
                let people = self.announce(asker.session, actor, args, out);
                Ok(Reply::Announced { at, people })
            }
            Outcome::Failed => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    fn announce(&self, by: SessionId, from: Name, text: String, out: &mut Effects) -> usize {
        let mut people = self.everybody();
        people.retain(|one| *one != by);
        let count = people.len();
        out.deliver(people, None, Event::Announcement { text, at: self.now().wall, from });
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_may_hold() {
        for text in ["hi", "a\tb", "안녕 👩‍👩‍👧", "a\u{202e}b"] {
            assert_eq!(check_text(text, 2000), Ok(()), "{text:?}");
        }
        for text in ["a\rb", "a\nb", "\u{0}", "\u{1b}[31m", "\u{85}", "\u{2028}", "a\u{feff}", "\u{fffe}"] {
            assert_eq!(check_text(text, 2000), Err(Reject::BadChar), "{text:?}");
        }
        assert_eq!(check_text("안녕하세요", 5), Ok(()));
        assert_eq!(check_text("안녕하세요!", 5), Err(Reject::TooLong { max: 5 }));
        assert_eq!(check_text(" \t", 5), Err(Reject::Malformed(Malformed::EmptyText)));
    }
}
