//! Exports of one database into another, and what does not fit.

use super::*;
use crate::core::chain::Mark;
use crate::core::entry::{EditTerms, Entry, HistoryQuery, Job, Page, Query, SearchQuery};
use crate::core::event::Edit;
use crate::core::export::{ExportMark, RoomLine};
use crate::core::query;
use crate::core::room::RoomRow;
use crate::core::time::Wall;
use crate::store::{page, schema};

fn writer() -> Writer {
    Writer::new(schema::open_in_memory(None).unwrap())
}

fn commit(writer: &mut Writer, entry: Entry) -> Outcome {
    writer.commit(&[Job { ticket: None, entry }]).unwrap().remove(0)
}

fn say(writer: &mut Writer, room: &str, at: i64, text: &str) {
    let (room, from, text) = (room.into(), "Alice".into(), text.into());
    let message = Message { room, at: Wall(at), from, text, ..Message::default() };
    commit(writer, Entry::Message { message, author: None, mid: None, fires: None });
}

fn edit(writer: &mut Writer, seq: u64, at: i64, text: Option<&str>) {
    let (by, from, text) = ("Mod".into(), Name::default(), text.map(str::to_owned));
    let edit = Edit { room: "den".into(), seq, at: Wall(at), by, from, text };
    commit(writer, Entry::Edit { edit, terms: EditTerms::Moderator });
}

fn row(name: &str) -> RoomRow {
    RoomRow::new(name.into())
}

/// All of a database, or of a room, a few lines at a time.
fn exported(writer: &Writer, room: Option<&str>, limit: u32) -> Vec<Line> {
    let (mut lines, mut from) = (Vec::new(), ExportMark::default());
    loop {
        let asked = Query::Export { room: room.map(Name::from), from, limit };
        let Page::Exported(page) = page(writer.connection(), &asked).unwrap() else { panic!("no export") };
        lines.extend(page.lines);
        let Some(next) = page.next else { return lines };
        assert!((next.rooms, next.after) > (from.rooms, from.after));
        from = next;
    }
}

fn import(writer: &mut Writer, lines: &[Line]) -> Result<(u64, u64), ImportFault> {
    match commit(writer, Entry::Import(lines.to_vec())) {
        Outcome::Import(Ok(kept)) => Ok((kept.added, kept.there)),
        Outcome::Import(Err(misfit)) => Err(misfit.why),
        other => panic!("{other:?}"),
    }
}

fn verify(writer: &Writer) -> u64 {
    let asked = Query::Verify { from: Mark::default(), until: None };
    let Page::Verified(found) = page(writer.connection(), &asked).unwrap() else { panic!("no page") };
    assert_eq!(found.fault, None);
    found.checked
}

/// Two rooms: what was edited and deleted, and one that is private.
fn full() -> Writer {
    let mut writer = writer();
    commit(
        &mut writer,
        Entry::Room(RoomRow { topic: "bears".into(), listed: false, kept: true, ..row("den") }),
    );
    say(&mut writer, "den", 10, "one");
    say(&mut writer, "lobby", 10, "여기");
    say(&mut writer, "den", 11, "two");
    say(&mut writer, "den", 12, "three");
    edit(&mut writer, 2, 20, Some("TWO"));
    edit(&mut writer, 2, 21, Some("twice"));
    edit(&mut writer, 3, 22, None);
    say(&mut writer, "lobby", 30, "end");
    writer
}

#[test]
fn an_export_comes_back_the_same_whatever_the_pages() {
    let first = full();
    let lines = exported(&first, None, 500);
    assert_eq!(lines.len(), 7);
    for limit in 1..4 {
        assert_eq!(exported(&first, None, limit), lines);
    }
    let den: Vec<Line> = exported(&first, Some("DEN"), 2);
    assert_eq!(den.len(), 4);

    let mut second = writer();
    assert_eq!(import(&mut second, &lines), Ok((5, 0)));
    let settled = |lines: &[Line]| -> Vec<Line> {
        let settle = |line: &Line| match line {
            // The hub opens rooms; the history only has them.
            Line::Room(room) => Line::Room(Box::new(RoomLine { open: false, ..(**room).clone() })),
            Line::Message(_) => line.clone(),
        };
        lines.iter().map(settle).collect()
    };
    assert_eq!(settled(&exported(&second, None, 2)), settled(&lines));
    assert_eq!(verify(&second), verify(&first));
    // Once more adds nothing, also in pieces and after a change made here.
    edit(&mut second, 1, 40, Some("ONE"));
    let before = verify(&second);
    for piece in lines.chunks(2) {
        assert_eq!(import(&mut second, piece).map(|(added, _)| added), Ok(0));
    }
    assert_eq!(verify(&second), before);
    say(&mut second, "Den", 50, "more");
    let Some(Line::Message(last)) = exported(&second, Some("den"), 500).pop() else { panic!("no message") };
    assert_eq!(last.seq, Some(4));
}

fn of_den(lines: &[Line], seqs: std::ops::RangeInclusive<u64>) -> Vec<Line> {
    let here = |line: &&Line| match line {
        Line::Room(room) => *room.row.name == *"den",
        Line::Message(message) => *message.room == *"den" && seqs.contains(&message.seq.unwrap()),
    };
    lines.iter().filter(here).cloned().collect()
}

