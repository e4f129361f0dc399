//! A token that was revoked dies at the authorizer, within a bound that is written down.

use std::{collections::HashMap, path::Path, time::Instant};

use client::Kind;
use latchkey::{
    api::{self, Api},
    mount::{AUTHORIZER, Running},
};
use oauth::Secret;
use serde_json::{Value, json};
use session::family::Terms;
use setting::{Clock, Env};
use store::{Change, Connection, Table};
use tests::{
    TERMS, TestGrant, World,
    database::{Fault, Wire},
};
use token::{Claims, FIRST_PARTY, Keys, Signer};
use user::{Status, User};

use crate::{
    gate::{AUDIENCE, ISSUER, KEYS, NOW, QUESTIONS, allows, event},
    issuer_tokens,
};

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

#[tokio::test]
async fn while_the_table_does_not_answer_the_setting_decides() {
    // #78: closed is no yes, and nothing a gateway could keep; open is written down as such.
    for (setting, accepts) in [("closed", false), ("open", true)] {
        let guarded = Guarded::with(setting).await;
        let token = guarded.world.program().token("alan").await;
        guarded.wire.set(Fault::Refuse("InternalServerError"));
        let answer = guarded.authorizer.invoke(&event("rest-token", &token)).await;
        assert_eq!(allows(&answer), accepts, "{setting}");
        if !accepts {
            assert_eq!(answer, Err("failed"));
        }
        // The table is left alone for a moment.
        guarded.calls();
        assert_eq!(guarded.accepts(&token).await, accepts, "{setting}");
        assert_eq!(guarded.calls(), [""; 0]);
        // A bad token is bad whatever the table says, and costs it nothing.
        assert!(!guarded.accepts(&token[1..]).await);
        guarded.wire.set(Fault::None);
        guarded.world.pass(5);
        assert!(guarded.accepts(&token).await, "{setting}");
    }
}

#[tokio::test]
async fn a_silent_table_is_waited_for_a_second_and_then_not_asked() {
    // #78: a server that accepts the connection and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            silent.push(stream);
        }
    });
    for (setting, accepts) in [("closed", false), ("open", true)] {
        let more = [("REVOCATION", setting), ("DYNAMODB_ENDPOINT", &endpoint)];
        let authorizer = crate::gate::authorizer(&more).await;
        let question = event("rest-token", &crate::gate::token("a"));
        let began = Instant::now();
        for asked in 0..20 {
            let answer = authorizer.invoke(&question).await;
            assert_eq!(allows(&answer), accepts, "{setting}");
            assert!(accepts || answer == Err("failed"), "{setting} {asked}: {answer:?}");
        }
        let elapsed = began.elapsed();
        assert!((1..4).contains(&elapsed.as_secs()), "{setting}: {elapsed:?}, all twenty together");
    }
}

#[tokio::test]
async fn an_unprocessed_row_is_not_taken_for_an_absent_one() {
    // #78: without its row a client is not shut out, and without its row a session has ended. Neither was seen.
    for kind in ["SESSION", "USER", "CLIENT"] {
        let guarded = Guarded::with("closed").await;
        let browser = guarded.world.browser();
        browser.sign_in("alan").await.expect(303);
        let token = guarded.token(&browser).await;
        let good = kind != "CLIENT";
        if !good {
            guarded.wire.put("latchkey", &disabled(FIRST_PARTY)).await;
        }
        guarded.wire.set(Fault::LeaveUndone(kind));
        let answer = guarded.authorizer.invoke(&event("rest-token", &token)).await;
        assert_eq!(answer, Err("failed"), "{kind}");
        guarded.wire.set(Fault::None);
        guarded.world.pass(5);
        assert_eq!(guarded.accepts(&token).await, good, "{kind}");
    }
}

#[tokio::test]
async fn while_the_table_does_not_answer_no_gateway_gets_a_decision() {
    // #78: closed. Neither a yes nor a no that a gateway could keep, in the words of any.
    for form in ["simple", "policy"] {
        let endpoint = "http://127.0.0.1:9";
        let more = [("REVOCATION", "closed"), ("DYNAMODB_ENDPOINT", endpoint), ("AUTHORIZER_ANSWER", form)];
        let (authorizer, token) = (crate::gate::authorizer(&more).await, crate::gate::token("a"));
        for name in QUESTIONS {
            assert_eq!(authorizer.invoke(&event(name, &token)).await, Err("failed"), "{form} {name}");
        }
    }
}

#[tokio::test]
async fn a_cached_result_does_not_outlive_the_token() {
    // #70, #76: an answer of the table's is no answer about the expiry.
    let guarded = Guarded::with("closed").await;
    let token = guarded.world.program().token("alan").await;
    guarded.world.pass(599);
    assert!(guarded.accepts(&token).await);
    guarded.calls();
    guarded.world.pass(1);
    assert!(!guarded.accepts(&token).await);
    assert_eq!(guarded.calls(), [""; 0]);
}

