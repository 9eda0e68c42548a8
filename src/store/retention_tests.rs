//! What goes and what stays, step by step, and that everything else bears it.
//!
//! Knows the writer as its thread does. Why steps are counted: how long one takes is the machine's.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::*;
use crate::core::backup::{BackupAsked, Stage as BackupStage};
use crate::core::chain::{Fault, Mark, Subject, Verified, Wrong};
use crate::core::entry::{
    CommandRecord, EditTerms, Entry, HistoryQuery, Job, Outcome, Page, PastRoom, Query, SearchQuery,
};
use crate::core::event::{Edit, Message};
use crate::core::export::ExportMark;
use crate::core::name::Name;
use crate::core::query::parse;
use crate::core::room::RoomRow;
use crate::limits::{RETENTION_RECORDS_PER_STEP, STORE_BATCH_MAX, VERIFY_RECORDS_MAX};
use crate::store::backup::Backups;
use crate::store::worker::{Outlet, WriterThread};
use crate::store::{Answer, Durability, Place, page, schema};

fn writer() -> Writer {
    Writer::new(schema::open_in_memory(None).unwrap())
}

fn job(entry: Entry) -> Job {
    Job { ticket: None, entry }
}

fn say(room: &str, at: i64, text: &str) -> Job {
    let (room, from) = (room.into(), "Alice".into());
    let message = Message { room, at: Wall(at), from, text: text.into(), ..Message::default() };
    job(Entry::Message { message, author: None, mid: None, fires: None })
}

fn edit(room: &str, seq: u64, text: Option<&str>) -> Job {
    let (by, from) = ("Mod".into(), Name::default());
    let edit = Edit { room: room.into(), seq, at: Wall(90), by, from, text: text.map(str::to_owned) };
    job(Entry::Edit { edit, terms: EditTerms::Moderator })
}

fn command(at: i64) -> Job {
    job(Entry::Command(CommandRecord {
        at: Wall(at),
        actor: "Alice".into(),
        door: "text 192.0.2.7".into(),
        command: "kick".into(),
        args: "Bob".into(),
        outcome: "ok".into(),
    }))
}

fn retain(before: Option<i64>, bytes_max: Option<u64>) -> Job {
    job(Entry::Retain { before: before.map(Wall), bytes_max })
}

/// Lets all that is too old go, and counts the steps.
fn expire(writer: &mut Writer, before: i64) -> u32 {
    writer.commit(&[retain(Some(before), None)]).unwrap();
    finish(writer)
}

fn finish(writer: &mut Writer) -> u32 {
    let mut steps = 1;
    while writer.expire_step().unwrap() {
        steps += 1;
    }
    steps
}

fn history(writer: &Writer, room: &str, change: impl FnOnce(&mut HistoryQuery)) -> (Vec<u64>, bool) {
    let mut asked = HistoryQuery {
        room: room.into(),
        floor: 0,
        versions: true,
        before: None,
        after: None,
        from: None,
        since: None,
        until: None,
        limit: 9,
    };
    change(&mut asked);
    match page(writer.connection(), &Query::History(asked)).unwrap() {
        Page::History { messages, more } => (messages.iter().filter_map(|m| m.seq).collect(), more),
        other => panic!("{other:?}"),
    }
}

fn search(writer: &Writer, room: Option<&str>, words: &str) -> Vec<u64> {
    let asked = parse(words).unwrap();
    let asked = SearchQuery {
        wanted: asked.wanted,
        room: room.map(Name::from),
        floor: 0,
        from: None,
        since: Some(Wall(0)),
        before: None,
        limit: 9,
    };
    match page(writer.connection(), &Query::Search(asked)).unwrap() {
        Page::Search(search) => search.found.iter().filter_map(|found| found.message.seq).collect(),
        other => panic!("{other:?}"),
    }
}

fn verified(writer: &Writer) -> Verified {
    let (mut from, mut checked, mut expired) = (Mark::default(), 0, 0);
    loop {
        let Page::Verified(page) = page(writer.connection(), &Query::Verify { from, until: None }).unwrap()
        else {
            panic!("no page")
        };
        (checked, expired) = (checked + page.checked, expired + page.expired);
        match page.next {
            Some(next) => from = next,
            None => return Verified { checked, expired, ..*page },
        }
    }
}

/// Two rooms: of the first 1 to 3 are said at 10, 20 and 30, 1 changed and 2 deleted; of the second 1 at 15.
fn some() -> Writer {
    let mut writer = writer();
    writer
        .commit(&[
            say("lobby", 10, "회의 시작 early"),
            say("den", 15, "early den"),
            say("lobby", 20, "early too"),
            edit("lobby", 1, Some("회의 끝 early")),
            edit("lobby", 2, None),
            command(12),
            say("lobby", 30, "late"),
        ])
        .unwrap();
    writer
}

