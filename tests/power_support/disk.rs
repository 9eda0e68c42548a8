//! A disk in memory that fails, and that forgets at a power cut what was not synced.
//!
//! Knows files, not SQLite. Why each file is there twice: what a program reads is the kernel's memory, what a
//! power cut leaves is the disk, and a sync that failed makes them differ for good, as Linux does it.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

use rusqlite::ffi;

use super::change::{Change, apply, survive};
use super::index::Index;
use super::locks::Locks;
use crate::random::Random;

/// What SQLite asks of a disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    Open,
    Delete,
    Access,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Lock,
    Reserved,
    MapIndex,
    LockIndex,
}

/// How calls fail: with their own error, or as a full disk and somebody else's locks do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flavour {
    Broken,
    Full,
}

impl Call {
    fn error(self, flavour: Flavour) -> c_int {
        match (self, flavour) {
            (Call::Write, Flavour::Full) => ffi::SQLITE_FULL,
            (Call::Lock | Call::Reserved | Call::LockIndex, Flavour::Full) => ffi::SQLITE_BUSY,
            (Call::Open, _) => ffi::SQLITE_CANTOPEN,
            (Call::Delete, _) => ffi::SQLITE_IOERR_DELETE,
            (Call::Access, _) => ffi::SQLITE_IOERR_ACCESS,
            (Call::Read, _) => ffi::SQLITE_IOERR_READ,
            (Call::Write, _) => ffi::SQLITE_IOERR_WRITE,
            (Call::Truncate, _) => ffi::SQLITE_IOERR_TRUNCATE,
            (Call::Sync, _) => ffi::SQLITE_IOERR_FSYNC,
            (Call::Size, _) => ffi::SQLITE_IOERR_FSTAT,
            (Call::Lock, _) => ffi::SQLITE_IOERR_LOCK,
            (Call::Reserved, _) => ffi::SQLITE_IOERR_CHECKRESERVEDLOCK,
            (Call::MapIndex, _) => ffi::SQLITE_IOERR_SHMMAP,
            (Call::LockIndex, _) => ffi::SQLITE_IOERR_SHMLOCK,
        }
    }

    /// Whether a full disk fails it in a way of its own.
    pub fn has_flavours(self) -> bool {
        self.error(Flavour::Broken) != self.error(Flavour::Full)
    }

    /// Whether a power cut in the middle of it can be told from one before it.
    pub fn is_change(self) -> bool {
        matches!(self, Call::Delete | Call::Write | Call::Truncate | Call::Sync)
    }
}

thread_local! {
    /// Whether somebody else had the lock that this thread was refused last, or the disk only said so.
    static IS_TAKEN: Cell<bool> = const { Cell::new(false) };
}

/// Whether it is worth waiting for the lock that this thread was refused last.
pub fn is_lock_taken() -> bool {
    IS_TAKEN.get()
}

/// What a disk is to do, apart from its work.
#[derive(Clone, Copy, Default)]
pub struct Plan {
    /// The power goes in the middle of the change of this number, counted from now.
    pub cut: Option<u64>,
    /// Calls of these numbers fail, counted from now; both are in it.
    pub failing: Option<(u64, u64, Flavour)>,
    /// As for `failing`, counting syncs only.
    pub failing_syncs: Option<(u64, u64)>,
}

#[derive(Clone, Default)]
struct Node {
    /// What is read: the kernel's memory.
    seen: Vec<u8>,
    /// What a power cut leaves.
    kept: Vec<u8>,
    /// What has been written and not synced, in order.
    dirty: Vec<Change>,
    /// The first sync of a new journal is also one of its directory, as SQLite does it on Linux.
    is_new: bool,
    /// Commits are written to it, and nothing else.
    is_log: bool,
    locks: Locks,
    index: Weak<Index>,
}

