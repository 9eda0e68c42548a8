//! Databases of every version there was, opened by this one.
//!
//! Knows what stands in each of them. Why they are files and not made anew for each run: what is in the field does
//! not change with the code either.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::core::chain::Mark;
use crate::core::entry::{
    Author, CommandRecord, EditTerms, Entry, HistoryQuery, Job, Outcome, Page, PastRoom, Query, Rows,
    Schedule, SearchQuery, Ticket,
};
use crate::core::event::{Edit, Message, MessageKind};
use crate::core::held::{SeatRow, SessionRow};
use crate::core::lang::Lang;
use crate::core::name::{self, Name};
use crate::core::query::parse;
use crate::core::reads::ReadMark;
use crate::core::room::RoomRow;
use crate::core::sanctions::{Sanction, SanctionKind, Who};
use crate::core::time::{Mono, Wall};
use crate::store::chain::{Chain, Key, Kind, MessageBody, VersionBody};
use crate::store::{
    Answer, Durability, Place, Store, Writer, index, lock, page, reads, rooms, sanctions, schedules, schema,
    sessions,
};

#[path = "upgrade_fixtures.rs"]
mod fixtures;
use fixtures::*;

/// Tables and indexes, as `sqlite3 .schema` would show them.
fn shape(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut all = connection.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

fn empty(version: usize) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    migrations().to_version(&mut connection, version).unwrap();
    connection
}

fn user_version(connection: &Connection) -> usize {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    usize::try_from(version).unwrap()
}

/// A directory with a copy of the fixture, where a daemon would have its database.
fn copied(version: usize) -> (tempfile::TempDir, Place) {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { path: dir.path().join("chatd.db"), durability: Durability::Process };
    std::fs::copy(fixture(version), &place.path).unwrap();
    (dir, place)
}

#[test]
fn there_is_a_fixture_of_each_version() {
    for version in 1..=VERSIONS.len() {
        let file = fixture(version);
        if !file.exists() && std::env::var("FIXTURES").as_deref() == Ok("make") {
            make_fixture(version);
        }
        assert!(file.exists(), "{} is missing: see the README beside it", file.display());
        let connection = schema::open_for_reading(&Place { path: file, durability: Durability::Process });
        let connection = connection.unwrap();
        assert_eq!(user_version(&connection), version);
        assert_eq!(shape(&connection), shape(&empty(version)), "version {version} was released otherwise");
    }
}

#[test]
fn every_version_goes_on() {
    for version in 1..=VERSIONS.len() {
        let (_dir, place) = copied(version);
        let (mut store, rows) = Store::open(place.clone(), lock::take(&place.path).unwrap(), Arc::new(|| ()))
            .unwrap_or_else(|error| panic!("version {version}: {error}"));
        starts_from(version, &rows);
        let before = last(version);
        let mut go_on = say("Lobby", LATER, "계속합니다");
        go_on.ticket = Some(Ticket(1));
        store.record(Mono(0), vec![go_on]);
        assert_eq!(stored(&mut store), [Outcome::Kept(before + 1)], "version {version}");
        assert!(store.close(Duration::from_secs(60)));

        let connection = schema::open_for_writing(&place).unwrap();
        assert_eq!(user_version(&connection), VERSIONS.len());
        assert_eq!(shape(&connection), shape(&empty(VERSIONS.len())));
        has_all(version, &connection);
        while index::step(&connection).unwrap() > 0 {}
        finds_all(version, &connection);
        is_proven(version, &connection);
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "version {version}");
        // What it was is beside it, whole.
        let old = name(&place.path, i64::try_from(version).unwrap());
        assert_eq!(old.exists(), version < VERSIONS.len(), "version {version}");
        if old.exists() {
            is_copy_of_fixture(version, &old);
        }
    }
}

/// The last seq of the lobby.
fn last(version: usize) -> u64 {
    match version {
        1 => 3,
        ROOMS | RECURRENCE => 5,
        CHAINED => 6,
        _later => 7,
    }
}

fn stored(store: &mut Store) -> Vec<Outcome> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match store.poll() {
            Some(Answer::Batch { stored, .. }) => {
                return stored.into_iter().map(|stored| stored.outcome).collect();
            }
            Some(other) => panic!("{other:?}"),
            None => std::thread::yield_now(),
        }
        assert!(Instant::now() < deadline, "the store does not answer");
    }
}

