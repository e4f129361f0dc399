//! What a provider says beside the ID token, and how its failures look from outside.

use serde_json::{Value, json};
use tests::{
    Answer, World,
    database::{Fault, Wire},
    stub::{CLIENT_ID, CLIENT_SECRET, Mood, Stub, fresh_key, key},
};

#[tokio::test]
async fn an_issuer_in_the_answer_is_right_and_there_if_it_was_promised() {
    // #8
    for (promised, iss, taken) in [
        (false, None, true),
        (false, Some("right"), true),
        (false, Some("https://evil.example.com"), false),
        (true, Some("right"), true),
        (true, None, false),
        (true, Some(""), false),
        (true, Some("https://evil.example.com"), false),
        (true, Some("right/"), false),
    ] {
        let stub = Stub::start().await;
        stub.say("discovery", json!({ "authorization_response_iss_parameter_supported": promised }));
        let world = World::with(&stub.settings()).await;
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let mut back = stub.agree(&url, json!({}), world.now());
        if let Some(iss) = iss {
            let iss = iss.replace("right", &stub.issuer);
            back = format!(
                "{back}&iss={}",
                url::form_urlencoded::byte_serialize(iss.as_bytes()).collect::<String>()
            );
        }
        let answer = browser.get(&back).await;
        assert_eq!(answer.status, if taken { 303 } else { 400 }, "{promised} {iss:?}: {answer:?}");
        assert_eq!(stub.hits("token"), usize::from(taken), "{promised} {iss:?}");
    }
}

#[tokio::test]
async fn a_repeated_iss_is_refused() {
    // #4, #8
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    let browser = world.browser();
    let back = stub.agree(&browser.start("/users/login").await, json!({}), world.now());
    let iss: String = url::form_urlencoded::byte_serialize(stub.issuer.as_bytes()).collect();
    browser.get(&format!("{back}&iss={iss}&iss={iss}")).await.expect(400);
    assert_eq!(stub.hits("token"), 0);
}

#[tokio::test]
async fn userinfo_about_somebody_else_ends_the_login() {
    // #18
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.extend([("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("EVIL_USERINFO", "always")]);
    let world = World::with(&settings).await;
    for sub in [
        json!("somebody-else"),
        json!(""),
        json!(null),
        json!(5),
        json!(["canary-sub"]),
        json!("canary-sub "),
    ] {
        stub.say("userinfo", json!({ "sub": sub }));
        let browser = world.browser();
        let answer = stub.sign_in(&browser, json!({}), world.now()).await.expect(401);
        assert!(answer.body.contains("Start again"), "{answer:?}");
        assert_eq!(browser.cookie("__Host-session"), None, "{sub}");
    }
    for kind in ["USER", "IDENTITY", "EMAIL", "SESSION"] {
        assert!(wire.rows_of(kind).await.is_empty(), "{kind}");
    }
    stub.say("userinfo", json!({}));
    stub.sign_in(&world.browser(), json!({}), world.now()).await.expect(303);
}

#[tokio::test]
async fn userinfo_fills_in_missing_claims_and_verifies_only_its_own_address() {
    // #18, #19
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("ADMINS", "eve@example.com"));
    let world = World::with(&settings).await;
    let bare = |sub: &str| json!({ "sub": sub, "email": null, "email_verified": null });
    // The ID token's flag says nothing about the address in userinfo.
    for (sub, id_token, userinfo, roles) in [
        ("a", json!({ "email": null }), json!({ "email_verified": null }), json!(["member"])),
        ("b", json!({ "email_verified": null }), json!({ "email": null }), json!(["member"])),
        ("c", json!({ "email": null }), json!({ "email_verified": "true" }), json!(["member"])),
        ("d", bare("d"), json!({}), json!(["admin", "member"])),
    ] {
        let mut claims = bare(sub);
        if sub != "d" {
            claims = json!({ "sub": sub });
            claims.as_object_mut().unwrap().extend(id_token.as_object().unwrap().clone());
        }
        let mut said = json!({ "sub": sub });
        said.as_object_mut().unwrap().extend(userinfo.as_object().unwrap().clone());
        stub.say("userinfo", said);
        let answer = stub.sign_in(&world.program(), claims, world.now()).await.expect(200).json();
        assert_eq!(answer["user"]["roles"], roles, "{sub}: {answer}");
    }
}

#[tokio::test]
async fn only_the_providers_signature_is_accepted() {
    // #13, #60, #61
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    for forgery in [
        "none",
        "NONE",
        "",
        "HS256 by the secret",
        "HS256 by the key",
        "another key",
        "a key of its own",
        "a flipped byte",
        "no signature",
    ] {
        let (browser, now) = (world.browser(), world.now());
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), now);
        let nonce =
            url::Url::parse(&url).unwrap().query_pairs().find(|(n, _)| n == "nonce").unwrap().1.into_owned();
        let claims = json!({
            "iss": stub.issuer, "aud": CLIENT_ID, "sub": "canary-sub", "nonce": nonce, "iat": now.epoch(),
            "exp": now.epoch() + 600, "email": "eve@example.com", "email_verified": true,
        });
        stub.say("token", json!({ "id_token": forged(forgery, &claims) }));
        let answer = browser.get(&back).await.expect(401);
        assert!(
            answer.body.contains("Start again") && browser.cookie("__Host-session").is_none(),
            "{forgery}: {answer:?}"
        );
    }
    assert!(wire.rows_of("USER").await.is_empty() && wire.rows_of("SESSION").await.is_empty());
    stub.say("token", json!({}));
    stub.sign_in(&world.browser(), json!({}), world.now()).await.expect(303);
}

