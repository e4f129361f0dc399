//! From where a request came, as it is counted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::Request;

impl Request {
    /// Its address; of IPv6 the network, because whoever has one has all its addresses.
    pub fn network(&self) -> String {
        network(self.source())
    }
}

fn network(source: Option<IpAddr>) -> String {
    match source.map(|source| source.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string()
        }
        // The gateway always says it. Where one does not, all are one.
        None => Ipv4Addr::UNSPECIFIED.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_by_its_network() {
        // #105
        for (source, counted) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::"),
        ] {
            assert_eq!(network(Some(source.parse().unwrap())), counted);
        }
        assert_eq!(network(None), "0.0.0.0");
    }
}
