//! The addresses, and what is asked by them.
//!
//! Knows no answer of a hub. Why no session takes part: what is asked is decided before anybody knows
//! who asks.

use super::*;
use crate::core::request::Request;
use crate::wire::http::{self, Method, Read, Reader};

/// A request as it comes over the wire.
fn request(head: &str, body: &str) -> http::Request {
    let bytes = format!("{head} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let bytes = bytes.replace("Content-Length: 0\r\n", "");
    match Reader::default().next(&mut bytes.as_bytes()) {
        Read::Request(request) => request,
        other => panic!("{head} is {other:?}"),
    }
}

fn found(line: &str) -> Found {
    let request = request(line, "");
    find(request.head.method, &request.head.path)
}

#[test]
fn a_room_is_one_part_of_a_path() {
    let room = |name: &str| Found::Action(Action::Room, Some(name.to_owned()));
    assert_eq!(found("GET /api/rooms/lobby"), room("lobby"));
    assert_eq!(found("HEAD /api/rooms/design%2Fui"), room("design/ui"));
    assert_eq!(found("GET /api/rooms/%EC%95%88"), room("안"));
    for nothing in
        ["/api/rooms/a/b", "/api/rooms/", "/api//rooms", "/api/rooms/%ff", "/api/rooms/a/messages/"]
    {
        assert_eq!(found(&format!("GET {nothing}")), Found::Nothing, "{nothing}");
    }
    let others = Found::OtherMethods(vec![Method::Get, Method::Head, Method::Post]);
    assert_eq!(found("DELETE /api/rooms"), others);
}

#[test]
fn what_is_said_may_come_in_any_dress() {
    let said = |fields: &str, body: &str| {
        let request = request(&format!("POST /api/rooms/lobby/messages{fields}"), body);
        match asked(Action::Say, Some("lobby"), &request) {
            Ok(Request::Say { room: Some(room), text, .. }) if room == "lobby" => text.into_owned(),
            other => panic!("{body} is {other:?}"),
        }
    };
    let form = " HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nX: ";
    let plain = " HTTP/1.1\r\nContent-Type: text/plain\r\nX: ";
    assert_eq!(said("", "hello\n"), "hello");
    assert_eq!(said("", r#"{"text":"hello"}"#), "hello");
    assert_eq!(said(form, "hello + goodbye"), "hello + goodbye");
    assert_eq!(said(form, "text=hello+there%21"), "hello there!");
    assert_eq!(said(form, r#"{"text":"hello","mid":"1"}"#), "hello");
    assert_eq!(said(plain, r#"{"text":"hello"}"#), r#"{"text":"hello"}"#);
    assert_eq!(said(plain, "{not json}"), "{not json}");
    // The room is the one of the address.
    let elsewhere = request("POST /api/rooms/lobby/messages", r#"{"text":"hello","room":"b"}"#);
    assert!(asked(Action::Say, Some("lobby"), &elsewhere).is_err());
}

#[test]
fn what_is_wrong_is_named() {
    let refused = |action, line: &str, body: &str| match asked(action, None, &request(line, body)) {
        Err(reject) => format!("{reject:?}"),
        Ok(request) => panic!("{line} is {request:?}"),
    };
    assert!(refused(Action::NewRoom, "POST /api/rooms", r#"{"nam":"a"}"#).contains("nam"));
    assert!(refused(Action::NewRoom, "POST /api/rooms", r#"{"room":"a"}"#).contains("room"));
    // What an address does cannot be talked into something else.
    for field in ["cmd", "id"] {
        let body = format!(r#"{{"nick":"a","{field}":"quit"}}"#);
        assert!(refused(Action::NewSession, "POST /api/sessions", &body).contains(field), "{field}");
        let line = format!("GET /api/rooms?{field}=room_create&room=x");
        assert!(refused(Action::Rooms, &line, "").contains(field), "{field}");
    }
    // A field is called what it is called here.
    assert!(refused(Action::NewRoom, "POST /api/rooms", "{}").contains("name"));
    assert!(refused(Action::NewRoom, "POST /api/rooms", r#"{"name":1}"#).contains("name"));
    assert!(refused(Action::Search, "GET /api/search", "").contains("\"q\""));
    assert!(refused(Action::Search, "GET /api/search?q=a&q=b", "").contains("Duplicate"));
    assert!(refused(Action::Search, "GET /api/search?limit=x&q=b", "").contains("limit"));
    assert!(refused(Action::Events, "GET /api/rooms/a/events?after=x", "").contains("after"));
}
