//! What of a log is looked at, while lines come in at both of its ends.

use proptest::prelude::*;

use super::frames::{AT, said, seoul};
use super::scrollback::{Entry, Glass, Row, Scrollback, Wanted};
use crate::client::shown::{Kind, Shown};
use crate::core::time::Wall;
use crate::limits::{SCROLLBACK_BYTES_MAX, SCROLLBACK_LINES_MAX, SHOWN_BYTES_MAX};

fn line(seq: u64) -> Shown {
    said("lobby", seq, "Bob", &format!("line {seq} {}", "word ".repeat(usize::try_from(seq % 7).unwrap())))
}

fn lines(seqs: std::ops::Range<u64>) -> Vec<Shown> {
    seqs.map(line).collect()
}

/// With lines of these seqs at the present, and older ones on the server.
fn log(seqs: std::ops::Range<u64>) -> Scrollback {
    let mut log = Scrollback::new();
    log.older(&lines(seqs.clone()), Some((seqs.start, seqs.end - 1)), true);
    log
}

/// What is looked at: a word for each row.
fn seen(log: &mut Scrollback, columns: usize, rows: usize) -> Vec<String> {
    let zone = seoul();
    let glass = Glass { columns, rows, zone: &zone };
    let word = |log: &Scrollback, row: &Row| match row {
        Row::Day(_) => "day".to_owned(),
        Row::Read => "read".to_owned(),
        Row::Text { entry, first: true, .. } => {
            log.entry(*entry).seq.map_or("?".into(), |seq| seq.to_string())
        }
        Row::Text { .. } => "…".to_owned(),
    };
    let view = log.view(glass);
    view.iter().map(|row| word(log, row)).collect()
}

fn scroll(log: &mut Scrollback, by: isize, columns: usize, rows: usize) {
    log.scroll(by, Glass { columns, rows, zone: &seoul() });
}

#[test]
fn the_newest_lines_are_followed() {
    let mut log = log(1..4);
    assert_eq!(seen(&mut log, 80, 10), ["day", "1", "2", "3"]);
    log.push(Entry::new(&line(4)));
    assert_eq!(seen(&mut log, 80, 3), ["2", "3", "4"]);
    assert_eq!(seen(&mut log, 15, 3), ["4", "…", "…"]);
    assert_eq!(seen(&mut Scrollback::new(), 80, 3), [""; 0]);
}

#[test]
fn a_reader_above_stays_there_and_comes_back() {
    let mut log = log(1..21);
    scroll(&mut log, -5, 80, 4);
    assert_eq!(seen(&mut log, 80, 4), ["12", "13", "14", "15"]);
    log.push(Entry::new(&line(21)));
    log.push(Entry::new(&line(22)));
    assert_eq!((seen(&mut log, 80, 4)[0].as_str(), log.below(), log.follows()), ("12", 2, false));
    scroll(&mut log, 100, 80, 4);
    assert_eq!(seen(&mut log, 80, 4), ["19", "20", "21", "22"]);
    assert_eq!((log.below(), log.follows()), (0, true));
    scroll(&mut log, -100, 80, 4);
    assert_eq!(seen(&mut log, 80, 4), ["day", "1", "2", "3"]);
    log.go_to_end();
    assert!(log.follows());
}

#[test]
fn older_lines_come_in_above_what_is_read() {
    let mut log = log(50..60);
    scroll(&mut log, -100, 80, 4);
    assert_eq!(seen(&mut log, 80, 4), ["day", "50", "51", "52"]);
    log.older(&lines(40..50), Some((40, 49)), true);
    assert_eq!(seen(&mut log, 80, 4), ["49", "50", "51", "52"], "the day begins further up now");
    log.older(&lines(45..50), Some((45, 49)), true);
    scroll(&mut log, -100, 80, 4);
    assert_eq!(seen(&mut log, 80, 4), ["day", "40", "41", "42"], "what is there already is not taken twice");
}

