//! Signing in by a mailed code or link: who asks, who guesses, and who comes in.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Agent, Answer, World, database::Wire, stub::Stub};
use user::bulk::{self, Account, AccountIdentity};

mod asking;
mod guessing;
mod input;
mod people;

pub(crate) const ASK: &str = "/users/mailed";
pub(crate) const CODE: &str = "/users/mailed/code";
pub(crate) const LINK: &str = "/users/mailed/link";
const GRACE: &str = "grace@example.com";

async fn world() -> World {
    World::with(&[("MAILED_SIGN_IN", "on")]).await
}

/// A program of ours asks.
async fn send(agent: &Agent, path: &str, body: &Value) -> Answer {
    let request = agent.request("POST", path).header("content-type", "application/json");
    agent.send(request.body(body.to_string())).await
}

async fn ask(agent: &Agent, email: &str) -> Answer {
    send(agent, ASK, &json!({"email": email})).await
}

async fn enter(agent: &Agent, code: &str) -> Answer {
    send(agent, CODE, &json!({"code": code})).await
}

/// The code in the newest mail to an address, where there are this many.
pub(crate) async fn code(world: &World, to: &str, count: usize) -> String {
    world.mail(to, count).await.code().to_owned()
}

/// The path of its link.
pub(crate) async fn link(world: &World, to: &str, count: usize) -> String {
    let mail = world.mail(to, count).await;
    mail.link().strip_prefix(&world.cloud.url).expect("the host of BASE_URL").to_owned()
}

/// The token in that.
fn token(path: &str) -> String {
    path.split_once("?token=").unwrap().1.to_owned()
}

/// A code that is another one.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Comes in by a mailed code, as a program: what it was told.
async fn by_code(world: &World, email: &str, count: usize) -> Value {
    let program = world.program();
    ask(&program, email).await.expect(202);
    enter(&program, &code(world, email, count).await).await.expect(200).json()
}

/// All of an answer that may differ is the id of its request.
fn same(answer: &Answer) -> (u16, String, BTreeSet<String>) {
    let mut body: Value = answer.json();
    body.as_object_mut().unwrap().remove("request_id");
    let headers = answer.headers.keys().map(|name| name.as_str().to_owned());
    (answer.status, body.to_string(), headers.filter(|name| name != "date").collect())
}

