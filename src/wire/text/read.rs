//! A typed line into a request.
//!
//! Knows the command table and no more. Why a line means now this and now that:
//! the first thing a person types is their name, and in a whisper session they
//! talk to one person.

use std::borrow::Cow;

use crate::core::args::{self, Args, Value};
use crate::core::command::{self, Arg, Command, Kind, Need};
use crate::core::recurrence::Word;
use crate::core::reject::{Malformed, Reject};
use crate::core::request::Request;
use crate::core::table;
use crate::core::time;
use crate::core::whispers::Listens;

/// What a line of text came to.
#[derive(PartialEq, Debug)]
pub enum Typed<'a> {
    Request(Request<'a>),
    /// An empty line before the nickname asks for the greeting.
    Greeting,
    /// An empty line says nothing.
    Nothing,
}

/// Reads one line without its end; what a plain one means is `listens`.
pub fn read(line: &[u8], listens: Listens) -> Result<Typed<'_>, Reject> {
    match asked(line, listens)? {
        Some((command, args)) => command.request(args).map(Typed::Request),
        None if listens == Listens::Nick => Ok(Typed::Greeting),
        None => Ok(Typed::Nothing),
    }
}

/// The row that a line asks for and its arguments, for whoever passes it on; None for a blank line.
/// Talk is the row of `/say`, a nickname that of `hello`.
pub fn asked(line: &[u8], listens: Listens) -> Result<Option<(&'static Command, Args<'_>)>, Reject> {
    let line = std::str::from_utf8(line).map_err(|_| Reject::Malformed(Malformed::NotUtf8))?;
    if line.trim().is_empty() {
        return Ok(None);
    }
    if line.chars().any(|c| c.is_control() && c != '\t') {
        return Err(Reject::BadChar);
    }
    let named = listens != Listens::Nick;
    let spoken = match line.strip_prefix('/') {
        Some(escaped) if !escaped.starts_with('/') => return slash(line.trim_end(), listens).map(Some),
        Some(escaped) if named => escaped,
        Some(_) | None => line,
    };
    Ok(Some(match listens {
        Listens::Nick => (&table::HELLO, only("nick", line.trim())),
        Listens::Room | Listens::Parted => (&table::SAY, only("text", spoken)),
        Listens::Partner => (&table::WHISPER, only("text", spoken)),
        Listens::Receiver => fit("/whisper", line.trim(), listens)?,
    }))
}

fn only<'a>(name: &'static str, text: &'a str) -> Args<'a> {
    let mut args = Args::default();
    args.set(name, Value::Text(Cow::Borrowed(text)));
    args
}

/// A command with its slash, and what follows it. Some are two words, `/room topic`.
fn slash(line: &str, listens: Listens) -> Result<(&'static Command, Args<'_>), Reject> {
    let (first, rest) = split_word(line);
    let (second, after) = split_word(rest);
    let both = format!("{first} {second}");
    if !second.is_empty() && Command::typed(&both).next().is_some() {
        return fit(&both, after, listens);
    }
    if Command::typed(first).next().is_none() && Command::is_group(first) {
        // Who does not know the second word is told which there are.
        let mut args = Args::default();
        args.set("command", Value::Text(Cow::Borrowed(first)));
        return Ok((&table::HELP, args));
    }
    fit(first, rest, listens)
}

/// The first word, and what follows the blanks after it.
fn split_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// The first row of that name whose arguments `rest` can be.
fn fit<'a>(name: &str, rest: &'a str, listens: Listens) -> Result<(&'static Command, Args<'a>), Reject> {
    let mut nearest = None;
    for row in Command::typed(name).filter(|row| is_meant(row, name, listens)) {
        if let Some(args) = arguments(row, rest) {
            return Ok((row, args));
        }
        nearest = nearest.or(Some(row));
    }
    Err(match nearest {
        Some(row) => Reject::Usage(row),
        None => command::unknown(name, Command::nearest_typed(name)),
    })
}

/// `/종료` is the end of a whisper session while there is one, and else that of the chat.
fn is_meant(row: &Command, name: &str, listens: Listens) -> bool {
    let whispers = matches!(listens, Listens::Partner | Listens::Parted);
    name != "/종료" || (*row == table::WHISPER_CLOSE) == whispers
}

