//! What must hold whatever happens; tests and the simulation ask after each step.
//!
//! Changes nothing. Why beside the assertions in the code: those are cheap and
//! always on, these walk the whole chat.

use super::hub::Hub;
use super::name;
use super::room::{Room, RoomId};
use super::session::{Door, SessionId};

impl Hub {
    /// Panics where the hub contradicts itself.
    pub fn check(&self) {
        let mut people = 0;
        for (id, session) in self.sessions.iter() {
            if let Some(nick) = &session.nick {
                people += 1;
                assert_eq!(self.sessions.named(&name::key(nick)), Some(id), "{nick} leads elsewhere");
                assert_eq!(
                    self.sessions.called(&nick.to_lowercase()),
                    Some(id),
                    "{nick} is called otherwise"
                );
                let seats = session.seats.len();
                assert!(session.door != Door::Text || seats == 1, "{nick} has {seats} seats at a terminal");
            }
            for seat in &session.seats {
                assert!(self.rooms.get(seat.room).has(id), "a room misses a member");
            }
            if let Some(partner) = session.partner {
                let other = self.sessions.get(partner).expect("a partner who goes ends the session");
                assert_eq!(other.partner, Some(id), "a whisper session has one side");
            }
            let waiting = self.pending.values().filter(|p| p.session() == Some(id)).count();
            assert_eq!(session.unanswered as usize, waiting, "tickets of {id:?}");
        }
        assert_eq!(self.sessions.people(), people, "nicks without a session");
        for (id, room) in self.rooms.iter() {
            self.check_room(id, room);
        }
        self.check_files();
        assert!(self.lobby().is_some(), "there is nowhere to land");
    }

    /// All who are here, and whether they may be so without a connection.
    pub fn all_sessions(&self) -> impl Iterator<Item = (SessionId, bool)> {
        self.sessions.iter().map(|(id, session)| (id, session.is_held() || session.parting.is_some()))
    }

    fn check_room(&self, id: RoomId, room: &Room) {
        let name = room.name();
        for list in [&room.members, &room.subscribers, &room.moderators, &room.invited] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{name} is not in order");
            assert!(list.iter().all(|one| self.sessions.get(*one).is_some()), "{name} has ghosts");
        }
        for member in &room.members {
            let session = self.sessions.get(*member).expect("checked above");
            assert!(session.seat(id).is_some(), "a member of {name} does not know it");
        }
        assert!(room.moderators.iter().all(|one| room.has(*one)), "{name} is moderated from outside");
        assert!(room.owner.is_none_or(|owner| self.sessions.get(owner).is_some()), "{name} is a ghost's");
        assert!(room.owner.is_none_or(|owner| !room.moderators.contains(&owner)), "{name} has a double role");
        let stays = room.row.kept || self.lobby() == Some(id) || self.settings.linger_ms == 0;
        assert_eq!(room.lingers(), room.members.is_empty() && !stays, "whether {name} goes");
    }
}
