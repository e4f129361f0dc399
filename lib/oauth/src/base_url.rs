//! Where we live.

use std::str::FromStr;

use url::Url;

/// Our own origin, from settings and never from a request (#2): https, or http on loopback; no path, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why an address cannot be a base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} must be https://host[:port] (or http:// on localhost), with nothing behind it")]
pub struct BaseUrlError(String);

impl BaseUrl {
    /// Reads a setting.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let wrong = || BaseUrlError(text.to_owned());
        let url = Url::parse(text).map_err(|_| wrong())?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if bare && anonymous && safe && !text.contains('*') { Ok(Self(url)) } else { Err(wrong()) }
    }

    /// The origin without a slash at the end, as in `iss`.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Our address for `path`, which begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// Whether people come here over TLS. If not, it is on this machine.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        Self::parse(text)
    }
}

/// Whether a text is an address on this machine: its host is `localhost`, or in 127.0.0.0/8, or ::1.
pub fn is_local_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_loopback(&url))
}

/// Whether the URL's host is this machine: `localhost`, 127.0.0.0/8 or ::1.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_https_and_loopback() {
        for good in [
            "https://id.example.com",
            "https://id.example.com/",
            "http://localhost:3000",
            "http://127.0.0.1:1",
        ] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        assert_eq!(
            BaseUrl::parse("https://Id.Example.com/").unwrap().at("/users"),
            "https://id.example.com/users"
        );
    }

    #[test]
    fn refuses_unsafe_base_urls() {
        // #24
        for bad in [
            "http://id.example.com",
            "https://id.example.com/path",
            "https://id.example.com?x",
            "https://id.example.com#x",
            "https://user@id.example.com",
            "https://*.example.com",
            "http://localhost.example.com",
            "ftp://localhost",
            "javascript:alert(1)",
            "id.example.com",
            "",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        for here in ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9:5", "http://[::1]:4566/"] {
            assert!(is_local_address(here), "{here}");
        }
        for there in [
            "",
            "localhost",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "https://[::2]",
        ] {
            assert!(!is_local_address(there), "{there}");
        }
    }
}
