//! One request of chatc, from the typed line to its answer.
//!
//! Knows no connection. Why it is kept: the reply does not say what it is a
//! reply to, nor what was not sent when none comes.

use serde_json::{Map, Value};

use crate::core::args::Args;
use crate::core::command::Command;
use crate::core::table;
use crate::wire::json;

/// A request: the row that it is of, and the object that is sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// None for `join`, which has no row yet.
    pub(super) row: Option<&'static Command>,
    pub(super) object: Map<String, Value>,
}

impl Ask {
    pub fn new(row: &'static Command, args: &Args<'_>) -> Ask {
        Ask { row: Some(row), object: json::request_object(row, args) }
    }

    /// The farewell of who says nothing.
    pub fn quit() -> Ask {
        Ask::new(&table::QUIT, &Args::default())
    }

    pub(super) fn join(room: &str) -> Ask {
        let fields = [("cmd", "join"), ("room", room)];
        Ask {
            row: None,
            object: fields.map(|(name, text)| (name.to_owned(), text.into())).into_iter().collect(),
        }
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
