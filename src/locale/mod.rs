//! The words of the server and its clients, one Fluent file a language.
//!
//! Knows no protocol and no room. Why Fluent: a translator needs plurals and
//! their own word order, and no Rust.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

/// A language the server speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
}

impl Lang {
    pub const ALL: [Lang; 1] = [Lang::En];

    /// The language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Lang::En => include_str!("en.ftl"),
        }
    }
}

/// The sentences of one language. Not `Send`: each thread that speaks makes its own.
pub struct Words(FluentBundle<FluentResource>);

/// A value put into a sentence.
pub type Arg<'a> = (&'static str, FluentValue<'a>);

impl Words {
    pub fn new(lang: Lang) -> Words {
        let resource = FluentResource::try_new(lang.source().to_owned())
            .unwrap_or_else(|(_, errors)| panic!("the words of {lang:?} cannot be read: {errors:?}"));
        let id: LanguageIdentifier = lang.tag().parse().expect("the tags below are language tags");
        let mut bundle = FluentBundle::new(vec![id]);
        // Direction marks around arguments would be control characters to a terminal.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("the words of {lang:?} have doubles: {errors:?}"));
        Words(bundle)
    }

    /// The sentence `id` with its arguments. An id that is nowhere is a bug, which a test excludes.
    pub fn say(&self, id: &str, args: &[Arg<'_>]) -> String {
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            given.set(*name, value.clone());
        }
        let pattern = self
            .0
            .get_message(id)
            .and_then(|message| message.value())
            .unwrap_or_else(|| panic!("there are no words for {id}"));
        let mut faults = Vec::new();
        let sentence = self.0.format_pattern(pattern, Some(&given), &mut faults).into_owned();
        debug_assert!(faults.is_empty(), "{id}: {faults:?}");
        sentence
    }
}

/// The sentence with a capital first letter.
pub fn capitalised(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The sentence as it goes on after "Error:", the way back of [`capitalised`]; a first word all in capitals stays.
pub fn continued(sentence: &str) -> String {
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
}
