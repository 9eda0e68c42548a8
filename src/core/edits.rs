//! Changing and deleting what was said, and how far it was read.
//!
//! Knows no message: the history has them. Why the history decides whose it is:
//! only there stand its author and its time.

use super::effect::Effects;
use super::entry::{Author, EditOutcome, EditTerms, Entry, Outcome};
use super::event::{Edit, Event};
use super::hub::Hub;
use super::name::Name;
use super::pending::{Asker, Done, Pending};
use super::reads::ReadMark;
use super::reject::Reject;
use super::reply::{Reply, Role};
use super::room::RoomId;
use super::session::SessionId;
use super::settings::Storage;
use super::time::Wall;

impl Hub {
    /// Who this session is to the history: it alone may change what it said.
    pub(super) fn author(&self, session: SessionId) -> Author {
        self.sessions.get(session).map_or(Author { run: 0, serial: 0 }, |session| session.author)
    }

    /// `text` is none for a deletion; `seq` is none for one's own last message.
    pub(super) fn edit(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        seq: Option<u64>,
        text: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        if let Some(text) = text {
            self.check_text(text)?;
        }
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let room = self.rooms.get(room_id);
        let name = room.name().clone();
        let last = session.last_said.filter(|(room, _)| *room == room_id).map(|(_, seq)| seq);
        let no_message = || Reject::NoMessage { room: name.clone(), seq };
        let seq = seq.or(last).ok_or_else(no_message)?;
        if seq == 0 || seq > room.last || seq <= room.row.floor && !session.is_admin() {
            return Err(Reject::NoMessage { room: name, seq: Some(seq) });
        }
        if self.storage != Storage::Well {
            return Err(Reject::StorageUnavailable);
        }
        let terms = match room.role(asker.session) {
            Some(Role::Owner | Role::Moderator) => EditTerms::Moderator,
            Some(Role::Admin | Role::Member | Role::Muted) | None if !session.is_admin() => {
                let window_ms = self.settings.edit_window_ms;
                let since = if window_ms == 0 { Wall(0) } else { Wall(self.now().wall.0 - window_ms) };
                EditTerms::Own { author: self.author(asker.session), since }
            }
            Some(Role::Admin | Role::Member | Role::Muted) | None => EditTerms::Moderator,
        };
        let by = session.actor();
        let at = self.stamp();
        let text = text.map(str::to_owned);
        let edit = Edit { room: name, seq, at, by, from: Name::default(), text };
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Edited { session, re, room: room_id });
        out.record(Some(ticket), Entry::Edit { edit, terms });
        Ok(Done::Later)
    }

    /// The history has changed: now it is seen.
    pub(super) fn edited(
        &mut self,
        asker: Asker,
        room_id: RoomId,
        entry: Entry,
        outcome: Outcome,
        out: &mut Effects,
    ) {
        let Entry::Edit { mut edit, .. } = entry else { unreachable!("an edit records an edit") };
        let (room, seq, at) = (edit.room.clone(), edit.seq, edit.at);
        let reply = match outcome {
            Outcome::Edit(EditOutcome::Changed { from }) => {
                edit.from = from;
                let deleted = edit.text.is_none();
                self.seen_edited(asker.session, room_id, edit, out);
                Ok(if deleted { Reply::Deleted { room, seq, at } } else { Reply::Edited { room, seq, at } })
            }
            Outcome::Missing => Err(Reject::NoMessage { room, seq: Some(seq) }),
            Outcome::Edit(EditOutcome::NotYours) => Err(Reject::NotYours),
            Outcome::Edit(EditOutcome::TooLate) => Err(Reject::TooLate),
            Outcome::Failed | Outcome::Kept(_) | Outcome::Repeated { .. } | Outcome::Import(_) => {
                Err(Reject::StorageUnavailable)
            }
        };
        self.answer(asker, reply, out);
    }

    /// To everybody who hears the room.
    fn seen_edited(&mut self, by: SessionId, room_id: RoomId, edit: Edit, out: &mut Effects) {
        if !self.gapped.is_empty() {
            self.withhold_edit(by, room_id, &edit);
        }
        if let Some(open) = self.rooms.find(room_id) {
            let listeners =
                open.listeners().filter(|id| self.gapped.is_empty() || !self.misses(*id, room_id));
            out.deliver(listeners, Some(by), Event::Edited(edit));
        }
    }

    pub(super) fn mark_read(
        &mut self,
        asker: &Asker,
        room_id: RoomId,
        seq: u64,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        // The admin's shell reads for nobody.
        let nick = self.nick_of(asker.session).ok_or(Reject::NotAllowed)?;
        let room = self.rooms.get(room_id);
        let (name, seq) = (room.name().clone(), seq.min(room.last));
        self.reads.has_room(&nick, &name)?;
        if self.storage != Storage::Well {
            return Err(Reject::StorageUnavailable);
        }
        let at = self.now().wall;
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::MarkedRead { session, re });
        out.record(Some(ticket), Entry::Read(ReadMark { nick, room: name, seq, at }));
        Ok(Done::Later)
    }

    pub(super) fn marked_read(&mut self, asker: Asker, entry: Entry, outcome: Outcome, out: &mut Effects) {
        let Entry::Read(mark) = entry else { unreachable!("a read mark records itself") };
        let reply = if outcome == Outcome::Failed {
            Err(Reject::StorageUnavailable)
        } else {
            let room = mark.room.clone();
            Ok(Reply::MarkedRead { room, seq: self.reads.set(mark) })
        };
        self.answer(asker, reply, out);
    }
}
