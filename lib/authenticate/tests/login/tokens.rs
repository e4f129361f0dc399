//! Bad ID tokens, through the front door: each is refused with 401, and nobody is signed in.

use forge::Key;
use serde_json::{Value, json};

use authenticate::StartOptions;
use oauth::Time;

use crate::support::{
    Begun, NOW, SECRET, Settings, World,
    keys::{FOREIGN, NEXT, OURS, hs256, named, unsigned},
    options, params, status,
    stub::Reply,
};

async fn refused(world: &World, what: &str, token: impl FnOnce(&Value) -> String) {
    let result = world.sign_in_with(NOW, token).await;
    assert_eq!(status(&result), 401, "{what}");
}

#[tokio::test]
async fn the_signature_must_be_the_providers() {
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
        format!("{}{signature}", unsigned(&OURS.header(), &claims.to_string()))
    };
    refused(&world, "none", |c| unsigned(&json!({ "alg": "none" }), &c.to_string())).await;
    refused(&world, "nOnE", |c| unsigned(&json!({ "alg": "nOnE", "kid": "key-1" }), &c.to_string())).await;
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
    refused(&world, "no signature", |c| unsigned(&header, &c.to_string())).await;
}

#[tokio::test]
async fn no_header_supplies_a_key_or_causes_a_fetch() {
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
async fn the_compact_serialization_is_strict() {
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
async fn an_id_token_may_be_as_long_as_a_response() {
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
async fn every_claim_is_checked() {
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
async fn an_algorithm_needs_a_key_of_its_kind() {
    // #13, #60: ES256 is on the list of a discovered provider, and a key of that type is published.
    let (world, ec) = (World::discovered().await, Key::fresh("ES256"));
    world.stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk(), ec.jwk("ec-1")] })));
    assert!(world.sign_in_with(NOW, |claims| named(&ec, "ES256", "ec-1", claims)).await.is_ok());
    refused(&world, "an RSA key by name", |claims| named(&ec, "ES256", "key-1", claims)).await;
    refused(&world, "an EC key by name", |claims| {
        OURS.sign(&json!({ "alg": "RS256", "kid": "ec-1" }), &claims.to_string())
    })
    .await;
}

/// The stub's provider, whose metadata names these algorithms and whose keys are these, with these settings more.
async fn provider_of(offered: Value, keys: Value, more: &[(&str, &str)]) -> World {
    let world = World::with(|stub| {
        let mut metadata = stub.metadata();
        metadata["id_token_signing_alg_values_supported"] = offered;
        stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
        more.iter().fold(Settings::discovered(stub), |settings, (name, value)| settings.set(name, *value))
    })
    .await;
    world.stub.set("/keys", Reply::json(&json!({ "keys": keys })));
    world
}

type Make<'a> = Box<dyn Fn(&Value) -> String + 'a>;

#[tokio::test]
async fn more_algorithms_come_from_the_metadata_or_a_setting() {
    // #13, #60: they add to what is accepted anyway.
    let (ed, p384, p521) = (Key::fresh("EdDSA"), Key::fresh("ES384"), Key::fresh("ES512"));
    let mut rsa = OURS.jwk();
    rsa.as_object_mut().unwrap().remove("alg");
    let keys = json!([rsa, ed.jwk("ed"), p384.jwk("p384"), p521.jwk("p521")]);
    let rsa = |alg: &'static str| -> Make<'_> {
        Box::new(move |claims| OURS.sign(&json!({ "alg": alg, "kid": "key-1" }), &claims.to_string()))
    };
    let cases: Vec<(&str, Make<'_>, bool)> = vec![
        ("RS256", rsa("RS256"), true),
        ("PS256", rsa("PS256"), true),
        ("ES384", Box::new(|claims| named(&p384, "ES384", "p384", claims)), true),
        ("RS384", rsa("RS384"), false),
        ("RS512", rsa("RS512"), false),
        ("PS384", rsa("PS384"), false),
        ("PS512", rsa("PS512"), false),
        ("ES512", Box::new(|claims| named(&p521, "ES512", "p521", claims)), false),
        ("EdDSA", Box::new(|claims| named(&ed, "EdDSA", "ed", claims)), false),
        ("EdDSA", Box::new(|claims| named(&ed, "Ed25519", "ed", claims)), false),
        ("Ed25519", Box::new(|claims| named(&ed, "Ed25519", "ed", claims)), false),
    ];
    for (name, token, usual) in cases {
        let silent = provider_of(json!(["RS256"]), keys.clone(), &[]).await;
        let says = provider_of(json!(["none", "HS256", name]), keys.clone(), &[]).await;
        let set = provider_of(json!(null), keys.clone(), &[("ACME_ALGORITHMS", name)]).await;
        assert_eq!(silent.sign_in_with(NOW, &token).await.is_ok(), usual, "{name}");
        assert!(says.sign_in_with(NOW, &token).await.is_ok(), "{name} by metadata");
        assert!(set.sign_in_with(NOW, &token).await.is_ok(), "{name} by the setting");
        // What was accepted stays, and no other comes along.
        assert!(set.sign_in(|_| ()).await.is_ok(), "{name}");
        if name != "RS512" {
            refused(&set, name, rsa("RS512")).await;
        }
    }
}

