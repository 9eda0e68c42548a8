//! What the tests of a stay share: a stay with a clock that stands still, and lines of a server.
//!
//! Knows no test. Why beside them: both files of tests begin with a person in a lobby.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::ask::Ask;
use super::session::{Now, Session, Setup};
use crate::core::time::Wall;
use crate::locale::Lang;
use crate::wire::Speech;

/// A session with a clock that stands still until told otherwise.
pub struct Stay {
    pub session: Session,
    pub now: Now,
}

impl Stay {
    pub fn begin(interactive: bool, room: Option<&str>) -> Stay {
        let now = Now { mono: Instant::now(), wall: Wall(1_795_242_605_000) };
        let room = room.map(str::to_owned);
        let speech = Speech::new(Lang::En, TimeZone::UTC, String::new());
        let setup = Setup {
            nick: "Charlie".into(),
            spare: None,
            room,
            rooms: Vec::new(),
            interactive,
            windows: false,
            speech,
        };
        Stay { session: Session::begin(setup, now), now }
    }

    /// Greeted into a lobby with Alice and Bob, with a window for each room.
    pub fn with_windows() -> Stay {
        let mut stay = Stay::begin(true, None);
        stay.session.setup.windows = true;
        stay.sent();
        let mut hello = hello_ok();
        hello["ok"]["resume"] = "t1".into();
        stay.hear(hello);
        assert_eq!(stay.sent(), [json!({"id":2,"cmd":"users","room":"lobby"})]);
        stay.hear(json!({"re":2,"ok":{"users":[]}}));
        stay.shown();
        stay
    }

    /// Greeted into a lobby with Alice and Bob.
    pub fn greeted(interactive: bool) -> Stay {
        let mut stay = Stay::begin(interactive, None);
        assert_eq!(stay.sent(), [json!({"id":1,"cmd":"hello","nick":"Charlie","lang":"en"})]);
        stay.hear(hello_ok());
        assert_eq!(stay.shown(), ["[Server]: Welcome, Charlie. You are in lobby with Alice, Bob."]);
        stay
    }

    pub fn hear(&mut self, line: Value) {
        self.session.heard(line.to_string().as_bytes(), self.now);
    }

    pub fn kind(&mut self, line: &str) {
        assert!(self.session.wants_lines());
        self.session.typed(line.as_bytes(), self.now);
    }

    pub fn sent(&mut self) -> Vec<Value> {
        let sent = std::mem::take(&mut self.session.send);
        let lines = std::str::from_utf8(&sent).unwrap().lines();
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn shown(&mut self) -> Vec<String> {
        let shown = std::mem::take(&mut self.session.show);
        shown.iter().filter(|line| line.for_screen()).map(|line| line.plain().to_owned()).collect()
    }

    pub fn pass(&mut self, time: Duration) {
        self.now.mono += time;
        self.session.tick(self.now);
    }

    pub fn leave(&mut self) {
        self.session.leave(Ask::quit(), self.now);
    }

    pub fn code(&self) -> Option<u8> {
        self.session.ending().map(|ending| ending.code)
    }

    pub fn reason(&self) -> String {
        self.session.ending().unwrap().reason.unwrap_or_default()
    }
}

pub fn hello_ok() -> Value {
    json!({"re":1,"ok":{"session":"s","nick":"Charlie","server":"chatd 0.1.0","rooms":["lobby"],
        "members":["Alice","Bob"],"people":2,"directory":[{"room":"lobby","members":3}]}})
}

pub fn refused(re: u64, code: &str, message: &str) -> Value {
    json!({"re":re,"error":{"code":code,"message":message}})
}
