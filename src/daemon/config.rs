//! The configuration: its typed form, how it is loaded, checked and printed.
//!
//! It must not know what a key is used for, nor open anything but the configuration file.
//!
//! Why a table of keys and not a derived deserialiser: an admin wants every mistake of the file at
//! once, each with its line and a suggestion, and the example, `--print-config` and the check must
//! never disagree. So `keys.rs` is the one source, and everything else here walks it.

mod agree;
mod check;
mod findings;
mod keys;
mod kind;
mod read;
mod units;

#[cfg(test)]
mod bad;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use crate::core::lang::Lang;
use crate::limits::CONFIG_BYTES_MAX;
use log::LevelFilter;
use rustix::fs::{Mode, OFlags};

pub use crate::core::prefix::Prefix;
pub use keys::{Applies, Row, rows};
pub use read::parse;

/// All that can be configured. Times are milliseconds, sizes bytes; 0 means no limit, save where a
/// field says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub server: Server,
    /// At least one, none in conflict with another.
    pub listen: Vec<Listen>,
    pub control: Control,
    pub store: Store,
    pub rooms: Rooms,
    pub schedule: Schedule,
    pub files: Files,
    pub limits: Limits,
    pub http: Http,
    pub tls: Tls,
    pub log: Log,
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub name: String,
    /// One line without control characters, empty: none.
    pub motd: String,
    /// Of the server's own words, for whoever has not chosen one.
    pub lang: Lang,
    /// A name of the time zone database that was found at load; empty: the system's zone.
    pub timezone: String,
}

/// One `[[listen]]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// Port 0 lets the system choose one.
    pub address: SocketAddr,
    pub protocol: Protocol,
    /// True only when `tls.certificate` and `tls.key` are set.
    pub tls: bool,
}

/// What a listener speaks. `Auto` lets the first bytes of each connection decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Auto,
    Text,
    Json,
    Http,
    Irc,
}

/// `[control]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// `None`: the usual place, see `daemon::place`.
    pub socket: Option<PathBuf>,
    /// Permission bits, at most 0o777.
    pub mode: u32,
    /// Name of a group; empty or unknown to the system: the process's own.
    pub group: String,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// `None`: the usual place, see `daemon::place`.
    pub path: Option<PathBuf>,
    pub durability: Durability,
    pub when_unavailable: WhenUnavailable,
    pub whispers_ms: u64,
    pub retention_ms: u64,
    pub retention_bytes: u64,
}

/// What a committed message survives: a power cut, or only the death of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    Power,
    Process,
}

/// What happens to talk while the database cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenUnavailable {
    Refuse,
    Allow,
}

/// `[rooms]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rooms {
    pub default: String,
    /// Members.
    pub capacity: u64,
    pub linger_ms: u64,
    /// Messages; 0: none.
    pub replay: u64,
    pub edit_window_ms: u64,
    pub create: Create,
    pub lobby_owner: LobbyOwner,
}

/// Who may create rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    Anyone,
    Admins,
}

/// Who owns the default room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LobbyOwner {
    None,
    First,
}

/// `[schedule]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub grace_ms: u64,
}

/// `[files]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// Of one file.
    pub size_bytes: u64,
    /// A second, of one relayed file.
    pub rate_bytes: u64,
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub connections: u64,
    pub connections_per_address: u64,
    /// Free of the limits per address, and of nothing else.
    pub exempt: Vec<Prefix>,
    pub line_bytes: u64,
    /// Characters.
    pub text: u64,
    pub inbox_bytes: u64,
    pub outbox_bytes: u64,
    pub outbox_total_bytes: u64,
    pub login_ms: u64,
    pub resume_ms: u64,
    pub ping_ms: u64,
    pub idle_ms: u64,
    /// Requests a second, for each session; 0 switches rate limits off.
    pub rate: u64,
    /// Requests at once before `rate` counts; at least 1 when `rate` is not 0.
    pub burst: u64,
}

/// `[http]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// Each `*` or `scheme://host[:port]`; empty: the page's own origin.
    pub allowed_origins: Vec<String>,
    pub trusted_proxies: Vec<Prefix>,
    pub session_idle_ms: u64,
    pub metrics: Metrics,
}

