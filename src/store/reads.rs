//! Read marks in the database.
//!
//! Knows no message. Why no index on the time: marks move all day, and old ones
//! are looked for once an hour.

use rusqlite::{Connection, params};

use crate::core::entry::Outcome;
use crate::core::name::{self, Name};
use crate::core::reads::ReadMark;
use crate::core::time::Wall;

/// Moves a mark, but never back.
pub fn keep(connection: &Connection, mark: &ReadMark) -> rusqlite::Result<Outcome> {
    connection
        .prepare_cached(
            "INSERT INTO reads (nick_key, room_key, nick, room, seq, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (nick_key, room_key) DO UPDATE SET
                 nick = excluded.nick, room = excluded.room, seq = excluded.seq, at = excluded.at
             WHERE excluded.seq >= seq",
        )?
        .execute(params![
            name::key(&mark.nick).as_str(),
            name::key(&mark.room).as_str(),
            &*mark.nick,
            &*mark.room,
            mark.seq as i64,
            mark.at.0,
        ])?;
    Ok(Outcome::Kept(0))
}

/// Deletes those that were last moved before this instant.
pub fn expire(connection: &Connection, before: Wall) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM reads WHERE at < ?1")?.execute([before.0])?;
    Ok(())
}

/// All of them, by person and room.
pub fn all(connection: &Connection) -> rusqlite::Result<Vec<ReadMark>> {
    let mut all = connection.prepare("SELECT nick, room, seq, at FROM reads ORDER BY nick_key, room_key")?;
    let rows = all.query_map([], |row| {
        Ok(ReadMark {
            nick: Name::from(row.get::<_, String>(0)?),
            room: Name::from(row.get::<_, String>(1)?),
            seq: row.get::<_, i64>(2)? as u64,
            at: Wall(row.get(3)?),
        })
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::entry::{Entry, Job};
    use crate::core::reads::Reads;
    use crate::store::{Writer, schema};

    fn mark(nick: &str, room: &str, seq: u64, at: i64) -> ReadMark {
        ReadMark { nick: nick.into(), room: room.into(), seq, at: Wall(at) }
    }

    fn some() -> Vec<ReadMark> {
        vec![
            mark("bob", "lobby", 5, 1),
            mark("Alice", "lobby", 5, 2),
            mark("Alice", "den", 1, 3),
            // Back, on the spot, and on.
            mark("alice", "Lobby", 4, 4),
            mark("ALICE", "DEN", 1, 5),
            mark("B0B", "LOBBY", 6, 6),
        ]
    }

    fn writer() -> Writer {
        let mut writer = Writer::new(schema::open_in_memory(None).unwrap());
        let jobs: Vec<Job> =
            some().into_iter().map(|mark| Job { ticket: None, entry: Entry::Read(mark) }).collect();
        assert_eq!(writer.commit(&jobs).unwrap(), vec![Outcome::Kept(0); jobs.len()]);
        writer
    }

    fn loaded(writer: &Writer) -> Vec<ReadMark> {
        schema::load(writer.connection()).unwrap().reads
    }

    #[test]
    fn they_move_as_the_cores_do() {
        let held = Reads::restore(some());
        assert_eq!(loaded(&writer()), held.iter().cloned().collect::<Vec<_>>());
        let expected = [mark("ALICE", "DEN", 1, 5), mark("Alice", "lobby", 5, 2), mark("B0B", "LOBBY", 6, 6)];
        assert_eq!(loaded(&writer()), expected);
    }

    #[test]
    fn they_are_forgotten_when_the_cores_are() {
        for before in 0..8 {
            let (mut writer, mut held) = (writer(), Reads::restore(some()));
            held.sweep(Wall(before));
            let entry = Entry::Expire {
                whispers_before: None,
                client_ids_before: Wall(0),
                sanctions_before: Wall(0),
                reads_before: Wall(before),
            };
            writer.commit(&[Job { ticket: None, entry }]).unwrap();
            assert_eq!(loaded(&writer), held.iter().cloned().collect::<Vec<_>>(), "{before}");
        }
    }
}
