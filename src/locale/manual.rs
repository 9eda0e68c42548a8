//! The manual page of a program, made of its command line and the sentences of a language.
//!
//! Knows no program. Why made and not written: the page must say what `--help`
//! says, in both languages, and nobody keeps four texts equal by hand.

use clap::{Arg, Command};
use roff::{Inline, Roff, bold, italic, roman};

use super::Words;

/// The day of the last change to what the pages say.
pub const DATE: &str = "2026-11-21";

/// What a page has beside its command line. Texts are ids of sentences.
pub struct Page {
    pub section: u8,
    /// One paragraph each.
    pub description: &'static [&'static str],
    pub environment: &'static [(&'static str, &'static str)],
    pub files: &'static [(&'static str, &'static str)],
    /// What is typed, and what it does.
    pub examples: &'static [(&'static str, &'static str)],
    pub see_also: &'static [(&'static str, u8)],
}

/// The page in roff, with the `man` macros. `command` has been translated.
pub fn page(command: &Command, words: &Words, page: &Page) -> String {
    let mut roff = Roff::new();
    let name = command.get_name();
    let version = format!("{name} {}", command.get_version().unwrap_or_default());
    roff.control("TH", [&*name.to_uppercase(), &*page.section.to_string(), DATE, &*version]);
    // Neither hyphens nor wider blanks, also not behind a sentence: options stay whole, and Korean is not torn apart.
    roff.control("nh", []).control("ad", ["l"]).control("ss", ["12", "0"]);
    heading(&mut roff, words, "manual-name");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    prose(&mut roff, &format!("{name} - {}", words.continued(&about)));
    heading(&mut roff, words, "manual-synopsis");
    roff.text(usage(command, name));
    heading(&mut roff, words, "manual-description");
    for (place, id) in page.description.iter().enumerate() {
        if place > 0 {
            roff.control("PP", []);
        }
        prose(&mut roff, &words.say(id, &[]));
    }
    arguments(&mut roff, words, command);
    if command.has_subcommands() {
        heading(&mut roff, words, "manual-commands");
        commands(&mut roff, command, name);
    }
    heading(&mut roff, words, "manual-exit");
    prose(&mut roff, &command.get_after_help().map(ToString::to_string).unwrap_or_default());
    for (id, rows) in [("manual-environment", page.environment), ("manual-files", page.files)] {
        if !rows.is_empty() {
            heading(&mut roff, words, id);
        }
        for (called, what) in rows {
            roff.control("TP", []).text([bold(*called)]);
            prose(&mut roff, &words.say(what, &[]));
        }
    }
    heading(&mut roff, words, "manual-examples");
    for (typed, what) in page.examples {
        roff.control("TP", []).text([bold(*typed)]);
        prose(&mut roff, &words.say(what, &[]));
    }
    heading(&mut roff, words, "manual-see-also");
    let (last, before) =
        page.see_also.split_last().map_or((None, page.see_also), |(last, before)| (Some(last), before));
    for (called, section) in before {
        roff.control("BR", [*called, &*format!("({section}),")]);
    }
    if let Some((called, section)) = last {
        roff.control("BR", [*called, &*format!("({section})")]);
    }
    roff.render()
}

fn heading(roff: &mut Roff, words: &Words, id: &str) {
    roff.control("SH", [&*words.say(id, &[])]);
}

/// A paragraph in short lines, as roff's own tools want them.
fn prose(roff: &mut Roff, text: &str) {
    roff.text([roman(lines(text))]);
}

fn lines(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut width = 0;
    for word in text.split(' ') {
        // Each hyphen is two bytes in roff.
        let bytes = word.len() + word.matches('-').count();
        if width > 0 && width + 1 + bytes > LINE_BYTES {
            filled.push('\n');
            width = 0;
        } else if width > 0 {
            filled.push(' ');
            width += 1;
        }
        filled.push_str(word);
        width += bytes;
    }
    filled
}

/// What mandoc still takes for a short line.
const LINE_BYTES: usize = 78;

/// The arguments and options of the program itself.
fn arguments(roff: &mut Roff, words: &Words, command: &Command) {
    if command.get_positionals().next().is_some() {
        heading(roff, words, "manual-arguments");
        command.get_positionals().for_each(|arg| described(roff, arg));
    }
    heading(roff, words, "manual-options");
    options(command).for_each(|arg| described(roff, arg));
}

/// Each command that does something, with what it takes.
fn commands(roff: &mut Roff, command: &Command, before: &str) {
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help" && !inner.is_hide_set())
    {
        let name = format!("{before} {}", inner.get_name());
        if inner.has_subcommands() {
            commands(roff, inner, &name);
            continue;
        }
        roff.control("TP", []).text(usage(inner, &name));
        prose(roff, &inner.get_about().map(ToString::to_string).unwrap_or_default());
        let own: Vec<&Arg> =
            inner.get_arguments().filter(|arg| is_own(arg) && arg.get_help().is_some()).collect();
        if !own.is_empty() {
            roff.control("RS", []);
            own.into_iter().for_each(|arg| described(roff, arg));
            roff.control("RE", []);
        }
    }
}

fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_positional())
}

/// Not one that every command has.
fn is_own(arg: &Arg) -> bool {
    !arg.is_hide_set() && !arg.is_global_set() && !matches!(arg.get_id().as_str(), "help" | "version")
}

fn described(roff: &mut Roff, arg: &Arg) {
    if arg.is_hide_set() {
        return;
    }
    roff.control("TP", []).text(shape(arg, ", "));
    prose(roff, &arg.get_help().map(ToString::to_string).unwrap_or_default());
}

/// How a command is typed.
fn usage(command: &Command, name: &str) -> Vec<Inline> {
    let mut parts = vec![bold(name)];
    let top = !name.contains(' ');
    let shown = |arg: &&Arg| is_own(arg) || top && arg.is_global_set();
    let positional = command.get_positionals().filter(shown);
    for arg in options(command).filter(shown).chain(positional) {
        let (open, close) = if arg.is_required_set() { (" ", "") } else { (" [", "]") };
        parts.push(roman(open));
        parts.extend(shape(arg, "|"));
        parts.push(roman(close));
    }
    if command.has_subcommands() {
        parts.extend([roman(" "), italic("COMMAND")]);
    }
    parts
}

/// An argument as it is typed: `-n N`, `--room ROOM`, `TEXT...`.
fn shape(arg: &Arg, between: &str) -> Vec<Inline> {
    let values = arg.get_action().takes_values();
    let name = || arg.get_value_names().unwrap_or_default().join(" ");
    let more = if arg.get_num_args().is_some_and(|range| range.max_values() > 1) { "..." } else { "" };
    if arg.is_positional() {
        let many = matches!(arg.get_action(), clap::ArgAction::Append);
        return vec![italic(name()), roman(if many { "..." } else { more })];
    }
    let short = arg.get_short().map(|short| bold(format!("-{short}")));
    let long = arg.get_long().map(|long| bold(format!("--{long}")));
    let both = short.is_some() && long.is_some();
    let mut parts: Vec<Inline> = short.into_iter().collect();
    if both {
        parts.push(roman(between));
    }
    parts.extend(long);
    if values {
        parts.extend([roman(" "), italic(name())]);
    }
    parts
}
