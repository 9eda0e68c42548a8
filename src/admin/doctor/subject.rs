//! The chatd that is looked at: its unit, its processes, its answer, its configuration.
//!
//! It must not judge any of it. Why all of it is gathered first: what one examination needs, such as
//! where the database is, another one finds out.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::super::failure::Failure;
use super::super::link::Link;
use super::super::pages::request;
use super::super::place::{self, Place};
use super::files::with_ending;
use super::look::{self, Process, Said, see};
use crate::core::table;
use crate::limits::DOCTOR_ANSWER_MS;
use crate::locale::Words;
use crate::wire::place::{Environment, SYSTEM_SOCKET};

const SYSTEM_CONFIG: &str = "/etc/chatd/chatd.toml";
const SYSTEM_DATABASE: &str = "/var/lib/chatd/chatd.db";

/// Everything that examinations share.
#[derive(Debug)]
pub struct Subject {
    pub uid: u32,
    /// None: no systemd answers here.
    pub unit: Option<Unit>,
    /// Where chatd.socket waits for the first one who connects.
    pub waits_at: Vec<SocketAddr>,
    pub daemons: Vec<Process>,
    pub answer: Answer,
    /// The socket that answered, or the first that was tried.
    pub socket: PathBuf,
    /// None: the defaults apply.
    pub file: Option<PathBuf>,
    pub settings: Settings,
    /// What `chatd --check-config` said; none: it could not be run.
    pub checked: Option<Said>,
    /// None: nobody can say where it is.
    pub database: Option<PathBuf>,
    /// The process that holds the database's lock.
    pub holder: Option<u32>,
}

/// Whether the daemon answers on its control socket.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Its status.
    Up(Value),
    Forbidden {
        path: PathBuf,
        group: String,
    },
    /// It took the connection and said nothing sensible.
    Silent,
    Down,
}

/// What systemd says of chatd.service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    pub load: String,
    pub active: String,
    pub sub: String,
    pub result: String,
    /// How often systemd has started it again by itself.
    pub restarts: u64,
    /// The journal's name for its last run.
    pub invocation: String,
    pub needs_reload: bool,
    pub file: String,
    pub drop_ins: Vec<String>,
    /// Program and arguments.
    pub command: Vec<String>,
    pub pid: Option<u32>,
}

/// What the configuration says that the doctor looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    pub listen: Vec<SocketAddr>,
    pub group: String,
    pub database: Option<PathBuf>,
    pub connections: u64,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

impl Subject {
    /// Looks at everything. `socket_named` and `config` are what the command line names.
    pub fn look(
        socket_named: Option<&Path>,
        config: Option<&Path>,
        environment: &Environment<'_>,
        words: &Words,
    ) -> Subject {
        let unit = unit();
        let waits_at = if unit.is_some() { waits_at() } else { Vec::new() };
        let daemons = look::daemons();
        let mut places = place::candidates(socket_named, environment);
        if socket_named.is_some() {
            // Another one's answer would only hide what is wrong with this one.
            places.truncate(1);
        }
        let (answer, socket) = ask(&places, environment.uid, words);
        let pid = match &answer {
            Answer::Up(status) => status["pid"].as_u64().and_then(|pid| u32::try_from(pid).ok()),
            Answer::Forbidden { .. } | Answer::Silent | Answer::Down => {
                unit.as_ref().and_then(|unit| unit.pid)
            }
        };
        // Who names a socket does not mean the service, unless it is the one that answers there.
        let unit = unit.filter(|unit| socket_named.is_none() || unit.pid.is_some() && unit.pid == pid);
        let process = daemons.iter().find(|process| Some(process.pid) == pid);
        let command = process.map(|process| &process.arguments).or(unit.as_ref().map(|unit| &unit.command));
        let file = config.map(Path::to_owned).or_else(|| command.and_then(|words| named_config(words)));
        let file = file.or_else(|| {
            let usual = PathBuf::from(SYSTEM_CONFIG);
            // What may not be seen is there.
            see(&usual).map_or(true, |found| found.is_some()).then_some(usual)
        });
        let program = program(unit.as_ref());
        let (settings, checked) = configured(&program, file.as_deref());
        let system = environment.uid == 0 || unit.as_ref().is_some_and(|unit| unit.load == "loaded");
        let database = match &answer {
            Answer::Up(status) => status["store"]["path"].as_str().map(PathBuf::from),
            Answer::Forbidden { .. } | Answer::Silent | Answer::Down => None,
        };
        let database = database.or_else(|| settings.database.clone());
        let database = database.or_else(|| usual_database(system, environment));
        let holder = database.as_deref().and_then(|path| look::lock_holder(&with_ending(path, ".lock")));
        let uid = environment.uid;
        let usual = unit.is_some() && system && matches!(answer, Answer::Down);
        let socket = if usual && socket_named.is_none() { PathBuf::from(SYSTEM_SOCKET) } else { socket };
        Subject { uid, unit, waits_at, daemons, answer, socket, file, settings, checked, database, holder }
    }