/// Who may read `/metrics` without an admin's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metrics {
    Loopback,
    Anyone,
}

/// `[tls]`: certificate and key are both set or both not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub required: bool,
}

/// `[log]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub target: Target,
    pub level: LevelFilter,
}

/// Where log lines go. `Auto`: the journal when stderr is connected to it, else stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Auto,
    Stderr,
    Syslog,
    Journald,
}

/// One thing that is wrong with a configuration file.
///
/// Shown as `FILE:12: limits.rate: expected …`, without the parts that do not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name as the admin gave it.
    pub file: String,
    /// Counted from 1; `None` when the file as a whole is meant.
    pub line: Option<usize>,
    /// The key with its section, `limits.rate`, or the section alone; empty when there is none.
    pub key: String,
    /// A sentence that says what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.file)?;
        if let Some(line) = self.line {
            write!(out, "{line}:")?;
        }
        if !self.key.is_empty() {
            write!(out, " {}:", self.key)?;
        }
        write!(out, " {}", self.message)
    }
}

impl Config {
    /// Every field at its emptiest: what the defaults of the table are then written over.
    fn blank() -> Config {
        Config {
            server: Server {
                name: String::new(),
                motd: String::new(),
                lang: Lang::En,
                timezone: String::new(),
            },
            listen: Vec::new(),
            control: Control { socket: None, mode: 0, group: String::new() },
            store: Store {
                path: None,
                durability: Durability::Power,
                when_unavailable: WhenUnavailable::Refuse,
                whispers_ms: 0,
                retention_ms: 0,
                retention_bytes: 0,
            },
            rooms: Rooms {
                default: String::new(),
                capacity: 0,
                linger_ms: 0,
                replay: 0,
                edit_window_ms: 0,
                create: Create::Anyone,
                lobby_owner: LobbyOwner::None,
            },
            schedule: Schedule { grace_ms: 0 },
            files: Files { size_bytes: 0, rate_bytes: 0 },
            limits: Limits::blank(),
            http: Http {
                allowed_origins: Vec::new(),
                trusted_proxies: Vec::new(),
                session_idle_ms: 0,
                metrics: Metrics::Loopback,
            },
            tls: Tls { certificate: None, key: None, required: false },
            log: Log { target: Target::Auto, level: LevelFilter::Off },
        }
    }
}

impl Limits {
    fn blank() -> Limits {
        Limits {
            connections: 0,
            connections_per_address: 0,
            exempt: Vec::new(),
            line_bytes: 0,
            text: 0,
            inbox_bytes: 0,
            outbox_bytes: 0,
            outbox_total_bytes: 0,
            login_ms: 0,
            resume_ms: 0,
            ping_ms: 0,
            idle_ms: 0,
            rate: 0,
            burst: 0,
        }
    }
}

impl Default for Config {
    /// What an empty file means: the same as `config/chatd.toml`.
    fn default() -> Config {
        let mut config = Config::blank();
        for key in keys::KEYS {
            key.reset(&mut config);
        }
        config.listen = vec![Listen::default()];
        config
    }
}

impl Default for Listen {
    fn default() -> Listen {
        let mut listen = Listen {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            protocol: Protocol::Auto,
            tls: false,
        };
        for key in keys::LISTEN {
            key.reset(&mut listen);
        }
        listen
    }
}

/// A configuration file that was read, and where in it the listeners stand.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    pub config: Config,
    /// None: the defaults apply.
    pub file: Option<PathBuf>,
    /// The line of each listener of `config`, if the file names it.
    pub listen_lines: Vec<Option<usize>>,
}

impl Loaded {
    /// Says that the listener at this place cannot be opened.
    pub fn bad_listener(&self, place: usize, message: String) -> Problem {
        Problem {
            file: self.file.as_ref().map_or_else(|| "defaults".to_owned(), |file| file.display().to_string()),
            line: self.listen_lines.get(place).copied().flatten(),
            key: "listen.address".to_owned(),
            message,
        }
    }
}

