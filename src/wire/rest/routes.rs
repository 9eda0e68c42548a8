//! The table of addresses: which method and path asks for what.
//!
//! Knows nothing of how it is answered. Why a table: the OpenAPI file is held equal to it, and what a
//! path does not take is told from it.

use crate::wire::http::Method;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// A WebSocket that speaks JSON.
    WebSocket,
    /// One that speaks the few words of simple clients.
    Simple,
    NewSession,
    EndSession,
    Rooms,
    NewRoom,
    Room,
    History,
    Say,
    Events,
    Search,
    /// Fetches a file.
    Fetch,
    /// Sends a file.
    Send,
    /// The list of rooms as simple clients know it.
    SimpleRooms,
    NewSimpleRoom,
    OpenApi,
    Health,
    Metrics,
}

/// One address.
pub struct Row {
    pub method: Method,
    /// With `{room}` where a room's name or id stands, `{token}` for that of a transfer.
    pub path: &'static str,
    pub action: Action,
}

const fn row(method: Method, path: &'static str, action: Action) -> Row {
    Row { method, path, action }
}

/// In the order of the documentation.
pub static ROUTES: [Row; 18] = [
    row(Method::Get, "/ws", Action::WebSocket),
    row(Method::Get, "/ws/chat", Action::Simple),
    row(Method::Post, "/api/sessions", Action::NewSession),
    row(Method::Delete, "/api/sessions", Action::EndSession),
    row(Method::Get, "/api/rooms", Action::Rooms),
    row(Method::Post, "/api/rooms", Action::NewRoom),
    row(Method::Get, "/api/rooms/{room}", Action::Room),
    row(Method::Get, "/api/rooms/{room}/messages", Action::History),
    row(Method::Post, "/api/rooms/{room}/messages", Action::Say),
    row(Method::Get, "/api/rooms/{room}/events", Action::Events),
    row(Method::Get, "/api/search", Action::Search),
    row(Method::Get, "/api/transfers/{token}", Action::Fetch),
    row(Method::Put, "/api/transfers/{token}", Action::Send),
    row(Method::Get, "/chat", Action::SimpleRooms),
    row(Method::Post, "/chat", Action::NewSimpleRoom),
    row(Method::Get, "/api/openapi.json", Action::OpenApi),
    row(Method::Get, "/healthz", Action::Health),
    row(Method::Get, "/metrics", Action::Metrics),
];

/// What a request came to.
#[derive(PartialEq, Debug)]
pub enum Found {
    /// The text is what stands in the place of `{room}` or `{token}`, decoded.
    Action(Action, Option<String>),
    /// There is something, but not by this method: those by which there is.
    OtherMethods(Vec<Method>),
    Nothing,
}

/// Looks a path up, which is as it came.
pub fn find(method: Method, path: &str) -> Found {
    let rows = ROUTES.iter().filter_map(|row| Some((row, fits(row.path, path)?)));
    let mut others = Vec::new();
    // HEAD is GET without the body (RFC 9110 §9.3.2).
    let wanted = if method == Method::Head { Method::Get } else { method };
    for (row, room) in rows {
        if row.method == wanted {
            return Found::Action(row.action, room);
        }
        others.push(row.method);
        if row.method == Method::Get {
            others.push(Method::Head);
        }
    }
    if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others) }
}

/// Whether a path is one of this pattern, and the room or token in it. Only what stands for one is decoded,
/// so that `%2F` in its name divides no path.
fn fits(pattern: &str, path: &str) -> Option<Option<String>> {
    let mut room = None;
    let (mut wanted, mut got) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), got.next()) {
            (None, None) => return Some(room),
            (Some("{room}" | "{token}"), Some(name)) if !name.is_empty() => room = Some(decoded(name)?),
            (Some(wanted), Some(got)) if wanted == got => {}
            _other => return None,
        }
    }
}

/// A part of a path without its percent signs (RFC 3986 §2.1); None: it is no UTF-8.
fn decoded(part: &str) -> Option<String> {
    percent_encoding::percent_decode_str(part).decode_utf8().ok().map(String::from)
}
