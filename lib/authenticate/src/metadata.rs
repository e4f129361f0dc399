//! Checking an issuer's metadata (OpenID Connect Discovery §3, §4.3; RFC 8414 §2, §3.3). Pure.

use fetch::is_at_home;
use jose::{Algorithm, JoseError, json::parse_object};
use provider::{Method, Prompt};
use serde_json::{Map, Value};
use url::Url;

use crate::endpoints::Known;

/// What is taken from the document; the rest is not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) known: Known,
    /// RFC 9207 §3: its authorization answers carry `iss`.
    pub(crate) answers_with_iss: bool,
    /// It lets people choose an account (`prompt_values_supported`, Initiating User Registration via OpenID Connect 1.0 §4).
    pub(crate) offers_accounts: bool,
    /// It asks people to sign in again (the same member).
    pub(crate) offers_login: bool,
    /// How clients may prove who they are, of what we can do.
    pub(crate) methods: Vec<Method>,
    /// What it says that it signs ID tokens with, of what we can verify: never `none` and no HMAC (#13).
    pub(crate) algorithms: Vec<Algorithm>,
}

/// Why a document is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("{0}")]
    Json(#[from] JoseError),
    #[error("its issuer is a different one")]
    Issuer,
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0} is not on the issuer's origin, nor on a host that was set for it")]
    Elsewhere(&'static str),
}

/// Reads the document of `issuer`. Its endpoints live on the issuer's own origin or on one of the `hosts` (#71).
pub(crate) fn check(body: &[u8], issuer: &str, hosts: &[String]) -> Result<Metadata, Flaw> {
    let document = parse_object(body)?;
    let own = Url::parse(issuer).map_err(|_| Flaw::Issuer)?;
    if document.get("issuer").is_none_or(|named| named != issuer) {
        return Err(Flaw::Issuer);
    }
    let endpoint = |name: &'static str| -> Result<Option<Url>, Flaw> {
        let Some(value) = document.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
        let url =
            value.as_str().and_then(|text| Url::parse(text).ok()).filter(|url| is_at_home(url, &own, hosts));
        url.map(Some).ok_or(Flaw::Elsewhere(name))
    };
    let required = |name: &'static str| endpoint(name)?.ok_or(Flaw::Missing(name));
    Ok(Metadata {
        known: Known {
            authorization: required("authorization_endpoint")?,
            token: required("token_endpoint")?,
            userinfo: endpoint("userinfo_endpoint")?,
            jwks: Some(required("jwks_uri")?),
        },
        answers_with_iss: document.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
        offers_accounts: offers(&document, Prompt::SelectAccount),
        offers_login: offers(&document, Prompt::Login),
        methods: methods(&document),
        algorithms: algorithms(&document),
    })
}

fn offers(document: &Map<String, Value>, prompt: Prompt) -> bool {
    let values = document.get("prompt_values_supported").and_then(Value::as_array);
    values.is_some_and(|values| values.iter().any(|value| value == prompt.as_str()))
}

/// OpenID Connect Discovery §3: without the member it is `client_secret_basic`.
fn methods(document: &Map<String, Value>) -> Vec<Method> {
    let Some(Value::Array(offered)) = document.get("token_endpoint_auth_methods_supported") else {
        return vec![Method::Basic];
    };
    let known = [("client_secret_basic", Method::Basic), ("client_secret_post", Method::Post)];
    known
        .into_iter()
        .filter(|(name, _)| offered.iter().any(|one| one == name))
        .map(|(_, method)| method)
        .collect()
}

