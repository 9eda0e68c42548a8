//! What the daemon says to a service manager, and what it takes from it.
//!
//! Knows the words of sd_notify(3), not the daemon. Why a socket of the test's own and not a real
//! manager: here each word is seen; that a booted system understands them is `tests/bed.rs`'s.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::disk;
use crate::live_support::client::Client;
use crate::live_support::daemon::Home;
use crate::live_support::{PATIENCE, eventually};

/// Somebody whom the daemon tells how it is.
struct Listener {
    socket: UnixDatagram,
}

impl Listener {
    /// Listens where the environment of `home` will say.
    fn new(home: Home) -> (Home, Listener) {
        let path = home.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let home = home.environment("NOTIFY_SOCKET", path.to_str().unwrap());
        (home, Listener { socket })
    }

    fn hears(&self) -> String {
        let mut buffer = [0; 4096];
        let bytes = self.socket.recv(&mut buffer).expect("the daemon says something");
        String::from_utf8(buffer[..bytes].to_vec()).unwrap()
    }

    /// Waits for these words; gives what came before them.
    fn waits_for(&self, words: &str) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        loop {
            let heard = self.hears();
            if heard == words {
                return others;
            }
            others.push(heard);
            assert!(Instant::now() < deadline, "{words:?} does not come, but {others:?}");
        }
    }
}

#[test]
fn it_is_told_when_all_is_open_how_things_are_and_when_it_ends() {
    let (home, manager) = Listener::new(Home::new(""));
    let daemon = home.start();
    let port = daemon.port;
    let before = manager.waits_for("READY=1");
    let kept =
        [format!("FDSTORE=1\nFDNAME=listen-127.0.0.1_{port}"), "FDSTORE=1\nFDNAME=listen-control".into()];
    assert_eq!(before, kept);
    let _alice = Client::text(port, "Alice");
    manager.waits_for("STATUS=1 person in 1 room");
    let _bob = Client::text(port, "Bob");
    manager.waits_for("STATUS=2 people in 1 room");
    daemon.stop();
    assert!(manager.waits_for("STOPPING=1").iter().all(|words| words.starts_with("STATUS=")));
    assert!(home.control().exists(), "its socket is kept for the next run");
}

#[test]
fn a_sign_of_life_needs_the_loop_and_the_disk() {
    let (home, faults) = disk::faulty("");
    let (home, manager) = Listener::new(home.environment("WATCHDOG_USEC", "300000"));
    let daemon = home.start();
    manager.waits_for("WATCHDOG=1");
    manager.waits_for("WATCHDOG=1");
    let mut alice = Client::text(daemon.port, "Alice");
    disk::set(&faults, "hang");
    alice.says("one that hangs");
    // The signs that were on their way still come; then only the state is told, which the loop alone does.
    manager.waits_for("STATUS=1 person in 1 room; degraded: the disk does not answer, and talk is refused");
    manager.socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut buffer = [0; 100];
    assert!(manager.socket.recv(&mut buffer).is_err(), "no sign of life while the disk hangs");
    disk::set(&faults, "");
    manager.socket.set_read_timeout(Some(PATIENCE)).unwrap();
    manager.waits_for("WATCHDOG=1");
    daemon.stop();
}

#[test]
fn a_socket_that_outlives_the_daemon_refuses_nobody() {
    let kept = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = kept.local_addr().unwrap().port();
    let mut home = Home::new("");
    std::fs::write(home.path("chatd.toml"), home.configuration(&format!("127.0.0.1:{port}"))).unwrap();
    for run in 0..3 {
        // Who comes before the daemon is there waits for it.
        let mut early = Client::silent(port);
        early.says("Early");
        // A shell gives the socket the number that it must have, and the process its own in LISTEN_PID.
        home = home.wrapped(&[
            "sh",
            "-c",
            "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=listen-x exec \"$@\"",
            "sh",
        ]);
        let socket: OwnedFd = kept.try_clone().unwrap().into();
        let daemon = home.start_given(Stdio::from(socket));
        assert_eq!(daemon.port, port);
        early.reads("[Server]: Welcome, Early. You are alone in lobby.");
        match run {
            0 => daemon.kill(),
            _ => daemon.stop(),
        }
    }
}

