//! Starting: with nothing at all, and with configurations good and bad.
//!
//! Knows the places of the contract. Why a network namespace for the start with
//! nothing: it listens on the default port, which another chatd may have.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;

use crate::live_support::daemon::Home;
use crate::live_support::program::{CHATC, CHATCTL, CHATD, ended, need, output, read_lines, run, said};
use crate::live_support::{PATIENCE, eventually, is_root};

const NOBODY: u32 = 65534;

/// A user's own home, and the programs where that user can run them.
struct Fresh {
    directory: tempfile::TempDir,
}

impl Fresh {
    fn new() -> Fresh {
        let directory = tempfile::Builder::new().prefix("chatd-fresh-").tempdir_in("/tmp").unwrap();
        let fresh = Fresh { directory };
        for program in [CHATD, CHATC, CHATCTL] {
            let name = Path::new(program).file_name().unwrap();
            std::fs::copy(program, fresh.path("").join(name)).unwrap();
        }
        std::fs::create_dir(fresh.path("home")).unwrap();
        if is_root() {
            std::fs::set_permissions(fresh.path(""), PermissionsExt::from_mode(0o755)).unwrap();
            std::os::unix::fs::chown(fresh.path("home"), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        fresh
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A command of an ordinary user with this home, in the network of process `net` or in a new one.
    fn command(&self, net: Option<u32>, program: &str) -> Command {
        let program = self.path(program);
        let mut command = match (is_root(), net) {
            (false, _) => Command::new(program),
            (true, net) => {
                let setpriv = need("setpriv", "util-linux").display().to_string();
                let enter = match net {
                    Some(pid) => format!("nsenter --net --target {pid}"),
                    None => "unshare --net".to_owned(),
                };
                need("unshare", "util-linux");
                need("ip", "iproute2");
                let script = format!(
                    "exec {enter} sh -c 'ip link set lo up; exec {setpriv} --reuid={NOBODY} \
                     --regid={NOBODY} --clear-groups \"$0\" \"$@\"' \"$0\" \"$@\""
                );
                let mut command = Command::new("sh");
                command.arg("-c").arg(script).arg(program);
                command
            }
        };
        command.env_clear().env("HOME", self.path("home")).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("XDG_RUNTIME_DIR", self.path("home/run"));
        command.current_dir(self.path("home"));
        command
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).mode() & 0o777
}

#[test]
fn on_a_fresh_machine_as_any_user() {
    assert!(!Path::new("/etc/chatd/chatd.toml").exists(), "this test needs a machine without /etc/chatd");
    let fresh = Fresh::new();
    let mut command = fresh.command(None, "chatd");
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.unwrap();
    let printed = read_lines(child.stdout.take().unwrap());
    let notes = read_lines(child.stderr.take().unwrap());
    let banner = take_banner(&printed, &notes);
    let (database, control) =
        (fresh.path("home/.local/state/chatd/chatd.db"), fresh.path("home/run/chatd/control.sock"));
    for part in [
        "chatd 0.1.0 listens on 127.0.0.1:9999",
        &format!("  database  {}", database.display()),
        &format!("  control   {}", control.display()),
        "nc 127.0.0.1 9999",
        "chatc Alice@127.0.0.1:9999",
        "http://127.0.0.1:9999/       in a browser",
        "chatctl status",
    ] {
        assert!(banner.contains(part), "{part:?} in {banner}");
    }
    assert_eq!((mode(&database), mode(&control)), (0o600, 0o660));
    assert_eq!(mode(database.parent().unwrap()), 0o700);
    assert_eq!(mode(control.parent().unwrap()) & 0o007, 0);
    assert_eq!(mode(&fresh.path("home/.local/state/chatd/chatd.db.lock")), 0o600);

    // The ways in that it has printed, with nothing more said.
    let pid = child.id();
    let said_it = output(fresh.command(Some(pid), "chatc").args(["Alice@127.0.0.1:9999"]));
    assert_eq!(said_it.status.code(), Some(0), "{}", said(&said_it));
    let visit = "exec 3<>/dev/tcp/127.0.0.1/9999; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";
    let page = output(fresh.command(Some(pid), "/bin/bash").args(["-c", visit]));
    assert!(String::from_utf8_lossy(&page.stdout).contains("<title>chatd</title>"), "{}", said(&page));
    let status = output(fresh.command(Some(pid), "chatctl").arg("status"));
    assert!(status.status.success(), "{}", said(&status));
    assert!(String::from_utf8_lossy(&status.stdout).contains("127.0.0.1:9999"), "{}", said(&status));
    let down = output(fresh.command(Some(pid), "chatctl").arg("shutdown"));
    assert!(down.status.success(), "{}", said(&down));
    assert_eq!(ended(&mut child, "chatd", PATIENCE).code(), Some(0));
}

/// What it prints until it has said how to rule it.
fn take_banner(printed: &Receiver<String>, notes: &Receiver<String>) -> String {
    let mut banner = String::new();
    while !banner.contains("chatctl") {
        match printed.recv_timeout(PATIENCE) {
            Ok(line) => banner.push_str(&(line + "\n")),
            Err(_) => panic!("{banner}\n{:?}", notes.try_iter().collect::<Vec<_>>()),
        }
    }
    banner
}

#[test]
fn what_it_prints_of_itself() {
    assert_eq!(run(CHATD, &["--version"]).stdout, b"chatd 0.1.0\n");
    assert_eq!(run(CHATD, &["--frobnicate"]).status.code(), Some(2));

    let home = Home::new("");
    let printed = run(CHATD, &["--print-config"]);
    assert!(printed.status.success());
    let file = home.path("printed.toml");
    std::fs::write(&file, &printed.stdout).unwrap();
    let checked = run(CHATD, &["--check-config", file.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));
    let again = run(CHATD, &["--config", file.to_str().unwrap(), "--print-config"]);
    assert_eq!(again.stdout, printed.stdout, "what is printed means what it was printed from");

    std::fs::write(&file, "limits.text = 77").unwrap();
    let changed = run(CHATD, &["--config", file.to_str().unwrap(), "--print-config"]);
    assert!(String::from_utf8(changed.stdout).unwrap().contains("text = 77"));
}

#[test]
fn a_bad_configuration_is_refused_with_every_problem() {
    let home = Home::new("");
    let file = home.path("bad.toml");
    let text =
        "[limits]\nlin = \"8KiB\"\ntext = \"many\"\n\n[rooms]\ncapacity = -1\n\n[servre]\nname = \"x\"\n";
    std::fs::write(&file, text).unwrap();
    let shown = file.display().to_string();
    for arguments in [["--check-config", &shown], ["--config", &shown]] {
        let refused = run(CHATD, &arguments);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        let problems = String::from_utf8(refused.stderr).unwrap();
        for (line, parts) in [
            (2, ["limits.lin", "limits.line"]),
            (3, ["limits.text", "whole number"]),
            (6, ["rooms.capacity", "0"]),
            (8, ["servre", "server"]),
        ] {
            let place = format!("{shown}:{line}:");
            let problem = problems.lines().find(|problem| problem.contains(&place));
            let problem = problem.unwrap_or_else(|| panic!("no {place} in {problems}"));
            for part in parts {
                assert!(problem.contains(part), "{part:?} in {problem}");
            }
        }
    }
}

#[test]
fn a_configuration_that_cannot_be_read_is_named() {
    let home = Home::new("");
    let missing = home.path("none.toml").display().to_string();
    let refused = run(CHATD, &["--config", &missing]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains(&missing), "{}", said(&refused));
    let directory = home.path("").display().to_string();
    assert_eq!(run(CHATD, &["--config", &directory]).status.code(), Some(2));
    let text = home.path("text.toml");
    std::fs::write(&text, "[server\nname = ").unwrap();
    let refused = run(CHATD, &["--check-config", text.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("text.toml:1:"), "{}", said(&refused));
    eventually("no lock, no database: nothing was begun", PATIENCE, || {
        (!home.database().exists()).then_some(())
    });
}
