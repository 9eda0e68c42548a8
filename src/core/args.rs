//! The arguments of one request by name, whichever door they came in by.
//!
//! Knows no command. Why between the doors and the table: each door reads its
//! own form, and the table makes requests of one.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::reject::{Malformed, Reject};
use super::request::Text;
use crate::limits::CLIENT_ID_BYTES_MAX;

/// The value of one argument, already of its kind's type.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    Text(Text<'a>),
    Number(u64),
    Flag(bool),
    List(Vec<Text<'a>>),
}

/// The arguments of one request by name, from whichever door.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Args<'a>(SmallVec<[(&'static str, Value<'a>); 4]>);

impl<'a> Args<'a> {
    /// Adds an argument that has been read as its kind's type.
    pub fn set(&mut self, name: &'static str, value: Value<'a>) {
        self.0.push((name, value));
    }

    /// What has been given, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = &(&'static str, Value<'a>)> {
        self.0.iter()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(have, _)| *have == name)
    }

    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.0.iter().position(|(have, _)| *have == name)?;
        Some(self.0.swap_remove(at).1)
    }

    pub(super) fn opt_text(&mut self, name: &'static str) -> Result<Option<Text<'a>>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Number(_) | Value::Flag(_) | Value::List(_)) => Err(wrong(name, "text")),
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<Text<'a>, Reject> {
        self.opt_text(name)?.ok_or(missing(name))
    }

    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<u64>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number)),
            Some(Value::Text(_) | Value::Flag(_) | Value::List(_)) => Err(wrong(name, "number")),
        }
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(flag)),
            Some(Value::Text(_) | Value::Number(_) | Value::List(_)) => Err(wrong(name, "flag")),
        }
    }

    pub(super) fn list(&mut self, name: &'static str) -> Result<Vec<Text<'a>>, Reject> {
        match self.take(name) {
            None => Err(missing(name)),
            Some(Value::List(list)) => Ok(list),
            Some(Value::Text(text)) => Ok(vec![text]),
            Some(Value::Number(_) | Value::Flag(_)) => Err(wrong(name, "list")),
        }
    }

    pub(super) fn client_id(&mut self, name: &'static str) -> Result<Option<Text<'a>>, Reject> {
        match self.opt_text(name)? {
            Some(id) if id.is_empty() || id.len() > CLIENT_ID_BYTES_MAX => {
                Err(Reject::TooLong { max: CLIENT_ID_BYTES_MAX })
            }
            id => Ok(id),
        }
    }
}

/// The refusal of a request in which `name` is not there.
pub(super) const fn missing(name: &'static str) -> Reject {
    Reject::Malformed(Malformed::MissingField(name))
}

fn wrong(field: &'static str, expected: &'static str) -> Reject {
    Reject::Malformed(Malformed::WrongType { field, expected })
}

/// Splits nicknames at commas; blanks around them do not count.
pub fn split_nicks(text: &str) -> Vec<Cow<'_, str>> {
    text.split(',').map(str::trim).filter(|nick| !nick.is_empty()).map(Cow::Borrowed).collect()
}
