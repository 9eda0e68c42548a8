//! A histogram of latencies, to about 3 % of each value.
//!
//! It must not know what was timed. Why buckets and not a list: millions of deliveries are
//! timed while the tool has to keep up with the server, and a bucket costs one addition.

use std::time::Instant;

/// Each power of two is cut into this many buckets.
const PER_OCTAVE: u64 = 32;
const OCTAVES: u64 = 64;

pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

impl Histogram {
    pub fn new() -> Self {
        Self { counts: vec![0; (OCTAVES * PER_OCTAVE) as usize], total: 0 }
    }

    pub fn record(&mut self, nanos: u64) {
        self.counts[bucket(nanos)] += 1;
        self.total += 1;
    }

    /// Does it, and records how long it took.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let done = work();
        self.record(began.elapsed().as_nanos() as u64);
        done
    }

    /// The value in microseconds that a share `quantile` (0 to 1) of all values does not exceed;
    /// not a number when nothing was recorded.
    pub fn micros(&self, quantile: f64) -> f64 {
        let wanted = (self.total as f64 * quantile).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return middle(index as u64) / 1000.0;
            }
        }
        f64::NAN
    }
}

fn bucket(nanos: u64) -> usize {
    let index = if nanos < PER_OCTAVE {
        nanos
    } else {
        let octave = nanos.ilog2() - PER_OCTAVE.ilog2();
        u64::from(octave) * PER_OCTAVE + (nanos >> octave)
    };
    index as usize
}

fn middle(index: u64) -> f64 {
    if index < 2 * PER_OCTAVE {
        return index as f64;
    }
    let octave = index / PER_OCTAVE - 1;
    let lowest = (index % PER_OCTAVE + PER_OCTAVE) as f64;
    (lowest + 0.5) * (octave as f64).exp2()
}
