//! The authorization request without a server: which error, told to whom, and what comes next.

mod errors;
mod next;
mod redirect_uris;

use std::collections::HashMap;

use authorization::{Asked, AuthorizationRequest, Parameters, Returned, Shown};
use client::Client;
use oauth::Time;
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.com";
const CALLBACK: &str = "https://app.example.com/cb";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const NOW: Time = Time::from_epoch(1_800_000_000);

/// A first-party web app, but for these members.
fn client(but: Value) -> Client {
    let row = json!({
        "id": "app",
        "kind": "web",
        "name": "App",
        "status": "active",
        "epoch": 3,
        "consent": false,
        "auth": ["client_secret_basic"],
        "redirect_uris": [CALLBACK],
        "grants": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access orders:read",
        "default_scope": "openid",
        "audiences": ["https://api.example.com", "https://api.example.com/v2", "urn:orders"],
    });
    let members = [row, but].into_iter().filter_map(|value| value.as_object().cloned()).flatten();
    serde_json::from_value(members.collect()).expect("the row of a client")
}

/// A request that is right.
fn right() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The same with others in place of its own; without those that have no value.
fn but<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<_> =
        right().into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name)).collect();
    pairs.extend(others);
    pairs
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    Parameters::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))))
}

/// What becomes of a request.
#[derive(Debug)]
enum Outcome {
    Shown(Shown),
    Returned(Returned),
    Right(Box<AuthorizationRequest>),
}

fn ask(client: Client, pairs: &[(&str, &str)]) -> Outcome {
    ask_since(client, pairs, None)
}

fn ask_since(client: Client, pairs: &[(&str, &str)], first_asked: Option<Time>) -> Outcome {
    let asked = Asked::new(parameters(pairs), first_asked);
    let matched = asked.for_client(Some(client)).and_then(|asked| asked.with_redirect_uri(ISSUER));
    match matched.map(authorization::WithRedirectUri::check) {
        Err(shown) => Outcome::Shown(shown),
        Ok(Err(returned)) => Outcome::Returned(returned),
        Ok(Ok(request)) => Outcome::Right(Box::new(request)),
    }
}

/// The request, which is right.
#[track_caller]
fn checked(client: Client, pairs: &[(&str, &str)]) -> AuthorizationRequest {
    match ask(client, pairs) {
        Outcome::Right(request) => *request,
        other => panic!("{other:?}"),
    }
}

/// The answer to the client.
#[track_caller]
fn returned(outcome: Outcome) -> (String, HashMap<String, String>) {
    let Outcome::Returned(returned) = outcome else { panic!("{outcome:?}") };
    answer(&returned)
}

fn answer(returned: &Returned) -> (String, HashMap<String, String>) {
    let response = returned.response();
    let parameters = response.parameters().map(|(name, value)| (name.to_owned(), value.to_owned()));
    (response.target().as_str().to_owned(), parameters.collect())
}
