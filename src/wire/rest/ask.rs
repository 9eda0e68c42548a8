//! A request of HTTP as one of the core's.
//!
//! Knows no session. Why a body is looked at and not only its type: `curl -d` calls everything a form,
//! and whoever types it means JSON where it looks like it, and else just the words.

use serde_json::Value as Json;

use super::Action;
use crate::core::command::{Command, Kind};
use crate::core::reject::{Expected, Malformed, Reject, echo};
use crate::core::request::Request;
use crate::wire::http::{self, Head};
use crate::wire::json::{self, Fields};

/// The request that an address with its query and body stands for; `room` is what stood in the path.
///
/// # Errors
///
/// The field that is unknown, missing or of another type.
pub fn asked(
    action: Action,
    room: Option<&str>,
    request: &http::Request,
) -> Result<Request<'static>, Reject> {
    let (cmd, mut fields) = match action {
        Action::NewSession => ("hello", object(&request.body)?),
        Action::EndSession => ("quit", Fields::new()),
        Action::Rooms | Action::SimpleRooms | Action::Room => ("rooms", query("rooms", &request.head)?),
        Action::NewRoom => ("room_create", object(&request.body)?),
        Action::NewSimpleRoom => ("room_create", query("room_create", &request.head)?),
        Action::History => ("history", query("history", &request.head)?),
        Action::Say => ("say", spoken(request)?),
        Action::Events => ("subscribe", Fields::new()),
        Action::Search => ("search", query("search", &request.head)?),
        Action::WebSocket
        | Action::Simple
        | Action::Fetch
        | Action::Send
        | Action::OpenApi
        | Action::Health
        | Action::Metrics => {
            unreachable!("these ask nothing of the chat")
        }
    };
    let own = own_name(action);
    // What is asked for, and in which room, stands in the address alone.
    let is_unknown = |name: &str| {
        matches!(name, "cmd" | "id")
            || name == "room" && room.is_some()
            || own.is_some_and(|(_, everywhere)| name == everywhere)
    };
    if let Some((name, _)) = fields.iter().find(|(name, _)| is_unknown(name)) {
        return Err(Reject::Malformed(Malformed::UnknownField(echo(name))));
    }
    if let Some((here, everywhere)) = own {
        for (name, _) in fields.iter_mut().filter(|(name, _)| name == here) {
            everywhere.clone_into(name);
        }
    }
    if let Some(room) = room {
        fields.push(("room".to_owned(), room.into()));
    }
    if let (Action::Events, Some(after)) = (action, after(&request.head)?) {
        fields.push(("after".to_owned(), after.into()));
    }
    fields.push(("cmd".to_owned(), cmd.into()));
    json::request(fields).map_err(|reject| as_written(action, reject))
}

/// The field that has a name of its own here, and the one that it has in every other door.
fn own_name(action: Action) -> Option<(&'static str, &'static str)> {
    match action {
        Action::NewRoom | Action::NewSimpleRoom => Some(("name", "room")),
        Action::Search => Some(("q", "query")),
        Action::NewSession
        | Action::EndSession
        | Action::Rooms
        | Action::SimpleRooms
        | Action::Room
        | Action::History
        | Action::Say
        | Action::Events
        | Action::Fetch
        | Action::Send
        | Action::WebSocket
        | Action::Simple
        | Action::OpenApi
        | Action::Health
        | Action::Metrics => None,
    }
}

/// A refusal that names the field as it is named here.
fn as_written(action: Action, reject: Reject) -> Reject {
    let Some((here, everywhere)) = own_name(action) else { return reject };
    match reject {
        Reject::Malformed(Malformed::MissingField(field)) if field == everywhere => {
            Reject::Malformed(Malformed::MissingField(here.into()))
        }
        Reject::Malformed(Malformed::WrongType { field, expected }) if field == everywhere => {
            Reject::Malformed(Malformed::WrongType { field: here.into(), expected })
        }
        other => other,
    }
}

/// The seq after which a listener wants to go on: what it has heard, or asks for (HTML Living Standard §9.2.4).
///
/// # Errors
///
/// It is no number.
pub fn after(head: &Head) -> Result<Option<u64>, Reject> {
    let asked = pairs(head).find(|(name, _)| name == "after").map(|(_, value)| value);
    let heard = head.field("last-event-id").filter(|id| !id.is_empty()).map(str::to_owned);
    heard.or(asked).map(|id| id.parse().map_err(|_| wrong("after", Expected::Number))).transpose()
}

/// The token that a request shows (RFC 6750 §2.1).
pub fn token(head: &Head) -> Option<&str> {
    let (scheme, token) = head.field("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A body that is an object; none is an empty one.
fn object(body: &[u8]) -> Result<Fields, Reject> {
    if body.trim_ascii().is_empty() { Ok(Fields::new()) } else { json::fields(body) }
}

/// What is said: an object with it, the field `text` of a form, or just the words.
fn spoken(request: &http::Request) -> Result<Fields, Reject> {
    let kind = request.head.field("content-type").unwrap_or("").split(';').next().unwrap_or("").trim();
    let form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let text = std::str::from_utf8(&request.body).map_err(|_| Reject::Malformed(Malformed::NotUtf8))?;
    let looks_like_object = text.trim_start().starts_with('{') && text.trim_end().ends_with('}');
    if kind.eq_ignore_ascii_case("application/json") || (kind.is_empty() || form) && looks_like_object {
        return object(&request.body);
    }
    let said = match text.strip_prefix("text=").filter(|_| form) {
        Some(_) => {
            form_urlencoded::parse(&request.body).next().map_or(String::new(), |(_, text)| text.into())
        }
        // A file ends with a line end, and a line of talk has none.
        None => text.trim_end_matches(['\r', '\n']).to_owned(),
    };
    Ok(vec![("text".to_owned(), said.into())])
}

/// The query as fields of this command, each as its type there.
fn query(cmd: &str, head: &Head) -> Result<Fields, Reject> {
    let args = Command::named(cmd).map_or(&[][..], |command| command.args);
    let field = |(name, value): (String, String)| {
        let kind = args.iter().find(|arg| arg.name == name).map(|arg| arg.kind);
        let value = match kind {
            Some(Kind::Number) => match value.parse::<u64>() {
                Ok(number) => Json::from(number),
                Err(_) => return Err(wrong(&name, Expected::Number)),
            },
            Some(Kind::Flag) => match value.as_str() {
                "true" => Json::from(true),
                "false" => Json::from(false),
                _other => return Err(wrong(&name, Expected::Flag)),
            },
            Some(_) | None => Json::from(value),
        };
        Ok((name, value))
    };
    let fields = pairs(head).map(field).collect::<Result<Fields, Reject>>()?;
    let double = fields
        .iter()
        .enumerate()
        .find(|(at, (name, _))| fields[..*at].iter().any(|(other, _)| other == name));
    match double {
        Some((_, (name, _))) => Err(Reject::Malformed(Malformed::DuplicateField(echo(name)))),
        None => Ok(fields),
    }
}

fn pairs(head: &Head) -> impl Iterator<Item = (String, String)> {
    let query = head.query.as_deref().unwrap_or("");
    form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

fn wrong(field: &str, expected: Expected) -> Reject {
    Reject::Malformed(Malformed::WrongType { field: echo(field).into(), expected })
}
