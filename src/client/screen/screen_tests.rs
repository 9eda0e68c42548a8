//! What a person does, and what the screen then wants of others.

use std::time::Duration;

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::Wish;
use super::frames::{AT, Desk, said};
use crate::client::shown::{About, Kind, Shown};
use crate::client::window::{Page, Part, State, Window};
use crate::core::lang::Lang;
use crate::core::name::Name;

fn room(name: &str) -> Window {
    Window::Room(Name::from(name))
}

fn typed(window: &str, line: &str) -> Wish {
    Wish::Type { window: Some(room(window)), line: line.to_owned() }
}

fn composer(desk: &Desk) -> &str {
    desk.screen.windows.current().composer.text()
}

fn here(desk: &Desk) -> &str {
    desk.screen.windows.current().name()
}

#[test]
fn a_line_is_sent_and_can_be_recalled() {
    let mut desk = Desk::new(80, 24);
    desk.keys("Hello 한글<Enter>  <Enter><Ctrl-U>/me waves<Enter>half");
    assert_eq!(desk.wishes(), [typed("lobby", "Hello 한글"), typed("lobby", "/me waves")]);
    desk.keys("<Up><Up>");
    assert_eq!(composer(&desk), "Hello 한글");
    desk.keys("<Down><Down>");
    assert_eq!(composer(&desk), "half");
    desk.keys("<Ctrl-C>");
    assert_eq!((desk.wishes().as_slice(), composer(&desk)), (&[][..], ""));
    desk.keys("<Ctrl-Y>");
    assert_eq!(composer(&desk), "half");
    desk.keys("<Ctrl-C><Ctrl-C>");
    assert_eq!(desk.wishes(), [Wish::Leave]);
}

#[test]
fn a_draft_belongs_to_its_window() {
    let mut desk = Desk::new(80, 24);
    desk.enters("den", &["Alice"]);
    desk.wishes();
    desk.keys("for the lobby<Alt-2>for the den<Ctrl-P>");
    assert_eq!((here(&desk), composer(&desk)), ("lobby", "for the lobby"));
    desk.keys("<Ctrl-N>");
    assert_eq!((here(&desk), composer(&desk)), ("den", "for the den"));
    let faced = desk.wishes().into_iter().filter(|wish| matches!(wish, Wish::Face(_)));
    assert_eq!(faced.collect::<Vec<_>>(), ["den", "lobby", "den"].map(|name| Wish::Face(room(name))));
}

#[test]
fn several_lines_are_several_and_no_commands() {
    let mut desk = Desk::new(80, 24);
    desk.keys("one<Alt-Enter>/two<Alt-Enter><Alt-Enter>three<Enter>");
    assert_eq!(desk.wishes(), [typed("lobby", "one"), typed("lobby", "//two"), typed("lobby", "three")]);
}

#[test]
fn many_lines_are_asked_about() {
    let mut desk = Desk::new(80, 24);
    desk.paste("1\n2\n3\n4\n5");
    assert!(!desk.frame().contains("Send"), "five are not many");
    desk.paste("\n6");
    assert!(desk.frame().contains("Send 6 lines? Enter sends, Esc keeps them here to edit."));
    desk.keys("<Esc>");
    assert!(!desk.frame().contains("Send 6") && desk.wishes().is_empty());
    desk.keys("<Enter>");
    assert!(desk.frame().contains("Send 6 lines?"));
    desk.keys("7");
    assert_eq!((desk.wishes().len(), composer(&desk)), (0, "1\n2\n3\n4\n5\n67"));
    desk.keys("<Enter><Enter>");
    assert_eq!(desk.wishes().len(), 6);
    assert_eq!(composer(&desk), "");
}

#[test]
fn what_is_too_much_is_refused() {
    let mut desk = Desk::new(80, 24);
    desk.paste(&"x".repeat(crate::limits::TYPED_BYTES_MAX));
    desk.keys("y");
    assert!(desk.frame().contains("There is no room for more text."));
    desk.keys("<Left>");
    assert!(!desk.frame().contains("There is no room"));
}

