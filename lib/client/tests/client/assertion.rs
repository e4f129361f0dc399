//! RFC 7523: client assertions (#92).

use client::{Client, Error, Kind, Presented, Verified, add, manage::NOTHING, spend_assertion};
use forge::Key;
use oauth::{Code, Time, server::ClientAuth};
use serde_json::{Value, json};

use crate::{
    ENDPOINT, NOW, form, new,
    support::{Database, Fault},
};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client with this key, which no table holds.
async fn client(database: &Database, keys: &[Value]) -> Client {
    let mut new = new(Kind::Web);
    new.id = Some(format!("app-{}", oauth::Secret::random().expose()));
    new.auth = vec![ClientAuth::PrivateKeyJwt];
    new.jwks = Some(json!({"keys": keys}).to_string());
    let (client, secret) = add(&database.table, &new, NOTHING, NOW).await.unwrap();
    assert!(secret.is_none() && client.secrets.is_empty());
    client
}

fn claims(client: &Client) -> Value {
    json!({
        "iss": client.id, "sub": client.id, "aud": ENDPOINT.token, "jti": "1",
        "iat": NOW.epoch(), "exp": NOW.epoch() + 60,
    })
}

fn read(jwt: &str) -> Result<Presented, oauth::Error> {
    Presented::read(None, &form(&[("client_assertion", jwt), ("client_assertion_type", TYPE)]))
}

fn verify(client: &Client, jwt: &str) -> Result<Verified, oauth::Error> {
    read(jwt)?.verify(Some(client), &ENDPOINT, NOW)
}

#[tokio::test]
async fn every_asymmetric_algorithm_proves_a_client() {
    let database = Database::start().await;
    for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] {
        let key = Key::fresh(alg);
        let client = client(&database, &[key.jwk("k")]).await;
        for header in [
            json!({"alg": alg}),
            json!({"alg": alg, "kid": "k", "typ": "JWT"}),
            json!({"alg": alg, "typ": "client-authentication+jwt"}),
        ] {
            let verified = verify(&client, &key.token(&header, &claims(&client))).unwrap();
            assert_eq!(
                (verified.client_id.as_str(), verified.method),
                (&*client.id, ClientAuth::PrivateKeyJwt)
            );
        }
    }
}

#[tokio::test]
async fn nobody_else_can_sign() {
    // #92, #60: other keys, no signature, HMAC with the public key, and keys that the header brings along.
    let database = Database::start().await;
    let (key, other) = (Key::fresh("ES256"), Key::fresh("ES256"));
    let client = client(&database, &[key.jwk("k")]).await;
    let claims = claims(&client);
    let with_jwk = json!({"alg": "ES256", "jwk": other.jwk("k"), "jku": "https://evil.example/jwks"});
    let none = json!({"alg": "none"}).to_string();
    let hmac = json!({"alg": "HS256", "kid": "k"}).to_string();
    let good = key.token(&json!({"alg": "ES256"}), &claims);
    let (start, _) = good.rsplit_once('.').unwrap();
    for forged in [
        other.token(&json!({"alg": "ES256", "kid": "k"}), &claims),
        other.token(&with_jwk, &claims),
        forge::unsigned(&none, claims.to_string()),
        forge::hmac("HS256", client.jwks.as_deref().unwrap().as_bytes(), &hmac, claims.to_string()),
        key.token(&json!({"alg": "ES256", "kid": "unknown"}), &claims),
        format!("{start}."),
    ] {
        let error = verify(&client, &forged).unwrap_err();
        assert_eq!((error.code(), error.status()), (Code::InvalidClient, 401), "{forged}");
    }
    let presented = read(&good).unwrap();
    assert!(presented.verify(None, &ENDPOINT, NOW).is_err());
    assert!(presented.verify(Some(&Client { jwks: None, ..client.clone() }), &ENDPOINT, NOW).is_err());
    let by_secret = Client { auth: vec![ClientAuth::Basic], ..client.clone() };
    assert!(presented.verify(Some(&by_secret), &ENDPOINT, NOW).is_err(), "pinned to another way");
}

