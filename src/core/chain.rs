//! The chain of records as people see it: anchors, and what a verification has found.
//!
//! Knows no digest and no table. Why an anchor is two fields: the number says where to look, the
//! link whether it is still the same chain up to there.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::name::Name;

/// A SHA-256 digest (FIPS 180-4).
pub type Digest = [u8; 32];

/// A place in the chain that can be noted elsewhere, as `1234:9f86d0…`: the record's number and its link in
/// hexadecimal. The chain begins after number 0, whose link is 32 bytes of zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Anchor {
    pub record: u64,
    pub link: Digest,
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.record)?;
        self.link.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// It is not a number from 1 on, a colon and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoAnchor;

impl FromStr for Anchor {
    type Err = NoAnchor;

    fn from_str(text: &str) -> Result<Anchor, NoAnchor> {
        let (record, hex) = text.split_once(':').ok_or(NoAnchor)?;
        if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoAnchor);
        }
        let mut link = Digest::default();
        for (index, byte) in link.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).map_err(|_| NoAnchor)?;
        }
        let record = record.parse().ok().filter(|record| *record > 0).ok_or(NoAnchor)?;
        Ok(Anchor { record, link })
    }
}

/// How far a verification has come: the last record of the chain, and of each table the last row that it has met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Mark {
    pub after: u64,
    pub message: u64,
    pub version: u64,
    pub command: u64,
}

/// What is wrong with a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Wrong {
    /// It is not as it was kept.
    Altered,
    /// It is gone.
    Missing,
    /// The chain does not have it, or not there.
    Added,
    /// The chain itself does not hold together here.
    Broken,
}

impl Wrong {
    /// The word for it on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Wrong::Altered => "altered",
            Wrong::Missing => "missing",
            Wrong::Added => "added",
            Wrong::Broken => "broken",
        }
    }
}

/// Which record it is, as far as can still be told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Subject {
    Message {
        room: Option<Name>,
        seq: u64,
    },
    /// A change or deletion of this message.
    Version {
        room: Option<Name>,
        seq: Option<u64>,
    },
    /// The number in the record of commands.
    Command {
        record: u64,
    },
    /// A row of the chain itself.
    Chain,
}

impl Subject {
    /// The word for it on the wire.
    pub fn word(&self) -> &'static str {
        match self {
            Subject::Message { .. } => "message",
            Subject::Version { .. } => "version",
            Subject::Command { .. } => "command",
            Subject::Chain => "chain",
        }
    }
}

/// The first record that is not as it should be; `record` is its number in the chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    pub wrong: Wrong,
    pub subject: Subject,
    pub record: u64,
}

/// What one page of a verification has found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verified {
    /// Records of this page that are sound.
    pub checked: u64,
    /// The last record that is.
    pub anchor: Anchor,
    /// Records that were in the database before its chain began; in the page with that beginning.
    pub older: u64,
    /// Records of this page of whose bodies only the digests are left.
    pub expired: u64,
    pub fault: Option<Fault>,
    /// Where to go on; none at the end, and at a fault.
    pub next: Option<Mark>,
}

#[cfg(test)]
mod tests {
    use super::{Anchor, NoAnchor};

    #[test]
    fn an_anchor_is_read_as_it_is_written() {
        let anchor = Anchor { record: 1234, link: std::array::from_fn(|index| index as u8 * 8) };
        let text = anchor.to_string();
        assert!(text.starts_with("1234:0008101820") && text.len() == 5 + 64, "{text}");
        assert_eq!(text.parse(), Ok(anchor));
        assert_eq!(text.to_uppercase().parse(), Ok(anchor));
        for wrong in [
            "",
            "1234",
            "1234:",
            "x:00",
            &text[..68],
            &format!("{text}0"),
            &text.replace('0', "é"),
            &text.replacen("1234", "0", 1),
        ] {
            assert_eq!(wrong.parse::<Anchor>(), Err(NoAnchor), "{wrong}");
        }
    }
}