/// An ID token with these claims, signed as it should not be.
fn forged(how: &str, claims: &Value) -> String {
    let (key, jwk) = key();
    let header = |alg: &str| json!({"alg": alg, "typ": "JWT", "kid": "stub"});
    let hmac = |secret: &[u8]| forge::hmac("HS256", secret, header("HS256").to_string(), claims.to_string());
    let good = key.token(&header("RS256"), claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    match how {
        "HS256 by the secret" => hmac(CLIENT_SECRET.as_bytes()),
        "HS256 by the key" => hmac(jwk["n"].as_str().unwrap().as_bytes()),
        "another key" | "a key of its own" => {
            let (foreign, public) = fresh_key("stub");
            let mut header = header("RS256");
            if how == "a key of its own" {
                header["jwk"] = public;
                header["jku"] = "http://127.0.0.1:1/jwks.json".into();
            }
            foreign.token(&header, claims)
        }
        "a flipped byte" => {
            format!("{signed}.{}{}", if signature.starts_with('A') { 'B' } else { 'A' }, &signature[1..])
        }
        "no signature" => format!("{signed}."),
        alg => forge::unsigned(header(alg).to_string(), claims.to_string()),
    }
}

#[tokio::test]
async fn a_code_of_any_size_is_refused_before_anything_is_sent() {
    // #10
    let stub = Stub::start().await;
    let world = World::with(&stub.settings()).await;
    for length in [0, 4097, 7000, 9000] {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let back = stub.agree(&url, json!({}), world.now());
        let long = back.split("code=").next().unwrap().to_owned() + "code=" + &"x".repeat(length);
        let state = back.split("state=").nth(1).unwrap();
        let status = browser.get(&format!("{long}&state={state}")).await.status;
        assert!([400, 414, 431].contains(&status), "{length}: {status}");
    }
    assert_eq!(stub.hits("token"), 0);
}

/// A refusal and a fault are as guarded as any other answer.
fn guarded(answer: &Answer) {
    assert!(answer.header("strict-transport-security").contains("includeSubDomains"), "{answer:?}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{answer:?}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{answer:?}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{answer:?}");
    }
    assert!(!answer.body.contains("<script"), "{answer:?}");
}

#[tokio::test]
async fn failures_carry_the_security_headers_too() {
    // #12, #104
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.push(("DYNAMODB_ENDPOINT", &wire.endpoint));
    let world = World::with(&settings).await;
    let (browser, program) = (world.browser(), world.program());
    let token = stub.sign_in(&program, json!({}), world.now()).await.expect(200).jwt();
    stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
    stub.mood("token", Mood::ServerError);
    guarded(&stub.sign_in(&world.browser(), json!({}), world.now()).await.expect(502));
    guarded(&stub.sign_in(&program, json!({}), world.now()).await.expect(502));
    guarded(&program.bearer("/users", &token).await.expect(403));
    for (fault, status) in
        [(Fault::Refuse("ThrottlingException"), 503), (Fault::Refuse("ValidationException"), 500)]
    {
        wire.set(fault);
        guarded(&browser.get("/").await.expect(status));
        guarded(&browser.post("/users/token").await.expect(status));
        guarded(&program.bearer("/users/me", &token).await.expect(status));
        wire.set(Fault::None);
    }
}
