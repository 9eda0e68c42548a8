//! Programs whose connections are cut again and again, and who come back each time.
//!
//! Knows what a client of the protocol knows: its token, and the last seq of each room. Why a
//! world of its own: here nobody leaves, so what each must have heard is simply everything, once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::rc::Rc;

use chatd::core::effect::Origin;
use chatd::core::settings::Settings;
use chatd::core::time::{Mono, Now, Wall};
use chatd::net::bounds::Bounds;
use chatd::net::connection::{ConnectionId, Speaks};
use serde_json::{Value, json};

use super::daemon::Daemon;
use super::pipe::{Pipe, Wire};
use super::random::Random;
use super::support::disk::{Disk, Fault};

const ROOMS: [&str; 3] = ["lobby", "den", "attic"];
const STEPS: usize = 250;
/// Turns in which everything must come to rest.
const REST_TURNS: usize = 150;

#[derive(Clone, PartialEq, Debug)]
enum Asked {
    Hello,
    Resume,
    Join,
    Say { mid: String },
    Whisper { mid: String },
    Edit { room: String, seq: u64, text: String },
}

/// Something that must be there once in the end.
#[derive(Clone, Debug)]
struct Said {
    mid: String,
    /// A room, or whom it was whispered to.
    to: String,
    text: String,
    whispered: bool,
}

#[derive(Default)]
struct Heard {
    seen: u64,
    /// Its own messages, by the connection that had the answer.
    own: BTreeMap<u64, u32>,
    /// How each message reads; none for a deleted one.
    known: BTreeMap<u64, Option<String>>,
}

impl Heard {
    /// The last seq up to which nothing is missing.
    fn seen(&mut self) -> u64 {
        while self.own.contains_key(&(self.seen + 1)) {
            self.seen += 1;
        }
        self.seen
    }
}

struct Client {
    nick: String,
    line: Option<(ConnectionId, Rc<RefCell<Wire>>)>,
    connections: u32,
    token: Option<String>,
    rooms: BTreeMap<String, Heard>,
    whisper: u64,
    whispers: BTreeSet<String>,
    unanswered: Vec<Said>,
    said: Vec<Said>,
    asked: BTreeMap<u64, Asked>,
    next_id: u64,
    unread: Vec<u8>,
    /// Its token was lost with a disk that failed: it is out of the game.
    lost: bool,
}

pub struct Returns {
    random: Random,
    now: Now,
    disk: Disk,
    settings: Settings,
    daemon: Option<Daemon>,
    clients: Vec<Client>,
    faults: bool,
    deaths: bool,
    port: u16,
    texts: u64,
}

impl Returns {
    pub fn new(seed: u64) -> Returns {
        let mut random = Random::new(seed);
        let settings = Settings { rate: 0, edit_window_ms: 0, whispers_kept_ms: 0, ..Settings::default() };
        let clients = (0..random.within(2, 4)).map(|number| Client::new(format!("P{number}"))).collect();
        let (faults, deaths) = (random.one_in(2), random.one_in(2));
        let now = Now { mono: Mono(1_000_000), wall: Wall(1_795_242_600_000) };
        let disk = Disk::new(Some(seed));
        Returns { random, now, disk, settings, daemon: None, clients, faults, deaths, port: 1_000, texts: 0 }
    }

    pub fn run(mut self) {
        self.everybody_comes();
        for _ in 0..STEPS {
            self.trouble();
            let who = self.random.below(self.clients.len());
            self.act(who);
            self.turn();
        }
        self.rest();
        for client in &mut self.clients {
            client.judge(&self.disk);
        }
    }

    fn everybody_comes(&mut self) {
        for who in 0..self.clients.len() {
            self.connect(who);
            let nick = self.clients[who].nick.clone();
            self.clients[who].ask(json!({"cmd": "hello", "nick": nick}), Asked::Hello);
            self.turn();
            for room in &ROOMS[1..] {
                self.clients[who].ask(json!({"cmd": "join", "room": room}), Asked::Join);
            }
            for _ in 0..20 {
                self.turn();
            }
            assert_eq!(self.clients[who].rooms.len(), ROOMS.len(), "somebody is not in");
        }
    }

