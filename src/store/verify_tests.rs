//! Whatever is done to the database behind the program's back, verification names it.
//!
//! Knows the tables as somebody with a shell does. Why each test begins anew: only the first fault is named.

use super::*;
use crate::core::entry::{Author, ClientId, CommandRecord, EditTerms, Entry, Job, Page, Query};
use crate::core::event::{Edit, Message, Whisper};
use crate::core::name::Name;
use crate::core::time::Wall;
use crate::store::{Writer, schema};

const ALICE: Author = Author { run: 1, serial: 7 };

fn job(entry: Entry) -> Job {
    Job { ticket: None, entry }
}

fn say(room: &str, text: &str) -> Job {
    let mentions = vec!["Bob".into()];
    let (room, from) = (Name::from(room), "Alice".into());
    let message = Message { room, at: Wall(5), from, text: text.into(), mentions, ..Message::default() };
    job(Entry::Message { message, author: Some(ALICE), mid: None, fires: None })
}

fn edit(seq: u64, at: i64, text: Option<&str>) -> Job {
    let (by, from, room) = ("Mod".into(), Name::default(), "lobby".into());
    let edit = Edit { room, seq, at: Wall(at), by, from, text: text.map(str::to_owned) };
    job(Entry::Edit { edit, terms: EditTerms::Moderator })
}

fn command(name: &str) -> Job {
    job(Entry::Command(CommandRecord {
        at: Wall(6),
        actor: "Alice".into(),
        door: "text 192.0.2.7".into(),
        command: name.into(),
        args: "Bob".into(),
        outcome: "ok".into(),
    }))
}

/// Eleven records after the beginning: 2 to 4 are said, 5 is a command, 6 to 8 change what 2 and 3 have,
/// 9 and 10 are in the den, 11 and 12 are another message and command.
fn writer() -> Writer {
    let mut writer = Writer::new(schema::open_in_memory(None).unwrap());
    let to = vec!["Bob".into()];
    let whisper = Whisper { id: None, at: Wall(5), from: "Alice".into(), to, text: "psst".into() };
    writer
        .commit(&[
            say("lobby", "one"),
            say("lobby", "two"),
            say("lobby", "three"),
            command("kick"),
            job(Entry::Whisper { whisper, mid: None }),
            edit(1, 20, Some("one, better")),
            edit(1, 30, Some("one, best")),
            edit(2, 30, None),
        ])
        .unwrap();
    let later = [say("den", "four"), say("Den", "five"), say("lobby", "six"), command("ban")];
    writer.commit(&later).unwrap();
    writer
}

fn whole(connection: &Connection, until: Option<u64>) -> Verified {
    let (mut mark, mut checked) = (Mark::default(), 0);
    loop {
        let query = Query::Verify { from: mark, until };
        let Page::Verified(page) = crate::store::page(connection, &query).unwrap() else { panic!("no page") };
        checked += page.checked;
        match page.next {
            Some(next) if next.after > mark.after && Some(next.after) != until => mark = next,
            _end => return Verified { checked, ..*page },
        }
    }
}

/// What is found after somebody has done `sql` to the database.
fn after(sql: &str) -> Option<Fault> {
    let writer = writer();
    writer.connection().execute_batch("PRAGMA foreign_keys = 0").unwrap();
    writer.connection().execute_batch(sql).unwrap();
    whole(writer.connection(), None).fault
}

fn fault(wrong: Wrong, subject: Subject, record: u64) -> Option<Fault> {
    Some(Fault { wrong, subject, record })
}

fn message(room: &str, seq: u64) -> Subject {
    Subject::Message { room: Some(room.into()), seq }
}

fn version(seq: u64) -> Subject {
    Subject::Version { room: Some("lobby".into()), seq: Some(seq) }
}

#[test]
fn what_nobody_touched_is_sound() {
    let mut writer = writer();
    let found = whole(writer.connection(), None);
    assert_eq!((found.checked, found.older, found.fault, found.next), (12, 0, None, None));
    assert_eq!(found.anchor, writer.anchor().unwrap());
    // What stands outside, or is the database's own, may change.
    let sql = "DELETE FROM whispers; UPDATE rooms SET topic = 'x', name = 'DEN' WHERE key = 'den';
               UPDATE messages SET mentions = NULL";
    assert_eq!(after(sql), None);
    let empty = whole(&schema::open_in_memory(None).unwrap(), None);
    assert_eq!((empty.checked, empty.anchor.record, empty.fault), (1, 1, None));
}

#[test]
fn an_altered_message_is_named() {
    for sql in [
        "text = 'two and a half'",
        "sender = 'Bob'",
        "at = 4",
        "kind = 'action'",
        "schedule = 1",
        "serial = 8",
        "run = NULL",
        "edited = 99",
        "deleted = 1",
        "text = x'6869'",
        "at = 'noon'",
    ] {
        let found = after(&format!("UPDATE messages SET {sql} WHERE room = 1 AND seq = 3"));
        assert_eq!(found, fault(Wrong::Altered, message("lobby", 3), 4), "{sql}");
    }
    let moved = after("UPDATE messages SET room = 2, seq = 9 WHERE room = 1 AND seq = 3");
    assert_eq!(moved, fault(Wrong::Missing, message("lobby", 3), 4));
    let renamed = after("UPDATE rooms SET key = 'other' WHERE key = 'den'");
    assert_eq!(renamed, fault(Wrong::Altered, message("den", 1), 9));
}

