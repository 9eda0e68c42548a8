//! WebSockets as the clients of the tool speak them: the opening, masked frames one way, whole frames
//! the other (RFC 6455).
//!
//! It must not know what the frames say. Why only headers are read: a listener's frames are compared
//! with what others got as one block of bytes, and the tool must stay cheaper than the server.

/// What makes a connection a WebSocket; the key is the example of RFC 6455 §1.3.
pub const OPENING: &[u8] =
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const OPENED: &[u8] = b"HTTP/1.1 101 ";
const TEXT: u8 = 0x81;
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
/// Longer payloads have their length behind the second byte.
const SHORT_BYTES_MAX: usize = 125;

/// A text of at most 125 bytes as a client sends it.
pub fn masked(text: &[u8]) -> Vec<u8> {
    assert!(text.len() <= SHORT_BYTES_MAX, "the tool says nothing longer");
    let mut frame = vec![TEXT, 0x80 | text.len() as u8];
    frame.extend_from_slice(&MASK);
    frame.extend(text.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// How long the answer to the opening is, once it is whole; an error when it is another answer.
pub fn opened(bytes: &[u8]) -> Result<Option<usize>, String> {
    let answer = &bytes[..bytes.len().min(OPENED.len())];
    if !OPENED.starts_with(answer) {
        return Err(super::clients::said(bytes));
    }
    Ok(memchr::memmem::find(bytes, b"\r\n\r\n").map(|end| end + 4))
}

/// How many bytes at the start are whole frames.
pub fn whole(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((_, end)) = first(rest) {
        rest = &rest[end..];
    }
    bytes.len() - rest.len()
}

/// The frames of a block, each with its payload.
pub fn frames(block: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let (start, end) = first(rest)?;
        let frame = &rest[..end];
        rest = &rest[end..];
        Some((frame, &frame[start..]))
    })
}

/// Where the payload of the first frame starts and ends, if it is all there. No frame is longer than 64 KiB.
fn first(bytes: &[u8]) -> Option<(usize, usize)> {
    let (start, length) = match *bytes {
        [_, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
        [_, 126, ..] => return None,
        [_, short, ..] => (2, usize::from(short)),
        [..] => return None,
    };
    (bytes.len() >= start + length).then_some((start, start + length))
}
