//! The world without a kernel: the real exchange and writer, pipes, and a clock that is told.
//!
//! Knows the phases of a turn, in the order of `daemon::turn`. Why a world of
//! its own: clocks, disks and peers fail here on command, and all files take
//! less time than one start of the daemon's neighbours.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;

use chatd::core::effect::{Effects, Input, Origin, Told};
use chatd::core::hub::Hub;
use chatd::core::time::{Mono, Now, Wall};
use chatd::daemon::config::Config;
use chatd::daemon::course::Course;
use chatd::daemon::running as configuration;
use chatd::daemon::settings as daemon_settings;
use chatd::limits::STOP_MS;
use chatd::net::connection::{ConnectionId, Speaks};
use chatd::net::exchange::Exchange;

use super::heard::Heard;
use super::pipe::{Pipe, Wire};
use super::play::World;
use super::script::{DaemonStep, Door, Expected, Step, StoreStep};
use super::settings::Settings;
use super::tongue::Tongue;
use super::turn::Running;
use crate::support::disk::{Disk, Fault};

/// Saturday afternoon in Seoul, and nothing special anywhere.
const START: &str = "2026-11-21T06:30:00Z";
/// Turns after which a step should have come to rest.
const TURNS_MAX: usize = 10_000;

struct Person {
    id: Option<ConnectionId>,
    wire: Rc<RefCell<Wire>>,
    heard: Heard,
    pieces: usize,
    /// One of many, or gone: what comes to them is not looked at.
    ignored: bool,
}

pub struct Memory {
    settings: Settings,
    now: Now,
    disk: Disk,
    running: Option<Running>,
    people: BTreeMap<String, Person>,
    port: u16,
    /// The daemon has ended and nobody has been told.
    ended: bool,
}

impl Memory {
    pub fn new() -> Memory {
        Memory {
            settings: Settings::new(),
            now: Now { mono: Mono(1_000_000), wall: wall(START.parse().expect("it is an instant")) },
            disk: Disk::new(None),
            running: None,
            people: BTreeMap::new(),
            port: 40_000,
            ended: false,
        }
    }

    fn config(&self) -> Config {
        self.settings.config().unwrap_or_else(|problems| panic!("the transcript's configuration: {problems}"))
    }

    fn running(&mut self) -> &mut Running {
        if self.running.is_none() {
            let config = self.config();
            let hub = Hub::restore(self.now, daemon_settings::settings(&config), self.disk.load(), [7; 32]);
            let (voices, bounds) = (daemon_settings::voices(&config), daemon_settings::bounds(&config));
            let mut exchange = Exchange::new(hub, voices, bounds);
            // What stands there is the daemon's; here it matters who gets it.
            exchange.answer_metrics_with(Box::new(|_| "# EOF\n".to_owned()));
            let since = self.now.wall;
            let running = configuration::Running::new(config);
            self.running = Some(Running { exchange, running, course: Course::default(), since });
        }
        self.running.as_mut().expect("it was put there just now")
    }

    fn connect(&mut self, who: &str, door: Door, from: Option<IpAddr>, ignored: bool) {
        self.port += 1;
        let address = SocketAddr::new(from.unwrap_or(Ipv4Addr::LOCALHOST.into()), self.port);
        let (speaks, origin) = match door {
            Door::Auto | Door::WebSocket | Door::Simple | Door::Http => {
                (Speaks::Auto, Origin::Network(address))
            }
            Door::PinnedText => (Speaks::Text, Origin::Network(address)),
            Door::PinnedJson => (Speaks::Json, Origin::Network(address)),
            Door::PinnedHttp => (Speaks::Http, Origin::Network(address)),
            Door::PinnedIrc => (Speaks::Irc, Origin::Network(address)),
            Door::Control => (Speaks::Control, Origin::User { uid: 1000 }),
        };
        let (pipe, wire) = Pipe::new();
        let now = self.now;
        let exchange = &mut self.running().exchange;
        let id = exchange.open(now, pipe, speaks, origin).ok();
        if let Some(id) = id {
            exchange.mark_readable(id);
        }
        let tongue = Tongue::of(door);
        let opening = tongue.opening();
        let person = Person { id, wire, heard: Heard::of(tongue), pieces: 0, ignored };
        self.people.insert(who.to_owned(), person);
        self.settle();
        if !opening.is_empty() {
            self.send(who, &opening);
        }
    }

    fn person(&mut self, who: &str) -> &mut Person {
        self.people.get_mut(who).unwrap_or_else(|| panic!("{who} has not connected"))
    }

