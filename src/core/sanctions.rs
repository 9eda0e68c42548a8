//! Bans and mutes: whom they hit, where, and until when.
//!
//! Knows no session table: whether somebody is hit is asked by nick and address.
//! Why the wall clock: "for two hours" means the same after a restart.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::name::{self, Name, NameKey};
use super::prefix::Prefix;
use super::reject::Held;
use super::session::SessionId;
use super::time::Wall;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SanctionKind {
    Ban,
    Mute,
}

impl SanctionKind {
    /// The word for it on the wire and in the database.
    pub fn word(self) -> &'static str {
        match self {
            SanctionKind::Ban => "ban",
            SanctionKind::Mute => "mute",
        }
    }

    /// Reads [`SanctionKind::word`] back.
    pub fn from_word(word: &str) -> Option<SanctionKind> {
        match word {
            "ban" => Some(SanctionKind::Ban),
            "mute" => Some(SanctionKind::Mute),
            _ => None,
        }
    }
}

/// Whom a sanction hits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Who {
    Nick(Name),
    Network(Prefix),
}

impl Who {
    /// Reads a nickname, an address or a network; none for what cannot be one.
    pub fn parse(text: &str) -> Option<Who> {
        if let Ok(network) = Prefix::parse(text) {
            return Some(Who::Network(network));
        }
        name::parse_nick(text).ok().map(Who::Nick)
    }

    /// What two have in common when they are one; never shown.
    pub fn key(&self) -> String {
        match self {
            Who::Nick(nick) => name::key(nick).as_str().to_owned(),
            // No key of a nick has a blank.
            Who::Network(network) => format!(" {network}"),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Who::Nick(nick) => f.write_str(nick),
            Who::Network(network) => write!(f, "{network}"),
        }
    }
}

/// A ban or a mute.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sanction {
    pub kind: SanctionKind,
    pub who: Who,
    /// None: in the whole server.
    pub room: Option<Name>,
    pub by: Name,
    pub at: Wall,
    /// None: until it is lifted.
    pub until: Option<Wall>,
    pub reason: Option<String>,
}

impl Sanction {
    pub fn is_over(&self, now: Wall) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// As the one concerned is told it.
    pub fn held(&self, now: Wall) -> Held {
        let left_ms = self.until.map(|until| u64::try_from(until.0 - now.0).unwrap_or(0));
        Held { room: self.room.clone(), left_ms, reason: self.reason.clone() }
    }
}

/// By kind, room and person; one of each.
type Key = (SanctionKind, Option<NameKey>, String);

/// All that are in force, and those that have ended since the last sweep.
#[derive(Default, Debug, Serialize, Deserialize)]
pub struct Sanctions {
    #[serde(with = "as_list")]
    all: BTreeMap<Key, Sanction>,
    /// Who was here when it was made: a new nickname does not shake a sanction off.
    #[serde(skip)]
    sessions: Vec<(Key, SessionId)>,
    mutes: usize,
}

/// Somebody whom sanctions may hit.
pub struct Suspect<'a> {
    pub session: Option<SessionId>,
    pub nick: Option<&'a str>,
    pub address: Option<IpAddr>,
}

fn key(kind: SanctionKind, who: &Who, room: Option<&str>) -> Key {
    (kind, room.map(name::key), who.key())
}

