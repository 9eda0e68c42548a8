//! The languages of the house.
//!
//! Knows none of their words. Why in the core: who asks for a language does it
//! by a command, and commands are the core's.

use serde::{Deserialize, Serialize};

/// A language the server speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Ko,
}

impl Lang {
    /// All of them, each at its [`Lang::index`].
    pub const ALL: [Lang; Lang::COUNT] = [Lang::En, Lang::Ko];
    /// How many there are.
    pub const COUNT: usize = 2;

    /// Its number below [`Lang::COUNT`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
        }
    }

    /// The language that somebody names: by its tag, as a locale (`ko_KR.UTF-8`), or by what it is
    /// called in either language.
    pub fn named(text: &str) -> Option<Lang> {
        let primary = text.trim().split(['-', '_', '.', '@']).next().unwrap_or_default();
        match primary.to_lowercase().as_str() {
            "en" | "english" | "영어" => Some(Lang::En),
            "ko" | "korean" | "한국어" => Some(Lang::Ko),
            _another => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_named_in_many_ways() {
        for (text, lang) in [
            ("en", Some(Lang::En)),
            ("EN", Some(Lang::En)),
            ("en-US", Some(Lang::En)),
            ("en_GB.UTF-8", Some(Lang::En)),
            ("영어", Some(Lang::En)),
            ("ko", Some(Lang::Ko)),
            ("Ko_KR.UTF-8", Some(Lang::Ko)),
            ("ko.eucKR@x", Some(Lang::Ko)),
            (" 한국어 ", Some(Lang::Ko)),
            ("Korean", Some(Lang::Ko)),
            ("C", None),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("kok", None),
            ("fr_FR", None),
            ("", None),
        ] {
            assert_eq!(Lang::named(text), lang, "{text:?}");
        }
    }

    #[test]
    fn every_language_is_at_its_index() {
        for (index, lang) in Lang::ALL.into_iter().enumerate() {
            assert_eq!(lang.index(), index);
            assert_eq!(Lang::named(lang.tag()), Some(lang));
        }
    }
}