    fn connect(&mut self, who: usize) {
        if self.daemon.is_none() {
            // A daemon that cannot write its database does not start.
            self.disk.set_fault(Fault::None);
            self.daemon = Some(Daemon::start(self.now, &self.settings, &Bounds::default(), &self.disk));
        }
        let Some(daemon) = &mut self.daemon else { return };
        self.port += 1;
        let address = SocketAddr::from(([10, 0, 0, 1], self.port));
        let (pipe, wire) = Pipe::new(self.random.next(), usize::MAX / 2);
        let opened = daemon.exchange.open(self.now, pipe, Speaks::Auto, Origin::Network(address));
        let id = opened.expect("there is room for everybody");
        daemon.exchange.mark_readable(id);
        let client = &mut self.clients[who];
        client.connections += 1;
        client.line = Some((id, wire));
    }

    fn come_back(&mut self, who: usize) {
        self.connect(who);
        let client = &mut self.clients[who];
        client.asked.clear();
        client.unread.clear();
        let seen: BTreeMap<&String, u64> =
            client.rooms.iter_mut().map(|(room, heard)| (room, heard.seen())).collect();
        let (token, whisper) = (client.token.clone(), client.whisper);
        let request = json!({"cmd": "resume", "token": token, "seen": seen, "whisper": whisper});
        client.ask(request, Asked::Resume);
    }

    fn trouble(&mut self) {
        if self.faults && self.disk.fault() == Fault::None && self.random.one_in(30) {
            let fault = self.random.pick(&[Fault::Stalled, Fault::ReadOnly, Fault::Full, Fault::Middle]);
            self.disk.set_fault(fault);
        } else if self.disk.fault() != Fault::None && self.random.one_in(6) {
            self.disk.set_fault(Fault::None);
        }
        if self.deaths && self.random.one_in(40) {
            self.daemon = None;
            self.disk.forget();
            for client in &mut self.clients {
                client.is_cut(self.random.one_in(2));
            }
        }
    }

    fn act(&mut self, who: usize) {
        if self.clients[who].lost {
            return;
        }
        if self.clients[who].line.is_none() {
            return self.come_back(who);
        }
        match self.random.below(10) {
            0 => self.cut(who),
            // The old line still stands, and nobody reads it any more.
            1 => self.come_back(who),
            2..4 => self.edit(who),
            4 => self.whisper(who),
            _last => self.say(who),
        }
    }

    fn cut(&mut self, who: usize) {
        let reads_first = self.random.one_in(2);
        let Some((id, wire)) = &self.clients[who].line else { return };
        wire.borrow_mut().reset = true;
        if let Some(daemon) = &mut self.daemon {
            daemon.exchange.mark_hung_up(*id);
        }
        self.clients[who].is_cut(reads_first);
    }

    fn text(&mut self) -> String {
        self.texts += 1;
        format!("text {}", self.texts)
    }

    fn say(&mut self, who: usize) {
        let (text, to) = (self.text(), self.random.pick(&ROOMS).to_owned());
        self.clients[who].says(Said { mid: format!("m{text}"), to, text, whispered: false });
    }

    fn whisper(&mut self, who: usize) {
        let (text, other) = (self.text(), self.random.below(self.clients.len()));
        let to = self.clients[other].nick.clone();
        self.clients[who].says(Said { mid: format!("m{text}"), to, text, whispered: true });
    }

    fn edit(&mut self, who: usize) {
        let text = self.text();
        let room = self.random.pick(&ROOMS);
        let own: Vec<u64> = self.clients[who].rooms[room].own.keys().copied().collect();
        if own.is_empty() {
            return;
        }
        let seq = self.random.pick(&own);
        let asked = Asked::Edit { room: room.to_owned(), seq, text: text.clone() };
        self.clients[who].ask(json!({"cmd": "edit", "room": room, "seq": seq, "text": text}), asked);
    }

    fn turn(&mut self) {
        self.now.mono = self.now.mono.after_ms(5);
        self.now.wall.0 += 5;
        let now = self.now;
        let Some(daemon) = &mut self.daemon else { return };
        for client in &self.clients {
            if let Some((id, wire)) = &client.line
                && !wire.borrow().sent.is_empty()
            {
                daemon.exchange.mark_readable(*id);
            }
        }
        daemon.answers(now, &mut self.disk, |_, _| {});
        daemon.take_in(now);
        daemon.deadlines(now, &self.disk);
        daemon.settle(now);
        daemon.store(now, &mut self.disk, |_| {});
        if !self.random.one_in(3) {
            self.disk.work(now.mono, self.random.within(1, 4) as usize);
        }
        daemon.flush(now);
        daemon.exchange.hub().check();
        let may_lose = self.faults && self.deaths;
        for client in &mut self.clients {
            if !self.random.one_in(4) {
                client.listen(may_lose);
            }
        }
    }

