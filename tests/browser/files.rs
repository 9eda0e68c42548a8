//! Files from page to page, and between the page and programs: offered, taken, broken off, altered.
//!
//! Knows what has come by the folder that the browser saves into. Why programs at the other end as well:
//! they can break off, lie and wait as no page would.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::browser_support::page::Page;
use crate::browser_support::{World, axe};
use crate::live_support::client::Client;
use crate::live_support::{PATIENCE, eventually};

/// What browsers are slow with.
const SLOW: Duration = Duration::from_secs(30);
const MIB: usize = 1024 * 1024;

/// A file that the page makes for itself: byte by byte as the test vectors of BLAKE3 have it.
const MAKE: &str = "const bytes = new Uint8Array(arguments[0]).map((_, at) => at % 251);\
     const data = new DataTransfer(); data.items.add(new File([bytes], arguments[1]));";

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

fn chooses(page: &Page, size: usize, name: &str) {
    page.tab.until("the button for files", "document.querySelector('#attach').checkVisibility()");
    let choose = "const input = document.querySelector('#file');\
         input.files = data.files; input.dispatchEvent(new Event('change'));";
    page.tab.run(&format!("{MAKE}{choose}"), json!([size, name]));
}

fn is(page: &Page, state: &str) {
    page.tab.until(state, &format!("!!document.querySelector('#files .file[data-state={state}]')"));
}

/// Where this browser saves files from now on.
fn saves_into(world: &World, page: &Page, name: &str) -> PathBuf {
    let folder = world.home.path(name);
    std::fs::create_dir(&folder).unwrap();
    let path = folder.to_str().unwrap();
    page.tab.devtools("Page.setDownloadBehavior", json!({"behavior": "allow", "downloadPath": path}));
    folder
}

fn saved(folder: &Path, name: &str) -> Vec<u8> {
    let file = folder.join(name);
    eventually(name, SLOW, || file.exists().then_some(()));
    std::fs::read(file).unwrap()
}

/// Opens a whisper session with the page's person, who goes there.
fn whispers(client: &mut Client, page: &Page, with: &str, name: &str) {
    client.ok(json!({"cmd": "whisper_open", "nick": with}));
    page.tab.until("the session", &format!("!!document.querySelector('#rooms [data-person={name}]')"));
    page.says(&format!("/whisper {name}"));
    page.is_at(name);
}

/// The next event of this kind.
fn event(client: &mut Client, kind: &str) -> Value {
    loop {
        let event = client.event();
        if event["event"] == kind {
            return event;
        }
    }
}

fn transfer(client: &mut Client, state: &str) -> Value {
    let event = event(client, "transfer");
    assert_eq!(event["state"], state, "{event}");
    event
}

