//! What the functions may do with the table is what they do. That they do nothing else is held everywhere, by the wire.

use std::collections::BTreeSet;

use client::{Kind, NewClient};
use oauth::server::GrantType;
use serde_json::json;
use setting::Action;
use store::{Connection, Table};
use tests::{
    Agent, App, AppKey, CALLBACK, TERMS, TestClient, World,
    authenticator::Authenticator,
    database::{Call, Wire},
    devices::Codes,
    oauth::Ask,
    platform::Platform,
    policy::{Need, Policy},
    query,
    stub::Stub,
};
use user::{
    Rights,
    passkey::{Added, NewPasskey},
};

type Leave = (String, String, String);

/// What the functions declare: function, action, kind of row.
fn declared() -> BTreeSet<Leave> {
    let action = |action: &Action| match action {
        Action::Get => "dynamodb:GetItem",
        Action::BatchGet => "dynamodb:BatchGetItem",
        Action::Put => "dynamodb:PutItem",
        Action::Update => "dynamodb:UpdateItem",
        Action::Delete => "dynamodb:DeleteItem",
        Action::Check => "dynamodb:ConditionCheckItem",
        Action::List | Action::ListOwned => "dynamodb:Query",
    };
    let mounts = latchkey::mount::FUNCTIONS
        .iter()
        .chain(latchkey::mount::EVENTS)
        .chain([&latchkey::mount::AUTHORIZER]);
    let leave = |mount: &latchkey::mount::Mount| -> Vec<Leave> {
        let rows = mount.rows(|_| true).into_iter();
        let each = rows.flat_map(|(kind, actions)| actions.into_iter().map(move |each| (kind, each)));
        each.map(|(kind, each)| (mount.name.to_owned(), action(&each).to_owned(), kind.to_owned())).collect()
    };
    mounts.flat_map(leave).collect()
}

/// What functions did.
fn done(calls: &[Call]) -> BTreeSet<Leave> {
    let of_functions = calls.iter().filter(|call| Policy::of(&call.function).is_some());
    let needs = of_functions.flat_map(|call| {
        Need::of(&call.action, &call.body).into_iter().map(|need| (call.function.clone(), need))
    });
    // A list of a month is one of the trail's.
    let kind = |need: &Need| match need.kind().split_once('/') {
        Some((list, _)) => format!("{list}/*"),
        None => need.kind().to_owned(),
    };
    needs.map(|(function, need)| (function, need.action.clone(), kind(&need))).collect()
}

/// Pushes the request of an app with a key of its own.
async fn push(world: &World) {
    let key = AppKey::generate();
    let app = App::with_key(world, &key).await;
    let proof = app.assertion(world, &key, &world.cloud.url);
    let proof: Vec<_> = proof.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let pushed = world.program().request("POST", "/oauth/par").body(app.encoded(&proof));
    let pushed = pushed.header("content-type", "application/x-www-form-urlencoded");
    world.program().send(pushed).await.expect(201);
    // A public client has proven nothing, and is counted.
    let spa = App::of(world, Kind::Spa, tests::CALLBACK, |_| ()).await;
    let pushed = world.program().request("POST", "/oauth/par").body(spa.encoded(&[]));
    let pushed = pushed.header("content-type", "application/x-www-form-urlencoded");
    world.program().send(pushed).await.expect(201);
}

