//! The daemon's log: one line for each record, to stderr, syslog or the journal.
//!
//! It must not know what is logged about, and never waits: not for a reader of stderr, not for a
//! syslog that hangs.
//!
//! Why lost lines are counted and not kept: the loop logs between two turns of everybody's chat, and
//! a queue would only move the question of what to do when it is full.

mod datagram;
mod line;
mod stderr;

use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::daemon::config::Target;
use datagram::{Datagram, journal_entry, syslog_packet};
use line::line_of;
use stderr::Stderr;

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
        Out::new(Sink::stderr()?).write(Level::Warn, &warning);
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

    fn send(&mut self, level: Level, line: &str) -> std::io::Result<()> {
        match self {
            Sink::Stderr(stderr) => stderr.send(&format!("{level} {line}\n")),
            Sink::Syslog(to) => to.send(&syslog_packet(level, line)),
            Sink::Journald(to) => to.send(&journal_entry(level, line)),
        }
    }
}

/// Whether systemd connected stderr to the journal: then the journal's own protocol says the level
/// too. A variable left over from a parent whose stderr was the journal does not match.
fn stderr_is_the_journal() -> bool {
    let variable = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    rustix::fs::fstat(std::io::stderr()).is_ok_and(|stat| names_stream(&variable, stat.st_dev, stat.st_ino))
}

/// `JOURNAL_STREAM` holds device and inode of the stream in decimal (systemd.exec(5)).
fn names_stream(variable: &str, device: u64, inode: u64) -> bool {
    variable == format!("{device}:{inode}")
}

struct Out {
    state: Mutex<State>,
    /// Since the start. Kept outside the lock: `status` reads it.
    lost: AtomicU64,
}

struct State {
    sink: Sink,
    /// Lost since the last line that went out.
    untold: u64,
}

impl Out {
    fn new(sink: Sink) -> Out {
        Out { state: Mutex::new(State { sink, untold: 0 }), lost: AtomicU64::new(0) }
    }

    /// Whoever panicked while logging left at worst half a line: the log goes on.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, level: Level, line: &str) {
        let mut state = self.state();
        if state.untold > 0 {
            let count = format!("{} log lines were lost", state.untold);
            if state.sink.send(Level::Warn, &count).is_ok() {
                state.untold = 0;
            }
        }
        // A line that would go out before the count would hide that others are missing.
        if state.untold > 0 || state.sink.send(level, line).is_err() {
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
            self.write(record.level(), &line_of(record.args()));
        }
    }

    /// Only stderr holds anything back: what it did not take of its last line.
    fn flush(&self) {
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
    use std::io::Read;
    use std::os::unix::net::UnixDatagram;
    use std::time::{Duration, Instant};

    fn log_to(out: &Out, message: &str) {
        let arguments = format_args!("{message}");
        let record = Record::builder().level(Level::Error).args(arguments).build();
        out.write(record.level(), &line_of(record.args()));
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
        assert_eq!(drain(&first), [told("1 log lines were lost", 4), told("one", 3)]);
        drop(first);
        log_to(&out, "its socket is left behind");
        std::fs::remove_file(&path).unwrap();
        log_to(&out, "and gone");
        let second = UnixDatagram::bind(&path).unwrap();
        second.set_nonblocking(true).unwrap();
        log_to(&out, "two\nlines");
        assert_eq!(drain(&second), [told("2 log lines were lost", 4), told("two\\nlines", 3)]);
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
    fn the_journal_is_known_by_its_stream() {
        assert!(names_stream("8:12345", 8, 12345));
        for other in ["", "8", "8:1", "9:12345", "8:12345 "] {
            assert!(!names_stream(other, 8, 12345), "{other:?}");
        }
    }
}
