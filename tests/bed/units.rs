//! The other ways to run it: an instance beside it, a socket that starts it, a user's own.
//!
//! Knows paths and ports. Why each is asked by chatctl as well: which daemon answers is where
//! several of them on one machine go wrong.

use crate::booted::{Bed, text};
use crate::{eventually, person, while_people_knock};

#[test]
fn an_instance_runs_beside_the_first() {
    let bed = Bed::with_chatd("instance");
    bed.write("/etc/chatd/lab.toml", "[[listen]]\naddress = \"127.0.0.1:9998\"\n");
    bed.ok(&["systemctl", "enable", "--now", "chatd@lab"]);
    let (_first, mut lab) = (person(&bed, 9999, "Alice"), person(&bed, 9998, "Alice"));
    lab.say("in the lab").unwrap();
    let of_lab = ["chatctl", "--socket", "/run/chatd-lab/control.sock", "history"];
    assert!(bed.ok(&of_lab).contains("Alice >> in the lab"));
    assert!(!bed.ok(&["chatctl", "history"]).contains("in the lab"));
    bed.ok(&["systemctl", "reload", "chatd@lab"]);
    assert_eq!(bed.ok(&["stat", "-c", "%U %a", "/var/lib/chatd-lab/chatd.db"]), "chatd 600\n");
    // One ends without the other.
    bed.ok(&["systemctl", "stop", "chatd@lab"]);
    bed.ok(&["chatctl", "ping"]);
}

#[test]
fn who_connects_to_the_socket_unit_starts_the_chat() {
    let bed = Bed::with_chatd("socket");
    bed.shell("systemctl disable --now chatd.service; systemctl enable --now chatd.socket");
    let active = || text(&bed.run(&["systemctl", "is-active", "chatd.service"]).stdout);
    assert_eq!(active(), "inactive\n");
    let mut alice = person(&bed, 9999, "Alice");
    assert_eq!(active(), "active\n");
    alice.say("first").unwrap();

    // While it is down, who comes waits in the queue of the socket, and is what starts it.
    bed.ok(&["systemctl", "stop", "chatd.service"]);
    let mut bob = person(&bed, 9999, "Bob");
    bob.say("second").unwrap();
    let history = bed.ok(&["chatctl", "history"]);
    assert!(history.contains("Alice >> first") && history.contains("Bob >> second"), "{history}");
    while_people_knock(&bed, 9999, || {
        bed.ok(&["systemctl", "restart", "chatd.service"]);
        bed.ok(&["systemctl", "stop", "chatd.service"]);
    });
    // Somebody who knocked may still be in the queue, and would start it again: with the socket the queue goes.
    bed.shell("systemctl stop chatd.socket chatd.service; systemctl start chatd.socket");
    eventually("the service is stopped", || (active() == "inactive\n").then_some(()));
    let healthy = bed.ok(&["chatctl", "doctor"]);
    assert!(
        healthy.contains("the service starts with the first one who connects to 127.0.0.1:9999"),
        "{healthy}"
    );
    bed.ok(&["systemctl", "stop", "chatd.socket", "chatd.service"]);
    let refused = bed.connect(9999).map_err(|error| error.kind());
    assert_eq!(refused.err(), Some(std::io::ErrorKind::ConnectionRefused));
}

#[test]
fn everybody_may_have_a_chat_of_their_own() {
    let bed = Bed::with_chatd("user");
    bed.shell("useradd --create-home ann; loginctl enable-linger ann");
    let uid = bed.ok(&["id", "-u", "ann"]).trim().to_owned();
    let bus = format!("/run/user/{uid}/systemd/private");
    eventually("ann's own systemd", || bed.run(&["test", "-S", &bus]).status.success().then_some(()));
    let runtime = format!("XDG_RUNTIME_DIR=/run/user/{uid}");
    let home = "HOME=/home/ann";
    let ann = |words: &[&str]| {
        bed.ok(&[&["runuser", "-u", "ann", "--", "env", &runtime, home][..], words].concat())
    };

    // With nothing said it has the port of the machine's own, so that one must be down.
    bed.ok(&["systemctl", "stop", "chatd"]);
    ann(&["systemctl", "--user", "start", "chatd"]);
    person(&bed, 9999, "Bob").say("hello, Ann").unwrap();
    assert!(ann(&["chatctl", "history"]).contains("Bob >> hello, Ann"));
    assert_eq!(bed.ok(&["stat", "-c", "%U %a", "/home/ann/.local/state/chatd/chatd.db"]), "ann 600\n");

    ann(&["mkdir", "-p", "/home/ann/.config/chatd"]);
    ann(&["sh", "-c", "printf '[[listen]]\\naddress = \"127.0.0.1:9997\"\\n' >~/.config/chatd/chatd.toml"]);
    ann(&["systemctl", "--user", "restart", "chatd"]);
    bed.ok(&["systemctl", "start", "chatd"]);
    let _carol = person(&bed, 9997, "Carol");
    ann(&["systemctl", "--user", "reload", "chatd"]);
    assert!(ann(&["chatctl", "users"]).contains("Carol"));
    assert!(!bed.ok(&["chatctl", "users"]).contains("Carol"), "that is another chat");
}
