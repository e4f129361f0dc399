//! Tokens as five issuers, and two more, really make them.

use std::{collections::HashMap, sync::LazyLock};

use forge::Key;
use latchkey::mount::Running;
use serde_json::{Value, json};
use setting::Clock;
use tests::stub::fresh_key;

use crate::gate::{AUDIENCE, ISSUER, NOW, start};

pub(crate) const TENANT: &str = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";

/// An issuer: its key, and a good token of its in two halves. All keys have the same name.
pub(crate) struct Issuer {
    pub(crate) name: &'static str,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    key: (Key, Value),
}

impl Issuer {
    fn new(name: &'static str, header: Value, mut claims: Value) -> Self {
        claims["iat"] = (NOW.epoch() - 60).into();
        claims["exp"] = (NOW.epoch() + 600).into();
        Self { name, header, claims, key: fresh_key("k") }
    }

    pub(crate) fn keys(&self) -> String {
        json!({"keys": [self.key.1]}).to_string()
    }

    pub(crate) fn good(&self) -> String {
        self.sign(&self.header.to_string(), &self.claims.to_string())
    }

    /// A token of exactly these texts with a good signature of its key.
    pub(crate) fn sign(&self, header: &str, claims: &str) -> String {
        self.sign_bytes(header, claims)
    }

    /// The same of exactly these bytes, which may be no text.
    pub(crate) fn sign_bytes(&self, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
        self.key.0.compact("RS256", header, claims)
    }
}

/// All of them; the first five are those of #69.
pub(crate) static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
    let (jwt, bare) =
        (json!({"alg": "RS256", "typ": "JWT", "kid": "k"}), json!({"alg": "RS256", "kid": "k"}));
    vec![
        Issuer::new(
            "latchkey",
            json!({"alg": "RS256", "typ": "at+jwt", "kid": "k"}),
            json!({
                "iss": ISSUER, "sub": "u", "aud": AUDIENCE, "client_id": "app", "jti": "id",
                "scope": "read:data", "roles": ["member"],
            }),
        ),
        Issuer::new(
            "auth0",
            jwt.clone(),
            json!({
                "iss": "https://t.eu.auth0.com/", "sub": "auth0|123", "aud": [AUDIENCE, "https://t.eu.auth0.com/userinfo"],
                "azp": "app", "scope": "openid read:data", "permissions": ["write:data"],
            }),
        ),
        Issuer::new(
            "okta",
            bare.clone(),
            json!({
                "ver": 1, "jti": "AT.x", "iss": "https://dev-1.okta.com/oauth2/default", "aud": AUDIENCE, "cid": "app",
                "uid": "00u1", "scp": ["openid", "read:data"], "auth_time": NOW.epoch() - 60, "sub": "ada@example.com",
            }),
        ),
        Issuer::new(
            "cognito",
            bare,
            json!({
                "sub": "5a1b", "cognito:groups": ["admins"], "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1",
                "version": 2, "client_id": AUDIENCE, "origin_jti": "o", "event_id": "e", "token_use": "access",
                "scope": "openid read:data", "auth_time": NOW.epoch() - 60, "jti": "j", "username": "ada",
            }),
        ),
        Issuer::new(
            "entra",
            jwt.clone(),
            json!({
                "aud": AUDIENCE, "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"), "nbf": NOW.epoch() - 60,
                "azp": "app", "azpacr": "1", "name": "Ada", "oid": "o", "preferred_username": "ada@example.com",
                "roles": ["Reader", "two words"], "scp": "read:data", "sub": "s", "tid": TENANT, "uti": "u", "ver": "2.0",
            }),
        ),
        Issuer::new(
            "keycloak",
            jwt.clone(),
            json!({
                "iss": "https://sso.example.com/realms/main", "sub": "f00d", "aud": [AUDIENCE, "account"], "typ": "Bearer",
                "azp": "app", "jti": "j", "sid": "s", "scope": "openid read:data", "realm_access": {"roles": ["member"]},
                "name": "Ada", "email": "ada@example.com", "email_verified": true,
            }),
        ),
        Issuer::new(
            "google",
            jwt,
            json!({
                "iss": "https://accounts.google.com", "azp": AUDIENCE, "aud": AUDIENCE, "sub": "110169484474386276334",
                "hd": "example.com", "email": "ada@example.com", "email_verified": true, "at_hash": "h", "name": "Ada",
            }),
        ),
    ]
});

pub(crate) fn issuer(name: &str) -> &'static Issuer {
    ISSUERS.iter().find(|issuer| issuer.name == name).unwrap()
}

/// The settings that trust them all, with their keys and without a network.
pub(crate) fn settings() -> HashMap<String, String> {
    let mut values = HashMap::new();
    let mut set = |name: &str, value: &str| values.insert(name.to_owned(), value.to_owned());
    set("BASE_URL", ISSUER);
    set("AUDIENCE", AUDIENCE);
    set("PUBLIC_KEYS", &issuer("latchkey").keys());
    set("ISSUERS", "auth0, okta,cognito,entra, keycloak,google");
    set("AUTH0_DOMAIN", "t.eu.auth0.com");
    set("OKTA_DOMAIN", "dev-1.okta.com/oauth2/default");
    set("COGNITO_ISSUER", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1");
    set("ENTRA_TENANT", TENANT);
    set("KEYCLOAK_DOMAIN", "sso.example.com/realms/main");
    set("GOOGLE_REQUIRED", "hd=example.com");
    for other in ISSUERS.iter().skip(1) {
        let prefix = other.name.to_ascii_uppercase();
        set(&format!("{prefix}_AUDIENCES"), AUDIENCE);
        set(&format!("{prefix}_KEYS"), &other.keys());
        set(&format!("{prefix}_JWKS_URI"), "none");
    }
    values
}

/// An authorizer that trusts them all.
pub(crate) async fn authorizer() -> Running {
    start(settings(), Clock::from_fn(|| NOW)).await.unwrap()
}
