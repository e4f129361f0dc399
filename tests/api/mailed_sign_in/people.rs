//! Whom an address leads to.

use serde_json::{Value, json};
use tests::{World, database::Wire, stub::Stub};
use user::{
    Rights,
    bulk::{self, Account, AccountIdentity},
    purchase::{self, End, Gives, Purchase},
};

use super::{GRACE, ask, by_code, code, enter, send};

const GOOD: &str = "a horse that counts";

fn rights() -> Rights {
    Rights::parse("member=get:profile;editor=a:b", "", "member").unwrap()
}

async fn import(world: &World, account: Account) {
    let table = world.table().await;
    bulk::import(&table, &rights(), &[account], false, world.now()).await.unwrap().remove(0).unwrap();
}

/// A world with a provider that vouches for whatever addresses, and is the authority over those of `domains`.
async fn with_provider(domains: &str) -> (World, Stub) {
    let stub = Stub::start().await;
    let more = [("MAILED_SIGN_IN", "on"), ("PASSWORDS", "on"), ("EVIL_AUTHORITATIVE_FOR", domains)];
    (World::with(&[&stub.settings()[..], &more].concat()).await, stub)
}

async fn by_provider(world: &World, stub: &Stub, sub: &str, email: &str) -> Value {
    stub.sign_in(&world.program(), json!({"sub": sub, "email": email}), world.now()).await.expect(200).json()
}

#[tokio::test]
async fn somebody_new_gets_what_waits_for_the_address() {
    // #93: whoever reads the mails of an address is the authority over it.
    let world =
        World::with(&[("MAILED_SIGN_IN", "on"), ("MAILED_SIGNUP", "off"), ("ADMINS", "boss@example.com")])
            .await;
    let table = world.table().await;
    user::invite(&table, &rights(), GRACE, &["member".to_owned()], world.now()).await.unwrap();
    let new = by_code(&world, GRACE, 1).await;
    assert_eq!((&new["user"]["roles"], &new["user"]["email"]), (&json!(["member"]), &json!(GRACE)));
    // An account that an administrator made waits.
    let person = user::manage::NewPerson { email: "Waits@example.com".to_owned(), ..Default::default() };
    let made =
        user::manage::create(&table, &rights(), &person, user::manage::NO_TRAIL, world.now()).await.unwrap();
    let program = world.program();
    ask(&program, "waits@example.com").await.expect(202);
    // To the address as it is stored.
    let typed = code(&world, "Waits@example.com", 1).await;
    let entered = enter(&program, &typed).await.expect(200).json();
    assert_eq!(entered["user"]["id"], made.id);
    // Nobody waits for anybody else here, whoever they say they are.
    let program = world.program();
    ask(&program, "boss@example.com").await.expect(202);
    assert!(world.mails("boss@example.com").await.is_empty());
}

#[tokio::test]
async fn an_administrator_of_the_settings_is_one() {
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("ADMINS", "boss@example.com")]).await;
    let boss = by_code(&world, "boss@example.com", 1).await;
    assert_eq!(boss["user"]["roles"], json!(["admin", "member"]));
}

#[tokio::test]
async fn a_purchase_that_waits_for_the_address_is_theirs() {
    let world = World::with(&[("MAILED_SIGN_IN", "on"), ("MAILED_SIGNUP", "off")]).await;
    let gives = Gives { entitlements: vec!["pro".to_owned()], roles: Vec::new() };
    let purchase = Purchase { source: "shop", order: "1", sale: Some((GRACE, &gives)) };
    let table = world.table().await;
    let applied = purchase::apply(&table, &rights(), &purchase, &|_| Vec::new(), world.now()).await.unwrap();
    assert_eq!(applied.end, End::Waits);
    let buyer = by_code(&world, GRACE, 1).await;
    let id = buyer["user"]["id"].as_str().unwrap();
    let user = user::find(&table, id, world.now()).await.unwrap().unwrap();
    assert_eq!(user::entitlement::names(&user.entitlements), ["pro"]);
}

