//! SQLite's way to the disks of these tests: a VFS (sqlite.org/vfs.html) in place of the one of the system.
//!
//! Knows no faults; they are the disk's. Why it is the default of the process: the product then opens its database
//! as it always does.
//!
//! The one file of the tests that talks to C. All of it rests on what SQLite promises for a VFS: pointers are valid
//! for the call, buffers as long as it says, and a file is used between its open and its close by one thread at a time.

#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use super::disk::{Disk, Handle, is_lock_taken};

/// By the path of the database that is on it.
static DISKS: Mutex<BTreeMap<String, Arc<Disk>>> = Mutex::new(BTreeMap::new());
static REGISTERED: Once = Once::new();

/// From now on the database of this path is on `disk`, until it is taken off.
pub fn mount(path: &Path, disk: &Arc<Disk>) {
    REGISTERED.call_once(register);
    let path = path.to_str().expect("paths of tests are ASCII").to_owned();
    DISKS.lock().expect("nobody panics with it in hand").insert(path, disk.clone());
}

pub fn unmount(path: &Path) {
    DISKS.lock().expect("nobody panics with it in hand").remove(path.to_str().expect("as mounted"));
}

fn register() {
    // SAFETY: SQLite may be asked for its VFS at any time; it is never freed.
    let system = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()).as_ref() }.expect("the system has one");
    // What is not replaced are its clock, chance and libraries.
    let vfs = sqlite3_vfs {
        szOsFile: size_of::<File>() as c_int,
        zName: c"power".as_ptr(),
        pNext: std::ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xSleep: Some(sleep),
        ..*system
    };
    // SAFETY: the structure is complete and is never freed.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 1) };
    assert_eq!(registered, ffi::SQLITE_OK);
}

/// What SQLite has memory for; `base` must come first.
#[repr(C)]
struct File {
    base: sqlite3_file,
    handle: *mut Handle,
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code(result: Result<(), c_int>) -> c_int {
    result.err().unwrap_or(ffi::SQLITE_OK)
}

/// The disk that a file is on, and its name there.
fn place(path: &str) -> Result<(Arc<Disk>, &str), c_int> {
    let database = path.trim_end_matches("-wal").trim_end_matches("-journal");
    let disks = DISKS.lock().expect("nobody panics with it in hand");
    let disk = disks.get(database).ok_or(ffi::SQLITE_CANTOPEN)?;
    Ok((disk.clone(), &path[database.rfind('/').map_or(0, |slash| slash + 1)..]))
}

unsafe fn text<'a>(name: *const c_char) -> &'a str {
    // SAFETY: names end with a zero and outlive the call.
    unsafe { CStr::from_ptr(name) }.to_str().expect("paths of tests are ASCII")
}

unsafe fn handle<'a>(file: *mut sqlite3_file) -> &'a Handle {
    // SAFETY: SQLite hands back what `open` has filled in, and not after `close`.
    unsafe { &*(*file.cast::<File>()).handle }
}

/// SQLite wants its answers at places that it names.
unsafe fn put<T>(place: *mut T, value: T) {
    // SAFETY: the place is valid for the call; it may be left out.
    if let Some(place) = unsafe { place.as_mut() } {
        *place = value;
    }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let opened = if name.is_null() {
        Disk::new(0).open(None, flags)
    } else {
        // SAFETY: see `text`.
        place(unsafe { text(name) }).and_then(|(disk, name)| disk.open(Some(name), flags))
    };
    // SAFETY: there is room for a `File`, as the VFS has said.
    let file = unsafe { &mut *file.cast::<File>() };
    // Without methods it will not be closed.
    file.base.pMethods = std::ptr::null();
    match opened {
        Ok(handle) => {
            file.base.pMethods = &raw const METHODS;
            file.handle = Box::into_raw(Box::new(handle));
            // SAFETY: see `put`.
            unsafe { put(out_flags, flags) };
            ffi::SQLITE_OK
        }
        Err(error) => error,
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `open` has made it a box, and nobody uses it after this.
    drop(unsafe { Box::from_raw((*file.cast::<File>()).handle) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: see `text`.
    code(place(unsafe { text(name) }).and_then(|(disk, name)| disk.delete(name, sync != 0)))
}

unsafe extern "C" fn access(_: *mut sqlite3_vfs, name: *const c_char, _: c_int, out: *mut c_int) -> c_int {
    // SAFETY: see `text` and `put`.
    let found = place(unsafe { text(name) }).and_then(|(disk, name)| disk.exists(name));
    code(found.map(|found| unsafe { put(out, found.into()) }))
}

unsafe extern "C" fn full_pathname(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: names end with a zero.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if bytes.len() > room as usize {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: there is `room` at `out`, and it is none of the name's.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, us: c_int) -> c_int {
    // The patience with a lock that only the disk refuses is as long as with one that somebody has.
    if is_lock_taken() {
        std::thread::sleep(Duration::from_micros(us as u64));
    }
    us
}

unsafe extern "C" fn read(file: *mut sqlite3_file, into: *mut c_void, count: c_int, at: i64) -> c_int {
    // SAFETY: see `handle`; the buffer has `count` bytes, and bytes need no beginning.
    let (handle, into) =
        unsafe { (handle(file), std::slice::from_raw_parts_mut(into.cast(), count as usize)) };
    code(handle.read(into, at as usize))
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, count: c_int, at: i64) -> c_int {
    // SAFETY: as for `read`.
    let (handle, from) = unsafe { (handle(file), std::slice::from_raw_parts(from.cast(), count as usize)) };
    code(handle.write(from, at as usize))
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: see `handle`; so below.
    code(unsafe { handle(file) }.truncate(size as usize))
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: see `handle`.
    code(unsafe { handle(file) }.sync())
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: see `handle` and `put`.
    unsafe { code(handle(file).size().map(|size| put(out, size as i64))) }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see `handle`.
    code(unsafe { handle(file) }.lock(level))
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see `handle`.
    unsafe { handle(file) }.unlock(level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: see `handle` and `put`.
    unsafe { code(handle(file).is_reserved().map(|reserved| put(out, reserved.into()))) }
}

unsafe extern "C" fn file_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut sqlite3_file) -> c_int {
    4096
}

/// As on Linux: a torn write harms no byte beside it.
unsafe extern "C" fn device_characteristics(_: *mut sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    number: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: see `handle` and `put`. The memory lives until the file lets go of the index.
    unsafe {
        put(out, std::ptr::null_mut());
        let region = handle(file).region(number as usize, bytes as usize, extend != 0);
        code(region.map(|region| put(out, region.cast())))
    }
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: see `handle`.
    code(unsafe { handle(file) }.lock_index(first as usize, count as usize, flags))
}

unsafe extern "C" fn shm_barrier(_: *mut sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: see `handle`.
    unsafe { handle(file) }.unmap_index();
    ffi::SQLITE_OK
}
