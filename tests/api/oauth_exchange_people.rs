//! `POST /oauth/token`: an ID token that an app got from a provider by itself, for tokens of ours (RFC 8693).

use client::{Exchange, Kind, NewClient};
use forge::Key;
use oauth::server::GrantType;
use serde_json::{Value, json};
use tests::{
    App, CALLBACK, TestClient, World,
    database::{Call, Wire},
    oauth::{Ask, claims},
    platform::Platform,
};
use user::{
    Facts, Rights,
    rights::{self, Actor, Edit, Rule},
};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const APP: &str = "the-app-at-the-provider";
const SERVER: &str = "the-server-at-the-provider";

async fn world(phone: &Platform, more: &[(&str, &str)]) -> World {
    World::with(&[&phone.settings()[..], more].concat()).await
}

/// An app on a phone that may exchange the provider's ID tokens.
async fn app(world: &World, change: impl FnOnce(&mut NewClient)) -> TestClient {
    world
        .client(Kind::Native, |new| {
            new.grants.push(GrantType::TokenExchange);
            new.exchange = Exchange::read(&[], &[format!("phone={APP},{SERVER}")]).unwrap();
            change(new);
        })
        .await
}

/// What the provider says of somebody to the app.
fn said(world: &World, phone: &Platform) -> Value {
    let now = world.now().epoch();
    json!({
        "iss": phone.issuer, "aud": SERVER, "azp": APP, "sub": "eve", "iat": now, "exp": now + 3600,
        "nonce": "the app's own", "jti": oauth::Secret::random(),
        "name": "Eve", "email": "eve@example.com", "email_verified": true,
    })
}

/// The request of the app that shows this token.
fn exchange(app: &TestClient, token: &str) -> Ask {
    let fields = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ID_TOKEN)];
    Ask::of(app, "/oauth/token", &fields)
}

/// What the function asked of the table.
fn actions(calls: &[Call]) -> Vec<&str> {
    let counts = |call: &&Call| call.function == "oauth-token" && !call.is_look_at_rights();
    calls.iter().filter(counts).map(|call| call.action.as_str()).collect()
}

#[tokio::test]
async fn a_person_comes_in_by_the_token_of_the_system() {
    // #21, #46, #57
    let (phone, wire) = (Platform::start().await, Wire::start().await);
    let more =
        [("DYNAMODB_ENDPOINT", &*wire.endpoint), ("ADMINS", "eve@example.com"), ("DEFAULT_ROLES", "member")];
    let world = world(&phone, &more).await;
    let app = app(&world, |_| {}).await;
    let answer = exchange(&app, &phone.token(&said(&world, &phone))).send(&world).await.expect(200).json();
    let mut names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "issued_token_type", "scope", "token_type"]);
    let token = answer["access_token"].as_str().unwrap();
    let issued = claims(token);
    assert_eq!((&issued["client_id"], &issued["name"]), (&json!(app.id), &json!("Eve")));
    assert!(issued.get("sid").is_none() && issued["grant_id"].is_string());
    let info = world.program().bearer("/oauth/userinfo", token).await.expect(200).json();
    assert_eq!((&info["sub"], &info["email"]), (&issued["sub"], &json!("eve@example.com")));
    // She is who she is in a browser, too: the same row, with the roles that a sign-in gives.
    let user = user::find(&world.table().await, issued["sub"].as_str().unwrap(), world.now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(user.roles, ["admin", "member"]);
    // A second time it is: who asks and whether the token was used; the two calls of any sign-in; and the one write. The keys were
    // fetched once.
    world.pass(1);
    wire.calls();
    let again = exchange(&app, &phone.token(&said(&world, &phone))).send(&world).await.expect(200).json();
    assert_eq!(actions(&wire.calls()), ["BatchGetItem", "GetItem", "UpdateItem", "TransactWriteItems"]);
    assert_eq!(claims(again["access_token"].as_str().unwrap())["sub"], issued["sub"]);
    assert_eq!((phone.hits("/keys"), phone.hits("/.well-known/openid-configuration")), (1, 1));
    // Without a refresh token, the grant is as long as its access token, and its client can end it before.
    let ask = Ask::of(&app, "/oauth/revoke", &[("token", token)]);
    ask.send(&world).await.expect(200);
    world.program().bearer("/oauth/userinfo", token).await.expect(401);
    let token = again["access_token"].as_str().unwrap();
    user::end_everywhere(&world.table().await, &user.id, world.now()).await.unwrap();
    world.program().bearer("/oauth/userinfo", token).await.expect(401);
}

