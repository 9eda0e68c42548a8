//! What people do in rooms and to each other: going, making, ruling, putting out.
//!
//! Knows what may be typed and nothing of what comes of it. Why few rooms: two
//! people must often want the same one.

use serde_json::{Value, json};

use chatd::core::name;

use super::acts::acts;
use super::person::{Asked, Kind};
use super::world::World;

const ROOMS: [&str; 7] = ["lobby", "den", "Den", "design/ui", "design/api", "ops/ui", "회의실"];
const CHANNELS: [&str; 2] = ["design/*", "ops/*"];
const SPANS: [&str; 4] = ["300ms", "2s", "20s", "1h"];
const PASSWORD: &str = "open";

impl World {
    /// Most of the time one that is open.
    pub(super) fn room(&mut self) -> &'static str {
        if self.random.one_in(3) {
            return self.random.pick(&ROOMS);
        }
        let open = |room: &&str| self.ledger.journal.is_open(&name::key(room));
        let open: Vec<&'static str> = ROOMS.iter().copied().filter(open).collect();
        if open.is_empty() { ROOMS[0] } else { self.random.pick(&open) }
    }

    /// Most of the time one where this person is.
    pub(super) fn own_room(&mut self, who: usize) -> &'static str {
        let ears = &self.people[who].ears;
        let inside = |room: &&str| ears.get(&name::key(room)).is_some_and(|ear| ear.is_in());
        let inside: Vec<&'static str> = ROOMS.iter().copied().filter(inside).collect();
        if inside.is_empty() || self.random.one_in(4) { self.room() } else { self.random.pick(&inside) }
    }

    pub(super) fn act_in_rooms(&mut self, who: usize) {
        match self.random.below(40) {
            0..9 => self.join(who),
            9..12 => self.leave(who),
            12..14 => self.room_create(who),
            14..18 => self.room_set(who),
            18 => self.room_role(who),
            19 => self.transfer_or_close(who),
            20..22 => self.invite(who),
            22 => self.kick(who),
            23..26 => self.sanction(who),
            26 => self.lift(who),
            27..29 => self.whisper_session(who),
            29..33 => self.edit(who),
            33..35 => self.mark_read(who),
            35..38 => self.subscribe(who),
            38 => self.look_at_room(who),
            _last => self.meet(),
        }
    }

    /// Several go to the same place in the same moment.
    fn meet(&mut self) {
        let here: Vec<usize> =
            self.people.iter().filter(|one| acts(one) && one.named).map(|one| one.number).collect();
        let room = self.room();
        for who in here {
            self.join_room(who, room);
        }
    }

    fn join(&mut self, who: usize) {
        let room = self.room();
        self.join_room(who, room);
    }

    fn join_room(&mut self, who: usize, room: &'static str) {
        let password = self.random.pick(&["", "", PASSWORD, "wrong"]);
        let mut object = json!({"cmd": "join", "room": room});
        if !password.is_empty() {
            object["password"] = json!(password);
        }
        let key = name::key(room);
        if self.people[who].kind == Kind::Text {
            self.people[who].listening.asks_for(key.clone());
        }
        self.request(who, &format!("/join {room} {password}"), object, Asked::Join { room: key });
    }

    fn leave(&mut self, who: usize) {
        let lobby = name::key("lobby");
        let person = &mut self.people[who];
        if person.kind == Kind::Text {
            if person.listening.is_in(&lobby) {
                return;
            }
            person.listening.asks_for(lobby);
        }
        let (object, room) = match self.random.one_in(3) {
            true => (json!({"cmd": "leave", "quiet": true}), None),
            false => {
                let room = self.own_room(who);
                (json!({"cmd": "leave", "room": room}), Some(name::key(room)))
            }
        };
        self.request(who, "/leave", object, Asked::Leave { room });
    }

    /// One thing that a room may be, as a person types it and as a program sends it.
    fn setting(&mut self) -> (String, &'static str, Value) {
        match self.random.below(9) {
            0 => ("topic about this".to_owned(), "topic", json!("about this")),
            1 => {
                let capacity = self.random.below(4);
                (format!("capacity {capacity}"), "capacity", json!(capacity))
            }
            2 | 3 => (format!("lock {PASSWORD}"), "password", json!(PASSWORD)),
            4 => ("unlock".to_owned(), "password", json!("")),
            5 => ("unlisted".to_owned(), "listed", json!(false)),
            6 => ("listed".to_owned(), "listed", json!(true)),
            7 => {
                let on = self.random.one_in(2);
                (format!("invite-only {}", if on { "on" } else { "off" }), "invite_only", json!(on))
            }
            _last => {
                let slow = self.random.pick(&["off", "50ms", "1s"]);
                (format!("slow {slow}"), "slow", json!(slow))
            }
        }
    }

    fn room_create(&mut self, who: usize) {
        let room = self.room();
        let mut object = json!({"cmd": "room_create", "room": room});
        for _ in 0..self.random.below(3) {
            let (_, field, value) = self.setting();
            object[field] = value;
        }
        if self.people[who].kind == Kind::Text {
            self.people[who].listening.asks_for(name::key(room));
        }
        self.request(who, &format!("/room create {room}"), object, Asked::Create);
    }

    fn room_set(&mut self, who: usize) {
        let (typed, field, value) = self.setting();
        let mut object = json!({"cmd": "room_set"});
        object[field] = value;
        if self.people[who].kind == Kind::Control && self.random.one_in(3) {
            object["kept"] = json!(self.random.one_in(2));
        }
        self.somewhere(who, &mut object);
        self.request(who, &format!("/room {typed}"), object, Asked::Other);
    }

    /// Most of the time names the room.
    fn somewhere(&mut self, who: usize, object: &mut Value) {
        if self.people[who].kind == Kind::Control || !self.random.one_in(4) {
            object["room"] = json!(self.own_room(who));
        }
    }

    fn room_role(&mut self, who: usize) {
        let nick = self.name();
        let (word, role) = self.random.pick(&[("op", "moderator"), ("op", "moderator"), ("deop", "member")]);
        let mut object = json!({"cmd": "room_role", "nick": nick, "role": role});
        self.somewhere(who, &mut object);
        self.request(who, &format!("/room {word} {nick}"), object, Asked::Other);
    }

    fn transfer_or_close(&mut self, who: usize) {
        let nick = self.name();
        if self.random.one_in(2) {
            let mut object = json!({"cmd": "room_transfer", "nick": nick});
            self.somewhere(who, &mut object);
            return self.request(who, &format!("/room transfer {nick}"), object, Asked::Other);
        }
        let room = self.room();
        let object = json!({"cmd": "room_close", "room": room});
        self.request(who, "/room close", object, Asked::Close { room: Some(name::key(room)) });
    }

    fn invite(&mut self, who: usize) {
        let nick = self.name();
        let mut object = json!({"cmd": "invite", "nick": nick});
        self.somewhere(who, &mut object);
        self.request(who, &format!("/invite {nick}"), object, Asked::Other);
    }

    fn kick(&mut self, who: usize) {
        let nick = self.name();
        let mut object = json!({"cmd": "kick", "nick": nick, "reason": "because"});
        if !self.random.one_in(4) {
            self.somewhere(who, &mut object);
        }
        let mut typed = format!("/kick {nick} because");
        if self.random.one_in(2) {
            let span = self.random.pick(&SPANS);
            object["for"] = json!(span);
            typed = format!("/kick {nick} {span} because");
        }
        self.request(who, &typed, object, Asked::Other);
    }

    fn sanction(&mut self, who: usize) {
        let span = self.random.pick(&SPANS);
        let network = self.random.pick(&["10.0.0.1", "10.0.0.2/31"]);
        let nick = if self.random.one_in(6) { network } else { self.name() };
        let (cmd, field) = self.random.pick(&[("ban", "who"), ("mute", "nick"), ("mute", "nick")]);
        let mut object = json!({"cmd": cmd, field: nick, "for": span, "reason": "because"});
        if !self.random.one_in(6) {
            self.somewhere(who, &mut object);
        }
        self.request(who, &format!("/{cmd} {nick} {span} because"), object, Asked::Other);
    }

    fn lift(&mut self, who: usize) {
        let nick = self.name();
        let (cmd, field) = self.random.pick(&[("unban", "who"), ("unmute", "nick")]);
        let mut object = json!({"cmd": cmd, field: nick});
        self.somewhere(who, &mut object);
        self.request(who, &format!("/{cmd} {nick}"), object, Asked::Other);
    }

    fn whisper_session(&mut self, who: usize) {
        let nick = self.name();
        match self.random.below(9) {
            6.. => self.file(who),
            0 => self.request(who, "/end", json!({"cmd": "whisper_close"}), Asked::Other),
            1 | 2 => {
                let object = json!({"cmd": "whisper_open", "nick": nick});
                self.request(who, &format!("/whisper {nick}"), object, Asked::Other);
            }
            3 if self.people[who].kind == Kind::Text => {
                self.request(who, "/whisper", Value::Null, Asked::Other);
            }
            _other => {
                let token = self.ledger.next_token(who);
                let text = self.text(token);
                let object = json!({"cmd": "whisper", "to": [], "text": text});
                self.request(who, &text, object, Asked::Whisper { token });
            }
        }
    }

    fn file(&mut self, who: usize) {
        let (size, direct) = (self.random.within(0, 9), self.random.pick(&["10.0.0.1:80", "10.0.0.2:9999"]));
        let name = self.random.pick(&["a", "사진.jpg", "../b"]);
        let offer =
            json!({"cmd": "offer", "name": name, "size": size, "hash": "0".repeat(64), "direct": direct});
        let (typed, object) = match self.random.below(7) {
            0..3 => ("/file a", offer),
            3 => ("/accept", json!({"cmd": "accept"})),
            4 => ("/decline", json!({"cmd": "decline"})),
            5 => ("/cancel", json!({"cmd": "cancel", "reason": "because"})),
            _last => ("/cancel", json!({"cmd": "received"})),
        };
        self.request(who, typed, object, Asked::Other);
    }

    fn edit(&mut self, who: usize) {
        let token = self.ledger.next_token(who);
        let text = self.text(token);
        let deletes = self.random.one_in(4);
        let mut object = match deletes {
            true => json!({"cmd": "delete"}),
            false => json!({"cmd": "edit", "text": text}),
        };
        self.somewhere(who, &mut object);
        if !self.random.one_in(3) {
            let room = object["room"].as_str().unwrap_or("lobby");
            let last = self.ledger.delivered(&name::key(room));
            object["seq"] = json!(last.saturating_sub(self.random.within(0, 3)));
        }
        let typed = if deletes { "/delete".to_owned() } else { format!("/edit {text}") };
        if !deletes {
            self.ledger.edits.insert(token);
        }
        self.request(who, &typed, object, Asked::Edit { token: (!deletes).then_some(token) });
    }

    fn mark_read(&mut self, who: usize) {
        if self.people[who].kind == Kind::Text {
            return;
        }
        let room = self.own_room(who);
        let object = json!({"cmd": "mark_read", "room": room, "seq": self.random.within(0, 9)});
        self.request(who, "", object, Asked::MarkRead);
    }

    fn subscribe(&mut self, who: usize) {
        if self.people[who].kind == Kind::Text {
            return;
        }
        let room = if self.random.one_in(3) { self.random.pick(&CHANNELS) } else { self.own_room(who) };
        let (cmd, asked) = match self.random.one_in(4) {
            true => ("unsubscribe", Asked::Unsubscribe),
            false => ("subscribe", Asked::Subscribe),
        };
        self.request(who, "", json!({"cmd": cmd, "room": room}), asked);
    }

    fn look_at_room(&mut self, who: usize) {
        let room = self.room();
        let users = json!({"cmd": "users", "room": room});
        match self.random.one_in(2) {
            true => self.request(who, &format!("/users {room}"), users, Asked::Users { of_room: true }),
            false => self.request(who, "/bans", json!({"cmd": "bans", "room": room}), Asked::Other),
        }
    }
}
