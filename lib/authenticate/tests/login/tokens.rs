//! Bad ID tokens, through the front door: each is refused with 401, and nobody is signed in.

use serde_json::{Value, json};

use crate::support::{
    NOW, SECRET, Settings, World,
    keys::{Ec, FOREIGN, NEXT, OURS, hs256, input},
    status,
    stub::Reply,
};

async fn refused(world: &World, what: &str, token: impl FnOnce(&Value) -> String) {
    let result = world.sign_in_with(NOW, token).await;
    assert_eq!(status(&result), 401, "{what}");
}

#[tokio::test]
async fn the_signature_is_the_providers() {
    // #13
    let world = World::known().await;
    let header = OURS.header();
    let flipped = |claims: &Value| {
        let mut token = OURS.token(claims).into_bytes();
        let last = token.len() - 100;
        token[last] = if token[last] == b'A' { b'B' } else { b'A' };
        String::from_utf8(token).unwrap()
    };
    let changed = |claims: &Value| {
        let token = OURS.token(claims);
        let signature = token.rsplit_once('.').unwrap().1.to_owned();
        let mut claims = claims.clone();
        claims["sub"] = "somebody-else".into();
        format!("{}.{signature}", input(&OURS.header(), &claims.to_string()))
    };
    refused(&world, "none", |c| format!("{}.", input(&json!({ "alg": "none" }), &c.to_string()))).await;
    refused(&world, "nOnE", |c| {
        format!("{}.", input(&json!({ "alg": "nOnE", "kid": "key-1" }), &c.to_string()))
    })
    .await;
    refused(&world, "HS256, client secret", |c| hs256(SECRET, &json!({ "alg": "HS256" }), c)).await;
    refused(&world, "HS256, public key", |c| {
        hs256(OURS.jwk()["n"].as_str().unwrap(), &json!({ "alg": "HS256", "kid": "key-1" }), c)
    })
    .await;
    refused(&world, "foreign key of the same name", |c| FOREIGN.token(c)).await;
    refused(&world, "foreign key, its own jwk in the header", |c| {
        FOREIGN.sign(&json!({ "alg": "RS256", "jwk": FOREIGN.jwk() }), &c.to_string())
    })
    .await;
    refused(&world, "flipped byte", flipped).await;
    refused(&world, "changed claim", changed).await;
    refused(&world, "no signature", |c| format!("{}.", input(&header, &c.to_string()))).await;
}

#[tokio::test]
async fn no_header_leads_anywhere() {
    // #61
    let world = World::known().await;
    let canary = world.stub.url("/canary");
    let header = json!({ "alg": "RS256", "kid": "key-1", "jku": canary, "x5u": canary });
    let good = world.sign_in_with(NOW, |claims| OURS.sign(&header, &claims.to_string())).await;
    assert!(good.is_ok(), "a signed token that merely carries them may pass");
    let bad = json!({ "alg": "RS256", "kid": "key-9", "jku": canary, "x5u": canary });
    refused(&world, "jku", |claims| FOREIGN.sign(&bad, &claims.to_string())).await;
    assert!(world.stub.hits("/canary").is_empty());
}