#[tokio::test]
async fn a_refresh_token_is_for_an_app_that_asks_for_it() {
    // #47
    let phone = Platform::start().await;
    let world = world(&phone, &[]).await;
    let app = app(&world, |_| {}).await;
    let ask =
        exchange(&app, &phone.token(&said(&world, &phone))).with("scope", "openid offline_access unknown");
    let answer = ask.send(&world).await.expect(200).json();
    assert_eq!(answer["scope"], "offline_access openid");
    world.pass(3600);
    let refresh = answer["refresh_token"].as_str().unwrap();
    let renewed = world.refreshing(&app, refresh).send(&world).await.expect(200).json();
    let user = claims(renewed["access_token"].as_str().unwrap())["sub"].as_str().unwrap().to_owned();
    user::disable(&world.table().await, &user, world.now()).await.unwrap();
    let refresh = renewed["refresh_token"].as_str().unwrap();
    assert_eq!(
        world.refreshing(&app, refresh).send(&world).await.expect(400).json()["error"],
        "invalid_grant"
    );
    // Nor does the provider's next token let her in.
    let token = phone.token(&said(&world, &phone));
    assert_eq!(exchange(&app, &token).send(&world).await.expect(400).json()["error"], "invalid_request");
}

#[tokio::test]
async fn nobody_comes_in_by_another_token() {
    // #13, #14, #15, #17, #60, #61, #62, #64, #66
    let phone = Platform::start().await;
    let world = world(&phone, &[]).await;
    let app = app(&world, |_| {}).await;
    let now = world.now().epoch();
    let refused = async |token: &str, what: &str| {
        let answer = exchange(&app, token).send(&world).await;
        assert_eq!(answer.expect(400).json()["error"], "invalid_request", "{what}");
    };
    for (name, value) in [
        ("aud", json!("our-own-client")),
        ("aud", json!("another-app")),
        ("aud", json!([SERVER, "another-app"])),
        ("aud", json!([])),
        ("aud", json!(null)),
        ("aud", json!({"0": SERVER})),
        ("azp", json!("another-app")),
        ("azp", json!([APP])),
        ("iss", json!("https://accounts.google.com")),
        ("iss", json!(format!("{}/", phone.issuer))),
        ("iss", json!([phone.issuer])),
        ("sub", json!(null)),
        ("sub", json!("")),
        ("sub", json!(1)),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(null)),
        ("exp", json!((now + 60).to_string())),
        ("iat", json!(now - 301)),
        ("iat", json!(now + 61)),
        ("iat", json!(null)),
        ("nbf", json!(now + 61)),
    ] {
        let mut claims = said(&world, &phone);
        claims[name] = value.clone();
        refused(&phone.token(&claims), &format!("{name} {value}")).await;
    }
    let claims = said(&world, &phone);
    let (stranger, text) = (Key::fresh("ES256"), claims.to_string());
    let header = |alg: &str, typ: &str| json!({"alg": alg, "kid": "k1", "typ": typ}).to_string();
    for forged in [
        stranger.token(&json!({"alg": "ES256", "kid": "k1"}), &claims),
        stranger.token(&json!({"alg": "ES256", "kid": "k1", "jwk": stranger.jwk("k1")}), &claims),
        stranger.token(&json!({"alg": "ES256", "kid": "other", "jku": phone.keys()}), &claims),
        Key::fresh("RS256").token(&json!({"alg": "RS256", "kid": "k1"}), &claims),
        forge::unsigned(header("none", "JWT"), &text),
        forge::hmac("HS256", phone.jwk().to_string().as_bytes(), header("HS256", "JWT"), &text),
        phone.token(&claims).replacen("ey", "ex", 1),
        "x".to_owned(),
    ] {
        refused(&forged, &forged).await;
    }
    // Tokens of ours are nobody's here, and a token with several audiences says to whom it was issued.
    let person = world.client(Kind::Web, |_| {}).await;
    let answer = exchange(&app, &phone.token(&claims)).send(&world).await.expect(200).json();
    refused(answer["access_token"].as_str().unwrap(), "our own").await;
    let mut several = said(&world, &phone);
    several["aud"] = json!([SERVER, APP]);
    exchange(&app, &phone.token(&several)).send(&world).await.expect(200);
    several.as_object_mut().unwrap().remove("azp");
    several["jti"] = json!("another");
    refused(&phone.token(&several), "several audiences without azp").await;
    // The youngest and the oldest that are good.
    for iat in [now - 300, now + 60] {
        let mut claims = said(&world, &phone);
        claims["iat"] = json!(iat);
        exchange(&app, &phone.token(&claims)).send(&world).await.expect(200);
    }
    // An app that is not registered for it, and one that is registered for another provider.
    let token = phone.token(&said(&world, &phone));
    let answer = exchange(&person, &token).send(&world).await.expect(400).json();
    assert_eq!(answer["error"], "unauthorized_client");
    let other = self::app(&world, |new| {
        new.exchange = Exchange::read(&[], &[format!("google={APP},{SERVER}")]).unwrap();
    });
    let answer = exchange(&other.await, &token).send(&world).await.expect(400).json();
    assert_eq!(answer["error"], "invalid_request");
}

