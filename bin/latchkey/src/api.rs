//! `cargo run -- api add`: what somebody needs who guards an API of theirs with our tokens.

use std::{fmt::Write, path::Path};

use oauth::{BaseUrl, Scope, Secret, Time};
use serde_json::json;
use token::{FIRST_PARTY, Grant, Keys, Signer};
use web::{SettingError, setting};

use crate::{home::Home, settings::Values};

/// The API.
#[derive(Debug, Clone)]
pub struct Api<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Whom its tokens are for: `aud`.
    pub audience: &'a str,
    /// The scopes it knows.
    pub scopes: &'a [String],
    /// What its tokens are signed with.
    pub algorithm: &'a str,
}

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
    let keys = signing_keys(values, home)?;
    let current = keys.current_algorithm();
    if current.as_str() != api.algorithm {
        return Err(SettingError::new(format!(
            "the signing key is for {current}, and --alg says {}: one key set signs for all APIs",
            api.algorithm
        )));
    }
    let token = token(&issuer, api.audience, &scope, &keys, now)?;
    Ok(text(api, &issuer, &scope, &keys.public().to_json(), &token))
}

fn issuer(values: &Values) -> Result<BaseUrl, SettingError> {
    let port =
        values.get(setting::PORT.name).map(String::as_str).or(setting::PORT.default).unwrap_or_default();
    let text =
        values.get(setting::BASE_URL.name).cloned().unwrap_or_else(|| format!("http://localhost:{port}"));
    BaseUrl::parse(&text).map_err(|error| SettingError::new(format!("BASE_URL: {error}")))
}

/// The keys that sign here: those of the settings, or those that `cargo run` made.
fn signing_keys(values: &Values, home: &Path) -> Result<Keys, SettingError> {
    let keys = match values.get(setting::SIGNING_KEYS.name) {
        Some(keys) => Secret::new(keys.clone()),
        None => {
            Home::open(home)?.secret("signing-keys.json", || Keys::generate().map(|keys| keys.to_json()))?
        }
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
    let grant = Grant {
        subject: "test",
        client_id: FIRST_PARTY,
        scope,
        roles: &[],
        session: None,
        name: Some("Test"),
        email: None,
    };
    let token = Signer::new(issuer.as_str(), audience, keys.clone()).access_token(&grant, now);
    token.map(|token| token.jwt).map_err(|error| SettingError::new(format!("no token can be made: {error}")))
}

fn text(api: &Api<'_>, issuer: &BaseUrl, scope: &Scope, keys: &str, token: &Secret) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    line(&format!("# {}", api.name));
    line(&format!("issuer     {}", issuer.as_str()));
    line(&format!("key set    {}", issuer.at("/.well-known/jwks.json")));
    line(&format!("audience   {}", api.audience));
    line(&format!("scopes     {scope}"));
    line(&format!("algorithm  {}", api.algorithm));
    line("\n# The settings of its authorizer");
    line(&json!({"BASE_URL": issuer.as_str(), "AUDIENCE": api.audience, "PUBLIC_KEYS": keys}).to_string());
    line("\n# Its place in a template, behind the parameter LatchkeyAuthorizer (the ARN of that function)");
    line(GATEWAYS.trim_end());
    line("\n# A token for ten minutes, and how to try it");
    line(&format!("curl -i -H 'Authorization: Bearer {}' {}", token.expose(), api.audience));
    text
}

#[cfg(test)]
mod tests {
    use oauth::jose::KeySet;
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
    fn what_is_printed_belongs_together() {
        // #57: the token is for this audience, and the settings that are printed believe it.
        let keys = Keys::generate().unwrap();
        let scopes = ["read:data".to_owned(), "write:data".to_owned()];
        let api =
            Api { name: "pets", audience: "https://pets.example.com", scopes: &scopes, algorithm: "RS256" };
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
    fn a_wrong_word_is_named() {
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
            let api = Api { name, audience, scopes: &scopes, algorithm };
            let error = add(&api, &values, Path::new("/nonexistent"), NOW).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
