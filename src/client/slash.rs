//! What a typed line means: talk, a command for the daemon, or one for chatc itself.
//!
//! Knows neither the connection nor the screen. Why an unknown command is
//! never sent as talk: a mistyped `/whisper` would tell a secret to the room.

use super::ask::{Ask, Receivers};

/// A line that was understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Typed {
    /// Nothing but spaces.
    Nothing,
    Ask(Ask),
    Timestamps(bool),
    /// Lines of help, ready to be shown.
    Help(Vec<String>),
}

struct Row {
    /// The English name, its other spellings, then the Korean name.
    names: &'static [&'static str],
    arguments: &'static str,
    does: &'static str,
}

const ROWS: &[Row] = &[
    row(&["help", "도움말"], "[COMMAND]", "what there is"),
    row(&["user", "users", "사용자"], "[ROOM]", "who is in the room"),
    row(&["rename", "닉네임"], "NICK", "take another nickname"),
    row(&["whisper", "귓속말"], "NICK[,NICK...] TEXT", "a message for these alone"),
    row(&["schedule", "예약"], "HH:MM TEXT", "say it in this room at that time"),
    row(&["schedules", "예약목록"], "", "what you have scheduled"),
    row(&["unschedule", "예약취소"], "ID", "take back what was scheduled"),
    row(&["history", "기록"], "[N]", "the last N lines of this room"),
    row(&["timestamps", "시간"], "on|off", "show when each line came"),
    row(&["kick", "강퇴"], "NICK [REASON]", "put somebody out"),
    row(&["broadcast", "공지"], "TEXT", "tell everybody in every room (admin)"),
    row(&["shutdown", "서버종료"], "[+MIN] [REASON]", "end the server (admin)"),
    row(&["quit", "종료"], "[TEXT]", "leave; the others are told"),
    row(&["quietquit", "조용히나가기"], "", "leave; nobody is told"),
];

const fn row(names: &'static [&'static str], arguments: &'static str, does: &'static str) -> Row {
    Row { names, arguments, does }
}

impl Row {
    fn usage(&self) -> String {
        let space = if self.arguments.is_empty() { "" } else { " " };
        format!("/{}{space}{}", self.names[0], self.arguments)
    }
}

/// Reads one typed line, without its newline; plain text is said in `room`.
/// The error is a sentence that says what is wrong and what to type.
pub fn read(line: &str, room: &str) -> Result<Typed, String> {
    let say = |text: &str| Typed::Ask(Ask::Say { room: room.to_owned(), text: text.to_owned() });
    if line.trim().is_empty() {
        return Ok(Typed::Nothing);
    }
    let Some(command) = line.strip_prefix('/') else {
        return Ok(say(line));
    };
    if command.starts_with('/') {
        return Ok(say(command));
    }
    let (name, rest) = word(command);
    let Some(row) = find(name) else {
        return Err(unknown(name));
    };
    let usage = || format!("type {}", row.usage());
    let ask = match row.names[0] {
        "help" => return help(rest),
        "timestamps" => match rest {
            "on" => return Ok(Typed::Timestamps(true)),
            "off" => return Ok(Typed::Timestamps(false)),
            _ => return Err(usage()),
        },
        "user" => Ask::Users { room: given(rest).unwrap_or_else(|| room.to_owned()) },
        "rename" => Ask::Rename { nick: given(rest).ok_or_else(usage)? },
        "whisper" => whisper(rest).ok_or_else(usage)?,
        "schedule" => schedule(rest, room).ok_or_else(usage)?,
        "schedules" => Ask::Schedules,
        "unschedule" => Ask::Unschedule { schedule: rest.parse().map_err(|_| usage())? },
        "history" => history(rest, room).ok_or_else(usage)?,
        "kick" => kick(rest).ok_or_else(usage)?,
        "broadcast" => Ask::Broadcast { text: given(rest).ok_or_else(usage)? },
        "shutdown" => shutdown(rest).ok_or_else(usage)?,
        "quit" => Ask::Quit { text: given(rest), quiet: false },
        "quietquit" => Ask::Quit { text: None, quiet: true },
        _ => return Err(unknown(name)),
    };
    Ok(Typed::Ask(ask))
}

