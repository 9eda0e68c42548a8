//! The chain: for each record a digest of its body, and a link of that to all before it.
//!
//! Knows the form of what is digested, not where it is found. Why every field bears its kind and
//! length: two records that differ must not look the same to a digest, however their texts are cut.
//!
//! A body is the digest of its fields (SHA-256, FIPS 180-4), each as a byte for its kind (0 none, 1
//! number, 2 text, 3 bytes), its length in eight bytes and itself; numbers are eight bytes, all of
//! them big-endian. A link is the digest of the fields link before, record, kind, place, number, digest.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest as _, Sha256};

use super::chained;
use crate::core::chain::{Anchor, Digest};
use crate::core::entry::CommandRecord;

/// What kind of record it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The chain begins; its number is how many records there were before it.
    Start,
    /// Place is the room's number, number the seq.
    Message,
    /// Place is the message's number in the database, number the version's.
    Version,
    /// Place is 0, number the command's.
    Command,
    /// Up to this number the bodies have expired: place is the room's number, or 0 for commands.
    Expired,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Start => "start",
            Kind::Message => "message",
            Kind::Version => "version",
            Kind::Command => "command",
            Kind::Expired => "expired",
        }
    }

    pub fn from_word(word: &str) -> Option<Kind> {
        [Kind::Start, Kind::Message, Kind::Version, Kind::Command, Kind::Expired]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// By what a record is found again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    pub kind: Kind,
    pub place: i64,
    pub number: i64,
}

/// Fields on their way into a digest.
#[derive(Default)]
struct Fields(Sha256);

impl Fields {
    fn field(mut self, kind: u8, bytes: &[u8]) -> Fields {
        let mut head = [kind; 9];
        head[1..].copy_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.update(head);
        self.0.update(bytes);
        self
    }

    fn number(self, number: impl Into<Option<i64>>) -> Fields {
        match number.into() {
            Some(number) => self.field(1, &number.to_be_bytes()),
            None => self.field(0, &[]),
        }
    }

    fn text<'a>(self, text: impl Into<Option<&'a str>>) -> Fields {
        match text.into() {
            Some(text) => self.field(2, text.as_bytes()),
            None => self.field(0, &[]),
        }
    }

    fn bytes(self, bytes: &[u8]) -> Fields {
        self.field(3, bytes)
    }

    fn digest(self) -> Digest {
        self.0.finalize().into()
    }
}

/// A message as it was said. Whom it mentions is not in it: that goes when it is deleted.
pub struct MessageBody<'a> {
    pub room_key: &'a str,
    pub seq: i64,
    pub at: i64,
    pub sender: &'a str,
    pub kind: &'a str,
    pub text: &'a str,
    pub schedule: Option<i64>,
    pub run: Option<i64>,
    pub serial: Option<i64>,
}

impl MessageBody<'_> {
    pub fn digest(&self) -> Digest {
        let where_and_when = Fields::default().text(self.room_key).number(self.seq).number(self.at);
        let what = where_and_when.text(self.sender).text(self.kind).text(self.text);
        what.number(self.schedule).number(self.run).number(self.serial).digest()
    }
}

/// A change: who made it, and what the message said before and after; nothing after: it was deleted.
pub struct VersionBody<'a> {
    pub room_key: &'a str,
    pub seq: i64,
    pub at: i64,
    pub actor: &'a str,
    pub before: &'a str,
    pub after: Option<&'a str>,
}

impl VersionBody<'_> {
    pub fn digest(&self) -> Digest {
        let where_and_when = Fields::default().text(self.room_key).number(self.seq).number(self.at);
        where_and_when.text(self.actor).text(self.before).text(self.after).digest()
    }
}

/// What was commanded, and what came of it.
pub fn command_digest(record: &CommandRecord) -> Digest {
    let who = Fields::default().number(record.at.0).text(&*record.actor).text(&*record.door);
    who.text(&*record.command).text(&*record.args).text(&*record.outcome).digest()
}

/// The beginning bears the database's own number, so that no two chains begin alike.
pub fn start_digest(database: (i64, i64), older: i64) -> Digest {
    Fields::default().number(database.0).number(database.1).number(older).digest()
}

/// Nothing but the bound itself is said by it.
pub fn expired_digest(place: i64, number: i64) -> Digest {
    Fields::default().number(place).number(number).digest()
}

