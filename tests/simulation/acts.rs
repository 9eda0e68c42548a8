//! What people do: a random act of a random person.
//!
//! Knows what may be typed and nothing of what comes of it. Why clashing names
//! and few of them: chance must bring people into each other's way.

use serde_json::{Value, json};

use chatd::core::name::{self, NameKey};

use super::frames::Frames;
use super::ledger::Token;
use super::person::{Asked, Kind, Parting, Person};
use super::world::World;

const NAMES: [&str; 10] = ["Ann", "Bob", "Cyd", "ann", "민수", "Dee", "Dee0", "DeeO", "admin", "a b"];

const KINDS: [Kind; 6] =
    [Kind::Text, Kind::Text, Kind::Json, Kind::WebSocket, Kind::WebSocket, Kind::Control];

impl World {
    pub fn act(&mut self) {
        let here: Vec<usize> = self.people.iter().filter(|one| acts(one)).map(|one| one.number).collect();
        if here.len() < self.options.people && (here.is_empty() || self.random.one_in(4)) {
            let kind = self.random.pick(&KINDS);
            return self.connect(kind);
        }
        if here.is_empty() {
            return;
        }
        let who = self.random.pick(&here);
        let person = &self.people[who];
        if !person.named && person.kind != Kind::Control && !self.random.one_in(5) {
            return self.hello(who);
        }
        if self.people[who].muted && self.random.one_in(2) {
            return if self.random.one_in(4) { self.rename(who) } else { self.say(who) };
        }
        match self.random.below(80) {
            0..18 => self.say(who),
            18..20 => self.whisper(who),
            20 => self.rename(who),
            40..80 => self.act_in_rooms(who),
            21..23 => self.schedule(who),
            23 => self.unschedule(who),
            24..31 => self.ask(who),
            31 => self.garbage(who),
            32 => self.overlong(who),
            33 => self.announce(who),
            34..37 => self.stop_or_go_on_reading(who),
            37 => self.quit(who),
            38 => self.half_close(who),
            _last => self.vanish(who),
        }
    }

    /// Types a request: as a line, or as an object with an id.
    pub(super) fn request(&mut self, who: usize, typed: &str, object: Value, asked: Asked) {
        if self.tells {
            eprintln!("{} {who} asks: {object}", self.now.mono.0);
        }
        let person = &mut self.people[who];
        let line_bytes = match person.kind {
            Kind::Control => usize::MAX,
            Kind::Text | Kind::Json | Kind::WebSocket => self.options.bounds.line_bytes,
        };
        if person.kind == Kind::Text {
            person.sent_overlong |= typed.len() > line_bytes;
            person.typed.extend(typed.bytes().chain(*b"\n"));
            return;
        }
        person.next_id += 1;
        let id = person.next_id;
        let mut object = object;
        object["id"] = json!(id);
        let line = object.to_string();
        // What is too long is dropped with its id, so no answer bears that.
        if line.len() > line_bytes {
            person.sent_overlong = true;
        } else {
            person.asked.insert(id, asked);
        }
        self.type_in(who, line.as_bytes());
    }

    /// A whole line, or a message of a WebSocket.
    fn type_in(&mut self, who: usize, line: &[u8]) {
        let person = &mut self.people[who];
        match &mut person.frames {
            Some(frames) => person.typed.extend(frames.say(&mut self.random, line)),
            None => person.typed.extend(line.iter().chain(b"\n")),
        }
    }

