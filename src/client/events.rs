//! What each event of the server does to a stay, and how it is shown.
//!
//! Knows no sockets and no clock. Why what happens to oneself is told apart
//! here: the server sends everybody the same object, and a program knows its own
//! name.

use super::session::{Now, Phase, Session};
use super::shown::Kind;
use crate::core::event::{Event, Farewell, Message, MessageKind};
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
        self.line(kind, at(event), |speech, out| text::event(speech, false, event, out));
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