#[test]
fn an_altered_change_is_named() {
    let first = fault(Wrong::Altered, message("lobby", 1), 2);
    assert_eq!(after("UPDATE versions SET text = 'nothing' WHERE id = 1"), first);
    assert_eq!(after("DELETE FROM versions WHERE id = 1"), first);
    let change = fault(Wrong::Altered, version(1), 6);
    assert_eq!(after("UPDATE versions SET actor = 'Alice' WHERE id = 1"), change);
    assert_eq!(after("UPDATE versions SET at = 21 WHERE id = 1"), change);
    assert_eq!(after("UPDATE versions SET text = 'one, worse' WHERE id = 2"), change);
    assert_eq!(after("UPDATE messages SET text = 'forged' WHERE seq = 1"), change_of_now());
    assert_eq!(after("UPDATE messages SET edited = 31 WHERE seq = 1 AND room = 1"), change_of_now());
    let undone = "UPDATE messages SET text = 'two', deleted = 0 WHERE seq = 2 AND room = 1";
    assert_eq!(after(undone), fault(Wrong::Altered, version(2), 8));
    // The last change cannot be taken back quietly either.
    let undone = "DELETE FROM versions WHERE id = 3;
                  UPDATE messages SET text = 'two', deleted = 0, edited = NULL WHERE seq = 2 AND room = 1";
    assert_eq!(after(undone), fault(Wrong::Missing, version(2), 8));
}

/// The present text of message 1 of the lobby is what its second change made of it.
fn change_of_now() -> Option<Fault> {
    fault(Wrong::Altered, version(1), 7)
}

#[test]
fn an_altered_command_is_named() {
    for column in ["actor", "door", "command", "args", "outcome"] {
        let found = after(&format!("UPDATE commands SET {column} = 'x' WHERE id = 1"));
        assert_eq!(found, fault(Wrong::Altered, Subject::Command { record: 1 }, 5), "{column}");
    }
    assert_eq!(
        after("UPDATE commands SET at = 0 WHERE id = 2"),
        fault(Wrong::Altered, Subject::Command { record: 2 }, 12)
    );
}

#[test]
fn what_is_gone_is_named() {
    assert_eq!(
        after("DELETE FROM messages WHERE text = 'three'"),
        fault(Wrong::Missing, message("lobby", 3), 4)
    );
    assert_eq!(
        after("DELETE FROM messages WHERE text = 'six'"),
        fault(Wrong::Missing, message("lobby", 4), 11)
    );
    assert_eq!(
        after("DELETE FROM commands WHERE id = 1"),
        fault(Wrong::Missing, Subject::Command { record: 1 }, 5)
    );
    let nowhere = Subject::Message { room: None, seq: 1 };
    assert_eq!(after("DELETE FROM messages; DELETE FROM rooms"), fault(Wrong::Missing, nowhere, 2));
}

#[test]
fn what_was_added_is_named() {
    let sql = "INSERT INTO messages (room, seq, at, sender, kind, text) VALUES (2, 3, 9, 'Bob', 'say', 'never said')";
    assert_eq!(after(sql), fault(Wrong::Added, message("den", 3), 13));
    let sql = "INSERT INTO commands (at, actor, door, command, args, outcome) VALUES (9, 'Bob', '', 'ban', '', 'ok')";
    assert_eq!(after(sql), fault(Wrong::Added, Subject::Command { record: 3 }, 13));
    let sql =
        "INSERT INTO commands (at, actor, door, command, args, outcome) VALUES ('x', '', '', '', '', '')";
    assert_eq!(after(sql), fault(Wrong::Added, Subject::Chain, 13));
    // Two that change places: the first that is met does not belong there.
    let sql = "UPDATE messages SET id = 99 WHERE id = 1; UPDATE messages SET id = 1 WHERE id = 3;
               UPDATE messages SET id = 3 WHERE id = 99";
    assert_eq!(after(sql), fault(Wrong::Added, message("lobby", 3), 2));
    let sql = "UPDATE messages SET seq = 99 WHERE id = 1; UPDATE messages SET seq = 1 WHERE id = 3;
               UPDATE messages SET seq = 3 WHERE id = 1";
    assert_eq!(after(sql), fault(Wrong::Added, message("lobby", 3), 2));
}