#[tokio::test]
async fn a_token_counts_once_also_for_32_at_once() {
    let phone = Platform::start().await;
    let world = world(&phone, &[]).await;
    let app = app(&world, |_| {}).await;
    let token = phone.token(&said(&world, &phone));
    let request = exchange(&app, &token);
    let answers = futures_util::future::join_all((0..32).map(|_| request.send(&world))).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!([400, 503].contains(&answer.status), "{answer:?}");
    }
    for seconds in [0, 200] {
        world.pass(seconds);
        assert_eq!(exchange(&app, &token).send(&world).await.expect(400).json()["error"], "invalid_request");
    }
}

#[tokio::test]
async fn a_wrong_request_leaves_the_token_as_it_is() {
    // #42
    let phone = Platform::start().await;
    let world = world(&phone, &[]).await;
    let app = app(&world, |_| {}).await;
    let token = phone.token(&said(&world, &phone));
    for (ask, code) in [
        (exchange(&app, &token).with("audience", "https://other.example.com"), "invalid_target"),
        (exchange(&app, &token).with("scope", "unknown"), "invalid_scope"),
        (exchange(&app, &token).with("scope", "offline_access\""), "invalid_scope"),
    ] {
        assert_eq!(ask.send(&world).await.expect(400).json()["error"], code);
    }
    exchange(&app, &token).send(&world).await.expect(200);
    // Nor does an outage, which is no verdict: the key may be a new one (#74, #78).
    phone.rotate("k2");
    let token = phone.token(&said(&world, &phone));
    phone.break_down(true);
    let answer = exchange(&app, &token).send(&world).await.expect(502).json();
    assert_eq!(answer["error"], "server_error");
    phone.break_down(false);
    world.pass(11);
    exchange(&app, &token).send(&world).await.expect(200);
}

#[tokio::test]
async fn the_domain_rule_and_consent_hold_here_too() {
    // #20, #29
    let phone = Platform::start().await;
    let world =
        world(&phone, &[("PHONE_HOSTED_DOMAIN", "example.com"), ("ROLES", "member=pets:read pets:delete")])
            .await;
    let api = client::NewApi {
        audience: "https://pets.example.com".to_owned(),
        name: "Pets".to_owned(),
        scopes: [("pets:read", false), ("pets:delete", true)]
            .map(|(name, consent)| client::ApiScope { name: name.to_owned(), consent })
            .into(),
        access_token_alg: jose::Algorithm::Rs256,
    };
    let own = client::Api::own("", &oauth::Scope::default());
    client::add_api(&world.table().await, &api, &own, client::manage::NOTHING, world.now()).await.unwrap();
    let app = app(&world, |new| {
        new.audiences = vec![api.audience.clone()];
        new.scope.extend(&"pets:read pets:delete".parse().unwrap());
    })
    .await;
    for (email, verified, comes_in) in [
        ("eve@example.com", true, true),
        ("eve@example.com", false, false),
        ("eve@elsewhere.example", true, false),
    ] {
        let mut claims = said(&world, &phone);
        claims["email"] = json!(email);
        claims["email_verified"] = json!(verified);
        let ask = exchange(&app, &phone.token(&claims)).with("audience", &api.audience);
        let answer = ask.with("scope", "pets:read pets:delete").send(&world).await;
        if comes_in {
            assert_eq!(
                answer.expect(200).json()["scope"],
                "pets:read",
                "what a person must agree to is left out"
            );
        } else {
            assert_eq!(answer.expect(400).json()["error"], "invalid_request", "{email} {verified}");
        }
    }
}

