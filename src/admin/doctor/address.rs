//! The addresses: who listens there, and who can reach them.
//!
//! It must not open a port. Why the kernel's tables are read: to try the port would show that it is
//! taken, not by whom.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::finding::Finding;
use super::look;
use super::subject::{Answer, Subject};
use crate::limits::DOCTOR_PROCESSES_MAX;

const CHECK: &str = "address";

/// A socket that somebody listens on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listening {
    address: SocketAddr,
    inode: u64,
}

pub fn examine(subject: &Subject) -> Vec<Finding> {
    match &subject.answer {
        Answer::Up(status) => {
            let listed = status["listen"].as_array().map(Vec::as_slice).unwrap_or_default();
            let addresses = listed.iter().filter_map(|one| one.as_str()?.parse().ok()).collect::<Vec<_>>();
            reach(&addresses)
        }
        Answer::Forbidden { .. } | Answer::Silent => reach(&subject.settings.listen),
        Answer::Down => {
            let mut tables = table("/proc/net/tcp");
            tables.extend(table("/proc/net/tcp6"));
            // The socket unit has them for this daemon.
            tables.retain(|one| !subject.waits_at.contains(&one.address));
            // What the daemon itself has, which only does not answer, systemd keeps as well.
            let own = |inode| subject.holder.is_some_and(|pid| holds(pid, inode));
            tables.retain(|one| !own(one.inode));
            let mut found = taken(&subject.settings.listen, &tables, &owner);
            found.extend(reach(&subject.settings.listen));
            found
        }
    }
}

/// Addresses that only this machine reaches are a choice, and often a forgotten one.
fn reach(addresses: &[SocketAddr]) -> Vec<Finding> {
    if addresses.is_empty() {
        return Vec::new();
    }
    let shown = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let local = addresses.iter().all(|address| address.ip().is_loopback());
    let finding = match local {
        true => Finding::note(CHECK, "chatctl-doctor-loopback"),
        false => Finding::ok(CHECK, "chatctl-doctor-listening"),
    };
    vec![finding.with("addresses", shown)]
}

/// Of a daemon that does not run: the addresses that somebody else has.
fn taken(
    wanted: &[SocketAddr],
    tables: &[Listening],
    owner: &dyn Fn(u64) -> Option<(u32, String)>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for address in wanted {
        let Some(other) = tables.iter().find(|other| collide(*address, other.address)) else { continue };
        let port = address.port();
        let fault = match owner(other.inode) {
            Some((pid, name)) => {
                Finding::fault(CHECK, "chatctl-doctor-taken-by").with("pid", pid).with("program", name)
            }
            None => Finding::fault(CHECK, "chatctl-doctor-taken"),
        };
        found.push(fault.with("address", address).mend(format!("ss -ltnp 'sport = :{port}'")));
    }
    found
}

/// Whether both cannot be listened on at once.
fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    // An IPv6 socket on all addresses takes those of IPv4 too.
    let has = |all: SocketAddr, single: SocketAddr| {
        all.ip().is_unspecified() && (all.is_ipv6() || single.is_ipv4())
    };
    one.port() != 0
        && one.port() == other.port()
        && (one.ip() == other.ip() || has(one, other) || has(other, one))
}

fn table(path: &str) -> Vec<Listening> {
    look::text(path).as_deref().map(listening).unwrap_or_default()
}

/// The listening sockets of /proc/net/tcp or tcp6 (proc(5)): state 0A, numbers in hexadecimal, the
/// address in 32-bit words of this machine's order.
fn listening(table: &str) -> Vec<Listening> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, port) = fields.get(1)?.split_once(':')?;
        let words: Option<Vec<[u8; 4]>> = address
            .as_bytes()
            .chunks(8)
            .map(|word| Some(u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?.to_ne_bytes()))
            .collect();
        let bytes = words?.concat();
        let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
            Ok(four) => IpAddr::from(Ipv4Addr::from(four)),
            Err(_) => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?)),
        };
        let address = SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?);
        let inode = fields.get(9)?.parse().ok()?;
        (*fields.get(3)? == "0A").then_some(Listening { address, inode })
    };
    table.lines().skip(1).filter_map(row).collect()
}

/// Who holds a socket, as far as this user may see.
fn owner(inode: u64) -> Option<(u32, String)> {
    let pids = fs::read_dir("/proc").ok()?.flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    for pid in pids.take(DOCTOR_PROCESSES_MAX * 1024) {
        if holds(pid, inode) {
            let name = look::text(format!("/proc/{pid}/comm")).unwrap_or_default();
            return Some((pid, name.trim().to_owned()));
        }
    }
    None
}

/// Whether a process has this socket; no, if that may not be seen.
fn holds(pid: u32, inode: u64) -> bool {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    let wanted = format!("socket:[{inode}]");
    let is_it = |entry: fs::DirEntry| {
        fs::read_link(entry.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str())
    };
    descriptors.flatten().any(is_it)
}

#[cfg(test)]
mod tests {
    use super::super::finding::only;
    use super::*;
    use std::net::TcpListener;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn who_listens_is_found_in_the_kernels_table() {
        for place in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(place) else { continue };
            let own = listener.local_addr().unwrap();
            let mut tables = table("/proc/net/tcp");
            tables.extend(table("/proc/net/tcp6"));
            let found = taken(&[own], &tables, &owner);
            let fault = only(&found, "chatctl-doctor-taken-by");
            assert!(fault.args.contains(&("pid", std::process::id().to_string())), "{fault:?}");
        }
        let found = taken(&[address("127.0.0.1:1")], &table("/proc/net/tcp"), &|_| None);
        assert_eq!(found, []);
    }

    #[test]
    fn addresses_collide_as_the_kernel_sees_it() {
        for (wanted, there, expected) in [
            ("127.0.0.1:9", "127.0.0.1:9", true),
            ("127.0.0.1:9", "127.0.0.1:8", false),
            ("0.0.0.0:9", "127.0.0.1:9", true),
            ("127.0.0.1:9", "0.0.0.0:9", true),
            ("127.0.0.1:9", "[::]:9", true),
            ("127.0.0.1:9", "[::1]:9", false),
            ("[::]:9", "127.0.0.1:9", true),
            ("0.0.0.0:9", "[::1]:9", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
        ] {
            assert_eq!(collide(address(wanted), address(there)), expected, "{wanted} {there}");
        }
        let listed = [Listening { address: address("0.0.0.0:9"), inode: 1 }];
        let found = taken(&[address("127.0.0.1:9")], &listed, &|_| None);
        assert_eq!(only(&found, "chatctl-doctor-taken").mend.as_deref(), Some("ss -ltnp 'sport = :9'"));
    }

    #[test]
    fn loopback_alone_is_a_note() {
        only(&reach(&[address("127.0.0.1:9"), address("[::1]:9")]), "chatctl-doctor-loopback");
        only(&reach(&[address("127.0.0.1:9"), address("192.0.2.1:9")]), "chatctl-doctor-listening");
        assert_eq!(reach(&[]), []);
    }
}
