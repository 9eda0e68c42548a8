//! A change of a file, and what a power cut leaves of many.
//!
//! Knows no file. Why the order of writing means nothing here: without a sync between them a disk keeps none.

use crate::random::Random;

/// Of a write that was on its way each of these pieces survives for itself.
const SECTOR: usize = 512;

#[derive(Clone)]
pub enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// As if nothing happened to it on its way.
pub fn apply(change: &Change, bytes: &mut Vec<u8>) {
    match change {
        Change::Truncate(length) => bytes.resize(*length, 0),
        Change::Write(at, piece) => {
            if bytes.len() < at + piece.len() {
                bytes.resize(at + piece.len(), 0);
            }
            bytes[*at..at + piece.len()].copy_from_slice(piece);
        }
    }
}

/// Which of the changes a power cut leaves.
pub fn survive(mut dirty: Vec<Change>, kept: &mut Vec<u8>, random: &mut Random) {
    match random.below(6) {
        0 => dirty.clear(),
        // All but the end of the last one, as a process that is killed leaves it.
        1 => {
            let last = dirty.pop();
            dirty.iter().for_each(|change| apply(change, kept));
            dirty = last.into_iter().collect();
        }
        // All of it, or any of it in any order.
        order => {
            dirty.retain(|_| order == 2 || random.one_in(2));
            for index in (1..dirty.len()).rev() {
                dirty.swap(index, random.below(index + 1));
            }
        }
    }
    for change in &dirty {
        match change {
            Change::Write(at, bytes) if random.one_in(2) => tear(*at, bytes, kept, random),
            Change::Write(..) | Change::Truncate(_) => apply(change, kept),
        }
    }
}

/// A write that was on its way: up to any byte, or some of its sectors, each perhaps as garbage.
fn tear(at: usize, bytes: &[u8], kept: &mut Vec<u8>, random: &mut Random) {
    if random.one_in(2) {
        let length = random.below(bytes.len() + 1);
        return apply(&Change::Write(at, bytes[..length].to_vec()), kept);
    }
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes.len().min(start + SECTOR - (at + start) % SECTOR);
        let mut piece = bytes[start..end].to_vec();
        if random.one_in(8) {
            piece.iter_mut().for_each(|byte| *byte = random.next() as u8);
        }
        if random.one_in(2) {
            apply(&Change::Write(at + start, piece), kept);
        }
        start = end;
    }
}
