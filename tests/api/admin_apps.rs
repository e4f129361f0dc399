//! `/admin`: registering apps, services and APIs.

use client::{Api, Client, Kind};
use oauth::server::{ClientAuth, GrantType};
use tests::{Agent, Answer, World};

use crate::admin::{press, somebody, world};

const PETS: &str = "https://pets.example.com";

async fn register(browser: &Agent, kind: &str, typed: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("/admin/register?kind={kind}")).await.expect(200);
    press(browser, &page, "Register", typed).await
}

/// The client to whose page the answer leads.
async fn made(world: &World, answer: &Answer) -> Client {
    let id = answer.location().strip_prefix("/admin/apps/").unwrap().split('?').next().unwrap();
    client::get(&world.table().await, id, world.now()).await.unwrap().unwrap()
}

async fn api(world: &World) -> Option<Api> {
    client::apis(&world.table().await, world.now()).await.unwrap().pop()
}

#[tokio::test]
async fn each_kind_is_registered_as_the_command_does_it_and_a_secret_is_shown_once() {
    // #91, #103
    let world = world().await;
    let (admin, ada) = somebody(&world, "ada", &["admin"]).await;
    let kinds = admin.get("/admin/register").await.expect(200).body;
    let typed =
        [("name", "Pets"), ("audience", PETS), ("scope", "pets:read"), ("consent_scope", "pets:write")];
    let answer = register(&admin, "api", &typed).await.expect(303);
    assert_eq!(answer.location(), "/admin/apps?registered");
    let pets = api(&world).await.unwrap();
    assert_eq!((pets.audience.as_str(), pets.name.as_str()), (PETS, "Pets"));
    assert_eq!(pets.scopes.iter().map(|scope| scope.consent).collect::<Vec<_>>(), [false, true]);
    let box_of_pets = format!("api.{PETS}");
    let page = admin.get("/admin/roles/edit?name=admin").await.expect(200);
    let scope = "users:read users:write users:delete roles:read roles:write get:profile pets:read";
    let role = "Show who would gain or lose what";
    // Who registers an app holds what it may ask for; the role is in force 30 seconds later.
    let typed = [
        ("name", "App"),
        ("redirect_uris", "https://a.example/cb"),
        (&*box_of_pets, "on"),
        ("scope", "pets:read"),
    ];
    register(&admin, "web", &typed).await.expect(403);
    let refused = press(&admin, &page, role, &[("step", "save"), ("scope", scope)]).await;
    assert_eq!(refused.status, 403, "nobody gives what they do not have: {refused:?}");
    let table = world.table().await;
    let edit = user::rights::Edit::SetRole {
        name: "admin".to_owned(),
        scope: scope.parse().unwrap(),
        second_factor: None,
    };
    let operator = user::rights::Actor::Operator;
    let start = user::Rights::parse(crate::admin::ROLES, "", "member").unwrap();
    user::rights::change(&table, &start, &edit, &operator, None, user::rights::NO_TRAIL, world.now())
        .await
        .unwrap();
    world.pass(31);

    for kind in Kind::ALL {
        assert!(kinds.contains(&format!("?kind={}", kind.as_str())), "{kinds}");
    }
    let uris = "https://a.example/cb  https://b.example/cb";
    let people = [("name", "App"), ("redirect_uris", uris), (&*box_of_pets, "on"), ("scope", "pets:read")];
    for (kind, more) in [("spa", &[][..]), ("web", &[]), ("native", &[("device", "on")])] {
        let answer = register(&admin, kind, &[&people[..], more].concat()).await.expect(303);
        let client = made(&world, &answer).await;
        assert_eq!((client.kind.as_str(), client.name.as_str()), (kind, "App"));
        assert_eq!(client.redirect_uris.len(), 2);
        assert!(client.scope.contains("pets:read") && client.scope.contains("openid"));
        assert_eq!(client.audiences, [PETS]);
        assert_eq!(client.is_public(), kind != "web");
        assert_eq!(client.allows(GrantType::DeviceCode), kind == "native");
        let shown = admin.get(answer.location()).await.expect(200).body;
        assert_eq!(shown.contains("shown only now"), kind == "web", "{kind}: {shown}");
        assert!(!shown.contains("The one before it"), "{shown}");
    }
    let typed = [
        ("name", "App"),
        ("redirect_uris", "https://a.example/cb"),
        ("no_refresh_token", "on"),
        ("consent", "on"),
        ("client_credentials", "on"),
        ("jwks_uri", "https://a.example/keys"),
    ];
    let client = made(&world, &register(&admin, "web", &typed).await.expect(303)).await;
    assert!(
        client.consent && !client.allows(GrantType::RefreshToken) && !client.scope.contains("offline_access")
    );
    assert!(client.allows(GrantType::ClientCredentials) && client.secrets.is_empty());
    assert_eq!(client.auth, [ClientAuth::PrivateKeyJwt]);

    let speaks = format!("speaks.{PETS}");
    let typed = [
        ("name", "App"),
        ("redirect_uris", "https://a.example/cb"),
        ("access_token_lifetime", "300"),
        ("refresh_idle", "3600"),
        ("refresh_absolute", " 86400 "),
        ("backchannel_logout_uri", "https://a.example/logout"),
        ("backchannel_logout_session_required", "on"),
        (&*speaks, "on"),
        ("exchange_id_tokens", "google=1,2 phone=3"),
    ];
    register(&admin, "web", &typed).await.expect(403);
    let held: Vec<_> = typed.iter().filter(|(name, _)| *name != speaks).copied().collect();
    let client = made(&world, &register(&admin, "web", &held).await.expect(303)).await;
    assert_eq!(
        (client.access_token_lifetime, client.refresh_idle, client.refresh_absolute),
        (Some(300), Some(3600), Some(86_400))
    );
    assert_eq!(client.backchannel_logout_uri.as_deref(), Some("https://a.example/logout"));
    assert!(client.backchannel_logout_session_required && client.allows(GrantType::TokenExchange));
    assert_eq!(client.exchange.issuers["google"], ["1", "2"]);
    let typed = [("name", "Gate"), (&*box_of_pets, "on"), ("scope", "pets:read"), ("exchange", "on")];
    let client = made(&world, &register(&admin, "service", &typed).await.expect(303)).await;
    assert!(client.exchange.is_empty() && client.allows(GrantType::TokenExchange));

    let typed = [("name", "Job"), (&*box_of_pets, "on"), ("scope", "pets:read")];
    let answer = register(&admin, "service", &typed).await.expect(303);
    let client = made(&world, &answer).await;
    let shown = admin.get(answer.location()).await.expect(200).body;
    let secret = shown.split("shown only now: <code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(client.secrets[0].digest, oauth::Secret::new(&secret).digest());
    assert!(!answer.location().contains(&secret));
    let service = tests::TestClient { id: client.id.clone(), secret: secret.clone() };
    let fields = [("grant_type", "client_credentials"), ("scope", "pets:read")];
    let token =
        tests::oauth::Ask::of(&service, "/oauth/token", &fields).send(&world).await.expect(200).json();
    assert_eq!(token["scope"], "pets:read");
    let trail = admin.get("/admin/trail").await.expect(200).body;
    assert!(
        trail.contains("<td>App added</td>") && trail.contains("<td>API set</td>") && trail.contains(&ada),
        "{trail}"
    );
    assert!(trail.contains(&client.id) && !trail.contains(&secret), "{trail}");
}

#[tokio::test]
async fn an_api_is_shut_out_and_let_in_and_asks_with_a_client_of_its_own() {
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let typed = [("name", "Pets"), ("audience", PETS), ("scope", "pets:read"), ("introspection", "on")];
    let answer = register(&admin, "api", &typed).await.expect(303);
    let client = made(&world, &answer).await;
    assert_eq!((client.kind, client.audiences.as_slice()), (Kind::Api, &[PETS.to_owned()][..]));
    assert!(admin.get(answer.location()).await.expect(200).body.contains("shown only now"));
    let page = admin.get("/admin/apps").await.expect(200);
    press(&admin, &page, "Disable Pets", &[]).await.expect(303);
    assert!(api(&world).await.unwrap().is_disabled());
    let page = admin.get("/admin/apps").await.expect(200);
    press(&admin, &page, "Enable Pets", &[]).await.expect(303);
    assert!(!api(&world).await.unwrap().is_disabled());
    client::remove_api(&world.table().await, PETS, client::manage::NOTHING, world.now()).await.unwrap();
    let gone = press(&admin, &page, "Enable Pets", &[]).await.expect(404);
    assert!(gone.body.contains("There is no such API."), "{gone:?}");
}

#[tokio::test]
async fn what_an_old_page_wants_of_an_app_that_is_another_one_by_now_is_refused_with_a_reason() {
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let typed = [("name", "App"), ("redirect_uris", "https://a.example/cb")];
    let answer = register(&admin, "web", &typed).await.expect(303);
    let client = made(&world, &answer).await;
    let page = admin.get(answer.location()).await.expect(200);
    let mut new = client::NewClient::new(Kind::Web, "App");
    (new.id, new.redirect_uris) = (Some(client.id.clone()), vec!["https://a.example/cb".to_owned()]);
    (new.auth, new.jwks_uri) = (vec![ClientAuth::PrivateKeyJwt], Some("https://a.example/keys".to_owned()));
    let table = world.table().await;
    client::put(&table, &new, client::manage::NOTHING, client::manage::NOTHING, world.now()).await.unwrap();
    let refused = press(&admin, &page, "Make a new secret", &[]).await.expect(400);
    assert!(refused.body.contains("This app has no secret."), "{refused:?}");
    client::remove(&table, &client.id, client::manage::NOTHING, world.now()).await.unwrap();
    for button in ["Make a new secret", "Disable"] {
        let gone = press(&admin, &page, button, &[]).await.expect(404);
        assert!(gone.body.contains("There is no such app."), "{gone:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_registered_is_said_in_the_form_with_what_was_typed() {
    // #24, #38, #45, #82
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    world.api(PETS, &["pets:read"]).await;
    let cb = ("redirect_uris", "https://a.example/cb");
    let unknown = [("name", "A"), cb, ("api.https://none.example", "on")];
    for (kind, typed) in [
        ("web", &[("name", ""), cb][..]),
        ("web", &[("name", "A")]),
        ("web", &[("name", "A"), ("redirect_uris", "http://a.example/cb")]),
        ("web", &[("name", "A"), ("redirect_uris", "https://a.example/cb#x")]),
        ("web", &[("name", "A"), ("redirect_uris", "javascript:alert(1)")]),
        ("web", &[("name", "A"), cb, ("scope", "pets:read")]),
        ("web", &[("name", "A"), cb, ("scope", "a\"b")]),
        ("web", &[("name", "A"), cb, ("jwks_uri", "http://a.example/keys")]),
        ("web", &unknown),
        ("web", &[("name", "A"), cb, ("backchannel_logout_uri", "not an address")]),
        ("web", &[("name", "A"), cb, ("access_token_lifetime", "59")]),
        ("web", &[("name", "A"), cb, ("access_token_lifetime", "an hour")]),
        ("web", &[("name", "A"), cb, ("refresh_idle", "-1")]),
        ("web", &[("name", "A"), cb, ("refresh_idle", "600"), ("refresh_absolute", "60")]),
        ("web", &[("name", "A"), cb, ("exchange_id_tokens", "google")]),
        ("web", &[("name", "A"), cb, ("exchange_id_tokens", "google=a"), ("consent", "on")]),
        ("web", &[("name", "A"), cb, ("speaks.https://none.example", "on")]),
        ("spa", &[("name", "A"), ("redirect_uris", "com.example.app:/cb")]),
        ("native", &[("name", "A"), ("redirect_uris", "x")]),
        ("service", &[("name", "A"), ("scope", "openid")]),
        ("api", &[("name", "A"), ("audience", "pets"), ("scope", "a")]),
        ("api", &[("name", "A"), ("audience", PETS), ("scope", "b")]),
        ("api", &[("name", "A"), ("audience", "https://c.example"), ("scope", "pets:read")]),
        ("api", &[("name", "A"), ("audience", "https://c.example"), ("scope", "a a")]),
        ("api", &[("name", ""), ("audience", "https://c.example"), ("scope", "a")]),
    ] {
        let answer = register(&admin, kind, typed).await;
        assert_eq!(answer.status, 400, "{kind} {typed:?} {answer:?}");
        assert!(answer.body.contains("This was not registered:"), "{kind} {typed:?} {answer:?}");
        if let Some((_, name)) = typed.iter().find(|(field, name)| *field == "name" && !name.is_empty()) {
            assert!(answer.body.contains(&format!("value=\"{name}\"")), "{answer:?}");
        }
    }
    let own = [("name", "A"), ("audience", &*world.cloud.url), ("scope", "b")];
    register(&admin, "api", &own).await.expect(400);
    let (clients, _) = client::list(&world.table().await, world.now()).await.unwrap();
    assert!(clients.is_empty(), "{clients:?}");
    admin.get("/admin/register?kind=robot").await.expect(200);
}

#[tokio::test]
async fn nobody_registers_an_app_that_may_ask_for_what_they_do_not_have() {
    // #26, #81: somebody who has more might be led to it, and give it that.
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (keeper, _) = somebody(&world, "alan", &["keeper"]).await;
    let own = format!("api.{}", world.cloud.url);
    let typed =
        |scope: &'static str| [("name", "A"), ("redirect_uris", "https://a.example/cb"), ("scope", scope)];
    for kind in ["web", "spa", "native", "service"] {
        let redirects = if kind == "service" { "" } else { "https://a.example/cb" };
        let fields = [("name", "A"), ("redirect_uris", redirects), (&*own, "on"), ("scope", "users:delete")];
        let said = register(&keeper, kind, &fields).await.expect(403);
        assert!(said.body.contains("users:delete"), "{said:?}");
        let fields = [("name", "A"), ("redirect_uris", redirects), (&*own, "on"), ("scope", "roles:read")];
        register(&keeper, kind, &fields).await.expect(303);
    }
    world.pass(301);
    let answer = register(&admin, "web", &typed("")).await.expect(303);
    assert_eq!(answer.location(), "/admin/again");
}