#[tokio::test]
async fn the_shape_is_strict() {
    // #63, #65, #67: crit, members twice, padding, more parts, size.
    let world = World::known().await;
    let token = |claims: &Value| OURS.token(claims);
    refused(&world, "crit", |c| {
        OURS.sign(&json!({ "alg": "RS256", "kid": "key-1", "crit": ["x"], "x": 1 }), &c.to_string())
    })
    .await;
    refused(&world, "crit, empty", |c| {
        OURS.sign(&json!({ "alg": "RS256", "kid": "key-1", "crit": [] }), &c.to_string())
    })
    .await;
    refused(&world, "sub twice", |c| {
        OURS.sign(&OURS.header(), &c.to_string().replacen('{', r#"{"sub":"admin","#, 1))
    })
    .await;
    refused(&world, "padding", |c| format!("{}=", token(c))).await;
    refused(&world, "five parts", |c| format!("{}.x.y", token(c))).await;
    refused(&world, "two parts", |c| token(c).rsplit_once('.').unwrap().0.to_owned()).await;
    refused(&world, "an access token", |c| {
        OURS.sign(&json!({ "alg": "RS256", "kid": "key-1", "typ": "at+jwt" }), &c.to_string())
    })
    .await;
}

/// A good token of exactly this many bytes.
fn of_length(claims: &Value, length: usize) -> String {
    for fill in 0..3 {
        let mut header = OURS.header();
        header["x"] = "x".repeat(fill).into();
        let mut claims = claims.clone();
        claims["x"] = "".into();
        let left = length - OURS.sign(&header, "").len();
        claims["x"] = "x".repeat(left * 3 / 4 - claims.to_string().len()).into();
        let token = OURS.sign(&header, &claims.to_string());
        if token.len() == length {
            return token;
        }
    }
    panic!("no token of {length} bytes");
}

#[tokio::test]
async fn it_is_as_long_as_the_body_of_an_answer_allows() {
    // #67: it comes through no gateway. A thousand groups make 64 KB.
    let world = World::known().await;
    let groups: Vec<_> = (0..1000).map(|n| format!("8eaef023-2b34-4da1-9baa-8bc8c9d6{n:04}")).collect();
    let with_groups = world.sign_in_with(NOW, |claims| {
        let mut claims = claims.clone();
        claims["groups"] = groups.clone().into();
        OURS.token(&claims)
    });
    assert!(with_groups.await.is_ok());
    for length in [131_071, 131_072] {
        assert!(world.sign_in_with(NOW, |claims| of_length(claims, length)).await.is_ok(), "{length}");
    }
    // Longer than any token is taken out of an answer.
    let longer = world.sign_in_with(NOW, |claims| of_length(claims, 131_073)).await;
    assert_eq!(status(&longer), 502);
}

#[tokio::test]
async fn every_claim_is_right() {
    // #14, #15, #16, #17, #21: one of each; the tables are beside the code.
    let world = World::known().await;
    let now = NOW.epoch();
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(world.stub.url("/"))),
        ("iss", json!([world.stub.url("")])),
        ("aud", json!("other")),
        ("aud", json!(["client", "other"])),
        ("aud", json!(["client", 5])),
        ("aud", json!({})),
        ("azp", json!("other")),
        ("nonce", json!("another login's")),
        ("nonce", json!("")),
        ("nonce", json!(null)),
        ("exp", json!(now - 60)),
        ("exp", json!((now + 600).to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", json!(now - 3600)),
        ("iat", json!(now + 61)),
        ("iat", json!("now")),
        ("nbf", json!(now + 61)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", json!(1)),
    ] {
        let result = world.sign_in(|claims| claims[claim] = value.clone()).await;
        assert_eq!(status(&result), 401, "{claim} {value}");
        let missing = world.sign_in(|claims| drop(claims.as_object_mut().unwrap().remove(claim))).await;
        assert_eq!(missing.is_err(), !matches!(claim, "azp" | "nbf"), "without {claim}");
    }
}

#[tokio::test]
async fn two_clocks_may_be_a_minute_apart() {
    // #17: openidconnect agrees, because it has our clock too.
    let world = World::known().await;
    let now = NOW.epoch();
    assert!(world.sign_in(|claims| claims["exp"] = json!(now - 59)).await.is_ok());
    assert!(world.sign_in(|claims| claims["iat"] = json!(now + 60)).await.is_ok());
    assert!(world.sign_in(|claims| claims["iat"] = json!(now - 600)).await.is_ok());
}

#[tokio::test]
async fn at_hash_belongs_to_the_access_token() {
    // #18: the left half of SHA-256("access").
    let world = World::known().await;
    let right = {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"access");
        URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
    };
    assert!(world.sign_in(|claims| claims["at_hash"] = json!(right)).await.is_ok());
    assert_eq!(
        status(&world.sign_in(|claims| claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA")).await),
        401
    );
}

#[tokio::test]
async fn another_algorithm_needs_another_key() {
    // #13, #60: ES256 is on the list of a discovered provider, and a key of that type is published.
    let (world, ec) = (World::discovered().await, Ec::generate());
    world.stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk(), ec.jwk("ec-1")] })));
    assert!(world.sign_in_with(NOW, |claims| ec.token("ec-1", claims)).await.is_ok());
    refused(&world, "an RSA key by name", |claims| ec.token("key-1", claims)).await;
    refused(&world, "an EC key by name", |claims| {
        OURS.sign(&json!({ "alg": "RS256", "kid": "ec-1" }), &claims.to_string())
    })
    .await;
}

#[tokio::test]
async fn a_preset_has_its_own_algorithms() {
    // #13: Microsoft signs with RS256 and nothing else; whoever stands in for it may sign with what is usual.
    let ec = Ec::generate();
    let world = World::of("entra", |stub| {
        Settings::default()
            .endpoints("ENTRA", stub)
            .set(
                "ENTRA_ISSUER",
                "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0",
            )
            .set("ENTRA_CLIENT_ID", "client")
            .set("ENTRA_CLIENT_SECRET", "0123456789abcdef-secret")
    })
    .await;
    world.stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk(), ec.jwk("ec-1")] })));
    let issuer = "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0";
    assert!(world.sign_in(|claims| claims["iss"] = issuer.into()).await.is_ok());
    refused(&world, "ES256", |claims| {
        let mut claims = claims.clone();
        claims["iss"] = issuer.into();
        ec.token("ec-1", &claims)
    })
    .await;
}

#[tokio::test]
async fn without_a_kid_one_key_must_fit() {
    // #62
    let world = World::known().await;
    let nameless = |claims: &Value| OURS.sign(&json!({ "alg": "RS256" }), &claims.to_string());
    assert!(world.sign_in_with(NOW, nameless).await.is_ok());
    let two = World::known().await;
    two.stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk(), NEXT.jwk()] })));
    refused(&two, "two keys fit", nameless).await;
}
