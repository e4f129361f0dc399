//! A forgotten password, and an address that is proven.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Agent, Answer, World, database::Wire, stub::Stub};
use user::Rights;

use super::{GOOD, ask, register, same, sign_in, world};
use crate::other_sites;

const NEW: &str = "another horse that counts";
const GRACE: &str = "grace@example.com";
const FORGOTTEN: &str = "/users/password/forgotten";
const RESET: &str = "/users/password/reset";
const PROVE: &str = "/users/password/prove";

/// The path and the token of the newest link to an address, where there are this many mails.
async fn link(world: &World, to: &str, count: usize) -> (String, String) {
    let mail = world.mail(to, count).await;
    let link = mail.link();
    let path = link.strip_prefix(&world.cloud.url).expect("the host of BASE_URL").to_owned();
    let token = path.split_once("?token=").unwrap().1.to_owned();
    (path, token)
}

/// The token of the newest link to Grace.
pub(super) async fn newest(world: &World, count: usize) -> String {
    link(world, GRACE, count).await.1
}

async fn forgotten(agent: &Agent, email: &str) -> Answer {
    ask(agent, FORGOTTEN, &json!({"email": email})).await
}

async fn reset(agent: &Agent, token: &str, password: &str) -> Answer {
    ask(agent, RESET, &json!({"token": token, "new_password": password})).await
}

async fn prove(agent: &Agent, token: &str, password: &str) -> Answer {
    ask(agent, PROVE, &json!({"token": token, "password": password})).await
}

#[tokio::test]
async fn where_mails_are_off_there_is_none_of_it() {
    let world = World::with(&[("PASSWORDS", "on"), ("MAIL", "off")]).await;
    for path in [FORGOTTEN, RESET, PROVE] {
        world.browser().get(path).await.expect(404);
        ask(&world.program(), path, &json!({})).await.expect(404);
    }
    world.browser().post("/users/password/prove/again").await.expect(404);
    assert!(!world.browser().get("/users/login").await.expect(200).body.contains(FORGOTTEN));
    register(&world, GRACE).await.expect(202);
}

#[tokio::test]
async fn a_person_who_has_forgotten_a_password_sets_another_one() {
    // #34, #89
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    let (browser, before) = (world.browser(), world.browser());
    let form = [("login", GRACE), ("password", GOOD)];
    before.form("/users/password/login", &form).await.expect(303);
    before.post("/users/token").await.expect(200);
    let page = browser.get("/users/login").await.expect(200);
    assert!(page.body.contains("href=\"/users/password/forgotten\""), "{}", page.body);
    let page = browser.get(FORGOTTEN).await.expect(200);
    assert!(page.body.contains("autocomplete=\"username\""), "{}", page.body);
    let sent = browser.form(FORGOTTEN, &[("email", "Grace@Example.com")]).await.expect(200);
    assert!(sent.body.contains("Look into your mail"), "{}", sent.body);

    let (path, token) = link(&world, GRACE, 2).await;
    assert!(path.starts_with("/users/password/reset?token="), "{path}");
    // Whoever looks at it, and however often, uses nothing up.
    for method in ["GET", "HEAD", "GET"] {
        let page = browser.send(browser.request(method, &path)).await.expect(200);
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(method == "HEAD" || page.body.contains("autocomplete=\"new-password\""));
        assert!(!page.body.contains("https://") && page.cookies().is_empty(), "{}", page.body);
    }
    let ahead = browser.request("GET", &path).header("sec-purpose", "prefetch");
    browser.send(ahead).await.expect(503);
    let set = async |new: &str, again: &str, status: u16| {
        let form = [("token", token.as_str()), ("new_password", new), ("again", again)];
        browser.form(RESET, &form).await.expect(status)
    };
    let page = set(NEW, "other", 400).await;
    assert!(page.body.contains("not the same") && page.body.contains(&token));
    assert!(set("12345678", "12345678", 400).await.body.contains("most common"));
    assert!(set("grace@example.com", "grace@example.com", 400).await.body.contains("your name"));
    assert!(set(NEW, NEW, 200).await.body.contains("Your password was changed."));
    let dead = set(NEW, NEW, 400).await;
    assert!(dead.body.contains("does not work any more") && dead.body.contains(FORGOTTEN));

    // Everything that was opened with the old one has ended, and the address is theirs.
    before.post("/users/token").await.expect(401);
    sign_in(&world.program(), GRACE, GOOD).await.expect(401);
    let user = sign_in(&world.program(), GRACE, NEW).await.expect(200).json();
    assert_eq!(user["user"]["email_verified"], true);
    assert!(world.mail(GRACE, 3).await.subject.to_lowercase().contains("password"));
}

