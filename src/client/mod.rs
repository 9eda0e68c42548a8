//! chatc, the terminal client: its command line, and how it gets from there to a chat.
//!
//! Knows nothing of how the daemon works inside: it speaks JSON lines like any
//! bot. Why line mode stands alone: what is piped in and out must not depend on
//! a screen.

mod answers;
mod ask;
mod away;
mod chatlog;
mod command;
mod config;
mod events;
mod full;
mod lines;
mod manual;
mod notify;
mod offers;
mod parcel;
mod place;
mod pump;
mod screen;
mod session;
mod shown;
mod stream;
mod tail;
mod target;
mod tidings;
mod transfer;
mod voice;
mod window;

#[cfg(test)]
mod away_tests;
#[cfg(test)]
mod flow_tests;
#[cfg(test)]
mod offers_tests;
#[cfg(test)]
mod place_tests;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod stay;
#[cfg(test)]
mod window_tests;

#[cfg(fuzzing)]
pub use screen::hostile;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::CommandFactory;
use jiff::tz::TimeZone;
use rustix::net::sockopt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::limits::{
    CONNECT_MS, KEEPALIVE_AFTER_S, KEEPALIVE_EVERY_S, KEEPALIVE_TIMES, RECONNECT_MS, TYPED_BYTES_MAX,
};
use crate::locale::manual::page;
use crate::locale::{Lang, Words, shell};
use crate::terminal::{clean, colours_wanted};
use crate::wire::line::{self, Inbox, Line};
use crate::wire::{Speech, text};
use command::{Arguments, Command};
use config::Config;
use full::Full;
use lines::Lines;
use pump::Front;
use session::Setup;
use shown::Style;
use tail::{End, Tail};
use target::Target;

/// What chatc's exit code says, besides 0.
const FAILED: u8 = 1;
const USAGE: u8 = 2;
const NO_SERVER: u8 = 3;

