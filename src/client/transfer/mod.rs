//! Files between two people: what is asked of the runner, and what it tells.
//!
//! Knows neither rooms nor words. Why plain data both ways: what a person does with offers is
//! decided in `offers`, which can then be tested without a file or a socket.

mod fetch;
mod heads;
mod link;
pub mod name;
mod path;
pub mod progress;
mod runner;
mod serve;
mod sink;
mod source;
mod task;
mod words;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod pair;
#[cfg(test)]
mod pair_tests;

use std::net::SocketAddr;

use blake3::Hash;

pub use runner::Runner;
pub use task::Patience;

/// The stay's own number of a transfer.
pub type Id = u64;

/// What the runner is to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Errand {
    /// Open the file of this path, as it was typed, find its size and checksum, and be ready for the
    /// receiver.
    Open {
        id: Id,
        typed: String,
    },
    /// Answer the receiver who comes with this token.
    Serve {
        id: Id,
        token: String,
    },
    /// Bring what is from byte `from` on to the relay.
    Push {
        id: Id,
        token: String,
        from: u64,
    },
    /// Take the name in the working directory, where this much will be needed.
    Reserve {
        id: Id,
        name: String,
        size: u64,
    },
    Fetch {
        id: Id,
        token: String,
        direct: Option<SocketAddr>,
        hash: Hash,
    },
    /// Whatever it is, it is over.
    Stop {
        id: Id,
    },
}

/// What has come of it.
#[derive(Clone, PartialEq, Debug)]
pub enum Tiding {
    Opened {
        id: Id,
        name: String,
        size: u64,
        hash: Hash,
        direct: Option<SocketAddr>,
    },
    Reserved {
        id: Id,
    },
    Progress {
        id: Id,
        bytes: u64,
        way: Way,
    },
    /// All is there under its name, and has the right checksum.
    Saved {
        id: Id,
    },
    Failed {
        id: Id,
        why: Why,
    },
}

/// Where the bytes go just now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From one person's machine to the other's.
    Direct,
    /// Through the server.
    Relay,
}

/// Why a transfer came to nothing. What the system says is in its own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    NotFound,
    Directory,
    /// A device, a pipe or a socket.
    NotFile,
    Unreadable(String),
    /// It is no longer what was offered.
    Changed,
    /// The name that it was to have is taken.
    Exists(String),
    Full,
    Unwritable(String),
    /// What came is not what was offered.
    Checksum,
    /// For too long no byte came, on no way.
    Silent,
    /// The server knows nothing of it any more.
    Unknown,
}
