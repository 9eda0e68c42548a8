//! A JSON object into a request.
//!
//! Knows the command table and no more. Why unknown fields are refused: a
//! misspelt `reason` must not be lost in silence.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value as Json;

use super::export;
use crate::core::args::{Args, Value};
use crate::core::command::{self, Command, Kind, Need};
use crate::core::reject::{Expected, Malformed, Reject, echo};
use crate::core::request::{Request, RequestId};
use crate::limits::{CLIENT_ID_BYTES_MAX, JSON_DEPTH_MAX, JSON_FIELDS_MAX};

/// Reads one line (RFC 8259 object). The id comes back also with a refusal, where one was readable.
pub fn read(line: &[u8]) -> (RequestId, Result<Request<'static>, Reject>) {
    let fields = match fields(line) {
        Ok(fields) => fields,
        Err(reject) => return (RequestId::None, Err(reject)),
    };
    match request_id(&fields) {
        Ok(id) => (id, request(fields)),
        Err(reject) => (RequestId::None, Err(reject)),
    }
}

/// The fields of an object in their order.
pub type Fields = Vec<(String, Json)>;

fn malformed(fault: Malformed) -> Reject {
    Reject::Malformed(fault)
}

/// Reads one object (RFC 8259), no name in it twice.
///
/// # Errors
///
/// What is wrong with its form.
pub fn fields(line: &[u8]) -> Result<Fields, Reject> {
    let line = std::str::from_utf8(line).map_err(|_| malformed(Malformed::NotUtf8))?;
    if depth(line.as_bytes()) > JSON_DEPTH_MAX {
        return Err(malformed(Malformed::TooDeep));
    }
    let mut parser = serde_json::Deserializer::from_str(line);
    let fields = parser.deserialize_map(ObjectVisitor).map_err(|error| not_json(&error))?;
    parser.end().map_err(|error| not_json(&error))?;
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(malformed(Malformed::DuplicateField(echo(pair[0])))),
        None => Ok(fields),
    }
}

fn not_json(error: &serde_json::Error) -> Reject {
    malformed(Malformed::NotJson(echo(&error.to_string())))
}

/// How deep arrays and objects nest, braces inside texts left out.
fn depth(line: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _other => {}
        }
    }
    deepest
}

/// Collects the fields of an object in their order, doubles too.
struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::new();
        while let Some(field) = map.next_entry()? {
            if fields.len() >= JSON_FIELDS_MAX {
                return Err(A::Error::custom("too many fields"));
            }
            fields.push(field);
        }
        Ok(fields)
    }
}

fn request_id(fields: &Fields) -> Result<RequestId, Reject> {
    match fields.iter().find(|(name, _)| name == "id").map(|(_, value)| value) {
        None | Some(Json::Null) => Ok(RequestId::None),
        Some(Json::String(word)) if word.len() <= CLIENT_ID_BYTES_MAX => {
            Ok(RequestId::Word(word.as_str().into()))
        }
        Some(Json::Number(number)) => {
            number.as_u64().map(RequestId::Number).ok_or(malformed(Malformed::BadId))
        }
        Some(_other) => Err(malformed(Malformed::BadId)),
    }
}

/// The request that an object asks for by its `cmd`.
///
/// # Errors
///
/// The field that is unknown, missing or of another type.
pub fn request(fields: Fields) -> Result<Request<'static>, Reject> {
    let command = match fields.iter().find(|(name, _)| name == "cmd") {
        Some((_, Json::String(name))) => Command::named(name).ok_or_else(|| unknown(name))?,
        Some(_other) => {
            return Err(malformed(Malformed::WrongType { field: "cmd".into(), expected: Expected::Text }));
        }
        None => return Err(malformed(Malformed::MissingField("cmd".into()))),
    };
    let mut args = Args::default();
    for (name, value) in fields {
        if name == "cmd" || name == "id" {
            continue;
        }
        let arg = command.args.iter().find(|arg| arg.name == name);
        let arg = arg.ok_or_else(|| malformed(Malformed::UnknownField(echo(&name))))?;
        if let Some(value) = argument(arg.name, arg.kind, value)? {
            args.set(arg.name, value);
        }
    }
    for arg in command.args {
        if arg.need == Need::Must && !args.has(arg.name) {
            return Err(malformed(Malformed::MissingField(arg.name.into())));
        }
    }
    command.request(args)
}

fn unknown(name: &str) -> Reject {
    command::unknown(name, Command::nearest_named(name))
}

/// A whole number, also where it is written as `5.0`: by JSON Schema that is one, and some languages write no other.
fn whole(value: &Json) -> Option<u64> {
    // Beyond 2^53 a fraction says nothing about what was meant.
    let exact = |float: &f64| float.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(float);
    value.as_u64().or_else(|| value.as_f64().filter(exact).map(|float| float as u64))
}

