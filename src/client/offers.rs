//! Files of a stay: what is offered and heard of, what `/file`, `/accept`, `/decline` and `/cancel` do.
//!
//! Touches no file and no socket: what is to be done there are errands, and what came of them are
//! tidings. Why nothing is answered before the disk is asked: what cannot be read or saved here must
//! not be offered or accepted.

use blake3::Hash;

use super::ask::Ask;
use super::parcel::{Parcel, Stage, asks, asks_of};
use super::session::{Now, Session};
use super::shown::{About, Kind, Shown};
use super::transfer::{Errand, Id, name};
use super::window::Window;
use crate::core::event::Event;
use crate::core::files::{Accepted, Offer, Transfer, TransferState};
use crate::core::reject::Reject;
use crate::core::reply::Reply;
use crate::core::table;
use crate::limits::OFFERS_PER_SESSION_MAX;
use crate::locale::Arg;
use crate::wire::files::{self, size as in_units};
use crate::wire::text;

impl Session {
    /// `/file`: without a path, the next line is one.
    pub(super) fn sends_file(&mut self, path: &str, line: String, now: Now) {
        let Some(partner) = self.whispers.partner.clone() else {
            return self.mistyped(&Reject::NoFilePartner, line.as_bytes(), now);
        };
        if path.is_empty() {
            self.files.asked = true;
            return self.say("file-asked", &[], now);
        }
        if self.files.all.iter().filter(|parcel| parcel.is_mine()).count() >= OFFERS_PER_SESSION_MAX {
            return self.mistyped(&Reject::TooMany { max: OFFERS_PER_SESSION_MAX }, line.as_bytes(), now);
        }
        let parcel = self.files.add(&partner, path, Stage::Reading, now);
        parcel.typed = Some(line);
        let id = parcel.id;
        self.files.errands.push(Errand::Open { id, typed: path.to_owned() });
    }

    /// The line after `/file` alone; false where it is no path but a command.
    pub(super) fn answers_path(&mut self, line: &[u8], now: Now) -> bool {
        let line = String::from_utf8_lossy(line);
        let command = line.starts_with('/') && text::asked(line.as_bytes(), self.listens(now)).is_ok();
        if !std::mem::take(&mut self.files.asked) || command || line.trim().is_empty() {
            return false;
        }
        self.sends_file(line.trim(), line.trim().to_owned(), now);
        true
    }

    /// `/accept`: the file that was offered first, and under which name.
    pub(super) fn accepts(&mut self, typed: &str, line: String, now: Now) {
        let heard = self.files.all.iter_mut().find(|parcel| parcel.stage == Stage::Heard);
        let Some(parcel) = heard else {
            return self.mistyped(&Reject::NoOffer { offer: None }, line.as_bytes(), now);
        };
        let saved = if typed.is_empty() { Ok(name::harmless(&parcel.name)) } else { name::typed(typed) };
        match saved {
            Ok(saved) => {
                (parcel.stage, parcel.saved, parcel.typed) = (Stage::Reserving, saved, Some(line));
                let (id, name, size) = (parcel.id, parcel.saved.clone(), parcel.size);
                self.files.errands.push(Errand::Reserve { id, name, size });
            }
            Err(fault) => {
                let sentence = fault.sentence(&self.setup.speech.words);
                self.refuse(&sentence, &line, now);
            }
        }
    }

    /// `/decline`: the one of this number, or the one that was offered first.
    pub(super) fn declines(&mut self, offer: Option<u64>, line: String, now: Now) {
        let meant = |parcel: &&Parcel| {
            parcel.stage == Stage::Heard && offer.is_none_or(|offer| parcel.offer == Some(offer))
        };
        match self.files.all.iter().find(meant).map(|parcel| asks(&table::DECLINE, parcel)) {
            Some(ask) => self.ask(ask, Some(line), now),
            None => self.mistyped(&Reject::NoOffer { offer }, line.as_bytes(), now),
        }
    }

    /// `/cancel`: the one of this number, or the only one that is offered or on its way.
    pub(super) fn cancels(&mut self, offer: Option<u64>, line: String, now: Now) {
        let meant = |parcel: &&Parcel| match offer {
            Some(offer) => parcel.offer == Some(offer),
            None => parcel.stage != Stage::Heard,
        };
        let meant: Vec<&Parcel> = self.files.all.iter().filter(meant).collect();
        match meant[..] {
            [] => self.mistyped(&Reject::NoOffer { offer }, line.as_bytes(), now),
            // The server knows nothing of it yet.
            [Parcel { id, offer: None, .. }] => {
                self.files.remove(*id);
                self.tell(&Reply::Cancelled { offer: 0 }, now);
                self.finish_when_answered(now);
            }
            [parcel] => self.ask(asks(&table::CANCEL, parcel), Some(line), now),
            [..] => {
                let numbered = meant.iter().filter_map(|parcel| Some((parcel.offer?, &parcel.name)));
                let files: Vec<String> = numbered.map(|(offer, name)| format!("{offer} {name}")).collect();
                let sentence = self.sentence("file-which", &[("files", files.join(", ").into())]);
                self.refuse(&sentence, &line, now);
            }
        }
    }

    /// The server has offered it.
    pub(super) fn is_offered(&mut self, ask: &Ask, offer: u64, token: &str, now: Now) {
        let Some(parcel) = ask.file.and_then(|id| self.files.get(id)) else {
            // It was taken back meanwhile.
            return self.asks_itself(asks_of(&table::CANCEL, offer), now);
        };
        (parcel.offer, parcel.token, parcel.stage) = (Some(offer), Some(token.to_owned()), Stage::Offered);
        let (id, size) = (parcel.id, in_units(parcel.size));
        let (name, to) = (parcel.name.clone(), parcel.with.to_string());
        self.of_file(
            id,
            "file-offered",
            &[("name", name.into()), ("to", to.into()), ("size", size.into())],
            now,
        );
    }