#[test]
fn a_file_that_is_dropped_on_a_person_is_offered() {
    let mut desk = Desk::new(80, 24);
    desk.paste("/home/alice/a.txt");
    assert_eq!(composer(&desk), "/home/alice/a.txt", "in a room it is text");
    desk.keys("<Ctrl-U>/귓속말 Bob<Enter>");
    desk.partner = Some("Bob".to_owned());
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(here(&desk), "Bob", "a command has asked for this window");
    desk.paste("'/home/alice/my file.txt'");
    assert_eq!(composer(&desk), "/file /home/alice/my file.txt");
}

#[test]
fn tab_completes_and_turns() {
    let mut desk = Desk::new(80, 24);
    desk.enters("barn", &["Alice"]);
    desk.enters("bath", &["Alice"]);
    desk.talk("lobby", 1, "민수", "hi");
    desk.talk("lobby", 2, "Bob", "hi");
    desk.keys("<Ctrl-P><Ctrl-P><Ctrl-P>");
    assert_eq!(here(&desk), "lobby");
    desk.keys("@<Tab>");
    assert_eq!(composer(&desk), "@Bob", "who has spoken last comes first, and nobody means themselves");
    desk.keys("<Tab>");
    assert_eq!(composer(&desk), "@민수");
    desk.keys("<Shift-Tab><Shift-Tab>");
    assert_eq!(composer(&desk), "@");
    desk.keys("<Ctrl-U>/join ba<Tab>");
    assert_eq!(composer(&desk), "/join barn");
    assert!(desk.frame().contains(" barn   bath\n") || desk.frame().ends_with(" barn   bath"));
    desk.keys("<Tab> <Ctrl-U>/whisper 미<Tab>");
    assert_eq!(composer(&desk), "/whisper 민수");
    desk.keys("<Ctrl-_>");
    assert_eq!(composer(&desk), "/whisper 미");
}

#[test]
fn paths_are_completed_once_they_are_known() {
    let mut desk = Desk::new(80, 24);
    desk.keys("/file src/m<Tab>");
    assert_eq!(desk.wishes(), [Wish::List("src/".to_owned())]);
    desk.screen.listing("src/", &["main.rs".to_owned(), "lib.rs".to_owned()]);
    assert_eq!(composer(&desk), "/file src/main.rs");
    desk.keys("<Ctrl-U>");
    desk.screen.listing("src/", &["main.rs".to_owned()]);
    assert_eq!(composer(&desk), "", "too late");
}

#[test]
fn older_lines_are_wished_for_when_the_reader_comes_near() {
    let mut desk = Desk::empty(Lang::En, 80, 24);
    desk.enters("lobby", &["Alice"]);
    let lobby = Name::from("lobby");
    let before = i64::MAX.unsigned_abs();
    assert_eq!(desk.wishes(), [Wish::Face(room("lobby")), Wish::Older { room: lobby.clone(), before }]);
    desk.page(Part::Before(before), 101..201, true);
    desk.frame();
    assert_eq!(desk.wishes(), [Wish::Read { room: lobby.clone(), seq: 200 }]);
    desk.keys("<PgUp><PgUp><PgUp><PgUp>");
    assert_eq!(desk.wishes(), [Wish::Older { room: lobby.clone(), before: 101 }]);
    let seen = desk.frame();
    desk.page(Part::Before(101), 1..101, false);
    assert_eq!(desk.frame(), seen);
    desk.keys("<Ctrl-Home>");
    assert!(desk.frame().contains("line 1\n") && desk.wishes().is_empty());
}

#[test]
fn without_a_connection_nothing_is_asked() {
    let mut desk = Desk::empty(Lang::En, 80, 24);
    desk.state = State::Away { next: None };
    desk.enters("lobby", &["Alice"]);
    assert_eq!(desk.wishes(), [Wish::Face(room("lobby"))]);
    desk.rooms.clear();
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(here(&desk), "lobby", "a room is not left by losing the connection");
    desk.state = State::Here;
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(here(&desk), "");
}

#[test]
fn what_is_seen_is_told_now_and_then() {
    let mut desk = Desk::new(80, 24);
    let read = |seq| Wish::Read { room: Name::from("lobby"), seq };
    desk.talk("lobby", 1, "Bob", "one");
    desk.talk("lobby", 2, "Bob", "two");
    assert_eq!(desk.wishes(), [read(1)]);
    let wake = desk.screen.wake_at().unwrap();
    assert_eq!(wake, desk.now.mono + Duration::from_millis(crate::limits::READ_TOLD_MS));
    desk.now.mono = wake;
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!((desk.wishes(), desk.screen.wake_at()), (vec![read(2)], None));
    desk.event(&Event::FocusLost);
    desk.now.mono += Duration::from_secs(60);
    desk.talk("lobby", 3, "Bob", "three");
    assert_eq!(desk.wishes(), []);
    desk.event(&Event::FocusGained);
    assert_eq!(desk.wishes(), [read(3)]);
}

