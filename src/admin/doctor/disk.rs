//! The disk under the database: whether it takes anything, and room for a backup.
//!
//! It must not write. Why room for a copy is asked for: a backup that finds none fails on the day
//! on which it is needed.

use std::path::Path;

use rustix::fs::{StatVfsMountFlags, statvfs};

use super::files::{directory_of, unseen, with_ending};
use super::finding::{Finding, quoted};
use super::look::see;
use super::subject::Subject;
use crate::limits::BACKUP_SPARE_BYTES;

const CHECK: &str = "disk";

/// A file system, and what the database takes of it.
#[derive(Debug, Clone, Copy)]
struct Disk {
    free_bytes: u64,
    /// File systems without a fixed number of files have 0 of 0.
    files: u64,
    free_files: u64,
    read_only: bool,
    database_bytes: u64,
}

pub fn examine(subject: &Subject) -> Vec<Finding> {
    let Some(database) = &subject.database else { return Vec::new() };
    let directory = directory_of(database);
    match see(&directory) {
        Ok(None) => return Vec::new(),
        Ok(Some(_)) => {}
        Err(error) => return vec![unseen(CHECK, &directory, &error)],
    }
    let mut database_bytes = 0;
    for file in ["", "-wal"].map(|ending| with_ending(database, ending)) {
        match see(&file) {
            Ok(seen) => database_bytes += seen.map_or(0, |seen| seen.bytes),
            Err(error) => return vec![unseen(CHECK, &file, &error)],
        }
    }
    match statvfs(&directory) {
        Ok(found) => judge(
            &directory,
            Disk {
                free_bytes: found.f_bavail.saturating_mul(found.f_frsize),
                files: found.f_files,
                free_files: found.f_favail,
                read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
                database_bytes,
            },
        ),
        Err(error) => vec![unseen(CHECK, &directory, &error.into())],
    }
}

fn judge(directory: &Path, disk: Disk) -> Vec<Finding> {
    let shown = quoted(directory);
    let needed = disk.database_bytes.saturating_add(BACKUP_SPARE_BYTES);
    let finding = if disk.read_only {
        Finding::fault(CHECK, "chatctl-doctor-read-only")
            .mend(format!("mount -o remount,rw \"$(df --output=target {shown} | tail -1)\""))
    } else if disk.free_bytes < BACKUP_SPARE_BYTES {
        Finding::fault(CHECK, "chatctl-doctor-full").mend(format!("df -h {shown}"))
    } else if disk.files > 0 && disk.free_files == 0 {
        Finding::fault(CHECK, "chatctl-doctor-no-inodes").mend(format!("df -i {shown}"))
    } else if disk.free_bytes < needed {
        Finding::note(CHECK, "chatctl-doctor-no-room").mend(format!("df -h {shown}"))
    } else {
        Finding::ok(CHECK, "chatctl-doctor-disk")
    };
    let size = |bytes: u64| match bytes / (1024 * 1024) {
        0 => format!("{} KiB", bytes / 1024),
        mib => format!("{mib} MiB"),
    };
    vec![
        finding
            .with("path", &shown)
            .with("free", size(disk.free_bytes))
            .with("size", size(disk.database_bytes)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::*;

    #[test]
    fn what_keeps_the_database_from_growing_is_a_fault() {
        const MIB: u64 = 1024 * 1024;
        let well = Disk {
            free_bytes: 900 * MIB,
            files: 9,
            free_files: 5,
            read_only: false,
            database_bytes: 100 * MIB,
        };
        for (disk, id) in [
            (well, "chatctl-doctor-disk"),
            (Disk { files: 0, free_files: 0, ..well }, "chatctl-doctor-disk"),
            (Disk { read_only: true, ..well }, "chatctl-doctor-read-only"),
            (Disk { free_bytes: 15 * MIB, ..well }, "chatctl-doctor-full"),
            (Disk { free_files: 0, ..well }, "chatctl-doctor-no-inodes"),
            (Disk { free_bytes: 115 * MIB, ..well }, "chatctl-doctor-no-room"),
        ] {
            only(&judge(Path::new("/d"), disk), id);
        }
    }
}
