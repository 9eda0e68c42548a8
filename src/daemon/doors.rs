//! The listening sockets and who comes in by them.
//!
//! Knows no protocol. Why accepting can pause: without a free descriptor the
//! queue never empties, and the poll tells of it only once.

use std::io;

use mio::{Registry, Token};
use rustix::io::Errno;

use super::config::Listen;
use super::listening::{self, Opened, Source};
use super::manager::Manager;
use super::settings;
use crate::core::effect::Origin;
use crate::core::time::{Mono, Now};
use crate::limits::{ACCEPT_PAUSE_MS, ACCEPTS_PER_TURN, LISTEN_BACKLOG};
use crate::net::connection::Speaks;
use crate::net::exchange::{Exchange, Turned};
use crate::net::listener::{Listener, Reserve};
use crate::net::socket::Socket;

/// Doors have the tokens from here to below `CONNECTIONS`.
const DOORS: usize = 2;
/// A connection's token is its slot behind this.
pub const CONNECTIONS: usize = 1024;

struct Door {
    token: Token,
    listener: Listener,
    source: Source,
    /// Somebody may be in its queue.
    waiting: bool,
}

pub struct Doors {
    doors: Vec<Door>,
    reserve: Reserve,
    /// Set while no descriptor is free.
    paused_until: Option<Mono>,
    ping_ms: u64,
}

impl Doors {
    /// Watches the listeners from now on.
    pub fn new(opened: Vec<Opened>, registry: &Registry, ping_ms: u64) -> io::Result<Doors> {
        let mut doors = Doors { doors: Vec::new(), reserve: Reserve::new(), paused_until: None, ping_ms };
        opened.into_iter().try_for_each(|one| doors.add(one, registry))?;
        Ok(doors)
    }

    fn add(&mut self, opened: Opened, registry: &Registry) -> io::Result<()> {
        let Opened { mut listener, source } = opened;
        let taken = |token: &Token| self.doors.iter().any(|door| door.token == *token);
        let token = (DOORS..CONNECTIONS).map(Token).find(|token| !taken(token));
        let token = token.expect("the configuration and what is inherited are bounded far below");
        listener.register(registry, token)?;
        // Whoever came before it was watched stands in its queue already, and its edge may be past.
        self.doors.push(Door { token, listener, source, waiting: true });
        Ok(())
    }

    /// Which door each listener of a configuration has already; no two have the same. One that was configured so comes
    /// before one that only listens there: with port 0 the two differ.
    fn matching(&self, wanted: &[Listen]) -> Vec<Option<usize>> {
        let mut matched = vec![None; wanted.len()];
        let configured = |door: &Door, listen: &Listen| door.source == Source::Configured(listen.address);
        let there = |door: &Door, listen: &Listen| {
            matches!(door.source, Source::Configured(_))
                && door.listener.address().is_some_and(|address| listening::is_for(address, listen.address))
        };
        for fits in [&configured as &dyn Fn(&Door, &Listen) -> bool, &there] {
            for place in 0..wanted.len() {
                if matched[place].is_none() {
                    let mut doors = self.doors.iter().enumerate();
                    let free =
                        doors.find(|(at, door)| fits(door, &wanted[place]) && !matched.contains(&Some(*at)));
                    matched[place] = free.map(|(at, _)| at);
                }
            }
        }
        matched
    }

    /// The socket unit's door that serves this address.
    fn of_unit(&mut self, listen: &Listen) -> Option<&mut Door> {
        let serves = |door: &&mut Door| {
            door.source == Source::Unit && listening::covers(&door.listener, listen.address)
        };
        self.doors.iter_mut().find(serves)
    }

    /// Opens what a new configuration wants and is not open yet. Nothing is watched or closed before `change`.
    ///
    /// # Errors
    ///
    /// The place of the listener that cannot be opened, and why.
    pub fn open_more(&mut self, wanted: &[Listen]) -> Result<Vec<Opened>, (usize, String)> {
        let matched = self.matching(wanted);
        let mut opened: Vec<Opened> = Vec::new();
        for (place, listen) in wanted.iter().enumerate() {
            if matched[place].is_some() || self.of_unit(listen).is_some() {
                continue;
            }
            let here = self.doors.iter().map(|door| &door.listener);
            let others: Vec<&Listener> = here.chain(opened.iter().map(|one| &one.listener)).collect();
            let listener = listening::tcp(listen, &others).map_err(|sentence| (place, sentence))?;
            opened.push(listening::configured(listener, listen));
        }
        Ok(opened)
    }

    /// Goes over to a new configuration: what was opened for it is watched, then the doors that it does not name are
    /// closed. Who stands in the queue of one of those is let in first.
    ///
    /// # Errors
    ///
    /// What could not be watched.
    pub fn change(
        &mut self,
        now: Now,
        (wanted, opened): (&[Listen], Vec<Opened>),
        registry: &Registry,
        exchange: &mut Exchange<Socket>,
        manager: &Manager,
    ) -> io::Result<()> {
        let matched = self.matching(wanted);
        for (listen, at) in wanted.iter().zip(&matched) {
            let speaks = settings::speaks(listen.protocol);
            if let Some(at) = *at {
                self.doors[at].source = Source::Configured(listen.address);
                self.doors[at].listener.speaks = speaks;
            } else if let Some(door) = self.of_unit(listen)
                && door.listener.address() == Some(listen.address)
            {
                door.listener.speaks = speaks;
            }
        }
        let leaves = |at: &usize| {
            matches!(self.doors[*at].source, Source::Configured(_)) && !matched.contains(&Some(*at))
        };
        let leaving: Vec<usize> = (0..self.doors.len()).filter(leaves).collect();
        // From the back, so that the places of the others stay.
        for at in leaving.into_iter().rev() {
            self.close_one(now, at, registry, exchange, manager);
        }
        for mut one in opened {
            listening::keep(&mut one, manager);
            self.add(one, registry)?;
        }
        Ok(())
    }

