//! What the page asks of the network, and what it weighs.
//!
//! Knows the browser's own account of it. Why bytes are held and times only told: the
//! first are the same on every machine.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::browser_support::World;
use crate::browser_support::tab::Options;

/// What the page may weigh, compressed, in all: the time it takes over a slow mobile connection stays below a second.
const PAGE_BYTES_MAX: u64 = 60 * 1024;

#[test]
fn the_page_asks_no_other_host_and_weighs_no_more_than_60_kb() {
    let world = World::new();
    let page = world.opens("Alice", &Options { watched: true, ..Options::default() });
    page.enters("Alice");
    page.said("see https://example.org/picture.png and //example.org");
    page.tab.reloads();
    page.is_in();
    let paint = page.value("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null");

    let events = page.tab.performance();
    let own = [world.address(), world.address().replace("http:", "ws:")];
    let (mut asked, mut bytes, mut names) = (0, 0, BTreeMap::new());
    for event in &events {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                let address = parameters["request"]["url"].as_str().unwrap();
                // The browser's own empty page, before it came to this one.
                if parameters["documentURL"].as_str().is_some_and(|page| page.starts_with("chrome:")) {
                    continue;
                }
                let ours =
                    own.iter().any(|own| address.starts_with(own.as_str())) || address.starts_with("data:");
                assert!(ours, "a request to {address}");
                names.insert(parameters["requestId"].to_string(), address.to_owned());
                asked += 1;
            }
            Some("Network.webSocketCreated") => {
                let address = parameters["url"].as_str().unwrap();
                assert!(address.starts_with(&own[1]), "a WebSocket to {address}");
            }
            _ => {}
        }
    }
    assert!(asked > 3, "the browser told of {asked} requests, which cannot be all");
    let finished = events.iter().filter(|event| event["method"] == "Network.loadingFinished");
    let mut counted = BTreeMap::new();
    for event in finished {
        let length = event["params"]["encodedDataLength"].as_f64().unwrap_or_default();
        let Some(name) = names.get(&event["params"]["requestId"].to_string()) else { continue };
        // The first time each is asked for; a reload has it from the cache or is told that nothing changed.
        counted.entry(name.clone()).or_insert_with(|| {
            bytes += length as u64;
            length as u64
        });
    }
    println!(
        "page: {bytes} bytes in {} files, head and all; first contentful paint after a reload: {paint} ms",
        counted.len()
    );
    assert!(bytes <= PAGE_BYTES_MAX, "{bytes} bytes: {counted:#?}");
    assert!(bytes > 5_000, "{bytes} bytes cannot be all: {counted:#?}");
    assert_ne!(paint, Value::Null);
    page.is_quiet();
}