/// Reads and checks a configuration file.
///
/// # Errors
///
/// Every problem there is, in the order of the file; one problem without a line when the file
/// cannot be read at all, is larger than 1 MiB, or is not UTF-8.
pub fn load(path: &Path) -> Result<Loaded, Vec<Problem>> {
    let name = path.display().to_string();
    let whole =
        |line, message: String| vec![Problem { file: name.clone(), line, key: String::new(), message }];
    let bytes = read_file(path).map_err(|message| whole(None, message))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => read::parse_with_lines(&name, text).map(|(config, listen_lines)| Loaded {
            config,
            file: Some(path.to_owned()),
            listen_lines,
        }),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = 1 + good.iter().filter(|&&byte| byte == b'\n').count();
            let message = "this line is not UTF-8; save the file in that encoding";
            Err(whole(Some(line), message.to_string()))
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file; check the path, or leave it out to run with the defaults".to_string()
        }
        io::ErrorKind::IsADirectory => {
            "this is a directory; name the file in it, such as chatd.toml".to_string()
        }
        _ => format!("the file cannot be read: {error}"),
    };
    // Nobody may have to wait for who writes into a pipe, least of all the loop that reloads.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| wrong(error.into()))?;
    let file = File::from(file);
    if file.metadata().map_err(wrong)?.file_type().is_fifo() {
        return Err("this is a pipe; name a file, which can be read again".to_string());
    }
    let mut bytes = Vec::new();
    file.take(CONFIG_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() as u64 > CONFIG_BYTES_MAX {
        return Err("the file is larger than 1 MiB; is this the right file?".to_string());
    }
    Ok(bytes)
}

/// The configuration as TOML with comments. What [`parse`] makes of it equals `config`.
pub fn print(config: &Config) -> String {
    let mut text = String::from(keys::HEAD);
    for &(section, about) in keys::SECTIONS {
        if section == keys::LISTEN_SECTION {
            for (place, listen) in config.listen.iter().enumerate() {
                let about = if place == 0 { about } else { "" };
                print_section(&mut text, "[[listen]]", about, keys::LISTEN, listen);
            }
            continue;
        }
        let rows = keys::KEYS.iter().filter(|key| key.section() == section);
        let header = format!("[{section}]");
        print_section(&mut text, &header, about, rows, config);
    }
    text
}

fn print_section<T: Clone + 'static>(
    text: &mut String,
    header: &str,
    about: &str,
    keys: impl IntoIterator<Item = &'static keys::Key<T>>,
    owner: &T,
) {
    text.push('\n');
    if !about.is_empty() {
        text.push_str(&format!("# {about}\n"));
    }
    text.push_str(&format!("{header}\n"));
    for key in keys {
        let note = match key.applies {
            Applies::Reload => "",
            Applies::Restart => " (at a restart)",
        };
        let (name, value) = (key.own_name(), key.text(owner));
        text.push_str(&format!("# {}{note}\n{name} = {value}\n", key.about));
    }
}

/// One key that is not the same in two configurations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// With its section; `listen` for the listeners as a whole.
    pub key: &'static str,
    /// As TOML.
    pub old: String,
    pub new: String,
    pub applies: Applies,
}

/// What differs between two configurations, in the order of the table.
pub fn differences(old: &Config, new: &Config) -> Vec<Difference> {
    let mut found = Vec::new();
    if old.listen != new.listen {
        let (old, new) = (keys::listeners_text(&old.listen), keys::listeners_text(&new.listen));
        found.push(Difference { key: keys::LISTEN_SECTION, old, new, applies: Applies::Reload });
    }
    for key in keys::KEYS {
        let (old, new) = (key.text(old), key.text(new));
        if old != new {
            found.push(Difference { key: key.name, old, new, applies: key.applies });
        }
    }
    found
}

/// Puts the old values back of what a running daemon cannot take over. Gives the keys that differed, in the order of
/// the table.
pub fn keep_until_restart(old: &Config, new: &mut Config) -> Vec<&'static str> {
    let late = |key: &&keys::Key<Config>| key.applies == Applies::Restart && key.text(old) != key.text(new);
    let late: Vec<&keys::Key<Config>> = keys::KEYS.iter().filter(late).collect();
    for key in &late {
        key.copy(old, new);
    }
    late.iter().map(|key| key.name).collect()
}
