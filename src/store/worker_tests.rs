//! The two threads with a file between them: what is committed, indexed and found.
//!
//! Knows no loop. Why through the threads: that the index follows by itself, and goes on after
//! an end at any moment, is their doing.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use super::*;
use crate::core::entry::SearchQuery;
use crate::core::event::Message;
use crate::core::query::parse;
use crate::limits::STORE_QUEUE_MAX;
use crate::store::{Durability, Store, Wake, lock};

const PATIENCE: Duration = Duration::from_secs(30);

struct Threads {
    store: Store,
    woken: Receiver<()>,
    searches: u64,
}

fn place(directory: &Path) -> Place {
    Place { path: directory.join("chatd.db"), durability: Durability::Power }
}

impl Threads {
    fn open(directory: &Path) -> Threads {
        let place = place(directory);
        let lock = lock::take(&place.path).unwrap();
        let (wake, woken): (Sender<()>, _) = channel();
        let wake = Mutex::new(wake);
        let wake: Wake = Arc::new(move || {
            // After the test nobody listens.
            let _ = wake.lock().map(|wake| wake.send(()));
        });
        let (store, _) = Store::open(place, lock, wake).unwrap();
        Threads { store, woken, searches: 0 }
    }

    fn answer(&mut self) -> Answer {
        loop {
            if let Some(answer) = self.store.poll() {
                return answer;
            }
            self.woken.recv_timeout(PATIENCE).expect("the threads answer");
        }
    }

    /// Has it committed in one go.
    fn say(&mut self, texts: impl Iterator<Item = String>) {
        let said = texts.map(|text| {
            let message = Message { room: "lobby".into(), text, ..Message::default() };
            Job { ticket: None, entry: Entry::Message { message, author: None, mid: None, fires: None } }
        });
        let said: Vec<Job> = said.collect();
        let expected = said.len();
        self.store.record(crate::core::time::Mono(0), said);
        match self.answer() {
            Answer::Batch { count, .. } => assert_eq!(count, expected),
            other => panic!("{other:?}"),
        }
    }

    fn seqs(&mut self, query: &str) -> Vec<u64> {
        self.searches += 1;
        let asked_by = Ticket(self.searches);
        let wanted = parse(query).unwrap().wanted;
        let asked = SearchQuery {
            wanted,
            room: Some("lobby".into()),
            floor: 0,
            from: None,
            since: None,
            before: None,
            limit: 500,
        };
        self.store.fetch(asked_by, Query::Search(asked));
        match self.answer() {
            Answer::Page { ticket, page: Page::Search(search) } => {
                assert_eq!((ticket, search.partial), (asked_by, false));
                search.found.iter().filter_map(|found| found.message.seq).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn close(self) {
        assert!(self.store.close(PATIENCE));
    }
}

/// How many of the words that all texts have are in the index, by its own account.
fn indexed(directory: &Path) -> usize {
    let connection = schema::open_for_reading(&place(directory)).unwrap();
    let sql = "SELECT COUNT(*) FROM search WHERE search MATCH 'apple'";
    let count: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    count.try_into().unwrap()
}

fn wait_until_indexed(directory: &Path, count: usize) {
    let deadline = Instant::now() + PATIENCE;
    while indexed(directory) < count {
        assert!(Instant::now() < deadline, "{} of {count} are indexed", indexed(directory));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(indexed(directory), count);
}

#[test]
fn what_is_committed_is_found_at_once_and_indexed_by_itself() {
    let directory = tempfile::tempdir().unwrap();
    let mut threads = Threads::open(directory.path());
    threads.say(std::iter::once("an apple".to_owned()));
    assert_eq!(threads.seqs("apple"), [1]);
    wait_until_indexed(directory.path(), 1);
    assert_eq!(threads.seqs("apple"), [1]);
    threads.close();
}

#[test]
fn a_start_goes_on_with_what_was_not_indexed() {
    let directory = tempfile::tempdir().unwrap();
    let mut threads = Threads::open(directory.path());
    threads.say((1..=400).map(|number| format!("apple {number}")));
    threads.close();
    // As an end between the commits and the index leaves it.
    let forget = "INSERT INTO search (search) VALUES ('delete-all');
                  UPDATE meta SET value = 1 WHERE key = 'search_end'";
    schema::open_for_writing(&place(directory.path())).unwrap().execute_batch(forget).unwrap();
    let mut threads = Threads::open(directory.path());
    let all: Vec<u64> = (1..=400).rev().collect();
    assert_eq!(threads.seqs("apple"), all);
    wait_until_indexed(directory.path(), 400);
    assert_eq!(threads.seqs("apple"), all);
    threads.close();
}

#[test]
fn talk_that_never_pauses_is_indexed_all_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let mut threads = Threads::open(directory.path());
    let (mut said, mut tail) = (0, 0);
    while said < STORE_QUEUE_MAX {
        threads.say((0..2_000).map(|_| "apple".to_owned()));
        said += 2_000;
        tail = tail.max(said - indexed(directory.path()));
    }
    // The answer to a batch comes before its index.
    let bound = SEARCH_BEHIND_MAX as usize + 2 * 2_000;
    assert!(tail <= bound, "{tail} messages were not indexed");
    threads.close();
}

#[test]
fn an_index_that_cannot_be_written_does_not_stop_talk() {
    let directory = tempfile::tempdir().unwrap();
    let mut threads = Threads::open(directory.path());
    threads.say(std::iter::once("apple".to_owned()));
    wait_until_indexed(directory.path(), 1);
    let breaking = schema::open_for_writing(&place(directory.path())).unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON meta WHEN NEW.key = 'search_end'
                  BEGIN SELECT RAISE(ABORT, 'no'); END";
    breaking.execute_batch(refuse).unwrap();
    for batch in 0..3 {
        threads.say((0..1_500).map(|_| format!("pear {batch}")));
    }
    assert_eq!(threads.seqs("apple"), [1]);
    assert_eq!(threads.seqs("\"pear 2\"").len(), 500);
    threads.close();
}
