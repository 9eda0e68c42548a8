//! The index of a log, which the connections to one file share: memory, and locks on parts of it.
//!
//! Knows nothing of what stands in it. Why it lives as long as somebody has it: when the last one goes, the next
//! connection reads the log anew, as after a crash.

#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::collections::BTreeSet;
use std::ffi::c_int;
use std::sync::Mutex;

use rusqlite::ffi;

/// A piece of memory of 8-byte words; SQLite wants no more of its place.
type Region = Box<[UnsafeCell<u64>]>;

#[derive(Default)]
struct Slot {
    shared: BTreeSet<u64>,
    exclusive: Option<u64>,
}

#[derive(Default)]
pub struct Index {
    regions: Mutex<Vec<Region>>,
    slots: Mutex<[Slot; ffi::SQLITE_SHM_NLOCK as usize]>,
}

// SAFETY: nothing here looks into the memory of the regions; SQLite, which does, has its own order of barriers and
// locks for it, as for memory that processes share.
unsafe impl Send for Index {}
// SAFETY: as above.
unsafe impl Sync for Index {}

impl Index {
    /// Null when it is not there and is not to be made. It stays in its place as long as the index lives.
    pub fn region(&self, number: usize, bytes: usize, extend: bool) -> *mut u8 {
        let mut regions = self.regions.lock().expect("nobody panics with it in hand");
        while extend && regions.len() <= number {
            regions.push((0..bytes / 8).map(|_| UnsafeCell::new(0)).collect());
        }
        regions.get(number).map_or(std::ptr::null_mut(), |region| region.as_ptr().cast_mut().cast())
    }

    pub fn lock(&self, id: u64, first: usize, count: usize, flags: c_int) -> Result<(), c_int> {
        let mut slots = self.slots.lock().expect("nobody panics with it in hand");
        let slots = &mut slots[first..first + count];
        let (unlock, shared) = (flags & ffi::SQLITE_SHM_UNLOCK != 0, flags & ffi::SQLITE_SHM_SHARED != 0);
        let is_taken = |slot: &Slot| {
            let exclusive = slot.exclusive.is_some_and(|holder| holder != id);
            exclusive || !shared && slot.shared.iter().any(|holder| *holder != id)
        };
        if !unlock && slots.iter().any(is_taken) {
            return Err(ffi::SQLITE_BUSY);
        }
        for slot in slots {
            match (unlock, shared) {
                (true, _) => slot.release(id),
                (false, true) => _ = slot.shared.insert(id),
                (false, false) => slot.exclusive = Some(id),
            }
        }
        Ok(())
    }

    pub fn release(&self, id: u64) {
        self.slots
            .lock()
            .expect("nobody panics with it in hand")
            .iter_mut()
            .for_each(|slot| slot.release(id));
    }
}

impl Slot {
    fn release(&mut self, id: u64) {
        self.shared.remove(&id);
        self.exclusive.take_if(|holder| *holder == id);
    }
}
