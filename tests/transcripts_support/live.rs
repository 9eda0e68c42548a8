//! The real world: the built chatd, loopback sockets, the real clock.
//!
//! Knows the daemon's outside only. Why silence can be seen without waiting for
//! it: after each step a control connection of the runner's own asks until the
//! daemon says that nothing waits for the disk, and once more. The daemon takes
//! in everything that stood in its sockets before such a question, and writes
//! what came of it before it answers the next one; so whatever somebody is to
//! get for this step is then in their socket, and what is not there will not come.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::sockopt;
use tempfile::TempDir;

use super::heard::Heard;
use super::play::World;
use super::script::{DaemonStep, Door, Expected, Step};
use super::settings::Settings;
use super::tongue::Tongue;
use crate::support::daemon::{Daemon, PATIENCE, configuration, until};

/// The listeners, in the order of [`address_of`].
const PROTOCOLS: [&str; 5] = ["auto", "text", "json", "http", "irc"];

enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

struct Person {
    /// None: this one is gone.
    socket: Option<Socket>,
    heard: Heard,
    pieces: usize,
    /// One of many: what comes to them is not looked at.
    ignored: bool,
}

pub struct Live {
    settings: Settings,
    directory: TempDir,
    daemon: Option<Daemon>,
    fence: Option<UnixStream>,
    people: BTreeMap<String, Person>,
    /// The daemon has ended and nobody has been told.
    ended: bool,
}

impl Live {
    pub fn new() -> Live {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let (settings, people) = (Settings::new(), BTreeMap::new());
        Live { settings, directory, daemon: None, fence: None, people, ended: false }
    }

    fn write_configuration(&self) -> String {
        let text = configuration(self.directory.path(), &self.settings.toml(), &PROTOCOLS);
        std::fs::write(self.directory.path().join("chatd.toml"), &text).expect("it is this test's directory");
        text
    }

    fn daemon(&mut self) -> &mut Daemon {
        if self.daemon.is_none() {
            let configuration = self.write_configuration();
            let daemon = Daemon::start(self.directory.path(), &configuration);
            self.fence = Some(UnixStream::connect(&daemon.control).expect("the control socket is there"));
            self.daemon = Some(daemon);
        }
        self.daemon.as_mut().expect("it was put there just now")
    }

    fn connect(&mut self, who: &str, door: Door, ignored: bool) {
        let daemon = self.daemon();
        let tcp = |place: usize| {
            let stream = TcpStream::connect(daemon.addresses[place]).expect("the daemon listens");
            stream.set_nodelay(true).expect("it is a TCP socket");
            Socket::Tcp(stream)
        };
        let socket = match door {
            Door::Auto | Door::WebSocket | Door::Simple | Door::Http => tcp(0),
            Door::PinnedText => tcp(1),
            Door::PinnedJson => tcp(2),
            Door::PinnedHttp => tcp(3),
            Door::PinnedIrc => tcp(4),
            Door::Control => {
                Socket::Unix(UnixStream::connect(&daemon.control).expect("the control socket is there"))
            }
        };
        let tongue = Tongue::of(door);
        let opening = tongue.opening();
        let person = Person { socket: Some(socket), heard: Heard::of(tongue), pieces: 0, ignored };
        self.people.insert(who.to_owned(), person);
        if !opening.is_empty() {
            self.send(who, &opening);
        }
    }

    fn person(&mut self, who: &str) -> &mut Person {
        self.people.get_mut(who).unwrap_or_else(|| panic!("{who} has not connected"))
    }

    fn send(&mut self, who: &str, bytes: &[u8]) {
        let pieces = self.person(who).pieces;
        for piece in bytes.chunks(if pieces == 0 { bytes.len().max(1) } else { pieces }) {
            if let Some(socket) = &mut self.person(who).socket {
                // The daemon may have closed it; then the transcript shows that.
                let _ = socket.write(piece);
            }
            if pieces > 0 {
                self.ask("ping");
            }
        }
    }

    fn crowd(&mut self, people: usize) {
        for number in 1..=people {
            let who = format!("c{number:03}");
            self.connect(&who, Door::Auto, true);
            self.send(&who, format!("{who}\n").as_bytes());
        }
    }

    fn run(&mut self, step: DaemonStep) {
        match step {
            DaemonStep::Stops => self.stop(),
            DaemonStep::Killed => {
                self.fence = None;
                self.daemon.take().expect("the daemon runs").kill();
            }
            DaemonStep::Starts => {
                self.daemon();
            }
            DaemonStep::Restarts => {
                self.stop();
                self.daemon();
            }
        }
    }

    fn stop(&mut self) {
        self.fence = None;
        self.daemon().signal(rustix::process::Signal::TERM);
        self.everybody_leaves();
        let ended = self.daemon.take().expect("it was there just now").wait();
        assert!(ended.success(), "the daemon ended with {ended}");
        self.ended = true;
    }

    /// People read what they are told at the end, and close.
    fn everybody_leaves(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let open = |person: &Person| person.socket.is_some() && !person.ignored;
        while self.people.values().any(open) && Instant::now() < deadline {
            self.listen(deadline);
        }
        for person in self.people.values_mut() {
            person.socket = None;
        }
    }

    /// Asks on the runner's own connection; None when the daemon is leaving.
    fn ask(&mut self, cmd: &str) -> Option<serde_json::Value> {
        let fence = self.fence.as_mut()?;
        fence.set_read_timeout(Some(PATIENCE)).expect("it is a socket");
        writeln!(fence, "{{\"id\":1,\"cmd\":\"{cmd}\"}}").ok()?;
        let mut line = Vec::new();
        let mut byte = [0];
        while byte != *b"\n" {
            if fence.read(&mut byte).ok()? == 0 {
                return None;
            }
            line.push(byte[0]);
        }
        let answer: serde_json::Value = serde_json::from_slice(&line).expect("the daemon speaks JSON");
        answer.get("ok").cloned()
    }

