//! A world: a daemon, a disk, a clock and people, moved step by step by a seed.
//!
//! Knows what must hold and not how the hub brings it about. Why one thread and
//! no clock of its own: a seed then always tells the same story.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use chatd::core::effect::Origin;
use chatd::core::entry::Rows;
use chatd::core::hub::Hub;
use chatd::core::name::{self, NameKey};
use chatd::core::time::{Mono, Now, Wall};
use chatd::limits::WALL_CLOCK_SLICE_MS;
use chatd::net::connection::Speaks;
use chatd::net::exchange::Exchange;

use super::daemon::Daemon;
use super::frames::OPENING;
use super::ledger::Ledger;
use super::options::Options;
use super::person::{Kind, Parting, Person};
use super::pipe::Pipe;
use super::random::Random;
use super::support::disk::{Disk, Fault};

/// 2026-11-21T06:30:00Z.
const START: Wall = Wall(1_795_242_600_000);
/// Turns without a fault after which what is due must have been sent.
const HEALTHY_TURNS: usize = 6;

/// The port that the first person comes from; the next one has the next, so a port tells who it is.
pub const PORT_FIRST: usize = 1_000;

pub struct World {
    pub random: Random,
    pub options: Options,
    pub now: Now,
    pub disk: Disk,
    pub daemon: Option<Daemon>,
    pub people: Vec<Person>,
    pub ledger: Ledger,
    /// The wall clock of each turn since the last fault.
    healthy: Vec<Wall>,
    /// By then a clock that was set has been noticed.
    noticed: Mono,
    pub wall_offset: i64,
    pub stopping: bool,
    digest: u64,
    port: u16,
    /// Whether everything that is asked and heard is shown.
    pub(super) tells: bool,
}

impl World {
    pub fn new(seed: u64) -> World {
        let mut random = Random::new(seed);
        let options = Options::new(&mut random);
        let mut ledger = Ledger::default();
        ledger.journal.capacity = options.settings.capacity;
        ledger.journal.edit_window_ms = options.settings.edit_window_ms;
        World {
            random,
            options,
            now: Now { mono: Mono(1_000_000), wall: START },
            disk: Disk::new(Some(seed)),
            daemon: None,
            people: Vec::new(),
            ledger,
            healthy: Vec::new(),
            noticed: Mono(0),
            wall_offset: 0,
            stopping: false,
            digest: 0xcbf2_9ce4_8422_2325,
            port: PORT_FIRST as u16,
            tells: std::env::var_os("SIM_TELL").is_some(),
        }
    }

    /// Runs to the end. Gives a digest of every byte that anybody heard.
    pub fn run(mut self) -> u64 {
        for _ in 0..self.options.steps {
            self.step();
        }
        self.finish();
        self.digest
    }

    fn step(&mut self) {
        self.start();
        for _ in 0..self.random.within(0, 3) {
            self.act();
        }
        self.trouble();
        self.send();
        self.pass();
        self.turn();
    }

    fn start(&mut self) {
        if self.daemon.is_none() {
            // A daemon that cannot write its database does not start.
            self.disk.set_fault(Fault::None);
            let daemon = Daemon::start(self.now, &self.options.settings, &self.options.bounds, &self.disk);
            self.ledger.restart();
            self.ledger.journal.restart(&daemon.exchange.hub().durable());
            self.daemon = Some(daemon);
            self.stopping = false;
            self.healthy.clear();
        }
    }

