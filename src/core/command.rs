//! What a command is: its names, arguments, rights and cost.
//!
//! Knows no door. Slash lines, JSON objects, `/help`, the usage sentences and the
//! rights check all come from here. Why a type and not code in each door: a
//! command exists in every door at once, or not at all.

use super::args::Args;
use super::lang::Lang;
use super::nearest::nearest;
use super::reject::{Reject, echo};
use super::request::Request;
use super::table::TABLE;

/// Who may ask; the admin may ask all but what only a person can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Right {
    /// Also those who have not chosen a nickname yet.
    Anyone,
    /// Those with a nickname, and the admin's shell.
    Known,
    /// Those with a nickname, who are in rooms.
    Person,
    /// Those who are known and not muted in the whole server.
    Voice,
    /// Those who are in the room, or might come in without a password.
    Visitor,
    /// Those who are in the room.
    Member,
    /// Members who are not muted.
    Speaker,
    /// Members; of a room that is locked or by invitation its moderators.
    Inviter,
    /// The room's owner and moderators.
    Moderator,
    /// The room's owner.
    Owner,
    /// Who may make rooms, by `rooms.create`.
    Creator,
    Admin,
}

/// How an argument is typed and which JSON type carries it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One word.
    Word,
    /// Nicknames with commas between them; in JSON a text or a list.
    Nicks,
    /// A time of day, a date and time, or `+10m`; `daily` and the like stand before a time of day.
    When,
    /// `+5`, taken only when the word begins with a plus.
    Delay,
    /// `10m`, taken only when the word is a duration.
    Span,
    /// `10m`, or `off`.
    Duration,
    /// The rest of the line.
    Text,
    Number,
    /// `on` or `off`.
    Flag,
    /// In JSON an object of seqs by room; nobody types it.
    Seqs,
    /// Lines of an export, which nobody types.
    Lines,
}

/// Whether an argument must be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    Must,
    May,
    /// Only as a JSON field: nobody types it.
    Field,
    /// What the row means by itself: nobody types it. A flag is `on` or `off`, a text is this one.
    Implied(&'static str),
}

/// One argument of a command.
#[derive(Debug)]
pub struct Arg {
    pub name: &'static str,
    pub kind: Kind,
    pub need: Need,
}

/// One row.
pub struct Command {
    /// What it is called: in the record, and as the key of its help text.
    pub name: &'static str,
    /// The `cmd` of the JSON form: its name, or another row's that it only abbreviates; empty where only
    /// people ask.
    pub cmd: &'static str,
    /// What is typed, the English name first; empty where only programs ask.
    pub slash: &'static [&'static str],
    pub args: &'static [Arg],
    pub right: Right,
    /// What it takes from the session's allowance of `limits.rate`.
    pub cost: u32,
    /// Whether the record of commands keeps it; talk is kept as messages.
    pub recorded: bool,
    pub(super) build: for<'a> fn(&mut Args<'a>) -> Result<Request<'a>, Reject>,
}

impl PartialEq for Command {
    fn eq(&self, other: &Command) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Command {
    /// The row whose `cmd` this is.
    pub fn named(name: &str) -> Option<&'static Command> {
        TABLE.into_iter().find(|command| command.name == name && command.cmd == name)
    }

