//! The simple WebSocket: what its frames ask of the hub.
//!
//! Knows no bytes. Why one frame may be several requests: such a client knows rooms and senders, and
//! neither sessions nor coming in.

use super::exchange::{Exchange, Stream};
use crate::core::effect::Input;
use crate::core::reject::Reject;
use crate::core::request::{Request, RequestId};
use crate::core::session::SessionId;
use crate::core::time::Now;
use crate::wire::simple::{self, Frame, Sent};

impl<S: Stream> Exchange<S> {
    /// A frame of a simple client.
    pub(super) fn simple_frame(&mut self, now: Now, session: SessionId, frame: &str) {
        let said = match simple::read(frame) {
            Ok(Frame::Enter(sent)) => self
                .enter(now, session, &sent)
                .map(|()| (!sent.message.is_empty()).then_some((sent.room, sent.message))),
            Ok(Frame::Talk(sent)) => self.is_sender(session, &sent).map(|()| Some((sent.room, sent.message))),
            Ok(Frame::Plain(text)) => Ok(Some((self.land(now, session), text))),
            Err(reject) => Err(reject),
        };
        match said {
            // Who was not let in has been told so.
            Ok(Some((room, text))) if self.hub.has_nick(session) => {
                let request = Request::Say { room: Some(room.into()), text: text.into(), mid: None };
                self.ask_for(now, session, request);
            }
            Ok(_) => {}
            Err(reject) => self.apply(now, Input::Malformed { session, re: RequestId::None, reject }),
        }
    }

    fn ask_for(&mut self, now: Now, session: SessionId, request: Request<'_>) {
        self.apply(now, Input::Request { session, re: RequestId::None, request });
    }

    /// Comes in as this sender, or into one more room.
    fn enter(&mut self, now: Now, session: SessionId, sent: &Sent) -> Result<(), Reject> {
        let (nick, room) = (sent.sender.as_str().into(), sent.room.as_str());
        if !self.hub.has_nick(session) {
            let room = Some(room.into());
            self.ask_for(now, session, Request::Hello { nick, lang: None, token: None, room });
            return Ok(());
        }
        self.is_sender(session, sent)?;
        // A slip makes no room: `POST /api/rooms` does.
        self.hub.is_in(session, room)?;
        self.ask_for(now, session, Request::Join { room: room.into(), password: None });
        Ok(())
    }

    /// Nobody speaks in another's name.
    fn is_sender(&self, session: SessionId, sent: &Sent) -> Result<(), Reject> {
        match self.hub.nick(session) {
            Some(_) if self.hub.session_named(&sent.sender) == Some(session) => Ok(()),
            Some(nick) => Err(Reject::AlreadyIn { nick: nick.clone() }),
            None => Err(Reject::NotLoggedIn),
        }
    }

    /// The room where everybody lands, with whoever sends no object in it.
    fn land(&mut self, now: Now, session: SessionId) -> String {
        let room = self.hub.settings().default_room.to_string();
        if !self.hub.has_nick(session) {
            let free = (1..).map(simple::nick).find(|nick| self.hub.session_named(nick).is_none());
            let nick = free.unwrap_or_default().into();
            self.ask_for(now, session, Request::Hello { nick, lang: None, token: None, room: None });
        } else if self.hub.is_in(session, &room) == Ok(false) {
            self.ask_for(now, session, Request::Join { room: room.as_str().into(), password: None });
        }
        room
    }
}
