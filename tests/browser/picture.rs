//! The picture of the page in the README, made from a real conversation.
//!
//! `BROWSER_SHOT=docs/page.png cargo test --test browser picture` writes it. Knows what is said in it.
//! Why a test makes it: a picture that is made by hand shows a page that is long gone.

use serde_json::json;

use crate::browser_support::World;
use crate::browser_support::tab::Options;
use crate::live_support::client::Client;

/// What a README may make its readers load.
const PICTURE_BYTES_MAX: usize = 150 * 1024;

#[test]
fn the_picture_of_the_page_shows_a_conversation_and_is_small() {
    let world = World::new();
    let mut bob = Client::json(world.daemon.port, "Bob");
    let mut minsu = Client::json(world.daemon.port, "민수");
    for room in ["design/ui", "design/logo", "ops"] {
        bob.ok(json!({"cmd": "join", "room": room}));
    }
    bob.ok(json!({"cmd": "join", "room": "lobby"}));
    bob.say("Good morning! The new build is on staging.").unwrap();
    minsu.say("안녕하세요! 지금 확인해 보겠습니다.").unwrap();
    let seq = minsu.say("로그인은 잘 됩니다").unwrap()["seq"].clone();
    minsu.ok(json!({"cmd": "edit", "room": "lobby", "seq": seq, "text": "로그인과 검색은 잘 됩니다"}));

    let page = world.enters_with("Alice", &Options { width: 1000, height: 560, ..Options::default() });
    for room in ["design/ui", "ops"] {
        page.says(&format!("/join {room}"));
        page.is_at(room);
    }
    page.switches_to("lobby");
    page.said("Great, then let us ship it after lunch.");
    bob.ok(json!({"cmd": "say", "room": "ops", "text": "The backup ran, 2.1 GB."}));
    bob.ok(json!({"cmd": "say", "room": "ops", "text": "And the check of it too."}));
    bob.ok(json!({"cmd": "say", "room": "design/ui", "text": "Alice, which green is it?"}));
    page.marks("design/ui", "mentions", "1");
    page.marks("ops", "unread", "2");
    bob.ok(json!({"cmd": "action", "room": "lobby", "text": "is getting the coffee"}));
    minsu.say("1시 30분에 배포하겠습니다. https://example.org/release").unwrap();
    page.shows("is getting the coffee");
    page.sees("1시 30분에 배포하겠습니다. https://example.org/release");
    page.tab.clicks("#notify-no");
    page.closes("#bar");
    page.tab.until("the end of animations", "document.getAnimations().every(a => a.playState !== 'running')");

    let picture = page.tab.screenshot();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(picture.len() > 10_000, "{} bytes cannot show a page", picture.len());
    assert!(picture.len() <= PICTURE_BYTES_MAX, "{} bytes are too many for a README", picture.len());
    if let Some(path) = std::env::var_os("BROWSER_SHOT") {
        std::fs::write(&path, picture).unwrap();
    }
}
