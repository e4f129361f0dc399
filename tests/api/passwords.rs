//! Passwords: programs of our own that sign in, people who do, and everybody who guesses.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Agent, Answer, World, stub::Stub};
use user::bulk::{self, Account, Hash};

use crate::other_sites;

mod adding;
mod change;
mod guessing;
mod mailed;
mod people;

const GOOD: &str = "a horse that counts";

async fn world() -> World {
    World::with(&[("PASSWORDS", "on")]).await
}

/// A program of ours asks.
async fn ask(agent: &Agent, path: &str, body: &Value) -> Answer {
    let request = agent.request("POST", path).header("content-type", "application/json");
    agent.send(request.body(body.to_string())).await
}

async fn register(world: &World, name: &str) -> Answer {
    let of = if name.contains('@') { "email" } else { "username" };
    ask(&world.program(), "/users/register", &json!({of: name, "password": GOOD})).await
}

async fn sign_in(agent: &Agent, name: &str, password: &str) -> Answer {
    let of = if name.contains('@') { "email" } else { "username" };
    ask(agent, "/users/login", &json!({of: name, "password": password})).await
}

/// All of an answer that may differ is the id of its request.
fn same(answer: &Answer) -> (u16, String, BTreeSet<String>) {
    let mut body: Value = answer.json();
    body.as_object_mut().unwrap().remove("request_id");
    let varies = ["date"];
    let headers = answer.headers.keys().map(|name| name.as_str().to_owned());
    (answer.status, body.to_string(), headers.filter(|name| !varies.contains(&name.as_str())).collect())
}

