//! A role that demands a second factor, and an app that asks for one: setting one up at the step, and the step of whoever is signed in.

use client::Kind;
use oauth::server::GrantType;
use tests::{
    App, TestClient,
    oauth::{Ask, claims},
    query,
};

use super::*;

const SCOPE: &str = "get:profile";

/// What everybody has demands a second factor from now on.
async fn demand(world: &World) {
    world.demand_factor("member", SCOPE, true).await;
}

/// Goes to the step, sets one up there, and comes in: the device, the recovery codes, and the page.
async fn set_up_at_step(world: &World, browser: &Agent) -> (Device, Vec<String>, Answer) {
    let page = browser.get(STEP).await.expect(200);
    let device = Device::of(&page);
    let form = [("setup", &*page.field("setup")), ("code", &*device.code(world, 0))];
    let page = browser.form(STEP, &form).await.expect(200);
    (device, codes(&page), page)
}

#[tokio::test]
async fn whoever_has_none_sets_one_up_before_there_is_a_session() {
    // #33, #84
    let world = world().await;
    demand(&world).await;
    let browser = arrived(&world).await;
    let page = browser.get(STEP).await.expect(200);
    assert!(page.body.contains("you have none yet") && page.body.contains("<svg viewBox"), "{}", page.body);
    nothing_yet(&browser).await;
    // The same picture again where the code is wrong: the app has it already.
    let (device, sealed) = (Device::of(&page), page.field("setup"));
    let wrong = browser.form(STEP, &[("setup", &*sealed), ("code", "000000")]).await.expect(401);
    assert_eq!(Device::of(&wrong).0, device.0);
    nothing_yet(&browser).await;
    let (device, _, page) = set_up_at_step(&world, &browser).await;
    assert!(page.body.contains(">Continue</a>"), "{}", page.body);
    let session = world.session(&browser).await;
    assert_eq!(session.amr, ["otp", "mfa"]);
    let answer = browser.post("/users/token").await.expect(200).json();
    assert_eq!(answer["scope"], SCOPE);
    browser.get("/account").await.expect(200);
    // From now on it is asked for, and nothing can be set up beside it.
    world.pass(60);
    let browser = arrived(&world).await;
    let page = browser.get(STEP).await.expect(200);
    assert!(!page.body.contains("<svg viewBox"), "{}", page.body);
    enter(&browser, &device.code(&world, 0)).await.expect(303);
}

#[tokio::test]
async fn what_the_step_sets_up_is_of_this_arrival_in_time_and_of_nobody_else() {
    // #29, #34, #85
    let world = world().await;
    demand(&world).await;
    let browser = arrived(&world).await;
    let page = browser.get(STEP).await.expect(200);
    let (device, sealed) = (Device::of(&page), page.field("setup"));
    let alan = world.browser();
    assert_eq!(alan.sign_in("alan").await.expect(303).location(), STEP);
    let cut = &sealed[..sealed.len() - 1];
    let code = device.code(&world, 0);
    for (browser, setup, code, status) in [
        (&browser, "", &*code, 400),
        (&browser, "x", &code, 400),
        (&browser, cut, &code, 400),
        (&alan, &*sealed, &code, 400),
        (&browser, &sealed, "", 401),
        (&browser, &sealed, "12345", 401),
        (&browser, &sealed, "ABCD-EFGH", 401),
        (&browser, &sealed, &device.code(&world, -3), 401),
    ] {
        let answer = browser.form(STEP, &[("setup", setup), ("code", code)]).await.expect(status);
        assert!(browser.cookie(SESSION).is_none(), "{answer:?}");
    }
    // A page of one who is signed in counts for no arrival.
    let stranger = world.browser();
    stranger.form(STEP, &[("setup", &*sealed), ("code", &code)]).await.expect(401);
    // Signed out everywhere since, by somebody who was here before.
    let table = world.table().await;
    let id = user::list(&table, 10, None).await.unwrap().items.into_iter();
    for entry in id {
        user::end_everywhere(&table, &entry.id, world.now()).await.unwrap();
    }
    browser.form(STEP, &[("setup", &*sealed), ("code", &code)]).await.expect(401);
    browser.get(STEP).await.expect(401);
    let browser = arrived(&world).await;
    let page = browser.get(STEP).await.expect(200);
    world.pass(601);
    let form = [("setup", &*page.field("setup")), ("code", &*Device::of(&page).code(&world, 0))];
    browser.form(STEP, &form).await.expect(401);
    nothing_yet(&browser).await;
}

