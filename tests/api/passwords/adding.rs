//! A password for somebody who comes in another way.

use futures_util::future::join_all;
use oauth::Identity;
use serde_json::{Value, json};
use tests::{Agent, Answer, World, database::Wire, stub::Stub};
use user::Rights;

use super::{GOOD, register, sign_in, world};
use crate::admin;

const PAGE: &str = "/users/password";
const ADD: &str = "/users/password/add";
const AGAIN: &str = "/users/login?prompt=login&return_to=%2Fusers%2Fpassword";
const SIGN_IN: &str = "/users/login?return_to=%2Fusers%2Fpassword";
const ADA: &str = "ada@example.com";

/// Somebody in a browser of their own, who has just signed in at a provider.
async fn somebody(world: &World, person: &str) -> Agent {
    let browser = world.browser();
    enter(&browser, person).await;
    browser
}

async fn enter(browser: &Agent, person: &str) {
    let url = browser.start("/users/login/google").await;
    browser.get(&browser.pick(&url, person).await).await.expect(303);
}

async fn ada(world: &World) -> Agent {
    somebody(world, "ada").await
}

/// Signs somebody in of whom the stub says this.
async fn enter_as(world: &World, stub: &Stub, browser: &Agent, said: Value) -> String {
    let begun = browser.start("/users/login/evil").await;
    browser.get(&stub.agree(&begun, said, world.now())).await.expect(303);
    world.session(browser).await.user_id
}

/// What the form has for whom it was made.
async fn shown(browser: &Agent) -> (String, String) {
    let page = browser.get(PAGE).await.expect(200);
    let field = |name: &str| page.field_before(name, ">Add a password</button>");
    (field("session"), field("address"))
}

async fn send(browser: &Agent, (session, address): &(String, String), new: &str, again: &str) -> Answer {
    let form = [("session", session.as_str()), ("address", address), ("new_password", new), ("again", again)];
    browser.form(ADD, &form).await
}

/// Opens the page and adds this password.
async fn add(browser: &Agent, password: &str) -> Answer {
    let shown = shown(browser).await;
    send(browser, &shown, password, password).await
}

/// What the trail says of somebody, the latest first.
async fn trail(world: &World, id: &str) -> Vec<String> {
    let query = audit::Query { of: Some(id), ..audit::Query::default() };
    let events = audit::list(&world.table().await, &query, 10, None, world.now()).await.unwrap().events;
    events.iter().map(|event| event.what.as_str().to_owned()).collect()
}

