//! Programs that a test runs beside the daemon: `nc`, `chatc`, `chatctl` and the system's tools.
//!
//! Knows no protocol. Why a thread reads each program's output: a pipe cannot be
//! read with a deadline, a channel can.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::{PATIENCE, eventually};

pub const CHATD: &str = env!("CARGO_BIN_EXE_chatd");
pub const CHATC: &str = env!("CARGO_BIN_EXE_chatc");
pub const CHATCTL: &str = env!("CARGO_BIN_EXE_chatctl");

/// Fails with a sentence when a tool is missing; `package` is Debian's name for where it is.
pub fn need(tool: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = places.map(|directory: PathBuf| directory.join(tool)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("this test needs {tool}: install the Debian package {package}"))
}

/// Runs a program to its end.
pub fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Output {
    output(Command::new(program.as_ref()).args(arguments))
}

/// Runs a command to its end, which must come within `PATIENCE` and some more.
pub fn output(command: &mut Command) -> Output {
    in_english(command);
    let shown = format!("{command:?}");
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.unwrap_or_else(|error| panic!("{shown}: {error}"));
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = std::thread::spawn(move || read_whole(&mut out));
    let err = std::thread::spawn(move || read_whole(&mut err));
    let status = ended(&mut child, &shown, PATIENCE * 4);
    Output { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() }
}

/// Whatever the locale of who runs the tests, unless a test chooses one.
fn in_english(command: &mut Command) {
    if !command.get_envs().any(|(name, _)| name == "LC_ALL") {
        command.env("LC_ALL", "C");
    }
    // Neither by what they have configured for themselves.
    command.env("XDG_CONFIG_HOME", "/nonexistent");
}

fn read_whole(from: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).unwrap();
    bytes
}

/// Runs a tool of the system that must succeed.
pub fn must(tool: &str, package: &str, arguments: &[&str]) -> String {
    let output = run(need(tool, package), arguments);
    assert!(output.status.success(), "{tool} {arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Everything a program said, for messages.
pub fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}\n{out}{err}", output.status)
}

/// Waits for a child's end; one that does not come is killed and fails the test.
pub fn ended(child: &mut Child, name: &str, within: Duration) -> ExitStatus {
    let id = child.id();
    let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        eventually(&format!("the end of {name} ({id})"), within, || child.try_wait().unwrap())
    }));
    waited.unwrap_or_else(|panic| {
        let _ = child.kill();
        let _ = child.wait();
        std::panic::resume_unwind(panic)
    })
}

/// A program whose lines are typed and read by the test.
pub struct Program {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    notes: Receiver<String>,
}

impl Program {
    pub fn start(name: &str, command: &mut Command) -> Program {
        in_english(command);
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let lines = read_lines(child.stdout.take().unwrap());
        let notes = read_lines(child.stderr.take().unwrap());
        let input = child.stdin.take();
        Program { name: name.to_owned(), child, input, lines, notes }
    }

    /// A person with `nc`.
    pub fn nc(name: &str, port: u16) -> Program {
        let nc = need("nc", "netcat-openbsd");
        Program::start(name, Command::new(nc).args(["127.0.0.1", &port.to_string()]))
    }

    /// A person with `chatc`, whose input is a pipe; its chat log goes to `directory`.
    pub fn chatc(nick: &str, port: u16, directory: &Path) -> Program {
        let target = format!("{nick}@127.0.0.1:{port}");
        Program::start(nick, Command::new(CHATC).arg(target).arg("--log-dir").arg(directory))
    }

    pub fn types(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input was ended");
        writeln!(input, "{line}").unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// The next line that has this; what comes before it is passed over.
    pub fn hears(&mut self, text: &str, within: Duration) -> String {
        let deadline = Instant::now() + within;
        loop {
            let line = self.next_within(deadline.saturating_duration_since(Instant::now()));
            if line.contains(text) {
                return line;
            }
        }
    }

    pub fn next(&mut self) -> String {
        self.next_within(PATIENCE)
    }

    pub fn next_within(&mut self, within: Duration) -> String {
        self.lines.recv_timeout(within).unwrap_or_else(|error| {
            let notes: Vec<String> = self.notes.try_iter().collect();
            panic!("{} waits for a line: {error}; its notes: {notes:?}", self.name)
        })
    }

    /// The next line must be this one: nothing else was said before it.
    pub fn reads(&mut self, line: &str) {
        assert_eq!(self.next(), line, "what {} reads next", self.name);
    }

    /// Nothing more may come, and the program ends. Gives its exit code and its notes.
    pub fn ends(mut self) -> (Option<i32>, Vec<String>) {
        match self.lines.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Disconnected) => {}
            other => panic!("{} reads something at its end: {other:?}", self.name),
        }
        self.input = None;
        let status = ended(&mut self.child, &self.name, PATIENCE);
        (status.code(), self.notes.iter().collect())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that failed must leave nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a pipe, until it ends.
pub fn read_lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    told
}
