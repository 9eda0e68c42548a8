//! Text that would be a program, in every field that a person, an owner or an admin can fill.
//!
//! Knows what runs in a browser, and where others' words are shown. Why the text must
//! also be seen: a page that drops what looks dangerous hides what was said.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::browser_support::World;
use crate::browser_support::page::Page;
use crate::browser_support::tab::{CONTROL, ESCAPE, Options};
use crate::live_support::PATIENCE;
use crate::live_support::client::Client;

/// What would run, each in another place of a page.
const TEXTS: [&str; 8] = [
    "<img src=x onerror=window.__xss=1>",
    "\"><script>window.__xss=1</script>",
    "'-(window.__xss=1)-'",
    "${window.__xss=1} {{window.__xss=1}}",
    "<svg/onload=window.__xss=1> &lt;b&gt; &amp;",
    "javascript:window.__xss=1",
    "http://x.invalid/\"onmouseover=\"window.__xss=1 <a href=javascript:window.__xss=1>y</a>",
    "data:text/html,<script>window.__xss=1</script> vbscript:x JaVaScRiPt:window.__xss=1",
];
const TEXT: &str = TEXTS[0];
/// The rules for names leave nothing that opens an element; what would end an attribute they leave.
const ALICE: &str = "'-Alice-'";
const ROOM: &str = "'chan'/'-room-'";

