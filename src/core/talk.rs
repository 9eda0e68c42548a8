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
use super::name::{self, Name};
use super::pending::{Asker, Done, Pending};
use super::reject::{Malformed, Reject, echo};
use super::reply::Reply;
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

    /// The room a request names, or the one that the session is in.
    pub(super) fn room_asked(&self, session: SessionId, named: Option<&str>) -> Result<RoomId, Reject> {
        let here = self.sessions.get(session).map_or(&[][..], |session| &session.rooms);
        let Some(wanted) = named else {
            return match here.first() {
                Some(room) => Ok(*room),
                None => self
                    .rooms
                    .named(&self.settings.default_room)
                    .ok_or(Reject::NoSuchRoom { room: self.settings.default_room.to_string() }),
            };
        };
        // The exact name of a room one is in needs no folding; it is what programs send with each line.
        if let Some(room) = here.iter().find(|room| *self.rooms.get(**room).name == *wanted) {
            return Ok(*room);
        }
        self.rooms.named(wanted).ok_or_else(|| Reject::NoSuchRoom { room: echo(wanted) })
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
        room: Option<&str>,
        text: Cow<'_, str>,
        mid: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        self.check_text(&text)?;
        let room = self.room_asked(asker.session, room)?;
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        if !session.rooms.contains(&room) && !session.is_admin() {
            return Err(Reject::NotInRoom { room: self.rooms.get(room).name.clone() });
        }
        let from = session.actor();
        let recordable = self.recordable()?;
        let name = self.rooms.get(room).name.clone();
        let at = self.stamp();
        let text = text.into_owned();
        let message = Message { room: name.clone(), seq: None, at, from, text, kind: MessageKind::Say };
        if !recordable {
            out.deliver(self.rooms.get(room).listeners(), Some(asker.session), Event::Message(message));
            return Ok(Done::Reply(Reply::Said { room: name, seq: None, at }));
        }
        let Asker { session, re } = asker.clone();
        let mid = self.client_id(session, mid);
        let ticket = self.ticket(Pending::Said { session, re, room });
        if let Some(speaker) = self.sessions.get_mut(session) {
            speaker.last_say = Some(ticket);
        }
        out.record(Some(ticket), Entry::Message { message, mid, fires: None });
        Ok(Done::Later)
    }

    /// A line of talk is in the history: now it is heard.
    pub(super) fn said(
        &mut self,
        asker: Asker,
        room: RoomId,
        entry: Entry,
        outcome: Outcome,
        out: &mut Effects,
    ) {
        let Entry::Message { mut message, .. } = entry else { unreachable!("a say records a message") };
        let name = message.room.clone();
        let reply = match outcome {
            Outcome::Kept(seq) => {
                message.seq = Some(seq);
                let at = message.at;
                let listeners = self.rooms.get(room).listeners();
                out.deliver(listeners, Some(asker.session), Event::Message(message));
                Ok(Reply::Said { room: name, seq: Some(seq), at })
            }
            Outcome::Repeated { number, at } => Ok(Reply::Said { room: name, seq: Some(number), at }),
            Outcome::Failed if self.settings.allow_unrecorded => {
                let at = message.at;
                let listeners = self.rooms.get(room).listeners();
                out.deliver(listeners, Some(asker.session), Event::Message(message));
                Ok(Reply::Said { room: name, seq: None, at })
            }
            Outcome::Failed | Outcome::Missing => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
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
            let no_such_user = || Reject::NoSuchUser { nick: echo(nick) };
            let receiver = self.sessions.named(&name::key(nick)).ok_or_else(no_such_user)?;
            if !people.contains(&receiver) {
                names.push(self.nick_of(receiver).ok_or_else(no_such_user)?);
                people.push(receiver);
            }
        }
        if names.is_empty() {
            return Err(Reject::Malformed(Malformed::MissingField("to".into())));
        }
        let recordable = self.recordable()?;
        let at = self.stamp();
        let from = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?.actor();
        let whisper = Whisper { id: None, at, from, to: names, text: text.to_owned() };
        if !recordable {
            self.deliver_whisper(people, whisper, out);
            return Ok(Done::Reply(Reply::Whispered { id: None, at }));
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
                let at = whisper.at;
                self.deliver_whisper(people, whisper, out);
                Ok(Reply::Whispered { id: Some(id), at })
            }
            Outcome::Repeated { number, at } => Ok(Reply::Whispered { id: Some(number), at }),
            Outcome::Failed if self.settings.allow_unrecorded => {
                let at = whisper.at;
                self.deliver_whisper(people, whisper, out);
                Ok(Reply::Whispered { id: None, at })
            }
            Outcome::Failed | Outcome::Missing => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    /// To those of the receivers who are still here. Not by their names: somebody else may have one by now.
    fn deliver_whisper(&self, mut people: SmallVec<[SessionId; 1]>, whisper: Whisper, out: &mut Effects) {
        people.retain(|id| self.sessions.get(*id).is_some());
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
            Outcome::Kept(_) | Outcome::Repeated { .. } | Outcome::Missing => {
                let people = self.announce(asker.session, actor, args, out);
                Ok(Reply::Announced { at, people })
            }
            Outcome::Failed => Err(Reject::StorageUnavailable),
        };
        self.answer(asker, reply, out);
    }

    fn announce(&self, by: SessionId, from: Name, text: String, out: &mut Effects) -> usize {
        let named = self.sessions.iter().filter(|(id, session)| session.nick.is_some() && *id != by);
        let people: Vec<SessionId> = named.map(|(id, _)| id).collect();
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
