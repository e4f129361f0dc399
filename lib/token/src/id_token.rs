//! ID tokens (OpenID Connect Core §2): what an application learns of a sign-in. No API takes one (#56).

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::Algorithm;
use oauth::{Secret, Time};
use serde_json::{Map, Value, json};

use crate::{
    Error, Signer,
    access::{named, some_of},
};

/// How long an ID token is good: until its application has read it.
const LIFETIME: Duration = Duration::from_secs(600);

/// The claims of an ID token, but for those that the signer adds.
#[derive(Debug, Clone)]
pub struct IdClaims<'a> {
    /// `sub`: the user's id.
    pub subject: &'a str,
    /// `aud`: the client, and nobody else, so that no `azp` is due (OpenID Connect Core §2).
    pub client_id: &'a str,
    /// What it is signed with: `id_token_signed_response_alg` of the client.
    pub algorithm: Algorithm,
    /// `auth_time`: when the person signed in.
    pub auth_time: Time,
    /// `nonce`: that of the authorization request, if it had one.
    pub nonce: Option<&'a str>,
    /// `sid`: the public name of the session, if there is one.
    pub session: Option<&'a str>,
    /// `acr`: how surely the person signed in.
    pub acr: &'a str,
    /// `amr`: by what means.
    pub amr: &'a [String],
    /// The access token that comes along, for `at_hash`.
    pub access_token: &'a Secret,
    /// What is said of the person. None of it replaces another claim (#57).
    pub person: Map<String, Value>,
}

impl Signer {
    /// A fresh ID token.
    pub fn id_token(&self, given: &IdClaims<'_>, now: Time) -> Result<Secret, Error> {
        named(given.subject)?;
        named(given.client_id)?;
        let registered = [
            ("iss", json!(self.issuer)),
            ("sub", json!(given.subject)),
            ("aud", json!(given.client_id)),
            ("iat", json!(now)),
            ("exp", json!(now.after(LIFETIME))),
            ("auth_time", json!(given.auth_time)),
            ("acr", json!(given.acr)),
            ("at_hash", at_hash(given.access_token).into()),
        ];
        let optional = [
            ("sid", given.session.map(Value::from)),
            ("nonce", given.nonce.map(Value::from)),
            ("amr", some_of(given.amr)),
        ];
        let mut claims = given.person.clone();
        for name in ["nonce", "amr"] {
            claims.remove(name);
        }
        claims.extend(registered.map(|(name, value)| (name.to_owned(), value)));
        claims.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Ok(Secret::new(self.sign(given.algorithm, "JWT", claims, now)?))
    }
}

/// The left half of the access token's SHA-256, which is the hash of both our algorithms (OpenID Connect Core §3.1.3.6).
fn at_hash(access_token: &Secret) -> String {
    let hash = digest(&SHA256, access_token.expose().as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
