//! Rooms in the database: open ones with their settings, and those that left a history.
//!
//! Knows no message's text. Why a closed room keeps its row: its messages hang on
//! it, and how private it was decides who may read them later.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{retention, sanctions};
use crate::core::entry::{Outcome, PastRoom};
use crate::core::name::{self, Name};
use crate::core::room::RoomRow;

/// The room's number in the database and its last seq; none when there is nothing of that name.
pub fn find(connection: &Connection, key: &str) -> rusqlite::Result<Option<(i64, u64)>> {
    let id: Option<i64> = connection
        .prepare_cached("SELECT id FROM rooms WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    let Some(id) = id else { return Ok(None) };
    let last: Option<i64> = connection
        .prepare_cached("SELECT MAX(seq) FROM messages WHERE room = ?1")?
        .query_row([id], |row| row.get(0))?;
    // The oldest go first: where one is left, none behind it has expired.
    let last = last.map_or_else(|| retention::expired(connection, id), Ok)?;
    Ok(Some((id, last as u64)))
}

/// The same, with a row made for what is said where nobody has opened a room: the lobby, or a room
/// that is gone when a message for it is due.
pub fn seat(connection: &Connection, room: &Name) -> rusqlite::Result<(i64, u64)> {
    let key = name::key(room);
    if let Some(found) = find(connection, key.as_str())? {
        return Ok(found);
    }
    connection
        .prepare_cached("INSERT INTO rooms (key, name) VALUES (?1, ?2)")?
        .execute(params![key.as_str(), &**room])?;
    Ok((connection.last_insert_rowid(), 0))
}

/// It is open, and as `row` says.
pub fn keep(connection: &Connection, row: &RoomRow) -> rusqlite::Result<Outcome> {
    connection
        .prepare_cached(
            "INSERT INTO rooms
                 (key, name, topic, capacity, lock, listed, invite_only, slow_ms, kept, floor, open)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1)
             ON CONFLICT (key) DO UPDATE SET
                 name = excluded.name, topic = excluded.topic, capacity = excluded.capacity,
                 lock = excluded.lock, listed = excluded.listed, invite_only = excluded.invite_only,
                 slow_ms = excluded.slow_ms, kept = excluded.kept, floor = excluded.floor, open = 1",
        )?
        .execute(params![
            name::key(&row.name).as_str(),
            &*row.name,
            row.topic,
            row.capacity,
            row.lock,
            row.listed,
            row.invite_only,
            row.slow_ms as i64,
            row.kept,
            row.floor as i64,
        ])?;
    Ok(Outcome::Kept(0))
}

/// It is gone, and its bans and mutes with it; what was said there stays.
pub fn close(connection: &Connection, room: &Name) -> rusqlite::Result<Outcome> {
    let key = name::key(room);
    connection.prepare_cached("UPDATE rooms SET open = 0 WHERE key = ?1")?.execute([key.as_str()])?;
    if let Some((id, 0)) = find(connection, key.as_str())? {
        connection.prepare_cached("DELETE FROM rooms WHERE id = ?1")?.execute([id])?;
    }
    sanctions::forget_room(connection, key.as_str())?;
    Ok(Outcome::Kept(0))
}

/// These are open, and no others.
pub fn stand(connection: &Connection, rows: &[RoomRow]) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE rooms SET open = 0 WHERE open")?.execute([])?;
    rows.iter().try_for_each(|row| keep(connection, row).map(|_| ()))
}

/// Those that are open, by name, each with the last seq of its history.
pub fn open(connection: &Connection) -> rusqlite::Result<Vec<(RoomRow, u64)>> {
    let mut open = connection.prepare(&format!(
        "SELECT name, topic, capacity, lock, listed, invite_only, slow_ms, kept, floor, COALESCE({LAST}, 0)
         FROM rooms WHERE open ORDER BY key"
    ))?;
    let rows = open.query_map([], |row| {
        let settings = RoomRow {
            name: Name::from(row.get::<_, String>(0)?),
            topic: row.get(1)?,
            capacity: row.get(2)?,
            lock: row.get(3)?,
            listed: row.get(4)?,
            invite_only: row.get(5)?,
            slow_ms: row.get::<_, i64>(6)? as u64,
            kept: row.get(7)?,
            floor: row.get::<_, i64>(8)? as u64,
        };
        Ok((settings, row.get::<_, i64>(9)? as u64))
    })?;
    rows.collect()
}

/// The room of this key that has a history, as if it were gone.
pub fn past_named(connection: &Connection, key: &str) -> rusqlite::Result<Option<PastRoom>> {
    let sql = format!("SELECT {} FROM rooms WHERE key = ?1 AND last IS NOT NULL", past_columns());
    connection.prepare_cached(&sql)?.query_row([key], past_row).optional()
}

/// The last seq of a room, also when all that was said there has expired; null: nothing ever was.
const LAST: &str = "COALESCE((SELECT MAX(seq) FROM messages WHERE messages.room = rooms.id),
    (SELECT MAX(number) FROM chain WHERE kind = 'expired' AND place = rooms.id))";