pub struct State {
    nodes: Vec<Node>,
    names: BTreeMap<String, usize>,
    /// The directory as a power cut leaves it, apart from chance.
    kept_names: BTreeMap<String, usize>,
    /// Handles of an earlier life are dead.
    life: u64,
    is_on: bool,
    handles: u64,
    open_handles: u64,
    random: Random,
    plan: Plan,
    calls: Vec<Call>,
    changes: u64,
    syncs: u64,
    is_misused: bool,
    /// Nothing happens to anybody, and nothing is counted.
    is_spared: bool,
}

pub struct Disk(Mutex<State>);

/// An open file.
pub struct Handle {
    disk: Arc<Disk>,
    node: usize,
    id: u64,
    life: u64,
    /// A commit could not be synced through it: it is not to be trusted with another one.
    is_spent: AtomicBool,
    pub index: Mutex<Option<Arc<Index>>>,
}

impl Disk {
    pub fn new(seed: u64) -> Arc<Disk> {
        Arc::new(Disk(Mutex::new(State {
            nodes: Vec::new(),
            names: BTreeMap::new(),
            kept_names: BTreeMap::new(),
            life: 0,
            is_on: true,
            handles: 0,
            open_handles: 0,
            random: Random::new(seed),
            plan: Plan::default(),
            calls: Vec::new(),
            changes: 0,
            syncs: 0,
            is_misused: false,
            is_spared: false,
        })))
    }

    /// Another disk with the same files.
    pub fn copy(&self) -> Arc<Disk> {
        let from = self.state();
        let copy = Disk::new(0);
        let mut state = copy.state();
        let plain = |node: &Node| Node {
            seen: node.seen.clone(),
            kept: node.kept.clone(),
            is_log: node.is_log,
            ..Node::default()
        };
        state.nodes = from.nodes.iter().map(plain).collect();
        (state.names, state.kept_names) = (from.names.clone(), from.names.clone());
        drop(state);
        copy
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics with the disk in hand")
    }

    pub fn plan(&self, plan: Plan) {
        let mut state = self.state();
        state.plan = plan;
        state.calls.clear();
        (state.changes, state.syncs) = (0, 0);
    }

    /// Lets a look at the files be one of a sound disk: the store's threads go on meanwhile.
    pub fn spare<T>(&self, look: impl FnOnce() -> T) -> T {
        self.state().is_spared = true;
        let seen = look();
        self.state().is_spared = false;
        seen
    }

    /// The calls since the plan was made.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    pub fn is_on(&self) -> bool {
        self.state().is_on
    }

    /// Whether a commit was written through a handle whose sync had failed.
    pub fn is_misused(&self) -> bool {
        self.state().is_misused
    }

    pub fn open_handles(&self) -> u64 {
        self.state().open_handles
    }

    /// The power goes now, if it has not gone yet, and comes back.
    pub fn cut(&self) {
        let mut state = self.state();
        if state.is_on {
            state.cut();
        }
        state.is_on = true;
    }

    /// The process ends: the kernel has still all that was written.
    pub fn kill(&self) {
        self.state().next_life();
    }

    pub fn exists(&self, name: &str) -> Result<bool, c_int> {
        let mut state = self.state();
        state.enter(Call::Access, None)?;
        // As on Linux: an empty journal counts as none.
        Ok(state.names.get(name).is_some_and(|node| !state.nodes[*node].seen.is_empty()))
    }

    pub fn delete(&self, name: &str, sync: bool) -> Result<(), c_int> {
        let mut state = self.state();
        state.enter(Call::Delete, None)?;
        let Some(_) = state.names.remove(name) else { return Err(ffi::SQLITE_IOERR_DELETE_NOENT) };
        if state.is_cut_due() {
            return Err(state.cut());
        }
        if sync {
            state.kept_names = state.names.clone();
        }
        Ok(())
    }

    /// Without a name it is a temporary file of its own.
    pub fn open(self: &Arc<Disk>, name: Option<&str>, flags: c_int) -> Result<Handle, c_int> {
        let mut state = self.state();
        state.enter(Call::Open, None)?;
        let known = name.and_then(|name| state.names.get(name)).copied();
        let node = match known {
            Some(node) => node,
            None if flags & ffi::SQLITE_OPEN_CREATE == 0 => return Err(ffi::SQLITE_CANTOPEN),
            None => {
                let is_new = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
                let is_log = flags & ffi::SQLITE_OPEN_WAL != 0;
                state.nodes.push(Node { is_new, is_log, ..Node::default() });
                let node = state.nodes.len() - 1;
                if let Some(name) = name {
                    state.names.insert(name.to_owned(), node);
                }
                node
            }
        };
        state.handles += 1;
        state.open_handles += 1;
        let (id, life) = (state.handles, state.life);
        let (is_spent, index) = (AtomicBool::new(false), Mutex::new(None));
        Ok(Handle { disk: self.clone(), node, id, life, is_spent, index })
    }
}

