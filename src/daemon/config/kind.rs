//! The kinds of values a configuration key can take: how each is read, judged and written as TOML.
//!
//! It must not know which keys exist or which section a value stands in.
//!
//! Why a kind holds a function that points into the configuration: with it a row of the table both
//! reads and prints its value, and the compiler checks that the field has the kind's type.

use std::net::SocketAddr;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeInteger, DeValue};

use super::check;
use super::keys::Key;
use super::units;
use crate::core::nearest::nearest;
use crate::core::prefix::Prefix;

/// Where a value lives in its owner.
pub(super) type At<T, V> = fn(&mut T) -> &mut V;

/// Says what is wrong with a text of the right type.
pub(super) type Check = fn(&str) -> Result<(), String>;

pub(super) enum Kind<T> {
    Text {
        check: Check,
        at: At<T, String>,
    },
    /// Empty text: none.
    Path {
        check: Check,
        at: At<T, Option<PathBuf>>,
    },
    /// 0 or within the bounds.
    Count {
        least: u64,
        most: u64,
        at: At<T, u64>,
    },
    /// Bytes, 0 or within the bounds.
    Size {
        least: u64,
        most: u64,
        at: At<T, u64>,
    },
    /// Milliseconds.
    Duration(At<T, u64>),
    Flag(At<T, bool>),
    /// Permission bits.
    Mode(At<T, u32>),
    Address(At<T, SocketAddr>),
    Prefixes(At<T, Vec<Prefix>>),
    Origins(At<T, Vec<String>>),
    /// `get` and `set` speak of places in `words`.
    Choice {
        words: &'static [&'static str],
        get: fn(&T) -> usize,
        set: fn(&mut T, usize),
    },
}

/// What is wrong with a value, and the byte of the file it stands at.
pub(super) struct Fault {
    pub offset: usize,
    pub message: String,
}

impl<T: Clone> Key<T> {
    /// Writes the table's own default.
    pub fn reset(&self, owner: &mut T) {
        let value = DeValue::parse(self.default)
            .expect("every default of the table is valid TOML: a test reads them all");
        let outcome = self.kind.read(owner, &value);
        assert!(outcome.is_ok(), "{}: its default is refused", self.name);
    }

    /// Writes the value of another owner.
    pub fn copy(&self, from: &T, to: &mut T) {
        let text = self.text(from);
        let value =
            DeValue::parse(&text).expect("every value is written as valid TOML: a test reads them back");
        let outcome = self.kind.read(to, &value);
        assert!(outcome.is_ok(), "{}: its own value {text} is refused", self.name);
    }

    /// The value as TOML. A default is spelled as in the table.
    pub fn text(&self, owner: &T) -> String {
        let mut scratch = owner.clone();
        let given = self.kind.text(&mut scratch);
        self.reset(&mut scratch);
        if given == self.kind.text(&mut scratch) { self.default.to_string() } else { given }
    }
}

impl<T> Kind<T> {
    /// What may be written, to be read after "expected".
    pub fn takes(&self) -> String {
        match self {
            Kind::Text { .. } => "a text in quotes".into(),
            Kind::Path { .. } => "a path in quotes".into(),
            Kind::Count { .. } => "a whole number".into(),
            Kind::Size { .. } => "a size such as \"8KiB\", or a number of bytes".into(),
            Kind::Duration(_) => "a duration such as \"10m\" or \"1h30m\"".into(),
            Kind::Flag(_) => "true or false".into(),
            Kind::Mode(_) => "permission bits in quotes such as \"0660\"".into(),
            Kind::Address(_) => "an address with a port such as \"127.0.0.1:9999\"".into(),
            Kind::Prefixes(_) => {
                "a list of addresses or networks such as [\"192.0.2.7\", \"10.0.0.0/8\"]".into()
            }
            Kind::Origins(_) => "a list of origins such as [\"https://chat.example.org\"]".into(),
            Kind::Choice { words, .. } => one_of(words),
        }
    }

    /// Takes `value` over into `owner`, or says all that is wrong with it and leaves `owner` alone.
    pub fn read(&self, owner: &mut T, value: &Spanned<DeValue<'_>>) -> Result<(), Vec<Fault>> {
        let given = value.get_ref();
        let outcome = match self {
            Kind::Text { check, at } => {
                self.string(given).and_then(|text| check(text).map(|()| *at(owner) = text.to_string()))
            }
            Kind::Path { check, at } => self.string(given).and_then(|text| {
                let path = (!text.is_empty()).then(|| PathBuf::from(text));
                check(text).map(|()| *at(owner) = path)
            }),
            Kind::Count { least, most, at } => self
                .integer(given)
                .and_then(|number| within(number, *least, *most, |bound| bound.to_string()))
                .map(|number| *at(owner) = number),
            Kind::Size { least, most, at } => self
                .size(given)
                .and_then(|bytes| within(bytes, *least, *most, units::bytes_text))
                .map(|bytes| *at(owner) = bytes),
            Kind::Duration(at) => self.duration(given).map(|millis| *at(owner) = millis),
            Kind::Flag(at) => self.flag(given).map(|flag| *at(owner) = flag),
            Kind::Mode(at) => self.mode(given).map(|mode| *at(owner) = mode),
            Kind::Address(at) => {
                self.string(given).and_then(check::address).map(|address| *at(owner) = address)
            }
            Kind::Choice { words, set, .. } => {
                self.string(given).and_then(|text| self.place_of(text, words)).map(|place| set(owner, place))
            }
            Kind::Prefixes(at) => {
                return self.list(value, Prefix::parse).map(|list| *at(owner) = list);
            }
            Kind::Origins(at) => {
                return self.list(value, check::origin).map(|list| *at(owner) = list);
            }
        };
        let offset = value.span().start;
        outcome.map_err(|message| vec![Fault { offset, message }])
    }