#[tokio::test]
async fn asking_for_a_mail_says_nothing_of_anybody() {
    // #84: proven, without a password, disabled, by a user name, only written down, and nobody; by the answer and by the calls.
    let wire = Wire::start().await;
    let world = World::with(&[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    world.program().sign_in("ada").await.expect(200);
    for email in [GRACE, "gone@example.com"] {
        register(&world, email).await.expect(202);
    }
    let gone = sign_in(&world.program(), "gone@example.com", GOOD).await.expect(200).json();
    user::disable(&world.table().await, gone["user"]["id"].as_str().unwrap(), world.now()).await.unwrap();
    let mut seen = Vec::new();
    for email in ["nobody@example.com", GRACE, "GRACE@example.com", "ada@example.com", "gone@example.com"] {
        wire.calls();
        let answer = forgotten(&world.program(), email).await.expect(202);
        assert_eq!(answer.cookies(), Vec::<&str>::new(), "{email}");
        // What sends the mail asks afterwards, and nobody waits for it.
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-password");
        seen.push((same(&answer), calls.map(|call| call.action).collect::<Vec<_>>()));
    }
    let expected = ["UpdateItem", "BatchGetItem", "BatchGetItem", "UpdateItem", "GetItem", "PutItem"];
    assert!(seen.iter().all(|one| one.0 == seen[0].0 && one.1 == expected), "{seen:?}");
    let mut pages = Vec::new();
    for email in ["nobody@example.com", GRACE] {
        pages.push(world.browser().form(FORGOTTEN, &[("email", email)]).await.expect(200).body);
    }
    assert_eq!(pages[0], pages[1]);
    world.mail(GRACE, 4).await;
    world.mail("ada@example.com", 1).await;
    for nobody in ["nobody@example.com", "nobody@mail.invalid"] {
        assert!(world.mails(nobody).await.is_empty());
    }
    assert_eq!(world.mails("gone@example.com").await.len(), 1, "that of the registration");
}

#[tokio::test]
async fn nobody_floods_an_inbox() {
    // #85: beyond a few, nothing is sent, and the answer is the same.
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    for _ in 0..7 {
        forgotten(&world.program(), GRACE).await.expect(202);
    }
    forgotten(&world.program(), "other@example.com").await.expect(202);
    world.mail(GRACE, 4).await;
    assert_eq!(world.mails(GRACE).await.len(), 4);
    // The last one counts, and from one place there is an end.
    let (_, token) = link(&world, GRACE, 4).await;
    for _ in 0..91 {
        forgotten(&world.program(), GRACE).await.expect(202);
    }
    let late = forgotten(&world.program(), GRACE).await.expect(429);
    assert!(late.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(world.mails(GRACE).await.len(), 4);
    world.pass(300);
    reset(&world.program(), &token, NEW).await.expect(200);
}

#[tokio::test]
async fn nobody_floods_a_mailbox_by_registering_with_spellings_of_its_address() {
    // #85
    let world = world().await;
    let spellings: Vec<_> = (0..12).map(|n| format!("grace+{n}@example.com")).collect();
    for spelling in &spellings {
        register(&world, spelling).await.expect(202);
    }
    register(&world, "grace@example.com").await.expect(202);
    world.mail("grace@example.com", 1).await;
    let mut sent = 0;
    for spelling in &spellings {
        sent += world.mails(spelling).await.len();
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn bad_input_is_refused_by_each_of_them() {
    let world = world().await;
    let program = world.program();
    let long = "x".repeat(300);
    for (path, body) in [
        (FORGOTTEN, json!({})),
        (FORGOTTEN, json!({"email": ""})),
        (FORGOTTEN, json!({"email": "grace"})),
        (FORGOTTEN, json!({"email": "grace\u{ff20}example.com"})),
        (FORGOTTEN, json!({"email": "\"e@attacker\"@victim.example"})),
        (FORGOTTEN, json!({"email": "grace@example.com\r\nBcc: eve@example.com"})),
        (FORGOTTEN, json!({"email": "grace@example.com, eve@example.com"})),
        (FORGOTTEN, json!({"email": format!("{long}@example.com")})),
        (FORGOTTEN, json!({"email": ["grace@example.com"]})),
        (FORGOTTEN, json!({"email": GRACE, "link": "https://evil.example.com"})),
        (FORGOTTEN, json!([GRACE])),
        (RESET, json!({})),
        (RESET, json!({"token": "x"})),
        (RESET, json!({"new_password": NEW})),
        (RESET, json!({"token": "", "new_password": NEW})),
        (RESET, json!({"token": "x.y", "new_password": NEW})),
        (RESET, json!({"token": long, "new_password": NEW})),
        (RESET, json!({"token": null, "new_password": NEW})),
        (RESET, json!({"token": "x", "new_password": NEW, "email": GRACE})),
        (PROVE, json!({})),
        (PROVE, json!({"token": "x"})),
        (PROVE, json!({"token": "x.y", "password": GOOD})),
        (PROVE, json!({"token": 1, "password": GOOD})),
        (PROVE, json!({"token": "x", "password": GOOD, "email": GRACE})),
    ] {
        let answer = ask(&program, path, &body).await;
        assert_eq!(answer.status, 400, "{path} {body}: {answer:?}");
        for secret in [GOOD, NEW, &long] {
            assert!(!answer.body.contains(secret), "{path} {body}");
        }
    }
    for path in [FORGOTTEN, RESET, PROVE] {
        for (kind, body, status) in [
            ("application/json", "", 400),
            ("application/json", r#"{"email": "a@example.com", "email": "b@example.com"}"#, 400),
            ("application/x-www-form-urlencoded", "email=a@example.com&email=b@example.com", 400),
            ("application/x-www-form-urlencoded", "token=a&token=b&password=x&new_password=x", 400),
            ("text/plain", "{}", 415),
        ] {
            let request = program.request("POST", path).header("content-type", kind).body(body);
            program.send(request).await.expect(status);
        }
    }
    for path in [RESET, PROVE] {
        for query in ["", "?token=", "?token=x", "?token=x.y", "?token=a&token=b", "?other=x"] {
            let page = world.browser().get(&format!("{path}{query}")).await.expect(400);
            assert!(page.body.contains("does not work any more"), "{path}{query}");
        }
    }
    assert!(world.mails(GRACE).await.is_empty());
}

#[tokio::test]
async fn pages_of_others_ask_for_nothing() {
    // #27, #28
    let world = World::with(&[("PASSWORDS", "on"), ("CORS_ORIGINS", "https://app.example.com")]).await;
    for path in [FORGOTTEN, RESET, PROVE, "/users/password/prove/again"] {
        other_sites::are_refused(&world.program(), path, &json!({"email": GRACE})).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_who_use_a_link_at_once_one_does() {
    // #89
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    forgotten(&world.program(), GRACE).await.expect(202);
    let (_, token) = link(&world, GRACE, 2).await;
    let all = (0..16).map(|n| {
        let (program, token) = (world.program(), token.clone());
        async move { (n, reset(&program, &token, &format!("a horse of number {n}")).await) }
    });
    let answers = join_all(all).await;
    let won: Vec<_> = answers.iter().filter(|(_, answer)| answer.status == 200).map(|(n, _)| n).collect();
    assert_eq!(won.len(), 1);
    let lost: Vec<_> = answers.iter().filter(|(_, it)| it.status != 200).map(|(_, it)| same(it)).collect();
    assert!(lost.iter().all(|answer| answer.0 == 400 && *answer == lost[0]), "{lost:?}");
    world.pass(300);
    sign_in(&world.program(), GRACE, &format!("a horse of number {}", won[0])).await.expect(200);
}

#[tokio::test]
async fn a_dead_link_is_one_answer_whatever_killed_it() {
    // #89
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    let (_, proof) = link(&world, GRACE, 1).await;
    forgotten(&world.program(), GRACE).await.expect(202);
    let (_, older) = link(&world, GRACE, 2).await;
    forgotten(&world.program(), GRACE).await.expect(202);
    let (_, changed) = link(&world, GRACE, 3).await;
    let refused = reset(&world.program(), "x", NEW).await.expect(400);
    for (why, token) in [("of another purpose", &proof), ("followed by another", &older)] {
        assert_eq!(same(&reset(&world.program(), token, NEW).await), same(&refused), "{why}");
    }
    assert_eq!(same(&prove(&world.program(), &changed, GOOD).await), same(&refused));
    // The password is changed by its person.
    let body = json!({"email": GRACE, "password": GOOD, "new_password": NEW});
    ask(&world.program(), "/users/password", &body).await.expect(200);
    assert_eq!(same(&reset(&world.program(), &changed, GOOD).await), same(&refused));
    assert_eq!(same(&prove(&world.program(), &proof, NEW).await), same(&refused));
    // And half an hour is over.
    forgotten(&world.program(), GRACE).await.expect(202);
    let (path, old) = link(&world, GRACE, 4).await;
    world.browser().get(&path).await.expect(200);
    world.pass(1800);
    assert_eq!(same(&reset(&world.program(), &old, NEW).await), same(&refused));
    world.browser().get(&path).await.expect(400);
    sign_in(&world.program(), GRACE, NEW).await.expect(200);
}

#[tokio::test]
async fn whoever_guesses_keeps_nobody_out_who_has_the_mail() {
    // #85
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    world.pass(300);
    for _ in 0..10 {
        sign_in(&world.program(), GRACE, "wrong horse").await.expect(401);
    }
    let owner = world.program();
    sign_in(&owner, GRACE, GOOD).await.expect(429);
    forgotten(&owner, GRACE).await.expect(202);
    let (_, token) = link(&world, GRACE, 2).await;
    reset(&owner, &token, NEW).await.expect(200);
    sign_in(&owner, GRACE, NEW).await.expect(200);
    sign_in(&world.program(), GRACE, NEW).await.expect(429);
}

#[tokio::test]
async fn an_address_is_proven_by_its_mail_and_the_password_together() {
    // #19, #93, #94
    let world = world().await;
    let (table, rights) =
        (world.table().await, Rights::parse("member=get:profile;editor=a:b", "", "member").unwrap());
    user::invite(&table, &rights, GRACE, &["editor".to_owned()], world.now()).await.unwrap();
    register(&world, GRACE).await.expect(202);
    let (path, token) = link(&world, GRACE, 1).await;
    assert!(path.starts_with("/users/password/prove?token="), "{path}");
    let browser = world.browser();
    for _ in 0..2 {
        let page = browser.get(&path).await.expect(200);
        assert!(page.body.contains(GRACE) && page.body.contains("autocomplete=\"current-password\""));
        assert_eq!(page.header("referrer-policy"), "same-origin");
    }
    let state = async || sign_in(&world.program(), GRACE, GOOD).await.expect(200).json()["user"].clone();
    assert_eq!(state().await["email_verified"], false);
    // Who reads the mails and did not register proves nothing for whoever did.
    let wrong = browser.form(PROVE, &[("token", &token), ("password", "wrong horse")]).await.expect(401);
    assert!(wrong.body.contains("password is wrong") && wrong.body.contains(&token));
    assert_eq!(state().await["email_verified"], false);
    let done = browser.form(PROVE, &[("token", &token), ("password", GOOD)]).await.expect(200);
    assert!(done.body.contains("Your e-mail address is confirmed"), "{}", done.body);
    browser.form(PROVE, &[("token", &token), ("password", GOOD)]).await.expect(400);
    let user = state().await;
    assert_eq!((&user["email_verified"], &user["roles"]), (&json!(true), &json!(["editor", "member"])));
    let answer = sign_in(&world.program(), GRACE, GOOD).await.expect(200).json();
    let me = world.program().bearer("/users/me", answer["token"].as_str().unwrap()).await.expect(200).json();
    assert_eq!((&me["email"], &me["email_verified"]), (&json!(GRACE), &json!(true)));
    // The trail has it.
    let events = audit::list(&table, &audit::Query::default(), 100, None, world.now()).await.unwrap().events;
    assert!(events.iter().any(|event| event.what == audit::What::AddressProven));
}

#[tokio::test]
async fn a_wrong_password_with_the_link_is_a_try_like_any_other() {
    // #85
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    let (_, token) = link(&world, GRACE, 1).await;
    world.pass(300);
    for _ in 0..10 {
        prove(&world.program(), &token, "wrong horse").await.expect(401);
    }
    prove(&world.program(), &token, GOOD).await.expect(429);
    sign_in(&world.program(), GRACE, GOOD).await.expect(429);
    world.pass(300);
    prove(&world.program(), &token, GOOD).await.expect(200);
}

#[tokio::test]
async fn whoever_has_the_address_already_is_told_and_nobody_else() {
    // #84
    let world = world().await;
    world.program().sign_in("ada").await.expect(200);
    let new = register(&world, GRACE).await.expect(202);
    for email in ["ada@example.com", GRACE] {
        assert_eq!(same(&register(&world, email).await), same(&new), "{email}");
    }
    for (email, count) in [("ada@example.com", 1), (GRACE, 2)] {
        let mail = world.mail(email, count).await;
        assert!(!mail.text.contains("token="), "{}", mail.text);
    }
    // The link of the one who is new still counts.
    let first = world.mails(GRACE).await.pop().unwrap();
    let token = first.link().split_once("?token=").unwrap().1.to_owned();
    prove(&world.program(), &token, GOOD).await.expect(200);
    // A user name is nobody's mailbox.
    register(&world, "grace").await.expect(201);
}

#[tokio::test]
async fn the_true_owner_who_came_by_a_provider_leaves_nothing_to_a_link() {
    // #94
    let stub = Stub::start().await;
    let world = World::with(&[&stub.settings()[..], &[("PASSWORDS", "on")]].concat()).await;
    register(&world, "victim@example.com").await.expect(202);
    let (_, proof) = link(&world, "victim@example.com", 1).await;
    forgotten(&world.program(), "victim@example.com").await.expect(202);
    let (_, again) = link(&world, "victim@example.com", 2).await;
    let claims = json!({"sub": "victim", "email": "victim@example.com", "email_verified": true});
    let owner = stub.sign_in(&world.program(), claims, world.now()).await.expect(200).json();
    prove(&world.program(), &proof, GOOD).await.expect(400);
    reset(&world.program(), &again, NEW).await.expect(400);
    // The owner may have a password too, because the address is proven for that account (#93).
    forgotten(&world.program(), "victim@example.com").await.expect(202);
    let (_, token) = link(&world, "victim@example.com", 3).await;
    reset(&world.program(), &token, NEW).await.expect(200);
    let user = sign_in(&world.program(), "victim@example.com", NEW).await.expect(200).json();
    assert_eq!(user["user"]["id"], owner["user"]["id"]);
}

#[tokio::test]
async fn a_reset_leaves_nothing_to_whoever_wrote_the_address_down() {
    // #94: the owner of the address comes by the mail.
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    let attacker = world.browser();
    attacker.form("/users/password/login", &[("login", GRACE), ("password", GOOD)]).await.expect(303);
    let client = world.client(client::Kind::Spa, |_| {}).await;
    let tokens: Value = world.tokens(&client, &world.person_in(&attacker).await).await;
    let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    forgotten(&world.program(), GRACE).await.expect(202);
    let (_, token) = link(&world, GRACE, 2).await;
    reset(&world.program(), &token, NEW).await.expect(200);
    attacker.post("/users/token").await.expect(401);
    world.refreshing(&client, &refresh).send(&world).await.expect(400);
    sign_in(&world.program(), GRACE, GOOD).await.expect(401);
}

#[tokio::test]
async fn a_link_leads_to_our_own_address_whatever_a_request_says() {
    // #89
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    let program = world.program();
    let request = program.request("POST", FORGOTTEN).header("content-type", "application/json");
    let request =
        request.header("x-forwarded-host", "evil.example.com").header("forwarded", "host=evil.example.com");
    program.send(request.body(json!({"email": GRACE}).to_string())).await.expect(202);
    link(&world, GRACE, 2).await;
}

#[tokio::test]
async fn somebody_who_is_signed_in_asks_for_the_link_once_more() {
    let world = world().await;
    register(&world, GRACE).await.expect(202);
    let browser = world.browser();
    browser.post("/users/password/prove/again").await.expect(303);
    browser.form("/users/password/login", &[("login", GRACE), ("password", GOOD)]).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    assert!(page.body.contains("action=\"/users/password/prove/again\""), "{}", page.body);
    let answer = browser.post("/users/password/prove/again").await.expect(303);
    assert_eq!(answer.location(), "/account?mailed");
    let page = browser.get(answer.location()).await.expect(200);
    assert!(page.body.contains("a mail is on its way"), "{}", page.body);
    let (_, token) = link(&world, GRACE, 2).await;
    prove(&world.program(), &token, GOOD).await.expect(200);
    let page = browser.get("/account").await.expect(200);
    assert!(!page.body.contains("/users/password/prove/again"));
}
