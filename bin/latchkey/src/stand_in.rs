//! The stand-in: an OpenID provider for the local cloud, so that a person can sign in on a laptop without any account.
//!
//! It plays one or more providers at once. `GET authorize` shows a page to pick a ready person, to type one, or to refuse;
//! a program does the same with a form. The authorization request's query goes into the URL unchanged, and the form holds
//!
//! - `person=ada` (or `alan`, `grace`, `katherine`, `hedy`): one of the ready people, or
//! - `name=…` with `email=…` and `email_verified=yes`, both optional: somebody typed, or
//! - `refuse=yes`: the person refuses, and the application gets `error=access_denied`.
//!
//! It can behave like one of the providers there are, where they send something else than the standards say. Then
//! there may be further ways to say no, each a value of `refuse`, and `fail=503` lets an endpoint fail that a sign-in can do
//! without.
//!
//! ```sh
//! curl -i -d person=ada "$url"     # $url: where the application sends a browser to sign in
//! ```
//!
//! Within those lines it is strict: exact redirect URIs, PKCE, codes that work once and for a minute, RFC 6749 errors.
//! Everything it stores is in memory and bounded.

mod authorize;
pub(crate) mod behaviour;
mod behaviours;
mod facts;
mod groups;
mod key;
mod memory;
mod page;
mod params;
mod people;
mod refused;
mod request;
#[cfg(test)]
mod tests;
mod token;
mod userinfo;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use oauth::{Secret, Time, server};
use serde_json::{Value, json};
use setting::Clock;

use behaviour::Behaviour;
pub use key::Key;
use memory::Memory;
use people::Person;
use refused::Refused;
use request::Request;

/// How long a code may wait to be redeemed (#37).
const CODE_LIFETIME: Duration = Duration::from_secs(60);
/// How long ID tokens and access tokens live.
const TOKEN_LIFETIME: Duration = Duration::from_secs(600);
/// The longest form it reads.
const LONGEST_FORM: usize = 16 * 1024;

/// The configuration of a stand-in.
#[derive(Debug, Clone)]
pub struct StandInConfig {
    /// `iss`: a name, the same whatever the port, such as `http://localhost/stand-in`.
    pub issuer: String,
    /// Where the router is mounted, such as `http://localhost:3000/stand-in`; endpoints and pictures are below it.
    pub address: String,
    /// The same place for anyone who asks from this machine: where its metadata says that programs find it.
    pub near: String,
    /// The client it knows.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: Secret,
    /// The providers it plays; the redirect URI of a request says which.
    pub parts: Vec<Part>,
    /// How it behaves.
    pub(crate) behaviour: &'static Behaviour,
    /// What it signs ID tokens with.
    pub key: Key,
    /// Where it reads the time.
    pub clock: Clock,
}

/// One provider that the stand-in plays.
#[derive(Debug, Clone)]
pub struct Part {
    /// The name on the page: `Google` makes "Stand-in for Google".
    pub label: String,
    /// The one address that answers go to, compared as exact text (#23).
    pub redirect_uri: String,
    /// Whether this provider speaks plain OAuth 2.0: its clients send no `nonce`, and ask at `userinfo` who it was.
    pub plain: bool,
}

/// The provider.
#[derive(Debug)]
pub struct StandIn {
    config: StandInConfig,
    /// Codes that wait to be redeemed.
    codes: Mutex<Memory<Grant>>,
    /// Access tokens for `userinfo`.
    tokens: Mutex<Memory<Grant>>,
    /// The subjects that were introduced already.
    known: Mutex<HashSet<String>>,
}

/// What a person agreed to: the request they answered, who they said they were, and when that ends.
#[derive(Debug, Clone)]
struct Grant {
    request: Request,
    person: Person,
    /// What the endpoint answers that somebody lets fail.
    failing: Option<StatusCode>,
    ends_at: Time,
}

impl StandIn {
    /// A stand-in that has stored nothing yet.
    pub fn new(config: StandInConfig) -> Self {
        Self { config, codes: Mutex::default(), tokens: Mutex::default(), known: Mutex::default() }
    }

    /// Its endpoints, to be mounted at the path of [`StandInConfig::address`].
    pub fn router(self) -> Router {
        Router::new()
            .route(self.config.behaviour.metadata, get(discovery))
            .route("/jwks.json", get(keys))
            .route("/authorize", get(authorize::show).post(authorize::answer))
            .route("/token", post(token::exchange))
            .route("/userinfo", get(userinfo::show))
            .route("/userinfo/emails", get(userinfo::emails))
            .route("/groups", get(groups::show))
            .route("/pictures/{name}", get(picture))
            .method_not_allowed_fallback(async || page::nothing(StatusCode::METHOD_NOT_ALLOWED))
            .fallback(async || page::nothing(StatusCode::NOT_FOUND))
            .layer(DefaultBodyLimit::max(LONGEST_FORM))
            .layer(map_response(guarded))
            .with_state(Arc::new(self))
    }

    fn now(&self) -> Time {
        self.config.clock.now()
    }

    fn near(&self, path: &str) -> String {
        format!("{}{path}", self.config.near)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.config.address)
    }
}

/// Nothing is cached and nothing is sniffed. Like the providers that it plays, it can be in a window that an app has opened.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let opener_policy = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener_policy, HeaderValue::from_static("unsafe-none"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// OpenID Connect Discovery 1.0 §3.
async fn discovery(State(it): State<Arc<StandIn>>) -> Json<Value> {
    let claims: Vec<_> =
        ["sub", "hd"].into_iter().chain(server::PERSON_CLAIMS.map(|(name, _)| name)).collect();
    let mut document = json!({
        "issuer": it.config.issuer,
        "authorization_endpoint": it.at("/authorize"),
        "token_endpoint": it.near("/token"),
        "userinfo_endpoint": it.near("/userinfo"),
        "jwks_uri": it.near("/jwks.json"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "claims_supported": claims,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        // These two are said because the second is supported unless a provider denies it.
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    if let (Some(members), Some(otherwise)) = (document.as_object_mut(), it.config.behaviour.discovered) {
        facts::merge(members, serde_json::from_str(otherwise).unwrap_or_default());
    }
    Json(document)
}

/// RFC 7517 §5.
async fn keys(State(it): State<Arc<StandIn>>) -> Response {
    json_as(it.config.behaviour.token.media_type, &json!({ "keys": [it.config.key.public()] }))
}

/// JSON under the media type that the provider gives it.
fn json_as(media_type: &'static str, body: &Value) -> Response {
    ([(header::CONTENT_TYPE, media_type)], body.to_string()).into_response()
}

async fn picture(Path(name): Path<String>) -> Response {
    let known = name.strip_suffix(".svg").and_then(people::picture);
    let Some(svg) = known else { return page::nothing(StatusCode::NOT_FOUND) };
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    (headers, svg.into_string()).into_response()
}
