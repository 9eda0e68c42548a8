//! Whole frames, as they look.

use crossterm::event::Event;
use proptest::prelude::*;
use ratatui::style::{Color, Modifier};

use super::frames::{AT, Desk, said};
use crate::client::shown::{About, Change, Kind, Shown};
use crate::client::window::{Part, State, Window};
use crate::core::lang::Lang;
use crate::core::name::Name;
use crate::core::reply::Role;
use crate::terminal::clean;

fn conversation(desk: &mut Desk) {
    desk.show(&Shown::new(Kind::Server, AT, "[Server]: Welcome, Alice."));
    desk.talk("lobby", 1, "Bob", "Hello everybody");
    desk.talk("lobby", 2, "민수", "안녕하세요, 반갑습니다");
    desk.talk("lobby", 3, "Alice", "Hi! See https://example.com/a");
}

/// The frame without its top and its last rows.
fn middle(desk: &mut Desk) -> Vec<String> {
    let frame = desk.frame();
    let rows: Vec<&str> = frame.lines().collect();
    rows[1..rows.len() - 3].iter().map(|row| (*row).to_owned()).collect()
}

fn last(desk: &mut Desk) -> String {
    desk.frame().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn an_ordinary_screen() {
    let mut desk = Desk::new(60, 12);
    desk.enters("den", &["Alice", "Eve"]);
    conversation(&mut desk);
    desk.talk("den", 1, "Eve", "psst");
    desk.talk("den", 2, "Eve", "psst, @Alice");
    desk.keys("What 한");
    let frame = "\x20lobby  All about lobby
1 lobby     │
2 den    !1 │
            │
            │     ──── Saturday, 21 November 2026 ────
            │15:30 [Server]: Welcome, Alice.
            │15:30 Bob >> Hello everybody
            │15:30 민수 >> 안녕하세요, 반갑습니다
            │15:30 Alice >> Hi! See https://example.com/a
 Alice  3 people  1 mention elsewhere
What 한
 Enter sends   Alt-Enter new line   Tab completes";
    assert_eq!(desk.frame(), frame);
    assert_eq!(desk.cursor(), (7, 10));
}

#[test]
fn a_wide_screen_in_korean() {
    let mut desk = Desk::empty(Lang::Ko, 100, 10);
    desk.enters("개발/웹", &["Alice", "민수"]);
    desk.rooms.get_mut("개발/웹").unwrap().members.insert(Name::from("지훈"), Role::Moderator);
    desk.talk("개발/웹", 1, "민수", "@Alice 님 안녕하세요");
    let frame = "\x20개발/웹  All about 개발/웹
1 개발/웹     │                                                                         │ Alice
              │                                                                         │ 민수
              │                                                                         │@지훈
              │                                                                         │
              │                    ──── 2026년 11월 21일 토요일 ────                    │
              │15:30 민수 >> @Alice 님 안녕하세요                                       │
 Alice  3명
개발/웹에 보낼 메시지
 F1 키   /도움말 명령   Ctrl-K 이동   Ctrl-F 검색   Alt-A 새 메시지";
    assert_eq!(desk.frame(), frame);
    assert_eq!(desk.cursor(), (0, 8));
    desk.keys("<F2>");
    assert!(!desk.frame().contains("지훈"));
}

#[test]
fn a_narrow_screen_and_a_low_one() {
    let mut desk = Desk::new(24, 6);
    conversation(&mut desk);
    desk.keys("안녕");
    let frame = "\x20lobby  All about lobby
민수 >> 안녕하세요,
반갑습니다
Alice >> Hi! See
https://example.com/a
 Alice  3 people
안녕";
    desk.resize(24, 7);
    assert_eq!(desk.frame(), frame);
    assert_eq!(desk.cursor(), (4, 6));
    desk.resize(24, 6);
    assert!(desk.frame().ends_with(" Alice  3 people\n안녕"));
    assert_eq!(desk.cursor(), (4, 5));
    desk.resize(24, 2);
    assert_eq!(desk.frame().lines().last(), Some("안녕"));
    desk.resize(24, 1);
    assert_eq!((desk.frame(), desk.cursor()), ("안녕".to_owned(), (4, 0)));
}

#[test]
fn the_composer_grows_to_a_third() {
    let mut desk = Desk::new(40, 12);
    desk.keys("1<Alt-Enter>2<Alt-Enter>3<Alt-Enter>4<Ctrl-J>5");
    let frame = desk.frame();
    let rows: Vec<&str> = frame.lines().collect();
    assert_eq!(&rows[7..11], ["2", "3", "4", "5"]);
    assert_eq!(desk.cursor(), (1, 10));
    desk.keys("<Up><Up><Up><Up>");
    assert_eq!(desk.frame().lines().nth(7), Some("1"));
    assert_eq!(desk.cursor(), (1, 7));
}

#[test]
fn colours_follow_the_terminal() {
    let mut desk = Desk::new(60, 12);
    desk.talk("lobby", 1, "Bob", "see https://example.com/a @Alice");
    desk.frame();
    let row = (0..12).find(|y| desk.buffer()[(19, *y)].symbol() == "B").unwrap();
    let cell = |x: u16| desk.buffer()[(x, row)].clone();
    assert!(cell(13).modifier.contains(Modifier::DIM), "the time");
    assert!(cell(19).fg != Color::Reset && cell(19).modifier.contains(Modifier::BOLD), "who speaks");
    assert!(cell(31).modifier.contains(Modifier::UNDERLINED), "the link");
    assert_eq!(cell(53).fg, Color::Yellow, "the words, which call this person");
    assert_eq!(cell(19).bg, Color::Reset);
}

#[test]
fn a_wrapped_link_is_one() {
    let mut desk = Desk::new(40, 12);
    let url = format!("https://example.com/{}", "a".repeat(60));
    desk.talk("lobby", 1, "Bob", &format!("see {url}, and https://b.example"));
    desk.frame();
    let spots = desk.screen.spots.borrow().clone();
    let first: Vec<_> = spots.iter().filter(|spot| spot.url == url).collect();
    assert_eq!(first.iter().map(|spot| spot.columns.len()).sum::<usize>(), url.len());
    assert!(first.len() > 1 && first.iter().all(|spot| spot.id == first[0].id));
    assert_ne!(spots.last().unwrap().id, first[0].id);
}

#[test]
fn lines_that_have_not_arrived_stand_below() {
    let mut desk = Desk::new(60, 12);
    conversation(&mut desk);
    let lobby = Window::Room(Name::from("lobby"));
    desk.pending = vec![
        (lobby.clone(), "on its way".to_owned()),
        (Window::Room(Name::from("den")), "elsewhere".to_owned()),
        (lobby, "bad \u{1b}[2J".to_owned()),
    ];
    desk.state = State::Away { next: Some(desk.now.mono + std::time::Duration::from_millis(3500)) };
    let frame = desk.frame();
    let rows: Vec<&str> = frame.lines().collect();
    assert_eq!(
        &rows[7..9],
        ["            │      Alice >> on its way", "            │      Alice >> bad [2J"]
    );
    assert!(rows[9].contains("connection lost; next try in 4 s"), "{}", rows[9]);
}

#[test]
fn a_reader_above_is_told_what_comes_below() {
    let mut desk = Desk::new(60, 12);
    (1..30).for_each(|seq| desk.talk("lobby", seq, "Bob", &format!("line {seq}")));
    desk.frame();
    desk.keys("<PgUp>");
    let log = |desk: &mut Desk| middle(desk).iter().map(|row| row[12..].to_owned()).collect::<Vec<_>>();
    let before = log(&mut desk);
    desk.talk("lobby", 30, "Bob", "line 30");
    desk.talk("lobby", 31, "Bob", "line 31");
    assert_eq!(log(&mut desk), before);
    assert!(desk.frame().contains("2 new below"));
    assert!(last(&mut desk).contains("Esc newest lines"));
    desk.keys("<Esc>");
    assert!(desk.frame().contains("line 31") && !desk.frame().contains("new below"));
}

#[test]
fn what_was_not_seen_begins_with_a_line() {
    let mut desk = Desk::new(60, 12);
    desk.talk("lobby", 1, "Bob", "seen");
    desk.event(&Event::FocusLost);
    desk.talk("lobby", 2, "Bob", "missed");
    desk.event(&Event::FocusGained);
    desk.talk("lobby", 3, "Bob", "seen again");
    let frame = desk.frame();
    let at = |text: &str| frame.lines().position(|row| row.contains(text)).unwrap();
    assert_eq!(
        (at(">> seen") + 1, at("read up to here") + 1, at("missed") + 1),
        (at("read up"), at("missed"), at("again"))
    );
}

#[test]
fn changed_lines_are_changed_where_they_stand() {
    let mut desk = Desk::new(60, 12);
    conversation(&mut desk);
    let window = Some(Window::Room(Name::from("lobby")));
    for (seq, text) in [(1, Some("Hello all".to_owned())), (2, None)] {
        let about = About { window: window.clone(), change: Some(Change { seq, text }), ..About::default() };
        desk.show(&Shown::new(Kind::Talk, AT, "Bob >> Hello all (edited)").about(about));
    }
    let rows = middle(&mut desk);
    let said: Vec<&str> =
        rows.iter().filter(|row| row.contains(">>")).map(|row| row.split("15:30 ").nth(1).unwrap()).collect();
    assert_eq!(
        said,
        ["Bob >> Hello all (edited)", "민수 >> (deleted)", "Alice >> Hi! See https://example.com/a"]
    );
}

#[test]
fn files_under_way_have_a_row_each() {
    let mut desk = Desk::new(60, 12);
    desk.transfers = vec!["사진.png [#####.....] 50 % 1.2 MiB/s 0:03 left".to_owned()];
    assert!(desk.frame().contains("\n 사진.png [#####.....] 50 % 1.2 MiB/s 0:03 left\n Alice"));
}

#[test]
fn the_help_page_and_the_lists_lie_over_the_log() {
    let mut desk = Desk::new(60, 14);
    desk.enters("den", &["Alice"]);
    conversation(&mut desk);
    desk.keys("<F1>");
    let rows = middle(&mut desk);
    assert!(rows[0].starts_with(" Enter") && rows[0].ends_with("send"), "{}", rows[0]);
    assert_eq!(desk.cursor(), (0, 12), "an input method still composes where one writes");
    desk.keys("<PgDn><Down>");
    assert_ne!(middle(&mut desk)[0], rows[0]);
    desk.keys("<Esc><Ctrl-K>de");
    assert_eq!(middle(&mut desk)[..3], [" Go to: de", "  den", ""]);
    assert_eq!(desk.cursor(), (10, 1));
    desk.keys("<Esc><Ctrl-F>반갑");
    assert_eq!((middle(&mut desk)[0].as_str(), desk.cursor()), (" Search: 반갑", (13, 1)));
    desk.keys("<Esc>");
    assert!(desk.frame().contains("Welcome") && !desk.screen.spots.borrow().is_empty());
    desk.keys("<F1>");
    desk.frame();
    assert!(desk.screen.spots.borrow().is_empty(), "links that are covered lead nowhere");
}

#[test]
fn many_windows_and_many_people_scroll_and_are_counted() {
    let mut desk = Desk::new(120, 10);
    let people: Vec<String> = (10..30).map(|number| format!("nick{number}")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    for number in 10..30 {
        desk.enters(&format!("room{number}"), &people);
    }
    desk.keys("<Ctrl-P>");
    let frame = desk.frame();
    assert!(frame.contains("room29") && frame.contains("room24") && !frame.contains("room10 "), "{frame}");
    assert!(frame.contains("nick14") && frame.contains("+15"), "{frame}");
}

#[test]
fn the_nickname_is_asked_for() {
    let mut desk = Desk::empty(Lang::En, 60, 12);
    desk.state = State::Naming;
    let frame = desk.frame();
    assert!(frame.contains("Your nickname") && frame.contains("choose a nickname"), "{frame}");
    desk.show(&said("nowhere", 1, "Eve", "before any room"));
    assert!(desk.frame().contains("before any room"));
}

proptest! {
    #[test]
    fn any_size_is_drawn_and_the_caret_is_on_it(
        sizes in prop::collection::vec((1u16..100, 1u16..30), 1..6),
        text in "\\PC{0,30}",
        keys in prop::sample::select(vec!["", "<F1>", "<Ctrl-K>", "<F3>", "<PgUp>", "a<Ctrl-J>b", "/h<Tab>"]),
    ) {
        let mut desk = Desk::new(80, 24);
        desk.enters("den", &["Alice", "Eve"]);
        desk.talk("lobby", 1, "Bob", &text);
        desk.page(Part::Before(1), 0..1, false);
        desk.keys(keys);
        desk.paste(&text);
        for (width, height) in sizes {
            desk.resize(width, height);
            let frame = desk.frame();
            prop_assert_eq!(frame.split('\n').count(), usize::from(height));
            let (x, y) = desk.cursor();
            prop_assert!(x < width && y < height);
        }
    }

    #[test]
    fn whatever_a_server_says_no_cell_steers_the_terminal(
        texts in prop::collection::vec(any::<String>(), 6),
        room in any::<String>(),
        (width, height) in (1u16..120, 1u16..30),
    ) {
        let mut desk = Desk::empty(Lang::En, width, height);
        desk.enters(&room, &[&texts[0], &texts[1]]);
        let window = Window::Room(Name::from(room.as_str()));
        desk.rooms.values_mut().for_each(|room| room.topic.clone_from(&texts[2]));
        desk.talk(&room, 1, &texts[0], &format!("{} https://{}", texts[3], texts[4]));
        desk.pending = vec![(window, texts[5].clone())];
        desk.partner = Some(texts[1].clone());
        for keys in ["", "<Ctrl-N>", "<Ctrl-K>"] {
            desk.keys(keys);
            desk.frame();
            let cells = &desk.buffer().content;
            prop_assert!(cells.iter().all(|cell| clean(cell.symbol()) == cell.symbol() && cell.symbol() != "\t"));
        }
    }
}
