//! What the record of commands keeps of a request.
//!
//! Knows no record. Why not the request itself: passwords and whispered texts must never lie in a table
//! that admins read.

use super::request::{ConfigAsked, Request, RoomAsked, Text};

impl Request<'_> {
    /// The arguments as the record of commands keeps them: without passwords and whispered text.
    pub fn summary(&self) -> String {
        fn opt<'t>(text: &'t Option<Text<'_>>) -> &'t str {
            text.as_deref().unwrap_or("")
        }
        let words: Vec<&str> = match self {
            Request::Hello { nick, room, .. } => vec![nick, opt(room)],
            Request::Rename { nick } | Request::WhisperOpen { nick } => {
                vec![nick]
            }
            Request::Lang { lang } => vec![lang.tag()],
            Request::Whisper { to, .. } => to.iter().map(|nick| &**nick).collect(),
            Request::Users { room }
            | Request::RoomClose { room }
            | Request::Bans { room }
            | Request::Export { room, .. } => vec![opt(room)],
            Request::Import { lines } => return format!("{} lines", lines.len()),
            Request::Offer(asked) => return format!("{} {}", asked.name, asked.size),
            Request::Accept { offer }
            | Request::Decline { offer }
            | Request::Cancel { offer, .. }
            | Request::Received { offer } => {
                return offer.map(|offer| offer.to_string()).unwrap_or_default();
            }
            Request::Edit { room, seq, .. } | Request::Delete { room, seq } => {
                let seq = seq.map(|seq| seq.to_string()).unwrap_or_default();
                return join(&[opt(room), &seq]);
            }
            Request::Join { room, .. } => vec![room],
            Request::Leave { room, quiet } => vec![opt(room), if *quiet { "quietly" } else { "" }],
            Request::Rooms { channel, room } => vec![opt(channel), opt(room)],
            Request::RoomCreate(asked) | Request::RoomSet(asked) => return asked.summary(),
            Request::RoomRole { room, nick, role } => vec![opt(room), nick, role],
            Request::RoomTransfer { room, nick } | Request::Invite { room, nick } => vec![opt(room), nick],
            Request::Kick { nick, room, duration, reason } => {
                vec![nick, opt(room), opt(duration), opt(reason)]
            }
            Request::Sanction(asked) => {
                vec![&asked.who, opt(&asked.room), opt(&asked.duration), opt(&asked.reason)]
            }
            Request::Lift { who, room, reason, .. } => vec![who, opt(room), opt(reason)],
            Request::MarkRead { room, seq } => return format!("{room} {seq}"),
            Request::Quit { text, quiet } => vec![if *quiet { "quietly" } else { "" }, opt(text)],
            Request::Schedule(asked) => {
                vec![opt(&asked.every), &asked.at, opt(&asked.zone), opt(&asked.room), &asked.text]
            }
            Request::Unschedule { schedule } => return schedule.to_string(),
            Request::History(asked) => vec![opt(&asked.room)],
            Request::Search(_) => vec![self.room().unwrap_or("")],
            Request::Subscribe { room, .. } | Request::Unsubscribe { room } => vec![room],
            Request::Timestamps { on } => vec![if *on { "on" } else { "off" }],
            Request::Help { command } => vec![opt(command)],
            Request::Broadcast { text } => vec![text],
            Request::Config(ConfigAsked::Apply { confirm_within }) => vec![opt(confirm_within)],
            Request::Shutdown { delay, reason } => vec![opt(delay), opt(reason)],
            Request::Resume { .. }
            | Request::Say { .. }
            | Request::Action { .. }
            | Request::WhisperAsk
            | Request::WhisperClose
            | Request::FileTyped
            | Request::AcceptTyped
            | Request::Schedules
            | Request::Ping
            | Request::Status
            | Request::Complete(_)
            | Request::Config(
                ConfigAsked::Reload | ConfigAsked::Diff | ConfigAsked::Confirm | ConfigAsked::Revert,
            )
            | Request::Commands { .. }
            | Request::Verify { .. }
            | Request::Backup { .. } => vec![],
        };
        join(&words)
    }
}

fn join(words: &[&str]) -> String {
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

impl RoomAsked<'_> {
    fn summary(&self) -> String {
        let mut words: Vec<String> = self.room.iter().map(|room| room.to_string()).collect();
        let mut set = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("{name}={value}")));
        };
        set("topic", self.topic.as_ref().map(|topic| format!("{topic:?}")));
        set("capacity", self.capacity.map(|number| number.to_string()));
        set("password", self.password.as_ref().map(|word| if word.is_empty() { "none" } else { "…" }.into()));
        set("listed", self.listed.map(|on| on.to_string()));
        set("invite_only", self.invite_only.map(|on| on.to_string()));
        set("slow", self.slow.as_ref().map(|slow| slow.to_string()));
        set("kept", self.kept.map(|on| on.to_string()));
        words.join(" ")
    }
}
