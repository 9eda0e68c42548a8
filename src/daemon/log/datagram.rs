//! Log lines as datagrams: to syslog in the form of RFC 3164, to the journal in its own protocol.
//!
//! It must not know where lines come from, nor count them; it never waits for the receiver.
//!
//! Why the socket is not connected: a connected one stays dead when the receiver is started anew,
//! while an address is looked up for each line, so there is nothing to reconnect and no timer. The
//! crates' own sockets are not used because they block: a receiver's queue holds about ten
//! datagrams, and then the whole chat would stand still.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use log::Level;
use syslog::{Facility, Formatter3164, LogFormat, Severity};

use super::told::Told;

/// A socket at a path, or the place where one should be.
pub struct Datagram {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Datagram {
    /// Nobody needs to be there yet.
    ///
    /// # Errors
    ///
    /// Only when there is no descriptor left.
    pub fn to(path: &Path) -> io::Result<Datagram> {
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        let path = path.to_path_buf();
        Ok(Datagram { socket, path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether somebody is there to take lines now.
    pub fn reach(&self) -> io::Result<()> {
        UnixDatagram::unbound()?.connect(&self.path)
    }

    /// Sends one datagram, or fails at once: `WouldBlock` when the receiver is behind.
    pub fn send(&self, bytes: &[u8]) -> io::Result<()> {
        self.socket.send_to(bytes, &self.path).map(|_| ())
    }
}

/// A line as local syslogs take it. It carries no host name, and a time in UTC that local
/// receivers replace with their own.
pub fn syslog_packet(level: Level, line: &str) -> Vec<u8> {
    let severity = match level {
        Level::Error => Severity::LOG_ERR,
        Level::Warn => Severity::LOG_WARNING,
        Level::Info => Severity::LOG_INFO,
        Level::Debug | Level::Trace => Severity::LOG_DEBUG,
    };
    let formatter = Formatter3164 {
        facility: Facility::LOG_DAEMON,
        hostname: None,
        process: "chatd".to_string(),
        pid: std::process::id(),
    };
    let mut packet = Vec::new();
    formatter.format(&mut packet, severity, line).expect("writing to memory does not fail");
    packet
}

/// An entry of the journal's native protocol: fields one a line, which is enough as neither `line`
/// nor a value has a newline (systemd's JOURNAL_NATIVE_PROTOCOL).
pub fn journal_entry(level: Level, line: &str, told: &Told) -> Vec<u8> {
    let priority = match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    };
    let mut entry = format!("MESSAGE={line}\nPRIORITY={priority}\nSYSLOG_IDENTIFIER=chatd\n");
    if let Some(fact) = told.fact {
        entry.push_str(&format!("MESSAGE_ID={:032x}\nCHATD_FACT={}\n", fact.id, fact.word));
    }
    for (name, value) in &told.fields {
        entry.push_str(&format!("{name}={value}\n"));
    }
    entry.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::log::facts::fact;
    use crate::daemon::log::line::{LINE_BYTES_MAX, line_of};

    #[test]
    fn a_syslog_packet_has_priority_time_name_and_line() {
        let packet = String::from_utf8(syslog_packet(Level::Info, "a line")).unwrap();
        let tail = format!(" chatd[{}]: a line", std::process::id());
        // <30> is facility daemon (3 * 8) and severity info (6); the time is `Mmm dd hh:mm:ss`.
        let time = packet.strip_prefix("<30>").unwrap().strip_suffix(&tail).unwrap();
        assert_eq!(time.len(), 15, "{packet}");
    }

    #[test]
    fn the_longest_line_fits_the_smallest_syslog() {
        let line = line_of(&format_args!("{}", "x".repeat(5000)));
        assert!(line.len() + 30 > LINE_BYTES_MAX);
        assert!(syslog_packet(Level::Error, &line).len() <= 1024);
    }

    #[test]
    fn a_journal_entry_has_the_id_of_its_fact_and_whom_it_is_about() {
        let fields = vec![("CHATD_NICK", "Bob".to_owned())];
        let told = Told { fact: fact("kicked"), fields };
        let entry = String::from_utf8(journal_entry(Level::Info, "Bob was kicked", &told)).unwrap();
        let id = format!("{:032x}", fact("kicked").unwrap().id);
        assert_eq!(
            entry,
            format!(
                "MESSAGE=Bob was kicked\nPRIORITY=6\nSYSLOG_IDENTIFIER=chatd\nMESSAGE_ID={id}\n\
                 CHATD_FACT=kicked\nCHATD_NICK=Bob\n"
            )
        );
    }
}
