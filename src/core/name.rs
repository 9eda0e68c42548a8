//! Names of people and rooms: what is allowed, and when two are the same.
//!
//! Knows nothing of who is there. Why a skeleton: on a screen `Alice` and
//! `Аlice` with a Cyrillic А are one name, so they must be one here.

use std::sync::Arc;

use precis_core::profile::PrecisFastInvocation;
use precis_profiles::UsernameCasePreserved;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::RestrictionLevelDetection;
use unicode_security::confusable_detection::skeleton;
use unicode_security::restriction_level::RestrictionLevel;

use crate::limits::{NAME_CHARS_MAX, NAME_MARKS_MAX};

/// A name as it is shown; shared, because every message of a person carries it.
pub type Name = Arc<str>;

/// What two names have in common when they are one name (RFC 8265 case mapping, then the skeleton of UTS #39 §4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct NameKey(Box<str>);

impl NameKey {
    /// As it is stored; never shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a name is not allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum NameFault {
    Empty,
    Space,
    TooLong,
    /// One of `, * ? ! @ # : /`.
    Forbidden(char),
    /// Control, bidi and zero-width characters.
    Invisible,
    /// Starts with a combining mark, or stacks too many.
    Marks,
    /// Letters of scripts that are not written together.
    MixedScripts,
    /// Kept for the server itself, or for admins.
    Reserved,
    /// Symbols and what else RFC 8264's IdentifierClass leaves out.
    NotAllowed,
}

const FORBIDDEN: &str = ",*?!@#:/";
const RESERVED: [&str; 7] = ["Server", "system", "서버", "admin", "관리자", "채팅관리자", "chatd"];

/// Prepares a nickname (RFC 8265 UsernameCasePreserved) and says why it cannot be one.
/// Whether its scripts go together is [`check_scripts`]' matter.
pub fn parse_nick(text: &str) -> Result<Name, NameFault> {
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    for c in text.chars() {
        if c.is_whitespace() {
            return Err(NameFault::Space);
        }
        if FORBIDDEN.contains(c) {
            return Err(NameFault::Forbidden(c));
        }
        if c.is_control() || is_invisible(c) {
            return Err(NameFault::Invisible);
        }
    }
    check_marks(text)?;
    if text.chars().count() > NAME_CHARS_MAX {
        return Err(NameFault::TooLong);
    }
    // PRECIS refuses the single letters that a decomposed syllable consists of, so it is composed before.
    let name = UsernameCasePreserved::enforce(composed(text)).map_err(|_| NameFault::NotAllowed)?;
    // Preparation maps full-width forms to ASCII, so the forbidden ones may only now show.
    if let Some(c) = name.chars().find(|c| FORBIDDEN.contains(*c)) {
        return Err(NameFault::Forbidden(c));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(NameFault::TooLong);
    }
    if RESERVED.iter().any(|reserved| key(reserved) == key(&name)) {
        return Err(NameFault::Reserved);
    }
    Ok(Name::from(&*name))
}

/// Prepares a room's name, `room` or `channel/room`: each part by the rules of a nickname.
pub fn parse_room(text: &str) -> Result<Name, NameFault> {
    let part = |part: &str| parse_nick(part).and_then(|name| check_scripts(&name).map(|()| name));
    match text.split_once('/') {
        None => part(text),
        Some((channel, room)) => {
            let (channel, room) = (part(channel)?, part(room)?);
            Ok(format!("{channel}/{room}").into())
        }
    }
}

/// The channel of a room; none where it is in none.
pub fn channel(room: &str) -> Option<&str> {
    room.split_once('/').map(|(channel, _)| channel)
}

/// A text in Unicode's composed form (UAX #15, NFC), as everything here is compared and stored.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Refuses letters of scripts that are never written together (UTS #39 §5.2, "highly restrictive":
/// one script, or Latin beside Korean, Japanese or Chinese).
pub fn check_scripts(name: &str) -> Result<(), NameFault> {
    if name.check_restriction_level(RestrictionLevel::HighlyRestrictive) {
        Ok(())
    } else {
        Err(NameFault::MixedScripts)
    }
}

/// The key by which names are compared.
pub fn key(name: &str) -> NameKey {
    let folded: String = name.nfkc().collect::<String>().to_lowercase();
    // Some skeletons are capitals, which have one of their own once they are small: 0 is O, and that is o.
    let small = skeleton(&folded).collect::<String>().to_lowercase();
    NameKey(skeleton(&small).collect::<String>().into_boxed_str())
}

fn check_marks(text: &str) -> Result<(), NameFault> {
    let mut run = 0;
    for (index, c) in text.nfd().enumerate() {
        run = if is_combining_mark(c) { run + 1 } else { 0 };
        if (index == 0 && run == 1) || run > NAME_MARKS_MAX {
            return Err(NameFault::Marks);
        }
    }
    Ok(())
}

/// Zero-width and direction characters (Unicode §23.2): they hide inside a name or turn it round.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for (a, b) in
            [("Alice", "alice"), ("Alice", "Аlice"), ("Alice", "Ａlice"), ("민수", "민수"), ("Bob", "B0b")]
        {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("민수"), key("민주"));
        assert_ne!(key("Bob"), key("Rob"));
    }

    #[test]
    fn what_is_refused_and_why() {
        use NameFault::*;
        for (name, fault) in [
            ("", Empty),
            ("a b", Space),
            ("a,b", Forbidden(',')),
            ("a／b", Forbidden('/')),
            ("a\u{200b}b", Invisible),
            ("a\u{202e}b", Invisible),
            ("\u{301}a", Marks),
            ("a\u{301}\u{302}\u{303}\u{304}\u{306}", Marks),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", TooLong),
            ("server", Reserved),
            ("ADMIN", Reserved),
            ("Sуstem", Reserved),
            ("관리자", Reserved),
            ("☃", NotAllowed),
        ] {
            assert_eq!(parse_nick(name), Err(fault), "{name:?}");
        }
    }

    #[test]
    fn names_of_rooms() {
        assert_eq!(parse_room("design/ui").as_deref(), Ok("design/ui"));
        assert_eq!(parse_room("회의실").as_deref(), Ok("회의실"));
        assert_eq!(parse_room("디자인/회의").as_deref(), Ok("디자인/회의"));
        assert_eq!(parse_room("a/b/c"), Err(NameFault::Forbidden('/')));
        for (name, fault) in [("", NameFault::Empty), ("a/", NameFault::Empty), ("/b", NameFault::Empty)] {
            assert_eq!(parse_room(name), Err(fault), "{name:?}");
        }
        assert_eq!(parse_room("design/*"), Err(NameFault::Forbidden('*')));
        assert_eq!((channel("design/ui"), channel("lobby")), (Some("design"), None));
        assert_eq!(key("Design/UI"), key("design/ui"));
    }

    #[test]
    fn what_is_allowed() {
        for name in ["Alice", "alice-2", "민수", "kim민수", "О́льга", "Zoë", "李雷", "a_b", "x"]
        {
            assert_eq!(parse_nick(name).map(|_| ()), Ok(()), "{name}");
            assert_eq!(check_scripts(name), Ok(()), "{name}");
        }
        assert_eq!(parse_nick("Ａlice").as_deref(), Ok("Alice"));
        assert_eq!(parse_nick("\u{1106}\u{1175}\u{11ab}\u{1109}\u{116e}").as_deref(), Ok("민수"));
        assert_eq!(check_scripts("Аlice"), Err(NameFault::MixedScripts));
    }
}
