//! Coming back: what the browser brings is checked before anything is sent or written.

use std::sync::Arc;

use authenticate::Answer;
use oauth::Time;

use crate::support::{
    NOW, Settings, World, begin,
    keys::OURS,
    status,
    stub::{Reply, Stub},
    table,
};

fn at(seconds: i64) -> Time {
    Time::from_epoch(NOW.epoch() + seconds)
}

#[tokio::test]
async fn an_honest_login_succeeds() {
    let world = World::known().await;
    let who = world.sign_in(|_| ()).await.unwrap();
    assert_eq!((who.provider.as_str(), who.subject.as_str()), ("acme", "person-1"));
    assert_eq!(who.issuer, world.stub.url(""));
    assert_eq!((who.email.as_deref(), who.email_verified), (Some("ada@example.com"), true));
    assert_eq!(who.name.as_deref(), Some("Ada Lovelace"));
    let [exchange] = world.stub.hits("/token").try_into().unwrap();
    assert_eq!(exchange.method, "POST");
    assert_eq!(exchange.form("grant_type").as_deref(), Some("authorization_code"));
    assert_eq!(exchange.form("code").as_deref(), Some("the-code"));
    assert_eq!(
        exchange.form("redirect_uri").as_deref(),
        Some("https://id.example.com/users/login/acme/callback")
    );
    assert!(exchange.form("code_verifier").is_some_and(|verifier| verifier.len() == 43));
    // Everything was in the ID token.
    assert!(world.stub.hits("/userinfo").is_empty());
}

#[tokio::test]
async fn a_discovered_provider_works_as_well() {
    let world = World::discovered().await;
    assert!(world.sign_in(|_| ()).await.is_ok());
    assert_eq!(world.stub.all_hits(), 3);
}

#[tokio::test]
async fn the_state_must_match() {
    // #6
    let world = World::known().await;
    let (begun, other) = (world.begin().await, world.begin().await);
    let check =
        |state: Option<String>| begun.login.accept(world.provider(), Answer { state, ..begun.answer() }, NOW);
    let right = &begun.params["state"];
    assert!(check(Some(right.clone())).is_ok());
    for wrong in [
        None,
        Some(String::new()),
        Some(other.params["state"].clone()),
        Some(right.to_uppercase()),
        Some(format!("{right} ")),
        Some(right[1..].to_owned()),
    ] {
        assert_eq!(status(&check(wrong)), 400);
    }
    assert_eq!(world.stub.all_hits(), 0);
}

#[tokio::test]
async fn a_login_expires_after_ten_minutes() {
    // #6
    let world = World::known().await;
    let begun = world.begin().await;
    let check = |now| begun.login.accept(world.provider(), begun.answer(), now);
    for good in [0, 1, 599, 600, -60] {
        assert!(check(at(good)).is_ok(), "{good}");
    }
    for bad in [601, 3600, 1_000_000_000, -61] {
        assert_eq!(status(&check(at(bad))), 400, "{bad}");
    }
}

#[tokio::test]
async fn a_login_ends_where_it_began() {
    // #7: another provider, another client, another issuer under the same name.
    let (stub, table) = (Stub::start().await, table().await);
    let both = Settings::known(&stub)
        .endpoints("OTHER", &stub)
        .set("OTHER_ISSUER", stub.url(""))
        .set("OTHER_CLIENT_ID", "client")
        .set("OTHER_CLIENT_SECRET", "x");
    let providers = both.load("acme,other", None, &table).unwrap();
    let acme = providers.get("acme").unwrap();
    let begun = begin(acme, NOW).await.unwrap();
    let moved = [
        both.load("other", None, &table).unwrap(),
        both.clone().set("ACME_CLIENT_ID", "client2").load("acme", None, &table).unwrap(),
        both.clone().set("ACME_ISSUER", stub.url("/other")).load("acme", None, &table).unwrap(),
    ];
    for providers in &moved {
        let other = providers.only().unwrap();
        assert_eq!(status(&begun.login.accept(other, begun.answer(), NOW)), 400);
        // Nor does anyone who forgets to check first get anywhere.
        assert_eq!(status(&other.finish(&begun.login, &oauth::Secret::new("the-code"), NOW).await), 400);
    }
    assert!(begun.login.accept(acme, begun.answer(), NOW).is_ok());
    assert!(stub.hits("/token").is_empty());
}

#[tokio::test]
async fn iss_must_match_if_present() {
    // #8
    let world = World::known().await;
    let begun = world.begin().await;
    let check =
        |iss: Option<String>| begun.login.accept(world.provider(), Answer { iss, ..begun.answer() }, NOW);
    assert!(check(None).is_ok() && check(Some(world.stub.url(""))).is_ok());
    for bad in ["https://evil.example".to_owned(), world.stub.url("/"), String::new()] {
        assert_eq!(status(&check(Some(bad))), 400);
    }
}

