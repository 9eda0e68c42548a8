//! Scheduled messages into rows and back.
//!
//! Knows no clock. Why a run is marked as sent in the transaction of its message: whatever kills
//! the daemon, both are there or neither is.

use rusqlite::{Connection, params};

use crate::core::entry::{Fires, Outcome, Schedule, ScheduleEnd, Skipped};
use crate::core::name::Name;
use crate::core::recurrence::{Every, Rule};
use crate::core::time::Wall;

/// What waits, and what was missed and is not told yet.
pub fn open(connection: &Connection) -> rusqlite::Result<Vec<Schedule>> {
    let mut open = connection.prepare(
        "SELECT id, room, sender, text, due, made, state, every, time, zone, missed, told FROM schedules
         WHERE state IN ('waiting', 'missed') ORDER BY id",
    )?;
    open.query_map([], schedule)?.collect()
}

/// The greatest number ever given.
pub fn last(connection: &Connection) -> rusqlite::Result<u64> {
    let last: i64 =
        connection.query_row("SELECT COALESCE(MAX(id), 0) FROM schedules", [], |row| row.get(0))?;
    Ok(last as u64)
}

fn schedule(row: &rusqlite::Row<'_>) -> rusqlite::Result<Schedule> {
    let (every, time): (Option<String>, Option<String>) = (row.get(7)?, row.get(8)?);
    let every = every.and_then(|word| Every::read(&word, time.as_deref()));
    let zone = row.get(9)?;
    let told = row.get(11)?;
    Ok(Schedule {
        schedule: row.get::<_, i64>(0)? as u64,
        room: Name::from(row.get::<_, String>(1)?),
        from: Name::from(row.get::<_, String>(2)?),
        text: row.get(3)?,
        due: Wall(row.get(4)?),
        made: Wall(row.get(5)?),
        missed: row.get::<_, String>(6)? == "missed",
        rule: every.map(|every| Rule { every, zone }),
        skipped: row.get::<_, Option<i64>>(10)?.map(|due| Skipped { due: Wall(due), told }),
    })
}

pub fn keep(connection: &Connection, row: &Schedule) -> rusqlite::Result<Outcome> {
    let rule = row.rule.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO schedules (id, room, sender, text, due, made, state, every, time, zone)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7, ?8, ?9)",
        )?
        .execute(params![
            row.schedule as i64,
            &*row.room,
            &*row.from,
            row.text,
            row.due.0,
            row.made.0,
            rule.map(|rule| rule.every.word()),
            rule.and_then(|rule| rule.every.time()).map(|time| time.to_string()),
            rule.and_then(|rule| rule.zone.as_deref()),
        ])?;
    Ok(Outcome::Kept(row.schedule))
}

/// Marks a run as sent; false where it waits no longer. A skip may have been lost with a broken disk: a run later
/// than the one that the row knows is still to come.
pub fn fire(connection: &Connection, fires: Fires) -> rusqlite::Result<bool> {
    let Fires { schedule, due, next } = fires;
    let changed = connection
        .prepare_cached(
            "UPDATE schedules SET due = COALESCE(?3, due), state = iif(?3 IS NULL, 'sent', state),
                    missed = iif(told, NULL, missed), told = 0
             WHERE id = ?1 AND due <= ?2 AND state = 'waiting'",
        )?
        .execute(params![schedule as i64, due.0, next.map(|next| next.0)])?;
    Ok(changed == 1)
}

/// Never back to a run that was sent.
pub fn skip(
    connection: &Connection,
    schedule: u64,
    next: Wall,
    skipped: Skipped,
) -> rusqlite::Result<Outcome> {
    let changed = connection
        .prepare_cached(
            "UPDATE schedules SET due = max(due, ?2), missed = ?3, told = ?4
             WHERE id = ?1 AND state = 'waiting'",
        )?
        .execute(params![schedule as i64, next.0, skipped.due.0, skipped.told])?;
    Ok(if changed == 1 { Outcome::Kept(schedule) } else { Outcome::Missing })
}

pub fn end(connection: &Connection, schedule: u64, end: ScheduleEnd) -> rusqlite::Result<Outcome> {
    let (from, to) = match end {
        ScheduleEnd::Cancelled => ("waiting", "cancelled"),
        ScheduleEnd::Missed => ("waiting", "missed"),
        ScheduleEnd::Told => ("missed", "told"),
    };
    let changed = connection
        .prepare_cached("UPDATE schedules SET state = ?3 WHERE id = ?1 AND state = ?2")?
        .execute(params![schedule as i64, from, to])?;
    Ok(if changed == 1 { Outcome::Kept(schedule) } else { Outcome::Missing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    fn row(rule: Option<Rule>) -> Schedule {
        Schedule {
            schedule: 1,
            room: "lobby".into(),
            from: "Alice".into(),
            text: "tea".into(),
            due: Wall(10),
            made: Wall(5),
            missed: false,
            rule,
            skipped: None,
        }
    }

    fn fires(due: i64, next: Option<i64>) -> Fires {
        Fires { schedule: 1, due: Wall(due), next: next.map(Wall) }
    }

    #[test]
    fn rules_come_back_as_they_were() {
        for (word, zone) in [("daily", None), ("weekdays", Some("Asia/Seoul")), ("0 9 * * 1-5", None)] {
            let connection = schema::open_in_memory(None).unwrap();
            let every = Every::read(word, Some("9:05")).unwrap();
            let kept = row(Some(Rule { every, zone: zone.map(str::to_owned) }));
            keep(&connection, &kept).unwrap();
            assert_eq!(open(&connection).unwrap(), [kept]);
        }
    }

    #[test]
    fn no_run_is_sent_twice() {
        let connection = schema::open_in_memory(None).unwrap();
        keep(&connection, &row(Every::read("daily", Some("9:05")).map(|every| Rule { every, zone: None })))
            .unwrap();
        assert!(fire(&connection, fires(10, Some(20))).unwrap());
        assert!(!fire(&connection, fires(10, Some(20))).unwrap(), "that run was sent");
        let skipped = Skipped { due: Wall(20), told: false };
        assert_eq!(skip(&connection, 1, Wall(30), skipped).unwrap(), Outcome::Kept(1));
        assert!(fire(&connection, fires(30, Some(40))).unwrap());
        assert_eq!(open(&connection).unwrap()[0].skipped, Some(skipped), "nobody has been told");
        skip(&connection, 1, Wall(30), Skipped { told: true, ..skipped }).unwrap();
        assert!(!fire(&connection, fires(30, Some(40))).unwrap(), "that run was sent");
        assert!(fire(&connection, fires(50, Some(60))).unwrap(), "a lost skip stops nothing");
        assert_eq!(open(&connection).unwrap()[0].skipped, None);
        assert_eq!(end(&connection, 1, ScheduleEnd::Cancelled).unwrap(), Outcome::Kept(1));
        assert!(!fire(&connection, fires(60, Some(70))).unwrap(), "it was cancelled");
    }

    #[test]
    fn the_last_run_is_the_end() {
        let connection = schema::open_in_memory(None).unwrap();
        keep(&connection, &row(None)).unwrap();
        assert!(fire(&connection, fires(10, None)).unwrap());
        assert_eq!(open(&connection).unwrap(), []);
        assert!(!fire(&connection, fires(10, None)).unwrap());
    }
}
