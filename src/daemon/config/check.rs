//! Judges of one text value: what a label, a room, a group, a path or an address may look like.
//!
//! It must not know other keys than the one whose value it is given (`agree.rs` does), and it opens
//! nothing but the time zone database.
//!
//! Why they judge at load and not at use: a bad value must stop the start or the reload, not show
//! up an hour later as an error to some user.

use std::net::SocketAddr;

use super::units::shown;
use crate::core::nearest::nearest;
use crate::limits::NAME_CHARS_MAX;

/// The longest path of a Unix socket in bytes, without its closing zero (`sun_path` in unix(7)).
const SOCKET_PATH_BYTES_MAX: usize = 107;

const LABEL_CHARS_MAX: usize = 64;
const LINE_CHARS_MAX: usize = 1000;
const GROUP_CHARS_MAX: usize = 32;

/// A short name that is not empty.
pub fn label(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("must not be empty".to_string());
    }
    printable(text, LABEL_CHARS_MAX)
}

/// One line of text, or nothing.
pub fn line(text: &str) -> Result<(), String> {
    printable(text, LINE_CHARS_MAX)
}

fn printable(text: &str, chars_max: usize) -> Result<(), String> {
    if let Some(bad) = text.chars().find(|letter| letter.is_control()) {
        return Err(format!("must be one line without control characters, and has {}", bad.escape_default()));
    }
    match text.chars().count() {
        many if many > chars_max => Err(format!("must have at most {chars_max} characters, and has {many}")),
        _ => Ok(()),
    }
}

/// A name of the system's time zone database, or nothing.
pub fn time_zone(given: &str) -> Result<(), String> {
    if given.is_empty() || jiff::tz::TimeZone::get(given).is_ok() {
        return Ok(());
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_string()).collect();
    let text = shown(given);
    match nearest(given, names.iter().map(String::as_str)) {
        Some(near) if near.likely => {
            Err(format!("there is no time zone {text}; did you mean \"{}\"?", near.word))
        }
        Some(_) => {
            Err(format!("there is no time zone {text}; write it like \"Europe/Berlin\" or \"Asia/Seoul\""))
        }
        None => Err(format!(
            "there is no time zone {text}: this system has no time zone database; install tzdata"
        )),
    }
}

/// A group's name, or nothing.
pub fn group(text: &str) -> Result<(), String> {
    let bad =
        |letter: char| letter.is_control() || letter.is_whitespace() || matches!(letter, ':' | ',' | '/');
    if text.contains(bad) || text.chars().count() > GROUP_CHARS_MAX {
        return Err(format!("{} is not the name of a group", shown(text)));
    }
    Ok(())
}

/// A room as people name it: `lobby` or `channel/room`.
///
/// The chat's own rule for names is stricter (it also knows confusable letters); this finds what an
/// admin gets wrong by accident.
pub fn room(text: &str) -> Result<(), String> {
    let bad = |letter: char| {
        letter.is_control()
            || letter.is_whitespace()
            || matches!(letter, ',' | '*' | '?' | '!' | '@' | '#' | ':')
    };
    let parts: Vec<&str> = text.split('/').collect();
    let good = |part: &&str| (1..=NAME_CHARS_MAX).contains(&part.chars().count());
    if let Some(letter) = text.chars().find(|letter| bad(*letter)) {
        let (text, letter) = (shown(text), letter.escape_debug());
        return Err(format!("{text} cannot name a room: it contains '{letter}'"));
    }
    if parts.len() > 2 || !parts.iter().all(good) {
        return Err(format!(
            "{} cannot name a room; write it like \"lobby\" or \"design/ui\", \
             each part 1 to {NAME_CHARS_MAX} characters long",
            shown(text)
        ));
    }
    Ok(())
}

/// The path of a file, or nothing.
pub fn path(text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err("must not contain a zero byte".to_string());
    }
    if text.ends_with('/') {
        let text = shown(text);
        return Err(format!("{text} is a directory; add the name of the file"));
    }
    Ok(())
}

/// The path of a Unix socket, or nothing.
pub fn socket_path(text: &str) -> Result<(), String> {
    path(text)?;
    if text.len() > SOCKET_PATH_BYTES_MAX {
        return Err(format!(
            "the path of a socket has at most {SOCKET_PATH_BYTES_MAX} bytes, and this has {}",
            text.len()
        ));
    }
    Ok(())
}

/// An address with its port.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = |hint: &str| format!("{} is not an address with a port; {hint}", shown(text));
    text.parse().map_err(|_| {
        let port = text.strip_prefix(':').unwrap_or(text);
        if port.parse::<u16>().is_ok() {
            wrong(&format!("write \"127.0.0.1:{port}\" or \"0.0.0.0:{port}\""))
        } else if let Some(port) = text.strip_prefix("localhost:") {
            wrong(&format!("names are not looked up: write \"127.0.0.1:{port}\""))
        } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
            wrong(&format!("write \"[{text}]:9999\""))
        } else if text.parse::<std::net::Ipv4Addr>().is_ok() {
            wrong(&format!("write \"{text}:9999\""))
        } else {
            wrong("write it like \"127.0.0.1:9999\" or \"[::1]:9999\"")
        }
    })
}

/// An origin as a browser sends it (RFC 6454 §6.1), or `*`.
pub fn origin(text: &str) -> Result<String, String> {
    let good = text == "*"
        || text.split_once("://").is_some_and(|(scheme, host)| {
            let bad = |letter: char| {
                letter.is_control() || letter.is_whitespace() || matches!(letter, '/' | '?' | '#' | '@' | '*')
            };
            !scheme.is_empty()
                && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
                && !host.is_empty()
                && !host.contains(bad)
        });
    if good {
        return Ok(text.to_string());
    }
    Err(format!(
        "{} is not an origin; write it like \"https://chat.example.org\", without a path, or \"*\"",
        shown(text)
    ))
}
