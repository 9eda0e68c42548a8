//! What each line of the server does to a stay.
//!
//! Knows no sockets and no clock, as `session` itself. Why apart from it: there
//! stands what a person can do and when; here, what may come back.

use std::time::Duration;

use serde_json::Value;

use super::ask::Ask;
use super::session::{Now, Phase, Session, Unanswered};
use super::shown::Kind;
use crate::core::event::{Event, Farewell, Message, MessageKind};
use crate::core::name::Name;
use crate::core::reply::{Reply, Welcome};
use crate::core::table;
use crate::core::time::Wall;
use crate::limits::{RETRY_MS_DEFAULT, RETRY_MS_MAX};
use crate::locale::Words;
use crate::wire::json::hear::{self, Refusal};
use crate::wire::text;

impl Session {
    pub(super) fn event(&mut self, event: Event) {
        let me = self.nick.clone();
        match event {
            Event::Renamed { from, to, at } if Some(&from) == me.as_ref() => {
                self.nick = Some(to.clone());
                self.line(Kind::Server, at, |speech, out| {
                    text::reply(speech, true, &Ok(Reply::Renamed { nick: to }), out);
                });
            }
            Event::Kicked { nick, by, room: None, reason, at } if Some(&nick) == me.as_ref() => {
                self.told_of_kick = true;
                let kicked = Farewell::Kicked { nick, by, reason, at };
                self.line(Kind::Server, at, |speech, out| text::farewell(speech, &kicked, out));
            }
            event => self.happened(kind(&event), &event),
        }
    }

    fn happened(&mut self, kind: Kind, event: &Event) {
        self.line(kind, at(event), |speech, out| text::event(speech, false, event, out));
    }

    pub(super) fn closing(&mut self, text: &str, reason: &str, at: Wall) {
        self.told_of_closing = true;
        if self.phase != Phase::Quitting {
            self.fail(text.to_owned());
        }
        // The kick has been told already, in the same words.
        if !(self.told_of_kick && reason == "kicked") {
            self.server(Kind::Server, at, text);
        }
    }

    pub(super) fn done(&mut self, ask: &Ask, ok: &Value, now: Now) {
        let Some(row) = ask.row else { return self.joined(ask, ok, now) };
        let room = match ask.text("room") {
            asked if asked.is_empty() => self.room.clone(),
            asked => Name::from(asked),
        };
        match hear::reply(row, ok, &room, now.wall) {
            Some(reply) => self.told(ask, reply, now),
            None => self.give_up("chatc-why-unreadable", now),
        }
    }

    fn told(&mut self, ask: &Ask, reply: Reply, now: Now) {
        let text = || ask.text("text");
        match &reply {
            Reply::Welcome(welcome) => {
                self.tell(&reply, now);
                self.greeted(welcome, now);
            }
            Reply::Said { room, seq, at } => {
                let (room, from) = (room.clone(), self.nick.clone().unwrap_or_default());
                let kind = MessageKind::Say;
                let (at, seq) = (*at, *seq);
                let said = Message { room, seq, at, from, text: text(), kind, ..Message::default() };
                self.happened(Kind::Own, &Event::Message(said));
                if seq.is_none() && !self.setup.interactive {
                    self.fail(self.sentence("unrecorded", &[]));
                }
            }
            Reply::Whispered { at, .. } => {
                let args = [("names", ask.text("to").into()), ("text", text().into())];
                let line = self.sentence("chatc-whispered", &args);
                self.line(Kind::Own, *at, |_, out| out.extend_from_slice(format!("{line}\n").as_bytes()));
            }
            Reply::History { messages, .. } if !messages.is_empty() => {
                for message in messages {
                    self.happened(Kind::History, &Event::Message(message.clone()));
                }
            }
            Reply::Renamed { nick } => {
                self.nick = Some(nick.clone());
                self.tell(&reply, now);
            }
            Reply::Lang { lang } => {
                self.setup.speech.words = Words::new(*lang);
                self.tell(&reply, now);
                if self.phase == Phase::Naming {
                    self.say("chatc-choose", &[], now);
                }
            }
            Reply::Bye => self.phase = Phase::Over,
            Reply::Unrecorded(inner) => {
                self.told(ask, (**inner).clone(), now);
                self.say("unrecorded", &[], now);
            }
            _in_words_alone => self.tell(&reply, now),
        }
    }

    fn greeted(&mut self, welcome: &Welcome, now: Now) {
        self.nick = Some(welcome.nick.clone());
        self.room = welcome.room.clone();
        match self.setup.room.clone() {
            Some(wanted) if *wanted != *welcome.room => self.ask(Ask::join(&wanted), None, now),
            Some(_) | None => self.entered(),
        }
    }

