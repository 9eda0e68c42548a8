//! SQLite's locks on a file between connections of one process (sqlite.org/lockingv3.html).
//!
//! Knows no file. Why they are not the system's: those die with a process, and here one process has many lives.

use std::collections::BTreeSet;
use std::ffi::c_int;

use rusqlite::ffi;

/// SQLite's locks on a file, by handle.
#[derive(Clone, Default)]
pub struct Locks {
    shared: BTreeSet<u64>,
    reserved: Option<u64>,
    pending: Option<u64>,
    exclusive: Option<u64>,
}

impl Locks {
    /// Whether somebody is about to write.
    pub fn is_reserved(&self) -> bool {
        self.reserved.or(self.exclusive).is_some()
    }

    pub fn take(&mut self, id: u64, level: c_int) -> Result<(), c_int> {
        let others = |holder: Option<u64>| holder.is_some_and(|holder| holder != id);
        let busy = match level {
            ffi::SQLITE_LOCK_SHARED => others(self.pending) || others(self.exclusive),
            ffi::SQLITE_LOCK_RESERVED => others(self.reserved),
            _exclusive => others(self.pending) || others(self.reserved),
        };
        if busy {
            return Err(ffi::SQLITE_BUSY);
        }
        match level {
            ffi::SQLITE_LOCK_SHARED => {
                self.shared.insert(id);
            }
            ffi::SQLITE_LOCK_RESERVED => self.reserved = Some(id),
            _exclusive => {
                self.pending = Some(id);
                if self.shared.iter().any(|holder| *holder != id) {
                    return Err(ffi::SQLITE_BUSY);
                }
                self.exclusive = Some(id);
            }
        }
        Ok(())
    }

    pub fn release(&mut self, id: u64, level: c_int) {
        for holder in [&mut self.reserved, &mut self.pending, &mut self.exclusive] {
            holder.take_if(|holder| *holder == id);
        }
        if level == ffi::SQLITE_LOCK_NONE {
            self.shared.remove(&id);
        }
    }
}
