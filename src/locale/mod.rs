//! The words of the server and its clients, one Fluent file a language.
//!
//! Knows no protocol and no room. Why Fluent: a translator needs plurals and
//! their own word order, and no Rust.

mod josa;
pub mod manual;
pub mod shell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use crate::core::lang::Lang;

/// The sentences of one language. Not `Send`: each thread that speaks makes its own.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

/// A value put into a sentence.
pub type Arg<'a> = (&'static str, FluentValue<'a>);

fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::En => include_str!("en.ftl"),
        Lang::Ko => include_str!("ko.ftl"),
    }
}

impl Words {
    pub fn new(lang: Lang) -> Words {
        let resource = FluentResource::try_new(source(lang).to_owned())
            .unwrap_or_else(|(_, errors)| panic!("the words of {lang:?} cannot be read: {errors:?}"));
        let id: LanguageIdentifier = lang.tag().parse().expect("the tags of our languages are language tags");
        let mut bundle = FluentBundle::new(vec![id]);
        // Direction marks around arguments would be control characters to a terminal.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("the words of {lang:?} have doubles: {errors:?}"));
        bundle.add_function("JOSA", josa::function).expect("nothing else in the bundle has that name");
        Words { lang, bundle }
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether there is a sentence `id`.
    pub fn knows(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// The sentence `id` with its arguments. An id that is nowhere is a bug, which a test excludes.
    pub fn say(&self, id: &str, args: &[Arg<'_>]) -> String {
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            given.set(*name, value.clone());
        }
        let pattern = self
            .bundle
            .get_message(id)
            .and_then(|message| message.value())
            .unwrap_or_else(|| panic!("there are no words for {id}"));
        let mut faults = Vec::new();
        let sentence = self.bundle.format_pattern(pattern, Some(&given), &mut faults).into_owned();
        debug_assert!(faults.is_empty(), "{id}: {faults:?}");
        sentence
    }

    /// The sentence as it stands alone. Korean knows no capitals, and its sentences often begin with a
    /// name that must stay as it is.
    pub fn capitalised(&self, sentence: &str) -> String {
        match self.lang {
            Lang::En => capitalised(sentence),
            Lang::Ko => sentence.to_owned(),
        }
    }

    /// The sentence as it goes on after "Error:", the way back of [`Words::capitalised`].
    pub fn continued(&self, sentence: &str) -> String {
        match self.lang {
            Lang::En => continued(sentence),
            Lang::Ko => sentence.to_owned(),
        }
    }
}

fn capitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A first word all in capitals stays.
fn continued(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_goes_on_in_lower_case() {
        for (alone, after) in [
            ("There is no user named \"Bob\".", "there is no user named \"Bob\"."),
            ("A name is needed.", "a name is needed."),
            ("JSON is needed.", "JSON is needed."),
            ("\"x\" is no time.", "\"x\" is no time."),
            ("", ""),
        ] {
            assert_eq!(continued(alone), after);
            assert_eq!(capitalised(after), alone);
        }
    }

    #[test]
    fn a_korean_sentence_stays_as_it_is() {
        let words = Words::new(Lang::Ko);
        for sentence in ["bob 님은 없습니다.", "Bob 님은 없습니다.", "이름이 비어 있습니다."]
        {
            assert_eq!(words.capitalised(sentence), sentence);
            assert_eq!(words.continued(sentence), sentence);
        }
    }

    #[test]
    fn particles_follow_the_argument() {
        let words = Words::new(Lang::Ko);
        for (to, sentence) in [
            ("지훈", "Bob 님이 닉네임을 \"지훈\"으로 바꿨습니다."),
            ("서울", "Bob 님이 닉네임을 \"서울\"로 바꿨습니다."),
            ("Alice", "Bob 님이 닉네임을 \"Alice\"로 바꿨습니다."),
        ] {
            assert_eq!(words.say("renamed", &[("from", "Bob".into()), ("to", to.into())]), sentence);
        }
    }
}
