//! A request as the JSON object that a client sends, the way back of `read`.
//!
//! Knows the command table and no more. Why generic over the rows: a new
//! command can be typed in chatc without a line here.

use serde_json::{Map, Value as Json};

use crate::core::args::{Args, Value};
use crate::core::command::Command;

/// The object of a request, without an id: [`super::read`] makes the same request of it.
pub fn request_object(command: &Command, args: &Args<'_>) -> Map<String, Json> {
    let fields = args.iter().map(|(name, value)| ((*name).to_owned(), field(value)));
    std::iter::once(("cmd".to_owned(), command.cmd.into())).chain(fields).collect()
}

/// The line of a request, its newline included; the reply will bear `id` as `re`.
pub fn request_line(id: u64, object: &Map<String, Json>) -> Vec<u8> {
    #[derive(serde::Serialize)]
    struct Numbered<'a> {
        id: u64,
        #[serde(flatten)]
        object: &'a Map<String, Json>,
    }
    let mut line = serde_json::to_vec(&Numbered { id, object })
        .expect("numbers and texts under text keys always are valid JSON");
    line.push(b'\n');
    line
}

fn field(value: &Value<'_>) -> Json {
    match value {
        Value::Text(text) => Json::from(&**text),
        Value::Number(number) => Json::from(*number),
        Value::Flag(flag) => Json::from(*flag),
        Value::List(list) => list.iter().map(|text| Json::from(&**text)).collect(),
        Value::Seqs(seqs) => {
            Json::Object(seqs.iter().map(|(room, seq)| (room.to_string(), Json::from(*seq))).collect())
        }
        Value::Lines(lines) => lines.iter().map(super::export::line).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;
    use crate::core::command::{Arg, Kind, Need};
    use crate::core::request::RequestId;
    use crate::core::table::TABLE;
    use crate::core::whispers::Listens;
    use crate::wire::{json, text};

    fn value(arg: &Arg) -> BoxedStrategy<Option<Value<'static>>> {
        let text = || "[^\u{0}]{1,20}".prop_map(Cow::Owned);
        let some = match arg.kind {
            Kind::Word | Kind::When | Kind::Delay | Kind::Span | Kind::Duration | Kind::Text => {
                text().prop_map(Value::Text).boxed()
            }
            Kind::Number => any::<u64>().prop_map(Value::Number).boxed(),
            Kind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
            Kind::Seqs => {
                let seqs = prop::collection::btree_map(text(), any::<u64>(), 0..4);
                seqs.prop_map(|seqs| Value::Seqs(seqs.into_iter().collect())).boxed()
            }
            Kind::Nicks => prop::collection::vec(text(), 1..4).prop_map(Value::List).boxed(),
            Kind::Lines => {
                prop::collection::vec(json::export::tests::a_line(), 0..4).prop_map(Value::Lines).boxed()
            }
        };
        match arg.need {
            Need::Must => some.prop_map(Some).boxed(),
            Need::May | Need::Field => prop::option::of(some).boxed(),
            Need::Implied("on" | "off") => some.prop_map(Some).boxed(),
            Need::Implied(value) => Just(Some(Value::Text(value.into()))).boxed(),
        }
    }

    fn asked() -> impl Strategy<Value = (&'static Command, Args<'static>)> {
        let rows: Vec<&Command> = TABLE.into_iter().filter(|row| !row.cmd.is_empty()).collect();
        prop::sample::select(rows).prop_flat_map(|command| {
            let values: Vec<_> = command.args.iter().map(value).collect();
            values.prop_map(move |values| {
                let mut args = Args::default();
                for (arg, value) in command.args.iter().zip(values) {
                    if let Some(value) = value {
                        args.set(arg.name, value);
                    }
                }
                (command, args)
            })
        })
    }

    proptest! {
        #[test]
        fn every_request_comes_back((command, args) in asked()) {
            let line = serde_json::to_vec(&request_object(command, &args)).unwrap();
            prop_assert_eq!(json::read(&line), (RequestId::None, command.request(args)));
        }
    }

    #[test]
    fn typed_lines_as_the_wire_has_them() {
        for (line, object) in [
            ("a \"b\"", r#"{"cmd":"say","text":"a \"b\""}"#),
            ("/귓속말 Bob,Eve x", r#"{"cmd":"whisper","to":["Bob","Eve"],"text":"x"}"#),
            ("/shutdown +5 new disk", r#"{"cmd":"shutdown","in":"+5","reason":"new disk"}"#),
            ("/unschedule 3", r#"{"cmd":"unschedule","schedule":3}"#),
            ("/quit bye all", r#"{"cmd":"quit","text":"bye all"}"#),
            ("/quietquit", r#"{"cmd":"quit","quiet":true}"#),
        ] {
            let (command, args) = text::asked(line.as_bytes(), Listens::Room).unwrap().unwrap();
            assert_eq!(Json::from(request_object(command, &args)).to_string(), object);
        }
    }
}
