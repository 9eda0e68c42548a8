//! What each event of the server does to a stay, and how it is shown.
//!
//! Knows no sockets and no clock. Why what happens to oneself is told apart
//! here: the server sends everybody the same object, and a program knows its own
//! name.

use super::session::{Now, Phase, Session};
use super::shown::{About, Change, Kind, Shown};
use super::window::Window;
use crate::core::event::{Event, Farewell, Message, MessageKind};
use crate::core::name::Name;
use crate::core::reply::Reply;
use crate::core::sanctions::SanctionKind;
use crate::core::time::Wall;
use crate::wire::text;

impl Session {
    pub(super) fn event(&mut self, event: Event, now: Now) {
        self.trail.heard(&event);
        if self.is_awaited(&event) {
            return;
        }
        let mine = self.is_mine(&event);
        if !mine && self.is_behind(&event) {
            return;
        }
        self.follow(&event, now);
        match event {
            Event::Renamed { to, at, .. } if mine => {
                self.nick = Some(to.clone());
                self.line(Kind::Server, at, |speech, out| {
                    text::reply(speech, true, &Ok(Reply::Renamed { nick: to }), out);
                });
            }
            Event::Kicked { nick, by, room: None, reason, at } if mine => {
                self.told_of_kick = true;
                let kicked = Farewell::Kicked { nick, by, reason, at };
                self.line(Kind::Server, at, |speech, out| text::farewell(speech, &kicked, out));
            }
            Event::Offer(offer) => self.file_heard(&offer, now),
            Event::Transfer(told) => self.transferred(&told, now),
            Event::Moved { room, at, .. } => {
                self.tell(&Reply::Joined(room), Now { wall: at, ..now });
            }
            event if mine => {
                self.told_of_kick |= matches!(&event, Event::Sanctioned { sanction, .. }
                    if sanction.kind == SanctionKind::Ban);
                self.happened(Kind::Server, &Event::Yours(Box::new(event)));
            }
            event => self.happened(kind(&event), &event),
        }
    }

    pub(super) fn happened(&mut self, kind: Kind, event: &Event) {
        let about = self.about(event);
        let had = self.show.len();
        self.line(kind, at(event), |speech, out| text::event(speech, false, event, out));
        if let Some(line) = self.show.get_mut(had) {
            *line = line.clone().about(about);
        }
    }

    /// A line of a page of history.
    pub(super) fn past(&self, message: &Message) -> Shown {
        let event = Event::Message(message.clone());
        let mut bytes = Vec::new();
        text::event(&self.setup.speech, false, &event, &mut bytes);
        let line = String::from_utf8_lossy(&bytes);
        Shown::new(kind(&event), message.at, line.trim_end_matches('\n')).about(self.about(&event))
    }

    /// What an event is about, for those who have more than one window.
    pub(super) fn about(&self, event: &Event) -> About {
        let room = |room: &Name| Some(Window::Room(room.clone()));
        let window = match event {
            Event::Message(message) => return self.about_message(message),
            Event::Missed(message) => return self.about_message(message),
            Event::Yours(own) => return self.about(own),
            Event::Edited(edit) => {
                let change = Change { seq: edit.seq, text: edit.text.clone() };
                let (window, from) = (room(&edit.room), Some(edit.from.clone()));
                return About { window, from, change: Some(change), ..About::default() };
            }
            Event::Whisper(whisper) => {
                let window = Some(Window::Person(whisper.from.clone()));
                return About { window, from: Some(whisper.from.clone()), calls: true, ..About::default() };
            }
            Event::WhisperOpened { nick, .. } | Event::WhisperClosed { nick, .. } => {
                Some(Window::Person(nick.clone()))
            }
            Event::Offer(offer) => Some(Window::Person(offer.from.clone())),
            Event::Transfer(told) => self.window_of(told.offer),
            Event::Joined { room: there, .. }
            | Event::Left { room: there, .. }
            | Event::RoleChanged { room: there, .. }
            | Event::Topic { room: there, .. }
            | Event::RoomChanged { room: there, .. } => room(there),
            Event::Kicked { room: there, .. } => there.as_ref().and_then(room),
            Event::Sanctioned { sanction, .. } => sanction.room.as_ref().and_then(room),
            Event::RoomCreated { .. }
            | Event::RoomClosed { .. }
            | Event::Moved { .. }
            | Event::Renamed { .. }
            | Event::Announcement { .. }
            | Event::Notice { .. } => None,
        };
        About { window, ..About::default() }
    }

    fn about_message(&self, message: &Message) -> About {
        let own = self.nick.as_ref() == Some(&message.from);
        About {
            window: Some(Window::Room(message.room.clone())),
            seq: message.seq,
            from: Some(message.from.clone()),
            calls: !own && self.nick.as_ref().is_some_and(|nick| message.mentions.contains(nick)),
            change: None,
        }
    }

    /// What this person has whispered.
    pub(super) fn whispered(&self, to: &str) -> About {
        // To several, it stands where it was said.
        let window = (!to.contains(',')).then(|| Window::Person(Name::from(to)));
        About { window, from: self.nick.clone(), ..About::default() }
    }

    pub(super) fn closing(&mut self, text: &str, reason: &str, at: Wall) {
        self.told_of_closing = true;
        // A restart, and a line that was too slow, are no reason to stay away.
        if !matches!(reason, "shutdown" | "slow_consumer") {
            self.trail.ends();
        }
        if self.phase != Phase::Quitting && !self.may_return() {
            self.fail(text.to_owned());
        }
        // The kick or the ban has been told already, in the same words.
        if !(self.told_of_kick && matches!(reason, "kicked" | "banned")) {
            self.server(Kind::Server, at, text);
        }
    }
}

fn kind(event: &Event) -> Kind {
    match event {
        Event::Message(Message { kind: MessageKind::Say | MessageKind::Action, .. }) => Kind::Talk,
        Event::Yours(own) => kind(own),
        Event::Edited(_) => Kind::Talk,
        Event::Message(Message { kind: MessageKind::Scheduled, .. }) => Kind::Scheduled,
        Event::Missed(_) => Kind::History,
        Event::Whisper(_) => Kind::Whisper,
        Event::Announcement { .. } => Kind::Announcement,
        Event::Joined { .. }
        | Event::Offer(_)
        | Event::Transfer(_)
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
        Event::Missed(message) => message.at,
        Event::Whisper(whisper) => whisper.at,
        Event::Edited(edit) => edit.at,
        Event::Yours(own) => self::at(own),
        Event::Offer(offer) => offer.at,
        Event::Transfer(told) => told.at,
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