    /// Changes somebody's wire, and has the server notice.
    fn pull(&mut self, who: &str, change: impl FnOnce(&mut Wire)) {
        let person = self.person(who);
        change(&mut person.wire.borrow_mut());
        let id = person.id;
        if let (Some(id), Some(running)) = (id, &mut self.running) {
            // A reset is told as both (tcp(7)): reading and writing will fail.
            running.exchange.mark_hung_up(id);
            running.exchange.mark_writable(id);
        }
        self.settle();
    }

    fn send(&mut self, who: &str, bytes: &[u8]) {
        let person = self.person(who);
        let (id, wire) = (person.id, person.wire.clone());
        let pieces = if person.pieces == 0 { bytes.len().max(1) } else { person.pieces };
        for piece in bytes.chunks(pieces) {
            wire.borrow_mut().sent.extend(piece);
            if let (Some(id), Some(running)) = (id, &mut self.running) {
                running.exchange.mark_readable(id);
            }
            self.settle();
        }
    }

    fn reads_again(&mut self, who: &str) {
        let person = self.person(who);
        person.wire.borrow_mut().blocked = false;
        let id = person.id;
        if let (Some(id), Some(running)) = (id, &mut self.running) {
            running.exchange.mark_writable(id);
        }
        self.settle();
    }

    fn crowd(&mut self, people: usize) {
        for number in 1..=people {
            let who = format!("c{number:03}");
            self.connect(&who, Door::Auto, None, true);
            self.send(&who, format!("{who}\n").as_bytes());
        }
    }

    /// Lets time pass, from one deadline to the next.
    fn pass(&mut self, ms: u64) {
        let until = self.now.mono.after_ms(ms);
        self.settle();
        while let Some(next) = self.next_deadline().filter(|next| *next <= until) {
            self.forward(next.max(self.now.mono.after_ms(1)));
            self.settle();
        }
        self.forward(until);
        self.settle();
    }

    fn forward(&mut self, to: Mono) {
        self.now.wall.0 += i64::try_from(to.since_ms(self.now.mono)).expect("transcripts are short");
        self.now.mono = self.now.mono.max(to);
    }

    fn next_deadline(&self) -> Option<Mono> {
        let running = self.running.as_ref()?;
        let (queued, owing_ms) = (self.disk.queued(), self.disk.owing_ms(self.now.mono));
        let course = running.course.next_deadline(self.now, &running.exchange, queued, owing_ms);
        let (hub, connections) = (running.exchange.hub().next_deadline(), running.exchange.next_deadline());
        let trial = running.running.deadline();
        [hub, connections, self.disk.next_deadline(), course, trial].into_iter().flatten().min()
    }

    fn set_wall(&mut self, local: &str) {
        let zone = daemon_settings::settings(&self.config()).zone;
        let instant = match local.parse::<jiff::Timestamp>() {
            Ok(instant) => instant,
            Err(_) => {
                let civil: jiff::civil::DateTime = local.parse().expect("`at` takes a date and a time");
                zone.to_zoned(civil).expect("that time is there").timestamp()
            }
        };
        self.now.wall = wall(instant);
    }

    fn daemon(&mut self, step: DaemonStep) {
        match step {
            DaemonStep::Stops => self.stop(),
            DaemonStep::Killed => {
                self.running = None;
                self.disk.forget();
                self.listen();
            }
            DaemonStep::Starts => {
                self.running();
                self.settle();
            }
            DaemonStep::Restarts => {
                self.stop();
                self.running();
                self.settle();
            }
        }
    }

    fn stop(&mut self) {
        let now = self.now;
        self.running().begin_stop(now, None);
        self.settle();
        while let Some(next) = self.next_deadline() {
            self.forward(next.max(self.now.mono.after_ms(1)));
            self.settle();
        }
        assert!(self.now.mono.since_ms(now.mono) <= STOP_MS, "the daemon did not end in time");
    }

    /// Turns until nothing more happens by itself.
    fn settle(&mut self) {
        let mut turns = 0;
        loop {
            turns += 1;
            assert!(turns < TURNS_MAX, "the exchange does not come to rest");
            let Some(running) = &mut self.running else { break };
            running.turn(self.now, &mut self.disk, &self.settings);
            if running.is_over(self.now) {
                self.running = None;
                self.ended = true;
                self.disk.work(self.now.mono, usize::MAX);
                self.disk.forget();
                break;
            }
            let heard = self.listen();
            let Some(running) = &self.running else { break };
            if !heard && !running.exchange.has_work() && self.disk.is_quiet() {
                break;
            }
        }
        self.listen();
    }

