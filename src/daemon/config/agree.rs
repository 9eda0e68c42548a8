//! The rules between keys: values that are good alone and wrong together.
//!
//! It must not know TOML or judge a single value (`check.rs` does).
//!
//! Why a rule is silent when one of its keys is already reported: that key then still has its
//! default, and a second message about it would send the admin the wrong way.

use std::net::SocketAddr;

use super::findings::Findings;
use super::units::bytes_text;
use super::{Config, Listen};
use crate::limits::LISTENERS_MAX;

/// Adds a problem for each rule that `config` breaks.
pub(super) fn check(config: &Config, findings: &mut Findings<'_>) {
    listeners_apart(&config.listen, findings);
    certificates(config, findings);
    buffers(config, findings);
}

fn listeners_apart(listen: &[Listen], findings: &mut Findings<'_>) {
    if !findings.clean(&["listen", "listen.address"]) {
        return;
    }
    if listen.len() > LISTENERS_MAX {
        let message = format!("there may be at most {LISTENERS_MAX} listeners");
        findings.add(findings.line(LISTENERS_MAX, "listen"), "listen", message);
        return;
    }
    for (place, one) in listen.iter().enumerate() {
        let rival = listen[..place].iter().position(|earlier| same_port(earlier.address, one.address));
        let Some(rival) = rival else { continue };
        let other = listen[rival].address;
        let message = match findings.line(rival, "listen") {
            Some(line) => format!(
                "{} is taken by the listener on line {line}, {other}; remove one or change a port",
                one.address
            ),
            None => format!("{} is taken by the listener {other}", one.address),
        };
        let line = findings.line(place, "listen.address").or(findings.line(place, "listen"));
        findings.add(line, "listen.address", message);
    }
}

/// Whether the system would refuse to bind both: one address twice, or an address beside the one
/// that stands for all, which as `[::]` has those of IPv4 too. Port 0 is a new port each time.
fn same_port(a: SocketAddr, b: SocketAddr) -> bool {
    let has =
        |all: SocketAddr, one: SocketAddr| all.ip().is_unspecified() && (all.is_ipv6() || one.is_ipv4());
    let overlap = a.ip() == b.ip() || has(a, b) || has(b, a);
    a.port() != 0 && a.port() == b.port() && overlap
}

fn certificates(config: &Config, findings: &mut Findings<'_>) {
    let tls = &config.tls;
    let keys = ["tls.certificate", "tls.key", "tls.required", "listen", "listen.tls"];
    if !findings.clean(&keys) {
        return;
    }
    match (&tls.certificate, &tls.key) {
        (Some(_), None) => {
            findings.at_key("tls.certificate", "a certificate needs its private key; set tls.key too")
        }
        (None, Some(_)) => {
            findings.at_key("tls.key", "a private key needs its certificate; set tls.certificate too")
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    // A listener that is said to be private must not speak in the open instead.
    for (place, _) in config.listen.iter().enumerate().filter(|(_, one)| one.tls) {
        let line = findings.line(place, "listen.tls");
        let message = "this version does not speak TLS; leave it out, and let a proxy in front do it";
        findings.add(line, "listen.tls", message.to_string());
    }
    if tls.required && !config.listen.iter().any(|one| one.tls) {
        findings.at_key("tls.required", "no listener has TLS; set tls = true in a [[listen]]");
    }
}

/// Each buffer must hold what it is made for, where both have a limit.
fn buffers(config: &Config, findings: &mut Findings<'_>) {
    let limits = &config.limits;
    let pairs = [
        ("limits.inbox", limits.inbox_bytes, "limits.line", limits.line_bytes),
        ("limits.outbox_total", limits.outbox_total_bytes, "limits.outbox", limits.outbox_bytes),
    ];
    for (key, bytes, other, least) in pairs {
        if bytes != 0 && bytes < least && findings.clean(&[key, other]) {
            let (bytes, least) = (bytes_text(bytes), bytes_text(least));
            let message = format!("is {bytes}, and must not be less than {other}, which is {least}");
            // The key that the admin wrote is the one to change; it may be only the other one.
            let line = findings.line(0, key).or(findings.line(0, other));
            findings.add(line, key, message);
        }
    }
    if limits.rate != 0 && limits.burst == 0 && findings.clean(&["limits.rate", "limits.burst"]) {
        findings.at_key("limits.burst", "must be at least 1; to switch rate limits off, set limits.rate = 0");
    }
}
