//! What of a chat outlives the daemon: read at the start, and told to the database again when it was away.
//!
//! Knows no SQL. Why one place: what is restored must be just what is kept, and
//! a test compares the two after every transcript.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Digest;
use super::effect::Effects;
use super::entry::{Entry, Rows};
use super::files::Files;
use super::hub::Hub;
use super::reads::Reads;
use super::room::{RoomId, RoomRow, Rooms};
use super::sanctions::Sanctions;
use super::schedules::Schedules;
use super::session::Sessions;
use super::settings::{Settings, Storage};
use super::time::Now;

impl Hub {
    /// The hub as the database left it: the only way from there into here.
    /// `secret` is drawn anew by each daemon: what it gives out for resuming is made of it.
    pub fn restore(now: Now, settings: Settings, rows: Rows, secret: Digest) -> Hub {
        let rooms = Rooms::restore(rows.database, rows.rooms, rows.past);
        let mut hub = Hub {
            settings,
            run: rows.run,
            sessions: Sessions::default(),
            rooms,
            arrivals: 0,
            sanctions: Sanctions::restore(rows.sanctions),
            reads: Reads::restore(rows.reads),
            schedules: Schedules::restore(rows.schedules, rows.last_schedule),
            pending: BTreeMap::new(),
            secret,
            tokens: BTreeMap::new(),
            held: BTreeSet::new(),
            gapped: BTreeSet::new(),
            gaps_retry: None,
            touched: BTreeSet::new(),
            ended: Vec::new(),
            behind: BTreeMap::new(),
            next_ticket: 0,
            storage: Storage::Well,
            refused: BTreeMap::new(),
            shutdown: None,
            stopping: false,
            files: Files::default(),
            backup: None,
            last_at: rows.last_at,
            next_expiry: now.mono,
            now,
        };
        hub.ensure_lobby();
        hub.hold_all(rows.sessions);
        hub.let_all_linger();
        hub
    }

    /// Where everybody lands, opened if it is not.
    pub(super) fn ensure_lobby(&mut self) -> RoomId {
        let name = self.settings.default_room.clone();
        let floor = self.rooms.floor(&name);
        self.rooms.named(&name).unwrap_or_else(|| self.rooms.open(RoomRow { floor, ..RoomRow::new(name) }))
    }

    /// Another room is where everybody lands now; the former one is a room like others.
    pub(super) fn moved_lobby(&mut self, before: Option<RoomId>, out: &mut Effects) {
        let lobby = self.ensure_lobby();
        for room in before.into_iter().chain([lobby]) {
            out.record(None, Entry::Room(self.rooms.get(room).row.clone()));
            self.let_linger(room);
        }
    }

    /// The disk is well again: what was done meanwhile, and could not be recorded, is.
    pub(super) fn record_standing(&self, out: &mut Effects) {
        let rooms = self.rooms.iter().map(|(_, room)| room.coming().clone());
        let (rooms, sanctions) = (rooms.collect(), self.sanctions.iter().cloned().collect());
        out.record(None, Entry::Standing { rooms, sanctions, sessions: self.session_rows() });
    }

    /// The part that outlives the daemon; equal to what [`Hub::restore`] would be given now.
    pub fn durable(&self) -> Rows {
        Rows {
            run: self.run,
            database: self.rooms.database(),
            rooms: self.rooms.iter().map(|(_, room)| (room.row.clone(), room.last)).collect(),
            past: self.rooms.all_past().cloned().collect(),
            sanctions: self.sanctions.iter().cloned().collect(),
            reads: self.reads.iter().cloned().collect(),
            sessions: self.session_rows(),
            schedules: self.schedules.all().cloned().collect(),
            last_schedule: self.schedules.last(),
            last_at: self.last_at,
        }
    }
}