#[test]
fn what_is_older_goes_with_its_versions_and_words() {
    let mut writer = some();
    expire(&mut writer, 20);
    assert_eq!(history(&writer, "lobby", |_| ()), (vec![2, 3], false));
    assert_eq!(history(&writer, "den", |_| ()), (vec![], false));
    assert!(search(&writer, None, "early").is_empty());
    assert_eq!(search(&writer, Some("lobby"), "late"), [3]);
    let versions = "SELECT COUNT(*) FROM versions";
    let versions: i64 = writer.connection().query_row(versions, [], |row| row.get(0)).unwrap();
    assert_eq!(versions, 1);
    let integrity = "INSERT INTO search (search, rank) VALUES ('integrity-check', 0)";
    writer.connection().execute_batch(integrity).unwrap();
    assert_eq!(
        writer.commit(&[edit("lobby", 1, Some("x"))]).unwrap(),
        [Outcome::Missing],
        "nobody changes what is gone"
    );
    // Nothing goes that need not.
    assert_eq!(expire(&mut writer, 20), 4);
    assert_eq!(history(&writer, "lobby", |_| ()), (vec![2, 3], false));
}

#[test]
fn a_room_without_its_first_messages_reads_as_others_do() {
    let mut writer = writer();
    let jobs: Vec<Job> = (1..=20).map(|seq| say("lobby", seq * 10, "word")).collect();
    writer.commit(&jobs).unwrap();
    expire(&mut writer, 111);
    assert_eq!(history(&writer, "lobby", |asked| asked.limit = 3), (vec![18, 19, 20], true));
    assert_eq!(history(&writer, "lobby", |asked| asked.after = Some(0)), ((12..=20).collect(), false));
    assert_eq!(history(&writer, "lobby", |asked| asked.after = Some(18)), (vec![19, 20], false));
    assert_eq!(history(&writer, "lobby", |asked| asked.before = Some(14)), (vec![12, 13], false));
    assert_eq!(history(&writer, "lobby", |asked| asked.before = Some(12)), (vec![], false));
    assert_eq!(history(&writer, "lobby", |asked| asked.since = Some(Wall(50))), ((12..=20).collect(), false));
    assert_eq!(history(&writer, "lobby", |asked| asked.until = Some(Wall(125))), (vec![12], false));
    assert_eq!(history(&writer, "lobby", |asked| asked.until = Some(Wall(50))), (vec![], false));
    assert_eq!(search(&writer, Some("lobby"), "word"), (12..=20).rev().collect::<Vec<_>>());
}

