//! Where the answer to one authorization request goes.

use url::form_urlencoded;

use crate::{RedirectUri, server::ResponseMode};

/// The redirection endpoint of one authorization request (RFC 6749 §3.1.2): the address that the request named, after it was
/// found among those that its client has registered (#23). An answer can be sent to a client only through one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectTarget(RedirectUri);

impl RedirectTarget {
    /// The address that a request named, if it is this registered one.
    pub fn matching(registered: &RedirectUri, requested: &str) -> Option<Self> {
        registered.matched(requested).map(Self)
    }

    /// The address that people see after signing out, if it is one of these, exactly (RP-Initiated Logout §3; #28).
    pub fn listed(registered: &[String], requested: &str) -> Option<Self> {
        let found = registered.iter().find(|uri| *uri == requested)?;
        found.parse().ok().map(Self)
    }

    /// The address, as the request named it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether any program on the person's device can be at this address (RFC 8252 §8.6).
    pub fn is_native(&self) -> bool {
        self.0.is_native()
    }

    /// The address with parameters behind what its query has already (RFC 6749 §4.1.2).
    pub fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = self.as_str().to_owned();
        if parameters.is_empty() {
            return url;
        }
        match url.split_once('?').map(|(_, query)| query) {
            None => url.push('?'),
            Some(query) if query.is_empty() || query.ends_with('&') => {}
            Some(_) => url.push('&'),
        }
        // A plus would stay one where a query is decoded without regard to forms.
        let mut query = form_urlencoded::Serializer::new(String::new());
        url.push_str(&query.extend_pairs(parameters).finish().replace('+', "%20"));
        url
    }

    /// What `form-action` (CSP3 §6.4.1) must allow so that a form on our page may lead there.
    pub fn form_action(&self) -> String {
        self.0.origin_or_scheme()
    }

    /// The name by which a person knows this place: its host, or its scheme.
    pub fn place(&self) -> &str {
        let rest = self.as_str().split_once("://").map(|(_, rest)| rest);
        match rest.map(|rest| rest.split(['/', '?']).next().unwrap_or(rest)) {
            Some(host) if !host.is_empty() => host,
            _ => self.as_str().split(':').next().unwrap_or_default(),
        }
    }

    /// An answer to be sent there.
    pub fn answer(
        &self,
        mode: ResponseMode,
        parameters: Vec<(&'static str, String)>,
    ) -> AuthorizationResponse {
        AuthorizationResponse { target: self.clone(), mode, parameters }
    }
}

/// An authorization response (RFC 6749 §4.1.2, §4.1.2.1) on its way to the client. `Debug` shows no parameter: one is the code.
#[derive(Clone)]
pub struct AuthorizationResponse {
    target: RedirectTarget,
    mode: ResponseMode,
    parameters: Vec<(&'static str, String)>,
}

impl AuthorizationResponse {
    /// Where it goes.
    pub fn target(&self) -> &RedirectTarget {
        &self.target
    }

    /// How it gets there.
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// Names and values.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The address with the parameters in its query.
    pub fn url(&self) -> String {
        self.target.with(&self.parameters().collect::<Vec<_>>())
    }
}

impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name).collect();
        f.debug_struct("AuthorizationResponse").field("mode", &self.mode).field("parameters", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str) -> RedirectTarget {
        let registered = RedirectUri::register(uri, true).unwrap();
        RedirectTarget::matching(&registered, uri).unwrap()
    }

    #[test]
    fn parameters_go_behind_a_query_that_is_there() {
        for (uri, url) in [
            ("https://app.example.com/cb", "https://app.example.com/cb?state=a%20b%26c"),
            ("https://app.example.com/cb?x=1", "https://app.example.com/cb?x=1&state=a%20b%26c"),
            ("https://app.example.com/cb?", "https://app.example.com/cb?state=a%20b%26c"),
            ("https://app.example.com/cb?x=1&", "https://app.example.com/cb?x=1&state=a%20b%26c"),
            ("com.example.app:/cb", "com.example.app:/cb?state=a%20b%26c"),
        ] {
            assert_eq!(target(uri).with(&[("state", "a b&c")]), url);
        }
        assert_eq!(target("https://app.example.com/cb").with(&[]), "https://app.example.com/cb");
    }

    #[test]
    fn a_policy_names_an_origin_or_a_scheme() {
        // #104
        for (uri, source, place) in [
            ("https://app.example.com/cb?x=1", "https://app.example.com", "app.example.com"),
            ("https://app.example.com:8443/", "https://app.example.com:8443", "app.example.com:8443"),
            ("http://localhost:4711/cb", "http://localhost:4711", "localhost:4711"),
            ("http://127.0.0.1:4711/cb", "http://127.0.0.1:4711", "127.0.0.1:4711"),
            ("http://[::1]:4711/cb", "http:", "[::1]:4711"),
            ("com.example.app:/cb", "com.example.app:", "com.example.app"),
        ] {
            let target = target(uri);
            assert_eq!(target.form_action(), source, "{uri}");
            assert_eq!(target.place(), place, "{uri}");
        }
    }

    #[test]
    fn only_what_is_registered_is_a_target() {
        // #23, #28
        let registered = RedirectUri::register("https://app.example.com/cb", false).unwrap();
        assert_eq!(RedirectTarget::matching(&registered, "https://app.example.com/cb/"), None);
        let listed = ["https://app.example.com/bye".to_owned()];
        assert!(RedirectTarget::listed(&listed, "https://app.example.com/bye").is_some());
        for other in ["https://app.example.com/bye?x", "https://app.example.com/", "", "https://evil.example"]
        {
            assert_eq!(RedirectTarget::listed(&listed, other), None, "{other}");
        }
    }
}
