//! What the measurements ask of Linux: cores, descriptors, and what a process has used.
//!
//! It must not know what is being measured. Why `/proc/PID/task/*/schedstat` and not
//! `/proc/PID/stat`: the former counts nanoseconds, the latter ticks of 10 ms, which would be
//! a visible share of a short measurement.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Result;

/// One core for the server, the other for the tool, so that neither runs in the other's time.
#[derive(Clone, Copy, Debug)]
pub struct Cores {
    pub server: usize,
    pub tool: usize,
}

impl Cores {
    /// The first two cores this process may run on; one core twice if there is only one.
    pub fn first_two() -> Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let mut cores = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core));
        let server = cores.next().ok_or("there is no core to run on")?;
        let tool = cores.next().unwrap_or(server);
        Ok(Self { server, tool })
    }
}

/// Keeps this thread, and the processes it starts from now on, on one core.
pub fn pin(core: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).map_err(|error| format!("cannot run on core {core}: {error}"))?;
    Ok(())
}

/// Raises the soft limit of open files to the hard one, for this process and its children.
/// Returns the limit; `None` is no limit.
pub fn raise_descriptor_limit() -> Result<Option<u64>> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, raised)?;
    Ok(limit.maximum)
}

/// The processor time a process has used up to a moment.
pub struct CpuReading {
    nanos_by_thread: BTreeMap<String, u64>,
    /// What the threads are called.
    names: BTreeMap<String, String>,
    ticks: u64,
}

impl CpuReading {
    pub fn take(pid: u32) -> Result<Self> {
        let (mut nanos_by_thread, mut names) = (BTreeMap::new(), BTreeMap::new());
        for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
            let thread = thread?;
            // A thread may end between being listed and being read.
            if let Ok(line) = fs::read_to_string(thread.path().join("schedstat")) {
                let number = thread.file_name().to_string_lossy().into_owned();
                let name = fs::read_to_string(thread.path().join("comm")).unwrap_or_default();
                names.insert(number.clone(), name.trim_end().to_owned());
                nanos_by_thread.insert(number, field(&line, 0)?);
            }
        }
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The program's name is in parentheses and may contain spaces: count fields after it.
        // utime and stime are fields 14 and 15 of proc(5), 11 and 12 from there.
        let (_, fields) = stat.rsplit_once(')').ok_or("/proc/PID/stat has no name")?;
        let ticks = field(fields, 11)? + field(fields, 12)?;
        Ok(Self { nanos_by_thread, names, ticks })
    }

    /// What all threads together have used since `earlier`.
    pub fn since(&self, earlier: &Self) -> Duration {
        let all_there =
            earlier.nanos_by_thread.keys().all(|thread| self.nanos_by_thread.contains_key(thread));
        let nanos = if all_there && !self.nanos_by_thread.is_empty() {
            self.total().saturating_sub(earlier.total())
        } else {
            // The time of threads that have ended is only in the process's own sum.
            let tick_nanos = 1_000_000_000 / rustix::param::clock_ticks_per_second();
            (self.ticks - earlier.ticks) * tick_nanos
        };
        Duration::from_nanos(nanos)
    }

    /// What the threads of one name have used since `earlier`, when they were there.
    pub fn thread_since(&self, earlier: &Self, name: &str) -> Duration {
        let named = self.names.iter().filter(|(_, called)| *called == name);
        let used = named.filter_map(|(number, _)| {
            Some(self.nanos_by_thread.get(number)?.saturating_sub(*earlier.nanos_by_thread.get(number)?))
        });
        Duration::from_nanos(used.sum())
    }

    fn total(&self) -> u64 {
        self.nanos_by_thread.values().sum()
    }
}

/// The resident memory of a process, in bytes (`VmRSS`). Kernel memory, such as socket buffers,
/// is not in it.
pub fn resident_bytes(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("/proc/PID/status has no VmRSS")?;
    Ok(field(line, 0)? * 1024)
}

fn field(line: &str, index: usize) -> Result<u64> {
    let field = line.split_ascii_whitespace().nth(index);
    Ok(field.ok_or_else(|| format!("no field {index} in {line:?}"))?.parse()?)
}
