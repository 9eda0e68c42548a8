//! The numbers of a real daemon: at `/metrics`, in the dashboard that draws them, and in `chatctl status --watch`.
//!
//! Knows the format (OpenMetrics 1.0) as far as the daemon uses it. Why exact differences: a number that moves by
//! about the right amount counts something else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::live_support::client::Client;
use crate::live_support::daemon::Home;
use crate::live_support::program::CHATCTL;
use crate::live_support::terminal::Terminal;
use crate::live_support::{PATIENCE, eventually};

const ASK: &str = "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// All samples as they stand in one answer, by name and labels.
struct Scrape {
    /// Of each family its type.
    families: BTreeMap<String, String>,
    samples: BTreeMap<String, f64>,
    /// Of the whole answer.
    bytes: usize,
}

impl Scrape {
    fn of(port: u16) -> Scrape {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(ASK.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let kind = "\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";
        assert!(head.contains(kind), "{head}");
        let mut scrape = Scrape { families: BTreeMap::new(), samples: BTreeMap::new(), bytes: answer.len() };
        scrape.read(text);
        scrape
    }

    /// Reads the text, and fails where it is not as the format wants it.
    fn read(&mut self, text: &str) {
        let text = text.strip_suffix("# EOF\n").expect("its end is marked");
        assert!(!text.contains("# EOF"), "nothing follows the end");
        // What a family begins with comes before all of its samples.
        for family in text.split("# HELP ").skip(1) {
            self.read_family(family);
        }
        assert!(text.starts_with("# HELP "), "no sample is without a family");
    }

    fn read_family(&mut self, family: &str) {
        let mut lines = family.lines().peekable();
        let (name, help) = lines.next().unwrap().split_once(' ').unwrap();
        assert!(help.ends_with('.') && !help.ends_with("..") && name.starts_with("chatd_"), "{name} {help}");
        let kind = lines.next().unwrap().strip_prefix(&format!("# TYPE {name} ")).expect("a type");
        assert!(self.families.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} comes twice");
        if let Some(unit) = lines.next_if(|line| line.starts_with("# UNIT ")) {
            let unit = unit.strip_prefix(&format!("# UNIT {name} ")).unwrap();
            assert!(name.ends_with(&format!("_{unit}")), "{name} is in {unit}");
        }
        let endings: &[&str] = match kind {
            "counter" => &["_total"],
            "gauge" => &[""],
            "info" => &["_info"],
            "histogram" => &["_sum", "_count", "_bucket"],
            other => panic!("{name} is a {other}"),
        };
        assert!(!name.ends_with("_total") && !name.ends_with("_info"), "{name} has an ending of samples");
        for line in lines {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let bare = sample.split('{').next().unwrap();
            let ending = bare.strip_prefix(name).expect("a sample of this family");
            assert!(endings.contains(&ending), "{line} is of no {kind}");
            let value: f64 = value.parse().unwrap();
            assert!(value.is_finite() && value >= 0.0, "{line}");
            assert!(self.samples.insert(sample.to_owned(), value).is_none(), "{line} comes twice");
        }
        if kind == "histogram" {
            self.check_histogram(family, name);
        }
    }

    fn check_histogram(&self, family: &str, name: &str) {
        let steps: Vec<(f64, f64)> = family
            .lines()
            .filter_map(|line| line.strip_prefix(&format!("{name}_bucket{{le=\""))?.split_once("\"} "))
            .map(|(bound, count)| (bound.parse().unwrap(), count.parse().unwrap()))
            .collect();
        assert!(steps.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1), "{steps:?}");
        assert_eq!(steps.last(), Some(&(f64::INFINITY, self.get(&format!("{name}_count")))));
    }

    fn get(&self, sample: &str) -> f64 {
        *self.samples.get(sample).unwrap_or_else(|| panic!("no {sample} in {:?}", self.samples.keys()))
    }
}