    /// All troubles end, everybody comes back and says again what was not answered.
    fn rest(&mut self) {
        (self.faults, self.deaths) = (self.faults && self.deaths, self.deaths && self.faults);
        self.disk.set_fault(Fault::None);
        for turn in 0..REST_TURNS {
            for who in 0..self.clients.len() {
                if self.clients[who].line.is_none() && !self.clients[who].lost {
                    self.come_back(who);
                } else if turn % 30 == 15 {
                    self.clients[who].says_again();
                }
            }
            self.now.mono = self.now.mono.after_ms(100);
            self.turn();
        }
    }
}

impl Client {
    fn new(nick: String) -> Client {
        Client {
            nick,
            line: None,
            connections: 0,
            token: None,
            rooms: BTreeMap::new(),
            whisper: 0,
            whispers: BTreeSet::new(),
            unanswered: Vec::new(),
            said: Vec::new(),
            asked: BTreeMap::new(),
            next_id: 0,
            unread: Vec::new(),
            lost: false,
        }
    }

    fn ask(&mut self, mut request: Value, asked: Asked) {
        let Some((_, wire)) = &self.line else { return };
        self.next_id += 1;
        request["id"] = json!(self.next_id);
        self.asked.insert(self.next_id, asked);
        if std::env::var_os("SIM_TELL").is_some() {
            eprintln!("{} {} asks: {request}", self.nick, self.connections);
        }
        wire.borrow_mut().sent.extend(format!("{request}\n").bytes());
    }

    fn says(&mut self, said: Said) {
        self.said.push(said.clone());
        self.unanswered.push(said.clone());
        self.utter(&said);
    }

    fn utter(&mut self, said: &Said) {
        let Said { mid, to, text, whispered } = said;
        if *whispered {
            let request = json!({"cmd": "whisper", "to": to, "text": text, "mid": mid});
            self.ask(request, Asked::Whisper { mid: mid.clone() });
        } else {
            let request = json!({"cmd": "say", "room": to, "text": text, "mid": mid});
            self.ask(request, Asked::Say { mid: mid.clone() });
        }
    }

    fn says_again(&mut self) {
        for said in self.unanswered.clone() {
            self.utter(&said);
        }
    }

    fn is_cut(&mut self, reads_first: bool) {
        if reads_first && !self.lost {
            self.listen(true);
        }
        self.line = None;
        self.unread.clear();
    }