#[tokio::test]
async fn a_session_from_before_the_role_demanded_one_goes_on_only_with_it() {
    // #33: the same session under a new secret, and when its person signed in stays.
    let world = world().await;
    let (app, other) = (App::web(&world).await, world.browser());
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    other.sign_in("ada").await.expect(303);
    let (device, _) = set_up(&world, &other).await;
    let before = world.session(&browser).await;
    let old = browser.cookie(SESSION).unwrap();
    demand(&world).await;
    world.pass(600);
    let refused = browser.post("/users/token").await.expect(403);
    assert_eq!(refused.json()["error"], "interaction_required");
    assert!(refused.body.contains("/users/factor?return_to=%2F in a browser"), "{}", refused.body);
    for path in ["/account", "/account/data.json", "/device", &app.path(&[])] {
        let location = browser.get(path).await.expect(303).location().to_owned();
        assert!(location.starts_with("/users/factor?return_to=%2F"), "{path}: {location}");
    }
    let silent = browser.get(&app.path(&[("prompt", "none")])).await.expect(303);
    assert_eq!(query(silent.location())["error"], "interaction_required");
    let asked = browser.get(&app.path(&[])).await.expect(303);
    assert_eq!(browser.get(asked.location()).await.expect(303).location(), STEP);
    let page = browser.get(STEP).await.expect(200);
    assert!(!page.body.contains("<svg viewBox"), "nothing is set up beside it: {}", page.body);
    enter(&browser, "000000").await.expect(401);
    browser.post("/users/token").await.expect(403);
    let answer = enter(&browser, &device.code(&world, 0)).await;
    let next = [answer.header("refresh"), answer.location()].concat();
    assert!(next.contains("/oauth/authorize?"), "{answer:?}");
    let after = world.session(&browser).await;
    assert_eq!((&after.id, after.auth_time, after.ends_at), (&before.id, before.auth_time, before.ends_at));
    assert_eq!(after.amr, ["otp", "mfa"]);
    assert_ne!(browser.cookie(SESSION).unwrap(), old);
    let thief = world.browser();
    thief.set_cookie(SESSION, &old);
    thief.post("/users/token").await.expect(401);
    browser.post("/users/token").await.expect(200);
    browser.get("/account").await.expect(200);
    app.code(&browser).await;
    // Whoever has shown it is sent on at once.
    let again = browser.get("/users/factor?return_to=%2Faccount").await.expect(303);
    assert_eq!(again.location(), "/account");
}

#[tokio::test]
async fn a_session_that_somebody_found_open_sets_up_nothing() {
    // #26
    let world = world().await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    demand(&world).await;
    world.pass(301);
    let step = browser.get("/account").await.expect(303).location().to_owned();
    let again = browser.get(&step).await.expect(303).location().to_owned();
    assert_eq!(again, "/users/login?return_to=%2Faccount&prompt=login");
    browser.get(STEP).await.expect(401);
    let answer = browser.sign_in("ada").await.expect(303);
    assert_eq!(answer.location(), STEP);
    // Until it is set up, the session is what it was.
    browser.post("/users/token").await.expect(403);
    set_up_at_step(&world, &browser).await;
    browser.post("/users/token").await.expect(200);
    // And within five minutes after a sign-in it is set up in the session itself.
    world.demand_factor("member", SCOPE, false).await;
    let alan = world.browser();
    alan.sign_in("alan").await.expect(303);
    demand(&world).await;
    let step = alan.get("/account").await.expect(303).location().to_owned();
    assert_eq!(alan.get(&step).await.expect(303).location(), STEP);
    set_up_at_step(&world, &alan).await;
    alan.get("/account").await.expect(200);
}

#[tokio::test]
async fn the_step_leads_nowhere_else() {
    // #22: and for no session that this browser does not have.
    let world = world().await;
    let (browser, _, _) = ada(&world).await;
    world.pass(60);
    for place in ["https://evil.example", "//evil.example", "/%5Cevil.example"] {
        let path = &format!("/users/factor?return_to={place}");
        // Ada set hers up in this session, which did not show it.
        let answer = browser.get(path).await.expect(303);
        assert_eq!(answer.location(), STEP, "{path}");
        let stranger = world.browser().get(path).await.expect(303);
        assert_eq!(stranger.location(), "/users/login?return_to=%2F", "{path}");
    }
    let nobodys = browser.get("/users/factor?return_to=%2F&session=nobody").await.expect(303);
    assert_eq!(nobodys.location(), "/users/login?return_to=%2F");
}

