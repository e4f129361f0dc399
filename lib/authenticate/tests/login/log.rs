//! Nothing that is secret is logged, at any level (#103).

use std::{
    io,
    sync::{Arc, Mutex},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{
    NOW, SECRET, Settings, World,
    keys::{FOREIGN, OURS},
    secrets,
    stub::Reply,
};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A login, and everything its error says, into the sink.
async fn observed(world: &World, sink: &Sink, reply: impl FnOnce(&Value) -> Reply) -> Vec<String> {
    let begun = world.begin().await;
    world.stub.set("/token", reply(&world.claims(&begun, NOW)));
    if let Err(error) = world.finish(&begun).await {
        let mut chain: Option<&dyn std::error::Error> = Some(&error);
        let mut text = format!("{error:?}");
        while let Some(cause) = chain {
            text.push_str(&format!(" {cause} {cause:?}"));
            chain = cause.source();
        }
        sink.0.lock().unwrap().extend_from_slice(text.as_bytes());
    }
    secrets(&begun.login).to_vec()
}

#[tokio::test]
async fn no_secret_is_logged_whatever_happens() {
    // #103
    let sink = Sink::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(sink.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let world = World::with(|stub| {
        Settings::discovered(stub).set("ACME_TIMEOUT", "1").set("ACME_USERINFO", "always")
    })
    .await;
    world.stub.set("/userinfo", Reply::json(&json!({ "sub": "canary-subject" })));

    let tokens = |token: String| {
        Reply::json(&json!({ "access_token": "canary-access", "token_type": "bearer", "id_token": token }))
    };
    let mut secrets = vec!["the-code".to_owned(), SECRET.to_owned(), "canary-".to_owned()];
    secrets.extend(observed(&world, &sink, |claims| tokens(OURS.token(claims))).await);
    secrets.extend(observed(&world, &sink, |claims| tokens(FOREIGN.token(claims))).await);
    let twisted = |claims: &Value| {
        let mut claims = claims.clone();
        claims["iss"] = "canary-issuer".into();
        tokens(OURS.token(&claims))
    };
    secrets.extend(observed(&world, &sink, twisted).await);
    for (status, body) in [
        (400, r#"{"error":"canary-code","error_description":"canary-description the-code"}"#),
        (400, r#"{"error":"invalid_client","error_description":"canary-description"}"#),
        (200, r#"{"access_token":"canary-access","token_type":"canary-type"}"#),
        (200, r#"{"access_token":"canary-access","token_type":"bearer","id_token":"canary-id-token"}"#),
        (200, r#"{"access_token":"canary-access""#),
        (500, "canary-body"),
    ] {
        secrets.extend(observed(&world, &sink, |_| Reply::text(status, "application/json", body)).await);
    }
    secrets.extend(observed(&world, &sink, |_| Reply::Hang).await);

    let log = String::from_utf8_lossy(&sink.0.lock().unwrap()).into_owned();
    assert!(log.len() > 1000 && log.contains("TRACE"), "the sink hears something");
    for secret in secrets {
        let spellings = [secret.clone(), STANDARD.encode(&secret), URL_SAFE_NO_PAD.encode(&secret)];
        for spelling in spellings {
            assert!(!log.contains(&spelling), "{spelling} is in the log");
        }
    }
    assert!(!log.contains(&STANDARD.encode(format!("client:{SECRET}"))), "the credentials are in the log");
}
