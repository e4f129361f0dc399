//! Who it is: userinfo, addresses and whether they are verified, and whose people may sign in.

use oauth::Identity;
use serde_json::{Value, json};

use crate::support::{
    NOW, SECRET, Settings, World,
    keys::{FOREIGN, NEXT, OURS, Rsa, hs256, unsigned},
    status,
    stub::{Reply, Stub},
};

fn take(claims: &mut Value, names: &[&str]) {
    for name in names {
        claims.as_object_mut().unwrap().remove(*name);
    }
}

/// A login whose ID token has these members changed (`null` takes one away), and what userinfo says.
async fn identity(
    world: &World,
    id_token: &Value,
    userinfo: &Value,
) -> Result<Identity, authenticate::Error> {
    world.stub.set("/userinfo", Reply::json(userinfo));
    world
        .sign_in(|claims| {
            for (name, value) in id_token.as_object().unwrap() {
                if value.is_null() { take(claims, &[name]) } else { claims[name] = value.clone() }
            }
        })
        .await
}

fn address(who: &Identity) -> (Option<&str>, bool) {
    (who.email.as_deref(), who.email_verified)
}

#[tokio::test]
async fn userinfo_is_asked_for_what_is_missing() {
    let world = World::known().await;
    let more = json!({ "sub": "person-1", "email": "ada@b.example", "email_verified": true, "name": "Ada", "picture": "https://a.example/x" });
    let who = identity(&world, &json!({ "email": null, "name": null }), &more).await.unwrap();
    assert_eq!(address(&who), (Some("ada@b.example"), true));
    assert_eq!((who.name.as_deref(), who.picture.as_deref()), (Some("Ada"), Some("https://a.example/x")));
    let [hit] = world.stub.hits("/userinfo").try_into().unwrap();
    assert_eq!((hit.method.as_str(), hit.headers["authorization"].as_str()), ("GET", "Bearer access"));
    // Nothing is missing: nobody asks.
    identity(&world, &json!({}), &more).await.unwrap();
    assert_eq!(world.stub.hits("/userinfo").len(), 1);
}

#[tokio::test]
async fn userinfo_can_be_always_or_missing() {
    let always = World::with(|stub| Settings::known(stub).set("ACME_USERINFO", "always")).await;
    identity(&always, &json!({}), &json!({ "sub": "person-1" })).await.unwrap();
    assert_eq!(always.stub.hits("/userinfo").len(), 1);
    let never = World::with(|stub| Settings::known(stub).without("ACME_USERINFO_ENDPOINT")).await;
    let who = identity(&never, &json!({ "email": null }), &json!({})).await.unwrap();
    assert_eq!(address(&who), (None, false));
}

#[tokio::test]
async fn userinfo_is_about_the_same_person() {
    // #18
    let world = World::known().await;
    for sub in [json!("person-2"), json!(null), json!(["person-1"]), json!("person-1 ")] {
        let other = json!({ "sub": sub, "email": "eve@b.example", "email_verified": true });
        assert_eq!(status(&identity(&world, &json!({ "email": null }), &other).await), 401, "{sub}");
    }
    assert_eq!(
        status(&identity(&world, &json!({ "email": null }), &json!({ "email": "eve@b.example" })).await),
        401
    );
}

#[tokio::test]
async fn verified_is_true_and_from_the_same_document() {
    // #19: and nobody is turned away for it.
    let world = World::known().await;
    for (flag, verified) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), false),
        (json!("false"), false),
        (json!(1), false),
        (json!([]), false),
        (json!(null), false),
    ] {
        let who = identity(&world, &json!({ "email_verified": flag }), &json!({})).await.unwrap();
        assert_eq!(address(&who), (Some("ada@example.com"), verified), "{flag}");
    }
    for (id_token, userinfo, verified) in [
        (json!({ "email_verified": null }), json!({ "sub": "person-1", "email_verified": true }), false),
        (json!({ "email": null }), json!({ "sub": "person-1", "email": "ada@example.com" }), false),
        (
            json!({ "email": null }),
            json!({ "sub": "person-1", "email": "ada@example.com", "email_verified": "true" }),
            false,
        ),
        (
            json!({ "email": null }),
            json!({ "sub": "person-1", "email": "ada@example.com", "email_verified": true }),
            true,
        ),
    ] {
        let who = identity(&world, &id_token, &userinfo).await.unwrap();
        assert_eq!(address(&who), (Some("ada@example.com"), verified), "{id_token} {userinfo}");
    }
}

#[tokio::test]
async fn a_listed_provider_may_write_it_as_text() {
    // #19: Cognito writes "true".
    let world = World::of("cognito", |stub| {
        let settings = Settings::default().endpoints("COGNITO", stub).set("COGNITO_ISSUER", stub.url(""));
        settings.set("COGNITO_CLIENT_ID", "client").set("COGNITO_CLIENT_SECRET", "x")
    })
    .await;
    for (flag, verified) in
        [(json!("true"), true), (json!("false"), false), (json!("True"), false), (json!(1), false)]
    {
        let who = identity(&world, &json!({ "email_verified": flag }), &json!({})).await.unwrap();
        assert_eq!(who.email_verified, verified, "{flag}");
    }
}