#[tokio::test]
async fn what_a_person_must_agree_to_comes_neither_by_a_renewal_nor_by_another_exchange() {
    // #29, #47
    const FEED: &str = "https://feed.example.com";
    const PETS: &str = "https://pets.example.com";
    let phone = Platform::start().await;
    let world =
        world(&phone, &[("ROLES", "member=pets:read pets:delete feed:write"), ("DEFAULT_ROLES", "member")])
            .await;
    let own = client::Api::own("", &oauth::Scope::default());
    for (audience, scopes) in
        [(PETS, &[("pets:read", false), ("pets:delete", true)][..]), (FEED, &[("feed:write", true)])]
    {
        let api = client::NewApi {
            audience: audience.to_owned(),
            name: "An API".to_owned(),
            scopes: scopes
                .iter()
                .map(|(name, consent)| client::ApiScope { name: (*name).to_owned(), consent: *consent })
                .collect(),
            access_token_alg: jose::Algorithm::Rs256,
        };
        client::add_api(&world.table().await, &api, &own, client::manage::NOTHING, world.now())
            .await
            .unwrap();
    }
    let change = |new: &mut NewClient| {
        new.audiences = vec![PETS.to_owned(), FEED.to_owned()];
        new.default_audience = Some(PETS.to_owned());
        new.scope.extend(&"pets:read pets:delete feed:write".parse().unwrap());
        new.offline_access = true;
    };
    let native = app(&world, change).await;
    let server = world
        .client(Kind::Web, |new| {
            new.grants.push(GrantType::TokenExchange);
            new.exchange = Exchange::read(&[], &[format!("phone={APP},{SERVER}")]).unwrap();
            change(new);
        })
        .await;
    for (client, audience) in [(&native, PETS), (&native, ""), (&server, PETS), (&server, "")] {
        let ask = exchange(client, &phone.token(&said(&world, &phone))).with("audience", audience);
        let ask = ask.with("scope", "openid offline_access pets:read pets:delete feed:write");
        let first = ask.send(&world).await.expect(200).json();
        assert_eq!(first["scope"], "offline_access openid pets:read", "{audience}");
        let renewed = world.refreshing(client, first["refresh_token"].as_str().unwrap()).send(&world).await;
        let renewed = renewed.expect(200).json();
        assert_eq!(renewed["scope"], "offline_access openid pets:read", "{audience}");
    }
    let first =
        exchange(&server, &phone.token(&said(&world, &phone))).with("scope", "openid pets:read feed:write");
    let first = first.send(&world).await.expect(200).json();
    let fields = [
        ("grant_type", EXCHANGE),
        ("subject_token", first["access_token"].as_str().unwrap()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ("audience", FEED),
    ];
    let second = Ask::of(&server, "/oauth/token", &fields).send(&world).await.expect(400).json();
    assert_eq!(second["error"], "invalid_scope");
}

#[test]
fn what_cannot_be_safe_is_not_registered() {
    // #39, #45
    let wrong = |kind: Kind, change: &dyn Fn(&mut NewClient)| {
        let mut new = NewClient::new(kind, "App");
        if kind != Kind::Service {
            new.redirect_uris = vec!["https://app.example.com/cb".to_owned()];
        }
        new.grants.push(GrantType::TokenExchange);
        new.exchange = Exchange::read(&[], &["google=1234".to_owned()]).unwrap();
        change(&mut new);
        new.check().err().map(|why| why.to_string()).unwrap_or_default()
    };
    assert_eq!(wrong(Kind::Native, &|_| {}), "");
    assert_eq!(wrong(Kind::Web, &|_| {}), "");
    assert_eq!(wrong(Kind::Service, &|new| new.exchange = Exchange::default()), "");
    for (part, why) in [
        ("native apps", wrong(Kind::Spa, &|_| {})),
        ("a service signs nobody in", wrong(Kind::Service, &|_| {})),
        ("asks people for consent", wrong(Kind::Native, &|new| new.consent = true)),
        ("name the provider", wrong(Kind::Native, &|new| new.exchange = Exchange::default())),
        (
            "speaks for an API",
            wrong(Kind::Native, &|new| new.exchange.apis = vec!["https://a.example".to_owned()]),
        ),
        (
            "does not have the grant",
            wrong(Kind::Native, &|new| new.grants.retain(|grant| *grant != GrantType::TokenExchange)),
        ),
        (
            "need an audience",
            wrong(Kind::Native, &|new| drop(new.exchange.issuers.insert("google".to_owned(), Vec::new()))),
        ),
        (
            "no provider's name",
            wrong(Kind::Native, &|new| {
                drop(new.exchange.issuers.insert("Google".to_owned(), vec!["1".to_owned()]))
            }),
        ),
        (
            "no audience",
            wrong(Kind::Native, &|new| {
                drop(new.exchange.issuers.insert("google".to_owned(), vec!["a b".to_owned()]))
            }),
        ),
    ] {
        assert!(why.contains(part), "{part}: {why}");
    }
    assert!(Exchange::read(&[], &["google".to_owned()]).is_err());
}

#[tokio::test]
async fn an_issuer_of_the_authorizer_is_asked_only_for_clients_that_name_it() {
    // #14, #15, #35
    let (staff, fixed) = (Platform::start().await, Platform::start().await);
    let keys = fixed.keys();
    let world = World::with(&[
        ("ISSUERS", "staff,fixed"),
        ("STAFF_ISSUER", &*staff.issuer),
        ("STAFF_AUDIENCES", "https://pets.example.com"),
        ("STAFF_HOSTED_DOMAIN", "example.com"),
        ("FIXED_ISSUER", &fixed.issuer),
        ("FIXED_AUDIENCES", "https://pets.example.com"),
        ("FIXED_JWKS_URI", &keys),
    ])
    .await;
    let named = async |text: &str| {
        let exchange = Exchange::read(&[], &[text.to_owned()]).unwrap();
        self::app(&world, |new| new.exchange = exchange).await
    };
    let app = named(&format!("staff={APP},{SERVER}")).await;
    let token = staff.token(&said(&world, &staff));
    let answer = exchange(&app, &token).send(&world).await.expect(200).json();
    let issued = claims(answer["access_token"].as_str().unwrap());
    let user = user::find(&world.table().await, issued["sub"].as_str().unwrap(), world.now()).await;
    assert_eq!(user.unwrap().unwrap().email.as_deref(), Some("eve@example.com"));
    let refused = async |app: &TestClient, token: String, what: &str| {
        let answer = exchange(app, &token).send(&world).await.expect(400).json();
        assert_eq!(answer["error"], "invalid_request", "{what}");
    };
    refused(&app, token, "once more").await;
    // What the authorizer takes is no ID token, and whom it takes for the API is no audience here.
    let mut access = said(&world, &staff);
    access["aud"] = json!("https://pets.example.com");
    refused(&app, staff.token(&access), "for the API").await;
    let typed = staff.typed("at+jwt", &said(&world, &staff));
    refused(&app, typed, "an access token").await;
    let mut outside = said(&world, &staff);
    (outside["sub"], outside["email"]) = (json!("mallory"), json!("mallory@elsewhere.example"));
    refused(&app, staff.token(&outside), "of another domain").await;
    // Of an issuer without metadata none is taken, whoever names it; and one that nobody names is nobody.
    let other = named(&format!("fixed={APP},{SERVER}")).await;
    refused(&other, fixed.token(&said(&world, &fixed)), "no metadata").await;
    refused(&other, staff.token(&said(&world, &staff)), "named by another client").await;
    assert_eq!(fixed.hits("/keys"), 0);
}

#[tokio::test]
async fn whoever_only_wrote_an_address_down_keeps_nothing_when_its_owner_comes_by_a_token() {
    // #94
    let (phone, wire) = (Platform::start().await, Wire::start().await);
    let world = world(&phone, &[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let app = app(&world, |_| {}).await;
    let program = world.program();
    let send = async |path: &str| {
        let body = json!({"email": "eve@example.com", "password": "a horse that counts"}).to_string();
        program
            .send(program.request("POST", path).header("content-type", "application/json").body(body))
            .await
    };
    send("/users/register").await.expect(202);
    let squatter = world.browser();
    let form = [("login", "eve@example.com"), ("password", "a horse that counts")];
    squatter.form("/users/password/login", &form).await.expect(303);
    // With an app that is told when their session ends, and a grant of its own.
    let told = |new: &mut NewClient| new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
    let web = App::of(&world, Kind::Web, CALLBACK, told).await;
    web.code(&squatter).await;
    let spa = world.client(Kind::Spa, |_| {}).await;
    let tokens = world.tokens(&spa, &world.person_in(&squatter).await).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let session = world.session(&squatter).await;

    let exchanged = async || {
        let answer =
            exchange(&app, &phone.token(&said(&world, &phone))).send(&world).await.expect(200).json();
        claims(answer["access_token"].as_str().unwrap())["sub"].as_str().unwrap().to_owned()
    };
    let owner = exchanged().await;
    assert_ne!(owner, session.user_id);
    squatter.post("/users/token").await.expect(401);
    world.refreshing(&spa, refresh).send(&world).await.expect(400);
    send("/users/login").await.expect(401);
    // The apps of their session are told, by whatever tells what nobody has begun to tell.
    let ended = session::ended::find(&world.table().await, &session.id, world.now()).await.unwrap().unwrap();
    assert_eq!(
        (ended.user_id.as_str(), &ended.clients[..]),
        (session.user_id.as_str(), &[web.id.clone()][..])
    );
    let query = audit::Query { of: Some(&session.user_id), ..audit::Query::default() };
    let events = audit::list(&world.table().await, &query, 10, None, world.now()).await.unwrap().events;
    // Of one second, as when they registered: in either order.
    let ended = events.iter().find(|event| event.what == audit::What::SignOutEverywhere).unwrap();
    assert_eq!(ended.actor, audit::Actor::Latchkey);
    // Where there is nobody like that, it is one look more.
    wire.calls();
    assert_eq!(exchanged().await, owner);
    let expected = ["BatchGetItem", "GetItem", "UpdateItem", "GetItem", "TransactWriteItems"];
    assert_eq!(actions(&wire.calls()), expected);
}

#[tokio::test]
async fn groups_that_the_token_does_not_say_are_unknown_and_nobody_is_asked() {
    // #81: an ID token opens nothing at the provider, so its groups are as if they could not be asked for at a sign-in.
    let phone = Platform::start().await;
    let groups = format!("{}/groups", phone.issuer);
    let world = World::with(&[
        ("PROVIDERS", "google"),
        ("GOOGLE_ISSUER", &phone.issuer),
        ("GOOGLE_CLIENT_ID", "our-own-client"),
        ("GOOGLE_CLIENT_SECRET", "canary-client-secret-0123456789"),
        ("GOOGLE_GROUPS", "on"),
        ("GOOGLE_GROUPS_ENDPOINT", &groups),
    ])
    .await;
    let table = world.table().await;
    let mut rights = Rights::parse("member=get:profile; keeper=a; strict=b", "", "member").unwrap();
    for (role, keep) in [("keeper", Some(3600)), ("strict", None)] {
        let roles = vec![role.to_owned()];
        let group = Some("cooks".to_owned());
        let edit =
            Edit::SetRule(Box::new(Rule { name: role.to_owned(), roles, group, keep, ..Rule::default() }));
        let changed =
            rights::change(&table, &rights, &edit, &Actor::Operator, None, rights::NO_TRAIL, world.now());
        rights = changed.await.unwrap().after;
    }
    world.pass(rights::BOUND.as_secs() as i64);
    let wanted = |new: &mut NewClient| {
        new.exchange = Exchange::read(&[], &[format!("google={APP},{SERVER}")]).unwrap();
    };
    let app = app(&world, wanted).await;
    // What rules give to whoever shows a token of such groups, and whether those are unknown.
    let roles = async |groups: Option<&[&str]>| {
        let mut claims = said(&world, &phone);
        if let Some(groups) = groups {
            claims["groups"] = json!(groups);
        }
        let token = exchange(&app, &phone.token(&claims)).send(&world).await.expect(200).json();
        let id = tests::oauth::claims(token["access_token"].as_str().unwrap())["sub"].clone();
        let user = user::find(&table, id.as_str().unwrap(), world.now()).await.unwrap().unwrap();
        let (key, proof) = user.proofs.first_key_value().unwrap();
        let decision = rights.decide(&Facts::of(&user, world.now()).via(Some(key)));
        (decision.roles().join(" "), proof.missed.is_some())
    };
    assert_eq!(roles(None).await, ("member".to_owned(), true), "nothing was ever known");
    world.pass(1);
    assert_eq!(roles(Some(&["cooks"])).await, ("keeper member strict".to_owned(), false));
    world.pass(1);
    assert_eq!(roles(None).await, ("keeper member".to_owned(), true), "one rule keeps what was known");
    world.pass(3600);
    assert_eq!(roles(None).await, ("member".to_owned(), true), "it is too old");
    world.pass(1);
    assert_eq!(roles(Some(&[])).await, ("member".to_owned(), false), "in no group");
    assert_eq!(phone.hits("/groups"), 0);
}
