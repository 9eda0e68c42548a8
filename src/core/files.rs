//! Files from one person to another: what is offered, who takes it, and how it ends.
//!
//! Knows no byte of a file and no connection. Why the hub has the offers and not whoever moves the bytes:
//! who may send what to whom is decided where it is known who they are. None of it outlives the daemon.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::effect::Effects;
use super::event::Event;
use super::hub::Hub;
use super::name::{self, Name};
use super::pending::{Asker, Done};
use super::reject::{FileFault, Reject};
use super::reply::Reply;
use super::request::OfferAsked;
use super::resume::{digest, hex};
use super::session::SessionId;
use super::time::{Mono, Wall};
use crate::limits::{
    FILE_BYTES_MAX, FILE_NAME_BYTES_MAX, OFFER_MS, OFFERS_OVER_KEPT, OFFERS_PER_SESSION_MAX,
    TRANSFER_TOKEN_BYTES,
};

/// A file as it is offered.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct FileInfo {
    /// Composed (NFC), of no folder; for people to read, not to be opened as it is.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// BLAKE3-256 of the content, in small hexadecimal digits.
    pub hash: String,
    /// Where the sender listens for the receiver alone; an address of theirs.
    pub direct: Option<SocketAddr>,
}

/// To whom a file is offered.
#[derive(Clone, PartialEq, Debug)]
pub struct Offer {
    pub offer: u64,
    pub from: Name,
    pub at: Wall,
    pub file: FileInfo,
}

/// What the receiver needs to fetch it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    pub offer: u64,
    pub token: String,
    pub file: FileInfo,
}

/// What has become of an offer, to the one who did not do it.
#[derive(Clone, PartialEq, Debug)]
pub struct Transfer {
    pub offer: u64,
    pub at: Wall,
    pub name: String,
    pub state: TransferState,
    /// How many bytes the receiver has, as far as the server knows.
    pub bytes: u64,
    /// What the other one said to it.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TransferState {
    Accepted,
    Declined,
    Cancelled,
    /// The receiver waits at the relay, to the sender.
    Relay,
    Done,
    /// Nobody has taken it in time.
    Expired,
    /// One of the two is gone for good.
    Failed,
}

impl TransferState {
    pub const ALL: [TransferState; 7] = [
        TransferState::Accepted,
        TransferState::Declined,
        TransferState::Cancelled,
        TransferState::Relay,
        TransferState::Done,
        TransferState::Expired,
        TransferState::Failed,
    ];

