//! Where a person goes after signing in or out (#22).

use std::str::FromStr;

use url::{Origin, Url};

use crate::{BaseUrl, base_url::is_loopback};

/// A place that is ours or on the allow-list. It can only be made by [`Origins`], and a redirect only from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// The front page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The front page for somebody who has just signed out.
    pub fn signed_out() -> Self {
        Self(format!("/?{}", Self::SIGNED_OUT))
    }

    /// The query by which the front page knows of a sign-out.
    pub const SIGNED_OUT: &'static str = "signed_out";

    /// The value of `Location`: a path on our origin, or an absolute URL of an allowed origin.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It travels in a cookie, of which a browser sends up to five: together they must fit the gateway's 10 KB of headers (#36).
const LONGEST: usize = 512;

/// The origins a person may be sent to: our own and an exact allow-list.
#[derive(Debug, Clone)]
pub struct Origins {
    base: BaseUrl,
    allowed: Vec<Origin>,
}

/// An entry of the allow-list that is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not an exact origin: write https://host[:port] (http only for localhost), without path or wildcard"
)]
pub struct OriginsError(String);

impl Origins {
    /// Our own origin and a list of others, separated by commas or spaces.
    pub fn new(base: BaseUrl, allowed: &str) -> Result<Self, OriginsError> {
        Ok(Self { base, allowed: entries(allowed).map(exact).collect::<Result<_, _>>()? })
    }

    /// A list of exact origins, separated by commas or spaces, each as a browser writes it (WHATWG URL, *serialization of an
    /// origin*).
    pub fn parse_list(list: &str) -> Result<Vec<String>, OriginsError> {
        entries(list).map(|entry| Ok(exact(entry)?.ascii_serialization())).collect()
    }

    /// Where we live.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The place `wanted` names, if a person may be sent there; the front page if not. Nothing is repaired: what does not
    /// come back from the WHATWG parser on an allowed origin is not taken.
    pub fn check(&self, wanted: &str) -> ReturnTo {
        self.accept(wanted).unwrap_or_else(ReturnTo::home)
    }

    fn accept(&self, wanted: &str) -> Option<ReturnTo> {
        let plain = wanted.len() <= LONGEST && wanted.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if !plain {
            return None;
        }
        let relative = wanted.starts_with('/') && !wanted.starts_with("//");
        let url = if relative { self.base.url().join(wanted).ok()? } else { Url::parse(wanted).ok()? };
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if url.origin() == self.base.url().origin() {
            return own(&url);
        }
        // An allowed origin is only taken where it was written out in full, never from a path that wandered off.
        let known = !relative && self.allowed.contains(&url.origin());
        known.then(|| ReturnTo(url.into()))
    }
}

/// A path on our own origin. `//` in front would be another host to the browser that reads `Location`.
fn own(url: &Url) -> Option<ReturnTo> {
    let path = &url[url::Position::BeforePath..];
    (path.starts_with('/') && !path.starts_with("//")).then(|| ReturnTo(path.to_owned()))
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ' ']).filter(|entry| !entry.is_empty())
}

fn exact(entry: &str) -> Result<Origin, OriginsError> {
    let wrong = || OriginsError(entry.to_owned());
    let url = Url::from_str(entry).map_err(|_| wrong())?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    let bare =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if safe && bare && !entry.contains('*') { Ok(url.origin()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins() -> Origins {
        let base = BaseUrl::parse("https://id.example.com").unwrap();
        Origins::new(base, "https://app.example.com, http://localhost:5173").unwrap()
    }

    #[test]
    fn takes_our_paths_and_the_listed_origins() {
        // #22
        for (wanted, taken) in [
            ("/", "/"),
            ("/users?limit=5#top", "/users?limit=5#top"),
            ("https://id.example.com/users", "/users"),
            ("https://app.example.com/x", "https://app.example.com/x"),
            ("http://localhost:5173/", "http://localhost:5173/"),
        ] {
            assert_eq!(origins().check(wanted).as_str(), taken, "{wanted}");
        }
    }

    #[test]
    fn any_other_address_becomes_the_front_page() {
        // #22
        for wanted in [
            "",
            "users",
            "//evil.com",
            "/\\evil.com",
            "/\t/evil.com",
            "/..//evil.com",
            "/.//evil.com",
            "https:evil.com",
            "https://id.example.com.evil.com/",
            "https://id.example.com@evil.com/",
            "https://user@app.example.com/",
            "http://app.example.com/",
            "https://app.example.com:444/",
            "https://sub.app.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://ıd.example.com",
        ] {
            assert_eq!(origins().check(wanted).as_str(), "/", "{wanted}");
        }
    }

    #[test]
    fn an_accepted_return_to_is_accepted_again_unchanged() {
        // #22: checked at the start and again at use.
        for wanted in ["/a/../b", "/%2e%2e//x", "https://app.example.com"] {
            let once = origins().check(wanted);
            assert_eq!(origins().check(once.as_str()), once, "{wanted}");
        }
    }

    #[test]
    fn the_allow_list_has_exact_origins_only() {
        // #22, #24
        for bad in [
            "https://*.example.com",
            "http://app.example.com",
            "https://a.example.com/x",
            "app.example.com",
            "*",
        ] {
            let base = BaseUrl::parse("https://id.example.com").unwrap();
            assert!(Origins::new(base, bad).is_err(), "{bad}");
        }
    }
}
