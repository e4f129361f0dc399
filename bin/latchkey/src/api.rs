//! `cargo run -- api add`: what somebody needs who guards an API of theirs with our tokens.

use std::{fmt::Write, path::Path};

use oauth::{BaseUrl, Scope, Secret, Time};
use serde_json::json;
use setting::SettingError;
use token::{Claims, Keys, Signer};

use crate::{
    home::{Home, SIGNING_KEYS_FILE},
    settings::Values,
};

/// The API.
#[derive(Debug, Clone)]
pub struct Api<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Whom its tokens are for: `aud`.
    pub audience: &'a str,
    /// The scopes it knows.
    pub scopes: &'a [String],
    /// What it expects its tokens to be signed with, if it says so.
    pub algorithm: Option<&'a str>,
}

/// Who calls with the token that is printed. It is a client like any other: a row of it shuts it out.
const TESTER: &str = "test";

/// What the templates of the gateways need, with the authorizer's ARN as a parameter.
const GATEWAYS: &str = include_str!("api/gateways.yaml");

/// Issuer, key set and audience; the settings of an authorizer for the API; its place in a template; and a token to try it.
pub fn add(api: &Api<'_>, values: &Values, home: &Path, now: Time) -> Result<String, SettingError> {
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !word(api.name) {
        return Err(SettingError::new("an API's name is made of letters, digits and -"));
    }
    if api.audience.is_empty() || api.audience.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err(SettingError::new("--audience must be one word, such as https://api.example.com"));
    }
    let scope: Scope = api
        .scopes
        .join(" ")
        .parse()
        .map_err(|error: oauth::Error| SettingError::new(format!("--scope: {}", error.description())))?;
    let issuer = issuer(values)?;
    let keys = signing_keys(&issuer, values, home, now)?;
    let current = keys.algorithm_at(now).ok_or_else(|| SettingError::new("no signing key signs now"))?;
    if let Some(wanted) = api.algorithm.filter(|wanted| *wanted != current.as_str()) {
        return Err(SettingError::new(format!(
            "the signing key is for {current}, and --alg says {wanted}: one key set signs for all APIs"
        )));
    }
    let token = token(&issuer, api.audience, &scope, &keys, now)?;
    Ok(text(api, &issuer, &scope, (current.as_str(), &keys), &token))
}

fn issuer(values: &Values) -> Result<BaseUrl, SettingError> {
    let port = values
        .get(crate::settings::PORT.name)
        .map(String::as_str)
        .or(crate::settings::PORT.default)
        .unwrap_or_default();
    let text =
        values.get(setting::BASE_URL.name).cloned().unwrap_or_else(|| format!("http://localhost:{port}"));
    BaseUrl::parse(&text).map_err(|error| SettingError::new(format!("BASE_URL: {error}")))
}

/// The keys of this issuer: those of the settings, or on this machine those that `cargo run` made. Those never speak for a
/// latchkey that lives elsewhere: it would refuse their tokens, and anyone who trusted the key set that is printed would not.
fn signing_keys(issuer: &BaseUrl, values: &Values, home: &Path, now: Time) -> Result<Keys, SettingError> {
    let given = values.get(token::settings::SIGNING_KEYS.name).filter(|keys| !keys.is_empty());
    let keys = match given {
        Some(keys) => Secret::new(keys.clone()),
        None if !issuer.is_local() => {
            return Err(SettingError::new(format!(
                "BASE_URL is {}, whose keys are not on this machine: set SIGNING_KEYS to them, which for a stack of \
                 bin/deploy are in Secrets Manager as <stack>/signing-keys (docs/guard.md has the command)",
                issuer.as_str()
            )));
        }
        None => Home::open(home)?
            .secret(SIGNING_KEYS_FILE, || Keys::generate_at(now).map(|keys| keys.to_json()))?,
    };
    Keys::parse(&keys).map_err(|error| SettingError::new(format!("SIGNING_KEYS: {error}")))
}

fn token(
    issuer: &BaseUrl,
    audience: &str,
    scope: &Scope,
    keys: &Keys,
    now: Time,
) -> Result<Secret, SettingError> {
    // A service's own token (RFC 9068 §2.2): where tokens can be revoked, it needs neither a user's row nor a session's.
    let claims = Claims { name: Some("Test"), ..Claims::of(TESTER, TESTER, scope) };
    let token = Signer::new(issuer.as_str(), audience, keys.clone()).access_token(&claims, now);
    token.map(|token| token.jwt).map_err(|error| SettingError::new(format!("no token can be made: {error}")))
}