#[tokio::test]
async fn none_and_hmac_are_never_accepted() {
    // #13, #60: anyone who can write the metadata cannot make `none` or HMAC good, and the setting does not take the words.
    let all = json!(["none", "HS256", "HS384", "HS512", "RS256"]);
    let secret = json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "secret" });
    let world = provider_of(all, json!([OURS.jwk(), secret]), &[]).await;
    refused(&world, "none", |c| unsigned(&json!({ "alg": "none" }), &c.to_string())).await;
    for kid in ["secret", "key-1"] {
        refused(&world, kid, |c| hs256("secret", &json!({ "alg": "HS256", "kid": kid }), c)).await;
        refused(&world, kid, |c| hs256(SECRET, &json!({ "alg": "HS256", "kid": kid }), c)).await;
    }
    for bad in ["none", "HS256", "RS256,none", "Ed448", "eddsa"] {
        let settings = Settings::discovered(&world.stub).set("ACME_ALGORITHMS", bad);
        let error = settings.load("acme", None, &world.table).unwrap_err().to_string();
        assert!(error.starts_with("ACME_ALGORITHMS "), "{error}");
    }
}

#[tokio::test]
async fn more_audiences_are_trusted_by_name_and_with_azp() {
    // #15: Zitadel lists the clients of the project and the project.
    let world =
        World::with(|stub| Settings::known(stub).set("ACME_TRUSTED_AUDIENCES", "project, other-client"))
            .await;
    let aud = |aud: Value, azp: Option<&str>| {
        let azp = azp.map(str::to_owned);
        move |claims: &mut Value| {
            claims["aud"] = aud;
            if let Some(azp) = azp {
                claims["azp"] = azp.into();
            }
        }
    };
    let listed = json!(["other-client", "client", "project"]);
    assert!(world.sign_in(aud(listed.clone(), Some("client"))).await.is_ok());
    assert!(world.sign_in(aud(json!("client"), None)).await.is_ok());
    for (audiences, azp) in [
        (listed.clone(), None),
        (listed.clone(), Some("other-client")),
        (json!(["client", "project", "stranger"]), Some("client")),
        (json!(["other-client", "project"]), Some("client")),
        (json!(["other-client", "project"]), Some("other-client")),
        (json!("project"), Some("client")),
    ] {
        let result = world.sign_in(aud(audiences.clone(), azp)).await;
        assert_eq!(status(&result), 401, "{audiences} {azp:?}");
    }
    // Without the setting nobody else is trusted, whatever azp says.
    let world = World::known().await;
    assert_eq!(status(&world.sign_in(aud(listed, Some("client"))).await), 401);
}

#[tokio::test]
async fn times_may_have_a_fraction_and_zip_no_effect() {
    // #17, #67: openidconnect agrees about both.
    let world = World::known().await;
    let now = NOW.epoch() as f64;
    for (claim, value) in [
        ("exp", now + 600.5),
        ("exp", now - 58.5),
        ("iat", now - 0.25),
        ("iat", now + 60.5),
        ("nbf", now - 0.5),
    ] {
        let result = world.sign_in(|claims| claims[claim] = json!(value)).await;
        assert!(result.is_ok(), "{claim} {value}: {result:?}");
    }
    for (claim, value) in
        [("exp", now - 60.5), ("iat", now - 601.5), ("iat", now + 61.5), ("nbf", now + 61.5)]
    {
        assert_eq!(
            status(&world.sign_in(|claims| claims[claim] = json!(value)).await),
            401,
            "{claim} {value}"
        );
    }
    let header = json!({ "alg": "RS256", "kid": "key-1", "zip": "DEF" });
    assert!(world.sign_in_with(NOW, |claims| OURS.sign(&header, &claims.to_string())).await.is_ok());
}

#[tokio::test]
async fn a_preset_has_its_own_algorithms() {
    // #13: Microsoft signs with RS256 and nothing else; anyone who stands in for it may sign with what is usual.
    let ec = Key::fresh("ES256");
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
        named(&ec, "ES256", "ec-1", &claims)
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

#[tokio::test]
async fn a_provider_that_promised_a_fresh_sign_in_says_when_it_was() {
    // #17: OpenID Connect Core §3.1.3.7, 13. The person took five minutes there.
    let (now, begun_at) = (Time::from_epoch(NOW.epoch() + 300), NOW.epoch());
    for (promises, fresh, auth_time, status) in [
        ("max_age", true, json!(begun_at), None),
        ("max_age", true, json!(begun_at + 290), None),
        ("max_age", true, json!(begun_at as f64 + 0.5), None),
        ("max_age", true, json!(begun_at - 60), None),
        ("max_age", true, json!(begun_at - 61), Some(400)),
        ("max_age", true, json!(begun_at - 86_400), Some(400)),
        ("max_age", true, json!(0), Some(400)),
        ("max_age", true, json!(begun_at.to_string()), Some(400)),
        ("max_age", true, json!(null), Some(400)),
        // Nobody asked, or nothing was promised.
        ("max_age", false, json!(begun_at - 86_400), None),
        ("prompt", true, json!(begun_at - 86_400), None),
        ("none", true, json!(null), None),
    ] {
        let world = World::with(|stub| Settings::known(stub).set("ACME_FRESH_SIGN_IN", promises)).await;
        let options = StartOptions { fresh, ..options() };
        let start = world.provider().start(options, NOW).await.unwrap();
        let begun = Begun { params: params(&start.url), login: start.login };
        let mut claims = world.claims(&begun, now);
        if !auth_time.is_null() {
            claims["auth_time"] = auth_time.clone();
        }
        world.stub.issue(&OURS.token(&claims));
        let finished = world.finish_at(&begun, now).await;
        let refused = finished.err().map(|error| error.refusal().unwrap().status());
        assert_eq!(refused, status, "{promises} {fresh} {auth_time}");
        // Whoever starts again still has to sign in.
        let again = begun.login.again(false);
        assert_eq!(again, if fresh { "/users/login/acme?prompt=login" } else { "/users/login/acme" });
    }
}
