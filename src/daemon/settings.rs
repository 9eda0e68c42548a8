//! The configuration, as each layer below wants it.
//!
//! Knows every key and no socket. Why the layers have types of their own: none
//! of them may know the configuration's file.

use jiff::tz::TimeZone;

use super::config::{Config, Create, Durability, LobbyOwner, Metrics, Protocol, WhenUnavailable};
use crate::core::settings::Settings;
use crate::limits::DESCRIPTORS_SPARE;
use crate::net::bounds::Bounds;
use crate::net::connection::Speaks;
use crate::store;
use crate::wire::Voices;

/// Name and version as clients are told them.
pub fn server_and_version() -> String {
    format!("chatd {}", env!("CARGO_PKG_VERSION"))
}

fn zone(config: &Config) -> TimeZone {
    if config.server.timezone.is_empty() {
        return TimeZone::system();
    }
    TimeZone::get(&config.server.timezone).unwrap_or_else(|error| {
        log::warn!(fact = "zone_gone"; "the time zone {} is gone: {error}; using UTC", config.server.timezone);
        TimeZone::UTC
    })
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// For the hub.
pub fn settings(config: &Config) -> Settings {
    Settings {
        server: server_and_version(),
        motd: config.server.motd.clone(),
        zone: zone(config),
        zones: |name| TimeZone::get(name).ok(),
        default_room: config.rooms.default.as_str().into(),
        capacity: count(config.rooms.capacity),
        lobby_owner_first: config.rooms.lobby_owner == LobbyOwner::First,
        create_admins_only: config.rooms.create == Create::Admins,
        linger_ms: config.rooms.linger_ms,
        replay: count(config.rooms.replay),
        resume_ms: config.limits.resume_ms,
        edit_window_ms: signed(config.rooms.edit_window_ms),
        schedule_grace_ms: signed(config.schedule.grace_ms),
        whispers_kept_ms: signed(config.store.whispers_ms),
        kept_ms: signed(config.store.retention_ms),
        kept_bytes: config.store.retention_bytes,
        file_bytes_max: config.files.size_bytes,
        text_chars: size(config.limits.text),
        rate: count(config.limits.rate),
        burst: count(config.limits.burst),
        allow_unrecorded: config.store.when_unavailable == WhenUnavailable::Allow,
    }
}

/// For the connections.
pub fn bounds(config: &Config) -> Bounds {
    let limits = &config.limits;
    Bounds {
        line_bytes: match size(limits.line_bytes) {
            0 => usize::MAX / 2,
            bytes => bytes,
        },
        outbox_bytes: size(limits.outbox_bytes),
        outbox_total_bytes: size(limits.outbox_total_bytes),
        login_ms: limits.login_ms,
        ping_ms: limits.ping_ms,
        idle_ms: limits.idle_ms,
        connections: size(limits.connections),
        per_address: count(limits.connections_per_address),
        exempt: limits.exempt.clone(),
        trusted_proxies: config.http.trusted_proxies.clone(),
        session_idle_ms: config.http.session_idle_ms,
        origins: config.http.allowed_origins.clone(),
        file_rate_bytes: config.files.rate_bytes,
        metrics_for_anyone: config.http.metrics == Metrics::Anyone,
    }
}

/// For what is put into words.
pub fn voices(config: &Config) -> Voices {
    Voices::new(config.server.lang, &zone(config), &config.server.name)
}

/// For the store.
pub fn durability(config: &Config) -> store::Durability {
    match config.store.durability {
        Durability::Power => store::Durability::Power,
        Durability::Process => store::Durability::Process,
    }
}

/// Each connection takes a descriptor; the soft limit is often far below what is allowed.
pub fn raise_descriptors(connections: u64) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = connections.saturating_add(DESCRIPTORS_SPARE);
    let Some(soft) = limit.current.filter(|soft| *soft < wanted) else { return };
    let most = limit.maximum.unwrap_or(wanted).min(wanted);
    limit.current = Some(most.max(soft));
    if setrlimit(Resource::Nofile, limit).is_err() || most < wanted {
        log::warn!(
            fact = "few_descriptors";
            "only {most} descriptors are allowed; limits.connections would need {wanted}"
        );
    }
}

/// For a listener.
pub fn speaks(protocol: Protocol) -> Speaks {
    match protocol {
        Protocol::Auto => Speaks::Auto,
        Protocol::Text => Speaks::Text,
        Protocol::Json => Speaks::Json,
        Protocol::Http => Speaks::Http,
        Protocol::Irc => Speaks::Irc,
    }
}
