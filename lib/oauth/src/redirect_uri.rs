//! Where a client is sent its authorization responses (RFC 6749 §3.1.2).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Position, Url};

use crate::RedirectFlaw;

/// The longest that is registered, in bytes: it travels in cookies and in requests with much else.
const LONGEST: usize = 512;

/// The hosts of this machine, as they are written (RFC 8252 §7.3, §8.3).
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Parameters of our own answers: beside one of them, a client could not tell ours from its own.
const OURS: [&str; 5] = ["code", "state", "iss", "error", "error_description"];

/// A redirect URI that may be registered: absolute https; http on this machine; or a scheme of the app's own with a dot in it
/// (#24). It is stored and compared as it was written: nothing is normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    to: To,
}

/// To whom the browser gives the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Https,
    /// A program that listens on this machine (RFC 8252 §7.3).
    Loopback,
    /// The app that claimed the scheme (RFC 8252 §7.1).
    PrivateUse,
}

impl RedirectUri {
    /// Checks what somebody wants to register; private-use schemes are for native apps only (RFC 8252 §7.1).
    pub fn register(text: &str, native: bool) -> Result<Self, RedirectFlaw> {
        let uri = Self::parse(text)?;
        if uri.to == To::PrivateUse && !native { Err(RedirectFlaw::OwnScheme) } else { Ok(uri) }
    }

    /// The URI that a request names, if this is the one that it may name: the same text (RFC 9700 §4.1.3), or for a program on
    /// this machine the same but for the port (RFC 8252 §7.3). `localhost` and `127.0.0.1` are different hosts.
    pub fn matched(&self, requested: &str) -> Option<Self> {
        let same = self.text == requested
            || (self.to == To::Loopback && without_port(requested) == without_port(&self.text));
        same.then(|| Self { text: requested.to_owned(), to: self.to })
    }

    /// Whether a request may name `requested` where this is registered.
    pub fn matches(&self, requested: &str) -> bool {
        self.matched(requested).is_some()
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether another app on the device could receive the response (RFC 8252 §8.6): it goes to a program on this machine or to
    /// a private-use scheme.
    pub fn is_native(&self) -> bool {
        self.to != To::Https
    }

    /// Where a form may lead, as a source of Content Security Policy: the origin, or for a private-use scheme the scheme. CSP
    /// cannot name the host `[::1]`, so there it is the scheme as well.
    pub fn origin_or_scheme(&self) -> String {
        let scheme = self.text.split(':').next().unwrap_or_default();
        match Url::parse(&self.text) {
            Ok(url) if self.to != To::PrivateUse && !self.text.starts_with("http://[") => {
                url[..Position::BeforePath].to_owned()
            }
            _ => format!("{scheme}:"),
        }
    }

    fn parse(text: &str) -> Result<Self, RedirectFlaw> {
        if text.len() > LONGEST {
            return Err(RedirectFlaw::Long);
        }
        characters(text)?;
        let (scheme, rest) = text.split_once(':').ok_or(RedirectFlaw::Relative)?;
        let to = match scheme {
            "https" => To::Https,
            "http" => To::Loopback,
            _ if is_private_use(scheme) => To::PrivateUse,
            _ => return Err(RedirectFlaw::Scheme),
        };
        if to == To::PrivateUse {
            private_use(rest)?;
        } else {
            web(text, rest, to)?;
        }
        Ok(Self { text: text.to_owned(), to })
    }
}

/// RFC 3986 §2: its characters, and none that could mean more than itself.
fn characters(text: &str) -> Result<(), RedirectFlaw> {
    if text.contains('#') {
        return Err(RedirectFlaw::Fragment);
    }
    if text.contains('*') {
        return Err(RedirectFlaw::Wildcard);
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()+,;=%".contains(&b);
    if !text.bytes().all(allowed) {
        return Err(RedirectFlaw::Character);
    }
    let mut parts = text.split('%').skip(1).map(str::as_bytes);
    let hexadecimal = |part: &[u8]| part.len() >= 2 && part[..2].iter().all(u8::is_ascii_hexdigit);
    if !parts.all(hexadecimal) {
        return Err(RedirectFlaw::Percent);
    }
    Ok(())
}

/// RFC 8252 §7.1: a scheme under the control of the app's owner has a dot. In small letters, as browsers write it.
fn is_private_use(scheme: &str) -> bool {
    let letters = scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b));
    let labels = scheme.split('.').all(|label| !label.is_empty());
    letters && labels && scheme.contains('.') && scheme.starts_with(|c: char| c.is_ascii_lowercase())
}

