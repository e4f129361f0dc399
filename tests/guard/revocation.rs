//! A token that was taken back dies at the gate, within a bound that is written down.

use latchkey::mount::{AUTHORIZER, Running};
use serde_json::json;
use store::{Change, Connection, Table};
use tests::{
    World,
    database::{Fault, Wire},
};
use user::User;
use web::{Clock, Env};

use crate::{
    gate::{allows, event},
    theirs,
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

    async fn lets_in(&self, token: &str) -> bool {
        allows(&self.authorizer.invoke(&event("http-2.0", token)).await)
    }

    /// The calls that the authorizer made since this was asked last.
    fn calls(&self) -> Vec<String> {
        let calls = self.wire.calls().into_iter().filter(|call| call.function == AUTHORIZER.name);
        calls.map(|call| call.action).collect()
    }
}

#[tokio::test]
async fn a_session_that_has_ended_takes_its_tokens_along_within_thirty_seconds() {
    // #34, #76
    let guarded = Guarded::with("closed").await;
    let browser = guarded.world.browser();
    browser.sign_in("alan").await.expect(303);
    let token = guarded.token(&browser).await;
    guarded.calls();
    for _ in 0..3 {
        assert!(guarded.lets_in(&token).await);
    }
    assert_eq!(guarded.calls(), ["BatchGetItem"], "one request, remembered");
    browser.post("/users/logout").await.expect(303);
    guarded.world.pass(29);
    assert!(guarded.lets_in(&token).await);
    guarded.world.pass(1);
    assert!(!guarded.lets_in(&token).await);
    // Another session of the same person lives on.
    let other = guarded.world.browser();
    other.sign_in("alan").await.expect(303);
    assert!(guarded.lets_in(&guarded.token(&other).await).await);
}

#[tokio::test]
async fn a_user_who_is_disabled_or_gone_is_refused_within_thirty_seconds() {
    // #35, #76
    for gone in [false, true] {
        let guarded = Guarded::with("closed").await;
        let token = guarded.world.program().token("alan").await;
        assert!(guarded.lets_in(&token).await);
        let rows = guarded.wire.rows_of("USER").await;
        if gone {
            guarded.wire.delete("latchkey", &rows[0]).await;
        } else {
            let endpoint = Some(guarded.wire.endpoint.clone());
            let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint }).await;
            let id = rows[0]["id"]["S"].as_str().unwrap();
            let change = Change::new().set("status", json!("disabled"));
            table.update::<User>(id, change, guarded.world.now()).await.unwrap();
        }
        guarded.world.pass(30);
        assert!(!guarded.lets_in(&token).await, "gone: {gone}");
    }
}

#[tokio::test]
async fn while_the_table_cannot_say_the_setting_decides() {
    // #78: closed is no yes, and nothing a gateway could keep; open is written down as such.
    for (setting, lets_in) in [("closed", false), ("open", true)] {
        let guarded = Guarded::with(setting).await;
        let token = guarded.world.program().token("alan").await;
        guarded.wire.set(Fault::Refuse("InternalServerError"));
        let answer = guarded.authorizer.invoke(&event("rest-token", &token)).await;
        assert_eq!(allows(&answer), lets_in, "{setting}");
        if !lets_in {
            assert_eq!(answer, Err("failed"));
        }
        // The table is left alone for a moment.
        guarded.calls();
        assert_eq!(guarded.lets_in(&token).await, lets_in, "{setting}");
        assert_eq!(guarded.calls(), [""; 0]);
        // A bad token is bad whatever the table says, and costs it nothing.
        assert!(!guarded.lets_in(&token[1..]).await);
        guarded.wire.set(Fault::None);
        guarded.world.pass(5);
        assert!(guarded.lets_in(&token).await, "{setting}");
    }
}

#[tokio::test]
async fn off_costs_nothing() {
    let guarded = Guarded::with("off").await;
    let token = guarded.world.program().token("alan").await;
    assert!(guarded.lets_in(&token).await);
    assert_eq!(guarded.calls(), [""; 0]);
}

#[tokio::test]
async fn tokens_of_others_are_not_asked_about() {
    // #70
    let wire = Wire::start().await;
    let mut settings = theirs::settings();
    settings.insert("REVOCATION".to_owned(), "closed".to_owned());
    settings.insert(
        "DYNAMODB_ENDPOINT".to_owned(),
        wire.endpoint.replace(latchkey::cloud::CALLER, AUTHORIZER.name),
    );
    let authorizer = crate::gate::start(settings, Clock::from_fn(|| crate::gate::NOW)).await.unwrap();
    assert!(allows(&authorizer.invoke(&event("http-2.0", &theirs::issuer("auth0").good())).await));
    assert!(wire.calls().is_empty());
    // Ours is: nobody of that name is in the table.
    wire.set(Fault::None);
    let error = crate::gate::start(
        [("REVOCATION".to_owned(), "yes".to_owned())].into_iter().chain(theirs::settings()).collect(),
        Clock::from_fn(|| crate::gate::NOW),
    )
    .await
    .err()
    .unwrap();
    assert!(error.contains("REVOCATION"), "{error}");
}