#[test]
fn the_numbers_move_by_what_was_done() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    alice.reads("[Server]: Bob has joined lobby.");
    alice.says("/nosuch");
    let refusal = alice.next();
    // That they came is recorded behind their welcome.
    eventually("an idle store", PATIENCE, || (daemon.status()["store"]["queue"] == 0).then_some(()));
    let before = Scrape::of(daemon.port);
    assert_eq!(before.get("chatd_people"), 2.0);
    assert_eq!(before.get("chatd_connections{dialect=\"text\"}"), 2.0);

    let (mut said, mut heard) = (0, 0);
    for text in ["one", "two", "three"] {
        alice.says(text);
        let line = format!("Alice >> {text}");
        bob.reads(&line);
        (said, heard) = (said + text.len() + 1, heard + line.len() + 1);
    }
    for _ in 0..2 {
        alice.says("/nosuch");
        alice.reads(&refusal);
        (said, heard) = (said + "/nosuch".len() + 1, heard + refusal.len() + 1);
    }
    alice.says("/whisper Bob psst");
    let whispered = bob.next();
    (said, heard) = (said + "/whisper Bob psst".len() + 1, heard + whispered.len() + 1);

    let after = Scrape::of(daemon.port);
    let moved = |sample: &str| after.get(sample) - before.get(sample);
    assert_eq!(moved("chatd_messages_total"), 3.0);
    assert_eq!(moved("chatd_whispers_total"), 1.0);
    assert_eq!(moved("chatd_deliveries_total"), 4.0, "one hears three messages and a whisper");
    assert_eq!(moved("chatd_refusals_total{code=\"unknown_command\"}"), 2.0);
    assert_eq!(moved("chatd_connections_opened_total"), 1.0, "the second scrape");
    assert_eq!(moved("chatd_received_bytes_total"), (said + ASK.len()) as f64);
    // What the first scrape was answered with had not been sent when it was made.
    assert_eq!(moved("chatd_sent_bytes_total"), (heard + before.bytes) as f64);
    // Each was awaited, so that no two went together.
    assert_eq!(moved("chatd_commit_seconds_count"), 4.0);
    assert_eq!(moved("chatd_transaction_seconds_count"), 4.0);
    assert!(moved("chatd_turn_seconds_count") >= 7.0);
    assert!(moved("chatd_commit_seconds_sum") >= moved("chatd_transaction_seconds_sum"));
    assert_eq!(after.get("chatd_store_queue"), 0.0);
    assert_eq!(after.get("chatd_storage_state{state=\"ok\"}"), 1.0);
    assert_eq!(after.get("chatd_database_bytes"), std::fs::metadata(home.database()).unwrap().len() as f64);
    assert!(after.get("chatd_wal_bytes") > 0.0);

    let status = daemon.status();
    assert_eq!(status["messages"], json!(3));
    assert_eq!(status["deliveries"], json!(after.get("chatd_deliveries_total") as u64));
    assert_eq!(status["commit"]["count"], json!(after.get("chatd_commit_seconds_count") as u64));
    daemon.stop();
}

#[test]
fn who_is_turned_away_is_counted() {
    let home = Home::new("limits.connections_per_address = 2\nlimits.exempt = []\n");
    let daemon = home.start();
    let _alice = Client::text(daemon.port, "Alice");
    let mut bob = Client::text(daemon.port, "Bob");
    Client::silent(daemon.port).reads("[Server]: There are too many connections from your address.");
    bob.says("/quit");
    eventually("the place of who has gone", PATIENCE, || {
        (daemon.status()["connections"] == json!({"control": 1, "text": 1})).then_some(())
    });
    let scrape = Scrape::of(daemon.port);
    assert_eq!(scrape.get("chatd_connections_refused_total{reason=\"too_many\"}"), 1.0);
    assert_eq!(scrape.get("chatd_connections_refused_total{reason=\"full\"}"), 0.0);
    daemon.stop();
}

