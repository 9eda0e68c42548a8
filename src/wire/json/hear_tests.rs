//! Every event and reply as `write` has it comes back through `hear`.
//!
//! Knows no connection. Why each shape stands here: a field that only one side
//! knows is found by the round trip alone.

use jiff::tz::TimeZone;
use serde_json::json;

use super::*;
use crate::core::event::{Farewell, Notice};
use crate::core::files::{Accepted, FileInfo, Offer, Transfer, TransferState};
use crate::core::reject::Reject;
use crate::core::request::RequestId;
use crate::core::table;
use crate::core::table::TABLE;
use crate::wire::{Speech, json};

const AT: Wall = Wall(1_795_242_605_123);
const NOW: Wall = Wall(1_795_242_700_000);

fn speech() -> Speech {
    Speech::new(Lang::En, TimeZone::UTC, String::new())
}

fn name(text: &str) -> Name {
    Name::from(text)
}

fn said(seq: Option<u64>, kind: MessageKind) -> Message {
    let text = "안녕 \"x\"".into();
    Message { room: name("lobby"), seq, at: AT, from: name("Bob"), text, kind, ..Message::default() }
}

#[test]
fn events_come_back_as_they_were_written() {
    let (nick, room, at) = (name("Bob"), name("design/ui"), AT);
    let left = |reason, text| Event::Left { room: room.clone(), nick: nick.clone(), at, reason, text };
    let kicked = |reason| Event::Kicked { nick: nick.clone(), by: name("admin"), room: None, reason, at };
    let edit = |text| {
        let (by, from) = (name("A"), name("Bob"));
        Edit { room: name("lobby"), seq: 4, at: AT, by, from, text }
    };
    let versions = vec![Version { at: AT, by: name("A"), text: "old".into() }];
    let mentions = vec![name("A"), name("민수")];
    let action = said(Some(9), MessageKind::Action);
    let changed = Message { mentions, edited: Some(AT), deleted: true, versions, ..action };
    for event in [
        Event::Message(said(Some(7), MessageKind::Say)),
        Event::Message(said(None, MessageKind::Scheduled)),
        Event::Whisper(Whisper {
            id: Some(3),
            at,
            from: nick.clone(),
            to: vec![name("A"), name("B")],
            text: "psst".into(),
        }),
        Event::Joined { room: room.clone(), nick: nick.clone(), at },
        left(LeftReason::Quit, None),
        left(LeftReason::Quit, Some("bye".into())),
        left(LeftReason::Lost, None),
        left(LeftReason::Kicked, None),
        Event::Renamed { from: nick.clone(), to: name("Rob"), at },
        kicked(None),
        kicked(Some("spam".into())),
        Event::Kicked { nick: nick.clone(), by: name("A"), room: Some(room.clone()), reason: None, at },
        left(LeftReason::Part, None),
        Event::Edited(edit(Some("new".into()))),
        Event::Edited(edit(None)),
        Event::WhisperOpened { nick: nick.clone(), at },
        Event::WhisperClosed { nick: nick.clone(), end: WhisperEnd::Ended, at },
        Event::WhisperClosed { nick: nick.clone(), end: WhisperEnd::Left(LeftReason::Lost), at },
        Event::Sanctioned { nick: nick.clone(), sanction: sanction(SanctionKind::Ban, "Bob") },
        Event::Sanctioned { nick: nick.clone(), sanction: sanction(SanctionKind::Mute, "Bob") },
        Event::RoleChanged { room: room.clone(), nick: nick.clone(), role: Role::Owner, by: None, at },
        Event::Topic { room: room.clone(), topic: String::new(), by: nick.clone(), at },
        Event::RoomCreated { room: room.clone(), id: Uuid::from_u128(1), by: Some(nick.clone()), at },
        Event::RoomChanged { room: room.clone(), id: Uuid::from_u128(1), by: nick.clone(), at },
        Event::RoomClosed { room: room.clone(), id: Uuid::from_u128(1), by: None, at },
        Event::Moved { nick: nick.clone(), room: Box::new(info()), at },
        Event::Offer(Box::new(Offer { offer: 5, from: nick.clone(), at, file: file(None) })),
        Event::Offer(Box::new(Offer { offer: 6, from: nick.clone(), at, file: file(Some("[::1]:4000")) })),
        transferred(TransferState::Relay, None),
        transferred(TransferState::Cancelled, Some("enough")),
        Event::Message(changed),
        Event::Announcement { text: "Back at 5".into(), at, from: name("admin") },
    ] {
        let mut line = Vec::new();
        json::event(&speech(), &event, &mut line);
        assert_eq!(hear(&line, NOW), Some(Heard::Event(event)));
    }
}

