//! A typed line into a request.
//!
//! Knows the command table and no more. Why a line means something else before
//! the nickname: the first thing a person types is their name.

use std::borrow::Cow;

use crate::core::args::{self, Args, Value};
use crate::core::command::{self, Arg, Command, Kind, Need};
use crate::core::reject::{Malformed, Reject};
use crate::core::request::Request;
use crate::core::table;

/// What a line of text came to.
#[derive(PartialEq, Debug)]
pub enum Typed<'a> {
    Request(Request<'a>),
    /// An empty line before the nickname asks for the greeting.
    Greeting,
    /// An empty line says nothing.
    Nothing,
}

/// Reads one line without its end. `named`: whether this person has a nickname.
pub fn read(line: &[u8], named: bool) -> Result<Typed<'_>, Reject> {
    match asked(line, named)? {
        Some((command, args)) => command.request(args).map(Typed::Request),
        None if named => Ok(Typed::Nothing),
        None => Ok(Typed::Greeting),
    }
}

/// The row that a line asks for and its arguments, for whoever passes it on; None for a blank line.
/// Talk is the row of `/say`, a nickname that of `hello`.
pub fn asked(line: &[u8], named: bool) -> Result<Option<(&'static Command, Args<'_>)>, Reject> {
    let line = std::str::from_utf8(line).map_err(|_| Reject::Malformed(Malformed::NotUtf8))?;
    if line.trim().is_empty() {
        return Ok(None);
    }
    if line.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Reject::BadChar);
    }
    let spoken = match line.strip_prefix('/') {
        Some(escaped) if !escaped.starts_with('/') => return slash(line.trim_end()).map(Some),
        Some(escaped) if named => escaped,
        Some(_) | None => line,
    };
    Ok(Some(match named {
        true => (&table::SAY, only("text", spoken)),
        false => (&table::HELLO, only("nick", line.trim())),
    }))
}

fn only<'a>(name: &'static str, text: &'a str) -> Args<'a> {
    let mut args = Args::default();
    args.set(name, Value::Text(Cow::Borrowed(text)));
    args
}

/// A command with its slash, and what follows it.
fn slash(line: &str) -> Result<(&'static Command, Args<'_>), Reject> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let command = Command::typed(name).ok_or_else(|| command::unknown(name, Command::nearest_typed(name)))?;
    let args = arguments(command, rest.trim_start()).ok_or(Reject::Usage(command))?;
    Ok((command, args))
}

/// The words of a line in the order of the row; None when they do not fit it.
fn arguments<'a>(command: &'static Command, line: &'a str) -> Option<Args<'a>> {
    let mut args = Args::default();
    let mut rest = line;
    for arg in command.args {
        match arg.need {
            Need::Must | Need::May => {}
            Need::Field => continue,
            Need::Implied => {
                args.set(arg.name, Value::Flag(true));
                continue;
            }
        }
        let skipped = arg.kind == Kind::Delay && !rest.starts_with('+');
        if rest.is_empty() || skipped {
            if arg.need == Need::Must {
                return None;
            }
            continue;
        }
        let (word, after) = match arg.kind {
            Kind::Text => (rest, ""),
            Kind::Nicks => split_list(rest),
            Kind::Word | Kind::When | Kind::Delay | Kind::Number | Kind::Flag => {
                rest.split_once(char::is_whitespace).unwrap_or((rest, ""))
            }
        };
        rest = after.trim_start();
        args.set(arg.name, value(arg, word)?);
    }
    rest.is_empty().then_some(args)
}

/// The words up to the first that no comma joins to the next: `Bob, Carol hi` must not tell Bob alone.
fn split_list(text: &str) -> (&str, &str) {
    let mut end = 0;
    loop {
        let word = text[end..].trim_start();
        let start = text.len() - word.len();
        end = start + word.find(char::is_whitespace).unwrap_or(word.len());
        let joined = text[..end].ends_with(',') || text[end..].trim_start().starts_with(',');
        if !joined || end == text.len() {
            return text.split_at(end);
        }
    }
}

fn value<'a>(arg: &Arg, word: &'a str) -> Option<Value<'a>> {
    Some(match arg.kind {
        Kind::Word | Kind::When | Kind::Delay | Kind::Text => Value::Text(Cow::Borrowed(word)),
        Kind::Nicks => Value::List(Some(args::split_nicks(word)).filter(|nicks| !nicks.is_empty())?),
        Kind::Number => Value::Number(word.parse().ok()?),
        Kind::Flag => Value::Flag(match word.to_lowercase().as_str() {
            "on" => true,
            "off" => false,
            _neither => return None,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Request<'_> {
        match read(line.as_bytes(), true) {
            Ok(Typed::Request(request)) => request,
            other => panic!("{line:?} is {other:?}"),
        }
    }

    #[test]
    fn lines_and_commands() {
        let say = |text| Request::Say { room: None, text: Cow::Borrowed(text), mid: None };
        assert_eq!(request("hi /there"), say("hi /there"));
        assert_eq!(request("//me"), say("/me"));
        assert_eq!(
            request("/귓속말 Bob,민수 안녕 하세요"),
            Request::Whisper {
                to: vec!["Bob".into(), "민수".into()], text: "안녕 하세요".into(), mid: None
            }
        );
        for line in ["/whisper Bob,Carol hi", "/whisper Bob, Carol hi", "/whisper Bob , Carol hi"] {
            let to = vec!["Bob".into(), "Carol".into()];
            assert_eq!(request(line), Request::Whisper { to, text: "hi".into(), mid: None });
        }
        assert_eq!(
            request("/KICK Bob  too loud "),
            Request::Kick { nick: "Bob".into(), reason: Some("too loud".into()) }
        );
        assert_eq!(
            request("/shutdown +5 update"),
            Request::Shutdown { delay: Some("+5".into()), reason: Some("update".into()) }
        );
        assert_eq!(
            request("/shutdown update now"),
            Request::Shutdown { delay: None, reason: Some("update now".into()) }
        );
        assert_eq!(request("/시간 on"), Request::Timestamps { on: true });
        assert_eq!(request("/조용히나가기"), Request::Quit { text: None, quiet: true });
    }

    #[test]
    fn before_the_nickname() {
        assert_eq!(
            read(b" Alice ", false),
            Ok(Typed::Request(Request::Hello { nick: "Alice".into(), lang: None }))
        );
        assert_eq!(read(b"", false), Ok(Typed::Greeting));
        assert_eq!(read(b"  ", true), Ok(Typed::Nothing));
        assert_eq!(read(b"/help", false), Ok(Typed::Request(Request::Help { command: None })));
    }

    #[test]
    fn what_does_not_fit_the_row() {
        for line in [
            "/kick",
            "/whisper",
            "/whisper Bob",
            "/schedules now",
            "/quietquit x",
            "/history x",
            "/timestamps maybe",
        ] {
            assert!(matches!(read(line.as_bytes(), true), Err(Reject::Usage(_))), "{line}");
        }
        assert!(matches!(read(b"/whipser a b", true), Err(Reject::UnknownCommand { nearest: Some(_), .. })));
        assert_eq!(read(b"a\x1b[2J", true), Err(Reject::BadChar));
        assert_eq!(read(b"\xff\xfe", true), Err(Reject::Malformed(Malformed::NotUtf8)));
    }
}