    fn close_one(
        &mut self,
        now: Now,
        at: usize,
        registry: &Registry,
        exchange: &mut Exchange<Socket>,
        manager: &Manager,
    ) {
        self.doors[at].waiting = true;
        // Its queue holds no more; who still comes while it empties must not hold up the turn.
        for _ in 0..LISTEN_BACKLOG {
            if !self.doors[at].waiting || !self.accept_one(now, at, registry, exchange) {
                break;
            }
        }
        let mut door = self.doors.remove(at);
        manager.forget(&listening::name(&door.listener));
        door.listener.stop();
        // It goes with its descriptor anyway.
        let _ = door.listener.deregister(registry);
    }

    pub fn set_ping(&mut self, ping_ms: u64) {
        self.ping_ms = ping_ms;
    }

    pub fn mark_waiting(&mut self, token: Token) {
        if let Some(door) = self.doors.iter_mut().find(|door| door.token == token) {
            door.waiting = true;
        }
    }

    /// When accepting goes on, if it pauses or stopped at its budget.
    pub fn next_deadline(&self) -> Option<Mono> {
        let waiting = self.doors.iter().any(|door| door.waiting);
        waiting.then(|| self.paused_until.unwrap_or(Mono(0)))
    }

    /// The TCP addresses that are listened on.
    pub fn addresses(&self) -> Vec<String> {
        self.doors.iter().filter_map(|door| door.listener.address()).map(|one| one.to_string()).collect()
    }

    /// Lets in who waits, up to a budget for each door.
    pub fn accept(&mut self, now: Now, registry: &Registry, exchange: &mut Exchange<Socket>) {
        if self.paused_until.is_some_and(|until| now.mono < until) {
            return;
        }
        for index in 0..self.doors.len() {
            for _ in 0..ACCEPTS_PER_TURN {
                if !self.doors[index].waiting || !self.accept_one(now, index, registry, exchange) {
                    break;
                }
            }
        }
    }

    /// False: nobody more can be let in now.
    fn accept_one(
        &mut self,
        now: Now,
        index: usize,
        registry: &Registry,
        exchange: &mut Exchange<Socket>,
    ) -> bool {
        let door = &mut self.doors[index];
        let (socket, from) = match door.listener.accept() {
            Ok(accepted) => {
                if self.paused_until.take().is_some() {
                    log::info!(fact = "descriptors_free"; "descriptors are free again");
                }
                accepted
            }
            Err(error) => return self.refused(now, index, &error, exchange),
        };
        if let Err(error) = socket.tune(self.ping_ms) {
            log::debug!(fact = "connection_failed"; "a connection went before it was there: {error}");
            return true;
        }
        let speaks = door.listener.speaks;
        match exchange.open(now, socket, speaks, from) {
            Ok(id) => {
                let token = Token(CONNECTIONS + id.slot as usize);
                let registered = exchange.socket_mut(id).map(|socket| socket.register(registry, token));
                if let Some(Err(error)) = registered {
                    log::warn!(fact = "connection_failed"; "a connection cannot be watched: {error}");
                    exchange.fail(id);
                }
                // What came with it stands in the socket already, and its edge may be past.
                exchange.mark_readable(id);
            }
            Err(turned) => turned_away(from, turned),
        }
        true
    }

    fn refused(&mut self, now: Now, index: usize, error: &io::Error, exchange: &Exchange<Socket>) -> bool {
        let no_descriptor = matches!(
            error.raw_os_error().map(Errno::from_raw_os_error),
            Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::NOBUFS)
        );
        match error.kind() {
            io::ErrorKind::WouldBlock => {
                self.doors[index].waiting = false;
                false
            }
            // That one is gone again; the next may be there.
            io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted => true,
            _ if no_descriptor => {
                let words = exchange.words_when_full();
                if !self.reserve.turn_away(&self.doors[index].listener, &words) {
                    // The next one to come is told of again.
                    self.doors[index].waiting = false;
                    return false;
                }
                if self.paused_until.is_none() {
                    log::warn!(fact = "no_descriptor"; "no descriptor is free: {error}; new connections have to wait");
                }
                self.paused_until = Some(now.mono.after_ms(ACCEPT_PAUSE_MS));
                false
            }
            _other => {
                log::warn!(fact = "accept_failed"; "a connection could not be accepted: {error}");
                self.paused_until = Some(now.mono.after_ms(ACCEPT_PAUSE_MS));
                false
            }
        }
    }

    /// Closes the admin's door as well.
    pub fn close_all(&mut self) {
        self.doors.clear();
    }

    /// Closes every door but the admin's: who would end the daemon must still get an answer.
    pub fn close(&mut self, registry: &Registry) {
        for door in &mut self.doors {
            if door.listener.speaks != Speaks::Control {
                // It goes with its descriptor anyway.
                let _ = door.listener.deregister(registry);
            }
        }
        self.doors.retain(|door| door.listener.speaks == Speaks::Control);
        for door in &mut self.doors {
            door.waiting = false;
        }
    }
}

fn turned_away(from: Origin, turned: Turned) {
    let (code, why) = match turned {
        Turned::Full => ("full", "limits.connections is reached"),
        Turned::TooManyFromAddress => ("too_many", "limits.connections_per_address is reached"),
    };
    let peer = match from {
        Origin::Network(address) => address.to_string(),
        Origin::User { uid } => format!("uid {uid}"),
    };
    log::info!(fact = "turned_away", code = code, peer = peer.as_str(); "turned away {peer}: {why}");
}
