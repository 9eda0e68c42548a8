//! What a search finds while messages come, change and go, indexed or not.
//!
//! Knows no hub. Why each is asked twice, before and after the index has followed: nobody
//! who searches may see a difference.

use super::*;
use crate::core::entry::{self, EditTerms, Job, Query};
use crate::core::event::{Edit, Message};
use crate::core::query::parse;
use crate::core::room::RoomRow;
use crate::store::{Writer, page, schema};

fn writer() -> Writer {
    Writer::new(schema::open_in_memory(None).unwrap())
}

fn keep(writer: &mut Writer, entry: entry::Entry) {
    writer.commit(&[Job { ticket: None, entry }]).unwrap();
}

/// Says it; the stamp is the number of what was said before, in tens.
fn say(writer: &mut Writer, room: &str, from: &str, text: &str) {
    let count = "SELECT COUNT(*) FROM messages";
    let said: i64 = writer.connection().query_row(count, [], |row| row.get(0)).unwrap();
    let (room, from, text) = (room.into(), from.into(), text.into());
    let message = Message { room, from, text, at: Wall(said * 10), ..Message::default() };
    keep(writer, entry::Entry::Message { message, author: None, mid: None, fires: None });
}

fn edit(writer: &mut Writer, seq: u64, text: Option<&str>) {
    let edit = Edit {
        room: "lobby".into(),
        seq,
        at: Wall(999),
        by: "Mod".into(),
        from: Name::default(),
        text: text.map(str::to_owned),
    };
    keep(writer, entry::Entry::Edit { edit, terms: EditTerms::Moderator });
}

fn asked(query: &str) -> SearchQuery {
    let asked = parse(query).unwrap();
    SearchQuery {
        wanted: asked.wanted,
        room: Some("lobby".into()),
        floor: 0,
        from: asked.from.map(Name::from),
        since: None,
        before: None,
        limit: 9,
    }
}

fn index_all(writer: &Writer) {
    while writer.index().unwrap() > 0 {}
}

fn search(writer: &Writer, asked: &SearchQuery) -> Search {
    match page(writer.connection(), &Query::Search(asked.clone())).unwrap() {
        Page::Search(search) => search,
        other => panic!("{other:?}"),
    }
}

fn found(writer: &Writer, asked: SearchQuery) -> Search {
    let before = search(writer, &asked);
    index_all(writer);
    let after = search(writer, &asked);
    // What is read row by row is passed also where it is not what was sought.
    assert_eq!((before.found, before.more), (after.found.clone(), after.more), "{asked:?}");
    after
}

fn seqs(writer: &Writer, asked: SearchQuery) -> Vec<u64> {
    found(writer, asked).found.iter().filter_map(|found| found.message.seq).collect()
}

#[test]
fn the_newest_first_with_marks() {
    let mut writer = writer();
    for text in ["Deploy failed", "nothing", "the deploy is done", "회의시작합니다"] {
        say(&mut writer, "Lobby", "Alice", text);
    }
    let search = found(&writer, asked("deploy"));
    let marks: Vec<_> = search.found.iter().map(|found| (found.message.seq, &found.marks[..])).collect();
    assert_eq!(marks, [(Some(3), &[(4, 6)][..]), (Some(1), &[(0, 6)][..])]);
    assert_eq!(&*search.found[0].message.room, "Lobby");
    assert_eq!(seqs(&writer, asked("\"deploy failed\"")), [1]);
    assert_eq!(seqs(&writer, asked("deploy -failed")), [3]);
    assert_eq!(seqs(&writer, asked("dep*")), [3, 1]);
    assert_eq!(seqs(&writer, asked("depl* fail*")), [1]);
    for korean in ["회의", "시작", "회의시작", "\u{1112}\u{116c}의"] {
        assert_eq!(seqs(&writer, asked(korean)), [4], "{korean}");
    }
    assert_eq!(seqs(&writer, asked("회시")), [0; 0]);
}

#[test]
fn what_was_typed_is_never_syntax() {
    let mut writer = writer();
    say(&mut writer, "lobby", "Alice", "a NEAR b OR c: {x} ¤1 ^d");
    for query in
        ["NEAR", "a OR b", "OR", "NOT", "(a", "^d", "a+b", "{x}", "'", "¤1", "words:a -", "\\", "a;b"]
    {
        if let Ok(wanted) = parse(query) {
            let query = SearchQuery { wanted: wanted.wanted, ..asked("x") };
            found(&writer, query);
        }
    }
    assert_eq!(seqs(&writer, asked("near")), [1]);
    assert_eq!(seqs(&writer, asked("¤1")), [1]);
    assert_eq!(seqs(&writer, asked("¤2")), [0; 0]);
}

