//! The whole flow at a certified provider, npm's oidc-provider, which insists on PKCE and compares redirect addresses.

use forge::Key;
use serde_json::{Value, json};
use tests::{
    Agent, World,
    certified::{Certified, Visitor},
};

const SECRET: &str = "certified-canary-0123456789";

/// A cloud that knows the provider as `certified`, and the provider, which knows the cloud as `latchkey`. `more` and
/// `client` are their further settings.
async fn meet(more: &[(&str, &str)], client: Value, conform: bool) -> (World, Certified) {
    let mut provider = Certified::start().await;
    let mut settings = vec![
        ("PROVIDERS", "certified"),
        ("CERTIFIED_ISSUER", provider.issuer.as_str()),
        ("CERTIFIED_CLIENT_ID", "latchkey"),
        ("CERTIFIED_AUTHORITATIVE_FOR", "example.com"),
        ("ADMINS", "ada@example.com"),
    ];
    settings.extend_from_slice(more);
    if !more.iter().any(|(name, _)| ["CERTIFIED_CLIENT_SECRET", "CERTIFIED_PRIVATE_KEY"].contains(name)) {
        settings.push(("CERTIFIED_CLIENT_SECRET", SECRET));
    }
    let world = World::today(&settings).await;
    let callback = format!("{}/users/login/certified/callback", world.cloud.url);
    let mut known = json!({ "client_id": "latchkey", "client_secret": SECRET, "redirect_uris": [callback] });
    known.as_object_mut().unwrap().extend(client.as_object().unwrap().clone());
    provider.introduce(json!([known]), conform).await;
    (world, provider)
}

