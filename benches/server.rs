//! A server under measurement: started on its core, waited for, read, and ended.
//!
//! It must not know what the clients do with it. Why a process of its own also for the floor:
//! both servers are then started, pinned, read and ended in exactly the same way.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::Result;
use crate::machine::{self, Cores};

const READY_WITHIN: Duration = Duration::from_secs(15);
const ENDED_WITHIN: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_millis(1);
/// How much of a failed server's log is shown.
const LOG_LINES: usize = 20;

/// `store.durability` of the configuration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    Process,
    Power,
}

impl Durability {
    pub fn name(self) -> &'static str {
        self.of_store().word()
    }

    pub fn of_store(self) -> chatd::store::Durability {
        match self {
            Self::Process => chatd::store::Durability::Process,
            Self::Power => chatd::store::Durability::Power,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Floor,
    Chatd(Durability),
}

/// What servers are started with.
#[derive(Clone)]
pub struct Bench {
    pub chatd: PathBuf,
    /// None: any of them.
    pub cores: Option<Cores>,
    /// Where databases lie. Not the directory for temporary files, which may be memory.
    pub database_dir: PathBuf,
}

pub struct Server {
    pub address: SocketAddr,
    kind: Kind,
    child: Child,
    scratch: TempDir,
    database: PathBuf,
    /// From its start until it accepted.
    pub ready_after: Duration,
    _database_dir: Option<TempDir>,
}

impl Server {
    /// Starts a server for up to `connections` clients, with a fresh database, and waits until it accepts.
    pub fn start(bench: &Bench, kind: Kind, connections: usize) -> Result<Self> {
        let directory = TempDir::with_prefix_in("chatd-bench-", &bench.database_dir)?;
        let mut server = Self::start_on(bench, kind, connections, &directory.path().join("chatd.db"))?;
        server._database_dir = Some(directory);
        Ok(server)
    }

    /// The same with a database that may be there already.
    pub fn start_on(bench: &Bench, kind: Kind, connections: usize, database: &Path) -> Result<Self> {
        let scratch = TempDir::with_prefix("chatd-bench-")?;
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        match kind {
            Kind::Floor => {
                command.args(["serve-floor", &address.port().to_string()]);
            }
            Kind::Chatd(durability) => {
                let config = scratch.path().join("chatd.toml");
                let socket = scratch.path().join("control.sock");
                fs::write(&config, configuration(address, &socket, database, durability, connections))?;
                command.arg("become").arg(&bench.chatd);
                command.arg("--config").arg(config);
            }
        }
        let log = File::create(scratch.path().join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let started = Instant::now();
        let child = spawn_on(&mut command, bench.cores)?;
        let database = database.to_owned();
        let mut server = Self {
            address,
            kind,
            child,
            scratch,
            database,
            ready_after: Duration::ZERO,
            _database_dir: None,
        };
        server.wait_until_ready()?;
        server.ready_after = started.elapsed();
        Ok(server)
    }

    pub fn database(&self) -> &Path {
        &self.database
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The end of what the server printed, for when a load has failed.
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.scratch.path().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    /// Ends the server with SIGTERM; for `chatd` anything but a clean exit is an error.
    pub fn stop(mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        let Some(status) = self.wait(ENDED_WITHIN)? else {
            return Err(format!("no end within {ENDED_WITHIN:?} of SIGTERM").into());
        };
        // The floor has no signal handler: SIGTERM is how it ends.
        if self.kind == Kind::Floor || status.success() {
            Ok(())
        } else {
            Err(format!("ended with {status}:\n{}", self.log_tail()).into())
        }
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < READY_WITHIN {
            if let Some(status) = self.child.try_wait()? {
                let log = self.log_tail();
                return Err(format!("the server ended at once with {status}:\n{log}").into());
            }
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            sleep(RETRY);
        }
        let log = self.log_tail();
        Err(format!("the server does not accept at {}:\n{log}", self.address).into())
    }

    fn wait(&mut self, within: Duration) -> Result<Option<ExitStatus>> {
        let started = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || started.elapsed() > within {
                return Ok(status);
            }
            sleep(RETRY);
        }
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        Ok(kill_process(pid, signal)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A child inherits the affinity of the thread that starts it, so it is on its core before its
/// first instruction and all its threads are too.
fn spawn_on(command: &mut Command, cores: Option<Cores>) -> Result<Child> {
    let Some(cores) = cores else { return Ok(command.spawn()?) };
    machine::pin(cores.server)?;
    let child = command.spawn();
    machine::pin(cores.tool)?;
    Ok(child?)
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}

fn configuration(
    address: SocketAddr,
    socket: &Path,
    store: &Path,
    durability: Durability,
    connections: usize,
) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let socket = quoted(&socket.to_string_lossy());
    let store = quoted(&store.to_string_lossy());
    let durability = durability.name();
    // The probe of `wait_until_ready` is a connection too, and may still be open.
    let connections = connections + 16;
    format!(
        "[[listen]]\n\
         address = \"{address}\"\n\
         [control]\n\
         socket = {socket}\n\
         [store]\n\
         path = {store}\n\
         durability = \"{durability}\"\n\
         [limits]\n\
         connections = {connections}\n\
         rate = 0\n"
    )
}
