//! Where to go and as whom: `[NICK@]HOST[:PORT][/ROOM]`.
//!
//! Knows no sockets and resolves no names. Why the parts are cut at `/` first:
//! neither a nickname nor a host can hold one, but a room (`design/ui`) can.

use crate::locale::shell::Fault;

/// The port of a daemon that was started without a configuration.
pub const PORT: u16 = 9999;
/// The host when none is named: the same machine.
pub const HOST: &str = "127.0.0.1";

/// What the one argument of chatc says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pub nick: Option<String>,
    pub host: String,
    pub port: u16,
    pub room: Option<String>,
}

impl Default for Target {
    fn default() -> Target {
        Target { nick: None, host: HOST.to_owned(), port: PORT, room: None }
    }
}

impl Target {
    /// Reads the argument; the error is for the person.
    pub fn read(typed: &str) -> Result<Target, Fault> {
        let (place, room) = match typed.split_once('/') {
            Some((_, "")) => return Err(fault("chatc-target-no-room")),
            Some((place, room)) => (place, Some(room.to_owned())),
            None => (typed, None),
        };
        let (nick, address) = match place.rsplit_once('@') {
            Some(("", _)) => return Err(fault("chatc-target-no-nick")),
            Some((nick, address)) => (Some(nick.to_owned()), address),
            None => (None, place),
        };
        let (host, port) = address_parts(address)?;
        let host = if host.is_empty() { HOST } else { host }.to_owned();
        Ok(Target { nick, host, port, room })
    }

    /// The address as one writes it, for messages.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Splits `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT` or a bare `V6`.
fn address_parts(address: &str) -> Result<(&str, u16), Fault> {
    if let Some(bracketed) = address.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']').ok_or_else(|| fault("chatc-target-bracket"))?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, port_number(port)?)),
            None if rest.is_empty() => Ok((host, PORT)),
            None => Err(Fault {
                id: "chatc-target-after-bracket",
                args: vec![("typed", rest.to_owned()), ("host", host.to_owned()), ("port", PORT.to_string())],
            }),
        };
    }
    match address.split_once(':') {
        // More than one colon without brackets can only be an IPv6 address.
        Some((_, rest)) if rest.contains(':') => Ok((address, PORT)),
        Some((host, port)) => Ok((host, port_number(port)?)),
        None => Ok((address, PORT)),
    }
}

fn fault(id: &'static str) -> Fault {
    Fault { id, args: Vec::new() }
}

fn port_number(typed: &str) -> Result<u16, Fault> {
    match typed.parse() {
        Ok(0) | Err(_) => Err(Fault { id: "chatc-target-port", args: vec![("typed", typed.to_owned())] }),
        Ok(port) => Ok(port),
    }
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::locale::{Lang, Words};

    fn parts(typed: &str) -> (Option<String>, String, u16, Option<String>) {
        let target = Target::read(typed).unwrap();
        (target.nick, target.host, target.port, target.room)
    }

    fn expected(
        nick: Option<&str>,
        host: &str,
        port: u16,
        room: Option<&str>,
    ) -> (Option<String>, String, u16, Option<String>) {
        (nick.map(str::to_owned), host.to_owned(), port, room.map(str::to_owned))
    }

    #[test]
    fn every_part_may_be_left_out() {
        assert_eq!(parts(""), expected(None, "127.0.0.1", 9999, None));
        assert_eq!(parts("chat.example"), expected(None, "chat.example", 9999, None));
        assert_eq!(parts("Alice@"), expected(Some("Alice"), "127.0.0.1", 9999, None));
        assert_eq!(parts(":7000"), expected(None, "127.0.0.1", 7000, None));
        assert_eq!(parts("bot@host:7000/design/ui"), expected(Some("bot"), "host", 7000, Some("design/ui")));
    }

    #[test]
    fn ipv6_with_and_without_brackets() {
        assert_eq!(parts("[::1]:7000"), expected(None, "::1", 7000, None));
        assert_eq!(parts("A@[::1]/r"), expected(Some("A"), "::1", 9999, Some("r")));
        assert_eq!(parts("::1"), expected(None, "::1", 9999, None));
        assert_eq!(Target::read("[::1]:7000").unwrap().address(), "[::1]:7000");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (typed, word) in [
            ("host:0", "port"),
            ("host:http", "port"),
            ("host:70000", "port"),
            ("[::1", "]"),
            ("[::1]x", "port"),
            ("@host", "nickname"),
            ("host/", "room"),
        ] {
            let error = Target::read(typed).unwrap_err();
            let sentence = error.sentence(&Words::new(Lang::En));
            assert!(sentence.contains(word), "{typed}: {sentence}");
        }
    }
}
