//! The OpenAPI file is held to the code: addresses, fields, codes, bounds.
//!
//! Knows no running server; `tests/openapi/check` asks one whether it does what the file says. Why here
//! as well: whoever adds an address or a field learns at once what is still missing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::answer::status_of;
use super::*;
use crate::core::command::Command;
use crate::limits::{
    CLIENT_ID_BYTES_MAX, MENTIONS_MAX, NAME_CHARS_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, PASSWORD_BYTES_MAX,
    ROOMS_LISTED_MAX, SLOW_MS_MAX, TOPIC_CHARS_MAX,
};

fn file() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// What stands at a place of the file, references followed.
fn at<'f>(file: &'f Value, value: &'f Value) -> &'f Value {
    match value["$ref"].as_str() {
        Some(place) => file.pointer(place.trim_start_matches('#')).unwrap_or_else(|| panic!("no {place}")),
        None => value,
    }
}

/// The codes of the reference.
fn codes() -> BTreeSet<&'static str> {
    let reference = include_str!("../../../docs/protocol.md");
    let (_, codes) = reference.split_once("### Error codes").unwrap();
    let (codes, _) = codes.split_once("\n## ").unwrap();
    let rows = codes.lines().filter_map(|line| line.strip_prefix("| `"));
    let words =
        rows.flat_map(|row| row.split(" |").next().unwrap().split(", ").map(|word| word.trim_matches('`')));
    let words: BTreeSet<&str> = words.collect();
    assert!(words.len() > 20, "{words:?}");
    words
}

/// Each error code of the reference has a status that says at whose end the fault is.
#[test]
fn every_code_has_a_status() {
    for word in codes() {
        let status = status_of(word);
        let ours = matches!(word, "storage_unavailable" | "shutting_down" | "backup_failed");
        assert_eq!(status >= 500, ours, "{word} is {status}");
    }
}

#[test]
fn it_has_every_address_and_no_other() {
    let file = file();
    assert_eq!(file["openapi"], "3.1.0");
    let mut written = Vec::new();
    for (path, methods) in file["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys().filter(|key| *key != "parameters");
        written.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let mut table: Vec<String> =
        ROUTES.iter().map(|row| format!("{} {}", row.method.word(), row.path)).collect();
    written.sort();
    table.sort();
    assert_eq!(written, table);
}

#[test]
fn it_is_of_this_version_and_has_every_code() {
    let file = file();
    assert_eq!(file["info"]["version"], env!("CARGO_PKG_VERSION"));
    let written = file.pointer("/components/schemas/Code/enum").unwrap().as_array().unwrap();
    let written: BTreeSet<&str> = written.iter().map(|code| code.as_str().unwrap()).collect();
    let mut codes = codes();
    // HTTP's own.
    codes.extend(["not_implemented", "timeout"]);
    assert_eq!(written, codes);
}

/// The fields of a request: of its query and of its body.
fn fields(file: &Value, path: &str, method: &str) -> BTreeSet<String> {
    let operation = &file["paths"][path][method];
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|one| at(file, one));
    let query = parameters.filter(|one| one["in"] == "query").map(|one| &one["name"]);
    let query = query.map(|name| name.as_str().unwrap().to_owned());
    let body = at(file, &operation["requestBody"]["content"]["application/json"]["schema"]);
    query.chain(body["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone())).collect()
}

#[test]
fn it_has_every_field_and_no_other() {
    let file = file();
    for (path, method, cmd) in [
        ("/api/sessions", "post", "hello"),
        ("/api/rooms", "get", "rooms"),
        ("/api/rooms", "post", "room_create"),
        ("/api/rooms/{room}", "get", "rooms"),
        ("/api/rooms/{room}/messages", "get", "history"),
        ("/api/rooms/{room}/messages", "post", "say"),
        ("/api/rooms/{room}/events", "get", "subscribe"),
        ("/api/search", "get", "search"),
        ("/chat", "get", "rooms"),
        ("/chat", "post", "room_create"),
    ] {
        let renamed = |name| match (cmd, name) {
            ("room_create", "room") => "name",
            ("search", "query") => "q",
            (_, name) => name,
        };
        let args = Command::named(cmd).unwrap().args.iter().map(|arg| renamed(arg.name).to_owned());
        let args = args.filter(|name| name != "room" || !path.contains("{room}"));
        assert_eq!(fields(&file, path, method), args.collect(), "{method} {path}");
    }
}

#[test]
fn its_bounds_are_those_of_the_program() {
    let file = file();
    let schema = |place: &str| {
        let place = format!("/components/{place}");
        file.pointer(&place).unwrap_or_else(|| panic!("no {place}")).as_u64().unwrap()
    };
    for (place, bound) in [
        ("schemas/Nick/maxLength", NAME_CHARS_MAX as u64),
        ("schemas/RoomName/maxLength", 2 * NAME_CHARS_MAX as u64 + 1),
        ("schemas/NewRoom/properties/topic/maxLength", TOPIC_CHARS_MAX as u64),
        ("schemas/NewRoom/properties/password/maxLength", PASSWORD_BYTES_MAX as u64),
        ("schemas/NewRoom/properties/capacity/maximum", u64::from(u32::MAX)),
        ("schemas/Room/properties/slow_ms/maximum", SLOW_MS_MAX),
        ("schemas/Rooms/properties/rooms/maxItems", ROOMS_LISTED_MAX as u64),
        ("schemas/NewMessage/properties/mid/maxLength", CLIENT_ID_BYTES_MAX as u64),
        ("schemas/Message/properties/mentions/maxItems", MENTIONS_MAX as u64),
        ("schemas/History/properties/messages/maxItems", u64::from(PAGE_ROWS_MAX)),
        ("schemas/Found/properties/messages/maxItems", u64::from(PAGE_ROWS_MAX)),
        ("parameters/Limit/schema/default", u64::from(PAGE_ROWS_DEFAULT)),
        ("schemas/Number/maximum", u64::MAX),
    ] {
        assert_eq!(schema(place), bound, "{place}");
    }
}

/// What can come of a request stands there: a refused token wherever one may be shown, and haste.
#[test]
fn its_answers_are_complete() {
    let file = file();
    let own = ["/ws", "/ws/chat", "/healthz", "/metrics", "/api/openapi.json", "/api/transfers/{token}"];
    for row in ROUTES.iter().filter(|row| !own.contains(&row.path)) {
        let operation = &file["paths"][row.path][row.method.word().to_lowercase()];
        let statuses: BTreeSet<&String> = operation["responses"].as_object().unwrap().keys().collect();
        let wanted = ["not_logged_in", "rate_limited", "shutting_down"].map(status_of);
        for status in wanted {
            assert!(statuses.contains(&status.to_string()), "{} says nothing of {status}", row.path);
        }
    }
}
