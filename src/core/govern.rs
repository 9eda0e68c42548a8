//! What an admin asks of the server as a whole, and the questions to its memory.
//!
//! Knows only that somebody can be asked; the daemon and the store answer. Why
//! `status` and `shutdown` take no way through the store: they must work when it
//! does not.

use jiff::Timestamp;

use super::chain::Mark;
use super::effect::{Ask, Effect, Effects};
use super::entry::{HistoryQuery, Query, Ticket};
use super::event::{Event, Farewell, Notice};
use super::hub::Hub;
use super::name::{self, Name};
use super::pending::{Asker, Done, Pending};
use super::reject::{Reject, echo};
use super::reply::{DaemonStatus, Reply, Status};
use super::request::HistoryAsked;
use super::room::RoomId;
use super::session::{Door, SessionId};
use super::time::{self, Wall};
use crate::limits::{FETCHES_PER_SESSION_MAX, HISTORY_LINES_DEFAULT, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX};

impl Hub {
    pub(super) fn ask(&mut self, asker: &Asker, ask: Ask, out: &mut Effects) -> Done {
        let Asker { session, re } = asker.clone();
        let ticket = self.ticket(Pending::Asked { session, re });
        out.list.push(Effect::Ask { ticket, ask });
        Done::Later
    }

    fn redeem_asked(&mut self, ticket: Ticket) -> Option<Asker> {
        match self.redeem(ticket)? {
            Pending::Asked { session, re } => Some(Asker { session, re }),
            _other => unreachable!("only what was asked is told"),
        }
    }

    pub(super) fn status(&mut self, ticket: Ticket, daemon: DaemonStatus, out: &mut Effects) {
        let Some(asker) = self.redeem_asked(ticket) else { return };
        let status = Status {
            people: self.sessions.people(),
            rooms: self.rooms.len(),
            refused: self.refused.clone(),
            storage: self.storage.clone(),
            daemon,
        };
        let session = asker.session;
        self.answer(asker, Ok(Reply::Status(Box::new(status))), out);
        self.part_when_answered(session, out);
    }

    pub(super) fn reloaded(
        &mut self,
        ticket: Ticket,
        outcome: Result<Vec<String>, String>,
        out: &mut Effects,
    ) {
        let Some(asker) = self.redeem_asked(ticket) else { return };
        let reply = match outcome {
            Ok(restart_needed) => Ok(Reply::Reloaded { restart_needed }),
            Err(problems) => Err(Reject::BadConfig { problems }),
        };
        let session = asker.session;
        self.answer(asker, reply, out);
        self.part_when_answered(session, out);
    }

    /// Now, or after a delay of which everybody is told.
    pub(super) fn plan_shutdown(
        &mut self,
        asker: &Asker,
        delay: Option<&str>,
        reason: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let reason = self.optional_text(reason)?;
        let delay_ms = match delay {
            None => 0,
            Some(text) => time::parse_delay_ms(text.trim_start_matches('+'))
                .ok_or_else(|| Reject::BadTime { text: echo(text) })?,
        };
        let now = self.now();
        let at = Wall(now.wall.0.saturating_add_unsigned(delay_ms));
        self.shutdown = Some((now.mono.after_ms(delay_ms), reason.clone()));
        if delay_ms > 0 {
            let minutes = delay_ms.div_ceil(60_000);
            let notice = Notice::ShutdownIn { minutes, reason };
            out.deliver(self.everybody(), Some(asker.session), Event::Notice { notice, at: now.wall });
        }
        Ok(Done::Reply(Reply::ShutdownAt { at }))
    }

    /// The daemon ends: everybody is told and let go.
    pub(super) fn stop(&mut self, reason: Option<&str>, out: &mut Effects) {
        self.stopping = true;
        let everybody: Vec<SessionId> = self.sessions.iter().map(|(id, _)| id).collect();
        for session in everybody {
            out.close(session, Farewell::Shutdown { reason: reason.map(str::to_owned) });
        }
    }

    pub(super) fn history(
        &mut self,
        asker: &Asker,
        room: Option<RoomId>,
        asked: HistoryAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let admin = self.sessions.get(asker.session).is_some_and(|session| session.is_admin());
        let (name, floor) = match (room, asked.room.as_deref()) {
            (Some(room), _) => {
                let room = self.rooms.get(room);
                (room.name().clone(), if admin { 0 } else { room.row.floor })
            }
            // A room that is gone, whose history an admin may read.
            (None, named) => (named.map(Name::from).unwrap_or_default(), 0),
        };
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
        match self.sessions.get(session).map(|session| session.door) {
            Some(Door::Text) => HISTORY_LINES_DEFAULT,
            Some(Door::Json | Door::Control) | None => PAGE_ROWS_DEFAULT,
        }
    }

    fn take_fetch(&mut self, session: SessionId) -> Result<(), Reject> {
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
}

fn page_rows(limit: Option<u64>, default: u32) -> u32 {
    limit.map_or(default, |limit| u32::try_from(limit).unwrap_or(u32::MAX).clamp(1, PAGE_ROWS_MAX))
}
