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
    TRANSFER_CHECK_MS, TRANSFER_TOKEN_BYTES,
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

/// What a relay tells of a transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relayed {
    /// The receiver waits for what comes from this byte on.
    Asked { from: u64 },
    /// All of it was handed to somebody.
    Delivered,
}

/// What a token stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing<'a> {
    /// It is offered, and nobody has accepted it yet.
    Offered,
    Accepted {
        offer: u64,
        file: &'a FileInfo,
    },
    Over,
}

/// How far an offer has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Stage {
    Offered,
    Accepted,
    /// Somebody has all of it, and has not said yet that it is sound.
    Delivered,
}

/// An offer that is not over.
#[derive(Debug, Serialize, Deserialize)]
struct Open {
    from: SessionId,
    to: SessionId,
    file: FileInfo,
    token: String,
    stage: Stage,
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
    fn is_accepted(&self) -> bool {
        match self.stage {
            Stage::Offered => false,
            Stage::Accepted | Stage::Delivered => true,
        }
    }

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
        let open = Open {
            from: asker.session,
            to,
            file,
            token: token.clone(),
            stage: Stage::Offered,
            bytes: 0,
            until,
        };
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
        let offer = self.files.meant(offer, |open| open.to == asker.session && !open.is_accepted())?;
        let open = self.files.open.get_mut(&offer).ok_or(Reject::NoOffer { offer: Some(offer) })?;
        (open.stage, open.until) = (Stage::Accepted, None);
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
        let offer = self.files.meant(offer, |open| open.to == asker.session && !open.is_accepted())?;
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
        let offer = self.files.meant(offer, |open| open.to == asker.session && open.is_accepted())?;
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
        let waiting =
            self.files.between(|open| !open.is_accepted() && open.concerns(one) && open.concerns(other));
        for offer in waiting {
            self.end_offer(offer, None, TransferState::Cancelled, None, out);
        }
    }

    /// Somebody is gone for good.
    pub(super) fn end_transfers(&mut self, session: SessionId, out: &mut Effects) {
        for offer in self.files.between(|open| open.concerns(session)) {
            let accepted = self.files.open.get(&offer).is_some_and(Open::is_accepted);
            let state = if accepted { TransferState::Failed } else { TransferState::Cancelled };
            self.end_offer(offer, Some(session), state, None, out);
        }
    }

    pub(super) fn expire_offers(&mut self, out: &mut Effects) {
        let now = self.now().mono;
        for offer in self.files.between(|open| open.until.is_some_and(|until| until <= now)) {
            match self.files.open.get(&offer).map(|open| (open.stage, open.to)) {
                Some((Stage::Delivered, to)) => {
                    self.end_offer(offer, Some(to), TransferState::Done, None, out);
                }
                Some((Stage::Offered | Stage::Accepted, _)) | None => {
                    self.end_offer(offer, None, TransferState::Expired, None, out);
                }
            }
        }
    }

    /// What a token of a transfer stands for; none for one that was never given, or long ago.
    pub fn transfer(&self, token: &str) -> Option<Standing<'_>> {
        let token = digest(token);
        let Some((offer, open)) =
            self.files.tokens.get(&token).and_then(|offer| Some((*offer, self.files.open.get(offer)?)))
        else {
            return self.files.over.contains(&token).then_some(Standing::Over);
        };
        Some(if open.is_accepted() {
            Standing::Accepted { offer, file: &open.file }
        } else {
            Standing::Offered
        })
    }

    pub(super) fn relayed(&mut self, offer: u64, relayed: Relayed, out: &mut Effects) {
        let now = self.now().mono;
        let Some(open) = self.files.open.get_mut(&offer).filter(|open| open.is_accepted()) else { return };
        match relayed {
            Relayed::Asked { from } => {
                (open.stage, open.until, open.bytes) = (Stage::Accepted, None, from);
                let sender = open.from;
                self.tell_transfer(sender, offer, TransferState::Relay, out);
            }
            Relayed::Delivered => {
                let until = Some(now.after_ms(TRANSFER_CHECK_MS));
                (open.stage, open.until, open.bytes) = (Stage::Delivered, until, open.file.size);
            }
        }
    }

    /// Whoever has come back is told what is still open.
    pub(super) fn tell_offers_again(&self, session: SessionId, out: &mut Effects) {
        let at = self.now().wall;
        for (offer, open) in self.files.open.iter().filter(|(_, open)| open.concerns(session)) {
            if open.is_accepted() {
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
        if open.is_accepted() {
            out.end_transfer(offer);
        }
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
            assert!(open.is_accepted() || partners, "offer {offer} has outlived its whisper session");
            let ends = open.stage == Stage::Accepted || open.until.is_some();
            assert!(ends, "offer {offer} waits for ever");
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
#[path = "files_tests.rs"]
mod tests;