/// A field as its kind's type; `null` is as if it were not there.
fn argument(field: &'static str, kind: Kind, value: Json) -> Result<Option<Value<'static>>, Reject> {
    let wrong = |expected| Err(malformed(Malformed::WrongType { field: field.into(), expected }));
    if value.is_null() {
        return Ok(None);
    }
    let value = match kind {
        Kind::Word | Kind::When | Kind::Delay | Kind::Span | Kind::Duration | Kind::Text => match value {
            Json::String(text) => Value::Text(Cow::Owned(text)),
            _other => return wrong(Expected::Text),
        },
        Kind::Number => match whole(&value) {
            Some(number) => Value::Number(number),
            None => return wrong(Expected::Number),
        },
        Kind::Flag => match value {
            Json::Bool(flag) => Value::Flag(flag),
            _other => return wrong(Expected::Flag),
        },
        Kind::Nicks => match value {
            Json::String(text) => Value::List(vec![Cow::Owned(text)]),
            Json::Array(list) => Value::List(texts(field, list)?),
            _other => return wrong(Expected::List),
        },
        Kind::Seqs => match value {
            Json::Object(seqs) => Value::Seqs(numbers(field, seqs)?),
            _other => return wrong(Expected::Seqs),
        },
        Kind::Lines => match value {
            Json::Array(list) => Value::Lines(export::lines(list)?),
            _other => return wrong(Expected::Lines),
        },
    };
    Ok(Some(value))
}

fn numbers(
    field: &'static str,
    seqs: serde_json::Map<String, Json>,
) -> Result<Vec<(Cow<'static, str>, u64)>, Reject> {
    let wrong = || malformed(Malformed::WrongType { field: field.into(), expected: Expected::Seqs });
    let number = |(room, seq): (String, Json)| Ok((Cow::Owned(room), seq.as_u64().ok_or_else(wrong)?));
    seqs.into_iter().map(number).collect()
}

fn texts(field: &'static str, list: Vec<Json>) -> Result<Vec<Cow<'static, str>>, Reject> {
    let text = |value| match value {
        Json::String(text) => Ok(Cow::Owned(text)),
        _other => Err(malformed(Malformed::WrongType { field: field.into(), expected: Expected::List })),
    };
    list.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> Malformed {
        match read(line.as_bytes()) {
            (_, Err(Reject::Malformed(fault))) => fault,
            other => panic!("{line} is {other:?}"),
        }
    }

    #[test]
    fn a_say_and_its_id() {
        let (id, request) = read(r#"{"id":2,"cmd":"say","room":"lobby","text":"안\ub155"}"#.as_bytes());
        assert_eq!(id, RequestId::Number(2));
        let said = Request::Say { room: Some("lobby".into()), text: "안녕".into(), mid: None };
        assert_eq!(request, Ok(said));
        let (id, request) = read(br#"{"cmd":"whisper","to":["a","b"],"text":"t","id":"x1"}"#);
        assert_eq!(id, RequestId::Word("x1".into()));
        assert!(matches!(request, Ok(Request::Whisper { to, .. }) if to.len() == 2));
    }

    #[test]
    fn what_is_no_request() {
        use Malformed::*;
        assert_eq!(refused(r#"{"cmd":"kick","nick":"a","resaon":"x"}"#), UnknownField("resaon".into()));
        assert_eq!(refused(r#"{"cmd":"say","text":"a","text":"b"}"#), DuplicateField("text".into()));
        assert_eq!(refused(r#"{"cmd":"say"}"#), MissingField("text".into()));
        assert_eq!(refused(r#"{"nick":"a"}"#), MissingField("cmd".into()));
        assert_eq!(
            refused(r#"{"cmd":"say","text":5}"#),
            WrongType { field: "text".into(), expected: Expected::Text }
        );
        assert_eq!(
            refused(r#"{"cmd":"history","limit":-1}"#),
            WrongType { field: "limit".into(), expected: Expected::Number }
        );
        assert_eq!(refused(r#"{"id":1.5,"cmd":"ping"}"#), BadId);
        assert_eq!(refused(&format!("{}{}", "[".repeat(1000), "]".repeat(1000))), TooDeep);
        for broken in ["{", "[]", "5", "{\"a\":NaN}", "{} x", r#"{"cmd":"say","text":"\ud800"}"#] {
            assert!(matches!(refused(broken), NotJson(_)), "{broken}");
        }
        assert!(matches!(
            read(br#"{"cmd":"whispr","text":"a"}"#).1,
            Err(Reject::UnknownCommand { nearest: Some(_), .. })
        ));
    }

    #[test]
    fn the_id_comes_back_with_a_refusal() {
        assert_eq!(read(br#"{"id":7,"cmd":"say"}"#).0, RequestId::Number(7));
    }
}
