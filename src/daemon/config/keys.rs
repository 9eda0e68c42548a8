//! The table of configuration keys: the one source for reading, checking, suggesting and printing.
//!
//! It must not know TOML's structure or how a value is parsed (`kind.rs`, `units.rs`).
//!
//! Why each row carries its default as TOML text: the example file shows it as the admin would
//! write it (`60s`, not `60000`), and reading it back takes the same path as the admin's own value.

use log::LevelFilter;

use super::kind::{At, Check, Kind};
use super::{
    Config, Create, Durability, Lang, Listen, LobbyOwner, Metrics, Protocol, Target, WhenUnavailable, check,
};
use Applies::{Reload, Restart};

/// When a changed value takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    Reload,
    Restart,
}

/// One key of the table, for whoever describes the configuration to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// With its section: `limits.rate`.
    pub name: &'static str,
    /// What it takes, such as `true or false`.
    pub takes: String,
    /// As TOML.
    pub default: &'static str,
    pub applies: Applies,
    /// One sentence.
    pub about: &'static str,
}

/// Every key, in the order of the example file; those of `[[listen]]` as `listen.address`.
pub fn rows() -> impl Iterator<Item = Row> {
    SECTIONS.iter().flat_map(|&(section, _)| {
        let listen = LISTEN.iter().map(Key::row);
        let others = KEYS.iter().map(Key::row);
        let inside = move |row: &Row| split(row.name).0 == section;
        listen.chain(others).filter(inside)
    })
}

/// The names of all keys, with their sections.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let others = KEYS.iter().map(|key| key.name);
    LISTEN.iter().map(|key| key.name).chain(others)
}

/// The listeners in one line, each as its address and what differs from the default.
pub(super) fn listeners_text(listen: &[Listen]) -> String {
    let one = |listen: &Listen| {
        let told = |key: &Key<Listen>| key.name == LISTEN[0].name || key.text(listen) != key.default;
        let parts = LISTEN.iter().filter(|key| told(key));
        let parts: Vec<String> =
            parts.map(|key| format!("{} = {}", key.own_name(), key.text(listen))).collect();
        format!("{{ {} }}", parts.join(", "))
    };
    let each: Vec<String> = listen.iter().map(one).collect();
    format!("[{}]", each.join(", "))
}

/// The section of a key's name, or nothing, and its own part.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or(("", name))
}

pub(super) struct Key<T: 'static> {
    /// With its section: `limits.rate`.
    pub name: &'static str,
    pub default: &'static str,
    pub applies: Applies,
    pub about: &'static str,
    pub kind: Kind<T>,
}

impl<T> Key<T> {
    pub fn section(&self) -> &'static str {
        split(self.name).0
    }

    pub fn own_name(&self) -> &'static str {
        split(self.name).1
    }

    fn row(&self) -> Row {
        Row {
            name: self.name,
            takes: self.kind.takes(),
            default: self.default,
            applies: self.applies,
            about: self.about,
        }
    }
}

/// What the example file and every printed configuration begin with.
pub(super) const HEAD: &str = "\
# The configuration of chatd. Every key may be left out; it then has its default, which the
# example (config/chatd.toml) shows. Durations are written 500ms, 30s, 10m, 2h, 7d or 1h30m, sizes
# 8KiB, 1MiB or as plain bytes; 0 means no limit, unless the key says otherwise. What is marked
# \"(at a restart)\" changes only then, the rest also with `chatctl reload`.
# `chatd --check-config FILE` tells what is wrong with a file.
";

pub(super) const LISTEN_SECTION: &str = "listen";

/// The sections in the order of the file, each with a comment for people (or none).
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("server", ""),
    (LISTEN_SECTION, "One of these sections for each address that clients connect to."),
    ("control", "The socket that chatctl uses: whoever may open it is an admin."),
    ("store", "The database."),
    ("rooms", ""),
    ("schedule", ""),
    ("limits", ""),
    ("files", "Files from one person to another, which this server passes on and never keeps."),
    ("http", "The page, the REST interface and the WebSocket."),
    ("tls", ""),
    ("log", ""),
];

