//! What the functions may do with the table is what they do. That they do nothing else is held everywhere, by the wire.

use std::collections::BTreeSet;

use client::{Kind, NewClient};
use serde_json::json;
use setting::Action;
use tests::{
    Agent, App, CALLBACK, TERMS, World,
    database::{Call, Wire},
    policy::{Need, Policy},
    stub::Stub,
};
use user::{
    Rights,
    passkey::{Added, NewPasskey},
};

use self::{
    apps::{ask_for_a_code, exchange, fetch_keys, look_at_apps},
    people::{come_and_go, look_after_people, manage_people},
    provider::{arrive, come_invited, sign_out, use_the_session},
    ways_in::{exchange_people, sign_in_with_passkeys, sign_in_with_passwords, sign_in_with_two_factors},
};

mod apps;
mod people;
mod provider;
mod ways_in;

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

/// Somebody's session has an app that is told when it ends, and does not listen.
pub(crate) async fn note(world: &World, browser: &Agent) -> String {
    let wanted = |new: &mut NewClient| new.backchannel_logout_uri = Some("http://127.0.0.1:9/".to_owned());
    App::of(world, Kind::Web, CALLBACK, wanted).await.code(browser).await;
    world.session(browser).await.id
}

/// Makes an account that waits for whoever proves this address.
async fn wait_for(world: &World, email: &str) {
    let rights = Rights::parse("member=get:profile", "", "member").unwrap();
    let new = user::manage::NewPerson { email: email.to_owned(), ..Default::default() };
    let no_trail = user::manage::NO_TRAIL;
    user::manage::create(&world.table().await, &rights, &new, no_trail, world.now()).await.unwrap();
}

/// As if somebody had a passkey, which goes with them.
async fn hold_a_passkey(world: &World, id: &str) {
    let (table, key) = (world.table().await, oauth::Digest::of(id.as_bytes()));
    let user = user::find(&table, id, world.now()).await.unwrap().unwrap();
    let new = NewPasskey { id: &key, name: "", is_backed_up: false, counter: 0, credential: "" };
    let added = user::passkey::add(&table, &user, &new, &[], world.now()).await.unwrap();
    assert_eq!(added, Added::Done);
}

/// As if somebody had bought something, which is nobody's when they are deleted.
async fn have_bought(world: &World, id: &str) {
    let (table, rights) = (world.table().await, Rights::parse("member=get:profile", "", "").unwrap());
    let (source, order, names) = ("shop".to_owned(), Some("1".to_owned()), vec!["gold".to_owned()]);
    let bought = Some(user::Granted { source, order, names });
    let change = user::manage::Change { entitlements: bought, ..user::manage::Change::default() };
    user::manage::change(&table, &rights, id, None, &change, user::manage::NO_TRAIL, world.now())
        .await
        .unwrap();
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

    arrive(&world, &stub, &browser).await;
    use_the_session(&world, &browser).await;
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
    sign_out(&world, &stub, &browser, &everywhere).await;
    come_invited(&world, &wire, &stub).await;
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
