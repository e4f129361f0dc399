//! The key set of an issuer whose tokens an API accepts: fetched with the same care as a provider's, and not cached here.

use std::{sync::Arc, time::Duration};

use jose::json::parse_object;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::{
    Error, Fault, Http, JSON, KEY_SET, SettingError,
    address::{is_at_home, is_endpoint},
};

/// How long a key set may take, its issuer's metadata included (#72).
const LIMIT: Duration = Duration::from_secs(3);

/// Fetches key sets. Cloning is cheap: clones share one client.
#[derive(Debug, Clone)]
pub struct KeySources(Arc<Http>);

/// Where one issuer's key set is.
#[derive(Debug, Clone)]
pub struct KeySource {
    http: Arc<Http>,
    location: Location,
}

#[derive(Debug, Clone)]
enum Location {
    Known(Url),
    Discovered { document: Url, issuer: String, hosts: Vec<String> },
}

impl KeySources {
    /// A client that trusts the system's certificate authorities, and those in `ca_pem` (the content of `CA_FILE`).
    pub fn new(ca_pem: Option<Vec<u8>>) -> Result<Self, SettingError> {
        Ok(Self(Arc::new(Http::new(ca_pem)?)))
    }

    /// The key set at `keys`; without that address, where the metadata of `issuer` says, on its own origin or on one of
    /// `hosts` (#71). The metadata is at `metadata`, or at the issuer's well-known path.
    pub fn of(
        &self,
        issuer: &str,
        keys: Option<&str>,
        metadata: Option<&str>,
        hosts: Vec<String>,
    ) -> Result<KeySource, SettingError> {
        let address = |text: &str| {
            let url = Url::parse(text).ok().filter(is_endpoint);
            let advice =
                "its address must be https://host/path (http only for localhost), without user or fragment";
            url.ok_or_else(|| SettingError::new(advice))
        };
        let location = match keys {
            Some(keys) => Location::Known(address(keys)?),
            None => {
                // OpenID Connect Discovery §4: a slash at the end goes away before the well-known path.
                let usual = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
                let document = address(metadata.unwrap_or(&usual))?;
                Location::Discovered { document, issuer: issuer.to_owned(), hosts }
            }
        };
        Ok(KeySource { http: self.0.clone(), location })
    }
}

impl KeySource {
    /// The key set as it was answered, all within three seconds. It is not checked.
    pub async fn fetch(&self) -> Result<Vec<u8>, Error> {
        let fetched = timeout(LIMIT, async {
            let keys = match &self.location {
                Location::Known(keys) => keys.clone(),
                Location::Discovered { document, issuer, hosts } => {
                    keys_in(&self.http.get(document, JSON, LIMIT).await?, issuer, hosts)?
                }
            };
            Ok(self.http.get(&keys, KEY_SET, LIMIT).await?)
        });
        fetched.await.unwrap_or_else(|_| Err(Error::new(Fault::Slow, "no key set in time")))
    }
}

/// What is needed of an issuer's metadata (RFC 8414 §3.3): fewer members than a sign-in needs, and checked like there.
pub(crate) fn keys_in(body: &[u8], issuer: &str, hosts: &[String]) -> Result<Url, Error> {
    let flaw = |why: &str| Error::new(Fault::Answer, format!("the issuer's metadata is not taken: {why}"));
    let document = parse_object(body).map_err(|error| flaw(&error.to_string()))?;
    if document.get("issuer").is_none_or(|named| named != issuer) {
        return Err(flaw("its issuer is a different one"));
    }
    let own = Url::parse(issuer).map_err(|_| flaw("its issuer is no address"))?;
    let keys = document.get("jwks_uri").and_then(Value::as_str).and_then(|text| Url::parse(text).ok());
    keys.filter(|keys| is_at_home(keys, &own, hosts))
        .ok_or_else(|| flaw("its jwks_uri is missing or elsewhere"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_must_be_on_the_issuers_host() {
        // #71, #72
        let issuer = "https://a.example/tenant/";
        let found =
            |document: Value| keys_in(document.to_string().as_bytes(), issuer, &["k.example".to_owned()]);
        for good in ["https://a.example/keys", "https://k.example/keys"] {
            assert_eq!(found(json!({"issuer": issuer, "jwks_uri": good})).unwrap().as_str(), good);
        }
        for bad in [
            "http://a.example/keys",
            "https://b.example/keys",
            "https://a.example:8443/",
            "https://169.254.169.254/",
            "https://a.example@b.example/",
            "",
        ] {
            assert!(found(json!({"issuer": issuer, "jwks_uri": bad})).is_err(), "{bad}");
        }
        for bad in [
            json!({}),
            json!({"issuer": issuer}),
            json!({"issuer": "https://a.example/tenant", "jwks_uri": "https://a.example/keys"}),
            json!([]),
        ] {
            assert!(found(bad.clone()).is_err(), "{bad}");
        }
        assert!(keys_in(b"<html>", issuer, &[]).is_err());
    }

    #[tokio::test]
    async fn addresses_are_checked_at_startup_and_at_each_call() {
        // #71, #102
        let sources = KeySources::new(None).unwrap();
        for bad in [
            "http://a.example/keys",
            "https://u:p@a.example/keys",
            "ftp://a.example/",
            "keys",
            "https://a.example/#x",
        ] {
            assert!(sources.of("https://a.example", Some(bad), None, Vec::new()).is_err(), "{bad}");
            assert!(sources.of("https://a.example", None, Some(bad), Vec::new()).is_err(), "{bad}");
        }
        let with_query = "https://a.example/keys?appid=1";
        assert!(sources.of("https://a.example", Some(with_query), None, Vec::new()).is_ok());
        assert!(sources.of("a.example", None, None, Vec::new()).is_err());
        for inside in ["https://169.254.169.254/keys", "https://10.0.0.1/keys", "https://[::1]/keys"] {
            let source = sources.of("https://a.example", Some(inside), None, Vec::new()).unwrap();
            assert!(source.fetch().await.is_err(), "{inside}");
        }
        assert!(KeySources::new(Some(b"no certificate".to_vec())).is_err());
    }
}
