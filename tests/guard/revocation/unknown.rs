//! What decides where the table does not, and whose tokens are looked up.

use std::{collections::HashMap, time::Instant};

use client::Kind;
use latchkey::mount::AUTHORIZER;
use serde_json::json;
use session::family::Terms;
use setting::Clock;
use store::{Connection, Table};
use tests::{
    TERMS, TestGrant,
    database::{Fault, Wire},
};
use token::FIRST_PARTY;

use crate::{
    gate::{AUDIENCE, ISSUER, KEYS, NOW, QUESTIONS, allows, event},
    issuer_tokens,
};

use super::{Guarded, disabled};

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
        assert!((1..10).contains(&elapsed.as_secs()), "{setting}: {elapsed:?}, all twenty together");
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