/// The world around: what tests replace.
struct World<'a> {
    input: BorrowedFd<'a>,
    output: &'a mut dyn Write,
    notes: &'a mut dyn Write,
    interrupts: UnixStream,
    /// Whether a person types.
    interactive: bool,
    /// Whether the output is a terminal.
    screen: bool,
    style: Style,
    /// Of the person's locale.
    lang: Lang,
    /// The environment.
    var: &'a dyn Fn(&str) -> Option<OsString>,
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
        screen: screen && std::env::var_os("TERM").is_some_and(|term| term != "dumb"),
        style: Style { colour: screen && colours_wanted(), timestamps: screen, zone },
        lang,
        var: &|name| std::env::var_os(name),
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
    // A file that may not grow (`ulimit -f`) is an error of the write then, and not the end of the chat.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
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
    match begin(arguments, &mut world) {
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

/// What was asked for, as the command line and the configuration say; the error is the exit code
/// and what to say.
fn begin(arguments: Arguments, world: &mut World<'_>) -> Result<(), (u8, String)> {
    let words = Words::new(arguments.lang.unwrap_or(world.lang));
    let config = Config::read(arguments.config.as_deref(), world.var, &words).map_err(|why| (USAGE, why))?;
    world.lang = arguments.lang.or(config.lang).unwrap_or(world.lang);
    world.style.colour &= !arguments.plain;
    let server = |named: Option<Target>| named.or_else(|| config.server.clone()).unwrap_or_default();
    match arguments.command {
        Some(Command::Send(send)) => {
            let target = server(send.server);
            let room = send.room.or_else(|| target.room.clone());
            say(&send.text, Target { room, ..target }, world)
        }
        Some(Command::Tail(tail)) => {
            let target = server(tail.server.clone());
            follow(tail, &target, world)
        }
        None => {
            let directory =
                arguments.log_dir.or_else(|| config.log_dir.clone()).unwrap_or_else(|| ".".into());
            let wanted = !arguments.no_log && config.log.unwrap_or(true);
            let target = server(arguments.target);
            let full = world.screen && world.interactive && !arguments.plain;
            chat(&target, wanted.then_some(directory), full.then_some(&config), world)
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

/// Connects and chats, with `full` on a full screen.
fn chat(
    target: &Target,
    log: Option<PathBuf>,
    full: Option<&Config>,
    world: &mut World<'_>,
) -> Result<(), (u8, String)> {
    let speech = Speech::new(world.lang, world.style.zone.clone(), String::new());
    let mut typed = Inbox::default();
    let nick = match target.nick.clone() {
        Some(nick) => nick,
        None if world.interactive => {
            ask_nick(world, &speech, &mut typed).map_err(|error| (FAILED, error.to_string()))?
        }
        None => {
            let address = target.address();
            return Err((USAGE, speech.words.say("chatc-no-nick", &[("address", address.into())])));
        }
    };
    if nick.is_empty() {
        return Err((FAILED, String::new()));
    }
    let (room, rooms) = (target.room.clone(), full.map(|config| config.rooms.clone()).unwrap_or_default());
    let (interactive, windows) = (world.interactive, full.is_some());
    let setup = Setup { nick, spare: None, room, rooms, interactive, windows, speech };
    let meeting = Meeting { target, log, interrupts: &world.interrupts, style: &world.style };
    match full {
        Some(config) => meeting
            .run(setup, |lang| Full::open(world.input, &world.style, lang, config.mouse, config.notify)),
        None => meeting.run(setup, |_lang| {
            Ok(Lines::new(world.input, typed, world.output, world.notes, world.style.clone()))
        }),
    }
}

/// `chatc send`: says each line of the text, or of what is piped in, and knows that it is kept.
fn say(text: &[String], target: Target, world: &mut World<'_>) -> Result<(), (u8, String)> {
    let speech = Speech::new(world.lang, world.style.zone.clone(), String::new());
    // A name that was not chosen may be in use by the same person, or by another script of theirs.
    let own = (world.var)("USER").or_else(|| (world.var)("LOGNAME"));
    let own = own.map(|name| name.to_string_lossy().into_owned()).filter(|name| !name.is_empty());
    let own = own.unwrap_or_else(|| "chatc".to_owned());
    let spare = target.nick.is_none().then(|| format!("{own}-{}", std::process::id()));
    let nick = target.nick.clone().unwrap_or(own);
    let mut typed = Inbox::default();
    let said = text.join(" ");
    // What begins with a slash is text here, as `//` says on a line.
    let lines = said.lines().filter(|line| !line.trim().is_empty());
    let escaped =
        lines.map(|line| if line.starts_with('/') { format!("/{line}\n") } else { format!("{line}\n") });
    typed.keep(escaped.collect::<String>().as_bytes());
    let room = target.room.clone();
    let setup = Setup { nick, spare, room, rooms: Vec::new(), interactive: false, windows: false, speech };
    let nothing = std::fs::File::open("/dev/null").map_err(|error| (FAILED, error.to_string()))?;
    let from = if text.is_empty() { world.input } else { nothing.as_fd() };
    let mut silence = io::sink();
    let meeting = Meeting { target: &target, log: None, interrupts: &world.interrupts, style: &world.style };
    meeting.run(setup, |_lang| Ok(Lines::new(from, typed, &mut silence, world.notes, world.style.clone())))
}

/// Where a conversation is held, whatever a person sees it on.
struct Meeting<'a> {
    target: &'a Target,
    log: Option<PathBuf>,
    interrupts: &'a UnixStream,
    style: &'a Style,
}

impl Meeting<'_> {
    /// `front` is opened once there is a connection: what goes wrong before is said on the terminal
    /// as it is.
    fn run<F: Front>(
        self,
        setup: Setup,
        front: impl FnOnce(Lang) -> io::Result<F>,
    ) -> Result<(), (u8, String)> {
        let failed = |error: io::Error| (FAILED, error.to_string());
        let lang = setup.speech.words.lang();
        let words = Words::new(lang);
        let socket = connect(self.target, CONNECT_MS, &words).map_err(|why| (NO_SERVER, why))?;
        let ends = pump::Ends {
            socket,
            reconnect: &mut || connect(self.target, RECONNECT_MS, &words).ok(),
            front: &mut front(lang).map_err(failed)?,
            interrupts: self.interrupts.try_clone().map_err(failed)?,
            log_directory: self.log,
            zone: self.style.zone.clone(),
        };
        let ending = pump::run(setup, ends).map_err(failed)?;
        match ending.code {
            0 => Ok(()),
            code => Err((code, ending.reason.unwrap_or_default())),
        }
    }
}

/// `chatc tail`.
fn follow(asked: command::Tail, target: &Target, world: &mut World<'_>) -> Result<(), (u8, String)> {
    let words = Words::new(world.lang);
    let Some(room) = asked.room.or_else(|| target.room.clone()) else {
        return Err((USAGE, words.say("chatc-no-room", &[])));
    };
    let mut tail = Tail {
        room,
        lines: asked.lines,
        json: asked.json,
        program: asked.exec.map(|program| (program, asked.arguments)),
        connect: &mut || connect(target, CONNECT_MS, &words),
        interrupts: &world.interrupts,
        output: world.output,
        notes: world.notes,
        speech: Speech::new(world.lang, world.style.zone.clone(), String::new()),
        style: world.style.clone(),
    };
    tail.run().map_err(|end| match end {
        End::Nobody(why) => (NO_SERVER, why),
        End::Refused(why) => (FAILED, why),
        // Whoever read the output is gone, and knows.
        End::Failed(error) if error.kind() == io::ErrorKind::BrokenPipe => (FAILED, String::new()),
        End::Failed(error) => (FAILED, error.to_string()),
    })
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
            let there = lines::wait_for_input(world.input, &world.interrupts)?;
            if !there || !lines::read_some(world.input, typed)? {
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
    let mut lines = line::Lines::new(&bytes, TYPED_BYTES_MAX);
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