/// The link of a record behind the one before it.
pub fn link(before: &Digest, record: i64, key: Key, digest: &[u8]) -> Digest {
    let fields = Fields::default().bytes(before).number(record).text(key.kind.word());
    fields.number(key.place).number(key.number).bytes(digest).digest()
}

/// The end of the chain, to which records are added.
#[derive(Default)]
pub struct Chain {
    /// None: to be read from the database.
    newest: Option<Anchor>,
}

impl Chain {
    /// Adds a record, in the transaction that keeps it.
    pub fn add(&mut self, connection: &Connection, key: Key, digest: Digest) -> rusqlite::Result<()> {
        let before = self.newest(connection)?;
        let record = before.record + 1;
        let link = link(&before.link, record as i64, key, &digest);
        connection
            .prepare_cached(
                "INSERT INTO chain (id, kind, place, number, digest, link) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![record as i64, key.kind.word(), key.place, key.number, digest, link])?;
        self.newest = Some(Anchor { record, link });
        Ok(())
    }

    /// The last record.
    pub fn newest(&mut self, connection: &Connection) -> rusqlite::Result<Anchor> {
        if let Some(newest) = self.newest {
            return Ok(newest);
        }
        let read = connection
            .prepare_cached("SELECT id, link FROM chain ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| Ok(Anchor { record: row.get::<_, i64>(0)? as u64, link: row.get(1)? }))
            .optional()?;
        Ok(*self.newest.insert(read.unwrap_or_default()))
    }

    /// What was added was rolled back.
    pub fn forget(&mut self) {
        self.newest = None;
    }
}

/// Begins the chain of a database, with what is in it already, as it is found. Knows the tables as they
/// were when the chain came.
pub fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let counted = "SELECT (SELECT COUNT(*) FROM messages) + (SELECT COUNT(*) FROM versions)
                       + (SELECT COUNT(*) FROM commands)";
    let older = connection.query_row(counted, [], |row| row.get(0))?;
    let mut chain = Chain::default();
    let start = Key { kind: Kind::Start, place: 0, number: older };
    chain.add(connection, start, start_digest(chained::database(connection)?, older))?;
    for kind in [Kind::Message, Kind::Version, Kind::Command] {
        let mut after = 0;
        while let Some(found) = chained::next(connection, kind, after)? {
            after = found.id;
            // What is at odds with itself already stays so: its digest is then that of nothing.
            chain.add(connection, found.key, found.digest.unwrap_or_default())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bodies_look_alike() {
        let fields = |texts: &[Option<&str>]| {
            texts.iter().fold(Fields::default(), |fields, text| fields.text(*text)).digest()
        };
        let all = [
            fields(&[]),
            fields(&[None]),
            fields(&[Some("")]),
            fields(&[Some(""), Some("")]),
            fields(&[Some("ab"), Some("c")]),
            fields(&[Some("a"), Some("bc")]),
            fields(&[Some("abc")]),
            fields(&[Some("abc"), None]),
            Fields::default().number(0).digest(),
            Fields::default().number(None).number(None).digest(),
            Fields::default().text("\0\0\0\0\0\0\0\0").digest(),
            Fields::default().bytes(b"abc").digest(),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
    }

    #[test]
    fn a_body_is_digested_as_the_page_for_admins_says() {
        let mut bytes = vec![1, 0, 0, 0, 0, 0, 0, 0, 8];
        bytes.extend(7_i64.to_be_bytes());
        bytes.extend([2, 0, 0, 0, 0, 0, 0, 0, 2]);
        bytes.extend(b"hi");
        bytes.extend([0; 9]);
        let expected: Digest = Sha256::digest(&bytes).into();
        assert_eq!(Fields::default().number(7).text("hi").text(None).digest(), expected);
    }

    #[test]
    fn a_link_covers_all_that_a_record_has() {
        let key = Key { kind: Kind::Message, place: 1, number: 2 };
        let plain = link(&[1; 32], 3, key, &[4; 32]);
        assert_ne!(plain, link(&[2; 32], 3, key, &[4; 32]));
        assert_ne!(plain, link(&[1; 32], 4, key, &[4; 32]));
        assert_ne!(plain, link(&[1; 32], 3, Key { kind: Kind::Version, ..key }, &[4; 32]));
        assert_ne!(plain, link(&[1; 32], 3, Key { place: 2, ..key }, &[4; 32]));
        assert_ne!(plain, link(&[1; 32], 3, Key { number: 1, ..key }, &[4; 32]));
        assert_ne!(plain, link(&[1; 32], 3, key, &[5; 32]));
    }
}
