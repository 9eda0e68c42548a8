//! Files between two people with chatc, directly and through the daemon.
//!
//! Knows what the two read and what lies in their directories. Why somebody else talks meanwhile:
//! a file must cost those nothing who have nothing to do with it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{CHATC, Program};
use crate::live_support::wire::{Cuts, Wire, drawn};
use crate::live_support::{PATIENCE, eventually};

/// How long the largest file may take: a gibibyte in a debug build, and others at work.
const LONG: Duration = Duration::from_secs(600);

/// The largest file: `tests/run --long` has one of a gibibyte.
fn largest() -> usize {
    let mebibytes = std::env::var("FILE_MIB").map_or(64, |mebibytes| mebibytes.parse().unwrap());
    mebibytes << 20
}

/// Somebody with chatc and a directory.
struct Person {
    nick: &'static str,
    program: Program,
    directory: PathBuf,
}

impl Person {
    fn comes(nick: &'static str, port: u16, home: &Home) -> Person {
        Person::comes_by(&mut Command::new(CHATC), nick, port, home)
    }

    /// By a command that runs chatc.
    fn comes_by(command: &mut Command, nick: &'static str, port: u16, home: &Home) -> Person {
        let directory = home.path(nick);
        std::fs::create_dir_all(&directory).unwrap();
        let target = format!("{nick}@127.0.0.1:{port}");
        command.arg(target).arg("--log-dir").arg(home.path("")).current_dir(&directory);
        let program = Program::start(nick, command);
        let mut person = Person { nick, program, directory };
        person.hears("Welcome");
        person
    }

    fn hears(&mut self, text: &str) -> String {
        self.program.hears(text, PATIENCE * 4)
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// Opens a whisper session.
    fn whispers_with(&mut self, other: &mut Person) {
        self.program.types(&format!("/whisper {}", other.nick));
        self.hears("You whisper with");
        other.hears("whispers with you");
    }

    fn offers(&mut self, path: &Path, to: &mut Person) {
        self.program.types(&format!("/file {}", path.display()));
        self.hears("You offer");
        to.hears("offers you the file");
    }

    /// From the file to its copy.
    fn sends(&mut self, path: &Path, to: &mut Person) {
        self.offers(path, to);
        to.program.types("/accept copy");
        to.program.hears("is saved as copy", LONG);
        self.hears("has arrived");
        let copy = to.directory.join("copy");
        assert!(std::fs::read(path).unwrap() == std::fs::read(&copy).unwrap(), "another file has arrived");
        assert_eq!(to.files(), ["copy"]);
        let beside = to.directory.join("beside");
        std::fs::write(&beside, "").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&copy), mode(&beside));
        for file in [copy, beside] {
            std::fs::remove_file(file).unwrap();
        }
    }
}