impl Sanctions {
    pub fn restore(rows: Vec<Sanction>) -> Sanctions {
        let mut sanctions = Sanctions::default();
        for row in rows {
            sanctions.add(row, None);
        }
        sanctions
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Sanction> {
        self.all.values()
    }

    /// In place of an earlier one on the same person for the same place.
    pub fn add(&mut self, sanction: Sanction, session: Option<SessionId>) {
        let key = key(sanction.kind, &sanction.who, sanction.room.as_deref());
        self.sessions.retain(|(one, _)| *one != key);
        self.sessions.extend(session.map(|session| (key.clone(), session)));
        self.all.insert(key, sanction);
        self.count();
    }

    /// Lifts one; none where there is none in force.
    pub fn lift(&mut self, kind: SanctionKind, who: &Who, room: Option<&str>, now: Wall) -> Option<Sanction> {
        let key = key(kind, who, room);
        // One that has ended goes with the sweep, which the database hears of.
        self.all.get(&key).filter(|sanction| !sanction.is_over(now))?;
        self.sessions.retain(|(one, _)| *one != key);
        let lifted = self.all.remove(&key);
        self.count();
        lifted
    }

    /// Forgets those that had ended by `before`.
    pub fn sweep(&mut self, before: Wall) {
        self.all.retain(|_, sanction| !sanction.is_over(before));
        let all = &self.all;
        self.sessions.retain(|(key, _)| all.contains_key(key));
        self.count();
    }

    /// That room is gone, and its bans and mutes with it.
    pub fn forget_room(&mut self, room: &str) {
        let room = Some(name::key(room));
        self.all.retain(|(_, place, _), _| *place != room);
        let all = &self.all;
        self.sessions.retain(|(key, _)| all.contains_key(key));
        self.count();
    }

    /// That session is gone.
    pub fn forget(&mut self, session: SessionId) {
        self.sessions.retain(|(_, one)| *one != session);
    }

    fn count(&mut self) {
        self.mutes = self.all.keys().filter(|(kind, ..)| *kind == SanctionKind::Mute).count();
    }

    /// Whether anybody is muted at all: asked with each line of talk.
    pub fn has_mutes(&self) -> bool {
        self.mutes > 0
    }

    /// What hits this one here: in the whole server, or in `room`.
    pub fn hits(
        &self,
        kind: SanctionKind,
        room: Option<&str>,
        suspect: &Suspect<'_>,
        now: Wall,
    ) -> Option<&Sanction> {
        let places = std::iter::once(None).chain(room.map(|room| Some(name::key(room))));
        let places: Vec<Option<NameKey>> = places.collect();
        let by_nick = suspect.nick.into_iter().flat_map(|nick| {
            let who = name::key(nick).as_str().to_owned();
            places.iter().filter_map(move |place| self.all.get(&(kind, place.clone(), who.clone())))
        });
        let here = |(of, place, _): &Key| *of == kind && places.contains(place);
        let by_session =
            self.sessions.iter().filter(|(key, session)| Some(*session) == suspect.session && here(key));
        let by_session = by_session.filter_map(|(key, _)| self.all.get(key));
        let networks = self.all.iter().filter(|(key, _)| here(key)).map(|(_, sanction)| sanction);
        let by_address = networks.filter(|sanction| match (&sanction.who, suspect.address) {
            (Who::Network(network), Some(address)) => network.contains(address),
            (Who::Network(_) | Who::Nick(_), _) => false,
        });
        let mut found = by_nick.chain(by_session).chain(by_address);
        found.find(|sanction| !sanction.is_over(now))
    }
}

/// Keys of more than one part cannot be those of a JSON object.
mod as_list {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Key, Sanction, key};

    pub fn serialize<S: Serializer>(all: &BTreeMap<Key, Sanction>, serializer: S) -> Result<S::Ok, S::Error> {
        all.values().collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Key, Sanction>, D::Error> {
        let list = Vec::<Sanction>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|one| (key(one.kind, &one.who, one.room.as_deref()), one)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ban(who: &str, room: Option<&str>, until: Option<i64>) -> Sanction {
        Sanction {
            kind: SanctionKind::Ban,
            who: Who::parse(who).unwrap(),
            room: room.map(Name::from),
            by: "admin".into(),
            at: Wall(0),
            until: until.map(Wall),
            reason: None,
        }
    }

    fn hit(sanctions: &Sanctions, nick: &str, address: &str, room: Option<&str>, now: i64) -> bool {
        let session = SessionId { slot: 0, serial: 0 };
        let suspect = Suspect { session: Some(session), nick: Some(nick), address: address.parse().ok() };
        sanctions.hits(SanctionKind::Ban, room, &suspect, Wall(now)).is_some()
    }

    #[test]
    fn by_nick_address_network_room_and_time() {
        let mut sanctions = Sanctions::default();
        for one in [
            ban("Bob", None, Some(10)),
            ban("192.0.2.0/24", None, None),
            ban("Carol", Some("design/ui"), None),
        ] {
            sanctions.add(one, None);
        }
        assert!(hit(&sanctions, "bob", "", None, 9) && !hit(&sanctions, "bob", "", None, 10));
        assert!(hit(&sanctions, "B0b", "", Some("lobby"), 9), "a confusable nick is the same");
        assert!(hit(&sanctions, "x", "192.0.2.7", None, 0) && !hit(&sanctions, "x", "192.0.3.7", None, 0));
        assert!(hit(&sanctions, "carol", "", Some("Design/UI"), 0));
        assert!(!hit(&sanctions, "carol", "", Some("lobby"), 0) && !hit(&sanctions, "carol", "", None, 0));
        sanctions.sweep(Wall(10));
        assert_eq!(sanctions.len(), 2);
        assert!(
            sanctions
                .lift(SanctionKind::Ban, &Who::parse("CAROL").unwrap(), Some("design/ui"), Wall(0))
                .is_some()
        );
        assert!(!hit(&sanctions, "carol", "", Some("design/ui"), 0));
    }

    #[test]
    fn a_new_nickname_does_not_shake_it_off() {
        let mut sanctions = Sanctions::default();
        let session = SessionId { slot: 3, serial: 9 };
        sanctions.add(ban("Bob", None, None), Some(session));
        let suspect = Suspect { session: Some(session), nick: Some("Rob"), address: None };
        assert!(sanctions.hits(SanctionKind::Ban, None, &suspect, Wall(0)).is_some());
        sanctions.forget(session);
        assert!(sanctions.hits(SanctionKind::Ban, None, &suspect, Wall(0)).is_none());
    }
}
