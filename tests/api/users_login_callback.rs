//! `GET /users/login/{provider}/callback`

use serde_json::{Value, json};
use tests::{
    Agent, Answer, World,
    stub::{Stub, key},
};

async fn evil() -> (World, Stub) {
    let stub = Stub::start().await;
    (World::with(&stub.settings()).await, stub)
}

/// Nobody came in: no session, and no user.
fn refused(answer: &Answer, status: u16, agent: &Agent) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(agent.cookie("__Host-session"), None, "{answer:?}");
    assert!(answer.location().is_empty(), "{answer:?}");
}

#[tokio::test]
async fn signs_a_browser_in() {
    // #12, #31, #33
    let world = World::start().await;
    let browser = world.browser();
    let url = browser.start("/users/login?return_to=/users/me").await;
    let back = browser.pick(&url, "ada").await;
    let before = browser.cookie_names();
    let answer = browser.get(&back).await.expect(303);
    assert_eq!(answer.location(), "/users/me");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert!(browser.cookie("__Host-session").is_some());
    assert!(
        browser.cookie_names().starts_with(&before),
        "the login's cookie stays, for a repeated of this answer"
    );
}

#[tokio::test]
async fn gives_a_program_its_token() {
    let world = World::start().await;
    let program = world.program();
    let answer = program.sign_in("ada").await.expect(200).json();
    assert_eq!(answer["message"], "Authorization Success!");
    assert_eq!((answer["token_type"].as_str(), answer["expires_in"].as_u64()), (Some("Bearer"), Some(600)));
    assert_eq!(answer["user"]["email"], "ada@example.com");
    assert_eq!(answer["user"]["roles"], json!(["admin", "member"]));
    assert!(program.cookie("__Host-session").is_none(), "a program gets no session");
    program.bearer("/users", answer["jwt"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn a_second_sign_in_is_the_same_user_and_a_new_session() {
    // #21, #33
    let world = World::start().await;
    let browser = world.browser();
    browser.set_cookie("__Host-session", "chosen-by-somebody-else");
    browser.sign_in("ada").await.expect(303);
    let first = browser.cookie("__Host-session").unwrap();
    assert_ne!(first, "chosen-by-somebody-else");
    browser.sign_in("ada").await.expect(303);
    let second = browser.cookie("__Host-session").unwrap();
    assert_ne!(first, second);
    browser.set_cookie("__Host-session", &first);
    browser.post("/users/token").await.expect(401);
    let program = world.program();
    let ids =
        [program.sign_in("ada").await, program.sign_in("ada").await].map(|a| a.json()["user"]["id"].clone());
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn needs_the_cookie_of_this_login() {
    // #6, #25
    let (world, stub) = evil().await;
    let (browser, other) = (world.browser(), world.browser());
    let url = browser.start("/users/login").await;
    let other_url = other.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    let state = |url: &str| {
        url::Url::parse(url).unwrap().query_pairs().find(|(n, _)| n == "state").unwrap().1.into_owned()
    };
    for (damaged, why) in [
        (back.replace(&state(&back), &state(&other_url)), "another tab's"),
        (back.replace(&state(&back), "x"), "wrong"),
        (back.replace(&state(&back), ""), "empty"),
        (back.replace(&format!("&state={}", state(&back)), ""), "missing"),
    ] {
        let answer = browser.get(&damaged).await;
        refused(&answer, 400, &browser);
        assert!(answer.body.contains("Start again"), "{why}: {answer:?}");
    }
    // Somebody else's finished address does nothing in this browser, and their session stays as it is.
    let victim = world.browser();
    victim.set_cookie("__Host-session", "their-own");
    let answer = victim.get(&back).await;
    assert_eq!((answer.status, victim.cookie("__Host-session").as_deref()), (400, Some("their-own")));
    assert_eq!(stub.hits("token"), 0);
    browser.get(&back).await.expect(303);
}

#[tokio::test]
async fn a_login_is_over_after_ten_minutes() {
    // #6
    let (world, stub) = evil().await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    world.pass(601);
    let answer = browser.get(&stub.agree(&url, json!({}), world.now())).await;
    refused(&answer, 400, &browser);
    assert_eq!(stub.hits("token"), 0);
    assert!(browser.cookie_names().is_empty(), "its cookie is cleared");
}

#[tokio::test]
async fn a_damaged_cookie_counts_as_none() {
    // #32
    let (world, stub) = evil().await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    let name = browser.cookie_names().remove(0);
    let good = browser.cookie(&name).unwrap();
    let (time, sealed) = good.split_once('.').unwrap();
    let mut flipped = sealed.to_owned().into_bytes();
    flipped[30] ^= 1;
    let later = format!("{}.{sealed}", time.parse::<i64>().unwrap() + 1);
    for damaged in [
        &good[..good.len() - 2],
        &format!("{time}."),
        sealed,
        &later,
        "",
        &format!("{time}.{}", String::from_utf8_lossy(&flipped)),
    ] {
        browser.set_cookie(&name, damaged);
        refused(&browser.get(&back).await, 400, &browser);
    }
    assert_eq!(stub.hits("token"), 0);
    browser.set_cookie(&name, &good);
    browser.get(&back).await.expect(303);
}

#[tokio::test]
async fn a_login_is_finished_with_the_provider_it_was_started_with() {
    // #7
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings[0].1 = "evil,other";
    settings.extend([
        ("OTHER_ISSUER", stub.issuer.as_str()),
        ("OTHER_CLIENT_ID", "another"),
        ("OTHER_CLIENT_SECRET", "0123456789abcdef-other"),
    ]);
    let world = World::with(&settings).await;
    let browser = world.browser();
    let url = browser.start("/users/login/evil").await;
    let back = stub.agree(&url, json!({}), world.now());
    refused(&browser.get(&back.replace("/evil/", "/other/")).await, 400, &browser);
    assert_eq!(stub.hits("token"), 0);
}

#[tokio::test]
async fn a_login_happens_once() {
    // #9
    let (world, stub) = evil().await;
    let browser = world.browser();
    let url = browser.start("/users/login").await;
    let back = stub.agree(&url, json!({}), world.now());
    let name = browser.cookie_names().remove(0);
    let cookie = browser.cookie(&name).unwrap();
    browser.get(&back).await.expect(303);
    let session = browser.cookie("__Host-session");
    browser.clear();
    browser.set_cookie(&name, &cookie);
    // What comes after it leads to the same session, and only in the browser that has the login's cookie.
    browser.get(&back).await.expect(303);
    assert_eq!(browser.cookie("__Host-session"), session);
    browser.clear();
    refused(&browser.get(&back).await, 400, &browser);
    assert_eq!(stub.hits("token"), 1);
}

#[tokio::test]
async fn a_providers_error_is_shown_in_our_words() {
    // #10
    let (world, stub) = evil().await;
    for (answer, status) in [
        ("error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E", 403),
        ("error=%3Cscript%3Ealert(1)%3C/script%3E", 400),
        ("error=server_error", 502),
        ("error=access_denied&code=x", 400),
        ("", 400),
        ("code=", 400),
        (&format!("code={}", "x".repeat(7000)), 400),
        ("code=a&code=b", 400),
    ] {
        let browser = world.browser();
        let url = browser.start("/users/login").await;
        let state =
            url::Url::parse(&url).unwrap().query_pairs().find(|(n, _)| n == "state").unwrap().1.into_owned();
        let answer = browser.get(&format!("/users/login/evil/callback?state={state}&{answer}")).await;
        refused(&answer, status, &browser);
        assert!(!answer.body.contains("alert(1)") && answer.body.contains("Start again"), "{answer:?}");
    }
    assert_eq!(stub.hits("token"), 0);
}

#[tokio::test]
async fn an_id_token_is_checked_in_full() {
    // #14, #15, #16, #17, #19, #21
    let (world, stub) = evil().await;
    let now = world.now().epoch();
    let bad: Vec<Value> = vec![
        json!({"iss": "https://evil.example.com"}),
        json!({"iss": format!("{}/", stub.issuer)}),
        json!({"iss": stub.issuer.to_uppercase()}),
        json!({"iss": stub.issuer.split_once("://").unwrap().1}),
        json!({"iss": "https://accounts.google.com"}),
        json!({"iss": "accounts.google.com"}),
        json!({"iss": [stub.issuer]}),
        json!({"iss": null}),
        json!({"aud": "somebody-else"}),
        json!({"aud": ["canary-client-id", "somebody-else"]}),
        json!({"aud": {}}),
        json!({"aud": ["canary-client-id", 5]}),
        json!({"azp": "somebody-else"}),
        json!({"nonce": "another"}),
        json!({"nonce": ""}),
        json!({"nonce": null}),
        json!({"exp": now - 61}),
        json!({"exp": "never"}),
        json!({"exp": 1e300}),
        json!({"exp": null}),
        json!({"iat": now - 3600}),
        json!({"iat": now + 600}),
        json!({"iat": null}),
        json!({"nbf": now + 600}),
        json!({"sub": ""}),
        json!({"sub": "x".repeat(256)}),
        json!({"sub": null}),
    ];
    for claims in bad {
        let browser = world.browser();
        let answer = stub.sign_in(&browser, claims.clone(), world.now()).await;
        refused(&answer, 401, &browser);
        let program = world.program();
        let answer = stub.sign_in(&program, claims.clone(), world.now()).await;
        assert_eq!(answer.status, 401, "{claims}: {answer:?}");
    }
    let browser = world.browser();
    stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
}

#[tokio::test]
async fn a_foreign_signature_is_refused() {
    // #13
    let (world, _) = evil().await;
    let _ = key();
    let forged = Stub::start().await;
    let mut settings = forged.settings();
    let honest = Stub::start().await;
    let jwks = format!("{}/jwks.json", honest.issuer);
    let (authorization, token, userinfo) = (
        format!("{}/authorize", forged.issuer),
        format!("{}/token", forged.issuer),
        format!("{}/userinfo", forged.issuer),
    );
    settings.extend([
        ("EVIL_AUTHORIZATION_ENDPOINT", authorization.as_str()),
        ("EVIL_TOKEN_ENDPOINT", &token),
        ("EVIL_USERINFO_ENDPOINT", &userinfo),
        ("EVIL_JWKS_URI", &jwks),
    ]);
    let world2 = World::with(&settings).await;
    // The key set is served without the key that signed.
    honest.mood("jwks", tests::stub::Mood::Wrong);
    let browser = world2.browser();
    let answer = forged.sign_in(&browser, json!({}), world2.now()).await;
    assert!([401, 502].contains(&answer.status), "{answer:?}");
    assert_eq!(browser.cookie("__Host-session"), None);
    drop(world);
}

#[tokio::test]
async fn an_address_that_is_not_verified_gives_no_rights() {
    // #19, #93
    let stub = Stub::start().await;
    let mut settings = stub.settings();
    settings.push(("ADMINS", "eve@example.com"));
    let world = World::with(&settings).await;
    for verified in [json!(false), json!("false"), json!("true"), json!(1), json!(null)] {
        let claims = json!({"sub": format!("sub-{verified}"), "email_verified": verified});
        let answer = stub.sign_in(&world.program(), claims, world.now()).await.expect(200).json();
        assert_eq!(answer["user"]["roles"], json!(["member"]), "{verified}");
    }
    let answer =
        stub.sign_in(&world.program(), json!({"sub": "the-owner"}), world.now()).await.expect(200).json();
    assert_eq!(answer["user"]["roles"], json!(["admin", "member"]));
}

#[tokio::test]
async fn a_person_is_an_issuer_and_a_subject_and_not_an_address() {
    // #21, #93
    let (one, two) = (Stub::start().await, Stub::start().await);
    let [authorize, token, userinfo] =
        ["authorize", "token", "userinfo"].map(|at| format!("{}/{at}", two.issuer));
    let secret = "0123456789abcdef-other";
    let mut settings = one.settings();
    settings[0].1 = "evil,again,other,plain";
    settings.extend([
        // Another client of ours at the first issuer.
        ("AGAIN_ISSUER", one.issuer.as_str()),
        ("AGAIN_CLIENT_ID", "canary-client-id"),
        ("AGAIN_CLIENT_SECRET", secret),
        ("OTHER_ISSUER", two.issuer.as_str()),
        ("OTHER_CLIENT_ID", "canary-client-id"),
        ("OTHER_CLIENT_SECRET", secret),
        // Whose subjects nobody signs.
        ("PLAIN_CLAIMS", "sub=sub email=email email_verified=email_verified"),
        ("PLAIN_ISSUER", "https://plain.example.com"),
        ("PLAIN_AUTHORIZATION_ENDPOINT", authorize.as_str()),
        ("PLAIN_TOKEN_ENDPOINT", token.as_str()),
        ("PLAIN_USERINFO_ENDPOINT", userinfo.as_str()),
        ("PLAIN_CLIENT_ID", "canary-client-id"),
        ("PLAIN_CLIENT_SECRET", secret),
    ]);
    let world = World::with(&settings).await;
    let ada = json!("ada@example.com");
    let mut people: std::collections::HashMap<char, Value> = std::collections::HashMap::new();
    for (provider, sub, email, person) in [
        ("evil", "1", &ada, 'A'),
        ("evil", "2", &ada, 'B'),
        ("other", "1", &ada, 'C'),
        ("other", "3", &ada, 'D'),
        ("plain", "1", &ada, 'E'),
        ("again", "1", &ada, 'A'),
        ("evil", "1", &json!("new@example.com"), 'A'),
        ("other", "3", &json!("new@example.com"), 'D'),
        ("again", "2", &json!(null), 'B'),
        ("other", "1", &json!(null), 'C'),
        ("evil", "1", &ada, 'A'),
        ("plain", "1", &json!("new@example.com"), 'E'),
    ] {
        let (stub, verified) =
            (if ["evil", "again"].contains(&provider) { &one } else { &two }, !email.is_null());
        let claims = json!({"sub": sub, "email": email, "email_verified": verified});
        stub.say("userinfo", claims.clone());
        let (program, browser) = (world.program(), world.browser());
        let url = program.start(&format!("/users/login/{provider}")).await;
        let answer = program.get(&stub.agree(&url, claims.clone(), world.now())).await.expect(200).json();
        let id = answer["user"]["id"].clone();
        let url = browser.start(&format!("/users/login/{provider}")).await;
        browser.get(&stub.agree(&url, claims, world.now())).await.expect(303);
        let token = browser.post("/users/token").await.expect(200).json()["access_token"].clone();
        let me = world.program().bearer("/users/me", token.as_str().unwrap()).await.expect(200).json();
        assert_eq!(me["id"], id, "{provider} {sub} {email}");
        let known = people.entry(person).or_insert_with(|| id.clone());
        assert_eq!(*known, id, "{provider} {sub} {email} is {person}");
    }
    let distinct: std::collections::HashSet<_> = people.values().map(Value::to_string).collect();
    assert_eq!(distinct.len(), 5, "{people:?}");
}

#[tokio::test]
async fn only_a_provider_that_posts_may_post() {
    let (world, _) = evil().await;
    let browser = world.browser();
    browser.form("/users/login/evil/callback", &[("state", "x"), ("code", "y")]).await.expect(405);
    browser.get("/users/login/nobody/callback?state=x&code=y").await.expect(404);
}

#[tokio::test]
async fn return_to_is_checked_again_at_use() {
    // #22
    let (world, stub) = evil().await;
    for wanted in [
        "https://evil.example.com",
        "//evil.example.com",
        "/\\evil.example.com",
        "https:evil.example.com",
        "javascript:alert(1)",
    ] {
        let browser = world.browser();
        let query =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", wanted).finish();
        let url = browser.start(&format!("/users/login?{query}")).await;
        let answer = browser.get(&stub.agree(&url, json!({}), world.now())).await.expect(303);
        assert_eq!(answer.location(), "/", "{wanted}");
    }
}
