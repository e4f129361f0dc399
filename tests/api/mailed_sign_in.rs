//! Signing in by a mailed code or link: who asks, who guesses, and who comes in.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Agent, Answer, World, database::Wire, stub::Stub};

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

/// Everything that the function does: for somebody new, somebody who is gone, one of a provider whose address changes, an account that waits,
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

    let said = |email: &str| json!({"sub": "moves", "email": email});
    stub.sign_in(&program, said("moves@example.com"), world.now()).await.expect(200);
    let id = by_code(&world, "moves@example.com", 1).await["user"]["id"].as_str().unwrap().to_owned();
    stub.sign_in(&program, said("moved@example.com"), world.now()).await.expect(200);
    let user = user::find(&table, &id, world.now()).await.unwrap().unwrap();
    let first = user.identities[0].as_str();
    let unlinked = user::unlink(&table, &id, first, &["mail"], &[], world.now()).await.unwrap();
    assert_eq!(unlinked, user::Unlinked::Done);
    by_code(&world, "moves@example.com", 2).await;

    let rights = user::Rights::parse("member=get:profile", "", "member").unwrap();
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
async fn five_codes_may_be_typed_and_the_link_counts_on() {
    // #85
    let world = world().await;
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    let (typed, path) = (code(&world, GRACE, 1).await, link(&world, GRACE, 1).await);
    for _ in 0..5 {
        browser.form(CODE, &[("code", &wrong(&typed))]).await.expect(401);
    }
    browser.form(CODE, &[("code", &typed)]).await.expect(401);
    browser.form(LINK, &[("token", &token(&path))]).await.expect(303);
}

#[tokio::test]
async fn what_cannot_be_a_code_uses_no_try_up() {
    let world = world().await;
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    let typed = code(&world, GRACE, 1).await;
    for bad in ["", "12345", "1234567", "abcdef", "12345a", "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}"] {
        browser.form(CODE, &[("code", bad)]).await.expect(401);
    }
    browser.form(CODE, &[("code", &typed)]).await.expect(303);
}