#[test]
fn a_chain_that_was_changed_is_broken_there() {
    for (record, sql) in [
        (4, "UPDATE chain SET digest = zeroblob(32) WHERE id = 4"),
        (4, "UPDATE chain SET link = zeroblob(32) WHERE id = 4"),
        (4, "UPDATE chain SET kind = 'command' WHERE id = 4"),
        (4, "UPDATE chain SET kind = 'else' WHERE id = 4"),
        (4, "UPDATE chain SET place = 2 WHERE id = 4"),
        (4, "UPDATE chain SET number = 'x' WHERE id = 4"),
        (4, "DELETE FROM chain WHERE id = 4"),
        (1, "DELETE FROM chain WHERE id = 1"),
        (1, "DELETE FROM chain"),
        (1, "DELETE FROM chain; DELETE FROM messages; DELETE FROM versions; DELETE FROM commands"),
        (1, "UPDATE meta SET value = 0 WHERE key = 'id_low'"),
        (
            4,
            "UPDATE chain SET id = 99 WHERE id = 4; UPDATE chain SET id = 4 WHERE id = 5;
             UPDATE chain SET id = 5 WHERE id = 99",
        ),
    ] {
        let found = after(sql).unwrap();
        assert_eq!((found.subject, found.record), (Subject::Chain, record), "{sql}");
        let expected = if sql.contains("meta") { Wrong::Altered } else { Wrong::Broken };
        assert_eq!(found.wrong, expected, "{sql}");
    }
}

#[test]
fn only_an_anchor_shows_a_tail_that_was_cut() {
    let mut writer = writer();
    let anchor = writer.anchor().unwrap();
    assert_eq!(whole(writer.connection(), Some(11)).anchor.record, 11);
    assert_eq!(whole(writer.connection(), Some(12)).anchor, anchor);
    // The chain's end alone leaves a row behind that it does not have.
    let cut = "DELETE FROM chain WHERE id > 11";
    assert_eq!(after(cut), fault(Wrong::Added, Subject::Command { record: 2 }, 12));
    writer.connection().execute_batch(&format!("{cut}; DELETE FROM commands WHERE id = 2")).unwrap();
    let found = whole(writer.connection(), None);
    assert_eq!((found.fault, found.checked), (None, 11));
    assert_eq!(whole(writer.connection(), Some(anchor.record)).anchor.record, 11);
    // Nor does it help to go on as if nothing had been: the anchor is another one.
    let mut writer = Writer::new(writer.into_connection());
    writer.commit(&[command("unban")]).unwrap();
    assert_eq!(whole(writer.connection(), None).fault, None);
    let other = whole(writer.connection(), Some(anchor.record)).anchor;
    assert!(other.record == anchor.record && other.link != anchor.link);
}

#[test]
fn it_goes_page_by_page() {
    let mut writer = writer();
    let count = 2 * u64::from(VERIFY_RECORDS_MAX);
    let many: Vec<Job> = (0..count).map(|_| say("lobby", "again")).collect();
    writer.commit(&many).unwrap();
    let first = page(writer.connection(), Mark::default(), None).unwrap();
    assert_eq!(first.checked, u64::from(VERIFY_RECORDS_MAX));
    assert_eq!(whole(writer.connection(), None).checked, count + 12);
    writer.connection().execute_batch("UPDATE messages SET text = '' WHERE id = 1900").unwrap();
    let found = whole(writer.connection(), None);
    assert_eq!((found.fault.map(|fault| fault.record), found.checked), (Some(1906), 1905));
    let nowhere = Mark { after: u64::MAX, ..Mark::default() };
    assert_eq!(page(writer.connection(), nowhere, None).unwrap().fault.unwrap().wrong, Wrong::Broken);
}

#[test]
fn a_batch_that_failed_leaves_no_hole() {
    let mut writer = writer();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON commands WHEN NEW.command = 'bad'
                  BEGIN SELECT RAISE(ABORT, 'no'); END";
    writer.connection().execute_batch(refuse).unwrap();
    writer.commit(&[say("lobby", "x"), edit(1, 40, Some("y")), command("bad")]).unwrap_err();
    writer.commit(&[say("lobby", "x"), command("good")]).unwrap();
    let found = whole(writer.connection(), None);
    assert_eq!((found.checked, found.fault), (14, None));
}

#[test]
fn what_is_said_twice_is_chained_once() {
    let mut writer = writer();
    let twice = || {
        let Job { entry: Entry::Message { message, author, .. }, .. } = say("lobby", "x") else { panic!() };
        let mid = Some(ClientId { session: "1-1".into(), mid: "m".into() });
        job(Entry::Message { message, author, mid, fires: None })
    };
    writer.commit(&[twice(), twice()]).unwrap();
    assert_eq!(whole(writer.connection(), None).checked, 13);
}

#[test]
fn what_was_there_before_the_chain_is_proven_from_then_on() {
    let before = writer();
    let connection = before.connection();
    connection.execute_batch("DROP TABLE chain").unwrap();
    connection.execute_batch(crate::store::versions::CHAIN).unwrap();
    chain::begin(connection).unwrap();
    let found = whole(connection, None);
    assert_eq!((found.checked, found.older, found.fault), (12, 11, None));
    let mut writer = Writer::new(before.into_connection());
    writer.commit(&[say("lobby", "seven"), edit(4, 50, None)]).unwrap();
    assert_eq!(whole(writer.connection(), None).checked, 14);
    writer.connection().execute_batch("UPDATE messages SET sender = 'Eve' WHERE text = 'five'").unwrap();
    let found = whole(writer.connection(), None).fault;
    assert_eq!(found, fault(Wrong::Altered, message("den", 2), 6));
}
