//! Copies of a real file, while it is written.

use std::os::unix::fs::MetadataExt;
use std::time::Instant;

use super::*;
use crate::core::entry::{Entry, Job};
use crate::core::event::Message;
use crate::core::time::Wall;
use crate::store::{Durability, Writer};

const PATIENCE: Duration = Duration::from_secs(30);

struct Scene {
    directory: tempfile::TempDir,
    place: Place,
    writer: Writer,
    backups: Backups,
}

impl Scene {
    fn new() -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let place = Place { path: directory.path().join("chatd.db"), durability: Durability::Process };
        let writer = Writer::new(schema::open_for_writing(&place).unwrap());
        let backups = Backups::new(place.clone());
        Scene { directory, place, writer, backups }
    }

    fn keep(&mut self, text: &str) {
        let (room, from, text) = ("lobby".into(), "Alice".into(), text.to_owned());
        let message = Message { room, at: Wall(10), from, text, ..Message::default() };
        let entry = Entry::Message { message, author: None, mid: None, fires: None };
        self.writer.commit(&[Job { ticket: None, entry }]).unwrap();
    }

    fn begin(&mut self) -> u64 {
        let report = self.backups.answer(BackupAsked::Begin);
        assert!(matches!(report.stage, Stage::Copying { .. }), "{report:?}");
        report.backup
    }

    /// What it comes to, and how often somebody spoke meanwhile.
    fn end(&mut self, backup: u64) -> (Stage, u64) {
        let (begun, mut said) = (Instant::now(), 0);
        loop {
            let stage = self.backups.answer(BackupAsked::State { backup }).stage;
            if !matches!(stage, Stage::Copying { .. } | Stage::Checking { .. }) {
                return (stage, said);
            }
            assert!(begun.elapsed() < PATIENCE, "{stage:?}");
            self.keep("meanwhile");
            said += 1;
        }
    }

    fn fetch(&mut self, backup: u64) -> Vec<u8> {
        let (mut bytes, mut after) = (Vec::new(), 0);
        loop {
            let stage = self.backups.answer(BackupAsked::Piece { backup, after }).stage;
            let Stage::Piece { data, next } = stage else { panic!("{stage:?}") };
            bytes.extend(data);
            let Some(next) = next else { return bytes };
            assert_eq!(next, bytes.len() as u64);
            after = next;
        }
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with("chatd.db"));
        names.sort();
        names
    }

    /// Waits until the directory has these files beside the database.
    fn comes_to(&self, names: &[&str]) {
        let begun = Instant::now();
        while self.names() != names {
            assert!(begun.elapsed() < PATIENCE, "{:?}", self.names());
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_copy_is_of_one_moment_and_one_file() {
    let mut scene = Scene::new();
    for _ in 0..40 {
        scene.keep(&"long ago ".repeat(20_000));
    }
    let before = scene.writer.anchor().unwrap();
    let backup = scene.begin();
    let (stage, said) = scene.end(backup);
    let Stage::Ready { size, sha256, anchor } = stage else { panic!("{stage:?}") };
    assert!(anchor.record >= before.record && said > 0, "{anchor}, {said} meanwhile");
    assert_eq!(scene.names(), [".chatd.db.backup-1.part"]);
    let path = scene.directory.path().join(".chatd.db.backup-1.part");
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);

    let bytes = scene.fetch(backup);
    assert_eq!(bytes.len() as u64, size);
    let hex: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, sha256);
    assert_eq!(scene.names(), [] as [&str; 0], "nothing is left of it");
    // Nothing beside it is needed, and nothing comes beside it.
    let copy = scene.directory.path().join("copy");
    std::fs::write(&copy, &bytes).unwrap();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let opened = Connection::open_with_flags(&copy, flags).unwrap();
    let link = "SELECT id, link FROM chain ORDER BY id DESC LIMIT 1";
    let newest = opened.query_row(link, [], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).unwrap();
    assert_eq!(newest, (anchor.record.cast_signed(), anchor.link));
    assert_eq!(scene.names(), ["copy"]);
    // The writer has the whole of it.
    let there: i64 =
        scene.writer.connection().query_row("SELECT COUNT(*) FROM messages", [], |row| row.get(0)).unwrap();
    assert_eq!(there.cast_unsigned(), 40 + said);
}