/// Everything that the management API does, with somebody whose session has an app that is told when it ends.
async fn manage_people(world: &World, admin: &Agent, stub: &Stub) {
    let managed = world.browser();
    let claims = json!({"sub": "managed", "email": "managed@example.com"});
    stub.sign_in(&managed, claims, world.now()).await.expect(303);
    agree(world, &managed).await;
    let app = world.client(Kind::Web, |_| {}).await;
    world.grant(&app, &managed, &TERMS).await;
    note(world, &managed).await;
    let id = world.session(&managed).await.user_id;
    let token =
        admin.post("/users/token").await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
    let program = world.program();
    let ask = async |method: &str, path: &str, status: u16| {
        program.send(program.request(method, path).bearer_auth(&token)).await.expect(status)
    };
    ask("GET", &format!("/users/{id}"), 200).await;
    ask("GET", &format!("/users/{id}/apps"), 200).await;
    ask("DELETE", &format!("/users/{id}/apps/{}", app.id), 204).await;
    ask("GET", &format!("/users/{id}/identities"), 200).await;
    ask("GET", &format!("/users/{id}/export"), 200).await;
    let other = world.somebody(&["member"], user::Status::Active).await;
    ask("DELETE", &format!("/users/{}/identities/{}", other.id, other.identities[0]), 204).await;
    // The first change of the rights writes them down: one of `ADMINS` is somebody, one is invited already, one is nobody yet.
    let (table, rights) = (world.table().await, Rights::parse("member=get:profile", "", "").unwrap());
    user::invite(&table, &rights, "waits@example.com", &["member".to_owned()], world.now()).await.unwrap();
    hold_a_passkey(world, &other.id).await;
    ask("DELETE", &format!("/users/{}/factors", other.id), 204).await;
    hold_a_passkey(world, &other.id).await;
    change_people(&program, &token, &other.id).await;
    ask("GET", "/audit", 200).await;
    ask("GET", &format!("/audit?user={}", other.id), 200).await;
    let ended = note(world, &managed).await;
    ask("GET", &format!("/users/{id}/sessions"), 200).await;
    ask("DELETE", &format!("/users/{id}/sessions/{ended}"), 204).await;
    ask("DELETE", &format!("/users/{id}/sessions"), 204).await;
    ask("GET", "/roles", 200).await;
    ask("GET", &format!("/users/{id}/explain?client={}", app.id), 200).await;
    let set =
        program.request("PUT", "/roles/extra").bearer_auth(&token).header("content-type", "application/json");
    program.send(set.header("if-match", "*").body(r#"{"scope": "get:profile"}"#)).await.expect(204);
}

/// Adds, invites, finds, changes and deletes people.
async fn change_people(program: &Agent, token: &str, id: &str) {
    let ask = async |method: &str, path: &str, body: &str, status: u16| {
        let request =
            program.request(method, path).bearer_auth(token).header("content-type", "application/json");
        program.send(request.header("if-match", "*").body(body.to_owned())).await.expect(status)
    };
    let new = r#"{"email": "added@example.com", "name": "Added", "roles": ["admin"]}"#;
    let added = ask("POST", "/users", new, 201).await.json()["id"].as_str().unwrap().to_owned();
    ask("POST", "/users", r#"{"email": "invited@example.com", "invite": true}"#, 202).await;
    for query in ["email=added", "name=ad", "role=admin", "disabled=false"] {
        ask("GET", &format!("/users?{query}"), "", 200).await;
    }
    let path = format!("/users/{id}");
    ask("PATCH", &path, r#"{"name": "Another Name", "roles": ["admin", "member"]}"#, 200).await;
    ask("PATCH", &path, r#"{"status": "disabled"}"#, 200).await;
    ask("DELETE", &path, "", 204).await;
    ask("DELETE", &format!("/users/{added}"), "", 204).await;
}

/// Everything that the authorization endpoint does: a request that waits in the table, for a session whose idle limit has to be
/// moved, and an app that asks for consent, and gets its tokens.
async fn ask_for_a_code(world: &World, browser: &Agent) {
    let api = world.api("https://orders.example.com", &["orders:read"]).await;
    let wanted = |new: &mut NewClient| (new.consent, new.audiences) = (true, vec![api.audience]);
    let app = App::of(world, Kind::Web, CALLBACK, wanted).await;
    push(world).await;
    world.pass(120);
    let page = browser.get(&app.path(&[("state", &"s".repeat(2000))])).await.expect(200);
    let waits = query(&page.link("Use another account"))["return_to"].clone();
    let page = browser.get(&waits).await.expect(200);
    let answer = browser.decide(&page, "allow").await.expect(303);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*query(answer.location())["code"]),
        ("redirect_uri", CALLBACK),
        ("code_verifier", &app.verifier),
    ];
    let client = TestClient { id: app.id.clone(), secret: app.secret.clone() };
    Ask::of(&client, "/oauth/token", &fields).send(world).await.expect(200);
    browser.get(&app.path(&[("prompt", "select_account")])).await.expect(200);
    browser.get("/oauth/logout").await.expect(200);
}

/// Somebody's session has an app that is told when it ends, and does not listen.
pub(crate) async fn note(world: &World, browser: &Agent) -> String {
    let wanted = |new: &mut NewClient| new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
    App::of(world, Kind::Web, CALLBACK, wanted).await.code(browser).await;
    world.session(browser).await.id
}

/// Everything that the function does that tells apps: one that does not listen, and what was not handed over.
async fn tell(world: &World, sid: &str) {
    let record = json!({
        "messageId": "m", "receiptHandle": "r", "body": json!({"sid": sid}).to_string(),
        "attributes": {"ApproximateReceiveCount": "1"},
    });
    for event in [json!({"Records": [record]}), json!({})] {
        world.cloud.invoke("logout-notify", &event).await.unwrap();
    }
}

/// Everything that the endpoints for clients do: a server that proves itself by a key, a page in a browser that uses its session, and a
/// service.
async fn exchange(world: &World, browser: &Agent) {
    let person = world.person_in(browser).await;
    let key = AppKey::generate();
    let app = App::with_key(world, &key).await;
    let server = TestClient { id: app.id.clone(), secret: String::new() };
    let proven = |ask: Ask| {
        let proof = app.assertion(world, &key, &world.cloud.url);
        proof.iter().fold(ask, |ask, (name, value)| ask.with(name, value))
    };
    let code = world.fresh_code(&server, &person, |_| {}).await;
    let tokens = proven(world.redeeming(&server, &code)).send(world).await.expect(200).json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    world.program().bearer("/oauth/userinfo", tokens["access_token"].as_str().unwrap()).await.expect(200);
    for endpoint in ["/oauth/introspect", "/oauth/revoke"] {
        proven(Ask::of(&server, endpoint, &[("token", refresh)])).send(world).await.expect(200);
    }
    let television = App::with_key_as(world, &key, |new| {
        new.grants.push(GrantType::DeviceCode);
        new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.scope.extend(&"orders:read".parse().unwrap());
    });
    let television = television.await;
    let device = TestClient { id: television.id.clone(), secret: String::new() };
    let proven_too = |ask: Ask| {
        let proof = television.assertion(world, &key, &world.cloud.url);
        proof.iter().fold(ask, |ask, (name, value)| ask.with(name, value))
    };
    let asked = proven_too(world.asking(&device, &[("scope", "openid orders:read")])).send(world).await;
    let codes = Codes::of(&asked.expect(200).json());
    world.pass(120);
    browser.allow_device(&codes).await;
    proven_too(world.polling(&device, &codes)).send(world).await.expect(200);
    let page = world.client(Kind::Spa, |_| {}).await;
    let tokens = world.tokens(&page, &person).await;
    world.pass(120);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    world.refreshing(&page, refresh).send(world).await.expect(200);
    // It comes again, so its grant ends, and the trail says so.
    world.pass(120);
    world.refreshing(&page, refresh).send(world).await.expect(400);
    let wanted = |new: &mut NewClient| {
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.default_audience = Some("https://orders.example.com".to_owned());
        new.scope = "orders:read".parse().unwrap();
        new.default_scope = "orders:read".parse().unwrap();
    };
    let service = world.client(Kind::Service, wanted).await;
    let ask = Ask::of(&service, "/oauth/token", &[("grant_type", "client_credentials")]);
    ask.send(world).await.expect(200);
}

/// Clients whose keys are somewhere else, each at one endpoint, where nobody has fetched them before.
async fn fetch_keys(world: &World) {
    for path in ["/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/par", "/oauth/device"] {
        let keys = Platform::start().await;
        let wanted = |new: &mut NewClient| {
            new.auth = vec![oauth::server::ClientAuth::PrivateKeyJwt];
            new.jwks_uri = Some(keys.keys());
        };
        let client = world.client(Kind::Web, wanted).await;
        let now = world.now().epoch();
        let claims = json!({
            "iss": client.id, "sub": client.id, "aud": world.cloud.url, "exp": now + 60, "jti": "a-jti",
        });
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let proof = [("client_assertion_type", kind), ("client_assertion", &keys.token(&claims))];
        let other = [("grant_type", "authorization_code"), ("code", "x"), ("token", "x")];
        Ask::of(&client, path, &[&proof[..], &other].concat()).send(world).await;
        assert_eq!(keys.hits("/keys"), 1, "{path}");
    }
}

/// An app to which the person in this browser agrees, with a scope of an API.
async fn agree(world: &World, browser: &Agent) {
    let wanted = |new: &mut NewClient| {
        (new.name, new.consent) = ("Pets".to_owned(), true);
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.scope = "openid profile email orders:read".parse().unwrap();
    };
    let pets = App::of(world, Kind::Web, CALLBACK, wanted).await;
    let page = browser.get(&pets.path(&[("scope", "openid orders:read")])).await.expect(200);
    browser.decide(&page, "allow").await.expect(303);
}

/// Everything that a person does with their apps: one that has a grant loses it, and one has consent to a scope of an API.
async fn look_at_apps(world: &World, browser: &Agent) {
    agree(world, browser).await;
    world.pass(120);
    let page = browser.get("/account").await.expect(200);
    for app in ["Pets", "Test web"] {
        let remove = page.field_before("request", &format!("Remove access of {app}"));
        browser.form("/account", &[("request", &remove)]).await.expect(303);
    }
}

/// Somebody links one more way in.
async fn link(world: &World, stub: &Stub, browser: &Agent, subject: &str) {
    let page = browser.get("/account").await.expect(200);
    let link = page.field_before("request", ">Link ");
    let page = browser.form("/account", &[("request", &link)]).await.expect(303);
    let page = browser.get(page.location()).await.expect(200);
    let start = page.body.split("href=\"").find(|it| it.starts_with("/users/login/")).unwrap();
    let url = browser.start(start.split('"').next().unwrap()).await;
    let back = stub.agree(&url, json!({"sub": subject}), world.now());
    for _ in 0..2 {
        browser.get(&back).await.expect(303);
    }
}

/// Somebody links one more way in, removes the first one, ends a session, takes their data along, and deletes their account.
async fn come_and_go(world: &World, stub: &Stub) {
    let browser = world.browser();
    let first = json!({"sub": "first", "email": "first@example.com", "name": "First"});
    stub.sign_in(&browser, first.clone(), world.now()).await.expect(303);
    stub.sign_in(&world.browser(), first, world.now()).await.expect(303);
    link(world, stub, &browser, "second").await;
    let page = browser.get("/account").await.expect(200);
    let end = page.field_before("request", "End the session of");
    browser.form("/account", &[("request", &end)]).await.expect(303);
    have_an_app(world, &browser, "First app").await;
    browser.get("/account/data.json").await.expect(200);
    browser.get("/account/trail").await.expect(200);
    let page = browser.get("/account").await.expect(200);
    let remove = page.field_before("request", "Remove the sign-in with");
    browser.form("/account", &[("request", &remove)]).await.expect(303);
    // One of two administrators.
    let rights = Rights::parse("admin=users:read; member=get:profile", "", "member").unwrap();
    let (table, id) = (world.table().await, world.session(&browser).await.user_id);
    let roles = user::manage::Change::roles(&["admin".to_owned(), "member".to_owned()]);
    user::manage::change(&table, &rights, &id, None, &roles, user::manage::NO_TRAIL, world.now())
        .await
        .unwrap();
    hold_a_passkey(world, &id).await;
    let page = browser.get("/account/delete").await.expect(200);
    let delete = page.field_before("request", ">Delete my account<");
    let typed = [("request", &*delete), ("name", "first@example.com")];
    browser.form("/account", &typed).await.expect(303);
}

/// The person in this browser agrees to an app and lets it have a grant.
async fn have_an_app(world: &World, browser: &Agent, name: &str) {
    let wanted = |new: &mut NewClient| {
        (new.name, new.consent) = (name.to_owned(), true);
        new.audiences = vec!["https://orders.example.com".to_owned()];
        new.scope = "openid profile email orders:read".parse().unwrap();
    };
    let app = App::of(world, Kind::Web, CALLBACK, wanted).await;
    let page = browser.get(&app.path(&[("scope", "openid orders:read")])).await.expect(200);
    browser.decide(&page, "allow").await.expect(303);
    let client = world.client(Kind::Web, |new| new.name = format!("{name}, granted")).await;
    world.grant(&client, browser, &TERMS).await;
}

/// Everything that an administrator does in the console.
async fn look_after_people(world: &World, wire: &Wire, stub: &Stub) {
    // As if nobody had changed any rights yet, and somebody of `ADMINS` were invited already.
    let waits = |row: &serde_json::Value| row["pk"]["S"] == "EMAIL#waits@example.com";
    for row in
        wire.rows_of("RIGHTS").await.iter().chain(wire.rows_of("EMAIL").await.iter().filter(|row| waits(row)))
    {
        wire.delete("latchkey", row).await;
    }
    let (admin, lin) = (world.browser(), world.browser());
    let (rights, table) = (Rights::parse("member=get:profile", "", "member").unwrap(), world.table().await);
    let member = ["member".to_owned()];
    assert!(user::invite(&table, &rights, "waits@example.com", &member, world.now()).await.unwrap());
    stub.sign_in(&admin, json!({"email": "eve@example.com"}), world.now()).await.expect(303);
    let of_lin = json!({"sub": "lin", "email": "lin@example.com", "name": "Lin"});
    stub.sign_in(&lin, of_lin.clone(), world.now()).await.expect(303);
    stub.sign_in(&world.browser(), of_lin, world.now()).await.expect(303);
    link(world, stub, &lin, "lin-2").await;
    have_an_app(world, &lin, "Lin's app").await;
    note(world, &lin).await;
    let id = world.session(&lin).await.user_id;
    hold_a_passkey(world, &id).await;
    let person = format!("/admin/people/{id}");
    for path in
        ["/admin", "/admin?q=lin&by=email", "/admin?q=lin&by=name", "/admin?role=member", "/admin/roles"]
    {
        admin.get(path).await.expect(200);
    }
    let press = async |path: &str, mark: &str, typed: &[(&str, &str)]| {
        let page = admin.get(path).await.expect(200);
        let request = page.field_before("request", mark);
        admin.form("/admin", &[&[("request", request.as_str())], typed].concat()).await.expect(303)
    };
    press(&person, ">Give</button>", &[("role", "admin")]).await;
    press(&person, "Take away admin", &[]).await;
    press(&person, "End the session of", &[]).await;
    press(&person, "Remove access of", &[]).await;
    press(&person, "Remove the sign-in with", &[]).await;
    press(&person, ">Sign out everywhere</button>", &[]).await;
    press(&person, ">Disable</button>", &[]).await;
    press(&person, ">Let them sign in again</button>", &[]).await;
    press(&format!("{person}/factors"), ">Take second factors away</button>", &[("name", "Lin")]).await;
    hold_a_passkey(world, &id).await;
    press(&format!("{person}/delete"), ">Delete</button>", &[("name", "Lin")]).await;
    press(
        "/admin/new",
        ">Add</button>",
        &[("email", "new@example.com"), ("name", "New"), ("role", "member")],
    )
    .await;
    press("/admin/new", ">Invite</button>", &[("email", "later@example.com"), ("role", "member")]).await;
    press("/admin/new", ">Take back</button>", &[("email", "later@example.com")]).await;
    let page = admin.get("/admin/apps").await.expect(200);
    let with_secret = |it: &&str| it.starts_with("/admin/apps/") && it.contains(">Lin's app, granted<");
    let app = page.body.split("href=\"").find(with_secret).unwrap();
    let app = app.split('"').next().unwrap();
    press(app, ">Make a new secret</button>", &[]).await;
    press(app, ">Disable</button>", &[]).await;
    press(app, ">Enable</button>", &[]).await;
    press("/admin/register?kind=spa", ">Register</button>", &[("name", "App"), ("redirect_uris", CALLBACK)])
        .await;
    let pets = [("name", "Pets"), ("audience", "https://pets.example.com"), ("scope", "pets:read")];
    press("/admin/register?kind=api", ">Register</button>", &pets).await;
    press("/admin/apps", "Disable Pets", &[]).await;
    press("/admin/roles/edit", "name=\"step\" value=\"save\"", &[("step", "save"), ("name", "none")]).await;
    admin.get("/admin/trail").await.expect(200);
    admin.get(&format!("/admin/trail?of={}", person.rsplit('/').next().unwrap())).await.expect(200);
    world.pass(120);
    admin.get("/admin/keys").await.expect(200);
}

/// Makes an account that waits for whoever proves this address.
async fn wait_for(world: &World, email: &str) {
    let rights = Rights::parse("member=get:profile", "", "member").unwrap();
    let new = user::manage::NewPerson { email: email.to_owned(), ..Default::default() };
    let no_trail = user::manage::NO_TRAIL;
    user::manage::create(&world.table().await, &rights, &new, no_trail, world.now()).await.unwrap();
}

/// Everything that a sign-in does, by ID tokens that an app exchanges: somebody new, with another address, invited, and forgotten.
async fn exchange_people(wire: &Wire) {
    let phone = Platform::start().await;
    let world = World::with(
        &[&phone.settings()[..], &[("DYNAMODB_ENDPOINT", &*wire.endpoint), ("PASSWORDS", "on")]].concat(),
    )
    .await;
    let app = world
        .client(Kind::Native, |new| {
            new.grants.push(oauth::server::GrantType::TokenExchange);
            new.exchange = client::Exchange::read(&[], &["phone=app".to_owned()]).unwrap();
        })
        .await;
    let exchange = async |sub: &str, email: &str| {
        let now = world.now().epoch();
        let claims = json!({
            "iss": phone.issuer, "aud": "app", "sub": sub, "iat": now, "exp": now + 600, "email": email,
            "email_verified": true, "name": email, "jti": oauth::Secret::random(),
        });
        let token = phone.token(&claims);
        let fields = [
            ("grant_type", oauth::server::GrantType::TokenExchange.as_str()),
            ("subject_token", token.as_str()),
            ("subject_token_type", oauth::server::TokenType::IdToken.as_str()),
        ];
        Ask::of(&app, "/oauth/token", &fields).send(&world).await.expect(200);
    };
    exchange("ivy", "ivy@example.com").await;
    exchange("ivy", "ivy@elsewhere.example").await;
    let rights = Rights::parse("member=get:profile", "", "member").unwrap();
    let table = world.table().await;
    let member = ["member".to_owned()];
    assert!(user::invite(&table, &rights, "jo@example.com", &member, world.now()).await.unwrap());
    exchange("jo", "jo@example.com").await;
    for row in wire.rows_of("USER").await {
        wire.delete("latchkey", &row).await;
    }
    exchange("jo", "jo@example.com").await;
    wait_for(&world, "longed@example.com").await;
    exchange("longed", "longed@example.com").await;
    // Whoever only wrote an address down has a session with an app when its owner comes.
    let program = world.program();
    let body = json!({"email": "owned@example.com", "password": "a horse that counts"}).to_string();
    let request = program.request("POST", "/users/register").header("content-type", "application/json");
    program.send(request.body(body)).await.expect(202);
    let squatter = world.browser();
    let form = [("login", "owned@example.com"), ("password", "a horse that counts")];
    squatter.form("/users/password/login", &form).await.expect(303);
    note(&world, &squatter).await;
    exchange("owner", "owned@example.com").await;
    squatter.post("/users/token").await.expect(401);
}

/// As if somebody had a passkey, which goes with them.
async fn hold_a_passkey(world: &World, id: &str) {
    let (table, key) = (world.table().await, oauth::Digest::of(id.as_bytes()));
    let user = user::find(&table, id, world.now()).await.unwrap().unwrap();
    let new = NewPasskey { id: &key, name: "", is_backed_up: false, counter: 0, credential: "" };
    let added = user::passkey::add(&table, &user, &new, &[], world.now()).await.unwrap();
    assert_eq!(added, Added::Done);
}

/// Everything that passkeys do: adding two, signing in where a session is and where one counts no more, being shown as a second factor,
/// renaming, removing both.
async fn sign_in_with_passkeys(wire: &Wire) {
    let settings = [("DYNAMODB_ENDPOINT", &*wire.endpoint), ("PASSKEYS", "on"), ("SECOND_FACTORS", "on")];
    let world = World::with(&settings).await;
    let (browser, passkey) = crate::passkeys::somebody(&world, "katherine").await;
    let mut second = Authenticator::new(&world.cloud.url);
    crate::passkeys::add(&world, &browser, &mut second).await.expect(200);
    let session = note(&world, &browser).await;
    crate::passkeys::enter(&world, &browser, &passkey).await.expect(200);
    let user = world.session(&browser).await.user_id;
    user::end_everywhere(&world.table().await, &user, world.now()).await.unwrap().unwrap();
    crate::passkeys::enter(&world, &browser, &passkey).await.expect(200);
    assert_ne!(world.session(&browser).await.id, session);
    crate::second_factors::set_up(&world, &browser).await;
    let at_step = crate::second_factors::by_passkey::at_step(&world, "katherine").await;
    crate::second_factors::by_passkey::show(&world, &at_step, &passkey).await.expect(200);
    let session = world.session(&browser).await.id;
    for name in [Some(("name", "Mine")), None, None] {
        let page = browser.get("/users/passkey").await.expect(200);
        let id = page.field_before("id", "aria-label=\"Remove");
        let form = [("session", session.as_str()), ("id", id.as_str())].into_iter().chain(name);
        browser.form("/users/passkey", &form.collect::<Vec<_>>()).await.expect(303);
    }
}

/// Everything that the function does that tells what happened: beginning, and an hour later a receiver that does not listen.
async fn tell_events(wire: &Wire) {
    let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint), ("EVENTS", "on")]).await;
    let run = async || world.cloud.invoke("events-send", &json!({})).await.unwrap();
    run().await;
    let (table, key) = (world.table().await, world.cloud.settings["EVENTS_KEY"].clone());
    let manager = notice::Manager { table: &table, now: world.now() };
    let new = notice::New {
        name: "nobody".to_owned(),
        url: "http://127.0.0.1:9/".to_owned(),
        kinds: notice::Kind::ALL.to_vec(),
    };
    let sealer = seal::Sealer::new(&oauth::Secret::new(key)).unwrap();
    manager.add(&new, &sealer, Vec::new()).await.unwrap();
    world.program().token("hedy").await;
    for way in ["/users/logout", "/oauth/logout"] {
        let browser = world.browser();
        browser.sign_in("grace").await.expect(303);
        if way == "/users/logout" {
            browser.post(way).await.expect(303);
        } else {
            let page = browser.get(way).await.expect(200);
            browser.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await.expect(303);
        }
    }
    world.pass(3600);
    assert_eq!(run().await["told"], 0);
}

