//! A chatd of a test's own: a port that the system chose, everything else in one directory.
//!
//! Knows no protocol. Why the port is read from what it prints: one that a test
//! had picked could be taken before the daemon has it.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::program::{CHATCTL, CHATD, ended, output, read_lines, said};
use super::{PATIENCE, eventually};

/// Where a daemon lives, and how it is started there. Outlives it, so that another can follow.
pub struct Home {
    directory: TempDir,
    keys: String,
    database: PathBuf,
    /// What runs the daemon: a command line that its own is put behind.
    wrapper: Vec<String>,
    environment: BTreeMap<String, String>,
}

impl Home {
    /// `keys` are lines of the configuration with dotted keys: `limits.login = "3s"`.
    pub fn new(keys: &str) -> Home {
        let directory = tempfile::Builder::new().prefix("chatd-live-").tempdir().unwrap();
        let database = directory.path().join("chatd.db");
        let (wrapper, environment) = (Vec::new(), BTreeMap::new());
        Home { directory, keys: keys.to_owned(), database, wrapper, environment }
    }

    /// Has the database elsewhere, on a disk of its own.
    pub fn database_in(mut self, directory: &Path) -> Home {
        self.database = directory.join("chatd.db");
        self
    }

    /// Gives the daemon a variable.
    pub fn environment(mut self, name: &str, value: &str) -> Home {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Has the daemon run by another program.
    pub fn wrapped(mut self, wrapper: &[&str]) -> Home {
        self.wrapper = wrapper.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn database(&self) -> &Path {
        &self.database
    }

    pub fn control(&self) -> PathBuf {
        self.path("control.sock")
    }

    /// Writes the configuration with these keys in place of the old ones.
    pub fn configure(&mut self, keys: &str) {
        self.keys = keys.to_owned();
        std::fs::write(self.path("chatd.toml"), self.configuration("127.0.0.1:0")).unwrap();
    }

    pub fn configuration(&self, address: &str) -> String {
        let (socket, database) = (self.control(), &self.database);
        format!(
            "{}\ncontrol.socket = \"{}\"\nstore.path = \"{}\"\n[[listen]]\naddress = \"{address}\"\n",
            self.keys,
            socket.display(),
            database.display()
        )
    }

    /// The command that starts the daemon here.
    pub fn command(&self) -> Command {
        let file = self.path("chatd.toml");
        if !file.exists() {
            std::fs::write(&file, self.configuration("127.0.0.1:0")).unwrap();
        }
        let mut words = self.wrapper.iter().map(String::as_str).chain([CHATD]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).arg("--config").arg(file).envs(&self.environment);
        command
    }

    /// Starts the daemon and waits until it listens. Its log is the file `log`, begun anew.
    pub fn start(&self) -> Daemon {
        let log = File::options().create(true).write(true).truncate(true).open(self.path("log")).unwrap();
        self.start_logging_to(log.into())
    }

    pub fn start_logging_to(&self, log: Stdio) -> Daemon {
        self.start_with(Stdio::null(), log)
    }

    /// Starts it by a wrapper that takes this as its standard input.
    pub fn start_given(&self, input: Stdio) -> Daemon {
        let log = File::options().create(true).append(true).open(self.path("log")).unwrap();
        self.start_with(input, log.into())
    }

    fn start_with(&self, input: Stdio, log: Stdio) -> Daemon {
        let mut command = self.command();
        let spawned = command.stdin(input).stdout(Stdio::piped()).stderr(log).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let printed = read_lines(child.stdout.take().unwrap());
        let first = printed.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the daemon does not start: {}", self.log())
        });
        let port = first.strip_prefix("chatd 0.1.0 listens on 127.0.0.1:");
        let port = port.and_then(|port| port.parse().ok());
        let port = port.unwrap_or_else(|| panic!("the first line is not the banner: {first}"));
        Daemon { child, port, _printed: printed, control: self.control(), log: self.path("log") }
    }

    /// Tries to start a daemon that must not start; gives its exit code and what it said.
    pub fn refuses(&self) -> (Option<i32>, String) {
        let output = output(&mut self.command());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The database, for reading beside the daemon or after it.
    pub fn open_database(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(&self.database, flags).unwrap()
    }

    /// The texts of the lobby in their order, having made sure that the seqs have no holes.
    pub fn texts(&self) -> Vec<String> {
        let database = self.open_database();
        let mut statement =
            database.prepare("SELECT seq, text FROM messages WHERE room = 1 ORDER BY seq").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).unwrap();
        let numbered = rows.enumerate().map(|(index, row)| {
            let (seq, text) = row.unwrap();
            assert_eq!(seq, i64::try_from(index).unwrap() + 1, "the seqs have a hole");
            text
        });
        numbered.collect()
    }
}

pub struct Daemon {
    child: Child,
    pub port: u16,
    /// Kept, so that it can go on printing.
    _printed: Receiver<String>,
    control: PathBuf,
    log: PathBuf,
}

impl Daemon {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the daemon runs");
    }

    /// Waits for its end.
    pub fn ends_within(&mut self, within: Duration) -> ExitStatus {
        ended(&mut self.child, "the daemon", within)
    }

    /// Asks it to end as systemd does; what was said must be on disk then.
    pub fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ends_within(PATIENCE);
        assert_eq!(status.code(), Some(0), "{}", self.log());
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.signal(Signal::KILL);
        let status = self.ends_within(PATIENCE);
        assert_eq!(status.signal(), Some(9));
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until the log has this, and gives all of it.
    pub fn logs(&self, text: &str, within: Duration) -> String {
        eventually(&format!("{text:?} in the log"), within, || {
            Some(self.log()).filter(|log| log.contains(text))
        })
    }

    pub fn chatctl(&self, arguments: &[&str]) -> Output {
        output(Command::new(CHATCTL).arg("--socket").arg(&self.control).args(arguments).env("TZ", "UTC"))
    }

    /// What chatctl prints; it must succeed.
    pub fn rule(&self, arguments: &[&str]) -> String {
        let output = self.chatctl(arguments);
        assert!(output.status.success(), "chatctl {arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// `chatctl status` as an object.
    pub fn status(&self) -> serde_json::Value {
        serde_json::from_str(&self.rule(&["status", "--json"])).unwrap()
    }

    /// What `chatctl status` calls the database's state.
    pub fn storage(&self) -> String {
        self.status()["store"]["state"].as_str().unwrap().to_owned()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // A test that failed must leave nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
