//! What queries mean, and where the found words stand.
//!
//! Knows no database. Why tables: each row is a thing that somebody will type.

use unicode_normalization::UnicodeNormalization;

use super::*;

fn fault(text: &str) -> (usize, QueryFault) {
    match parse(text) {
        Err(Reject::BadQuery { at, why }) => (at, why),
        other => panic!("{text:?} is {other:?}"),
    }
}

/// The text with its marks as brackets; none where it is not found.
fn marked(query: &str, text: &str) -> Option<String> {
    let marks = parse(query).unwrap().wanted.marks(text)?;
    let mut shown = String::new();
    for (place, c) in text.chars().enumerate() {
        let place = place as u32;
        shown.extend(marks.iter().filter(|(start, _)| *start == place).map(|_| '['));
        shown.push(c);
        shown.extend(marks.iter().filter(|(start, length)| start + length == place + 1).map(|_| ']'));
    }
    Some(shown)
}

#[test]
fn what_is_found_is_marked() {
    for (query, text, shown) in [
        ("deploy", "Deploy of deploy2, DEPLOY.", "[Deploy] of deploy2, [DEPLOY]."),
        ("deploy failed", "failed: the deploy", "[failed]: the [deploy]"),
        ("\"deploy failed\"", "a Deploy, failed", "a [Deploy, failed]"),
        ("dep*", "deploy independent", "[deploy] independent"),
        ("\"of dep\" x", "x of dep", "[x] [of dep]"),
        ("회의", "회의시작합니다", "[회의]시작합니다"),
        ("시작", "회의시작합니다", "회의[시작]합니다"),
        ("회의시", "회의시작합니다", "[회의시]작합니다"),
        ("회", "주간회의 회", "주간[회]의 [회]"),
        ("\"회의 시작\"", "주간회의 시작합니다", "주간[회의 시작]합니다"),
        ("\"내일 또 봐\"", "내일 또 봐요", "[내일 또 봐]요"),
        ("\"또 봐요\"", "내일또 봐요", "내일[또 봐요]"),
        ("회의*", "회의시작", "[회의]시작"),
        ("v2회의", "v2회의록", "[v2회의]록"),
        ("회의 의시", "회의시작", "[회의시]작"),
        ("👍", "ok 👍👍", "ok [👍][👍]"),
        ("http://a.b/c", "see http://a.b/c", "see [http://a.b/c]"),
        ("10:30", "at 10:30", "at [10:30]"),
        ("deploy -failed", "deploy done", "[deploy] done"),
        ("café", "CAFÉ", "[CAFÉ]"),
    ] {
        let shown = shown.replace("][", "");
        assert_eq!(marked(query, text), Some(shown), "{query} in {text}");
    }
}

#[test]
fn what_is_not_found() {
    for (query, text) in [
        ("deploy", "deployed"),
        ("deploy failed", "deploy"),
        ("\"deploy failed\"", "failed deploy"),
        ("deploy -failed", "deploy failed"),
        ("-\"a b\" a", "a b"),
        ("회의시", "회의 의시"),
        ("\"회의 시작\"", "회의록 시작"),
        ("\"회의 시작\"", "회의시작"),
        ("\"내일 또 봐\"", "내일 또또 봐요"),
        ("dep*", "independent"),
    ] {
        assert_eq!(marked(query, text), None, "{query} in {text}");
    }
}

#[test]
fn marks_count_the_code_points_of_what_was_said() {
    let apart: String = "주간 회의시작".nfd().collect();
    let asked = parse("회의").unwrap();
    // 주 2, 간 3 and a blank come before; 회 and 의 have two each.
    assert_eq!(asked.wanted.marks(&apart), Some(vec![(6, 4)]));
    let asked_apart: String = "회의".nfd().collect();
    assert_eq!(parse(&asked_apart).unwrap().wanted.marks("회의"), Some(vec![(0, 2)]));
}

#[test]
fn filters_are_read() {
    let asked = parse("from:Bob  in:design/ui since:2h x").unwrap();
    assert_eq!((asked.from.as_deref(), asked.room.as_deref()), (Some("Bob"), Some("design/ui")));
    assert_eq!(asked.since, Some(Since::Ago(7_200_000)));
    assert_eq!(parse("FROM:bob").unwrap().from.as_deref(), Some("bob"));
    let seoul = TimeZone::fixed(jiff::tz::offset(9));
    for (typed, at) in [
        ("2026-11-21", "2026-11-20T15:00:00.000Z"),
        ("2026-11-21T15:30", "2026-11-21T06:30:00.000Z"),
        ("2026-11-21T15:30:00Z", "2026-11-21T15:30:00.000Z"),
    ] {
        let since = Since::parse(typed).unwrap();
        assert_eq!(since.instant(Wall(0), &seoul).to_string(), at, "{typed}");
    }
}

#[test]
fn faults_are_where_they_are() {
    for (query, at, why) in [
        ("", 1, QueryFault::Nothing),
        ("  -x", 1, QueryFault::Nothing),
        ("in:lobby", 1, QueryFault::Nothing),
        ("회의 \"시작", 4, QueryFault::Quote),
        ("ab\"c", 3, QueryFault::Quote),
        ("\"a\"b", 3, QueryFault::Quote),
        ("a \"\"", 3, QueryFault::Empty),
        ("a -", 3, QueryFault::Empty),
        ("from: x", 5, QueryFault::Empty),
        ("a*b", 2, QueryFault::Star),
        ("*", 1, QueryFault::Star),
        ("x form:bob", 3, QueryFault::UnknownFilter),
        ("x from:a from:b", 10, QueryFault::Twice),
        ("x -from:a", 3, QueryFault::NotExcluded),
        ("x since:soon", 9, QueryFault::BadTime),
        ("a a a a a a a a a a a a a a a a a", 33, QueryFault::TooMany),
    ] {
        assert_eq!(fault(query), (at, why), "{query}");
    }
}

#[test]
fn what_the_index_is_asked() {
    let key = |query: &str| {
        let keys: Vec<_> = parse(query).unwrap().wanted.terms.iter().map(Term::key).collect();
        keys.into_iter().next().unwrap().map(|key| (key.words.join(" "), key.prefix))
    };
    for (query, words, prefix) in [
        ("Deploy", "deploy", false),
        ("dep*", "dep", true),
        ("회의시", "회의 의시", false),
        ("\"내일 또 봐요\"", "내일 또 봐요", false),
        ("\"또 봐요\"", "봐요", false),
        ("\"deploy 또\"", "deploy", false),
        ("회의*", "회의", false),
        ("a.de*", "a", false),
    ] {
        assert_eq!(key(query), Some((words.to_owned(), prefix)), "{query}");
    }
    for query in ["회", "de*", "👍", "\"또\""] {
        assert_eq!(key(query), None, "{query}");
    }
}