/// Everything that the function does: for somebody new, somebody who is gone, one of a provider, one whose address changes, an account that waits,
/// in browsers with sessions that count and that count no more, by a link, and where somebody else wrote the address down.
pub(crate) async fn everything(wire: &Wire, stub: &Stub) {
    let more = [("MAILED_SIGN_IN", "on"), ("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)];
    let world = World::with(&[&stub.settings()[..], &more].concat()).await;
    let (table, program) = (world.table().await, world.program());
    let gone = by_code(&world, "fresh@example.com", 1).await["user"]["id"].as_str().unwrap().to_owned();
    for row in wire.rows_of("USER").await {
        if row["pk"]["S"] == format!("USER#{gone}") {
            wire.delete("latchkey", &row).await;
        }
    }
    by_code(&world, "fresh@example.com", 2).await;

    let said = json!({"sub": "known", "email": "known@example.com"});
    stub.sign_in(&program, said, world.now()).await.expect(200);
    by_code(&world, "known@example.com", 1).await;

    // By the word of whoever runs this, they come by the mails of one address and have another one, which they leave.
    let rights = user::Rights::parse("member=get:profile", "", "member").unwrap();
    let mails = AccountIdentity {
        provider: "mail".to_owned(),
        issuer: user::by_mail::ISSUER.to_owned(),
        subject: "moves@example.com".to_owned(),
    };
    let moves = Account {
        email: Some("moved@example.com".to_owned()),
        email_verified: true,
        identities: vec![mails],
        ..Account::default()
    };
    bulk::import(&table, &rights, &[moves], false, world.now()).await.unwrap().remove(0).unwrap();
    by_code(&world, "moves@example.com", 1).await;

    let waits = user::manage::NewPerson { email: "awaited@example.com".to_owned(), ..Default::default() };
    user::manage::create(&table, &rights, &waits, user::manage::NO_TRAIL, world.now()).await.unwrap();
    by_code(&world, "awaited@example.com", 1).await;

    let browser = world.browser();
    for count in 1..=3 {
        browser.form(ASK, &[("email", GRACE)]).await.expect(303);
        let (typed, path) = (code(&world, GRACE, count).await, link(&world, GRACE, count).await);
        browser.get(&path).await.expect(200);
        match count {
            1 => browser.form(LINK, &[("token", &token(&path))]).await.expect(303),
            _ => browser.form(CODE, &[("code", &typed)]).await.expect(303),
        };
        if count == 1 {
            crate::permissions::note(&world, &browser).await;
        } else {
            let id = world.session(&browser).await.user_id;
            user::end_everywhere(&table, &id, world.now()).await.unwrap().unwrap();
        }
    }
    let form = json!({"email": "written@example.com", "password": "a horse that counts"});
    send(&program, "/users/register", &form).await.expect(202);
    let squatter = world.browser();
    let form = [("login", "written@example.com"), ("password", "a horse that counts")];
    squatter.form("/users/password/login", &form).await.expect(303);
    crate::permissions::note(&world, &squatter).await;
    by_code(&world, "written@example.com", 2).await;
}

#[tokio::test]
async fn where_it_is_off_there_is_none_of_it() {
    let world = World::start().await;
    for (method, path) in
        [("GET", ASK), ("POST", ASK), ("GET", CODE), ("POST", CODE), ("GET", LINK), ("POST", LINK)]
    {
        let answer = world.program().send(world.program().request(method, path)).await;
        assert!([401, 404, 405].contains(&answer.status), "{method} {path}: {answer:?}");
    }
    world.browser().get("/users/login").await.expect(303);
    assert!(!world.browser().get("/").await.expect(200).body.contains(ASK));
}

#[tokio::test]
async fn it_does_not_start_without_mails() {
    let refused = World::try_with(&[("MAILED_SIGN_IN", "on"), ("MAIL", "off")]).await.unwrap_err();
    assert!(refused.to_string().contains("MAILED_SIGN_IN is on, and MAIL is off"), "{refused}");
}

#[tokio::test]
async fn a_person_signs_in_by_the_code_and_goes_where_they_wanted() {
    let world = world().await;
    let browser = world.browser();
    let page = browser.get("/users/login?return_to=%2Faccount&login_hint=g%40example.com").await.expect(200);
    assert!(
        page.body.contains("action=\"/users/mailed\"") && page.body.contains("g@example.com"),
        "{}",
        page.body
    );
    let page = browser.get(&format!("{ASK}?return_to=%2Faccount")).await.expect(200);
    assert!(page.body.contains("autocomplete=\"username\""), "{}", page.body);
    let sent =
        browser.form(ASK, &[("email", " Grace@Example.com"), ("return_to", "/account")]).await.expect(303);
    assert_eq!(sent.location(), CODE);
    let page = browser.get(CODE).await.expect(200);
    for part in ["autocomplete=\"one-time-code\"", "inputmode=\"numeric\"", GRACE] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let code = code(&world, GRACE, 1).await;
    let again = browser.form(CODE, &[("code", &wrong(&code))]).await.expect(401);
    assert!(again.body.contains("role=\"alert\"") && again.body.contains("one-time-code"), "{}", again.body);
    let entered =
        browser.form(CODE, &[("code", &format!(" {} {}", &code[..3], &code[3..]))]).await.expect(303);
    assert_eq!(entered.location(), "/account");
    let account = browser.get("/account").await.expect(200);
    assert!(account.body.contains(GRACE) && account.body.contains("Code by e-mail"), "{}", account.body);
    // It has counted once, and the browser has forgotten it.
    assert_eq!(browser.get(CODE).await.expect(303).location(), ASK);
    browser.form(CODE, &[("code", &code)]).await.expect(401);
}

#[tokio::test]
async fn a_program_signs_in_and_gets_a_token_that_says_that_the_address_is_theirs() {
    let world = world().await;
    let first = by_code(&world, GRACE, 1).await;
    assert_eq!(first["user"]["email_verified"], true);
    assert_eq!(first["user"]["roles"], json!(["member"]));
    let me = world.program().bearer("/users/me", first["token"].as_str().unwrap()).await.expect(200).json();
    assert_eq!((&me["id"], &me["email"]), (&first["user"]["id"], &json!(GRACE)));
    // In whatever spelling: it goes to the address as it is stored.
    let program = world.program();
    ask(&program, "GRACE@example.com").await.expect(202);
    let second = enter(&program, &code(&world, GRACE, 2).await).await.expect(200).json();
    assert_eq!(second["user"]["id"], first["user"]["id"]);
}

#[tokio::test]
async fn the_link_shows_a_page_and_only_its_form_signs_in() {
    // #89: programs that look through mails open links, and use nothing up.
    let world = world().await;
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE), ("return_to", "/account")]).await.expect(303);
    let path = link(&world, GRACE, 1).await;
    assert!(path.starts_with("/users/mailed/link?token="), "{path}");
    for method in ["GET", "HEAD", "GET"] {
        let page = browser.send(browser.request(method, &path)).await.expect(200);
        assert_eq!(
            (page.header("referrer-policy"), page.header("cache-control")),
            ("same-origin", "no-store")
        );
        assert!(page.cookies().is_empty() && !page.body.contains("https://"), "{page:?}");
        assert!(method == "HEAD" || page.body.contains("name=\"token\""), "{}", page.body);
    }
    let ahead = browser.request("GET", &path).header("sec-purpose", "prefetch");
    browser.send(ahead).await.expect(503);
    let token = token(&path);
    let entered = browser.form(LINK, &[("token", &token)]).await.expect(303);
    assert_eq!(entered.location(), "/account");
    browser.post("/users/token").await.expect(200);
    browser.form(LINK, &[("token", &token)]).await.expect(400);
    // And the code that was beside it is used too.
    browser.form(CODE, &[("code", &code(&world, GRACE, 1).await)]).await.expect(401);
}

