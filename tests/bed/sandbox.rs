//! The whole chat inside the sandbox of its unit, and who is let in as an admin.
//!
//! Knows what the live tests show of a daemon without a sandbox. Why once more: a call that the
//! unit forbids is missed only by the command that needs it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use serde_json::json;

use crate::booted::{Bed, text};
use crate::client::{Client, KEPT};
use crate::person;

#[test]
fn the_chat_does_in_the_sandbox_what_it_does_outside() {
    let bed = Bed::with_chatd("sandbox");
    let (mut alice, mut bob) = they_talk(&bed);
    a_schedule(&mut alice, &mut bob);
    bed.ok(&["chatctl", "kick", "Bob", "--reason", "lunch time"]);
    alice.reads("[Server]: Bob has been kicked from the chat.");
    drop((alice, bob));

    // What is in the package besides: nc's neighbour, and what asks the disk for more than talk does.
    bed.shell("echo 'build done' | chatc bot@127.0.0.1/ci");
    bed.ok(&["chatctl", "backup", "/root/backup.db"]);
    bed.ok(&["chatctl", "export", "-o", "/root/talk.jsonl"]);
    bed.ok(&["chatctl", "import", "/root/talk.jsonl"]);
    assert!(bed.ok(&["chatctl", "search", "everyone"]).contains("Bob >> Hello everyone!"));
    bed.ok(&["systemctl", "restart", "chatd"]);
    let history = bed.ok(&["chatctl", "history"]);
    for said in ["Bob >> Hello everyone!", "Alice >> 안녕하세요!", "[Scheduled by Alice] Meeting starts"]
    {
        assert!(history.contains(said), "{said} is not in\n{history}");
    }
    assert!(bed.ok(&["chatctl", "history", "--room", "ci"]).contains("bot >> build done"));
    bed.ok(&["chatctl", "verify"]);
    let journal = bed.ok(&["journalctl", "-u", "chatd", "--no-pager"]);
    assert!(!journal.contains("panicked") && !journal.contains("Operation not permitted"), "{journal}");
}

fn they_talk(bed: &Bed) -> (Client, Client) {
    let mut alice = Client::over(bed.connect(9999).unwrap());
    alice.says("Alice");
    alice.reads("[Server]: Welcome, Alice. You are alone in lobby.");
    alice.reads(KEPT);
    let mut bob = person(bed, 9999, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    bob.say("Hello everyone!").unwrap();
    alice.reads("Bob >> Hello everyone!");
    alice.says("안녕하세요!");
    assert_eq!(bob.event()["text"], json!("안녕하세요!"));
    (alice, bob)
}

fn a_schedule(alice: &mut Client, bob: &mut Client) {
    alice.says("/schedule +1s Meeting starts");
    let receipt = alice.next();
    assert!(receipt.starts_with("[Server]: Message 1 is scheduled for "), "{receipt}");
    assert_eq!(bob.event()["text"], json!("Meeting starts"));
    alice.reads("[Server]: Your scheduled message 1 has been sent.");
}

#[test]
fn a_member_of_the_group_is_an_admin_and_nobody_else_is() {
    let bed = Bed::with_chatd("group");
    bed.shell("useradd --groups chatd member; useradd other");
    let asks =
        |who: &str, words: &[&str]| bed.run(&[&["runuser", "-u", who, "--", "chatctl"][..], words].concat());
    let said = asks("member", &["broadcast", "Back at 5"]);
    assert_eq!(said.status.code(), Some(0), "{}", text(&said.stderr));
    assert_eq!(asks("chatd", &["ping"]).status.code(), Some(0));

    let refused = asks("other", &["ping"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(text(&refused.stderr).contains("group \"chatd\""), "{}", text(&refused.stderr));
    let peeks = bed.run(&["runuser", "-u", "other", "--", "cat", "/var/lib/chatd/chatd.db"]);
    assert_eq!(peeks.status.code(), Some(1));
}

#[test]
fn an_admin_may_sit_in_another_container() {
    let bed = Bed::with_chatd("container");
    // The test is in no namespace of the bed: there its process has no number.
    let mut socket = UnixStream::connect(bed.path("/run/chatd/control.sock")).unwrap();
    socket.write_all(b"{\"id\":1,\"cmd\":\"ping\"}\n").unwrap();
    let mut answer = String::new();
    BufReader::new(socket).read_line(&mut answer).unwrap();
    assert!(answer.contains("\"ok\""), "{answer}");
    bed.ok(&["chatctl", "ping"]);
}

#[test]
fn a_key_that_only_root_may_read_reaches_the_daemon() {
    let bed = Bed::with_chatd("keys");
    bed.shell("umask 077; echo secret >/etc/chatd/tls/key.pem; systemctl restart chatd");
    let handed = "/run/credentials/chatd.service/tls_key.pem";
    assert_eq!(bed.ok(&["runuser", "-u", "chatd", "--", "cat", handed]), "secret\n");
    let reads = bed.run(&["runuser", "-u", "chatd", "--", "cat", "/etc/chatd/tls/key.pem"]);
    assert_eq!(reads.status.code(), Some(1));
    // Who tidies up too much still has a chat.
    bed.shell("rm -r /etc/chatd/tls; systemctl restart chatd");
    bed.ok(&["chatctl", "ping"]);
}
