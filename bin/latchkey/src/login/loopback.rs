//! Signing in with a browser on this machine (RFC 8252 §7.3).

use std::{
    collections::HashMap,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use oauth::{Secret, Verifier};
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use super::{
    Terminal,
    arguments::Login,
    asked,
    issuer::{Failed, Issuer},
    say,
};

/// How long the person may take.
const LIMIT: Duration = Duration::from_secs(600);

/// What comes back: the code, or the error.
type Answer = Result<Secret, Failed>;

/// What an answer is compared with, and where it goes.
struct Waiting {
    state: Secret,
    issuer: String,
    answer: Mutex<Option<oneshot::Sender<Answer>>>,
}

/// Signs in: the answer of the token endpoint.
pub(super) async fn sign_in(
    issuer: &Issuer,
    wanted: &Login,
    terminal: &Terminal<'_>,
) -> Result<Value, Failed> {
    let closed = |error: std::io::Error| Failed::Wrong(format!("no port can be opened: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(closed)?;
    let port = listener.local_addr().map_err(closed)?.port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let (state, secret) = (Secret::random(), Secret::random());
    let verifier = Verifier::parse(secret.expose()).ok_or_else(|| Failed::Wrong("no verifier".to_owned()))?;
    let mut fields = asked(wanted);
    fields.extend([
        ("response_type", "code".to_owned()),
        ("redirect_uri", redirect_uri.clone()),
        ("state", state.expose().to_owned()),
        ("code_challenge", verifier.challenge().as_str().to_owned()),
        ("code_challenge_method", "S256".to_owned()),
    ]);
    let url = issuer.authorization_url(&fields).await?;
    say(&format!("Sign in at this address:\n\n  {url}\n"))
        .map_err(|error| Failed::Wrong(error.to_string()))?;
    open(&url, terminal.environment);
    let code = wait(listener, state, issuer.url().as_str()).await?;
    let mut fields = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("client_id", wanted.server.client_id.clone()),
        ("code", code.expose().to_owned()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.secret().expose().to_owned()),
    ];
    fields.extend(wanted.audiences.first().map(|audience| ("resource", audience.clone())));
    issuer.token(&fields).await
}

/// Waits for the answer that is ours; others are turned away.
async fn wait(listener: TcpListener, state: Secret, issuer: &str) -> Answer {
    let (sender, answer) = oneshot::channel();
    let waiting = Waiting { state, issuer: issuer.to_owned(), answer: Mutex::new(Some(sender)) };
    let router = Router::new().route("/callback", get(callback)).with_state(Arc::new(waiting));
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async { drop(stopped.await) });
    let server = tokio::spawn(async move { server.await });
    let answer = timeout(LIMIT, answer).await;
    let _ = stop.send(());
    // A browser may have opened a connection that it never uses.
    let _ = timeout(Duration::from_secs(1), server).await;
    let late = || Failed::Wrong("nobody signed in within ten minutes".to_owned());
    answer.ok().and_then(Result::ok).unwrap_or_else(|| Err(late()))
}

async fn callback(
    State(waiting): State<Arc<Waiting>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response {
    let given = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
    // Another page can make a browser come here, but does not know the state (#6); and another server is not the one that was asked
    // (RFC 9207 §2.4).
    if !waiting.state.matches(given("state")) || given("iss") != waiting.issuer {
        return page(StatusCode::BAD_REQUEST, "This is no answer to this sign-in.");
    }
    let (answer, said) = match (given("code"), given("error")) {
        (code, "") if !code.is_empty() => {
            (Ok(Secret::new(code)), "You are signed in. You can close this page and go back to the terminal.")
        }
        (_, error) => {
            let text = |name: &str| oauth::text::shown(given(name), 300).unwrap_or_default();
            let code = if error.is_empty() { "no code".to_owned() } else { text("error") };
            (Err(Failed::Refused(code, text("error_description"))), "You are not signed in.")
        }
    };
    let sender = waiting.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
    match sender.map(|sender| sender.send(answer)) {
        Some(Ok(())) => page(StatusCode::OK, said),
        _ => page(StatusCode::BAD_REQUEST, "This sign-in has been answered already."),
    }
}

fn page(status: StatusCode, text: &'static str) -> Response {
    let mut response = (status, text).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    web::harden(response.headers_mut());
    response
}

/// The browser of the desktop, where there is one. The address is printed in any case.
fn open(url: &str, environment: &HashMap<String, String>) {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| environment.contains_key(*name));
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if has_display || cfg!(target_os = "macos") {
        let mut command = Command::new(program);
        command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = command.spawn();
    }
}
