//! What the answer to each request does to a stay.
//!
//! Knows no sockets and no clock, as `session` itself. Why apart from it: there
//! stands what a person can do and when; here, what may come back.

use std::time::Duration;

use serde_json::Value;

use super::ask::Ask;
use super::session::{Now, Phase, Session, Unanswered};
use super::shown::{Kind, Shown};
use super::window::{Page, Part, Window};
use crate::core::event::{Edit, Event, Message, MessageKind};
use crate::core::name::Name;
use crate::core::reply::{Found, Reply, Welcome};
use crate::core::table;
use crate::limits::{RETRY_MS_DEFAULT, RETRY_MS_MAX};
use crate::locale::Words;
use crate::wire::json::hear::{self, Refusal};
use crate::wire::search::notes;
use crate::wire::{Speech, text};

impl Session {
    pub(super) fn done(&mut self, ask: &Ask, ok: &Value, now: Now) {
        let room = match ask.text("room") {
            asked if asked.is_empty() => self.place.room.clone(),
            asked => Name::from(asked),
        };
        match hear::reply(ask.row, ok, &room, now.wall) {
            Some(reply) => self.told(ask, reply, now),
            None => self.give_up("chatc-why-unreadable", now),
        }
    }

    fn told(&mut self, ask: &Ask, reply: Reply, now: Now) {
        let text = || ask.text("text");
        match &reply {
            Reply::Welcome(welcome) if *ask.row == table::RESUME => self.is_back(welcome, now),
            Reply::Welcome(welcome) => {
                self.trail.begins(welcome);
                self.tell(&reply, now);
                if self.setup.windows {
                    self.is_in(welcome, now);
                }
                self.greeted(welcome, now);
            }
            Reply::Said { room, seq, at } => {
                let (room, from) = (room.clone(), self.nick.clone().unwrap_or_default());
                let kind = if *ask.row == table::ACTION { MessageKind::Action } else { MessageKind::Say };
                let (at, seq) = (*at, *seq);
                self.trail.has(&room, seq);
                self.goes_on(&room, seq);
                let said = Message { room, seq, at, from, text: text(), kind, ..Message::default() };
                self.happened(Kind::Own, &Event::Message(said));
                if seq.is_none() && !self.setup.interactive {
                    self.fail(self.sentence("unrecorded", &[]));
                }
            }
            Reply::Whispered { at, .. } => {
                let args = [("names", ask.text("to").into()), ("text", text().into())];
                let line = self.sentence("chatc-whispered", &args);
                let about = self.whispered(&ask.text("to"));
                self.show.push(Shown::new(Kind::Own, *at, &line).about(about));
            }
            Reply::History { .. } | Reply::Search { .. } if ask.part.is_some() => {
                self.paged(ask, &reply, now)
            }
            Reply::Users { room: Some(room), users } if ask.quiet => self.has_members(room, users),
            Reply::Offered { offer, token } => self.is_offered(ask, *offer, token, now),
            Reply::Accepted(accepted) => self.may_have(accepted, now),
            Reply::Received { offer } => self.file_is_over(*offer),
            Reply::Pong if ask.quiet => self.files_are_told(now),
            _answer if ask.quiet => {}
            Reply::Declined { offer } | Reply::Cancelled { offer } => {
                self.file_is_over(*offer);
                self.tell(&reply, now);
            }
            Reply::History { messages, .. } if !messages.is_empty() => {
                for message in messages.iter().filter(|message| !message.deleted) {
                    self.happened(Kind::History, &Event::Message(message.clone()));
                }
            }
            Reply::Search { search, .. } => {
                for found in &search.found {
                    let rooms = found.message.room != self.place.room;
                    let write = |speech: &Speech, out: &mut Vec<u8>| text::found(speech, found, rooms, out);
                    self.line(Kind::History, found.message.at, write);
                }
                for note in notes(&self.setup.speech.words, search) {
                    self.server(Kind::Server, now.wall, &note);
                }
            }
            Reply::Renamed { nick } => {
                let former = self.nick.replace(nick.clone()).unwrap_or_default();
                self.is_called(&former, nick);
                self.tell(&reply, now);
            }
            Reply::RoomSet { room, topic: Some(topic), .. } => {
                self.has_topic(room, topic);
                self.tell(&reply, now);
            }
            Reply::RoleSet { room, nick, role } => {
                self.has_role(room, nick, *role);
                self.tell(&reply, now);
            }
            Reply::Lang { lang } => {
                self.setup.speech.words = Words::new(*lang);
                self.tell(&reply, now);
                if self.phase == Phase::Naming {
                    self.say("chatc-choose", &[], now);
                }
            }
            Reply::Joined(room) => {
                self.trail.has(&room.room, Some(room.seq));
                self.goes_into(room, now);
                let had = self.show.len();
                self.tell(&reply, now);
                self.belongs(had, &Window::Room(room.room.clone()));
                self.moved(&room.room, now);
                self.entered();
            }
            // As with `nc`, where one goes is all that is told.
            Reply::Left(room) => {
                self.trail.leaves(&room.room);
                self.left(&room.room, now);
            }
            // Who makes a room wants to be there.
            Reply::RoomCreated { room, .. } => self.ask(Ask::join(room), None, now),
            Reply::WhisperOpened { nick } => {
                self.whispers.opened(nick);
                let had = self.show.len();
                self.tell(&reply, now);
                self.belongs(had, &Window::Person(nick.clone()));
            }
            Reply::WhisperClosed { .. } => {
                self.whispers.closed();
                self.tell(&reply, now);
            }
            Reply::Edited { room, seq, at } => {
                let (room, by, text) = (room.clone(), self.nick.clone().unwrap_or_default(), Some(text()));
                let edit = Edit { room, seq: *seq, at: *at, from: by.clone(), by, text };
                self.happened(Kind::Own, &Event::Edited(edit));
                self.tell(&reply, now);
            }
            Reply::Bye => self.phase = Phase::Over,
            Reply::Unrecorded(inner) => {
                self.told(ask, (**inner).clone(), now);
                if *ask.row != table::LEAVE {
                    self.say("unrecorded", &[], now);
                }
            }
            _in_words_alone => self.tell(&reply, now),
        }
    }