#[tokio::test]
async fn where_passwords_are_off_there_are_none() {
    let world = World::start().await;
    for (method, path) in [
        ("POST", "/users/login"),
        ("POST", "/users/register"),
        ("GET", "/users/register"),
        ("GET", "/users/password"),
        ("POST", "/users/password"),
        ("POST", "/users/password/login"),
        ("POST", "/users/password/add"),
    ] {
        let answer = world.program().send(world.program().request(method, path)).await;
        assert!([401, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
    }
    world.browser().get("/users/login").await.expect(303);
}

#[tokio::test]
async fn a_program_registers_and_signs_in_and_gets_a_token() {
    let world = world().await;
    let made = register(&world, "grace").await.expect(201).json();
    let name = |answer: &Value| answer["user"]["id"].as_str().unwrap().to_owned();
    for spelling in ["grace", "GRACE", " Grace ", "\u{ff27}race"] {
        let program = world.program();
        let answer = sign_in(&program, spelling, GOOD).await.expect(200).json();
        assert_eq!(name(&answer), name(&made), "{spelling}");
        let token = answer["token"].as_str().unwrap();
        let me = world.program().bearer("/users/me", token).await.expect(200).json();
        assert_eq!((&me["id"], &me["roles"]), (&answer["user"]["id"], &json!(["member"])));
        assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    }
    assert_eq!(register(&world, "Grace").await.expect(409).json()["error"], "invalid_request");
    let wrong = sign_in(&world.program(), "grace", "another horse").await.expect(401).json();
    assert_eq!(wrong["detail"], "Bad username/password combination");
}

#[tokio::test]
async fn registering_says_nothing_about_an_address() {
    // #84: whether somebody proved it, an account waits for it, somebody wrote it down, or nobody did.
    let world = world().await;
    world.program().sign_in("ada").await.expect(200);
    let new = register(&world, "nobody@example.com").await.expect(202);
    for known in ["nobody@example.com", "ada@example.com"] {
        let answer = register(&world, known).await;
        assert_eq!(same(&answer), same(&new), "{known}");
    }
    // And nothing of anybody's changed.
    sign_in(&world.program(), "ada@example.com", GOOD).await.expect(401);
    sign_in(&world.program(), "nobody@example.com", GOOD).await.expect(200);
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_counted() {
    let world = world().await;
    let program = world.program();
    for body in [
        json!({}),
        json!({"username": "grace"}),
        json!({"password": GOOD}),
        json!({"username": "grace", "email": "grace@example.com", "password": GOOD}),
        json!({"username": "grace", "password": 1}),
        json!({"username": "grace", "password": GOOD, "admin": true}),
        json!({"username": "grace@example.com", "password": GOOD}),
        json!({"email": "grace", "password": GOOD}),
        json!({"email": "grace\u{ff20}example.com", "password": GOOD}),
        json!({"email": "\"e@attacker\"@victim.example", "password": GOOD}),
        json!({"username": "g\u{200b}race", "password": GOOD}),
        json!({"username": null, "password": null}),
        json!([{"username": "grace", "password": GOOD}]),
    ] {
        for path in ["/users/login", "/users/register", "/users/password"] {
            let answer = ask(&program, path, &body).await;
            assert_eq!(answer.status, 400, "{path} {body}: {answer:?}");
            assert!(!answer.body.contains(GOOD) && !answer.body.contains("grace"), "{path} {body}");
        }
    }
    let repeated = r#"{"username": "grace", "password": "x", "password": "y"}"#;
    for (kind, body, status) in [
        ("application/json", repeated, 400),
        ("application/json", "", 400),
        ("application/x-www-form-urlencoded", "username=grace&password=x", 415),
        ("text/plain", "{}", 415),
    ] {
        for path in ["/users/login", "/users/register"] {
            let request = program.request("POST", path).header("content-type", kind).body(body);
            program.send(request).await.expect(status);
        }
    }
}

#[tokio::test]
async fn passwords_that_anybody_would_guess_cannot_be_chosen() {
    // #87
    let world = world().await;
    let program = world.program();
    for (password, word) in [
        ("1234567", "8 characters"),
        (&"x".repeat(1025), "1,024 bytes"),
        ("password1", "most common"),
        ("Grace.Hopper", "your name"),
        ("latchkey12", "your name"),
    ] {
        let body = json!({"username": "grace.hopper", "password": password});
        let answer = ask(&program, "/users/register", &body).await.expect(400).json();
        assert!(answer["detail"].as_str().unwrap().contains(word), "{answer}");
    }
    // Whatever else there is in it, and to its last byte.
    let long = |end: &str| format!("{}{end}", "ä".repeat(511));
    for (name, password) in
        [("one", "🔑🔒🗝🔓🔑🔒🗝🔓".to_owned()), ("two", long("ab")), ("three", "        x".to_owned())]
    {
        let body = json!({"username": name, "password": password});
        ask(&program, "/users/register", &body).await.expect(201);
        sign_in(&program, name, &password).await.expect(200);
        let last = password.char_indices().next_back().unwrap().0;
        sign_in(&program, name, &password[..last]).await.expect(401);
        world.pass(300);
    }
    sign_in(&program, "two", &long("ac")).await.expect(401);
}

#[tokio::test]
async fn pages_of_others_cannot_sign_anybody_in() {
    // #27, #28, #30: whoever may read our answers otherwise.
    let world = World::with(&[("PASSWORDS", "on"), ("CORS_ORIGINS", "https://app.example.com")]).await;
    register(&world, "grace").await.expect(201);
    let program = world.program();
    for path in [
        "/users/login",
        "/users/register",
        "/users/password",
        "/users/password/login",
        "/users/password/register",
        "/users/password/change",
        "/users/password/add",
    ] {
        other_sites::are_refused(&program, path, &json!({"username": "grace", "password": GOOD})).await;
    }
    let own = program.request("POST", "/users/login").header("origin", &world.cloud.url);
    let own = own.header("content-type", "application/json");
    program.send(own.body(json!({"username": "grace", "password": GOOD}).to_string())).await.expect(200);
}

#[tokio::test]
async fn a_look_at_a_page_is_answered_like_the_page() {
    // RFC 9110 §9.3.2
    let world = world().await;
    for path in ["/users/register", "/users/password", "/users/login"] {
        let (get, head) = (world.browser().get(path).await, world.browser().request("HEAD", path));
        let head = world.browser().send(head).await.expect(get.status);
        assert_eq!((head.body.as_str(), head.cookies()), ("", vec![]), "{path}");
    }
}

#[tokio::test]
async fn who_may_have_an_account_is_a_setting() {
    let closed = World::with(&[("PASSWORDS", "on"), ("PASSWORD_SIGNUP", "off")]).await;
    register(&closed, "grace").await.expect(403);
    closed.browser().get("/users/register").await.expect(403);
    assert!(!closed.browser().get("/users/login").await.expect(200).body.contains("/users/register"));
    sign_in(&closed.program(), "grace", GOOD).await.expect(401);

    // The one exception to #84: whoever comes first has the name.
    let open = World::with(&[("PASSWORDS", "on"), ("PASSWORD_SIGNUP", "first-login")]).await;
    sign_in(&open.program(), "grace", "1234567").await.expect(401);
    let first = sign_in(&open.program(), "grace", GOOD).await.expect(200).json();
    let again = sign_in(&open.program(), "grace", GOOD).await.expect(200).json();
    assert_eq!(first["user"]["id"], again["user"]["id"]);
    sign_in(&open.program(), "grace", "another horse").await.expect(401);
    // Not where somebody has proven the address.
    open.program().sign_in("ada").await.expect(200);
    sign_in(&open.program(), "ada@example.com", GOOD).await.expect(401);

    let wrong = World::try_with(&[("PASSWORDS", "on"), ("PASSWORD_SIGNUP", "yes")]).await.unwrap_err();
    assert!(wrong.to_string().contains("PASSWORD_SIGNUP"), "{wrong}");
}

#[tokio::test]
async fn hashes_of_another_system_are_taken_over_at_the_first_sign_in() {
    // #86
    let world = world().await;
    let (table, rights) =
        (world.table().await, user::Rights::parse("member=get:profile", "", "member").unwrap());
    let costly = "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let firebase = "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    for (email, hash) in [
        ("bcrypt@example.com", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
        ("firebase@example.com", firebase),
        ("costly@example.com", costly),
    ] {
        let account = Account {
            email: Some(email.to_owned()),
            email_verified: true,
            password_hash: Some(Hash(hash.to_owned())),
            ..Account::default()
        };
        bulk::import(&table, &rights, &[account], false, world.now()).await.unwrap().remove(0).unwrap();
    }
    for (email, right) in
        [("bcrypt@example.com", "abcdefghijklmnopqrstuvwxyz"), ("firebase@example.com", "user1password")]
    {
        sign_in(&world.program(), email, "wrong").await.expect(401);
        for _ in 0..2 {
            let user = sign_in(&world.program(), email, right).await.expect(200).json();
            assert_eq!(user["user"]["email_verified"], true);
        }
        let holder = user::holder_of(&table, email, world.now()).await.unwrap().unwrap();
        let kept = user::password::of(&table, &holder, world.now()).await.unwrap();
        assert!(kept.hash().unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{email}");
    }
    sign_in(&world.program(), "costly@example.com", "password").await.expect(401);
}

#[tokio::test]
async fn the_true_owner_of_an_address_leaves_nothing_to_whoever_wrote_it_down() {
    // #94
    let stub = Stub::start().await;
    let world = World::with(&[&stub.settings()[..], &[("PASSWORDS", "on")]].concat()).await;
    register(&world, "victim@example.com").await.expect(202);
    let (attacker, program) = (world.browser(), world.program());
    let form = [("login", "victim@example.com"), ("password", GOOD)];
    attacker.form("/users/password/login", &form).await.expect(303);
    let taken = sign_in(&program, "victim@example.com", GOOD).await.expect(200).json();
    // Of an address that nobody has proven, no token says that it is theirs (#19).
    assert_eq!(taken["user"]["email_verified"], false);
    let client = world.client(client::Kind::Spa, |_| {}).await;
    let tokens = world.tokens(&client, &world.person_in(&attacker).await).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();

    let claims = json!({"sub": "victim", "email": "victim@example.com", "email_verified": true});
    let owner = stub.sign_in(&world.program(), claims, world.now()).await.expect(200).json();
    assert_ne!(owner["user"]["id"], taken["user"]["id"]);
    sign_in(&program, "victim@example.com", GOOD).await.expect(401);
    attacker.post("/users/token").await.expect(401);
    world.refreshing(&client, refresh).send(&world).await.expect(400);
    register(&world, "victim@example.com").await.expect(202);
    sign_in(&world.program(), "victim@example.com", GOOD).await.expect(401);
}

#[tokio::test]
async fn the_commands_of_the_documentation_do_what_it_says() {
    let world = world().await;
    let text = include_str!("../../docs/passwords.md");
    let lines: Vec<_> = text.lines().collect();
    let commands = lines.windows(2).filter(|pair| pair[1].starts_with("curl "));
    let mut ran = 0;
    for pair in commands {
        let said = pair[0].split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 3).unwrap();
        let path = pair[1].split("$LATCHKEY").nth(1).unwrap().split(' ').next().unwrap();
        let body = pair[1].split("-d '").nth(1).unwrap().trim_end_matches('\'');
        let body = match body.contains("$(token)") {
            true => body.replace("'$(token)'", &mailed::newest(&world, 1 + ran / 7).await),
            false => body.to_owned(),
        };
        let body = serde_json::from_str(&body).unwrap();
        let answer = ask(&world.program(), path, &body).await.expect(said.parse().unwrap());
        let signs_in = ["/users/login", "/users/register", "/users/password"].contains(&path);
        let has_token = signs_in && ["200", "201"].contains(&said);
        assert_eq!(answer.json()["token"].is_string(), has_token, "{}", pair[1]);
        ran += 1;
    }
    assert_eq!(ran, 9);
}
