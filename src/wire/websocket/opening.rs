//! The opening of a WebSocket: what a request must have to become one (RFC 6455 §4.2).
//!
//! Knows no page: whether one may come from there is decided by whoever calls. Why the server speaks
//! no subprotocol: one that a client insists on would be the only thing said about it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use crate::wire::http::{Head, Method};

/// Appended to a client's key (RFC 6455 §1.3).
const MAGIC: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Why a request becomes no WebSocket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// It does not ask for one, or for another version than 13: 426, which says what is spoken (RFC 9110 §15.5.22).
    Upgrade,
    /// What it asks for is not sound: the id of the sentence that says why.
    Unsound(&'static str),
}

/// The bytes that open the WebSocket.
///
/// # Errors
///
/// Why not; the connection goes on as HTTP.
pub fn opening(head: &Head) -> Result<Vec<u8>, Refusal> {
    // It begins with HTTP/1.1, as chunks do.
    if head.method != Method::Get
        || !head.takes_chunks
        || !head.lists("upgrade", "websocket")
        || !head.lists("connection", "upgrade")
    {
        return Err(Refusal::Upgrade);
    }
    if head.field("sec-websocket-version") != Some("13") {
        return Err(Refusal::Upgrade);
    }
    if head.field("sec-websocket-protocol").is_some() {
        return Err(Refusal::Unsound("websocket-subprotocol"));
    }
    let mut keys = head.all("sec-websocket-key");
    let key = keys.next().filter(|key| is_key(key) && keys.next().is_none());
    let key = key.ok_or(Refusal::Unsound("websocket-key"))?;
    Ok(format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        accept(key)
    )
    .into_bytes())
}

/// Sixteen bytes in base64 (RFC 6455 §4.1).
fn is_key(key: &str) -> bool {
    STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16)
}

fn accept(key: &str) -> String {
    STANDARD.encode(Sha1::new().chain_update(key).chain_update(MAGIC).finalize())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_the_standard() {
        // RFC 6455 §1.3.
        assert_eq!(super::accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(super::is_key("dGhlIHNhbXBsZSBub25jZQ=="));
        assert!(!super::is_key("c2hvcnQ="));
    }
}