    fn joined(&mut self, ask: &Ask, ok: &Value, now: Now) {
        self.room = ok["room"].as_str().map_or_else(|| ask.text("room").into(), Name::from);
        let members = ok["members"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let others: Vec<&str> = members.filter(|nick| Some(*nick) != self.nick()).collect();
        let (names, room) = (others.join(", "), ("room", self.room.to_string().into()));
        match others.is_empty() {
            true => self.say("chatc-alone", &[room], now),
            false => self.say("chatc-inside", &[room, ("names", names.into())], now),
        }
        self.entered();
    }

    fn entered(&mut self) {
        if self.phase == Phase::Entering {
            self.phase = Phase::Talking;
        }
    }

    /// A refusal of `asked`, or of what the server could not tell apart.
    pub(super) fn refused(&mut self, asked: Option<Unanswered>, refusal: &Refusal, now: Now) {
        let sentence = self.setup.speech.words.continued(&refusal.message);
        let interactive = self.setup.interactive;
        let Some(asked) = asked else {
            self.error(&sentence, now);
            if !interactive {
                self.fail(refusal.message.clone());
            }
            return;
        };
        if refusal.code == "rate_limited" && !interactive {
            let wait = Duration::from_millis(refusal.retry_ms.unwrap_or(RETRY_MS_DEFAULT).min(RETRY_MS_MAX));
            self.again = Some((now.mono + wait, asked));
            return;
        }
        let about_nick = matches!(refusal.code.as_str(), "nick_in_use" | "bad_nick");
        match asked.ask.row {
            Some(row) if *row == table::HELLO && interactive && about_nick => {
                self.phase = Phase::Naming;
                let again = self.sentence("choose-another", &[]);
                self.server(Kind::Server, now.wall, &format!("{} {again}", refusal.message));
            }
            Some(row) if *row == table::HELLO => {
                self.error(&sentence, now);
                self.fail(refusal.message.clone());
                self.phase = Phase::Over;
            }
            Some(row) if row.cmd == table::QUIT.cmd => self.phase = Phase::Over,
            Some(_) => self.refuse(&sentence, asked.typed.as_deref().unwrap_or_default(), now),
            None => {
                self.error(&sentence, now);
                self.not_joined(refusal, now);
            }
        }
    }

    /// What was meant for another room must not be said in this one.
    fn not_joined(&mut self, refusal: &Refusal, now: Now) {
        if self.setup.interactive {
            self.say("chatc-still", &[("room", self.room.to_string().into())], now);
            self.entered();
        } else {
            self.fail(refusal.message.clone());
            self.phase = Phase::Finishing(Ask::quit());
        }
    }
}

fn kind(event: &Event) -> Kind {
    match event {
        Event::Message(Message { kind: MessageKind::Say | MessageKind::Action, .. }) => Kind::Talk,
        Event::Yours(own) => kind(own),
        Event::Edited(_) => Kind::Talk,
        Event::Message(Message { kind: MessageKind::Scheduled, .. }) => Kind::Scheduled,
        Event::Whisper(_) => Kind::Whisper,
        Event::Announcement { .. } => Kind::Announcement,
        Event::Joined { .. }
        | Event::WhisperOpened { .. }
        | Event::WhisperClosed { .. }
        | Event::Sanctioned { .. }
        | Event::RoleChanged { .. }
        | Event::Topic { .. }
        | Event::RoomCreated { .. }
        | Event::RoomChanged { .. }
        | Event::RoomClosed { .. }
        | Event::Moved { .. }
        | Event::Left { .. }
        | Event::Renamed { .. }
        | Event::Kicked { .. }
        | Event::Notice { .. } => Kind::Server,
    }
}

fn at(event: &Event) -> Wall {
    match event {
        Event::Message(message) => message.at,
        Event::Whisper(whisper) => whisper.at,
        Event::Edited(edit) => edit.at,
        Event::Yours(own) => self::at(own),
        Event::Sanctioned { sanction, .. } => sanction.at,
        Event::Joined { at, .. }
        | Event::WhisperOpened { at, .. }
        | Event::WhisperClosed { at, .. }
        | Event::RoleChanged { at, .. }
        | Event::Topic { at, .. }
        | Event::RoomCreated { at, .. }
        | Event::RoomChanged { at, .. }
        | Event::RoomClosed { at, .. }
        | Event::Moved { at, .. }
        | Event::Left { at, .. }
        | Event::Renamed { at, .. }
        | Event::Kicked { at, .. }
        | Event::Announcement { at, .. }
        | Event::Notice { at, .. } => *at,
    }
}