#[tokio::test]
async fn an_assertion_says_who_for_whom_until_when_and_once() {
    // #92: RFC 7523 §3, RFC 9126 §2
    let database = Database::start().await;
    let key = Key::fresh("ES256");
    let client = client(&database, &[key.jwk("k")]).await;
    let now = NOW.epoch();
    let with = |change: &Value| {
        let mut claims = claims(&client);
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| value != "absent");
        verify(&client, &key.token(&json!({"alg": "ES256"}), &claims))
    };
    for good in [
        json!({}),
        json!({"aud": ENDPOINT.issuer}),
        json!({"aud": ENDPOINT.called}),
        json!({"exp": now + 1}),
        json!({"exp": now + 3600}),
        json!({"exp": now as f64 + 59.5}),
        json!({"iat": "absent"}),
        json!({"iat": now + 30, "nbf": now + 30}),
        json!({"iat": now - 86_400}),
        json!({"jti": "j".repeat(255)}),
        json!({"more": {"x": [1]}}),
    ] {
        assert!(with(&good).is_ok(), "{good}: {:?}", with(&good));
    }
    for bad in [
        json!({"aud": [ENDPOINT.token]}),
        json!({"aud": [ENDPOINT.issuer, "https://other.example"]}),
        json!({"aud": []}),
        json!({"aud": "absent"}),
        json!({"aud": ""}),
        json!({"aud": null}),
        json!({"aud": format!("{}/", ENDPOINT.issuer)}),
        json!({"aud": format!("{}?x", ENDPOINT.token)}),
        json!({"aud": ENDPOINT.token.to_uppercase()}),
        json!({"aud": "https://other.example/oauth/token"}),
        json!({"aud": "https://id.example.com/oauth/revoke"}),
        json!({"iss": "absent"}),
        json!({"iss": "other"}),
        json!({"sub": "absent"}),
        json!({"sub": "other"}),
        json!({"iss": "", "sub": ""}),
        json!({"iss": [client.id], "sub": [client.id]}),
        json!({"exp": "absent"}),
        json!({"exp": now}),
        json!({"exp": now - 1}),
        json!({"exp": now + 3631}),
        json!({"exp": now + 86_400}),
        json!({"exp": (now + 60).to_string()}),
        json!({"exp": null}),
        json!({"exp": -1}),
        json!({"exp": 1e300}),
        json!({"nbf": now + 31}),
        json!({"nbf": "x"}),
        json!({"iat": now + 31}),
        json!({"iat": null}),
        json!({"jti": "absent"}),
        json!({"jti": ""}),
        json!({"jti": 1}),
        json!({"jti": "j".repeat(256)}),
    ] {
        let error = with(&bad).expect_err(&bad.to_string());
        assert_eq!((error.code(), error.status()), (Code::InvalidClient, 401), "{bad}");
    }
}

#[tokio::test]
async fn an_assertion_is_no_other_kind_of_token_and_names_one_client() {
    // #56, #91
    let database = Database::start().await;
    let key = Key::fresh("ES256");
    let client = client(&database, &[key.jwk("k")]).await;
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "jose", ""] {
        let jwt = key.token(&json!({"alg": "ES256", "typ": typ}), &claims(&client));
        assert!(verify(&client, &jwt).is_err(), "{typ}");
    }
    let jwt = key.token(&json!({"alg": "ES256"}), &claims(&client));
    let code =
        |parameters: &[(&str, &str)]| Presented::read(None, &form(parameters)).map_err(|error| error.code());
    let (with, kind) = (("client_assertion", jwt.as_str()), ("client_assertion_type", TYPE));
    assert_eq!(code(&[with, kind, ("client_id", &client.id)]).unwrap().client_id(), client.id);
    assert_eq!(code(&[with, kind, ("client_id", "other")]).unwrap_err(), Code::InvalidRequest);
    assert_eq!(code(&[with]).unwrap_err(), Code::InvalidRequest);
    assert_eq!(code(&[kind]).unwrap_err(), Code::InvalidRequest);
    let saml = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer");
    assert_eq!(code(&[with, saml]).unwrap_err(), Code::InvalidClient);
    for garbage in ["x", "a.b.c", "..", "e30.e30.", &"a".repeat(100_000)] {
        assert_eq!(code(&[("client_assertion", garbage), kind]).unwrap_err(), Code::InvalidClient);
    }
}

