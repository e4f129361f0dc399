//! From where a request came, as people are shown it.

use std::net::{IpAddr, Ipv6Addr};

/// An address as people are shown it: enough to see that it is somewhere else, and not enough to find anybody. An IPv4 address without
/// its last eight bits, an IPv6 address without its last eighty.
pub(crate) fn shown(source: IpAddr) -> String {
    match source.to_canonical() {
        own if own.is_loopback() => "this machine".to_owned(),
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.\u{2026}")
        }
        IpAddr::V6(address) => format!("{}/48", prefix(address, 48)),
    }
}

fn prefix(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_in_part() {
        // #40
        for (source, is_shown) in [
            ("203.0.113.7", "203.0.113.\u{2026}"),
            ("::ffff:203.0.113.7", "203.0.113.\u{2026}"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("127.0.0.1", "this machine"),
            ("::1", "this machine"),
        ] {
            assert_eq!(shown(source.parse().unwrap()), is_shown);
        }
    }
}