#[tokio::test]
async fn without_revocation_no_call_is_made() {
    let guarded = Guarded::with("off").await;
    let token = guarded.world.program().token("alan").await;
    assert!(guarded.accepts(&token).await);
    assert_eq!(guarded.calls(), [""; 0]);
}

#[tokio::test]
async fn tokens_of_other_issuers_are_not_checked_for_revocation() {
    // #70
    let wire = Wire::start().await;
    let mut settings = issuer_tokens::settings();
    settings.insert("REVOCATION".to_owned(), "closed".to_owned());
    settings.insert(
        "DYNAMODB_ENDPOINT".to_owned(),
        wire.endpoint.replace(latchkey::cloud::CALLER, AUTHORIZER.name),
    );
    let authorizer = crate::gate::start(settings, Clock::from_fn(|| crate::gate::NOW)).await.unwrap();
    assert!(allows(&authorizer.invoke(&event("http-2.0", &issuer_tokens::issuer("auth0").good())).await));
    assert!(wire.calls().is_empty());
    // Ours is: nobody of that name is in the table.
    assert!(!allows(&authorizer.invoke(&event("http-2.0", &issuer_tokens::issuer("latchkey").good())).await));
    assert_eq!(wire.calls().len(), 1);
}

/// An authorizer that accepts latchkey as it accepts any other issuer, with its keys in the settings.
fn by_name(revocation: &str, endpoint: &str) -> HashMap<String, String> {
    [
        ("ISSUERS", "latchkey"),
        ("LATCHKEY_ISSUER", ISSUER),
        ("LATCHKEY_AUDIENCES", AUDIENCE),
        ("LATCHKEY_KEYS", &KEYS.public().to_json()),
        ("LATCHKEY_JWKS_URI", "none"),
        ("REVOCATION", revocation),
        ("DYNAMODB_ENDPOINT", endpoint),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[tokio::test]
async fn latchkeys_tokens_are_checked_also_when_issuers_names_it() {
    // #76: named among others, and without PUBLIC_KEYS.
    let wire = Wire::start().await;
    let endpoint = wire.endpoint.replace(latchkey::cloud::CALLER, AUTHORIZER.name);
    let table =
        Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(wire.endpoint.clone()) });
    table.await.provision().await.unwrap();
    let question = event("http-2.0", &crate::gate::token("a"));
    for (revocation, asked) in [("off", 0), ("closed", 1), ("open", 1)] {
        wire.calls();
        let authorizer =
            crate::gate::start(by_name(revocation, &endpoint), Clock::from_fn(|| NOW)).await.unwrap();
        // Nobody of that name is in the table.
        assert_eq!(allows(&authorizer.invoke(&question).await), asked == 0, "{revocation}");
        assert_eq!(wire.calls().len(), asked, "{revocation}");
    }
}

#[tokio::test]
async fn revocation_without_a_latchkey_issuer_stops_the_start() {
    let start =
        async |values| crate::gate::start(values, Clock::from_fn(|| NOW)).await.err().unwrap_or_default();
    let closed = || by_name("closed", "http://127.0.0.1:1");
    assert_eq!(start(closed()).await, "");
    // Nobody's tokens are of latchkey, or those of two are, and there is one table.
    let nobody = [("LATCHKEY_PROFILE", "openid")];
    let keys = KEYS.public().to_json();
    let two = [
        ("ISSUERS", "latchkey,second"),
        ("SECOND_PROFILE", "latchkey"),
        ("SECOND_ISSUER", "https://second.example.com"),
        ("SECOND_AUDIENCES", AUDIENCE),
        ("SECOND_KEYS", &keys),
        ("SECOND_JWKS_URI", "none"),
    ];
    for more in [&nobody[..], &two] {
        let mut values = closed();
        values.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        assert!(start(values.clone()).await.starts_with("REVOCATION is on"), "{more:?}");
        values.insert("REVOCATION".to_owned(), "off".to_owned());
        assert_eq!(start(values).await, "");
    }
    let mut values = closed();
    values.insert("REVOCATION".to_owned(), "yes".to_owned());
    assert!(start(values).await.starts_with("REVOCATION must be"));
}

/// A grant of Alan's for a client of its own, with the client's id.
async fn granted(guarded: &Guarded, offline: bool) -> (tests::Agent, TestGrant) {
    let browser = guarded.world.browser();
    browser.sign_in("alan").await.expect(303);
    let client = guarded.world.client(Kind::Web, |_| {}).await;
    let grant = guarded.world.grant(&client, &browser, &Terms { offline, ..TERMS }).await;
    (browser, grant)
}