/// Whether the page has anything that nobody put there but a text.
const ADDED: &str = "
    [...document.querySelectorAll('*')].filter(e =>
        e.getAttributeNames().some(name => name.startsWith('on'))
        || e.matches('iframe, object, embed, base, img[src=x], script:not([src]), style, #talk u, #side u, #people u')
        || (e.matches('a[href], area[href]') && !/^(https?:|#)/.test(e.getAttribute('href')))
        || (e.matches('form[action], [formaction], [srcdoc]')))
    .map(e => e.outerHTML)";

fn nothing_ran(page: &Page, place: &str) {
    assert_eq!(page.tab.dialog(), None, "{place}");
    let ran = page.value("[window.__xss ?? null, window.__forbidden ?? []]");
    assert_eq!(ran, json!([null, []]), "{place}: what ran, and what the policy had to forbid");
    assert_eq!(page.value(ADDED), json!([]), "{place}: elements made of a text");
    page.is_quiet();
}

/// Somebody's page that tells of everything that its policy had to forbid, and has been in the chat for a moment.
fn watched(world: &World) -> Page {
    let page = world.opens("Alice", &Options::default());
    let watch = "addEventListener('securitypolicyviolation', e => \
                 (window.__forbidden ??= []).push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))";
    page.tab.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": watch}));
    page.tab.reloads();
    page.enters(ALICE);
    page
}

#[test]
fn what_others_write_does_not_run_and_is_shown_as_it_was_written() {
    let world = World::with("limits.rate = 0");
    let page = watched(&world);
    let mut eve = Client::json(world.daemon.port, "'-Eve-'");
    for text in TEXTS {
        eve.say(text).unwrap();
        page.sees(text);
    }
    eve.ok(json!({"cmd": "action", "room": "lobby", "text": format!("acts {TEXT}")}));
    page.shows(&format!("acts {TEXT}"));
    let said = eve.say("x").unwrap();
    eve.ok(json!({"cmd": "edit", "room": "lobby", "seq": said["seq"], "text": format!("edited {TEXT}")}));
    page.shows(&format!("edited {TEXT}"));
    eve.ok(json!({"cmd": "say", "room": "lobby", "text": format!("{ALICE} {TEXT} mentioned")}));
    page.shows("mentioned");
    nothing_ran(&page, "what others say");
    eve.ok(json!({"cmd": "room_create", "room": ROOM, "topic": format!("topic {TEXT}")}));
    eve.ok(json!({"cmd": "join", "room": ROOM}));
    eve.ok(json!({"cmd": "invite", "room": ROOM, "nick": ALICE}));
    nothing_ran(&page, "an invitation");
    page.says(&format!("/join {ROOM}"));
    page.is_at(ROOM);
    page.shows(&format!("topic {TEXT}"));
    eve.ok(json!({"cmd": "rename", "nick": "'-Eva-'"}));
    page.tab.until(
        "the new name",
        "[...document.querySelectorAll('#members [data-nick]')].some(e => e.dataset.nick.includes('Eva'))",
    );
    nothing_ran(&page, "names of rooms and people");
    page.switches_to("lobby");
    eve.ok(json!({"cmd": "whisper", "to": ALICE, "text": format!("whispered {TEXT}")}));
    page.tab.until("the whisper", "!!document.querySelector('#rooms [data-person]')");
    page.tab.clicks("#rooms [data-person]");
    page.shows(&format!("whispered {TEXT}"));
    nothing_ran(&page, "a whisper");
}

#[test]
fn what_one_types_oneself_does_not_run_in_any_field() {
    let world = World::new();
    let page = world.opens("Alice", &Options::default());
    page.says(TEXT);
    page.tab.until("a refusal", "document.querySelector('#enter-error').textContent !== ''");
    nothing_ran(&page, "the nick form");
    drop(page);

    let page = watched(&world);
    page.said("\"><script>window.__xss=1</script> mine");
    page.says("/schedule +2h later <img src=x onerror=window.__xss=1>");
    page.shows("Scheduled as 1");
    page.tab.clicks("#open-schedules");
    page.opens("#schedules");
    page.shows("later <img src=x onerror=window.__xss=1>");
    nothing_ran(&page, "the scheduled messages");
    page.tab.types(ESCAPE);
    page.closes("#schedules");
    page.tab.clicks("#open-search");
    page.opens("#search");
    page.says("script window mine");
    page.tab.until("what was found", "/mine/.test(document.querySelector('#results').textContent)");
    nothing_ran(&page, "what was found");
    page.tab.types(ESCAPE);
    page.tab.clicks("#composer");
    page.says("/<img src=x onerror=window.__xss=1>");
    page.tab.until("the refusal", "document.querySelector('#error').textContent.includes('<img')");
    nothing_ran(&page, "an unknown command");
    page.tab.chord(&[CONTROL], "a");
    page.tab.types(&format!("draft {TEXT}"));
    page.tab.reloads();
    page.is_in();
    assert_eq!(page.composes(), format!("draft {TEXT}"));
    page.sees("\"><script>window.__xss=1</script> mine");
    nothing_ran(&page, "after a reload");
    let drop = "const data = new DataTransfer(); data.items.add(new File(['x'], arguments[0])); \
                document.querySelector('#log').dispatchEvent(\
                new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data}));";
    page.tab.run(drop, json!([TEXT]));
    page.shows("Nothing was sent");
    nothing_ran(&page, "a file that goes nowhere");
    // To and from the partner of a whisper session the name is shown.
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.ok(json!({"cmd": "whisper_open", "nick": ALICE}));
    page.tab.until("the session", "!!document.querySelector('#rooms [data-person=Bob]')");
    page.tab.chord(&[CONTROL], "a");
    page.says("/whisper Bob");
    page.is_at("Bob");
    page.tab.run(drop, json!([TEXT]));
    page.tab.until("the name of one's own file", "!!document.querySelector('[data-offer].file')");
    nothing_ran(&page, "the name of one's own file");
    let hash = blake3::hash(b"x").to_hex();
    bob.ok(json!({"cmd": "offer", "name": TEXT, "size": 1, "hash": hash.as_str()}));
    page.tab.until(
        "the name of Bob's file",
        "/asked/.test([...document.querySelectorAll('.file')].map(e => e.dataset.state))",
    );
    page.shows(TEXT);
    nothing_ran(&page, "the name of another's file");
}

#[test]
fn what_an_admin_writes_does_not_run_and_is_shown_as_it_was_written() {
    let world = World::with(&format!("server.motd = {}", json!(format!("motd {TEXT}"))));
    let page = watched(&world);
    page.shows(&format!("motd {TEXT}"));
    world.daemon.rule(&["broadcast", &format!("all {TEXT}")]);
    page.shows(&format!("all {TEXT}"));
    world.daemon.rule(&["mute", ALICE, "--reason", &format!("muted {TEXT}")]);
    page.shows(&format!("muted {TEXT}"));
    world.daemon.rule(&["kick", ALICE, "--reason", &format!("kicked {TEXT}")]);
    page.shows(&format!("kicked {TEXT}"));
    nothing_ran(&page, "reasons");
}

#[test]
fn only_addresses_of_the_web_become_links_and_those_give_nothing_away() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::json(world.daemon.port, "Bob");
    bob.say("see https://example.org/a?b=c&d=%3Cx%3E#e, and http://example.org/(x). javascript:alert(1) file:///etc/passwd").unwrap();
    alice.shows("file:///etc/passwd");
    let links = alice.value("[...document.querySelectorAll('#log a')].map(a => [a.getAttribute('href'), a.textContent, a.target])");
    let link = |address: &str| json!([address, address, "_blank"]);
    assert_eq!(links, json!([link("https://example.org/a?b=c&d=%3Cx%3E#e"), link("http://example.org/(x)")]));
    let rel = alice.value("[...document.querySelectorAll('#log a')].every(a => /noopener/.test(a.rel) && /noreferrer/.test(a.rel))");
    assert_eq!(rel, json!(true));
}

#[test]
fn the_pages_policy_forbids_every_script_and_every_host_but_its_own() {
    let world = World::new();
    let mut stream = TcpStream::connect(("127.0.0.1", world.daemon.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    let header = |name: &str| {
        let line = answer.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
    };
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.split(';').any(|held| held.trim() == part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(header("x-content-type-options"), "nosniff");

    // And the browser holds it: a script that came in some way would not run, and no other host is asked.
    let page = world.opens("Alice", &Options::default());
    for (way, directive) in [
        ("document.body.innerHTML = '<img src=x onerror=window.__xss=1>'", "require-trusted-types-for"),
        ("setTimeout('window.__xss=1')", "require-trusted-types-for"),
        ("fetch('https://example.org/')", "connect-src"),
        ("new Image().src = 'https://example.org/x.png'", "img-src"),
    ] {
        let script = format!(
            "new Promise(done => {{ addEventListener('securitypolicyviolation', e => done(e.effectiveDirective), {{once: true}}); \
             try {{ Promise.resolve({way}).catch(() => {{}}); }} catch {{ /* it says so too */ }} }})"
        );
        assert_eq!(page.tab.promised(&script, json!([])), json!(directive), "{way}");
    }
    assert_eq!(page.value("window.__xss ?? null"), Value::Null);
}
