//! What an admin asks of the server as a whole.
//!
//! Knows only that somebody can be asked; the daemon answers. Why
//! `status` and `shutdown` take no way through the store: they must work when it
//! does not.

use std::collections::BTreeMap;

use super::effect::{Ask, ConfigAsk, Effect, Effects};
use super::entry::{CommandRecord, Entry, Ticket};
use super::event::{Event, Farewell, Notice};
use super::hub::Hub;
use super::pending::{Asker, Done, Pending};
use super::reject::{Reject, echo};
use super::reply::{DaemonStatus, Reply, Status};
use super::request::ConfigAsked;
use super::session::SessionId;
use super::time::{self, Wall};
use crate::limits::CONFIRM_MS_MAX;

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

    /// Refusals by code since the start.
    pub fn refused(&self) -> &BTreeMap<String, u64> {
        &self.refused
    }

    pub(super) fn status(&mut self, ticket: Ticket, daemon: DaemonStatus, out: &mut Effects) {
        let Some(asker) = self.redeem_asked(ticket) else { return };
        let status = Status {
            people: self.people(),
            rooms: self.rooms(),
            refused: self.refused.clone(),
            storage: self.storage.clone(),
            daemon,
        };
        let session = asker.session;
        self.answer(asker, Ok(Reply::Status(Box::new(status))), out);
        self.part_when_answered(session, out);
    }

    /// Asks the daemon; the record is kept when it has answered.
    pub(super) fn ask_config(
        &mut self,
        asker: Asker,
        ask: ConfigAsk,
        record: Option<CommandRecord>,
        out: &mut Effects,
    ) {
        let Asker { session, re } = asker;
        let record = record.map(Box::new);
        let ticket = self.ticket(Pending::Configured { session, re, record });
        out.list.push(Effect::Ask { ticket, ask: Ask::Config(ask) });
    }

    pub(super) fn told_config(&mut self, ticket: Ticket, outcome: Result<Reply, Reject>, out: &mut Effects) {
        let Some(pending) = self.redeem(ticket) else { return };
        let Pending::Configured { session, re, record } = pending else {
            unreachable!("only what was asked about the configuration is told")
        };
        if let Some(mut record) = record {
            record.outcome = outcome.as_ref().map_or_else(Reject::code, |_| "ok").to_owned();
            out.record(None, Entry::Command(*record));
        }
        self.answer(Asker { session, re }, outcome, out);
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
}

/// What the daemon is to do.
pub(super) fn asked(asked: &ConfigAsked<'_>) -> Result<ConfigAsk, Reject> {
    Ok(match asked {
        ConfigAsked::Reload => ConfigAsk::Apply { confirm_ms: None },
        ConfigAsked::Diff => ConfigAsk::Diff,
        ConfigAsked::Apply { confirm_within } => {
            ConfigAsk::Apply { confirm_ms: confirm_within.as_deref().map(trial_ms).transpose()? }
        }
        ConfigAsked::Confirm => ConfigAsk::Confirm,
        ConfigAsked::Revert => ConfigAsk::Revert,
    })
}

/// How long a configuration is tried.
fn trial_ms(text: &str) -> Result<u64, Reject> {
    let ms = time::parse_duration_ms(text).filter(|ms| (1..=CONFIRM_MS_MAX).contains(ms));
    ms.ok_or_else(|| Reject::BadDuration { text: echo(text) })
}