fn whisper(rest: &str) -> Option<Ask> {
    let (to, text) = word(rest);
    let mut nicks: Vec<String> = to.split(',').filter(|nick| !nick.is_empty()).map(str::to_owned).collect();
    let to = match nicks.len() {
        0 => return None,
        1 => Receivers::One(nicks.remove(0)),
        _ => Receivers::Several(nicks),
    };
    Some(Ask::Whisper { to, text: given(text)? })
}

fn schedule(rest: &str, room: &str) -> Option<Ask> {
    let (at, text) = word(rest);
    Some(Ask::Schedule { at: given(at)?, room: room.to_owned(), text: given(text)? })
}

fn history(rest: &str, room: &str) -> Option<Ask> {
    let limit = match rest {
        "" => None,
        number => Some(number.parse().ok().filter(|&limit| limit > 0)?),
    };
    Some(Ask::History { room: room.to_owned(), limit })
}

fn kick(rest: &str) -> Option<Ask> {
    let (nick, reason) = word(rest);
    Some(Ask::Kick { nick: given(nick)?, reason: given(reason) })
}

/// Only a word that begins with a plus is a delay, so that a reason may begin with a number.
fn shutdown(rest: &str) -> Option<Ask> {
    let Some(delayed) = rest.strip_prefix('+') else {
        return Some(Ask::Shutdown { delay: None, reason: given(rest) });
    };
    let (minutes, reason) = word(delayed);
    let minutes: u32 = minutes.strip_suffix('m').unwrap_or(minutes).parse().ok()?;
    Some(Ask::Shutdown { delay: Some(format!("{minutes}m")), reason: given(reason) })
}

fn help(rest: &str) -> Result<Typed, String> {
    let line = |row: &Row| format!("{} ({}): {}", row.usage(), korean(row), row.does);
    if rest.is_empty() {
        let mut lines: Vec<String> = ROWS.iter().map(line).collect();
        lines.push("//TEXT says /TEXT; anything without a slash is said in the room".to_owned());
        return Ok(Typed::Help(lines));
    }
    let name = rest.strip_prefix('/').unwrap_or(rest);
    match find(name) {
        Some(row) => Ok(Typed::Help(vec![line(row)])),
        None => Err(unknown(name)),
    }
}

fn korean(row: &Row) -> String {
    format!("/{}", row.names[row.names.len() - 1])
}

/// The first word, and what follows it without the spaces around.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) => (first, rest.trim_start()),
        None => (text, ""),
    }
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn find(name: &str) -> Option<&'static Row> {
    let name = name.to_lowercase();
    ROWS.iter().find(|row| row.names.contains(&name.as_str()))
}

fn unknown(name: &str) -> String {
    let short: String = name.chars().take(32).collect();
    let nearest = ROWS
        .iter()
        .flat_map(|row| row.names)
        .min_by_key(|known| distance(&short, known))
        .expect("the table of commands is not empty");
    format!("there is no command \"/{short}\", and nothing was sent. Did you mean \"/{nearest}\"?")
}

