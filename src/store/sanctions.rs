//! Bans and mutes in the database.
//!
//! Knows nobody who is here. Why keys stand beside the names: what is one person
//! or one room is the core's to say, and SQL cannot ask it.

use rusqlite::types::Type;
use rusqlite::{Connection, Error, params};

use crate::core::entry::Outcome;
use crate::core::name::{self, Name};
use crate::core::prefix::Prefix;
use crate::core::sanctions::{Sanction, SanctionKind, Who};
use crate::core::time::Wall;

/// The key of where it holds; no room's key is empty.
fn place(room: Option<&str>) -> String {
    room.map(|room| name::key(room).as_str().to_owned()).unwrap_or_default()
}

/// In place of an earlier one on the same person for the same place.
pub fn keep(connection: &Connection, one: &Sanction) -> rusqlite::Result<Outcome> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sanctions
                 (room_key, kind, who_key, room, who, network, actor, at, until, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            place(one.room.as_deref()),
            one.kind.word(),
            one.who.key(),
            one.room.as_deref(),
            one.who.to_string(),
            matches!(one.who, Who::Network(_)),
            &*one.by,
            one.at.0,
            one.until.map(|until| until.0),
            one.reason,
        ])?;
    Ok(Outcome::Kept(0))
}

/// These are in force, and no others.
pub fn stand(connection: &Connection, all: &[Sanction]) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM sanctions")?.execute([])?;
    all.iter().try_for_each(|one| keep(connection, one).map(|_| ()))
}

pub fn lift(
    connection: &Connection,
    kind: SanctionKind,
    who: &Who,
    room: Option<&str>,
) -> rusqlite::Result<Outcome> {
    let lifted = connection
        .prepare_cached("DELETE FROM sanctions WHERE room_key = ?1 AND kind = ?2 AND who_key = ?3")?
        .execute(params![place(room), kind.word(), who.key()])?;
    Ok(if lifted == 1 { Outcome::Kept(0) } else { Outcome::Missing })
}

/// Those of a room that is gone.
pub fn forget_room(connection: &Connection, key: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM sanctions WHERE room_key = ?1")?.execute([key])?;
    Ok(())
}

/// Deletes those that had ended by `before`.
pub fn expire(connection: &Connection, before: Wall) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM sanctions WHERE until <= ?1")?.execute([before.0])?;
    Ok(())
}

/// All of them, by kind, place and person.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Sanction>> {
    let mut all = connection.prepare(
        "SELECT kind, who, network, room, actor, at, until, reason FROM sanctions
         ORDER BY kind, room_key, who_key",
    )?;
    all.query_map([], sanction)?.collect()
}