impl State {
    /// Counts a call; an error when it is to fail, or is one of a dead process.
    fn enter(&mut self, call: Call, life: Option<u64>) -> Result<(), c_int> {
        if !self.is_on || life.is_some_and(|life| life != self.life) {
            return Err(call.error(Flavour::Broken));
        }
        if self.is_spared {
            return Ok(());
        }
        self.calls.push(call);
        self.changes += u64::from(call.is_change());
        self.syncs += u64::from(call == Call::Sync);
        if let Some((first, last, flavour)) = self.plan.failing
            && (first..=last).contains(&(self.calls.len() as u64))
        {
            return Err(call.error(flavour));
        }
        if call == Call::Sync
            && let Some((first, last)) = self.plan.failing_syncs
            && (first..=last).contains(&self.syncs)
        {
            return Err(call.error(Flavour::Broken));
        }
        Ok(())
    }

    fn is_cut_due(&self) -> bool {
        !self.is_spared && self.plan.cut.is_some_and(|cut| self.changes >= cut)
    }

    /// What has not been synced survives as chance has it. Gives the error of whoever was at it.
    fn cut(&mut self) -> c_int {
        for node in &mut self.nodes {
            let dirty = std::mem::take(&mut node.dirty);
            survive(dirty, &mut node.kept, &mut self.random);
            node.seen = node.kept.clone();
        }
        let names: BTreeSet<String> = self.names.keys().chain(self.kept_names.keys()).cloned().collect();
        for name in names {
            let from = if self.random.one_in(2) { &self.names } else { &self.kept_names };
            if let Some(node) = from.get(&name).copied() {
                self.kept_names.insert(name, node);
            } else {
                self.kept_names.remove(&name);
            }
        }
        self.names = self.kept_names.clone();
        self.is_on = false;
        self.plan = Plan::default();
        self.next_life();
        ffi::SQLITE_IOERR
    }

    fn next_life(&mut self) {
        self.life += 1;
        for node in &mut self.nodes {
            (node.locks, node.index) = (Locks::default(), Weak::new());
        }
    }
}

impl Handle {
    /// Its file, when the call is one that works.
    fn enter<T>(&self, call: Call, work: impl FnOnce(&mut Node) -> Result<T, c_int>) -> Result<T, c_int> {
        let mut state = self.disk.state();
        state.enter(call, Some(self.life))?;
        work(&mut state.nodes[self.node])
    }

    /// Bytes behind the end are zeros, which is an error of its own.
    pub fn read(&self, into: &mut [u8], at: usize) -> Result<(), c_int> {
        self.enter(Call::Read, |node| {
            let there = node.seen.get(at..).unwrap_or_default();
            let length = there.len().min(into.len());
            into[..length].copy_from_slice(&there[..length]);
            into[length..].fill(0);
            if length < into.len() { Err(ffi::SQLITE_IOERR_SHORT_READ) } else { Ok(()) }
        })
    }

    pub fn write(&self, bytes: &[u8], at: usize) -> Result<(), c_int> {
        // A write that fails may have done some of its work.
        let failed = |node: &mut Node, bytes: &[u8]| node.change(Change::Write(at, bytes.to_vec()));
        self.change(Call::Write, Change::Write(at, bytes.to_vec()), |node| {
            failed(node, &bytes[..bytes.len() / 2])
        })
    }

