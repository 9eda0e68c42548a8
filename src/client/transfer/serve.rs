//! The sender's side: the receiver comes for the file here, or it is brought to the relay.
//!
//! Knows nothing of what is offered to whom. Why one receiver at a time: a token is for one person,
//! whose next connection means that the last one is broken.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::time::Instant;

use super::heads::{self, Asked};
use super::link::Link;
use super::source::{Sent, send};
use super::task::Task;
use super::{Tiding, Way, Why};
use crate::limits::FILE_STRANGERS_MAX;

/// Answers whoever has the token, until it is to stop, or too many have come without.
pub fn serve(listener: TcpListener, file: &File, size: u64, token: &str, mut task: Task) {
    let mut strangers = 0;
    while strangers < FILE_STRANGERS_MAX {
        let stop = task.stop.clone();
        let Ok(mut link) = Link::accept(&listener, &stop, task.patience.direct) else {
            return;
        };
        let Some(from) = heads::read(&mut link).ok().and_then(|(head, _)| known(&head, token, size)) else {
            strangers += 1;
            // Whoever it is may as well not hear it.
            let _ = link.write_all(heads::NOTHING.as_bytes());
            continue;
        };
        let head = heads::sends(from, size);
        if send(&mut link, &head, file, from, size, Way::Direct, &mut task) == Sent::Changed {
            return task.tells(Tiding::Failed { id: task.id, why: Why::Changed });
        }
    }
}

/// From where the receiver wants it; none for anybody else.
fn known(head: &[u8], token: &str, size: u64) -> Option<u64> {
    let Asked { token: given, from } = heads::asked(head)?;
    // Digests are compared in constant time, so that nobody finds the token byte by byte.
    let same = blake3::hash(given.as_bytes()) == blake3::hash(token.as_bytes());
    (same && from <= size).then_some(from)
}

/// Brings what is from `from` on to the relay, where the receiver waits.
pub fn push(file: &File, size: u64, token: &str, from: u64, mut task: Task) {
    let stop = task.stop.clone();
    let mut wait = task.patience.first;
    let given_up = Instant::now() + task.patience.relay;
    // Once it is connected, it is for the receiver to come again, and to say from where.
    let (mut link, server) = loop {
        let deadline = (Instant::now() + task.patience.direct).min(given_up);
        match task.server().and_then(|to| Ok((Link::connect(to, &stop, deadline)?, to))) {
            Ok(connected) => break connected,
            Err(_) if Instant::now() < given_up && stop.sleep(wait) => {
                wait = (wait * 2).min(task.patience.max);
            }
            Err(_) => return,
        }
    };
    let head = heads::put(server, token, from, size);
    match send(&mut link, &head, file, from, size, Way::Relay, &mut task) {
        // What was written is not read before the answer: a connection closed too early may lose it.
        Sent::All => drop(heads::read(&mut link)),
        Sent::Broken => {}
        Sent::Changed => task.tells(Tiding::Failed { id: task.id, why: Why::Changed }),
    }
}