    /// The word for it on the wire.
    pub fn word(self) -> &'static str {
        match self {
            TransferState::Accepted => "accepted",
            TransferState::Declined => "declined",
            TransferState::Cancelled => "cancelled",
            TransferState::Relay => "relay",
            TransferState::Done => "done",
            TransferState::Expired => "expired",
            TransferState::Failed => "failed",
        }
    }

    /// Reads [`TransferState::word`] back.
    pub fn from_word(word: &str) -> Option<TransferState> {
        TransferState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// An offer that is not over.
#[derive(Debug, Serialize, Deserialize)]
struct Open {
    from: SessionId,
    to: SessionId,
    file: FileInfo,
    token: String,
    accepted: bool,
    bytes: u64,
    /// When it is over by itself.
    until: Option<Mono>,
}

/// All offers, by number; and which the tokens are that mean one.
#[derive(Default, Debug, Serialize, Deserialize)]
pub(super) struct Files {
    open: BTreeMap<u64, Open>,
    /// By the digests of their tokens.
    tokens: BTreeMap<String, u64>,
    /// The digests of the tokens that were good last.
    over: VecDeque<String>,
    last: u64,
}

impl Files {
    pub fn next_deadline(&self) -> Option<Mono> {
        self.open.values().filter_map(|open| open.until).min()
    }

    fn close(&mut self, offer: u64) -> Option<Open> {
        let open = self.open.remove(&offer)?;
        let token = digest(&open.token);
        self.tokens.remove(&token);
        self.over.push_back(token);
        if self.over.len() > OFFERS_OVER_KEPT {
            self.over.pop_front();
        }
        Some(open)
    }

    fn between(&self, fits: impl Fn(&Open) -> bool) -> Vec<u64> {
        self.open.iter().filter(|(_, open)| fits(open)).map(|(offer, _)| *offer).collect()
    }

    /// The one that is meant: the one of this number, or the only one there is.
    fn meant(&self, offer: Option<u64>, fits: impl Fn(&Open) -> bool) -> Result<u64, Reject> {
        let fitting = self.between(fits);
        match (offer, &fitting[..]) {
            (Some(offer), fitting) if fitting.contains(&offer) => Ok(offer),
            (None, [only]) => Ok(*only),
            (None, [_, _, ..]) => Err(Reject::WhichOffer),
            (offer, _) => Err(Reject::NoOffer { offer }),
        }
    }
}

impl Open {
    fn concerns(&self, session: SessionId) -> bool {
        self.from == session || self.to == session
    }

    fn other(&self, session: SessionId) -> SessionId {
        if self.from == session { self.to } else { self.from }
    }
}

impl Hub {
    pub(super) fn offer(
        &mut self,
        asker: &Asker,
        asked: OfferAsked<'_>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let session = self.sessions.get(asker.session).ok_or(Reject::NotLoggedIn)?;
        let (from, to) = session.nick.clone().zip(session.partner).ok_or(Reject::NoFilePartner)?;
        let mut file = file(asked)?;
        let max = self.settings.file_bytes_max;
        if max > 0 && file.size > max {
            return Err(Reject::FileTooLarge { max });
        }
        if self.files.between(|open| open.from == asker.session).len() >= OFFERS_PER_SESSION_MAX {
            return Err(Reject::TooMany { max: OFFERS_PER_SESSION_MAX });
        }
        let theirs = self.sessions.get(to).and_then(|session| session.address());
        file.direct = file.direct.filter(|direct| may_connect(direct, session.address(), theirs));
        let offer = self.files.last + 1;
        let token = self.transfer_token(offer);
        let (at, until) = (self.now().wall, Some(self.now().mono.after_ms(OFFER_MS)));
        self.files.last = offer;
        self.files.tokens.insert(digest(&token), offer);
        let said = Event::Offer(Box::new(Offer { offer, from, at, file: file.clone() }));
        let open =
            Open { from: asker.session, to, file, token: token.clone(), accepted: false, bytes: 0, until };
        self.files.open.insert(offer, open);
        // What comes of it must not be heard before the number is known.
        out.reply(asker.session, asker.re.clone(), Ok(Reply::Offered { offer, token }));
        out.deliver([to], None, said);
        Ok(Done::Replied)
    }

    fn transfer_token(&self, offer: u64) -> String {
        let source = Sha256::new().chain_update(self.secret).chain_update("transfer");
        hex(&source.chain_update(offer.to_be_bytes()).finalize()[..TRANSFER_TOKEN_BYTES])
    }

    pub(super) fn accept(
        &mut self,
        asker: &Asker,
        offer: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let offer = self.files.meant(offer, |open| open.to == asker.session && !open.accepted)?;
        let open = self.files.open.get_mut(&offer).ok_or(Reject::NoOffer { offer: Some(offer) })?;
        (open.accepted, open.until) = (true, None);
        let accepted = Accepted { offer, token: open.token.clone(), file: open.file.clone() };
        let from = open.from;
        out.reply(asker.session, asker.re.clone(), Ok(Reply::Accepted(Box::new(accepted))));
        self.tell_transfer(from, offer, TransferState::Accepted, out);
        Ok(Done::Replied)
    }

    pub(super) fn decline(
        &mut self,
        asker: &Asker,
        offer: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let offer = self.files.meant(offer, |open| open.to == asker.session && !open.accepted)?;
        self.end_offer(offer, Some(asker.session), TransferState::Declined, None, out);
        Ok(Done::Reply(Reply::Declined { offer }))
    }

    /// By either of the two, at any time.
    pub(super) fn cancel(
        &mut self,
        asker: &Asker,
        offer: Option<u64>,
        reason: Option<&str>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let reason = self.optional_text(reason)?;
        let offer = self.files.meant(offer, |open| open.concerns(asker.session))?;
        self.end_offer(offer, Some(asker.session), TransferState::Cancelled, reason, out);
        Ok(Done::Reply(Reply::Cancelled { offer }))
    }

    /// The receiver has all of it, and has found it to be what was offered.
    pub(super) fn received(
        &mut self,
        asker: &Asker,
        offer: Option<u64>,
        out: &mut Effects,
    ) -> Result<Done, Reject> {
        let offer = self.files.meant(offer, |open| open.to == asker.session && open.accepted)?;
        if let Some(open) = self.files.open.get_mut(&offer) {
            open.bytes = open.file.size;
        }
        self.end_offer(offer, Some(asker.session), TransferState::Done, None, out);
        Ok(Done::Reply(Reply::Received { offer }))
    }

    /// At a plain terminal there is nothing that could read or write a file.
    pub(super) fn file_typed(&self, asker: &Asker) -> Result<Done, Reject> {
        let partner = self.sessions.get(asker.session).and_then(|session| session.partner);
        Err(if partner.is_some() { Reject::FilesByProgram } else { Reject::NoFilePartner })
    }

    /// Those that were offered in this whisper session and that nobody has taken.
    pub(super) fn withdraw_offers(&mut self, one: SessionId, other: SessionId, out: &mut Effects) {
        let waiting = self.files.between(|open| !open.accepted && open.concerns(one) && open.concerns(other));
        for offer in waiting {
            self.end_offer(offer, None, TransferState::Cancelled, None, out);
        }
    }

    /// Somebody is gone for good.
    pub(super) fn end_transfers(&mut self, session: SessionId, out: &mut Effects) {
        for offer in self.files.between(|open| open.concerns(session)) {
            let accepted = self.files.open.get(&offer).is_some_and(|open| open.accepted);
            let state = if accepted { TransferState::Failed } else { TransferState::Cancelled };
            self.end_offer(offer, Some(session), state, None, out);
        }
    }

    pub(super) fn expire_offers(&mut self, out: &mut Effects) {
        let now = self.now().mono;
        for offer in self.files.between(|open| open.until.is_some_and(|until| until <= now)) {
            self.end_offer(offer, None, TransferState::Expired, None, out);
        }
    }

    /// Whoever has come back is told what is still open.
    pub(super) fn tell_offers_again(&self, session: SessionId, out: &mut Effects) {
        let at = self.now().wall;
        for (offer, open) in self.files.open.iter().filter(|(_, open)| open.concerns(session)) {
            if open.accepted {
                self.tell_transfer(session, *offer, TransferState::Accepted, out);
            } else if open.to == session {
                let from = self.nick_of(open.from).unwrap_or_default();
                let said = Offer { offer: *offer, from, at, file: open.file.clone() };
                out.deliver([session], None, Event::Offer(Box::new(said)));
            }
        }
    }

    /// Ends an offer and tells the one who did not do it; nobody: both.
    fn end_offer(
        &mut self,
        offer: u64,
        by: Option<SessionId>,
        state: TransferState,
        reason: Option<String>,
        out: &mut Effects,
    ) {
        let Some(open) = self.files.close(offer) else { return };
        let (at, name) = (self.now().wall, open.file.name.clone());
        let event = Event::Transfer(Box::new(Transfer { offer, at, name, state, bytes: open.bytes, reason }));
        let mut people = match by {
            Some(by) => vec![open.other(by)],
            None => vec![open.from, open.to],
        };
        people.sort_unstable();
        out.deliver(people, None, event);
    }

    fn tell_transfer(&self, to: SessionId, offer: u64, state: TransferState, out: &mut Effects) {
        let Some(open) = self.files.open.get(&offer) else { return };
        let (at, name, bytes) = (self.now().wall, open.file.name.clone(), open.bytes);
        let event = Event::Transfer(Box::new(Transfer { offer, at, name, state, bytes, reason: None }));
        out.deliver([to], None, event);
    }

    /// The partner, before what the record of commands keeps of an offer.
    pub(super) fn receiver_named(&self, session: SessionId, args: String) -> String {
        let partner = self.sessions.get(session).and_then(|session| self.nick_of(session.partner?));
        partner.map_or(args.clone(), |partner| format!("{partner} {args}"))
    }

    pub(super) fn check_files(&self) {
        for (offer, open) in &self.files.open {
            let parties = [open.from, open.to].map(|one| self.sessions.get(one));
            let [Some(from), Some(_)] = parties else { panic!("offer {offer} is a ghost's") };
            assert_ne!(open.from, open.to, "offer {offer} is to oneself");
            let partners = from.partner == Some(open.to);
            assert!(open.accepted || partners, "offer {offer} has outlived its whisper session");
            assert!(open.accepted || open.until.is_some(), "offer {offer} waits for ever");
            assert_eq!(self.files.tokens.get(&digest(&open.token)), Some(offer), "the token of {offer}");
        }
        assert_eq!(self.files.tokens.len(), self.files.open.len(), "tokens of nothing");
        assert!(self.files.over.len() <= OFFERS_OVER_KEPT, "tokens of the past");
    }
}

/// What was asked for as a file that can be offered.
fn file(asked: OfferAsked<'_>) -> Result<FileInfo, Reject> {
    let bad = |fault| Reject::BadFile { fault };
    let name = name::composed(&asked.name);
    let hidden = |c: char| c.is_control() || c == '/' || turns_or_breaks(c);
    let sound = (1..=FILE_NAME_BYTES_MAX).contains(&name.len()) && !matches!(&*name, "." | "..");
    if !sound || name.chars().any(hidden) {
        return Err(bad(FileFault::Name));
    }
    if asked.size > FILE_BYTES_MAX {
        return Err(bad(FileFault::Size));
    }
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if asked.hash.len() != 64 || !asked.hash.bytes().all(digit) {
        return Err(bad(FileFault::Hash));
    }
    let direct = asked.direct.map(|direct| direct.parse().map_err(|_| bad(FileFault::Direct))).transpose()?;
    Ok(FileInfo { name, size: asked.size, hash: asked.hash.into_owned(), direct })
}

/// Characters that turn the direction of what follows (UAX #9 §2), or break the line.
fn turns_or_breaks(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{2028}' | '\u{2029}')
}

/// Whether the receiver may be told to connect there: nobody shall have another's program connect anywhere but
/// to themselves, and `127.0.0.1` is whoever reads it.
fn may_connect(direct: &SocketAddr, sender: Option<IpAddr>, receiver: Option<IpAddr>) -> bool {
    let own = direct.ip().to_canonical();
    let here = |address: Option<IpAddr>| address.is_some_and(|address| address.to_canonical().is_loopback());
    let theirs = sender.is_some_and(|sender| sender.to_canonical() == own);
    theirs && direct.port() != 0 && (!own.is_loopback() || here(receiver))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_file_and_harms_nobody() {
        let named = |name: &str| {
            let asked = OfferAsked {
                name: name.to_owned().into(),
                size: 0,
                hash: "0".repeat(64).into(),
                direct: None,
            };
            file(asked).map(|file| file.name)
        };
        for name in
            ["a", "photo.jpg", "사진 1.png", "-rf", ".profile", "CON", "a\\b", "👩‍👩‍👧.gif", &"x".repeat(255)]
        {
            assert_eq!(named(name).as_deref(), Ok(name), "{name}");
        }
        assert_eq!(named("\u{1112}\u{1161}\u{11ab}.txt").as_deref(), Ok("한.txt"));
        let bad = Err(Reject::BadFile { fault: FileFault::Name });
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "../x",
            "/etc/passwd",
            "a\0b",
            "a\nb",
            "a\u{1b}[2J",
            "gpj.\u{202e}exe",
            "a\u{2028}b",
            &"x".repeat(256),
        ] {
            assert_eq!(named(name), bad, "{name:?}");
        }
    }

    #[test]
    fn what_else_cannot_be_offered() {
        let fault = |size, hash: &str, direct: Option<&'static str>| {
            let asked = OfferAsked {
                name: "a".into(),
                size,
                hash: hash.to_owned().into(),
                direct: direct.map(Into::into),
            };
            file(asked).map(|_| ())
        };
        let (zeros, bad) = ("0".repeat(64), |fault| Err(Reject::BadFile { fault }));
        assert_eq!(fault((1 << 53) - 1, &zeros, Some("[::1]:80")), Ok(()));
        assert_eq!(fault(1 << 53, &zeros, None), bad(FileFault::Size));
        for hash in
            ["", &zeros[1..], &format!("{zeros}0"), &zeros.replace('0', "A"), &zeros.replace('0', "g")]
        {
            assert_eq!(fault(0, hash, None), bad(FileFault::Hash), "{hash}");
        }
        for direct in ["", "localhost:1", "127.0.0.1", "127.0.0.1:99999", "::1:80x"] {
            assert_eq!(fault(0, &zeros, Some(direct)), bad(FileFault::Direct), "{direct}");
        }
    }

    #[test]
    fn nobody_is_sent_to_a_third_party() {
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let may = |direct: &str, sender, receiver| may_connect(&direct.parse().unwrap(), sender, receiver);
        assert!(may("192.0.2.7:4000", ip("192.0.2.7"), ip("192.0.2.8")));
        assert!(may("192.0.2.7:4000", ip("::ffff:192.0.2.7"), None));
        assert!(may("127.0.0.1:4000", ip("127.0.0.1"), ip("::1")));
        assert!(!may("127.0.0.1:4000", ip("127.0.0.1"), ip("192.0.2.8")), "it would be the receiver's own");
        assert!(!may("192.0.2.9:4000", ip("192.0.2.7"), ip("192.0.2.8")));
        assert!(!may("192.0.2.7:0", ip("192.0.2.7"), ip("192.0.2.8")));
        assert!(!may("192.0.2.7:4000", None, ip("192.0.2.8")));
    }
}
