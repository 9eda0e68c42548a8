//! One request of chatc, from the typed line to its answer.
//!
//! Knows no connection. Why it is kept: the reply does not say what it is a
//! reply to, nor what was not sent when none comes.

use serde_json::{Map, Value};

use super::transfer::Id;
use super::window::Part;
use crate::core::args::{self, Args};
use crate::core::command::Command;
use crate::core::lang::Lang;
use crate::core::table;
use crate::wire::json;

/// A request: the row that it is of, and the object that is sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    pub(super) row: &'static Command,
    pub(super) object: Map<String, Value>,
    /// Nobody has typed it: its answer and its failure are no lines of talk.
    pub(super) quiet: bool,
    /// The stretch of history that is to come of it, for a window.
    pub(super) part: Option<Part>,
    /// The file that it is about.
    pub(super) file: Option<Id>,
}

impl Ask {
    pub fn new(row: &'static Command, args: &Args<'_>) -> Ask {
        Ask { row, object: json::request_object(row, args), quiet: false, part: None, file: None }
    }

    /// The farewell of who says nothing.
    pub fn quit() -> Ask {
        Ask::new(&table::QUIT, &Args::default())
    }

    pub(super) fn hello(nick: &str, lang: Lang) -> Ask {
        let mut args = Args::default();
        args.set("nick", args::Value::Text(nick.into()));
        args.set("lang", args::Value::Text(lang.tag().into()));
        Ask::new(&table::HELLO, &args)
    }

    pub(super) fn join(room: &str) -> Ask {
        Ask::of_room(&table::JOIN, room)
    }

    pub(super) fn leave(room: &str) -> Ask {
        Ask::of_room(&table::LEAVE, room)
    }

    fn of_room(row: &'static Command, room: &str) -> Ask {
        let mut args = Args::default();
        args.set("room", args::Value::Text(room.into()));
        Ask::new(row, &args)
    }

    /// A field as text, a list with commas; empty when it is not there.
    pub(super) fn text(&self, field: &str) -> String {
        match self.object.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Some(_) | None => String::new(),
        }
    }
}