    /// See the file's head.
    fn await_silence(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let mut rounds = 0;
        while rounds < 2 && Instant::now() < deadline {
            let Some(status) = self.ask("status") else { return self.fence = None };
            rounds = if status["store"]["queue"] == 0 { rounds + 1 } else { 0 };
        }
        self.ask("ping");
    }

    /// Reads what has come to anybody; waits for the first of it until `deadline`.
    fn listen(&mut self, deadline: Instant) -> bool {
        let listening = |person: &&mut Person| person.socket.is_some() && !person.ignored;
        let mut people: Vec<&mut Person> = self.people.values_mut().filter(listening).collect();
        let ready: Vec<bool> = {
            let fds = people.iter().filter_map(|person| person.socket.as_ref());
            let mut fds: Vec<PollFd<'_>> = fds.map(|socket| PollFd::new(socket, PollFlags::IN)).collect();
            match poll(&mut fds, Some(&until(deadline))) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => panic!("nobody can be waited for: {error}"),
            }
            fds.iter().map(|fd| !fd.revents().is_empty()).collect()
        };
        for (person, _) in people.iter_mut().zip(&ready).filter(|(_, ready)| **ready) {
            person.read();
        }
        ready.contains(&true)
    }

    fn await_expected(&mut self, expected: &[Expected]) {
        let deadline = Instant::now() + PATIENCE;
        while self.misses(expected) && Instant::now() < deadline {
            if self.people.values().all(|person| person.socket.is_none()) {
                return;
            }
            self.listen(deadline);
        }
    }

    fn misses(&self, expected: &[Expected]) -> bool {
        self.people.iter().any(|(who, person)| {
            let wanted = expected.iter().filter(|one| one.who == *who).map(Expected::count);
            person.heard.len() < wanted.sum()
        })
    }

    fn given(&mut self) -> Vec<(String, String)> {
        let mut came = Vec::new();
        for (who, person) in &mut self.people {
            came.extend(person.heard.give().into_iter().map(|item| (who.clone(), item)));
        }
        if std::mem::take(&mut self.ended) {
            came.push(("daemon".to_owned(), ": ended".to_owned()));
        }
        came
    }

    /// Somebody has shut the daemon down.
    fn await_end(&mut self) {
        self.everybody_leaves();
        if let Some(daemon) = self.daemon.take() {
            let ended = daemon.wait();
            assert!(ended.success(), "the daemon ended with {ended}");
            self.ended = true;
        }
    }
}

impl Person {
    fn read(&mut self) {
        let Some(socket) = &mut self.socket else { return };
        let mut buffer = [0; 64 * 1024];
        match socket.read(&mut buffer) {
            Ok(0) | Err(_) => {
                self.heard.close();
                self.socket = None;
            }
            Ok(count) => self.heard.take(&buffer[..count]),
        }
    }
}

impl Socket {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.read(buffer),
            Socket::Unix(stream) => stream.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Socket::Tcp(stream) => stream.write_all(bytes),
            Socket::Unix(stream) => stream.write_all(bytes),
        }
    }

    fn end_writing(&self) {
        let ended = match self {
            Socket::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Socket::Unix(stream) => stream.shutdown(Shutdown::Write),
        };
        ended.expect("the connection is there");
    }

    /// A reset instead of an end, where there is one.
    fn reset(self) {
        if let Socket::Tcp(stream) = &self {
            sockopt::set_socket_linger(stream, Some(Duration::ZERO)).expect("it is a TCP socket");
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Socket::Tcp(stream) => stream.as_fd(),
            Socket::Unix(stream) => stream.as_fd(),
        }
    }
}

impl World for Live {
    fn perform(&mut self, step: &Step, expected: &[Expected]) -> Vec<(String, String)> {
        match step {
            Step::Configure { key, value } => {
                self.settings.set(key, value);
                self.write_configuration();
                return Vec::new();
            }
            Step::Connect { who, door, from: None } => self.connect(who, *door, false),
            Step::Send { who, bytes, typed: false } => self.send(who, bytes),
            Step::Send { who, bytes, typed: true } => {
                let bytes = self.person(who).heard.tongue.say(bytes);
                self.send(who, &bytes);
            }
            Step::Pieces { who, bytes } => self.person(who).pieces = *bytes,
            Step::Vanishes { who } => {
                if let Some(socket) = self.person(who).socket.take() {
                    socket.reset();
                }
            }
            Step::HalfCloses { who } => {
                if let Some(socket) = &self.person(who).socket {
                    socket.end_writing();
                }
            }
            Step::Crowd { people } => self.crowd(*people),
            Step::Daemon(step) => self.run(*step),
            Step::Connect { from: Some(_), .. } | Step::MemoryOnly | Step::Clock { .. } | Step::At { .. } => {
                unreachable!("such a script does not run live")
            }
            Step::StopsReading { .. } | Step::ReadsAgain { .. } | Step::Store(_) => {
                unreachable!("such a script does not run live")
            }
        }
        self.await_expected(expected);
        self.await_silence();
        while self.listen(Instant::now()) {}
        if !self.ended && expected.iter().any(|one| one.who == "daemon") {
            self.await_end();
        }
        self.given()
    }

    fn finish(&mut self) -> Vec<(String, String)> {
        self.fence = None;
        if let Some(daemon) = self.daemon.take() {
            self.people.clear();
            let ended = daemon.stop();
            assert!(ended.success(), "the daemon ended with {ended}");
        }
        self.given()
    }
}
