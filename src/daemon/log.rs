//! The daemon's log: one line for each fact, to stderr, syslog or the journal.
//!
//! It must not know what a line says, and never waits: not for a reader of stderr, not for a
//! syslog that hangs. A call names its fact, and whom it is about, by key-values:
//! `log::info!(fact = "kicked", nick = nick; "…")`. The journal has them as fields; elsewhere the
//! sentence says it all.
//!
//! Why lost lines are counted and not kept: the loop logs between two turns of everybody's chat, and
//! a queue would only move the question of what to do when it is full.

mod datagram;
pub mod facts;
mod line;
mod stderr;
mod throttle;
mod told;

use std::io::IsTerminal;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::daemon::config::Target;
use datagram::{Datagram, journal_entry, syslog_packet};
use facts::fact;
use line::line_of;
use stderr::Stderr;
use throttle::{Line, Rest, Throttle};
use told::Told;

const SYSLOG_SOCKET: &str = "/dev/log";
const JOURNAL_SOCKET: &str = "/run/systemd/journal/socket";

static OUT: OnceLock<Out> = OnceLock::new();

/// Begins logging; may be called once. A receiver that is not there is only warned of on stderr:
/// its lines are lost, and counted, until it is.
///
/// # Errors
///
/// A sentence, when there is no descriptor left for the log, or logging has begun already.
pub fn start(target: Target, level: LevelFilter) -> Result<(), String> {
    let sink = Sink::open(target)?;
    if let Sink::Syslog(to) | Sink::Journald(to) = &sink
        && let Err(error) = to.reach()
    {
        let place = to.path().display();
        let warning = format!("nobody takes log lines at {place}: {error}; they are lost meanwhile");
        Out::new(Sink::stderr()?).write_own(Level::Warn, "log_unheard", &warning);
    }
    let twice = || "the log was started twice".to_string();
    OUT.set(Out::new(sink)).map_err(|_| twice())?;
    let out = OUT.get().expect("it was set in the line above");
    log::set_logger(out).map_err(|_| twice())?;
    set_level(level);
    Ok(())
}

/// Changes the least important level that is logged.
pub fn set_level(level: LevelFilter) {
    log::set_max_level(level);
}

/// How many lines were lost since the start, because nobody took them in time.
pub fn dropped() -> u64 {
    OUT.get().map_or(0, |out| out.lost.load(Relaxed))
}

/// Whether something was left out that [`tell_rest`] has still to tell.
pub fn owes() -> bool {
    OUT.get().is_some_and(|out| out.owes.load(Relaxed))
}

/// Tells how many lines were left out of the seconds that are over.
pub fn tell_rest() {
    if let Some(out) = OUT.get().filter(|out| out.owes.load(Relaxed)) {
        out.tell_rest(out.now_ms());
    }
}

/// Whether systemd has connected standard output to the journal, where a banner for eyes would stand between facts.
pub fn stdout_is_the_journal() -> bool {
    is_the_journal(std::io::stdout()) || stderr_is_the_journal()
}

