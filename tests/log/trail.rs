//! Each thing that happens is one line.

use client::Kind;
use serde_json::{Value, json};
use tests::{Answer, World, stub::Stub};

use crate::sink::Sink;

/// The one event of an answer.
fn event(sink: &Sink, answer: &Answer) -> Value {
    let lines = sink.about(answer.header("apigw-requestid"));
    let mut events: Vec<_> = lines.into_iter().filter(|line| line["target"] == "audit").collect();
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn assert_is(event: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&event[name], value, "{name} of {event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_one_event_and_so_is_a_refused_one() {
    // #103: a refusal has no second line beside its event.
    let (sink, stub) = (Sink::open(), Stub::start().await);
    let world = World::with(&stub.settings()).await;
    let browser = world.browser();
    let answer = stub.sign_in(&browser, json!({}), world.now()).await.expect(303);
    let session = world.session(&browser).await;
    let seen = event(&sink, &answer);
    assert_is(
        &seen,
        &json!({
            "what": "sign_in", "outcome": "ok", "actor": "person", "actor_id": session.user_id, "whom": session.user_id,
            "from": "127.0.0.0/24", "series": "SignIns", "level": "INFO", "message": "sign_in",
            "detail": format!("provider=evil session={}", session.id),
        }),
    );
    // CloudWatch counts it (embedded metric format).
    let metric = &seen["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(
        (&metric["Namespace"], &metric["Metrics"][0]["Name"]),
        (&json!("latchkey/test"), &json!("SignIns"))
    );
    assert_eq!((&metric["Dimensions"], &seen["SignIns"]), (&json!([[]]), &json!(1)));
    assert_eq!(seen["_aws"]["Timestamp"], json!(world.now().epoch() * 1000));
    for (claims, status, level, outcome, series) in [
        (json!({ "nonce": "x" }), 401, "INFO", "refused", "SignInsRefused"),
        (json!({ "aud": "x" }), 401, "INFO", "refused", "SignInsRefused"),
    ] {
        let answer = stub.sign_in(&world.browser(), claims, world.now()).await.expect(status);
        let seen = event(&sink, &answer);
        assert_is(
            &seen,
            &json!({
                "what": "sign_in", "outcome": outcome, "actor": "nobody", "whom": null, "status": status,
                "series": series, "level": level, "message": outcome, "detail": "provider=evil",
            }),
        );
        let lines = sink.about(answer.header("apigw-requestid"));
        assert_eq!(lines.iter().filter(|line| line["status"] == status).count(), 1, "{lines:?}");
    }
    let back = browser.post("/users/logout").await;
    assert_is(
        &event(&sink, &back),
        &json!({"what": "sign_out", "whom": session.user_id, "series": "SignOuts"}),
    );
}

/// An event of the table without the end of its row, which no line has.
fn without_end(event: &audit::Event) -> Value {
    let mut value = serde_json::to_value(event).unwrap();
    value.as_object_mut().unwrap().remove("ends_at");
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn token_requests_are_events_of_their_client_and_person() {
    // #103: a client is named only where there is one; what a stranger sends as its id is not.
    let (sink, world) = (Sink::open(), World::start().await);
    let client = world.client(Kind::Web, |new| new.grace = 0).await;
    let person = world.person("grace").await;
    let code = world.fresh_code(&client, &person, |_| {}).await;
    let answer = world.redeeming(&client, &code).send(&world).await.expect(200);
    let expected = |what: &str, outcome: &str, series: &str| {
        json!({
            "what": what, "outcome": outcome, "series": series, "client": client.id, "actor": "service",
            "actor_id": client.id,
        })
    };
    let seen = event(&sink, &answer);
    assert_is(&seen, &expected("token", "ok", "Tokens"));
    assert_eq!(seen["whom"], json!(person.session.user_id));
    let token = answer.json()["refresh_token"].as_str().unwrap().to_owned();
    let renewed = world.refreshing(&client, &token).send(&world).await.expect(200);
    assert_is(&event(&sink, &renewed), &expected("renewal", "ok", "Renewals"));

    let reused = world.refreshing(&client, &token).send(&world).await.expect(400);
    let lines = sink.about(reused.header("apigw-requestid"));
    let events: Vec<_> = lines.iter().filter(|line| line["target"] == "audit").collect();
    assert_eq!(events.len(), 2, "the reuse, and the refusal of this request: {lines:?}");
    assert_is(events[0], &expected("refresh_token_reused", "refused", "Reuse"));
    assert_is(events[1], &expected("renewal", "refused", "TokensRefused"));
    // The line and the row are the same event: after a restore, either says what happened.
    let kept =
        audit::list(&world.table().await, &audit::Query::default(), 10, None, world.now()).await.unwrap();
    let [kept] = &kept.events[..] else { panic!("one event: {kept:?}") };
    let audit::Read::Event(read) = audit::Event::read(events[0]) else { panic!("{:?}", events[0]) };
    assert_eq!(serde_json::to_value(read).unwrap(), without_end(kept));

    let unknown = world.refreshing(&client, "nonsense").with("client_id", "canary-client");
    let refused = unknown.send(&world).await;
    assert!(refused.status >= 400);
    for line in sink.about(refused.header("apigw-requestid")) {
        assert!(!line.to_string().contains("canary-client"), "{line}");
    }
}