/// The keys of one `[[listen]]`.
pub(super) const LISTEN: &[Key<Listen>] = &[
    Key {
        name: "listen.address",
        default: r#""127.0.0.1:9999""#,
        applies: Reload,
        about: "Address and port; 0.0.0.0 is every IPv4 address of this machine, [::] every address at all.",
        kind: Kind::Address(|listen| &mut listen.address),
    },
    Key {
        name: "listen.protocol",
        default: r#""auto""#,
        applies: Reload,
        about: "auto (the first bytes decide), or only one of text, json, http, irc.",
        kind: Kind::Choice {
            words: &["auto", "text", "json", "http", "irc"],
            get: |listen| listen.protocol as usize,
            set: |listen, place| {
                listen.protocol =
                    [Protocol::Auto, Protocol::Text, Protocol::Json, Protocol::Http, Protocol::Irc][place];
            },
        },
    },
    Key {
        name: "listen.tls",
        default: "false",
        applies: Reload,
        about: "Accept TLS here, with the certificate of [tls].",
        kind: Kind::Flag(|listen| &mut listen.tls),
    },
];

// One constructor for each kind keeps a row at the five things that differ between rows.

const fn key(
    name: &'static str,
    default: &'static str,
    applies: Applies,
    about: &'static str,
    kind: Kind<Config>,
) -> Key<Config> {
    Key { name, default, applies, about, kind }
}

const fn text(check: Check, at: At<Config, String>) -> Kind<Config> {
    Kind::Text { check, at }
}

/// 0 or `least..=most`, without a unit.
const fn count(least: u64, most: u64, at: At<Config, u64>) -> Kind<Config> {
    Kind::Count { least, most, at }
}

