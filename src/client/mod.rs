//! chatc, the terminal client: its command line, and how it gets from there to a chat.
//!
//! Knows nothing of how the daemon works inside: it speaks JSON lines like any
//! bot. Why line mode stands alone: what is piped in and out must not depend on
//! a screen.

mod answers;
mod ask;
mod away;
mod chatlog;
mod events;
mod manual;
mod place;
mod pump;
mod session;
mod shown;
mod target;
mod transfer;
mod voice;

#[cfg(test)]
mod away_tests;
#[cfg(test)]
mod flow_tests;
#[cfg(test)]
mod place_tests;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod stay;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};
use jiff::tz::TimeZone;
use rustix::net::sockopt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::limits::{
    CONNECT_MS, KEEPALIVE_AFTER_S, KEEPALIVE_EVERY_S, KEEPALIVE_TIMES, RECONNECT_MS, TYPED_BYTES_MAX,
};
use crate::locale::manual::page;
use crate::locale::{Lang, Words, shell};
use crate::terminal::{clean, colours_wanted};
use crate::wire::line::{Inbox, Line, Lines};
use crate::wire::{Speech, text};
use session::Setup;
use shown::Style;
use target::Target;

/// What chatc's exit code says, besides 0.
const FAILED: u8 = 1;
const USAGE: u8 = 2;
const NO_SERVER: u8 = 3;

/// The texts in it are ids of sentences: `locale::shell` puts those of a language in their places.
#[derive(Parser, Debug)]
#[command(name = "chatc", version, about = "chatc-help", after_help = "chatc-help-exit")]
pub struct Arguments {
    #[arg(
        value_name = "[NICK@]HOST[:PORT][/ROOM]",
        default_value = "127.0.0.1:9999",
        value_parser = Target::read,
        help = "chatc-help-target"
    )]
    target: Target,
    #[arg(long, help = "chatc-help-plain")]
    plain: bool,
    #[arg(long, value_name = "en|ko", value_parser = shell::lang_argument, help = "chatc-help-lang")]
    lang: Option<Lang>,
    #[arg(long, value_name = "DIR", default_value = ".", help = "chatc-help-log-dir")]
    log_dir: PathBuf,
}

/// The world around: what tests replace.
struct World<'a> {
    input: BorrowedFd<'a>,
    output: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    interrupts: UnixStream,
    /// Whether a person types.
    interactive: bool,
    style: Style,
    /// Of the person's locale.
    lang: Lang,
}

/// The whole program.
pub fn main() -> ExitCode {
    let lang = shell::lang(&|name| std::env::var_os(name));
    let interrupts = match interrupts() {
        Ok(interrupts) => interrupts,
        Err(error) => {
            let why = ("why", error.to_string().into());
            eprintln!("chatc: {}", Words::new(lang).say("chatc-no-interrupts", &[why]));
            return ExitCode::from(FAILED);
        }
    };
    let screen = io::stdout().is_terminal();
    let zone = TimeZone::system();
    let input = io::stdin();
    let world = World {
        input: input.as_fd(),
        output: &mut io::stdout(),
        notes: &mut io::stderr(),
        interrupts,
        interactive: input.is_terminal(),
        style: Style { colour: screen && colours_wanted(), timestamps: screen, zone },
        lang,
    };
    ExitCode::from(run(std::env::args_os(), world))
}

/// A stream that becomes readable when the process is asked to end.
fn interrupts() -> io::Result<UnixStream> {
    let (read, write) = UnixStream::pair()?;
    read.set_nonblocking(true)?;
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::low_level::pipe::register(signal, write.try_clone()?)?;
    }
    Ok(read)
}

/// Everything between the command line and the exit code.
fn run(arguments: impl IntoIterator<Item = OsString>, mut world: World<'_>) -> u8 {
    let line: Vec<OsString> = arguments.into_iter().collect();
    world.lang = asked_lang(&line).unwrap_or(world.lang);
    let words = Words::new(world.lang);
    if let Some(made) = made(&line, &words) {
        // Where the output is closed there is nobody to tell, but the exit code.
        return u8::from(world.output.write_all(made.as_bytes()).is_err());
    }
    let arguments: Arguments = match shell::read(line, &words) {
        Ok(arguments) => arguments,
        Err(error) => return shell::tell(&error, &words, world.notes),
    };
    world.lang = arguments.lang.unwrap_or(world.lang);
    world.style.colour &= !arguments.plain;
    match chat(arguments, &mut world) {
        Ok(()) => 0,
        Err((code, why)) => {
            if !why.is_empty() {
                // As above.
                let _ = writeln!(world.notes, "chatc: {}", clean(&why));
            }
            code
        }
    }
}

/// What those ask for who make packages. It stands in no help, and so in nothing that is made of the command line.
fn made(line: &[OsString], words: &Words) -> Option<String> {
    let command = || shell::translated(Arguments::command(), words);
    match line.get(1)?.to_str()? {
        "--man" => Some(page(&command(), words, &manual::PAGE)),
        "--completions" => shell::completions(command(), line.get(2)?.to_str()?),
        _another => None,
    }
}