#[tokio::test]
async fn wrong_used_late_and_asked_for_elsewhere_are_one_answer() {
    // #84, #89
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let first = code(&world, GRACE, 1).await;
    let is_wrong = same(&enter(&program, &wrong(&first)).await.expect(401));
    let elsewhere = enter(&world.program(), &first).await;
    // Asked for again: the first one counts no more.
    ask(&program, GRACE).await.expect(202);
    let second = code(&world, GRACE, 2).await;
    let replaced = enter(&program, if first == second { "x" } else { &first }).await;
    let kept = program.as_program();
    enter(&program, &second).await.expect(200);
    let used = enter(&kept, &second).await;
    ask(&program, "late@example.com").await.expect(202);
    let third = code(&world, "late@example.com", 1).await;
    let late_link = link(&world, "late@example.com", 1).await;
    world.pass(601);
    let late = enter(&program, &third).await;
    let all = [("elsewhere", elsewhere), ("replaced", replaced), ("used", used), ("late", late)];
    for (why, answer) in &all {
        assert_eq!(same(answer), is_wrong, "{why}");
    }
    world.browser().get(&late_link).await.expect(400);
    program.get(&late_link).await.expect(400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_type_one_code_at_once_one_comes_in() {
    // #89
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let typed = code(&world, GRACE, 1).await;
    let answers = join_all((0..64).map(|_| enter(&program, &typed))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [200, 401, 429].contains(&answer.status)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_follow_one_link_at_once_one_comes_in() {
    // #89
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let token = token(&link(&world, GRACE, 1).await);
    let body = json!({"token": token});
    let answers = join_all((0..64).map(|_| send(&program, LINK, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [200, 400].contains(&answer.status)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_wrong_codes_at_once_five_are_looked_at() {
    // #85: whoever has the right one afterwards finds it dead.
    let world = world().await;
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let typed = code(&world, GRACE, 1).await;
    let other = wrong(&typed);
    let answers = join_all((0..64).map(|_| enter(&program, &other))).await;
    assert!(answers.iter().all(|answer| [401, 429].contains(&answer.status)), "{answers:?}");
    world.pass(300);
    enter(&program, &typed).await.expect(401);
}

#[tokio::test]
async fn asking_for_a_mail_says_nothing_of_anybody() {
    // #84: known, unknown, disabled, invited, somebody of a provider; by the answer and by the calls.
    let wire = Wire::start().await;
    let settings =
        [("MAILED_SIGN_IN", "on"), ("MAILED_SIGNUP", "off"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)];
    let world = World::with(&settings).await;
    let (table, rights) = (world.table().await, user::Rights::parse("member=a:b", "", "").unwrap());
    let member = ["member".to_owned()];
    for invited in [GRACE, "gone@example.com", "invited@example.com"] {
        user::invite(&table, &rights, invited, &member, world.now()).await.unwrap();
    }
    for known in [GRACE, "gone@example.com"] {
        let id = by_code(&world, known, 1).await["user"]["id"].as_str().unwrap().to_owned();
        if known != GRACE {
            user::disable(&table, &id, world.now()).await.unwrap();
        }
    }
    world.program().sign_in("ada").await.expect(200);
    let mut seen = Vec::new();
    let all = ["nobody@example.com", GRACE, "gone@example.com", "invited@example.com", "ada@example.com"];
    for email in all {
        wire.calls();
        let answer = ask(&world.program(), email).await.expect(202);
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-mailed");
        assert_eq!(answer.cookies().len(), 1, "{answer:?}");
        seen.push((same(&answer), calls.map(|call| call.action).collect::<Vec<_>>()));
    }
    let expected = ["UpdateItem", "BatchGetItem", "BatchGetItem", "UpdateItem", "UpdateItem", "PutItem"];
    assert!(seen.iter().all(|one| one.0 == seen[0].0 && one.1 == expected), "{seen:?}");
    for (email, mails) in [(GRACE, 2), ("invited@example.com", 1), ("ada@example.com", 1)] {
        world.mail(email, mails).await;
    }
    assert!(world.mails("nobody@example.com").await.is_empty());
    assert!(world.mails("nobody@mail.invalid").await.is_empty());
    assert_eq!(world.mails("gone@example.com").await.len(), 1, "that of before");
}

#[tokio::test]
async fn each_step_asks_the_table_so_often() {
    let wire = Wire::start().await;
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)]).await;
    by_code(&world, GRACE, 1).await;
    let browser = world.browser();
    let calls = || {
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-mailed");
        calls.map(|call| call.action).collect::<Vec<_>>()
    };
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    let (typed, path) = (code(&world, GRACE, 2).await, link(&world, GRACE, 2).await);
    calls();
    browser.get(CODE).await.expect(200);
    assert_eq!(calls(), Vec::<&str>::new());
    browser.get(&path).await.expect(200);
    assert_eq!(calls(), ["GetItem"]);
    world.browser().get(&path).await.expect(400);
    world.browser().form(CODE, &[("code", &typed)]).await.expect(401);
    assert_eq!(calls(), Vec::<&str>::new(), "nothing is looked up for whoever did not ask (#105)");
    browser.form(CODE, &[("code", &wrong(&typed))]).await.expect(401);
    assert_eq!(calls(), ["UpdateItem", "GetItem", "PutItem", "UpdateItem"]);
    browser.form(CODE, &[("code", &typed)]).await.expect(303);
    let counted = ["UpdateItem", "GetItem", "PutItem", "UpdateItem", "UpdateItem"];
    let found = ["BatchGetItem", "BatchGetItem", "GetItem", "UpdateItem"];
    assert_eq!(calls(), [&counted[..], &found, &["PutItem"]].concat());
}

#[tokio::test]
async fn nobody_floods_an_inbox_and_whoever_is_known_there_gets_their_mail() {
    // #85: beyond a few, nothing is sent, and the answer is the same.
    let world = world().await;
    let known = world.program();
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 1).await).await.expect(200);
    let stranger = world.program();
    for _ in 0..6 {
        ask(&stranger, GRACE).await.expect(202);
    }
    world.mail(GRACE, 3).await;
    assert_eq!(world.mails(GRACE).await.len(), 3, "of one place, with that of before");
    // The last one counts where it was asked for.
    enter(&stranger, &code(&world, GRACE, 3).await).await.expect(200);
    ask(&world.program(), GRACE).await.expect(202);
    assert_eq!(world.mails(GRACE).await.len(), 3);
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 4).await).await.expect(200);
}

#[tokio::test]
async fn a_place_has_so_many_requests_for_whatever_address() {
    // #85
    let world = world().await;
    for n in 0..100 {
        ask(&world.program(), &format!("person-{n}@example.com")).await.expect(202);
    }
    let late = ask(&world.program(), GRACE).await.expect(429);
    assert!(late.header("retry-after").parse::<u32>().unwrap() > 0);
    let page = world.browser().form(ASK, &[("email", GRACE)]).await.expect(429);
    assert!(page.body.contains("tried too often") && page.body.contains(GRACE), "{}", page.body);
}

#[tokio::test]
async fn whoever_guesses_codes_has_ten_tries_in_all_and_keeps_nobody_out_who_is_known() {
    // #85
    let world = world().await;
    let known = world.program();
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 1).await).await.expect(200);
    world.pass(1800);
    let mut statuses = Vec::new();
    for mails in 2..=4 {
        let guesser = world.program();
        ask(&guesser, GRACE).await.expect(202);
        let typed = wrong(&code(&world, GRACE, mails).await);
        for _ in 0..5 {
            statuses.push(enter(&guesser, &typed).await.status);
        }
    }
    assert_eq!(statuses, [[401; 5], [401; 5], [429; 5]].concat());
    ask(&known, GRACE).await.expect(202);
    enter(&known, &code(&world, GRACE, 5).await).await.expect(200);
    // Who is not known has the link, which nobody can guess.
    world.pass(1800);
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    browser.form(LINK, &[("token", &token(&link(&world, GRACE, 6).await))]).await.expect(303);
}

