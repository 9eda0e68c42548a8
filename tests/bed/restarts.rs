//! Restarts while people talk: nobody is refused, everybody comes back, nothing is lost or said twice.
//!
//! Knows the JSON lines and what a client owes itself: a token, the last seq, and its own `mid`.
//! Why the moments come from counting acknowledgements: then every restart finds people talking.
//! `RESTARTS` says how many there are; each fifth is a kill -9.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::booted::Bed;
use crate::client::Client;
use crate::life::{property, started_anew};
use crate::{PATIENCE, eventually, while_people_knock};

const TALKERS: usize = 8;
/// Acknowledgements between two restarts, of all talkers together.
const TALK: u64 = 200;

/// Somebody who talks without a pause and always comes back.
struct Talker<'a> {
    bed: &'a Bed,
    client: Client,
    last_id: u64,
    token: String,
    /// Where this one came in, and the last that it knows of.
    first: u64,
    last: u64,
    /// What was said by seq, as events and as the answers to what this one said itself.
    heard: BTreeMap<u64, String>,
    acked: BTreeMap<String, u64>,
    /// Connections that ended with a word, and all.
    told: u32,
    ended: u32,
    away: Vec<Duration>,
}

impl<'a> Talker<'a> {
    fn new(bed: &'a Bed, nick: &str) -> Talker<'a> {
        let mut client = Client::over(bed.connect(9999).expect("chatd listens"));
        let ok = client.ok(json!({"cmd": "hello", "nick": nick}));
        let (token, heard, acked) =
            (ok["resume"].as_str().unwrap().to_owned(), BTreeMap::new(), BTreeMap::new());
        let (first, last, last_id) = (0, 0, 0);
        Talker { bed, client, last_id, token, first, last, heard, acked, told: 0, ended: 0, away: Vec::new() }
    }

    /// Says one thing until it is acknowledged, over as many connections as it takes.
    fn says(&mut self, text: &str) {
        loop {
            let say = json!({"cmd": "say", "room": "lobby", "text": text, "mid": text});
            let Some(reply) = self.asks(say) else {
                self.comes_back();
                continue;
            };
            if reply["error"]["code"] == "shutting_down" {
                // Its end is on the way.
                continue;
            }
            let seq = reply["ok"]["seq"].as_u64().unwrap_or_else(|| panic!("{text}: {reply}"));
            self.knows(seq, text);
            self.acked.insert(text.to_owned(), seq);
            return;
        }
    }

    /// The reply, or None when the connection ended before it came.
    fn asks(&mut self, mut request: Value) -> Option<Value> {
        self.last_id += 1;
        request["id"] = json!(self.last_id);
        // Whether it can still be written does not matter: what has come shall be read.
        let _ = self.client.try_says(&request.to_string());
        loop {
            let object = self.hears()?;
            if object["re"] == json!(self.last_id) {
                return Some(object);
            }
        }
    }

    /// The next object; None at the connection's end.
    fn hears(&mut self) -> Option<Value> {
        let line = self.client.line_within(PATIENCE).unwrap_or_else(|error| panic!("{error}"))?;
        let object: Value = serde_json::from_str(&line).unwrap();
        match object["event"].as_str() {
            Some("message") => {
                let (seq, text) = (object["seq"].as_u64().unwrap(), object["text"].as_str().unwrap());
                self.knows(seq, text);
            }
            Some("closing") => {
                assert_eq!(object["reason"], "shutdown", "{object}");
                self.told += 1;
            }
            Some(_) | None => {}
        }
        Some(object)
    }

    fn knows(&mut self, seq: u64, text: &str) {
        // What this one said itself may come as an event and, said again, as an answer.
        let known = self.heard.insert(seq, text.to_owned());
        let own = self.acked.get(text) == Some(&seq) || known.as_deref() == Some(text);
        assert!(known.is_none() || own, "seq {seq} is {known:?} and {text:?}");
        if self.first == 0 {
            self.first = seq;
        }
        self.last = self.last.max(seq);
    }

    fn comes_back(&mut self) {
        let since = Instant::now();
        self.ended += 1;
        loop {
            // The socket stands in the system's keeping: nobody is ever refused.
            self.client = Client::over(self.bed.connect(9999).expect("a connection during a restart"));
            let seen = json!({"lobby": self.last});
            let Some(reply) = self.asks(json!({"cmd": "resume", "token": self.token, "seen": seen})) else {
                // Let in by the one that ends.
                continue;
            };
            let Some(token) = reply["ok"]["resume"].as_str() else { panic!("not resumed: {reply}") };
            self.token = token.to_owned();
            self.away.push(since.elapsed());
            return;
        }
    }
}

fn talk<'a>(bed: &'a Bed, number: usize, done: &AtomicBool, acks: &AtomicU64) -> Talker<'a> {
    let mut talker = Talker::new(bed, &format!("talker{number}"));
    let mut line = 0;
    while !done.load(Ordering::Relaxed) {
        line += 1;
        talker.says(&format!("line {line} of {number}"));
        acks.fetch_add(1, Ordering::Relaxed);
    }
    talker
}