    /// The rows that are typed as `slash` (with the slash, in any case), in the order in which they are tried.
    pub fn typed(slash: &str) -> impl Iterator<Item = &'static Command> {
        let wanted = slash.to_lowercase();
        TABLE.into_iter().filter(move |command| command.slash.contains(&wanted.as_str()))
    }

    /// The typed name nearest to `slash`, where one is near enough to be meant.
    pub fn nearest_typed(slash: &str) -> Option<&'static str> {
        let typed = TABLE.into_iter().flat_map(|command| command.slash.iter().copied());
        nearest(slash, typed).filter(|near| near.likely).map(|near| near.word)
    }

    /// The `cmd` nearest to `name`, where one is near enough to be meant.
    pub fn nearest_named(name: &str) -> Option<&'static str> {
        let names = TABLE.into_iter().map(|command| command.cmd).filter(|cmd| !cmd.is_empty());
        nearest(name, names).filter(|near| near.likely).map(|near| near.word)
    }

    /// What `/help kick` or `/help /kick` is about: the name of a row, or a group like `/room`.
    pub fn helped(asked: &str) -> Result<&'static str, Reject> {
        let slash = format!("/{}", asked.trim_start_matches('/'));
        if let Some(row) = Command::typed(&slash).next() {
            return Ok(row.name);
        }
        let group = Command::grouped(&slash).find_map(Command::group);
        group.ok_or_else(|| unknown(&slash, Command::nearest_typed(&slash)))
    }

    /// Whether this is the first word of some: `/room`.
    pub fn is_group(slash: &str) -> bool {
        Command::grouped(slash).next().is_some()
    }

    fn grouped(slash: &str) -> impl Iterator<Item = &'static Command> {
        let begun = format!("{} ", slash.to_lowercase());
        TABLE.into_iter().filter(move |row| row.slash.iter().any(|name| name.starts_with(&begun)))
    }

    /// The English first word of those that are typed as two: `/room`.
    pub fn group(&self) -> Option<&'static str> {
        let (group, _) = self.slash.first()?.split_once(' ')?;
        Some(group)
    }

    /// What it is typed as by who reads that language.
    pub fn slash_in(&self, lang: Lang) -> &'static str {
        let english = self.slash.first().copied().unwrap_or(self.name);
        match lang {
            Lang::En => english,
            Lang::Ko => self.slash.iter().copied().find(|name| !name.is_ascii()).unwrap_or(english),
        }
    }

    /// How it is typed: `/kick NICK [REASON]`; `called` says what stands there for an argument.
    pub fn usage(&self, lang: Lang, called: impl Fn(&str) -> String) -> String {
        let mut usage = self.slash_in(lang).to_owned();
        let typed = self.args.iter().filter(|arg| matches!(arg.need, Need::Must | Need::May));
        for arg in typed {
            let word = match (arg.kind, arg.name) {
                (Kind::Nicks, _) => format!("{0}[,{0}…]", called("nick")),
                (Kind::When, _) => match lang {
                    Lang::En => "[daily|weekdays] HH:MM".to_owned(),
                    Lang::Ko => "[매일|평일] HH:MM".to_owned(),
                },
                (Kind::Delay, _) => format!("+{}", called("min")),
                (Kind::Span, _) => "10m".to_owned(),
                (Kind::Duration, _) => "10s|off".to_owned(),
                (Kind::Flag, _) => "on|off".to_owned(),
                (Kind::Number, "schedule" | "seq" | "offer") => called("id"),
                (Kind::Number, _) => called("n"),
                (Kind::Word, "lang") => "en|ko".to_owned(),
                (Kind::Word | Kind::Text | Kind::Seqs | Kind::Lines, name) => called(name),
            };
            usage.push_str(&if arg.need == Need::Must { format!(" {word}") } else { format!(" [{word}]") });
        }
        usage
    }

    /// Makes the request out of its arguments.
    pub fn request<'a>(&'static self, mut args: Args<'a>) -> Result<Request<'a>, Reject> {
        (self.build)(&mut args)
    }
}

/// A row as its name, for what refers to one and is carried over a restart.
pub mod by_name {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Command;
    use crate::core::table::TABLE;

    pub fn serialize<S: Serializer>(command: &&'static Command, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(command.name)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Command, D::Error> {
        let name = String::deserialize(deserializer)?;
        let row = TABLE.into_iter().find(|command| command.name == name);
        row.ok_or_else(|| D::Error::custom(format!("there is no command {name}")))
    }
}

/// The refusal of a command that nobody knows, naming the nearest one.
pub fn unknown(name: &str, nearest: Option<&'static str>) -> Reject {
    Reject::UnknownCommand { name: echo(name), nearest: nearest.map(Into::into) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::table::{KICK, LANG, SAY, SHUTDOWN, WHISPER};

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = TABLE.iter().map(|c| c.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn rows_that_are_typed_alike_differ_in_their_arguments() {
        let must = |row: &Command| row.args.iter().filter(|arg| arg.need == Need::Must).count();
        for row in TABLE {
            for slash in row.slash.iter().filter(|slash| **slash != "/종료") {
                let alike: Vec<usize> = Command::typed(slash).map(must).collect();
                assert!(alike.windows(2).all(|pair| pair[0] > pair[1]), "{slash}: {alike:?}");
            }
        }
    }

    #[test]
    fn the_nearest_command_is_named() {
        assert_eq!(Command::nearest_typed("/whsiper"), Some("/whisper"));
        assert_eq!(Command::nearest_typed("/귓속"), Some("/귓속말"));
        assert_eq!(Command::nearest_typed("/flibbertigibbet"), None);
    }

    #[test]
    fn usage_is_made_from_the_row() {
        let usage = |row: &Command| row.usage(Lang::En, str::to_uppercase);
        assert_eq!(usage(&KICK), "/kick NICK [REASON]");
        assert_eq!(usage(&WHISPER), "/whisper NICK[,NICK…] TEXT");
        assert_eq!(usage(&LANG), "/lang en|ko");
        assert_eq!(usage(&SHUTDOWN), "/shutdown [+MIN] [REASON]");
        assert_eq!(KICK.usage(Lang::Ko, str::to_owned), "/강퇴 nick [reason]");
        assert_eq!(SAY.slash_in(Lang::Ko), "/say");
    }
}
