//! A chatd of a test's own: ports that the system chose, everything else in one directory.
//!
//! Knows no protocol. Why the ports are read from what it prints: a port that a
//! test had picked could be taken before the daemon has it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

/// How long anything that should happen at once may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// From a signal to the exit: the daemon's own patience, and some for the machine.
const STOPPED_WITHIN: Duration = Duration::from_secs(10);

pub struct Daemon {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: PathBuf,
    /// In the order of the `[[listen]]` sections.
    pub addresses: Vec<SocketAddr>,
    pub control: PathBuf,
}

/// A configuration with this daemon's own places in `directory`. `keys` are lines of dotted keys,
/// and there is a listener on a free port for each of `protocols`.
pub fn configuration(directory: &Path, keys: &str, protocols: &[&str]) -> String {
    let place = |name: &str| directory.join(name).display().to_string();
    let (socket, database) = (place("control.sock"), place("chatd.db"));
    let mut text = format!("{keys}control.socket = \"{socket}\"\nstore.path = \"{database}\"\n");
    for protocol in protocols {
        text.push_str(&format!("[[listen]]\naddress = \"127.0.0.1:0\"\nprotocol = \"{protocol}\"\n"));
    }
    text
}

impl Daemon {
    /// Writes `configuration` to `chatd.toml` in `directory`, starts the daemon with it, and waits until
    /// it listens.
    pub fn start(directory: &Path, configuration: &str) -> Daemon {
        let file = directory.join("chatd.toml");
        std::fs::write(&file, configuration).expect("a fresh directory can be written");
        let stderr = directory.join("stderr");
        let log = File::options().create(true).append(true).open(&stderr).expect("as above");
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatd"))
            .arg("--config")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the daemon was built with this test");
        let mut stdout = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("a pipe can be read");
        let (_, addresses) = first.split_once(" listens on ").unwrap_or_else(|| {
            let said = std::fs::read_to_string(&stderr).unwrap_or_default();
            panic!("the daemon did not start: {first}{said}\n{configuration}")
        });
        let addresses = addresses.trim().split(", ").map(|one| one.parse().expect("an address")).collect();
        Daemon { child, stdout, stderr, addresses, control: directory.join("control.sock") }
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        // It may have ended already; whoever waits for it sees that.
        let _ = kill_process(pid, signal);
    }

    /// Whether it has ended, waiting for that until `deadline`.
    pub fn has_ended(&self, deadline: Instant) -> bool {
        let Ok(pidfd) = pidfd_open(Pid::from_child(&self.child), PidfdFlags::empty()) else { return true };
        let mut fds = [PollFd::new(&pidfd, PollFlags::IN)];
        loop {
            match poll(&mut fds, Some(&until(deadline))) {
                Ok(ready) => return ready > 0,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => panic!("the daemon cannot be waited for: {error}"),
            }
        }
    }

    /// Waits for its end.
    pub fn wait(mut self) -> ExitStatus {
        assert!(self.has_ended(Instant::now() + STOPPED_WITHIN), "the daemon does not end:\n{}", self.log());
        self.child.wait().expect("it is this process's child")
    }

    /// Asks it to end as systemd does, and waits until it has.
    pub fn stop(self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(self) {
        self.signal(Signal::KILL);
        self.wait();
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// What it has printed since its first line; for a daemon that has ended.
    pub fn printed(&mut self) -> String {
        let mut text = String::new();
        self.stdout.read_to_string(&mut text).expect("it prints text");
        text
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // A test that failed must leave nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// From now to the deadline, as poll(2) takes it.
pub fn until(deadline: Instant) -> Timespec {
    let left = deadline.saturating_duration_since(Instant::now());
    Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() }
}
