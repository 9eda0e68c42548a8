//! What of an import is refused before the history is asked.

use super::*;
use crate::core::event::{MessageKind, Version};
use crate::core::room::Rooms;

const NOW: Wall = Wall(1_000_000);

fn message() -> Message {
    Message {
        room: "den".into(),
        seq: Some(1),
        at: Wall(10),
        from: "Alice".into(),
        text: "안녕".into(),
        ..Message::default()
    }
}

fn version(at: i64, text: &str) -> Version {
    Version { at: Wall(at), by: "admin".into(), text: text.into() }
}

fn judged(message: Message) -> Result<(), ImportFault> {
    check(&[Line::Message(Box::new(message))], NOW).map_err(|misfit| misfit.why)
}

fn room(row: RoomRow) -> Result<(), ImportFault> {
    check(&[Line::Room(Box::new(RoomLine { locked: false, open: true, row }))], NOW)
        .map_err(|misfit| misfit.why)
}

#[test]
fn what_a_server_may_have_written() {
    let edited = Some(Wall(30));
    let versions = vec![version(20, "first"), version(30, "second")];
    for sound in [
        message(),
        Message { kind: MessageKind::Scheduled, from: "admin".into(), ..message() },
        Message { mentions: vec!["Bob".into(), "지훈".into()], ..message() },
        Message { edited, versions: versions.clone(), ..message() },
        Message { edited, versions, text: String::new(), deleted: true, ..message() },
        Message { at: Wall(NOW.0 + IMPORT_AHEAD_MS_MAX), ..message() },
    ] {
        assert_eq!(judged(sound.clone()), Ok(()), "{sound:?}");
    }
    assert_eq!(room(RoomRow { topic: "Colours".into(), ..RoomRow::new("design/ui".into()) }), Ok(()));
}

#[test]
fn what_no_server_has_written() {
    use ImportFault::*;
    let form = |field: &str| Form(field.to_owned());
    let edited = Some(Wall(20));
    let changed = Message { edited, versions: vec![version(20, "x")], ..message() };
    for (bad, why) in [
        (Message { seq: Some(0), ..message() }, form("seq")),
        (Message { seq: Some(u64::MAX), ..message() }, form("seq")),
        (Message { mentions: vec!["Bob".into(); MENTIONS_MAX + 1], ..message() }, form("mentions")),
        (Message { from: "a b".into(), ..message() }, Nick(NameFault::Space)),
        (Message { from: "Ａlice".into(), ..message() }, Nick(NameFault::NotAllowed)),
        (Message { mentions: vec!["a,b".into()], ..message() }, Nick(NameFault::Forbidden(','))),
        (Message { text: "\u{1b}[2J".into(), ..message() }, Text),
        (Message { text: "a\nb".into(), ..message() }, Text),
        (Message { text: " ".into(), ..message() }, Text),
        (Message { deleted: true, ..changed.clone() }, Text),
        (Message { versions: vec![version(20, "\u{7}")], ..changed.clone() }, Text),
        (Message { edited, ..message() }, Versions),
        (Message { versions: vec![version(20, "x")], ..message() }, Versions),
        (Message { edited: Some(Wall(21)), ..changed.clone() }, Versions),
        (Message { at: Wall(21), ..changed.clone() }, Versions),
        (Message { deleted: true, text: String::new(), ..message() }, Versions),
        (Message { at: Wall(NOW.0 + IMPORT_AHEAD_MS_MAX + 1), ..message() }, Future),
        (Message { at: Wall(-1), ..message() }, Future),
    ] {
        assert_eq!(judged(bad.clone()), Err(why), "{bad:?}");
    }
    assert_eq!(room(RoomRow::new("a b".into())), Err(Room(NameFault::Space)));
    assert_eq!(room(RoomRow { topic: "a\nb".into(), ..RoomRow::new("den".into()) }), Err(Text));
    assert_eq!(room(RoomRow { slow_ms: u64::MAX, ..RoomRow::new("den".into()) }), Err(Text));
}

#[test]
fn the_line_at_fault_is_named() {
    let good = Line::Message(Box::new(message()));
    let bad = Line::Message(Box::new(Message { seq: Some(2), text: String::new(), ..message() }));
    let misfit = check(&[good.clone(), bad, good], NOW).unwrap_err();
    let expected = Misfit { line: 2, room: "den".into(), seq: Some(2), why: ImportFault::Text };
    assert_eq!(misfit, expected);
}

#[test]
fn what_was_private_stays_so_in_a_room_that_was_opened_meanwhile() {
    let found = |private| PastRoom { room: "den".into(), last: 9, private, floor: 2 };
    let after = |row: Option<RoomRow>, private| {
        let mut rooms = Rooms::default();
        let open = row.map(|row| rooms.open(row));
        let recorded = rooms.take_in(found(private)) == open && open.is_some();
        let here = open.map(|open| (rooms.get(open).last, rooms.get(open).row.floor));
        (recorded, here, rooms.floor("den"))
    };
    let plain = RoomRow::new("den".into());
    assert_eq!(after(None, true), (false, None, 9));
    assert_eq!(after(None, false), (false, None, 2));
    assert_eq!(after(Some(plain.clone()), true), (true, Some((9, 9)), 0));
    assert_eq!(after(Some(plain.clone()), false), (true, Some((9, 2)), 0));
    let private = RoomRow { invite_only: true, floor: 2, ..plain };
    assert_eq!(after(Some(private), true), (false, Some((9, 2)), 0));
}
