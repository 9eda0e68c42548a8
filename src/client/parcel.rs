//! Files of a stay that are not over: whose each is, and how far it is.
//!
//! Knows no connection. Why a file has a number of its own here: its checksum is found before the
//! server gives it one.

use std::time::Instant;

use blake3::Hash;

use super::ask::Ask;
use super::session::Now;
use super::transfer::progress::Progress;
use super::transfer::{Errand, Id};
use crate::core::args::{Args, Value};
use crate::core::command::Command;
use crate::core::name::Name;
use crate::locale::Words;
use crate::terminal::clean;

/// The files that are not over.
#[derive(Default)]
pub struct Files {
    last: Id,
    pub(super) all: Vec<Parcel>,
    /// The person was asked for a path.
    pub(super) asked: bool,
    /// For the runner.
    pub errands: Vec<Errand>,
}

/// One file, from this person or for them.
#[derive(Debug)]
pub struct Parcel {
    pub(super) id: Id,
    /// The server's number for it, once it is offered.
    pub(super) offer: Option<u64>,
    pub(super) with: Name,
    /// As its sender calls it.
    pub(super) name: String,
    /// As it is saved here.
    pub(super) saved: String,
    pub(super) size: u64,
    pub(super) hash: Option<Hash>,
    pub(super) token: Option<String>,
    pub(super) stage: Stage,
    pub(super) progress: Progress,
    /// When a line last said how far it is.
    pub(super) told: Instant,
    /// What this person typed to have it sent or saved.
    pub(super) typed: Option<String>,
    /// The server has spoken of it since the connection came back.
    pub(super) known: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Its checksum is not known yet.
    Reading,
    /// The server is asked to offer it.
    Offering,
    Offered,
    /// Somebody offers it.
    Heard,
    /// Its name is being taken.
    Reserving,
    /// The server is told that it is wanted.
    Accepting,
    Sending,
    Receiving,
    /// All of it is here; the server is being told.
    Saved,
}

impl Parcel {
    /// How far it is, in one line of so many cells; none while nothing moves.
    pub(super) fn row(&self, words: &Words, cells: usize) -> Option<String> {
        self.progress.has_begun().then(|| self.progress.row(&clean(&self.name), words, cells))
    }

    pub(super) fn is_mine(&self) -> bool {
        matches!(self.stage, Stage::Reading | Stage::Offering | Stage::Offered | Stage::Sending)
    }
}

impl Files {
    pub(super) fn get(&mut self, id: Id) -> Option<&mut Parcel> {
        self.all.iter_mut().find(|parcel| parcel.id == id)
    }

    pub(super) fn offered(&mut self, offer: u64) -> Option<&mut Parcel> {
        self.all.iter_mut().find(|parcel| parcel.offer == Some(offer))
    }

    pub(super) fn add(&mut self, with: &Name, name: &str, stage: Stage, now: Now) -> &mut Parcel {
        self.last += 1;
        let (with, name) = (with.clone(), name.to_owned());
        let (saved, progress, told) = (String::new(), Progress::default(), now.mono);
        let (offer, hash, token, typed) = (None, None, None, None);
        let id = self.last;
        let parcel = Parcel {
            id,
            offer,
            with,
            name,
            saved,
            size: 0,
            hash,
            token,
            stage,
            progress,
            told,
            typed,
            known: true,
        };
        let place = self.all.len();
        self.all.push(parcel);
        &mut self.all[place]
    }

    /// It is over, however it ended.
    pub(super) fn remove(&mut self, id: Id) -> Option<Parcel> {
        let place = self.all.iter().position(|parcel| parcel.id == id)?;
        self.errands.push(Errand::Stop { id });
        Some(self.all.remove(place))
    }

    /// Whether a script still waits for one that it has begun.
    pub(super) fn are_awaited(&self) -> bool {
        self.all.iter().any(|parcel| parcel.typed.is_some())
    }
}

/// A request about one file.
pub(super) fn asks(row: &'static Command, parcel: &Parcel) -> Ask {
    Ask { file: Some(parcel.id), ..asks_of(row, parcel.offer.unwrap_or_default()) }
}

pub(super) fn asks_of(row: &'static Command, offer: u64) -> Ask {
    let mut args = Args::default();
    args.set("offer", Value::Number(offer));
    Ask::new(row, &args)
}