#[tokio::test]
async fn code_and_link_count_in_the_browser_that_asked_and_nowhere_else() {
    // #89
    let world = world().await;
    let (asked, other) = (world.browser(), world.browser());
    asked.form(ASK, &[("email", GRACE)]).await.expect(303);
    let (path, typed) = (link(&world, GRACE, 1).await, code(&world, GRACE, 1).await);
    for stranger in [&other, &{
        // One that asked for a mail too, to another address.
        let stranger = world.browser();
        stranger.form(ASK, &[("email", "eve@example.com")]).await.expect(303);
        stranger
    }] {
        let page = stranger.get(&path).await.expect(400);
        assert!(page.body.contains("only in the browser in which you asked"), "{}", page.body);
        assert!(page.body.contains(ASK), "{}", page.body);
        stranger.form(LINK, &[("token", &token(&path))]).await.expect(400);
        stranger.form(CODE, &[("code", &typed)]).await.expect(401);
    }
    asked.form(CODE, &[("code", &typed)]).await.expect(303);
}

#[tokio::test]
async fn the_commands_of_the_documentation_do_what_it_says() {
    let world = world().await;
    let text = include_str!("../../docs/mailed-sign-in.md");
    let lines: Vec<_> = text.lines().collect();
    // One jar of cookies, as there.
    let (program, mut ran) = (world.program(), 0);
    for pair in lines.windows(2).filter(|pair| pair[1].starts_with("curl ")) {
        let said = pair[0].split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 3).unwrap();
        let path = pair[1].split("$LATCHKEY").nth(1).unwrap().split(' ').next().unwrap();
        let body = pair[1].split("-d '").nth(1).unwrap().trim_end_matches('\'');
        let body = match body.contains("$code") {
            true => body.replace("'$code'", &code(&world, GRACE, 1).await),
            false => body.to_owned(),
        };
        let answer = send(&program, path, &serde_json::from_str(&body).unwrap()).await;
        let answer = answer.expect(said.parse().unwrap()).json();
        assert_eq!(answer["token"].is_string(), said == "200", "{}", pair[1]);
        ran += 1;
    }
    assert_eq!(ran, 3);
}