fn private_use(rest: &str) -> Result<(), RedirectFlaw> {
    let path = rest.strip_prefix('/').ok_or(RedirectFlaw::Slash)?;
    let authority = path.strip_prefix('/').unwrap_or_default().split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') { Err(RedirectFlaw::User) } else { own_parameters(rest) }
}

fn web(text: &str, rest: &str, to: To) -> Result<(), RedirectFlaw> {
    let rest = rest.strip_prefix("//").ok_or(RedirectFlaw::Slashes)?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(RedirectFlaw::User);
    }
    let url = Url::parse(text).map_err(|_| RedirectFlaw::NoUrl)?;
    let (host, port) = host_and_port(authority).ok_or(RedirectFlaw::Port)?;
    // What a browser would change is not taken: capitals, numbers of other forms, a host that is encoded.
    if host.is_empty()
        || url.host_str() != Some(host)
        || port.is_some_and(|port| port.parse() != Ok(url_port(&url)))
    {
        return Err(RedirectFlaw::Host);
    }
    if to == To::Loopback && !LOOPBACK.contains(&host) {
        return Err(RedirectFlaw::Http);
    }
    own_parameters(rest)
}

fn url_port(url: &Url) -> u16 {
    url.port_or_known_default().unwrap_or_default()
}

fn own_parameters(rest: &str) -> Result<(), RedirectFlaw> {
    let query = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let mut names = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    if names.any(|name| OURS.contains(&&*name)) {
        return Err(RedirectFlaw::Parameter);
    }
    Ok(())
}

/// The host of an authority and its port as written; nothing if the port is no number from 1 to 65535.
fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(end);
    let Some(port) = port.strip_prefix(':') else { return port.is_empty().then_some((host, None)) };
    let number =
        port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok();
    number.then_some((host, Some(port)))
}

