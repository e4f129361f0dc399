//! Where we go: which addresses may be called, and which machines they may lead to (#71).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use url::{Host, Url};

/// The machines that a connection may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reach {
    /// The public Internet only.
    Public,
    /// Besides, the private networks and this machine: for a provider on a private network (`CA_FILE`).
    Private,
    /// This machine only: for plain http.
    Loopback,
}

impl Reach {
    /// The one for an address: plain http stays on this machine.
    pub(crate) fn of(url: &Url, private: bool) -> Self {
        match (url.scheme(), private) {
            ("https", true) => Self::Private,
            ("https", false) => Self::Public,
            _ => Self::Loopback,
        }
    }

    /// Whether a connection to this machine may be made.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Public => is_public(address),
            Self::Private => is_public(address) || is_private(address) || address.is_loopback(),
            Self::Loopback => address.is_loopback(),
        }
    }

    /// Whether the URL's host may be called, as far as that can be said without asking for its address. The resolver is
    /// never asked about an address that is written out, so it is checked here.
    pub(crate) fn allows_host(self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            Some(Host::Domain(name)) => self != Self::Loopback || name == "localhost",
            None => false,
        }
    }
}

/// Whether the URL's host is this machine: `localhost`, 127.0.0.0/8 or ::1.
pub fn is_loopback(url: &Url) -> bool {
    Reach::Loopback.allows_host(url)
}

/// Whether this is an address that may be called at all: https, or http on this machine; nothing but host, path and
/// query.
pub fn is_endpoint(url: &Url) -> bool {
    let anonymous = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    anonymous && safe && url.host().is_some()
}

/// Whether an address may be called at all and, as far as can be said without asking for it, leads where we go (#71): to the public
/// Internet; if `private`, to private networks and this machine too; and with plain http to this machine.
pub fn may_be_called(url: &Url, private: bool) -> bool {
    is_endpoint(url) && Reach::of(url, private).allows_host(url)
}

/// Whether an endpoint of somebody whose own address is `own` may be called: it is on the same origin, or on one of `hosts`
/// (#71). A host is `name`, `name:port`, or `.name` for anything below it.
pub fn is_at_home(url: &Url, own: &Url, hosts: &[String]) -> bool {
    let listed = || hosts.iter().any(|host| is_on(url, host));
    is_endpoint(url) && url.scheme() == own.scheme() && (url.origin() == own.origin() || listed())
}

/// Whether the URL is on `host`, which is `name`, `name:port`, or `.name` for anything below it. Without a port it is
/// the usual one.
fn is_on(url: &Url, host: &str) -> bool {
    let Some(name) = url.host_str() else { return false };
    let (wanted, port) = match host.rsplit_once(':') {
        Some((wanted, port)) if port.parse::<u16>().is_ok() => (wanted, port.parse().ok()),
        _ => (host, None),
    };
    let below = wanted.strip_prefix('.').is_some_and(|_| name.len() > wanted.len() && name.ends_with(wanted));
    (name == wanted || below) && url.port() == port.filter(|port| *port != 443)
}

/// RFC 1918, RFC 4193 and RFC 6598: somebody's own network. The addresses where clouds keep their credentials are not:
/// link-local ones, and AWS's fd00:ec2::/32.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || is_within(v4, [100, 64, 0, 0], 10),
        IpAddr::V6(v6) => v6.is_unique_local() && v6.segments()[..2] != [0xfd00, 0xec2],
    }
}

/// Whether an address is of the public Internet: not one of those that IANA reserved for something else.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// IANA's registry of special-purpose IPv4 addresses, without the few that are globally reachable.
const RESERVED: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    !RESERVED.into_iter().any(|(network, bits)| is_within(address, network, bits))
}

fn is_within(address: Ipv4Addr, network: [u8; 4], bits: u32) -> bool {
    let shift = 32 - bits;
    address.to_bits() >> shift == u32::from_be_bytes(network) >> shift
}

/// Global unicast is 2000::/3. Within it, the tunnels (2001::/23, 2002::/16) and the documentation are left out. An address
/// below 64:ff9b::/96 leads to the IPv4 address in it (RFC 6052 §2.1), which is what counts.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, fourth, fifth, sixth, high, low] = address.segments();
    if [first, second, third, fourth, fifth, sixth] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public_v4(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)));
    }
    let special = (first == 0x2001 && (second < 0x200 || second == 0xdb8))
        || first == 0x2002
        || (first == 0x3fff && second < 0x1000);
    (0x2000..0x4000).contains(&first) && !special
}