/// Whether somebody sees the log and standard output on one terminal.
pub fn is_beside_stdout() -> bool {
    let to_stderr = OUT.get().is_some_and(|out| matches!(out.state().sink, Sink::Stderr(_)));
    to_stderr && std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

/// Where lines go.
enum Sink {
    Stderr(Stderr),
    Syslog(Datagram),
    Journald(Datagram),
}

impl Sink {
    fn open(target: Target) -> Result<Sink, String> {
        match target {
            Target::Stderr => Sink::stderr(),
            Target::Syslog => Sink::datagram(SYSLOG_SOCKET).map(Sink::Syslog),
            Target::Journald => Sink::datagram(JOURNAL_SOCKET).map(Sink::Journald),
            Target::Auto if stderr_is_the_journal() => Sink::open(Target::Journald),
            Target::Auto => Sink::stderr(),
        }
    }

    fn stderr() -> Result<Sink, String> {
        Stderr::open(std::io::stderr().as_fd())
            .map(Sink::Stderr)
            .map_err(|error| format!("cannot log to stderr: {error}"))
    }

    fn datagram(path: &str) -> Result<Datagram, String> {
        Datagram::to(Path::new(path)).map_err(|error| format!("cannot log to {path}: {error}"))
    }

    fn send(&mut self, level: Level, line: &str, told: &Told) -> std::io::Result<()> {
        match self {
            Sink::Stderr(stderr) => stderr.send(&format!("{level} {line}\n")),
            Sink::Syslog(to) => to.send(&syslog_packet(level, line)),
            Sink::Journald(to) => to.send(&journal_entry(level, line, told)),
        }
    }
}

/// Whether systemd connected stderr to the journal: then the journal's own protocol says the level
/// too. A variable left over from a parent whose stderr was the journal does not match.
fn stderr_is_the_journal() -> bool {
    is_the_journal(std::io::stderr())
}

fn is_the_journal(stream: impl AsFd) -> bool {
    let variable = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    rustix::fs::fstat(stream).is_ok_and(|stat| names_stream(&variable, stat.st_dev, stat.st_ino))
}

/// `JOURNAL_STREAM` holds device and inode of the stream in decimal (systemd.exec(5)).
fn names_stream(variable: &str, device: u64, inode: u64) -> bool {
    variable == format!("{device}:{inode}")
}

struct Out {
    state: Mutex<State>,
    began: Instant,
    /// Since the start. Kept outside the lock: `status` reads it.
    lost: AtomicU64,
    /// The throttle owes something. Outside the lock: each turn of the loop reads it.
    owes: AtomicBool,
}

struct State {
    sink: Sink,
    throttle: Throttle,
    /// Lost since the last line that went out.
    untold: u64,
}

impl Out {
    fn new(sink: Sink) -> Out {
        let state = Mutex::new(State { sink, throttle: Throttle::default(), untold: 0 });
        Out { state, began: Instant::now(), lost: AtomicU64::new(0), owes: AtomicBool::new(false) }
    }

    /// Whoever panicked while logging left at worst half a line: the log goes on.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// One record, unless its kind has had its lines of this second.
    fn tell(&self, record: &Record<'_>, now_ms: u64) {
        self.tell_rest(now_ms);
        let told = Told::of(record);
        let level = record.level();
        let mut state = self.state();
        let Some(fact) = told.fact else {
            return self.write(&mut state, level, &line_of(record.args()), &told);
        };
        let code = told.field("CHATD_CODE").map(str::to_owned);
        let line = || Line { level, text: line_of(record.args()), told };
        match state.throttle.take(fact, code.as_deref(), now_ms, line) {
            Some(Line { level, text, told }) => self.write(&mut state, level, &text, &told),
            None => self.owes.store(true, Relaxed),
        }
    }

    fn tell_rest(&self, now_ms: u64) {
        if !self.owes.load(Relaxed) {
            return;
        }
        let mut state = self.state();
        while let Some(Rest { first, more }) = state.throttle.rest(now_ms) {
            let Line { level, mut text, mut told } = first;
            if more > 0 {
                text = line_of(&format_args!("{text}; {more} more like it within a second"));
                told.fields.push(("CHATD_COUNT", more.to_string()));
            }
            self.write(&mut state, level, &text, &told);
        }
        self.owes.store(state.throttle.owes(), Relaxed);
    }

    /// A line of the log's own.
    fn write_own(&self, level: Level, word: &str, line: &str) {
        let told = Told { fact: fact(word), fields: Vec::new() };
        self.write(&mut self.state(), level, line, &told);
    }

    fn write(&self, state: &mut State, level: Level, line: &str, told: &Told) {
        if state.untold > 0 {
            let count = state.untold;
            let fields = vec![("CHATD_COUNT", count.to_string())];
            let lost = Told { fact: fact("lines_lost"), fields };
            if state.sink.send(Level::Warn, &format!("{count} log lines were lost"), &lost).is_ok() {
                state.untold = 0;
            }
        }
        // A line that would go out before the count would hide that others are missing.
        if state.untold > 0 || state.sink.send(level, line, told).is_err() {
            state.untold += 1;
            self.lost.fetch_add(1, Relaxed);
        }
    }
}

impl Log for Out {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // What libraries tell of their own doings is nothing an admin can use.
        let own = metadata.target().starts_with(env!("CARGO_CRATE_NAME"));
        let most = if own { log::max_level() } else { log::max_level().min(LevelFilter::Warn) };
        metadata.level() <= most
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.tell(record, self.now_ms());
        }
    }

    /// The last word: what was left out is told before its second is over. Of the sinks only stderr
    /// holds anything back, what it did not take of its last line.
    fn flush(&self) {
        self.tell_rest(u64::MAX);
        match &mut self.state().sink {
            // Whoever reads stderr is behind, and there is nobody to tell.
            Sink::Stderr(stderr) => drop(stderr.finish()),
            Sink::Syslog(_) | Sink::Journald(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LOG_INTERVAL_MS;
    use std::io::Read;
    use std::os::unix::net::UnixDatagram;
    use std::time::{Duration, Instant};

    fn log_to(out: &Out, message: &str) {
        let arguments = format_args!("{message}");
        out.tell(&Record::builder().level(Level::Error).args(arguments).build(), 0);
    }

    fn receive(socket: &UnixDatagram) -> Option<String> {
        let mut buffer = [0; 4096];
        let bytes = socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8(buffer[..bytes].to_vec()).unwrap())
    }

    fn drain(socket: &UnixDatagram) -> Vec<String> {
        std::iter::from_fn(|| receive(socket)).collect()
    }

    #[test]
    fn a_syslog_that_nobody_reads_does_not_hold_the_daemon_up() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let receiver = UnixDatagram::bind(&path).unwrap();
        receiver.set_nonblocking(true).unwrap();
        let out = Out::new(Sink::Syslog(Datagram::to(&path).unwrap()));

        let begin = Instant::now();
        for number in 0..5000 {
            log_to(&out, &format!("line {number}"));
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
        let taken = drain(&receiver);
        let lost = out.lost.load(Relaxed);
        assert!(lost > 0);
        assert_eq!(taken.len() as u64 + lost, 5000);
        assert!(taken[0].starts_with("<27>"), "{}", taken[0]);
        assert!(taken[0].ends_with(": line 0"), "{}", taken[0]);

        log_to(&out, "again");
        let after = drain(&receiver);
        assert_eq!(after.len(), 2);
        assert!(after[0].ends_with(&format!(": {lost} log lines were lost")), "{}", after[0]);
        assert!(after[1].ends_with(": again"), "{}", after[1]);
        assert_eq!(out.lost.load(Relaxed), lost);
    }

    #[test]
    fn a_receiver_that_goes_and_comes_back_is_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let out = Out::new(Sink::Journald(Datagram::to(&path).unwrap()));
        log_to(&out, "nobody there yet");
        let first = UnixDatagram::bind(&path).unwrap();
        first.set_nonblocking(true).unwrap();
        log_to(&out, "one");
        let told =
            |text: &str, priority| format!("MESSAGE={text}\nPRIORITY={priority}\nSYSLOG_IDENTIFIER=chatd\n");
        let id = fact("lines_lost").unwrap().id;
        let lost = |count| {
            let id = format!("MESSAGE_ID={id:032x}\nCHATD_FACT=lines_lost\nCHATD_COUNT={count}\n");
            told(&format!("{count} log lines were lost"), 4) + &id
        };
        assert_eq!(drain(&first), [lost(1), told("one", 3)]);
        drop(first);
        log_to(&out, "its socket is left behind");
        std::fs::remove_file(&path).unwrap();
        log_to(&out, "and gone");
        let second = UnixDatagram::bind(&path).unwrap();
        second.set_nonblocking(true).unwrap();
        log_to(&out, "two\nlines");
        assert_eq!(drain(&second), [lost(2), told("two\\nlines", 3)]);
        assert_eq!(out.lost.load(Relaxed), 3);
    }

    #[test]
    fn lost_lines_are_told_on_a_pipe_that_is_read_again() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let out = Out::new(Sink::Stderr(Stderr::open(writer.as_fd()).unwrap()));
        for _ in 0..2000 {
            log_to(&out, &"x".repeat(90));
        }
        let lost = out.lost.load(Relaxed);
        assert!(lost > 0);
        let mut buffer = vec![0; 1 << 20];
        let bytes = reader.read(&mut buffer).unwrap();
        log_to(&out, "again");
        let more = reader.read(&mut buffer[bytes..]).unwrap();
        let text = String::from_utf8(buffer[..bytes + more].to_vec()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (told, whole) = lines.split_at(lines.len() - 2);
        assert!(told.iter().all(|line| *line == format!("ERROR {}", "x".repeat(90))));
        assert_eq!(told.len() as u64 + lost, 2000);
        let count = format!("WARN {lost} log lines were lost");
        assert_eq!(whole, [count.as_str(), "ERROR again"]);
    }

    #[test]
    fn a_stderr_that_is_closed_is_no_error() {
        let (reader, writer) = std::io::pipe().unwrap();
        let out = Out::new(Sink::Stderr(Stderr::open(writer.as_fd()).unwrap()));
        drop(reader);
        log_to(&out, "to nobody");
        assert_eq!(out.lost.load(Relaxed), 1);
    }

    #[test]
    fn a_thousand_arrivals_are_one_line_and_a_count() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let receiver = UnixDatagram::bind(&path).unwrap();
        receiver.set_nonblocking(true).unwrap();
        let out = Out::new(Sink::Journald(Datagram::to(&path).unwrap()));
        let come = |number: usize, now_ms| {
            let nick = format!("guest{number}");
            let values = [("fact", "came"), ("nick", nick.as_str())];
            out.tell(&Record::builder().level(Level::Info).key_values(&values).build(), now_ms);
        };
        (0..1000).for_each(|number| come(number, 0));
        out.tell_rest(LOG_INTERVAL_MS - 1);
        let first = drain(&receiver);
        assert!(first.len() == 1 && first[0].contains("CHATD_NICK=guest0\n"), "{first:?}");
        assert!(out.owes.load(Relaxed));
        out.tell_rest(LOG_INTERVAL_MS);
        let rest = drain(&receiver);
        assert!(rest.len() == 1 && rest[0].contains("CHATD_NICK=guest1\nCHATD_COUNT=998\n"), "{rest:?}");
        assert!(!out.owes.load(Relaxed));
        come(1000, LOG_INTERVAL_MS);
        come(1001, LOG_INTERVAL_MS);
        out.flush();
        let last = drain(&receiver);
        assert!(
            last.len() == 2 && last[1].contains("CHATD_NICK=guest1001\n"),
            "nothing is owed at the end: {last:?}"
        );
    }

    #[test]
    fn the_journal_is_known_by_its_stream() {
        assert!(names_stream("8:12345", 8, 12345));
        for other in ["", "8", "8:1", "9:12345", "8:12345 "] {
            assert!(!names_stream(other, 8, 12345), "{other:?}");
        }
    }
}