    /// The value as TOML, in the shortest spelling.
    fn text(&self, owner: &mut T) -> String {
        match self {
            Kind::Text { at, .. } => quoted(at(owner)),
            Kind::Path { at, .. } => match at(owner) {
                Some(path) => quoted(&path.to_string_lossy()),
                None => quoted(""),
            },
            Kind::Count { at, .. } => at(owner).to_string(),
            Kind::Size { at, .. } => quoted(&units::bytes_text(*at(owner))),
            Kind::Duration(at) => quoted(&units::millis_text(*at(owner))),
            Kind::Flag(at) => at(owner).to_string(),
            Kind::Mode(at) => quoted(&format!("{:04o}", at(owner))),
            Kind::Address(at) => quoted(&at(owner).to_string()),
            Kind::Prefixes(at) => quoted_list(at(owner)),
            Kind::Origins(at) => quoted_list(at(owner)),
            Kind::Choice { words, get, .. } => quoted(words[get(owner)]),
        }
    }

    fn mismatch(&self, given: &DeValue<'_>) -> String {
        format!("expected {}, found {}", self.takes(), found(given))
    }

    fn string<'v>(&self, given: &'v DeValue<'_>) -> Result<&'v str, String> {
        given.as_str().ok_or_else(|| self.mismatch(given))
    }

    fn flag(&self, given: &DeValue<'_>) -> Result<bool, String> {
        given.as_bool().ok_or_else(|| self.mismatch(given))
    }

    fn integer(&self, given: &DeValue<'_>) -> Result<u64, String> {
        match given {
            DeValue::Integer(number) => whole(number),
            other => Err(self.mismatch(other)),
        }
    }

    fn size(&self, given: &DeValue<'_>) -> Result<u64, String> {
        match given {
            DeValue::Integer(number) => whole(number),
            DeValue::String(text) => units::bytes(text),
            other => Err(self.mismatch(other)),
        }
    }

    /// Only 0 may stand without a unit: any other bare number would be read as seconds by one
    /// admin and as milliseconds by the next.
    fn duration(&self, given: &DeValue<'_>) -> Result<u64, String> {
        match given {
            DeValue::Integer(number) if whole(number) == Ok(0) => Ok(0),
            DeValue::String(text) => units::millis(text),
            other => Err(self.mismatch(other)),
        }
    }

    /// A bare number counts only in TOML's octal form: a decimal 660 has other bits than it shows.
    fn mode(&self, given: &DeValue<'_>) -> Result<u32, String> {
        match given {
            DeValue::Integer(number) if number.radix() == 8 => units::mode(number.as_str()),
            DeValue::String(text) => units::mode(text),
            other => Err(self.mismatch(other)),
        }
    }

    fn place_of(&self, text: &str, words: &[&'static str]) -> Result<usize, String> {
        words.iter().position(|word| *word == text).ok_or_else(|| {
            let found = units::shown(text);
            let guess = match nearest(text, words.iter().copied()) {
                Some(near) if near.likely => format!("; did you mean {:?}?", near.word),
                Some(_) | None => String::new(),
            };
            format!("expected {}, found {found}{guess}", self.takes())
        })
    }

    fn list<V>(
        &self,
        value: &Spanned<DeValue<'_>>,
        read: fn(&str) -> Result<V, String>,
    ) -> Result<Vec<V>, Vec<Fault>> {
        let fault = |at: &Spanned<DeValue<'_>>, message| Fault { offset: at.span().start, message };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(vec![fault(value, self.mismatch(value.get_ref()))]);
        };
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for item in items {
            let text = item.get_ref().as_str();
            let text = text.ok_or_else(|| {
                let found = found(item.get_ref());
                format!("expected texts in quotes, found {found}")
            });
            match text.and_then(read) {
                Ok(one) => good.push(one),
                Err(message) => bad.push(fault(item, message)),
            }
        }
        if bad.is_empty() { Ok(good) } else { Err(bad) }
    }
}

fn whole(number: &DeInteger<'_>) -> Result<u64, String> {
    let digits = number.as_str();
    if digits.starts_with('-') && digits != "-0" {
        return Err(format!("must not be less than 0, and is {number}"));
    }
    u64::from_str_radix(digits.trim_start_matches('-'), number.radix())
        .map_err(|_| format!("{number} is too large a number"))
}

fn within(number: u64, least: u64, most: u64, shown: impl Fn(u64) -> String) -> Result<u64, String> {
    if number == 0 || (least..=most).contains(&number) {
        return Ok(number);
    }
    let from = match least {
        1 => "from 0".to_string(),
        more => format!("0, or from {}", shown(more)),
    };
    Err(format!("must be {from} to {}, and is {}", shown(most), shown(number)))
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    match quoted.as_slice() {
        [first, second] => format!("{first} or {second}"),
        all => format!("one of {}", all.join(", ")),
    }
}

/// Names a value for an error message.
pub(super) fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", units::shown(text)),
        DeValue::Integer(number) => format!("the number {}", units::cut(&number.to_string())),
        DeValue::Float(number) => format!("the number {}", units::cut(&number.to_string())),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "a list".to_string(),
        DeValue::Table(_) => "a section".to_string(),
    }
}

/// As a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

fn quoted_list(items: &[impl ToString]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| quoted(&item.to_string())).collect();
    format!("[{}]", quoted.join(", "))
}