#[tokio::test]
async fn a_grant_from_before_is_refused_and_one_with_a_factor_is_renewed() {
    let world = world().await;
    let app = App::of(&world, Kind::Web, tests::CALLBACK, |new| {
        new.grants = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    });
    let app = app.await;
    let client = TestClient { id: app.id.clone(), secret: app.secret.clone() };
    let redeem = async |code: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &*app.redirect_uri),
            ("code_verifier", &*app.verifier),
        ];
        Ask::of(&client, "/oauth/token", &fields).send(&world).await
    };
    let (browser, device, _) = ada(&world).await;
    let old =
        redeem(&app.code_of(&browser, &[("scope", "openid offline_access")]).await).await.expect(200).json();
    demand(&world).await;
    let refused =
        world.refreshing(&client, old["refresh_token"].as_str().unwrap()).send(&world).await.expect(400);
    assert_eq!(refused.json()["error"], "invalid_grant");
    assert!(refused.body.contains("send them to the authorization endpoint"), "{}", refused.body);
    let step = browser.get(&app.path(&[])).await.expect(303).location().to_owned();
    browser.get(&step).await.expect(303);
    enter(&browser, &device.code(&world, 0)).await;
    let tokens =
        redeem(&app.code_of(&browser, &[("scope", "openid offline_access")]).await).await.expect(200).json();
    let said = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&said["acr"], &said["amr"]), (&json!("2"), &json!(["otp", "mfa"])));
    let renewed = world.refreshing(&client, tokens["refresh_token"].as_str().unwrap()).send(&world).await;
    renewed.expect(200);
    // The old one is as it was: it was refused, and not ended.
    world.demand_factor("member", SCOPE, false).await;
    world.refreshing(&client, old["refresh_token"].as_str().unwrap()).send(&world).await.expect(200);
}

#[tokio::test]
async fn an_app_that_asks_for_more_than_one_factor_gets_it() {
    // OpenID Connect Core §3.1.2.1, §5.5.1.1
    let world = world().await;
    let app = App::web(&world).await;
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(metadata["acr_values_supported"], json!(["1", "2"]));
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    app.code_of(&browser, &[("acr_values", "1")]).await;
    let insists = r#"{"id_token":{"acr":{"essential":true,"values":["2"]}}}"#;
    for wants in [("acr_values", "2"), ("claims", insists)] {
        let location = browser.get(&app.path(&[wants])).await.expect(303).location().to_owned();
        assert!(location.starts_with("/users/factor?return_to=%2Foauth"), "{wants:?}: {location}");
        let silent = browser.get(&app.path(&[wants, ("prompt", "none")])).await.expect(303);
        assert_eq!(query(silent.location())["error"], "interaction_required", "{wants:?}");
    }
    let unknown = r#"{"id_token":{"acr":{"essential":true,"value":"gold"}}}"#;
    let unmet = browser.get(&app.path(&[("claims", unknown)])).await.expect(303);
    assert_eq!(query(unmet.location())["error"], "unmet_authentication_requirements");
    let step = browser.get(&app.path(&[("acr_values", "2")])).await.expect(303).location().to_owned();
    assert_eq!(browser.get(&step).await.expect(303).location(), STEP);
    let (_, _, page) = set_up_at_step(&world, &browser).await;
    let on = page.link("Continue").replace("&amp;", "&");
    assert!(on.starts_with("/oauth/authorize?"), "{on}");
    assert!(browser.get(&on).await.expect(303).location().contains("code="));
    app.code_of(&browser, &[("claims", insists)]).await;
}

#[tokio::test]
async fn where_second_factors_are_off_an_app_is_told_what_cannot_be_had() {
    // OpenID Connect Core §5.5.1.1
    let world = World::start().await;
    let app = App::web(&world).await;
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(metadata["acr_values_supported"], json!(["1"]));
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    app.code_of(&browser, &[("acr_values", "2")]).await;
    let insists = r#"{"id_token":{"acr":{"essential":true,"values":["2"]}}}"#;
    let unmet = browser.get(&app.path(&[("claims", insists)])).await.expect(303);
    assert_eq!(query(unmet.location())["error"], "unmet_authentication_requirements");
}

#[tokio::test]
async fn what_a_role_demands_costs_an_app_no_call() {
    let wire = Wire::start().await;
    let world = World::with(&[("SECOND_FACTORS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = App::web(&world).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    for seconds in [0, 60] {
        world.pass(seconds);
        wire.calls();
        app.code(&browser).await;
        // The rights are old the second time, and come along with what is read anyway; that the session is used is noted.
        let calls = wire.calls().into_iter().map(|call| call.action).filter(|action| action != "UpdateItem");
        assert_eq!(calls.collect::<Vec<_>>(), ["BatchGetItem", "GetItem", "PutItem"]);
    }
}
