//! What providers really send, played by the stand-in and taken end to end: `docs/providers.md` says where each is reported.

use serde_json::{Value, json};
use tests::{Agent, Answer, World};
use user::{
    Rights, User,
    rights::{self, Actor, Edit, Rule},
};

/// Whom the stand-in can behave like.
const ALL: [&str; 13] = [
    "google", "github", "entra", "apple", "keycloak", "zitadel", "okta", "b2c", "cognito", "auth0", "gitlab",
    "adfs", "other",
];

async fn world() -> World {
    World::with(&[("STAND_IN_LIKE", &ALL.join(","))]).await
}

/// Decides at the stand-in's page, and comes back as that provider sends people back.
async fn come_back(agent: &Agent, name: &str, form: &[(&str, &str)]) -> Answer {
    let start = agent.get(&format!("/users/login/{name}")).await;
    let url = match start.status {
        303 => start.location().to_owned(),
        200 => start.json()["url"].as_str().unwrap().to_owned(),
        _ => return start,
    };
    let answer = agent.form(&url, form).await;
    match answer.status {
        200 => agent.post_back(&answer.body).await,
        _ => agent.get(answer.expect(303).location()).await,
    }
}

#[tokio::test]
async fn a_person_signs_in_at_a_provider_as_it_behaves() {
    // #4, #8, #15, #18, #19
    let world = world().await;
    let (address, mut wrong) = (json!("ada@example.com"), Vec::new());
    for (name, email, verified) in [
        ("google", &address, true),
        ("github", &address, true),
        // It says nothing of whether an address is somebody's own.
        ("entra", &address, false),
        ("apple", &address, true),
        ("keycloak", &address, true),
        ("zitadel", &address, true),
        ("okta", &address, true),
        // It puts addresses into a list, of which the standard knows nothing.
        ("b2c", &Value::Null, false),
        ("cognito", &address, true),
        ("auth0", &address, true),
        ("gitlab", &address, true),
        ("adfs", &address, false),
        ("other", &address, true),
    ] {
        let answer = come_back(&world.program(), name, &[("person", "ada")]).await;
        let user: Value =
            serde_json::from_str(&answer.body).map(|it: Value| it["user"].clone()).unwrap_or_default();
        let found = (&user["name"], &user["email"], user["email_verified"].as_bool().unwrap_or(false));
        if found != (&json!("Ada Lovelace"), email, verified) {
            wrong.push(format!("{name}: {} {}", answer.status, answer.body));
        }
        let browser = world.browser();
        let answer = come_back(&browser, name, &[("person", "hedy")]).await;
        if answer.location() != "/" || browser.post("/users/token").await.status != 200 {
            wrong.push(format!("{name}, in a browser: {} {}", answer.status, text(&answer)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_person_who_does_not_sign_in_reads_why() {
    // #10, #103
    let (world, mut wrong) = (world().await, Vec::new());
    let (said_no, took_long, not_let) = ("You did not allow", "took too long", "does not let this account");
    for (name, way, status, sentence) in [
        ("google", "yes", 403, said_no),
        ("github", "yes", 403, said_no),
        ("entra", "yes", 403, said_no),
        ("entra", "french", 403, said_no),
        ("entra", "slow", 400, "could not sign you in"),
        ("apple", "yes", 403, said_no),
        ("keycloak", "yes", 403, said_no),
        ("keycloak", "slow", 400, took_long),
        ("keycloak", "down", 503, ""),
        ("zitadel", "yes", 403, said_no),
        ("okta", "yes", 403, said_no),
        ("okta", "stranger", 403, not_let),
        ("b2c", "yes", 403, said_no),
        ("b2c", "forgotten", 403, said_no),
        ("cognito", "yes", 403, said_no),
        ("cognito", "trigger", 400, "could not sign you in"),
        ("auth0", "yes", 403, said_no),
        ("auth0", "blocked", 403, not_let),
        ("gitlab", "yes", 403, said_no),
        ("adfs", "yes", 403, said_no),
        ("adfs", "broken", 502, ""),
        ("other", "yes", 403, said_no),
        ("other", "unknown", 400, "could not sign you in"),
    ] {
        let browser = world.browser();
        let page = come_back(&browser, name, &[("refuse", way)]).await;
        let over = browser.cookie_names().is_empty();
        if page.status != status || !page.body.contains(sentence) || !over {
            wrong.push(format!("{name}, {way}: {} (login over: {over}) {}", page.status, text(&page)));
        }
        // Nothing of what the provider wrote is on the page.
        for theirs in ["AADSTS", "AADB2C", "MSIS", "Trace", "locked", "PreSignUp", "assigned", "erlaubt"] {
            assert!(!page.body.contains(theirs), "{name}, {way}: {}", page.body);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a page says, less its frame.
fn text(page: &Answer) -> &str {
    page.body.split_once("<h1>").map_or(&page.body, |(_, rest)| rest)
}

#[tokio::test]
async fn an_optional_endpoint_may_fail() {
    // #19
    let (world, mut wrong) = (world().await, Vec::new());
    for (name, knows_name) in [("github", true), ("okta", true), ("zitadel", false), ("other", false)] {
        for status in ["401", "403", "404", "429", "500", "503"] {
            let form = [("person", "grace"), ("fail", status)];
            let answer = come_back(&world.program(), name, &form).await;
            let user: Value =
                serde_json::from_str(&answer.body).map(|it: Value| it["user"].clone()).unwrap_or_default();
            let is_right = answer.status == 200
                && user["email"].is_null()
                && (user["name"] == "Grace Hopper") == knows_name;
            if !is_right {
                wrong.push(format!("{name}, {status}: {} {}", answer.status, answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn apple_sends_the_name_once() {
    let world = world().await;
    for _ in 0..2 {
        let browser = world.browser();
        come_back(&browser, "apple", &[("person", "alan")]).await.expect(303);
        let page = browser.get("/").await.expect(200);
        assert!(page.body.contains("Alan Turing"), "{}", page.body);
    }
}

#[tokio::test]
async fn one_provider_cannot_answer_for_another() {
    // #7, #8
    let world = world().await;
    for (started, answers) in
        [("keycloak", "google"), ("google", "other"), ("github", "okta"), ("okta", "github")]
    {
        let browser = world.browser();
        let theirs = browser.start(&format!("/users/login/{answers}")).await;
        let answer = browser.form(&theirs, &[("person", "ada")]).await.expect(303);
        let ours = browser.start(&format!("/users/login/{started}")).await;
        let ours = url::Url::parse(&ours).unwrap();
        let state = ours.query_pairs().find(|(name, _)| name == "state").unwrap().1;
        // The other provider's answer, code and `iss`, under the state of this login.
        let answer = url::Url::parse(answer.location()).unwrap();
        let pairs = answer.query_pairs().filter(|(name, _)| ["code", "iss"].contains(&name.as_ref()));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .append_pair("state", &state)
            .finish();
        let answer = browser.get(&format!("/users/login/{started}/callback?{query}")).await;
        assert!(answer.status == 400 || answer.status == 502, "{started}, {answers}: {answer:?}");
        assert!(!answer.cookies().iter().any(|cookie| cookie.contains("session=")), "{answer:?}");
    }
}

#[tokio::test]
async fn stand_in_like_adds_a_provider() {
    let error = |settings: &'static [(&str, &str)]| async move {
        World::try_with(settings).await.unwrap_err().to_string()
    };
    assert!(error(&[("STAND_IN_LIKE", "gogle")]).await.contains("it knows google, github"));
    let real = error(&[
        ("STAND_IN_LIKE", "google"),
        ("GOOGLE_CLIENT_ID", "id"),
        ("GOOGLE_CLIENT_SECRET", "GOCSPX-0123456789abcdef"),
    ]);
    assert!(real.await.contains("and google is real"));
    let world = World::with(&[("PROVIDERS", "gitlab"), ("STAND_IN_LIKE", "b2c, github")]).await;
    let page = world.browser().get("/").await.expect(200);
    for label in ["GitLab", "Azure AD B2C", "GitHub"] {
        assert!(page.body.contains(&format!("Continue with {label}")), "{}", page.body);
    }
}

#[tokio::test]
async fn a_provider_whose_metadata_is_elsewhere_is_found_there() {
    // #14, #71: Azure AD B2C has one for each user flow, below an address that is not its issuer's.
    let world = World::with(&[("STAND_IN_LIKE", "b2c")]).await;
    let settings = &world.cloud.settings;
    assert!(!settings.contains_key("B2C_TOKEN_ENDPOINT") && !settings.contains_key("B2C_JWKS_URI"));
    let (issuer, metadata) = (&settings["B2C_ISSUER"], &settings["B2C_METADATA_URL"]);
    assert!(!metadata.ends_with(&format!("{issuer}.well-known/openid-configuration")), "{metadata}");
    let document = reqwest::get(metadata).await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(document["issuer"], json!(issuer));
    assert!(document.get("userinfo_endpoint").is_none() && document["token_endpoint"].is_string());
    let browser = world.browser();
    assert_eq!(come_back(&browser, "b2c", &[("person", "ada")]).await.location(), "/");
    browser.post("/users/token").await.expect(200);
}

#[test]
fn the_document_has_every_provider() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/providers.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (listed, _) = document.split_once("which does all that a provider may").unwrap();
    for name in ALL {
        assert!(listed.contains(&format!("{name},")) || listed.contains(&format!("`{name}`")), "{name}");
    }
    for profile in provider::profiles() {
        assert!(document.contains(&format!("| `{profile}` |")), "{profile}");
    }
}

#[tokio::test]
async fn groups_are_asked_of_the_stand_in_where_that_is_switched_on() {
    let settings = [("STAND_IN_LIKE", "google"), ("GOOGLE_GROUPS", "on")];
    let world = World::with(&settings).await;
    let page = world.browser();
    let page = page.get(&page.start("/users/login/google").await).await;
    assert!(page.body.contains("The list of groups"), "{}", page.body);
    let table = world.table().await;
    let rule = Rule {
        name: "staff".to_owned(),
        roles: vec!["member".to_owned()],
        group: Some("staff@example.com".to_owned()),
        keep: Some(3600),
        ..Rule::default()
    };
    let (edit, start) = (Edit::SetRule(Box::new(rule)), Rights::parse("member=get:profile", "", "").unwrap());
    rights::change(&table, &start, &edit, &Actor::Operator, None, rights::NO_TRAIL, world.now())
        .await
        .unwrap();
    world.pass(rights::BOUND.as_secs() as i64);
    let kept = async |form: &[(&str, &str)]| {
        let browser = world.browser();
        come_back(&browser, "google", form).await.expect(303);
        let id = world.session(&browser).await.user_id;
        let user = table.get::<User>(&id, world.now()).await.unwrap().unwrap();
        let proof = user.proofs.values().next().unwrap().clone();
        (proof.claims.get("groups").cloned(), proof.missed.map(|missed| missed.groups))
    };
    let both = vec!["staff@example.com".to_owned(), "everyone@example.com".to_owned()];
    assert_eq!(kept(&[("person", "alan")]).await, (Some(both.clone()), None));
    assert_eq!(kept(&[("person", "alan"), ("fail", "503")]).await, (None, Some(both)));
    // Whoever has no account of an organization is in no group.
    assert_eq!(kept(&[("person", "hedy")]).await, (None, None));
}