/// The language that a command line asks for, before it is known to be a good one: its help and what
/// is wrong with it are said in that language, too.
fn asked_lang(line: &[OsString]) -> Option<Lang> {
    let words: Vec<&str> = line.iter().filter_map(|word| word.to_str()).collect();
    let after = words.windows(2).filter(|pair| pair[0] == "--lang").map(|pair| pair[1]);
    let joined = words.iter().filter_map(|word| word.strip_prefix("--lang="));
    after.chain(joined).find_map(Lang::named)
}

/// Connects and chats; the error is the exit code and what to say.
fn chat(arguments: Arguments, world: &mut World<'_>) -> Result<(), (u8, String)> {
    let failed = |error: io::Error| (FAILED, error.to_string());
    let speech = Speech::new(world.lang, world.style.zone.clone(), String::new());
    let mut typed = Inbox::default();
    let nick = match arguments.target.nick.clone() {
        Some(nick) => nick,
        None if world.interactive => ask_nick(world, &speech, &mut typed).map_err(failed)?,
        None => {
            let address = arguments.target.address();
            return Err((USAGE, speech.words.say("chatc-no-nick", &[("address", address.into())])));
        }
    };
    if nick.is_empty() {
        return Err((FAILED, String::new()));
    }
    let socket = connect(&arguments.target, CONNECT_MS, &speech.words).map_err(|why| (NO_SERVER, why))?;
    let target = arguments.target.clone();
    let setup = Setup { nick, room: arguments.target.room, interactive: world.interactive, speech };
    let words = Words::new(world.lang);
    let mut reconnect = || connect(&target, RECONNECT_MS, &words).ok();
    let ends = pump::Ends {
        socket,
        reconnect: &mut reconnect,
        input: world.input,
        typed,
        output: world.output,
        notes: world.notes,
        interrupts: world.interrupts.try_clone().map_err(failed)?,
        log_directory: arguments.log_dir,
        style: world.style.clone(),
    };
    let ending = pump::run(setup, ends).map_err(failed)?;
    match ending.code {
        0 => Ok(()),
        code => Err((code, ending.reason.unwrap_or_default())),
    }
}

/// Asks before connecting, since the server does not wait long for a nickname.
/// Empty when the person would rather leave.
fn ask_nick(world: &mut World<'_>, speech: &Speech, typed: &mut Inbox) -> io::Result<String> {
    let mut question = Vec::new();
    text::says(&mut question, &speech.words.say("chatc-choose", &[]));
    loop {
        world.output.write_all(&question)?;
        world.output.flush()?;
        let nick = loop {
            if let Some(line) = typed_line(typed) {
                break line;
            }
            let there = pump::wait_for_input(world.input, &world.interrupts)?;
            if !there || !pump::read_some(world.input, typed)? {
                return Ok(String::new());
            }
        };
        if !nick.is_empty() {
            return Ok(nick);
        }
    }
}

/// The next typed line without the blanks around it; None when more must be typed.
fn typed_line(typed: &mut Inbox) -> Option<String> {
    let bytes = typed.join(b"");
    let mut lines = Lines::new(&bytes, TYPED_BYTES_MAX);
    let line = lines.next(typed).map(|line| match line {
        Line::Whole(line) => String::from_utf8_lossy(line).trim().to_owned(),
        Line::TooLong => String::new(),
    });
    typed.keep(lines.rest());
    line
}

/// Tries each address of the host. The error says what was tried and what to do.
fn connect(target: &Target, patience_ms: u64, words: &Words) -> Result<TcpStream, String> {
    let why =
        |id: &str, why: String| words.say(id, &[("address", target.address().into()), ("why", why.into())]);
    let found = (target.host.as_str(), target.port)
        .to_socket_addrs()
        .map_err(|error| why("chatc-not-found", error.to_string()))?;
    let mut last = words.say("chatc-no-address", &[]);
    for address in found {
        match TcpStream::connect_timeout(&address, Duration::from_millis(patience_ms)) {
            Ok(socket) => return prepared(socket).map_err(|error| error.to_string()),
            Err(error) => last = error.to_string(),
        }
    }
    Err(why("chatc-not-there", last))
}

fn prepared(socket: TcpStream) -> io::Result<TcpStream> {
    socket.set_nonblocking(true)?;
    // A line is one write, and should not wait for the answer to the one before.
    socket.set_nodelay(true)?;
    sockopt::set_socket_keepalive(&socket, true)?;
    sockopt::set_tcp_keepidle(&socket, Duration::from_secs(KEEPALIVE_AFTER_S))?;
    sockopt::set_tcp_keepintvl(&socket, Duration::from_secs(KEEPALIVE_EVERY_S))?;
    sockopt::set_tcp_keepcnt(&socket, KEEPALIVE_TIMES)?;
    Ok(socket)
}