#[tokio::test]
async fn a_token_of_a_grant_dies_with_it_within_thirty_seconds() {
    // #34, #53, #76: by one request for four rows.
    let guarded = Guarded::with("closed").await;
    let (_, grant) = granted(&guarded, true).await;
    guarded.calls();
    assert!(guarded.accepts(&grant.access).await);
    let table = guarded.world.table().await;
    assert!(session::family::end(&table, &grant.family.id, guarded.world.now()).await.unwrap());
    assert_eq!(guarded.verdict(&grant.access).await, "revoked");
    guarded.world.pass(29);
    assert!(guarded.accepts(&grant.access).await);
    guarded.world.pass(1);
    assert!(!guarded.accepts(&grant.access).await);
    assert_eq!(guarded.calls(), ["BatchGetItem", "BatchGetItem"]);
    // Another grant of the same person to the same client is another one.
    let (_, other) = granted(&guarded, true).await;
    assert!(guarded.accepts(&other.access).await);
}

#[tokio::test]
async fn a_token_of_a_grant_counts_only_for_its_own_person_client_and_session() {
    // #35, #76: whatever else is good about it.
    let guarded = Guarded::with("closed").await;
    let (_, alans) = granted(&guarded, false).await;
    let browser = guarded.world.browser();
    browser.sign_in("ada").await.expect(303);
    let client = guarded.world.client(Kind::Web, |_| {}).await;
    let adas = guarded.world.grant(&client, &browser, &Terms { offline: false, ..TERMS }).await;
    assert_eq!(guarded.verdict(&alans.access).await, "valid");
    for (what, value) in [
        ("grant", "never-was"),
        ("grant", &adas.family.id),
        ("user", &adas.family.user_id),
        ("client", &adas.family.client_id),
        ("client", "unknown"),
        ("client", FIRST_PARTY),
        ("session", adas.family.sid.as_deref().unwrap()),
        ("session", "never-was"),
    ] {
        let mut forged = alans.family.clone();
        match what {
            "grant" => forged.id = value.to_owned(),
            "user" => forged.user_id = value.to_owned(),
            "client" => forged.client_id = value.to_owned(),
            _ => forged.sid = Some(value.to_owned()),
        }
        let token = guarded.world.access_token(&forged);
        assert_eq!(guarded.verdict(&token).await, "revoked", "{what} {value}");
        assert!(!guarded.accepts(&token).await, "{what} {value}");
    }
}

#[tokio::test]
async fn a_token_of_a_session_counts_only_for_its_own_person() {
    // #35, #76
    let guarded = Guarded::with("closed").await;
    let (_, alans) = granted(&guarded, false).await;
    let browser = guarded.world.browser();
    browser.sign_in("ada").await.expect(303);
    let client = guarded.world.client(Kind::Web, |_| {}).await;
    let adas = guarded.world.grant(&client, &browser, &TERMS).await;
    let (alan, ada) = (&alans.family.user_id, &adas.family.user_id);
    for (subject, verdict) in [(alan, "valid"), (ada, "revoked")] {
        let token = guarded.issued_in(FIRST_PARTY, subject, alans.family.sid.as_deref());
        assert_eq!(guarded.verdict(&token).await, verdict);
        assert_eq!(guarded.accepts(&token).await, verdict == "valid");
    }
}

#[tokio::test]
async fn a_grant_ends_with_its_client_and_is_not_begun_again_when_that_is_enabled() {
    // #35
    let guarded = Guarded::with("closed").await;
    for remove in [false, true] {
        let (_, grant) = granted(&guarded, true).await;
        let (table, id) = (guarded.world.table().await, grant.family.client_id.clone());
        let now = guarded.world.now();
        if remove {
            let row = guarded.wire.rows_of("CLIENT").await;
            let row = row.iter().find(|row| row["pk"]["S"] == json!(format!("CLIENT#{id}"))).unwrap();
            guarded.wire.delete("latchkey", row).await;
        } else {
            client::disable(&table, &id, client::manage::NOTHING, now).await.unwrap();
        }
        assert_eq!(guarded.verdict(&grant.access).await, "revoked", "removed: {remove}");
        if !remove {
            client::enable(&table, &id, client::manage::NOTHING, now).await.unwrap();
            assert_eq!(guarded.verdict(&grant.access).await, "revoked", "its epoch is another");
        }
    }
}

#[tokio::test]
async fn a_grant_whose_row_cannot_be_read_counts_against_its_own_token_and_no_other() {
    // #78
    let guarded = Guarded::with("open").await;
    let (_, bad) = granted(&guarded, true).await;
    let (_, good) = granted(&guarded, true).await;
    let rows = guarded.wire.rows_of("FAMILY").await;
    let mut row = rows.into_iter().find(|row| row["id"]["S"] == json!(bad.family.id)).unwrap();
    row["ends_at"] = json!({"S": "never"});
    guarded.wire.put("latchkey", &row).await;
    assert!(!guarded.accepts(&bad.access).await && guarded.accepts(&good.access).await);
    // And one that was not seen is no row that is not there.
    guarded.world.pass(30);
    guarded.wire.set(Fault::LeaveUndone("FAMILY"));
    assert!(guarded.accepts(&good.access).await, "open");
}
