//! One daemon on one database, one on one control socket, one on one port.
//!
//! Knows exit codes and files. Why what stands in the way is looked at after each
//! refusal: a daemon that removes somebody's file to make room is worse than one
//! that does not start.

use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::net::UnixListener;

use crate::live_support::client::Client;
use crate::live_support::daemon::Home;

#[test]
fn the_second_on_a_database_is_told_the_pid_of_the_first() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let (code, said) = home.refuses();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains(&format!("pid {}", daemon.pid())), "{said}");
    assert!(said.contains(&home.database().display().to_string()), "{said}");

    // Another control socket and port do not make it another database.
    let other = Home::new("").database_in(&home.path(""));
    assert_eq!(other.refuses().0, Some(3));
    assert!(!other.control().exists());

    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    bob.says("still here");
    alice.reads("Bob >> still here");
    daemon.rule(&["ping"]);
    daemon.stop();
}

#[test]
fn what_a_killed_daemon_left_is_no_obstacle() {
    let home = Home::new("");
    let daemon = home.start();
    daemon.kill();
    assert!(home.control().exists(), "kill -9 leaves the socket file");
    assert!(std::os::unix::net::UnixStream::connect(home.control()).is_err());
    let daemon = home.start();
    daemon.rule(&["ping"]);
    daemon.stop();
}

#[test]
fn what_stands_in_the_place_of_the_socket_is_not_removed() {
    let home = Home::new("");
    let place = home.control();
    let refused = || {
        let (code, said) = home.refuses();
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(&place.display().to_string()), "{said}");
        said
    };

    std::fs::write(&place, "mine").unwrap();
    assert!(refused().contains("move it away"));
    assert_eq!(std::fs::read_to_string(&place).unwrap(), "mine");
    std::fs::remove_file(&place).unwrap();

    std::fs::create_dir(&place).unwrap();
    assert!(refused().contains("move it away"));
    assert!(place.is_dir());
    std::fs::remove_dir(&place).unwrap();

    // Even a link to a socket that nobody listens on is somebody's link.
    let stale = home.path("stale.sock");
    drop(UnixListener::bind(&stale).unwrap());
    symlink(&stale, &place).unwrap();
    assert!(refused().contains("move it away"));
    assert_eq!(std::fs::read_link(&place).unwrap(), stale);
    std::fs::remove_file(&place).unwrap();

    let _listener = UnixListener::bind(&place).unwrap();
    assert!(refused().contains("answers"));
    assert!(std::fs::symlink_metadata(&place).unwrap().file_type().is_socket());
}

#[test]
fn another_daemons_control_socket_is_left_to_it() {
    let first = Home::new("");
    let daemon = first.start();
    let second = Home::new(&format!("control.socket = \"{}\"", first.control().display()));
    // The key above stands in place of the one that a home gives itself.
    let own = format!("control.socket = \"{}\"\n", second.control().display());
    let text = second.configuration("127.0.0.1:0").replace(&own, "");
    std::fs::write(second.path("chatd.toml"), text).unwrap();
    let (code, said) = second.refuses();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("answers") && said.contains(&first.control().display().to_string()), "{said}");
    daemon.rule(&["ping"]);
    daemon.stop();
}

#[test]
fn a_port_in_use_is_named() {
    let first = Home::new("");
    let daemon = first.start();
    let address = format!("127.0.0.1:{}", daemon.port);
    let second = Home::new("");
    std::fs::write(second.path("chatd.toml"), second.configuration(&address)).unwrap();
    let (code, said) = second.refuses();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&address), "{said}");
    let mut alice = Client::text(daemon.port, "Alice");
    alice.says("/user");
    alice.reads("[Server]: 1 user in lobby: Alice");
    daemon.stop();
}