    /// Takes what has come to everybody; true when somebody acted on it.
    fn listen(&mut self) -> bool {
        let mut acted = false;
        for person in self.people.values_mut() {
            let mut wire = person.wire.borrow_mut();
            if wire.blocked && !wire.closed {
                continue;
            }
            let bytes = std::mem::take(&mut wire.heard);
            if person.ignored {
                continue;
            }
            person.heard.take(&bytes);
            if wire.closed && !person.heard.is_closed() {
                person.heard.close();
                // Whoever reads the end closes as well.
                wire.ended = true;
                if let (Some(id), Some(running)) = (person.id, &mut self.running) {
                    running.exchange.mark_hung_up(id);
                    acted = true;
                }
            }
        }
        acted
    }

    fn given(&mut self) -> Vec<(String, String)> {
        let mut came = Vec::new();
        for (who, person) in &mut self.people {
            came.extend(person.heard.give().into_iter().map(|item| (who.clone(), item)));
        }
        if std::mem::take(&mut self.ended) {
            came.push(("daemon".to_owned(), ": ended".to_owned()));
        }
        came
    }

    /// Invariants, and that the hub survives being written down.
    fn check(&self) {
        let Some(running) = &self.running else { return };
        let hub = running.exchange.hub();
        hub.check();
        let written = serde_json::to_value(hub).expect("a hub can be written down");
        let text = written.to_string();
        let mut again: Hub = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(serde_json::to_value(&again).expect("as above"), written, "the hub came back different");
        // Settings are handed in, never carried over.
        let settings = Told::Settings(Box::new(hub.settings().clone()));
        again.apply(self.now, Input::Told(settings), &mut Effects::default());
        again.check();
    }

    /// A second hub out of the database must be the first one's durable part.
    fn check_restored(&self) {
        let Some(running) = &self.running else { return };
        if self.disk.queued() > 0 || !self.disk.is_well() {
            return;
        }
        let first = running.exchange.hub();
        let second = Hub::restore(self.now, first.settings().clone(), self.disk.load(), [7; 32]).durable();
        let first = first.durable();
        assert_eq!(second.schedules, first.schedules, "the schedules in the database");
        assert_eq!(second.database, first.database, "the database's number");
        assert_eq!(second.rooms, first.rooms, "the rooms in the database");
        assert_eq!(second.past, first.past, "the past rooms in the database");
        assert_eq!(second.sanctions, first.sanctions, "the sanctions in the database");
        assert_eq!(second.reads, first.reads, "the read marks in the database");
        assert_eq!(second.sessions, first.sessions, "those who may come back, in the database");
        assert!(second.last_at <= first.last_at, "a stamp that was never given");
        assert!(second.last_schedule <= first.last_schedule, "a schedule that was never made");
    }
}

fn wall(instant: jiff::Timestamp) -> Wall {
    Wall(instant.as_millisecond())
}

impl World for Memory {
    fn perform(&mut self, step: &Step, _expected: &[Expected]) -> Vec<(String, String)> {
        match step {
            Step::Configure { key, value } => self.settings.set(key, value),
            Step::MemoryOnly => {}
            Step::Connect { who, door, from } => self.connect(who, *door, *from, false),
            Step::Send { who, bytes, typed: false } => self.send(who, bytes),
            Step::Send { who, bytes, typed: true } => {
                let bytes = self.person(who).heard.tongue.say(bytes);
                self.send(who, &bytes);
            }
            Step::Pieces { who, bytes } => self.person(who).pieces = *bytes,
            Step::Vanishes { who } => {
                self.person(who).ignored = true;
                self.pull(who, |wire| wire.reset = true);
            }
            Step::HalfCloses { who } => self.pull(who, |wire| wire.ended = true),
            Step::StopsReading { who } => self.person(who).wire.borrow_mut().blocked = true,
            Step::ReadsAgain { who } => self.reads_again(who),
            Step::Crowd { people } => self.crowd(*people),
            Step::Clock { ms } => self.pass(*ms),
            Step::At { local } => self.set_wall(local),
            Step::Store(step) => {
                self.disk.set_fault(match step {
                    StoreStep::Stalls => Fault::Stalled,
                    StoreStep::Fails => Fault::ReadOnly,
                    StoreStep::Answers | StoreStep::Recovers => Fault::None,
                });
                self.disk.work(self.now.mono, usize::MAX);
                self.settle();
            }
            Step::Daemon(step) => self.daemon(*step),
        }
        self.check();
        self.given()
    }

    fn finish(&mut self) -> Vec<(String, String)> {
        self.check_restored();
        self.disk.verify();
        self.given()
    }
}
