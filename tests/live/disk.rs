//! A disk that is full, read-only, broken, locked, gone, or does not answer.
//!
//! Knows the replies and the database. Why the same check ends each test: in every
//! trouble nothing acknowledged may be lost, and nobody may see what is not kept.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chatd::limits::STORE_LOG_BYTES_KEPT;
use rustix::process::Signal;
use serde_json::json;

use crate::live_support::client::Client;
use crate::live_support::daemon::{Daemon, Home};
use crate::live_support::program::{must, need, output, run, said};
use crate::live_support::{PATIENCE, eventually, is_root};

/// Nobody is slowed down, and who comes late is shown nothing of before.
const QUIET: &str = "limits.rate = 0\nrooms.replay = 0";

/// Two people, what one has been told is kept, and what the other has seen.
struct Talk {
    bot: Client,
    bob: Client,
    acked: Vec<String>,
    seen: Vec<String>,
    count: u32,
}

impl Talk {
    fn begin(daemon: &Daemon) -> Talk {
        let mut bob = Client::text(daemon.port, "Bob");
        let bot = Client::json(daemon.port, "bot");
        bob.reads("[Server]: bot has joined lobby.");
        Talk { bot, bob, acked: Vec::new(), seen: Vec::new(), count: 0 }
    }

    /// Says something new of about `bytes`; gives the code of a refusal.
    fn say(&mut self, bytes: usize) -> Result<(), String> {
        self.count += 1;
        let text = format!("{} {}", self.count, "x".repeat(bytes));
        self.bot.say(&text)?;
        self.acked.push(text);
        Ok(())
    }

    fn says(&mut self) {
        self.say(1).unwrap_or_else(|code| panic!("refused: {code}"));
    }

    fn is_refused(&mut self) {
        assert_eq!(self.say(1), Err("storage_unavailable".to_owned()));
    }

    /// Bob reads all that has been said so far.
    fn hear(&mut self) {
        self.bob.says("/timestamps off");
        loop {
            let line = self.bob.next();
            if line == "[Server]: Timestamps are off." {
                return;
            }
            self.seen.extend(line.strip_prefix("bot >> ").map(str::to_owned));
        }
    }

    /// Waits until talk is taken again.
    fn recovers(&mut self, daemon: &Daemon) {
        eventually("the disk's recovery", PATIENCE, || (daemon.storage() == "ok").then_some(()));
        self.says();
    }

    /// What does not need the disk works meanwhile.
    fn life_goes_on(&mut self, daemon: &Daemon, state: &str) {
        assert_eq!(daemon.storage(), state);
        let mut late = Client::text(daemon.port, "Late");
        late.says("/user");
        late.reads("[Server]: 3 users in lobby: Bob, bot, Late");
        late.says("is it kept?");
        let told = late.next();
        assert!(told.starts_with("[Server]: Error: it was not saved"), "{told}");
        late.says("/quietquit");
        late.ends();
        self.bob.reads("[Server]: Late has joined lobby.");
    }

    /// Ends the daemon and compares.
    fn check(mut self, home: &Home, daemon: Daemon) {
        self.hear();
        daemon.stop();
        let kept = home.texts();
        let all: BTreeSet<&String> = kept.iter().collect();
        assert_eq!(all.len(), kept.len(), "something was kept twice");
        assert!(self.seen.len() >= self.acked.len(), "acknowledged and not heard");
        for text in &self.acked {
            assert!(all.contains(text), "{text:.20} was acknowledged and is lost");
        }
        for text in &self.seen {
            assert!(all.contains(text), "{text:.20} was seen and is not kept");
        }
        let sound: String =
            home.open_database().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
}

/// A small file system of this test's own.
struct SmallDisk {
    place: tempfile::TempDir,
}

impl SmallDisk {
    fn mount() -> SmallDisk {
        assert!(is_root(), "this test mounts a file system: run it as root");
        let place = tempfile::Builder::new().prefix("chatd-disk-").tempdir().unwrap();
        let shown = place.path().display().to_string();
        must("mount", "mount", &["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", &shown]);
        SmallDisk { place }
    }