#[tokio::test]
async fn an_assertion_counts_once() {
    // #92: CVE-2020-15222
    let database = Database::start().await;
    let key = Key::fresh("ES256");
    let (one, two) = (client(&database, &[key.jwk("k")]).await, client(&database, &[key.jwk("k")]).await);
    let verified = |client: &Client, jti: &str| {
        let mut claims = claims(client);
        claims["jti"] = jti.into();
        verify(client, &key.token(&json!({"alg": "ES256"}), &claims)).unwrap()
    };
    let spent =
        async |verified: &Verified, now: Time| match spend_assertion(&database.table, verified, now).await {
            Ok(()) => true,
            Err(Error::Refused(refusal)) => {
                assert_eq!((refusal.code(), refusal.status()), (Code::InvalidClient, 401));
                false
            }
            Err(error) => panic!("{error}"),
        };
    let first = verified(&one, "1");
    assert!(spent(&first, NOW).await);
    assert!(!spent(&first, NOW).await, "the very same");
    assert!(!spent(&verified(&one, "1"), NOW).await, "another with its jti");
    assert!(!spent(&first, Time::from_epoch(NOW.epoch() + 59)).await, "for as long as it is valid");
    assert!(spent(&verified(&one, "2"), NOW).await, "another jti");
    assert!(spent(&verified(&two, "1"), NOW).await, "another client's");
    let rows = database.rows();
    let spent_rows: Vec<_> = rows.iter().filter(|row| row["sk"]["S"] == "JTI").collect();
    assert_eq!(spent_rows.len(), 3);
    let end = (NOW.epoch() + 60).to_string();
    assert!(spent_rows.iter().all(|row| row["expires_at"]["N"].as_str() == Some(&end)));
}

#[tokio::test]
async fn of_many_at_once_one_assertion_wins() {
    // #92
    let database = Database::start().await;
    let key = Key::fresh("ES256");
    let client = client(&database, &[key.jwk("k")]).await;
    let verified = verify(&client, &key.token(&json!({"alg": "ES256"}), &claims(&client))).unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (table, verified) = (database.table.clone(), verified.clone());
            tokio::spawn(async move { spend_assertion(&table, &verified, NOW).await.is_ok() })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_lost_answer_is_no_replay_and_without_the_table_nothing_counts() {
    // #92, #98, #99
    let database = Database::start().await;
    let key = Key::fresh("ES256");
    let client = client(&database, &[key.jwk("k")]).await;
    let verified = verify(&client, &key.token(&json!({"alg": "ES256"}), &claims(&client))).unwrap();
    let (proxy, table) = database.proxy().await;
    proxy.plan(|call, _| if call == 0 { Fault::LostAnswer } else { Fault::None });
    spend_assertion(&table, &verified, NOW).await.unwrap();
    assert_eq!(proxy.calls().len(), 2, "{}", proxy.calls()[0].body);
    let refused = r#"{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException"}"#;
    for fault in [Fault::Cut, Fault::Answer(400, refused.to_owned())] {
        proxy.plan(move |_, _| fault.clone());
        assert!(matches!(spend_assertion(&table, &verified, NOW).await, Err(Error::Store(_))));
        assert_eq!(proxy.calls()[0].operation, "PutItem");
    }
}
