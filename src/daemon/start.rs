//! From a command line to a running chat.
//!
//! Knows the order in which things must be there. Why the lock comes before the
//! control socket: only who holds the database may call its socket file stale.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use super::clock::Clock;
use super::config::{self, Loaded};
use super::course::Course;
use super::doors::Doors;
use super::manager::Manager;
use super::place::{self, Places};
use super::reload::Reload;
use super::running::Running;
use super::turn::{self, Facts, Loop};
use super::{group, inherited, journal, listening, log as logging, metrics, settings};
use crate::core::hub::Hub;
use crate::locale::shell;
use crate::net::exchange::Exchange;
use crate::store::{self, LockError, Store};
use crate::wire::place::Environment;

/// The chat server.
#[derive(Parser, Debug)]
#[command(name = "chatd", version, about = "A chat server for one Linux machine.")]
struct Cli {
    /// Configuration file [default: /etc/chatd/chatd.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Check a configuration file, print every problem, and end
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    check_config: Option<Option<PathBuf>>,
    /// Print the configuration with all defaults filled in, and end
    #[arg(long)]
    print_config: bool,
}

/// Why the daemon does not start, with its exit code.
struct Failure {
    code: u8,
    sentences: Vec<String>,
}

const GENERAL: u8 = 1;
const CONFIGURATION: u8 = 2;
const ALREADY_RUNNING: u8 = 3;

fn failure(sentence: impl ToString) -> Failure {
    Failure { code: GENERAL, sentences: vec![sentence.to_string()] }
}

/// Runs chatd. Exit codes: 0 done, 1 failed, 2 command line or configuration, 3 another one runs.
pub fn main() -> ExitCode {
    if let Some(script) = completions() {
        print!("{script}");
        return ExitCode::SUCCESS;
    }
    let cli = Cli::parse();
    match run(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("chatd: the disk did not take everything in time");
            ExitCode::from(GENERAL)
        }
        Err(failure) => {
            for sentence in failure.sentences {
                eprintln!("chatd: {sentence}");
            }
            ExitCode::from(failure.code)
        }
    }
}

/// What those ask for who make packages. It stands in no help, and so in nothing that is made of the command line.
fn completions() -> Option<String> {
    let mut line = std::env::args_os().skip(1);
    let asked = line.next().is_some_and(|word| word == "--completions");
    shell::completions(Cli::command(), line.next().filter(|_| asked)?.to_str()?)
}

fn run(cli: &Cli) -> Result<bool, Failure> {
    let named = cli.check_config.clone().flatten().or_else(|| cli.config.clone());
    let loaded = Reload::read(named.as_deref()).map_err(|problems| Failure {
        code: CONFIGURATION,
        sentences: problems.iter().map(ToString::to_string).collect(),
    })?;
    if cli.check_config.is_some() {
        match &loaded.file {
            Some(file) => println!("{}: no problems", file.display()),
            None => println!("no configuration file; the defaults apply"),
        }
        return Ok(true);
    }
    if cli.print_config {
        print!("{}", config::print(&loaded.config));
        return Ok(true);
    }
    serve(loaded, named)
}