#[test]
fn a_search_leads_to_a_line_and_back() {
    let mut desk = Desk::new(80, 24);
    let lobby = Name::from("lobby");
    desk.talk("lobby", 900, "Bob", "the present");
    desk.wishes();
    desk.keys("half<Ctrl-A><F3>apples<Enter>");
    assert_eq!(desk.wishes(), [Wish::Find { room: lobby.clone(), query: "apples".to_owned() }]);
    assert!(desk.frame().contains("Searching."));
    let lines = vec![said("lobby", 500, "Bob", "apples, red"), said("lobby", 300, "Bob", "apples, green")];
    let page = |part, lines, span| Page { room: lobby.clone(), part, lines, span, more: true, refused: None };
    desk.screen.page(&page(Part::Found("pears".into()), Vec::new(), None));
    assert!(desk.frame().contains("Searching."), "that was another question");
    desk.screen.page(&page(Part::Found("apples".into()), lines, None));
    assert!(desk.frame().contains("apples, green") && desk.frame().contains("There is more"));
    desk.keys("<Down><Enter>");
    assert_eq!(desk.wishes(), [Wish::Around { room: lobby.clone(), seq: 300 }]);
    let lines: Vec<Shown> = (260..350).map(|seq| said("lobby", seq, "Bob", &format!("line {seq}"))).collect();
    desk.screen.page(&page(Part::Around(300), lines, Some((260, 349))));
    let frame = desk.frame();
    assert!(frame.contains("line 300") && !frame.contains("the present"), "{frame}");
    assert!(frame.contains("Esc back to where you were"));
    assert_eq!(composer(&desk), "half", "what was begun stays");
    desk.keys("<Esc>");
    assert!(desk.frame().contains("the present"));
    desk.keys("<End><Ctrl-U>/search pears<Enter>");
    assert_eq!(desk.wishes(), [Wish::Find { room: lobby.clone(), query: "pears".to_owned() }]);
    let refused = Page {
        refused: Some("there is no word in it.".into()),
        ..page(Part::Found("pears".into()), Vec::new(), None)
    };
    desk.screen.page(&refused);
    assert!(desk.frame().contains("there is no word in it."));
}

#[test]
fn windows_are_found_by_what_waits_in_them_and_by_their_names() {
    let mut desk = Desk::new(80, 24);
    for name in ["den", "개발/웹"] {
        desk.enters(name, &["Alice", "Eve"]);
    }
    desk.talk("den", 1, "Eve", "hi");
    desk.talk("개발/웹", 1, "Eve", "@Alice!");
    assert_eq!(desk.screen.title(), "(1) lobby – chatc");
    desk.keys("<Alt-A>");
    assert_eq!(here(&desk), "개발/웹");
    desk.keys("<Alt-A>");
    assert_eq!(here(&desk), "den");
    desk.keys("<Alt-A>");
    assert!(desk.frame().contains("Nothing new anywhere."));
    desk.keys("<Ctrl-K>lo<Enter>");
    assert_eq!((here(&desk), desk.screen.title().as_str()), ("lobby", "lobby – chatc"));
    desk.keys("<Alt-K><Down><Down><Enter>");
    assert_ne!(here(&desk), "lobby");
    desk.keys("/join lobby<Enter>");
    assert_eq!(here(&desk), "lobby");
    assert!(!desk.wishes().iter().any(|wish| matches!(wish, Wish::Type { .. })), "one is in that room");
}