fn connect(world: &World, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", world.daemon.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

#[test]
fn from_page_to_page() {
    let world = World::new();
    let (alice, bob) = (world.enters("Alice"), world.enters("Bob"));
    let folder = saves_into(&world, &bob, "bob");
    alice.says("/whisper Bob");
    alice.is_at("Bob");
    bob.tab.until("the session", "!!document.querySelector('#rooms [data-person=Alice]')");
    chooses(&alice, 3 * MIB + 1, "사진 <b>.bin");
    is(&alice, "offered");
    bob.says("/whisper Alice");
    bob.is_at("Alice");
    is(&bob, "asked");
    let shown = bob.value("document.querySelector('#files .file').innerText");
    let shown = shown.as_str().unwrap();
    assert!(shown.contains("사진 <b>.bin") && shown.contains("3 MiB"), "{shown}");
    axe::finds_nothing(&bob.tab, "an offer");
    bob.tab.clicks("#files .file .main");
    is(&bob, "saved");
    is(&alice, "done");
    axe::finds_nothing(&alice.tab, "a file that has arrived");
    // What a name may have on this disk is the browser's affair.
    let any = || std::fs::read_dir(&folder).unwrap().next().map(|entry| entry.unwrap().file_name());
    let name =
        eventually("a file", SLOW, || any().filter(|name| !name.to_str().unwrap().ends_with(".crdownload")));
    assert!(saved(&folder, name.to_str().unwrap()) == content(3 * MIB + 1), "not as it was");

    // Turned down, and taken back.
    chooses(&alice, 10, "second.txt");
    is(&bob, "asked");
    bob.says("/decline");
    is(&alice, "declined");
    chooses(&alice, 10, "third.txt");
    is(&bob, "asked");
    alice.says("/cancel");
    is(&bob, "cancelled");
    // An empty one, and the words of a person who reads Korean.
    bob.says("/lang ko");
    chooses(&alice, 0, "empty");
    bob.tab.until(
        "the offer in Korean",
        "[...document.querySelectorAll('#files .file')].some(e => /받으시겠습니까/.test(e.innerText))",
    );
    bob.says("/수락 other name.txt");
    bob.tab.until(
        "both to be saved",
        "document.querySelectorAll('#files .file[data-state=saved]').length === 2",
    );
    assert_eq!(saved(&folder, "other name.txt"), b"");
    alice.is_quiet();
    bob.is_quiet();
}

#[test]
fn a_program_sends_to_the_page_and_breaks_off() {
    let world = World::new();
    let alice = world.enters("Alice");
    let folder = saves_into(&world, &alice, "alice");
    let mut bob = Client::json(world.daemon.port, "Bob");
    whispers(&mut bob, &alice, "Alice", "Bob");
    let bytes = content(2 * MIB);
    let hash = blake3::hash(&bytes).to_hex();
    let offer = json!({"cmd": "offer", "name": "log.txt", "size": bytes.len(), "hash": hash.as_str()});
    let token = bob.ok(offer.clone())["token"].as_str().unwrap().to_owned();
    is(&alice, "asked");
    alice.says("/accept");
    transfer(&mut bob, "accepted");
    let mut from = transfer(&mut bob, "relay")["bytes"].as_u64().unwrap() as usize;
    assert_eq!(from, 0);
    for part in [MIB, bytes.len()] {
        let last = bytes.len() - 1;
        let fields = format!(
            "Content-Length: {}\r\nContent-Range: bytes {from}-{last}/{}",
            bytes.len() - from,
            bytes.len()
        );
        let mut sender =
            connect(&world, &format!("PUT /api/transfers/{token} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n"));
        sender.write_all(&bytes[from..part]).unwrap();
        if part == bytes.len() {
            let mut answer = [0; 12];
            sender.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 204");
        } else {
            drop(sender);
            from = transfer(&mut bob, "relay")["bytes"].as_u64().unwrap() as usize;
            assert!(from <= part, "{from} of {part} were sent");
        }
    }
    is(&alice, "saved");
    transfer(&mut bob, "done");
    // The browser says by itself that an answer ended too early.
    let faults = alice.tab.console();
    assert!(faults.iter().all(|fault| fault["source"] == "network"), "{faults:?}");
    assert!(saved(&folder, "log.txt") == bytes, "not as it was");

    // What is not what was offered is not saved.
    let wrong = json!({"cmd": "offer", "name": "lie.txt", "size": 5, "hash": hash.as_str()});
    let token = bob.ok(wrong)["token"].as_str().unwrap().to_owned();
    is(&alice, "asked");
    alice.tab.clicks("#files .file[data-state=asked] .main");
    transfer(&mut bob, "accepted");
    transfer(&mut bob, "relay");
    let _sender = connect(
        &world,
        &format!("PUT /api/transfers/{token} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
    );
    is(&alice, "altered");
    transfer(&mut bob, "cancelled");
    assert!(!folder.join("lie.txt").exists());
    alice.is_quiet();
}

#[test]
fn the_page_sends_to_a_program_from_where_it_is() {
    let world = World::new();
    let alice = world.enters("Alice");
    let mut bob = Client::json(world.daemon.port, "Bob");
    whispers(&mut bob, &alice, "Alice", "Bob");
    let bytes = content(MIB + 3);
    chooses(&alice, bytes.len(), "data.bin");
    let offer = event(&mut bob, "offer");
    assert_eq!((&offer["name"], &offer["size"]), (&json!("data.bin"), &json!(bytes.len())));
    assert_eq!(offer["hash"], blake3::hash(&bytes).to_hex().as_str());
    let token = bob.ok(json!({"cmd": "accept"}))["token"].as_str().unwrap().to_owned();
    let mut got = Vec::new();
    for stop in [300_000, bytes.len()] {
        let range = if got.is_empty() { String::new() } else { format!("Range: bytes={}-\r\n", got.len()) };
        let mut receiver =
            connect(&world, &format!("GET /api/transfers/{token} HTTP/1.1\r\nHost: a\r\n{range}\r\n"));
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            receiver.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let mut more = vec![0; stop - got.len()];
        receiver.read_exact(&mut more).unwrap();
        got.extend(more);
    }
    assert!(got == bytes, "not as it was");
    bob.ok(json!({"cmd": "received"}));
    is(&alice, "done");
    // The browser says by itself that its first request was broken off.
    let faults = alice.tab.console();
    assert!(faults.iter().all(|fault| fault["source"] == "network"), "{faults:?}");
}

/// Lengths of the official test vectors, and the hashes of the first of them.
#[test]
fn the_pages_blake3_is_blake3() {
    let world = World::new();
    let alice = world.enters("Alice");
    let official = [
        (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
        (1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11"),
        (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
        (1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"),
    ];
    let rest = [
        2, 63, 64, 65, 127, 128, 129, 2048, 2049, 3072, 3073, 4096, 4097, 5120, 5121, 6144, 6145, 7168, 7169,
        8192, 8193, 16384, 31744, 102_400,
    ];
    let lengths: Vec<usize> = official.iter().map(|(length, _)| *length).chain(rest).collect();
    // Each whole, and in pieces that fit nothing.
    let hashed = alice.tab.promised(
        "await import('/blake3.js').then(({Blake3}) => given[0].map((length) => { \
             const bytes = new Uint8Array(length).map((_, at) => at % 251); const hash = new Blake3(); \
             for (let at = 0; at < length; at += 333) hash.update(bytes.subarray(at, at + 333)); \
             return [new Blake3().update(bytes).hex(), hash.hex()]; }))",
        json!([lengths]),
    );
    for (index, length) in lengths.iter().enumerate() {
        let right = blake3::hash(&content(*length)).to_hex();
        assert_eq!(hashed[index], json!([right.as_str(), right.as_str()]), "{length} bytes");
    }
    for (length, hash) in official {
        assert_eq!(blake3::hash(&content(length)).to_hex().as_str(), hash, "{length} bytes");
    }
    alice.is_quiet();
}
