//! A token that was revoked dies at the authorizer, within a bound that is written down.

use std::path::Path;

use latchkey::{
    api::{self, Api},
    mount::{AUTHORIZER, Running},
};
use oauth::Secret;
use serde_json::{Value, json};
use setting::{Clock, Env};
use store::{Change, Connection, Table};
use tests::{World, database::Wire};
use token::{Claims, FIRST_PARTY, Keys, Signer};
use user::{Status, User};

use crate::gate::{allows, event};

mod unknown;

/// A world whose API is guarded by an authorizer that asks the table.
struct Guarded {
    wire: Wire,
    world: World,
    authorizer: Running,
}

impl Guarded {
    async fn with(revocation: &str) -> Self {
        let wire = Wire::start().await;
        let world = World::with(&[("DYNAMODB_ENDPOINT", &wire.endpoint)]).await;
        let mut settings = world.cloud.settings.clone();
        settings.insert("REVOCATION".to_owned(), revocation.to_owned());
        let endpoint = wire.endpoint.replace(latchkey::cloud::CALLER, AUTHORIZER.name);
        settings.insert("DYNAMODB_ENDPOINT".to_owned(), endpoint);
        let time = world.clock();
        let clock =
            Clock::from_fn(move || oauth::Time::from_epoch(time.load(std::sync::atomic::Ordering::SeqCst)));
        let authorizer = AUTHORIZER.start(Env::new(settings, clock, AUTHORIZER.settings)).await.unwrap();
        Self { wire, world, authorizer }
    }