fn file(direct: Option<&str>) -> FileInfo {
    let (name, hash) = ("한.txt".into(), "0f".repeat(32));
    FileInfo { name, size: u64::from(u32::MAX) + 1, hash, direct: direct.map(|at| at.parse().unwrap()) }
}

fn transferred(state: TransferState, reason: Option<&str>) -> Event {
    let (name, reason) = ("한.txt".into(), reason.map(str::to_owned));
    Event::Transfer(Box::new(Transfer { offer: 5, at: AT, name, state, bytes: 7, reason }))
}

#[test]
fn what_the_server_words_comes_as_words() {
    let mut line = Vec::new();
    let notice = Notice::ShutdownIn { minutes: 5, reason: None };
    json::event(&speech(), &Event::Notice { notice, at: AT }, &mut line);
    let text = "The server will shut down in 5 minutes.".to_owned();
    assert_eq!(hear(&line, NOW), Some(Heard::Notice { text, at: AT }));
    line.clear();
    json::farewell(&speech(), AT, &Farewell::Idle, &mut line);
    assert!(matches!(hear(&line, NOW), Some(Heard::Closing { reason, .. }) if reason == "idle"));
    line.clear();
    let reject = Err(Reject::RateLimited { wait_ms: 700 });
    json::reply(&speech(), &RequestId::Number(4), &reject, &mut line);
    let Some(Heard::Refused { re: Some(4), refusal }) = hear(&line, NOW) else { panic!() };
    assert_eq!((refusal.code.as_str(), refusal.retry_ms), ("rate_limited", Some(700)));
}

fn listing(room: &str, members: usize) -> Listing {
    Listing {
        room: name(room),
        id: Uuid::nil(),
        topic: String::new(),
        members,
        capacity: 0,
        owner: None,
        listed: true,
        locked: false,
        invite_only: false,
        slow_ms: 0,
        kept: false,
    }
}

fn full_listing() -> Listing {
    let (id, owner) = (Uuid::from_u128(7), Some(name("Bob")));
    let (topic, capacity, slow_ms) = ("T".to_owned(), 5, 10_000);
    let all = listing("den", 3);
    Listing {
        id,
        owner,
        topic,
        capacity,
        slow_ms,
        listed: false,
        locked: true,
        invite_only: true,
        kept: true,
        ..all
    }
}

fn info() -> RoomInfo {
    let (room, topic) = (name("design/ui"), "T".to_owned());
    RoomInfo { room, id: Uuid::from_u128(9), topic, members: vec![name("A")], people: 3, seq: 12 }
}

fn sanction(kind: SanctionKind, who: &str) -> Sanction {
    let (who, until) = (Who::parse(who).unwrap(), Some(Wall(AT.0 + 60_000)));
    Sanction { kind, who, room: Some(name("den")), by: name("A"), at: AT, until, reason: Some("x".into()) }
}

fn lifted(kind: SanctionKind, who: &str) -> Reply {
    Reply::Lifted { kind, who: Who::parse(who).unwrap(), room: None }
}