fn serve(loaded: Loaded, named: Option<PathBuf>) -> Result<bool, Failure> {
    // The numbers of what was handed over are free for nobody else as long as nothing was opened.
    let inherited = inherited::take(&place::process_variable);
    let config = &loaded.config;
    logging::start(config.log.target, config.log.level).map_err(failure)?;
    let mut manager = Manager::from_environment(&place::process_variable);
    let uid = rustix::process::geteuid().as_raw();
    journal::starting(uid, loaded.file.as_deref());
    let places = place::places(config, &Environment { uid, var: &place::process_variable });
    let group = group::id(&config.control.group);
    places.database.make_directory(uid, None).map_err(failure)?;
    places.control.make_directory(uid, group).map_err(failure)?;
    let lock = store::lock::take(&places.database.path).map_err(|error| {
        let code = if matches!(error, LockError::Held { .. }) { ALREADY_RUNNING } else { GENERAL };
        Failure { code, sentences: vec![error.to_string()] }
    })?;

    let (poll, signals, wake) = turn::watch().map_err(|error| failure(format!("no event queue: {error}")))?;
    let clock = Clock::start();
    let durability = settings::durability(config);
    let database = store::Place { path: places.database.path.clone(), durability };
    let (store, rows) = Store::open(database, lock, wake).map_err(failure)?;
    let secret = secret().map_err(|error| failure(format!("the system gives no random bytes: {error}")))?;
    journal::opened(&places.database.path, &rows);
    let hub = Hub::restore(clock.now(), settings::settings(config), rows, secret);
    let mut exchange = Exchange::new(hub, settings::voices(config), settings::bounds(config));
    let opened = listening::open(config, &places, group, inherited, &manager);
    let mut opened = opened.map_err(|(place, why)| match place {
        Some(place) => failure(loaded.bad_listener(place, why)),
        None => failure(why),
    })?;
    opened.iter_mut().for_each(|one| listening::keep(one, &manager));
    let doors = Doors::new(opened, poll.registry(), config.limits.ping_ms)
        .map_err(|error| failure(format!("a listener cannot be watched: {error}")))?;
    settings::raise_descriptors(config.limits.connections);
    // On one terminal the greeting says the same, to a person.
    if !logging::is_beside_stdout() {
        journal::ready(&doors.addresses(), &places.control.path);
    }
    if !logging::stdout_is_the_journal() {
        greet(&doors.addresses(), &places, loaded.file.as_deref());
    }
    manager.ready();

    let facts = Facts {
        since: clock.now().wall,
        database: places.database.path.clone(),
        durability: durability.word(),
    };
    exchange.answer_metrics_with(metrics::of(&facts));
    let reload = Reload { named, running: Running::new(loaded.config) };
    let course = Course::default();
    let turning = Loop { poll, signals, clock, doors, exchange, store, reload, facts, course, manager };
    turning.run().map_err(|error| failure(format!("the event loop failed: {error}")))
}

/// What resume tokens are made of.
fn secret() -> rustix::io::Result<[u8; 32]> {
    let mut secret = [0; 32];
    let mut filled = 0;
    while filled < secret.len() {
        filled += rustix::rand::getrandom(&mut secret[filled..], rustix::rand::GetRandomFlags::empty())?;
    }
    Ok(secret)
}

/// What somebody who has just started it needs to know.
fn greet(addresses: &[String], places: &Places, file: Option<&Path>) {
    println!("{} listens on {}", settings::server_and_version(), addresses.join(", "));
    println!("  database  {}", places.database.path.display());
    println!("  control   {}", places.control.path.display());
    match file {
        Some(file) => println!("  config    {}", file.display()),
        None => println!("  config    none: the defaults apply (chatd --print-config)"),
    }
    let Some(address) = addresses.first() else { return };
    let (host, port) = reachable(address);
    let shown = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    println!("Three ways in:");
    println!("  http://{shown}:{port}/       in a browser");
    println!("  chatc Alice@{shown}:{port}");
    println!("  nc {host} {port}             and type a nickname");
    if let Some(others) = address_for_others(address) {
        println!("And for people at other machines:  http://{others}/");
    }
    println!("And the admin's:  chatctl status");
}

/// What somebody at another machine types; none where only this one is listened to.
fn address_for_others(address: &str) -> Option<SocketAddr> {
    let listens: SocketAddr = address.parse().ok()?;
    if !listens.ip().is_unspecified() {
        return Some(listens).filter(|listens| !listens.ip().is_loopback());
    }
    // Nothing is sent: the kernel only chooses the address that it would send from (RFC 5737, RFC 3849).
    let (any, somewhere) = match listens.ip() {
        IpAddr::V4(_) => ("0.0.0.0:0", "192.0.2.1:9"),
        IpAddr::V6(_) => ("[::]:0", "[2001:db8::1]:9"),
    };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(somewhere).ok()?;
    let own = socket.local_addr().ok()?.ip();
    Some(SocketAddr::new(own, listens.port())).filter(|own| !own.ip().is_unspecified())
}

/// Host and port to type: an address of all interfaces is reached by this machine's own.
fn reachable(address: &str) -> (String, String) {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let host = match host.trim_matches(['[', ']']) {
        "0.0.0.0" => "127.0.0.1",
        "::" => "::1",
        other => other,
    };
    (host.to_owned(), port.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_told_only_what_they_can_reach() {
        assert_eq!(address_for_others("127.0.0.1:9999"), None);
        assert_eq!(address_for_others("[::1]:9999"), None);
        assert_eq!(address_for_others("192.0.2.7:9999"), "192.0.2.7:9999".parse().ok());
        // Of all interfaces: an own address, where this machine has one at all.
        let own = address_for_others("0.0.0.0:9999");
        assert!(own.is_none_or(|own| own.port() == 9999 && !own.ip().is_unspecified()), "{own:?}");
    }
}
