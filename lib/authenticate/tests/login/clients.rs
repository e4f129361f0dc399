//! How we prove who we are, and providers without ID tokens.

use base64::{Engine, engine::general_purpose::STANDARD};
use forge::Key;
use jose::{Algorithm, Jws, KeySet};
use serde_json::{Value, json};

use crate::support::{
    NOW, SECRET, Settings, World,
    keys::OURS,
    status,
    stub::{Hit, Reply, Stub},
};

/// The token request of a login with these settings.
async fn exchange(settings: impl FnOnce(&Stub) -> Settings) -> (World, Hit) {
    let world = World::with(settings).await;
    world.sign_in(|_| ()).await.unwrap();
    let [hit] = world.stub.hits("/token").try_into().unwrap();
    (world, hit)
}

fn pem() -> (Key, String) {
    let key = Key::fresh("ES256");
    let pem = key.pem().replace('\n', "\\n");
    (key, pem)
}

/// The claims of an assertion, once its signature is right.
fn read(key: &Key, kid: &str, assertion: &str) -> Value {
    let token = Jws::parse(assertion).unwrap();
    let keys = json!({ "keys": [key.jwk(kid)] }).to_string();
    KeySet::parse(keys).unwrap().verify(&token, &[Algorithm::Es256]).unwrap();
    Value::Object(token.claims().clone())
}

#[tokio::test]
async fn the_secret_goes_into_the_header_or_the_body() {
    let (_, hit) = exchange(Settings::known).await;
    assert_eq!(
        hit.headers["authorization"],
        format!("Basic {}", STANDARD.encode(format!("client:{SECRET}")))
    );
    assert_eq!((hit.form("client_secret"), hit.form("client_assertion")), (None, None));
    let (_, hit) = exchange(|stub| Settings::known(stub).set("ACME_CLIENT_AUTH", "post")).await;
    assert_eq!(hit.form("client_secret").as_deref(), Some(SECRET));
    assert_eq!(hit.form("client_id").as_deref(), Some("client"));
    assert!(!hit.headers.contains_key("authorization"));
}

#[tokio::test]
async fn discovery_says_how_the_client_authenticates() {
    let stub_says = async |methods: Value, setting: Option<&str>| {
        let world = World::with(|stub| match setting {
            Some(word) => Settings::discovered(stub).set("ACME_CLIENT_AUTH", word),
            None => Settings::discovered(stub),
        })
        .await;
        let mut metadata = world.stub.metadata();
        metadata["token_endpoint_auth_methods_supported"] = methods;
        world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
        world.sign_in(|_| ()).await.unwrap();
        world.stub.hits("/token")[0].headers.contains_key("authorization")
    };
    assert!(stub_says(json!(["client_secret_post", "client_secret_basic"]), None).await);
    assert!(!stub_says(json!(["client_secret_post"]), None).await);
    assert!(stub_says(json!(["client_secret_post"]), Some("basic")).await);
}

#[tokio::test]
async fn an_assertion_is_signed_for_the_issuer() {
    // #92
    let (pair, pem) = pem();
    let settings = |stub: &Stub| {
        let settings = Settings::known(stub).without("ACME_CLIENT_SECRET");
        settings.set("ACME_PRIVATE_KEY", pem.clone()).set("ACME_KEY_ID", "our-key")
    };
    let (world, hit) = exchange(settings).await;
    assert_eq!(
        hit.form("client_assertion_type").as_deref(),
        Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    );
    assert_eq!((hit.form("client_id").as_deref(), hit.form("client_secret")), (Some("client"), None));
    let mut claims = read(&pair, "our-key", &hit.form("client_assertion").unwrap());
    let id = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(id.as_str().unwrap().len(), 43);
    let now = NOW.epoch();
    assert_eq!(
        claims,
        json!({ "iss": "client", "sub": "client", "aud": world.stub.url(""), "iat": now, "exp": now + 300 })
    );
}

#[tokio::test]
async fn apples_client_secret_is_signed() {
    let (pair, pem) = pem();
    let world = World::of("apple", |stub| {
        Settings::default()
            .endpoints("APPLE", stub)
            .set("APPLE_ISSUER", stub.url(""))
            .set("APPLE_CLIENT_ID", "client")
            .set("APPLE_TEAM_ID", "our-team")
            .set("APPLE_KEY_ID", "our-key")
            .set("APPLE_PRIVATE_KEY", pem)
    })
    .await;
    let who = world.sign_in(|claims| claims["email_verified"] = json!("true")).await.unwrap();
    assert!(who.email_verified);
    let [hit] = world.stub.hits("/token").try_into().unwrap();
    assert!(!hit.headers.contains_key("authorization"));
    let claims = read(&pair, "our-key", &hit.form("client_secret").unwrap());
    let now = NOW.epoch();
    assert_eq!(
        claims,
        json!({ "iss": "our-team", "sub": "client", "aud": world.stub.url(""), "iat": now, "exp": now + 300 })
    );
}