fn past_columns() -> String {
    format!("name, {LAST} AS last, lock IS NOT NULL OR invite_only OR NOT listed, floor")
}

fn past_row(row: &Row<'_>) -> rusqlite::Result<PastRoom> {
    Ok(PastRoom {
        room: Name::from(row.get::<_, String>(0)?),
        last: row.get::<_, i64>(1)? as u64,
        private: row.get(2)?,
        floor: row.get::<_, i64>(3)? as u64,
    })
}

/// Those that are gone and left a history, by name.
pub fn past(connection: &Connection) -> rusqlite::Result<Vec<PastRoom>> {
    let past = past_columns();
    let sql = format!("SELECT {past} FROM rooms WHERE NOT open AND last IS NOT NULL ORDER BY key");
    connection.prepare(&sql)?.query_map([], past_row)?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::entry::{Entry, Job};
    use crate::core::event::Message;
    use crate::store::{Writer, schema};

    fn say(room: &str) -> Entry {
        let message = Message { room: room.into(), text: "t".into(), ..Message::default() };
        Entry::Message { message, author: None, mid: None, fires: None }
    }

    fn closed(room: &str) -> Entry {
        Entry::RoomClosed { room: room.into() }
    }

    fn after(
        writer: &mut Writer,
        entries: impl IntoIterator<Item = Entry>,
    ) -> (Vec<(RoomRow, u64)>, Vec<PastRoom>) {
        let jobs: Vec<Job> = entries.into_iter().map(|entry| Job { ticket: None, entry }).collect();
        writer.commit(&jobs).unwrap();
        let rows = schema::load(writer.connection()).unwrap();
        (rows.rooms, rows.past)
    }

    fn writer() -> Writer {
        Writer::new(schema::open_in_memory(None).unwrap())
    }

    fn den() -> RoomRow {
        RoomRow {
            name: "Den".into(),
            topic: "bears".into(),
            capacity: Some(0),
            lock: Some("abc".into()),
            listed: false,
            invite_only: true,
            slow_ms: 1_500,
            kept: true,
            floor: 4,
        }
    }

    #[test]
    fn settings_come_back_and_replace_each_other() {
        let mut writer = writer();
        let lounge = RoomRow::new("alounge".into());
        let (rooms, past) = after(&mut writer, [Entry::Room(den()), Entry::Room(lounge.clone()), say("den")]);
        assert_eq!(rooms, [(lounge.clone(), 0), (den(), 1)]);
        assert_eq!(past, []);
        let plain = RoomRow::new("dEn".into());
        let (rooms, _) = after(&mut writer, [Entry::Room(plain.clone())]);
        assert_eq!(rooms, [(lounge, 0), (plain, 1)]);
    }

    #[test]
    fn a_closed_room_stays_as_long_as_it_has_a_history() {
        let mut writer = writer();
        let quiet = RoomRow::new("quiet".into());
        let (rooms, past) = after(
            &mut writer,
            [Entry::Room(den()), Entry::Room(quiet), say("Den"), closed("den"), closed("quiet")],
        );
        assert_eq!(
            (rooms, past),
            (vec![], vec![PastRoom { room: "Den".into(), last: 1, private: true, floor: 4 }])
        );
        let count = "SELECT COUNT(*) FROM rooms";
        let count: i64 = writer.connection().query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 1, "the quiet one has left nothing");

        // Another room of that name goes on with the seqs, and is as private as it is itself.
        let open = RoomRow { floor: 1, ..RoomRow::new("DEN".into()) };
        let (rooms, past) = after(&mut writer, [Entry::Room(open.clone()), say("Den"), say("DEN")]);
        assert_eq!((rooms, past), (vec![(open, 3)], vec![]));
        let (_, past) = after(&mut writer, [closed("DEN")]);
        assert_eq!(past, [PastRoom { room: "DEN".into(), last: 3, private: false, floor: 1 }]);
    }

    #[test]
    fn each_way_of_being_private_outlives_the_room() {
        for (row, private) in [
            (RoomRow::new("den".into()), false),
            (RoomRow { lock: Some("abc".into()), ..RoomRow::new("den".into()) }, true),
            (RoomRow { invite_only: true, ..RoomRow::new("den".into()) }, true),
            (RoomRow { listed: false, ..RoomRow::new("den".into()) }, true),
        ] {
            assert_eq!(row.is_private(), private);
            let (_, past) = after(&mut writer(), [Entry::Room(row), say("den"), closed("den")]);
            assert_eq!(past, [PastRoom { room: "den".into(), last: 1, private, floor: 0 }]);
        }
    }

    #[test]
    fn what_is_said_where_nobody_opened_a_room_opens_none() {
        let mut writer = writer();
        let (rooms, past) = after(&mut writer, [say("lobby")]);
        assert_eq!(
            (rooms, past),
            (vec![], vec![PastRoom { room: "lobby".into(), last: 1, private: false, floor: 0 }])
        );
        // Nor does the end of a room of which nothing is known.
        assert_eq!(after(&mut writer, [closed("nowhere")]).0, []);
    }
}