#[tokio::test]
async fn who_has_proven_the_address_by_a_password_is_the_same_person() {
    // #93
    let (world, _stub) = with_provider("nowhere.example").await;
    let program = world.program();
    let body = json!({"email": GRACE, "password": GOOD});
    send(&program, "/users/register", &body).await.expect(202);
    let token = world.mail(GRACE, 1).await.link().split_once("?token=").unwrap().1.to_owned();
    send(&program, "/users/password/prove", &json!({"token": token, "password": GOOD})).await.expect(200);
    let before = send(&program, "/users/login", &body).await.expect(200).json();
    let entered = by_code(&world, GRACE, 2).await;
    assert_eq!(entered["user"]["id"], before["user"]["id"]);
    // And the password counts on.
    send(&program, "/users/login", &body).await.expect(200);
    assert_eq!(by_code(&world, GRACE, 3).await["user"]["id"], before["user"]["id"]);
}

#[tokio::test]
async fn who_only_wrote_the_address_down_is_expelled_and_stays_somebody_else() {
    // #94
    let (world, _stub) = with_provider("nowhere.example").await;
    let squatter = world.browser();
    let body = json!({"email": GRACE, "password": GOOD});
    send(&squatter.as_program(), "/users/register", &body).await.expect(202);
    squatter.form("/users/password/login", &[("login", GRACE), ("password", GOOD)]).await.expect(303);
    squatter.post("/users/token").await.expect(200);
    let owner = by_code(&world, GRACE, 2).await;
    send(&world.program(), "/users/login", &body).await.expect(401);
    squatter.post("/users/token").await.expect(401);
    assert_eq!(by_code(&world, GRACE, 3).await["user"]["id"], owner["user"]["id"]);
}

#[tokio::test]
async fn a_person_of_a_provider_is_the_same_only_where_that_is_the_authority_over_the_address() {
    // #93
    let (world, stub) = with_provider("example.com").await;
    let theirs = by_provider(&world, &stub, "grace", GRACE).await;
    let entered = by_code(&world, GRACE, 1).await;
    assert_eq!(entered["user"]["id"], theirs["user"]["id"]);
    // By either way from then on.
    assert_eq!(by_provider(&world, &stub, "grace", GRACE).await["user"]["id"], theirs["user"]["id"]);
    let other = by_provider(&world, &stub, "ada", "ada@elsewhere.example").await;
    let own = by_code(&world, "ada@elsewhere.example", 1).await;
    assert_ne!(own["user"]["id"], other["user"]["id"], "the word of somebody who is no authority");
    assert_eq!(by_code(&world, "ada@elsewhere.example", 2).await["user"]["id"], own["user"]["id"]);
    assert_eq!(
        by_provider(&world, &stub, "ada", "ada@elsewhere.example").await["user"]["id"],
        other["user"]["id"]
    );
}

#[tokio::test]
async fn an_address_that_is_anothers_by_now_leads_to_nobody() {
    // #93: a way that was added counts as long as the address is theirs.
    let (world, stub) = with_provider("example.com").await;
    let before = by_provider(&world, &stub, "grace", GRACE).await;
    by_code(&world, GRACE, 1).await;
    let after = by_provider(&world, &stub, "grace", "hopper@example.com").await;
    assert_eq!(after["user"]["id"], before["user"]["id"]);
    ask(&world.program(), GRACE).await.expect(202);
    assert_eq!(world.mails(GRACE).await.len(), 1);
    assert_eq!(by_code(&world, "hopper@example.com", 1).await["user"]["id"], before["user"]["id"]);
}

