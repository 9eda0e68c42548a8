//! A program's command line in a language: its help, and what is wrong with what was typed.
//!
//! Knows no program. Why not as clap's derive writes it: its texts are fixed when
//! the program is built, so the derives hold ids, and the sentences come in here.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::num::ParseIntError;

use clap::builder::{PossibleValuesParser, StyledStr};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Parser, ValueEnum};

use super::{Lang, Words};

/// The language of a person's locale, by the variables of POSIX (XBD §8.2): the first that is set
/// to something decides, English where none does or what it says is not spoken here.
pub fn lang(var: &dyn Fn(&str) -> Option<OsString>) -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(var).find(|value| !value.is_empty());
    set.and_then(|value| Lang::named(&value.to_string_lossy())).unwrap_or_default()
}

/// Why an argument is not taken: a sentence and what goes into it.
#[derive(PartialEq, Eq, Debug)]
pub struct Fault {
    pub id: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Fault {
    pub fn sentence(&self, words: &Words) -> String {
        let args: Vec<_> = self.args.iter().map(|(name, value)| (*name, value.as_str().into())).collect();
        words.say(self.id, &args)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl std::error::Error for Fault {}

/// For clap: a language by one of its names.
pub fn lang_argument(typed: &str) -> Result<Lang, Fault> {
    Lang::named(typed).ok_or_else(|| Fault { id: "bad-lang", args: vec![("lang", typed.to_owned())] })
}

/// Reads a command line; `tell` says what is wrong with it.
pub fn read<A: Parser>(line: impl IntoIterator<Item = OsString>, words: &Words) -> Result<A, clap::Error> {
    let matches = translated(A::command(), words).try_get_matches_from(line)?;
    A::from_arg_matches(&matches)
}

/// Says what is wrong with a command line, or gives the help that was asked for; gives the exit code.
pub fn tell(error: &clap::Error, words: &Words, notes: &mut dyn Write) -> u8 {
    // Where an output is closed there is nobody left to tell.
    let _ = match complaint(error, words) {
        Some(complaint) => notes.write_all(complaint.as_bytes()),
        None => error.print(),
    };
    u8::try_from(error.exit_code()).unwrap_or(2)
}

/// The command line with sentences where its derive has ids.
pub fn translated(mut command: Command, words: &Words) -> Command {
    // Only now has it the arguments and the command that clap adds by itself.
    command.build();
    put(command, words)
}

fn put(command: Command, words: &Words) -> Command {
    let about = match command.get_name() {
        "help" => Some(words.say("shell-help-command", &[])),
        _own => sentence(command.get_about(), words),
    };
    let after = sentence(command.get_after_help(), words);
    let usage = command.get_styles().get_usage();
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{usage}{}{usage:#} {{usage}}\n\n{{all-args}}{{after-help}}",
        words.say("shell-usage", &[])
    );
    let mut command = command
        .help_template(template)
        .subcommand_help_heading(words.say("shell-commands", &[]))
        .mut_args(|arg| put_argument(arg, words))
        .mut_subcommands(|inner| put(inner, words));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

fn put_argument(arg: Arg, words: &Words) -> Arg {
    let help = match arg.get_id().as_str() {
        "help" => Some(words.say("shell-help", &[])),
        "version" => Some(words.say("shell-version", &[])),
        _own => sentence(arg.get_help(), words),
    };
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    // A flag has one, too, and nobody types it.
    let typed = arg.get_action().takes_values() && !defaults.is_empty();
    let default = typed.then(|| words.say("shell-default", &[("value", defaults.join(" ").into())]));
    let help: Vec<String> = help.into_iter().chain(default).collect();
    let (heading, place) = match arg.get_index() {
        // Under a heading of one's own, clap would order these by the alphabet.
        Some(index) => ("shell-arguments", Some(index)),
        None => ("shell-options", None),
    };
    let arg = arg.help_heading(words.say(heading, &[])).hide_default_value(true);
    let arg = if help.is_empty() { arg } else { arg.help(help.join(" ")) };
    match place {
        Some(index) => arg.display_order(index),
        None => arg,
    }
}

/// The script by which a shell completes a program whose words are fixed; none for a shell that is not known here.
pub fn completions(mut command: Command, shell: &str) -> Option<String> {
    let shell = clap_complete::Shell::from_str(shell, false).ok()?;
    command.build();
    let mut command = command.mut_args(|arg| match alternatives(&arg) {
        words if words.is_empty() => arg,
        words => arg.value_parser(PossibleValuesParser::new(words)),
    });
    let (name, mut script) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8(script).ok()
}

/// The words that are typed as they stand: what a value's name has in small letters, such as `en|ko`.
pub fn alternatives(arg: &Arg) -> Vec<String> {
    let names = arg.get_value_names().unwrap_or_default().iter();
    let words = names.flat_map(|name| name.split('|'));
    words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase())).map(str::to_owned).collect()
}

/// The sentence whose id stands there.
fn sentence(id: Option<&StyledStr>, words: &Words) -> Option<String> {
    let id = id?.to_string();
    Some(if words.knows(&id) { words.say(&id, &[]) } else { id })
}

/// What is wrong with a command line, with how it is typed; none for what clap itself says best,
/// such as the help that was asked for.
fn complaint(error: &clap::Error, words: &Words) -> Option<String> {
    let why = why(error, words)?;
    let mut lines = vec![words.say("shell-error", &[("why", why.into())])];
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage).trim();
        lines.push(format!("{} {usage}", words.say("shell-usage", &[])));
    }
    lines.push(words.say("shell-try", &[]));
    Some(lines.join("\n\n") + "\n")
}

