//! A bed: a throw-away Debian with a systemd of its own, and a way into it for a test.
//!
//! Knows the script `systemd-bed` beside it, and nothing of chatd but its package. Why the
//! connections come from the test and not from a program inside: what many people hear at once
//! can then be looked at as it comes, and the bed has nothing to do but run the daemon.

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use rustix::process::{Pid, test_kill_process};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bed/systemd-bed");
const BUILD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/build");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// Beyond a plain system: `nc`, and what a user's own systemd needs.
const PACKAGES: &str = "netcat-openbsd libpam-systemd";

/// A booted system; it is gone when this is dropped.
pub struct Bed {
    name: String,
    /// The process id of its systemd, as this machine knows it.
    leader: Pid,
}

impl Bed {
    /// Boots one. `name` tells the beds of one run apart: lower-case letters and digits.
    ///
    /// The first of all takes a minute to prepare what all of them start from.
    pub fn up(name: &str) -> Bed {
        assert!(
            rustix::process::geteuid().is_root(),
            "the tests in a booted system need root, for namespaces and mounts: run them as root"
        );
        static SWEPT: OnceLock<()> = OnceLock::new();
        SWEPT.get_or_init(take_down_left_overs);
        let name = format!("chatd-{name}-{}", std::process::id());
        let root = Path::new(SCRATCH).join("bed-root");
        let booted = said(script(&name).arg("up").arg(root));
        let state = format!("/run/systemd-bed/{name}/leader");
        let leader =
            std::fs::read_to_string(&state).unwrap_or_else(|error| panic!("{state}: {error}; {booted}"));
        let leader = leader.split(' ').next().and_then(|pid| pid.parse().ok()).and_then(Pid::from_raw);
        Bed { name, leader: leader.expect("the file of the leader begins with its process id") }
    }

    /// Boots one and installs the package in it: chatd runs then.
    pub fn with_chatd(name: &str) -> Bed {
        let bed = Bed::up(name);
        bed.install(package());
        bed
    }

    /// Installs a package as an admin does; gives what was said.
    pub fn install(&self, package: &Path) -> String {
        self.put(package, "/root/");
        let name = package.file_name().unwrap().to_str().unwrap();
        self.shell(&format!("dpkg --install /root/{name} 2>&1"))
    }

    /// Runs a command inside, as root.
    pub fn run(&self, words: &[&str]) -> Output {
        let mut command = script(&self.name);
        command.arg("run").args(words).stdin(Stdio::null());
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    /// Runs a command inside that must succeed; gives what it printed.
    pub fn ok(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{words:?}: {}\n{out}{err}", output.status);
        out
    }

    /// The same with a script of the shell, which ends at the first failure.
    pub fn shell(&self, script: &str) -> String {
        self.ok(&["sh", "-ec", script])
    }

    /// Copies a file in; `to` is absolute, and with a slash at its end a directory.
    pub fn put(&self, from: &Path, to: &str) {
        said(script(&self.name).arg("put").arg(from).arg(to));
    }

    /// Writes a file inside, and the directories that it needs.
    pub fn write(&self, to: &str, content: &str) {
        let mut command = script(&self.name);
        let words = ["run", "sh", "-ec", "mkdir -p \"${1%/*}\"; cat >\"$1\"", "sh", to];
        let mut child = command.args(words).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(content.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{to} was not written");
    }

    /// Where this machine finds a path of the bed.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.leader.as_raw_nonzero()))
    }

    /// Does something on a thread in the bed's network. Sockets stay in the network that they were
    /// made in, also when they are handed out.
    pub fn inside<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        let network = File::open(format!("/proc/{}/ns/net", self.leader.as_raw_nonzero())).unwrap();
        std::thread::scope(|scope| {
            let entered = scope.spawn(|| {
                let kind = Some(LinkNameSpaceType::Network);
                move_into_link_name_space(std::os::fd::AsFd::as_fd(&network), kind).unwrap();
                act()
            });
            entered.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// A connection to a port of the bed.
    pub fn connect(&self, port: u16) -> std::io::Result<TcpStream> {
        self.inside(|| TcpStream::connect(("127.0.0.1", port)))
    }
}

impl Drop for Bed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let journal =
                self.run(&["journalctl", "--no-pager", "-o", "short-precise", "-u", "chatd*", "-n", "40"]);
            eprintln!("The end of the journal of {}:\n{}", self.name, text(&journal.stdout));
        }
        let _ = script(&self.name).arg("down").stderr(Stdio::null()).status();
    }
}

/// The package that is tested: `CHATD_DEB`, or one that is built now.
pub fn package() -> &'static Path {
    static PACKAGE: OnceLock<PathBuf> = OnceLock::new();
    PACKAGE.get_or_init(|| match std::env::var_os("CHATD_DEB") {
        Some(named) => {
            let named = PathBuf::from(named);
            assert!(named.is_file(), "CHATD_DEB names {}, which is not there", named.display());
            named
        }
        None => build("deb"),
    })
}

/// Has `packaging/build` make one kind of package; gives the file.
pub fn build(kind: &str) -> PathBuf {
    // The target directory as this test's own build knows it: it has `tmp` in it.
    let target = Path::new(SCRATCH).parent().unwrap();
    let mut command = Command::new(BUILD);
    command.arg(kind).env("CARGO_TARGET_DIR", target).stderr(Stdio::inherit());
    let made = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(made.status.success(), "packaging/build {kind}: {}", made.status);
    PathBuf::from(text(&made.stdout).trim())
}

fn script(name: &str) -> Command {
    let mut command = Command::new(SCRIPT);
    command.env("SYSTEMD_BED_NAME", name);
    command.env("SYSTEMD_BED_NET", "private").env("SYSTEMD_BED_PACKAGES", PACKAGES);
    command
}

/// What a command said that must succeed.
fn said(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    out + &err
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Beds whose test was killed before it could take them down: their names end with its process id.
fn take_down_left_overs() {
    let Ok(beds) = std::fs::read_dir("/run/systemd-bed") else { return };
    for bed in beds.flatten() {
        let name = bed.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix("chatd-").and_then(|rest| rest.rsplit_once('-'));
        let owner = owner.and_then(|(_, pid)| pid.parse().ok()).and_then(Pid::from_raw);
        if owner.is_some_and(|owner| test_kill_process(owner).is_err()) {
            let _ = script(&name).arg("down").stderr(Stdio::null()).status();
        }
    }
}
