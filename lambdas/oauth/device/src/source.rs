//! From where a request came: as people are shown it, and as it is counted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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

/// An address as it is counted: of IPv6 the network, because whoever has one has all its addresses.
pub(crate) fn counted(source: Option<IpAddr>) -> String {
    match source.map(|source| source.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => prefix(address, 64).to_string(),
        // The gateway always says it. Where one does not, all are one.
        None => Ipv4Addr::UNSPECIFIED.to_string(),
    }
}

fn prefix(address: Ipv6Addr, bits: u32) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_in_part_and_counted_by_its_network() {
        // #40, #105
        for (source, is_shown, is_counted) in [
            ("203.0.113.7", "203.0.113.\u{2026}", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.\u{2026}", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1::/48", "2001:db8:1:2::"),
            ("127.0.0.1", "this machine", "127.0.0.1"),
            ("::1", "this machine", "::"),
        ] {
            let source: IpAddr = source.parse().unwrap();
            assert_eq!((shown(source), counted(Some(source))), (is_shown.to_owned(), is_counted.to_owned()));
        }
        assert_eq!(counted(None), "0.0.0.0");
    }
}