fn replies() -> Vec<(&'static Command, Reply)> {
    let role = |role| Reply::RoleSet { room: name("lobby"), nick: name("Bob"), role };
    let topic = Reply::RoomSet { room: name("lobby"), id: Uuid::from_u128(5), topic: Some("T".into()) };
    let (room, at, nick) = (name("lobby"), AT, name("Bob"));
    let accepted = Accepted { offer: 5, token: "ab".into(), file: file(Some("192.0.2.7:4000")) };
    let accepted = Reply::Accepted(Box::new(accepted));
    let welcome = Welcome {
        session: "s".into(),
        token: Some("c0ffee".into()),
        rooms: vec![room.clone()],
        partner: None,
        kept: Some(Kept { messages_ms: 0, whispers_ms: 604_800_000 }),
        nick: nick.clone(),
        server: "chatd".into(),
        motd: "Hi\nthere".into(),
        room: room.clone(),
        members: vec![name("A")],
        people: 30,
        directory: vec![listing("lobby", 31), listing("den", 1)],
        more_rooms: 0,
        read: vec![(room.clone(), 7)],
    };
    let user = User {
        nick: nick.clone(),
        role: Role::Owner,
        rooms: vec![room.clone()],
        since: at,
        door: "text".into(),
        address: None,
    };
    let row = ScheduleRow {
        schedule: 4,
        room: room.clone(),
        from: nick.clone(),
        due: at,
        text: "x".into(),
        missed: true,
        rule: Some(rule("0 9 * * 1-5")),
    };
    let messages = vec![said(Some(1), MessageKind::Say), said(Some(2), MessageKind::Scheduled)];
    let kicked = Reply::Kicked { nick: nick.clone(), room: None };
    vec![
        (&table::HELLO, Reply::Welcome(Box::new(welcome))),
        (&table::SAY, Reply::Said { room: room.clone(), seq: Some(1), at }),
        (&table::WHISPER, Reply::Whispered { id: Some(1), at, waiting: Vec::new() }),
        (&table::RENAME, Reply::Renamed { nick }),
        (&table::USERS, Reply::Users { room: Some(room.clone()), users: vec![user] }),
        (&table::KICK, kicked.clone()),
        (&table::KICK, Reply::Unrecorded(Box::new(kicked))),
        (&table::QUIETQUIT, Reply::Bye),
        (&table::SCHEDULE, Reply::Scheduled { schedule: 4, due: at, at: NOW, rule: None }),
        (&table::SCHEDULE, Reply::Scheduled { schedule: 4, due: at, at: NOW, rule: Some(rule("daily")) }),
        (&table::SCHEDULES, Reply::Schedules { schedules: vec![row], at: NOW }),
        (&table::UNSCHEDULE, Reply::Unscheduled { schedule: 4 }),
        (&table::SEARCH, Reply::Search { search: searched(), rooms: false }),
        (&table::HISTORY, Reply::History { room: room.clone(), messages, more: true }),
        (&table::SUBSCRIBE, Reply::Subscribed { room: room.clone(), on: true }),
        (&table::UNSUBSCRIBE, Reply::Subscribed { room: room.clone(), on: false }),
        (&table::KICK, Reply::Kicked { nick: name("Bob"), room: Some(room.clone()) }),
        (&table::ACTION, Reply::Said { room: room.clone(), seq: Some(2), at }),
        (&table::JOIN, Reply::Joined(Box::new(info()))),
        (&table::LEAVE, Reply::Left(Box::new(info()))),
        (&table::ROOMS, Reply::Rooms { rooms: vec![full_listing()], more: true }),
        (&table::ROOM_CREATE, Reply::RoomCreated { room: room.clone(), id: Uuid::from_u128(5) }),
        (&table::ROOM_SET, Reply::RoomSet { room: room.clone(), id: Uuid::from_u128(5), topic: None }),
        (&table::ROOM_TOPIC, topic),
        (&table::ROOM_CLOSE, Reply::RoomClosed { room: room.clone() }),
        (&table::ROOM_ROLE, role(Role::Moderator)),
        (&table::ROOM_TRANSFER, role(Role::Owner)),
        (&table::INVITE, Reply::Invited { room: room.clone(), nick: name("Bob") }),
        (&table::WHISPER_OPEN, Reply::WhisperOpened { nick: name("Bob") }),
        (&table::WHISPER_CLOSE, Reply::WhisperClosed { nick: name("Bob"), already: false }),
        (&table::WHISPER_CLOSE, Reply::WhisperClosed { nick: name(""), already: true }),
        (&table::OFFER, Reply::Offered { offer: 5, token: "ab".into() }),
        (&table::ACCEPT, accepted),
        (&table::DECLINE, Reply::Declined { offer: 5 }),
        (&table::CANCEL, Reply::Cancelled { offer: 5 }),
        (&table::RECEIVED, Reply::Received { offer: 5 }),
        (&table::EDIT, Reply::Edited { room: room.clone(), seq: 4, at }),
        (&table::DELETE, Reply::Deleted { room: room.clone(), seq: 4, at }),
        (&table::BAN, Reply::Sanctioned(Box::new(sanction(SanctionKind::Ban, "192.0.2.0/24")))),
        (&table::MUTE, Reply::Sanctioned(Box::new(sanction(SanctionKind::Mute, "Bob")))),
        (&table::UNBAN, lifted(SanctionKind::Ban, "::1")),
        (&table::UNMUTE, lifted(SanctionKind::Mute, "Bob")),
        (&table::BANS, Reply::Bans { bans: vec![sanction(SanctionKind::Ban, "Bob")], at: NOW }),
        (&table::MARK_READ, Reply::MarkedRead { room, seq: 3 }),
        (&table::LANG, Reply::Lang { lang: Lang::Ko }),
        (&table::PING, Reply::Pong),
        (&table::BROADCAST, Reply::Announced { at, people: 3 }),
        (&table::SHUTDOWN, Reply::ShutdownAt { at }),
        (&table::RELOAD, Reply::Reloaded { restart_needed: vec!["store.path".into()], revert_at: None }),
        (&table::CONFIG_APPLY, Reply::Reloaded { restart_needed: Vec::new(), revert_at: Some(at) }),
        (&table::CONFIG_CONFIRM, Reply::ConfigConfirmed),
        (&table::CONFIG_REVERT, Reply::ConfigReverted { restart_needed: vec!["log.target".into()] }),
    ]
}