    /// The server has let this one have it.
    pub(super) fn may_have(&mut self, accepted: &Accepted, now: Now) {
        let Some(parcel) = self.files.offered(accepted.offer) else { return };
        let Some(hash) = parcel.hash.filter(|_| parcel.stage == Stage::Accepting) else { return };
        (parcel.stage, parcel.token) = (Stage::Receiving, Some(accepted.token.clone()));
        let (id, direct, token) = (parcel.id, accepted.file.direct, accepted.token.clone());
        let args = [("name", parcel.name.clone().into()), ("as", parcel.saved.clone().into())];
        self.files.errands.push(Errand::Fetch { id, token, direct, hash });
        self.of_file(id, "file-comes", &args, now);
    }

    /// The server knows that it is over.
    pub(super) fn file_is_over(&mut self, offer: u64) {
        if let Some(id) = self.files.offered(offer).map(|parcel| parcel.id) {
            self.files.remove(id);
        }
    }

    /// What was asked about a file is refused, or was never heard.
    pub(super) fn file_refused(&mut self, ask: &Ask) {
        let Some(parcel) = ask.file.and_then(|id| self.files.get(id)) else { return };
        let id = parcel.id;
        match parcel.stage {
            Stage::Offering => drop(self.files.remove(id)),
            // The server may have it still on offer.
            Stage::Accepting => {
                (parcel.stage, parcel.typed) = (Stage::Heard, None);
                self.files.errands.push(Errand::Stop { id });
            }
            Stage::Reading | Stage::Offered | Stage::Heard | Stage::Reserving => {}
            Stage::Sending | Stage::Receiving | Stage::Saved => {}
        }
    }

    /// Somebody offers a file.
    pub(super) fn file_heard(&mut self, offer: &Offer, now: Now) {
        if let Some(parcel) = self.files.offered(offer.offer) {
            parcel.known = true;
            return;
        }
        let Ok(hash) = Hash::from_hex(&offer.file.hash) else { return };
        let parcel = self.files.add(&offer.from, &offer.file.name, Stage::Heard, now);
        (parcel.offer, parcel.hash, parcel.size) = (Some(offer.offer), Some(hash), offer.file.size);
        let (id, size) = (parcel.id, in_units(parcel.size));
        let saved = name::harmless(&parcel.name);
        let (from, name) = (offer.from.to_string(), offer.file.name.clone());
        let args =
            [("from", from.into()), ("name", name.into()), ("size", size.into()), ("as", saved.into())];
        self.of_file(id, "file-heard", &args, Now { wall: offer.at, ..now });
    }

    /// What the other one, or the server, has done with a file.
    pub(super) fn transferred(&mut self, told: &Transfer, now: Now) {
        let Some(parcel) = self.files.offered(told.offer) else {
            // It was given up while nobody could be told.
            if told.state == TransferState::Accepted {
                self.asks_itself(asks_of(&table::CANCEL, told.offer), now);
            }
            return;
        };
        parcel.known = true;
        let id = parcel.id;
        match told.state {
            TransferState::Accepted => self.is_accepted(told, id, now),
            TransferState::Relay => {
                if let (true, Some(token)) = (parcel.is_mine(), parcel.token.clone()) {
                    self.files.errands.push(Errand::Push { id, token, from: told.bytes });
                }
            }
            TransferState::Done => {
                self.transfer_told(told);
                self.files.remove(id);
            }
            TransferState::Declined
            | TransferState::Cancelled
            | TransferState::Expired
            | TransferState::Failed => {
                self.transfer_told(told);
                let sentence = files::transfer(&self.setup.speech.words, told);
                self.file_failed(id, sentence.as_deref().unwrap_or_default());
            }
        }
        self.finish_when_answered(now);
    }

    fn is_accepted(&mut self, told: &Transfer, id: Id, now: Now) {
        let Some(parcel) = self.files.get(id) else { return };
        match parcel.stage {
            Stage::Offered => {
                parcel.stage = Stage::Sending;
                let token = parcel.token.clone().unwrap_or_default();
                self.files.errands.push(Errand::Serve { id, token });
                self.transfer_told(told);
            }
            // The connection was lost before the server's answer, and the token with it.
            Stage::Heard | Stage::Reserving => self.gives_up(id, "file-why-lost", now),
            // It was not heard.
            Stage::Saved => {
                let ask = asks(&table::RECEIVED, parcel);
                self.asks_itself(ask, now);
            }
            // Said once more after a lost connection.
            Stage::Reading | Stage::Offering | Stage::Accepting | Stage::Sending | Stage::Receiving => {}
        }
    }

    /// In the server's words, where the talk with that person is.
    fn transfer_told(&mut self, told: &Transfer) {
        self.happened(Kind::Server, &Event::Transfer(Box::new(told.clone())));
    }

    /// A sentence about a file, where the talk with that person is.
    pub(super) fn of_file(&mut self, id: Id, sentence: &str, args: &[Arg<'_>], now: Now) {
        let mut line = Vec::new();
        text::says(&mut line, &self.sentence(sentence, args));
        let line = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
        let window = self.files.get(id).map(|parcel| Window::Person(parcel.with.clone()));
        let calls = sentence == "file-heard";
        let about = About { window, calls, ..About::default() };
        self.show.push(Shown::new(Kind::Server, now.wall, &line).about(about));
    }

    /// Where the talk about a file is.
    pub(super) fn window_of(&self, offer: u64) -> Option<Window> {
        let parcel = self.files.all.iter().find(|parcel| parcel.offer == Some(offer))?;
        Some(Window::Person(parcel.with.clone()))
    }
}
