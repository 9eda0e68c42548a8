//! The databases of every version there was, as its code would have left them.
//!
//! Knows what each version's code wrote: plain statements for the early ones, the writer for the later. Why each
//! goes through all versions before it: that is how a database in the field came to be.

use super::*;
use crate::store::upgrade::migrations;

/// 2100, which is still to come.
pub const LATER: i64 = 4_102_444_800_000;
/// The version in which rooms have settings, messages are changed, and people banned.
pub const ROOMS: usize = 2;
pub const RECURRENCE: usize = 3;
pub const CHAINED: usize = 4;
pub const SEARCHED: usize = 5;
pub const EXPIRY: usize = 6;
pub const RESUMED: usize = 7;

pub fn fixture(version: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/store/v{version}.db"))
}

/// As servers of all versions up to this one would have left it.
pub fn make_fixture(version: usize) {
    let file = fixture(version);
    let mut connection = Connection::open(&file).unwrap();
    connection.execute_batch("PRAGMA page_size = 512").unwrap();
    if version >= EXPIRY {
        connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL").unwrap();
    }
    for stage in 1..=version {
        migrations().to_version(&mut connection, stage).unwrap();
        match stage {
            1 => talk(&connection),
            ROOMS => moderate(&connection),
            RECURRENCE => recur(&connection),
            CHAINED => chained(&connection),
            SEARCHED => connection = searched(connection),
            EXPIRY => connection = expired(connection),
            RESUMED => drop(sessions::keep(&connection, &zoe()).unwrap()),
            later => panic!("what does a server of version {later} write?"),
        }
    }
    connection.execute_batch("VACUUM").unwrap();
}

pub fn talk(connection: &Connection) {
    let lobby = name::key("lobby");
    let sql = format!(
        "INSERT INTO meta (key, value) VALUES ('run', 7);
         INSERT INTO rooms (id, key, name) VALUES (1, '{}', 'lobby');
         INSERT INTO messages (room, seq, at, sender, kind, text) VALUES
             (1, 1, 10, 'Alice', 'say', 'hi'), (1, 2, 20, 'Bob', 'action', 'waves'),
             (1, 3, 30, '철수', 'say', '회의는 세 시입니다');
         INSERT INTO schedules (id, room, sender, text, due, made, state) VALUES
             (3, 'lobby', 'Bob', 'later', {LATER}, 20, 'waiting'), (4, 'lobby', 'Bob', 'was', 9, 5, 'told');
         INSERT INTO whispers (at, sender, receivers, text) VALUES (20, 'Alice', 'Bob', 'psst');
         INSERT INTO commands (at, actor, door, command, args, outcome)
             VALUES (20, 'Alice', 'text', 'users', '', 'ok');
         INSERT INTO client_ids (session, mid, number, at) VALUES ('7-1', 'm', 1, 10);",
        lobby.as_str()
    );
    connection.execute_batch(&sql).unwrap();
}

pub fn den() -> RoomRow {
    RoomRow { topic: "곰".into(), lock: Some("abc".into()), kept: true, ..RoomRow::new("Den".into()) }
}

pub fn ban() -> Sanction {
    Sanction {
        kind: SanctionKind::Ban,
        who: Who::Nick("Eve".into()),
        room: Some("Den".into()),
        by: "Alice".into(),
        at: Wall(40),
        until: Some(Wall(LATER)),
        reason: Some("시끄러움".into()),
    }
}

pub fn mark() -> ReadMark {
    ReadMark { nick: "Bob".into(), room: "lobby".into(), seq: 2, at: Wall(40) }
}

pub fn moderate(connection: &Connection) {
    rooms::keep(connection, &den()).unwrap();
    sanctions::keep(connection, &ban()).unwrap();
    reads::keep(connection, &mark()).unwrap();
    let sql =
        "INSERT INTO messages (room, seq, at, sender, kind, text, run, serial, mentions, edited, deleted)
             VALUES (2, 1, 40, 'Alice', 'say', '안녕 Bob', 7, 1, 'Bob', NULL, 0),
                 (1, 4, 40, 'Alice', 'say', 'second thoughts', 7, 1, NULL, 50, 0),
                 (1, 5, 40, 'Alice', 'say', '', 7, 1, NULL, 50, 1);
         INSERT INTO versions (message, at, actor, text)
             SELECT id, 50, 'Alice', 'thoughts' FROM messages WHERE room = 1 AND seq = 4;
         INSERT INTO versions (message, at, actor, text)
             SELECT id, 50, 'Bob', 'unsaid' FROM messages WHERE room = 1 AND seq = 5;";
    connection.execute_batch(sql).unwrap();
}

