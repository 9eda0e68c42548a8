//! The history load: how long a server with a past takes to start, and what pages of history and
//! searches cost while people talk.
//!
//! It must not know how a page is found. Why the bare query in the same run: the same rows read
//! by SQLite alone say what all the rest of a page costs, on whatever machine this is.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, params};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Result;
use crate::latency::Histogram;
use crate::machine::resident_bytes;
use crate::options::Options;
use crate::past::{self, Draws};
use crate::server::{Bench, Durability, Kind, Server};

/// Who talks while others search.
pub const TALKERS: usize = 10;
const PAGES: usize = 300;
const PAGE_ROWS: usize = 50;
const STALLED_AFTER: Duration = Duration::from_secs(30);
const MIB: f64 = 1024.0 * 1024.0;

type Ask = fn(&mut Draws) -> Value;

/// What is searched for, by how it is put together; words are named by their rank among all.
const KINDS: [(&str, Ask); 10] = [
    ("a rare word", |draws| json!({"query": past::word(draws.between(10_000, 50_000))})),
    ("a common word", |draws| json!({"query": past::word(draws.between(1, 100))})),
    ("a word that is not there", |draws| json!({"query": format!("zz{}", draws.between(1, 50_000))})),
    ("two words", |draws| {
        let (one, other) = (draws.between(100, 2_000), draws.between(100, 2_000));
        json!({"query": format!("{} {}", past::word(one), past::word(other))})
    }),
    ("four words", |draws| {
        let words = [1, 1, 100, 100].map(|least| past::word(draws.between(least, least * 20)));
        json!({"query": words.join(" ")})
    }),
    ("a phrase", |draws| {
        let (one, other) = (draws.between(1, 100), draws.between(1, 100));
        json!({"query": format!("\"{} {}\"", past::word(one), past::word(other))})
    }),
    ("a beginning", |draws| {
        let word = past::word(draws.between(80, 20_000));
        json!({"query": format!("{}*", &word[..3 + draws.between(0, 2) as usize])})
    }),
    ("Korean", |draws| {
        let word = past::korean(draws.between(1, 5_000));
        json!({"query": word.chars().take(2).collect::<String>()})
    }),
    ("a person's word", |draws| {
        let (person, rank) = (draws.between(1, 1_000), draws.between(100, 2_000));
        json!({"query": past::word(rank), "from": past::nick(person)})
    }),
    ("in a small room", |draws| json!({"query": past::word(draws.between(100, 10_000)), "room": past::SIDE})),
];