#[test]
fn what_nobody_wants_any_more_is_removed() {
    let mut scene = Scene::new();
    scene.keep("here");
    let first = scene.begin();
    scene.backups.answer(BackupAsked::Forget);
    scene.comes_to(&[]);
    let second = scene.begin();
    let third = scene.begin();
    for unknown in [first, second, 0, 9] {
        let asked = BackupAsked::State { backup: unknown };
        assert_eq!(scene.backups.answer(asked).stage, Stage::Unknown);
        let asked = BackupAsked::Piece { backup: unknown, after: 0 };
        assert_eq!(scene.backups.answer(asked).stage, Stage::Unknown);
    }
    let (stage, _) = scene.end(third);
    assert!(matches!(stage, Stage::Ready { .. }), "{stage:?}");
    scene.comes_to(&[".chatd.db.backup-3.part"]);
    let beyond = scene.backups.answer(BackupAsked::Piece { backup: third, after: u64::MAX });
    assert_eq!(beyond.stage, Stage::Piece { data: Vec::new(), next: None });
    scene.comes_to(&[]);
}

#[test]
fn what_a_killed_daemon_left_is_removed_and_nothing_else() {
    let scene = Scene::new();
    let name = |name: &str| scene.directory.path().join(name);
    for file in
        [".chatd.db.backup-7.part", ".chatd.db.backup-7.part-wal", ".chatd.db.backup-x.part", "backup.part"]
    {
        std::fs::write(name(file), "x").unwrap();
    }
    remove_leftovers(&scene.place.path);
    assert_eq!(scene.names(), [".chatd.db.backup-x.part", "backup.part"]);
    assert!(scene.place.path.exists());
}

#[test]
fn a_history_that_was_changed_is_not_copied_as_if_it_were_sound() {
    let mut scene = Scene::new();
    scene.keep("here");
    scene.writer.connection().execute("UPDATE messages SET text = 'there'", []).unwrap();
    let backup = scene.begin();
    let begun = Instant::now();
    let why = loop {
        let stage = scene.backups.answer(BackupAsked::State { backup }).stage;
        match stage {
            Stage::Failed { why } => break why,
            other => assert!(begun.elapsed() < PATIENCE, "{other:?}"),
        }
    };
    assert!(why.contains("record 2 of its chain is altered"), "{why}");
    scene.comes_to(&[]);
    assert_eq!(scene.backups.answer(BackupAsked::State { backup }).stage, Stage::Unknown);
}

#[test]
fn the_log_of_another_database_is_not_taken_for_its_own() {
    let mut scene = Scene::new();
    scene.keep("before");
    let backup = scene.begin();
    let (stage, _) = scene.end(backup);
    assert!(matches!(stage, Stage::Ready { .. }), "{stage:?}");
    let bytes = scene.fetch(backup);
    let log = scene.directory.path().join("chatd.db-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0, "the log of the running one");
    schema::refuse_foreign_log(&scene.place).unwrap();
    // The daemon was killed, and somebody put the copy there alone.
    let saved = std::fs::read(&log).unwrap();
    drop(scene.writer);
    std::fs::write(&scene.place.path, &bytes).unwrap();
    std::fs::write(&log, saved).unwrap();
    let refused = schema::refuse_foreign_log(&scene.place).unwrap_err().to_string();
    assert!(refused.contains("move") && refused.contains("chatd.db-wal"), "{refused}");
    std::fs::rename(&log, scene.directory.path().join("away")).unwrap();
    schema::refuse_foreign_log(&scene.place).unwrap();
    let mut writer = Writer::new(schema::open_for_writing(&scene.place).unwrap());
    assert!(writer.anchor().unwrap().record > 1);
}