    /// What a browser of somebody who has signed in gets.
    async fn token(&self, browser: &tests::Agent) -> String {
        let answer = browser.post("/users/token").await.expect(200).json();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// A token of ours in the name of this client, about this subject, outside of any session.
    fn issued(&self, client_id: &str, subject: &str) -> String {
        self.issued_in(client_id, subject, None)
    }

    /// The same in a session.
    fn issued_in(&self, client_id: &str, subject: &str, session: Option<&str>) -> String {
        let settings = &self.world.cloud.settings;
        let keys = Keys::parse(&Secret::new(settings["SIGNING_KEYS"].clone())).unwrap();
        let scope = "get:profile".parse().unwrap();
        let claims = Claims { session, ..Claims::of(subject, client_id, &scope) };
        let url = &self.world.cloud.url;
        let token = Signer::new(url, url, keys).access_token(&claims, self.world.now()).unwrap();
        token.jwt.expose().to_owned()
    }

    /// What `POST /users/verify` says of it.
    async fn verdict(&self, token: &str) -> Value {
        let program = self.world.program();
        let answer = program.send(program.request("POST", "/users/verify").bearer_auth(token)).await.json();
        answer.get("reason").unwrap_or(&answer["status"]).clone()
    }

    async fn accepts(&self, token: &str) -> bool {
        allows(&self.authorizer.invoke(&event("http-2.0", token)).await)
    }

    /// The calls that the authorizer made since this was asked last.
    fn calls(&self) -> Vec<String> {
        let calls = self.wire.calls().into_iter().filter(|call| call.function == AUTHORIZER.name);
        calls.map(|call| call.action).collect()
    }
}

#[tokio::test]
async fn tokens_of_an_ended_session_are_refused_within_thirty_seconds() {
    // #34, #76
    let guarded = Guarded::with("closed").await;
    let browser = guarded.world.browser();
    browser.sign_in("alan").await.expect(303);
    let token = guarded.token(&browser).await;
    guarded.calls();
    for _ in 0..3 {
        assert!(guarded.accepts(&token).await);
    }
    assert_eq!(guarded.calls(), ["BatchGetItem"], "one request, cached");
    browser.post("/users/logout").await.expect(303);
    guarded.world.pass(29);
    assert!(guarded.accepts(&token).await);
    guarded.world.pass(1);
    assert!(!guarded.accepts(&token).await);
    // Another session of the same person lives on.
    let other = guarded.world.browser();
    other.sign_in("alan").await.expect(303);
    assert!(guarded.accepts(&guarded.token(&other).await).await);
}

#[tokio::test]
async fn a_user_who_is_disabled_or_gone_is_refused_within_thirty_seconds() {
    // #35, #76
    for gone in [false, true] {
        let guarded = Guarded::with("closed").await;
        let token = guarded.world.program().token("alan").await;
        assert!(guarded.accepts(&token).await);
        let rows = guarded.wire.rows_of("USER").await;
        if gone {
            guarded.wire.delete("latchkey", &rows[0]).await;
        } else {
            let endpoint = Some(guarded.wire.endpoint.clone());
            let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
            let id = rows[0]["id"]["S"].as_str().unwrap();
            let change = Change::new().set(User::STATUS, &Status::Disabled);
            table.update::<User>(id, change, guarded.world.now()).await.unwrap();
        }
        guarded.world.pass(30);
        assert!(!guarded.accepts(&token).await, "gone: {gone}");
    }
}

/// The row that shuts a client out, as the page for operators writes it.
fn disabled(client_id: &str) -> Value {
    let page = include_str!("../../docs/guard.md");
    let (_, after) = page.split_once("put-item --table-name latchkey --item \\\n  '").unwrap();
    let item = after.split_once('\'').unwrap().0;
    serde_json::from_str(&item.replace("nightly-job", client_id)).unwrap()
}

#[tokio::test]
async fn tokens_of_a_disabled_client_are_refused_within_thirty_seconds() {
    // #76: cached for 29 seconds, refused at 30, by one request each time.
    let guarded = Guarded::with("closed").await;
    let browser = guarded.world.browser();
    browser.sign_in("alan").await.expect(303);
    let token = guarded.token(&browser).await;
    guarded.calls();
    assert!(guarded.accepts(&token).await);
    guarded.wire.put("latchkey", &disabled(FIRST_PARTY)).await;
    for _ in 0..29 {
        guarded.world.pass(1);
        assert!(guarded.accepts(&token).await);
    }
    let calls = guarded.wire.calls();
    let [call] = calls.as_slice() else { panic!("{calls:?}") };
    let keys = call.body["RequestItems"]["latchkey"]["Keys"].as_array().unwrap();
    let kinds: Vec<_> = keys.iter().map(|key| key["sk"]["S"].as_str().unwrap()).collect();
    assert_eq!((call.action.as_str(), kinds), ("BatchGetItem", vec!["SESSION", "USER", "CLIENT"]));
    guarded.world.pass(1);
    assert!(!guarded.accepts(&token).await);
    assert_eq!(guarded.calls(), ["BatchGetItem"]);
    assert_eq!(guarded.verdict(&token).await, "revoked");
}

#[tokio::test]
async fn a_refusal_is_cached_as_long_and_for_its_client_only() {
    // #76
    let guarded = Guarded::with("closed").await;
    browser_user(&guarded).await;
    guarded.wire.put("latchkey", &disabled("nightly-job")).await;
    let (job, other) = (guarded.issued("nightly-job", "nightly-job"), guarded.issued("pets", "pets"));
    guarded.calls();
    for _ in 0..3 {
        assert!(!guarded.accepts(&job).await && guarded.accepts(&other).await);
    }
    assert_eq!(guarded.calls(), ["BatchGetItem", "BatchGetItem"]);
    assert_eq!(
        (guarded.verdict(&job).await, guarded.verdict(&other).await),
        (json!("revoked"), json!("valid"))
    );
    guarded.wire.delete("latchkey", &disabled("nightly-job")).await;
    assert_eq!(guarded.verdict(&job).await, "valid");
    guarded.world.pass(29);
    assert!(!guarded.accepts(&job).await);
    guarded.world.pass(1);
    assert!(guarded.accepts(&job).await);
}

/// Somebody who has signed in, and is the only one: the id.
async fn browser_user(guarded: &Guarded) -> String {
    guarded.world.browser().sign_in("alan").await.expect(303);
    guarded.wire.rows_of("USER").await[0]["id"]["S"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_disabled_client_revokes_a_persons_tokens_of_that_client_only() {
    // #76: the same person, by two clients.
    let guarded = Guarded::with("closed").await;
    let id = browser_user(&guarded).await;
    let (one, other) = (guarded.issued("one", &id), guarded.issued("other", &id));
    guarded.wire.put("latchkey", &disabled("one")).await;
    assert!(!guarded.accepts(&one).await && guarded.accepts(&other).await);
    assert_eq!(
        (guarded.verdict(&one).await, guarded.verdict(&other).await),
        (json!("revoked"), json!("valid"))
    );
}

#[tokio::test]
async fn only_a_service_token_needs_no_user_row() {
    // #35, #76: RFC 9068 §2.2. A subject that is no user is nobody unless it is the client itself.
    let guarded = Guarded::with("closed").await;
    let id = browser_user(&guarded).await;
    for (client_id, subject, good) in [
        ("job", "job", true),
        ("job", "job2", false),
        ("job", &id, true),
        (&id, &id, true),
        ("Job", "job", false),
    ] {
        let token = guarded.issued(client_id, subject);
        assert_eq!(guarded.accepts(&token).await, good, "{client_id} {subject}");
        let verdict = if good { "valid" } else { "revoked" };
        assert_eq!(guarded.verdict(&token).await, verdict, "{client_id} {subject}");
    }
    // A user who is disabled stays so, even under the name of a client.
    let endpoint = Some(guarded.wire.endpoint.clone());
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
    table
        .update::<User>(&id, Change::new().set(User::STATUS, &Status::Disabled), guarded.world.now())
        .await
        .unwrap();
    guarded.world.pass(30);
    for client_id in ["job", &id] {
        let token = guarded.issued(client_id, &id);
        assert!(!guarded.accepts(&token).await, "{client_id}");
        assert_eq!(guarded.verdict(&token).await, "revoked", "{client_id}");
    }
}

#[tokio::test]
async fn the_token_of_api_add_works_until_its_client_is_disabled() {
    // #76: nobody has signed in, and it has no session.
    let guarded = Guarded::with("closed").await;
    let settings = &guarded.world.cloud.settings;
    let scopes = ["read:data".to_owned()];
    let api = Api { name: "pets", audience: &guarded.world.cloud.url, scopes: &scopes, algorithm: None };
    let text = api::add(&api, settings, Path::new("/nonexistent"), guarded.world.now()).unwrap();
    let token = text.split("Bearer ").last().unwrap().split('\'').next().unwrap();
    assert!(guarded.accepts(token).await);
    assert_eq!(guarded.verdict(token).await, "valid");
    guarded.wire.put("latchkey", &disabled("test")).await;
    guarded.world.pass(30);
    assert!(!guarded.accepts(token).await);
    assert_eq!(guarded.verdict(token).await, "revoked");
}

#[tokio::test]
async fn an_unknown_client_status_disables_that_client_only() {
    // #78
    let guarded = Guarded::with("open").await;
    browser_user(&guarded).await;
    let other = guarded.issued("other", "other");
    for (n, status) in
        [json!({"S": "Disabled"}), json!({"S": ""}), json!({"BOOL": false}), json!({"NULL": true})]
            .into_iter()
            .enumerate()
    {
        let client_id = format!("job-{n}");
        let mut row = disabled(&client_id);
        row["status"] = status.clone();
        guarded.wire.put("latchkey", &row).await;
        let token = guarded.issued(&client_id, &client_id);
        assert!(!guarded.accepts(&token).await && guarded.accepts(&other).await, "{status}");
        assert_eq!(guarded.verdict(&token).await, "revoked", "{status}");
    }
    let mut row = disabled("job-active");
    row["status"] = json!({"S": "active"});
    guarded.wire.put("latchkey", &row).await;
    assert!(guarded.accepts(&guarded.issued("job-active", "job-active")).await);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_counts_against_its_own_token_and_no_other() {
    // #78: neither does it open the authorizer to its own person, nor does it close it to the others or look like an outage.
    for (setting, kind, attribute, value) in [
        ("open", "USER", "status", json!({"S": "Disabled"})),
        ("open", "USER", "status", json!({"S": "suspended"})),
        ("open", "USER", "created_at", json!({"S": "yesterday"})),
        ("open", "SESSION", "ends_at", json!({"S": "never"})),
        ("closed", "USER", "status", json!({"BOOL": true})),
        ("closed", "USER", "roles", json!({"N": "5"})),
        ("closed", "SESSION", "user_id", json!({"NULL": true})),
    ] {
        let guarded = Guarded::with(setting).await;
        let browser = guarded.world.browser();
        browser.sign_in("alan").await.expect(303);
        let bad = guarded.token(&browser).await;
        let mut row = guarded.wire.rows_of(kind).await.remove(0);
        let browser = guarded.world.browser();
        browser.sign_in("ada").await.expect(303);
        let good = guarded.token(&browser).await;
        row[attribute] = value.clone();
        guarded.wire.put("latchkey", &row).await;
        for _ in 0..2 {
            let case = format!("{setting} {kind} {attribute} {value}");
            let answer = guarded.authorizer.invoke(&event("rest-token", &bad)).await;
            assert_eq!(answer, Err("Unauthorized"), "{case}");
            assert!(guarded.accepts(&good).await, "{case}");
            let verdicts = (guarded.verdict(&bad).await, guarded.verdict(&good).await);
            assert_eq!(verdicts, (json!("revoked"), json!("valid")), "{case}");
        }
    }
}
