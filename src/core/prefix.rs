//! A single address or a network of addresses, as `192.0.2.7` or `10.0.0.0/8`.
//!
//! It must not know what the addresses are exempt from or trusted with.
//!
//! Why IPv4-mapped addresses are unwrapped: on a dual-stack listener a client at 127.0.0.1 shows
//! up as `::ffff:127.0.0.1`, and a rule written for the one must hold for the other.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::reject::echo;

/// A network: an address whose bits after the first `bits` are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prefix {
    address: IpAddr,
    bits: u8,
}

impl Prefix {
    /// Reads `192.0.2.7`, `10.0.0.0/8`, `::1` or `2001:db8::/32`. Bits of the address beyond the
    /// length are dropped, so that `10.1.2.3/8` is `10.0.0.0/8`.
    ///
    /// # Errors
    ///
    /// A sentence, for what is neither an address nor a network.
    pub fn parse(text: &str) -> Result<Prefix, String> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| {
            let text = echo(text);
            format!("\"{text}\" is not an address or a network; write it like 192.0.2.7 or 10.0.0.0/8")
        })?;
        let most = width(address);
        let Some(length) = length else {
            return Ok(Prefix::new(address, most));
        };
        // A sign would be accepted by the standard library's parser.
        let plain = length.bytes().all(|byte| byte.is_ascii_digit());
        match length.parse() {
            Ok(bits) if plain && bits <= most => Ok(Prefix::new(address, bits)),
            Ok(_) | Err(_) => {
                let text = echo(text);
                Err(format!("\"{text}\": what follows the slash must be a number from 0 to {most}"))
            }
        }
    }

    fn new(address: IpAddr, bits: u8) -> Prefix {
        // ::ffff:0:0/96 holds the IPv4 addresses; a shorter prefix is a real IPv6 network.
        let (address, bits) = match (address.to_canonical(), address) {
            (IpAddr::V4(inner), IpAddr::V6(_)) if bits >= 96 => (IpAddr::V4(inner), bits - 96),
            (_, given) => (given, bits),
        };
        Prefix { address: masked(address, bits), bits }
    }

    /// Whether `address` lies in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = match self.address {
            IpAddr::V4(_) => address.to_canonical(),
            IpAddr::V6(_) => address,
        };
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.bits) == self.address
    }
}

fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// Keeps the first `bits` bits, at most as many as the address has.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    let gone = u32::from(width(address) - bits);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(gone).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(gone).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.address)?;
        if self.bits != width(self.address) {
            write!(out, "/{}", self.bits)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(prefix: &str, address: &str) -> bool {
        let prefix = Prefix::parse(prefix).unwrap();
        prefix.contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_contains_its_addresses_and_no_others() {
        for (prefix, address, expected) in [
            ("127.0.0.0/8", "127.255.0.3", true),
            ("127.0.0.0/8", "128.0.0.0", false),
            ("127.0.0.0/8", "::ffff:127.0.0.1", true),
            ("127.0.0.0/8", "::1", false),
            ("::1", "::1", true),
            ("::1", "::2", false),
            ("::1", "127.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true),
            ("10.1.2.3/8", "10.200.0.1", true),
        ] {
            assert_eq!(contains(prefix, address), expected, "{prefix} {address}");
        }
    }

    #[test]
    fn it_is_shown_as_it_is_read() {
        for text in ["127.0.0.0/8", "::1", "192.0.2.7", "2001:db8::/32", "::/0"] {
            assert_eq!(Prefix::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Prefix::parse("10.1.2.3/8").unwrap().to_string(), "10.0.0.0/8");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "/8", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/+8", "::1/129", "10.0/8"] {
            assert!(Prefix::parse(text).is_err(), "{text:?}");
        }
    }
}