fn searched() -> Search {
    let found = vec![Found { message: said(Some(7), MessageKind::Say), marks: vec![(0, 2), (4, 1)] }];
    Search { found, more: true, next: Some(7), scanned: Some(9), partial: true }
}

#[test]
fn replies_come_back_as_they_were_written() {
    for (command, answer) in replies() {
        let mut line = Vec::new();
        json::reply(&speech(), &RequestId::Number(9), &Ok(answer.clone()), &mut line);
        let Some(Heard::Done { re: 9, ok }) = hear(&line, NOW) else { panic!("{command:?}") };
        assert_eq!(reply(command, &ok, &name("lobby"), NOW), Some(answer));
    }
}

#[test]
fn what_a_later_daemon_says_is_let_pass() {
    let beamed = br#"{"event":"transfer","offer":1,"state":"beamed","bytes":0}"#;
    assert_eq!(hear(beamed, NOW), Some(Heard::Unknown));
    assert_eq!(hear(br#"{"event":"hologram","text":[1,2]}"#, NOW), Some(Heard::Unknown));
    let odd = br#"{"event":"joined","room":"lobby","nick":"B","at":17,"new":1}"#;
    let joined = Event::Joined { room: name("lobby"), nick: name("B"), at: NOW };
    assert_eq!(hear(odd, NOW), Some(Heard::Event(joined)));
    let user = json!({"users":[{"nick":"B","role":"emperor"}]});
    assert!(reply(&table::USERS, &user, &name("lobby"), NOW).is_some());
}

#[test]
fn garbage_is_nothing_and_no_crash() {
    let deep = "[".repeat(100_000);
    for line in ["", "SSH-2.0-x", "[]", "7", "{}", r#"{"event":"message"}"#, r#"{"event":5}"#, &deep] {
        assert_eq!(hear(line.as_bytes(), NOW), None, "{line:.20}");
    }
    assert_eq!(hear(b"{\"event\":\"notice\",\"text\":\"\xff\"}", NOW), None);
    assert_eq!(hear(br#"{"re":1,"error":"no"}"#, NOW), None);
    assert_eq!(hear(br#"{"re":-1,"ok":{}}"#, NOW), None);
    for command in TABLE {
        for ok in [json!("x"), json!(null), json!({"users": "all", "messages": [7], "nick": 1})] {
            let _ = reply(command, &ok, &name("lobby"), NOW);
        }
    }
    assert_eq!(reply(&table::USERS, &json!({"users": 7}), &name("lobby"), NOW), None);
}

fn rule(word: &str) -> Rule {
    let every = Every::read(word, Some("15:30")).unwrap();
    Rule { every, zone: Some("Asia/Seoul".into()) }
}
