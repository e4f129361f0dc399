//! Tokens that are good, and such as are no token of ours.

use std::time::Duration;

use oauth::Secret;
use tests::{World, oauth::claims};
use token::{Claims, Keys, Signer};

/// The same token, good for an hour: a run takes longer than ten minutes.
pub(super) fn prolonged(world: &World, token: &str) -> String {
    let keys = Keys::parse(&Secret::new(world.cloud.settings["SIGNING_KEYS"].clone())).unwrap();
    let given = claims(token);
    let text = |name: &str| given[name].as_str();
    let roles: Vec<String> = serde_json::from_value(given["roles"].clone()).unwrap();
    let scope = given["scope"].as_str().unwrap().parse().unwrap();
    let claims = Claims {
        lifetime: Duration::from_secs(3600),
        roles: &roles,
        session: text("sid"),
        name: text("name"),
        email: text("email"),
        ..Claims::of(given["sub"].as_str().unwrap(), token::FIRST_PARTY, &scope)
    };
    let url = &world.cloud.url;
    let token = Signer::new(url, url, keys).access_token(&claims, world.now()).unwrap();
    token.jwt.expose().to_owned()
}

/// Claims that are true of somebody else, under a signature that is good for these.
pub(super) fn with_claims_of(token: &str, another: &str) -> String {
    let [head, _, signature] = parts(token);
    format!("{head}.{}.{signature}", parts(another)[1])
}

/// With one letter of the signature changed.
pub(super) fn tampered(token: &str) -> String {
    let [head, claims, signature] = parts(token);
    let (left, right) = signature.split_at(100);
    let letter = if right.starts_with('A') { 'B' } else { 'A' };
    format!("{head}.{claims}.{left}{letter}{}", &right[1..])
}

/// With the header `{"alg":"none"}`.
pub(super) fn unsigned(token: &str) -> String {
    format!("eyJhbGciOiJub25lIn0.{}.", parts(token)[1])
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}
