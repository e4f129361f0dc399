//! Each way of signing in but a provider in the browser.

use client::Kind;
use oauth::server::GrantType;
use serde_json::json;
use tests::{
    App, World, authenticator::Authenticator, database::Wire, oauth::Ask, platform::Platform, stub::Stub,
};
use user::{Rights, passkey::NewPasskey};

use super::{note, wait_for};

/// Everything that a sign-in does, by ID tokens that an app exchanges: somebody new, with another address, invited, and forgotten.
pub(super) async fn exchange_people(wire: &Wire) {
    let phone = Platform::start().await;
    let world = World::with(
        &[&phone.settings()[..], &[("DYNAMODB_ENDPOINT", &*wire.endpoint), ("PASSWORDS", "on")]].concat(),
    )
    .await;
    let app = world
        .client(Kind::Native, |new| {
            new.grants.push(GrantType::TokenExchange);
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
            ("grant_type", GrantType::TokenExchange.as_str()),
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

/// Everything that passkeys do: adding two, signing in where a session is and where one counts no more, being shown as a second factor,
/// renaming, removing both.
pub(super) async fn sign_in_with_passkeys(wire: &Wire) {
    let settings = [("DYNAMODB_ENDPOINT", &*wire.endpoint), ("PASSKEYS", "on"), ("SECOND_FACTORS", "on")];
    let world = World::with(&settings).await;
    let (browser, passkey) = crate::passkeys::somebody(&world, "katherine").await;
    let mut second = Authenticator::new(&world.cloud.url);
    crate::passkeys::add(&world, &browser, &mut second).await.expect(200);
    browser.get("/account/data.json").await.expect(200);
    // Whoever has a passkey may have to show it before they set up an app beside it.
    browser.get("/users/factor/setup").await.expect(200);
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

/// Everything that passwords do: registering, signing in for the first time and again, changing, a name of somebody who is gone, accounts
/// that wait, and somebody who loses an address to its owner.
pub(super) async fn sign_in_with_passwords(wire: &Wire, stub: &Stub) {
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
    let new = NewPasskey { id: &key, name: "a key", is_backed_up: false, counter: 0, credential: "{}" };
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
pub(super) async fn sign_in_with_two_factors(wire: &Wire) {
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
