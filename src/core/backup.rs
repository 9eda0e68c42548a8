//! A copy of the database on its way to an admin: how far it is, and whose it is.
//!
//! Knows no file; the store makes the copy. Why only one at a time: each takes as much of the disk
//! as the database itself.

use serde::{Deserialize, Serialize};

use super::chain::Anchor;
use super::effect::{Effect, Effects};
use super::entry::{Query, Ticket};
use super::hub::Hub;
use super::pending::{Asker, Done};
use super::reject::Reject;
use super::reply::Reply;
use super::session::SessionId;

/// What the store is asked of a backup.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackupAsked {
    /// A new one; what is left of a former one is given up.
    Begin,
    State {
        backup: u64,
    },
    /// The bytes from `after` on.
    Piece {
        backup: u64,
        after: u64,
    },
    /// Nobody wants it any more.
    Forget,
}

/// A backup by its number since the start of the daemon, and what is to be said of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BackupReport {
    pub backup: u64,
    pub stage: Stage,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Stage {
    /// In bytes.
    Copying {
        done: u64,
        of: u64,
    },
    /// The copy is looked through; in records of its chain.
    Checking {
        done: u64,
        of: u64,
    },
    /// It is sound, and can be fetched. `sha256` is in hexadecimal; `anchor` is its newest.
    Ready {
        size: u64,
        sha256: String,
        anchor: Anchor,
    },
    /// `next` is where the next piece begins; none: this was the last.
    Piece {
        data: Vec<u8>,
        next: Option<u64>,
    },
    /// There is none of that number.
    Unknown,
    Failed {
        why: String,
    },
}

impl Hub {
    pub(super) fn backup(
        &mut self,
        asker: &Asker,
        backup: Option<u64>,
        after: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let asked = match (backup, after, self.backup) {
            (None, None, Some(_)) => return Err(Reject::BackupRuns),
            (None, None, None) => BackupAsked::Begin,
            (None, Some(_), _) => return Err(super::args::missing("backup")),
            (Some(_), _, owner) if owner != Some(asker.session) => return Err(Reject::NoBackup),
            (Some(backup), None, _) => BackupAsked::State { backup },
            (Some(backup), Some(after), _) => BackupAsked::Piece { backup, after },
        };
        self.take_fetch(asker.session)?;
        self.backup = Some(asker.session);
        Ok(self.fetch(asker, None, Query::Backup(asked), out))
    }

    /// The store has said how it is.
    pub(super) fn backed_up(&mut self, report: Box<BackupReport>) -> Result<Reply, Reject> {
        let over = match &report.stage {
            Stage::Copying { .. } | Stage::Checking { .. } | Stage::Ready { .. } | Stage::Unknown => false,
            Stage::Piece { next, .. } => next.is_none(),
            Stage::Failed { .. } => true,
        };
        if over {
            self.backup = None;
        }
        match report.stage {
            Stage::Failed { why } => Err(Reject::BackupFailed { why }),
            Stage::Unknown => Err(Reject::NoBackup),
            Stage::Copying { .. } | Stage::Checking { .. } | Stage::Ready { .. } | Stage::Piece { .. } => {
                Ok(Reply::Backup(report))
            }
        }
    }

    /// Who wanted it is gone: nobody will fetch it.
    pub(super) fn forget_backup(&mut self, session: SessionId, out: &mut Effects) {
        if self.backup != Some(session) {
            return;
        }
        self.backup = None;
        // Nobody waits for the answer.
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        out.list.push(Effect::Fetch { ticket, query: Query::Backup(BackupAsked::Forget) });
    }
}
