//! A database with a past: as many messages as wanted, written by chatd's own store.
//!
//! It must not know what is measured on it. Why words of every frequency, by Zipf's law, and as
//! many in Korean as people at such a server say: what a search costs is how often its words are
//! there, and a text of random letters has no frequent words.

use std::path::Path;

use chatd::core::entry::{Entry, Job};
use chatd::core::event::Message;
use chatd::core::room::RoomRow;
use chatd::core::time::Wall;
use chatd::store::{Durability, Place, Writer, schema};

use crate::Result;

/// What everybody is in. Everything else of the past was said in [`SIDE`].
pub const ROOM: &str = "lobby";
pub const SIDE: &str = "side";
/// One in so many messages.
const SIDE_EVERY: u64 = 16;
const BATCH: u64 = 4_096;
/// Different words, and people.
const WORDS: u64 = 50_000;
const PEOPLE: u64 = 1_000;
const WORDS_PER_TEXT: u64 = 8;
/// One message in so many is Korean.
const KOREAN_EVERY: u64 = 4;
/// 2026-01-01T00:00:00Z, and the time from one message to the next.
pub const BEGAN_MS: i64 = 1_767_225_600_000;
pub const STEP_MS: i64 = 1_000;

/// The same numbers for the same seed, in every run (xorshift64*).
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Draws {
        Draws(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// From `least` to `most`, all alike.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + (self.next() >> 16) % (most - least + 1)
    }

    /// From 1 to `most`; each number is about as likely as all others of its order of magnitude together.
    fn rank(&mut self, most: u64) -> u64 {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((most as f64 + 1.0).powf(share) as u64).clamp(1, most)
    }
}

/// The word of a rank; frequent ones are short.
pub fn word(rank: u64) -> String {
    const ONSETS: [char; 16] =
        ['k', 't', 'm', 's', 'r', 'n', 'l', 'p', 'b', 'd', 'g', 'v', 'f', 'h', 'j', 'w'];
    const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];
    let mut word = String::from("x");
    let mut left = rank;
    while left > 0 {
        let syllable = (left % 80) as usize;
        word.push(ONSETS[syllable / 5]);
        word.push(VOWELS[syllable % 5]);
        left /= 80;
    }
    word
}

/// The Korean word of a rank: two syllables, and a particle that follows most nouns.
pub fn korean(rank: u64) -> String {
    let syllable = |number: u64| {
        char::from_u32(0xac00 + (number % 11_172) as u32).expect("it is below the last syllable of Hangul")
    };
    let particle = ['이', '을', '는', '에'][(rank % 4) as usize];
    [syllable(rank * 37), syllable(rank / 3 * 131 + 28), particle].iter().collect()
}

/// The text of the next message.
pub fn text(draws: &mut Draws) -> String {
    let spell = if draws.next().is_multiple_of(KOREAN_EVERY) { korean } else { word };
    let words: Vec<String> = (0..WORDS_PER_TEXT).map(|_| spell(draws.rank(WORDS))).collect();
    words.join(" ")
}

pub fn nick(rank: u64) -> String {
    format!("p{rank:04}")
}

/// Makes the database: `messages` in [`ROOM`] and some more in [`SIDE`], all of them indexed.
pub fn make(path: &Path, messages: u64) -> Result<()> {
    let place = Place { path: path.to_owned(), durability: Durability::Process };
    let connection = schema::open_for_writing(&place)?;
    // It is thrown away with the machine that fails.
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -256 * 1024)?;
    let mut writer = Writer::new(connection);
    let mut draws = Draws::new(messages);
    let side = RoomRow { kept: true, ..RoomRow::new(SIDE.into()) };
    let mut jobs = vec![Job { ticket: None, entry: Entry::Room(side) }];
    let (mut said, mut number) = (0, 0);
    while said < messages {
        let room = if number % SIDE_EVERY == SIDE_EVERY - 1 { SIDE } else { ROOM };
        said += u64::from(room == ROOM);
        let at = Wall(BEGAN_MS + number as i64 * STEP_MS);
        let (from, text) = (nick(draws.rank(PEOPLE)).into(), text(&mut draws));
        let message = Message { room: room.into(), at, from, text, ..Message::default() };
        jobs.push(Job {
            ticket: None,
            entry: Entry::Message { message, author: None, mid: None, fires: None },
        });
        number += 1;
        if jobs.len() as u64 >= BATCH || said == messages {
            writer.commit(&jobs)?;
            jobs.clear();
        }
    }
    while writer.index()? > 0 {}
    Ok(())
}
