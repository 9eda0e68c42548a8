//! What a program or the admin's shell hears: events, and answers with ids.
//!
//! Knows the ledger and what this one asked. Why doubt where something happens to
//! somebody while their own request is on its way: the answer says what came of
//! it when it was asked, not what is by now.

use chatd::core::name::{self, NameKey};
use serde_json::Value;

use super::ear::Ear;
use super::ledger::{Ledger, token};
use super::person::{Asked, Kind, Parting, Person};

impl Person {
    pub(super) fn json(&mut self, line: &str, ledger: &mut Ledger, unrecorded: bool) {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line:?} is no JSON: {e}"));
        if let Some(re) = object.get("re") {
            return self.replied(re.as_u64().expect("ids are numbers"), &object, ledger, unrecorded);
        }
        let text = object["text"].as_str();
        let room = object["room"].as_str().map(name::key);
        let nick = object["nick"].as_str().map(name::key);
        match object["event"].as_str() {
            Some("message") => {
                let seq = object["seq"].as_u64();
                let place = self.recorded(text.and_then(token), seq.is_some(), ledger, unrecorded);
                if let Some(seq) = seq {
                    let room = room.expect("a message is said somewhere");
                    assert!(place.is_none_or(|place| place == (room.clone(), seq)), "{line}");
                    self.hears(room, seq, text.and_then(token), ledger);
                }
            }
            Some(word @ ("edited" | "deleted")) => {
                let room = room.expect("what is changed stands somewhere");
                let seq = object["seq"].as_u64().expect("what is changed has a number");
                let now = text.and_then(token);
                assert_eq!(now.is_none(), word == "deleted");
                assert!(now.is_none_or(|now| ledger.edits.contains(&now)), "nobody changed it into {line}");
                let open = self.watches(&room) || self.is_moving(&room);
                let number = self.number;
                let ear = self.ear(&room);
                assert!(open || ear.hears() || ear.doubt, "person {number} hears {line} from outside");
                ear.change(seq);
                self.known.entry((room, seq)).and_modify(|known| *known = now);
            }
            Some("whisper") => self.whispered(text.and_then(token), ledger, unrecorded),
            Some("closing") => self.closing = text.map(str::to_owned),
            Some("joined") if object["id"].is_string() => {
                let room = room.expect("one is moved somewhere");
                let doubt = self.is_moving(&room);
                self.enters(room, &object, doubt);
            }
            Some("kicked" | "banned") if room.is_some() => {
                let (room, nick) = (room.expect("just looked at"), nick.expect("somebody is put out"));
                self.is_put_out(&room, &nick);
            }
            Some("muted") => self.muted |= nick.is_some() && nick == self.nick,
            Some("room_closed") => {
                let room = room.expect("a room is closed");
                let doubt = self.is_moving(&room);
                let ear = self.ear(&room);
                ear.doubt |= doubt;
                ear.end(true);
                self.known.retain(|(one, _), _| *one != room);
            }
            Some("room_changed") => {
                let room = room.expect("a room is changed");
                match nick {
                    None => self.ear(&room).soften(),
                    Some(nick) if self.names.contains(&nick) => self.may_rule(&room),
                    Some(_) => {}
                }
            }
            Some("notice") if object["code"] == "invited" => {
                let room = room.expect("one is invited somewhere");
                self.ear(&room).welcome = true;
            }
            Some(_other) => {}
            // Who says goodbye with a frame has asked to leave.
            None if self.parting == Parting::Goodbye && object["ok"].is_object() => {}
            None => assert!(object["error"]["code"].is_string(), "{line}"),
        }
    }

    pub(super) fn ear(&mut self, room: &NameKey) -> &mut Ear {
        let admin = self.kind == Kind::Control;
        let ear = self.ears.entry(room.clone()).or_default();
        ear.welcome |= admin;
        ear
    }

    fn watches(&self, room: &NameKey) -> bool {
        name::channel(room.as_str()).is_some_and(|channel| self.watched.contains(&name::key(channel)))
    }

    /// Whether a request to come or go is on its way.
    pub(super) fn is_moving(&self, room: &NameKey) -> bool {
        self.asked.values().any(|asked| match asked {
            Asked::Join { room: to } => to == room,
            Asked::Leave { room: from } | Asked::Close { room: from } => {
                from.as_ref().is_none_or(|from| from == room)
            }
            _other => false,
        })
    }

    fn may_rule(&mut self, room: &NameKey) {
        self.rules.insert(room.clone());
        self.ear(room).welcome = true;
    }

    fn hears(&mut self, room: NameKey, seq: u64, text: Option<u64>, ledger: &Ledger) {
        let banned = ledger.journal.forbidden.contains(&(self.number, room.clone(), seq));
        assert!(!banned, "person {} is banned from {room:?} and hears {seq}", self.number);
        let by_channel = self.watches(&room);
        self.ear(&room).hear(seq, by_channel);
        self.known.insert((room, seq), text);
    }

    /// In a room whose answer says up to where its history went.
    fn enters(&mut self, room: NameKey, info: &Value, doubt: bool) {
        if info["people"] == 0 {
            self.may_rule(&room);
        }
        let ear = self.ear(&room);
        ear.doubt |= doubt;
        ear.enter(info["seq"].as_u64().expect("it says where its history is"));
    }

    fn is_put_out(&mut self, room: &NameKey, nick: &NameKey) {
        let renames = |asked: &Asked| matches!(asked, Asked::Rename { .. });
        let renaming = self.asked.values().any(renames);
        let mine = self.nick.as_ref() == Some(nick);
        if !(mine || renaming && self.names.contains(nick)) {
            return;
        }
        let moving = self.is_moving(room);
        let ear = self.ear(room);
        ear.doubt |= renaming || moving;
        if mine {
            ear.end(true);
            self.known.retain(|(one, _), _| one != room);
        }
    }

    fn replied(&mut self, re: u64, object: &Value, ledger: &mut Ledger, unrecorded: bool) {
        let asked = self.asked.remove(&re).unwrap_or_else(|| panic!("nobody waits for {object}"));
        let refused = object["error"]["code"].as_str();
        let ok = &object["ok"];
        let seq = ok["seq"].as_u64();
        let room = ok["room"].as_str().map(name::key);
        match asked {
            Asked::Say { token, mid } => match seq {
                Some(seq) => {
                    assert_eq!(ledger.seq_of(token), Some(seq), "t{token} has another seq in the database");
                    assert!(mid || re > self.replied_to, "says are answered out of order");
                    self.replied_to = self.replied_to.max(if mid { 0 } else { re });
                }
                None => {
                    assert!(unrecorded || refused.is_some(), "a say was answered without a seq");
                    assert!(mid || ledger.seq_of(token).is_none(), "t{token} was refused, and is there");
                    ledger.refused.extend((!mid).then_some(token));
                }
            },
            Asked::Whisper { token } => {
                let there = ledger.whispers.contains(&token);
                assert_eq!(refused.is_none() && ok["id"].is_u64(), there, "t{token} {object}");
            }
            _refused if refused.is_some() => {}
            Asked::Hello => self.is_welcomed(ok, ledger),
            Asked::Rename { nick } => {
                self.nick = Some(nick);
                self.read.clear();
            }
            Asked::MarkRead => {
                let (room, seq) = (room.expect("one reads a room"), seq.expect("up to a number"));
                let before = self.read.insert(room, seq).unwrap_or(0);
                let renaming = self.asked.values().any(|asked| matches!(asked, Asked::Rename { .. }));
                assert!(before <= seq || renaming, "a read mark went back: {object}");
            }
            Asked::Join { .. } => {
                let room = room.expect("one has joined a room");
                let ear = self.ear(&room);
                let knows = !ear.is_in() && !ear.doubt;
                self.has_room(ok, knows, ledger);
                self.enters(room, ok, false);
            }
            Asked::Leave { .. } => {
                let room = room.expect("one has left a room");
                let ear = self.ear(&room);
                ear.leave(seq.expect("it says up to where"));
                // Of a private room nothing is heard outside, whoever subscribed to it inside.
                ear.soften();
                self.known.retain(|(one, _), _| *one != room);
            }
            Asked::Close { .. } => {
                let room = room.expect("one has closed a room");
                // A slow disk: by now it may be another room of that name, subscribed to since.
                let since = self.subscribed.get(&room).is_some_and(|later| *later > re);
                let doubt = self.is_moving(&room) || since;
                let ear = self.ear(&room);
                ear.doubt |= doubt;
                ear.end(true);
                self.known.retain(|(one, _), _| *one != room);
            }
            Asked::Create => self.may_rule(&room.expect("one has made a room")),
            Asked::Edit { token } => {
                let place = (room.expect("it stands in a room"), seq.expect("it has a number"));
                self.known.entry(place).and_modify(|known| *known = token);
            }
            Asked::Users { of_room } => {
                let users = ok["users"].as_array().expect("there is a list");
                let owners = users.iter().filter(|user| user["role"] == "owner").count();
                assert!(!of_room || owners <= 1, "{owners} own one room: {object}");
            }
            Asked::Subscribe | Asked::Unsubscribe => {
                let named = ok["room"].as_str().expect("it says what");
                self.subscribed.insert(name::key(named), re);
                self.is_subscribed(named, matches!(asked, Asked::Subscribe), ledger);
            }
            Asked::History => self.reads(ok, ledger),
            Asked::Other => {}
        }
        if self.parting == Parting::Quit && ok.as_object().is_some_and(|ok| ok.is_empty()) {
            self.bye = re == self.next_id;
        }
    }

    fn is_welcomed(&mut self, ok: &Value, ledger: &mut Ledger) {
        self.nick = ok["nick"].as_str().map(name::key);
        self.has_room(ok, true, ledger);
        let lobby = name::key(ok["rooms"][0].as_str().expect("one lands somewhere"));
        if ok["people"] == 0 {
            self.may_rule(&lobby);
        }
        let entered_at = self.entered_at;
        let ear = self.ear(&lobby);
        ear.doubt |= entered_at.is_none();
        ear.enter(entered_at.unwrap_or(0));
        let read = ok["read"].as_object().expect("marks are told").iter();
        let read: Vec<_> = read.map(|(room, seq)| (name::key(room), seq.as_u64().unwrap_or(0))).collect();
        let kept = ledger.journal.read.remove(&self.number).unwrap_or_default();
        assert_eq!(read.into_iter().collect::<std::collections::BTreeMap<_, _>>(), kept, "read marks");
    }

    /// Nobody goes into a full room by themselves.
    fn has_room(&self, ok: &Value, knows: bool, ledger: &mut Ledger) {
        let capacity = ledger.journal.entered.get_mut(&self.number).and_then(|all| all.pop_front());
        let capacity = u64::from(capacity.expect("who comes in is recorded"));
        let others = ok["people"].as_u64().expect("it says how many are there");
        assert!(!knows || capacity == 0 || others < capacity, "{others} were there of {capacity}: {ok}");
    }

    fn is_subscribed(&mut self, named: &str, on: bool, ledger: &Ledger) {
        if let Some(channel) = named.strip_suffix("/*") {
            if on {
                self.watched.insert(name::key(channel));
            } else {
                self.watched.remove(&name::key(channel));
                let channel = name::key(channel);
                let of =
                    |room: &NameKey| name::channel(room.as_str()).map(name::key) == Some(channel.clone());
                self.ears.iter_mut().filter(|(room, _)| of(room)).for_each(|(_, ear)| ear.soften());
            }
            return;
        }
        let room = name::key(named);
        let delivered = ledger.delivered(&room);
        match on {
            true => self.ear(&room).subscribe(delivered),
            false => self.ear(&room).end(false),
        }
    }

    /// The history is what was said, as it reads now.
    fn reads(&self, ok: &Value, ledger: &Ledger) {
        let mut last = 0;
        for message in ok["messages"].as_array().expect("there is a list") {
            let room = name::key(message["room"].as_str().expect("it stands in a room"));
            let seq = message["seq"].as_u64().expect("it has a number");
            assert!(seq > last, "a page is out of order: {ok}");
            last = seq;
            let said = token(message["text"].as_str().expect("it says something"));
            let changed = message["edited"].is_string();
            match said {
                None => assert!(message["deleted"] == true, "{message}"),
                Some(said) if changed => assert!(ledger.edits.contains(&said), "{message}"),
                Some(said) => assert_eq!(said, ledger.row(&room, seq).token, "{message}"),
            }
        }
    }
}