fn google(stub: &Stub) -> Settings {
    Settings::default()
        .endpoints("GOOGLE", stub)
        .set("GOOGLE_ISSUER", stub.url(""))
        .set("GOOGLE_CLIENT_ID", "client")
        .set("GOOGLE_CLIENT_SECRET", "x")
        .set("GOOGLE_HOSTED_DOMAIN", "company.com")
}

#[tokio::test]
async fn google_domains_come_from_the_signed_hd() {
    // #20
    let world = World::of("google", google).await;
    let signed = json!({ "hd": "company.com", "email": "ada@company.com" });
    assert!(identity(&world, &signed, &json!({})).await.is_ok());
    for bad in [
        json!({ "email": "ada@company.com" }),
        json!({ "hd": "company.com.evil", "email": "ada@company.com" }),
        json!({ "hd": "evilcompany.com", "email": "ada@company.com" }),
        json!({ "hd": "company.com", "email": "a@evil@company.com" }),
    ] {
        assert_eq!(status(&identity(&world, &bad, &json!({})).await), 403, "{bad}");
    }
}

#[tokio::test]
async fn google_domains_come_from_the_signed_hd_under_any_name() {
    // #20: an address of the domain that somebody has at Google without being of the house is not enough.
    let world = World::of("work", |stub| {
        Settings::default()
            .endpoints("WORK", stub)
            .set("WORK_ISSUER", "https://accounts.google.com")
            .set("WORK_CLIENT_ID", "client")
            .set("WORK_CLIENT_SECRET", "GOCSPX-0123456789abcdef")
            .set("WORK_HOSTED_DOMAIN", "company.com")
    })
    .await;
    assert_eq!(world.begin().await.params["hd"], "company.com");
    let google =
        |hd: Value| json!({ "iss": "https://accounts.google.com", "hd": hd, "email": "ada@company.com" });
    assert!(identity(&world, &google(json!("company.com")), &json!({})).await.is_ok());
    for other in [json!(null), json!("evilcompany.com")] {
        assert_eq!(status(&identity(&world, &google(other), &json!({})).await), 403);
    }
}

#[tokio::test]
async fn without_hd_the_verified_address_gives_the_domain() {
    // #20
    let world =
        World::with(|stub| Settings::known(stub).set("ACME_HOSTED_DOMAIN", "company.com, example.com")).await;
    assert!(identity(&world, &json!({}), &json!({})).await.is_ok());
    assert!(identity(&world, &json!({ "email": "ada@company.com" }), &json!({})).await.is_ok());
    for bad in [
        json!({ "email_verified": false }),
        json!({ "email": "a@evil@company.com" }),
        json!({ "email": "a@company.com.evil" }),
        json!({ "email": "a@sub.company.com" }),
        json!({ "email": "a@evil.org", "hd": "company.com" }),
    ] {
        assert_eq!(status(&identity(&world, &bad, &json!({})).await), 403, "{bad}");
    }
}

#[tokio::test]
async fn a_malformed_address_is_left_out() {
    // #20: without a domain rule nobody is turned away for it, and it is nobody's address.
    let world = World::known().await;
    for odd in ["a@evil@company.com", "a b@company.com", "a@b\u{ff20}c.com", "ada"] {
        let who = identity(&world, &json!({ "email": odd }), &json!({})).await.unwrap();
        assert_eq!(address(&who), (None, false), "{odd}");
    }
}

#[tokio::test]
async fn claims_of_other_types_do_not_matter() {
    // openidconnect cannot read these; our own table is enough.
    let world = World::known().await;
    for (claim, value) in [
        ("email_verified", json!(1)),
        ("updated_at", json!("2026-11-21T00:00:00.000Z")),
        ("phone_number", json!(5)),
        ("address", json!("Street 1")),
        ("name", json!(["Ada"])),
    ] {
        let who = world.sign_in(|claims| claims[claim] = value.clone()).await;
        // A name of the wrong type is no name; userinfo, which is then asked, is not there.
        let name = (claim != "name").then(|| "Ada Lovelace".to_owned());
        assert_eq!(who.unwrap().name, name, "{claim}");
    }
}

