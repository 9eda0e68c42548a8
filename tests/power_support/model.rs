//! What was said, what was acknowledged, and what must therefore be there.
//!
//! Knows no disk. Why batches are kept whole: of each all must be there, or nothing.

use std::collections::BTreeMap;

use chatd::core::entry::{
    Author, ClientId, CommandRecord, EditOutcome, EditTerms, Entry, Fires, Outcome, Schedule,
};
use chatd::core::event::{Edit, Message, Whisper};
use chatd::core::time::Wall;

use super::snapshot::Snapshot;
use crate::random::Random;

const ROOMS: [&str; 3] = ["lobby", "den", "방"];
/// Jobs of a big batch, and letters of each: some hundred pages of the database.
const BIG: (usize, usize) = (40, 3000);

#[derive(Clone)]
struct Batch {
    /// Each with the number that it was acknowledged with, or was found with.
    entries: Vec<(Entry, u64)>,
    acked: bool,
}

/// How much may be gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// Nothing that was acknowledged.
    None,
    /// The newest.
    Newest,
}

#[derive(Clone)]
pub struct Model {
    batches: Vec<Batch>,
    /// What a client says again, since it does not know: with its number, when it is there already.
    again: Vec<(Entry, Option<u64>)>,
    count: u64,
    random: Random,
    /// Big batches are among those that are drawn.
    has_big: bool,
    pub acknowledged: u64,
    pub repeated: u64,
}

fn has_id(entry: &Entry) -> bool {
    matches!(entry, Entry::Message { mid: Some(_), .. } | Entry::Whisper { mid: Some(_), .. })
}

impl Model {
    pub fn new(seed: u64, has_big: bool) -> Model {
        let (random, count) = (Random::new(seed), 0);
        let (batches, again) = (Vec::new(), Vec::new());
        Model { batches, again, count, random, has_big, acknowledged: 0, repeated: 0 }
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn mid(&mut self) -> Option<ClientId> {
        let mid = ClientId { session: "1-1".to_owned(), mid: format!("m{}", self.count) };
        self.random.one_in(2).then_some(mid)
    }

    fn message(&mut self, letters: usize, fires: Option<Fires>) -> Entry {
        let number = self.next();
        let message = Message {
            room: self.random.pick(&ROOMS).into(),
            at: Wall(number as i64),
            from: "Alice".into(),
            text: format!("{number} {}", "x".repeat(letters)),
            ..Message::default()
        };
        let author = Some(Author { run: 1, serial: 7 });
        // What the server says itself has no id.
        let mid = if fires.is_none() { self.mid() } else { None };
        Entry::Message { message, author, mid, fires }
    }

    /// A change of something that was not changed before.
    fn edit(&mut self) -> Option<Entry> {
        let batch = &self.batches.get(self.random.below(self.batches.len()))?;
        let (entry, seq) = &batch.entries[self.random.below(batch.entries.len())];
        let Entry::Message { message, .. } = entry else { return None };
        let (room, seq) = (message.room.clone(), *seq);
        if !batch.acked || self.edits().any(|edit| (&edit.room, edit.seq) == (&room, seq)) {
            return None;
        }
        let number = self.next();
        let text = (!self.random.one_in(4)).then(|| format!("{number} in other words"));
        let (at, by, from) = (Wall(number as i64), "Mod".into(), "".into());
        Some(Entry::Edit { edit: Edit { room, seq, at, by, from, text }, terms: EditTerms::Moderator })
    }

    fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.entries().filter_map(|(entry, _)| match entry {
            Entry::Edit { edit, .. } => Some(edit),
            _other => None,
        })
    }

    fn entries(&self) -> impl Iterator<Item = &(Entry, u64)> {
        self.batches.iter().flat_map(|batch| &batch.entries)
    }

    /// A message that was to come later comes now.
    fn due(&mut self) -> Option<Entry> {
        let acked = self.batches.iter().filter(|batch| batch.acked).flat_map(|batch| &batch.entries);
        let waiting = acked.filter_map(|(entry, _)| match entry {
            Entry::Schedule(schedule) => Some((schedule.schedule, schedule.due)),
            _other => None,
        });
        let fired = |number| {
            self.entries().any(|(entry, _)| {
                matches!(entry, Entry::Message { fires: Some(fires), .. } if fires.schedule == number)
            })
        };
        let (schedule, due) = waiting.rev().find(|(number, _)| !fired(*number))?;
        Some(self.message(5, Some(Fires { schedule, due, next: None })))
    }

    /// Something new to be kept.
    fn entry(&mut self) -> Entry {
        match self.random.below(10) {
            0 => {
                let number = self.next();
                let to = vec!["Bob".into()];
                let text = format!("{number} between us");
                let whisper = Whisper { id: None, at: Wall(number as i64), from: "Alice".into(), to, text };
                Entry::Whisper { whisper, mid: self.mid() }
            }
            1 => {
                let number = self.next();
                Entry::Command(CommandRecord {
                    at: Wall(number as i64),
                    actor: "Mod".into(),
                    door: "text".to_owned(),
                    command: "topic".to_owned(),
                    args: number.to_string(),
                    outcome: "ok".to_owned(),
                })
            }
            2 => {
                let number = self.next();
                Entry::Schedule(Schedule {
                    schedule: number,
                    room: "lobby".into(),
                    from: "Bob".into(),
                    text: "later".to_owned(),
                    due: Wall(number as i64 + 1000),
                    made: Wall(number as i64),
                    missed: false,
                    rule: None,
                    skipped: None,
                })
            }
            _most => self.message(20, None),
        }
    }

