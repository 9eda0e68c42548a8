//! A single connection in front of a whole exchange, fed in pieces.
//!
//! Knows no request. Why through the exchange as well: the pieces meet there, on
//! their way from the socket to the hub.

use std::io::{self, Read, Write};

use chatd::core::effect::Origin;
use chatd::core::entry::Rows;
use chatd::core::hub::Hub;
use chatd::core::settings::Settings;
use chatd::core::time::{Mono, Now, Wall};
use chatd::locale::Lang;
use chatd::net::bounds::Bounds;
use chatd::net::connection::Speaks;
use chatd::net::exchange::{Exchange, Stream};
use chatd::wire::Voices;
use jiff::tz::TimeZone;

#[derive(Default)]
struct Socket {
    coming: Vec<u8>,
    heard: Vec<u8>,
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.coming.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let coming = std::mem::take(&mut self.coming);
        buffer[..coming.len()].copy_from_slice(&coming);
        Ok(coming.len())
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.heard.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Socket {
    fn end_writing(&mut self) {}
}

/// All that is answered, and all that is to be kept.
pub fn answers(pieces: &[&[u8]]) -> (String, Vec<String>) {
    let now = Now { mono: Mono(1_000), wall: Wall(1_795_242_600_000) };
    let settings = Settings { rate: 0, ..Settings::default() };
    let hub = Hub::restore(now, settings, Rows::default(), [7; 32]);
    let voices = Voices::new(Lang::En, &TimeZone::UTC, "chatd");
    let bounds = Bounds { line_bytes: 60, ..Bounds::default() };
    let mut exchange = Exchange::new(hub, voices, bounds);
    let from = Origin::Network(([127, 0, 0, 1], 4000).into());
    let id = exchange.open(now, Socket::default(), Speaks::Auto, from).expect("there is room for one");
    let mut kept = Vec::new();
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        exchange.socket_mut(id).expect("it is there").coming.extend_from_slice(piece);
        exchange.mark_readable(id);
        exchange.take_in(now);
        exchange.settle(now);
        kept.extend(exchange.take_jobs().into_iter().map(|job| format!("{job:?}")));
        exchange.flush(now);
        exchange.reap();
        exchange.check();
    }
    let heard = &exchange.socket_mut(id).expect("no time has passed in which it could go").heard;
    (String::from_utf8(heard.clone()).expect("all that is sent is UTF-8"), kept)
}
