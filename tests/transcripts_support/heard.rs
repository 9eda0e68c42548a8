//! What one person hears: bytes into the lines of a transcript.
//!
//! Knows no world. Why what is no plain line is quoted: a missing line end or a
//! carriage return is part of what a client sees.

use super::escape;
use super::tongue::Tongue;

#[derive(Default, Debug)]
pub struct Heard {
    bytes: Vec<u8>,
    pub tongue: Tongue,
    closed: bool,
    /// As they stand in a script behind the name: `< TEXT`, `<< "TEXT\r\n"`, `: closed`.
    items: Vec<String>,
}

impl Heard {
    pub fn of(tongue: Tongue) -> Heard {
        Heard { tongue, ..Heard::default() }
    }

    pub fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let whole = self.tongue.hear(&mut self.bytes);
        self.items.extend(whole);
        if !matches!(self.tongue, Tongue::Bytes) {
            return;
        }
        while let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.bytes.drain(..=end).collect();
            self.items.push(item(&line));
        }
    }

    /// Nothing more will come.
    pub fn close(&mut self) {
        if !std::mem::replace(&mut self.closed, true) {
            let rest = std::mem::take(&mut self.bytes);
            if !rest.is_empty() {
                self.items.push(item(&rest));
            }
            self.items.push(": closed".to_owned());
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// How much there is to give.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn give(&mut self) -> Vec<String> {
        std::mem::take(&mut self.items)
    }
}

fn item(line: &[u8]) -> String {
    let plain = line.strip_suffix(b"\n").and_then(|text| std::str::from_utf8(text).ok());
    match plain {
        Some(text) if escape::is_plain(text) => format!("< {text}").trim_end().to_owned(),
        Some(_) | None => format!("<< {}", escape::quote(line)),
    }
}