fn starts_from(version: usize, rows: &Rows) {
    let run = rows.run;
    assert!(run > 7, "version {version}: run {run}");
    let since = |first: usize| version >= first;
    assert_eq!(rows.rooms, if since(ROOMS) { vec![(den(), 1)] } else { vec![] });
    let past = |room: &str, last| PastRoom { room: room.into(), last, private: false, floor: 0 };
    let mut left = vec![past("lobby", last(version))];
    if since(EXPIRY) {
        left.insert(0, past("attic", 2));
    }
    assert_eq!(rows.past, left, "version {version}");
    assert_eq!(rows.sanctions, if since(ROOMS) { vec![ban()] } else { vec![] });
    assert_eq!(rows.reads, if since(ROOMS) { vec![mark()] } else { vec![] });
    assert_eq!(rows.sessions, if since(RESUMED) { vec![zoe()] } else { vec![] });
    let later = Schedule {
        schedule: 3,
        room: "lobby".into(),
        from: "Bob".into(),
        text: "later".into(),
        due: Wall(LATER),
        made: Wall(20),
        missed: false,
        rule: None,
        skipped: None,
    };
    assert_eq!(rows.schedules[0], later);
    assert_eq!(rows.last_schedule, if since(RECURRENCE) { 5 } else { 4 });
    let rules: Vec<_> =
        rows.schedules[1..].iter().map(|one| (&*one.text, one.rule.clone().unwrap())).collect();
    assert_eq!(rules.len(), usize::from(since(RECURRENCE)));
    for (text, rule) in rules {
        assert_eq!((text, rule.zone.as_deref(), rule.every.word()), ("체조", Some("Asia/Seoul"), "daily"));
    }
}

fn has_all(version: usize, connection: &Connection) {
    let mut expected = vec![
        (1, "Alice", MessageKind::Say, "hi", vec![]),
        (2, "Bob", MessageKind::Action, "waves", vec![]),
        (3, "철수", MessageKind::Say, "회의는 세 시입니다", vec![]),
    ];
    if version >= ROOMS {
        expected.push((4, "Alice", MessageKind::Say, "second thoughts", vec!["thoughts"]));
        expected.push((5, "Alice", MessageKind::Say, "", vec!["unsaid"]));
    }
    if version >= CHAINED {
        expected.push((6, "Alice", MessageKind::Say, "linked, better", vec!["linked"]));
    }
    if version >= SEARCHED {
        expected.push((7, "Alice", MessageKind::Say, "색인된 낱말", vec!["unindexed"]));
    }
    expected.push((last(version) + 1, "Alice", MessageKind::Say, "계속합니다", vec![]));
    let found = history(connection, "lobby");
    let found: Vec<_> = found
        .iter()
        .map(|m| {
            let versions = m.versions.iter().map(|version| &*version.text).collect();
            (m.seq.unwrap(), &*m.from, m.kind, &*m.text, versions)
        })
        .collect();
    assert_eq!(found, expected, "version {version}");
    assert_eq!(history(connection, "den").len(), usize::from(version >= ROOMS));
    assert_eq!(history(connection, "attic"), []);
    let count = |table: &str| -> i64 {
        connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("whispers"), count("client_ids")), (1, 1));
    assert_eq!(count("commands"), if version >= CHAINED { 2 } else { 1 });
    assert_eq!(schedules::last(connection).unwrap(), if version >= RECURRENCE { 5 } else { 4 });
}

fn history(connection: &Connection, room: &str) -> Vec<Message> {
    let asked = HistoryQuery {
        room: room.into(),
        floor: 0,
        versions: true,
        before: None,
        after: None,
        from: None,
        since: None,
        until: None,
        limit: 99,
    };
    match page(connection, &Query::History(asked)).unwrap() {
        Page::History { messages, more: false } => messages,
        other => panic!("{other:?}"),
    }
}

fn finds_all(version: usize, connection: &Connection) {
    let found = |words: &str| -> Vec<u64> {
        let wanted = parse(words).unwrap().wanted;
        let room = Some("lobby".into());
        let asked = SearchQuery { wanted, room, floor: 0, from: None, since: None, before: None, limit: 9 };
        match page(connection, &Query::Search(asked)).unwrap() {
            Page::Search(search) => {
                assert!(!search.partial);
                search.found.iter().filter_map(|found| found.message.seq).collect()
            }
            other => panic!("{other:?}"),
        }
    };
    let only = |seq, since| if version >= since { vec![seq] } else { vec![] };
    assert_eq!((found("waves"), found("회의")), (vec![2], vec![3]), "version {version}");
    assert_eq!((found("thoughts"), found("unsaid")), (only(4, ROOMS), vec![]), "version {version}");
    assert_eq!((found("better"), found("낱말")), (only(6, CHAINED), only(7, SEARCHED)), "version {version}");
    assert_eq!((found("unindexed"), found("계속")), (vec![], vec![last(version) + 1]), "version {version}");
}