/// An http address as its host and all that follows the port; nothing if it is something else.
fn without_port(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    Some((host_and_port(authority)?.0, path))
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// As for a native app: for whom it is was checked when it was registered.
impl FromStr for RedirectUri {
    type Err = RedirectFlaw;

    fn from_str(text: &str) -> Result<Self, RedirectFlaw> {
        Self::register(text, true)
    }
}

impl Serialize for RedirectUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RedirectUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(text: &str) -> RedirectUri {
        RedirectUri::register(text, true).unwrap()
    }

    #[test]
    fn https_loopback_and_private_use_schemes_are_registered() {
        // #24
        for (text, source, native) in [
            ("https://app.example.com/callback", "https://app.example.com", false),
            ("https://app.example.com", "https://app.example.com", false),
            ("https://app.example.com:8443/cb?tenant=a&x=%20", "https://app.example.com:8443", false),
            ("https://app.example.com:443/cb", "https://app.example.com", false),
            ("https://app.example.com/a/../b", "https://app.example.com", false),
            ("https://localhost/cb", "https://localhost", false),
            ("https://[2001:db8::1]/cb", "https://[2001:db8::1]", false),
            ("https://xn--mnchen-3ya.example/cb", "https://xn--mnchen-3ya.example", false),
            ("http://localhost/callback", "http://localhost", true),
            ("http://localhost:5173/", "http://localhost:5173", true),
            ("http://localhost:80/", "http://localhost", true),
            ("http://127.0.0.1:1/cb?x=1", "http://127.0.0.1:1", true),
            ("http://[::1]:49152/cb", "http:", true),
            ("com.example.app:/callback", "com.example.app:", true),
            ("com.example.app://callback/x", "com.example.app:", true),
        ] {
            let uri = RedirectUri::register(text, true).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((uri.as_str(), uri.is_native()), (text, native));
            assert_eq!(uri.origin_or_scheme(), source, "{text}");
            let json = serde_json::to_value(&uri).unwrap();
            assert_eq!((json.as_str(), serde_json::from_value(json.clone()).ok()), (Some(text), Some(uri)));
        }
    }

    #[test]
    fn anything_else_is_refused_and_the_reason_given() {
        // #23, #24
        for (text, why) in [
            ("", "absolute"),
            ("/callback", "absolute"),
            ("app.example.com/callback", "absolute"),
            ("//app.example.com/cb", "absolute"),
            ("http://app.example.com/cb", "use https"),
            ("http://10.0.0.1/cb", "use https"),
            ("http://127.0.0.2/cb", "use https"),
            ("http://0.0.0.0/cb", "use https"),
            ("http://localhost.example.com/cb", "use https"),
            ("http://localhost.:80/cb", "use https"),
            ("HTTPS://app.example.com/cb", "must be https"),
            ("javascript:alert(1)", "must be https"),
            ("JaVaScRiPt:alert(1)", "must be https"),
            ("data:text/html,x", "must be https"),
            ("vbscript:x", "must be https"),
            ("file:///etc/passwd", "must be https"),
            ("blob:https://app.example.com/x", "must be https"),
            ("about:blank", "must be https"),
            ("myapp://callback", "must be https"),
            ("com.Example.app:/cb", "must be https"),
            (".example.app:/cb", "must be https"),
            ("com..app:/cb", "must be https"),
            ("com.app.:/cb", "must be https"),
            ("1.example:/cb", "must be https"),
            ("com.example.app:cb", "lacks a /"),
            ("com.example.app:", "lacks a /"),
            ("com.example.app://user@host/cb", "user name"),
            ("https:app.example.com/cb", "lacks //"),
            ("https:/app.example.com/cb", "lacks //"),
            ("https:evil", "lacks //"),
            ("https://", "is no URL"),
            ("https:///cb", "host"),
            ("https://:8443/cb", "is no URL"),
            ("https://user@app.example.com/cb", "user name"),
            ("https://user:pass@app.example.com/cb", "user name"),
            ("https://a@b@app.example.com/cb", "user name"),
            ("https://@app.example.com/cb", "user name"),
            ("https://App.example.com/cb", "small letters"),
            ("https://app%2eexample.com/cb", "small letters"),
            ("https://2130706433/cb", "small letters"),
            ("http://0x7f.1/cb", "small letters"),
            ("https://app.example.com:/cb", "port"),
            ("https://app.example.com:0/cb", "port"),
            ("https://app.example.com:0443/cb", "port"),
            ("https://app.example.com:99999/cb", "is no URL"),
            ("https://app.example.com:8x/cb", "is no URL"),
            ("http://[::1/cb", "is no URL"),
            ("https://app.example.com/cb#x", "fragment"),
            ("https://app.example.com/cb#", "fragment"),
            ("https://*.example.com/cb", "wildcard"),
            ("https://app.example.com/*", "wildcard"),
            ("https://app.example.com\\@evil.com/cb", "character"),
            ("https://app.example.com/c b", "character"),
            (" https://app.example.com/cb", "character"),
            ("https://app.example.com/cb\n", "character"),
            ("https://app.example.com/\0", "character"),
            ("https://app.exa\u{202e}mple.com/cb", "character"),
            ("https://m\u{fc}nchen.example/cb", "character"),
            ("https://app.example.com/\"><script>", "character"),
            ("https://app.example.com/{id}", "character"),
            ("https://app.example.com/%zz", "%"),
            ("https://app.example.com/%", "%"),
            ("https://app.example.com/cb?code=x", "ours"),
            ("https://app.example.com/cb?a=b&st%61te=x", "ours"),
            ("com.example.app:/cb?iss=x", "ours"),
        ] {
            let error = RedirectUri::register(text, true).expect_err(text);
            assert!(error.to_string().contains(why), "{text}: {error}");
            assert!(serde_json::from_value::<RedirectUri>(text.into()).is_err(), "{text}");
        }
        let long = format!("https://app.example.com/{}", "a".repeat(512 - 24));
        assert!(RedirectUri::register(&long, false).is_ok());
        assert!(RedirectUri::register(&format!("{long}a"), false).is_err());
    }

    #[test]
    fn a_private_use_scheme_is_for_native_apps_only() {
        // #24, RFC 8252 §7.1
        assert!(RedirectUri::register("com.example.app:/cb", false).is_err());
        assert!(RedirectUri::register("http://localhost/cb", false).is_ok());
    }

    #[test]
    fn a_request_names_exactly_what_is_registered() {
        // #23
        let uri = registered("https://app.example.com/cb?x=1");
        assert_eq!(uri.matched("https://app.example.com/cb?x=1"), Some(uri.clone()));
        for other in [
            "",
            "https://app.example.com/cb",
            "https://app.example.com/cb?x=1&y=2",
            "https://app.example.com/cb?x=2",
            "https://app.example.com/cb?x=1#",
            "https://app.example.com/cb/?x=1",
            "https://app.example.com/CB?x=1",
            "https://App.example.com/cb?x=1",
            "HTTPS://app.example.com/cb?x=1",
            "https://app.example.com:443/cb?x=1",
            "https://app.example.com:8443/cb?x=1",
            "https://app.example.com/a/../cb?x=1",
            "https://app.example.com/a/%2e%2e/cb?x=1",
            "https://app.example.com/..;/cb?x=1",
            "https://app.example.com@evil.com/cb?x=1",
            "https://evil.com/https://app.example.com/cb?x=1",
            "http://app.example.com/cb?x=1",
            " https://app.example.com/cb?x=1",
            "https://app.example.com/cb?x=1 ",
            "https://app.example.com/cb?x=1\0",
        ] {
            assert!(!uri.matches(other), "{other:?}");
        }
    }

    #[test]
    fn on_this_machine_the_port_floats_and_nothing_else() {
        // #24, RFC 8252 §7.3
        for (uri, good) in [
            ("http://localhost/cb?x=1", "http://localhost:49152/cb?x=1"),
            ("http://localhost:3000/cb?x=1", "http://localhost/cb?x=1"),
            ("http://localhost:3000/cb?x=1", "http://localhost:65535/cb?x=1"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1/cb"),
            ("http://[::1]:3000/cb", "http://[::1]:4000/cb"),
        ] {
            assert_eq!(registered(uri).matched(good).unwrap().as_str(), good, "{uri}");
        }
        assert_eq!(
            registered("http://localhost/cb").matched("http://localhost:7/cb").unwrap().origin_or_scheme(),
            "http://localhost:7",
            "the form leads to the port of the request"
        );
        let uri = registered("http://localhost:3000/cb?x=1");
        for other in [
            "http://127.0.0.1:3000/cb?x=1",
            "http://[::1]:3000/cb?x=1",
            "http://Localhost:3000/cb?x=1",
            "http://localhost.:3000/cb?x=1",
            "http://localhost.evil.com:3000/cb?x=1",
            "http://localhost:3000@evil.com/cb?x=1",
            "http://user@localhost:3000/cb?x=1",
            "http://localhost:3000:80/cb?x=1",
            "http://localhost:0/cb?x=1",
            "http://localhost:65536/cb?x=1",
            "http://localhost:080/cb?x=1",
            "http://localhost:+80/cb?x=1",
            "http://localhost:/cb?x=1",
            "http://localhost:80\\@evil.com/cb?x=1",
            "https://localhost:3000/cb?x=1",
            "HTTP://localhost:3000/cb?x=1",
            "http:/localhost:3000/cb?x=1",
            "http://localhost:3000/cb",
            "http://localhost:3000/cb?x=2",
            "http://localhost:3000/cb?x=1#",
            "http://localhost:3000//cb?x=1",
            "http://localhost:3000/a/../cb?x=1",
        ] {
            assert!(!uri.matches(other), "{other:?}");
        }
        assert!(!registered("com.example.app:/cb").matches("com.example.app://cb"));
    }
}
