//! What one does with messages: change, delete, plan, complete, drop a file on, be told of.
//!
//! Knows each as a person does it. Why the others listen all the while: what is not
//! sent must not be heard.

use serde_json::json;

use crate::browser_support::World;
use crate::browser_support::tab::{CONTROL, DOWN, ENTER, ESCAPE, Options, TAB, UP};
use crate::live_support::client::Client;

#[test]
fn ones_own_message_is_changed_with_arrow_up_and_deleted_after_a_question() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::json(world.daemon.port, "Bob");
    alice.said("the meeting is at tree");
    alice.tab.types(UP);
    alice.tab.until("the old text", "document.querySelector('#composer').value === 'the meeting is at tree'");
    alice.tab.chord(&[CONTROL], "a");
    alice.says("the meeting is at three");
    alice.sees("the meeting is at three");
    alice.tab.until("the mark", "/edited/.test(document.querySelector('#log .row[data-seq]').textContent)");
    assert_eq!(alice.lines().len(), 1, "{:?}", alice.lines());
    assert_eq!(bob.event()["text"], "the meeting is at tree");
    let edited = bob.event();
    assert_eq!((&edited["event"], &edited["text"]), (&json!("edited"), &json!("the meeting is at three")));

    // Given up again, an edit changes nothing.
    alice.tab.types(UP);
    alice
        .tab
        .until("the old text", "document.querySelector('#composer').value === 'the meeting is at three'");
    alice.tab.types(&format!(" or not{ESCAPE}"));
    alice.tab.until("an empty composer", "document.querySelector('#composer').value === ''");
    alice.said("something else");
    assert_eq!(bob.event()["text"], "something else");

    for answer in [ESCAPE.to_owned(), format!("{TAB}{ENTER}")] {
        alice.sees("something else");
        // From the composer up to the last message, and to what can be done with it.
        alice.tab.run("document.querySelector('#log').focus()", json!([]));
        alice.tab.types(&format!("{UP}{ENTER}"));
        alice.opens("#menu");
        let delete =
            "[...document.querySelectorAll('#menu [role=menuitem]')].find(e => /Delete/.test(e.textContent))";
        alice.tab.run(&format!("{delete}.focus()"), json!([]));
        alice.tab.types(ENTER);
        alice.opens("#ask");
        alice.tab.types(&answer);
        alice.closes("#ask");
    }
    assert_eq!(bob.event()["event"], "deleted");
    alice
        .tab
        .until("the text to go", "!document.querySelector('#log').textContent.includes('something else')");
    alice.is_quiet();
}

#[test]
fn a_message_is_planned_listed_and_taken_back() {
    let world = World::new();
    let alice = world.enters("Alice");
    for (number, line) in [(1, "/schedule +2h stand up"), (2, "/schedule +3h sit down")] {
        alice.says(line);
        alice.shows(&format!("Scheduled as {number}, due"));
    }
    alice.tab.clicks("#open-schedules");
    alice.opens("#schedules");
    alice.shows("stand up");
    alice.shows("sit down");
    alice.tab.clicks("#schedules [data-schedule=\"1\"] button");
    alice.opens("#ask");
    alice.tab.types(&format!("{TAB}{ENTER}"));
    alice
        .tab
        .until("the first to go", "!document.querySelector('#schedules').innerText.includes('stand up')");
    alice.shows("sit down");
    alice.is_quiet();
}

