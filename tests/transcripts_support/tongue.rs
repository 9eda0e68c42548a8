//! How somebody speaks: lines as they are, messages of a WebSocket, or requests of HTTP.
//!
//! Knows no world. Why it is written here and not taken from the server: two ends of one mind would
//! agree on a mistake.

use super::script::Door;

/// Fields that every answer has, and that say nothing about what was asked.
const PLAIN_FIELDS: [&str; 8] = [
    "date",
    "content-type",
    "content-length",
    "cache-control",
    "x-content-type-options",
    "x-accel-buffering",
    "transfer-encoding",
    "vary",
];

#[derive(Debug, Default)]
pub enum Tongue {
    #[default]
    Bytes,
    /// Masked frames one way, frames the other, after an opening.
    Frames { path: &'static str, open: bool },
    /// `METHOD PATH [Field: value] body`, and `STATUS [Field: value] body`.
    Http { chunks: bool },
}

impl Tongue {
    pub fn of(door: Door) -> Tongue {
        match door {
            Door::WebSocket => Tongue::Frames { path: "/ws", open: false },
            Door::Simple => Tongue::Frames { path: "/ws/chat", open: false },
            Door::Http => Tongue::Http { chunks: false },
            Door::Auto
            | Door::PinnedText
            | Door::PinnedJson
            | Door::PinnedHttp
            | Door::PinnedIrc
            | Door::Control => Tongue::Bytes,
        }
    }

    /// What is sent as soon as the connection stands.
    pub fn opening(&self) -> Vec<u8> {
        match self {
            Tongue::Frames { path, .. } => format!(
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            )
            .into_bytes(),
            Tongue::Bytes | Tongue::Http { .. } => Vec::new(),
        }
    }

    /// A typed line as bytes.
    pub fn say(&self, line: &[u8]) -> Vec<u8> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        match self {
            Tongue::Bytes => line.to_vec(),
            Tongue::Frames { .. } => masked(text),
            Tongue::Http { .. } => request(std::str::from_utf8(text).expect("a request is text")),
        }
    }

    /// What has come, taken out of `bytes` as far as it is whole: as it stands in a script behind a name.
    pub fn hear(&mut self, bytes: &mut Vec<u8>) -> Vec<String> {
        let mut items = Vec::new();
        while let Some((found, length)) = match self {
            Tongue::Bytes => None,
            Tongue::Frames { open, .. } if !*open => answer(bytes).map(|answer| {
                *open = answer.status == 101;
                (if *open { Vec::new() } else { answer.items }, answer.length)
            }),
            Tongue::Frames { .. } => frame(bytes),
            Tongue::Http { chunks } if *chunks => chunk(bytes),
            Tongue::Http { chunks } => answer(bytes).map(|answer| {
                *chunks = answer.chunks;
                (answer.items, answer.length)
            }),
        } {
            items.extend(found);
            bytes.drain(..length);
        }
        items
    }
}

/// A text message in one frame (RFC 6455 §5.2).
fn masked(text: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![0x81];
    match text.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&u16::try_from(long).expect("transcripts are short").to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(text.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

fn frame(bytes: &[u8]) -> Option<(Vec<String>, usize)> {
    let (&[first, short], rest) = bytes.split_first_chunk()?;
    let (length, start) = match short {
        126 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    let payload = bytes.get(start..start + length)?;
    let text = String::from_utf8_lossy(payload);
    let item = match first {
        0x81 => format!("< {text}"),
        0x89 => format!("<ping {text}").trim_end().to_owned(),
        0x8a => format!("<pong {text}").trim_end().to_owned(),
        0x88 => format!("<close {}", payload.first_chunk().map_or(0, |code| u16::from_be_bytes(*code))),
        other => format!("<frame {other:02x} {text}"),
    };
    Some((vec![item], start + length))
}

/// `METHOD PATH [Field: value] body` as a request.
fn request(line: &str) -> Vec<u8> {
    let mut words = line.splitn(3, ' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (mut fields, mut body) = (String::new(), words.next().unwrap_or(""));
    while let Some((field, rest)) = body.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        fields.push_str(&format!("{field}\r\n"));
        body = rest.trim_start();
    }
    if !body.is_empty() {
        fields.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n{body}").into_bytes()
}

struct Heard {
    status: u16,
    items: Vec<String>,
    chunks: bool,
    length: usize,
}

/// A whole answer, or the head of one that comes in chunks.
fn answer(bytes: &[u8]) -> Option<Heard> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).expect("a head is ASCII");
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("an answer has a status");
    let fields: Vec<(String, &str)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    let length = field("content-length").map_or(0, |length| length.parse().expect("a length is a number"));
    let body = std::str::from_utf8(bytes.get(end..end + length)?).expect("answers are text");
    let shown = head.lines().skip(1).filter(|line| {
        let name = line.split(':').next().unwrap_or("").to_ascii_lowercase();
        !line.is_empty() && !PLAIN_FIELDS.contains(&name.as_str())
    });
    let shown: String = shown.map(|line| format!(" [{line}]")).collect();
    let mut lines = body.lines();
    let mut items = vec![format!("< {status}{shown} {}", lines.next().unwrap_or("")).trim_end().to_owned()];
    items.extend(lines.map(|line| format!("< {line}")));
    let chunks = field("transfer-encoding") == Some("chunked");
    Some(Heard { status: status.parse().expect("a status is a number"), items, chunks, length: end + length })
}

/// A chunk (RFC 9112 §7.1); the empty lines between events are not worth a line.
fn chunk(bytes: &[u8]) -> Option<(Vec<String>, usize)> {
    let end = bytes.windows(2).position(|two| two == b"\r\n")?;
    let size = std::str::from_utf8(&bytes[..end]).expect("a size is ASCII");
    let size = usize::from_str_radix(size, 16).expect("a size is a number");
    let start = end + 2;
    let body = std::str::from_utf8(bytes.get(start..start + size)?).expect("events are text");
    bytes.get(start + size..start + size + 2)?;
    let lines = body.lines().filter(|line| !line.is_empty()).map(|line| format!("< {line}"));
    let items = if size == 0 { vec!["<end".to_owned()] } else { lines.collect() };
    Some((items, start + size + 2))
}
