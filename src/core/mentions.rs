//! Who is mentioned in a text: `@nick`, or the nickname as a word.
//!
//! Knows only how to ask whose nickname a word is. Why Korean particles are
//! looked through: 민수야 calls 민수, and nobody writes a blank between.

use smallvec::SmallVec;

use super::session::SessionId;
use crate::limits::{MENTIONS_MAX, NAME_CHARS_MAX};

/// What may follow a name without a blank: case particles, vocatives, titles, and those two together.
const PARTICLES: [&str; 62] = [
    "가",
    "이",
    "은",
    "는",
    "을",
    "를",
    "의",
    "에",
    "와",
    "과",
    "랑",
    "이랑",
    "하고",
    "도",
    "만",
    "아",
    "야",
    "이야",
    "이여",
    "여",
    "에게",
    "에게서",
    "한테",
    "한테서",
    "께",
    "께서",
    "께서는",
    "께서도",
    "로",
    "으로",
    "보다",
    "처럼",
    "까지",
    "부터",
    "마저",
    "조차",
    "나",
    "이나",
    "든지",
    "라도",
    "이라도",
    "라고",
    "이라고",
    "랑은",
    "이는",
    "이가",
    "이를",
    "이도",
    "이만",
    "이한테",
    "이에게",
    "님",
    "님이",
    "님은",
    "님을",
    "님도",
    "님께",
    "님의",
    "씨",
    "씨가",
    "씨는",
    "씨도",
];

/// Those of whom `whose` knows the nickname, each once, in the order of the text. `whose` is asked with
/// words in small letters.
pub fn mentioned(text: &str, whose: impl Fn(&str) -> Option<SessionId>) -> SmallVec<[SessionId; 4]> {
    // This is done to every line of talk, and most are plain ASCII, where letters are bytes.
    let small = if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() };
    let mut found = SmallVec::new();
    for word in small.split_ascii_whitespace() {
        let begins = |byte: &u8| !byte.is_ascii_punctuation() || *byte == b'_';
        let Some(at) = word.as_bytes().iter().position(begins) else { continue };
        let word = &word[at..];
        let session = if word.is_ascii() { name_in_ascii(word, &whose) } else { name_in(word, &whose) };
        if let Some(session) = session.filter(|session| !found.contains(session)) {
            found.push(session);
            if found.len() == MENTIONS_MAX {
                break;
            }
        }
    }
    found
}

/// A nickname that a word of ASCII begins with and that ends where a name can end: at punctuation.
fn name_in_ascii(mut word: &str, whose: impl Fn(&str) -> Option<SessionId>) -> Option<SessionId> {
    loop {
        if word.len() <= NAME_CHARS_MAX
            && let Some(session) = whose(word)
        {
            return Some(session);
        }
        let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'_';
        word = &word[..word.as_bytes().iter().rposition(ends)?];
    }
}

/// The longest beginning of a word that is a nickname and ends where a name can end.
fn name_in(word: &str, whose: impl Fn(&str) -> Option<SessionId>) -> Option<SessionId> {
    if let Some(session) = whose(word) {
        return Some(session);
    }
    let ends = word.char_indices().map(|(at, _)| at).skip(1);
    let ends: SmallVec<[usize; 32]> = ends.filter(|at| may_end(&word[*at..])).collect();
    ends.iter().rev().find_map(|at| whose(&word[..*at]))
}

/// Whether a name may end before `rest`: at punctuation, or at a particle that ends the word.
fn may_end(rest: &str) -> bool {
    let Some(first) = rest.chars().next() else { return true };
    if !first.is_alphanumeric() && first != '_' {
        return true;
    }
    if first.is_ascii() {
        return false;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    PARTICLES.contains(&&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u32> {
        let nicks = ["alice", "bob", "민수", "지훈이", "a.b", "kim-lee", "x"];
        let whose = |word: &str| nicks.iter().position(|nick| *nick == word);
        let whose = |word: &str| whose(word).map(|at| SessionId { slot: at as u32, serial: 0 });
        mentioned(text, whose).iter().map(|session| session.slot).collect()
    }

    #[test]
    fn at_signs_and_words() {
        assert_eq!(of("hi @Bob and alice!"), [1, 0]);
        assert_eq!(of("Bob's turn, (ALICE): \"bob\""), [1, 0]);
        assert_eq!(of("@a.b. ask kim-lee, x?"), [4, 5, 6]);
        assert_eq!(of("bobby malice alices @alicex bob_2"), [0u32; 0]);
        assert_eq!(of(""), [0u32; 0]);
    }

    #[test]
    fn before_a_korean_particle() {
        for text in [
            "민수야 밥 먹자",
            "민수가 왔다",
            "@민수님, 안녕하세요",
            "어제 민수한테서 들었어",
            "bob은 민수를",
            "민수!",
        ] {
            assert!(of(text).contains(&2), "{text}");
        }
        assert_eq!(of("bob은 민수를"), [1, 2]);
        assert_eq!(of("지훈이가 지훈이"), [3]);
        assert_eq!(of("민수기 국민수 민수동"), [0u32; 0]);
    }
}