/// Userinfo as a JWT, with this header and these claims changed (`null` takes one away), signed by the key.
fn signed(world: &World, key: &Rsa, header: &Value, changes: &Value) -> Reply {
    let mut claims = json!({
        "iss": world.stub.url(""), "aud": "client", "sub": "person-1", "email": "ada@b.example", "email_verified": true,
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() { take(&mut claims, &[name]) } else { claims[name] = value.clone() }
    }
    jwt(&key.sign(header, &claims.to_string()))
}

fn jwt(body: &str) -> Reply {
    Reply::text(200, "application/jwt", body)
}

/// A sign-in whose ID token has no address, at a provider whose userinfo answers so.
async fn without_address(world: &World, userinfo: Reply) -> Result<Identity, authenticate::Error> {
    world.stub.set("/userinfo", userinfo);
    world.sign_in(|claims| take(claims, &["email"])).await
}

#[tokio::test]
async fn signed_userinfo_is_read() {
    // #18: OpenID Connect Core §5.3.2.
    let now = NOW.epoch();
    for (header, changes) in [
        (OURS.header(), json!({})),
        (json!({ "alg": "RS256", "kid": "key-1" }), json!({})),
        (json!({ "alg": "RS256" }), json!({ "aud": ["client"] })),
        (OURS.header(), json!({ "exp": now + 60, "iat": now, "nbf": now as f64 - 0.5 })),
    ] {
        let world = World::known().await;
        let reply = signed(&world, &OURS, &header, &changes);
        let who = without_address(&world, reply).await.unwrap();
        assert_eq!(address(&who), (Some("ada@b.example"), true), "{header} {changes}");
        let asked = &world.stub.hits("/userinfo")[0];
        assert_eq!(asked.headers["accept"], "application/json, application/jwt;q=0.9");
    }
    // By a key that was published after the ID token was verified.
    let world = World::known().await;
    world.sign_in(|_| ()).await.unwrap();
    let reply = signed(&world, &NEXT, &NEXT.header(), &json!({}));
    let keys = Reply::json(&json!({ "keys": [OURS.jwk(), NEXT.jwk()] }));
    let reply = Reply::Having(vec![("/keys", keys)], Box::new(reply));
    assert!(without_address(&world, reply).await.is_ok());
}

#[tokio::test]
async fn signed_userinfo_is_by_the_provider_for_us_and_about_the_same_person() {
    // #13, #14, #15, #17, #18, #60, #66, #67
    let world = World::known().await;
    let good = OURS.header();
    let claims = json!({ "iss": world.stub.url(""), "aud": "client", "sub": "person-1" });
    let now = NOW.epoch();
    let mut bad = vec![
        ("a foreign key", signed(&world, &FOREIGN, &good, &json!({}))),
        ("an unknown key", signed(&world, &NEXT, &NEXT.header(), &json!({}))),
        (
            "its own jwk",
            signed(&world, &FOREIGN, &json!({ "alg": "RS256", "jwk": FOREIGN.jwk() }), &json!({})),
        ),
        ("none", jwt(&unsigned(&json!({ "alg": "none" }), &claims.to_string()))),
        ("HS256", jwt(&hs256(SECRET, &json!({ "alg": "HS256" }), &claims))),
        ("a public key as a secret", {
            let n = OURS.jwk()["n"].as_str().unwrap().to_owned();
            jwt(&hs256(&n, &json!({ "alg": "HS256", "kid": "key-1" }), &claims))
        }),
        ("an algorithm that is not accepted", signed(&world, &OURS, &json!({ "alg": "RS512" }), &json!({}))),
        ("an access token", signed(&world, &OURS, &json!({ "alg": "RS256", "typ": "at+jwt" }), &json!({}))),
        ("nested", signed(&world, &OURS, &json!({ "alg": "RS256", "cty": "JWT" }), &json!({}))),
        ("crit", signed(&world, &OURS, &json!({ "alg": "RS256", "crit": ["exp"] }), &json!({}))),
        ("JWE", jwt("eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkExMjhHQ00ifQ.AA.AA.AA.AA")),
        ("JSON", jwt(&claims.to_string())),
        (
            "a member twice",
            jwt(&OURS.sign(&good, &claims.to_string().replacen('{', r#"{"sub":"person-1","#, 1))),
        ),
        ("a list", jwt(&OURS.sign(&good, "[]"))),
    ];
    for changes in [
        json!({ "sub": "person-2" }),
        json!({ "sub": null }),
        json!({ "sub": ["person-1"] }),
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{}/", world.stub.url("")) }),
        json!({ "iss": null }),
        json!({ "aud": "other" }),
        json!({ "aud": ["client", "other"] }),
        json!({ "aud": null }),
        json!({ "exp": now - 60 }),
        json!({ "exp": "soon" }),
        json!({ "nbf": now + 61 }),
    ] {
        bad.push(("a claim", signed(&world, &OURS, &good, &changes)));
    }
    for (what, reply) in bad {
        let shown = format!("{what}: {reply:?}");
        assert_eq!(status(&without_address(&world, reply).await), 401, "{shown}");
    }
    // The type tells, and is not guessed: a JWT under another name is not one.
    for kind in ["text/plain", "application/json", "application/octet-stream"] {
        let reply = Reply::text(200, kind, &OURS.sign(&good, &claims.to_string()));
        assert!(without_address(&world, reply).await.map_or(true, |who| who.email.is_none()), "{kind}");
    }
}