/// Bytes that do not repeat, in a file.
fn file(home: &Home, name: &str, size: usize) -> PathBuf {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().update(name.as_bytes()).finalize_xof().fill(&mut bytes);
    let path = home.path(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Somebody who talks, and somebody who listens.
struct Bystanders {
    over: Arc<AtomicBool>,
    talks: thread::JoinHandle<(u64, Vec<Duration>)>,
    listener: Client,
}

impl Bystanders {
    fn come(daemon: &Daemon) -> Bystanders {
        let listener = Client::json(daemon.port, "Dave");
        let mut talker = Client::json(daemon.port, "Carol");
        let over: Arc<AtomicBool> = Arc::default();
        let told = Arc::clone(&over);
        let talks = thread::spawn(move || {
            let (mut said, mut took) = (0, Vec::new());
            while !told.load(Ordering::SeqCst) {
                let asked = Instant::now();
                talker.say(&format!("line {said}")).unwrap();
                took.push(asked.elapsed());
                said += 1;
            }
            (said, took)
        });
        Bystanders { over, talks, listener }
    }

    /// All that was said has been heard, in its order.
    fn leave(mut self, what: &str) {
        self.over.store(true, Ordering::SeqCst);
        let (said, mut took) = self.talks.join().unwrap();
        let mut next = 0;
        while next < said {
            let event = self.listener.event();
            if event["event"] == "message" {
                assert_eq!(event["text"], json!(format!("line {next}")));
                next += 1;
            }
        }
        took.sort_unstable();
        let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
        println!("{what}: {said} lines of a bystander, p50 {:?}, p99 {:?}", at(50), at(99));
    }
}

#[test]
fn files_go_directly_and_both_ways_round() {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let mut alice = Person::comes("Alice", daemon.port, &home);
    let mut bob = Person::comes("Bob", daemon.port, &home);
    alice.whispers_with(&mut bob);
    let bystanders = Bystanders::come(&daemon);
    for size in [0, 1, largest()] {
        let path = file(&home, "a file.bin", size);
        alice.sends(&path, &mut bob);
        bob.sends(&path, &mut alice);
    }
    bystanders.leave("direct");
    daemon.stop();
}

#[test]
fn files_go_through_the_server_where_they_must() {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    // The daemon sees neither where their programs listen.
    let wires = [2, 3].map(|last| Wire::start(daemon.port, [127, 0, 0, last], Cuts::default(), None));
    let mut alice = Person::comes("Alice", wires[0].port, &home);
    let mut bob = Person::comes("Bob", wires[1].port, &home);
    alice.whispers_with(&mut bob);
    let bystanders = Bystanders::come(&daemon);
    for size in [0, 1, largest()] {
        let path = file(&home, "a file.bin", size);
        alice.sends(&path, &mut bob);
        bob.sends(&path, &mut alice);
    }
    bystanders.leave("relayed");
    for wire in wires {
        let carried = wire.carried.load(Ordering::SeqCst);
        assert!(carried > 2 * u64::try_from(largest()).unwrap(), "{carried}");
    }
    daemon.stop();
}

#[test]
fn what_is_cut_goes_on_where_it_was() {
    const SIZE: u64 = 16 << 20;
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let path = file(&home, "a file.bin", usize::try_from(SIZE).unwrap());
    // Directly, or by the relay where that is not cut; then by the relay, cut at both ends.
    let direct = drawn(5, SIZE);
    let wire = Wire::to_receiver(daemon.port, &direct);
    let mut alice = Person::comes("Alice", daemon.port, &home);
    let mut bob = Person::comes("Bob", wire.port, &home);
    alice.whispers_with(&mut bob);
    let bystanders = Bystanders::come(&daemon);
    alice.sends(&path, &mut bob);
    assert!(direct.lock().unwrap().len() < 5, "nothing was cut");
    bystanders.leave("direct and cut");

    let wires = [2, 3].map(|last| Wire::start(daemon.port, [127, 0, 0, last], drawn(4, SIZE), None));
    let mut eve = Person::comes("Eve", wires[0].port, &home);
    let mut frank = Person::comes("Frank", wires[1].port, &home);
    eve.whispers_with(&mut frank);
    eve.sends(&path, &mut frank);
    assert!(wires.iter().all(|wire| wire.cuts_left() < 4), "nothing was cut");
    daemon.stop();
}

#[test]
fn either_side_cancels_on_the_way() {
    let home = Home::new("limits.rate = 0\nfiles.rate = \"512KiB\"");
    let daemon = home.start();
    let wires = [2, 3].map(|last| Wire::start(daemon.port, [127, 0, 0, last], Cuts::default(), None));
    let mut alice = Person::comes("Alice", wires[0].port, &home);
    let mut bob = Person::comes("Bob", wires[1].port, &home);
    alice.whispers_with(&mut bob);
    let path = file(&home, "a file.bin", 64 << 20);
    for sender in [true, false] {
        alice.offers(&path, &mut bob);
        bob.program.types("/accept");
        bob.hears("is on its way");
        eventually("the first bytes", PATIENCE, || {
            let name = bob.files().pop()?;
            (bob.directory.join(name).metadata().ok()?.len() > 0).then_some(())
        });
        let (one, other) = if sender { (&mut alice, &mut bob) } else { (&mut bob, &mut alice) };
        one.program.types("/cancel");
        one.hears("The file is cancelled.");
        other.hears("is no longer to be had");
        eventually("an empty directory", PATIENCE, || bob.files().is_empty().then_some(()));
    }
    alice.offers(&path, &mut bob);
    bob.program.types("/decline");
    alice.hears("was turned down");
    daemon.stop();
}

#[test]
fn nothing_is_overwritten_and_what_fails_leaves_nothing() {
    let home = Home::new("limits.rate = 0");
    let daemon = home.start();
    let mut alice = Person::comes("Alice", daemon.port, &home);
    let limited = ["--fsize=1000000", CHATC];
    let mut bob = Person::comes_by(Command::new("prlimit").args(limited), "Bob", daemon.port, &home);
    alice.whispers_with(&mut bob);
    alice.program.types("/file nowhere");
    alice.hears("there is no such file");
    let path = file(&home, "a file.bin", 2 << 20);
    alice.offers(&path, &mut bob);
    std::fs::write(bob.directory.join("a file.bin"), "mine").unwrap();
    bob.program.types("/accept");
    bob.hears("/accept NAME saves it under another name");
    bob.program.types("/accept ../b");
    bob.hears("without \"/\"");
    // Its files may not grow that large.
    bob.program.types("/accept b");
    bob.hears("there is not enough space left");
    alice.hears("there is not enough space left");
    assert_eq!(bob.files(), ["a file.bin"]);
    assert_eq!(std::fs::read(bob.directory.join("a file.bin")).unwrap(), b"mine");
    daemon.stop();
}

#[test]
fn a_script_waits_until_its_file_has_arrived() {
    let home = Home::new("");
    let daemon = home.start();
    let path = file(&home, "a file.bin", 300_000);
    for taken in [true, false] {
        let mut alice = Person::comes("Alice", daemon.port, &home);
        let mut bob = Person::comes("Bob", daemon.port, &home);
        alice.program.types("/whisper Bob");
        alice.program.types(&format!("/file '{}'", path.display()));
        alice.program.end_input();
        bob.hears("offers you the file");
        bob.program.types(if taken { "/accept" } else { "/decline" });
        alice.hears(if taken { "has arrived" } else { "was turned down" });
        let (code, notes) = alice.program.ends();
        assert_eq!(code, Some(i32::from(!taken)), "{notes:?}");
        assert_eq!(notes.iter().any(|note| note.contains("came to nothing")), !taken, "{notes:?}");
        assert_eq!(bob.files().len(), usize::from(taken));
        bob.program.end_input();
        bob.hears("has left lobby");
        assert_eq!(bob.program.ends().0, Some(0));
        std::fs::remove_dir_all(bob.directory).unwrap();
    }
    daemon.stop();
}
