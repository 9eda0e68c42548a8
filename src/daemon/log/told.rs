//! What a log record says beside its sentence: which fact it is, and whom it is about.
//!
//! It must not know where it goes.
//!
//! Why values are escaped here, like the sentence: a nickname must not be able to forge a field of
//! the journal, whichever sink it comes to.

use log::Record;
use log::kv::{Error, Key, Value, VisitSource};

use super::facts::{Fact, fact};
use super::line::line_of;

/// The keys of a log call, and the journal's fields for them.
pub const FIELDS: [(&str, &str); 6] = [
    ("nick", "CHATD_NICK"),
    ("room", "CHATD_ROOM"),
    ("by", "CHATD_BY"),
    ("code", "CHATD_CODE"),
    ("peer", "CHATD_PEER"),
    ("count", "CHATD_COUNT"),
];

/// What a record tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// None: a library's.
    pub fact: Option<&'static Fact>,
    /// The journal's names with values that fit on a line.
    pub fields: Vec<(&'static str, String)>,
}

impl Told {
    pub fn of(record: &Record<'_>) -> Told {
        let mut told = Told::default();
        // Reading never fails: it takes what it knows and leaves the rest.
        let _ = record.key_values().visit(&mut told);
        told
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl<'kvs> VisitSource<'kvs> for Told {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        if key.as_str() == "fact" {
            self.fact = value.to_borrowed_str().and_then(fact);
        } else if let Some((_, name)) = FIELDS.iter().find(|(known, _)| *known == key.as_str()) {
            let text = line_of(&format_args!("{value}"));
            // What is not known is said by leaving it out.
            if !text.is_empty() {
                self.fields.push((name, text));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_forge_a_field() {
        let nick = "Bob\nPRIORITY=0\nMESSAGE=forged";
        let values = [
            ("fact", Value::from("kicked")),
            ("nick", Value::from(nick)),
            ("room", Value::from("")),
            ("count", Value::from(3)),
            ("other", Value::from("x")),
        ];
        let told = Told::of(&Record::builder().key_values(&values).build());
        assert_eq!(told.fact.map(|fact| fact.word), Some("kicked"));
        let fields =
            [("CHATD_NICK", r"Bob\nPRIORITY=0\nMESSAGE=forged".to_owned()), ("CHATD_COUNT", "3".to_owned())];
        assert_eq!(told.fields, fields);
        assert_eq!(told.field("CHATD_COUNT"), Some("3"));
    }
}
