//! Files that are offered and what becomes of them, as sentences.
//!
//! Knows no framing. Why apart from the other sentences: `chatc` says some of them in words of its own.

use crate::core::files::{Offer, Transfer, TransferState};
use crate::core::reject::FileFault;
use crate::locale::Words;

/// A number of bytes as people read it: `512 B`, `1.5 MiB`.
pub fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut scaled = bytes as f64 / 1024.0;
    for unit in units {
        // Rounded it must not read as 1024.0.
        if scaled < 1023.95 {
            return if bytes < 1024 { format!("{bytes} B") } else { format!("{scaled:.1} {unit}") };
        }
        scaled /= 1024.0;
    }
    format!("{scaled:.1} EiB")
}

/// That somebody offers a file to whoever reads it at a plain terminal.
pub fn offered(words: &Words, offer: &Offer) -> String {
    let from = ("from", (&*offer.from).into());
    words.say(
        "offer-heard",
        &[from, ("name", (&*offer.file.name).into()), ("size", size(offer.file.size).into())],
    )
}

/// What has become of an offer; none where there is nothing to say yet.
pub fn transfer(words: &Words, told: &Transfer) -> Option<String> {
    let id = match told.state {
        TransferState::Relay => return None,
        TransferState::Accepted => "offer-accepted",
        TransferState::Declined => "offer-declined",
        TransferState::Cancelled if told.reason.is_some() => "offer-cancelled-because",
        TransferState::Cancelled => "offer-cancelled",
        TransferState::Done => "offer-done",
        TransferState::Expired => "offer-expired",
        TransferState::Failed => "offer-failed",
    };
    let mut args = vec![("name", told.name.as_str().into())];
    args.extend(told.reason.as_deref().map(|reason| ("reason", reason.trim_end_matches('.').into())));
    Some(words.say(id, &args))
}

pub(super) fn fault(words: &Words, fault: FileFault) -> String {
    let id = match fault {
        FileFault::Name => "file-fault-name",
        FileFault::Size => "file-fault-size",
        FileFault::Hash => "file-fault-hash",
        FileFault::Direct => "file-fault-direct",
    };
    words.say(id, &[])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (bytes, shown) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1_048_575, "1.0 MiB"),
            (3 << 19, "1.5 MiB"),
            (4 << 30, "4.0 GiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
