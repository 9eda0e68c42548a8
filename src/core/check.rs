//! What must hold whatever happens; tests and the simulation ask after each step.
//!
//! Changes nothing. Why beside the assertions in the code: those are cheap and
//! always on, these walk the whole chat.

use super::hub::Hub;
use super::name;

impl Hub {
    /// Panics where the hub contradicts itself.
    pub fn check(&self) {
        let mut people = 0;
        for (id, session) in self.sessions.iter() {
            if let Some(nick) = &session.nick {
                people += 1;
                assert_eq!(self.sessions.named(&name::key(nick)), Some(id), "{nick} leads elsewhere");
                assert!(!session.rooms.is_empty(), "{nick} is nowhere");
            }
            for room in &session.rooms {
                assert!(self.rooms.get(*room).members.binary_search(&id).is_ok(), "a room misses a member");
            }
            let waiting = self.pending.values().filter(|p| p.session() == Some(id)).count();
            assert_eq!(session.unanswered as usize, waiting, "tickets of {id:?}");
        }
        assert_eq!(self.sessions.people(), people, "nicks without a session");
        for (id, room) in self.rooms.iter() {
            for list in [&room.members, &room.subscribers] {
                assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{} is not in order", room.name);
                assert!(list.iter().all(|one| self.sessions.get(*one).is_some()), "{} has ghosts", room.name);
            }
            for member in &room.members {
                let session = self.sessions.get(*member).expect("checked above");
                assert!(session.rooms.contains(&id), "a member of {} does not know it", room.name);
            }
            assert!(room.owner.is_none_or(|owner| room.members.binary_search(&owner).is_ok()));
        }
    }
}