#[test]
fn a_reload_moves_the_door_while_everybody_stays() {
    let mut home = Home::new("");
    let daemon = home.start();
    let port = daemon.port;
    let mut alice = Client::text(port, "Alice");
    let listen = |home: &mut Home, address: &str| {
        std::fs::write(home.path("chatd.toml"), home.configuration(address)).unwrap();
    };
    // The port that the system chose, on all addresses: both cannot listen without being told to share.
    listen(&mut home, &format!("0.0.0.0:{port}"));
    assert_eq!(daemon.rule(&["reload"]), "The configuration has been reloaded.\n");
    assert_eq!(daemon.status()["listen"], serde_json::json!([format!("0.0.0.0:{port}")]));
    let mut bob = Client::text(port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    bob.says("hello");
    alice.reads("Bob >> hello");

    // One that is taken: all of it is refused, with the line, and the old one goes on.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.configure("server.motd = \"never\"");
    listen(&mut home, &address);
    let refused = daemon.chatctl(&["reload"]);
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8(refused.stderr).unwrap();
    let line = format!("chatd.toml:5: listen.address: cannot listen on {address}: ");
    assert!(why.contains(&line), "{line:?} in {why}");
    let mut carol = Client::text(port, "Carol");
    carol.says("still here");
    alice.reads("[Server]: Carol has joined lobby.");
    alice.reads("Carol >> still here");
    daemon.stop();
}

#[test]
fn somebody_in_the_queue_of_a_door_that_closes_is_let_in() {
    let mut home = Home::new("");
    let daemon = home.start();
    // Stopped, it accepts nobody; what it finds first when it goes on is the reload.
    daemon.signal(Signal::STOP);
    let mut waiting = Client::silent(daemon.port);
    waiting.says("Early");
    let other = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    std::fs::write(home.path("chatd.toml"), home.configuration(&other.to_string())).unwrap();
    daemon.signal(Signal::HUP);
    daemon.signal(Signal::CONT);
    daemon.logs("the configuration has been reloaded", PATIENCE);
    waiting.reads("[Server]: Welcome, Early. You are alone in lobby.");
    let old = daemon.port;
    eventually("the old door closed", PATIENCE, || std::net::TcpStream::connect(("127.0.0.1", old)).err());
    drop(Client::text(other.port(), "Late"));
    home.configure("");
    daemon.stop();
}

#[test]
fn a_door_on_trial_closes_again_by_itself() {
    let mut home = Home::new("");
    let daemon = home.start();
    let port = daemon.port;
    let mut alice = Client::text(port, "Alice");
    // The door that is open already, by the port that the system chose.
    std::fs::write(home.path("chatd.toml"), home.configuration(&format!("127.0.0.1:{port}"))).unwrap();
    daemon.rule(&["reload"]);
    assert_eq!(daemon.rule(&["config", "diff"]), "KEY  RUNNING  FILE  APPLIES\n");
    let narrow = home.configuration(&format!("127.0.0.1:{port}"));
    home.configure("limits.text = 50");
    let wide = home.configuration(&format!("0.0.0.0:{port}"));
    std::fs::write(home.path("chatd.toml"), &wide).unwrap();
    let differences = daemon.rule(&["config", "diff"]);
    let rows: Vec<Vec<&str>> = differences.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["KEY", "RUNNING", "FILE", "APPLIES"]);
    assert_eq!((rows[1][0], rows[2][0], rows[2][1], rows[2][2]), ("listen", "limits.text", "2000", "50"));

    let told = daemon.rule(&["config", "apply", "--confirm-within", "2s"]);
    assert!(told.starts_with("The new configuration is in force until 2"), "{told}");
    assert_eq!(daemon.status()["listen"], serde_json::json!([format!("0.0.0.0:{port}")]));
    assert!(daemon.rule(&["config", "diff"]).contains("is on trial until"));
    daemon.logs("the configuration on trial was not confirmed", PATIENCE);
    eventually("the old door", PATIENCE, || {
        (daemon.status()["listen"][0] == format!("127.0.0.1:{port}")).then_some(())
    });
    // Whoever came in by the door that closed stays, as does whoever was there before.
    let mut bob = Client::text(port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    bob.says("good evening");
    alice.reads("Bob >> good evening");

    let told = daemon.rule(&["config", "apply", "--confirm-within", "1h"]);
    assert!(told.ends_with("Go back at once with: chatctl config revert.\n"), "{told}");
    assert_eq!(daemon.rule(&["config", "confirm"]), "The configuration is confirmed.\n");
    let nothing = daemon.chatctl(&["config", "revert"]);
    assert_eq!(nothing.status.code(), Some(1));
    std::fs::write(home.path("chatd.toml"), narrow).unwrap();
    let json = daemon.rule(&["--json", "config", "diff"]);
    let keys = json.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert_eq!(keys.map(|one| one["key"].clone()).collect::<Vec<_>>(), ["listen", "limits.text"]);
    daemon.stop();
}