    fn path(&self) -> &Path {
        self.place.path()
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut file = File::create(self.path().join("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a daemon of a failed test may still be ending.
        let _ = run("umount", &["--lazy", &self.path().display().to_string()]);
    }
}

#[test]
fn a_full_disk_refuses_talk_until_there_is_space_again() {
    let disk = SmallDisk::mount();
    let home = Home::new(QUIET).database_in(disk.path());
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    for _ in 0..3 {
        talk.says();
        disk.fill();
        // What is left of pages that are there already takes a few more.
        let refused = (0..1000).find_map(|_| talk.say(1000).err());
        assert_eq!(refused.as_deref(), Some("storage_unavailable"));
        let log = daemon.logs("the database cannot be written", PATIENCE);
        assert!(log.contains("full"), "{log}");
        talk.hear();
        talk.life_goes_on(&daemon, "degraded");
        disk.free();
        talk.recovers(&daemon);
    }
    let log = daemon.log();
    assert_eq!(log.matches("the database cannot be written").count(), 3, "once for each time: {log}");
    talk.check(&home, daemon);
}

#[test]
fn a_backup_leaves_room_for_talk() {
    let disk = SmallDisk::mount();
    let home = Home::new(QUIET).database_in(disk.path());
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    let copy = home.path("copy.db").display().to_string();
    let refused = daemon.chatctl(&["backup", &copy]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("has too little room: the copy takes 1 MiB more"), "{}", said(&refused));
    assert!(!home.path("copy.db").exists() && !home.path("copy.db.part").exists());
    let names = std::fs::read_dir(disk.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        names.filter(|name| name.to_string_lossy().contains("backup")).count() == 0,
        "nothing is left of it"
    );
    assert_eq!(daemon.storage(), "ok");
    talk.says();
    talk.check(&home, daemon);
}

#[test]
fn an_upgrade_needs_room_for_its_copy() {
    let disk = SmallDisk::mount();
    let home = Home::new("").database_in(disk.path());
    let old = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/store/v1.db");
    std::fs::copy(old, home.database()).unwrap();
    let (code, said) = home.refuses();
    assert_eq!(code, Some(1));
    assert!(said.contains("has too little room: the copy takes 1 MiB more"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    let version: i64 = home.open_database().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
    let names = std::fs::read_dir(disk.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().contains("before")).count(), 0);
}

/// A daemon on a disk whose faults are a word in a file.
pub fn faulty(keys: &str) -> (Home, PathBuf) {
    let home = Home::new(keys);
    let shim = home.path("faults.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live_support/faults.c");
    let mut compiler = Command::new(need("gcc", "gcc"));
    let built =
        output(compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-o"]).arg(&shim).arg(source).arg("-ldl"));
    assert!(
        built.status.success(),
        "the shim cannot be built (Debian packages gcc, libc6-dev): {}",
        said(&built)
    );
    let faults = home.path("faults");
    let below = home.path("chatd.db").display().to_string();
    let home = home
        .environment("LD_PRELOAD", &shim.display().to_string())
        .environment("FAULTS", &faults.display().to_string())
        .environment("FAULTS_BELOW", &below);
    (home, faults)
}

pub fn set(faults: &Path, word: &str) {
    std::fs::write(faults, word).unwrap();
}

#[test]
fn a_disk_that_is_read_only_or_broken_for_a_while() {
    let (home, faults) = faulty(QUIET);
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    for word in ["readonly", "broken", "readonly"] {
        talk.says();
        talk.hear();
        set(&faults, word);
        talk.is_refused();
        talk.life_goes_on(&daemon, "degraded");
        talk.is_refused();
        set(&faults, "");
        talk.recovers(&daemon);
    }
    talk.check(&home, daemon);
}

#[test]
fn a_disk_that_hangs_ends_the_daemon_with_exit_code_1() {
    let (home, faults) = faulty(QUIET);
    let mut daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    talk.hear();
    set(&faults, "hang");
    let asked = talk.bot.asks(json!({"cmd": "say", "text": "on its way"}));
    talk.bob.says("/user");
    talk.bob.reads("[Server]: 2 users in lobby: Bob, bot");
    let begin = Instant::now();
    daemon.signal(Signal::TERM);
    let status = daemon.ends_within(PATIENCE);
    assert_eq!(status.code(), Some(1), "{}", daemon.log());
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    talk.bob.reads("[Server]: The server is shutting down.");
    talk.bob.ends();
    let answer = talk.bot.reply(asked, PATIENCE);
    assert!(!answer.is_ok_and(|answer| answer.get("ok").is_some()), "a false acknowledgement");

    // It may be kept, or not; what was acknowledged is.
    set(&faults, "");
    let daemon = home.start();
    daemon.rule(&["ping"]);
    daemon.stop();
    assert_eq!(&home.texts()[..1], &talk.acked[..]);
}

#[test]
fn a_disk_that_hangs_for_a_while() {
    let (home, faults) = faulty(QUIET);
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    talk.hear();
    set(&faults, "hang");
    let text = "on its way";
    let asked = talk.bot.asks(json!({"cmd": "say", "text": text}));
    daemon.logs("the disk has not answered", PATIENCE);
    talk.life_goes_on(&daemon, "stalled");
    set(&faults, "");
    let answer = talk.bot.reply(asked, PATIENCE).unwrap();
    assert!(answer.get("ok").is_some(), "{answer}");
    talk.acked.push(text.to_owned());
    talk.recovers(&daemon);
    talk.check(&home, daemon);
}

#[test]
fn somebody_elses_lock_on_the_database() {
    let home = Home::new(QUIET);
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    talk.hear();

    // Short: it is waited for.
    let outside = home.open_database();
    outside.execute_batch("BEGIN IMMEDIATE").unwrap();
    let asked = talk.bot.asks(json!({"cmd": "say", "text": "patience"}));
    talk.bob.says("/user");
    talk.bob.reads("[Server]: 2 users in lobby: Bob, bot");
    outside.execute_batch("ROLLBACK").unwrap();
    assert!(talk.bot.reply(asked, PATIENCE).unwrap().get("ok").is_some());
    talk.acked.push("patience".to_owned());
    talk.hear();

    // Long: it is refused, and never kept behind somebody's back. What is under way before it
    // shares its five seconds.
    outside.execute_batch("BEGIN IMMEDIATE").unwrap();
    talk.bob.says("/user");
    talk.bob.reads("[Server]: 2 users in lobby: Bob, bot");
    let begin = Instant::now();
    let asked = talk.bot.asks(json!({"cmd": "say", "text": "in vain"}));
    let answer = talk.bot.reply(asked, PATIENCE).unwrap();
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    assert_eq!(answer["error"]["code"], json!("storage_unavailable"), "{answer}");
    talk.life_goes_on(&daemon, "degraded");
    outside.execute_batch("ROLLBACK").unwrap();
    talk.recovers(&daemon);
    assert!(!home.texts().contains(&"in vain".to_owned()), "refused, and kept all the same");
    talk.check(&home, daemon);
}

#[test]
fn somebody_elses_long_look_at_the_database() {
    let home = Home::new(QUIET);
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    let outside = home.open_database();
    outside.execute_batch("BEGIN; SELECT COUNT(*) FROM messages").unwrap();
    let bytes = || std::fs::metadata(home.path("chatd.db-wal")).unwrap().len() as i64;
    while bytes() <= STORE_LOG_BYTES_KEPT {
        talk.say(1900).unwrap();
    }
    // What it holds back is given back to the disk when it ends.
    outside.execute_batch("COMMIT").unwrap();
    eventually("the log's new beginning", PATIENCE, || {
        talk.says();
        (bytes() <= STORE_LOG_BYTES_KEPT).then_some(())
    });
    talk.check(&home, daemon);
}

#[test]
fn a_database_that_is_moved_under_the_daemon() {
    let home = Home::new(QUIET);
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    let aside = home.path("aside.db");
    std::fs::rename(home.database(), &aside).unwrap();
    // The writer looks each ten seconds, when there is something to write.
    let alarm = eventually("the alarm", Duration::from_secs(13), || talk.say(1).err());
    assert_eq!(alarm, "storage_unavailable");
    let log = daemon.logs("was moved, removed or replaced", PATIENCE);
    assert!(log.contains(&home.database().display().to_string()), "{log}");
    talk.hear();
    talk.life_goes_on(&daemon, "degraded");
    assert!(!home.database().exists(), "no other database is begun in its place");

    // Back in its place it is the same one.
    std::fs::rename(&aside, home.database()).unwrap();
    talk.recovers(&daemon);
    talk.check(&home, daemon);
}

#[test]
fn a_database_that_is_removed_under_the_daemon() {
    let home = Home::new(QUIET);
    let daemon = home.start();
    let mut talk = Talk::begin(&daemon);
    talk.says();
    std::fs::remove_file(home.database()).unwrap();
    let alarm = eventually("the alarm", Duration::from_secs(13), || talk.say(1).err());
    assert_eq!(alarm, "storage_unavailable");
    daemon.logs("was moved, removed or replaced", PATIENCE);
    talk.hear();
    talk.life_goes_on(&daemon, "degraded");
    // Somebody else's database is not written to either, whatever inode it gets.
    std::fs::write(home.database(), "").unwrap();
    // Time for it to try again twice (it does so each second).
    std::thread::sleep(Duration::from_secs(2));
    talk.is_refused();
    daemon.stop();
    assert_eq!(std::fs::metadata(home.database()).unwrap().len(), 0, "it was written to");
}