    pub fn truncate(&self, length: usize) -> Result<(), c_int> {
        self.change(Call::Truncate, Change::Truncate(length), |_| {})
    }

    fn change(&self, call: Call, change: Change, failed: impl FnOnce(&mut Node)) -> Result<(), c_int> {
        let mut state = self.disk.state();
        let is_alive = state.is_on && self.life == state.life;
        state.is_misused |= is_alive && call == Call::Write && self.is_spent.load(Ordering::Relaxed);
        if let Err(error) = state.enter(call, Some(self.life)) {
            if is_alive {
                failed(&mut state.nodes[self.node]);
            }
            return Err(error);
        }
        state.nodes[self.node].change(change);
        if state.is_cut_due() {
            return Err(state.cut());
        }
        Ok(())
    }

    pub fn sync(&self) -> Result<(), c_int> {
        let mut state = self.disk.state();
        let state = &mut *state;
        let is_alive = state.is_on && self.life == state.life;
        let entered = state.enter(Call::Sync, Some(self.life));
        if is_alive && state.is_cut_due() {
            return Err(state.cut());
        }
        if is_alive {
            let node = &mut state.nodes[self.node];
            if entered.is_err() && node.is_log && !node.dirty.is_empty() {
                self.is_spent.store(true, Ordering::Relaxed);
            }
            for change in std::mem::take(&mut node.dirty) {
                // What a failed sync has not written is forgotten all the same: it is not tried again.
                if entered.is_ok() || state.random.one_in(2) {
                    apply(&change, &mut node.kept);
                }
            }
            if entered.is_ok() && std::mem::take(&mut node.is_new) {
                state.kept_names = state.names.clone();
            }
        }
        entered
    }

    pub fn size(&self) -> Result<usize, c_int> {
        self.enter(Call::Size, |node| Ok(node.seen.len()))
    }

    pub fn lock(&self, level: c_int) -> Result<(), c_int> {
        IS_TAKEN.set(false);
        self.enter(Call::Lock, |node| node.locks.take(self.id, level).inspect_err(|_| IS_TAKEN.set(true)))
    }

    /// Letting go always works: it is what the end of a process does as well.
    pub fn unlock(&self, level: c_int) {
        let mut state = self.disk.state();
        if self.life == state.life {
            state.nodes[self.node].locks.release(self.id, level);
        }
    }

    pub fn is_reserved(&self) -> Result<bool, c_int> {
        self.enter(Call::Reserved, |node| Ok(node.locks.is_reserved()))
    }

    /// A piece of the index that the file's connections share; none when there is none and none is wanted.
    pub fn region(&self, number: usize, bytes: usize, extend: bool) -> Result<*mut u8, c_int> {
        let index = self.enter(Call::MapIndex, |node| {
            let index = node.index.upgrade().unwrap_or_default();
            node.index = Arc::downgrade(&index);
            Ok(index)
        })?;
        let mut own = self.index.lock().expect("nobody panics with it in hand");
        Ok(own.get_or_insert(index).region(number, bytes, extend))
    }

    pub fn lock_index(&self, first: usize, count: usize, flags: c_int) -> Result<(), c_int> {
        let own = self.index.lock().expect("nobody panics with it in hand");
        let index = own.as_ref().ok_or(ffi::SQLITE_IOERR_SHMLOCK)?;
        if flags & ffi::SQLITE_SHM_UNLOCK == 0 {
            IS_TAKEN.set(false);
            self.enter(Call::LockIndex, |_| Ok(()))?;
        }
        index.lock(self.id, first, count, flags).inspect_err(|_| IS_TAKEN.set(true))
    }

    pub fn unmap_index(&self) {
        if let Some(index) = self.index.lock().expect("nobody panics with it in hand").take() {
            index.release(self.id);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.unmap_index();
        self.unlock(ffi::SQLITE_LOCK_NONE);
        self.disk.state().open_handles -= 1;
    }
}

impl Node {
    fn change(&mut self, change: Change) {
        apply(&change, &mut self.seen);
        self.dirty.push(change);
    }
}