pub fn run(bench: &Bench, options: &Options) -> Result<()> {
    let scratch = TempDir::with_prefix_in("chatd-bench-", &bench.database_dir)?;
    let database = match &options.past {
        Some(past) => past.clone(),
        None => {
            let path = scratch.path().join("chatd.db");
            let began = Instant::now();
            past::make(&path, options.past_messages())?;
            println!("\nthe past was made in {:.0} s", began.elapsed().as_secs_f64());
            path
        }
    };
    let reader = Connection::open_with_flags(&database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let newest = "SELECT MAX(seq) FROM messages WHERE room = 1";
    let last: i64 = reader.query_row(newest, [], |row| row.get(0))?;
    let megabytes = std::fs::metadata(&database)?.len() as f64 / MIB;
    println!("\nhistory: {last} messages in {}, {megabytes:.0} MiB; on any core", past::ROOM);
    starts(bench, options, &database)?;
    let server = Server::start_on(bench, Kind::Chatd(Durability::Power), TALKERS + 1, &database)?;
    let measured = pages(&server, &reader, last).and_then(|()| searches(&server, options));
    measured.map_err(|error| format!("{error}\nend of its log:\n{}", server.log_tail()))?;
    server.stop()
}

/// From the start of the process until it accepts, and its memory then.
fn starts(bench: &Bench, options: &Options, database: &Path) -> Result<()> {
    println!("\n{:24}{:>15}{:>15}", "start", "ready ms", "resident MiB");
    for round in 1..=options.rounds {
        let server = Server::start_on(bench, Kind::Chatd(Durability::Power), 1, database)?;
        let resident = resident_bytes(server.pid())? as f64 / MIB;
        println!("{round:<24}{:>15.1}{resident:>15.2}", server.ready_after.as_secs_f64() * 1e3);
        server.stop()?;
    }
    Ok(())
}

fn pages(server: &Server, reader: &Connection, last: i64) -> Result<()> {
    let mut person = Person::enter(server.address, "reader", None)?;
    let mut draws = Draws::new(1);
    println!("\n{:24}{:>15}{:>15}", "a page of 50", "p50 us", "p99 us");
    let row = |name: &str, times: &Histogram| {
        println!("{name:24}{:>15.1}{:>15.1}", times.micros(0.5), times.micros(0.99));
    };
    let mut bare = Histogram::new();
    let mut first = Histogram::new();
    for _ in 0..PAGES {
        bare.time(|| bare_page(reader, last))?;
        first.time(|| person.history(json!({})))?;
    }
    row("bare query", &bare);
    row("the first", &first);
    let mut by_seq = Histogram::new();
    let mut by_time = Histogram::new();
    for _ in 0..PAGES {
        let seq = draws.between(1_000, last.cast_unsigned());
        by_seq.time(|| person.history(json!({"before": seq})))?;
        let seconds = draws.between(1_000, last.cast_unsigned()).cast_signed();
        let at = jiff::Timestamp::from_millisecond(past::BEGAN_MS + seconds * past::STEP_MS)?;
        by_time.time(|| person.history(json!({"until": at.to_string()})))?;
    }
    row("before a seq", &by_seq);
    row("before a time", &by_time);
    Ok(())
}

/// The newest page, read as chatd stores it and copied out of SQLite.
fn bare_page(reader: &Connection, last: i64) -> Result<()> {
    let sql = "SELECT id, seq, at, sender, kind, text, mentions, edited, deleted FROM messages
               WHERE room = 1 AND seq <= ?1 ORDER BY seq DESC LIMIT ?2";
    let mut statement = reader.prepare_cached(sql)?;
    let rows = statement.query_map(params![last, PAGE_ROWS as i64 + 1], |row| {
        Ok((row.get::<_, i64>(1)?, row.get::<_, String>(3)?, row.get::<_, String>(5)?))
    })?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    if rows.len() == PAGE_ROWS + 1 { Ok(()) } else { Err("the bare query found too little".into()) }
}

fn searches(server: &Server, options: &Options) -> Result<()> {
    let done = AtomicBool::new(false);
    let (talked, searched) = std::thread::scope(|scope| {
        let talk = scope
            .spawn(|| talk(server.address, options.search_rate, &done).map_err(|error| error.to_string()));
        let searched = search_each_kind(server, options, &done);
        done.store(true, Ordering::Relaxed);
        (talk.join(), searched)
    });
    searched?;
    let said = talked.map_err(|_| "the talk has panicked")??;
    println!("meanwhile {said:.0} messages a second were said");
    Ok(())
}

fn search_each_kind(server: &Server, options: &Options, talk_ended: &AtomicBool) -> Result<()> {
    // Elsewhere, so that no talk is read between a question and its answer.
    let mut person = Person::enter(server.address, "searcher", Some("library"))?;
    println!("\n{:24}{:>15}{:>15}{:>15}{:>15}", "search", "p50 ms", "p99 ms", "searches", "cut off");
    let mut all = Histogram::new();
    let mut draws = Draws::new(2);
    let mut counts = (0, 0);
    for (name, ask) in KINDS {
        let mut times = Histogram::new();
        let (mut searches, mut partial) = (0, 0);
        let began = Instant::now();
        while began.elapsed() < options.measured() && !talk_ended.load(Ordering::Relaxed) {
            let mut request = ask(&mut draws);
            request["cmd"] = json!("search");
            request.as_object_mut().expect("it is one").entry("room").or_insert(json!(past::ROOM));
            let asked = Instant::now();
            let answer = person.ask(request)?;
            let nanos = asked.elapsed().as_nanos() as u64;
            times.record(nanos);
            all.record(nanos);
            searches += 1;
            partial += usize::from(answer["partial"] == json!(true));
        }
        row_of_searches(name, &times, searches, partial);
        counts = (counts.0 + searches, counts.1 + partial);
    }
    row_of_searches("all of them", &all, counts.0, counts.1);
    Ok(())
}

fn row_of_searches(name: &str, times: &Histogram, searches: usize, partial: usize) {
    let (p50, p99) = (times.micros(0.5) / 1e3, times.micros(0.99) / 1e3);
    println!("{name:24}{p50:>15.2}{p99:>15.2}{searches:>15}{partial:>15}");
}

/// Says `rate` messages a second, at fixed times, until it is done; how many a second it came to.
fn talk(address: SocketAddr, rate: f64, done: &AtomicBool) -> Result<f64> {
    let mut talkers = Vec::new();
    for number in 0..TALKERS {
        let person = Person::enter(address, &format!("talker{number}"), None)?;
        // What the others say is read and dropped, so that nobody's line is full.
        let mut hears = person.lines.get_ref().try_clone()?;
        std::thread::spawn(move || std::io::copy(&mut hears, &mut std::io::sink()));
        talkers.push(person);
    }
    let (began, mut draws, mut said) = (Instant::now(), Draws::new(3), 0_u64);
    while !done.load(Ordering::Relaxed) {
        let due = (began.elapsed().as_secs_f64() * rate) as u64;
        while said < due {
            let text = past::text(&mut draws);
            talkers[said as usize % TALKERS].send(json!({"cmd": "say", "room": past::ROOM, "text": text}))?;
            said += 1;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let rate = said as f64 / began.elapsed().as_secs_f64();
    for talker in talkers {
        // Ends the thread that hears for it.
        let _ = talker.lines.get_ref().shutdown(std::net::Shutdown::Both);
    }
    Ok(rate)
}

/// Somebody over JSON lines who waits for each answer.
struct Person {
    lines: BufReader<TcpStream>,
    last_id: u64,
}

impl Person {
    fn enter(address: SocketAddr, nick: &str, room: Option<&str>) -> Result<Person> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(STALLED_AFTER))?;
        let mut person = Person { lines: BufReader::new(stream), last_id: 0 };
        person.ask(json!({"cmd": "hello", "nick": nick}))?;
        if let Some(room) = room {
            person.ask(json!({"cmd": "join", "room": room}))?;
            person.ask(json!({"cmd": "leave", "room": past::ROOM}))?;
        }
        Ok(person)
    }

    fn send(&mut self, mut request: Value) -> Result<()> {
        self.last_id += 1;
        request["id"] = json!(self.last_id);
        Ok(self.lines.get_mut().write_all(format!("{request}\n").as_bytes())?)
    }

    fn ask(&mut self, request: Value) -> Result<Value> {
        let shown = request.to_string();
        self.send(request)?;
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line)? == 0 {
                return Err(format!("{shown}: the server closed the connection").into());
            }
            let mut answer: Value = serde_json::from_str(&line)?;
            if answer["re"] == json!(self.last_id) {
                let ok = answer["ok"].take();
                return if ok.is_null() { Err(format!("{shown}: {line}").into()) } else { Ok(ok) };
            }
        }
    }

    fn history(&mut self, mut request: Value) -> Result<()> {
        request["cmd"] = json!("history");
        request["room"] = json!(past::ROOM);
        request["limit"] = json!(PAGE_ROWS);
        let answer = self.ask(request)?;
        match answer["messages"].as_array().map(Vec::len) {
            Some(PAGE_ROWS) => Ok(()),
            other => Err(format!("a page of {other:?} messages").into()),
        }
    }
}