/// The words of a line in the order of the row; None when they do not fit it.
fn arguments<'a>(command: &'static Command, line: &'a str) -> Option<Args<'a>> {
    let mut args = Args::default();
    let mut rest = line;
    for arg in command.args {
        match arg.need {
            Need::Must | Need::May => {}
            Need::Field => continue,
            Need::Implied(value) => {
                args.set(arg.name, implied(arg, value));
                continue;
            }
        }
        if rest.is_empty() || is_skipped(arg, rest) {
            if arg.need == Need::Must {
                return None;
            }
            continue;
        }
        let (word, after) = match arg.kind {
            Kind::Text | Kind::Seqs => (rest, ""),
            Kind::Nicks => split_list(rest),
            Kind::When => split_time(rest),
            Kind::Word
            | Kind::Delay
            | Kind::Span
            | Kind::Duration
            | Kind::Number
            | Kind::Flag
            | Kind::Lines => split_word(rest),
        };
        rest = after.trim_start();
        args.set(arg.name, value(arg, word)?);
    }
    rest.is_empty().then_some(args)
}

/// Whether an argument that may be left out is.
fn is_skipped(arg: &Arg, rest: &str) -> bool {
    match arg.kind {
        Kind::Delay => !rest.starts_with('+'),
        Kind::Span => time::parse_duration_ms(split_word(rest).0).is_none(),
        Kind::Word
        | Kind::Nicks
        | Kind::When
        | Kind::Duration
        | Kind::Text
        | Kind::Number
        | Kind::Flag
        | Kind::Seqs
        | Kind::Lines => false,
    }
}