#[test]
fn a_slash_command_is_completed_and_a_wrong_one_is_never_said() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::text(world.daemon.port, "Bobby");
    alice.tab.types("/whis");
    alice.opens("#completions [role=option]");
    alice.tab.types(TAB);
    alice.tab.until("the command", "document.querySelector('#composer').value.trim() === '/whisper'");
    alice.tab.types("Bo");
    alice.tab.until("the nickname", "/Bobby/.test(document.querySelector('#completions')?.textContent)");
    alice.tab.types(TAB);
    alice
        .tab
        .until("the whole nickname", "document.querySelector('#composer').value.trim() === '/whisper Bobby'");
    alice.says("psst");
    bob.reads("[Whisper from Alice] psst");

    alice.says("/whispr Bobby psst");
    alice.tab.until("the nearest", "document.querySelector('#error').textContent.includes('/whisper')");
    assert_eq!(alice.composes(), "/whispr Bobby psst", "what was typed is still there");
    alice.tab.chord(&[CONTROL], "a");
    alice.says("//whispr is no command");
    bob.reads("[Whisper from Alice] /whispr is no command");

    // The arrows choose, and Escape leaves the line as it is.
    alice.tab.types("/r");
    alice.opens("#completions [role=option]");
    let chosen = "document.querySelector('#completions [aria-selected=true]')?.textContent ?? ''";
    let first = alice.value(chosen);
    alice.tab.types(DOWN);
    assert_ne!(alice.value(chosen), first);
    alice.tab.types(ESCAPE);
    alice.closes("#completions");
    assert_eq!(alice.composes(), "/r");
    alice.is_quiet();
}

#[test]
fn a_file_in_a_room_is_not_sent_and_it_is_said_where_one_goes() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::text(world.daemon.port, "Bob");
    alice.tab.types("half a line");
    let given = "const data = new DataTransfer(); data.items.add(new File(['secret'], arguments[0], {type: 'text/plain'}));";
    let drop = "for (const name of ['dragenter', 'dragover', 'drop']) \
                document.querySelector('#log').dispatchEvent(new DragEvent(name, {bubbles: true, cancelable: true, dataTransfer: data}));";
    let paste = "document.querySelector('#composer').dispatchEvent(\
                 new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: data}));";
    for (name, way) in [("plan.pdf", drop), ("photo.png", paste)] {
        alice.tab.run(&format!("{given}{way}"), json!([name]));
        let said = "/^Nothing was sent: .* whisper session/.test(document.querySelector('#error').innerText)";
        alice.tab.until("that nothing was sent", said);
        alice.tab.clicks("#error button");
        alice.tab.until("it to be put away", "document.querySelector('#error').innerText === ''");
        alice.tab.clicks("#composer");
        assert_eq!(alice.composes(), "half a line");
    }
    alice.tab.clicks("#composer");
    alice.tab.types(ENTER);
    bob.reads("Alice >> half a line");
    alice.is_quiet();
}

#[test]
fn notifications_are_asked_for_only_by_a_click_after_the_first_mention() {
    let world = World::new();
    let page = world.opens("Alice", &Options::default());
    let stub = "
        window.__asked = 0; window.__told = [];
        window.Notification = class { \
            static permission = 'default'; \
            static async requestPermission() { window.__asked += 1; return (this.permission = 'granted'); } \
            constructor(title, more) { window.__told.push([title, more?.body ?? '']); } \
            close() {} addEventListener() {} };";
    page.tab.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": stub}));
    page.tab.reloads();
    page.enters("Alice");
    page.says("/join ops");
    page.is_at("ops");
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.say("nothing for anybody in particular").unwrap();
    page.marks("lobby", "unread", "1");
    page.closes("#bar");
    bob.say("Alice, look at this").unwrap();
    page.marks("lobby", "mentions", "1");
    page.opens("#bar");
    assert_eq!(page.value("window.__asked"), json!(0), "never by itself");
    page.tab.clicks("#notify-yes");
    page.tab.until("the question", "window.__asked === 1");
    page.closes("#bar");
    // Told only of what one does not see.
    page.switches_to("lobby");
    bob.say("Alice, you see this").unwrap();
    page.sees("Alice, you see this");
    assert_eq!(page.value("window.__told"), json!([]));
    page.tab.run("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true}); \
                  Object.defineProperty(document, 'visibilityState', {get: () => 'hidden', configurable: true}); \
                  document.hasFocus = () => false; document.dispatchEvent(new Event('visibilitychange'));", json!([]));
    bob.say("Alice, come back").unwrap();
    page.tab.until("the notification", "window.__told.some(told => told.join(' ').includes('come back'))");
    page.is_quiet();
}