/// Somebody who has lost the connection.
pub fn zoe() -> SessionRow {
    let seat = SeatRow { room: "lobby".into(), order: 3, from: 2, role: None };
    SessionRow {
        author: Author { run: 8, serial: 2 },
        token: "c0ffee".into(),
        former: None,
        nick: "Zoé".into(),
        named: Wall(80),
        since: Wall(80),
        lang: Some(Lang::Ko),
        partner: None,
        seats: vec![seat],
    }
}

pub fn recur(connection: &Connection) {
    let sql = "INSERT INTO schedules (id, room, sender, text, due, made, state, every, time, zone)
                   VALUES (5, 'Den', '철수', '체조', ?1, 50, 'waiting', 'daily', '07:30', 'Asia/Seoul')";
    connection.execute(sql, [LATER]).unwrap();
}

pub fn chained(connection: &Connection) {
    let mut chain = Chain::default();
    let sql = "INSERT INTO messages (id, room, seq, at, sender, kind, text, run, serial, edited)
                   VALUES (7, 1, 6, 60, 'Alice', 'say', 'linked, better', 8, 1, 61);
               INSERT INTO versions (id, message, at, actor, text) VALUES (3, 7, 61, 'Alice', 'linked');
               INSERT INTO commands (id, at, actor, door, command, args, outcome)
                   VALUES (2, 62, 'admin', 'control', 'ban', 'Eve', 'ok');";
    connection.execute_batch(sql).unwrap();
    let key = name::key("lobby");
    let room_key = key.as_str();
    let said = MessageBody {
        room_key,
        seq: 6,
        at: 60,
        sender: "Alice",
        kind: "say",
        text: "linked",
        schedule: None,
        run: Some(8),
        serial: Some(1),
    };
    chain.add(connection, Key { kind: Kind::Message, place: 1, number: 6 }, said.digest()).unwrap();
    let after = Some("linked, better");
    let changed = VersionBody { room_key, seq: 6, at: 61, actor: "Alice", before: "linked", after };
    chain.add(connection, Key { kind: Kind::Version, place: 7, number: 3 }, changed.digest()).unwrap();
    let record = CommandRecord {
        at: Wall(62),
        actor: "admin".into(),
        door: "control".into(),
        command: "ban".into(),
        args: "Eve".into(),
        outcome: "ok".into(),
    };
    let digest = crate::store::chain::command_digest(&record);
    chain.add(connection, Key { kind: Kind::Command, place: 0, number: 2 }, digest).unwrap();
}

pub fn say(room: &str, at: i64, text: &str) -> Job {
    let (room, from) = (room.into(), "Alice".into());
    let message = Message { room, at: Wall(at), from, text: text.into(), ..Message::default() };
    Job { ticket: None, entry: Entry::Message { message, author: None, mid: None, fires: None } }
}

pub fn searched(connection: Connection) -> Connection {
    let mut writer = Writer::new(connection);
    let (room, by) = ("lobby".into(), "Mod".into());
    let edit =
        Edit { room, seq: 7, at: Wall(71), by, from: Name::default(), text: Some("색인된 낱말".into()) };
    let edit = Job { ticket: None, entry: Entry::Edit { edit, terms: EditTerms::Moderator } };
    writer.commit(&[say("lobby", 70, "unindexed"), edit]).unwrap();
    writer.into_connection()
}

pub fn expired(connection: Connection) -> Connection {
    let mut writer = Writer::new(connection);
    writer.commit(&[say("attic", 5, "gone"), say("attic", 6, "gone too")]).unwrap();
    let retain = Entry::Retain { before: Some(Wall(7)), bytes_max: None };
    writer.commit(&[Job { ticket: None, entry: retain }]).unwrap();
    while writer.expire_step().unwrap() {}
    writer.into_connection()
}