fn implied(arg: &Arg, value: &'static str) -> Value<'static> {
    match arg.kind {
        Kind::Flag => Value::Flag(value == "on"),
        _text => Value::Text(Cow::Borrowed(value)),
    }
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

/// A time is one word, or two where the first is a rule's: `daily 15:30`.
fn split_time(text: &str) -> (&str, &str) {
    let (word, rest) = split_word(text);
    if Word::named(word).is_none() || rest.is_empty() {
        return (word, rest);
    }
    let end = text.len() - rest.len() + split_word(rest).0.len();
    text.split_at(end)
}

fn value<'a>(arg: &Arg, word: &'a str) -> Option<Value<'a>> {
    Some(match arg.kind {
        Kind::Word | Kind::When | Kind::Delay | Kind::Span | Kind::Text => Value::Text(Cow::Borrowed(word)),
        Kind::Duration => {
            let known = matches!(word, "off" | "0") || time::parse_duration_ms(word).is_some();
            Value::Text(Cow::Borrowed(Some(word).filter(|_| known)?))
        }
        Kind::Nicks => Value::List(Some(args::split_nicks(word)).filter(|nicks| !nicks.is_empty())?),
        Kind::Number => Value::Number(word.parse().ok()?),
        Kind::Flag => Value::Flag(match word.to_lowercase().as_str() {
            "on" | "켜기" => true,
            "off" | "끄기" => false,
            _neither => return None,
        }),
        Kind::Seqs => return None,
        Kind::Lines => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Request<'_> {
        match read(line.as_bytes(), Listens::Room) {
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
            Request::Kick { nick: "Bob".into(), room: None, duration: None, reason: Some("too loud".into()) }
        );
        assert_eq!(
            request("/shutdown +5 update"),
            Request::Shutdown { delay: Some("+5".into()), reason: Some("update".into()) }
        );
        assert_eq!(
            request("/shutdown update now"),
            Request::Shutdown { delay: None, reason: Some("update now".into()) }
        );
        let open = |nick: &'static str| Request::WhisperOpen { nick: nick.into() };
        assert_eq!((request("/whisper Bob"), request("/귓속말 민수")), (open("Bob"), open("민수")));
        assert_eq!(request("/whisper"), Request::WhisperAsk);
        assert_eq!(request("/end"), Request::WhisperClose);
        for line in ["/room", "/ROOM colour red"] {
            assert!(matches!(request(line), Request::Help { command: Some(_) }), "{line}");
        }
        assert_eq!(request("/방 주제 회의 시작"), request("/ROOM  Topic 회의 시작"));
        assert!(
            matches!(request("/room unlock"), Request::RoomSet(asked) if asked.password == Some("".into()))
        );
        assert!(matches!(request("/room unkeep"), Request::RoomSet(asked) if asked.kept == Some(false)));
        let ban = |line| match request(line) {
            Request::Sanction(asked) => (asked.duration.map(String::from), asked.reason.map(String::from)),
            other => panic!("{other:?}"),
        };
        assert_eq!(ban("/ban Bob 2h too loud"), (Some("2h".into()), Some("too loud".into())));
        assert_eq!(ban("/차단 Bob too loud"), (None, Some("too loud".into())));
        let when = |line| match request(line) {
            Request::Schedule(asked) => (String::from(asked.at), String::from(asked.text)),
            other => panic!("{other:?}"),
        };
        assert_eq!(when("/schedule 15:30 daily tea"), ("15:30".into(), "daily tea".into()));
        assert_eq!(when("/schedule Daily  15:30  tea time"), ("Daily  15:30".into(), "tea time".into()));
        assert_eq!(when("/예약 평일 9:00 차"), ("평일 9:00".into(), "차".into()));
        assert_eq!(request("/시간 on"), Request::Timestamps { on: true });
        assert_eq!(request("/조용히나가기"), Request::Quit { text: None, quiet: true });
    }

    #[test]
    fn before_the_nickname() {
        assert_eq!(
            read(b" Alice ", Listens::Nick),
            Ok(Typed::Request(Request::Hello { nick: "Alice".into(), lang: None, token: None, room: None }))
        );
        assert_eq!(read(b"", Listens::Nick), Ok(Typed::Greeting));
        assert_eq!(read(b"  ", Listens::Room), Ok(Typed::Nothing));
        assert_eq!(read(b"/help", Listens::Nick), Ok(Typed::Request(Request::Help { command: None })));
    }

    #[test]
    fn in_a_whisper_session() {
        let asked = |line: &'static str, listens| match read(line.as_bytes(), listens) {
            Ok(Typed::Request(request)) => request,
            other => panic!("{line:?} is {other:?}"),
        };
        let to_partner = Request::Whisper { to: vec![], text: "hi".into(), mid: None };
        assert_eq!(asked("hi", Listens::Partner), to_partner);
        assert!(matches!(asked("/say hi", Listens::Partner), Request::Say { .. }));
        assert!(matches!(asked("hi", Listens::Parted), Request::Say { .. }));
        assert_eq!(asked("/종료", Listens::Partner), Request::WhisperClose);
        assert_eq!(asked("/종료", Listens::Parted), Request::WhisperClose);
        assert!(matches!(asked("/종료", Listens::Room), Request::Quit { .. }));
        assert!(matches!(asked("/종료 안녕", Listens::Room), Request::Quit { text: Some(_), .. }));
        assert!(matches!(read("/종료 안녕".as_bytes(), Listens::Partner), Err(Reject::Usage(_))));
        assert_eq!(asked("Bob", Listens::Receiver), Request::WhisperOpen { nick: "Bob".into() });
        let one = Request::Whisper { to: vec!["Bob".into()], text: "hi you".into(), mid: None };
        assert_eq!(asked("Bob hi you", Listens::Receiver), one);
        assert!(matches!(asked("/users", Listens::Receiver), Request::Users { .. }));
    }

    #[test]
    fn what_does_not_fit_the_row() {
        for line in [
            "/kick",
            "/end now",
            "/room slow soon",
            "/room capacity many",
            "/schedules now",
            "/schedule daily",
            "/schedule daily 15:30",
            "/quietquit x",
            "/history x",
            "/timestamps maybe",
        ] {
            assert!(matches!(read(line.as_bytes(), Listens::Room), Err(Reject::Usage(_))), "{line}");
        }
        assert!(matches!(
            read(b"/whipser a b", Listens::Room),
            Err(Reject::UnknownCommand { nearest: Some(_), .. })
        ));
        assert_eq!(read(b"a\x1b[2J", Listens::Room), Err(Reject::BadChar));
        assert_eq!(read(b"\xff\xfe", Listens::Room), Err(Reject::Malformed(Malformed::NotUtf8)));
    }
}
