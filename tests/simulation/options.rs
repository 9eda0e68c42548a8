//! How one world is set: its bounds, its people and its troubles.
//!
//! Knows no step. Why each trouble is there in some worlds only: where all of
//! them are, one hides the other.

use chatd::core::settings::Settings;
use chatd::net::bounds::Bounds;
use jiff::tz::TimeZone;

use super::random::Random;

pub struct Options {
    pub settings: Settings,
    pub bounds: Bounds,
    pub people: usize,
    pub steps: usize,
    /// Once in how many steps; 0: never.
    pub faults: u64,
    pub deaths: u64,
    pub wall_jumps: u64,
    /// People send garbage and lines without end.
    pub garbage: bool,
    /// People read slowly, or not at all.
    pub slow: bool,
    /// Steps that let much time pass.
    pub long_waits: bool,
}

impl Options {
    pub fn new(random: &mut Random) -> Options {
        let fast = random.one_in(4);
        let settings = Settings {
            zone: TimeZone::get(random.pick(&["UTC", "Europe/Berlin", "Asia/Seoul", "Australia/Lord_Howe"]))
                .expect("these zones are there"),
            capacity: random.pick(&[0, 0, 0, 3]),
            create_admins_only: random.one_in(8),
            linger_ms: random.pick(&[0, 2_000, 20_000, 600_000]),
            edit_window_ms: random.pick(&[0, 3_000, 900_000]),
            lobby_owner_first: random.one_in(2),
            schedule_grace_ms: random.pick(&[0, 5_000, 600_000]),
            // Ids of whispers may be given again once all are forgotten, which the ledger could not tell.
            whispers_kept_ms: 0,
            kept_ms: 0,
            kept_bytes: 0,
            text_chars: random.pick(&[0, 60, 2000]),
            rate: if fast { 0 } else { random.pick(&[2, 10, 100]) },
            burst: random.pick(&[3, 30, 200]),
            allow_unrecorded: random.one_in(4),
            ..Settings::default()
        };
        let bounds = Bounds {
            line_bytes: random.pick(&[100, 300, 8 * 1024]),
            outbox_bytes: random.pick(&[200, 2_000, 1024 * 1024]),
            outbox_total_bytes: random.pick(&[0, 600, 5_000, 1024 * 1024]),
            login_ms: random.pick(&[0, 3_000, 30_000]),
            idle_ms: random.pick(&[0, 0, 20_000]),
            ping_ms: random.pick(&[0, 4_000, 60_000]),
            connections: random.pick(&[0, 4, 100]),
            per_address: random.pick(&[0, 2, 64]),
            exempt: Vec::new(),
            ..Bounds::default()
        };
        let some = |random: &mut Random, often: u64| if random.one_in(2) { often } else { 0 };
        Options {
            settings,
            bounds,
            people: random.within(2, 9) as usize,
            steps: random.within(60, 300) as usize,
            faults: some(random, 25),
            deaths: some(random, 80),
            wall_jumps: some(random, 40),
            garbage: random.one_in(2),
            slow: random.one_in(2),
            long_waits: random.one_in(2),
        }
    }
}
