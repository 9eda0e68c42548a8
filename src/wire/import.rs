//! Why a line of an import cannot be kept, as a sentence.
//!
//! Knows no file: its reader knows which line of it this is. Why apart from the other words:
//! only admins ever read them.

use super::words::name_fault;
use crate::core::export::{ImportFault, Misfit};
use crate::locale::Words;

pub fn misfit(words: &Words, misfit: &Misfit) -> String {
    let why = match &misfit.why {
        ImportFault::Form(why) => words.say("import-form", &[("why", why.as_str().into())]),
        ImportFault::Room(fault) | ImportFault::Nick(fault) => {
            words.say("import-name", &[("fault", name_fault(words, *fault).into())])
        }
        ImportFault::Text => words.say("import-text", &[]),
        ImportFault::Versions => words.say("import-versions", &[]),
        ImportFault::Future => words.say("import-future", &[]),
        ImportFault::NoRoom => words.say("import-no-room", &[]),
        ImportFault::Public => words.say("import-public", &[]),
        ImportFault::Differs => words.say("import-differs", &[]),
        ImportFault::Hole { next } => words.say("import-hole", &[("next", next.to_string().into())]),
        ImportFault::Earlier => words.say("import-earlier", &[]),
    };
    let room = ("room", misfit.room.as_str().into());
    match misfit.seq {
        None if misfit.room.is_empty() => words.say("bad-import-line", &[("why", why.into())]),
        None => words.say("bad-import-room", &[room, ("why", why.into())]),
        Some(seq) => words.say("bad-import", &[room, ("seq", seq.to_string().into()), ("why", why.into())]),
    }
}