    /// A batch of things that do not know each other.
    pub fn draw(&mut self) -> Vec<Entry> {
        if self.has_big && self.random.one_in(10) {
            return (0..BIG.0).map(|_| self.message(BIG.1, None)).collect();
        }
        let count = 1 + self.random.below(6);
        let mut entries: Vec<Entry> = (0..count).map(|_| self.entry()).collect();
        if self.random.one_in(4) {
            entries.extend(self.edit());
        }
        if self.random.one_in(4) {
            entries.extend(self.due());
        }
        entries
    }

    /// What the store has said of a batch of new things.
    pub fn answered(&mut self, entries: Vec<Entry>, outcomes: &[Outcome]) {
        let acked = !outcomes.contains(&Outcome::Failed);
        if acked {
            self.settle();
            self.acknowledged += entries.len() as u64;
        } else {
            assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Failed), "{outcomes:?}");
        }
        let numbers = outcomes.iter().zip(&entries).map(|(outcome, entry)| match outcome {
            Outcome::Kept(number) => *number,
            Outcome::Failed => 0,
            Outcome::Edit(EditOutcome::Changed { .. }) => 0,
            other => panic!("{other:?} for {entry:?}"),
        });
        let numbers: Vec<u64> = numbers.collect();
        if acked && has_id(&entries[0]) && self.random.one_in(4) {
            // The reply is lost on its way.
            self.say_again(entries[0].clone(), Some(numbers[0]));
        }
        self.batches.push(Batch { entries: entries.into_iter().zip(numbers).collect(), acked });
    }

    /// What was refused before something was kept is not there, and will not be.
    fn settle(&mut self) {
        while let Some(batch) = self.batches.pop_if(|batch| !batch.acked) {
            batch.entries.into_iter().for_each(|(entry, _)| self.say_again(entry, None));
        }
    }

    fn say_again(&mut self, entry: Entry, number: Option<u64>) {
        if has_id(&entry) && !self.again.iter().any(|(known, _)| *known == entry) {
            self.again.push((entry, number));
        }
    }

    /// What was refused last, to be tried once more.
    pub fn refused(&mut self) -> Option<Vec<Entry>> {
        let batch = self.batches.pop_if(|batch| !batch.acked)?;
        Some(batch.entries.into_iter().map(|(entry, _)| entry).collect())
    }

    /// Something that is said again under its id.
    pub fn again(&mut self) -> Option<(Entry, Option<u64>)> {
        self.again.pop()
    }

    /// What the store has said of it.
    pub fn answered_again(&mut self, entry: Entry, number: Option<u64>, outcome: &Outcome) {
        match (number, outcome) {
            (Some(number), Outcome::Repeated { number: told, .. }) => {
                assert_eq!(*told, number);
                self.settle();
                self.repeated += 1;
            }
            // It is asked again at the next occasion.
            (Some(_), Outcome::Failed) => self.say_again(entry, number),
            (Some(_), other) => panic!("kept before, and now {other:?}: {entry:?}"),
            (None, _) => self.answered(vec![entry], std::slice::from_ref(outcome)),
        }
    }

    /// What a room shows, by seq.
    pub fn shown(&self, room: &str) -> Vec<(u64, String)> {
        let mut all = BTreeMap::new();
        for (entry, seq) in self.batches.iter().filter(|batch| batch.acked).flat_map(|batch| &batch.entries) {
            match entry {
                Entry::Message { message, .. } if *message.room == *room => {
                    all.insert(*seq, message.text.clone());
                }
                Entry::Edit { edit, .. } if *edit.room == *room => {
                    all.insert(edit.seq, edit.text.clone().unwrap_or_default());
                }
                _other => {}
            }
        }
        all.into_iter().collect()
    }

    /// A database was opened again: what must be there is, and nothing else. From then on the model is what is there.
    pub fn compare(&mut self, found: &Snapshot, loss: Loss) {
        let (mut ended, mut count) = (false, 0);
        for mut batch in std::mem::take(&mut self.batches) {
            let numbers: Vec<u64> = batch.entries.iter().filter_map(|(entry, _)| found.find(entry)).collect();
            if numbers.is_empty() {
                let entry = &batch.entries[0].0;
                assert!(!batch.acked || loss == Loss::Newest, "acknowledged and lost: {entry:?}");
                ended |= batch.acked;
                batch.entries.into_iter().for_each(|(entry, _)| self.say_again(entry, None));
                continue;
            }
            assert_eq!(numbers.len(), batch.entries.len(), "a part of a batch");
            assert!(!ended, "something older is missing");
            count += numbers.len();
            for ((entry, number), found) in batch.entries.iter_mut().zip(numbers) {
                assert!(
                    !batch.acked || *number == found,
                    "{number} was acknowledged, {found} is kept: {entry:?}"
                );
                if !batch.acked {
                    self.say_again(entry.clone(), None);
                }
                *number = found;
            }
            batch.acked = true;
            self.batches.push(batch);
        }
        for (entry, number) in &mut self.again {
            *number = found.find(entry);
        }
        assert_eq!(found.count(), count, "something is there that nobody has said, or that was refused");
        for room in ROOMS {
            let here = found.messages.values().filter(|message| message.room == room);
            let mut here: Vec<(u64, String)> =
                here.map(|message| (message.seq, message.text.clone())).collect();
            here.sort_unstable();
            assert!(here == self.shown(room), "{room} says something else");
        }
    }
}
