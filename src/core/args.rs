//! The arguments of a request by name, whichever door they came in by.
//!
//! Knows no command. Why between the bytes and the request: what was typed in
//! order and what was sent as fields must be refused for the same reasons.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::export::Line;
use super::lang::Lang;
use super::reject::{Expected, Malformed, Reject, echo};
use super::request::Text;
use crate::limits::CLIENT_ID_BYTES_MAX;

/// The value of one argument, already of its kind's type.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    Text(Text<'a>),
    Number(u64),
    Flag(bool),
    List(Vec<Text<'a>>),
    Seqs(Vec<(Text<'a>, u64)>),
    Lines(Vec<Line>),
}

/// The arguments of one request by name, from whichever door.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Args<'a>(SmallVec<[(&'static str, Value<'a>); 4]>);

/// The refusal of a request that lacks a field.
pub const fn missing(name: &'static str) -> Reject {
    Reject::Malformed(Malformed::MissingField(Cow::Borrowed(name)))
}

fn wrong(field: &'static str, expected: Expected) -> Reject {
    Reject::Malformed(Malformed::WrongType { field: Cow::Borrowed(field), expected })
}

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
            Some(Value::Number(_) | Value::Flag(_) | Value::List(_) | Value::Seqs(_) | Value::Lines(_)) => {
                Err(wrong(name, Expected::Text))
            }
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<Text<'a>, Reject> {
        self.opt_text(name)?.ok_or(missing(name))
    }

    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<u64>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number)),
            Some(Value::Text(_) | Value::Flag(_) | Value::List(_) | Value::Seqs(_) | Value::Lines(_)) => {
                Err(wrong(name, Expected::Number))
            }
        }
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Reject> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(flag)),
            Some(Value::Text(_) | Value::Number(_) | Value::List(_) | Value::Seqs(_) | Value::Lines(_)) => {
                Err(wrong(name, Expected::Flag))
            }
        }
    }

    /// Empty where it is left out.
    pub(super) fn opt_list(&mut self, name: &'static str) -> Result<Vec<Text<'a>>, Reject> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::List(list)) => Ok(list),
            Some(Value::Text(text)) => Ok(vec![text]),
            Some(Value::Number(_) | Value::Flag(_) | Value::Seqs(_) | Value::Lines(_)) => {
                Err(wrong(name, Expected::List))
            }
        }
    }

    /// Empty where it is left out.
    pub(super) fn seqs(&mut self, name: &'static str) -> Result<Vec<(Text<'a>, u64)>, Reject> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Seqs(seqs)) => Ok(seqs),
            Some(Value::Text(_) | Value::Number(_) | Value::Flag(_) | Value::List(_) | Value::Lines(_)) => {
                Err(wrong(name, Expected::Seqs))
            }
        }
    }

    pub(super) fn lines(&mut self, name: &'static str) -> Result<Vec<Line>, Reject> {
        match self.take(name) {
            None => Err(missing(name)),
            Some(Value::Lines(lines)) => Ok(lines),
            Some(Value::Text(_) | Value::Number(_) | Value::Flag(_) | Value::List(_) | Value::Seqs(_)) => {
                Err(wrong(name, Expected::Lines))
            }
        }
    }

    pub(super) fn lang(&mut self, name: &'static str) -> Result<Option<Lang>, Reject> {
        let Some(text) = self.opt_text(name)? else { return Ok(None) };
        let unknown = || Reject::Malformed(Malformed::UnknownLang(echo(&text)));
        Lang::named(&text).ok_or_else(unknown).map(Some)
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

/// Splits nicknames at commas; blanks around them do not count.
pub fn split_nicks(text: &str) -> Vec<Cow<'_, str>> {
    text.split(',').map(str::trim).filter(|nick| !nick.is_empty()).map(Cow::Borrowed).collect()
}