    fn listen(&mut self, may_lose: bool) {
        let Some((_, wire)) = &self.line else { return };
        let heard = std::mem::take(&mut wire.borrow_mut().heard);
        let dropped = wire.borrow().dropped;
        self.unread.extend_from_slice(&heard);
        while let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.unread.drain(..=end).collect();
            let object: Value = serde_json::from_slice(&line).expect("every line is JSON");
            if std::env::var_os("SIM_TELL").is_some() {
                eprintln!("{} {}: {object}", self.nick, self.connections);
            }
            match object.get("re").and_then(Value::as_u64) {
                Some(re) => self.replied(re, &object, may_lose),
                None => self.happened(&object),
            }
        }
        if dropped {
            self.line = None;
        }
    }

    fn replied(&mut self, re: u64, object: &Value, may_lose: bool) {
        let asked = self.asked.remove(&re).unwrap_or_else(|| panic!("nobody waits for {object}"));
        let ok = &object["ok"];
        match asked {
            Asked::Hello | Asked::Resume if ok.is_object() => {
                let lands = asked == Asked::Hello;
                self.token = Some(ok["resume"].as_str().expect("a token is given").to_owned());
                assert_eq!(ok["nick"], self.nick.as_str());
                let rooms = ok["rooms"].as_array().expect("the rooms are told").len();
                assert!(lands || rooms == ROOMS.len(), "not back in all rooms: {object}");
                if lands {
                    self.rooms.insert(ROOMS[0].to_owned(), Heard::default());
                } else {
                    self.says_again();
                }
            }
            Asked::Hello | Asked::Resume => {
                assert!(may_lose && object["error"]["code"] == "not_found", "{} got {object}", self.nick);
                self.lost = true;
            }
            Asked::Join => {
                let room = ok["room"].as_str().expect("everybody may come in").to_owned();
                let seen = ok["seq"].as_u64().expect("it says where its history is");
                self.rooms.insert(room, Heard { seen, ..Heard::default() });
            }
            Asked::Say { mid } => {
                let Some(seq) = ok["seq"].as_u64() else { return };
                let place = self.said.iter().find(|said| said.mid == mid).expect("it was said");
                let heard = self.rooms.get_mut(&place.to).expect("it is in there");
                if seq > heard.seen && !heard.own.contains_key(&seq) {
                    heard.own.insert(seq, self.connections);
                    heard.known.insert(seq, Some(place.text.clone()));
                }
                self.unanswered.retain(|said| said.mid != mid);
            }
            Asked::Whisper { mid } if ok.is_object() => self.unanswered.retain(|said| said.mid != mid),
            Asked::Edit { room, seq, text } if ok.is_object() => {
                let heard = self.rooms.get_mut(&room).expect("it is in there");
                heard.known.insert(seq, Some(text));
            }
            Asked::Whisper { .. } | Asked::Edit { .. } => {}
        }
    }

    fn happened(&mut self, object: &Value) {
        let room = object["room"].as_str().unwrap_or_default();
        let text = object["text"].as_str().map(str::to_owned);
        match object["event"].as_str() {
            Some("message") => {
                let seq = object["seq"].as_u64().expect("everything is recorded here");
                let own = object["from"] == self.nick.as_str();
                let heard = self.rooms.get_mut(room).expect("nothing from where it is not");
                let before = heard.own.get(&seq).copied();
                let next = heard.seen() + 1;
                if own && before.is_some_and(|connection| connection < self.connections) && seq < next {
                    // It could not say that it knew: what was said before was still missing.
                    return;
                }
                assert_eq!(seq, next, "{} hears {object}", self.nick);
                heard.seen = seq;
                heard.known.insert(seq, text);
                if own {
                    heard.own.insert(seq, self.connections);
                    let mid = object["mid"].as_str().expect("its own messages come with its own ids");
                    self.unanswered.retain(|said| said.mid != mid);
                }
            }
            Some("edited") => {
                let seq = object["seq"].as_u64().expect("it says which");
                let heard = self.rooms.get_mut(room).expect("nothing from where it is not");
                assert!(seq <= heard.seen(), "{} hears of a change before the message: {object}", self.nick);
                heard.known.insert(seq, text);
            }
            Some("whisper") => {
                let id = object["id"].as_u64().expect("everything is recorded here");
                assert!(id > self.whisper, "{} has {} and hears {object}", self.nick, self.whisper);
                self.whisper = id;
                assert!(self.whispers.insert(text.expect("it says something")), "{object} twice");
            }
            Some(_other) => {}
            None => panic!("{object} is no event"),
        }
    }

    /// Everything is there once, and this one has all of it.
    fn judge(&mut self, disk: &Disk) {
        if self.lost {
            return;
        }
        let connection = disk.connection();
        assert!(self.line.is_some() && self.unanswered.is_empty(), "{} {:?}", self.nick, self.unanswered);
        let count = |table: &str, text: &str| -> i64 {
            // Of what was changed, the first text stands among the versions.
            let sql = match table {
                "messages" => {
                    "SELECT COUNT(DISTINCT m.id) FROM messages m LEFT JOIN versions v ON v.message = m.id
                     WHERE m.text = ?1 OR v.text = ?1"
                }
                _whispers => "SELECT COUNT(*) FROM whispers WHERE text = ?1",
            };
            connection.query_row(sql, [text], |row| row.get(0)).expect("it can be read")
        };
        for said in &self.said {
            let table = if said.whispered { "whispers" } else { "messages" };
            assert_eq!(count(table, &said.text), 1, "{said:?}");
        }
        for (room, heard) in &mut self.rooms {
            let mut rows = connection
                .prepare("SELECT seq, text FROM messages JOIN rooms r ON r.id = room WHERE r.name = ?1 ORDER BY seq")
                .expect("the tables are there");
            let rows =
                rows.query_map([room], |row| Ok((row.get(0)?, row.get(1)?))).expect("they can be read");
            let rows: Vec<(i64, String)> = rows.map(|row| row.expect("it can be read")).collect();
            assert_eq!(heard.seen(), rows.len() as u64, "{} is not at the end of {room}", self.nick);
            for (seq, text) in rows {
                if let Some(known) = heard.known.get(&(seq as u64)) {
                    assert_eq!(known.as_deref(), Some(text.as_str()), "{} of {seq} in {room}", self.nick);
                }
            }
        }
        let mut mine =
            connection.prepare("SELECT text FROM whispers WHERE receivers = ?1").expect("as above");
        let mine = mine.query_map([&self.nick], |row| row.get::<_, String>(0)).expect("they can be read");
        let mine: BTreeSet<String> = mine.map(|row| row.expect("it can be read")).collect();
        assert_eq!(mine, self.whispers, "whispers to {}", self.nick);
    }
}