    /// Most of the time the name of somebody who is here.
    pub(super) fn name(&mut self) -> &'static str {
        if self.random.one_in(3) {
            return self.random.pick(&NAMES);
        }
        let here = self.people.iter().filter(|one| acts(one) && one.named).filter_map(|one| one.names.last());
        let here: Vec<&NameKey> = here.collect();
        let named = |name: &&str| here.contains(&&name::key(name));
        let names: Vec<&'static str> = NAMES.iter().copied().filter(named).collect();
        if names.is_empty() { NAMES[0] } else { self.random.pick(&names) }
    }

    pub(super) fn text(&mut self, token: Token) -> String {
        let filler = match self.random.below(8) {
            0 => self.random.below(300),
            _other => self.random.below(30),
        };
        // The dot keeps it from being a name.
        format!("t{token} {}.", self.random.pick(&["x", "안", "é", "\t"]).repeat(filler))
    }

    fn hello(&mut self, who: usize) {
        let person = &self.people[who];
        // To somebody who has a name by then, a name is a line of talk.
        if !(person.typed.is_empty() && person.wire.borrow().sent.is_empty()) {
            return;
        }
        let nick = self.random.pick(&NAMES);
        self.people[who].names.push(name::key(nick));
        self.request(who, nick, json!({"cmd": "hello", "nick": nick}), Asked::Hello);
    }

    fn say(&mut self, who: usize) {
        let again = self.people[who].mids.clone();
        let repeats = !again.is_empty() && self.random.one_in(6);
        let (token, room) = match repeats {
            true => self.random.pick(&again),
            false => (self.ledger.next_token(who), self.own_room(who)),
        };
        let mid = repeats || (self.people[who].kind != Kind::Text && self.random.one_in(5));
        let text = self.text(token);
        let (cmd, typed) = match self.random.below(6) {
            0 => ("action", format!("/me {text}")),
            1 => ("say", format!("/say {text}")),
            _other => ("say", text.clone()),
        };
        let mut object = json!({"cmd": cmd, "text": text});
        if mid || self.random.one_in(2) || self.people[who].kind == Kind::Control {
            object["room"] = json!(room);
        }
        if mid {
            object["mid"] = json!(format!("m{token}"));
            self.people[who].mids.push((token, room));
            self.ledger.with_mid.insert(token);
        }
        self.request(who, &typed, object, Asked::Say { token, mid });
    }

    fn whisper(&mut self, who: usize) {
        let (one, other) = (self.name(), self.name());
        let token = self.ledger.next_token(who);
        let text = self.text(token);
        let typed = format!("/whisper {one},{other} {text}");
        let object = json!({"cmd": "whisper", "to": [one, other], "text": text});
        self.request(who, &typed, object, Asked::Whisper { token });
    }

    fn rename(&mut self, who: usize) {
        let nick = self.random.pick(&NAMES);
        self.people[who].names.push(name::key(nick));
        let asked = Asked::Rename { nick: name::key(nick) };
        self.request(who, &format!("/rename {nick}"), json!({"cmd": "rename", "nick": nick}), asked);
    }

    fn schedule(&mut self, who: usize) {
        let token = self.ledger.next_token(who);
        let text = self.text(token);
        let at = match self.random.below(4) {
            0 => "15:31".to_owned(),
            1 => "+1m".to_owned(),
            _other => format!("+{}s", self.random.within(0, 20)),
        };
        let typed = format!("/schedule {at} {text}");
        let object = json!({"cmd": "schedule", "at": at, "text": text, "room": self.room()});
        self.request(who, &typed, object, Asked::Other);
    }

    fn unschedule(&mut self, who: usize) {
        let schedule = self.random.within(1, 8);
        let object = json!({"cmd": "unschedule", "schedule": schedule});
        self.request(who, &format!("/unschedule {schedule}"), object, Asked::Other);
    }

    /// What changes nothing in the room.
    fn ask(&mut self, who: usize) {
        let (kind, stamps) = (self.people[who].kind, self.people[who].stamps);
        match self.random.below(8) {
            0 => {
                let of_room = kind != Kind::Control;
                self.request(who, "/users", json!({"cmd": "users"}), Asked::Users { of_room });
            }
            1 => self.request(who, "/help", json!({"cmd": "help"}), Asked::Other),
            2 => self.request(who, "/schedules", json!({"cmd": "schedules"}), Asked::Other),
            3 if kind == Kind::Control => {
                let command = self.random.pick(&["status", "reload", "commands"]);
                self.request(who, "", json!({"cmd": command}), Asked::Other);
            }
            // In a line of text, only its stamp tells history from talk.
            4 if stamps => {
                self.request(who, "/timestamps on", Value::Null, Asked::Other);
            }
            5 => self.request(who, "/rooms", json!({"cmd": "rooms"}), Asked::Other),
            6 => self.request(who, "/user nowhere", json!({"cmd": "ping"}), Asked::Other),
            _other if stamps => {}
            _other => {
                let limit = self.random.within(0, 30);
                let object = json!({"cmd": "history", "limit": limit, "before": 40, "room": self.room()});
                self.request(who, &format!("/history {limit}"), object, Asked::History);
            }
        }
    }

    fn garbage(&mut self, who: usize) {
        // Before a line is decided, the first byte would decide it otherwise.
        if !self.options.garbage || self.people[who].next_id + self.people[who].names.len() as u64 == 0 {
            return;
        }
        let person = &mut self.people[who];
        if let Some(frames) = person.frames.as_mut().filter(|_| self.random.one_in(3)) {
            person.typed.extend(frames.break_a_rule(&mut self.random));
            person.parting = Parting::Broken;
            return;
        }
        let on_websocket = person.kind == Kind::WebSocket;
        let mut bytes: Vec<u8> = match self.random.below(4) {
            // A text that is no text ends a WebSocket.
            0 if on_websocket => b"\x01 no object".to_vec(),
            // The first byte makes sure that no text comes of it.
            0 => (0..self.random.below(40))
                .map(|at| if at == 0 { 1 } else { self.random.next() as u8 })
                .collect(),
            1 => b"/whsiper".to_vec(),
            2 if self.people[who].kind != Kind::Text => b"{\"cmd\":\"say\",\"text\":5}".to_vec(),
            _other => b"\xef\xbb\xbf{\"cmd\":\"nothing\"".to_vec(),
        };
        bytes.retain(|byte| *byte != b'\n');
        self.type_in(who, &bytes);
    }

    fn overlong(&mut self, who: usize) {
        let person = &mut self.people[who];
        if !self.options.garbage || person.next_id + person.names.len() as u64 == 0 {
            return;
        }
        person.sent_overlong = true;
        let length = self.options.bounds.line_bytes + 2 + self.random.below(200);
        // What never ends, nothing can follow.
        let endless = self.random.one_in(4);
        if endless {
            person.parting = Parting::Endless;
        }
        match person.kind {
            Kind::WebSocket if endless => person.typed.extend(Frames::promise(&mut self.random, length)),
            _ if endless => person.typed.extend(vec![b'~'; length]),
            _ => self.type_in(who, &vec![b'~'; length]),
        }
    }

    fn announce(&mut self, who: usize) {
        if self.people[who].kind != Kind::Control {
            return;
        }
        let token = self.ledger.next_token(who);
        let object = match self.random.below(6) {
            0 => json!({"cmd": "shutdown"}),
            1 => json!({"cmd": "shutdown", "in": "+5s", "reason": "rest"}),
            _other => json!({"cmd": "broadcast", "text": format!("t{token} hear")}),
        };
        self.request(who, "", object, Asked::Other);
    }

    fn stop_or_go_on_reading(&mut self, who: usize) {
        if !self.options.slow {
            return;
        }
        let person = &mut self.people[who];
        person.reading = !person.reading;
        if !person.reading {
            person.was_slow = true;
            let mut wire = person.wire.borrow_mut();
            wire.room = wire.room.min(10);
        }
    }

    fn quit(&mut self, who: usize) {
        let person = &mut self.people[who];
        if let Some(frames) = person.frames.as_mut().filter(|_| self.random.one_in(2)) {
            person.typed.extend(frames.say_goodbye(&mut self.random));
            person.parting = Parting::Goodbye;
            return;
        }
        let quiet = self.random.one_in(2);
        let typed = if quiet { "/quietquit" } else { "/quit" };
        self.request(who, typed, json!({"cmd": "quit", "quiet": quiet}), Asked::Other);
        self.people[who].parting = Parting::Quit;
    }

    fn half_close(&mut self, who: usize) {
        self.people[who].parting = Parting::HalfClosed;
    }

    fn vanish(&mut self, who: usize) {
        let person = &mut self.people[who];
        person.parting = Parting::Vanished;
        person.wire.borrow_mut().reset = true;
        if let (Some(id), Some(daemon)) = (person.id, &mut self.daemon) {
            daemon.exchange.mark_hung_up(id);
        }
    }
}

/// Whether this one still does anything.
pub fn acts(person: &Person) -> bool {
    !person.done && person.parting == Parting::Here && person.closing.is_none()
}
