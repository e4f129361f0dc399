//! The names by which this machine may be called. A page on the internet can point a name of its own at 127.0.0.1 (DNS
//! rebinding); its requests then carry that name, and are refused.

use http::{HeaderMap, Uri, header};
use url::Url;

/// This machine's names.
const OWN: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether a request was sent to one of this machine's names or to `also`, whatever the port (RFC 9112 §3.2): by its one Host
/// header, and by its target where that is a whole address.
pub(crate) fn is_ours(uri: &Uri, headers: &HeaderMap, also: Option<&str>) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let known = |authority: &str| {
        name(authority)
            .is_some_and(|name| OWN.into_iter().chain(also).any(|known| known.eq_ignore_ascii_case(name)))
    };
    host.to_str().is_ok_and(known) && uri.authority().is_none_or(|target| known(target.as_str()))
}

/// The host of `host[:port]`.
fn name(authority: &str) -> Option<&str> {
    let end = authority.strip_prefix('[').and_then(|rest| rest.find(']')).map_or(0, |at| at + 2);
    let name = match authority[end..].find(':') {
        Some(colon) => &authority[..end + colon],
        None => authority,
    };
    let port = authority[name.len()..].strip_prefix(':').unwrap_or_default();
    port.bytes().all(|b| b.is_ascii_digit()).then_some(name)
}

/// The host of an address, as a Host header names it.
pub(crate) fn of(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host().map(|host| host.to_string())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn called(uri: &str, hosts: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_str(host).unwrap());
        }
        is_ours(&uri.parse().unwrap(), &headers, Some("id.example.com"))
    }

    #[test]
    fn local_names_and_the_base_url_are_accepted() {
        for host in [
            "localhost",
            "LOCALHOST:3000",
            "127.0.0.1:1",
            "[::1]:3000",
            "[::1]",
            "ID.example.com",
            "id.example.com:443",
        ] {
            assert!(called("/", &[host]), "{host}");
            assert!(called(&format!("http://{host}/users"), &[host]), "{host}");
        }
    }

    #[test]
    fn no_other_host_name_is_accepted() {
        // #2
        for hosts in [
            &["evil.example"][..],
            &["evil.example:3000"],
            &[""],
            &[],
            &["localhost", "localhost"],
            &["localhost", "evil.example"],
            &["localhost.evil.example"],
            &["127.0.0.1.evil.example:3000"],
            &["id.example.com.evil.example"],
            &["localhost:3000.evil.example"],
            &["localhost:80@evil.example"],
            &["evil@localhost"],
            &["localhost, evil.example"],
            &["127.0.0.2"],
            &["0.0.0.0:3000"],
            &["[::1"],
            &["[::1]evil.example"],
            &["::1"],
            &["[::ffff:127.0.0.1]"],
        ] {
            assert!(!called("/", hosts), "{hosts:?}");
        }
        assert!(!called("http://evil.example/", &["localhost"]), "the target beats the header");
        assert!(!called("http://localhost/", &["evil.example"]));
    }
}