    /// What a window has asked for.
    fn paged(&mut self, ask: &Ask, reply: &Reply, now: Now) {
        let Some(part) = ask.part.clone() else { return };
        let speech = &self.setup.speech;
        let mut span = None;
        let (lines, more) = match reply {
            Reply::History { messages, more, .. } => {
                let seq = |message: Option<&Message>| message.and_then(|message| message.seq);
                span = seq(messages.first()).zip(seq(messages.last()));
                let there = messages.iter().filter(|message| !message.deleted);
                (there.map(|message| self.past(message)).collect(), *more)
            }
            Reply::Search { search, .. } => {
                let line = |found: &Found| {
                    let mut bytes = Vec::new();
                    text::found(speech, found, false, &mut bytes);
                    let line = String::from_utf8_lossy(&bytes);
                    Shown::new(Kind::History, found.message.at, line.trim_end_matches('\n'))
                        .about(self.about(&Event::Message(found.message.clone())))
                };
                (search.found.iter().map(line).collect(), search.more)
            }
            _another => return,
        };
        let room = Name::from(ask.text("room"));
        if let Part::Missed(seen) = part {
            let last = span.map_or(0, |(_, last)| last);
            return self.missed_in(&room, last.saturating_sub(seen), now);
        }
        self.pages.push(Page { room, part, lines, span, more, refused: None });
    }

    fn greeted(&mut self, welcome: &Welcome, now: Now) {
        self.nick = Some(welcome.nick.clone());
        self.place.room = welcome.room.clone();
        self.place.home = welcome.room.clone();
        for room in std::mem::take(&mut self.setup.rooms) {
            self.ask(Ask::join(&room), None, now);
        }
        match self.setup.room.clone() {
            Some(wanted) if *wanted != *welcome.room => self.ask(Ask::join(&wanted), None, now),
            Some(_) | None => self.entered(),
        }
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
        let row = asked.ask.row;
        if *row == table::RESUME {
            return self.is_unknown(refusal, now);
        }
        if refusal.code == "rate_limited" && (!interactive || asked.ask.quiet || *row == table::LEAVE) {
            let wait = Duration::from_millis(refusal.retry_ms.unwrap_or(RETRY_MS_DEFAULT).min(RETRY_MS_MAX));
            self.again.push((now.mono + wait, asked));
            return;
        }
        self.file_refused(&asked.ask);
        let about_nick = matches!(refusal.code.as_str(), "nick_in_use" | "bad_nick");
        match asked.typed {
            _ if asked.ask.quiet => self.no_page(&asked.ask, Some(sentence)),
            _ if *row == table::HELLO && about_nick && self.setup.spare.is_some() => {
                let nick = self.setup.spare.take().unwrap_or_default();
                self.ask(Ask::hello(&nick, self.setup.speech.words.lang()), None, now);
            }
            _ if *row == table::HELLO && interactive && about_nick => {
                self.phase = Phase::Naming;
                let again = self.sentence("choose-another", &[]);
                self.server(Kind::Server, now.wall, &format!("{} {again}", refusal.message));
            }
            _ if *row == table::HELLO => {
                self.error(&sentence, now);
                self.fail(refusal.message.clone());
                self.phase = Phase::Over;
            }
            _ if row.cmd == table::QUIT.cmd => self.phase = Phase::Over,
            // Whoever is no longer in a room need not leave it.
            _ if *row == table::LEAVE && (!self.setup.windows || refusal.code == "not_in_room") => {
                self.left(&asked.ask.text("room"), now);
            }
            Some(typed) => self.refuse(&sentence, &typed, now),
            None => {
                self.error(&sentence, now);
                self.not_joined(refusal, now);
            }
        }
    }

    /// What was meant for another room must not be said in this one.
    fn not_joined(&mut self, refusal: &Refusal, now: Now) {
        if self.setup.interactive {
            self.say("chatc-still", &[("room", self.place.room.to_string().into())], now);
            self.entered();
        } else {
            self.fail(refusal.message.clone());
            self.phase = Phase::Finishing(Ask::quit());
        }
    }
}