fn text(
    api: &Api<'_>,
    issuer: &BaseUrl,
    scope: &Scope,
    (algorithm, keys): (&str, &Keys),
    token: &Secret,
) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    line(&format!("# {}", api.name));
    line(&format!("issuer     {}", issuer.as_str()));
    line(&format!("key set    {}", issuer.at("/.well-known/jwks.json")));
    line(&format!("audience   {}", api.audience));
    line(&format!("scopes     {scope}"));
    line(&format!("algorithm  {algorithm}"));
    line("\n# The settings of its authorizer");
    let public = keys.published().to_json();
    line(&json!({"BASE_URL": issuer.as_str(), "AUDIENCE": api.audience, "PUBLIC_KEYS": public}).to_string());
    line("\n# Its place in a template, behind the parameter LatchkeyAuthorizer (the ARN of that function)");
    line(GATEWAYS.trim_end());
    line("\n# A token for ten minutes, and how to try it");
    line(&format!("curl -i -H 'Authorization: Bearer {}' {}", token.expose(), api.audience));
    text
}

#[cfg(test)]
mod tests {
    use jose::{Algorithm, KeySet};
    use token::Verifier;

    use super::*;

    const NOW: Time = Time::from_epoch(1_800_000_000);

    fn values(keys: &Keys) -> Values {
        let keys = keys.to_json().expose().to_owned();
        [("SIGNING_KEYS", keys), ("BASE_URL", "https://id.example.com".to_owned())]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    #[test]
    fn issuer_keys_settings_and_token_match() {
        // #57: the token is for this audience, and the settings that are printed accept it.
        let keys = Keys::generate().unwrap();
        let scopes = ["read:data".to_owned(), "write:data".to_owned()];
        let api =
            Api { name: "pets", audience: "https://pets.example.com", scopes: &scopes, algorithm: None };
        let text = add(&api, &values(&keys), Path::new("/nonexistent"), NOW).unwrap();
        let settings = text.lines().find(|line| line.starts_with('{')).unwrap();
        let settings: serde_json::Value = serde_json::from_str(settings).unwrap();
        let of = |name: &str| settings[name].as_str().unwrap();
        let verifier =
            Verifier::new(of("BASE_URL"), of("AUDIENCE"), KeySet::parse(of("PUBLIC_KEYS")).unwrap());
        let token = text.split("Bearer ").last().unwrap().split('\'').next().unwrap();
        assert_eq!(verifier.verify(token, NOW).unwrap().scope.to_string(), "read:data write:data");
        assert!(!text.contains("\"d\""), "the private half is nobody's");
        assert!(text.contains("AuthorizerResultTtlInSeconds: 60") && !text.contains(": 300"));
    }

    #[test]
    fn a_wrong_argument_is_named() {
        let values = values(&Keys::generate().unwrap());
        for (name, audience, scope, algorithm, named) in [
            ("", "https://a", "a", "RS256", "name"),
            ("a b", "https://a", "a", "RS256", "name"),
            ("a", "", "a", "RS256", "--audience"),
            ("a", "a b", "a", "RS256", "--audience"),
            ("a", "https://a", "a\"b", "RS256", "--scope"),
            ("a", "https://a", "a", "ES256", "--alg"),
        ] {
            let scopes = [scope.to_owned()];
            let api = Api { name, audience, scopes: &scopes, algorithm: Some(algorithm) };
            let error = add(&api, &values, Path::new("/nonexistent"), NOW).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn the_algorithm_is_the_signing_keys() {
        // #60
        for algorithm in ["RS256", "ES256"] {
            let values = values(&Keys::generate_for(Algorithm::parse(algorithm).unwrap()).unwrap());
            for wanted in [None, Some(algorithm)] {
                let api = Api { name: "a", audience: "https://a", scopes: &[], algorithm: wanted };
                let text = add(&api, &values, Path::new("/nonexistent"), NOW).unwrap();
                assert!(text.contains(&format!("algorithm  {algorithm}\n")), "{text}");
            }
        }
    }

    #[test]
    fn local_keys_are_not_printed_for_a_remote_base_url() {
        // #57: neither is a token made in the name of that latchkey, nor are keys printed as its own.
        let home = std::env::temp_dir().join(format!("latchkey-{}", Secret::random().expose()));
        let api = Api { name: "a", audience: "https://a", scopes: &[], algorithm: None };
        let with = |settings: &[(&str, &str)]| {
            let values = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            add(&api, &values.collect(), &home, NOW)
        };
        for keys in [&[][..], &[("SIGNING_KEYS", "")]] {
            let settings = [keys, &[("BASE_URL", "https://id.example.com")]].concat();
            let error = with(&settings).unwrap_err().to_string();
            assert!(error.contains("SIGNING_KEYS") && error.contains("https://id.example.com"), "{error}");
            assert!(!home.exists(), "nor are keys made for it");
        }
        for local in
            [&[][..], &[("BASE_URL", "http://localhost:3123")], &[("BASE_URL", "http://127.0.0.1:1")]]
        {
            assert!(with(local).unwrap().contains("issuer     http://"), "{local:?}");
        }
        std::fs::remove_dir_all(home).unwrap();
    }
}