/// 0 or `least..=most` bytes.
const fn size(least: u64, most: u64, at: At<Config, u64>) -> Kind<Config> {
    Kind::Size { least, most, at }
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;
const PIB: u64 = 1024 * 1024 * GIB;

/// A number of people or requests beyond any machine: only there to catch slips of the keyboard.
const MANY: u64 = 1_000_000;

/// The keys of all sections but `[[listen]]`.
#[rustfmt::skip] // One row is read across; broken up it would be four screens longer.
pub(super) const KEYS: &[Key<Config>] = &[
    key("server.name", r#""chatd""#, Reload,
        "What the server calls itself in its greeting.",
        text(check::label, |c| &mut c.server.name)),
    key("server.motd", r#""""#, Reload,
        "One line shown to everyone who comes in; empty: none.",
        text(check::line, |c| &mut c.server.motd)),
    key("server.lang", r#""en""#, Reload,
        "Language of the server's own words for who has not chosen one: en or ko.",
        Kind::Choice {
            words: &["en", "ko"],
            get: |c| c.server.lang.index(),
            set: |c, place| c.server.lang = Lang::ALL[place],
        }),
    key("server.timezone", r#""""#, Reload,
        "Time zone for schedules and timestamps, such as \"Asia/Seoul\"; empty: the system's.",
        text(check::time_zone, |c| &mut c.server.timezone)),

    key("control.socket", r#""""#, Restart,
        "Path of the socket; empty: /run/chatd/control.sock, or one in the user's own runtime directory.",
        Kind::Path { check: check::socket_path, at: |c| &mut c.control.socket }),
    key("control.mode", r#""0660""#, Restart,
        "Who may open it, as chmod writes it.",
        Kind::Mode(|c| &mut c.control.mode)),
    key("control.group", r#""chatd""#, Restart,
        "Group of the socket; empty, or one that does not exist or that chatd is not in: the process's own.",
        text(check::group, |c| &mut c.control.group)),

    key("store.path", r#""""#, Restart,
        "Path of the database; empty: /var/lib/chatd/chatd.db, or one in the user's own state directory.",
        Kind::Path { check: check::path, at: |c| &mut c.store.path }),
    key("store.durability", r#""power""#, Restart,
        "What was said survives: power (a power cut), or process (a crash of chatd, with less work for the disk).",
        Kind::Choice {
            words: &["power", "process"],
            get: |c| c.store.durability as usize,
            set: |c, place| c.store.durability = [Durability::Power, Durability::Process][place],
        }),
    key("store.when_unavailable", r#""refuse""#, Reload,
        "While the database cannot be written: refuse to pass messages on, or allow them unrecorded.",
        Kind::Choice {
            words: &["refuse", "allow"],
            get: |c| c.store.when_unavailable as usize,
            set: |c, place| {
                c.store.when_unavailable = [WhenUnavailable::Refuse, WhenUnavailable::Allow][place];
            },
        }),
    key("store.whispers", r#""7d""#, Reload,
        "How long whispers are kept.",
        Kind::Duration(|c| &mut c.store.whispers_ms)),
    key("store.retention", r#""0""#, Reload,
        "How long messages are kept; 0: for ever.",
        Kind::Duration(|c| &mut c.store.retention_ms)),
    key("store.retention_size", r#""0""#, Reload,
        "How large the kept messages may grow before the oldest go; 0: no limit.",
        size(MIB, PIB, |c| &mut c.store.retention_bytes)),

    key("rooms.default", r#""lobby""#, Reload,
        "The room everyone lands in.",
        text(check::room, |c| &mut c.rooms.default)),
    key("rooms.capacity", "0", Reload,
        "Members of a room that has no capacity of its own; 0: no limit.",
        count(1, MANY, |c| &mut c.rooms.capacity)),
    key("rooms.linger", r#""10m""#, Reload,
        "How long an empty room that nobody has kept stays; 0: for ever.",
        Kind::Duration(|c| &mut c.rooms.linger_ms)),
    key("rooms.replay", "20", Reload,
        "Earlier messages shown to who comes in; 0: none.",
        count(1, 1000, |c| &mut c.rooms.replay)),
    key("rooms.edit_window", r#""15m""#, Reload,
        "How long people may edit or delete what they said; 0: for ever.",
        Kind::Duration(|c| &mut c.rooms.edit_window_ms)),
    key("rooms.create", r#""anyone""#, Reload,
        "Who may create rooms: anyone or admins.",
        Kind::Choice {
            words: &["anyone", "admins"],
            get: |c| c.rooms.create as usize,
            set: |c, place| c.rooms.create = [Create::Anyone, Create::Admins][place],
        }),
    key("rooms.lobby_owner", r#""none""#, Reload,
        "Who owns the default room: none, or first (whoever comes first).",
        Kind::Choice {
            words: &["none", "first"],
            get: |c| c.rooms.lobby_owner as usize,
            set: |c, place| c.rooms.lobby_owner = [LobbyOwner::None, LobbyOwner::First][place],
        }),

    key("schedule.grace", r#""10m""#, Reload,
        "How late a scheduled message may still be sent when chatd was down at its time; 0: however late.",
        Kind::Duration(|c| &mut c.schedule.grace_ms)),

    key("limits.connections", "20000", Reload,
        "Connections in all.",
        count(1, MANY, |c| &mut c.limits.connections)),
    key("limits.connections_per_address", "64", Reload,
        "Connections from one address.",
        count(1, MANY, |c| &mut c.limits.connections_per_address)),
    key("limits.exempt", r#"["127.0.0.0/8", "::1"]"#, Reload,
        "Addresses and networks that the limits per address do not hold for.",
        Kind::Prefixes(|c| &mut c.limits.exempt)),
    key("limits.line", r#""8KiB""#, Reload,
        "The longest request of a client.",
        size(64, 16 * MIB, |c| &mut c.limits.line_bytes)),
    key("limits.text", "2000", Reload,
        "Characters in one message.",
        count(1, MANY, |c| &mut c.limits.text)),
    key("limits.inbox", r#""16KiB""#, Reload,
        "What is read from one client ahead of being carried out.",
        size(64, 64 * MIB, |c| &mut c.limits.inbox_bytes)),
    key("limits.outbox", r#""1MiB""#, Reload,
        "What may wait for one client that reads too slowly; beyond it the client is disconnected.",
        size(KIB, GIB, |c| &mut c.limits.outbox_bytes)),
    key("limits.outbox_total", r#""256MiB""#, Reload,
        "The same for all clients together; beyond it the slowest is disconnected.",
        size(KIB, 1024 * GIB, |c| &mut c.limits.outbox_total_bytes)),
    key("limits.login", r#""30s""#, Reload,
        "Time to give a nickname after connecting.",
        Kind::Duration(|c| &mut c.limits.login_ms)),
    key("limits.resume", r#""2m""#, Reload,
        "How long nickname and rooms are held for who lost the connection.",
        Kind::Duration(|c| &mut c.limits.resume_ms)),
    key("limits.ping", r#""60s""#, Reload,
        "Silence after which a client is asked for a sign of life; 0: never.",
        Kind::Duration(|c| &mut c.limits.ping_ms)),
    key("limits.idle", r#""0""#, Reload,
        "How long a client may say nothing before it is disconnected.",
        Kind::Duration(|c| &mut c.limits.idle_ms)),
    key("limits.rate", "10", Reload,
        "Requests a second of one session; 0: as many as it likes.",
        count(1, MANY, |c| &mut c.limits.rate)),
    key("limits.burst", "30", Reload,
        "Requests at once before the rate counts.",
        count(1, MANY, |c| &mut c.limits.burst)),

    key("files.size", r#""4GiB""#, Reload,
        "The largest file that may be offered.",
        size(1, 8 * PIB - 1, |c| &mut c.files.size_bytes)),
    key("files.rate", r#""0""#, Reload,
        "Bytes a second of each file that goes through this server; 0: as fast as it can.",
        size(KIB, PIB, |c| &mut c.files.rate_bytes)),

    key("http.allowed_origins", "[]", Reload,
        "Pages that may use this server, such as \"https://chat.example.org\", or \"*\"; empty: its own page only.",
        Kind::Origins(|c| &mut c.http.allowed_origins)),
    key("http.trusted_proxies", "[]", Reload,
        "Addresses and networks of proxies that are believed whom they forward for.",
        Kind::Prefixes(|c| &mut c.http.trusted_proxies)),
    key("http.session_idle", r#""5m""#, Reload,
        "How long a session made by POST /api/sessions lives without a request.",
        Kind::Duration(|c| &mut c.http.session_idle_ms)),
    key("http.metrics", r#""loopback""#, Reload,
        "Who may read /metrics without an admin's token: loopback (this machine) or anyone.",
        Kind::Choice {
            words: &["loopback", "anyone"],
            get: |c| c.http.metrics as usize,
            set: |c, place| c.http.metrics = [Metrics::Loopback, Metrics::Anyone][place],
        }),

    key("tls.certificate", r#""""#, Reload,
        "Path of the certificate chain, in PEM.",
        Kind::Path { check: check::path, at: |c| &mut c.tls.certificate }),
    key("tls.key", r#""""#, Reload,
        "Path of its private key, in PEM.",
        Kind::Path { check: check::path, at: |c| &mut c.tls.key }),
    key("tls.required", "false", Reload,
        "Refuse clients without TLS on every listener that has it.",
        Kind::Flag(|c| &mut c.tls.required)),

    key("log.target", r#""auto""#, Restart,
        "auto (the journal under systemd, else stderr), stderr, syslog or journald.",
        Kind::Choice {
            words: &["auto", "stderr", "syslog", "journald"],
            get: |c| c.log.target as usize,
            set: |c, place| {
                c.log.target =
                    [Target::Auto, Target::Stderr, Target::Syslog, Target::Journald][place];
            },
        }),
    key("log.level", r#""info""#, Reload,
        "The least important lines that are logged: off, error, warn, info, debug or trace.",
        Kind::Choice {
            words: &["off", "error", "warn", "info", "debug", "trace"],
            get: |c| c.log.level as usize,
            set: |c, place| {
                c.log.level = [
                    LevelFilter::Off,
                    LevelFilter::Error,
                    LevelFilter::Warn,
                    LevelFilter::Info,
                    LevelFilter::Debug,
                    LevelFilter::Trace,
                ][place];
            },
        }),
];
