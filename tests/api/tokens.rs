//! Access tokens at the door.

use forge::{decode, unsigned};
use serde_json::{Value, json};
use tests::{World, stub};

fn parts(token: &str) -> (Value, Value) {
    let part = |at: usize| serde_json::from_slice(&decode(token.split('.').nth(at).unwrap())).unwrap();
    (part(0), part(1))
}

#[tokio::test]
async fn access_tokens_have_the_form_of_rfc_9068() {
    // #56, #57, #58
    let world = World::start().await;
    let token = world.program().token("ada").await;
    let (header, claims) = parts(&token);
    assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("at+jwt"), Some("RS256")));
    let keys = world.program().get("/.well-known/jwks.json").await.json();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(world.cloud.url), &json!(world.cloud.url)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    assert_eq!(claims["scope"], "get:profile roles:read roles:write users:delete users:read users:write");
    for name in ["sub", "client_id", "jti", "name", "roles"] {
        assert!(claims.get(name).is_some(), "{name}");
    }
}

#[tokio::test]
async fn an_unverified_address_is_not_in_the_token() {
    // #19: neither in what a program gets nor in what a page does.
    let world = World::start().await;
    for (person, email) in [("ada", json!("ada@example.com")), ("katherine", json!(null))] {
        let browser = world.browser();
        browser.sign_in(person).await.expect(303);
        let fresh = browser.post("/users/token").await.expect(200).json();
        let first = world.program().token(person).await;
        for token in [&first, fresh["access_token"].as_str().unwrap()] {
            let claims = parts(token).1;
            let verified = if email.is_null() { json!(null) } else { json!(true) };
            assert_eq!((&claims["email"], &claims["email_verified"]), (&email, &verified), "{person}");
        }
        let me = world.program().bearer("/users/me", &first).await.expect(200).json();
        assert_eq!(me["email_verified"], json!(!email.is_null()), "the user sees it either way");
    }
}

#[tokio::test]
async fn a_foreign_token_is_refused() {
    // #60, #61, #63, #66, #67
    let world = World::start().await;
    let token = world.program().token("ada").await;
    let (header, claims) = parts(&token);
    let unsigned = |header: &Value| unsigned(header.to_string(), claims.to_string());
    let signature = token.rsplit('.').next().unwrap();
    let mut forged = Vec::new();
    for alg in ["none", "NONE", "nOnE", "", "HS256", "RS384", "ES256"] {
        let mut header = header.clone();
        header["alg"] = json!(alg);
        forged.push(format!("{}{signature}", unsigned(&header)));
        forged.push(unsigned(&header));
    }
    for (name, value) in [
        ("crit", json!(["x"])),
        ("crit", json!([])),
        ("jku", json!("http://127.0.0.1:1/")),
        ("typ", json!("JWT")),
    ] {
        let mut header = header.clone();
        header[name] = value;
        forged.push(format!("{}{signature}", unsigned(&header)));
    }
    // Signed, but by a stranger: with its own key in the header, and with our key's name.
    let (key, jwk) = stub::key();
    let stranger = json!({"alg": "RS256", "typ": "at+jwt", "kid": header["kid"], "jwk": jwk});
    forged.push(key.token(&stranger, &claims));
    forged.extend([
        format!("{token}="),
        format!("{token}.x"),
        token.replacen('.', "..", 1),
        ".".repeat(8000),
    ]);
    for token in forged {
        let answer = world.program().bearer("/users/me", &token).await;
        assert_eq!(answer.status, 403, "{token}");
    }
    world.program().bearer("/users/me", &token).await.expect(200);
}