/// Everything that passwords do: registering, signing in for the first time and again, changing, a name of somebody who is gone, accounts
/// that wait, and somebody who loses an address to its owner.
async fn sign_in_with_passwords(wire: &Wire, stub: &Stub) {
    let settings = [("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("PASSWORDS", "on")];
    let world = World::with(&[&stub.settings()[..], &settings].concat()).await;
    let program = world.program();
    let ask = async |path: &str, body: serde_json::Value, status: u16| {
        let request = program.request("POST", path).header("content-type", "application/json");
        program.send(request.body(body.to_string())).await.expect(status)
    };
    let of = |name: &str| json!({"username": name, "password": "a horse that counts", "name": "Typed"});
    for _ in 0..2 {
        ask("/users/register", of("typed"), 201).await;
        for row in wire.rows_of("USER").await {
            wire.delete("latchkey", &row).await;
        }
    }
    add_passwords(&world, wire, stub).await;
    ask("/users/register", of("other"), 201).await;
    let login = json!({"username": "other", "password": "a horse that counts"});
    ask("/users/login", login, 200).await;
    let browser = world.browser();
    let form = [("login", "other"), ("password", "a horse that counts")];
    browser.form("/users/password/login", &form).await.expect(303);
    browser.form("/users/password/login", &form).await.expect(303);
    world.pass(120);
    note(&world, &browser).await;
    browser.get("/users/password").await.expect(200);
    let change = [("password", "a horse that counts"), ("new_password", "another horse that counts")];
    browser.form("/users/password/change", &change).await.expect(303);
    let (table, rights) = (world.table().await, Rights::parse("member=get:profile", "", "member").unwrap());
    for (email, verified) in [("old@example.com", true), ("older@example.com", false)] {
        let account = user::bulk::Account {
            email: Some(email.to_owned()),
            email_verified: verified,
            password_hash: Some(user::bulk::Hash(
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
                    .to_owned(),
            )),
            ..Default::default()
        };
        user::bulk::import(&table, &rights, &[account], false, world.now()).await.unwrap().remove(0).unwrap();
        ask("/users/login", json!({"email": email, "password": "password"}), 200).await;
    }
    // Whose address it is comes, and whoever wrote it down has a session with an app.
    ask("/users/register", json!({"email": "owned@example.com", "password": "a horse that counts"}), 202)
        .await;
    let squatter = world.browser();
    let form = [("login", "owned@example.com"), ("password", "a horse that counts")];
    squatter.form("/users/password/login", &form).await.expect(303);
    note(&world, &squatter).await;
    let owner = json!({"sub": "owner", "email": "owned@example.com"});
    stub.sign_in(&program, owner, world.now()).await.expect(200);
    use_mailed_links(&world, stub).await;
}

/// Everything that adding a password does: for an address that is free, and for one that was somebody's who is gone.
async fn add_passwords(world: &World, wire: &Wire, stub: &Stub) {
    let program = world.program();
    let body = json!({"email": "gone@example.com", "password": "a horse that counts"}).to_string();
    let request = program.request("POST", "/users/register").header("content-type", "application/json");
    program.send(request.body(body)).await.expect(202);
    for row in wire.rows_of("USER").await {
        wire.delete("latchkey", &row).await;
    }
    for email in ["adds@example.com", "gone@example.com"] {
        let browser = world.browser();
        let begun = browser.start("/users/login/evil").await;
        let back = stub.agree(&begun, json!({"sub": email, "email": email}), world.now());
        browser.get(&back).await.expect(303);
        if email == "gone@example.com" {
            for row in wire.rows_of("EMAIL").await {
                wire.delete("latchkey", &row).await;
            }
        }
        let session = world.session(&browser).await.id;
        let form = [("session", session.as_str()), ("address", email)];
        let form = [&form[..], &[("new_password", "a horse that counts"), ("again", "a horse that counts")]]
            .concat();
        browser.form("/users/password/add", &form).await.expect(303);
    }
}

/// Everything that mailed links do: a proof, a first password, another one, and one of whose address somebody else wrote down, who has
/// a session with an app.
async fn use_mailed_links(world: &World, stub: &Stub) {
    world.pass(300);
    let program = world.program();
    let ask = async |path: &str, body: serde_json::Value, status: u16| {
        let request = program.request("POST", path).header("content-type", "application/json");
        program.send(request.body(body.to_string())).await.expect(status)
    };
    let token = async |to: &str, count: usize| {
        world.mail(to, count).await.link().split_once("?token=").unwrap().1.to_owned()
    };
    let reset = async |to: &str, count: usize| {
        ask("/users/password/forgotten", json!({"email": to}), 202).await;
        let body = json!({"token": token(to, count).await, "new_password": "yet another horse"});
        ask("/users/password/reset", body, 200).await;
    };
    let register = |email: &str| json!({"email": email, "password": "a horse that counts"});
    let (table, rights) = (world.table().await, Rights::parse("editor=a:b", "", "").unwrap());
    user::invite(&table, &rights, "proves@example.com", &["editor".to_owned()], world.now()).await.unwrap();
    for email in ["proves@example.com", "proves.too@example.com"] {
        ask("/users/register", register(email), 202).await;
        let body = json!({"token": token(email, 1).await, "password": "a horse that counts"});
        ask("/users/password/prove", body, 200).await;
    }
    reset("proves@example.com", 2).await;
    stub.sign_in(&program, json!({"sub": "first", "email": "first@example.com"}), world.now())
        .await
        .expect(200);
    reset("first@example.com", 1).await;
    // Whoever only wrote an address down has a passkey.
    ask("/users/register", register("alone@example.com"), 202).await;
    let answer = ask("/users/login", register("alone@example.com"), 200).await.json();
    let id = answer["user"]["id"].as_str().unwrap();
    let user = user::find(&table, id, world.now()).await.unwrap().unwrap();
    let key = oauth::Digest::of(b"a credential");
    let new = user::passkey::NewPasskey {
        id: &key,
        name: "a key",
        is_backed_up: false,
        counter: 0,
        credential: "{}",
    };
    user::passkey::add(&table, &user, &new, &[], world.now()).await.unwrap();
    reset("alone@example.com", 2).await;

    ask("/users/register", register("taken@example.com"), 202).await;
    let squatter = world.browser();
    let form = [("login", "taken@example.com"), ("password", "a horse that counts")];
    squatter.form("/users/password/login", &form).await.expect(303);
    note(world, &squatter).await;
    let owner = user::bulk::Account {
        email: Some("taken@example.com".to_owned()),
        email_verified: true,
        ..Default::default()
    };
    user::bulk::import(&table, &rights, &[owner], false, world.now()).await.unwrap().remove(0).unwrap();
    reset("taken@example.com", 2).await;
    squatter.post("/users/token").await.expect(401);
}

/// Everything that second factors do: set one up, show it in a browser that has a session and in one that has none, new recovery codes, and
/// removing it; and a session too many that has an app.
async fn sign_in_with_two_factors(wire: &Wire) {
    let world = World::with(&[("DYNAMODB_ENDPOINT", wire.endpoint.as_str()), ("SECOND_FACTORS", "on")]).await;
    let browser = world.browser();
    browser.sign_in("ada").await.expect(303);
    // Whoever has shown one factor may have a role that demands more.
    let app = App::web(&world).await;
    for path in ["/account", "/device"] {
        browser.get(path).await.expect(200);
    }
    app.code(&browser).await;
    let (device, codes) = crate::second_factors::set_up(&world, &browser).await;
    for code in [device.code(&world, 1), codes[0].clone()] {
        browser.sign_in("ada").await.expect(303);
        let answer = browser.form("/users/factor", &[("code", &*code)]).await;
        assert!([200, 303].contains(&answer.status), "{answer:?}");
    }
    browser.form("/users/factor/codes", &[("code", &*codes[1])]).await.expect(200);
    world.pass(60);
    browser.form("/users/factor/remove", &[("code", &*device.code(&world, 0))]).await.expect(303);
    note(&world, &browser).await;
    let (device, _) = crate::second_factors::set_up(&world, &browser).await;
    let id = world.session(&browser).await.user_id;
    user::end_everywhere(&world.table().await, &id, world.now()).await.unwrap();
    world.pass(60);
    browser.sign_in("ada").await.expect(303);
    browser.form("/users/factor", &[("code", &*device.code(&world, 0))]).await.expect(303);
}

#[tokio::test]
async fn no_function_may_do_what_it_never_does() {
    // #107
    let (wire, stub) = (Wire::start().await, Stub::start().await);
    let mut settings = stub.settings();
    settings.extend([
        ("DYNAMODB_ENDPOINT", wire.endpoint.as_str()),
        ("ADMINS", "eve@example.com, nobody@example.com, waits@example.com"),
        ("REVOCATION", "closed"),
    ]);
    let world = World::with(&settings).await;
    let (browser, program) = (world.browser(), world.program());

    // Somebody new, then known with a session in this browser, then with another address.
    for email in ["eve@example.com", "eve@example.com", "eve@elsewhere.example"] {
        stub.sign_in(&browser, json!({"email": email}), world.now()).await.expect(303);
    }
    let renamed = json!({"email": "eve@elsewhere.example", "name": "Eve Bell"});
    stub.sign_in(&browser, renamed, world.now()).await.expect(303);
    // Somebody for whom an account waits.
    wait_for(&world, "waited@example.com").await;
    let waited = json!({"sub": "waited", "email": "waited@example.com"});
    stub.sign_in(&world.browser(), waited, world.now()).await.expect(303);
    // Somebody whose session does not count any more, in the same browser.
    let other = world.browser();
    stub.sign_in(&other, json!({"sub": "another"}), world.now()).await.expect(303);
    note(&world, &other).await;
    let user = world.session(&other).await.user_id;
    user::end_everywhere(&world.table().await, &user, world.now()).await.unwrap().unwrap();
    stub.sign_in(&other, json!({"sub": "another"}), world.now()).await.expect(303);
    // An answer that comes to nothing, and a repeated callback.
    let repeated = world.browser();
    let url = repeated.start("/users/login").await;
    let back = stub.agree(&url, json!({"nonce": "another"}), world.now());
    let name = repeated.cookie_names().remove(0);
    let cookie = repeated.cookie(&name).unwrap();
    for _ in 0..2 {
        repeated.set_cookie(&name, &cookie);
        repeated.get(&back).await.expect(401);
    }
    // Everything that can be done with a session, now and when its idle limit has to be moved.
    for _ in 0..2 {
        world.pass(120);
        browser.get("/").await.expect(200);
        world.pass(120);
        let token = browser.post("/users/token").await.expect(200).json();
        let token = token["access_token"].as_str().unwrap();
        program.bearer("/users", token).await.expect(200);
        program.bearer("/users/me", token).await.expect(200);
        program.send(program.request("POST", "/users/verify").bearer_auth(token)).await.expect(200);
    }
    ask_for_a_code(&world, &browser).await;
    exchange(&world, &browser).await;
    fetch_keys(&world).await;
    // A client's token, which names a grant.
    let client = world.client(client::Kind::Web, |_| {}).await;
    world.grant(&client, &browser, &TERMS).await;
    manage_people(&world, &browser, &stub).await;
    look_at_apps(&world, &browser).await;
    let token = world.grant(&client, &browser, &TERMS).await.access;
    program.bearer("/users/me", &token).await.expect(200);
    program.send(program.request("POST", "/users/verify").bearer_auth(&token)).await.expect(200);
    let everywhere = world.browser();
    stub.sign_in(&everywhere, json!({"sub": "leaves", "email": "leaves@example.com"}), world.now()).await;
    note(&world, &everywhere).await;
    come_and_go(&world, &stub).await;
    look_after_people(&world, &wire, &stub).await;
    let page = everywhere.get("/account/everywhere").await.expect(200);
    everywhere.form("/account", &[("request", &page.field("request"))]).await.expect(303);
    let signed_out = world.browser();
    stub.sign_in(&signed_out, json!({"email": "eve@elsewhere.example"}), world.now()).await.expect(303);
    note(&world, &signed_out).await;
    let app = App::web(&world).await;
    let page = signed_out.get(&format!("/oauth/logout?client_id={}", app.id)).await.expect(200);
    signed_out.form("/oauth/logout/decision", &[("request", &page.field("request"))]).await.expect(303);
    let sid = note(&world, &browser).await;
    browser.post("/users/logout").await.expect(303);
    tell(&world, &sid).await;
    // Somebody who was invited, and somebody whose row is gone.
    let endpoint = Some(wire.endpoint.clone());
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
    let rights = Rights::parse("member=get:profile", "", "member").unwrap();
    assert!(
        user::invite(&table, &rights, "ann@example.com", &["member".to_owned()], world.now()).await.unwrap()
    );
    let ann = json!({"sub": "ann", "email": "ann@example.com"});
    stub.sign_in(&program, ann.clone(), world.now()).await.expect(200);
    for row in wire.rows_of("USER").await {
        wire.delete("latchkey", &row).await;
    }
    stub.sign_in(&program, ann, world.now()).await.expect(200);
    exchange_people(&wire).await;
    sign_in_with_passwords(&wire, &stub).await;
    sign_in_with_passkeys(&wire).await;
    crate::mailed_sign_in::everything(&wire, &stub).await;
    crate::mail::everything(&world).await;
    sign_in_with_two_factors(&wire).await;
    tell_events(&wire).await;

    crate::keys_rotate::take_the_lock_twice(&wire).await;

    let mut calls = wire.calls();
    calls.extend(crate::webhooks::everything().await.calls());
    let (done, declared) = (done(&calls), declared());
    let left: Vec<_> = done.difference(&declared).collect();
    let right: Vec<_> = declared.difference(&done).collect();
    assert_eq!(
        (left, right),
        (vec![], vec![]),
        "left: what they did and may not; right: what they may and never did"
    );
}

#[test]
fn the_roles_allow_their_own_rows_and_nothing_else() {
    // #107
    let need = |action: &str, key: &str, index: &'static str| Need {
        action: format!("dynamodb:{action}"),
        index,
        key: key.to_owned(),
    };
    let policy = Policy::of("manage").unwrap();
    assert!(policy.allows(&need("Query", "USERS", "list")));
    for other in [
        need("Query", "USERS", ""),
        need("Query", "USERS2", "list"),
        need("Query", "", "list"),
        need("Scan", "", ""),
        need("GetItem", "CODE#1", ""),
    ] {
        assert!(!policy.allows(&other), "{other:?}");
    }
    let policy = Policy::of("users-me").unwrap();
    assert!(policy.allows(&need("GetItem", "USER#1", "")));
    for other in
        [need("GetItem", "USERS#1", ""), need("GetItem", "SESSION#1", ""), need("PutItem", "USER#1", "")]
    {
        assert!(!policy.allows(&other), "{other:?}");
    }
    let transaction = json!({"TransactItems": [
        {"Put": {"Item": {"pk": {"S": "A#1"}}}},
        {"ConditionCheck": {"Key": {"pk": {"S": "B#1"}}}},
    ]});
    let needs = Need::of("TransactWriteItems", &transaction);
    assert_eq!(needs, [need("PutItem", "A#1", ""), need("ConditionCheckItem", "B#1", "")]);
}