    /// Somebody new, by one of the doors.
    pub fn connect(&mut self, kind: Kind) {
        let Some(daemon) = &mut self.daemon else { return };
        if !daemon.course.is_running() {
            return;
        }
        let address = SocketAddr::from(([10, 0, 0, self.random.below(4) as u8], self.port));
        self.port += 1;
        self.ledger.journal.arrives(self.people.len(), address.ip());
        let (speaks, from) = match kind {
            Kind::Text => (self.random.pick(&[Speaks::Auto, Speaks::Text]), Origin::Network(address)),
            Kind::Json => (self.random.pick(&[Speaks::Auto, Speaks::Json]), Origin::Network(address)),
            Kind::WebSocket => (self.random.pick(&[Speaks::Auto, Speaks::Http]), Origin::Network(address)),
            Kind::Control => (Speaks::Control, Origin::User { uid: 0 }),
        };
        let slow = self.options.slow && self.random.one_in(2);
        let window = if slow { self.random.within(1, 400) as usize } else { usize::MAX / 2 };
        let (pipe, wire) = Pipe::new(self.random.next(), window);
        let mut person = Person::new(self.people.len(), kind, wire, window);
        person.stamps = kind == Kind::Text && self.random.one_in(2);
        person.pace = self.random.pick(&[0, 0, 1, 7, 40]);
        person.sent_at = self.now.mono;
        if person.frames.is_some() {
            person.typed.extend(OPENING.bytes());
        }
        match daemon.exchange.open(self.now, pipe, speaks, from) {
            Ok(id) => {
                person.id = Some(id);
                daemon.exchange.mark_readable(id);
            }
            // Turned away at the door: what they are told there may be cut short.
            Err(_) => {
                person.parting = Parting::Cut;
                person.done = true;
            }
        }
        self.people.push(person);
    }

    /// Bytes go on their way, and readers read.
    fn send(&mut self) {
        let Some(daemon) = &mut self.daemon else { return };
        for person in self.people.iter_mut().filter(|person| !person.done) {
            let Some(id) = person.id else { continue };
            let mut wire = person.wire.borrow_mut();
            let pace = if person.pace == 0 { usize::MAX } else { person.pace };
            let hurry = person.frames.as_ref().map_or(0, |frames| frames.hurry.div_ceil(2));
            let count = person.typed.len().min(pace.max(hurry));
            if count > 0 && !wire.ended && !wire.reset {
                person.silent_ms = person.silent_ms.max(self.now.mono.since_ms(person.sent_at));
                person.sent_at = self.now.mono;
                if let Some(frames) = &mut person.frames {
                    frames.hurry = frames.hurry.saturating_sub(count);
                }
                wire.sent.extend(person.typed.drain(..count));
                daemon.exchange.mark_readable(id);
            }
            let ends = person.parting == Parting::HalfClosed && person.typed.is_empty();
            if ends && !std::mem::replace(&mut wire.ended, true) {
                daemon.exchange.mark_hung_up(id);
            }
            if person.reading && wire.room < person.window {
                wire.room = person.window;
                daemon.exchange.mark_writable(id);
            }
        }
    }

    fn trouble(&mut self) {
        let Options { faults, wall_jumps, .. } = self.options;
        if self.disk.fault() != Fault::None {
            if self.random.one_in(8) {
                self.disk.set_fault(Fault::None);
            }
            self.healthy.clear();
        } else if faults > 0 && self.random.one_in(faults) {
            let faults = [Fault::Stalled, Fault::ReadOnly, Fault::Full, Fault::Middle];
            let fault = self.random.pick(&faults);
            self.disk.set_fault(fault);
            if self.tells {
                eprintln!("{} the disk: {fault:?}", self.now.mono.0);
            }
        }
        if wall_jumps > 0 && self.random.one_in(wall_jumps) {
            let jump = self.random.pick(&[-7_200_000, -61_000, -1, 1_000, 45_000, 7_200_000]);
            // Within a day in all: client ids are kept that long.
            if (self.wall_offset + jump).abs() < 36_000_000 {
                self.wall_offset += jump;
                self.now.wall.0 += jump;
                if self.tells {
                    eprintln!("{} the wall jumps by {jump}", self.now.mono.0);
                }
                self.healthy.clear();
                self.noticed = self.now.mono.after_ms(WALL_CLOCK_SLICE_MS);
            }
        }
    }

    fn pass(&mut self) {
        let ms = match self.random.below(12) {
            0..4 => 0,
            4..9 => self.random.within(1, 60),
            9 => self.random.within(100, 3_000),
            10 => match &self.daemon {
                Some(daemon) => daemon
                    .next_deadline(self.now, &self.disk)
                    .map_or(0, |next| next.since_ms(self.now.mono).min(60_000)),
                None => 0,
            },
            _ if self.options.long_waits => self.random.within(3_000, 40_000),
            _ => 10,
        };
        self.forward(ms);
    }

