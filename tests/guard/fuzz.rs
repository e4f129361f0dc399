//! The fuzz targets for a few seconds on a stable compiler: from the events of tests/events and the like, by mutations with
//! fixed seeds. `fuzz/` runs the same functions for as long as one likes.

use serde_json::{Value, json};
use tests::fuzz::{
    Mutator, authorization, cookies, events, open_sealed, parse_jwks, return_to, signed_jwt, verify_jwt,
};

use crate::{gate, issuer_tokens};

/// Runs `target` on the seeds as they are, and on so many mutations of them: what it said to each.
fn run<T>(seeds: &[Vec<u8>], count: usize, target: fn(&[u8]) -> T) -> Vec<T> {
    let mut said: Vec<_> = seeds.iter().map(|seed| target(seed)).collect();
    let mut mutator = Mutator::new(7);
    for _ in 0..count {
        let seed = &seeds[mutator.below(seeds.len())];
        let changed = mutator.change(seed);
        said.push(target(&changed));
    }
    said
}

#[test]
fn f1_tokens() {
    // #60, #61, #62, #63, #64, #65, #66, #67, #68: F1
    let tokens: Vec<Vec<u8>> =
        issuer_tokens::ISSUERS.iter().map(|issuer| issuer.good().into_bytes()).collect();
    run(&tokens, 20_000, verify_jwt);
    let halves = issuer_tokens::ISSUERS.iter().take(2).flat_map(|issuer| {
        [(0, &issuer.header), (2, &issuer.claims)].map(|(half, json)| (half, json.to_string()))
    });
    let seeds: Vec<Vec<u8>> = halves
        .flat_map(|(half, text)| [0, 1].map(|whose| [&[half | whose][..], text.as_bytes()].concat()))
        .collect();
    run(&seeds, 2_000, signed_jwt);
}

#[test]
fn f1_a_good_token_is_among_the_seeds() {
    // Without this the target above would be satisfied by a verifier that accepts nothing.
    let (header, claims) = (
        issuer_tokens::issuer("latchkey").header.to_string(),
        issuer_tokens::issuer("latchkey").claims.to_string(),
    );
    assert!(signed_jwt(&[&[0][..], header.as_bytes()].concat()));
    assert!(signed_jwt(&[&[2][..], claims.as_bytes()].concat()));
    let token = forge::compact(header, claims, |_| [0]);
    assert!(!verify_jwt(token.as_bytes()));
}

#[test]
fn f2_key_sets() {
    // #60, #62, #68: F2
    let (a, b) = (issuer_tokens::issuer("auth0").keys(), issuer_tokens::issuer("okta").keys());
    let key = |set: &str| serde_json::from_str::<Value>(set).unwrap()["keys"][0].clone();
    let (one, mut two, mut private) = (key(&a), key(&b), key(&a));
    two["kid"] = json!("two");
    private["d"] = json!("AQAB");
    let ec = json!({"kty": "EC", "crv": "P-256", "kid": "e", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"});
    let sets = [
        json!([one]),
        json!([one, two, ec]),
        json!([one, private]),
        json!([one, {"kty": "oct", "k": "AQAB"}]),
        json!([ec, ec]),
    ];
    let seeds: Vec<_> = sets.map(|keys| json!({"keys": keys}).to_string().into_bytes()).into();
    run(&seeds, 10_000, parse_jwks);
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn f5_sealed() {
    // #32, #83: F5
    let untouched = (0..4).map(|which| vec![which, 0, 0]);
    let touched = (0..4).map(|which| vec![which, 20, 1, b'A']);
    run(&untouched.chain(touched).chain(texts(&["", "AAAA", "="])).collect::<Vec<_>>(), 5_000, open_sealed);
}

#[test]
fn f6_cookies() {
    // #31, #32: F6
    let seeds = [
        "SEALED",
        "SEALED; SEALED",
        "a=b; SEALED",
        "__Host-session=x",
        "__Host-session=x; __Host-session=y",
        ";;=",
        "SEALEDx",
    ];
    run(&texts(&seeds), 5_000, cookies);
    // Without this the target would be satisfied by a reader that takes none.
    assert!(cookies(b"a=b; SEALED") && !cookies(b"SEALED; SEALED"));
}

#[test]
fn f7_authorization() {
    // #79: F7
    let seeds = [
        "Bearer TOKEN",
        "bearer TOKEN",
        "Bearer  TOKEN",
        "Bearer TOKEN,Bearer TOKEN",
        "Basic YTpi",
        "TOKEN",
        "Bearer",
        "",
    ];
    run(&texts(&seeds), 2_000, authorization);
}

#[test]
fn f7b_return_to() {
    // #22: F7b
    let seeds = [
        "/",
        "/users?a=b#c",
        "//evil.example.com",
        "/\\evil.example.com",
        "https://app.example.com/x",
        "https://id.example.com//x",
        "https://app.example.com@evil.example.com",
        "/.//evil.example.com",
        "javascript:alert(1)",
        "https:/app.example.com",
        "HTTPS://APP.EXAMPLE.COM:443/",
        "/%2f/evil.example.com",
        "/a/..//b",
    ];
    run(&texts(&seeds), 20_000, return_to);
}

#[test]
fn f8_events() {
    // #75, #78, #79: F8
    let names = gate::QUESTIONS.iter().copied().chain([
        "function-url",
        "alb",
        "alb-multi-value",
        "websocket-message",
    ]);
    let mut seeds: Vec<_> = names.map(|name| gate::event(name, "TOKEN").to_string().into_bytes()).collect();
    for headers in [
        json!(["Bearer TOKEN"]),
        json!(["Bearer TOKEN", "Bearer TOKEN"]),
        json!(["x", "Bearer TOKEN"]),
        json!(["bearer  TOKEN"]),
        json!([""]),
    ] {
        seeds.push(json!({"multiValueHeaders": {"Authorization": headers}}).to_string().into_bytes());
    }
    let said = run(&seeds, 10_000, events);
    // Without this the target would be satisfied by an authorizer that refuses everybody.
    let (whole, changed) = said.split_at(seeds.len());
    assert!(whole.iter().enumerate().all(|(n, yes)| *yes == (n < gate::QUESTIONS.len())), "{whole:?}");
    assert!(changed.iter().any(|yes| *yes) && changed.iter().any(|yes| !yes));
}
