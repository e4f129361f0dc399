//! When and from where something was asked, as far as it is kept: in the trail, and with a session.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Time;

/// One request, as far as it is kept. Enough to tell a place that a person knows from one that they do not, and too little to find
/// somebody by it: no whole address, and no whole `User-Agent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// When.
    pub at: Time,
    /// The gateway's id of the request; none for a command.
    pub request_id: Option<String>,
    /// The [shortened](short) address.
    pub from: Option<String>,
    /// The browser and its system, in words such as `Firefox on Linux`, if they are known.
    pub device: Option<String>,
}

impl Visit {
    /// Nobody's request: a command, or a function that works by the clock.
    pub fn here(at: Time) -> Self {
        Self { at, request_id: None, from: None, device: None }
    }
}

/// An address without the part that names one subscriber: the first 24 bits of IPv4, the first 48 of IPv6.
pub fn short(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("{}/24", Ipv4Addr::from_bits(address.to_bits() & 0xffff_ff00)),
        IpAddr::V6(address) => {
            format!("{}/48", Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> 48)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_without_what_names_a_subscriber() {
        for (address, kept) in [
            ("203.0.113.7", "203.0.113.0/24"),
            ("::ffff:203.0.113.7", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("2001:db8:1:ffff:ffff:ffff:ffff:ffff", "2001:db8:1::/48"),
            ("127.0.0.1", "127.0.0.0/24"),
            ("::1", "::/48"),
        ] {
            assert_eq!(short(address.parse().unwrap()), kept);
        }
    }
}
