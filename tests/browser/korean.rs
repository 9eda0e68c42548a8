//! Korean: composition as Chrome and Safari make it, and a page in the reader's language.
//!
//! Knows the order of a browser's events. Why three orders: where Enter ends a
//! composition, each system says so in another way, and each has sent half a syllable somewhere.

use serde_json::json;

use crate::browser_support::World;
use crate::browser_support::page::Page;
use crate::browser_support::tab::{CONTROL, ENTER, Options, TAB};
use crate::live_support::client::Client;

/// The input method shows this where one writes; it is not written yet.
fn composes(page: &Page, text: &str) {
    let end = text.chars().count();
    page.tab.devtools(
        "Input.imeSetComposition",
        json!({"text": text, "selectionStart": end, "selectionEnd": end}),
    );
    page.tab.until(
        "the composition",
        &format!("document.querySelector('#composer').value.endsWith({})", json!(text)),
    );
}

/// The input method writes this in place of what it showed.
fn commits(page: &Page, text: &str) {
    page.tab.devtools("Input.insertText", json!({"text": text}));
}

/// A key as a browser reports it while an input method has it: 229, whatever it is. Windows calls it `Process`, macOS by
/// its name.
fn press_in_composition(page: &Page, key: &str) {
    for name in ["Process", key] {
        let down = json!({"type": "rawKeyDown", "key": name, "code": key, "windowsVirtualKeyCode": 229});
        page.tab.devtools("Input.dispatchKeyEvent", down);
        page.tab.devtools("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": name, "code": key}));
    }
}

/// Dispatches an event of the keyboard that says 229 without a composition, as Safari does after `compositionend`.
const SAFARI_ENTER: &str = "
    const composer = document.querySelector('#composer');
    composer.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true, data: '요'}));
    const key = {key: 'Enter', code: 'Enter', keyCode: 229, which: 229, bubbles: true, cancelable: true};
    return composer.dispatchEvent(new KeyboardEvent('keydown', key));";

/// The same while the composition goes on, as other browsers do, with the key's own number.
const COMPOSING_ENTER: &str = "
    const composer = document.querySelector('#composer');
    const key = {key: 'Enter', code: 'Enter', keyCode: 13, which: 13, isComposing: true, bubbles: true, cancelable: true};
    return composer.dispatchEvent(new KeyboardEvent('keydown', key));";

#[test]
fn enter_during_composition_sends_nothing_and_the_last_syllable_goes_once() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::text(world.daemon.port, "Bob");
    alice.tab.types("안녕하세");
    composes(&alice, "요");
    press_in_composition(&alice, "Enter");
    assert_eq!(alice.composes(), "안녕하세요", "nothing is sent while a syllable is composed");
    commits(&alice, "요");
    alice.tab.types(ENTER);
    bob.reads("Alice >> 안녕하세요");
    alice.sees("안녕하세요");
    assert_eq!(alice.composes(), "", "the last syllable is not left behind");

    for (text, enter) in [("다음", SAFARI_ENTER), ("마지막", COMPOSING_ENTER)] {
        alice.tab.types(text);
        assert_eq!(alice.tab.run(enter, json!([])), json!(true), "the input method keeps its Enter");
        assert_eq!(alice.composes(), text);
        alice.tab.types(ENTER);
        bob.reads(&format!("Alice >> {text}"));
        alice.sees(text);
    }
    assert_eq!(alice.lines().len(), 3, "{:?}", alice.lines());
    alice.is_quiet();
}

#[test]
fn the_button_pressed_during_composition_sends_the_whole_line_once() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::text(world.daemon.port, "Bob");
    alice.tab.types("반갑습니");
    composes(&alice, "다");
    alice.tab.clicks("#send");
    bob.reads("Alice >> 반갑습니다");
    alice.sees("반갑습니다");
    // Where the composer went on composing, what comes next would begin with the old syllable.
    alice.tab.clicks("#composer");
    alice.says("또 만나요");
    bob.reads("Alice >> 또 만나요");
    alice.sees("또 만나요");
    assert_eq!(alice.lines().len(), 2, "{:?}", alice.lines());
}

#[test]
fn arrows_tab_and_escape_during_composition_belong_to_the_input_method() {
    let world = World::new();
    let alice = world.enters("Alice");
    alice.tab.types("/");
    alice.opens("#completions [role=option]");
    composes(&alice, "방");
    let chosen = "document.querySelector('#completions [aria-selected=true]').textContent";
    alice.tab.until("Korean commands", &format!("/방/.test({chosen})"));
    let first = alice.value(chosen);
    for key in ["ArrowDown", "ArrowUp", "ArrowUp", "Tab", "Escape", "Enter"] {
        press_in_composition(&alice, key);
        assert_eq!(alice.composes(), "/방", "{key} completes nothing");
        assert_eq!(alice.value(chosen), first, "{key} chooses nothing, and closes nothing");
    }
    commits(&alice, "방");
    alice.tab.types(TAB);
    alice.tab.until("the whole command", "/^\\/방\\S/.test(document.querySelector('#composer').value)");
    alice.is_quiet();
}

#[test]
fn the_page_is_korean_where_the_browser_is() {
    let world = World::new();
    let korean = Options { language: "ko-KR", ..Options::default() };
    let page = world.opens("민수", &korean);
    assert_eq!(page.value("document.documentElement.lang"), json!("ko"));
    let _taken = Client::text(world.daemon.port, "영희");
    page.says("영희");
    // The server's own words are Korean too, from the first on.
    page.tab
        .until("the refusal", "/사용 중|쓰고 있/.test(document.querySelector('#enter-error').textContent)");
    page.tab.clicks("#nick");
    page.tab.chord(&[CONTROL], "a");
    page.says("민수");
    page.is_in();
    page.said("안녕하세요");
    let words =
        page.value("document.body.innerText").as_str().unwrap().replace("chatd", "").replace("lobby", "");
    let latin: Vec<&str> =
        words.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3).collect();
    assert!(latin.is_empty(), "words that are not Korean: {latin:?} in {words}");
    page.is_quiet();
}
