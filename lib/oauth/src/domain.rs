//! Where a provider lives, as a setting names it.

use url::Url;

/// The domain that a `<NAME>_DOMAIN` names, for signing in and for the authorizer alike: a host in small letters, with a port and a
/// path where it needs them; without `https://`, a query, or a slash at its end. Nothing if it is something else.
pub fn domain(text: &str) -> Option<String> {
    let domain = text.trim_end_matches('/');
    let written = format!("https://{domain}");
    let url = Url::parse(&written).ok()?;
    // What a parser would change is not taken: an issuer is made of it, and compared exactly (#14).
    let same = url.as_str().trim_end_matches('/') == written;
    let bare = url.username().is_empty() && url.password().is_none();
    let bare = bare && url.query().is_none() && url.fragment().is_none() && !domain.contains("//");
    (same && bare && url.host().is_some()).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_with_or_without_a_path() {
        // #14, #71
        for good in [
            "t.eu.auth0.com",
            "dev-1.okta.com/oauth2/default",
            "sso.example.com/realms/main",
            "sso.example.com:8443/realms/main",
            "localhost",
        ] {
            assert_eq!(domain(good).as_deref(), Some(good));
            assert_eq!(domain(&format!("{good}/")).as_deref(), Some(good));
        }
        for bad in [
            "",
            "/",
            "https://a.example",
            "A.example",
            "a.example?x",
            "a.example#x",
            "u@a.example",
            "u:p@a.example",
            "a.example/../b",
            "a.example//b",
            "a.example:443",
            "a.example/\u{e9}",
            "a b",
            "a.example/ x",
            ":8443",
            "\u{e9}.example",
            "a.example\\b",
        ] {
            assert_eq!(domain(bad), None, "{bad:?}");
        }
    }
}