/// Why what cannot be read is an error: a ban that is passed over in silence hits nobody.
fn sanction(row: &rusqlite::Row<'_>) -> rusqlite::Result<Sanction> {
    let unreadable =
        |column, error: String| Error::FromSqlConversionFailure(column, Type::Text, error.into());
    let kind: String = row.get(0)?;
    let who: String = row.get(1)?;
    let who = if row.get(2)? {
        Who::Network(Prefix::parse(&who).map_err(|error| unreadable(1, error))?)
    } else {
        Who::Nick(who.into())
    };
    let kind = SanctionKind::from_word(&kind)
        .ok_or_else(|| unreadable(0, format!("\"{kind}\" is neither a ban nor a mute")))?;
    Ok(Sanction {
        kind,
        who,
        room: row.get::<_, Option<String>>(3)?.map(Name::from),
        by: Name::from(row.get::<_, String>(4)?),
        at: Wall(row.get(5)?),
        until: row.get::<_, Option<i64>>(6)?.map(Wall),
        reason: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::entry::{Entry, Job};
    use crate::core::sanctions::Sanctions;
    use crate::store::{Writer, schema};

    fn nick(nick: &str) -> Who {
        Who::Nick(nick.into())
    }

    fn network(network: &str) -> Who {
        Who::Network(Prefix::parse(network).unwrap())
    }

    fn ban(who: Who, room: Option<&str>, until: Option<i64>) -> Sanction {
        Sanction {
            kind: SanctionKind::Ban,
            who,
            room: room.map(Name::from),
            by: "admin".into(),
            at: Wall(3),
            until: until.map(Wall),
            reason: None,
        }
    }

    fn writer(sanctions: &[Sanction]) -> Writer {
        let mut writer = Writer::new(schema::open_in_memory(None).unwrap());
        for one in sanctions {
            commit(&mut writer, Entry::Sanction(one.clone()));
        }
        writer
    }

    fn commit(writer: &mut Writer, entry: Entry) -> Outcome {
        writer.commit(&[Job { ticket: None, entry }]).unwrap().remove(0)
    }

    fn loaded(writer: &Writer) -> Vec<Sanction> {
        schema::load(writer.connection()).unwrap().sanctions
    }

    fn some() -> Vec<Sanction> {
        let reason = Some("it was enough".to_owned());
        vec![
            Sanction { reason, ..ban(nick("Bob"), None, Some(10)) },
            Sanction { kind: SanctionKind::Mute, ..ban(nick("Bob"), None, None) },
            ban(network("192.0.2.0/24"), None, Some(11)),
            ban(network("2001:db8::1"), Some("den"), None),
            ban(nick("Bob"), Some("Design/UI"), None),
            // No nickname looks like this; if one did, it would stay one.
            ban(nick("192.0.2.7"), None, None),
        ]
    }

    #[test]
    fn they_come_back_as_the_core_holds_them() {
        let held = Sanctions::restore(some());
        assert_eq!(loaded(&writer(&some())), held.iter().cloned().collect::<Vec<_>>());
    }

    #[test]
    fn one_for_each_kind_person_and_place() {
        let mut writer = writer(&[ban(nick("Bob"), None, None), ban(nick("Bob"), Some("den"), None)]);
        let later = Sanction { at: Wall(9), ..ban(nick("B0B"), Some("DEN"), Some(99)) };
        commit(&mut writer, Entry::Sanction(later.clone()));
        assert_eq!(loaded(&writer), [ban(nick("Bob"), None, None), later]);
        let lifted = |room: Option<&str>, kind| {
            let room = room.map(Name::from);
            Entry::SanctionLifted { kind, who: nick("bob"), room }
        };
        assert_eq!(commit(&mut writer, lifted(None, SanctionKind::Mute)), Outcome::Missing);
        assert_eq!(commit(&mut writer, lifted(Some("Den"), SanctionKind::Ban)), Outcome::Kept(0));
        assert_eq!(loaded(&writer), [ban(nick("Bob"), None, None)]);
        assert_eq!(commit(&mut writer, lifted(None, SanctionKind::Ban)), Outcome::Kept(0));
        assert_eq!(loaded(&writer), []);
    }

    #[test]
    fn they_end_when_the_cores_do() {
        for before in 9..13 {
            let (mut writer, mut held) = (writer(&some()), Sanctions::restore(some()));
            held.sweep(Wall(before));
            let expire = Entry::Expire {
                whispers_before: None,
                client_ids_before: Wall(0),
                sanctions_before: Wall(before),
                reads_before: Wall(0),
            };
            commit(&mut writer, expire);
            assert_eq!(loaded(&writer), held.iter().cloned().collect::<Vec<_>>(), "{before}");
        }
    }

    #[test]
    fn a_room_takes_its_own_along() {
        let (mut writer, mut held) = (writer(&some()), Sanctions::restore(some()));
        held.forget_room("DEN");
        commit(&mut writer, Entry::RoomClosed { room: "DEN".into() });
        assert_eq!(loaded(&writer), held.iter().cloned().collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_read_is_not_passed_over() {
        for broken in ["kind = 'x'", "network = 1"] {
            let writer = writer(&[ban(nick("Bob"), None, None)]);
            writer.connection().execute(&format!("UPDATE sanctions SET {broken}"), []).unwrap();
            schema::load(writer.connection()).unwrap_err();
        }
    }
}
