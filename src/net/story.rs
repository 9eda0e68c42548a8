//! What the log is told of people: who comes, who goes and why, who is refused or put out.
//!
//! Decides nothing, and never names what is said. Why it stands with the connections: here the one
//! place passes by where a nickname, an address and the reason of a goodbye are known at once; the
//! core knows no log.

use super::connection::Connection;
use crate::core::effect::Origin;
use crate::core::event::{Event, Farewell};
use crate::core::reject::Reject;
use crate::core::reply::Reply;
use crate::wire::words::farewell_word;

/// A reply is on its way to this connection: it may be the one that lets somebody in.
pub fn answered<S>(connection: &mut Connection<S>, reply: &Result<Reply, Reject>) {
    let reply = match reply {
        Ok(Reply::Unrecorded(inner)) => inner,
        Ok(reply) => reply,
        Err(reject) => return refused(connection, reject.code()),
    };
    if let Reply::Welcome(welcome) = reply {
        let (nick, peer, kind) = (&*welcome.nick, peer(connection), connection.kind());
        if connection.returned {
            log::info!(fact = "back", nick = nick, peer = peer.as_str(); "{nick} is back from {peer} ({kind})");
        } else {
            log::info!(fact = "came", nick = nick, peer = peer.as_str(); "{nick} has come from {peer} ({kind})");
        }
        connection.nick = Some(welcome.nick.clone());
    } else if let Reply::Renamed { nick } = reply {
        connection.nick = Some(nick.clone());
    }
}

/// A reply answers a request of HTTP: it may let in somebody who has no connection.
pub fn answered_by_token<S>(connection: &Connection<S>, reply: &Result<Reply, Reject>) {
    match reply {
        Ok(Reply::Welcome(welcome)) => {
            let (nick, peer) = (&*welcome.nick, peer(connection));
            log::info!(fact = "came", nick = nick, peer = peer.as_str(); "{nick} has come from {peer} (http)");
        }
        Ok(_) => {}
        Err(reject) => refused(connection, reject.code()),
    }
}

fn refused<S>(connection: &Connection<S>, code: &str) {
    if matches!(connection.from, Origin::User { .. }) {
        // An admin's commands have a line each, with what became of them.
        return;
    }
    let peer = peer(connection);
    match connection.nick.as_deref() {
        Some(nick) => {
            log::info!(fact = "refused", nick = nick, code = code, peer = peer.as_str(); "refused: {code}, to {nick}");
        }
        None => log::info!(fact = "refused", code = code, peer = peer.as_str(); "refused: {code}, to {peer}"),
    }
}

/// Somebody speaks TLS where there is no certificate for it.
pub fn refused_tls<S>(connection: &Connection<S>) {
    let peer = peer(connection);
    log::info!(
        fact = "refused", code = "wrong_protocol", peer = peer.as_str();
        "refused: TLS on a listener without a certificate, to {peer}"
    );
}

/// An event goes out: of some that one person alone is told, nobody else may learn.
pub fn told(event: &Event) {
    if let Event::Yours(inner) = event
        && let Event::Kicked { nick, by, room: Some(room), reason, at: _ } = &**inner
    {
        let why = why(reason.as_deref());
        log::info!(
            fact = "kicked", nick = &**nick, by = &**by, room = &**room;
            "{by} has put {nick} out of {room}{why}"
        );
    }
}

/// The last words to this connection are on their way.
pub fn parted<S>(connection: &mut Connection<S>, farewell: &Farewell) {
    match farewell {
        Farewell::Kicked { nick, by, reason, at: _ } => {
            connection.nick = None;
            let why = why(reason.as_deref());
            log::info!(fact = "kicked", nick = &**nick, by = &**by; "{by} has put {nick} out{why}");
        }
        // One line says it of all.
        Farewell::Shutdown { .. } => connection.nick = None,
        Farewell::Quit
        | Farewell::Banned { .. }
        | Farewell::Flood
        | Farewell::OverlongLines
        | Farewell::LoginTimeout
        | Farewell::Idle
        | Farewell::SlowConsumer
        | Farewell::NotAllowed
        | Farewell::Replaced
        | Farewell::Full
        | Farewell::TooManyFromAddress
        | Farewell::WrongProtocol => gone(connection, farewell_word(farewell)),
    }
}

/// The connection is lost, without a goodbye if there was none.
pub fn lost<S>(connection: &mut Connection<S>) {
    gone(connection, "lost");
}

/// Says once that whoever came by it has gone.
fn gone<S>(connection: &mut Connection<S>, code: &str) {
    if let Some(nick) = connection.nick.take() {
        let peer = peer(connection);
        log::info!(
            fact = "left", nick = &*nick, code = code, peer = peer.as_str();
            "{nick} has gone: {code}"
        );
    }
}

fn peer<S>(connection: &Connection<S>) -> String {
    match connection.from {
        Origin::Network(address) => address.to_string(),
        Origin::User { uid } => format!("uid {uid}"),
    }
}

/// The reason behind a sentence, if there is one.
fn why(reason: Option<&str>) -> String {
    reason.map_or(String::new(), |reason| format!(": {reason}"))
}