#[tokio::test]
async fn iss_is_the_configured_name_or_missing() {
    // #8
    let client = |name: &str| {
        let settings = Settings::default().set(&format!("{name}_CLIENT_ID"), "client");
        settings.set(&format!("{name}_CLIENT_SECRET"), "0123456789abcdef-secret")
    };
    let at = |name: &str, host: &str| {
        let settings = client(name)
            .set(&format!("{name}_AUTHORIZATION_ENDPOINT"), format!("{host}/login/oauth/authorize"));
        let settings =
            settings.set(&format!("{name}_TOKEN_ENDPOINT"), format!("{host}/login/oauth/access_token"));
        settings.set(&format!("{name}_USERINFO_ENDPOINT"), format!("{host}/api/v3/user"))
    };
    let named = |settings: Settings| settings.set("ACME_CLAIMS", "sub=id");
    let (github, enterprise) = ("https://github.com/login/oauth", "https://ghe.example.com/login/oauth");
    let tenant = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
    let entra = format!("https://login.microsoftonline.com/{tenant}/v2.0");
    for (name, settings, right) in [
        ("github", client("GITHUB"), github),
        ("github", at("GITHUB", "https://ghe.example.com"), enterprise),
        ("github", at("GITHUB", "https://octo.ghe.com").set("GITHUB_ANSWERS_AS", github), github),
        (
            "acme",
            at("ACME", "https://a.example")
                .set("ACME_CLAIMS", "sub=id")
                .set("ACME_ANSWERS_AS", "https://a.example/o"),
            "https://a.example/o",
        ),
        ("acme", at("ACME", "https://a.example").set("ACME_CLAIMS", "sub=id"), "https://a.example"),
        // GitHub is GitHub, whatever it is called here.
        ("acme", named(at("ACME", "https://github.com")), github),
        ("acme", named(at("ACME", "https://github.com.evil.example")), "https://github.com.evil.example"),
        ("google", client("GOOGLE"), "https://accounts.google.com"),
        ("microsoft", client("MICROSOFT").set("MICROSOFT_TENANT", tenant), &entra),
        ("microsoft", client("MICROSOFT").set("MICROSOFT_TENANTS", tenant), &entra),
        ("auth0", client("AUTH0").set("AUTH0_DOMAIN", "a.auth0.com"), "https://a.auth0.com/"),
        (
            "keycloak",
            client("KEYCLOAK").set("KEYCLOAK_DOMAIN", "a.example/realms/b"),
            "https://a.example/realms/b",
        ),
        (
            "keycloak",
            client("KEYCLOAK")
                .set("KEYCLOAK_DOMAIN", "a.example/realms/b")
                .set("KEYCLOAK_ANSWERS_AS", "https://b.example/"),
            "https://b.example/",
        ),
        ("gitlab", client("GITLAB"), "https://gitlab.com"),
    ] {
        let world = World::of(name, |_| settings).await;
        let begun = world.begin().await;
        let check = |iss: Option<&str>, error: Option<&str>| {
            let code = begun.answer().code.filter(|_| error.is_none());
            let (iss, error) = (iss.map(str::to_owned), error.map(str::to_owned));
            begun.login.accept(world.provider(), Answer { iss, code, error, ..begun.answer() }, NOW)
        };
        assert!(check(None, None).is_ok() && check(Some(right), None).is_ok(), "{name} {right}");
        assert_eq!(status(&check(Some(right), Some("access_denied"))), 403, "{name} {right}");
        let others = [
            github,
            enterprise,
            "https://github.com",
            "https://github.com/login/oauth/",
            "https://github.com/login/oauth/authorize",
            "https://GitHub.com/login/oauth",
            "http://github.com/login/oauth",
            "github.com/login/oauth",
            "https://a.example",
            "https://a.example/",
            "https://accounts.google.com/",
            "accounts.google.com",
            "https://evil.example/login/oauth",
            "",
            "https://login.microsoftonline.com/{tenantid}/v2.0",
            "https://login.microsoftonline.com/common/v2.0",
            &format!(" {right}"),
            &format!("{right} "),
            &format!("{right}#"),
            &format!("{right}?"),
            &right.to_uppercase(),
        ];
        for other in others.into_iter().filter(|other| *other != right) {
            let refused = check(Some(other), None);
            assert_eq!(status(&refused), 400, "{name} {right}: {other:?}");
            // The log says what can be done about it, and nothing of what came.
            let reason = refused.unwrap_err().to_string();
            assert!(reason.contains(&format!("{}_ANSWERS_AS", name.to_uppercase())), "{reason}");
            assert!(!reason.contains("https:"), "{reason}");
            // Nor does an error of somebody else's say that the person said no.
            assert_eq!(status(&check(Some(other), Some("access_denied"))), 400, "{name} {right}: {other:?}");
        }
    }
}

