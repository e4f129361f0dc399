//! The stand-in from its front door: what all its tests share.

mod authorize;
mod flow;
mod people;
mod token;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use tower::ServiceExt;
use url::Url;

use super::*;

const ADDRESS: &str = "http://localhost:3000/stand-in";
const CALLBACK: &str = "http://localhost:3000/users/login/google/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A stand-in under a clock that tests move.
#[derive(Clone)]
struct Client {
    router: Router,
    now: Arc<AtomicI64>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Client {
    fn new() -> Self {
        let now = Arc::new(AtomicI64::new(1_700_000_000));
        let clock = now.clone();
        let part = |label: &str, redirect_uri: &str| Part {
            label: label.into(),
            redirect_uri: redirect_uri.into(),
            plain: false,
        };
        let stand_in = StandIn::new(StandInConfig {
            issuer: "http://localhost/stand-in".into(),
            address: ADDRESS.into(),
            near: ADDRESS.into(),
            client_id: "latchkey".into(),
            behaviour: &behaviour::STANDARD,
            client_secret: Secret::new("a secret/with: odd+signs"),
            parts: vec![part("Google", CALLBACK), part("A & B", "http://localhost:3000/callback?of=b")],
            key: Key::of_this_process().unwrap(),
            clock: Clock::from_fn(move || Time::from_epoch(clock.load(Ordering::Relaxed))),
        });
        Self { router: Router::new().nest("/stand-in", stand_in.router()), now }
    }

    fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(format!("/stand-in{path}")).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(format!("/stand-in{path}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(encode(form))).unwrap()).await
    }

    /// Signs in as the form says, and gives the fields of the answer.
    async fn code(&self, query: &[(&str, &str)], form: &[(&str, &str)]) -> String {
        let answer = self.post(&authorize(query), form, &[]).await;
        answer.location_field("code").expect("a code")
    }

    async fn redeem(&self, code: &str) -> Answer {
        self.post("/token", &token_form(code, &[]), &[("authorization", &basic())]).await
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn location_field(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.header("location")).ok()?;
        url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    /// Status and error code of a token answer.
    fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"].as_str().unwrap().to_owned())
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The good request with some parameters changed; an empty one is left out.
fn authorize(changes: &[(&str, &str)]) -> String {
    let good = [
        ("client_id", "latchkey"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("state", "s t&a=te"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/authorize?{}", encode(&changed(&good, changes)))
}

fn token_form<'a>(code: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    changed(&good, changes)
}

fn changed<'a>(good: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = good.iter().filter(|(name, _)| !changes.iter().any(|(n, _)| n == name));
    kept.chain(changes).filter(|(_, value)| !value.is_empty()).copied().collect()
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("latchkey:a+secret%2Fwith%3A+odd%2Bsigns"))
}

/// Verifies an ID token with the published keys, by a library that is not the signer's code.
async fn verified(client: &Client, token: &str) -> Value {
    let keys: JwkSet = serde_json::from_str(&client.get("/jwks.json").await.body).unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&["latchkey"]);
    rules.set_issuer(&["http://localhost/stand-in"]);
    rules.validate_exp = false;
    jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap().claims
}

async fn claims(query: &[(&str, &str)], form: &[(&str, &str)]) -> Value {
    let client = Client::new();
    let code = client.code(query, form).await;
    let answer = client.redeem(&code).await.json();
    verified(&client, answer["id_token"].as_str().unwrap()).await
}