#[test]
fn what_is_changed_is_found_as_it_reads_now() {
    let mut writer = writer();
    for text in ["one apple", "two apples", "회의시작"] {
        say(&mut writer, "lobby", "Alice", text);
    }
    edit(&mut writer, 1, Some("one pear"));
    edit(&mut writer, 3, None);
    assert_eq!(seqs(&writer, asked("apple")), [0; 0]);
    assert_eq!(seqs(&writer, asked("app*")), [2]);
    assert_eq!(seqs(&writer, asked("pear")), [1]);
    assert_eq!(seqs(&writer, asked("회의")), [0; 0]);
    edit(&mut writer, 1, None);
    assert_eq!(seqs(&writer, asked("pear")), [0; 0]);
    let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 0)";
    writer.connection().execute(check, []).unwrap();
}

#[test]
fn by_room_person_and_time() {
    let mut writer = writer();
    keep(&mut writer, entry::Entry::Room(RoomRow::new("Den".into())));
    for (room, from) in [("lobby", "Alice"), ("den", "Bob-1"), ("lobby", "bob-1"), ("den", "Alice")] {
        say(&mut writer, room, from, "hello there");
    }
    assert_eq!(seqs(&writer, asked("hello")), [2, 1]);
    assert_eq!(seqs(&writer, SearchQuery { room: Some("DEN".into()), ..asked("hello") }), [2, 1]);
    assert_eq!(seqs(&writer, SearchQuery { room: Some("else".into()), ..asked("hello") }), [0; 0]);
    let everywhere = |query: &str| SearchQuery { room: None, ..asked(query) };
    let search = found(&writer, everywhere("hello from:BOB-1"));
    let rooms: Vec<&str> = search.found.iter().map(|found| &*found.message.room).collect();
    assert_eq!(rooms, ["lobby", "Den"]);
    assert_eq!(seqs(&writer, everywhere("from:alice")), [2, 1]);
    assert_eq!(seqs(&writer, everywhere("from:bob")), [0; 0]);
    assert_eq!(seqs(&writer, SearchQuery { floor: 1, ..asked("hello") }), [2]);
    assert_eq!(seqs(&writer, SearchQuery { floor: 2, ..asked("hello") }), [0; 0]);
    for (since, there) in [(0, vec![2, 1]), (1, vec![2]), (20, vec![2]), (21, vec![])] {
        let query = SearchQuery { since: Some(Wall(since)), ..asked("hello") };
        assert_eq!(seqs(&writer, query), there, "{since}");
    }
}

#[test]
fn pages_follow_each_other() {
    for query in ["hello", "회"] {
        for room in [Some(Name::from("lobby")), None] {
            let mut writer = writer();
            for _ in 0..5 {
                say(&mut writer, "den", "Bob", "other");
                say(&mut writer, "lobby", "Alice", "hello 회의");
            }
            let ask = |before| SearchQuery { room: room.clone(), limit: 2, before, ..asked(query) };
            let mut got = Vec::new();
            let mut before = None;
            loop {
                let search = found(&writer, ask(before));
                got.extend(search.found.iter().filter_map(|found| found.message.seq));
                assert_eq!(search.more, search.next.is_some());
                before = search.next;
                if !search.more {
                    break;
                }
            }
            assert_eq!(got, [5, 4, 3, 2, 1], "{query} in {room:?}");
        }
    }
}

#[test]
fn what_the_index_does_not_know_is_read_within_bounds() {
    let mut writer = writer();
    say(&mut writer, "lobby", "Alice", "처음 회");
    let batch = |text: &str| {
        let message = Message { room: "lobby".into(), text: text.into(), ..Message::default() };
        Job { ticket: None, entry: entry::Entry::Message { message, author: None, mid: None, fires: None } }
    };
    let said: Vec<Job> = (0..SEARCH_SCAN_ROWS_MAX).map(|_| batch("x")).collect();
    writer.commit(&said).unwrap();
    let first = found(&writer, asked("회"));
    assert_eq!((first.found.len(), first.scanned, first.more), (0, Some(SEARCH_SCAN_ROWS_MAX), true));
    let second = found(&writer, SearchQuery { before: first.next, ..asked("회") });
    assert_eq!((second.found.len(), second.scanned, second.more), (1, Some(1), false));
    assert_eq!(found(&writer, asked("처음")).scanned, None);
}