fn restart(bed: &Bed, round: usize) {
    let old = property(bed, "MainPID");
    if round % 5 == 4 {
        bed.ok(&["systemctl", "kill", "--kill-who=main", "--signal=KILL", "chatd"]);
    } else {
        bed.ok(&["systemctl", "restart", "chatd"]);
    }
    started_anew(bed, &old);
}

/// The history as it is in the end: text and seq.
fn history(bed: &Bed) -> BTreeMap<u64, String> {
    let lines = bed.ok(&["chatctl", "--json", "history", "-n", "1000000"]);
    let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| (row["seq"].as_u64().unwrap(), row["text"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn restarts_under_load_refuse_nobody_and_lose_nothing() {
    let restarts: usize = std::env::var("RESTARTS").map_or(10, |count| count.parse().unwrap());
    let bed = Bed::with_chatd("restarts");
    bed.shell("sed -i 's/^rate = 10/rate = 0/' /etc/chatd/chatd.toml; systemctl reload chatd");
    let (done, acks) = (AtomicBool::new(false), AtomicU64::new(0));
    let talkers: Vec<Talker<'_>> = std::thread::scope(|scope| {
        let talking: Vec<_> = (0..TALKERS)
            .map(|number| {
                scope.spawn({
                    let (bed, done, acks) = (&bed, &done, &acks);
                    move || talk(bed, number, done, acks)
                })
            })
            .collect();
        let enough = |wanted: u64| {
            let somebody_failed = || talking.iter().any(|one| one.is_finished());
            eventually("more talk", || {
                (acks.load(Ordering::Relaxed) >= wanted || somebody_failed()).then_some(())
            });
        };
        enough(TALK);
        while_people_knock(&bed, 9999, || {
            for round in 0..restarts {
                restart(&bed, round);
                enough(acks.load(Ordering::Relaxed) + TALK);
            }
        });
        done.store(true, Ordering::Relaxed);
        talking.into_iter().map(|one| one.join().unwrap()).collect()
    });

    let kept = history(&bed);
    assert_eq!(kept.keys().copied().collect::<Vec<_>>(), (1..=kept.len() as u64).collect::<Vec<_>>());
    let said: u64 = talkers.iter().map(|talker| talker.acked.len() as u64).sum();
    assert_eq!(said, kept.len() as u64, "everything was said until it was kept, and all of it is there once");
    for talker in &talkers {
        for (text, seq) in &talker.acked {
            assert_eq!(kept.get(seq), Some(text));
        }
        // What is between the first and the last that this one knows of, it has heard, each once.
        let expected: BTreeMap<u64, String> =
            kept.range(talker.first..=talker.last).map(|(seq, text)| (*seq, text.clone())).collect();
        assert_eq!(talker.heard, expected);
        let kills = u32::try_from(restarts / 5).unwrap();
        assert!(talker.ended >= u32::try_from(restarts).unwrap());
        // Who came back while the old one was still ending is told twice.
        assert!(
            talker.told >= u32::try_from(restarts).unwrap() - kills,
            "told {} of {}",
            talker.told,
            talker.ended
        );
    }
    let mut away: Vec<Duration> = talkers.iter().flat_map(|talker| talker.away.iter().copied()).collect();
    away.sort();
    let (median, longest) = (away[away.len() / 2], away[away.len() - 1]);
    println!(
        "restarts: {restarts}, {said} acknowledged, 0 lost; away {median:.1?} (median), {longest:.1?} (longest)"
    );
    assert!(bed.ok(&["chatctl", "verify"]).contains("records are sound"));
    assert_eq!(
        property(&bed, "NFileDescriptorStore"),
        "2",
        "each socket is kept once, however often it was handed on"
    );
}