fn why(error: &clap::Error, words: &Words) -> Option<String> {
    let given = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        Some(_) | None => None,
    };
    let argument = given(ContextKind::InvalidArg);
    Some(match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = given(ContextKind::InvalidSubcommand)?;
            match given(ContextKind::SuggestedSubcommand) {
                Some(nearest) => words
                    .say("shell-unknown-command-near", &[("name", name.into()), ("nearest", nearest.into())]),
                None => words.say("shell-unknown-command", &[("name", name.into())]),
            }
        }
        ErrorKind::UnknownArgument => {
            let argument = argument?;
            match given(ContextKind::SuggestedArg) {
                Some(nearest) => words
                    .say("shell-unknown-near", &[("argument", argument.into()), ("nearest", nearest.into())]),
                None => words.say("shell-unknown", &[("argument", argument.into())]),
            }
        }
        ErrorKind::MissingRequiredArgument => words.say("shell-missing", &[("arguments", argument?.into())]),
        ErrorKind::ArgumentConflict => {
            let other = given(ContextKind::PriorArg)?;
            words.say("shell-conflict", &[("argument", argument?.into()), ("other", other.into())])
        }
        ErrorKind::MissingSubcommand => words.say("shell-no-command", &[]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = given(ContextKind::InvalidValue)?;
            let argument = ("argument", argument?.into());
            if value.is_empty() && error.kind() == ErrorKind::InvalidValue {
                return Some(words.say("shell-no-value", &[argument]));
            }
            let source = std::error::Error::source(error);
            let why = match source.map(|source| (source.downcast_ref::<Fault>(), source)) {
                Some((Some(fault), _)) => fault.sentence(words),
                Some((None, source)) if source.is::<ParseIntError>() => words.say("shell-no-number", &[]),
                Some((None, source)) => source.to_string(),
                None => return Some(words.say("shell-wrong", &[argument, ("value", value.into())])),
            };
            words.say("shell-wrong-why", &[argument, ("value", value.into()), ("why", why.into())])
        }
        _others_rarely_met => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_locale() {
        for (all, messages, lang_var, means) in [
            ("", "", "", Lang::En),
            ("", "", "ko_KR.UTF-8", Lang::Ko),
            ("", "en_US.UTF-8", "ko_KR.UTF-8", Lang::En),
            ("ko_KR.UTF-8", "en_US.UTF-8", "en_US.UTF-8", Lang::Ko),
            ("C", "", "ko_KR.UTF-8", Lang::En),
            ("POSIX", "ko", "ko", Lang::En),
            ("", "ko", "C", Lang::Ko),
            ("", "", "fr_FR.UTF-8", Lang::En),
        ] {
            let var = |name: &str| {
                let value = match name {
                    "LC_ALL" => all,
                    "LC_MESSAGES" => messages,
                    "LANG" => lang_var,
                    other => panic!("{other} does not matter"),
                };
                Some(value.into())
            };
            assert_eq!(lang(&var), means, "{all} {messages} {lang_var}");
        }
        assert_eq!(lang(&|_| None), Lang::En);
    }
}