#[tokio::test]
async fn a_stand_in_for_apple_accepts_a_plain_secret() {
    // On this machine there is no team and no key to sign with.
    let settings = |stub: &Stub| {
        let settings = Settings::default().endpoints("APPLE", stub).set("APPLE_ISSUER", stub.url(""));
        settings.set("APPLE_CLIENT_ID", "client").set("APPLE_CLIENT_SECRET", "short")
    };
    let world = World::of("apple", settings).await;
    assert!(world.sign_in(|_| ()).await.is_ok());
    assert!(world.stub.hits("/token")[0].headers["authorization"].starts_with("Basic "));
}

#[tokio::test]
async fn without_secrets_no_login_can_finish() {
    // #107
    let world = World::known().await;
    let providers = Settings::known(&world.stub).load_without_secrets("acme", &world.table).unwrap();
    let begun = world.begin().await;
    world.stub.issue(&OURS.token(&world.claims(&begun, NOW)));
    let finished = providers.only().unwrap().finish(&begun.login, &oauth::Secret::new("the-code"), NOW).await;
    assert_eq!(status(&finished), 502);
    assert!(world.stub.hits("/token").is_empty());
}

async fn github() -> World {
    github_with(Settings::default()).await
}

async fn github_with(more: Settings) -> World {
    let world = World::of("github", |stub| {
        let settings = Settings::default().endpoints("GITHUB", stub).without("GITHUB_JWKS_URI");
        settings
            .set("GITHUB_CLIENT_ID", "client")
            .set("GITHUB_CLIENT_SECRET", "0123456789abcdef-secret")
            .set("GITHUB_ISSUER", stub.url(""))
            .and(more)
    })
    .await;
    world.stub.set(
        "/token",
        Reply::json(&json!({ "access_token": "gho_x", "token_type": "bearer", "scope": "read:user" })),
    );
    world.stub.set("/userinfo", Reply::json(&json!({
        "id": 583231, "login": "octocat", "name": null, "avatar_url": "https://a.example/x", "email": "typed@evil.example", "email_verified": true,
    })));
    world
}

#[tokio::test]
async fn github_addresses_come_from_user_emails_only() {
    // #19
    let world = github().await;
    let list = |primary: Value, verified: Value| {
        Reply::json(&json!([
            { "email": "other@b.example", "primary": false, "verified": true },
            { "email": "ada@b.example", "primary": primary, "verified": verified },
        ]))
    };
    for (primary, verified, expected) in [
        (json!(true), json!(true), (Some("ada@b.example"), true)),
        (json!(true), json!(false), (Some("ada@b.example"), false)),
        (json!(true), json!("true"), (Some("ada@b.example"), false)),
        (json!(false), json!(true), (None, false)),
    ] {
        world.stub.set("/userinfo/emails", list(primary, verified));
        let begun = world.begin().await;
        let who = world.finish(&begun).await.unwrap();
        assert_eq!((who.email.as_deref(), who.email_verified), expected);
        assert_eq!((who.subject.as_str(), who.name.as_deref()), ("583231", Some("octocat")));
        assert_eq!((who.issuer.as_str(), who.provider.as_str()), (world.stub.url("").as_str(), "github"));
    }
    let hit = world.stub.hits("/userinfo/emails").remove(0);
    assert_eq!(
        (hit.headers["authorization"].as_str(), hit.headers["user-agent"].as_str()),
        ("Bearer gho_x", "latchkey")
    );
    let hit = world.stub.hits("/token").remove(0);
    assert_eq!(
        (hit.headers["accept"].as_str(), hit.form("client_secret").is_some()),
        ("application/json", true)
    );
    assert!(hit.form("code_verifier").is_some());
}

#[tokio::test]
async fn a_github_error_with_status_200_is_an_error() {
    let world = github().await;
    world
        .stub
        .set("/token", Reply::json(&json!({ "error": "bad_verification_code", "error_description": "x" })));
    let begun = world.begin().await;
    assert_eq!(status(&world.finish(&begun).await), 400, "its code is spent: that is no failure of theirs");
}