#[test]
fn numbers_go_on_where_nothing_is_left() {
    let mut writer = some();
    writer.commit(&[job(Entry::Room(RoomRow::new("den".into())))]).unwrap();
    expire(&mut writer, 99);
    for table in ["messages", "versions"] {
        let count = format!("SELECT COUNT(*) FROM {table}");
        let count: i64 = writer.connection().query_row(&count, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
    let rows = schema::load(writer.connection()).unwrap();
    assert_eq!(rows.rooms, [(RoomRow::new("den".into()), 1)]);
    let lobby = PastRoom { room: "lobby".into(), last: 3, private: false, floor: 0 };
    assert_eq!(rows.past, [lobby]);
    assert!(search(&writer, Some("lobby"), "late").is_empty());
    // A room that closes is not forgotten either.
    writer.commit(&[job(Entry::RoomClosed { room: "den".into() })]).unwrap();
    let past = schema::load(writer.connection()).unwrap().past;
    assert_eq!(past.iter().map(|past| past.last).collect::<Vec<_>>(), [1, 3]);

    let mut writer = Writer::new(writer.into_connection());
    let outcomes = writer.commit(&[say("lobby", 100, "again"), say("Den", 100, "again")]).unwrap();
    assert_eq!(outcomes, [Outcome::Kept(4), Outcome::Kept(2)]);
    writer.commit(&[edit("lobby", 4, Some("again, better"))]).unwrap();
    assert_eq!(history(&writer, "lobby", |_| ()), (vec![4], false));
    assert_eq!(search(&writer, Some("lobby"), "better"), [4]);
    let ids = "SELECT (SELECT MIN(id) FROM messages), (SELECT MIN(id) FROM versions)";
    let ids: (i64, i64) =
        writer.connection().query_row(ids, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(ids, (5, 3), "the chain would have them twice");
    assert_eq!(verified(&writer).fault, None);
}

#[test]
fn the_chain_tells_what_has_expired_from_what_was_taken_out() {
    let mut writer = some();
    let before = verified(&writer);
    assert_eq!((before.checked, before.expired, before.fault), (8, 0, None));
    expire(&mut writer, 20);
    let found = verified(&writer);
    // Two messages and a change are gone; two rooms have a bound.
    assert_eq!((found.checked, found.expired, found.fault), (10, 3, None));
    assert_eq!(found.anchor, writer.anchor().unwrap());

    let faulty = |sql: &str| {
        let mut writer = some();
        expire(&mut writer, 20);
        writer.connection().execute_batch("PRAGMA foreign_keys = 0").unwrap();
        writer.connection().execute_batch(sql).unwrap();
        verified(&writer).fault
    };
    let message = |seq, record, wrong| {
        Some(Fault { wrong, subject: Subject::Message { room: Some("lobby".into()), seq }, record })
    };
    assert_eq!(faulty("DELETE FROM messages WHERE seq = 2"), message(2, 4, Wrong::Missing));
    assert_eq!(faulty("DELETE FROM messages WHERE text = 'late'"), message(3, 8, Wrong::Missing));
    let command = Fault { wrong: Wrong::Missing, subject: Subject::Command { record: 1 }, record: 7 };
    assert_eq!(faulty("DELETE FROM commands"), Some(command));
    // A bound that was moved, made up or taken away breaks the chain, or is no excuse.
    let broken = |record| Some(Fault { wrong: Wrong::Broken, subject: Subject::Chain, record });
    let moved =
        "DELETE FROM messages WHERE seq = 2; DELETE FROM versions; UPDATE chain SET number = 2 WHERE id = 9";
    assert_eq!(faulty(moved), broken(9));
    let made_up = "DELETE FROM messages WHERE seq = 2; DELETE FROM versions;
                   INSERT INTO chain VALUES (11, 'expired', 1, 2, zeroblob(32), zeroblob(32))";
    assert_eq!(faulty(made_up), broken(11));
    assert_eq!(faulty("DELETE FROM chain WHERE id = 9"), message(1, 2, Wrong::Missing));
    let brought_back = "INSERT INTO messages (id, room, seq, at, sender, kind, text)
                        VALUES (1, 1, 1, 10, 'Alice', 'say', 'never said')";
    assert_eq!(faulty(brought_back), message(1, 2, Wrong::Altered));
}

#[test]
fn a_step_is_bounded_and_talk_goes_on_between_two() {
    let mut writer = writer();
    let count = 12 * RETENTION_ROWS_PER_STEP;
    let jobs: Vec<Job> = (0..count).map(|at| say("lobby", at, "old")).collect();
    writer.commit(&jobs).unwrap();
    let many = (0..RETENTION_ROWS_PER_STEP).map(|_| edit("lobby", 1, Some("changed")));
    writer.commit(&many.collect::<Vec<_>>()).unwrap();
    writer.commit(&[retain(Some(count), None)]).unwrap();
    let (mut left, mut said) = (count, 0);
    loop {
        let more = writer.expire_step().unwrap();
        let sql = "SELECT COUNT(*) FROM messages WHERE text != 'new'";
        let now: i64 = writer.connection().query_row(sql, [], |row| row.get(0)).unwrap();
        assert!(left - now <= RETENTION_ROWS_PER_STEP, "{} in one step", left - now);
        // What was changed often counts as often.
        assert!(left < count || now == count - 1, "{now}");
        left = now;
        if !more {
            break;
        }
        said += 1;
        let seq = u64::try_from(count + said).unwrap();
        assert_eq!(writer.commit(&[say("lobby", count, "new")]).unwrap(), [Outcome::Kept(seq)]);
    }
    assert!(left == 0 && said >= 4, "{left} left after {said} steps");
    assert!(search(&writer, None, "old").is_empty());
    assert!(!search(&writer, None, "new").is_empty());
    assert!(verified(&writer).checked > u64::from(VERIFY_RECORDS_MAX), "it goes over more than one page");
    assert_eq!(verified(&writer).fault, None);
}

#[test]
fn a_step_that_fails_leaves_nothing_half_done() {
    let mut writer = some();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON chain WHEN NEW.kind = 'expired'
                  BEGIN SELECT RAISE(ABORT, 'no'); END";
    writer.connection().execute_batch(refuse).unwrap();
    writer.commit(&[retain(Some(20), None)]).unwrap();
    writer.expire_step().unwrap_err();
    assert_eq!(history(&writer, "lobby", |_| ()), (vec![1, 2, 3], false));
    assert_eq!(search(&writer, Some("lobby"), "early"), [1]);
    writer.connection().execute_batch("DROP TRIGGER refuse").unwrap();
    finish(&mut writer);
    assert_eq!(history(&writer, "lobby", |_| ()), (vec![2, 3], false));
    assert_eq!(verified(&writer).fault, None);
}

#[test]
fn the_oldest_go_when_all_is_too_large_and_the_file_shrinks() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { path: dir.path().join("chatd.db"), durability: Durability::Process };
    let mut writer = Writer::new(schema::open_for_writing(&place).unwrap());
    let text = |at: i64| format!("word{at} 회의{at} {}", "lorem ipsum ".repeat(40));
    for hundred in 0..60 {
        let jobs = (hundred * 100..hundred * 100 + 100)
            .flat_map(|at| [say(if at % 3 == 0 { "den" } else { "lobby" }, at, &text(at)), command(at)]);
        writer.commit(&jobs.collect::<Vec<_>>()).unwrap();
        while writer.index().unwrap() > 0 {}
    }
    let size = |writer: &Writer| {
        writer.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        std::fs::metadata(&place.path).unwrap().len()
    };
    let (before, most) = (size(&writer), 2 << 20);
    assert!(before > 3 * most, "{before}");
    writer.commit(&[retain(None, Some(most))]).unwrap();
    finish(&mut writer);
    let used = used_bytes(writer.connection()).unwrap();
    assert!(used <= most && used > most / 2, "{used} bytes are left of {most}");
    let chain = 2 * 6_000 * CHAIN_ROW_BYTES.unsigned_abs();
    let slack = (RETENTION_FREE_PAGES_KEPT * 4096).unsigned_abs();
    assert!(size(&writer) <= most + chain + chain / 2 + slack, "{} of {before}", size(&writer));
    // The oldest of all rooms are gone, and what was commanded then.
    let sql = "SELECT (SELECT MIN(at) FROM messages), (SELECT COUNT(DISTINCT room) FROM messages),
                   (SELECT MIN(at) FROM commands), (SELECT MAX(at) FROM messages)";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let (first, rooms, commanded, last): (i64, i64, i64, i64) =
        writer.connection().query_row(sql, [], row).unwrap();
    assert!(first > 0 && rooms == 2 && last == 5_999, "{first} {rooms} {last}");
    assert_eq!(commanded, first);
    let found = verified(&writer);
    assert_eq!(found.fault, None);
    assert!(found.expired >= 2 * first.unsigned_abs());

    // It grows again, is looked after in time, and numbers of commands go on.
    for hundred in 60..100 {
        let jobs = (hundred * 100..hundred * 100 + 100).map(|at| say("lobby", at, &text(at)));
        writer.commit(&jobs.collect::<Vec<_>>()).unwrap();
        while writer.index().unwrap() > 0 {}
        writer.watch_size().unwrap();
        finish(&mut writer);
        assert!(used_bytes(writer.connection()).unwrap() <= most);
    }
    assert_eq!(writer.commit(&[command(10_000)]).unwrap(), [Outcome::Kept(6_001)]);
    assert_eq!(search(&writer, Some("lobby"), "word9999"), [8000]);
    assert_eq!(verified(&writer).fault, None);
}

/// Only its digests do not fit: nobody's talk goes for them.
#[test]
fn what_cannot_be_deleted_takes_nothing_along() {
    let mut writer = writer();
    let jobs: Vec<Job> = (0..15_000).map(|at| say("lobby", at, "x")).collect();
    writer.commit(&jobs).unwrap();
    expire(&mut writer, 14_990);
    let pages = pragma(writer.connection(), "page_count").unwrap();
    let free = pragma(writer.connection(), "freelist_count").unwrap();
    assert!((pages - free) * 4096 > 1 << 20, "the chain alone is larger");
    writer.commit(&[retain(None, Some(1 << 20))]).unwrap();
    finish(&mut writer);
    assert_eq!(history(&writer, "lobby", |asked| asked.after = Some(0)).0.len(), 9);
}

#[test]
fn the_rest_can_be_taken_elsewhere() {
    let mut writer = some();
    expire(&mut writer, 20);
    let query = Query::Export { room: None, from: ExportMark::default(), limit: 100 };
    let Page::Exported(exported) = page(writer.connection(), &query).unwrap() else { panic!("no export") };
    let mut other = Writer::new(schema::open_in_memory(None).unwrap());
    let outcomes = other.commit(&[job(Entry::Import(exported.lines.clone()))]).unwrap();
    assert!(matches!(&outcomes[..], [Outcome::Import(Ok(kept))] if kept.added == 2), "{outcomes:?}");
    assert_eq!(history(&other, "lobby", |_| ()), (vec![2, 3], false));

    // What has expired here is not brought back by an older export.
    let all = page(some().connection(), &query).unwrap();
    let Page::Exported(all) = all else { panic!("no export") };
    let outcomes = writer.commit(&[job(Entry::Import(all.lines))]).unwrap();
    let [Outcome::Import(Ok(kept))] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((kept.added, kept.there), (0, 4));
    assert_eq!(verified(&writer).fault, None);
}

/// A writer's thread with fifty old messages, where its database is, and what it answers.
fn thread() -> (tempfile::TempDir, Place, WriterThread, Receiver<Answer>) {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { path: dir.path().join("chatd.db"), durability: Durability::Process };
    let mut writer = Writer::new(schema::open_for_writing(&place).unwrap());
    writer.commit(&(0..50).map(|_| say("lobby", 0, "old")).collect::<Vec<_>>()).unwrap();
    let (answers, answers_in) = channel();
    let thread = WriterThread::new(place.clone(), writer, Outlet { answers, wake: Arc::new(|| ()) });
    (dir, place, thread, answers_in)
}

fn left(place: &Place) -> i64 {
    let connection = schema::open_for_reading(place).unwrap();
    connection.query_row("SELECT COUNT(*) FROM messages", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_backup_of_what_is_left_is_sound() {
    let (_dir, place, thread, _answers) = thread();
    let (jobs, jobs_in) = channel();
    jobs.send(vec![retain(Some(1), None), say("lobby", 2, "new")]).unwrap();
    let thread = std::thread::spawn(move || thread.run(jobs_in));
    wait("the old messages' end", || left(&place) == 1);
    let mut backups = Backups::new(place.clone());
    let backup = backups.answer(BackupAsked::Begin).backup;
    wait("the backup", || match backups.answer(BackupAsked::State { backup }).stage {
        BackupStage::Copying { .. } | BackupStage::Checking { .. } => false,
        BackupStage::Ready { anchor, .. } => anchor.record == 53,
        other => panic!("{other:?}"),
    });
    drop(jobs);
    thread.join().unwrap();
}

fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "{what} does not come");
        std::thread::yield_now();
    }
}

#[test]
fn it_goes_on_while_nobody_says_anything() {
    let (_dir, place, thread, _answers) = thread();
    let (jobs, jobs_in) = channel();
    let thread = std::thread::spawn(move || thread.run(jobs_in));
    jobs.send(vec![retain(Some(1), None)]).unwrap();
    wait("the old messages' end", || left(&place) == 0);
    drop(jobs);
    thread.join().unwrap();
}

/// So much waits that something must be deleted before it is all kept.
fn keep_busy(jobs: &Sender<Vec<Job>>) {
    let nothing = || job(Entry::RoomClosed { room: "nowhere".into() });
    for _ in 0..RETENTION_RECORDS_PER_STEP.div_ceil(STORE_BATCH_MAX) + 1 {
        jobs.send((0..STORE_BATCH_MAX).map(|_| nothing()).collect()).unwrap();
    }
}

#[test]
fn it_goes_on_although_others_always_wait() {
    let (_dir, place, thread, _answers) = thread();
    let (jobs, jobs_in) = channel();
    jobs.send(vec![retain(Some(1), None)]).unwrap();
    keep_busy(&jobs);
    drop(jobs);
    // The queue is full from the first batch to the last, and closed: there is no other time than between two.
    thread.run(jobs_in);
    assert_eq!(left(&place), 0);
}

#[test]
fn what_cannot_be_deleted_keeps_nobody_from_talking() {
    let (_dir, place, thread, answers) = thread();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON chain WHEN NEW.kind = 'expired'
                  BEGIN SELECT RAISE(ABORT, 'no'); END";
    Connection::open(&place.path).unwrap().execute_batch(refuse).unwrap();
    let (jobs, jobs_in) = channel();
    jobs.send(vec![retain(Some(1), None)]).unwrap();
    keep_busy(&jobs);
    jobs.send(vec![say("lobby", 2, "new")]).unwrap();
    drop(jobs);
    thread.run(jobs_in);
    let troubles = answers.iter().filter(|answer| matches!(answer, Answer::State(_))).count();
    assert_eq!((left(&place), troubles), (51, 0));
}