    pub fn status(&self) -> Option<&Value> {
        match &self.answer {
            Answer::Up(status) => Some(status),
            Answer::Forbidden { .. } | Answer::Silent | Answer::Down => None,
        }
    }

    /// The process that answers, or that systemd calls the unit's.
    pub fn process(&self) -> Option<&Process> {
        let answered = self.status().and_then(|status| status["pid"].as_u64());
        let pid = answered.and_then(|pid| u32::try_from(pid).ok());
        let pid = pid.or_else(|| self.unit.as_ref().and_then(|unit| unit.pid))?;
        self.daemons.iter().find(|process| process.pid == pid)
    }

    /// Whether the daemon is systemd's, or would be.
    pub fn is_of_systemd(&self) -> bool {
        let loaded = self.unit.as_ref().filter(|unit| unit.load == "loaded");
        loaded.is_some_and(|unit| match self.process() {
            Some(process) => unit.pid == Some(process.pid),
            None => true,
        })
    }
}

/// The answer of the first place that takes a connection.
fn ask(places: &[Place], uid: u32, words: &Words) -> (Answer, PathBuf) {
    let first = places.first().map(|place| place.path.clone()).unwrap_or_default();
    match place::find(places, uid, words, &mut |_| {}) {
        Ok((path, stream)) => {
            let patience = Duration::from_millis(DOCTOR_ANSWER_MS);
            let mut link = Link::new(stream, words.lang()).with_patience(patience);
            let answer = link.ask(&request(&table::STATUS, []));
            let status = answer.ok().and_then(|answer| serde_json::from_str(&answer).ok());
            (status.map_or(Answer::Silent, Answer::Up), path)
        }
        Err(Failure::NotPermitted { path, group }) => {
            let socket = path.clone();
            (Answer::Forbidden { path, group }, socket)
        }
        Err(_nobody) => (Answer::Down, first),
    }
}

fn unit() -> Option<Unit> {
    let properties = "--property=LoadState,ActiveState,SubState,Result,NeedDaemonReload,FragmentPath,DropInPaths,\
                      ExecStart,MainPID,NRestarts,InvocationID";
    let said = look::run("systemctl", &["show", "chatd.service", properties])?;
    (said.code == Some(0)).then(|| read_unit(&said.out))
}

fn waits_at() -> Vec<SocketAddr> {
    let said = look::run("systemctl", &["show", "chatd.socket", "--property=ActiveState,Listen"]);
    said.map(|said| read_socket_unit(&said.out)).unwrap_or_default()
}

/// Reads `Listen=127.0.0.1:9999 (Stream)` lines of a socket unit that is active.
fn read_socket_unit(shown: &str) -> Vec<SocketAddr> {
    if !shown.lines().any(|line| line == "ActiveState=active") {
        return Vec::new();
    }
    let listened = shown.lines().filter_map(|line| line.strip_prefix("Listen=")?.strip_suffix(" (Stream)"));
    listened.filter_map(|address| address.parse().ok()).collect()
}

/// Reads `NAME=VALUE` lines of `systemctl show`.
fn read_unit(shown: &str) -> Unit {
    let value = |name: &str| {
        let line = shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().to_owned()
    };
    // { path=/usr/bin/chatd ; argv[]=/usr/bin/chatd --config FILE ; ignore_errors=no ; … }
    let start = value("ExecStart");
    let words = start.split("argv[]=").nth(1).and_then(|rest| rest.split(" ; ").next()).unwrap_or_default();
    Unit {
        load: value("LoadState"),
        active: value("ActiveState"),
        sub: value("SubState"),
        result: value("Result"),
        restarts: value("NRestarts").parse().unwrap_or(0),
        invocation: value("InvocationID"),
        needs_reload: value("NeedDaemonReload") == "yes",
        file: value("FragmentPath"),
        drop_ins: value("DropInPaths").split_whitespace().map(str::to_owned).collect(),
        command: words.split_whitespace().map(str::to_owned).collect(),
        pid: value("MainPID").parse().ok().filter(|pid| *pid != 0),
    }
}

