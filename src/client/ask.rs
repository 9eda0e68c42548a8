//! What chatc asks of the daemon, and its one JSON line for each.
//!
//! Knows neither what a person typed nor what becomes of the answer. Why an
//! enum of its own: a request is kept until its reply comes, to say what the
//! reply means and, when none comes, what was not sent.

use serde::Serialize;

/// One request; the field names are the wire's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "cmd", rename_all = "snake_case")]
pub enum Ask {
    Hello {
        nick: String,
    },
    Join {
        room: String,
    },
    Say {
        room: String,
        text: String,
    },
    Whisper {
        to: Receivers,
        text: String,
    },
    Users {
        room: String,
    },
    Rename {
        nick: String,
    },
    Schedule {
        at: String,
        room: String,
        text: String,
    },
    Schedules,
    Unschedule {
        schedule: u64,
    },
    Kick {
        nick: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Broadcast {
        text: String,
    },
    History {
        room: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
    },
    Shutdown {
        /// A duration such as `5m`; at once without it.
        #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
        delay: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Quit {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        quiet: bool,
    },
}

/// Whom a whisper is for: the wire takes a nickname or a list of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Receivers {
    One(String),
    Several(Vec<String>),
}

impl std::fmt::Display for Receivers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Receivers::One(nick) => f.write_str(nick),
            Receivers::Several(nicks) => f.write_str(&nicks.join(", ")),
        }
    }
}

#[derive(Serialize)]
struct Numbered<'a> {
    id: u64,
    #[serde(flatten)]
    ask: &'a Ask,
}

impl Ask {
    /// The line for the wire, its newline included; the reply will bear `id`.
    pub fn line(&self, id: u64) -> String {
        let mut line = serde_json::to_string(&Numbered { id, ask: self })
            .expect("numbers and texts under fixed names always are valid JSON");
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::{Ask, Receivers};

    #[test]
    fn lines_are_as_the_wire_wants_them() {
        let say = Ask::Say { room: "lobby".into(), text: "a \"b\"\n".into() };
        assert_eq!(
            say.line(7),
            "{\"id\":7,\"cmd\":\"say\",\"room\":\"lobby\",\"text\":\"a \\\"b\\\"\\n\"}\n"
        );
        let quit = Ask::Quit { text: None, quiet: true };
        assert_eq!(quit.line(1), "{\"id\":1,\"cmd\":\"quit\",\"quiet\":true}\n");
        let stop = Ask::Shutdown { delay: Some("5m".into()), reason: None };
        assert_eq!(stop.line(2), "{\"id\":2,\"cmd\":\"shutdown\",\"in\":\"5m\"}\n");
        assert_eq!(Ask::Schedules.line(3), "{\"id\":3,\"cmd\":\"schedules\"}\n");
    }

    #[test]
    fn one_receiver_is_a_text_and_several_are_a_list() {
        let to = |to| Ask::Whisper { to, text: "x".into() }.line(1);
        assert!(to(Receivers::One("A".into())).contains("\"to\":\"A\""));
        assert!(to(Receivers::Several(vec!["A".into(), "B".into()])).contains("\"to\":[\"A\",\"B\"]"));
    }
}