#[test]
fn the_place_of_an_id_in_a_room() {
    let mut writer = writer();
    for room in ["lobby", "den", "lobby", "den", "lobby"] {
        say(&mut writer, room, "Alice", "x");
    }
    let seqs: Vec<Option<u64>> = (1..=6).map(|id| seq_from(writer.connection(), 1, id).unwrap()).collect();
    assert_eq!(seqs, [Some(1), Some(2), Some(2), Some(3), Some(3), None]);
}

/// Says so many things at once, which are `text` and a number.
fn fill(writer: &mut Writer, count: u64, text: &str) {
    let said = (0..count).map(|number| {
        let text = format!("{text} {number}");
        let message = Message { room: "lobby".into(), text, ..Message::default() };
        Job { ticket: None, entry: entry::Entry::Message { message, author: None, mid: None, fires: None } }
    });
    let said: Vec<Job> = said.collect();
    writer.commit(&said).unwrap();
}

/// All pages of it, by seq, each of them cut off as `page` says.
fn all_pages(asked: &SearchQuery, page: impl Fn(&SearchQuery) -> Search) -> (Vec<u64>, usize) {
    let (mut seqs, mut partial, mut before) = (Vec::new(), 0, None);
    loop {
        let search = page(&SearchQuery { before, ..asked.clone() });
        seqs.extend(search.found.iter().filter_map(|found| found.message.seq));
        partial += usize::from(search.partial);
        assert_eq!(search.more, search.next.is_some());
        if !search.more {
            return (seqs, partial);
        }
        assert!(before.is_none_or(|before| search.next < Some(before)), "no page may be asked for twice");
        before = search.next;
    }
}

#[test]
fn changes_before_and_after_the_index_followed() {
    let mut writer = writer();
    for text in ["old apple", "old pear", "old plum"] {
        say(&mut writer, "lobby", "Alice", text);
    }
    index_all(&writer);
    for text in ["new apple", "new pear", "new plum"] {
        say(&mut writer, "lobby", "Alice", text);
    }
    for seq in [2, 5] {
        edit(&mut writer, seq, Some("an apple"));
        edit(&mut writer, seq + 1, None);
    }
    assert_eq!(seqs(&writer, asked("apple")), [5, 4, 2, 1]);
    for gone in ["pear", "plum"] {
        assert_eq!(seqs(&writer, asked(gone)), [0; 0]);
    }
    edit(&mut writer, 5, None);
    edit(&mut writer, 2, Some("a pear"));
    assert_eq!(seqs(&writer, asked("apple")), [4, 1]);
    assert_eq!(seqs(&writer, asked("pear")), [2]);
    let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 0)";
    writer.connection().execute(check, []).unwrap();
}

#[test]
fn much_that_is_not_indexed_is_read_page_by_page() {
    let mut writer = writer();
    say(&mut writer, "lobby", "Alice", "apple");
    index_all(&writer);
    say(&mut writer, "lobby", "Alice", "apple");
    fill(&mut writer, SEARCH_SCAN_ROWS_MAX, "nothing");
    say(&mut writer, "den", "Bob", "apple");
    let everywhere = SearchQuery { room: None, ..asked("apple") };
    for (asked, there) in [(asked("apple"), vec![2, 1]), (everywhere, vec![1, 2, 1])] {
        assert_eq!(all_pages(&asked, |asked| search(&writer, asked)), (there, 1));
    }
    index_all(&writer);
    assert_eq!(all_pages(&asked("apple"), |asked| search(&writer, asked)), (vec![2, 1], 0));
}

#[test]
fn a_search_whose_time_is_up_goes_on_where_it_was() {
    let mut writer = writer();
    fill(&mut writer, 3_000, "apple");
    say(&mut writer, "den", "Bob", "a pear");
    let asked = SearchQuery { limit: 3_000, ..asked("apple -5 -7*") };
    let there = seqs(&writer, asked.clone());
    assert!(there.len() > 1_000);
    for not_indexed in [0, 1_000] {
        fill(&mut writer, not_indexed, "plum");
        // The clock is looked at so often, some times before the first row; the last look is one too many.
        for looks in [7, 12] {
            let cut_off = |asked: &SearchQuery| {
                let mut left = looks;
                let is_over = move || {
                    left -= 1;
                    left == 0
                };
                match find_until(writer.connection(), asked, is_over).unwrap() {
                    Page::Search(search) => search,
                    other => panic!("{other:?}"),
                }
            };
            let (seqs, partial) = all_pages(&asked, cut_off);
            assert!(seqs == there, "{not_indexed} {looks}: {} of {}", seqs.len(), there.len());
            assert!(partial > 0);
        }
    }
}