    pub fn forward(&mut self, ms: u64) {
        self.now.mono = self.now.mono.after_ms(ms);
        self.now.wall.0 += ms as i64;
    }

    /// One turn of the daemon, which may die before any of its phases.
    pub fn turn(&mut self) {
        let deaths = self.options.deaths;
        let dies_at =
            if deaths > 0 && self.random.one_in(deaths) { self.random.below(6) } else { usize::MAX };
        for phase in 0..6 {
            if phase == dies_at {
                return self.die();
            }
            self.phase(phase);
        }
        self.look();
        if self.daemon.as_ref().is_some_and(|daemon| daemon.is_over(self.now)) {
            self.close();
        }
    }

    fn phase(&mut self, phase: usize) {
        let now = self.now;
        let Some(daemon) = &mut self.daemon else { return };
        match phase {
            0 => {
                let (ledger, people) = (&mut self.ledger, &mut self.people);
                ledger.journal.set_wall(now.wall);
                daemon.answers(now, &mut self.disk, |exchange, stored| match stored {
                    Some(stored) => ledger.answered(stored.ticket, &stored.entry, &stored.outcome),
                    None => note_who_is_in(exchange, people, &ledger.delivered),
                });
            }
            1 => {
                daemon.take_in(now);
                note_who_is_in(&daemon.exchange, &mut self.people, &self.ledger.delivered);
            }
            2 => daemon.deadlines(now, &self.disk),
            3 => daemon.settle(now),
            4 => {
                daemon.store(now, &mut self.disk, |job| self.ledger.journal.note(job));
                if self.random.one_in(4) {
                    return;
                }
                let groups = self.random.within(1, 4) as usize;
                let committed = self.disk.work(now.mono, groups);
                self.ledger.absorb(self.disk.connection(), committed);
            }
            _last => daemon.flush(now),
        }
    }

