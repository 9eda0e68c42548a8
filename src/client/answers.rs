//! What each line of the server does to a stay.
//!
//! Knows no sockets and no clock, as `session` itself. Why apart from it: there
//! stands what a person can do and when; here, what may come back.

use std::time::Duration;

use super::ask::Ask;
use super::heard::{Event, Refusal, Room, Welcome};
use super::session::{Now, Phase, Session, Unanswered};
use super::shown::Shown;
use super::words;

/// The wait before asking again when the server asks for patience but names no time.
const RETRY: Duration = Duration::from_secs(1);
/// The longest such wait that is believed.
const RETRY_MAX: Duration = Duration::from_secs(60);

impl Session {
    pub(super) fn event(&mut self, event: &Event, now: Now) {
        let me = self.nick.clone().unwrap_or_default();
        match event {
            Event::Renamed { from, to, .. } if *from == me => self.nick = Some(to.clone()),
            Event::Kicked { nick, .. } if *nick == me => self.told_of_kick = true,
            Event::Closing { text, reason, .. } => {
                self.told_of_closing = true;
                if self.phase != Phase::Quitting {
                    self.fail(text);
                }
                // The kick has been told already, in the same words.
                if self.told_of_kick && reason == "kicked" {
                    return;
                }
            }
            _ => {}
        }
        self.show.extend(words::event(event, &me, now.wall));
    }

    pub(super) fn done(&mut self, ask: &Ask, ok: serde_json::Value, now: Now) {
        let understood = match ask {
            Ask::Hello { .. } => serde_json::from_value(ok).map(|ok| self.greeted(ok, now)).is_ok(),
            Ask::Join { room } => match serde_json::from_value::<Room>(ok) {
                Ok(joined) => {
                    self.entered(if joined.room.is_empty() { room.clone() } else { joined.room });
                    let me = self.nick.clone().unwrap_or_default();
                    let inside = words::inside(&self.room, &me, &joined.members, 0);
                    self.say(now, &inside);
                    true
                }
                Err(_) => false,
            },
            Ask::Quit { .. } => {
                self.phase = Phase::Over;
                true
            }
            ask => self.told(ask, &ok, now),
        };
        if !understood {
            self.give_up("the server sent a reply that cannot be understood", now);
        }
    }

    fn told(&mut self, ask: &Ask, ok: &serde_json::Value, now: Now) -> bool {
        let me = self.nick.clone().unwrap_or_default();
        let Some(lines) = words::reply(ask, ok, &me, now.wall, &self.setup.zone) else {
            return false;
        };
        self.show.extend(lines);
        if let (Ask::Rename { .. }, Some(nick)) = (ask, ok["nick"].as_str()) {
            self.nick = Some(nick.to_owned());
        }
        true
    }

    fn greeted(&mut self, mut welcome: Welcome, now: Now) {
        let nick = welcome.nick.clone().unwrap_or_else(|| self.setup.nick.clone());
        let first = welcome.room.take().map(|room| {
            if welcome.members.is_empty() {
                welcome.members = room.members;
            }
            room.room
        });
        let room = first.or_else(|| welcome.rooms.first().cloned()).unwrap_or_default();
        self.show.extend(words::welcome(&welcome, &nick, &room, now.wall));
        self.nick = Some(nick);
        match self.setup.room.clone() {
            Some(wanted) if !welcome.rooms.contains(&wanted) => {
                self.room = room;
                self.ask(Ask::Join { room: wanted }, None, now);
            }
            Some(wanted) => self.entered(wanted),
            None => self.entered(room),
        }
    }

    fn entered(&mut self, room: String) {
        self.room = room;
        if self.phase == Phase::Entering {
            self.phase = Phase::Talking;
        }
    }

    /// A refusal of `asked`, or of what the server could not tell apart.
    pub(super) fn refused(&mut self, asked: Option<Unanswered>, refusal: Refusal, now: Now) {
        let sentence = words::after_error(&refusal.message);
        let Some(asked) = asked else {
            self.show.push(Shown::error(now.wall, &sentence));
            if !self.setup.interactive {
                self.fail(&refusal.message);
            }
            return;
        };
        if refusal.code == "rate_limited" && !self.setup.interactive {
            let wait = refusal.retry_ms.map_or(RETRY, Duration::from_millis).min(RETRY_MAX);
            self.again = Some((now.mono + wait, asked));
            return;
        }
        match (&asked.ask, self.setup.interactive) {
            (Ask::Hello { .. }, true) if is_about_nick(&refusal.code) => {
                self.phase = Phase::Naming;
                self.say(now, &format!("{} Choose another:", refusal.message));
            }
            (Ask::Hello { .. }, _) => {
                self.show.push(Shown::error(now.wall, &sentence));
                self.fail(&refusal.message);
                self.phase = Phase::Over;
            }
            // What was meant for another room must not be said in this one.
            (Ask::Join { .. }, false) => {
                self.show.push(Shown::error(now.wall, &sentence));
                self.fail(&refusal.message);
                self.phase = Phase::Finishing(Ask::Quit { text: None, quiet: false });
            }
            (Ask::Join { .. }, true) => {
                self.show.push(Shown::error(now.wall, &sentence));
                let room = self.room.clone();
                self.say(now, &format!("You are still in {room}."));
                self.entered(room);
            }
            (Ask::Quit { .. }, _) => self.phase = Phase::Over,
            _ => self.refuse(&sentence, asked.typed.as_deref().unwrap_or(""), now),
        }
    }
}

fn is_about_nick(code: &str) -> bool {
    matches!(code, "nick_in_use" | "bad_nick")
}