#[tokio::test]
async fn bad_input_is_refused_by_each_of_them() {
    let world = world().await;
    let program = world.program();
    let long = "x".repeat(300);
    for (path, body, status) in [
        (ASK, json!({}), 400),
        (ASK, json!({"email": ""}), 400),
        (ASK, json!({"email": "grace"}), 400),
        (ASK, json!({"email": "grace\u{ff20}example.com"}), 400),
        (ASK, json!({"email": "gr\u{200b}ace@example.com"}), 400),
        (ASK, json!({"email": "\"e@attacker\"@victim.example"}), 400),
        (ASK, json!({"email": "grace@example.com\r\nBcc: eve@example.com"}), 400),
        (ASK, json!({"email": "grace@example.com, eve@example.com"}), 400),
        (ASK, json!({"email": format!("{long}@example.com")}), 400),
        (ASK, json!({"email": [GRACE]}), 400),
        (ASK, json!({"email": null}), 400),
        (ASK, json!({"email": GRACE, "link": "https://evil.example.com"}), 400),
        (ASK, json!([GRACE]), 400),
        (CODE, json!({}), 400),
        (CODE, json!({"code": 123_456}), 400),
        (CODE, json!({"code": null}), 400),
        (CODE, json!({"code": "123456", "email": GRACE}), 400),
        (CODE, json!({"code": ""}), 401),
        (CODE, json!({"code": long}), 401),
        (CODE, json!({"code": "123456"}), 401),
        (LINK, json!({}), 400),
        (LINK, json!({"token": ""}), 400),
        (LINK, json!({"token": "x"}), 400),
        (LINK, json!({"token": long}), 400),
        (LINK, json!({"token": 1}), 400),
        (LINK, json!({"token": "x", "email": GRACE}), 400),
    ] {
        let answer = send(&program, path, &body).await;
        assert_eq!(answer.status, status, "{path} {body}: {answer:?}");
        assert!(!answer.body.contains(&long) && answer.cookies().is_empty(), "{path} {body}");
    }
    for path in [ASK, CODE, LINK] {
        for (kind, body, status) in [
            ("application/json", "", 400),
            ("application/json", r#"{"email": "a@example.com", "email": "b@example.com"}"#, 400),
            ("application/json", r#"{"code": "123456", "code": "123457"}"#, 400),
            (
                "application/x-www-form-urlencoded",
                "email=a@example.com&email=b@example.com&code=1&code=2&token=x&token=y",
                400,
            ),
            ("text/plain", "{}", 415),
        ] {
            let request = program.request("POST", path).header("content-type", kind).body(body);
            program.send(request).await.expect(status);
        }
    }
    let browser = world.browser();
    browser.form(ASK, &[("email", GRACE)]).await.expect(303);
    for query in ["", "?token=", "?token=x", "?token=a&token=b", "?other=x"] {
        let page = browser.get(&format!("{LINK}{query}")).await.expect(400);
        assert!(page.body.contains("only in the browser in which you asked"), "{query}");
    }
    // What a browser brings back changed is nobody's.
    let request = world.program().request("POST", CODE).header("content-type", "application/json");
    let request = request.header("cookie", "__Host-mailed-123456789=1800000000.AAAA");
    world.program().send(request.body(r#"{"code": "123456"}"#)).await.expect(401);
}

#[tokio::test]
async fn pages_of_others_ask_for_nothing() {
    // #27, #28
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("CORS_ORIGINS", "https://app.example.com")]).await;
    for path in [ASK, CODE, LINK] {
        for (header, value) in [
            ("origin", "https://app.example.com"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = world.program().request("POST", path).header("content-type", "application/json");
            let request = request.header(header, value).body(json!({"email": GRACE}).to_string());
            world.program().send(request).await.expect(403);
        }
    }
    assert!(world.mails(GRACE).await.is_empty());
}

#[tokio::test]
async fn the_link_leads_to_our_own_address_and_on_to_places_that_are_allowed() {
    // #22, #89
    let world = world().await;
    let program = world.program();
    let request = program.request("POST", ASK).header("content-type", "application/json");
    let request =
        request.header("x-forwarded-host", "evil.example.com").header("forwarded", "host=evil.example.com");
    program.send(request.body(json!({"email": GRACE}).to_string())).await.expect(202);
    link(&world, GRACE, 1).await;
    let browser = world.browser();
    for (count, evil) in [(1, "https://evil.example.com/"), (2, "//evil.example.com")] {
        let form = [("email", "eve@example.com"), ("return_to", evil)];
        browser.form(ASK, &form).await.expect(303);
        let entered = browser.form(CODE, &[("code", &code(&world, "eve@example.com", count).await)]).await;
        assert_eq!(entered.expect(303).location(), "/", "{evil}");
    }
}

#[tokio::test]
async fn the_table_has_neither_code_nor_link_nor_address() {
    // #89, #106: only HMACs under a key of the server.
    let wire = Wire::start().await;
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("DYNAMODB_ENDPOINT", &*wire.endpoint)]).await;
    ask(&world.program(), GRACE).await.expect(202);
    let (typed, path) = (code(&world, GRACE, 1).await, link(&world, GRACE, 1).await);
    let rows = wire.rows_of("MAILEDSIGNIN").await;
    assert_eq!(rows.len(), 1);
    let row = format!("{rows:?}");
    for secret in [&typed, &token(&path), "grace"] {
        assert!(!row.contains(secret), "{secret}: {row}");
    }
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