#[test]
fn the_server_is_asked_once_and_in_time() {
    let zone = seoul();
    let glass = Glass { columns: 80, rows: 4, zone: &zone };
    let mut log = Scrollback::new();
    assert_eq!(log.wants(glass), Some(Wanted::Older(i64::MAX.unsigned_abs())));
    assert_eq!(log.wants(glass), None);
    log.older(&lines(100..200), Some((100, 199)), true);
    assert_eq!(log.wants(glass), None, "there is enough above");
    log.scroll(-95, glass);
    assert_eq!(log.wants(glass), Some(Wanted::Older(100)));
    assert!(log.awaits(Wanted::Older(100)) && !log.awaits(Wanted::Older(99)));
    log.refused();
    assert_eq!(log.wants(glass), None, "not again and again");
    log.scroll(-1, glass);
    assert_eq!(log.wants(glass), Some(Wanted::Older(100)));
    // Nothing but deleted messages, and still something before them.
    log.older(&[], Some((50, 99)), true);
    assert_eq!(log.wants(glass), Some(Wanted::Older(50)));
    log.older(&lines(49..50), Some((49, 49)), false);
    log.scroll(-1000, glass);
    assert_eq!(log.wants(glass), None, "this is the beginning");
}

#[test]
fn a_part_of_the_past_grows_at_both_ends_until_it_meets_the_present() {
    let zone = seoul();
    let glass = Glass { columns: 80, rows: 5, zone: &zone };
    let mut past = Scrollback::around(&lines(20..40), Some((20, 39)), true, 30);
    assert_eq!(seen(&mut past, 80, 5), ["28", "29", "30", "31", "32"]);
    past.push(Entry::new(&line(90)));
    assert_eq!((past.below(), past.follows()), (1, false), "there is a gap before that one");
    assert_eq!(past.wants(glass), None);
    past.scroll(100, glass);
    assert_eq!(seen(&mut past, 80, 5)[4], "39");
    assert_eq!(past.wants(glass), Some(Wanted::Newer(39)));
    past.newer(&lines(40..90), Some((40, 89)), true);
    assert_eq!(seen(&mut past, 80, 5)[4], "39", "what comes after does not move what is read");
    past.scroll(100, glass);
    assert_eq!(past.wants(glass), Some(Wanted::Newer(89)));
    past.newer(&lines(90..91), Some((90, 90)), false);
    past.scroll(100, glass);
    assert!(past.follows());
    past.push(Entry::new(&line(91)));
    assert_eq!(seen(&mut past, 80, 5)[4], "91");
}

#[test]
fn what_was_read_ends_in_a_line() {
    let mut log = Scrollback::new();
    log.was_read(15);
    log.older(&lines(17..20), Some((17, 19)), true);
    assert_eq!(seen(&mut log, 80, 9), ["day", "17", "18", "19"], "it is further up");
    log.older(&lines(10..17), Some((10, 16)), true);
    assert_eq!(seen(&mut log, 80, 5), ["read", "16", "17", "18", "19"]);
    log.mark();
    assert_eq!(seen(&mut log, 80, 2), ["18", "19"], "a line under which nothing stands is none");
    log.push(Entry::new(&line(20)));
    assert_eq!(seen(&mut log, 80, 3), ["19", "read", "20"]);
    (21..40).for_each(|seq| log.push(Entry::new(&line(seq))));
    let zone = seoul();
    assert!(log.go_to_mark(Glass { columns: 80, rows: 3, zone: &zone }));
    assert_eq!(seen(&mut log, 80, 3), ["read", "20", "21"]);
}

#[test]
fn days_are_told_apart() {
    let mut log = Scrollback::new();
    for (seq, hours) in [(1, 0), (2, 8), (3, 9), (4, 10)] {
        let at = Wall(AT.0 + hours * 3_600_000);
        log.push(Entry::new(&Shown::new(Kind::Server, at, &seq.to_string())));
    }
    assert_eq!(seen(&mut log, 80, 9), ["day", "?", "?", "day", "?", "?"], "half past three and nine hours");
}

#[test]
fn a_line_may_read_otherwise() {
    let mut log = log(1..4);
    log.change(2, &said("lobby", 9, "Bob", "new (edited)"), None);
    log.change(3, &said("lobby", 9, "Bob", ""), Some("(deleted)"));
    log.change(77, &said("lobby", 9, "Bob", "x"), None);
    let texts: Vec<&str> = (0..3).map(|at| log.entry(at).text()).collect();
    assert_eq!(texts, ["Bob >> line 1 word ", "Bob >> new (edited)", "Bob >> (deleted)"]);
}