#[tokio::test]
async fn github_without_its_list_of_addresses_still_says_who_it_is() {
    // #19, #101
    let silent = |world: &World, reply: Reply| world.stub.set("/userinfo/emails", reply);
    let world = github().await;
    for reply in [
        Reply::status(401),
        Reply::status(403),
        Reply::status(404),
        Reply::status(429),
        Reply::status(500),
        Reply::status(503),
        Reply::redirect(&world.stub.url("/canary")),
        Reply::Close,
        Reply::Truncated,
        Reply::json(&json!({ "message": "Not Found" })),
        Reply::text(200, "text/html", "<html>"),
        Reply::text(200, "application/json", ""),
        Reply::text(200, "application/json", r#"[{"primary":true,"primary":true}]"#),
    ] {
        silent(&world, reply.clone());
        let begun = world.begin().await;
        let who = world.finish(&begun).await.unwrap();
        assert_eq!((who.subject.as_str(), who.email.as_deref()), ("583231", None), "{reply:?}");
        assert!(!who.email_verified, "what the person typed is no address: {reply:?}");
    }
    assert!(world.stub.hits("/canary").is_empty());
    // Who it is must be said, and a rule about addresses needs one.
    for (path, settings, expected) in [
        ("/userinfo", Settings::default(), 502),
        ("/userinfo/emails", Settings::default().set("GITHUB_HOSTED_DOMAIN", "b.example"), 502),
    ] {
        let world = github_with(settings).await;
        world.stub.set("/userinfo/emails", Reply::json(&json!([])));
        world.stub.set(path, Reply::status(503));
        let begun = world.begin().await;
        assert_eq!(status(&world.finish(&begun).await), expected, "{path}");
    }
}

#[tokio::test]
async fn any_plain_oauth_provider_works_with_a_claim_mapping() {
    let settings = |stub: &Stub| {
        Settings::known(stub)
            .without("ACME_ISSUER")
            .without("ACME_JWKS_URI")
            .set("ACME_SCOPES", "identify email")
            .set("ACME_CLAIMS", "sub=id name=profile.nick|name email=email email_verified=verified")
    };
    let world = World::with(settings).await;
    world.stub.set("/token", Reply::json(&json!({ "access_token": "x", "token_type": "Bearer" })));
    let begun = world.begin().await;
    assert_eq!(begun.params["scope"], "identify email");
    assert!(!begun.params.contains_key("nonce") && begun.params["code_challenge_method"] == "S256");
    world.stub.set(
        "/userinfo",
        Reply::json(
            &json!({ "id": "7", "profile": { "nick": "ada" }, "email": "ada@b.example", "verified": true }),
        ),
    );
    let who = world.finish(&begun).await.unwrap();
    assert_eq!((who.subject.as_str(), who.name.as_deref(), who.email_verified), ("7", Some("ada"), true));
    assert_eq!(who.issuer, world.stub.url(""));
    for (answer, expected) in [
        (Reply::json(&json!({ "id": "" })), 502),
        (Reply::json(&json!({ "name": "nobody" })), 502),
        (Reply::json(&json!([])), 502),
        (Reply::text(200, "application/json", r#"{"id":"7","id":"8"}"#), 502),
        (Reply::text(200, "text/html", r#"{"id":"7"}"#), 502),
        (Reply::text(200, "application/jwt", r#"{"id":"7"}"#), 502),
        (Reply::text(200, "text/plain", "id=7"), 502),
        (Reply::status(401), 502),
    ] {
        world.stub.set("/userinfo", answer);
        let begun = world.begin().await;
        assert_eq!(status(&world.finish(&begun).await), expected);
    }
    // What does not say what it is may be JSON.
    for content_type in UNSAID {
        world.stub.set("/userinfo", typed(content_type, &json!({ "id": "7" })));
        let begun = world.begin().await;
        let who = world.finish(&begun).await;
        assert_eq!(who.as_ref().map(|who| who.subject.as_str()).ok(), Some("7"), "{content_type:?} {who:?}");
    }
}

/// What stands where nobody has said that it is JSON.
const UNSAID: [Option<&str>; 3] = [Some("text/plain; charset=utf-8"), Some("application/octet-stream"), None];

fn typed(content_type: Option<&str>, body: &Value) -> Reply {
    let headers = content_type.map(|value| ("content-type", value.to_owned())).into_iter().collect();
    Reply::Answer(200, headers, body.to_string().into_bytes())
}

#[tokio::test]
async fn github_need_not_say_that_its_answers_are_json() {
    // #19, #72: but a page is none, and what is no JSON is none either.
    let world = github().await;
    let emails = json!([{ "email": "ada@b.example", "primary": true, "verified": true }]);
    let user = json!({ "id": 583231, "login": "octocat" });
    for content_type in UNSAID {
        world.stub.set("/userinfo", typed(content_type, &user));
        world.stub.set("/userinfo/emails", typed(content_type, &emails));
        let who = world.finish(&world.begin().await).await.unwrap();
        assert_eq!(
            (who.subject.as_str(), who.email.as_deref(), who.email_verified),
            ("583231", Some("ada@b.example"), true),
            "{content_type:?}"
        );
    }
    for content_type in ["text/html", "application/x-www-form-urlencoded", "application/jwt"] {
        world.stub.set("/userinfo/emails", typed(Some(content_type), &emails));
        let who = world.finish(&world.begin().await).await.unwrap();
        assert_eq!((who.email, who.email_verified), (None, false), "{content_type}");
    }
    world.stub.set("/userinfo", typed(Some("text/html"), &user));
    assert_eq!(status(&world.finish(&world.begin().await).await), 502);
}