    /// Everybody looks at what has come.
    fn look(&mut self) {
        if let Some(daemon) = &self.daemon {
            note_who_is_in(&daemon.exchange, &mut self.people, &self.ledger.delivered);
        }
        if let Some(daemon) = &self.daemon {
            self.stopping = !daemon.course.is_running();
        }
        let unrecorded = self.options.settings.allow_unrecorded;
        for person in self.people.iter_mut().filter(|person| !person.done) {
            // Before it is judged: what is wrong must be seen.
            let wire = person.wire.clone();
            if self.tells && !wire.borrow().heard.is_empty() {
                let said = String::from_utf8_lossy(&wire.borrow().heard).into_owned();
                eprintln!("{} {:?} {}: {said:?}", self.now.mono.0, person.kind, person.number);
            }
            let heard = person.listen(&mut self.ledger, unrecorded);
            for byte in heard {
                self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            let wire = person.wire.borrow();
            if wire.dropped || person.parting == Parting::Cut {
                drop(wire);
                super::oracle::judge(person, &self.ledger, &self.options, self.stopping, self.now.mono);
                person.done = true;
            }
        }
        self.nothing_due_is_left();
    }

    /// What was due some turns ago, while all was well, has been sent.
    fn nothing_due_is_left(&mut self) {
        let running = self.daemon.as_ref().is_some_and(|daemon| daemon.course.is_running());
        if !running || !self.disk.is_healthy() || self.now.mono < self.noticed {
            return self.healthy.clear();
        }
        self.healthy.push(self.now.wall);
        if self.healthy.len() < 4 * HEALTHY_TURNS || !self.healthy.len().is_multiple_of(HEALTHY_TURNS) {
            return;
        }
        let then = self.healthy[self.healthy.len() - 2 * HEALTHY_TURNS];
        let Some(daemon) = &self.daemon else { return };
        for row in daemon.exchange.hub().durable().schedules {
            let late = row.due <= then && row.made < then && !row.missed;
            assert!(!late, "message {} was due at {} and waits at {}", row.schedule, row.due, self.now.wall);
        }
    }

    /// The process ends in the middle of it.
    fn die(&mut self) {
        if self.tells {
            eprintln!("{} the daemon has ended", self.now.mono.0);
        }
        self.daemon = None;
        self.disk.forget();
        for person in self.people.iter_mut().filter(|person| !person.done) {
            person.parting = Parting::Cut;
        }
        self.look();
    }

    /// The daemon ends as it should: what it was given is committed before.
    fn close(&mut self) {
        while self.disk.fault() != Fault::Stalled && self.disk.work(self.now.mono, usize::MAX) {
            self.ledger.absorb(self.disk.connection(), true);
        }
        self.daemon = None;
        self.look();
        self.die();
    }

    /// All troubles end and nobody does anything more: now everything must come to rest.
    fn finish(&mut self) {
        self.options.deaths = 0;
        self.disk.set_fault(Fault::None);
        self.start();
        for person in &mut self.people {
            (person.pace, person.window, person.reading) = (0, usize::MAX / 2, true);
        }
        for _ in 0..60 {
            self.start();
            self.send();
            self.forward(150);
            self.turn();
        }
        while self.daemon.is_none() || self.disk.queued() > 0 {
            self.start();
            self.turn();
        }
        for person in self.people.iter().filter(|person| !person.done) {
            super::oracle::at_rest(person, &self.ledger, self.disk.connection());
        }
        self.a_restart_would_change_nothing();
        self.disk.verify();
        self.all_go();
    }

    /// What the hub holds of the database is what the next one would be given.
    fn a_restart_would_change_nothing(&self) {
        let Some(daemon) = &self.daemon else { return };
        let (here, there) = (daemon.exchange.hub().durable(), self.disk.load());
        let there = Hub::restore(self.now, self.options.settings.clone(), there, [7; 32]).durable();
        assert_eq!((here.run + 1, here.database), (there.run, there.database));
        for row in &here.schedules {
            // Only marks may be lost with a batch that failed: the sender is then told once more.
            let kept = there.schedules.iter().any(|other| other.schedule == row.schedule);
            assert!(kept, "message {} waits in memory only", row.schedule);
        }
        if self.options.faults == 0 {
            assert_eq!(here.schedules, there.schedules, "what waits");
        }
        assert_eq!(here.rooms, there.rooms, "what rooms there are");
        let lasts =
            |rows: &Rows| rows.past.iter().map(|past| (name::key(&past.room), past.last)).collect::<Vec<_>>();
        assert_eq!(lasts(&here), lasts(&there), "what rooms there were");
        // A room that was made and closed while the disk failed has left nothing there.
        if self.options.faults == 0 {
            assert_eq!(here.past, there.past, "how rooms were when they were closed");
        }
        let in_force = |rows: Rows| {
            rows.sanctions.into_iter().filter(|one| !one.is_over(self.now.wall)).collect::<Vec<_>>()
        };
        assert_eq!(in_force(here.clone()), in_force(there.clone()), "who is banned and muted");
        assert_eq!(here.reads, there.reads, "what people have read");
    }

    fn all_go(&mut self) {
        let Some(daemon) = &mut self.daemon else { return };
        for person in self.people.iter_mut().filter(|person| !person.done) {
            person.wire.borrow_mut().reset = true;
            person.parting = Parting::Vanished;
            daemon.exchange.mark_hung_up(person.id.expect("who is here has a line"));
        }
        for _ in 0..3 {
            self.turn();
        }
        let Some(daemon) = &self.daemon else { return };
        assert!(daemon.exchange.is_empty(), "{:?} are left", daemon.exchange.count_by_kind());
        assert_eq!(daemon.exchange.hub().people(), 0, "people are left");
    }
}

/// Who came in or went: what is said from here on they hear, or no longer.
fn note_who_is_in(exchange: &Exchange<Pipe>, people: &mut [Person], delivered: &BTreeMap<NameKey, u64>) {
    let lobby = name::key("lobby");
    for person in people.iter_mut().filter(|person| !person.done) {
        let connection = person.id.and_then(|id| exchange.get(id));
        let session = connection.and_then(|connection| connection.session());
        let named = session.is_some_and(|session| exchange.hub().has_nick(session));
        if named && person.entered_at.is_none() {
            person.entered_at = Some(delivered.get(&lobby).copied().unwrap_or(0));
        }
        person.named = named;
        if person.entered_at.is_some() && !named && person.left_at.is_none() {
            person.left_at = Some(delivered.clone());
        }
    }
}