/// Asks the system for addresses, and passes none on if one of them may not be called: a name that points into our
/// house once may do so at any time.
#[derive(Debug, Clone)]
pub(crate) struct Resolver(pub(crate) Reach);

/// A name that leads where we do not go.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address that may not be called")]
struct Forbidden;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let addresses: Vec<_> = found.map(|socket| socket.ip()).collect();
            let allowed = addresses.iter().all(|address| self.0.allows(*address));
            if allowed { Ok(addresses) } else { Err(ResolveDnsError::new(Forbidden)) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_public_internet_is_public() {
        for address in [
            "8.8.8.8",
            "142.250.185.78",
            "100.63.255.255",
            "172.32.0.1",
            "2a00:1450:4001:80b::200e",
            "2606:4700::1111",
            "64:ff9b::808:808",
        ] {
            assert!(Reach::Public.allows(ip(address)), "{address}");
            assert!(Reach::Private.allows(ip(address)), "{address}");
            assert!(!Reach::Loopback.allows(ip(address)), "{address}");
        }
    }

    #[test]
    fn no_other_address_is_public() {
        // #71
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.8.9.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.0.170",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!Reach::Public.allows(ip(address)), "{address}");
        }
    }

    #[test]
    fn with_ca_file_private_addresses_are_allowed_and_link_local_ones_are_not() {
        // #71
        for address in [
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "::1",
            "fd12::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(Reach::Private.allows(ip(address)), "{address}");
        }
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fd00:ec2::254",
            "fe80::1",
            "0.0.0.0",
            "224.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!Reach::Private.allows(ip(address)), "{address}");
        }
    }

    #[test]
    fn an_endpoint_is_https_or_http_on_this_machine() {
        // #71, #102
        let check = |text: &str| Url::parse(text).is_ok_and(|url| is_endpoint(&url));
        for good in [
            "https://a.example/x?y=z",
            "http://localhost:3000/",
            "http://127.0.0.1:1/x",
            "http://127.9.9.9/",
            "http://[::1]:8/",
        ] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "http://a.example/",
            "http://localhost.a.example/",
            "http://10.0.0.1/",
            "http://[::]/",
            "ftp://localhost/",
            "file:///etc/passwd",
            "https://user@a.example/",
            "https://:x@a.example/",
            "https://a.example/#x",
            "gopher://localhost:1/",
            "a.example",
            "",
        ] {
            assert!(!check(bad), "{bad}");
        }
    }

    #[test]
    fn a_literal_ip_address_is_checked_in_every_spelling() {
        // #71: the WHATWG parser makes one address of them all.
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xA9FEA9FE",
            "0251.0376.0251.0376",
            "[::ffff:a9fe:a9fe]",
            "127.1",
            "10.0.0.1",
        ] {
            let url = Url::parse(&format!("https://{host}/x")).unwrap();
            assert!(!Reach::Public.allows_host(&url), "{host}");
        }
        let name = Url::parse("https://a.example/").unwrap();
        assert!(Reach::Public.allows_host(&name) && !Reach::Loopback.allows_host(&name));
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_a_local_address_is_refused() {
        // #71: `localhost` stands for any name with such a record.
        assert!(Resolver(Reach::Public).resolve_dns("localhost").await.is_err());
        assert!(Resolver(Reach::Loopback).resolve_dns("localhost").await.is_ok());
    }

    #[test]
    fn a_host_is_exact_unless_it_begins_with_a_dot() {
        // #71
        let on = |url: &str, host: &str| is_on(&Url::parse(url).unwrap(), host);
        assert!(on("https://b.example/", "b.example") && on("https://b.example:8443/", "b.example:8443"));
        assert!(on("https://x.amazoncognito.com/", ".amazoncognito.com"));
        for (url, host) in [
            ("https://x.b.example/", "b.example"),
            ("https://b.example:8443/", "b.example"),
            ("https://b.example/", "b.example:8443"),
            ("https://amazoncognito.com/", ".amazoncognito.com"),
            ("https://evilamazoncognito.com/", ".amazoncognito.com"),
            ("https://x.amazoncognito.com.evil.example/", ".amazoncognito.com"),
        ] {
            assert!(!on(url, host), "{url} {host}");
        }
    }
}