#[tokio::test]
async fn somebody_imported_with_a_proven_address_comes_by_a_mail() {
    let (world, stub) = with_provider("nowhere.example").await;
    let identity = AccountIdentity {
        provider: "evil".to_owned(),
        issuer: stub.issuer.clone(),
        subject: "grace".to_owned(),
    };
    let account = Account {
        email: Some(GRACE.to_owned()),
        email_verified: true,
        identities: vec![identity],
        ..Default::default()
    };
    import(&world, account).await;
    let entered = by_code(&world, GRACE, 1).await;
    assert_eq!(by_provider(&world, &stub, "grace", GRACE).await["user"]["id"], entered["user"]["id"]);
    assert_eq!(by_code(&world, GRACE, 2).await["user"]["id"], entered["user"]["id"]);
}

#[tokio::test]
async fn whoever_has_a_mailed_way_in_can_remove_the_provider() {
    let (world, stub) = with_provider("example.com").await;
    let before = by_provider(&world, &stub, "grace", GRACE).await;
    let browser = world.browser();
    browser.form(super::ASK, &[("email", GRACE), ("return_to", "/account")]).await.expect(303);
    browser.form(super::CODE, &[("code", &code(&world, GRACE, 1).await)]).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    let request = page.field_before("request", "aria-label=\"Remove the sign-in with Evil");
    browser.form("/account", &[("request", &request)]).await.expect(303);
    let page = browser.get("/account").await.expect(200);
    assert!(page.body.contains("Code by e-mail") && !page.body.contains("<h3>Evil"), "{}", page.body);
    let after = by_code(&world, GRACE, 2).await;
    assert_eq!(after["user"]["id"], before["user"]["id"]);
}

#[tokio::test]
async fn who_is_disabled_after_they_asked_is_told_what_a_wrong_code_says() {
    // #35, #84
    let world = super::world().await;
    let id = by_code(&world, GRACE, 1).await["user"]["id"].as_str().unwrap().to_owned();
    let program = world.program();
    ask(&program, GRACE).await.expect(202);
    let typed = code(&world, GRACE, 2).await;
    let wrong = enter(&program, &super::wrong(&typed)).await.expect(401);
    user::disable(&world.table().await, &id, world.now()).await.unwrap();
    assert_eq!(super::same(&enter(&program, &typed).await), super::same(&wrong));
}

#[tokio::test]
async fn what_happened_is_in_the_trail() {
    let wire = Wire::start().await;
    let stub = Stub::start().await;
    let more = [
        ("MAILED_SIGN_IN", "on"),
        ("EVIL_AUTHORITATIVE_FOR", "example.com"),
        ("DYNAMODB_ENDPOINT", &*wire.endpoint),
    ];
    let world = World::with(&[&stub.settings()[..], &more].concat()).await;
    by_code(&world, GRACE, 1).await;
    by_provider(&world, &stub, "ada", "ada@example.com").await;
    by_code(&world, "ada@example.com", 1).await;
    by_code(&world, "ada@example.com", 2).await;
    let rows = format!("{:?}", wire.rows_of("AUDIT").await);
    for (event, times) in [("person_added", 1), ("identity_linked", 1)] {
        assert_eq!(rows.matches(event).count(), times, "{event}: {rows}");
    }
    assert!(!rows.contains("example.com"), "{rows}");
}

#[tokio::test]
async fn a_provider_that_vouches_for_a_proven_address_takes_no_password_away() {
    // #93: the word of a provider against a proof.
    let (world, stub) = with_provider("nowhere.example").await;
    let program = world.program();
    let body = json!({"email": GRACE, "password": GOOD});
    send(&program, "/users/register", &body).await.expect(202);
    let token = world.mail(GRACE, 1).await.link().split_once("?token=").unwrap().1.to_owned();
    send(&program, "/users/password/prove", &json!({"token": token, "password": GOOD})).await.expect(200);
    let owner = send(&program, "/users/login", &body).await.expect(200).json();
    let other = by_provider(&world, &stub, "eve", GRACE).await;
    assert_ne!(other["user"]["id"], owner["user"]["id"]);
    send(&program, "/users/login", &body).await.expect(200);
}