/// The file behind `--config` of a command line.
fn named_config(words: &[String]) -> Option<PathBuf> {
    let mut words = words.iter();
    loop {
        let word = words.next()?;
        if word == "--config" {
            return words.next().map(PathBuf::from);
        }
        if let Some(path) = word.strip_prefix("--config=") {
            return Some(PathBuf::from(path));
        }
    }
}

/// The chatd of the unit, else the one beside this chatctl, else the first of the path.
fn program(unit: Option<&Unit>) -> String {
    let units = unit.and_then(|unit| unit.command.first()).filter(|path| Path::new(path.as_str()).is_file());
    let beside = || {
        let beside = std::env::current_exe().ok()?.with_file_name("chatd");
        beside.is_file().then(|| beside.display().to_string())
    };
    units.cloned().or_else(beside).unwrap_or_else(|| "chatd".to_owned())
}

/// What chatd itself makes of its configuration.
fn configured(program: &str, file: Option<&Path>) -> (Settings, Option<Said>) {
    let path = file.map(|file| file.display().to_string());
    let checked = path.as_deref().and_then(|path| look::run(program, &["--check-config", path]));
    let sound = checked.as_ref().is_some_and(|said| said.code == Some(0));
    let named = path
        .as_deref()
        .filter(|_| sound)
        .map_or(vec!["--print-config"], |path| vec!["--print-config", "--config", path]);
    let printed = look::run(program, &named).filter(|said| said.code == Some(0));
    (printed.map(|said| read_settings(&said.out)).unwrap_or_default(), checked)
}

fn read_settings(printed: &str) -> Settings {
    let table: toml::Table = printed.parse().unwrap_or_default();
    let text = |section: &str, key: &str| table.get(section)?.get(key)?.as_str();
    let path = |section, key| text(section, key).filter(|path| !path.is_empty()).map(PathBuf::from);
    let listen = table.get("listen").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let listen = listen.iter().filter_map(|one| one.get("address")?.as_str()?.parse().ok());
    let connections = table.get("limits").and_then(|limits| limits.get("connections")?.as_integer());
    Settings {
        listen: listen.collect(),
        group: text("control", "group").unwrap_or_default().to_owned(),
        database: path("store", "path"),
        connections: connections.and_then(|number| u64::try_from(number).ok()).unwrap_or(0),
        certificate: path("tls", "certificate"),
        key: path("tls", "key"),
    }
}

fn usual_database(system: bool, environment: &Environment<'_>) -> Option<PathBuf> {
    if system {
        return Some(PathBuf::from(SYSTEM_DATABASE));
    }
    let home = || Some(environment.path("HOME")?.join(".local/state"));
    let state = environment.path("XDG_STATE_HOME").or_else(home)?;
    Some(state.join("chatd/chatd.db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systemd_shows_is_read() {
        let shown = "MainPID=111\nResult=success\nExecStart={ path=/usr/bin/chatd ; argv[]=/usr/bin/chatd \
                     --config /etc/chatd/x.toml ; ignore_errors=no ; pid=111 }\nLoadState=loaded\nActiveState=active\n\
                     SubState=running\nFragmentPath=/etc/systemd/system/chatd.service\nDropInPaths=/a/b.conf /a/c.conf\n\
                     NeedDaemonReload=yes\n";
        let unit = read_unit(shown);
        assert_eq!((unit.pid, unit.needs_reload, unit.drop_ins.len()), (Some(111), true, 2));
        assert_eq!(named_config(&unit.command), Some(PathBuf::from("/etc/chatd/x.toml")));
        assert_eq!(read_unit("LoadState=not-found\nMainPID=0\n").pid, None);
    }

    #[test]
    fn what_chatd_prints_is_read() {
        let printed = "[[listen]]\naddress = \"127.0.0.1:9999\"\n[control]\ngroup = \"chatd\"\n[store]\npath = \"\"\n\
                       [limits]\nconnections = 20000\n[tls]\ncertificate = \"/c.pem\"\nkey = \"\"\n";
        let settings = read_settings(printed);
        assert_eq!(settings.listen, ["127.0.0.1:9999".parse().unwrap()]);
        assert_eq!((settings.group.as_str(), settings.connections), ("chatd", 20000));
        assert_eq!((settings.database, settings.certificate), (None, Some(PathBuf::from("/c.pem"))));
        assert_eq!(read_settings("no TOML"), Settings::default());
    }
}
