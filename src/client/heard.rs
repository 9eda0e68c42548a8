//! What the daemon sends, read from its JSON lines.
//!
//! Knows no wording and no screen. Why nearly every field may be missing: the
//! peer is not trusted to be well-behaved, and later daemons only add to what
//! there is; what cannot be a line of the protocol at all is an error.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// One line of the daemon.
#[derive(Debug)]
pub enum Heard {
    Event(Event),
    /// The reply to request `re`.
    Done {
        re: u64,
        ok: Value,
    },
    /// A refusal; without `re` the daemon could not tell what it was about.
    Refused {
        re: Option<u64>,
        refusal: Refusal,
    },
}

/// Why a request was refused.
#[derive(Debug, Deserialize)]
pub struct Refusal {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub message: String,
    /// How long to wait before asking again, in milliseconds.
    pub retry_ms: Option<u64>,
}

/// A time of the wire; one that cannot be read counts as none.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(from = "Value")]
pub struct At(pub Option<Timestamp>);

impl From<Value> for At {
    fn from(value: Value) -> At {
        At(value.as_str().and_then(|text| text.parse().ok()))
    }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Message(Message),
    Whisper {
        #[serde(default)]
        at: At,
        from: String,
        text: String,
    },
    Joined {
        room: String,
        nick: String,
        #[serde(default)]
        at: At,
    },
    Left {
        room: String,
        nick: String,
        #[serde(default)]
        at: At,
        #[serde(default)]
        reason: String,
        text: Option<String>,
    },
    Renamed {
        from: String,
        to: String,
        #[serde(default)]
        at: At,
    },
    Kicked {
        nick: String,
        #[serde(default)]
        by: String,
        reason: Option<String>,
        #[serde(default)]
        at: At,
    },
    Announcement {
        text: String,
        #[serde(default)]
        at: At,
    },
    Notice {
        text: String,
        #[serde(default)]
        at: At,
    },
    Closing {
        #[serde(default)]
        text: String,
        #[serde(default)]
        reason: String,
        #[serde(default)]
        at: At,
    },
    /// An event of a later daemon.
    #[serde(other)]
    Unknown,
}

/// A line of a room, as event or from the history.
#[derive(Debug, Deserialize)]
pub struct Message {
    #[serde(default)]
    pub at: At,
    pub from: String,
    pub text: String,
    #[serde(default)]
    pub kind: String,
}

/// The reply to `hello`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Welcome {
    pub nick: Option<String>,
    pub rooms: Vec<String>,
    /// The others in the first room; not all of them in a large one.
    pub members: Vec<String>,
    /// How many others there are in all.
    pub people: usize,
    pub directory: Vec<Place>,
    pub room: Option<Room>,
}

/// A room and how many are in it.
#[derive(Debug, Deserialize)]
pub struct Place {
    pub room: String,
    pub members: u64,
}

/// A room and who is in it: the reply to `join`, and a part of that to `hello`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Room {
    pub room: String,
    pub members: Vec<String>,
}

/// Reads one line; the error says in a few words what it is not.
pub fn read(line: &[u8]) -> Result<Heard, &'static str> {
    let value: Value = serde_json::from_slice(line).map_err(|_| "a line that is not JSON")?;
    let Value::Object(mut fields) = value else {
        return Err("a line that is not a JSON object");
    };
    if fields.contains_key("event") {
        let event = serde_json::from_value(Value::Object(fields));
        return event.map(Heard::Event).map_err(|_| "an event without the fields it needs");
    }
    let re = fields.get("re").and_then(Value::as_u64);
    if let Some(error) = fields.remove("error") {
        let refusal = serde_json::from_value(error).map_err(|_| "an error that is not one")?;
        return Ok(Heard::Refused { re, refusal });
    }
    match (re, fields.remove("ok")) {
        (Some(re), ok) => Ok(Heard::Done { re, ok: ok.unwrap_or_default() }),
        (None, _) => Err("a line that is neither an event nor a reply"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Heard, read};

    #[test]
    fn events_replies_and_refusals() {
        let message = br#"{"event":"message","room":"lobby","seq":1,"at":"2026-11-21T06:30:05Z","from":"B","text":"hi","kind":"say","new":1}"#;
        assert!(matches!(read(message), Ok(Heard::Event(Event::Message(m))) if m.at.0.is_some()));
        assert!(matches!(read(br#"{"re":3,"ok":{}}"#), Ok(Heard::Done { re: 3, .. })));
        let refused = br#"{"re":3,"error":{"code":"rate_limited","message":"m","retry_ms":9}}"#;
        let Ok(Heard::Refused { re: Some(3), refusal }) = read(refused) else { panic!() };
        assert_eq!((refusal.code.as_str(), refusal.retry_ms), ("rate_limited", Some(9)));
        assert!(matches!(read(br#"{"error":{}}"#), Ok(Heard::Refused { re: None, .. })));
    }

    #[test]
    fn what_a_later_daemon_says_is_let_pass() {
        let later = br#"{"event":"hologram","beam":[1,2]}"#;
        assert!(matches!(read(later), Ok(Heard::Event(Event::Unknown))));
        let odd_time = br#"{"event":"joined","room":"lobby","nick":"B","at":17}"#;
        assert!(matches!(read(odd_time), Ok(Heard::Event(Event::Joined { at, .. })) if at.0.is_none()));
    }

    #[test]
    fn garbage_is_an_error_and_no_crash() {
        let deep = "[".repeat(100_000);
        for line in ["", "SSH-2.0-x", "[]", "7", "{}", r#"{"event":"message"}"#, r#"{"event":5}"#, &deep] {
            assert!(read(line.as_bytes()).is_err(), "{line:.20}");
        }
        assert!(read(b"{\"event\":\"notice\",\"text\":\"\xff\"}").is_err());
        assert!(read(br#"{"re":1,"error":"no"}"#).is_err());
        assert!(read(br#"{"re":-1,"ok":{}}"#).is_err());
    }
}
