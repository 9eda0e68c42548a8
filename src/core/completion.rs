//! What an admin's shell may complete a word with.
//!
//! Knows no shell and no command line. Why a request of its own, and not those
//! that list people and rooms: it is bounded, changes nothing and is not
//! recorded, so that pressing Tab leaves no trace and holds nobody up.

use super::hub::Hub;
use super::pending::Done;
use super::reply::{Completions, Reply};
use super::sanctions::SanctionKind;
use crate::limits::{COMPLETION_ABOUT_CHARS_MAX, COMPLETIONS_MAX};

impl Hub {
    /// All that begins with `begin`. Who has lost the connection still has a nickname, which a kick frees.
    pub(super) fn complete(&self, begin: &str) -> Done {
        let nicks = self.sessions.iter().filter_map(|(_, one)| one.nick.clone());
        let rooms = self.rooms.iter().map(|(_, room)| room.name().clone());
        let beginning = |text: &str| text.chars().take(COMPLETION_ABOUT_CHARS_MAX).collect();
        let schedules = self.schedules.all().map(|row| (row.schedule, beginning(&row.text)));
        Done::Reply(Reply::Completions(Box::new(Completions {
            nicks: first(nicks, |nick| nick.starts_with(begin)),
            rooms: first(rooms, |room| room.starts_with(begin)),
            banned: self.sanctioned(SanctionKind::Ban, begin),
            muted: self.sanctioned(SanctionKind::Mute, begin),
            schedules: first(schedules, |(number, _)| number.to_string().starts_with(begin)),
        })))
    }

    /// Whom something in force hits, anywhere.
    fn sanctioned(&self, kind: SanctionKind, begin: &str) -> Vec<String> {
        let now = self.now().wall;
        let all = self.sanctions.iter().filter(|one| one.kind == kind && !one.is_over(now));
        first(all.map(|one| one.who.to_string()), |who| who.starts_with(begin))
    }
}

/// The first of those that fit, each once.
fn first<T: Ord>(all: impl Iterator<Item = T>, fits: impl Fn(&T) -> bool) -> Vec<T> {
    let mut found: Vec<T> = all.filter(fits).collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(COMPLETIONS_MAX);
    found
}
