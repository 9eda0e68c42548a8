//! The receiver's side: the file comes from its sender, or else from the relay, again and again
//! from where the last try ended.
//!
//! Knows nothing of offers. Why both ways are one request: what is resumed on one may have begun on
//! the other.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use blake3::Hash;

use super::heads;
use super::link::Link;
use super::sink::Sink;
use super::task::Task;
use super::{Tiding, Way, Why};
use crate::limits::FILE_PIECE_BYTES;

/// How one try ended.
enum End {
    /// The connection broke, or is not there yet: it can be tried again.
    Broken,
    /// Whoever is there does not have it.
    Useless,
    Over(Why),
}

/// Receives all of it, and gives it its name.
pub fn fetch(mut sink: Sink, token: &str, direct: Option<SocketAddr>, hash: &Hash, mut task: Task) {
    let fetched = all(&mut sink, token, direct, &mut task);
    if task.stop.is_said() {
        return;
    }
    let tiding = match fetched.and_then(|()| sink.finish(hash)) {
        Ok(()) => Tiding::Saved { id: task.id },
        Err(why) => Tiding::Failed { id: task.id, why },
    };
    task.tells(tiding);
}

fn all(sink: &mut Sink, token: &str, direct: Option<SocketAddr>, task: &mut Task) -> Result<(), Why> {
    let mut direct = direct.filter(|to| reachable(*to, task));
    let mut wait = task.patience.first;
    let mut moved = Instant::now();
    while sink.lacks() > 0 && !task.stop.is_said() {
        let had = sink.has();
        if let Some(to) = direct {
            match once(sink, to, token, Way::Direct, task) {
                End::Broken if sink.has() > had => {}
                // Who has not answered once is not asked again: the relay is there.
                End::Broken | End::Useless => direct = None,
                End::Over(why) => return Err(why),
            }
        }
        if sink.has() == had
            && let Ok(server) = task.server()
        {
            match once(sink, server, token, Way::Relay, task) {
                End::Broken => {}
                End::Useless => return Err(Why::Unknown),
                End::Over(why) => return Err(why),
            }
        }
        if sink.has() > had {
            (moved, wait) = (Instant::now(), task.patience.first);
        } else if moved.elapsed() >= task.patience.silent {
            return Err(Why::Silent);
        }
        if sink.lacks() > 0 && task.stop.sleep(wait) {
            wait = (wait * 2).min(task.patience.max);
        }
    }
    Ok(())
}

/// What the sender calls itself is itself only to the sender: to everybody else it is another.
fn reachable(to: SocketAddr, task: &Task) -> bool {
    !to.ip().is_loopback() || task.place().is_some_and(|place| place.own.is_loopback())
}

/// One connection.
fn once(sink: &mut Sink, to: SocketAddr, token: &str, way: Way, task: &mut Task) -> End {
    let stop = task.stop.clone();
    let answered = match way {
        Way::Relay => task.patience.relay,
        Way::Direct => task.patience.direct,
    };
    let asked = Instant::now();
    let Ok(mut link) = Link::connect(to, &stop, asked + task.patience.direct) else { return End::Broken };
    link.all_within(answered.saturating_sub(asked.elapsed()));
    if link.write_all(heads::get(to, token, sink.has()).as_bytes()).is_err() {
        return End::Broken;
    }
    let Ok((head, body)) = heads::read(&mut link) else { return End::Broken };
    match heads::answer(&head) {
        Some(answer) if matches!(answer.status, 200 | 206) => {
            if answer.from != sink.has() || answer.length != Some(sink.lacks()) {
                return End::Useless;
            }
        }
        // Not yet, not now, too many at once: it may go better later.
        Some(answer) if matches!(answer.status, 408 | 409 | 429 | 500..=599) => return End::Broken,
        Some(_) | None => return End::Useless,
    }
    link.each_within(task.patience.silent);
    match read_on(sink, &body, &mut link, way, task) {
        Ok(()) => End::Broken,
        Err(why) => End::Over(why),
    }
}

/// Takes what comes, but no more than is missing.
fn read_on(sink: &mut Sink, body: &[u8], link: &mut Link<'_>, way: Way, task: &mut Task) -> Result<(), Why> {
    let mut from = body.chain(link);
    let mut bytes = vec![0; FILE_PIECE_BYTES];
    while sink.lacks() > 0 {
        let room = usize::try_from(sink.lacks()).map_or(bytes.len(), |lacks| lacks.min(bytes.len()));
        // The end and an error are the same: something is missing.
        let Ok(count @ 1..) = from.read(&mut bytes[..room]) else { return Ok(()) };
        sink.take(&bytes[..count])?;
        task.progress(sink.has(), way, sink.lacks() == 0);
    }
    Ok(())
}