/// Who signs in with this name and password.
async fn who(world: &World, name: &str, password: &str) -> String {
    let answer = sign_in(&world.program(), name, password).await.expect(200).json();
    assert_eq!(answer["user"]["email_verified"], true);
    answer["user"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_of_a_provider_adds_a_password_signs_in_with_it_and_removes_it() {
    // #26, #95
    let world = world().await;
    let (browser, other) = (ada(&world).await, ada(&world).await);
    let id = world.session(&browser).await.user_id;
    let page = browser.get("/account").await.expect(200);
    assert_eq!(page.link("Add a password"), PAGE);
    let page = browser.get(PAGE).await.expect(200);
    assert!(page.body.contains("You have no password here.") && page.body.contains("<b>ada@example.com</b>"));
    assert!(page.body.contains("autocomplete=\"new-password\"") && !page.body.contains("current-password"));
    assert_eq!(page.header("referrer-policy"), "same-origin");

    let done = add(&browser, GOOD).await.expect(303);
    assert_eq!(done.location(), "/users/password?added");
    let page = browser.get(done.location()).await.expect(200);
    assert!(page.body.contains("Your password was added.") && page.body.contains("current-password"));
    for spelling in [ADA, "ADA@Example.com"] {
        assert_eq!(who(&world, spelling, GOOD).await, id);
    }
    // One more way in ends nothing, and its person hears of it.
    for browser in [&browser, &other] {
        browser.post("/users/token").await.expect(200);
    }
    assert_eq!(world.mail(ADA, 1).await.subject, "A way to sign in was added");
    assert!(!browser.get("/account").await.expect(200).body.contains("Add a password"));

    world.pass(1);
    let page = browser.get("/account").await.expect(200);
    let value = page.field_before("request", "aria-label=\"Remove the sign-in with Password\"");
    let answer = browser.form("/account", &[("request", &value)]).await.expect(303);
    assert_eq!(answer.location(), "/account?unlinked");
    let mail = world.mail(ADA, 2).await;
    assert_eq!(mail.subject, "A way to sign in was removed");
    assert!(mail.text.contains("\nA password\n") && mail.text.contains("If this was not you"), "{mail:?}");
    sign_in(&world.program(), ADA, GOOD).await.expect(401);
    let mut trail = trail(&world, &id).await;
    trail.retain(|what| what != "roles_changed");
    assert_eq!(trail, ["identity_unlinked", "identity_linked"]);
    // Their sign-in has added one, and adds no second one.
    assert_eq!(add(&browser, GOOD).await.expect(303).location(), AGAIN);
    sign_in(&world.program(), ADA, GOOD).await.expect(401);
    world.pass(1);
    enter(&browser, "ada").await;
    assert_eq!(add(&browser, GOOD).await.expect(303).location(), "/users/password?added");
    assert_eq!(who(&world, ADA, GOOD).await, id);
}

#[tokio::test]
async fn either_way_in_may_go_and_the_last_one_stays() {
    // #95
    let world = world().await;
    let browser = ada(&world).await;
    let id = world.session(&browser).await.user_id;
    add(&browser, GOOD).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    let of = |label: &str| {
        page.field_before("request", &format!("aria-label=\"Remove the sign-in with {label}\""))
    };
    let (google, password) = (of("Google"), of("Password"));
    let answer = browser.form("/account", &[("request", &google)]).await.expect(303);
    assert_eq!(answer.location(), "/account?unlinked");
    let answer = browser.form("/account", &[("request", &password)]).await.expect(303);
    assert_eq!(answer.location(), "/account?last");
    assert_eq!(who(&world, ADA, GOOD).await, id);
    assert_ne!(world.session(&ada(&world).await).await.user_id, id, "somebody new");
    assert_eq!(who(&world, ADA, GOOD).await, id, "whose address it is loses nothing to them (#93)");
}

#[tokio::test]
async fn a_password_is_added_only_in_the_session_that_acts_and_by_a_sign_in_of_the_last_minutes() {
    // #26, #27, #29
    let world = world().await;
    let browser = ada(&world).await;
    let shown = shown(&browser).await;
    let (session, address) = &shown;
    let nobody = world.browser();
    assert_eq!(nobody.get(PAGE).await.expect(303).location(), SIGN_IN);
    assert_eq!(send(&nobody, &shown, GOOD, GOOD).await.expect(303).location(), SIGN_IN);
    assert_eq!(browser.get(ADD).await.expect(404).body.matches(GOOD).count(), 0);
    let alan = somebody(&world, "alan").await;
    for (what, session, address) in [
        ("another session", world.session(&alan).await.id.as_str(), address.as_str()),
        ("no session", "", address),
        ("another address", session, "alan@example.com"),
        ("no address", session, ""),
        ("no address at all", session, "ada\u{ff20}example.com"),
    ] {
        let answer = send(&browser, &(session.to_owned(), address.to_owned()), GOOD, GOOD).await;
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
        assert!(answer.body.contains("made for another sign-in"), "{what}: {answer:?}");
    }
    // Hers in the browser of somebody else.
    assert_eq!(send(&alan, &shown, GOOD, GOOD).await.status, 400);
    for missing in ["session", "address", "new_password", "again"] {
        let all =
            [("session", session.as_str()), ("address", address), ("new_password", GOOD), ("again", GOOD)];
        let form: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
        assert_eq!(browser.form(ADD, &form).await.status, 400, "{missing}");
    }
    for (header, value) in
        [("origin", "https://evil.example.com"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        let body = format!("session={session}&address={address}&new_password={GOOD}&again={GOOD}");
        let request =
            browser.request("POST", ADD).header("content-type", "application/x-www-form-urlencoded");
        browser.send(request.header(header, value).body(body)).await.expect(403);
    }
    world.pass(301);
    let page = browser.get(PAGE).await.expect(200);
    assert!(
        page.body.contains("sign in again first")
            && !page.body.contains("<form method=\"post\" action=\"/users/password")
    );
    assert_eq!(page.link("Sign in again"), AGAIN);
    assert_eq!(send(&browser, &shown, GOOD, GOOD).await.expect(303).location(), AGAIN);
    let id = world.session(&browser).await.user_id;
    user::end_everywhere(&world.table().await, &id, world.now()).await.unwrap();
    assert_eq!(send(&browser, &shown, GOOD, GOOD).await.expect(303).location(), SIGN_IN);
    sign_in(&world.program(), ADA, GOOD).await.expect(401);
    assert_eq!(
        trail(&world, &id).await,
        ["roles_changed"],
        "as an administrator of the settings, when she came"
    );
}

#[tokio::test]
async fn what_cannot_be_chosen_shows_the_form_again_and_uses_nothing_up() {
    // #87
    let world = world().await;
    let browser = ada(&world).await;
    let shown = shown(&browser).await;
    let long = "x".repeat(1025);
    for (new, again, said) in [
        (GOOD, "another", "not the same"),
        ("1234567", "1234567", "at least 8"),
        (&long, &long, "1,024"),
        ("password1", "password1", "most common"),
        ("Ada Lovelace", "Ada Lovelace", "your name"),
        ("ada@example.com", "ada@example.com", "your name"),
        ("", "", "at least 8"),
    ] {
        let page = send(&browser, &shown, new, again).await.expect(400);
        assert!(page.body.contains(said) && page.body.contains("role=\"alert\""), "{new}: {page:?}");
        assert!(
            page.body.contains("name=\"new_password\"") && !page.body.contains("name=\"new_password\" value")
        );
    }
    send(&browser, &shown, GOOD, GOOD).await.expect(303);
    // There is one now: it is changed by whoever knows it, and not by this form.
    let page = send(&browser, &shown, "yet another horse", "yet another horse").await.expect(409);
    assert!(page.body.contains("has a password already"), "{page:?}");
    who(&world, ADA, GOOD).await;
}

#[tokio::test]
async fn an_address_that_is_somebody_elses_or_not_proven_gets_no_password() {
    // #93
    let stub = Stub::start().await;
    let world = World::with(&[&stub.settings()[..], &[("PASSWORDS", "on")]].concat()).await;
    let (browser, second) = (world.browser(), world.browser());
    let said = |sub: &str| json!({"sub": sub, "email": ADA, "email_verified": true});
    // Two people for whom one address is vouched: it is the first one's.
    let first = enter_as(&world, &stub, &browser, said("first")).await;
    assert_ne!(enter_as(&world, &stub, &second, said("second")).await, first);
    let page = add(&second, GOOD).await.expect(409);
    assert!(page.body.contains("belongs to another account here") && !page.body.contains(&first), "{page:?}");
    add(&browser, GOOD).await.expect(303);
    // Who comes with the same address takes nothing from whose it is.
    enter_as(&world, &stub, &second, said("second")).await;
    enter_as(&world, &stub, &world.browser(), said("third")).await;
    assert_eq!(who(&world, ADA, GOOD).await, first);
    browser.post("/users/token").await.expect(200);

    let eve = world.browser();
    let claims = json!({"sub": "unproven", "email": "eve@example.com", "email_verified": false});
    enter_as(&world, &stub, &eve, claims).await;
    let page = eve.get(PAGE).await.expect(200);
    assert!(page.body.contains("proven to be yours") && !page.body.contains("new_password"), "{page:?}");
    let forged = (world.session(&eve).await.id, "eve@example.com".to_owned());
    let page = send(&eve, &forged, GOOD, GOOD).await.expect(400);
    assert!(page.body.contains("proven to be yours"), "{page:?}");
    sign_in(&world.program(), "eve@example.com", GOOD).await.expect(401);
}

#[tokio::test]
async fn whoever_wrote_the_address_down_keeps_nothing_when_its_owner_adds_a_password() {
    // #94
    let stub = Stub::start().await;
    let world = World::with(&[&stub.settings()[..], &[("PASSWORDS", "on")]].concat()).await;
    let said =
        |verified: bool| json!({"sub": "victim", "email": "victim@example.com", "email_verified": verified});
    let owner = world.browser();
    let theirs = enter_as(&world, &stub, &owner, said(false)).await;
    register(&world, "victim@example.com").await.expect(202);
    let squatter = world.browser();
    let form = [("login", "victim@example.com"), ("password", GOOD)];
    squatter.form("/users/password/login", &form).await.expect(303);
    let squatters = world.session(&squatter).await.user_id;
    // As by a version that expelled nobody.
    let identity = Identity {
        email: Some("victim@example.com".to_owned()),
        email_verified: true,
        email_authoritative: true,
        ..Identity::bare("evil", &stub.issuer, "victim")
    };
    let rights = Rights::parse("member=get:profile", "", "member").unwrap();
    user::sign_in(&world.table().await, &rights, &identity, world.now()).await.unwrap();
    squatter.post("/users/token").await.expect(200);

    add(&owner, "the owner's own horse").await.expect(303);
    squatter.post("/users/token").await.expect(401);
    owner.post("/users/token").await.expect(200);
    sign_in(&world.program(), "victim@example.com", GOOD).await.expect(401);
    assert_eq!(who(&world, "victim@example.com", "the owner's own horse").await, theirs);
    assert!(trail(&world, &squatters).await.contains(&"sign_out_everywhere".to_owned()));
}

#[tokio::test]
async fn of_many_forms_at_once_one_adds_a_password() {
    // #95: of one session, and of two.
    let wire = Wire::start().await;
    let world = World::with(&[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let browsers = [ada(&world).await, ada(&world).await];
    let forms = [shown(&browsers[0]).await, shown(&browsers[1]).await];
    let passwords: Vec<_> = (0..6).map(|n| format!("horse number {n} of them")).collect();
    let sent = passwords.iter().enumerate().map(|(n, new)| {
        let at = n % 2;
        send(&browsers[at], &forms[at], new, new)
    });
    let answers = join_all(sent).await;
    let won: Vec<_> = answers.iter().zip(&passwords).filter(|(it, _)| it.status == 303).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [303, 409].contains(&answer.status)), "{answers:?}");
    world.pass(300);
    for new in &passwords {
        let status = if new == won[0].1 { 200 } else { 401 };
        sign_in(&world.program(), ADA, new).await.expect(status);
    }
    assert_eq!((wire.rows_of("PASSWORD").await.len(), wire.rows_of("LINK").await.len()), (1, 1));
    assert_eq!(wire.rows_of("USER").await.len(), 1);
    let all = serde_json::to_string(&wire.rows("latchkey").await).unwrap();
    assert!(passwords.iter().all(|new| !all.contains(new)), "#103");
}

#[tokio::test]
async fn adding_asks_the_table_only_what_it_has_to() {
    let wire = Wire::start().await;
    let world = World::with(&[("PASSWORDS", "on"), ("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
    let browser = ada(&world).await;
    wire.calls();
    let shown = shown(&browser).await;
    let calls = || {
        let calls = wire.calls().into_iter().filter(|call| call.function == "users-password");
        calls.map(|call| call.action).collect::<Vec<_>>()
    };
    assert_eq!(calls(), ["GetItem", "BatchGetItem"]);
    send(&browser, &shown, GOOD, GOOD).await.expect(303);
    let expected =
        ["GetItem", "BatchGetItem", "UpdateItem", "GetItem", "PutItem", "BatchGetItem", "TransactWriteItems"];
    assert_eq!(calls(), expected);
    // What cannot be chosen is refused before anything is counted.
    send(&browser, &shown, "1234567", "1234567").await.expect(400);
    assert_eq!(calls(), ["GetItem", "BatchGetItem"]);
}

#[tokio::test]
async fn who_looks_after_people_removes_either_way_in_and_never_the_last_one() {
    // #81, #95: a password is one there too.
    for over_the_api in [false, true] {
        let settings = [("PASSWORDS", "on"), ("ROLES", admin::ROLES), ("PROVIDERS", "google,github")];
        let world = World::with(&settings).await;
        let (ada, _) = admin::somebody(&world, "ada", &["admin"]).await;
        let (alan, id) = admin::somebody(&world, "alan", &["member"]).await;
        add(&alan, GOOD).await.expect(303);
        let page = ada.get(&admin::person(&id)).await.expect(200);
        let user = admin::row(&world, &id).await.unwrap();
        let token =
            ada.post("/users/token").await.expect(200).json()["access_token"].as_str().unwrap().to_owned();
        let remove = async |at: usize| {
            if over_the_api {
                let path = format!("/users/{id}/identities/{}", user.identities[at]);
                let request = world.program().request("DELETE", &path).bearer_auth(&token);
                return world.program().send(request).await.status.to_string();
            }
            let button = format!("Remove the sign-in with {}", ["Google", "Password"][at]);
            let answer = admin::press(&ada, &page, &button, &[]).await.expect(303);
            answer.location().split_once('?').unwrap().1.to_owned()
        };
        let (done, last) = if over_the_api { ("204", "409") } else { ("removed", "last") };
        let (first, second) = if over_the_api { (1, 0) } else { (0, 1) };
        assert_eq!(remove(first).await, done);
        assert_eq!(remove(second).await, last);
        let email = "alan@example.com";
        let works = sign_in(&world.program(), email, GOOD).await.status;
        assert_eq!(works, if over_the_api { 401 } else { 200 });
        // They hear of what is gone, and that they did not do it themselves.
        let mail = world.mail(email, 2).await;
        let gone = if over_the_api { "\nA password\n" } else { "\nThe sign-in with Google\n" };
        assert_eq!(mail.subject, "A way to sign in was removed");
        assert!(mail.text.contains(gone) && mail.text.contains("Somebody who looks after"), "{mail:?}");
        assert!(!mail.text.contains("signed you out") && !mail.text.contains("If this was not you"));
        // Their sessions go on.
        alan.post("/users/token").await.expect(200);
    }
}

#[tokio::test]
async fn whoever_changes_a_password_hears_of_it_at_an_address_that_is_theirs() {
    let world = world().await;
    let browser = ada(&world).await;
    add(&browser, GOOD).await.expect(303);
    let new = "another horse that counts";
    let form = [("password", GOOD), ("new_password", new), ("again", new)];
    browser.form("/users/password/change", &form).await.expect(303);
    assert_eq!(world.mail(ADA, 2).await.subject, "Your password was changed");
    let body = json!({"email": ADA, "password": new, "new_password": GOOD});
    super::ask(&world.program(), "/users/password", &body).await.expect(200);
    assert_eq!(world.mail(ADA, 3).await.subject, "Your password was changed");
    // Nobody does whose address is only written down (#19).
    register(&world, "eve@example.com").await.expect(202);
    let body = json!({"email": "eve@example.com", "password": GOOD, "new_password": new});
    super::ask(&world.program(), "/users/password", &body).await.expect(200);
    super::ask(&world.program(), "/users/password/forgotten", &json!({"email": "eve@example.com"}))
        .await
        .expect(202);
    // The next letter comes after that one would.
    world.mail("eve@example.com", 2).await;
    let subjects: Vec<_> =
        world.mails("eve@example.com").await.into_iter().map(|mail| mail.subject).collect();
    assert!(!subjects.iter().any(|subject| subject == "Your password was changed"), "{subjects:?}");
}