#[test]
fn a_whisper_opens_a_window_that_one_can_close() {
    let mut desk = Desk::new(80, 24);
    let bob = Window::Person(Name::from("Bob"));
    let about =
        About { window: Some(bob.clone()), from: Some(Name::from("Bob")), calls: true, ..About::default() };
    desk.show(&Shown::new(Kind::Whisper, AT, "[Whisper from Bob] psst").about(about));
    assert_eq!(here(&desk), "lobby", "others do not choose what one looks at");
    desk.keys("<Alt-A>yes?<Enter>");
    assert!(desk.wishes().contains(&Wish::Type { window: Some(bob.clone()), line: "yes?".to_owned() }));
    desk.keys("<Alt-W>");
    assert_eq!((desk.wishes(), here(&desk)), (vec![Wish::Face(room("lobby"))], "lobby"));
    desk.keys("<Alt-W>");
    assert!(desk.frame().contains("/leave"));
}

#[test]
fn the_screen_goes_where_the_stay_goes() {
    let mut desk = Desk::new(80, 24);
    desk.faced = Some(room("lobby"));
    desk.turn(|screen, chat| screen.follow(chat));
    desk.enters("den", &["Alice"]);
    assert_eq!(here(&desk), "lobby");
    desk.faced = Some(room("den"));
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(here(&desk), "den");
    desk.keys("<Alt-1>");
    assert_eq!(here(&desk), "lobby", "until the stay is told, what it faced before does not count");
    desk.rooms.remove("lobby");
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(here(&desk), "den");
}

#[test]
fn who_is_renamed_keeps_the_window() {
    let mut desk = Desk::new(80, 24);
    let person = |nick: &str| Some(Window::Person(Name::from(nick)));
    desk.partner = Some("Bob".to_owned());
    desk.faced = Some(room("lobby"));
    desk.turn(|screen, chat| screen.follow(chat));
    desk.keys("<Alt-2>");
    desk.faced = person("Bob");
    desk.turn(|screen, chat| screen.follow(chat));
    (desk.partner, desk.faced) = (Some("Bobby".to_owned()), person("Bobby"));
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!((here(&desk), desk.screen.windows.all().len()), ("Bobby", 2));
}

#[test]
fn the_seconds_to_the_next_try_are_counted() {
    let mut desk = Desk::new(80, 24);
    desk.state = State::Away { next: Some(desk.now.mono + Duration::from_secs(5)) };
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(desk.screen.wake_at(), Some(desk.now.mono + Duration::from_secs(1)));
    desk.state = State::Here;
    desk.turn(|screen, chat| screen.follow(chat));
    assert_eq!(desk.screen.wake_at(), None);
}

#[test]
fn the_mouse_scrolls_and_picks() {
    let mut desk = Desk::new(80, 24);
    desk.enters("den", &["Alice"]);
    (1..60).for_each(|seq| desk.talk("lobby", seq, "Bob", &format!("line {seq}")));
    desk.frame();
    let mouse =
        |kind, column, row| Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    desk.event(&mouse(MouseEventKind::ScrollUp, 40, 10));
    assert!(!desk.frame().contains("line 59"));
    desk.event(&mouse(MouseEventKind::ScrollDown, 40, 10));
    assert!(desk.frame().contains("line 59"));
    desk.event(&mouse(MouseEventKind::Down(MouseButton::Left), 2, 2));
    assert_eq!(here(&desk), "den");
    desk.event(&mouse(MouseEventKind::Down(MouseButton::Left), 2, 20));
    assert_eq!(here(&desk), "den");
}

#[test]
fn the_rest_is_for_others_to_do() {
    let mut desk = Desk::new(80, 24);
    desk.keys("<Ctrl-Z><Ctrl-L><Ctrl-D>");
    assert_eq!(desk.wishes(), [Wish::Suspend, Wish::Redraw, Wish::Leave]);
    desk.screen.speak(Lang::Ko);
    assert!(desk.frame().contains("lobby에 보낼 메시지"));
}

#[test]
fn long_history_is_left_and_found_again() {
    let mut desk = Desk::new(80, 24);
    let many = u64::try_from(crate::limits::SCROLLBACK_LINES_MAX).unwrap();
    (1..=many).for_each(|seq| desk.turn(|screen, chat| screen.show(&said("lobby", seq, "Bob", "x"), chat)));
    desk.frame();
    desk.keys("<Ctrl-Home>");
    desk.wishes();
    desk.talk("lobby", many + 1, "Bob", "one more");
    assert_eq!(desk.wishes(), [], "a line at the front was dropped to make room, or none");
    desk.keys("back<Enter>");
    assert!(desk.wishes().contains(&typed("lobby", "back")));
    assert!(desk.screen.windows.current().log.follows());
}
