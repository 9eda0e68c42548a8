//! What is changed after it was said.
//!
//! Knows no rights but the terms of an edit. Why the terms are judged here, inside
//! the transaction: between a question and a change somebody else may delete it.

use rusqlite::{Connection, OptionalExtension, params};

use super::chain::{Chain, Key, Kind, VersionBody};
use super::{index, retention};
use crate::core::entry::{Author, EditOutcome, EditTerms, Outcome};
use crate::core::event::Edit;
use crate::core::name::{self, Name};
use crate::core::time::Wall;

/// A message as an edit finds it.
struct Found {
    id: i64,
    room: i64,
    text: String,
    from: Name,
    at: Wall,
    author: Option<Author>,
}

/// Changes a message and keeps what it said before, or says why not.
pub fn change(
    connection: &Connection,
    chain: &mut Chain,
    edit: &Edit,
    terms: EditTerms,
) -> rusqlite::Result<Outcome> {
    let room_key = name::key(&edit.room);
    let Some(found) = find(connection, room_key.as_str(), edit.seq as i64)? else {
        return Ok(Outcome::Missing);
    };
    match terms {
        EditTerms::Moderator => {}
        EditTerms::Own { author, .. } if found.author != Some(author) => {
            return Ok(Outcome::Edit(EditOutcome::NotYours));
        }
        EditTerms::Own { since, .. } if found.at < since => {
            return Ok(Outcome::Edit(EditOutcome::TooLate));
        }
        EditTerms::Own { .. } => {}
    }
    let old = index::Entry { id: found.id, room: found.room, from: &found.from, text: &found.text };
    index::change(connection, &old, edit.text.as_deref())?;
    let number = retention::next_version(connection)?;
    connection
        .prepare_cached("INSERT INTO versions (id, message, at, actor, text) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![number, found.id, edit.at.0, &*edit.by, found.text])?;
    let key = Key { kind: Kind::Version, place: found.id, number };
    let body = VersionBody {
        room_key: room_key.as_str(),
        seq: edit.seq as i64,
        at: edit.at.0,
        actor: &edit.by,
        before: &found.text,
        after: edit.text.as_deref(),
    };
    chain.add(connection, key, body.digest())?;
    // What says nothing any more names nobody any more.
    connection
        .prepare_cached(
            "UPDATE messages SET text = COALESCE(?2, ''), edited = ?3, deleted = ?2 IS NULL,
                 mentions = CASE WHEN ?2 IS NULL THEN NULL ELSE mentions END
             WHERE id = ?1",
        )?
        .execute(params![found.id, edit.text, edit.at.0])?;
    Ok(Outcome::Edit(EditOutcome::Changed { from: found.from }))
}

/// None also for what was deleted before.
fn find(connection: &Connection, room_key: &str, seq: i64) -> rusqlite::Result<Option<Found>> {
    connection
        .prepare_cached(
            "SELECT messages.id, sender, at, run, serial, room, text FROM messages JOIN rooms ON rooms.id = room
             WHERE key = ?1 AND seq = ?2 AND NOT deleted",
        )?
        .query_row(params![room_key, seq], |row| {
            let (run, serial): (Option<u32>, Option<u32>) = (row.get(3)?, row.get(4)?);
            Ok(Found {
                id: row.get(0)?,
                room: row.get(5)?,
                text: row.get(6)?,
                from: Name::from(row.get::<_, String>(1)?),
                at: Wall(row.get(2)?),
                author: run.zip(serial).map(|(run, serial)| Author { run, serial }),
            })
        })
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::entry::{Entry, HistoryQuery, Job, Page, Query};
    use crate::core::event::{Message, Version};
    use crate::store::{Writer, page, schema};

    const ALICE: Author = Author { run: 1, serial: 7 };
    const OWN: EditTerms = EditTerms::Own { author: ALICE, since: Wall(0) };

    /// A room where Alice has said something as seq 1, and the server as seq 2.
    fn writer() -> Writer {
        let mut writer = Writer::new(schema::open_in_memory(None).unwrap());
        let said = |author| {
            let message = Message {
                room: "lobby".into(),
                at: Wall(10),
                from: "Alice".into(),
                text: "hi Bob and Carol".into(),
                mentions: vec!["Bob".into(), "Carol".into()],
                ..Message::default()
            };
            Job { ticket: None, entry: Entry::Message { message, author, mid: None, fires: None } }
        };
        writer.commit(&[said(Some(ALICE)), said(None)]).unwrap();
        writer
    }

    fn edit(writer: &mut Writer, seq: u64, at: i64, text: Option<&str>, terms: EditTerms) -> Outcome {
        let edit = Edit {
            room: "Lobby".into(),
            seq,
            at: Wall(at),
            by: "Mod".into(),
            from: Name::default(),
            text: text.map(str::to_owned),
        };
        let entry = Entry::Edit { edit, terms };
        writer.commit(&[Job { ticket: None, entry }]).unwrap().remove(0)
    }

    fn changed() -> Outcome {
        Outcome::Edit(EditOutcome::Changed { from: "Alice".into() })
    }

    fn read(writer: &Writer, versions: bool) -> Vec<Message> {
        let asked = HistoryQuery {
            room: "lobby".into(),
            floor: 0,
            versions,
            before: None,
            after: None,
            from: None,
            since: None,
            until: None,
            limit: 9,
        };
        match page(writer.connection(), &Query::History(asked)).unwrap() {
            Page::History { messages, .. } => messages,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_it_said_before_is_kept() {
        let mut writer = writer();
        assert_eq!(edit(&mut writer, 1, 20, Some("hello"), OWN), changed());
        assert_eq!(edit(&mut writer, 1, 30, None, EditTerms::Moderator), changed());
        let version = |at, text: &str| Version { at: Wall(at), by: "Mod".into(), text: text.to_owned() };
        let first = read(&writer, true).remove(0);
        assert_eq!((&*first.text, first.edited, first.deleted), ("", Some(Wall(30)), true));
        assert_eq!(first.versions, [version(20, "hi Bob and Carol"), version(30, "hello")]);
        assert_eq!(read(&writer, false)[0].versions, []);
    }

    #[test]
    fn a_page_shows_it_as_it_reads_now() {
        let mut writer = writer();
        let names = || -> Vec<Name> { vec!["Bob".into(), "Carol".into()] };
        let seen = |message: &Message| (message.text.clone(), message.mentions.clone(), message.edited);
        let untouched = ("hi Bob and Carol".to_owned(), names(), None);
        assert_eq!(
            read(&writer, false).iter().map(seen).collect::<Vec<_>>(),
            [untouched.clone(), untouched.clone()]
        );
        edit(&mut writer, 1, 20, Some("hello"), OWN);
        edit(&mut writer, 2, 21, None, EditTerms::Moderator);
        let messages = read(&writer, false);
        assert_eq!(seen(&messages[0]), ("hello".to_owned(), names(), Some(Wall(20))));
        assert_eq!(seen(&messages[1]), (String::new(), vec![], Some(Wall(21))));
        assert_eq!((messages[0].deleted, messages[1].deleted), (false, true));
    }

    #[test]
    fn only_ones_own_and_not_too_late() {
        let mut writer = writer();
        let not_yours = Outcome::Edit(EditOutcome::NotYours);
        for author in [Author { run: 2, ..ALICE }, Author { serial: 8, ..ALICE }] {
            let terms = EditTerms::Own { author, since: Wall(0) };
            assert_eq!(edit(&mut writer, 1, 20, Some("x"), terms), not_yours);
        }
        assert_eq!(edit(&mut writer, 2, 20, Some("x"), OWN), not_yours, "nobody's own");
        let terms = |since| EditTerms::Own { author: ALICE, since: Wall(since) };
        assert_eq!(edit(&mut writer, 1, 20, Some("x"), terms(11)), Outcome::Edit(EditOutcome::TooLate));
        assert_eq!(edit(&mut writer, 1, 20, Some("x"), terms(10)), changed());
        assert_eq!(edit(&mut writer, 2, 20, Some("x"), EditTerms::Moderator), changed());
    }

    #[test]
    fn what_is_not_there_cannot_be_changed() {
        let mut writer = writer();
        for seq in [0, 3, u64::MAX] {
            assert_eq!(edit(&mut writer, seq, 20, Some("x"), EditTerms::Moderator), Outcome::Missing);
        }
        edit(&mut writer, 1, 20, None, OWN);
        assert_eq!(edit(&mut writer, 1, 30, Some("again"), OWN), Outcome::Missing);
        assert_eq!(edit(&mut writer, 1, 30, None, EditTerms::Moderator), Outcome::Missing);
        let versions = "SELECT COUNT(*) FROM versions";
        let versions: i64 = writer.connection().query_row(versions, [], |row| row.get(0)).unwrap();
        assert_eq!(versions, 1);
    }
}
