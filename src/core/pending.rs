//! Requests on their way: who asked, what they wait for, and how far they came.
//!
//! Knows no effect. Why a reply waits under a ticket: what was asked of the disk
//! comes back as an input, and by then the asker may be gone.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::effect::ConfigAsk;
use super::entry::CommandRecord;
use super::name::Name;
use super::reply::Reply;
use super::request::RequestId;
use super::room::RoomId;
use super::session::SessionId;

/// What waits for a ticket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Pending {
    Said {
        session: SessionId,
        re: RequestId,
        room: RoomId,
        /// Who said it, over a connection that is gone.
        cut: Option<SessionId>,
    },
    Edited {
        session: SessionId,
        re: RequestId,
        room: RoomId,
    },
    RoomSet {
        session: SessionId,
        re: RequestId,
        room: RoomId,
        topic_only: bool,
    },
    MarkedRead {
        session: SessionId,
        re: RequestId,
    },
    Whispered {
        session: SessionId,
        re: RequestId,
        /// Whom it is for.
        people: SmallVec<[SessionId; 1]>,
    },
    Scheduled {
        session: SessionId,
        re: RequestId,
    },
    Unscheduled {
        session: SessionId,
        re: RequestId,
    },
    Announced {
        session: SessionId,
        re: RequestId,
    },
    /// Something done already, whose record is on its way.
    Acted {
        session: SessionId,
        re: RequestId,
        reply: Reply,
        /// It is no longer so: who came in was put out before the answer.
        overtaken: bool,
    },
    /// A schedule that fell due.
    Fired {
        room: RoomId,
    },
    Fetched {
        session: SessionId,
        re: RequestId,
        room: Option<Name>,
    },
    Imported {
        session: SessionId,
        re: RequestId,
    },
    Asked {
        session: SessionId,
        re: RequestId,
    },
    /// Something about the configuration, and the record of the command without its outcome.
    Configured {
        session: SessionId,
        re: RequestId,
        /// None: it is one that is not recorded.
        record: Option<Box<CommandRecord>>,
    },
    /// A page of what this one has missed, of a room or of the whispers to it.
    Missed {
        session: SessionId,
        room: Option<RoomId>,
    },
}

/// What a request came to, when it was not refused.
pub(super) enum Done {
    /// Answer now; nothing lasting has changed.
    Reply(Reply),
    /// It was answered in its place between other effects.
    Replied,
    /// Go on when the record of the command itself is kept.
    AfterRecord(Pending),
    /// The reply comes with the ticket of another entry.
    Later,
    /// Go on when the daemon has done this; only then is it known how the record ends.
    Asked(ConfigAsk),
}

/// Who asked what, for the functions that carry it out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asker {
    pub session: SessionId,
    pub re: RequestId,
}

impl Asker {
    /// For what was done to people at once: only the reply waits for the record.
    pub fn acted(&self, reply: Reply) -> Done {
        let (session, re) = (self.session, self.re.clone());
        Done::AfterRecord(Pending::Acted { session, re, reply, overtaken: false })
    }
}

impl Pending {
    /// The connection over which `id` asked this is gone: nobody is to be answered.
    pub fn sever(&mut self, id: SessionId) {
        match self {
            Pending::Said { session, cut, .. } if *session == id => {
                *cut = Some(id);
                *session = SessionId::NOBODY;
            }
            Pending::Said { session, .. }
            | Pending::Edited { session, .. }
            | Pending::RoomSet { session, .. }
            | Pending::MarkedRead { session, .. }
            | Pending::Whispered { session, .. }
            | Pending::Scheduled { session, .. }
            | Pending::Unscheduled { session, .. }
            | Pending::Announced { session, .. }
            | Pending::Acted { session, .. }
            | Pending::Fetched { session, .. }
            | Pending::Imported { session, .. }
            | Pending::Asked { session, .. }
            | Pending::Configured { session, .. }
            | Pending::Missed { session, .. } => {
                if *session == id {
                    *session = SessionId::NOBODY;
                }
            }
            Pending::Fired { .. } => {}
        }
    }

    /// The room that a message is on its way to.
    pub fn room_of_talk(&self) -> Option<RoomId> {
        match self {
            Pending::Said { room, .. } | Pending::Fired { room } => Some(*room),
            _no_talk => None,
        }
    }

    /// Whose request it is; a schedule that fires is nobody's.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Pending::Said { session, .. }
            | Pending::Edited { session, .. }
            | Pending::RoomSet { session, .. }
            | Pending::MarkedRead { session, .. }
            | Pending::Whispered { session, .. }
            | Pending::Scheduled { session, .. }
            | Pending::Unscheduled { session, .. }
            | Pending::Announced { session, .. }
            | Pending::Acted { session, .. }
            | Pending::Fetched { session, .. }
            | Pending::Imported { session, .. }
            | Pending::Asked { session, .. }
            | Pending::Configured { session, .. }
            | Pending::Missed { session, .. } => Some(*session),
            Pending::Fired { .. } => None,
        }
    }
}
