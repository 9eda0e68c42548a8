//! Offers of files and what becomes of them, as a client hears them.
//!
//! Knows no wording. Why a state that is not known makes the event one of a later daemon: guessed, it
//! would have a program send bytes that nobody waits for.

use super::Fields;
use crate::core::files::{Accepted, FileInfo, Offer, Transfer, TransferState};

fn file(fields: &Fields<'_>) -> Option<FileInfo> {
    Some(FileInfo {
        name: fields.opt_text("name")?,
        size: fields.number("size")?,
        hash: fields.opt_text("hash")?,
        direct: fields.opt_text("direct").and_then(|direct| direct.parse().ok()),
    })
}

pub(super) fn accepted(fields: &Fields<'_>) -> Option<Accepted> {
    let (offer, token) = (fields.number("offer")?, fields.opt_text("token")?);
    Some(Accepted { offer, token, file: file(fields)? })
}

pub(super) fn offer(fields: &Fields<'_>) -> Option<Offer> {
    let (offer, from) = (fields.number("offer")?, fields.name("from")?);
    Some(Offer { offer, from, at: fields.at("at"), file: file(fields)? })
}

pub(super) fn transfer(fields: &Fields<'_>) -> Option<Transfer> {
    Some(Transfer {
        offer: fields.number("offer")?,
        at: fields.at("at"),
        name: fields.opt_text("name").unwrap_or_default(),
        state: TransferState::from_word(&fields.opt_text("state")?)?,
        bytes: fields.number("bytes").unwrap_or(0),
        reason: fields.opt_text("reason"),
    })
}