fn altered(lines: &[Line], change: impl Fn(&mut Message)) -> Vec<Line> {
    let mut lines = lines.to_vec();
    let Some(Line::Message(message)) = lines.last_mut() else { panic!("no message") };
    change(message);
    lines
}

#[test]
fn what_does_not_fit_leaves_nothing() {
    use ImportFault::*;
    let lines = exported(&full(), None, 500);
    let two = of_den(&lines, 1..=2);
    let mut here = writer();
    assert_eq!(import(&mut here, &of_den(&lines, 2..=3)), Ok((2, 0)), "the first ones had expired");
    let before = (verify(&here), exported(&here, None, 500));
    for (lines, why) in [
        (altered(&two, |message| message.text = "else".into()), Hole { next: 4 }),
        (of_den(&lines, 1..=1), Hole { next: 4 }),
        (altered(&of_den(&lines, 2..=2), |message| message.text = "else".into()), Differs),
        (altered(&of_den(&lines, 2..=2), |message| message.from = "Bob".into()), Differs),
        (altered(&of_den(&lines, 2..=2), |message| message.at = Wall(9)), Differs),
        (altered(&of_den(&lines, 2..=2), |message| message.versions.clear()), Differs),
        (altered(&two[..2], |message| message.seq = Some(5)), Hole { next: 4 }),
        (altered(&two[..2], |message| message.seq = Some(4)), Earlier),
        (
            [of_den(&lines, 2..=3), altered(&two[..2], |message| message.seq = Some(6))].concat(),
            Hole { next: 4 },
        ),
    ] {
        assert_eq!(import(&mut here, &lines), Err(why.clone()), "{lines:?}");
        assert_eq!((verify(&here), exported(&here, None, 500)), before, "{why:?}");
    }
    // One room in two spellings, and twice in one request.
    let late = |seq, room: &str| {
        altered(&two[..2], |message| {
            (message.seq, message.at, message.room) = (Some(seq), Wall(60), room.into());
        })
    };
    assert_eq!(import(&mut here, &[late(4, "den"), late(4, "DEN")].concat()), Err(Hole { next: 5 }));
    assert_eq!(import(&mut here, &[late(4, "den"), late(5, "DEN")].concat()), Ok((2, 0)));
}

#[test]
fn a_room_that_was_private_stays_so() {
    let lines = exported(&full(), None, 500);
    let mut here = writer();
    say(&mut here, "den", 10, "one");
    assert!(!schema::load(here.connection()).unwrap().past[0].private);
    assert_eq!(import(&mut here, &of_den(&lines, 1..=2)), Ok((1, 1)));
    assert!(schema::load(here.connection()).unwrap().past[0].private);
    let locked = RoomLine { locked: true, open: false, row: RoomRow { floor: 2, ..row("vault") } };
    assert_eq!(import(&mut here, &[Line::Room(Box::new(locked))]), Ok((0, 0)));
    say(&mut here, "vault", 70, "gold");
    let vault = &schema::load(here.connection()).unwrap().past[1];
    assert!(vault.private && vault.floor == 2, "{vault:?}");
}

#[test]
fn old_stamps_behind_new_ones_are_found_by_time() {
    let old = exported(&full(), None, 500);
    let mut here = writer();
    for at in [100, 200] {
        say(&mut here, "square", at, "word here");
    }
    import(&mut here, &old).unwrap();
    for at in [300, 400] {
        say(&mut here, "square", at, "word there");
    }
    let found = |since, words: &str, room: Option<&str>| -> Vec<i64> {
        let wanted = query::parse(words).unwrap().wanted;
        let (room, since) = (room.map(Name::from), Some(Wall(since)));
        let asked = SearchQuery { wanted, room, floor: 0, from: None, since, before: None, limit: 9 };
        let Page::Search(found) = page(here.connection(), &Query::Search(asked)).unwrap() else {
            panic!("no page")
        };
        found.found.iter().map(|found| found.message.at.0).collect()
    };
    assert_eq!(found(0, "word", None), [400, 300, 200, 100]);
    assert_eq!(found(150, "word", None), [400, 300, 200]);
    assert_eq!(found(350, "word", None), [400]);
    assert_eq!(found(150, "word", Some("square")), [400, 300, 200]);
    assert_eq!(found(11, "twice", None), [11]);
    assert_eq!(found(12, "twice", None), [] as [i64; 0]);
    // A word that the index does not know.
    assert_eq!(found(250, "wo*", None), [400, 300]);
}

#[test]
fn a_room_whose_first_messages_are_gone_is_found_by_time() {
    let mut here = writer();
    let message = |seq| {
        let (room, from, text) = ("den".into(), "Alice".into(), format!("m {seq}"));
        let at = Wall(seq as i64 * 10);
        Line::Message(Box::new(Message { room, seq: Some(seq), at, from, text, ..Message::default() }))
    };
    let lines: Vec<Line> = (1_000..1_010).map(message).collect();
    assert_eq!(import(&mut here, &lines), Ok((10, 0)));
    let asked = HistoryQuery {
        room: "den".into(),
        floor: 0,
        versions: false,
        before: None,
        after: None,
        from: None,
        since: Some(Wall(10_080)),
        until: None,
        limit: 9,
    };
    let Page::History { messages, .. } = page(here.connection(), &Query::History(asked)).unwrap() else {
        panic!("no history")
    };
    assert_eq!(messages.iter().filter_map(|message| message.seq).collect::<Vec<_>>(), [1_008, 1_009]);
}