#[test]
fn the_end_far_from_the_reader_is_dropped() {
    let many = u64::try_from(SCROLLBACK_LINES_MAX).unwrap();
    let zone = seoul();
    let glass = Glass { columns: 80, rows: 3, zone: &zone };
    let mut log = log(1000..1010);
    (1010..1010 + many).for_each(|seq| log.push(Entry::new(&line(seq))));
    log.scroll(-isize::MAX, glass);
    assert_eq!(seen(&mut log, 80, 3), ["day", "1010", "1011"]);
    assert_eq!(log.wants(glass), Some(Wanted::Older(1010)));
    log.older(&lines(900..1010), Some((900, 1009)), true);
    assert_eq!(seen(&mut log, 80, 3), ["1009", "1010", "1011"]);
    assert_eq!((log.attached, log.last_seq()), (false, Some(1010 + many - 111)));
    log.push(Entry::new(&line(1010 + many)));
    assert_eq!((log.last_seq(), log.below()), (Some(1010 + many - 111), 1), "there is a gap now");
}

#[test]
fn not_too_many_bytes_are_kept() {
    let mut log = Scrollback::new();
    let long = said("lobby", 1, "Bob", &"한".repeat(SHOWN_BYTES_MAX));
    assert!(Entry::new(&long).text().len() <= SHOWN_BYTES_MAX);
    let fit = SCROLLBACK_BYTES_MAX / (SHOWN_BYTES_MAX - 2);
    (0..fit + 10).for_each(|_| log.push(Entry::new(&Shown::new(Kind::Talk, AT, long.plain()))));
    let rows = log.view(Glass { columns: SHOWN_BYTES_MAX, rows: fit + 10, zone: &seoul() });
    assert!((fit - 1..=fit + 1).contains(&rows.len()), "{} of {fit}", rows.len());
}

#[derive(Clone, Debug)]
enum Happens {
    Push,
    Notice,
    Older(u64),
    Scroll(isize),
}

fn happens() -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        3 => Just(Happens::Push),
        1 => Just(Happens::Notice),
        2 => (1u64..20).prop_map(Happens::Older),
        3 => (-30isize..20).prop_map(Happens::Scroll),
    ];
    prop::collection::vec(one, 0..60)
}

/// The texts of a view with where they stand.
fn texts(log: &mut Scrollback, glass: Glass<'_>) -> Vec<(usize, u64, usize)> {
    let text = |log: &Scrollback, (at, row): (usize, &Row)| match row {
        Row::Text { entry, range, .. } => Some((at, log.id(*entry), range.start)),
        Row::Day(_) | Row::Read => None,
    };
    let view = log.view(glass);
    view.iter().enumerate().filter_map(|row| text(log, row)).collect()
}

proptest! {
    #[test]
    fn what_one_reads_never_moves(happens in happens(), columns in 8usize..60, rows in 1usize..12) {
        let zone = seoul();
        let glass = Glass { columns, rows, zone: &zone };
        let mut log = log(500..530);
        log.mark();
        let (mut first, mut next) = (500, 530);
        for one in happens {
            let before = texts(&mut log, glass);
            let above = !log.follows();
            match one {
                Happens::Push => {
                    log.push(Entry::new(&line(next)));
                    next += 1;
                }
                Happens::Notice => log.push(Entry::new(&Shown::new(Kind::Server, AT, "[Server]: Hi"))),
                Happens::Older(count) => {
                    let from = first - count;
                    log.older(&lines(from..first), Some((from, first - 1)), from > 100);
                    first = from;
                }
                Happens::Scroll(by) => {
                    let follows = log.follows();
                    log.scroll(by, glass);
                    prop_assert!(by < 0 || !follows || log.follows());
                    continue;
                }
            }
            if above {
                let after = texts(&mut log, glass);
                // Only the first row may become a text, where the day has begun further up.
                prop_assert!(after.ends_with(&before), "{:?} became {:?}", before, after);
                prop_assert!(after.len() <= before.len() + 1);
            }
        }
    }
}
