//! F1: tokens.

use std::sync::LazyLock;

use forge::Key;
use futures_util::FutureExt;
use jose::KeySet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use oauth::{Caller, Time};
use serde_json::{Value, json};
use token::Verifier;
use trust::{Issuers, KeyLocation, Setup};

use crate::stub::fresh_key;

pub(super) const ISSUER: &str = "https://id.example.com";
pub(super) const AUDIENCE: &str = "https://api.example.com";
pub(super) const NOW: Time = Time::from_epoch(1_800_000_000);
const THEIRS: &str = "https://t.eu.auth0.com/";

/// One key for all, under one name: ours and theirs.
pub(super) static KEY: LazyLock<(Key, Value)> = LazyLock::new(|| fresh_key("k"));

static ISSUERS: LazyLock<Issuers> = LazyLock::new(|| {
    let keys = json!({"keys": [KEY.1]}).to_string();
    let setting = |name: &str| {
        let value = match name {
            "AUTH0_DOMAIN" => "t.eu.auth0.com",
            "AUTH0_AUDIENCES" => AUDIENCE,
            "AUTH0_JWKS_URI" => "none",
            "AUTH0_KEYS" => &keys,
            _ => return None,
        };
        Some(value.to_owned())
    };
    let source = |_: KeyLocation| Err("nobody is asked".to_owned());
    let ours = Verifier::new(ISSUER, AUDIENCE, KeySet::parse(&keys).unwrap());
    Issuers::ours(ours)
        .trust(&Setup { names: "auth0", setting: &setting, source: &source, now: NOW })
        .unwrap()
});

/// A token of exactly these texts with a good signature.
pub(super) fn sign(header: &[u8], claims: &[u8]) -> String {
    KEY.0.compact("RS256", header, claims)
}

/// The two halves of a good token, ours or theirs.
pub fn good(ours: bool) -> (Value, Value) {
    let times = json!({"iat": NOW.epoch(), "exp": NOW.epoch() + 600});
    let (header, mut claims) = if ours {
        (
            json!({"alg": "RS256", "kid": "k", "typ": "at+jwt"}),
            json!({"iss": ISSUER, "sub": "u", "aud": AUDIENCE, "client_id": "c", "jti": "j", "scope": "a b", "roles": ["r"]}),
        )
    } else {
        (
            json!({"alg": "RS256", "kid": "k", "typ": "JWT"}),
            json!({"iss": THEIRS, "sub": "auth0|1", "aud": [AUDIENCE, "x"], "azp": "c", "scope": "a", "permissions": ["b"]}),
        )
    };
    claims.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
    (header, claims)
}

/// Any text: nobody but the holder of the key makes one that is accepted, and nothing is asked of anybody. Says whether it
/// was accepted.
pub fn verify_jwt(data: &[u8]) -> bool {
    let token = String::from_utf8_lossy(data);
    let verdict = ISSUERS.verify(&token, NOW).now_or_never().expect("nobody is asked");
    if let Ok(caller) = verdict {
        independently(&token, &caller);
        return true;
    }
    false
}

/// A good token in which one half is replaced by `data`, signed with the real key; the first byte says which.
pub fn signed_jwt(data: &[u8]) -> bool {
    let Some((which, text)) = data.split_first() else { return false };
    let (header, claims) = good(which & 1 == 0);
    let (header, claims) = (header.to_string(), claims.to_string());
    let token = if which & 2 == 0 { sign(text, claims.as_bytes()) } else { sign(header.as_bytes(), text) };
    verify_jwt(token.as_bytes())
}

/// Whatever is accepted, a second library with strict settings accepts too, and reads the same in it.
fn independently(token: &str, caller: &Caller) {
    let key =
        DecodingKey::from_rsa_components(KEY.1["n"].as_str().unwrap(), KEY.1["e"].as_str().unwrap()).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    rules.set_audience(&[AUDIENCE]);
    rules.set_issuer(&[ISSUER, THEIRS]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    let read = jsonwebtoken::decode::<Value>(token, &key, &rules).expect("a second library accepts it too");
    let text = |name: &str| read.claims[name].as_str().unwrap_or_default().to_owned();
    assert_eq!((text("iss"), text("sub")), (caller.issuer.clone(), caller.subject.clone()));
    let exp = read.claims["exp"].as_i64().unwrap();
    assert!(exp > NOW.epoch() && exp == caller.expires_at.epoch());
    assert!(read.claims["iat"].as_i64().unwrap() <= NOW.epoch() + 60);
    let typ = read.header.typ.unwrap_or_default().to_ascii_lowercase();
    let is_access = ["at+jwt", "application/at+jwt"].contains(&typ.as_str());
    let is_theirs =
        text("iss") == THEIRS && (typ.is_empty() || ["jwt", "application/jwt"].contains(&typ.as_str()));
    assert!(is_access || is_theirs, "{typ}");
    for scope in caller.scope.iter() {
        assert!(read.claims.to_string().contains(scope), "{scope} comes from nowhere");
    }
}