/// Levenshtein's distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let mut costs: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        costs[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = costs[j + 1];
            costs[j + 1] = substituted.min(diagonal + 1).min(costs[j] + 1);
        }
    }
    costs[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::{Typed, read};
    use crate::client::ask::{Ask, Receivers};

    fn ask(line: &str) -> Ask {
        match read(line, "lobby").unwrap() {
            Typed::Ask(ask) => ask,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn say(text: &str) -> Ask {
        Ask::Say { room: "lobby".into(), text: text.into() }
    }

    #[test]
    fn plain_lines_are_talk() {
        assert_eq!(ask("Hello everyone!"), say("Hello everyone!"));
        assert_eq!(ask("//etc/hosts"), say("/etc/hosts"));
        assert_eq!(ask("  indented"), say("  indented"));
        assert_eq!(read("", "lobby"), Ok(Typed::Nothing));
        assert_eq!(read("  \t", "lobby"), Ok(Typed::Nothing));
    }

    #[test]
    fn commands_in_both_languages() {
        let one = Ask::Whisper { to: Receivers::One("Bob".into()), text: "hi there".into() };
        assert_eq!(ask("/whisper Bob hi there"), one);
        assert_eq!(ask("/귓속말 Bob  hi there"), one);
        let two = Receivers::Several(vec!["Bob".into(), "Eve".into()]);
        assert_eq!(ask("/whisper Bob,Eve x"), Ask::Whisper { to: two, text: "x".into() });
        assert_eq!(ask("/사용자"), Ask::Users { room: "lobby".into() });
        assert_eq!(ask("/users den"), Ask::Users { room: "den".into() });
        assert_eq!(ask("/닉네임 Alice123"), Ask::Rename { nick: "Alice123".into() });
        let schedule =
            |text: &str| Ask::Schedule { at: "15:30".into(), room: "lobby".into(), text: text.into() };
        assert_eq!(ask("/예약 15:30 Meeting starts soon"), schedule("Meeting starts soon"));
        assert_eq!(ask("/예약목록"), Ask::Schedules);
        assert_eq!(ask("/예약취소 3"), Ask::Unschedule { schedule: 3 });
        assert_eq!(ask("/강퇴 Bob"), Ask::Kick { nick: "Bob".into(), reason: None });
        assert_eq!(ask("/기록 5"), Ask::History { room: "lobby".into(), limit: Some(5) });
        assert_eq!(ask("/공지 now"), Ask::Broadcast { text: "now".into() });
        assert_eq!(ask("/종료"), Ask::Quit { text: None, quiet: false });
        assert_eq!(ask("/quit bye all"), Ask::Quit { text: Some("bye all".into()), quiet: false });
        assert_eq!(ask("/조용히나가기"), Ask::Quit { text: None, quiet: true });
    }

    #[test]
    fn shutdown_takes_a_delay_only_after_a_plus() {
        let shutdown = |delay: Option<&str>, reason: Option<&str>| Ask::Shutdown {
            delay: delay.map(str::to_owned),
            reason: reason.map(str::to_owned),
        };
        assert_eq!(ask("/shutdown"), shutdown(None, None));
        assert_eq!(ask("/shutdown +5"), shutdown(Some("5m"), None));
        assert_eq!(ask("/서버종료 +5 new disk"), shutdown(Some("5m"), Some("new disk")));
        assert_eq!(ask("/shutdown 5 minutes"), shutdown(None, Some("5 minutes")));
        assert!(read("/shutdown +soon", "lobby").is_err());
    }

    #[test]
    fn a_missing_argument_brings_the_usage() {
        for line in ["/whisper", "/whisper Bob", "/whisper , x", "/rename", "/schedule 15:30", "/kick"] {
            let error = read(line, "lobby").unwrap_err();
            assert!(error.starts_with("type /"), "{line}: {error}");
        }
        for line in ["/unschedule x", "/history 0", "/history many", "/timestamps maybe", "/broadcast"] {
            let error = read(line, "lobby").unwrap_err();
            assert!(error.starts_with("type /"), "{line}: {error}");
        }
    }

    #[test]
    fn an_unknown_command_names_the_nearest() {
        assert!(read("/wisper Bob x", "lobby").unwrap_err().contains("\"/whisper\"?"));
        assert!(read("/hlep", "lobby").unwrap_err().contains("\"/help\"?"));
        assert!(read("/귓속말말", "lobby").unwrap_err().contains("\"/귓속말\"?"));
        assert!(read("/", "lobby").is_err());
        let long = format!("/{}", "x".repeat(5000));
        assert!(read(&long, "lobby").unwrap_err().len() < 200);
    }

    #[test]
    fn help_and_timestamps_stay_here() {
        assert_eq!(read("/시간 on", "lobby"), Ok(Typed::Timestamps(true)));
        assert_eq!(read("/timestamps off", "lobby"), Ok(Typed::Timestamps(false)));
        let Ok(Typed::Help(all)) = read("/help", "lobby") else { panic!() };
        assert!(all.len() > 14 && all[3].contains("/whisper NICK[,NICK...] TEXT (/귓속말)"));
        let Ok(Typed::Help(one)) = read("/도움말 /kick", "lobby") else { panic!() };
        assert_eq!(one, ["/kick NICK [REASON] (/강퇴): put somebody out"]);
    }
}