fn is_proven(version: usize, connection: &Connection) {
    let query = Query::Verify { from: Mark::default(), until: None };
    let Page::Verified(found) = page(connection, &query).unwrap() else { panic!("no verification") };
    assert_eq!((found.fault, found.next), (None, None), "version {version}");
    // What was there before the chain came is in it as it was found then.
    let (older, later, expired) = match version {
        1 => (4, 1, 0),
        ROOMS | RECURRENCE => (9, 1, 0),
        CHAINED => (9, 4, 0),
        SEARCHED => (9, 6, 0),
        _later => (9, 9, 2),
    };
    assert_eq!((found.older, found.checked, found.expired), (older, 1 + older + later, expired), "{version}");
}

fn is_copy_of_fixture(version: usize, copy: &Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
    let dump = |path: &Path| {
        let connection = Connection::open(path).unwrap();
        let mut rows = connection.prepare("SELECT * FROM messages ORDER BY id").unwrap();
        let columns = rows.column_count();
        let rows = rows.query_map([], |row| {
            (0..columns)
                .map(|column| row.get::<_, rusqlite::types::Value>(column))
                .collect::<rusqlite::Result<Vec<_>>>()
        });
        let rows: Vec<_> = rows.unwrap().collect::<rusqlite::Result<_>>().unwrap();
        (user_version(&connection), shape(&connection), rows)
    };
    assert!(dump(copy) == dump(&fixture(version)), "the copy of version {version} is another one");
}

#[test]
fn an_upgrade_that_is_cut_off_anywhere_leaves_the_old_version() {
    let mut steps = 0;
    loop {
        let (_dir, place) = copied(1);
        let mut connection = Connection::open(&place.path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        let mut left = steps;
        let cut = move || {
            left -= 1;
            left < 0
        };
        // SQLite asks after each operation, and fails as at an error of the disk.
        connection.progress_handler(1, Some(cut)).unwrap();
        let done = migrations().to_latest(&mut connection).is_ok();
        drop(connection);
        let connection = Connection::open(&place.path).unwrap();
        let version = if done { VERSIONS.len() } else { 1 };
        assert_eq!(user_version(&connection), version, "after {steps} steps");
        assert_eq!(shape(&connection), shape(&empty(version)), "after {steps} steps");
        drop(connection);
        if done {
            assert!(steps > 1_000, "it was never cut off");
            return;
        }
        // The next start does it all.
        if steps % 500 == 0 {
            drop(schema::open_for_writing(&place).unwrap());
        }
        steps += 97;
    }
}

#[test]
fn a_disk_without_room_for_the_copy_changes_nothing() {
    let (dir, place) = copied(3);
    // Nothing can be made under a name that a directory has.
    let taken = name(&place.path, 3);
    std::fs::create_dir(&taken).unwrap();
    let refused = schema::open_for_writing(&place).unwrap_err().to_string();
    assert!(
        refused.contains("could not be copied to") && refused.ends_with("nothing was changed"),
        "{refused}"
    );
    assert_eq!(user_version(&Connection::open(&place.path).unwrap()), 3);
    let part = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().ends_with(".part");
    assert!(
        !std::fs::read_dir(dir.path()).unwrap().flatten().any(|entry| part(&entry)),
        "half a copy is left"
    );
    std::fs::remove_dir(&taken).unwrap();
    // What an earlier attempt has left is no copy.
    std::fs::write(dir.path().join("chatd.db.before-v3.part"), "half").unwrap();
    schema::open_for_writing(&place).unwrap();
    is_copy_of_fixture(3, &taken);
}

#[test]
fn who_goes_back_to_an_older_chatd_is_told_of_the_copy() {
    let (_dir, place) = copied(2);
    drop(schema::open_for_writing(&place).unwrap());
    let newer = VERSIONS.len() + 1;
    let connection = Connection::open(&place.path).unwrap();
    connection.pragma_update(None, "user_version", i64::try_from(newer).unwrap()).unwrap();
    drop(connection);
    let refused = schema::open_for_writing(&place).unwrap_err().to_string();
    let expected = format!("; as it was before an upgrade it is in {}", name(&place.path, 2).display());
    assert!(refused.contains("was made by a newer chatd") && refused.ends_with(&expected), "{refused}");
    assert_eq!(user_version(&Connection::open(&place.path).unwrap()), newer);
}