#[tokio::test]
async fn iss_is_required_if_the_metadata_promises_it() {
    // #8
    let world = World::discovered().await;
    let mut metadata = world.stub.metadata();
    metadata["authorization_response_iss_parameter_supported"] = true.into();
    world.stub.set("/.well-known/openid-configuration", Reply::json(&metadata));
    let begun = world.begin().await;
    let check =
        |iss: Option<String>| begun.login.accept(world.provider(), Answer { iss, ..begun.answer() }, NOW);
    assert!(check(Some(world.stub.url(""))).is_ok());
    for bad in [None, Some("https://evil.example".to_owned()), Some(String::new())] {
        assert_eq!(status(&check(bad)), 400);
    }
    // The promise is stored with the login: anyone who checks it needs no metadata.
    let elsewhere = Settings::discovered(&world.stub).load("acme", None, &world.table).unwrap();
    assert_eq!(status(&begun.login.accept(elsewhere.only().unwrap(), begun.answer(), NOW)), 400);
}

#[tokio::test]
async fn a_login_happens_once_even_in_parallel() {
    // #9, P2
    let world = Arc::new(World::known().await);
    let begun = Arc::new(world.begin().await);
    world.stub.issue(&OURS.token(&world.claims(&begun, NOW)));
    let mut running = Vec::new();
    for _ in 0..16 {
        let (world, begun) = (world.clone(), begun.clone());
        running.push(tokio::spawn(async move { world.finish(&begun).await }));
    }
    let mut signed_in = 0;
    for done in running {
        match done.await.unwrap() {
            Ok(_) => signed_in += 1,
            refused => assert_eq!(status(&refused), 400),
        }
    }
    assert_eq!(signed_in, 1);
    // Nor later, as long as it is accepted at all.
    assert_eq!(status(&begun.login.claim(&world.table, at(600)).await), 400);
    assert_eq!(world.stub.hits("/token").len(), 1);
}

#[tokio::test]
async fn a_claim_lives_longer_than_its_login() {
    // #9, #100: when the claim is gone, the login is too old.
    let world = World::known().await;
    let begun = world.begin().await;
    begun.login.claim(&world.table, at(-60)).await.unwrap();
    let gone = (601..=900).find(|seconds| *seconds % 60 == 1 && *seconds > 720).unwrap();
    assert!(begun.login.claim(&world.table, at(gone)).await.is_ok());
    assert!(begun.login.accept(world.provider(), begun.answer(), at(gone)).is_err());
}

#[tokio::test]
async fn error_answers_have_limits_and_are_not_shown() {
    // #10
    let world = World::known().await;
    let begun = world.begin().await;
    let check = |answer: Answer| {
        begun.login.accept(world.provider(), Answer { state: begun.answer().state, ..answer }, NOW)
    };
    let error = |code: &str| Answer {
        error: Some(code.to_owned()),
        error_description: Some("canary".to_owned()),
        ..Answer::default()
    };
    for (code, expected) in [
        ("access_denied", 403),
        ("user_cancelled_authorize", 403),
        ("user_cancelled_login", 403),
        ("consent_required", 403),
        ("unauthorized", 403),
        ("admin_policy_enforced", 403),
        ("login_required", 400),
        ("interaction_required", 400),
        ("invalid_scope", 400),
        ("application_suspended", 400),
        ("redirect_uri_mismatch", 400),
        ("something_new", 400),
        ("server_error", 502),
        ("temporarily_unavailable", 503),
        ("<script>canary</script>", 400),
        ("", 400),
    ] {
        let result = check(error(code));
        assert_eq!(status(&result), expected, "{code}");
        let error = result.unwrap_err();
        let everything = format!("{error} {error:?} {}", error.refusal().unwrap());
        assert!(!everything.contains("canary"), "{everything}");
    }
    let code = |code: &str| Answer { code: Some(code.to_owned()), ..Answer::default() };
    assert_eq!(status(&check(Answer { code: Some("x".to_owned()), ..error("access_denied") })), 400);
    assert_eq!(status(&check(Answer::default())), 400);
    for bad in ["", "a\nb", "é", &"x".repeat(20_000), &"x".repeat(4097)] {
        assert_eq!(status(&check(code(bad))), 400);
    }
    assert!(check(code(&"x".repeat(4096))).is_ok());
    // An error for somebody else's state says nothing about ours.
    let foreign = begun.login.accept(
        world.provider(),
        Answer { state: Some("x".to_owned()), ..error("access_denied") },
        NOW,
    );
    assert_eq!(status(&foreign), 400);
    assert_eq!(world.stub.all_hits(), 0);
}

#[tokio::test]
async fn an_answer_is_redacted_in_debug_output() {
    // #103
    let answer: Answer = serde_json::from_str(r#"{"code":"canary","state":"canary","unknown":"x"}"#).unwrap();
    assert_eq!(answer.code.as_deref(), Some("canary"));
    assert!(!format!("{answer:?}").contains("canary"));
}