/// The queries of a dashboard, wherever they stand.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "expr" || name == "query" => found.push(text.clone()),
                    value => queries(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| queries(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_dashboard_draws_what_there_is() {
    let home = Home::new("");
    let daemon = home.start();
    let mut alice = Client::text(daemon.port, "Alice");
    alice.says("/nosuch");
    alice.next();
    let scrape = Scrape::of(daemon.port);
    daemon.stop();
    let there: BTreeSet<&str> =
        scrape.samples.keys().map(|sample| sample.split('{').next().unwrap()).collect();

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/grafana-chatd.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut asked = Vec::new();
    queries(&dashboard, &mut asked);
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.filter(|word| word.starts_with("chatd_")).map(str::to_owned).collect()
    };
    let named: BTreeSet<String> = asked.iter().flat_map(|query| words(query)).collect();
    let missing: Vec<&String> = named.iter().filter(|name| !there.contains(name.as_str())).collect();
    let left: Vec<&&str> = there.iter().filter(|name| !named.contains(**name)).collect();
    assert!(missing.is_empty() && left.is_empty(), "not told: {missing:?}; not drawn: {left:?}");
    // And so does the page of it.
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/admin.md")).unwrap();
    let section = page.split("### The numbers over time").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows =
        section.lines().filter(|line| line.starts_with("| `")).map(|row| row.split(" | ").next().unwrap());
    let described: BTreeSet<String> =
        rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    // The samples of a histogram are one row.
    let ends = ["_bucket", "_sum", "_count"];
    let family =
        |sample: &&str| ends.iter().find_map(|end| sample.strip_suffix(end)).unwrap_or(sample).to_owned();
    let told: BTreeSet<String> = there.iter().map(family).collect();
    assert_eq!(described, told);
    // Labels that a query goes by are there too.
    for (metric, label) in [
        ("chatd_connections", "dialect"),
        ("chatd_connections_refused_total", "reason"),
        ("chatd_refusals_total", "code"),
        ("chatd_storage_state", "state"),
    ] {
        let begin = format!("{metric}{{{label}=\"");
        assert!(scrape.samples.keys().any(|sample| sample.starts_with(&begin)), "{begin}");
        let by = format!("by ({label})");
        assert!(asked.iter().any(|query| query.contains(metric) && query.contains(&by)), "{begin}");
    }
}

/// What stood on the terminal is there again afterwards, and the shell knows how it ended.
#[test]
fn watching_on_a_terminal_leaves_no_trace() {
    let home = Home::new("");
    let daemon = home.start();
    let terminal = Terminal::start(home.path("tmux"), "env -i PATH=/usr/bin:/bin TERM=screen PS1=ready: sh");
    terminal.types("echo before");
    terminal.shows("\nbefore");
    let socket = home.control().display().to_string();
    terminal.types(&format!("{CHATCTL} --socket {socket} status --watch"));
    // With the second look.
    let screen = terminal.shows("now 0/s said, 0/s delivered");
    assert!(!screen.contains("before") && screen.starts_with("chatd "), "{screen}");
    assert!(screen.contains("speed") && screen.contains("turns p50 "), "{screen}");
    let mut alice = Client::text(daemon.port, "Alice");
    terminal.shows("people       1 in 1 room");
    alice.says("hello");
    terminal.shows("talk         1 message, 0 delivered");
    terminal.tmux(&["send-keys", "C-c"]);
    terminal.shows("\nbefore");
    terminal.types("echo ended with $?");
    let screen = terminal.shows("\nended with 130");
    assert!(screen.contains("\nbefore\n") && !screen.contains("people  "), "{screen}");

    terminal.types(&format!("clear; {CHATCTL} --socket {socket} status --watch; echo ended with $?"));
    terminal.shows("people       1 in 1 room");
    daemon.stop();
    let screen = terminal.shows("\nended with 3");
    assert!(screen.contains("chatctl: ") && !screen.contains("people  "), "{screen}");
}