fn algorithms(document: &Map<String, Value>) -> Vec<Algorithm> {
    let offered = document.get("id_token_signing_alg_values_supported").and_then(Value::as_array);
    let names = offered.into_iter().flatten().filter_map(Value::as_str);
    names.filter_map(Algorithm::parse).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "issuer": "https://a.example/tenant",
            "authorization_endpoint": "https://a.example/authorize",
            "token_endpoint": "https://a.example/token",
            "userinfo_endpoint": "https://api.b.example/me",
            "jwks_uri": "https://a.example/keys",
        })
    }

    fn checked(document: &Value) -> Result<Metadata, Flaw> {
        check(document.to_string().as_bytes(), "https://a.example/tenant", &["api.b.example".to_owned()])
    }

    fn with(name: &str, value: Value) -> Result<Metadata, Flaw> {
        let mut document = document();
        document[name] = value;
        checked(&document)
    }

    #[test]
    fn valid_metadata_is_read() {
        let metadata = checked(&document()).unwrap();
        assert_eq!(metadata.known.userinfo.unwrap().as_str(), "https://api.b.example/me");
        assert_eq!((metadata.answers_with_iss, metadata.methods), (false, vec![Method::Basic]));
        assert!(!metadata.offers_accounts);
        for (values, offers) in [
            (json!(["none", "login", "select_account"]), (true, true)),
            (json!(["none", "login"]), (false, true)),
            (json!("select_account"), (false, false)),
            (json!(["SELECT_ACCOUNT", "LOGIN", 5, null]), (false, false)),
        ] {
            let metadata = with("prompt_values_supported", values.clone()).unwrap();
            assert_eq!((metadata.offers_accounts, metadata.offers_login), offers, "{values}");
        }
        let metadata = with(
            "token_endpoint_auth_methods_supported",
            json!(["private_key_jwt", "client_secret_post", 5]),
        )
        .unwrap();
        assert_eq!(metadata.methods, [Method::Post]);
        assert!(
            with("authorization_response_iss_parameter_supported", json!(true)).unwrap().answers_with_iss
        );
        assert!(with("userinfo_endpoint", json!(null)).unwrap().known.userinfo.is_none());
        let algorithms =
            |value: Value| with("id_token_signing_alg_values_supported", value).unwrap().algorithms;
        // #13: what cannot be verified without a secret, or at all, is not heard.
        let offered = json!(["HS256", "none", "EdDSA", "PS512", 5, "RS256 ", "A128GCM"]);
        assert_eq!(algorithms(offered), [Algorithm::EdDsa, Algorithm::Ps512]);
        assert!(algorithms(json!("EdDSA")).is_empty() && algorithms(json!(["none"])).is_empty());
    }

    #[test]
    fn the_issuer_is_the_one_that_was_asked() {
        // #72
        for issuer in [
            json!("https://a.example/tenant/"),
            json!("https://a.example"),
            json!("https://A.example/tenant"),
            json!("https://evil.example"),
            json!(["https://a.example/tenant"]),
            json!(null),
            json!(5),
        ] {
            assert_eq!(with("issuer", issuer.clone()), Err(Flaw::Issuer), "{issuer}");
        }
    }

    #[test]
    fn endpoints_must_be_on_the_issuers_host() {
        // #71
        for bad in [
            "http://a.example/keys",
            "https://evil.example/keys",
            "https://a.example.evil.example/keys",
            "https://a.example:8443/keys",
            "https://a.example@evil.example/keys",
            "https://user@a.example/keys",
            "https://xn--a-.example/keys",
            "https://b.example/keys",
            "https://x.api.b.example/keys",
            "https://169.254.169.254/",
            "https://localhost/keys",
            "http://localhost/keys",
            "file:///keys",
            "/keys",
            "",
            "https://аpi.b.example/keys",
        ] {
            assert_eq!(with("jwks_uri", json!(bad)), Err(Flaw::Elsewhere("jwks_uri")), "{bad}");
        }
        for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"] {
            assert_eq!(with(name, json!("https://evil.example/")), Err(Flaw::Elsewhere(name)));
            assert_eq!(with(name, json!(["https://a.example/"])), Err(Flaw::Elsewhere(name)));
        }
        assert_eq!(with("token_endpoint", json!(null)), Err(Flaw::Missing("token_endpoint")));
    }

    #[test]
    fn it_is_strict_json() {
        // #72
        let issuer = "https://a.example/tenant";
        for body in [
            "",
            "[]",
            "<html>",
            r#"{"issuer":"https://a.example/tenant","issuer":"https://a.example/tenant"}"#,
        ] {
            assert!(matches!(check(body.as_bytes(), issuer, &[]), Err(Flaw::Json(_))), "{body}");
        }
    }
}