/// Signs in as `login`: the callback's address, and its answer.
async fn sign_in(agent: &Agent, login: &str) -> (String, tests::Answer) {
    let url = agent.start("/users/login").await;
    let back = Visitor::agree(&url, login).await;
    let answer = agent.get(&back).await;
    (back, answer)
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn a_browser_signs_in_and_gets_a_session() {
    // #1, #8, #11, #12: the provider promises `iss` and sends it.
    let (world, mut provider) = meet(&[], json!({}), false).await;
    let browser = world.browser();
    let url = browser.start("/users/login?return_to=%2Fusers%2Fme").await;
    assert!(url.contains("code_challenge_method=S256"), "{url}");
    let back = Visitor::agree(&url, "ada").await;
    assert!(back.contains("&iss=http"), "{back}");
    let answer = browser.get(&back).await.expect(303);
    assert_eq!(answer.location(), "/users/me");
    assert_eq!(provider.exchanges().await, 1);
    let page = browser.get("/").await.expect(200).body;
    assert!(page.contains("ada of the tests") && page.contains("ada@example.com"), "{page}");
    let token = browser.post("/users/token").await.expect(200).json();
    let users = world.program().bearer("/users", token["access_token"].as_str().unwrap()).await.expect(200);
    assert_eq!(users.json()["users"][0]["email"], "ada@example.com");
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn a_program_signs_in_and_gets_a_token() {
    // #21
    let (world, _provider) = meet(&[], json!({}), false).await;
    let mut ids = Vec::new();
    for (login, verified, roles) in [
        ("ada", true, json!(["admin", "member"])),
        ("unverified", false, json!(["member"])),
        ("grace@example.org", true, json!(["member"])),
        ("ada", true, json!(["admin", "member"])),
    ] {
        let (_, answer) = sign_in(&world.program(), login).await;
        let answer = answer.expect(200).json();
        assert_eq!(answer["message"], "Authorization Success!");
        let user = &answer["user"];
        assert_eq!((&user["email_verified"], &user["roles"]), (&json!(verified), &roles), "{login}");
        let me = world.program().bearer("/users/me", answer["jwt"].as_str().unwrap()).await.expect(200);
        assert_eq!(me.json()["id"], user["id"]);
        ids.push(user["id"].clone());
    }
    assert_eq!(ids[0], ids[3]);
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn a_wrong_secret_tells_the_person_to_start_again() {
    // #11, #103
    let wrong = "another-canary-0123456789";
    let (world, mut provider) = meet(&[("CERTIFIED_CLIENT_SECRET", wrong)], json!({}), false).await;
    let browser = world.browser();
    let (_, answer) = sign_in(&browser, "ada").await;
    let answer = answer.expect(502);
    assert!(answer.body.contains("Start again") && !answer.body.contains("canary"), "{answer:?}");
    assert!(!answer.body.contains("invalid_client"), "{answer:?}");
    assert_eq!(browser.cookie("__Host-session"), None);
    assert_eq!(provider.exchanges().await, 1, "the code is not sent again, in this or in another way");
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn a_used_callback_address_does_nothing() {
    // #6, #9, #25
    let (world, _provider) = meet(&[], json!({}), false).await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let name = browser.cookie_names().remove(0);
    let cookie = browser.cookie(&name).unwrap();
    let back = Visitor::agree(&url, "ada").await;
    // In another browser it does nothing, and it is still good in this one; once.
    world.browser().get(&back).await.expect(400);
    browser.get(&back).await.expect(303);
    let session = browser.cookie("__Host-session");
    browser.get(&back).await.expect(303);
    assert_eq!(browser.cookie("__Host-session"), session);
    browser.form("/users/logout", &[]).await.expect(303);
    browser.set_cookie(&name, &cookie);
    let again = browser.get(&back).await.expect(400);
    assert!(again.body.contains("has ended"), "{again:?}");
    // A code of the provider's with another login's state and verifier is refused by the provider.
    let (one, two) = (browser.start("/users/login").await, browser.start("/users/login").await);
    let code = |back: &str| {
        let back = url::Url::parse(back).unwrap();
        back.query_pairs().find(|(n, _)| n == "code").unwrap().1.into_owned()
    };
    let (one, two) = (Visitor::agree(&one, "ada").await, Visitor::agree(&two, "ada").await);
    browser.get(&one.replace(&code(&one), &code(&two))).await.expect(400);
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn a_person_may_refuse() {
    // #10
    let (world, _provider) = meet(&[], json!({}), false).await;
    let browser = world.browser();
    let back = Visitor::refuse(&browser.start("/users/login").await).await;
    assert!(back.contains("error=access_denied"), "{back}");
    let answer = browser.get(&back).await.expect(403);
    assert!(answer.body.contains("Start again") && !answer.body.contains("End-User"), "{answer:?}");
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn userinfo_says_what_the_id_token_leaves_out() {
    // #18, #19
    for (more, conform) in [(&[][..], true), (&[("CERTIFIED_USERINFO", "always")][..], false)] {
        let (world, _provider) = meet(more, json!({}), conform).await;
        let (_, answer) = sign_in(&world.program(), "ada").await;
        let user = answer.expect(200).json()["user"].clone();
        assert_eq!((&user["email"], &user["email_verified"]), (&json!("ada@example.com"), &json!(true)));
        assert_eq!(user["name"], "ada of the tests");
    }
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn the_client_authenticates_as_the_provider_wants() {
    // #92
    let post = json!({ "token_endpoint_auth_method": "client_secret_post" });
    let (world, _provider) = meet(&[("CERTIFIED_CLIENT_AUTH", "post")], post, false).await;
    sign_in(&world.program(), "ada").await.1.expect(200);

    let key = Key::fresh("ES256");
    let pem = key.pem().replace('\n', "\\n");
    let assertion = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": { "keys": [key.jwk_for("ES256", "ours")] },
    });
    let (world, _provider) =
        meet(&[("CERTIFIED_PRIVATE_KEY", &pem), ("CERTIFIED_KEY_ID", "ours")], assertion, false).await;
    sign_in(&world.program(), "ada").await.1.expect(200);
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn id_tokens_are_verified_with_the_algorithm_the_provider_uses() {
    // #13, #60
    for algorithm in ["RS256", "PS256", "ES256"] {
        let client = json!({ "id_token_signed_response_alg": algorithm });
        let (world, _provider) = meet(&[], client, false).await;
        sign_in(&world.program(), "ada").await.1.expect(200);
    }
}

#[tokio::test]
#[ignore = "needs npm packages: bin/test installs them"]
async fn a_fresh_sign_in_is_asked_for_and_says_when_it_was() {
    let (world, _provider) = meet(&[("CERTIFIED_FRESH_SIGN_IN", "max_age")], json!({}), false).await;
    let browser = world.browser();
    let url = browser.start("/users/login?prompt=login").await;
    assert!(url.contains("prompt=login") && url.contains("max_age=0"), "{url}");
    let back = Visitor::agree(&url, "ada").await;
    browser.get(&back).await.expect(303);
}
