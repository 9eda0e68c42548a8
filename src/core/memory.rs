//! The questions to the server's memory: what was said, what was done, and where a word stands.
//!
//! Knows no SQL; the store answers. Why each session may have but a few under way:
//! every one holds a page in memory until it is answered.

use jiff::Timestamp;

use super::chain::Mark;
use super::effect::{Effect, Effects};
use super::entry::{HistoryQuery, Page, Query, SearchQuery, Ticket};
use super::hub::Hub;
use super::name::{self, Name};
use super::pending::{Asker, Done, Pending};
use super::query::{QueryFault, Since};
use super::reject::{Reject, echo};
use super::reply::Reply;
use super::request::{HistoryAsked, SearchAsked};
use super::room::RoomId;
use super::session::{Door, SessionId};
use super::time::{self, Wall};
use crate::limits::{FETCHES_PER_SESSION_MAX, HISTORY_LINES_DEFAULT, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};

impl Hub {
    pub(super) fn history(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        asked: HistoryAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let (name, floor) = self.depth(asker.session, room, asked.room.as_deref());
        let name = name.unwrap_or_default();
        let query = HistoryQuery {
            room: name.clone(),
            floor,
            versions: asked.versions,
            before: asked.before,
            after: asked.after,
            from: asked.from.as_deref().map(|nick| name::composed(nick).into()),
            since: self.instant(asked.since.as_deref())?,
            until: self.instant(asked.until.as_deref())?,
            limit: page_rows(asked.limit, self.page_rows_default(asker.session)),
        };
        self.take_fetch(asker.session)?;
        Ok(self.fetch(asker, Some(name), Query::History(query), out))
    }

    pub(super) fn search(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        asked: SearchAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let typed = asked.query;
        let twice = asked.room.is_some() && typed.room.is_some()
            || asked.from.is_some() && typed.from.is_some()
            || asked.since.is_some() && typed.since.is_some();
        if twice {
            return Err(Reject::BadQuery { at: 1, why: QueryFault::Twice });
        }
        let named = asked.room.as_deref().or(typed.room.as_deref());
        let (name, floor) = self.depth(asker.session, room, named);
        let since = match (asked.since.as_deref(), typed.since) {
            (Some(text), _) => Some(Since::parse(text).ok_or_else(|| Reject::BadTime { text: echo(text) })?),
            (None, since) => since,
        };
        let now = self.now().wall;
        let from = asked.from.as_deref().or(typed.from.as_deref());
        let query = SearchQuery {
            wanted: typed.wanted,
            room: name.clone(),
            floor,
            from: from.map(|nick| name::composed(nick).into()),
            since: since.map(|since| since.instant(now, &self.settings.zone)),
            before: asked.before,
            limit: page_rows(asked.limit, self.page_rows_default(asker.session)),
        };
        self.take_fetch(asker.session)?;
        Ok(self.fetch(asker, name, Query::Search(query), out))
    }

    pub(super) fn commands(
        &mut self,
        asker: &Asker,
        since: Option<&str>,
        before: Option<u64>,
        after: Option<u64>,
        limit: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let since = self.instant(since)?;
        self.take_fetch(asker.session)?;
        let query = Query::Commands { since, before, after, limit: page_rows(limit, PAGE_ROWS_DEFAULT) };
        Ok(self.fetch(asker, None, query, out))
    }

    /// The room that is read, if it is one, and the seq up to which this one may not read it.
    fn depth(&self, session: SessionId, room: Option<RoomId>, named: Option<&str>) -> (Option<Name>, u64) {
        let admin = self.sessions.get(session).is_some_and(|session| session.is_admin());
        match room {
            Some(room) => {
                let room = self.rooms.get(room);
                (Some(room.name().clone()), if admin { 0 } else { room.row.floor })
            }
            // A room that is gone, whose history an admin may read.
            None => (named.map(Name::from), 0),
        }
    }

    pub(super) fn verify(
        &mut self,
        asker: &Asker,
        from: Mark,
        until: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        self.take_fetch(asker.session)?;
        Ok(self.fetch(asker, None, Query::Verify { from, until }, out))
    }

    /// A person at a terminal gets a screen, a program a page.
    fn page_rows_default(&self, session: SessionId) -> u32 {
        let at_terminal = self.sessions.get(session).is_some_and(|session| session.door == Door::Text);
        if at_terminal { HISTORY_LINES_DEFAULT } else { PAGE_ROWS_DEFAULT }
    }

    pub(super) fn take_fetch(&mut self, session: SessionId) -> Result<(), Reject> {
        let Some(session) = self.sessions.get_mut(session) else { return Err(Reject::NotLoggedIn) };
        if session.fetches >= FETCHES_PER_SESSION_MAX {
            return Err(Reject::TooMany { max: FETCHES_PER_SESSION_MAX as usize });
        }
        session.fetches += 1;
        Ok(())
    }

    /// An instant in the past: RFC 3339, or a duration before now (`2h`).
    fn instant(&self, text: Option<&str>) -> Result<Option<Wall>, Reject> {
        let Some(text) = text else { return Ok(None) };
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(Some(Wall(instant.as_millisecond())));
        }
        let ago_ms = time::parse_duration_ms(text).ok_or_else(|| Reject::BadTime { text: echo(text) })?;
        Ok(Some(Wall(self.now().wall.0.saturating_sub_unsigned(ago_ms))))
    }

    pub(super) fn fetch(
        &mut self,
        asker: &Asker,
        room: Option<Name>,
        query: Query,
        out: &mut Effects,
    ) -> Done {
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Fetched { session, re, room });
        out.list.push(Effect::Fetch { ticket, query });
        Done::Later
    }

    /// The store has answered.
    pub(super) fn fetched(&mut self, ticket: Ticket, page: Page, out: &mut Effects) {
        let (session, re, room) = match self.redeem(ticket) {
            Some(Pending::Fetched { session, re, room }) => (session, re, room),
            Some(Pending::Missed { session, room }) => {
                self.fetched_missed(session, room, page, out);
                return self.part_when_answered(session, out);
            }
            Some(_) | None => return,
        };
        if let Some(session) = self.sessions.get_mut(session) {
            session.fetches -= 1;
        }
        let reply = match (page, room) {
            (Page::History { messages, more }, Some(room)) => Ok(Reply::History { room, messages, more }),
            (Page::Search(search), room) => {
                let seat = self.sessions.get(session).and_then(|session| session.seats.last());
                let here = seat.map(|seat| self.rooms.get(seat.room).name());
                let rooms = room.is_none() || here != room.as_ref();
                Ok(Reply::Search { search, rooms })
            }
            (Page::Commands { commands, more }, _) => Ok(Reply::Commands { commands, more }),
            (Page::Verified(verified), _) => Ok(Reply::Verified(verified)),
            (Page::Exported(exported), _) => Ok(self.exported(exported)),
            (Page::Backup(report), _) => self.backed_up(report),
            (Page::Failed | Page::History { .. } | Page::Missed { .. } | Page::MissedWhispers { .. }, _) => {
                Err(Reject::StorageUnavailable)
            }
        };
        self.answer(Asker { session, re }, reply, out);
        self.part_when_answered(session, out);
    }
}

pub(super) fn page_rows(limit: Option<u64>, default: u32) -> u32 {
    limit.map_or(default, |limit| u32::try_from(limit).unwrap_or(u32::MAX).clamp(1, PAGE_ROWS_MAX))
}
